/* SED-ML: reads the file, alone or in an archive, and makes a program from it. */
#include "import/sedml/sedml.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/sedml/sedml_impl.h"
#include "runtime/crnl_utf8.h"
#include "support/xml2/libxml2.h"

/* ---- reports ---- */

void *sedml_refuse(struct sedml *s, enum diag_code code, const xmlNode *n, const char *attribute,
                   const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    diag_report(s->diag, code, sedml_place_of(n, attribute), "%s", arena_vprintf(s->arena, format, ap));
    va_end(ap);
    return NULL;
}

void *sedml_unknown(struct sedml *s, const xmlNode *n, const char *attribute, const char *what,
                    const char *id, const xmlNode *first)
{
    enum { MOST_KNOWN = 100 };
    const char *known[MOST_KNOWN];
    size_t count = 0;
    for (const xmlNode *x = first; x && count < MOST_KNOWN; x = sedml_next(x, NULL)) {
        known[count++] = sedml_text_of(x, "id");
    }
    sedml_refuse(s, DIAG_E0834, n, attribute, "there is no %s `%s`", what, id);
    diag_help_known(s->diag, id, known, count);
    if (!diag_has_help(s->diag)) {
        diag_help(s->diag, "this file has no %s: add it, with this id", what);
    }
    return NULL;
}

void *sedml_skip(struct sedml *s, const xmlNode *n, const char *attribute, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    diag_report(s->diag, DIAG_W0832, sedml_place_of(n, attribute), "%s", arena_vprintf(s->arena, format, ap));
    va_end(ap);
    return NULL;
}

/* ---- names ---- */

/* Words that begin a statement or a clause, and functions. They could be names in most places, but a program
 * is easier to read without such names. */
static void take_words(struct map *taken)
{
    static const char *const words[] = {
        "run",    "continue", "set",        "print", "plot",   "assert", "image", "minimize",  "loss",
        "record", "learn",    "load",       "save",  "flush",  "teach",  "main",  "exp",       "log",
        "sqrt",   "abs",      "sin",        "cos",   "tanh",   "atan",   "floor", "factorial", "min",
        "max",    "sum",      "mean",       "var",   "concat", "zeros",  "ones",  "linspace",  "logspace",
        "size",   "time",     "trajectory", "rate",  "value",  "i",      "j",     "dot",
    };
    import_take_words(taken);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        map_add(taken, words[i], 2);
    }
}

static const char *name_in(struct sedml *s, struct map *taken, const char *text)
{
    char *base = arena_alloc(s->arena, strlen(text) + 2), *to = base;
    if (!isalpha((unsigned char)*text) && *text != '_') {
        *to++ = '_';
    }
    for (; *text; text++) {
        *to++ = isalnum((unsigned char)*text) ? *text : '_';
    }
    const char *name = base;
    while (!map_add(taken, name, 2)) {
        int32_t next = map_find(taken, base);
        map_set(taken, base, next + 1);
        name = arena_printf(s->arena, "%s_%d", base, (int)next);
    }
    return name;
}

const char *sedml_name(struct sedml *s, const char *text)
{
    return name_in(s, &s->taken, text);
}

const char *sedml_file_name(struct sedml *s, const char *text)
{
    return name_in(s, &s->taken_files, text);
}

const char *sedml_quoted(struct sedml *s, const char *text)
{
    char *quoted = arena_alloc(s->arena, 2 * strlen(text) + 1), *to = quoted;
    for (size_t n = strlen(text), i = 0, length; i < n; i += length) {
        bool is_code = crnl_utf8_control_code(text + i, n - i < 2 ? n - i : 2) == 0;
        length = is_code ? crnl_utf8_length(text + i, n - i) : 1;
        if (strchr("\"\\{}", text[i])) {
            *to++ = '\\';
        }
        *to++ = is_code || (unsigned char)text[i] < ' ' ? ' ' : text[i];
    }
    return quoted;
}

