/* Comprehensions. In networks they are unrolled, because each element of an array is a species of its
 * own; in experiments they become MAP and FOLD, so that a mean over ten thousand entries is one loop. */
#include <string.h>

#include "frontend/data/data.h"

/* The number of turns of unrolled loops for each reaction of the limit: a condition may leave out most
 * turns. */
enum { TURNS_PER_REACTION = 10 };

bool value_range(struct where *w, const struct ast *range, expr_id *from, expr_id *to)
{
    expr_id *end[2] = {from, to};
    for (int i = 0; i < 2; i++) {
        const struct ast *at = i == 0 ? range_from(range) : range_to(range);
        expr_id v = value_of(w, at);
        if (!v) {
            return false;
        }
        int64_t n;
        if (expr_is_const(w->ex, v) && expr_const_int(w->ex, v, &n)) {
            v = expr_int(w->ex, n);
        }
        if (where_place(w) == IN_NETWORK && !expr_is_const(w->ex, v)) {
            diag_report(w->f->diag, DIAG_E0304, at->span,
                        "the ends of this range must be known when compiling");
            value_note_parameter(w, at);
            diag_help(w->f->diag, "sizes and loops of networks use `const`, not `param`");
            return false;
        }
        if (value_info(w, v).type != TYPE_INT || value_info(w, v).shape.rank != 0) {
            value_no_integer(w, at, v, DIAG_E0307, "the ends of a range are integers");
            diag_help(w->f->diag,
                      where_place(w) == IN_NETWORK
                          ? "a range counts, as in `0..10`"
                          : "a range counts; numbers at equal distances are `linspace(0, 1, 11)`");
            return false;
        }
        *end[i] = v;
    }
    const struct ast *first = range_from(range), *last = range_to(range);
    if (first->kind == AST_INT && last->kind == AST_INT && first->v.integer > last->v.integer) {
        diag_report(w->f->diag, DIAG_E0307, range->span, "this range is empty: its end is below its start");
        diag_help(
            w->f->diag,
            "write `%lld..%lld`; downwards a range is counted off, as in `for i in 0..3 { %s j = 2 - i; }`",
            (long long)last->v.integer, (long long)first->v.integer,
            where_place(w) == IN_NETWORK ? "const" : "let");
        return false;
    }
    return true;
}

bool value_range_size(struct where *w, struct span at, int64_t from, int64_t to, int32_t *size)
{
    int64_t n = 0;
    if (from < to && (__builtin_sub_overflow(to, from, &n) || n > INT32_MAX)) {
        return diag_report(w->f->diag, DIAG_E0307, at,
                           "the range %lld..%lld is too long: 2147483647 elements are the limit",
                           (long long)from, (long long)to);
    }
    *size = (int32_t)n;
    return true;
}

/* The values over which a binder runs: integers from..to, the rows of an array, or the rows of a data set. */
struct extent {
    int64_t from, to;
    expr_id rows;
    bool is_data;
    struct data_rows data;
};

/* Declares the meaning of the binder's name in turn `i`. */
static void bind_turn(struct where *w, struct scope *scope, const struct ast *binder, const struct extent *e,
                      expr_id i)
{
    if (e->is_data) {
        data_add_record(w, scope, binder->name, binder->span, &e->data, i);
        return;
    }
    struct name *n = scope_add(scope, binder->name, NAME_VALUE, binder->span);
    n->pool = w->ex;
    n->value = e->rows ? expr_take(w->ex, e->rows, 0, i, front_line(w->f, binder->span))
                       : expr_binary(w->ex, EXPR_ADD, i, expr_int(w->ex, e->from));
}

bool value_no_rows(struct where *w, const struct ast *over)
{
    diag_report(w->f->diag, DIAG_E0307, over->span, "a loop runs over a range (0..n) or an array");
    diag_help(w->f->diag, "write `0..%s`, whose end is not part of it", front_source_text(w->f, over->span));
    return false;
}

