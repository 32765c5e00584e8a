/* Leaves of an experiment's expressions, which the runtime computes: variables, values of networks,
 * statistics, draws, texts. */
#include "codegen/emit/experiment.h"

#include <assert.h>

static struct experiment *experiment_of(struct emit_body *b)
{
    return (struct experiment *)b;
}

static LLVMValueRef room(struct emit_body *b, const struct expr *x)
{
    return emit_buffer(b, x->type, shape_size(x->shape));
}

/* Loads a scalar; an array stays in its memory. */
static LLVMValueRef result(struct emit_body *b, const struct expr *x, LLVMValueRef memory)
{
    return x->shape.rank == 0 ? emit_get(b, x->type, memory, NULL) : memory;
}

static LLVMValueRef checked(struct emit_body *b, const struct expr *x, enum emit_abi which,
                            LLVMValueRef *args, unsigned n, LLVMValueRef out)
{
    emit_check(b, emit_call(b->e, which, args, n));
    return result(b, x, out);
}

static LLVMValueRef net_get(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    LLVMValueRef out = room(b, x), n = emit_i32(e, shape_size(x->shape));
    LLVMValueRef args[] = {b->ctx, emit_i32(e, x->a),   emit_i32(e, x->b), emit_i32(e, 0), n,
                           out,    emit_i32(e, b->line)};
    return checked(b, x, ABI_crnl_get, args, 7, out);
}

static LLVMValueRef net_count(struct emit_body *b, const struct expr *x)
{
    LLVMValueRef out = room(b, x);
    LLVMValueRef args[] = {b->ctx, emit_i32(b->e, x->a), out, emit_i32(b->e, b->line)};
    return checked(b, x, ABI_crnl_count_reactions, args, 4, out);
}

static LLVMValueRef series_at(struct emit_body *b, const struct expr *x)
{
    LLVMValueRef index = emit_scalar(b, x->args[0]), out = room(b, x);
    LLVMValueRef args[] = {b->ctx, emit_i32(b->e, x->a), index, out, emit_i32(b->e, x->b ? x->b : b->line)};
    return checked(b, x, ABI_crnl_series_at, args, 5, out);
}

static LLVMValueRef series_size(struct emit_body *b, const struct expr *x)
{
    LLVMValueRef out = room(b, x);
    LLVMValueRef args[] = {b->ctx, emit_i32(b->e, x->a), emit_i32(b->e, x->b), out, emit_i32(b->e, b->line)};
    return checked(b, x, ABI_crnl_series_size, args, 5, out);
}

static LLVMValueRef stat(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    LLVMValueRef arg = x->n_args > 0 ? emit_scalar_real(b, x->args[0]) : emit_real(e, 0);
    LLVMValueRef out = room(b, x), n = emit_i32(e, shape_size(x->shape));
    LLVMValueRef args[] = {b->ctx, emit_i32(e, x->a), emit_i32(e, x->b), arg, n, out, emit_i32(e, b->line)};
    return checked(b, x, ABI_crnl_stat, args, 7, out);
}

static LLVMValueRef data(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    LLVMValueRef row = emit_scalar(b, x->args[0]), out = room(b, x), line = emit_i32(e, b->line);
    LLVMValueRef args[] = {b->ctx, emit_i32(e, x->a), emit_i32(e, x->b / 2), emit_i32(e, x->b % 2), row, out,
                           line};
    return checked(b, x, ABI_crnl_data, args, 7, out);
}

/* All values are computed before the first is bound, since they may take limits of the same network. */
static LLVMValueRef limit(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    uint32_t first = x->op == EXPR_INFER ? 2 : 0, n = (x->n_args - first) / 2;
    LLVMValueRef out = room(b, x), net = emit_i32(e, x->a), line = emit_i32(e, b->line);
    LLVMValueRef *value = mem_alloc((n + 1) * sizeof *value);
    for (uint32_t i = 0; i < n; i++) {
        value[i] = emit_values(b, x->args[first + 2 * i + 1], TYPE_REAL);
    }
    for (uint32_t i = 0; i < n; i++) {
        int64_t symbol = 0;
        expr_const_int(b->pool, x->args[first + 2 * i], &symbol);
        const struct crnl_symbol *s = &experiment_of(b)->plans[x->a]->model.symbol[symbol];
        bool broadcast = expr_get(b->pool, x->args[first + 2 * i + 1])->shape.rank == 0;
        LLVMValueRef bind[] = {b->ctx,
                               net,
                               emit_i32(e, symbol),
                               emit_i32(e, 0),
                               emit_i32(e, s->size),
                               value[i],
                               emit_i32(e, broadcast),
                               emit_i32(e, CRNL_WITH),
                               line};
        emit_check(b, emit_call(e, ABI_crnl_bind, bind, 9));
    }
    free(value);
    if (x->op == EXPR_INFER) {
        int64_t phases = 0, statement = 0;
        expr_const_int(b->pool, x->args[0], &phases);
        expr_const_int(b->pool, x->args[1], &statement);
        LLVMValueRef method = emit_external(e, crnl_method_info[CRNL_METHOD_ODE_AUTO].symbol);
        LLVMValueRef all[] = {
            b->ctx, method, net, emit_i32(e, x->b), emit_i32(e, phases), emit_i32(e, statement), out, line};
        return checked(b, x, ABI_crnl_infer, all, 8, out);
    }
    LLVMValueRef args[] = {b->ctx, net, emit_i32(e, x->b), out, line};
    return checked(b, x, ABI_crnl_limit, args, 5, out);
}

