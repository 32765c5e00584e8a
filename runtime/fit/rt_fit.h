/* Internals of `minimize`: a fit, its starts, and the contexts in which its block is evaluated. A method sees
 * a trial and moves in coordinates z, one for each parameter x: ln x, or x divided by its scale; both are of
 * order 1. */
#ifndef RT_FIT_H
#define RT_FIT_H

#include <stdatomic.h>

#include "runtime/crnl_minimize.h"
#include "runtime/rt_ctx.h"

/* The progress of one start. */
struct rt_fit_start {
    double *z;          /* [n] the best point */
    double loss, first; /* the loss there and at the beginning; infinite: there was none */
    double *series;     /* losses, one per step */
    int32_t n_series, cap_series;
    int64_t evaluations, failures; /* of the block; those without a loss */
    int64_t derivatives;           /* evaluations with derivatives */
    int32_t retreats;              /* steps that were undone after a failure */
    char *why;                     /* message of the first failure that had one, or NULL */
    uint64_t checkpoint;           /* the key of its evaluations; 0: they are not stored */
};

struct rt_fit {
    struct crnl_ctx *ctx; /* the context of the program */
    const struct crnl_minimize_spec *spec;
    int (*block)(struct crnl_ctx *ctx, void *frame);
    void *frame;
    /* in the order of enum crnl_fit_option, those of the method, CRNL_FIT_LOG of each target */
    const double *option;
    int32_t n;                 /* number of parameters: all elements of all targets */
    int32_t *target, *element; /* [n] the target of a parameter, and its element */
    double *lo, *hi;           /* [n] bounds of x, or infinite */
    double *x0;                /* [n] present values */
    bool *is_log;              /* [n] whether z is ln x */
    double *scale;             /* [n] of parameters whose z is x / scale */
    uint64_t count;            /* number of earlier executions of the statement */
    int32_t n_starts;
    int32_t all_starts; /* more than n_starts in an estimate, which runs only one */
    double began;       /* seconds, when an estimate began */
    struct rt_fit_start *start;
    atomic_int fatal; /* a status that ends the fit, or 0 */
    atomic_int n_done;
    _Atomic bool *moves; /* [n] whether the loss changed with the parameter in some start */
    uint64_t checkpoint; /* the key of completed starts; 0: nothing is stored */
};

/* A context in which values are evaluated. */
struct rt_trial {
    struct rt_fit *fit;
    struct crnl_ctx *ctx;       /* its own context */
    struct rt_fit_start *start; /* counts are kept here */
    double *lo, *hi;            /* [n] bounds of z */
    bool is_head;               /* runs in the program's own thread, and may show progress */
    /* the adjoint failed where there was a loss: differences are used from then on */
    bool has_no_adjoint;
    /* The present evaluation: what is wanted, and the results. */
    int wants;
    uint64_t draw; /* another number gives other random values; 0: those of the program */
    double loss;
    double *gradient; /* [n] derivatives by x */
    double *residual;
    int32_t n_residuals, cap_residuals;
    double *point, *x;        /* scratch [n] */
    struct rt_fit_kept *kept; /* evaluations in the checkpoint, or NULL */
    double *side[2];          /* residuals at the ends of a difference */
};

struct rt_fit_rule {
    /* Searches from z, which is within the bounds; t->start keeps the best point. */
    void (*run)(struct rt_trial *t, double *z);
    /* Prepares the program before the first evaluation; NULL: nothing to prepare. */
    void (*prepare)(const struct rt_fit *fit);
};

/* trial.c */
struct rt_trial *rt_trial_create(struct rt_fit *fit, struct rt_fit_start *start, int threads,
                                 struct rt_meeting *m);
void rt_trial_destroy(struct rt_trial *t);
/* Computes the loss at z, and its derivatives by z unless `gradient` is NULL. Returns false if there is
 * none. */
bool rt_trial_loss(struct rt_trial *t, const double *z, double *loss, double *gradient);
/* Computes the terms whose squares add up to the loss, into t->residual, and unless it is NULL their
 * derivatives by z, [n_residuals, n] by columns. Returns false if there are none. */
bool rt_trial_residuals(struct rt_trial *t, const double *z, double *loss, double *jacobian);
/* Computes column i of the derivatives, by differences from the residuals here[m] at z. */
bool rt_trial_column(struct rt_trial *t, const double *z, int32_t i, const double *here, int32_t m,
                     double *column);
