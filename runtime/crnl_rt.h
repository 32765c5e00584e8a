/* The runtime's one public header: what generated code, the in-memory engines and hand-written C models share
 * with the library. A model is constant data and a few functions; a context holds everything that changes.
 *
 * Life: crnl_create(program, options) -> crnl_execute(ctx) (calls the experiment, which calls crnl_run and
 * the functions below) -> crnl_error_text / files / output -> crnl_destroy. Pointers given by the context
 * live until the context is destroyed, unless said otherwise. A status of 0 is success; the first error is
 * kept in the context. Amounts are doubles everywhere, also in SSA (integers, exact to 2^53). */
#ifndef CRNL_RT_H
#define CRNL_RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "crnl_data.h"
#include "crnl_file.h"
#include "crnl_kernel.h"
#include "crnl_memory.h"
#include "crnl_method.h"
#include "crnl_minimize.h"
#include "crnl_neural.h"
#include "crnl_num.h"
#include "crnl_plot.h"
#include "crnl_sink.h"

enum { CRNL_ABI = 14 };
/* Of a turn (turn_until): only what a run by the ODE draws reads it. */
enum { CRNL_TURN_DRAWN = -2 };

enum crnl_status {
#define STATUS(name, code, text) CRNL_##name,
#include "crnl_status.def"
#undef STATUS
    CRNL_STATUS_COUNT
};

/* ---- Tapes: straight-line programs for what runs rarely (defaults, initial amounts, rate constants) -------
 * Register machine over doubles. Cold code as data: a network of a million reactions costs no compile
 * time. */
enum crnl_tape_op {
#define TAPE(name, arity) CRNL_TAPE_##name,
#include "crnl_tape.def"
#undef TAPE
    CRNL_TAPE_COUNT
};
struct crnl_tape_code {
    int32_t op;
    int32_t dst;  /* register; for OUT the output slot */
    int32_t a, b; /* registers; CONST: a = constant; PARAM: a = parameter slot; GLOBAL: a = global */
};
/* ORDER crnl_tape */
struct crnl_tape {
    int32_t n_code, n_const, n_registers;
    const struct crnl_tape_code *code;
    const double *constant;
};

/* ---- Networks ------------------------------------------------------------------------------------------ */
/* A quantity that may be negative; an amount that laws and events of a deterministic run may take below 0. */
enum crnl_sign { CRNL_AMOUNT = 0, CRNL_SIGNED = 1, CRNL_UNBOUNDED = 2 };

/* ORDER crnl_kind */
enum crnl_kind { CRNL_DISCRETE = 0, CRNL_BULK = 1, CRNL_CONSTANT = 2 };

/* One readable scalar. */
enum crnl_elem_kind { CRNL_ELEM_SPECIES, CRNL_ELEM_DUAL, CRNL_ELEM_PARAM, CRNL_ELEM_EXPR };
struct crnl_elem {
    int32_t kind;
    int32_t a, b; /* species a; species a minus species b; parameter slot a; expression a */
};

enum {
    CRNL_SYMBOL_OUTPUT = 1,
    CRNL_SYMBOL_INPUT = 2,
    CRNL_SYMBOL_GLOBAL = 4 /* a parameter of the program */
};
/* ORDER crnl_symbol */
struct crnl_symbol {  /* a name of the network: species, dual, parameter, output; arrays row-major */
    const char *name; /* "X", "m.S", "k" */
    int32_t kind;     /* crnl_elem_kind of all its elements, EXPR if mixed */
    int32_t flags;
    int32_t rank;
    const int32_t *dim;
    int32_t size, first;    /* elements first .. first+size of crnl_model.elem */
    const char *unit, *doc; /* of a parameter, NULL: none */
};

/* What happens at a time, at its multiples, or when a condition turns true (also if it is true at the
 * start): the changes first .. first + n are computed from the state before and made together. */
/* ORDER crnl_event_kind */
enum crnl_event_kind { CRNL_EVENT_AT, CRNL_EVENT_EVERY, CRNL_EVENT_WHEN };
struct crnl_event {
    int32_t kind;
    int32_t when;       /* WHEN: expression */
    int32_t reads_time; /* WHEN: it may turn true between two reactions where no turn is */
    int32_t first, n;
    int32_t line;
    int32_t flags;           /* of ir/net/net.h: struct event */
    int32_t delay, priority; /* expressions, -1 none */
    int32_t longest;         /* expression: the delay is drawn, evenly between `delay` and this; -1: not */
};
enum {
    CRNL_EVENT_QUEUED = 1,
    CRNL_EVENT_HELD = 2,
    CRNL_EVENT_CANCELLED = 4,
    CRNL_EVENT_EARLY = 8,
    CRNL_EVENT_DRAWN = 16
};

struct crnl_model {
    uint32_t abi;            /* CRNL_ABI */
    int32_t is_walked;       /* the functions below are those of an engine that interprets */
    const char *name, *file; /* of the network, of its source */
    void *env;               /* first argument of every function below */
    double molecules;        /* in one unit of amount, what `units` and `volume` say; 0: they do not */
    /* The amounts are the units of model units_of - 1 of the program, reaction i the update of unit i; 0:
     * no. */
    int32_t units_of;
    int32_t threshold_of; /* rate constants less than parameter threshold_of - 1 count as 0, 0: all count */
    int32_t molecule_of;  /* parameter molecule_of - 1 is 1 / volume in stochastic runs, else 0; 0: none is */
    int32_t params_of; /* the parameters are those of model params_of - 1, whatever they are set to; 0: no */

    int32_t is_copy; /* what another network of the program gives its parameters: none is set by name */

