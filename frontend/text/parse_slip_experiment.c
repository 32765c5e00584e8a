/* Slips in statements of experiments and models that a single token does not reveal. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static bool begins_statement(int kind)
{
    return word_has_role(kind, WORD_OPENING) || word_has_role(kind, WORD_OF_EXPERIMENT);
}

static bool is_word(const struct token *t, const char *word)
{
    return t->text && strcmp(t->text, word) == 0;
}

/* `run NET for 3 then continue NET for 4;` */
static bool two_statements(const struct slip *s)
{
    bool joins = s->t->kind == T_THEN || s->t->kind == T_AND || is_word(s->t, "and") || is_word(s->t, "then");
    if (!joins || !begins_statement(s->next->kind) || !token_is_word(s->next[1].kind) ||
        !begins_statement(slip_first(s)->kind) || s->t->place != PLACE_EXPERIMENT) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "these are two statements, and each ends with `;`");
    parse_help(s->p, "write `%s; %s;`", slip_source(s, slip_start(s), s->found),
               slip_source(s, s->found + 1, slip_end(s)));
    slip_replace(s, ';', ";");
    return true;
}

/* `set NET.k = 2 run NET for 3;` */
static bool statement_behind_value(const struct slip *s)
{
    bool value = token_is_number(s->last->kind) || s->last->kind == ')' || s->last->kind == ']';
    bool begins = s->t->kind != T_IDENT && begins_statement(s->t->kind) && token_is_word(s->next->kind);
    if (!value || !begins || !slip_expects(s, ';') || s->t->place != PLACE_EXPERIMENT ||
        slip_expects(s, s->t->kind)) {
        return false;
    }
    struct span at = {s->p->file, s->last->span.hi, s->last->span.hi};
    parse_error(s->p, DIAG_E0107, at, "`;` is missing at the end of this statement");
    parse_help(s->p, "write `%s; %s ...`", slip_source(s, slip_start(s), s->found), s->t->text);
    slip_insert(s, ';', ";");
    return true;
}

