#include "import/infix.h"

#include <string.h>

enum { MAX_ARGS = 64 };

static struct expr_pool *pool(const struct infix *i)
{
    return i->s->x->net->ex;
}

/* ---- calls ---- */

static expr_id call_if(struct infix *i, const expr_id *a)
{
    return expr_select(pool(i), import_to_bool(pool(i), a[0]), import_to_real(pool(i), a[1]),
                       import_to_real(pool(i), a[2]));
}

/* Reads "x, y)". */
static bool read_args(struct infix *i, size_t *n, expr_id *args)
{
    *n = 0;
    if (scan_char(i->s, ')')) {
        return true;
    }
    do {
        if (*n == MAX_ARGS) {
            return scan_expected(i->s, "at most 64 arguments\n  help: join some of them by operators");
        }
        if (!(args[(*n)++] = infix_read(i))) {
            return false;
        }
    } while (scan_char(i->s, ','));
    return scan_char(i->s, ')') || scan_expected(i->s, "',' or ')'");
}

static expr_id call(struct infix *i, const char *name, size_t length)
{
    expr_id args[MAX_ARGS];
    size_t n;
    const char *wrong, *text = arena_strndup(i->s->x->arena, name, length);
    if (!read_args(i, &n, args)) {
        return 0;
    }
    if (strcmp(text, "if") == 0 && n == 3) {
        return call_if(i, args);
    }
    if (n == 0) {
        return i->name(i->env, i, name, length);
    }
    for (size_t k = 0; k < n; k++) {
        args[k] = import_to_real(pool(i), args[k]);
    }
    bool known = false;
    expr_id e = i->call ? i->call(i->env, i, text, n, args, &known) : 0;
    if (known) {
        return e;
    }
    e = import_function(pool(i), text, n, args, &wrong);
    return e ? e : scan_error(i->s, DIAG_E0832, name, "'%s' %s", text, wrong);
}

/* ---- operators ---- */

static expr_id read_binary(struct infix *i, int least);

static bool enter(struct infix *i)
{
    return ++i->depth <= IMPORT_MAX_DEPTH ||
           diag_report(i->s->x->diag, DIAG_E0833, import_span(i->s->x, i->s->at, i->s->at),
                       "nested more than %d deep\n  help: give parts of the formula names of their own",
                       IMPORT_MAX_DEPTH);
}

static expr_id read_primary(struct infix *i)
{
    struct scan *s = i->s;
    double v;
    size_t length;
    const char *name;
    if (scan_number(s, &v)) {
        return expr_real(pool(i), v);
    }
    if ((name = scan_name(s, &length))) {
        return scan_char(s, '(') ? call(i, name, length) : i->name(i->env, i, name, length);
    }
    if (!scan_char(s, '(')) {
        return scan_expected(s, "a number, a name or '('\n  help: write the formula that is missing");
    }
    expr_id e = read_binary(i, 1);
    return !e || scan_char(s, ')') ? e : scan_expected(s, "')'");
}

static expr_id read_unary(struct infix *i)
{
    struct expr_pool *p = pool(i);
    expr_id e;
    if (!enter(i)) {
        return 0;
    }
    if (scan_char(i->s, '-')) {
        e = import_to_real(pool(i), read_unary(i));
        e = e ? expr_unary(p, EXPR_NEG, e) : 0;
    } else if (scan_char(i->s, '+')) {
        e = import_to_real(pool(i), read_unary(i));
    } else if (scan_char(i->s, '!') || scan_char(i->s, '~')) {
        e = import_to_bool(pool(i), read_unary(i));
        e = e ? expr_unary(p, EXPR_NOT, e) : 0;
    } else {
        e = read_primary(i);
        if (e && scan_char(i->s, '^')) {
            expr_id y = import_to_real(pool(i), read_unary(i));
            e = y ? expr_binary(p, EXPR_POW, import_to_real(pool(i), e), y) : 0;
        }
    }
    i->depth--;
    return e;
}

struct infix_operator {
    char text[3];
    int precedence;
    enum expr_op op;
    bool swapped; /* for x > y, which becomes y < x */
};
/* Longer ones come first. */
static const struct infix_operator operators[] = {
    {"||", 1, EXPR_OR, false}, {"&&", 2, EXPR_AND, false}, {"==", 3, EXPR_EQ, false},
    {"!=", 3, EXPR_NE, false}, {"~=", 3, EXPR_NE, false},  {"<=", 3, EXPR_LE, false},
    {">=", 3, EXPR_LE, true},  {"<", 3, EXPR_LT, false},   {">", 3, EXPR_LT, true},
    {"+", 4, EXPR_ADD, false}, {"-", 4, EXPR_SUB, false},  {"*", 5, EXPR_MUL, false},
    {"/", 5, EXPR_DIV, false},
};

static const struct infix_operator *find_operator(struct infix *i, int least)
{
    struct scan *s = i->s;
    if (scan_at_end(s)) {
        return NULL;
    }
    for (size_t k = 0; k < sizeof operators / sizeof *operators; k++) {
        size_t n = strlen(operators[k].text);
        if ((size_t)(s->end - s->at) >= n && strncmp(s->at, operators[k].text, n) == 0) {
            bool fits = operators[k].precedence >= least;
            s->at += fits ? n : 0;
            return fits ? &operators[k] : NULL;
        }
    }
    return NULL;
}

static expr_id combine(struct infix *i, const struct infix_operator *f, expr_id x, expr_id y)
{
    bool logical = f->op == EXPR_AND || f->op == EXPR_OR;
    x = logical ? import_to_bool(pool(i), x) : import_to_real(pool(i), x);
    y = logical ? import_to_bool(pool(i), y) : import_to_real(pool(i), y);
    return f->swapped ? expr_binary(pool(i), f->op, y, x) : expr_binary(pool(i), f->op, x, y);
}

static expr_id read_binary(struct infix *i, int least)
{
    const struct infix_operator *f;
    expr_id x = read_unary(i);
    while (x && (f = find_operator(i, least))) {
        expr_id y = read_binary(i, f->precedence + 1);
        x = y ? combine(i, f, x, y) : 0;
    }
    return x;
}

expr_id infix_read(struct infix *i)
{
    return read_binary(i, 1);
}

expr_id infix_read_real(struct infix *i)
{
    return import_to_real(pool(i), infix_read(i));
}
