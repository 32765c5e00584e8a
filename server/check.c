/* Diagnostics. A copy of the process compiles the document as `crnlc check` does; the server publishes what
 * it reports. */
#include <stdio.h>
#include <string.h>

#include "frontend/compile.h"
#include "frontend/declared.h"
#include "server/server_impl.h"

enum { MOST_SHOWN = 200, PASS_LEVEL = 2 };

/* ---- in the copy ---- */

struct finding {
    struct server *s;
    struct diag *diag;
    struct sources *sources;
    struct places places;
    uint32_t file; /* of the document */
    const char *path;
    struct declared_names *known; /* NULL: not asked for yet */
    json_t *elsewhere;            /* reports on files that are not open in the client: {uri: [reports]} */
};

/* What a fix does, as text for the list that a client shows. */
static json_t *fix_title(struct finding *f, const struct diag_piece *fix)
{
    const char *text = sources_text(f->sources, fix->at.file, NULL);
    int n = (int)(fix->at.hi - fix->at.lo);
    char title[300];
    if (n == 0) {
        snprintf(title, sizeof title, strcmp(fix->text, " ") == 0 ? "insert a blank" : "insert '%s'",
                 fix->text);
    } else if (!fix->text[0]) {
        snprintf(title, sizeof title, "remove '%.*s'", n < 60 ? n : 60, text + fix->at.lo);
    } else {
        snprintf(title, sizeof title, "change '%.*s' to '%s'", n < 60 ? n : 60, text + fix->at.lo, fix->text);
    }
    return json_text(title);
}

static json_t *fixes_of(struct finding *f, const struct diag_view *v)
{
    json_t *all = json_array();
    for (size_t i = 0; i < v->n_fixes; i++) {
        if (v->fix[i].at.file == f->file) {
            json_array_append_new(all, json_pack("{so, s{so, so}}", "title", fix_title(f, &v->fix[i]), "edit",
                                                 "range", places_range(&f->places, v->fix[i].at), "newText",
                                                 json_text(v->fix[i].text)));
        }
    }
    return all;
}

static void add_line(char **text, const char *start, const char *more)
{
    size_t n = strlen(*text) + strlen(start) + strlen(more) + 2;
    char *longer = mem_alloc(n);
    snprintf(longer, n, "%s\n%s%s", *text, start, more);
    free(*text);
    *text = longer;
}

static const struct declared_file *file_known(const struct finding *f, uint32_t file)
{
    for (size_t i = 0; f->known && i < f->known->n_files; i++) {
        if (f->known->file[i].file == file) {
            return &f->known->file[i];
        }
    }
    return NULL;
}

/* Whether a file uses the one with that name, directly or through other files. */
static bool uses(const struct finding *f, uint32_t file, const char *name, int depth)
{
    const struct declared_file *here = depth < 20 && file ? file_known(f, file) : NULL;
    bool found = file && strcmp(sources_name(f->sources, file), name) == 0;
    for (size_t i = 0; here && !found && i < here->n_uses; i++) {
        found = uses(f, here->use[i].file, name, depth + 1);
    }
    return found;
}

/* The `use` of the document through which a file is read; no place if there is none. */
static struct span place_of_use(struct finding *f, uint32_t file)
{
    if (!f->known) {
        const struct compile_options options = {.stdlib_dir = f->s->options->stdlib_dir};
        struct diag *unread = diag_create(f->sources);
        f->known = frontend_declared(f->sources, f->path, &options, unread);
        diag_destroy(unread);
    }
    for (size_t i = 0; f->known && i < f->known->file[0].n_uses; i++) {
        const struct declared_use *use = &f->known->file[0].use[i];
        if (uses(f, use->file, sources_name(f->sources, file), 0)) {
            return use->at;
        }
    }
    return (struct span){0};
}

static json_t *report_json(struct finding *f, const struct diag_view *v, struct span at, const char *text,
                           json_t *related)
{
    return json_pack("{so, si, ss, ss, so, so}", "range", places_range(&f->places, at), "severity",
                     v->severity == SEVERITY_ERROR ? 1 : 2, "code", diag_code_name(v->code), "source",
                     "crnlc", "message", json_text(text), "relatedInformation", related);
}

/* Adds a report on a file that the document uses: one at its place in that file, and one at the `use` in the
 * document. */
static void add_elsewhere(struct finding *f, const struct diag_view *v, const json_t *there, const char *text,
                          const json_t *related)
{
    const char *uri = json_string_value(json_object_get(there, "uri"));
    if (!document_find(f->s, uri)) {
        if (!json_object_get(f->elsewhere, uri)) {
            json_object_set_new(f->elsewhere, uri, json_array());
        }
        json_array_append_new(json_object_get(f->elsewhere, uri),
                              report_json(f, v, v->at, text, json_deep_copy(related)));
    }
}

/* A report in the form of the protocol. Its fixes are with it, but are not sent. */
static json_t *finding_json(struct finding *f, const struct diag_view *v)
{
    json_t *related = json_array();
    char *text = mem_strdup(v->text);
    struct span at = v->at;
    if (v->label) {
        add_line(&text, "", v->label);
    }
    for (size_t i = 0; i < v->n_notes; i++) {
        json_t *there = places_location(&f->places, v->note[i].at);
        if (there) {
            json_array_append_new(
                related, json_pack("{so, so}", "location", there, "message", json_text(v->note[i].text)));
        } else {
            add_line(&text, "", v->note[i].text);
        }
    }
    if (v->help) {
        add_line(&text, "help: ", v->help);
    }
    if (at.file && at.file != f->file) {
        json_t *there = places_location(&f->places, at);
        if (there) {
            add_elsewhere(f, v, there, text, related);
            json_array_insert_new(related, 0,
                                  json_pack("{so, so}", "location", there, "message", json_text(v->text)));
        }
        add_line(&text, "in ", sources_name(f->sources, at.file));
        at = place_of_use(f, at.file);
    }
    json_t *json = report_json(f, v, at, text, related);
    json_object_set_new(json, "fixes", fixes_of(f, v));
    free(text);
    return json;
}

