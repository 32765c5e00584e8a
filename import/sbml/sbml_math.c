/* Formulas of SBML in MathML: from libsbml's trees to expressions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/sbml/sbml_impl.h"

/* Most nodes, since functions that call functions can grow without bound. */
enum { MAX_EXPANDED = 1000000 };

static expr_id read_node(struct sbml *s, const ASTNode_t *node);

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

static expr_id real_child(struct sbml *s, const ASTNode_t *node, unsigned i)
{
    return import_to_real(pool(s), read_node(s, ASTNode_getChild(node, i)));
}

static expr_id bool_child(struct sbml *s, const ASTNode_t *node, unsigned i)
{
    return import_to_bool(pool(s), read_node(s, ASTNode_getChild(node, i)));
}

/* x op y op z; many operands become a balanced tree, since reading and evaluating trees is recursive. */
static expr_id chain(struct sbml *s, const ASTNode_t *node, enum expr_op op, unsigned from, unsigned to)
{
    enum { MAX_STRAIGHT = 16 };
    bool logical = op == EXPR_AND || op == EXPR_OR;
    if (to - from > MAX_STRAIGHT) {
        expr_id x = chain(s, node, op, from, from + (to - from) / 2);
        expr_id y = x ? chain(s, node, op, from + (to - from) / 2, to) : 0;
        return y ? expr_binary(pool(s), op, x, y) : 0;
    }
    expr_id e = 0;
    for (unsigned i = from; i < to; i++) {
        expr_id x = logical ? bool_child(s, node, i) : real_child(s, node, i);
        if (!x) {
            return 0;
        }
        e = i == from ? x : expr_binary(pool(s), op, e, x);
    }
    return e;
}

static expr_id many(struct sbml *s, const ASTNode_t *node, enum expr_op op, expr_id of_none)
{
    unsigned n = ASTNode_getNumChildren(node);
    return n == 0 ? of_none : chain(s, node, op, 0, n);
}

/* a < b < c means a < b and b < c. */
static expr_id relation(struct sbml *s, const ASTNode_t *node, enum expr_op op, bool swapped)
{
    unsigned n = ASTNode_getNumChildren(node);
    expr_id all = expr_bool(pool(s), true), x = n > 0 ? real_child(s, node, 0) : 0;
    for (unsigned i = 1; x && i < n; i++) {
        expr_id y = real_child(s, node, i);
        if (!y) {
            return 0;
        }
        expr_id one = swapped ? expr_binary(pool(s), op, y, x) : expr_binary(pool(s), op, x, y);
        all = i == 1 ? one : expr_binary(pool(s), EXPR_AND, all, one);
        x = y;
    }
    return x ? all : n == 0 ? all : 0;
}

static expr_id exclusive_or(struct sbml *s, const ASTNode_t *node)
{
    expr_id odd = expr_bool(pool(s), false);
    for (unsigned i = 0; odd && i < ASTNode_getNumChildren(node); i++) {
        expr_id x = bool_child(s, node, i);
        odd = x ? expr_binary(pool(s), EXPR_NE, odd, x) : 0;
    }
    return odd;
}

/* Operands: value, condition, value, condition, ..., otherwise; without the last it is NaN. */
static expr_id piecewise(struct sbml *s, const ASTNode_t *node)
{
    unsigned n = ASTNode_getNumChildren(node);
    expr_id e = n % 2 ? real_child(s, node, n - 1) : expr_real(pool(s), NAN);
    for (unsigned i = n / 2; e && i-- > 0;) {
        expr_id value = real_child(s, node, 2 * i), condition = value ? bool_child(s, node, 2 * i + 1) : 0;
        e = condition ? expr_select(pool(s), condition, value, e) : 0;
    }
    return e;
}

static expr_id minus(struct sbml *s, const ASTNode_t *node)
{
    expr_id x = real_child(s, node, 0), y;
    if (ASTNode_getNumChildren(node) == 1) {
        return x ? expr_unary(pool(s), EXPR_NEG, x) : 0;
    }
    y = x ? real_child(s, node, 1) : 0;
    return y ? expr_binary(pool(s), EXPR_SUB, x, y) : 0;
}

/* ---- elementary functions: their names in function.def ---- */

