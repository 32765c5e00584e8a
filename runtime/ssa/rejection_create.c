/* Creates the tables of the rejection kernel: reactions as records, the readers of each species, groups. */
#include <stdlib.h>
#include <string.h>

#include "rt_rejection.h"
#include "runtime/crnl_csr.h"

static struct channel make_channel(const struct crnl_model *m, int32_t j)
{
    int32_t one = m->n_species, s[2] = {one, one}, n = 0;
    int32_t n_changes = m->net_ptr[j + 1] - m->net_ptr[j];
    struct channel c = {.is_general = n_changes > MOST_CHANGES || rt_reaction_order(m, j) > 2};
    for (int32_t e = m->lhs_ptr[j]; !c.is_general && e < m->lhs_ptr[j + 1]; e++) {
        for (int32_t i = 0; i < (int32_t)m->lhs_count[e]; i++) {
            s[n++] = m->lhs_species[e];
        }
    }
    for (int32_t i = 0; !c.is_general && i < n_changes; i++) {
        double d = m->net_delta[m->net_ptr[j] + i];
        c.is_general = d < INT8_MIN || d > INT8_MAX;
        c.delta[i] = c.is_general ? 0 : (int8_t)d;
        c.species[i] = m->net_species[m->net_ptr[j] + i];
    }
    c.s1 = s[0];
    c.s2 = s[1];
    c.pair = n == 2 && s[0] == s[1];
    c.n_changes = (uint8_t)(c.is_general ? 0 : n_changes);
    return c;
}

static void create_readers(struct rejection *r)
{
    const struct crnl_model *m = r->m;
    r->reader_ptr = rt_alloc((size_t)m->n_species + 2, sizeof *r->reader_ptr);
    r->reader = rt_alloc_table((size_t)m->lhs_ptr[m->n_reactions], sizeof *r->reader);
    for (int32_t e = 0; e < m->lhs_ptr[m->n_reactions]; e++) {
        struct interval *a = &r->amount[m->lhs_species[e]];
        csr_count(r->reader_ptr, m->lhs_species[e]);
        a->readers++;
        a->taken = m->lhs_count[e] > a->taken ? (float)m->lhs_count[e] : a->taken;
    }
    csr_open(r->reader_ptr, m->n_species);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        const struct channel *c = &r->channel[j];
        for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
            r->reader[csr_place(r->reader_ptr, m->lhs_species[e])] = (struct reader){
                .s1 = c->s1, .s2 = c->s2, .reaction = j, .pair = c->pair, .is_general = c->is_general};
        }
    }
}

void *rt_rejection_create(const struct crnl_model *m)
{
    struct rejection *r = rt_alloc(1, sizeof *r);
    size_t n = (size_t)m->n_reactions;
    r->m = m;
    r->amount = rt_alloc_table((size_t)m->n_species + 1, sizeof *r->amount);
    r->channel = rt_alloc_table(n, sizeof *r->channel);
    r->key = rt_alloc_table(n, sizeof *r->key);
    r->place = rt_alloc_table(n, sizeof *r->place);
    r->out = rt_alloc((size_t)m->n_species, sizeof *r->out);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        r->channel[j] = make_channel(m, j);
        r->key[j] = NO_KEY;
    }
    for (int i = 0; i < MOST_KEYS; i++) {
        r->where[i] = -1;
    }
    create_readers(r);
    return r;
}

void rt_rejection_destroy(void *kernel)
{
    struct rejection *r = kernel;
    for (int32_t i = 0; i < r->n_groups + r->n_spare; i++) {
        free(r->group[i].member);
    }
    free(r->group);
    free(r->sum);
    free(r->before);
    free(r->upto);
    free(r->amount);
    free(r->channel);
    free(r->reader_ptr);
    free(r->reader);
    free(r->key);
    free(r->place);
    free(r->out);
    free(r);
}

void rt_rejection_clear(struct rejection *r)
{
    for (int32_t i = 0; i < r->n_groups; i++) {
        r->where[r->group[i].key] = -1;
        r->sum[i] = 0;
    }
    r->n_spare += r->n_groups;
    r->n_groups = 0;
}

static double ceiling_of(int32_t key)
{
    uint64_t bits = ((uint64_t)key + 1) << (52 - FINE_BITS);
    double ceiling;
    memcpy(&ceiling, &bits, sizeof ceiling);
    return ceiling;
}

int32_t rt_rejection_group(struct rejection *r, int32_t key)
{
    int32_t at = r->where[key];
    if (at >= 0) {
        return at;
    }
    struct group new = {.key = key, .ceiling = ceiling_of(key), .inverse = 1 / ceiling_of(key)};
    if (r->n_spare > 0) {
        new.member = r->group[r->n_groups].member;
        new.cap = r->group[r->n_groups].cap;
        r->n_spare--;
    } else if (r->n_groups == r->cap_groups) {
        r->cap_groups = r->cap_groups ? 2 * r->cap_groups : 16;
        r->group = rt_resize(r->group, (size_t)r->cap_groups, sizeof *r->group);
        r->sum = rt_resize(r->sum, (size_t)r->cap_groups, sizeof *r->sum);
        r->before = rt_resize(r->before, (size_t)r->cap_groups, sizeof *r->before);
        r->upto = rt_resize(r->upto, (size_t)r->cap_groups / GROUPS_OF_BLOCK + 1, sizeof *r->upto);
        r->upto[0] = 0;
        memset(r->sum + r->n_groups, 0, (size_t)(r->cap_groups - r->n_groups) * sizeof *r->sum);
    }
    for (at = r->n_groups; at > 0 && r->group[at - 1].key < key; at--) {
        r->group[at] = r->group[at - 1];
        r->sum[at] = r->sum[at - 1];
        r->where[r->group[at].key] = (int16_t)at;
    }
    r->group[at] = new;
    r->sum[at] = 0;
    r->where[key] = (int16_t)at;
    r->n_groups++;
    return at;
}
