/* The history of a deterministic run, for networks that read past values: the amounts that delays read, as
 * polynomials along the steps so far, as far back as the longest delay reaches. Each delay is represented by
 * a species in the state (struct crnl_model); its amount is filled in wherever laws, conditions and outputs
 * read a state, so that kernels and engines need not know of delays. Steps end where a past discontinuity
 * returns.
 *
 * The sequence is: create; begin a run; for each step bound, add, open; break where the state jumps; keep;
 * free. */
#ifndef RT_HISTORY_H
#define RT_HISTORY_H

#include "runtime/rt_events.h"

/* The state inside the last step, as the solver gives it: t is in [from, to] of rt_history_add. */
typedef void (*rt_history_state)(void *env, double t, double *x);

struct rt_history;
struct rt_state;
/* Reads or writes the state in the middle of a run, for a checkpoint; reading requires a run of the same job
 * that has begun. */
void rt_history_pieces(struct rt_history *h, struct rt_state *s);
/* Returns NULL if the network has no delays; the other functions must not be called then. */
struct rt_history *rt_history_create(const struct crnl_model *m);
void rt_history_free(struct rt_history *h);
/* Begins a run; a continued run (job->past) starts with what the earlier one has left. */
int rt_history_begin(struct rt_history *h, const struct rt_job *job, struct rt_error *e);
/* What a run continued from t needs, as an array whose first number is its length. The caller frees it. */
double *rt_history_keep(const struct rt_history *h, double t);

/* Sets the amounts of delays at t in x. At the time that rt_history_bound has given, they are those before
 * the returning discontinuity until rt_history_open is called, and those after it afterwards. */
void rt_history_fill(struct rt_history *h, double t, double *x);
/* A copy of x with these amounts, in memory of the history, valid until the next call. */
const double *rt_history_see(struct rt_history *h, double t, const double *x);
/* Sets delays in x to the values that they would have if none were longer than 0: what laws will read of the
 * amounts in x. */
void rt_history_unlagged(const struct rt_history *h, double t, double *x);
/* Where a step from (t, x) must end, at most t_stop. `span` is the length of the run, or INFINITY. */
double rt_history_bound(struct rt_history *h, double t, const double *x, double t_stop, double span);
/* Records the step from `from` to `to`, with `state` giving the states in between. */
int rt_history_add(struct rt_history *h, double from, double to, rt_history_state state, void *env,
                   struct rt_error *e);
/* Continues at t after the discontinuities that return there. Returns whether there are any, so that
 * conditions must be tested; *jumps: laws are discontinuous there. */
bool rt_history_open(struct rt_history *h, double t, bool *jumps);
/* Called when amounts, or what laws read of the time, jump at t; x is the state after it. */
void rt_history_break(struct rt_history *h, double t, const double *x);
/* rt_history_check: CRNL_BAD_ARGUMENT if a delay, whose value is then NaN, has been negative or NaN since
 * rt_history_forget_bad. */
void rt_history_forget_bad(struct rt_history *h);
int rt_history_check(struct rt_history *h, struct rt_error *e);
/* Whether all delays have the values at (t, x) that they would have if nothing changed any more, within
 * `rtol`, and have had them as far back as they reach. */
bool rt_history_is_flat(struct rt_history *h, double t, const double *x, double rtol);

#endif
