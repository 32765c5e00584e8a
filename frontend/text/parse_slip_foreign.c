/* Slips of users who know other languages: marks of these, and words that begin statements there. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "frontend/text/statement_form.h"
#include "grammar/parser.h"

static const struct {
    const char *word, *next; /* NULL: whatever stands behind it */
    int places;
    const char *help;
    int head; /* the word that begins such a statement here; 0: the statement is another */
    const char *written;
} foreign[] = {
#define FOREIGN_PAIR(word, next, places, help)          {#word, #next, places, help, 0, NULL},
#define FOREIGN_WORD(word, places, help)                {#word, NULL, places, help, 0, NULL},
#define FOREIGN_HEAD(word, places, head, written, help) {#word, NULL, places, help, T_##head, written},
#include "frontend/text/foreign_word.def"
};

/* `from std.laws import hill;`: the module of the library that stands behind the word at `i`, or NULL. */
static const char *module_behind(const struct slip *s, size_t i)
{
    const struct token *tokens = s->p->tokens.data;
    size_t end = i + 2;
    if (!tokens[i + 1].text || strcmp(tokens[i + 1].text, "std") != 0 || tokens[end].kind != '.') {
        return NULL;
    }
    while (tokens[end].kind == '.' && token_is_word(tokens[end + 1].kind)) {
        end += 2;
    }
    return slip_source(s, i + 1, end);
}

