/* A single run in the checkpoint: its rows as they come, its end and, between, its state, where its method
 * can tell it. */
#ifndef RT_SINGLE_H
#define RT_SINGLE_H

#include "rt_run.h"
#include "rt_state.h"

struct rt_single;
/* For a run of the program's own context that has begun; *over: it was there to its end, and r is as it was
 * then. Rows that are there go to r->collector. */
int rt_single_begin(struct rt_recorder *r, bool *over);
/* Keeps the end, if wanted and unless the run failed; frees r->single. */
void rt_single_end(struct rt_recorder *r, bool keeps);

/* For methods that can go on from a state. What there is to go on from, to be read; NULL: the run begins. */
struct rt_state *rt_single_state(struct rt_recorder *r);
/* Whether its state will be kept, now and then. */
void rt_single_has_states(struct rt_recorder *r, bool has);
/* What was read is no state of the run: its error. */
int rt_single_fail(struct rt_recorder *r);
/* Whether a state is wanted now: it is time, or the run will end before its own. */
bool rt_single_is_due(const struct rt_recorder *r);
/* Keeps the state, with the rows until now. */
void rt_single_keep_state(struct rt_recorder *r, struct rt_state *s);
/* What of the recorder goes on, but for rows. */
void rt_single_pieces(struct rt_recorder *r, struct rt_state *s);
/* Times of rows, of a run of this job. */
void rt_grid_pieces(struct rt_grid *g, const struct rt_job *job, struct rt_state *s);
void rt_state_histogram(struct rt_state *s, struct rt_histogram *h);

/* record.c: rows that are handed on; often: a run of a method without states takes long. */
void rt_single_keep_rows(struct rt_recorder *r);
void rt_single_look(struct rt_recorder *r);

#endif
