/* What measurements are compared with: observables and noise as formulas of the experiment, and the loss. */
#include <stdlib.h>
#include <string.h>

#include "import/petab/petab_impl.h"
#include "runtime/crnl_cells.h"

bool petab_refuse(struct petab_writer *w, struct petab_cell cell, const char *what)
{
    const char *help = diag_help_in(what);
    return diag_report(w->p->diag, DIAG_E0832, cell.at, "%.*s `%s`%s", (int)(strlen(what) - strlen(help)),
                       what, cell.text, help);
}

bool petab_is_symbol(const struct petab_writer *w, const char *id)
{
    return net_find_symbol(w->net, id) >= 0;
}

const char *petab_number_of(struct petab_writer *w, const char *cell)
{
    double v = 0;
    crnl_cell_number(cell, &v);
    return petab_number_text(w->p->arena, v);
}

const char *petab_value(struct petab_writer *w, struct petab_cell cell)
{
    const struct petab_table *t = &w->p->table[PETAB_PARAMETER];
    /* in parentheses, since a sign binds less strongly than what may be around it */
    if (petab_is_number(cell.text)) {
        const char *text = petab_number_of(w, cell.text);
        return *text == '-' ? arena_printf(w->p->arena, "(%s)", text) : text;
    }
    int32_t row = map_find(&t->by, cell.text);
    if (row >= 0 || petab_is_symbol(w, cell.text)) {
        return row >= 0 ? w->parameter.data[row] : arena_printf(w->p->arena, "m.%s", cell.text);
    }
    diag_report(
        w->p->diag, DIAG_E0834, cell.at,
        "this is no number, and no parameter of the model or of the problem: `%s`\n  help: add it to the "
        "table of parameters, or write its value",
        cell.text);
    return NULL;
}

/* ---- Names of formulas ---- */

struct group_names {
    struct petab_writer *w;
    const struct petab_group *g;
};

/* Item n (from 1) of a cell with items separated by semicolons. */
static struct petab_cell list_item(struct petab_writer *w, struct petab_cell list, long n)
{
    const char *at = list.text;
    for (; n > 1 && *at; n--) {
        at += strcspn(at, ";");
        at += *at == ';';
    }
    return (struct petab_cell){arena_strndup(w->p->arena, at, strcspn(at, ";")), list.at};
}

/* If the name is `PREFIX n _ OBSERVABLE`, returns n, else 0. */
static long placeholder(const char *name, const char *prefix, const char *observable)
{
    size_t n = strlen(prefix);
    char *end = NULL;
    long i = strncmp(name, prefix, n) == 0 ? strtol(name + n, &end, 10) : 0;
    return i > 0 && i < 1000000 && *end == '_' && strcmp(end + 1, observable) == 0 ? i : 0;
}

static const char *item_text(struct petab_writer *w, const struct petab_group *g, const char *column, long n,
                             struct petab_cell name)
{
    struct petab_cell list = petab_cell(g->row.data[0], column), item = list_item(w, list, n);
    if (*item.text) {
        return petab_value(w, item);
    }
    diag_report(w->p->diag, DIAG_E0831, list.at, "`%s` has no value here", name.text);
    diag_note(w->p->diag, name.at, "the formula that wants it");
    diag_help(w->p->diag, "the column `%s` has its values, parted by semicolons", column);
    return NULL;
}

static const char *name_text(void *env, struct petab_cell name)
{
    const struct group_names *of = env;
    struct petab_writer *w = of->w;
    const struct petab_group *g = of->g;
    const char *observable = petab_cell(g->row.data[0], "observableId").text;
    long n = placeholder(name.text, "observableParameter", observable);
    if (n) {
        return item_text(w, g, "observableParameters", n, name);
    }
    n = placeholder(name.text, "noiseParameter", observable);
    if (n) {
        return n == 1 && g->noises ? g->noises : item_text(w, g, "noiseParameters", n, name);
    }
    if (strcmp(name.text, "time") == 0) {
        return g->times;
    }
    int32_t symbol = net_find_symbol(w->net, name.text);
    if (symbol >= 0 && w->net->symbol.data[symbol].kind != SYMBOL_PARAM) {
        const char *concentration = arena_printf(w->p->arena, "%s.concentration", name.text);
        return arena_printf(w->p->arena, "trajectory(m.%s, at = %s)",
                            petab_is_symbol(w, concentration) ? concentration : name.text, g->times);
    }
    struct petab_cell other = petab_cell(
        petab_find(w->p, PETAB_CONDITION, petab_cell(g->row.data[0], "simulationConditionId").text),
        name.text);
    return petab_value(w, *other.text ? other : name); /* the condition gives the parameter another value */
}

/* Checks that measurements whose logarithm is taken, and deviations that are numbers, are positive. */
static bool check_positive(struct petab_writer *w, const struct petab_group *g, bool logarithm)
{
    for (size_t i = 0; i < g->row.n; i++) {
        struct petab_cell y = petab_cell(g->row.data[i], "measurement"),
                          noise = petab_cell(g->row.data[i], "noiseParameters");
        double v = 1;
        if (logarithm && petab_number(w->p, y, "a measurement", &v) && !(v > 0)) {
            return diag_report(w->p->diag, DIAG_E0831, y.at,
                               "%s has no logarithm, which the observable takes\n  help: leave the "
                               "measurement out, or write "
                               "`lin` as observableTransformation",
                               y.text);
        }
        if (g->noises && petab_number(w->p, noise, "a parameter of noise", &v) && !(v > 0)) {
            return diag_report(
                w->p->diag, DIAG_E0831, noise.at,
                "a deviation is above 0, not %s\n  help: write how far measurements scatter, such as 0.1",
                noise.text);
        }
    }
    return true;
}

const char *petab_loss(struct petab_writer *w, const struct petab_group *g)
{
    struct group_names of = {w, g};
    struct petab_names names = {name_text, &of};
    struct petab_cell scale = petab_cell(g->observable, "observableTransformation"),
                      law = petab_cell(g->observable, "noiseDistribution");
    bool laplace = strcmp(law.text, "laplace") == 0, logarithm = strcmp(scale.text, "log") == 0,
         decades = strcmp(scale.text, "log10") == 0;
    if (*law.text && !laplace && strcmp(law.text, "normal") != 0) {
        petab_refuse(w, law, "there is no distribution of noise\n  help: write `normal` or `laplace`");
        return NULL;
    }
    if ((*scale.text && !logarithm && !decades && strcmp(scale.text, "lin") != 0) ||
        (laplace && (logarithm || decades))) {
        petab_refuse(
            w, scale,
            laplace ? "with noise of Laplace, no transformation:\n  help: write `lin`, or `normal` as "
                      "noiseDistribution"
                    : "there is no transformation of observables\n  help: write `lin`, `log` or `log10`");
        return NULL;
    }
    const char *model =
        petab_formula(w->p, g->observable, petab_cell(g->observable, "observableFormula"), &names);
    const char *noise =
        model ? petab_formula(w->p, g->observable, petab_cell(g->observable, "noiseFormula"), &names) : NULL;
    if (!noise || !check_positive(w, g, logarithm || decades)) {
        return NULL;
    }
    const char *form = laplace     ? "sum(abs(%s - (%s)) / (%s) + log(2 * (%s)))"
                       : decades   ? "lognormal_loss(%s, %s, log(10) * (%s))"
                       : logarithm ? "lognormal_loss(%s, %s, %s)"
                                   : "normal_loss(%s, %s, %s)";
    return arena_printf(w->p->arena, form, g->values, model, noise, noise);
}
