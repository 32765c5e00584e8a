/* Runs of one network in lockstep: its tables, and how runs enter and leave lanes. */
#include <stdlib.h>
#include <string.h>

#include "rt_lanes.h"
#include "runtime/rt_run.h"

enum { ONE_VECTOR = 8 };

const struct lanes_step *rt_lanes_step(void)
{
    return rt_lanes_avx512.is_here() ? &rt_lanes_avx512 : rt_lanes_avx2.is_here() ? &rt_lanes_avx2 : NULL;
}

static void make_reaction(struct lanes *L, int32_t j)
{
    const struct crnl_model *m = L->m;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        for (double i = 0; i < m->lhs_count[e]; i++) {
            L->species[j][L->order[j]] = m->lhs_species[e];
            L->less[j][L->order[j]++] = i;
        }
    }
}

static void make_changes(struct lanes *L)
{
    const struct crnl_model *m = L->m;
    int32_t column_of[LANES_SPECIES];
    memset(column_of, -1, sizeof column_of);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            int32_t s = m->net_species[i];
            if (column_of[s] < 0) {
                column_of[s] = L->n_columns;
                L->column[L->n_columns++] = s;
            }
            L->change[column_of[s]][j] = m->net_delta[i];
        }
    }
}

const char *crnl_lockstep_refusal(const struct crnl_model *m)
{
    if (m->n_reactions == 0 || m->n_reactions > LANES_REACTIONS || m->n_species > LANES_SPECIES) {
        return m->n_reactions == 0 ? "no reactions" : "more than 64 reactions or species";
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (rt_law(m, j) >= 0) {
            return "a law";
        }
        if (rt_reaction_order(m, j) > LANES_ORDER) {
            return "a reaction of more than 4 molecules";
        }
    }
    if (m->n_events > 0 || m->n_phases > 0 || m->n_turns > 0) {
        return "events, phases or rates that change with time";
    }
    if (m->n_assumes > 0) {
        return "an assumption, which is checked at each event";
    }
    for (int32_t i = 0; i < m->n_stats; i++) {
        if (rt_is_path_stat(&m->stat[i])) {
            return "averages along the trajectory";
        }
    }
    return NULL;
}

struct lanes *rt_lanes_create(const struct crnl_model *m, const double *k)
{
    if (!rt_lanes_step() || crnl_lockstep_refusal(m)) {
        return NULL;
    }
    struct lanes *L = aligned_alloc(64, (sizeof *L + 63) / 64 * 64);
    if (!L) {
        return NULL;
    }
    memset(L, 0, sizeof *L);
    L->m = m;
    L->n_reactions = m->n_reactions;
    L->n_groups = (m->n_reactions + CRNL_FAN - 1) / CRNL_FAN;
    /* With few reactions one vector suffices: it has no waiting time that a second one could fill. */
    int wide = rt_lanes_step()->wide;
    L->wide = m->n_reactions <= ONE_VECTOR ? wide / LANES_VECTORS : wide;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        L->k[j] = k[j];
        make_reaction(L, j);
    }
    make_changes(L);
    for (int lane = 0; lane < LANES_MOST; lane++) {
        L->t_next[lane] = -1;
    }
    for (int i = 0; i < 256; i++) {
        L->layer[i].limit = crnl_zig_k[i];
        L->layer[i].width = crnl_zig_w[i];
    }
    return L;
}

void rt_lanes_put(struct lanes *L, int lane, struct crnl_ssa *w, double t_stop, int64_t budget)
{
    for (int32_t s = 0; s < L->m->n_species; s++) {
        L->x[s][lane] = w->x[s];
    }
    for (int i = 0; i < 4; i++) {
        L->rng[i][lane] = w->rng.s[i];
    }
    L->t[lane] = w->t;
    L->t_next[lane] = w->t_next;
    L->t_stop[lane] = t_stop;
    L->left[lane] = L->budget[lane] = budget;
    L->w[lane] = w;
}

void rt_lanes_read(const struct lanes *L, int lane)
{
    double *x = L->w[lane]->x;
    for (int32_t s = 0; s < L->m->n_species; s++) {
        x[s] = L->x[s][lane];
    }
}

void rt_lanes_take(struct lanes *L, int lane)
{
    struct crnl_ssa *w = L->w[lane];
    rt_lanes_read(L, lane);
    for (int i = 0; i < 4; i++) {
        w->rng.s[i] = L->rng[i][lane];
    }
    w->t = L->end[lane] == LANES_TIME ? L->t_stop[lane] : L->t[lane];
    w->t_next = L->t_next[lane];
    w->events += L->budget[lane] - L->left[lane];
    L->w[lane] = NULL;
}

int32_t rt_lanes_last_positive(const struct lanes *L, int lane, int32_t group)
{
    int32_t end = (group + 1) * CRNL_FAN < L->n_reactions ? (group + 1) * CRNL_FAN : L->n_reactions;
    for (int32_t j = end - 1; j > group * CRNL_FAN; j--) {
        double a = L->k[j];
        for (int32_t i = 0; i < L->order[j]; i++) {
            a *= L->x[L->species[j][i]][lane] - L->less[j][i];
        }
        if (a > 0) {
            return j;
        }
    }
    return group * CRNL_FAN;
}
