/* Expressions as text: source syntax with as few parentheses as possible; different nodes have different
 * texts (doc/IR.md). */
#include "ir/expr/expr_print.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/expr/expr_impl.h"
#include "support/vec.h"

enum {
    PREC_SELECT = 1,
    PREC_OR,
    PREC_AND,
    PREC_COMPARE,
    PREC_ADD,
    PREC_MUL,
    PREC_UNARY,
    PREC_POW,
    PREC_POSTFIX
};

struct printer {
    FILE *out;
    const struct expr_pool *p;
    const struct expr_style *style;
    expr_id root; /* written out even if it has a number */
    VEC(int32_t)
    binder; /* loop variables of the enclosing loops, outermost first; they are named by their
                            depth */
};

static const int8_t op_arity[] = {
#define EXPR(op, text, arity, class, meaning) arity,
#include "ir/expr/expr.def"
#undef EXPR
};

void print_real(FILE *out, double v, bool short_form)
{
    char text[40];
    if (isnan(v) || isinf(v)) {
        fputs(isnan(v) ? "nan" : v > 0 ? "inf" : "-inf", out);
        return;
    }
    if (v == floor(v) && fabs(v) < 1e15) {
        bool bare = short_form && !(v == 0 && signbit(v));
        fprintf(out, bare ? "%.0f" : "%.1f", v);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (digits == 17 || strtod(text, NULL) == v) {
            break;
        }
    }
    for (const char *c = text; *c; c++) {
        if (*c != '+') {
            fputc(*c, out);
        }
    }
}

void print_quoted(FILE *out, const char *text, char quote)
{
    fputc(quote, out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == (unsigned char)quote || *c == '\\') {
            fprintf(out, "\\%c", *c);
        } else if (*c == '\n') {
            fputs("\\n", out);
        } else if (*c < 0x20 || *c == 0x7F) {
            fprintf(out, "\\x%02x", *c);
        } else {
            fputc(*c, out);
        }
    }
    fputc(quote, out);
}

static int precedence(const struct expr *e)
{
    switch (e->op) {
    case EXPR_SELECT: return PREC_SELECT;
    case EXPR_OR: return PREC_OR;
    case EXPR_AND: return PREC_AND;
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE: return PREC_COMPARE;
    case EXPR_ADD:
    case EXPR_SUB: return PREC_ADD;
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_MOD: return PREC_MUL;
    case EXPR_NEG:
    case EXPR_NOT: return PREC_UNARY;
    case EXPR_POW: return PREC_POW;
    case EXPR_CONST: {
        bool negative = e->type == TYPE_REAL ? signbit(e->v.real) && !isnan(e->v.real) : e->v.integer < 0;
        bool sign = e->shape.rank == 0 && (e->type == TYPE_REAL || e->type == TYPE_INT) && negative;
        return sign ? PREC_UNARY : PREC_POSTFIX;
    }
    default: return PREC_POSTFIX;
    }
}

static void print(struct printer *w, expr_id id, int min, bool real);

static int32_t shared_number(const struct printer *w, expr_id id)
{
    return w->style->shared && id != w->root ? w->style->shared(w->style->env, id) : -1;
}

static void print_shape_args(struct printer *w, struct shape s)
{
    for (int32_t i = 0; i < s.rank; i++) {
        fprintf(w->out, ", %d", s.dim[i]);
    }
    fputc(')', w->out);
}

static void print_scalar_const(struct printer *w, enum expr_type type, const void *data, int64_t i, bool real)
{
    switch (type) {
    case TYPE_REAL: print_real(w->out, ((const double *)data)[i], real); return;
    case TYPE_BOOL: fputs(((const uint8_t *)data)[i] ? "true" : "false", w->out); return;
    case TYPE_TEXT: print_quoted(w->out, ((const char *const *)data)[i], '"'); return;
    default: break;
    }
    int64_t v = ((const int64_t *)data)[i];
    if (v == INT64_MIN) {
        fputs("(-9223372036854775807 - 1)", w->out);
    } else {
        fprintf(w->out, "%lld", (long long)v);
    }
}

static void print_array_const(struct printer *w, const struct expr *e, int32_t axis, int64_t *i)
{
    fputc('[', w->out);
    for (int32_t k = 0; k < e->shape.dim[axis]; k++) {
        fputs(k ? ", " : "", w->out);
        if (axis + 1 < e->shape.rank) {
            print_array_const(w, e, axis + 1, i);
        } else {
            print_scalar_const(w, e->type, e->v.data, (*i)++, false);
        }
    }
    fputc(']', w->out);
}

