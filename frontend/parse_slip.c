#include "frontend/parse_slip.h"

#include <stdlib.h>
#include <string.h>

#include "grammar/parser.h"

bool slip_expects(const struct slip *s, int kind)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->expected[i] == kind) {
            return true;
        }
    }
    return false;
}

static bool ends_statement(int kind)
{
    return kind == ';' || kind == '{' || kind == '}' || kind == T_END;
}

size_t slip_start(const struct slip *s)
{
    size_t i = s->found;
    while (i > 0 && !ends_statement(s->p->tokens.data[i - 1].kind)) {
        i--;
    }
    return i;
}

/* -- kinds of tokens -- */

static bool is_arrow(int kind)
{
    return kind == T_ARROW || kind == T_REVERSIBLE || kind == T_BALANCED || kind == T_LAW;
}

static bool is_number(int kind)
{
    return kind == T_INT || kind == T_ZERO || kind == T_REAL;
}

static bool is_word(int kind) /* may be a name */
{
    return (kind >= T_PRINT && kind <= T_IMPORT) || kind == T_IDENT || kind == T_UNIT_WORD;
}

static bool is_reserved(int kind)
{
    return kind >= T_USE && kind <= T_ASSUME;
}

static bool is_comparison(int kind)
{
    return kind == T_EQUAL || kind == T_UNEQUAL || kind == '<' || kind == '>' || kind == T_AT_MOST ||
           kind == T_AT_LEAST;
}

static bool starts_experiment_statement(int kind)
{
    return (kind >= T_PRINT && kind <= T_LOSS) || (kind >= T_SET && kind <= T_RECORD);
}

static bool starts_network_statement(int kind)
{
    return (kind >= T_DUAL && kind <= T_REPLICATE) || kind == T_FAST || kind == T_UNITS || kind == T_VOLUME;
}

static bool has_arrow(const struct slip *s)
{
    for (size_t i = slip_start(s); i < s->p->tokens.n && !ends_statement(s->p->tokens.data[i].kind); i++) {
        if (is_arrow(s->p->tokens.data[i].kind)) {
            return true;
        }
    }
    return false;
}

/* -- repairs -- */

static void repair(const struct slip *s, enum edit_kind what, size_t at, int kind, const char *text)
{
    struct parse *p = s->p;
    if (!p->may_repair) {
        return;
    }
    struct token t = p->tokens.data[at];
    if (what == EDIT_INSERT) {
        uint32_t place = at > 0 ? p->tokens.data[at - 1].span.hi : 0;
        t.span.lo = t.span.hi = place;
        t.doc = NULL;
        t.flags |= TOKEN_MADE_UP | (at > 0 ? p->tokens.data[at - 1].flags & TOKEN_BROKEN : 0);
    }
    t.kind = kind;
    if (text) {
        t.text = intern_text(p->names, text);
    }
    p->edit = (struct edit){what, at, t};
}

static void insert(const struct slip *s, int kind, const char *text)
{
    repair(s, EDIT_INSERT, s->found, kind, text);
}

static void replace(const struct slip *s, int kind, const char *text)
{
    repair(s, EDIT_REPLACE, s->found, kind, text);
}

/* -- text of the statement, for help lines -- */

static const char *source_between(const struct slip *s, uint32_t lo, uint32_t hi)
{
    return hi > lo && hi - lo < 60 ? arena_strndup(s->p->arena, s->p->text + lo, hi - lo) : "...";
}

/* -- the slips; each returns whether it was this one -- */

static bool missing_semicolon(const struct slip *s)
{
    bool at_end = (s->t->flags & TOKEN_LINE_START) || s->t->kind == '}' || s->t->kind == T_END;
    if (!at_end || !slip_expects(s, ';')) {
        return false;
    }
    if (!(s->last->flags & TOKEN_BROKEN)) {
        struct span at = {s->p->file, s->last->span.hi, s->last->span.hi};
        parse_error(s->p, DIAG_E0107, at, "`;` is missing at the end of this statement");
    }
    insert(s, ';', ";");
    return true;
}

