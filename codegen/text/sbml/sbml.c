/* Writes SBML Level 3 Version 2 with libsbml. A law is an amount per time, so concentrations are
 * multiplied by the compartment. With --stochastic, species are numbers of molecules and laws are
 * propensities. The result must pass libsbml's consistency check. */
#include "codegen/text/text_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sbml/SBMLTypes.h>

#include "support/sbml/libsbml.h"

static const struct infix_style style = {
    INFIX_USUAL,
    .numbers = NUMBER_FIFTEEN,
    .not = "!",
    .log = "ln",
    .floor = "floor",
    .select = "piecewise",
    .select_value_first = true,
    .time = "time",
    .factorial = "factorial",
    .delay = "delay",
};

struct sbml {
    struct text *t;
    Model_t *model;
    Model_t *names; /* a model with the names that the parser of formulas would take for built-in ones */
    const char *compartment;
    FILE *laws;      /* names of the reactions whose rates are laws, even if they look like mass action */
    FILE *fractions; /* names of references of species that nothing in the network has */
    bool amounts;    /* in laws, species stand for amounts, not for concentrations */
    bool ok;
};

static void add_unit(Model_t *m, const char *id, UnitKind_t kind, double factor)
{
    UnitDefinition_t *d = Model_createUnitDefinition(m);
    UnitDefinition_setId(d, id);
    Unit_t *u = UnitDefinition_createUnit(d);
    Unit_setKind(u, kind);
    Unit_setExponentAsDouble(u, 1);
    Unit_setScale(u, 0);
    Unit_setMultiplier(u, factor);
}

static void set_units(struct sbml *s)
{
    const struct net_units *u = &s->t->net->units;
    const char *substance = s->t->options->stochastic ? "item" : text_unique(s->t, "substance_unit");
    if (s->t->declared.amount) {
        if (!s->t->options->stochastic) {
            add_unit(s->model, substance, UNIT_KIND_MOLE, u->amount_factor);
        }
        Model_setSubstanceUnits(s->model, substance);
        Model_setExtentUnits(s->model, substance);
        Model_setVolumeUnits(s->model, "litre");
    }
    if (u->time) {
        const char *time = text_unique(s->t, "time_unit");
        add_unit(s->model, time, UNIT_KIND_SECOND, u->time_factor);
        Model_setTimeUnits(s->model, time);
    }
}

static void add_compartment(struct sbml *s)
{
    double volume = s->t->declared.volume;
    Compartment_t *c = Model_createCompartment(s->model);
    s->compartment = text_unique(s->t, "compartment");
    Compartment_setId(c, s->compartment);
    Compartment_setSpatialDimensionsAsDouble(c, 3);
    Compartment_setSize(c, volume > 0 ? volume : 1);
    Compartment_setConstant(c, 1);
}

/* The parser takes Pi and Time for the constant and the time unless the model that it is given has these
 * names. The model contains only such names, because the parser searches it from the start for each name. */
static void keep_name(struct sbml *s, const char *name)
{
    static const char *const built_in[] = {"time",     "pi",  "avogadro",   "exponentiale", "inf",
                                           "infinity", "nan", "notanumber", "true",         "false"};
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++) {
        if (strcasecmp(name, built_in[i]) == 0) {
            Parameter_setId(Model_createParameter(s->names), name);
        }
    }
}

static ASTNode_t *parse(struct sbml *s, const char *formula)
{
    ASTNode_t *math = SBML_parseL3FormulaWithModel(formula, s->names);
    if (!math) {
        s->ok = text_refuse(s->t, s->t->net->reaction.n, "libsbml does not read the formula %s", formula);
    }
    return math;
}