static const struct {
    ASTNodeType_t type;
    const char *name;
} elementary[] = {
    {AST_FUNCTION_ABS, "abs"},
    {AST_FUNCTION_CEILING, "ceil"},
    {AST_FUNCTION_FLOOR, "floor"},
    {AST_FUNCTION_EXP, "exp"},
    {AST_FUNCTION_LN, "ln"},
    {AST_FUNCTION_LOG, "log"},
    {AST_FUNCTION_ROOT, "root"},
    {AST_FUNCTION_POWER, "pow"},
    {AST_POWER, "pow"},
    {AST_FUNCTION_SIN, "sin"},
    {AST_FUNCTION_COS, "cos"},
    {AST_FUNCTION_TAN, "tan"},
    {AST_FUNCTION_SEC, "sec"},
    {AST_FUNCTION_CSC, "csc"},
    {AST_FUNCTION_COT, "cot"},
    {AST_FUNCTION_SINH, "sinh"},
    {AST_FUNCTION_COSH, "cosh"},
    {AST_FUNCTION_TANH, "tanh"},
    {AST_FUNCTION_SECH, "sech"},
    {AST_FUNCTION_CSCH, "csch"},
    {AST_FUNCTION_COTH, "coth"},
    {AST_FUNCTION_ARCSINH, "asinh"},
    {AST_FUNCTION_ARCCOSH, "acosh"},
    {AST_FUNCTION_ARCTANH, "atanh"},
    {AST_FUNCTION_MIN, "min"},
    {AST_FUNCTION_MAX, "max"},
    {AST_FUNCTION_ARCSIN, "asin"},
    {AST_FUNCTION_ARCCOS, "acos"},
    {AST_FUNCTION_ARCTAN, "atan"},
    {AST_FUNCTION_ARCSEC, "asec"},
    {AST_FUNCTION_ARCCSC, "acsc"},
    {AST_FUNCTION_ARCCOT, "acot"},
    {AST_FUNCTION_ARCSECH, "asech"},
    {AST_FUNCTION_ARCCSCH, "acsch"},
    {AST_FUNCTION_ARCCOTH, "acoth"},
    {AST_FUNCTION_QUOTIENT, "quotient"},
    {AST_FUNCTION_REM, "rem"},
    {AST_FUNCTION_FACTORIAL, "factorial"},
};

static expr_id call_elementary(struct sbml *s, const ASTNode_t *node, const char *name)
{
    enum { MAX_ARGS = 100 };
    expr_id args[MAX_ARGS];
    const char *wrong;
    unsigned n = ASTNode_getNumChildren(node);
    if (n > MAX_ARGS) {
        return (expr_id)sbml_unsupported(
            s, "'%s' of more than %d numbers\n  help: nest it: give some of them to another", name, MAX_ARGS);
    }
    for (unsigned i = 0; i < n; i++) {
        if (!(args[i] = real_child(s, node, i))) {
            return 0;
        }
    }
    if (n == 1 && strcmp(name, "log") == 0) {
        name = "log10";
    }
    double degree = 2;
    bool root = strcmp(name, "root") == 0;
    if (root && (n == 1 || (n == 2 && expr_const_real(pool(s), args[0], &degree) && degree == 2))) {
        name = "sqrt";
        args[0] = args[n - 1];
        n = 1;
    }
    expr_id e = import_function(pool(s), name, n, args, &wrong);
    return e ? e : (expr_id)sbml_unsupported(s, "'%s' %s", name, wrong);
}

/* ---- functions of the model ---- */

static bool bind_arguments(struct sbml *s, const ASTNode_t *node, const FunctionDefinition_t *f,
                           struct map *names, expr_id *values)
{
    unsigned n = FunctionDefinition_getNumArguments(f);
    for (unsigned i = 0; i < n; i++) {
        values[i] = read_node(s, ASTNode_getChild(node, i));
        if (!values[i]) {
            return false;
        }
        map_add(names, ASTNode_getName(FunctionDefinition_getArgument(f, i)), (int32_t)i);
    }
    return true;
}

