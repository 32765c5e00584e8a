/* The state of events and of the clock in a checkpoint. It is read into a run of the same job that has
 * begun. */
#include <stdlib.h>

#include "rt_events.h"
#include "rt_state.h"

static void waiting_pieces(struct rt_events *ev, struct rt_state *s)
{
    const struct crnl_model *m = ev->job->m;
    int32_t n = ev->n_waiting;
    rt_state_piece(s, &n, sizeof n);
    struct rt_waiting *in_order = s->is_read ? NULL : rt_queue_in_order(ev);
    if (s->is_read) {
        rt_queue_clear(ev);
    }
    for (int32_t i = 0; i < n && !s->is_short; i++) {
        struct rt_waiting w = {0}, *of = s->is_read ? &w : &in_order[i];
        bool has_value = of->value != NULL;
        rt_state_piece(s, &of->due, sizeof of->due);
        rt_state_piece(s, &of->event, sizeof of->event);
        rt_state_truths(s, &has_value, 1);
        if (s->is_read && (s->is_short || of->event < 0 || of->event >= m->n_events)) {
            s->is_short = true;
            return;
        }
        size_t size = has_value ? (size_t)m->event[of->event].n * sizeof *of->value : 0;
        if (s->is_read && has_value) {
            of->value = rt_alloc(size, 1);
        }
        rt_state_piece(s, of->value, size);
        if (s->is_read) {
            rt_queue_push(ev, &w);
        }
    }
    free(in_order);
}

void rt_events_pieces(struct rt_events *ev, struct rt_state *s)
{
    const struct crnl_model *m = ev->job->m;
    struct rt_turns *w = &ev->turns;
    double *const numbers[] = {&ev->t_next, &ev->t_event, &ev->t_turn, &ev->after, &ev->base};
    bool *const flags[] = {&ev->jumps, &ev->jumped, &ev->reads_time, &w->known};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        rt_state_piece(s, numbers[i], sizeof *numbers[i]);
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        rt_state_truths(s, flags[i], 1);
    }
    rt_state_count(s, &ev->passed);
    rt_state_count(s, &ev->cycle);
    rt_state_piece(s, &ev->phase, sizeof ev->phase);
    rt_state_must(s, ev->phase >= 0 && (ev->phase == 0 || ev->phase < m->n_phases));
    for (int32_t i = 0; i < m->n_events; i++) {
        rt_state_count(s, &ev->fired[i]);
    }
    rt_state_piece(s, ev->truth, (size_t)m->n_events);
    rt_state_piece(s, &ev->rng, sizeof ev->rng);
    rt_state_count(s, &ev->masks);
    rt_state_piece(s, ev->masked, ev->masked ? (size_t)m->n_reactions * sizeof *ev->masked : 0);
    if (m->n_turns > 0) {
        size_t globals = 1 + (size_t)(m->n_turn_species + m->n_turn_captures);
        rt_state_piece(s, w->turn, (size_t)m->n_turns * sizeof *w->turn);
        rt_state_piece(s, w->global, globals * sizeof *w->global);
        rt_state_piece(s, w->at, globals * sizeof *w->at);
    }
    waiting_pieces(ev, s);
}