/* Adds an initial assignment if the start is a formula or a number with more digits than libsbml writes. */
static void add_start(struct sbml *s, const char *id, const char *formula, double v)
{
    char *number = NULL;
    size_t size;
    if (!formula) {
        FILE *f = open_memstream(&number, &size);
        text_number(f, v, NUMBER_FIFTEEN);
        fclose(f);
    }
    ASTNode_t *math = formula || *number == '(' ? parse(s, formula ? formula : number) : NULL;
    if (math) {
        InitialAssignment_t *a = Model_createInitialAssignment(s->model);
        InitialAssignment_setSymbol(a, id);
        InitialAssignment_setMath(a, math);
        ASTNode_free(math);
    }
    free(number);
}

static void add_species(struct sbml *s, size_t i)
{
    const struct species *from = &s->t->net->species.data[i];
    bool held = from->kind == SPECIES_CONSTANT;
    Species_t *x = Model_createSpecies(s->model);
    Species_setId(x, s->t->species[i]);
    keep_name(s, s->t->species[i]);
    if (strcmp(from->name, s->t->species[i]) != 0) {
        Species_setName(x, text_plain(s->t, from->name));
    }
    Species_setCompartment(x, s->compartment);
    Species_setHasOnlySubstanceUnits(x, s->amounts);
    Species_setBoundaryCondition(x, held);
    Species_setConstant(x, held && !text_is_changed(s->t, (species_id)i));
    if (s->amounts) {
        Species_setInitialAmount(x, s->t->x[i]);
    } else {
        Species_setInitialConcentration(x, s->t->x[i]);
    }
}

static void add_parameter(struct sbml *s, int32_t slot)
{
    Parameter_t *p = Model_createParameter(s->model);
    const char *name = net_slot_text(s->t->net, slot, s->t->arena);
    Parameter_setId(p, s->t->slot[slot]);
    keep_name(s, s->t->slot[slot]);
    if (strcmp(name, s->t->slot[slot]) != 0) {
        Parameter_setName(p, text_plain(s->t, name));
    }
    Parameter_setValue(p, s->t->p[slot]);
    Parameter_setConstant(p, 1);
}

/* The factors of every law: the compartment, because a law is an amount per time, and the variable that
 * switches the reaction on and off. */
static const char *factors(struct sbml *s, const struct reaction *r)
{
    const char *guard = r->guard ? arena_printf(s->t->arena, " * %s", s->t->guard[r->guard]) : "";
    return s->amounts ? guard : arena_printf(s->t->arena, " * %s%s", s->compartment, guard);
}

/* The law "(k) * compartment * A^2 * B", or the propensity "(k) * A * (A - 1) * B". */
static const char *mass_action(struct sbml *s, size_t j)
{
    struct text *t = s->t;
    const struct reaction *r = &t->net->reaction.data[j];
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    fprintf(f, "(%s)%s", text_constant(t, j, &style), factors(s, r));
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        const struct term *term = &net_lhs(t->net, r)[i];
        const char *name = t->species[term->species];
        fprintf(f, " * %s", name);
        if (!t->options->stochastic && term->count > 1) {
            fprintf(f, "^%lld", (long long)term->count);
        }
        for (int64_t m = 1; t->options->stochastic && m < term->count; m++) {
            fprintf(f, " * (%s - %lld)", name, (long long)m);
        }
    }
    fclose(f);
    const char *copy = arena_strdup(t->arena, text);
    free(text);
    return copy;
}

static const char *general_law(struct sbml *s, size_t j)
{
    const char *law = text_infix_string(s->t, s->t->law[j], &style);
    if (!law) {
        s->ok = text_refuse(s->t, j, "this law has an infinite number");
        return NULL;
    }
    const char *size = s->amounts ? "" : arena_printf(s->t->arena, " * %s", s->compartment);
    return arena_printf(s->t->arena, "(%s)%s", text_switched(s->t, j, law), size);
}

struct modifiers {
    struct text *t;
    const struct reaction *r;
    Reaction_t *to;
};

