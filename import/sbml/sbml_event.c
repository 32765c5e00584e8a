/* Events of SBML: conditions whose changes are queued. */
#include "import/sbml/sbml_impl.h"

/* The size that the compartment of a species has when the event has happened. */
static expr_id size_after(struct sbml *s, Event_t *v, const struct entity *e)
{
    const struct entity *c = &s->entity.data[e->compartment];
    for (unsigned k = 0; k < Event_getNumEventAssignments(v); k++) {
        const EventAssignment_t *a = Event_getEventAssignment(v, k);
        if (sbml_find(s, EventAssignment_getVariable(a)) == c) {
            return sbml_math(s, EventAssignment_getMath(a));
        }
    }
    if (Event_isSetDelay(v) && c->role != ROLE_HELD) {
        return (expr_id)sbml_unsupported(
            s, "an event with a delay that sets the concentration of '%s', whose compartment changes", e->id);
    }
    return sbml_size(s, e);
}

bool sbml_read_change(struct sbml *s, Event_t *v, unsigned k, struct change *to)
{
    const EventAssignment_t *a = Event_getEventAssignment(v, k);
    struct entity *e = sbml_find(s, EventAssignment_getVariable(a));
    s->at = sbml_line(s, a);
    expr_id value = sbml_math(s, EventAssignment_getMath(a));
    if (value && e->kind == ENTITY_SPECIES && !e->substance) {
        expr_id size = size_after(s, v, e);
        value = size ? expr_binary(s->x->net->ex, EXPR_MUL, value, size) : 0;
    }
    *to = (struct change){e->species, value};
    return value != 0;
}

static bool read_event(struct sbml *s, Event_t *v)
{
    struct net *n = s->x->net;
    bool level_2 = SBMLDocument_getLevel(s->document) == 2;
    struct span at = s->at = sbml_line(s, v);
    Trigger_t *trigger = Event_getTrigger(v);
    if (!trigger || !Trigger_isSetMath(trigger)) {
        return sbml_unsupported(s, "an event without a trigger");
    }
    expr_id delay = 0, priority = 0, when = sbml_condition(s, Trigger_getMath(trigger));
    if (!when || (Event_isSetDelay(v) && !(delay = sbml_math(s, Delay_getMath(Event_getDelay(v))))) ||
        (Event_isSetPriority(v) && !(priority = sbml_math(s, Priority_getMath(Event_getPriority(v)))))) {
        return false;
    }
    unsigned n_changes = Event_getNumEventAssignments(v);
    struct change *change = arena_alloc(s->x->arena, (n_changes + 1) * sizeof *change);
    for (unsigned k = 0; k < n_changes; k++) {
        if (!sbml_read_change(s, v, k, &change[k])) {
            return false;
        }
    }
    net_add_event(n, EVENT_WHEN, when, change, n_changes, at);
    struct event *e = &vec_last(&n->event);
    e->delay = delay;
    e->priority = priority;
    e->flags = EVENT_QUEUED;
    e->flags |= level_2 || Trigger_getInitialValue(trigger) ? EVENT_HELD : 0;
    e->flags |= level_2 || Trigger_getPersistent(trigger) ? 0 : EVENT_CANCELLED;
    e->flags |= Event_getUseValuesFromTriggerTime(v) ? EVENT_EARLY : 0;
    return true;
}

bool sbml_events(struct sbml *s)
{
    bool ok = true;
    for (unsigned i = 0; ok && i < Model_getNumEvents(s->model); i++) {
        Event_t *v = Model_getEvent(s->model, i);
        const XMLNode_t *how = s->own ? sbml_own_event(v) : NULL;
        ok = how ? sbml_own_read_event(s, v, how) : read_event(s, v);
    }
    return ok;
}
