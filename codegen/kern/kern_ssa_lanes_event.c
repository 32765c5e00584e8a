/* One event in all lanes of a vector, or of one run, as straight-line code: propensities, the choice of a
 * reaction, amounts behind it, conditions. Shared by runs in vectors (kern_ssa_lanes.c) and on graphics
 * processors (kern_gpu.c); the operations and their order are those of the kernel of one run. */
#include <string.h>

#include "codegen/kern/kern_ssa.h"
#include "codegen/kern/kern_ssa_lanes.h"

/* ---- Propensities -------------------------------------------------------------------------------------- */

static int32_t n_groups(const struct side *s)
{
    return (s->m->n_reactions + CRNL_FAN - 1) / CRNL_FAN;
}

static int32_t last_of(const struct side *s, int32_t group)
{
    int32_t end = (group + 1) * CRNL_FAN;
    return (end < s->m->n_reactions ? end : s->m->n_reactions) - 1;
}

/* The values of a parameter are loaded once, in the entry block. */
LLVMValueRef side_parameter(struct side *s, struct side_vector *v, int32_t i)
{
    struct emit *e = s->b.e;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(e->builder);
    if (!v->param[i]) {
        LLVMPositionBuilderBefore(e->builder, LLVMGetBasicBlockTerminator(s->b.entry));
        v->param[i] = s->load_parameter(s, v, i);
        LLVMPositionBuilderAtEnd(e->builder, here);
    }
    return v->param[i];
}

static LLVMValueRef leaf(struct emit_body *b, const struct expr *x)
{
    const struct side_leaves *l = b->env;
    if (x->op == EXPR_PARAM) {
        return side_parameter(l->s, l->v, x->a);
    }
    return LLVMBuildFMul(b->e->builder, l->amount[x->a], l->v->inv_volume, "");
}

static LLVMValueRef constant_of(struct side *s, struct side_vector *v, int32_t j)
{
    return v->k ? v->k[j] : side_load(s, s->number.type, s->place.k + (size_t)j * s->place.row, v);
}

/* Propensities of laws at these amounts; returns the lanes in which one is negative or not a number. */
LLVMValueRef side_compute_laws(struct side *s, struct side_vector *v, const LLVMValueRef *amount)
{
    LLVMBuilderRef at = s->b.e->builder;
    struct side_leaves leaves = {s, v, amount};
    LLVMValueRef bad = LLVMConstNull(s->mask);
    size_t mark = emit_mark(&s->b);
    s->b.env = &leaves;
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        if (ssa_law(s->m, j) >= 0) {
            LLVMValueRef k = constant_of(s, v, j);
            LLVMValueRef value = emit_scalar_real(&s->b, s->plan->expr[ssa_law(s->m, j)]);
            v->law_after[j] = emit_net_rate(s->b.e, k, value);
            bad = LLVMBuildOr(at, bad, LLVMBuildFCmp(at, LLVMRealULT, v->law_after[j], side_real(s, 0), ""),
                              "");
        }
    }
    emit_release(&s->b, mark);
    return bad;
}

/* k times the falling factorials, multiplied from left to right. */
static LLVMValueRef mass_action(struct side *s, struct side_vector *v, int32_t j)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef a = constant_of(s, v, j);
    for (int32_t i = s->m->lhs_ptr[j]; i < s->m->lhs_ptr[j + 1]; i++) {
        LLVMValueRef x = v->amount[s->m->lhs_species[i]];
        for (double n = 0; n < s->m->lhs_count[i]; n++) {
            a = LLVMBuildFMul(at, a, n > 0 ? LLVMBuildFSub(at, x, side_real(s, n), "") : x, "");
        }
    }
    return a;
}

void side_load_amounts(struct side *s, struct side_vector *v)
{
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            v->amount[i] = side_of_slot(s, s->number.type, v->x[i]);
        }
    }
}

