/* The reverse of the right side of a small network, as straight-line code. From y, the adjoint of the
 * derivatives dx/dt, it computes x_bar, the adjoint of amounts, which is written, and those of rate constants
 * and parameters, k_bar and p_bar, to which it is added. The function returns the adjoint of the time. The
 * plan gives the order of rate constants (plan_reverse.c); reactions that take the same pair of molecules are
 * lanes of one vector. In code for several runs at once (kern_lanes.h) each of these lanes is a vector of its
 * own, and sums have the same order. */
#include "codegen/kern/kern_lanes.h"

#include <string.h>

enum { ENV, TIME, AMOUNTS, PARAMS, CONSTANTS, ADJOINT, AMOUNTS_BAR, CONSTANTS_BAR, PARAMS_BAR, N_ARGUMENTS };

struct lanes { /* changes of the reactions in the lanes of a vector, and the sum of y over these changes */
    int32_t reaction[PLAN_LANES];
    LLVMValueRef d;
};

struct reverse {
    struct emit_body b;
    struct emit_net_env env;
    const struct plan *plan;
    const struct crnl_model *m;
    struct kern_number number;
    LLVMTypeRef vector;
    LLVMValueRef arg[N_ARGUMENTS];
    /* [n_species] amounts; adjoints of derivatives; amounts copied to all lanes */
    LLVMValueRef *x, *y, *x_wide;
    LLVMValueRef *gain;               /* [n_reactions] sum of y over the changes of a reaction */
    LLVMValueRef *x_bar, *x_bar_wide; /* [n_species] sums so far; NULL: 0 */
    /* [n_species] the sums of each lane, in code for several runs at once */
    LLVMValueRef *x_bar_lane[PLAN_LANES];
    VEC(struct lanes) lanes; /* those made so far; pairs with the same changes share them */
};

static LLVMValueRef times(struct reverse *r, LLVMValueRef v, LLVMValueRef w)
{
    return LLVMBuildFMul(r->b.e->builder, v, w, "");
}

static LLVMValueRef plus(struct reverse *r, LLVMValueRef sum, LLVMValueRef v)
{
    return sum ? LLVMBuildFAdd(r->b.e->builder, sum, v, "") : v;
}

static LLVMValueRef element(struct reverse *r, int argument, int32_t i)
{
    return emit_load(r->b.e, r->number.type, r->arg[argument], (size_t)i * r->number.size);
}

static LLVMValueRef constant(struct reverse *r, double v)
{
    return kern_lanes_constant(r->b.e, &r->number, v);
}

static void add_to(struct reverse *r, int argument, int32_t i, LLVMValueRef v)
{
    LLVMValueRef sum = LLVMBuildFAdd(r->b.e->builder, element(r, argument, i), v, "");
    emit_store(r->b.e, sum, r->arg[argument], (size_t)i * r->number.size);
}

static LLVMValueRef spread(struct reverse *r, LLVMValueRef v)
{
    LLVMValueRef wide = LLVMGetPoison(r->vector);
    for (int i = 0; i < PLAN_LANES; i++) {
        wide = LLVMBuildInsertElement(r->b.e->builder, wide, v, emit_i32(r->b.e, i), "");
    }
    return wide;
}

static LLVMValueRef amount(struct reverse *r, int32_t s) /* s = -1: NULL, which stands for 1 */
{
    return s >= 0 ? r->x[s] : NULL;
}

static LLVMValueRef wide_amount(struct reverse *r, int32_t s)
{
    if (s >= 0 && !r->x_wide[s]) {
        r->x_wide[s] = spread(r, r->x[s]);
    }
    return s >= 0 ? r->x_wide[s] : NULL;
}

/* v w, where NULL stands for 1. */
static LLVMValueRef product(struct reverse *r, LLVMValueRef v, LLVMValueRef w)
{
    return v && w ? times(r, v, w) : v ? v : w;
}

