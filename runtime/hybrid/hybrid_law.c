/* hybrid(vesicles = infinite): the limit of infinitely many vesicles whose own reactions are infinitely fast
 * (paper 001, SI XI.B). Discrete species that react with one another are a machine if their reactions read
 * bulk. At each time a machine has its stationary law at the bulk concentrations of that time. If the machine
 * is detailed balanced, each state has the weight exp(a + sum over bulk of m log P), and what reads the
 * machine sees expectations (eq. 43, 44). Discrete species that read no bulk, as an environment, jump as
 * usual. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_hybrid.h"

enum { MOST_STATES = 1024 };
static const double tolerance = 1e-9; /* of log weights around a cycle of states */
/* largest probability of states at the edge of those that are followed */
static const double most_lost = 1e-9;

struct machine {
    int32_t n_species, n_states, cap;
    int32_t *species; /* [n_species] */
    double *x;        /* [n_states][n_species] */
    double *a;        /* [n_states] log weights with all bulk at 1 */
    int32_t *power;   /* [n_states][n_bulk] */
    double *p;        /* [n_states] probabilities */
    bool *edge;       /* [n_states] whether a state leads to states that are left out */
};
/* what a smooth reaction reads of a machine: a value for each of its states */
struct moment {
    int32_t machine;
    double *value;
};
struct rt_laws {
    const struct rt_terms *terms;
    int32_t n;
    struct machine *machine;
    int32_t *of;   /* [n_species] the machine of a species, or -1 */
    double *start; /* [n_species] whole amounts, from which the states are found */
    int32_t *moment_ptr;
    struct moment *moment;
    double *full; /* [n_species] scratch */
    double lost;  /* probability at the edge by the last law, the largest of all machines */
};

static bool is_discrete(const struct rt_terms *t, int32_t s)
{
    return t->m->species_kind[s] == CRNL_DISCRETE;
}

/* Joins species that take part in the same reaction; machines are numbered in the order of their species. */
static void find_machines(struct rt_laws *l)
{
    const struct rt_terms *t = l->terms;
    const struct crnl_model *m = t->m;
    int32_t *up = rt_alloc((size_t)m->n_species + 1, sizeof *up);
    int32_t *number = rt_alloc((size_t)m->n_species + 1, sizeof *number);
    bool *reads = rt_alloc((size_t)m->n_species + 1, 1);
    rt_terms_components(t, false, up);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (t->fires[j]) {
            reads[up[m->net_species[m->net_ptr[j]]]] |= t->power_ptr[j] < t->power_ptr[j + 1];
        }
    }
    l->machine = rt_alloc((size_t)m->n_species + 1, sizeof *l->machine);
    for (int32_t s = 0; s < m->n_species; s++) {
        int32_t r = up[s];
        l->of[s] = -1;
        if (reads[r] && is_discrete(t, s)) {
            number[r] = number[r] ? number[r] : ++l->n;
            struct machine *of = &l->machine[l->of[s] = number[r] - 1];
            of->species = rt_resize(of->species, (size_t)of->n_species + 1, sizeof *of->species);
            of->species[of->n_species++] = s;
        }
    }
    free(number);
    free(reads);
    free(up);
}

static int32_t machine_of(const struct rt_laws *l, int32_t j)
{
    const struct crnl_model *m = l->terms->m;
    return l->terms->fires[j] ? l->of[m->net_species[m->net_ptr[j]]] : -1;
}

static void put_state(const struct rt_laws *l, const struct machine *of, int32_t state)
{
    for (int32_t i = 0; i < of->n_species; i++) {
        l->full[of->species[i]] = of->x[(size_t)state * (size_t)of->n_species + (size_t)i];
    }
}

