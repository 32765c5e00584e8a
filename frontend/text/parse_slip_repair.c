/* Helpers to recognise and repair slips: they look at the tokens around the one that does not fit. */
#include "frontend/text/parse_slip.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

bool slip_expects(const struct slip *s, int kind)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->expected[i] == kind) {
            return true;
        }
    }
    return false;
}

bool slip_ends_statement(int kind)
{
    return kind == ';' || kind == '{' || kind == '}' || kind == T_END;
}

size_t slip_start(const struct slip *s)
{
    size_t i = s->found;
    while (i > 0 && !slip_ends_statement(s->p->tokens.data[i - 1].kind)) {
        i--;
    }
    return i;
}

const struct token *slip_first(const struct slip *s)
{
    return &s->p->tokens.data[slip_start(s)];
}

const struct token *slip_back(const struct slip *s, size_t n)
{
    static const struct token none = {.kind = ';', .text = ";"};
    return s->found > n ? &s->p->tokens.data[s->found - 1 - n] : &none;
}

size_t slip_end(const struct slip *s)
{
    size_t i = s->found;
    while (!slip_ends_statement(s->p->tokens.data[i].kind)) {
        i++;
    }
    return i;
}

bool slip_stands_before(const struct slip *s, int kind)
{
    for (size_t i = slip_start(s); i < s->found; i++) {
        if (s->p->tokens.data[i].kind == kind) {
            return true;
        }
    }
    return false;
}

size_t slip_block_start(const struct slip *s)
{
    int depth = 0;
    for (size_t i = s->found; i > 0; i--) {
        int kind = s->p->tokens.data[i - 1].kind;
        depth += (kind == '}') - (kind == '{');
        if (depth < 0) {
            struct slip head = *s;
            head.found = i - 1;
            return slip_start(&head);
        }
    }
    return s->found;
}

size_t slip_opener(const struct slip *s, size_t close)
{
    int depth = 0;
    for (size_t i = close + 1; i-- > slip_start(s);) {
        int kind = s->p->tokens.data[i].kind;
        depth += (kind == ']' || kind == ')') - (kind == '[' || kind == '(');
        if (depth == 0) {
            return i;
        }
    }
    return 0;
}

bool slip_has_arrow(const struct slip *s)
{
    for (size_t i = slip_start(s); i < s->p->tokens.n && !slip_ends_statement(s->p->tokens.data[i].kind);
         i++) {
        if (token_is_arrow(s->p->tokens.data[i].kind)) {
            return true;
        }
    }
    return false;
}

const char *slip_linspace(const struct slip *s, const char *first, const char *step, const char *last)
{
    char *end[3];
    double a = strtod(first, &end[0]), h = strtod(step, &end[1]), b = strtod(last, &end[2]);
    bool numbers = !*end[0] && !*end[1] && !*end[2];
    return numbers && h > 0 && b >= a && (b - a) / h < INT_MAX / 2
               ? arena_printf(s->p->arena, "linspace(%s, %s, %d)", first, last, (int)((b - a) / h + 1.5))
               : arena_printf(s->p->arena, "linspace(%s, %s, 11)", first, last);
}

const char *slip_source_mended(const struct slip *s, size_t from, size_t to, slip_mend *mend)
{
    const char *text = "";
    for (size_t i = from, taken = 1; i < to; i += taken, taken = 1) {
        const char *instead = mend(s, i, &taken);
        bool blank = i > from && (s->p->tokens.data[i].flags & TOKEN_BLANK_BEFORE) &&
                     (!instead || (*instead && *instead != ','));
        text = arena_printf(s->p->arena, "%s%s%s", text, blank ? " " : "",
                            instead ? instead : slip_source(s, i, i + 1));
    }
    return text;
}

/* -- repairs -- */

void slip_repair(const struct slip *s, enum edit_kind what, size_t at, int kind, const char *text)
{
    struct parse *p = s->p;
    if (!p->may_repair) {
        return;
    }
    struct token t = p->tokens.data[at];
    if (what == EDIT_INSERT) {
        uint32_t place = at > 0 ? p->tokens.data[at - 1].span.hi : 0;
        t.span.lo = t.span.hi = place;
        t.doc = NULL;
        t.flags |= TOKEN_MADE_UP | (at > 0 ? p->tokens.data[at - 1].flags & TOKEN_BROKEN : 0);
    }
    t.kind = kind;
    if (text) {
        t.text = intern_text(p->names, text);
    }
    p->edit = (struct edit){what, at, t, 0};
}

/* Whether the token follows a string that swallowed the rest of its line, so that nobody can say what was
 * meant here. */
static bool is_after_broken(const struct slip *s)
{
    return (s->last->flags & TOKEN_BROKEN) != 0;
}

