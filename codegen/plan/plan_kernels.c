/* The choice of kernels, and the rules of those that there are. Costs are in ns on one core, lines
 * through two networks of which prototypes of both were measured side by side: they order kernels, and predict no times. */
#include "codegen/plan/plan_build.h"

const char *const kern_slot_name[SLOT_COUNT] = {
#define SLOT(id, name, needs) name,
#include "codegen/plan/kern.def"
};
static const uint32_t slot_needs[SLOT_COUNT] = {
#define SLOT(id, name, needs) needs,
#include "codegen/plan/kern.def"
};
const struct kern_info kern_info[KERNEL_COUNT] = {
#define EMITTED(id, slot, name, rule) {name, SLOT_##slot, true, kern_why_not_##rule, kern_cost_##rule},
#define LIBRARY(id, slot, name, rule) {name, SLOT_##slot, false, kern_why_not_##rule, kern_cost_##rule},
#include "codegen/plan/kern.def"
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

/* Why rates do not fit straight-line code: an index or integers that may have no value (such a rate must end as not a number),
 * reactants by the thousand. */
static const char *why_not_plain(const struct plan *p)
{
    enum { MAX_FACTORS = 1024 }; /* of all rates together: what one function takes */
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

/* The limits come first: what is below asks every expression. */
const char *kern_why_not_ssa_unrolled(const struct plan *p, const struct plan_options *o)
{
    enum { MAX_SPECIES = 256 };
    const struct crnl_model *m = &p->model;
    int32_t most = o->unroll_ssa_limit < CRNL_FAN ? o->unroll_ssa_limit : CRNL_FAN;
    if (m->n_reactions > most) {
        return arena_printf(p->arena, "unrolled up to %d", (int)most);
    }
    return m->n_reactions == 0          ? "not unrolled: no reactions"
           : m->n_species > MAX_SPECIES ? "not unrolled: too many species"
           : m->n_timed > 0             ? "not unrolled: a law reads the time"
           : why_not_plain(p)           ? arena_printf(p->arena, "not unrolled: %s", why_not_plain(p))
                                        : NULL;
}

double kern_cost_ssa_unrolled(const struct plan *p)
{
    return 6.5 + 1.75 * p->model.n_reactions; /* 2 reactions 10 ns, 14 reactions 31 ns */
}

const char *kern_why_not_ssa_table(const struct plan *p, const struct plan_options *o)
{
    (void)p, (void)o;
    return NULL;
}

double kern_cost_ssa_table(const struct plan *p)
{
    return 15 +
           4.5 *
               p->model.n_reactions; /* 2 reactions 24 ns, 14 reactions 78 ns; less where few depend on one */
}

/* Straight-line code grows with the Jacobian's entries and the net changes. */
const char *kern_why_not_ode_unrolled(const struct plan *p, const struct plan_options *o)
{
    const struct crnl_model *m = &p->model;
    int32_t limit = o->unroll_ode_limit;
    if (m->jac_nnz > limit || m->net_ptr[m->n_reactions] > limit) {
        return arena_printf(p->arena, "unrolled up to %d", (int)limit);
    }
    const char *why = why_not_plain(p);
    return why ? arena_printf(p->arena, "not unrolled: %s", why) : NULL;
}

double kern_cost_ode_unrolled(const struct plan *p)
{
    return 3.85 *
           p->model.n_reactions; /* a right side of 20,000 reactions: 77 us in pieces, 230 us by loops */
}

const char *kern_why_not_ode_table(const struct plan *p, const struct plan_options *o)
{
    (void)p, (void)o;
    return NULL;
}

double kern_cost_ode_table(const struct plan *p)
{
    return 11.5 * p->model.n_reactions;
}

/* The cheapest that applies; `others`: what the rest says against itself, or NULL. */
static enum kernel choose(const struct plan *p, const struct plan_options *o, int slot, const char **others)
{
    int best = KERNEL_COUNT;
    *others = NULL;
    for (int i = 0; i < KERNEL_COUNT; i++) {
        const char *why = kern_info[i].slot == slot ? kern_info[i].why_not(p, o) : "";
        if (!why && (best == KERNEL_COUNT || kern_info[i].cost(p) < kern_info[best].cost(p))) {
            best = i;
        }
        *others = why && *why && !*others ? why : *others;
    }
    return (enum kernel)best;
}

static const char *describe(const struct plan *p, int slot)
{
    const struct crnl_model *m = &p->model;
    return slot == SLOT_SSA ? arena_printf(p->arena, "%d reactions", (int)m->n_reactions)
                            : arena_printf(p->arena, "%d net changes, %d Jacobian entries",
                                           (int)m->net_ptr[m->n_reactions], (int)m->jac_nnz);
}

void plan_kernels(struct plan_builder *b, const struct plan_options *o)
{
    struct plan *p = b->plan;
    const char *all = NULL;
    for (int slot = 0; slot < SLOT_COUNT; slot++) {
        const char *others;
        p->kernel[slot] = KERNEL_COUNT;
        if (!(b->use->needs & slot_needs[slot])) {
            continue;
        }
        p->kernel[slot] = choose(p, o, slot, &others);
        p->model.kernel = all ? p->model.kernel : (int32_t)p->kernel[slot];
        all = arena_printf(b->arena, "%s%s%s: %s, %s%s%s%s", all ? all : "", all ? "; " : "",
                           kern_slot_name[slot], kern_info[p->kernel[slot]].name, describe(p, slot),
                           others ? " (" : "", others ? others : "", others ? ")" : "");
    }
    p->why = all ? all : "not simulated";
}
