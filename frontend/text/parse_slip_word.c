/* Slips with words of the language: as names, and at places where they have no meaning. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static bool starts_experiment_statement(int kind)
{
    return word_has_role(kind, WORD_OPENING) || word_has_role(kind, WORD_OF_EXPERIMENT);
}

static bool starts_network_statement(int kind)
{
    return word_has_role(kind, WORD_OF_NETWORK);
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

static bool begins_event(int kind)
{
    return kind == T_AT || kind == T_WHEN || kind == T_EVERY;
}

/* `at 3 { print A; }`: what an experiment reads of the moment of the event that begins at token `event`. */
static void help_for_print(const struct slip *s, size_t event)
{
    struct slip block = *s;
    block.found = event;
    const char *when = slip_source(s, event + 1, slip_end(&block));
    const char *what = token_is_word(s->t->kind) ? s->t->text : "A";
    switch (s->p->tokens.data[event].kind) {
    case T_AT:
        parse_help(s->p,
                   "an experiment reads an amount at a time: `run NET for 10; print value(NET.%s, %s);`",
                   what, when);
        break;
    case T_EVERY:
        parse_help(s->p, "an experiment keeps rows: `run NET for 10 every %s -> \"file.csv\";`", when);
        break;
    default:
        parse_help(s->p, "an experiment runs until it happens: `run NET until %s; print NET.%s;`", when,
                   what);
    }
}

/* A statement in the wrong kind of block. */
static bool wrong_place(const struct slip *s)
{
    const struct token *first = &s->p->tokens.data[slip_start(s)];
    bool top = slip_expects(s, T_USE) && slip_expects(s, T_EXPERIMENT) && !slip_expects(s, T_WHERE);
    if (s->t->kind == T_WHILE && s->t->place == PLACE_NETWORK && !top && first == s->t) {
        parse_error(s->p, DIAG_E0101, s->t->span,
                    "`while` is a statement of experiments, and this is a network");
        const char *condition = slip_source(s, s->found + 1, slip_end(s));
        parse_help(
            s->p,
            "what happens at a moment is an event, `when %s { A = 0; }`; what happens meanwhile a law, "
            "`A =>{ if %s then k * A else 0 } B`",
            condition, condition);
        slip_drop(s, s->found, slip_end_of_all(s, s->found));
        return true;
    }
    size_t block = slip_block_start(s);
    bool in_event = begins_event(s->p->tokens.data[block].kind);
    if (s->t->kind == T_LET && s->t->place == PLACE_NETWORK && !top && in_event) {
        parse_error(s->p, DIAG_E0101, s->t->span, "an event has no variables");
        parse_help(s->p, "write `%s` where `%s` is read", slip_source(s, s->found + 3, slip_end(s)),
                   s->next->text ? s->next->text : "x");
        slip_drop(s, s->found, slip_end_of_all(s, s->found));
        return true;
    }
    if (s->t->kind == T_LET && s->t->place == PLACE_NETWORK && !top) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`let` declares a variable of an experiment");
        const char *name = s->next->text ? s->next->text : "n";
        parse_help(s->p,
                   "in a network, write `const` (known when compiling) or `param` (known when running); what "
                   "events change, such as a counter, is `species %s = 0;`",
                   name);
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
        if (s->t->kind == T_USE && s->t->place == PLACE_NETWORK && s->next->kind == T_IDENT &&
            s->next[1].kind != '.') {
            bool called = s->next[1].kind == '(';
            parse_help(s->p, "another network becomes a part of this one by its name: `%s%s;`, or `m: %s%s;`",
                       slip_source(s, s->found + 1, slip_end(s)), called ? "" : "()",
                       slip_source(s, s->found + 1, slip_end(s)), called ? "" : "()");
        } else {
            parse_help(s->p, "before them, as in `%s`", statement_form(s->t->kind, PLACE_TOP));
        }
        slip_drop(s, s->found, slip_end_of_all(s, s->found));
        return true;
    }
    if (first != s->last) {
        return false;
    }
    if (s->t->place == PLACE_NETWORK && starts_experiment_statement(first->kind)) {
        parse_error(s->p, DIAG_E0101, first->span,
                    "`%s` is a statement of experiments, and this is a network", first->text);
        if (first->kind == T_ASSERT) {
            parse_help(s->p, "of a network write `assume %s;`, of a run `experiment main { assert ... }`",
                       slip_source(s, s->found, slip_end(s)));
        } else if (first->kind == T_PRINT && in_event) {
            help_for_print(s, block);
        } else if (first->kind == T_SET && in_event) {
            parse_help(s->p, "leave `set` out: `%s;`", slip_source(s, s->found, slip_end(s)));
        } else {
            parse_help(s->p, "as in `experiment main { %s ... }`", first->text);
        }
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

bool slip_before_arrow(const struct slip *s)
{
    return reserved_before_arrow(s);
}

bool slip_of_word(const struct slip *s)
{
    return reserved_name(s) || wrong_place(s) || named_continue(s);
}
