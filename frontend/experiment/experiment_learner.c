/* What a machine that learns has seen and learned (autonomous_learner):
 *   distribution(net.environment, of = [A >= 12, B >= 12])
 *       time that the environment spent in each combination of conditions
 *   distribution(net.free), distribution(net.clamped)
 *       ... that the vesicles' machines spent in each state of visible species
 *   distribution(net.free, at = average_potentials(last = 0.1))
 *       the exact law of a machine's visible species at the geometric means of potentials over the last part
 *       of the run
 * States are numbered by the visible species or conditions in their order, of which the first changes
 * slowest. Relative entropies of these laws (paper 001, section VII.B); with `add = e`, e is added to each
 * probability first:
 *   copying_error(net, of = [...])    D(environment || clamped)
 *   clamping_error(net)               D(clamped || free)
 *   learning_error(net, of = [...])   D(environment || free), with `at` the exact law in place of free
 * Two functions help to choose the constants of a learner. derived_scale(net, of = [...]) is one over the
 * largest mean of a target while its condition holds. time_scales(net, of = [...]) are four rates that must
 * lie apart: those of the machine, of copying, of switches of the conditions, and of learning. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "ir/net/flux.h"

enum { MOST_CONDITIONS = 16, SAMPLES = 200 };

struct learner_call {
    struct where *w;
    const struct ast *call, *part;
    const struct ast *of, *at, *add; /* NULL: not given */
    int32_t net;
    const struct learner *l;
};

bool experiment_is_learner(struct where *w, const struct ast *a)
{
    struct name *n =
        a->kind == AST_FIELD && field_base(a)->kind == AST_NAME ? value_named(w, field_base(a)) : NULL;
    int32_t net = n && n->kind == NAME_NETWORK ? network_use(w->f, n, a->span) : -1;
    return net >= 0 && experiment_use(w, net)->lowering.learner &&
           (strcmp(a->name, "environment") == 0 || strcmp(a->name, "free") == 0 ||
            strcmp(a->name, "clamped") == 0);
}

/* Reads arguments that are given by name. `takes` says which of them the call may have. */
enum { TAKES_OF = 1, TAKES_AT = 2, TAKES_ADD = 4 };
static bool arguments(struct learner_call *c, int takes)
{
    static const char *const name[] = {"of", "at", "add"};
    const struct ast **to[] = {&c->of, &c->at, &c->add};
    for (uint32_t i = 2; i < c->call->n; i++) {
        const struct ast *arg = call_arg(c->call, i);
        int found = -1;
        for (int k = 0; k < 3; k++) {
            found = arg->name && strcmp(arg->name, name[k]) == 0 && (takes & 1 << k) ? k : found;
        }
        if (found < 0) {
            const char *list = "";
            for (int k = 0; k < 3; k++) {
                list = takes & 1 << k
                           ? arena_printf(c->w->f->arena, "%s%s%s", list, *list ? ", " : "", name[k])
                           : list;
            }
            diag_report(c->w->f->diag, DIAG_E0306, arg->span, "this is no argument of %s",
                        call_callee(c->call)->name);
            diag_help(c->w->f->diag, "those that are given by name are %s", list);
            return false;
        }
        if (*to[found]) {
            return front_given_twice(c->w->f, DIAG_E0306, arg->span, arg->name);
        }
        *to[found] = arg_value(arg);
    }
    return true;
}

/* Names of the environment, as they are called in the network that contains it. */
static struct ast *in_environment(struct learner_call *c, const struct ast *a)
{
    struct where *w = c->w;
    const struct net *net = experiment_use(w, c->net)->net;
    struct ast *copy = arena_alloc(w->f->arena, sizeof *copy);
    *copy = *a;
    if (a->kind == AST_NAME &&
        experiment_starts_path(net, arena_printf(w->f->arena, "environment.%s", a->name))) {
        struct ast **kid = arena_alloc(w->f->arena, sizeof *kid);
        *kid = (struct ast *)(uintptr_t)c->part;
        copy->kind = AST_FIELD;
        copy->kid = kid;
        copy->n = 1;
        copy->depth += c->part->depth;
        return copy;
    }
    copy->kid = arena_alloc(w->f->arena, ((size_t)a->n + 1) * sizeof *copy->kid);
    for (uint32_t i = 0; i < a->n; i++) {
        copy->kid[i] = a->kid[i] ? in_environment(c, a->kid[i]) : NULL;
    }
    return copy;
}

