/* Where the runs of an ensemble, or rows, proceed side by side: the lanes of vectors (lanes.c), or the
 * threads of a graphics processor (gpu_lanes.c). lockstep.c hands runs to lanes and takes them back. */
#ifndef RT_SIDE_H
#define RT_SIDE_H

#include "runtime/crnl_lockstep.h"
#include "rt_ssa.h"

struct rt_side {
    void *lanes;
    int wide; /* number of lanes */
    /* Called before a lane ends at its t_stop, when amounts are those of that time, read by `read`: returns
     * true if it need not end, because set_stop has advanced t_stop. NULL: each lane ends there. */
    bool (*passes)(void *env, int lane);
    bool (*stops)(void *env);                        /* all runs are to end */
    void (*tell)(void *env, const char *format, ...) /* a warning */
        __attribute__((format(printf, 2, 3)));
    void *env;
    const struct rt_side_code *code;
};

struct rt_side_code {
    /* Puts a run without a pending time into a free lane, to advance to t_stop or by some more events. */
    void (*put)(struct rt_side *d, int lane, struct crnl_ssa *w, double t_stop, int64_t budget);
    /* Sets whether condition `asked` of the model held when the run was last looked at; NaN: the run has no
     * such condition. */
    void (*hold)(struct rt_side *d, int lane, int32_t asked, double truth);
    void (*set_stop)(struct rt_side *d, int lane, double t_stop);
    void (*read)(struct rt_side *d, int lane); /* copies the amounts of a lane to its struct crnl_ssa */
    double (*time)(const struct rt_side *d, int lane);
    /* Advances all lanes with runs until some end. These have a bit in `ended` ([wide / 32]), and are free:
     * their runs are in their struct crnl_ssa. */
    void (*advance)(struct rt_side *d, uint32_t *ended);
    enum lanes_end (*end)(const struct rt_side *d, int lane);
    void (*destroy)(struct rt_side *d);
};

/* Begins with free lanes. False: there are none for such a job. n: number of runs. */
bool rt_lanes_begin(struct rt_side *d, const struct rt_ssa *s, int64_t n);
void rt_gpu_begin(struct rt_side *d, const struct rt_job *job);

#endif