static expr_id call(struct sbml *s, const ASTNode_t *node)
{
    const char *name = ASTNode_getName(node);
    int32_t at = name ? map_find(&s->functions, name) : -1;
    if (at < 0) {
        diag_report(s->x->diag, DIAG_E0834, s->at, "'%s' is no function of this model", name ? name : "");
        unsigned most = Model_getNumFunctionDefinitions(s->model);
        const char **known = arena_alloc(s->x->arena, (most + 1) * sizeof *known);
        for (unsigned i = 0; i < most; i++) {
            known[i] = FunctionDefinition_getId(Model_getFunctionDefinition(s->model, i));
        }
        diag_help_known(s->x->diag, name ? name : "", known, most);
        if (!diag_has_help(s->x->diag)) {
            diag_help(s->x->diag, "define it in `listOfFunctionDefinitions`, or write it out");
        }
        return 0;
    }
    const FunctionDefinition_t *f = Model_getFunctionDefinition(s->model, (unsigned)at);
    const ASTNode_t *body = FunctionDefinition_getBody(f);
    unsigned n = FunctionDefinition_getNumArguments(f);
    if (!body || n != ASTNode_getNumChildren(node)) {
        diag_report(s->x->diag, DIAG_E0831, s->at,
                    body ? "'%s' takes %u arguments\n  help: give it as many as its `lambda` has"
                         : "the function '%s' has no formula\n  help: write the `lambda` of its definition",
                    name, n);
        return 0;
    }
    struct map names = {0};
    expr_id *values = mem_zalloc(n + 1, sizeof *values), e = 0;
    if (bind_arguments(s, node, f, &names, values)) {
        const struct sbml_scope *outer = s->scope;
        s->scope = &(struct sbml_scope){.names = &names, .value = values, .closed = true};
        e = read_node(s, body);
        s->scope = outer;
    }
    map_free(&names);
    free(values);
    return e;
}

/* ---- names ---- */

/* A constant without a value is a parameter without a default, which runs take as 0 unless they give one.
 * It is noted where a formula reads it, since names that nothing reads need none. */
static void note_no_value(struct sbml *s, struct entity *e)
{
    if (e->kind != ENTITY_PARAMETER || e->role != ROLE_HELD || s->own || e->is_noted || sbml_has_value(e)) {
        return;
    }
    e->is_noted = true;
    diag_report(s->x->diag, DIAG_W0831, e->span,
                "'%s' has no value: it is 0 in a run that does not give it one", e->id);
    const char *near = sbml_nearest(s, e->id);
    if (near) {
        diag_help(s->x->diag, "did you mean '%s'? Otherwise write `run ... with %s = 0.1`", near, e->id);
        return;
    }
    diag_help(s->x->diag,
              s->made_of ? "write `%s = 0.1;` in the model, or `run ... with %s = 0.1`"
                         : "write value=\"0.1\" for %s in the model, or `run ... with %s = 0.1`",
              e->id, e->id);
}

static expr_id name_value(struct sbml *s, const ASTNode_t *node)
{
    const char *name = ASTNode_getName(node);
    int32_t at = s->scope && name ? map_find(s->scope->names, name) : -1;
    if (at >= 0) {
        return s->scope->value[at];
    }
    struct entity *e = name && !(s->scope && s->scope->closed) ? sbml_find(s, name) : NULL;
    if (!e) {
        diag_report(s->x->diag, DIAG_E0834, s->at,
                    "'%s' is no species, compartment, parameter, reaction or stoichiometry of this model",
                    name ? name : "");
        sbml_say_names(s, name ? name : "", false);
        return 0;
    }
    note_no_value(s, e);
    return sbml_value(s, e);
}

static expr_id time_value(struct sbml *s)
{
    return s->at_start && !s->in_past ? expr_real(pool(s), 0)
                                      : expr_leaf(pool(s), EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0);
}

/* The time derivative of the value of an identifier; for a concentration, from the derivatives of amount and
 * size. */
