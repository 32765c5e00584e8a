#include "frontend/text/parse_slip.h"

#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

/* -- kinds of tokens -- */

static bool is_comparison(int kind)
{
    return kind == T_EQUAL || kind == T_UNEQUAL || kind == '<' || kind == '>' || kind == T_AT_MOST ||
           kind == T_AT_LEAST;
}

static bool starts_experiment_statement(int kind)
{
    return word_has_role(kind, WORD_OPENING) || word_has_role(kind, WORD_OF_EXPERIMENT);
}

static bool starts_network_statement(int kind)
{
    return word_has_role(kind, WORD_OF_NETWORK);
}

/* -- the slips; each function returns whether it recognised its slip -- */

/* `x // 2;`, as in Python: the `;` stands in what is a comment here. */
static bool is_divided_by_comment(const struct slip *s)
{
    const char *behind = s->p->text + s->last->span.hi;
    behind += strspn(behind, " ");
    size_t line = strcspn(behind, "\n");
    return strncmp(behind, "//", 2) == 0 && memchr(behind, ';', line) && s->t->span.lo > s->last->span.hi + 2;
}

static bool missing_semicolon(const struct slip *s)
{
    bool at_end = (s->t->flags & TOKEN_LINE_START) || s->t->kind == '}' || s->t->kind == T_END;
    bool begins = (word_has_role(s->t->kind, WORD_RESERVED) || word_has_role(s->t->kind, WORD_OPENING)) &&
                  statement_form(s->t->kind, s->t->place) && !slip_stands_before(s, T_MINIMIZE);
    bool clause = s->t->kind == T_FOR || s->t->kind == T_EVERY || s->t->kind == T_IF || s->t->kind == T_AT;
    if (!(at_end || (begins && !clause)) || !slip_expects(s, ';')) {
        return false;
    }
    if (!(s->last->flags & TOKEN_BROKEN)) {
        struct span at = {s->p->file, s->last->span.hi, s->last->span.hi};
        parse_error(s->p, DIAG_E0107, at, "`;` is missing at the end of this statement");
        if (is_divided_by_comment(s)) {
            parse_help(s->p, "`//` begins a comment; the whole part of a quotient is `floor(a / b)`");
        }
        slip_is_sure(s);
    }
    slip_insert(s, ';', ";");
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
        slip_is_sure(s);
        slip_replace(s, T_AT_LEAST, ">=");
        return true;
    }
    if (s->t->kind == '=' && slip_expects(s, T_EQUAL) && s->found >= 2 && s->last[-1].kind == T_FOR &&
        slip_first(s)->kind == T_RUN) { /* for t = 10 */
        parse_error(s->p, DIAG_E0101, s->t->span, "behind `for` stands how long a run lasts");
        size_t until = s->next[1].kind == T_DOTS ? s->found + 3 : s->found + 1; /* for t = 0..10 */
        const char *duration = s->p->tokens.data[until].text;
        parse_help(s->p, "write `for %s`", duration ? duration : "10");
        slip_drop(s, s->found - 1, until);
        return true;
    }
    if (s->t->kind == '=' && slip_expects(s, T_EQUAL)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`=` gives a value; a comparison is `==`");
        parse_help(s->p, slip_stands_before(s, T_UNTIL)
                             ? "write `==`, or `<=` and `>=` for a bound that an amount passes"
                             : "write `==`");
        slip_replace(s, T_EQUAL, "==");
        return true;
    }
    if (s->t->kind == T_EDGE && slip_expects(s, '-')) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`--` joins two units in `connect`");
        parse_help(s->p, "two minus signs stand apart: `- -`");
        parse_fix(s->p, s->t->span, "- -");
        slip_repair(s, EDIT_REPLACE, s->found, '-', "-");
        return true;
    }
    for (size_t i = 0; i < 2 && s->t->kind == T_IDENT && slip_expects(s, T_AND); i++) {
        bool list = slip_stands_before(s, T_WITH) && s->next[1].kind == '=' && slip_expects(s, ',');
        if (list && strcmp(s->t->text, words[i].word) == 0) { /* with A = 3 and k = 2 */
            parse_error(s->p, DIAG_E0101, s->t->span, "values behind `with` are parted by commas");
            parse_help(s->p, "write `, %s = ...`", s->next->text);
            slip_is_sure(s);
            slip_replace(s, ',', ",");
            return true;
        }
        if (strcmp(s->t->text, words[i].word) == 0) {
            parse_error(s->p, DIAG_E0101, s->t->span, "the operator is written `%s`", words[i].instead);
            parse_help(s->p, "write `%s` for `%s`", words[i].instead, words[i].word);
            slip_is_sure(s);
            slip_replace(s, words[i].kind, words[i].instead);
            return true;
        }
    }
    if (s->found > 0 && s->last->kind == T_IDENT && strcmp(s->last->text, "not") == 0 &&
        (token_is_word(s->t->kind) || token_is_number(s->t->kind) || s->t->kind == T_TRUE ||
         s->t->kind == T_FALSE)) {
        parse_error(s->p, DIAG_E0101, s->last->span, "the operator is written `!`");
        parse_help(s->p, "write `!%s`", s->t->text);
        parse_fix(s->p, s->last->span, "!");
        slip_repair(s, EDIT_REPLACE, s->found - 1, '!', "!");
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
    slip_repair(s, EDIT_REPLACE, s->found, T_AND, "&&");
    return true;
}

