#include <stdlib.h>
#include <string.h>

#include "frontend/data/data.h"
#include "frontend/typing.h"

#include "runtime/crnl_format.h"

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

struct typing typing_array_of(enum sort sort)
{
    return (struct typing){.sort = (uint8_t)sort, .rank = -1};
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

const char *typing_length_text(struct arena *arena, struct length d)
{
    const char *name = d.of ? d.of->text : NULL;
    return !d.is_known           ? "?"
           : !name && d.plus < 0 ? "rows of a run" /* a series (frontend/value_series.c) */
           : !name               ? arena_printf(arena, "%lld", (long long)d.plus)
           : !d.plus             ? name
                                 : arena_printf(arena, "%s %s %lld", name, d.plus < 0 ? "-" : "+",
                                                (long long)(d.plus < 0 ? -d.plus : d.plus));
}

const char *typing_shape_text(struct arena *arena, struct typing t)
{
    const char *text = "";
    if (t.rank == 0) {
        return "scalar";
    }
    for (int i = 0; i < t.rank; i++) {
        text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", typing_length_text(arena, t.dim[i]));
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

struct typing typing_shape(struct shape s)
{
    struct typing t = {.rank = (int8_t)s.rank};
    for (int i = 0; i < s.rank; i++) {
        t.dim[i] = length_of(s.dim[i]);
    }
    return t;
}

struct typing typing_of(const struct expr *e)
{
    static const uint8_t sorts[] = {[TYPE_REAL] = SORT_REAL,
                                    [TYPE_INT] = SORT_INTEGER,
                                    [TYPE_BOOL] = SORT_CONDITION,
                                    [TYPE_TEXT] = SORT_TEXT};
    struct typing t = typing_shape(e->shape);
    t.sort = sorts[e->type];
    return t;
}

/* ---- operators ---- */

/* The shape of an elementwise result. A length that is known on one side is also that of the other side. */
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

static bool refuse(struct front *f, struct span at, const char *why)
{
    return diag_report(f->diag, DIAG_E0303, at, "%s", why);
}

static struct typing logical(struct front *f, struct span at, enum expr_op op, struct typing x,
                             struct typing y)
{
    bool fits = (!x.sort || x.sort == SORT_CONDITION) && (!y.sort || y.sort == SORT_CONDITION);
    if (!fits || x.rank > 0 || y.rank > 0) {
        refuse(f, at, op == EXPR_AND ? "&& joins two conditions" : "|| joins two conditions");
        return typing_refused();
    }
    return typing_scalar(SORT_CONDITION);
}

/* `print x > "file"`, `run NET for 10 > "file"` */
static bool meant_file(struct front *f, const struct ast *a, enum expr_op op)
{
    const struct ast *file = a->kind == AST_BINARY ? binary_right(a) : NULL;
    bool greater = a->kind == AST_BINARY && a->op == OP_GT;
    if (!greater || !file || file->kind != AST_STRING || op != EXPR_LT) {
        return false;
    }
    refuse(f, a->span, "a file that is written stands behind `->`");
    diag_help(f->diag, "write `-> %s`", front_source_text(f, file->span));
    return true;
}

/* `s.label == "setosa"` */
static bool is_label(const struct ast *a)
{
    return a->kind == AST_FIELD && strcmp(a->name, "label") == 0;
}

static bool sorts_fit(struct front *f, const struct ast *a, bool equality, struct typing x, struct typing y)
{
    struct span at = a->span;
    bool text = x.sort == SORT_TEXT || y.sort == SORT_TEXT;
    bool condition = x.sort == SORT_CONDITION || y.sort == SORT_CONDITION;
    if (text && (!equality || (x.sort && y.sort && x.sort != y.sort))) {
        refuse(f, at,
               equality ? "this operator does not take text and a number"
                        : "this operator does not take text");
        bool label = a->kind == AST_BINARY && (is_label(binary_left(a)) || is_label(binary_right(a)));
        diag_help(f->diag, label ? "labels that are names are numbered as they first appear in the file: the "
                                   "first one is `s.label == 0`"
                                 : "put values into text with braces: \"x is {x}\"");
        return false;
    }
    if (condition && !equality) {
        (void)refuse(f, at, "numbers are needed here, not conditions");
        diag_help(f->diag, "a condition c as a number is `(if c then 1 else 0)`");
        return false;
    }
    return !(condition && x.sort && y.sort && x.sort != y.sort) ||
           refuse(f, at, "a condition and a number cannot be compared");
}

static uint8_t result_sort(enum expr_op op, struct typing x, struct typing y)
{
    switch (op) {
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE: return SORT_CONDITION;
    case EXPR_DIV: return SORT_REAL;
    default: break;
    }
    if (x.sort == SORT_REAL || y.sort == SORT_REAL) {
        return SORT_REAL;
    }
    return x.sort == SORT_INTEGER && y.sort == SORT_INTEGER && op != EXPR_POW ? SORT_INTEGER : SORT_NUMBER;
}

/* The source of a value for help lines, if it takes only a part of a line. */
static const char *short_source(struct front *f, const struct ast *a, const char *otherwise)
{
    enum { MOST = 40 };
    const char *text = a && a->span.hi - a->span.lo <= MOST ? front_source_text(f, a->span) : "\n";
    return strchr(text, '\n') ? otherwise : arena_printf(f->arena, "`%s`", text);
}

/* Adds the help that says which of two values has which shape: of an operator, an assignment, a choice, or
 * a function. */
static struct typing shapes_differ(struct front *f, const struct ast *a, struct typing x, struct typing y)
{
    const struct ast *left = NULL, *right = NULL;
    if (a->kind == AST_BINARY) {
        left = binary_left(a), right = binary_right(a);
    } else if (a->kind == AST_CHOICE) {
        left = choice_yes(a), right = choice_no(a);
    } else if (a->kind == AST_ASSIGN) {
        left = assign_target(a), right = assign_value(a);
    } else if (a->kind == AST_CALL && a->n == 3) {
        left = arg_value(call_arg(a, 1)), right = arg_value(call_arg(a, 2));
    }
    const char *of_x = typing_shape_text(f->arena, x), *of_y = typing_shape_text(f->arena, y);
    diag_report(f->diag, DIAG_E0302, a->span, "the shapes %s and %s do not fit", of_x, of_y);
    bool times = a->kind == AST_BINARY && a->op == OP_MUL && x.rank == 2 && (y.rank == 1 || y.rank == 2);
    if (times) {
        diag_help(f->diag, "`*` multiplies element by element; the product of matrices is matmul(%s, %s)",
                  front_source_text(f, left->span), front_source_text(f, right->span));
    } else if (!data_help_times(f, a) && left) {
        diag_help(f->diag, "%s has the shape %s, %s the shape %s", short_source(f, left, "the first value"),
                  of_x, short_source(f, right, "the second value"), of_y);
    }
    return typing_refused();
}

struct typing typing_binary(struct front *f, const struct ast *a, enum expr_op op, struct typing x,
                            struct typing y)
{
    struct span at = a->span;
    if (x.is_refused || y.is_refused) {
        return typing_refused();
    }
    if (op == EXPR_AND || op == EXPR_OR) {
        return logical(f, at, op, x, y);
    }
    if (y.sort == SORT_TEXT && meant_file(f, a, op)) {
        return typing_refused();
    }
    if (!sorts_fit(f, a, op == EXPR_EQ || op == EXPR_NE, x, y)) {
        return typing_refused();
    }
    if (x.rank > 0 && y.rank > 0 && typing_shapes_differ(x, y)) {
        return shapes_differ(f, a, x, y);
    }
    struct typing t = {.sort = result_sort(op, x, y)};
    set_shape(&t, x, y);
    return t;
}

/* Reports `if c then A > 1 else 0`. */
static struct typing branches_differ(struct front *f, const struct ast *a, struct typing x, struct typing y)
{
    const struct ast *yes = choice_yes(a), *no = choice_no(a);
    bool text = x.sort == SORT_TEXT || y.sort == SORT_TEXT;
    bool first = x.sort == SORT_TEXT || (!text && x.sort == SORT_CONDITION);
    refuse(f, first ? yes->span : no->span,
           "what stands behind `then` and `else` are two numbers, or two conditions");
    if (text) {
        diag_help(f->diag, "text is chosen by a statement: `if c { print \"yes\"; } else { print \"no\"; }`");
    } else {
        const struct ast *odd = first ? yes : no, *other = first ? no : yes;
        diag_help(f->diag, "this is a condition, and %s a number: for a number write `if %s then 1 else 0`",
                  short_source(f, other, "the other"), front_source_text(f, odd->span));
    }
    return typing_refused();
}

struct typing typing_choice(struct front *f, const struct ast *a, struct typing x, struct typing y)
{
    if (x.is_refused || y.is_refused) {
        return typing_refused();
    }
    bool differ = x.sort && y.sort && (x.sort == SORT_CONDITION) != (y.sort == SORT_CONDITION);
    if (x.sort == SORT_TEXT || y.sort == SORT_TEXT || differ) {
        return branches_differ(f, a, x, y);
    }
    if (x.rank > 0 && y.rank > 0 && typing_shapes_differ(x, y)) {
        return shapes_differ(f, a, x, y);
    }
    struct typing t = {.sort = common_sort(x.sort, y.sort)};
    set_shape(&t, x, y);
    return t;
}

struct typing typing_unary(struct front *f, struct span at, enum expr_op op, struct typing x)
{
    bool is_not = op == EXPR_NOT;
    bool fits = is_not ? x.sort == SORT_CONDITION : typing_is_number(x);
    if (x.sort && !fits) {
        diag_report(f->diag, DIAG_E0303, at, "%s takes %s, not %s", is_not ? "!" : "-",
                    is_not ? "a condition" : "a number", sort_text(x.sort));
        return typing_refused();
    }
    x.sort = is_not ? SORT_CONDITION : x.sort ? x.sort : SORT_NUMBER;
    return x;
}

bool typing_fits_array(struct front *f, struct span at, struct typing first, struct typing one)
{
    if (one.sort == SORT_TEXT) {
        bool refused = refuse(f, at, "arrays hold numbers or conditions, not text");
        diag_help(f->diag, "number what the texts stand for: `for i in 0..2 { ... }`");
        return refused;
    }
    if (one.rank == SHAPE_MAX_RANK) {
        return diag_report(f->diag, DIAG_E0302, at, "arrays have at most %d dimensions", SHAPE_MAX_RANK);
    }
    if (typing_shapes_differ(first, one)) {
        diag_report(f->diag, DIAG_E0302, at,
                    "the entries of an array have one shape: the first is %s, this one %s",
                    typing_shape_text(f->arena, first), typing_shape_text(f->arena, one));
        diag_help(f->diag, "rows of a table are equally long, as in `[[1, 2], [3, 4]]`; arrays are joined by "
                           "`concat([1], [2, 3])`");
        return false;
    }
    return !one.sort || !first.sort || (one.sort == SORT_CONDITION) == (first.sort == SORT_CONDITION) ||
           refuse(f, at, "the entries of an array have one type");
}

struct typing typing_with_element(struct front *f, struct span at, struct typing first, struct typing t,
                                  struct typing one)
{
    if (t.is_refused || one.is_refused || !typing_fits_array(f, at, first, one)) {
        return typing_refused();
    }
    bool real = t.sort == SORT_REAL || one.sort == SORT_REAL;
    uint8_t sort = common_sort(t.sort, one.sort);
    t = t.rank < 0 ? one : t; /* all elements have one shape, also those of which nothing is known */
    t.sort = real && sort == SORT_NUMBER ? SORT_REAL : sort;
    return t;
}

bool typing_help_recorded(struct front *f, const struct ast *a)
{
    bool recorded = a->kind == AST_NAME && a->v.bound && a->v.bound->is_recorded;
    if (recorded) {
        diag_help(f->diag,
                  "`record` keeps a series for `plot`, and '%s' is its last value: to compute with all, let "
                  "an array keep them, `let all = zeros(3);` before the loop and `all[i] = ...;` in it",
                  a->name);
    }
    return recorded;
}

/* The part of `time - 5` behind the sign; NULL: the index is something else. */
static const struct ast *time_before(const struct ast *index)
{
    bool past = index->kind == AST_BINARY && index->op == OP_SUB && binary_left(index)->kind == AST_NAME &&
                (strcmp(binary_left(index)->name, "time") == 0 || strcmp(binary_left(index)->name, "t") == 0);
    return past ? binary_right(index) : NULL;
}

bool typing_no_axis(struct front *f, struct span at, struct typing of, const struct ast *indexed)
{
    diag_report(f->diag, DIAG_E0302, at, "too many indices for the shape %s",
                typing_shape_text(f->arena, of));
    if (of.rank == 0 && indexed && typing_help_recorded(f, index_base(indexed))) {
        return false;
    }
    const struct ast *lag = indexed && indexed->n == 2 ? time_before(index_at(indexed, 1)) : NULL;
    if (of.rank == 0 && lag && index_base(indexed)->kind == AST_NAME) {
        diag_help(f->diag,
                  "an amount of the past is `delay(%s, %s)`, as in `=>{ k * delay(%s, %s) }`; products that "
                  "come later are `A ->{k, delay = %s} B`",
                  index_base(indexed)->name, front_source_text(f, lag->span), index_base(indexed)->name,
                  front_source_text(f, lag->span), front_source_text(f, lag->span));
    } else if (of.rank == 0 && indexed && indexed->n == 2 && index_base(indexed)->kind == AST_FIELD) {
        const char *text = front_source_text(f, index_base(indexed)->span),
                   *when = front_source_text(f, index_at(indexed, 1)->span);
        diag_help(f->diag,
                  *when == '-'
                      ? "this is one number, at the end of a run already: `%s`; the value at a time is "
                        "`value(%s, 5)`, and the course `trajectory(%s)`"
                      : "this is one number, at the end of a run: the value at a time is `value(%s, %s)`, "
                        "and the course `trajectory(%s)`",
                  text, *when == '-' ? text : when, text);
    } else if (of.rank == 0) {
        diag_help(f->diag, "this is one number; the course of a run is trajectory(net.x)");
    } else {
        diag_help(f->diag, "%d in all: one for each axis", of.rank);
    }
    return false;
}

/* Whether the value changes with the time at every moment. A value that is rounded, or bounded, has spans
 * in which it rests. */
static bool moves_with_time(const struct expr_pool *ex, expr_id id)
{
    const struct expr *e = expr_get(ex, id);
    bool any = e->op == EXPR_TIME;
    bool smooth = expr_has_class(e->op, EXPR_CLASS_ARITHMETIC) && e->op != EXPR_MIN && e->op != EXPR_MAX;
    for (uint32_t i = 0; (smooth || e->op == EXPR_NEG) && i < e->n_args; i++) {
        any |= moves_with_time(ex, e->args[i]);
    }
    return any;
}

struct moment {
    const struct expr_pool *ex;
    bool found;
};

static void find_moment(void *env, expr_id id, const struct expr *e)
{
    struct moment *m = env;
    (void)id;
    m->found |= e->op == EXPR_EQ && moves_with_time(m->ex, e->args[0]) != moves_with_time(m->ex, e->args[1]);
}

/* Adds the help for a condition that is nothing but a time: `time == 5`. */
static bool help_time(const struct where *w, expr_id condition)
{
    const struct expr *e = expr_get(w->ex, condition);
    double t;
    bool is = e->op == EXPR_EQ && expr_get(w->ex, e->args[0])->op == EXPR_TIME &&
              expr_const_real(w->ex, e->args[1], &t);
    if (is && w->experiment) {
        diag_help(w->f->diag, "write `until time >= %g`; a run of that length is `for %g`", t, t);
    } else if (is) {
        diag_help(w->f->diag, "what happens at that time is `at %g { ... }`", t);
    }
    return is;
}

void typing_warn_moment(const struct where *w, struct span at, expr_id condition)
{
    struct moment m = {.ex = w->ex};
    expr_visit(w->ex, condition, find_moment, &m);
    if (m.found) {
        diag_report(w->f->diag, DIAG_W0415, at,
                    "`==` with the time holds at one moment, and is false before and after it");
        if (!help_time(w, condition)) {
            diag_help(w->f->diag,
                      "write `>=`, which turns true at that time; an event at a time is `at T { ... }`, "
                      "one again and again `every T { ... }`");
        }
    }
}

/* What stands before the bracket of the index: `x` of x[-1]. */
static const char *array_before(struct front *f, struct span at)
{
    struct span array = {at.file, at.lo, at.lo};
    while (array.lo > 0) {
        const char c = *front_source_text(f, (struct span){at.file, array.lo - 1, array.lo});
        bool of_name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '.';
        if (!of_name && !(c == '[' && array.lo == at.lo)) {
            break;
        }
        array.lo--;
    }
    array.hi = array.lo < at.lo ? at.lo - 1 : at.lo;
    return array.hi > array.lo ? front_source_text(f, array) : "x";
}

bool typing_outside(struct front *f, struct span at, int64_t index, int64_t size)
{
    diag_report(f->diag, DIAG_E0305, at, "index %lld is outside of 0..%lld", (long long)index,
                (long long)size);
    if (size == 0) {
        diag_help(f->diag, "it has no elements");
    } else if (index < 0) {
        const char *array = array_before(f, at);
        diag_help(
            f->diag,
            "its %lld elements are [0] to [%lld], and none is counted from the end: write `%s[size(%s) - "
            "%lld]`",
            (long long)size, (long long)size - 1, array, array, (long long)-index);
    } else if (index == size && size > 1 &&
               (*front_source_text(f, at) < '0' || *front_source_text(f, at) > '9')) {
        const char *text = front_source_text(f, at);
        diag_help(f->diag, "its %lld elements are [0] to [%lld]: the last is `%s[%s - 1]`", (long long)size,
                  (long long)size - 1, array_before(f, at),
                  text[strcspn(text, " +-*/%")] ? arena_printf(f->arena, "(%s)", text) : text);
    } else {
        diag_help(f->diag, "its %lld element%s [0] to [%lld]", (long long)size, size == 1 ? " is" : "s are",
                  (long long)size - 1);
    }
    return false;
}

struct turns {
    struct front *f;
    const struct scope *scope;
    const struct scope *of; /* the turn of the first loop that the index reads */
    int n;
    const char *text; /* "i = 0, j = 2" */
};

static enum ast_verdict reads_turn(void *env, const struct ast *a)
{
    struct turns *t = env;
    const struct scope *s = t->scope;
    while (s && a->kind == AST_NAME && !scope_find_here(s, a->name)) {
        s = scope_parent(s);
    }
    if (s && a->kind == AST_NAME && scope_turn(s) && s != t->of) {
        t->of = t->n++ == 0 ? s : t->of;
        t->text = arena_printf(t->f->arena, "%s%s%s = %lld", t->text, *t->text ? ", " : "", a->name,
                               (long long)*scope_turn(s));
    }
    return AST_GO_ON;
}

/* Whether this text names a constant or a value of the network that is this number. */
static bool is_name_of(struct where *w, const char *text, int64_t number)
{
    const struct name *n = value_find(w, text);
    const struct expr_pool *pool = n && n->kind == NAME_VALUE ? (n->pool ? n->pool : w->ex) : w->f->constants;
    int64_t value;
    return n && (n->kind == NAME_VALUE || n->kind == NAME_CONST) && n->value &&
           expr_const_int(pool, n->value, &value) && value == number;
}

/* For an index that is i + shift in a loop over a range: what it is around a ring, and the loop that stays in
 * a line. */
static void help_neighbour(struct where *w, const struct ast *binder, int64_t shift, int64_t size)
{
    struct front *f = w->f;
    const struct ast *over = binder_over(binder), *from = range_from(over), *to = range_to(over);
    bool names_size = to->kind == AST_NAME && is_name_of(w, to->name, size);
    const char *n =
        names_size ? front_source_text(f, to->span) : arena_printf(f->arena, "%lld", (long long)size);
    const char *first = from ? front_source_text(f, from->span) : "0", *last = n;
    if (shift < 0) {
        first = arena_printf(f->arena, "%lld", (long long)-shift);
    } else if (shift > 0) {
        last = names_size ? arena_printf(f->arena, "%s - %lld", n, (long long)shift)
                          : arena_printf(f->arena, "%lld", (long long)(size - shift));
    }
    if (shift == 0) {
        diag_help(f->diag, "its %lld elements are [0] to [%lld]: write `for %s in %s..%lld`", (long long)size,
                  (long long)size - 1, binder->name, first, (long long)size);
        return;
    }
    diag_help(f->diag,
              shift < 0 ? "the neighbours in a ring are `(%s + %s - %lld) %% %s`, those in a line read by "
                          "`for %s in %s..%s`"
                        : "the neighbours in a ring are `(%s + %.0s%lld) %% %s`, those in a line read by "
                          "`for %s in %s..%s`",
              binder->name, n, (long long)(shift < 0 ? -shift : shift), n, binder->name, first, last);
}

bool typing_outside_in(struct where *w, const struct ast *index, int64_t known, int64_t size)
{
    struct front *f = w->f;
    struct turns t = {.f = f, .scope = w->scope, .text = ""};
    ast_find(index, reads_turn, &t);
    if (t.n == 0 || size == 0) {
        return typing_outside(f, index->span, known, size);
    }
    diag_report(f->diag, DIAG_E0305, index->span, "index %lld is outside of 0..%lld, at %s", (long long)known,
                (long long)size, t.text);
    const struct ast *binder = scope_turn_binder(t.of);
    bool shifted = index->kind == AST_BINARY && (index->op == OP_ADD || index->op == OP_SUB) &&
                   binary_left(index)->kind == AST_NAME;
    if (t.n == 1 && (shifted || index->kind == AST_NAME) && binder_over(binder)->kind == AST_RANGE &&
        range_to(binder_over(binder))) {
        help_neighbour(w, binder, known - *scope_turn(t.of), size);
    } else {
        diag_help(f->diag, "its %lld element%s [0] to [%lld]", (long long)size, size == 1 ? " is" : "s are",
                  (long long)size - 1);
    }
    return false;
}

bool typing_range_outside(struct front *f, struct span at, int64_t from, int64_t to, int64_t size)
{
    diag_report(f->diag, DIAG_E0305, at, "the range %lld..%lld is outside of 0..%lld", (long long)from,
                (long long)to, (long long)size);
    const char *array = array_before(f, at);
    if (to < 0) {
        diag_help(f->diag, "nothing is counted from the end: write `%s[%lld..size(%s) - %lld]`", array,
                  (long long)from, array, (long long)-to);
    } else if (from < 0) {
        diag_help(f->diag, "nothing is counted from the end: write `%s[size(%s) - %lld..]`", array, array,
                  (long long)-from);
    } else {
        diag_help(f->diag, "all %lld elements are 0..%lld: the end is not part of a range", (long long)size,
                  (long long)size);
    }
    return false;
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
        const struct ast *index = index_at(a, i);
        if (axis >= base.rank) {
            typing_no_axis(f, a->span, base, a);
            return typing_refused();
        }
        if (index->kind == AST_RANGE) {
            bool all = !range_from(index) && !range_to(index);
            t.dim[t.rank++] = all ? base.dim[axis] : (struct length){0};
        } else if (is_outside(index, base.dim[axis])) {
            typing_outside(f, index->span, index->v.integer, base.dim[axis].plus);
            return typing_refused();
        } else if (at[i].rank != 0) {
            return (struct typing){.sort = base.sort, .rank = -1}; /* an array of indices */
        }
    }
    for (; axis < base.rank; axis++) {
        t.dim[t.rank++] = base.dim[axis];
    }
    return t;
}

/* ---- what a place needs ---- */

static bool no_condition(struct front *f, struct span at, struct typing t)
{
    diag_report(f->diag, DIAG_E0303, at, "a condition is needed here, not %s", sort_text(t.sort));
    if (t.sort == SORT_INTEGER || t.sort == SORT_REAL) {
        diag_help(f->diag, "compare it: `%s != 0`", front_source_text(f, at));
    } else if (t.sort == SORT_TEXT && (strcmp(front_source_text(f, at), "\"true\"") == 0 ||
                                       strcmp(front_source_text(f, at), "\"false\"") == 0)) {
        diag_help(f->diag, "`true` and `false` stand without quotes");
    } else if (t.sort == SORT_TEXT) {
        diag_help(f->diag, "a text stands behind the condition: `assert x < 1, \"text\";`");
    }
    return false;
}

/* `x > 5` of an array: what is asked of one element, and of all of them. */
static void help_one_condition(struct front *f, const struct ast *a, struct typing t)
{
    bool above = a->kind == AST_BINARY && (a->op == OP_GT || a->op == OP_GE);
    bool below = a->kind == AST_BINARY && (a->op == OP_LT || a->op == OP_LE);
    const struct ast *of = above || below ? binary_left(a) : a;
    const struct ast *limit = above || below ? binary_right(a) : NULL;
    bool number = limit && (limit->kind == AST_INT || limit->kind == AST_REAL);
    if (t.rank > 1 || !number || (of->kind != AST_NAME && of->kind != AST_FIELD)) {
        diag_help(f->diag, "reduce it, for instance max(abs(a - b)) < 1e-6");
        return;
    }
    const char *x = front_source_text(f, of->span);
    const char *rest = front_source_text(f, (struct span){a->span.file, of->span.hi, a->span.hi});
    diag_help(f->diag,
              "one of them is `%s[0]%s`; whether any is so says `%s(%s)%s`, whether all are, `%s(%s)%s`", x,
              rest, above ? "max" : "min", x, rest, above ? "min" : "max", x, rest);
}

bool typing_condition(struct front *f, const struct ast *a, struct typing t)
{
    struct span at = a->span;
    if (t.sort && t.sort != SORT_CONDITION) {
        return no_condition(f, at, t);
    }
    if (t.sort && t.rank > 0) {
        diag_report(f->diag, DIAG_E0302, at, "one condition is needed here, not an array of shape %s",
                    typing_shape_text(f->arena, t));
        help_one_condition(f, a, t);
        return false;
    }
    return true;
}

bool typing_format(struct front *f, struct span at, const char *format, struct typing t)
{
    struct crnl_format read;
    if (!format || !*format || t.is_refused) {
        return true;
    }
    if (t.sort == SORT_TEXT) {
        return diag_report(f->diag, DIAG_E0303, at, "`%s` is a format of numbers, and this is text", format);
    }
    if (!crnl_format_read(format, &read)) {
        diag_report(f->diag, DIAG_E0306, at, "`%s` is no format of a number", format);
        if (*format == '%' && crnl_format_read(format + 1, &read)) {
            diag_help(f->diag, "a format stands without `%%`: write {x:%s}", format + 1);
            return false;
        }
        diag_help(
            f->diag,
            "as in {x:.3}, {x:8.2f}, {x:.1e}, {n:05d}, {x:>8}: how it is aligned, a sign, how wide, how "
            "many digits, and f, e, g or d");
        return false;
    }
    if (crnl_format_is_whole(&read) && t.sort == SORT_REAL) {
        diag_report(f->diag, DIAG_E0303, at, "`%s` is a format of whole numbers, and this is a real number",
                    format);
        diag_help(f->diag, "to round it write {x:.0f}, or {floor(x):.0f} to cut it off");
        return false;
    }
    return true;
}

bool typing_refuse_condition(struct front *f, const struct ast *value, const char *function, bool alone)
{
    diag_report(f->diag, DIAG_E0303, value->span, "`%s` is of numbers, and this is a condition", function);
    const char *text = front_source_text(f, value->span);
    if (alone && value->kind == AST_BINARY && value->op >= OP_LT && value->op <= OP_GE) {
        diag_help(f->diag, "is `%s(%s) %s %s` meant? Else write `if %s then 1 else 0`", function,
                  front_source_text(f, binary_left(value)->span), ast_op_text(value->op),
                  front_source_text(f, binary_right(value)->span), text);
    } else {
        diag_help(f->diag, "write `if %s then 1 else 0`", text);
    }
    return false;
}

bool typing_conditions(struct front *f, struct span at, struct typing t)
{
    return !t.sort || t.sort == SORT_CONDITION || no_condition(f, at, t);
}

bool typing_real(struct front *f, struct span at, struct typing t)
{
    if (t.sort != SORT_TEXT) {
        return true;
    }
    (void)refuse(f, at, "a number is needed here, not text");
    const char *text = front_source_text(f, at);
    char *end;
    size_t n = strlen(text);
    (void)strtod(text + (*text == '"'), &end);
    if (n > 2 && end == text + n - 1) {
        diag_help(f->diag, "write it without quotes: %.*s", (int)n - 2, text + 1);
    }
    return false;
}

/* The name A of `[A]`, as concentrations are written elsewhere. */
static const char *bracketed_name(struct front *f, struct span at)
{
    const char *text = front_source_text(f, at);
    for (const char *open = strchr(text, '['); open; open = strchr(open + 1, '[')) {
        size_t n = strspn(open + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
        bool index =
            open > text &&
            (open[-1] == '_' || open[-1] == ']' || open[-1] == ')' || (open[-1] >= '0' && open[-1] <= '9') ||
             (open[-1] >= 'A' && open[-1] <= 'Z') || (open[-1] >= 'a' && open[-1] <= 'z'));
        if (n > 0 && open[1 + n] == ']' && !index) {
            return arena_strndup(f->arena, open + 1, n);
        }
    }
    return NULL;
}

static bool no_scalar(struct front *f, struct span at, struct typing t)
{
    diag_report(f->diag, DIAG_E0302, at, "one number is needed here, not an array of shape %s",
                typing_shape_text(f->arena, t));
    const char *name = bracketed_name(f, at);
    if (name) {
        diag_help(f->diag, "`[%s]` is an array of one element: an amount is written `%s`", name, name);
    }
    return false;
}

bool typing_real_scalar(struct front *f, struct span at, struct typing t)
{
    return typing_real(f, at, t) && (t.rank <= 0 || no_scalar(f, at, t));
}

bool typing_has_shape(struct front *f, struct span at, struct typing t, struct typing shape, const char *what)
{
    return !typing_shapes_differ(t, shape) ||
           diag_report(f->diag, DIAG_E0302, at, "%s has the shape %s, but this value has the shape %s", what,
                       typing_shape_text(f->arena, shape), typing_shape_text(f->arena, t));
}

bool typing_fits(struct front *f, struct span at, struct typing t, struct typing shape, const char *what)
{
    if (!typing_real(f, at, t)) {
        return false;
    }
    if (t.rank == 0 || typing_has_shape(f, at, t, shape, what)) {
        return true;
    }
    if (shape.rank > 0) {
        diag_help(f->diag, "give an array of the shape %s, or one number for all of its elements",
                  typing_shape_text(f->arena, shape));
    }
    return false;
}
