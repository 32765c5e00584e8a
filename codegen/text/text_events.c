/* Writes events and the clock for targets that have only events with a trigger, changes and an order. Queued
 * events stay as they are. A clock becomes a variable of value 0 or 1 for each guard and an event for the
 * start of each phase. A recurring event gets a variable that holds its next time. */
#include <stdlib.h>

#include "codegen/text/text_impl.h"
#include "ir/interp/interp.h"

struct maker {
    struct text *t;
    const struct infix_style *style;
    struct text_events *to;
    bool ok;
};

static const char *formula(struct maker *m, expr_id e, struct span span)
{
    expr_id scalar = text_scalar(m->t->net, e);
    const char *text = scalar ? text_infix_string(m->t, scalar, m->style) : NULL;
    if (!text) {
        m->ok = diag_report(m->t->diag, DIAG_E0821, span, "%s: this event uses a function that it has not",
                            m->t->format->name);
    }
    return text ? text : "";
}

static const char *add_variable(struct maker *m, const char *wanted, const char *value, bool changes,
                                bool switches)
{
    struct text_variable v = {text_unique(m->t, wanted), value, changes, switches};
    vec_push(&m->to->variable, v);
    return v.name;
}

static void add_change(struct maker *m, const char *target, const char *value)
{
    struct text_change c = {target, value};
    vec_push(&m->to->change, c);
}

static struct text_event *begin_event(struct maker *m, const char *wanted, const char *trigger,
                                      bool persistent)
{
    struct text_event e = {.name = text_unique(m->t, wanted),
                           .trigger = trigger,
                           .first = m->to->change.n,
                           .persistent = persistent};
    vec_push(&m->to->event, e);
    return &m->to->event.data[m->to->event.n - 1];
}

static void end_event(struct maker *m)
{
    struct text_event *e = &m->to->event.data[m->to->event.n - 1];
    e->n = m->to->change.n - e->first;
}

/* Begins an event whose next time is a variable: first `start`, then `period` later each time. The times are
 * multiples of the period after `from` (NULL: 0). Repeated addition would let them drift away from the rows
 * at these times. */
static void begin_timer(struct maker *m, const char *wanted, const char *start, const char *from,
                        const char *period)
{
    struct arena *a = m->t->arena;
    const char *next = add_variable(m, arena_printf(a, "next_%s", wanted), start, true, false);
    begin_event(m, wanted, arena_printf(a, "%s >= %s", m->style->time, next), true)->timer = next;
    const char *passed = from ? arena_printf(a, "(%s - (%s))", next, from) : next;
    const char *later = arena_printf(a, "floor(%s / (%s) + 1.5) * (%s)", passed, period, period);
    add_change(m, next, from ? arena_printf(a, "(%s) + %s", from, later) : later);
}

static void make_guards(struct maker *m)
{
    struct text *t = m->t;
    const struct net *n = t->net;
    for (size_t g = 1; g < n->guard.n; g++) {
        bool on = n->guard.data[g].initially, switched = false;
        for (size_t i = 0; i < n->clock.n; i++) {
            if (n->clock.data[i].guard == (int32_t)g) {
                on = i == 0;
                switched = n->clock.n > 1;
            }
        }
        t->guard[g] = add_variable(m, n->guard.data[g].name, on ? "1" : "0", switched, true);
    }
}

static expr_id add(struct expr_pool *ex, expr_id sum, expr_id e)
{
    return sum ? expr_binary(ex, EXPR_ADD, sum, e) : e;
}

/* Makes the events of a clock: phase i starts when the phases before it have ended, and again after each
 * round. */
static void make_clock(struct maker *m)
{
    const struct net *n = m->t->net;
    struct expr_pool *ex = n->ex;
    expr_id period = 0, before = 0;
    for (size_t i = 0; i < n->clock.n; i++) {
        period = add(ex, period, n->clock.data[i].duration);
    }
    for (size_t i = 0; i < n->clock.n && n->clock.n > 1; i++) {
        const struct phase *p = &n->clock.data[i], *last = &n->clock.data[i ? i - 1 : n->clock.n - 1];
        const char *name = arena_printf(m->t->arena, "start_%s", n->guard.data[p->guard].name);
        const char *start = formula(m, i ? before : period, (struct span){0});
        begin_timer(m, name, start, i ? start : NULL, formula(m, period, (struct span){0}));
        struct text_event *e = &vec_last(&m->to->event);
        e->kind = "phase";
        e->guard = m->t->guard[p->guard];
        e->number = i;
        add_change(m, m->t->guard[last->guard], "0");
        add_change(m, m->t->guard[p->guard], "1");
        end_event(m);
        before = add(ex, before, p->duration);
    }
}

static void make_event(struct maker *m, size_t i)
{
    const struct net *n = m->t->net;
    const struct event *e = &n->event.data[i];
    const char *name = arena_printf(m->t->arena, "event%zu", i + 1), *when = formula(m, e->when, e->span);
    switch ((enum event_kind)e->kind) {
    case EVENT_AT:
        begin_event(m, name, arena_printf(m->t->arena, "%s >= %s", m->style->time, when), true);
        break;
    case EVENT_EVERY: begin_timer(m, name, when, NULL, when); break;
    case EVENT_WHEN: begin_event(m, name, when, false); break;
    }
    struct text_event *to = &vec_last(&m->to->event);
    to->kind = e->flags & EVENT_QUEUED ? NULL : text_event_kinds[e->kind];
    to->number = i;
    if (e->flags & EVENT_QUEUED) {
        to->persistent = !(e->flags & EVENT_CANCELLED);
        to->held = e->flags & EVENT_HELD;
        to->early = e->flags & EVENT_EARLY;
        to->delay = e->delay ? formula(m, e->delay, e->span) : NULL;
        to->priority = e->priority ? formula(m, e->priority, e->span) : NULL;
    }
    for (uint32_t k = 0; k < e->n; k++) {
        const struct change *c = &n->change.data[e->first + k];
        add_change(m, m->t->species[c->species], formula(m, c->value, e->span));
    }
    end_event(m);
}

