/* Derivatives of a run by differences: the run is repeated with changed numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_gradient.h"

static const double STEP = 1e-4, TOLERANCE = 1e-10;

struct repeating {
    const struct rt_kept_run *of;
    const struct rt_cotangents *c;
    int64_t row, n_rows;
    struct rt_job job;
    double *param, *x0, *k, *schedule, *registers;
    struct rt_error *e;
};

static double stat_value(const struct crnl_stat_request *q, const struct rt_stat *s, int64_t i)
{
    switch (q->kind) {
    case CRNL_TIME_MEAN: return s->moments[i].mean;
    case CRNL_TIME_VAR: return s->moments[i].m2 / s->moments[i].weight;
    default: return s->value[i];
    }
}

/* The contribution of this run to the loss. */
static double loss_of(const struct repeating *r, const struct rt_recorder *rec)
{
    const struct crnl_model *m = r->job.m;
    double sum = 0;
    for (int32_t i = 0; i < r->c->n; i++) {
        const struct rt_cotangent *c = &r->c->item[i];
        int64_t n = c->n / r->n_rows;
        const double *v = c->v + r->row * n;
        for (int64_t k = 0; k < (c->what >= 0 ? n : c->n); k++) {
            if (c->what >= 0) {
                sum += v[k] != 0 ? v[k] * stat_value(&m->stat[c->what], &rec->stat[c->what], k) : 0;
            } else if (c->what == CRNL_COTANGENT_TIME) {
                sum += c->v[k] * rec->t;
            } else {
                const struct crnl_elem *e = &m->elem[m->symbol[CRNL_COTANGENT_SYMBOL - c->what].first + k];
                sum += e->kind == CRNL_ELEM_PARAM
                           ? 0
                           : c->v[k] * rt_elem_value(m, e, rec->x, rec->t, r->job.param, r->job.capture, 1);
            }
        }
    }
    return sum;
}

static double repeat(struct repeating *r)
{
    const struct crnl_method *method = r->job.spec->method;
    const struct crnl_model *m = r->job.m;
    crnl_tape_run(&m->rate, r->job.ctx->global, r->param, NULL, r->k, r->registers);
    for (int32_t j = 0; r->of->run->job.k_open && j < m->n_reactions; j++) {
        r->k[j] = r->of->run->job.k[j] == 0 && r->of->run->job.k_open[j] != 0 ? 0 : r->k[j];
    }
    crnl_tape_run(&m->schedule, r->job.ctx->global, r->param, NULL, r->schedule, r->registers);
    struct rt_recorder rec;
    double loss = NAN;
    rt_recorder_init(&rec, &r->job, 0);
    void *workspace = rt_workspace(&r->job, &rec.error);
    if (!rec.error.status && !method->run(workspace, &rec)) {
        loss = loss_of(r, &rec);
    }
    rt_workspace_done(&r->job, workspace);
    if (rec.error.status && !r->e->status) {
        rt_fail(r->e, rec.error.status, "%s", rec.error.text.data);
    }
    rt_recorder_free(&rec);
    return loss;
}

static double at(struct repeating *r, double *value, double v)
{
    double old = *value;
    *value = v;
    double loss = r->e->status ? NAN : repeat(r);
    *value = old;
    return loss;
}

/* Derivative by *value; `size` replaces the value if that is 0. */
static double difference(struct repeating *r, double *value, bool is_amount, double size)
{
    double v = *value, h = STEP * (v != 0 ? fabs(v) : size);
    if (is_amount && v - 2 * h < 0) {
        return (-3 * at(r, value, v) + 4 * at(r, value, v + h) - at(r, value, v + 2 * h)) / (2 * h);
    }
    double far = at(r, value, v - 2 * h) - at(r, value, v + 2 * h),
           near = at(r, value, v + h) - at(r, value, v - h);
    return (8 * near + far) / (12 * h);
}

static void *room(int32_t n, const double *from)
{
    return from ? rt_copy(from, (size_t)n, sizeof *from) : rt_alloc((size_t)n, sizeof(double));
}

int rt_gradient_differences(const struct rt_kept_run *run, const struct rt_cotangents *c, int64_t row,
                            int64_t n_rows, struct rt_partial *to, struct rt_error *e)
{
    const struct rt_job *job = &run->run->job;
    const struct crnl_model *m = job->m;
    struct repeating r = {.of = run, .c = c, .row = row, .n_rows = n_rows, .job = *job, .e = e};
    int32_t registers =
        m->rate.n_registers > m->schedule.n_registers ? m->rate.n_registers : m->schedule.n_registers;
    r.param = room(m->n_params, job->param);
    r.x0 = room(m->n_species, job->x0);
    r.k = room(m->n_reactions, job->k);
    r.schedule = room(m->n_phases + m->n_events, job->schedule);
    r.registers = room(registers, NULL);
    r.job.course = NULL;
    r.job.param = r.param;
    r.job.x0 = r.x0;
    r.job.k = r.k;
    r.job.schedule = r.schedule;
    r.job.k_open = NULL;
    r.job.k_number = 0;
    r.job.has_rows = false;
    r.job.is_row = true; /* a row reports no progress */
    r.job.verbose = false;
    r.job.n_columns = r.job.n_trace = 0;
    r.job.option[CRNL_OPTION_RTOL].real = fmin(r.job.option[CRNL_OPTION_RTOL].real, TOLERANCE);
    for (int32_t i = 0; i < m->n_params && !e->status; i++) {
        to->param[i] += difference(&r, &r.param[i], false, 1);
    }
    double size = 0; /* largest amount */
    for (int32_t i = 0; i < m->n_species; i++) {
        size = fmax(size, fabs(r.x0[i]));
    }
    for (int32_t i = 0; i < m->n_species && !e->status; i++) {
        bool is_amount = !m->species_signed || m->species_signed[i] != CRNL_SIGNED;
        to->x0[i] += difference(&r, &r.x0[i], is_amount, size > 0 ? size : 1);
    }
    free(r.param);
    free(r.x0);
    free(r.k);
    free(r.schedule);
    free(r.registers);
    return e->status;
}
