/* When something that depends on time alone turns. Time is cut in halves, from the left, until bounds of all expressions on a piece
 * say that none changes there, or the piece is as narrow as a rounding error. */
#include "rt_turns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PIECES = 4096 }; /* of time that are waiting: halvings of [t, INFINITY) */
/* How narrow, relative to the time, a piece that bounds do not decide is when its ends decide. It doubles with each 64 pieces that
 * were looked at, so that bounds which are never good cost a few thousand looks. */
static const double narrow_jump = 0x1p-50, narrow_bend = 0x1p-30, widest = 0.25;
static const int looks_per_doubling = 64;

void rt_turns_create(struct rt_turns *w, const struct rt_job *job)
{
    const struct crnl_model *m = job->m;
    size_t n = (size_t)m->n_turns, globals = 1 + (size_t)(m->n_turn_species + m->n_turn_captures),
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

/* Whether one of the first n values is another than at the start; NaN stays NaN. */
static bool differs(const struct rt_turns *w, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        if (w->value[i] != w->start[i] && (w->value[i] == w->value[i] || w->start[i] == w->start[i]) &&
            counts(w, i)) {
            return true;
        }
    }
    return false;
}

static bool differs_at(struct rt_turns *w, double t)
{
    values_at(w, t, w->value);
    return differs(w, w->job->m->n_turns);
}

enum { CONSTANT, MAY_BEND, MAY_JUMP };

/* What may happen between two times. */
static int look(struct rt_turns *w, double from, double to)
{
    const struct crnl_model *m = w->job->m;
    int result = CONSTANT;
    w->global[0] = (struct rt_bounds){from, to};
    rt_tape_bounds(&m->turn, w->global, w->job->param, w->bounds, w->registers);
    for (int32_t i = 0; i < m->n_turns; i++) {
        if (w->bounds[i].lo != w->bounds[i].hi && counts(w, i)) {
            int may = i < m->n_jumps ? MAY_JUMP : MAY_BEND;
            result = may > result ? may : result;
        }
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

/* The change between `from`, where all is as at the start, and `to`, where it is not. */
static double locate(struct rt_turns *w, double t, double from, double to, bool *jumps)
{
    double middle;
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
        bool whole =
            !(middle > from && middle < to) || n == MOST_PIECES || is_narrow(from, to, may, looked++);
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
