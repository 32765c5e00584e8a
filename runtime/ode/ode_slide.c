/* Sliding. Where a law jumps, as floor(X / 4) does at X = 4, 8, ..., amounts may run into the surface from
 * both sides: no solver gets on there, with steps as long as its tolerance. The motion that is meant goes
 * along the surface, by the mixture of the derivatives f- and f+ on its two sides that does not leave it
 * (Filippov 1988, chapter 2, section 4): with s the distance that the plan has found, and s-', s+' its
 * derivatives along f- and f+,  dx/dt = (s-' f+ - s+' f-) / (s-' - s+'),   as long as s-' > 0 > s+'.  That
 * is smooth, so that steps are as long as elsewhere. The run leaves the surface where one side no longer
 * runs into it. */
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

void rt_slide_create(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    struct rt_slide *w = &o->slide;
    size_t n = (size_t)m->n_surfaces;
    w->on = w->next = -1;
    if (n > 0) {
        w->at = rt_alloc(1 + (size_t)m->n_surface_reads, sizeof *w->at);
        w->registers = rt_alloc((size_t)m->surface.n_registers, sizeof *w->registers);
        w->out = rt_alloc(2 * n + (size_t)m->surface_ptr[n], sizeof *w->out);
        w->before = rt_alloc(n, sizeof *w->before);
        w->after = rt_alloc(n, sizeof *w->after);
        w->x = rt_alloc((size_t)o->n, sizeof *w->x);
        w->f[0] = rt_alloc((size_t)o->n, sizeof *w->x);
        w->f[1] = rt_alloc((size_t)o->n, sizeof *w->x);
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
    free(w->f[0]);
    free(w->f[1]);
}

void rt_slide_begin(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    w->on = w->next = -1;
    w->steps = 0;
    w->creeps = false;
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

struct sides {
    double below, above; /* derivatives of s along f- and f+ */
    double scale;        /* what s would be if all amounts were as large as ever */
};

/* Derivatives on both sides of surface i at `at`, so far from it, into w->f; false if they are not finite or
 * the surface is none. */
static bool look_beside(const struct rt_ode *o, int32_t i, double at, double t, const double *x, double far,
                        struct sides *sides)
{
    const struct crnl_model *m = o->m;
    const struct rt_slide *w = &o->slide;
    surfaces_at(o, t, x);
    const double *slope = w->out + 2 * m->n_surfaces;
    double norm = 0, s[2] = {w->out[m->n_surfaces + i], w->out[m->n_surfaces + i]};
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        double d = slope[e] * o->largest[m->surface_species[e]];
        norm += d * d;
    }
    bool finite = norm > 0 && norm < INFINITY;
    for (int side = 0; side < 2 && finite; side++) {
        double move = (at - w->out[i] + (side ? far : -far) * sqrt(norm)) / norm;
        memcpy(w->x, x, (size_t)o->n * sizeof *w->x);
        for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
            double largest = o->largest[m->surface_species[e]];
            w->x[m->surface_species[e]] += move * slope[e] * largest * largest;
        }
        finite = rt_ode_plain_rhs(o, t, w->x, w->f[side]);
        for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
            s[side] += slope[e] * w->f[side][m->surface_species[e]];
        }
    }
    *sides = (struct sides){s[0], s[1], sqrt(norm)};
    return finite;
}

/* Whether both sides of surface i run into it, and by a jump: a law that is only steep there does so more
 * the farther one looks. */
static bool attracts(const struct rt_ode *o, int32_t i, double at, double t, const double *x)
{
    struct sides far, near;
    return look_beside(o, i, at, t, x, FARTHER * BESIDE, &far) &&
           look_beside(o, i, at, t, x, BESIDE, &near) && near.below > 0 && near.above < 0 &&
           far.below - far.above < FARTHER / 2 * (near.below - near.above);
}

/* What rounding leaves of the motion across surface i is more than the tolerance of an amount that is held
 * at 0. */
static void stay(const struct rt_ode *o, int32_t i, double norm, double *dx)
{
    const struct crnl_model *m = o->m;
    const double *slope = o->slide.out + 2 * m->n_surfaces;
    double across = o->slide.out[m->n_surfaces + i];
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        across += slope[e] * dx[m->surface_species[e]];
    }
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        double largest = o->largest[m->surface_species[e]];
        dx[m->surface_species[e]] -= across / norm * slope[e] * largest * largest;
    }
}

bool rt_slide_rhs(const struct rt_ode *o, double t, const double *x, double *dx)
{
    const struct rt_slide *w = &o->slide;
    struct sides s;
    if (!look_beside(o, w->on, w->level, t, x, BESIDE, &s) || !(s.below > s.above)) {
        return false;
    }
    double above = s.below / (s.below - s.above);
    for (int64_t i = 0; i < o->n; i++) {
        dx[i] = (1 - above) * w->f[0][i] + above * w->f[1][i];
    }
    stay(o, w->on, s.scale * s.scale, dx);
    return true;
}

void rt_slide_note(struct rt_ode *o)
{
    if (o->m->n_surfaces > 0) {
        surfaces_at(o, o->t, o->x);
        memcpy(o->slide.before, o->slide.out, (size_t)o->m->n_surfaces * sizeof *o->slide.before);
    }
}

static bool has_left(struct rt_ode *o, double t, const double *x)
{
    return !attracts(o, o->slide.on, o->slide.level, t, x);
}

static bool has_crossed(struct rt_ode *o, double t, const double *x)
{
    int32_t i = o->slide.next;
    surfaces_at(o, t, x);
    return side_of(o, i, o->slide.out[i]) != side_of(o, i, o->slide.before[i]);
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
        bool crosses = side_of(o, i, w->after[i]) != side_of(o, i, w->before[i]);
        double near = crosses ? 0 : reached(o, i);
        if (near != near) {
            continue;
        }
        w->next = i;
        double t = crosses ? rt_ode_bisect(o, has_crossed, o->t_before, o->t) : o->t;
        rt_ode_state(o, t, o->y);
        surfaces_at(o, t, o->y);
        double at = !crosses ? near : o->m->surface_whole[i] ? round(w->out[i]) : 0;
        if (t < first && attracts(o, i, at, t, o->y)) {
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
    if (w->on < 0) {
        return find_surface(o);
    }
    w->next = -1;
    return has_left(o, o->t, o->x) ? rt_ode_bisect(o, has_left, o->t_before, o->t) : INFINITY;
}

void rt_slide_switch(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    int32_t of = w->next >= 0 ? w->next : w->on;
    const char *name = o->m->species_name[o->m->surface_species[o->m->surface_ptr[of]]];
    rt_ode_note(o, w->next >= 0 ? "at t = %.6g a law jumps where `%s` = %.6g, and amounts stay there"
                                : "at t = %.6g the jump where `%s` = %.6g is left",
                o->t, name, o->x[o->m->surface_species[o->m->surface_ptr[of]]]);
    w->on = w->next;
    w->level = w->next_level;
    w->creeps = false;
    w->next = -1;
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
        found = i != o->slide.on && fabs(s - at) <= CLOSE * tolerance(o, i);
    }
    return found;
}

int rt_slide_check(struct rt_ode *o, struct rt_error *e)
{
    struct rt_slide *w = &o->slide;
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
    rt_fail(e, CRNL_SOLVER,
            "the solver `%s` gave up at t = %.6g: amounts go back and forth over jumps of laws",
            rt_method_info(o->job->spec->method)->name, o->t);
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
