#include "rt_fixed.h"

#include <stdlib.h>
#include <string.h>

static bool is_given(const struct rt_network *n, int32_t s)
{
    return n->amount_with.any && n->amount_with.set[s];
}

/* A species that reaction j changes and that is clamped or, with `free`, neither fixed nor given an amount by
 * `with`; -1 if there is none. */
static int32_t changed_species(const struct rt_network *n, int32_t j, bool free)
{
    for (int32_t e = n->m->net_ptr[j]; e < n->m->net_ptr[j + 1]; e++) {
        int32_t s = n->m->net_species[e];
        if (free ? !n->fixed[s] && !is_given(n, s) : n->fixed[s] == CRNL_CLAMP) {
            return s;
        }
    }
    return -1;
}

void rt_warn_clamped(struct crnl_ctx *ctx, int32_t line, struct rt_network *n)
{
    const struct crnl_model *m = n->m;
    for (int32_t j = 0; n->any_fixed && !n->told_clamped && j < m->n_reactions; j++) {
        int32_t clamped = changed_species(n, j, false),
                other = clamped < 0 ? -1 : changed_species(n, j, true);
        if (other < 0) {
            continue;
        }
        struct rt_buffer text = {0};
        rt_put_reaction(&text, m, j);
        rt_warn_at(ctx, line,
                   "`clamp` of `%s.%s` switches off reactions that change `%s` too, which is free\n  "
                   "note: such as %s",
                   m->name, m->species_name[clamped], m->species_name[other], text.data);
        rt_buffer_free(&text);
        n->told_clamped = true;
    }
}

const struct crnl_model *rt_hold_model(const struct rt_network *n, struct crnl_model *held)
{
    const struct crnl_model *m = n->m;
    bool any = false;
    for (int32_t s = 0; s < m->n_species; s++) {
        any |= n->fixed[s] == CRNL_HOLD;
    }
    if (!any) {
        return m;
    }
    int32_t n_changes = m->net_ptr[m->n_reactions], at = 0;
    int32_t *ptr = rt_alloc((size_t)m->n_reactions + 1, sizeof *ptr);
    int32_t *species = rt_alloc((size_t)n_changes, sizeof *species);
    double *delta = rt_alloc((size_t)n_changes, sizeof *delta);
    int64_t *count = m->net_count ? rt_alloc((size_t)n_changes, sizeof *count) : NULL;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            if (n->fixed[m->net_species[e]] != CRNL_HOLD) {
                species[at] = m->net_species[e];
                if (count) {
                    count[at] = m->net_count[e];
                }
                delta[at++] = m->net_delta[e];
            }
        }
        ptr[j + 1] = at;
    }
    *held = *m;
    held->net_ptr = ptr;
    held->net_species = species;
    held->net_delta = delta;
    held->net_count = count;
    held->jac_nnz = 0; /* the pattern of the Jacobian depends on the changes, so it is computed again */
    held->jac_col = held->jac_row = held->jac_ptr = held->jac_pos = NULL;
    held->jac_delta = NULL;
    held->n_sums = 0;
    held->n_channels = 0;
    held->is_walked = 0;
    held->rhs = NULL;
    held->jac = NULL;
    held->reverse = NULL;
    held->ssa = NULL;
    held->ssa_lanes = NULL;
    held->gpu_code = NULL;
    held->gpu_refusal = "an amount is held";
    return held;
}

void rt_hold_end(struct rt_network *n)
{
    if (n->any_fixed) {
        memset(n->fixed, 0, (size_t)n->m->n_species);
        n->any_fixed = false;
    }
}

void rt_hold_free(struct crnl_model *held)
{
    if (held->net_ptr) {
        free((void *)(uintptr_t)held->net_ptr);
        free((void *)(uintptr_t)held->net_species);
        free((void *)(uintptr_t)held->net_delta);
        free((void *)(uintptr_t)held->net_count);
    }
}
