/* One run: what is asked (struct rt_job), what a trajectory reports while it goes (struct rt_recorder),
 * what is left (struct rt_result). The job is constant while runs go on, also over threads. A worker's
 * workspace belongs to its method; recorders are handed from workers to the collector, which sees runs in
 * order.
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

struct rt_job {
    struct crnl_ctx *ctx;
    struct rt_kept *kept; /* workspaces of the network; NULL: none are kept */
    const struct crnl_model *m;
    const struct crnl_run_spec *spec;
    const double *param, *k, *x0; /* k effective; x0 scaled by the volume */
    const double *k_open;         /* before anything was clamped; NULL: nothing was */
    const uint8_t *fixed;         /* [n_species] CRNL_CLAMP, CRNL_HOLD, or 0; NULL: nothing is */
    const double *capture;
    const struct crnl_neural *neural;  /* whose units the amounts are; NULL: a network */
    const double *neural_value;        /* its parameters */
    double t0, after, duration, every; /* duration: time, or events, as spec->span says; every 0: each step */
    union crnl_value option[CRNL_OPTION_COUNT]; /* given or standard; 0 of a required one that is missing */
    double volume, inv_volume;   /* that is used: the option's or the model's; 1 if deterministic */
    int32_t span, after_kind;    /* TIME instead of CYCLES ... */
    double cycles, after_cycles; /* ... and how many, 0 none */
    const double *schedule;      /* durations of phases, times and periods of events */
    const double *atol;  /* [n_species] that are given for single amounts, 0 for others; NULL: none is */
    const bool *counted; /* [n_species] amounts that are whole molecules; NULL: none is */
    double *memory;      /* of events, from the run that is continued; NULL: a new start */
    const struct rt_limit *limit; /* that the run which is continued has left; NULL: none */
    const double
        *past; /* its history (runtime/ode/rt_history.h), as many numbers as the first says; NULL: none */
    int64_t runs, max_events;
    uint64_t seed, count;
    bool has_rows, fixed_grid; /* rows are wanted; all runs have them at the same times */
    bool verbose;              /* notes of how it went are wanted */
    bool is_row;               /* of a run over rows: others go on beside it */
    uint64_t checkpoint;       /* the key of what is kept of its runs; 0: nothing is (rt_checkpoint.h) */
    bool is_shared;            /* its runs are handed out to all ranks, which come here together */
    bool is_kernel_named;      /* by the run itself: it takes no other */
    int32_t n_trace;           /* last columns: the model's or, for a program without experiment, all */
    const char *const *trace_name;
    int32_t n_columns;   /* those of the file, then the traces */
    bool has_deviations; /* rows are of laws: behind the means of all columns their standard deviations */
    const struct crnl_elem *column;
    int64_t n_samples; /* times at which values of courses are kept, in order */
    const struct rt_sample *sample;
    struct course *course; /* where the run is noted, to be gone back along; NULL: it is not */
    atomic_bool stop;      /* later runs need not go on */
};
static inline size_t rt_row_width(const struct rt_job *job)
{
    return 1 + (job->has_deviations ? 2 : 1) * (size_t)job->n_columns;
}
struct rt_sample {
    double t;
    int32_t course, i; /* its place among the times of the course */
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
/* The nearest integer; of what is no number the least one, which no histogram shows. */
int32_t rt_histogram_bin(double v);
static inline int64_t rt_histogram_key(int32_t i, int32_t j)
{
    return (int64_t)((uint64_t)(uint32_t)i << 32 | (uint32_t)j);
}

/* It continues a run: what is true at its start has been so before. */
static inline bool rt_goes_on(const struct rt_job *job)
{
    return job->memory != NULL;
}

/* What is said of a condition of `until` that ends no run; it waits: it holds from where the run goes on. */
static inline const char *rt_until_missed(bool waits)
{
    return waits ? "still holds, as it did where the run went on: it ends where it turns true once more"
                 : "does not hold";
}

/* Of values weighted by time? */
static inline bool rt_is_time_stat(const struct crnl_stat_request *q)
{
    return q->kind == CRNL_TIME_MEAN || q->kind == CRNL_TIME_VAR || q->kind == CRNL_TIME_INTEGRAL ||
           q->kind == CRNL_TIME_HISTOGRAM;
}

/* Of the course as such: course_stat.c. */
static inline bool rt_is_course_stat(const struct crnl_stat_request *q)
{
    return q->kind >= CRNL_TIME_MAX && q->kind <= CRNL_PERIOD; /* ORDER crnl_stat */
}

/* ... or by events: of values along a trajectory, not at single times. */
static inline bool rt_is_path_stat(const struct crnl_stat_request *q)
{
    return rt_is_time_stat(q) || rt_is_course_stat(q) || q->kind == CRNL_EVENT_MEAN;
}

/* Whether runs by the method can tell it. */
static inline bool rt_is_told(const struct crnl_stat_request *q, unsigned traits)
{
    return q->kind == CRNL_EVENT_MEAN     ? (traits & CRNL_COUNTS_EVENTS) != 0
           : q->kind == CRNL_SPECTRAL_GAP ? (traits & CRNL_LAW) != 0
           : rt_is_course_stat(q)         ? (traits & CRNL_LAW) == 0
                                          : true;
}

/* Values with weights, in order once they are sorted. */
struct rt_weighted {
    double value, weight;
};
struct rt_values {
    struct rt_weighted *of;
    int64_t n, cap;
};
void rt_values_add(struct rt_values *v, double value, double weight);
void rt_values_sort(struct rt_values *v); /* and each value once */

/* A course while it goes: is it below the level, how often and when did it last come up to it? */
struct rt_course {
    bool is_below;
    int64_t crossings;
    double crossed;
};

/* Means and deviations of rows of many runs at the same times; added up as rt_sums.h says. */
struct rt_band {
    int64_t n;
    double *time;          /* [n] */
    struct rt_moments *at; /* [n][n_columns] */
};
void rt_band_add(struct rt_band *b, size_t columns, const double *row, int64_t n);
void rt_band_merge(struct rt_band *to, size_t columns, const struct rt_band *from);
void rt_band_free(struct rt_band *b);

/* Statistics requests of a model while a trajectory goes or, in a result, over runs. */
struct rt_stat {
    struct rt_moments *moments; /* [crnl_stat_width], along a trajectory or of laws at times */
    struct rt_values *law;      /* [n_law] of a law at the times of a course, where all of it is asked for */
    int64_t n_law;              /* crnl_stat_width, or 0 */
    struct rt_histogram histogram;
    struct rt_course *course; /* [n_elems] of a recorder, for statistics of the course; else NULL */
    double *value;            /* [crnl_stat_width] now; in a result: [runs][crnl_stat_width] at the end */
    bool in_kernel;           /* along a stochastic run its kernel sums this up */
    bool is_unknown;          /* the method cannot tell it: it has no value, an error where it is read */
};
void rt_stats_free(struct rt_stat *stat, int32_t n);

/* Where events changed what the traces of a single run show: pictures draw it upright. */
struct rt_jumps {
    double *v; /* [n][1 + 2 n_trace] time, values before, values after */
    int64_t n, cap;
    bool too_many; /* to be seen: none is kept */
};

struct rt_recorder {
    struct rt_job *job;
    int64_t run;
    double *row; /* [n_rows][rt_row_width] time, values, deviations */
    int64_t n_rows, cap_rows;
    struct rt_jumps jumps;
    double whole;                   /* the probability of what the row at hand has of a law */
    double t_row;                   /* of the last row: a time is recorded once */
    struct rt_collector *collector; /* of a single run: takes its rows as they come */
    struct rt_single *single;       /* what the checkpoint has of it (single.c); NULL: nothing */
    double handed_on;               /* when it did, in seconds */
    struct rt_stat *stat;           /* [m->n_stats] */
    bool has_time_stats, has_course_stats;
    double *x, t;           /* at the end */
    int64_t n_states;       /* of a law at the end, in place of x; 0: x is the state */
    double *weight;         /* [n_states] and their values: stat[i].value is [n_states * n_elems] */
    double *memory;         /* [rt_memory_size] of events, at the end */
    struct rt_limit *limit; /* where the amounts come from; NULL: they are what they are */
    double *past;           /* what delays would read of a single run that went on; NULL: nothing */
    int64_t events;
    struct rt_buffer notes; /* warnings, and what --verbose tells, a line each */
    struct rt_error error;
};
void rt_recorder_init(struct rt_recorder *r, struct rt_job *job, int64_t run);
void rt_recorder_free(struct rt_recorder *r);
/* A row of the file and the traces. A single run hands rows to the collector from time to time. */
int rt_record_row(struct rt_recorder *r, double t, const double *x);
/* What the traces show before events happen at t, or what reads the time jumps, and then after it; `seen` is
 * the time that they read. */
void rt_record_before_jump(struct rt_recorder *r, double t, double seen, const double *x);
void rt_record_after_jump(struct rt_recorder *r, double seen, const double *x);
/* Values that statistics along a trajectory see from now on, and how long they stayed. Those that a kernel
 * sums up are left out. */
void rt_record_values(struct rt_recorder *r, double t, const double *x);
void rt_record_dwell(struct rt_recorder *r, double weight);
/* One of the values of a request. */
double rt_record_value(struct rt_recorder *r, int32_t request, int32_t elem, double t, const double *x);
/* course_stat.c: the part of the course that is at(env, t), its end; how those of two runs come together; and
 * what a program reads, not a number where there is none. */
void rt_course_between(struct rt_recorder *r, double from, double to,
                       const double *(*at)(void *env, double t), void *env);
void rt_course_end(struct rt_recorder *r, double t, const double *x);
void rt_stat_merge(const struct crnl_stat_request *q, struct rt_moments *to, const struct rt_moments *from);
double rt_course_value(const struct crnl_stat_request *q, const struct rt_moments *m);
/* The same from `from` to `to` by four nodes of Gauss and Legendre; at(env, t) gives the state there. */
void rt_record_between(struct rt_recorder *r, double from, double to,
                       const double *(*at)(void *env, double t), void *env);
/* These nodes and weights, of the interval from -1 to 1. */
enum { RT_GAUSS_NODES = 4 };
extern const double rt_gauss_node[RT_GAUSS_NODES], rt_gauss_weight[RT_GAUSS_NODES];
/* The state after an event, for averages over events. */
void rt_record_event(struct rt_recorder *r, double t, const double *x);
void rt_record_end(struct rt_recorder *r, double t, const double *x);
/* For laws. A row of means: opened (NULL: none is wanted at t), then the values at each state with its
 * probability, then closed. */
double *rt_record_open(struct rt_recorder *r, double t);
void rt_record_add(struct rt_recorder *r, double *row, double t, const double *x, double probability);
int rt_record_close(struct rt_recorder *r);
/* The end as n states with weights in place of one; state i of them. */
void rt_record_law(struct rt_recorder *r, int64_t n);
void rt_record_state(struct rt_recorder *r, int64_t i, double t, const double *x, double weight);
/* A state of the law at a time of a course, and when there are no more. */
void rt_record_sample(struct rt_recorder *r, const struct rt_sample *s, const double *x, double weight);
void rt_record_sampled(struct rt_recorder *r, const struct rt_sample *s);
void rt_record_no_samples(struct rt_recorder *r); /* forgets them */

/* Times at which something is recorded: of rows base, base + every, ..., always including the end if that
 * is finite (every 0: none); and of samples. */
struct rt_grid {
    double base, every, end;
    int64_t i;
    const struct rt_job *job; /* samples; NULL: none */
    int64_t i_sample;
};
/* Row 0, and the samples at the start. */
int rt_record_start(struct rt_recorder *r, struct rt_grid *g, double t, const double *x);
double rt_grid_time(const struct rt_grid *g); /* the next one; INFINITY: none before the end */
/* Leaves out the samples before t, where what is measured begins. */
void rt_grid_skip(struct rt_grid *g, double t);
/* The next sample that is due at t, or NULL. */
const struct rt_sample *rt_grid_sample(struct rt_grid *g, double t);
bool rt_grid_row(struct rt_grid *g, double t); /* whether a row is due at t, which then is done */
/* What is due at that time, `t`. */
int rt_record_due(struct rt_recorder *r, struct rt_grid *g, double t, const double *x);
int64_t rt_grid_rows(const struct rt_grid *g);

bool rt_condition(const struct rt_job *job, int32_t expr, double t, const double *x);
bool rt_assumes_hold(const struct rt_job *job, double t, const double *x);
/* Assumptions of the network; CRNL_ASSUME with time and amounts. */
int rt_check_assumes(const struct rt_job *job, double t, const double *x, struct rt_error *e);
/* Called often while a run goes on. Cancelled, out of time, or no longer needed: a status to end with, in
 * r->error. Also hands on rows that have waited, so that they are on the disk within seconds. */
int rt_check_limits(struct rt_recorder *r, double t);
/* Progress of a single run, as a fraction. Runs of an ensemble say nothing, on their many threads: how far
 * it is only the collector knows, which is one thread at a time. */
void rt_report_progress(const struct rt_job *job, double fraction);

/* Runs of an ensemble for a method that takes several at a time. */
struct rt_runs {
    /* The next one, begun; NULL: there is none, or there is no room for it now and `wait` is false. */
    struct rt_recorder *(*next)(void *env, bool wait);
    void (*done)(void *env, struct rt_recorder *r);
    void *env;
};

struct crnl_method {
    enum crnl_method_kind kind;
    void *(*create)(const struct rt_job *job, struct rt_error *e);
    int (*run)(void *workspace, struct rt_recorder *r); /* errors go to r->error */
    void (*destroy)(void *workspace);
    const struct crnl_method *const *solver; /* that --solver may name in its place, up to NULL; or NULL */
    /* Another job of the same model: from now on the workspace is as a new one for it. NULL: each job has a
     * new one. */
    void (*renew)(void *workspace, const struct rt_job *job, struct rt_error *e);
    /* All runs that there are, with the bytes that `run` gives each. False: it takes them one by one. NULL:
     * it always does. */
    bool (*run_many)(void *workspace, const struct rt_runs *runs);
    const struct rt_backwards *backwards; /* how a run is gone back (rt_backwards.h); NULL: it is not */
};
static inline const struct crnl_method_info *rt_method_info(const struct crnl_method *method)
{
    return &crnl_method_info[method->kind];
}
static inline bool rt_method_is(const struct crnl_method *method, enum crnl_trait trait)
{
    return (rt_method_info(method)->traits & trait) != 0;
}
/* A real option of the run. */
static inline double rt_real(const struct rt_job *job, enum crnl_option_id id)
{
    return job->option[id].real;
}

/* The kernel that `kernel = NAME` of the run names or, without, the cheapest of the `n` that apply; NULL
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

/* The absolute tolerance that is given for species s; 0: it is by scale. */
static inline double rt_atol(const struct rt_job *job, int64_t s)
{
    return job->atol && job->atol[s] > 0 ? job->atol[s] : rt_real(job, CRNL_OPTION_ATOL);
}

/* What a run leaves: statistics over runs, rows of the traces. */
struct rt_result {
    const struct crnl_method *method;
    int64_t runs;      /* or states, of a law */
    double *weight;    /* [runs] of a law; NULL: all runs count alike */
    int32_t n_courses; /* that the run has kept */
    const int32_t *course;
    struct rt_stat *stat; /* [m->n_stats] */
    int32_t n_stats, n_trace;
    bool band; /* traces of an ensemble: mean and standard deviation */
    int64_t n_rows, cap_rows;
    bool is_thinned; /* of rows at every event some are left out */
    char **trace_name;
    double *row; /* [n_rows][1 + n_trace], or [1 + 2 n_trace] with bands */
    struct rt_jumps jumps;
    double *x; /* the state at the end (a single run) */
    double t;  /* at which all runs ended; not a number where each had an end of its own */
    double *memory;
    struct rt_limit *limit; /* x, exactly; NULL: x is exact */
    double *past;           /* of the recorder */
    struct rt_buffer notes; /* of the first run */
};
void rt_result_free(struct rt_result *result);

/* Takes rows and finished runs in order: traces, summary, files, statistics. */
struct rt_collector;
struct rt_file_request {
    const struct crnl_sink *sink; /* NULL: no file */
    const char *path;
    int32_t n_columns; /* the first ones of the job */
    const char *const *column;
    bool summary;
    /* Of a run over rows: what each file row shows of it, and the file where all rows are written to the
     * same one. */
    int32_t n_keys;
    const char *const *key_name;
    const double *key;
    void *open;
};
/* Opens the file; NULL after an error. */
void *rt_collector_open(const struct rt_job *job, const struct rt_file_request *file, struct rt_error *e);
struct rt_collector *rt_collector_create(struct rt_job *job, const struct rt_file_request *file,
                                         struct rt_error *e);
/* What is needed of the rows of an ensemble: those of all runs, sums of blocks, or those of run 0. */
enum rt_rows_needed { RT_ROWS_ALL, RT_ROWS_SUMS, RT_ROWS_FIRST };
enum rt_rows_needed rt_rows_needed(const struct rt_job *job, bool summary);
int rt_collect_rows(struct rt_collector *c, int64_t run, const double *row, int64_t n, struct rt_error *e);
int rt_collect_run(struct rt_collector *c, struct rt_recorder *r, struct rt_error *e);
/* The runs of a bundle (rt_bundle.h), those that come next: how many. */
int64_t rt_collect_bundle(struct rt_collector *c, const struct rt_buffer *bundle, struct rt_error *e);
/* Runs that have come to their end; there are to be no more. */
int64_t rt_collector_complete(const struct rt_collector *c);
void rt_collector_cut(struct rt_collector *c);
/* Closes the file (also after an error, to keep what there is) and gives the result. */
struct rt_result *rt_collector_finish(struct rt_collector *c, struct rt_error *e);

/* Runs 0..runs over threads; the first error in the order of runs. */
/* How many finished runs may wait to be collected. */
int64_t rt_ring_size(const struct rt_job *job, int threads);
int rt_ensemble(struct rt_job *job, struct rt_collector *c, int threads, struct rt_error *e);
/* After an ensemble whose runs all ranks had: what its collector has given at rank 0 is that of all. */
void rt_ensemble_tell(const struct rt_job *job, struct rt_result *result, struct rt_error *e);

#endif
