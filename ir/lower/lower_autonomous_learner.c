/* Construction autonomous_learner, of detailed balanced networks: paper 001, section VI and SI XI.D. Each
 * vesicle holds two copies of the network N, free[v] and clamped[v]. Their reactions read potentials P.S of
 * all species S that change, which all copies share, and, in the clamped copies, also potentials Pbar.S of
 * the visible species. The copies are in an environment E with dynamics of its own:
 *
 *   free[v]:    N at k_db, with P            clamped[v]: N at k_db, with P and Pbar
 *   Pbar.S + clamped[v].S ->{k_copy} 2 Pbar.S + clamped[v].S     Pbar.S + Q ->{vesicles scale k_copy} Q
 *   P.S + free[v].S ->{k_learn} 2 P.S + free[v].S
 *   P.S + clamped[v].S ->{k_learn} clamped[v].S
 *
 * The mean of a clamped species thus follows `scale` times its target Q, a species of E, and the free copies
 * follow the clamped ones: this is gradient descent on the relative entropy of the environment to the free
 * machine. Where the paper has rates of the mean over N vesicles, this construction has a sum: k_copy is per
 * vesicle. With delta_copy or delta_learn the reverse reactions have these rates (eq. 18, 19). The labels of
 * these reactions are `copy` and `learn`. Potentials are bulk and start at 1; those of partners, Pbar of the
 * species that is present when a unit is off, are 1 and left out. The network has the symbols
 * `environment.NAME` for all names of E; `free.A` and `clamped.A`, the means of the visible species over
 * vesicles; `potential`, all P in the order of species; `P.S` and `Pbar.S`; and `free[v].NAME` and
 * `clamped[v].NAME`. */
#include <math.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "ir/lower/machine.h"

