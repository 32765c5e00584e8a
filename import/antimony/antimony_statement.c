/* Statements of Antimony, executed in the order of the text. */
#include <string.h>
#include <strings.h>

#include "import/antimony/antimony_impl.h"

enum { MAX_STATEMENTS = 1000000, MAX_REPORTS = 20, MAX_MODULE_DEPTH = 50 };

/* ---- statements without effect ---- */

static void skip_statement(struct reader *r)
{
    while (!antimony_at_line_end(r)) {
        r->at++;
    }
}

/* Skips strings in a row, also on several lines. */
static bool skip_texts(struct reader *r)
{
    do {
        while (r->at < r->end && antimony_token(r)->kind == TOKEN_LINE_END) {
            r->at++;
        }
        if (antimony_token(r)->kind != TOKEN_STRING) {
            return antimony_expected(r, "a text");
        }
        r->at++;
    } while (antimony_take_sign(r, ','));
    return true;
}

/* For "x.sboTerm = 25" and "x.mean = 3", at the attribute's name: whether it is one, and not a variable of
 * that name. */
static bool is_remark(const struct reader *r)
{
    size_t n = 0;
    const char *name = r->instance.data[r->here].prefix;
    for (;; n += 2) {
        const struct token *t = antimony_token_behind(r, n), *dot = antimony_token_behind(r, n + 1);
        if (t->kind != TOKEN_NAME) {
            return false;
        }
        name = arena_printf(r->x->arena, "%s%s%s", name, n ? "." : "", t->text);
        if (dot->kind != TOKEN_SIGN || dot->sign != '.') {
            return n > 0 && antimony_is_remark_part(t->text) && map_find(&r->names, name) < 0;
        }
    }
}

/* Whether `identity "..."` or `creator1.givenName "..."` begins at the first word after the name. */
static bool is_annotation(const struct reader *r)
{
    const struct token *t = antimony_token(r), *next = antimony_token_behind(r, 1);
    bool is_part =
        next->kind == TOKEN_SIGN && next->sign == '.' && antimony_token_behind(r, 2)->kind == TOKEN_NAME;
    const struct token *value = is_part ? antimony_token_behind(r, 3) : next;
    return r->at < r->end && t->kind == TOKEN_NAME &&
           (value->kind == TOKEN_STRING || (is_part && value->kind == TOKEN_NUMBER));
}

static bool skip_annotation(struct reader *r)
{
    r->at += antimony_token_behind(r, 1)->kind == TOKEN_SIGN ? 3 : 1;
    if (antimony_token(r)->kind == TOKEN_NUMBER) {
        r->at++;
        return true;
    }
    return skip_texts(r);
}

static bool skip_unused(struct reader *r, const char *what, struct span at)
{
    diag_report(r->x->diag, DIAG_W0832, at, "%s", what);
    skip_statement(r);
    return true;
}

static bool skip_constraint(struct reader *r, struct span at)
{
    return skip_unused(r, "a constraint, which changes nothing: it is not looked at", at);
}

static bool skip_objective(struct reader *r, struct span at)
{
    return skip_unused(r, "an objective for flux balance: no fluxes are optimised", at);
}

static bool is_inequality(const struct reader *r)
{
    return antimony_is_sign(r, '<') || antimony_is_sign(r, '>') || antimony_is_sign(r, SIGN_LE) ||
           antimony_is_sign(r, SIGN_GE) || antimony_is_sign(r, SIGN_NE) || antimony_is_sign(r, SIGN_EQ);
}

/* ---- values ---- */

/* Reads "= f", ":= f", "' = f" or "has u" after a name; *any: whether there is one. */
static bool read_value(struct reader *r, int32_t v, struct span at, bool *any)
{
    const struct formula *f;
    *any = true;
    if (antimony_take_sign(r, '=')) {
        return antimony_formula(r, &f) && antimony_set_value(r, v, f, at);
    }
    if (antimony_is_sign(r, ':') && antimony_token_behind(r, 1)->kind == TOKEN_SIGN &&
        antimony_token_behind(r, 1)->sign == '=') {
        r->at += 2;
        return antimony_formula(r, &f) && antimony_set_rule(r, v, f, at);
    }
    if (antimony_take_sign(r, '\'')) {
        return antimony_expect_sign(r, '=', "'='") && antimony_formula(r, &f) &&
               antimony_set_rate(r, v, f, at);
    }
    if (antimony_take_word(r, "has")) {
        return antimony_unit(r, NULL);
    }
    *any = false;
    return true;
}

