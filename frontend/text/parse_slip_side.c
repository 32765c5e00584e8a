/* Slips around the sides of reactions: sums, catalysts, rates drawn into the arrow, membranes. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static bool is_word(const struct token *t, const char *word)
{
    return t->text && strcmp(t->text, word) == 0;
}

/* The statement is left out, since its report says how to write all of it. */
static bool leave_out(const struct slip *s)
{
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `A -> sum(X)` */
static bool sum_of_array(const struct slip *s)
{
    bool here = s->t->kind == ')' && slip_expects(s, T_IN) && s->t->place == PLACE_NETWORK && s->found >= 3 &&
                slip_back(s, 1)->kind == '(' && is_word(slip_back(s, 2), "sum");
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->last->span, "a sum of species names its index");
    parse_help(s->p, "write `sum(i in 0..3 : %s[i])`, with the number of elements for 3", s->last->text);
    return leave_out(s);
}

/* `A -> B via [C, D]` */
static bool catalysts_in_brackets(const struct slip *s)
{
    bool opens = s->t->kind == '[' || s->t->kind == '(' || s->t->kind == '{';
    if (s->last->kind != T_VIA || !opens || slip_expects(s, s->t->kind)) {
        return false;
    }
    size_t end = s->found + 1;
    const char *list = "";
    for (const struct token *t = s->next; !slip_ends_statement(t->kind) && t->kind != ']'; t++, end++) {
        list = t->text && token_is_word(t->kind)
                   ? arena_printf(s->p->arena, "%s%s%s", list, *list ? " + " : "", t->text)
                   : list;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "catalysts stand behind `via` without brackets");
    parse_help(s->p, "write `via %s`", *list ? list : "C + D");
    return leave_out(s);
}

/* `A -> -1 B`, `A -> C - B`, `A -> 2 -7 B` */
static bool negative_count(const struct slip *s)
{
    const struct token *before = token_is_number(s->last->kind) && s->found >= 2 ? s->last - 1 : s->last;
    bool begins = before->kind == '+' || token_is_arrow(before->kind) || before->kind == T_RATE_CLOSE;
    bool goes_on = token_is_word(s->last->kind) && slip_expects(s, T_VIA);
    bool here = s->t->kind == '-' && s->t->place == PLACE_NETWORK && (begins || goes_on) &&
                (token_is_number(s->next->kind) || token_is_word(s->next->kind));
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "how many a reaction makes is not negative");
    parse_help(s->p, "what it takes stands on the left side, as in `A + B -> C`");
    return leave_out(s);
}

/* `A * B -> C` */
static bool product_as_side(const struct slip *s)
{
    bool here = s->t->kind == '*' && s->t->place == PLACE_NETWORK && !slip_expects(s, '*') &&
                token_is_word(s->last->kind) && token_is_word(s->next->kind) && slip_has_arrow(s);
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "species of a side are joined by `+`");
    parse_help(s->p, "write `%s + %s`: how fast they react is their product by itself", s->last->text,
               s->next->text);
    slip_replace(s, '+', "+");
    return true;
}

/* `% comment` */
static bool percent_comment(const struct slip *s)
{
    bool begins =
        s->found == 0 || slip_ends_statement(s->last->kind) || s->last->kind == '{' || s->last->kind == '}';
    if (s->t->kind != '%' || !begins) {
        return false;
    }
    size_t end = s->found + 1, length;
    const char *text = sources_text(s->p->sources, s->t->span.file, &length);
    const char *line = memchr(text + s->t->span.lo, '\n', length - s->t->span.lo);
    while (s->p->tokens.data[end].kind != T_END && line &&
           s->p->tokens.data[end].span.lo < (size_t)(line - text)) {
        end++;
    }
    parse_error(s->p, DIAG_E0102, s->t->span, "`%%` is no comment");
    parse_help(s->p, "a comment begins with `//`");
    slip_drop(s, s->found, end);
    return true;
}

/* The arrow of a rate that stands between dashes; `end` if it is none */
static size_t arrow_behind_rate(const struct slip *s, size_t i, size_t end)
{
    size_t arrow = i + 1;
    while (arrow < end && !token_is_arrow(s->p->tokens.data[arrow].kind)) {
        arrow++;
    }
    return arrow == i + 1 ? end : arrow;
}

/* `--k-->` as `->{k}` */
static const char *rate_behind_arrow(const struct slip *s, size_t i, size_t *taken)
{
    size_t end = slip_end(s);
    size_t arrow = s->p->tokens.data[i].kind == T_EDGE ? arrow_behind_rate(s, i, end) : end;
    *taken = arrow < end ? arrow - i + 1 : 1;
    return arrow < end ? arena_printf(s->p->arena, "->{%s}", slip_source(s, i + 1, arrow)) : NULL;
}

