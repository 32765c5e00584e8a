/* Delays: which species stand for delayed amounts, and for each the delayed quantity, its delay and its
 * history before the start, as expressions that need code (runtime/ode/rt_history.h). */
#include <stdlib.h>

#include "codegen/plan/plan_build.h"
#include "support/mem.h"

struct delay_reads {
    bool *seen; /* by species: it is in `species` */
    VEC(int32_t) species;
    bool moves; /* the delay reads more than parameters */
};

static void add_read(void *env, expr_id id, const struct expr *e)
{
    struct delay_reads *r = env;
    (void)id;
    r->moves |= e->op == EXPR_SPECIES || e->op == EXPR_TIME;
    if (e->op == EXPR_SPECIES && !r->seen[e->a]) {
        r->seen[e->a] = true;
        vec_push(&r->species, e->a);
    }
}

void plan_delays(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    size_t n = b->plan->n_delays;
    int32_t *species = plan_array(b, n, int32_t), *value = plan_array(b, n, int32_t);
    int32_t *lag = plan_array(b, n, int32_t), *before = plan_array(b, n, int32_t);
    int32_t *fixed = plan_array(b, n, int32_t), *ptr = plan_array(b, n + 1, int32_t);
    struct delay_reads r = {.seen = mem_zalloc((size_t)m->n_species + 1, sizeof *r.seen)};
    if (n == 0) {
        free(r.seen);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct net_delay *d = &b->plan->delay[i];
        size_t first = r.species.n;
        species[i] = d->species;
        value[i] = plan_expr(b, d->value);
        lag[i] = plan_expr(b, d->lag);
        before[i] = plan_expr(b, d->before);
        r.moves = false;
        expr_visit(b->net->ex, d->lag, add_read, &r);
        fixed[i] = (r.moves ? 0 : CRNL_DELAY_FIXED) | (d->is_late ? CRNL_DELAY_LATE : 0);
        expr_visit(b->net->ex, d->value, add_read, &r);
        expr_visit(b->net->ex, d->before, add_read, &r);
        for (size_t k = first; k < r.species.n; k++) {
            r.seen[r.species.data[k]] = false;
        }
        ptr[i + 1] = (int32_t)r.species.n;
    }
    int32_t *reads = plan_array(b, r.species.n, int32_t);
    for (size_t k = 0; k < r.species.n; k++) {
        reads[k] = r.species.data[k];
    }
    m->n_delays = (int32_t)n;
    m->delay_species = species;
    m->delay_value = value;
    m->delay_lag = lag;
    m->delay_before = before;
    m->delay_fixed = fixed;
    m->delay_ptr = ptr;
    m->delay_reads = reads;
    free(r.seen);
    vec_free(&r.species);
}
