/* `learn`: the rule, its options, and the rows from which it learns. */
#include <string.h>

#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"
#include "frontend/neural/neural.h"

static const struct crnl_learner *const rules[] = {
#define LEARNER(name) &crnl_learn_##name,
#include "runtime/crnl_neural.def"
};
enum { N_RULES = sizeof rules / sizeof *rules };

/* ---- learn ---- */

static bool teaches(const struct crnl_learner *rule, const struct crnl_neural *m)
{
    return rule->kind == m->kind && rule->one_way == m->one_way;
}

static const struct crnl_learner *no_rule(struct where *w, const struct ast *by, const struct crnl_neural *m)
{
    const char *known[N_RULES];
    const struct crnl_learner *other = NULL, *first = NULL;
    size_t n = 0;
    for (int i = 0; i < N_RULES; i++) {
        if (teaches(rules[i], m)) {
            first = first ? first : rules[i];
            known[n++] = rules[i]->name;
        } else if (strcmp(rules[i]->name, by->name) == 0) {
            other = rules[i];
        }
    }
    if (other && other->kind == m->kind) {
        diag_report(w->f->diag, DIAG_E0521, by->span,
                    "%s teaches models whose connections go %s, and those of '%s' go %s", other->name,
                    other->one_way ? "one way" : "both ways", m->name, m->one_way ? "one way" : "both ways");
    } else if (other) {
        struct crnl_neural of = {.kind = other->kind};
        diag_report(w->f->diag, DIAG_E0521, by->span, "%s teaches %s models, and '%s' is a %s model",
                    other->name, neural_kind_text(&of), m->name, neural_kind_text(m));
    } else {
        diag_report(w->f->diag, DIAG_E0521, by->span, "there is no learning rule '%s' for the model '%s'",
                    by->name, m->name);
    }
    if (strcmp(by->name, EXPERIMENT_BALANCE) == 0) {
        diag_help(w->f->diag, "it is for networks with energies, as `edge` makes one of a boltzmann model");
    } else if (first && experiment_help_word_of_rule(w->f, by, first)) {
        return NULL;
    } else {
        const char *here =
            n ? arena_printf(w->f->arena, "%s models learn by %s", neural_kind_text(m),
                             arena_join(w->f->arena, known, n, ", "))
              : arena_printf(w->f->arena, "there is none for %s models in this version", neural_kind_text(m));
        bool told = !other && (experiment_help_by(w->f, by, BY_LEARN, here) ||
                               diag_help_nearest(w->f->diag, by->name, known, n));
        if (!told) {
            diag_help(w->f->diag, "%s", here);
        }
    }
    return NULL;
}

static const struct crnl_learner *find_rule(struct where *w, const struct ast *by,
                                            const struct crnl_neural *m)
{
    for (int i = 0; i < N_RULES; i++) {
        if (teaches(rules[i], m) && strcmp(rules[i]->name, by->name) == 0) {
            return rules[i];
        }
    }
    return no_rule(w, by, m);
}

/* A value that each row must give, such as `pixel` and `label` of bm. */
struct fields {
    struct where *w;
    const struct crnl_neural *m;
    size_t n;
    struct neural_field *field;
    const struct ast **value; /* the values [n] in `with`; NULL if they are not given */
};

static struct fields fields_of(struct where *w, const struct crnl_neural *m)
{
    struct fields f = {.w = w, .m = m};
    f.n = neural_fields(w->f->arena, m, &f.field);
    f.value = arena_alloc(w->f->arena, f.n * sizeof *f.value);
    return f;
}

static void help_fields(const struct fields *f)
{
    const char *list = "";
    for (size_t i = 0; i < f->n; i++) {
        list = arena_printf(f->w->f->arena, "%s%s%s = ...", list, i ? ", " : "", f->field[i].name);
    }
    diag_help(f->w->f->diag, "as in: learn %s from s in d.train with %s by ...", f->m->name, list);
}

