/* Renames a name at its declaration and all its uses. The changed texts are checked before the answer: all
 * these places must still belong to the same name, and there must be no new error. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "frontend/compile.h"
#include "frontend/text/parse_words.h"
#include "server/names.h"
#include "server/uri.h"

json_t *request_prepare_rename(struct request *r)
{
    struct names n;
    struct names_spot spot;
    if (!names_of_request(&n, r, &spot)) {
        return NULL;
    }
    const struct declared *one = spot.one;
    json_t *result =
        one && sources_path(n.sources, one->at.file)
            ? json_pack("{so, ss}", "range", places_range(&n.places, spot.word), "placeholder", one->name)
            : NULL;
    names_close(&n);
    return result;
}

static bool is_name(const char *text)
{
    bool good = isalpha((unsigned char)text[0]) || text[0] == '_';
    for (const char *c = text; *c; c++) {
        good &= isalnum((unsigned char)*c) || *c == '_';
    }
    for (int i = 0; i < word_list_count; i++) {
        good &= word_list[i].role != WORD_RESERVED || strcmp(word_list[i].text, text) != 0;
    }
    return good;
}

/* {uri: [edits]} made from [{uri, range}]. */
static json_t *changes_of(const json_t *places, const char *text)
{
    json_t *changes = json_object();
    size_t i;
    json_t *place;
    json_array_foreach(places, i, place)
    {
        const char *uri = json_string_value(json_object_get(place, "uri"));
        if (!json_object_get(changes, uri)) {
            json_object_set_new(changes, uri, json_array());
        }
        json_array_append_new(
            json_object_get(changes, uri),
            json_pack("{sO, ss}", "range", json_object_get(place, "range"), "newText", text));
    }
    return changes;
}

/* ---- in the copy, whose texts are its own ---- */

static size_t errors_of(struct server *s, const struct document *d, char *first, size_t size)
{
    struct sources *sources = document_sources(s);
    struct diag *diag = diag_create(sources);
    const struct compile_options options = {.stdlib_dir = s->options->stdlib_dir, .all = true};
    program_destroy(frontend_compile(sources, d->path, &options, diag));
    size_t n = diag_error_count(diag);
    for (size_t i = 0; i < diag_count(diag) && first; i++) {
        struct diag_view v = diag_view(diag, i);
        if (v.severity == SEVERITY_ERROR) {
            snprintf(first, size, "%s", v.text);
            break;
        }
    }
    diag_destroy(diag);
    sources_destroy(sources);
    return n;
}

static int from_the_end(const void *x, const void *y)
{
    struct position a, b;
    place_read(json_object_get(json_object_get(*(json_t *const *)x, "range"), "start"), &a);
    place_read(json_object_get(json_object_get(*(json_t *const *)y, "range"), "start"), &b);
    return a.line != b.line ? (a.line < b.line) - (a.line > b.line)
                            : (a.character < b.character) - (a.character > b.character);
}

static void change_text(struct server *s, struct document *d, const json_t *edits)
{
    size_t n = json_array_size(edits);
    json_t **order = mem_zalloc(n + 1, sizeof *order);
    for (size_t i = 0; i < n; i++) {
        order[i] = json_array_get(edits, i);
    }
    qsort(order, n, sizeof *order, from_the_end);
    for (size_t i = 0; i < n; i++) {
        const json_t *text = json_object_get(order[i], "newText");
        document_change(s, d, json_object_get(order[i], "range"), json_string_value(text),
                        json_string_length(text));
    }
    free(order);
}

/* The number of places of the name whose declaration is the first in the document at or after that
 * position. */
static size_t count_places(struct server *s, const struct document *d, const json_t *position)
{
    struct names n;
    struct span word;
    struct position at;
    place_read(position, &at);
    struct lines lines;
    lines_open(&lines, d->text, d->length, s->encoding);
    size_t offset = lines_offset(&lines, at), count = 0;
    lines_close(&lines);
    names_open(&n, s, d);
    const struct declared *one = names_at(&n, offset, &word);
    if (one) {
        json_t *all = names_uses(&n, one, true);
        count = json_array_size(all);
        json_decref(all);
    }
    names_close(&n);
    return count;
}

