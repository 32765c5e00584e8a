/* The pattern of I - gamma J. */
#include <stdlib.h>
#include <string.h>

#include "rt_linear.h"

/* Marks the entries of the Jacobian to which a reaction with a nonzero constant adds. */
static void find_active(uint8_t *active, const struct crnl_model *m, const struct rt_jacobian *jac,
                        const double *k)
{
    int32_t n_lhs = m->lhs_ptr[m->n_reactions];
    for (int32_t j = 0; j < m->n_reactions; j++) {
        bool law = rt_law(m, j) >= 0;
        const int32_t *ptr = law ? m->grad_ptr : m->lhs_ptr;
        for (int32_t e = ptr[j]; k[j] != 0 && e < ptr[j + 1]; e++) {
            int32_t entry = (law ? n_lhs : 0) + e;
            for (int32_t i = jac->ptr[entry]; i < jac->ptr[entry + 1]; i++) {
                active[jac->pos[i]] = 1;
            }
        }
    }
}

static void add(struct rt_pattern *p, int32_t row)
{
    p->row[p->nnz++] = row;
}

static void add_column(struct rt_pattern *p, const struct rt_jacobian *jac, const uint8_t *active, int32_t s)
{
    p->diagonal[s] = -1;
    for (int32_t i = jac->col[s]; i < jac->col[s + 1]; i++) {
        if (p->diagonal[s] < 0 && jac->row[i] >= s) {
            p->diagonal[s] = p->nnz;
            add(p, s);
        }
        if (jac->row[i] == s) {
            p->place[i] = p->diagonal[s];
        } else if (active[i]) {
            p->place[i] = p->nnz;
            add(p, jac->row[i]);
        } else {
            p->place[i] = -1;
        }
    }
    if (p->diagonal[s] < 0) {
        p->diagonal[s] = p->nnz;
        add(p, s);
    }
    p->col[s + 1] = p->nnz;
}

void rt_pattern_create(struct rt_pattern *p, const struct crnl_model *m, const struct rt_jacobian *jac,
                       const double *k)
{
    size_t n = (size_t)m->n_species, nnz = (size_t)jac->nnz;
    *p = (struct rt_pattern){.n = m->n_species,
                             .col = rt_alloc(n + 1, sizeof *p->col),
                             .row = rt_alloc(nnz + n, sizeof *p->row),
                             .place = rt_alloc(nnz, sizeof *p->place),
                             .diagonal = rt_alloc(n, sizeof *p->diagonal)};
    uint8_t *active = rt_alloc(nnz, sizeof *active);
    if (k) {
        find_active(active, m, jac, k);
    } else {
        memset(active, 1, nnz);
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        add_column(p, jac, active, s);
    }
    free(active);
}

void rt_pattern_destroy(struct rt_pattern *p)
{
    free(p->col);
    free(p->row);
    free(p->place);
    free(p->diagonal);
}

void rt_pattern_fill(const struct rt_pattern *p, const struct rt_jacobian *jac, const double *values,
                     double gamma, double *matrix)
{
    memset(matrix, 0, (size_t)p->nnz * sizeof *matrix);
    for (int32_t i = 0; i < jac->nnz; i++) {
        if (p->place[i] >= 0) {
            matrix[p->place[i]] = -gamma * values[i];
        }
    }
    for (int32_t s = 0; s < p->n; s++) {
        matrix[p->diagonal[s]] += 1;
    }
}
