/* Steady states as roots of the right side, within the sums that a network conserves; their eigenvalues. */
#ifndef RT_ROOT_H
#define RT_ROOT_H

#include "rt_ode.h"

/* The independent ways in which a state can change: the space that the changes of the reactions with a
 * constant other than 0 span, in reduced echelon form. Way i changes species pivot[i] by 1 and no other
 * pivot, so the changes of the pivots are coordinates, and sums that no reaction changes are left out by
 * construction. */
struct rt_ways {
    int32_t n, n_species; /* number of ways */
    int32_t *pivot;       /* [n] */
    double *change;       /* [n][n_species] */
};
/* Returns false if there are more than `most`. */
bool rt_ways_find(struct rt_ways *w, const struct crnl_model *m, const double *k, int32_t most);
void rt_ways_free(struct rt_ways *w);
/* The Jacobian at x in the coordinates of w, by rows, [n][n]: analytic, or by differences if a law has no
 * derivatives. Returns false if it is not finite. */
bool rt_ways_jacobian(struct rt_ode *o, const struct rt_ways *w, const double *x, double *jacobian);

/* Called at rest: finds out whether the state is stable, for spectral_gap(net) and as a note. */
int rt_ode_tell_stability(struct rt_ode *o, struct rt_recorder *r);

#endif