/* The start of the word after the edits; edits before it on its line have moved it. */
static json_t *moved(const json_t *edits, const json_t *position, int64_t longer)
{
    struct position at, one, end, to = {0};
    place_read(position, &at);
    size_t i;
    json_t *edit;
    json_array_foreach(edits, i, edit)
    {
        place_read(json_object_get(json_object_get(edit, "range"), "start"), &one);
        place_read(json_object_get(json_object_get(edit, "range"), "end"), &end);
        if (one.line == at.line && end.character < at.character) {
            to.character += longer;
        } else if (one.line == at.line && one.character <= at.character) {
            to.character += one.character - at.character; /* the edit of the word itself */
        }
    }
    return place_json((struct position){at.line, at.character + to.character});
}

/* Opens files that no editor has open as documents of the copy. */
static void open_all(struct server *s, const json_t *changes)
{
    const char *uri;
    json_t *edits;
    s->job.n = 0; /* jobs of the server do not belong to the copy */
    for (size_t i = 0; i < s->document.n; i++) {
        json_array_clear(s->document.data[i]->waiting);
    }
    json_object_foreach((json_t *)(uintptr_t)changes, uri, edits)
    {
        if (!document_find(s, uri)) {
            struct sources *sources = sources_create();
            char *path = uri_to_path(uri);
            uint32_t file = sources_read(sources, path);
            size_t length;
            const char *text = sources_text(sources, file, &length);
            document_open(s, uri, text, length, 0);
            free(path);
            sources_destroy(sources);
        }
    }
}

static json_t *renamed(struct server *s, struct document *d, const json_t *params)
{
    const json_t *changes = json_object_get(params, "changes");
    const char *text = json_string_value(json_object_get(params, "newName"));
    size_t places = (size_t)json_integer_value(json_object_get(params, "places"));
    int64_t longer = (int64_t)strlen(text) - json_integer_value(json_object_get(params, "length"));
    json_t *at = moved(json_object_get(changes, d->uri), json_object_get(params, "position"), longer);
    char why[200] = "";
    open_all(s, changes);
    bool *was_good = mem_zalloc(s->document.n + 1, sizeof *was_good);
    for (size_t i = 0; i < s->document.n; i++) {
        was_good[i] = errors_of(s, s->document.data[i], NULL, 0) == 0;
    }
    for (size_t i = 0; i < s->document.n; i++) {
        change_text(s, s->document.data[i], json_object_get(changes, s->document.data[i]->uri));
    }
    for (size_t i = 0; i < s->document.n; i++) {
        if (was_good[i] && errors_of(s, s->document.data[i], why, sizeof why) > 0) {
            return json_pack("{ss}", "why", why);
        }
    }
    if (count_places(s, d, at) != places) {
        return json_pack("{ss}", "why", "another name has this text there");
    }
    return json_pack("{sO}", "changes", changes);
}

/* ---- in the server ---- */

static void answer(struct server *s, struct document *d, const json_t *params, json_t *result)
{
    (void)d;
    const json_t *id = json_object_get(params, "id");
    const char *why = json_string_value(json_object_get(result, "why"));
    char text[300];
    if (!result || why) {
        snprintf(text, sizeof text, "'%s' cannot be the name: %s",
                 json_string_value(json_object_get(params, "newName")),
                 why ? why : "that takes too long to find out");
        rpc_refuse(s, id, RPC_FAILED, text);
    } else {
        rpc_answer(s, id, json_incref(result));
    }
}

json_t *request_rename(struct request *r)
{
    const char *text = json_string_value(json_object_get(r->params, "newName"));
    struct names n;
    struct names_spot spot;
    if (!names_of_request(&n, r, &spot)) {
        return NULL;
    }
    const struct declared *one = spot.one;
    if (!text || !is_name(text)) {
        request_refuse(r, RPC_INVALID_PARAMS, "a name has letters, digits and _, and is no reserved word");
    } else if (!one) {
        request_refuse(r, RPC_FAILED, "no name stands here");
    } else if (!sources_path(n.sources, one->at.file) && one->at.file != n.file) {
        request_refuse(r, RPC_FAILED, "names of the library stay what they are");
    } else {
        json_t *places = names_uses(&n, one, true);
        json_t *params =
            json_pack("{sO, ss, so, sI, sI, sO}", "id", r->id, "newName", text, "changes",
                      changes_of(places, text), "places", (json_int_t)json_array_size(places), "length",
                      (json_int_t)strlen(one->name), "position", json_object_get(r->params, "position"));
        json_decref(places);
        r->is_later = job_start(r->s, spot.d, r->id, params, renamed, answer);
        json_decref(params);
    }
    names_close(&n);
    return NULL;
}
