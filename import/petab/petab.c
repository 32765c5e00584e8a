/* PEtab: reads the YAML file, which names the tables and the model. */
#include "import/petab/petab.h"

#include <errno.h>
#include <string.h>

#include "import/petab/petab_impl.h"
#include "import/yaml/yaml_value.h"

static const char *const table_key[PETAB_TABLES] = {
#define PETAB_TABLE(id, key, ...) key,
#include "import/petab/tables.def"
};

static bool refuse(struct petab *p, struct span at, const char *what, const char *text)
{
    const char *help = diag_help_in(what);
    return diag_report(p->diag, DIAG_E0832, at, "%.*s `%s`%s", (int)(strlen(what) - strlen(help)), what, text,
                       help);
}

/* ---- Names of files ---- */

static bool take_model(struct petab *p, const char *file, struct span at)
{
    const char *wrong, *slash = strrchr(sources_name(p->sources, p->x.file), '/');
    if (p->model) {
        refuse(p, at,
               "one model is fitted, and this is the second:\n  help: write a problem with one model in a "
               "file of its own",
               file);
        diag_note(p->diag, p->model_at, "the first");
        return false;
    }
    const char *folder = import_folder(&p->x);
    p->model_path = import_path_below(p->arena, folder, folder, file, &wrong);
    if (!p->model_path) {
        return diag_report(p->diag, DIAG_E0832, at, "the model '%s', %s", file, wrong);
    }
    size_t n = slash ? (size_t)(slash + 1 - sources_name(p->sources, p->x.file)) : 0;
    p->model = arena_printf(p->arena, "%.*s%s", (int)n, sources_name(p->sources, p->x.file), file);
    p->model_at = at;
    return true;
}

static bool take_visualization(struct petab *p, const char *file, struct span at)
{
    (void)p, (void)file, (void)at; /* for visualization, which is not used */
    return true;
}

/* Takes a text, or each text of a list. */
static bool take_files(struct petab *p, const struct yaml_value *v, int table,
                       bool (*take)(struct petab *p, const char *file, struct span at))
{
    const struct yaml_value *first = v->kind == YAML_LIST ? v->first : v;
    for (const struct yaml_value *file = first; file; file = v->kind == YAML_LIST ? file->next : NULL) {
        if (file->kind != YAML_TEXT || !*file->text) {
            return diag_report(p->diag, DIAG_E0831, file->at,
                               "the name of a file is a text, not %s\n  help: name the table beside this "
                               "file, such as table.tsv",
                               file->kind == YAML_TEXT ? "an empty one" : yaml_kind_name(file->kind));
        }
        if (!(take ? take(p, file->text, file->at)
                   : petab_read_table(p, (enum petab_kind)table, file->text, file->at))) {
            return false;
        }
    }
    return true;
}

static bool take_key(struct petab *p, const struct yaml_value *v)
{
    static const char *const known[] = {"format_version",   "parameter_file",     "problems",
                                        "condition_files",  "sbml_files",         "measurement_files",
                                        "observable_files", "visualization_files"};
    for (int i = 0; i < PETAB_TABLES; i++) {
        if (strcmp(v->key->text, table_key[i]) == 0) {
            return take_files(p, v, i, NULL);
        }
    }
    if (strcmp(v->key->text, "sbml_files") == 0) {
        return take_files(p, v, 0, take_model);
    }
    if (strcmp(v->key->text, "visualization_files") == 0) {
        return take_files(p, v, 0, take_visualization);
    }
    diag_report(p->diag, DIAG_E0834, v->key->at, "PEtab has nothing called `%s` here", v->key->text);
    diag_help_nearest(p->diag, v->key->text, known, sizeof known / sizeof *known);
    return false;
}

/* ---- The file ---- */

static bool is_version(struct petab *p, const struct yaml_value *v)
{
    if (v->kind == YAML_TEXT && (strcmp(v->text, "1") == 0 || strncmp(v->text, "1.", 2) == 0)) {
        return true;
    }
    refuse(p, v->at, "PEtab of version 1 is read, not", v->kind == YAML_TEXT ? v->text : "a list");
    diag_help(p->diag, "the library petab of Python converts between versions");
    return false;
}

/* Checks that names are different. */
static bool are_different(struct petab *p, const struct yaml_value *group)
{
    struct map seen = {0};
    bool good = true;
    for (const struct yaml_value *v = group->first; v && good; v = v->next) {
        good =
            map_add(&seen, v->key->text, 0) || diag_report(p->diag, DIAG_E0831, v->key->at,
                                                           "`%s` stands here twice\n  help: leave one of the "
                                                           "two out; several files are a list, `[a.tsv, "
                                                           "b.tsv]`",
                                                           v->key->text);
    }
    map_free(&seen);
    return good;
}

