/* Sliding. If a law jumps, as floor(X / 4) does at X = 4, 8, ..., amounts may run into the surface of the
 * jump from both sides. There no solver advances, because its steps become as short as its tolerance demands.
 * The motion that is meant goes along the surface, by that mixture of the derivatives f- and f+ on its two
 * sides that does not leave it (Filippov 1988, chapter 2, section 4). With s the distance that the plan has
 * found, and s-', s+' its derivatives along f- and f+,
 *
 *     dx/dt = (s-' f+ - s+' f-) / (s-' - s+'),   as long as s-' > 0 > s+'.
 *
 * This is smooth, so that steps are as long as elsewhere. The run leaves the surface when one side no longer
 * runs into it. Where surfaces meet, several are followed at once (ode_corner.c). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"

/* In units of RT_SLIDE_BESIDE: the second distance at which laws are evaluated, to distinguish a jump from a
 * slope. */
static const double FARTHER = 4;
/* Amounts have reached a surface if they are within this number of tolerances of it and within STEPS_AWAY
 * steps: some solvers come closer and closer, or turn back, without ever ending a step on the other side. If
 * that has gone on for a while, CLOSE is used instead of REACHED. */
static const double REACHED = 0.1, CLOSE = 10;
enum { STEPS_AWAY = 10 };
/* If WINDOW steps pass within this fraction of the time, and end with amounts that are at a surface within
 * CLOSE tolerances, amounts go back and forth there. */
enum { WINDOW = 2000 };
static const double SHORT = 1e-3;

void rt_slide_create(struct rt_ode *o)
{
    const struct crnl_model *m = o->m;
    struct rt_slide *w = &o->slide;
    size_t n = (size_t)m->n_surfaces;
    w->leave = -1;
    if (n > 0) {
        w->on = rt_alloc(n, sizeof *w->on);
        w->level = rt_alloc(n, sizeof *w->level);
        w->at = rt_alloc(1 + (size_t)m->n_surface_reads, sizeof *w->at);
        w->registers = rt_alloc((size_t)m->surface.n_registers, sizeof *w->registers);
        w->out = rt_alloc(2 * n + (size_t)m->surface_ptr[n], sizeof *w->out);
        w->before = rt_alloc(n, sizeof *w->before);
        w->after = rt_alloc(n, sizeof *w->after);
        w->x = rt_alloc((size_t)o->n, sizeof *w->x);
        w->f = rt_alloc((size_t)o->n, sizeof *w->f);
    }
}

void rt_slide_destroy(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    rt_corner_destroy(w->corner);
    free(w->on);
    free(w->level);
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
    rt_corner_destroy(w->corner);
    w->corner = NULL;
    w->n_on = w->n_next = 0;
    w->leave = -1;
    w->steps = 0;
    w->creeps = w->tangled = false;
    w->t = o->t;
}

void rt_slide_follow(struct rt_ode *o, int32_t n)
{
    struct rt_slide *w = &o->slide;
    bool too_many = false;
    rt_corner_destroy(w->corner);
    w->corner = n > 0 ? rt_corner_create(o, w->on, w->level, n, o->t, o->x, &too_many) : NULL;
    w->tangled |= too_many;
    w->n_on = w->corner ? n : 0;
}

void rt_slide_pieces(struct rt_ode *o, struct rt_state *p)
{
    struct rt_slide *w = &o->slide;
    if (o->m->n_surfaces == 0) {
        return;
    }
    int32_t n = w->n_on;
    rt_state_piece(p, &n, sizeof n);
    rt_state_must(p, n >= 0 && n <= o->m->n_surfaces);
    w->n_on = p->is_short ? 0 : n;
    rt_state_piece(p, w->on, (size_t)w->n_on * sizeof *w->on);
    rt_state_piece(p, w->level, (size_t)w->n_on * sizeof *w->level);
    for (int32_t i = 0; i < w->n_on; i++) {
        rt_state_must(p, w->on[i] >= 0 && w->on[i] < o->m->n_surfaces && isfinite(w->level[i]));
        for (int32_t k = 0; k < i; k++) {
            rt_state_must(p, w->on[k] != w->on[i]);
        }
    }
}

/* The side of surface i for distance s: its sign, or, if the law jumps at whole numbers, floor(s). */
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

/* The first of k surfaces of c that does not hold the motion, because its two sides do not run into it or
 * because its law does not jump but is only steep: then its effect grows with the distance at which it is
 * evaluated. -1 if all hold it. */
