/* Writes the model as SBML Level 3 Version 2 in memory. Each line has a place in the text of Antimony, so
 * that import/sbml/, which reads it, reports there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/antimony/antimony_write.h"

#define DEFAULT_COMPARTMENT "default_compartment" /* of species without a compartment */

void writer_end_line(struct writer *w, struct span at)
{
    fputc('\n', w->out);
    vec_push(&w->line, at);
}

void writer_line(struct writer *w, struct span at, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vfprintf(w->out, format, ap);
    va_end(ap);
    writer_end_line(w, at);
}

const struct variable *writer_variable(const struct writer *w, int32_t v)
{
    return &w->r->variable.data[antimony_root(w->r, v)];
}

void writer_complain(struct writer *w, enum diag_code code, struct span at, const char *format,
                     const char *name)
{
    w->ok = diag_report(w->r->x->diag, code, at, format, name, name);
}

/* ---- values ---- */

/* Whether the formula is a number, possibly with a sign. */
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

/* Whether the value is an amount in the compartment c, as in "3 / c". */
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

/* Whether nothing changes it, for the attribute 'constant' of SBML. */
static bool is_constant(const struct variable *x)
{
    return !x->rate && !(x->is_rule && (x->value || x->is_dna)) && x->constness != CONST_VAR;
}

static int32_t compartment_of(const struct variable *x)
{
    return x->compartment >= 0 ? x->compartment : x->outer;
}

/* The first variable of the type from i on that is not another name of a variable; the number of variables if
 * there is none. */
static size_t next_of(const struct writer *w, enum variable_type type, size_t i)
{
    while (i < w->r->variable.n &&
           (w->r->variable.data[i].same >= 0 || w->r->variable.data[i].type != type)) {
        i++;
    }
    return i;
}

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
        writer_line(w, r->function.data[0].at, "<listOfFunctionDefinitions>");
    }
    for (size_t i = 0; i < r->function.n; i++) {
        const struct function *f = &r->function.data[i];
        if (!f->root) {
            continue;
        }
        writer_line(w, f->at, "<functionDefinition id=\"%s\">", f->name);
        writer_function(w, f);
        writer_line(w, f->at, "</functionDefinition>");
    }
    if (any) {
        writer_line(w, r->function.data[0].at, "</listOfFunctionDefinitions>");
    }
}

/* The units of the model that matter. */
static const struct {
    const char *name, *attribute;
} units[] = {{"substance", "substanceUnits"}, {"time_unit", "timeUnits"}, {"volume", "volumeUnits"},
             {"area", "areaUnits"},           {"length", "lengthUnits"},  {"extent", "extentUnits"}};

static void write_unit(struct writer *w, const struct named_unit *u)
{
    writer_line(w, u->at, "<unitDefinition id=\"%s\"><listOfUnits>", u->name);
    for (size_t k = 0; k < u->unit.factor.n; k++) {
        const struct unit_factor *f = &u->unit.factor.data[k];
        double multiplier = k == 0 ? pow(u->unit.multiplier, 1 / f->exponent) : 1;
        writer_line(w, u->at, "<unit kind=\"%s\" exponent=\"%.17g\" scale=\"0\" multiplier=\"%.17g\"/>",
                    f->kind, f->exponent, isfinite(multiplier) ? multiplier : 1);
    }
    writer_line(w, u->at, "</listOfUnits></unitDefinition>");
}

static void write_units(struct writer *w)
{
    bool any = false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const struct named_unit *u = antimony_find_unit(w->r, units[i].name);
        if (u && u->unit.factor.n > 0) {
            if (!any) {
                writer_line(w, u->at, "<listOfUnitDefinitions>");
            }
            write_unit(w, u);
            any = true;
        }
    }
    if (any) {
        writer_line(w, (struct span){0}, "</listOfUnitDefinitions>");
    }
}