/* Running sums in groups of CRNL_FAN, then over the groups. */
void side_sum_up(struct side *s, struct side_vector *v)
{
    LLVMBuilderRef at = s->b.e->builder;
    side_load_amounts(s, v);
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        v->a[j] = v->law[j] ? side_of_slot(s, s->number.type, v->law[j]) : mass_action(s, v, j);
        v->sum[j] = j % CRNL_FAN > 0 ? LLVMBuildFAdd(at, v->sum[j - 1], v->a[j], "") : v->a[j];
    }
    for (int32_t g = 0; g < n_groups(s); g++) {
        LLVMValueRef sum = v->sum[last_of(s, g)];
        v->top[g] = g > 0 ? LLVMBuildFAdd(at, v->top[g - 1], sum, "") : sum;
    }
    v->total = v->top[n_groups(s) - 1];
}

/* ---- Selection ----------------------------------------------------------------------------------------- */

/* The number, counted from `from`, of the first of n + 1 members whose running sum reaches r; the last one if
 * none before it does. Sums never fall, so the one in the middle decides between halves: few choices wait for
 * each other. */
static LLVMValueRef first_not_below(struct side *s, const LLVMValueRef *sum, int32_t n, LLVMValueRef r,
                                    uint64_t from)
{
    if (n == 0) {
        return side_word(s, from);
    }
    int32_t middle = (n - 1) / 2, past = middle + 1;
    LLVMValueRef low = first_not_below(s, sum, middle, r, from);
    LLVMValueRef high = first_not_below(s, sum + past, n - past, r, from + (uint64_t)past);
    return side_choose(s, side_less(s, sum[middle], r), high, low);
}

/* The last reaction of a group with a positive propensity, for the case that rounding has left the rest above
 * the sum of the group. */
static LLVMValueRef last_positive(struct side *s, struct side_vector *v, LLVMValueRef group)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef index = LLVMBuildMul(at, group, side_word(s, CRNL_FAN), "");
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        LLVMValueRef here = LLVMBuildICmp(at, LLVMIntEQ, group, side_word(s, (uint64_t)(j / CRNL_FAN)), "");
        LLVMValueRef is = LLVMBuildAnd(at, here, side_less(s, side_real(s, 0), v->a[j]), "");
        index = side_choose(s, is, side_word(s, (uint64_t)j), index);
    }
    return index;
}

/* With several groups: selects the group whose running sum reaches r, then in it the reaction whose running
 * sum reaches the rest. */
static LLVMValueRef select_in_groups(struct side *s, struct side_vector *v, LLVMValueRef r)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef group = first_not_below(s, v->top, n_groups(s) - 1, r, 0), index = NULL, past = NULL;
    for (int32_t g = 0; g < n_groups(s); g++) {
        int32_t first = g * CRNL_FAN, last = last_of(s, g);
        LLVMValueRef left = g > 0 ? LLVMBuildFSub(at, r, v->top[g - 1], "") : r;
        v->here[g] = LLVMBuildICmp(at, LLVMIntEQ, group, side_word(s, (uint64_t)g), "");
        LLVMValueRef inside = first_not_below(s, &v->sum[first], last - first, left, (uint64_t)first);
        LLVMValueRef is_past = LLVMBuildAnd(at, v->here[g], side_less(s, v->sum[last], left), "");
        index = index ? side_choose(s, v->here[g], inside, index) : inside;
        past = past ? LLVMBuildOr(at, past, is_past, "") : is_past;
    }
    LLVMValueRef found = side_slot(s, s->words);
    LLVMBuildStore(at, index, found);
    LLVMValueRef any[LANES_VECTORS] = {LLVMBuildAnd(at, side_bits(s, past), v->live, ""),
                                       LLVMConstNull(s->bits)};
    LLVMBasicBlockRef next = side_begin_if_any(s, any);
    LLVMBuildStore(at, side_choose(s, past, last_positive(s, v, group), index), found);
    emit_enter(&s->b, next);
    return side_of_slot(s, s->words, found);
}

/* The changes of a column by the reactions from `first` on that the index names, whose last four bits count;
 * the index of single lanes is in element[] where there is no instruction that looks it up in vectors. */
