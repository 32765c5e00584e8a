/* Slips of punctuation and small words, and the order in which all kinds of slips are tried. */
#include "frontend/text/parse_slip.h"

#include <string.h>

#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

/* `x // 2;`, as in Python: the `;` stands in what is a comment here. */
static bool is_divided_by_comment(const struct slip *s)
{
    const char *behind = s->p->text + s->last->span.hi;
    behind += strspn(behind, " ");
    size_t line = strcspn(behind, "\n");
    return strncmp(behind, "//", 2) == 0 && memchr(behind, ';', line) && s->t->span.lo > s->last->span.hi + 2;
}

static bool missing_semicolon(const struct slip *s)
{
    bool at_end = (s->t->flags & TOKEN_LINE_START) || s->t->kind == '}' || s->t->kind == T_END;
    bool begins = (word_has_role(s->t->kind, WORD_RESERVED) || word_has_role(s->t->kind, WORD_OPENING)) &&
                  statement_form(s->t->kind, s->t->place) && !slip_stands_before(s, T_MINIMIZE);
    bool clause = s->t->kind == T_FOR || s->t->kind == T_EVERY || s->t->kind == T_IF || s->t->kind == T_AT;
    if (!(at_end || (begins && !clause)) || !slip_expects(s, ';')) {
        return false;
    }
    if (!(s->last->flags & TOKEN_BROKEN)) {
        struct span at = {s->p->file, s->last->span.hi, s->last->span.hi};
        parse_error(s->p, DIAG_E0107, at, "`;` is missing at the end of this statement");
        if (is_divided_by_comment(s)) {
            parse_help(s->p, "`//` begins a comment; the whole part of a quotient is `floor(a / b)`");
        }
        slip_is_sure(s);
    }
    slip_insert(s, ';', ";");
    return true;
}

/* A misspelled word where only certain words can stand. */
static bool misspelled_word(const struct slip *s)
{
    const char *candidates[128] = {NULL};
    int kinds[128];
    size_t n = 0;
    if (s->t->kind != T_IDENT || slip_expects(s, T_IDENT)) {
        return false;
    }
    for (size_t i = 0; i < s->n && n < 128; i++) {
        if (word_of_token(s->expected[i])) {
            kinds[n] = s->expected[i];
            candidates[n++] = grammar_token_name(s->expected[i]);
        }
    }
    const char *near = strlen(s->t->text) > 2 ? diag_nearest(s->t->text, candidates, n) : NULL;
    for (size_t i = 0; near && i < n; i++) {
        if (candidates[i] == near) {
            parse_error(s->p, DIAG_E0101, s->t->span, "`%s` cannot stand here", s->t->text);
            parse_help(s->p, "did you mean `%s`?", near);
            slip_replace(s, kinds[i], near);
            return true;
        }
    }
    return false;
}

/* `for (i = 0; ...`, `for i = 0:3`, of other languages. */
static bool foreign_loop(const struct slip *s)
{
    if (s->t->kind == '=' && slip_first(s)->kind == T_FOR && slip_expects(s, T_IN)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "a loop names its variable and a range");
        parse_help(s->p, "as in `for %s in 0..4 { ... }`, where %s is 0, 1, 2, 3: the end is not part of it",
                   s->last->text, s->last->text);
        slip_replace(s, T_IN, "in");
        s->p->edit.token.flags |= TOKEN_MADE_UP;
        return true;
    }
    if (s->t->kind != '(' || s->last->kind != T_FOR || slip_expects(s, '(')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a loop names its variable and a range");
    parse_help(s->p, "as in `for i in 0..4 { ... }`, where i is 0, 1, 2, 3");
    return true;
}