/* The sum of y over the changes of reaction j; NULL if it changes nothing. */
static LLVMValueRef gain(struct reverse *r, int32_t j)
{
    const struct crnl_model *m = r->m;
    for (int32_t e = m->net_ptr[j]; !r->gain[j] && e < m->net_ptr[j + 1]; e++) {
        LLVMValueRef sum = NULL;
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            LLVMValueRef y = r->y[m->net_species[i]];
            sum = plus(r, sum, times(r, constant(r, m->net_delta[i]), y));
        }
        r->gain[j] = sum;
    }
    return r->gain[j];
}

static LLVMValueRef gain_or_0(struct reverse *r, int32_t j)
{
    LLVMValueRef d = j >= 0 ? gain(r, j) : NULL;
    return d ? d : constant(r, 0);
}

static bool same_lanes(const struct reverse *r, const int32_t *a, const int32_t *b)
{
    bool same = true;
    for (int i = 0; i < PLAN_LANES && same; i++) {
        same = a[i] < 0 || b[i] < 0 ? a[i] == b[i] : plan_same_changes(r->m, a[i], b[i]);
    }
    return same;
}

static LLVMValueRef wide_gain(struct reverse *r, const int32_t *reaction)
{
    for (size_t i = 0; i < r->lanes.n; i++) {
        if (same_lanes(r, r->lanes.data[i].reaction, reaction)) {
            return r->lanes.data[i].d;
        }
    }
    struct lanes l = {.d = LLVMGetPoison(r->vector)};
    for (int i = 0; i < PLAN_LANES; i++) {
        l.reaction[i] = reaction[i];
        l.d =
            LLVMBuildInsertElement(r->b.e->builder, l.d, gain_or_0(r, reaction[i]), emit_i32(r->b.e, i), "");
    }
    vec_push(&r->lanes, l);
    return l.d;
}

/* sums[s] += v x[of], where s is a species */
static void give(struct reverse *r, LLVMValueRef *sums, int32_t s, LLVMValueRef v, LLVMValueRef x_of)
{
    if (s >= 0) {
        sums[s] = plus(r, sums[s], product(r, v, x_of));
    }
}

/* Emits PLAN_LANES reactions of the pair p, q one after the other, from place `at` on, at most to `end`.
 * Returns the next place. */
static int32_t pair_lanes(struct reverse *r, int32_t at, int32_t end, int32_t p, int32_t q)
{
    LLVMValueRef m = product(r, amount(r, p), amount(r, q)), sum[PLAN_LANES] = {NULL};
    for (; end - at >= PLAN_LANES; at += PLAN_LANES) {
        for (int i = 0; i < PLAN_LANES; i++) {
            LLVMValueRef d = gain_or_0(r, r->m->reverse_order[at + i]);
            add_to(r, CONSTANTS_BAR, at + i, product(r, d, m));
            sum[i] = plus(r, sum[i], times(r, element(r, CONSTANTS, at + i), d));
        }
    }
    for (int i = 0; i < PLAN_LANES && sum[0]; i++) {
        give(r, r->x_bar_lane[i], p, sum[i], amount(r, q));
        give(r, r->x_bar_lane[i], q, sum[i], amount(r, p));
    }
    return at;
}

/* Does the same in code for one run, where reactions are lanes of vectors. */
static int32_t pair_vectors(struct reverse *r, int32_t at, int32_t end, int32_t p, int32_t q)
{
    struct emit *e = r->b.e;
    LLVMValueRef wide = NULL;
    LLVMValueRef m_wide = end - at >= PLAN_LANES ? product(r, wide_amount(r, p), wide_amount(r, q)) : NULL;
    for (; end - at >= PLAN_LANES; at += PLAN_LANES) {
        LLVMValueRef d = wide_gain(r, r->m->reverse_order + at);
        size_t bytes = (size_t)at * sizeof(double);
        LLVMValueRef k = emit_load(e, r->vector, r->arg[CONSTANTS], bytes);
        LLVMValueRef bar = emit_load(e, r->vector, r->arg[CONSTANTS_BAR], bytes);
        LLVMSetAlignment(k, sizeof(double));
        LLVMSetAlignment(bar, sizeof(double));
        LLVMValueRef to = LLVMBuildStore(e->builder, plus(r, bar, product(r, d, m_wide)),
                                         emit_at(e, r->arg[CONSTANTS_BAR], bytes));
        LLVMSetAlignment(to, sizeof(double));
        wide = plus(r, wide, times(r, k, d));
    }
    if (wide) {
        give(r, r->x_bar_wide, p, wide, wide_amount(r, q));
        give(r, r->x_bar_wide, q, wide, wide_amount(r, p));
    }
    return at;
}

