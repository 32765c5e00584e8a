/* Events of SBML: conditions whose changes are queued. */
#include "import/sbml/sbml_impl.h"

/* Whether a value may differ between the time when the condition becomes true and the time of the event. */
static bool may_move(const struct sbml *s, expr_id value)
{
    const struct expr_pool *p = s->x->net->ex;
    return (expr_get(p, value)->holds & HOLDS_STATE) || expr_uses(p, value, EXPR_CAPTURE, -1);
}

/* Whether a delayed event sets a concentration in a compartment whose size may change: the event uses the
 * concentration computed at the trigger's time and the size at the end of the delay. */
static bool is_sized_late(const struct sbml *s, Event_t *v, const struct entity *e)
{
    return Event_isSetDelay(v) && Event_getUseValuesFromTriggerTime(v) && e->kind == ENTITY_SPECIES &&
           !e->substance && s->entity.data[e->compartment].role != ROLE_HELD;
}

bool sbml_read_change(struct sbml *s, Event_t *v, unsigned k, struct sbml_event_reads *reads,
                      struct change *to)
{
    const EventAssignment_t *a = Event_getEventAssignment(v, k);
    struct entity *e = sbml_find(s, EventAssignment_getVariable(a));
    s->at = sbml_line(s, a);
    /* the variable of a guard or time; another tool has changed an event that crnlc wrote */
    if (e->species < 0) {
        return sbml_unsupported(
            s,
            "an event that sets '%s', which is no amount of the network\n  help: restore the event as "
            "crnlc wrote it, or leave the annotations of crnlc out",
            e->id);
    }
    expr_id value = sbml_math(s, EventAssignment_getMath(a));
    if (value && is_sized_late(s, v, e)) {
        reads->late = e->id;
    }
    reads->moves |= value && may_move(s, value);
    if (value && e->kind == ENTITY_SPECIES && !e->substance) {
        expr_id size = sbml_size(s, e); /* the size before the event, even if the event changes it */
        value = size ? expr_binary(s->x->net->ex, EXPR_MUL, value, size) : 0;
    }
    *to = (struct change){e->species, value};
    return value != 0;
}

static bool check_reads(struct sbml *s, const struct sbml_event_reads *reads)
{
    return !reads->late || !reads->moves ||
           sbml_unsupported(
               s,
               "an event with a delay and values of the trigger's time that sets the "
               "concentration of '%s', whose compartment changes\n  help: write useValuesFromTriggerTime="
               "\"false\", or set an amount",
               reads->late);
}

/* Whether other events, or solutions of equations that follow from them, may change what the values of
 * the event read, so that the values may differ although no time passes. */
static bool others_move(struct sbml *s, const Event_t *v, const struct change *change, unsigned n)
{
    const struct expr_pool *p = s->x->net->ex;
    bool moves = false;
    for (unsigned k = 0; k < n; k++) {
        for (unsigned i = 0; i < Model_getNumEvents(s->model); i++) {
            Event_t *other = Model_getEvent(s->model, i);
            for (unsigned m = 0; other != v && m < Event_getNumEventAssignments(other); m++) {
                const char *id = EventAssignment_getVariable(Event_getEventAssignment(other, m));
                const struct entity *e = sbml_find(s, id);
                moves |= e && e->species >= 0 && expr_uses(p, change[k].value, EXPR_SPECIES, e->species);
            }
        }
        for (size_t i = 0; Model_getNumEvents(s->model) > 1 && i < s->implicit.n; i++) {
            for (size_t m = 0; m < s->implicit.data[i].n; m++) {
                moves |= expr_uses(p, change[k].value, EXPR_SPECIES, s->implicit.data[i].species[m]);
            }
        }
    }
    return moves;
}

