/* The chemical Langevin equation (Gillespie, J. Chem. Phys. 113, 297, 2000), in Ito's sense,
 *
 *     dX = sum over reactions of change_j (a_j(X) dt + sqrt(a_j(X)) dW_j),
 *
 * by fixed steps in two halves (rt_second_rate), of weak order 2. A row, an event and the end of the run
 * shorten a step. At 0, noise may take an amount below 0; reactions then see 0, and a propensity below 0, as
 * k x (x - 1) for less than one molecule, counts as 0. Thus the noise of reactions that consume the species
 * ends at 0, reactions that make it bring it back, and conserved sums stay conserved. Events, conditions and
 * assumptions see the state at the ends of steps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ssa.h"

static const double few = 10; /* molecules; below this number the equation is a poor approximation */

struct diffusion {
    double *a, *rate; /* [n_reactions] propensities at the start of a step; rates of one half */
    double *seen;     /* [n_species] amounts as reactions see them */
    bool *takes_part; /* [n_species] whether a reaction changes it */
    int32_t scarce;   /* the first species whose amount was below `few`, or -1 */
};

static void destroy(struct rt_ssa *s)
{
    struct diffusion *d = s->data;
    free(d->a);
    free(d->rate);
    free(d->seen);
    free(d->takes_part);
    free(d);
}

static int refuse(struct rt_ssa *s, struct rt_error *e)
{
    if (s->events.reads_time || s->job->spec->until_reads_time) {
        return rt_fail(
            e, CRNL_BAD_ARGUMENT,
            "`cle` sees the state at the ends of steps, and a condition reads the time between them\n"
            "  help: run it by ssa, or end with `for TIME`");
    }
    return CRNL_OK;
}

static void create(struct rt_ssa *s)
{
    const struct crnl_model *m = s->job->m;
    struct diffusion *d = s->data = rt_alloc(1, sizeof *d);
    d->a = rt_alloc((size_t)m->n_reactions, sizeof *d->a);
    d->rate = rt_alloc((size_t)m->n_reactions, sizeof *d->rate);
    d->seen = rt_alloc((size_t)m->n_species, sizeof *d->seen);
    d->takes_part = rt_alloc((size_t)m->n_species, sizeof *d->takes_part);
    for (int32_t i = 0; i < m->net_ptr[m->n_reactions]; i++) {
        d->takes_part[m->net_species[i]] = true;
    }
}

static void start(struct rt_ssa *s)
{
    ((struct diffusion *)s->data)->scarce = -1;
}

/* Computes all propensities at time t; returns false if one is negative or not finite: w->bad is that
 * reaction. */
static bool survey(struct rt_ssa *s, struct diffusion *d, double t, double *a, double *total)
{
    const struct crnl_model *m = s->job->m;
    struct crnl_ssa *w = &s->w;
    *total = 0;
    for (int32_t i = 0; i < m->n_species; i++) {
        d->seen[i] = fmax(w->x[i], 0);
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        a[j] = rt_propensity(m, j, w->k, d->seen, t, w->p, w->inv_volume);
        a[j] = rt_law(m, j) < 0 && a[j] < 0 ? 0 : a[j];
        *total += a[j];
        if (!(a[j] >= 0 && *total < INFINITY)) {
            w->bad = j;
            return false;
        }
    }
    return true;
}

/* Half a step: each reaction fires rate times half, plus noise. */
static void diffuse(struct rt_ssa *s, const double *rate, double half)
{
    const struct crnl_model *m = s->job->m;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (rate[j] > 0) {
            double mean = rate[j] * half, times = mean + sqrt(mean) * crnl_rng_normal(&s->w.rng);
            for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
                s->w.x[m->net_species[e]] += m->net_delta[e] * times;
            }
        }
    }
}