static LLVMValueRef look_up(struct side *s, const double *change, LLVMValueRef index, bool eight,
                            LLVMValueRef *element)
{
    struct emit *e = s->b.e;
    LLVMValueRef all[2 * CRNL_LANES], v = LLVMGetPoison(s->number.type);
    if (s->lanes == KERN_AVX512) {
        for (int i = 0; i < 2 * CRNL_LANES; i++) {
            all[i] = emit_real(e, change[i]);
        }
        LLVMValueRef low = LLVMConstVector(all, CRNL_LANES),
                     high = LLVMConstVector(all + CRNL_LANES, CRNL_LANES);
        const char *name = eight ? "llvm.x86.avx512.permvar.df.512" : "llvm.x86.avx512.vpermi2var.pd.512";
        LLVMValueRef args[] = {low, index, high};
        unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
        return LLVMBuildCall2(e->builder, LLVMIntrinsicGetType(e->context, id, NULL, 0),
                              LLVMGetIntrinsicDeclaration(e->module, id, NULL, 0), args, eight ? 2 : 3, "");
    }
    LLVMValueRef table = emit_blob(e, "change", change, (size_t)s->m->n_reactions * sizeof *change);
    for (int i = 0; i < s->number.lanes; i++) {
        LLVMValueRef one = emit_get(&s->b, TYPE_REAL, table, element[i]);
        v = s->number.is_wide ? LLVMBuildInsertElement(e->builder, v, one, emit_i32(e, i), "") : one;
    }
    return v;
}

static bool any_change(const double *change, int32_t n)
{
    bool any = false;
    for (int32_t j = 0; j < n; j++) {
        any |= change[j] != 0;
    }
    return any;
}

/* The changes of a column by the reactions with these numbers. */
static LLVMValueRef change_by_index(struct side *s, struct side_vector *v, const double *change,
                                    LLVMValueRef index, LLVMValueRef *element)
{
    if (s->lanes != KERN_AVX512 || n_groups(s) == 1) {
        return look_up(s, change, index, s->m->n_reactions <= CRNL_LANES, element);
    }
    LLVMValueRef all = side_real(s, 0);
    for (int32_t g = 0; g < n_groups(s); g++) {
        const double *own = change + g * CRNL_FAN;
        if (any_change(own, CRNL_FAN)) {
            bool eight = last_of(s, g) < g * CRNL_FAN + CRNL_LANES;
            all = side_choose(s, v->here[g], look_up(s, own, index, eight, element), all);
        }
    }
    return all;
}

/* The changes of a column by the first reactions whose running sums reach r. */
static LLVMValueRef change_by_choice(struct side *s, struct side_vector *v, const double *change,
                                     LLVMValueRef r)
{
    LLVMValueRef all = side_real(s, change[0]);
    for (int32_t j = 1; j < s->m->n_reactions; j++) {
        if (change[j] != change[j - 1]) {
            all = side_choose(s, side_less(s, v->sum[j - 1], r), side_real(s, change[j]), all);
        }
    }
    return all;
}

/* Whether choices between neighbouring reactions take fewer operations than looking changes up. */
static bool chooses(const struct side *s)
{
    const int look_up_cost = s->lanes == KERN_AVX512 ? 1 : 2 * s->number.lanes;
    int32_t n = s->m->n_reactions, choices = 0;
    for (int32_t i = 0; i < s->n_columns; i++) {
        for (int32_t j = 1; j < n; j++) {
            choices += s->change[i][j] != s->change[i][j - 1];
        }
    }
    return n_groups(s) == 1 && choices < n - 1 + look_up_cost * s->n_columns;
}

/* Puts a vector into memory, of which single elements are loaded: faster than as many moves out of a
 * vector. */
static void spill(struct side *s, LLVMValueRef v, LLVMValueRef *element)
{
    struct emit *e = s->b.e;
    if (!s->number.is_wide) {
        element[0] = v;
        return;
    }
    LLVMValueRef memory = side_slot(s, s->words);
    LLVMSetVolatile(LLVMBuildStore(e->builder, v, memory), true);
    for (int i = 0; i < s->number.lanes; i++) {
        element[i] = emit_load(e, e->i64, memory, (size_t)i * LANE);
        LLVMSetVolatile(element[i], true);
    }
}

