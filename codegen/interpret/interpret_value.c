/* Evaluates expressions of experiments by walking them; leaves and effects are calls of the runtime. */
#include "codegen/interpret/interpret.h"

#include <assert.h>
#include <string.h>

#include "support/mem.h"

static size_t type_bytes(enum expr_type type)
{
    switch (type) {
    case TYPE_REAL: return sizeof(double);
    case TYPE_INT: return sizeof(int64_t);
    case TYPE_BOOL: return sizeof(uint8_t);
    default: return sizeof(const char *);
    }
}

size_t value_bytes(enum expr_type type, struct shape shape)
{
    return (size_t)shape_size(shape) * type_bytes(type);
}

static bool stopped(struct execution *x, int status)
{
    if (status && !x->status) {
        x->status = status;
    }
    return status == 0;
}

static bool draw(struct execution *x, const struct expr *e, const void *const *args, double *out)
{
    static const double zero = 0;
    const double *v[2] = {&zero, &zero};
    int32_t stride[2] = {0, 0};
    for (uint32_t k = 0; k < e->n_args && k < 2; k++) {
        v[k] = args[k];
        stride[k] = expr_get(x->in->source->ex, e->args[k])->shape.rank > 0;
    }
    return stopped(x, crnl_random(x->ctx, e->a, e->b, (int32_t)shape_size(e->shape), v[0], stride[0], v[1],
                                  stride[1], out));
}

static void format_bools(struct execution *x, const struct expr *e, const uint8_t *v, const char *format)
{
    int64_t n = shape_size(e->shape);
    int64_t *number = mem_alloc(((size_t)n + 1) * sizeof *number);
    for (int64_t i = 0; i < n; i++) {
        number[i] = v[i];
    }
    crnl_text_bool(x->ctx, number, e->shape.rank, e->shape.dim, format);
    free(number);
}

static const char *format(struct execution *x, const struct expr *e, const void *v)
{
    const struct expr *arg = expr_get(x->in->source->ex, e->args[0]);
    const char *how = e->v.text && *e->v.text ? e->v.text : NULL;
    crnl_text_begin(x->ctx);
    switch (arg->type) {
    case TYPE_REAL: crnl_text_real(x->ctx, v, arg->shape.rank, arg->shape.dim, how); break;
    case TYPE_INT: crnl_text_int(x->ctx, v, arg->shape.rank, arg->shape.dim, how); break;
    case TYPE_BOOL: format_bools(x, arg, v, how); break;
    default: crnl_text_string(x->ctx, *(const char *const *)v); break;
    }
    return crnl_text_end(x->ctx);
}

static const char *join(struct execution *x, const struct expr *e, const void *const *args)
{
    crnl_text_begin(x->ctx);
    for (uint32_t k = 0; k < e->n_args; k++) {
        crnl_text_string(x->ctx, *(const char *const *)args[k]);
    }
    return crnl_text_end(x->ctx);
}

static bool limit(struct execution *x, const struct expr *e, const void *const *args, double *out)
{
    const struct expr_pool *pool = x->in->source->ex;
    int status = 0;
    bool infers = e->op == EXPR_INFER;
    for (uint32_t i = infers ? 2 : 0; i < e->n_args && !status; i += 2) {
        int32_t symbol = (int32_t) * (const int64_t *)args[i];
        int32_t size = x->in->plans[e->a]->model.symbol[symbol].size;
        status = crnl_bind(x->ctx, e->a, symbol, 0, size, args[i + 1],
                           expr_get(pool, e->args[i + 1])->shape.rank == 0, CRNL_WITH, x->line);
    }
    if (infers && !status) {
        status = crnl_infer(x->ctx, engine_method(CRNL_METHOD_ODE_AUTO), e->a, e->b,
                            (int32_t) * (const int64_t *)args[0], (int32_t) * (const int64_t *)args[1], out,
                            x->line);
    } else if (!status) {
        status = crnl_limit(x->ctx, e->a, e->b, out, x->line);
    }
    return stopped(x, status);
}

static bool gradient(struct execution *x, const struct expr *e, const void *const *args, double *out)
{
    const struct expr_pool *pool = x->in->source->ex;
    int status = 0;
    for (uint32_t i = 0; i < e->n_args && !status; i += 2) {
        int32_t n = (int32_t)shape_size(expr_get(pool, e->args[i + 1])->shape);
        status = crnl_cotangent(x->ctx, e->a, (int32_t) * (const int64_t *)args[i], n, args[i + 1], x->line);
    }
    return stopped(
        x, status ? status : crnl_gradient(x->ctx, e->a, e->b, (int32_t)shape_size(e->shape), out, x->line));
}