/* The time that was spent at each of the 2^bits values of `code`. */
static expr_id histogram(struct learner_call *c, expr_id code, int bits)
{
    struct where *w = c->w;
    struct shape axes, s = shape_vector(1 << bits);
    if (!experiment_axes(w, c->net, c->call->span, &axes)) {
        return 0;
    }
    struct stat_request r = {.kind = STAT_TIME_HISTOGRAM, .of_rows = axes.rank > 0};
    experiment_observe(w, c->net, code, experiment_label(w, c->call), &r);
    r.bound[0] = (1 << bits) - 1;
    int32_t request = experiment_add_request(experiment_use(w, c->net), &r);
    return experiment_with_axes(w, c->call->span, axes, &s)
               ? expr_call(w->ex, EXPR_STAT, TYPE_REAL, s, c->net, request, 0, NULL)
               : 0;
}

static expr_id add_bit(struct expr_pool *ex, expr_id code, expr_id bit, int place)
{
    return expr_binary(ex, EXPR_ADD, code, expr_binary(ex, EXPR_MUL, expr_real(ex, ldexp(1, place)), bit));
}

/* Reads the conditions of `of` as expressions of the network. Returns false after an error. */
static bool find_conditions(struct learner_call *c, expr_id *condition)
{
    struct where *w = c->w;
    if (c->at || !c->of || c->of->kind != AST_ARRAY || c->of->n < 1 || c->of->n > MOST_CONDITIONS) {
        diag_report(w->f->diag, DIAG_E0306, c->call->span, "which conditions of the environment are these?");
        diag_help(w->f->diag, "at most %d of them: %s(%s, of = [A >= 12, B >= 12])", MOST_CONDITIONS,
                  call_callee(c->call)->name, front_source_text(w->f, arg_value(call_arg(c->call, 1))->span));
        return false;
    }
    struct where o = experiment_view(w, c->net, false, NULL);
    for (uint32_t i = 0; i < c->of->n; i++) {
        condition[i] = value_condition(&o, in_environment(c, array_element(c->of, i)));
        if (!condition[i]) {
            return false;
        }
    }
    return true;
}

/* The number of the combination of conditions that hold. */
static expr_id code_of(struct learner_call *c, const expr_id *condition)
{
    struct expr_pool *ex = experiment_use(c->w, c->net)->net->ex;
    expr_id code = expr_real(ex, 0), one = expr_real(ex, 1), zero = code;
    for (uint32_t i = 0; i < c->of->n; i++) {
        code = add_bit(ex, code, expr_select(ex, condition[i], one, zero), (int)(c->of->n - 1 - i));
    }
    return code;
}

static expr_id of_environment(struct learner_call *c)
{
    expr_id condition[MOST_CONDITIONS];
    return find_conditions(c, condition) ? histogram(c, code_of(c, condition), (int)c->of->n) : 0;
}

/* The time that all vesicles together spent in each state. */
static expr_id of_vesicles(struct learner_call *c, const species_id *species)
{
    struct where *w = c->w;
    struct net *net = experiment_use(w, c->net)->net;
    int n = c->l->n_visible;
    expr_id sum = 0, one = expr_real(net->ex, 1), zero = expr_real(net->ex, 0);
    for (int32_t v = 0; v < c->l->n_vesicles; v++) {
        expr_id code = zero;
        for (int i = 0; i < n; i++) {
            expr_id x = net_species_expr(net, species[v * n + i]);
            expr_id is_there = expr_binary(net->ex, EXPR_LT, zero, x);
            code = add_bit(net->ex, code, expr_select(net->ex, is_there, one, zero), n - 1 - i);
        }
        expr_id h = histogram(c, code, n);
        if (!h) {
            return 0;
        }
        sum = sum ? expr_binary(w->ex, EXPR_ADD, sum, h) : h;
    }
    return expr_binary(w->ex, EXPR_DIV, sum, expr_real(w->ex, c->l->n_vesicles));
}

