/* Statements about neural models: learn, save, load; options of learning rules. */
#include <math.h>
#include <string.h>

#include "frontend/data.h"
#include "frontend/experiment.h"
#include "frontend/name.h"
#include "frontend/neural.h"

static const struct crnl_learner *const rules[] = {
#define LEARNER(name) &crnl_learn_##name,
#include "runtime/crnl_neural.def"
};
enum { N_RULES = sizeof rules / sizeof *rules, MAX_OPTIONS = 64 };

static struct name *model_of(struct where *w, const struct ast *a, int32_t *at)
{
    struct name *n = a->kind == AST_NAME ? value_find(w, a->name) : NULL;
    if (a->kind != AST_NAME) {
        diag_report(w->f->diag, DIAG_E0521, a->span, "'%s' is not a model", front_source_text(w->f, a->span));
        return NULL;
    }
    if (!name_fits(w, a->span, a->name, n, AT_LEARN)) {
        return NULL;
    }
    *at = neural_use(w->f, n);
    return *at >= 0 ? n : NULL;
}

/* ---- files ---- */

bool experiment_add_file(struct where *w, const struct ast *a, struct block *out)
{
    int32_t at;
    struct name *n = model_of(w, save_reference(a), &at);
    expr_id file = n ? value_text(w, save_file(a)) : 0;
    if (!file) {
        return false;
    }
    struct stmt *s = experiment_add(w, out, a->kind == AST_SAVE ? STMT_SAVE : STMT_LOAD, a->span);
    s->var = at;
    s->text = file;
    return true;
}

/* ---- options ---- */

struct options {
    struct where *w;
    const struct crnl_learner *rule;
    int32_t n_layers;
    expr_id *value[MAX_OPTIONS]; /* of each option: one, or n_layers */
    bool given[MAX_OPTIONS];
};

