/* POSIX.1-2008 has realpath in its X/Open part. */
#define _XOPEN_SOURCE 700

#include "import/import.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "import/import_impl.h"
#include "import/sedml/sedml.h"
#include "import/xml.h"
#include "import/yaml/yaml_value.h"
#include "runtime/crnl_utf8.h"

static const struct {
    const char *extension, *starts;
    bool (*read)(struct importer *x);
} formats[IMPORT_FORMAT_COUNT] = {
#define IMPORT(id, extension, starts, function, help) {extension, starts, function},
#include "import/formats.def"
#undef IMPORT
};

#ifndef HAVE_LIBSBML
bool import_sbml(struct importer *x)
{
    diag_report(x->diag, DIAG_E0820, import_span(x, x->text, x->text), "this crnlc was built without SBML");
    diag_help(x->diag, "install libsbml (Debian: libsbml5-dev) and build it again");
    return false;
}

bool import_sbml_made(struct importer *x, const char *text, const struct span *place, size_t n_lines)
{
    (void)text, (void)place, (void)n_lines;
    return import_sbml(x);
}
#endif

#ifndef HAVE_LIBYAML
const struct yaml_value *yaml_read(struct importer *x)
{
    diag_report(x->diag, DIAG_E0820, import_span(x, x->text, x->text), "this crnlc was built without YAML");
    diag_help(x->diag, "install libyaml (Debian: libyaml-dev) and build it again");
    return NULL;
}
#endif

#ifndef HAVE_LIBXML2
const char *sedml_program(struct sources *sources, const char *path, const struct sedml_options *options,
                          struct diag *diag)
{
    (void)sources, (void)path, (void)options;
    diag_report(diag, DIAG_E0820, (struct span){0}, "this crnlc was built without SED-ML");
    diag_help(diag, "install libxml2 (Debian: libxml2-dev) and build it again");
    return NULL;
}
#endif

/* ---- files named in a file ---- */

/* Whether a path with links resolved is below a folder. */
static bool is_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && (path[n] == '/' || (n > 0 && folder[n - 1] == '/'));
}

const char *import_path_below(struct arena *arena, const char *folder, const char *root, const char *name,
                              const char **wrong)
{
    const char *path = arena_printf(arena, "%s/%s", folder, name);
    char *real = strstr(name, "://") || *name == '/' ? NULL : realpath(path, NULL);
    struct stat info;
    *wrong =
        !real || stat(real, &info) != 0
            ? "which is no file in the folder of this one\n  help: put it there, and write its name alone"
        : !is_below(real, root)
            ? "a file outside the folder of this one\n  help: put it there, and write its name alone"
        : S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)
            ? NULL
            : "a pipe or device, which may not end\n  help: write what it gives into a file";
    const char *below = *wrong ? NULL : arena_strdup(arena, real);
    free(real);
    return below;
}

const char *import_folder(const struct importer *x)
{
    const char *path = sources_path(x->sources, x->file), *slash = path ? strrchr(path, '/') : NULL;
    char *here = slash ? NULL : realpath(".", NULL);
    const char *folder = slash ? arena_strndup(x->arena, path, slash == path ? 1 : (size_t)(slash - path))
                               : arena_strdup(x->arena, here ? here : ".");
    free(here);
    return folder;
}

/* ---- choosing the format ---- */

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n > m && strcmp(path + n - m, end) == 0;
}

bool sedml_knows(struct sources *sources, const char *path)
{
    uint32_t file = ends_in(path, ".xml") ? sources_read(sources, path) : 0;
    struct importer x = {.sources = sources, .file = file};
    size_t length;
    const char *tag, *end;
    x.text = sources_text(sources, file, &length);
    x.end = x.text + length;
    if (!file || strlen(x.text) != length || !xml_root(&x, &tag, &end)) {
        return ends_in(path, ".sedml") || ends_in(path, ".omex");
    }
    size_t n = strcspn(tag, " \t\r\n/>");
    return n >= 5 && strncmp(tag + n - 5, "sedML", 5) == 0;
}

static bool is_packed(const char *path)
{
    size_t n = strlen(path);
    return n > 3 && strcmp(path + n - 3, ".gz") == 0;
}

