/* Trajectories as .npz: one float64 array per column, keys and `time` too. The archive is built
 * when the run ends; until then the columns are in memory. */
#include <stdlib.h>

#include "rt_output.h"

struct npz {
    struct rt_file file;
    int32_t n_arrays, n_keys;
    char **name; /* of each array: keys, time, columns */
    double **array;
    int64_t n, cap;
};

static void *npz_open(const struct rt_sink_head *head, struct rt_error *e)
{
    struct npz *s = rt_alloc(1, sizeof *s);
    if (rt_file_open(&s->file, head->path, e)) {
        free(s);
        return NULL;
    }
    int32_t first = head->n_keys + 1;
    s->n_keys = head->n_keys;
    s->n_arrays = head->n_columns + first;
    s->name = rt_alloc((size_t)s->n_arrays, sizeof *s->name);
    s->array = rt_alloc((size_t)s->n_arrays, sizeof *s->array);
    for (int32_t i = 0; i < s->n_arrays; i++) {
        const char *name = i >= first ? head->column[i - first] : i == first - 1 ? "time" : head->key[i];
        s->name[i] = rt_strdup(name);
    }
    return s;
}

static int npz_rows(void *sink, const double *key, const double *row, int64_t n, size_t stride,
                    struct rt_error *e)
{
    struct npz *s = sink;
    while (s->n + n > s->cap) {
        s->cap = s->cap ? 2 * s->cap : 1024;
        for (int32_t i = 0; i < s->n_arrays; i++) {
            s->array[i] = rt_resize(s->array[i], (size_t)s->cap, sizeof **s->array);
        }
    }
    for (int64_t r = 0; r < n; r++, row += stride) {
        int32_t i = 0;
        for (; i < s->n_keys; i++) {
            s->array[i][s->n] = key[i];
        }
        /* A row goes on behind the file's columns: what is kept for plots and statistics. */
        for (int32_t c = 0; i < s->n_arrays; c++) {
            s->array[i++][s->n] = row[c];
        }
        s->n++;
    }
    return e->status;
}

static int write_arrays(struct npz *s, struct rt_error *e)
{
    struct rt_npz_entry *entry = rt_alloc((size_t)s->n_arrays, sizeof *entry);
    for (int32_t i = 0; i < s->n_arrays; i++) {
        entry[i] = (struct rt_npz_entry){s->name[i], 1, {s->n}, s->array[i]};
    }
    rt_npz_put(&s->file, entry, s->n_arrays, e);
    crnl_file_mark(s->file.file, CRNL_KEEP_ROWS);
    free(entry);
    return e->status;
}

static int npz_close(void *sink, bool whole, struct rt_error *e)
{
    struct npz *s = sink;
    struct rt_error failed = {0};
    if (whole || s->n > 0) {
        write_arrays(s, &failed);
    }
    if (whole && !failed.status) {
        rt_file_finish(&s->file, &failed);
    } else {
        rt_file_leave(&s->file, failed.status ? &failed : e);
    }
    if (failed.status) {
        rt_fail(e, failed.status, "%s", failed.text.data);
    }
    rt_error_free(&failed);
    for (int32_t i = 0; i < s->n_arrays; i++) {
        free(s->name[i]);
        free(s->array[i]);
    }
    free(s->name);
    free(s->array);
    free(s);
    return e->status;
}

const struct crnl_sink crnl_sink_npz = {CRNL_SINK_NPZ, npz_open, npz_rows, npz_close};
