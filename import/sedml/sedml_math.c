/* Formulas in MathML: written in the syntax of the language, or evaluated. */
#include <math.h>
#include <string.h>

#include "import/sedml/sedml_impl.h"

/* ---- the tree ---- */

/* What follows an operator or operand, without qualifiers. */
static const xmlNode *next_operand(const xmlNode *n)
{
    do {
        n = sedml_next(n, NULL);
    } while (n && (sedml_is(n, "degree") || sedml_is(n, "logbase")));
    return n;
}

static const xmlNode *first_operand(const xmlNode *apply)
{
    const xmlNode *op = sedml_child(apply, NULL);
    return op ? next_operand(op) : NULL;
}

static const xmlNode *second_operand(const xmlNode *apply)
{
    const xmlNode *n = first_operand(apply);
    return n ? next_operand(n) : NULL;
}

static int operands(const xmlNode *apply)
{
    int count = 0;
    for (const xmlNode *n = first_operand(apply); n; n = next_operand(n)) {
        count++;
    }
    return count;
}

/* The degree or logbase of an operator; NULL: it has none. */
static const xmlNode *qualifier(const xmlNode *apply, const char *name)
{
    const xmlNode *n = sedml_child(apply, name);
    return n ? sedml_child(n, NULL) : NULL;
}

/* `max` and similar functions of all elements of a vector, which are symbols of SED-ML, named by the last
 * word of the symbol's URL. NULL: it is none of them. */
static const char *aggregate(const xmlNode *op)
{
    static const char *const known[] = {"min", "max", "sum"};
    const char *url = sedml_is(op, "csymbol") ? sedml_text_of(op, "definitionURL") : "", *last = url;
    for (const char *at = url; *at; at++) {
        last = *at == '#' || *at == ':' || *at == '/' ? at + 1 : last;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(last, known[i]) == 0) {
            return known[i];
        }
    }
    return NULL;
}

static void *unknown(struct sedml *s, const xmlNode *n)
{
    const char *what = sedml_is(n, "csymbol") ? sedml_text_of(n, "definitionURL") : (const char *)n->name;
    return sedml_refuse(s, DIAG_E0832, n, NULL,
                        "formulas with `%s` are not read\n  help: write it out by arithmetic, elementary "
                        "functions and `piecewise`",
                        what);
}

/* The names that formulas may have are declared beside them. */
static void *unknown_name(struct sedml *s, const xmlNode *ci, const char *id)
{
    static const char *const lists[] = {"listOfVariables", "listOfParameters", "listOfRanges"};
    enum { MOST_KNOWN = 256, N_LISTS = sizeof lists / sizeof *lists };
    const char *known[MOST_KNOWN];
    size_t n = 0;
    sedml_refuse(s, DIAG_E0834, ci, NULL, "the formula has a name `%s` that is not declared", id);
    for (const xmlNode *around = ci->parent; around; around = around->parent) {
        for (int k = 0; k < N_LISTS; k++) {
            for (const xmlNode *x = sedml_list(around, lists[k]); x && n < MOST_KNOWN;
                 x = sedml_next(x, NULL)) {
                known[n++] = sedml_text_of(x, "id");
            }
        }
    }
    diag_help_known(s->diag, id, known, n);
    return NULL;
}

static bool wants(struct sedml *s, const xmlNode *apply, int least, int most)
{
    int n = operands(apply);
    const xmlNode *op = sedml_child(apply, NULL);
    return (n >= least && n <= most) ||
           sedml_refuse(s, DIAG_E0831, apply, NULL,
                        "`%s` has %d operands\n  help: give it as many as it takes in MathML",
                        op ? (const char *)op->name : "apply", n);
}