    int32_t n_species, n_reactions, n_params, n_exprs, n_symbols, n_elems, n_guards;
    int32_t n_hidden; /* of the species the last ones are no amounts of the network: files do not show them */
    const char *const *species_name;    /* [n_species] "X[3]" */
    const uint8_t *species_kind;        /* [n_species] enum crnl_kind */
    const uint8_t *species_signed;      /* [n_species] enum crnl_sign; NULL: all are AMOUNT */
    const char *const *reaction_label;  /* [n_reactions], or NULL; entries may be NULL */
    const char *const *reaction_origin; /* provenance, same form */
    const int32_t *reaction_line;       /* [n_reactions] line in `file`, 0 unknown */
    const char *const *param_name;      /* [n_params] */
    const struct crnl_symbol *symbol;
    const struct crnl_elem *elem;

    /* Stoichiometry, CSR by reaction. lhs: reactants with counts (constant species included). net: product
     * minus reactant count where it is not 0 and the species is not CRNL_CONSTANT. */
    const int32_t *lhs_ptr, *lhs_species;
    const double *lhs_count;
    const int32_t *net_ptr, *net_species;
    const double *net_delta;
    const int32_t *dep_ptr,
        *dep_reaction;    /* firing j changes the propensity of these; NULL when not planned */
    const int32_t *law;   /* [n_reactions] expression of a general law or -1 for mass action; NULL = all -1 */
    const int32_t *guard; /* [n_reactions] 0 = always; NULL = all 0 */
    /* Conserved: sum_count times amount, summed over sum_ptr[i] .. sum_ptr[i + 1], is constant between the
     * starts of runs. */
    int32_t n_sums;
    const int32_t *sum_ptr, *sum_species;
    const double *sum_count;
    int32_t n_channels; /* of the fused kernel (runtime/ssa/rt_fused.h); 0: not counted */
    int32_t n_timed;    /* reactions whose laws read the time: their propensities change between events */
    const int32_t *timed;
    const int32_t *timed_ptr, *timed_species; /* species that each of them reads; CSR in their order */

    /* Laws' gradients for the Jacobian: law reaction j -> (species, expression); CSR by reaction; NULL if
     * no laws. */
    const int32_t *grad_ptr, *grad_species, *grad_expr;

    /* Jacobian of the right side, CSC, rows sorted; NULL when not planned. For each entry e of lhs (then of
     * grad) the positions its partial derivative d a_j / d x is added to, with the net change as factor:
     * jac_ptr[e]..jac_ptr[e+1] into jac_pos, jac_delta. Entries of lhs come first (lhs_ptr[n_reactions] of
     * them), then those of grad. */
    int32_t jac_nnz;
    const int32_t *jac_col, *jac_row; /* [n_species + 1], [jac_nnz] */
    const int32_t *jac_ptr, *jac_pos;
    const double *jac_delta;

    struct crnl_tape
        defaults;          /* globals, earlier parameters -> parameters (a set parameter keeps its value) */
    struct crnl_tape init; /* parameters -> amounts */
    struct crnl_tape rate; /* parameters -> rate constant of each reaction (1 for laws) */

    /* Scalar expression i at amounts x (each multiplied by inv_volume), time t, parameters p, captured
     * values c. Booleans are 0 or 1. */
    double (*expr)(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                   double inv_volume);
    /* What emitted kernels fill, NULL without one: exact SSA until w->t_stop or max_events more events;
     * right side dx and Jacobian values (CSC order) with effective constants k; the right side backwards
     * (y^T dx'/dx into x_bar, y^T dx'/dk and dx'/dp added, the result y^T dx'/dt) with constants in the order
     * of reverse_order. */
#define FUNCTION(slot, member, result, parameters) result(*member) parameters;
#include "crnl_kernel.def"
    /* [CRNL_KERNEL_COUNT] why a kernel may not simulate it, NULL: it may; or NULL: ask them */
    const char *const *kernel_refusal;

    /* Reactions in an order in which each fires to completion (rate-independent, feed-forward); else NULL
     * and why not. */
    const int32_t *limit_order;
    const char *limit_refusal;
    const int64_t *net_count; /* net_delta where some of it is past 2^53 and no double, else NULL */
    /* What the rounding of constant initial amounts left out: where species rest_species[i] starts from the
     * double rest_of[i], rest[i] more. */
    int32_t n_rests;
    const int32_t *rest_species; /* those of one species one after the other */
    const double *rest_of, *rest;
    /* With limit_order: expressions that are linear in the amounts with constant factors. Terms form_ptr[i]
     * .. form_ptr[i + 1] of expression i, species -1 for the constant 1; none: it is not linear. */
    const int32_t *form_ptr, *form_species;
    const double *form_factor;
    /* What an expression that is watched along stochastic runs reads, and any of a network that runs by
     * `cme`: species reads_ptr[i] .. reads_ptr[i + 1] of expression i, -1 for the time. NULL: none is. */
    const int32_t *reads_ptr, *reads_species;

    /* What the experiment wants of each run of this network. */
    int32_t has_gradient; /* the last one is kept, to be repeated backwards */
    /* Then: laws as outputs of one tape, law_slot[j] of reaction j (-1: mass action), and other expressions
     * as outputs of another, value_slot[i] of expression i; of a condition gap_slot[i], which passes 0 from
     * above where it turns true. -1: none. Globals of both: the time, then all amounts, then captured
     * values. */
    int32_t n_law_slots, n_value_slots;
    const int32_t *law_slot, *value_slot, *gap_slot;
    struct crnl_tape law_tape, value_tape;
    /* In the order in which `reverse` has rate constants: reactions, -1 where there is none. */
    int32_t n_reverse;
    const int32_t *reverse_order;
    int32_t n_trace;    /* elements kept over time for plots */
    int32_t keeps_rows; /* the program reads them: all that there are */
    const struct crnl_elem *trace;
    const char *const *trace_name;
    int32_t n_stats;
    const struct crnl_stat_request *stat;
    int32_t n_assumes, n_assumes_moving; /* the first of them read amounts or time, others parameters alone */
    int32_t assumes_read_time;           /* some may fail between two reactions where no turn is */
    const int32_t *assume;               /* expressions that must stay true */
    const int32_t *assume_line;
    const char *const *assume_text;

