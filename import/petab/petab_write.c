/* Writes a PEtab problem as a program that runs the model under each condition and compares it with the
 * measurements. Parts of the problem that a program cannot hold are refused. */
#include <string.h>

#include "import/petab/petab_impl.h"

static const struct petab_table *table(const struct petab_writer *w, enum petab_kind kind)
{
    return &w->p->table[kind];
}

static struct petab_cell parameter_cell(const struct petab_writer *w, size_t row, const char *column)
{
    return petab_cell(&table(w, PETAB_PARAMETER)->row.data[row], column);
}

/* ---- Names ---- */

/* A new name of the program: the text, or one that begins with it. */
static const char *new_name(struct petab_writer *w, const char *text)
{
    const char *name = text;
    for (int i = 2; !map_add(&w->taken, name, 0); i++) {
        name = arena_printf(w->p->arena, "%s_%d", text, i);
    }
    return name;
}

static void take_names(struct petab_writer *w)
{
    static const char *const words[] = {
        "std",
        "starts",
        "main",
        "m",
        "nominal",
        "once",
        "i",
        "time",
        "run",
        "print",
        "plot",
        "minimize",
        "loss",
        "set",
        "over",
        "by",
        "ode",
        "import",
        "trajectory",
        "normal_loss",
        "lognormal_loss",
        "standard_error",
        "fraction",
        "sum",
        "abs",
        "atan",
        "cos",
        "exp",
        "log",
        "max",
        "min",
        "sin",
        "sqrt",
        "tanh",
        "lbfgs",
        "levenberg_marquardt",
    };
    import_take_words(&w->taken);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        map_add(&w->taken, words[i], 0);
    }
    const struct petab_table *t = table(w, PETAB_PARAMETER);
    for (size_t i = 0; i < t->row.n; i++) {
        const char *id = parameter_cell(w, i, "parameterId").text;
        vec_push(&w->parameter,
                 petab_is_symbol(w, id) ? arena_printf(w->p->arena, "m.%s", id) : new_name(w, id));
    }
    for (size_t i = 0; i < w->data.group.n; i++) {
        struct petab_group *g = &w->data.group.data[i];
        g->times = new_name(w, arena_printf(w->p->arena, "t%zu", i));
        g->values = new_name(w, arena_printf(w->p->arena, "y%zu", i));
        g->noises = g->noises ? new_name(w, arena_printf(w->p->arena, "s%zu", i)) : NULL;
    }
}

/* ---- Conditions ---- */

/* Writes the settings of a condition; false after a report. */
static bool put_condition(struct petab_writer *w, const struct petab_use *use)
{
    const struct petab_part *part = use->condition->part;
    const char *before = " with";
    fputs("    run m", w->out);
    for (size_t i = 0; i < part->header.n; i++) {
        struct petab_cell id = part->header.data[i], cell = use->condition->cell[i];
        if (strcmp(id.text, "conditionId") == 0 || strcmp(id.text, "conditionName") == 0 || !*cell.text) {
            continue;
        }
        int32_t symbol = net_find_symbol(w->net, id.text);
        if (symbol < 0 || w->net->symbol.data[symbol].kind != SYMBOL_PARAM) {
            return petab_refuse(w, id,
                                "conditions change parameters of the model, and this is none:\n  help: make "
                                "it a parameter of the model that the initial amount or law reads");
        }
        const char *value = petab_value(w, cell);
        if (!value) {
            return false;
        }
        fprintf(w->out, "%s %s = %s", before, id.text, value);
        before = ",";
    }
    fprintf(w->out, " for %s by ode(rtol = 1e-8);\n", petab_number_text(w->p->arena, use->end));
    return true;
}

/* Writes the runs and losses, each loss after `verb`. There is one loss for each condition, so that its
 * derivative needs one reverse run. */
static bool put_block(struct petab_writer *w, const char *verb)
{
    for (size_t i = 0; i < w->data.use.n; i++) {
        const struct petab_use *use = &w->data.use.data[i];
        if (!put_condition(w, use)) {
            return false;
        }
        fprintf(w->out, "    %s", verb);
        for (int32_t k = use->first; k >= 0; k = w->data.group.data[k].next) {
            const char *loss = petab_loss(w, &w->data.group.data[k]);
            if (!loss) {
                return false;
            }
            fprintf(w->out, "%s %s", k == use->first ? "" : " +\n     ", loss);
        }
        fputs(";\n", w->out);
    }
    return true;
}

/* ---- Parameters ---- */

enum scale { LINEAR, LOGARITHM, UNKNOWN };

static enum scale scale_of(struct petab_cell cell)
{
    return !*cell.text || strcmp(cell.text, "lin") == 0                       ? LINEAR
           : strcmp(cell.text, "log") == 0 || strcmp(cell.text, "log10") == 0 ? LOGARITHM
                                                                              : UNKNOWN;
}