static bool is_kind(struct petab *p, const struct yaml_value *v, enum yaml_kind kind, const char *what)
{
    return v->kind == kind || diag_report(p->diag, DIAG_E0831, v->at, "%s is %s, not %s\n  help: %s", what,
                                          yaml_kind_name(kind), yaml_kind_name(v->kind),
                                          kind == YAML_LIST ? "put a `-` before each of its elements"
                                                            : "write `key: value`, one a line");
}

static bool take_problems(struct petab *p, const struct yaml_value *list)
{
    if (!is_kind(p, list, YAML_LIST, "`problems`")) {
        return false;
    }
    for (const struct yaml_value *v = list->first; v; v = v->next) {
        if (v != list->first) {
            return diag_report(p->diag, DIAG_E0832, v->at,
                               "one problem is read, and this is the second\n  help: write it into a file of "
                               "its own, and fit that");
        }
        if (!is_kind(p, v, YAML_GROUP, "a problem") || !are_different(p, v)) {
            return false;
        }
        for (const struct yaml_value *of = v->first; of; of = of->next) {
            if (!take_key(p, of)) {
                return false;
            }
        }
    }
    return true;
}

static bool take_file(struct petab *p, const struct yaml_value *root)
{
    bool has_version = false;
    if (!is_kind(p, root, YAML_GROUP, "a problem of PEtab") || !are_different(p, root)) {
        return false;
    }
    for (const struct yaml_value *v = root->first; v; v = v->next) {
        bool version = strcmp(v->key->text, "format_version") == 0;
        if (!(version                                       ? is_version(p, v)
              : strcmp(v->key->text, "problems") == 0       ? take_problems(p, v)
              : strcmp(v->key->text, "parameter_file") == 0 ? take_key(p, v)
              : strcmp(v->key->text, "extensions") == 0 && !v->first && (v->kind != YAML_TEXT || !*v->text)
                  ? true
                  : take_key(p, v))) {
            return false;
        }
        has_version |= version;
    }
    return has_version ||
           diag_report(
               p->diag, DIAG_E0831, root->at,
               "the file does not say `format_version`\n  help: write `format_version: 1` as its first line");
}

static bool read_all(struct petab *p, const char *yaml)
{
    enum { MAX_YAML = 1 << 20 };
    size_t length;
    uint32_t file = sources_read(p->sources, yaml);
    if (!file) {
        diag_report(p->diag, DIAG_E0202, (struct span){0}, "'%s' cannot be read: %s", yaml, strerror(errno));
        diag_help_path(p->diag, (struct span){0}, yaml);
        return false;
    }
    p->x = (struct importer){.sources = p->sources, .file = file, .diag = p->diag, .arena = p->arena};
    p->x.text = sources_text(p->sources, file, &length);
    p->x.end = p->x.text + length;
    struct span start = import_span(&p->x, p->x.text, p->x.text);
    if (length > MAX_YAML) {
        return diag_report(
            p->diag, DIAG_E0833, start,
            "this file of names is larger than 1 MiB\n  help: tables are files of their own, named here");
    }
    const struct yaml_value *root = yaml_read(&p->x);
    if (!root || !take_file(p, root)) {
        return false;
    }
    for (int i = 0; i < PETAB_TABLES; i++) {
        if (!petab_finish_table(p, (enum petab_kind)i, root->at)) {
            return false;
        }
    }
    return p->model || diag_report(p->diag, DIAG_E0831, root->at,
                                   "no `sbml_files`: the model is missing\n  help: name it in the problem, "
                                   "`sbml_files: [model.xml]`");
}

struct petab *petab_read(struct sources *sources, const char *yaml, struct diag *diag)
{
    struct arena *arena = arena_create();
    struct petab *p = arena_alloc(arena, sizeof *p);
    *p = (struct petab){.arena = arena, .sources = sources, .diag = diag};
    const char *slash = strrchr(yaml, '/'), *base = slash ? slash + 1 : yaml;
    p->name = arena_strndup(arena, base, strcspn(base, "."));
    if (!read_all(p, yaml)) {
        petab_destroy(p);
        return NULL;
    }
    return p;
}

void petab_destroy(struct petab *p)
{
    for (int i = 0; p && i < PETAB_TABLES; i++) {
        petab_free_table(&p->table[i]);
    }
    if (p) {
        arena_destroy(p->arena);
    }
}

const char *petab_name(const struct petab *p)
{
    return p->name;
}

const char *petab_model(const struct petab *p)
{
    return p->model;
}

const char *petab_model_path(const struct petab *p)
{
    return p->model_path;
}
