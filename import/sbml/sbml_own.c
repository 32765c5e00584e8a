/* Models that crnlc wrote (codegen/text/sbml/sbml.c): their annotations say what each part stands for, so
 * that the network is restored as it was. It is an error if the model does not show what an annotation
 * says: another tool has changed the model. */
#include <stdlib.h>
#include <string.h>

#include "import/sbml/sbml_impl.h"
#include "support/mem.h"

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

/* The element of crnlc's namespace in an annotation; NULL if there is none. */
static const XMLNode_t *element_of(SBase_t *object)
{
    const XMLNode_t *all = SBase_getAnnotation(object);
    for (unsigned i = 0; all && i < XMLNode_getNumChildren(all); i++) {
        const XMLNode_t *x = XMLNode_getChild(all, (int)i);
        const char *uri = XMLNode_getURI(x);
        if (uri && strcmp(uri, NET_REMARK_NAMESPACE) == 0) {
            return x;
        }
    }
    return NULL;
}

static const char *attribute(struct sbml *s, const XMLNode_t *x, const char *name)
{
    char *value = XMLNode_getAttrValueByName(x, name);
    const char *copy = arena_strdup(s->x->arena, value ? value : "");
    free(value);
    return copy;
}

/* Calls `use` for each entity that an attribute lists. */
static void each_of(struct sbml *s, const char *name, void (*use)(struct sbml *s, struct entity *e))
{
    const char *list = attribute(s, s->own, name);
    while (*list) {
        size_t n = strcspn(list, " ");
        int32_t at = map_find_range(&s->names, list, n);
        if (at >= 0) {
            use(s, &s->entity.data[at]);
        }
        list += n + strspn(list + n, " ");
    }
}

static void mark_law(struct sbml *s, struct entity *e)
{
    (void)s;
    e->is_law = e->kind == ENTITY_REACTION;
}

static void mark_fraction(struct sbml *s, struct entity *e)
{
    (void)s;
    e->is_unseen = e->kind == ENTITY_REFERENCE;
}

static void mark_timer(struct sbml *s, struct entity *e)
{
    (void)s;
    e->role = e->kind == ENTITY_PARAMETER ? ROLE_OWN : e->role;
}

static void mark_guard(struct sbml *s, struct entity *e)
{
    if (e->kind == ENTITY_PARAMETER && e->role != ROLE_OWN) {
        e->role = ROLE_OWN;
        e->guard = net_add_guard(s->x->net, intern_text(s->x->net->names, e->id), false);
    }
}

void sbml_own_names(struct sbml *s)
{
    s->own = element_of((SBase_t *)s->model);
    if (s->own) {
        each_of(s, "laws", mark_law);
        each_of(s, "fractions", mark_fraction);
        each_of(s, "timers", mark_timer);
        each_of(s, "guards", mark_guard);
    }
}

/* ---- concentrations ---- */

/* The only compartment, if all species are concentrations in it and the model gives no amounts; else NULL. */
static struct entity *concentration_compartment(struct sbml *s)
{
    struct entity *c = NULL;
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        const Species_t *x = e->kind == ENTITY_SPECIES ? e->object : NULL;
        if ((e->kind == ENTITY_COMPARTMENT && (c || e->role != ROLE_HELD || e->initial)) ||
            (x && (e->substance || Species_isSetInitialAmount(x)))) {
            return NULL;
        }
        c = e->kind == ENTITY_COMPARTMENT ? e : c;
    }
    return c && Compartment_isSetSize(c->object) ? c : NULL;
}

static expr_id start_of(struct sbml *s, struct entity *e)
{
    bool outer = s->at_start;
    s->at_start = true;
    expr_id v = sbml_value(s, e);
    s->at_start = outer;
    return v;
}

bool sbml_own_bounds(struct sbml *s)
{
    return s->own && strcmp(attribute(s, s->own, "bounds"), "0") == 0;
}

void sbml_own_start(struct sbml *s)
{
    const char *how = s->own ? attribute(s, s->own, "concentrations") : "";
    struct entity *c = *how && sbml_has_litres(s) ? concentration_compartment(s) : NULL;
    sbml_units(s, c != NULL);
    if (c) {
        double size = Compartment_getSize(c->object);
        s->x->net->units.volume = strcmp(how, "unit") == 0 && size == 1 ? 0 : size;
        c->value = expr_real(pool(s), 1);
    }
    for (size_t i = 0; i < s->entity.n; i++) {
        double v;
        struct entity *e = &s->entity.data[i];
        expr_id start = e->guard ? start_of(s, e) : 0;
        if (start) {
            s->x->net->guard.data[e->guard].initially = expr_const_real(pool(s), start, &v) && v == 1;
        }
    }
}

