/* Neural models: declarations (`model m = relu[4, 8, 3] { ... }`, `model m = other from "file"`) and their
 * values. */
#include "frontend/neural/neural.h"

#include <stdlib.h>
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/neural/neural_kind.h"
#include "ir/lower/tensor.h"

/* ---- declarations ---- */

static const struct neural_kind *const kinds[] = {
#define NEURAL_KIND(name) &neural_kind_##name,
#include "runtime/crnl_neural.def"
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static const struct neural_kind *kind_of(const struct crnl_neural *m)
{
    int i = 0;
    while (kinds[i]->runtime != m->kind) {
        i++;
    }
    return kinds[i];
}

const char *neural_kind_text(const struct crnl_neural *m)
{
    return kind_of(m)->name;
}

size_t neural_fields(struct arena *a, const struct crnl_neural *m, struct neural_field **out)
{
    return kind_of(m)->fields(a, m, out);
}

const char *neural_parameters(struct front *f, const char *kind, const char *model, const char *const *array,
                              size_t n)
{
    const char *format = NULL, *list = "";
    for (int i = 0; i < N_KINDS; i++) {
        format = strcmp(kinds[i]->name, kind) == 0 ? kinds[i]->parameters : format;
    }
    for (size_t i = 0; i < n && !format; i++) {
        list = arena_printf(f->arena, "%s%s%s.%s", list, i ? ", " : "", model, array[i]);
    }
    return format ? arena_printf(f->arena, format, model) : list;
}

static const char *parameters_of(struct front *f, const struct crnl_neural *m)
{
    const char **array = arena_alloc(f->arena, ((size_t)m->n_arrays + 1) * sizeof *array);
    for (int32_t i = 0; i < m->n_arrays; i++) {
        array[i] = m->array[i].name;
    }
    return neural_parameters(f, kind_of(m)->name, m->name, array, (size_t)m->n_arrays);
}

static bool no_kind(struct neural_declaration *d, const struct ast *word)
{
    const char *known[N_KINDS];
    for (int i = 0; i < N_KINDS; i++) {
        known[i] = kinds[i]->name;
    }
    diag_report(d->f->diag, DIAG_E0520, word->span, "there is no kind of model '%s'", word->name);
    const char *near = diag_nearest(word->name, known, N_KINDS);
    diag_help(d->f->diag, near ? "did you mean '%s'?" : "kinds of models are: %s",
              near ? near : arena_join(d->f->arena, known, N_KINDS, ", "));
    return false;
}

static bool declare_kind(struct neural_declaration *d)
{
    const struct ast *word = model_kind(d->ast);
    for (int i = 0; i < N_KINDS; i++) {
        if (strcmp(kinds[i]->name, word->name) == 0) {
            d->m.kind = kinds[i]->runtime;
            return kinds[i]->declare(d);
        }
    }
    return no_kind(d, word);
}

/* Declares a model with the layout of another one and with parameters from a file. */
static bool declare_from(struct neural_declaration *d, struct name *n)
{
    const struct ast *file = model_from_file(n->ast);
    struct name *base = module_find(n->module, model_from_model(n->ast)->name);
    if (!name_fits(&d->w, model_from_model(n->ast)->span, model_from_model(n->ast)->name, base, AT_MODEL)) {
        return false;
    }
    int32_t at = neural_use(d->f, base);
    expr_id text = at >= 0 ? value_text(&d->w, file) : 0;
    if (!text) {
        return false;
    }
    struct expr e = value_info(&d->w, text);
    if (e.op != EXPR_CONST) {
        return diag_report(d->f->diag, DIAG_E0304, file->span,
                           "the name of the file must be known when compiling");
    }
    d->m = d->f->program->neural.data[at];
    d->m.folder = module_folder(d->f, n->module);
    double *value = arena_alloc(neural_arena(d), ((size_t)d->m.n_values + 1) * sizeof *value);
    char *message;
    const struct compile_options *o = d->f->options;
    if (crnl_neural_read(&d->m, o->out_dir, o->data_dir, e.v.text, value, &message)) {
        diag_report(d->f->diag, DIAG_E0811, file->span, "%s", message);
        free(message);
        return false;
    }
    d->m.value = value;
    return true;
}

int32_t neural_use(struct front *f, struct name *n)
{
    if (n->index >= 0 || n->failed) {
        return n->index;
    }
    if (n->busy) {
        n->failed = true;
        (void)front_by_itself(f, n->span, "model", n->text);
        return -1;
    }
    struct neural_declaration d = {.f = f, .ast = n->ast};
    d.w = (struct where){.f = f, .ex = f->constants, .module = n->module, .purpose = FOR_SIZE_OF_MODEL};
    n->busy = true;
    if (n->ast->kind == AST_MODEL) {
        d.m.folder = module_folder(f, n->module);
        n->failed = !declare_kind(&d);
    } else {
        n->failed = !declare_from(&d, n);
    }
    n->busy = false;
    if (n->failed) {
        return -1;
    }
    d.m.name = arena_strdup(f->program->arena, n->text);
    d.m.line = front_line(f, n->span);
    vec_push(&f->program->neural, d.m);
    vec_push(&f->model, n);
    n->index = (int32_t)f->program->neural.n - 1;
    return n->index;
}

expr_id neural_start(struct where *w, int32_t model)
{
    const struct crnl_neural *m = &w->f->program->neural.data[model];
    const struct name *n = w->f->model.data[model];
    struct where inner = *w;
    inner.module = n->module;
    return kind_of(m)->start(&inner, n->ast, m);
}

bool neural_starts(const struct front *f, int32_t model)
{
    const struct crnl_neural *m = &f->program->neural.data[model];
    return kind_of(m)->start && !m->value;
}

int32_t neural_method(const struct crnl_neural *m)
{
    return kind_of(m)->method;
}

/* Whether the dynamics of the model are those of a network. */
static bool is_network(const struct crnl_neural *m)
{
    int32_t method = kind_of(m)->method;
    return method >= 0 && !(crnl_method_info[method].needs & CRNL_NEEDS_UNITS);
}

bool neural_is_network(struct front *f, struct name *n)
{
    int32_t model = neural_use(f, n);
    return model >= 0 && is_network(&f->program->neural.data[model]);
}

int32_t neural_units(struct front *f, struct name *n, struct span at)
{
    int32_t model = n->units ? -1 : neural_use(f, n);
    if (n->units || model < 0) {
        return n->units - 1;
    }
    const struct crnl_neural *m = &f->program->neural.data[model];
    if (kind_of(m)->method < 0) {
        diag_report(f->diag, DIAG_E0506, at, "'%s' is a %s model, which has no states to go through", n->text,
                    neural_kind_text(m));
        diag_help(f->diag, "give it an input, %s(x), or lower it to a network", n->text);
        return -1;
    }
    struct net_use use = {.net = NULL};
    if (is_network(m)) {
        const struct lowerer l = {.m = m,
                                  .first_value = neural_first_number(f->program, model),
                                  .name = m->name,
                                  .span = n->span,
                                  .diag = f->diag,
                                  .arena = f->program->arena};
        use.net = lower_tensor(&l, &use.lowering);
        use.lowering.is_own = true;
    } else {
        use.net = lower_units(m, n->span);
    }
    use.net->file = intern_text(use.net->names, sources_name(f->sources, n->module->file));
    use.lowering.model = model;
    use.lowering.is_model = !is_network(m);
    vec_push(&f->program->net, use);
    vec_push(&f->units, (struct units){0});
    n->units = (int32_t)f->program->net.n;
    return n->units - 1;
}

/* ---- values ---- */

static bool not_evaluated(struct where *w, struct span at, const char *name)
{
    diag_report(w->f->diag, DIAG_E0204, at, "the model '%s' is evaluated in experiments only", name);
    if (where_place(w) == IN_NETWORK) {
        diag_help(w->f->diag, "a network may have a whole array of it: param w = %s.ARRAY;", name);
    }
    return false;
}

static bool in_experiment(struct where *w, struct span at, const char *name)
{
    return where_is_executed(w) || not_evaluated(w, at, name);
}

expr_id neural_call(struct where *w, const struct ast *a, struct name *n)
{
    int32_t at = in_experiment(w, a->span, n->text) ? neural_use(w->f, n) : -1;
    if (at < 0) {
        return 0;
    }
    const struct crnl_neural *m = &w->f->program->neural.data[at];
    if (m->inputs == 0 || m->n_states > 0) { /* how long states flow, a network says that it is lowered to */
        diag_report(w->f->diag, DIAG_E0204, a->span, "a %s model has no value at an input",
                    neural_kind_text(m));
        diag_help(w->f->diag, "it has %s", parameters_of(w->f, m));
        return 0;
    }
    if (a->n != 2 || call_arg(a, 1)->name) {
        return diag_report(w->f->diag, DIAG_E0306, a->span, "a model takes its input: %s(s.input)", n->text);
    }
    expr_id x = value_real(w, arg_value(call_arg(a, 1)));
    if (!x) {
        return 0;
    }
    if (!shape_equal(value_info(w, x).shape, shape_vector(m->inputs))) {
        diag_report(w->f->diag, DIAG_E0302, call_arg(a, 1)->span,
                    "the model '%s' takes %d inputs, and this value has the shape %s", n->text, m->inputs,
                    where_shape(w, value_info(w, x).shape));
        diag_note(w->f->diag, n->span, "declared here");
        return 0;
    }
    return expr_call(w->ex, EXPR_NEURAL, TYPE_REAL, shape_vector(m->outputs), at, 0, 1, &x);
}

static int32_t find_array(const struct crnl_neural *m, const char *text)
{
    int32_t i = 0;
    while (i < m->n_arrays && strcmp(m->array[i].name, text) != 0) {
        i++;
    }
    return i < m->n_arrays ? i : -1;
}

static struct shape array_shape(const struct crnl_neural_array *a)
{
    struct shape s = {.rank = a->rank};
    memcpy(s.dim, a->dim, sizeof s.dim);
    return s;
}

static expr_id array_value(struct where *w, const struct ast *a, int32_t model, const char *text)
{
    const struct crnl_neural *m = &w->f->program->neural.data[model];
    int32_t i = find_array(m, text);
    if (i >= 0) {
        struct shape s = array_shape(&m->array[i]);
        return expr_leaf(w->ex, EXPR_NEURAL_GET, TYPE_REAL, s, model, i);
    }
    diag_report(w->f->diag, DIAG_E0201, a->span, "the model '%s' has no parameters '%s'", m->name, text);
    diag_help(w->f->diag, "it has %s", parameters_of(w->f, m));
    return 0;
}

/* Reads units of the model by their name, as its last run has left them. */
static bool is_unit(struct where *w, struct name *n, const char *text)
{
    int32_t at = w->experiment ? neural_use(w->f, n) : -1;
    const struct crnl_neural *m = at >= 0 ? &w->f->program->neural.data[at] : NULL;
    bool found = m && (is_network(m) || (kind_of(m)->method >= 0 && strcmp(text, "time") == 0));
    for (int32_t g = 0; m && kind_of(m)->method >= 0 && g < m->n_groups && !found; g++) {
        found = strcmp(m->group[g].name, text) == 0;
    }
    return found;
}

expr_id neural_part(struct where *w, const struct ast *a, struct name *n)
{
    const struct ast *field = a->kind == AST_INDEX ? index_base(a) : a;
    if (field->kind != AST_FIELD || field_base(field)->kind != AST_NAME) {
        return value_entry(w, a);
    }
    struct name *recorded = experiment_learnt(w, n->text, field->name);
    if (recorded) {
        return a->kind == AST_INDEX ? value_entry(w, a) : experiment_variable(w, recorded);
    }
    if (is_unit(w, n, field->name)) {
        return name_row(w->f, NAME_NETWORK)->part(w, a, n);
    }
    int32_t at = in_experiment(w, a->span, n->text) ? neural_use(w->f, n) : -1;
    if (at < 0) {
        return 0;
    }
    if (a->kind == AST_FIELD) {
        return array_value(w, a, at, field->name);
    }
    uint32_t behind = 1; /* the index of the layer stands before the first index into the array */
    const char *text = field->name;
    if (find_array(&w->f->program->neural.data[at], text) < 0) {
        int64_t layer;
        if (!value_const_int(w, index_at(a, behind++), &layer)) {
            return 0;
        }
        text = arena_printf(w->f->arena, "%s%lld", text, (long long)layer);
    }
    expr_id v = array_value(w, a, at, text);
    struct ast rest = *a;
    rest.kid = a->kid + behind - 1;
    rest.n = a->n - (behind - 1);
    return v && rest.n > 1 ? value_index(w, &rest, v) : v;
}

bool neural_is_open(const struct program *p, int32_t number)
{
    int32_t first = (int32_t)p->global.n, i = 0;
    while (number >= first + p->neural.data[i].n_values) {
        first += p->neural.data[i++].n_values;
    }
    return !p->neural.data[i].value;
}

int32_t neural_first_number(const struct program *p, int32_t model)
{
    int32_t first = (int32_t)p->global.n;
    for (int32_t i = 0; i < model; i++) {
        first += p->neural.data[i].n_values;
    }
    return first;
}

enum neural_follows neural_followed(struct where *w, const struct ast *a, int32_t *first, struct shape *shape,
                                    expr_id *init)
{
    struct name *n = a->kind == AST_FIELD || a->kind == AST_INDEX ? name_root(w, a) : NULL;
    const struct ast *field = a->kind == AST_INDEX ? index_base(a) : a;
    if (!n || n->kind != NAME_MODEL || field->kind != AST_FIELD || field_base(field)->kind != AST_NAME) {
        return NEURAL_NOT;
    }
    int32_t at = neural_use(w->f, n);
    if (at < 0) {
        return NEURAL_FAILED;
    }
    const struct program *p = w->f->program;
    const struct crnl_neural *m = &p->neural.data[at];
    const char *text = field->name;
    int64_t layer = 0;
    if (a->kind == AST_INDEX) {
        if (a->n != 2 || find_array(m, text) >= 0) {
            diag_report(w->f->diag, DIAG_E0520, a->span, "a network takes a whole array of a model");
            return NEURAL_FAILED;
        }
        if (!value_const_int(w, index_at(a, 1), &layer)) {
            return NEURAL_FAILED;
        }
        text = arena_printf(w->f->arena, "%s%lld", text, (long long)layer);
    }
    if (!array_value(w, a, at, text)) {
        return NEURAL_FAILED;
    }
    const struct crnl_neural_array *array = &m->array[find_array(m, text)];
    *shape = array_shape(array);
    *first = neural_first_number(p, at) + array->first;
    expr_id *e = arena_alloc(w->f->arena, ((size_t)array->size + 1) * sizeof *e);
    for (int32_t i = 0; i < array->size; i++) {
        e[i] = expr_real(w->ex, m->value ? m->value[array->first + i] : 0);
    }
    *init = m->value ? value_elements(w, *shape, e) : expr_real(w->ex, 0);
    return NEURAL_FOLLOWS;
}
