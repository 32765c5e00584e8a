/* Texts that are opened, changed, saved and closed. */
#include <string.h>

#include "server/server_impl.h"
#include "server/uri.h"

static void complain(struct server *s, const char *why)
{
    rpc_notify(s, "window/logMessage", json_pack("{si, ss}", "type", 1, "message", why));
}

json_t *request_open(struct request *r)
{
    const json_t *named = json_object_get(r->params, "textDocument"), *text = json_object_get(named, "text");
    const char *uri = json_string_value(json_object_get(named, "uri"));
    if (!uri || !json_is_string(text)) {
        complain(r->s, "textDocument/didOpen without uri or text");
        return NULL;
    }
    document_open(r->s, uri, json_string_value(text), json_string_length(text),
                  json_integer_value(json_object_get(named, "version")));
    return NULL;
}

json_t *request_change(struct request *r)
{
    struct document *d = request_document(r);
    if (!d) {
        complain(r->s, "textDocument/didChange of a document that is not open");
        return NULL;
    }
    size_t i;
    json_t *change;
    json_array_foreach(json_object_get(r->params, "contentChanges"), i, change)
    {
        const json_t *text = json_object_get(change, "text");
        if (!json_is_string(text) || !document_change(r->s, d, json_object_get(change, "range"),
                                                      json_string_value(text), json_string_length(text))) {
            complain(r->s, "textDocument/didChange with a change that has no text, or a range that is none");
        }
    }
    const json_t *named = json_object_get(r->params, "textDocument");
    d->version = json_integer_value(json_object_get(named, "version"));
    return NULL;
}

json_t *request_save(struct request *r)
{
    struct document *d = request_document(r);
    if (d) {
        document_touch(r->s, d->path);
    }
    return NULL;
}

json_t *request_close(struct request *r)
{
    struct document *d = request_document(r);
    if (d) {
        rpc_notify(r->s, "textDocument/publishDiagnostics",
                   json_pack("{ss, so}", "uri", d->uri, "diagnostics", json_array()));
        document_close(r->s, d);
    }
    return NULL;
}

/* Files that were changed outside of the editor, such as data. */
json_t *request_watched(struct request *r)
{
    size_t i;
    json_t *change;
    json_array_foreach(json_object_get(r->params, "changes"), i, change)
    {
        const char *uri = json_string_value(json_object_get(change, "uri"));
        char *path = uri ? uri_to_path(uri) : NULL;
        if (path) {
            document_touch(r->s, path);
        }
        free(path);
    }
    return NULL;
}
