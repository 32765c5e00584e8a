/* Slips in the words between the parts of statements that are no runs: `learn m with d by rule`. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static const struct row {
    int head, word;
    const char *what;
} rows[] = {
#define CLAUSE_WORD(head, word, what) {T_##head, T_##word, what},
#include "frontend/text/clause_word.def"
};
enum { N_ROWS = sizeof rows / sizeof *rows };

/* The word to which the parts belong: the first of the statement or, in `network n = optimize a ...`, of its
 * value. */
static int head_of(const struct slip *s)
{
    int head = slip_first(s)->kind;
    bool made = head == T_NETWORK && s->found > slip_start(s) + 3;
    int value = made ? slip_first(s)[3].kind : 0;
    return value == T_OPTIMIZE || value == T_LOWER ? value : head;
}

/* Index of the token in from..end of the statement; 0: there is none. */
static size_t find_word(const struct slip *s, size_t from, int kind)
{
    for (size_t i = from; i < slip_end(s); i++) {
        if (s->p->tokens.data[i].kind == kind) {
            return i;
        }
    }
    return 0;
}

/* Whether other languages and other statements write this word before a part. */
static bool is_preposition(const struct token *t)
{
    static const int kinds[] = {T_TO,    T_BY,   T_WITH, T_FROM, T_AS, T_IN, T_VIA, T_FOR,
                                T_AFTER, T_OVER, T_AT,   T_OF,   ':',  '=',  0};
    static const char *const words[] = {"using", "on", "into", "through", "under", "method"};
    bool is_one = false;
    for (const int *kind = kinds; *kind; kind++) {
        is_one |= t->kind == *kind;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        is_one |= t->kind == T_IDENT && strcmp(t->text, words[i]) == 0;
    }
    return is_one;
}

static bool is_of_head(int head, int word)
{
    for (int i = 0; i < N_ROWS; i++) {
        if (rows[i].head == head && rows[i].word == word) {
            return true;
        }
    }
    return false;
}

/* The word that is missing here: a word that could stand here, and that does not follow in the statement. */
static const struct row *missing_word(const struct slip *s, int head)
{
    const struct row *found = NULL;
    bool number = token_is_number(s->t->kind) || token_is_number(s->next->kind);
    for (int i = 0; i < N_ROWS; i++) {
        bool here = rows[i].head == head && slip_expects(s, rows[i].word) && s->t->kind != rows[i].word &&
                    !find_word(s, s->found + 1, rows[i].word) &&
                    (rows[i].word == T_IN || !slip_stands_before(s, rows[i].word));
        found = here && !(found && number) ? &rows[i] : found;
    }
    return found;
}

