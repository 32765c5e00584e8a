/* Sums over runs, in the order of a tree, so that they do not depend on threads. */
#include "rt_sums.h"

#include <stdlib.h>
#include <string.h>

bool rt_is_summed(const struct rt_job *job, const struct crnl_stat_request *q)
{
    return rt_is_path_stat(q) || q->kind == CRNL_SPECTRAL_GAP || rt_method_is(job->spec->method, CRNL_LAW);
}

/* ---- Means and deviations of rows ---- */

static void make_band(struct rt_band *b, size_t columns, int64_t n)
{
    if (b->n == 0 && n > 0) {
        b->n = n;
        b->at = rt_alloc((size_t)n * columns, sizeof *b->at);
        b->time = rt_alloc((size_t)n, sizeof *b->time);
    }
}

void rt_band_free(struct rt_band *b)
{
    free(b->time);
    free(b->at);
    *b = (struct rt_band){0};
}

void rt_band_add(struct rt_band *b, size_t columns, const double *row, int64_t n)
{
    bool is_new = b->n == 0;
    make_band(b, columns, n);
    for (int64_t i = 0; i < n && i < b->n; i++, row += 1 + columns) {
        if (is_new) {
            b->time[i] = row[0];
        }
        for (size_t j = 0; j < columns; j++) {
            rt_moments_add(&b->at[(size_t)i * columns + j], row[1 + j], 1);
        }
    }
}

void rt_band_merge(struct rt_band *to, size_t columns, const struct rt_band *from)
{
    bool is_new = to->n == 0;
    make_band(to, columns, from->n);
    if (is_new && from->n > 0) {
        memcpy(to->time, from->time, (size_t)from->n * sizeof *to->time);
    }
    for (size_t i = 0; i < (size_t)(from->n < to->n ? from->n : to->n) * columns; i++) {
        rt_moments_merge(&to->at[i], &from->at[i]);
    }
}

/* ---- Parts ---- */

static void free_part(const struct rt_job *job, struct rt_sum *p)
{
    for (int32_t i = 0; p->stat && i < job->m->n_stats; i++) {
        free(p->stat[i].moments);
        rt_histogram_free(&p->stat[i].histogram);
    }
    free(p->stat);
    rt_band_free(&p->band);
}

static void merge(const struct rt_job *job, struct rt_sum *to, const struct rt_sum *from)
{
    const struct crnl_model *m = job->m;
    to->n += from->n;
    rt_band_merge(&to->band, (size_t)job->n_columns, &from->band);
    for (int32_t i = 0; i < m->n_stats; i++) {
        struct rt_stat_sum *s = &to->stat[i];
        for (int64_t e = 0; s->moments && e < crnl_stat_width(&m->stat[i]); e++) {
            rt_stat_merge(&m->stat[i], &s->moments[e], &from->stat[i].moments[e]);
        }
        rt_histogram_merge(&s->histogram, &from->stat[i].histogram);
    }
}

/* Joins the last two parts as long as they are the halves of a larger part. */
void rt_sums_join(struct rt_sums *s)
{
    while (s->n > 1) {
        struct rt_sum *left = &s->part[s->n - 2], *right = left + 1;
        if (left->n != right->n || left->first % (2 * left->n) != 0) {
            break;
        }
        merge(s->job, left, right);
        free_part(s->job, right);
        s->n--;
    }
}

static struct rt_sum *new_part(struct rt_sums *s, int64_t first)
{
    const struct crnl_model *m = s->job->m;
    RT_GROW(s->part, s->n, s->cap);
    struct rt_sum *p = &s->part[s->n++];
    *p = (struct rt_sum){.first = first, .stat = rt_alloc((size_t)m->n_stats, sizeof *p->stat)};
    for (int32_t i = 0; i < m->n_stats; i++) {
        if (rt_is_summed(s->job, &m->stat[i])) {
            p->stat[i].moments = rt_alloc((size_t)crnl_stat_width(&m->stat[i]), sizeof *p->stat[i].moments);
        }
    }
    return p;
}

/* The part that contains the run, which is the last one. */
static struct rt_sum *block_of(struct rt_sums *s, int64_t run)
{
    bool is_begun = s->n > 0 && s->part[s->n - 1].n < RT_BLOCK_RUNS;
    return is_begun ? &s->part[s->n - 1] : new_part(s, run);
}

struct rt_sum *rt_sums_take(struct rt_sums *s, int64_t first, int64_t n)
{
    const struct rt_sum *last = s->n > 0 ? &s->part[s->n - 1] : NULL;
    int64_t blocks = n / RT_BLOCK_RUNS;
    bool is_whole = n > 0 && n % RT_BLOCK_RUNS == 0 && (blocks & (blocks - 1)) == 0 && first % n == 0;
    bool is_begin = n > 0 && n < RT_BLOCK_RUNS && first % RT_BLOCK_RUNS == 0;
    bool is_next = last ? last->n >= RT_BLOCK_RUNS && last->first + last->n == first : first == 0;
    if (!is_next || !(is_whole || is_begin)) {
        return NULL;
    }
    struct rt_sum *p = new_part(s, first);
    p->n = n;
    return p;
}

void rt_sums_rows(struct rt_sums *s, int64_t run, const double *row, int64_t n)
{
    rt_band_add(&block_of(s, run)->band, (size_t)s->job->n_columns, row, n);
}

int64_t rt_sums_next(const struct rt_sums *s)
{
    return s->n > 0 ? s->part[s->n - 1].first + s->part[s->n - 1].n : 0;
}

bool rt_sums_have_rows(const struct rt_sums *s)
{
    bool found = false;
    for (size_t i = 0; i < s->n && !found; i++) {
        found = s->part[i].band.n > 0;
    }
    return found;
}

bool rt_sums_add(struct rt_sums *s, const struct rt_recorder *r)
{
    const struct crnl_model *m = s->job->m;
    if (s->n > 0 && r->run != rt_sums_next(s)) {
        return false;
    }
    struct rt_sum *p = block_of(s, r->run);
    for (int32_t i = 0; i < m->n_stats; i++) {
        struct rt_stat_sum *to = &p->stat[i];
        for (int64_t e = 0; to->moments && e < crnl_stat_width(&m->stat[i]); e++) {
            rt_stat_merge(&m->stat[i], &to->moments[e], &r->stat[i].moments[e]);
        }
        rt_histogram_merge(&to->histogram, &r->stat[i].histogram);
    }
    if (++p->n == RT_BLOCK_RUNS) {
        rt_sums_join(s);
    }
    return true;
}

struct rt_sum *rt_sums_all(struct rt_sums *s)
{
    for (; s->n > 1; s->n--) {
        merge(s->job, &s->part[s->n - 2], &s->part[s->n - 1]);
        free_part(s->job, &s->part[s->n - 1]);
    }
    return s->n > 0 ? &s->part[0] : NULL;
}

void rt_sums_free(struct rt_sums *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free_part(s->job, &s->part[i]);
    }
    free(s->part);
    s->part = NULL;
    s->n = s->cap = 0;
}
