/* The public header of the runtime: what generated code, the in-memory engines and hand-written C models
 * share with the library. A model consists of constant data and a few functions; a context holds everything
 * that changes.
 *
 * A program runs by crnl_create(program, options) -> crnl_execute(ctx), which calls the experiment, which
 * calls crnl_run and the functions below -> crnl_error_text / files / output -> crnl_destroy. Pointers given
 * by a context live until the context is destroyed, unless said otherwise. A status of 0 means success; the
 * context keeps the first error. Amounts are doubles everywhere, also in SSA (as integers, which are exact
 * up to 2^53). */
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

enum { CRNL_ABI = 17 };
/* Value of turn_until for a turn that matters only for what a run by the ODE draws. */
enum { CRNL_TURN_DRAWN = -2 };

enum crnl_status {
#define STATUS(name, code, text) CRNL_##name,
#include "crnl_status.def"
#undef STATUS
    CRNL_STATUS_COUNT
};

/* ---- Tapes: straight-line programs for what runs rarely (defaults, initial amounts, rate constants) -------
 * A tape is a program for a register machine over doubles. Because this rarely executed code is data, a
 * network of a million reactions costs no compile time. */
enum crnl_tape_op {
#define TAPE(name, arity) CRNL_TAPE_##name,
#include "crnl_tape.def"
#undef TAPE
    CRNL_TAPE_COUNT
};
struct crnl_tape_code {
    int32_t op;
    int32_t dst;  /* register; OUT: the output slot */
    int32_t a, b; /* registers; CONST: a = constant; PARAM: a = parameter slot; GLOBAL: a = global */
};
/* ORDER crnl_tape */
struct crnl_tape {
    int32_t n_code, n_const, n_registers;
    const struct crnl_tape_code *code;
    const double *constant;
};

/* ---- Networks ------------------------------------------------------------------------------------------ */
/* The sign of a species: an amount, a quantity that may be negative (SIGNED), or an amount that laws and
 * events of a deterministic run may take below 0 (UNBOUNDED). */
enum crnl_sign { CRNL_AMOUNT = 0, CRNL_SIGNED = 1, CRNL_UNBOUNDED = 2 };

/* ORDER crnl_kind */
enum crnl_kind { CRNL_DISCRETE = 0, CRNL_BULK = 1, CRNL_CONSTANT = 2 };

/* A scalar that can be read. */
enum crnl_elem_kind { CRNL_ELEM_SPECIES, CRNL_ELEM_DUAL, CRNL_ELEM_PARAM, CRNL_ELEM_EXPR };
struct crnl_elem {
    int32_t kind;
    int32_t a, b; /* by kind: species a; species a minus species b; parameter slot a; expression a */
};

enum {
    CRNL_SYMBOL_OUTPUT = 1,
    CRNL_SYMBOL_INPUT = 2,
    CRNL_SYMBOL_GLOBAL = 4 /* a parameter of the program */
};
/* ORDER crnl_symbol */
struct crnl_symbol {  /* a name of the network: species, dual, parameter or output; arrays are row-major */
    const char *name; /* "X", "m.S", "k" */
    int32_t kind;     /* crnl_elem_kind of all its elements, EXPR if they differ */
    int32_t flags;
    int32_t rank;
    const int32_t *dim;
    int32_t size, first;    /* elements first .. first+size of crnl_model.elem */
    const char *unit, *doc; /* unit and documentation of a parameter; NULL: none */
};

/* An event happens at a time, at its multiples, or when a condition turns true, including when it is true
 * at the start. The changes first .. first + n are computed from the state before the event and made
 * together. */
/* ORDER crnl_event_kind */
enum crnl_event_kind { CRNL_EVENT_AT, CRNL_EVENT_EVERY, CRNL_EVENT_WHEN };
struct crnl_event {
    int32_t kind;
    int32_t when;       /* WHEN: expression */
    int32_t reads_time; /* WHEN: the condition may turn true between two reactions at a time that is no
                           turn */
    int32_t first, n;
    int32_t line;
    int32_t flags;           /* of ir/net/net.h: struct event */
    int32_t delay, priority; /* expressions, -1 none */
    int32_t longest;         /* expression: the delay is drawn uniformly between `delay` and this; -1: it is
                                not drawn */
};
enum {
    CRNL_EVENT_QUEUED = 1,
    CRNL_EVENT_HELD = 2,
    CRNL_EVENT_CANCELLED = 4,
    CRNL_EVENT_EARLY = 8,
    CRNL_EVENT_DRAWN = 16
};

enum { CRNL_DELAY_FIXED = 1, CRNL_DELAY_LATE = 2 }; /* of delay_fixed, bits */

struct crnl_model {
    uint32_t abi;            /* CRNL_ABI */
    int32_t is_walked;       /* the functions below are those of an interpreting engine */
    const char *name, *file; /* name of the network, and of its source file */
    void *env;               /* first argument of every function below */
    double molecules;        /* molecules in one unit of amount, from `units` and `volume`; 0: not known */
    /* If not 0, the amounts are the units of model units_of - 1 of the program, and reaction i is the update
     * of unit i. */
    int32_t units_of;
    int32_t threshold_of; /* rate constants less than parameter threshold_of - 1 count as 0; 0: all count */
    int32_t molecule_of;  /* parameter molecule_of - 1 is 1 / volume in stochastic runs, otherwise 0; 0: there
                             is none */
    int32_t params_of; /* the parameters are those of model params_of - 1, whatever they are set to; 0: they
                          are not */