static bool empty_side(const struct slip *s)
{
    bool left = is_arrow(s->t->kind) && slip_expects(s, T_EMPTY_SET) &&
                (ends_statement(s->last->kind) || s->last->kind == ':' || s->last->kind == T_FAST);
    bool right = (s->t->kind == ';' || s->t->kind == T_VIA) && slip_expects(s, T_EMPTY_SET) &&
                 (is_arrow(s->last->kind) || s->last->kind == T_RATE_CLOSE);
    if (!left && !right) {
        return false;
    }
    struct span at = left ? s->t->span : s->last->span;
    parse_error(s->p, DIAG_E0108, at, "the %s side of this reaction is empty", left ? "left" : "right");
    parse_help(s->p, "the empty side is written `0`: `%s`", left ? "0 -> A" : "A -> 0");
    insert(s, T_ZERO, "0");
    return true;
}

static bool equals_for_arrow(const struct slip *s)
{
    if (s->t->kind != '=' || !slip_expects(s, T_ARROW) || slip_expects(s, '=')) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a reaction is written with an arrow, not with `=`");
    const struct token *first = &s->p->tokens.data[slip_start(s)];
    parse_help(s->p, "write `%s -> ...`, or `<->` for both directions",
               source_between(s, first->span.lo, s->last->span.hi));
    replace(s, T_ARROW, "->");
    return true;
}

