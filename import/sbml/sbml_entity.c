/* Compartments, species and parameters of SBML: how each changes, and what its name means in formulas. */
#include <math.h>

#include "import/sbml/sbml_impl.h"

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

struct entity *sbml_find(struct sbml *s, const char *id)
{
    int32_t at = map_find(&s->names, id);
    return at >= 0 ? &s->entity.data[at] : NULL;
}

/* ---- declarations ---- */

static bool add_entity(struct sbml *s, enum entity_kind kind, const char *id, const void *object)
{
    struct entity e = {.kind = kind, .id = id, .object = object, .span = sbml_line(s, object), .species = -1};
    e.role = kind == ENTITY_SPECIES ? ROLE_STATE : ROLE_HELD;
    s->at = e.span;
    if (!map_add(&s->names, id, (int32_t)s->entity.n)) {
        diag_report(
            s->x->diag, DIAG_E0203, e.span,
            "'%s' is declared twice\n  help: ids are different: rename one of the two, and what refers to it",
            id);
        diag_note(s->x->diag, sbml_find(s, id)->span, "first declared here");
        return false;
    }
    vec_push(&s->entity, e);
    return true;
}

static bool add_species(struct sbml *s, const Species_t *x)
{
    if (!add_entity(s, ENTITY_SPECIES, Species_getId(x), x)) {
        return false;
    }
    struct entity *e = &vec_last(&s->entity), *c = sbml_find(s, Species_getCompartment(x));
    if (!c || c->kind != ENTITY_COMPARTMENT) {
        return diag_report(
            s->x->diag, DIAG_E0834, e->span,
            "the species '%s' is in no compartment of this model\n  help: write compartment=\"...\" with the "
            "id of one, or add it to `listOfCompartments`",
            e->id);
    }
    e->compartment = (int32_t)(c - s->entity.data);
    /* A compartment of dimension 0 has no concentrations. */
    e->substance = Species_getHasOnlySubstanceUnits(x) ||
                   Compartment_getSpatialDimensionsAsDouble((const Compartment_t *)c->object) == 0;
    return true;
}

static bool add_references(struct sbml *s, const Reaction_t *r)
{
    unsigned n = Reaction_getNumReactants(r);
    bool ok = true;
    for (unsigned i = 0; ok && i < n + Reaction_getNumProducts(r); i++) {
        const SpeciesReference_t *x = i < n ? Reaction_getReactant((Reaction_t *)(uintptr_t)r, i)
                                            : Reaction_getProduct((Reaction_t *)(uintptr_t)r, i - n);
        ok = !SpeciesReference_isSetId(x) || add_entity(s, ENTITY_REFERENCE, SpeciesReference_getId(x), x);
    }
    return ok;
}

static bool add_entities(struct sbml *s)
{
    Model_t *m = s->model;
    bool ok = true;
    for (unsigned i = 0; ok && i < Model_getNumCompartments(m); i++) {
        const Compartment_t *c = Model_getCompartment(m, i);
        ok = add_entity(s, ENTITY_COMPARTMENT, Compartment_getId(c), c);
    }
    for (unsigned i = 0; ok && i < Model_getNumSpecies(m); i++) {
        ok = add_species(s, Model_getSpecies(m, i));
    }
    for (unsigned i = 0; ok && i < Model_getNumParameters(m); i++) {
        const Parameter_t *p = Model_getParameter(m, i);
        ok = add_entity(s, ENTITY_PARAMETER, Parameter_getId(p), p);
    }
    for (unsigned i = 0; ok && i < Model_getNumReactions(m); i++) {
        const Reaction_t *r = Model_getReaction(m, i);
        ok = add_entity(s, ENTITY_REACTION, Reaction_getId(r), r) && add_references(s, r);
    }
    for (unsigned i = 0; ok && i < Model_getNumFunctionDefinitions(m); i++) {
        map_add(&s->functions, FunctionDefinition_getId(Model_getFunctionDefinition(m, i)), (int32_t)i);
    }
    return ok;
}

