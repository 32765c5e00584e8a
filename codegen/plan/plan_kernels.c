/* Which kernels may run a network. For emitted kernels the rules are here and look at the network's
 * expressions; kernels of the library have their own rules. The choice among those that may is made at run
 * time, from the amounts. */
#include "codegen/plan/plan_build.h"

#include "runtime/crnl_gpu.h"
#include "runtime/crnl_lockstep.h"

#include <stdlib.h>
#include <string.h>

/* The kernels of the library; for emitted kernels, why_not has the rule. */
static const struct crnl_kernel *const kernels[CRNL_KERNEL_COUNT] = {
#define KERNEL(slot, id, made, name, rule, help) &crnl_kernel_##rule,
#include "runtime/crnl_kernel.def"
};
static const char *(*const why_not[CRNL_KERNEL_COUNT])(const struct plan *p, const struct plan_options *o) = {
#define KERN_EMITTED(rule)                       kern_why_not_##rule
#define KERN_LIBRARY(rule)                       NULL
#define KERNEL(slot, id, made, name, rule, help) KERN_##made(rule),
#include "runtime/crnl_kernel.def"
#undef KERN_EMITTED
#undef KERN_LIBRARY
};

bool plan_may_fail(const struct expr *x)
{
    return x->type == TYPE_INT && expr_is_elementwise(x->op) && x->op != EXPR_MIN && x->op != EXPR_MAX;
}

static void find_checked(void *env, expr_id id, const struct expr *x)
{
    (void)id;
    bool *any = env;
    *any = *any || plan_may_fail(x) || x->op == EXPR_TAKE || x->op == EXPR_GATHER;
}

/* Why propensities do not fit straight-line code; NULL if they do. They do not when an index or integer
 * arithmetic may have no value, since such a propensity must be not-a-number, or when there are too many
 * reactant molecules. */
static const char *why_not_plain(const struct plan *p)
{
    enum { MAX_FACTORS = 1024 }; /* of all propensities together, for one function */
    const struct crnl_model *m = &p->model;
    double factors = 0;
    bool checked = false;
    for (int32_t i = 0; i < m->lhs_ptr[m->n_reactions]; i++) {
        factors += m->lhs_count[i];
    }
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        if (m->law[j] >= 0) {
            expr_visit(p->net->ex, p->expr[m->law[j]], find_checked, &checked);
        }
    }
    return factors > MAX_FACTORS ? "too many reactants" : checked ? "a law may have no value" : NULL;
}

struct formulas {
    int64_t nodes;
    bool checked;
};

static void count_formula(void *env, expr_id id, const struct expr *x)
{
    struct formulas *f = env;
    f->nodes++;
    find_checked(&f->checked, id, x);
}

static void each_watched_formula(const struct plan *p,
                                 void (*visit)(void *env, expr_id id, const struct expr *x), void *env)
{
    int32_t n = crnl_watch_list(&p->model, NULL);
    struct crnl_watch_item *item = mem_alloc(((size_t)n + 1) * sizeof *item);
    crnl_watch_list(&p->model, item);
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < item[i].n_elems; k++) {
            if (item[i].elem[k].kind == CRNL_ELEM_EXPR) {
                expr_visit(p->net->ex, p->expr[item[i].elem[k].a], visit, env);
            }
        }
    }
    free(item);
}

/* Why watched quantities do not fit into the loop over reactions, where each of them is computed after each
 * reaction; NULL if they do. */
static const char *why_not_watched(const struct plan *p)
{
    enum { MAX_NODES = 1000 };
    struct formulas f = {0};
    each_watched_formula(p, count_formula, &f);
    return f.checked             ? "a formula that is averaged may have no value"
           : f.nodes > MAX_NODES ? "formulas that are averaged are too large"
                                 : NULL;
}

/* The limits are checked first, since the other rules visit every expression. */
const char *kern_why_not_ssa_unrolled(const struct plan *p, const struct plan_options *o)
{
    enum { MAX_SPECIES = 256 };
    const struct crnl_model *m = &p->model;
    const int32_t two_levels = CRNL_FAN * CRNL_FAN;
    int32_t most = o->unroll_ssa_limit < two_levels ? o->unroll_ssa_limit : two_levels;
    if (m->n_reactions > most) {
        return arena_printf(p->arena, "%d reactions, more than %d", (int)m->n_reactions, (int)most);
    }
    const char *rates = m->n_reactions == 0          ? "no reactions"
                        : m->n_species > MAX_SPECIES ? "too many species"
                        : m->n_timed > 0             ? "a law reads the time"
                                                     : why_not_plain(p);
    return rates ? rates : why_not_watched(p);
}

/* The size of straight-line code grows with the number of net changes, that of a Jacobian with its entries.
 * Large networks use loops instead. */