static bool star_after_coefficient(const struct slip *s)
{
    if (s->t->kind != '*' || s->t->place != PLACE_NETWORK || !is_number(s->last->kind) ||
        slip_expects(s, '*') || !is_word(s->next->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a coefficient stands before its species without `*`");
    parse_help(s->p, "write `%s %s`", s->last->text, s->next->text);
    repair(s, EDIT_DELETE, s->found, 0, NULL);
    return true;
}

static bool names_side_by_side(const struct slip *s)
{
    bool comma = s->t->kind == ',';
    if ((!is_word(s->t->kind) && !comma) || !slip_expects(s, T_ARROW) || !slip_expects(s, '+') ||
        !has_arrow(s)) {
        return false;
    }
    size_t start = slip_start(s);
    bool first = s->found == start + 1;
    parse_error(s->p, DIAG_E0108, s->t->span, "found %s, expected `+` or an arrow", slip_describe(s, s->t));
    if (first) {
        parse_help(s->p, "a rate stands in braces after the arrow: `->{%s}`; species are joined by `+`",
                   s->last->text);
    } else {
        parse_help(s->p, "species are joined by `+`");
    }
    if (comma) {
        replace(s, '+', "+");
    } else {
        insert(s, '+', "+");
    }
    return true;
}

static bool real_coefficient(const struct slip *s)
{
    if (s->t->kind != T_REAL || !slip_expects(s, T_EMPTY_SET)) {
        return false;
    }
    const char *e = strpbrk(s->t->text, "eE");
    if (e && !strchr(s->t->text, '.') && e[1] != '+' && e[1] != '-') {
        int digits = (int)(e - s->t->text);
        parse_error(s->p, DIAG_E0108, s->t->span, "`%s` is the number %g", s->t->text, s->t->v.real);
        parse_help(s->p, "for %.*s of the species `%s` write `%.*s %s`", digits, s->t->text, e, digits,
                   s->t->text, e);
        replace(s, T_IDENT, e);
        return true;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a coefficient is a whole number");
    parse_help(s->p, "a factor of the rate stands in braces after the arrow");
    if (is_word(s->next->kind)) {
        repair(s, EDIT_DELETE, s->found, 0, NULL);
    }
    return true;
}

static bool second_arrow(const struct slip *s)
{
    if (!is_arrow(s->t->kind) || !slip_expects(s, T_VIA)) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a reaction has one arrow");
    parse_help(s->p, "write two reactions: `A -> B; B -> C;`");
    return true;
}

static bool reaction_outside(const struct slip *s)
{
    if (!is_arrow(s->t->kind) || s->t->place == PLACE_NETWORK || slip_expects(s, T_ARROW) ||
        slip_expects(s, T_AT_LEAST) || slip_expects(s, T_TO)) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a reaction stands in a network");
    parse_help(s->p, "as in `network name { species A, B; A -> B; }`");
    return true;
}

static bool wrong_operator(const struct slip *s)
{
    static const struct {
        const char *word, *instead;
        int kind;
    } words[] = {{"and", "&&", T_AND}, {"or", "||", T_OR}};
    if (s->t->kind == T_LAW && slip_expects(s, T_AT_LEAST)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`=>` is an arrow; the comparison is `>=`");
        parse_help(s->p, "write `>=`");
        replace(s, T_AT_LEAST, ">=");
        return true;
    }
    if (s->t->kind == '=' && slip_expects(s, T_EQUAL)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`=` gives a value; a comparison is `==`");
        parse_help(s->p, "write `==`");
        replace(s, T_EQUAL, "==");
        return true;
    }
    if (s->t->kind == T_EDGE && slip_expects(s, '-')) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`--` joins two units in `connect`");
        parse_help(s->p, "two minus signs stand apart: `- -`");
        replace(s, '-', "-");
        return true;
    }
    for (size_t i = 0; i < 2 && s->t->kind == T_IDENT && slip_expects(s, T_AND); i++) {
        if (strcmp(s->t->text, words[i].word) == 0) {
            parse_error(s->p, DIAG_E0101, s->t->span, "the operator is written `%s`", words[i].instead);
            parse_help(s->p, "write `%s` for `%s`", words[i].instead, words[i].word);
            replace(s, words[i].kind, words[i].instead);
            return true;
        }
    }
    if (s->found > 0 && s->last->kind == T_IDENT && strcmp(s->last->text, "not") == 0 &&
        (is_word(s->t->kind) || is_number(s->t->kind) || s->t->kind == T_TRUE || s->t->kind == T_FALSE)) {
        parse_error(s->p, DIAG_E0101, s->last->span, "the operator is written `!`");
        parse_help(s->p, "write `!%s`", s->t->text);
        repair(s, EDIT_REPLACE, s->found - 1, '!', "!");
        return true;
    }
    return false;
}

static bool chained_comparison(const struct slip *s)
{
    if (!is_comparison(s->t->kind) || slip_expects(s, s->t->kind) || !slip_expects(s, T_AND)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "comparisons do not chain");
    parse_help(s->p, "write `a < b && b < c`");
    replace(s, T_AND, "&&");
    return true;
}

/* A misspelled word where only some words can stand. */
static bool misspelled_word(const struct slip *s)
{
    const char *candidates[128] = {NULL};
    int kinds[128];
    size_t n = 0;
    if (s->t->kind != T_IDENT || slip_expects(s, T_IDENT)) {
        return false;
    }
    for (size_t i = 0; i < s->n && n < 128; i++) {
        if (s->expected[i] >= T_USE && s->expected[i] <= T_IMPORT) {
            kinds[n] = s->expected[i];
            candidates[n++] = grammar_token_name(s->expected[i]);
        }
    }
    const char *near = strlen(s->t->text) > 2 ? diag_nearest(s->t->text, candidates, n) : NULL;
    for (size_t i = 0; near && i < n; i++) {
        if (candidates[i] == near) {
            parse_error(s->p, DIAG_E0101, s->t->span, "`%s` cannot stand here", s->t->text);
            parse_help(s->p, "did you mean `%s`?", near);
            replace(s, kinds[i], near);
            return true;
        }
    }
    return false;
}

/* `A ->{k B;`: the brace was forgotten, not an operator. */
static bool missing_rate_brace(const struct slip *s)
{
    if ((!is_word(s->t->kind) && !is_number(s->t->kind)) || !slip_expects(s, T_RATE_CLOSE)) {
        return false;
    }
    for (size_t i = s->found; i < s->p->tokens.n && !ends_statement(s->p->tokens.data[i].kind); i++) {
        if (s->p->tokens.data[i].kind == T_RATE_CLOSE) {
            return false;
        }
    }
    parse_error(s->p, DIAG_E0104, (struct span){s->p->file, s->last->span.hi, s->last->span.hi},
                "the `}` of this rate is missing");
    insert(s, T_RATE_CLOSE, "}");
    return true;
}

static bool missing_star(const struct slip *s)
{
    if (!is_word(s->t->kind) || !slip_expects(s, '*')) {
        return false;
    }
    if (is_number(s->last->kind)) {
        parse_error(s->p, DIAG_E0103, s->t->span, "`%s` is no unit", s->t->text);
    } else if (s->last->kind == T_IDENT || s->last->kind == T_UNIT_WORD || s->last->kind == ')') {
        parse_error(s->p, DIAG_E0101, s->t->span, "an operator is missing before `%s`", s->t->text);
    } else {
        return false;
    }
    if (s->last->kind == ')') {
        parse_help(s->p, "a product is written `( ... ) * %s`", s->t->text);
    } else {
        parse_help(s->p, "a product is written `%s * %s`", s->last->text, s->t->text);
    }
    insert(s, '*', "*");
    return true;
}

/* Tokens that follow a name: then the reserved word before them was meant as one. */
static bool follows_name(int kind)
{
    static const int kinds[] = {
        '=', ',', ';', '[',  ')',     ']',          '.',        '+',   '-',          '*',    '/',   '^', '\'',
        ':', '(', '{', T_IN, T_ARROW, T_REVERSIBLE, T_BALANCED, T_LAW, T_RATE_CLOSE, T_EDGE, T_VIA, 0};
    for (const int *k = kinds; *k; k++) {
        if (*k == kind) {
            return true;
        }
    }
    return false;
}

static bool reserved_name(const struct slip *s)
{
    if (is_reserved(s->t->kind) && slip_expects(s, T_IDENT) && follows_name(s->next->kind)) {
        parse_error(s->p, DIAG_E0109, s->t->span, "`%s` is a reserved word and cannot be a name", s->t->text);
        parse_help(s->p, "choose another name, such as `%s_`", s->t->text);
        replace(s, T_IDENT, NULL);
        return true;
    }
    if (s->last->kind >= T_PRINT && s->last->kind <= T_LOSS && s->found == slip_start(s) + 1 &&
        (s->t->kind == '=' || (s->t->kind >= T_ADD_SET && s->t->kind <= T_DIV_SET))) {
        parse_error(s->p, DIAG_E0109, s->last->span,
                    "`%s` begins a statement of its own and cannot be assigned to", s->last->text);
        parse_help(s->p, "choose another name, such as `my_%s`", s->last->text);
        repair(s, EDIT_REPLACE, s->found - 1, T_IDENT, NULL);
        return true;
    }
    return false;
}

/* A statement of the wrong kind of block. */
static bool wrong_place(const struct slip *s)
{
    const struct token *first = &s->p->tokens.data[slip_start(s)];
    bool top = slip_expects(s, T_USE) && slip_expects(s, T_EXPERIMENT) && !slip_expects(s, T_WHERE);
    if (s->t->kind == T_LET && s->t->place == PLACE_NETWORK && !top) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`let` declares a variable of an experiment");
        parse_help(s->p,
                   "in a network, write `const` (known when compiling) or `param` (known when running)");
        replace(s, T_CONST, "const");
        return true;
    }
    if (top && (starts_experiment_statement(s->t->kind) || s->t->kind == T_LET)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`%s` stands in an experiment", s->t->text);
        parse_help(s->p, "as in `experiment main { %s ... }`", s->t->text);
        return true;
    }
    if ((top || s->t->place == PLACE_EXPERIMENT) && s->t->kind == T_SPECIES && first == s->t) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`species` stands in a network");
        return true;
    }
    if (first != s->last) {
        return false;
    }
    if (s->t->place == PLACE_NETWORK && starts_experiment_statement(first->kind)) {
        parse_error(s->p, DIAG_E0101, first->span,
                    "`%s` is a statement of experiments, and this is a network", first->text);
        return true;
    }
    if (s->t->place == PLACE_EXPERIMENT && starts_network_statement(first->kind)) {
        parse_error(s->p, DIAG_E0101, first->span,
                    "`%s` is a statement of networks, and this is an experiment", first->text);
        return true;
    }
    return false;
}