/* `if (c) statement`: as in C, without braces. */
static bool missing_braces(const struct slip *s)
{
    const struct token *first = &s->p->tokens.data[slip_start(s)];
    bool condition = first->kind == T_IF || first->kind == T_WHILE;
    if (!condition || s->last->kind != ')' || !slip_expects(s, '{') || !token_is_word(s->t->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "what `%s` guards stands in braces", first->text);
    parse_help(s->p, "write `%s ... { %s ... }`", first->text, s->t->text);
    slip_enclose(s, EDIT_INSERT);
    return true;
}

static bool wrong_preposition(const struct slip *s)
{
    if (s->t->kind == T_ARROW && slip_expects(s, T_TO) && slip_first(s)->kind == T_NETWORK) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the construction stands behind `to`");
        parse_help(s->p, "write `lower %s to %s`", s->last->text, slip_source(s, s->found + 1, slip_end(s)));
        slip_replace(s, T_TO, "to");
        return true;
    }
    if (s->t->kind == T_ARROW && slip_expects(s, T_TO) && !slip_expects(s, T_IDENT)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the file to save to follows `to`");
        parse_help(s->p, "write `save %s to \"file\"`", s->last->text);
        slip_replace(s, T_TO, "to");
        return true;
    }
    if (s->t->kind == '<' && s->next->kind == '-' && slip_expects(s, T_FROM)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the file to load follows `from`");
        parse_help(s->p, "write `load %s from \"file\"`", s->last->text);
        return true;
    }
    if (s->last->kind == T_ARROW && slip_expects(s, T_STRING) && !slip_expects(s, T_IDENT) &&
        token_is_word(s->t->kind)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the name of a file is a string");
        size_t end = s->found;
        while (!slip_ends_statement(s->p->tokens.data[end].kind)) {
            end++;
        }
        const char *name = slip_source_between(s, s->t->span.lo, s->p->tokens.data[end - 1].span.hi);
        parse_help(s->p,
                   end == s->found + 1 ? "write `\"%s\"`, or `\"{%s}\"` for the text of a variable"
                                       : "write `\"%s\"`",
                   name, name);
        return true;
    }
    return false;
}

static bool extra_mark(const struct slip *s)
{
    bool statement = slip_expects(s, T_ASSUME) || slip_expects(s, T_LET) || slip_expects(s, T_USE);
    if (!statement || !slip_ends_statement(s->last->kind)) {
        return false;
    }
    if (s->t->kind == ';') {
        parse_error(s->p, DIAG_E0101, s->t->span, "this `;` ends no statement");
        parse_help(s->p, "leave it out%s", s->last->kind == '}' ? ": a block ends with its `}`" : "");
    } else if (s->t->kind == '}' || s->t->kind == T_RATE_CLOSE) {
        parse_error(s->p, DIAG_E0101, s->t->span, "this `}` closes nothing");
    } else {
        return false;
    }
    slip_delete(s);
    return true;
}

static bool missing_closer(const struct slip *s)
{
    int closer = slip_expects(s, ')')            ? ')'
                 : slip_expects(s, ']')          ? ']'
                 : slip_expects(s, T_RATE_CLOSE) ? '}'
                                                 : 0;
    bool at_end = s->t->kind == ';' || (s->t->flags & TOKEN_LINE_START);
    if (!closer || !at_end || slip_expects(s, ';') || s->t->kind == T_END) {
        return false;
    }
    const char text[] = {(char)closer, '\0'};
    if (s->last->flags & TOKEN_BROKEN) {
        slip_insert(s, closer == '}' ? T_RATE_CLOSE : closer, text);
        return true;
    }
    struct span at = {s->p->file, s->last->span.hi, s->last->span.hi};
    parse_error(s->p, DIAG_E0101, at, "`%s` is missing here", text);
    int depth = 0;
    for (size_t i = s->found; i > slip_start(s); i--) {
        int kind = s->p->tokens.data[i - 1].kind;
        depth += kind == ')' || kind == ']' || kind == T_RATE_CLOSE;
        depth -= kind == '(' || kind == '[' || kind == T_RATE_OPEN || kind == T_DASH_RATE;
        if (depth < 0) {
            parse_note(s->p, s->p->tokens.data[i - 1].span, "opened here");
            break;
        }
    }
    slip_insert(s, closer == '}' ? T_RATE_CLOSE : closer, text);
    return true;
}

bool slip_report(const struct slip *s)
{
    /* The order counts: a slip is tried before those that would take its tokens for something more common. */
    static bool (*const slips[])(const struct slip *) = {
        slip_of_made,      slip_of_run,    slip_of_chemistry,  slip_of_between,   slip_of_habit,
        slip_of_side,      slip_of_choice, slip_of_experiment, slip_of_event,     slip_of_others,
        missing_semicolon, slip_of_rows,   slip_of_statement,  slip_before_arrow, slip_of_name,
        slip_of_reaction,  slip_of_clause, wrong_preposition,  slip_of_file,      slip_of_value,
        slip_of_operator,  foreign_loop,   misspelled_word,    missing_braces,    slip_of_join,
        slip_of_word,      extra_mark,     missing_closer,
    };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        if (slips[i](s)) {
            return true;
        }
    }
    return false;
}