const char *kern_why_not_ode_unrolled(const struct plan *p, const struct plan_options *o)
{
    const struct crnl_model *m = &p->model;
    int32_t n_changes = m->net_ptr[m->n_reactions];
    if (n_changes > o->unroll_rhs_limit) {
        return arena_printf(p->arena, "%d net changes, more than %d", (int)n_changes,
                            (int)o->unroll_rhs_limit);
    }
    return why_not_plain(p);
}

struct lane_formulas {
    bool others; /* other values than real numbers and conditions */
    int32_t calls;
};

/* Whether it is called lane by lane. */
static bool is_called(const struct expr *x)
{
    bool is_wide = x->op == EXPR_SQRT || x->op == EXPR_FLOOR_REAL || x->op == EXPR_EXP || x->op == EXPR_LOG;
    return (expr_op_class[x->op] == EXPR_CLASS_FUNCTION && !is_wide) || x->op == EXPR_MOD;
}

static void look_at_formula(void *env, expr_id id, const struct expr *x)
{
    (void)id;
    struct lane_formulas *l = env;
    bool is_number = x->shape.rank == 0 && (x->type == TYPE_REAL || x->type == TYPE_BOOL);
    bool is_leaf = x->op == EXPR_CONST || x->op == EXPR_PARAM || x->op == EXPR_SPECIES;
    bool is_known = is_leaf || expr_is_elementwise(x->op) || expr_op_class[x->op] == EXPR_CLASS_SELECT;
    l->others |= !is_number || !is_known;
    l->calls += is_called(x);
}

static bool fits_lanes(const struct plan *p, int32_t expr)
{
    struct lane_formulas l = {0};
    expr_visit(p->net->ex, p->expr[expr], look_at_formula, &l);
    return !l.others && l.calls == 0;
}

static void ask(struct crnl_model *m, int32_t *asked, int32_t condition)
{
    if (!crnl_lockstep_asks(m, condition)) {
        asked[m->n_asked++] = condition;
    }
}

/* The conditions that code for runs in lockstep looks at: as many as it can of events, then of `until`. */
static void find_asked(struct plan_builder *b)
{
    struct plan *p = b->plan;
    struct crnl_model *m = &p->model;
    int32_t *asked = plan_array(b, LANES_ASKED, int32_t);
    m->asked = asked;
    for (int32_t i = 0; i < m->n_events && m->n_asked < LANES_ASKED; i++) {
        if (m->event[i].kind == CRNL_EVENT_WHEN && fits_lanes(p, m->event[i].when)) {
            ask(m, asked, m->event[i].when);
        }
    }
    for (size_t i = 0; i < p->net->observed.n && m->n_asked < LANES_ASKED; i++) {
        bool is_condition = expr_get(p->net->ex, p->net->observed.data[i])->type == TYPE_BOOL;
        if (is_condition && p->observed_expr[i] >= 0 && fits_lanes(p, p->observed_expr[i])) {
            ask(m, asked, p->observed_expr[i]);
        }
    }
}

/* Code for runs in lockstep computes laws, and formulas that are averaged, for all lanes, with real numbers
 * and conditions only. It calls functions other than exp, log and powers lane by lane, which does not pay
 * where they are most of the work. */
static bool fits_lockstep(const struct plan *p)
{
    enum { REACTIONS_OF_A_CALL = 4 };
    const struct crnl_model *m = &p->model;
    struct lane_formulas l = {0};
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        if (m->law[j] >= 0) {
            expr_visit(p->net->ex, p->expr[m->law[j]], look_at_formula, &l);
        }
    }
    each_watched_formula(p, look_at_formula, &l);
    return !l.others && l.calls <= m->n_reactions / REACTIONS_OF_A_CALL && !crnl_lockstep_refusal(m, true);
}

struct gpu_formulas {
    const struct plan *plan;
    struct lane_formulas any;
    const char *call; /* a function without code for graphics processors; NULL: there is none */
};

static void look_for_gpu(void *env, expr_id id, const struct expr *x)
{
    struct gpu_formulas *g = env;
    look_at_formula(&g->any, id, x);
    const struct expr *power = x->op == EXPR_POW ? expr_get(g->plan->net->ex, x->args[1]) : NULL;
    bool is_product = power && power->op == EXPR_CONST && plan_power_is_product(power->v.real);
    bool is_call =
        is_called(x) || x->op == EXPR_EXP || x->op == EXPR_LOG || (x->op == EXPR_POW && !is_product);
    g->call = is_call && !g->call ? expr_op_text[x->op] : g->call;
}