static double value_of(struct text *t, expr_id e)
{
    struct interp *it = interp_create(t->net);
    double v = interp_value(it, e, t->x, 0, t->p, NULL, 1);
    interp_destroy(it);
    return v;
}

/* Refuses periods of 0, with which events would recur for ever at the same time. */
static bool check_durations(struct text *t)
{
    const struct net *n = t->net;
    bool ok = true;
    for (size_t i = 0; i < n->clock.n && n->clock.n > 1; i++) {
        if (!(value_of(t, n->clock.data[i].duration) > 0)) {
            ok =
                diag_report(t->diag, DIAG_E0821, (struct span){0}, "%s: the phase %s must last longer than 0",
                            t->format->name, n->guard.data[n->clock.data[i].guard].name);
        }
    }
    for (size_t i = 0; i < n->event.n; i++) {
        const struct event *e = &n->event.data[i];
        if (e->kind == EVENT_EVERY && !(value_of(t, e->when) > 0)) {
            ok = diag_report(t->diag, DIAG_E0821, e->span,
                             "%s: the time between two events must be greater than 0", t->format->name);
        }
    }
    return ok;
}

/* Either all events are queued, with an order of their own, or none; other networks are refused. */
static bool check_queued(struct text *t, size_t *queued)
{
    const struct net *n = t->net;
    size_t first = n->event.n;
    *queued = 0;
    for (size_t i = n->event.n; i-- > 0;) {
        bool is_queued = n->event.data[i].flags & EVENT_QUEUED;
        *queued += is_queued;
        first = is_queued ? i : first;
    }
    return *queued == 0 || (*queued == n->event.n && n->clock.n < 2) ||
           diag_report(t->diag, DIAG_E0821, n->event.data[first].span,
                       "%s: queued events beside a clock or events that happen at once", t->format->name);
}

/* Gives events priorities that keep their order. */
static void order_events(struct text *t, struct text_events *to)
{
    for (size_t i = 0; i < to->event.n; i++) {
        to->event.data[i].priority = arena_printf(t->arena, "%zu", to->event.n - i);
    }
}

bool text_events_make(struct text *t, const struct infix_style *style, struct text_events *to)
{
    struct maker m = {t, style, to, true};
    size_t queued;
    *to = (struct text_events){0};
    if (!check_queued(t, &queued)) {
        return false;
    }
    make_guards(&m);
    make_clock(&m);
    for (int conditions = 0; conditions <= 1; conditions++) {
        for (size_t i = 0; i < t->net->event.n; i++) {
            if ((t->net->event.data[i].kind == EVENT_WHEN) == (conditions == 1)) {
                make_event(&m, i);
            }
        }
    }
    if (!queued) {
        order_events(t, to);
    }
    return check_durations(t) && m.ok;
}

const char *text_switched(struct text *t, size_t j, const char *law)
{
    int32_t guard = t->net->reaction.data[j].guard;
    return guard ? arena_printf(t->arena, "piecewise(%s, %s > 0.5, 0)", law, t->guard[guard]) : law;
}

void text_events_free(struct text_events *e)
{
    vec_free(&e->variable);
    vec_free(&e->event);
    vec_free(&e->change);
}

bool text_is_changed(const struct text *t, species_id s)
{
    for (size_t i = 0; i < t->net->change.n; i++) {
        if (t->net->change.data[i].species == s) {
            return true;
        }
    }
    return false;
}

void text_own_name(FILE *list, const char *name)
{
    fprintf(list, "%s%s", ftell(list) > 0 ? " " : "", name);
}

static void print_variables(FILE *out, const struct text_events *events, const char *key, bool switches)
{
    fprintf(out, " %s=\"", key);
    const char *separator = "";
    for (size_t i = 0; i < events->variable.n; i++) {
        if (events->variable.data[i].switches == switches) {
            fprintf(out, "%s%s", separator, events->variable.data[i].name);
            separator = " ";
        }
    }
    fputc('"', out);
}

void text_own_network(FILE *out, const struct text_events *events, const char *laws, const char *fractions)
{
    fputs(" bounds=\"0\"", out); /* amounts are at least 0, except those for which a remark says otherwise */
    if (*laws) {
        fprintf(out, " laws=\"%s\"", laws);
    }
    if (*fractions) {
        fprintf(out, " fractions=\"%s\"", fractions);
    }
    if (events->variable.n > 0) {
        print_variables(out, events, "guards", true);
        print_variables(out, events, "timers", false);
    }
}

void text_own_event(FILE *out, const struct text_event *e)
{
    fprintf(out, " kind=\"%s\" number=\"%zu\" timer=\"%s\" guard=\"%s\"", e->kind, e->number,
            e->timer ? e->timer : "", e->guard ? e->guard : "");
}
