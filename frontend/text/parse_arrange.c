/* Decides what the parser cannot see in single tokens: which declaration a token belongs to, which `/`
 * begin a unit, which braces were forgotten, and whether brackets nest too deeply. */
#include <string.h>

#include "frontend/text/parse_state.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

struct brace {
    struct span at;
    uint32_t indent; /* of the brace's line */
};

struct arrange {
    struct parse *p;
    VEC(struct token) out;
    VEC(struct brace) braces;
    struct span suspect; /* a brace whose `}` was probably forgotten: the next one stood further left */
    uint32_t indent;     /* of the current line */
    int parentheses;
    bool in_rate;
    int choice_braces; /* open braces of a choice in a rate, which has none: `=>{ if c { 2 } else { 3 } }` */
    uint8_t place;
};

/* Words that begin a declaration and nothing inside of a block. */
static bool is_top_word(int kind)
{
    return kind == T_USE || kind == T_FN || kind == T_DATA || kind == T_NETWORK || kind == T_MODEL ||
           kind == T_EXPERIMENT;
}

/* The number of bytes between the start of a line and the offset. */
static uint32_t indent_of(const struct parse *p, uint32_t offset)
{
    uint32_t start = offset;
    while (start > 0 && p->text[start - 1] != '\n') {
        start--;
    }
    return offset - start;
}

/* Whether an unfinished string behind the brace swallowed the rest of its line, and perhaps the `}`. */
static bool text_took_rest(const struct arrange *a, struct span brace)
{
    for (size_t i = a->out.n; i > 0 && a->out.data[i - 1].span.lo > brace.lo; i--) {
        if (a->out.data[i - 1].flags & TOKEN_BROKEN) {
            return true;
        }
    }
    return false;
}

static void close_braces(struct arrange *a, const struct token *before)
{
    struct parse *p = a->p;
    if (a->braces.n == 0) {
        return;
    }
    struct span at = a->suspect.file ? a->suspect : vec_last(&a->braces).at;
    if (!text_took_rest(a, at)) {
        parse_error(p, DIAG_E0104, at, "this `{` is not closed");
        if (before->kind != T_END) {
            parse_note(p, before->span, "here a new declaration begins");
        }
        parse_help(p, "its `}` is missing");
    }
    for (; a->braces.n > 0; a->braces.n--) {
        struct token t = {.kind = '}',
                          .flags = TOKEN_LINE_START | TOKEN_BLANK_BEFORE | TOKEN_MADE_UP,
                          .span = {p->file, before->span.lo, before->span.lo},
                          .place = a->place,
                          .text = intern_text(p->names, "}")};
        vec_push(&a->out, t);
    }
    a->suspect = (struct span){0};
    a->in_rate = false;
    a->parentheses = 0;
}

/* `x /s`: a per-unit after a number has a blank before the `/`, none after it. */
static bool begins_per_unit(const struct arrange *a, const struct token *t, const struct token *end)
{
    if (a->out.n == 0 || end - t < 2 || t[1].kind != T_UNIT_WORD) {
        return false;
    }
    const struct token *last = &vec_last(&a->out);
    bool word = t->kind == T_IDENT; /* `per s` */
    bool slash = t->kind == '/' && !(t[1].flags & TOKEN_BLANK_BEFORE);
    if ((!word && !slash) || t[2].kind == '(' || t[2].kind == '[' || t[2].kind == '.') {
        return false;
    }
    if (last->kind == T_PER_UNIT) {
        return true;
    }
    size_t i = a->out.n - 1;
    if (last->kind == T_UNIT_WORD && i > 0) {
        i--;
    } else if (!(t->flags & TOKEN_BLANK_BEFORE)) {
        return false;
    }
    if (!token_is_number(a->out.data[i].kind)) {
        return false;
    }
    while (i > 0 && a->out.data[i - 1].kind == '-') {
        i--;
    }
    return i == 0 || a->out.data[i - 1].kind != '^'; /* an exponent has no unit */
}

/* Whether the rate at hand has an `if` so far. */
static bool in_choice(const struct arrange *a)
{
    size_t i = a->in_rate ? a->out.n : 0;
    while (i > 0 && a->out.data[i - 1].kind != T_RATE_OPEN && a->out.data[i - 1].kind != T_IF) {
        i--;
    }
    return i > 0 && a->out.data[i - 1].kind == T_IF;
}

