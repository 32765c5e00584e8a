/* Sliding. Where a law jumps, as floor(X / 4) does at X = 4, 8, ..., amounts may run into the surface from
 * both sides: no solver gets on there, with steps as long as its tolerance. The motion that is meant goes
 * along the surface, by the mixture of the derivatives f- and f+ on its two sides that does not leave it
 * (Filippov 1988, chapter 2, section 4): with s the distance that the plan has found, and s-', s+' its
 * derivatives along f- and f+,  dx/dt = (s-' f+ - s+' f-) / (s-' - s+'),   as long as s-' > 0 > s+'.  That
 * is smooth, so that steps are as long as elsewhere. The run leaves the surface where one side no longer
 * runs into it.
 * Where several surfaces are followed at once there are 2^k sides; each surface has a share u of its upper
 * side, a side the product of u and 1 - u (Alexander, Seidman, Houston J. Math. 24, 1998: the blend), and the
 * shares are those that leave no surface. Of more than a few surfaces what each changes by itself is added,
 * which is the same where their laws are different ones; where it is not, nothing is known. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"

/* How far beside the surface derivatives are computed, of what s would be if all amounts were as large as
 * ever; and once more, to tell a jump from a slope. */
static const double BESIDE = 1e-9, FARTHER = 4;
/* Amounts so close to a surface, in tolerances, and no more than so many steps away, have reached it: there
 * are solvers that come closer and closer, or back, without an end of a step on the other side. Closer than
 * CLOSE where that has gone on for a while. */
static const double REACHED = 0.1, CLOSE = 10;
enum { STEPS_AWAY = 10 };
/* So many steps in so small a part of the time, at the end of which amounts are at a surface within so many
 * tolerances: they go back and forth there. */
enum { WINDOW = 2000 };
static const double SHORT = 1e-3;
/* Up to so many surfaces all their sides are mixed; more than the second are not followed at once. */
enum { MIXED = 3, MOST_ON = RT_SLIDE_MOST, MOST_SIDES = MOST_ON + 1, ITERATIONS = 40 };
static const double PARALLEL = 1e-10; /* pivots, of their rows: the surfaces are one */
static const double SETTLED = 1e-12;  /* change of shares */
static const double ADDED = 1e-6;     /* relative: what laws do together is what they do one by one */

void rt_slide_create(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    struct rt_slide *w = &o->slide;
    size_t n = (size_t)m->n_surfaces;
    w->next = w->leave = -1;
    if (n > 0) {
        w->at = rt_alloc(1 + (size_t)m->n_surface_reads, sizeof *w->at);
        w->registers = rt_alloc((size_t)m->surface.n_registers, sizeof *w->registers);
        w->out = rt_alloc(2 * n + (size_t)m->surface_ptr[n], sizeof *w->out);
        w->before = rt_alloc(n, sizeof *w->before);
        w->after = rt_alloc(n, sizeof *w->after);
        w->x = rt_alloc((size_t)o->n, sizeof *w->x);
        size_t sides = n + 2 < MOST_SIDES ? n + 2 : MOST_SIDES;
        w->f = rt_alloc((sides > 1 << MIXED ? sides : 1 << MIXED) * (size_t)o->n, sizeof *w->f);
    }
}

void rt_slide_destroy(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    free(w->at);
    free(w->registers);
    free(w->out);
    free(w->before);
    free(w->after);
    free(w->x);
    free(w->f);
}

void rt_slide_begin(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    w->n_on = 0;
    w->next = w->leave = -1;
    w->steps = 0;
    w->creeps = w->tangled = false;
    w->t = o->t;
}

static void surfaces_at(const struct rt_ode *o, double t, const double *x)
{
    const struct crnl_model *m = o->m;
    const struct rt_slide *w = &o->slide;
    w->at[0] = rt_events_time(&o->events, t);
    for (int32_t i = 0; i < m->n_surface_reads; i++) {
        w->at[1 + i] = x[m->surface_reads[i]];
    }
    crnl_tape_run(&m->surface, w->at, (double *)o->job->param, NULL, w->out, w->registers);
}

