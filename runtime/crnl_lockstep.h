/* Runs of a network in lockstep, one in each lane of vectors: what the library and emitted code (ssa_lanes of
 * crnl_kernel.def) share. Arrays are [..][lane]. A lane performs the same operations as the table and the
 * unrolled kernel, so it gives the same bytes whatever the other lanes do. */
#ifndef CRNL_LOCKSTEP_H
#define CRNL_LOCKSTEP_H

#include <stdbool.h>
#include <stdint.h>

#include "crnl_num.h"

struct crnl_model;
struct crnl_ssa;
struct lanes_step;

/* Two vectors advance alternately, so that one does useful work while the other waits. */
enum { LANES_VECTORS = 2, LANES_MOST = 16, LANES_REACTIONS = 64, LANES_SPECIES = 64, LANES_ORDER = 4 };
enum { LANES_GROUPS = LANES_REACTIONS / CRNL_FAN, LANES_WATCHED = 16, LANES_ASKED = 8 };
/* What runs draw does not depend on their amounts, so it is drawn for as many steps ahead. */
enum { LANES_AHEAD = 8 };
/* With few reactions the library's loop, which has code without loops for them, uses one vector. */
enum { LANES_ONE_VECTOR = 8 };
#define LANES_LEAST 1e-290 /* a lane with a smaller total ends as LANES_ODD */

/* How a lane has ended. Its run is in its struct crnl_ssa as the kernel would leave it, except for ODD:
 * there it is before a step that the kernel must take. */
enum lanes_end { LANES_TIME, LANES_EVENTS, LANES_ODD };

/* The arrays of struct lanes_watched in their order, which are rows of a lane's memory elsewhere
 * (crnl_gpu.h). */
enum lanes_part { LANES_VALUE, LANES_BASE, LANES_SINCE, LANES_SUM, LANES_SQUARE, LANES_PARTS };
struct lanes_watched { /* struct crnl_watched of several runs; square: of histograms value[1] */
    _Alignas(64) double value[LANES_MOST], base[LANES_MOST], since[LANES_MOST], sum[LANES_MOST],
        square[LANES_MOST];
};

struct crnl_lockstep {
    const struct crnl_model *m;
    int32_t n_reactions, n_groups, n_columns; /* n_groups: groups of CRNL_FAN reactions */
    int32_t n_watched;
    bool has_laws, is_asked; /* is_asked: some run has a condition */
    int wide;                /* number of useful lanes */
    uint32_t any;            /* for emitted code: a bit for each lane with a run */
    _Alignas(64) double k[LANES_REACTIONS][LANES_MOST], inv_volume[LANES_MOST];
    const double *p[LANES_MOST]; /* parameters; for emitted code also where there is no run */
    /* A propensity is k times the factors x[species] - less, in this order. */
    int32_t order[LANES_REACTIONS], species[LANES_REACTIONS][LANES_ORDER];
    double less[LANES_REACTIONS][LANES_ORDER];
    struct {
        _Alignas(16) uint64_t limit;
        double width;
    } layer[256];                  /* layers of the ziggurat, with limit and width side by side */
    int32_t column[LANES_SPECIES]; /* the species that reactions change */
    _Alignas(64) double change[LANES_SPECIES][LANES_REACTIONS];
    _Alignas(64) double x[LANES_SPECIES][LANES_MOST];
    /* Standard exponential variates, for waiting times, and uniform ones, for choices, of the steps from `at`
     * on. The streams are behind those of the last step; in each lane they began with the step `from`, at
     * `begin`. */
    int64_t at;
    _Alignas(64) double wait[LANES_AHEAD][LANES_MOST], choice[LANES_AHEAD][LANES_MOST];
    _Alignas(64) uint64_t rng[4][LANES_MOST], begin[4][LANES_MOST];
    int32_t from[LANES_MOST];
    _Alignas(64) double t[LANES_MOST], t_next[LANES_MOST], t_stop[LANES_MOST];
    _Alignas(64) int64_t left[LANES_MOST], budget[LANES_MOST];
    _Alignas(64) double events[LANES_MOST]; /* so far in the run */
    struct lanes_watched watched[LANES_WATCHED];
    /* By condition (`asked` of the model): 1 if it held when the run was last looked at, else 0; a lane ends
     * behind the event that changes it. NaN: the run has no such condition. */
    _Alignas(64) double held[LANES_ASKED][LANES_MOST];
    uint32_t turned; /* a bit for each lane in which one has changed */
    /* Of histograms: their cells, or `nowhere`. `far` adds the time until t_now to bins that have no cell, in
     * lanes with a bit. */
    double *cell[LANES_WATCHED][LANES_MOST], nowhere;
    _Alignas(64) double t_now[LANES_MOST];
    void (*far)(struct crnl_lockstep *l, int32_t item, uint32_t lanes);
    struct crnl_ssa *w[LANES_MOST]; /* NULL: the lane is free */
    enum lanes_end end[LANES_MOST];
    /* Called before a lane ends at t_stop, with amounts x[.][lane]: returns true if it need not end, because
     * t_stop[lane] was advanced. NULL: each lane ends there. */
    bool (*passes)(void *env, int lane);
    void *env;
    void (*draw)(struct crnl_lockstep *l); /* draws ahead when the steps are used up */
    /* For emitted code, with a bit for each lane: the total of propensities is one that the kernel must
     * handle, or t_next is after t_stop; returns the lanes that end. */
    uint32_t (*stop)(struct crnl_lockstep *l, uint32_t odd, uint32_t late);
    uint32_t stopped; /* the lanes that `stop` has returned last */
    /* Advances all occupied lanes by the library, until some end; emitted code may do it instead. */
    const struct lanes_step *step;
};

#endif
