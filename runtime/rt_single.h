/* A single run in the checkpoint: its rows as they come, its end and, in between, its state if the method
 * can give it. */
#ifndef RT_SINGLE_H
#define RT_SINGLE_H

#include "rt_run.h"
#include "rt_state.h"

struct rt_single;
/* Begins a run of the program's own context. *over: the checkpoint has the run to its end, and r is as it
 * was then. Rows in the checkpoint go to r->collector. */
int rt_single_begin(struct rt_recorder *r, bool *over);
/* Keeps the end if `keeps`, unless the run failed; frees r->single. */
void rt_single_end(struct rt_recorder *r, bool keeps);

/* For methods that can continue from a state: the state from which to continue, to be read; NULL: the run
 * begins. */
struct rt_state *rt_single_state(struct rt_recorder *r);
/* Says whether the method will give its state from time to time. */
void rt_single_has_states(struct rt_recorder *r, bool has);
/* Called if what was read is not of this run: its error. */
int rt_single_fail(struct rt_recorder *r);
/* Whether a state is needed now, because it is time, or because the run will be ended early. */
bool rt_single_is_due(const struct rt_recorder *r);
/* Keeps the state, with the rows that the collector gets. */
void rt_single_keep_state(struct rt_recorder *r, struct rt_state *s);
/* Reads or writes the state of the recorder, except for rows. */
void rt_single_pieces(struct rt_recorder *r, struct rt_state *s);
/* Reads or writes rows that wait, without a collector, until it is known whether the attempt suffices. */
void rt_single_waiting(struct rt_recorder *r, struct rt_state *s);
/* Reads or writes the times of rows of a run of this job. */
void rt_grid_pieces(struct rt_grid *g, const struct rt_job *job, struct rt_state *s);
void rt_state_histogram(struct rt_state *s, struct rt_histogram *h);

/* record.c: keeps rows that are handed on; rt_single_look is called often, and notices that a run of a
 * method without states takes long. */
void rt_single_keep_rows(struct rt_recorder *r);
void rt_single_look(struct rt_recorder *r);

#endif