static expr_id rate_of(struct sbml *s, const ASTNode_t *node)
{
    const ASTNode_t *child = ASTNode_getNumChildren(node) == 1 ? ASTNode_getChild(node, 0) : NULL;
    const char *id = child ? ASTNode_getName(child) : NULL;
    bool is_local = id && s->scope && map_find(s->scope->names, id) >= 0;
    if (is_local && !s->scope->closed) {
        return expr_real(pool(s), 0); /* a parameter of this law */
    }
    struct entity *e = id && !(s->scope && s->scope->closed) ? sbml_find(s, id) : NULL;
    if (!e || e->kind == ENTITY_REACTION) {
        return (expr_id)sbml_unsupported(
            s, "'rateOf' of what is no species, compartment or parameter\n  help: write the rate out in its "
               "place");
    }
    if (e->role == ROLE_ASSIGNED || e->role == ROLE_OWN || e->is_fast) {
        return (expr_id)sbml_unsupported(
            s,
            "'rateOf' of '%s', which a rule or a fast reaction assigns\n  help: write the derivative of "
            "its formula out",
            id);
    }
    if (e->role == ROLE_HELD) {
        return expr_real(pool(s), 0);
    }
    expr_id amount = expr_leaf(pool(s), EXPR_RATE_OF, TYPE_REAL, shape_scalar(), e->species, 0);
    if (e->kind != ENTITY_SPECIES || e->substance) {
        return amount;
    }
    const struct entity *c = &s->entity.data[e->compartment];
    if (c->role == ROLE_ASSIGNED) {
        return (expr_id)sbml_unsupported(
            s,
            "'rateOf' of '%s', in '%s', whose size a rule assigns\n  help: write the rate out in its place",
            id, c->id);
    }
    expr_id size = sbml_size(s, e), value = size ? sbml_value(s, e) : 0;
    if (!value) {
        return 0;
    }
    if (c->role == ROLE_RATE) { /* (value * size)' = value' * size + value * size' */
        expr_id growth = expr_leaf(pool(s), EXPR_RATE_OF, TYPE_REAL, shape_scalar(), c->species, 0);
        amount = expr_binary(pool(s), EXPR_SUB, amount, expr_binary(pool(s), EXPR_MUL, value, growth));
    }
    return expr_binary(pool(s), EXPR_DIV, amount, size);
}

/* The value of a formula at an earlier time. */
static expr_id read_delay(struct sbml *s, const ASTNode_t *node)
{
    if (ASTNode_getNumChildren(node) != 2) {
        return (expr_id)sbml_unsupported(
            s,
            "'delay' of another number of arguments than two\n  help: give it the formula and how long ago");
    }
    expr_id lag = real_child(s, node, 1), value = lag ? real_child(s, node, 0) : 0;
    /* Before the start fast reactions have not run yet. Of arguments of functions only the values are
     * known. */
    bool from_tree = s->at_start || (s->has_fast && !(s->scope && s->scope->closed));
    if (!value || !from_tree) {
        return value ? sbml_delay(s, value, lag, 0) : 0;
    }
    bool was_past = s->in_past, at_start = s->at_start;
    s->in_past = s->at_start = true;
    expr_id before = real_child(s, node, 0);
    s->in_past = was_past;
    s->at_start = at_start;
    return !before    ? 0
           : at_start ? sbml_delay_at_start(s, value, lag, before)
                      : sbml_delay(s, value, lag, before);
}

/* ---- all ---- */

/* Reads 1.5e-7 as a decimal number; libsbml's product 1.5 * 10^-7 is not exactly that number. */
static double with_exponent(const ASTNode_t *node)
{
    double mantissa = ASTNode_getMantissa(node);
    char text[64];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, mantissa);
        if (strtod(text, NULL) == mantissa) {
            break;
        }
    }
    if (strchr(text, 'e') || !isfinite(mantissa)) {
        return ASTNode_getReal(node);
    }
    size_t n = strlen(text);
    snprintf(text + n, sizeof text - n, "e%ld", ASTNode_getExponent(node));
    return strtod(text, NULL);
}

static expr_id read_number(struct sbml *s, const ASTNode_t *node)
{
    switch (ASTNode_getType(node)) {
    case AST_INTEGER: return expr_real(pool(s), (double)ASTNode_getInteger(node));
    case AST_RATIONAL:
        return expr_real(pool(s), (double)ASTNode_getNumerator(node) / (double)ASTNode_getDenominator(node));
    case AST_REAL_E: return expr_real(pool(s), with_exponent(node));
    default: return expr_real(pool(s), ASTNode_getReal(node));
    }
}

