/* Finds when something that depends on time alone turns. For each expression, time is divided into pieces,
 * from the left, until bounds on a piece prove that the expression does not change there, or that its slope
 * changes sign at most once, or the piece is as narrow as a rounding error. A turn that was found is kept
 * until it is passed or the amounts that the expressions read change. */
#include "rt_turns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PIECES = 4096 }; /* pieces of time that are waiting: halvings of [t, INFINITY) */
/* The width, relative to the time, at which the ends of a piece decide if bounds do not. It doubles after
 * every 64 pieces, so that bounds that never become good cost a few thousand evaluations at most. */
static const double narrow_jump = 0x1p-50, narrow_bend = 0x1p-30, widest = 0.25;
enum { LOOKS_PER_DOUBLING = 64, MOST_SECANTS = 24 };
/* After a step has missed the effect of a slope, steps end at so many of its turns; twice as many each
 * time. */
enum { FIRST_STOPS = 4, MOST_STOPS = 4096 };
/* relative to the slopes at the ends of a piece: a peak is accurate to all digits there */
static const double FLAT = 1e-8;
static const double BESIDE = 0x1p-48; /* distance from a change, relative to the time */
static const double AROUND = 0.25;    /* tolerance of the distance at which the next turn is expected */
static const double TOGETHER = 1e-6;  /* tolerance of that distance within which two bends coincide */

struct crnl_tape rt_turns_code(const struct crnl_model *m, int32_t i, int32_t n_outputs)
{
    struct crnl_tape tape = m->turn;
    tape.code += m->turn_code[2 * i];
    tape.n_code = m->turn_code[2 * i + n_outputs] - m->turn_code[2 * i];
    return tape;
}

static bool is_bend(const struct rt_turns *w, int32_t i)
{
    return i >= w->job->m->n_jumps;
}

/* Whether turn i is the slope of a function with jumps or corners, so that it jumps itself and its derivative
 * says nothing. */
static bool has_corners(const struct rt_turns *w, int32_t i)
{
    struct crnl_tape tape = rt_turns_code(w->job->m, i, 1);
    bool found = false;
    for (int32_t k = 0; k < tape.n_code; k++) {
        switch ((enum crnl_tape_op)tape.code[k].op) {
        case CRNL_TAPE_ABS:
        case CRNL_TAPE_FLOOR:
        case CRNL_TAPE_MOD:
        case CRNL_TAPE_MIN:
        case CRNL_TAPE_MAX:
        case CRNL_TAPE_EQ:
        case CRNL_TAPE_NE:
        case CRNL_TAPE_LT:
        case CRNL_TAPE_LE: found = true; break;
        default: break;
        }
    }
    return is_bend(w, i) && found;
}

void rt_turns_create(struct rt_turns *w, const struct rt_job *job)
{
    const struct crnl_model *m = job->m;
    size_t globals = 1 + (size_t)(m->n_turn_species + m->n_turn_captures),
           registers = (size_t)m->turn.n_registers;
    *w = (struct rt_turns){.job = job};
    if (m->n_turns > 0) {
        w->turn = rt_alloc((size_t)m->n_turns, sizeof *w->turn);
        w->global = rt_alloc(globals, sizeof *w->global);
        w->registers = rt_alloc(registers, sizeof *w->registers);
        w->at = rt_alloc(globals, sizeof *w->at);
        w->scratch = rt_alloc(registers, sizeof *w->scratch);
        w->has_corners = rt_alloc((size_t)m->n_turns, sizeof *w->has_corners);
    }
    for (int32_t i = 0; i < m->n_turns; i++) {
        w->has_corners[i] = has_corners(w, i);
    }
}

void rt_turns_destroy(struct rt_turns *w)
{
    free(w->turn);
    free(w->global);
    free(w->registers);
    free(w->at);
    free(w->scratch);
    free(w->has_corners);
}

void rt_turns_begin(struct rt_turns *w)
{
    w->known = false;
    for (int32_t i = 0; i < w->job->m->n_turns; i++) {
        w->turn[i] = (struct rt_turn){.passed = -INFINITY};
    }
}

static double value_at(struct rt_turns *w, int32_t i, double t)
{
    struct crnl_tape tape = rt_turns_code(w->job->m, i, 1);
    double value[2];
    w->at[0] = t;
    crnl_tape_run(&tape, w->at, (double *)w->job->param, NULL, value, w->scratch);
    return value[0];
}

/* Whether turn i matters for this run. */
static bool counts(const struct rt_turns *w, int32_t i)
{
    int32_t until = w->job->m->turn_until[i];
    bool drawn = until == CRNL_TURN_DRAWN; /* only the picture of the run depends on it */
    return drawn ? w->job->n_trace > 0 && !rt_method_is(w->job->spec->method, CRNL_MOLECULES)
                 : until < 0 || until == w->job->spec->until;
}

/* Whether turn i has changed between two values. A bend turns where its slope changes sign. NaN equals
 * NaN. */
