#include "rt_sparse.h"

bool rt_sparse_create(struct rt_sparse *s, int n, int *column, int *row, double least)
{
    *s = (struct rt_sparse){.n = n, .column = column, .row = row, .least = least};
    klu_defaults(&s->common);
    s->symbolic = klu_analyze(n, column, row, &s->common);
    return s->symbolic != NULL;
}

void rt_sparse_destroy(struct rt_sparse *s)
{
    klu_free_numeric(&s->factors, &s->common);
    klu_free_symbolic(&s->symbolic, &s->common);
}

/* rcond is read only for factors that exist: after a failure KLU reports a good value. */
bool rt_sparse_is_regular(struct rt_sparse *s)
{
    return s->factors && s->common.status == KLU_OK && klu_rcond(s->symbolic, s->factors, &s->common) &&
           s->common.rcond > s->least;
}

bool rt_sparse_factor(struct rt_sparse *s, double *value)
{
    if (s->factors && klu_refactor(s->column, s->row, value, s->symbolic, s->factors, &s->common) &&
        rt_sparse_is_regular(s)) {
        return true;
    }
    klu_free_numeric(&s->factors, &s->common);
    s->factors = s->symbolic ? klu_factor(s->column, s->row, value, s->symbolic, &s->common) : NULL;
    return s->factors != NULL;
}

bool rt_sparse_solve(struct rt_sparse *s, bool transposed, double *x)
{
    return transposed ? klu_tsolve(s->symbolic, s->factors, s->n, 1, x, &s->common)
                      : klu_solve(s->symbolic, s->factors, s->n, 1, x, &s->common);
}