void sbml_say_names(const struct sbml *s, const char *id, bool species_only)
{
    const char **known = arena_alloc(s->x->arena, (s->entity.n + 1) * sizeof *known);
    size_t n = 0;
    for (size_t i = 0; i < s->entity.n; i++) {
        if (!species_only || s->entity.data[i].kind == ENTITY_SPECIES) {
            known[n++] = s->entity.data[i].id;
        }
    }
    diag_help_known(s->x->diag, id, known, n);
}

const char *sbml_nearest(const struct sbml *s, const char *id)
{
    const char **known = arena_alloc(s->x->arena, (s->entity.n + 1) * sizeof *known);
    size_t n = 0;
    for (size_t i = 0; i < s->entity.n; i++) {
        const struct entity *e = &s->entity.data[i];
        bool other = strcmp(e->id, id) != 0;
        if (other && (e->kind != ENTITY_PARAMETER || e->role != ROLE_HELD || sbml_has_value(e))) {
            known[n++] = e->id;
        }
    }
    return diag_nearest(id, known, n);
}

/* The entity of an assignment or rule, which is at s->at. */
static struct entity *target(struct sbml *s, const char *id, const char *what)
{
    struct entity *e = id ? sbml_find(s, id) : NULL;
    if (!e || e->kind == ENTITY_REACTION) {
        sbml_unsupported(s,
                         "%s of '%s', which is no species, compartment, parameter or stoichiometry of the "
                         "model\n  help: what is "
                         "set is one of these; the rate of a reaction follows from its law",
                         what, id ? id : "");
        if (!e) {
            sbml_say_names(s, id ? id : "", false);
        }
        return NULL;
    }
    return e;
}

static bool take_initial_assignments(struct sbml *s)
{
    for (unsigned i = 0; i < Model_getNumInitialAssignments(s->model); i++) {
        const InitialAssignment_t *a = Model_getInitialAssignment(s->model, i);
        s->at = sbml_line(s, a);
        struct entity *e = target(s, InitialAssignment_getSymbol(a), "an initial assignment");
        if (!e) {
            return false;
        }
        if (s->may_lack_math && !InitialAssignment_isSetMath(a)) {
            continue;
        }
        e->initial = InitialAssignment_getMath(a);
    }
    return true;
}

static bool take_rules(struct sbml *s)
{
    for (unsigned i = 0; i < Model_getNumRules(s->model); i++) {
        const Rule_t *r = Model_getRule(s->model, i);
        s->at = sbml_line(s, r);
        if (s->may_lack_math && !Rule_isSetMath(r)) {
            continue;
        }
        if (Rule_isAlgebraic(r)) {
            vec_push(&s->algebraic, (struct sbml_algebraic){Rule_getMath(r), s->at});
            continue;
        }
        struct entity *e = target(s, Rule_getVariable(r), "a rule");
        if (!e) {
            return false;
        }
        if (e->rule) {
            return diag_report(s->x->diag, DIAG_E0203, s->at,
                               "a second rule of '%s'\n  help: leave one of the two out", e->id);
        }
        e->role = Rule_isRate(r) ? ROLE_RATE : ROLE_ASSIGNED;
        e->rule = Rule_getMath(r);
        e->rule_span = s->at;
        if (!e->rule) {
            return diag_report(s->x->diag, DIAG_E0831, s->at,
                               "this rule has no formula\n  help: write its `math`, or leave the rule out");
        }
    }
    return true;
}

static bool take_events(struct sbml *s)
{
    for (unsigned i = 0; i < Model_getNumEvents(s->model); i++) {
        const Event_t *v = Model_getEvent(s->model, i);
        for (unsigned k = 0; k < Event_getNumEventAssignments(v); k++) {
            const EventAssignment_t *a = Event_getEventAssignment((Event_t *)(uintptr_t)v, k);
            s->at = sbml_line(s, a);
            struct entity *e = target(s, EventAssignment_getVariable(a), "an event's assignment");
            if (!e) {
                return false;
            }
            if (s->may_lack_math && !EventAssignment_isSetMath(a)) {
                continue;
            }
            if (e->role == ROLE_ASSIGNED) {
                return sbml_unsupported(s,
                                        "an event that changes '%s', which a rule assigns\n  help: let the "
                                        "event change a parameter "
                                        "that the rule reads",
                                        e->id);
            }
            if (e->role == ROLE_OWN) {
                continue;
            }
            e->role = e->role == ROLE_HELD ? ROLE_STATE : e->role;
            e->by_event = true;
        }
    }
    return true;
}

