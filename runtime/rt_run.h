/* A run: what is asked (struct rt_job), what a trajectory reports in progress (struct rt_recorder), and what
 * is left (struct rt_result). The job is constant while runs are in progress, also across threads. The
 * workspace of a worker belongs to its method; workers pass recorders on to the collector, which gets runs
 * in order.
 *
 * Amounts inside kernels are x; what users see (files, values, statistics) is x * inv_volume. Histograms of
 * species and duals count molecules. */
#ifndef RT_RUN_H
#define RT_RUN_H

#include <stdatomic.h>

#include "rt_model.h"

struct rt_limit;     /* rt_limit.h */
struct rt_backwards; /* rt_backwards.h */
struct course;       /* ode/rt_adjoint.h */
struct rt_meeting;   /* rt_meeting.h */

struct rt_job {
    struct crnl_ctx *ctx;
    struct rt_kept *kept; /* workspaces of the network; NULL: none are kept */
    const struct crnl_model *m;
    const struct crnl_run_spec *spec;
    const double *param, *k, *x0; /* k: effective; x0: scaled by the volume */
    const double *k_open;         /* constants before clamping; NULL: nothing is clamped */
    uint64_t k_number;            /* of the constants before clamping; 0: they have none */
    const uint8_t *fixed;         /* [n_species] CRNL_CLAMP, CRNL_HOLD, or 0; NULL: all 0 */
    const double *capture;
    const struct crnl_neural *neural; /* the model whose units the amounts are; NULL: a network */
    const double *neural_value;       /* parameters of that model */
    bool is_reset; /* the clock is set to t0, while the rest goes on from the run before, ... */
    double moved;  /* ... so that times which are kept of that have moved by as much */
    double t0, after, duration, every; /* duration: in time or events, as spec->span says; every = 0: each
                                          step */
    union crnl_value option[CRNL_OPTION_COUNT]; /* given or default values; 0 for a required option that is
                                                   missing */
    double volume, inv_volume;   /* the volume that is used: that of the option or of the model; 1 for
                                    deterministic runs */
    int32_t span, after_kind;    /* TIME in place of CYCLES ... */
    double cycles, after_cycles; /* ... and the numbers of cycles; 0: none */
    const double *schedule;      /* durations of phases, times and periods of events */
    const double *atol;  /* [n_species] values given for single amounts, 0 for others; NULL: none is given */
    const bool *counted; /* [n_species] whether the amount is a whole number of molecules; NULL: none is */
    double *memory;      /* memory of events of the run that is continued; NULL: a new start */
    const struct rt_limit *limit; /* limit state of the run that is continued; NULL: none */
    const double
        *past; /* history of that run (runtime/ode/rt_history.h), whose first number is its length; NULL:
                  none */
    int64_t runs, max_events;
    uint64_t seed, count;
    bool has_rows, fixed_grid; /* rows are needed; all runs have them at the same times */
    bool verbose;              /* notes on the course of the run are needed */
    bool is_row;               /* a row of a run over rows: other rows run at the same time */
    uint64_t checkpoint;       /* key under which its runs are kept; 0: they are not kept (rt_checkpoint.h) */
    bool is_shared;            /* its runs are distributed over all ranks, which all execute this statement */
    bool is_kernel_named;      /* the run names a kernel and uses no other */
    bool is_for_gpu;           /* runs are those of the unrolled kernel, and go to a graphics processor if
                                  there is one: ... */
    int32_t gpu_lanes;         /* ... so many at a time from each thread here; 0: they do not */
    int32_t n_trace;           /* the last columns: traces of the model or, for a program without experiment,
                                  all */
    const char *const *trace_name;
    int32_t n_columns;   /* columns of the file, then the traces */
    bool has_deviations; /* rows are of laws: standard deviations follow the means of all columns */
    const struct crnl_elem *column;
    int64_t n_samples; /* number of times at which values of courses are kept, in order */
    const struct rt_sample *sample;
    struct rt_meeting *meeting; /* where runs of other contexts of this thread may wait for it; or NULL */
    struct course *course;      /* where the run is recorded for going backwards; NULL: it is not */
    atomic_bool stop;           /* later runs may stop */
};
static inline size_t rt_row_width(const struct rt_job *job)
{
    return 1 + (job->has_deviations ? 2 : 1) * (size_t)job->n_columns;
}
struct rt_sample {
    double t;
    int32_t course, i; /* index among the times of the course */
};