static bool wrong_preposition(const struct slip *s)
{
    if (s->t->kind == T_ARROW && slip_expects(s, T_TO)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the file to save to follows `to`");
        parse_help(s->p, "write `save %s to \"file\"`", s->last->text);
        replace(s, T_TO, "to");
        return true;
    }
    if (s->t->kind == '<' && s->next->kind == '-' && slip_expects(s, T_FROM)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the file to load follows `from`");
        parse_help(s->p, "write `load %s from \"file\"`", s->last->text);
        return true;
    }
    if (s->last->kind == T_ARROW && slip_expects(s, T_STRING) && !slip_expects(s, T_IDENT) &&
        is_word(s->t->kind)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the name of a file is a string");
        parse_help(s->p, "write `\"%s\"`", s->t->text);
        return true;
    }
    return false;
}

static bool colon_range(const struct slip *s)
{
    if (s->t->kind != ':' || !slip_expects(s, T_DOTS)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a range is written with `..`");
    parse_help(s->p, "as in `0..4`, which is 0, 1, 2, 3");
    replace(s, T_DOTS, "..");
    return true;
}

static bool extra_mark(const struct slip *s)
{
    bool statement = slip_expects(s, T_ASSUME) || slip_expects(s, T_LET) || slip_expects(s, T_USE);
    if (!statement || !ends_statement(s->last->kind)) {
        return false;
    }
    if (s->t->kind == ';') {
        parse_error(s->p, DIAG_E0101, s->t->span, "this `;` ends no statement");
        parse_help(s->p, "leave it out%s", s->last->kind == '}' ? ": a block ends with its `}`" : "");
    } else if (s->t->kind == '}' || s->t->kind == T_RATE_CLOSE) {
        parse_error(s->p, DIAG_E0101, s->t->span, "this `}` closes nothing");
    } else {
        return false;
    }
    repair(s, EDIT_DELETE, s->found, 0, NULL);
    return true;
}

static bool missing_closer(const struct slip *s)
{
    int closer = slip_expects(s, ')')            ? ')'
                 : slip_expects(s, ']')          ? ']'
                 : slip_expects(s, T_RATE_CLOSE) ? '}'
                                                 : 0;
    bool at_end = s->t->kind == ';' || (s->t->flags & TOKEN_LINE_START);
    if (!closer || !at_end || slip_expects(s, ';') || s->t->kind == T_END) {
        return false;
    }
    const char text[] = {(char)closer, '\0'};
    if (s->last->flags & TOKEN_BROKEN) {
        insert(s, closer == '}' ? T_RATE_CLOSE : closer, text);
        return true;
    }
    struct span at = {s->p->file, s->last->span.hi, s->last->span.hi};
    parse_error(s->p, DIAG_E0101, at, "`%s` is missing here", text);
    int depth = 0;
    for (size_t i = s->found; i > slip_start(s); i--) {
        int kind = s->p->tokens.data[i - 1].kind;
        depth += kind == ')' || kind == ']' || kind == T_RATE_CLOSE;
        depth -= kind == '(' || kind == '[' || kind == T_RATE_OPEN || kind == T_DASH_RATE;
        if (depth < 0) {
            parse_note(s->p, s->p->tokens.data[i - 1].span, "opened here");
            break;
        }
    }
    insert(s, closer == '}' ? T_RATE_CLOSE : closer, text);
    return true;
}

bool slip_report(const struct slip *s)
{
    static bool (*const slips[])(const struct slip *) = {
        missing_semicolon,  empty_side,      equals_for_arrow,   star_after_coefficient, names_side_by_side,
        real_coefficient,   second_arrow,    wrong_preposition,  reaction_outside,       wrong_operator,
        chained_comparison, misspelled_word, missing_rate_brace, missing_star,           reserved_name,
        wrong_place,        colon_range,     extra_mark,         missing_closer,
    };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        if (slips[i](s)) {
            return true;
        }
    }
    return false;
}
