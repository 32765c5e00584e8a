/* Ends by `until`: in which states the condition comes true, and when. States in which it holds are not
 * left (rt_states.stops), so what is in them is what has ended. The time of the end is a number of any
 * size: it is told in cells, each of them one time, that of its mean, with a weight for each state. */
#ifndef RT_UNTIL_H
#define RT_UNTIL_H

#include "rt_cme.h"

/* Of an end that may take any time. */
struct rt_end {
    double *p;        /* [s->n] the law at infinite time: of ends, and of closed classes without one */
    double *time;     /* [s->n] that is spent in states which are left for ever */
    double happens;   /* the probability that the condition comes true */
    double lost;      /* the probability of leaving the states that were found before */
    double mean, var; /* of the time, where it does; 0 unless they are asked for */
};
/* From the law `p`. */
int rt_end_find(struct rt_end *e, struct rt_states *s, struct rt_recorder *r, const double *p, bool moments);
void rt_end_free(struct rt_end *e);

struct rt_cells {
    const struct rt_states *s;
    int32_t n, *state; /* [n] where it ends */
    int64_t n_cells, cap_cells;
    double *t, *weight;          /* [n_cells], [n_cells][n] */
    double *before;              /* [n] of the law, at the end of the last cell */
    double now;                  /* where that is */
    double most;                 /* the longest cell */
    double start, rest_t, *rest; /* the law of what has not ended, when it was last compared */
};
/* At time t with the law p; `typical`: how long an end takes, `work`: transitions of a step. */
void rt_cells_open(struct rt_cells *c, const struct rt_states *s, double t, double typical, const double *p);
/* How far the next cell goes, of the fastest rate. */
double rt_cells_next(const struct rt_cells *c, double fastest);
/* A cell until t ends with the law p; not_ended: the time until then, summed over what has not ended.
 * True: what has not ended keeps its law, and ends at one rate from now on. */
bool rt_cells_add(struct rt_cells *c, double t, const double *p, double not_ended);
/* All that is still to end, at one rate, so that the mean of all is right; and the variance. */
void rt_cells_rest(struct rt_cells *c, const struct rt_end *e);
void rt_cells_fit(struct rt_cells *c, const struct rt_end *e);
void rt_cells_free(struct rt_cells *c);

#endif
