/* Neural models: declarations (`model m = relu[4, 8, 3] { ... }`, `model m = other from "file"`) and their values. A kind of
 * model is a line in `kinds` and a function that lays out its parameters. */
#include "frontend/neural.h"

#include <stdlib.h>
#include <string.h>

#include "frontend/experiment.h"
#include "frontend/name.h"

struct declaration {
    struct front *f;
    struct where w;        /* constants */
    const struct ast *ast; /* MODEL */
    struct crnl_neural m;
};

static struct arena *arena_of(struct declaration *d)
{
    return d->f->program->arena;
}

static bool complain(struct declaration *d, const struct ast *at, const char *what, const char *help)
{
    diag_report(d->f->diag, DIAG_E0520, at->span, "%s", what);
    diag_help(d->f->diag, "%s", help);
    return false;
}

/* ---- relu ---- */

static const char relu_example[] = "as in model m = relu[4, 8, 3] { weights = binary; }";

static bool relu_widths(struct declaration *d)
{
    const struct ast *dims = model_dims(d->ast);
    if (!dims || dims->n < 2 || dims->n > CRNL_NEURAL_MAX_LAYERS + 1) {
        return complain(d, dims ? dims : d->ast,
                        "relu needs the widths of its layers, from the inputs to the outputs", relu_example);
    }
    int32_t *width = arena_alloc(arena_of(d), dims->n * sizeof *width);
    int64_t values = 0;
    for (uint32_t i = 0; i < dims->n; i++) {
        int64_t n;
        if (!value_const_int(&d->w, dims_size(dims, i), &n)) {
            return false;
        }
        values += i > 0 ? n * (width[i - 1] + 1) : 0;
        if (n < 1) {
            return complain(d, dims_size(dims, i), "a layer has at least one unit", relu_example);
        }
        if (n > CRNL_NEURAL_MAX_VALUES || values > CRNL_NEURAL_MAX_VALUES) {
            return complain(d, dims_size(dims, i), "the model has too many parameters",
                            "134217728 are the limit");
        }
        width[i] = (int32_t)n;
    }
    d->m.width = width;
    d->m.n_layers = (int32_t)dims->n - 1;
    d->m.inputs = width[0];
    d->m.outputs = width[d->m.n_layers];
    return true;
}

static bool relu_option(struct declaration *d, const struct ast *a)
{
    static const char *const weights[] = {"binary", "ternary", "real"};
    const char *name =
        a->kind == AST_ASSIGN && assign_target(a)->kind == AST_NAME ? assign_target(a)->name : "";
    const struct ast *value = a->kind == AST_ASSIGN ? assign_value(a) : NULL;
    if (strcmp(name, "weights") == 0) {
        for (int i = 0; i < 3; i++) {
            if (value->kind == AST_NAME && strcmp(value->name, weights[i]) == 0) {
                d->m.weights = i;
                return true;
            }
        }
        return complain(d, value, "weights are binary, ternary or real", relu_example);
    }
    if (strcmp(name, "bits") == 0) {
        int64_t n;
        if (!value_const_int(&d->w, value, &n)) {
            return false;
        }
        d->m.bits = (int32_t)n;
        return (n >= 2 && n <= CRNL_NEURAL_MAX_BITS) ||
               complain(d, value, "weights are rounded to 2 to 24 bits", "as in weights = real; bits = 8;");
    }
    return complain(d, a, "a relu model says its `weights` and, if they are real, its `bits`", relu_example);
}

static void relu_arrays(struct declaration *d)
{
    struct crnl_neural *m = &d->m;
    struct crnl_neural_array *array = arena_alloc(arena_of(d), 2 * (size_t)m->n_layers * sizeof *array);
    for (int32_t l = 0; l < m->n_layers; l++) {
        int32_t in = m->width[l], out = m->width[l + 1];
        array[2 * l] = (struct crnl_neural_array){
            arena_printf(arena_of(d), "w%d", l), 2, {in, out}, m->n_values, in * out};
        m->n_values += in * out;
        array[2 * l + 1] =
            (struct crnl_neural_array){arena_printf(arena_of(d), "b%d", l), 1, {out, 0}, m->n_values, out};
        m->n_values += out;
    }
    m->array = array;
    m->n_arrays = 2 * m->n_layers;
}

static bool relu_declare(struct declaration *d)
{
    d->m.kind = &crnl_neural_relu;
    d->m.weights = CRNL_WEIGHTS_BINARY;
    const struct ast *block = model_block(d->ast);
    if (!relu_widths(d)) {
        return false;
    }
    for (uint32_t i = 0; block && i < block->n; i++) {
        if (!relu_option(d, block_statement(block, i))) {
            return false;
        }
    }
    if (d->m.bits && d->m.weights != CRNL_WEIGHTS_REAL) {
        return complain(d, d->ast, "binary and ternary weights have no `bits`",
                        "as in weights = real; bits = 8;");
    }
    relu_arrays(d);
    return true;
}