/* Reads a number of MathML, whose parts may be separated by `<sep/>`. */
static bool cn_value(struct sedml *s, const xmlNode *cn, double *v)
{
    const char *type = sedml_text_of(cn, "type"), *part[2] = {"", "1"};
    const xmlNode *sep = sedml_child(cn, "sep");
    for (const xmlNode *t = cn->children; t; t = t->next) {
        if (t->type == XML_TEXT_NODE && t->content) {
            part[sep && t->prev == sep] = (const char *)t->content;
        }
    }
    bool good = true, other = true;
    double x = sedml_number(part[0], &good), y = sep ? sedml_number(part[1], &other) : 0;
    *v = strcmp(type, "rational") == 0 ? x / y : strcmp(type, "e-notation") == 0 ? x * pow(10, y) : x;
    if (strcmp(type, "e-notation") == 0 && good && other) { /* its digits as in a number */
        *v = sedml_number(arena_printf(s->arena, "%.17ge%.0f", x, y), &good);
    }
    return (good && other) ||
           sedml_refuse(s, DIAG_E0831, cn, NULL, "this is no number\n  help: write it as 0.5 or 1e-3");
}

static bool constant_value(const xmlNode *n, double *v)
{
#define MATH_CONSTANT(name, value) \
    if (sedml_is(n, name)) {       \
        *v = (value);              \
        return true;               \
    }
#include "import/sedml/math.def"
    return false;
}

/* ---- text ---- */

const char *sedml_number_text(struct sedml *s, double v)
{
    if (isnan(v)) {
        return "(0 / 0)";
    }
    if (isinf(v)) {
        return v > 0 ? "(1 / 0)" : "(-1 / 0)";
    }
    const char *text = arena_printf(s->arena, "%.15g", v);
    text = strtod(text, NULL) == v ? text : arena_printf(s->arena, "%.17g", v);
    return v < 0 || signbit(v) ? arena_printf(s->arena, "(%s)", text) : text;
}

struct writer {
    struct sedml *s;
    const struct sedml_scope *scope;
    size_t size; /* of all texts so far, so that a formula that grows exponentially is refused */
};

static const char *term(struct writer *w, const xmlNode *n);
static const char *condition(struct writer *w, const xmlNode *n);