    /* Events, and the clock: phases in turn, each with its guard on and those of the others off. Guard g of
     * no phase is on. `schedule` gives the duration of each phase, the time or period of each event (0 for
     * WHEN). */
    int32_t n_events, n_changes;
    const struct crnl_event *event;
    const int32_t *change_species, *change_expr; /* [n_changes] */
    int32_t n_phases;
    const int32_t *phase_guard; /* [n_phases] */
    struct crnl_tape schedule;

    /* Turns: what laws and conditions read of the time, as values that are constant but at single times,
     * where methods stop; the first n_jumps jump or have a corner there; the others are slopes of what is
     * smooth, which turns where they change their sign. Turn i is output 0 of the code of `turn` from
     * turn_code[2 i] to turn_code[2 i + 1], and the derivative of a slope output 1 of what follows up to
     * turn_code[2 i + 2]. Globals are the time, the amounts of turn_species, which events alone change, and
     * values captured by the condition of `until`. Of a slope that laws alone read: which of `timed`. */
    int32_t n_turns, n_jumps, n_turn_species, n_turn_captures;
    const int32_t *turn_species; /* [n_turn_species] */
    const int32_t
        *turn_until; /* [n_turns] -1: of all runs; or CRNL_TURN_DRAWN; or the expression of their `until` */
    const int32_t *turn_code;               /* [2 n_turns + 1] */
    const int32_t *turn_law_ptr, *turn_law; /* CSR by turns */
    struct crnl_tape turn;

    /* Margins: what is left of the comparisons of conditions, expressions whose sign changes where they turn;
     * the condition of `until` that each is of, or -1: of an event. */
    int32_t n_margins;
    const int32_t *margin, *margin_until;

    /* Surfaces: where laws jump as amounts change. Surface i is where output i of `surface` is a whole
     * number, or else 0. Then follow the derivatives of all by the time, and those of each by the amounts of
     * surface_species from surface_ptr[i] on. Globals are the time and the amounts of surface_reads. The
     * reactions whose laws jump there: surface_law, CSR by surfaces. */
    int32_t n_surfaces, n_surface_reads;
    const int32_t *surface_whole, *surface_ptr, *surface_species, *surface_reads;
    const int32_t *surface_law_ptr, *surface_law;
    struct crnl_tape surface;

    /* Poles: divisors of laws, which are infinite where one passes 0. Pole i is output i of `pole`; globals
     * are the time and the amounts of pole_reads. The reactions whose laws have it: pole_law, CSR. */
    int32_t n_poles, n_pole_reads;
    const int32_t *pole_reads, *pole_law_ptr, *pole_law;
    struct crnl_tape pole;

    /* Delays (runtime/ode/rt_history.h): amount delay_species[i], which no reaction changes, is what
     * expression delay_value[i] was at the time t - delay_lag[i], an expression of the amounts at t, fixed
     * where it reads parameters alone; before the start of the trajectory it is delay_before[i] of that
     * time and of the first amounts. They read the amounts delay_reads from delay_ptr[i] on, of delays
     * only those before i. */
    int32_t n_delays;
    const int32_t *delay_species, *delay_value, *delay_lag, *delay_before, *delay_fixed;
    const int32_t *delay_ptr, *delay_reads;
};

/* What kernels of stochastic runs sum up along a trajectory: in the order of the requests, each element,
 * and a histogram as one. */
enum crnl_watch_kind {
    CRNL_WATCH_TIME,   /* values, each as long as it stays */
    CRNL_WATCH_SPREAD, /* and their squares */
    CRNL_WATCH_EVENTS, /* values after each event */
    CRNL_WATCH_BINS    /* time in each bin of one value, or of two jointly */
};
struct crnl_watch_item {
    int32_t kind, request, n_elems;
    const struct crnl_elem *elem;
};
/* Sums since the last block of them began: of (value - base) and, where the variance is asked for, its
 * square. What was before `since` is in them. A kernel closes them when a reaction changes the value: dwell
 * = (value - base) (t - since); sum += dwell; square += (value - base) dwell; value is the new one, since =
 * t. EVENTS: the events before this one are in place of t. BINS: t - since is added to the cell of
 * floor(value + 0.5), see crnl_watch_cells, or goes to crnl_watch_far. */
struct crnl_watched {
    double value[2], base, since, sum, square; /* value[1]: of a joint histogram */
    double *cell;                              /* [size[0]][size[1]] */
    int32_t size[2];
};
struct rt_histogram;
struct crnl_watch {
    struct crnl_watched *sum; /* [n] */
    int32_t n;
    const struct crnl_model *m;
    const struct crnl_watch_item *item; /* [n] by crnl_watch_list */
    const int32_t *ptr, *changed;       /* [n_reactions + 1] what a reaction may change of them */
    struct rt_histogram *far;           /* [n] bins beyond the cells */
    double start;                       /* of the block, and the events before it */
    int64_t events;
};

/* State of one SSA trajectory, shared by emitted and table kernels. k is effective: it holds k /
 * V^(order-1), V for a law (whose expression sees concentrations), and 0 for a reaction whose guard is off
 * or that is clamped; so kernels know nothing of volumes, guards and clamps. Propensity: k * falling
 * factorials, or k * law(x * inv_volume). One event: E = standard exponential, t_next = t + E / total; if
 * t_next > t_stop: t = t_stop, the pending t_next is kept (it stays valid while state and k do; with laws
 * that read the time it is where the integral of the total reaches E); else t = t_next, u = uniform, select
 * (crnl_num.h), apply. total == 0: t = t_stop. Products go left to right, a reactant with count n as n
 * factors: (k * a) * (a - 1). */