static void look_for_few(struct rt_ssa *s, struct diffusion *d)
{
    for (int32_t i = 0; d->scarce < 0 && i < s->job->m->n_species; i++) {
        if (d->takes_part[i] && s->w.x[i] < few) {
            d->scarce = i;
            rt_putf(&s->r->notes,
                    "warning: %.3g molecules of `%s` at t = %.6g: the Langevin equation holds where "
                    "reactions fire often before amounts change much; compare with ssa\n",
                    s->w.x[i], s->job->m->species_name[i], s->w.t);
        }
    }
}

/* Noise may take amounts below 0, but a step is too long if the mean change takes an amount below 0 by more
 * than noise could: then reactions have consumed amounts that were used up long before. */
static bool check_length(struct rt_ssa *s, const struct diffusion *d, double length)
{
    const struct crnl_model *m = s->job->m;
    enum { DEVIATIONS = 10 };
    for (int32_t i = 0; i < m->n_species; i++) {
        if (!d->takes_part[i] || s->w.x[i] >= -1) {
            continue;
        }
        double mean = 0, variance = 0;
        for (int32_t j = 0; j < m->n_reactions; j++) {
            double times = (d->a[j] + d->rate[j]) * length / 2;
            for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
                double by = m->net_species[e] == i ? m->net_delta[e] : 0;
                mean += by * times;
                variance += by * by * times;
            }
        }
        if (mean < -DEVIATIONS * sqrt(variance)) {
            rt_fail(&s->r->error, CRNL_BAD_AMOUNT,
                    "a step of %.6g takes `%s` to %.6g at t = %.6g: reactions fire for what is not there any "
                    "more\n"
                    "  help: take a shorter `dt`",
                    length, m->species_name[i], s->w.x[i], s->w.t);
            return false;
        }
    }
    return true;
}

static int advance(struct rt_ssa *s, double t_stop, int64_t max_events)
{
    struct diffusion *d = s->data;
    struct crnl_ssa *w = &s->w;
    double dt = rt_real(s->job, CRNL_OPTION_DT), total;
    for (int64_t n = 0; n < max_events; n++) {
        bool ends = !(w->t + dt < t_stop) || crnl_same_time(w->t + dt, t_stop);
        double length = ends ? t_stop - w->t : dt;
        look_for_few(s, d);
        if (!survey(s, d, w->t, d->a, &total)) {
            return CRNL_SSA_BAD;
        }
        if (!(total > 0) && s->job->m->n_timed == 0) {
            w->t = t_stop;
            return CRNL_SSA_DEAD;
        }
        diffuse(s, d->a, length / 2);
        if (!survey(s, d, w->t + length / 2, d->rate, &total)) {
            return CRNL_SSA_BAD;
        }
        for (int32_t j = 0; j < s->job->m->n_reactions; j++) {
            d->rate[j] = rt_second_rate(d->a[j], d->rate[j]);
        }
        diffuse(s, d->rate, length / 2);
        w->events++;
        w->t = ends ? t_stop : w->t + dt;
        if (!check_length(s, d, length)) {
            return CRNL_SSA_BAD;
        }
        crnl_watch_update(w, false);
        if (ends) {
            return CRNL_SSA_TIME;
        }
    }
    return CRNL_SSA_EVENTS;
}

static void state(struct rt_ssa *s, struct rt_state *p)
{
    struct diffusion *d = s->data;
    rt_state_piece(p, &d->scarce, sizeof d->scarce);
    rt_state_must(p, d->scarce >= -1 && d->scarce < s->job->m->n_species);
}

static const struct rt_stepper cle = {.refuse = refuse,
                                      .create = create,
                                      .start = start,
                                      .advance = advance,
                                      .destroy = destroy,
                                      .has_no_kernel = true,
                                      .state = state};

static void *create_worker(const struct rt_job *job, struct rt_error *e)
{
    return rt_ssa_create(&cle, job, e);
}

const struct crnl_method crnl_method_cle = {CRNL_METHOD_CLE, create_worker, rt_ssa_run, rt_ssa_destroy, NULL,
                                            rt_ssa_renew,    NULL,          NULL,       NULL,           NULL};
