/* From what a `run` says to a job: what lives as long as one run. Owned by whoever prepares it. */
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
    struct rt_clamped *clamped; /* NULL: nothing is fixed */
    double *x0, *schedule;
    double *atol;
    struct rt_sample *sample;
    struct crnl_model held; /* the network without the changes of amounts that are held */
    char *path;
};

/* Rows go to memory, where that is wanted. */
void rt_choose_sink(const struct crnl_options *o, struct crnl_run_spec *spec);
/* The solver of the command line, where the run leaves it open. */
int rt_choose_solver(const struct crnl_options *o, struct crnl_run_spec *spec, struct rt_error *e);
/* How many runs there are to be. */
int64_t rt_runs(const struct crnl_run_spec *spec, const struct crnl_run_args *args);
/* What is bound for the next run is read, not ended. Captures and the memory of events stay those of `args`
 * and of the network: whoever keeps a job after the next one is prepared copies them. The status is
 * that of r->error. */
int rt_prepare(struct rt_running *r, struct crnl_ctx *ctx, struct rt_network *n,
               const struct crnl_run_spec *spec, const struct crnl_run_args *args);
/* Ends what was bound for a run that is prepared. */
void rt_prepared(struct rt_network *n);
void rt_running_free(struct rt_running *r);

/* Each line with its place, on standard error. */
void rt_show_notes(struct crnl_ctx *ctx, int32_t line, const struct rt_buffer *notes);

#endif