/* A misspelled word where only certain words can stand. */
static bool misspelled_word(const struct slip *s)
{
    const char *candidates[128] = {NULL};
    int kinds[128];
    size_t n = 0;
    if (s->t->kind != T_IDENT || slip_expects(s, T_IDENT)) {
        return false;
    }
    for (size_t i = 0; i < s->n && n < 128; i++) {
        if (word_of_token(s->expected[i])) {
            kinds[n] = s->expected[i];
            candidates[n++] = grammar_token_name(s->expected[i]);
        }
    }
    const char *near = strlen(s->t->text) > 2 ? diag_nearest(s->t->text, candidates, n) : NULL;
    for (size_t i = 0; near && i < n; i++) {
        if (candidates[i] == near) {
            parse_error(s->p, DIAG_E0101, s->t->span, "`%s` cannot stand here", s->t->text);
            parse_help(s->p, "did you mean `%s`?", near);
            slip_replace(s, kinds[i], near);
            return true;
        }
    }
    return false;
}

/* `for (i = 0; ...`, `for i = 0:3`, of other languages. */
static bool foreign_loop(const struct slip *s)
{
    if (s->t->kind == '=' && slip_first(s)->kind == T_FOR && slip_expects(s, T_IN)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "a loop names its variable and a range");
        parse_help(s->p, "as in `for %s in 0..4 { ... }`, where %s is 0, 1, 2, 3: the end is not part of it",
                   s->last->text, s->last->text);
        slip_replace(s, T_IN, "in");
        s->p->edit.token.flags |= TOKEN_MADE_UP;
        return true;
    }
    if (s->t->kind != '(' || s->last->kind != T_FOR || slip_expects(s, '(')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a loop names its variable and a range");
    parse_help(s->p, "as in `for i in 0..4 { ... }`, where i is 0, 1, 2, 3");
    return true;
}

/* `if (c) statement`: as in C, without braces. */
static bool missing_braces(const struct slip *s)
{
    const struct token *first = &s->p->tokens.data[slip_start(s)];
    bool condition = first->kind == T_IF || first->kind == T_WHILE;
    if (!condition || s->last->kind != ')' || !slip_expects(s, '{') || !token_is_word(s->t->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "what `%s` guards stands in braces", first->text);
    parse_help(s->p, "write `%s ... { %s ... }`", first->text, s->t->text);
    slip_enclose(s, EDIT_INSERT);
    return true;
}

static const char units_list[] =
#define UNIT(name, dimension, factor) " " #name
#include "ir/expr/unit.def"
#undef UNIT
    ;

static const char *unit_in_other_words(const char *text)
{
    static const struct {
        const char *name, *unit;
    } words[] = {
#define UNIT_WORD(name, unit) {#name, #unit},
#include "frontend/text/unit_word.def"
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].name, text) == 0) {
            return words[i].unit;
        }
    }
    return NULL;
}

