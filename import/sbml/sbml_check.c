/* Rules of SBML for a model as a whole, for models that are too large for libsbml's own check, whose time
 * grows faster than the model. Numbers in comments are those of the rules in the specification. */
#include "import/sbml/sbml_impl.h"

struct checker {
    struct sbml *s;
    bool *initial, *reacts; /* by entity: it has an initial assignment; reactions change it */
    int32_t *event;         /* by entity: 1 + the last event that assigned it */
    bool ok;
};

static void complain(struct checker *c, const void *object, const char *format, const char *id)
{
    c->ok = diag_report(c->s->x->diag, DIAG_E0831, sbml_line(c->s, object), format, id, id);
}

static bool is_constant(const struct checker *c, const struct entity *e)
{
    switch (e->kind) {
    case ENTITY_COMPARTMENT: return Compartment_getConstant(e->object);
    case ENTITY_PARAMETER: return Parameter_getConstant(e->object);
    case ENTITY_REFERENCE: /* Level 2 has no attribute for it */
        return SBMLDocument_getLevel(c->s->document) >= 3 && SpeciesReference_getConstant(e->object);
    case ENTITY_SPECIES: return Species_getConstant(e->object);
    default: return true;
    }
}

/* 20802 */
static void check_initial_assignments(struct checker *c)
{
    Model_t *m = c->s->model;
    for (unsigned i = 0; i < Model_getNumInitialAssignments(m); i++) {
        const InitialAssignment_t *a = Model_getInitialAssignment(m, i);
        const char *id = InitialAssignment_getSymbol(a);
        struct entity *e = id ? sbml_find(c->s, id) : NULL;
        size_t k = e ? (size_t)(e - c->s->entity.data) : 0;
        if (e && c->initial[k]) {
            complain(c, a, "a second initial assignment of '%s'\n  help: leave one of the two out", id);
        }
        if (e) {
            c->initial[k] = true;
        }
    }
}

static void check_reference(struct checker *c, const SpeciesReference_t *x)
{
    const char *id = SpeciesReference_getSpecies(x);
    const struct entity *e = id ? sbml_find(c->s, id) : NULL;
    if (!e || e->kind != ENTITY_SPECIES || Species_getBoundaryCondition(e->object)) {
        return;
    }
    c->reacts[e - c->s->entity.data] = true;
    if (Species_getConstant(e->object)) { /* 20611 */
        complain(c, x,
                 "a reaction changes '%s', which is constant and no boundary\n  help: write "
                 "constant=\"false\" to `%s`, or boundaryCondition=\"true\" if it is held",
                 id);
    }
}

static void check_reactions(struct checker *c)
{
    for (size_t i = 0; i < c->s->entity.n; i++) {
        if (c->s->entity.data[i].kind == ENTITY_REACTION) {
            Reaction_t *r = (Reaction_t *)(uintptr_t)c->s->entity.data[i].object;
            for (unsigned k = 0; k < Reaction_getNumReactants(r); k++) {
                check_reference(c, Reaction_getReactant(r, k));
            }
            for (unsigned k = 0; k < Reaction_getNumProducts(r); k++) {
                check_reference(c, Reaction_getProduct(r, k));
            }
        }
    }
}

/* 20803, 20903, 20904, 20610. Two rules for one variable are found when rules are read. */
static void check_rules(struct checker *c)
{
    for (unsigned i = 0; i < Model_getNumRules(c->s->model); i++) {
        const Rule_t *r = Model_getRule(c->s->model, i);
        const char *id = Rule_isAlgebraic(r) ? NULL : Rule_getVariable(r);
        const struct entity *e = id ? sbml_find(c->s, id) : NULL;
        if (!e) {
            continue;
        }
        if (c->initial[e - c->s->entity.data] && !Rule_isRate(r)) {
            complain(c, r,
                     "'%s' has an initial assignment and an assignment rule\n  help: leave the initial "
                     "assignment out: the rule holds at the start too",
                     id);
        }
        if (is_constant(c, e)) {
            complain(c, r, "a rule of '%s', which is constant\n  help: write constant=\"false\" to `%s`", id);
        }
        if (c->reacts[e - c->s->entity.data]) {
            complain(c, r,
                     "a rule of '%s', which reactions change too and which is no boundary\n  help: write "
                     "boundaryCondition=\"true\" to `%s`, which reactions do not change then, or leave the "
                     "rule out",
                     id);
        }
    }
}

/* 10305, 10306, 21212 */
static void check_events(struct checker *c)
{
    for (unsigned i = 0; i < Model_getNumEvents(c->s->model); i++) {
        Event_t *v = (Event_t *)(uintptr_t)Model_getEvent(c->s->model, i);
        for (unsigned k = 0; k < Event_getNumEventAssignments(v); k++) {
            const EventAssignment_t *a = Event_getEventAssignment(v, k);
            const char *id = EventAssignment_getVariable(a);
            const struct entity *e = id ? sbml_find(c->s, id) : NULL;
            int32_t *last = e ? &c->event[e - c->s->entity.data] : NULL;
            if (last && *last == (int32_t)i + 1) {
                complain(c, a, "a second assignment of '%s' in one event\n  help: leave one of the two out",
                         id);
            }
            if (last) {
                *last = (int32_t)i + 1;
            }
            if (e && is_constant(c, e)) {
                complain(c, a,
                         "an event assigns '%s', which is constant\n  help: write constant=\"false\" to `%s`",
                         id);
            }
        }
    }
}

bool sbml_check(struct sbml *s)
{
    size_t n = s->entity.n + 1;
    struct checker c = {.s = s,
                        .initial = arena_alloc(s->x->arena, n * sizeof *c.initial),
                        .reacts = arena_alloc(s->x->arena, n * sizeof *c.reacts),
                        .event = arena_alloc(s->x->arena, n * sizeof *c.event),
                        .ok = true};
    for (size_t i = 0; i < n; i++) {
        c.initial[i] = c.reacts[i] = false;
        c.event[i] = 0;
    }
    check_initial_assignments(&c);
    check_reactions(&c);
    check_rules(&c);
    check_events(&c);
    return c.ok;
}