/* Emits the reactions of a pair of species at places first .. end. */
static void pair(struct reverse *r, int32_t first, int32_t end, const int32_t species[2])
{
    int32_t p = species[0], q = species[1];
    int32_t at = r->number.is_wide ? pair_lanes(r, first, end, p, q) : pair_vectors(r, first, end, p, q);
    LLVMValueRef single = NULL, m = product(r, amount(r, p), amount(r, q));
    for (; at < end; at++) {
        LLVMValueRef d = gain(r, r->m->reverse_order[at]);
        if (d) {
            add_to(r, CONSTANTS_BAR, at, product(r, d, m));
            single = plus(r, single, times(r, element(r, CONSTANTS, at), d));
        }
    }
    if (single) {
        give(r, r->x_bar, p, single, amount(r, q));
        give(r, r->x_bar, q, single, amount(r, p));
    }
}

/* The product of the amounts that reaction j takes, without one molecule of reactant entry `left_out`; -1: of
 * all. */
static LLVMValueRef reactants(struct reverse *r, int32_t j, int32_t left_out)
{
    const struct crnl_model *m = r->m;
    LLVMValueRef v = NULL;
    for (int32_t i = m->lhs_ptr[j]; i < m->lhs_ptr[j + 1]; i++) {
        for (double n = i == left_out ? 1 : 0; n < m->lhs_count[i]; n++) {
            v = product(r, v, r->x[m->lhs_species[i]]);
        }
    }
    return v;
}

/* Emits a reaction that takes more than two molecules. */
static void many(struct reverse *r, int32_t at, int32_t j)
{
    const struct crnl_model *m = r->m;
    LLVMValueRef d = gain(r, j);
    if (!d) {
        return;
    }
    LLVMValueRef by_rate = times(r, element(r, CONSTANTS, at), d);
    for (int32_t i = m->lhs_ptr[j]; i < m->lhs_ptr[j + 1]; i++) {
        LLVMValueRef count = times(r, by_rate, constant(r, m->lhs_count[i]));
        give(r, r->x_bar, m->lhs_species[i], count, reactants(r, j, i));
    }
    add_to(r, CONSTANTS_BAR, at, times(r, d, reactants(r, j, -1)));
}

/* Emits what reaction j with a law adds to the adjoints. Returns `by_time` plus what it adds to that of the
 * time. */
static LLVMValueRef law(struct reverse *r, int32_t at, int32_t j, LLVMValueRef by_time)
{
    LLVMValueRef d = gain(r, j);
    LLVMValueRef rate_bar = d ? times(r, element(r, CONSTANTS, at), d) : NULL;
    for (int32_t i = 0; rate_bar && i < r->plan->n_partials; i++) {
        const struct plan_partial *p = &r->plan->partial[i];
        if (p->reaction != j) {
            continue;
        }
        const struct expr *leaf = expr_get(r->b.pool, p->leaf);
        LLVMValueRef v = emit_net_rate(r->b.e, rate_bar, emit_scalar_real(&r->b, p->by));
        switch (leaf->op) {
        case EXPR_SPECIES: give(r, r->x_bar, leaf->a, v, NULL); break;
        case EXPR_PARAM: add_to(r, PARAMS_BAR, leaf->a, v); break;
        default: by_time = plus(r, by_time, v);
        }
    }
    return by_time;
}