static bool has_extension(const char *path, const char *extension)
{
    size_t n = strlen(path) - (is_packed(path) ? 3 : 0), m = strlen(extension);
    return n > m + 1 && path[n - m - 1] == '.' && strncmp(path + n - m, extension, m) == 0;
}

bool import_knows(const char *path)
{
    for (size_t i = 0; i < IMPORT_FORMAT_COUNT; i++) {
        if (has_extension(path, formats[i].extension)) {
            return true;
        }
    }
    return false;
}

const char *import_extensions(struct arena *arena)
{
    const char *list = "";
    for (size_t i = 0; i < IMPORT_FORMAT_COUNT; i++) {
        if (i == 0 || strcmp(formats[i].extension, formats[i - 1].extension) != 0) {
            list = arena_printf(arena, "%s%s.%s", list, i ? ", " : "", formats[i].extension);
        }
    }
    return list;
}

/* Skips blanks and the comments of all formats: line comments after ; # or //, and C comments. */
static const char *first_word(const char *text)
{
    for (;;) {
        text += strspn(text, " \t\r\n\f\v");
        if (*text == ';' || *text == '#' || strncmp(text, "//", 2) == 0) {
            text += strcspn(text, "\n");
        } else if (strncmp(text, "/*", 2) == 0 && strstr(text, "*/")) {
            text = strstr(text, "*/") + 2;
        } else {
            return text;
        }
    }
}

/* Whether the text starts with one of the words "this|that", followed by a name, a text or '*'. */
static bool starts_with(const char *text, const char *words)
{
    text = first_word(text);
    for (const char *word = words; word; word = strchr(word, '|') ? strchr(word, '|') + 1 : NULL) {
        size_t n = strcspn(word, "|");
        const char *behind = strncmp(text, word, n) == 0 ? text + n + strspn(text + n, " \t") : NULL;
        if (behind && behind > text + n && (isalpha((unsigned char)*behind) || strchr("_\"*`", *behind))) {
            return true;
        }
    }
    return false;
}

enum import_format import_format_of(const char *path, const char *text)
{
    enum import_format last = IMPORT_FORMAT_COUNT;
    for (size_t i = 0; i < IMPORT_FORMAT_COUNT; i++) {
        if (has_extension(path, formats[i].extension)) {
            last = (enum import_format)i;
            if (!formats[i].starts || starts_with(text, formats[i].starts)) {
                break;
            }
        }
    }
    return last;
}

/* ---- reading ---- */

enum { MAX_UNPACKED = 256 << 20 };

/* Reads a compressed file, whose unpacked size is limited. */
static uint32_t read_packed(struct sources *sources, const char *path)
{
    gzFile in = gzopen(path, "rb");
    if (!in) {
        return 0;
    }
    VEC(char) text = {0};
    int got = 1;
    while (got > 0 && text.n <= MAX_UNPACKED) {
        vec_reserve(&text, text.n + (1 << 16));
        got = gzread(in, text.data + text.n, 1 << 16);
        text.n += got > 0 ? (size_t)got : 0;
    }
    bool bad = gzclose(in) != Z_OK || got < 0;
    uint32_t file = 0;
    if (bad || text.n > MAX_UNPACKED) {
        errno = bad ? EINVAL : EFBIG;
    } else {
        file = sources_add_unpacked(sources, path, text.data, text.n);
    }
    vec_free(&text);
    return file;
}

static const char *file_stem(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    return arena_strndup(arena, base, strcspn(base, "."));
}

void import_take_words(struct map *taken)
{
    static const char *const words[] = {
        "use",     "const", "param", "fn", "data",  "network", "model",  "experiment",
        "species", "let",   "for",   "in", "where", "if",      "else",   "while",
        "true",    "false", "via",   "at", "every", "when",    "assume",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        map_add(taken, words[i], 2);
    }
}

/* Refuses control characters, since names are shown on terminals, where they would act. */
static bool check_bytes(const struct importer *x)
{
    size_t n = (size_t)(x->end - x->text), i = crnl_utf8_control_code(x->text, n);
    if (i == n) {
        return true;
    }
    size_t length = crnl_utf8_length(x->text + i, n - i);
    return diag_report(x->diag, DIAG_E0831, import_span(x, x->text + i, x->text + i + length),
                       length > 1 ? "a control character (code %u), which no text has\n  help: leave it out"
                                  : "a byte %u, which no text has\n  help: this is no text: unpack it, or "
                                    "name the file that holds the model",
                       crnl_utf8_number(x->text + i, length));
}