static bool missing_field(const struct fields *f, struct span at, size_t i)
{
    diag_report(f->w->f->diag, DIAG_E0521, at, "what is the `%s` of a row?", f->field[i].name);
    help_fields(f);
    return false;
}

/* The data set must fit the model: it has as many inputs, and its labels are numbers of the model's
 * outputs. */
static bool fitting_data(struct where *w, const struct ast *a, const struct crnl_neural *m,
                         const struct crnl_learner *learner, int32_t *data)
{
    struct data_rows rows;
    if (learner->by_with) {
        struct fields f = fields_of(w, m);
        return missing_field(&f, a->span, 0);
    }
    enum data_found found = a->kind == AST_BINDER ? DATA_NO : data_find_rows(w, a, &rows);
    if (found != DATA_YES) {
        return found == DATA_ERROR ? false
                                   : diag_report(w->f->diag, DIAG_E0521, a->span,
                                                 "the model '%s' learns from a data set", m->name);
    }
    if (rows.table) {
        diag_report(w->f->diag, DIAG_E0521, a->span, "'%s' is no data set of a file", rows.table->text);
        diag_help(w->f->diag, "say what a row gives: learn %s from s in %s with input = s.input, ...",
                  m->name, rows.table->text);
        return false;
    }
    const struct crnl_data_spec *d = &w->f->program->data.data[rows.data];
    if (rows.order || rows.part != CRNL_DATA_ALL) {
        diag_report(w->f->diag, DIAG_E0521, a->span, "name the data set itself: learn %s from %s", m->name,
                    d->name);
        diag_help(w->f->diag, "its part .train is learned, .validation chooses the epoch");
        return false;
    }
    if (d->shape.columns != m->inputs || d->shape.part[CRNL_DATA_TRAIN] == 0) {
        diag_report(w->f->diag, DIAG_E0302, a->span,
                    "the model '%s' takes %d inputs, and '%s' has %d training rows of %d", m->name, m->inputs,
                    d->name, d->shape.part[CRNL_DATA_TRAIN], d->shape.columns);
        if (d->shape.columns == m->inputs) {
            diag_help(w->f->diag, "`split` of the data set leaves no row to learn from");
        } else {
            diag_help(
                w->f->diag,
                "the first size of `%s` is the number of inputs, here %d; or `input = ...` of the data set "
                "takes other columns",
                m->name, d->shape.columns);
        }
        return false;
    }
    if (d->shape.label != CRNL_LABEL_INTEGER) {
        diag_report(w->f->diag, DIAG_E0521, a->span, "the labels of '%s' must number the %d outputs of '%s'",
                    d->name, m->outputs, m->name);
        diag_help(w->f->diag,
                  d->shape.label == CRNL_LABEL_NONE
                      ? "name the column of labels where '%s' is declared, as in `label = \"class\"`"
                      : "the column or file of labels of '%s' holds integers or words",
                  d->name);
        return false;
    }
    if (d->shape.least_label < 0) {
        diag_report(w->f->diag, DIAG_E0521, a->span,
                    "the label %.15g in '%s' is not one of 0..%d, the outputs of '%s'", d->shape.least_label,
                    d->file, m->outputs, m->name);
        diag_help(w->f->diag, "labels are whole numbers, counted from 0");
        return false;
    }
    if (d->shape.most_label >= m->outputs) {
        diag_report(w->f->diag, DIAG_E0521, a->span,
                    "the label %.15g in '%s' is not one of 0..%d, the outputs of '%s'", d->shape.most_label,
                    d->file, m->outputs, m->name);
        diag_help(w->f->diag,
                  "give `%s` an output for each label, %.0f in all: the last number of `relu[...]`", m->name,
                  d->shape.most_label + 1);
        return false;
    }
    *data = rows.data;
    return true;
}