static bool is_estimated(const struct petab_writer *w, size_t row)
{
    return strcmp(parameter_cell(w, row, "estimate").text, "1") == 0;
}

static bool is_logarithm(const struct petab_writer *w, size_t row)
{
    return scale_of(parameter_cell(w, row, "parameterScale")) == LOGARITHM;
}

/* Whether all deviations are numbers and all errors are normal. Then the objective is a sum of squares plus a
 * constant. */
static bool has_known_noise(const struct petab_writer *w)
{
    bool known = true;
    for (size_t i = 0; i < w->data.group.n && known; i++) {
        const struct petab_group *g = &w->data.group.data[i];
        const char *noise = petab_cell(g->observable, "noiseFormula").text;
        known = strcmp(petab_cell(g->observable, "noiseDistribution").text, "laplace") != 0 &&
                (petab_is_number(noise) || (g->noises && strncmp(noise, "noiseParameter1_", 16) == 0 &&
                                            !noise[strcspn(noise, " +-*/^(")]));
    }
    return known;
}

static bool check_bounds(struct petab_writer *w, size_t row)
{
    struct petab_cell lower = parameter_cell(w, row, "lowerBound"),
                      upper = parameter_cell(w, row, "upperBound"),
                      scale = parameter_cell(w, row, "parameterScale");
    double lo, hi;
    if (scale_of(scale) == UNKNOWN) {
        return petab_refuse(w, scale,
                            "a scale of parameters is lin, log or log10, not\n  help: write one of these");
    }
    if (!petab_number(w->p, lower, "a bound", &lo) || !petab_number(w->p, upper, "a bound", &hi)) {
        return false;
    }
    if (!(lo < hi)) {
        return diag_report(w->p->diag, DIAG_E0831, lower.at,
                           "the lower bound %s is not below the upper one %s\n  help: give the parameter a "
                           "range, or write 0 as "
                           "`estimate`",
                           lower.text, upper.text);
    }
    return lo > 0 || scale_of(scale) == LINEAR ||
           diag_report(w->p->diag, DIAG_E0831, lower.at,
                       "%s has no logarithm, which is the parameter's scale\n  help: give a lower bound "
                       "above 0, or write `lin` "
                       "as parameterScale",
                       lower.text);
}

static bool check_parameter(struct petab_writer *w, size_t row)
{
    static const char *const prior[] = {"priorType", "objectivePriorType", "initializationPriorType"};
    struct petab_cell estimate = parameter_cell(w, row, "estimate");
    double v;
    for (int i = 0; i < 3 && is_estimated(w, row); i++) {
        struct petab_cell type = parameter_cell(w, row, prior[i]);
        if (*type.text && strcmp(type.text, "uniform") != 0 &&
            strcmp(type.text, "parameterScaleUniform") != 0) {
            petab_refuse(w, type, "priors are not there:");
            diag_help(w->p->diag, "it would change %s; `parameterScaleUniform` is what bounds say",
                      i < 2 ? "the objective" : "where searches begin");
            return false;
        }
    }
    if (!is_estimated(w, row) && strcmp(estimate.text, "0") != 0) {
        return petab_refuse(
            w, estimate,
            "`estimate` is 0 or 1, not\n  help: write 1 if it is fitted, 0 if it keeps its nominal value");
    }
    return (!is_estimated(w, row) || check_bounds(w, row)) &&
           petab_number(w->p, parameter_cell(w, row, "nominalValue"), "a nominal value", &v);
}

static bool put_parameters(struct petab_writer *w)
{
    for (size_t i = 0; i < w->parameter.n; i++) {
        if (!check_parameter(w, i)) {
            return false;
        }
        if (!petab_is_symbol(w, parameter_cell(w, i, "parameterId").text)) {
            fprintf(w->out, "param %s = %s;\n", w->parameter.data[i],
                    petab_number_of(w, parameter_cell(w, i, "nominalValue").text));
        }
    }
    return true;
}

static void put_nominal(struct petab_writer *w)
{
    for (size_t i = 0; i < w->parameter.n; i++) {
        if (petab_is_symbol(w, parameter_cell(w, i, "parameterId").text)) {
            fprintf(w->out, "  set %s = %s;\n", w->parameter.data[i],
                    petab_number_of(w, parameter_cell(w, i, "nominalValue").text));
        }
    }
}