static int32_t find_loose(const struct rt_ode *o, struct rt_corner *c, int32_t k, double t, const double *x)
{
    double *near = rt_alloc((size_t)k, sizeof *near), *far = rt_alloc((size_t)k, sizeof *far);
    bool known = rt_corner_find_shares(c, o, t, x, FARTHER * RT_SLIDE_BESIDE, far) &&
                 rt_corner_find_shares(c, o, t, x, RT_SLIDE_BESIDE, near);
    const double *u = rt_corner_shares(c);
    int32_t loose = known ? -1 : 0;
    for (int32_t i = 0; i < k && loose < 0; i++) {
        bool holds = u[i] > 0 && u[i] < 1 && near[i] > 0 && far[i] < FARTHER / 2 * near[i];
        loose = holds ? -1 : i;
    }
    free(near);
    free(far);
    return loose;
}

/* Whether the followed surfaces and the next `more` in `on` together hold the motion. */
static bool keeps(struct rt_ode *o, int32_t more, double t, const double *x)
{
    struct rt_slide *w = &o->slide;
    int32_t k = w->n_on + more;
    bool too_many;
    struct rt_corner *c = rt_corner_create(o, w->on, w->level, k, t, x, &too_many);
    w->tangled |= too_many;
    bool all = c && find_loose(o, c, k, t, x) < 0;
    rt_corner_destroy(c);
    return all;
}

static bool has_left(struct rt_ode *o, double t, const double *x)
{
    return find_loose(o, o->slide.corner, o->slide.n_on, t, x) >= 0;
}

bool rt_slide_rhs(const struct rt_ode *o, double t, const double *x, double *dx)
{
    return rt_corner_mix(o->slide.corner, o, t, x, dx);
}

void rt_slide_note(struct rt_ode *o)
{
    if (o->m->n_surfaces > 0) {
        rt_surfaces_at(o, o->t, o->x);
        memcpy(o->slide.before, o->slide.out, (size_t)o->m->n_surfaces * sizeof *o->slide.before);
    }
}

static bool has_crossed(struct rt_ode *o, double t, const double *x)
{
    int32_t i = o->slide.look;
    rt_surfaces_at(o, t, x);
    return side_of(o, i, o->slide.out[i]) != side_of(o, i, o->slide.before[i]);
}

/* Whether the motion goes away from surface `look` although the last step has moved towards it, or the other
 * way round. */
static bool has_turned(struct rt_ode *o, double t, const double *x)
{
    const struct crnl_model *m = o->m;
    struct rt_slide *w = &o->slide;
    rt_surfaces_at(o, t, x);
    double rate = w->out[m->n_surfaces + w->look];
    bool finite = rt_ode_plain_rhs(o, t, x, w->f);
    for (int32_t e = m->surface_ptr[w->look]; e < m->surface_ptr[w->look + 1]; e++) {
        rate += w->out[2 * m->n_surfaces + e] * w->f[m->surface_species[e]];
    }
    return finite && rate * (w->after[w->look] - w->before[w->look]) < 0;
}

/* The time at which the last step crossed surface `look`. If it has passed several whole numbers, as for
 * floor(1e9 A), it is the time at which the motion turns around; otherwise the first crossing. */
static double find_crossing(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    int32_t i = w->look;
    bool several = fabs(side_of(o, i, w->after[i]) - side_of(o, i, w->before[i])) > 1;
    rt_ode_state(o, o->t_before, o->y);
    several = several && !has_turned(o, o->t_before, o->y) && has_turned(o, o->t, o->x);
    return rt_ode_bisect(o, several ? has_turned : has_crossed, o->t_before, o->t);
}

/* The error of the distance s of surface i at the tolerances of the amounts. */
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

/* The level of surface i that the last step has almost reached and is moving towards, or NaN. */
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

/* Not NaN if the last step has crossed surface i, 0 then, or has almost reached it, its level then. */
static double met(struct rt_ode *o, int32_t i, bool *crosses)
{
    struct rt_slide *w = &o->slide;
    *crosses = side_of(o, i, w->after[i]) != side_of(o, i, w->before[i]);
    return is_on(o, i) ? NAN : *crosses ? 0 : reached(o, i);
}

/* Whether the motion beyond surface i, which the last step has crossed, goes back to it, with derivatives f
 * at the end of the step. It does if the surface holds the motion. */
