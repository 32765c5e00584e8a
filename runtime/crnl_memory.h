/* Rows of runs in memory, in place of files, for programs that execute others: libcrnl hands them out as
 * arrays. A table for each file that was named, whose rows stand one after the other, so that it can be used
 * where it is. The one who owns the list frees it with crnl_memory_free, when nobody uses it any more. */
#ifndef CRNL_MEMORY_H
#define CRNL_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct crnl_table_of_rows {
    char *name; /* of the file */
    /* The first n_keys of n_columns say what a row belongs to (the element of a source, `run`), then comes
     * `time`, then the others. */
    int32_t n_keys, n_columns;
    char **column;
    int64_t n_rows, cap_rows;
    double *v; /* [n_rows][n_columns] */
};
struct crnl_memory {
    struct crnl_table_of_rows **table;
    int64_t n_tables, cap_tables;
};
void crnl_memory_free(struct crnl_memory *m); /* what it holds, not m itself */

extern const struct crnl_sink crnl_sink_memory;

#endif
