/* Tau-leaping: many reactions at once, as long as no propensity changes by more than a fraction epsilon of
 * itself. The length of a leap, and which reactions are critical, are as in Cao, Gillespie, Petzold, J.
 * Chem. Phys. 124, 044109 (2006): a reaction that a few firings would exhaust fires at most once in a leap,
 * at an exponential time; the others leap in two halves (rt_second_rate). The bound of that paper lets large
 * amounts leap over many relaxation times, so that epsilon alone determines their fluctuations; a second
 * bound prevents that. If leaps would be no longer than a few reactions take, the exact kernel takes steps
 * instead. A leap that would make an amount negative is halved. Conditions, assumptions and statistics over
 * time see the state at the ends of leaps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_csr.h"
#include "rt_ssa.h"

enum {
    CRITICAL = 10,    /* n_c: a reaction that could fire fewer times is critical, ... */
    EXACT_STEPS = 100 /* number of exact steps where leaps do not pay */
};
static const double least_gain = 10; /* ... that is, where they are shorter than this number of reactions
                                        takes */

/* The role of a species in the fastest growing propensity that reads it: `copies` among `order` reactants. */
struct role {
    double order, copies;
};

struct leap {
    double *a, *second;     /* [n_reactions] propensities at the start of the leap, rates in its second
                               half */
    bool *is_critical;      /* [n_reactions] */
    double *before;         /* [n_species] the state before, if the leap must be undone */
    double *drift, *spread; /* [n_species] mean and variance of its change per unit of time */
    double *turnover;       /* [n_species] amount made and taken per unit of time, times orders of
                               reactions */
    double *order;          /* [n_reactions] */
    int32_t *role_ptr;      /* [n_species + 1] */
    struct role *role;      /* the readers of a species, each kind of reactant once */
    double total, critical; /* sum of all propensities, of the critical ones */
    int64_t n_exact;        /* number of exact steps still to take */
};

static void destroy(struct rt_ssa *s)
{
    struct leap *l = s->data;
    free(l->a);
    free(l->second);
    free(l->turnover);
    free(l->order);
    free(l->is_critical);
    free(l->before);
    free(l->drift);
    free(l->spread);
    free(l->role_ptr);
    free(l->role);
    free(l);
}

static bool is_changed(const struct crnl_model *m, int32_t species)
{
    return m->species_kind[species] != CRNL_CONSTANT;
}

static void create_roles(struct leap *l, const struct crnl_model *m)
{
    l->role_ptr = rt_alloc((size_t)m->n_species + 2, sizeof *l->role_ptr);
    l->role = rt_alloc((size_t)m->lhs_ptr[m->n_reactions], sizeof *l->role);
    int32_t *n = rt_alloc((size_t)m->n_species, sizeof *n);
    for (int32_t e = 0; e < m->lhs_ptr[m->n_reactions]; e++) {
        csr_count(l->role_ptr, m->lhs_species[e]);
    }
    csr_open(l->role_ptr, m->n_species);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
            int32_t s = m->lhs_species[e], i = 0;
            struct role r = {rt_reaction_order(m, j), m->lhs_count[e]},
                        *of = l->role + csr_next(l->role_ptr, s);
            while (i < n[s] && (of[i].order != r.order || of[i].copies != r.copies)) {
                i++;
            }
            of[i] = r;
            n[s] += i == n[s];
        }
    }
    int32_t end = 0; /* each kind once: close the gaps */
    for (int32_t s = 0; s < m->n_species; s++) {
        int32_t first = csr_next(l->role_ptr, s);
        memmove(l->role + end, l->role + first, (size_t)n[s] * sizeof *l->role);
        l->role_ptr[s] = end;
        end += n[s];
    }
    l->role_ptr[m->n_species] = end;
    free(n);
}

static int refuse(struct rt_ssa *s, struct rt_error *e)
{
    const struct crnl_model *m = s->job->m;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (rt_law(m, j) >= 0) {
            rt_fail(e, CRNL_BAD_ARGUMENT,
                    "`tau` leaps over reactions of mass action, and there is a law in ");
            rt_put_reaction(&e->text, m, j);
            rt_put(&e->text, "\n  help: run it by ssa");
            return e->status;
        }
    }
    if (s->events.reads_time || s->job->spec->until_reads_time) {
        return rt_fail(
            e, CRNL_BAD_ARGUMENT,
            "`tau` sees the state at the ends of leaps, and a condition reads the time between them\n"
            "  help: run it by ssa, or end with `for TIME`");
    }
    return CRNL_OK;
}

