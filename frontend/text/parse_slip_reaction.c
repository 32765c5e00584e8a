/* Slips in reactions. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

/* `-> X; {k}`: the side and the rate are missing where they belong. */
static bool rate_behind_end(const struct slip *s, size_t end)
{
    const struct token *t = s->p->tokens.data;
    size_t close = end + 2;
    bool opens = t[end].kind == ';' && t[end + 1].kind == '{' && !(t[end + 1].flags & TOKEN_LINE_START);
    while (opens && !slip_ends_statement(t[close].kind) && t[close].kind != '}') {
        close++;
    }
    if (!opens || t[close].kind != '}' || s->next->kind == T_RATE_OPEN) {
        return false;
    }
    size_t start = slip_start(s);
    const char *label =
        start < s->found ? arena_printf(s->p->arena, "%s ", slip_source(s, start, s->found)) : "";
    parse_error(s->p, DIAG_E0106, t[end + 1].span,
                "the rate stands right after the arrow, and an empty side is `0`");
    parse_help(s->p, "write `%s0 %s{%s} %s;`", label, s->t->text, slip_source(s, end + 2, close),
               slip_source(s, s->found + 1, end));
    slip_drop(s, start, close + 1);
    return true;
}

static bool empty_side(const struct slip *s)
{
    bool left = token_is_arrow(s->t->kind) && slip_expects(s, T_EMPTY_SET) &&
                (slip_ends_statement(s->last->kind) || s->last->kind == ':' || s->last->kind == T_FAST);
    bool right = (s->t->kind == ';' || s->t->kind == T_VIA) && slip_expects(s, T_EMPTY_SET) &&
                 (token_is_arrow(s->last->kind) || s->last->kind == T_RATE_CLOSE);
    if (!left && !right) {
        return false;
    }
    if (left && rate_behind_end(s, slip_end(s))) {
        return true;
    }
    struct span at = left ? s->t->span : s->last->span;
    parse_error(s->p, DIAG_E0108, at, "the %s side of this reaction is empty", left ? "left" : "right");
    parse_help(s->p, "the empty side is written `0`: `%s`", left ? "0 -> A" : "A -> 0");
    slip_insert(s, T_ZERO, "0");
    return true;
}

static bool equals_for_arrow(const struct slip *s)
{
    if (s->t->kind != '=' || !slip_expects(s, T_LAW) || slip_expects(s, '=')) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a reaction is written with an arrow, not with `=`");
    const struct token *first = &s->p->tokens.data[slip_start(s)];
    parse_help(s->p, "write `%s -> ...`, or `<->` for both directions",
               slip_source_between(s, first->span.lo, s->last->span.hi));
    slip_replace(s, T_ARROW, "->");
    return true;
}

