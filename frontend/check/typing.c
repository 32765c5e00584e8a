#include "frontend/check/typing.h"

struct typing typing_unknown(void)
{
    return (struct typing){.rank = -1};
}

struct typing typing_refused(void)
{
    return (struct typing){.rank = -1, .is_refused = true};
}

struct typing typing_scalar(enum sort sort)
{
    return (struct typing){.sort = (uint8_t)sort};
}

struct length length_of(int64_t n)
{
    return (struct length){.is_known = true, .plus = n};
}

struct typing typing_array(struct length length, struct typing of)
{
    if (of.rank < 0 || of.rank == SHAPE_MAX_RANK) {
        of.rank = -1;
        return of;
    }
    for (int i = of.rank; i > 0; i--) {
        of.dim[i] = of.dim[i - 1];
    }
    of.dim[0] = length;
    of.rank++;
    return of;
}

bool typing_is_number(struct typing t)
{
    return t.sort == SORT_NUMBER || t.sort == SORT_INTEGER || t.sort == SORT_REAL;
}

const char *typing_shape_text(struct arena *arena, struct typing t)
{
    const char *text = "";
    if (t.rank == 0) {
        return "scalar";
    }
    for (int i = 0; i < t.rank; i++) {
        const struct length *d = &t.dim[i];
        const char *name = d->of ? d->of->text : NULL;
        const char *one = !d->is_known ? "?"
                          : !name      ? arena_printf(arena, "%lld", (long long)d->plus)
                          : !d->plus   ? name
                                       : arena_printf(arena, "%s %s %lld", name, d->plus < 0 ? "-" : "+",
                                                      (long long)(d->plus < 0 ? -d->plus : d->plus));
        text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", one);
    }
    return arena_printf(arena, "[%s]", t.rank < 0 ? ".." : text);
}

static const char *sort_text(uint8_t sort)
{
    static const char *const names[] = {"any value", "number", "integer", "real", "boolean", "text"};
    return names[sort];
}

const char *typing_text(struct arena *arena, struct typing t)
{
    return t.rank == 0 ? sort_text(t.sort)
                       : arena_printf(arena, "%s %s", sort_text(t.sort), typing_shape_text(arena, t));
}

static bool lengths_differ(struct length x, struct length y)
{
    return x.is_known && y.is_known && x.of == y.of && x.plus != y.plus;
}

bool typing_shapes_differ(struct typing x, struct typing y)
{
    if (x.rank < 0 || y.rank < 0) {
        return false;
    }
    bool differ = x.rank != y.rank;
    for (int i = 0; i < x.rank && !differ; i++) {
        differ = lengths_differ(x.dim[i], y.dim[i]);
    }
    return differ;
}

static uint8_t common_sort(uint8_t x, uint8_t y)
{
    bool numbers = x >= SORT_NUMBER && x <= SORT_REAL && y >= SORT_NUMBER && y <= SORT_REAL;
    return x == y ? x : numbers ? SORT_NUMBER : SORT_UNKNOWN;
}

struct typing typing_either(struct typing x, struct typing y)
{
    struct typing t = {.sort = common_sort(x.sort, y.sort), .rank = x.rank == y.rank ? x.rank : (int8_t)-1};
    for (int i = 0; i < t.rank; i++) {
        bool same = x.dim[i].of == y.dim[i].of && x.dim[i].plus == y.dim[i].plus;
        t.dim[i] = same && x.dim[i].is_known && y.dim[i].is_known ? x.dim[i] : (struct length){0};
    }
    return t;
}

/* ---- operators ---- */

/* The shape of an elementwise result; a length that one side knows is that of the other. */
static void set_shape(struct typing *t, struct typing x, struct typing y)
{
    const struct typing *shape = x.rank == 0 || x.rank < y.rank ? &y : &x;
    if (y.rank == 0) {
        shape = &x;
    }
    t->rank = shape->rank;
    for (int i = 0; i < t->rank; i++) {
        bool other = !shape->dim[i].is_known && x.rank == y.rank;
        t->dim[i] = !other ? shape->dim[i] : shape == &x ? y.dim[i] : x.dim[i];
    }
}

