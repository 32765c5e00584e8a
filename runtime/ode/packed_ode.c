/* Right sides of networks of which many reactions rest, as those of other phases do: the reactions that have
 * a rate constant now, packed.
 * A reaction is three factors, of an amount or 1, and its net changes; operations and sums are those of the
 * table (table_ode.c), in its order, so both agree to the last bit but for the sign of a zero. */
#include <stdlib.h>
#include <string.h>

#include "rt_ode.h"

enum { FACTORS = 3 };

struct rt_packed {
    int32_t n, n_most; /* reactions; room for so many */
    int32_t *factor;   /* [n][FACTORS]; n_species: 1 */
    int32_t *ptr, *species;
    double *k, *delta;
    double *x; /* [n_species + 1]; the last one is 1 */
};

struct rt_packed *rt_packed_create(const struct crnl_model *m)
{
    struct rt_packed *p = rt_alloc(1, sizeof *p);
    size_t n = (size_t)m->n_reactions, changes = (size_t)m->net_ptr[m->n_reactions];
    p->factor = rt_alloc(n * FACTORS, sizeof *p->factor);
    p->ptr = rt_alloc(n + 1, sizeof *p->ptr);
    p->species = rt_alloc(changes, sizeof *p->species);
    p->k = rt_alloc(n, sizeof *p->k);
    p->delta = rt_alloc(changes, sizeof *p->delta);
    p->x = rt_alloc((size_t)m->n_species + 1, sizeof *p->x);
    p->x[m->n_species] = 1;
    return p;
}

void rt_packed_destroy(struct rt_packed *p)
{
    if (p) {
        free(p->factor);
        free(p->ptr);
        free(p->species);
        free(p->k);
        free(p->delta);
        free(p->x);
        free(p);
    }
}

/* Factors in the order of the table; false: more than there is room for. */
static bool add_factors(const struct crnl_model *m, int32_t j, int32_t *to)
{
    int32_t n = 0;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        for (double c = 0; c < m->lhs_count[e]; c++) {
            if (n == FACTORS) {
                return false;
            }
            to[n++] = m->lhs_species[e];
        }
    }
    while (n < FACTORS) {
        to[n++] = m->n_species;
    }
    return true;
}

bool rt_packed_fill(struct rt_packed *p, const struct crnl_model *m, const double *k)
{
    int32_t n = 0, changes = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (k[j] == 0) {
            continue;
        }
        if (rt_law(m, j) >= 0 || !add_factors(m, j, p->factor + FACTORS * n)) {
            return false;
        }
        p->k[n] = k[j];
        p->ptr[n++] = changes;
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            p->species[changes] = m->net_species[e];
            p->delta[changes++] = m->net_delta[e];
        }
    }
    p->ptr[n] = changes;
    p->n = n;
    return true;
}

void rt_packed_rhs(const struct rt_packed *p, int32_t n_species, const double *x, double *dx)
{
    memcpy(p->x, x, (size_t)n_species * sizeof *x);
    memset(dx, 0, (size_t)n_species * sizeof *dx);
    for (int32_t i = 0; i < p->n; i++) {
        const int32_t *f = p->factor + FACTORS * i;
        double v = p->k[i] * p->x[f[0]] * p->x[f[1]] * p->x[f[2]];
        for (int32_t e = p->ptr[i]; e < p->ptr[i + 1]; e++) {
            dx[p->species[e]] += p->delta[e] * v;
        }
    }
}
