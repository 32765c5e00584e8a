/* Elimination front by front; see rt_eliminate.h. A front is a matrix of the rates between its f states, row
 * by row. The first k of these are eliminated in panels, so that most of the work is products of matrices.
 * Diagonal entries are not used. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_eliminate.h"
#include "runtime/rt_blas.h"

enum {
    PANEL = 48,
    ROWS_AT_ONCE = 4,    /* in a product without BLAS */
    LARGE_PRODUCT = 1500 /* multiplications in a product: BLAS is faster for larger ones */
};
static const double WORTH_LOADING = 1e8; /* multiplications in all */

struct elimination {
    const struct rt_order *o;
    struct rt_recorder *r;
    const double *back;
    struct rt_blas blas; /* if dgemm is NULL the loops here are used */
    cme_number *stack;   /* rates between the rest states of waiting fronts, then the present front */
    int64_t *part;       /* where those of each waiting front begin on the stack */
    int32_t *waiting, n_waiting;
    int32_t *where; /* [o->n] the row of a place in the present front */
    struct rt_factors *to;
    int32_t front_start; /* of the present front */
    double done;         /* of o->work */
};

static int look_around(const struct elimination *w)
{
    rt_report_stage(w->r->job, w->o->n, "states, and their law", w->done / w->o->work);
    return rt_check_limits(w->r, INFINITY);
}

/* ---- one front ---- */

/* c[rows][columns] += a[rows][n] * b[n][columns]; all three are parts of matrices whose rows are `stride`
 * apart. */
static void add_product(const struct rt_blas *blas, cme_number *c, const cme_number *a, const cme_number *b,
                        int32_t rows, int32_t n, int32_t columns, int32_t stride)
{
#ifndef CME_WIDE
    if (blas->dgemm && (double)rows * columns * n > LARGE_PRODUCT) {
        blas->dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, n, 1, a, stride, b, stride, 1,
                    c, stride);
        return;
    }
#else
    (void)blas;
#endif
    for (int32_t i = 0; i < rows; i++, c += stride, a += stride) {
        int32_t k = 0;
        for (; k + ROWS_AT_ONCE <= n; k += ROWS_AT_ONCE) {
            const cme_number *b0 = b + (int64_t)k * stride, *b1 = b0 + stride, *b2 = b1 + stride,
                             *b3 = b2 + stride;
            cme_number a0 = a[k], a1 = a[k + 1], a2 = a[k + 2], a3 = a[k + 3];
            for (int32_t j = 0; j < columns; j++) {
                c[j] += (a0 * b0[j] + a1 * b1[j]) + (a2 * b2[j] + a3 * b3[j]);
            }
        }
        for (; k < n; k++) {
            for (int32_t j = 0; j < columns; j++) {
                c[j] += a[k] * b[(int64_t)k * stride + j];
            }
        }
    }
}

static void add_row(cme_number *to, cme_number factor, const cme_number *from, int32_t n)
{
    for (int32_t j = 0; j < n; j++) {
        to[j] += factor * from[j];
    }
}

/* Eliminates the states from..to of a front, by Gaussian elimination of I - (jump probabilities). out[k], the
 * rate at which state k goes to later states, takes the place of the diagonal. The rates to states after `to`
 * are represented by their sum, which elimination changes in the same way as each of them. */
static void eliminate_panel(struct elimination *w, cme_number *a, int32_t f, int32_t from, int32_t to,
                            bool closed, cme_number *out)
{
    cme_number sum[PANEL];
    for (int32_t i = from; i < to; i++) {
        sum[i - from] = 0;
        for (int32_t j = to; j < f; j++) {
            sum[i - from] += a[(int64_t)i * f + j];
        }
    }
    for (int32_t k = from; k < to; k++) {
        const cme_number *row = a + (int64_t)k * f;
        cme_number all = sum[k - from];
        for (int32_t j = k + 1; j < to; j++) {
            all += row[j];
        }
        if (all < CME_LEAST && !(closed && k + 1 == f)) { /* the last state of a closed class goes nowhere */
            all = CME_LEAST;
            w->to->n_held++;
            w->to->is_held[w->front_start + k] = true;
        }
        out[k - from] = all;
        for (int32_t i = k + 1; i < to; i++) {
            cme_number *other = a + (int64_t)i * f, factor = other[k] /= all;
            if (factor > 0) {
                add_row(other + k + 1, factor, row + k + 1, to - k - 1);
                sum[i - from] += factor * sum[k - from];
            }
        }
    }
}