/* Weighted mean and sum of squared deviations (West 1979; merged as Chan et al. 1983). */
struct rt_moments {
    double weight, mean, m2;
};
void rt_moments_add(struct rt_moments *s, double v, double weight);
void rt_moments_merge(struct rt_moments *s, const struct rt_moments *other);

/* Weights by one or two integers: open addressing. */
struct rt_histogram {
    int64_t *key;
    double *weight;
    size_t n, cap;
    double total;
};
void rt_histogram_add(struct rt_histogram *h, int32_t i, int32_t j, double weight);
void rt_histogram_merge(struct rt_histogram *h, const struct rt_histogram *other);
void rt_histogram_free(struct rt_histogram *h);
/* The nearest integer; for NaN the smallest one, which no histogram shows. */
int32_t rt_histogram_bin(double v);
static inline int64_t rt_histogram_key(int32_t i, int32_t j)
{
    return (int64_t)((uint64_t)(uint32_t)i << 32 | (uint32_t)j);
}

/* Whether the run continues an earlier one, so that conditions true at its start were true before. */
static inline bool rt_goes_on(const struct rt_job *job)
{
    return job->memory != NULL;
}

/* The text about a condition of `until` that has not ended the run; `waits`: it has held since the run was
 * continued. */
static inline const char *rt_until_missed(bool waits)
{
    return waits ? "still holds, as it did where the run went on: it ends where it turns true once more"
                 : "does not hold";
}

/* Whether it is a statistic of values weighted by time. */
static inline bool rt_is_time_stat(const struct crnl_stat_request *q)
{
    return q->kind == CRNL_TIME_MEAN || q->kind == CRNL_TIME_VAR || q->kind == CRNL_TIME_INTEGRAL ||
           q->kind == CRNL_TIME_HISTOGRAM;
}

/* Whether it is a statistic of the course itself: course_stat.c. */
static inline bool rt_is_course_stat(const struct crnl_stat_request *q)
{
    return q->kind >= CRNL_TIME_MAX && q->kind <= CRNL_PERIOD; /* ORDER crnl_stat */
}

/* Whether it is a statistic of values along a trajectory, not at single times. */
static inline bool rt_is_path_stat(const struct crnl_stat_request *q)
{
    return rt_is_time_stat(q) || rt_is_course_stat(q) || q->kind == CRNL_EVENT_MEAN;
}

/* Whether the run ends at a steady state, and nowhere else. */
static inline bool rt_run_ends_steady(const struct crnl_run_spec *spec)
{
    return spec->span == CRNL_SPAN_STEADY && spec->until < 0;
}

/* Whether runs by a method with these traits can compute it; `steady`: runs to a steady state. */
static inline bool rt_is_told(const struct crnl_stat_request *q, unsigned traits, bool steady)
{
    return q->kind == CRNL_EVENT_MEAN     ? (traits & CRNL_COUNTS_EVENTS) != 0
           : q->kind == CRNL_SPECTRAL_GAP ? (traits & CRNL_LAW) != 0 || steady
           : rt_is_course_stat(q)         ? (traits & CRNL_LAW) == 0
                                          : true;
}

/* Values with weights, in order after sorting. */
struct rt_weighted {
    double value, weight;
};
struct rt_values {
    struct rt_weighted *of;
    int64_t n, cap;
};
void rt_values_add(struct rt_values *v, double value, double weight);
void rt_values_sort(struct rt_values *v); /* sorts, and merges equal values */

/* A course in progress: whether it is below the level, how often and when it last rose to the level. */
struct rt_course {
    bool is_below;
    int64_t crossings;
    double crossed;
};

