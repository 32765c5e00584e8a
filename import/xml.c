#include "import/xml.h"

#include <string.h>

/* The limit of libxml2 is 256. */
enum { MAX_ELEMENT_DEPTH = 250 };

/* The place after the next `end`, or the end of the text. */
static const char *skip(const struct importer *x, const char *at, const char *end)
{
    const char *found = strstr(at, end);
    return found ? found + strlen(end) : x->end;
}

/* The place after the '>' of a tag; *empty: it ends with "/>". A '>' inside quotes does not count. */
static const char *skip_tag(const struct importer *x, const char *at, bool *empty)
{
    for (; at < x->end && *at != '>'; at++) {
        if (*at == '"' || *at == '\'') {
            const char *close = strchr(at + 1, *at);
            at = close ? close : x->end - 1;
        }
    }
    *empty = at < x->end && at[-1] == '/';
    return at < x->end ? at + 1 : at;
}

bool xml_check(struct importer *x)
{
    int depth = 0;
    const char *at = x->text;
    while ((at = strchr(at, '<'))) {
        const char *tag = at;
        bool empty = false;
        if (strncmp(at, "<!--", 4) == 0) {
            at = skip(x, at + 4, "-->");
        } else if (strncmp(at, "<![CDATA[", 9) == 0) {
            at = skip(x, at, "]]>");
        } else if (at[1] == '?') {
            at = skip(x, at, "?>");
        } else if (at[1] == '!') {
            diag_report(x->diag, DIAG_E0832, import_span(x, at, at + strcspn(at, " >\n")),
                        "a document type, which models do not have and which may declare entities\n  help: "
                        "leave `<!DOCTYPE ...>` out, and write what its entities stand for");
            return false;
        } else if (at[1] == '/') {
            depth--;
            at = skip(x, at, ">");
        } else {
            at = skip_tag(x, at + 1, &empty);
            depth += !empty;
        }
        if (depth > MAX_ELEMENT_DEPTH) {
            return diag_report(x->diag, DIAG_E0833, import_span(x, tag, tag + strcspn(tag, " >\n")),
                               "elements nested more than %d deep\n  help: give parts of the formulas names "
                               "by rules of their own",
                               MAX_ELEMENT_DEPTH);
        }
    }
    return true;
}

bool xml_next_tag(const struct importer *x, const char **at, const char **tag, const char **end)
{
    const char *from = *at;
    while ((from = strchr(from, '<'))) {
        if (strncmp(from, "<!--", 4) == 0) {
            from = skip(x, from + 4, "-->");
        } else if (strncmp(from, "<![CDATA[", 9) == 0) {
            from = skip(x, from, "]]>");
        } else if (from[1] == '?') {
            from = skip(x, from, "?>");
        } else if (from[1] == '!' || from[1] == '/') {
            from = skip(x, from, ">");
        } else {
            break;
        }
    }
    if (!from) {
        return false;
    }
    bool empty;
    *tag = from + 1;
    *end = *at = skip_tag(x, from + 1, &empty);
    *end -= *end > *tag && (*end)[-1] == '>';
    return true;
}

bool xml_root(const struct importer *x, const char **tag, const char **end)
{
    const char *at = x->text;
    return xml_next_tag(x, &at, tag, end);
}

static const char blanks[] = " \t\r\n";

bool xml_next_attribute(const char **at, const char *end, struct xml_attribute *a)
{
    const char *equals = memchr(*at, '=', (size_t)(end - *at));
    const char *quote = equals ? equals + 1 + strspn(equals + 1, blanks) : end;
    const char *close = quote < end && (*quote == '"' || *quote == '\'')
                            ? memchr(quote + 1, *quote, (size_t)(end - quote - 1))
                            : NULL;
    if (!close) {
        return false;
    }
    while (equals > *at && strchr(blanks, equals[-1])) {
        equals--;
    }
    a->name = equals;
    while (a->name > *at && !strchr(blanks, a->name[-1])) {
        a->name--;
    }
    a->n_name = (size_t)(equals - a->name);
    a->value = quote + 1;
    a->n_value = (size_t)(close - a->value);
    *at = close + 1;
    return true;
}

bool xml_is_named(const struct xml_attribute *a, const char *name)
{
    return a->n_name == strlen(name) && memcmp(a->name, name, a->n_name) == 0;
}
