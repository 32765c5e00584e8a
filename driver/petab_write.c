/* A PEtab problem as a program: what the model does under each condition is compared with its measurements;
 * what of the problem has no place in it is refused. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "driver/petab.h"

struct writer {
    struct petab *p;
    const struct net *net;
    FILE *out;
};

static bool refuse(struct writer *w, const char *file, const char *what, const char *text)
{
    return diag_report(w->p->diag, DIAG_E0832, (struct span){0}, "%s: %s `%s`", file, what, text);
}

/* The shortest of two forms that is the number. */
static const char *number_text(struct writer *w, double v)
{
    const char *text = arena_printf(w->p->arena, "%.15g", v);
    return strtod(text, NULL) == v ? text : arena_printf(w->p->arena, "%.17g", v);
}

static bool is_number(const char *text)
{
    char *end;
    strtod(text, &end);
    return *text && *end == '\0';
}

static bool is_symbol(const struct writer *w, const char *id)
{
    return net_find_symbol(w->net, id) >= 0;
}

static int parameter_row(const struct writer *w, const char *id)
{
    const struct petab_table *t = &w->p->parameter;
    for (size_t i = 0; i < t->row.n; i++) {
        if (strcmp(petab_cell(t, i, "parameterId"), id) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* What a parameter or number is called in the experiment; NULL after an error. */
static const char *value_text(struct writer *w, const char *file, const char *id)
{
    if (is_number(id)) {
        return number_text(w, strtod(id, NULL));
    }
    if (is_symbol(w, id)) {
        return arena_printf(w->p->arena, "m.%s", id);
    }
    if (parameter_row(w, id) < 0) {
        refuse(w, file, "this is no number, and no parameter of the model or of the problem:", id);
        return NULL;
    }
    return id;
}

/* ---- Formulas ---- */

/* Parameter number n of a measurement's list, parted by semicolons. */
static const char *list_item(struct writer *w, const char *list, int n)
{
    for (; n > 1 && *list; n--) {
        list += strcspn(list, ";");
        list += *list == ';';
    }
    return arena_printf(w->p->arena, "%.*s", (int)strcspn(list, ";"), list);
}

struct group { /* measurements of one observable under one condition, with the same parameters */
    const char *condition, *observable, *of_observable, *of_noise;
    const char *times, *values;
};

static const char *name_text(struct writer *w, const struct group *g, const char *file, const char *name)
{
    static const char *const functions[] = {"exp", "log",  "sqrt", "abs", "sin",
                                            "cos", "tanh", "atan", "min", "max"};
    int n;
    char rest[2];
    if (sscanf(name, "observableParameter%d%1s", &n, rest) == 2 && *rest == '_') {
        return value_text(w, file, list_item(w, g->of_observable, n));
    }
    if (sscanf(name, "noiseParameter%d%1s", &n, rest) == 2 && *rest == '_') {
        return is_number(g->of_noise) || !strchr(g->of_noise, '[')
                   ? value_text(w, file, list_item(w, g->of_noise, n))
                   : g->of_noise;
    }
    if (strcmp(name, "time") == 0) {
        return g->times;
    }
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i], name) == 0) {
            return name;
        }
    }
    int32_t symbol = net_find_symbol(w->net, name);
    if (symbol >= 0 && w->net->symbol.data[symbol].kind != SYMBOL_PARAM) {
        const char *concentration = arena_printf(w->p->arena, "%s.concentration", name);
        return arena_printf(w->p->arena, "trajectory(m.%s, at = %s)",
                            is_symbol(w, concentration) ? concentration : name, g->times);
    }
    return value_text(w, file, name);
}

/* A formula with its names as the experiment has them; NULL after an error. */
static const char *formula_text(struct writer *w, const struct group *g, const char *file,
                                const char *formula)
{
    const char *text = "";
    for (const char *at = formula; *at;) {
        size_t n = 1;
        if (isalpha((unsigned char)*at) || *at == '_') {
            n = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
            const char *name = name_text(w, g, file, arena_printf(w->p->arena, "%.*s", (int)n, at));
            if (!name) {
                return NULL;
            }
            text = arena_printf(w->p->arena, "%s%s", text, name);
        } else if (isdigit((unsigned char)*at) || *at == '.') {
            char *end;
            double v = strtod(at, &end);
            n = (size_t)(end - at);
            text = arena_printf(w->p->arena, "%s%s", text, number_text(w, v));
        } else if (strchr("+-*/^(), \t", *at)) {
            bool power = at[0] == '*' && at[1] == '*';
            n = power ? 2 : 1;
            text = arena_printf(w->p->arena, "%s%c", text, power ? '^' : *at);
        } else {
            refuse(w, file, "this formula is not read:", formula);
            return NULL;
        }
        at += n;
    }
    return text;
}