struct crnl_ssa {
    double *x;
    const double *k, *p;
    const double *k_open; /* with every guard on and nothing clamped; NULL: that is k */
    double inv_volume;
    double t, t_stop, t_next; /* t_next < 0: none pending */
    int64_t events;           /* counted up by the kernel */
    struct crnl_rng rng;
    int32_t bad;              /* reaction with a bad propensity */
    void *kernel;             /* what the kernel has created; NULL: nothing */
    struct crnl_watch *watch; /* NULL only if crnl_watch_list gives none */
    struct crnl_wait wait;    /* of models with laws that read the time; due = 0 where t_next is made void */
};
/* ORDER crnl_ssa_result */
enum crnl_ssa_result { CRNL_SSA_TIME = 0, CRNL_SSA_EVENTS = 1, CRNL_SSA_DEAD = 2, CRNL_SSA_BAD = 3 };

/* ---- Statistics of a run ------------------------------------------------------------------------------- */
enum crnl_stat_kind {
#define STAT(kind, name) CRNL_##kind,
#include "crnl_stat.def"
#undef STAT
};
/* ORDER crnl_stat_request */
struct crnl_stat_request {
    int32_t kind;
    int32_t n_elems; /* observed together; histograms of two are joint */
    const struct crnl_elem *elem;
    const char *const *name;
    int32_t of_rows;  /* of runs over rows: kept for each row; else of other runs */
    int32_t bound[2]; /* histograms: the largest count along each axis, -1: what there is (plots) */
    /* END and over runs: of values at times that a `run` is given, not at the end. n_times of them, before
     * the elements; 0: at the end. */
    int32_t course, n_times;
};
/* How many values a request has of a run. */
static inline int64_t crnl_stat_width(const struct crnl_stat_request *q)
{
    return (int64_t)q->n_elems * (q->n_times > 0 ? q->n_times : 1);
}

/* ---- Runs ---------------------------------------------------------------------------------------------- */
enum crnl_span_kind { /* ORDER crnl_span_kind */
                      CRNL_SPAN_NONE,
                      CRNL_SPAN_TIME,
                      CRNL_SPAN_EVENTS,
                      CRNL_SPAN_STEADY,
                      CRNL_SPAN_LIMIT,
                      CRNL_SPAN_CYCLES
};

struct crnl_method; /* a way to run a network; an executable links only those that it names */
#define METHOD(id, family, name, symbol, ...) extern const struct crnl_method symbol;
#include "crnl_method.def"
/* A file format for trajectories: long form, `time,NAME...` for a single run and `run,time,NAME...` for an
 * ensemble, with a column for each element of the symbols flagged as outputs or, if there are none, of all
 * species; with `summary` `time, NAME_mean,NAME_sd...`. Without `every` a run of known length has 1000
 * intervals, others a row at each event or solver step. The end of a run is always a row. Amounts in files,
 * values and statistics are divided by the volume of ssa(volume = V); histograms of species and duals count
 * molecules. */
struct crnl_sink;
#define SINK(id, symbol, ...) extern const struct crnl_sink symbol;
#include "crnl_sink.def"
#undef SINK

/* Runs over rows: a run, or an ensemble, for each combination of an element of each source; the last source
 * varies fastest. */
/* clang-format off */
#define CRNL_ROWS_SPEC(M) \
    M##_INT(n_sources) \
    M##_ARRAY(int32_t, size, m->n_sources) \
    M##_MEMBER(const char *const *, name)    /* [n_sources] columns in files */ \
    M##_INT(keeps_state)                     /* a later `continue` goes on from each */ \
    M##_INT(own_files)                       /* each row has a file of its own */ \
    M##_INT(needs_all)                       /* a row that fails ends the program */ \
    M##_INT(n_captures)                      /* of crnl_run_args */
/* clang-format on */
struct crnl_rows_spec {
    CRNL_ROWS_SPEC(CRNL_DECLARE)
};

/* clang-format off */
#define CRNL_RUN_SPEC(M) \
    M##_INT(statement)                       /* number of the statement: key of its random streams */ \
    M##_INT(net) \
    M##_INT(line) \
    M##_INT(resume)                          /* `continue` */ \
    M##_INT(span)                            /* crnl_span_kind of `for`/`to` */ \
    M##_INT(after)                           /* and of `after` */ \
    M##_INT(until)                           /* expression, or -1 */ \
    M##_INT(until_reads_time)                /* it may turn true between two reactions */ \
    M##_INT(n_captures)                      /* values of the experiment that it reads */ \
    M##_INT(until_gap)                       /* expression: how far it is from true, 0 when it is; or -1 */ \
    M##_INT(has_every)                       /* `every` is given, and must be positive */ \
    M##_MEMBER(const struct crnl_method *, method) \
    M##_MEMBER(const struct crnl_sink *, sink) /* NULL: no file */ \
    M##_INT(n_options) \
    M##_ARRAY(int32_t, option, m->n_options) /* crnl_option_id of those given, in the order of the list */ \
    M##_MEMBER(const struct crnl_rows_spec *, rows) /* NULL: not over rows */ \
    M##_INT(n_courses)                       /* times at which it is to keep values */ \
    M##_ARRAY(int32_t, course, m->n_courses) /* as in the requests */ \
    M##_ARRAY(int32_t, n_times, m->n_courses)
/* clang-format on */
struct crnl_run_spec { /* constant */
    CRNL_RUN_SPEC(CRNL_DECLARE)
};
struct crnl_run_args { /* computed by the experiment; unset values are 0 */
    double after, duration, every;
    const union crnl_value *option; /* [spec->n_options] */
    const char *file;
    const double *capture;
    const double *key;          /* [spec->rows->n_sources] what files show for the row */
    const double *const *times; /* [spec->n_courses][n_times] in any order */
};

/* ---- Programs ------------------------------------------------------------------------------------------ */
struct crnl_ctx;
/* clang-format off */
#define CRNL_GLOBAL(M) \
    M##_TEXT(name) \
    M##_TEXT(doc)                            /* or NULL */ \
    M##_TEXT(unit)                           /* or NULL */ \
    M##_REAL(value) /* clang-format on */