/* Means of log P over the last part of the run, as an array [n_potentials]; 0 after an error. */
static expr_id mean_logs(struct learner_call *c, double last)
{
    struct where *w = c->w;
    const struct net_use *use = experiment_use(w, c->net);
    const struct symbol *s = &use->net->symbol.data[c->l->potential];
    struct stat_request r = {.kind = STAT_END};
    if (!experiment_take_last(w, c->call, c->net, last, SAMPLES, &r)) {
        return 0;
    }
    for (int32_t i = 0; i < c->l->n_potentials; i++) {
        experiment_observe(w, c->net, use->net->elem.data[s->first + (uint32_t)i], "potential", &r);
    }
    int32_t request = experiment_add_request(experiment_use(w, c->net), &r);
    struct shape shape = {2, {SAMPLES, c->l->n_potentials}};
    expr_id course = expr_leaf(w->ex, EXPR_STAT, TYPE_REAL, shape, c->net, request);
    double weight[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        weight[i] = 1.0 / SAMPLES;
    }
    expr_id row = expr_const_array(w->ex, TYPE_REAL, (struct shape){2, {1, SAMPLES}}, weight);
    expr_id mean = expr_matmul(w->ex, row, expr_unary(w->ex, EXPR_LOG, course));
    return expr_reshape(w->ex, mean, shape_vector(c->l->n_potentials));
}

/* The fraction f of average_potentials(last = f); NaN after an error. */
static double last_part(struct learner_call *c)
{
    struct where *w = c->w;
    const struct ast *a = c->at;
    bool is_call = a->kind == AST_CALL && call_callee(a)->kind == AST_NAME &&
                   strcmp(call_callee(a)->name, "average_potentials") == 0;
    const struct ast *arg = is_call && a->n == 2 ? call_arg(a, 1) : NULL;
    double v = NAN;
    if (!arg || !arg->name || strcmp(arg->name, "last") != 0) {
        diag_report(w->f->diag, DIAG_E0306, a->span, "at which potentials?");
        diag_help(w->f->diag,
                  "at = average_potentials(last = 0.1): their geometric means over the last tenth");
        return NAN;
    }
    expr_id e = value_real_scalar(w, arg_value(arg));
    if (e && (!expr_const_real(w->ex, e, &v) || !(v > 0 && v <= 1))) {
        diag_report(w->f->diag, DIAG_E0501, arg->span, "`last` is a constant above 0, up to 1");
        v = NAN;
    }
    return v;
}

static expr_id at_potentials(struct learner_call *c)
{
    struct where *w = c->w;
    const struct learner *l = c->l;
    double last = last_part(c);
    if (last != last) {
        return 0;
    }
    if (l->n_states == 0) {
        diag_report(w->f->diag, DIAG_E0505, c->call->span,
                    "the law of this machine at given potentials is not known in closed form");
        diag_help(w->f->diag,
                  "it has too many states, or reading = edges: lower the machine to potentiated and run "
                  "that by cme");
        return 0;
    }
    expr_id logs = mean_logs(c, last);
    if (!logs) {
        return 0;
    }
    int32_t n = l->n_states, patterns = 1 << l->n_visible;
    size_t size = (size_t)n * (size_t)(patterns > l->n_potentials ? patterns : l->n_potentials);
    double *v = arena_alloc(w->f->arena, (size + 1) * sizeof *v);
    for (int32_t i = 0; i < n * l->n_potentials; i++) {
        v[i] = -l->count[i];
    }
    expr_id counts = expr_const_array(w->ex, TYPE_REAL, (struct shape){2, {n, l->n_potentials}}, v);
    expr_id own = expr_const_array(w->ex, TYPE_REAL, shape_vector(n), l->log_weight);
    expr_id weight = expr_binary(w->ex, EXPR_ADD, own, expr_matmul(w->ex, counts, logs));
    expr_id most = expr_reduce(w->ex, EXPR_MAX_OF, weight);
    weight = expr_unary(w->ex, EXPR_EXP, expr_binary(w->ex, EXPR_SUB, weight, most));
    for (int32_t i = 0; i < patterns * n; i++) {
        v[i] = l->pattern[i % n] == i / n;
    }
    expr_id sums = expr_const_array(w->ex, TYPE_REAL, (struct shape){2, {patterns, n}}, v);
    return expr_binary(w->ex, EXPR_DIV, expr_matmul(w->ex, sums, weight),
                       expr_reduce(w->ex, EXPR_SUM, weight));
}