static int32_t option_size(const struct options *o, int32_t i)
{
    return o->rule->option[i].per_layer ? o->n_layers : 1;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool unknown_option(struct options *o, const struct ast *arg, const char *inside)
{
    const char *known[MAX_OPTIONS], *of = inside ? inside : o->rule->name;
    size_t n = 0;
    for (int32_t i = 0; i < o->rule->n_options; i++) {
        if (same_text(o->rule->option[i].inside, inside)) {
            known[n++] = o->rule->option[i].name;
        }
    }
    if (!arg->name) {
        diag_report(o->w->f->diag, DIAG_E0502, arg->span, "options of '%s' are named: %s = ...", of,
                    known[0]);
        return false;
    }
    const char *near = diag_nearest(arg->name, known, n);
    diag_report(o->w->f->diag, DIAG_E0502, arg->span, "'%s' has no option '%s'", of, arg->name);
    if (near) {
        diag_help(o->w->f->diag, "did you mean '%s'?", near);
    }
    return false;
}

static bool read_options(struct options *o, const struct ast *args, uint32_t first, const char *inside);

/* One of some words, which may have options of its own: adam(lr = 0.01). */
static bool word_option(struct options *o, int32_t i, const struct ast *a)
{
    const struct crnl_learn_option *option = &o->rule->option[i];
    const struct ast *word = a->kind == AST_CALL ? call_callee(a) : a;
    const char *list = "";
    for (int k = 0; option->word[k]; k++) {
        if (word->kind == AST_NAME && strcmp(word->name, option->word[k]) == 0) {
            o->value[i][0] = expr_real(o->w->ex, k);
            return a->kind != AST_CALL || read_options(o, a, 1, option->word[k]);
        }
        list = arena_printf(o->w->f->arena, "%s%s%s", list, k ? ", " : "", option->word[k]);
    }
    diag_report(o->w->f->diag, DIAG_E0502, a->span, "'%s' cannot be '%s'", option->name,
                front_source_text(o->w->f, a->span));
    diag_help(o->w->f->diag, "it is one of: %s", list);
    return false;
}

static bool number_option(struct options *o, int32_t i, const struct ast *a)
{
    const struct crnl_learn_option *option = &o->rule->option[i];
    struct where *w = o->w;
    expr_id v = value_real(w, a);
    if (!v) {
        return false;
    }
    struct shape s = value_info(w, v).shape;
    int32_t n = option_size(o, i);
    if (s.rank != 0 && !(option->per_layer && shape_equal(s, shape_vector(n)))) {
        return diag_report(w->f->diag, DIAG_E0302, a->span,
                           option->per_layer ? "'%s' is one number, or one for each of the %d layers"
                                             : "'%s' is one number",
                           option->name, n);
    }
    for (int32_t k = 0; k < n; k++) {
        expr_id e = s.rank ? expr_element(w->ex, v, k) : v;
        double known;
        if (expr_const_real(w->ex, e, &known) &&
            !(known >= option->least && known <= option->most && (!option->whole || known == floor(known)))) {
            return diag_report(w->f->diag, DIAG_E0502, a->span, "'%s' is %s from %g to %g, not %g",
                               option->name, option->whole ? "an integer" : "a number", option->least,
                               option->most, known);
        }
        o->value[i][k] = e;
    }
    return true;
}

static bool read_options(struct options *o, const struct ast *args, uint32_t first, const char *inside)
{
    for (uint32_t k = first; k < args->n; k++) {
        const struct ast *arg = ast_child(args, k);
        int32_t i = 0;
        while (arg->name && i < o->rule->n_options &&
               !(same_text(o->rule->option[i].inside, inside) &&
                 strcmp(o->rule->option[i].name, arg->name) == 0)) {
            i++;
        }
        if (!arg->name || i == o->rule->n_options) {
            return unknown_option(o, arg, inside);
        }
        if (o->given[i]) {
            return diag_report(o->w->f->diag, DIAG_E0502, arg->span, "'%s' is given twice", arg->name);
        }
        o->given[i] = true;
        if (!(o->rule->option[i].word ? word_option(o, i, arg_value(arg))
                                      : number_option(o, i, arg_value(arg)))) {
            return false;
        }
    }
    return true;
}

static bool all_options(struct where *w, const struct ast *by, const struct crnl_learner *rule,
                        int32_t n_layers, struct learn *l)
{
    struct options o = {.w = w, .rule = rule, .n_layers = n_layers};
    for (int32_t i = 0; i < rule->n_options; i++) {
        o.value[i] = arena_alloc(w->f->arena, (size_t)option_size(&o, i) * sizeof **o.value);
        for (int32_t k = 0; k < option_size(&o, i); k++) {
            o.value[i][k] = expr_real(w->ex, rule->option[i].value);
        }
    }
    bool good = read_options(&o, by, 0, NULL);
    for (int32_t i = 0; i < rule->n_options; i++) {
        for (int32_t k = 0; k < option_size(&o, i); k++) {
            vec_push(&l->option, o.value[i][k]);
        }
    }
    return good;
}

/* ---- learn ---- */

static const struct crnl_learner *find_rule(struct where *w, const struct ast *by,
                                            const struct crnl_neural *m)
{
    const char *known[N_RULES], *list = "";
    size_t n = 0;
    for (int i = 0; i < N_RULES; i++) {
        if (rules[i]->kind != m->kind) {
            continue;
        }
        if (strcmp(rules[i]->name, by->name) == 0) {
            return rules[i];
        }
        list = arena_printf(w->f->arena, "%s%s%s", list, n ? ", " : "", rules[i]->name);
        known[n++] = rules[i]->name;
    }
    diag_report(w->f->diag, DIAG_E0521, by->span, "there is no learning rule '%s' for the model '%s'",
                by->name, m->name);
    const char *near = diag_nearest(by->name, known, n);
    if (near) {
        diag_help(w->f->diag, "did you mean '%s'?", near);
    } else {
        diag_help(w->f->diag, n ? "%s models learn by %s" : "there is none for %s models in this version%.0s",
                  neural_kind_text(m), list);
    }
    return NULL;
}

/* The data set must be one of the model: inputs as many, labels that number its outputs. */
static bool fitting_data(struct where *w, const struct ast *a, const struct crnl_neural *m, int32_t *data)
{
    struct data_rows rows;
    enum data_found found = a->kind == AST_BINDER ? DATA_NO : data_find_rows(w, a, &rows);
    if (found != DATA_YES) {
        return found == DATA_ERROR ? false
                                   : diag_report(w->f->diag, DIAG_E0521, a->span,
                                                 "the model '%s' learns from a data set", m->name);
    }
    const struct crnl_data_spec *d = &w->f->program->data.data[rows.data];
    if (rows.order || rows.part != CRNL_DATA_ALL) {
        diag_report(w->f->diag, DIAG_E0521, a->span, "name the data set itself: learn %s from %s", m->name,
                    d->name);
        diag_help(w->f->diag, "its part .train is learned, .validation chooses the epoch");
        return false;
    }
    if (d->shape.columns != m->inputs || d->shape.part[CRNL_DATA_TRAIN] == 0) {
        return diag_report(w->f->diag, DIAG_E0302, a->span,
                           "the model '%s' takes %d inputs, and '%s' has %d training rows of %d", m->name,
                           m->inputs, d->name, d->shape.part[CRNL_DATA_TRAIN], d->shape.columns);
    }
    if (d->shape.label != CRNL_LABEL_INTEGER) {
        diag_report(w->f->diag, DIAG_E0521, a->span, "the labels of '%s' must number the %d outputs of '%s'",
                    d->name, m->outputs, m->name);
        diag_help(w->f->diag, "the column or file of labels holds integers or words: label = 4");
        return false;
    }
    *data = rows.data;
    return true;
}

/* `input = ...` and `label = ...`, in this order, of `with`. */
static bool find_binds(struct where *w, const struct crnl_neural *m, const struct ast *binds,
                       const struct ast *value[2])
{
    static const char *const name[2] = {"input", "label"};
    for (uint32_t i = 0; i < binds->n; i++) {
        const struct ast *ref = assign_target(list_item(binds, i));
        int k = 0;
        while (k < 2 && !(ref->kind == AST_NAME && strcmp(ref->name, name[k]) == 0)) {
            k++;
        }
        const char *text = front_source_text(w->f, ref->span);
        if (k == 2) {
            return diag_report(w->f->diag, DIAG_E0521, ref->span,
                               "%s models learn from `input` and `label`, not '%s'", neural_kind_text(m),
                               text);
        }
        if (value[k]) {
            return diag_report(w->f->diag, DIAG_E0521, ref->span, "'%s' is given twice", text);
        }
        value[k] = assign_value(list_item(binds, i));
    }
    if (!value[0] || !value[1]) {
        diag_report(w->f->diag, DIAG_E0521, binds->span, "what is the `%s` of a row?",
                    name[value[0] ? 1 : 0]);
        diag_help(w->f->diag,
                  "as in: learn m from s in d.train with input = s.input, label = s.label by ...");
        return false;
    }
    return true;
}

/* The validation rows of the data set whose training rows these are; none of anything else. */
static bool validation_rows(struct where *w, const struct ast *a, struct data_rows *out)
{
    if (a->kind != AST_FIELD || data_find_rows(w, a, out) != DATA_YES || out->part != CRNL_DATA_TRAIN) {
        return false;
    }
    out->part = CRNL_DATA_VALIDATION;
    out->rows = w->f->program->data.data[out->data].shape.part[CRNL_DATA_VALIDATION];
    return out->rows > 0;
}

/* Rows as `with` says, for what the binder runs over; where that is d.train, those of d.validation likewise. */
static bool given_rows(struct where *w, const struct ast *a, const struct crnl_neural *m, struct learn *l)
{
    const struct ast *binder = learn_from(a), *value[2] = {NULL, NULL};
    struct data_rows validation;
    l->data = -1;
    if (!find_binds(w, m, learn_with(a), value)) {
        return false;
    }
    struct value_map map[2] = {
        {.body = value[0], .shape = shape_vector(m->inputs), .what = "an input of the model"},
        {.body = value[1], .shape = shape_scalar(), .what = "a label"}};
    for (int part = 0; part < 2 && (part == 0 || validation_rows(w, binder_over(binder), &validation));
         part++) {
        if (!value_map_over(w, binder, part ? &validation : NULL, map, 2)) {
            return false;
        }
        l->input[part] = map[0].array;
        l->label[part] = map[1].array;
    }
    return program_learn_rows(w->f->program, l, 0) > 0 ||
           diag_report(w->f->diag, DIAG_E0521, binder->span, "the model '%s' learns from at least one row",
                       m->name);
}

static const char *learnt_name(struct where *w, const char *model, const char *what)
{
    return intern_text(w->f->names, arena_printf(w->f->arena, "%s.%s", model, what));
}

struct name *experiment_learnt(struct where *w, const char *model, const char *what)
{
    struct name *n = w->experiment ? scope_find(w->scope, learnt_name(w, model, what)) : NULL;
    return n && n->kind == NAME_VARIABLE ? n : NULL;
}

bool experiment_add_learn(struct where *w, const struct ast *a, struct block *out)
{
    struct learn *l = arena_alloc(w->f->program->arena, sizeof *l);
    struct name *n = model_of(w, learn_model(a), &l->neural);
    if (!n) {
        return false;
    }
    const struct crnl_neural *m = &w->f->program->neural.data[l->neural];
    l->rule = find_rule(w, learn_by(a), m);
    if (!l->rule || !(learn_with(a) ? given_rows(w, a, m, l) : fitting_data(w, learn_from(a), m, &l->data))) {
        return false;
    }
    struct stmt *s = experiment_add(w, out, STMT_LEARN, a->span); /* after what the rows draw */
    s->learn = l;
    l->statement = experiment_statement(w);
    if (!all_options(w, learn_by(a), l->rule, m->n_layers, l)) {
        return false;
    }
    l->loss_record = experiment_add_record(w, learnt_name(w, n->text, "loss"), a->span);
    l->accuracy_record = experiment_add_record(w, learnt_name(w, n->text, "accuracy"), a->span);
    l->loss_var = experiment_learnt(w, n->text, "loss")->index;
    l->accuracy_var = experiment_learnt(w, n->text, "accuracy")->index;
    return true;
}
