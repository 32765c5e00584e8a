/* What crnlc writes into Antimony for itself, in comments (codegen/text/antimony.c): attributes of
 * annotations, the same as in SBML. */
#include <string.h>

#include "import/antimony/antimony_impl.h"

static const char mark[] = "// " NET_OWN_MARK;

/* Checks attributes, since they become part of a text in XML. */
static bool check_attributes(struct reader *r, const char *attributes, struct span at)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ =\"";
    bool ok = attributes[strspn(attributes, safe)] == '\0' && (*attributes == ' ' || !*attributes);
    return ok || antimony_error(r, DIAG_E0831, at,
                                "a comment for crnlc that is not as crnlc writes it\n  help: leave it out, "
                                "or write the file anew by `crnlc emit --format antimony`");
}

static bool take(struct reader *r, const char *text, struct span at)
{
    struct arena *a = r->x->arena;
    if (strncmp(text, "model", 5) == 0) {
        r->own = arena_strdup(a, text + 5);
        r->own_at = at;
        return check_attributes(r, r->own, at);
    }
    if (strncmp(text, "event ", 6) != 0) {
        return antimony_error(r, DIAG_E0831, at,
                              "a comment for crnlc that is not as crnlc writes it\n  help: leave it out, or "
                              "write the file anew by `crnlc emit --format antimony`");
    }
    const char *name = text + 6, *end = name + strcspn(name, " ");
    const char *attributes = arena_strdup(a, end);
    map_set(&r->own_events, arena_strndup(a, name, (size_t)(end - name)), (int32_t)r->own_event.n);
    vec_push(&r->own_event, attributes);
    return check_attributes(r, attributes, at);
}

bool antimony_find_own(struct reader *r)
{
    const struct importer *x = r->x;
    bool ok = true;
    for (const char *line = x->text; ok && line < x->end;) {
        const char *stop = memchr(line, '\n', (size_t)(x->end - line));
        stop = stop ? stop : x->end;
        const char *end = stop > line && stop[-1] == '\r' ? stop - 1 : stop;
        size_t n = strlen(mark);
        if ((size_t)(end - line) > n && memcmp(line, mark, n) == 0) {
            ok = take(r, arena_strndup(x->arena, line + n, (size_t)(end - line) - n),
                      import_span(x, line, end));
        }
        line = stop + 1;
    }
    return ok;
}
