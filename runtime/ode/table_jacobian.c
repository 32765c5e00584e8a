/* The pattern of the Jacobian, for a model without one of its own. */
#include "runtime/rt_model.h"

#include <stdlib.h>
#include <string.h>

static bool unknown_arguments(const struct crnl_model *m, int32_t j)
{
    return rt_law(m, j) >= 0 && !m->grad_ptr;
}

static int compare_places(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Whether the partial derivative of an entry counts: lhs for mass action, grad for laws. */
static bool counts(const struct crnl_model *m, int32_t j, bool grad)
{
    return (rt_law(m, j) >= 0) == grad;
}

bool rt_jacobian_create(struct rt_jacobian *jac, const struct crnl_model *m)
{
    *jac = (struct rt_jacobian){0};
    if (m->jac_col) {
        jac->nnz = m->jac_nnz;
        jac->col = m->jac_col;
        jac->row = m->jac_row;
        jac->ptr = m->jac_ptr;
        jac->pos = m->jac_pos;
        jac->delta = m->jac_delta;
        return true;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (unknown_arguments(m, j)) {
            return false;
        }
    }
    int32_t n_lhs = m->lhs_ptr[m->n_reactions];
    int32_t n_entries = n_lhs + (m->grad_ptr ? m->grad_ptr[m->n_reactions] : 0);
    int32_t *ptr = rt_alloc((size_t)n_entries + 1, sizeof *ptr);
    size_t n = 0, cap = 0;
    int64_t *place = NULL;
    double *delta = NULL;
    size_t delta_cap = 0, delta_n = 0;
    for (int grad = 0; grad < (m->grad_ptr ? 2 : 1); grad++) {
        const int32_t *entry = grad ? m->grad_ptr : m->lhs_ptr;
        const int32_t *species = grad ? m->grad_species : m->lhs_species;
        for (int32_t j = 0; j < m->n_reactions; j++) {
            for (int32_t e = entry[j]; e < entry[j + 1]; e++) {
                for (int32_t f = m->net_ptr[j]; counts(m, j, grad) && f < m->net_ptr[j + 1]; f++) {
                    RT_GROW(place, n, cap);
                    RT_GROW(delta, delta_n, delta_cap);
                    place[n++] = (int64_t)species[e] * m->n_species + m->net_species[f];
                    delta[delta_n++] = m->net_delta[f];
                }
                ptr[(grad ? n_lhs : 0) + e + 1] = (int32_t)n;
            }
        }
    }
    int64_t *unique = rt_copy(place, n, sizeof *unique);
    qsort(unique, n, sizeof *unique, compare_places);
    int32_t *col = rt_alloc((size_t)m->n_species + 1, sizeof *col);
    int32_t *row = rt_alloc(n, sizeof *row), *pos = rt_alloc(n, sizeof *pos);
    size_t nnz = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || unique[i] != unique[i - 1]) {
            row[nnz] = (int32_t)(unique[i] % m->n_species);
            col[unique[i] / m->n_species + 1]++;
            unique[nnz++] = unique[i];
        }
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        col[s + 1] += col[s];
    }
    for (size_t i = 0; i < n; i++) {
        const int64_t *found = bsearch(&place[i], unique, nnz, sizeof *unique, compare_places);
        pos[i] = (int32_t)(found - unique);
    }
    free(unique);
    free(place);
    *jac = (struct rt_jacobian){(int32_t)nnz, col, row, ptr, pos, delta, {col, row, ptr, pos, delta}};
    return true;
}

void rt_jacobian_destroy(struct rt_jacobian *jac)
{
    for (int i = 0; i < 5; i++) {
        free(jac->owned[i]);
    }
}
