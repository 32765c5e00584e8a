/* Inside of `minimize`: a fit, its starts, and the contexts in which its block is tried. A method sees a
 * trial and moves in coordinates z, one for each parameter x: ln x, or x over its scale; both are of order
 * 1. */
#ifndef RT_FIT_H
#define RT_FIT_H

#include <stdatomic.h>

#include "runtime/crnl_minimize.h"
#include "runtime/rt_ctx.h"

/* How one start went. */
struct rt_fit_start {
    double *z;          /* [n] the best */
    double loss, first; /* there and at the beginning; infinite: there was none */
    double *series;     /* losses, step by step */
    int32_t n_series, cap_series;
    int64_t evaluations, failures; /* of the block; those that had no loss */
    int64_t derivatives;           /* how often there were some */
    int32_t retreats;              /* steps back after a failure */
    char *why;                     /* the first failure that had a message, or NULL */
    uint64_t checkpoint;           /* the key of its evaluations; 0: they are not kept */
};

struct rt_fit {
    struct crnl_ctx *ctx; /* of the program */
    const struct crnl_minimize_spec *spec;
    int (*block)(struct crnl_ctx *ctx, void *frame);
    void *frame;
    const double *option;      /* enum crnl_fit_option, those of the method, CRNL_FIT_LOG of each target */
    int32_t n;                 /* parameters: all elements of all targets */
    int32_t *target, *element; /* [n] */
    double *lo, *hi;           /* [n] bounds of x, or infinite */
    double *x0;                /* [n] values of now */
    bool *is_log;              /* [n] */
    double *scale;             /* [n] of those that are not */
    uint64_t count;            /* how often the statement ran before */
    int32_t n_starts;
    int32_t all_starts; /* more than n_starts in an estimate, which has one */
    double began;       /* of an estimate */
    struct rt_fit_start *start;
    atomic_int fatal; /* a status that ends all */
    atomic_int n_done;
    _Atomic bool *moves; /* [n] the loss changed with it at some start */
    uint64_t checkpoint; /* the key of starts that are over; 0: nothing is kept */
};

/* One context that tries values. */
struct rt_trial {
    struct rt_fit *fit;
    struct crnl_ctx *ctx;       /* its own */
    struct rt_fit_start *start; /* whose counts it keeps */
    double *lo, *hi;            /* [n] bounds of z */
    bool is_head;               /* in the program's own thread: it may show progress */
    bool has_no_adjoint;        /* it failed where there was a loss: differences are taken from then on */
    /* of the evaluation at hand */
    int wants;
    double loss;
    double *gradient; /* [n] by x */
    double *residual;
    int32_t n_residuals, cap_residuals;
    double *point, *x; /* scratch [n] */
    struct rt_fit_kept *kept; /* evaluations in the checkpoint, or NULL */
    double *side[2];   /* residuals at the ends of a difference */
};

struct rt_fit_rule {
    /* From z, which is within the bounds; t->start keeps the best. */
    void (*run)(struct rt_trial *t, double *z);
    /* What the program is given before anything is tried; NULL: nothing. */
    void (*prepare)(const struct rt_fit *fit);
};

/* trial.c */
struct rt_trial *rt_trial_create(struct rt_fit *fit, struct rt_fit_start *start, int threads);
void rt_trial_destroy(struct rt_trial *t);
/* The loss at z, and what it changes by with each z (NULL: not wanted). False: there is none. */
bool rt_trial_loss(struct rt_trial *t, const double *z, double *loss, double *gradient);
/* The terms whose squares add up to the loss, in t->residual; and how they change with each z, [n_residuals,
 * n] column by column (NULL: not wanted). */
bool rt_trial_residuals(struct rt_trial *t, const double *z, double *loss, double *jacobian);
/* Column i of them, from the residuals at z, here[m]. */
bool rt_trial_column(struct rt_trial *t, const double *z, int32_t i, const double *here, int32_t m,
                     double *column);
bool rt_trial_is_over(const struct rt_trial *t); /* interrupted, or an error ended the fit */
bool rt_trial_reached(const struct rt_trial *t); /* the loss that was wanted */
void rt_fit_to_x(const struct rt_fit *fit, const double *z, double *x);
/* Puts values into a context; a status. */
int rt_fit_set(const struct rt_fit *fit, struct crnl_ctx *ctx, const double *x);
/* The name of parameter i, as written. */
void rt_fit_name(const struct rt_fit *fit, int32_t i, struct rt_buffer *text);
void rt_fit_step(struct rt_fit_start *s, double loss); /* one more of the series */

/* kept.c: evaluations of a start in the order in which a method asks for them, which does not depend on
 * whether they are computed or taken from the checkpoint. */
struct rt_fit_kept *rt_fit_kept_create(const struct rt_fit *fit, const struct rt_fit_start *start);
void rt_fit_kept_destroy(struct rt_fit_kept *k); /* NULL: nothing */
/* The evaluation at t->x that is kept, with *good whether it had a loss; false: it is to be computed. */
bool rt_fit_kept_take(struct rt_trial *t, bool *good);
/* It was computed. */
void rt_fit_kept_put(struct rt_trial *t, bool good);

/* starts.c: run(env, i) for the starts that the checkpoint does not have, on `threads` of this process, or of
 * each rank (rt_fit_parts.h). A status. */
int rt_fit_run_starts(struct rt_fit *fit, int threads, void (*run)(void *env, int64_t i), void *env);

/* The values of now, within the bounds. */
void rt_fit_first(const struct rt_trial *t, double *z);
/* scale.c: larger scales of parameters whose own size the loss does not notice. */
void rt_fit_scales(struct rt_fit *fit);

/* library.c: a library that is loaded where it is first used; functions by name into to[]. */
int rt_fit_library(const char *const *file, const char *package, const char *const *name, int n, void **to,
                   struct rt_error *e);

/* errors.c: standard errors of x [n], from the curvature at the best of the start; not a number where a
 * parameter lies on a bound, infinite where the data do not determine it, which is said. */
void rt_fit_errors(struct rt_fit *fit, const struct rt_fit_start *best, double *error);
/* profile.c: profile[n, points, 2]: values of x and the least loss there. */
void rt_fit_profile(struct rt_fit *fit, const struct rt_fit_start *best, const double *error, int32_t points,
                    double *profile);

/* What the options of all methods are, for their tables; ORDER fit_option */
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