static void create(struct rt_ssa *s)
{
    const struct crnl_model *m = s->job->m;
    size_t n = (size_t)m->n_species, reactions = (size_t)m->n_reactions;
    struct leap *l = rt_alloc(1, sizeof *l);
    l->a = rt_alloc(reactions, sizeof *l->a);
    l->is_critical = rt_alloc(reactions, sizeof *l->is_critical);
    l->before = rt_alloc(n, sizeof *l->before);
    l->drift = rt_alloc(n, sizeof *l->drift);
    l->spread = rt_alloc(n, sizeof *l->spread);
    l->second = rt_alloc(reactions, sizeof *l->second);
    l->turnover = rt_alloc(n, sizeof *l->turnover);
    l->order = rt_alloc(reactions, sizeof *l->order);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        l->order[j] = rt_reaction_order(m, j);
    }
    create_roles(l, m);
    s->data = l;
}

static void start(struct rt_ssa *s)
{
    ((struct leap *)s->data)->n_exact = 0;
}

/* g of the paper: the largest d log a / d log x of the propensities that read a species. A product of
 * order n that contains x m times grows as n / m times the sum over q < m of x / (x - q): 2 + 1 / (x - 1)
 * for 2 X. */
static double growth(const struct leap *l, int32_t species, double x)
{
    double most = 0;
    for (int32_t i = l->role_ptr[species]; i < l->role_ptr[species + 1]; i++) {
        const struct role *r = &l->role[i];
        double sum = 0;
        for (double q = 0; q < r->copies; q++) {
            sum += x > q ? x / (x - q) : INFINITY;
        }
        most = fmax(most, r->order / r->copies * sum);
    }
    return most;
}

/* Propensities, their sums, and which reactions are critical. In the paper those that could use up what
 * they take; here also those that make something of which there is as little, if a reaction reads it: from
 * one molecule to two the propensity of 2 A -> B grows from 0, and the bound of the paper, at least one
 * molecule, does not see it. */
static int survey(struct rt_ssa *s, struct leap *l)
{
    const struct crnl_model *m = s->job->m;
    l->total = l->critical = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double a = rt_propensity(m, j, s->w.k, s->w.x, s->w.t, s->w.p, s->w.inv_volume);
        l->a[j] = a;
        l->total += a;
        if (!(a >= 0 && l->total < INFINITY)) {
            s->w.bad = j;
            return CRNL_SSA_BAD;
        }
        l->is_critical[j] = false;
        for (int32_t e = m->net_ptr[j]; a > 0 && e < m->net_ptr[j + 1]; e++) {
            int32_t i = m->net_species[e];
            bool is_read = l->role_ptr[i] < l->role_ptr[i + 1];
            l->is_critical[j] |= s->w.x[i] < CRITICAL * (is_read ? fabs(m->net_delta[e]) : -m->net_delta[e]);
        }
        l->critical += l->is_critical[j] ? a : 0;
    }
    return CRNL_SSA_EVENTS;
}

/* Of births and deaths at rest, leaps of z times the mean life make the variance (2 - 2 z + z^2) / (2 - 2
 * z + z^2 - z^3 / 4) times what it is: 1 + epsilon or less with this z. */
static double most_lives(double epsilon)
{
    return cbrt(4 * epsilon);
}

static void add_changes(struct leap *l, const struct crnl_model *m)
{
    memset(l->drift, 0, (size_t)m->n_species * sizeof *l->drift);
    memset(l->spread, 0, (size_t)m->n_species * sizeof *l->spread);
    memset(l->turnover, 0, (size_t)m->n_species * sizeof *l->turnover);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->net_ptr[j]; !l->is_critical[j] && e < m->net_ptr[j + 1]; e++) {
            double delta = m->net_delta[e];
            l->drift[m->net_species[e]] += delta * l->a[j];
            l->spread[m->net_species[e]] += delta * delta * l->a[j];
            l->turnover[m->net_species[e]] += fabs(delta) * l->a[j] * l->order[j];
        }
    }
}

/* tau' of the paper, eq. 33: how long no propensity of the others changes by more than epsilon of itself,
 * in mean and in spread; and no longer than amounts take to forget where they were: the Jacobian of the
 * rates, in units of the amounts, has no larger eigenvalue than its largest sum of a row, turnover / x. Where
 * something looks at each state, species that no reaction reads count too. */
static double longest(struct rt_ssa *s, struct leap *l)
{
    const struct crnl_model *m = s->job->m;
    double epsilon = rt_real(s->job, CRNL_OPTION_EPSILON), lives = most_lives(epsilon), tau = INFINITY;
    add_changes(l, m);
    for (int32_t i = 0; i < m->n_species; i++) {
        double x = s->w.x[i], g = growth(l, i, x);
        g = g == 0 && s->is_watched ? 1 : g;
        if (is_changed(m, i) && g > 0 && l->spread[i] > 0) {
            double room = fmax(epsilon * x / g, 1);
            tau = fmin(tau, fmin(room / fabs(l->drift[i]), room * room / l->spread[i]));
            tau = l->turnover[i] > 0 ? fmin(tau, fmax(lives * x, 1) / l->turnover[i]) : tau;
        }
    }
    return tau;
}

