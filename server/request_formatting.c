/* The layout of `crnlc fmt`, as one change from the first to the last line that differs. */
#include <string.h>

#include "frontend/text/format.h"
#include "server/server_impl.h"

/* The lengths of the equal beginnings and equal ends of both texts, in whole lines. */
static void differing(const char *old, size_t n, const char *new, size_t m, size_t *head, size_t *tail)
{
    size_t i = 0, k = 0, most = n < m ? n : m;
    *head = *tail = 0;
    for (; i < most && old[i] == new[i]; i++) {
        *head = old[i] == '\n' ? i + 1 : *head;
    }
    most -= *head;
    for (; k < most && old[n - 1 - k] == new[m - 1 - k]; k++) {
        if (k > 0 && old[n - 1 - k] == '\n') {
            *tail = k;
        }
    }
}

json_t *request_formatting(struct request *r)
{
    struct document *d = request_document(r);
    if (!d) {
        return NULL;
    }
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    uint32_t file = sources_add(sources, d->path, d->text, d->length);
    size_t length = 0;
    char *text = format_file(sources, file, diag, &length);
    json_t *edits = json_array();
    if (text && (length != d->length || memcmp(text, d->text, length) != 0)) {
        size_t head, tail;
        differing(d->text, d->length, text, length, &head, &tail);
        struct places places = {.s = r->s, .sources = sources};
        struct span at = {file, (uint32_t)head, (uint32_t)(d->length - tail)};
        json_array_append_new(edits, json_pack("{so, so}", "range", places_range(&places, at), "newText",
                                               json_text_n(text + head, length - tail - head)));
        places_close(&places);
    }
    if (!text) {
        request_refuse(r, RPC_FAILED, "a text with syntax errors keeps its layout");
    }
    free(text);
    diag_destroy(diag);
    sources_destroy(sources);
    if (r->is_refused) {
        json_decref(edits);
        return NULL;
    }
    return edits;
}