/* On which side of surface i what has distance s is. */
static double side_of(const struct rt_ode *o, int32_t i, double s)
{
    return o->m->surface_whole[i] ? floor(s) : s >= 0;
}

static bool is_on(const struct rt_ode *o, int32_t i)
{
    bool found = false;
    for (int32_t k = 0; k < o->slide.n_on; k++) {
        found |= o->slide.on[k] == i;
    }
    return found;
}

/* ---- The sides of surfaces that meet ---- */

/* k surfaces at x, and what they do along the derivatives on their sides. */
struct corner {
    int32_t k, on[MOST_ON], n_sides;
    double level[MOST_ON], gram[MOST_ON][MOST_ON]; /* of slopes, amounts in units of the largest so far */
    double rate[MOST_ON][MOST_SIDES]; /* of each distance on each side; all sides mixed: by the bits of k */
};

static bool is_above(const struct corner *c, int32_t side, int32_t k)
{
    return c->k <= MIXED ? side >> k & 1 : side == k + 1;
}

/* a y = b, by elimination with pivots, in place; false if two rows are all but the same. */
static bool solve(int32_t k, double a[MOST_ON][MOST_ON], double *b)
{
    for (int32_t i = 0; i < k; i++) {
        int32_t pivot = i;
        for (int32_t r = i + 1; r < k; r++) {
            pivot = fabs(a[r][i]) > fabs(a[pivot][i]) ? r : pivot;
        }
        double swap[MOST_ON], other = b[i];
        memcpy(swap, a[i], sizeof swap);
        memcpy(a[i], a[pivot], sizeof swap);
        memcpy(a[pivot], swap, sizeof swap);
        b[i] = b[pivot];
        b[pivot] = other;
        if (!(fabs(a[i][i]) > PARALLEL)) {
            return false;
        }
        for (int32_t r = i + 1; r < k; r++) {
            double factor = a[r][i] / a[i][i];
            for (int32_t c = i; c < k; c++) {
                a[r][c] -= factor * a[i][c];
            }
            b[r] -= factor * b[i];
        }
    }
    for (int32_t i = k - 1; i >= 0; i--) {
        for (int32_t c = i + 1; c < k; c++) {
            b[i] -= a[i][c] * b[c];
        }
        b[i] /= a[i][i];
    }
    return true;
}

/* Slope of surface i by its entry e, in distances of 1 over its gradient and largest amounts. */
static double scaled_slope(const struct rt_ode *o, int32_t e)
{
    return o->slide.out[2 * o->m->n_surfaces + e] * o->largest[o->m->surface_species[e]];
}

static double gram(const struct rt_ode *o, int32_t i, int32_t j)
{
    const struct crnl_model *m = o->m;
    double sum = 0;
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        for (int32_t f = m->surface_ptr[j]; f < m->surface_ptr[j + 1]; f++) {
            bool same = m->surface_species[e] == m->surface_species[f];
            sum += same ? scaled_slope(o, e) * scaled_slope(o, f) : 0;
        }
    }
    return sum;
}

/* Moves y by the combination of gradients that changes the distance of each surface of c by change[k], in
 * units of its gradient; false if they are not independent. */
static bool move_by(const struct rt_ode *o, const struct corner *c, const double *change, double *y)
{
    const struct crnl_model *m = o->m;
    double a[MOST_ON][MOST_ON], by[MOST_ON];
    for (int32_t i = 0; i < c->k; i++) {
        for (int32_t j = 0; j < c->k; j++) {
            a[i][j] = c->gram[i][j] / sqrt(c->gram[i][i]) / sqrt(c->gram[j][j]);
        }
        by[i] = change[i];
    }
    if (!solve(c->k, a, by)) {
        return false;
    }
    for (int32_t k = 0; k < c->k; k++) {
        int32_t i = c->on[k];
        for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
            int32_t s = m->surface_species[e];
            y[s] += by[k] / sqrt(c->gram[k][k]) * scaled_slope(o, e) * o->largest[s];
        }
    }
    return true;
}