    int32_t is_copy; /* another network of the program gives it its parameters: none is set by name */

    int32_t n_species, n_reactions, n_params, n_exprs, n_symbols, n_elems, n_guards;
    int32_t n_hidden; /* number of species at the end that are not amounts of the network: files do not show
                         them */
    const char *const *species_name;    /* [n_species] "X[3]" */
    const uint8_t *species_kind;        /* [n_species] enum crnl_kind */
    const uint8_t *species_signed;      /* [n_species] enum crnl_sign; NULL: all are AMOUNT */
    const char *const *reaction_label;  /* [n_reactions], or NULL; entries may be NULL */
    const char *const *reaction_origin; /* provenance, in the same form */
    const int32_t *reaction_line;       /* [n_reactions] line in `file`; 0: unknown */
    const char *const *param_name;      /* [n_params] */
    const struct crnl_symbol *symbol;
    const struct crnl_elem *elem;

    /* Stoichiometry, in CSR form by reaction. lhs: reactants with their counts, including constant species.
     * net: product count minus reactant count, if it is not 0 and the species is not CRNL_CONSTANT. */
    const int32_t *lhs_ptr, *lhs_species;
    const double *lhs_count;
    const int32_t *net_ptr, *net_species;
    const double *net_delta;
    const int32_t *dep_ptr,
        *dep_reaction;    /* reactions whose propensity changes when j fires; NULL when not planned */
    const int32_t *law;   /* [n_reactions] expression of a general law; -1: mass action; NULL: all -1 */
    const int32_t *guard; /* [n_reactions] 0 = always; NULL = all 0 */
    /* Conserved sums: the sum of sum_count times amount over sum_ptr[i] .. sum_ptr[i + 1] is constant
     * between the starts of runs. */
    int32_t n_sums;
    const int32_t *sum_ptr, *sum_species;
    const double *sum_count;
    int32_t n_channels; /* number of channels of the fused kernel (runtime/ssa/rt_fused.h); 0: not counted */
    int32_t n_timed;    /* number of reactions whose laws read the time: their propensities change between
                           events */
    const int32_t *timed;
    const int32_t *timed_ptr, *timed_species; /* species that each of them reads, in CSR form in their
                                                 order */

    /* Gradients of laws for the Jacobian: law reaction j -> (species, expression), in CSR form by reaction;
     * NULL if there are no laws. */
    const int32_t *grad_ptr, *grad_species, *grad_expr;

    /* Jacobian of the right side, in CSC form with sorted rows; NULL when not planned. Entry e of lhs (and
     * then of grad) has a partial derivative d a_j / d x, which is added to the positions jac_pos[jac_ptr[e]
     * .. jac_ptr[e+1]], multiplied by the net changes in jac_delta. Entries of lhs come first
     * (lhs_ptr[n_reactions] of them), then those of grad. */
    int32_t jac_nnz;
    const int32_t *jac_col, *jac_row; /* [n_species + 1], [jac_nnz] */
    const int32_t *jac_ptr, *jac_pos;
    const double *jac_delta;

    struct crnl_tape
        defaults;          /* globals, earlier parameters -> parameters (a parameter that was set keeps its
                              value) */
    struct crnl_tape init; /* parameters -> amounts */
    struct crnl_tape rate; /* parameters -> rate constant of each reaction (1 for laws) */

    /* The scalar expression i at amounts x (each multiplied by inv_volume), time t, parameters p and
     * captured values c. Booleans are 0 or 1. */
    double (*expr)(void *env, int32_t i, const double *x, double t, const double *p, const double *c,
                   double inv_volume);
    /* Functions of emitted kernels, NULL without one: exact SSA until w->t_stop or max_events more events;
     * the right side dx and the values of the Jacobian (in CSC order) with effective constants k; and the
     * reverse of the right side (y^T dx'/dx is added to x_bar, y^T dx'/dk and dx'/dp likewise, and the
     * result is y^T dx'/dt), with constants in the order of reverse_order. The same of several runs at
     * once, as many as crnl_lanes_of(level), with as many numbers for one: element [i][lane]. */
#define FUNCTION(slot, member, result, parameters) result(*member) parameters;
#include "crnl_kernel.def"
    /* [CRNL_KERNEL_COUNT] why a kernel may not simulate the network, NULL: it may; or NULL: the kernels are
     * asked */
    const char *const *kernel_refusal;

    /* A firing order of the reactions in which each fires to completion (rate-independent, feed-forward);
     * otherwise NULL, and limit_refusal is the reason. */
    const int32_t *limit_order;
    const char *limit_refusal;
    /* For runs on a graphics processor (crnl_gpu.h): text of PTX; NULL: nothing asks for it, or there can be
     * none, if gpu_refusal says why. */
    const char *gpu_code, *gpu_refusal;
    const int64_t *net_count; /* net_delta as integers if one exceeds 2^53 and is no double; otherwise NULL */
    /* Rounding errors of constant initial amounts: if species rest_species[i] starts from the double
     * rest_of[i], its exact amount is larger by rest[i]. */
    int32_t n_rests;
    const int32_t *rest_species; /* entries of the same species are adjacent */
    const double *rest_of, *rest;
    /* If there is a limit_order: expressions that are linear in the amounts with constant factors.
     * Expression i has the terms form_ptr[i] .. form_ptr[i + 1], where species -1 stands for the constant 1;
     * without terms it is not linear. */
    const int32_t *form_ptr, *form_species;
    const double *form_factor;
    /* The species that an expression reads which is watched along stochastic runs, or any expression of a
     * network that runs by `cme`: reads_ptr[i] .. reads_ptr[i + 1] of expression i, where -1 stands for the
     * time. NULL: there is none. */
    const int32_t *reads_ptr, *reads_species;