static LLVMValueRef gradient(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    uint32_t n = x->n_args / 2;
    LLVMValueRef out = room(b, x), net = emit_i32(e, x->a), line = emit_i32(e, b->line);
    LLVMValueRef *value = mem_alloc((n + 1) * sizeof *value);
    for (uint32_t i = 0; i < n; i++) {
        value[i] = emit_values(b, x->args[2 * i + 1], TYPE_REAL);
    }
    for (uint32_t i = 0; i < n; i++) {
        int64_t what = 0, size = shape_size(expr_get(b->pool, x->args[2 * i + 1])->shape);
        expr_const_int(b->pool, x->args[2 * i], &what);
        LLVMValueRef args[] = {b->ctx, net, emit_i32(e, what), emit_i32(e, size), value[i], line};
        emit_check(b, emit_call(e, ABI_crnl_cotangent, args, 6));
    }
    free(value);
    LLVMValueRef args[] = {b->ctx, net, emit_i32(e, x->b), emit_i32(e, shape_size(x->shape)), out, line};
    return checked(b, x, ABI_crnl_gradient, args, 6, out);
}

static LLVMValueRef neural_adjoint(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    LLVMValueRef value = emit_values(b, x->args[0], TYPE_REAL), input = emit_values(b, x->args[1], TYPE_REAL),
                 target = emit_values(b, x->args[2], TYPE_REAL), time = emit_scalar_real(b, x->args[3]),
                 out = room(b, x);
    LLVMValueRef args[] = {b->ctx, emit_i32(e, x->a),   value, input, target, time, emit_i32(e, x->b),
                           out,    emit_i32(e, b->line)};
    return checked(b, x, ABI_crnl_neural_adjoint, args, 9, out);
}

static LLVMValueRef neural(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    LLVMValueRef in = emit_values(b, x->args[0], TYPE_REAL), out = room(b, x);
    LLVMValueRef args[] = {b->ctx, emit_i32(e, x->a), in, out, emit_i32(e, b->line)};
    return checked(b, x, ABI_crnl_neural_apply, args, 5, out);
}

static LLVMValueRef neural_law(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    LLVMValueRef role = emit_values(b, x->args[0], TYPE_REAL), value = emit_values(b, x->args[1], TYPE_REAL),
                 out = room(b, x);
    LLVMValueRef args[] = {b->ctx, emit_i32(e, x->a),   emit_i32(e, x->b), role, value,
                           out,    emit_i32(e, b->line)};
    return checked(b, x, ABI_crnl_neural_law, args, 7, out);
}

static LLVMValueRef neural_get(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    LLVMValueRef out = room(b, x);
    LLVMValueRef args[] = {b->ctx, emit_i32(e, x->a), emit_i32(e, x->b), out, emit_i32(e, b->line)};
    return checked(b, x, ABI_crnl_neural_get, args, 5, out);
}

static LLVMValueRef random_operand(struct emit_body *b, const struct expr *x, uint32_t i,
                                   LLVMValueRef *stride)
{
    *stride = emit_i32(b->e, 0);
    if (i >= x->n_args || !x->args[i]) {
        LLVMValueRef zero = emit_buffer(b, TYPE_REAL, 1);
        emit_put(b, TYPE_REAL, zero, NULL, emit_real(b->e, 0));
        return zero;
    }
    *stride = emit_i32(b->e, expr_get(b->pool, x->args[i])->shape.rank > 0);
    return emit_values(b, x->args[i], TYPE_REAL);
}

static LLVMValueRef draw(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    LLVMValueRef step_a, step_b, n = emit_i32(e, shape_size(x->shape));
    LLVMValueRef first = random_operand(b, x, 0, &step_a), second = random_operand(b, x, 1, &step_b),
                 out = room(b, x);
    LLVMValueRef args[] = {b->ctx, emit_i32(e, x->a), emit_i32(e, x->b), n, first, step_a, second, step_b,
                           out};
    return checked(b, x, ABI_crnl_random, args, 9, out);
}

