/* The history of a deterministic run, for networks that read what was some time ago: the amounts that delays
 * read, as polynomials along the steps so far, as far back as the longest delay reaches. An amount stands for
 * each delay in the state (struct crnl_model); it is filled in wherever laws, conditions and outputs read a
 * state, so that kernels and engines know nothing of it. Steps end where what was not smooth comes back.
 *
 * Life: create, begin a run, then for each step bound, add, now; broken where the state jumps; kept; free. */
#ifndef RT_HISTORY_H
#define RT_HISTORY_H

#include "runtime/rt_events.h"

/* A state inside the last step, as that of a solver: t in [from, to] of rt_history_add. */
typedef void (*rt_history_state)(void *env, double t, double *x);

struct rt_history;
struct rt_state;
/* In the middle of a run, for a checkpoint; what is read is of a run of the same job that has begun. */
void rt_history_pieces(struct rt_history *h, struct rt_state *s);
/* NULL: the network has no delays; then all else is not to be called. */
struct rt_history *rt_history_create(const struct crnl_model *m);
void rt_history_free(struct rt_history *h);
/* Of a run that goes on (job->past), with what that one has left. */
int rt_history_begin(struct rt_history *h, const struct rt_job *job, struct rt_error *e);
/* What a run that goes on from t would need: as many numbers as the first of them says. The caller frees. */
double *rt_history_keep(const struct rt_history *h, double t);

/* Amounts of delays at t, into x. At the time that rt_history_bound has said, and as long as rt_history_open
 * has not been called since, they are those before what comes back there; else those after it. */
void rt_history_fill(struct rt_history *h, double t, double *x);
/* x with these amounts, in memory of the history, until the next call. */
const double *rt_history_see(struct rt_history *h, double t, const double *x);
/* Delays into x, as they would be if none was longer than 0: what laws will read of the amounts in x. */
void rt_history_unlagged(const struct rt_history *h, double t, double *x);
/* Where a step from (t, x) has to end, not after t_stop. `span` is the length of the run, or INFINITY. */
double rt_history_bound(struct rt_history *h, double t, const double *x, double t_stop, double span);
/* The step from `from` to `to` is taken, and `state` knows what was between. */
int rt_history_add(struct rt_history *h, double from, double to, rt_history_state state, void *env,
                   struct rt_error *e);
/* From here on time goes on behind what comes back at t: whether something does, so that conditions are to be
 * looked at; *jumps: laws are discontinuous there. */
bool rt_history_open(struct rt_history *h, double t, bool *jumps);
/* Amounts, or what laws read of the time, jump at t; x is behind it. */
void rt_history_break(struct rt_history *h, double t, const double *x);
/* Check: a delay, whose value is NaN then, has been negative or no number since that was forgotten:
 * CRNL_BAD_ARGUMENT. */
void rt_history_forget_bad(struct rt_history *h);
int rt_history_check(struct rt_history *h, struct rt_error *e);
/* Whether all delays have the value at (t, x) that they would have if nothing changed any more, within
 * `rtol`, and so it has been as far back as they reach. */
bool rt_history_is_flat(struct rt_history *h, double t, const double *x, double rtol);

#endif
