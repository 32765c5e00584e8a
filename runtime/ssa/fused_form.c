/* Groups reactions into the channels of the fused kernel, by the structure of the network alone. */
#include <stdlib.h>
#include <string.h>

#include "rt_fused.h"

enum { MOST_COUNT = 1 << 20 };

struct finder {
    const struct crnl_model *m;
    struct fused_form *f;
    int32_t *key, n_key;          /* of the present reaction */
    int32_t *all, *start, n, cap; /* keys of channels: all[start[c]] .. all[start[c + 1]] */
    int32_t *slot, n_slots;       /* open addressing; channel + 1, 0 empty */
};

static double change_of(const struct crnl_model *m, int32_t j, int32_t s)
{
    for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
        if (m->net_species[i] == s) {
            return m->net_delta[i];
        }
    }
    return 0;
}

/* ---- Classes: species that reactions change together, if every reaction conserves their sum ---- */

static int32_t root_of(int32_t *parent, int32_t s)
{
    while (parent[s] != s) {
        parent[s] = parent[parent[s]];
        s = parent[s];
    }
    return s;
}

static const char *find_classes(struct finder *d)
{
    const struct crnl_model *m = d->m;
    int32_t *parent = d->f->class_of, n = 0;
    for (int32_t s = 0; s < m->n_species; s++) {
        parent[s] = -1;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double sum = 0;
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            int32_t s = m->net_species[i], first = m->net_species[m->net_ptr[j]];
            parent[s] = parent[s] < 0 ? s : parent[s];
            parent[root_of(parent, s)] = root_of(parent, first);
            sum += m->net_delta[i];
            if (!(m->net_delta[i] < MOST_COUNT && m->net_delta[i] > -MOST_COUNT)) {
                return "a coefficient past 2^20";
            }
        }
        if (sum != 0) {
            return "a reaction makes or takes molecules";
        }
    }
    int32_t *number = rt_alloc((size_t)m->n_species, sizeof *number);
    for (int32_t s = 0; s < m->n_species; s++) {
        if (parent[s] >= 0) {
            int32_t root = root_of(parent, s);
            number[root] = number[root] ? number[root] : ++n;
        }
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        number[s] = parent[s] < 0 ? 0 : number[root_of(parent, s)];
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        parent[s] = number[s] - 1;
    }
    d->f->n_classes = n;
    free(number);
    return NULL;
}

/* ---- Channels ---- */

static int by_species(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Chooses the catalyst that goes into the field: the last one by number. */
static const char *find_extra(struct finder *d, int32_t j)
{
    const struct crnl_model *m = d->m;
    struct fused_form *f = d->f;
    f->extra[j] = -1;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        int32_t s = m->lhs_species[e];
        double change = change_of(m, j, s), used = change < 0 ? -change : 0;
        if (!(m->lhs_count[e] < MOST_COUNT)) {
            return "a coefficient past 2^20";
        }
        if (m->species_signed && m->species_signed[s]) {
            return "an amount that is not counted";
        }
        f->has_constants |= f->class_of[s] < 0;
        if (f->class_of[s] >= 0 && m->lhs_count[e] > used && s > f->extra[j]) {
            f->extra[j] = s;
            f->taken[j] = (int32_t)m->lhs_count[e] - 1;
        }
    }
    return NULL;
}

/* Writes the key of a reaction: its guard, its net change, and its reactants apart from the catalyst. */
static void make_key(struct finder *d, int32_t j)
{
    const struct crnl_model *m = d->m;
    const struct fused_form *f = d->f;
    int32_t *key = d->key, n = 0, n_changes = m->net_ptr[j + 1] - m->net_ptr[j];
    key[n++] = m->guard ? m->guard[j] : 0;
    key[n++] = n_changes;
    for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
        key[n++] = m->net_species[i];
        key[n++] = (int32_t)m->net_delta[i];
    }
    qsort(key + 2, (size_t)n_changes, 2 * sizeof *key, by_species);
    int32_t from = n;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        int32_t s = m->lhs_species[e], count = (int32_t)m->lhs_count[e] - (s == f->extra[j]);
        if (f->class_of[s] >= 0 && count > 0) {
            key[n++] = s;
            key[n++] = count;
        }
    }
    qsort(key + from, (size_t)(n - from) / 2, 2 * sizeof *key, by_species);
    d->n_key = n;
}

