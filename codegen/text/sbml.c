/* SBML Level 3 Version 2, by libsbml. A law is an amount per time: concentrations are multiplied by the compartment.
 * As molecules (--stochastic), amounts and propensities. What is written passes libsbml's consistency check. */
#include "codegen/text/text_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <sbml/SBMLTypes.h>

static const struct infix_style style = {
    .numbers = NUMBER_PLAIN, .power = "^", .divide = "/", .multiply = "*", .and = " && ", .or = " || ", .not = "!",
    .unequal = " != ", .exp = "exp", .log = "ln", .sqrt = "sqrt", .sin = "sin", .cos = "cos", .tanh = "tanh",
    .abs = "abs", .floor = "floor", .min = "min", .max = "max", .select = "piecewise", .select_value_first = true,
    .modulo = " % ", .time = "time",
};

struct sbml {
    struct text *t;
    Model_t *model;
    const char *compartment;
    bool amounts;                   /* species stand for amounts in laws, not for concentrations */
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
    if (u->amount) {
        const char *time = text_unique(s->t, "time_unit");
        if (!s->t->options->stochastic) {
            add_unit(s->model, substance, UNIT_KIND_MOLE, u->amount_factor);
        }
        add_unit(s->model, time, UNIT_KIND_SECOND, u->time_factor);
        Model_setSubstanceUnits(s->model, substance);
        Model_setExtentUnits(s->model, substance);
        Model_setTimeUnits(s->model, time);
        Model_setVolumeUnits(s->model, "litre");
    }
}

static void add_compartment(struct sbml *s)
{
    double volume = s->t->net->units.volume;
    Compartment_t *c = Model_createCompartment(s->model);
    s->compartment = text_unique(s->t, "compartment");
    Compartment_setId(c, s->compartment);
    Compartment_setSpatialDimensionsAsDouble(c, 3);
    Compartment_setSize(c, volume > 0 ? volume : 1);
    Compartment_setConstant(c, 1);
}

static void add_species(struct sbml *s, size_t i)
{
    const struct species *from = &s->t->net->species.data[i];
    bool constant = from->kind == SPECIES_CONSTANT;
    Species_t *x = Model_createSpecies(s->model);
    Species_setId(x, s->t->species[i]);
    if (strcmp(from->name, s->t->species[i]) != 0) {
        Species_setName(x, from->name);
    }
    Species_setCompartment(x, s->compartment);
    Species_setHasOnlySubstanceUnits(x, s->amounts);
    Species_setBoundaryCondition(x, constant);
    Species_setConstant(x, constant);
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
    if (strcmp(name, s->t->slot[slot]) != 0) {
        Parameter_setName(p, name);
    }
    Parameter_setValue(p, s->t->p[slot]);
    Parameter_setConstant(p, 1);
}

/* "compartment * (k) * A^2 * B", or the propensity "(k) * A * (A - 1) * B". */
static const char *mass_action(struct sbml *s, size_t j)
{
    struct text *t = s->t;
    const struct reaction *r = &t->net->reaction.data[j];
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    fprintf(f, s->amounts ? "(%s)" : "(%s) * %s", text_constant(t, j, &style), s->compartment);
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
    return s->amounts ? law : arena_printf(s->t->arena, "(%s) * %s", law, s->compartment);
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
    if (t->law[j]) {
        struct modifiers m = {t, r, to};
        expr_visit(t->net->ex, t->law[j], add_modifier, &m);
    }
    ASTNode_t *math = law ? SBML_parseL3Formula(law) : NULL;
    if (math) {
        KineticLaw_setMath(Reaction_createKineticLaw(to), math);
        ASTNode_free(math);
    } else if (law) {
        s->ok = text_refuse(t, j, "libsbml does not read the law %s", law);
    }
}

/* Outputs with a formula: parameters with an assignment rule. */
static void add_outputs(struct sbml *s)
{
    struct text *t = s->t;
    for (size_t i = 0; i < t->net->symbol.n; i++) {
        const struct symbol *symbol = &t->net->symbol.data[i];
        for (int64_t e = 0; text_is_formula(t, symbol) && e < shape_size(symbol->shape); e++) {
            expr_id formula = text_scalar(t->net, t->net->elem.data[symbol->first + (size_t)e]);
            const char *text = formula ? text_infix_string(t, formula, &style) : NULL;
            ASTNode_t *math = text ? SBML_parseL3Formula(text) : NULL;
            if (math) {
                const char *name = text_element_name(t, symbol, e), *id = text_unique(t, name);
                Parameter_t *p = Model_createParameter(s->model);
                Parameter_setId(p, id);
                Parameter_setName(p, name);
                Parameter_setConstant(p, 0);
                Rule_t *rule = Model_createAssignmentRule(s->model);
                Rule_setVariable(rule, id);
                Rule_setMath(rule, math);
                ASTNode_free(math);
            }
        }
    }
}

static void add_notes(struct sbml *s)
{
    const struct net *n = s->t->net;
    const char *file = n->file ? text_base(n->file) : NULL;
    char *note = arena_printf(s->t->arena, "<p xmlns=\"http://www.w3.org/1999/xhtml\">network %s%s%s</p>", n->name,
                              file ? " of " : "", file ? file : "");
    if (!file || !strpbrk(file, "<&>")) {
        SBase_setNotesString((SBase_t *)s->model, note);
    }
}

static bool check(struct text *t, SBMLDocument_t *d)
{
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

bool text_write_sbml(struct text *t)
{
    SBMLDocument_t *d = SBMLDocument_createWithLevelAndVersion(3, 2);
    struct sbml s = {.t = t, .model = SBMLDocument_createModel(d), .ok = true};
    s.amounts = t->options->stochastic || (t->net->units.amount && !t->net->units.is_concentration);
    Model_setId(s.model, text_unique(t, t->net->name));
    add_notes(&s);
    set_units(&s);
    add_compartment(&s);
    for (size_t i = 0; i < t->net->species.n; i++) {
        add_species(&s, i);
    }
    for (int32_t slot = 0; slot < t->net->n_slots; slot++) {
        if (t->slot[slot]) {
            add_parameter(&s, slot);
        }
    }
    add_outputs(&s);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        add_reaction(&s, j);
    }
    s.ok = s.ok && check(t, d);
    if (s.ok) {
        char *text = writeSBMLToString(d);
        fputs(text, t->out);
        free(text);
    }
    SBMLDocument_free(d);
    return s.ok;
}