static bool refuse(struct front *f, const struct ast *a, const char *why)
{
    return diag_report(f->diag, DIAG_E0303, a->span, "%s", why);
}

static struct typing logical(struct front *f, const struct ast *a, struct typing x, struct typing y)
{
    bool fits = (!x.sort || x.sort == SORT_CONDITION) && (!y.sort || y.sort == SORT_CONDITION);
    if (!fits || x.rank > 0 || y.rank > 0) {
        refuse(f, a, a->op == OP_AND ? "&& joins two conditions" : "|| joins two conditions");
    }
    return typing_scalar(SORT_CONDITION);
}

static bool sorts_fit(struct front *f, const struct ast *a, struct typing x, struct typing y)
{
    bool equality = a->op == OP_EQ || a->op == OP_NE;
    bool text = x.sort == SORT_TEXT || y.sort == SORT_TEXT;
    bool condition = x.sort == SORT_CONDITION || y.sort == SORT_CONDITION;
    if (text && (!equality || (x.sort && y.sort && x.sort != y.sort))) {
        refuse(f, a,
               equality ? "this operator does not take text and a number"
                        : "this operator does not take text");
        diag_help(f->diag, "put values into text with braces: \"x is {x}\"");
        return false;
    }
    if (condition && !equality) {
        return refuse(f, a, "numbers are needed here, not conditions");
    }
    return !(condition && x.sort && y.sort && x.sort != y.sort) ||
           refuse(f, a, "a condition and a number cannot be compared");
}

struct typing typing_binary(struct front *f, const struct ast *a, struct typing x, struct typing y)
{
    if (x.is_refused || y.is_refused) {
        return typing_refused();
    }
    if (a->op == OP_AND || a->op == OP_OR) {
        return logical(f, a, x, y);
    }
    if (!sorts_fit(f, a, x, y)) {
        return typing_refused();
    }
    if (x.rank > 0 && y.rank > 0 && typing_shapes_differ(x, y)) {
        diag_report(f->diag, DIAG_E0302, a->span, "the shapes %s and %s do not fit",
                    typing_shape_text(f->arena, x), typing_shape_text(f->arena, y));
        return typing_refused();
    }
    bool compares = a->op >= OP_EQ && a->op <= OP_GE;
    struct typing t = {.sort = SORT_NUMBER};
    if (compares) {
        t.sort = SORT_CONDITION;
    } else if (a->op == OP_DIV || x.sort == SORT_REAL || y.sort == SORT_REAL) {
        t.sort = SORT_REAL;
    } else if (x.sort == SORT_INTEGER && y.sort == SORT_INTEGER && a->op != OP_POW) {
        t.sort = SORT_INTEGER;
    }
    set_shape(&t, x, y);
    return t;
}

struct typing typing_unary(struct front *f, const struct ast *a, struct typing x)
{
    bool is_not = a->op == OP_NOT;
    bool fits = is_not ? x.sort == SORT_CONDITION : typing_is_number(x);
    if (x.sort && !fits) {
        diag_report(f->diag, DIAG_E0303, a->span, "%s takes %s, not %s", is_not ? "!" : "-",
                    is_not ? "a condition" : "a number", sort_text(x.sort));
        return typing_refused();
    }
    x.sort = is_not ? SORT_CONDITION : x.sort ? x.sort : SORT_NUMBER;
    return x;
}