/* The number of the state in l->full, which is added if it is new; -1 if there are too many. */
static int32_t state_number(const struct rt_laws *l, struct machine *of)
{
    int32_t n = of->n_species, n_bulk = l->terms->n_bulk;
    for (int32_t s = 0; s < of->n_states; s++) {
        bool same = true;
        for (int32_t i = 0; i < n && same; i++) {
            same = of->x[(size_t)s * (size_t)n + (size_t)i] == l->full[of->species[i]];
        }
        if (same) {
            return s;
        }
    }
    if (of->n_states == MOST_STATES) {
        return -1;
    }
    if (of->n_states == of->cap) {
        of->cap = of->cap ? 2 * of->cap : 8;
        of->x = rt_resize(of->x, (size_t)of->cap * (size_t)n, sizeof *of->x);
        of->a = rt_resize(of->a, (size_t)of->cap, sizeof *of->a);
        of->p = rt_resize(of->p, (size_t)of->cap, sizeof *of->p);
        of->edge = rt_resize(of->edge, (size_t)of->cap, 1);
        of->power = rt_resize(of->power, (size_t)of->cap * (size_t)n_bulk, sizeof *of->power);
    }
    for (int32_t i = 0; i < n; i++) {
        of->x[(size_t)of->n_states * (size_t)n + (size_t)i] = l->full[of->species[i]];
    }
    of->a[of->n_states] = NAN;
    of->edge[of->n_states] = false;
    return of->n_states++;
}

/* Adds up the constants of all reactions from the state in l->full with the change of reaction j, or with
 * sign = -1 the opposite change, and finds the powers of bulk that they read. Returns false if these powers
 * differ. */
static bool sum_change(const struct rt_laws *l, const struct crnl_ssa *w, int32_t j, double sign, double *sum,
                       int32_t *power)
{
    const struct rt_terms *t = l->terms;
    const struct crnl_model *m = t->m;
    int32_t n = m->net_ptr[j + 1] - m->net_ptr[j];
    *sum = 0;
    for (int32_t r = 0; r < m->n_reactions; r++) {
        bool same = t->fires[r] && m->net_ptr[r + 1] - m->net_ptr[r] == n;
        for (int32_t e = 0; e < n && same; e++) {
            same = m->net_species[m->net_ptr[r] + e] == m->net_species[m->net_ptr[j] + e] &&
                   m->net_delta[m->net_ptr[r] + e] == sign * m->net_delta[m->net_ptr[j] + e];
        }
        double c = same ? rt_terms_counts(t, r, w->k[r], l->full) : 0;
        if (!(c > 0)) {
            continue;
        }
        for (int32_t b = 0; b < t->n_bulk; b++) {
            int32_t p = 0;
            for (int32_t e = t->power_ptr[r]; e < t->power_ptr[r + 1]; e++) {
                p += t->power[e].bulk == b ? (int32_t)t->power[e].n : 0;
            }
            if (*sum > 0 && p != power[b]) {
                return false;
            }
            power[b] = p;
        }
        *sum += c;
    }
    return true;
}

/* Follows reaction j from state s: sets the weight of the state that it leads to, or checks it if it is
 * known. Returns NULL, or a text why the machine has no such law. */
static const char *follow(struct rt_laws *l, const struct crnl_ssa *w, struct machine *of, int32_t s,
                          int32_t j, int32_t *forward, int32_t *backward)
{
    const struct rt_terms *t = l->terms;
    const struct crnl_model *m = t->m;
    double there, back;
    put_state(l, of, s);
    if (!(rt_terms_counts(t, j, w->k[j], l->full) > 0)) {
        return NULL;
    }
    bool good = sum_change(l, w, j, 1, &there, forward);
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        l->full[m->net_species[e]] += m->net_delta[e];
    }
    good = good && sum_change(l, w, j, -1, &back, backward);
    int32_t to = state_number(l, of);
    if (to < 0) { /* states beyond are left out, which is checked to have little effect */
        of->edge[s] = true;
        return NULL;
    }
    if (!good || !(back > 0)) {
        return "is not detailed balanced: a reaction has no reverse with rates of the same bulk";
    }
    double a = of->a[s] + crnl_log(there / back);
    bool is_new = of->a[to] != of->a[to];
    good = is_new || fabs(of->a[to] - a) <= tolerance * (1 + fabs(a));
    of->a[to] = is_new ? a : of->a[to];
    for (int32_t b = 0; b < t->n_bulk; b++) {
        int32_t *at = of->power + (size_t)to * (size_t)t->n_bulk + b;
        int32_t p = of->power[(size_t)s * (size_t)t->n_bulk + (size_t)b] + forward[b] - backward[b];
        good &= is_new || *at == p;
        *at = is_new ? p : *at;
    }
    return good ? NULL : "is not detailed balanced around a cycle of its states";
}