static bool read_in(struct reader *r, int32_t v, struct span at)
{
    int32_t c = antimony_read_variable(r);
    return c >= 0 && antimony_set_compartment(r, v, c, at);
}

/* ---- declarations ---- */

struct declared {
    enum variable_type type; /* UNDEFINED: the declaration has no type */
    enum constness constness;
    bool is_substance, is_dna;
};

static bool declaration_word(struct reader *r, struct declared *d)
{
    static const struct {
        const char *word;
        struct declared means;
    } words[] = {
        {"species", {.type = TYPE_SPECIES}},
        {"substanceOnly", {.type = TYPE_SPECIES, .is_substance = true}},
        {"compartment", {.type = TYPE_COMPARTMENT}},
        {"formula", {.type = TYPE_PARAMETER}},
        {"reaction", {.type = TYPE_REACTION}},
        {"gene", {.type = TYPE_REACTION, .is_dna = true}},
        {"operator", {.type = TYPE_PARAMETER, .is_dna = true}},
        {"DNA", {.is_dna = true}},
        {"var", {.constness = CONST_VAR}},
        {"const", {.constness = CONST_CONST}},
        {"ext", {.constness = CONST_CONST}},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (antimony_take_word(r, words[i].word)) {
            const struct declared *w = &words[i].means;
            d->type = w->type != TYPE_UNDEFINED ? w->type : d->type;
            d->constness = w->constness != CONST_DEFAULT ? w->constness : d->constness;
            d->is_substance |= w->is_substance;
            d->is_dna |= w->is_dna;
            return true;
        }
    }
    return false;
}

static bool declare(struct reader *r, const struct declared *d)
{
    struct span at = antimony_token(r)->at;
    int32_t v = antimony_read_variable(r);
    bool any;
    if (v < 0) {
        return false;
    }
    bool is_reaction = d->type == TYPE_REACTION;
    if (is_reaction && d->constness == CONST_CONST) {
        return antimony_error(
            r, DIAG_E0831, at,
            "a reaction is never constant\n  help: leave `const` out; `$S` or `const S` holds a species");
    }
    if (d->type != TYPE_UNDEFINED && !antimony_set_type(r, v, d->type, at)) {
        return false;
    }
    struct variable *x = antimony_variable(r, v);
    x->constness = d->constness != CONST_DEFAULT ? d->constness : x->constness;
    x->is_substance = d->type == TYPE_SPECIES ? d->is_substance : x->is_substance;
    if (d->is_dna && x->type != TYPE_STRAND) {
        x->is_dna = true;
        x->is_rule |= !is_reaction;
    }
    if (antimony_take_word(r, "in") && !read_in(r, v, at)) {
        return false;
    }
    if (antimony_is_sign(r, '.')) { /* compartment c.sboTerm = 290 */
        skip_statement(r);
    }
    return read_value(r, v, at, &any);
}

static bool read_declarations(struct reader *r, struct declared d)
{
    while (declaration_word(r, &d)) {
    }
    do {
        if (!declare(r, &d)) {
            return false;
        }
    } while (antimony_take_sign(r, ','));
    return true;
}

/* ---- submodules ---- */

static bool read_factor(struct reader *r, struct factor *f)
{
    const struct token *t = antimony_token(r);
    *f = (struct factor){.variable = -1};
    if (r->at < r->end && t->kind == TOKEN_NUMBER) {
        f->number = t->text;
        r->at++;
        return true;
    }
    f->variable = antimony_read_variable(r);
    return f->variable >= 0 && antimony_set_type(r, f->variable, TYPE_PARAMETER, t->at);
}

static int32_t port(struct reader *r, const struct module *m, int32_t instance, size_t i)
{
    size_t n = 0;
    for (size_t k = m->ports.first; k < m->ports.end; k++) {
        const struct token *t = &r->token.data[k];
        if (t->kind == TOKEN_NAME && n++ == i) {
            return map_find(&r->names,
                            arena_printf(r->x->arena, "%s%s", r->instance.data[instance].prefix, t->text));
        }
    }
    return -1;
}

