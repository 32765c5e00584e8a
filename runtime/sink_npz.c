/* Trajectories as .npz: one float64 array per column, with `time` and, for an ensemble, `run`. The archive is built
 * when the run ends; until then the columns are in memory. */
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "rt_output.h"

struct npz {
    char *path;
    int32_t n_arrays;
    bool with_run;
    char **name;                    /* of each array: [run,] time, columns */
    double **array;
    int64_t n, cap;
};

static void *npz_open(const struct rt_sink_head *head, struct rt_error *e)
{
    if (rt_make_parents(head->path, e)) {
        return NULL;
    }
    struct npz *s = rt_alloc(1, sizeof *s);
    int32_t first = head->with_run ? 2 : 1;
    s->path = rt_strdup(head->path);
    s->with_run = head->with_run;
    s->n_arrays = head->n_columns + first;
    s->name = rt_alloc((size_t)s->n_arrays, sizeof *s->name);
    s->array = rt_alloc((size_t)s->n_arrays, sizeof *s->array);
    for (int32_t i = 0; i < s->n_arrays; i++) {
        const char *name = i >= first ? head->column[i - first] : i == first - 1 ? "time" : "run";
        s->name[i] = rt_strdup(name);
    }
    return s;
}

static int npz_rows(void *sink, int64_t run, const double *row, int64_t n, size_t stride, struct rt_error *e)
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
        if (s->with_run) {
            s->array[i++][s->n] = (double)run;
        }
        /* A row goes on behind the file's columns: what is kept for plots and statistics. */
        for (int32_t c = 0; i < s->n_arrays; c++) {
            s->array[i++][s->n] = row[c];
        }
        s->n++;
    }
    return e->status;
}

/* An array in NumPy's format 1.0: a text header, padded so that the data starts at a multiple of 64, then the data. */
static char *make_npy(const double *v, int64_t n, size_t *size)
{
    struct rt_buffer b = {0};
    rt_put_n(&b, "\x93NUMPY\x01\0\0\0", 10);
    rt_putf(&b, "{'descr': '<f8', 'fortran_order': False, 'shape': (%lld,), }", (long long)n);
    while ((b.n + 1) % 64 != 0) {
        rt_put(&b, " ");
    }
    rt_put(&b, "\n");
    b.data[8] = (char)(b.n - 10);
    b.data[9] = (char)((b.n - 10) >> 8);
    if (n > 0) {
        rt_put_n(&b, (const char *)v, (size_t)n * sizeof *v);
    }
    *size = b.n;
    return b.data;
}

static bool add_array(zip_t *archive, const char *name, const double *v, int64_t n)
{
    struct rt_buffer entry = {0};
    size_t size;
    char *data = make_npy(v, n, &size);
    rt_putf(&entry, "%s.npy", name);
    zip_source_t *source = zip_source_buffer(archive, data, size, 1);       /* frees data */
    bool added = false;
    if (!source) {
        free(data);
    } else {
        zip_int64_t at = zip_file_add(archive, entry.data, source, ZIP_FL_ENC_UTF_8);
        added = at >= 0 && zip_set_file_compression(archive, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0 &&
                zip_file_set_mtime(archive, (zip_uint64_t)at, 0, 0) == 0;   /* same bytes each time */
        if (at < 0) {
            zip_source_free(source);
        }
    }
    rt_buffer_free(&entry);
    return added;
}

static void write_archive(struct npz *s, struct rt_error *e)
{
    int code = 0;
    zip_t *archive = zip_open(s->path, ZIP_CREATE | ZIP_TRUNCATE, &code);   /* libzip writes a temporary file itself */
    if (!archive) {
        zip_error_t reason;
        zip_error_init_with_code(&reason, code);
        rt_fail(e, CRNL_FILE, "cannot write `%s`: %s", s->path, zip_error_strerror(&reason));
        zip_error_fini(&reason);
        return;
    }
    bool good = true;
    for (int32_t i = 0; i < s->n_arrays && good; i++) {
        good = add_array(archive, s->name[i], s->array[i], s->n);
    }
    if (!good || zip_close(archive) != 0) {
        rt_fail(e, CRNL_FILE, "cannot write `%s`: %s", s->path, zip_strerror(archive));
        zip_discard(archive);
    }
}

static int npz_close(void *sink, struct rt_error *e)
{
    struct npz *s = sink;
    write_archive(s, e);
    for (int32_t i = 0; i < s->n_arrays; i++) {
        free(s->name[i]);
        free(s->array[i]);
    }
    free(s->name);
    free(s->array);
    free(s->path);
    free(s);
    return e->status;
}

const struct crnl_sink crnl_sink_npz = {"npz", npz_open, npz_rows, npz_close};
