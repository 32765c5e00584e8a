/* Where a name is declared and used, in this and other files; the outline of a file. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "server/names.h"
#include "server/uri.h"

json_t *request_definition(struct request *r)
{
    struct names n;
    struct names_spot spot;
    if (!names_of_request(&n, r, &spot)) {
        return NULL;
    }
    json_t *result = spot.one ? places_location(&n.places, spot.one->at) : NULL;
    /* the word may be the name of a used file */
    for (size_t i = 0; !spot.one && n.known && i < n.known->file[0].n_uses; i++) {
        const struct declared_use *use = &n.known->file[0].use[i];
        if (use->file && use->at.lo <= spot.offset && spot.offset < use->at.hi) {
            result = places_location(&n.places, (struct span){use->file, 0, 0});
        }
    }
    names_close(&n);
    return result;
}

/* ---- uses ---- */

enum { MOST_FILES = 2000 }; /* most files of a folder that are read */

struct uses {
    json_t *list;     /* of places, each once */
    const char *path; /* the file and the place of the declaration */
    struct span at;
    bool with_declaration;
};

static void add_place(struct uses *u, struct names *n, struct span at)
{
    json_t *place = places_location(&n->places, at);
    size_t i;
    json_t *old;
    json_array_foreach(u->list, i, old)
    {
        if (place && json_equal(old, place)) {
            json_decref(place);
            place = NULL;
        }
    }
    if (place) {
        json_array_append_new(u->list, place);
    }
}

/* Adds uses as seen by another document, which uses the file. */
static void add_uses(struct uses *u, struct names *n)
{
    for (size_t i = 0; n->known && i < n->known->n; i++) {
        const struct declared *one = &n->known->entry[i];
        char *path = places_path(n->s, n->sources, one->at.file);
        bool same = one->at.lo == u->at.lo && one->at.hi == u->at.hi && strcmp(path, u->path) == 0;
        free(path);
        if (same) {
            if (u->with_declaration) {
                add_place(u, n, one->at);
            }
            for (size_t k = 0; k < one->n_uses; k++) {
                add_place(u, n, one->use[k]);
            }
        }
    }
}

static bool is_open(const struct server *s, const char *path)
{
    bool found = false;
    for (size_t i = 0; i < s->document.n; i++) {
        found |= strcmp(s->document.data[i]->path, path) == 0;
    }
    return found;
}

/* Adds uses in the files of a folder that name the file with the declaration; files that are not open are
 * read. */
static void add_uses_of_folder(struct uses *u, struct server *s, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = strrchr(u->path, '/');
    char *folder = slash ? mem_strdup(path) : NULL, *stem = mem_strdup(name ? name + 1 : u->path);
    stem[strcspn(stem, ".")] = '\0'; /* `use "b.crnl"` and `use std.b` contain this name */
    if (folder) {
        folder[slash - path] = '\0';
    }
    DIR *list = folder ? opendir(*folder ? folder : "/") : NULL;
    const struct dirent *entry;
    for (int read = 0; list && read < MOST_FILES && (entry = readdir(list));) {
        size_t n = strlen(entry->d_name), size = strlen(folder) + n + 2, length;
        char *file = mem_alloc(size);
        snprintf(file, size, "%s/%s", folder, entry->d_name);
        if (n > 5 && strcmp(entry->d_name + n - 5, ".crnl") == 0 && !is_open(s, file)) {
            struct sources *sources = sources_create();
            uint32_t id = sources_read(sources, file);
            const char *text = id ? sources_text(sources, id, &length) : NULL;
            struct names other;
            read++;
            if (text && strstr(text, stem)) {
                names_open_path(&other, s, file);
                add_uses(u, &other);
                names_close(&other);
            }
            sources_destroy(sources);
        }
        free(file);
    }
    if (list) {
        closedir(list);
    }
    free(stem);
    free(folder);
}

/* Whether other files see the declaration: it is at the top level, or a member of one that is. */
static bool is_of_its_file(const struct declared *one)
{
    return one->parent >= 0 && !one->is_member;
}

json_t *names_uses(struct names *n, const struct declared *one, bool with_declaration)
{
    struct uses u = {.list = json_array(), .at = one->at, .with_declaration = with_declaration};
    char *path = places_path(n->s, n->sources, one->at.file);
    u.path = path;
    add_uses(&u, n);
    for (size_t i = 0; i < n->s->document.n; i++) {
        if (n->s->document.data[i] != n->d) {
            struct names other;
            names_open(&other, n->s, n->s->document.data[i]);
            add_uses(&u, &other);
            names_close(&other);
        }
    }
    if (!is_of_its_file(one)) {
        add_uses_of_folder(&u, n->s, path);
        if (n->d && strcmp(n->d->path, path) != 0) {
            add_uses_of_folder(&u, n->s, n->d->path);
        }
    }
    free(path);
    return u.list;
}

json_t *request_references(struct request *r)
{
    struct names n;
    struct names_spot spot;
    if (!names_of_request(&n, r, &spot)) {
        return NULL;
    }
    const json_t *with = json_object_get(json_object_get(r->params, "context"), "includeDeclaration");
    json_t *result = spot.one ? names_uses(&n, spot.one, json_is_true(with)) : json_array();
    names_close(&n);
    return result;
}

json_t *request_highlight(struct request *r)
{
    struct names n;
    struct names_spot spot;
    if (!names_of_request(&n, r, &spot)) {
        return NULL;
    }
    json_t *result = json_array();
    const struct declared *one = spot.one;
    for (size_t i = 0; one && i <= one->n_uses; i++) {
        struct span at = i < one->n_uses ? one->use[i] : one->at;
        if (at.file == n.file) {
            json_array_append_new(result, json_pack("{so}", "range", places_range(&n.places, at)));
        }
    }
    names_close(&n);
    return result;
}

/* ---- outline ---- */

/* Kinds of symbols in the protocol, by the word for the kind in messages. */
static int symbol_kind(const char *kind)
{
    static const struct {
        const char *text;
        int kind;
    } kinds[] = {{"instance", 19}, {"network", 2},   {"experiment", 6}, {"function", 12},
                 {"constant", 14}, {"parameter", 7}, {"species", 8},    {"dual", 8},
                 {"model", 5},     {"data", 18},     {"table", 12}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strstr(kind, kinds[i].text)) {
            return kinds[i].kind;
        }
    }
    return 13;
}

/* The declarations in `parent`; -1: at the top level. Names of loops are left out. */
static json_t *outline(struct names *n, size_t from, size_t to, int32_t parent)
{
    json_t *list = json_array();
    for (size_t i = from; i < to; i++) {
        const struct declared *one = &n->known->entry[i];
        bool inside = parent >= 0 && one->scope.lo != n->known->entry[parent].whole.lo;
        if (one->parent == parent && (int32_t)i != parent && !inside) {
            json_array_append_new(list,
                                  json_pack("{ss, ss, si, so, so, so}", "name", one->name, "detail",
                                            one->type ? one->type : one->kind, "kind", symbol_kind(one->kind),
                                            "range", places_range(&n->places, one->whole), "selectionRange",
                                            places_range(&n->places, one->at), "children",
                                            parent < 0 ? outline(n, from, to, (int32_t)i) : json_array()));
        }
    }
    return list;
}

json_t *request_outline(struct request *r)
{
    struct document *d = request_document(r);
    if (!d) {
        return NULL;
    }
    struct names n;
    size_t from, to;
    names_open(&n, r->s, d);
    names_of_file(&n, &from, &to);
    json_t *result = outline(&n, from, to, -1);
    names_close(&n);
    return result;
}