    /* What the experiment asks of each run of this network. */
    int32_t has_gradient; /* the last run is kept, so that it can be repeated backwards */
    /* In this case laws are outputs of one tape, law_slot[j] for reaction j (-1: mass action), and other
     * expressions are outputs of another, value_slot[i] for expression i; gap_slot[i] is for a condition a
     * value that passes 0 from above when the condition turns true. -1: none. Globals of both tapes: the
     * time, then all amounts, then captured values. */
    int32_t n_law_slots, n_value_slots;
    const int32_t *law_slot, *value_slot, *gap_slot;
    struct crnl_tape law_tape, value_tape;
    /* The order in which `reverse` has rate constants: reactions, or -1 where there is none. */
    int32_t n_reverse;
    const int32_t *reverse_order;
    int32_t n_trace;    /* number of elements kept over time for plots */
    int32_t keeps_rows; /* the program reads them, so all rows are kept */
    const struct crnl_elem *trace;
    const char *const *trace_name;
    int32_t n_stats;
    const struct crnl_stat_request *stat;
    int32_t n_assumes, n_assumes_moving; /* the first n_assumes_moving of them read amounts or time, the
                                            others only parameters */
    int32_t assumes_read_time;           /* some may fail between two reactions at a time that is no turn */
    const int32_t *assume;               /* expressions that must stay true */
    const int32_t *assume_line;
    const char *const *assume_text;

    /* Events, and the clock: its phases follow each other, each with its guard on and the guards of the
     * others off. A guard without phase is on. `schedule` computes the duration of each phase, and the time
     * or period of each event (0 for WHEN). */
    int32_t n_events, n_changes;
    const struct crnl_event *event;
    const int32_t *change_species, *change_expr; /* [n_changes] */
    int32_t n_phases;
    const int32_t *phase_guard; /* [n_phases] */
    struct crnl_tape schedule;

    /* Turns: what laws and conditions read of the time, as values that are constant except at single times,
     * where methods stop. At the first n_jumps of them something jumps or has a corner; the others are
     * slopes of smooth functions, which turn where the slope changes its sign. Turn i is output 0 of the
     * code of `turn` from turn_code[2 i] to turn_code[2 i + 1], and the derivative of a slope is output 1 of
     * the code that follows, up to turn_code[2 i + 2]. Globals are the time, the amounts of turn_species,
     * which only events change, and values captured by the condition of `until`. turn_law lists, for a slope
     * that only laws read, which of `timed` do. */
    int32_t n_turns, n_jumps, n_turn_species, n_turn_captures;
    const int32_t *turn_species; /* [n_turn_species] */
    const int32_t
        *turn_until; /* [n_turns] -1: for all runs; or CRNL_TURN_DRAWN; or the `until` expression of the
                        runs */
    const int32_t *turn_code;               /* [2 n_turns + 1] */
    const int32_t *turn_law_ptr, *turn_law; /* in CSR form by turn */
    struct crnl_tape turn;

    /* Margins: the differences that conditions compare with 0, as expressions whose sign changes when the
     * condition changes; margin_until is the condition of `until` to which each belongs, or -1: a condition
     * of an event. */
    int32_t n_margins;
    const int32_t *margin, *margin_until;
    /* Conditions of events and of `until`, as expressions, that ssa_lanes looks at after each reaction. */
    int32_t n_asked;
    const int32_t *asked;

    /* Surfaces: where laws jump as amounts change. Surface i is where output i of `surface` is a whole
     * number (surface_whole), or else where it is 0. The following outputs are the derivatives of all
     * surfaces with respect to time, and those of each surface with respect to the amounts of
     * surface_species from surface_ptr[i] on. Globals are the time and the amounts of surface_reads.
     * surface_law lists, in CSR form, the reactions whose laws jump at a surface. */
    int32_t n_surfaces, n_surface_reads;
    const int32_t *surface_whole, *surface_ptr, *surface_species, *surface_reads;
    const int32_t *surface_law_ptr, *surface_law;
    struct crnl_tape surface;

    /* Poles: divisors of laws; a law is infinite where its divisor passes 0. Pole i is output i of `pole`;
     * globals are the time and the amounts of pole_reads. pole_law lists, in CSR form, the reactions whose
     * laws have the pole. */
    int32_t n_poles, n_pole_reads;
    const int32_t *pole_reads, *pole_law_ptr, *pole_law;
    struct crnl_tape pole;

    /* Delays (runtime/ode/rt_history.h): no reaction changes the species delay_species[i]; its amount is the
     * value of expression delay_value[i] at the time t - delay_lag[i]. The lag is an expression of the
     * amounts at t, and fixed if it reads only parameters (delay_fixed: CRNL_DELAY_FIXED; and CRNL_DELAY_LATE
     * for the rate of a reaction whose products come later). Before the start of the trajectory
     * the amount is that of delay_before[i], at that time and with the first amounts. The expressions of
     * delay i read the amounts delay_reads from delay_ptr[i] on; among species of delays they read only
     * those before i. */
    int32_t n_delays;
    const int32_t *delay_species, *delay_value, *delay_lag, *delay_before, *delay_fixed;
    const int32_t *delay_ptr, *delay_reads;
};

/* What kernels of stochastic runs sum up along a trajectory. Items are in the order of the requests, one for
 * each element, or one for a whole histogram. */
