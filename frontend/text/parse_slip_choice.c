/* Slips around `if c then a else b`, which other languages write in other ways. */
#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static bool stands_before(const struct slip *s, int kind, int flags)
{
    for (size_t i = slip_start(s); i < s->found; i++) {
        const struct token *t = &s->p->tokens.data[i];
        if (t->kind == kind && (t->flags & flags) == flags) {
            return true;
        }
    }
    return false;
}

static bool stands_behind(const struct slip *s, int kind)
{
    for (size_t i = s->found; i < s->p->tokens.n && !slip_ends_statement(s->p->tokens.data[i].kind); i++) {
        if (s->p->tokens.data[i].kind == kind) {
            return true;
        }
    }
    return false;
}

/* Whether this word is expected as a word, since no name can stand here. */
static bool needs_word(const struct slip *s, int kind)
{
    return slip_expects(s, kind) && !slip_expects(s, T_IDENT);
}

/* An error that follows from an earlier repair, which has been reported. */
static bool repaired_before(const struct slip *s)
{
    if (s->last->kind == T_ELSE && (s->last->flags & TOKEN_MADE_UP) && slip_expects(s, T_ZERO)) {
        slip_insert(s, T_ZERO, "0");
        return true;
    }
    if (s->last->kind == T_ELSE && (s->last->flags & TOKEN_MADE_UP) && slip_expects(s, T_IF)) {
        slip_insert(s, T_IF, "if");
        return true;
    }
    bool brace = s->t->kind == '{' || s->t->kind == '}';
    if (s->t->kind == '{' && needs_word(s, T_THEN) && stands_before(s, T_THEN, TOKEN_MADE_UP)) {
        slip_repair(s, EDIT_REPLACE, s->found, T_THEN, "then");
        s->p->edit.token.flags |= TOKEN_MADE_UP;
        return true;
    }
    if (brace && stands_before(s, T_THEN, TOKEN_MADE_UP)) {
        slip_repair(s, EDIT_DELETE, s->found, 0, NULL);
        return true;
    }
    return false;
}

/* `print x if x > 1;`, as in Perl */
static bool guard_behind(const struct slip *s)
{
    size_t end = slip_end(s);
    if (s->t->kind != T_IF || s->t->place != PLACE_EXPERIMENT || s->t == slip_first(s) ||
        (s->t->flags & TOKEN_LINE_START) || s->p->tokens.data[end].kind != ';' || s->found + 1 == end ||
        slip_expects(s, T_IF)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a condition stands before what it guards");
    parse_help(s->p, "write `%s { %s; }`", slip_source(s, s->found, end),
               slip_source(s, slip_start(s), s->found));
    slip_drop(s, s->found, end);
    return true;
}

static void help_choice(const struct slip *s)
{
    parse_help(s->p, "as in `if x > 1 then 2 else 3`");
}

bool slip_of_choice(const struct slip *s)
{
    if (repaired_before(s)) {
        return true;
    }
    if (s->t->kind == '?') {
        parse_error(s->p, DIAG_E0102, s->t->span, "`?` cannot stand here");
        parse_help(s->p, "a value is chosen by `if x > 1 then 2 else 3`");
        return true;
    }
    if (s->t->kind == T_IF && slip_expects(s, '*') && stands_behind(s, T_ELSE)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the condition comes first");
        help_choice(s);
        return true;
    }
    if (guard_behind(s)) {
        return true;
    }
    if (needs_word(s, T_THEN) && s->t->kind == '{') {
        parse_error(s->p, DIAG_E0101, s->t->span, "a choice between values has no braces");
        help_choice(s);
        slip_replace(s, T_THEN, "then");
        s->p->edit.token.flags |= TOKEN_MADE_UP;
        return true;
    }
    if (needs_word(s, T_THEN) && s->last->kind == ')' && s->t->kind != T_END && !token_is_word(s->t->kind)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "a choice is written with `then` and `else`");
        help_choice(s);
        return true;
    }
    if (needs_word(s, T_ELSE) && stands_before(s, T_THEN, 0) && !token_is_word(s->t->kind)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "a value needs an `else`");
        help_choice(s);
        slip_insert(s, T_ELSE, "else");
        return true;
    }
    return false;
}