static bool has_run(struct learner_call *c)
{
    return experiment_last_runs(c->w, c->net) || experiment_not_run(c->w, c->call->span, c->net, "course");
}

expr_id experiment_learner(struct where *w, const struct ast *call)
{
    const struct ast *part = arg_value(call_arg(call, 1));
    struct learner_call c = {.w = w, .call = call, .part = part};
    c.net = experiment_network(w, field_base(part));
    if (c.net < 0 || !arguments(&c, TAKES_OF | TAKES_AT)) {
        return 0;
    }
    c.l = experiment_use(w, c.net)->lowering.learner;
    if (!has_run(&c)) {
        return 0;
    }
    if (strcmp(part->name, "environment") == 0) {
        return of_environment(&c);
    }
    bool is_free = strcmp(part->name, "free") == 0;
    if (c.of || (c.at && !is_free)) {
        diag_report(w->f->diag, DIAG_E0306, c.call->span, "%s",
                    c.of ? "a machine's distribution is that of its visible species"
                         : "'at' is for the free machine");
        return 0;
    }
    return c.at ? at_potentials(&c) : of_vesicles(&c, is_free ? c.l->free : c.l->clamped);
}

/* (p + add) / sum, which is what the authors compare: a state that was never seen then counts little. */
static expr_id with_added(struct learner_call *c, expr_id law)
{
    struct expr_pool *ex = c->w->ex;
    expr_id add = c->add ? value_real_scalar(c->w, c->add) : 0;
    double v;
    if (!c->add || !law || !add) {
        return c->add && !add ? 0 : law;
    }
    if (expr_const_real(ex, add, &v) && !(v >= 0 && v < INFINITY)) {
        return diag_report(c->w->f->diag, DIAG_E0306, c->add->span,
                           "what is added to probabilities is a number that is not negative, not %g", v);
    }
    law = expr_binary(ex, EXPR_ADD, law, add);
    return expr_binary(ex, EXPR_DIV, law, expr_reduce(ex, EXPR_SUM, law));
}

/* Reads the call NAME(net, ...) about a network that learns and has run. `part` and its child are made for
 * it. */
static bool open_call(struct learner_call *c, struct ast *part, struct ast **base, int takes)
{
    struct where *w = c->w;
    const struct ast *of = arg_value(call_arg(c->call, 1));
    const char *name = call_callee(c->call)->name;
    *base = (struct ast *)(uintptr_t)of;
    *part = (struct ast){.kind = AST_FIELD,
                         .span = of->span,
                         .name = "environment",
                         .n = 1,
                         .depth = of->depth + 1,
                         .kid = base};
    c->part = part;
    c->net = -1;
    if (of->kind == AST_NAME && value_named(w, of)) {
        c->net = experiment_network(w, of);
        if (c->net < 0) {
            return false;
        }
        c->l = experiment_use(w, c->net)->lowering.learner;
    }
    if (!c->l) {
        diag_report(w->f->diag, DIAG_E0505, of->span, "%s is of a network that learns by itself", name);
        diag_help(w->f->diag, "network NET = lower MACHINE to autonomous_learner(...);");
        return false;
    }
    if (!arguments(c, takes) || !has_run(c)) {
        return false;
    }
    return !(takes & TAKES_OF) || !c->of || c->of->kind != AST_ARRAY ||
           (int32_t)c->of->n == c->l->n_visible ||
           diag_report(w->f->diag, DIAG_E0306, c->of->span,
                       "%u conditions of the environment, and the machine has %d visible species", c->of->n,
                       c->l->n_visible);
}

