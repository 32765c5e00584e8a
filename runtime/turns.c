/* When something that depends on time alone turns. Time is cut in halves, from the left, until bounds of all
 * expressions on a piece say that none changes there, or that slopes change their sign once at most, or the
 * piece is as narrow as a rounding error. */
#include "rt_turns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PIECES = 4096 }; /* of time that are waiting: halvings of [t, INFINITY) */
/* How narrow, relative to the time, a piece that bounds do not decide is when its ends decide. It doubles with each 64 pieces that
 * were looked at, so that bounds which are never good cost a few thousand looks. */
static const double narrow_jump = 0x1p-50, narrow_bend = 0x1p-30, widest = 0.25;
static const int looks_per_doubling = 64;
enum { MOST_SECANTS = 24 };
static const double CLOSE = 0x1p-46, NEAR = 1e-3; /* of the time; of what is left */

void rt_turns_create(struct rt_turns *w, const struct rt_job *job)
{
    const struct crnl_model *m = job->m;
    size_t n = (size_t)(2 * m->n_turns - m->n_jumps),
           globals = 1 + (size_t)(m->n_turn_species + m->n_turn_captures),
           registers = (size_t)m->turn.n_registers;
    *w = (struct rt_turns){.job = job};
    if (n > 0) {
        w->global = rt_alloc(globals, sizeof *w->global);
        w->bounds = rt_alloc(n, sizeof *w->bounds);
        w->registers = rt_alloc(registers, sizeof *w->registers);
        w->at = rt_alloc(globals, sizeof *w->at);
        w->value = rt_alloc(n, sizeof *w->value);
        w->start = rt_alloc(n, sizeof *w->start);
        w->scratch = rt_alloc(registers, sizeof *w->scratch);
    }
}

void rt_turns_destroy(struct rt_turns *w)
{
    free(w->global);
    free(w->bounds);
    free(w->registers);
    free(w->at);
    free(w->value);
    free(w->start);
    free(w->scratch);
}

static void values_at(struct rt_turns *w, double t, double *value)
{
    w->at[0] = t;
    crnl_tape_run(&w->job->m->turn, w->at, (double *)w->job->param, NULL, value, w->scratch);
}

/* Whether turn i is one of this run. */
static bool counts(const struct rt_turns *w, int32_t i)
{
    int32_t until = w->job->m->turn_until[i];
    return until < 0 || until == w->job->spec->until;
}

/* A bend turns where its slope changes its sign. */
static bool turned(const struct rt_turns *w, int32_t i)
{
    double now = w->value[i], then = w->start[i];
    if (i >= w->job->m->n_jumps) {
        return (now < 0) != (then < 0);
    }
    return now != then && (now == now || then == then);
}

/* How many of the first n values are others than at the start; NaN stays NaN. `one` is the last of them. */
static int32_t differing(const struct rt_turns *w, int32_t n, int32_t *one)
{
    int32_t found = 0;
    for (int32_t i = 0; i < n; i++) {
        if (turned(w, i) && counts(w, i)) {
            found++;
            *one = i;
        }
    }
    return found;
}

static bool differs(const struct rt_turns *w, int32_t n)
{
    int32_t one;
    return differing(w, n, &one) > 0;
}

static bool differs_at(struct rt_turns *w, double t)
{
    values_at(w, t, w->value);
    return differs(w, w->job->m->n_turns);
}

enum { CONSTANT, BENDS_ONCE, MAY_BEND, MAY_JUMP };

/* What turn i may do in a piece of time. */
static int look_at(const struct rt_turns *w, int32_t i)
{
    const struct crnl_model *m = w->job->m;
    struct rt_bounds b = w->bounds[i];
    if (!counts(w, i)) {
        return CONSTANT;
    }
    if (i < m->n_jumps) {
        return b.lo != b.hi ? MAY_JUMP : CONSTANT;
    }
    if (b.hi < 0 || b.lo >= 0) {
        return CONSTANT;
    }
    b = w->bounds[m->n_turns + i - m->n_jumps];
    return b.lo >= 0 || b.hi <= 0 ? BENDS_ONCE : MAY_BEND;
}

