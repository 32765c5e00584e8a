/* The model as SBML Level 3 Version 2, in memory, of which each line has a place in the text of Antimony:
 * import/sbml/ reads it and reports there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/antimony/antimony_impl.h"

#define DEFAULT_COMPARTMENT "default_compartment" /* of species that are in none */

struct writer {
    struct reader *r;
    FILE *out;
    VEC(struct span) line;
    bool ok;
    bool *is_modifier; /* by variable: of the law at hand */
};

static void end_line(struct writer *w, struct span at)
{
    fputc('\n', w->out);
    vec_push(&w->line, at);
}

static void line(struct writer *w, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void line(struct writer *w, struct span at, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vfprintf(w->out, format, ap);
    va_end(ap);
    end_line(w, at);
}

static const struct variable *variable(const struct writer *w, int32_t v)
{
    return &w->r->variable.data[antimony_root(w->r, v)];
}

/* ---- formulas ---- */

static bool is_inside(const struct reader *r, int32_t instance, int32_t outer)
{
    while (instance >= 0 && instance != outer) {
        instance = r->instance.data[instance].parent;
    }
    return instance == outer;
}

static bool is_factor(struct factor f)
{
    return f.number || f.variable >= 0;
}

static void write_number(FILE *out, const char *text)
{
    bool whole = strspn(text, "0123456789") == strlen(text) && strlen(text) < 10;
    fprintf(out, whole ? "<cn type=\"integer\">%.0f</cn>" : "<cn>%.17g</cn>", strtod(text, NULL));
}

static void write_factor(struct writer *w, struct factor f)
{
    if (f.number) {
        write_number(w->out, f.number);
    } else {
        fprintf(w->out, "<ci>%s</ci>", variable(w, f.variable)->id);
    }
}

static void complain(struct writer *w, enum diag_code code, struct span at, const char *format,
                     const char *name)
{
    w->ok = diag_report(w->r->x->diag, code, at, format, name);
}

/* What is meant here is multiplied with these to be in the units of the model: of time, or of extent. */
static size_t conversions(const struct reader *r, int32_t instance, bool of_time, struct factor *to,
                          size_t most)
{
    size_t n = 0;
    for (; instance >= 0; instance = r->instance.data[instance].parent) {
        struct factor f = of_time ? r->instance.data[instance].time : r->instance.data[instance].extent;
        if (is_factor(f) && n < most) {
            to[n++] = f;
        }
    }
    return n;
}

enum { MOST_FACTORS = 64 }; /* of a submodule in a submodule ... */

/* Opens "what follows times (or by) these factors"; close_scaled closes. */
static void open_scaled(struct writer *w, const char *how, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fprintf(w->out, "<apply><%s/>", how);
    }
}

static void close_scaled(struct writer *w, const struct factor *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        write_factor(w, f[i]);
        fputs("</apply>", w->out);
    }
}

/* A name in the units of where it stands, by what it is the same as, and by conversions. */
static void write_name(struct writer *w, const struct node *n)
{
    struct reader *r = w->r;
    const struct variable *x = variable(w, n->variable);
    struct factor by[MOST_FACTORS];
    size_t k = 0;
    if (x->type == TYPE_DELETED) {
        complain(w, DIAG_E0834, n->at, "'%s' is deleted", r->variable.data[n->variable].name);
        return;
    }
    if (x->type == TYPE_MODULE || x->type == TYPE_EVENT || x->type == TYPE_STRAND ||
        x->type == TYPE_INTERACTION || x->type == TYPE_RULE || x->type == TYPE_UNIT) {
        complain(w, DIAG_E0831, n->at,
                 "'%s' has no value: it is no species, compartment, parameter or reaction",
                 r->variable.data[n->variable].name);
        return;
    }
    for (int32_t v = n->variable; r->variable.data[v].same >= 0; v = r->variable.data[v].same) {
        const struct variable *y = &r->variable.data[v];
        if (is_factor(y->same_factor) && is_inside(r, n->instance, y->instance) && k < MOST_FACTORS) {
            by[k++] = y->same_factor;
        }
    }
    if (x->type == TYPE_REACTION && is_inside(r, n->instance, x->instance)) {
        k += conversions(r, x->instance, false, by + k, MOST_FACTORS - k);
    }
    w->is_modifier[x - r->variable.data] = true;
    open_scaled(w, "divide", k);
    fprintf(w->out, "<ci>%s</ci>", x->id);
    close_scaled(w, by, k);
}