static bool binder_extent(struct where *w, const struct ast *binder, struct extent *e)
{
    const struct ast *over = binder_over(binder);
    *e = (struct extent){0};
    if (over->kind == AST_RANGE) {
        expr_id from, to;
        if (!value_range(w, over, &from, &to)) {
            return false;
        }
        if (!expr_const_int(w->ex, from, &e->from) || !expr_const_int(w->ex, to, &e->to)) {
            diag_report(w->f->diag, DIAG_E0304, over->span,
                        "the ends of this range must be known when compiling");
            diag_help(w->f->diag, "use `const` for sizes; a loop over a size known only when running is a "
                                  "`for` statement of an experiment");
            return false;
        }
        int32_t size = 0;
        if (!value_range_size(w, over->span, e->from, e->to, &size)) {
            return false;
        }
        e->to = e->from + size;
        return true;
    }
    enum data_found found = data_find_rows(w, over, &e->data);
    if (found != DATA_NO) {
        e->is_data = true;
        e->to = e->data.rows;
        if (found == DATA_YES) {
            data_warn_empty(w, over, &e->data);
        }
        return found == DATA_YES;
    }
    e->rows = value_of(w, over);
    if (!e->rows) {
        return false;
    }
    struct expr info = value_info(w, e->rows);
    if (info.shape.rank < 1) {
        return value_no_rows(w, over);
    }
    e->to = info.shape.dim[0];
    return true;
}

/* ---- unrolled ---- */

struct expansion {
    const struct ast *binders;
    bool (*body)(struct where *w, void *env);
    void *env;
};

int64_t front_max_turns(const struct front *f)
{
    return f->max_reactions < INT64_MAX / TURNS_PER_REACTION ? f->max_reactions * TURNS_PER_REACTION
                                                             : INT64_MAX;
}

static bool count_turns(struct where *w, struct span over, int64_t n)
{
    struct front *f = w->f;
    int64_t most = front_max_turns(f);
    if (n <= most - f->n_turns) {
        f->n_turns += n;
        return true;
    }
    return front_full(f, DIAG_E0603, over,
                      "the loops of networks take more than %lld turns, %d for each reaction",
                      (long long)most, TURNS_PER_REACTION);
}

static bool expand_from(struct where *w, struct expansion *x, uint32_t k)
{
    if (k == x->binders->n) {
        const struct ast *cond = binders_condition(x->binders);
        bool holds = true;
        if (cond) {
            expr_id c = value_condition(w, cond);
            if (!c) {
                return false;
            }
            if (!expr_is_const(w->ex, c)) {
                return diag_report(w->f->diag, DIAG_E0304, cond->span,
                                   "this condition must be known when compiling");
            }
            holds = value_info(w, c).v.integer != 0;
        }
        return !holds || x->body(w, x->env);
    }
    const struct ast *binder = binders_binder(x->binders, k);
    struct extent e;
    if (!binder_extent(w, binder, &e)) {
        return false;
    }
    if (e.is_data) {
        diag_report(w->f->diag, DIAG_E0304, binder_over(binder)->span,
                    "the contents of data are not known when compiling");
        diag_help(w->f->diag, "rows are read in experiments; size(d) is known");
        return false;
    }
    if (!count_turns(w, binder_over(binder)->span, e.to - e.from)) {
        return false;
    }
    struct where inner = *w;
    inner.scope = scope_create(w->f->arena, w->scope);
    for (int64_t i = e.from; i < e.to; i++) {
        scope_reset(inner.scope);
        bind_turn(w, inner.scope, binder, &e, expr_int(w->ex, i - e.from));
        int64_t at = i;
        expr_const_int(w->ex, scope_at(inner.scope, 0)->value, &at);
        scope_set_turn(inner.scope, at, binder);
        if (!expand_from(&inner, x, k + 1)) {
            return false;
        }
    }
    return true;
}

bool value_expand(struct where *w, const struct ast *binders, bool (*body)(struct where *w, void *env),
                  void *env)
{
    struct expansion x = {binders, body, env};
    return expand_from(w, &x, 1);
}

struct collected {
    const struct ast *body;
    VEC(expr_id) value;
};

/* The number that is collected or added up in each turn; a condition counts as 0 or 1. */
static expr_id body_value(struct where *w, const struct ast *body)
{
    expr_id v = value_of(w, body);
    if (v && value_info(w, v).type == TYPE_TEXT) {
        return diag_report(w->f->diag, DIAG_E0303, body->span, "numbers are needed here, not text");
    }
    return v && value_info(w, v).type == TYPE_BOOL ? expr_to_real(w->ex, v) : v;
}