enum crnl_watch_kind {
    CRNL_WATCH_TIME,   /* values, weighted by how long each lasts */
    CRNL_WATCH_SPREAD, /* the same, and their squares */
    CRNL_WATCH_EVENTS, /* values after each event */
    CRNL_WATCH_BINS    /* time in each bin of a value, or of two values jointly */
};
struct crnl_watch_item {
    int32_t kind, request, n_elems;
    const struct crnl_elem *elem;
};
/* Sums since the last block of sums began: of (value - base) and, if the variance is asked for, of its
 * square. They include everything before `since`. A kernel updates them when a reaction changes the value:
 * dwell = (value - base) (t - since); sum += dwell; square += (value - base) dwell; then value becomes the
 * new value, and since = t. EVENTS: the number of earlier events takes the place of t. BINS: t - since is
 * added to the cell of floor(value + 0.5), see crnl_watch_cells, or given to crnl_watch_far. */
struct crnl_watched {
    double value[2], base, since, sum, square; /* value[1]: the second value of a joint histogram */
    double *cell;                              /* [size[0]][size[1]] */
    int32_t size[2];
};
struct rt_histogram;
struct crnl_watch {
    struct crnl_watched *sum; /* [n] */
    int32_t n;
    const struct crnl_model *m;
    const struct crnl_watch_item *item; /* [n] by crnl_watch_list */
    const int32_t *ptr, *changed;       /* [n_reactions + 1]: the items that a reaction may change */
    struct rt_histogram *far;           /* [n] bins beyond the cells */
    double start;                       /* start of the block, and the number of events before it */
    int64_t events;
    bool is_filled; /* cells may hold what was not merged */
};

/* The state of an SSA trajectory, shared by emitted and table kernels. k is effective: it is k /
 * V^(order-1), V for a law (whose expression reads concentrations), and 0 for a reaction whose guard is off
 * or that is clamped; kernels thus need not know volumes, guards and clamps. The propensity is k * falling
 * factorials, or k * law(x * inv_volume).
 *
 * For an event, let E be a standard exponential variate and t_next = t + E / total. If t_next > t_stop, then
 * t = t_stop, and the pending t_next is kept; it stays valid while the state and k do (with laws that read
 * the time it is where the integral of the total reaches E). Otherwise t = t_next, u is a uniform variate,
 * and a reaction is selected (crnl_num.h) and applied. If total == 0, then t = t_stop. Products are computed
 * from left to right, a reactant with count n as n factors: (k * a) * (a - 1). */
struct crnl_ssa {
    double *x;
    const double *k, *p;
    const double *k_open; /* constants with every guard on and nothing clamped; NULL: they are k */
    double inv_volume;
    double t, t_stop, t_next; /* t_next < 0: no event is pending */
    int64_t events;           /* the kernel increments it */
    struct crnl_rng rng;
    int32_t bad;              /* the reaction with a bad propensity */
    void *kernel;             /* created by the kernel; NULL: nothing */
    struct crnl_watch *watch; /* NULL only if crnl_watch_list gives no items */
    struct crnl_wait wait;    /* for models with laws that read the time; due = 0 when t_next is made void */
    uint64_t k_number; /* of the constants with every guard on and nothing clamped; 0: they have none */
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
    int32_t n_elems; /* number of elements observed together; a histogram of two is joint */
    const struct crnl_elem *elem;
    const char *const *name;
    int32_t of_rows;  /* for runs over rows: kept for each row; otherwise for other runs */
    int32_t bound[2]; /* histograms: the largest count along each axis; -1: as large as counts get (plots) */
    /* END and statistics over runs: n_times > 0 means values at n_times times given to a `run`, which come
     * before the elements; 0: values at the end. */
    int32_t course, n_times;
};
/* How many values a request takes from a run. */
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