static void add_modifier(void *env, expr_id id, const struct expr *e)
{
    const struct modifiers *m = env;
    bool takes_part = e->op != EXPR_SPECIES;
    (void)id;
    for (uint32_t i = 0; i < m->r->n_lhs; i++) {
        takes_part |= net_lhs(m->t->net, m->r)[i].species == e->a;
    }
    for (uint32_t i = 0; i < m->r->n_rhs; i++) {
        takes_part |= net_rhs(m->t->net, m->r)[i].species == e->a;
    }
    if (!takes_part) {
        SpeciesReference_setSpecies(Reaction_createModifier(m->to), m->t->species[e->a]);
    }
}

static void add_side(struct text *t, Reaction_t *to, const struct term *side, uint32_t n, bool products)
{
    for (uint32_t i = 0; i < n; i++) {
        SpeciesReference_t *x = products ? Reaction_createProduct(to) : Reaction_createReactant(to);
        SpeciesReference_setSpecies(x, t->species[side[i].species]);
        SpeciesReference_setStoichiometry(x, (double)side[i].count);
        SpeciesReference_setConstant(x, 1);
    }
}

/* Gives a reference its stoichiometry: by an initial assignment if it is constant, else by a rule. */
static void add_stoichiometry(struct sbml *s, SpeciesReference_t *x, const struct text_fraction *f)
{
    ASTNode_t *math = parse(s, f->formula);
    SpeciesReference_setId(x, f->name);
    text_own_name(s->fractions, f->name);
    if (math && f->is_constant) {
        InitialAssignment_t *a = Model_createInitialAssignment(s->model);
        InitialAssignment_setSymbol(a, f->name);
        InitialAssignment_setMath(a, math);
    } else if (math) {
        Rule_t *rule = Model_createAssignmentRule(s->model);
        Rule_setVariable(rule, f->name);
        Rule_setMath(rule, math);
    }
    ASTNode_free(math);
}

static void add_fractions(struct sbml *s, size_t j, Reaction_t *to)
{
    struct text *t = s->t;
    for (uint32_t i = 0; i < t->net->reaction.data[j].n_fractions; i++) {
        struct text_fraction f;
        if (!text_fraction(t, j, i, Reaction_getId(to), &style, &f)) {
            s->ok = false;
            return;
        }
        SpeciesReference_t *x = f.is_reactant ? Reaction_createReactant(to) : Reaction_createProduct(to);
        SpeciesReference_setSpecies(x, t->species[f.species]);
        SpeciesReference_setConstant(x, f.is_constant);
        if (f.name) {
            add_stoichiometry(s, x, &f);
        } else {
            SpeciesReference_setStoichiometry(x, f.value);
        }
    }
}

static void add_reaction(struct sbml *s, size_t j)
{
    struct text *t = s->t;
    const struct reaction *r = &t->net->reaction.data[j];
    Reaction_t *to = Model_createReaction(s->model);
    const char *law = r->rate_kind == RATE_LAW ? general_law(s, j) : mass_action(s, j);
    Reaction_setId(to, text_unique(t, r->label ? r->label : arena_printf(t->arena, "R%zu", j + 1)));
    Reaction_setReversible(to, 0);
    if (r->origin) {
        Reaction_setName(to, text_origin(t, j));
    }
    add_side(t, to, net_lhs(t->net, r), r->n_lhs, false);
    add_side(t, to, net_rhs(t->net, r), r->n_rhs, true);
    add_fractions(s, j, to);
    if (t->law[j]) {
        text_own_name(s->laws, Reaction_getId(to));
        struct modifiers m = {t, r, to};
        expr_visit(t->net->ex, t->law[j], add_modifier, &m);
    }
    ASTNode_t *math = law ? parse(s, law) : NULL;
    if (math) {
        KineticLaw_setMath(Reaction_createKineticLaw(to), math);
        ASTNode_free(math);
    }
}