enum { SCALE, VESICLES, K_DB, K_COPY, K_LEARN, DELTA_COPY, DELTA_LEARN, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {
    {"scale", 1, 0, true},       {"vesicles", 10, 1, false},  {"k_db", 100, 0, true},
    {"k_copy", 0.1, 0, false},   {"k_learn", 0.01, 0, false}, {"delta_copy", 0, 0, false},
    {"delta_learn", 0, 0, false}};
enum { ENVIRONMENT, VISIBLE, READING, DURING, N_ARGUMENTS };
static const struct lower_argument arguments[N_ARGUMENTS] = {{"environment", LOWER_NETWORK, NULL, true},
                                                             {"visible", LOWER_PAIRS, NULL, true},
                                                             {"reading", LOWER_WORD, machine_readings, false},
                                                             {"during", LOWER_PAIRS, NULL, false}};
enum { MOST_STATES = 4096, MOST_VESICLES = 100000, MOST_VISIBLE = 16 };
static const double apart = 10; /* smallest ratio between the time scales of the machine, of copying and of
                                   learning */

struct builder {
    const struct lowerer *l;
    struct machine m;
    struct net *net;
    int32_t n_vesicles, n_visible;
    species_id *of;             /* [n_visible] visible species of the machine */
    species_id *target;         /* ... and their targets in the environment */
    species_id *shared, *own;   /* potentials P and Pbar, by species of the machine */
    species_id *free, *clamped; /* [n_vesicles][n_visible] */
    expr_id k[N_OPTIONS];
    struct machine_during during[2]; /* by enum moved */
};

static bool find_visible(struct builder *b, const struct lowering *record)
{
    const struct lowerer *l = b->l;
    const struct lower_given *g = &l->given[VISIBLE];
    if (g->n_pairs > MOST_VISIBLE) {
        return diag_report(l->diag, DIAG_E0522, g->span, "%d visible species, and at most %d are", g->n_pairs,
                           MOST_VISIBLE);
    }
    b->n_visible = g->n_pairs;
    b->of = arena_alloc(b->m.scratch, ((size_t)b->n_visible + 1) * sizeof *b->of);
    b->target = arena_alloc(b->m.scratch, ((size_t)b->n_visible + 1) * sizeof *b->target);
    bool good = true;
    for (int32_t i = 0; i < b->n_visible; i++) {
        b->of[i] = machine_species(l, l->from, record, g->pair[i].name, g->pair[i].span);
        b->target[i] = machine_species(l, l->given[ENVIRONMENT].net, NULL, g->pair[i].value, g->pair[i].span);
        bool changes = false;
        for (int32_t c = 0; c < b->m.n_changing; c++) {
            changes |= b->m.changing[c] == b->of[i];
        }
        if (b->of[i] >= 0 && !changes) {
            diag_report(l->diag, DIAG_E0528, g->pair[i].span,
                        "no reaction of '%s' changes '%s': it cannot follow a target", l->from->name,
                        g->pair[i].name);
        }
        good &= b->of[i] >= 0 && b->target[i] >= 0 && changes;
    }
    return good;
}

static void check_scales(const struct builder *b)
{
    const struct lowerer *l = b->l;
    double n = b->n_vesicles, db = l->option[K_DB], copy = n * l->option[K_COPY],
           learn = n * l->option[K_LEARN];
    if ((copy > 0 && db < apart * copy) || (learn > 0 && copy < apart * learn)) {
        diag_report(l->diag, DIAG_W0412, l->span,
                    "time scales are not apart: k_db = %g, vesicles * k_copy = %g, vesicles * k_learn = %g",
                    db, copy, learn);
        diag_help(l->diag,
                  "each should be %g times the next, and the environment's switches lie between the last "
                  "two: else the "
                  "machine copies the means or follows each switch, and learns no distribution",
                  apart);
    }
}

/* The process that changes a potential: copying or learning. */
struct swing {
    enum moved { COPY, LEARN } what; /* ORDER moved */
    expr_id rate, delta;             /* delta = 0: no reverse reaction */
};
static const char *const moved_labels[] = {"copy", "learn", NULL}; /* ORDER moved */

/* Adds P + S -> 2 P + S and, with the constant delta, its reverse. */
static void raise(struct builder *b, const struct swing *how, species_id p, species_id s)
{
    const struct term side[2][2] = {{{p, 1}, {s, 1}}, {{p, 2}, {s, 1}}};
    machine_add_swing(b->net, moved_labels[how->what], &b->during[how->what], side, (size_t[2]){2, 2},
                      how->rate, how->delta, b->l->span);
}

/* Adds P + Q -> Q and, with the constant delta, its reverse. */
static void fall(struct builder *b, const struct swing *how, species_id p, species_id q)
{
    const struct term side[2][2] = {{{p, 1}, {q, 1}}, {{q, 1}}};
    machine_add_swing(b->net, moved_labels[how->what], &b->during[how->what], side, (size_t[2]){2, 1},
                      how->rate, how->delta, b->l->span);
}

static bool add_vesicle(struct builder *b, int32_t v)
{
    const struct machine *m = &b->m;
    struct net *net = b->net;
    const species_id *free_potential[1] = {b->shared}, *clamped_potential[2] = {b->shared, b->own};
    const char *prefix = arena_printf(m->scratch, "free[%d].", v);
    species_id *free_copy = machine_add_species(m, net, prefix, v);
    bool good = machine_add_reactions(m, net, free_copy, free_potential, 1, b->k[K_DB], prefix);
    prefix = arena_printf(m->scratch, "clamped[%d].", v);
    species_id *clamped = machine_add_species(m, net, prefix, v);
    good = good && machine_add_reactions(m, net, clamped, clamped_potential, 2, b->k[K_DB], prefix);
    for (int32_t i = 0; i < b->n_visible && good; i++) {
        raise(b, &(struct swing){COPY, b->k[K_COPY], b->k[DELTA_COPY]}, b->own[b->of[i]], clamped[b->of[i]]);
        b->free[v * b->n_visible + i] = free_copy[b->of[i]];
        b->clamped[v * b->n_visible + i] = clamped[b->of[i]];
    }
    for (int32_t i = 0; i < m->n_changing && good; i++) {
        species_id s = m->changing[i];
        struct swing learn = {LEARN, b->k[K_LEARN], b->k[DELTA_LEARN]};
        raise(b, &learn, b->shared[s], free_copy[s]);
        fall(b, &learn, b->shared[s], clamped[s]);
    }
    return good;
}

static void add_means(struct builder *b, const char *what, const species_id *species)
{
    struct net *net = b->net;
    for (int32_t i = 0; i < b->n_visible; i++) {
        expr_id sum = expr_real(net->ex, 0);
        for (int32_t v = 0; v < b->n_vesicles; v++) {
            sum = expr_binary(net->ex, EXPR_ADD, sum, net_species_expr(net, species[v * b->n_visible + i]));
        }
        expr_id mean = expr_binary(net->ex, EXPR_DIV, sum, expr_real(net->ex, b->n_vesicles));
        const char *name = arena_printf(b->m.scratch, "%s.%s", what, b->l->given[VISIBLE].pair[i].name);
        int32_t symbol = net_add_symbol(net, name, SYMBOL_OUTPUT, shape_scalar(), &mean, b->l->span);
        net->symbol.data[symbol].flags |= SYMBOL_IS_OUTPUT;
    }
}

static int32_t add_potential_list(struct builder *b)
{
    struct net *net = b->net;
    int32_t n = b->m.n_changing;
    expr_id *e = arena_alloc(b->m.scratch, ((size_t)n + 1) * sizeof *e);
    for (int32_t i = 0; i < n; i++) {
        e[i] = net_species_expr(net, b->shared[b->m.changing[i]]);
    }
    int32_t symbol = net_add_symbol(net, "potential", SYMBOL_OUTPUT, shape_vector(n), e, b->l->span);
    net->symbol.data[symbol].flags |= SYMBOL_IS_OUTPUT;
    return symbol;
}

/* Finds the law of a machine at given potentials: its states with their energies (eq. 8) and amounts. */
static void find_states(const struct builder *b, struct learner *to)
{
    const struct net *n = b->l->from;
    struct reachable r = fact_reachable(n, MOST_STATES);
    struct detailed_balance d = fact_detailed_balance(n);
    if (r.complete && d.energy.n == n->species.n && (int32_t)r.changing.n <= b->m.n_changing) {
        struct arena *a = b->l->arena;
        double *weight = arena_alloc(a, ((size_t)r.n + 1) * sizeof *weight);
        int32_t *count = arena_alloc(a, ((size_t)r.n * (size_t)b->m.n_changing + 1) * sizeof *count),
                *pattern = arena_alloc(a, ((size_t)r.n + 1) * sizeof *pattern);
        memset(count, 0, ((size_t)r.n * (size_t)b->m.n_changing + 1) * sizeof *count);
        for (int64_t s = 0; s < r.n; s++) {
            weight[s] = 0;
            pattern[s] = 0;
            for (size_t c = 0; c < r.changing.n; c++) {
                species_id species = r.changing.data[c];
                int32_t x = r.amount.data[(size_t)s * r.changing.n + c];
                weight[s] -= d.energy.data[species] * x + lgamma(x + 1.0);
                for (int32_t i = 0; i < b->m.n_changing; i++) {
                    count[s * b->m.n_changing + i] += b->m.changing[i] == species ? x : 0;
                }
                for (int32_t i = 0; i < b->n_visible; i++) {
                    pattern[s] |= b->of[i] == species && x > 0 ? 1 << (b->n_visible - 1 - i) : 0;
                }
            }
        }
        to->n_states = (int32_t)r.n;
        to->log_weight = weight;
        to->count = count;
        to->pattern = pattern;
    }
    fact_reachable_free(&r);
    fact_detailed_balance_free(&d);
}

static void make_record(const struct builder *b, struct lowering *record, int32_t potential)
{
    struct arena *a = b->l->arena;
    size_t n = (size_t)b->n_vesicles * (size_t)b->n_visible * sizeof(species_id);
    struct learner *to = arena_alloc(a, sizeof *to);
    species_id *species = arena_alloc(a, 2 * n + 1);
    const char **name = arena_alloc(a, ((size_t)b->n_visible + 1) * sizeof *name);
    species_id *target = arena_alloc(a, ((size_t)b->n_visible + 1) * sizeof *target);
    memcpy(target, b->target, (size_t)b->n_visible * sizeof *target);
    memcpy(species, b->free, n);
    memcpy((char *)species + n, b->clamped, n);
    for (int32_t i = 0; i < b->n_visible; i++) {
        name[i] = arena_strdup(a, b->l->given[VISIBLE].pair[i].name);
    }
    *to = (struct learner){.n_vesicles = b->n_vesicles,
                           .n_visible = b->n_visible,
                           .n_potentials = b->m.n_changing,
                           .visible = name,
                           .free = species,
                           .clamped = species + b->n_vesicles * b->n_visible,
                           .target = target,
                           .potential = potential};
    if (b->l->given[READING].word == READ_SPECIES) {
        find_states(b, to);
    }
    record->n = record->n_edges = 0;
    record->part = NULL;
    record->edge = NULL;
    record->learner = to;
}

static bool build(struct builder *b, struct lowering *record)
{
    const struct lowerer *l = b->l;
    struct net *net = b->net = net_clone(l->given[ENVIRONMENT].net);
    struct arena *scratch = b->m.scratch;
    net->observed.n = 0;
    net_add_prefix(net, "environment.");
    for (int i = 0; i < N_OPTIONS; i++) {
        bool is_param = i != VESICLES && ((i != DELTA_COPY && i != DELTA_LEARN) || l->option[i] > 0);
        b->k[i] = is_param ? machine_add_param(l, net, options[i].name, l->option[i]) : 0;
    }
    b->shared = machine_add_potentials(&b->m, net, "P.", SPECIES_BULK);
    b->own = arena_alloc(scratch, (l->from->species.n + 1) * sizeof *b->own);
    for (size_t s = 0; s < l->from->species.n; s++) {
        b->own[s] = -1;
    }
    expr_id n = expr_real(net->ex, b->n_vesicles), each = expr_binary(net->ex, EXPR_MUL, n, b->k[SCALE]);
    for (int32_t i = 0; i < b->n_visible; i++) {
        species_id s = b->of[i];
        const char *name = arena_printf(scratch, "Pbar.%s", l->from->species.data[s].name);
        b->own[s] = net_add_species(net, name, SPECIES_BULK, expr_real(net->ex, 1), l->span);
        expr_id e = net_species_expr(net, b->own[s]);
        net_add_symbol(net, name, SYMBOL_SPECIES, shape_scalar(), &e, l->span);
        expr_id delta = b->k[DELTA_COPY] ? expr_binary(net->ex, EXPR_MUL, each, b->k[DELTA_COPY]) : 0;
        struct swing copy = {COPY, expr_binary(net->ex, EXPR_MUL, each, b->k[K_COPY]), delta};
        fall(b, &copy, b->own[s], b->target[i]);
    }
    size_t species = (size_t)b->n_vesicles * (size_t)b->n_visible + 1;
    b->free = arena_alloc(scratch, species * sizeof *b->free);
    b->clamped = arena_alloc(scratch, species * sizeof *b->clamped);
    bool good = true;
    for (int32_t v = 0; v < b->n_vesicles && good; v++) {
        good = add_vesicle(b, v);
    }
    add_means(b, "free", b->free);
    add_means(b, "clamped", b->clamped);
    int32_t potential = add_potential_list(b);
    if (good) {
        make_record(b, record, potential);
    }
    return good;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    struct builder b = {.l = l, .n_vesicles = (int32_t)fmin(l->option[VESICLES], MOST_VESICLES + 1.0)};
    bool good = machine_open(&b.m, l, record, (enum machine_reading)l->given[READING].word);
    if (good && (b.n_vesicles != l->option[VESICLES] || b.n_vesicles > MOST_VESICLES)) {
        good = diag_report(l->diag, DIAG_E0522, l->span, "vesicles is a whole number up to %d, not %g",
                           MOST_VESICLES, l->option[VESICLES]);
    }
    good = good && find_visible(&b, record) &&
           machine_find_during(l, &l->given[DURING], l->given[ENVIRONMENT].net, NULL, moved_labels, b.during);
    if (good) {
        check_scales(&b);
        good = build(&b, record);
    }
    arena_destroy(b.m.scratch);
    if (!good && b.net) {
        net_destroy(b.net);
    }
    return good ? b.net : NULL;
}

const struct construction construction_autonomous_learner = {
    .n_options = N_OPTIONS,
    .option = options,
    .example = "environment = NET, visible = (A = Q[0]), scale, vesicles, k_db, k_copy, k_learn, delta_copy, "
               "delta_learn, reading = species and during = (learn = PHASE)",
    .members = "environment.{environment} free.{from} clamped.{from} potential P.{from} Pbar.{from} scale "
               "k_db k_copy k_learn delta_copy delta_learn copy copy_reverse learn learn_reverse",
    .lower = lower,
    .n_arguments = N_ARGUMENTS,
    .argument = arguments};
