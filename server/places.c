/* Converts places between the protocol and the compiler. */
#include <stdio.h>
#include <string.h>

#include "server/server_impl.h"
#include "server/uri.h"

bool place_read(const json_t *json, struct position *p)
{
    const json_t *line = json_object_get(json, "line"), *character = json_object_get(json, "character");
    *p = (struct position){json_integer_value(line), json_integer_value(character)};
    return json_is_integer(line) && json_is_integer(character) && p->line >= 0 && p->character >= 0;
}

json_t *place_json(struct position p)
{
    return json_pack("{sI, sI}", "line", (json_int_t)p.line, "character", (json_int_t)p.character);
}

bool request_offset(struct request *r, const struct document *d, size_t *offset)
{
    struct position at;
    if (!place_read(json_object_get(r->params, "position"), &at)) {
        request_refuse(r, RPC_INVALID_PARAMS, "params.position is no place");
        return false;
    }
    struct lines lines;
    lines_open(&lines, d->text, d->length, r->s->encoding);
    *offset = lines_offset(&lines, at);
    lines_close(&lines);
    return true;
}

static struct lines *lines_of(struct places *p, uint32_t file)
{
    while (p->file.n < file) {
        vec_push(&p->file, (struct lines){0});
    }
    struct lines *l = &p->file.data[file - 1];
    if (!l->text) {
        size_t length;
        const char *text = sources_text(p->sources, file, &length);
        lines_open(l, text, length, p->s->encoding);
    }
    return l;
}

json_t *places_range(struct places *p, struct span at)
{
    struct position none = {0};
    if (!at.file) {
        return json_pack("{so, so}", "start", place_json(none), "end", place_json(none));
    }
    const struct lines *l = lines_of(p, at.file);
    return json_pack("{so, so}", "start", place_json(lines_position(l, at.lo)), "end",
                     place_json(lines_position(l, at.hi > at.lo ? at.hi : at.lo)));
}

char *places_path(const struct server *s, const struct sources *sources, uint32_t file)
{
    static const char library[] = "std/";
    const char *path = sources_path(sources, file);
    path = path ? path : sources_name(sources, file); /* for a text that was never saved */
    if (!s->options->library || strncmp(path, library, sizeof library - 1) != 0) {
        return mem_strdup(path);
    }
    path += sizeof library - 1;
    size_t n = strlen(s->options->library) + strlen(path) + 2;
    char *shown = mem_alloc(n);
    snprintf(shown, n, "%s/%s", s->options->library, path);
    return shown;
}

static json_t *uri_of(struct places *p, uint32_t file)
{
    char *path = places_path(p->s, p->sources, file);
    json_t *json = NULL;
    for (size_t i = 0; i < p->s->document.n && !json; i++) {
        if (strcmp(p->s->document.data[i]->path, path) == 0) {
            json = json_string(p->s->document.data[i]->uri);
        }
    }
    char *uri = path[0] == '/' && !json ? uri_of_path(path) : NULL;
    json = uri ? json_string(uri) : json;
    free(uri);
    free(path);
    return json;
}

json_t *places_location(struct places *p, struct span at)
{
    json_t *uri = at.file ? uri_of(p, at.file) : NULL;
    return uri ? json_pack("{so, so}", "uri", uri, "range", places_range(p, at)) : NULL;
}

void places_close(struct places *p)
{
    for (size_t i = 0; i < p->file.n; i++) {
        lines_close(&p->file.data[i]);
    }
    vec_free(&p->file);
}
