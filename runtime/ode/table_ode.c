/* Right side and Jacobian by loops over the stoichiometry. The rate of a reaction is k times the amounts of
 * its reactants with multiplicity, from left to right; derivatives add up in the order of reactions.
 * Reactions with a constant of 0 are skipped: in a network on rails these are half of them. */
#include <string.h>

#include "runtime/rt_model.h"

/* Inlined because it is called for each reaction. */
static inline double rate(const struct crnl_model *m, int32_t j, double t, const double *x, const double *p,
                          const double *k)
{
    int32_t law = rt_law(m, j);
    if (law >= 0) {
        return k[j] == 0 ? 0 : k[j] * m->expr(m->env, law, x, t, p, NULL, 1);
    }
    double v = k[j];
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        v = rt_times_power(v, x[m->lhs_species[e]], m->lhs_count[e]);
    }
    return v;
}

double rt_rate(const struct crnl_model *m, int32_t j, double t, const double *x, const double *p,
               const double *k)
{
    return rate(m, j, t, x, p, k);
}

void crnl_table_rhs(const struct crnl_model *m, double t, const double *x, const double *p, const double *k,
                    double *dx)
{
    memset(dx, 0, (size_t)m->n_species * sizeof *dx);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double v = rate(m, j, t, x, p, k);
        for (int32_t e = m->net_ptr[j]; v != 0 && e < m->net_ptr[j + 1]; e++) {
            dx[m->net_species[e]] += m->net_delta[e] * v;
        }
    }
}

double rt_mass_action_partial(const struct crnl_model *m, int32_t j, int32_t e, const double *x,
                              const double *k)
{
    double v = k[j] * m->lhs_count[e];
    for (int32_t f = m->lhs_ptr[j]; f < m->lhs_ptr[j + 1]; f++) {
        v *= rt_times_power(1, x[m->lhs_species[f]], m->lhs_count[f] - (f == e ? 1 : 0));
    }
    return v;
}

static void scatter(const struct rt_jacobian *jac, int32_t entry, double v, double *values)
{
    for (int32_t i = jac->ptr[entry]; i < jac->ptr[entry + 1]; i++) {
        values[jac->pos[i]] += jac->delta[i] * v;
    }
}

void rt_jacobian_values(const struct rt_jacobian *jac, const struct crnl_model *m, double t, const double *x,
                        const double *p, const double *k, double *values)
{
    memset(values, 0, (size_t)jac->nnz * sizeof *values);
    int32_t n_lhs = m->lhs_ptr[m->n_reactions];
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (rt_law(m, j) < 0) {
            for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
                scatter(jac, e, rt_mass_action_partial(m, j, e, x, k), values);
            }
        } else {
            for (int32_t e = m->grad_ptr[j]; e < m->grad_ptr[j + 1]; e++) {
                double v = k[j] == 0 ? 0 : k[j] * m->expr(m->env, m->grad_expr[e], x, t, p, NULL, 1);
                scatter(jac, n_lhs + e, v, values);
            }
        }
    }
}

void crnl_table_jac(const struct crnl_model *m, double t, const double *x, const double *p, const double *k,
                    double *values)
{
    struct rt_jacobian jac = {m->jac_nnz, m->jac_col, m->jac_row, m->jac_ptr, m->jac_pos, m->jac_delta, {0}};
    rt_jacobian_values(&jac, m, t, x, p, k, values);
}