struct crnl_method; /* a way to run a network; an executable links only the methods that it names */
#define METHOD(id, family, name, symbol, ...) extern const struct crnl_method symbol;
#include "crnl_method.def"
/* A file format for trajectories, in long form: `time,NAME...` for a single run and `run,time,NAME...` for
 * an ensemble, with a column for each element of the symbols flagged as outputs or, if there are none, for
 * all species; with `summary` the columns are `time, NAME_mean,NAME_sd...`. Without `every`, a run of known
 * length has 1000 intervals, and other runs have a row at each event or solver step. The end of a run is
 * always a row. Amounts in files, values and statistics are divided by the volume of ssa(volume = V);
 * histograms of species and duals count molecules. */
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
    M##_INT(has_from)                        /* `continue ... from T` */ \
    M##_INT(span)                            /* crnl_span_kind of `for`/`to` */ \
    M##_INT(after)                           /* and of `after` */ \
    M##_INT(until)                           /* expression, or -1 */ \
    M##_INT(until_reads_time)                /* it may turn true between two reactions */ \
    M##_INT(tells_missed)                    /* a run that ends before it turns true says so */ \
    M##_INT(n_captures)                      /* values of the experiment that it reads */ \
    M##_INT(until_gap)                       /* expression: how far it is from true, 0 when it is; or -1 */ \
    M##_INT(n_sides)                         /* twice the comparisons of numbers in `until` */ \
    M##_ARRAY(int32_t, side, m->n_sides)     /* expressions: their left and right sides */ \
    M##_TEXT(side_text)                      /* their texts, in lines; $c and a number: a captured value */ \
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
struct crnl_run_spec { /* constant data */
    CRNL_RUN_SPEC(CRNL_DECLARE)
};
struct crnl_run_args {                   /* computed by the experiment; values that are not set are 0 */
    double from, after, duration, every; /* from: the time at which a continued run begins */
    const union crnl_value *option;      /* [spec->n_options] */
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
    M##_TEXT(of)                             /* of an index: what it counts; NULL: a statement */ \
/* clang-format on */
struct crnl_place { /* of a statement or an index: `line` is the number by which calls name it, its line
                      unless it is not the first one there; `shown` is the line that messages name */
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

/* What a program says besides its output. */
struct crnl_message {
    const char *code; /* of an error; "": it has none */
    int32_t is_error; /* 0: a warning, or a note */
    int32_t line;     /* the number of its place (struct crnl_place); 0: it has none */
    const char *text; /* further lines begin with '  note: ' or '  help: ' */
};

struct crnl_options {
    uint64_t seed;
    int32_t threads;                /* 0: all processors */
    const char *out_dir, *data_dir; /* NULL: the current directory; the folder of the source */
    int32_t allow_outside;          /* the program may write outside out_dir */
    int32_t verbose;
    int32_t quiet, progress; /* progress: 0, 1, or -1: if stderr is a terminal */
    int32_t n_set;
    const char *const *set; /* "k=2" */
    double until, every;    /* for runs without an experiment; until = NaN: not given */
    const char *method, *out, *plot;
    int64_t runs;
    const char *solver;          /* the solver of ODE runs that do not name one; NULL: auto */
    double rtol, atol, max_step; /* for ODE runs that do not give them; 0: not given */
    const char
        *kernel; /* for runs that do not name a kernel, if their method has this one; NULL: the fastest */
    int64_t max_events;      /* 0: no limit */
    int64_t max_runs;        /* of a statement; 0: 1e9 */
    int64_t max_rows;        /* of a statement, by `every`; 0: 1e8 */
    double max_seconds;      /* 0: no limit */
    double plot_seconds;     /* time limit for gnuplot to make a picture; 0: 600 */
    int32_t keep_going;      /* go on after a run or a plot that fails, even if the program does not ask for
                                it */
    int32_t check_tolerance; /* crnl_main: execute twice and compare */
    int32_t check_gradients; /* compute each derivative of a run by differences too, and report on stderr */
    int32_t closer; /* use a tenth of all tolerances and half of fixed steps; nothing is printed, written or
                       drawn */
    int32_t mute;   /* nothing is printed, written or drawn, because another rank does it */
    FILE *output;   /* where `print` goes; NULL: stdout */
    FILE *messages; /* where warnings and notes go; NULL: stderr */
    /* By storing the number of a signal here, another thread asks this context, and those made for it, to
     * stop; NULL: no thread does. The number is reset to 0 when an interruption is over (rt_cancel_clear). */
    int32_t *cancel;
    struct crnl_memory *memory; /* rows of runs are kept here instead of in files; NULL: they are not */
    /* For programs that exchange values with their caller: see crnl_exchange. */
    void (*exchange)(void *env, int32_t variable, void *value);
    /* Called before the program writes a file, by any thread. */
    void (*opens)(void *env, const char *path);
    /* Called with what would be written to `messages`, by any thread, unless it is NULL. */
    void (*report)(void *env, const struct crnl_message *m);
    void *env; /* first argument of these */
    /* For crnl_main only: */
    const char *checkpoint, *resume; /* files, or NULL */
    double checkpoint_every;         /* seconds; 0: 600 */
    int32_t estimate;                /* run a small part of what takes long, and print to stdout how long all
                                        would take */
    /* ... and run the experiment once for each seed: */
    int32_t n_seeds;           /* 0: once, with `seed` */
    const uint64_t *seed_list; /* [n_seeds]; NULL: seed, seed + 1, ... */
    const char *table;         /* file to which their values are written; NULL: none */
};

struct crnl_ctx *crnl_create(const struct crnl_program *program, const struct crnl_options *options);
int crnl_execute(struct crnl_ctx *ctx);
void crnl_destroy(struct crnl_ctx *ctx);
/* The message of the first error, with 'file:line: ' and help lines; "" if there is none. */
const char *crnl_error_text(const struct crnl_ctx *ctx);
/* The last failure, also one after which the program went on, in its parts; false: there was none. Its text
 * stays until the next failure. */
bool crnl_failure(const struct crnl_ctx *ctx, struct crnl_message *m);
/* Asks all existing contexts of the process to stop at the next safe point and keep their results; contexts
 * that are made later do not see this. Safe in a signal handler and in any thread. */
void crnl_cancel(void);
/* The main function of a compiled program: parses options, executes, prints errors. Returns the exit status:
 * 0, 1 after an error, 2 for a bad command line, 128 + n after signal n (130 after Ctrl-C). */
int crnl_main(int argc, char **argv, const struct crnl_program *program);
/* The same, but errors and warnings are given to `report` (struct crnl_options) instead of being printed. */
int crnl_main_reporting(int argc, char **argv, const struct crnl_program *program,
                        void (*report)(void *env, const struct crnl_message *m), void *env);
/* The rank of this process in MPI, as its launcher says; 0 without one. */
int crnl_rank(void);
/* Whether a launcher of MPI has started this process. */
bool crnl_is_launched(void);
/* Replaces crnl_main if there is no program, for the reason `failure`: ends with the exit status `status`.
 * Other ranks of MPI are told. The text is shown only if rank 0 does not fail too, because rank 0 shows its
 * own. */
int crnl_main_failed(int status, const char *failure);
/* Parses argv[1..argc) and sets all of `options`; argv[0] is the name in messages. Returns -1 to go on, or
 * an exit status: 0 after --help (on stdout, with the parameters of `program`), 2 after a message on stderr.
 * A program with an experiment does not accept the options of single runs (--until --every --method --runs
 * --out --plot); if program is NULL, all options are accepted. Strings remain those of argv;
 * crnl_free_options frees `set` and `seed_list`, and must be called in every case. crnl_create checks the
 * names in --set. */
int crnl_parse_options(int argc, char **argv, const struct crnl_program *program,
                       struct crnl_options *options);
void crnl_free_options(struct crnl_options *options);
/* What a program with run == NULL does: a run of its only network by `until`, `every`, `method` ("ode", the
 * default, is bdf) and `runs`; it writes `out` and draws `plot`, or else prints the values at the end. */
int crnl_run_by_options(struct crnl_ctx *ctx);

/* ---- Called by experiments --------------------------------------------------------------------------------
 * All functions return a status unless said otherwise; `line` is the source line for messages. The list
 * crnl_abi.def repeats them with their types for code generators. */
int crnl_fail(struct crnl_ctx *ctx, int status, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5))); /* records the first error, returns status */

