/* Prints expressions in the syntax of a target, with no more parentheses than every target needs to read them
 * in the same way. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"

enum {
    LEVEL_ANY,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_COMPARE,
    LEVEL_ADD,
    LEVEL_MUL,
    LEVEL_UNARY,
    LEVEL_POW,
    LEVEL_ATOM
};

struct infix {
    struct text *t;
    FILE *out;
    const struct infix_style *style;
    bool ok;
};

static void print(struct infix *w, expr_id id, int level);

/* Prints a comma or an operator, with blanks unless the style is tight. */
static void print_sign(struct infix *w, const char *sign)
{
    for (; *sign; sign++) {
        if (*sign != ' ' || !w->style->tight) {
            fputc(*sign, w->out);
        }
    }
}

static void print_call(struct infix *w, const char *name, const struct expr *e)
{
    if (!name) {
        w->ok = false;
        return;
    }
    fprintf(w->out, w->style->latex ? "\\%s\\left(" : "%s(", name);
    for (uint32_t i = 0; i < e->n_args; i++) {
        print_sign(w, i ? ", " : "");
        print(w, e->args[i], LEVEL_ANY);
    }
    fputs(w->style->latex ? "\\right)" : ")", w->out);
}

/* Whether a real expression is printed as the target writes integers: `2`, `floor(x)`. */
static bool reads_as_integer(struct infix *w, expr_id id)
{
    const struct expr_pool *ex = w->t->net->ex;
    const struct expr *e = expr_get(ex, id);
    return w->style->select_words && ((e->op == EXPR_CONST && e->type == TYPE_REAL &&
                                       fabs(e->v.real) < 1e15 && e->v.real == floor(e->v.real)) ||
                                      e->op == EXPR_FLOOR_REAL ||
                                      (e->op == EXPR_TO_REAL && expr_get(ex, e->args[0])->type == TYPE_INT));
}

/* Prints a real expression so that the target reads it as real, where nothing beside it is real. */
static void print_real(struct infix *w, expr_id id, int level)
{
    const struct expr *e = expr_get(w->t->net->ex, id);
    if (!reads_as_integer(w, id)) {
        print(w, id, level);
    } else if (e->op == EXPR_CONST) {
        print(w, id, level);
        fputs(".0", w->out);
    } else {
        bool open = level > LEVEL_MUL;
        fputs(open ? "(1.0*" : "1.0*", w->out);
        print(w, id, LEVEL_UNARY);
        fputs(open ? ")" : "", w->out);
    }
}

static void print_infix(struct infix *w, const struct expr *e, int own, int level, const char *operator)
{
    bool open = own < level;
    if (!operator) {
        w->ok = false;
        return;
    }
    /* The target would compute with integers if both sides looked like integers. */
    bool real = e->op != EXPR_DIV && reads_as_integer(w, e->args[0]) && reads_as_integer(w, e->args[1]);
    fputs(open ? "(" : "", w->out);
    (real ? print_real : print)(w, e->args[0], own == LEVEL_POW || own == LEVEL_COMPARE ? own + 1 : own);
    print_sign(w, operator);
    print(w, e->args[1], own + 1);
    fputs(open ? ")" : "", w->out);
}

/* Prints if c then x else y, whose end reaches as far to the right as possible. */
static void print_choice(struct infix *w, expr_id condition, expr_id yes, expr_id no, int level)
{
    bool open = level > LEVEL_ANY;
    fputs(open ? "(if " : "if ", w->out);
    print(w, condition, LEVEL_OR);
    fputs(" then ", w->out);
    print_real(w, yes, LEVEL_OR);
    fputs(" else ", w->out);
    print_real(w, no, LEVEL_ANY);
    fputs(open ? ")" : "", w->out);
}

/* Prints a condition where a number is needed. */
static void print_to_real(struct infix *w, const struct expr *e, int level)
{
    struct expr_pool *ex = w->t->net->ex;
    if (w->style->select_words && expr_get(ex, e->args[0])->type == TYPE_BOOL) {
        print_choice(w, e->args[0], expr_real(ex, 1), expr_real(ex, 0), level);
    } else {
        print(w, e->args[0], level);
    }
}

static void print_select(struct infix *w, const struct expr *e, int level)
{
    if (w->style->select_words) {
        print_choice(w, e->args[0], e->args[1], e->args[2], level);
        return;
    }
    if (!w->style->select) {
        w->ok = false;
        return;
    }
    fprintf(w->out, "%s(", w->style->select);
    print(w, e->args[w->style->select_value_first ? 1 : 0], LEVEL_ANY);
    print_sign(w, ", ");
    print(w, e->args[w->style->select_value_first ? 0 : 1], LEVEL_ANY);
    print_sign(w, ", ");
    print(w, e->args[2], LEVEL_ANY);
    fputc(')', w->out);
}

