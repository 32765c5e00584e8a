/* Units of SBML, and what crnlc wrote into the model for itself (codegen/text/sbml.c). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/sbml_impl.h"

/* ---- units of substance and time ---- */

enum dimension { CONCENTRATION, AMOUNT, TIME, VOLUME };

static const struct {
    const char *name;
    enum dimension dimension;
    double factor;
} units[] = {
#define UNIT(name, dimension, factor) {#name, dimension, factor},
#include "ir/unit.def"
#undef UNIT
};

/* Factors are products of powers of ten: equal up to rounding. */
static const char *unit_name(enum dimension d, double *factor)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (units[i].dimension == d && fabs(units[i].factor - *factor) <= 1e-12 * units[i].factor) {
            *factor = units[i].factor;
            return units[i].name;
        }
    }
    return NULL;
}

/* "mole", or a definition of one unit of that kind: how many of them it is. 0: of another kind. */
static double factor_of(const struct sbml *s, const char *id, UnitKind_t wanted)
{
    UnitDefinition_t *d = id ? Model_getUnitDefinitionById(s->model, id) : NULL;
    if (!d) {
        return id && UnitKind_forName(id) == wanted ? 1 : 0;
    }
    const Unit_t *u = UnitDefinition_getNumUnits(d) == 1 ? UnitDefinition_getUnit(d, 0) : NULL;
    bool fits = u && Unit_getKind(u) == wanted && Unit_getExponentAsDouble(u) == 1;
    return fits ? Unit_getMultiplier(u) * pow(10, Unit_getScale(u)) : 0;
}

/* The identifier of what substance, time or volume is measured in. Level 2 has definitions of these names, or defaults that models
 * do not mean. */
static const char *unit_id(const struct sbml *s, const char *name, const char *of_model)
{
    bool level_2 = SBMLDocument_getLevel(s->document) == 2;
    bool defined = level_2 && Model_getUnitDefinitionById(s->model, name);
    return level_2 ? (defined ? name : NULL) : of_model && *of_model ? of_model : NULL;
}

static const char *substance_id(const struct sbml *s)
{
    return unit_id(s, "substance", Model_getSubstanceUnits(s->model));
}

/* Numbers of molecules are what a network without units has. */
static bool counts_molecules(const struct sbml *s)
{
    return factor_of(s, substance_id(s), UNIT_KIND_ITEM) == 1;
}

static void take_units(struct sbml *s, bool concentrations)
{
    const char *time_id = unit_id(s, "time", Model_getTimeUnits(s->model));
    bool level_2 = SBMLDocument_getLevel(s->document) == 2;
    double amount = factor_of(s, substance_id(s), UNIT_KIND_MOLE);
    double time = time_id || !level_2 ? factor_of(s, time_id, UNIT_KIND_SECOND) : 1;
    if (!substance_id(s) || counts_molecules(s)) {
        return;
    }
    const char *amount_name = unit_name(concentrations ? CONCENTRATION : AMOUNT, &amount);
    const char *time_name = unit_name(TIME, &time);
    if (!amount_name || !time_name) {
        diag_report(s->x->diag, DIAG_W0831, sbml_line(s, s->model),
                    "the units of %s are none that networks have: it is a number without a unit",
                    amount_name ? "time" : "substance");
        return;
    }
    struct net_units *u = &s->x->net->units;
    *u = (struct net_units){.amount = intern_text(s->x->net->names, amount_name),
                            .time = intern_text(s->x->net->names, time_name),
                            .amount_factor = amount,
                            .time_factor = time,
                            .is_concentration = concentrations};
}

/* ---- our own annotation ---- */

static const XMLNode_t *own_element(const struct sbml *s)
{
    const XMLNode_t *all = SBase_getAnnotation((SBase_t *)s->model);
    for (unsigned i = 0; all && i < XMLNode_getNumChildren(all); i++) {
        const XMLNode_t *x = XMLNode_getChild(all, (int)i);
        const char *uri = XMLNode_getURI(x);
        if (uri && strcmp(uri, NET_REMARK_NAMESPACE) == 0) {
            return x;
        }
    }
    return NULL;
}

/* The one compartment, if species are concentrations in it and nothing but these was ever given. */
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

void sbml_units(struct sbml *s)
{
    const XMLNode_t *own = own_element(s);
    s->own = own != NULL;
    char *how = own ? XMLNode_getAttrValueByName(own, "concentrations") : NULL;
    struct entity *c = how && *how ? concentration_compartment(s) : NULL;
    bool litres = factor_of(s, unit_id(s, "volume", Model_getVolumeUnits(s->model)), UNIT_KIND_LITRE) == 1;
    take_units(s, c && (litres || !substance_id(s)));
    if (c && (litres || !substance_id(s))) {
        double size = Compartment_getSize(c->object);
        s->x->net->units.volume = strcmp(how, "unit") == 0 && size == 1 ? 0 : size;
        c->value = expr_real(s->x->net->ex, 1);
    }
    free(how);
}

bool sbml_remarks(struct sbml *s)
{
    const XMLNode_t *own = own_element(s);
    const char *text = "";
    for (unsigned i = 0; own && i < XMLNode_getNumChildren(own); i++) {
        const XMLNode_t *x = XMLNode_getChild(own, (int)i);
        const XMLNode_t *content = XMLNode_getNumChildren(x) == 1 ? XMLNode_getChild(x, 0) : NULL;
        if (content && XMLNode_isText(content)) {
            text = arena_printf(s->x->arena, "%s%s\n", text, XMLNode_getCharacters(content));
        }
    }
    const char *name =
        arena_printf(s->x->arena, "%s: annotation of crnlc", sources_name(s->x->sources, s->x->file));
    return !own || import_remark_text(s->x, name, text);
}
