/* distribution(bm), distribution(bm, of = h, given = (v = [1, 0, 1])) and marginals(bm, of = v). For a
 * Boltzmann machine they are computed by enumeration. For a network that was made from one, they follow
 * from its last run: from the law of `cme`, or else from the time that the run spent in the states of the
 * same units. States are numbered by the units in the model's order; the first unit changes slowest. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/neural/neural.h"

struct law_call {
    struct where *w;
    const struct ast *call;
    bool marginals;
    const struct ast *of, *given; /* NULL if it is not given */
    const struct crnl_neural *m;  /* a copy, because the program's list may move when values are read */
    int32_t model, n;             /* its number and its units */
    uint8_t *role;                /* [n] enum crnl_unit_role */
    int32_t asked;                /* how many there are */
};

static const struct crnl_neural_group *find_group(struct law_call *c, struct span at, const char *name)
{
    return neural_find_group(c->w->f, c->m, arena_printf(c->w->f->arena, "the model '%s'", c->m->name), at,
                             name);
}

/* The numbers of the units that `a` names, as v, v[1] or v[0..2]. Returns a constant; 0 after an error. */
static expr_id units_named(struct law_call *c, const struct ast *a)
{
    struct where *w = c->w;
    const struct ast *base = a->kind == AST_INDEX ? index_base(a) : a;
    if (base->kind != AST_NAME) {
        diag_report(w->f->diag, DIAG_E0204, a->span, "units of '%s' are named here", c->m->name);
        diag_help(w->f->diag, "%s(%s, of = %s)", call_callee(c->call)->name,
                  front_source_text(w->f, arg_value(call_arg(c->call, 1))->span), c->m->group[0].name);
        return 0;
    }
    const struct crnl_neural_group *g = find_group(c, base->span, base->name);
    if (!g) {
        return 0;
    }
    expr_id *unit = arena_alloc(w->f->arena, (size_t)g->size * sizeof *unit);
    for (int32_t i = 0; i < g->size; i++) {
        unit[i] = expr_int(w->ex, g->first + i);
    }
    expr_id all = value_elements(w, lower_group_shape(g), unit);
    expr_id v = a->kind == AST_INDEX ? value_index(w, a, all) : all;
    return !v || expr_is_const(w->ex, v) ? v
                                         : diag_report(w->f->diag, DIAG_E0304, a->span,
                                                       "which units these are is known when compiling");
}

static bool set_role(struct law_call *c, const struct ast *at, expr_id units, enum crnl_unit_role role)
{
    int64_t n = shape_size(value_info(c->w, units).shape), unit;
    for (int64_t i = 0; i < n; i++) {
        expr_const_int(c->w->ex, expr_const_element(c->w->ex, units, i), &unit);
        if (c->role[unit] != CRNL_UNIT_SUMMED) {
            return diag_report(c->w->f->diag, DIAG_E0306, at->span, "a unit is named twice");
        }
        c->role[unit] = (uint8_t)role;
    }
    return true;
}

/* Reads `of = v` or `of = (v, h[0])`. Without `of`, these are all units that are not given. */
static bool ask(struct law_call *c)
{
    if (c->of && c->of->kind == AST_TUPLE) {
        for (uint32_t i = 0; i < c->of->n; i++) {
            const struct ast *a = arg_value(tuple_arg(c->of, i));
            if (tuple_arg(c->of, i)->name) {
                return diag_report(c->w->f->diag, DIAG_E0306, a->span,
                                   "units are named here, not given values");
            }
            expr_id units = units_named(c, a);
            if (!units || !set_role(c, a, units, CRNL_UNIT_ASKED)) {
                return false;
            }
        }
    } else if (c->of) {
        expr_id units = units_named(c, c->of);
        if (!units || !set_role(c, c->of, units, CRNL_UNIT_ASKED)) {
            return false;
        }
    }
    for (int32_t i = 0; i < c->n; i++) {
        if (!c->of && c->role[i] == CRNL_UNIT_SUMMED) {
            c->role[i] = CRNL_UNIT_ASKED;
        }
        c->asked += c->role[i] == CRNL_UNIT_ASKED;
    }
    return c->asked > 0 || diag_report(c->w->f->diag, DIAG_E0306, c->call->span, "no units are asked for");
}

