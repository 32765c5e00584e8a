/* Files that the compiler writes: by the runtime's writer (runtime/crnl_file.h), so that they appear whole or
 * not at all. */
#ifndef CODEGEN_OBJECT_OUTPUT_H
#define CODEGEN_OBJECT_OUTPUT_H

#include "support/diag.h"

/* E0801 after errors. */
bool output_write(const char *path, bool executable, const void *data, size_t n, struct diag *diag);
/* The same from a stream of memory, which it closes and frees: see output_begin. */
struct output {
    FILE *stream;
    char *text;
    size_t n;
};
bool output_begin(struct output *o, const char *path, struct diag *diag);
bool output_end(struct output *o, const char *path, struct diag *diag);

#endif
