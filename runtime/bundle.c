/* Runs of an ensemble as bytes. */
#include "rt_bundle.h"

#include <stdlib.h>
#include <string.h>

void rt_bundle_init(struct rt_bundle *b, const struct rt_job *job, enum rt_rows_needed rows)
{
    *b = (struct rt_bundle){.job = job, .rows = rows, .sums = {.job = job}};
    b->value = rt_alloc((size_t)job->m->n_stats, sizeof *b->value);
    b->is_unknown = rt_alloc((size_t)job->m->n_stats, sizeof *b->is_unknown);
}

bool rt_bundle_has_sums(const struct rt_bundle *b)
{
    bool found = b->rows == RT_ROWS_SUMS;
    for (int32_t i = 0; i < b->job->m->n_stats && !found; i++) {
        found = rt_is_summed(b->job, &b->job->m->stat[i]);
    }
    return found;
}

/* ---- Writing ---- */

static void pack_band(struct rt_buffer *b, const struct rt_band *band, size_t columns)
{
    rt_pack_int(b, band->n);
    rt_pack(b, band->time, (size_t)band->n * sizeof *band->time);
    rt_pack(b, band->at, (size_t)band->n * columns * sizeof *band->at);
}

static void pack_sums(struct rt_bundle *b)
{
    const struct crnl_model *m = b->job->m;
    for (size_t k = 0; k < b->sums.n; k++) {
        const struct rt_sum *p = &b->sums.part[k];
        rt_pack_int(&b->parts, p->first);
        rt_pack_int(&b->parts, p->n);
        pack_band(&b->parts, &p->band, (size_t)b->job->n_columns);
        for (int32_t i = 0; i < m->n_stats; i++) {
            if (p->stat[i].moments) {
                rt_pack_moments(&b->parts, p->stat[i].moments, (size_t)crnl_stat_width(&m->stat[i]),
                                &p->stat[i].histogram);
            }
        }
    }
    rt_sums_free(&b->sums);
}

static void pack_run(struct rt_bundle *b, const struct rt_recorder *r, int64_t n_rows)
{
    const struct crnl_model *m = b->job->m;
    rt_pack_int(&b->parts, r->run);
    rt_pack_int(&b->parts, 0);
    rt_pack_int(&b->parts, n_rows);
    rt_pack(&b->parts, r->row, (size_t)n_rows * rt_row_width(b->job) * sizeof *r->row);
    for (int32_t i = 0; i < m->n_stats; i++) {
        if (rt_is_summed(b->job, &m->stat[i])) {
            rt_pack_moments(&b->parts, r->stat[i].moments, (size_t)crnl_stat_width(&m->stat[i]),
                            &r->stat[i].histogram);
        }
    }
}

void rt_bundle_add(struct rt_bundle *b, struct rt_recorder *r, bool by_blocks)
{
    const struct crnl_model *m = b->job->m;
    bool has_sums = rt_bundle_has_sums(b);
    if (b->n++ == 0) {
        b->first = r->run;
    }
    if (r->run == 0) {
        int64_t n_rows = b->rows == RT_ROWS_FIRST ? r->n_rows : 0;
        rt_pack_text(&b->of_first, &r->notes);
        rt_pack_int(&b->of_first, n_rows);
        rt_pack(&b->of_first, r->row, (size_t)n_rows * rt_row_width(b->job) * sizeof *r->row);
    }
    rt_pack(&b->t, &r->t, sizeof r->t);
    for (int32_t i = 0; i < m->n_stats; i++) {
        b->is_unknown[i] |= r->stat[i].is_unknown;
        if (!rt_is_path_stat(&m->stat[i])) {
            rt_pack(&b->value[i], r->stat[i].value,
                    (size_t)crnl_stat_width(&m->stat[i]) * sizeof *r->stat[i].value);
        }
    }
    b->in_block |= by_blocks && has_sums && b->rows != RT_ROWS_ALL && r->run % RT_BLOCK_RUNS == 0;
    if (b->in_block) {
        if (b->rows == RT_ROWS_SUMS) {
            rt_sums_rows(&b->sums, r->run, r->row, r->n_rows);
        }
        rt_sums_add(&b->sums, r);
        b->in_block = (r->run + 1) % RT_BLOCK_RUNS != 0;
    } else if (has_sums || b->rows == RT_ROWS_ALL) {
        pack_sums(b);
        pack_run(b, r, b->rows == RT_ROWS_FIRST ? 0 : r->n_rows);
    }
}