/* ---- guards of reactions ---- */

/* The guard that the expression is the variable of; 0 if it is none. */
static int32_t guard_of(const struct sbml *s, expr_id e)
{
    const struct expr *x = expr_get(pool(s), e);
    return x->op == EXPR_CAPTURE ? s->entity.data[x->a].guard : 0;
}

/* Removes the guard's factor from `law * guard`, or its condition from `guard > 0.5 ? law : 0`, in any
 * factor of a product. *guard is the guard, or 0. */
static expr_id without_guard(struct sbml *s, expr_id id, int32_t *guard)
{
    struct expr x = *expr_get(pool(s), id);
    if ((*guard = guard_of(s, id))) {
        return expr_real(pool(s), 1);
    }
    if (x.op == EXPR_SELECT) {
        const struct expr *condition = expr_get(pool(s), x.args[0]);
        *guard = condition->op == EXPR_LT ? guard_of(s, condition->args[1]) : 0;
        return *guard ? x.args[1] : id;
    }
    for (uint32_t i = 0; x.op == EXPR_MUL && i < 2; i++) {
        expr_id factor = without_guard(s, x.args[i], guard);
        if (*guard) {
            return expr_binary(pool(s), EXPR_MUL, i ? x.args[0] : factor, i ? factor : x.args[1]);
        }
    }
    return id;
}

bool sbml_own_guard(struct sbml *s, expr_id *law, int32_t *guard)
{
    *guard = 0;
    if (expr_uses(pool(s), *law, EXPR_CAPTURE, -1)) {
        *law = without_guard(s, *law, guard);
    }
    return !expr_uses(pool(s), *law, EXPR_CAPTURE, -1) ||
           sbml_unsupported(s, "a law that has variables of crnlc's clock, and that crnlc did not write\n  "
                               "help: restore the law, or leave the annotations of crnlc out");
}

/* ---- events ---- */

const XMLNode_t *sbml_own_event(Event_t *v)
{
    return element_of((SBase_t *)v);
}

static bool changed(struct sbml *s)
{
    return sbml_unsupported(s, "an event that crnlc wrote and that does not fit its annotation any more\n  "
                               "help: restore the event, or leave its annotation out");
}

/* Reads the assignments to variables of the network. *period becomes the period of a recurring event: its
 * time variable is set to the next multiple of the period. A period of 1 does not appear in the product. */
static bool read_changes(struct sbml *s, Event_t *v, struct change *change, unsigned *n, expr_id *period)
{
    /* a plain event has no delay, so what its values read does not matter */
    struct sbml_event_reads reads = {0};
    *n = 0;
    *period = 0;
    for (unsigned k = 0; k < Event_getNumEventAssignments(v); k++) {
        const EventAssignment_t *a = Event_getEventAssignment(v, k);
        const struct entity *e = sbml_find(s, EventAssignment_getVariable(a));
        if (e->role != ROLE_OWN) {
            if (!sbml_read_change(s, v, k, &reads, &change[(*n)++])) {
                return false;
            }
            continue;
        }
        expr_id value = e->guard ? 0 : sbml_math(s, EventAssignment_getMath(a));
        const struct expr *x = value ? expr_get(pool(s), value) : NULL;
        if (x && x->op == EXPR_MUL) {
            *period = x->args[expr_uses(pool(s), x->args[0], EXPR_CAPTURE, -1)];
        } else if (x) {
            *period = expr_real(pool(s), 1);
        }
    }
    return true;
}

/* E of the condition `time >= E`; 0 for other conditions. */
static expr_id time_of(struct sbml *s, expr_id condition)
{
    const struct expr *x = expr_get(pool(s), condition);
    return x->op == EXPR_LE && expr_get(pool(s), x->args[1])->op == EXPR_TIME ? x->args[0] : 0;
}

static bool read_phase(struct sbml *s, const XMLNode_t *how, int64_t number)
{
    struct entity *timer = sbml_find(s, attribute(s, how, "timer")),
                  *guard = sbml_find(s, attribute(s, how, "guard"));
    if (!timer || timer->role != ROLE_OWN || !guard || !guard->guard) {
        return changed(s);
    }
    struct sbml_phase p = {number, guard->guard, start_of(s, timer)};
    vec_push(&s->phase, p);
    return p.start != 0;
}