struct crnl_global {
    CRNL_GLOBAL(CRNL_DECLARE)
};

/* clang-format off */
#define CRNL_PLACE(M) \
    M##_INT(line) \
    M##_INT(shown)                           /* that of the file which messages name */ \
    M##_INT(column)                          /* all from 1 */ \
    M##_TEXT(excerpt)                        /* the line of the source, and a line that marks the place */ \
/* clang-format on */
struct crnl_place { /* of statements of the experiment that begin in a line */
    CRNL_PLACE(CRNL_DECLARE)
};

typedef int crnl_experiment(struct crnl_ctx *ctx);
/* clang-format off */
#define CRNL_PROGRAM(M) \
    M##_INT(abi)                             /* CRNL_ABI */ \
    M##_TEXT(file) \
    M##_TEXT(experiment)                     /* NULL: one network, run by command line options */ \
    M##_TEXT(doc) \
    M##_TEXT(digest)                         /* of what is not in the executable; NULL: nothing is */ \
    M##_INT(n_nets) \
    M##_INT(n_globals) \
    M##_INT(n_records) \
    M##_INT(n_statements) \
    M##_INT(keeps_going)                     /* after a run or a plot that fails, as with --keep-going */ \
    M##_MEMBER(const struct crnl_model *const *, net) \
    M##_MEMBER(const struct crnl_global *, global) \
    M##_MEMBER(const char *const *, record)  /* names */ \
    M##_MEMBER(crnl_experiment *, run)       /* NULL without an experiment: crnl_run_by_options */ \
    M##_MEMBER(const struct crnl_method *const *, method) /* without one: of --method, NULL at the end */ \
    M##_MEMBER(const struct crnl_sink *const *, sink) /* without one: all, NULL at the end */ \
    M##_INT(n_data) \
    M##_MEMBER(const struct crnl_data_spec *, data) /* [n_data], or NULL */ \
    M##_INT(n_neurals) \
    M##_MEMBER(const struct crnl_neural *, neural) /* [n_neurals], or NULL */ \
    M##_INT(n_places) \
    M##_MEMBER(const struct crnl_place *, place) /* [n_places], by line, each once */
/* clang-format on */
struct crnl_program {
    CRNL_PROGRAM(CRNL_DECLARE)
};

struct crnl_options {
    uint64_t seed;
    int32_t threads;                /* 0: all processors */
    const char *out_dir, *data_dir; /* NULL: current directory; the source's folder */
    int32_t allow_outside;          /* the program may write outside out_dir */
    int32_t verbose;
    int32_t quiet, progress; /* progress: -1 when a terminal, 0, 1 */
    int32_t n_set;
    const char *const *set; /* "k=2" */
    double until, every;    /* runs without an experiment; until NaN: not given */
    const char *method, *out, *plot;
    int64_t runs;
    const char *solver;          /* of ODE runs that leave it to the program; NULL: auto */
    double rtol, atol, max_step; /* of ODE runs that give none; 0: not given */
    const char
        *kernel; /* of runs whose methods have one of this name and that name none; NULL: the fastest */
    int64_t max_events;      /* 0: no limit */
    int64_t max_runs;        /* of one statement; 0: 1e9 */
    double max_seconds;      /* 0: no limit */
    double plot_seconds;     /* that gnuplot may take for a picture; 0: 600 */
    int32_t keep_going;      /* after a run or a plot that fails, though the program does not ask for it */
    int32_t check_tolerance; /* crnl_main: execute twice and compare */
    int32_t check_gradients; /* each derivative of a run by differences too: to stderr */
    int32_t closer; /* a tenth of all tolerances, half of fixed steps; nothing is printed, written or drawn */
    int32_t mute;   /* nothing is printed, written or drawn: another rank does */
    FILE *output;   /* where `print` goes; NULL: stdout */
    FILE *messages; /* where warnings and notes go; NULL: stderr */
    /* Another thread asks this context, and those that are made for it, to stop by storing the number of a
     * signal here; NULL: nobody does. Taken back, to 0, where an interruption is over (rt_cancel_clear). */
    int32_t *cancel;
    struct crnl_memory *memory; /* rows of runs are kept there, whatever file is named; NULL: they are not */
    /* Of programs that are given values, or asked for some, by who executes them: see crnl_exchange. */
    void (*exchange)(void *env, int32_t variable, void *value);
    /* Told of each file that the program is about to write; by any thread. */
    void (*opens)(void *env, const char *path);
    void *env; /* of both */
    /* Of crnl_main alone. */
    const char *checkpoint, *resume; /* files, or NULL */
    double checkpoint_every;         /* seconds; 0: 600 */
    int32_t estimate;                /* a little of what is long, and what all would take: to stdout */
    /* ... the experiment once for each seed. */
    int32_t n_seeds;           /* 0: once, with `seed` */
    const uint64_t *seed_list; /* [n_seeds]; NULL: seed, seed + 1, ... */
    const char *table;         /* where their values are written; NULL: nowhere */
};

struct crnl_ctx *crnl_create(const struct crnl_program *program, const struct crnl_options *options);
int crnl_execute(struct crnl_ctx *ctx);
void crnl_destroy(struct crnl_ctx *ctx);
/* The message of the first error, with 'file:line: ' and help lines; "" if none. */
const char *crnl_error_text(const struct crnl_ctx *ctx);
/* Asks all contexts of the process that exist to stop at the next safe point, keeping results; one that is
 * made later does not see it. Safe in a signal handler and in any thread. */
void crnl_cancel(void);
/* Command line of a compiled program: parses options, executes, prints errors; the exit status: 0, 1 after
 * an error, 2 for a bad command line, 128 + n after signal n (130 after Ctrl-C). */