void sbml_add_variable(struct sbml *s, struct entity *e)
{
    const Species_t *x = e->kind == ENTITY_SPECIES ? e->object : NULL;
    bool held = !x || Species_getBoundaryCondition(x) || Species_getConstant(x);
    enum species_kind kind = e->role == ROLE_RATE ? SPECIES_BULK : held ? SPECIES_CONSTANT : SPECIES_DISCRETE;
    e->species = import_species(s->x, e->id, kind, 0, e->span);
    e->symbol = (int32_t)s->x->net->symbol.n - 1;
    if (!x || e->role == ROLE_RATE) {
        s->x->net->species.data[e->species].flags |= SPECIES_SIGNED;
    }
}

bool sbml_declare(struct sbml *s)
{
    if (!add_entities(s)) {
        return false;
    }
    sbml_own_names(s);
    if (!take_initial_assignments(s) || !take_rules(s) || !take_events(s)) {
        return false;
    }
    sbml_find_unknowns(s);
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < s->entity.n; i++) {
            struct entity *e = &s->entity.data[i];
            if ((e->kind == ENTITY_SPECIES) == (turn == 0) &&
                (e->role == ROLE_STATE || e->role == ROLE_RATE)) {
                sbml_add_variable(s, e);
            }
        }
    }
    return true;
}

/* ---- values ---- */

expr_id sbml_formula(struct sbml *s, const ASTNode_t *math, struct span at, bool at_start)
{
    struct sbml outer = *s;
    s->scope = NULL;
    s->at_start = at_start;
    s->at = at;
    expr_id v = sbml_math(s, math);
    s->scope = outer.scope;
    s->at_start = outer.at_start;
    s->at = outer.at;
    return v;
}

static expr_id formula(struct sbml *s, const struct entity *e, const ASTNode_t *math, bool at_start)
{
    return sbml_formula(s, math, math == e->rule ? e->rule_span : e->span, at_start);
}

expr_id sbml_leaf(struct sbml *s, const struct entity *e)
{
    return expr_leaf(pool(s), EXPR_CAPTURE, TYPE_REAL, shape_scalar(), (int32_t)(e - s->entity.data), 0);
}

static bool stoichiometry_number(const SpeciesReference_t *x, double *v)
{
    *v = SpeciesReference_getStoichiometry(x) / (double)SpeciesReference_getDenominator(x);
    return !isnan(*v); /* Level 3 has no default */
}

/* The number in the declaration; false: there is none. */
static bool declared_number(const struct entity *e, double *v)
{
    if (e->kind == ENTITY_REFERENCE) {
        return stoichiometry_number(e->object, v);
    }
    if (e->kind == ENTITY_PARAMETER) {
        const Parameter_t *p = e->object;
        *v = Parameter_getValue(p);
        return Parameter_isSetValue(p); /* NaN may be intended */
    }
    const Compartment_t *c = e->object;
    *v = Compartment_getSize(c);
    return Compartment_isSetSize(c) && !isnan(*v);
}

bool sbml_has_value(const struct entity *e)
{
    double v;
    const Species_t *x = e->kind == ENTITY_SPECIES ? e->object : NULL;
    return e->initial || (x ? Species_isSetInitialAmount(x) || Species_isSetInitialConcentration(x)
                            : declared_number(e, &v));
}

static expr_id assumed(struct sbml *s, const struct entity *e, const char *what, double v)
{
    diag_report(s->x->diag, DIAG_W0831, e->span, "'%s' has no %s: it is taken as %g", e->id, what, v);
    if (e->kind == ENTITY_SPECIES) {
        diag_help(
            s->x->diag,
            s->made_of
                ? "write `%s = 10;` in the model, or `run ... with %s = 10`; `%s = 0;` says that it is 0"
                : "write initialAmount=\"10\" for %s in the model, or `run ... with %s = 10`",
            e->id, e->id, e->id);
    }
    return expr_real(pool(s), v);
}

