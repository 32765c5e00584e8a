/* Turns a `run` statement into a job: everything that lives as long as a run. The code that prepares it owns
 * it. */
#ifndef RT_PREPARE_H
#define RT_PREPARE_H

#include "rt_ctx.h"

struct rt_running {
    struct rt_job job;
    struct rt_file_request file;
    struct rt_error error;
    struct crnl_elem *column;
    char **name;
    int32_t n_names;
    struct rt_constants *constants;
    struct rt_clamped *clamped; /* NULL: no amount is fixed */
    double *x0, *schedule;
    double *atol;
    struct rt_sample *sample;
    struct crnl_model held; /* the model without the changes of held amounts */
    char *path;
};

/* Makes rows go to memory if the options say so. */
void rt_choose_sink(const struct crnl_options *o, struct crnl_run_spec *spec);
/* Takes the solver of the command line if the run does not name one. */
int rt_choose_solver(const struct crnl_options *o, struct crnl_run_spec *spec, struct rt_error *e);
/* The number of runs of the statement. */
int64_t rt_runs(const struct crnl_run_spec *spec, const struct crnl_run_args *args);
/* Prepares a run. The binds for the next run are read, but not ended. Captures and the memory of events
 * remain those of `args` and of the network: code that keeps a job after the next one is prepared must copy
 * them. Returns the status of r->error. */
int rt_prepare(struct rt_running *r, struct crnl_ctx *ctx, struct rt_network *n,
               const struct crnl_run_spec *spec, const struct crnl_run_args *args);
/* Ends the binds for a run that has been prepared. */
void rt_prepared(struct rt_network *n);
void rt_running_free(struct rt_running *r);

/* Says each line, with its place; a warning that this place has given before is only counted. */
void rt_show_notes(struct crnl_ctx *ctx, int32_t line, const struct rt_buffer *notes);
void rt_warnings_end(struct crnl_ctx *ctx); /* says how often each was given, and forgets them */
void rt_warnings_free(struct crnl_ctx *ctx);

#endif