static bool goes_back(const struct rt_ode *o, int32_t i, const double *f)
{
    const struct crnl_model *m = o->m;
    const struct rt_slide *w = &o->slide;
    double rate = w->out[m->n_surfaces + i];
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        rate += w->out[2 * m->n_surfaces + e] * f[m->surface_species[e]];
    }
    return !(rate * (w->after[i] - w->before[i]) > 0);
}

/* The sum of the rates of all laws that jump at surface i, at x moved across it by the distance `by`. */
static double rate_across(struct rt_ode *o, int32_t i, double t, const double *x, double by)
{
    const struct crnl_model *m = o->m;
    struct rt_slide *w = &o->slide;
    double square = 0, sum = 0;
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        double slope = w->out[2 * m->n_surfaces + e] * o->largest[m->surface_species[e]];
        square += slope * slope;
    }
    memcpy(w->x, x, (size_t)o->n * sizeof *w->x);
    for (int32_t e = m->surface_ptr[i]; e < m->surface_ptr[i + 1]; e++) {
        double largest = o->largest[m->surface_species[e]];
        w->x[m->surface_species[e]] += by * w->out[2 * m->n_surfaces + e] * largest * largest / square;
    }
    for (int32_t e = m->surface_law_ptr[i]; e < m->surface_law_ptr[i + 1]; e++) {
        sum += rt_rate(m, m->surface_law[e], rt_events_time(&o->events, t), w->x, o->job->param, o->events.k);
    }
    return sum;
}

/* The level of surface i nearest to x; if many whole numbers are within the tolerance, as for floor(1e9 A),
 * the one at which laws jump. The distances in slide.out must be those at x. */
static double level_near(struct rt_ode *o, int32_t i, double t, const double *x)
{
    double s = o->slide.out[i], off = CLOSE * tolerance(o, i), low = s - off, high = s + off;
    if (!o->m->surface_whole[i] || !(off > 1)) {
        return o->m->surface_whole[i] ? round(s) : 0;
    }
    double below = rate_across(o, i, t, x, -off), above = rate_across(o, i, t, x, off);
    while (below != above && floor(high) - floor(low) > 1) {
        double middle = low + (high - low) / 2;
        *(rate_across(o, i, t, x, middle - s) == below ? &low : &high) = middle;
    }
    return below != above ? floor(high) : round(s);
}

/* Adds to `on`, after the followed surfaces and surface i, the other surfaces that the last step has met and
 * that are as near at time t and state y. Returns their number plus 1, for surface i. */
static int32_t add_others(struct rt_ode *o, int32_t i, const double *y, double t)
{
    struct rt_slide *w = &o->slide;
    int32_t n = 1;
    rt_surfaces_at(o, t, y);
    for (int32_t j = 0; j < o->m->n_surfaces; j++) {
        bool crosses;
        double level = met(o, j, &crosses), s = w->out[j];
        if (j == i || level != level) {
            continue;
        }
        level = level_near(o, j, t, y);
        if (fabs(s - level) <= CLOSE * tolerance(o, j)) {
            w->on[w->n_on + n] = j;
            w->level[w->n_on + n++] = level;
        }
    }
    return n;
}

/* Whether surface i, at `level`, holds the motion at t and y, alone or with other surfaces that are met
 * there. Returns how many of them are to be followed, written into `on` after the others; 0 if they do not
 * hold it. */
static int32_t find_next(struct rt_ode *o, int32_t i, double level, double t, const double *y)
{
    struct rt_slide *w = &o->slide;
    w->on[w->n_on] = i;
    w->level[w->n_on] = level;
    if (keeps(o, 1, t, y)) {
        return 1;
    }
    int32_t n = add_others(o, i, y, t);
    return n > 1 && keeps(o, n, t, y) ? n : 0;
}

/* When steps stay short: whether all surfaces within the tolerance of the amounts hold the motion together,
 * although no single step meets one: amounts may circle where surfaces meet. The result is as for
 * find_next. */
static int32_t find_around(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    int32_t n = 0;
    rt_surfaces_at(o, o->t, o->x);
    for (int32_t j = 0; j < o->m->n_surfaces; j++) {
        double s = w->out[j], level = level_near(o, j, o->t, o->x);
        if (!is_on(o, j) && fabs(s - level) <= CLOSE * tolerance(o, j)) {
            w->on[w->n_on + n] = j;
            w->level[w->n_on + n++] = level;
        }
    }
    return n > 1 && keeps(o, n, o->t, o->x) ? n : 0;
}

