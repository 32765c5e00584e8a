/* Runs and their results as bytes. */
#include "rt_pack.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/rt_ctx.h"

void rt_pack(struct rt_buffer *b, const void *data, size_t n)
{
    rt_put_n(b, n > 0 ? data : "", n);
}

void rt_pack_int(struct rt_buffer *b, int64_t v)
{
    rt_pack(b, &v, sizeof v);
}

void rt_pack_text(struct rt_buffer *b, const struct rt_buffer *text)
{
    rt_pack_int(b, (int64_t)text->n);
    rt_pack(b, text->data, text->n);
}

void rt_pack_error(struct rt_buffer *b, const struct rt_error *e)
{
    rt_pack_int(b, e->status);
    if (e->status) {
        rt_pack_text(b, &e->text);
    }
}

void rt_unpack(struct rt_unpack *u, void *to, size_t n)
{
    size_t have = (size_t)(u->end - u->at), got = n < have ? n : have;
    if (got > 0) {
        memcpy(to, u->at, got);
    }
    if (n > got) {
        memset((char *)to + got, 0, n - got);
        u->is_short = true;
    }
    u->at += got;
}

void rt_unpack_skip(struct rt_unpack *u, size_t n, size_t size)
{
    size_t have = (size_t)(u->end - u->at);
    u->is_short |= n > have / size;
    u->at = u->is_short ? u->end : u->at + n * size;
}

int64_t rt_unpack_int(struct rt_unpack *u)
{
    int64_t v;
    rt_unpack(u, &v, sizeof v);
    return v;
}

int64_t rt_unpack_count(struct rt_unpack *u, size_t size)
{
    int64_t n = rt_unpack_int(u);
    size_t have = (size_t)(u->end - u->at);
    if (n < 0 || (size > 0 && (uint64_t)n > have / size)) {
        u->at = u->end;
        u->is_short = true;
        return 0;
    }
    return n;
}

void rt_unpack_text(struct rt_unpack *u, struct rt_buffer *text)
{
    size_t n = (size_t)rt_unpack_count(u, 1);
    rt_put_n(text, u->at, n);
    u->at += n;
}

void rt_unpack_error(struct rt_unpack *u, struct rt_error *e)
{
    int status = (int)rt_unpack_int(u);
    if (status) {
        struct rt_buffer text = {0};
        rt_unpack_text(u, &text);
        rt_fail(e, status, "%s", text.data ? text.data : "");
        rt_buffer_free(&text);
    }
}

/* ---- Statistics ---- */

enum { HAS_MOMENTS = 1, HAS_HISTOGRAM = 2 };

static bool has_moments(const struct rt_moments *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (m[i].weight != 0 || m[i].mean != 0 || m[i].m2 != 0) {
            return true;
        }
    }
    return false;
}

void rt_pack_moments(struct rt_buffer *b, const struct rt_moments *m, size_t n, const struct rt_histogram *h)
{
    int flags = (has_moments(m, n) ? HAS_MOMENTS : 0) | (h->cap > 0 ? HAS_HISTOGRAM : 0);
    rt_pack_int(b, flags);
    if (flags & HAS_MOMENTS) {
        rt_pack(b, m, n * sizeof *m);
    }
    if (flags & HAS_HISTOGRAM) {
        rt_pack_int(b, (int64_t)h->n);
        rt_pack(b, &h->total, sizeof h->total);
        for (size_t i = 0; i < h->cap; i++) {
            if (h->weight[i] > 0) {
                rt_pack(b, &h->key[i], sizeof *h->key);
                rt_pack(b, &h->weight[i], sizeof *h->weight);
            }
        }
    }
}

void rt_unpack_moments(struct rt_unpack *u, struct rt_moments *m, size_t n, struct rt_histogram *h)
{
    int64_t flags = rt_unpack_int(u);
    memset(m, 0, n * sizeof *m);
    rt_histogram_free(h);
    if (flags & HAS_MOMENTS) {
        rt_unpack(u, m, n * sizeof *m);
    }
    if (flags & HAS_HISTOGRAM) {
        double total;
        int64_t left = rt_unpack_count(u, sizeof *h->key + sizeof *h->weight);
        rt_unpack(u, &total, sizeof total);
        for (; left > 0; left--) {
            int64_t key;
            double weight;
            rt_unpack(u, &key, sizeof key);
            rt_unpack(u, &weight, sizeof weight);
            rt_histogram_add(h, (int32_t)(key >> 32), (int32_t)(uint32_t)key, weight);
        }
        h->total = total;
    }
}

