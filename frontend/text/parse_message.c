/* Chooses the message when a token does not fit. Common slips have messages of their own; other messages
 * say what was found and what could stand there. A slip whose meaning is plain is also repaired: the
 * token list is edited and the text parsed again, so that one mistake gives one message. */
#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

enum { MOST_SHOWN = 4, ROOM = 16 };

struct wanted {
    const struct slip *s;
    bool gone[512]; /* indexed by token number: the message names it in other words already */
    const char *shown[ROOM];
    size_t n;
};

static bool wants(const struct wanted *w, int kind)
{
    return slip_expects(w->s, kind) && !w->gone[kind];
}

static void show(struct wanted *w, const char *text)
{
    if (w->n < ROOM) {
        w->shown[w->n++] = text;
    }
}

static void drop(struct wanted *w, const int *kinds)
{
    for (; *kinds; kinds++) {
        w->gone[*kinds] = true;
    }
}

static void drop_words(struct wanted *w)
{
    for (int i = 0; i < word_list_count; i++) {
        w->gone[word_list[i].token] = true;
    }
    w->gone[T_IDENT] = w->gone[T_UNIT_WORD] = true;
}

static const char *quoted(const struct slip *s, int kind)
{
    const char *name = grammar_token_name(kind);
    if (word_of_token(kind)) {
        return arena_printf(s->p->arena, "`%s`", name);
    }
    if (kind < 128) {
        return arena_printf(s->p->arena, "`%c`", kind);
    }
    return name;
}

static void show_closers(struct wanted *w)
{
    static const int closers[] = {';', ',', ')', ']', '}', '{', T_RATE_CLOSE, T_STRING_MIDDLE, 0};
    for (const int *kind = closers; *kind; kind++) {
        if (wants(w, *kind)) {
            show(w, *kind == T_RATE_CLOSE || *kind == T_STRING_MIDDLE ? "`}`" : quoted(w->s, *kind));
            w->gone[*kind] = true;
        }
    }
    w->gone[T_STRING_TAIL] = w->gone[T_FORMAT] = true; /* stands where `}` of a hole stands */
}

/* Names groups of tokens by what they are to the reader: a statement, an expression, an operator. */
static void show_groups(struct wanted *w)
{
    static const int operands[] = {T_INT, T_ZERO, T_REAL, T_STRING, T_STRING_HEAD, T_EMPTY_SET, '(',
                                   '[',   '-',    '!',    0};
    static const int operators[] = {'+',     '-',       '*',        '/',         '%',    '^',  '<', '>',
                                    T_EQUAL, T_UNEQUAL, T_AT_MOST,  T_AT_LEAST,  T_AND,  T_OR, '[', '(',
                                    '.',     T_DOTS,    T_PER_UNIT, T_UNIT_WORD, T_EDGE, 0};
    static const int arrows[] = {T_ARROW, T_REVERSIBLE, T_BALANCED, T_LAW, T_DASH_RATE, 0};
    static const int assigns[] = {'=', T_ADD_SET, T_SUB_SET, T_MUL_SET, T_DIV_SET, 0};
    bool any_word = wants(w, T_USE) && wants(w, T_WHERE); /* after a point */
    if (wants(w, T_USE) && !any_word) {
        show(w, "a declaration");
        drop_words(w);
        w->gone[T_END] = true;
    } else if (!any_word && wants(w, T_ASSUME)) {
        show(w, "a statement");
        drop_words(w);
        drop(w, operands);
        w->gone['{'] = true;
    } else if (!any_word && wants(w, T_LET)) {
        show(w, "a statement");
        drop_words(w);
    } else if (wants(w, '!') && wants(w, T_IDENT)) {
        show(w, "an expression");
        drop_words(w);
        drop(w, operands);
    } else if (wants(w, T_EMPTY_SET)) {
        show(w, "a species");
        drop_words(w);
        drop(w, operands);
    } else if (wants(w, T_IDENT)) {
        show(w, "a name");
        drop_words(w);
    }
    if (wants(w, '*')) {
        show(w, "an operator");
        drop(w, operators);
    }
    if (wants(w, T_ARROW) && wants(w, T_LAW)) {
        show(w, "an arrow");
        drop(w, arrows);
    }
    if (wants(w, '=') && wants(w, T_ADD_SET)) {
        show(w, "an assignment");
        drop(w, assigns);
    }
    if (wants(w, T_STRING)) {
        show(w, "a string");
        w->gone[T_STRING] = w->gone[T_STRING_HEAD] = true;
    }
    if (wants(w, T_INT) && wants(w, T_REAL)) {
        show(w, "a number");
        w->gone[T_INT] = w->gone[T_REAL] = w->gone[T_ZERO] = true;
    }
}