/* Reads given = (v = [1, 0, 1], h = 0): the value of each unit. */
static bool give(struct law_call *c, expr_id *value)
{
    struct where *w = c->w;
    bool tuple = c->given && c->given->kind == AST_TUPLE;
    for (uint32_t i = 0; c->given && i < (tuple ? c->given->n : 1); i++) {
        const struct ast *arg = tuple ? tuple_arg(c->given, i) : NULL;
        if (!arg || !arg->name) {
            diag_report(w->f->diag, DIAG_E0306, c->given->span, "units are given values by name");
            diag_help(w->f->diag, "as in given = (%s = 1)", c->m->group[0].name);
            return false;
        }
        const struct crnl_neural_group *g = find_group(c, arg->span, arg->name);
        struct ast name = {.kind = AST_NAME, .name = arg->name, .span = arg->span};
        expr_id v = g ? value_real(w, arg_value(arg)) : 0, units = v ? units_named(c, &name) : 0;
        if (!v || !set_role(c, arg, units, CRNL_UNIT_GIVEN) ||
            !value_fits(w, arg_value(arg)->span, v, lower_group_shape(g),
                        arena_printf(w->f->arena, "'%s'", g->name))) {
            return false;
        }
        bool one = value_info(w, v).shape.rank == 0;
        for (int32_t k = 0; k < g->size; k++) {
            value[g->first + k] = one ? v : expr_element(w->ex, v, k);
        }
    }
    return true;
}

static bool few_units(struct law_call *c, int32_t n)
{
    if (n <= CRNL_NEURAL_MAX_UNITS) {
        return true;
    }
    diag_report(c->w->f->diag, DIAG_E0204, c->call->span, "'%s' has %d units%s, and so 2^%d states",
                c->m->name, n, c->given ? " that are not given" : "", n);
    diag_help(c->w->f->diag, "a distribution by enumeration is one of at most %d units",
              CRNL_NEURAL_MAX_UNITS);
    return false;
}

/* ---- of a model ---- */

static expr_id of_model(struct law_call *c)
{
    struct where *w = c->w;
    expr_id zero = expr_real(w->ex, 0);
    expr_id *value = arena_alloc(w->f->arena, 2 * (size_t)c->n * sizeof *value), *role = value + c->n;
    for (int32_t i = 0; i < c->n; i++) {
        value[i] = zero;
    }
    if (!give(c, value) || !ask(c)) {
        return 0;
    }
    int32_t open = 0;
    for (int32_t i = 0; i < c->n; i++) {
        role[i] = expr_real(w->ex, c->role[i]);
        open += c->role[i] != CRNL_UNIT_GIVEN;
    }
    if (!few_units(c, open)) {
        return 0;
    }
    expr_id args[2] = {value_elements(w, shape_vector(c->n), role),
                       value_elements(w, shape_vector(c->n), value)};
    struct shape s = shape_vector(c->marginals ? c->asked : 1 << c->asked);
    return experiment_with_axes(w, c->call->span, shape_scalar(), &s)
               ? expr_call(w->ex, EXPR_NEURAL_LAW, TYPE_REAL, s, c->model, c->marginals, 2, args)
               : 0;
}

/* ---- of a network ---- */

/* Adds the statistic that holds a law after the last run. Returns false after an error. */
static bool find_statistic(struct law_call *c, int32_t net, bool *by_law)
{
    struct where *w = c->w;
    const struct last_run *last = experiment_last_runs(w, net);
    const char *name = experiment_use(w, net)->net->name;
    if (!last) {
        return experiment_not_run(w, c->call->span, net, "law");
    }
    unsigned traits = crnl_method_info[last->run->method].traits;
    *by_law = traits & CRNL_LAW;
    for (; last; last = last->next) {
        unsigned other = crnl_method_info[last->run->method].traits;
        if (!(other & (CRNL_LAW | CRNL_STOCHASTIC))) {
            diag_report(w->f->diag, DIAG_E0505, c->call->span,
                        "the last run of '%s' was by %s, which knows no law", name,
                        crnl_method_info[last->run->method].family);
            diag_help(w->f->diag, "run it by cme, or by ssa for the time that it spends in each state");
            return false;
        }
        if (((other ^ traits) & CRNL_LAW) != 0) {
            return diag_report(w->f->diag, DIAG_E0505, c->call->span,
                               "the last run of '%s' was by cme or not, as the program went its way", name);
        }
    }
    return true;
}

