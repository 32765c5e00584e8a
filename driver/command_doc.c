/* crnlc doc: writes a page about source files from their declarations and the comments before them. */
#include <errno.h>
#include <string.h>

#include "codegen/object/output.h"
#include "driver/command.h"
#include "driver/option_meant.h"
#include "driver/doc.h"
#include "driver/pipeline.h"
#include "frontend/stdlib_files.h"

static bool add_library(struct doc_book *b, struct pipeline *p, const char *module)
{
    bool all = strcmp(module, "std") == 0, found = false;
    for (size_t i = 0; i < stdlib_file_count; i++) {
        const struct stdlib_file *f = &stdlib_files[i];
        char *name = arena_printf(b->arena, "std.%s", f->name);
        for (char *c = name; *c; c++) {
            *c = *c == '/' ? '.' : *c;
        }
        if (all || strcmp(name, module) == 0) {
            found = true;
            uint32_t file = sources_add(p->sources, name, f->text, f->length);
            if (!doc_add(b, p->sources, file, name, p->diag)) {
                return false;
            }
        }
    }
    if (!found) {
        diag_report(p->diag, DIAG_E0202, (struct span){0}, "the library has no module '%s'", module);
        library_help_module(p->diag, module);
    }
    return found;
}

static bool add_file(struct doc_book *b, struct pipeline *p, const char *path)
{
    if (strcmp(path, "std") == 0 || strncmp(path, "std.", 4) == 0) {
        return add_library(b, p, path);
    }
    uint32_t file = sources_read(p->sources, path);
    if (!file) {
        diag_report(p->diag, DIAG_E0202, (struct span){0}, "cannot read '%s': %s", path, strerror(errno));
        diag_help_path(p->diag, (struct span){0}, path);
        return false;
    }
    const char *slash = strrchr(path, '/');
    return doc_add(b, p->sources, file, slash ? slash + 1 : path, p->diag);
}

static void write_book(struct pipeline *p, const struct doc_book *b)
{
    const char *path = p->options->output;
    struct output out = {.stream = stdout};
    pipeline_protect(p);
    if (!path || output_begin(&out, path, p->diag)) {
        (p->options->doc_format == DOC_FORMAT_HTML ? doc_write_html : doc_write_markdown)(out.stream, b);
        if (path) {
            output_end(&out, path, p->diag);
        }
    }
}

int command_doc(const struct options *o)
{
    if (!command_files(o)) {
        return EXIT_STATUS_USAGE;
    }
    bool html = o->doc_format == DOC_FORMAT_HTML;
    if (!option_ending_fits(o, html ? "html htm" : "md markdown",
                            html ? "a page for browsers" : "a text in Markdown")) {
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    struct doc_book b = {.arena = arena_create(), .names = intern_create()};
    bool good = true;
    for (size_t i = 0; i < o->files.n; i++) {
        good = add_file(&b, &p, o->files.data[i]) && good;
    }
    if (good) {
        write_book(&p, &b);
    }
    int status = pipeline_report(&p);
    doc_book_free(&b);
    pipeline_close(&p);
    return status;
}