size_t rt_bundle_bytes(const struct rt_bundle *b)
{
    size_t n = b->of_first.n + b->t.n + b->parts.n;
    for (int32_t i = 0; i < b->job->m->n_stats; i++) {
        n += b->value[i].n;
    }
    return n;
}

static void move(struct rt_buffer *from, struct rt_buffer *to)
{
    rt_pack(to, from->data, from->n);
    rt_buffer_free(from);
}

void rt_bundle_write(struct rt_bundle *b, struct rt_buffer *to)
{
    rt_pack_int(to, b->n);
    move(&b->of_first, to);
    move(&b->t, to);
    for (int32_t i = 0; i < b->job->m->n_stats; i++) {
        rt_pack_int(to, b->is_unknown[i]);
        move(&b->value[i], to);
        b->is_unknown[i] = false;
    }
    pack_sums(b);
    move(&b->parts, to);
    b->n = 0;
    b->in_block = false;
}

void rt_bundle_free(struct rt_bundle *b)
{
    struct rt_buffer rest = {0};
    if (b->job) {
        rt_bundle_write(b, &rest);
        rt_buffer_free(&rest);
    }
    free(b->value);
    free(b->is_unknown);
}

/* ---- Reading ---- */

void rt_unpack_run(struct rt_unpack *u, struct rt_recorder *r)
{
    const struct crnl_model *m = r->job->m;
    size_t width = rt_row_width(r->job);
    free(r->row);
    r->n_rows = r->cap_rows = rt_unpack_count(u, width * sizeof *r->row);
    r->row = rt_alloc((size_t)r->n_rows * width, sizeof *r->row);
    rt_unpack(u, r->row, (size_t)r->n_rows * width * sizeof *r->row);
    for (int32_t i = 0; i < m->n_stats; i++) {
        if (rt_is_summed(r->job, &m->stat[i])) {
            rt_unpack_moments(u, r->stat[i].moments, (size_t)crnl_stat_width(&m->stat[i]),
                              &r->stat[i].histogram);
        }
    }
}

bool rt_unpack_sum(struct rt_unpack *u, struct rt_sums *s, int64_t first, int64_t n)
{
    const struct crnl_model *m = s->job->m;
    size_t columns = (size_t)s->job->n_columns;
    struct rt_sum *p = rt_sums_take(s, first, n);
    if (!p) {
        return false;
    }
    struct rt_band *band = &p->band;
    band->n = rt_unpack_count(u, sizeof *band->time + columns * sizeof *band->at);
    band->time = rt_alloc((size_t)band->n, sizeof *band->time);
    band->at = rt_alloc((size_t)band->n * columns, sizeof *band->at);
    rt_unpack(u, band->time, (size_t)band->n * sizeof *band->time);
    rt_unpack(u, band->at, (size_t)band->n * columns * sizeof *band->at);
    for (int32_t i = 0; i < m->n_stats; i++) {
        if (p->stat[i].moments) {
            rt_unpack_moments(u, p->stat[i].moments, (size_t)crnl_stat_width(&m->stat[i]),
                              &p->stat[i].histogram);
        }
    }
    bool fits = s->n == 1 || band->n == s->part[0].band.n; /* all runs have rows at the same times */
    rt_sums_join(s);
    return fits;
}
