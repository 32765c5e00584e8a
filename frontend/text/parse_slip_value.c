/* Slips in values, and in statements that consist of a value. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

/* Index of the innermost bracket that is open at the token; if there is none, of the statement's first
 * token. */
static size_t open_bracket(const struct slip *s)
{
    int depth = 0;
    size_t start = slip_start(s);
    for (size_t i = s->found; i > start; i--) {
        int kind = s->p->tokens.data[i - 1].kind;
        depth += (kind == ')' || kind == ']') - (kind == '(' || kind == '[');
        if (depth < 0) {
            return i - 1;
        }
    }
    return start;
}

/* Index of the `]` that closes the bracket open at the token, even behind a `;` between rows; 0 if there
 * is none. */
static size_t closing_bracket(const struct slip *s)
{
    int depth = 0;
    for (size_t i = s->found; i < s->p->tokens.n; i++) {
        int kind = s->p->tokens.data[i].kind;
        if (kind == T_END || kind == '{' || kind == '}' || kind == '=') {
            return 0;
        }
        depth += (kind == '[') - (kind == ']');
        if (depth < 0) {
            return i;
        }
    }
    return 0;
}

/* `[1 2; 3 4]` */
static bool array_of_others(const struct slip *s)
{
    size_t open = open_bracket(s), close = closing_bracket(s);
    const struct token *bracket = &s->p->tokens.data[open];
    bool starts = token_is_word(s->t->kind) || token_is_number(s->t->kind) || s->t->kind == ';';
    if (s->t->kind == T_FOR && bracket->kind == '[' && slip_expects(s, ']') && close > 0) {
        parse_error(s->p, DIAG_E0101, s->t->span, "an array over a range begins with the range");
        parse_help(s->p, "as in `[i in 0..3 : i^2]`");
        slip_drop(s, s->found, close);
        return true;
    }
    if (!starts || bracket->kind != '[' || !slip_expects(s, ']') || !slip_expects(s, ',') || close == 0) {
        return false;
    }
    int before = open > 0 ? bracket[-1].kind : 0;
    if (token_is_word(before) || before == ')' || before == ']') { /* an index */
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "elements of an array are parted by commas");
    parse_help(s->p, "as in `[1, 2]`; rows are arrays: `[[1, 2], [3, 4]]`");
    slip_drop(s, s->found, close);
    return true;
}

/* `0..10..2`, `0:2:10` */
static bool step_of_range(const struct slip *s)
{
    bool word = s->t->text && (strcmp(s->t->text, "step") == 0 || strcmp(s->t->text, "by") == 0) &&
                token_is_number(s->next->kind) && slip_first(s)->kind == T_FOR;
    bool mark = s->t->kind == T_DOTS || s->t->kind == ':' || word;
    if (!mark || slip_expects(s, s->t->kind) || !slip_expects(s, '*')) {
        return false;
    }
    size_t i = s->found;
    for (size_t start = open_bracket(s); i > start; i--) {
        int kind = s->p->tokens.data[i - 1].kind;
        if (kind == ',' || kind == T_IN || kind == '=') {
            return false;
        }
        if (kind == T_DOTS) {
            break;
        }
    }
    if (s->p->tokens.data[i - (i > 0)].kind != T_DOTS) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a range has no step");
    const char *first = i >= 2 ? slip_source(s, i - 2, i - 1) : "", *second = slip_source(s, i, s->found),
               *third = slip_source(s, s->found + 1, s->found + 2);
    char *rest[2];
    double b = strtod(second, &rest[0]), h = strtod(third, &rest[1]);
    bool numbers = i >= 2 && token_is_number(s->p->tokens.data[i - 2].kind) && !*rest[0] && !*rest[1];
    bool whole = b == floor(b) && h == floor(h);
    if (numbers && (word || !whole)) { /* `0..1..0.2`, or `0..0.2..1` with the step in the middle */
        parse_help(s->p, "numbers at equal distances are `%s`",
                   !word && h > b ? slip_linspace(s, first, second, third)
                                  : slip_linspace(s, first, third, second));
    } else {
        parse_help(s->p, "as in `for i in 0..10 where i %% 2 == 0 { ... }`; numbers at equal distances are "
                         "`linspace(0, 1, 11)`");
    }
    size_t end = s->found + 1;
    for (int kind = s->p->tokens.data[end].kind;
         !slip_ends_statement(kind) && kind != ',' && kind != ')' && kind != ']' && kind != T_WHERE;) {
        kind = s->p->tokens.data[++end].kind;
    }
    slip_drop(s, s->found, end);
    return true;
}