static void print_number(struct infix *w, const struct expr *e, int level)
{
    double v = e->type == TYPE_REAL ? e->v.real : (double)e->v.integer;
    if (e->type == TYPE_BOOL && w->style->select_words) {
        fputs(e->v.integer ? "true" : "false", w->out);
        return;
    }
    if (v != v || v - v != 0) {
        w->ok = false; /* targets differ in how they read infinities */
        return;
    }
    bool open = v < 0 && level > LEVEL_ADD;
    fputs(open ? "(" : "", w->out);
    text_number(w->out, v, w->style->numbers);
    fputs(open ? ")" : "", w->out);
}

static void print_unary(struct infix *w, const struct expr *e, int level)
{
    const char *operator= e->op == EXPR_NEG ? "-" : w->style->not;
    bool open = level > LEVEL_ADD; /* a - -b and -x^2 differ between targets without parentheses */
    if (!operator) {
        w->ok = false;
        return;
    }
    fprintf(w->out, "%s%s", open ? "(" : "", operator);
    print_real(w, e->args[0], w->style->latex ? LEVEL_POW : LEVEL_ATOM);
    fputs(open ? ")" : "", w->out);
}

static void print_fraction(struct infix *w, const struct expr *e, int level)
{
    bool open = level > LEVEL_POW; /* the base of a power */
    fputs(open ? "\\left(\\frac{" : "\\frac{", w->out);
    print(w, e->args[0], LEVEL_ANY);
    fputs("}{", w->out);
    print(w, e->args[1], LEVEL_ANY);
    fputs(open ? "}\\right)" : "}", w->out);
}

static void print_raised(struct infix *w, const struct expr *e, int level)
{
    bool open = level > LEVEL_POW;
    fputs(open ? "(" : "", w->out);
    print(w, e->args[0], LEVEL_ATOM);
    fputs("^{", w->out);
    print(w, e->args[1], LEVEL_ANY);
    fputs(open ? "})" : "}", w->out);
}

static void print_leaf(struct infix *w, const struct expr *e)
{
    const struct infix_style *s = w->style;
    if (e->op == EXPR_SPECIES) {
        fprintf(w->out, "%s%s%s", s->species_open ? s->species_open : "", w->t->species[e->a],
                s->species_close ? s->species_close : "");
    } else if (e->op == EXPR_PARAM) {
        fputs(w->t->slot[e->a], w->out);
    } else if (e->op == EXPR_TIME && s->time) {
        fputs(s->time, w->out);
    } else {
        w->ok = false;
    }
}

/* For targets without a remainder that has the divisor's sign: x - y floor(x / y). */
static void print_modulo(struct infix *w, const struct expr *e, int level)
{
    struct expr_pool *ex = w->t->net->ex;
    if (w->style->modulo) {
        print_infix(w, e, LEVEL_MUL, level, w->style->modulo);
        return;
    }
    expr_id x = e->args[0], y = e->args[1];
    expr_id whole = expr_to_real(ex, expr_unary(ex, EXPR_FLOOR, expr_binary(ex, EXPR_DIV, x, y)));
    print(w, expr_binary(ex, EXPR_SUB, x, expr_binary(ex, EXPR_MUL, y, whole)), level);
}

static void print_root(struct infix *w, const struct expr *e)
{
    fputs("\\sqrt{", w->out);
    print(w, e->args[0], LEVEL_ANY);
    fputc('}', w->out);
}

static void print_delay(struct infix *w, const struct expr *e)
{
    struct expr shown = *e;
    shown.n_args = e->args[2] == e->args[0] ? 2 : 3;
    print_call(w, w->style->delay, &shown);
}