/* Adds an output that is a formula, as a parameter with an assignment rule. */
static bool add_output(void *env, const char *id, const char *name, expr_id formula)
{
    struct sbml *s = env;
    const char *text = text_infix_string(s->t, formula, &style);
    ASTNode_t *math = text ? parse(s, text) : NULL;
    if (math) {
        Parameter_t *p = Model_createParameter(s->model);
        Parameter_setId(p, id);
        Parameter_setName(p, text_plain(s->t, name));
        Parameter_setConstant(p, 0);
        Rule_t *rule = Model_createAssignmentRule(s->model);
        Rule_setVariable(rule, id);
        Rule_setMath(rule, math);
        ASTNode_free(math);
    }
    return math != NULL;
}

/* Adds a variable that events may change. Its value at the start is a formula. */
static void add_variable(struct sbml *s, const struct text_variable *v)
{
    Parameter_t *p = Model_createParameter(s->model);
    Parameter_setId(p, v->name);
    keep_name(s, v->name);
    Parameter_setConstant(p, !v->changes);
    add_start(s, v->name, v->value, 0);
}

/* Annotates the event with what crnlc's reader makes of it. */
static void add_origin(Event_t *e, const struct text_event *from)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs("<crnlc:event xmlns:crnlc=\"" NET_REMARK_NAMESPACE "\"", out);
    text_own_event(out, from);
    fputs("/>", out);
    fclose(out);
    SBase_setAnnotationString((SBase_t *)e, text);
    free(text);
}

static void add_event(struct sbml *s, const struct text_events *events, size_t i)
{
    const struct text_event *from = &events->event.data[i];
    Event_t *e = Model_createEvent(s->model);
    Trigger_t *trigger = Event_createTrigger(e);
    ASTNode_t *math = parse(s, from->trigger);
    Event_setId(e, from->name);
    if (from->kind) {
        add_origin(e, from);
    }
    Event_setUseValuesFromTriggerTime(e, from->early);
    Trigger_setInitialValue(trigger, from->held);
    Trigger_setPersistent(trigger, from->persistent);
    Trigger_setMath(trigger, math);
    ASTNode_free(math);
    if (from->delay && (math = parse(s, from->delay))) {
        Delay_setMath(Event_createDelay(e), math);
        ASTNode_free(math);
    }
    if (from->priority && (math = parse(s, from->priority))) {
        Priority_setMath(Event_createPriority(e), math);
        ASTNode_free(math);
    }
    for (size_t k = 0; k < from->n; k++) {
        const struct text_change *c = &events->change.data[from->first + k];
        EventAssignment_t *a = Event_createEventAssignment(e);
        math = parse(s, c->value);
        EventAssignment_setVariable(a, c->target);
        EventAssignment_setMath(a, math);
        ASTNode_free(math);
    }
}

/* Prints text as the content of an XML element. */
static void print_escaped(FILE *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        fputs(*c == '<' ? "&lt;" : *c == '>' ? "&gt;" : *c == '&' ? "&amp;" : "", out);
        if (!strchr("<>&", *c)) {
            fputc(*c, out);
        }
    }
}

static void print_statement(void *env, const char *statement)
{
    FILE *out = env;
    fputs("<crnlc:statement>", out);
    print_escaped(out, statement);
    fputs("</crnlc:statement>", out);
}

/* Annotates the model for crnlc's reader (import/sbml/sbml_own.c): whether species are concentrations in
 * the compartment and whether its size is given; which reactions have laws; which names are only for
 * stoichiometry; which variables stand for guards and for times; and statements for which SBML has no
 * place. */
static void add_annotation(struct sbml *s, const struct text_events *events, const char *laws,
                           const char *fractions)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs("<crnlc:network xmlns:crnlc=\"" NET_REMARK_NAMESPACE "\"", out);
    if (!s->amounts) {
        fprintf(out, " concentrations=\"%s\"", s->t->net->units.volume > 0 ? "true" : "unit");
    }
    text_own_network(out, events, laws, fractions);
    fputs(">", out);
    text_remarks(s->t, print_statement, out);
    fputs("</crnlc:network>", out);
    fclose(out);
    SBase_setAnnotationString((SBase_t *)s->model, text);
    free(text);
}