static const struct formula *number_formula(struct reader *r, const struct token *t, bool negative)
{
    struct formula *f = arena_alloc(r->x->arena, sizeof *f);
    struct node *n = arena_alloc(r->x->arena, sizeof *n);
    *n =
        (struct node){.kind = NODE_NUMBER, .text = t->text, .variable = -1, .instance = r->here, .at = t->at};
    if (negative) {
        struct node *minus = antimony_apply(r, "minus", t->at);
        antimony_add_operand(minus, n);
        n = minus;
    }
    *f = (struct formula){.root = n, .instance = r->here, .at = t->at};
    return f;
}

static bool unknown_module(struct reader *r, const struct token *t)
{
    const char **known = arena_alloc(r->x->arena, (r->module.n + 1) * sizeof *known);
    size_t n = 0;
    for (size_t i = 1; i < r->module.n; i++) { /* the first is the file itself */
        known[n++] = r->module.data[i].name;
    }
    antimony_error(r, DIAG_E0834, t->at, "'%s' is no module of this file", t->text);
    diag_help_known(r->x->diag, t->text, known, n);
    if (!diag_has_help(r->x->diag)) {
        diag_help(r->x->diag, "a module is made by `model %s(x)` ... `end` before, or by `import \"FILE\"`",
                  t->text);
    }
    return false;
}

/* Makes the arguments in the parentheses the names that the module exports. */
static bool read_imports(struct reader *r, const struct module *m, int32_t instance)
{
    for (size_t i = 0; !antimony_take_sign(r, ')'); i++) {
        const struct token *t = antimony_token(r);
        struct span at = t->at;
        if (i > 0 && !antimony_expect_sign(r, ',', "',' or ')'")) {
            return false;
        }
        t = antimony_token(r);
        bool negative = antimony_take_sign(r, '-');
        t = antimony_token(r);
        int32_t p = port(r, m, instance, i);
        if (p < 0) {
            return antimony_error(r, DIAG_E0831, at,
                                  "the module '%s' has no %zu names between its parentheses\n  help: leave "
                                  "the others out, or add their names where the module begins",
                                  m->name, i + 1);
        }
        if (r->at < r->end && t->kind == TOKEN_NUMBER) {
            r->at++;
            if (!antimony_set_value(r, p, number_formula(r, t, negative), t->at)) {
                return false;
            }
            continue;
        }
        int32_t v = negative ? -1 : antimony_read_variable(r);
        if (v < 0) {
            return !negative ? false : antimony_expected(r, "a number");
        }
        if (!antimony_make_same(r, p, v, (struct factor){.variable = -1}, at)) {
            return false;
        }
    }
    return true;
}

static bool read_conversions(struct reader *r, struct factor *time, struct factor *extent)
{
    while (antimony_take_sign(r, ',')) {
        bool is_time = antimony_is_word(r, "timeconv");
        if (!is_time && !antimony_is_word(r, "extentconv")) {
            return antimony_expected(r, "'timeconv' or 'extentconv'");
        }
        r->at++;
        if (!antimony_expect_sign(r, '=', "'='") || !read_factor(r, is_time ? time : extent)) {
            return false;
        }
    }
    return true;
}

static bool is_module_at(const struct reader *r)
{
    const struct token *t = antimony_token(r), *next = antimony_token_behind(r, 1);
    return r->at < r->end && t->kind == TOKEN_NAME && next->kind == TOKEN_SIGN && next->sign == '(' &&
           map_find(&r->modules, t->text) >= 0;
}

/* Reads "foo(x, 3), timeconv = 60 in c" from the name of the module on. */
static bool read_submodule(struct reader *r, int32_t v, struct span at)
{
    int32_t m = map_find(&r->modules, antimony_token(r)->text);
    v = v >= 0 ? v : antimony_new_variable(r, "_sys", &r->unnamed[2], at);
    if (!antimony_set_type(r, v, TYPE_MODULE, at)) {
        return false;
    }
    int depth = r->instance.data[r->here].depth + 1;
    const char *prefix = arena_printf(r->x->arena, "%s.", r->variable.data[v].name);
    struct instance made = {.module = m, .parent = r->here, .variable = v, .prefix = prefix, .depth = depth};
    made.time.variable = made.extent.variable = -1;
    if (r->module.data[m].is_open) {
        antimony_error(r, DIAG_E0831, at,
                       "the module '%s' has itself as a part\n  help: leave the part out, or copy what "
                       "it needs into a module of another name",
                       r->module.data[m].name);
        diag_note(r->x->diag, r->module.data[m].at, "the module");
        return false;
    }
    if (depth > MAX_MODULE_DEPTH) {
        return antimony_error(
            r, DIAG_E0833, at,
            "submodules more than %d deep\n  help: copy the statements of one into the module that uses it",
            MAX_MODULE_DEPTH);
    }
    vec_push(&r->instance, made);
    int32_t instance = (int32_t)r->instance.n - 1;
    antimony_variable(r, v)->made = instance;
    antimony_variable(r, v)->at = at;
    r->at += 2;
    if (!antimony_make(r, instance) || !read_imports(r, &r->module.data[m], instance) ||
        !read_conversions(r, &made.time, &made.extent)) {
        return false;
    }
    r->instance.data[instance].time = made.time;
    r->instance.data[instance].extent = made.extent;
    return !antimony_take_word(r, "in") || read_in(r, v, at);
}

