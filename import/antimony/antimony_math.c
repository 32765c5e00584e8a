/* Writes formulas of Antimony as MathML, in the units of the model: values in submodules with conversions of
 * time, of extent or of names are multiplied by the conversion factors. */
#include <stdlib.h>
#include <string.h>

#include "import/antimony/antimony_write.h"

static void note_named(struct writer *w, int32_t v)
{
    if (!w->is_named[v]) {
        w->is_named[v] = true;
        vec_push(&w->named, v);
    }
}

void writer_forget_named(struct writer *w)
{
    for (size_t i = 0; i < w->named.n; i++) {
        w->is_named[w->named.data[i]] = false;
    }
    w->named.n = 0;
}

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
        fprintf(w->out, "<ci>%s</ci>", writer_variable(w, f.variable)->id);
    }
}

/* The factors that convert a value of this instance to the units of the model, of time or of extent; returns
 * how many. */
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

enum { MOST_FACTORS = 64 }; /* of nested submodules */

/* Opens a product or quotient of the formula that follows and these factors; close_scaled closes it. */
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

/* Writes a name in the units of its instance, by the variable that it is another name of and by
 * conversions. */
static void write_name(struct writer *w, const struct node *n)
{
    struct reader *r = w->r;
    const struct variable *x = writer_variable(w, n->variable);
    struct factor by[MOST_FACTORS];
    size_t k = 0;
    if (x->type == TYPE_DELETED) {
        writer_complain(w, DIAG_E0834, n->at,
                        "'%s' is deleted\n  help: leave `delete %s` out, or what reads it",
                        r->variable.data[n->variable].name);
        return;
    }
    if (x->type == TYPE_MODULE || x->type == TYPE_EVENT || x->type == TYPE_STRAND ||
        x->type == TYPE_INTERACTION || x->type == TYPE_RULE || x->type == TYPE_UNIT) {
        writer_complain(w, DIAG_E0831, n->at,
                        "'%s' has no value: it is no species, compartment, parameter or reaction\n  help: "
                        "write what it stands for in its place",
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
    note_named(w, (int32_t)(x - r->variable.data));
    open_scaled(w, "divide", k);
    fprintf(w->out, "<ci>%s</ci>", x->id);
    close_scaled(w, by, k);
}

static void write_symbol(struct writer *w, const struct node *n)
{
    struct factor by[MOST_FACTORS];
    if (strcmp(n->text, "time") == 0 && w->function) {
        fprintf(w->out, "<ci>%s</ci>", w->function->time);
    } else if (strcmp(n->text, "time") == 0) {
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

/* Writes a call. A function that reads the time gets the time of the caller as its last argument. */
static void write_call(struct writer *w, const struct node *n)
{
    int32_t f = map_find(&w->r->functions, n->text);
    fprintf(w->out, "<apply><ci>%s</ci>", n->text);
    for (const struct node *x = n->first; x; x = x->next) {
        write_node(w, x);
    }
    if (f >= 0 && w->r->function.data[f].time) {
        write_symbol(w, &(struct node){.kind = NODE_SYMBOL, .text = "time", .instance = n->instance});
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
    case NODE_CALL: write_call(w, n); break;
    case NODE_ELLIPSIS:
        writer_complain(w, DIAG_E0831, n->at,
                        "'%s' means what lies upstream, and stands in a formula of no DNA\n  help: write the "
                        "formula that is meant in its place",
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
    writer_end_line(w, at);
}

void writer_formula(struct writer *w, const struct formula *f, enum formula_kind kind)
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

void writer_function(struct writer *w, const struct function *f)
{
    open_math(w);
    fputs("<lambda>", w->out);
    for (size_t k = 0; k < f->argument.n; k++) {
        fprintf(w->out, "<bvar><ci>%s</ci></bvar>", f->argument.data[k]);
    }
    if (f->time) {
        fprintf(w->out, "<bvar><ci>%s</ci></bvar>", f->time);
    }
    w->function = f;
    write_node(w, f->root);
    w->function = NULL;
    fputs("</lambda>", w->out);
    close_math(w, f->at);
}
