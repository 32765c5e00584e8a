/* The dimension of a value: amounts, times, and products of their powers, in the units of a network. It is
 * found from expressions, for the texts on the axes of pictures. If it does not follow from the
 * expression, it is unknown, and nothing is written. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment.h"

static struct quantity unknown(void)
{
    return (struct quantity){.net = -1};
}

static struct quantity number(bool is_positive)
{
    return (struct quantity){
        .is_known = true, .is_number = true, .is_amount = is_positive, .is_stepped = true, .net = -1};
}

static struct quantity known(int amount, int time, int32_t net)
{
    return (struct quantity){
        .is_known = true, .amount = (int8_t)amount, .time = (int8_t)time, .is_amount = true, .net = net};
}

/* The network whose units two values have together. Values of two networks have the units that both
 * declare alike, or none. */
static int32_t common_net(struct where *w, int32_t a, int32_t b, bool *differ)
{
    if (a < 0 || b < 0 || a == b) {
        return a < 0 ? b : a;
    }
    const struct net_units *x = &experiment_use(w, a)->net->units, *y = &experiment_use(w, b)->net->units;
    bool both = x->amount && y->amount && x->time && y->time;
    *differ |= !both || strcmp(x->amount, y->amount) != 0 || strcmp(x->time, y->time) != 0;
    return a;
}

/* The quantity of a sum, or of a choice between two values. */
static struct quantity alike(struct where *w, struct quantity a, struct quantity b)
{
    bool differ = !a.is_known || !b.is_known;
    struct quantity q = a.is_number && !b.is_number ? b : a;
    differ |= !a.is_number && !b.is_number && (a.amount != b.amount || a.time != b.time);
    q.net = common_net(w, a.net, b.net, &differ);
    q.is_known = !differ;
    q.is_amount = a.is_amount && b.is_amount;
    q.is_stepped = a.is_stepped && b.is_stepped;
    return q;
}

static struct quantity product(struct where *w, struct quantity a, struct quantity b, int sign)
{
    bool differ = !a.is_known || !b.is_known;
    struct quantity q = known(a.amount + sign * b.amount, a.time + sign * b.time, -1);
    q.net = common_net(w, a.net, b.net, &differ);
    q.is_known = !differ;
    q.is_number = a.is_number && b.is_number;
    q.is_amount = a.is_amount && b.is_amount;
    q.is_stepped = a.is_stepped && b.is_stepped;
    return q;
}

static struct quantity to_power(struct quantity a, double e)
{
    bool whole = e == floor(e) && fabs(e) < 16;
    a.is_amount |= whole && fmod(e, 2) == 0;
    a.is_known &= whole || a.is_number;
    a.amount = (int8_t)(a.is_known ? a.amount * (int)e : 0);
    a.time = (int8_t)(a.is_known ? a.time * (int)e : 0);
    return a;
}

/* The quantity of a unit as it is declared: "nM", "/nM/s". */
static struct quantity of_unit(const struct net *net, int32_t n, const char *unit)
{
    int amount = 0, time = 0;
    /* Where amounts have no unit, /s may be the unit of a rate constant of any order. */
    if (!unit || !net->units.amount || !net->units.time) {
        return unknown();
    }
    for (const char *s = unit; *s;) {
        int sign = *s == '/' ? -1 : 1;
        s += strspn(s, "/ ");
        size_t length = strcspn(s, "/ ");
        bool is_amount = strlen(net->units.amount) == length && strncmp(s, net->units.amount, length) == 0;
        bool is_time = strlen(net->units.time) == length && strncmp(s, net->units.time, length) == 0;
        if (length == 0 || (!is_amount && !is_time)) {
            return unknown();
        }
        amount += is_amount ? sign : 0;
        time += is_time ? sign : 0;
        s += length;
    }
    struct quantity q = known(amount, time, n);
    q.is_amount = false; /* nothing is known of its sign */
    q.is_stepped = true;
    return q;
}

static const struct net_param *param_of_slot(const struct net *net, int32_t slot)
{
    for (size_t i = 0; i < net->param.n; i++) {
        const struct net_param *p = &net->param.data[i];
        if (slot >= p->first && slot < p->first + shape_size(p->shape)) {
            return p;
        }
    }
    return NULL;
}