static void print_const(struct printer *w, const struct expr *e, bool real)
{
    uint64_t scalar;
    if (e->a == CONST_LOST) {
        fputs("lost", w->out);
    } else if (e->shape.rank == 0) {
        struct operand v = expr_const_operand(e, &scalar);
        print_scalar_const(w, e->type, v.data, 0, real);
    } else if (shape_size(e->shape) > 0) {
        int64_t i = 0;
        print_array_const(w, e, 0, &i);
    } else {
        static const char *const empty[] = {"0.0", "0", "false", "\"\""};
        fprintf(w->out, "fill(%s", empty[e->type]);
        print_shape_args(w, e->shape);
    }
}

/* Whether the reader converts an integer next to this operand to a real, which it does if the operand is
 * sure to be read as a real. */
static bool surely_real(const struct expr *e)
{
    return e->type == TYPE_REAL && e->op != EXPR_CONST && e->op != EXPR_TO_REAL && e->op != EXPR_FLOOR_REAL;
}

static void print_infix(struct printer *w, const struct expr *e, int prec)
{
    const struct expr *x = expr_get(w->p, e->args[0]), *y = expr_get(w->p, e->args[1]);
    bool real_x = e->op == EXPR_DIV || surely_real(y), real_y = e->op == EXPR_DIV || surely_real(x);
    const char *space = e->op == EXPR_POW || prec == PREC_MUL ? "" : " ";
    if (e->op == EXPR_POW) {
        print(w, e->args[0], PREC_POSTFIX, real_x);
    }
    fprintf(w->out, "%s%s%s", space, expr_op_text[e->op], space);
    print(w, e->args[1], e->op == EXPR_POW ? PREC_UNARY : prec + 1, real_y);
}

/* Prints 2 < x as x > 2, which reads back as the same node. */
static bool print_swapped(struct printer *w, const struct expr *e)
{
    const struct expr *x = expr_get(w->p, e->args[0]), *y = expr_get(w->p, e->args[1]);
    if ((e->op != EXPR_LT && e->op != EXPR_LE) || x->op != EXPR_CONST || y->op == EXPR_CONST) {
        return false;
    }
    print(w, e->args[1], PREC_ADD, false);
    fputs(e->op == EXPR_LT ? " > " : " >= ", w->out);
    print(w, e->args[0], PREC_ADD, surely_real(y));
    return true;
}

/* a + b + c is nested to the left. A loop, not recursion, goes along the left operands, because sums may be
 * long. */
static void print_binary(struct printer *w, expr_id id, int prec)
{
    VEC(expr_id) spine = {0};
    const struct expr *e = expr_get(w->p, id);
    vec_push(&spine, id);
    while (prec != PREC_COMPARE && prec != PREC_POW && precedence(expr_get(w->p, e->args[0])) == prec &&
           shared_number(w, e->args[0]) < 0) {
        vec_push(&spine, e->args[0]);
        e = expr_get(w->p, e->args[0]);
    }
    if (prec == PREC_COMPARE && print_swapped(w, e)) {
        spine.n = 0;
    } else if (e->op != EXPR_POW) {
        bool real = e->op == EXPR_DIV || surely_real(expr_get(w->p, e->args[1]));
        print(w, e->args[0], prec == PREC_COMPARE ? prec + 1 : prec, real);
    }
    while (spine.n > 0) {
        print_infix(w, expr_get(w->p, spine.data[--spine.n]), prec);
    }
    vec_free(&spine);
}

static void print_call(struct printer *w, const struct expr *e, const char *open, bool real)
{
    fputs(open, w->out);
    for (uint32_t i = 0; i < e->n_args; i++) {
        fputs(i ? ", " : "", w->out);
        print(w, e->args[i], PREC_SELECT, real);
    }
}

static void print_line(struct printer *w, const struct expr *e, const char *before)
{
    if (w->style->lines && e->b != 0) {
        fprintf(w->out, "%s@%d", before, e->b);
    }
}

static void print_axis(struct printer *w, const struct expr *e)
{
    print(w, e->args[0], PREC_POSTFIX, false);
    fputc('[', w->out);
    for (int32_t i = 0; i < e->a; i++) {
        fputs(".., ", w->out);
    }
    if (e->op == EXPR_SLICE) {
        fprintf(w->out, "%d..%lld]", e->b, (long long)e->b + e->shape.dim[e->a]);
        return;
    }
    print(w, e->args[1], PREC_SELECT, false);
    print_line(w, e, " ");
    fputc(']', w->out);
}

