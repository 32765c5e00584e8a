/* Whether clamping preserves reachability (paper 000, section 3.1). Clamped amounts stay because the
 * reactions that change them are switched off. The law at infinite time is the conditional one only if the
 * other species reach all states that the whole network reaches with the same clamped amounts. */
#include <stdlib.h>

#include "rt_cme.h"

enum { MOST_OPEN = 1 << 17 };

static bool is_as_clamped(const struct rt_states *open, int64_t i)
{
    const struct rt_job *job = open->job;
    const int32_t *amount = open->amount + i * open->n_changing;
    for (int32_t c = 0; c < open->n_changing; c++) {
        int32_t s = open->changing[c];
        if (job->fixed[s] == CRNL_CLAMP && amount[c] != (int32_t)job->x0[s]) {
            return false;
        }
    }
    return true;
}

/* Writes the amounts of species that change, as in "A + 2 B". */
static void put_state(struct rt_buffer *b, const struct rt_states *s, int64_t i)
{
    bool any = false;
    for (int32_t c = 0; c < s->n_changing; c++) {
        int32_t n = s->amount[i * s->n_changing + c];
        const char *name = s->job->m->species_name[s->changing[c]];
        rt_put(b, n > 0 && any ? " + " : "");
        if (n > 1) {
            rt_putf(b, "%d ", (int)n);
        }
        rt_put(b, n > 0 ? name : "");
        any |= n > 0;
    }
    rt_put(b, any ? "" : "0");
}

/* The first state of the whole network that has the clamped amounts but cannot be reached by the clamped
 * network, or -1. */
static int64_t find_witness(const struct rt_states *s, const struct rt_states *open)
{
    for (int64_t i = 0; i < open->n; i++) {
        if (is_as_clamped(open, i) && !rt_states_has(s, open->amount + i * open->n_changing)) {
            return i;
        }
    }
    return -1;
}

static bool is_clamped_only(const struct rt_job *job)
{
    bool any = false;
    for (int32_t s = 0; job->fixed && s < job->m->n_species; s++) {
        any |= job->fixed[s] != 0;
        if (job->fixed[s] == CRNL_HOLD) {
            return false;
        }
    }
    return any;
}

void rt_states_check_clamped(const struct rt_states *s, struct rt_recorder *r)
{
    if (!is_clamped_only(s->job) || s->leak > 0) {
        return;
    }
    struct rt_job whole = *s->job;
    struct rt_states open = {0};
    whole.k = s->job->k_open;
    rt_states_open(&open, &whole, -1, false);
    if (rt_states_find(&open, r,
                       MOST_OPEN)) { /* an error of the whole network does not concern the clamped one */
        rt_error_free(&r->error);
        r->error = (struct rt_error){0};
    } else {
        int64_t witness = find_witness(s, &open);
        if (witness >= 0) {
            rt_put(&r->notes, "warning: with clamped amounts the state ");
            put_state(&r->notes, &open, witness);
            rt_putf(
                &r->notes,
                " is not reached, which `%s` reaches without clamps: the law is not the conditional one\n",
                s->job->m->name);
        }
    }
    rt_states_free(&open);
}