static bool unknown_field(const struct fields *f, const struct ast *ref, const char *text)
{
    struct diag *diag = f->w->f->diag;
    const char **known = arena_alloc(f->w->f->arena, f->n * sizeof *known);
    for (size_t i = 0; i < f->n; i++) {
        known[i] = f->field[i].name;
    }
    diag_report(diag, DIAG_E0521, ref->span, "'%s' is not what a row gives to '%s'", text, f->m->name);
    if (diag_help_nearest(diag, text, known, f->n)) {
        return false;
    }
    for (int32_t g = 0; g < f->m->n_groups; g++) {
        if (strcmp(f->m->group[g].name, text) == 0) {
            diag_note(diag, ref->span, "its units are hidden: they are drawn by the rule");
        }
    }
    help_fields(f);
    return false;
}

/* Reads the value of each field in `with`. */
static bool find_binds(struct fields *f, const struct ast *binds)
{
    for (uint32_t i = 0; i < binds->n; i++) {
        const struct ast *ref = assign_target(list_item(binds, i));
        if (list_item(binds, i)->op != OP_BIND) {
            diag_report(f->w->f->diag, DIAG_E0521, list_item(binds, i)->span,
                        "a row gives values to a model");
            diag_help(f->w->f->diag,
                      "visible units are clamped by the rule; `clamp` is for networks that learn");
            return false;
        }
        size_t k = 0;
        while (k < f->n && !(ref->kind == AST_NAME && strcmp(ref->name, f->field[k].name) == 0)) {
            k++;
        }
        const char *text = front_source_text(f->w->f, ref->span);
        if (k == f->n) {
            return unknown_field(f, ref, text);
        }
        if (f->value[k]) {
            return front_given_twice(f->w->f, DIAG_E0521, ref->span, text);
        }
        f->value[k] = assign_value(list_item(binds, i));
    }
    for (size_t k = 0; k < f->n; k++) {
        if (!f->value[k]) {
            return missing_field(f, binds->span, k);
        }
    }
    return true;
}

/* Goes from the training rows of a data set to its validation rows. Returns false if there are none, or if
 * these are no training rows. */
static bool to_validation(struct where *w, struct turns *t)
{
    if (!t->is_data || t->data.order || t->data.part != CRNL_DATA_TRAIN) {
        return false;
    }
    t->data.part = CRNL_DATA_VALIDATION;
    t->data.rows = w->f->program->data.data[t->data.data].shape.part[CRNL_DATA_VALIDATION];
    t->to = expr_int(w->ex, t->data.rows);
    return t->data.rows > 0;
}

/* Makes the loop over the rows of a part, and the row inside of it. */
static bool add_row_loop(const struct fields *f, const struct turns *t, struct span span, int part,
                         struct block *out)
{
    struct where inner, *w = f->w;
    expr_id key;
    struct stmt *loop = experiment_loop(w, t, span, out, &inner, &key);
    struct stmt *row = arena_alloc(w->f->program->arena, sizeof *row);
    *row = (struct stmt){.kind = STMT_LEARN_ROW, .span = span, .line = front_line(w->f, span), .var = part};
    w->experiment->before = loop->body;
    for (size_t i = 0; i < f->n; i++) {
        expr_id v = value_real(&inner, f->value[i]);
        const char *what = arena_printf(w->f->arena, "'%s' of '%s'", f->field[i].name, f->m->name);
        if (!v || !value_has_shape(&inner, f->value[i]->span, v, f->field[i].shape, what)) {
            vec_free(&row->index);
            return false;
        }
        vec_push(&row->index, expr_to_real(w->ex, v));
    }
    vec_push(&loop->body->stmt, row);
    return true;
}

/* Whether the expression draws random numbers. */
static bool is_random(struct where *w, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *s = b->stmt.data[i];
        bool random = s->value && (value_info(w, s->value).holds & HOLDS_EFFECT);
        for (size_t k = 0; k < s->index.n && !random; k++) {
            random = (value_info(w, s->index.data[k]).holds & HOLDS_EFFECT) != 0;
        }
        if (random || is_random(w, s->body)) {
            return true;
        }
    }
    return false;
}