static void print_loop(struct printer *w, const struct expr *e)
{
    fprintf(w->out, "%s%s$i%zu in 0..%d", expr_op_text[e->op], e->op == EXPR_MAP ? "[" : "(", w->binder.n,
            e->b);
    vec_push(&w->binder, e->a);
    if (e->n_args > 1) {
        fputs(" where ", w->out);
        print(w, e->args[1], PREC_SELECT, false);
    }
    fputs(" : ", w->out);
    print(w, e->args[0], PREC_SELECT, false);
    w->binder.n--;
    fputc(e->op == EXPR_MAP ? ']' : ')', w->out);
}

static void print_asked(struct printer *w, const struct expr *e)
{
    static const char *const random[] = {"uniform", "normal", "bernoulli"};
    static const char *const parts[] = {"", "train.", "validation.", "test."};
    char name[48];
    switch (e->op) {
    case EXPR_STAT: snprintf(name, sizeof name, "$stat%d.%d(", e->a, e->b); break;
    case EXPR_DATA:
        snprintf(name, sizeof name, "$data%d.%s%s(", e->a, parts[e->b / 2 % 4], e->b % 2 ? "label" : "input");
        break;
    case EXPR_RANDOM:
        snprintf(name, sizeof name, "$%s%d(", e->a >= 0 && e->a < 3 ? random[e->a] : "random", e->b);
        break;
    case EXPR_LIMIT: snprintf(name, sizeof name, "$limit%d.%d(", e->a, e->b); break;
    case EXPR_GRADIENT: snprintf(name, sizeof name, "$gradient%d.%d(", e->a, e->b); break;
    case EXPR_INFER: snprintf(name, sizeof name, "$infer%d.%d(", e->a, e->b); break;
    case EXPR_NEURAL_ADJOINT: snprintf(name, sizeof name, "$adjoint%d(", e->a); break;
    case EXPR_NEURAL: snprintf(name, sizeof name, "$neural%d(", e->a); break;
    case EXPR_NEURAL_LAW:
        snprintf(name, sizeof name, "$%s%d(", e->b ? "marginals" : "distribution", e->a);
        break;
    case EXPR_SHUFFLE: snprintf(name, sizeof name, "$shuffle%d(", e->b); break;
    case EXPR_FORMAT: snprintf(name, sizeof name, "$format("); break;
    default: snprintf(name, sizeof name, "$join("); break;
    }
    print_call(w, e, name, false);
    if (e->op == EXPR_FORMAT) {
        fputs(", ", w->out);
        print_quoted(w->out, e->v.text, '"');
    }
    fputc(')', w->out);
}

/* Prints "delay(x, lag)", with the third operand if the value before the start is a different expression. */
static void print_past(struct printer *w, const struct expr *e)
{
    struct expr shown = *e;
    shown.n_args = e->args[2] == e->args[0] ? 2 : 3;
    fputs(expr_op_text[e->op], w->out);
    print_call(w, &shown, "(", false);
    fputc(')', w->out);
}

static void print_leaf(struct printer *w, const struct expr *e)
{
    if (expr_has_class(e->op, EXPR_CLASS_PAST)) {
        print_past(w, e);
        return;
    }
    if (op_arity[e->op] != 0) {
        print_asked(w, e);
        return;
    }
    const char *name = w->style->name ? w->style->name(w->style->env, e) : NULL;
    if (name) {
        fputs(name, w->out);
        return;
    }
    switch (e->op) {
    case EXPR_PARAM: fprintf(w->out, "$p%d", e->a); return;
    case EXPR_SPECIES: fprintf(w->out, "$s%d", e->a); return;
    case EXPR_TIME: fputs("time", w->out); return;
    case EXPR_CAPTURE: fprintf(w->out, "$c%d", e->a); return;
    case EXPR_GLOBAL: fprintf(w->out, "$g%d", e->a); return;
    case EXPR_VAR: fprintf(w->out, "$v%d", e->a); return;
    case EXPR_NET_GET: fprintf(w->out, "$n%d.%d", e->a, e->b); return;
    case EXPR_NET_TIME: fprintf(w->out, "$n%d.time", e->a); return;
    case EXPR_SERIES: fprintf(w->out, "$r%d", e->a); return;
    case EXPR_SERIES_SIZE: fprintf(w->out, "size($r%d)", e->a); return;
    case EXPR_NET_COUNT: fprintf(w->out, "$n%d.count", e->a); return;
    case EXPR_NEURAL_GET: fprintf(w->out, "$neural%d.%d", e->a, e->b); return;
    default: break;
    }
    if (expr_has_class(e->op, EXPR_CLASS_DERIVED)) {
        struct expr species = {.op = EXPR_SPECIES, .a = e->a};
        fprintf(w->out, "%s(", expr_op_text[e->op]);
        print_leaf(w, &species);
        fputc(')', w->out);
        return;
    }
    size_t depth = w->binder.n;
    while (depth > 0 && w->binder.data[depth - 1] != e->a) {
        depth--;
    }
    fprintf(w->out, depth > 0 ? "$i%zu" : "$free%zu", depth > 0 ? depth - 1 : (size_t)e->a);
}

