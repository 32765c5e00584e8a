/* Construction neural_crn, of neural_ode models: Nagipogu, Reif 2025 (paper 004). The network computes z(T)
 * and, from the target y, the gradients of (read-out - y)^2 / 2, and descends along them, in two phases of a
 * clock:
 *
 *   C1  N4: gradients into parameters (fast)           N1: z' = f(z, x, p)
 *   C2  N2: z into its backward copy, and the adjoint from z and y (fast)
 *       N3: in forward time with inverted signs, z_back' = -f, a' = a df/dz, g' = a df/dp
 *
 * If z(0) depends on parameters there are two more phases, each of one unit of time: C0, before C1 and with
 * N4, z' = z(0); and C3, after C2, g' = a dz(0)/dp.
 *
 * Option asynchronous: N3 and N4 of a sample run at the same time as N1 and N2 of the next one. In C2, which
 * is as short as fast reactions allow, N2 turns states, inputs and targets into held values and into
 * adjoints; N4 updates; and the values that N3 has read decay. In C1 the held values become, by fast
 * reactions, what N3 reads: copies of states and inputs, and adjoints. A cycle thus takes half the time; the
 * gradient is that of the parameters before an update, along the states of the parameters after it.
 *
 * A value has two rails, but a value that the model assumes not to be negative has one, as far as the
 * mechanism allows it. A state and its backward copy have the same number of rails, because otherwise the
 * backward flow would not be the inverse. With two rails an update is G.p -> P.n at k_fast * eta and G.p ->
 * 0 at k_fast * (1 - eta), so that eta = k1 / (k1 + k2); with one rail it is G.n -> P and G.p + P -> 0, and
 * the rates that make G contain eta.
 *
 * Reactions that make something from nothing, with the same rate and in the same phase, are merged. Rails
 * are cancelled at the rate `annihilate`: rails of states, copies and adjoints while these evolve, and rails
 * of parameters and gradients in N4. */
#include <math.h>
#include <string.h>

#include "ir/lower/neural_crn.h"
#include "support/mem.h"

static const struct lower_option options[N_OPTIONS] = {{"T", 1, 0, true},
                                                       {"eta", 0.05, 0, false},
                                                       {"k_fast", 1000, 0, true},
                                                       {"annihilate", 100, 0, false},
                                                       {"approximate", 0, 0, false},
                                                       {"minimal", 0, 0, false},
                                                       {"batch", 0, 0, false},
                                                       {"asynchronous", 0, 0, false}};
enum { MAX_READOUT = 1000 };
static const double SHORT = 20; /* in units of 1/k_fast: after this time 2e-9 of a species that turns into
                                   another one is left */

bool neural_crn_fail(const struct neural_crn *c, const char *help, const char *format, const char *what)
{
    diag_report(c->l->diag, DIAG_E0522, c->l->span, format, what);
    diag_help(c->l->diag, "%s", help);
    return false;
}

double neural_crn_readout_weight(const struct neural_crn *c, int32_t readout, int32_t s)
{
    double w = 0;
    for (int32_t t = c->readouts; t < c->m->n_terms; t++) {
        w += c->m->equation[t] == 2 * c->d + readout && neural_crn_factors(c, t)[0] == s
                 ? c->m->coefficient[t]
                 : 0;
    }
    return w;
}

static bool check_readouts(struct neural_crn *c)
{
    for (int32_t t = c->readouts; t < c->m->n_terms; t++) {
        double w = c->m->coefficient[t];
        if (neural_crn_factors(c, t)[0] < 0 || w != floor(w) || fabs(w) > MAX_READOUT) {
            return neural_crn_fail(
                c,
                "weights of read-outs are whole numbers, such as 1 and -1; let a parameter of the "
                "model scale a state, or "
                "a state of its own hold what is added",
                "the read-out of '%s' has a weight that molecules cannot be counted by", c->m->name);
        }
    }
    return true;
}

static expr_id add_number(struct neural_crn *c, const char *name, double value, int32_t *symbol)
{
    struct net *net = c->net;
    int32_t p = net_add_param(net, name, shape_scalar(), expr_real(net->ex, value), c->l->span);
    expr_id e = net_param_expr(net, net->param.data[p].first);
    *symbol = net_add_symbol(net, name, SYMBOL_PARAM, shape_scalar(), &e, c->l->span);
    return e;
}

static void add_clock(struct neural_crn *c)
{
    static const char *const names[] = {"C0", "C1", "C2", "C3"};
    struct teaching *t = &c->record->teaching;
    int32_t unused;
    expr_id T = add_number(c, "T", c->l->option[TIME], &t->duration);
    c->step = add_number(c, "eta", c->l->option[STEP], &t->step);
    c->fast = add_number(c, "k_fast", c->l->option[FAST], &unused);
    if (neural_crn_option(c, BATCH)) {
        c->update = add_number(c, "update", 1, &t->update);
        t->update++;
    }
    t->is_constant = neural_crn_option(c, APPROXIMATE);
    t->n_forward = c->learns_start ? 2 : 1;
    bool beside = neural_crn_option(c, ASYNCHRONOUS);
    expr_id turn = beside ? add_number(c, "T_turn", SHORT / c->l->option[FAST], &t->turn) : 0;
    t->turn += beside;
    c->backward = beside ? 1 : 2;
    c->backward_start = beside ? 2 : 3;
    c->turn = beside && c->learns_start ? 3 : 2;
    c->update_phase = beside ? c->turn : c->learns_start ? 0 : 1;
    for (int i = 0; i < 4; i++) {
        bool flow = i == 1 || i == c->backward;
        if (!flow && !c->learns_start && i != c->turn) {
            continue;
        }
        c->guard[i] = net_add_guard(c->net, names[i], t->n_phases == 0);
        struct phase p = {c->guard[i], flow ? T : beside && i == c->turn ? turn : expr_real(c->net->ex, 1)};
        vec_push(&c->net->clock, p);
        t->n_phases++;
        t->n_flows += flow;
    }
}

