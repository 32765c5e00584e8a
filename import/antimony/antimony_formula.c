/* Formulas of Antimony, with the syntax of libsbml's Level 3 parser: '^' is right-associative and binds more
 * strongly than a sign; '&&' and '||' have the same precedence; comparisons in a row, even with parentheses,
 * form a chain as in a < b < c. The nodes are elements of MathML, the same as that parser makes. */
#include <string.h>

#include "import/antimony/antimony_impl.h"

static struct node *read(struct reader *r, int least);

static struct node *too_deep(struct reader *r, struct span at)
{
    antimony_error(r, DIAG_E0833, at,
                   "formulas nested more than %d deep\n  help: give parts of the formula names of their own",
                   IMPORT_MAX_DEPTH);
    return NULL;
}

static struct node *new_node(struct reader *r, enum node_kind kind, const char *text, struct span at)
{
    struct node *n = arena_alloc(r->x->arena, sizeof *n);
    *n = (struct node){.kind = kind, .text = text, .variable = -1, .instance = r->here, .at = at};
    return n;
}

struct node *antimony_apply(struct reader *r, const char *element, struct span at)
{
    return new_node(r, NODE_APPLY, element, at);
}

void antimony_add_operand(struct node *to, struct node *operand)
{
    operand->next = NULL;
    if (to->last) {
        to->last->next = operand;
    } else {
        to->first = operand;
    }
    to->last = operand;
    to->depth = to->depth > operand->depth ? to->depth : operand->depth + 1;
    to->at = span_join(to->at, operand->at);
}

static struct node *apply(struct reader *r, const char *element, struct node *x, struct node *y)
{
    struct node *n = antimony_apply(r, element, x->at);
    antimony_add_operand(n, x);
    if (y) {
        antimony_add_operand(n, y);
    }
    return n;
}

static struct node *copy(struct reader *r, const struct node *n)
{
    struct node *to = arena_alloc(r->x->arena, sizeof *to);
    *to = *n;
    to->next = NULL;
    return to;
}

static bool is_apply(const struct node *n, const char *element)
{
    return n->kind == NODE_APPLY && strcmp(n->text, element) == 0;
}

/* ---- binary operators ---- */

enum { LEVEL_LOGIC = 1, LEVEL_RELATION, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_SIGN, LEVEL_POWER };

static const struct {
    int sign, level;
    const char *element;
} operators[] = {
    {SIGN_AND, LEVEL_LOGIC, "and"},   {SIGN_OR, LEVEL_LOGIC, "or"},     {SIGN_EQ, LEVEL_RELATION, "eq"},
    {SIGN_NE, LEVEL_RELATION, "neq"}, {'<', LEVEL_RELATION, "lt"},      {'>', LEVEL_RELATION, "gt"},
    {SIGN_LE, LEVEL_RELATION, "leq"}, {SIGN_GE, LEVEL_RELATION, "geq"}, {'+', LEVEL_SUM, "plus"},
    {'-', LEVEL_SUM, "minus"},        {'*', LEVEL_PRODUCT, "times"},    {'/', LEVEL_PRODUCT, "divide"},
    {'%', LEVEL_PRODUCT, "%"},        {'^', LEVEL_POWER, "power"},
};

static int operator_at(const struct reader *r)
{
    const struct token *t = antimony_token(r);
    for (int i = 0; t->kind == TOKEN_SIGN && i < (int)(sizeof operators / sizeof *operators); i++) {
        if (operators[i].sign == t->sign) {
            return i;
        }
    }
    return -1;
}