static bool collect(struct where *w, void *env)
{
    struct collected *c = env;
    expr_id v = body_value(w, c->body);
    if (v) {
        vec_push(&c->value, v);
    }
    return v != 0;
}

static expr_id combine_unrolled(struct where *w, const struct ast *a, const char *how,
                                const struct collected *c)
{
    if (!how) {
        return value_stack(w, c->value.n, c->value.data, NULL, c->body->span);
    }
    bool least = strcmp(how, "min") == 0, most = strcmp(how, "max") == 0;
    if (c->value.n == 0) {
        return strcmp(how, "sum") == 0
                   ? expr_real(w->ex, 0)
                   : (expr_id)diag_report(w->f->diag, DIAG_E0307, a->span, "%s of nothing", how);
    }
    expr_id total = c->value.data[0];
    for (size_t i = 1; i < c->value.n && total; i++) {
        total = value_binary(w, a, least ? EXPR_MIN : most ? EXPR_MAX : EXPR_ADD, total, c->value.data[i]);
    }
    if (total && !least && !most && strcmp(how, "sum") != 0) {
        total = expr_binary(w->ex, EXPR_DIV, total, expr_real(w->ex, (double)c->value.n));
    }
    return total;
}

/* ---- loops of experiments ---- */

enum { MAX_BINDERS = SHAPE_MAX_RANK };

struct nest {
    int32_t binder[MAX_BINDERS], extent[MAX_BINDERS];
    int n;
};

/* A random order is drawn once and not in every turn. It is stored in a variable before the statement. */
static bool draw_before(struct where *w, const struct ast *binder, struct extent *e)
{
    expr_id *drawn = e->is_data ? &e->data.order : &e->rows;
    if (!*drawn || !(value_info(w, *drawn).holds & HOLDS_EFFECT)) {
        return true;
    }
    expr_id kept = value_info(w, *drawn).holds & HOLDS_BINDER ? 0 : experiment_keep(w, binder->span, *drawn);
    if (!kept) {
        diag_report(w->f->diag, DIAG_E0303, binder_over(binder)->span, "a random order cannot be drawn here");
        diag_help(w->f->diag, "draw it before: let order = shuffle(0..n);");
        return false;
    }
    *drawn = kept;
    return true;
}

static void open_binder(struct where *w, const struct ast *binder, const struct extent *e, struct nest *nest)
{
    int32_t number = expr_new_binder(w->ex);
    w->scope = scope_create(w->f->arena, w->scope);
    bind_turn(w, w->scope, binder, e, expr_binder(w->ex, number));
    nest->binder[nest->n] = number;
    nest->extent[nest->n++] = (int32_t)(e->to - e->from);
}

static bool open_binders(struct where *w, const struct ast *binders, struct nest *nest)
{
    if (binders->n - 1 > MAX_BINDERS) {
        return diag_report(w->f->diag, DIAG_E0302, binders->span,
                           "at most %d loop variables in one comprehension", MAX_BINDERS);
    }
    for (uint32_t k = 1; k < binders->n; k++) {
        const struct ast *b = binders_binder(binders, k);
        struct extent e;
        if (!binder_extent(w, b, &e) || !draw_before(w, b, &e)) {
            return false;
        }
        open_binder(w, b, &e, nest);
    }
    return true;
}

static expr_id fold(struct where *w, const struct nest *nest, enum expr_op op, expr_id body, expr_id cond)
{
    for (int k = nest->n - 1; k >= 0; k--) {
        body = expr_fold(w->ex, op, nest->binder[k], nest->extent[k], body, k == nest->n - 1 ? cond : 0);
    }
    return body;
}

