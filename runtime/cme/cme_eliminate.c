/* Elimination front by front, and the law from what it keeps: rt_eliminate.h. A front has the rates from
 * each of its f states to each, by row; the first k of them are eliminated, in panels, so that most of the
 * work is products of matrices. What is on the diagonal never counts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_eliminate.h"
#include "runtime/rt_blas.h"

enum {
    PANEL = 48,
    ROWS_AT_ONCE = 4,    /* of a product without BLAS */
    LARGE_PRODUCT = 1500 /* products of numbers from which on BLAS is faster */
};
static const double WORTH_LOADING = 1e8; /* products in all */
/* A state goes on at this part of the fastest rate at least. One that does so less often stands for a set
 * of states that holds all probability but 1e-250, and is right where there is one such set or each is in
 * the next; the weights of two side by side are not known. */
static const double LEAST = 1e-250;

struct elimination {
    const struct rt_order *o;
    struct rt_recorder *r;
    const double *back;
    struct rt_blas blas; /* dgemm NULL: own loops */
    double *stack;       /* rates among the rests of fronts that wait, then the front at hand */
    int64_t *part;       /* where on the stack those of waiting fronts are */
    int32_t *waiting, n_waiting;
    double *kept;        /* first columns of each front, its rows below each other */
    int32_t *where;      /* [o->n] row in the front at hand, by place */
    double per_rate;     /* of the fastest rate */
    int n_held;          /* states that go on more seldom than by LEAST */
    bool *is_held;       /* [o->n] by place */
    int32_t front_start; /* of the front at hand */
};

/* ---- one front ---- */