/* "`;`, a name or `by`" */
static const char *list_of_expected(const struct slip *s)
{
    struct wanted w = {.s = s};
    bool statement = slip_expects(s, T_ASSUME) || slip_expects(s, T_LET) || slip_expects(s, T_USE);
    if (!statement) {
        show_closers(&w);
        show_groups(&w);
    } else {
        show_groups(&w);
        show_closers(&w);
    }
    for (size_t i = 0; i < s->n; i++) {
        if (!w.gone[s->expected[i]]) {
            show(&w, quoted(s, s->expected[i]));
        }
    }
    const char *text = w.n ? w.shown[0] : "";
    size_t shown = w.n < MOST_SHOWN ? w.n : MOST_SHOWN;
    for (size_t i = 1; i < shown; i++) {
        const char *joint = i + 1 < shown ? ", " : " or ";
        text = arena_printf(s->p->arena, "%s%s%s", text, joint, w.shown[i]);
    }
    return text;
}

const char *slip_describe(const struct slip *s, const struct token *t)
{
    struct arena *a = s->p->arena;
    if (t->kind == T_END) {
        return "the end of the file";
    }
    if (t->flags & TOKEN_MADE_UP) {
        return t->kind == '}' ? "the end of the block" : arena_printf(a, "`%s`", t->text);
    }
    if (t->kind == T_STRING || t->kind == T_STRING_HEAD) {
        return "a string";
    }
    if (t->kind == T_STRING_MIDDLE || t->kind == T_STRING_TAIL) {
        return "the `}` of a hole";
    }
    if (t->kind == T_FORMAT) {
        return "a format";
    }
    if (t->kind == T_PER_UNIT) {
        return arena_printf(a, "the unit `/%s`", t->text);
    }
    if (strlen(t->text) > 40) {
        return arena_printf(a, "`%.32s...`", t->text);
    }
    return arena_printf(a, "`%s`", t->text);
}

static void note_open_bracket(const struct slip *s)
{
    bool round = slip_expects(s, ')'), square = slip_expects(s, ']');
    int depth = 0;
    for (size_t i = s->found; (round || square) && i > slip_start(s); i--) {
        const struct token *t = &s->p->tokens.data[i - 1];
        depth += t->kind == ')' || t->kind == ']';
        depth -= t->kind == '(' || t->kind == '[';
        if (depth < 0) {
            parse_note(s->p, t->span, "opened here");
            return;
        }
    }
}

/* The form in which a network is made from something else, as a text; NULL if the statement makes none. */
static const char *form_of_made(const struct slip *s)
{
    const struct token *first = slip_first(s);
    size_t behind = s->found - slip_start(s);
    if (first->kind != T_NETWORK || behind < 3 || first[2].kind != '=') {
        return NULL;
    }
    int kind = behind > 3 ? first[3].kind : 0;
    return kind == T_OPTIMIZE ? "network n = optimize a by merge_duplicates;"
           : kind == T_LOWER  ? "network n = lower m to direct;"
           : kind == T_IMPORT ? "network n = import \"file.xml\";"
                              : "network n = a(k = 2);";
}

/* Shows how the unfinished statement is written. */
static void help_form(const struct slip *s)
{
    const struct token *first = slip_first(s);
    const char *form = first == s->t ? NULL : form_of_made(s);
    form = form || first == s->t ? form : statement_form(first->kind, first->place);
    if (!form && first != s->t) { /* the place is the head of a network */
        form = statement_form(first->kind, PLACE_TOP);
    }
    if (!form && slip_has_arrow(s) && first->place == PLACE_NETWORK) {
        form = "A + B ->{k} C;";
    }
    if (form) {
        parse_help(s->p, "as in `%s`", form);
    }
}

/* Drops a statement whose block is missing, since the parser would take the block of the next statement
 * for it. */
static void leave_headless(const struct slip *s)
{
    static const int heads[] = {T_FOR, T_IF, T_WHILE, T_AT, T_EVERY, T_WHEN, T_PHASE, T_MINIMIZE, T_ELSE, 0};
    for (const int *head = heads; *head; head++) {
        bool block = s->p->tokens.data[slip_end(s)].kind == '{';
        if (slip_first(s)->kind == *head && slip_first(s) != s->t && !block && s->p->edit.what == EDIT_NONE) {
            slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
        }
    }
}

void parse_report_syntax(struct parse *p, size_t found, const int *expected, size_t n)
{
    if (p->expected && found == p->asked) {
        for (size_t i = 0; i < n; i++) {
            p->expected[expected[i]] = true;
        }
        return;
    }
    struct slip s = {.p = p, .found = found, .expected = expected, .n = n, .t = &p->tokens.data[found]};
    static const struct token none = {.kind = ';', .text = ";"};
    s.last = found > 0 ? &p->tokens.data[found - 1] : &none;
    s.next = found + 1 < p->tokens.n ? &p->tokens.data[found + 1] : s.t;
    p->is_refused |= p->is_compact;
    if (p->is_compact || p->edit.what != EDIT_NONE || parse_is_silent(p)) {
        return;
    }
    if (slip_report(&s)) {
        leave_headless(&s);
        return;
    }
    const char *list = list_of_expected(&s);
    if (*list) {
        parse_error(p, DIAG_E0101, s.t->span, "found %s, expected %s", slip_describe(&s, s.t), list);
    } else {
        parse_error(p, DIAG_E0101, s.t->span, "%s cannot stand here", slip_describe(&s, s.t));
    }
    help_form(&s);
    note_open_bracket(&s);
    leave_headless(&s);
}