/* ---- declarations ---- */

static const struct kind {
    const char *name;
    bool (*declare)(struct declaration *d); /* NULL: not in this version */
} kinds[] = {{"relu", relu_declare}, {"boltzmann", NULL}, {"neural_ode", NULL}, {"reaction_tensor", NULL}};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static bool declare_kind(struct declaration *d)
{
    const struct ast *word = model_kind(d->ast);
    const char *known[N_KINDS];
    for (int i = 0; i < N_KINDS; i++) {
        known[i] = kinds[i].name;
        if (strcmp(kinds[i].name, word->name) == 0) {
            return kinds[i].declare
                       ? kinds[i].declare(d)
                       : front_later(d->f, word->span,
                                     arena_printf(d->f->arena, "models of kind '%s'", word->name));
        }
    }
    diag_report(d->f->diag, DIAG_E0520, word->span, "there is no kind of model '%s'", word->name);
    const char *near = diag_nearest(word->name, known, N_KINDS);
    diag_help(d->f->diag, near ? "did you mean '%s'?" : "a kind of model is relu%.0s", near ? near : "");
    return false;
}

/* Another model's layout with parameters from a file. */
static bool declare_from(struct declaration *d, struct name *n)
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
    double *value = arena_alloc(arena_of(d), ((size_t)d->m.n_values + 1) * sizeof *value);
    char *message;
    const struct compile_options *o = d->f->options;
    if (crnl_neural_read(&d->m, o->out_dir, o->data_dir, e.v.text, value, &message)) {
        front_file_error(d->f, file->span, message);
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
        diag_report(f->diag, DIAG_E0206, n->span, "the model '%s' is defined by itself", n->text);
        return -1;
    }
    struct declaration d = {.f = f, .ast = n->ast};
    d.w = (struct where){.f = f, .ex = f->constants, .module = n->module, .what = "the size of a model"};
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
    n->index = (int32_t)f->program->neural.n - 1;
    return n->index;
}

/* ---- values ---- */

static bool in_experiment(struct where *w, struct span at, const char *name)
{
    return (w->experiment && !w->observe && !w->build) ||
           diag_report(w->f->diag, DIAG_E0204, at, "the model '%s' is evaluated in experiments only", name);
}

expr_id neural_call(struct where *w, const struct ast *a, struct name *n)
{
    int32_t at = in_experiment(w, a->span, n->text) ? neural_use(w->f, n) : -1;
    if (at < 0) {
        return 0;
    }
    const struct crnl_neural *m = &w->f->program->neural.data[at];
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

static expr_id array_value(struct where *w, const struct ast *a, struct name *n, const char *text)
{
    int32_t at = in_experiment(w, a->span, n->text) ? neural_use(w->f, n) : -1;
    if (at < 0) {
        return 0;
    }
    const struct crnl_neural *m = &w->f->program->neural.data[at];
    for (int32_t i = 0; i < m->n_arrays; i++) {
        const struct crnl_neural_array *array = &m->array[i];
        if (strcmp(array->name, text) == 0) {
            struct shape s = {array->rank, {array->dim[0], array->dim[1]}};
            return expr_leaf(w->ex, EXPR_NEURAL_GET, TYPE_REAL, s, at, i);
        }
    }
    diag_report(w->f->diag, DIAG_E0201, a->span, "the model '%s' has no parameters '%s'", n->text, text);
    diag_help(w->f->diag, "it has weights and biases of %d layers: %s.w[0], %s.b[0], ...", m->n_layers,
              n->text, n->text);
    return 0;
}

expr_id neural_part(struct where *w, const struct ast *a, struct name *n)
{
    const struct ast *field = a->kind == AST_INDEX ? index_base(a) : a;
    if (field->kind != AST_FIELD || field_base(field)->kind != AST_NAME) {
        return value_entry(w, a);
    }
    struct name *recorded = experiment_learnt(w, n->text, field->name);
    if (recorded) {
        return experiment_variable(w, recorded);
    }
    if (a->kind == AST_FIELD) {
        return array_value(w, a, n, field->name);
    }
    int64_t layer;
    if (!value_const_int(w, index_at(a, 1), &layer)) {
        return 0;
    }
    expr_id v = array_value(w, a, n, arena_printf(w->f->arena, "%s%lld", field->name, (long long)layer));
    struct ast rest = *a; /* the indices behind the layer */
    rest.kid = a->kid + 1;
    rest.n = a->n - 1;
    return v && rest.n > 1 ? value_index(w, &rest, v) : v;
}