/* Whether the condition is false at time 0 for all amounts and parameters. */
static bool waits_for_time(const struct expr_pool *p, expr_id when)
{
    const struct expr *e = expr_get(p, when);
    double time;
    switch (e->op) {
    case EXPR_AND: return waits_for_time(p, e->args[0]) || waits_for_time(p, e->args[1]);
    case EXPR_OR: return waits_for_time(p, e->args[0]) && waits_for_time(p, e->args[1]);
    case EXPR_LT:
    case EXPR_LE:
        return expr_get(p, e->args[1])->op == EXPR_TIME && expr_const_real(p, e->args[0], &time) && time > 0;
    default: return false;
    }
}

/* Whether the event means the same without a queue. If it is the only event of the model and has no
 * delay, it happens at the time when its condition turns true and nothing happens in between. So the
 * values are the same at the trigger and at the event, the condition still holds, and no order of events
 * is drawn. That the condition counts as true before the start matters only if it may be true at the
 * start; if it is false there, it counts as false. */
static bool is_plain(const struct sbml *s, const struct event *e)
{
    return Model_getNumEvents(s->model) == 1 && !e->delay && !e->priority &&
           (!(e->flags & EVENT_HELD) || waits_for_time(s->x->net->ex, e->when));
}

static bool read_event(struct sbml *s, Event_t *v)
{
    struct net *n = s->x->net;
    bool level_2 = SBMLDocument_getLevel(s->document) == 2;
    struct span at = s->at = sbml_line(s, v);
    Trigger_t *trigger = Event_getTrigger(v);
    if (!trigger || !Trigger_isSetMath(trigger)) {
        return s->may_lack_math ||
               sbml_unsupported(s, "an event without a trigger\n  help: write its `trigger`, a condition");
    }
    expr_id delay = 0, priority = 0, when = sbml_condition(s, Trigger_getMath(trigger));
    bool has_delay = Event_isSetDelay(v) && (!s->may_lack_math || Delay_isSetMath(Event_getDelay(v)));
    bool has_priority =
        Event_isSetPriority(v) && (!s->may_lack_math || Priority_isSetMath(Event_getPriority(v)));
    if (!when || (has_delay && !(delay = sbml_math(s, Delay_getMath(Event_getDelay(v))))) ||
        (has_priority && !(priority = sbml_math(s, Priority_getMath(Event_getPriority(v)))))) {
        return false;
    }
    unsigned n_changes = 0;
    struct sbml_event_reads reads = {0};
    struct change *change = arena_alloc(
        s->x->arena, (Event_getNumEventAssignments(v) + sbml_count_implicit(s) + 1) * sizeof *change);
    for (unsigned k = 0; k < Event_getNumEventAssignments(v); k++) {
        bool is_set = !s->may_lack_math || EventAssignment_isSetMath(Event_getEventAssignment(v, k));
        if (is_set && !sbml_read_change(s, v, k, &reads, &change[n_changes++])) {
            return false;
        }
    }
    if (!check_reads(s, &reads)) {
        return false;
    }
    unsigned n_given = n_changes;
    n_changes = sbml_implicit_changes(s, change, n_changes);
    bool early = Event_getUseValuesFromTriggerTime(v) && !reads.late;
    if (early &&
        n_changes > n_given) { /* the solution of an equation uses the amounts at the time of the changes */
        if (reads.moves && (has_delay || others_move(s, v, change, n_given))) {
            s->at = at;
            return sbml_unsupported(s,
                                    "an event with values of the trigger's time that may be others when it "
                                    "happens, beside algebraic rules that are not linear\n  help: write "
                                    "useValuesFromTriggerTime=\"false\" to the event");
        }
        early = false;
    }
    net_add_event(n, EVENT_WHEN, when, change, n_changes, at);
    struct event *e = &vec_last(&n->event);
    e->delay = delay;
    e->priority = priority;
    e->flags = EVENT_QUEUED;
    e->flags |= level_2 || Trigger_getInitialValue(trigger) ? EVENT_HELD : 0;
    e->flags |= level_2 || Trigger_getPersistent(trigger) ? 0 : EVENT_CANCELLED;
    e->flags |= has_priority ? EVENT_DRAWN : 0;
    e->flags |= early ? EVENT_EARLY : 0;
    e->flags = is_plain(s, e) ? 0 : e->flags;
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
