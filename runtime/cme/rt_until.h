/* Ends by `until`: the states in which the condition turns true, and the times. States in which it holds are
 * absorbing (rt_states.stops), so their probability is that of having ended. The time of the end is a real
 * number: it is represented by cells, each with its mean time, and a weight for each state. */
#ifndef RT_UNTIL_H
#define RT_UNTIL_H

#include "rt_cme.h"

/* An end that may take any time. */
struct rt_end {
    double *p;        /* [s->n] the law at infinite time: of ends, and of closed classes without an end */
    double *time;     /* [s->n] time spent in states that are left for ever */
    double happens;   /* the probability that the condition turns true */
    double lost;      /* the probability of leaving the known states before that */
    double mean, var; /* mean and variance of the time, if it does; 0 unless they are asked for */
};
/* Computes the end, starting from the law `p`. */
int rt_end_find(struct rt_end *e, struct rt_states *s, struct rt_recorder *r, const double *p, bool moments);
void rt_end_free(struct rt_end *e);

struct rt_cells {
    const struct rt_states *s;
    int32_t n, *state; /* [n] states in which it ends */
    int64_t n_cells, cap_cells;
    double *t, *weight;          /* [n_cells], [n_cells][n] */
    double *before;              /* [n] probabilities at the end of the last cell */
    double now;                  /* the time of that end */
    double most;                 /* length of the longest cell */
    double start, rest_t, *rest; /* the law of what has not ended, at the last comparison */
};
/* Starts at time t with the law p. `typical`: a typical time of an end; `work`: transitions per step. */
void rt_cells_open(struct rt_cells *c, const struct rt_states *s, double t, double typical, const double *p);
/* The length of the next cell, relative to the fastest rate. */
double rt_cells_next(const struct rt_cells *c, double fastest);
/* Adds a cell that ends at t with the law p. not_ended: the time until then, summed over what has not ended.
 * Returns true if the law of what has not ended no longer changes, so that it ends at a constant rate from
 * now on. */
bool rt_cells_add(struct rt_cells *c, double t, const double *p, double not_ended);
/* Adds all that has not ended yet, at a constant rate, so that the mean of all is correct; and the
 * variance. */
void rt_cells_rest(struct rt_cells *c, const struct rt_end *e);
void rt_cells_fit(struct rt_cells *c, const struct rt_end *e);
void rt_cells_free(struct rt_cells *c);

#endif