/* `0..=3` and `0..<3` of Rust and Swift */
static bool closed_range(const struct slip *s)
{
    if (s->last->kind != T_DOTS || (s->t->kind != '=' && s->t->kind != '<')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a range has `..` alone, and ends before its second number");
    if (s->t->kind == '<') {
        parse_help(s->p, "leave `<` out");
        slip_is_sure(s);
    } else {
        const struct token *end = s->next, *from = s->last - 1;
        long last = end->kind == T_INT ? strtol(end->text, NULL, 10) : LONG_MAX;
        if (last < LONG_MAX && (from->kind == T_INT || from->kind == T_ZERO)) {
            parse_help(s->p, "with its end it is `%s..%ld`, whose last number is %ld", from->text, last + 1,
                       last);
        } else {
            parse_help(s->p, "with its end it is `..%s + 1`: `0..4` is 0, 1, 2, 3",
                       end->text ? end->text : "n");
        }
    }
    slip_drop(s, s->found, s->found + 1);
    return true;
}

/* `print 0..3` */
static bool range_as_value(const struct slip *s)
{
    int head = slip_first(s)->kind;
    if (s->t->kind != T_DOTS || (head != T_PRINT && head != T_LET) || !token_is_number(s->last->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a range is no value: it stands behind `in`, or as an index");
    parse_help(s->p, "its numbers are the array `[i in %s..%s : i]`", s->last->text,
               s->next->text ? s->next->text : "n");
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `let r = run NET for 10` */
static bool statement_as_value(const struct slip *s)
{
    bool statement =
        word_has_role(s->last->kind, WORD_OF_EXPERIMENT) || word_has_role(s->last->kind, WORD_OPENING);
    bool follows = token_is_word(s->t->kind) || token_is_number(s->t->kind) || s->t->kind == T_STRING ||
                   s->t->kind == T_STRING_HEAD;
    if (!statement || !follows || s->found <= slip_start(s) + 1 || !slip_expects(s, '*')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->last->span, "`%s` is a statement, and has no value", s->last->text);
    bool runs = s->last->kind == T_RUN || s->last->kind == T_CONTINUE;
    parse_help(s->p,
               runs ? "write it alone, `%s %s ...;`: its results are read afterwards, as in `%s.A`"
                    : "write it alone: `%s %s ...;`",
               s->last->text, slip_describe(s, s->t)[0] == '`' ? s->t->text : "...", s->t->text);
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* Whether the block around the token belongs to a `minimize`. */
static bool stands_in_minimize(const struct slip *s)
{
    size_t head = slip_block_start(s);
    return head < s->found && s->p->tokens.data[head].kind == T_MINIMIZE;
}

/* `loss = EXPR;` */
static bool loss_by_equals(const struct slip *s)
{
    if (s->t->kind != '=' || s->last->kind != T_LOSS || s->last != slip_first(s) || !stands_in_minimize(s)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "`loss` is a statement, and gives its value without `=`");
    parse_help(s->p, "write `loss %s;`", slip_source(s, s->found + 1, slip_end(s)));
    slip_delete(s);
    return true;
}

/* `decay.A - 50;` in an experiment */
static bool value_as_statement(const struct slip *s)
{
    const struct token *first = slip_first(s);
    bool starts = first == s->t && slip_expects(s, T_LET) && !slip_expects(s, T_ASSUME) &&
                  (s->t->kind == '(' || s->t->kind == '[' || s->t->kind == '-' ||
                   token_is_number(s->t->kind) || s->t->kind == T_STRING || s->t->kind == T_STRING_HEAD);
    bool goes_on = first != s->t && slip_expects(s, T_ADD_SET) && first->place == PLACE_EXPERIMENT &&
                   (strchr("+-*/%^<>;", s->t->kind < 128 ? s->t->kind : '?') || s->t->kind == T_EQUAL) &&
                   s->t->kind != 0;
    if (!starts && !goes_on) {
        return false;
    }
    size_t end = slip_end(s);
    const char *text = slip_source(s, slip_start(s), end);
    if (goes_on && s->next->kind == '=') { /* x ^= 2 */
        parse_error(s->p, DIAG_E0101, s->t->span, "there is no `%s=`", s->t->text);
        const char *to = slip_source(s, slip_start(s), s->found);
        parse_help(s->p, "write `%s = %s %s %s;`", to, to, s->t->text, slip_source(s, s->found + 2, end));
        slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
        return true;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a value alone is no statement");
    if (stands_in_minimize(s)) {
        parse_help(s->p, "what becomes small is said by `loss %s;`", text);
    } else {
        parse_help(s->p, "show it by `print %s;`, keep it by `let x = %s;`", text, text);
    }
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `a.append(3);`, `decay.run(10);` */
static bool call_of_method(const struct slip *s)
{
    const struct token *first = slip_first(s);
    bool method = s->t->kind == '(' && s->found >= slip_start(s) + 3 && slip_back(s, 1)->kind == '.' &&
                  slip_expects(s, T_ADD_SET);
    if (!method) {
        return false;
    }
    const char *form = statement_form(s->last->kind, PLACE_EXPERIMENT);
    parse_error(s->p, DIAG_E0101, s->last->span, "`%s` has no `%s` that could be called", first->text,
                s->last->text);
    if (form) {
        parse_help(s->p, "`%s` is a statement: `%s`", s->last->text, form);
    } else {
        parse_help(s->p, "an array has a fixed length: `let a = zeros(3); a[0] = 1;`; a value more each time "
                         "is kept by `record x = 1;`");
    }
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `= {1, 2, 3}` */
static bool array_in_braces(const struct slip *s)
{
    bool value = s->last->kind == '=' || s->last->kind == ',' || s->last->kind == '(' || s->last->kind == '[';
    if (s->t->kind != '{' || !value || !slip_expects(s, '[') || !slip_expects(s, '!')) {
        return false;
    }
    if ((token_is_word(s->next->kind) || s->next->kind == T_STRING) && s->next[1].kind == ':') {
        parse_error(s->p, DIAG_E0101, s->t->span, "there are no collections of values by name");
        parse_help(s->p, "what a run changes is listed in it: `run NET with %s = 3 ...`",
                   token_is_word(s->next->kind) ? s->next->text : "k");
        size_t end = s->found;
        while (s->p->tokens.data[end].kind != ';' && s->p->tokens.data[end].kind != T_END) {
            end++;
        }
        slip_drop(s, slip_start(s), end + (s->p->tokens.data[end].kind == ';'));
        return true;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "an array stands in square brackets");
    parse_help(s->p, "as in `[1, 2, 3]`");
    slip_repair(s, EDIT_REPLACE, s->found, '[', "[");
    s->p->edit.token.flags |= TOKEN_MADE_UP;
    return true;
}

/* `let x == 3;` */
static bool comparison_for_equals(const struct slip *s)
{
    if (s->t->kind != T_EQUAL || !slip_expects(s, '=') || slip_expects(s, T_EQUAL)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "`==` compares; a value is given by `=`");
    parse_help(s->p, "write `%s = %s`", s->last->text, slip_value_source(s, s->found + 1));
    slip_is_sure(s);
    slip_replace(s, '=', "=");
    return true;
}

/* `if a > b a else b` */
static bool missing_then(const struct slip *s)
{
    bool value = token_is_word(s->t->kind) || token_is_number(s->t->kind) || s->t->kind == T_STRING ||
                 s->t->kind == '(';
    size_t choice = s->found, start = slip_start(s);
    while (choice > start && s->p->tokens.data[choice].kind != T_IF) {
        choice--;
    }
    if (!value || !slip_expects(s, T_THEN) || choice == start) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "`then` is missing before this value");
    parse_help(s->p, "as in `if x > 1 then 2 else 3`");
    slip_insert(s, T_THEN, "then");
    return true;
}

/* `5%`, `k = 20 %;` */
static bool percent(const struct slip *s)
{
    if (s->last->kind != '%' || s->found < 2 || !token_is_number(slip_back(s, 1)->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->last->span, "`%%` is the remainder of a division");
    parse_help(s->p, "write `%g`", strtod(slip_back(s, 1)->text, NULL) / 100);
    slip_repair(s, EDIT_DELETE, s->found - 1, 0, NULL);
    return true;
}

/* `with k: 2`, `let x: int = 2` */
static bool colon_for_equals(const struct slip *s)
{
    if (s->t->kind != ':' || !slip_expects(s, '=') || slip_expects(s, ':') || s->next->kind == '=') {
        return false;
    }
    const struct token *type = s->next;
    if (token_is_word(type->kind) && type[1].kind == '=') {
        parse_error(s->p, DIAG_E0101, s->t->span, "values have no declared types");
        parse_help(s->p, "leave `: %s` out: what `%s` holds is seen from its value", type->text,
                   s->last->text);
        slip_is_sure(s);
        slip_drop(s, s->found, s->found + 2);
        return true;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a value is given by `=`");
    parse_help(s->p, "write `%s = %s`", s->last->text, s->next->text ? s->next->text : "...");
    slip_replace(s, '=', "=");
    return true;
}

/* `1e6 1/(M*s)` */
static bool unit_as_quotient(const struct slip *s)
{
    bool one = s->t->kind == T_INT && strcmp(s->t->text, "1") == 0 && token_is_number(s->last->kind);
    const char *unit = "";
    size_t end = s->found + 1;
    int depth = 0;
    for (const struct token *t = s->next; one; t++, end++) {
        bool word = t->kind == T_UNIT_WORD || t->kind == T_PER_UNIT;
        depth += (t->kind == '(') - (t->kind == ')');
        if (depth < 0 || !(word || t->kind == '/' || t->kind == '*' || t->kind == '(' || t->kind == ')')) {
            break;
        }
        unit = word ? arena_printf(s->p->arena, "%s/%s", unit, t->text) : unit;
    }
    if (!*unit) {
        return false;
    }
    parse_error(s->p, DIAG_E0103, s->t->span, "a unit that divides has no `1` before it");
    parse_help(s->p, "write `%s %s`", s->last->text, unit);
    slip_drop(s, s->found, end);
    return true;
}

/* `0x1F`, `0b101`, `1_000` */
static bool number_of_others(const struct slip *s)
{
    const char *digits = s->t->text;
    bool word = (s->t->kind == T_IDENT || s->t->kind == T_UNIT_WORD) && !(s->t->flags & TOKEN_BLANK_BEFORE);
    if (!word || (s->last->kind != T_INT && s->last->kind != T_ZERO)) {
        return false;
    }
    char *end;
    int base = strcmp(s->last->text, "0") != 0 ? 0
               : strchr("xX", digits[0])       ? 16
               : strchr("bB", digits[0])       ? 2
               : strchr("oO", digits[0])       ? 8
                                               : 0;
    long long value = base ? strtoll(digits + 1, &end, base) : 0;
    if (base && digits[1] && !*end) {
        parse_error(s->p, DIAG_E0102, (struct span){s->p->file, s->last->span.lo, s->t->span.hi},
                    "numbers are written with ten digits");
        parse_help(s->p, "write `%lld`", value);
    } else if (digits[0] == '_' && digits[1 + strspn(digits + 1, "0123456789_")] == '\0') {
        const char *whole = s->last->text;
        for (const char *c = digits; *c; c++) {
            whole = *c == '_' ? whole : arena_printf(s->p->arena, "%s%c", whole, *c);
        }
        parse_error(s->p, DIAG_E0102, (struct span){s->p->file, s->last->span.lo, s->t->span.hi},
                    "the digits of a number stand together");
        parse_help(s->p, "write `%s`", whole);
    } else {
        return false;
    }
    slip_drop(s, s->found, s->found + 1);
    return true;
}

/* `if { ... }`, `else if { ... }`, `while { ... }` */
static bool missing_condition(const struct slip *s)
{
    int before = s->found > 0 ? s->last->kind : 0;
    if (s->t->kind != '{' || (before != T_IF && before != T_WHILE && before != T_WHEN && before != T_AT)) {
        return false;
    }
    bool after_else = before == T_IF && s->found >= 2 && slip_back(s, 1)->kind == T_ELSE;
    parse_error(s->p, DIAG_E0101, s->last->span,
                before == T_AT ? "behind `at` stands a time" : "behind `%s` stands a condition",
                s->last->text);
    if (after_else) {
        parse_help(s->p, "write `else { ... }` for all other cases, or `else if x > 1 { ... }`");
    } else if (before == T_AT) {
        parse_help(s->p, "as in `at 10 { A = 5; }`");
    } else {
        parse_help(s->p, "as in `%s x > 1 { ... }`", s->last->text);
    }
    if (after_else) {
        slip_repair(s, EDIT_DELETE, s->found - 1, 0, NULL);
    } else {
        slip_repair(s, EDIT_INSERT, s->found, before == T_AT ? T_ZERO : T_TRUE,
                    before == T_AT ? "0" : "true");
    }
    return true;
}

bool slip_of_value(const struct slip *s)
{
    return number_of_others(s) || missing_condition(s) || unit_as_quotient(s) || loss_by_equals(s) ||
           array_of_others(s) || array_in_braces(s) || comparison_for_equals(s) || missing_then(s) ||
           percent(s) || step_of_range(s) || closed_range(s) || range_as_value(s) || statement_as_value(s) ||
           call_of_method(s) || value_as_statement(s) || colon_for_equals(s);
}
