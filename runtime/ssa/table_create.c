/* Creates the tables of the SSA kernel: which propensities depend on which species. */
#include <stdlib.h>

#include "runtime/crnl_csr.h"
#include "rt_table.h"

static bool is_fast(const struct crnl_model *m, int32_t j)
{
    return rt_law(m, j) < 0 && rt_reaction_order(m, j) <= 2;
}

static struct record make_record(const struct crnl_model *m, int32_t j)
{
    int32_t one = 2 * m->n_species, s[2] = {one, one}, n = 0;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        for (int32_t i = 0; i < (int32_t)m->lhs_count[e]; i++) {
            s[n++] = m->lhs_species[e] + i * m->n_species;
        }
    }
    return (struct record){0, s[0], s[1], j};
}

/* Lists the mass action reactions that depend on each species: fast ones as records, the others by number. */
static void create_dependents(struct table *T)
{
    const struct crnl_model *m = T->m;
    size_t n = (size_t)m->n_species;
    T->fast_ptr = rt_alloc(n + 2, sizeof *T->fast_ptr);
    T->slow_ptr = rt_alloc(n + 2, sizeof *T->slow_ptr);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t j = 0; j < m->n_reactions; j++) {
            if (rt_law(m, j) >= 0) {
                continue;
            }
            bool fast = is_fast(m, j);
            int32_t *ptr = fast ? T->fast_ptr : T->slow_ptr;
            for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
                int32_t s = m->lhs_species[e];
                if (pass == 0) {
                    csr_count(ptr, s);
                } else if (fast) {
                    T->fast[csr_place(ptr, s)] = make_record(m, j);
                    T->has_record[j] = true;
                } else {
                    T->slow[csr_place(ptr, s)] = j;
                }
            }
        }
        if (pass == 0) {
            T->fast = rt_alloc((size_t)csr_open(T->fast_ptr, m->n_species), sizeof *T->fast);
            T->slow = rt_alloc((size_t)csr_open(T->slow_ptr, m->n_species), sizeof *T->slow);
        }
    }
}

/* Whether the law of reaction i reads a species that reaction j changes; without gradients, all laws are
 * assumed to. */
static bool law_reads_change(const struct crnl_model *m, int32_t i, const uint8_t *changed)
{
    if (!m->grad_ptr) {
        return true;
    }
    for (int32_t e = m->grad_ptr[i]; e < m->grad_ptr[i + 1]; e++) {
        if (changed[m->grad_species[e]]) {
            return true;
        }
    }
    return false;
}

static void create_law_dependents(struct table *T)
{
    const struct crnl_model *m = T->m;
    int32_t n_laws = 0;
    int32_t *law = rt_alloc((size_t)m->n_reactions, sizeof *law);
    T->is_law = rt_alloc((size_t)m->n_reactions, sizeof *T->is_law);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (rt_law(m, j) >= 0) {
            law[n_laws++] = j;
            T->is_law[j] = true;
        }
    }
    if (n_laws > 0) {
        uint8_t *changed = rt_alloc((size_t)m->n_species, 1);
        int32_t n = 0, cap = 0;
        T->law_ptr = rt_alloc((size_t)m->n_reactions + 1, sizeof *T->law_ptr);
        for (int32_t j = 0; j < m->n_reactions; j++) {
            const int32_t *candidate = m->dep_ptr ? m->dep_reaction + m->dep_ptr[j] : law;
            int32_t n_candidates = m->dep_ptr ? m->dep_ptr[j + 1] - m->dep_ptr[j] : n_laws;
            for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
                changed[m->net_species[e]] = 1;
            }
            for (int32_t i = 0; i < n_candidates; i++) {
                if (T->is_law[candidate[i]] && (m->dep_ptr || law_reads_change(m, candidate[i], changed))) {
                    RT_GROW(T->law_dep, n, cap);
                    T->law_dep[n++] = candidate[i];
                }
            }
            for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
                changed[m->net_species[e]] = 0;
            }
            T->law_ptr[j + 1] = n;
        }
        free(changed);
    }
    free(law);
}

void *crnl_table_create(const struct crnl_model *m)
{
    struct table *T = rt_alloc(1, sizeof *T);
    T->m = m;
    int32_t n = m->n_reactions;
    do {
        struct level *l = &T->level[T->n_levels++];
        int32_t groups = (n + CRNL_FAN - 1) / CRNL_FAN;
        l->n = n;
        l->v = rt_alloc((size_t)(groups ? groups : 1) * CRNL_FAN, sizeof *l->v);
        l->dirty = rt_alloc((size_t)n, 1);
        l->list = rt_alloc((size_t)n + 2, sizeof *l->list);
        n = groups;
    } while (n > 1);
    T->y = rt_alloc(2 * (size_t)m->n_species + 1, sizeof *T->y);
    T->has_record = rt_alloc((size_t)m->n_reactions, sizeof *T->has_record);
    create_dependents(T);
    create_law_dependents(T);
    return T;
}

void crnl_table_destroy(void *table)
{
    struct table *T = table;
    if (!T) {
        return;
    }
    for (int32_t i = 0; i < T->n_levels; i++) {
        free(T->level[i].v);
        free(T->level[i].dirty);
        free(T->level[i].list);
    }
    free(T->y);
    free(T->fast_ptr);
    free(T->slow_ptr);
    free(T->fast);
    free(T->slow);
    free(T->law_ptr);
    free(T->law_dep);
    free(T->is_law);
    free(T->has_record);
    free(T);
}

void crnl_table_reset(void *table)
{
    ((struct table *)table)->fresh = false;
}