/* Derivatives at x moved to one side of all surfaces of c, so far from them, into f; and what these change
 * there, into rate. */
static bool look_beside(const struct rt_ode *o, const struct corner *c, const bool *above, double t,
                        const double *x, double far, double *f, double *rate)
{
    const struct crnl_model *m = o->m;
    const struct rt_slide *w = &o->slide;
    double change[MOST_ON];
    for (int32_t k = 0; k < c->k; k++) {
        change[k] = (c->level[k] - w->out[c->on[k]]) / sqrt(c->gram[k][k]) + (above[k] ? far : -far);
    }
    memcpy(w->x, x, (size_t)o->n * sizeof *w->x);
    if (!move_by(o, c, change, w->x) || !rt_ode_plain_rhs(o, t, w->x, f)) {
        return false;
    }
    for (int32_t k = 0; k < c->k; k++) {
        int32_t i = c->on[k];
        rate[k] = w->out[m->n_surfaces + i];
        for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
            rate[k] += w->out[2 * m->n_surfaces + e] * f[m->surface_species[e]];
        }
    }
    return true;
}

/* The surfaces that are followed, and `more` at `level` if it is not -1, at x, and all sides of them; the
 * derivatives on these are then in w->f. */
static bool look_around(const struct rt_ode *o, int32_t more, double level, double t, const double *x,
                        double far, struct corner *c)
{
    const struct rt_slide *w = &o->slide;
    surfaces_at(o, t, x);
    c->k = 0;
    for (int32_t k = 0; k < w->n_on; k++) {
        c->on[c->k] = w->on[k];
        c->level[c->k++] = w->level[k];
    }
    if (more >= 0) {
        c->on[c->k] = more;
        c->level[c->k++] = level;
    }
    bool fine = true;
    for (int32_t i = 0; i < c->k && fine; i++) {
        for (int32_t j = 0; j < c->k; j++) {
            c->gram[i][j] = gram(o, c->on[i], c->on[j]);
        }
        fine = c->gram[i][i] > 0 && c->gram[i][i] < INFINITY;
    }
    c->n_sides = c->k <= MIXED ? 1 << c->k : c->k + 1;
    for (int32_t side = 0; side < c->n_sides && fine; side++) {
        bool above[MOST_ON] = {false};
        double rate[MOST_ON];
        for (int32_t k = 0; k < c->k; k++) {
            above[k] = is_above(c, side, k);
        }
        fine = look_beside(o, c, above, t, x, far, w->f + side * o->n, rate);
        for (int32_t k = 0; k < c->k && fine; k++) {
            c->rate[k][side] = rate[k];
        }
    }
    return fine;
}

/* The part that a side has in the mixture of shares u; its derivative by u[by], if by >= 0. */
static double part_of(const struct corner *c, int32_t side, const double *u, int32_t by)
{
    double part = 1;
    if (c->k > MIXED) {
        for (int32_t k = 0; k < c->k && side == 0; k++) {
            part -= u[k];
        }
        return by < 0 ? (side == 0 ? part : u[side - 1]) : side == 0 ? -1 : side == by + 1;
    }
    for (int32_t k = 0; k < c->k; k++) {
        bool above = side >> k & 1;
        part *= k == by ? (above ? 1 : -1) : above ? u[k] : 1 - u[k];
    }
    return part;
}

static double rate_of(const struct corner *c, int32_t k, const double *u, int32_t by)
{
    double sum = 0;
    for (int32_t side = 0; side < c->n_sides; side++) {
        sum += part_of(c, side, u, by) * c->rate[k][side];
    }
    return sum;
}

