/* Exact SSA by fused channels (rt_fused.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fused.h"
#include "rt_ssa.h"

enum { MOST_REFUSED = 32 };

/* A whole number below n: word n / 2^64, rounded down. */
static inline uint32_t below(uint64_t word, uint32_t n)
{
    return (uint32_t)(((word >> 32) * n + ((word & UINT32_MAX) * n >> 32)) >> 32);
}

/* Finds the channel that contains unit r < total. Units are ordered by lane, and within a lane by row. *rest:
 * the place of the unit inside the channel. */
static inline int32_t pick(const struct fused *f, uint32_t r, uint32_t *rest)
{
    uint32_t sum = 0, before = 0;
    int32_t lane = 0, row = 0;
    for (int i = 0; i < FUSED_LANES; i++) {
        sum += f->lane[i];
        before = sum <= r ? sum : before;
        lane += sum <= r;
    }
    r -= before;
    sum = before = 0;
    for (int32_t i = lane; i < f->width; i += FUSED_LANES) {
        sum += f->field[i] * f->count[i];
        before = sum <= r ? sum : before;
        row += sum <= r;
    }
    *rest = r - before;
    return row * FUSED_LANES + lane;
}

static double exactly(const struct fused *f, const struct crnl_ssa *w, int32_t c)
{
    double a = 0;
    for (int32_t i = f->member_ptr[c]; i < f->member_ptr[c + 1]; i++) {
        a += rt_propensity(f->m, f->member[i], w->k, w->x, w->t, w->p, w->inv_volume);
    }
    return a;
}

/* Decides whether the unit counts or was only added by rounding up. Clear cases need no random number. */
static inline bool accept(const struct fused *f, struct crnl_ssa *w, int32_t c, uint32_t rest)
{
    uint64_t a = (uint64_t)f->field[c] * f->count[c], slack = (uint64_t)f->slack[c] * f->count[c];
    if (rest + slack < a) {
        return true;
    }
    double low = a > slack ? (double)(a - slack) : 0;
    return crnl_rng_uniform(&w->rng) * ((double)a - low) <= exactly(f, w, c) / f->grid - low;
}

static void fire(struct fused *f, struct crnl_ssa *w, int32_t c)
{
    const uint32_t *column = NULL;
    uint32_t times = 0;
    for (int32_t i = f->change_ptr[c]; i < f->change_ptr[c + 1]; i++) {
        const struct fused_change *h = &f->change[i];
        w->x[h->species] = f->n[h->species] += h->delta;
    }
    for (int32_t i = f->opens_ptr[c]; i < f->opens_ptr[c + 1]; i++) {
        int32_t other = f->opens[i];
        f->count[other] = f->is_off[other] ? 0 : rt_fused_count(f, other);
    }
    for (int32_t i = f->step_ptr[c]; i < f->step_ptr[c + 1]; i++) {
        if (column) {
            f->loop->pass(f, column, times);
        }
        column = f->column + (size_t)f->step[i].column * (size_t)f->width;
        times = f->step[i].times;
    }
    f->loop->pass(f, column, times);
    f->refused = 0;
}

static double sum_exactly(const struct fused *f, const struct crnl_ssa *w)
{
    double sum = 0;
    for (int32_t c = 0; c < f->form.n_channels; c++) {
        sum += exactly(f, w, c);
    }
    return sum;
}

/* Selects a channel without rounding, for when the unit is so large that rejection happens again and
 * again. */
static int32_t pick_exactly(const struct fused *f, struct crnl_ssa *w, double sum)
{
    double r = crnl_rng_uniform(&w->rng) * sum, before = 0;
    int32_t last = 0;
    for (int32_t c = 0; c < f->form.n_channels; c++) {
        double a = exactly(f, w, c);
        before += a;
        last = a > 0 ? c : last;
        if (a > 0 && before >= r) {
            break;
        }
    }
    return last;
}

static int run_on(struct fused *f, struct crnl_ssa *w, int64_t max_events)
{
    for (int64_t done = 0; done < max_events;) {
        bool is_exact = f->refused >= MOST_REFUSED;
        double sum = is_exact ? sum_exactly(f, w) : f->total * f->grid;
        if (!(sum > 0)) {
            w->t = w->t_stop;
            return CRNL_SSA_DEAD;
        }
        if (w->t_next < 0) {
            w->t_next = w->t + crnl_rng_exponential(&w->rng) / sum;
        }
        if (w->t_next > w->t_stop) {
            w->t = w->t_stop;
            return CRNL_SSA_TIME;
        }
        w->t = w->t_next;
        w->t_next = -1;
        int32_t c;
        if (is_exact) {
            c = pick_exactly(f, w, sum);
        } else {
            uint32_t rest;
            c = pick(f, below(crnl_rng_next(&w->rng), f->total), &rest);
            if (!accept(f, w, c, rest)) {
                f->refused++;
                continue;
            }
        }
        fire(f, w, c);
        w->events++;
        done++;
        if (w->watch) {
            rt_watch_reaction(w, f->channel[c].first);
        }
    }
    return CRNL_SSA_EVENTS;
}

/* If the sums of a network do not fit, the rejection kernel takes over. */
static int run(const struct crnl_model *m, struct crnl_ssa *w, int64_t max_events)
{
    struct fused *f = w->kernel;
    const struct rt_ssa_code *other = crnl_kernel_ssa_rejection.code;
    if (!f->is_fresh) {
        rt_fused_refresh(f, w);
        if (!(f->grid > 0)) {
            f->other = f->other ? f->other : other->create(m);
            other->reset(f->other);
        }
    }
    if (f->grid > 0) {
        return run_on(f, w, max_events);
    }
    w->kernel = f->other;
    int result = other->run(m, w, max_events);
    w->kernel = f;
    return result;
}

static void reset(void *kernel)
{
    ((struct fused *)kernel)->is_fresh = false;
}

static void destroy(void *kernel)
{
    struct fused *f = kernel;
    if (f->other) {
        ((const struct rt_ssa_code *)crnl_kernel_ssa_rejection.code)->destroy(f->other);
    }
    rt_fused_destroy(f);
}

/* If the plan has counted channels, the form need not be found again. */
static const char *look(const struct crnl_model *m, int32_t *n_channels)
{
    struct fused_form f = {0};
    const char *refusal = m->n_channels > 0 ? NULL : rt_fused_form(m, &f);
    *n_channels = m->n_channels > 0 ? m->n_channels : f.n_channels;
    rt_fused_form_free(&f);
    return refusal;
}

int32_t crnl_channels(const struct crnl_model *m)
{
    int32_t n;
    return look(m, &n) ? 0 : n;
}

static const char *why_not(const struct crnl_model *m)
{
    int32_t n;
    return look(m, &n);
}

static double cost(const struct crnl_model *m, const struct crnl_amounts *at)
{
    (void)at;
    return 42 + 0.11 * crnl_channels(m);
}

static const struct rt_ssa_code code = {rt_fused_create, reset, run, destroy};
const struct crnl_kernel crnl_kernel_ssa_fused = {CRNL_KERNEL_SSA_FUSED, why_not, cost, false, &code};