/* Writes the statistic of `runs` runs; statistics along trajectories have no count of their own. */
static void pack_stat(struct rt_buffer *b, const struct crnl_stat_request *q, const struct rt_stat *s,
                      int64_t runs)
{
    size_t width = (size_t)crnl_stat_width(q);
    rt_pack_int(b, s->is_unknown);
    rt_pack_moments(b, s->moments, width, &s->histogram);
    if (!rt_is_path_stat(q)) {
        rt_pack(b, s->value, (size_t)runs * width * sizeof *s->value);
    }
}

static void unpack_stat(struct rt_unpack *u, const struct crnl_stat_request *q, struct rt_stat *s,
                        int64_t runs)
{
    size_t width = (size_t)crnl_stat_width(q);
    s->is_unknown |= rt_unpack_int(u) != 0;
    rt_unpack_moments(u, s->moments, width, &s->histogram);
    if (!rt_is_path_stat(q)) {
        s->value = rt_resize(s->value, (size_t)runs * width + 1, sizeof *s->value);
        rt_unpack(u, s->value, (size_t)runs * width * sizeof *s->value);
    }
}

/* ---- Runs ---- */

void rt_pack_recorder(struct rt_buffer *b, const struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    rt_pack_error(b, &r->error);
    if (r->run == 0) {
        rt_pack_text(b, &r->notes);
    }
    rt_pack(b, &r->t, sizeof r->t);
    rt_pack_int(b, r->n_rows);
    rt_pack(b, r->row, (size_t)r->n_rows * rt_row_width(job) * sizeof *r->row);
    for (int32_t i = 0; i < job->m->n_stats; i++) {
        pack_stat(b, &job->m->stat[i], &r->stat[i], 1);
    }
}

void rt_unpack_recorder(struct rt_unpack *u, struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    rt_unpack_error(u, &r->error);
    if (r->run == 0) {
        rt_unpack_text(u, &r->notes);
    }
    rt_unpack(u, &r->t, sizeof r->t);
    r->n_rows = r->cap_rows = rt_unpack_count(u, rt_row_width(job) * sizeof *r->row);
    r->row = rt_alloc((size_t)r->n_rows * rt_row_width(job), sizeof *r->row);
    rt_unpack(u, r->row, (size_t)r->n_rows * rt_row_width(job) * sizeof *r->row);
    for (int32_t i = 0; i < job->m->n_stats; i++) {
        unpack_stat(u, &job->m->stat[i], &r->stat[i], 1);
    }
}

static size_t trace_width(const struct rt_result *r)
{
    return 1 + (size_t)(r->band ? 2 : 1) * (size_t)r->n_trace;
}

void rt_pack_result(struct rt_buffer *b, const struct crnl_model *m, const struct rt_result *r)
{
    rt_pack_int(b, r->runs);
    rt_pack(b, &r->t, sizeof r->t);
    rt_pack_int(b, r->n_rows);
    rt_pack(b, r->row, (size_t)r->n_rows * trace_width(r) * sizeof *r->row);
    for (int32_t i = 0; i < m->n_stats; i++) {
        pack_stat(b, &m->stat[i], &r->stat[i], r->runs);
    }
}

void rt_unpack_result(struct rt_unpack *u, const struct crnl_model *m, struct rt_result *to)
{
    to->runs = rt_unpack_int(u);
    rt_unpack(u, &to->t, sizeof to->t);
    to->n_rows = to->cap_rows = rt_unpack_count(u, trace_width(to) * sizeof *to->row);
    free(to->row);
    to->row = rt_alloc((size_t)to->n_rows * trace_width(to), sizeof *to->row);
    rt_unpack(u, to->row, (size_t)to->n_rows * trace_width(to) * sizeof *to->row);
    for (int32_t i = 0; i < m->n_stats; i++) {
        unpack_stat(u, &m->stat[i], &to->stat[i], to->runs);
    }
}
