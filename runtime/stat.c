/* Weighted moments and histograms. */
#include <stdlib.h>
#include <string.h>

#include "rt_run.h"

void rt_moments_add(struct rt_moments *s, double v, double weight)
{
    if (!(weight > 0)) {
        return;
    }
    double delta = v - s->mean;
    s->weight += weight;
    s->mean += delta * (weight / s->weight);
    s->m2 += weight * delta * (v - s->mean);
}

void rt_moments_merge(struct rt_moments *s, const struct rt_moments *other)
{
    if (!(other->weight > 0)) {
        return;
    }
    double weight = s->weight + other->weight, delta = other->mean - s->mean;
    s->mean += delta * (other->weight / weight);
    s->m2 += other->m2 + delta * delta * (s->weight * other->weight / weight);
    s->weight = weight;
}

static size_t slot_of(const struct rt_histogram *h, int64_t key)
{
    uint64_t mixed = (uint64_t)key * 0x9e3779b97f4a7c15;
    size_t at = (size_t)(mixed >> 32) & (h->cap - 1);
    while (h->weight[at] > 0 && h->key[at] != key) {
        at = (at + 1) & (h->cap - 1);
    }
    return at;
}

static void grow(struct rt_histogram *h)
{
    struct rt_histogram old = *h;
    h->cap = old.cap ? 2 * old.cap : 64;
    h->key = rt_alloc(h->cap, sizeof *h->key);
    h->weight = rt_alloc(h->cap, sizeof *h->weight);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.weight[i] > 0) {
            size_t at = slot_of(h, old.key[i]);
            h->key[at] = old.key[i];
            h->weight[at] = old.weight[i];
        }
    }
    free(old.key);
    free(old.weight);
}

void rt_histogram_add(struct rt_histogram *h, int32_t i, int32_t j, double weight)
{
    if (!(weight > 0)) {
        return;
    }
    if (2 * h->n >= h->cap) {
        grow(h);
    }
    int64_t key = rt_histogram_key(i, j);
    size_t at = slot_of(h, key);
    if (!(h->weight[at] > 0)) {
        h->key[at] = key;
        h->n++;
    }
    h->weight[at] += weight;
    h->total += weight;
}

/* Bins of another histogram with the same bins may be in another order in memory, so no sum may depend on
 * that order. */
void rt_histogram_merge(struct rt_histogram *h, const struct rt_histogram *other)
{
    double total = h->total + other->total;
    for (size_t s = 0; s < other->cap; s++) {
        rt_histogram_add(h, (int32_t)(other->key[s] >> 32), (int32_t)(uint32_t)other->key[s],
                         other->weight[s]);
    }
    h->total = total;
}

void rt_histogram_free(struct rt_histogram *h)
{
    free(h->key);
    free(h->weight);
    *h = (struct rt_histogram){0};
}

static int compare_values(const void *a, const void *b)
{
    double x = ((const struct rt_weighted *)a)->value, y = ((const struct rt_weighted *)b)->value;
    return (x > y) - (x < y);
}

void rt_values_add(struct rt_values *v, double value, double weight)
{
    if (weight > 0) {
        RT_GROW(v->of, v->n, v->cap);
        v->of[v->n++] = (struct rt_weighted){value, weight};
    }
}

void rt_values_sort(struct rt_values *v)
{
    int64_t n = 0;
    if (v->n > 0) {
        qsort(v->of, (size_t)v->n, sizeof *v->of, compare_values);
    }
    for (int64_t i = 0; i < v->n; i++) {
        if (n > 0 && v->of[n - 1].value == v->of[i].value) {
            v->of[n - 1].weight += v->of[i].weight;
        } else {
            v->of[n++] = v->of[i];
        }
    }
    v->n = n;
}

void rt_stats_free(struct rt_stat *stat, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        for (int64_t e = 0; e < stat[i].n_law; e++) {
            free(stat[i].law[e].of);
        }
        free(stat[i].law);
        free(stat[i].moments);
        free(stat[i].course);
        free(stat[i].value);
        rt_histogram_free(&stat[i].histogram);
    }
    free(stat);
}
