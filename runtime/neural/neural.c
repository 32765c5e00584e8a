/* Neural models of a running program: their parameters, and their values for an input. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rt_ctx.h"
#include "rt_neural.h"

int32_t rt_neural_widest(const struct crnl_neural *m)
{
    int32_t widest = m->outputs;
    for (int32_t l = 0; l <= m->n_layers; l++) {
        widest = m->width[l] > widest ? m->width[l] : widest;
    }
    return widest;
}

void crnl_neural_describe(const struct crnl_neural *m, FILE *out)
{
    m->kind->describe(m, out);
    fprintf(out, ", %d parameters", m->n_values);
}

void rt_neural_round(double *w, int32_t n, int32_t bits)
{
    double largest = 0;
    for (int32_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs(w[i]));
    }
    if (bits == 0 || largest == 0) {
        return;
    }
    double most = ldexp(1, bits - 1) - 1, step = ldexp(1, ilogb(largest / most));
    while (floor(largest / step + 0.5) > most) {
        step *= 2;
    }
    for (int32_t i = 0; i < n; i++) {
        w[i] = copysign(floor(fabs(w[i]) / step + 0.5) * step, w[i]);
    }
}

static int32_t first_number(const struct crnl_ctx *ctx, int32_t neural)
{
    int32_t first = ctx->program->n_globals;
    for (int32_t i = 0; i < neural; i++) {
        first += ctx->program->neural[i].n_values;
    }
    return first;
}

int32_t rt_neural_symbol(const struct crnl_model *m, const char *name)
{
    int32_t i = 0;
    while (strcmp(m->symbol[i].name, name) != 0) {
        i++;
    }
    return i;
}

/* Reads values that `set` gave to a network whose parameters are those of the model. */
static void take_set(const struct rt_network *n, const struct crnl_neural *model, double *value)
{
    for (int32_t i = 0; n->param_set.any && i < model->n_arrays; i++) {
        const struct crnl_neural_array *a = &model->array[i];
        const struct crnl_elem *e = &n->m->elem[n->m->symbol[rt_neural_symbol(n->m, a->name)].first];
        for (int32_t j = 0; j < a->size; j++) {
            if (n->param_set.set[e[j].a]) {
                value[a->first + j] = n->param_set.value[e[j].a];
            }
        }
    }
}

void rt_neural_publish(struct crnl_ctx *ctx, int32_t neural)
{
    const struct crnl_neural *m = &ctx->program->neural[neural];
    double *value = ctx->global + first_number(ctx, neural);
    memcpy(value, ctx->neural[neural].value, (size_t)m->n_values * sizeof *value);
    for (int32_t i = 0; i < ctx->program->n_nets; i++) {
        if (ctx->program->net[i]->params_of == neural + 1) {
            take_set(rt_network(ctx, i), m, value);
        }
    }
    ctx->globals_version++;
}

/* Whether a parameter depends on the given numbers of the program, found by setting these to NaN. Parameters
 * given by `set` and `with` do not depend on them. */
static bool depends(struct crnl_ctx *ctx, struct rt_network *n, int32_t first, int32_t n_numbers)
{
    int32_t n_params = n->m->n_params;
    double *known = ctx->global, *param = rt_alloc((size_t)n_params, sizeof *param);
    bool found = false;
    ctx->global = rt_copy(known, rt_count_numbers(ctx->program), sizeof *known);
    for (int32_t i = 0; i < n_numbers; i++) {
        ctx->global[first + i] = NAN;
    }
    rt_network_params(ctx, n, true, param);
    for (int32_t i = 0; i < n_params && !found; i++) {
        found = isnan(param[i]) && !isnan(n->run_param[i]);
    }
    free(ctx->global);
    free(param);
    ctx->global = known;
    return found;
}

/* Whether the network reads the model's parameters: it is the network of the model itself, or its parameters
 * depend on them. */
static bool follows(struct crnl_ctx *ctx, struct rt_network *n, int32_t neural)
{
    const struct crnl_tape *tape = &n->m->defaults;
    int32_t first = first_number(ctx, neural), n_numbers = ctx->program->neural[neural].n_values;
    bool found = false;
    for (int32_t c = 0; c < tape->n_code && !found; c++) {
        const struct crnl_tape_code *code = &tape->code[c];
        found = code->op == CRNL_TAPE_GLOBAL && code->a >= first && code->a < first + n_numbers;
    }
    return n->m->units_of == neural + 1 || (found && depends(ctx, n, first, n_numbers));
}