/* What to write instead of a unit that is none here. */
static const char *help_for_unit(const char *text)
{
    static const struct {
        const char *name, *help;
    } words[] = {
#define UNIT_OTHER(name, help) {#name, help},
#include "frontend/text/unit_other.def"
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].name, text) == 0) {
            return words[i].help;
        }
    }
    return NULL;
}

static bool declares(int kind)
{
    return kind == T_SPECIES || kind == T_PARAM || kind == T_LET || kind == T_CONST || kind == T_DUAL ||
           kind == T_BULK || kind == T_INPUT || kind == T_STATE;
}

static bool missing_star(const struct slip *s)
{
    if (!token_is_word(s->t->kind) || !slip_expects(s, '*')) {
        return false;
    }
    if (s->next->kind == '=' && slip_expects(s, ',') && slip_expects(s, ';') &&
        declares(slip_first(s)->kind)) {
        struct span at = {s->p->file, s->last->span.hi, s->last->span.hi};
        parse_error(s->p, DIAG_E0101, at, "`,` is missing between two that are declared");
        parse_help(s->p, "write `, %s = ...`", s->t->text);
        slip_is_sure(s);
        slip_insert(s, ',', ",");
        return true;
    }
    const char *unit = token_is_number(s->last->kind) ? unit_in_other_words(s->t->text) : NULL;
    if (unit) {
        parse_error(s->p, DIAG_E0103, s->t->span, "`%s` is no unit", s->t->text);
        parse_help(s->p, "write `%s %s`", s->last->text, unit);
        slip_replace(s, T_UNIT_WORD, unit);
        return true;
    }
    if (token_is_number(s->last->kind)) {
        parse_error(s->p, DIAG_E0103, s->t->span, "`%s` is no unit", s->t->text);
    } else if (s->last->kind == T_IDENT || s->last->kind == T_UNIT_WORD || s->last->kind == ')') {
        parse_error(s->p, DIAG_E0101, s->t->span, "an operator is missing before `%s`", s->t->text);
    } else {
        return false;
    }
    const char *other = token_is_number(s->last->kind) ? help_for_unit(s->t->text) : NULL;
    if (other) {
        parse_help(s->p, "%s", other);
        slip_drop(s, s->found, s->found + 1);
        return true;
    }
    if (token_is_number(s->last->kind)) {
        slip_is_unsure(s);
        parse_help(s->p, "units are%s; a product is written `%s * %s`", units_list, s->last->text,
                   s->t->text);
    } else if (s->last->kind == ')') {
        parse_help(s->p, "a product is written `( ... ) * %s`", s->t->text);
    } else {
        parse_help(s->p, "a product is written `%s * %s`", s->last->text, s->t->text);
    }
    slip_insert(s, '*', "*");
    return true;
}

/* Whether the token usually follows a name, so that a reserved word before it was meant as a name. */
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

/* Whether an earlier repair made a name of this reserved word, and so reported it. */
static bool is_told(const struct slip *s, const struct token *t)
{
    for (const struct token *other = s->p->tokens.data; other < t; other++) {
        if (other->kind == T_IDENT && other->text == t->text) {
            return true;
        }
    }
    return false;
}

/* `at -> B`: a reserved word that begins statements, before something that does not continue such a
 * statement. */
static bool reserved_before_arrow(const struct slip *s)
{
    bool here = word_has_role(s->last->kind, WORD_RESERVED) && s->found == slip_start(s) + 1 &&
                s->t->place == PLACE_NETWORK && (token_is_arrow(s->t->kind) || s->t->kind == '+');
    if (!here || slip_expects(s, s->t->kind)) {
        return false;
    }
    if (!is_told(s, s->last)) {
        parse_error(s->p, DIAG_E0109, s->last->span, "`%s` is a reserved word and cannot be a name",
                    s->last->text);
        parse_help(s->p, "choose another name, such as `%s_`", s->last->text);
    }
    slip_repair(s, EDIT_REPLACE, s->found - 1, T_IDENT, NULL);
    return true;
}