/* The shares by which no surface is left, but for surface `free`, whose share is given; -1: none. By Newton's
 * method; one step is exact where the shares do not multiply. False: there are none. */
static bool find_shares(const struct corner *c, int32_t free, double *u)
{
    bool found = false;
    for (int32_t k = 0; k < c->k; k++) {
        u[k] = k == free ? u[k] : 0.5;
    }
    for (int32_t i = 0; i < ITERATIONS && !found; i++) {
        double a[MOST_ON][MOST_ON], b[MOST_ON], most = 0;
        for (int32_t k = 0; k < c->k; k++) {
            double size = 0;
            for (int32_t side = 0; side < c->n_sides; side++) {
                size = fmax(size, fabs(c->rate[k][side]));
            }
            size = size > 0 ? size : 1;
            for (int32_t j = 0; j < c->k; j++) {
                a[k][j] = k == free ? j == k : rate_of(c, k, u, j) / size;
            }
            b[k] = k == free ? 0 : -rate_of(c, k, u, -1) / size;
        }
        if (!solve(c->k, a, b)) {
            return false;
        }
        for (int32_t k = 0; k < c->k; k++) {
            /* Where shares multiply, far away the mixture is none. */
            double to = c->k == 1 || c->k > MIXED ? u[k] + b[k] : fmin(fmax(u[k] + b[k], -1), 2);
            most = fmax(most, fabs(to - u[k]));
            u[k] = to;
        }
        found = most < SETTLED || c->k == 1;
    }
    return found;
}

/* The same where what surfaces change is added: all shares are u, and the rate of distance k changes with its
 * share, those of the others following, by 1 over its entry in the diagonal of the inverse. */
static bool sides_of_many(const struct corner *c, int32_t k, double *below, double *above)
{
    double a[MOST_ON][MOST_ON], b[MOST_ON][MOST_ON], u[MOST_ON], column[MOST_ON] = {0};
    for (int32_t i = 0; i < c->k; i++) {
        double size = 0;
        for (int32_t side = 0; side < c->n_sides; side++) {
            size = fmax(size, fabs(c->rate[i][side]));
        }
        size = size > 0 ? size : 1;
        for (int32_t j = 0; j < c->k; j++) {
            a[i][j] = b[i][j] = (c->rate[i][j + 1] - c->rate[i][0]) / size;
        }
        u[i] = -c->rate[i][0] / size;
        column[i] = i == k ? 1 / size : 0;
    }
    bool found = solve(c->k, a, u) && solve(c->k, b, column) && column[k] != 0;
    *below = found ? -u[k] / column[k] : 0;
    *above = found ? (1 - u[k]) / column[k] : 0;
    return found;
}

/* The rate of the distance of surface k of c below and above it, while the others are not left. */
static bool sides_of(const struct corner *c, int32_t k, double *below, double *above)
{
    if (c->k > MIXED) {
        return sides_of_many(c, k, below, above);
    }
    double u[MOST_ON] = {0};
    u[k] = 0;
    bool found = find_shares(c, k, u);
    *below = rate_of(c, k, u, -1);
    u[k] = 1;
    found = found && find_shares(c, k, u);
    *above = rate_of(c, k, u, -1);
    return found;
}

/* Whether both sides of surface k run into it, and by a jump: a law that is only steep there does so more
 * the farther one looks. */
static bool attracts(const struct corner *near, const struct corner *far, int32_t k)
{
    double below = 0, above = 0, far_below, far_above;
    return sides_of(near, k, &below, &above) && sides_of(far, k, &far_below, &far_above) && below > 0 &&
           above < 0 && far_below - far_above < FARTHER / 2 * (below - above);
}