static bool put_targets(struct petab_writer *w)
{
    int n = 0;
    for (size_t i = 0; i < w->parameter.n; i++) {
        if (is_estimated(w, i)) {
            fprintf(w->out, "%s\n      %s in %s..%s", n++ ? "," : "", w->parameter.data[i],
                    petab_number_of(w, parameter_cell(w, i, "lowerBound").text),
                    petab_number_of(w, parameter_cell(w, i, "upperBound").text));
        }
    }
    return n > 0 || diag_report(w->p->diag, DIAG_E0832, parameter_cell(w, 0, "estimate").at,
                                "nothing is estimated: no parameter has `estimate` 1\n  help: write 1 there "
                                "for those that are fitted");
}

/* Writes whether the search uses logarithms: one word if all parameters agree, else one for each. */
static void put_scales(struct petab_writer *w)
{
    size_t n = 0, logarithms = 0;
    for (size_t i = 0; i < w->parameter.n; i++) {
        n += is_estimated(w, i);
        logarithms += is_estimated(w, i) && is_logarithm(w, i);
    }
    const char *before = "[";
    for (size_t i = 0; i < w->parameter.n && logarithms > 0 && logarithms < n; i++) {
        if (is_estimated(w, i)) {
            fprintf(w->out, "%s%s", before, is_logarithm(w, i) ? "true" : "false");
            before = ", ";
        }
    }
    fputs(logarithms == 0 ? "false" : logarithms == n ? "true" : "]", w->out);
}

/* ---- The whole program ---- */

static void put_array(struct petab_writer *w, const struct petab_group *g, const char *name,
                      const char *column)
{
    enum { PER_LINE = 10 };
    if (!name) {
        return;
    }
    fprintf(w->out, "const %s = [", name);
    for (size_t i = 0; i < g->row.n; i++) {
        fprintf(w->out, "%s%s",
                i == 0         ? ""
                : i % PER_LINE ? ", "
                               : ",\n  ",
                petab_number_of(w, petab_cell(g->row.data[i], column).text));
    }
    fputs("];\n", w->out);
}

static void put_data(struct petab_writer *w)
{
    for (size_t i = 0; i < w->data.group.n; i++) {
        const struct petab_group *g = &w->data.group.data[i];
        fprintf(w->out, "// %s, %s\n", petab_cell(g->row.data[0], "observableId").text,
                petab_cell(g->row.data[0], "simulationConditionId").text);
        put_array(w, g, g->times, "time");
        put_array(w, g, g->values, "measurement");
        put_array(w, g, g->noises, "noiseParameters");
    }
}

static void put_report(struct petab_writer *w)
{
    fputs("  print \"objective\", m.loss;\n"
          "  print \"starts that reach the nominal one within 0.1\", fraction(i in 0..starts : m.losses[i] "
          "<= nominal + 0.1);\n",
          w->out);
    for (size_t i = 0; i < w->parameter.n; i++) {
        if (is_estimated(w, i)) {
            fprintf(w->out, "  print \"%s\", %s, standard_error(%s);\n",
                    parameter_cell(w, i, "parameterId").text, w->parameter.data[i], w->parameter.data[i]);
        }
    }
}

static void put_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        fputs(strchr("\"\\{}", *text) ? "\\" : "", out);
        fputs(*text == '\n' ? "\\n" : (char[]){*text, '\0'}, out);
    }
}

static bool put_program(struct petab_writer *w, const char *model, int starts)
{
    fprintf(w->out, "// A problem of PEtab, %zu measurements.\nuse std.likelihood;\n\nconst starts = %d;\n",
            table(w, PETAB_MEASUREMENT)->row.n, starts);
    fputs("network m = import \"", w->out);
    put_text(w->out, model);
    fputs("\";\n\n", w->out);
    if (!put_parameters(w)) {
        return false;
    }
    put_data(w);
    fputs("\nexperiment main {\n", w->out);
    put_nominal(w);
    fputs("  let nominal = 0.0;\n  for once in 0..1 {\n", w->out);
    if (!put_block(w, "nominal +=")) {
        return false;
    }
    fputs("  }\n  print \"objective at the nominal values\", nominal;\n  minimize over", w->out);
    if (!put_targets(w)) {
        return false;
    }
    fprintf(w->out, "\n      by %s(starts = starts, current = false, log = ",
            has_known_noise(w) ? "levenberg_marquardt" : "lbfgs");
    put_scales(w);
    fputs(") {\n", w->out);
    if (!put_block(w, "loss")) {
        return false;
    }
    fputs("  }\n", w->out);
    put_report(w);
    fputs("}\n", w->out);
    return true;
}

bool petab_write(struct petab *p, const struct net *net, const char *model, int starts, FILE *out)
{
    struct petab_writer w = {.p = p, .net = net, .out = out};
    bool good = petab_collect(p, &w.data);
    if (good) {
        take_names(&w);
        good = put_program(&w, model, starts);
    }
    petab_free_data(&w.data);
    map_free(&w.taken);
    vec_free(&w.parameter);
    return good;
}
