/* A model's functions by walking its network: the network itself, not the plan's tables, so that the plan is
 * tested too. */
#include "codegen/interpret.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

struct surroundings {               /* values of a network expression's leaves */
    const double *x, *p, *c;
    double t, inv_volume;
};

static bool leaf(void *env, const struct expr *e, const void *const *args, void *out)
{
    const struct surroundings *s = env;
    (void)args;
    switch (e->op) {
    case EXPR_SPECIES: *(double *)out = s->x[e->a] * s->inv_volume; return true;
    case EXPR_PARAM: *(double *)out = s->p[e->a]; return true;
    case EXPR_TIME: *(double *)out = s->t; return true;
    case EXPR_CAPTURE: *(double *)out = s->c[e->a]; return true;
    default: return false;
    }
}

static double value_of(const struct net *net, expr_id id, struct surroundings *s)
{
    const struct expr_env env = { .env = s, .leaf = leaf };
    union { double real; uint8_t truth; } v = { .real = 0 };
    if (!expr_eval(net->ex, id, &env, &v)) {
        return NAN;                 /* an index out of range */
    }
    return expr_get(net->ex, id)->type == TYPE_BOOL ? v.truth : v.real;
}

static double walk_expr(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                        double inv_volume)
{
    const struct plan *plan = env;
    struct surroundings s = { .x = x, .p = p, .c = c, .t = t, .inv_volume = inv_volume };
    return value_of(plan->net, plan->expr[i], &s);
}

static double walk_rate(const struct net *net, const struct reaction *r, double k, struct surroundings *s)
{
    if (k == 0) {
        return 0;                   /* switched off: a law may not even be defined there */
    }
    if (r->rate_kind == RATE_LAW) {
        return k * value_of(net, r->rate, s);
    }
    double a = k;
    const struct term *lhs = net_lhs(net, r);
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        for (int64_t n = 0; n < lhs[i].count; n++) {
            a *= s->x[lhs[i].species];
        }
    }
    return a;
}

static void walk_rhs(void *env, double t, const double *x, const double *p, const double *k, double *dx)
{
    const struct net *net = ((const struct plan *)env)->net;
    struct surroundings s = { .x = x, .p = p, .t = t, .inv_volume = 1 };
    struct term small[16];
    memset(dx, 0, net->species.n * sizeof *dx);
    for (size_t j = 0; j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        size_t width = (size_t)r->n_lhs + r->n_rhs;
        bool fits = width <= sizeof small / sizeof *small;
        struct term *change = fits ? small : mem_alloc(width * sizeof *change);
        double a = walk_rate(net, r, k[j], &s);
        size_t n = net_change(net, r, change);
        for (size_t i = 0; i < n; i++) {
            dx[change[i].species] += (double)change[i].count * a;
        }
        if (!fits) {
            free(change);
        }
    }
}

void interpret_model(struct crnl_model *m, struct plan *plan)
{
    m->env = plan;
    m->expr = walk_expr;
    m->rhs = walk_rhs;
}
