/* Runs of one network in lockstep, one in each lane of vectors. What a lane computes is what the table and
 * the unrolled kernel compute, operation by operation, so it has their bytes whatever the other lanes do. */
#ifndef RT_LANES_H
#define RT_LANES_H

#include "runtime/rt_model.h"

/* Two vectors go on in turn, so that what one waits for the other fills. */
enum { LANES_VECTORS = 2, LANES_MOST = 16, LANES_REACTIONS = 64, LANES_SPECIES = 64, LANES_ORDER = 4 };
enum { LANES_GROUPS = LANES_REACTIONS / CRNL_FAN };

/* How a lane has ended. It is in its struct crnl_ssa as the kernel would leave it, but for ODD: there it
 * is before a step that the kernel has to take. */
enum lanes_end { LANES_TIME, LANES_EVENTS, LANES_ODD };

struct lanes {
    const struct crnl_model *m;
    int32_t n_reactions, n_groups, n_columns; /* groups of CRNL_FAN reactions */
    int wide;                                 /* lanes that are of use */
    double k[LANES_REACTIONS];
    /* A propensity is k times the factors x[species] - less, in this order. */
    int32_t order[LANES_REACTIONS], species[LANES_REACTIONS][LANES_ORDER];
    double less[LANES_REACTIONS][LANES_ORDER];
    struct {
        _Alignas(16) uint64_t limit;
        double width;
    } layer[256];                  /* of the ziggurat, side by side */
    int32_t column[LANES_SPECIES]; /* the species that reactions change */
    _Alignas(64) double change[LANES_SPECIES][LANES_REACTIONS];
    _Alignas(64) double x[LANES_SPECIES][LANES_MOST];
    _Alignas(64) uint64_t rng[4][LANES_MOST];
    _Alignas(64) double t[LANES_MOST], t_next[LANES_MOST], t_stop[LANES_MOST];
    _Alignas(64) int64_t left[LANES_MOST], budget[LANES_MOST];
    struct crnl_ssa *w[LANES_MOST]; /* NULL: the lane is free */
    enum lanes_end end[LANES_MOST];
    /* Before a lane ends at t_stop, with amounts x[.][lane]: true if it need not, since t_stop[lane] was
     * moved on. NULL: each lane ends there. */
    bool (*passes)(void *env, int lane);
    void *env;
};

/* NULL: no lockstep for this network, or on this processor. Free it. */
struct lanes *rt_lanes_create(const struct crnl_model *m, const double *k);
/* A free lane gets a run, on to t_stop or for some more events. */
void rt_lanes_put(struct lanes *L, int lane, struct crnl_ssa *w, double t_stop, int64_t budget);
/* The amounts of a lane to those of its struct crnl_ssa. */
void rt_lanes_read(const struct lanes *L, int lane);
/* A lane is free; its run is in its struct crnl_ssa. */
void rt_lanes_take(struct lanes *L, int lane);

/* The last reaction of a group that can fire in a lane. */
int32_t rt_lanes_last_positive(const struct lanes *L, int lane, int32_t group);

/* All lanes that are not free go on until some end: those, a bit each. */
struct lanes_step {
    const char *name;
    int wide; /* lanes of all vectors */
    bool (*is_here)(void);
    unsigned (*step)(struct lanes *L);
};
extern const struct lanes_step rt_lanes_avx512, rt_lanes_avx2;
const struct lanes_step *rt_lanes_step(void); /* the widest; NULL: none */

#endif
