/* Right sides by those reactions whose rate constant is not 0 at present, packed. Operations and sums are
 * those of the table (table_ode.c), in its order, so both agree to the last bit except for the sign of a
 * zero.
 *
 * Reactions are sorted into classes by their numbers of factors and of changes, so that loops have no
 * branches and use vector instructions. A term is the contribution of a reaction to an amount: its rate times
 * the change. The derivative of an amount is the sum of its terms in the order of reactions. Eight amounts
 * with about the same number of terms are summed side by side, and none is written before it is complete. */
#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_csr.h"
#include "runtime/rt_clones.h"
#include "rt_ode.h"

/* The largest mean number of changes of a reaction: with 12 the packed sums take 0.86 of the table's time,
 * with 24 as long, with 53 (a network of paper 002) 1.3 times as long. */
enum { MANY_CHANGES = 24 };
enum { FACTORS = 3, SIDE = 8 };

struct rt_packed {
    int32_t n_classes; /* (FACTORS + 1) * most_changes */
    /* largest number of changes of a reaction, plus 1; class = factors * most_changes + changes */
    int32_t most_changes;
    int32_t *first; /* [n_classes + 1] first reaction of a class */
    /* [n_classes + 1] first term of a class: first changes of its reactions, then second changes, ... */
    int32_t *base;
    int32_t *factor[FACTORS];               /* [n] */
    double *k, *v;                          /* [n] constants and rates */
    double *change;                         /* of each term */
    double *term;                           /* [changes + 1]; the last one is 0 */
    int32_t n_groups;                       /* groups of SIDE amounts */
    int32_t *species;                       /* [n_groups * SIDE], -1: none */
    int32_t *ptr;                           /* [n_groups + 1] into list, in units of SIDE */
    int32_t *list;                          /* terms: those of the amounts of a group side by side */
    int32_t *count, *place, *bucket, *slot; /* scratch: of amounts; by counts; of reactions */
    int32_t most;                           /* most terms of an amount, if all reactions are active */
};

static int32_t most_terms(const struct crnl_model *m, int32_t *count)
{
    int32_t most = 0;
    for (int32_t e = 0; e < m->net_ptr[m->n_reactions]; e++) {
        int32_t c = ++count[m->net_species[e]];
        most = c > most ? c : most;
    }
    return most;
}

bool rt_packed_pays(const struct crnl_model *m)
{
    return m->net_ptr[m->n_reactions] <= MANY_CHANGES * (int64_t)m->n_reactions;
}

struct rt_packed *rt_packed_create(const struct crnl_model *m)
{
    struct rt_packed *p = rt_alloc(1, sizeof *p);
    size_t n = (size_t)m->n_reactions, changes = (size_t)m->net_ptr[m->n_reactions],
           groups = ((size_t)m->n_species + SIDE - 1) / SIDE;
    for (int i = 0; i < FACTORS; i++) {
        p->factor[i] = rt_alloc(n, sizeof *p->factor[i]);
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t more = m->net_ptr[j + 1] - m->net_ptr[j] + 1;
        p->most_changes = more > p->most_changes ? more : p->most_changes;
    }
    p->n_classes = (FACTORS + 1) * p->most_changes;
    p->first = rt_alloc((size_t)p->n_classes + 2, sizeof *p->first);
    p->base = rt_alloc((size_t)p->n_classes + 1, sizeof *p->base);
    p->v = rt_alloc(n, sizeof *p->v);
    p->k = rt_alloc(n, sizeof *p->k);
    p->change = rt_alloc(changes, sizeof *p->change);
    p->term = rt_alloc(changes + 1, sizeof *p->term);
    p->species = rt_alloc(groups * SIDE, sizeof *p->species);
    p->ptr = rt_alloc(groups + 1, sizeof *p->ptr);
    p->count = rt_alloc((size_t)m->n_species, sizeof *p->count);
    p->place = rt_alloc((size_t)m->n_species, sizeof *p->place);
    p->slot = rt_alloc(n, sizeof *p->slot);
    p->most = most_terms(m, p->count);
    p->bucket = rt_alloc((size_t)p->most + 2, sizeof *p->bucket);
    /* Amounts are sorted by their number of terms. So the padding of the groups is at most SIDE times the sum
     * of the differences of these numbers, which is the largest number, plus one round for each group. */
    p->list = rt_alloc(changes + SIDE * ((size_t)p->most + groups + 1), sizeof *p->list);
    p->n_groups = (int32_t)groups;
    return p;
}

void rt_packed_destroy(struct rt_packed *p)
{
    if (!p) {
        return;
    }
    void *const array[] = {p->factor[0], p->factor[1], p->factor[2], p->k,    p->v,     p->change,
                           p->term,      p->species,   p->ptr,       p->list, p->count, p->place,
                           p->bucket,    p->slot,      p->first,     p->base};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++) {
        free(array[i]);
    }
    free(p);
}

/* The number of factors of a reaction; -1 if they are too many, or the reaction has a law. */
static int factors_of(const struct crnl_model *m, int32_t j)
{
    double n = 0;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        n += m->lhs_count[e];
    }
    return rt_law(m, j) >= 0 || n > FACTORS ? -1 : (int)n;
}

static int32_t class_of(const struct rt_packed *p, const struct crnl_model *m, int32_t j, int factors)
{
    return factors * p->most_changes + m->net_ptr[j + 1] - m->net_ptr[j];
}