expr_id experiment_learner_error(struct where *w, const struct ast *call, const char *name)
{
    bool copying = strcmp(name, "copying_error") == 0, clamping = strcmp(name, "clamping_error") == 0;
    struct ast part, *base;
    struct learner_call c = {.w = w, .call = call};
    if (!open_call(&c, &part, &base, TAKES_ADD | (clamping ? 0 : copying ? TAKES_OF : TAKES_OF | TAKES_AT))) {
        return 0;
    }
    const struct ast *at = c.at;
    c.at = NULL;
    expr_id p = clamping ? of_vesicles(&c, c.l->clamped) : of_environment(&c);
    c.at = at;
    expr_id q = !p        ? 0
                : copying ? of_vesicles(&c, c.l->clamped)
                : at      ? at_potentials(&c)
                          : of_vesicles(&c, c.l->free);
    p = with_added(&c, p);
    q = with_added(&c, q);
    return p && q ? value_divergence(w, call->span, p, q) : 0;
}

/* The means over time of n expressions of the network, as a vector; 0 after an error. */
static expr_id time_means(struct learner_call *c, const expr_id *of, int32_t n)
{
    struct where *w = c->w;
    struct shape axes;
    if (!experiment_needs_single(w, c->net, c->call->span, call_callee(c->call)->name, "run it once") ||
        !experiment_axes(w, c->net, c->call->span, &axes)) {
        return 0;
    }
    struct stat_request r = {.kind = STAT_TIME_MEAN};
    for (int32_t i = 0; i < n; i++) {
        experiment_observe(w, c->net, of[i], experiment_label(w, c->call), &r);
    }
    int32_t request = experiment_add_request(experiment_use(w, c->net), &r);
    return expr_call(w->ex, EXPR_STAT, TYPE_REAL, shape_vector(n), c->net, request, 0, NULL);
}

/* One over the largest mean of a target while its condition holds. A larger scale would ask for more than
 * a unit can be. */
static expr_id derived_scale(struct learner_call *c, const expr_id *condition)
{
    struct net *net = experiment_use(c->w, c->net)->net;
    struct expr_pool *ex = c->w->ex;
    expr_id of[2 * MOST_CONDITIONS] = {0}, one = expr_real(net->ex, 1), zero = expr_real(net->ex, 0),
                   most = 0;
    int32_t n = c->l->n_visible;
    for (int32_t i = 0; i < n; i++) {
        of[i] = expr_select(net->ex, condition[i], net_species_expr(net, c->l->target[i]), zero);
        of[n + i] = expr_select(net->ex, condition[i], one, zero);
    }
    expr_id means = time_means(c, of, 2 * n);
    for (int32_t i = 0; i < n && means; i++) {
        expr_id on = expr_binary(ex, EXPR_DIV, expr_element(ex, means, i), expr_element(ex, means, n + i));
        most = most ? expr_binary(ex, EXPR_MAX, most, on) : on;
    }
    return means ? expr_binary(ex, EXPR_DIV, expr_real(ex, 1), most) : 0;
}

/* The rates of the machine, of copying, of switches of the environment, and of learning. */
static expr_id time_scales(struct learner_call *c, const expr_id *condition)
{
    struct where *w = c->w;
    struct net *net = experiment_use(w, c->net)->net;
    static const char *const name[] = {"k_db", "k_copy", NULL, "k_learn"};
    const struct net_moves moves = {.molecules = true, .bulk_flows = true, .grain = 1};
    expr_id switches = net_switching_rate(net, code_of(c, condition), &moves);
    expr_id mean = time_means(c, &switches, 1), rate[4];
    for (int i = 0; i < 4 && mean; i++) {
        int32_t symbol = name[i] ? net_find_symbol(net, name[i]) : -1;
        rate[i] = name[i] ? expr_leaf(w->ex, EXPR_NET_GET, TYPE_REAL, shape_scalar(), c->net, symbol)
                          : expr_element(w->ex, mean, 0);
        rate[i] = i == 1 || i == 3 ? expr_binary(w->ex, EXPR_MUL, expr_real(w->ex, c->l->n_vesicles), rate[i])
                                   : rate[i];
    }
    return mean ? value_elements(w, shape_vector(4), rate) : 0;
}

expr_id experiment_learner_setting(struct where *w, const struct ast *call, const char *name)
{
    struct ast part, *base;
    struct learner_call c = {.w = w, .call = call};
    expr_id condition[MOST_CONDITIONS];
    if (!open_call(&c, &part, &base, TAKES_OF) || !find_conditions(&c, condition)) {
        return 0;
    }
    return strcmp(name, "derived_scale") == 0 ? derived_scale(&c, condition) : time_scales(&c, condition);
}
