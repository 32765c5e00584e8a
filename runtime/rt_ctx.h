/* The context of a running program. */
#ifndef RT_CTX_H
#define RT_CTX_H

#include "runtime/out/rt_output.h"
#include "rt_journal.h"
#include "rt_run.h"
#include "runtime/mpi/rt_world.h"

/* Values that were given for parameters or amounts: set[i] tells whether value[i] is. */
struct rt_overrides {
    uint8_t *set;
    double *value;
    bool any;
    uint64_t version; /* another one whenever any of this has changed */
};

/* Parameters of a run and its rate constants, before amounts are clamped. Jobs share them while they run,
 * and networks keep those of the last run for the next one. */
struct rt_constants {
    atomic_int users;
    uint64_t globals, set, with; /* versions of what they are computed from */
    bool stochastic;
    double volume;
    double *param;
    double *k; /* NULL: not computed so far */
};
/* The same with amounts fixed. */
struct rt_clamped {
    atomic_int users;
    struct rt_constants *of;
    uint8_t *fixed; /* [n_species] CRNL_CLAMP or CRNL_HOLD or 0 */
    double *k;      /* 0 where a reaction changes a clamped amount */
};

/* A network of the program: what `set`, `with` and runs have left. */
struct rt_network {
    const struct crnl_model *m;
    struct rt_overrides param_set, param_with, amount_set, amount_with, tolerance_with;
    struct rt_overrides start_set; /* initial amounts that a fit has found: for all runs from then on */
    double *param, *x;             /* current; x in visible amounts */
    double *run_param;             /* of the last run: what its formulas see */
    double *registers;
    uint8_t *fixed; /* [n_species] CRNL_CLAMP or CRNL_HOLD during the next run, else 0 */
    bool any_fixed;
    int32_t *changer_ptr, *changer; /* reactions that change each species; NULL: not listed so far */
    struct rt_constants *constants; /* of the last run, or NULL */
    struct rt_clamped *clamped;     /* of the last one in which amounts were fixed, or NULL */
    bool *counted;  /* [n_species] amounts that stochastic runs count; NULL: not listed so far */
    double *memory; /* of events, with x (rt_events.h) */
    struct rt_limit
        *limit; /* x exactly, after a limit, but for amounts that were set since; NULL: x is what it is */
    bool limit_is_stale;   /* some were set */
    double *past;          /* the history that delays read, of the state; NULL: there is none */
    double t;              /* as struct rt_result has it */
    bool started;          /* x is a state, not the initial amounts */
    bool failed;           /* the last run did, and the program goes on: nothing of it is a number */
    struct rt_error bound; /* what the next run is given and cannot have, where the program would go on */
    bool lost;             /* that is what a run that failed has left */
    bool told_atol;        /* a warning of rt_warn_atol */
    bool told_clamped;     /* a warning of rt_warn_clamped */
    int64_t runs;          /* of the last run; 0 none */
    const char *method;    /* of the last run */
    struct rt_kept *kept;  /* workspaces of its runs */
    struct rt_result *result;
    struct rt_gradients *gradients; /* of the last run, or NULL (rt_gradient.h) */
    struct rt_row_values *rows;     /* of the last run, if it was over rows; then there is no result */
};

/* A file that `print` writes to, open until the program ends. */
struct rt_print_file {
    char *name;
    struct rt_file file;
};

