/* States of a course: those that were kept, and those that were thinned out and are computed again. */
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"

bool course_is_instant(const struct course_item *i)
{
    return i->index || crnl_same_time(i->t, i->t_to) || i->t_to - i->t < 0x1p-1000;
}

/* Repeats the course from the last item that has a state through `at`. All items between them are complete
 * steps, or values that were read between these. */
static void replay(struct adjoint *a, int64_t at)
{
    int64_t first = at;
    size_t n = (size_t)a->n;
    while (a->c->item[first].state == COURSE_NO_STATE) {
        first--;
    }
    size_t need = (size_t)(at - first + 1) * n;
    if (need > a->segment_cap) {
        free(a->segment);
        a->segment = rt_alloc(need, sizeof *a->segment);
        a->segment_cap = need;
    }
    const double *x = a->c->number + a->c->item[first].state;
    for (int64_t k = first; k <= at; k++) {
        const struct course_item *i = &a->c->item[k];
        double *to = a->segment + (size_t)(k - first) * n;
        if (i->kind == COURSE_STEP) {
            memcpy(to, x, n * sizeof *to);
            if (!course_is_instant(i)) {
                adjoint_rk_end(a, i, to, a->replayed);
                x = a->replayed;
            }
        } else if (!i->inside) {
            memcpy(to, x, n * sizeof *to);
        }
    }
    a->first_item = first;
    a->last_item = at;
}

const double *adjoint_state(struct adjoint *a, int64_t at)
{
    const struct course_item *i = &a->c->item[at];
    if (i->state != COURSE_NO_STATE) {
        return a->c->number + i->state;
    }
    if (!a->segment || at < a->first_item || at > a->last_item) {
        replay(a, at);
    }
    return a->segment + (size_t)(at - a->first_item) * (size_t)a->n;
}