/* Makes loops that compute the rows as `with` says, for all elements over which the binder runs. If that
 * is d.train, the rows of d.validation are made in the same way. */
static bool given_rows(struct where *w, const struct ast *a, const struct crnl_neural *m, struct learn *l,
                       struct block *body)
{
    const struct ast *binder = learn_from(a);
    struct fields f = fields_of(w, m);
    struct turns t;
    int64_t from, to;
    w->experiment->before = body;
    if (!find_binds(&f, learn_with(a)) || !experiment_turns(w, binder, &t)) {
        return false;
    }
    if (expr_const_int(w->ex, t.from, &from) && expr_const_int(w->ex, t.to, &to) && from >= to) {
        return diag_report(w->f->diag, DIAG_E0521, binder->span,
                           "the model '%s' learns from at least one row", m->name);
    }
    w->experiment->depth++;
    bool good = add_row_loop(&f, &t, a->span, 0, body) &&
                (!to_validation(w, &t) || add_row_loop(&f, &t, a->span, 1, body));
    w->experiment->depth--;
    l->redraws = is_random(w, body);
    return good;
}

/* Declares the fields, and the records of what the rule measures. */
static void add_measured(struct where *w, const struct ast *a, const char *model, struct learn *l)
{
    for (int32_t i = 0; i < CRNL_LEARN_RECORDS && l->learner->record[i]; i++) {
        const char *what = l->learner->record[i];
        l->record[i] = experiment_add_learnt(w, model, what, a->span);
        l->var[i] = experiment_learnt(w, model, what)->index;
        l->n_records++;
    }
    struct fields f = fields_of(w, &w->f->program->neural.data[l->neural]);
    for (size_t i = 0; i < f.n; i++) {
        vec_push(&l->field, (struct learn_field){arena_strdup(w->f->program->arena, f.field[i].name),
                                                 (int32_t)shape_size(f.field[i].shape)});
    }
}

/* Declares what an unknown rule might measure, so that reading this causes no further reports. */
static void know_measured(struct where *w, const struct ast *a, const char *model,
                          const struct crnl_neural *m)
{
    for (int i = 0; i < N_RULES; i++) {
        for (int r = 0; teaches(rules[i], m) && r < CRNL_LEARN_RECORDS && rules[i]->record[r]; r++) {
            (void)experiment_add_learnt(w, model, rules[i]->record[r], a->span);
        }
    }
}

/* Learns the energies of a network. */
static bool is_network(struct where *w, const struct ast *a)
{
    struct name *n = a->kind == AST_NAME ? value_named(w, a) : NULL;
    return n && n->kind == NAME_NETWORK;
}

bool experiment_add_learn(struct where *w, const struct ast *a, struct block *out)
{
    if (is_network(w, learn_model(a))) {
        return experiment_add_learn_network(w, a, out);
    }
    struct learn *l = arena_alloc(w->f->program->arena, sizeof *l);
    struct name *n = experiment_model(w, learn_model(a), &l->neural);
    if (!n) {
        return false;
    }
    const struct crnl_neural *m = &w->f->program->neural.data[l->neural];
    l->learner = find_rule(w, learn_by(a), m);
    struct block *rows = learn_with(a) && l->learner ? experiment_new_block(w) : NULL;
    l->data = -1;
    bool good = l->learner && (rows ? given_rows(w, a, m, l, rows)
                                    : fitting_data(w, learn_from(a), m, l->learner, &l->data));
    w->experiment->before = out;
    l->statement = experiment_statement(w);
    good = good && experiment_learn_options(w, learn_by(a), l->learner, m->n_layers, &l->option);
    struct stmt *s = experiment_add(w, out, STMT_LEARN, a->span); /* after the values that the options draw */
    s->learn = l;
    s->body = rows;
    vec_push(&w->experiment->given, (struct given_model){l->neural, a});
    if (l->learner) { /* names are declared even if the rest is refused */
        add_measured(w, a, n->text, l);
    } else {
        know_measured(w, a, n->text, m);
    }
    return good;
}