static LLVMValueRef shuffle(struct emit_body *b, const struct expr *x)
{
    struct emit *e = b->e;
    LLVMValueRef n = emit_scalar(b, x->args[0]), out = room(b, x);
    LLVMValueRef args[] = {b->ctx, emit_i32(e, x->b), n, emit_i64(e, shape_size(x->shape)), out};
    return checked(b, x, ABI_crnl_shuffle, args, 5, out);
}

/* ---- Texts --------------------------------------------------------------------------------------------- */

/* A piece of a text. Operands are evaluated before the text is opened, since they may build texts of their
 * own. */
struct piece {
    const struct expr *value; /* the value that is written */
    const char *format;
    LLVMValueRef v; /* a text in a register, or elements in memory */
};

static struct piece piece_of(struct emit_body *b, expr_id id)
{
    const struct expr *x = expr_get(b->pool, id);
    struct piece p = {.value = x};
    if (x->op == EXPR_FORMAT) {
        p.format = x->v.text && *x->v.text ? x->v.text : NULL;
        id = x->args[0];
        p.value = x = expr_get(b->pool, id);
    }
    if (x->shape.rank == 0 && x->type == TYPE_TEXT) {
        p.v = emit_scalar(b, id);
    } else {
        p.v = emit_values(b, id, x->type == TYPE_BOOL ? TYPE_INT : (enum expr_type)x->type);
    }
    return p;
}

static void write_piece(struct emit_body *b, const struct piece *p)
{
    struct emit *e = b->e;
    const struct expr *x = p->value;
    if (x->shape.rank == 0 && x->type == TYPE_TEXT) {
        emit_call(e, ABI_crnl_text_string, (LLVMValueRef[]){b->ctx, p->v}, 2);
        return;
    }
    LLVMValueRef dim = emit_blob(e, "dim", x->shape.dim, (size_t)x->shape.rank * sizeof *x->shape.dim);
    LLVMValueRef args[] = {b->ctx, p->v, emit_i32(e, x->shape.rank), dim, emit_text(e, p->format)};
    int write = x->type == TYPE_REAL  ? ABI_crnl_text_real
                : x->type == TYPE_INT ? ABI_crnl_text_int
                                      : ABI_crnl_text_bool;
    emit_call(e, write, args, 5);
}

static LLVMValueRef text(struct emit_body *b, const expr_id *id, uint32_t n)
{
    struct piece *p = mem_alloc((n + 1) * sizeof *p);
    for (uint32_t i = 0; i < n; i++) {
        p[i] = piece_of(b, id[i]);
    }
    emit_call(b->e, ABI_crnl_text_begin, &b->ctx, 1);
    for (uint32_t i = 0; i < n; i++) {
        write_piece(b, &p[i]);
    }
    free(p);
    experiment_of(b)->built_text = true;
    return emit_call(b->e, ABI_crnl_text_end, &b->ctx, 1);
}

/* A FORMAT outside of a JOIN is a text of one piece. */
static LLVMValueRef format(struct emit_body *b, const struct expr *x)
{
    struct piece p = piece_of(b, x->args[0]);
    p.format = x->v.text && *x->v.text ? x->v.text : NULL;
    emit_call(b->e, ABI_crnl_text_begin, &b->ctx, 1);
    write_piece(b, &p);
    experiment_of(b)->built_text = true;
    return emit_call(b->e, ABI_crnl_text_end, &b->ctx, 1);
}

LLVMValueRef experiment_leaf(struct emit_body *b, const struct expr *x)
{
    struct experiment *run = experiment_of(b);
    LLVMValueRef number[] = {b->ctx, emit_i32(b->e, x->a)};
    switch (x->op) {
    case EXPR_GLOBAL: return emit_call(b->e, ABI_crnl_get_global, number, 2);
    case EXPR_SERIES_AT: return series_at(b, x);
    case EXPR_SERIES_SIZE: return series_size(b, x);
    case EXPR_NET_COUNT: return net_count(b, x);
    case EXPR_NET_TIME: return emit_call(b->e, ABI_crnl_get_time, number, 2);
    case EXPR_VAR: return result(b, x, run->variable[x->a]);
    case EXPR_NET_GET: return net_get(b, x);
    case EXPR_STAT: return stat(b, x);
    case EXPR_DATA: return data(b, x);
    case EXPR_GRADIENT: return gradient(b, x);
    case EXPR_LIMIT:
    case EXPR_INFER: return limit(b, x);
    case EXPR_NEURAL_ADJOINT: return neural_adjoint(b, x);
    case EXPR_NEURAL: return neural(b, x);
    case EXPR_NEURAL_LAW: return neural_law(b, x);
    case EXPR_NEURAL_GET: return neural_get(b, x);
    case EXPR_RANDOM: return draw(b, x);
    case EXPR_SHUFFLE: return shuffle(b, x);
    case EXPR_FORMAT: return format(b, x);
    case EXPR_JOIN: return text(b, x->args, x->n_args);
    default: assert(!"not an expression of an experiment"); return NULL;
    }
}
