/* Accuracy of dual values after an ODE run. A solver keeps each rail within its tolerance; if the rails have
 * grown far beyond their difference, the difference is smaller than the tolerance. */
#include <math.h>

#include "rt_ctx.h"
#include "rt_events.h"

static const double wanted = 0.01; /* largest relative error, of the largest value of a symbol, that is
                                    * accepted */
static const double growth =
    100; /* of rails over all amounts at the start: smaller rails may cancel to a 0 that is intended */

static double largest_of(const double *x, int32_t n)
{
    double most = 0;
    for (int32_t s = 0; s < n; s++) {
        most = fmax(most, fabs(x[s]));
    }
    return most;
}

/* The largest sum of two rails, and the largest difference, among the elements of a symbol. */
static void measure(const struct crnl_model *m, const struct crnl_symbol *s, const double *x, double *rails,
                    double *value)
{
    *rails = *value = 0;
    for (int32_t i = 0; i < s->size; i++) {
        const struct crnl_elem *e = &m->elem[s->first + i];
        if (e->kind == CRNL_ELEM_DUAL) {
            *rails = fmax(*rails, x[e->a] + x[e->b]);
            *value = fmax(*value, fabs(x[e->a] - x[e->b]));
        }
    }
}

void rt_digits_lost(const struct rt_job *job, const double *x, struct rt_buffer *text)
{
    const struct crnl_model *m = job->m;
    double start = largest_of(job->x0, m->n_species), rails, value;
    for (int32_t i = 0; i < m->n_symbols; i++) {
        measure(m, &m->symbol[i], x, &rails, &value);
        double error = rt_real(job, CRNL_OPTION_RTOL) * rails;
        if (error > wanted * value && rails > growth * start) {
            rt_putf(text,
                    "`%s.%s` is the difference of amounts of %.3g, which this run has to within %.1g\n"
                    "  help: ask for the limit, which is exact, or give a smaller rtol",
                    m->name, m->symbol[i].name, rails, error);
            return;
        }
    }
}

void rt_warn_digits(struct crnl_ctx *ctx, const struct rt_job *job, const double *x)
{
    struct rt_buffer text = {0};
    rt_digits_lost(job, x, &text);
    if (text.n > 0) {
        rt_warn_at(ctx, job->spec->line, "%s", text.data);
    }
    rt_buffer_free(&text);
}

static bool changes(const struct crnl_model *m, int32_t s)
{
    for (int32_t i = 0; i < m->net_ptr[m->n_reactions]; i++) {
        if (m->net_species[i] == s) {
            return true;
        }
    }
    return false;
}

void rt_warn_atol(struct crnl_ctx *ctx, const struct rt_job *job, struct rt_network *n)
{
    const struct crnl_model *m = job->m;
    const double *largest = rt_memory_scales(m, n->memory);
    int32_t worst = -1, others = 0;
    for (int32_t s = 0; s < m->n_species && !n->told_atol; s++) {
        bool above = largest[s] > 0 && rt_atol(job, s) > rt_real(job, CRNL_OPTION_RTOL) * largest[s];
        if (above && changes(m, s)) {
            others += worst >= 0;
            worst =
                worst < 0 || rt_atol(job, s) / largest[s] > rt_atol(job, worst) / largest[worst] ? s : worst;
        }
    }
    if (worst < 0) {
        return;
    }
    struct rt_buffer more = {0};
    rt_putf(&more, others > 0 ? " (and of %d other%s)" : "", (int)others, others > 1 ? "s" : "");
    rt_warn_at(ctx, job->spec->line,
               "`atol` %.3g is more than `rtol` times the largest amount of `%s.%s`, %.3g%s: it may be "
               "wrong by %.2g of that\n"
               "  help: without `atol` it is found from the amounts",
               rt_atol(job, worst), m->name, m->species_name[worst], largest[worst], more.n ? more.data : "",
               rt_atol(job, worst) / largest[worst]);
    rt_buffer_free(&more);
    n->told_atol = true;
}
