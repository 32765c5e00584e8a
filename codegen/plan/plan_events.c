/* The events and the clock of a model. */
#include "codegen/plan/plan_build.h"

#include <stdlib.h>

_Static_assert((int)EVENT_AT == CRNL_EVENT_AT && (int)EVENT_EVERY == CRNL_EVENT_EVERY &&
                   (int)EVENT_WHEN == CRNL_EVENT_WHEN,
               "one order of kinds");
_Static_assert((int)BIND_WITH == CRNL_WITH && (int)BIND_SET == CRNL_SET && (int)BIND_CLAMP == CRNL_CLAMP &&
                   (int)BIND_HOLD == CRNL_HOLD && (int)BIND_TOLERANCE == CRNL_TOLERANCE &&
                   (int)SPAN_CYCLES == CRNL_SPAN_CYCLES,
               "one order of kinds");

_Static_assert((int)EVENT_QUEUED == CRNL_EVENT_QUEUED && (int)EVENT_HELD == CRNL_EVENT_HELD &&
                   (int)EVENT_CANCELLED == CRNL_EVENT_CANCELLED && (int)EVENT_EARLY == CRNL_EVENT_EARLY &&
                   (int)EVENT_DRAWN == CRNL_EVENT_DRAWN,
               "the same flags");

/* Makes the tape that computes durations of phases and times and periods of events from the parameters. */
static void plan_schedule(struct plan_builder *b)
{
    const struct net *net = b->net;
    size_t n = 0;
    expr_id *e = mem_zalloc(net->clock.n + net->event.n + 1, sizeof *e);
    for (size_t i = 0; i < net->clock.n; i++) {
        e[n++] = net->clock.data[i].duration;
    }
    for (size_t i = 0; i < net->event.n; i++) {
        e[n++] = net->event.data[i].kind == EVENT_WHEN ? 0 : net->event.data[i].when;
    }
    b->plan->model.schedule = tape_build(b->arena, net->ex, e, n);
    free(e);
}

void plan_events(struct plan_builder *b)
{
    const struct net *net = b->net;
    struct crnl_model *m = &b->plan->model;
    if (net->event.n == 0 && net->clock.n == 0) {
        return;
    }
    struct crnl_event *event = plan_array(b, net->event.n, struct crnl_event);
    int32_t *species = plan_array(b, net->change.n, int32_t), *value = plan_array(b, net->change.n, int32_t);
    int32_t *guard = plan_array(b, net->clock.n, int32_t);
    for (size_t i = 0; i < net->event.n; i++) {
        const struct event *from = &net->event.data[i];
        bool when = from->kind == EVENT_WHEN;
        event[i] = (struct crnl_event){.kind = from->kind,
                                       .when = when ? plan_expr(b, from->when) : -1,
                                       .reads_time = when && b->flows[i],
                                       .first = (int32_t)from->first,
                                       .n = (int32_t)from->n,
                                       .line = plan_line(b, from->span),
                                       .flags = from->flags,
                                       .delay = from->delay ? plan_expr(b, from->delay) : -1,
                                       .longest = from->longest ? plan_expr(b, from->longest) : -1,
                                       .priority = from->priority ? plan_expr(b, from->priority) : -1};
    }
    for (size_t i = 0; i < net->change.n; i++) {
        species[i] = net->change.data[i].species;
        value[i] = plan_expr(b, net->change.data[i].value);
    }
    for (size_t i = 0; i < net->clock.n; i++) {
        guard[i] = net->clock.data[i].guard;
    }
    m->n_events = (int32_t)net->event.n;
    m->n_changes = (int32_t)net->change.n;
    m->event = event;
    m->change_species = species;
    m->change_expr = value;
    m->n_phases = (int32_t)net->clock.n;
    m->phase_guard = guard;
    plan_schedule(b);
}