struct typing typing_with_element(struct front *f, const struct ast *a, uint32_t i, struct typing first,
                                  struct typing t, struct typing one)
{
    struct span at = array_element(a, i)->span;
    if (t.is_refused || one.is_refused) {
        return typing_refused();
    }
    if (one.sort == SORT_TEXT) {
        diag_report(f->diag, DIAG_E0303, at, "arrays hold numbers or conditions, not text");
        return typing_refused();
    }
    if (typing_shapes_differ(first, one)) {
        diag_report(f->diag, DIAG_E0302, at,
                    "the entries of an array have one shape: the first is %s, this one %s",
                    typing_shape_text(f->arena, first), typing_shape_text(f->arena, one));
        return typing_refused();
    }
    if (one.sort && first.sort && (one.sort == SORT_CONDITION) != (first.sort == SORT_CONDITION)) {
        diag_report(f->diag, DIAG_E0303, at, "the entries of an array have one type");
        return typing_refused();
    }
    bool real = t.sort == SORT_REAL || one.sort == SORT_REAL;
    uint8_t sort = common_sort(t.sort, one.sort);
    t = t.rank < 0 ? one : t; /* all are of one shape, also those of which nothing is known */
    t.sort = real && sort == SORT_NUMBER ? SORT_REAL : sort;
    return t;
}

static bool is_outside(const struct ast *index, struct length d)
{
    return index->kind == AST_INT && index->n == 0 && d.is_known && !d.of && index->v.integer >= d.plus;
}

struct typing typing_index(struct front *f, const struct ast *a, struct typing base, const struct typing *at)
{
    struct typing t = {.sort = base.sort, .rank = -1, .is_refused = base.is_refused};
    int axis = 0;
    if (base.rank < 0) {
        return t;
    }
    t.rank = 0;
    for (uint32_t i = 1; i < a->n; i++, axis++) {
        if (axis >= base.rank) {
            diag_report(f->diag, DIAG_E0302, a->span, "too many indices for the shape %s",
                        typing_shape_text(f->arena, base));
            return typing_refused();
        }
        if (index_at(a, i)->kind == AST_RANGE) {
            const struct ast *range = index_at(a, i);
            bool all = !range_from(range) && !range_to(range);
            t.dim[t.rank++] = all ? base.dim[axis] : (struct length){0};
        } else if (is_outside(index_at(a, i), base.dim[axis])) {
            diag_report(f->diag, DIAG_E0305, index_at(a, i)->span, "index %lld is outside of 0..%lld",
                        (long long)index_at(a, i)->v.integer, (long long)base.dim[axis].plus);
            diag_help(f->diag, "indices start at 0");
            return typing_refused();
        } else if (at[i].rank != 0) {
            return (struct typing){.sort = base.sort, .rank = -1}; /* an array of indices, or it may be one */
        }
    }
    for (; axis < base.rank; axis++) {
        t.dim[t.rank++] = base.dim[axis];
    }
    return t;
}

/* ---- what a place needs ---- */

bool typing_condition(struct front *f, const struct ast *a, struct typing t)
{
    if (t.sort && t.sort != SORT_CONDITION) {
        return diag_report(f->diag, DIAG_E0303, a->span, "a condition is needed here, not %s",
                           sort_text(t.sort));
    }
    if (t.sort && t.rank > 0) {
        diag_report(f->diag, DIAG_E0302, a->span, "one condition is needed here, not an array of shape %s",
                    typing_shape_text(f->arena, t));
        diag_help(f->diag, "reduce it, for instance max(abs(a - b)) < 1e-6");
        return false;
    }
    return true;
}

bool typing_real(struct front *f, const struct ast *a, struct typing t)
{
    return t.sort != SORT_TEXT ||
           diag_report(f->diag, DIAG_E0303, a->span, "a number is needed here, not text");
}

bool typing_real_scalar(struct front *f, const struct ast *a, struct typing t)
{
    return typing_real(f, a, t) &&
           (t.rank <= 0 ||
            diag_report(f->diag, DIAG_E0302, a->span, "one number is needed here, not an array of shape %s",
                        typing_shape_text(f->arena, t)));
}

bool typing_fits(struct front *f, const struct ast *a, struct typing t, struct typing shape, const char *what)
{
    return typing_real(f, a, t) &&
           (t.rank == 0 || !typing_shapes_differ(t, shape) ||
            diag_report(f->diag, DIAG_E0302, a->span, "%s has the shape %s, but this value has the shape %s",
                        what, typing_shape_text(f->arena, shape), typing_shape_text(f->arena, t)));
}