int crnl_main(int argc, char **argv, const struct crnl_program *program);
/* The rank of this process in MPI, as its launcher says; 0 without one. */
int crnl_rank(void);
/* Whether a launcher of MPI has started it. */
bool crnl_is_launched(void);
/* In place of crnl_main where there is no program, because of what `failure` says: with the exit status.
 * Other ranks of MPI learn of it. The text is shown if rank 0 does not fail too, which shows its own. */
int crnl_main_failed(int status, const char *failure);
/* Reads argv[1..argc) into `options`, all of which it sets; argv[0] is the name in messages. Returns -1 to
 * go on, or an exit status: 0 after --help (on stdout, with the parameters of `program`), 2 after a message
 * on stderr. A program with an experiment is refused the options of single runs (--until --every --method
 * --runs --out --plot); program NULL: all options are read. Strings stay those of argv; `set` and
 * `seed_list` are released by crnl_free_options, in every case. Names in --set are checked by crnl_create. */
int crnl_parse_options(int argc, char **argv, const struct crnl_program *program,
                       struct crnl_options *options);
void crnl_free_options(struct crnl_options *options);
/* What a program with run == NULL does: one run of its only network by `until`, `every`, `method` ("ode" is
 * bdf, the default), `runs`; writes `out`, draws `plot`, or else prints the values at the end. */
int crnl_run_by_options(struct crnl_ctx *ctx);

/* ---- Called by experiments --------------------------------------------------------------------------------
 * All return a status unless said; `line` is the source line for messages. The list crnl_abi.def repeats
 * them with their types for code generators. */
int crnl_fail(struct crnl_ctx *ctx, int status, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5))); /* records the first error, returns status */

double crnl_get_global(struct crnl_ctx *ctx, int32_t global);
/* Elements first..first+n of a symbol get v (n values, or one for all when `broadcast`). Species: amounts
 * (must not be negative); duals: split by sign; parameters: override the default. `set` lasts; the others
 * are for the next run only. Of amounts: `clamp` switches off the reactions that change them, `hold` lets
 * these fire but not change them. */
/* ORDER crnl_bind_kind */
enum crnl_bind_kind {
    CRNL_WITH,
    CRNL_SET,
    CRNL_CLAMP,
    CRNL_HOLD,
    CRNL_TOLERANCE, /* of an amount, its atol */
    CRNL_START      /* as SET, but of amounts the initial ones of all runs from then on */
};
int crnl_bind(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t first, int32_t n, const double *v,
              int32_t broadcast, int32_t kind, int32_t line);
int crnl_run(struct crnl_ctx *ctx, const struct crnl_run_spec *spec, const struct crnl_run_args *args);
/* A run over rows: begin; for each row in order what it binds and crnl_run, which returns before the row is
 * done; end, which waits. A row whose run fails has values that are not numbers: end says how many there
 * are, and the exit status is 1. Draws between begin and end are of the row at hand. */
int crnl_rows_begin(struct crnl_ctx *ctx, const struct crnl_run_spec *spec);
int crnl_rows_end(struct crnl_ctx *ctx);
/* Current values of a symbol's elements (initial ones before the first run). Error after a run with runs >
 * 1 unless a parameter. */
int crnl_get(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t first, int32_t n, double *out,
             int32_t line);
double crnl_get_time(struct crnl_ctx *ctx, int32_t net);
/* Reactions whose rate constant is positive at the parameters of now. */
int crnl_count_reactions(struct crnl_ctx *ctx, int32_t net, int64_t *out, int32_t line);
/* All elements of a symbol at t -> infinity, exactly, from the initial amounts and what was bound for the
 * next run. The state of the network stays. */
int crnl_limit(struct crnl_ctx *ctx, int32_t net, int32_t symbol, double *out, int32_t line);
/* The derivative of what the experiment makes of the last run of a network. First, for each result that it
 * reads, how it changes with each of its n values: of request `what`; CRNL_COTANGENT_TIME: of the time at
 * the end; CRNL_COTANGENT_SYMBOL - i: of symbol i at the end. Then the sum over all results of adjoint
 * times derivative of the result, by each element of a symbol, a parameter or (species) an initial amount;
 * or, symbol -1 - i, by parameter i of the program. The run is repeated backwards; parameters count as what
 * the run had. Adjoints are forgotten with that. Several symbols with the same adjoints, one after the
 * other, cost one run. Errors: CRNL_NO_RUN where there is no run that has a derivative. */
enum { CRNL_COTANGENT_TIME = -1, CRNL_COTANGENT_SYMBOL = -2 };
int crnl_cotangent(struct crnl_ctx *ctx, int32_t net, int32_t what, int32_t n, const double *v, int32_t line);
int crnl_gradient(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t n, double *out, int32_t line);
/* The values of a symbol after the first `phases` phases of the clock from the present state, or that of the
 * start, with the amounts that
 * are bound by CRNL_WITH; the state stays as it is. `statement` is the number of the run for random streams.
 * */
int crnl_infer(struct crnl_ctx *ctx, const struct crnl_method *method, int32_t net, int32_t symbol,
               int32_t phases, int32_t statement, double *out, int32_t line);
/* Means, variances, quantiles (arg = probability), ends: n_elems values. Histograms: bins 0 .. bound along
 * each axis. After a run over rows so much for each row. */
int crnl_stat(struct crnl_ctx *ctx, int32_t net, int32_t request, double arg, int32_t n, double *out,
              int32_t line);

/* Before all else in an experiment whose code keeps some of its variables in static memory, as large
 * arrays are: until it ends, no other context of the process executes one. */
void crnl_alone(struct crnl_ctx *ctx);
int crnl_assert(struct crnl_ctx *ctx, int32_t holds, const char *source, const char *message, int32_t line);
int crnl_record(struct crnl_ctx *ctx, int32_t record, double value);
/* Shows the memory of a variable (reals, or integers of 64 bits, row-major) to options.exchange, which may
 * copy it or change what it holds. */