static void write_symbol(struct writer *w, const struct node *n)
{
    struct factor by[MOST_FACTORS];
    if (strcmp(n->text, "time") == 0) {
        size_t k = conversions(w->r, n->instance, true, by, MOST_FACTORS);
        open_scaled(w, "divide", k);
        fputs("<csymbol encoding=\"text\" "
              "definitionURL=\"http://www.sbml.org/sbml/symbols/time\">time</csymbol>",
              w->out);
        close_scaled(w, by, k);
    } else if (strcmp(n->text, "avogadro") == 0) {
        fputs("<csymbol encoding=\"text\" "
              "definitionURL=\"http://www.sbml.org/sbml/symbols/avogadro\">avogadro</csymbol>",
              w->out);
    } else {
        fprintf(w->out, "<%s/>", n->text);
    }
}

static void write_node(struct writer *w, const struct node *n);

static void write_piecewise(struct writer *w, const struct node *n)
{
    fputs("<piecewise>", w->out);
    for (const struct node *value = n->first; value;) {
        const struct node *condition = value->next;
        fputs(condition ? "<piece>" : "<otherwise>", w->out);
        write_node(w, value);
        if (condition) {
            write_node(w, condition);
        }
        fputs(condition ? "</piece>" : "</otherwise>", w->out);
        value = condition ? condition->next : NULL;
    }
    fputs("</piecewise>", w->out);
}

static void write_lag(struct writer *w, const struct node *n)
{
    struct factor by[MOST_FACTORS];
    size_t k = conversions(w->r, n->instance, true, by, MOST_FACTORS);
    open_scaled(w, "times", k);
    write_node(w, n);
    close_scaled(w, by, k);
}

static void write_apply(struct writer *w, const struct node *n)
{
    const struct node *x = n->first;
    const char *of_first = strcmp(n->text, "log") == 0                    ? "logbase"
                           : strcmp(n->text, "root") == 0 && x && x->next ? "degree"
                                                                          : NULL;
    if (strcmp(n->text, "piecewise") == 0) {
        write_piecewise(w, n);
        return;
    }
    bool is_symbol = strcmp(n->text, "delay") == 0 || strcmp(n->text, "rateOf") == 0;
    if (is_symbol) {
        fprintf(w->out,
                "<apply><csymbol encoding=\"text\" "
                "definitionURL=\"http://www.sbml.org/sbml/symbols/%s\">%s</csymbol>",
                n->text, n->text);
    } else {
        fprintf(w->out, "<apply><%s/>", n->text);
    }
    for (; x; x = x->next) {
        if (of_first && x == n->first) {
            fprintf(w->out, "<%s>", of_first);
            write_node(w, x);
            fprintf(w->out, "</%s>", of_first);
        } else if (is_symbol && x != n->first) {
            write_lag(w, x);
        } else {
            write_node(w, x);
        }
    }
    fputs("</apply>", w->out);
}

static void write_node(struct writer *w, const struct node *n)
{
    switch (n->kind) {
    case NODE_NUMBER: write_number(w->out, n->text); break;
    case NODE_NAME: write_name(w, n); break;
    case NODE_ARGUMENT: fprintf(w->out, "<ci>%s</ci>", n->text); break;
    case NODE_SYMBOL: write_symbol(w, n); break;
    case NODE_APPLY: write_apply(w, n); break;
    case NODE_CALL:
        fprintf(w->out, "<apply><ci>%s</ci>", n->text);
        for (const struct node *x = n->first; x; x = x->next) {
            write_node(w, x);
        }
        fputs("</apply>", w->out);
        break;
    case NODE_ELLIPSIS:
        complain(w, DIAG_E0831, n->at, "'%s' means what lies upstream, and stands in a formula of no DNA",
                 "...");
        break;
    }
}

static void open_math(struct writer *w)
{
    fputs("<math xmlns=\"http://www.w3.org/1998/Math/MathML\">", w->out);
}

static void close_math(struct writer *w, struct span at)
{
    fputs("</math>", w->out);
    end_line(w, at);
}

enum formula_kind { FORMULA_VALUE, FORMULA_LAW, FORMULA_RATE, FORMULA_DELAY };