/* ---- statements that begin with a name ---- */

/* After 'is': reads a text, which is a name for display, or the variable that it is the same as. */
static bool read_is(struct reader *r, int32_t v, struct span at)
{
    struct factor none = {.variable = -1}, factor = none;
    if (antimony_token(r)->kind == TOKEN_STRING) {
        return skip_texts(r);
    }
    int32_t to = antimony_read_variable(r);
    if (to < 0) {
        return false;
    }
    if (antimony_take_sign(r, '/') && !read_factor(r, &factor)) {
        return false;
    }
    return antimony_make_same(r, v, to, factor, at);
}

/* Reads "A.y * cf is x" from '*' on. */
static bool read_scaled_is(struct reader *r, int32_t v, struct span at)
{
    struct factor factor;
    if (!read_factor(r, &factor)) {
        return false;
    }
    if (!antimony_take_word(r, "is")) {
        return antimony_expected(r, "'is'");
    }
    int32_t to = antimony_read_variable(r);
    return to >= 0 && antimony_make_same(r, v, to, factor, at);
}

/* Reads "0 = x - 2" from the number on. */
static bool read_algebraic(struct reader *r, int32_t v, struct span at)
{
    const struct token *t = antimony_token(r);
    const struct formula *f;
    r->at += 2;
    if (!antimony_formula(r, &f)) {
        return false;
    }
    if (!f) {
        return antimony_expected(r, "a formula");
    }
    v = v >= 0 ? v : antimony_new_variable(r, "_alg", &r->unnamed[3], at);
    if (!antimony_set_type(r, v, TYPE_RULE, at)) {
        return false;
    }
    if (t->number != 0) {
        struct node *difference = antimony_apply(r, "minus", f->at);
        struct node *left = arena_alloc(r->x->arena, sizeof *left);
        *left = *f->root;
        antimony_add_operand(difference, left);
        struct node *right = arena_alloc(r->x->arena, sizeof *right);
        *right = *number_formula(r, t, false)->root;
        antimony_add_operand(difference, right);
        struct formula *whole = arena_alloc(r->x->arena, sizeof *whole);
        *whole = *f;
        whole->root = difference;
        f = whole;
    }
    antimony_variable(r, v)->value = f;
    antimony_variable(r, v)->at = at;
    return true;
}

static bool is_algebraic(const struct reader *r)
{
    return antimony_token(r)->kind == TOKEN_NUMBER && antimony_token_behind(r, 1)->kind == TOKEN_SIGN &&
           antimony_token_behind(r, 1)->sign == '=';
}

/* Reads the statement after "name:". */
static bool read_named(struct reader *r, int32_t v, struct span at)
{
    if (antimony_is_word(r, "at")) {
        return antimony_event(r, v, at);
    }
    if (antimony_is_word(r, "maximize") || antimony_is_word(r, "minimize")) {
        return skip_objective(r, at);
    }
    if (is_module_at(r)) {
        return read_submodule(r, v, at);
    }
    if (is_algebraic(r)) {
        return read_algebraic(r, v, at);
    }
    if (antimony_is_sign(r, SIGN_DASHES)) {
        return antimony_strand(r, v, -1, at);
    }
    const struct token *t = antimony_token(r), *next = antimony_token_behind(r, 1);
    if (r->at < r->end && t->kind == TOKEN_NAME && next->kind == TOKEN_SIGN && next->sign == '(') {
        return unknown_module(r, t);
    }
    if (antimony_is_divider(r) || t->kind == TOKEN_NUMBER) {
        return antimony_reaction(r, v, -1, at);
    }
    struct span part = t->at;
    int32_t first = antimony_read_variable(r);
    return first >= 0 && (antimony_is_sign(r, SIGN_DASHES) ? antimony_strand(r, v, first, part)
                                                           : antimony_reaction(r, v, first, at));
}