int crnl_exchange(struct crnl_ctx *ctx, int32_t variable, void *value);
/* What was recorded so far, *n numbers; NULL with none. */
const double *crnl_series(const struct crnl_ctx *ctx, int32_t record, int64_t *n);
/* The next call starts afresh. */
void crnl_forget_error(struct crnl_ctx *ctx);
/* The record begins anew: with the rows of that trace, of the last run of the network; net -1: empty. Number
 * `index` of a record; how many it has, an error if `other` has not as many. */
int crnl_series_begin(struct crnl_ctx *ctx, int32_t record, int32_t net, int32_t trace, int32_t line);
int crnl_series_at(struct crnl_ctx *ctx, int32_t record, int64_t index, double *out, int32_t line);
int crnl_series_size(struct crnl_ctx *ctx, int32_t record, int32_t other, int64_t *out, int32_t line);
int crnl_index_error(struct crnl_ctx *ctx, int64_t index, int64_t size, int32_t line);
/* x op y (x alone after 'n', negation, and 'a', the absolute value) does not fit in 64 bits, or is a
 * remainder ('%') of a division by 0; the integer below x does not fit. */
int crnl_int_error(struct crnl_ctx *ctx, int32_t op, int64_t x, int64_t y, int32_t line);
int crnl_floor_error(struct crnl_ctx *ctx, double x, int32_t line);
/* Each turn of a loop: progress and cancellation. total < 0: unknown. */
int crnl_turn(struct crnl_ctx *ctx, int32_t loop, int32_t depth, int64_t i, int64_t total);

enum crnl_random_kind { CRNL_UNIFORM, CRNL_NORMAL, CRNL_BERNOULLI };
/* n draws; parameters a, b are arrays of n values or of one (stride 0). `statement` counts its own
 * executions. */
int crnl_random(struct crnl_ctx *ctx, int32_t kind, int32_t statement, int32_t n, const double *a,
                int32_t stride_a, const double *b, int32_t stride_b, double *out);
/* A random permutation of 0..n, its first m entries. */
int crnl_shuffle(struct crnl_ctx *ctx, int32_t statement, int64_t n, int64_t m, int64_t *out);

/* Text. Built strings live until the statement ends (crnl_text_reset); crnl_text_keep copies one into a
 * variable. */
void crnl_text_begin(struct crnl_ctx *ctx);
void crnl_text_string(struct crnl_ctx *ctx, const char *s);
void crnl_text_real(struct crnl_ctx *ctx, const double *v, int32_t rank, const int32_t *dim,
                    const char *format);
void crnl_text_int(struct crnl_ctx *ctx, const int64_t *v, int32_t rank, const int32_t *dim,
                   const char *format);
void crnl_text_bool(struct crnl_ctx *ctx, const int64_t *v, int32_t rank, const int32_t *dim,
                    const char *format); /* 0 is false */
const char *crnl_text_end(struct crnl_ctx *ctx);
void crnl_text_reset(struct crnl_ctx *ctx);
void crnl_text_keep(struct crnl_ctx *ctx, const char **variable, const char *s);
int crnl_print(struct crnl_ctx *ctx, const char *text, const char *file,
               int32_t line); /* file NULL: output */

/* Row `row` of a part of a data set: its input (double[columns]), or its label (int64_t or double by the
 * kind of label). Reads the files at the first use. part: enum crnl_data_part; field: enum
 * crnl_data_field. */
int crnl_data(struct crnl_ctx *ctx, int32_t data, int32_t part, int32_t field, int64_t row, void *out,
              int32_t line);
/* A picture of an array, row 0 on top: 8-bit grey PNG, the smallest value black, the largest white; each
 * value is a square of as many pixels as give the longer side at least 200. */
int crnl_image(struct crnl_ctx *ctx, const double *v, int32_t rows, int32_t columns, const char *file,
               int32_t line);

/* Neural models (crnl_neural.h): y[outputs] at x[inputs]; the law of units, by role and value of each; an
 * array of the parameters; files; a learning rule with its options in order (n_layers numbers where an
 * option is per layer), which records what it measures of each epoch. Learning that is interrupted once
 * keeps the best parameters so far and succeeds. */
int crnl_neural_apply(struct crnl_ctx *ctx, int32_t neural, const double *x, double *y, int32_t line);
int crnl_neural_law(struct crnl_ctx *ctx, int32_t neural, int32_t marginals, const double *role,
                    const double *value, double *out, int32_t line);
/* The parameters of a model, real[n_values], are these from now on. */
int crnl_neural_start(struct crnl_ctx *ctx, int32_t neural, const double *value, int32_t line);
/* Of a neural_ode with parameters `value`, input x and target y: the derivative of sum (read-out - y)^2 / 2
 * at time T by each parameter, into out[n_values]; is_constant: with the adjoint that it has at T all the
 * way, an approximation. */
int crnl_neural_adjoint(struct crnl_ctx *ctx, int32_t neural, const double *value, const double *x,
                        const double *y, double T, int32_t is_constant, double *out, int32_t line);
int crnl_neural_get(struct crnl_ctx *ctx, int32_t neural, int32_t array, double *out, int32_t line);
/* value, real[n_values]: parameters that a network has learned; NULL: those of the model. */
int crnl_neural_save(struct crnl_ctx *ctx, int32_t neural, const double *value, const char *file,
                     int32_t line);
int crnl_neural_load(struct crnl_ctx *ctx, int32_t neural, const char *file, int32_t line);
/* clang-format off */
#define CRNL_LEARN_SPEC(M) \
    M##_INT(neural) \
    M##_INT(statement) \
    M##_INT(line) \
    M##_INT(data)                            /* -1: the program makes the rows ... */ \
    M##_INT(redraws)                         /* ... anew before each epoch, since they are random */ \
    M##_INT(n_fields)                        /* of a row */ \
    M##_ARRAY(int32_t, width, m->n_fields)   /* how many numbers each has */ \
    M##_MEMBER(const char *const *, name)    /* [n_fields] for messages */ \
    M##_INT(n_records) \
    M##_INTS(record, CRNL_LEARN_RECORDS)     /* of each epoch, in the order of the learner's */ \
    M##_INT(unused)                          /* pads to a pointer */ \
    M##_MEMBER(const struct crnl_learner *, learner)
