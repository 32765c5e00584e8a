/* Hazards in a tree of sums. Each sum is recomputed from its members when one of them changes, so it does not
 * drift. */
#include <stdlib.h>

#include "rt_hybrid.h"

#include "runtime/rt_clones.h"

void rt_hazards_create(struct rt_hazards *h, int32_t n)
{
    *h = (struct rt_hazards){0};
    do {
        struct rt_hazard_level *l = &h->level[h->n_levels++];
        int32_t groups = n / CRNL_FAN + (n % CRNL_FAN != 0) + (n == 0);
        l->n = groups * CRNL_FAN;
        l->v = rt_alloc((size_t)l->n, sizeof *l->v);
        l->dirty = rt_alloc((size_t)l->n, 1);
        l->list = rt_alloc((size_t)l->n + 1, sizeof *l->list);
        n = groups;
    } while (n > 1 || h->n_levels < 2);
}

void rt_hazards_free(struct rt_hazards *h)
{
    for (int32_t i = 0; i < h->n_levels; i++) {
        free(h->level[i].v);
        free(h->level[i].dirty);
        free(h->level[i].list);
    }
}

static inline double group_sum(const double *v)
{
    const rt_four *a = (const rt_four *)v;
    rt_four sum = (a[0] + a[1]) + (a[2] + a[3]);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

void rt_hazards_sum(struct rt_hazards *h)
{
    for (int32_t i = 1; i < h->n_levels; i++) {
        struct rt_hazard_level *l = &h->level[i], *up = i + 1 < h->n_levels ? l + 1 : NULL;
        const double *v = h->level[i - 1].v;
        for (int32_t e = 0; e < l->n_list; e++) {
            int32_t g = l->list[e];
            l->v[g] = group_sum(v + (size_t)g * CRNL_FAN);
            l->dirty[g] = 0;
            if (up) {
                up->list[up->n_list] = g / CRNL_FAN;
                up->n_list += !up->dirty[g / CRNL_FAN];
                up->dirty[g / CRNL_FAN] = 1;
            }
        }
        l->n_list = 0;
    }
    h->total = group_sum(h->level[h->n_levels - 1].v);
}

static int32_t pick(const double *v, double *r)
{
    double sum = 0;
    int32_t last = -1;
    for (int32_t i = 0; i < CRNL_FAN; i++) {
        if (v[i] > 0) {
            last = i;
            if (sum + v[i] >= *r) {
                *r -= sum;
                return i;
            }
            sum += v[i];
        }
    }
    *r = last >= 0 ? v[last] : 0; /* rounding left none: takes the last positive one, at its end */
    return last >= 0 ? last : CRNL_FAN - 1;
}

int32_t rt_hazards_choose(const struct rt_hazards *h, double r, double *rest)
{
    int32_t at = 0;
    for (int32_t i = h->n_levels - 1; i >= 0; i--) {
        at = at * CRNL_FAN + pick(h->level[i].v + (size_t)at * CRNL_FAN, &r);
    }
    *rest = r;
    return at;
}