static void fire(struct rt_ssa *s, int32_t j, double times)
{
    const struct crnl_model *m = s->job->m;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        s->w.x[m->net_species[e]] += m->net_delta[e] * times;
    }
    s->w.events += (int64_t)times;
}

static void fire_critical(struct rt_ssa *s, const struct leap *l)
{
    double r = crnl_rng_uniform(&s->w.rng) * l->critical, sum = 0;
    int32_t chosen = -1;
    for (int32_t j = 0; j < s->job->m->n_reactions && !(chosen >= 0 && sum >= r); j++) {
        if (l->is_critical[j]) {
            sum += l->a[j];
            chosen = j;
        }
    }
    fire(s, chosen, 1);
}

static bool is_negative(const struct rt_ssa *s)
{
    for (int32_t i = 0; i < s->job->m->n_species; i++) {
        if (s->w.x[i] < 0) {
            return true;
        }
    }
    return false;
}

/* Executes both halves of a leap of the reactions that are not critical. Returns false if an amount becomes
 * negative. */
static bool leap_over(struct rt_ssa *s, struct leap *l, double length)
{
    const struct crnl_model *m = s->job->m;
    struct crnl_ssa *w = &s->w;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (l->a[j] > 0 && !l->is_critical[j]) {
            fire(s, j, crnl_rng_poisson(&w->rng, l->a[j] * length / 2));
        }
    }
    if (is_negative(s)) {
        return false;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double half_way = l->is_critical[j] ? 0 : rt_propensity(m, j, w->k, w->x, w->t, w->p, w->inv_volume);
        l->second[j] = rt_second_rate(l->a[j], half_way);
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (l->second[j] > 0) {
            fire(s, j, crnl_rng_poisson(&w->rng, l->second[j] * length / 2));
        }
    }
    return !is_negative(s);
}

/* Takes a leap, not beyond t_stop, or decides to take exact steps. */
static int leap(struct rt_ssa *s, struct leap *l, double t_stop)
{
    struct crnl_ssa *w = &s->w;
    int result = survey(s, l);
    if (result != CRNL_SSA_EVENTS || l->total == 0) {
        w->t = result != CRNL_SSA_EVENTS ? w->t : t_stop;
        return result != CRNL_SSA_EVENTS ? result : CRNL_SSA_DEAD;
    }
    int64_t events = w->events;
    memcpy(l->before, w->x, (size_t)s->job->m->n_species * sizeof *l->before);
    for (double tau = longest(s, l);; tau /= 2) {
        if (tau < least_gain / l->total || fmin(tau, t_stop) == INFINITY) {
            l->n_exact = EXACT_STEPS;
            rt_ssa_changed(s);
            return CRNL_SSA_EVENTS;
        }
        double wait = l->critical > 0 ? crnl_rng_exponential(&w->rng) / l->critical : INFINITY;
        double length = fmin(tau, t_stop - w->t);
        bool critical = wait <= length;
        length = critical ? wait : length;
        bool good = leap_over(s, l, length);
        if (good && critical) {
            fire_critical(s, l);
            good = !is_negative(s);
        }
        if (good) {
            bool ends = !critical && length == t_stop - w->t;
            w->t = ends ? t_stop : w->t + length;
            crnl_watch_update(w, false);
            return ends ? CRNL_SSA_TIME : CRNL_SSA_EVENTS;
        }
        memcpy(w->x, l->before, (size_t)s->job->m->n_species * sizeof *l->before);
        w->events = events;
    }
}

static int advance(struct rt_ssa *s, double t_stop, int64_t max_events)
{
    struct leap *l = s->data;
    int64_t end = s->w.events + max_events;
    int result = CRNL_SSA_EVENTS;
    while (result == CRNL_SSA_EVENTS && s->w.events < end) {
        if (l->n_exact > 0) {
            int64_t before = s->w.events, most = end - before < l->n_exact ? end - before : l->n_exact;
            result = rt_ssa_exact(s, t_stop, most);
            l->n_exact -= s->w.events - before;
        } else {
            result = leap(s, l, t_stop);
        }
    }
    return result;
}

static void state(struct rt_ssa *s, struct rt_state *p)
{
    struct leap *l = s->data;
    rt_state_count(p, &l->n_exact);
}

static const struct rt_stepper tau = {.refuse = refuse,
                                      .create = create,
                                      .start = start,
                                      .advance = advance,
                                      .destroy = destroy,
                                      .state = state};

static void *create_worker(const struct rt_job *job, struct rt_error *e)
{
    return rt_ssa_create(&tau, job, e);
}

const struct crnl_method crnl_method_tau = {CRNL_METHOD_TAU, create_worker, rt_ssa_run, rt_ssa_destroy, NULL,
                                            rt_ssa_renew,    NULL,          NULL,       NULL,           NULL};