bool sbml_own_read_event(struct sbml *s, Event_t *v, const XMLNode_t *how)
{
    const char *kind = attribute(s, how, "kind");
    int64_t number = strtoll(attribute(s, how, "number"), NULL, 10);
    Trigger_t *trigger = Event_getTrigger(v);
    struct span at = s->at = sbml_line(s, v);
    if (strcmp(kind, "phase") == 0) {
        return read_phase(s, how, number);
    }
    unsigned n;
    expr_id period,
        when = trigger && Trigger_isSetMath(trigger) ? sbml_condition(s, Trigger_getMath(trigger)) : 0;
    struct change *change = arena_alloc(s->x->arena, (Event_getNumEventAssignments(v) + 1) * sizeof *change);
    if (!when || !read_changes(s, v, change, &n, &period)) {
        return false;
    }
    enum event_kind k = strcmp(kind, "at") == 0      ? EVENT_AT
                        : strcmp(kind, "every") == 0 ? EVENT_EVERY
                                                     : EVENT_WHEN;
    when = k == EVENT_AT ? time_of(s, when) : k == EVENT_EVERY ? period : when;
    s->at = at;
    if (!when || Event_isSetDelay(v) || expr_uses(pool(s), when, EXPR_CAPTURE, -1) ||
        (k != EVENT_WHEN && expr_uses(pool(s), when, EXPR_SPECIES, -1))) {
        return changed(s);
    }
    net_add_event(s->x->net, k, when, change, n, at);
    vec_push(&s->event_number, number);
    return true;
}

/* ---- the end ---- */

static int compare_phases(const void *a, const void *b)
{
    const struct sbml_phase *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* sum - part, by removing `part` from the sum if it is the first term. */
static expr_id difference(struct expr_pool *p, expr_id sum, expr_id part)
{
    const struct expr *x = expr_get(p, sum);
    return x->op == EXPR_ADD && x->args[0] == part ? x->args[1] : expr_binary(p, EXPR_SUB, sum, part);
}

/* A phase starts when the phase before it has ended; the first starts again after the last. */
static void make_clock(struct sbml *s)
{
    size_t n = s->phase.n;
    const struct sbml_phase *phase = s->phase.data;
    if (n > 1) {
        qsort(s->phase.data, n, sizeof *phase, compare_phases);
    }
    for (size_t i = 0; i < n; i++) {
        expr_id end = phase[(i + 1) % n].start;
        struct phase p = {phase[i].guard, i == 0 ? end : difference(pool(s), end, phase[i].start)};
        vec_push(&s->x->net->clock, p);
    }
}

struct numbered_event {
    int64_t number;
    size_t place;
    struct event event;
};

static int compare_events(const void *a, const void *b)
{
    const struct numbered_event *x = a, *y = b;
    return x->number != y->number ? (x->number > y->number) - (x->number < y->number)
                                  : (x->place > y->place) - (x->place < y->place);
}

/* Restores the order that the events had in the network. */
static void order_events(struct sbml *s)
{
    struct net *net = s->x->net;
    size_t n = net->event.n;
    if (s->event_number.n != n || n == 0) {
        return;
    }
    struct numbered_event *all = mem_alloc(n * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        all[i] = (struct numbered_event){s->event_number.data[i], i, net->event.data[i]};
    }
    qsort(all, n, sizeof *all, compare_events);
    for (size_t i = 0; i < n; i++) {
        net->event.data[i] = all[i].event;
    }
    free(all);
}

static bool read_statements(struct sbml *s)
{
    char *text;
    size_t size;
    FILE *all = open_memstream(&text, &size);
    for (unsigned i = 0; i < XMLNode_getNumChildren(s->own); i++) {
        const XMLNode_t *x = XMLNode_getChild(s->own, (int)i);
        const XMLNode_t *content = XMLNode_getNumChildren(x) == 1 ? XMLNode_getChild(x, 0) : NULL;
        if (content && XMLNode_isText(content)) {
            fprintf(all, "%s\n", XMLNode_getCharacters(content));
        }
    }
    fclose(all);
    const char *name = sources_name(s->x->sources, s->x->file);
    bool ok = import_remark_text(s->x, arena_printf(s->x->arena, "%s: annotation of crnlc", name), text);
    free(text);
    return ok;
}

bool sbml_own_end(struct sbml *s)
{
    if (!s->own) {
        return true;
    }
    make_clock(s);
    order_events(s);
    struct importer file = s->made_of ? *s->made_of : (struct importer){0};
    file.net = s->x->net;
    return s->made_of ? import_remark_comments(&file, "// " NET_REMARK_MARK) : read_statements(s);
}