/* The time at which the last step has come to the first surfaces that hold the motion: w->n_next of them. */
static double find_surfaces(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    double first = INFINITY;
    int32_t n_first = 0, *one = NULL;
    double *level = NULL;
    bool *met_it = rt_alloc((size_t)o->m->n_surfaces, sizeof *met_it);
    rt_surfaces_at(o, o->t, o->x);
    memcpy(w->after, w->out, (size_t)o->m->n_surfaces * sizeof *w->after);
    bool finite = rt_ode_rhs(o, o->t, o->x, o->f);
    rt_surfaces_at(o, o->t, o->x);
    for (int32_t i = 0; i < o->m->n_surfaces && finite; i++) {
        bool crosses;
        double near = met(o, i, &crosses);
        met_it[i] = near == near && (!crosses || goes_back(o, i, o->f));
    }
    for (int32_t i = 0; i < o->m->n_surfaces; i++) {
        bool crosses;
        if (!met_it[i]) {
            continue;
        }
        double near = met(o, i, &crosses);
        w->look = i;
        double t = crosses ? find_crossing(o) : o->t;
        rt_ode_state(o, t, o->y);
        rt_surfaces_at(o, t, o->y);
        double at = !crosses ? near : o->m->surface_whole[i] ? round(w->out[i]) : 0;
        int32_t n = t < first ? find_next(o, i, at, t, o->y) : 0;
        if (n > 0) {
            free(one);
            free(level);
            first = t;
            n_first = n;
            one = rt_copy(w->on + w->n_on, (size_t)n, sizeof *one);
            level = rt_copy(w->level + w->n_on, (size_t)n, sizeof *level);
        }
    }
    w->n_next = n_first;
    for (int32_t k = 0; k < n_first; k++) {
        w->on[w->n_on + k] = one[k];
        w->level[w->n_on + k] = level[k];
    }
    free(one);
    free(level);
    free(met_it);
    if (n_first == 0 && w->creeps) {
        w->n_next = find_around(o);
        return w->n_next > 0 ? o->t : INFINITY;
    }
    return first;
}

double rt_slide_look(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    if (o->m->n_surfaces == 0 || !(o->t > o->t_before)) {
        return INFINITY;
    }
    double left = INFINITY, first = find_surfaces(o);
    w->leave = -1;
    if (w->n_on > 0 && has_left(o, o->t, o->x)) {
        left = rt_ode_bisect(o, has_left, o->t_before, o->t);
        rt_ode_state(o, left, o->y);
        w->leave = find_loose(o, w->corner, w->n_on, left, o->y);
        w->leave = w->leave < 0 ? find_loose(o, w->corner, w->n_on, o->t, o->x) : w->leave;
    }
    w->n_next = left <= first ? 0 : w->n_next;
    w->leave = left <= first ? w->leave : -1;
    return fmin(left, first);
}

static void note_switch(struct rt_ode *o, int32_t surface, const char *what)
{
    int32_t s = o->m->surface_species[o->m->surface_ptr[surface]];
    rt_ode_note(o, what, o->t, o->m->species_name[s], o->x[s]);
}

void rt_slide_switch(struct rt_ode *o)
{
    struct rt_slide *w = &o->slide;
    for (int32_t k = 0; k < w->n_next; k++) {
        note_switch(o, w->on[w->n_on++], "at t = %.6g a law jumps where `%s` = %.6g, and amounts stay there");
    }
    if (w->n_next == 0) {
        note_switch(o, w->on[w->leave], "at t = %.6g the jump where `%s` = %.6g is left");
        w->n_on--;
        w->on[w->leave] = w->on[w->n_on];
        w->level[w->leave] = w->level[w->n_on];
    }
    rt_slide_follow(o, w->n_on);
    w->creeps = false;
    w->n_next = 0;
    w->leave = -1;
}

/* The reaction whose law jumps most between the ends of the last step, or -1. */
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
        rt_surfaces_at(o, o->t, o->x);
        double s = o->slide.out[i], at = o->m->surface_whole[i] ? round(s) : 0;
        found = !is_on(o, i) && fabs(s - at) <= CLOSE * tolerance(o, i);
    }
    return found;
}

static int fail_at_jumps(const struct rt_ode *o, const char *why, struct rt_error *e)
{
    rt_fail(e, CRNL_SOLVER, "the solver `%s` gave up at t = %.6g: %s",
            rt_method_info(o->job->spec->method)->name, o->t, why);
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
        return fail_at_jumps(o, "more than eight jumps of one law meet", e);
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
