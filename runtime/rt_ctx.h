/* The context of a running program. */
#ifndef RT_CTX_H
#define RT_CTX_H

#include "crnl_utf8.h"
#include "runtime/out/rt_output.h"
#include "rt_journal.h"
#include "rt_run.h"
#include "runtime/mpi/rt_world.h"

/* Values given for parameters or amounts: set[i] tells whether value[i] is given. */
struct rt_overrides {
    uint8_t *set;
    double *value;
    bool any;
    uint64_t version; /* changes whenever any of this changes */
};

/* The parameters and rate constants of a run, before amounts are clamped. Jobs share them while they run,
 * and a network keeps those of its last run for the next one. */
struct rt_constants {
    atomic_int users;
    uint64_t globals, set, with; /* versions of the values from which they are computed */
    bool stochastic;
    double volume;
    double *param;
    double *k;       /* NULL: not computed yet */
    uint64_t number; /* of k: no other constants in this process have it */
};
/* The same, with some amounts fixed. */
struct rt_clamped {
    atomic_int users;
    struct rt_constants *of;
    uint8_t *fixed; /* [n_species] CRNL_CLAMP or CRNL_HOLD or 0 */
    double *k;      /* 0 where a reaction changes a clamped amount */
};

/* The state of a network of the program, after `set`, `with` and runs. */
struct rt_network {
    const struct crnl_model *m;
    struct rt_overrides param_set, param_with, amount_set, amount_with, tolerance_with;
    struct rt_overrides start_set; /* initial amounts that a fit has found, for all later runs */
    double *param, *x;             /* current values; x in the units that users see */
    double *run_param;             /* parameters of the last run, which its formulas read */
    double *registers;
    uint8_t *fixed; /* [n_species] CRNL_CLAMP or CRNL_HOLD during the next run, else 0 */
    bool any_fixed;
    int32_t *changer_ptr, *changer; /* reactions that change each species; NULL: not listed yet */
    struct rt_constants *constants; /* of the last run, or NULL */
    struct rt_clamped *clamped;     /* of the last run with fixed amounts, or NULL */
    bool *counted;  /* [n_species] whether stochastic runs count the amount; NULL: not listed yet */
    double *memory; /* memory of events, for the state x (rt_events.h) */
    struct rt_limit
        *limit; /* after a limit, x exactly, except for amounts that were set since; NULL: x is exact */
    bool limit_is_stale;   /* some amounts were set since */
    double *past;          /* the history that delays read, for the state; NULL: there is none */
    double t;              /* time, as in struct rt_result */
    bool started;          /* x is a state, not the initial amounts */
    bool failed;           /* the last run failed and the program went on: its values are NaN */
    struct rt_error bound; /* an error of a bind for the next run, if the program goes on after such errors */
    bool lost;             /* the state is what a failed run has left */
    bool told_atol;        /* rt_warn_atol has warned */
    bool told_clamped;     /* rt_warn_clamped has warned */
    bool told_beyond;      /* that values are beyond the bounds of a histogram */
    bool told_no_period;   /* that a quantity has no period */
    int64_t runs;          /* number of runs of the last run statement; 0: none */
    const char *method;    /* of the last run */
    struct rt_kept *kept;  /* workspaces of its runs */
    struct rt_result *result;
    struct rt_gradients *gradients; /* of the last run, or NULL (rt_gradient.h) */
    struct rt_row_values *rows;     /* of the last run, if it was over rows; there is then no result */
};

/* A file to which `print` writes, which is open until the program ends. */
struct rt_print_file {
    char *name;
    struct rt_file file;
};

struct rt_kept_path {
    char *path;
    bool told; /* whether the loss of earlier contents has been reported */
};

struct rt_series {
    double *v;
    int64_t n, cap;
};