static bool star_after_coefficient(const struct slip *s)
{
    if (s->t->kind != '*' || s->t->place != PLACE_NETWORK || !token_is_number(s->last->kind) ||
        slip_expects(s, '*') || !token_is_word(s->next->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a coefficient stands before its species without `*`");
    parse_help(s->p, "write `%s %s`", s->last->text, s->next->text);
    slip_delete(s);
    return true;
}

/* Index of the first arrow from `start` on; if the statement has no arrow, of the token that ends it. */
static size_t arrow_of(const struct slip *s, size_t start)
{
    size_t i = start;
    while (!token_is_arrow(s->p->tokens.data[i].kind) && !slip_ends_statement(s->p->tokens.data[i].kind)) {
        i++;
    }
    return i;
}

/* Whether the file declares a parameter or constant of that name. */
static bool is_parameter(const struct slip *s, const char *name)
{
    int head = 0;
    for (const struct token *t = s->p->tokens.data; t->kind != T_END; t++) {
        head = head ? head : t->kind;
        bool declares = head == T_PARAM || head == T_CONST || head == T_NETWORK;
        if (declares && t->text && strcmp(t->text, name) == 0) {
            return true;
        }
        head = slip_ends_statement(t->kind) || t->kind == '{' ? 0 : head;
    }
    return false;
}

/* `1e6, A + B -> C`, `k, A --> B`: the rate stands first, as in Catalyst. */
static bool rate_before(const struct slip *s)
{
    size_t start = slip_start(s), arrow = arrow_of(s, s->found), end = arrow + 1;
    bool rate = s->found == start + 1 &&
                (token_is_number(s->last->kind) || (s->last->text && is_parameter(s, s->last->text)));
    const struct token *t = s->p->tokens.data;
    if (s->t->kind != ',' || s->t->place != PLACE_NETWORK || !rate || !token_is_arrow(t[arrow].kind) ||
        t[end].kind == T_RATE_OPEN) {
        return false;
    }
    while (!slip_ends_statement(t[end].kind) && !(t[end].flags & TOKEN_LINE_START)) {
        end++;
    }
    for (size_t i = s->found + 1; i < arrow; i++) {
        if (t[i].kind == ',') {
            return false;
        }
    }
    parse_error(s->p, DIAG_E0106, s->last->span, "the rate stands in braces right after the arrow");
    parse_help(s->p, "write `%s %s{%s} %s;`", slip_source(s, s->found + 1, arrow), t[arrow].text,
               slip_source(s, start, s->found), slip_source(s, arrow + 1, end));
    slip_drop(s, start, end + (t[end].kind == ';'));
    return true;
}

/* `n A ->{k} B`: as the rate stands in its place, the name before the species can be no other rate. */
static bool is_named_coefficient(const struct slip *s, size_t start)
{
    size_t arrow = arrow_of(s, start);
    return token_is_word(s->t->kind) && s->last->kind == T_IDENT &&
           token_is_arrow(s->p->tokens.data[arrow].kind) && s->p->tokens.data[arrow + 1].kind == T_RATE_OPEN;
}

static bool names_side_by_side(const struct slip *s)
{
    bool comma = s->t->kind == ',';
    if ((!token_is_word(s->t->kind) && !comma) || !slip_expects(s, T_LAW) || !slip_expects(s, '+') ||
        !slip_has_arrow(s)) {
        return false;
    }
    size_t start = slip_start(s);
    bool first = s->found == start + 1;
    parse_error(s->p, DIAG_E0108, s->t->span, "found %s, expected `+` or an arrow", slip_describe(s, s->t));
    if (first && is_named_coefficient(s, start)) {
        slip_is_unsure(s);
        parse_help(s->p,
                   "a coefficient that is a name stands in parentheses: `(%s) %s`; species are joined by `+`",
                   s->last->text, s->t->text);
    } else if (first) {
        slip_is_unsure(s);
        parse_help(s->p, "a rate stands in braces after the arrow: `->{%s}`; species are joined by `+`",
                   s->last->text);
    } else {
        parse_help(s->p, "species are joined by `+`");
    }
    if (comma) {
        slip_replace(s, '+', "+");
    } else {
        slip_insert(s, '+', "+");
    }
    return true;
}

static bool real_coefficient(const struct slip *s)
{
    const struct token *number = s->last;
    if (number->kind != T_REAL || !token_is_arrow(s->t->kind) || !slip_expects(s, T_IDENT)) {
        return false;
    }
    const char *e = strpbrk(number->text, "eE");
    if (e && !strchr(number->text, '.') && e[1] != '+' && e[1] != '-') {
        int digits = (int)(e - number->text);
        parse_error(s->p, DIAG_E0108, number->span, "`%s` is the number %g", number->text, number->v.real);
        parse_help(s->p, "for %.*s of the species `%s` write `%.*s %s`", digits, number->text, e, digits,
                   number->text, e);
        uint32_t between = number->span.lo + (uint32_t)digits;
        parse_fix(s->p, (struct span){s->p->file, between, between}, " ");
        slip_repair(s, EDIT_REPLACE, s->found - 1, T_IDENT, e);
        return true;
    }
    parse_error(s->p, DIAG_E0108, number->span, "a coefficient stands before its species");
    return true;
}

static bool second_arrow(const struct slip *s)
{
    if (!token_is_arrow(s->t->kind) || !slip_expects(s, T_VIA)) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a reaction has one arrow");
    const struct token *t = s->p->tokens.data;
    size_t end = slip_end(s), side = slip_start(s), arrow = arrow_of(s, side);
    const char *all = "";
    while (arrow < end) { /* each side but the first and the last is that of two reactions */
        size_t right = arrow + 1, next;
        while (right < end && t[arrow + 1].kind == T_RATE_OPEN && t[right++].kind != T_RATE_CLOSE) {
        }
        for (next = right; next < end && !token_is_arrow(t[next].kind); next++) {
        }
        all = arena_printf(s->p->arena, "%s%s%s;", all, *all ? " " : "", slip_source(s, side, next));
        side = right;
        arrow = next;
    }
    parse_help(s->p, "write a reaction for each: `%s`", all);
    slip_drop(s, s->found, end);
    return true;
}

static bool reaction_outside(const struct slip *s)
{
    if (!token_is_arrow(s->t->kind) || s->t->place == PLACE_NETWORK || slip_expects(s, T_ARROW) ||
        slip_expects(s, T_AT_LEAST) || slip_expects(s, T_TO)) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a reaction stands in a network");
    parse_help(s->p, "as in `network name { species A, B; A -> B; }`");
    return true;
}

/* `A <->{kf; kr} B` */
static bool rates_with_semicolon(const struct slip *s)
{
    const struct token *tokens = s->p->tokens.data;
    size_t start = slip_start(s), open = s->found, close = s->found + 1;
    if (s->t->kind != ';' || !slip_expects(s, T_RATE_CLOSE)) {
        return false;
    }
    while (open > start && tokens[open].kind != T_RATE_OPEN) {
        open--;
    }
    while (!slip_ends_statement(tokens[close].kind) && tokens[close].kind != T_RATE_CLOSE) {
        close++;
    }
    bool closed = tokens[close].kind == T_RATE_CLOSE || tokens[close].kind == '}';
    if (tokens[open].kind != T_RATE_OPEN || !closed) {
        return false;
    }
    size_t end = close + 1;
    while (!slip_ends_statement(tokens[end].kind)) {
        end++;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "two rates are parted by a comma");
    parse_help(s->p, "write `%s{%s, %s} %s`", slip_source(s, start, open), slip_source(s, open + 1, s->found),
               slip_source(s, s->found + 1, close), slip_source(s, close + 1, end));
    slip_drop(s, start, end + (tokens[end].kind == ';'));
    return true;
}

/* `A ->{k} B inhibited by E` */
static bool inhibitor(const struct slip *s)
{
    static const char *const words[] = {"inhibited", "inhibits", "inhibitor", "repressed", "blocked"};
    bool is_one = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        is_one |= s->t->kind == T_IDENT && strcmp(s->t->text, words[i]) == 0;
    }
    size_t start = slip_start(s), arrow = arrow_of(s, start), by = s->found + 1;
    if (!is_one || !slip_expects(s, T_VIA) || arrow >= s->found) {
        return false;
    }
    by += s->p->tokens.data[by].kind == T_BY;
    const char *of = slip_source(s, by, slip_end(s)), *left = slip_source(s, start, arrow);
    bool has_rate = s->p->tokens.data[arrow + 1].kind == T_RATE_OPEN;
    size_t close = arrow + 1;
    while (has_rate && s->p->tokens.data[close].kind != T_RATE_CLOSE) {
        close++;
    }
    parse_error(s->p, DIAG_E0106, s->t->span, "what inhibits a reaction stands in its law");
    parse_help(s->p, "as in `%s =>{%s*%s/(1 + %s/K)} %s;`", left,
               has_rate ? slip_source(s, arrow + 2, close) : "k", left, of,
               slip_source(s, has_rate ? close + 1 : arrow + 1, s->found));
    slip_drop(s, s->found, slip_end(s));
    return true;
}

/* `A ->{k B;`: the brace was forgotten, not an operator. */
static bool missing_rate_brace(const struct slip *s)
{
    if ((!token_is_word(s->t->kind) && !token_is_number(s->t->kind)) || !slip_expects(s, T_RATE_CLOSE)) {
        return false;
    }
    for (size_t i = s->found; i < s->p->tokens.n && !slip_ends_statement(s->p->tokens.data[i].kind); i++) {
        if (s->p->tokens.data[i].kind == T_RATE_CLOSE) {
            return false;
        }
    }
    parse_error(s->p, DIAG_E0104, (struct span){s->p->file, s->last->span.hi, s->last->span.hi},
                "the `}` of this rate is missing");
    slip_insert(s, T_RATE_CLOSE, "}");
    return true;
}

/* Reports a rate in the wrong place. The help shows an example, since the statement that was meant cannot
 * be guessed in full. */
static bool report_rate(const struct slip *s)
{
    parse_error(s->p, DIAG_E0106, s->t->span, "the rate stands in braces right after the arrow");
    parse_help(s->p, "as in `A ->{k} B`");
    return true;
}

/* `A ->{k} B, delay = 3;`, `A ->{k} B after 3;` */
static bool delay_at_the_end(const struct slip *s, size_t arrow)
{
    size_t word = s->found + (s->t->kind == ',' || s->t->kind == ':'), close = arrow + 1;
    const struct token *t = &s->p->tokens.data[word];
    bool late = t->text && (strcmp(t->text, "delay") == 0 || strcmp(t->text, "after") == 0);
    if (!late || !(token_is_word(t[1].kind) || token_is_number(t[1].kind) || t[1].kind == '=')) {
        return false;
    }
    while (close < s->found && s->p->tokens.data[close].kind != T_RATE_CLOSE) {
        close++;
    }
    bool rate = s->p->tokens.data[arrow + 1].kind == T_RATE_OPEN && close < s->found;
    parse_error(s->p, DIAG_E0106, t->span, "a delay stands in braces right after the arrow, behind the rate");
    parse_help(s->p, "write `%s %s{%s, delay = %s} %s`", slip_source(s, slip_start(s), arrow),
               s->p->tokens.data[arrow].text, rate ? slip_source(s, arrow + 2, close) : "1",
               slip_source(s, word + 1 + (t[1].kind == '='), slip_end(s)),
               slip_source(s, rate ? close + 1 : arrow + 1, s->found));
    slip_drop(s, s->found, slip_end(s));
    return true;
}

/* The end of the statement, or of its line if no `;` ends that: what a rate at the end reaches to. */
static size_t end_of_rate(const struct slip *s)
{
    size_t i = s->found + 1, end = slip_end(s);
    while (i < end && !(s->p->tokens.data[i].flags & TOKEN_LINE_START)) {
        i++;
    }
    return i < end ? i : end;
}

/* The rate at the end, as in other tools: `A -> B, k;` `A -> B : k;` `A -> B k;` */
static bool rate_at_the_end(const struct slip *s)
{
    bool mark = s->t->kind == ',' || s->t->kind == ':';
    bool value = token_is_word(s->t->kind) || token_is_number(s->t->kind) || s->t->kind == '(';
    size_t start = slip_start(s), arrow = arrow_of(s, start);
    if ((!mark && !value) || !slip_expects(s, T_VIA) || arrow >= s->found) {
        return false;
    }
    if (delay_at_the_end(s, arrow)) {
        return true;
    }
    parse_error(s->p, DIAG_E0106, s->t->span, "the rate stands in braces right after the arrow");
    if (s->p->tokens.data[arrow + 1].kind == T_RATE_OPEN) {
        parse_help(s->p, "as in `A ->{k} B`; species are joined by `+`");
        return true;
    }
    const struct token *behind = &s->p->tokens.data[arrow + 1];
    bool at_arrow = !mark && s->found == arrow + 2 && token_is_word(behind->kind) &&
                    !(behind->flags & TOKEN_BLANK_BEFORE) && (behind[-1].flags & TOKEN_BLANK_BEFORE);
    if (at_arrow) { /* `A ->k B` */
        parse_help(s->p, "write `%s %s{%s} %s`", slip_source(s, start, arrow), behind[-1].text, behind->text,
                   slip_source(s, s->found, slip_end(s)));
        return true;
    }
    size_t from = s->found + mark, end = end_of_rate(s); /* `rate 0.5`, `k = 0.5`: the value alone */
    const struct token *word = &s->p->tokens.data[from];
    from += token_is_word(word->kind) && word[1].kind == '=' ? 2 : 0;
    from += token_is_word(word->kind) && (token_is_number(word[1].kind) || token_is_word(word[1].kind));
    parse_help(s->p, "write `%s %s{%s} %s`%s", slip_source(s, start, arrow), s->p->tokens.data[arrow].text,
               slip_source(s, from, end), slip_source(s, arrow + 1, s->found),
               !mark                                        ? "; species are joined by `+`"
               : s->t->kind == ':' && word->kind == T_IDENT ? "; a label stands in front, as in `r1: A -> B`"
                                                            : "");
    slip_drop(s, s->found, end);
    return true;
}

/* `A -> B; k*A;`, as in Antimony */
static bool law_as_statement(const struct slip *s)
{
    size_t start = slip_start(s), end = slip_end(s);
    bool value = s->t->kind == ';' || (s->t->kind < 128 && s->t->kind > 0 && strchr("+-*/^(", s->t->kind));
    bool open = slip_expects(s, T_LAW) || (slip_expects(s, T_IDENT) && token_is_number(s->last->kind));
    int first = slip_first(s)->kind;
    bool starts = token_is_word(first) || token_is_number(first) || first == '(';
    if (s->t->place != PLACE_NETWORK || !value || !open || !starts || slip_has_arrow(s) ||
        s->found == start || s->p->tokens.data[end].kind != ';') {
        return false;
    }
    for (size_t i = start; i < end; i++) {
        if (s->p->tokens.data[i].kind == '=' || s->p->tokens.data[i].kind == ':') {
            return false;
        }
    }
    struct slip before = *s;
    before.found = start > 0 ? start - 1 : 0;
    size_t reaction = slip_start(&before), arrow = arrow_of(s, reaction);
    const char *law = slip_source(s, start, end);
    if (s->t->kind == '-' && strcmp(slip_source(s, start, start + 1), "volume") == 0) {
        parse_error(s->p, DIAG_E0301, s->t->span, "a volume is a positive number of litres");
        parse_help(s->p, "as in `volume 1 pL;`");
    } else if (start == 0 || s->p->tokens.data[start - 1].kind != ';' || arrow >= start - 1) {
        parse_error(s->p, DIAG_E0101, s->t->span, "a value alone is no statement of networks");
        parse_help(s->p, "a formula has a name: `output y = %s;`; a rate stands in a reaction: `A =>{%s} B;`",
                   law, law);
    } else {
        size_t right = arrow + 1;
        while (right < start && s->p->tokens.data[arrow + 1].kind == T_RATE_OPEN &&
               s->p->tokens.data[right++].kind != T_RATE_CLOSE) {
        }
        struct span rate = s->p->tokens.data[start].span;
        rate.hi = s->p->tokens.data[end - 1].span.hi;
        parse_error(s->p, DIAG_E0106, rate, "a reaction has no rate behind its `;`");
        parse_help(
            s->p,
            "write `%s =>{%s} %s;`, where `=>` takes the whole rate, or `->{k}` with the constant alone",
            slip_source(s, reaction, arrow), law, slip_source(s, right, start - 1));
    }
    slip_drop(s, start, end + 1);
    return true;
}

/* `A -k-> B`, `A -(k)-> B`, `A ->[k] B`, `A =(k)=> B` */
static bool rate_in_other_brackets(const struct slip *s)
{
    bool in_arrow =
        s->t->kind == '-' && slip_expects(s, T_ARROW) && !slip_expects(s, '*') && slip_has_arrow(s);
    bool square = s->t->kind == '[' && token_is_arrow(s->last->kind);
    bool law = s->t->kind == T_LAW && s->t->place == PLACE_NETWORK && slip_first(s)[1].kind == '=';
    return (in_arrow || square || law) && report_rate(s);
}

static bool arrow_to_the_left(const struct slip *s)
{
    bool left = (s->t->kind == '<' && s->next->kind == '-') || s->t->kind == T_AT_MOST;
    if (!left || !slip_expects(s, T_ARROW)) {
        return false;
    }
    const struct token *first = &s->p->tokens.data[slip_start(s)];
    parse_error(s->p, DIAG_E0108, s->t->span, "a reaction is written from left to right");
    parse_help(s->p, "write `... -> %s`", slip_source_between(s, first->span.lo, s->last->span.hi));
    return true;
}

/* `1/2 B`, as in textbooks of stoichiometry. */
static bool broken_coefficient(const struct slip *s)
{
    bool ratio = s->t->kind == '/' && s->t->place == PLACE_NETWORK && token_is_number(s->last->kind) &&
                 token_is_number(s->next->kind) && !slip_expects(s, '*') && slip_has_arrow(s);
    if (!ratio) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a coefficient is a number, not a quotient");
    parse_help(s->p,
               "write `A -> 0.5 B`, which `ode` runs, or multiply all: `2 A =>{ ... } B` with half the law");
    return true;
}

/* `diff(A, t) = ...`, `D(A) ~ ...`, `d(A)/dt = ...` */
static bool derivative_as_call(const struct slip *s)
{
    static const char *const words[] = {"diff", "d", "D", "dt", "ddt", "der", "deriv", "Differential"};
    const struct token *first = slip_first(s);
    size_t start = slip_start(s), i = 0;
    while (i < sizeof words / sizeof *words && !(first->text && strcmp(first->text, words[i]) == 0)) {
        i++;
    }
    bool call = s->t->place == PLACE_NETWORK && first[1].kind == '(' && s->last->kind == ')';
    bool ends = s->t->kind == '=' || s->t->kind == '/' || s->t->kind == '(';
    if (i == sizeof words / sizeof *words || !call || !ends) {
        return false;
    }
    const struct token *of = &s->p->tokens.data[start + 2];
    if (s->t->kind == '(') { /* Differential(t)(A) */
        of = s->next;
    }
    parse_error(s->p, DIAG_E0101, (struct span){s->p->file, first->span.lo, s->last->span.hi},
                "a derivative is written with `'`");
    parse_help(s->p, "write `%s' = ...`", of->text ? of->text : "A");
    slip_drop(s, start, slip_end_of_all(s, start));
    return true;
}

/* `A -> B [k = 0.5]` */
static bool rate_in_brackets_behind(const struct slip *s)
{
    size_t open = s->found - (s->found > 0);
    while (open > slip_start(s) && s->p->tokens.data[open].kind != '[') {
        open--;
    }
    const struct token *bracket = &s->p->tokens.data[open];
    bool behind = bracket->kind == '[' && (bracket->flags & TOKEN_BLANK_BEFORE);
    size_t arrow = arrow_of(s, slip_start(s)), close = s->found;
    if (s->t->place != PLACE_NETWORK || s->t->kind != '=' || !behind || arrow >= open) {
        return false;
    }
    while (!slip_ends_statement(s->p->tokens.data[close].kind) && s->p->tokens.data[close].kind != ']') {
        close++;
    }
    parse_error(s->p, DIAG_E0106, bracket->span, "the rate stands in braces right after the arrow");
    parse_help(s->p, "write `%s %s{%s} %s`", slip_source(s, slip_start(s), arrow),
               s->p->tokens.data[arrow].text, slip_source(s, s->found + 1, close),
               slip_source(s, arrow + 1, open));
    slip_drop(s, open, close + (s->p->tokens.data[close].kind == ']'));
    return true;
}

/* `delay = 1..3` */
static bool delay_as_range(const struct slip *s)
{
    bool here = s->t->kind == T_DOTS && s->found >= 3 && slip_back(s, 1)->kind == '=' &&
                slip_back(s, 2)->text && strcmp(slip_back(s, 2)->text, "delay") == 0;
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a delay that is drawn each time is `uniform`");
    parse_help(s->p, "write `delay = uniform(%s, %s)`", s->last->text ? s->last->text : "1",
               s->next->text ? s->next->text : "3");
    slip_drop(s, s->found, s->found + 2);
    return true;
}

/* `dx/dt = ...` */
static bool derivative_as_quotient(const struct slip *s)
{
    bool quotient = s->t->kind == '/' && s->last->text && s->last->text[0] == 'd' && s->last->text[1] &&
                    s->next->text && strcmp(s->next->text, "dt") == 0;
    bool bracket = s->t->kind == '/' && s->last->kind == ']' && strcmp(slip_first(s)->text, "d") == 0;
    if (bracket) { /* d[A]/dt */
        parse_error(s->p, DIAG_E0101, s->t->span, "a derivative is written with `'`");
        parse_help(s->p, "write `%s' = ...`", slip_source(s, slip_start(s) + 2, s->found - 1));
        return true;
    }
    if (!quotient || s->found != slip_start(s) + 1) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a derivative is written with `'`");
    parse_help(s->p, "write `%s' = ...`", s->last->text + 1);
    return true;
}

/* `diffuse A ->{D} along ring;` */
static bool membrane_of_one_way(const struct slip *s)
{
    if (!token_is_arrow(s->t->kind) || !slip_expects(s, T_REVERSIBLE) || slip_expects(s, T_ARROW)) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a membrane lets through in both directions");
    parse_help(s->p, "write `%s <->%s;`; another rate back is the second of two: `<->{0.2, 0.1}`",
               slip_source(s, slip_start(s), s->found), slip_source(s, s->found + 1, slip_end(s)));
    slip_replace(s, T_REVERSIBLE, "<->");
    return true;
}

/* `A + B ->{k} C + ;` */
static bool plus_at_the_end(const struct slip *s)
{
    bool ends = s->t->kind == ';' || token_is_arrow(s->t->kind) || s->t->kind == T_VIA;
    if (s->last->kind != '+' || !ends || s->t->place != PLACE_NETWORK || slip_expects(s, s->t->kind)) {
        return false;
    }
    bool reaction = token_is_arrow(s->t->kind) || slip_has_arrow(s);
    if (!reaction) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->last->span, "no species stands behind this `+`");
    parse_help(s->p, "leave it out: `%s`", slip_source(s, slip_start(s), s->found - 1));
    slip_repair(s, EDIT_DELETE, s->found - 1, 0, NULL);
    return true;
}