/* What may happen between two times. */
static int look(struct rt_turns *w, double from, double to)
{
    const struct crnl_model *m = w->job->m;
    int result = CONSTANT;
    w->global[0] = (struct rt_bounds){from, to};
    rt_tape_bounds(&m->turn, w->global, w->job->param, w->bounds, w->registers);
    for (int32_t i = 0; i < m->n_turns; i++) {
        int may = look_at(w, i);
        result = may > result ? may : result;
    }
    return result;
}

/* Of two neighbours the one with fewer digits: conditions are written with such numbers. */
static double rounder(double a, double b)
{
    uint64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return (x & (~x + 1)) > (y & (~y + 1)) ? a : b;
}

/* Brings `from` and `to` closer to the zero of the slope of the only bend that turns between them, by secants,
 * each put a little beyond the zero so that the next comes from the other side, and every third time by
 * halves. */
static void approach(struct rt_turns *w, int32_t bend, double *from, double *to)
{
    values_at(w, *to, w->value);
    double high = w->value[bend];
    values_at(w, *from, w->value);
    double low = w->value[bend];
    for (int i = 0; i<MOST_SECANTS && * to - *from> CLOSE * fabs(*to); i++) {
        double width = *to - *from, part = low / (low - high);
        part = part < 0.5 ? part * (1 + NEAR) : 1 - (1 - part) * (1 + NEAR);
        double t = *from + (i % 3 < 2 && part > 0 && part < 1 ? part : 0.5) * width;
        if (!(t > *from && t < *to)) {
            return;
        }
        if (differs_at(w, t)) {
            *to = t;
            high = w->value[bend];
        } else {
            *from = t;
            low = w->value[bend];
        }
    }
}

/* The change between `from`, where all is as at the start, and `to`, where it is not. */
static double locate(struct rt_turns *w, double t, double from, double to, bool *jumps)
{
    double middle;
    int32_t one = 0, n = w->job->m->n_turns;
    values_at(w, to, w->value);
    if (differing(w, n, &one) == 1 && one >= w->job->m->n_jumps) {
        approach(w, one, &from, &to);
    }
    while ((middle = from + (to - from) / 2) > from && middle < to) {
        if (differs_at(w, middle)) {
            to = middle;
        } else {
            from = middle;
        }
    }
    values_at(w, fmax(crnl_time_after(to), to), w->value);
    *jumps = differs(w, w->job->m->n_jumps);
    return from > t ? rounder(from, to) : to;
}

static double halve(double from, double to)
{
    return to < INFINITY ? from + (to - from) / 2 : fmax(1, 2 * fabs(from));
}

static bool is_narrow(double from, double to, int may, int looked)
{
    double narrow = ldexp(may == MAY_JUMP ? narrow_jump : narrow_bend, looked / looks_per_doubling);
    return to < INFINITY && to - from <= fmin(narrow, widest) * fabs(to);
}

static void set_global(struct rt_turns *w, int32_t i, double v)
{
    w->at[i] = v;
    w->global[i] = (struct rt_bounds){v, v};
}

double rt_turns_next(struct rt_turns *w, double t, const double *x, bool *jumps)
{
    const struct crnl_model *m = w->job->m;
    double end[MOST_PIECES], from = t;
    int n = 1, looked = 0;
    *jumps = false;
    if (m->n_turns == 0 || !(t < INFINITY)) {
        return INFINITY;
    }
    for (int32_t i = 0; i < m->n_turn_species; i++) {
        set_global(w, 1 + i, x[m->turn_species[i]] * w->job->inv_volume);
    }
    for (int32_t i = 0; i < m->n_turn_captures && i < w->job->spec->n_captures; i++) {
        set_global(w, 1 + m->n_turn_species + i, w->job->capture[i]);
    }
    values_at(w, t, w->start);
    end[0] = INFINITY;
    while (n > 0) {
        double to = end[n - 1], middle = halve(from, to);
        int may = look(w, from, to);
        bool whole = !(middle > from && middle < to) || n == MOST_PIECES ||
                     is_narrow(from, to, may, looked++) || (may == BENDS_ONCE && to < INFINITY);
        if (may != CONSTANT && !whole) {
            end[n++] = middle;
            continue;
        }
        if (may != CONSTANT && to < INFINITY && differs_at(w, to)) {
            return locate(w, t, from, to, jumps);
        }
        from = to;
        n--;
    }
    return INFINITY;
}