/* Eliminates the first k of f states. `closed`: no transition leaves the f states. */
static void eliminate_front(struct elimination *w, cme_number *a, int32_t k, int32_t f, bool closed)
{
    cme_number out[PANEL];
    for (int32_t from = 0; from < k; from += PANEL) {
        int32_t to = from + PANEL < k ? from + PANEL : k;
        eliminate_panel(w, a, f, from, to, closed, out);
        for (int32_t i = from; i < to; i++) { /* the rows to the right of the panel */
            for (int32_t j = from; j < i; j++) {
                add_row(a + (int64_t)i * f + to, a[(int64_t)i * f + j], a + (int64_t)j * f + to, f - to);
            }
        }
        for (int32_t i = to; i < f; i++) { /* the columns below the panel */
            cme_number *row = a + (int64_t)i * f;
            for (int32_t j = from; j < to; j++) {
                row[j] /= out[j - from];
                add_row(row + j + 1, row[j], a + (int64_t)j * f + j + 1, to - j - 1);
            }
        }
        add_product(&w->blas, a + (int64_t)to * f + to, a + (int64_t)to * f + from,
                    a + (int64_t)from * f + to, f - to, to - from, f - to, f);
        for (int32_t i = from; i < to; i++) {
            w->done += (double)(f - i - 1) * (f - i - 1);
        }
        if (f > 1000 && look_around(w)) {
            break;
        }
    }
}

/* ---- assembling fronts ---- */

static void put_transitions(const struct elimination *w, const struct rt_front *front, cme_number *a,
                            int32_t f)
{
    const struct rt_order *o = w->o;
    const struct rt_states *s = o->s;
    for (int32_t place = front->start; place < front->end && o->state[place] >= 0; place++) {
        int32_t i = o->state[place], own = w->where[place];
        for (int64_t k = s->first[i]; k < s->first[i + 1]; k++) {
            int32_t to = o->at[s->to[k]];
            to = to < 0 && o->has_outside ? o->n - 1 : to;
            if (to >= front->start) {
                a[(int64_t)own * f + w->where[to]] += s->rate[k] * w->to->per_rate;
            }
        }
        for (int64_t k = s->in_first[i]; k < s->in_first[i + 1]; k++) {
            int32_t from = o->at[s->from[k]];
            if (from >= front->end) { /* transitions from earlier states are in the rows of these */
                a[(int64_t)w->where[from] * f + own] += s->in_rate[k] * w->to->per_rate;
            }
        }
        if (o->has_outside) {
            a[(int64_t)w->where[o->n - 1] * f + own] += w->back ? w->back[i] : 0;
            a[(int64_t)own * f + w->where[o->n - 1]] += o->leaks ? s->out[i] * w->to->per_rate : 0;
        }
    }
}

/* Adds the rates that an earlier front has left between its rest states. */
static void put_part(const struct elimination *w, const struct rt_front *part, const cme_number *left,
                     cme_number *a, int32_t f)
{
    const int32_t *rest = w->o->rest + part->first_rest;
    for (int32_t i = 0; i < part->n_rest; i++, left += part->n_rest) {
        cme_number *row = a + (int64_t)w->where[rest[i]] * f;
        for (int32_t j = 0; j < part->n_rest; j++) {
            row[w->where[rest[j]]] += left[j];
        }
    }
}

