/* The course of the last run as a value: trajectory(net.x, at = times), value(net.x, t). The times become
 * part of that run, which keeps the values at them: from the dense output of a solver, or exactly by ssa.
 * Therefore the times must be known before the run. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "runtime/crnl_num.h"

static bool is_call_of(struct where *w, const struct ast *a, const char *name)
{
    return a->kind == AST_CALL && call_callee(a)->kind == AST_NAME &&
           strcmp(call_callee(a)->name, name) == 0 && !value_named(w, call_callee(a));
}

bool experiment_is_course(struct where *w, const struct ast *a)
{
    return is_call_of(w, a, "trajectory") || is_call_of(w, a, "value");
}

static const struct ast *argument(const struct ast *call, uint32_t i, const char *name)
{
    uint32_t place = 0;
    for (uint32_t k = 1; k < call->n; k++) {
        const struct ast *a = call_arg(call, k);
        if (a->name ? name && strcmp(a->name, name) == 0 : !name && place++ == i) {
            return arg_value(a);
        }
    }
    return NULL;
}

const char *experiment_why_series(struct where *w, const struct run *r)
{
    double known;
    bool is_computed = r->span == SPAN_TIME && (!expr_const_real(w->ex, r->duration, &known) ||
                                                (r->every && !expr_const_real(w->ex, r->every, &known)));
    return r->span != SPAN_TIME || r->until >= 0                      ? "it does not end at a time"
           : is_computed                                              ? "its length or `every` is computed"
           : r->after_kind != SPAN_NONE && r->after_kind != SPAN_TIME ? "it begins after events or cycles"
           : r->resume && r->source.n > 0                             ? "each row goes on from its own time"
                                                                      : NULL;
}

bool experiment_is_series(struct where *w, const struct ast *call, int32_t net)
{
    const struct last_run *runs = experiment_last_runs(w, net), *l = runs;
    bool any = runs && (runs->next || experiment_why_series(w, runs->run));
    for (; l; l = l->next) { /* a run `to limit` has no course, and a run over rows has one for each row */
        any &= l->run->span != SPAN_LIMIT && l->run->source.n == 0;
    }
    return any && is_call_of(w, call, "trajectory") && !argument(call, 0, "at");
}

/* The time at which a continued run begins. */
static expr_id starts_at(struct where *w, int32_t net, const struct run *r)
{
    return r->from ? r->from : expr_leaf(w->ex, EXPR_NET_TIME, TYPE_REAL, shape_scalar(), net, 0);
}

/* The times of the rows of a run: its start, the multiples of `every`, and its end. */
static expr_id times_of_rows(struct where *w, const struct ast *call, int32_t net, const struct run *r)
{
    double duration = 0, every = 0;
    const char *unknown = experiment_why_series(w, r);
    if (unknown) {
        return value_no_series(w, call->span, 0, unknown);
    }
    (void)expr_const_real(w->ex, r->duration, &duration);
    if (r->every) {
        (void)expr_const_real(w->ex, r->every, &every);
    }
    every = r->every ? every : duration / CRNL_DEFAULT_INTERVALS;
    double intervals = every > 0 ? ceil(crnl_time_before(duration / every)) : 0;
    if (!(intervals < w->f->max_elements)) {
        return diag_report(w->f->diag, DIAG_E0604, call->span, "a course of %g rows, and the limit is %lld",
                           intervals + 1, (long long)w->f->max_elements);
    }
    int32_t number = expr_new_binder(w->ex);
    expr_id i = expr_to_real(w->ex, expr_binder(w->ex, number));
    expr_id t = expr_binary(w->ex, EXPR_MUL, i, expr_real(w->ex, every));
    expr_id times = expr_map(w->ex, number, (int32_t)intervals + 1,
                             expr_binary(w->ex, EXPR_MIN, t, expr_real(w->ex, duration)));
    if (times && r->after) {
        times = value_binary(w, call, EXPR_ADD, times, r->after);
    }
    if (times && r->resume) {
        expr_id now = starts_at(w, net, r);
        times = value_binary(w, call, EXPR_ADD, times, now);
    }
    return times;
}