double crnl_get_global(struct crnl_ctx *ctx, int32_t global);
/* Binds elements first..first+n of a symbol to v (n values, or one for all if `broadcast`). Species:
 * amounts, which must not be negative; duals: split by sign; parameters: override the default. SET lasts;
 * the others are for the next run only. For amounts, CLAMP switches off the reactions that change them, and
 * HOLD lets these reactions fire without changing them. */
/* ORDER crnl_bind_kind */
enum crnl_bind_kind {
    CRNL_WITH,
    CRNL_SET,
    CRNL_CLAMP,
    CRNL_HOLD,
    CRNL_TOLERANCE, /* the atol of an amount */
    CRNL_START      /* as SET, but amounts become the initial amounts of all later runs */
};
int crnl_bind(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t first, int32_t n, const double *v,
              int32_t broadcast, int32_t kind, int32_t line);
int crnl_run(struct crnl_ctx *ctx, const struct crnl_run_spec *spec, const struct crnl_run_args *args);
/* A run over rows: crnl_rows_begin; for each row, in order, its binds and crnl_run, which returns before the
 * row is done; crnl_rows_end, which waits for all rows. A row whose run fails has NaN as values;
 * crnl_rows_end reports how many there are, and the exit status is 1. Draws between begin and end belong to
 * the current row. */
int crnl_rows_begin(struct crnl_ctx *ctx, const struct crnl_run_spec *spec);
int crnl_rows_end(struct crnl_ctx *ctx);
/* The current values of a symbol's elements (the initial ones before the first run). An error after a run
 * with runs > 1, unless the symbol is a parameter. */
int crnl_get(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t first, int32_t n, double *out,
             int32_t line);
double crnl_get_time(struct crnl_ctx *ctx, int32_t net);
/* The number of reactions whose rate constant is positive at the current parameters. */
int crnl_count_reactions(struct crnl_ctx *ctx, int32_t net, int64_t *out, int32_t line);
/* All elements of a symbol at t -> infinity, exactly, from the initial amounts and the binds for the next
 * run. The state of the network does not change. */
int crnl_limit(struct crnl_ctx *ctx, int32_t net, int32_t symbol, double *out, int32_t line);
/* The derivative of what the experiment computes from the last run of a network. First, crnl_cotangent
 * gives, for each result that the experiment reads, the derivatives by its n values: for request `what`;
 * CRNL_COTANGENT_TIME: for the time at the end; CRNL_COTANGENT_SYMBOL - i: for symbol i at the end. Then
 * crnl_gradient gives the sum over all results of adjoint times derivative of the result by each element of
 * a symbol, which is a parameter or (species) an initial amount; for symbol -1 - i, by parameter i of the
 * program. The run is repeated backwards, with the parameters that it had. The adjoints are then forgotten.
 * Several symbols with the same adjoints, one after the other, cost only one backward run. The error is
 * CRNL_NO_RUN if there is no run that has a derivative. */
enum { CRNL_COTANGENT_TIME = -1, CRNL_COTANGENT_SYMBOL = -2 };
int crnl_cotangent(struct crnl_ctx *ctx, int32_t net, int32_t what, int32_t n, const double *v, int32_t line);
int crnl_gradient(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t n, double *out, int32_t line);
/* The values of a symbol after the first `phases` phases of the clock, starting from the present or initial
 * state with the amounts bound by CRNL_WITH; the state of the network does not change. `statement` is the
 * number of the run for random streams. */
int crnl_infer(struct crnl_ctx *ctx, const struct crnl_method *method, int32_t net, int32_t symbol,
               int32_t phases, int32_t statement, double *out, int32_t line);
/* The values of a request: means, variances, quantiles (arg = probability) and ends have n_elems values,
 * histograms the bins 0 .. bound along each axis. After a run over rows there are that many for each row. */
int crnl_stat(struct crnl_ctx *ctx, int32_t net, int32_t request, double arg, int32_t n, double *out,
              int32_t line);

/* Called first in an experiment whose code keeps some variables, such as large arrays, in static memory:
 * until it ends, no other context of the process executes such an experiment. */
void crnl_alone(struct crnl_ctx *ctx);
/* Memory for arrays of code that several threads run at once, each in a context of its own: `bytes` of it
 * under a number, the same each time, until the context is destroyed. What it holds at first is not defined.
 */