static bool reserved_name(const struct slip *s)
{
    int head = slip_first(s)->kind;
    bool network = head == T_RUN || head == T_CONTINUE || head == T_TEACH || head == T_LEARN;
    if (word_has_role(s->t->kind, WORD_RESERVED) && slip_expects(s, T_IDENT) &&
        (follows_name(s->next->kind) || (network && s->found == slip_start(s) + 1))) {
        if (is_told(s, s->t)) {
            slip_repair(s, EDIT_REPLACE, s->found, T_IDENT, NULL);
            return true;
        }
        parse_error(s->p, DIAG_E0109, s->t->span, "`%s` is a reserved word and cannot be a name", s->t->text);
        parse_help(s->p, "choose another name, such as `%s_`", s->t->text);
        slip_replace(s, T_IDENT, NULL);
        return true;
    }
    if (word_has_role(s->last->kind, WORD_OPENING) && s->found == slip_start(s) + 1 &&
        (s->t->kind == '=' || (s->t->kind >= T_ADD_SET && s->t->kind <= T_DIV_SET))) {
        parse_error(s->p, DIAG_E0109, s->last->span,
                    "`%s` begins a statement of its own and cannot be assigned to", s->last->text);
        parse_help(s->p, "choose another name, such as `my_%s`", s->last->text);
        slip_repair(s, EDIT_REPLACE, s->found - 1, T_IDENT, NULL);
        return true;
    }
    return false;
}

/* A statement in the wrong kind of block. */
static bool wrong_place(const struct slip *s)
{
    const struct token *first = &s->p->tokens.data[slip_start(s)];
    bool top = slip_expects(s, T_USE) && slip_expects(s, T_EXPERIMENT) && !slip_expects(s, T_WHERE);
    if (s->t->kind == T_LET && s->t->place == PLACE_NETWORK && !top) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`let` declares a variable of an experiment");
        parse_help(s->p,
                   "in a network, write `const` (known when compiling) or `param` (known when running)");
        slip_replace(s, T_CONST, "const");
        return true;
    }
    if (top && (starts_experiment_statement(s->t->kind) || s->t->kind == T_LET)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`%s` stands in an experiment", s->t->text);
        parse_help(s->p, "as in `experiment main { %s ... }`", s->t->text);
        return true;
    }
    if ((top || s->t->place == PLACE_EXPERIMENT) && s->t->kind == T_SPECIES && first == s->t) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`species` stands in a network");
        parse_help(s->p, "as in `network a { species A = 1; A -> 0; }`");
        return true;
    }
    if (first == s->t && !top && statement_form(s->t->kind, PLACE_TOP) &&
        slip_ends_statement(s->last->kind) && !statement_form(s->t->kind, s->t->place)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`%s` stands outside of networks and experiments",
                    s->t->text);
        parse_help(s->p, "before them, as in `%s`", statement_form(s->t->kind, PLACE_TOP));
        slip_drop(s, s->found, slip_end_of_all(s, s->found));
        return true;
    }
    if (first != s->last) {
        return false;
    }
    if (s->t->place == PLACE_NETWORK && starts_experiment_statement(first->kind)) {
        parse_error(s->p, DIAG_E0101, first->span,
                    "`%s` is a statement of experiments, and this is a network", first->text);
        parse_help(s->p, "as in `experiment main { %s ... }`", first->text);
        return true;
    }
    if (s->t->place == PLACE_EXPERIMENT && starts_network_statement(first->kind)) {
        parse_error(s->p, DIAG_E0101, first->span,
                    "`%s` is a statement of networks, and this is an experiment", first->text);
        parse_help(s->p, "as in `network a { %s ... }`", first->text);
        return true;
    }
    return false;
}