/* `minimize NET.A over NET.k ...` */
static bool minimized_value(const struct slip *s, int head)
{
    size_t over = find_word(s, s->found, T_OVER), end = slip_end(s);
    if (head != T_MINIMIZE || s->found != slip_start(s) + 1 || over <= s->found) {
        return false;
    }
    const char *rest = slip_source(s, over, end);
    if (s->t->kind == T_BY) {
        parse_error(s->p, DIAG_E0101, s->t->span, "what is varied stands before the method");
        parse_help(s->p, "write `minimize %s %s`", rest, slip_source(s, s->found, over));
    } else {
        parse_error(s->p, DIAG_E0101, s->t->span, "what is minimized stands in the braces, behind `loss`");
        parse_help(s->p, "write `minimize %s { ...; loss %s; }`", rest, slip_source(s, s->found, over));
    }
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `learn m by rule from d` */
static bool wrong_order(const struct slip *s, int head)
{
    for (int i = 0; i < N_ROWS; i++) {
        size_t other = rows[i].head == head ? find_word(s, s->found + 1, rows[i].word) : 0;
        if (other && slip_expects(s, rows[i].word) && is_of_head(head, s->t->kind)) {
            const char *word = grammar_token_name(rows[i].word);
            parse_error(s->p, DIAG_E0101, s->t->span, "`%s` comes before `%s`", word, s->t->text);
            parse_help(s->p, "write `%s %s %s`", slip_source(s, slip_start(s), s->found),
                       slip_source(s, other, slip_end(s)), slip_source(s, s->found, other));
            slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
            return true;
        }
    }
    return false;
}

/* `lower m(direct)` */
static bool word_as_argument(const struct slip *s, int head)
{
    size_t open = s->last->kind == ')' ? slip_opener(s, s->found - 1) : 0;
    if (head != T_LOWER || s->t->kind != ';' || !open || !slip_expects(s, T_TO)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->p->tokens.data[open].span, "the construction stands behind `to`");
    parse_help(s->p, "write `%s to %s`", slip_source(s, slip_start(s), open),
               slip_source(s, open + 1, s->found - 1));
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `over NET.k in 0.1..10, by lbfgs` */
static bool comma_before_method(const struct slip *s)
{
    bool here = slip_first(s)->kind == T_MINIMIZE && s->last->kind == T_BY && s->found >= 2 &&
                slip_back(s, 1)->kind == ',' && token_is_word(s->t->kind);
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, slip_back(s, 1)->span, "no comma stands before `by`");
    parse_help(s->p, "leave it out: `by %s`", slip_source(s, s->found, slip_end(s)));
    parse_fix(s->p, slip_back(s, 1)->span, "");
    slip_is_sure(s);
    slip_repair(s, EDIT_DELETE, s->found - 2, 0, NULL);
    return true;
}

/* `over NET.k from 0.1 to 10` */
static bool bounds_from(const struct slip *s)
{
    bool here = slip_first(s)->kind == T_MINIMIZE && s->t->kind == T_FROM && slip_expects(s, T_IN) &&
                token_is_number(s->next->kind) && s->next[1].kind == T_TO && token_is_number(s->next[2].kind);
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "bounds stand behind `in`");
    parse_help(s->p, "write `in %s..%s`", s->next->text, s->next[2].text);
    slip_repair(s, EDIT_REPLACE, s->found, T_IN, "in");
    s->p->edit.token.flags |= TOKEN_MADE_UP;
    return true;
}

/* `learn m from d for 5 epochs` */
static bool epochs(const struct slip *s)
{
    bool here = slip_first(s)->kind == T_LEARN && s->t->kind == T_FOR && slip_expects(s, T_BY) &&
                token_is_number(s->next->kind);
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "how long is learned is an option of the rule");
    parse_help(s->p, "as in `%s by binary_connect(epochs = %s);`", slip_source(s, slip_start(s), s->found),
               s->next->text);
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

bool slip_of_between(const struct slip *s)
{
    int head = head_of(s);
    if (comma_before_method(s) || bounds_from(s) || epochs(s)) {
        return true;
    }
    if (slip_expects(s, T_IDENT) && s->found > slip_start(s) + 1 && !slip_expects(s, '*')) {
        return false; /* a part is missing, not its word */
    }
    if (minimized_value(s, head) || wrong_order(s, head) || word_as_argument(s, head)) {
        return true;
    }
    const struct row *row = missing_word(s, head);
    bool part = token_is_word(s->t->kind) || token_is_number(s->t->kind) || s->t->kind == T_STRING ||
                s->t->kind == T_STRING_HEAD || s->t->kind == '[';
    bool instead = is_preposition(s->t), swapped = s->found == slip_start(s) + 1 && s->t->kind == T_STRING;
    bool given = s->t->kind == T_WITH && token_is_word(s->next->kind) && s->next[1].kind == '=' &&
                 head != T_TEACH; /* what a row gives */
    if (!row || given || swapped || !(instead || (part && !slip_expects(s, '*'))) ||
        s->found <= slip_start(s)) {
        return false;
    }
    const char *word = grammar_token_name(row->word);
    const char *before = slip_source(s, slip_start(s), s->found);
    if (is_of_head(head, s->t->kind)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "%s behind `%s`, before `%s`", row->what, word, s->t->text);
        parse_help(s->p, "write `%s %s ... %s`", before, word, slip_source(s, s->found, slip_end(s)));
        slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
        return true;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "%s behind `%s`", row->what, word);
    parse_help(s->p, "write `%s %s %s`", before, word, slip_source(s, s->found + instead, slip_end(s)));
    if (instead) {
        slip_replace(s, row->word, word);
    } else {
        slip_insert(s, row->word, word);
    }
    return true;
}
