/* `to limit`: the state at infinite time of a rate-independent feed-forward network. Each reaction, in the model's order,
 * fires as long as there is something to consume and its catalysts are there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_run.h"

static void *limit_create(const struct rt_job *job, struct rt_error *e)
{
    const struct crnl_model *m = job->m;
    if (!m->limit_order) {
        rt_fail(e, CRNL_BAD_ARGUMENT, "`to limit` needs a network whose final state does not depend on rates%s%s",
                m->limit_refusal ? "\n  note: " : "", m->limit_refusal ? m->limit_refusal : "");
        return NULL;
    }
    return rt_alloc((size_t)m->n_species, sizeof(double));
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

static int limit_run(void *workspace, struct rt_recorder *r)
{
    const struct rt_job *job = r->job;
    const struct crnl_model *m = job->m;
    double *x = workspace;
    memcpy(x, job->x0, (size_t)m->n_species * sizeof *x);
    int status = rt_record_row(r, job->t0, x);
    for (int32_t i = 0; i < m->n_reactions; i++) {
        fire_to_completion(m, m->limit_order[i], job->k, x);
    }
    if (!status) {
        status = rt_record_row(r, INFINITY, x);
    }
    if (!status) {
        status = rt_check_assumes(job, INFINITY, x, &r->error);
    }
    rt_record_end(r, job->t0, x);
    return status;
}

const struct crnl_method crnl_method_limit = {"limit", false, limit_create, limit_run, free};