static expr_id read_operator(struct sbml *s, const ASTNode_t *node)
{
    struct expr_pool *p = pool(s);
    expr_id x, y;
    switch (ASTNode_getType(node)) {
    case AST_PLUS: return many(s, node, EXPR_ADD, expr_real(p, 0));
    case AST_TIMES: return many(s, node, EXPR_MUL, expr_real(p, 1));
    case AST_MINUS: return minus(s, node);
    case AST_DIVIDE:
        x = real_child(s, node, 0);
        y = x ? real_child(s, node, 1) : 0;
        return y ? expr_binary(p, EXPR_DIV, x, y) : 0;
    case AST_LOGICAL_AND: return many(s, node, EXPR_AND, expr_bool(p, true));
    case AST_LOGICAL_OR: return many(s, node, EXPR_OR, expr_bool(p, false));
    case AST_LOGICAL_XOR: return exclusive_or(s, node);
    case AST_LOGICAL_NOT: x = bool_child(s, node, 0); return x ? expr_unary(p, EXPR_NOT, x) : 0;
    case AST_LOGICAL_IMPLIES:
        x = bool_child(s, node, 0);
        y = x ? bool_child(s, node, 1) : 0;
        return y ? expr_binary(p, EXPR_OR, expr_unary(p, EXPR_NOT, x), y) : 0;
    case AST_RELATIONAL_EQ: return relation(s, node, EXPR_EQ, false);
    case AST_RELATIONAL_NEQ: return relation(s, node, EXPR_NE, false);
    case AST_RELATIONAL_LT: return relation(s, node, EXPR_LT, false);
    case AST_RELATIONAL_LEQ: return relation(s, node, EXPR_LE, false);
    case AST_RELATIONAL_GT: return relation(s, node, EXPR_LT, true);
    case AST_RELATIONAL_GEQ: return relation(s, node, EXPR_LE, true);
    default: return 0;
    }
}

static expr_id read_kind(struct sbml *s, const ASTNode_t *node)
{
    ASTNodeType_t type = ASTNode_getType(node);
    switch (type) {
    case AST_INTEGER:
    case AST_REAL:
    case AST_REAL_E:
    case AST_RATIONAL: return read_number(s, node);
    case AST_NAME: return name_value(s, node);
    case AST_NAME_TIME: return time_value(s);
    case AST_NAME_AVOGADRO: return expr_real(pool(s), 6.02214179e23); /* SBML L3V1, 3.4.6 */
    case AST_CONSTANT_E: return expr_real(pool(s), 2.718281828459045235);
    case AST_CONSTANT_PI: return expr_real(pool(s), 3.141592653589793238);
    case AST_CONSTANT_TRUE: return expr_bool(pool(s), true);
    case AST_CONSTANT_FALSE: return expr_bool(pool(s), false);
    case AST_FUNCTION: return call(s, node);
    case AST_FUNCTION_PIECEWISE: return piecewise(s, node);
    case AST_FUNCTION_RATE_OF: return s->in_past ? expr_real(pool(s), 0) : rate_of(s, node);
    case AST_FUNCTION_DELAY: return read_delay(s, node);
    default: break;
    }
    for (size_t i = 0; i < sizeof elementary / sizeof *elementary; i++) {
        if (elementary[i].type == type) {
            return call_elementary(s, node, elementary[i].name);
        }
    }
    if (ASTNode_isOperator(node) || ASTNode_isLogical(node) || ASTNode_isRelational(node) ||
        type == AST_LOGICAL_IMPLIES) {
        return read_operator(s, node);
    }
    const char *name = ASTNode_getName(node);
    return (expr_id)sbml_unsupported(
        s, "'%s' in a formula\n  help: write it out by arithmetic, elementary functions and `piecewise`",
        name ? name : "an unknown element");
}

static expr_id read_node(struct sbml *s, const ASTNode_t *node)
{
    if (!node) {
        diag_report(s->x->diag, DIAG_E0831, s->at,
                    "a formula is missing here, or a part of it\n  help: write it inside `math`");
        return 0;
    }
    s->expanded += s->scope && s->scope->closed;
    if (s->expanded > MAX_EXPANDED) {
        diag_report(s->x->diag, DIAG_E0833, s->at,
                    "function definitions that expand to more than %d parts in all\n  help: assign what they "
                    "share to parameters by rules",
                    MAX_EXPANDED);
        return 0;
    }
    if (s->depth >= IMPORT_MAX_DEPTH) {
        diag_report(s->x->diag, DIAG_E0833, s->at,
                    "formulas nested more than %d deep, with the functions and rules that they use\n  help: "
                    "give parts of them names by rules that read one another less",
                    IMPORT_MAX_DEPTH);
        return 0;
    }
    s->depth++;
    expr_id e = read_kind(s, node);
    s->depth--;
    return e;
}

expr_id sbml_math(struct sbml *s, const ASTNode_t *node)
{
    return import_to_real(pool(s), read_node(s, node));
}

expr_id sbml_condition(struct sbml *s, const ASTNode_t *node)
{
    return import_to_bool(pool(s), read_node(s, node));
}