/* Whether surface i, at `level`, keeps what comes to it. */
static bool keeps(const struct rt_ode *o, int32_t i, double level, double t, const double *x)
{
    struct corner far, near;
    return o->slide.n_on < MOST_ON && look_around(o, i, level, t, x, FARTHER * BESIDE, &far) &&
           look_around(o, i, level, t, x, BESIDE, &near) && attracts(&near, &far, near.k - 1);
}

/* The first of the surfaces that are followed that one side no longer runs into, or -1. */
static int32_t find_left(const struct rt_ode *o, double t, const double *x)
{
    struct corner far, near;
    int32_t left = -1;
    bool known = look_around(o, -1, 0, t, x, FARTHER * BESIDE, &far) &&
                 look_around(o, -1, 0, t, x, BESIDE, &near);
    for (int32_t k = 0; k < o->slide.n_on && left < 0; k++) {
        left = known && attracts(&near, &far, k) ? -1 : k;
    }
    return left;
}

static bool has_left(struct rt_ode *o, double t, const double *x)
{
    return find_left(o, t, x) >= 0;
}

/* What is added of many surfaces is wrong where their laws depend on one another: on the far side of all. */
static bool is_tangled(const struct rt_ode *o, double t, const double *x)
{
    struct corner c;
    if (o->slide.n_on <= MIXED || !look_around(o, -1, 0, t, x, BESIDE, &c)) {
        return false;
    }
    bool above[MOST_ON] = {false}, tangled = false;
    double rate[MOST_ON];
    for (int32_t k = 0; k < c.k; k++) {
        above[k] = true;
    }
    if (!look_beside(o, &c, above, t, x, BESIDE, o->slide.f, rate)) {
        return true;
    }
    for (int32_t k = 0; k < c.k; k++) {
        double sum = c.rate[k][0], size = fabs(sum);
        for (int32_t side = 1; side < c.n_sides; side++) {
            sum += c.rate[k][side] - c.rate[k][0];
            size += fabs(c.rate[k][side] - c.rate[k][0]);
        }
        tangled |= fabs(sum - rate[k]) > ADDED * size;
    }
    return tangled;
}

bool rt_slide_rhs(const struct rt_ode *o, double t, const double *x, double *dx)
{
    const struct crnl_model *m = o->m;
    const struct rt_slide *w = &o->slide;
    struct corner c;
    double u[MOST_ON] = {0}, across[MOST_ON];
    if (!look_around(o, -1, 0, t, x, BESIDE, &c) || !find_shares(&c, -1, u)) {
        return false;
    }
    memset(dx, 0, (size_t)o->n * sizeof *dx);
    for (int32_t side = 0; side < c.n_sides; side++) {
        double part = part_of(&c, side, u, -1);
        for (int64_t s = 0; s < o->n; s++) {
            dx[s] += part * w->f[side * o->n + s];
        }
    }
    /* What rounding leaves of the motion across is more than the tolerance of an amount that is held at 0. */
    for (int32_t k = 0; k < c.k; k++) {
        across[k] = w->out[m->n_surfaces + c.on[k]];
        for (int32_t e = m->surface_ptr[c.on[k]]; e < m->surface_ptr[c.on[k] + 1]; e++) {
            across[k] += w->out[2 * m->n_surfaces + e] * dx[m->surface_species[e]];
        }
        across[k] /= -sqrt(c.gram[k][k]);
    }
    return move_by(o, &c, across, dx);
}

void rt_slide_note(struct rt_ode *o)
{
    if (o->m->n_surfaces > 0) {
        surfaces_at(o, o->t, o->x);
        memcpy(o->slide.before, o->slide.out, (size_t)o->m->n_surfaces * sizeof *o->slide.before);
    }
}

static bool has_crossed(struct rt_ode *o, double t, const double *x)
{
    int32_t i = o->slide.next;
    surfaces_at(o, t, x);
    return side_of(o, i, o->slide.out[i]) != side_of(o, i, o->slide.before[i]);
}