static int find_states(struct rt_laws *l, const struct crnl_ssa *w, struct machine *of, int32_t number,
                       struct rt_error *e)
{
    const struct rt_terms *t = l->terms;
    int32_t *power = rt_alloc(2 * (size_t)t->n_bulk + 1, sizeof *power);
    const char *why = NULL;
    of->n_states = 0;
    memcpy(l->full, l->start, (size_t)t->m->n_species * sizeof *l->full);
    state_number(l, of);
    of->a[0] = 0;
    memset(of->power, 0, (size_t)t->n_bulk * sizeof *of->power);
    for (int32_t s = 0; s < of->n_states && !why; s++) {
        for (int32_t j = 0; j < t->m->n_reactions && !why; j++) {
            if (machine_of(l, j) == number) {
                why = rt_law(t->m, j) >= 0 ? "has a rate that is a whole expression"
                                           : follow(l, w, of, s, j, power, power + t->n_bulk);
            }
        }
    }
    free(power);
    return why ? rt_fail(e, CRNL_BAD_ARGUMENT,
                         "the vesicle of `%s` %s: infinitely many of them have no law that is known\n"
                         "  help: run it by hybrid without `vesicles = infinite`",
                         t->m->species_name[of->species[0]], why)
               : CRNL_OK;
}

/* ---- What reads machines ---- */

static void free_moments(struct rt_laws *l)
{
    for (int32_t i = 0; l->moment_ptr && i < l->moment_ptr[l->terms->m->n_reactions]; i++) {
        free(l->moment[i].value);
    }
    free(l->moment);
    free(l->moment_ptr);
    l->moment = NULL;
    l->moment_ptr = NULL;
}

static void find_moments(struct rt_laws *l)
{
    const struct rt_terms *t = l->terms;
    int32_t n = 0, cap = 0;
    free_moments(l);
    l->moment_ptr = rt_alloc((size_t)t->m->n_reactions + 1, sizeof *l->moment_ptr);
    for (int32_t j = 0; j < t->m->n_reactions; j++) {
        for (int32_t e = t->factor_ptr[j]; e < t->factor_ptr[j + 1] && t->is_smooth[j]; e++) {
            int32_t of = l->of[t->factor[e].species], i = l->moment_ptr[j];
            while (of >= 0 && i < n && l->moment[i].machine != of) {
                i++;
            }
            if (of < 0) {
                continue;
            }
            const struct machine *m = &l->machine[of];
            if (i == n) {
                RT_GROW(l->moment, n, cap);
                l->moment[n++] = (struct moment){of, rt_alloc((size_t)m->n_states, sizeof(double))};
                for (int32_t s = 0; s < m->n_states; s++) {
                    l->moment[i].value[s] = 1;
                }
            }
            for (int32_t s = 0; s < m->n_states; s++) {
                put_state(l, m, s);
                l->moment[i].value[s] *= l->full[t->factor[e].species] - t->factor[e].less;
            }
        }
        l->moment_ptr[j + 1] = n;
    }
}

struct rt_laws *rt_laws_create(const struct rt_terms *t)
{
    struct rt_laws *l = rt_alloc(1, sizeof *l);
    size_t n = (size_t)t->m->n_species;
    l->terms = t;
    l->of = rt_alloc(n, sizeof *l->of);
    l->start = rt_alloc(n, sizeof *l->start);
    l->full = rt_alloc(n, sizeof *l->full);
    find_machines(l);
    return l;
}

void rt_laws_destroy(struct rt_laws *l)
{
    free_moments(l);
    for (int32_t i = 0; i < l->n; i++) {
        struct machine *m = &l->machine[i];
        free(m->species);
        free(m->x);
        free(m->a);
        free(m->p);
        free(m->edge);
        free(m->power);
    }
    free(l->machine);
    free(l->of);
    free(l->start);
    free(l->full);
    free(l);
}

void rt_laws_start(struct rt_laws *l, const double *x)
{
    memcpy(l->start, x, (size_t)l->terms->m->n_species * sizeof *x);
}

