/* The terms of a model for hybrid runs: which reactions jump and which flow, and which species each reads. */
#include <math.h>
#include <stdlib.h>

#include "runtime/crnl_csr.h"
#include "rt_hybrid.h"

/* Lists bulk species. Bulk that no reaction changes is constant between events: a factor of rates like any
 * other constant. */
static void list_bulk(struct rt_terms *t, const bool *is_smooth)
{
    const struct crnl_model *m = t->m;
    bool *moves = rt_alloc((size_t)m->n_species + 1, 1);
    t->bulk_of = rt_alloc((size_t)m->n_species, sizeof *t->bulk_of);
    t->species = rt_alloc((size_t)m->n_species, sizeof *t->species);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            moves[m->net_species[e]] |= is_smooth ? is_smooth[j] : true;
        }
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        bool is_bulk = moves[s] && (is_smooth || m->species_kind[s] == CRNL_BULK);
        t->bulk_of[s] = is_bulk ? t->n_bulk : -1;
        if (is_bulk) {
            t->species[t->n_bulk++] = s;
        }
    }
    free(moves);
}

static void sort_reactions(struct rt_terms *t, const bool *is_smooth)
{
    const struct crnl_model *m = t->m;
    t->is_smooth = rt_alloc((size_t)m->n_reactions, 1);
    t->fires = rt_alloc((size_t)m->n_reactions, 1);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            bool bulk = t->bulk_of[m->net_species[e]] >= 0;
            t->is_smooth[j] |= bulk;
            t->fires[j] |= !bulk;
        }
        t->is_smooth[j] = t->is_smooth[j] && !t->fires[j];
        if (is_smooth) {
            t->is_smooth[j] = is_smooth[j];
            t->fires[j] = !is_smooth[j] && m->net_ptr[j] < m->net_ptr[j + 1];
            t->n_more += is_smooth[j];
        }
    }
    t->n_more += is_smooth != NULL;
}

static void list_reactants(struct rt_terms *t)
{
    const struct crnl_model *m = t->m;
    size_t n = (size_t)m->n_reactions + 1;
    int32_t n_factors = 0, n_powers = 0, cap_factors = 0, cap_powers = 0;
    t->factor_ptr = rt_alloc(n, sizeof *t->factor_ptr);
    t->power_ptr = rt_alloc(n, sizeof *t->power_ptr);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1] && rt_law(m, j) < 0; e++) {
            int32_t s = m->lhs_species[e];
            if (t->bulk_of[s] >= 0) {
                RT_GROW(t->power, n_powers, cap_powers);
                t->power[n_powers++] = (struct rt_power){
                    .bulk = t->bulk_of[s], .n = m->lhs_count[e], .falls = m->species_kind[s] != CRNL_BULK};
                continue;
            }
            for (double less = 0; less < m->lhs_count[e]; less++) {
                RT_GROW(t->factor, n_factors, cap_factors);
                t->factor[n_factors++] = (struct rt_factor){s, m->species_kind[s] == CRNL_BULK ? 0 : less};
            }
        }
        t->factor_ptr[j + 1] = n_factors;
        t->power_ptr[j + 1] = n_powers;
    }
}

/* ---- Which reactions read a species ---- */

/* The reactions whose factors read a discrete species, each once. */
struct readers {
    int32_t *ptr, *list;
};

static struct readers find_readers(const struct rt_terms *t)
{
    const struct crnl_model *m = t->m;
    struct readers r = {rt_alloc((size_t)m->n_species + 2, sizeof *r.ptr), NULL};
    int32_t *last = rt_alloc((size_t)m->n_species, sizeof *last);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t s = 0; s < m->n_species; s++) {
            last[s] = -1;
        }
        for (int32_t j = 0; j < m->n_reactions; j++) {
            for (int32_t e = t->factor_ptr[j]; e < t->factor_ptr[j + 1]; e++) {
                int32_t s = t->factor[e].species;
                if (last[s] != j && pass == 0) {
                    csr_count(r.ptr, s);
                } else if (last[s] != j) {
                    r.list[csr_place(r.ptr, s)] = j;
                }
                last[s] = j;
            }
        }
        if (pass == 0) {
            r.list = rt_alloc((size_t)csr_open(r.ptr, m->n_species) + 1, sizeof *r.list);
        }
    }
    free(last);
    return r;
}

static int32_t collect(const struct rt_terms *t, const struct readers *r, int32_t j, const bool *which,
                       int32_t *mark, int32_t **list, int32_t n, int32_t *cap)
{
    const struct crnl_model *m = t->m;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        int32_t s = m->net_species[e];
        for (int32_t i = r->ptr[s]; i < r->ptr[s + 1]; i++) {
            int32_t other = r->list[i];
            if (which[other] && mark[other] != j + 1) {
                mark[other] = j + 1;
                RT_GROW(*list, n, *cap);
                (*list)[n++] = other;
            }
        }
    }
    return n;
}