/* ---- Conditions and their measurements ---- */

static bool same_group(const struct group *g, const char *condition, const char *observable,
                       const char *of_observable, const char *of_noise)
{
    bool numbers = strchr(g->of_noise, '[') && is_number(of_noise);
    return strcmp(g->condition, condition) == 0 && strcmp(g->observable, observable) == 0 &&
           strcmp(g->of_observable, of_observable) == 0 && (numbers || strcmp(g->of_noise, of_noise) == 0);
}

typedef VEC(struct group) group_list;

static bool add_measurement(struct writer *w, size_t row, group_list *list)
{
    const struct petab_table *t = &w->p->measurement;
    struct arena *a = w->p->arena;
    const char *condition = petab_cell(t, row, "simulationConditionId"), *time = petab_cell(t, row, "time"),
               *observable = petab_cell(t, row, "observableId"),
               *of_observable = petab_cell(t, row, "observableParameters"),
               *of_noise = petab_cell(t, row, "noiseParameters"), *value = petab_cell(t, row, "measurement");
    if (*petab_cell(t, row, "preequilibrationConditionId")) {
        return refuse(w, t->file, "a condition before the simulation is not there:",
                      petab_cell(t, row, "preequilibrationConditionId"));
    }
    if (!is_number(time) || !isfinite(strtod(time, NULL))) {
        return refuse(w, t->file, "a measurement is at a finite time, not", time);
    }
    if (!is_number(value)) {
        return refuse(w, t->file, "a measurement is a number, not", value);
    }
    size_t i = 0;
    while (i < list->n && !same_group(&list->data[i], condition, observable, of_observable, of_noise)) {
        i++;
    }
    bool numeric = is_number(of_noise);
    if (i == list->n) {
        struct group g = {condition, observable, of_observable, numeric ? "[" : of_noise, "[", "["};
        vec_push(list, g);
    }
    struct group *g = &list->data[i];
    const char *comma = g->times[1] ? ", " : "";
    if (numeric) {
        g->of_noise = arena_printf(a, "%s%s%s", g->of_noise, comma, number_text(w, strtod(of_noise, NULL)));
    }
    g->times = arena_printf(a, "%s%s%s", g->times, comma, number_text(w, strtod(time, NULL)));
    g->values = arena_printf(a, "%s%s%s", g->values, comma, number_text(w, strtod(value, NULL)));
    return true;
}

static bool collect(struct writer *w, group_list *list)
{
    for (size_t i = 0; i < w->p->measurement.row.n; i++) {
        if (!add_measurement(w, i, list)) {
            return false;
        }
    }
    for (size_t i = 0; i < list->n; i++) {
        struct group *g = &list->data[i];
        bool numeric = g->of_noise[0] == '[';
        g->times = arena_printf(w->p->arena, "t%zu", i);
        g->of_noise = numeric ? arena_printf(w->p->arena, "%s]", g->of_noise) : g->of_noise;
    }
    return true;
}