static bool foreign_word(const struct slip *s)
{
    const struct token *first = slip_first(s);
    bool top = slip_expects(s, T_USE) && slip_expects(s, T_EXPERIMENT) && !slip_expects(s, T_WHERE);
    size_t behind = s->found - slip_start(s);
    if (!token_is_word(first->kind) || word_has_role(first->kind, WORD_RESERVED) || behind > 1 ||
        (top && behind > 0)) {
        return false;
    }
    int place = top ? TOP : 1 << first->place;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        bool fits = !foreign[i].next || (first[1].text && strcmp(first[1].text, foreign[i].next) == 0);
        if (fits && (foreign[i].places & place) && strcmp(foreign[i].word, first->text) == 0) {
            bool of_us = first->kind != T_IDENT && first->kind != T_UNIT_WORD;
            parse_error(s->p, DIAG_E0101, first->span,
                        !of_us ? "`%s` is no word of this language"
                        : top  ? "`%s` begins no declaration"
                               : "`%s` begins no statement",
                        first->text);
            const char *module = module_behind(s, slip_start(s));
            bool goes_on = foreign[i].head && token_is_word(first[1].kind) && first[2].kind == '=';
            if (module) {
                parse_help(s->p, "write `use %s;`", module);
            } else if (goes_on) {
                parse_help(s->p, "write `%s %s;`", foreign[i].written,
                           slip_source(s, slip_start(s) + 1, slip_end(s)));
                parse_fix(s->p, first->span, foreign[i].written);
                slip_repair(s, EDIT_REPLACE, slip_start(s), foreign[i].head, foreign[i].written);
                return true;
            } else {
                parse_help(s->p, "%s", foreign[i].help);
            }
            if (strncmp(first->text, "els", 3) == 0 || strcmp(first->text, "elif") == 0) {
                slip_repair(s, EDIT_REPLACE, slip_start(s), T_ELSE, "else");
                s->p->edit.token.flags |= TOKEN_MADE_UP; /* a condition follows it */
            } else if (!top && s->p->tokens.data[slip_end(s)].kind == '{') {
                slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
            }
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
    if (s->t->kind != '=' || s->found <= slip_start(s) + 1 ||
        (slip_first(s)->kind != T_AT && slip_first(s)->kind != T_EVERY)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "`%s` is followed by a time, without a name",
                slip_first(s)->text);
    bool value = token_is_number(s->next->kind) || token_is_word(s->next->kind);
    parse_help(s->p, "write `%s %s { A = 2; }`", slip_first(s)->text,
               value ? slip_source(s, s->found + 1, slip_end(s)) : "5");
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

/* `A += 10` */
static bool begins_assignment(const struct slip *s)
{
    bool is_one = false;
    for (size_t i = s->found; token_is_word(s->t->kind) && i < slip_end(s); i++) {
        int kind = s->p->tokens.data[i].kind;
        is_one |= kind == '=' || (kind >= T_ADD_SET && kind <= T_DIV_SET);
    }
    return is_one;
}

/* Whether other languages write this token between a condition and the block that it guards. */
static bool opens_block_elsewhere(const struct token *t)
{
    return t->kind == ':' || t->kind == ',' || t->kind == T_THEN ||
           (t->kind == T_IDENT && strcmp(t->text, "do") == 0);
}

/* `when A > 5: A = 0;` */
static void report_event(const struct slip *s, bool marked)
{
    const struct token *first = slip_first(s);
    bool condition = false;
    for (const struct token *t = first; t < s->t; t++) {
        condition |= t->kind == '<' || t->kind == '>' || (t->kind >= T_EQUAL && t->kind <= T_AT_LEAST);
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "what an event does stands in braces");
    parse_help(s->p, "write `%s %s { %s; }`", condition ? "when" : first->text,
               slip_source(s, slip_start(s) + 1, s->found), slip_source(s, s->found + marked, slip_end(s)));
}

/* `for i in 0..3 run ...`, `if c: ...`, `while c print ...`, `at 5 A = 3;`: braces are missing. */
static bool missing_block(const struct slip *s)
{
    int kind = slip_first(s)->kind;
    bool event = kind == T_AT || kind == T_EVERY || kind == T_WHEN;
    bool guards = event || kind == T_FOR || kind == T_IF || kind == T_WHILE || kind == T_ELSE;
    bool marked = opens_block_elsewhere(s->t) &&
                  (kind != T_FOR || s->next->kind == '{' || word_has_role(s->next->kind, WORD_OPENING) ||
                   word_has_role(s->next->kind, WORD_OF_EXPERIMENT) ||
                   (s->t->kind == ':' && s->t->place == PLACE_NETWORK && slip_has_arrow(s)));
    if (event && s->t->kind == ',' && slip_expects(s, '{') && s->p->tokens.data[slip_end(s)].kind == '{') {
        parse_error(s->p, DIAG_E0101, s->t->span, "an event has one time or condition");
        parse_help(s->p, "write two events, or `every 5 { ... }` for one again and again");
        slip_drop(s, s->found, slip_end(s));
        return true;
    }
    bool statement = marked || begins_statement(s) || begins_assignment(s);
    if (!guards || !statement || !slip_expects(s, '{') || s->t == slip_first(s)) {
        return false;
    }
    if (marked && s->next->kind == '{') {
        parse_error(s->p, DIAG_E0101, s->t->span, "nothing stands before the braces");
        parse_help(s->p, "leave `%s` out", s->t->text);
        slip_is_sure(s);
        slip_delete(s);
        return true;
    }
    if (event) {
        report_event(s, marked);
    } else {
        parse_error(s->p, DIAG_E0101, s->t->span, "what `%s` guards stands in braces", slip_first(s)->text);
        parse_help(s->p, "write `%s ... { ... }`", slip_first(s)->text);
    }
    slip_enclose(s, marked ? EDIT_REPLACE : EDIT_INSERT);
    return true;
}

/* x := 3, x++ */
static bool assignment_mark(const struct slip *s)
{
    if (s->t->kind == ':' && s->last->kind == T_IDENT && s->found >= 3 && slip_back(s, 1)->kind == '(' &&
        token_is_word(slip_back(s, 2)->kind) && s->t->place == PLACE_EXPERIMENT) { /* sum(i : x[i]) */
        size_t open = s->found - 2, close = s->found;
        for (int depth = 1; depth > 0 && !slip_ends_statement(s->p->tokens.data[close].kind); close++) {
            int kind = s->p->tokens.data[close + 1].kind;
            depth += (kind == '(') - (kind == ')');
        }
        parse_error(s->p, DIAG_E0101, s->t->span, "what is gone through is a range");
        parse_help(s->p, "write `%s(%s in 0..3 : %s)`", slip_back(s, 2)->text, s->last->text,
                   slip_source(s, s->found + 1, close));
        slip_drop(s, open + 1, s->found + 1);
        return true;
    }
    if (s->t->kind == ':' && s->next->kind == '=') {
        parse_error(s->p, DIAG_E0101, s->t->span, "a value is given by `=`");
        parse_help(s->p, "write `%s = %s`",
                   s->last->kind == '\'' ? slip_source(s, slip_start(s), s->found) : s->last->text,
                   slip_value_source(s, s->found + 2));
        slip_repair(s, EDIT_DELETE, s->found, 0, NULL);
        return true;
    }
    if (s->t->kind == '+' && s->last->kind == '=' && s->found >= 2) { /* x =+ 1 */
        parse_error(s->p, DIAG_E0101, s->t->span, "a number has no `+` before it");
        parse_help(s->p, "leave it out; to add to a variable write `%s += ...`", slip_back(s, 1)->text);
        slip_delete(s);
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
    int kind = slip_first(s)->kind;
    if (!token_is_number(s->t->kind) || (kind != T_RUN && kind != T_CONTINUE) || !slip_expects(s, T_FOR)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "how long a run lasts stands behind `for`");
    if (s->next->kind == T_DOTS || s->next->kind == ',') { /* from 0 to 10 */
        parse_help(s->p, "write `for %s`", s->next[1].text ? s->next[1].text : "10");
        slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
        return true;
    }
    parse_help(s->p, "write `for %s`", s->t->text);
    slip_insert(s, T_FOR, "for");
    return true;
}

bool slip_of_others(const struct slip *s)
{
    return foreign_word(s) || single_quotes(s) || event_time(s) || missing_block(s) || assignment_mark(s) ||
           bare_duration(s);
}