static void write_compartments(struct writer *w)
{
    bool needed = false, is_there = false;
    for (size_t i = next_of(w, TYPE_SPECIES, 0); i < w->r->variable.n; i = next_of(w, TYPE_SPECIES, i + 1)) {
        const struct variable *x = &w->r->variable.data[i];
        needed |= compartment_of(x) < 0;
    }
    for (size_t i = next_of(w, TYPE_COMPARTMENT, 0); i < w->r->variable.n;
         i = next_of(w, TYPE_COMPARTMENT, i + 1)) {
        const struct variable *x = &w->r->variable.data[i];
        is_there |= strcmp(x->id, DEFAULT_COMPARTMENT) == 0;
    }
    fputs("<listOfCompartments>", w->out);
    writer_end_line(w, (struct span){0});
    if (needed && !is_there) {
        writer_line(w, (struct span){0},
                    "<compartment id=\"" DEFAULT_COMPARTMENT
                    "\" spatialDimensions=\"3\" size=\"1\" constant=\"true\"/>");
    }
    for (size_t i = next_of(w, TYPE_COMPARTMENT, 0); i < w->r->variable.n;
         i = next_of(w, TYPE_COMPARTMENT, i + 1)) {
        const struct variable *x = &w->r->variable.data[i];
        double v;
        fprintf(w->out, "<compartment id=\"%s\" spatialDimensions=\"3\" constant=\"%s\"", x->id,
                is_constant(x) ? "true" : "false");
        if (!x->is_rule && is_number(x->value, &v)) {
            fprintf(w->out, " size=\"%.17g\"", v);
        }
        fputs("/>", w->out);
        writer_end_line(w, x->at);
    }
    writer_line(w, (struct span){0}, "</listOfCompartments>");
}

static void write_species(struct writer *w)
{
    writer_line(w, (struct span){0}, "<listOfSpecies>");
    for (size_t i = next_of(w, TYPE_SPECIES, 0); i < w->r->variable.n; i = next_of(w, TYPE_SPECIES, i + 1)) {
        const struct variable *x = &w->r->variable.data[i];
        int32_t c = compartment_of(x);
        double v;
        bool is_held = x->constness == CONST_CONST || x->rate || (x->is_rule && x->value);
        fprintf(w->out,
                "<species id=\"%s\" compartment=\"%s\" hasOnlySubstanceUnits=\"%s\" boundaryCondition=\"%s\" "
                "constant=\"false\"",
                x->id, c >= 0 ? writer_variable(w, c)->id : DEFAULT_COMPARTMENT,
                x->is_substance ? "true" : "false", is_held ? "true" : "false");
        if (!x->is_rule && is_number(x->value, &v)) {
            fprintf(w->out, " initialConcentration=\"%.17g\"", v);
        } else if (!x->is_rule && is_amount(w, x, c, &v)) {
            fprintf(w->out, " initialAmount=\"%.17g\"", v);
        }
        fputs("/>", w->out);
        writer_end_line(w, x->at);
    }
    writer_line(w, (struct span){0}, "</listOfSpecies>");
}

static void write_parameters(struct writer *w)
{
    writer_line(w, (struct span){0}, "<listOfParameters>");
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
        writer_end_line(w, x->at);
    }
    writer_line(w, (struct span){0}, "</listOfParameters>");
}

static bool has_value(const struct variable *x)
{
    return x->same < 0 && (is_parameter(x) || x->type == TYPE_SPECIES || x->type == TYPE_COMPARTMENT ||
                           x->type == TYPE_STOICHIOMETRY);
}

static void write_starts(struct writer *w)
{
    double v;
    writer_line(w, (struct span){0}, "<listOfInitialAssignments>");
    for (size_t i = 0; i < w->r->variable.n; i++) {
        const struct variable *x = &w->r->variable.data[i];
        if (has_value(x) && x->value && !x->is_rule && !is_number(x->value, &v) &&
            !(x->type == TYPE_SPECIES && is_amount(w, x, compartment_of(x), &v))) {
            writer_line(w, x->value->at, "<initialAssignment symbol=\"%s\">", x->id);
            writer_formula(w, x->value, FORMULA_VALUE);
            writer_line(w, x->value->at, "</initialAssignment>");
        }
    }
    writer_line(w, (struct span){0}, "</listOfInitialAssignments>");
}

/* The formula of a part of DNA in terms of the parts upstream. */
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
    writer_line(w, (struct span){0}, "<listOfRules>");
    for (size_t i = 0; i < w->r->variable.n; i++) {
        const struct variable *x = &w->r->variable.data[i];
        const struct formula *f = has_value(x) && x->is_rule ? own_formula(w, i) : NULL;
        if (f) {
            writer_line(w, f->at, "<assignmentRule variable=\"%s\">", x->id);
            writer_formula(w, f, FORMULA_VALUE);
            writer_line(w, f->at, "</assignmentRule>");
        }
        if (has_value(x) && x->rate) {
            writer_line(w, x->rate->at, "<rateRule variable=\"%s\">", x->id);
            writer_formula(w, x->rate, FORMULA_RATE);
            writer_line(w, x->rate->at, "</rateRule>");
        }
    }
    for (size_t i = next_of(w, TYPE_RULE, 0); i < w->r->variable.n; i = next_of(w, TYPE_RULE, i + 1)) {
        const struct variable *x = &w->r->variable.data[i];
        if (x->value) {
            writer_line(w, x->value->at, "<algebraicRule>");
            writer_formula(w, x->value, FORMULA_VALUE);
            writer_line(w, x->value->at, "</algebraicRule>");
        }
    }
    writer_line(w, (struct span){0}, "</listOfRules>");
}

