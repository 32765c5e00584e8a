/* `to limit`: the state at infinite time of a rate-independent feed-forward network. Each reaction, in the
 * model's limit_order, fires until one of its reactants is used up, if its catalysts are present. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_checkpoint.h"
#include "rt_ctx.h"
#include "rt_limit.h"

static void *limit_create(const struct rt_job *job, struct rt_error *e)
{
    (void)e;
    return rt_alloc((size_t)job->m->n_species, sizeof(double));
}

static int limit_run(void *workspace, struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    const struct crnl_model *m = job->m;
    double *x = workspace;
    memcpy(x, job->x0, (size_t)m->n_species * sizeof *x);
    int status = rt_record_row(r, job->t0, x);
    r->limit = status ? NULL : rt_limit_find(m, job->k, x, job->limit, &r->error);
    if (r->limit) {
        rt_limit_amounts(r->limit, x);
        status = rt_record_row(r, INFINITY, x);
        status = status ? status : rt_check_assumes(job, INFINITY, x, &r->error);
    }
    rt_record_end(r, job->t0, x);
    return status ? status : r->error.status;
}

const struct crnl_method crnl_method_limit = {
    CRNL_METHOD_LIMIT, limit_create, limit_run, free, NULL, NULL, NULL, NULL, NULL, NULL};

int crnl_limit(struct crnl_ctx *ctx, int32_t net, int32_t symbol, double *out, int32_t line)
{
    struct rt_network *n = rt_network(ctx, net);
    const struct crnl_model *m = n->m;
    const struct crnl_symbol *s = &m->symbol[symbol];
    struct rt_error e = {0};
    double began = rt_seconds();
    double *param = rt_alloc((size_t)m->n_params, sizeof *param),
           *x = rt_alloc((size_t)m->n_species, sizeof *x), *k = rt_alloc((size_t)m->n_reactions, sizeof *k);
    rt_network_params(ctx, n, true, param);
    rt_network_initial(ctx, n, param, x);
    rt_network_with(n, x);
    crnl_tape_run(&m->rate, ctx->global, param, NULL, k, n->registers);
    struct rt_limit *l = rt_neural_check_followed(ctx, n, &e) ? NULL : rt_limit_find(m, k, x, NULL, &e);
    if (l) {
        rt_limit_amounts(l, x);
        for (int32_t i = 0; i < s->size; i++) {
            out[i] = rt_limit_value(l, m, &m->elem[s->first + i], x, param, NULL, &e);
        }
        rt_limit_free(l);
    }
    rt_checkpoint_miss(ctx->checkpoint, began, line, "what `limit` computes is not in the checkpoint");
    rt_overrides_clear(&n->param_with, m->n_params);
    rt_overrides_clear(&n->amount_with, m->n_species);
    free(param);
    free(x);
    free(k);
    return rt_fail_at(ctx, line, &e);
}