struct known {
    struct where *w;
    const struct last_run *run;
    const char *changed; /* a value that may differ between the run and this place */
};

static void find_changed(void *env, expr_id id, const struct expr *e)
{
    struct known *k = env;
    const struct experiment *x = k->w->experiment;
    (void)id;
    if (e->op == EXPR_NET_GET || e->op == EXPR_STAT || e->op == EXPR_SERIES_AT || e->op == EXPR_SERIES_SIZE ||
        e->op == EXPR_NET_TIME || e->op == EXPR_LIMIT || e->op == EXPR_GRADIENT) {
        k->changed = "a result of a run";
    }
    for (size_t i = k->run->order; e->op == EXPR_VAR && i < x->assigned.n; i++) {
        if (x->assigned.data[i].var == e->a) {
            const char *name = k->w->f->program->variable.data[e->a].name;
            k->changed = *name ? arena_printf(k->w->f->arena, "'%s'", name) : "a variable";
        }
    }
}

struct comprehension { /* around a value, with the call in it */
    const struct ast *at, *call, *over;
};

static enum ast_verdict look_around(void *env, const struct ast *a)
{
    struct comprehension *t = env;
    bool around =
        a->span.file == t->at->span.file && a->span.lo <= t->at->span.lo && t->at->span.hi <= a->span.hi;
    t->over = around && a->kind == AST_ARRAY_OVER ? a : t->over;
    t->call = around && a->kind == AST_CALL && a->n > 2 ? a : t->call;
    return AST_GO_ON;
}

/* Adds the help for a time or level that is not known before the run. */
static void help_known_before(struct where *w, const struct ast *at, bool turns)
{
    struct comprehension t = {.at = at};
    (void)ast_find(w->module->tree, look_around, &t);
    if (turns && t.over && t.call) {
        const char *over = front_source_text(w->f, array_over_binders(t.over)->span);
        diag_help(w->f->diag, "values at several times are one array: `trajectory(%s, at = [%s : %s])`",
                  front_source_text(w->f, arg_value(call_arg(t.call, 1))->span), over,
                  front_source_text(w->f, at->span));
    } else {
        diag_help(w->f->diag, "a number is kept before the run, as in `let x = 5;`, and `x` stands here");
    }
}

/* The run evaluates the expressions that it is given, so their values there must be the same as here. */
static bool known_before(struct where *w, const struct ast *at, expr_id times, const struct last_run *run,
                         const char *given)
{
    struct known k = {.w = w, .run = run};
    expr_visit(w->ex, times, find_changed, &k);
    if (value_info(w, times).holds & HOLDS_BINDER) {
        k.changed = "a loop variable of a comprehension";
    }
    if (k.changed) {
        diag_report(w->f->diag, DIAG_E0505, at->span, "%s, and %s is known only after it", given, k.changed);
        help_known_before(w, at, value_info(w, times).holds & HOLDS_BINDER);
    }
    return !k.changed;
}

struct late {
    struct where *w;
    struct span at; /* of a time behind the end of the run */
    const char *network;
    double end;
    const struct ast *statement, *first, *last; /* of those of the statement: the first, and the latest */
};

static double number_of(const struct ast *a)
{
    return a->kind == AST_INT ? (double)a->v.integer : a->kind == AST_REAL ? a->v.real : -INFINITY;
}

/* The name of the network in `n.A` or `n.B[0]`, which is interned; NULL: there is none. */
static const char *network_in(const struct ast *a)
{
    while (a->kind == AST_INDEX || (a->kind == AST_FIELD && field_base(a)->kind != AST_NAME)) {
        a = a->kind == AST_INDEX ? index_base(a) : field_base(a);
    }
    return a->kind == AST_FIELD ? field_base(a)->name : NULL;
}