static bool differs(const struct rt_turns *w, int32_t i, double now, double then)
{
    return is_bend(w, i) ? (now < 0) != (then < 0) : now != then && (now == now || then == then);
}

enum { CONSTANT, BENDS_ONCE, MAY_BEND, MAY_JUMP };

/* What turn i may do between two times, by bounds. */
static int look(struct rt_turns *w, int32_t i, double from, double to)
{
    struct crnl_tape tape = rt_turns_code(w->job->m, i, 2);
    struct rt_bounds b[2];
    w->global[0] = (struct rt_bounds){from, to};
    rt_tape_bounds(&tape, w->global, w->job->param, b, w->registers);
    if (!is_bend(w, i)) {
        return b[0].lo != b[0].hi ? MAY_JUMP : CONSTANT;
    }
    return b[0].hi < 0 || b[0].lo >= 0 ? CONSTANT : b[1].lo >= 0 || b[1].hi <= 0 ? BENDS_ONCE : MAY_BEND;
}

/* The one of two neighbouring doubles that has fewer digits, because conditions are written with such
 * numbers. */
static double rounder(double a, double b)
{
    uint64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return (x & (~x + 1)) > (y & (~y + 1)) ? a : b;
}

/* The next time to try between *from and *to: the zero of the secant, or the middle. */
static double between(double from, double to, double low, double high, bool secant)
{
    double part = secant ? low / (low - high) : 0.5, t = from + part * (to - from);
    return t > from && t < to ? t : from + 0.5 * (to - from);
}

/* Encloses a change of turn i between *from, where it has the value of the start, and *to, where it has
 * changed to `high`, until they are neighbouring doubles or the slope at *to is negligible. Slopes use the
 * Illinois method: an end that stays gets half of its weight in the next secant. */
static void close_in(struct rt_turns *w, int32_t i, double start, double *from, double *to, double high)
{
    bool bend = is_bend(w, i), was_after = false;
    double low = bend ? value_at(w, i, *from) : 0, flat = FLAT * fmin(fabs(low), fabs(high)), slope = high;
    for (int k = 0; !(fabs(slope) <= flat && flat > 0); k++) {
        double t = between(*from, *to, low, high, bend && k < MOST_SECANTS);
        if (!(t > *from && t < *to)) {
            return;
        }
        double value = value_at(w, i, t);
        bool after = differs(w, i, value, start), stays = k > 0 && after == was_after;
        was_after = after;
        if (after) {
            *to = t;
            high = slope = value;
            low *= stays ? 0.5 : 1;
        } else {
            *from = t;
            low = value;
            high *= stays ? 0.5 : 1;
        }
    }
}

static double halve(double from, double to)
{
    return to < INFINITY ? from + (to - from) / 2 : fmax(1, 2 * fabs(from));
}

static bool is_narrow(double from, double to, int may, int looked)
{
    if (!(to < INFINITY && to - from <= widest * fabs(to))) {
        return false;
    }
    double narrow = may == MAY_JUMP ? narrow_jump : narrow_bend;
    return to - from <= ldexp(narrow, looked / LOOKS_PER_DOUBLING) * fabs(to);
}

/* Turns often have equal distances: one piece without a turn, one piece that contains it, and the rest to
 * `upto`. */
static int first_pieces(double t, double upto, double span, double *end)
{
    int n = 0;
    end[n++] = upto;
    for (double part = 1 + AROUND; span > 0 && n < 3; part -= 2 * AROUND) {
        double to = t + part * span;
        if (!(to > t && to < end[n - 1])) {
            break;
        }
        end[n++] = to;
    }
    return n;
}

/* The first time after t at which turn i changes; INFINITY if there is none before `upto` or `last`. */
static double find(struct rt_turns *w, int32_t i, double t, double upto, double last)
{
    double end[MOST_PIECES], from = t, start = value_at(w, i, t);
    int looked = 0;
    for (int n = first_pieces(t, upto, w->turn[i].span, end); n > 0 && from < last;) {
        double to = end[n - 1], middle = halve(from, to), high;
        int may = look(w, i, from, to);
        bool whole = !(middle > from && middle < to) || n + 2 > MOST_PIECES ||
                     is_narrow(from, to, may, looked++) || (may == BENDS_ONCE && to < INFINITY);
        if (may != CONSTANT && to < INFINITY && differs(w, i, high = value_at(w, i, to), start)) {
            double a = from, b = to;
            close_in(w, i, start, &a, &b, high);
            double before = fmin(a, b - BESIDE * fabs(b)); /* bounds can distinguish it from b */
            if (whole || b - from <= 2 * BESIDE * fabs(b)) {
                w->turn[i].span = b - t;
                return a > t && nextafter(a, INFINITY) >= b ? rounder(a, b) : b;
            }
            end[n - 1] = b; /* nothing after b matters; a change before it might */
            end[n++] = before > from ? before : from + (b - from) / 2;
        } else if (may != CONSTANT && !whole) {
            end[n++] = middle;
        } else {
            from = to;
            n--;
        }
    }
    return INFINITY;
}