/* clang-format on */
struct crnl_learn_spec {
    CRNL_LEARN_SPEC(CRNL_DECLARE)
};
enum { CRNL_LEARN_ENDS, CRNL_LEARN_ROWS, CRNL_LEARN_STEP };
/* Learning: begin; then next, which says whether it ends, or the program makes the rows of the next epoch
 * (part 0: for training, 1: for validation), or goes on with those that there are; then step, one epoch;
 * and next again. End sets the parameters of the model, and result[CRNL_LEARN_RECORDS] to what was measured
 * of them. */
int crnl_learn_begin(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const double *option);
int crnl_learn_next(struct crnl_ctx *ctx, int64_t *go);
int crnl_learn_row(struct crnl_ctx *ctx, int32_t part, const double *const *field);
int crnl_learn_step(struct crnl_ctx *ctx);
int crnl_learn_end(struct crnl_ctx *ctx, double *result);

/* Minimising: tries values in `block`, which runs networks and calls crnl_loss for each part of the loss,
 * in contexts of its own and on several threads; `frame` is handed on. lo[i], hi[i]: the bounds of each
 * element of target i, or NULL. Sets the values that it finds, executes the block once more with them in
 * ctx, and gives out: out[0] the loss, out[1] the share of starts that reach it, out[2] the losses of the
 * starts (NULL: not wanted); then for each target out[3 + 2 i] the standard errors of its elements and
 * out[4 + 2 i] their profiles [count, points, 2] (NULL: none). */
int crnl_minimize(struct crnl_ctx *ctx, const struct crnl_minimize_spec *spec, const double *option,
                  const double *const *lo, const double *const *hi,
                  int (*block)(struct crnl_ctx *ctx, void *frame), void *frame, double *const *out);
/* A part of the loss, and what is wanted besides: its derivatives by the n elements of a target, added up;
 * the terms whose squares it is the sum of (not a number: none). */
enum { CRNL_WANTS_GRADIENT = 1, CRNL_WANTS_RESIDUALS = 2 };
int crnl_loss(struct crnl_ctx *ctx, double value, int64_t *wants);
int crnl_loss_gradient(struct crnl_ctx *ctx, int32_t target, int32_t n, const double *v);
int crnl_loss_residuals(struct crnl_ctx *ctx, int32_t n, const double *v);

/* Pictures: begin; options of the picture; then for each panel its options and curves, each curve after its
 * own options; end draws with gnuplot, and keeps FILE.gp and FILE.dat. */
int crnl_plot_begin(struct crnl_ctx *ctx, const char *file, int32_t line);
int crnl_plot_panel(struct crnl_ctx *ctx);
/* word: enum crnl_plot_word, or the kind of an axis; v[n]: numbers, ends of an axis, centimetres; or a
 * text. */
int crnl_plot_option(struct crnl_ctx *ctx, int32_t option, int32_t word, int64_t n, const double *v,
                     const char *text);
/* value, x, y: as the kind of curve needs them, else NULL. */
int crnl_plot_curve(struct crnl_ctx *ctx, const struct crnl_curve_spec *spec, const double *value,
                    const double *x, const double *y);
int crnl_plot_end(struct crnl_ctx *ctx);

/* ---- For tests and engines ----------------------------------------------------------------------------- */
/* The program that a context executes: an engine that interprets finds itself around it. */
const struct crnl_program *crnl_get_program(const struct crnl_ctx *ctx);
/* w->kernel comes from crnl_table_create; crnl_table_reset before a trajectory, and whenever something
 * other than the kernel has changed x or k. CRNL_SSA_BAD with a good propensity: reaction `bad` made an
 * amount negative. */
void *crnl_table_create(const struct crnl_model *m);
void crnl_table_reset(void *table);
void crnl_table_destroy(void *table);
/* How many channels the fused kernel has for a model; 0: it does not take it. */
int32_t crnl_channels(const struct crnl_model *m);
/* Why runs of an ensemble of the network do not go on in lockstep; NULL: they do where the kernel chosen is
 * unrolled or table, the processor has vectors for it, and the run asks for no end by `until` and no row at
 * each event. */
const char *crnl_lockstep_refusal(const struct crnl_model *m);
int crnl_table_ssa(const struct crnl_model *m, struct crnl_ssa *w, int64_t max_events);
/* What kernels of a model sum up, in order; item NULL: only how many. Left out is what reads the time: that
 * is looked at after each event. */
int32_t crnl_watch_list(const struct crnl_model *m, struct crnl_watch_item *item);
bool crnl_watch_has(const struct crnl_model *m, int32_t request);
/* Whether reaction j may change a value of the item; `surely`: it changes the amounts of which it is. */
bool crnl_watch_changes(const struct crnl_model *m, int32_t j, const struct crnl_watch_item *item,
                        bool *surely);
/* Cells of a histogram along each axis, from 0; row-major. */
void crnl_watch_cells(const struct crnl_stat_request *q, int32_t size[2]);
/* Time in a bin that has no cell. */
void crnl_watch_far(struct crnl_ssa *w, int32_t item, double first, double second, double dwell);
/* Closes the sums of those whose values are others now; after an event, or after a change that is none. */
void crnl_watch_update(struct crnl_ssa *w, bool is_event);
void crnl_table_rhs(const struct crnl_model *m, double t, const double *x, const double *p, const double *k,
                    double *dx);
void crnl_table_jac(const struct crnl_model *m, double t, const double *x, const double *p, const double *k,
                    double *values);
void crnl_tape_run(const struct crnl_tape *tape, const double *global, double *param, const uint8_t *fixed,
                   double *out, double *registers);

#endif
