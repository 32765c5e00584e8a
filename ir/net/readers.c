#include "ir/net/readers.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_csr.h"
#include "support/mem.h"

struct read_marks {
    int32_t *last; /* by species: the last reaction that was seen to read it */
    int32_t reaction;
    void (*found)(void *env, species_id s, int32_t reaction);
    void *env;
};

static void mark_read(struct read_marks *m, species_id s)
{
    if (m->last[s] != m->reaction) {
        m->last[s] = m->reaction;
        m->found(m->env, s, m->reaction);
    }
}

static void visit_leaf(void *env, expr_id id, const struct expr *e)
{
    (void)id;
    if (e->op == EXPR_SPECIES) {
        mark_read(env, e->a);
    }
}

/* Calls `found` once for each pair of a reaction and a species that its propensity reads. */
static void each_read(const struct net *n, void (*found)(void *env, species_id s, int32_t reaction),
                      void *env)
{
    struct read_marks m = {
        .last = mem_alloc((n->species.n + 1) * sizeof *m.last), .found = found, .env = env};
    memset(m.last, 0xFF, (n->species.n + 1) * sizeof *m.last);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        m.reaction = (int32_t)j;
        if (r->rate_kind == RATE_LAW) {
            expr_visit(n->ex, r->rate, visit_leaf, &m);
            continue;
        }
        for (uint32_t k = 0; k < r->n_lhs; k++) {
            mark_read(&m, net_lhs(n, r)[k].species);
        }
    }
    free(m.last);
}

/* Calls `found` once for each pair of a reaction and a species that it changes. */
static void each_change(const struct net *n, void (*found)(void *env, species_id s, int32_t reaction),
                        void *env)
{
    VEC(species_id) changed = {0};
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        vec_reserve(&changed, (size_t)r->n_lhs + r->n_rhs + r->n_fractions);
        size_t m = net_changed_species(n, r, changed.data);
        for (size_t i = 0; i < m; i++) {
            found(env, changed.data[i], (int32_t)j);
        }
    }
    vec_free(&changed);
}

static void count_pair(void *env, species_id s, int32_t reaction)
{
    struct readers *x = env;
    (void)reaction;
    csr_count(x->ptr, s);
}

static void store_pair(void *env, species_id s, int32_t reaction)
{
    struct readers *x = env;
    x->reaction[csr_place(x->ptr, s)] = reaction;
}

typedef void each_pair(const struct net *n, void (*found)(void *env, species_id s, int32_t reaction),
                       void *env);

static struct readers collect(const struct net *n, each_pair *each)
{
    struct readers x = {.ptr = mem_zalloc(n->species.n + 2, sizeof *x.ptr)};
    each(n, count_pair, &x);
    int32_t total = csr_open(x.ptr, (int32_t)n->species.n);
    x.reaction = mem_alloc(((size_t)total + 1) * sizeof *x.reaction);
    each(n, store_pair, &x);
    return x;
}

struct readers readers_of(const struct net *n)
{
    return collect(n, each_read);
}

struct readers changers_of(const struct net *n)
{
    return collect(n, each_change);
}

void readers_free(struct readers *x)
{
    free(x->ptr);
    free(x->reaction);
    *x = (struct readers){0};
}
