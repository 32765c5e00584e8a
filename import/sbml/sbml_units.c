/* Units of substance and time in SBML. */
#include <math.h>
#include <string.h>

#include "import/sbml/sbml_impl.h"

enum dimension { CONCENTRATION, AMOUNT, TIME, VOLUME, LENGTH };

static const struct {
    const char *name;
    enum dimension dimension;
    double factor;
} units[] = {
#define UNIT(name, dimension, factor) {#name, dimension, factor},
#include "ir/expr/unit.def"
#undef UNIT
};

/* Factors are products of powers of ten, and are equal up to rounding. */
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

/* For "mole" or a definition of a single unit of that kind: its factor; 0: it is of another kind. */
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

/* The identifier of the unit of substance, time or volume. Level 2 has definitions with these names, or
 * defaults that models do not mean. */
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

/* Whether amounts are numbers of molecules, as in a network without units. */
static bool counts_molecules(const struct sbml *s)
{
    return factor_of(s, substance_id(s), UNIT_KIND_ITEM) == 1;
}

void sbml_units(struct sbml *s, bool concentrations)
{
    const char *time_id = unit_id(s, "time", Model_getTimeUnits(s->model));
    bool level_2 = SBMLDocument_getLevel(s->document) == 2;
    double amount = factor_of(s, substance_id(s), UNIT_KIND_MOLE);
    double time = time_id || !level_2 ? factor_of(s, time_id, UNIT_KIND_SECOND) : 1;
    bool has_amount = substance_id(s) && !counts_molecules(s), has_time = has_amount || time_id;
    const char *amount_name = has_amount ? unit_name(concentrations ? CONCENTRATION : AMOUNT, &amount) : NULL;
    const char *time_name = has_time ? unit_name(TIME, &time) : NULL;
    if (has_amount && (!amount_name || !time_name)) {
        diag_report(s->x->diag, DIAG_W0831, sbml_line(s, s->model),
                    "the units of %s are none that networks have: it is a number without a unit",
                    amount_name ? "time" : "substance");
    }
    struct net_units *u = &s->x->net->units;
    if (amount_name) {
        u->amount = intern_text(s->x->net->names, amount_name);
        u->amount_factor = amount;
        u->is_concentration = concentrations;
    }
    if (time_name) {
        u->time = intern_text(s->x->net->names, time_name);
        u->time_factor = time;
    }
}

bool sbml_has_litres(const struct sbml *s)
{
    return !substance_id(s) ||
           factor_of(s, unit_id(s, "volume", Model_getVolumeUnits(s->model)), UNIT_KIND_LITRE) == 1;
}