static const bool *find_flows(const struct net *net, struct arena *arena)
{
    VEC(species_id) changed = {0};
    bool *flows = arena_alloc(arena, net->species.n + 1);
    for (size_t i = 0; i < net->reaction.n; i++) {
        const struct reaction *r = &net->reaction.data[i];
        vec_reserve(&changed, (size_t)r->n_lhs + r->n_rhs + r->n_fractions);
        size_t n = net_changed_species(net, r, changed.data);
        for (size_t k = 0; k < n; k++) {
            flows[changed.data[k]] = true;
        }
    }
    vec_free(&changed);
    return flows;
}

/* Whether no reaction changes the species. The answers are kept, since a picture of a sheet asks for
 * hundreds of species. */
static bool is_stepped(struct where *w, int32_t n, species_id s)
{
    struct net_use *use = experiment_use(w, n);
    use->flows = use->flows ? use->flows : find_flows(use->net, w->f->program->arena);
    return !use->flows[s];
}

struct reader {
    struct where *w;
    const struct expr_pool *ex;
    int32_t net; /* the network whose expressions these are; -1 for those of the program */
};

static struct quantity of(struct reader *r, expr_id id);

static struct quantity of_network_leaf(struct reader *r, const struct expr *e)
{
    const struct net *net = experiment_use(r->w, r->net)->net;
    struct quantity q;
    switch (e->op) {
    case EXPR_SPECIES:
        q = known(1, 0, r->net);
        q.is_stepped = is_stepped(r->w, r->net, (species_id)e->a);
        return q;
    case EXPR_TIME: return known(0, 1, r->net);
    case EXPR_PARAM: {
        const struct net_param *p = param_of_slot(net, e->a);
        return of_unit(net, r->net, p ? p->unit : NULL);
    }
    default: return unknown();
    }
}

static struct quantity of_symbol(struct where *w, int32_t n, int32_t symbol)
{
    const struct net *net = experiment_use(w, n)->net;
    const struct symbol *s = &net->symbol.data[symbol];
    struct reader inner = {w, net->ex, n};
    if (s->kind == SYMBOL_PARAM) {
        const struct net_param *p = net_symbol_param(net, s);
        return of_unit(net, n, p ? p->unit : NULL);
    }
    return shape_size(s->shape) > 0 ? of(&inner, net->elem.data[s->first]) : unknown();
}

static struct quantity of_statistic(struct where *w, const struct expr *e)
{
    const struct net_use *use = experiment_use(w, e->a);
    const struct stat_request *q = &use->stat.data[e->b];
    struct reader inner = {w, use->net->ex, e->a};
    struct quantity x = q->observed.n ? of(&inner, use->net->observed.data[q->observed.data[0]]) : unknown();
    x.is_stepped = false;
    switch (q->kind) {
    case STAT_TIME_VAR:
    case STAT_RUN_VAR: return to_power(x, 2);
    case STAT_TIME_INTEGRAL: return product(w, x, known(0, 1, e->a), 1);
    case STAT_TIME_ARGMAX:
    case STAT_TIME_ARGMIN:
    case STAT_PERIOD: return known(0, 1, e->a);
    case STAT_CROSSINGS:
    case STAT_TIME_HISTOGRAM:
    case STAT_RUN_HISTOGRAM:
    case STAT_RUN_LOST:
    case STAT_SPECTRAL_GAP: return unknown();
    default: return x;
    }
}

static struct quantity of_series(struct where *w, int32_t record)
{
    const struct experiment *x = w->experiment;
    for (size_t i = 0; x && i < x->series.n; i++) {
        const struct series *s = &x->series.data[i];
        if (s->record == record && s->net >= 0) {
            return experiment_quantity(w, s->net, experiment_use(w, s->net)->net->observed.data[s->observed]);
        }
        if (s->record == record) {
            return s->of;
        }
    }
    return unknown();
}

static struct quantity of_program_leaf(struct reader *r, const struct expr *e)
{
    switch (e->op) {
    case EXPR_NET_GET: return of_symbol(r->w, e->a, e->b);
    case EXPR_NET_TIME: return known(0, 1, e->a);
    case EXPR_SERIES:
    case EXPR_SERIES_AT: return of_series(r->w, e->a);
    case EXPR_STAT: return of_statistic(r->w, e);
    default: return unknown();
    }
}