/* Means and deviations of the rows of many runs at the same times, added up as rt_sums.h says. */
struct rt_band {
    int64_t n;
    double *time;          /* [n] */
    struct rt_moments *at; /* [n][n_columns] */
};
void rt_band_add(struct rt_band *b, size_t columns, const double *row, int64_t n);
void rt_band_merge(struct rt_band *to, size_t columns, const struct rt_band *from);
void rt_band_free(struct rt_band *b);

/* The statistics of a request, while a trajectory is in progress or, in a result, over runs. */
struct rt_stat {
    struct rt_moments *moments; /* [crnl_stat_width], along a trajectory, or of laws at times */
    struct rt_values *law;      /* [n_law] values of a law at the times of a course, if all of it is needed */
    int64_t n_law;              /* crnl_stat_width, or 0 */
    struct rt_histogram histogram;
    struct rt_course *course; /* [n_elems] in a recorder, for statistics of the course; otherwise NULL */
    double *value;            /* [crnl_stat_width] current values; in a result: [runs][crnl_stat_width] at the
                                 end */
    bool in_kernel;           /* the kernel of a stochastic run sums this up */
    bool is_unknown;          /* the method cannot compute it: reading its value is an error */
};
void rt_stats_free(struct rt_stat *stat, int32_t n);

/* Jumps, by events, of the traces of a single run: pictures draw them vertically. */
struct rt_jumps {
    double *v; /* [n][1 + 2 n_trace] time, values before, values after */
    int64_t n, cap;
    bool too_many; /* too many to be visible: none is kept */
};

struct rt_recorder {
    struct rt_job *job;
    int64_t run;
    double *row; /* [n_rows][rt_row_width] time, values, deviations */
    int64_t n_rows, cap_rows;
    struct rt_jumps jumps;
    double whole;                   /* the probability already added to the current row of a law */
    double t_row;                   /* time of the last row: a time is recorded once */
    struct rt_collector *collector; /* for a single run: takes its rows as they come */
    struct rt_single *single;       /* what the checkpoint has of the run (single.c); NULL: nothing */
    double handed_on;               /* when rows were last passed on, in seconds */
    double endless_since; /* when a run that only `until` ends was first checked, in seconds; 0: never */
    struct rt_stat *stat; /* [m->n_stats] */
    bool has_time_stats, has_course_stats;
    double *x, t;           /* state and time at the end */
    int64_t n_states;       /* number of states of a law at the end, in place of x; 0: x is the state */
    double *weight;         /* [n_states] weights; stat[i].value has the values [n_states * n_elems] */
    double *memory;         /* [rt_memory_size] memory of events at the end */
    struct rt_limit *limit; /* the exact limit of which x are the doubles; NULL: x is exact */
    double *past;           /* history that delays of a continued run would read; NULL: none */
    int64_t events;
    struct rt_buffer notes; /* warnings, and what --verbose reports, a line each */
    struct rt_error error;
};
void rt_recorder_init(struct rt_recorder *r, struct rt_job *job, int64_t run);
/* Makes the recorder of a finished run as a new one, for the next run of the same ensemble. */
void rt_recorder_clear(struct rt_recorder *r);
void rt_recorder_free(struct rt_recorder *r);
/* Records a row of the file and the traces. A single run passes rows on to the collector from time to
 * time. */
int rt_record_row(struct rt_recorder *r, double t, const double *x);
/* Record the traces before and after a jump at t, by events or because what reads the time jumps; `seen` is
 * the time that the traces read. */
void rt_record_before_jump(struct rt_recorder *r, double t, double seen, const double *x);
void rt_record_after_jump(struct rt_recorder *r, double seen, const double *x);
/* rt_record_values sets the values that statistics along a trajectory use from now on, and rt_record_dwell
 * says how long they lasted. Values that a kernel sums up are left out. */
void rt_record_values(struct rt_recorder *r, double t, const double *x);
void rt_record_dwell(struct rt_recorder *r, double weight);
/* A value of a request. */
double rt_record_value(struct rt_recorder *r, int32_t request, int32_t elem, double t, const double *x);
/* course_stat.c: adds the part of the course that at(env, t) gives, and its end; merges the statistics of
 * two runs; and gives the value that a program reads, NaN if there is none. */