static const char *text(struct writer *w, const xmlNode *n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static const char *text(struct writer *w, const xmlNode *n, const char *format, ...)
{
    enum { MAX_TEXT = 1 << 22 };
    va_list ap;
    va_start(ap, format);
    const char *result = arena_vprintf(w->s->arena, format, ap);
    va_end(ap);
    w->size += strlen(result);
    return w->size <= MAX_TEXT ? result
                               : sedml_refuse(w->s, DIAG_E0833, n, NULL,
                                              "this formula is too large for a program\n  help: let data "
                                              "generators compute parts of it");
}

/* A name for a value that is used more than once. */
static const char *variable(struct writer *w, const char *value)
{
    const char *name = sedml_name(w->s, "t");
    fprintf(w->s->out, "%slet %s = %s;\n", w->scope->indent, name, value);
    return name;
}

static bool is_name(const char *t)
{
    return !t[strspn(t, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")];
}

/* Replaces each $ by the argument. */
static const char *function_text(struct writer *w, const xmlNode *n, const char *form, const char *argument)
{
    const char *first = strchr(form, '$'), *result = "", *at = form;
    argument = strchr(first + 1, '$') && !is_name(argument) ? variable(w, argument) : argument;
    for (; result && first; first = strchr(at, '$')) {
        result = text(w, n, "%s%.*s%s", result, (int)(first - at), at, argument);
        at = first + 1;
    }
    return result ? text(w, n, "%s%s", result, at) : NULL;
}

static const char *chain_text(struct writer *w, const xmlNode *apply, const char *op, const char *none,
                              const char *(*part)(struct writer *w, const xmlNode *n))
{
    const char *result = NULL;
    int n = operands(apply);
    for (const xmlNode *o = first_operand(apply); o; o = next_operand(o)) {
        const char *x = part(w, o);
        result = !x ? NULL : !result ? x : text(w, apply, "%s %s %s", result, op, x);
        if (!result) {
            return NULL;
        }
    }
    return n == 0 ? none : n == 1 ? result : text(w, apply, "(%s)", result);
}

static const char *minus_text(struct writer *w, const xmlNode *apply)
{
    const char *x = wants(w->s, apply, 1, 2) ? term(w, first_operand(apply)) : NULL;
    if (!x || !second_operand(apply)) {
        return x ? text(w, apply, "(-%s)", x) : NULL;
    }
    const char *y = term(w, second_operand(apply));
    return y ? text(w, apply, "(%s - %s)", x, y) : NULL;
}

static const char *two_text(struct writer *w, const xmlNode *apply, const char *op)
{
    const char *x = wants(w->s, apply, 2, 2) ? term(w, first_operand(apply)) : NULL;
    const char *y = x ? term(w, second_operand(apply)) : NULL;
    return y ? text(w, apply, "(%s %s %s)", x, op, y) : NULL;
}

/* x^(1/degree), log(x)/log(base). */
static const char *qualified_text(struct writer *w, const xmlNode *apply, bool is_root)
{
    const xmlNode *of = qualifier(apply, is_root ? "degree" : "logbase");
    const char *q = of ? term(w, of) : is_root ? "2" : "10";
    const char *x = q && wants(w->s, apply, 1, 1) ? term(w, first_operand(apply)) : NULL;
    return !x               ? NULL
           : is_root && !of ? text(w, apply, "sqrt(%s)", x)
           : is_root        ? text(w, apply, "(%s ^ (1 / %s))", x, q)
                            : text(w, apply, "(log(%s) / log(%s))", x, q);
}

/* A condition as a number, or a choice: a variable that is set by statements. */
static const char *chosen(struct writer *w, const char *otherwise)
{
    const char *name = sedml_name(w->s, "t");
    fprintf(w->s->out, "%slet %s = 1.0 * %s;\n", w->scope->indent, name, otherwise);
    return name;
}

static const char *condition_number(struct writer *w, const xmlNode *n)
{
    const char *c = condition(w, n), *name = c ? chosen(w, "0") : NULL;
    if (name) {
        fprintf(w->s->out, "%sif %s { %s = 1.0; }\n", w->scope->indent, c, name);
    }
    return name;
}

static const char *piecewise_text(struct writer *w, const xmlNode *n)
{
    const xmlNode *other = sedml_child(n, "otherwise");
    const char *name = other && !sedml_child(other, NULL) ? NULL
                       : other                            ? term(w, sedml_child(other, NULL))
                                                          : "(0 / 0)";
    name = name ? chosen(w, name) : NULL;
    VEC(const xmlNode *) piece = {0};
    for (const xmlNode *p = sedml_child(n, "piece"); p; p = sedml_next(p, "piece")) {
        vec_push(&piece, p);
    }
    /* The first condition that holds decides, so it is set last. */
    for (size_t i = piece.n; name && i-- > 0;) {
        const xmlNode *value = sedml_child(piece.data[i], NULL),
                      *when = value ? sedml_next(value, NULL) : NULL;
        const char *v = when ? term(w, value) : NULL, *c = v ? condition(w, when) : NULL;
        if (c) {
            fprintf(w->s->out, "%sif %s { %s = 1.0 * %s; }\n", w->scope->indent, c, name, v);
        } else if (!when) {
            sedml_refuse(w->s, DIAG_E0831, piece.data[i], NULL,
                         "a piece is a value and a condition\n  help: write both into each `piece`");
        }
        name = c ? name : NULL;
    }
    vec_free(&piece);
    return name;
}

/* min and max of two or more values, also as choices. */
static const char *extreme_text(struct writer *w, const xmlNode *apply, const char *op)
{
    const char *first = wants(w->s, apply, 1, 1 << 20) ? term(w, first_operand(apply)) : NULL;
    const char *name = first ? chosen(w, first) : NULL;
    for (const xmlNode *o = second_operand(apply); name && o; o = next_operand(o)) {
        const char *x = term(w, o), *y = x && !is_name(x) ? variable(w, x) : x;
        if (y) {
            fprintf(w->s->out, "%sif %s %s %s { %s = 1.0 * %s; }\n", w->scope->indent, y, op, name, name, y);
        }
        name = y ? name : NULL;
    }
    return name;
}

static const char *relation_of(const xmlNode *op)
{
#define MATH_RELATION(name, text, value) \
    if (sedml_is(op, name)) {            \
        return text;                     \
    }
#include "import/sedml/math.def"
    return NULL;
}

static bool is_logical(const xmlNode *op)
{
    return sedml_is(op, "and") || sedml_is(op, "or") || sedml_is(op, "not") || sedml_is(op, "xor");
}

static bool is_condition(const xmlNode *n)
{
    const xmlNode *op = sedml_is(n, "apply") ? sedml_child(n, NULL) : NULL;
    return sedml_is(n, "true") || sedml_is(n, "false") || (op && (relation_of(op) || is_logical(op)));
}

static const char *apply_text(struct writer *w, const xmlNode *n)
{
    const xmlNode *op = sedml_child(n, NULL);
    const char *x;
    if (!op) {
        return sedml_refuse(
            w->s, DIAG_E0831, n, NULL,
            "`apply` without an operator\n  help: write the operator first, such as `<plus/>`");
    }
    if (aggregate(op)) {
        x = wants(w->s, n, 1, 1) ? term(w, first_operand(n)) : NULL;
        return x ? text(w, n, "%s(%s)", aggregate(op), x) : NULL;
    }
#define MATH_FUNCTION(id, name, form, value)                         \
    if (sedml_is(op, name)) {                                        \
        x = wants(w->s, n, 1, 1) ? term(w, first_operand(n)) : NULL; \
        return x ? function_text(w, n, form, x) : NULL;              \
    }
#define MATH_CHAIN(name, op_text, value, none)         \
    if (sedml_is(op, name)) {                          \
        return chain_text(w, n, op_text, #none, term); \
    }
#include "import/sedml/math.def"
    return sedml_is(op, "minus")    ? minus_text(w, n)
           : sedml_is(op, "divide") ? two_text(w, n, "/")
           : sedml_is(op, "power")  ? two_text(w, n, "^")
           : sedml_is(op, "root")   ? qualified_text(w, n, true)
           : sedml_is(op, "log")    ? qualified_text(w, n, false)
           : sedml_is(op, "min")    ? extreme_text(w, n, "<")
           : sedml_is(op, "max")    ? extreme_text(w, n, ">")
                                    : unknown(w->s, op);
}

static const char *name_text(struct writer *w, const xmlNode *ci)
{
    const char *id = sedml_content(w->s, ci), *name = w->scope->name(w->scope->env, id);
    return name ? name : unknown_name(w->s, ci, id);
}

static const char *term(struct writer *w, const xmlNode *n)
{
    double v;
    if (!n) {
        return NULL;
    }
    if (is_condition(n)) {
        return condition_number(w, n);
    }
    return sedml_is(n, "ci")          ? name_text(w, n)
           : sedml_is(n, "cn")        ? (cn_value(w->s, n, &v) ? sedml_number_text(w->s, v) : NULL)
           : sedml_is(n, "apply")     ? apply_text(w, n)
           : sedml_is(n, "piecewise") ? piecewise_text(w, n)
           : constant_value(n, &v)    ? sedml_number_text(w->s, v)
                                      : unknown(w->s, n);
}

/* a < b < c means a < b and b < c. */
static const char *relation_text(struct writer *w, const xmlNode *n, const char *op)
{
    const char *all = NULL, *x = wants(w->s, n, 2, 1 << 20) ? term(w, first_operand(n)) : NULL;
    for (const xmlNode *o = second_operand(n); x && o; o = next_operand(o)) {
        const char *y = term(w, o);
        all = !y     ? NULL
              : !all ? text(w, n, "%s %s %s", x, op, y)
                     : text(w, n, "%s && %s %s %s", all, x, op, y);
        x = all ? y : NULL;
    }
    return x ? text(w, n, "(%s)", all) : NULL;
}

static const char *condition(struct writer *w, const xmlNode *n)
{
    const xmlNode *op = sedml_is(n, "apply") ? sedml_child(n, NULL) : NULL;
    if (!is_condition(n)) {
        const char *x = term(w, n);
        return x ? text(w, n, "(%s != 0)", x) : NULL;
    }
    if (!op) {
        return sedml_is(n, "true") ? "true" : "false";
    }
    if (relation_of(op)) {
        return relation_text(w, n, relation_of(op));
    }
    if (sedml_is(op, "not")) {
        const char *x = wants(w->s, n, 1, 1) ? condition(w, first_operand(n)) : NULL;
        return x ? text(w, n, "(!%s)", x) : NULL;
    }
    return sedml_is(op, "and")  ? chain_text(w, n, "&&", "true", condition)
           : sedml_is(op, "or") ? chain_text(w, n, "||", "false", condition)
                                : unknown(w->s, op);
}

const char *sedml_formula(struct sedml *s, const xmlNode *math, const struct sedml_scope *scope)
{
    struct writer w = {.s = s, .scope = scope};
    const xmlNode *n = sedml_child(math, NULL);
    return n ? term(&w, n)
             : sedml_refuse(s, DIAG_E0831, math, NULL,
                            "a formula is missing\n  help: write it inside `math`");
}

bool sedml_chooses(const xmlNode *math)
{
    for (const xmlNode *n = sedml_child(math, NULL); n; n = sedml_next(n, NULL)) {
        if (sedml_is(n, "piecewise") || sedml_is(n, "min") || sedml_is(n, "max") || is_condition(n) ||
            sedml_chooses(n)) {
            return true;
        }
    }
    return false;
}

/* ---- numbers ---- */

struct reader {
    struct sedml *s;
    bool (*value)(void *env, const char *id, double *v);
    void *env;
};

static bool number(struct reader *r, const xmlNode *n, double *v);

#define MATH_FUNCTION(id, name, text, value) \
    static double value_##id(double x)       \
    {                                        \
        return value;                        \
    }
#include "import/sedml/math.def"

static bool function_value(const xmlNode *op, double x, double *v)
{
#define MATH_FUNCTION(id, name, text, value) \
    if (sedml_is(op, name)) {                \
        *v = value_##id(x);                  \
        return true;                         \
    }
#include "import/sedml/math.def"
    (void)x;
    return false;
}

static double two_value(const xmlNode *op, double x, double y)
{
#define MATH_CHAIN(name, text, value, none) \
    if (sedml_is(op, name)) {               \
        return value;                       \
    }
#define MATH_RELATION(name, text, value) \
    if (sedml_is(op, name)) {            \
        return value;                    \
    }
#include "import/sedml/math.def"
    return sedml_is(op, "minus")    ? x - y
           : sedml_is(op, "divide") ? x / y
           : sedml_is(op, "power")  ? pow(x, y)
           : sedml_is(op, "root")   ? pow(x, 1 / y)
           : sedml_is(op, "log")    ? log(x) / log(y)
           : sedml_is(op, "min")    ? fmin(x, y)
           : sedml_is(op, "max")    ? fmax(x, y)
           : sedml_is(op, "and")    ? x != 0 && y != 0
           : sedml_is(op, "or")     ? x != 0 || y != 0
                                    : (x != 0) != (y != 0);
}

/* Applies an operator from the left to any number of operands, with its value for none. */
static bool is_chain(const xmlNode *op, double *none)
{
#define MATH_CHAIN(name, text, value, of_none) \
    if (sedml_is(op, name)) {                  \
        *none = of_none;                       \
        return true;                           \
    }
#include "import/sedml/math.def"
    *none = sedml_is(op, "and") ? 1 : 0;
    return sedml_is(op, "and") || sedml_is(op, "or") || sedml_is(op, "xor") || sedml_is(op, "min") ||
           sedml_is(op, "max");
}

static bool chain_value(struct reader *r, const xmlNode *apply, const xmlNode *op, double none, double *v)
{
    double y;
    *v = none;
    const xmlNode *first = first_operand(apply);
    for (const xmlNode *o = first; o; o = next_operand(o)) {
        if (!number(r, o, &y)) {
            return false;
        }
        *v = o == first ? y : two_value(op, *v, y);
    }
    return true;
}

static bool relation_value(struct reader *r, const xmlNode *apply, const xmlNode *op, double *v)
{
    double x = 0, y;
    *v = 1;
    const xmlNode *first = first_operand(apply);
    for (const xmlNode *o = first; o; o = next_operand(o)) {
        if (!number(r, o, &y)) {
            return false;
        }
        *v = o == first ? 1 : *v != 0 && two_value(op, x, y) != 0;
        x = y;
    }
    return true;
}

static bool qualified_value(struct reader *r, const xmlNode *apply, const xmlNode *op, double *v)
{
    bool is_root = sedml_is(op, "root");
    const xmlNode *of = qualifier(apply, is_root ? "degree" : "logbase");
    double x, q = is_root ? 2 : 10;
    if (!wants(r->s, apply, 1, 1) || !number(r, first_operand(apply), &x) || (of && !number(r, of, &q))) {
        return false;
    }
    *v = is_root && !of ? sqrt(x) : two_value(op, x, q);
    return true;
}

static bool apply_value(struct reader *r, const xmlNode *n, double *v)
{
    const xmlNode *op = sedml_child(n, NULL);
    double x, y, none;
    if (!op) {
        return sedml_refuse(
            r->s, DIAG_E0831, n, NULL,
            "`apply` without an operator\n  help: write the operator first, such as `<plus/>`");
    }
    if (is_chain(op, &none)) {
        return chain_value(r, n, op, none, v);
    }
    if (relation_of(op)) {
        return relation_value(r, n, op, v);
    }
    if (sedml_is(op, "root") || sedml_is(op, "log")) {
        return qualified_value(r, n, op, v);
    }
    if (sedml_is(op, "minus") || sedml_is(op, "divide") || sedml_is(op, "power")) {
        bool unary = sedml_is(op, "minus") && operands(n) == 1;
        bool good = (unary || wants(r->s, n, 2, 2)) && number(r, first_operand(n), &x) &&
                    (unary || number(r, second_operand(n), &y));
        *v = !good ? 0 : unary ? -x : two_value(op, x, y);
        return good;
    }
    if (!function_value(op, 0, v) && !sedml_is(op, "not")) {
        return unknown(r->s, op);
    }
    if (!wants(r->s, n, 1, 1) || !number(r, first_operand(n), &x)) {
        return false;
    }
    if (!function_value(op, x, v)) {
        *v = x == 0;
    }
    return true;
}

static bool piecewise_value(struct reader *r, const xmlNode *n, double *v)
{
    double c;
    for (const xmlNode *p = sedml_child(n, "piece"); p; p = sedml_next(p, "piece")) {
        const xmlNode *value = sedml_child(p, NULL), *when = value ? sedml_next(value, NULL) : NULL;
        if (!when) {
            return sedml_refuse(r->s, DIAG_E0831, p, NULL,
                                "a piece is a value and a condition\n  help: write both into each `piece`");
        }
        if (!number(r, when, &c)) {
            return false;
        }
        if (c != 0) {
            return number(r, value, v);
        }
    }
    const xmlNode *other = sedml_child(n, "otherwise");
    *v = NAN;
    return !other || number(r, sedml_child(other, NULL), v);
}

static bool number(struct reader *r, const xmlNode *n, double *v)
{
    if (!n) {
        return false;
    }
    if (sedml_is(n, "ci")) {
        const char *id = sedml_content(r->s, n);
        size_t errors = diag_error_count(r->s->diag);
        return r->value(r->env, id, v) || diag_error_count(r->s->diag) > errors ||
               unknown_name(r->s, n, id) != NULL;
    }
    if (sedml_is(n, "true") || sedml_is(n, "false")) {
        *v = sedml_is(n, "true");
        return true;
    }
    return sedml_is(n, "cn")          ? cn_value(r->s, n, v)
           : sedml_is(n, "apply")     ? apply_value(r, n, v)
           : sedml_is(n, "piecewise") ? piecewise_value(r, n, v)
           : constant_value(n, v)     ? true
                                      : unknown(r->s, n) != NULL;
}

bool sedml_compute(struct sedml *s, const xmlNode *math, bool (*value)(void *env, const char *id, double *v),
                   void *env, double *v)
{
    struct reader r = {s, value, env};
    const xmlNode *n = sedml_child(math, NULL);
    size_t errors = diag_error_count(s->diag);
    return n ? number(&r, n, v) && diag_error_count(s->diag) == errors
             : sedml_refuse(s, DIAG_E0831, math, NULL,
                            "a formula is missing\n  help: write it inside `math`") != NULL;
}