/* `A --k--> B`, `A --0.5-> B` */
static bool rate_in_long_arrow(const struct slip *s)
{
    if (s->t->kind != T_EDGE || s->t->place != PLACE_NETWORK || slip_expects(s, T_EDGE)) {
        return false;
    }
    size_t end = slip_end(s);
    if (arrow_behind_rate(s, s->found, end) == end) {
        return false;
    }
    parse_error(s->p, DIAG_E0106, s->t->span, "the rate stands in braces right after the arrow");
    parse_help(s->p, "write `%s`", slip_source_mended(s, slip_start(s), end, rate_behind_arrow));
    return leave_out(s);
}

/* `diffuse A <->{1} along ring;` in a network instead of behind `replicate` */
static bool membrane_outside(const struct slip *s)
{
    const struct token *first = slip_first(s);
    bool word = is_word(first, "diffuse") || is_word(first, "share");
    if (!word || s->t->place != PLACE_NETWORK || s->found != slip_start(s) + 1 ||
        !token_is_word(s->t->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, first->span, "`%s` stands in the braces behind a `replicate`", first->text);
    parse_help(s->p, "write `replicate v[10] of cell() { %s; }`, where `cell` is the network that is copied",
               slip_source(s, slip_start(s), slip_end(s)));
    return leave_out(s);
}

/* `diffuse S <->{1} along ring; diffuse P <->{1} along ring;` for the names between `from` and the arrow */
static const char *each_diffuses(const struct slip *s, size_t from)
{
    const struct token *t = s->p->tokens.data;
    size_t arrow = from;
    while (arrow < s->p->tokens.n - 1 && t[arrow].kind != ';' && !token_is_arrow(t[arrow].kind)) {
        arrow++;
    }
    size_t to = arrow;
    for (; to < s->p->tokens.n - 1 && t[to].kind != ';'; to++) {
    }
    const char *all = "", *tail = slip_source(s, arrow, to);
    for (size_t i = from; i < arrow && arrow < to; i++) {
        if (token_is_word(t[i].kind)) {
            all = arena_printf(s->p->arena, "%s%sdiffuse %s %s;", all, *all ? " " : "", t[i].text, tail);
        }
    }
    return all;
}

/* `share [seen, P];`, `share seen = Q;`, `diffuse [S, P] <->{1} along ring;` of copies */
static bool list_of_membrane(const struct slip *s)
{
    size_t start = slip_start(s), end = slip_end(s);
    const struct token *first = slip_first(s);
    bool opens = s->found == start + 1 && (s->t->kind == '[' || s->t->kind == '(' || s->t->kind == '{');
    if (first->kind != T_SHARE && first->kind != T_DIFFUSE) {
        return false;
    }
    size_t close = start + 2;
    while (close < s->p->tokens.n - 1 && !strchr("])};", s->p->tokens.data[close].kind)) {
        close++;
    }
    const char *inside = slip_source(s, start + 2, close);
    if (opens && first->kind == T_SHARE) {
        parse_error(s->p, DIAG_E0101, s->t->span, "what is shared stands without brackets");
        parse_help(s->p, "write `share %s;`", inside);
        slip_drop(s, start, close + 1 + (s->p->tokens.data[close + 1].kind == ';'));
        return true;
    }
    if (first->kind == T_DIFFUSE && (opens || s->t->kind == ',')) {
        const char *each = each_diffuses(s, start + 1);
        parse_error(s->p, DIAG_E0101, s->t->span, "a `diffuse` is of one species");
        parse_help(s->p, *each ? "write `%s`" : "as in `diffuse A <->{1} along ring;`", each);
        slip_drop(s, start, slip_end_of_all(s, start));
        return true;
    }
    if (first->kind == T_SHARE && s->t->kind == '=') {
        parse_error(s->p, DIAG_E0101, s->t->span, "`share` names species of the network that is copied");
        parse_help(s->p,
                   "leave `%s` out: what is of the network around is given as an argument, and so "
                   "is shared",
                   slip_source(s, s->found, end));
        slip_drop(s, s->found, end);
        return true;
    }
    return false;
}

/* `c: cell;` */
static bool instance_without_parentheses(const struct slip *s)
{
    bool here = s->t->kind == ';' && s->t->place == PLACE_NETWORK && s->found == slip_start(s) + 3 &&
                slip_back(s, 1)->kind == ':' && token_is_word(s->last->kind) && slip_expects(s, '(');
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "an instance of a network has parentheses");
    parse_help(s->p, "write `%s: %s();`", slip_first(s)->text, s->last->text);
    return leave_out(s);
}

/* `A'(t) = -A;` */
static bool derivative_of_time(const struct slip *s)
{
    bool here = s->t->kind == '(' && s->last->kind == '\'' && s->found >= 2 && s->next[1].kind == ')' &&
                s->next[2].kind == '=';
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a derivative stands without its argument");
    parse_help(s->p, "write `%s' = ...`", slip_back(s, 1)->text);
    slip_is_sure(s);
    slip_drop(s, s->found, s->found + 3);
    return true;
}

bool slip_of_side(const struct slip *s)
{
    return percent_comment(s) || negative_count(s) || product_as_side(s) || sum_of_array(s) ||
           catalysts_in_brackets(s) || rate_in_long_arrow(s) || membrane_outside(s) || list_of_membrane(s) ||
           instance_without_parentheses(s) || derivative_of_time(s);
}