static uint32_t hash_of(const int32_t *key, int32_t n)
{
    uint32_t h = 2166136261u;
    for (int32_t i = 0; i < n; i++) {
        h = (h ^ (uint32_t)key[i]) * 16777619u;
        h ^= h >> 15;
    }
    return h;
}

static bool is_key(const struct finder *d, int32_t c)
{
    return d->start[c + 1] - d->start[c] == d->n_key &&
           memcmp(d->all + d->start[c], d->key, (size_t)d->n_key * sizeof *d->key) == 0;
}

/* The channel with the present key, a new one if there is none; -1 if there are too many. */
static int32_t channel_of(struct finder *d)
{
    uint32_t mask = (uint32_t)d->n_slots - 1, at = hash_of(d->key, d->n_key) & mask;
    for (; d->slot[at]; at = (at + 1) & mask) {
        if (is_key(d, d->slot[at] - 1)) {
            return d->slot[at] - 1;
        }
    }
    int32_t c = d->f->n_channels++;
    if (c >= FUSED_CHANNELS) {
        return -1;
    }
    d->slot[at] = c + 1;
    for (int32_t i = 0; i < d->n_key; i++) {
        RT_GROW(d->all, d->n, d->cap);
        d->all[d->n++] = d->key[i];
    }
    d->start[c + 1] = d->n;
    return c;
}

static const char *find_channels(struct finder *d)
{
    const struct crnl_model *m = d->m;
    int64_t n_extras = 0;
    bool *is_extra = rt_alloc((size_t)m->n_species, sizeof *is_extra);
    const char *refusal = NULL;
    for (int32_t j = 0; !refusal && j < m->n_reactions; j++) {
        refusal = find_extra(d, j);
        if (!refusal) {
            make_key(d, j);
            d->f->channel[j] = channel_of(d);
            refusal = d->f->channel[j] < 0 ? "more than 2048 kinds of events" : NULL;
        }
        int32_t s = d->f->extra[j];
        if (s >= 0) {
            n_extras += !is_extra[s];
            is_extra[s] = true;
        }
    }
    free(is_extra);
    if (!refusal && n_extras * (d->f->n_channels + FUSED_LANES) > FUSED_CELLS) {
        refusal = "too many catalysts";
    }
    return refusal;
}

static const char *look(const struct crnl_model *m)
{
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        if (m->law[j] >= 0) {
            return "a law, which is no sum over catalysts";
        }
    }
    return m->n_reactions == 0 ? "no reactions" : NULL;
}

const char *rt_fused_form(const struct crnl_model *m, struct fused_form *f)
{
    size_t n = (size_t)m->n_reactions;
    const char *refusal = look(m);
    if (refusal) {
        return refusal;
    }
    *f = (struct fused_form){.class_of = rt_alloc((size_t)m->n_species, sizeof *f->class_of),
                             .channel = rt_alloc(n, sizeof *f->channel),
                             .extra = rt_alloc(n, sizeof *f->extra),
                             .taken = rt_alloc(n, sizeof *f->taken)};
    struct finder d = {.m = m, .f = f, .n_slots = 4 * FUSED_CHANNELS};
    size_t longest = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        size_t length =
            (size_t)(m->net_ptr[j + 1] - m->net_ptr[j]) + (size_t)(m->lhs_ptr[j + 1] - m->lhs_ptr[j]);
        longest = length > longest ? length : longest;
    }
    d.key = rt_alloc(2 * longest + 2, sizeof *d.key);
    d.start = rt_alloc(FUSED_CHANNELS + 1, sizeof *d.start);
    d.slot = rt_alloc((size_t)d.n_slots, sizeof *d.slot);
    refusal = find_classes(&d);
    refusal = refusal ? refusal : find_channels(&d);
    free(d.key);
    free(d.all);
    free(d.start);
    free(d.slot);
    if (refusal) {
        rt_fused_form_free(f);
    }
    return refusal;
}

void rt_fused_form_free(struct fused_form *f)
{
    free(f->class_of);
    free(f->channel);
    free(f->extra);
    free(f->taken);
    *f = (struct fused_form){0};
}