static bool check_name(const struct importer *x, const char *name, struct span at)
{
    return !name || !crnl_utf8_has_control(name) ||
           diag_report(x->diag, DIAG_E0831, at,
                       "the name `%s` has control characters or broken UTF-8\n  help: write the name with "
                       "visible letters",
                       name);
}

/* The same for names as they were understood: formats have escapes for characters. */
static bool check_names(const struct importer *x)
{
    const struct net *n = x->net;
    bool good = true;
    for (size_t i = 0; good && i < n->species.n; i++) {
        good = check_name(x, n->species.data[i].name, n->species.data[i].span);
    }
    for (size_t i = 0; good && i < n->param.n; i++) {
        good = check_name(x, n->param.data[i].name, n->param.data[i].span);
    }
    for (size_t i = 0; good && i < n->reaction.n; i++) {
        good = check_name(x, n->reaction.data[i].label, n->reaction.data[i].span) &&
               check_name(x, n->reaction.data[i].origin, n->reaction.data[i].span);
    }
    return good;
}

struct net *import_text(struct sources *sources, uint32_t file, enum import_format format,
                        const struct import_options *options, struct diag *diag)
{
    size_t length, errors = diag_error_count(diag);
    struct importer x = {
        .sources = sources, .file = file, .diag = diag, .options = options, .arena = arena_create()};
    x.text = sources_text(sources, file, &length);
    x.end = x.text + length;
    x.net = net_create("");
    x.net->file = arena_strdup(x.net->arena, sources_name(sources, file));
    x.net->name = import_identifier(&x, file_stem(x.arena, x.net->file));
    map_free(&x.taken); /* names in the network may equal the file's name */
    import_take_words(&x.taken);
    bool ok = check_bytes(&x) && formats[format].read(&x) && diag_error_count(diag) == errors &&
              check_names(&x) && net_resolve(x.net, diag) && net_verify(x.net, diag);
    map_free(&x.taken);
    arena_destroy(x.arena);
    if (!ok) {
        net_destroy(x.net);
        return NULL;
    }
    return x.net;
}

static uint32_t read_file(struct sources *sources, const char *path, struct span from, struct diag *diag)
{
    uint32_t file = is_packed(path) ? read_packed(sources, path) : sources_read(sources, path);
    if (!file) {
        diag_report(diag, DIAG_E0202, from, "'%s' cannot be read: %s", path, strerror(errno));
        diag_help_path(diag, from, path);
    }
    return file;
}

bool import_finds(struct sources *sources, const char *path, struct span from, struct diag *diag)
{
    return access(path, R_OK) == 0 || read_file(sources, path, from, diag);
}

struct net *import_file(struct sources *sources, const char *path, struct span from,
                        const struct import_options *options, struct diag *diag)
{
    uint32_t file = read_file(sources, path, from, diag);
    if (!file) {
        return NULL;
    }
    return import_text(sources, file, import_format_of(path, sources_text(sources, file, NULL)), options,
                       diag);
}

/* Text forms of networks are read by the network's own reader. */
static bool take(struct importer *x, struct net *net, const char *name)
{
    if (net) {
        net->name = intern_text(net->names, name ? name : net->name);
        net_destroy(x->net);
        x->net = net;
    }
    return net != NULL;
}

/* After reading, parameters that refer to those of a program belong to the network itself. */
bool import_network(struct importer *x)
{
    struct net *net = net_read(x->sources, x->file, x->diag);
    for (size_t i = 0; net && i < net->param.n; i++) {
        net->param.data[i].global = -1;
    }
    return take(x, net, NULL);
}

bool import_list(struct importer *x)
{
    return take(x, net_read_list(x->sources, x->file, x->diag), x->net->name);
}

/* ---- building ---- */

struct span import_span(const struct importer *x, const char *from, const char *to)
{
    return (struct span){x->file, (uint32_t)(from - x->text), (uint32_t)(to - x->text)};
}