/* Finds the place of each reaction; returns false if one cannot be packed. */
static bool place_reactions(struct rt_packed *p, const struct crnl_model *m, const double *k)
{
    memset(p->first, 0, ((size_t)p->n_classes + 2) * sizeof *p->first);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int factors = k[j] == 0 ? 0 : factors_of(m, j);
        if (factors < 0) {
            return false;
        }
        if (k[j] != 0) {
            csr_count(p->first, class_of(p, m, j, factors));
        }
    }
    csr_open(p->first, p->n_classes);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        p->slot[j] = k[j] == 0 ? -1 : csr_place(p->first, class_of(p, m, j, factors_of(m, j)));
    }
    for (int32_t c = 0; c < p->n_classes; c++) {
        p->base[c + 1] = p->base[c] + (p->first[c + 1] - p->first[c]) * (c % p->most_changes);
    }
    return true;
}

/* The index of the term for change e of reaction j. */
static int32_t term_of(const struct rt_packed *p, const struct crnl_model *m, int32_t j, int32_t e)
{
    int32_t c = class_of(p, m, j, factors_of(m, j)), size = p->first[c + 1] - p->first[c];
    return p->base[c] + (e - m->net_ptr[j]) * size + p->slot[j] - p->first[c];
}

static void fill_reaction(struct rt_packed *p, const struct crnl_model *m, int32_t j, double k)
{
    int32_t slot = p->slot[j];
    int n = 0;
    p->k[slot] = k;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        for (double c = 0; c < m->lhs_count[e]; c++) {
            p->factor[n++][slot] = m->lhs_species[e];
        }
    }
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        p->count[m->net_species[e]]++;
    }
}

/* Sorts amounts by their number of terms, most terms first, and makes room for the lists of each group. */
static void group_species(struct rt_packed *p, int32_t n_species, int32_t zero)
{
    memset(p->bucket, 0, ((size_t)p->most + 2) * sizeof *p->bucket);
    for (int32_t s = 0; s < n_species; s++) {
        p->bucket[p->most - p->count[s] + 1]++;
    }
    for (int32_t i = 0; i <= p->most; i++) {
        p->bucket[i + 1] += p->bucket[i];
    }
    for (int32_t s = 0; s < n_species; s++) {
        p->place[s] = p->bucket[p->most - p->count[s]]++;
        p->species[p->place[s]] = s;
    }
    for (int32_t i = n_species; i < p->n_groups * SIDE; i++) {
        p->species[i] = -1;
    }
    for (int32_t g = 0; g < p->n_groups; g++) {
        p->ptr[g + 1] = p->ptr[g] + p->count[p->species[g * SIDE]];
    }
    for (int32_t i = 0; i < p->ptr[p->n_groups] * SIDE; i++) {
        p->list[i] = zero;
    }
}

bool rt_packed_fill(struct rt_packed *p, const struct crnl_model *m, const double *k)
{
    if (!place_reactions(p, m, k)) {
        return false;
    }
    memset(p->count, 0, (size_t)m->n_species * sizeof *p->count);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (p->slot[j] >= 0) {
            fill_reaction(p, m, j, k[j]);
        }
    }
    int32_t n_terms = p->base[p->n_classes];
    p->term[n_terms] = 0;
    group_species(p, m->n_species, n_terms);
    memset(p->count, 0, (size_t)m->n_species * sizeof *p->count);
    for (int32_t j = 0; j < m->n_reactions; j++) { /* in this order amounts add up their terms */
        for (int32_t e = m->net_ptr[j]; p->slot[j] >= 0 && e < m->net_ptr[j + 1]; e++) {
            int32_t s = m->net_species[e], term = term_of(p, m, j, e), at = p->place[s];
            p->change[term] = m->net_delta[e];
            p->list[(p->ptr[at / SIDE] + p->count[s]++) * SIDE + at % SIDE] = term;
        }
    }
    return true;
}

/* Computes the rates of the reactions with this number of factors: k x y z, from left to right. */
static inline __attribute__((always_inline)) void find_rates(const struct rt_packed *p, int n_factors,
                                                             const double *x)
{
    int32_t end = p->first[(n_factors + 1) * p->most_changes];
    for (int32_t i = p->first[n_factors * p->most_changes]; i < end; i++) {
        double v = p->k[i];
        for (int f = 0; f < n_factors; f++) {
            v *= x[p->factor[f][i]];
        }
        p->v[i] = v;
    }
}

static inline __attribute__((always_inline)) void find_terms(const struct rt_packed *p)
{
    for (int32_t c = 0; c < p->n_classes; c++) {
        int32_t size = p->first[c + 1] - p->first[c];
        for (int32_t at = p->base[c]; at < p->base[c + 1]; at += size) {
            const double *change = p->change + at, *v = p->v + p->first[c];
            double *restrict term = p->term + at;
            for (int32_t i = 0; i < size; i++) {
                term[i] = change[i] * v[i];
            }
        }
    }
}

RT_CLONES void rt_packed_rhs(const struct rt_packed *p, int32_t n_species, const double *x, double *dx)
{
    find_rates(p, 0, x);
    find_rates(p, 1, x);
    find_rates(p, 2, x);
    find_rates(p, 3, x);
    find_terms(p);
    for (int32_t g = 0; g < p->n_groups; g++) {
        double sum[SIDE] = {0};
        for (int32_t i = p->ptr[g]; i < p->ptr[g + 1]; i++) {
            for (int l = 0; l < SIDE; l++) {
                sum[l] += p->term[p->list[i * SIDE + l]];
            }
        }
        for (int l = 0; l < SIDE && g * SIDE + l < n_species; l++) {
            dx[p->species[g * SIDE + l]] = sum[l];
        }
    }
}
