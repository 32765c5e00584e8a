/* Construction chemical_clock, of networks with an ideal clock: a ring oscillator replaces the switches of
 * the simulator. Its species are high in turn, and every third of them catalyses the reactions of a phase;
 * the two species between these separate the phases:
 *
 *   clock[i] + clock[i + 1] ->{k} 2 clock[i + 1]        (Vasic, Soloveichik, Khurshid 2020)
 *
 * The sum of the species is conserved and about 1. Since (log x[i])' = k (x[i - 1] - x[i + 1]), a pulse of
 * x[i - 1] raises x[i] from `low` to 1, and a pulse of x[i + 1] lowers it again: k times the integral of
 * each pulse is log(1/low). The run starts in the middle of a pulse of the last species, which has raised
 * the first one, and lowered the one before itself, half of the way, to sqrt(low); all others are at `low`.
 * (If all others started at `low`, the products of the even and of the odd species, which are conserved in a
 * ring of even length, would differ, and every other pulse would be twice as long.) `k` is chosen so that
 * the integral of a pulse is the duration of the first phase; the leakage of a phase during the others is
 * the integral of its species there. */
#include <math.h>

#include "ir/lower/lower.h"
#include "support/mem.h"

enum { LOW, SPEED, N_OPTIONS };
static const struct lower_option options[N_OPTIONS] = {{"low", 1e-6, 0, true}, {"k", 0, 0, false}};
enum { SPECIES_OF_PHASE = 3 };

static int32_t phase_of(const struct net *n, int32_t guard)
{
    int32_t p = 0;
    while (p < (int32_t)n->clock.n && n->clock.data[p].guard != guard) {
        p++;
    }
    return p < (int32_t)n->clock.n ? p : -1;
}

static void copy_reaction(struct net *to, const struct net *from, const struct reaction *r,
                          const species_id *clock)
{
    int32_t phase = r->guard ? phase_of(from, r->guard) : -1;
    size_t more = phase >= 0;
    struct term *lhs = mem_alloc((r->n_lhs + 1) * sizeof *lhs),
                *rhs = mem_alloc((r->n_rhs + 1) * sizeof *rhs);
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        lhs[i] = net_lhs(from, r)[i];
    }
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        rhs[i] = net_rhs(from, r)[i];
    }
    if (more) {
        lhs[r->n_lhs] = rhs[r->n_rhs] = (struct term){clock[SPECIES_OF_PHASE * phase], 1};
    }
    reaction_id id =
        net_add_reaction(to, lhs, r->n_lhs + more, rhs, r->n_rhs + more, r->rate_kind, r->rate, r->span);
    to->reaction.data[id].label = r->label ? intern_text(to->names, r->label) : NULL;
    to->reaction.data[id].origin = r->origin ? intern_text(to->names, r->origin) : NULL;
    free(lhs);
    free(rhs);
}

static bool check(const struct lowerer *l)
{
    if (!(l->option[LOW] < 1)) {
        return diag_report(l->diag, DIAG_E0522, l->span, "'low' is below 1, the amount of what is high");
    }
    const struct net *from = l->from;
    const char *why = from->clock.n < 2 ? "it has no clock with phases to replace" : NULL;
    why = !why && net_find_symbol(from, "clock") >= 0 ? "its own 'clock' has the name of the ring" : why;
    for (size_t j = 0; j < from->reaction.n && !why; j++) {
        const struct reaction *r = &from->reaction.data[j];
        why =
            r->guard && r->rate_kind != RATE_MASS_ACTION ? "a rate law cannot be catalysed by a clock" : why;
        why = r->n_fractions ? "a reaction changes amounts by fractions" : why;
    }
    if (why) {
        diag_report(l->diag, DIAG_E0522, l->span, "'%s' gets no chemical clock: %s", from->name, why);
        diag_help(l->diag,
                  "it is for networks with clock ideal(C1 = T, C2 = T); and reactions of mass action");
    }
    return !why;
}

static struct net *lower(const struct lowerer *l, struct lowering *record)
{
    const struct net *from = l->from;
    if (!check(l)) {
        return NULL;
    }
    struct net *net = net_clone(from);
    struct expr_pool *ex = net->ex;
    int32_t n = SPECIES_OF_PHASE * (int32_t)from->clock.n;
    double low = l->option[LOW], rise = log(1 / low);
    species_id *clock = mem_alloc((size_t)n * sizeof *clock);
    expr_id *e = mem_alloc((size_t)n * sizeof *e);
    struct arena *scratch = arena_create();
    for (int32_t i = 0; i < n; i++) {
        expr_id start = expr_real(ex, i == n - 1 ? 1 : i == 0 || i == n - 2 ? sqrt(low) : low);
        clock[i] =
            net_add_species(net, arena_printf(scratch, "clock[%d]", i), SPECIES_DISCRETE, start, l->span);
        e[i] = net_species_expr(net, clock[i]);
    }
    expr_id k = l->option[SPEED] > 0
                    ? expr_real(ex, l->option[SPEED])
                    : expr_binary(ex, EXPR_DIV, expr_real(ex, rise), from->clock.data[0].duration);
    net->reaction.n = net->term.n = 0;
    for (size_t j = 0; j < from->reaction.n; j++) {
        copy_reaction(net, from, &from->reaction.data[j], clock);
    }
    for (int32_t i = 0; i < n; i++) {
        species_id next = clock[(i + 1) % n];
        struct term lhs[] = {{clock[i], 1}, {next, 1}}, rhs = {next, 2};
        reaction_id id = net_add_reaction(net, lhs, 2, &rhs, 1, RATE_MASS_ACTION, k, l->span);
        net->reaction.data[id].origin = intern_text(net->names, "the clock");
    }
    record->teaching.clock = 1 + net_add_symbol(net, "clock", SYMBOL_SPECIES, shape_vector(n), e, l->span);
    net->clock.n = 0;
    net->guard.n = 1;
    arena_destroy(scratch);
    free(clock);
    free(e);
    return net;
}

const struct construction construction_chemical_clock = {.n_options = N_OPTIONS,
                                                         .option = options,
                                                         .example = "low = 1e-6, k",
                                                         .members = "{from} clock",
                                                         .lower = lower};