static void add_made(struct neural_crn *c)
{
    for (size_t i = 0; i < c->made.n; i++) {
        const struct made *r = &c->made.data[i];
        reaction_id id =
            net_add_reaction(c->net, r->lhs, r->n_lhs, r->rhs, r->n_rhs, RATE_MASS_ACTION, r->k, c->l->span);
        c->net->reaction.data[id].origin = intern_text(c->net->names, r->origin);
        c->net->reaction.data[id].guard = r->guard;
    }
}

static bool check_step(struct neural_crn *c)
{
    for (int32_t p = 0; p < c->m->n_values && c->l->option[STEP] > 1; p++) {
        if (!c->single[c->d + c->m->inputs + p]) {
            return neural_crn_fail(
                c,
                "eta = k1/(k1 + k2) of the two reactions of a gradient's rail: let T be longer, or "
                "the targets larger",
                "the parameters of '%s' have two rails, and eta is at most 1 then", c->m->name);
        }
    }
    return true;
}

static bool build(struct neural_crn *c)
{
    if (!check_readouts(c)) {
        return false;
    }
    neural_crn_find_needed(c);
    neural_crn_find_same(c);
    neural_crn_choose_rails(c);
    if (!check_step(c)) {
        return false;
    }
    add_clock(c);
    neural_crn_add_inputs(c);
    neural_crn_add_states(c);
    neural_crn_add_parameters(c);
    neural_crn_add_readouts(c);
    if (!neural_crn_add_reactions(c)) {
        return false;
    }
    add_made(c);
    return true;
}

static struct neural_crn begin(const struct lowerer *l, struct lowering *made)
{
    const struct crnl_neural *m = l->m;
    struct neural_crn c = {.l = l,
                           .m = m,
                           .net = net_create(l->name),
                           .scratch = arena_create(),
                           .record = made,
                           .d = m->n_states};
    while (c.starts < m->n_terms && m->equation[c.starts] < c.d) {
        c.starts++;
    }
    for (c.readouts = c.starts; c.readouts < m->n_terms && m->equation[c.readouts] < 2 * c.d; c.readouts++) {
        for (int i = 0; i < CRNL_NEURAL_MAX_DEGREE; i++) {
            c.learns_start |= neural_crn_factors(&c, c.readouts)[i] >= c.d + m->inputs;
        }
    }
    size_t n = (size_t)(CRNL_NEURAL_VARIABLES(m) + m->outputs), d = (size_t)c.d;
    c.variable = arena_alloc(c.scratch, n * sizeof *c.variable);
    c.single = arena_alloc(c.scratch, n * sizeof *c.single);
    c.back = arena_alloc(c.scratch, n * sizeof *c.back);
    c.adjoint = arena_alloc(c.scratch, d * sizeof *c.adjoint);
    bool beside = neural_crn_option(&c, ASYNCHRONOUS);
    c.held = beside ? arena_alloc(c.scratch, n * sizeof *c.held) : c.back;
    c.made_adjoint = beside ? arena_alloc(c.scratch, d * sizeof *c.made_adjoint) : c.adjoint;
    c.gradient = arena_alloc(c.scratch, (size_t)m->n_values * sizeof *c.gradient);
    c.copied = arena_alloc(c.scratch, n * sizeof *c.copied);
    c.moves = arena_alloc(c.scratch, d * sizeof *c.moves);
    c.same = arena_alloc(c.scratch, d * sizeof *c.same);
    memset(c.copied, 0, n * sizeof *c.copied);
    memset(c.moves, 0, d * sizeof *c.moves);
    return c;
}

static struct net *lower(const struct lowerer *l, struct lowering *made)
{
    struct neural_crn c = begin(l, made);
    bool good = build(&c);
    vec_free(&c.made);
    arena_destroy(c.scratch);
    if (!good) {
        net_destroy(c.net);
        return NULL;
    }
    return c.net;
}

#define RAILS(name) name " " name ".p " name ".n "
const struct construction construction_neural_crn = {
    .n_options = N_OPTIONS,
    .option = options,
    .example = "T = 1, eta = 0.05, k_fast = 1000, annihilate = 100, approximate, minimal, batch and "
               "asynchronous = true",
    .members = "T eta k_fast update T_turn readout " RAILS("y") RAILS("{group}") RAILS("{group}_back")
        RAILS("{group}_held") RAILS("{group}_adjoint") RAILS("{group}_adjoint_back") RAILS("{array}")
            RAILS("{array}_gradient"),
    .lower = lower};