int rt_laws_find(struct rt_laws *l, const struct crnl_ssa *w, struct rt_error *e)
{
    const struct crnl_model *m = l->terms->m;
    int status = CRNL_OK;
    if (l->n == 0) {
        return rt_fail(
            e, CRNL_BAD_ARGUMENT,
            "no discrete species of `%s` reads bulk: there are no vesicles to take infinitely many of\n"
            "  help: run it by hybrid without `vesicles = infinite`",
            m->name);
    }
    for (int32_t c = 0; c < m->n_changes && !status; c++) {
        int32_t s = m->change_species[c];
        status = l->of[s] < 0
                     ? CRNL_OK
                     : rt_fail(e, CRNL_BAD_ARGUMENT,
                               "an event changes `%s`, of which infinitely many vesicles have only a mean",
                               m->species_name[s]);
    }
    for (int32_t i = 0; i < l->n && !status; i++) {
        status = find_states(l, w, &l->machine[i], i, e);
    }
    if (!status) {
        find_moments(l);
    }
    return status;
}

bool rt_laws_has(const struct rt_laws *l, int32_t j)
{
    return machine_of(l, j) >= 0;
}

void rt_laws_at(struct rt_laws *l, const double *bulk)
{
    int32_t n_bulk = l->terms->n_bulk;
    l->lost = 0;
    for (int32_t i = 0; i < l->n; i++) {
        struct machine *m = &l->machine[i];
        double most = -INFINITY, sum = 0;
        for (int32_t s = 0; s < m->n_states; s++) {
            double v = m->a[s];
            for (int32_t b = 0; b < n_bulk; b++) {
                int32_t power = m->power[(size_t)s * (size_t)n_bulk + (size_t)b];
                v += power != 0 ? power * crnl_log(bulk[b]) : 0;
            }
            m->p[s] = v;
            most = v > most ? v : most;
        }
        for (int32_t s = 0; s < m->n_states; s++) {
            m->p[s] = crnl_exp(m->p[s] - most);
            sum += m->p[s];
        }
        double edge = 0;
        for (int32_t s = 0; s < m->n_states; s++) {
            m->p[s] /= sum;
            edge += m->edge[s] ? m->p[s] : 0;
        }
        l->lost = fmax(l->lost, edge);
    }
}

double rt_laws_rate(const struct rt_laws *l, int32_t j, const struct crnl_ssa *w, const double *x, double at)
{
    const struct rt_terms *t = l->terms;
    if (rt_law(t->m, j) >= 0) {
        return rt_propensity(t->m, j, w->k, x, at, w->p, w->inv_volume);
    }
    double a = w->k[j];
    for (int32_t e = t->factor_ptr[j]; e < t->factor_ptr[j + 1] && a != 0; e++) {
        int32_t s = t->factor[e].species;
        a *= l->of[s] < 0 ? x[s] - t->factor[e].less : 1;
    }
    for (int32_t i = l->moment_ptr[j]; i < l->moment_ptr[j + 1] && a != 0; i++) {
        const struct machine *m = &l->machine[l->moment[i].machine];
        double mean = 0;
        for (int32_t s = 0; s < m->n_states; s++) {
            mean += m->p[s] * l->moment[i].value[s];
        }
        a *= mean;
    }
    for (int32_t e = t->power_ptr[j]; e < t->power_ptr[j + 1]; e++) {
        a = rt_times_power(a, x[t->species[t->power[e].bulk]], t->power[e].n);
    }
    return a;
}

void rt_laws_means(const struct rt_laws *l, double *x)
{
    for (int32_t i = 0; i < l->n; i++) {
        const struct machine *m = &l->machine[i];
        for (int32_t k = 0; k < m->n_species; k++) {
            double mean = 0;
            for (int32_t s = 0; s < m->n_states; s++) {
                mean += m->p[s] * m->x[(size_t)s * (size_t)m->n_species + (size_t)k];
            }
            x[m->species[k]] = mean;
        }
    }
}

int rt_laws_check(const struct rt_laws *l, double t, struct rt_error *e)
{
    return l->lost > most_lost
               ? rt_fail(
                     e, CRNL_LIMIT,
                     "at t = %.6g the vesicles' law has %.3g of its probability beyond the %d states that "
                     "are followed",
                     t, l->lost, MOST_STATES)
               : CRNL_OK;
}