/* Whether surface `next` is gone away from, where the last step began by coming to it, or the other way
 * round. */
static bool has_turned(struct rt_ode *o, double t, const double *x)
{
    const struct crnl_model *m = o->m;
    struct rt_slide *w = &o->slide;
    surfaces_at(o, t, x);
    double rate = w->out[m->n_surfaces + w->next];
    bool finite = rt_ode_plain_rhs(o, t, x, w->f);
    for (int32_t e = m->surface_ptr[w->next]; e < m->surface_ptr[w->next + 1]; e++) {
        rate += w->out[2 * m->n_surfaces + e] * w->f[m->surface_species[e]];
    }
    return finite && rate * (w->after[w->next] - w->before[w->next]) < 0;
}

/* When the last step crossed surface `next`. Where it has passed several whole numbers of its distance, as
 * that of floor(1e9 A), it is the one at which the motion turns around; else the first. */
static double find_crossing(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    int32_t i = w->next;
    bool several = fabs(side_of(o, i, w->after[i]) - side_of(o, i, w->before[i])) > 1;
    rt_ode_state(o, o->t_before, o->y);
    several = several && !has_turned(o, o->t_before, o->y) && has_turned(o, o->t, o->x);
    return rt_ode_bisect(o, several ? has_turned : has_crossed, o->t_before, o->t);
}

/* What s may be wrong by, at the tolerances of the amounts. */
static double tolerance(const struct rt_ode *o, int32_t i)
{
    const struct crnl_model *m = o->m;
    double sum = 0;
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        int32_t s = m->surface_species[e];
        double d = o->slide.out[2 * m->n_surfaces + e] *
                   (rt_real(o->job, CRNL_OPTION_RTOL) * o->largest[s] + o->floor[s]);
        sum += d * d;
    }
    return sqrt(sum);
}

/* Where the last step goes on to: the level of surface i that it has almost reached, or NaN. */
static double reached(struct rt_ode *o, int32_t i)
{
    struct rt_slide *w = &o->slide;
    bool whole = o->m->surface_whole[i] != 0;
    double s = w->after[i], moved = s - w->before[i],
           to = !whole      ? 0
                : moved > 0 ? floor(s) + 1
                            : floor(s),
           left = to - s;
    return left * moved >= 0 && moved != 0 && fabs(left) <= STEPS_AWAY * fabs(moved) &&
                   fabs(left) <= (w->creeps ? CLOSE : REACHED) * tolerance(o, i)
               ? to
               : NAN;
}

/* The first surface that the last step has come to and that keeps what comes to it. */
static double find_surface(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    double first = INFINITY, first_level = 0;
    int32_t one = -1;
    surfaces_at(o, o->t, o->x);
    memcpy(w->after, w->out, (size_t)o->m->n_surfaces * sizeof *w->after);
    for (int32_t i = 0; i < o->m->n_surfaces; i++) {
        bool crosses = side_of(o, i, w->after[i]) != side_of(o, i, w->before[i]), on = is_on(o, i);
        double near = crosses ? 0 : reached(o, i);
        if (near != near || on) {
            continue;
        }
        w->next = i;
        double t = crosses ? find_crossing(o) : o->t;
        rt_ode_state(o, t, o->y);
        surfaces_at(o, t, o->y);
        double at = !crosses ? near : o->m->surface_whole[i] ? round(w->out[i]) : 0;
        if (t < first && keeps(o, i, at, t, o->y)) {
            first = t;
            first_level = at;
            one = i;
        }
    }
    w->next = one;
    w->next_level = first_level;
    return first;
}

