/* Slips of chemists in reactions: how papers write coefficients, labels, catalysts and delays. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

/* `A^2 -> B` */
static bool power_of_species(const struct slip *s)
{
    if (s->t->kind != '^' || !token_is_word(s->last->kind) || !token_is_number(s->next->kind) ||
        !slip_expects(s, T_LAW)) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "how many there are of a species stands before it");
    parse_help(s->p, "write `%s %s`", s->next->text, s->last->text);
    slip_drop(s, s->found, s->found + 2);
    return true;
}

/* `2(A + B) -> C` */
static bool coefficient_of_group(const struct slip *s)
{
    const struct token *tokens = s->p->tokens.data;
    size_t close = s->found + 1;
    if (s->t->kind != '(' || !token_is_number(s->last->kind) || !slip_expects(s, T_IDENT)) {
        return false;
    }
    const char *sum = "";
    for (; tokens[close].kind != ')' && !slip_ends_statement(tokens[close].kind); close++) {
        bool word = token_is_word(tokens[close].kind);
        sum = word ? arena_printf(s->p->arena, "%s%s%s %s", sum, *sum ? " + " : "", s->last->text,
                                  tokens[close].text)
                   : sum;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a coefficient stands before each species");
    parse_help(s->p, "write `%s`", sum);
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `[A]` as a species that stands alone in its side: neither an index, nor within the rate */
static bool is_concentration(const struct slip *s, size_t i)
{
    const struct token *t = &s->p->tokens.data[i];
    bool bracket = t->kind == '[' && token_is_word(t[1].kind) && t[2].kind == ']';
    int behind = bracket ? t[3].kind : 0;
    bool before = i == slip_start(s) || t[-1].kind == '+' || t[-1].kind == T_RATE_CLOSE ||
                  token_is_arrow(t[-1].kind) || token_is_number(t[-1].kind);
    return before && (behind == '+' || token_is_arrow(behind) || behind == T_VIA || behind == ';');
}

static const char *without_brackets(const struct slip *s, size_t i, size_t *taken)
{
    *taken = is_concentration(s, i) ? 3 : 1;
    return *taken == 3 ? s->p->tokens.data[i + 1].text : NULL;
}

static const char *with_rate(const struct slip *s, size_t i, size_t *taken)
{
    const struct token *t = &s->p->tokens.data[i];
    return token_is_arrow(t->kind) && t[1].kind != T_RATE_OPEN
               ? arena_printf(s->p->arena, "%s{k}", slip_source(s, i, i + 1))
               : without_brackets(s, i, taken);
}

/* `[A] + [B] -> C` as on paper, where brackets are concentrations */
static bool concentrations_react(const struct slip *s)
{
    if (s->t->place != PLACE_NETWORK || !slip_has_arrow(s) || !is_concentration(s, s->found)) {
        return false;
    }
    size_t start = slip_start(s), end = slip_end_of_all(s, start);
    end -= s->p->tokens.data[end - 1].kind == ';';
    const char *plain = slip_source_mended(s, start, end, without_brackets);
    const char *rated = slip_source_mended(s, start, end, with_rate);
    parse_error(s->p, DIAG_E0108, s->t->span, "what reacts stands without brackets");
    if (strcmp(plain, rated) == 0) {
        parse_help(s->p, "write `%s;`", plain);
    } else {
        parse_help(s->p, "write `%s;`, and with its rate `%s;`", plain, rated);
    }
    slip_drop(s, start, slip_end_of_all(s, start));
    return true;
}

/* `[r1] A -> B`, `"r1": A -> B` */
static bool label_of_others(const struct slip *s)
{
    bool bracket = s->t->kind == '[' && token_is_word(s->next->kind) && s->next[1].kind == ']';
    bool text = s->t->kind == T_STRING && s->next->kind == ':';
    if (s->t != slip_first(s) || !(bracket || text) || !slip_expects(s, T_SPECIES) || !slip_has_arrow(s)) {
        return false;
    }
    size_t reaction = s->found + (bracket ? 3 : 2);
    parse_error(s->p, DIAG_E0108, s->t->span, "a label is a name before a colon");
    parse_help(s->p, "write `%s: %s;`", bracket ? s->next->text : s->t->text,
               slip_source(s, reaction, slip_end(s)));
    slip_drop(s, s->found, reaction);
    return true;
}

/* `A ->{k} -> B` */
static bool arrow_again(const struct slip *s)
{
    if (!token_is_arrow(s->t->kind) || s->last->kind != T_RATE_CLOSE || slip_expects(s, s->t->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "a reaction has one arrow, before its rate");
    parse_help(s->p, "leave this one out");
    slip_is_sure(s);
    slip_delete(s);
    return true;
}

/* `A ->{k}{delay = 2} B` */
static bool braces_again(const struct slip *s)
{
    const struct token *tokens = s->p->tokens.data;
    size_t open = s->found - 1, close = s->found + 1;
    if (s->t->kind != '{' || s->last->kind != T_RATE_CLOSE) {
        return false;
    }
    while (open > slip_start(s) && tokens[open].kind != T_RATE_OPEN) {
        open--;
    }
    while (tokens[close].kind != '}' && tokens[close].kind != T_RATE_CLOSE && tokens[close].kind != ';' &&
           tokens[close].kind != T_END) {
        close++;
    }
    if (tokens[close].kind != '}' && tokens[close].kind != T_RATE_CLOSE) {
        return false;
    }
    parse_error(s->p, DIAG_E0106, s->t->span, "a rate and what belongs to it stand in one pair of braces");
    parse_help(s->p, "write `{%s, %s}`", slip_source(s, open + 1, s->found - 1),
               slip_source(s, s->found + 1, close));
    slip_drop(s, s->found, close + 1);
    return true;
}

/* `A -> B via C, D`, `via C & D` */
static bool list_of_catalysts(const struct slip *s)
{
    if ((s->t->kind != ',' && s->t->kind != T_AND) || !slip_stands_before(s, T_VIA) ||
        s->t->place != PLACE_NETWORK || !token_is_word(s->next->kind) || !slip_expects(s, ';')) {
        return false;
    }
    parse_error(s->p, DIAG_E0108, s->t->span, "catalysts are joined by `+`");
    parse_help(s->p, "write `+ %s`", s->next->text);
    slip_replace(s, '+', "+");
    return true;
}

bool slip_of_chemistry(const struct slip *s)
{
    return s->t->place == PLACE_NETWORK &&
           (power_of_species(s) || coefficient_of_group(s) || concentrations_react(s) || label_of_others(s) ||
            arrow_again(s) || braces_again(s) || list_of_catalysts(s));
}
