#include "codegen/object/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_file.h"

/* Adds the help for a file that `-o` names. */
static void help_name(const char *path, int code, struct diag *diag)
{
    const char *slash = strrchr(path, '/');
    char *other = crnl_file_other_name(path);
    if (code == ENOENT) {
        diag_help(diag, "make its folder first, `mkdir -p %.*s`, or write to another one by `-o NAME`",
                  slash ? (int)(slash - path) : 1, slash ? path : ".");
    } else if (code == EISDIR) {
        diag_help(diag, "write the name of a file behind that of its folder: `-o %s%sout`", path,
                  slash && !slash[1] ? "" : "/");
    } else if (code == CRNL_FILE_IS_READ && other) {
        diag_help(diag, "-o names the file that is read: give another name, `-o %s`", other);
    }
    free(other);
}

bool output_failed(const char *path, int code, struct diag *diag)
{
    diag_report(diag, DIAG_E0801, (struct span){0}, "cannot write %s: %s", path, crnl_file_reason(code));
    help_name(path, code, diag);
    return false;
}

bool output_write(const char *path, bool executable, const void *data, size_t n, struct diag *diag)
{
    int code = crnl_file_put(path, executable, data, n);
    return code == 0 || output_failed(path, code, diag);
}

bool output_begin(struct output *o, const char *path, struct diag *diag)
{
    *o = (struct output){0};
    o->stream = open_memstream(&o->text, &o->n);
    return o->stream || output_failed(path, errno, diag);
}

bool output_end(struct output *o, const char *path, struct diag *diag)
{
    bool good = !ferror(o->stream);
    good = fclose(o->stream) == 0 && good;
    good = good ? output_write(path, false, o->text, o->n, diag) : output_failed(path, ENOMEM, diag);
    free(o->text);
    return good;
}