static bool read_from_name(struct reader *r)
{
    struct span at = antimony_token(r)->at;
    if (is_module_at(r)) {
        return read_submodule(r, -1, at);
    }
    if (is_remark(r)) {
        skip_statement(r);
        return true;
    }
    size_t n_tokens = 1;
    const char *name = antimony_is_sign(r, '$') ? "" : antimony_module_name(r, &n_tokens);
    const char *full = arena_printf(r->x->arena, "%s%s", r->instance.data[r->here].prefix, name);
    bool names_module = map_find(&r->names, full) < 0 &&
                        (map_find(&r->modules, name) >= 0 || map_find(&r->functions, name) >= 0);
    if (names_module) { /* `foo is "..."`, `foo identity "..."` */
        r->at += n_tokens;
        return antimony_take_word(r, "is") ? skip_texts(r)
               : is_annotation(r)          ? skip_annotation(r)
                                           : antimony_expected(r, "an annotation, or '(' of a submodule");
    }
    int32_t v = antimony_read_variable(r);
    if (v < 0) {
        return false;
    }
    bool any = antimony_take_word(r, "in");
    if (any && !read_in(r, v, at)) {
        return false;
    }
    bool has_value;
    if (!read_value(r, v, at, &has_value)) {
        return false;
    }
    if (has_value) {
        return true;
    }
    if (antimony_take_sign(r, ':')) {
        return read_named(r, v, at);
    }
    if (antimony_take_word(r, "is")) {
        return read_is(r, v, at);
    }
    if (antimony_take_sign(r, '*')) {
        return read_scaled_is(r, v, at);
    }
    if (antimony_is_sign(r, SIGN_DASHES)) {
        return antimony_strand(r, -1, v, at);
    }
    if (is_inequality(r)) {
        return skip_constraint(r, at);
    }
    if (is_annotation(r)) {
        return skip_annotation(r);
    }
    if (any && antimony_at_line_end(r)) {
        return true;
    }
    if (antimony_at_line_end(r)) {
        return antimony_expected(r, "'=', ':', an arrow, or something else that is said of the name\n  help: "
                                    "write `x = 3`, `x := 2*y`, `x' = 2` or `A -> B; k*A`");
    }
    return antimony_reaction(r, -1, v, at);
}

/* ---- all statements ---- */

static bool read_unit(struct reader *r)
{
    struct span at = antimony_token(r)->at;
    r->at++;
    int32_t v = antimony_read_variable(r);
    if (v < 0 || !antimony_set_type(r, v, TYPE_UNIT, at)) {
        return false;
    }
    return !antimony_take_sign(r, '=') || antimony_define_unit(r, r->variable.data[v].name, at);
}

/* Whether "substance = moles" sets a unit of the model, which it does if a unit follows. */
static bool is_model_unit(const struct reader *r)
{
    static const char *const names[] = {"substance", "volume", "area", "length", "time_unit", "extent"};
    const struct token *sign = antimony_token_behind(r, 1), *t = antimony_token_behind(r, 2);
    bool is = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        is |= antimony_is_word(r, names[i]);
    }
    t = t->kind == TOKEN_NUMBER ? antimony_token_behind(r, 3) : t;
    return is && sign->kind == TOKEN_SIGN && sign->sign == '=' && t->kind == TOKEN_NAME &&
           antimony_is_unit_name(r, t->text);
}

static bool read_model_unit(struct reader *r)
{
    const struct token *t = antimony_token(r);
    struct span at = t->at;
    const char *name = t->text;
    int32_t v = antimony_variable_named(r, name, at);
    r->at += 2;
    return antimony_set_type(r, v, TYPE_UNIT, at) && antimony_define_unit(r, name, at);
}

static bool read_deletions(struct reader *r)
{
    r->at++;
    do {
        struct span at = antimony_token(r)->at;
        int32_t v = antimony_read_variable(r);
        if (v < 0 || !antimony_delete(r, v, at)) {
            return false;
        }
    } while (antimony_take_sign(r, ','));
    return true;
}

/* Skips `model notes "..."` and `model.sboTerm = 3` inside of a module. */
static bool skip_of_model(struct reader *r)
{
    r->at++;
    if (antimony_is_sign(r, '.')) {
        skip_statement(r);
        return true;
    }
    return is_annotation(r) ? skip_annotation(r)
                            : antimony_expected(r, "an annotation of the model: a module within a module is "
                                                   "none\n  help: write `end` before it");
}