struct rt_kept_path {
    char *path;
    bool told; /* that they are lost */
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

/* Rows that are gone through one after the other: draws of a statement begin anew in each, whose number is in
 * their keys, and so is that of the epoch where they are gone through again. */
struct rt_draws {
    uint64_t row, epoch;
    uint64_t *base, *most; /* [n_base] executions of statements before the rows, and after them */
    int32_t n_base;
};

struct crnl_ctx {
    const struct crnl_program *program;
    struct crnl_options options;
    double *global;           /* parameters of the program, then those of its models in turn */
    uint64_t globals_version; /* another one whenever they have changed */
    struct rt_network *net;
    struct rt_series *record;
    uint64_t *count; /* executions, by statement and purpose */
    int32_t n_counts;
    bool cut_short;  /* by a signal, though the program went on */
    bool was_cut;    /* the same, also if Ctrl-C is over with that */
    int cut_by;      /* the first signal that did, 0: none */
    bool by_options; /* the command line names the files, not the program */
    struct rt_text_numbers
        *numbers;               /* of texts, where the journal or a comparison of seeds wants them; or NULL */
    struct rt_journal *journal; /* of what it gives out; NULL: nobody wants it */
    int status;
    struct rt_buffer error;
    struct rt_buffer text; /* under construction */
    char **string;         /* finished texts of this statement */
    size_t n_strings, cap_strings;
    char **kept; /* texts in variables */
    size_t n_kept, cap_kept;
    struct rt_print_file *print;
    size_t n_prints, cap_prints;
    struct rt_kept_path *kept_path; /* files that hold rows and lines of this program */
    size_t n_kept_paths, cap_kept_paths;
    double start;          /* monotonic seconds */
    bool is_alone;         /* crnl_alone */
    unsigned cancels_seen; /* rt_cancelled */
    struct rt_plot *plot;
    struct rt_progress *progress;
    struct rt_data **data;        /* [n_data], NULL until first used */
    struct rt_neural *neural;     /* [n_neurals] */
    struct rt_rows *rows;         /* the run over rows that goes on, or NULL */
    struct rt_learning *learning; /* that goes on, or NULL */
    struct rt_draws *draws;       /* of rows that are gone through, or NULL */
    struct rt_trial *trial;       /* the evaluation of a fit that goes on in it, or NULL */
    bool failed_rows;             /* rows of a run over rows failed, or what the program went on after */
    struct rt_failures *failures; /* that; NULL: none */
    struct rt_world *world;       /* ranks that execute the program too; NULL: none, or not in this context */
    struct rt_checkpoint *checkpoint; /* NULL: there is none, or not of this context */
    struct rt_estimate *estimate;     /* --estimate: what has been measured; or NULL */
    struct rt_seed *seed;             /* one of several, which are compared; or NULL */
};

/* Whether derivatives of the loss are wanted too (fit/trial.c). */
bool rt_trial_wants_gradient(const struct rt_trial *t);

double rt_seconds(void);
int rt_threads(const struct crnl_ctx *ctx); /* how many the program may use */
/* The signal after which what runs is to end, 0: none since the context was made or forgot it. */
int rt_cancelled(const struct crnl_ctx *ctx);
void rt_cancel(
    int signal_number); /* all contexts that there are; safe in a signal handler and in any thread */
void rt_cancel_forget(struct crnl_ctx *ctx);
/* What was interrupted has ended early and the program goes on. Ctrl-C is over with that; after other
 * signals, which batch systems send before they kill, the next run ends too, and the exit status tells. */
void rt_cancel_clear(struct crnl_ctx *ctx);
const char *rt_signal_name(int signal_number); /* "SIGTERM"  */
/* A line on stderr (or options.messages), unless the program is to be quiet: the only thing besides
 * progress that the library prints there. */
void rt_warn(struct crnl_ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
FILE *rt_messages(const struct crnl_ctx *ctx); /* where such lines go */
/* How often a statement has drawn for a purpose before. */
uint64_t rt_next_count(struct crnl_ctx *ctx, int32_t statement, enum crnl_purpose purpose);
/* From here to the end the draws are those of rows; the first row comes next, and then the one after it. */
void rt_draws_begin(struct crnl_ctx *ctx, struct rt_draws *d);
void rt_draws_next(struct crnl_ctx *ctx);
void rt_draws_end(struct crnl_ctx *ctx);
/* Puts an error without position on record, at a source line. */
int rt_fail_at(struct crnl_ctx *ctx, int line, struct rt_error *e);
/* The line that messages name. */
int rt_shown_line(const struct crnl_ctx *ctx, int line);

/* keep_going.c: whether an error is one of the whole program, whatever made it: a signal, a limit that is
 * not one of each run, a file, memory. */
bool rt_ends_program(const struct crnl_ctx *ctx, int status);
/* Whether the program would go on after an error of one statement. */
bool rt_keeps_going(const struct crnl_ctx *ctx);
/* Of the error that is on record, of the statement in that line: if the program goes on, it is told (the
 * first one of each statement is, and none that is quiet) and forgotten. */
bool rt_goes_on_after(struct crnl_ctx *ctx, int line, bool quiet);
void rt_failures_end(struct crnl_ctx *ctx); /* tells how many were not told */

struct rt_network *rt_network(struct crnl_ctx *ctx, int32_t net);
void rt_network_set_param(struct rt_network *n, int32_t slot, double v); /* as `set` does */
/* Parameters in force, with or without the values bound for the next run only. */
void rt_network_params(struct crnl_ctx *ctx, struct rt_network *n, bool with, double *param);
/* Initial amounts under the parameters. */
void rt_network_initial(struct crnl_ctx *ctx, struct rt_network *n, double *param, double *x);
/* The values with which runs begin: parameters as they are, initial amounts. */
int rt_network_start(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t first, int32_t n, double *out,
                     int32_t line);
void rt_overrides_clear(struct rt_overrides *o, int32_t n);
/* The amounts bound for the next run, put into x. */
void rt_network_with(const struct rt_network *n, double *x);
/* The element that `name` ('k', 'k[2]', 'k[1,0]') stands for among a network's symbols, or -1. */
int32_t rt_find_element(const struct crnl_model *m, const char *name, const char **symbol);
int rt_set_option(struct crnl_ctx *ctx, const char *assignment, struct rt_error *e);

/* stats.c: of n numbers, n > 0, which are put in order: linear between order statistics (Hyndman, Fan 1996,
 * type 7); not a number if one of them is none */
double rt_quantile(double *v, int64_t n, double probability);
/* run_options.c: a method that the program offers, by its name or by that of its family; NULL: its
 * default. */
const struct crnl_method *rt_find_method(const struct crnl_program *program, const char *name);

/* digits.c: where dual values are lost in the tolerance of an ODE run that ended at x: says so in `text`,
 * or warns */
void rt_digits_lost(const struct rt_job *job, const double *x, struct rt_buffer *text);
void rt_warn_digits(struct crnl_ctx *ctx, const struct rt_job *job, const double *x);
/* Warns, once for a network, where an explicit atol is so large that rtol counted for no value of an amount
 * that changed in the run which is over. */
void rt_warn_atol(struct crnl_ctx *ctx, const struct rt_job *job, struct rt_network *n);
/* print.c: finishes the files that `print` writes to */
void rt_print_close(struct crnl_ctx *ctx);
/* progress.c */
void rt_progress_run(struct crnl_ctx *ctx, const char *what, double fraction);
void rt_progress_clear(struct crnl_ctx *ctx);
void rt_progress_free(struct crnl_ctx *ctx);
/* data.c */
void rt_data_free(struct crnl_ctx *ctx);
/* The numbers of the program: parameters, those of its models, those of its tables. */
size_t rt_count_numbers(const struct crnl_program *program);
int rt_tables_fill(struct crnl_ctx *ctx); /* reads those of the tables; a status */
/* neural.c */
void rt_neural_create(struct crnl_ctx *ctx);
void rt_neural_free(struct crnl_ctx *ctx);
/* The parameters; both are of one program. */
void rt_neural_copy(struct crnl_ctx *to, const struct crnl_ctx *from);
/* Networks that follow the model see its parameters from now on, those too that `set` gave to the network
 * which is the model itself. */
void rt_neural_publish(struct crnl_ctx *ctx, int32_t neural);
/* Whether the models that a network follows have parameters, as far as the next run, whose parameters are
 * in n->run_param, does not give all that follow them. */
int rt_neural_check_followed(struct crnl_ctx *ctx, struct rt_network *n, struct rt_error *e);
/* learn.c: the learning that goes on, if any, ends with nothing kept: after errors. */
void rt_learn_abandon(struct crnl_ctx *ctx);
const double *rt_neural_value(const struct crnl_ctx *ctx, int32_t neural); /* its parameters */
int rt_neural_check_known(struct crnl_ctx *ctx, int32_t neural, int32_t line);
/* plot.c */
void rt_plot_free(struct crnl_ctx *ctx);

#endif