static enum ast_verdict find_late(void *env, const struct ast *a)
{
    struct late *l = env;
    const struct ast *t = is_call_of(l->w, a, "value") ? argument(a, 1, NULL) : NULL;
    bool is = t && number_of(t) > l->end && network_in(argument(a, 0, NULL)) == l->network;
    l->first = is && !l->first ? t : l->first;
    l->last = is && (!l->last || number_of(t) > number_of(l->last)) ? t : l->last;
    return AST_GO_ON;
}

static enum ast_verdict find_statement(void *env, const struct ast *a)
{
    struct late *l = env;
    bool around = a->span.file == l->at.file && a->span.lo <= l->at.lo && l->at.hi <= a->span.hi;
    bool simple = a->kind == AST_PRINT || a->kind == AST_ASSERT || a->kind == AST_LET;
    l->statement = around && simple ? a : l->statement;
    return around || a->span.lo == a->span.hi ? AST_GO_ON : AST_LEAVE_OUT;
}

/* Of the times written in one statement that are behind the end of the run, the latest, which is told where
 * the first is met: a run until then has all of them. NULL: this has been told. */
static const struct ast *latest(struct where *w, const struct ast *call, const struct ast *at, double end)
{
    struct late l = {.w = w, .at = at->span, .network = network_in(argument(call, 0, NULL)), .end = end};
    (void)ast_find(w->module->tree, find_statement, &l);
    if (l.statement && number_of(at) > end) {
        (void)ast_find(l.statement, find_late, &l);
    }
    return !l.first ? at : l.first == at ? l.last : NULL;
}

/* Reports a time that is known to lie outside of the run, so that this is said before the program runs: one
 * that is too early, or else the last of all, so that a run until then has all of them. */
static bool is_within(struct where *w, const struct ast *call, const struct ast *at, expr_id times,
                      const struct run *r)
{
    double after = 0, duration, t, worst = 0;
    bool known = r->span == SPAN_TIME && r->until < 0 && !r->resume && !r->from && r->duration &&
                 expr_const_real(w->ex, r->duration, &duration) && expr_is_const(w->ex, times) &&
                 (!r->after || (r->after_kind == SPAN_TIME && expr_const_real(w->ex, r->after, &after)));
    bool scalar = value_info(w, times).shape.rank == 0;
    const struct ast *place = NULL;
    for (int64_t i = 0; known && i < shape_size(value_info(w, times).shape); i++) {
        expr_id one = scalar ? times : expr_const_element(w->ex, times, i);
        double slack = 1e-9 * (after + duration);
        bool real = expr_const_real(w->ex, one, &t), early = real && t < after - slack;
        if (early || (real && t > after + duration + slack && (!place || t > worst))) {
            bool listed = at->kind == AST_ARRAY && (int64_t)at->n == shape_size(value_info(w, times).shape);
            place = listed ? ast_child(at, (uint32_t)i) : at;
            worst = t;
        }
        known = !early;
    }
    if (place && scalar && worst > after) {
        const struct ast *told = latest(w, call, at, (after + duration) * (1 + 1e-9));
        if (!told) {
            return false;
        }
        worst = told == at ? worst : number_of(told);
        place = told;
    }
    if (place) {
        diag_report(w->f->diag, DIAG_E0505, place->span,
                    "the course is read at %g, and what is recorded of this run is from %g to %g", worst,
                    after, after + duration);
        if (worst > after) {
            diag_help(w->f->diag, "let the run last longer: `for %g`", worst - after);
        } else {
            diag_help(w->f->diag, "what is before `after` is not kept");
        }
    }
    return !place;
}

/* The number of the course with these times, which all of these runs keep. */
static int32_t course_of(struct where *w, int32_t net, const struct last_run *runs, expr_id times)
{
    struct net_use *use = experiment_use(w, net);
    for (size_t i = 0; !runs->next && i < runs->run->course.n; i++) {
        if (runs->run->course.data[i].times == times) {
            return runs->run->course.data[i].course;
        }
    }
    int32_t course = use->n_courses++;
    for (const struct last_run *l = runs; l; l = l->next) {
        vec_push(&l->run->course, (struct run_course){course, times});
    }
    return course;
}

