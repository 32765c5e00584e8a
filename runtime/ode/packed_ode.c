/* Right sides by those reactions whose rate constant is not 0 at present, packed. Operations and sums are
 * those of the table (table_ode.c), in its order, so both agree to the last bit except for the sign of a
 * zero.
 *
 * Reactions are sorted by their numbers of factors, so that the loops over rates have no branches. A term is
 * the contribution of a reaction to an amount: its rate times the change. Nearly all changes are 1 or -1, and
 * their terms are the rate itself and the negative rate, which all amounts of the reaction share. The
 * derivative of an amount is the sum of its terms in the order of reactions. Eight amounts with about the
 * same number of terms are summed side by side, and none is written before it is complete. A few amounts may
 * have far more terms than all others, as a receptor that takes part in most reactions: those are summed in
 * pairs, as a group of eight would go through the terms of the longest sum eight times.
 *
 * packed_lanes.h has the loops, for one run and for several side by side. For those reactions are packed in
 * parts, since their terms together are more than the nearest cache holds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "packed_lanes.h"
#include "runtime/crnl_csr.h"
#include "runtime/rt_clones.h"

enum { FACTORS = PACKED_FACTORS, PAIR = PACKED_PAIR, SIDE = PACKED_SIDE };

static int32_t most_terms(const struct rt_packed *p, const struct crnl_model *m, int32_t *count)
{
    int32_t most = 0;
    for (int32_t e = m->net_ptr[p->from]; e < m->net_ptr[p->to]; e++) {
        int32_t c = ++count[m->net_species[e]];
        most = c > most ? c : most;
    }
    return most;
}

struct rt_packed *rt_packed_create(const struct crnl_model *m)
{
    return rt_packed_part(m, 0, m->n_reactions);
}

struct rt_packed *rt_packed_part(const struct crnl_model *m, int32_t from, int32_t to)
{
    struct rt_packed *p = rt_alloc(1, sizeof *p);
    size_t n = (size_t)(to - from), changes = (size_t)(m->net_ptr[to] - m->net_ptr[from]),
           n_species = (size_t)m->n_species;
    p->from = from;
    p->to = to;
    for (int i = 0; i < FACTORS; i++) {
        p->factor[i] = rt_alloc(n, sizeof *p->factor[i]);
    }
    p->k = rt_alloc(n, sizeof *p->k);
    p->term = rt_alloc(2 * n + changes + 1, sizeof *p->term);
    p->other_rate = rt_alloc(changes, sizeof *p->other_rate);
    p->other = rt_alloc(changes, sizeof *p->other);
    p->species = rt_alloc(n_species + SIDE, sizeof *p->species);
    p->start = rt_alloc(n_species + 2, sizeof *p->start);
    p->count = rt_alloc(n_species, sizeof *p->count);
    p->place = rt_alloc(n_species, sizeof *p->place);
    p->slot = rt_alloc(n, sizeof *p->slot);
    p->most = most_terms(p, m, p->count);
    p->bucket = rt_alloc((size_t)p->most + 2, sizeof *p->bucket);
    /* Amounts are sorted by their number of terms. So the padding of the groups is at most SIDE times the sum
     * of the differences of these numbers, which is the largest number, plus that of the last group. */
    p->list = rt_alloc(changes / 2 + SIDE * ((size_t)p->most + 1), sizeof *p->list);
    return p;
}

void rt_packed_destroy(struct rt_packed *p)
{
    if (!p) {
        return;
    }
    void *const array[] = {p->factor[0],  p->factor[1], p->factor[2], p->k,     p->term,
                           p->other_rate, p->other,     p->species,   p->start, p->list,
                           p->count,      p->place,     p->bucket,    p->slot};
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

/* Finds the place of each reaction; returns false if one cannot be packed. */
static bool place_reactions(struct rt_packed *p, const struct crnl_model *m, const double *k)
{
    memset(p->first, 0, sizeof p->first);
    for (int32_t j = p->from; j < p->to; j++) {
        int factors = k[j] == 0 ? 0 : factors_of(m, j);
        if (factors < 0) {
            return false;
        }
        if (k[j] != 0) {
            csr_count(p->first, factors);
        }
    }
    csr_open(p->first, FACTORS + 1);
    for (int32_t j = p->from; j < p->to; j++) {
        p->slot[j - p->from] = k[j] == 0 ? -1 : csr_place(p->first, factors_of(m, j));
    }
    return true;
}

static void fill_reaction(struct rt_packed *p, const struct crnl_model *m, int32_t j, double k)
{
    int32_t slot = p->slot[j - p->from];
    int n = 0;
    p->k[slot] = k;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        for (double c = 0; c < m->lhs_count[e]; c++) {
            p->factor[n++][slot] = m->lhs_species[e];
        }
    }
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        p->count[m->net_species[e]]++;
        if (fabs(m->net_delta[e]) != 1) {
            p->other_rate[p->n_other] = slot;
            p->other[p->n_other++] = m->net_delta[e];
        }
    }
}

