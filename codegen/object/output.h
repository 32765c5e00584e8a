/* Files that the compiler writes. The runtime's writer (runtime/crnl_file.h) makes them appear whole or not
 * at all. */
#ifndef CODEGEN_OBJECT_OUTPUT_H
#define CODEGEN_OBJECT_OUTPUT_H

#include "support/diag.h"

/* False with E0801 after an error, here and below. */
bool output_failed(const char *path, int code, struct diag *diag); /* reports E0801 for this errno; false */
bool output_write(const char *path, bool executable, const void *data, size_t n, struct diag *diag);
/* The same for text that is printed to `stream`, which lives in memory between output_begin and
 * output_end. */
struct output {
    FILE *stream;
    char *text;
    size_t n;
};
bool output_begin(struct output *o, const char *path, struct diag *diag);
bool output_end(struct output *o, const char *path, struct diag *diag);

#endif
