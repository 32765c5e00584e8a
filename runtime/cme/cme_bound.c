/* How many states there can be, from the sums that reactions conserve. */
#include <math.h>
#include <stdlib.h>

#include "rt_cme.h"

/* The value of a sum of positive multiples of amounts; NaN: it is none, and bounds nothing. */
static double value_of_sum(const struct rt_job *job, int32_t i)
{
    const struct crnl_model *m = job->m;
    double sum = 0;
    for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1]; k++) {
        sum += m->sum_count[k] > 0 ? m->sum_count[k] * job->x0[m->sum_species[k]] : NAN;
    }
    return sum;
}

static bool is_counted(const struct rt_states *s, int32_t species)
{
    bool is = false;
    for (int32_t c = 0; c < s->n_changing; c++) {
        is |= s->changing[c] == species;
    }
    return is;
}

double rt_states_bound(const struct rt_states *s)
{
    const struct rt_job *job = s->job;
    const struct crnl_model *m = job->m;
    double *most = rt_alloc((size_t)m->n_species, sizeof *most), bound = 1;
    for (int32_t i = 0; i < m->n_species; i++) {
        most[i] = INFINITY;
    }
    for (int32_t i = 0; i < m->n_sums; i++) {
        double sum = value_of_sum(job, i);
        for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1] && sum == sum; k++) {
            int32_t of = m->sum_species[k];
            most[of] = fmin(most[of], floor(sum / m->sum_count[k]));
        }
    }
    for (int32_t i = 0; i < s->n_changing; i++) {
        bound *= most[s->changing[i]] + 1;
    }
    /* Of each sum one amount follows from the others, if these are all counted. */
    for (int32_t i = 0; i < m->n_sums && bound < INFINITY; i++) {
        int32_t largest = -1;
        bool all = value_of_sum(job, i) >= 0;
        for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1] && all; k++) {
            int32_t of = m->sum_species[k];
            all = is_counted(s, of);
            largest = most[of] > 0 && (largest < 0 || most[of] > most[largest]) ? of : largest;
        }
        if (all && largest >= 0) {
            bound /= most[largest] + 1;
            most[largest] = 0;
        }
    }
    free(most);
    return bound;
}