static void print(struct infix *w, expr_id id, int level)
{
    const struct infix_style *s = w->style;
    const struct expr copy = *expr_get(w->t->net->ex, id), *e = &copy;
    switch (e->op) {
    case EXPR_CONST: print_number(w, e, level); return;
    case EXPR_TO_REAL: print_to_real(w, e, level); return;
    case EXPR_NEG:
    case EXPR_NOT: print_unary(w, e, level); return;
    case EXPR_ABS: print_call(w, s->abs, e); return;
    case EXPR_EXP: print_call(w, s->exp, e); return;
    case EXPR_LOG: print_call(w, s->log, e); return;
    case EXPR_SQRT: s->latex ? print_root(w, e) : print_call(w, s->sqrt, e); return;
    case EXPR_SIN: print_call(w, s->sin, e); return;
    case EXPR_COS: print_call(w, s->cos, e); return;
    case EXPR_TANH: print_call(w, s->tanh, e); return;
    case EXPR_ATAN: print_call(w, s->atan, e); return;
    case EXPR_FACTORIAL: print_call(w, s->factorial, e); return;
    case EXPR_FLOOR_REAL:
    case EXPR_FLOOR: print_call(w, s->floor, e); return;
    case EXPR_MIN: print_call(w, s->min, e); return;
    case EXPR_MAX: print_call(w, s->max, e); return;
    case EXPR_ADD: print_infix(w, e, LEVEL_ADD, level, " + "); return;
    case EXPR_SUB: print_infix(w, e, LEVEL_ADD, level, " - "); return;
    case EXPR_MUL: print_infix(w, e, LEVEL_MUL, level, s->multiply); return;
    case EXPR_MOD: print_modulo(w, e, level); return;
    case EXPR_DIV:
        s->latex ? print_fraction(w, e, level) : print_infix(w, e, LEVEL_MUL, level, s->divide);
        return;
    case EXPR_POW:
        s->latex ? print_raised(w, e, level) : print_infix(w, e, LEVEL_POW, level, s->power);
        return;
    case EXPR_EQ:
        print_infix(w, e, LEVEL_COMPARE, level, s->latex ? " = " : s->unequal ? " == " : NULL);
        return;
    case EXPR_NE: print_infix(w, e, LEVEL_COMPARE, level, s->unequal); return;
    case EXPR_LT: print_infix(w, e, LEVEL_COMPARE, level, s->unequal ? " < " : NULL); return;
    case EXPR_LE:
        print_infix(w, e, LEVEL_COMPARE, level, s->unequal ? s->latex ? " \\le " : " <= " : NULL);
        return;
    case EXPR_AND: print_infix(w, e, LEVEL_AND, level, s->and); return;
    case EXPR_OR: print_infix(w, e, LEVEL_OR, level, s->or); return;
    case EXPR_SELECT: print_select(w, e, level); return;
    case EXPR_DELAY: print_delay(w, e); return;
    default: print_leaf(w, e); return;
    }
}

const char *text_infix_string(struct text *t, expr_id e, const struct infix_style *style)
{
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    struct infix w = {t, f, style, true};
    print(&w, e, LEVEL_ANY);
    fclose(f);
    const char *copy = w.ok ? arena_strdup(t->arena, text) : NULL;
    free(text);
    return copy;
}

bool text_infix(struct text *t, FILE *out, expr_id e, const struct infix_style *style)
{
    const char *text = text_infix_string(t, e, style);
    if (text) {
        fputs(text, out);
    }
    return text != NULL;
}

const char *text_constant(struct text *t, size_t j, const struct infix_style *style)
{
    expr_id e = text_scalar(t->net, t->net->reaction.data[j].rate);
    const char *text = e ? text_infix_string(t, e, style) : NULL;
    if (text) {
        return text;
    }
    char *number;
    size_t size;
    FILE *f = open_memstream(&number, &size);
    text_number(f, t->k[j], style->numbers);
    fclose(f);
    text = arena_strdup(t->arena, number);
    free(number);
    return text;
}

static const char *formula(struct text *t, expr_id e, const struct infix_style *style)
{
    expr_id scalar = e && !expr_is_const(t->net->ex, e) ? text_scalar(t->net, e) : 0;
    return scalar && !expr_is_const(t->net->ex, scalar) ? text_infix_string(t, scalar, style) : NULL;
}

const char *text_default(struct text *t, int32_t slot, const struct infix_style *style)
{
    const struct net *n = t->net;
    size_t i = n->param.n;
    while (i-- > 0 && n->param.data[i].first > slot) {
    }
    return n->param.data[i].shape.rank == 0 ? formula(t, n->param.data[i].init, style) : NULL;
}

const char *text_initial(struct text *t, species_id s, const struct infix_style *style)
{
    return formula(t, t->net->species.data[s].init, style);
}

bool text_formula(struct text *t, expr_id e, struct span span, const struct infix_style *style)
{
    expr_id scalar = text_scalar(t->net, e);
    return (scalar && text_infix(t, t->out, scalar, style)) ||
           diag_report(t->diag, DIAG_E0821, span, "%s: this formula cannot be written without arrays",
                       t->format->name);
}