static bool leaf(void *env, const struct expr *e, const void *const *args, void *out)
{
    struct execution *x = env;
    int32_t n = (int32_t)shape_size(e->shape);
    switch (e->op) {
    case EXPR_GLOBAL: *(double *)out = crnl_get_global(x->ctx, e->a); return true;
    case EXPR_VAR:
        if (n > 0) {
            memcpy(out, x->var[e->a], value_bytes(e->type, e->shape));
        }
        return true;
    case EXPR_NET_GET: return stopped(x, crnl_get(x->ctx, e->a, e->b, 0, n, out, x->line));
    case EXPR_SERIES_AT:
        return stopped(x,
                       crnl_series_at(x->ctx, e->a, *(const int64_t *)args[0], out, e->b ? e->b : x->line));
    case EXPR_SERIES_SIZE: return stopped(x, crnl_series_size(x->ctx, e->a, e->b, out, x->line));
    case EXPR_NET_COUNT: return stopped(x, crnl_count_reactions(x->ctx, e->a, out, x->line));
    case EXPR_NET_TIME: *(double *)out = crnl_get_time(x->ctx, e->a); return true;
    case EXPR_STAT: {
        double arg = e->n_args > 0 ? *(const double *)args[0] : 0;
        return stopped(x, crnl_stat(x->ctx, e->a, e->b, arg, n, out, x->line));
    }
    case EXPR_DATA:
        return stopped(x,
                       crnl_data(x->ctx, e->a, e->b / 2, e->b % 2, *(const int64_t *)args[0], out, x->line));
    case EXPR_GRADIENT: return gradient(x, e, args, out);
    case EXPR_LIMIT:
    case EXPR_INFER: return limit(x, e, args, out);
    case EXPR_NEURAL_ADJOINT:
        return stopped(x, crnl_neural_adjoint(x->ctx, e->a, args[0], args[1], args[2],
                                              *(const double *)args[3], e->b, out, x->line));
    case EXPR_NEURAL: return stopped(x, crnl_neural_apply(x->ctx, e->a, args[0], out, x->line));
    case EXPR_NEURAL_LAW:
        return stopped(x, crnl_neural_law(x->ctx, e->a, e->b, args[0], args[1], out, x->line));
    case EXPR_NEURAL_GET: return stopped(x, crnl_neural_get(x->ctx, e->a, e->b, out, x->line));
    case EXPR_RANDOM: return draw(x, e, args, out);
    case EXPR_SHUFFLE: return stopped(x, crnl_shuffle(x->ctx, e->b, *(const int64_t *)args[0], n, out));
    case EXPR_FORMAT: *(const char **)out = format(x, e, args[0]); return true;
    case EXPR_JOIN: *(const char **)out = join(x, e, args); return true;
    default: assert(!"a leaf of networks in an experiment"); return false;
    }
}

static bool fault(void *env, const struct expr_fault *f, int32_t line)
{
    struct execution *x = env;
    switch (f->kind) {
    case FAULT_INDEX: return stopped(x, crnl_index_error(x->ctx, f->x, f->y, line));
    case FAULT_FLOOR: return stopped(x, crnl_floor_error(x->ctx, f->real, x->line));
    default: return stopped(x, crnl_int_error(x->ctx, engine_int_op(f->op), f->x, f->y, x->line));
    }
}

int evaluate(struct execution *x, expr_id id, void *out)
{
    const struct expr_env env = {.env = x, .leaf = leaf, .fault = fault};
    return expr_eval(x->in->source->ex, id, &env, out) ? 0 : x->status;
}

void *evaluate_new(struct execution *x, expr_id id)
{
    const struct expr *e = expr_get(x->in->source->ex, id);
    void *out = mem_alloc(value_bytes(e->type, e->shape) + 1);
    if (evaluate(x, id, out)) {
        free(out);
        return NULL;
    }
    return out;
}

static void check_scalar(const struct execution *x, expr_id id, enum expr_type type)
{
    const struct expr *e = expr_get(x->in->source->ex, id);
    assert(e->type == type && e->shape.rank == 0);
    (void)e;
    (void)type;
}

int evaluate_real(struct execution *x, expr_id id, double *out)
{
    if (!id) {
        return 0;
    }
    check_scalar(x, id, TYPE_REAL);
    return evaluate(x, id, out);
}

int evaluate_int(struct execution *x, expr_id id, int64_t *out)
{
    if (!id) {
        return 0;
    }
    check_scalar(x, id, TYPE_INT);
    return evaluate(x, id, out);
}

int evaluate_bool(struct execution *x, expr_id id, bool *out)
{
    if (!id) {
        return 0;
    }
    uint8_t v = 0;
    check_scalar(x, id, TYPE_BOOL);
    int status = evaluate(x, id, &v);
    *out = v != 0;
    return status;
}

int evaluate_text(struct execution *x, expr_id id, const char **out)
{
    if (!id) {
        return 0;
    }
    check_scalar(x, id, TYPE_TEXT);
    return evaluate(x, id, out);
}

void store_value(struct execution *x, enum expr_type type, void *to, const void *from, size_t n)
{
    if (type != TYPE_TEXT) {
        if (n > 0) {
            memcpy(to, from, n * type_bytes(type));
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        crnl_text_keep(x->ctx, (const char **)to + i, ((const char *const *)from)[i]);
    }
}
