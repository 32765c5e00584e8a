/* Slips in names: marks that names cannot contain, and words that were meant as other words. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

/* The letters that users of such marks write instead of the mark in names. */
static const char *mark_as_letters(const struct slip *s, bool joins)
{
    switch (s->t->kind) {
    case '*': return "star";
    case '\'': return "prime";
    case '+': return "plus";
    case '-': return joins ? "" : "minus";
    case '.':
    case ':': return joins ? "" : NULL;
    default: return NULL;
    }
}

/* `A*`, `Ca+`, `my-net` */
static bool mark_in_name(const struct slip *s)
{
    int head = slip_first(s)->kind;
    bool declares = head == T_SPECIES || head == T_DUAL || head == T_BULK || head == T_INPUT;
    bool number = s->next->kind == T_INT && s->t->kind == '-' && slip_has_arrow(s); /* `IL-6 -> 0` */
    bool joins = (token_is_word(s->next->kind) || number || (declares && s->next->kind == T_INT)) &&
                 !(s->next->flags & TOKEN_BLANK_BEFORE);
    bool ends = !token_is_word(s->next->kind) && !token_is_number(s->next->kind) && s->next->kind != '(';
    bool starts = slip_start(s) + 1 == s->found; /* `k*A;`, `x-y`: an expression */
    bool apart = number && s->next[1].flags & TOKEN_BLANK_BEFORE && token_is_arrow(s->next[1].kind);
    const char *letters = mark_as_letters(s, joins);
    if (!letters || !token_is_word(s->last->kind) || (s->t->flags & TOKEN_BLANK_BEFORE) || !(joins || ends) ||
        slip_expects(s, '*') || (joins && starts && !apart) || (ends && s->next->kind == '=' && !declares)) {
        return false;
    }
    bool arrow = joins && slip_expects(s, T_LAW) && s->t->kind == '-' && !apart; /* `A -k-> B` */
    bool value = s->t->kind == ':' && (s->t->place != PLACE_NETWORK || s->next[1].kind == '=' ||
                                       !(slip_first(s)->kind == T_SPECIES || slip_has_arrow(s)));
    if (arrow || value) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a name has no `%c`", s->t->kind);
    parse_help(s->p, "names have letters, digits and `_`: write `%s_%s`", s->last->text,
               joins ? s->next->text : letters);
    slip_drop(s, s->found, s->found + (joins ? 2 : 1));
    return true;
}

/* `A' -> B`, where `A' = ...` could stand */
static bool prime_in_name(const struct slip *s)
{
    if (s->last->kind != '\'' || s->t->kind == '=' || s->t->place != PLACE_NETWORK || s->found < 2) {
        return false;
    }
    if (s->t->kind == '\'') {
        parse_error(s->p, DIAG_E0101, s->t->span, "an equation has one derivative");
        parse_help(s->p, "write two equations, as in `%s' = v; v' = ...`", slip_back(s, 1)->text);
        slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
        return true;
    }
    parse_error(s->p, DIAG_E0101, s->last->span, "a name has no `'`");
    parse_help(s->p, "names have letters, digits and `_`: write `%s_prime`; an equation is `%s' = ...`",
               slip_back(s, 1)->text, slip_back(s, 1)->text);
    slip_drop(s, s->found - 1, s->found);
    return true;
}

/* `species 2A = 3;` */
static bool digit_first(const struct slip *s)
{
    bool glued = token_is_word(s->next->kind) && !(s->next->flags & TOKEN_BLANK_BEFORE);
    if (!token_is_number(s->t->kind) || !glued || !slip_expects(s, T_IDENT) || slip_expects(s, s->t->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a name begins with a letter");
    parse_help(s->p, "write `%s%s`", s->next->text, s->t->text);
    slip_drop(s, s->found, s->found + 1);
    return true;
}

/* `specie A = 3;` */
static bool misspelled_start(const struct slip *s)
{
    const struct token *first = slip_first(s);
    bool follows = token_is_word(s->t->kind) || token_is_number(s->t->kind) || s->t->kind == T_STRING ||
                   s->t->kind == T_STRING_HEAD;
    if (first->kind != T_IDENT || s->found != slip_start(s) + 1 || !follows) {
        return false;
    }
    int near = statement_near(first->text, first->place);
    if (!near) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, first->span, "`%s` is no word of this language", first->text);
    parse_help(s->p, "did you mean `%s`?", grammar_token_name(near));
    parse_fix(s->p, first->span, grammar_token_name(near));
    slip_repair(s, EDIT_REPLACE, slip_start(s), near, grammar_token_name(near));
    return true;
}

/* f"text" */
static bool letter_before_text(const struct slip *s)
{
    bool text = s->t->kind == T_STRING || s->t->kind == T_STRING_HEAD;
    if (!text || s->last->kind != T_IDENT || (s->t->flags & TOKEN_BLANK_BEFORE) ||
        slip_expects(s, T_STRING)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->last->span, "no letter stands before the quotes of a text");
    parse_help(s->p, "leave the `%s` out: every text takes values in braces, as in `\"x is {x:.2f}\"`",
               s->last->text);
    parse_fix(s->p, s->last->span, "");
    slip_is_sure(s);
    slip_repair(s, EDIT_DELETE, s->found - 1, 0, NULL);
    return true;
}

bool slip_of_name(const struct slip *s)
{
    return letter_before_text(s) || digit_first(s) || mark_in_name(s) || prime_in_name(s) ||
           misspelled_start(s);
}