bool experiment_take_course(struct where *w, const struct ast *call, int32_t net, struct stat_request *r,
                            struct shape *shape)
{
    const struct last_run *runs = experiment_last_runs(w, net);
    bool one = is_call_of(w, call, "value");
    const struct ast *at = one ? argument(call, 1, NULL) : argument(call, 0, "at");
    if (!runs) {
        return experiment_not_run(w, call->span, net, "course");
    }
    if (one && !at) {
        return diag_report(w->f->diag, DIAG_E0306, call->span, "a value is at a time: value(net.x, 2.5)");
    }
    for (const struct last_run *l = runs; l; l = l->next) {
        if (l->run->span == SPAN_LIMIT) {
            return diag_report(w->f->diag, DIAG_E0505, call->span, "a run `to limit` has no course");
        }
    }
    if (one && at->kind == AST_ARRAY) {
        diag_report(w->f->diag, DIAG_E0302, at->span, "a value is at one time, and these are %u", at->n);
        diag_help(w->f->diag, "those at several are `trajectory(%s, at = %s)`",
                  front_source_text(w->f, argument(call, 0, NULL)->span), front_source_text(w->f, at->span));
        return false;
    }
    expr_id times = !at   ? times_of_rows(w, call, net, runs->run)
                    : one ? value_real_scalar(w, at)
                          : value_real(w, at);
    if (!times) {
        return false;
    }
    struct shape has = value_info(w, times).shape;
    if (!one && has.rank != 1) {
        diag_report(w->f->diag, DIAG_E0302, at->span, "the times of a course are a vector, not of shape %s",
                    where_shape(w, has));
        if (has.rank == 0) {
            const char *text = front_source_text(w->f, at->span);
            diag_help(w->f->diag,
                      "the value at one time is `value(NET.A, %s)`; a course at one time `at = [%s]`", text,
                      text);
        } else {
            diag_help(w->f->diag, "as in `at = [0, 1, 2]` or `at = linspace(0, 10, 101)`");
        }
        return false;
    }
    for (const struct last_run *l = runs; at && l; l = l->next) {
        if (!known_before(w, at, times, l, "the times of a course are given to the run")) {
            return false;
        }
    }
    if (at && !runs->next && !is_within(w, call, at, times, runs->run)) {
        return false;
    }
    if (!at && runs->next) {
        return value_no_series(w, call->span, 0, "it is one of several");
    }
    r->course = course_of(w, net, runs, times);
    r->n_times = one ? 1 : has.dim[0];
    if (!one) {
        *shape = shape_prefix(has.dim[0], *shape);
    }
    return true;
}

/* start + duration (1 - part (1 - (i + 1/2) / n)) */
static expr_id times_of_last(struct where *w, const struct ast *call, int32_t net, const struct run *r,
                             double part, int32_t n)
{
    int32_t number = expr_new_binder(w->ex);
    expr_id i = expr_to_real(w->ex, expr_binder(w->ex, number));
    expr_id place = expr_binary(w->ex, EXPR_ADD, expr_real(w->ex, 1 - part + part / (2 * n)),
                                expr_binary(w->ex, EXPR_MUL, i, expr_real(w->ex, part / n)));
    expr_id times = expr_map(w->ex, number, n, expr_binary(w->ex, EXPR_MUL, r->duration, place));
    if (r->after) {
        times = value_binary(w, call, EXPR_ADD, times, r->after);
    }
    if (r->resume) {
        expr_id now = starts_at(w, net, r);
        times = value_binary(w, call, EXPR_ADD, times, now);
    }
    return times;
}

