#include "codegen/object/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_file.h"

bool output_failed(const char *path, int code, struct diag *diag)
{
    diag_report(diag, DIAG_E0801, (struct span){0}, "cannot write %s: %s", path, crnl_file_reason(code));
    if (code == ENOENT) {
        const char *slash = strrchr(path, '/');
        diag_help(diag, "make its folder first, `mkdir -p %.*s`, or write to another one by `-o NAME`",
                  slash ? (int)(slash - path) : 1, slash ? path : ".");
    }
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
