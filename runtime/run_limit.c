/* `to limit`: the state at infinite time of a rate-independent feed-forward network. Each reaction, in the model's order,
 * fires as long as there is something to consume and its catalysts are there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"

static int check_order(const struct crnl_model *m, struct rt_error *e)
{
    return m->limit_order
               ? CRNL_OK
               : rt_fail(e, CRNL_BAD_ARGUMENT,
                         "`to limit` needs a network whose final state does not depend on rates%s%s",
                         m->limit_refusal ? "\n  note: " : "", m->limit_refusal ? m->limit_refusal : "");
}

static void *limit_create(const struct rt_job *job, struct rt_error *e)
{
    return check_order(job->m, e) ? NULL : rt_alloc((size_t)job->m->n_species, sizeof(double));
}

static double net_change(const struct crnl_model *m, int32_t j, int32_t species)
{
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        if (m->net_species[e] == species) {
            return m->net_delta[e];
        }
    }
    return 0;
}

static void fire_to_completion(const struct crnl_model *m, int32_t j, const double *k, double *x)
{
    double extent = INFINITY;
    if (!(k[j] > 0)) {
        return;
    }
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        int32_t s = m->lhs_species[e];
        double used = -net_change(m, j, s);
        if (!(x[s] > 0)) {
            return;
        }
        if (used > 0) {
            extent = fmin(extent, x[s] / used);
        }
    }
    for (int32_t e = m->net_ptr[j]; extent < INFINITY && e < m->net_ptr[j + 1]; e++) {
        int32_t s = m->net_species[e];
        double used = -m->net_delta[e];
        bool limiting = used > 0 && x[s] / used <= extent;
        x[s] = limiting ? 0 : fmax(x[s] - extent * used, 0);
    }
}

static void find_limit(const struct crnl_model *m, const double *k, double *x)
{
    for (int32_t i = 0; i < m->n_reactions; i++) {
        fire_to_completion(m, m->limit_order[i], k, x);
    }
}

static int limit_run(void *workspace, struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    const struct crnl_model *m = job->m;
    double *x = workspace;
    memcpy(x, job->x0, (size_t)m->n_species * sizeof *x);
    int status = rt_record_row(r, job->t0, x);
    find_limit(m, job->k, x);
    if (!status) {
        status = rt_record_row(r, INFINITY, x);
    }
    if (!status) {
        status = rt_check_assumes(job, INFINITY, x, &r->error);
    }
    rt_record_end(r, job->t0, x);
    return status;
}

const struct crnl_method crnl_method_limit = {CRNL_METHOD_LIMIT, limit_create, limit_run, free};

int crnl_limit(struct crnl_ctx *ctx, int32_t net, int32_t symbol, double *out, int32_t line)
{
    struct rt_network *n = rt_network(ctx, net);
    const struct crnl_model *m = n->m;
    const struct crnl_symbol *s = &m->symbol[symbol];
    struct rt_error e = {0};
    double *param = rt_alloc((size_t)m->n_params, sizeof *param),
           *x = rt_alloc((size_t)m->n_species, sizeof *x), *k = rt_alloc((size_t)m->n_reactions, sizeof *k);
    rt_network_params(ctx, n, true, param);
    rt_network_initial(ctx, n, param, x);
    rt_network_with(n, x);
    crnl_tape_run(&m->rate, ctx->global, param, NULL, k, n->registers);
    for (int32_t i = 0; i < m->n_species && !e.status; i++) {
        if (!(x[i] >= 0 && x[i] < INFINITY)) {
            rt_fail(&e, CRNL_BAD_AMOUNT, "the initial amount of `%s` is %.6g", m->species_name[i], x[i]);
        }
    }
    if (!e.status && !check_order(m, &e)) {
        find_limit(m, k, x);
        for (int32_t i = 0; i < s->size; i++) {
            out[i] = rt_elem_value(m, &m->elem[s->first + i], x, INFINITY, param, NULL, 1);
        }
    }
    rt_overrides_clear(&n->param_with, m->n_params);
    rt_overrides_clear(&n->amount_with, m->n_species);
    free(param);
    free(x);
    free(k);
    return rt_fail_at(ctx, line, &e);
}