double rt_slide_look(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    if (o->m->n_surfaces == 0 || !(o->t > o->t_before)) {
        return INFINITY;
    }
    double left = INFINITY, first = find_surface(o);
    w->leave = -1;
    if (w->n_on > 0 && has_left(o, o->t, o->x)) {
        left = rt_ode_bisect(o, has_left, o->t_before, o->t);
        rt_ode_state(o, left, o->y);
        w->leave = find_left(o, left, o->y);
        w->leave = w->leave < 0 ? find_left(o, o->t, o->x) : w->leave;
    }
    w->next = left <= first ? -1 : w->next;
    w->leave = left <= first ? w->leave : -1;
    return fmin(left, first);
}

void rt_slide_switch(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    int32_t of = w->next >= 0 ? w->next : w->on[w->leave];
    const char *name = o->m->species_name[o->m->surface_species[o->m->surface_ptr[of]]];
    rt_ode_note(o, w->next >= 0 ? "at t = %.6g a law jumps where `%s` = %.6g, and amounts stay there"
                                : "at t = %.6g the jump where `%s` = %.6g is left",
                o->t, name, o->x[o->m->surface_species[o->m->surface_ptr[of]]]);
    if (w->next >= 0) {
        w->on[w->n_on] = w->next;
        w->level[w->n_on++] = w->next_level;
    } else {
        w->n_on--;
        w->on[w->leave] = w->on[w->n_on];
        w->level[w->leave] = w->level[w->n_on];
    }
    w->tangled = is_tangled(o, o->t, o->x);
    w->creeps = false;
    w->next = w->leave = -1;
}

/* The reaction whose law jumps most at what the last step has crossed, or -1. */
static int32_t find_jump(const struct rt_ode *o)
{
    double most = 0;
    int32_t one = -1;
    for (int32_t j = 0; j < o->m->n_reactions; j++) {
        if (rt_law(o->m, j) >= 0) {
            double before = rt_rate(o->m, j, o->t_before, o->start, o->job->param, o->events.k),
                   after = rt_rate(o->m, j, o->t, o->x, o->job->param, o->events.k),
                   jump = fabs(after - before);
            one = jump > most ? j : one;
            most = fmax(most, jump);
        }
    }
    return one;
}

/* Whether amounts are within their tolerance of a surface that is not followed. */
static bool is_at_surface(const struct rt_ode *o)
{
    bool found = false;
    for (int32_t i = 0; i < o->m->n_surfaces && !found; i++) {
        surfaces_at(o, o->t, o->x);
        double s = o->slide.out[i], at = o->m->surface_whole[i] ? round(s) : 0;
        found = !is_on(o, i) && fabs(s - at) <= CLOSE * tolerance(o, i);
    }
    return found;
}

static int fail_at_jumps(const struct rt_ode *o, const char *why, struct rt_error *e)
{
    rt_fail(e, CRNL_SOLVER,
            "the solver `%s` gave up at t = %.6g: %s", rt_method_info(o->job->spec->method)->name,
            o->t, why);
    int32_t j = find_jump(o);
    if (j >= 0) {
        rt_put(&e->text, ", as that of ");
        rt_put_reaction(&e->text, o->m, j);
    }
    rt_put(&e->text, "\n  note: the state is ");
    rt_put_amounts(&e->text, o->m, -1, o->x);
    rt_put(&e->text,
           "\n  help: make the laws go from one value to the other within some amounts, as by clip(); or "
           "run it by ssa");
    return e->status;
}

int rt_slide_check(struct rt_ode *o, struct rt_error *e)
{
    struct rt_slide *w = &o->slide;
    if (w->tangled) {
        return fail_at_jumps(o, "more than a few jumps of laws that depend on one another meet", e);
    }
    if (o->m->n_surfaces == 0 || ++w->steps < WINDOW) {
        return CRNL_OK;
    }
    bool stands = o->t - w->t < SHORT * (o->t - o->job->t0);
    w->steps = 0;
    w->t = o->t;
    stands = stands && is_at_surface(o);
    if (!stands || !w->creeps) {
        w->creeps = stands;
        return CRNL_OK;
    }
    return fail_at_jumps(o, "amounts go back and forth over jumps of laws", e);
}
