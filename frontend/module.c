#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frontend/front.h"
#include "frontend/name.h"
#include "frontend/stdlib_files.h"
#include "frontend/declared.h"
#include "frontend/text/parse.h"
#include "runtime/crnl_word.h"

/* Top-level names of a parsed file go into its scope; the order of declarations does not matter. */
static void declare(struct front *f, struct module *m, const struct ast *a, enum name_kind kind)
{
    struct name *n = scope_add(m->scope, a->name, kind, a->span);
    if (!n) {
        name_declared_twice(f, a->span, a->name, scope_find_here(m->scope, a->name)->span);
        return;
    }
    n->ast = a;
    n->module = m;
}

static void declare_all(struct front *f, struct module *m)
{
    for (uint32_t i = 0; i < m->tree->n; i++) {
        const struct ast *a = file_declaration(m->tree, i);
        int kind = name_declared(a->kind);
        if (kind >= 0 && ast_layout[a->kind] != AST_PARAM) {
            declare(f, m, a, (enum name_kind)kind);
        }
        for (uint32_t k = 0; kind >= 0 && ast_layout[a->kind] == AST_PARAM && k < a->n; k++) {
            declare(f, m, declaration_dcl(a, k), (enum name_kind)kind);
        }
    }
}

const char *module_path(struct front *f, const struct module *m, const char *path)
{
    const char *slash = strrchr(m->path, '/');
    return slash && path[0] != '/' ? arena_printf(f->arena, "%.*s/%s", (int)(slash - m->path), m->path, path)
                                   : path;
}

/* std.a.b is the library file a/b; a quoted path is relative to the file that uses it. */
static struct module *load_use(struct front *f, struct module *m, const struct ast *use)
{
    const char *means = use->flags & AST_IS_PATH ? crnl_ending_means(use->name, NULL) : NULL;
    if (means && !crnl_ending_fits(use->name, "crnl")) {
        bool table = crnl_ending_fits(use->name, "csv npz");
        diag_report(f->diag, DIAG_E0202, use->span, "'%s' is %s, and `use` takes a program", use->name,
                    means);
        diag_help(f->diag,
                  table ? "data are declared: `data d = %s(\"%s\", ...);`"
                        : "a network of another tool is imported: `network n = %s \"%s\";`",
                  table ? strrchr(use->name, '.') + 1 : "import", use->name);
        return NULL;
    }
    if (use->flags & AST_IS_PATH) {
        return module_load(f, module_path(f, m, use->name), use->span);
    }
    if (strncmp(use->name, "std.", 4) != 0) {
        diag_report(f->diag, DIAG_E0202, use->span, "there is no module '%s'", use->name);
        const char *suffix = strrchr(use->name, '.');
        for (size_t i = 0; i < stdlib_file_count; i++) {
            if (strcmp(stdlib_files[i].name, use->name) == 0) {
                diag_help(f->diag, "the module of the library is `use std.%s;`", use->name);
                return NULL;
            }
        }
        diag_help(f->diag,
                  "modules of the library start with 'std.'; a file of yours is used by its quoted path: use "
                  "\"%s%s\";",
                  use->name, suffix && strcmp(suffix, ".crnl") == 0 ? "" : ".crnl");
        return NULL;
    }
    return module_load(f, use->name, use->span);
}

static uint32_t library_file(struct front *f, const char *module)
{
    char *file = arena_strdup(f->arena, module + 4);
    for (char *c = file; *c; c++) {
        if (*c == '.') {
            *c = '/';
        }
    }
    if (f->options->stdlib_dir) {
        uint32_t id =
            sources_read(f->sources, arena_printf(f->arena, "%s/%s.crnl", f->options->stdlib_dir, file));
        if (id) {
            return id;
        }
    }
    for (size_t i = 0; i < stdlib_file_count; i++) {
        if (strcmp(stdlib_files[i].name, file) == 0) {
            return sources_add(f->sources, arena_printf(f->arena, "std/%s.crnl", file), stdlib_files[i].text,
                               stdlib_files[i].length);
        }
    }
    return 0;
}

static void report_missing(struct front *f, const char *path, struct span from)
{
    if (strncmp(path, "std.", 4) != 0) {
        const char *why = strerror(errno);
        diag_report(f->diag, DIAG_E0202, from, "cannot read '%s': %s", path, why);
        for (size_t i = 0; i < stdlib_file_count; i++) {
            if (strcmp(stdlib_files[i].name, path) == 0) {
                diag_help(f->diag, "the module of the library is `use std.%s;`", path);
                return;
            }
        }
        diag_help_path(f->diag, from, path);
        return;
    }
    diag_report(f->diag, DIAG_E0202, from, "the library has no module '%s'", path);
    if (library_help(f, strrchr(path, '.') + 1)) {
        return;
    }
    library_help_module(f->diag, path);
}

struct module *module_load(struct front *f, const char *path, struct span from)
{
    bool library = strncmp(path, "std.", 4) == 0;
    errno = 0;
    uint32_t file = library ? 0 : sources_read(f->sources, path);
    for (size_t i = 0; i < f->module.n; i++) {
        struct module *m = f->module.data[i];
        if (library ? strcmp(m->path, path) == 0 : m->file == file && file != 0) {
            return m;
        }
    }
    if (library) {
        file = library_file(f, path);
    }
    if (!file) {
        report_missing(f, path, from);
        return NULL;
    }
    struct module *m = arena_alloc(f->arena, sizeof *m);
    m->path = arena_strdup(f->arena, path);
    m->file = file;
    m->scope = scope_create(f->arena, NULL);
    vec_push(&f->module, m);
    size_t errors = diag_error_count(f->diag);
    m->tree = (f->keeps_uses ? parse_file : parse_compact)(f->sources, file, f->arena, f->names, f->diag);
    bool is_wrong = diag_error_count(f->diag) > errors;
    f->syntax_errors |= is_wrong;
    f->text_is_lost |= is_wrong && !(m->tree->flags & AST_IS_MENDED);
    declare_all(f, m);
    for (uint32_t i = 0; i < m->tree->n; i++) {
        if (file_declaration(m->tree, i)->kind == AST_USE) {
            struct module *used = load_use(f, m, file_declaration(m->tree, i));
            if (used) {
                vec_push(&m->uses, used);
            }
            vec_push(&m->used, used ? used->file : 0);
        }
    }
    return m;
}

const char *module_folder(struct front *f, const struct module *m)
{
    const char *slash = strrchr(m->path, '/');
    char *folder = arena_strndup(f->arena, slash ? m->path : ".", slash ? (size_t)(slash - m->path) + 1 : 1);
    char *real = realpath(folder, NULL);
    const char *result = arena_strdup(f->program->arena, real ? real : folder);
    free(real);
    return result;
}

size_t library_module_count(void)
{
    return stdlib_file_count;
}

const char *library_module_name(size_t i)
{
    return stdlib_files[i].name;
}