/* A line with the formula; laws and rates are by the model's time, laws in its extent. */
static void write_formula(struct writer *w, const struct formula *f, enum formula_kind kind)
{
    struct factor by_time[MOST_FACTORS], extent[MOST_FACTORS];
    bool is_rate = kind == FORMULA_LAW || kind == FORMULA_RATE;
    size_t n_time = kind == FORMULA_VALUE ? 0 : conversions(w->r, f->instance, true, by_time, MOST_FACTORS);
    size_t n_extent = kind == FORMULA_LAW ? conversions(w->r, f->instance, false, extent, MOST_FACTORS) : 0;
    size_t n = (size_t)f->n_factors;
    open_math(w);
    open_scaled(w, is_rate ? "divide" : "times", n_time);
    open_scaled(w, "times", n_extent);
    open_scaled(w, "times", n);
    write_node(w, f->root);
    close_scaled(w, f->factor, n);
    close_scaled(w, extent, n_extent);
    close_scaled(w, by_time, n_time);
    close_math(w, f->at);
}

/* ---- values ---- */

/* Whether the formula is a number, with a sign or none. */
static bool is_number(const struct formula *f, double *v)
{
    const struct node *n = f && f->n_factors == 0 ? f->root : NULL;
    bool minus = n && n->kind == NODE_APPLY && strcmp(n->text, "minus") == 0 && n->first && !n->first->next;
    n = minus ? n->first : n;
    if (!n || n->kind != NODE_NUMBER) {
        return false;
    }
    *v = strtod(n->text, NULL) * (minus ? -1 : 1);
    return true;
}

/* "3 / c", an amount in the compartment c. */
static bool is_amount(const struct writer *w, const struct variable *x, int32_t compartment, double *v)
{
    const struct node *n = x->value && x->value->n_factors == 0 ? x->value->root : NULL;
    if (compartment < 0 || !n || n->kind != NODE_APPLY || strcmp(n->text, "divide") != 0 ||
        n->last->kind != NODE_NAME ||
        antimony_root(w->r, n->last->variable) != antimony_root(w->r, compartment)) {
        return false;
    }
    struct formula amount = {.root = n->first};
    return is_number(&amount, v);
}

/* Whether nothing changes it, for SBML's attribute 'constant'. */
static bool is_constant(const struct variable *x)
{
    return !x->rate && !(x->is_rule && (x->value || x->is_dna)) && x->constness != CONST_VAR;
}

static int32_t compartment_of(const struct variable *x)
{
    return x->compartment >= 0 ? x->compartment : x->outer;
}

#define EACH(w, i, x, wanted)                                                                               \
    for (size_t i = 0; i < (w)->r->variable.n; i++)                                                         \
        for (const struct variable *x = &(w)->r->variable.data[i]; x && x->same < 0 && x->type == (wanted); \
             x = NULL)

static bool is_parameter(const struct variable *x)
{
    return x->same < 0 && (x->type == TYPE_PARAMETER || x->type == TYPE_UNDEFINED);
}

/* ---- parts of the model ---- */

static void write_functions(struct writer *w)
{
    struct reader *r = w->r;
    bool any = r->function.n > 0;
    if (any) {
        line(w, r->function.data[0].at, "<listOfFunctionDefinitions>");
    }
    for (size_t i = 0; i < r->function.n; i++) {
        const struct function *f = &r->function.data[i];
        if (!f->root) {
            continue;
        }
        line(w, f->at, "<functionDefinition id=\"%s\">", f->name);
        open_math(w);
        fputs("<lambda>", w->out);
        for (size_t k = 0; k < f->argument.n; k++) {
            fprintf(w->out, "<bvar><ci>%s</ci></bvar>", f->argument.data[k]);
        }
        write_node(w, f->root);
        fputs("</lambda>", w->out);
        close_math(w, f->at);
        line(w, f->at, "</functionDefinition>");
    }
    if (any) {
        line(w, r->function.data[0].at, "</listOfFunctionDefinitions>");
    }
}