void slip_is_sure(const struct slip *s)
{
    if (s->p->may_repair && s->p->last_mended != s->p->reports) {
        s->p->last_mended = s->p->reports;
        s->p->mended++;
    }
}

void slip_is_unsure(const struct slip *s)
{
    s->p->last_mended = s->p->reports;
}

void slip_insert(const struct slip *s, int kind, const char *text)
{
    if (!is_after_broken(s)) {
        uint32_t place = s->found > 0 ? s->last->span.hi : 0;
        parse_fix(s->p, (struct span){s->p->file, place, place}, text);
        slip_is_sure(s);
    }
    slip_repair(s, EDIT_INSERT, s->found, kind, text);
}

void slip_replace(const struct slip *s, int kind, const char *text)
{
    if (text && !(s->t->flags & TOKEN_MADE_UP)) {
        parse_fix(s->p, s->t->span, text);
        slip_is_sure(s);
    }
    slip_repair(s, EDIT_REPLACE, s->found, kind, text);
}

void slip_delete(const struct slip *s)
{
    if (!(s->t->flags & TOKEN_MADE_UP)) {
        parse_fix(s->p, s->t->span, "");
        slip_is_sure(s);
    }
    slip_repair(s, EDIT_DELETE, s->found, 0, NULL);
}

size_t slip_end_of_all(const struct slip *s, size_t i)
{
    int depth = 0;
    for (; s->p->tokens.data[i].kind != T_END; i++) {
        int kind = s->p->tokens.data[i].kind;
        if (kind == '}' && depth == 0) {
            return i;
        }
        depth += (kind == '(' || kind == '[' || kind == '{') - (kind == ')' || kind == ']' || kind == '}');
        bool ends = kind == ';' || (kind == '}' && s->p->tokens.data[i + 1].kind != T_ELSE);
        if (ends && depth <= 0) {
            return i + 1;
        }
    }
    return i;
}

void slip_drop(const struct slip *s, size_t from, size_t to)
{
    if (s->p->may_repair && to > from) {
        s->p->edit = (struct edit){EDIT_DROP, from, s->p->tokens.data[from], to};
    }
}

void slip_enclose(const struct slip *s, enum edit_kind what)
{
    slip_repair(s, what, s->found, '{', "{");
    s->p->edit.close = s->p->may_repair ? slip_end_of_all(s, s->found + (what == EDIT_REPLACE)) : 0;
}

/* -- the statement's text, for help lines -- */

const char *slip_source_between(const struct slip *s, uint32_t lo, uint32_t hi)
{
    if (hi <= lo || hi - lo >= 60) {
        return "...";
    }
    char *text = arena_strndup(s->p->arena, s->p->text + lo, hi - lo), *to = text;
    for (const char *c = text; *c;) { /* a help line is a line */
        size_t blanks = strspn(c, " \t\r\n");
        bool is_break = blanks > 0 && memchr(c, '\n', blanks);
        size_t n = blanks > 0 ? blanks : 1;
        memmove(to, c, n);
        *to = is_break ? ' ' : *to;
        to += is_break ? 1 : n;
        c += n;
    }
    *to = '\0';
    return text;
}

const char *slip_source(const struct slip *s, size_t from, size_t to)
{
    const struct token *tokens = s->p->tokens.data;
    if (to <= from) {
        return "...";
    }
    uint32_t lo = tokens[from].span.lo, hi = tokens[to - 1].span.hi;
    const char *whole = slip_source_between(s, lo, hi), *text = "";
    bool is_mended = false;
    for (size_t i = from; i < to && strcmp(whole, "...") != 0; i++) {
        const struct token *t = &tokens[i];
        if ((t->flags & TOKEN_READ_AS) && t->span.lo >= lo) {
            text = arena_printf(s->p->arena, "%s%s%s", text,
                                t->span.lo > lo ? slip_source_between(s, lo, t->span.lo) : "", t->text);
            lo = t->span.hi;
            is_mended = true;
        }
    }
    const char *rest = hi > lo ? slip_source_between(s, lo, hi) : "";
    return is_mended ? arena_printf(s->p->arena, "%s%s", text, rest) : whole;
}

static bool ends_value(int kind)
{
    return kind == ',' || kind == T_WITH || kind == T_AFTER || kind == T_FOR || kind == T_UNTIL ||
           kind == T_TO || kind == T_EVERY || kind == T_BY || kind == T_OVER || kind == T_ARROW;
}

const char *slip_value_source(const struct slip *s, size_t from)
{
    int depth = 0;
    size_t end = from;
    for (;; end++) {
        int kind = s->p->tokens.data[end].kind;
        depth += (kind == '(' || kind == '[') - (kind == ')' || kind == ']');
        if (slip_ends_statement(kind) || depth < 0 || (depth == 0 && ends_value(kind))) {
            return slip_source(s, from, end);
        }
    }
}
