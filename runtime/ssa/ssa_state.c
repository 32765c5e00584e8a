/* The state of a stochastic run, from which a checkpoint resumes it with the same bytes as a run that was not
 * interrupted. Kernels whose propensities are functions of amounts and constants have no other state. Kernels
 * that keep bounds or share draws, and steppers that keep flows, forget their state at places, a number of
 * events apart, in all runs; only there the state is written. Since waiting times have no memory, a place
 * does not change the distribution. */
#include "rt_ssa.h"
#include "runtime/rt_single.h"

enum { EVENTS_BETWEEN_PLACES = 1 << 20 };
/* As many as a run of several hundred years would have; sums and multiples of such numbers do not
 * overflow. */
static const int64_t MOST_EVENTS = INT64_C(1) << 58;

static bool is_function(const struct rt_ssa *s)
{
    bool of_amounts = s->kernel == &crnl_kernel_ssa_table || s->kernel == &crnl_kernel_ssa_unrolled;
    return s->stepper->has_no_kernel ? !s->stepper->anew : of_amounts;
}

static bool has_no_state(const struct rt_ssa *s)
{
    return s->stepper->has_no_state && s->stepper->has_no_state(s);
}

/* Makes the kernel, or the stepper, as a new one. */
static void forget(struct rt_ssa *s)
{
    const struct crnl_kernel *kernel = s->kernel;
    if (kernel) {
        rt_ssa_drop(s);
        s->kernel = NULL;
        rt_ssa_take(s, kernel);
    }
    if (s->stepper->anew) {
        s->stepper->anew(s);
    }
    rt_ssa_changed(s);
    rt_ssa_looks_begin(s);
}

/* Whether the run is at a place; if so, the kernel or stepper forgets its state. */
static bool pass_place(struct rt_ssa *s)
{
    if (s->w.events < s->next_place) {
        return false;
    }
    bool is_first = s->next_place == 0;
    s->next_place = s->w.events + EVENTS_BETWEEN_PLACES;
    if (is_first) {
        return false;
    }
    rt_ssa_looks_end(s);
    forget(s);
    return true;
}

static void watch_pieces(struct crnl_watch *w, struct rt_state *p)
{
    for (int32_t i = 0; w && i < w->n; i++) {
        struct crnl_watched *s = &w->sum[i];
        rt_state_piece(p, s->value, sizeof s->value);
        rt_state_piece(p, &s->base, sizeof s->base);
        rt_state_piece(p, &s->since, sizeof s->since);
        rt_state_piece(p, &s->sum, sizeof s->sum);
        rt_state_piece(p, &s->square, sizeof s->square);
        if (s->cell) {
            w->is_filled = true;
            rt_state_piece(p, s->cell, (size_t)s->size[0] * (size_t)s->size[1] * sizeof *s->cell);
            rt_state_histogram(p, &w->far[i]);
        }
    }
    if (w) {
        rt_state_piece(p, &w->start, sizeof w->start);
        rt_state_piece(p, &w->events, sizeof w->events);
    }
}

static void stretch_pieces(struct rt_ssa_stretch *f, const struct rt_job *job, struct rt_state *p)
{
    rt_state_piece(p, &f->t_end, sizeof f->t_end);
    rt_state_piece(p, &f->n_events, sizeof f->n_events);
    rt_state_truths(p, &f->measuring, 1);
    rt_state_truths(p, &f->until_in_time, 1);
    rt_state_must(p, !f->until_in_time || job->spec->until >= 0);
    rt_grid_pieces(&f->grid, job, p);
}

static void pieces(struct rt_ssa *s, struct rt_state *p)
{
    size_t n = (size_t)s->job->m->n_species;
    struct crnl_ssa *w = &s->w;
    int32_t stage = (int32_t)s->stage, kernel = s->kernel ? (int32_t)s->kernel->id : -1;
    rt_state_piece(p, &kernel, sizeof kernel);
    const struct crnl_kernel *of = rt_ssa_kernel(s, kernel);
    rt_state_must(p, s->stepper->has_no_kernel || of);
    if (p->is_read && !p->is_short && !s->stepper->has_no_kernel) {
        rt_ssa_take(s, of);
    }
    rt_state_piece(p, w->x, n * sizeof *w->x);
    rt_state_piece(p, &w->t, sizeof w->t);
    rt_state_piece(p, &w->t_next, sizeof w->t_next);
    rt_state_piece(p, &w->wait, sizeof w->wait);
    rt_state_piece(p, &w->events, sizeof w->events);
    rt_state_piece(p, &w->rng, sizeof w->rng);
    rt_events_pieces(&s->events, p);
    watch_pieces(w->watch, p);
    rt_state_piece(p, &s->next_choice, sizeof s->next_choice);
    rt_state_piece(p, &s->next_place, sizeof s->next_place);
    rt_state_must(p, w->events >= 0 && w->events < MOST_EVENTS && s->next_choice > 0);
    rt_state_must(p, !w->watch || w->watch->events <= w->events);
    rt_state_piece(p, &s->t_last, sizeof s->t_last);
    rt_state_piece(p, &s->t_base, sizeof s->t_base);
    rt_state_piece(p, &stage, sizeof stage);
    rt_state_must(p, stage == RT_SSA_BURN_IN || stage == RT_SSA_MEASURE);
    s->stage = p->is_short ? s->stage : (enum rt_ssa_stage)stage;
    stretch_pieces(&s->stretch, s->job, p);
    rt_state_piece(p, &s->dead_phases, sizeof s->dead_phases);
    rt_state_must(p, s->dead_phases >= 0 && s->dead_phases < INT32_MAX / 2);
    rt_state_truths(p, &s->waits, 1);
    rt_state_truths(p, &s->each, 1);
    rt_state_truths(p, &s->is_watched, 1);
    rt_state_piece(p, s->before, n * sizeof *s->before);
    if (s->stepper->state) {
        s->stepper->state(s, p);
    }
    rt_single_pieces(s->r, p);
}

void rt_ssa_look_state(struct rt_ssa *s)
{
    if (!has_no_state(s) && (is_function(s) || pass_place(s)) && rt_single_is_due(s->r)) {
        struct rt_state p = {0};
        pieces(s, &p);
        rt_single_keep_state(s->r, &p);
    }
}

void rt_ssa_go_on(struct rt_ssa *s)
{
    struct rt_state *p = rt_single_state(s->r);
    rt_single_has_states(s->r, !has_no_state(s));
    if (!p || s->stage == RT_SSA_OVER) {
        return;
    }
    s->r->n_rows = 0; /* the rows of the start are already written */
    pieces(s, p);
    s->stretch.grid.job = s->job;
    if (p->is_short || p->at != p->n) {
        s->status = rt_single_fail(s->r);
        s->stage = RT_SSA_OVER;
    } else if (!is_function(s)) {
        forget(s);
    } else if (s->w.kernel) {
        s->code->reset(s->w.kernel);
    }
}