const char *sedml_path_join(struct sedml *s, const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    const char *all = arena_printf(s->arena, "%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, name);
    char *result = arena_alloc(s->arena, strlen(all) + 1), *to = result;
    for (const char *at = all; *at;) {
        size_t n = strcspn(at, "/");
        bool up = n == 2 && strncmp(at, "..", 2) == 0;
        if (up && to == result) {
            return NULL;
        }
        if (up) {
            for (to--; to > result && to[-1] != '/'; to--) {
            }
        } else if (n > 0 && !(n == 1 && *at == '.')) {
            memcpy(to, at, n);
            to += n;
            *to++ = '/';
        }
        at += n + (at[n] != '\0');
    }
    to -= to > result;
    *to = '\0';
    return result;
}

/* ---- the file ---- */

static bool ends_in(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

static uint32_t read_file(struct sedml *s, const char *path)
{
    uint32_t file = sources_read(s->sources, path);
    if (!file) {
        diag_report(s->diag, DIAG_E0202, (struct span){0}, "'%s' cannot be read: %s", path, strerror(errno));
        diag_help_path(s->diag, (struct span){0}, path);
        return 0;
    }
    if (!ends_in(path, ".omex")) {
        return file;
    }
    path = s->options->data_dir ? sources_path(s->sources, file) : path;
    s->archive = sedml_archive_open(s, file, path);
    s->member = s->archive ? sedml_archive_main(s) : NULL;
    s->path = s->member ? arena_printf(s->arena, "%s/%s", path, s->member) : path;
    return s->member ? sedml_archive_read(s, s->member, (struct span){0}) : 0;
}

static bool check_version(struct sedml *s)
{
    if (!sedml_is(s->root, "sedML")) {
        return sedml_refuse(s, DIAG_E0831, s->root, NULL,
                            "this is no SED-ML: its first element is `%s`\n  help: %s",
                            (const char *)s->root->name,
                            strcmp((const char *)s->root->name, "sbml") == 0
                                ? "a model in SBML is imported: `import \"FILE.xml\" as m;`"
                                : "a description of simulations begins with `<sedML>`");
    }
    const char *level = sedml_text_of(s->root, "level"), *version = sedml_text_of(s->root, "version");
    bool known = strcmp(level, "1") == 0 && strlen(version) == 1 && *version >= '1' && *version <= '4';
    if (!known && (*level || *version)) {
        sedml_skip(s, s->root, "version", "SED-ML Level %s Version %s is read as Level 1 Version 4", level,
                   version);
    }
    return true;
}

static bool open_description(struct sedml *s, const char *path)
{
    uint32_t file = read_file(s, path);
    s->xml = file ? sedml_xml_read(s, file) : NULL;
    s->root = s->xml ? xmlDocGetRootElement(s->xml->doc) : NULL;
    if (!s->root || !check_version(s)) {
        return false;
    }
    const char *slash = strrchr(s->path, '/'), *base = slash ? slash + 1 : s->path;
    s->folder = arena_strndup(s->arena, s->path, slash ? (size_t)(slash + 1 - s->path) : 0);
    if (s->options->data_dir && !s->archive) {
        s->folder = arena_printf(s->arena, "%s/", s->options->data_dir);
    }
    s->stem = arena_strndup(s->arena, base, strcspn(base, "."));
    return true;
}

/* Skips top-level elements that a program does not need. */
static void skip_lists(struct sedml *s)
{
    static const char *const known[] = {"listOfModels",  "listOfSimulations",
                                        "listOfTasks",   "listOfDataGenerators",
                                        "listOfOutputs", "notes",
                                        "annotation",    "listOfAlgorithmParameters"};
    for (const xmlNode *n = sedml_child(s->root, NULL); n; n = sedml_next(n, NULL)) {
        bool is_known = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            is_known |= sedml_is(n, known[i]);
        }
        if (!is_known && sedml_child(n, NULL)) {
            sedml_skip(s, n, NULL, "`%s` is not read: what needs it is left out", (const char *)n->name);
        }
    }
}

/* ---- the program ---- */

static void count_lines(struct sedml *s)
{
    fflush(s->out);
    for (; s->counted < s->size; s->counted++) {
        if (s->text[s->counted] == '\n') {
            vec_push(&s->origin, s->here);
        }
    }
}

void sedml_stand_for(struct sedml *s, const xmlNode *n)
{
    count_lines(s);
    s->here = sedml_place(n);
}

static void write_networks(struct sedml *s)
{
    for (size_t i = 0; i < s->model.n; i++) {
        const struct sedml_model *m = &s->model.data[i];
        if (m->needed) {
            sedml_stand_for(s, m->node);
            bool whole = s->archive && s->options->data_dir; /* else the path would be one from that folder */
            fprintf(s->out, "network %s = import \"%s%s\";\n", m->name,
                    whole ? sedml_quoted(s, s->folder) : "", sedml_quoted(s, m->import));
        }
    }
}

static bool write_program(struct sedml *s)
{
    const char *slash = strrchr(s->path, '/');
    s->here = sedml_place(s->root);
    fprintf(s->out, "// What %s describes.\n", sedml_quoted(s, slash ? slash + 1 : s->path));
    write_networks(s);
    sedml_stand_for(s, s->root);
    fputs("\nexperiment main {\n", s->out);
    bool good = sedml_write_tasks(s) && sedml_write_generators(s) && sedml_write_outputs(s);
    fputs("}\n", s->out);
    return good;
}

static bool find_all(struct sedml *s)
{
    skip_lists(s);
    return sedml_find_models(s) && sedml_find_tasks(s) && sedml_find_generators(s) && sedml_find_outputs(s);
}

static const char *make_program(struct sedml *s)
{
    size_t errors = diag_error_count(s->diag);
    s->out = open_memstream(&s->text, &s->size);
    bool good = s->out && find_all(s) && write_program(s) && diag_error_count(s->diag) == errors;
    if (s->out) {
        count_lines(s);
        fclose(s->out);
    }
    uint32_t file = 0;
    if (good) {
        const char *path = arena_printf(s->arena, "%s.crnl", s->path);
        file = sources_add_made(s->sources, path, s->text, s->size);
        if (file) {
            sources_stand_for(s->sources, file, s->origin.data, s->origin.n);
        } else {
            diag_report(
                s->diag, DIAG_E0833, sedml_place(s->root),
                "the program would be too large\n  help: describe fewer tasks and outputs in one file");
        }
    }
    free(s->text);
    return file ? sources_name(s->sources, file) : NULL;
}

static void close_all(struct sedml *s)
{
    for (size_t i = 0; i < s->model.n; i++) {
        struct sedml_model *m = &s->model.data[i];
        if (m->doc && !(m->xml && m->doc == m->xml->doc)) {
            xmlFreeDoc(m->doc);
        }
        net_destroy(m->net);
        map_free(&m->symbol_by);
        map_free(&m->label_by);
    }
    for (size_t i = 0; i < s->read.n; i++) {
        if (s->read.data[i]->doc) {
            xmlFreeDoc(s->read.data[i]->doc);
        }
        vec_free(&s->read.data[i]->tag);
    }
    sedml_archive_close(s->archive);
    vec_free(&s->read);
    vec_free(&s->origin);
    vec_free(&s->model);
    vec_free(&s->task);
    vec_free(&s->result);
    vec_free(&s->generator);
    map_free(&s->model_by);
    map_free(&s->result_by);
    map_free(&s->task_by);
    map_free(&s->generator_by);
    map_free(&s->taken);
    map_free(&s->taken_files);
}

const char *sedml_program(struct sources *sources, const char *path, const struct sedml_options *options,
                          struct diag *diag)
{
    if (!libxml2_load(diag)) {
        return NULL;
    }
    size_t errors = diag_error_count(diag);
    struct sedml s = {
        .sources = sources, .diag = diag, .arena = arena_create(), .options = options, .path = path};
    take_words(&s.taken);
    const char *program = open_description(&s, path) ? make_program(&s) : NULL;
    close_all(&s);
    arena_destroy(s.arena);
    if (!program) {
        diag_refused(diag, errors, (struct span){0});
    }
    return program;
}