static struct quantity of_arithmetic(struct reader *r, const struct expr *e)
{
    struct quantity a = of(r, e->args[0]), b = of(r, e->args[1]);
    double power;
    switch (e->op) {
    case EXPR_MUL: return product(r->w, a, b, 1);
    case EXPR_DIV: return product(r->w, a, b, -1);
    case EXPR_POW:
        return expr_const_real(r->ex, e->args[1], &power) ? to_power(a, power)
               : a.is_number && b.is_number               ? number(a.is_amount)
                                                          : unknown();
    default: {
        struct quantity q = alike(r->w, a, b);
        q.is_amount &= e->op != EXPR_SUB;
        return q;
    }
    }
}

static struct quantity of_elements(struct reader *r, const struct expr *e)
{
    struct quantity q = of(r, e->args[0]);
    bool all = e->op == EXPR_STACK || e->op == EXPR_CONCAT;
    for (uint32_t i = 1; i < e->n_args && all; i++) {
        q = alike(r->w, q, of(r, e->args[i]));
    }
    return q;
}

static struct quantity of_constant(const struct reader *r, expr_id id)
{
    double v;
    return expr_get(r->ex, id)->type == TYPE_TEXT ? unknown()
           : expr_const_real(r->ex, id, &v)       ? number(v >= 0)
                                                  : unknown();
}

static struct quantity of(struct reader *r, expr_id id)
{
    const struct expr *e = expr_get(r->ex, id);
    struct quantity q;
    switch ((enum expr_class)expr_op_class[e->op]) {
    case EXPR_CLASS_CONST: return of_constant(r, id);
    case EXPR_CLASS_STATE: return of_network_leaf(r, e);
    case EXPR_CLASS_RUN: return of_program_leaf(r, e);
    case EXPR_CLASS_ARITHMETIC: return e->op == EXPR_MOD ? unknown() : of_arithmetic(r, e);
    case EXPR_CLASS_FUNCTION: return e->op == EXPR_FLOOR_REAL ? of(r, e->args[0]) : unknown();
    case EXPR_CLASS_UNARY:
        q = of(r, e->args[0]);
        q.is_amount = e->op == EXPR_ABS || (e->op != EXPR_NEG && q.is_amount);
        return q;
    case EXPR_CLASS_SELECT: return alike(r->w, of(r, e->args[1]), of(r, e->args[2]));
    case EXPR_CLASS_ARRAY: return e->op == EXPR_MATMUL ? unknown() : of_elements(r, e);
    case EXPR_CLASS_MAP:
    case EXPR_CLASS_FOLD:
    case EXPR_CLASS_REDUCTION: return of_elements(r, e);
    default: return unknown();
    }
}

struct quantity experiment_quantity(struct where *w, int32_t net, expr_id v)
{
    struct reader r = {w, net >= 0 ? experiment_use(w, net)->net->ex : w->ex, net};
    struct quantity q = of(&r, v);
    if (!q.is_known) {
        q = (struct quantity){.net = -1, .is_amount = q.is_amount, .is_stepped = q.is_stepped};
    }
    return q;
}

/* The factor by which a quantity of this kind in units of network a becomes one in those of b; 0: they are
 * the same units, or it is not known. */
static double factor_between(struct where *w, struct quantity q, int32_t a, int32_t b)
{
    const struct net_units *x = &experiment_use(w, a)->net->units, *y = &experiment_use(w, b)->net->units;
    bool both = (q.amount == 0 || (x->amount && y->amount && x->is_concentration == y->is_concentration)) &&
                (q.time == 0 || (x->time && y->time));
    if (!both) {
        return 0;
    }
    double f = (q.amount ? pow(x->amount_factor / y->amount_factor, q.amount) : 1) *
               (q.time ? pow(x->time_factor / y->time_factor, q.time) : 1);
    return fabs(f - 1) < 1e-9 ? 0 : f;
}

