#include "codegen/text/report.h"

#include <math.h>
#include <stdlib.h>

#include "codegen/text/text_impl.h"
#include "ir/fact/fact.h"
#include "support/json.h"
#include "support/mem.h"
#include "support/vec.h"

struct scheme {
    const char *name;
    int uni, bi, split, decay, source;
    const char *verified;
};

static const struct scheme schemes[] = {
#define SCHEME(name, uni, bi, split, decay, source, verified) {name, uni, bi, split, decay, source, verified},
#include "codegen/text/schemes.def"
#undef SCHEME
};
enum { N_SCHEMES = sizeof schemes / sizeof schemes[0] };

struct cost {
    int64_t reactions;
    bool refuted, extended; /* has a reaction whose shape was refuted, or is in no table */
};

static int64_t molecules(const struct term *side, uint32_t n)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += side[i].count;
    }
    return sum;
}

static void add_reaction(struct cost *c, const struct scheme *s, int64_t n, int64_t m)
{
    static const struct {
        int64_t n, m;
    } shapes[] = {{1, 1}, {2, 1}, {1, 2}, {1, 0}, {0, 1}};
    const int table[] = {s->uni, s->bi, s->split, s->decay, s->source};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (shapes[i].n == n && shapes[i].m == m) {
            c->reactions += table[i];
            c->refuted |= s->verified[i] == 'x';
            return;
        }
    }
    int64_t first = n == 0 ? s->source : m == 0 ? s->decay : s->uni;
    c->reactions +=
        first + (n > 1 ? (n - 1) * (s->bi - s->uni) : 0) + (m > 1 ? (m - 1) * (s->split - s->uni) : 0);
    c->extended = true;
    c->refuted |= s->verified[0] == 'x';
}

/* Counts a gate for each reaction, a backward strand for each reactant but the first, and a translator if
 * there is a product. */
static int64_t count_fuels(const struct net *n)
{
    int64_t fuels = 0;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        int64_t order = molecules(net_lhs(n, r), r->n_lhs);
        fuels += 1 + (order > 1 ? order - 1 : 0) + (r->n_rhs > 0);
    }
    return fuels;
}

static int64_t count_signals(const struct net *n)
{
    bool *used = mem_zalloc(n->species.n + 1, sizeof *used);
    int64_t signals = 0;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        const struct term *side[2] = {net_lhs(n, r), net_rhs(n, r)};
        for (uint32_t i = 0; i < r->n_lhs + r->n_rhs; i++) {
            species_id s = (i < r->n_lhs ? side[0][i] : side[1][i - r->n_lhs]).species;
            signals += !used[s];
            used[s] = true;
        }
    }
    free(used);
    return signals;
}

static void write_text(FILE *out, const struct net *n, const struct cost *cost, int64_t signals,
                       int64_t fuels)
{
    bool extended = false, refuted = false;
    fprintf(out,
            "network %s: %zu reactions, %lld signal strands, at most %lld reactants and %lld products\n\n",
            n->name, n->reaction.n, (long long)signals, (long long)fact_max_reactants(n),
            (long long)fact_max_products(n));
    fprintf(out, "%-18s %10s %10s %10s\n", "scheme", "reactions", "fuels", "signals");
    for (size_t i = 0; i < N_SCHEMES; i++) {
        fprintf(out, "%-18s %10lld", schemes[i].name, (long long)cost[i].reactions);
        if (i == 0) {
            fprintf(out, " %10lld", (long long)fuels);
        } else {
            fprintf(out, " %10s", "-");
        }
        fprintf(out, " %10lld%s%s\n", (long long)signals, cost[i].extended ? " *" : "",
                cost[i].refuted ? " x" : "");
        extended |= cost[i].extended;
        refuted |= cost[i].refuted;
    }
    fputs(extended ? "\n* also reactions of shapes that were not enumerated, extended from those that were\n"
                   : "",
          out);
    fputs(refuted ? "x holds reactions whose translation was refuted by CRN bisimulation\n" : "", out);
}

static void write_json(FILE *out, const struct net *n, const struct cost *cost, int64_t signals,
                       int64_t fuels)
{
    fputs("{\"network\": ", out);
    json_print_text(out, n->name);
    fprintf(out,
            ", \"reactions\": %zu, \"signals\": %lld, \"max_reactants\": %lld, \"max_products\": %lld,\n"
            " \"schemes\": [",
            n->reaction.n, (long long)signals, (long long)fact_max_reactants(n),
            (long long)fact_max_products(n));
    for (size_t i = 0; i < N_SCHEMES; i++) {
        fprintf(out, "%s\n  {\"scheme\": \"%s\", \"reactions\": %lld", i ? "," : "", schemes[i].name,
                (long long)cost[i].reactions);
        if (i == 0) {
            fprintf(out, ", \"fuels\": %lld", (long long)fuels);
        }
        fprintf(out, ", \"signals\": %lld, \"extended\": %s, \"refuted\": %s}", (long long)signals,
                cost[i].extended ? "true" : "false", cost[i].refuted ? "true" : "false");
    }
    fputs("]}\n", out);
}

void report_write(FILE *out, const struct net *n, bool json)
{
    struct cost cost[N_SCHEMES] = {{0}};
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (size_t i = 0; i < N_SCHEMES; i++) {
            add_reaction(&cost[i], &schemes[i], molecules(net_lhs(n, r), r->n_lhs),
                         molecules(net_rhs(n, r), r->n_rhs));
        }
    }
    int64_t signals = count_signals(n), fuels = count_fuels(n);
    (json ? write_json : write_text)(out, n, cost, signals, fuels);
}

/* Counts strands for the reactions that can happen. */
static int64_t count_strands(const struct net *n)
{
    struct net *own = net_clone(n);
    text_take_out_never(own, TEXT_NEVER_COSTS, NULL, NULL);
    int64_t strands = count_signals(own) + count_fuels(own);
    net_destroy(own);
    return strands;
}

struct network_cost report_cost(const struct net *n)
{
    struct network_cost c = {.species = n->species.n,
                             .reactions = n->reaction.n,
                             .max_reactants = fact_max_reactants(n),
                             .max_products = fact_max_products(n),
                             .strands = count_strands(n)};
    struct time_scales t = fact_time_scales(n);
    VEC(struct term) change = {0};
    c.spread = t.fast < 0 ? NAN : t.fastest / t.slowest;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        vec_reserve(&change, (size_t)r->n_lhs + r->n_rhs);
        c.entries += (int64_t)net_whole_change(n, r, change.data) + r->n_fractions;
    }
    vec_free(&change);
    return c;
}