static void write_units(struct writer *w)
{
    struct reader *r = w->r;
    struct span at = r->variable.n > 0 ? r->variable.data[0].at : (struct span){0};
    if (r->unit.n > 0) {
        line(w, at, "<listOfUnitDefinitions>");
    }
    for (size_t i = 0; i < r->unit.n; i++) {
        const struct named_unit *u = &r->unit.data[i];
        double multiplier = u->unit.multiplier;
        line(w, u->at, "<unitDefinition id=\"%s\"><listOfUnits>", u->name);
        for (size_t k = 0; k < u->unit.factor.n; k++) {
            const struct unit_factor *f = &u->unit.factor.data[k];
            double m = k == 0 && f->exponent != 0 ? pow(multiplier, 1 / f->exponent) : 1;
            line(w, u->at, "<unit kind=\"%s\" exponent=\"%.17g\" scale=\"0\" multiplier=\"%.17g\"/>", f->kind,
                 f->exponent, isfinite(m) ? m : 1);
        }
        if (u->unit.factor.n == 0) {
            line(w, u->at, "<unit kind=\"dimensionless\" exponent=\"1\" scale=\"0\" multiplier=\"%.17g\"/>",
                 multiplier);
        }
        line(w, u->at, "</listOfUnits></unitDefinition>");
    }
    if (r->unit.n > 0) {
        line(w, at, "</listOfUnitDefinitions>");
    }
}

static void write_compartments(struct writer *w)
{
    bool needed = false, is_there = false;
    EACH(w, i, x, TYPE_SPECIES)
    {
        needed |= compartment_of(x) < 0;
    }
    EACH(w, i, x, TYPE_COMPARTMENT)
    {
        is_there |= strcmp(x->id, DEFAULT_COMPARTMENT) == 0;
    }
    fputs("<listOfCompartments>", w->out);
    end_line(w, (struct span){0});
    if (needed && !is_there) {
        line(w, (struct span){0},
             "<compartment id=\"" DEFAULT_COMPARTMENT
             "\" spatialDimensions=\"3\" size=\"1\" constant=\"true\"/>");
    }
    EACH(w, i, x, TYPE_COMPARTMENT)
    {
        double v;
        fprintf(w->out, "<compartment id=\"%s\" spatialDimensions=\"3\" constant=\"%s\"", x->id,
                is_constant(x) ? "true" : "false");
        if (!x->is_rule && is_number(x->value, &v)) {
            fprintf(w->out, " size=\"%.17g\"", v);
        }
        fputs("/>", w->out);
        end_line(w, x->at);
    }
    line(w, (struct span){0}, "</listOfCompartments>");
}

static void write_species(struct writer *w)
{
    line(w, (struct span){0}, "<listOfSpecies>");
    EACH(w, i, x, TYPE_SPECIES)
    {
        int32_t c = compartment_of(x);
        double v;
        bool is_held = x->constness == CONST_CONST || x->rate || (x->is_rule && x->value);
        fprintf(w->out,
                "<species id=\"%s\" compartment=\"%s\" hasOnlySubstanceUnits=\"%s\" boundaryCondition=\"%s\" "
                "constant=\"false\"",
                x->id, c >= 0 ? variable(w, c)->id : DEFAULT_COMPARTMENT, x->is_substance ? "true" : "false",
                is_held ? "true" : "false");
        if (!x->is_rule && is_number(x->value, &v)) {
            fprintf(w->out, " initialConcentration=\"%.17g\"", v);
        } else if (!x->is_rule && is_amount(w, x, c, &v)) {
            fprintf(w->out, " initialAmount=\"%.17g\"", v);
        }
        fputs("/>", w->out);
        end_line(w, x->at);
    }
    line(w, (struct span){0}, "</listOfSpecies>");
}

static void write_parameters(struct writer *w)
{
    line(w, (struct span){0}, "<listOfParameters>");
    for (size_t i = 0; i < w->r->variable.n; i++) {
        const struct variable *x = &w->r->variable.data[i];
        double v;
        if (!is_parameter(x)) {
            continue;
        }
        fprintf(w->out, "<parameter id=\"%s\" constant=\"%s\"", x->id, is_constant(x) ? "true" : "false");
        if (!x->is_rule && is_number(x->value, &v)) {
            fprintf(w->out, " value=\"%.17g\"", v);
        }
        fputs("/>", w->out);
        end_line(w, x->at);
    }
    line(w, (struct span){0}, "</listOfParameters>");
}

static bool has_value(const struct variable *x)
{
    return x->same < 0 && (is_parameter(x) || x->type == TYPE_SPECIES || x->type == TYPE_COMPARTMENT ||
                           x->type == TYPE_STOICHIOMETRY);
}