static void print_postfix(struct printer *w, const struct expr *e, bool real)
{
    switch (e->op) {
    case EXPR_CONST: print_const(w, e, real); return;
    case EXPR_TO_REAL: print_call(w, e, "real(", false); break;
    case EXPR_FLOOR_REAL:
        print_call(w, e, real ? "floor(" : "real(floor(", false);
        fputs(real ? "" : ")", w->out);
        break;
    case EXPR_ABS:
    case EXPR_FLOOR:
    case EXPR_MATMUL:
        fputs(expr_op_text[e->op], w->out);
        print_call(w, e, "(", false);
        break;
    case EXPR_MIN:
    case EXPR_MAX: {
        fprintf(w->out, "%s(", expr_op_text[e->op]);
        print(w, e->args[0], PREC_SELECT, surely_real(expr_get(w->p, e->args[1])));
        fputs(", ", w->out);
        print(w, e->args[1], PREC_SELECT, surely_real(expr_get(w->p, e->args[0])));
        break;
    }
    case EXPR_STACK:
        print_call(w, e, "[", false);
        fputc(']', w->out);
        return;
    case EXPR_TAKE:
    case EXPR_SLICE: print_axis(w, e); return;
    case EXPR_GATHER:
        print_call(w, e, "gather(", false);
        print_line(w, e, ", ");
        break;
    case EXPR_FILL:
    case EXPR_RESHAPE:
        print_call(w, e, e->op == EXPR_FILL ? "fill(" : "reshape(", false);
        print_shape_args(w, e->shape);
        return;
    case EXPR_CONCAT: print_call(w, e, "concat(", false); break;
    default:
        if (expr_is_loop(e->op)) {
            print_loop(w, e);
            return;
        }
        if (!expr_is_reduction(e->op) && !expr_has_class(e->op, EXPR_CLASS_FUNCTION)) {
            print_leaf(w, e);
            return;
        }
        fputs(expr_op_text[e->op], w->out);
        print_call(w, e, "(", expr_has_class(e->op, EXPR_CLASS_FUNCTION));
        break;
    }
    fputc(')', w->out);
}

/* `real` says that the reader converts an integer at this place to real. */
static void print(struct printer *w, expr_id id, int min, bool real)
{
    const struct expr *e = expr_get(w->p, id);
    int32_t number = shared_number(w, id);
    if (number >= 0) {
        fprintf(w->out, "$e%d", number);
        return;
    }
    if (real && e->op == EXPR_TO_REAL && expr_get(w->p, e->args[0])->type == TYPE_INT) {
        print(w, e->args[0], min, false);
        return;
    }
    int prec = precedence(e);
    bool parentheses = prec < min;
    fputs(parentheses ? "(" : "", w->out);
    if (e->op == EXPR_SELECT) {
        print(w, e->args[0], PREC_OR, false);
        fputs(" ? ", w->out);
        print(w, e->args[1], PREC_SELECT, false);
        fputs(" : ", w->out);
        print(w, e->args[2], PREC_SELECT, false);
    } else if (e->op == EXPR_NEG || e->op == EXPR_NOT) {
        fputs(expr_op_text[e->op], w->out);
        print(w, e->args[0], PREC_UNARY, false);
    } else if (prec < PREC_POSTFIX && e->op != EXPR_CONST) {
        print_binary(w, id, prec);
    } else {
        print_postfix(w, e, real);
    }
    fputs(parentheses ? ")" : "", w->out);
}

void expr_print_styled(FILE *out, const struct expr_pool *p, expr_id id, const struct expr_style *style,
                       bool real)
{
    struct printer w = {.out = out, .p = p, .style = style, .root = id};
    print(&w, id, PREC_SELECT, real);
    vec_free(&w.binder);
}

void expr_print(FILE *out, const struct expr_pool *p, expr_id id, expr_leaf_name name, void *env)
{
    struct expr_style style = {.name = name, .env = env};
    expr_print_styled(out, p, id, &style, false);
}
