/* The state of a stochastic run, by which it goes on from a checkpoint with the bytes of one that was not
 * ended. Kernels whose propensities are functions of amounts and constants need nothing but these; those that
 * keep bounds, or share draws, do not go on alike from there, and have none. */
#include "rt_ssa.h"
#include "runtime/rt_single.h"

bool rt_ssa_has_state(const struct rt_ssa *s)
{
    bool is_function = s->kernel == &crnl_kernel_ssa_table || s->kernel == &crnl_kernel_ssa_unrolled;
    return s->r->single && s->stepper->advance == rt_ssa_exact && is_function && !s->events.any &&
           !s->events.has_when && s->job->m->n_turns == 0;
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
            rt_state_piece(p, s->cell, (size_t)s->size[0] * (size_t)s->size[1] * sizeof *s->cell);
            rt_state_histogram(p, &w->far[i]);
        }
    }
    if (w) {
        rt_state_piece(p, &w->start, sizeof w->start);
        rt_state_piece(p, &w->events, sizeof w->events);
    }
}

static void phase_pieces(struct rt_phase *f, struct rt_state *p)
{
    rt_state_piece(p, &f->t_end, sizeof f->t_end);
    rt_state_piece(p, &f->n_events, sizeof f->n_events);
    rt_state_piece(p, &f->measuring, sizeof f->measuring);
    rt_state_piece(p, &f->until_in_time, sizeof f->until_in_time);
    rt_state_piece(p, &f->grid.base, sizeof f->grid.base);
    rt_state_piece(p, &f->grid.every, sizeof f->grid.every);
    rt_state_piece(p, &f->grid.end, sizeof f->grid.end);
    rt_state_piece(p, &f->grid.i, sizeof f->grid.i);
    rt_state_piece(p, &f->grid.i_sample, sizeof f->grid.i_sample);
}

static void pieces(struct rt_ssa *s, struct rt_state *p)
{
    size_t n = (size_t)s->job->m->n_species;
    struct crnl_ssa *w = &s->w;
    int32_t kernel = s->kernel == &crnl_kernel_ssa_table;
    rt_state_piece(p, &kernel, sizeof kernel);
    if (p->is_read) {
        rt_ssa_take(s, kernel ? &crnl_kernel_ssa_table : &crnl_kernel_ssa_unrolled);
    }
    rt_state_piece(p, w->x, n * sizeof *w->x);
    rt_state_piece(p, &w->t, sizeof w->t);
    rt_state_piece(p, &w->t_next, sizeof w->t_next);
    rt_state_piece(p, &w->wait, sizeof w->wait);
    rt_state_piece(p, &w->events, sizeof w->events);
    rt_state_piece(p, &w->rng, sizeof w->rng);
    watch_pieces(w->watch, p);
    rt_state_piece(p, &s->next_choice, sizeof s->next_choice);
    rt_state_piece(p, &s->t_last, sizeof s->t_last);
    rt_state_piece(p, &s->t_base, sizeof s->t_base);
    rt_state_piece(p, &s->stage, sizeof s->stage);
    phase_pieces(&s->phase, p);
    rt_state_piece(p, &s->dead_phases, sizeof s->dead_phases);
    rt_state_piece(p, &s->waits, sizeof s->waits);
    rt_state_piece(p, &s->each, sizeof s->each);
    rt_state_piece(p, &s->is_watched, sizeof s->is_watched);
    rt_state_piece(p, s->before, n * sizeof *s->before);
    rt_single_pieces(s->r, p);
}

void rt_ssa_keep_state(struct rt_ssa *s)
{
    struct rt_state p = {0};
    pieces(s, &p);
    rt_single_keep_state(s->r, &p);
}

void rt_ssa_go_on(struct rt_ssa *s)
{
    struct rt_state *p = rt_single_state(s->r);
    if (p && s->stage != RT_SSA_OVER) {
        s->r->n_rows = 0; /* those of the start are there */
        pieces(s, p);
        s->phase.grid.job = s->job;
        if (s->w.kernel) {
            s->code->reset(s->w.kernel);
        }
    }
}