/* Selects a reaction in each lane, unless changes follow from running sums. */
void side_select(struct side *s, struct side_vector *v, LLVMValueRef choice)
{
    v->r = LLVMBuildFMul(s->b.e->builder, choice, v->total, "");
    v->index = NULL;
    if (!chooses(s)) {
        v->index = n_groups(s) > 1 ? select_in_groups(s, v, v->r)
                                   : first_not_below(s, v->sum, s->m->n_reactions - 1, v->r, 0);
    }
}

/* Computes the amounts behind the event. */
void side_fire(struct side *s, struct side_vector *v)
{
    LLVMValueRef element[CRNL_LANES];
    if (v->index && s->lanes != KERN_AVX512) {
        spill(s, v->index, element);
    }
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            const double *change = s->change[s->column[i]];
            LLVMValueRef by = v->index ? change_by_index(s, v, change, v->index, element)
                                       : change_by_choice(s, v, change, v->r);
            v->x_after[i] = LLVMBuildFAdd(s->b.e->builder, v->amount[i], by, "");
        }
    }
}

LLVMValueRef side_check_laws(struct side *s, struct side_vector *v)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef bad = side_compute_laws(s, v, v->x_after);
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->by_law[i]) {
            bad = LLVMBuildOr(at, bad, side_less(s, v->x_after[i], side_real(s, 0)), "");
        }
    }
    return bad;
}

/* ---- Times --------------------------------------------------------------------------------------------- */

LLVMValueRef side_find_next(struct side *s, struct side_vector *v, LLVMValueRef wait)
{
    LLVMBuilderRef at = s->b.e->builder;
    wait = LLVMBuildFDiv(at, wait, v->total, "");
    v->next = LLVMBuildFAdd(at, side_of_slot(s, s->number.type, v->t), wait, "");
    LLVMValueRef stop = v->stop ? v->stop : side_load(s, s->number.type, s->place.t_stop, v);
    v->good = LLVMBuildAnd(at, side_less(s, side_real(s, LANES_LEAST), v->total),
                           side_less(s, v->total, side_real(s, (double)INFINITY)), "");
    return side_less(s, stop, v->next);
}

/* ---- Conditions ---------------------------------------------------------------------------------------- */

/* A bit for each lane with a run in which a condition is not what it was when the run was last looked at. */
LLVMValueRef side_turned(struct side *s, struct side_vector *v)
{
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef any = LLVMConstNull(s->mask);
    side_load_amounts(s, v);
    struct side_leaves leaves = {s, v, v->amount};
    size_t mark = emit_mark(&s->b);
    s->b.env = &leaves;
    for (int32_t i = 0; i < s->m->n_asked; i++) {
        LLVMValueRef holds = emit_scalar(&s->b, s->plan->expr[s->m->asked[i]]);
        LLVMValueRef now = side_choose(s, holds, side_real(s, 1), side_real(s, 0));
        LLVMValueRef held = side_load(s, s->number.type, s->place.held + (size_t)i * s->place.row, v);
        any = LLVMBuildOr(at, any, LLVMBuildFCmp(at, LLVMRealONE, now, held, ""), "");
    }
    emit_release(&s->b, mark);
    return LLVMBuildAnd(at, side_bits(s, any), v->live, "");
}

/* ---- State --------------------------------------------------------------------------------------------- */

void side_store_amounts(struct side *s, struct side_vector *v)
{
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            side_store(s, side_of_slot(s, s->number.type, v->x[i]), s->place.x + (size_t)i * s->place.row, v);
        }
    }
}

