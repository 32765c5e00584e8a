/* Functions by which all stages of reading a text report. */
#include <stdarg.h>

#include "frontend/text/parse_state.h"

enum { MOST_REPORTS = 500 }; /* so that a file of garbage does not fill the memory with reports */

/* -- reports -- */

bool parse_is_silent(const struct parse *p)
{
    return p->stop || p->reports >= MOST_REPORTS;
}

bool parse_error(struct parse *p, enum diag_code code, struct span at, const char *format, ...)
{
    p->is_refused |= p->is_compact;
    p->muted = p->is_compact || parse_is_silent(p);
    if (!p->muted) {
        p->reports++;
        va_list ap;
        va_start(ap, format);
        diag_report(p->diag, code, at, "%s", arena_vprintf(p->arena, format, ap));
        va_end(ap);
    }
    return false;
}

void parse_help(struct parse *p, const char *format, ...)
{
    if (!p->muted) {
        va_list ap;
        va_start(ap, format);
        diag_help(p->diag, "%s", arena_vprintf(p->arena, format, ap));
        va_end(ap);
    }
}

void parse_fix(struct parse *p, struct span at, const char *text)
{
    if (!p->muted) {
        diag_fix(p->diag, at, text);
    }
}

void parse_note(struct parse *p, struct span at, const char *format, ...)
{
    if (!p->muted) {
        va_list ap;
        va_start(ap, format);
        diag_note(p->diag, at, "%s", arena_vprintf(p->arena, format, ap));
        va_end(ap);
    }
}