static json_t *findings(struct finding *f)
{
    json_t *all = json_array();
    for (size_t i = 0; i < diag_count(f->diag) && i < MOST_SHOWN; i++) {
        struct diag_view v = diag_view(f->diag, i);
        json_array_append_new(all, finding_json(f, &v));
    }
    return all;
}

static json_t *files_of(const struct sources *sources)
{
    json_t *all = json_array();
    for (uint32_t i = 1; i <= sources_count(sources); i++) {
        const char *path = sources_path(sources, i);
        if (path) {
            json_array_append_new(all, json_text(path));
        }
    }
    return all;
}

static void compile(struct finding *f, const char *path)
{
    struct pass_options of_passes = {.sources = f->sources};
    struct compile_options options = {
        .stdlib_dir = f->s->options->stdlib_dir, .pass = &of_passes, .all = true};
    struct program *p = frontend_compile(f->sources, path, &options, f->diag);
    for (size_t i = 0; p && i < program_count_networks(p); i++) {
        pass_run_list(program_network(p, i), pass_level(PASS_LEVEL), &of_passes,
                      f->diag); /* for the warnings of passes */
    }
    program_destroy(p);
}

static json_t *check(struct server *s, struct document *d, const json_t *params)
{
    (void)params;
    struct finding f = {.s = s, .sources = document_sources(s), .path = d->path, .elsewhere = json_object()};
    f.diag = diag_create(f.sources);
    f.places = (struct places){.s = s, .sources = f.sources};
    f.file = sources_read(f.sources, d->path);
    compile(&f, d->path);
    json_t *found = findings(&f);
    json_t *result =
        json_pack("{so, so, so}", "found", found, "files", files_of(f.sources), "elsewhere", f.elsewhere);
    declared_destroy(f.known);
    places_close(&f.places);
    diag_destroy(f.diag);
    sources_destroy(f.sources);
    return result;
}

/* ---- in the server ---- */

static void publish(struct server *s, const struct document *d)
{
    json_t *shown = json_deep_copy(d->found);
    size_t i;
    json_t *one;
    json_array_foreach(shown, i, one)
    {
        json_object_del(one, "fixes");
    }
    rpc_notify(
        s, "textDocument/publishDiagnostics",
        json_pack("{ss, sI, so}", "uri", d->uri, "version", (json_int_t)d->version, "diagnostics", shown));
}

void check_publish_elsewhere(struct server *s, const json_t *of)
{
    const char *uri;
    json_t *unread, *one;
    json_object_foreach((json_t *)(uintptr_t)of, uri, unread)
    {
        json_t *all = json_object(); /* each once, though several documents may use the file */
        for (size_t i = 0, k; i < s->document.n && !document_find(s, uri); i++) {
            json_array_foreach(json_object_get(s->document.data[i]->elsewhere, uri), k, one)
            {
                char *text = json_dumps(one, JSON_COMPACT | JSON_SORT_KEYS);
                json_object_set(all, text ? text : "", one);
                free(text);
            }
        }
        if (!document_find(s, uri)) {
            json_t *list = json_array();
            const char *text;
            json_object_foreach(all, text, one)
            {
                json_array_append(list, one);
            }
            rpc_notify(s, "textDocument/publishDiagnostics",
                       json_pack("{ss, so}", "uri", uri, "diagnostics", list));
        }
        json_decref(all);
    }
}

static void checked(struct server *s, struct document *d, const json_t *params, json_t *result)
{
    (void)params;
    if (!d) {
        return;
    }
    if (!result) {
        rpc_notify(s, "window/logMessage",
                   json_pack("{si, ss}", "type", 2, "message", "the check was given up: it takes too long"));
    }
    json_decref(d->found);
    json_decref(d->files);
    d->found = result ? json_incref(json_object_get(result, "found")) : json_array();
    d->files = json_incref(json_object_get(result, "files"));
    d->is_checked = true;
    publish(s, d);
    json_t *before = d->elsewhere ? d->elsewhere : json_object();
    d->elsewhere = json_incref(json_object_get(result, "elsewhere"));
    json_object_update_missing(before, d->elsewhere); /* takes back reports that are no longer there */
    check_publish_elsewhere(s, before);
    json_decref(before);
    size_t i;
    json_t *asked;
    json_array_foreach(d->waiting, i, asked)
    {
        rpc_answer(s, json_array_get(asked, 0), code_actions(d, json_array_get(asked, 1)));
    }
    json_array_clear(d->waiting);
}

void check_start(struct server *s)
{
    for (size_t i = 0; i < s->job.n; i++) {
        if (s->job.data[i]->done == checked) {
            return;
        }
    }
    for (size_t i = 0; i < s->document.n; i++) {
        struct document *d = s->document.data[i];
        if (d->is_due) {
            d->is_due = false;
            json_t *none = json_object();
            job_start(s, d, NULL, none, check, checked);
            json_decref(none);
            return;
        }
    }
}