void side_load_vector(struct side *s, struct side_vector *v)
{
    struct emit *e = s->b.e;
    const struct crnl_model *m = s->m;
    size_t reactions = (size_t)m->n_reactions, species = (size_t)m->n_species;
    v->x = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    v->amount = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    v->a = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    v->sum = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    v->law = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    v->law_after = arena_alloc(e->arena, reactions * sizeof(LLVMValueRef));
    v->x_after = arena_alloc(e->arena, species * sizeof(LLVMValueRef));
    v->param = arena_alloc(e->arena, (size_t)m->n_params * sizeof(LLVMValueRef));
    v->inv_volume = side_load(s, s->number.type, s->place.inv_volume, v);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        v->law[j] = ssa_law(m, j) >= 0 ? side_slot(s, s->number.type) : NULL;
    }
    for (int32_t i = 0; i < m->n_species; i++) {
        v->x_after[i] = v->amount[i] = side_load(s, s->number.type, s->place.x + (size_t)i * s->place.row, v);
        if (s->column[i] >= 0) {
            v->x[i] = side_slot(s, s->number.type);
            LLVMBuildStore(e->builder, v->amount[i], v->x[i]);
        }
    }
    v->t = side_slot(s, s->number.type);
    LLVMBuildStore(e->builder, side_load(s, s->number.type, s->place.t, v), v->t);
}

void side_load_constants(struct side *s, struct side_vector *v)
{
    LLVMValueRef *k = arena_alloc(s->b.e->arena, (size_t)s->m->n_reactions * sizeof *k);
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        k[j] = constant_of(s, v, j);
    }
    v->k = k;
    v->stop = side_load(s, s->number.type, s->place.t_stop, v);
}

void side_store_vector(struct side *s, struct side_vector *v)
{
    side_store_amounts(s, v);
    side_store(s, side_of_slot(s, s->number.type, v->t), s->place.t, v);
}

void side_keep_laws(struct side *s, struct side_vector *v)
{
    for (int32_t j = 0; j < s->m->n_reactions; j++) {
        if (v->law[j]) {
            LLVMBuildStore(s->b.e->builder, v->law_after[j], v->law[j]);
        }
    }
}

static void keep_amounts(struct side *s, struct side_vector *v)
{
    for (int32_t i = 0; i < s->m->n_species; i++) {
        if (s->column[i] >= 0) {
            LLVMBuildStore(s->b.e->builder, v->x_after[i], v->x[i]);
        }
    }
}

void side_keep(struct side *s, struct side_vector *v)
{
    LLVMBuildStore(s->b.e->builder, v->next, v->t);
    keep_amounts(s, v);
    side_keep_laws(s, v);
}

static void find_changes(struct side *s)
{
    struct emit *e = s->b.e;
    const struct crnl_model *m = s->m;
    size_t padded = (size_t)(n_groups(s) * CRNL_FAN);
    s->column = arena_alloc(e->arena, (size_t)m->n_species * sizeof *s->column);
    s->change = arena_alloc(e->arena, (size_t)m->n_species * sizeof *s->change);
    s->by_law = arena_alloc(e->arena, (size_t)m->n_species * sizeof *s->by_law);
    for (int32_t i = 0; i < m->n_species; i++) {
        s->column[i] = -1;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        bool is_law = ssa_law(m, j) >= 0;
        s->has_laws |= is_law;
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            s->by_law[m->net_species[i]] |= is_law && m->net_delta[i] < 0;
            int32_t *column = &s->column[m->net_species[i]];
            if (*column < 0) {
                *column = s->n_columns++;
                s->change[*column] = arena_alloc(e->arena, padded * sizeof(double));
            }
            s->change[*column][j] = m->net_delta[i];
        }
    }
}

void side_init(struct side *s, struct emit *e, struct emit_cache *cache, LLVMValueRef f)
{
    unsigned wide = (unsigned)s->number.lanes;
    s->words = s->number.is_wide ? LLVMVectorType(e->i64, wide) : e->i64;
    s->mask = s->number.is_wide ? LLVMVectorType(e->i1, wide) : e->i1;
    s->bits = LLVMIntTypeInContext(e->context, wide);
    emit_body_init(&s->b, e, cache, f);
    s->b.shared = true;
    s->b.leaf = leaf;
    s->b.wide = s->number.is_wide ? s->number.type : NULL;
    s->leave = emit_block(&s->b, "leave");
    find_changes(s);
}