static void do_front(struct elimination *w, int32_t number, cme_number *kept, cme_number *upper)
{
    const struct rt_order *o = w->o;
    const struct rt_front *front = &o->front[number];
    int32_t k = front->end - front->start, f = k + front->n_rest;
    const int32_t *rest = o->rest + front->first_rest;
    cme_number *a = w->stack + w->part[w->n_waiting];
    memset(a, 0, (size_t)f * (size_t)f * sizeof *a);
    for (int32_t i = 0; i < f; i++) {
        w->where[i < k ? front->start + i : rest[i - k]] = i;
    }
    put_transitions(w, front, a, f);
    w->front_start = front->start;
    w->n_waiting -= front->n_parts;
    for (int32_t i = 0; i < front->n_parts; i++) {
        int32_t at = w->n_waiting + i;
        put_part(w, &o->front[w->waiting[at]], w->stack + w->part[at], a, f);
    }
    eliminate_front(w, a, k, f, front->end == o->n);
    for (int32_t i = 0; i < f; i++) {
        memcpy(kept + (int64_t)i * k, a + (int64_t)i * f, (size_t)k * sizeof *kept);
    }
    for (int32_t i = 0; upper && i < k; i++) {
        memcpy(upper + (int64_t)i * (f - k), a + (int64_t)i * f + k, (size_t)(f - k) * sizeof *upper);
    }
    cme_number *to = w->stack + w->part[w->n_waiting];
    for (int32_t i = 0; i < f - k; i++, to += f - k) {
        memmove(to, a + (int64_t)(i + k) * f + k, (size_t)(f - k) * sizeof *to);
    }
    w->waiting[w->n_waiting++] = number;
    w->part[w->n_waiting] = to - w->stack;
}

int rt_factorize(struct rt_factors *to, const struct rt_order *o, struct rt_recorder *r, const double *back,
                 bool keeps_upper)
{
    struct elimination w = {.o = o,
                            .r = r,
                            .back = back,
                            .to = to,
                            .stack = rt_alloc((size_t)o->most, sizeof *w.stack),
                            .part = rt_alloc((size_t)o->n_fronts + 1, sizeof *w.part),
                            .waiting = rt_alloc((size_t)o->n_fronts, sizeof *w.waiting),
                            .where = rt_alloc((size_t)o->n, sizeof *w.where)};
    *to = (struct rt_factors){.o = o,
                              .kept = rt_alloc((size_t)o->kept, sizeof *to->kept),
                              .is_held = rt_alloc((size_t)o->n, sizeof *to->is_held)};
    int64_t n_upper = 0;
    for (int32_t i = 0; keeps_upper && i < o->n_fronts; i++) {
        n_upper += (int64_t)(o->front[i].end - o->front[i].start) * o->front[i].n_rest;
    }
    to->upper = keeps_upper ? rt_alloc((size_t)n_upper, sizeof *to->upper) : NULL;
    if (!CME_IS_WIDE && o->work > WORTH_LOADING) {
        struct rt_error none = {0}; /* without BLAS the own loops are slower but not less accurate */
        if (rt_blas_load(&w.blas, &none)) {
            w.blas.dgemm = NULL;
        }
        rt_error_free(&none);
    }
    double fastest = 0;
    cme_number *kept = to->kept, *upper = to->upper;
    for (int32_t i = 0; i < o->n; i++) {
        fastest = fmax(fastest, o->state[i] < 0 ? 0 : o->s->kept[o->state[i]] + o->s->out[o->state[i]]);
    }
    to->per_rate = 1 / fastest;
    int status = CRNL_OK;
    for (int32_t i = 0; i < o->n_fronts && !status; i++) {
        const struct rt_front *f = &o->front[i];
        int64_t own = f->end - f->start;
        do_front(&w, i, kept, upper);
        kept += (own + f->n_rest) * own;
        upper = upper ? upper + own * f->n_rest : NULL;
        status = i % 64 ? r->error.status : look_around(&w);
    }
    free(w.stack);
    free(w.part);
    free(w.waiting);
    free(w.where);
    return status;
}

void rt_factors_free(struct rt_factors *f)
{
    free(f->kept);
    free(f->upper);
    free(f->is_held);
    *f = (struct rt_factors){0};
}
