/* Runs of a network in lockstep, one in each lane of vectors. A lane performs the same operations as the
 * table and the unrolled kernel, so it gives the same bytes whatever the other lanes do. */
#ifndef RT_LANES_H
#define RT_LANES_H

#include "runtime/rt_model.h"

/* Two vectors advance alternately, so that one does useful work while the other waits. */
enum { LANES_VECTORS = 2, LANES_MOST = 16, LANES_REACTIONS = 64, LANES_SPECIES = 64, LANES_ORDER = 4 };
enum { LANES_GROUPS = LANES_REACTIONS / CRNL_FAN };

/* How a lane has ended. Its run is in its struct crnl_ssa as the kernel would leave it, except for ODD:
 * there it is before a step that the kernel must take. */
enum lanes_end { LANES_TIME, LANES_EVENTS, LANES_ODD };

struct lanes {
    const struct crnl_model *m;
    int32_t n_reactions, n_groups, n_columns; /* n_groups: groups of CRNL_FAN reactions */
    int wide;                                 /* number of useful lanes */
    double k[LANES_REACTIONS];
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
    _Alignas(64) uint64_t rng[4][LANES_MOST];
    _Alignas(64) double t[LANES_MOST], t_next[LANES_MOST], t_stop[LANES_MOST];
    _Alignas(64) int64_t left[LANES_MOST], budget[LANES_MOST];
    struct crnl_ssa *w[LANES_MOST]; /* NULL: the lane is free */
    enum lanes_end end[LANES_MOST];
    /* Called before a lane ends at t_stop, with amounts x[.][lane]: returns true if it need not end, because
     * t_stop[lane] was advanced. NULL: each lane ends there. */
    bool (*passes)(void *env, int lane);
    void *env;
};

/* Returns NULL if there is no lockstep for this network or on this processor. The caller frees the result. */
struct lanes *rt_lanes_create(const struct crnl_model *m, const double *k);
/* Puts a run into a free lane, to advance to t_stop or by some more events. */
void rt_lanes_put(struct lanes *L, int lane, struct crnl_ssa *w, double t_stop, int64_t budget);
/* Copies the amounts of a lane to its struct crnl_ssa. */
void rt_lanes_read(const struct lanes *L, int lane);
/* Frees a lane; its run is then in its struct crnl_ssa. */
void rt_lanes_take(struct lanes *L, int lane);

/* The last reaction of a group that can fire in a lane. */
int32_t rt_lanes_last_positive(const struct lanes *L, int lane, int32_t group);

/* Advances all occupied lanes until some end; returns these, a bit for each. */
struct lanes_step {
    const char *name;
    int wide; /* lanes of all vectors */
    bool (*is_here)(void);
    unsigned (*step)(struct lanes *L);
};
extern const struct lanes_step rt_lanes_avx512, rt_lanes_avx2;
const struct lanes_step *rt_lanes_step(void); /* the widest; NULL: none */

#endif