static expr_id combine_loop(struct where *w, const struct ast *a, const char *how, const struct nest *nest,
                            expr_id body, expr_id cond)
{
    if (!how) {
        if (cond) {
            diag_report(w->f->diag, DIAG_E0304, a->span, "the length of this array would depend on values");
            diag_help(w->f->diag,
                      "arrays have static shape; count or add up with sum(... where ... : ...) instead");
            return 0;
        }
        for (int k = nest->n - 1; k >= 0; k--) {
            body = expr_map(w->ex, nest->binder[k], nest->extent[k], body);
        }
        return body;
    }
    if (strcmp(how, "min") == 0 || strcmp(how, "max") == 0) {
        return fold(w, nest, strcmp(how, "min") == 0 ? EXPR_FOLD_MIN : EXPR_FOLD_MAX,
                    expr_to_real(w->ex, body), cond);
    }
    cond = data_only(w, value_info(w, body).shape.rank == 0 ? data_present(w, body) : 0, cond);
    if (strcmp(how, "sum") == 0) {
        return fold(w, nest, EXPR_FOLD_SUM, body, cond);
    }
    expr_id total = fold(w, nest, EXPR_FOLD_SUM, expr_to_real(w->ex, body), cond);
    double turns = 1;
    for (int k = 0; k < nest->n; k++) {
        turns *= nest->extent[k];
    }
    expr_id count = cond ? fold(w, nest, EXPR_FOLD_SUM, expr_real(w->ex, 1), cond) : expr_real(w->ex, turns);
    return expr_binary(w->ex, EXPR_DIV, total, count);
}

expr_id value_call_over(struct where *outer, const struct ast *a)
{
    bool array = a->kind == AST_ARRAY_OVER;
    const struct ast *binders = array ? array_over_binders(a) : call_over_binders(a);
    const struct ast *body = array ? array_over_body(a) : call_over_body(a);
    static const char *const known[] = {"sum", "mean", "min", "max", "fraction"};
    const char *how = NULL;
    for (size_t i = 0; !array && i < sizeof known / sizeof known[0]; i++) {
        if (call_over_callee(a)->kind == AST_NAME && strcmp(call_over_callee(a)->name, known[i]) == 0) {
            how = known[i];
        }
    }
    if (!array && !how) {
        diag_report(outer->f->diag, DIAG_E0201, call_over_callee(a)->span,
                    "only sum, mean, min, max and fraction run over a loop variable");
        return 0;
    }
    struct where w = *outer;
    bool in_loop = where_is_executed(&w);
    if (!in_loop && !(array && binders->n > 2)) {
        struct collected c = {.body = body};
        bool good = value_expand(&w, binders, collect, &c);
        expr_id v = good ? combine_unrolled(&w, a, how, &c) : 0;
        vec_free(&c.value);
        return v;
    }
    struct nest nest = {0};
    if (!open_binders(&w, binders, &nest)) {
        return 0;
    }
    expr_id cond = 0;
    if (binders_condition(binders) && !(cond = value_condition(&w, binders_condition(binders)))) {
        return 0;
    }
    expr_id v = array ? value_of(&w, body) : body_value(&w, body);
    if (v && array && value_info(&w, v).type == TYPE_TEXT) {
        return diag_report(w.f->diag, DIAG_E0303, body->span, "arrays hold numbers or conditions, not text");
    }
    if (v && nest.n + value_info(&w, v).shape.rank > SHAPE_MAX_RANK && !how) {
        return diag_report(w.f->diag, DIAG_E0302, a->span, "arrays have at most %d dimensions",
                           SHAPE_MAX_RANK);
    }
    return v ? combine_loop(&w, a, how, &nest, v, cond) : 0;
}

expr_id value_divergence(struct where *w, struct span span, expr_id p, expr_id q)
{
    expr_id law[2] = {p, q}, each[2];
    int64_t n = shape_size(value_info(w, p).shape);
    int32_t i = expr_new_binder(w->ex), line = front_line(w->f, span);
    expr_id at = expr_binder(w->ex, i);
    for (int k = 0; k < 2; k++) {
        expr_id kept = expr_is_const(w->ex, law[k]) ? 0 : experiment_keep(w, span, law[k]);
        expr_id flat = expr_reshape(w->ex, kept ? kept : law[k], shape_vector((int32_t)n));
        each[k] = expr_take(w->ex, flat, 0, at, line);
    }
    expr_id log = expr_unary(w->ex, EXPR_LOG, expr_binary(w->ex, EXPR_DIV, each[0], each[1]));
    expr_id is_there = expr_binary(w->ex, EXPR_NE, each[0], expr_real(w->ex, 0));
    return expr_fold(w->ex, EXPR_FOLD_SUM, i, (int32_t)n, expr_binary(w->ex, EXPR_MUL, each[0], log),
                     is_there);
}