static void write_starts(struct writer *w)
{
    double v;
    line(w, (struct span){0}, "<listOfInitialAssignments>");
    for (size_t i = 0; i < w->r->variable.n; i++) {
        const struct variable *x = &w->r->variable.data[i];
        if (has_value(x) && x->value && !x->is_rule && !is_number(x->value, &v) &&
            !(x->type == TYPE_SPECIES && is_amount(w, x, compartment_of(x), &v))) {
            line(w, x->value->at, "<initialAssignment symbol=\"%s\">", x->id);
            write_formula(w, x->value, FORMULA_VALUE);
            line(w, x->value->at, "</initialAssignment>");
        }
    }
    line(w, (struct span){0}, "</listOfInitialAssignments>");
}

/* What a part of DNA is by what lies upstream. */
static const struct formula *own_formula(struct writer *w, size_t i)
{
    const struct variable *x = &w->r->variable.data[i];
    if (!x->is_dna) {
        return x->value;
    }
    struct formula *f = arena_alloc(w->r->x->arena, sizeof *f);
    *f = x->value ? *x->value : (struct formula){.instance = x->instance, .at = x->at};
    w->ok = antimony_strand_value(w->r, (int32_t)i, &f->root) && w->ok;
    return f->root ? f : NULL;
}

static void write_rules(struct writer *w)
{
    line(w, (struct span){0}, "<listOfRules>");
    for (size_t i = 0; i < w->r->variable.n; i++) {
        const struct variable *x = &w->r->variable.data[i];
        const struct formula *f = has_value(x) && x->is_rule ? own_formula(w, i) : NULL;
        if (f) {
            line(w, f->at, "<assignmentRule variable=\"%s\">", x->id);
            write_formula(w, f, FORMULA_VALUE);
            line(w, f->at, "</assignmentRule>");
        }
        if (has_value(x) && x->rate) {
            line(w, x->rate->at, "<rateRule variable=\"%s\">", x->id);
            write_formula(w, x->rate, FORMULA_RATE);
            line(w, x->rate->at, "</rateRule>");
        }
    }
    EACH(w, i, x, TYPE_RULE)
    {
        if (x->value) {
            line(w, x->value->at, "<algebraicRule>");
            write_formula(w, x->value, FORMULA_VALUE);
            line(w, x->value->at, "</algebraicRule>");
        }
    }
    line(w, (struct span){0}, "</listOfRules>");
}

static void write_participants(struct writer *w, const struct participants *side, const char *list,
                               struct span at)
{
    if (side->all.n > 0) {
        line(w, at, "<%s>", list);
    }
    for (size_t i = 0; i < side->all.n; i++) {
        const struct participant *p = &side->all.data[i];
        const struct variable *named = p->named >= 0 ? variable(w, p->named) : NULL;
        double v;
        fprintf(w->out, "<speciesReference species=\"%s\"", variable(w, p->variable)->id);
        if (named) {
            fprintf(w->out, " id=\"%s\" constant=\"%s\"", named->id, is_constant(named) ? "true" : "false");
            if (!named->is_rule && is_number(named->value, &v)) {
                fprintf(w->out, " stoichiometry=\"%.17g\"", v);
            }
        } else {
            fprintf(w->out, " stoichiometry=\"%.17g\" constant=\"true\"",
                    p->number ? strtod(p->number, NULL) : 1);
        }
        fputs("/>", w->out);
        end_line(w, at);
    }
    if (side->all.n > 0) {
        line(w, at, "</%s>", list);
    }
}

static bool takes_part(const struct writer *w, const struct variable *x, int32_t species)
{
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < x->side[k]->all.n; i++) {
            if (antimony_root(w->r, x->side[k]->all.data[i].variable) == species) {
                return true;
            }
        }
    }
    return false;
}

static void write_modifiers(struct writer *w, const struct variable *x)
{
    bool any = false;
    for (size_t i = 0; i < w->r->variable.n; i++) {
        const struct variable *s = &w->r->variable.data[i];
        if (w->is_modifier[i] && s->type == TYPE_SPECIES && !takes_part(w, x, (int32_t)i)) {
            fputs(any ? "" : "<listOfModifiers>", w->out);
            fprintf(w->out, "<modifierSpeciesReference species=\"%s\"/>", s->id);
            any = true;
        }
    }
    if (any) {
        fputs("</listOfModifiers>", w->out);
        end_line(w, x->at);
    }
}