expr_id sbml_size(struct sbml *s, const struct entity *e)
{
    return sbml_value(s, &s->entity.data[e->compartment]);
}

/* The value at time 0 of a variable that is not a species; for a constant its default (0: none). */
static expr_id start_of_quantity(struct sbml *s, const struct entity *e)
{
    double v;
    if (e->initial) {
        return formula(s, e, e->initial, true);
    }
    if (declared_number(e, &v)) {
        return expr_real(pool(s), v);
    }
    if (e->kind == ENTITY_COMPARTMENT) {
        return assumed(s, e, "size", 1);
    }
    if (e->kind == ENTITY_REFERENCE) {
        return (expr_id)sbml_unsupported(s, "a reference without stoichiometry, for which Level 3 has no "
                                            "default\n  help: write stoichiometry=\"1\" to it");
    }
    return e->role == ROLE_HELD ? 0 : assumed(s, e, "initial value", 0);
}

static expr_id times(struct sbml *s, enum expr_op op, expr_id x, expr_id y)
{
    return x && y ? expr_binary(pool(s), op, x, y) : 0;
}

/* The value at time 0 of a species as formulas mean it. */
static expr_id start_of_species(struct sbml *s, const struct entity *e)
{
    const Species_t *x = e->object;
    if (e->initial) {
        return formula(s, e, e->initial, true);
    }
    if (Species_isSetInitialConcentration(x)) {
        expr_id c = expr_real(pool(s), Species_getInitialConcentration(x));
        const Compartment_t *in = s->entity.data[e->compartment].object;
        bool has_size = Compartment_getSpatialDimensionsAsDouble(in) != 0 || Compartment_isSetSize(in);
        return e->substance && has_size ? times(s, EXPR_MUL, c, sbml_size(s, e)) : c;
    }
    expr_id a = Species_isSetInitialAmount(x) ? expr_real(pool(s), Species_getInitialAmount(x))
                                              : assumed(s, e, "initial amount", 0);
    return e->substance ? a : times(s, EXPR_DIV, a, sbml_size(s, e));
}

static expr_id find_start(struct sbml *s, struct entity *e)
{
    if (e->role == ROLE_ASSIGNED) {
        return formula(s, e, e->rule, true);
    }
    return e->kind == ENTITY_SPECIES ? start_of_species(s, e) : start_of_quantity(s, e);
}

expr_id sbml_given_start(struct sbml *s, struct entity *e)
{
    bool outer = s->at_start;
    s->at_start = true;
    expr_id v = e->kind == ENTITY_SPECIES ? start_of_species(s, e) : start_of_quantity(s, e);
    s->at_start = outer;
    return v;
}

static expr_id find_value(struct sbml *s, struct entity *e)
{
    if (e->role == ROLE_ASSIGNED) {
        return formula(s, e, e->rule, false);
    }
    if (e->role == ROLE_HELD) {
        size_t errors = diag_error_count(s->x->diag);
        expr_id init = find_start(s, e);
        return diag_error_count(s->x->diag) > errors ? 0
               : e->kind == ENTITY_REFERENCE         ? init
                                                     : import_param(s->x, e->id, init, e->span);
    }
    if (e->role == ROLE_OWN) { /* is removed where it is allowed, and refused elsewhere */
        return sbml_leaf(s, e);
    }
    expr_id amount = net_species_expr(s->x->net, e->species);
    bool concentration = e->kind == ENTITY_SPECIES && !e->substance;
    return concentration ? times(s, EXPR_DIV, amount, sbml_size(s, e)) : amount;
}

