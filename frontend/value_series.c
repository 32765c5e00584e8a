/* Series are arrays whose first length is known only when running, such as the rows of a run with `until`.
 * Expressions of series are elementwise, and may contain values that broadcast. Their first length is
 * negative and tells to which run they belong, so that only series of the same run fit together. Code that
 * takes a series reads it row by row (value_series_at); no engine sees a series. */
#include "frontend/front.h"

expr_id value_elements(struct where *w, struct shape shape, const expr_id *elems)
{
    if (shape.rank == 0) {
        return elems[0];
    }
    int64_t n = shape_size(shape);
    if (n == 0) {
        return expr_const_array(w->ex, TYPE_REAL, shape, NULL);
    }
    expr_id flat = expr_stack(w->ex, (size_t)n, elems);
    return shape.rank == 1 ? flat : expr_reshape(w->ex, flat, shape);
}

bool value_is_series(const struct where *w, expr_id v)
{
    const struct expr *e = expr_get(w->ex, v);
    return e->shape.rank > 0 && e->shape.dim[0] < 0;
}

bool value_no_series(struct where *w, struct span at, expr_id series, const char *why)
{
    why = series ? w->f->why_series.data[-1 - value_info(w, series).shape.dim[0]] : why;
    diag_report(w->f->diag, DIAG_E0505, at, "how many rows this run has is not known when compiling%s%s",
                why ? ": " : "", why ? why : "");
    diag_help(
        w->f->diag,
        "give the times: trajectory(net.x, at = linspace(0, 10, 101)); else such a course stands in sum, "
        "mean, min, argmax, size and the like, in formulas with others of the same run, in `for` and "
        "`plot`, and row by row, x[i]");
    return false;
}

/* An element of a record as a number; `record` has converted values of other types. */
static expr_id number_at(struct expr_pool *ex, enum expr_type type, int32_t record, expr_id index,
                         int32_t place)
{
    expr_id v = expr_call(ex, EXPR_SERIES_AT, TYPE_REAL, shape_scalar(), record, place, 1, &index);
    return type == TYPE_BOOL  ? expr_binary(ex, EXPR_NE, v, expr_real(ex, 0))
           : type == TYPE_INT ? expr_unary(ex, EXPR_FLOOR, v)
                              : v;
}

struct row {
    struct where *w;
    expr_id index;
    int32_t place;
};

static expr_id row_of_leaf(void *env, const struct expr *leaf, expr_id id)
{
    const struct row *r = env;
    struct shape inner = leaf->op == EXPR_SERIES ? shape_drop(leaf->shape, 0) : shape_scalar();
    int64_t n = shape_size(inner);
    (void)id;
    if (leaf->op != EXPR_SERIES) {
        return 0;
    }
    expr_id *element = arena_alloc(r->w->f->arena, ((size_t)n + 1) * sizeof *element);
    for (int64_t i = 0; i < n; i++) {
        element[i] = number_at(r->w->ex, leaf->type, leaf->a + (int32_t)i, r->index, r->place);
    }
    return value_elements(r->w, inner, element);
}

expr_id value_series_at(struct where *w, expr_id v, expr_id index, int32_t place)
{
    struct row r = {w, index, place};
    return expr_rewrite(w->ex, w->ex, v, row_of_leaf, &r);
}

struct lengths {
    int32_t *record, n;
};

static void find_record(void *env, expr_id id, const struct expr *e)
{
    struct lengths *l = env;
    (void)id;
    if (e->op == EXPR_SERIES) {
        l->record[l->n++] = e->a;
    }
}

static void count_records(void *env, expr_id id, const struct expr *e)
{
    (void)id;
    *(size_t *)env += e->op == EXPR_SERIES;
}

expr_id value_series_size(struct where *w, expr_id v)
{
    size_t n = 0;
    expr_visit(w->ex, v, count_records, &n);
    struct lengths l = {arena_alloc(w->f->arena, (n + 1) * sizeof *l.record), 0};
    expr_visit(w->ex, v, find_record, &l);
    expr_id size = 0;
    for (int32_t i = 0; i < l.n; i++) {
        expr_id one = expr_leaf(w->ex, EXPR_SERIES_SIZE, TYPE_INT, shape_scalar(), l.record[0], l.record[i]);
        size = size ? expr_binary(w->ex, EXPR_MIN, size, one) : one;
    }
    return size;
}