static void forget_modifiers(struct writer *w)
{
    memset(w->is_modifier, 0, w->r->variable.n * sizeof *w->is_modifier);
}

static void write_reaction(struct writer *w, size_t i)
{
    const struct variable *x = &w->r->variable.data[i];
    const struct formula *law = own_formula(w, i);
    FILE *out = w->out;
    char *text = NULL;
    size_t size, n_lines = w->line.n;
    line(w, x->at, "<reaction id=\"%s\" reversible=\"%s\">", x->id, x->is_reversible ? "true" : "false");
    write_participants(w, x->side[0], "listOfReactants", x->at);
    write_participants(w, x->side[1], "listOfProducts", x->at);
    if (law) { /* before it the species that are known by it */
        forget_modifiers(w);
        n_lines = w->line.n;
        w->out = open_memstream(&text, &size);
        line(w, law->at, "<kineticLaw>");
        write_formula(w, law, FORMULA_LAW);
        line(w, law->at, "</kineticLaw>");
        fclose(w->out);
        w->out = out;
        size_t n = w->line.n - n_lines;
        w->line.n = n_lines;
        write_modifiers(w, x);
        fputs(text, out);
        free(text);
        for (size_t k = 0; k < n; k++) {
            vec_push(&w->line, law->at);
        }
    }
    line(w, x->at, "</reaction>");
}

static void write_reactions(struct writer *w)
{
    line(w, (struct span){0}, "<listOfReactions>");
    for (size_t i = 0; i < w->r->variable.n; i++) {
        const struct variable *x = &w->r->variable.data[i];
        if (x->same >= 0 || x->type != TYPE_REACTION) {
            continue;
        }
        if (x->side[0]) {
            write_reaction(w, i);
        } else if (!x->is_dna) {
            complain(w, DIAG_E0831, x->at, "the reaction '%s' has no reactants and products", x->name);
        }
    }
    line(w, (struct span){0}, "</listOfReactions>");
}

/* What crnlc wrote: import/sbml/sbml_own.c reads it. */
static void write_own(struct writer *w, const char *element, const char *attributes, struct span at)
{
    if (attributes) {
        line(w, at, "<annotation><crnlc:%s xmlns:crnlc=\"" NET_REMARK_NAMESPACE "\"%s/></annotation>",
             element, attributes);
    }
}

static void write_event(struct writer *w, const struct variable *x)
{
    const struct happening *e = x->event;
    line(w, x->at, "<event id=\"%s\" useValuesFromTriggerTime=\"%s\">", x->id,
         e->is_early ? "true" : "false");
    int32_t own = map_find(&w->r->own_events, x->name);
    write_own(w, "event", own >= 0 ? w->r->own_event.data[own] : NULL, x->at);
    line(w, e->trigger->at, "<trigger initialValue=\"%s\" persistent=\"%s\">", e->is_held ? "true" : "false",
         e->is_persistent ? "true" : "false");
    write_formula(w, e->trigger, FORMULA_VALUE);
    line(w, e->trigger->at, "</trigger>");
    if (e->priority) {
        line(w, e->priority->at, "<priority>");
        write_formula(w, e->priority, FORMULA_VALUE);
        line(w, e->priority->at, "</priority>");
    }
    if (e->delay) {
        line(w, e->delay->at, "<delay>");
        write_formula(w, e->delay, FORMULA_DELAY);
        line(w, e->delay->at, "</delay>");
    }
    line(w, x->at, "<listOfEventAssignments>");
    for (size_t i = 0; i < e->assignment.n; i++) {
        const struct assignment *a = &e->assignment.data[i];
        const struct variable *to = variable(w, a->variable);
        if (!a->value) {
            continue;
        }
        if (to->constness == CONST_CONST && to->type != TYPE_SPECIES) {
            complain(w, DIAG_E0831, a->at, "an event changes '%s', which is said to be constant", to->name);
        }
        line(w, a->at, "<eventAssignment variable=\"%s\">", variable(w, a->variable)->id);
        write_formula(w, a->value, FORMULA_VALUE);
        line(w, a->at, "</eventAssignment>");
    }
    line(w, x->at, "</listOfEventAssignments>");
    line(w, x->at, "</event>");
}