static void arrange_open(struct arrange *a, struct token *t)
{
    struct token *last = a->out.n ? &vec_last(&a->out) : NULL;
    if (last && token_is_arrow(last->kind)) {
        t->kind = T_RATE_OPEN;
        a->in_rate = true;
    } else if (last && last->kind == '-' && a->place == PLACE_NETWORK) {
        last->kind = T_DASH_RATE;
        last->span.hi = t->span.hi;
        last->text = intern_text(a->p->names, "-{");
        a->in_rate = true;
        return;
    } else if (in_choice(a)) {
        a->choice_braces++;
    } else {
        a->in_rate = false;
        a->parentheses = 0;
        vec_push(&a->braces, (struct brace){t->span, a->indent});
    }
    vec_push(&a->out, *t);
}

static void arrange_close(struct arrange *a, struct token *t)
{
    if (a->in_rate && a->choice_braces > 0) {
        a->choice_braces--;
    } else if (a->in_rate) {
        t->kind = T_RATE_CLOSE;
        a->in_rate = false;
    } else if (a->braces.n > 0) {
        struct brace open = vec_last(&a->braces);
        a->braces.n--;
        a->parentheses = 0;
        if ((t->flags & TOKEN_LINE_START) && a->indent < open.indent && !a->suspect.file) {
            a->suspect = open.at;
        }
        if (a->braces.n == 0) {
            a->suspect = (struct span){0};
        }
    }
    vec_push(&a->out, *t);
}

/* Whether brackets nest more deeply at this token than later stages may recurse. */
static bool too_deep(struct arrange *a, const struct token *t)
{
    if (a->braces.n + (size_t)a->parentheses <= DEEPEST_BRACKETS) {
        return false;
    }
    parse_error(a->p, DIAG_E0110, t->span, "brackets are nested more than %d deep", DEEPEST_BRACKETS);
    a->p->stop = true;
    return true;
}

void tokens_arrange(struct parse *p)
{
    struct arrange a = {.p = p};
    const struct token *end = p->tokens.data + p->tokens.n;
    for (const struct token *in = p->tokens.data; in < end; in++) {
        struct token t = *in;
        if (t.flags & TOKEN_LINE_START) {
            a.indent = indent_of(p, t.span.lo);
        }
        bool column_one = t.span.lo == 0 || p->text[t.span.lo - 1] == '\n';
        if (t.kind == T_END || (column_one && is_top_word(t.kind) && in[1].kind != '=')) {
            close_braces(&a, &t);
        }
        if (a.braces.n == 0 && (is_top_word(t.kind) || t.kind == T_CONST || t.kind == T_PARAM) &&
            (t.flags & TOKEN_LINE_START || is_top_word(t.kind))) {
            a.place = t.kind == T_NETWORK      ? PLACE_NETWORK
                      : t.kind == T_MODEL      ? PLACE_MODEL
                      : t.kind == T_EXPERIMENT ? PLACE_EXPERIMENT
                                               : PLACE_TOP;
        }
        t.place = a.place;
        if (t.kind == '{') {
            arrange_open(&a, &t);
        } else if (t.kind == '}') {
            arrange_close(&a, &t);
        } else if ((t.kind == '/' || (t.kind == T_IDENT && strcmp(t.text, "per") == 0)) &&
                   begins_per_unit(&a, in, end)) {
            t.kind = T_PER_UNIT;
            t.span.hi = in[1].span.hi;
            t.text = in[1].text;
            vec_push(&a.out, t);
            in++;
        } else {
            a.parentheses += t.kind == '(' || t.kind == '[';
            a.parentheses -= (t.kind == ')' || t.kind == ']') && a.parentheses > 0;
            if (t.kind == ';') {
                a.in_rate = false;
                a.choice_braces = 0;
                a.parentheses = 0;
            }
            vec_push(&a.out, t);
        }
        if (too_deep(&a, &t)) {
            break;
        }
    }
    if (vec_last(&a.out).kind != T_END) {
        vec_push(&a.out, vec_last(&p->tokens));
    }
    free(p->tokens.data);
    p->tokens.data = a.out.data;
    p->tokens.n = a.out.n;
    p->tokens.cap = a.out.cap;
    vec_free(&a.braces);
}