static void all_reactions(struct reverse *r, LLVMValueRef *by_time)
{
    const int32_t *order = r->m->reverse_order;
    for (int32_t at = 0, end; at < r->m->n_reverse; at = end) {
        int32_t species[2], next[2], j = order[at];
        bool in_pair = plan_pair_of(r->m, j, species);
        end = at + 1;
        while (in_pair && end < r->m->n_reverse &&
               (order[end] < 0 ||
                (plan_pair_of(r->m, order[end], next) && next[0] == species[0] && next[1] == species[1]))) {
            end++;
        }
        if (in_pair) {
            pair(r, at, end, species);
        } else if (r->m->law && r->m->law[j] >= 0) {
            *by_time = law(r, at, j, *by_time);
        } else {
            many(r, at, j);
        }
    }
}

static void store_sums(struct reverse *r)
{
    struct emit *e = r->b.e;
    for (int32_t s = 0; s < r->m->n_species; s++) {
        LLVMValueRef sum = r->x_bar[s];
        for (int i = 0; r->x_bar_wide[s] && i < PLAN_LANES; i++) {
            sum = plus(r, sum, LLVMBuildExtractElement(e->builder, r->x_bar_wide[s], emit_i32(e, i), ""));
        }
        for (int i = 0; r->x_bar_lane[0][s] && i < PLAN_LANES; i++) {
            sum = plus(r, sum, r->x_bar_lane[i][s]);
        }
        emit_store(e, sum ? sum : constant(r, 0), r->arg[AMOUNTS_BAR], (size_t)s * r->number.size);
    }
}

LLVMValueRef kern_emit_reverse(struct emit *e, const struct plan *plan, struct emit_cache *cache,
                               const char *name, enum kern_lanes lanes)
{
    LLVMTypeRef types[N_ARGUMENTS];
    for (int i = 0; i < N_ARGUMENTS; i++) {
        types[i] = i == TIME ? e->real : e->ptr;
    }
    LLVMValueRef f =
        kern_lanes_function(e, name, LLVMFunctionType(e->real, types, N_ARGUMENTS, false), lanes);
    struct reverse r = {.plan = plan,
                        .m = &plan->model,
                        .number = kern_lanes_number(e, lanes),
                        .vector = LLVMVectorType(e->real, PLAN_LANES)};
    size_t n = (size_t)r.m->n_species + 1;
    LLVMValueRef **const of_species[] = {&r.x, &r.y, &r.x_wide, &r.x_bar, &r.x_bar_wide};
    for (size_t i = 0; i < sizeof of_species / sizeof *of_species; i++) {
        *of_species[i] = arena_alloc(e->arena, n * sizeof(LLVMValueRef));
    }
    for (int i = 0; i < PLAN_LANES; i++) {
        r.x_bar_lane[i] = arena_alloc(e->arena, n * sizeof(LLVMValueRef));
    }
    r.gain = arena_alloc(e->arena, ((size_t)r.m->n_reactions + 1) * sizeof(LLVMValueRef));
    emit_body_init(&r.b, e, cache, f);
    for (unsigned i = 0; i < N_ARGUMENTS; i++) {
        r.arg[i] = LLVMGetParam(f, i);
    }
    r.env = (struct emit_net_env){.t = r.arg[TIME], .x = r.arg[AMOUNTS], .p = r.arg[PARAMS]};
    r.b.shared = true;
    r.b.leaf = emit_net_leaf;
    r.b.env = &r.env;
    for (int32_t s = 0; s < r.m->n_species; s++) {
        r.x[s] = element(&r, AMOUNTS, s);
        r.y[s] = element(&r, ADJOINT, s);
    }
    LLVMValueRef by_time = NULL;
    all_reactions(&r, &by_time);
    store_sums(&r);
    LLVMBuildRet(e->builder, by_time ? by_time : emit_real(e, 0));
    emit_body_finish(&r.b);
    vec_free(&r.lanes);
    return f;
}