static void write_participants(struct writer *w, const struct participants *side, const char *list,
                               struct span at)
{
    if (side->all.n > 0) {
        writer_line(w, at, "<%s>", list);
    }
    for (size_t i = 0; i < side->all.n; i++) {
        const struct participant *p = &side->all.data[i];
        const struct variable *named = p->named >= 0 ? writer_variable(w, p->named) : NULL;
        double v;
        fprintf(w->out, "<speciesReference species=\"%s\"", writer_variable(w, p->variable)->id);
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
        writer_end_line(w, at);
    }
    if (side->all.n > 0) {
        writer_line(w, at, "</%s>", list);
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

/* Writes species that are only in the law. */
static void write_modifiers(struct writer *w, const struct variable *x)
{
    bool any = false;
    for (size_t i = 0; i < w->named.n; i++) {
        int32_t v = w->named.data[i];
        if (w->r->variable.data[v].type == TYPE_SPECIES && !takes_part(w, x, v)) {
            fputs(any ? "" : "<listOfModifiers>", w->out);
            fprintf(w->out, "<modifierSpeciesReference species=\"%s\"/>", w->r->variable.data[v].id);
            any = true;
        }
    }
    if (any) {
        fputs("</listOfModifiers>", w->out);
        writer_end_line(w, x->at);
    }
}

static void write_reaction(struct writer *w, size_t i)
{
    const struct variable *x = &w->r->variable.data[i];
    const struct formula *law = own_formula(w, i);
    FILE *out = w->out;
    char *text = NULL;
    size_t size, n_lines = w->line.n;
    writer_line(w, x->at, "<reaction id=\"%s\" reversible=\"%s\">", x->id,
                x->is_reversible ? "true" : "false");
    write_participants(w, x->side[0], "listOfReactants", x->at);
    write_participants(w, x->side[1], "listOfProducts", x->at);
    if (law) { /* written to memory first, since modifiers, the species that it names, come before it */
        writer_forget_named(w);
        n_lines = w->line.n;
        w->out = open_memstream(&text, &size);
        writer_line(w, law->at, "<kineticLaw>");
        writer_formula(w, law, FORMULA_LAW);
        writer_line(w, law->at, "</kineticLaw>");
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
    writer_line(w, x->at, "</reaction>");
}

static void write_reactions(struct writer *w)
{
    writer_line(w, (struct span){0}, "<listOfReactions>");
    for (size_t i = 0; i < w->r->variable.n; i++) {
        const struct variable *x = &w->r->variable.data[i];
        if (x->same >= 0 || x->type != TYPE_REACTION) {
            continue;
        }
        if (x->side[0]) {
            write_reaction(w, i);
        } else if (!x->is_dna) {
            writer_complain(w, DIAG_E0831, x->at,
                            "the reaction '%s' has no reactants and products\n  help: write them and the "
                            "rate: `%s: A -> B; k*A`",
                            x->name);
        }
    }
    writer_line(w, (struct span){0}, "</listOfReactions>");
}

/* Writes what crnlc had written; import/sbml/sbml_own.c reads it. */
static void write_own(struct writer *w, const char *element, const char *attributes, struct span at)
{
    if (attributes) {
        writer_line(w, at, "<annotation><crnlc:%s xmlns:crnlc=\"" NET_REMARK_NAMESPACE "\"%s/></annotation>",
                    element, attributes);
    }
}

static void write_event(struct writer *w, const struct variable *x)
{
    const struct happening *e = x->event;
    writer_line(w, x->at, "<event id=\"%s\" useValuesFromTriggerTime=\"%s\">", x->id,
                e->is_early ? "true" : "false");
    int32_t own = map_find(&w->r->own_events, x->name);
    write_own(w, "event", own >= 0 ? w->r->own_event.data[own] : NULL, x->at);
    writer_line(w, e->trigger->at, "<trigger initialValue=\"%s\" persistent=\"%s\">",
                e->is_held ? "true" : "false", e->is_persistent ? "true" : "false");
    writer_formula(w, e->trigger, FORMULA_VALUE);
    writer_line(w, e->trigger->at, "</trigger>");
    if (e->priority) {
        writer_line(w, e->priority->at, "<priority>");
        writer_formula(w, e->priority, FORMULA_VALUE);
        writer_line(w, e->priority->at, "</priority>");
    }
    if (e->delay) {
        writer_line(w, e->delay->at, "<delay>");
        writer_formula(w, e->delay, FORMULA_DELAY);
        writer_line(w, e->delay->at, "</delay>");
    }
    writer_line(w, x->at, "<listOfEventAssignments>");
    for (size_t i = 0; i < e->assignment.n; i++) {
        const struct assignment *a = &e->assignment.data[i];
        const struct variable *to = writer_variable(w, a->variable);
        if (!a->value) {
            continue;
        }
        if (to->constness == CONST_CONST && to->type != TYPE_SPECIES) {
            writer_complain(
                w, DIAG_E0831, a->at,
                "an event changes '%s', which is said to be constant\n  help: declare it without `const`",
                to->name);
        }
        writer_line(w, a->at, "<eventAssignment variable=\"%s\">", writer_variable(w, a->variable)->id);
        writer_formula(w, a->value, FORMULA_VALUE);
        writer_line(w, a->at, "</eventAssignment>");
    }
    writer_line(w, x->at, "</listOfEventAssignments>");
    writer_line(w, x->at, "</event>");
}

static void write_events(struct writer *w)
{
    writer_line(w, (struct span){0}, "<listOfEvents>");
    for (size_t i = next_of(w, TYPE_EVENT, 0); i < w->r->variable.n; i = next_of(w, TYPE_EVENT, i + 1)) {
        const struct variable *x = &w->r->variable.data[i];
        if (x->event) {
            write_event(w, x);
        }
    }
    writer_line(w, (struct span){0}, "</listOfEvents>");
}

/* ---- the model ---- */

/* Whether the formula contains a variable that was declared to vary. */
static bool has_varying(struct reader *r, const struct node *n)
{
    const struct variable *x = n->kind == NODE_NAME ? antimony_variable(r, n->variable) : NULL;
    bool any = x && x->type != TYPE_SPECIES && x->constness == CONST_VAR;
    for (const struct node *y = n->first; y && !any; y = y->next) {
        any = has_varying(r, y);
    }
    return any;
}

static void mark_varying(struct reader *r, const struct node *n)
{
    struct variable *x = n->kind == NODE_NAME ? antimony_variable(r, n->variable) : NULL;
    if (x && x->type != TYPE_SPECIES && x->constness == CONST_DEFAULT) {
        x->constness = CONST_VAR;
    }
    for (const struct node *y = n->first; y; y = y->next) {
        mark_varying(r, y);
    }
}

/* Marks the variables that algebraic rules may change: those that were not declared constant, or, if any was
 * declared to vary, only these. */
static void mark_unknowns(struct reader *r)
{
    bool *marks = mem_zalloc(r->variable.n + 1, sizeof *marks);
    for (size_t i = 0; i < r->variable.n; i++) {
        const struct variable *x = &r->variable.data[i];
        marks[i] = x->same < 0 && x->type == TYPE_RULE && x->value && !has_varying(r, x->value->root);
    }
    for (size_t i = 0; i < r->variable.n; i++) {
        if (marks[i]) {
            mark_varying(r, r->variable.data[i].value->root);
        }
    }
    free(marks);
}

/* Makes ids: that of "A.x" is A__x. */
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

static bool defines_unit(const struct writer *w, const char *name)
{
    const struct named_unit *u = antimony_find_unit(w->r, name);
    return u && u->unit.factor.n > 0;
}

static void write_model(struct writer *w)
{
    struct span none = {0};
    writer_line(w, none, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    writer_line(w, none,
                "<sbml xmlns=\"http://www.sbml.org/sbml/level3/version2/core\" level=\"3\" version=\"2\">");
    fputs("<model", w->out);
    for (size_t k = 0; k < sizeof units / sizeof *units; k++) {
        bool is_defined = defines_unit(w, units[k].name);
        /* Beside a unit of substance, times are in seconds unless they have a unit of their own. */
        if (is_defined || (strcmp(units[k].name, "time_unit") == 0 && defines_unit(w, "substance"))) {
            fprintf(w->out, " %s=\"%s\"", units[k].attribute, is_defined ? units[k].name : "second");
        }
    }
    writer_line(w, none, ">");
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
    writer_line(w, none, "</model>");
    writer_line(w, none, "</sbml>");
}

bool antimony_write(struct reader *r)
{
    char *text;
    size_t size;
    struct writer w = {.r = r, .ok = true};
    w.is_named = mem_zalloc(r->variable.n + 1, sizeof *w.is_named);
    antimony_spread_compartments(r);
    mark_unknowns(r);
    give_ids(r);
    w.out = open_memstream(&text, &size);
    write_model(&w);
    fclose(w.out);
    bool ok = w.ok && import_sbml_made(r->x, text, w.line.data, w.line.n);
    free(text);
    free(w.is_named);
    vec_free(&w.named);
    vec_free(&w.line);
    return ok;
}