/* The number of unit i among the elements of its symbol. */
static expr_id unit_amount(struct law_call *c, const struct net_use *use, int32_t i)
{
    const struct crnl_neural_group *g = lower_group_of(c->m, i);
    const struct lowered *part = lowering_find(&use->lowering, LOWERED_UNIT, g->name);
    return use->net->elem.data[use->net->symbol.data[part->symbol].first + (uint32_t)(i - g->first)];
}

static expr_id of_network(struct law_call *c, int32_t net)
{
    struct where *w = c->w;
    struct net_use *use = experiment_use(w, net);
    struct expr_pool *ex = use->net->ex;
    struct shape axes;
    bool by_law = false;
    if (c->given) {
        diag_report(w->f->diag, DIAG_E0306, c->given->span, "units are given to a model");
        diag_help(w->f->diag, "clamp them in the run: run %s with clamp %s = ...", use->net->name,
                  c->m->group[0].name);
        return 0;
    }
    if (!ask(c) || (!c->marginals && !few_units(c, c->asked)) || !find_statistic(c, net, &by_law) ||
        !experiment_axes(w, net, c->call->span, &axes)) {
        return 0;
    }
    enum stat_kind kind = c->marginals ? (by_law ? STAT_RUN_MEAN : STAT_TIME_MEAN)
                                       : (by_law ? STAT_RUN_HISTOGRAM : STAT_TIME_HISTOGRAM);
    struct stat_request r = {.kind = kind, .of_rows = axes.rank > 0};
    expr_id code = expr_real(ex, 0);
    int32_t at = 0;
    for (int32_t i = 0; i < c->n; i++) {
        if (c->role[i] != CRNL_UNIT_ASKED) {
            continue;
        }
        expr_id x = unit_amount(c, use, i), weight = expr_real(ex, ldexp(1, c->asked - 1 - at++));
        if (c->marginals) {
            experiment_observe(w, net, x, "unit", &r);
        } else {
            code = expr_binary(ex, EXPR_ADD, code, expr_binary(ex, EXPR_MUL, weight, x));
        }
    }
    if (!c->marginals) {
        experiment_observe(w, net, code, "state of the units", &r);
        r.bound[0] = (1 << c->asked) - 1;
    }
    struct shape s = shape_vector(c->marginals ? c->asked : 1 << c->asked);
    int32_t request = experiment_add_request(use, &r);
    return experiment_with_axes(w, c->call->span, axes, &s)
               ? expr_call(w->ex, EXPR_STAT, TYPE_REAL, s, net, request, 0, NULL)
               : 0;
}

/* ---- calls ---- */

static bool arguments(struct law_call *c)
{
    for (uint32_t i = 2; i < c->call->n; i++) {
        const struct ast *arg = call_arg(c->call, i);
        bool of = strcmp(arg->name, "of") == 0;
        if (!of && strcmp(arg->name, "given") != 0) {
            diag_report(c->w->f->diag, DIAG_E0306, arg->span, "%s takes no argument '%s'",
                        call_callee(c->call)->name, arg->name);
            diag_help(c->w->f->diag, "those that are given by name are 'of' and 'given'");
            return false;
        }
        if (of ? c->of : c->given) {
            return front_given_twice(c->w->f, DIAG_E0306, arg->span, arg->name);
        }
        *(of ? &c->of : &c->given) = arg_value(arg);
    }
    return true;
}

/* The number of the model, or of the model from which a network was made; *net is then the number of this
 * network. Returns -1 after an error. */
