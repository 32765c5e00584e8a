/* Texts that the client has open. */
#include <string.h>

#include "server/server_impl.h"
#include "server/uri.h"

struct document *document_find(struct server *s, const char *uri)
{
    for (size_t i = 0; uri && i < s->document.n; i++) {
        if (strcmp(s->document.data[i]->uri, uri) == 0) {
            return s->document.data[i];
        }
    }
    return NULL;
}

struct document *request_document(struct request *r)
{
    const json_t *named = json_object_get(r->params, "textDocument");
    const char *uri = json_string_value(json_object_get(named, "uri"));
    struct document *d = document_find(r->s, uri);
    if (!d) {
        request_refuse(r, RPC_INVALID_PARAMS,
                       uri ? "this document is not open" : "params.textDocument.uri is missing");
    }
    return d;
}

static void set_text(struct document *d, const char *text, size_t length)
{
    char *copy = mem_alloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    free(d->text);
    d->text = copy;
    d->length = length;
}

/* Drops what was found out about an earlier text. */
static void forget(struct server *s, struct document *d)
{
    job_end_of_document(s, d);
    size_t i;
    json_t *asked;
    json_array_foreach(d->waiting, i, asked)
    {
        rpc_answer(s, json_array_get(asked, 0), NULL);
    }
    json_array_clear(d->waiting);
    d->is_due = true;
    d->is_checked = false;
}

/* Marks the documents that depend on a file whose text has changed. */
void document_touch(struct server *s, const char *path)
{
    for (size_t i = 0; i < s->document.n; i++) {
        struct document *d = s->document.data[i];
        bool reads = !d->files || strcmp(d->path, path) == 0;
        size_t k;
        json_t *file;
        json_array_foreach(d->files, k, file)
        {
            reads |= strcmp(json_string_value(file), path) == 0;
        }
        if (reads) {
            forget(s, d);
        }
    }
}

void document_open(struct server *s, const char *uri, const char *text, size_t length, int64_t version)
{
    struct document *d = document_find(s, uri);
    if (!d) {
        d = mem_zalloc(1, sizeof *d);
        d->uri = mem_strdup(uri);
        d->path = uri_to_path(uri);
        d->waiting = json_array();
        vec_push(&s->document, d);
    }
    set_text(d, text, length);
    d->version = version;
    document_touch(s, d->path);
}

bool document_change(struct server *s, struct document *d, const json_t *range, const char *text,
                     size_t length)
{
    struct position from, to;
    if (!range) {
        set_text(d, text, length);
        document_touch(s, d->path);
        return true;
    }
    if (!place_read(json_object_get(range, "start"), &from) ||
        !place_read(json_object_get(range, "end"), &to)) {
        return false;
    }
    struct lines lines;
    lines_open(&lines, d->text, d->length, s->encoding);
    size_t lo = lines_offset(&lines, from), hi = lines_offset(&lines, to);
    lines_close(&lines);
    hi = hi < lo ? lo : hi;
    size_t tail = d->length - hi;
    char *changed = mem_alloc(lo + length + tail + 1);
    memcpy(changed, d->text, lo);
    memcpy(changed + lo, text, length);
    memcpy(changed + lo + length, d->text + hi, tail + 1);
    free(d->text);
    d->text = changed;
    d->length = lo + length + tail;
    document_touch(s, d->path);
    return true;
}

static void free_document(struct document *d)
{
    free(d->uri);
    free(d->path);
    free(d->text);
    json_decref(d->found);
    json_decref(d->files);
    json_decref(d->elsewhere);
    json_decref(d->waiting);
    free(d);
}

void document_close(struct server *s, struct document *d)
{
    forget(s, d);
    for (size_t i = 0; i < s->document.n; i++) {
        if (s->document.data[i] == d) {
            s->document.data[i] = vec_last(&s->document);
            s->document.n--;
            break;
        }
    }
    document_touch(s, d->path); /* from now on other documents read the file on the disk */
    check_publish_elsewhere(s, d->elsewhere);
    free_document(d);
}

void documents_free(struct server *s)
{
    for (size_t i = 0; i < s->document.n; i++) {
        free_document(s->document.data[i]);
    }
    vec_free(&s->document);
}

struct sources *document_sources(const struct server *s)
{
    struct sources *sources = sources_create();
    for (size_t i = 0; i < s->document.n; i++) {
        const struct document *d = s->document.data[i];
        sources_put(sources, d->path, d->text, d->length);
    }
    return sources;
}
