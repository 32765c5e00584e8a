/* Files that appear whole: written under a temporary name beside the target, renamed when finished. Devices and pipes are
 * written directly. Sinks are the formats of trajectories. */
#ifndef RT_OUTPUT_H
#define RT_OUTPUT_H

#include <stdio.h>

#include "runtime/rt_base.h"

struct rt_file {
    FILE *stream;
    char *path, *temporary; /* temporary NULL: written directly */
};
/* Directories on the way are made. */
int rt_file_open(struct rt_file *f, const char *path, struct rt_error *e);
int rt_file_write(struct rt_file *f, const void *data, size_t n, struct rt_error *e);
/* Finishes; a file that could not be written whole is removed only if nothing went to disk. */
int rt_file_close(struct rt_file *f, struct rt_error *e);
int rt_make_parents(const char *path, struct rt_error *e);

/* Arrays of reals, row-major, as an .npz archive; the same bytes each time. */
struct rt_npz_entry {
    const char *name;
    int32_t rank; /* 1 or 2 */
    int64_t dim[2];
    const double *v;
};
int rt_npz_write(const char *path, const struct rt_npz_entry *array, int32_t n, struct rt_error *e);

struct rt_sink_head {
    const char *path;
    int32_t n_columns; /* without run and time */
    const char *const *column;
    bool with_run; /* ensembles: a leading column `run` */
};
struct crnl_sink {
    const char *name;
    void *(*open)(const struct rt_sink_head *head, struct rt_error *e);
    /* n rows of `stride` numbers: time, the columns, and what is not for the file. */
    int (*rows)(void *sink, int64_t run, const double *row, int64_t n, size_t stride, struct rt_error *e);
    int (*close)(void *sink, struct rt_error *e);
};

#endif
