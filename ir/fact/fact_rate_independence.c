/* Whether, by construction, the limit t -> infinity is the same for all positive rate constants. In a
 * non-competitive, acyclic network every reaction fires until its scarcest reactant is used up, and a firing
 * order exists. Nothing else may change amounts or hold reactions back. The time is linear. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "runtime/crnl_csr.h"
#include "support/mem.h"

struct graph {
    const struct net *n;
    int32_t *consumer;            /* by species: the reaction that consumes it (in net), -1: none */
    int32_t *pending;             /* by species: number of its producers that are not in the order yet */
    int32_t *waits;               /* by reaction: number of its reactants that still have such producers */
    int32_t *reader_ptr, *reader; /* by species: the reactions that have it as a reactant */
    struct term *change;          /* room for the change of a reaction */
};

static void refuse(struct rate_independence *result, reaction_id first, reaction_id second, char *why)
{
    result->holds = false;
    result->why = why;
    result->first = first;
    result->second = second;
}

static const char *reaction_name(const struct net *n, reaction_id j, struct arena *a)
{
    const char *label = n->reaction.data[j].label;
    return label ? label : arena_printf(a, "'%s'", net_reaction_text(n, j, a));
}

static char *text(const char *format, const char *a, const char *b, const char *c)
{
    int n = snprintf(NULL, 0, format, a, b, c);
    char *t = mem_alloc((size_t)n + 1);
    snprintf(t, (size_t)n + 1, format, a, b, c);
    return t;
}

static void count_edges(struct graph *g)
{
    const struct net *n = g->n;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        size_t m = net_change(n, r, g->change);
        for (size_t k = 0; k < m; k++) {
            species_id s = g->change[k].species;
            if (g->change[k].count > 0) {
                g->pending[s]++;
            } else if (g->consumer[s] < 0) {
                g->consumer[s] = (int32_t)j;
            }
        }
        for (uint32_t k = 0; k < r->n_lhs; k++) {
            csr_count(g->reader_ptr, net_lhs(n, r)[k].species);
        }
    }
    int32_t total = csr_open(g->reader_ptr, (int32_t)n->species.n);
    g->reader = mem_alloc(((size_t)total + 1) * sizeof *g->reader);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t k = 0; k < r->n_lhs; k++) {
            species_id s = net_lhs(n, r)[k].species;
            g->reader[csr_place(g->reader_ptr, s)] = (int32_t)j;
            g->waits[j] += g->pending[s] > 0;
        }
    }
}

/* Events and a clock change amounts and reactions at given times, so that there is no limit. */
static bool check_network(const struct net *n, struct rate_independence *result)
{
    if (n->event.n > 0 || n->clock.n > 0) {
        refuse(result, -1, -1, text("the network has %s%s%s", n->event.n > 0 ? "events" : "a clock", "", ""));
        return false;
    }
    return true;
}

/* Checks the conditions on single reactions, and on pairs of reactions that share a reactant. */
static bool check_reactions(struct graph *g, struct rate_independence *result, struct arena *a)
{
    const struct net *n = g->n;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        size_t m = net_change(n, r, g->change);
        bool consumes = false;
        for (size_t k = 0; k < m; k++) {
            consumes = consumes || g->change[k].count < 0;
        }
        bool never_ends = m > 0 && !consumes;
        if (never_ends || r->rate_kind == RATE_LAW) {
            const char *why =
                never_ends ? "consumes nothing, so it never ends" : "has a rate law, which may vanish";
            refuse(result, (reaction_id)j, -1, text("%s %s%s", reaction_name(n, (reaction_id)j, a), why, ""));
            return false;
        }
        for (uint32_t k = 0; k < r->n_lhs; k++) {
            species_id s = net_lhs(n, r)[k].species;
            if (g->consumer[s] >= 0 && g->consumer[s] != (int32_t)j) {
                refuse(result, g->consumer[s], (reaction_id)j,
                       text("%s is consumed by %s and read by %s", n->species.data[s].name,
                            reaction_name(n, g->consumer[s], a), reaction_name(n, (reaction_id)j, a)));
                return false;
            }
        }
        arena_reset(a);
    }
    return true;
}

/* Repeatedly takes a reaction all of whose reactants have their producers in the order. Returns the number
 * of reactions in the order. */
