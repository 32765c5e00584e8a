/* Slips of those who come from other languages: words that begin statements there, and marks. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

enum { TOP = 1 << PLACE_TOP, NETWORK = 1 << PLACE_NETWORK, EXPERIMENT = 1 << PLACE_EXPERIMENT };

static const struct {
    const char *word;
    int places;
    const char *help;
} foreign[] = {
#define FOREIGN_WORD(word, places, help) {#word, places, help},
#include "frontend/text/foreign_word.def"
};

static const struct token *first_token(const struct slip *s)
{
    return &s->p->tokens.data[slip_start(s)];
}

static bool foreign_word(const struct slip *s)
{
    const struct token *first = first_token(s);
    bool top = slip_expects(s, T_USE) && slip_expects(s, T_EXPERIMENT) && !slip_expects(s, T_WHERE);
    size_t behind = s->found - slip_start(s);
    if (!token_is_word(first->kind) || word_has_role(first->kind, WORD_RESERVED) || behind > 1 ||
        (top && behind > 0)) {
        return false;
    }
    int place = top ? TOP : 1 << first->place;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if ((foreign[i].places & place) && strcmp(foreign[i].word, first->text) == 0) {
            parse_error(s->p, DIAG_E0101, first->span, "`%s` is no word of this language", first->text);
            parse_help(s->p, "%s", foreign[i].help);
            return true;
        }
    }
    return false;
}

/* 'text' */
static bool single_quotes(const struct slip *s)
{
    if (s->t->kind != '\'' || !slip_expects(s, T_STRING)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a text stands between double quotes");
    parse_help(s->p, "write `\"...\"`");
    return true;
}

/* at t = 5 { ... } */
static bool event_time(const struct slip *s)
{
    if (s->t->kind != '=' || (first_token(s)->kind != T_AT && first_token(s)->kind != T_EVERY)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "`%s` is followed by a time, without a name",
                first_token(s)->text);
    parse_help(s->p, "as in `%s 5 { A = 2; }`", first_token(s)->text);
    return true;
}

static bool begins_statement(const struct slip *s)
{
    int kind = s->t->kind;
    bool reserved = kind == T_SPECIES || kind == T_LET || kind == T_CONST || kind == T_PARAM ||
                    kind == T_FOR || kind == T_WHILE || kind == T_AT || kind == T_EVERY || kind == T_WHEN;
    return reserved || word_has_role(kind, WORD_OPENING) || word_has_role(kind, WORD_OF_EXPERIMENT) ||
           word_has_role(kind, WORD_OF_NETWORK) ||
           (kind == T_IDENT && s->t->place == PLACE_NETWORK && slip_has_arrow(s));
}

/* `for i in 0..3 run ...`, `if c: ...`, `while c print ...`: what is repeated stands in braces. */
static bool missing_block(const struct slip *s)
{
    int kind = first_token(s)->kind;
    bool guards = kind == T_FOR || kind == T_IF || kind == T_WHILE || kind == T_ELSE;
    bool colon = s->t->kind == ':' && kind != T_FOR;
    bool statement = colon || begins_statement(s);
    if (!guards || !statement || !slip_expects(s, '{')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "what `%s` guards stands in braces", first_token(s)->text);
    parse_help(s->p, "write `%s ... { ... }`", first_token(s)->text);
    slip_enclose(s, colon ? EDIT_REPLACE : EDIT_INSERT);
    return true;
}

/* x := 3, x++ */
static bool assignment_mark(const struct slip *s)
{
    if (s->t->kind == ':' && s->next->kind == '=') {
        parse_error(s->p, DIAG_E0101, s->t->span, "a value is given by `=`");
        parse_help(s->p, "write `%s = ...`", s->last->text);
        slip_repair(s, EDIT_DELETE, s->found, 0, NULL);
        return true;
    }
    bool twice = (s->t->kind == '+' && s->next->kind == '+') || s->t->kind == T_EDGE;
    if (twice && slip_expects(s, T_ADD_SET)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "there is no `++` and no `--`");
        parse_help(s->p, "write `%s += 1` or `%s -= 1`", s->last->text, s->last->text);
        return true;
    }
    return false;
}

/* run NET 10 */
static bool bare_duration(const struct slip *s)
{
    int kind = first_token(s)->kind;
    if (!token_is_number(s->t->kind) || (kind != T_RUN && kind != T_CONTINUE) || !slip_expects(s, T_FOR)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "how long a run lasts stands behind `for`");
    parse_help(s->p, "write `for %s`", s->t->text);
    slip_insert(s, T_FOR, "for");
    return true;
}

bool slip_of_others(const struct slip *s)
{
    return foreign_word(s) || single_quotes(s) || event_time(s) || missing_block(s) || assignment_mark(s) ||
           bare_duration(s);
}
