/* model osc = reaction_tensor { species 5; } has the parameters W[n, n, n] and x0[n] (ir/lower/tensor.h).
 * It is run like a network. */
#include "frontend/neural/neural_kind.h"

static const char example[] = "as in model osc = reaction_tensor { species 5; }";
enum { MOST_SPECIES = 64 };

static bool declare(struct neural_declaration *d)
{
    const struct ast *block = model_block(d->ast);
    int64_t n = 0;
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind != AST_MODEL_SPECIES || n > 0) {
            return neural_complain(d, a, "a reaction tensor says how many species it has, and no more",
                                   example);
        }
        if (!value_const_int(&d->w, model_species_number(a), &n)) {
            return false;
        }
        if (n < 2 || n > MOST_SPECIES) {
            return neural_complain(d, model_species_number(a), "a reaction tensor has 2 to 64 species",
                                   example);
        }
    }
    if (n == 0 || model_dims(d->ast)) {
        return neural_complain(d, d->ast, "a reaction tensor says how many species it has", example);
    }
    int32_t s = (int32_t)n;
    struct crnl_neural_array *array = arena_alloc(neural_arena(d), 2 * sizeof *array);
    array[0] = (struct crnl_neural_array){"W", 3, {s, s, s}, 0, s * s * s};
    array[1] = (struct crnl_neural_array){"x0", 1, {s}, s * s * s, s};
    d->m.array = array;
    d->m.n_arrays = 2;
    d->m.n_values = s * s * s + s;
    return true;
}

static size_t fields(struct arena *a, const struct crnl_neural *m, struct neural_field **out)
{
    (void)a, (void)m;
    *out = NULL;
    return 0;
}

static const char parameters[] =
    "rates by catalyst, input and output, and amounts at the start: %1$s.W[c, a, b], %1$s.x0[a]";

enum { NORMAL = 1 }; /* enum crnl_random_kind */

/* First, W is drawn from the standard normal distribution, and all species have the same amount. */
static expr_id start(struct where *w, const struct ast *model, const struct crnl_neural *m)
{
    (void)model;
    int32_t n = m->array[1].size;
    expr_id of[2] = {expr_real(w->ex, 0), expr_real(w->ex, 1)};
    expr_id drawn = expr_call(w->ex, EXPR_RANDOM, TYPE_REAL, shape_vector(m->array[0].size), NORMAL,
                              experiment_statement(w), 2, of);
    return expr_concat(w->ex, drawn, expr_fill(w->ex, expr_real(w->ex, 1.0 / n), shape_vector(n)));
}

const struct neural_kind neural_kind_reaction_tensor = {"reaction_tensor",
                                                        &crnl_neural_reaction_tensor,
                                                        CRNL_METHOD_ODE_AUTO,
                                                        declare,
                                                        fields,
                                                        parameters,
                                                        start};