static size_t sort_reactions(struct graph *g, int32_t *order)
{
    const struct net *n = g->n;
    size_t head = 0, tail = 0;
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (g->waits[j] == 0) {
            order[tail++] = (int32_t)j;
        }
    }
    while (head < tail) {
        const struct reaction *r = &n->reaction.data[order[head++]];
        size_t m = net_change(n, r, g->change);
        for (size_t k = 0; k < m; k++) {
            species_id s = g->change[k].species;
            if (g->change[k].count <= 0 || --g->pending[s] > 0) {
                continue;
            }
            for (int32_t i = g->reader_ptr[s]; i < g->reader_ptr[s + 1]; i++) {
                if (--g->waits[g->reader[i]] == 0) {
                    order[tail++] = g->reader[i];
                }
            }
        }
    }
    return tail;
}

/* A reaction that is not in the order and produces a reactant of `j`. */
static int32_t producer_before(struct graph *g, int32_t j, const int32_t *producer)
{
    const struct reaction *r = &g->n->reaction.data[j];
    for (uint32_t k = 0; k < r->n_lhs; k++) {
        species_id s = net_lhs(g->n, r)[k].species;
        if (g->pending[s] > 0) {
            return producer[s];
        }
    }
    return j;
}

static void refuse_cycle(struct graph *g, struct rate_independence *result, struct arena *a)
{
    const struct net *n = g->n;
    int32_t *producer = mem_alloc((n->species.n + 1) * sizeof *producer), start = -1;
    bool *visited = mem_zalloc(n->reaction.n + 1, sizeof *visited);
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (g->waits[j] == 0) {
            continue;
        }
        start = start < 0 ? (int32_t)j : start;
        size_t m = net_change(n, &n->reaction.data[j], g->change);
        for (size_t k = 0; k < m; k++) {
            if (g->change[k].count > 0) {
                producer[g->change[k].species] = (int32_t)j;
            }
        }
    }
    while (!visited[start]) {
        visited[start] = true;
        start = producer_before(g, start, producer);
    }
    int32_t before = producer_before(g, start, producer);
    if (before == start) {
        refuse(result, start, -1, text("%s produces what it reads%s%s", reaction_name(n, start, a), "", ""));
    } else {
        refuse(result, before, start,
               text("%s feeds %s, which feeds it in turn: a cycle%s", reaction_name(n, before, a),
                    reaction_name(n, start, a), ""));
    }
    free(producer);
    free(visited);
}

struct rate_independence fact_rate_independence(const struct net *n)
{
    struct rate_independence result = {.holds = true, .first = -1, .second = -1};
    if (n->event.n > 0 || n->clock.n > 0) {
        const char *why = n->event.n > 0 ? "its events change amounts" : "its clock switches reactions";
        refuse(&result, -1, -1, mem_strdup(why));
        return result;
    }
    reaction_id unknown = net_first_unknown(n);
    if (unknown >= 0) {
        struct arena *a = arena_create();
        refuse(&result, unknown, -1,
               text(n->reaction.data[unknown].delay ? "%s has products that come later%s%s"
                                                    : "%s changes amounts by what is no whole number%s%s",
                    reaction_name(n, unknown, a), "", ""));
        arena_destroy(a);
        return result;
    }
    size_t longest = 0;
    for (size_t j = 0; j < n->reaction.n; j++) {
        size_t length = (size_t)n->reaction.data[j].n_lhs + n->reaction.data[j].n_rhs;
        longest = length > longest ? length : longest;
    }
    struct graph g = {.n = n};
    g.consumer = mem_alloc((n->species.n + 1) * sizeof *g.consumer);
    memset(g.consumer, 0xFF, (n->species.n + 1) * sizeof *g.consumer);
    g.pending = mem_zalloc(n->species.n + 1, sizeof *g.pending);
    g.waits = mem_zalloc(n->reaction.n + 1, sizeof *g.waits);
    g.reader_ptr = mem_zalloc(n->species.n + 2, sizeof *g.reader_ptr);
    g.change = mem_alloc((longest + 1) * sizeof *g.change);
    struct arena *scratch = arena_create();
    count_edges(&g);
    if (check_network(n, &result) && check_reactions(&g, &result, scratch)) {
        result.order = mem_alloc((n->reaction.n + 1) * sizeof *result.order);
        if (sort_reactions(&g, result.order) < n->reaction.n) {
            refuse_cycle(&g, &result, scratch);
            free(result.order);
            result.order = NULL;
        }
    }
    arena_destroy(scratch);
    free(g.consumer);
    free(g.pending);
    free(g.waits);
    free(g.reader_ptr);
    free(g.reader);
    free(g.change);
    return result;
}

void fact_rate_independence_free(struct rate_independence *r)
{
    free(r->order);
    free(r->why);
    *r = (struct rate_independence){0};
}