static int observable_row(const struct writer *w, const char *id)
{
    const struct petab_table *t = &w->p->observable;
    for (size_t i = 0; i < t->row.n; i++) {
        if (strcmp(petab_cell(t, i, "observableId"), id) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* The negative log-likelihood of a group, as an expression. */
static const char *group_loss(struct writer *w, const struct group *g)
{
    const struct petab_table *t = &w->p->observable;
    int row = observable_row(w, g->observable);
    if (row < 0) {
        refuse(w, w->p->measurement.file, "there is no observable", g->observable);
        return NULL;
    }
    const char *model = formula_text(w, g, t->file, petab_cell(t, (size_t)row, "observableFormula"));
    const char *noise =
        model ? formula_text(w, g, t->file, petab_cell(t, (size_t)row, "noiseFormula")) : NULL;
    const char *scale = petab_cell(t, (size_t)row, "observableTransformation");
    const char *law = petab_cell(t, (size_t)row, "noiseDistribution");
    bool laplace = strcmp(law, "laplace") == 0, logarithm = strcmp(scale, "log") == 0,
         decades = strcmp(scale, "log10") == 0;
    if (*law && !laplace && strcmp(law, "normal") != 0) {
        refuse(w, t->file, "there is no distribution of noise", law);
        return NULL;
    }
    if ((*scale && !logarithm && !decades && strcmp(scale, "lin") != 0) ||
        (laplace && (logarithm || decades))) {
        refuse(w, t->file, "there is no transformation of observables", scale);
        return NULL;
    }
    if (!noise) {
        return NULL;
    }
    const char *form = laplace     ? "sum(abs(%s - (%s)) / (%s) + log(2 * (%s)))"
                       : decades   ? "lognormal_loss(%s, %s, log(10) * (%s))"
                       : logarithm ? "lognormal_loss(%s, %s, %s)"
                                   : "normal_loss(%s, %s, %s)";
    const char *y = arena_printf(w->p->arena, "y%s", g->times + 1);
    return laplace ? arena_printf(w->p->arena, form, y, model, noise, noise)
                   : arena_printf(w->p->arena, form, y, model, noise);
}

/* What a condition sets; false after an error. */
static bool put_condition(struct writer *w, const char *condition, double end)
{
    const struct petab_table *t = &w->p->condition;
    size_t row = 0;
    while (row < t->row.n && strcmp(petab_cell(t, row, "conditionId"), condition) != 0) {
        row++;
    }
    if (row == t->row.n) {
        return refuse(w, w->p->measurement.file, "there is no condition", condition);
    }
    const char *with = "";
    for (size_t i = 0; i < t->header.n; i++) {
        const char *id = t->header.data[i], *cell = t->row.data[row][i];
        if (strcmp(id, "conditionId") == 0 || strcmp(id, "conditionName") == 0 || !*cell) {
            continue;
        }
        int32_t symbol = net_find_symbol(w->net, id);
        if (symbol < 0 || w->net->symbol.data[symbol].kind != SYMBOL_PARAM) {
            return refuse(w, t->file, "conditions change parameters of the model, and this is none:", id);
        }
        const char *value = value_text(w, t->file, cell);
        if (!value) {
            return false;
        }
        with = arena_printf(w->p->arena, "%s %s = %s",
                            *with ? arena_printf(w->p->arena, "%s,", with) : " with", id, value);
    }
    fprintf(w->out, "    run m%s for %s by ode(rtol = 1e-8);\n", with, number_text(w, end));
    return true;
}

static double last_time(const struct writer *w, const char *condition)
{
    const struct petab_table *t = &w->p->measurement;
    double last = 0;
    for (size_t i = 0; i < t->row.n; i++) {
        double time = strtod(petab_cell(t, i, "time"), NULL);
        bool here = strcmp(petab_cell(t, i, "simulationConditionId"), condition) == 0;
        last = here && time > last ? time : last;
    }
    return last;
}

/* The runs and losses, each loss behind `verb`. */
static bool put_block(struct writer *w, const group_list *list, const char *verb)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct group *g = &list->data[i];
        size_t first = 0;
        while (strcmp(list->data[first].condition, g->condition) != 0) {
            first++;
        }
        if (first < i) {
            continue;
        }
        if (!put_condition(w, g->condition, last_time(w, g->condition))) {
            return false;
        }
        fprintf(w->out, "    %s", verb); /* one loss for a condition: its derivative is one run backwards */
        for (size_t k = i; k < list->n; k++) {
            if (strcmp(list->data[k].condition, g->condition) == 0) {
                const char *loss = group_loss(w, &list->data[k]);
                if (!loss) {
                    return false;
                }
                fprintf(w->out, "%s %s", k > i ? " +\n     " : "", loss);
            }
        }
        fputs(";\n", w->out);
    }
    return true;
}

/* ---- Parameters ---- */

static bool is_estimated(const struct writer *w, size_t row)
{
    return strcmp(petab_cell(&w->p->parameter, row, "estimate"), "1") == 0;
}

/* All deviations are numbers, and the errors are normal: then the objective is a sum of squares and a
 * constant. */
static bool has_known_noise(const struct writer *w, const group_list *list)
{
    const struct petab_table *t = &w->p->observable;
    bool known = true;
    for (size_t i = 0; i < list->n; i++) {
        known = known && list->data[i].of_noise[0] == '[';
    }
    for (size_t i = 0; i < t->row.n && known; i++) {
        const char *noise = petab_cell(t, i, "noiseFormula");
        known = strncmp(noise, "noiseParameter1_", 16) == 0 && !noise[strcspn(noise, " +-*/^(")] &&
                strcmp(petab_cell(t, i, "noiseDistribution"), "laplace") != 0;
    }
    return known;
}

static bool check_parameter(struct writer *w, size_t row)
{
    static const char *const prior[] = {"priorType", "objectivePriorType"};
    const struct petab_table *t = &w->p->parameter;
    for (int i = 0; i < 2 && is_estimated(w, row); i++) {
        const char *type = petab_cell(t, row, prior[i]);
        if (*type && strcmp(type, "uniform") != 0 && strcmp(type, "parameterScaleUniform") != 0) {
            return refuse(w, t->file, "priors are not there: they would change the objective:", type);
        }
    }
    const char *number[] = {petab_cell(t, row, "lowerBound"), petab_cell(t, row, "upperBound"),
                            petab_cell(t, row, "nominalValue")};
    for (int i = is_estimated(w, row) ? 0 : 2; i < 3; i++) {
        if (!is_number(number[i])) {
            return refuse(w, t->file, "a bound or nominal value is missing of",
                          petab_cell(t, row, "parameterId"));
        }
    }
    return true;
}

static bool put_parameters(struct writer *w)
{
    const struct petab_table *t = &w->p->parameter;
    for (size_t i = 0; i < t->row.n; i++) {
        const char *id = petab_cell(t, i, "parameterId");
        if (!check_parameter(w, i)) {
            return false;
        }
        if (!is_symbol(w, id)) {
            fprintf(w->out, "param %s = %s;\n", id,
                    number_text(w, strtod(petab_cell(t, i, "nominalValue"), NULL)));
        }
    }
    return true;
}

static void put_nominal(struct writer *w)
{
    const struct petab_table *t = &w->p->parameter;
    for (size_t i = 0; i < t->row.n; i++) {
        const char *id = petab_cell(t, i, "parameterId");
        if (is_symbol(w, id)) {
            fprintf(w->out, "  set m.%s = %s;\n", id,
                    number_text(w, strtod(petab_cell(t, i, "nominalValue"), NULL)));
        }
    }
}

static int put_targets(struct writer *w)
{
    const struct petab_table *t = &w->p->parameter;
    int n = 0;
    for (size_t i = 0; i < t->row.n; i++) {
        const char *id = petab_cell(t, i, "parameterId");
        if (is_estimated(w, i)) {
            fprintf(w->out, "%s\n      %s%s in %s..%s", n++ ? "," : "", is_symbol(w, id) ? "m." : "", id,
                    number_text(w, strtod(petab_cell(t, i, "lowerBound"), NULL)),
                    number_text(w, strtod(petab_cell(t, i, "upperBound"), NULL)));
        }
    }
    return n;
}

static void put_data(struct writer *w, const group_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct petab_table *t = &w->p->measurement;
        const struct group *g = &list->data[i];
        fprintf(w->out, "const t%zu = [", i);
        size_t n = 0;
        for (size_t k = 0; k < t->row.n; k++) {
            const char *noise = petab_cell(t, k, "noiseParameters");
            struct group as = *g;
            as.of_noise = g->of_noise[0] == '[' ? "[" : g->of_noise;
            if (same_group(&as, petab_cell(t, k, "simulationConditionId"), petab_cell(t, k, "observableId"),
                           petab_cell(t, k, "observableParameters"), noise)) {
                fprintf(w->out, "%s%s", n++ ? ", " : "",
                        number_text(w, strtod(petab_cell(t, k, "time"), NULL)));
            }
        }
        fprintf(w->out, "];\nconst y%zu = %s];     // %s, %s\n", i, g->values, g->observable, g->condition);
    }
}