/* `A -{k}> B` */
static bool rate_in_arrow(const struct slip *s)
{
    const struct token *tokens = s->p->tokens.data;
    size_t open = s->found;
    while (open > slip_start(s) && tokens[open].kind != T_DASH_RATE) {
        open--;
    }
    if (s->t->kind != '>' || s->last->kind != T_RATE_CLOSE || tokens[open].kind != T_DASH_RATE) {
        return false;
    }
    parse_error(s->p, DIAG_E0106, s->t->span, "the rate stands in braces right after the arrow");
    parse_help(s->p, "write `%s ->{%s} %s`", slip_source(s, slip_start(s), open),
               slip_source(s, open + 1, s->found - 1), slip_source(s, s->found + 1, slip_end(s)));
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `A(0)` as `A` */
static const char *without_zero(const struct slip *s, size_t i, size_t *taken)
{
    const struct token *t = &s->p->tokens.data[i];
    *taken = t->kind == '(' && t[1].kind == T_ZERO && t[2].kind == ')' ? 3 : 1;
    return *taken == 3 ? "" : NULL;
}

/* `A(0) = 3`, `species A(0) = 3, B(0);` */
static bool amount_at_zero(const struct slip *s)
{
    bool declared = s->t->kind == '(' && s->next->kind == T_ZERO && s->t->place == PLACE_NETWORK &&
                    !slip_expects(s, T_ARROW) && slip_expects(s, '[') && slip_expects(s, '=');
    bool stated = s->t->kind == '=' && s->t->place == PLACE_NETWORK && s->last->kind == ')' &&
                  s->found >= 2 && s->p->tokens.data[s->found - 2].kind == T_ZERO;
    if (!declared && !stated) {
        return false;
    }
    const char *name = s->p->tokens.data[declared ? s->found - 1 : slip_start(s)].text;
    size_t equal = declared ? s->found + 3 : s->found, end = slip_end(s);
    bool given = equal < end && s->p->tokens.data[equal].kind == '=';
    if (!given && declared && slip_first(s)->kind == T_SPECIES && !(s->t->flags & TOKEN_MADE_UP)) {
        /* `species A(10), B(0);` */
        parse_error(s->p, DIAG_E0101, s->t->span, "an initial amount stands behind `=`");
        parse_help(s->p, "write `%s = 0`, or `%s` alone, which begins at 0", name, name);
        slip_is_sure(s);
        slip_drop(s, s->found, s->found + 3);
        return true;
    }
    bool told = s->t->flags & TOKEN_MADE_UP;
    if (!told) {
        parse_error(s->p, DIAG_E0101, s->t->span, "an initial amount is written without `(0)`");
    }
    if (declared && (given || told)) {
        if (!told) {
            parse_help(s->p, "write `%s;`", slip_source_mended(s, slip_start(s), end, without_zero));
        }
        for (size_t i = s->found; i < end; i++) { /* the help is about all of them */
            struct token *open = &s->p->tokens.data[i];
            open->flags |= open->kind == '(' && open[1].kind == T_ZERO ? TOKEN_MADE_UP : 0;
        }
        slip_is_sure(s);
        slip_drop(s, s->found, s->found + 3);
        return true;
    }
    const char *amount = given ? slip_source(s, equal + 1, end) : "3";
    parse_help(s->p,
               "write it where the species is declared: `species %s = %s;`; one of an array is `%s[0] = %s;`",
               name, amount, name, amount);
    return true;
}

bool slip_of_reaction(const struct slip *s)
{
    static bool (*const slips[])(const struct slip *) = {
        derivative_as_call,
        rate_before,
        rate_in_brackets_behind,
        delay_as_range,
        law_as_statement,
        empty_side,
        equals_for_arrow,
        star_after_coefficient,
        names_side_by_side,
        real_coefficient,
        second_arrow,
        reaction_outside,
        rates_with_semicolon,
        inhibitor,
        missing_rate_brace,
        rate_at_the_end,
        arrow_to_the_left,
        rate_in_other_brackets,
        broken_coefficient,
        rate_in_arrow,
        membrane_of_one_way,
        plus_at_the_end,
        amount_at_zero,
        derivative_as_quotient,
    };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        if (slips[i](s)) {
            return true;
        }
    }
    return false;
}