/* `run NET for 0..10`, `run NET to 10` */
static bool range_as_duration(const struct slip *s)
{
    int kind = slip_first(s)->kind;
    if (kind == T_RUN && s->last->kind == T_TO && slip_expects(s, T_STEADY) && token_is_number(s->t->kind)) {
        parse_error(s->p, DIAG_E0101, s->last->span, "how long a run lasts stands behind `for`");
        bool from = s->found >= 3 && slip_back(s, 2)->kind == T_FROM; /* from 0 to 10 */
        parse_help(s->p, "write `for %s`%s", s->t->text, from ? ", without `from`" : "");
        slip_repair(s, EDIT_REPLACE, s->found - 1, T_FOR, "for");
        return true;
    }
    bool mark = s->t->kind == T_DOTS || s->t->kind == ':' || s->t->kind == ',';
    if (!mark || (kind != T_RUN && kind != T_CONTINUE) || s->found < 2 || slip_back(s, 1)->kind != T_FOR ||
        !token_is_number(s->last->kind) || !token_is_number(s->next->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "`for` takes how long a run lasts, not a range");
    if (s->last->kind == T_ZERO) {
        parse_help(s->p, "write `for %s`: time begins at 0", s->next->text);
    } else {
        parse_help(s->p, "as in `for %s`; what is averaged and kept later begins behind `after %s`",
                   s->next->text, s->last->text);
    }
    slip_drop(s, s->found - 1, s->found + 1);
    return true;
}

/* The numbers of `over NET.k in [0.1, 10]`, `in (0.1, 10)` */
static bool bounds_in_brackets(const struct slip *s)
{
    bool closed = s->last->kind == ']' || s->last->kind == ')';
    if (slip_first(s)->kind != T_MINIMIZE || !closed || !slip_expects(s, T_DOTS) ||
        (s->t->kind != '{' && s->t->kind != ',' && s->t->kind != T_BY)) {
        return false;
    }
    size_t open = slip_opener(s, s->found - 1), comma = open + 1;
    const struct token *tokens = s->p->tokens.data;
    while (comma < s->found && tokens[comma].kind != ',') {
        comma++;
    }
    if (open == 0 || tokens[open - 1].kind != T_IN || comma == s->found) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, (struct span){s->p->file, tokens[open].span.lo, s->last->span.hi},
                "the bounds of a parameter are a range");
    parse_help(s->p, "write `%s..%s`%s", slip_source(s, open + 1, comma),
               slip_source(s, comma + 1, s->found - 1),
               s->t->kind == '{' ? ", and behind it a method, such as `by lbfgs`" : "");
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `over NET.k in 0.1, 10` */
static bool bounds_by_comma(const struct slip *s)
{
    bool mark = s->t->kind == ',' || s->t->kind == T_TO || is_word(s->t, "to");
    if (slip_first(s)->kind != T_MINIMIZE || !mark || !slip_expects(s, T_DOTS) ||
        slip_back(s, 1)->kind != T_IN || !token_is_number(s->last->kind) || !token_is_number(s->next->kind)) {
        return false;
    }
    if (!(slip_back(s, 1)->flags & TOKEN_MADE_UP)) { /* this was reported of `from 0.1 to 10` */
        parse_error(s->p, DIAG_E0101, s->t->span, "the bounds of a parameter are a range");
        parse_help(s->p, "write `%s..%s`", s->last->text, s->next->text);
    }
    slip_replace(s, T_DOTS, "..");
    return true;
}

/* `minimize over NET.k in 0.1..10 { ... }` */
static bool missing_method(const struct slip *s)
{
    if (slip_first(s)->kind != T_MINIMIZE || s->t->kind != '{' || !slip_expects(s, T_BY)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "the method to minimize by is missing");
    parse_help(s->p, "write `%s by lbfgs { ... }`", slip_source(s, slip_start(s), s->found));
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

static bool joins_elsewhere(int kind)
{
    return kind == '-' || kind == '*' || kind == '<' || kind == '>' || kind == '+' || kind == '/';
}

/* The source of from..to with `--` for the mark that stands first in each part of the list. */
static const char *with_edges(const struct slip *s, size_t from, size_t to)
{
    const char *text = "";
    bool joined = false;
    int depth = 0;
    size_t part = from;
    for (size_t i = from; i < to; i++) {
        int kind = s->p->tokens.data[i].kind;
        depth += (kind == '[' || kind == '(') - (kind == ']' || kind == ')');
        joined = joined && !(kind == ',' && depth == 0);
        if (joins_elsewhere(kind) && depth == 0 && !joined) {
            text = arena_printf(s->p->arena, "%s%s -- ", text, slip_source(s, part, i));
            part = i + 1;
            joined = true;
        }
    }
    return arena_printf(s->p->arena, "%s%s", text, slip_source(s, part, to));
}

/* `connect v - h = 0.5;` */
static bool mark_of_connect(const struct slip *s)
{
    size_t start = slip_start(s), mark = s->found;
    bool here =
        (s->t->kind == '=' && slip_expects(s, T_EQUAL)) || (s->t->kind == ',' && slip_expects(s, T_EDGE));
    if (slip_first(s)->kind != T_CONNECT || !here || slip_stands_before(s, T_EDGE)) {
        return false;
    }
    int depth = 0;
    for (size_t i = start + 2; i < s->found; i++) {
        int kind = s->p->tokens.data[i].kind;
        depth += (kind == '[' || kind == '(') - (kind == ']' || kind == ')');
        mark = joins_elsewhere(kind) && depth == 0 && mark == s->found ? i : mark;
    }
    parse_error(s->p, DIAG_E0101, s->p->tokens.data[mark].span,
                "two units are joined by `--`, or by `->` in one direction");
    if (mark < s->found) {
        parse_help(s->p, "write `%s`", with_edges(s, start, slip_end(s)));
    } else if (s->t->kind == ',') {
        parse_help(s->p, "write `%s -- %s`", slip_source(s, start, s->found),
                   slip_source(s, s->found + 1, slip_end(s)));
    } else {
        parse_help(s->p, "as in `connect v[0] -- h = %s;`", slip_source(s, s->found + 1, slip_end(s)));
    }
    slip_drop(s, start, slip_end_of_all(s, start));
    return true;
}

/* `reaction_tensor { species A, B, C; }` */
static bool names_in_tensor(const struct slip *s)
{
    size_t start = slip_start(s), end = slip_end(s);
    bool mark = s->t->kind == ',' || s->t->kind == '=' || s->t->kind == '{';
    if (slip_first(s)->kind != T_SPECIES || s->t->place != PLACE_MODEL || !mark || !slip_expects(s, ';')) {
        return false;
    }
    int n = 1;
    for (size_t i = start; i < end; i++) {
        n += s->p->tokens.data[i].kind == ',';
    }
    parse_error(
        s->p, DIAG_E0101,
        (struct span){s->p->file, s->p->tokens.data[start + 1].span.lo, s->p->tokens.data[end - 1].span.hi},
        "a model says how many species it has, and no names");
    parse_help(s->p, "write `species %d;`: they are s[0], s[1] and so on", n);
    slip_drop(s, start, slip_end_of_all(s, start));
    return true;
}

/* `x(i) = 3;`, as in MATLAB */
static bool element_in_parentheses(const struct slip *s)
{
    size_t start = slip_start(s);
    bool gives = s->t->kind == '=' || (s->t->kind >= T_ADD_SET && s->t->kind <= T_DIV_SET);
    if (!gives || s->t->place != PLACE_EXPERIMENT || s->found < start + 3 || s->last->kind != ')' ||
        !token_is_word(slip_first(s)->kind) || slip_opener(s, s->found - 1) != start + 1) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, slip_first(s)[1].span, "an element stands in square brackets");
    parse_help(s->p, "write `%s[%s]`", slip_first(s)->text, slip_source(s, start + 2, s->found - 1));
    slip_repair(s, EDIT_REPLACE, start + 1, '[', "[");
    s->p->edit.token.flags |= TOKEN_MADE_UP;
    return true;
}

/* What joins two values of a `set` elsewhere: `,` and `and`. */
static bool joins_values(const struct token *t)
{
    return t->kind == ',' || is_word(t, "and");
}

/* `a.A: 1, B == 2` of a `set` as `a.A = 1; set a.B = 2` */
static const char *each_set(const struct slip *s, size_t i, size_t *taken)
{
    const struct token *t = s->p->tokens.data, *first = slip_first(s);
    int depth = 0, kind = t[i].kind;
    for (size_t k = slip_start(s); k < i; k++) {
        int bracket = t[k].kind;
        depth += (bracket == '(' || bracket == '[') - (bracket == ')' || bracket == ']');
    }
    if (depth == 0 && (kind == ':' || kind == T_EQUAL)) {
        *taken = kind == ':' && t[i + 1].kind == '=' ? 2 : 1;
        return kind == ':' && !(t[i].flags & TOKEN_BLANK_BEFORE) ? " =" : "=";
    }
    if (depth == 0 && joins_values(&t[i])) {
        bool of_network = first[2].kind == '.' && token_is_word(t[i + 1].kind) && t[i + 2].kind != '.';
        *taken = of_network ? 2 : 1;
        return !of_network ? (kind == ',' ? "; set" : "set")
                           : arena_printf(s->p->arena, "%sset %s.%s", kind == ',' ? "; " : "", first[1].text,
                                          t[i + 1].text);
    }
    return depth == 0 && joins_values(&t[i + 1]) && t[i + 1].kind != ','
               ? arena_printf(s->p->arena, "%s;", slip_source(s, i, i + 1))
               : NULL;
}

/* `set a.A: 1, a.B: 2;`, `set a.A == 1 and B == 2;`, `set a.A 1;` */
static bool values_of_set(const struct slip *s)
{
    size_t start = slip_start(s);
    bool joins = joins_values(s->t) && slip_stands_before(s, '=');
    bool gives = (s->t->kind == ':' || s->t->kind == T_EQUAL) && slip_expects(s, '=');
    bool nothing = (token_is_number(s->t->kind) || token_is_word(s->t->kind)) && slip_expects(s, '=');
    if (slip_first(s)->kind != T_SET || s->t->place != PLACE_EXPERIMENT || s->found < start + 2 ||
        !(joins || gives || nothing)) {
        return false;
    }
    const char *all = slip_source_mended(s, start, slip_end(s), each_set);
    parse_error(s->p, DIAG_E0101, s->t->span, "%s",
                joins                   ? "a `set` gives one value"
                : s->t->kind == T_EQUAL ? "`==` compares; a value is given by `=`"
                                        : "a value is given by `=`");
    if (nothing) {
        parse_help(s->p, "write `%s = %s;`", slip_source(s, start, s->found),
                   slip_source(s, s->found, slip_end(s)));
    } else {
        parse_help(s->p, joins ? "write a statement for each: `%s;`" : "write `%s;`", all);
    }
    slip_drop(s, start, slip_end_of_all(s, start));
    return true;
}

bool slip_of_experiment(const struct slip *s)
{
    return two_statements(s) || statement_behind_value(s) || range_as_duration(s) || bounds_in_brackets(s) ||
           bounds_by_comma(s) || missing_method(s) || element_in_parentheses(s) || mark_of_connect(s) ||
           names_in_tensor(s) || values_of_set(s);
}