static bool read_keyword(struct reader *r, const struct token *t)
{
    if (antimony_is_word(r, "at")) {
        return antimony_event(r, -1, t->at);
    }
    if (antimony_is_word(r, "unit")) {
        return read_unit(r);
    }
    if (antimony_is_word(r, "delete")) {
        return read_deletions(r);
    }
    if (antimony_is_word(r, "constraint")) {
        return skip_constraint(r, t->at);
    }
    if (antimony_is_word(r, "maximize") || antimony_is_word(r, "minimize")) {
        return skip_objective(r, t->at);
    }
    if (antimony_is_word(r, "model") || antimony_is_word(r, "module")) {
        return skip_of_model(r);
    }
    return antimony_expected(r, "a statement");
}

static bool read_statement(struct reader *r)
{
    const struct token *t = antimony_token(r);
    struct declared d = {.type = TYPE_UNDEFINED};
    if (t->kind == TOKEN_NAME) {
        if (is_model_unit(r)) {
            return read_model_unit(r);
        }
        if (declaration_word(r, &d)) {
            return read_declarations(r, d);
        }
        return antimony_is_reserved(t->text) ? read_keyword(r, t) : read_from_name(r);
    }
    if (antimony_is_sign(r, SIGN_DASHES)) {
        return antimony_strand(r, -1, -1, t->at);
    }
    if (is_algebraic(r)) {
        return read_algebraic(r, -1, t->at);
    }
    bool signed_number = antimony_is_sign(r, '-') && antimony_token_behind(r, 1)->kind == TOKEN_NUMBER;
    if (t->kind == TOKEN_NUMBER || signed_number) {
        r->at += signed_number ? 2 : 1;
        bool bounds = is_inequality(r);
        r->at -= signed_number ? 2 : 1;
        if (bounds) {
            return skip_constraint(r, t->at);
        }
    }
    if (antimony_is_sign(r, '$')) {
        return read_from_name(r);
    }
    if (t->kind == TOKEN_NUMBER || antimony_is_divider(r)) {
        return antimony_reaction(r, -1, -1, t->at);
    }
    return antimony_expected(r, "a statement");
}

/* Executes a range of statements. After an error it continues at the next line, up to a number of errors. */
static bool read_range(struct reader *r, struct range range)
{
    bool ok = true;
    size_t at = r->at, end = r->end;
    r->at = range.first;
    r->end = range.end;
    while (r->at < r->end && r->reports < MAX_REPORTS) {
        if (antimony_at_line_end(r)) {
            r->at++;
            continue;
        }
        if (++r->statements > MAX_STATEMENTS) {
            r->reports = MAX_REPORTS;
            ok = antimony_error(
                r, DIAG_E0833, antimony_token(r)->at,
                "more than %d statements, with those of submodules\n  help: use fewer submodules",
                MAX_STATEMENTS);
            break;
        }
        r->depth = 0;
        bool one =
            read_statement(r) &&
            (antimony_at_line_end(r) ||
             antimony_expected(r, "the end of the statement\n  help: write `;` before it, or leave it out"));
        while (!one && r->at < r->end && antimony_token(r)->kind != TOKEN_LINE_END) {
            r->at++;
        }
        r->reports += !one;
        ok = ok && one;
    }
    r->at = at;
    r->end = end;
    return ok;
}

bool antimony_make(struct reader *r, int32_t instance)
{
    int32_t outer = r->here, m = r->instance.data[instance].module;
    bool ok = true;
    r->here = instance;
    r->module.data[m].is_open = r->module.data[m].was_made = true;
    struct range ports = r->module.data[m].ports;
    size_t at = r->at, end = r->end;
    r->at = ports.first;
    r->end = ports.end;
    while (ok && r->at < r->end) { /* "(x, $S)" */
        ok =
            antimony_read_variable(r) >= 0 && (r->at >= r->end || antimony_expect_sign(r, ',', "',' or ')'"));
    }
    r->at = at;
    r->end = end;
    for (size_t i = 0; ok && i < r->module.data[m].body.n; i++) {
        ok = read_range(r, r->module.data[m].body.data[i]);
    }
    r->module.data[m].is_open = false;
    r->here = outer;
    return ok;
}