/* Whether the program has networks of different units at all, before expressions are gone through. */
static bool units_differ(struct where *w)
{
    const struct program *p = w->f->program;
    const struct net_units *first = NULL;
    for (size_t i = 0; w->experiment && !w->view && i < p->net.n; i++) {
        const struct net_units *u = &p->net.data[i].net->units;
        if ((u->amount || u->time) && first &&
            (u->amount_factor != first->amount_factor || u->time_factor != first->time_factor)) {
            return true;
        }
        first = u->amount || u->time ? u : first;
    }
    return false;
}

static void warn_units(struct where *w, struct span at, const struct ast *value, struct quantity q,
                       int32_t net)
{
    double f = factor_between(w, q, q.net, net);
    struct quantity other = q;
    other.net = net;
    const char *text = front_source_text(w->f, value->span);
    if (f != 0) {
        diag_report(w->f->diag, DIAG_W0438, at, "'%s' is in %s, and here it is taken for one in %s", text,
                    experiment_quantity_unit(w, q), experiment_quantity_unit(w, other));
        diag_help(w->f->diag, "results are numbers in the units of their network: write `%.6g * %s`", f,
                  text);
    }
}

/* A product is how a result gets into other units. */
static enum ast_verdict is_converted(void *env, const struct ast *a)
{
    (void)env;
    return a->kind == AST_BINARY && (a->op == OP_MUL || a->op == OP_DIV) ? AST_FOUND : AST_GO_ON;
}

void experiment_warn_units(struct where *w, const struct ast *a, expr_id left, expr_id right)
{
    bool meets = a->op == OP_ADD || a->op == OP_SUB || (a->op >= OP_EQ && a->op <= OP_GE);
    if (!meets || !units_differ(w) || ast_find(a, is_converted, NULL)) {
        return;
    }
    struct quantity x = experiment_quantity(w, -1, left), y = experiment_quantity(w, -1, right);
    if (x.is_known && y.is_known && x.net >= 0 && y.net >= 0 && x.net != y.net && x.amount == y.amount &&
        x.time == y.time) {
        warn_units(w, a->span, binary_left(a), x, y.net);
    }
}

void experiment_warn_given_units(struct where *w, const struct ast *value, expr_id v, int32_t net)
{
    bool plain = units_differ(w) && !ast_find(value, is_converted, NULL);
    struct quantity q = plain ? experiment_quantity(w, -1, v) : unknown();
    if (q.is_known && q.net >= 0 && q.net != net && q.amount == 1 && q.time == 0) {
        warn_units(w, value->span, value, q, net);
    }
}

static const char *with_power(struct arena *arena, const char *text, const char *unit, int n)
{
    for (int i = 0; i < n; i++) {
        text = arena_printf(arena, "%s%s%s", text, text[0] ? " " : "", unit);
    }
    for (int i = 0; i > n; i--) {
        text = arena_printf(arena, "%s/%s", text, unit);
    }
    return text;
}

const char *experiment_quantity_unit(struct where *w, struct quantity q)
{
    const struct net_units *u = q.net >= 0 ? &experiment_use(w, q.net)->net->units : NULL;
    struct arena *arena = w->f->program->arena;
    if (!q.is_known || q.is_number || !u || (q.amount && !u->amount) || (q.time && !u->time) ||
        (!q.amount && !q.time)) {
        return NULL;
    }
    bool time_first = q.amount < 0 && q.time > 0;
    const char *text = time_first ? with_power(arena, "", u->time, q.time) : "";
    text = with_power(arena, text, u->amount, q.amount);
    return time_first ? text : with_power(arena, text, u->time, q.time);
}

bool experiment_is_count(struct quantity q)
{
    return q.is_known && !q.is_number && q.amount == 1 && q.time == 0;
}

const char *experiment_quantity_name(struct where *w, struct quantity q)
{
    const struct net_units *u = q.net >= 0 ? &experiment_use(w, q.net)->net->units : NULL;
    if (!q.is_known || q.is_number) {
        return NULL;
    }
    return q.amount == 1 && q.time == 0   ? u && u->amount && u->is_concentration ? "concentration" : "amount"
           : q.amount == 0 && q.time == 1 ? "time"
           : q.amount == 1 && q.time == -1 ? "rate"
                                           : NULL;
}