bool rt_trial_is_over(const struct rt_trial *t); /* interrupted, or an error ended the fit */
bool rt_trial_reached(const struct rt_trial *t); /* the wanted loss is reached */
void rt_fit_to_x(const struct rt_fit *fit, const double *z, double *x);
/* Sets the values of the parameters in a context; returns a status. */
int rt_fit_set(const struct rt_fit *fit, struct crnl_ctx *ctx, const double *x);
/* Whether its bounds hold parameter i, because they are equal: no method varies it. */
bool rt_fit_is_held(const struct rt_fit *fit, int32_t i);
/* Writes the name of parameter i, as in the program. */
void rt_fit_name(const struct rt_fit *fit, int32_t i, struct rt_buffer *text);
void rt_fit_step(struct rt_fit_start *s, double loss); /* appends a loss to the series */

/* kept.c: stores the evaluations of a start in the order in which a method needs them. The order does not
 * depend on whether they are computed or read from the checkpoint. */
struct rt_fit_kept *rt_fit_kept_create(const struct rt_fit *fit, const struct rt_fit_start *start);
void rt_fit_kept_destroy(struct rt_fit_kept *k); /* k may be NULL */
/* Reads the stored evaluation at t->x, with *good: whether it had a loss. Returns false if it has to be
 * computed. */
bool rt_fit_kept_take(struct rt_trial *t, bool *good);
/* Stores an evaluation that was computed. */
void rt_fit_kept_put(struct rt_trial *t, bool good);

/* starts.c: calls run(env, i, meeting) for the starts that are not in the checkpoint, on `threads` threads of
 * this process, or of each rank (rt_fit_parts.h). Returns a status. */
int rt_fit_run_starts(struct rt_fit *fit, int threads,
                      void (*run)(void *env, int64_t i, struct rt_meeting *m), void *env);

/* The present values, moved within the bounds. */
void rt_fit_first(const struct rt_trial *t, double *z);
/* scale.c: enlarges the scales of parameters to whose present size the loss is insensitive. */
void rt_fit_scales(struct rt_fit *fit);

/* library.c: loads a library when it is first used; writes functions by name into to[]. */
int rt_fit_library(const char *const *file, const char *package, const char *const *name, int n, void **to,
                   struct rt_error *e);

/* errors.c: standard errors of x [n], from the curvature at the best point of the start. NaN for parameters
 * at a bound, INFINITY for parameters that the data do not determine, with a warning. */
void rt_fit_errors(struct rt_fit *fit, const struct rt_fit_start *best, double *error);
/* profile.c: profile[n, points, 2]: values of x, and the least loss at each. */
void rt_fit_profile(struct rt_fit *fit, const struct rt_fit_start *best, const double *error, int32_t points,
                    double *profile);

/* Options that all methods have, for their tables; ORDER fit_option */
#define RT_FIT_COMMON(steps, tolerance)                                           \
    {.name = "starts", .value = 1, .least = 1, .most = 1e6, .whole = 1},          \
        {.name = "restarts", .value = 0, .least = 1, .most = 1e6, .whole = 1},    \
        {.name = "steps", .value = (steps), .least = 1, .most = 1e9, .whole = 1}, \
        {.name = "tolerance", .value = (tolerance), .least = 0, .most = 1},       \
        {.name = "target", .value = -INFINITY, .least = -1e300, .most = 1e300},   \
        {.name = "patience", .value = 0, .least = 0, .most = 1e9, .whole = 1},    \
        {.name = "log", .value = -1, .most = 1, .truth = 1, .is_list = 1},        \
        {.name = "gradient", .value = CRNL_FIT_EITHER, .word = rt_fit_gradients}, \
        {.name = "difference", .value = 1e-4, .least = 1e-12, .most = 0.1},       \
        {.name = "spread", .value = 1, .least = 0, .most = 100},                  \
        {.name = "current", .value = 1, .least = 0, .most = 1, .truth = 1},       \
        {.name = "errors", .value = -1, .least = 0, .most = 1, .truth = 1},       \
        {.name = "likelihood", .value = -1, .least = 0, .most = 1, .truth = 1},   \
    {                                                                             \
        .name = "profile", .value = 0, .least = 3, .most = 10001, .whole = 1      \
    }
extern const char *const rt_fit_gradients[];

#endif