void *crnl_memory(struct crnl_ctx *ctx, int32_t number, int64_t bytes);
int crnl_assert(struct crnl_ctx *ctx, int32_t holds, const char *source, const char *message, int32_t line);
/* Warns by this text where the condition holds, once for each place. */
int crnl_warn(struct crnl_ctx *ctx, int32_t holds, const char *text, int32_t line);
int crnl_record(struct crnl_ctx *ctx, int32_t record, double value);
/* Passes the memory of a variable (reals, or 64-bit integers, row-major) to options.exchange, which may copy
 * it or change its contents. */
int crnl_exchange(struct crnl_ctx *ctx, int32_t variable, void *value);
/* The *n numbers recorded so far; NULL if there are none. */
const double *crnl_series(const struct crnl_ctx *ctx, int32_t record, int64_t *n);
/* Clears the error, so that the next call starts without one. */
void crnl_forget_error(struct crnl_ctx *ctx);
/* crnl_series_begin restarts the record with the rows of a trace of the network's last run; net = -1: empty.
 * crnl_series_at gives number `index` of a record, and crnl_series_size how many it has, which is an error
 * if `other` does not have as many. */
int crnl_series_begin(struct crnl_ctx *ctx, int32_t record, int32_t net, int32_t trace, int32_t line);
int crnl_series_at(struct crnl_ctx *ctx, int32_t record, int64_t index, double *out, int32_t line);
int crnl_series_size(struct crnl_ctx *ctx, int32_t record, int32_t other, int64_t *out, int32_t line);
int crnl_index_error(struct crnl_ctx *ctx, int64_t index, int64_t size, int32_t line);
/* Reports that x op y (only x for 'n', negation, and 'a', absolute value) does not fit in 64 bits, or is the
 * remainder ('%') of a division by 0; crnl_floor_error reports that the integer below x does not fit. */
int crnl_int_error(struct crnl_ctx *ctx, int32_t op, int64_t x, int64_t y, int32_t line);
int crnl_floor_error(struct crnl_ctx *ctx, double x, int32_t line);
/* Called at each turn of a loop, for progress and cancellation. total < 0: unknown. */
int crnl_turn(struct crnl_ctx *ctx, int32_t loop, int32_t depth, int64_t i, int64_t total);

enum crnl_random_kind { CRNL_UNIFORM, CRNL_NORMAL, CRNL_BERNOULLI };
/* Makes n draws; the parameters a and b are arrays of n values, or of one (stride 0). `statement` counts its
 * own executions. */
int crnl_random(struct crnl_ctx *ctx, int32_t kind, int32_t statement, int32_t n, const double *a,
                int32_t stride_a, const double *b, int32_t stride_b, double *out);
/* The first m entries of a random permutation of 0..n. */
int crnl_shuffle(struct crnl_ctx *ctx, int32_t statement, int64_t n, int64_t m, int64_t *out);

/* Text. A string that was built lives until the statement ends (crnl_text_reset); crnl_text_keep copies it
 * into a variable. */
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
               int32_t line); /* file = NULL: the output */

/* Row `row` of a part of a data set: its input (double[columns]), or its label (int64_t or double, by the
 * kind of label). Reads the files at the first use. part: enum crnl_data_part; field: enum
 * crnl_data_field. */
int crnl_data(struct crnl_ctx *ctx, int32_t data, int32_t part, int32_t field, int64_t row, void *out,
              int32_t line);
/* Draws an array with row 0 on top: 8-bit grey PNG, the smallest value black, the largest white; each value
 * is a square of so many pixels that the longer side has at least 200. */
int crnl_image(struct crnl_ctx *ctx, const double *v, int32_t rows, int32_t columns, const char *file,
               int32_t line);

/* Neural models (crnl_neural.h): crnl_neural_apply computes y[outputs] at x[inputs], and crnl_neural_law the
 * law of units by the role and value of each. Further functions read an array of the parameters, read and
 * write files, and apply a learning rule with its options in order (n_layers numbers for an option that is
 * per layer), which records what it measures in each epoch. Learning that is interrupted once keeps the best
 * parameters so far and succeeds. */
int crnl_neural_apply(struct crnl_ctx *ctx, int32_t neural, const double *x, double *y, int32_t line);
int crnl_neural_law(struct crnl_ctx *ctx, int32_t neural, int32_t marginals, const double *role,
                    const double *value, double *out, int32_t line);
/* Sets the parameters of a model, real[n_values]. */
int crnl_neural_start(struct crnl_ctx *ctx, int32_t neural, const double *value, int32_t line);
/* For a neural_ode with parameters `value`, input x and target y: the derivative of sum (read-out - y)^2 / 2
 * at time T by each parameter, into out[n_values]. is_constant: the adjoint keeps the value that it has at
 * T, which is an approximation. */
int crnl_neural_adjoint(struct crnl_ctx *ctx, int32_t neural, const double *value, const double *x,
                        const double *y, double T, int32_t is_constant, double *out, int32_t line);
int crnl_neural_get(struct crnl_ctx *ctx, int32_t neural, int32_t array, double *out, int32_t line);
/* value: real[n_values], parameters that a network has learned; NULL: those of the model. */
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
/* Learning: crnl_learn_begin; then crnl_learn_next, which says whether learning ends (ENDS), or the program
 * makes the rows of the next epoch (ROWS; part 0: for training, 1: for validation), or the present rows are
 * used again (STEP); then crnl_learn_step, which is an epoch; and crnl_learn_next again. crnl_learn_end sets
 * the parameters of the model, and result[CRNL_LEARN_RECORDS] to what was measured with them. */