int rt_neural_check_followed(struct crnl_ctx *ctx, struct rt_network *n, struct rt_error *e)
{
    for (int32_t i = 0; i < ctx->program->n_neurals; i++) {
        const struct crnl_neural *m = &ctx->program->neural[i];
        if (ctx->neural[i].known || !follows(ctx, n, i)) {
            continue;
        }
        if (n->m->units_of) {
            rt_fail(e, CRNL_NO_RUN, "the model `%s` has no parameters yet", m->name);
        } else {
            rt_fail(e, CRNL_NO_RUN, "`%s` follows the model `%s`, which has no parameters yet", n->m->name,
                    m->name);
        }
        rt_putf(&e->text, "\n  help: `learn %s from ...`, or `load %s from \"file.npz\"` first", m->name,
                m->name);
        return e->status;
    }
    return CRNL_OK;
}

void rt_neural_create(struct crnl_ctx *ctx)
{
    int32_t n = ctx->program->n_neurals;
    ctx->neural = rt_alloc((size_t)n, sizeof *ctx->neural);
    for (int32_t i = 0; i < n; i++) {
        const struct crnl_neural *m = &ctx->program->neural[i];
        struct rt_neural *s = &ctx->neural[i];
        s->value = rt_alloc((size_t)m->n_values, sizeof *s->value);
        s->work = rt_alloc(m->kind->work ? m->kind->work(m) : 1, sizeof *s->work);
        s->known = m->value != NULL;
        if (m->value) {
            memcpy(s->value, m->value, (size_t)m->n_values * sizeof *s->value);
            rt_neural_publish(ctx, i);
        }
    }
}

void rt_neural_copy(struct crnl_ctx *to, const struct crnl_ctx *from)
{
    for (int32_t i = 0; i < from->program->n_neurals; i++) {
        size_t n = (size_t)from->program->neural[i].n_values;
        memcpy(to->neural[i].value, from->neural[i].value, n * sizeof *to->neural[i].value);
        to->neural[i].known = from->neural[i].known;
    }
}

void rt_neural_free(struct crnl_ctx *ctx)
{
    for (int32_t i = 0; i < ctx->program->n_neurals; i++) {
        free(ctx->neural[i].value);
        free(ctx->neural[i].work);
    }
    free(ctx->neural);
}

const double *rt_neural_value(const struct crnl_ctx *ctx, int32_t neural)
{
    return ctx->neural[neural].value;
}

int rt_neural_check_known(struct crnl_ctx *ctx, int32_t neural, int32_t line)
{
    const char *name = ctx->program->neural[neural].name;
    return ctx->neural[neural].known
               ? CRNL_OK
               : crnl_fail(ctx, CRNL_NO_RUN, line,
                           "the model `%s` has no parameters yet\n"
                           "  help: `learn %s from ...`, or `load %s from \"file.npz\"` first",
                           name, name, name);
}

int crnl_neural_apply(struct crnl_ctx *ctx, int32_t neural, const double *x, double *y, int32_t line)
{
    const struct crnl_neural *m = &ctx->program->neural[neural];
    struct rt_neural *s = &ctx->neural[neural];
    int status = rt_neural_check_known(ctx, neural, line);
    if (!status) {
        m->kind->apply(m, s->value, x, y, s->work);
    }
    return status;
}

int crnl_neural_law(struct crnl_ctx *ctx, int32_t neural, int32_t marginals, const double *role,
                    const double *given, double *out, int32_t line)
{
    const struct crnl_neural *m = &ctx->program->neural[neural];
    struct rt_error error = {0};
    int status = rt_neural_check_known(ctx, neural, line);
    if (!status) {
        m->kind->law(m, ctx->neural[neural].value, marginals, role, given, out, &error);
        status = rt_fail_at(ctx, line, &error);
    }
    return status;
}

int crnl_neural_start(struct crnl_ctx *ctx, int32_t neural, const double *value, int32_t line)
{
    const struct crnl_neural *m = &ctx->program->neural[neural];
    struct rt_neural *s = &ctx->neural[neural];
    struct rt_error e = {0};
    memcpy(s->value, value, (size_t)m->n_values * sizeof *value);
    if (!m->kind->admit(m, s->value, "its first values", &e)) {
        s->known = true;
        rt_neural_publish(ctx, neural);
    }
    return rt_fail_at(ctx, line, &e);
}

int crnl_neural_get(struct crnl_ctx *ctx, int32_t neural, int32_t array, double *out, int32_t line)
{
    const struct crnl_neural_array *a = &ctx->program->neural[neural].array[array];
    int status = rt_neural_check_known(ctx, neural, line);
    if (!status) {
        memcpy(out, ctx->neural[neural].value + a->first, (size_t)a->size * sizeof *out);
    }
    return status;
}