/* "L(r!1).R(a,l!1)" becomes "L_r_1_R_a_l_1". */
static const char *to_identifier(struct arena *arena, const char *text)
{
    char *name = arena_alloc(arena, strlen(text) + 3), *to = name;
    bool gap = isdigit((unsigned char)*text);
    for (const char *c = text; *c; c++) {
        if (isalnum((unsigned char)*c) || *c == '_') {
            if (gap) {
                *to++ = '_';
            }
            *to++ = *c;
            gap = false;
        } else {
            gap |= to > name;
        }
    }
    if (to == name) {
        *to = '_';
    }
    return name;
}

const char *import_identifier(struct importer *x, const char *text)
{
    const char *base = to_identifier(x->arena, text), *name = base;
    while (!map_add(&x->taken, name, 2)) {
        int32_t next = map_find(&x->taken, base);
        map_set(&x->taken, base, next + 1);
        name = arena_printf(x->arena, "%s_%d", base, (int)next);
    }
    return intern_text(x->net->names, name);
}

species_id import_species(struct importer *x, const char *name, enum species_kind kind, expr_id init,
                          struct span at)
{
    species_id s = net_add_species(x->net, name, kind, init, at);
    expr_id leaf = net_species_expr(x->net, s);
    net_add_symbol(x->net, import_identifier(x, name), SYMBOL_SPECIES, shape_scalar(), &leaf, at);
    return s;
}

expr_id import_param(struct importer *x, const char *name, expr_id init, struct span at)
{
    int32_t p = net_add_param(x->net, name, shape_scalar(), init, at);
    expr_id leaf = net_param_expr(x->net, x->net->param.data[p].first);
    net_add_symbol(x->net, import_identifier(x, name), SYMBOL_PARAM, shape_scalar(), &leaf, at);
    return leaf;
}

/* It has no symbol for experiments, since runs set it. */
expr_id import_molecule(struct importer *x)
{
    struct net *n = x->net;
    if (!x->molecule) {
        const char *name = import_identifier(x, "one_molecule");
        int32_t p = net_add_param(n, name, shape_scalar(), expr_real(n->ex, 0), (struct span){0});
        net_mark_molecule(n, p);
        x->molecule = n->param.data[p].first + 1;
    }
    return net_param_expr(n, x->molecule - 1);
}

void import_output(struct importer *x, const char *name, expr_id value, uint8_t flags, struct span at)
{
    int32_t s = net_add_symbol(x->net, import_identifier(x, name), SYMBOL_OUTPUT, shape_scalar(), &value, at);
    x->net->symbol.data[s].flags |= flags;
}

bool import_check_amount(const struct importer *x, expr_id init, struct span at)
{
    double v;
    return !init || !expr_const_real(x->net->ex, init, &v) || (v >= 0 && v < INFINITY) ||
           diag_report(x->diag, DIAG_E0402, at,
                       "an amount is a finite number that is not negative, not %g\n  help: give what there "
                       "is at the start, "
                       "0 or more",
                       v);
}

reaction_id import_reaction_with(struct importer *x, const struct term *lhs, size_t n_lhs,
                                 const struct term *rhs, size_t n_rhs, enum rate_kind kind, expr_id rate,
                                 const struct fraction *more, size_t n_more, struct span at)
{
    if ((int64_t)x->net->reaction.n >= x->options->max_reactions) {
        diag_report(x->diag, DIAG_E0602, at, "more than %lld reactions",
                    (long long)x->options->max_reactions);
        diag_help(x->diag, "allow more with --max-reactions");
        return -1;
    }
    reaction_id id = net_add_reaction_with(x->net, lhs, n_lhs, rhs, n_rhs, kind, rate, more, n_more, at);
    if (id < 0) {
        diag_report(x->diag, DIAG_E0833, at,
                    "the coefficients of a species add up to too large a number\n  help: molecules react by "
                    "twos or threes: write that many");
        return -1;
    }
    x->net->reaction.data[id].flags |= REACTION_MAY_REPEAT;
    return id;
}

reaction_id import_reaction(struct importer *x, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                            size_t n_rhs, enum rate_kind kind, expr_id rate, struct span at)
{
    return import_reaction_with(x, lhs, n_lhs, rhs, n_rhs, kind, rate, NULL, 0, at);
}
