/* How runs enter and leave lanes (crnl_lockstep.h), and how lanes advance. */
#ifndef RT_LANES_H
#define RT_LANES_H

#include "runtime/crnl_lockstep.h"
#include "runtime/rt_model.h"

/* Returns NULL if there is no lockstep for this network or on this processor. The caller frees the result. */
struct crnl_lockstep *rt_lanes_create(const struct crnl_model *m, const struct lanes_step *step);
/* Puts a run without a pending time into a free lane, to advance to t_stop or by some more events. */
void rt_lanes_put(struct crnl_lockstep *L, int lane, struct crnl_ssa *w, double t_stop, int64_t budget);
/* Copies the amounts of a lane to its struct crnl_ssa. */
void rt_lanes_read(const struct crnl_lockstep *L, int lane);
/* Frees a lane; its run is then in its struct crnl_ssa. */
void rt_lanes_take(struct crnl_lockstep *L, int lane);

/* Advances all occupied lanes until some end; returns these, a bit for each; 0: only emitted code could, and
 * there is none yet. */
unsigned rt_lanes_advance(struct crnl_lockstep *L);

/* The last reaction of a group that can fire in a lane. */
int32_t rt_lanes_last_positive(const struct crnl_lockstep *L, int lane, int32_t group);

/* Code for one width of vectors. */
struct lanes_step {
    const char *name;
    int wide;              /* lanes of all vectors */
    enum crnl_lanes level; /* of emitted code */
    bool (*is_here)(void);
    unsigned (*step)(struct crnl_lockstep *L); /* as rt_lanes_advance, by the library's loop */
    void (*draw)(struct crnl_lockstep *L);
};
extern const struct lanes_step rt_lanes_avx512, rt_lanes_avx2;
const struct lanes_step *rt_lanes_step(void); /* the widest; NULL: none */

#endif