static bool wrong_preposition(const struct slip *s)
{
    if (s->t->kind == T_ARROW && slip_expects(s, T_TO) && slip_first(s)->kind == T_NETWORK) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the construction stands behind `to`");
        parse_help(s->p, "write `lower %s to %s`", s->last->text, slip_source(s, s->found + 1, slip_end(s)));
        slip_replace(s, T_TO, "to");
        return true;
    }
    if (s->t->kind == T_ARROW && slip_expects(s, T_TO) && !slip_expects(s, T_IDENT)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the file to save to follows `to`");
        parse_help(s->p, "write `save %s to \"file\"`", s->last->text);
        slip_replace(s, T_TO, "to");
        return true;
    }
    if (s->t->kind == '<' && s->next->kind == '-' && slip_expects(s, T_FROM)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the file to load follows `from`");
        parse_help(s->p, "write `load %s from \"file\"`", s->last->text);
        return true;
    }
    if (s->last->kind == T_ARROW && slip_expects(s, T_STRING) && !slip_expects(s, T_IDENT) &&
        token_is_word(s->t->kind)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the name of a file is a string");
        size_t end = s->found;
        while (!slip_ends_statement(s->p->tokens.data[end].kind)) {
            end++;
        }
        const char *name = slip_source_between(s, s->t->span.lo, s->p->tokens.data[end - 1].span.hi);
        parse_help(s->p,
                   end == s->found + 1 ? "write `\"%s\"`, or `\"{%s}\"` for the text of a variable"
                                       : "write `\"%s\"`",
                   name, name);
        return true;
    }
    return false;
}

/* `continue NET as NAME`. */
static bool named_continue(const struct slip *s)
{
    const struct token *first = &s->p->tokens.data[slip_start(s)];
    if (s->t->kind != T_AS || first->kind != T_CONTINUE || first + 2 != s->t) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "`as` names the results of a `run`");
    parse_help(s->p, "what `run %s as %s ...` began goes on by `continue %s ...`", s->last->text,
               s->next->text, s->next->text);
    return true;
}

static bool colon_range(const struct slip *s)
{
    bool to = s->t->kind == T_TO && slip_first(s)->kind == T_FOR && s->t->place != PLACE_TOP;
    if ((s->t->kind != ':' && !to) || !slip_expects(s, T_DOTS)) {
        return false;
    }
    const struct token *in = &s->p->tokens.data[slip_start(s) + 2];
    /* foreign_loop inserted this `in` and has reported it */
    if (!(in->kind == T_IN && (in->flags & TOKEN_MADE_UP))) {
        parse_error(s->p, DIAG_E0101, s->t->span, "a range is written with `..`");
        parse_help(s->p, "as in `0..4`, which is 0, 1, 2, 3");
    }
    slip_replace(s, T_DOTS, "..");
    return true;
}

static bool extra_mark(const struct slip *s)
{
    bool statement = slip_expects(s, T_ASSUME) || slip_expects(s, T_LET) || slip_expects(s, T_USE);
    if (!statement || !slip_ends_statement(s->last->kind)) {
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
    slip_delete(s);
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
        slip_insert(s, closer == '}' ? T_RATE_CLOSE : closer, text);
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
    slip_insert(s, closer == '}' ? T_RATE_CLOSE : closer, text);
    return true;
}

bool slip_report(const struct slip *s)
{
    static bool (*const slips[])(const struct slip *) = {
        slip_of_habit,      slip_of_side,      slip_of_choice,    slip_of_experiment,    slip_of_event,
        slip_of_others,     missing_semicolon, slip_of_statement, reserved_before_arrow, slip_of_name,
        slip_of_reaction,   slip_of_clause,    wrong_preposition, slip_of_value,         wrong_operator,
        chained_comparison, foreign_loop,      misspelled_word,   missing_braces,        colon_range,
        missing_star,       reserved_name,     wrong_place,       named_continue,        colon_range,
        extra_mark,         missing_closer,
    };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        if (slips[i](s)) {
            return true;
        }
    }
    return false;
}
