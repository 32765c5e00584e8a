/* Rows of a file that wait: the output of one row of a run over rows, while earlier rows are not yet done. */
#include <stdlib.h>
#include <string.h>

#include "rt_rows.h"

struct rt_waiting {
    size_t n_keys;
    double *v; /* for each call: keys, number of rows, stride, rows */
    size_t n, cap;
};

struct rt_waiting *rt_waiting_create(int32_t n_keys)
{
    struct rt_waiting *w = rt_alloc(1, sizeof *w);
    w->n_keys = (size_t)n_keys;
    return w;
}

void rt_waiting_free(struct rt_waiting *w)
{
    if (w) {
        free(w->v);
        free(w);
    }
}

bool rt_waiting_any(const struct rt_waiting *w)
{
    return w && w->n > 0;
}

void rt_waiting_pack(const struct rt_waiting *w, struct rt_buffer *b)
{
    rt_pack_int(b, w ? (int64_t)w->n : 0);
    rt_pack(b, w ? w->v : NULL, w ? w->n * sizeof *w->v : 0);
}

struct rt_waiting *rt_waiting_unpack(struct rt_unpack *u, int32_t n_keys)
{
    size_t n = (size_t)rt_unpack_count(u, sizeof(double));
    if (n == 0) {
        return NULL;
    }
    struct rt_waiting *w = rt_waiting_create(n_keys);
    w->n = w->cap = n;
    w->v = rt_alloc(n, sizeof *w->v);
    rt_unpack(u, w->v, n * sizeof *w->v);
    return w;
}

static void put(struct rt_waiting *w, const double *v, size_t n)
{
    if (w->n + n > w->cap) {
        w->cap = 2 * (w->n + n);
        w->v = rt_resize(w->v, w->cap, sizeof *w->v);
    }
    memcpy(w->v + w->n, v, n * sizeof *v);
    w->n += n;
}

static int keep(void *sink, const double *key, const double *row, int64_t n, size_t stride,
                struct rt_error *e)
{
    struct rt_waiting *w = sink;
    const double size[2] = {(double)n, (double)stride};
    (void)e;
    put(w, key, w->n_keys);
    put(w, size, 2);
    put(w, row, (size_t)n * stride);
    return CRNL_OK;
}

const struct crnl_sink rt_waiting_sink = {.rows = keep};

int rt_waiting_write(const struct rt_waiting *w, const struct crnl_sink *to, void *sink, struct rt_error *e)
{
    int status = CRNL_OK;
    for (size_t at = 0; !status && at < w->n;) {
        const double *key = w->v + at, *size = key + w->n_keys, *row = size + 2;
        size_t left = w->n - at, head = (size_t)w->n_keys + 2;
        if (head > left || !(size[0] >= 0 && size[1] >= 1 && size[0] * size[1] <= (double)(left - head))) {
            return rt_fail(e, CRNL_DATA, "rows of the checkpoint are damaged");
        }
        status = to->rows(sink, key, row, (int64_t)size[0], (size_t)size[1], e);
        at = (size_t)(row - w->v) + (size_t)size[0] * (size_t)size[1];
    }
    return status;
}