static void add_notes(struct sbml *s)
{
    char *title = arena_strdup(s->t->arena, text_title(s->t));
    for (char *c = title; *c; c++) {
        *c = strchr("<&>", *c) ? ' ' : *c;
    }
    SBase_setNotesString(
        (SBase_t *)s->model,
        arena_printf(s->t->arena, "<p xmlns=\"http://www.w3.org/1999/xhtml\">%s</p>", title));
}

/* The time of libsbml's check grows with the square of the size: 4000 reactions take 6 s. */
enum { MAX_CHECKED = 1000 };

static bool check(struct text *t, SBMLDocument_t *d)
{
    if (t->net->reaction.n > MAX_CHECKED) {
        return true;
    }
    SBMLDocument_checkConsistency(d);
    for (unsigned i = 0; i < SBMLDocument_getNumErrors(d); i++) {
        const SBMLError_t *e = (const SBMLError_t *)SBMLDocument_getError(d, i);
        if (XMLError_isError((const XMLError_t *)e) || XMLError_isFatal((const XMLError_t *)e)) {
            return text_refuse(t, t->net->reaction.n, "libsbml finds it inconsistent: %s",
                               XMLError_getShortMessage((const XMLError_t *)e));
        }
    }
    return true;
}

static void add_model(struct sbml *s, const struct text_events *events)
{
    struct text *t = s->t;
    add_notes(s);
    set_units(s);
    add_compartment(s);
    for (size_t i = 0; i < t->net->species.n; i++) {
        add_species(s, i);
    }
    for (int32_t slot = 0; slot < t->net->n_slots; slot++) {
        if (t->slot[slot]) {
            add_parameter(s, slot);
        }
    }
    for (size_t i = 0; i < t->net->species.n; i++) {
        add_start(s, t->species[i], text_initial(t, (species_id)i, &style), t->x[i]);
    }
    for (int32_t slot = 0; slot < t->net->n_slots; slot++) {
        if (t->slot[slot]) {
            add_start(s, t->slot[slot], text_default(t, slot, &style), t->p[slot]);
        }
    }
    for (size_t i = 0; i < events->variable.n; i++) {
        add_variable(s, &events->variable.data[i]);
    }
    text_outputs(t, add_output, s);
    char *laws, *fractions;
    size_t size, size_of_fractions;
    s->laws = open_memstream(&laws, &size);
    s->fractions = open_memstream(&fractions, &size_of_fractions);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        add_reaction(s, j);
    }
    fclose(s->laws);
    fclose(s->fractions);
    add_annotation(s, events, laws, fractions);
    free(laws);
    free(fractions);
    for (size_t i = 0; i < events->event.n; i++) {
        add_event(s, events, i);
    }
}

bool text_write_sbml(struct text *t)
{
    if (!libsbml_load(t->diag)) {
        return false;
    }
    SBMLDocument_t *d = SBMLDocument_createWithLevelAndVersion(3, 2);
    struct sbml s = {.t = t, .model = SBMLDocument_createModel(d), .names = Model_create(3, 2)};
    struct text_events events;
    s.amounts = t->options->stochastic || (t->net->units.amount && !t->net->units.is_concentration);
    Model_setId(s.model, text_unique(t, t->net->name));
    s.ok = text_events_make(t, &style, &events);
    if (s.ok) {
        add_model(&s, &events);
        s.ok = s.ok && check(t, d);
    }
    if (s.ok) {
        char *text = writeSBMLToString(d);
        fputs(text, t->out);
        free(text);
    }
    text_events_free(&events);
    Model_free(s.names);
    SBMLDocument_free(d);
    return s.ok;
}