expr_id sbml_stoichiometry(struct sbml *s, SpeciesReference_t *x)
{
    double v;
    if (SpeciesReference_isSetStoichiometryMath(x)) { /* in Level 2, where no formula can contain its name */
        return sbml_math(s, StoichiometryMath_getMath(SpeciesReference_getStoichiometryMath(x)));
    }
    if (SpeciesReference_isSetId(x)) {
        return sbml_value(s, sbml_find(s, SpeciesReference_getId(x)));
    }
    if (!stoichiometry_number(x, &v)) {
        return (expr_id)sbml_unsupported(s, "a reference without stoichiometry, for which Level 3 has no "
                                            "default\n  help: write stoichiometry=\"1\" to it");
    }
    return expr_real(pool(s), v);
}

expr_id sbml_value(struct sbml *s, struct entity *e)
{
    if (e->kind == ENTITY_REACTION) {
        return sbml_law(s, e);
    }
    if (e->role == ROLE_UNKNOWN) {
        return sbml_leaf(s, e);
    }
    if (s->in_past && e->role == ROLE_HELD && !(e->initial && !e->busy)) {
        s->in_past = false;
        expr_id held = sbml_value(s, e);
        s->in_past = true;
        return held;
    }
    bool at_start = s->at_start && (e->role != ROLE_HELD || s->in_past); /* a constant has a single value */
    bool is_solved = e->role == ROLE_ASSIGNED && !e->rule;
    expr_id known = at_start && s->in_past && !is_solved ? 0 : at_start ? e->at_start : e->value;
    if (known) {
        return known;
    }
    if (e->busy) {
        diag_report(s->x->diag, DIAG_E0206, e->rule ? e->rule_span : e->span,
                    "'%s' is defined by itself\n  help: what only its own rule gives a value can be a "
                    "variable of an algebraic rule, 0 = ...",
                    e->id);
        return 0;
    }
    e->busy = true;
    bool outer = s->at_start;
    s->at_start = at_start || e->role == ROLE_HELD;
    expr_id v = at_start ? find_start(s, e) : find_value(s, e);
    s->at_start = outer;
    e->busy = false;
    if (!s->in_past) {
        *(at_start ? &e->at_start : &e->value) = v;
    }
    return v;
}

/* ---- amounts at time 0, rate rules ---- */

/* The initial amount: as given, or computed from the value at time 0. */
static expr_id start_amount(struct sbml *s, struct entity *e)
{
    const Species_t *x = e->kind == ENTITY_SPECIES ? e->object : NULL;
    if (x && !e->initial && Species_isSetInitialAmount(x)) {
        return expr_real(pool(s), Species_getInitialAmount(x));
    }
    expr_id v = sbml_value(s, e);
    double c;
    bool is_none = v && expr_const_real(pool(s), v, &c) && c == 0; /* 0, for any size of the compartment */
    return x && !e->substance && !is_none ? times(s, EXPR_MUL, v, sbml_size(s, e)) : v;
}

bool sbml_start(struct sbml *s)
{
    double v;
    bool ok = true;
    s->at_start = true;
    for (size_t i = 0; ok && i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        bool wanted = e->kind == ENTITY_PARAMETER || e->initial ||
                      (e->kind == ENTITY_COMPARTMENT && declared_number(e, &v));
        if (e->role == ROLE_HELD && e->kind != ENTITY_REACTION && wanted) {
            ok = sbml_value(s, e) != 0;
        }
    }
    for (size_t i = 0; ok && i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        if (e->species >= 0) {
            expr_id amount = start_amount(s, e);
            s->x->net->species.data[e->species].init = amount;
            ok = amount != 0;
        }
    }
    s->at_start = false;
    return ok;
}

/* The rate of the amount of a species with d value / dt = rate: rate * size + value * d size / dt. */
static expr_id amount_rate(struct sbml *s, struct entity *e, expr_id rate)
{
    struct entity *c = &s->entity.data[e->compartment];
    expr_id change = times(s, EXPR_MUL, rate, sbml_size(s, e));
    s->at = e->rule_span;
    if (c->role == ROLE_ASSIGNED) {
        return (expr_id)sbml_unsupported(
            s,
            "a rate rule of the concentration '%s' in '%s', whose size a rule assigns\n  help: write "
            "hasOnlySubstanceUnits=\"true\" to the species, and the rate of its amount",
            e->id, c->id);
    }
    if (!change || c->role != ROLE_RATE) {
        return change;
    }
    return times(s, EXPR_ADD, change, times(s, EXPR_MUL, sbml_value(s, e), formula(s, c, c->rule, false)));
}

