/* Messages that show the source, and constants of the top level. */
#include "frontend/front.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool front_later(struct front *f, struct span at, const char *feature)
{
    return diag_report(f->diag, DIAG_E0601, at, "%s: not in this version of crnlc", feature);
}

bool front_full(struct front *f, enum diag_code code, struct span at, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    f->full = true;
    diag_report(f->diag, code, at, "%s", text);
    diag_help(f->diag, "if that is meant, raise the limit with --max-reactions N");
    return false;
}

const char *front_source_text(struct front *f, struct span at)
{
    size_t length;
    const char *text = sources_text(f->sources, at.file, &length);
    return arena_strndup(f->arena, text + at.lo, at.hi - at.lo);
}

bool front_given_twice(struct front *f, enum diag_code code, struct span at, const char *text)
{
    diag_report(f->diag, code, at, "'%s' is given twice", text);
    diag_help(f->diag, "leave one of the two out");
    return false;
}

bool front_by_itself(struct front *f, struct span at, const char *kind, const char *text)
{
    diag_report(f->diag, DIAG_E0206, at, "the %s '%s' is defined by itself", kind, text);
    diag_help(f->diag, "behind `=` stands only what is known without '%s'", text);
    return false;
}

bool front_no_amount(struct front *f, struct span at, double v)
{
    diag_report(f->diag, DIAG_E0402, at, "an amount is a finite number that is not negative, not %g", v);
    diag_help(f->diag, v < 0 ? "a value that may be negative is carried by two species: declare it `dual`"
                             : "an amount without bound is a `const species`, which reactions do not change");
    return false;
}

static bool is_part_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The end of the comment that begins here; `at` itself if none does. */
static uint32_t behind_comment(const char *text, uint32_t at, uint32_t end)
{
    bool is_line = at + 1 < end && text[at] == '/' && text[at + 1] == '/';
    bool is_block = at + 1 < end && text[at] == '/' && text[at + 1] == '*';
    const char *stop = is_line ? "\n" : "*/";
    const char *found = is_line || is_block ? strstr(text + at + 2, stop) : text + at;
    uint32_t length = is_line ? 1 : is_block ? 2 : 0;
    return !found || found + length > text + end ? end : (uint32_t)(found - text) + length;
}

struct span front_place_of_word(const struct front *f, struct span in, const char *word)
{
    size_t length, n = strlen(word);
    const char *text = in.file ? sources_text(f->sources, in.file, &length) : NULL;
    bool quoted = false;
    for (uint32_t at = in.lo; text && at + n <= in.hi; at++) {
        uint32_t end = quoted ? at : behind_comment(text, at, in.hi);
        quoted ^= text[at] == '"' && (at == in.lo || text[at - 1] != '\\');
        if (end > at) {
            at = end - 1;
            continue;
        }
        bool whole = (at == in.lo || !is_part_of_word(text[at - 1])) &&
                     (at + n == in.hi || !is_part_of_word(text[at + n]));
        if (whole && memcmp(text + at, word, n) == 0) {
            return (struct span){in.file, at, at + (uint32_t)n};
        }
    }
    return in;
}

/* ---- constants of the top level ---- */

static expr_id keep_leaf(void *env, const struct expr *leaf, expr_id id)
{
    (void)env, (void)leaf, (void)id;
    return 0;
}

expr_id front_move(struct where *w, const struct expr_pool *from, expr_id constant)
{
    return w->ex == from ? constant : expr_rewrite(w->ex, from, constant, keep_leaf, NULL);
}

expr_id front_import(struct where *w, expr_id constant)
{
    return front_move(w, w->f->constants, constant);
}

const char *where_shape(struct where *w, struct shape s)
{
    return shape_text(w->f->arena, s);
}
