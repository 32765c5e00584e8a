/* model m = relu[4, 8, 3] { weights = binary; } */
#include <string.h>

#include "frontend/neural/neural_kind.h"

static const char relu_example[] = "as in model m = relu[4, 8, 3] { weights = binary; }";

static bool relu_widths(struct neural_declaration *d)
{
    const struct ast *dims = model_dims(d->ast);
    if (!dims || dims->n < 2 || dims->n > CRNL_NEURAL_MAX_LAYERS + 1) {
        return neural_complain(d, dims ? dims : d->ast,
                               "relu needs the widths of its layers, from the inputs to the outputs",
                               relu_example);
    }
    int32_t *width = arena_alloc(neural_arena(d), dims->n * sizeof *width);
    int64_t values = 0;
    for (uint32_t i = 0; i < dims->n; i++) {
        int64_t n;
        if (!value_const_int(&d->w, dims_size(dims, i), &n)) {
            return false;
        }
        if (n < 1) {
            return neural_complain(d, dims_size(dims, i), "a layer has at least one unit", relu_example);
        }
        values += i > 0 && n <= CRNL_NEURAL_MAX_VALUES ? n * (width[i - 1] + 1) : 0;
        if (n > CRNL_NEURAL_MAX_VALUES || values > CRNL_NEURAL_MAX_VALUES) {
            return neural_complain(d, dims_size(dims, i), "the model has too many parameters",
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

static bool relu_option(struct neural_declaration *d, const struct ast *a)
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
        return neural_complain(d, value, "weights are binary, ternary or real", relu_example);
    }
    if (strcmp(name, "bits") == 0) {
        int64_t n;
        if (!value_const_int(&d->w, value, &n)) {
            return false;
        }
        d->m.bits = (int32_t)n;
        return (n >= 2 && n <= CRNL_NEURAL_MAX_BITS) ||
               neural_complain(d, value, "weights are rounded to 2 to 24 bits",
                               "as in weights = real; bits = 8;");
    }
    if (strcmp(name, "activation") == 0 || strcmp(name, "output") == 0) {
        return neural_complain(d, a, "what units of a relu model do is not chosen: each gives max(0, sum)",
                               "leave it out; the last layer gives its sums as they are");
    }
    return neural_complain(d, a, "a relu model says its `weights` and, if they are real, its `bits`",
                           relu_example);
}

static void relu_arrays(struct neural_declaration *d)
{
    struct crnl_neural *m = &d->m;
    struct crnl_neural_array *array = arena_alloc(neural_arena(d), 2 * (size_t)m->n_layers * sizeof *array);
    for (int32_t l = 0; l < m->n_layers; l++) {
        int32_t in = m->width[l], out = m->width[l + 1];
        array[2 * l] = (struct crnl_neural_array){
            arena_printf(neural_arena(d), "w%d", l), 2, {in, out}, m->n_values, in * out};
        m->n_values += in * out;
        array[2 * l + 1] = (struct crnl_neural_array){
            arena_printf(neural_arena(d), "b%d", l), 1, {out, 0}, m->n_values, out};
        m->n_values += out;
    }
    m->array = array;
    m->n_arrays = 2 * m->n_layers;
}

static bool relu_declare(struct neural_declaration *d)
{
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
        return neural_complain(d, d->ast, "binary and ternary weights have no `bits`",
                               "as in weights = real; bits = 8;");
    }
    relu_arrays(d);
    return true;
}

static const char relu_parameters[] = "weights and biases of its layers: %1$s.w[0], %1$s.b[0], ...";

static size_t relu_fields(struct arena *a, const struct crnl_neural *m, struct neural_field **out)
{
    *out = arena_alloc(a, 2 * sizeof **out);
    (*out)[0] = (struct neural_field){"input", shape_vector(m->inputs)};
    (*out)[1] = (struct neural_field){"label", shape_scalar()};
    return 2;
}

const struct neural_kind neural_kind_relu = {"relu",      &crnl_neural_relu, -1,  relu_declare,
                                             relu_fields, relu_parameters,   NULL};