bool sbml_rates(struct sbml *s)
{
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        if (e->role != ROLE_RATE) {
            continue;
        }
        expr_id rate = formula(s, e, e->rule, false);
        if (rate && e->kind == ENTITY_SPECIES && !e->substance) {
            rate = amount_rate(s, e, rate);
        }
        struct term to = {e->species, 1};
        reaction_id r = rate ? import_reaction(s->x, NULL, 0, &to, 1, RATE_LAW, rate, e->rule_span) : -1;
        if (r < 0) {
            return false;
        }
        s->x->net->reaction.data[r].origin =
            intern_text(s->x->net->names, arena_printf(s->x->arena, "rate rule of %s", e->id));
    }
    return true;
}

/* ---- symbols ---- */

static bool is_unit_size(const struct entity *c)
{
    double v;
    return c->role == ROLE_HELD && !c->initial && declared_number(c, &v) && v == 1;
}

/* Whether outputs are needed: results have amounts, and in addition what formulas define, and concentrations
 * if they differ from amounts. */
static bool needs_outputs(const struct sbml *s)
{
    for (size_t i = 0; i < s->entity.n; i++) {
        const struct entity *e = &s->entity.data[i];
        if (e->is_unseen) {
            continue;
        }
        if (e->role == ROLE_ASSIGNED || (e->kind != ENTITY_SPECIES && e->species >= 0) ||
            (e->kind == ENTITY_SPECIES && !e->substance && !is_unit_size(&s->entity.data[e->compartment]))) {
            return true;
        }
    }
    return false;
}

/* The amount of a species with an assignment rule, the value of any other entity. */
static expr_id visible(struct sbml *s, struct entity *e)
{
    expr_id v = sbml_value(s, e);
    return e->kind == ENTITY_SPECIES && !e->substance ? times(s, EXPR_MUL, v, sbml_size(s, e)) : v;
}

/* Adds S.concentration for a species; if its name means an amount in formulas, it is amount / size. */
static bool add_concentration(struct sbml *s, struct entity *e, uint8_t flags)
{
    struct net *net = s->x->net;
    const struct entity *c = &s->entity.data[e->compartment];
    const Compartment_t *in = c->object;
    if (e->substance &&
        (s->own || (Compartment_getSpatialDimensionsAsDouble(in) == 0 && !Compartment_isSetSize(in)))) {
        return true;
    }
    const char *name = arena_printf(s->x->arena, "%s.concentration", net->symbol.data[e->symbol].name);
    expr_id value = sbml_value(s, e);
    value = e->substance ? times(s, EXPR_DIV, value, sbml_size(s, e)) : value;
    if (!value) {
        return false;
    }
    int32_t k =
        net_add_symbol(net, intern_text(net->names, name), SYMBOL_OUTPUT, shape_scalar(), &value, e->span);
    net->symbol.data[k].flags |= e->substance || is_unit_size(c) ? 0 : flags;
    return true;
}

bool sbml_outputs(struct sbml *s)
{
    uint8_t flags = needs_outputs(s) ? SYMBOL_IS_OUTPUT : 0;
    struct net *net = s->x->net;
    for (size_t i = 0; i < s->entity.n; i++) {
        struct entity *e = &s->entity.data[i];
        if (e->is_unseen) {
            continue;
        }
        if (e->role == ROLE_ASSIGNED) {
            expr_id v = visible(s, e);
            if (!v) {
                return false;
            }
            import_output(s->x, e->id, v, flags, e->span);
            e->symbol = (int32_t)net->symbol.n - 1;
        } else if (e->species >= 0) {
            net->symbol.data[e->symbol].flags |= flags;
        } else {
            continue;
        }
        if (e->kind == ENTITY_SPECIES && !add_concentration(s, e, flags)) {
            return false;
        }
    }
    return true;
}