struct rt_plot;
struct rt_progress;
struct rt_data;
struct rt_neural;
struct rt_rows;
struct rt_checkpoint;
struct rt_estimate;
struct rt_learning;
struct rt_row_values;
struct rt_seed;
struct rt_trial;
struct rt_text_numbers;
struct rt_failures;

/* Rows that are processed one after the other. In each row the draws of a statement start anew: the number
 * of the row is part of their keys, and also that of the epoch if the rows are processed repeatedly. */
struct rt_draws {
    uint64_t row, epoch;
    uint64_t *base, *most; /* [n_base] numbers of executions of statements before the rows, and after them */
    int32_t n_base;
};

struct rt_memory {
    void *start;
    int64_t bytes;
};

struct crnl_ctx {
    const struct crnl_program *program;
    struct crnl_options options;
    double *global;           /* parameters of the program, then those of its models, in order */
    uint64_t globals_version; /* changes whenever they change */
    struct rt_network *net;
    struct rt_series *record;
    uint64_t *count; /* number of executions, by statement and purpose */
    int32_t n_counts;
    bool cut_short;    /* a signal cut something short, and the program went on */
    bool was_cut;      /* the same, even if the Ctrl-C is over */
    bool told_endless; /* a run that only `until` ends was said to go on for long */
    int cut_by;        /* the first signal that did so; 0: none */
    bool by_options;   /* files are named by the command line, not by the program */
    struct rt_text_numbers
        *numbers;               /* numbers in texts, if the journal or a comparison of seeds needs them; or
                                   NULL */
    struct rt_journal *journal; /* journal of the output; NULL: not needed */
    int status;
    struct rt_buffer error;   /* the message of the first error, with its place */
    struct rt_buffer failure; /* the same without its place, at `failed_line` */
    int failed_line, failed_status;
    struct rt_buffer text; /* text under construction */
    char **string;         /* finished texts of this statement */
    size_t n_strings, cap_strings;
    char **kept; /* texts in variables */
    size_t n_kept, cap_kept;
    struct rt_memory *memory; /* crnl_memory, by number */
    size_t n_memories;
    struct rt_print_file *print;
    size_t n_prints, cap_prints;
    struct rt_kept_path *kept_path; /* files that contain rows and lines of this program */
    size_t n_kept_paths, cap_kept_paths;
    double start;          /* monotonic seconds */
    bool is_alone;         /* crnl_alone */
    unsigned cancels_seen; /* rt_cancelled */
    struct rt_plot *plot;
    struct rt_progress *progress;
    struct rt_data **data;        /* [n_data], NULL until first used */
    struct rt_neural *neural;     /* [n_neurals] */
    struct rt_rows *rows;         /* the run over rows in progress, or NULL */
    struct rt_learning *learning; /* the learning in progress, or NULL */
    struct rt_draws *draws;       /* draws of the rows being processed, or NULL */
    struct rt_trial *trial;       /* the evaluation of a fit in progress in this context, or NULL */
    struct rt_meeting *meeting;   /* where it meets other contexts of its thread (rt_meeting.h), or NULL */
    bool failed_rows;             /* rows of a run over rows failed, or a statement after which the program
                                     went on */
    struct rt_failures *failures; /* such failures; NULL: none */
    struct rt_warnings *warnings; /* what runs have warned of; NULL: nothing */
    struct rt_world *world;       /* the ranks that also execute the program; NULL: none, or not for this
                                     context */
    struct rt_checkpoint *checkpoint; /* NULL: none, or not for this context */
    struct rt_estimate *estimate;     /* --estimate: what has been measured; or NULL */
    struct rt_seed *seed;             /* the seed, if it is one of several that are compared; or NULL */
};

/* Whether derivatives of the loss are needed too (fit/trial.c). */
bool rt_trial_wants_gradient(const struct rt_trial *t);
/* Tells random values of evaluations apart that are not to be the same. */
uint64_t rt_trial_draw(const struct rt_trial *t);

