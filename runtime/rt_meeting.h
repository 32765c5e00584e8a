/* Places of a program where several of its parts wait for one another, so that what all of them need is done
 * for all at once. The parts are fibers of one thread: each has a stack, and goes on until it is over or
 * waits. What comes of a part does not depend on whom it meets. */
#ifndef RT_MEETING_H
#define RT_MEETING_H

#include <stdbool.h>

struct rt_meeting;

/* What is done for those that wait for it, whenever no part of the thread can go on. */
struct rt_gathering {
    int most;                                      /* at once */
    bool (*fits)(const void *a, const void *b);    /* whether it may be done for both at once */
    void (*together)(void *const *request, int n); /* n >= 1 */
};

/* n parts, body(env, meeting) each; returns when all are over. For a single part the meeting is NULL. */
void rt_meeting_run(int n, void (*body)(void *env, struct rt_meeting *m), void *env);
/* Returns when what was asked for has been done. m NULL: done for this one alone. */
void rt_meet(struct rt_meeting *m, const struct rt_gathering *of, void *request);

#endif