static void write_events(struct writer *w)
{
    line(w, (struct span){0}, "<listOfEvents>");
    EACH(w, i, x, TYPE_EVENT)
    {
        if (x->event) {
            write_event(w, x);
        }
    }
    line(w, (struct span){0}, "</listOfEvents>");
}

/* ---- the model ---- */

/* An algebraic rule may change what is not said to be constant; where one is said to vary, it alone. */
static void mark_of_rule(struct reader *r, const struct node *n, bool *any, bool mark)
{
    struct variable *x = n->kind == NODE_NAME ? antimony_variable(r, n->variable) : NULL;
    if (x && x->type != TYPE_SPECIES) {
        *any |= x->constness == CONST_VAR;
        x->constness = mark && x->constness == CONST_DEFAULT ? CONST_VAR : x->constness;
    }
    for (const struct node *y = n->first; y; y = y->next) {
        mark_of_rule(r, y, any, mark);
    }
}

static void mark_unknowns(struct reader *r)
{
    for (size_t i = 0; i < r->variable.n; i++) {
        const struct variable *x = &r->variable.data[i];
        bool any = false;
        if (x->same < 0 && x->type == TYPE_RULE && x->value) {
            mark_of_rule(r, x->value->root, &any, false);
            if (!any) {
                mark_of_rule(r, x->value->root, &any, true);
            }
        }
    }
}

/* "A.x" is A__x. */
static void give_ids(struct reader *r)
{
    struct map taken = {0};
    for (size_t i = 0; i < r->function.n; i++) {
        map_add(&taken, r->function.data[i].name, 1);
    }
    for (size_t i = 0; i < r->variable.n; i++) {
        char *id = arena_alloc(r->x->arena, 2 * strlen(r->variable.data[i].name) + 1), *to = id;
        for (const char *c = r->variable.data[i].name; *c; c++) {
            *to++ = *c == '.' ? '_' : *c;
            if (*c == '.') {
                *to++ = '_';
            }
        }
        while (r->variable.data[i].same < 0 && !map_add(&taken, id, 1)) {
            id = arena_printf(r->x->arena, "%s_", id);
        }
        r->variable.data[i].id = id;
    }
    map_free(&taken);
}

static void write_model(struct writer *w)
{
    static const struct {
        const char *name, *attribute;
    } units[] = {{"substance", "substanceUnits"}, {"time_unit", "timeUnits"}, {"volume", "volumeUnits"},
                 {"area", "areaUnits"},           {"length", "lengthUnits"},  {"extent", "extentUnits"}};
    struct span none = {0};
    line(w, none, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    line(w, none, "<sbml xmlns=\"http://www.sbml.org/sbml/level3/version2/core\" level=\"3\" version=\"2\">");
    fputs("<model", w->out);
    for (size_t k = 0; k < sizeof units / sizeof *units; k++) {
        bool is_defined = antimony_find_unit(w->r, units[k].name) != NULL;
        if (is_defined ||
            strcmp(units[k].name, "time_unit") == 0) { /* times are seconds unless something is said */
            fprintf(w->out, " %s=\"%s\"", units[k].attribute, is_defined ? units[k].name : "second");
        }
    }
    line(w, none, ">");
    if (w->r->own) {
        write_own(w, "network", arena_printf(w->r->x->arena, "%s concentrations=\"unit\"", w->r->own),
                  w->r->own_at);
    }
    write_functions(w);
    write_units(w);
    write_compartments(w);
    write_species(w);
    write_parameters(w);
    write_starts(w);
    write_rules(w);
    write_reactions(w);
    write_events(w);
    line(w, none, "</model>");
    line(w, none, "</sbml>");
}

bool antimony_write(struct reader *r)
{
    char *text;
    size_t size;
    struct writer w = {.r = r, .ok = true};
    w.is_modifier = mem_zalloc(r->variable.n + 1, sizeof *w.is_modifier);
    antimony_spread_compartments(r);
    mark_unknowns(r);
    give_ids(r);
    w.out = open_memstream(&text, &size);
    write_model(&w);
    fclose(w.out);
    bool ok = w.ok && import_sbml_made(r->x, text, w.line.data, w.line.n);
    free(text);
    free(w.is_modifier);
    vec_free(&w.line);
    return ok;
}