void rt_course_between(struct rt_recorder *r, double from, double to,
                       const double *(*at)(void *env, double t), void *env);
void rt_course_end(struct rt_recorder *r, double t, const double *x);
void rt_stat_merge(const struct crnl_stat_request *q, struct rt_moments *to, const struct rt_moments *from);
double rt_course_value(const struct crnl_stat_request *q, const struct rt_moments *m);
/* Adds the values along a trajectory from `from` to `to`, by four Gauss-Legendre nodes; at(env, t) gives the
 * state there. */
void rt_record_between(struct rt_recorder *r, double from, double to,
                       const double *(*at)(void *env, double t), void *env);
/* These nodes and weights, for the interval from -1 to 1. */
enum { RT_GAUSS_NODES = 4 };
extern const double rt_gauss_node[RT_GAUSS_NODES], rt_gauss_weight[RT_GAUSS_NODES];
/* Records the state after an event, for averages over events. */
void rt_record_event(struct rt_recorder *r, double t, const double *x);
void rt_record_end(struct rt_recorder *r, double t, const double *x);
/* For laws: rt_record_open starts a row of means (NULL: none is needed at t), rt_record_add adds the values
 * at each state with its probability, and rt_record_close ends the row. */
double *rt_record_open(struct rt_recorder *r, double t);
void rt_record_add(struct rt_recorder *r, double *row, double t, const double *x, double probability);
int rt_record_close(struct rt_recorder *r);
/* Records the end as n states with weights instead of a single state; rt_record_state sets state i. */
void rt_record_law(struct rt_recorder *r, int64_t n);
void rt_record_state(struct rt_recorder *r, int64_t i, double t, const double *x, double weight);
/* rt_record_sample adds a state of the law at a time of a course, and rt_record_sampled says that there are
 * no more. */
void rt_record_sample(struct rt_recorder *r, const struct rt_sample *s, const double *x, double weight);
void rt_record_sampled(struct rt_recorder *r, const struct rt_sample *s);
void rt_record_no_samples(struct rt_recorder *r); /* drops the samples */

/* Times at which something is recorded: rows at base, base + every, ..., and at the end if that is finite
 * (every = 0: no rows); and samples. */
struct rt_grid {
    double base, every, end;
    int64_t i;
    const struct rt_job *job; /* job with samples; NULL: none */
    int64_t i_sample;
};
/* Records row 0, and the samples at the start. */
int rt_record_start(struct rt_recorder *r, struct rt_grid *g, double t, const double *x);
double rt_grid_time(const struct rt_grid *g); /* the next time; INFINITY: none before the end */
/* Skips the samples before t, where measuring begins. */
void rt_grid_skip(struct rt_grid *g, double t);
/* The next sample that is due at t, or NULL. */
const struct rt_sample *rt_grid_sample(struct rt_grid *g, double t);
bool rt_grid_row(struct rt_grid *g, double t); /* whether a row is due at t; if so, it counts as done */
/* Records what is due at time t. */
int rt_record_due(struct rt_recorder *r, struct rt_grid *g, double t, const double *x);
int64_t rt_grid_rows(const struct rt_grid *g);

bool rt_condition(const struct rt_job *job, int32_t expr, double t, const double *x);
/* Appends a note for each comparison in `until`: the values of its two sides. */
void rt_put_sides(struct rt_buffer *b, const struct rt_job *job, double t, const double *x);
/* Ends the checks of a run that only `until` ends. `status` and the error are those of the limit that stopped
 * it, to which the condition and its sides are added. A run that goes on for long says so once. */
int rt_check_until(struct rt_recorder *r, int status, double t, const double *x, bool waits);
bool rt_assumes_hold(const struct rt_job *job, double t, const double *x);
/* Checks the assumptions of the network; CRNL_ASSUME, with time and amounts, if one fails. */
int rt_check_assumes(const struct rt_job *job, double t, const double *x, struct rt_error *e);
/* Called often during a run. Returns a status if the run must end because it is cancelled, out of time or no
 * longer needed; the reason is in r->error. Also passes waiting rows on, so that they are on the disk within
 * seconds. */