double rt_seconds(void);
int rt_threads(const struct crnl_ctx *ctx); /* number of threads that the program may use */
/* The signal that asks running work to end; 0: none since the context was created or has forgotten it. */
int rt_cancelled(const struct crnl_ctx *ctx);
void rt_cancel(
    int signal_number); /* cancels all existing contexts; safe in a signal handler and in any thread */
void rt_cancel_forget(struct crnl_ctx *ctx);
/* Called when interrupted work has ended early and the program goes on. Ctrl-C is then over; after other
 * signals, which batch systems send before they kill a process, the next run ends too, and the exit status
 * tells. */
void rt_cancel_clear(struct crnl_ctx *ctx);
const char *rt_signal_name(int signal_number); /* "SIGTERM"  */
/* Writes a line to stderr (or options.messages), unless the program is to be quiet; apart from progress, the
 * library prints nothing else there. */
void rt_warn(struct crnl_ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for a statement at a line (0: none), with its place and source line as in messages of errors. */
void rt_warn_at(struct crnl_ctx *ctx, int64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
FILE *rt_messages(const struct crnl_ctx *ctx); /* where such lines go */
/* Says that something at a line failed, which does not end the program; CRNL_OK: warns. */
void rt_report(struct crnl_ctx *ctx, int status, int line, const char *message);
/* Keeps what crnl_failure gives. */
void rt_keep_failure(struct crnl_ctx *ctx, int status, int line, const char *message);
/* Says what the recorded error of `failed` is, and `more`, which is "" or further lines. */
void rt_report_failure(struct crnl_ctx *ctx, const struct crnl_ctx *failed, const char *more);
/* The number of times that a statement has drawn for this purpose before; increments it. */
uint64_t rt_next_count(struct crnl_ctx *ctx, int32_t statement, enum crnl_purpose purpose);
/* Between rt_draws_begin and rt_draws_end draws are those of rows; rt_draws_next starts the first row, and
 * then each next one. */
void rt_draws_begin(struct crnl_ctx *ctx, struct rt_draws *d);
void rt_draws_next(struct crnl_ctx *ctx);
void rt_draws_end(struct crnl_ctx *ctx);
/* Records an error without position, at a source line. */
int rt_fail_at(struct crnl_ctx *ctx, int line, struct rt_error *e);
/* The line that messages name. Statements know places by numbers that are lines, or stand for them where
 * several begin in one (struct crnl_place). */
int rt_shown_line(const struct crnl_ctx *ctx, int line);
/* What the index at this place counts, "the elements of `a`"; NULL if it is the place of a statement. */
const char *rt_index_of(const struct crnl_ctx *ctx, int line);
/* Appends the message of an error: file, line, code, source line and mark, and the rest of the message. */
void rt_put_error(const struct crnl_ctx *ctx, struct rt_buffer *to, int status, int line,
                  const char *message);

/* keep_going.c: whether an error ends the whole program, whichever statement causes it: a signal, a limit
 * that is not per run, a file, memory. */
bool rt_ends_program(const struct crnl_ctx *ctx, int status);
/* Whether the program goes on after an error of a statement. */
bool rt_keeps_going(const struct crnl_ctx *ctx);
/* Handles the recorded error of the statement in that line: if the program goes on, the error is reported
 * (only the first one of each statement, and none if `quiet`) and cleared. */
bool rt_goes_on_after(struct crnl_ctx *ctx, int line, bool quiet);
/* run.c: then the state of the network is not known: all its values are NaN. */
void rt_keep_nothing(struct rt_network *n);
void rt_failures_end(struct crnl_ctx *ctx); /* reports how many failures were not reported */

struct rt_network *rt_network(struct crnl_ctx *ctx, int32_t net);
void rt_network_set_param(struct rt_network *n, int32_t slot, double v); /* sets a parameter as `set` does */
/* The parameters in force, with or without the values bound only for the next run. */
void rt_network_params(struct crnl_ctx *ctx, struct rt_network *n, bool with, double *param);
/* The initial amounts at these parameters. */
void rt_network_initial(struct crnl_ctx *ctx, struct rt_network *n, double *param, double *x);
/* The values with which runs begin: current parameters, initial amounts. */
int rt_network_start(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t first, int32_t n, double *out,
                     int32_t line);
void rt_overrides_clear(struct rt_overrides *o, int32_t n);
/* Puts the amounts bound for the next run into x. */
void rt_network_with(const struct rt_network *n, double *x);
/* The element that `name` ('k', 'k[2]', 'k[1,0]') refers to among a network's symbols, or -1. */
int32_t rt_find_element(const struct crnl_model *m, const char *name, const char **symbol);
int rt_set_option(struct crnl_ctx *ctx, const char *assignment, struct rt_error *e);

/* stats.c: a quantile of n > 0 numbers, which are sorted; linear between order statistics (Hyndman, Fan
 * 1996, type 7); NaN if one of them is NaN */
double rt_quantile(double *v, int64_t n, double probability);
/* run_options.c: a method that the program offers, by its name or that of its family; NULL: the default. */
const struct crnl_method *rt_find_method(const struct crnl_program *program, const char *name);

/* digits.c: if dual values are lost in the tolerance of an ODE run that ended at x, writes that to `text`,
 * or warns */
void rt_digits_lost(const struct rt_job *job, const double *x, struct rt_buffer *text);
void rt_warn_digits(struct crnl_ctx *ctx, const struct rt_job *job, const double *x);
/* Warns, once per network, if an explicit atol is so large that rtol mattered for no value of an amount that
 * changed in the finished run. */
void rt_warn_atol(struct crnl_ctx *ctx, const struct rt_job *job, struct rt_network *n);
/* print.c: finishes the files to which `print` writes */
void rt_print_close(struct crnl_ctx *ctx);
/* progress.c */
void rt_progress_run(struct crnl_ctx *ctx, const char *what, double fraction);
void rt_progress_clear(struct crnl_ctx *ctx);
void rt_progress_free(struct crnl_ctx *ctx);
/* data.c */
void rt_data_free(struct crnl_ctx *ctx);
/* Whether v was computed from a missing value of a course, which is then named: "`d.A[0]` is missing in
 * a.csv:2". `out` may be NULL. */
bool rt_put_missing(const struct crnl_ctx *ctx, struct rt_buffer *out, double v);
/* The number of numbers of the program: parameters, those of its models, those of its tables. */
size_t rt_count_numbers(const struct crnl_program *program);
int rt_tables_fill(struct crnl_ctx *ctx); /* reads the numbers of the tables; returns a status */
/* neural.c */
void rt_neural_create(struct crnl_ctx *ctx);
void rt_neural_free(struct crnl_ctx *ctx);
/* Copies the parameters of models; both contexts are of the same program. */
void rt_neural_copy(struct crnl_ctx *to, const struct crnl_ctx *from);
/* Makes the parameters of a model visible to the networks that follow it, including parameters that `set`
 * gave to the network which is the model itself. */
void rt_neural_publish(struct crnl_ctx *ctx, int32_t neural);
/* Checks that the models which a network follows have parameters, unless the next run, whose parameters are
 * in n->run_param, gives all parameters that follow them. */
int rt_neural_check_followed(struct crnl_ctx *ctx, struct rt_network *n, struct rt_error *e);
/* learn.c: ends the learning in progress, if any, without keeping anything; used after errors. */
void rt_learn_abandon(struct crnl_ctx *ctx);
const double *rt_neural_value(const struct crnl_ctx *ctx, int32_t neural); /* the parameters of a model */
int rt_neural_check_known(struct crnl_ctx *ctx, int32_t neural, int32_t line);
/* plot.c */
void rt_plot_free(struct crnl_ctx *ctx);

#endif
