/* Rows of runs in memory instead of files, for programs that execute others: libcrnl returns them as arrays.
 * There is a table for each file that was named; its rows are contiguous, so that it can be used in place.
 * The owner of the list frees it with crnl_memory_free when nobody uses it any more. */
#ifndef CRNL_MEMORY_H
#define CRNL_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct crnl_table_of_rows {
    char *name; /* name of the file */
    /* The first n_keys of the n_columns columns say to what a row belongs (the element of a source, `run`);
     * then come `time` and the other columns. */
    int32_t n_keys, n_columns;
    char **column;
    int64_t n_rows, cap_rows;
    double *v; /* [n_rows][n_columns] */
};
struct crnl_memory {
    struct crnl_table_of_rows **table;
    int64_t n_tables, cap_tables;
};
void crnl_memory_free(struct crnl_memory *m); /* frees the contents, not m itself */

extern const struct crnl_sink crnl_sink_memory;

#endif