/* Sets what turns read except the time; returns whether it is unchanged. */
static bool set_globals(struct rt_turns *w, const double *x)
{
    const struct crnl_model *m = w->job->m;
    bool same = w->known;
    for (int32_t i = 0; i < m->n_turn_species + m->n_turn_captures; i++) {
        bool amount = i < m->n_turn_species, given = i - m->n_turn_species < w->job->spec->n_captures;
        double v = amount  ? x[m->turn_species[i]] * w->job->inv_volume
                   : given ? w->job->capture[i - m->n_turn_species]
                           : 0;
        same &= w->at[1 + i] == v;
        w->at[1 + i] = v;
        w->global[1 + i] = (struct rt_bounds){v, v};
    }
    w->known = true;
    return same;
}

/* Whether steps may currently go over turn i. */
static bool is_over(const struct rt_turns *w, int32_t i)
{
    const struct crnl_model *m = w->job->m;
    return w->goes_over && is_bend(w, i) && !w->has_corners[i] && w->turn[i].stops == 0 &&
           m->turn_law_ptr[i + 1] > m->turn_law_ptr[i];
}

/* The end of the step for the first turn: bends that follow closely are included, because it only matters
 * that no step passes over a whole peak. */
static double stop_at(const struct rt_turns *w, double first)
{
    const struct crnl_model *m = w->job->m;
    double stop = first;
    for (int32_t i = m->n_jumps; i < m->n_turns; i++) {
        const struct rt_turn *turn = &w->turn[i];
        if (counts(w, i) && !is_over(w, i) && turn->next <= first + TOGETHER * turn->span) {
            stop = fmax(stop, turn->next);
        }
    }
    for (int32_t i = 0; i < m->n_jumps; i++) {
        stop = counts(w, i) ? fmin(stop, w->turn[i].next) : stop;
    }
    return stop;
}

int32_t rt_turns_due(const struct rt_turns *w, double t)
{
    for (int32_t i = 0; i < w->job->m->n_jumps; i++) {
        if (counts(w, i) && crnl_is_due(w->turn[i].next, t)) {
            return i;
        }
    }
    return -1;
}

/* ---- Steps that go over turns of slopes ---- */

double rt_turns_over(const struct rt_turns *w, double t, int32_t *turn)
{
    double first = INFINITY;
    for (int32_t i = w->goes_over ? w->job->m->n_jumps : w->job->m->n_turns; i < w->job->m->n_turns; i++) {
        if (w->turn[i].next < fmin(first, t) && is_over(w, i)) {
            first = w->turn[i].next;
            *turn = i;
        }
    }
    return first;
}

void rt_turns_pass(struct rt_turns *w, int32_t i, double last)
{
    struct rt_turn *turn = &w->turn[i];
    turn->passed = turn->next;
    turn->upto = INFINITY;
    turn->next = find(w, i, crnl_time_after(turn->passed), INFINITY, last);
}

void rt_turns_miss(struct rt_turns *w, int32_t i)
{
    struct rt_turn *turn = &w->turn[i];
    turn->stops = turn->patience = turn->patience > 0 ? turn->patience : FIRST_STOPS;
    turn->patience *= turn->patience < MOST_STOPS ? 2 : 1;
}

void rt_turns_back(struct rt_turns *w, double t)
{
    for (int32_t i = w->job->m->n_jumps; w->goes_over && i < w->job->m->n_turns; i++) {
        if (w->turn[i].passed > t) {
            w->turn[i].next = w->turn[i].passed;
        }
    }
}

/* ---- */

double rt_turns_next(struct rt_turns *w, double t, double last, const double *x, bool *jumps)
{
    int32_t n = w->job->m->n_turns;
    double first = INFINITY, jump = INFINITY;
    *jumps = false;
    if (n == 0 || !(t < INFINITY)) {
        return INFINITY;
    }
    bool same = set_globals(w, x);
    for (int32_t i = 0; i < n; i++) {
        struct rt_turn *turn = &w->turn[i];
        if (!counts(w, i)) {
            continue;
        }
        if (!same || turn->next <= t || turn->upto <= t) {
            turn->stops -= turn->stops > 0 && turn->next <= t;
            turn->upto = w->has_corners[i] && jump < INFINITY ? fmax(crnl_time_before(jump), t) : INFINITY;
            turn->next = find(w, i, t, turn->upto, last);
        }
        first = is_over(w, i) ? first : fmin(first, turn->next);
        jump = is_bend(w, i) ? jump : first;
    }
    if (!(first < INFINITY)) {
        return INFINITY;
    }
    first = stop_at(w, first);
    for (int32_t i = 0; i < w->job->m->n_jumps; i++) {
        *jumps |= counts(w, i) && crnl_is_due(w->turn[i].next, first);
    }
    return first;
}