static void put_report(struct writer *w)
{
    const struct petab_table *t = &w->p->parameter;
    fputs("  print \"objective\", m.loss;\n"
          "  print \"starts that reach the nominal one within 0.1\", fraction(i in 0..starts : m.losses[i] "
          "<= nominal + 0.1);\n",
          w->out);
    for (size_t i = 0; i < t->row.n; i++) {
        const char *id = petab_cell(t, i, "parameterId");
        const char *of = is_symbol(w, id) ? arena_printf(w->p->arena, "m.%s", id) : id;
        if (is_estimated(w, i)) {
            fprintf(w->out, "  print \"%s\", %s, standard_error(%s);\n", id, of, of);
        }
    }
}

bool petab_write(struct petab *p, const struct net *net, int starts, FILE *out)
{
    struct writer w = {p, net, out};
    group_list list = {0};
    bool good = collect(&w, &list);
    fprintf(out, "// %s: a problem of PEtab, %zu measurements.\nuse std.likelihood;\n\nconst starts = %d;\n",
            p->name, p->measurement.row.n, starts);
    fprintf(out, "network m = import \"%s\";\n\n", p->model);
    good = good && put_parameters(&w);
    put_data(&w, &list);
    fputs("\nexperiment main {\n", out);
    put_nominal(&w);
    fputs("  let nominal = 0.0;\n  for once in 0..1 {\n", out);
    good = good && put_block(&w, &list, "nominal +=");
    fputs("  }\n  print \"objective at the nominal values\", nominal;\n  minimize over", out);
    if (good && put_targets(&w) == 0) {
        good = refuse(&w, p->parameter.file, "nothing is estimated in", p->name);
    }
    fprintf(out, "\n      by %s(starts = starts, current = false) {\n",
            has_known_noise(&w, &list) ? "levenberg_marquardt" : "lbfgs");
    good = good && put_block(&w, &list, "loss");
    fputs("  }\n", out);
    put_report(&w);
    fputs("}\n", out);
    vec_free(&list);
    return good;
}