/* Why there is no code for graphics processors; NULL: there is. */
static const char *why_not_gpu(const struct plan *p)
{
    const struct crnl_model *m = &p->model;
    struct gpu_formulas g = {.plan = p};
    const char *refusal = m->kernel_refusal[CRNL_KERNEL_SSA_UNROLLED];
    refusal = refusal ? refusal : crnl_gpu_refusal(m);
    for (int32_t j = 0; !refusal && m->law && j < m->n_reactions; j++) {
        if (m->law[j] >= 0) {
            expr_visit(p->net->ex, p->expr[m->law[j]], look_for_gpu, &g);
        }
    }
    for (int32_t i = 0; !refusal && i < m->n_asked; i++) {
        expr_visit(p->net->ex, p->expr[m->asked[i]], look_for_gpu, &g);
    }
    if (!refusal) {
        each_watched_formula(p, look_for_gpu, &g);
    }
    return refusal        ? refusal
           : g.any.others ? "a law of more than real numbers"
           : !g.call      ? NULL
           : strcmp(g.call, "^") == 0
               ? "a power whose exponent is no whole number that is known when compiling"
               : arena_printf(p->arena, "a law or a condition calls `%s`", g.call);
}

void plan_kernels(struct plan_builder *b, const struct plan_options *o)
{
    b->plan->unrolls_jacobian = b->plan->model.jac_col && b->plan->model.jac_nnz <= o->unroll_jacobian_limit;
    const char **refusal = plan_array(b, CRNL_KERNEL_COUNT, const char *);
    if (b->use->needs & CRNL_NEEDS_SSA) {
        b->plan->model.n_channels = crnl_channels(&b->plan->model);
    }
    for (int i = 0; i < CRNL_KERNEL_COUNT; i++) {
        bool is_wanted = (b->use->needs & crnl_slot_info[crnl_kernel_info[i].slot].needs) != 0;
        refusal[i] = !is_wanted   ? "it is not simulated that way"
                     : why_not[i] ? why_not[i](b->plan, o)
                                  : kernels[i]->why_not(&b->plan->model);
    }
    b->plan->model.kernel_refusal = refusal;
    if (b->use->runs_many && !refusal[CRNL_KERNEL_SSA_UNROLLED]) {
        find_asked(b);
        b->plan->in_lockstep = fits_lockstep(b->plan);
    }
    if (b->use->on_gpu) {
        b->plan->model.gpu_refusal = why_not_gpu(b->plan);
    }
}

/* Amounts and rate constants under the default parameters; false if these depend on parameters of the
 * program. */
static bool default_amounts(const struct crnl_model *m, double *x, double *k)
{
    for (int32_t i = 0; i < m->defaults.n_code; i++) {
        if (m->defaults.code[i].op == CRNL_TAPE_GLOBAL) {
            return false;
        }
    }
    size_t registers =
        (size_t)m->defaults.n_registers + (size_t)m->init.n_registers + (size_t)m->rate.n_registers;
    double *param = mem_zalloc((size_t)m->n_params + 1, sizeof *param),
           *scratch = mem_zalloc(registers + 1, sizeof *scratch);
    crnl_tape_run(&m->defaults, NULL, param, NULL, param, scratch);
    crnl_tape_run(&m->init, NULL, param, NULL, x, scratch);
    crnl_tape_run(&m->rate, NULL, param, NULL, k, scratch);
    free(param);
    free(scratch);
    return true;
}

bool plan_is_emitted(const struct plan *p, enum crnl_slot slot)
{
    for (int i = 0; i < CRNL_KERNEL_COUNT; i++) {
        if (crnl_kernel_info[i].slot == slot && why_not[i] && !p->model.kernel_refusal[i]) {
            return true;
        }
    }
    return false;
}

bool plan_choose(const struct plan *p, enum crnl_slot slot, struct crnl_kernel_choice *choice)
{
    const struct crnl_model *m = &p->model;
    const struct crnl_kernel *of_slot[CRNL_KERNEL_COUNT];
    size_t n = 0;
    if (!(p->use->needs & crnl_slot_info[slot].needs)) {
        return false;
    }
    for (int i = 0; i < CRNL_KERNEL_COUNT; i++) {
        if (crnl_kernel_info[i].slot == slot) {
            of_slot[n++] = kernels[i];
        }
    }
    double *x = mem_zalloc((size_t)m->n_species + 1, sizeof *x);
    double *k = mem_zalloc((size_t)m->n_reactions + 1, sizeof *k);
    struct crnl_estimate estimate = {0};
    struct crnl_amounts at = {.x = x, .k = k, .estimate = &estimate};
    crnl_kernel_choose(choice, of_slot, n, m, m->kernel_refusal, default_amounts(m, x, k) ? &at : NULL);
    free(x);
    free(k);
    return true;
}

void plan_choose_linear(const struct plan *p, struct crnl_linear_choice *choice)
{
    const struct crnl_model *m = &p->model;
    double *x = mem_zalloc((size_t)m->n_species + 1, sizeof *x);
    double *k = mem_zalloc((size_t)m->n_reactions + 1, sizeof *k);
    crnl_linear_choose(choice, m, default_amounts(m, x, k) ? k : NULL);
    free(x);
    free(k);
}