int rt_check_limits(struct rt_recorder *r, double t);
/* Reports the progress of a single run, as a fraction. Runs of an ensemble, which are on many threads,
 * report nothing; only the collector, which runs on a single thread at a time, knows the progress of an
 * ensemble. */
void rt_report_progress(const struct rt_job *job, double fraction);
/* The same for what a single run does before its time begins to pass, or without: "400000 states found".
 * fraction NAN: nobody knows how much there is to do. */
void rt_report_stage(const struct rt_job *job, int64_t n, const char *what, double fraction);

/* The runs of an ensemble, for a method that executes several at a time. */
struct rt_runs {
    /* Returns the next run, already begun; NULL: there is none, or no room for it now and `wait` is false. */
    struct rt_recorder *(*next)(void *env, bool wait);
    void (*done)(void *env, struct rt_recorder *r);
    void *env;
};

struct crnl_method {
    enum crnl_method_kind kind;
    void *(*create)(const struct rt_job *job, struct rt_error *e);
    int (*run)(void *workspace, struct rt_recorder *r); /* errors are stored in r->error */
    void (*destroy)(void *workspace);
    const struct crnl_method *const *solver; /* methods that --solver may name instead of this one, ended by
                                                NULL; or NULL */
    /* Prepares the workspace for another job of the same model, as if it were new. NULL: each job needs a
     * new workspace. */
    void (*renew)(void *workspace, const struct rt_job *job, struct rt_error *e);
    /* Executes all runs, each with the same bytes as by `run`. Returns false if they must be executed one by
     * one. NULL: always one by one. */
    bool (*run_many)(void *workspace, const struct rt_runs *runs);
    const struct rt_backwards *backwards; /* how to go back along a run (rt_backwards.h); NULL: not
                                             possible */
    /* Executes a run in each of n workspaces side by side, each with the same bytes as by `run`. NULL: there
     * is nothing to gain. */
    void (*run_beside)(void *const *workspace, struct rt_recorder *const *r, int n);
    bool (*may_be_beside)(const struct crnl_model *m); /* whether there is something to gain; NULL: always */
};
static inline const struct crnl_method_info *rt_method_info(const struct crnl_method *method)
{
    return &crnl_method_info[method->kind];
}
static inline bool rt_method_is(const struct crnl_method *method, enum crnl_trait trait)
{
    return (rt_method_info(method)->traits & trait) != 0;
}
/* The value of a real option of the run. */
static inline double rt_real(const struct rt_job *job, enum crnl_option_id id)
{
    return job->option[id].real;
}

/* The kernel that `kernel = NAME` of the run names or, without it, the cheapest of the `n` that apply; NULL
 * after an error. */
const struct crnl_kernel *rt_kernel_for(const struct rt_job *job, const struct crnl_kernel *const *kernel,
                                        size_t n, const struct crnl_amounts *at,
                                        struct crnl_kernel_choice *choice, struct rt_error *e);
/* The line that --verbose tells of it. */
void rt_put_kernel(struct rt_buffer *notes, const struct rt_job *job, const struct crnl_kernel_choice *choice,
                   const struct crnl_kernel *kernel);

/* kept.c: workspaces that wait for the next run of a network. They are taken and given back by any thread;
 * one that is kept gives the bytes of a new one. */
struct rt_kept *rt_kept_create(const struct crnl_model *m);
void rt_kept_destroy(struct rt_kept *k);
void *rt_workspace(const struct rt_job *job,
                   struct rt_error *e); /* as create of the job's method; NULL after an error */
void rt_workspace_done(const struct rt_job *job, void *workspace); /* NULL: nothing */

/* The absolute tolerance that is given for species s; 0: it depends on the scale of the amount. */
static inline double rt_atol(const struct rt_job *job, int64_t s)
{
    return job->atol && job->atol[s] > 0 ? job->atol[s] : rt_real(job, CRNL_OPTION_ATOL);
}