static void list_dependents(struct rt_terms *t)
{
    const struct crnl_model *m = t->m;
    size_t n = (size_t)m->n_reactions + 1;
    struct readers r = find_readers(t);
    int32_t *mark = rt_alloc(n, sizeof *mark), *marked = rt_alloc((size_t)t->n_bulk + 1, sizeof *marked);
    int32_t n_dep = 0, n_smooth = 0, n_moved = 0, cap_dep = 0, cap_smooth = 0, cap_moved = 0;
    t->dep_ptr = rt_alloc(n, sizeof *t->dep_ptr);
    t->smooth_ptr = rt_alloc(n, sizeof *t->smooth_ptr);
    t->moved_ptr = rt_alloc(n, sizeof *t->moved_ptr);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t before = n_smooth;
        if (t->fires[j]) {
            n_dep = collect(t, &r, j, t->fires, mark, &t->dep, n_dep, &cap_dep);
            n_smooth = collect(t, &r, j, t->is_smooth, mark, &t->smooth, n_smooth, &cap_smooth);
        }
        for (int32_t i = before; i < n_smooth; i++) {
            int32_t of = t->smooth[i];
            for (int32_t e = m->net_ptr[of]; e < m->net_ptr[of + 1]; e++) {
                int32_t b = t->bulk_of[m->net_species[e]];
                if (marked[b] != j + 1) {
                    marked[b] = j + 1;
                    RT_GROW(t->moved, n_moved, cap_moved);
                    t->moved[n_moved++] = b;
                }
            }
        }
        t->dep_ptr[j + 1] = n_dep;
        t->smooth_ptr[j + 1] = n_smooth;
        t->moved_ptr[j + 1] = n_moved;
    }
    free(mark);
    free(marked);
    free(r.ptr);
    free(r.list);
}

static void list_bulk_readers(struct rt_terms *t)
{
    const struct crnl_model *m = t->m;
    int32_t cap = 0;
    t->reader_ptr = rt_alloc((size_t)t->n_bulk + 2, sizeof *t->reader_ptr);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        bool varies = t->fires[j] && rt_law(m, j) >= 0;
        for (int32_t e = t->power_ptr[j]; e < t->power_ptr[j + 1] && t->fires[j]; e++) {
            csr_count(t->reader_ptr, t->power[e].bulk);
            varies = true;
        }
        if (varies) {
            RT_GROW(t->varying, t->n_varying, cap);
            t->varying[t->n_varying++] = j;
        }
    }
    t->reader = rt_alloc((size_t)csr_open(t->reader_ptr, t->n_bulk) + 1, sizeof *t->reader);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = t->power_ptr[j]; e < t->power_ptr[j + 1] && t->fires[j]; e++) {
            t->reader[csr_place(t->reader_ptr, t->power[e].bulk)] = j;
        }
    }
}

/* The degree of a smooth reaction's rate in the only bulk species that it reads and changes; -1 if it has
 * another form. */
static int32_t own_degree(const struct rt_terms *t, int32_t j, int32_t bulk)
{
    int32_t from = t->power_ptr[j], n = t->power_ptr[j + 1] - from;
    if (n == 0) {
        return 0;
    }
    bool own = n == 1 && t->power[from].bulk == bulk && t->power[from].n <= 2;
    return own ? (int32_t)t->power[from].n : -1;
}

static void list_swings(struct rt_terms *t)
{
    const struct crnl_model *m = t->m;
    int32_t n = 0, cap = 0;
    t->swing_ptr = rt_alloc((size_t)m->n_reactions + 1, sizeof *t->swing_ptr);
    t->is_closed = t->n_more == 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        t->is_closed &= rt_law(m, j) < 0;
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1] && t->is_smooth[j]; e++) {
            int32_t b = t->bulk_of[m->net_species[e]], degree = own_degree(t, j, b);
            t->is_closed &= degree >= 0;
            RT_GROW(t->swing, n, cap);
            t->swing[n++] = (struct rt_swing){b, degree, m->net_delta[e]};
        }
        t->swing_ptr[j + 1] = n;
    }
}

void rt_terms_create(struct rt_terms *t, const struct crnl_model *m, const bool *is_smooth)
{
    *t = (struct rt_terms){.m = m};
    list_bulk(t, is_smooth);
    sort_reactions(t, is_smooth);
    list_reactants(t);
    list_dependents(t);
    list_bulk_readers(t);
    list_swings(t);
}

void rt_terms_free(struct rt_terms *t)
{
    void *owned[] = {t->species,    t->bulk_of,   t->is_smooth, t->fires,   t->factor_ptr,
                     t->power_ptr,  t->factor,    t->power,     t->dep_ptr, t->dep,
                     t->smooth_ptr, t->smooth,    t->moved_ptr, t->moved,   t->reader,
                     t->reader_ptr, t->swing_ptr, t->swing,     t->varying};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) {
        free(owned[i]);
    }
}

bool rt_terms_counts_molecules(const struct rt_terms *t, int32_t j)
{
    const struct crnl_model *m = t->m;
    bool counts = false;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        counts |= m->species_kind[m->net_species[e]] != CRNL_BULK;
    }
    return counts;
}

double rt_terms_rate(const struct rt_terms *t, int32_t j, const struct crnl_ssa *w, const double *x,
                     double at)
{
    if (rt_law(t->m, j) >= 0) {
        return rt_propensity(t->m, j, w->k, x, at, w->p, w->inv_volume);
    }
    double a = rt_terms_counts(t, j, w->k[j], x);
    for (int32_t e = t->power_ptr[j]; e < t->power_ptr[j + 1]; e++) {
        const struct rt_power *p = &t->power[e];
        double of = x[t->species[p->bulk]];
        for (double less = 0; p->falls && less < p->n; less++) {
            a *= fmax(of - less, 0);
        }
        a = p->falls ? a : rt_times_power(a, of, p->n);
    }
    return a;
}