static int32_t subject(struct where *w, const struct ast *a, struct name *n, int32_t *net)
{
    *net = -1;
    if (name_may(n, AT_RUN) && !name_may(n, AT_LAW)) {
        *net = network_use(w->f, n, a->span);
        const struct lowering *l = *net < 0 ? NULL : &experiment_use(w, *net)->lowering;
        if (l && !lowering_find(l, LOWERED_UNIT, NULL)) {
            diag_report(w->f->diag, DIAG_E0505, a->span, "'%s' was not made from a Boltzmann machine",
                        n->text);
            diag_help(w->f->diag, "ask for run_histogram(%s.NAME, max = N)", n->text);
            return -1;
        }
        return l ? l->model : -1;
    }
    int32_t at = name_fits(w, a->span, a->name, n, AT_LAW) ? neural_use(w->f, n) : -1;
    const struct crnl_neural *m = at >= 0 ? &w->f->program->neural.data[at] : NULL;
    if (m && (m->n_groups == 0 || m->inputs > 0)) {
        diag_report(w->f->diag, DIAG_E0204, a->span, "a %s model has no distribution", neural_kind_text(m));
        return -1;
    }
    if (m && m->one_way) {
        diag_report(w->f->diag, DIAG_E0204, a->span,
                    "connections of '%s' go one way: it has no distribution by its energies", a->name);
        diag_help(w->f->diag, "run it by gibbs, or lower it to taylor");
        return -1;
    }
    return at;
}

expr_id experiment_law(struct where *w, const struct ast *call, bool marginals)
{
    struct law_call c = {.w = w, .call = call, .marginals = marginals};
    const struct ast *a = arg_value(call_arg(call, 1));
    int32_t net;
    if (!call_arg(call, 1)->name && !marginals && experiment_is_learner(w, a)) {
        return experiment_learner(w, call);
    }
    if (call_arg(call, 1)->name || a->kind != AST_NAME) {
        return diag_report(w->f->diag, DIAG_E0204, a->span, "%s takes the name of a model or a network",
                           call_callee(call)->name);
    }
    c.model = subject(w, a, value_named(w, a), &net);
    if (c.model < 0 || !arguments(&c)) {
        return 0;
    }
    struct crnl_neural m = w->f->program->neural.data[c.model];
    c.m = &m;
    c.n = m.array[1].size;
    c.role = arena_alloc(w->f->arena, (size_t)c.n);
    memset(c.role, CRNL_UNIT_SUMMED, (size_t)c.n);
    return net >= 0 ? of_network(&c, net) : of_model(&c);
}

expr_id experiment_lost(struct where *w, const struct ast *call)
{
    const struct ast *a = arg_value(call_arg(call, 1));
    if (a->kind != AST_NAME) {
        return diag_report(w->f->diag, DIAG_E0506, a->span, "%s is of a network", call_callee(call)->name);
    }
    int32_t net = experiment_network(w, a);
    const struct last_run *last = net < 0 ? NULL : experiment_last_runs(w, net);
    struct shape axes, shape = shape_scalar();
    if (net < 0 || !experiment_axes(w, net, call->span, &axes)) {
        return 0;
    }
    for (const struct last_run *l = last; l; l = l->next) {
        if (!(crnl_method_info[l->run->method].traits & CRNL_LAW)) {
            last = NULL;
        }
    }
    if (!last) {
        return diag_report(w->f->diag, DIAG_E0505, call->span,
                           "the last run of '%s' was not by cme: it has no law", a->name);
    }
    struct stat_request r = {.kind = STAT_RUN_LOST, .of_rows = axes.rank > 0};
    experiment_observe(w, net, expr_real(experiment_use(w, net)->net->ex, 1), a->name, &r);
    int32_t request = experiment_add_request(experiment_use(w, net), &r);
    return experiment_with_axes(w, call->span, axes, &shape)
               ? expr_call(w->ex, EXPR_STAT, TYPE_REAL, shape, net, request, 0, NULL)
               : 0;
}