int crnl_learn_begin(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const double *option);
int crnl_learn_next(struct crnl_ctx *ctx, int64_t *go);
int crnl_learn_row(struct crnl_ctx *ctx, int32_t part, const double *const *field);
int crnl_learn_step(struct crnl_ctx *ctx);
int crnl_learn_end(struct crnl_ctx *ctx, double *result);

/* Minimising: tries values in `block`, which runs networks and calls crnl_loss for each part of the loss, in
 * contexts of its own and on several threads; `frame` is passed to it. lo[i] and hi[i] are the bounds of the
 * elements of target i, or NULL. Sets the values that it finds, executes the block once more with them in
 * ctx, and fills out: out[0] is the loss, out[1] the share of starts that reach it, out[2] the losses of the
 * starts (NULL: not wanted); then, for each target, out[3 + 2 i] the standard errors of its elements and
 * out[4 + 2 i] their profiles [count, points, 2] (NULL: none). */
int crnl_minimize(struct crnl_ctx *ctx, const struct crnl_minimize_spec *spec, const double *option,
                  const double *const *lo, const double *const *hi,
                  int (*block)(struct crnl_ctx *ctx, void *frame), void *frame, double *const *out);
/* Adds a part of the loss; *wants says what else is wanted: its derivatives by the n elements of a target,
 * which are added up, and the terms of whose squares it is the sum (NaN: none). */
enum { CRNL_WANTS_GRADIENT = 1, CRNL_WANTS_RESIDUALS = 2 };
int crnl_loss(struct crnl_ctx *ctx, double value, int64_t *wants);
int crnl_loss_gradient(struct crnl_ctx *ctx, int32_t target, int32_t n, const double *v);
int crnl_loss_residuals(struct crnl_ctx *ctx, int32_t n, const double *v);

/* Pictures: crnl_plot_begin; options of the picture; then for each panel its options and curves, each curve
 * after its own options; crnl_plot_end draws with gnuplot, and keeps FILE.gp and FILE.dat. */
int crnl_plot_begin(struct crnl_ctx *ctx, const char *file, int32_t line);
int crnl_plot_panel(struct crnl_ctx *ctx);
/* word: enum crnl_plot_word, or the kind of an axis. v[n]: numbers, the ends of an axis, or centimetres; or
 * a text. */
int crnl_plot_option(struct crnl_ctx *ctx, int32_t option, int32_t word, int64_t n, const double *v,
                     const char *text, int32_t line);
/* value, x, y: as the kind of curve needs them, otherwise NULL. */
int crnl_plot_curve(struct crnl_ctx *ctx, const struct crnl_curve_spec *spec, const double *value,
                    const double *x, const double *y);
int crnl_plot_end(struct crnl_ctx *ctx);

/* ---- For tests and engines ----------------------------------------------------------------------------- */
/* The program that a context executes; an interpreting engine finds itself through it. */
const struct crnl_program *crnl_get_program(const struct crnl_ctx *ctx);
/* w->kernel comes from crnl_table_create. crnl_table_reset must be called before a trajectory, and whenever
 * anything other than the kernel has changed x or k. CRNL_SSA_BAD with a valid propensity: reaction `bad`
 * made an amount negative. */
void *crnl_table_create(const struct crnl_model *m);
void crnl_table_reset(void *table);
void crnl_table_destroy(void *table);
/* The number of channels that the fused kernel has for a model; 0: the kernel does not accept it. */
int32_t crnl_channels(const struct crnl_model *m);
/* Why runs of an ensemble of the network are not executed in lockstep. NULL: they are, if the kernel chosen
 * is unrolled or table, the processor has vector instructions for it, and the run has neither a row at each
 * event nor an `until` at which code does not look. is_emitted: there is, or will be, code (ssa_lanes). */
const char *crnl_lockstep_refusal(const struct crnl_model *m, bool is_emitted);
/* Whether ssa_lanes looks at a condition. */
bool crnl_lockstep_asks(const struct crnl_model *m, int32_t condition);
int crnl_table_ssa(const struct crnl_model *m, struct crnl_ssa *w, int64_t max_events);
/* Lists what kernels of a model sum up, in order, and returns the number of items; item = NULL: only the
 * number. Items that read the time are left out, because they are evaluated after each event. */
int32_t crnl_watch_list(const struct crnl_model *m, struct crnl_watch_item *item);
bool crnl_watch_has(const struct crnl_model *m, int32_t request);
/* Whether reaction j may change a value of the item; `surely`: it changes the amounts that the item reads. */
bool crnl_watch_changes(const struct crnl_model *m, int32_t j, const struct crnl_watch_item *item,
                        bool *surely);
/* The number of cells of a histogram along each axis, from 0; row-major. */
void crnl_watch_cells(const struct crnl_stat_request *q, int32_t size[2]);
/* Adds time to a bin that has no cell. */
void crnl_watch_far(struct crnl_ssa *w, int32_t item, double first, double second, double dwell);
/* Updates the sums of items whose values have changed, after an event or after another change. */
void crnl_watch_update(struct crnl_ssa *w, bool is_event);
void crnl_table_rhs(const struct crnl_model *m, double t, const double *x, const double *p, const double *k,
                    double *dx);
void crnl_table_jac(const struct crnl_model *m, double t, const double *x, const double *p, const double *k,
                    double *values);
void crnl_tape_run(const struct crnl_tape *tape, const double *global, double *param, const uint8_t *fixed,
                   double *out, double *registers);

#endif
