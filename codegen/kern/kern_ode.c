/* Right side and Jacobian of a small network as straight-line code. Sums have the order of the library's
 * tables (runtime/ode/table_ode.c), so that both give the same bits, but for the sign of zeros. */
#include <math.h>

#include "codegen/kern/kern_lanes.h"

struct ode {
    struct emit_body b;
    struct emit_net_env env;
    const struct plan *plan;
    const struct crnl_model *m;
    struct kern_number number;
    LLVMValueRef k, out;
    LLVMValueRef *sum; /* by entry of `out`: the sum so far; NULL: nothing was added yet */
};

/* Starts void f(env, t, x, p, k, out). */
static void begin(struct ode *o, struct emit *e, const struct plan *plan, struct emit_cache *cache,
                  const char *name, int32_t n, enum kern_lanes lanes)
{
    LLVMTypeRef types[] = {e->ptr, e->real, e->ptr, e->ptr, e->ptr, e->ptr};
    LLVMTypeRef type = LLVMFunctionType(e->none, types, 6, false);
    LLVMValueRef f = kern_lanes_function(e, name, type, lanes);
    *o = (struct ode){.plan = plan, .m = &plan->model, .number = kern_lanes_number(e, lanes)};
    emit_body_init(&o->b, e, cache, f);
    o->env = (struct emit_net_env){.t = LLVMGetParam(f, 1), .x = LLVMGetParam(f, 2), .p = LLVMGetParam(f, 3)};
    o->k = LLVMGetParam(f, 4);
    o->out = LLVMGetParam(f, 5);
    o->b.shared = true;
    o->b.leaf = emit_net_leaf;
    o->b.env = &o->env;
    o->sum = arena_alloc(e->arena, ((size_t)n + 1) * sizeof(LLVMValueRef));
}

static LLVMValueRef end(struct ode *o, int32_t n)
{
    struct emit *e = o->b.e;
    for (int32_t i = 0; i < n; i++) {
        LLVMValueRef sum = o->sum[i] ? o->sum[i] : kern_lanes_constant(e, &o->number, 0);
        emit_store(e, sum, o->out, (size_t)i * o->number.size);
    }
    LLVMBuildRetVoid(e->builder);
    /* for an index out of range, whose result is not a number, as from functions of single expressions */
    if (o->b.fail) {
        LLVMPositionBuilderAtEnd(e->builder, o->b.fail);
        for (int32_t i = 0; i < n; i++) {
            emit_store(e, emit_real(e, (double)NAN), o->out, (size_t)i * sizeof(double));
        }
    }
    LLVMValueRef f = o->b.function;
    emit_body_finish(&o->b);
    return f;
}

static LLVMValueRef element(struct ode *o, LLVMValueRef array, int32_t i)
{
    return emit_load(o->b.e, o->number.type, array, (size_t)i * o->number.size);
}

static LLVMValueRef times(struct ode *o, LLVMValueRef v, LLVMValueRef w)
{
    return LLVMBuildFMul(o->b.e->builder, v, w, "");
}

/* sum[i] += delta * v */
static void add(struct ode *o, int32_t i, double delta, LLVMValueRef v)
{
    LLVMValueRef part = times(o, kern_lanes_constant(o->b.e, &o->number, delta), v);
    o->sum[i] = o->sum[i] ? LLVMBuildFAdd(o->b.e->builder, o->sum[i], part, "") : part;
}

static int32_t law_of(const struct crnl_model *m, int32_t j)
{
    return m->law ? m->law[j] : -1;
}

static LLVMValueRef expression(struct ode *o, int32_t i)
{
    return emit_scalar_real(&o->b, o->plan->expr[i]);
}