bool experiment_take_last(struct where *w, const struct ast *call, int32_t net, double part, int32_t n,
                          struct stat_request *r)
{
    const struct last_run *runs = experiment_last_runs(w, net);
    if (!runs) {
        return experiment_not_run(w, call->span, net, "course");
    }
    const struct run *run = runs->run;
    bool ends = run->span == SPAN_TIME && run->until < 0 &&
                (run->after_kind == SPAN_NONE || run->after_kind == SPAN_TIME);
    if (runs->next || !ends || run->source.n > 0) {
        return diag_report(w->f->diag, DIAG_E0505, call->span,
                           "the last part of a run is known of one run that ends at a time");
    }
    expr_id times = times_of_last(w, call, net, run, part, n);
    r->course = times ? course_of(w, net, runs, times) : 0;
    r->n_times = n;
    return times != 0;
}

/* ---- levels of crossings ---- */

static bool reads_variable(struct where *w, const struct ast *a)
{
    const struct name *n = a->kind == AST_NAME ? value_named(w, a) : NULL;
    bool any = n && n->kind == NAME_VARIABLE;
    for (uint32_t i = 0; i < a->n && !any; i++) {
        any = ast_child(a, i) && reads_variable(w, ast_child(a, i));
    }
    return any;
}

/* The parameter of the network by which these runs receive the value; it is made if there is none yet. */
static const char *parameter_for(struct where *w, const struct ast *a, int32_t net,
                                 const struct last_run *runs, expr_id value)
{
    struct net *n = experiment_use(w, net)->net;
    for (size_t i = 0; !runs->next && i < runs->run->bind.n; i++) {
        const struct bind *b = &runs->run->bind.data[i];
        if (b->value == value && strncmp(n->symbol.data[b->symbol].name, "crossing_level", 14) == 0) {
            return n->symbol.data[b->symbol].name;
        }
    }
    const char *name = "crossing_level";
    for (int k = 2; net_find_symbol(n, name) >= 0; k++) {
        name = arena_printf(w->f->arena, "crossing_level_%d", k);
    }
    name = intern_text(n->names, name);
    int32_t p = net_add_param(n, name, shape_scalar(), expr_real(n->ex, 0), a->span);
    expr_id slot = expr_leaf(n->ex, EXPR_PARAM, TYPE_REAL, shape_scalar(), n->param.data[p].first, 0);
    int32_t symbol = net_add_symbol(n, name, SYMBOL_PARAM, shape_scalar(), &slot, a->span);
    for (const struct last_run *l = runs; l; l = l->next) {
        struct bind b = {.net = net,
                         .symbol = symbol,
                         .count = 1,
                         .value = value,
                         .kind = BIND_WITH,
                         .line = front_line(w->f, a->span)};
        vec_push(&l->run->bind, b);
    }
    return name;
}

const struct ast *experiment_level(struct where *w, const struct ast *a, struct name *of)
{
    struct where outside = where_outside(w);
    if (!reads_variable(w, a)) {
        return a;
    }
    int32_t net = network_use(w->f, of, a->span);
    const struct last_run *runs = net >= 0 ? experiment_last_runs(w, net) : NULL;
    expr_id v = runs ? value_real_scalar(&outside, a) : 0;
    if (net >= 0 && !runs) {
        experiment_not_run(w, a->span, net, "course");
    }
    if (v && (value_info(&outside, v).holds & HOLDS_EFFECT)) {
        diag_report(w->f->diag, DIAG_E0505, a->span, "the level is given to the run, and this is drawn here");
        diag_help(w->f->diag, "draw it before the run, as in `let x = uniform(0, 1);`, and `x` stands here");
        return NULL;
    }
    for (const struct last_run *l = runs; v && l; l = l->next) {
        v = known_before(&outside, a, v, l, "the level is given to the run") ? v : 0;
    }
    if (!v) {
        return NULL;
    }
    struct ast *name = arena_alloc(w->f->arena, sizeof *name);
    struct ast *field = arena_alloc(w->f->arena, sizeof *field);
    *name = (struct ast){.kind = AST_NAME, .name = of->text, .span = a->span};
    name->v.bound = of;
    *field = (struct ast){.kind = AST_FIELD, .span = a->span, .n = 1};
    field->name = parameter_for(w, a, net, runs, v);
    field->kid = arena_alloc(w->f->arena, sizeof *field->kid);
    field->kid[0] = name;
    return field;
}