/* Sorts amounts by their number of terms, most terms first. */
static void sort_species(struct rt_packed *p, int32_t n_species)
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
    for (int32_t i = n_species; i < n_species + SIDE; i++) {
        p->species[i] = -1;
    }
}

/* The width of the group that begins at this place. A round of a pair takes about half the time of a round of
 * eight, which is bound by its loads. */
static int32_t width_of_next(const struct rt_packed *p, int32_t n_species, int32_t at)
{
    int32_t rounds = p->count[p->species[at]],
            next = at + PAIR < n_species ? p->count[p->species[at + PAIR]] : 0;
    return 2 * next < rounds ? PAIR : SIDE;
}

/* Divides the sorted amounts into groups and makes room for the lists of each. A part is added to what the
 * others give, so amounts that it does not change are in no group. */
static void group_species(struct rt_packed *p, const struct crnl_model *m)
{
    int32_t at = 0, width = PAIR, n_species = m->n_species;
    bool is_whole = p->from == 0 && p->to == m->n_reactions;
    p->n_pairs = p->n_groups = 0;
    while (at < n_species && (is_whole || p->count[p->species[at]] > 0)) {
        width = width == PAIR ? width_of_next(p, n_species, at) : SIDE;
        p->n_pairs += width == PAIR;
        p->start[p->n_groups + 1] = p->start[p->n_groups] + width * p->count[p->species[at]];
        p->n_groups++;
        at += width;
    }
    for (int32_t i = 0; i < p->start[p->n_groups] / 2; i++) {
        p->list[i] = (uint64_t)p->zero << 32 | (uint32_t)p->zero;
    }
}

/* Makes this term the next one of the amount at this place, the i-th. */
static void put_term(struct rt_packed *p, int32_t place, int32_t i, int32_t term)
{
    int32_t beyond = place - PAIR * p->n_pairs,
            at = beyond < 0 ? p->start[place / PAIR] + PAIR * i + place % PAIR
                            : p->start[p->n_pairs + beyond / SIDE] + SIDE * i + beyond % SIDE;
    uint64_t other = p->list[at / 2] & (at % 2 ? UINT32_MAX : (uint64_t)UINT32_MAX << 32);
    p->list[at / 2] = other | (uint64_t)term << (at % 2 ? 32 : 0);
}

bool rt_packed_fill(struct rt_packed *p, const struct crnl_model *m, const double *k)
{
    if (!place_reactions(p, m, k)) {
        return false;
    }
    memset(p->count, 0, (size_t)m->n_species * sizeof *p->count);
    p->n_other = 0;
    for (int32_t j = p->from; j < p->to; j++) {
        if (p->slot[j - p->from] >= 0) {
            fill_reaction(p, m, j, k[j]);
        }
    }
    int32_t n = p->first[FACTORS + 1], other = 2 * n;
    p->zero = other + p->n_other;
    sort_species(p, m->n_species);
    group_species(p, m);
    memset(p->count, 0, (size_t)m->n_species * sizeof *p->count);
    for (int32_t j = p->from; j < p->to; j++) { /* in this order amounts add up their terms */
        for (int32_t e = m->net_ptr[j]; p->slot[j - p->from] >= 0 && e < m->net_ptr[j + 1]; e++) {
            int32_t s = m->net_species[e];
            double change = m->net_delta[e];
            int32_t term = change == 1    ? p->slot[j - p->from]
                           : change == -1 ? n + p->slot[j - p->from]
                                          : other++;
            put_term(p, p->place[s], p->count[s]++, term);
        }
    }
    return true;
}

RT_CLONES void rt_packed_rhs(const struct rt_packed *p, const double *x, double *dx)
{
    packed_sums(p, NULL, x, p->term, false, dx);
}