static LLVMValueRef rate(struct ode *o, int32_t j)
{
    const struct crnl_model *m = o->m;
    LLVMValueRef v = element(o, o->k, j);
    if (law_of(m, j) >= 0) {
        return emit_net_rate(o->b.e, v, expression(o, law_of(m, j)));
    }
    for (int32_t i = m->lhs_ptr[j]; i < m->lhs_ptr[j + 1]; i++) {
        LLVMValueRef x = element(o, o->env.x, m->lhs_species[i]);
        for (double n = 0; n < m->lhs_count[i]; n++) {
            v = times(o, v, x);
        }
    }
    return v;
}

static LLVMValueRef right_side(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                               const char *name, enum kern_lanes lanes)
{
    struct ode o;
    const struct crnl_model *m = &plan->model;
    begin(&o, e, plan, cache, name, m->n_species, lanes);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        LLVMValueRef v = rate(&o, j);
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            add(&o, m->net_species[i], m->net_delta[i], v);
        }
    }
    return end(&o, m->n_species);
}

/* The derivative of the propensity of mass action reaction j with respect to the amount of reactant entry
 * i. */
static LLVMValueRef partial(struct ode *o, int32_t j, int32_t i)
{
    const struct crnl_model *m = o->m;
    LLVMValueRef v = times(o, element(o, o->k, j), emit_real(o->b.e, m->lhs_count[i]));
    for (int32_t f = m->lhs_ptr[j]; f < m->lhs_ptr[j + 1]; f++) {
        LLVMValueRef x = element(o, o->env.x, m->lhs_species[f]), power = NULL;
        for (double n = f == i ? 1 : 0; n < m->lhs_count[f]; n++) {
            power = power ? times(o, power, x) : x;
        }
        v = power ? times(o, v, power) : v;
    }
    return v;
}

static void scatter(struct ode *o, int32_t entry, LLVMValueRef v)
{
    for (int32_t i = o->m->jac_ptr[entry]; i < o->m->jac_ptr[entry + 1]; i++) {
        add(o, o->m->jac_pos[i], o->m->jac_delta[i], v);
    }
}

static LLVMValueRef jacobian(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                             const char *name)
{
    struct ode o;
    const struct crnl_model *m = &plan->model;
    int32_t n_lhs = m->lhs_ptr[m->n_reactions];
    begin(&o, e, plan, cache, name, m->jac_nnz, KERN_ONE);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (law_of(m, j) < 0) {
            for (int32_t i = m->lhs_ptr[j]; i < m->lhs_ptr[j + 1]; i++) {
                scatter(&o, i, partial(&o, j, i));
            }
            continue;
        }
        LLVMValueRef k = element(&o, o.k, j);
        for (int32_t i = m->grad_ptr[j]; i < m->grad_ptr[j + 1]; i++) {
            scatter(&o, n_lhs + i, emit_net_rate(e, k, expression(&o, m->grad_expr[i])));
        }
    }
    return end(&o, m->jac_nnz);
}

static bool is_mass_action(const struct crnl_model *m)
{
    bool is = true;
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        is &= m->law[j] < 0;
    }
    return is;
}

void kern_emit_ode_unrolled(struct emit *e, const struct plan *plan, struct emit_cache *cache, int index,
                            struct emit_net *code)
{
    code->rhs = right_side(e, plan, cache, arena_printf(e->arena, "net%d_rhs", index), KERN_ONE);
    if (plan->unrolls_jacobian) {
        code->jac = jacobian(e, plan, cache, arena_printf(e->arena, "net%d_jac", index));
    }
    if (plan->model.n_reverse > 0) {
        const char *name = arena_printf(e->arena, "net%d_reverse", index);
        code->reverse = kern_emit_reverse(e, plan, cache, name, KERN_ONE);
        if (is_mass_action(&plan->model) && kern_lanes_pay(e)) {
            code->rhs_lanes = kern_lanes_choice(e, plan, cache, index, "rhs_lanes", false, right_side);
            code->reverse_lanes =
                kern_lanes_choice(e, plan, cache, index, "reverse_lanes", false, kern_emit_reverse);
        }
    }
}