/* The result of a run: statistics over runs, rows of the traces. */
struct rt_result {
    const struct crnl_method *method;
    int64_t runs;      /* number of runs, or of states of a law */
    double *weight;    /* [runs] weights of a law; NULL: all runs have the same weight */
    int32_t n_courses; /* that the run has kept */
    const int32_t *course;
    struct rt_stat *stat; /* [m->n_stats] */
    int32_t n_stats, n_trace;
    bool band;             /* traces of an ensemble, with mean and standard deviation */
    bool counts_molecules; /* amounts are numbers of molecules, not these divided by a volume */
    int64_t n_rows, cap_rows;
    bool is_thinned; /* some of the rows at every event are left out */
    char **trace_name;
    double *row; /* [n_rows][1 + n_trace], or [1 + 2 n_trace] with bands */
    struct rt_jumps jumps;
    double *x;    /* state at the end of a single run */
    double t;     /* time at which all runs ended; NaN if the runs ended at different times */
    double since; /* time at which recording began; NaN: runs begin it after events */
    double *memory;
    struct rt_limit *limit; /* x exactly; NULL: x is exact */
    double *past;           /* as in the recorder */
    struct rt_buffer notes; /* notes of the first run */
};
void rt_result_free(struct rt_result *result);

/* Takes rows and finished runs, in order, and makes traces, summary, files and statistics. */
struct rt_collector;
struct rt_file_request {
    const struct crnl_sink *sink; /* NULL: no file */
    const char *path;
    int32_t n_columns; /* number of columns, the first ones of the job */
    const char *const *column;
    bool summary;
    /* For a run over rows: the values of its sources that each row of the file shows, and the open file if
     * all rows are written to the same one. */
    int32_t n_keys;
    const char *const *key_name;
    const double *key;
    void *open;
};
/* Opens the file; returns NULL after an error. */
void *rt_collector_open(const struct rt_job *job, const struct rt_file_request *file, struct rt_error *e);
struct rt_collector *rt_collector_create(struct rt_job *job, const struct rt_file_request *file,
                                         struct rt_error *e);
/* Which rows of an ensemble are needed: those of all runs, sums of blocks, or those of run 0. */
enum rt_rows_needed { RT_ROWS_ALL, RT_ROWS_SUMS, RT_ROWS_FIRST };
enum rt_rows_needed rt_rows_needed(const struct rt_job *job, bool summary);
int rt_collect_rows(struct rt_collector *c, int64_t run, const double *row, int64_t n, struct rt_error *e);
int rt_collect_run(struct rt_collector *c, struct rt_recorder *r, struct rt_error *e);
/* Collects the runs of a bundle (rt_bundle.h), which must be the next ones; returns their number. */
int64_t rt_collect_bundle(struct rt_collector *c, const struct rt_buffer *bundle, struct rt_error *e);
/* rt_collector_complete: the number of complete runs. rt_collector_cut: there will be no more runs. */
int64_t rt_collector_complete(const struct rt_collector *c);
void rt_collector_cut(struct rt_collector *c);
/* Closes the file (also after an error, to keep its contents) and returns the result. */
struct rt_result *rt_collector_finish(struct rt_collector *c, struct rt_error *e);

/* gpu_job.c: decides where the runs of a job go that is meant for a graphics processor. An error if the
 * network or the job do not fit; a warning if no such processor is at hand. */
int rt_gpu_decide(struct rt_job *job, struct rt_error *e);
void rt_gpu_share(struct rt_job *job, int threads); /* divides its lanes among threads */
/* rt_ensemble executes runs 0..runs on several threads; the error is the first one in the order of runs. */
/* The number of finished runs that may wait to be collected. */
int64_t rt_ring_size(const struct rt_job *job, int threads);
int rt_ensemble(struct rt_job *job, struct rt_collector *c, int threads, struct rt_error *e);
/* Called after an ensemble that was distributed over all ranks: makes the result of the collector at rank 0
 * that of all ranks. */
void rt_ensemble_tell(const struct rt_job *job, struct rt_result *result, struct rt_error *e);

#endif
