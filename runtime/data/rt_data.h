/* Internals of data sets: tables as readers make them, and functions that readers share. The caller owns a
 * table that it passes, also after an error: rt_table_free. Memory grows with what was read, never with what
 * a header claims. */
#ifndef RT_DATA_H
#define RT_DATA_H

#include <stdio.h>

#include "runtime/crnl_cells.h"
#include "runtime/crnl_data.h"
#include "runtime/rt_base.h"

struct rt_table {
    int32_t rows, columns;
    int32_t label;       /* enum crnl_label_kind */
    double *input;       /* [rows, columns]; NULL after a look */
    double *label_value; /* [rows], NULL without labels or after a look; integers are exact */
    int32_t *line;       /* [columns] of a course: lines of the file; NULL: no value may be missing */
};
void rt_table_free(struct rt_table *t);

struct crnl_data_reader {
    const char *name;
    /* look: only rows, columns and the kind of label are needed. */
    int (*read)(const struct crnl_data_spec *spec, const char *folder, bool look, struct rt_table *t,
                struct rt_error *e);
};

struct crnl_split_reader {
    /* order: row numbers, one part after the other, allocated here; part[CRNL_DATA_TRAIN ..] are set. `name`
     * is what the program calls the file. */
    int (*read)(const char *path, const char *name, int32_t rows, int32_t **order,
                int32_t part[CRNL_DATA_PARTS], struct rt_error *e);
};

/* The path of an input file; a relative name starts at the folder. The caller frees it. */
char *rt_data_path(const char *folder, const char *name);
/* Reports that a file cannot be opened; errno says why. */
int rt_fail_unread(const char *path, struct rt_error *e);
/* Reports an error for a file that can be read only once and may block its reader: pipes, devices. `name` is
 * what the program calls it. */
int rt_data_check_file(const char *path, const char *name, struct rt_error *e);
/* Checks that a label is within 0 .. classes. `place` is where it is, such as "iris.csv:3". */
int rt_check_label(const struct crnl_data_spec *spec, double label, const char *place, struct rt_error *e);

/* Reader of the cells of a CSV file, row by row (data_cells.c). Errors go to e, with the line. */
struct rt_csv {
    const char *file; /* as the program calls it */
    struct rt_error *e;
    FILE *in;
    int64_t line;
    struct rt_buffer row;
    char **cell; /* [n_cells] cells of the row, without surrounding blanks */
    int32_t n_cells, cap_cells;
};
bool rt_csv_open(struct rt_csv *c, const char *folder, const char *file, struct rt_error *e);
bool rt_csv_next(struct rt_csv *c);  /* false: no row is left, or an error was reported */
void rt_csv_close(struct rt_csv *c); /* also for a file that could not be opened */
/* Reports an error in the current row and returns its status; `what` is a format with one %s, for `cell`. */
int rt_csv_complain(struct rt_csv *c, const char *what, const char *cell, const char *help);

/* Enlarges the memory for doubles to at least `need` of `total` values if *cap is smaller. */
double *rt_data_room(double *v, int64_t *cap, int64_t need, int64_t total);

/* An array of an .npz archive (data_npz.c), in C order, converted to double; integers beyond 2^53 are
 * refused. */
enum { RT_NPY_MAX_RANK = 8 };
struct rt_npy {
    int32_t rank;
    int64_t dim[RT_NPY_MAX_RANK], size;
    bool integer;    /* integers or booleans */
    bool is_missing; /* the archive has no array of this name */
    double *v;       /* NULL after a look; the caller frees it */
};
int rt_npz_array(const char *path, const char *name, bool look, struct rt_npy *out, struct rt_error *e);
int64_t rt_npz_count(const char *path); /* the number of entries of an archive; -1: it cannot be opened */

/* The rows of a part of a data set, which is loaded if necessary; NULL after an error. Columns and kind of
 * label are those of the specification. Row i of the part is input + order[i] * columns, with
 * label[order[i]]. */
struct rt_rows {
    const double *input, *label;
    const int32_t *order; /* NULL: row i is i */
    int32_t n, columns;
};
int rt_data_rows(struct crnl_ctx *ctx, int32_t data, int32_t part, struct rt_rows *out);

#endif