/* c[rows][columns] += a[rows][n] * b[n][columns]; all are parts of matrices with rows of `stride`. */
static void add_product(const struct rt_blas *blas, double *c, const double *a, const double *b, int32_t rows,
                        int32_t n, int32_t columns, int32_t stride)
{
    if (blas->dgemm && (double)rows * columns * n > LARGE_PRODUCT) {
        blas->dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, n, 1, a, stride, b, stride, 1,
                    c, stride);
        return;
    }
    for (int32_t i = 0; i < rows; i++, c += stride, a += stride) {
        int32_t k = 0;
        for (; k + ROWS_AT_ONCE <= n; k += ROWS_AT_ONCE) {
            const double *b0 = b + (int64_t)k * stride, *b1 = b0 + stride, *b2 = b1 + stride,
                         *b3 = b2 + stride;
            double a0 = a[k], a1 = a[k + 1], a2 = a[k + 2], a3 = a[k + 3];
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

static void add_row(double *to, double factor, const double *from, int32_t n)
{
    for (int32_t j = 0; j < n; j++) {
        to[j] += factor * from[j];
    }
}

/* The states from..to of a front, by Gauss's elimination of I - (jump probabilities), in which out[k], the
 * rate at which state k goes on to those after it, takes the place of the diagonal. The rates to states
 * after `to` count as their sum, which elimination changes as it changes each of them. */
static void eliminate_panel(struct elimination *w, double *a, int32_t f, int32_t from, int32_t to,
                            bool closed, double *out)
{
    double sum[PANEL];
    for (int32_t i = from; i < to; i++) {
        sum[i - from] = 0;
        for (int32_t j = to; j < f; j++) {
            sum[i - from] += a[(int64_t)i * f + j];
        }
    }
    for (int32_t k = from; k < to; k++) {
        const double *row = a + (int64_t)k * f;
        double all = sum[k - from];
        for (int32_t j = k + 1; j < to; j++) {
            all += row[j];
        }
        if (all < LEAST && !(closed && k + 1 == f)) { /* the last state of all goes nowhere */
            all = LEAST;
            w->n_held++;
            w->is_held[w->front_start + k] = true;
        }
        out[k - from] = all;
        for (int32_t i = k + 1; i < to; i++) {
            double *other = a + (int64_t)i * f, factor = other[k] /= all;
            if (factor > 0) {
                add_row(other + k + 1, factor, row + k + 1, to - k - 1);
                sum[i - from] += factor * sum[k - from];
            }
        }
    }
}

/* The first k of f states. `closed`: nothing leaves all of them. */
static void eliminate_front(struct elimination *w, double *a, int32_t k, int32_t f, bool closed)
{
    double out[PANEL];
    for (int32_t from = 0; from < k; from += PANEL) {
        int32_t to = from + PANEL < k ? from + PANEL : k;
        eliminate_panel(w, a, f, from, to, closed, out);
        for (int32_t i = from; i < to; i++) { /* the rest of the rows */
            for (int32_t j = from; j < i; j++) {
                add_row(a + (int64_t)i * f + to, a[(int64_t)i * f + j], a + (int64_t)j * f + to, f - to);
            }
        }
        for (int32_t i = to; i < f; i++) { /* the rest of the columns */
            double *row = a + (int64_t)i * f;
            for (int32_t j = from; j < to; j++) {
                row[j] /= out[j - from];
                add_row(row + j + 1, row[j], a + (int64_t)j * f + j + 1, to - j - 1);
            }
        }
        add_product(&w->blas, a + (int64_t)to * f + to, a + (int64_t)to * f + from,
                    a + (int64_t)from * f + to, f - to, to - from, f - to, f);
        if (f > 1000 && rt_check_limits(w->r, INFINITY)) {
            break;
        }
    }
}

/* ---- putting fronts together ---- */

static void put_transitions(const struct elimination *w, const struct rt_front *front, double *a, int32_t f)
{
    const struct rt_order *o = w->o;
    const struct rt_states *s = o->s;
    for (int32_t place = front->start; place < front->end && o->state[place] >= 0; place++) {
        int32_t i = o->state[place], own = w->where[place];
        for (int64_t k = s->first[i]; k < s->first[i + 1]; k++) {
            int32_t to = o->at[s->to[k]];
            to = to < 0 && o->has_outside ? o->n - 1 : to;
            if (to >= front->start) {
                a[(int64_t)own * f + w->where[to]] += s->rate[k] * w->per_rate;
            }
        }
        for (int64_t k = s->in_first[i]; k < s->in_first[i + 1]; k++) {
            int32_t from = o->at[s->from[k]];
            if (from >= front->end) { /* others are there by their own rows */
                a[(int64_t)w->where[from] * f + own] += s->in_rate[k] * w->per_rate;
            }
        }
        if (o->has_outside) {
            a[(int64_t)w->where[o->n - 1] * f + own] += w->back[i];
            a[(int64_t)own * f + w->where[o->n - 1]] += o->leaks ? s->out[i] * w->per_rate : 0;
        }
    }
}

/* What a part has left among its rest. */
static void put_part(const struct elimination *w, const struct rt_front *part, const double *left, double *a,
                     int32_t f)
{
    const int32_t *rest = w->o->rest + part->first_rest;
    for (int32_t i = 0; i < part->n_rest; i++, left += part->n_rest) {
        double *row = a + (int64_t)w->where[rest[i]] * f;
        for (int32_t j = 0; j < part->n_rest; j++) {
            row[w->where[rest[j]]] += left[j];
        }
    }
}

static void do_front(struct elimination *w, int32_t number, double *kept)
{
    const struct rt_order *o = w->o;
    const struct rt_front *front = &o->front[number];
    int32_t k = front->end - front->start, f = k + front->n_rest;
    const int32_t *rest = o->rest + front->first_rest;
    double *a = w->stack + w->part[w->n_waiting];
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
    double *to = w->stack + w->part[w->n_waiting];
    for (int32_t i = 0; i < f - k; i++, to += f - k) {
        memmove(to, a + (int64_t)(i + k) * f + k, (size_t)(f - k) * sizeof *to);
    }
    w->waiting[w->n_waiting++] = number;
    w->part[w->n_waiting] = to - w->stack;
}

/* ---- the law ---- */

/* Probabilities may differ by more than doubles can: each is at most 1 and has a power of SCALE beside it. */
static const double SCALE = 0x1p256, PER_SCALE = 0x1p-256;

static double scaled(double v, int32_t power)
{
    for (; power < 0 && v > 0; power++) {
        v *= PER_SCALE;
    }
    return v;
}

static void scale_down(double *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        v[i] *= PER_SCALE;
    }
}

/* From the last front to the first, each from the probabilities of its rest: p[k] = sum of p[i] l[i][k], i
 * after k. */
static void find_law(const struct rt_order *o, const double *kept_end, double *x, int32_t *power)
{
    double *sum = rt_alloc((size_t)o->n, sizeof *sum);
    for (int32_t number = o->n_fronts - 1; number >= 0; number--) {
        const struct rt_front *front = &o->front[number];
        int32_t k = front->end - front->start, most = INT32_MIN;
        const int32_t *rest = o->rest + front->first_rest;
        const double *l = kept_end - (int64_t)(k + front->n_rest) * k;
        kept_end = l;
        for (int32_t i = 0; i < front->n_rest; i++) {
            most = x[rest[i]] > 0 && power[rest[i]] > most ? power[rest[i]] : most;
        }
        memset(sum, 0, (size_t)k * sizeof *sum);
        for (int32_t i = 0; i < front->n_rest; i++) {
            double v = x[rest[i]] > 0 ? scaled(x[rest[i]], power[rest[i]] - most) : 0;
            if (v > 0) {
                add_row(sum, v, l + (int64_t)(k + i) * k, k);
            }
        }
        if (front->end == o->n) {
            sum[k - 1] = 1;
            most = 0;
        }
        for (int32_t j = k - 1; j >= 0; j--) {
            for (; sum[j] > 1; most++) {
                scale_down(sum, j + 1);
            }
            bool small = sum[j] > 0 && sum[j] < PER_SCALE;
            x[front->start + j] = small ? sum[j] * SCALE : sum[j];
            power[front->start + j] = sum[j] > 0 ? most - small : 0;
            add_row(sum, sum[j], l + (int64_t)j * k, j);
        }
    }
    free(sum);
}

/* Sets that are held one inside the other are no harm: nearly all probability is in the innermost. This counts those
 * beside another one, whose weights against that are not known. A state is inside of what most of its
 * probability comes from. */
static int32_t count_rivals(const struct rt_order *o, const double *kept_end, const double *x,
                            const int32_t *power, const bool *is_held)
{
    int32_t rivals = 0, *inside = rt_alloc((size_t)o->n, sizeof *inside); /* a place + 1; 0: of no such set */
    bool *is_taken = rt_alloc((size_t)o->n + 1, sizeof *is_taken);
    for (int32_t number = o->n_fronts - 1; number >= 0; number--) {
        const struct rt_front *front = &o->front[number];
        int32_t k = front->end - front->start, f = k + front->n_rest;
        const double *l = kept_end - (int64_t)f * k;
        kept_end = l;
        for (int32_t j = k - 1; j >= 0; j--) {
            int32_t place = front->start + j;
            double most = -INFINITY;
            for (int32_t i = j + 1; i < f; i++) {
                int32_t from = i < k ? front->start + i : o->rest[front->first_rest + i - k];
                double v = log2(x[from]) + log2(l[(int64_t)i * k + j]) + 256.0 * power[from];
                if (v > most) {
                    most = v;
                    inside[place] = inside[from];
                }
            }
            if (is_held[place]) {
                rivals += is_taken[inside[place]];
                is_taken[inside[place]] = true;
                inside[place] = place + 1;
            }
        }
    }
    free(inside);
    free(is_taken);
    return rivals;
}

/* To one power, and to a sum of 1 over the states or, with an outside, per turn of it. */
static void scale_law(const struct rt_order *o, const double *x, const int32_t *power, double per_rate,
                      double *p)
{
    int32_t most = INT32_MIN;
    double sum = 0;
    for (int32_t i = 0; i < o->n; i++) {
        most = x[i] > 0 && power[i] > most ? power[i] : most;
    }
    for (int32_t i = 0; i < o->n; i++) {
        sum += o->state[i] < 0 ? 0 : scaled(x[i], power[i] - most);
    }
    double whole = o->has_outside ? scaled(x[o->n - 1], power[o->n - 1] - most) : sum,
           turn = o->has_outside ? per_rate : 1; /* a time may be a number where its inverse is none */
    for (int32_t i = 0; i < o->n; i++) {
        if (o->state[i] >= 0) {
            p[o->state[i]] = scaled(x[i], power[i] - most) / whole * turn;
        }
    }
}

int rt_eliminate(const struct rt_order *o, struct rt_recorder *r, const double *back, double *p)
{
    struct elimination w = {.o = o,
                            .r = r,
                            .back = back,
                            .stack = rt_alloc((size_t)o->most, sizeof *w.stack),
                            .part = rt_alloc((size_t)o->n_fronts + 1, sizeof *w.part),
                            .waiting = rt_alloc((size_t)o->n_fronts, sizeof *w.waiting),
                            .kept = rt_alloc((size_t)o->kept, sizeof *w.kept),
                            .is_held = rt_alloc((size_t)o->n, sizeof *w.is_held),
                            .where = rt_alloc((size_t)o->n, sizeof *w.where)};
    if (o->work > WORTH_LOADING) {
        struct rt_error none = {0}; /* without it the own loops are slower, and no worse */
        if (rt_blas_load(&w.blas, &none)) {
            w.blas.dgemm = NULL;
        }
        rt_error_free(&none);
    }
    double fastest = 0, *kept = w.kept;
    for (int32_t i = 0; i < o->n; i++) {
        fastest = fmax(fastest, o->state[i] < 0 ? 0 : o->s->kept[o->state[i]] + o->s->out[o->state[i]]);
    }
    w.per_rate = 1 / fastest;
    int status = CRNL_OK;
    for (int32_t i = 0; i < o->n_fronts && !status; i++) {
        const struct rt_front *f = &o->front[i];
        int64_t own = f->end - f->start;
        do_front(&w, i, kept);
        kept += (own + f->n_rest) * own;
        status = i % 64 ? r->error.status : rt_check_limits(r, INFINITY);
    }
    free(w.stack);
    free(w.part);
    free(w.waiting);
    free(w.where);
    if (!status) {
        double *x = rt_alloc((size_t)o->n, sizeof *x);
        int32_t *power = rt_alloc((size_t)o->n, sizeof *power);
        find_law(o, kept, x, power);
        int32_t unknown = o->has_outside ? w.n_held
                          : w.n_held > 1 ? count_rivals(o, kept, x, power, w.is_held)
                                         : 0;
        if (unknown > 0) {
            status =
                rt_fail(&r->error, CRNL_SOLVER,
                        "%d sets of states are left so seldom, less than once in 1e250 reactions, that "
                        "their weights cannot be computed\n  help: a law at a time, `for T`, or runs by ssa",
                        (int)(unknown + !o->has_outside));
        }
        scale_law(o, x, power, w.per_rate, p);
        free(x);
        free(power);
    }
    free(w.is_held);
    free(w.kept);
    return status;
}