static bool is_relation(const struct node *n)
{
    for (size_t i = 0; n->kind == NODE_APPLY && i < sizeof operators / sizeof *operators; i++) {
        if (operators[i].level == LEVEL_RELATION && strcmp(operators[i].element, n->text) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether n is a chain of comparisons, as a < b == c. */
static bool is_chain(const struct node *n)
{
    bool all = is_apply(n, "and") && n->first;
    for (const struct node *x = n->first; all && x; x = x->next) {
        all = is_relation(x);
    }
    return all;
}

static struct node *relation(struct reader *r, const char *element, struct node *x, struct node *y)
{
    struct node *last = is_chain(x) ? x->last : is_relation(x) ? x : NULL;
    if (!last || !last->last) {
        return apply(r, element, x, y);
    }
    if (is_apply(last, element)) {
        antimony_add_operand(last, y);
        return x;
    }
    struct node *link = apply(r, element, copy(r, last->last), y);
    if (last != x) {
        antimony_add_operand(x, link);
        return x;
    }
    return apply(r, "and", x, link);
}

/* x - y ⌊x/y⌋, with ⌈⌉ if the signs of x and y differ. */
static struct node *modulo(struct reader *r, struct node *x, struct node *y)
{
    struct node *way[2];
    static const char *const rounding[] = {"ceiling", "floor"};
    for (int i = 0; i < 2; i++) {
        struct node *whole = apply(r, rounding[i], apply(r, "divide", copy(r, x), copy(r, y)), NULL);
        way[i] = apply(r, "minus", copy(r, x), apply(r, "times", copy(r, y), whole));
    }
    struct node *zero = new_node(r, NODE_NUMBER, "0", x->at);
    struct node *differ =
        apply(r, "xor", apply(r, "lt", copy(r, x), zero), apply(r, "lt", copy(r, y), copy(r, zero)));
    struct node *n = apply(r, "piecewise", way[0], differ);
    antimony_add_operand(n, way[1]);
    return n;
}

/* Makes a node of two operands; nested sums and products become one with more operands. */
static struct node *join(struct reader *r, int level, const char *element, struct node *x, struct node *y)
{
    bool is_long = level == LEVEL_LOGIC || strcmp(element, "plus") == 0 || strcmp(element, "times") == 0;
    if (!is_long || !is_apply(x, element) || !x->first) {
        x = apply(r, element, x, NULL);
    }
    if (is_long && level != LEVEL_LOGIC && is_apply(y, element)) {
        for (struct node *next, *z = y->first; z; z = next) {
            next = z->next;
            antimony_add_operand(x, z);
        }
    } else {
        antimony_add_operand(x, y);
    }
    return x;
}

static struct node *combine(struct reader *r, int i, struct node *x, struct node *y)
{
    const char *element = operators[i].element;
    return operators[i].level == LEVEL_RELATION ? relation(r, element, x, y)
           : *element == '%'                    ? modulo(r, x, y)
                                                : join(r, operators[i].level, element, x, y);
}

/* ---- operands ---- */

static const struct {
    const char *name, *element;
} symbols[] = {
    {"true", "true"},
    {"True", "true"},
    {"TRUE", "true"},
    {"false", "false"},
    {"False", "false"},
    {"FALSE", "false"},
    {"pi", "pi"},
    {"exponentiale", "exponentiale"},
    {"avogadro", "avogadro"},
    {"time", "time"},
    {"inf", "infinity"},
    {"INF", "infinity"},
    {"infinity", "infinity"},
    {"NaN", "notanumber"},
    {"nan", "notanumber"},
    {"NAN", "notanumber"},
    {"notanumber", "notanumber"},
};

/* least, most: numbers of operands. */
static const struct {
    const char *name, *element;
    int least, most;
} functions[] = {
    {"abs", "abs", 1, 1},
    {"acos", "arccos", 1, 1},
    {"arccos", "arccos", 1, 1},
    {"acosh", "arccosh", 1, 1},
    {"arccosh", "arccosh", 1, 1},
    {"acot", "arccot", 1, 1},
    {"arccot", "arccot", 1, 1},
    {"acoth", "arccoth", 1, 1},
    {"arccoth", "arccoth", 1, 1},
    {"acsc", "arccsc", 1, 1},
    {"arccsc", "arccsc", 1, 1},
    {"acsch", "arccsch", 1, 1},
    {"arccsch", "arccsch", 1, 1},
    {"asec", "arcsec", 1, 1},
    {"arcsec", "arcsec", 1, 1},
    {"asech", "arcsech", 1, 1},
    {"arcsech", "arcsech", 1, 1},
    {"asin", "arcsin", 1, 1},
    {"arcsin", "arcsin", 1, 1},
    {"asinh", "arcsinh", 1, 1},
    {"arcsinh", "arcsinh", 1, 1},
    {"atan", "arctan", 1, 1},
    {"arctan", "arctan", 1, 1},
    {"atanh", "arctanh", 1, 1},
    {"arctanh", "arctanh", 1, 1},
    {"ceil", "ceiling", 1, 1},
    {"ceiling", "ceiling", 1, 1},
    {"cos", "cos", 1, 1},
    {"cosh", "cosh", 1, 1},
    {"cot", "cot", 1, 1},
    {"coth", "coth", 1, 1},
    {"csc", "csc", 1, 1},
    {"csch", "csch", 1, 1},
    {"delay", "delay", 2, 2},
    {"exp", "exp", 1, 1},
    {"factorial", "factorial", 1, 1},
    {"floor", "floor", 1, 1},
    {"log", "log", 1, 2},
    {"ln", "ln", 1, 1},
    {"log10", "log10", 1, 1},
    {"piecewise", "piecewise", 1, 0},
    {"power", "power", 2, 2},
    {"pow", "power", 2, 2},
    {"sqr", "sqr", 1, 1},
    {"sqrt", "root", 1, 1},
    {"rateOf", "rateOf", 1, 1},
    {"root", "root", 1, 2},
    {"sec", "sec", 1, 1},
    {"sech", "sech", 1, 1},
    {"sin", "sin", 1, 1},
    {"sinh", "sinh", 1, 1},
    {"tan", "tan", 1, 1},
    {"tanh", "tanh", 1, 1},
    {"and", "and", 0, 0},
    {"not", "not", 1, 1},
    {"or", "or", 0, 0},
    {"xor", "xor", 0, 0},
    {"eq", "eq", 1, 0},
    {"equals", "eq", 1, 0},
    {"geq", "geq", 1, 0},
    {"gt", "gt", 1, 0},
    {"leq", "leq", 1, 0},
    {"lt", "lt", 1, 0},
    {"neq", "neq", 2, 2},
    {"divide", "divide", 2, 2},
    {"minus", "minus", 1, 2},
    {"plus", "plus", 0, 0},
    {"times", "times", 0, 0},
    {"quotient", "quotient", 2, 2},
    {"max", "max", 1, 0},
    {"min", "min", 1, 0},
    {"rem", "rem", 2, 2},
    {"implies", "implies", 2, 2},
};

/* Draws from distributions, whose value is another number each time. */
static const char *const draws[] = {
    "normal",   "truncatedNormal", "uniform",   "exponential",      "truncatedExponential",
    "gamma",    "truncatedGamma",  "poisson",   "truncatedPoisson", "bernoulli",
    "binomial", "cauchy",          "chisquare", "laplace",          "lognormal",
    "rayleigh",
};

static bool is_drawn(const char *name)
{
    for (size_t i = 0; i < sizeof draws / sizeof *draws; i++) {
        if (strcmp(draws[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_operands(struct reader *r, struct node *to)
{
    if (antimony_take_sign(r, ')')) {
        return true;
    }
    do {
        struct node *x = read(r, LEVEL_LOGIC);
        if (!x) {
            return false;
        }
        antimony_add_operand(to, x);
    } while (antimony_take_sign(r, ','));
    return antimony_expect_sign(r, ')', "',' or ')'");
}

static int count(const struct node *n)
{
    int k = 0;
    for (const struct node *x = n->first; x; x = x->next) {
        k++;
    }
    return k;
}

/* Brings some functions into the form that libsbml's parser gives them. A log without a base is the natural
 * logarithm. */
static struct node *usual_form(struct reader *r, struct node *n, const char *name)
{
    if (strcmp(name, "sqr") == 0) {
        n->text = "power";
        antimony_add_operand(n, new_node(r, NODE_NUMBER, "2", n->at));
    } else if (strcmp(name, "log10") == 0 || strcmp(name, "sqrt") == 0) {
        struct node *first = new_node(r, NODE_NUMBER, *name == 'l' ? "10" : "2", n->at);
        first->next = n->first;
        n->first = first;
        n->text = *name == 'l' ? "log" : "root";
    } else if (strcmp(name, "log") == 0 && count(n) == 1) {
        n->text = "ln";
    }
    return n;
}

/* Adds the help for the call of a function that there is not: a similar name. */
static void help_function(struct reader *r, const char *text)
{
    enum { N_FUNCTIONS = sizeof functions / sizeof *functions };
    const char **known = arena_alloc(r->x->arena, (N_FUNCTIONS + r->function.n) * sizeof *known);
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        known[i] = functions[i].name;
    }
    for (size_t i = 0; i < r->function.n; i++) {
        known[N_FUNCTIONS + i] = r->function.data[i].name;
    }
    if (!diag_help_nearest(r->x->diag, text, known, N_FUNCTIONS + r->function.n)) {
        diag_help(r->x->diag, "define it before the model: `function %s(x)`, its formula, `end`", text);
    }
}

static struct node *call(struct reader *r, const struct token *name)
{
    struct span at = name->at;
    const char *text = name->text;
    r->at += 2;
    struct node *n = new_node(r, NODE_CALL, text, at);
    if (!read_operands(r, n)) {
        return NULL;
    }
    n->at = span_join(at, r->token.data[r->at - 1].at);
    if (map_find(&r->functions, text) >= 0) {
        return n;
    }
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i].name, text) == 0) {
            int k = count(n), least = functions[i].least, most = functions[i].most;
            if (k < least || (most > 0 && k > most)) {
                antimony_error(r, DIAG_E0831, n->at,
                               "'%s' of %d operands: it takes %s%d\n  help: leave the others out, or write "
                               "those that are "
                               "missing",
                               text, k,
                               most == least      ? ""
                               : most && k > most ? "at most "
                                                  : "at least ",
                               most && k > most ? most : least);
                return NULL;
            }
            n->kind = NODE_APPLY;
            n->text = functions[i].element;
            return usual_form(r, n, text);
        }
    }
    antimony_error(r, is_drawn(text) ? DIAG_E0832 : DIAG_E0834, at,
                   is_drawn(text)
                       ? "'%s', a number that is drawn from a distribution\n  help: write a parameter in its "
                         "place; a program may run the network over many values of it"
                       : "'%s' is no function of Antimony, nor of this file",
                   text);
    if (!is_drawn(text)) {
        help_function(r, text);
    }
    return NULL;
}

/* Skips the unit of a number, as in "5 mL"; it changes nothing. */
static bool skip_unit(struct reader *r)
{
    const struct token *t = antimony_token(r);
    if (r->at >= r->end || t->kind != TOKEN_NAME || antimony_is_reserved(t->text) ||
        antimony_token_behind(r, 1)->kind == TOKEN_STRING) {
        return true;
    }
    const char *name = arena_printf(r->x->arena, "%s%s", r->instance.data[r->here].prefix, t->text);
    int32_t known = map_find(&r->names, name);
    enum variable_type type = known >= 0 ? antimony_variable(r, known)->type : TYPE_UNIT;
    if (type != TYPE_UNIT && type != TYPE_UNDEFINED) {
        antimony_error(r, DIAG_E0831, t->at, "a number before '%s' would have it as its unit", t->text);
        diag_help(r->x->diag, "write the product as 2*%s", t->text);
        return false;
    }
    r->at++;
    return true;
}

static struct node *read_name(struct reader *r)
{
    const struct token *t = antimony_token(r);
    if (antimony_is_reserved(t->text)) {
        antimony_expected(r, "an operand");
        return NULL;
    }
    const struct token *next = antimony_token_behind(r, 1);
    if (next->kind == TOKEN_SIGN && next->sign == '(') {
        return call(r, t);
    }
    const struct function *f = r->defining;
    for (size_t i = 0; f && i < f->argument.n; i++) {
        if (strcmp(f->argument.data[i], t->text) == 0) {
            r->at++;
            return new_node(r, NODE_ARGUMENT, t->text, t->at);
        }
    }
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (strcmp(symbols[i].name, t->text) == 0) {
            r->at++;
            return new_node(r, NODE_SYMBOL, symbols[i].element, t->at);
        }
    }
    if (f) {
        antimony_error(r, DIAG_E0834, t->at, "'%s' is no argument of the function '%s'", t->text, f->name);
        diag_help_known(r->x->diag, t->text, f->argument.data, f->argument.n);
        return NULL;
    }
    struct node *n = new_node(r, NODE_NAME, t->text, t->at);
    n->variable = antimony_read_variable(r);
    n->at = span_join(n->at, r->token.data[r->at - 1].at);
    return n->variable >= 0 ? n : NULL;
}

static struct node *read_operand(struct reader *r)
{
    const struct token *t = antimony_token(r);
    struct span at = t->at;
    if (r->at >= r->end) {
        antimony_expected(r, "an operand");
        return NULL;
    }
    if (t->kind == TOKEN_NUMBER) {
        struct node *n = new_node(r, NODE_NUMBER, t->text, at);
        r->at++;
        return skip_unit(r) ? n : NULL;
    }
    if (t->kind == TOKEN_NAME) {
        return read_name(r);
    }
    if (antimony_take_sign(r, '(')) {
        struct node *n = read(r, LEVEL_LOGIC);
        return n && antimony_expect_sign(r, ')', "')'") ? n : NULL;
    }
    if (antimony_take_sign(r, SIGN_ELLIPSIS)) {
        return new_node(r, NODE_ELLIPSIS, "...", at);
    }
    if (antimony_is_sign(r, '{')) {
        antimony_error(r, DIAG_E0832, at,
                       "a list in braces, of which there are none in formulas\n  help: write its elements as "
                       "formulas of their own");
        return NULL;
    }
    antimony_expected(r, "an operand");
    return NULL;
}

static struct node *read_signed(struct reader *r)
{
    struct span at = antimony_token(r)->at;
    if (antimony_take_sign(r, '+')) {
        return read(r, LEVEL_SIGN);
    }
    const char *element = antimony_take_sign(r, '-') ? "minus" : antimony_take_sign(r, '!') ? "not" : NULL;
    if (!element) {
        return read_operand(r);
    }
    struct node *x = read(r, LEVEL_SIGN), *n = x ? antimony_apply(r, element, at) : NULL;
    if (n) {
        antimony_add_operand(n, x);
    }
    return n;
}

/* Reads an expression of operators that have at least this precedence. */
static struct node *read(struct reader *r, int least)
{
    if (r->depth >= IMPORT_MAX_DEPTH) {
        return too_deep(r, antimony_token(r)->at);
    }
    r->depth++;
    struct node *x = read_signed(r);
    int i;
    while (x && r->at < r->end && (i = operator_at(r)) >= 0 && operators[i].level >= least) {
        r->at++;
        bool from_right = operators[i].level == LEVEL_POWER;
        struct node *y = read(r, from_right ? LEVEL_POWER : operators[i].level + 1);
        x = y ? combine(r, i, x, y) : NULL;
        x = x && x->depth > IMPORT_MAX_DEPTH ? too_deep(r, y->at) : x;
    }
    r->depth--;
    return x;
}

/* Whether the token cannot start a formula, so that there is none. */
static bool is_blank(const struct reader *r)
{
    const struct token *t = antimony_token(r);
    return antimony_at_line_end(r) || antimony_is_sign(r, ',') || antimony_is_sign(r, ':') ||
           antimony_is_word(r, "in") || t->kind == TOKEN_FILE_END;
}

bool antimony_node(struct reader *r, const struct node **root)
{
    *root = is_blank(r) ? NULL : read(r, LEVEL_LOGIC);
    return *root || is_blank(r);
}

bool antimony_formula(struct reader *r, const struct formula **f)
{
    struct span from = antimony_token(r)->at;
    const struct node *root = NULL;
    *f = NULL;
    if (is_blank(r)) {
        return true;
    }
    if (!(root = read(r, LEVEL_LOGIC))) {
        return false;
    }
    struct formula *to = arena_alloc(r->x->arena, sizeof *to);
    *to = (struct formula){
        .root = root, .instance = r->here, .at = span_join(from, r->token.data[r->at - 1].at)};
    *f = to;
    return true;
}

bool antimony_has(const struct reader *r, const struct node *n, int32_t variable)
{
    if (!n) {
        return false;
    }
    if (n->kind == NODE_NAME && antimony_root(r, n->variable) == antimony_root(r, variable)) {
        return true;
    }
    for (const struct node *x = n->first; x; x = x->next) {
        if (antimony_has(r, x, variable)) {
            return true;
        }
    }
    return false;
}
