/* Which propensities change when a reaction fires: reactions that read a species that it changes. Linear
 * in the size of the answer. */
#include <stdlib.h>
#include <string.h>

#include "ir/fact.h"
#include "support/mem.h"

/* Readers of each species, CSR. */
struct readers {
    int32_t *ptr, *reaction;
};

struct read_marks {
    int32_t *last; /* by species: the reaction that was last seen to read it */
    int32_t reaction;
    void (*found)(void *env, species_id s, int32_t reaction);
    void *env;
};

static void mark_read(struct read_marks *m, species_id s)
{
    if (m->last[s] != m->reaction) {
        m->last[s] = m->reaction;
        m->found(m->env, s, m->reaction);
    }
}

static void visit_leaf(void *env, expr_id id, const struct expr *e)
{
    (void)id;
    if (e->op == EXPR_SPECIES) {
        mark_read(env, e->a);
    }
}

/* Each pair of a reaction and a species that its propensity reads, once. */
static void each_read(const struct net *n, void (*found)(void *env, species_id s, int32_t reaction),
                      void *env)
{
    struct read_marks m = {
        .last = mem_alloc((n->species.n + 1) * sizeof *m.last), .found = found, .env = env};
    memset(m.last, 0xFF, (n->species.n + 1) * sizeof *m.last);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        m.reaction = (int32_t)j;
        if (r->rate_kind == RATE_LAW) {
            expr_visit(n->ex, r->rate, visit_leaf, &m);
            continue;
        }
        for (uint32_t k = 0; k < r->n_lhs; k++) {
            mark_read(&m, net_lhs(n, r)[k].species);
        }
    }
    free(m.last);
}

static void count_read(void *env, species_id s, int32_t reaction)
{
    struct readers *x = env;
    (void)reaction;
    x->ptr[s + 1]++;
}

static void store_read(void *env, species_id s, int32_t reaction)
{
    struct readers *x = env;
    x->reaction[x->ptr[s]++] = reaction;
}

static struct readers find_readers(const struct net *n)
{
    struct readers x = {.ptr = mem_zalloc(n->species.n + 2, sizeof *x.ptr)};
    each_read(n, count_read, &x);
    for (size_t s = 0; s < n->species.n; s++) {
        x.ptr[s + 1] += x.ptr[s];
    }
    x.reaction = mem_alloc(((size_t)x.ptr[n->species.n] + 1) * sizeof *x.reaction);
    each_read(n, store_read, &x);
    memmove(x.ptr + 1, x.ptr, n->species.n * sizeof *x.ptr); /* storing moved each start to its end */
    x.ptr[0] = 0;
    return x;
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

struct dependency fact_dependency(const struct net *n)
{
    size_t n_reactions = n->reaction.n;
    struct readers x = find_readers(n);
    struct dependency d = {.ptr = mem_zalloc(n_reactions + 1, sizeof *d.ptr)};
    int32_t *last = mem_alloc((n_reactions + 1) * sizeof *last);
    memset(last, 0xFF, (n_reactions + 1) * sizeof *last);
    VEC(int32_t) out = {0};
    VEC(struct term) change = {0};
    for (size_t j = 0; j < n_reactions; j++) {
        const struct reaction *r = &n->reaction.data[j];
        vec_reserve(&change, (size_t)r->n_lhs + r->n_rhs);
        size_t n_change = net_change(n, r, change.data), first = out.n;
        for (size_t k = 0; k < n_change; k++) {
            species_id s = change.data[k].species;
            for (int32_t i = x.ptr[s]; i < x.ptr[s + 1]; i++) {
                if (last[x.reaction[i]] != (int32_t)j) {
                    last[x.reaction[i]] = (int32_t)j;
                    vec_push(&out, x.reaction[i]);
                }
            }
        }
        if (out.n > first + 1) {
            qsort(out.data + first, out.n - first, sizeof *out.data, by_value);
        }
        d.ptr[j + 1] = (int32_t)out.n;
    }
    d.reaction = out.data;
    vec_free(&change);
    free(last);
    free(x.ptr);
    free(x.reaction);
    return d;
}

void fact_dependency_free(struct dependency *d)
{
    free(d->ptr);
    free(d->reaction);
    *d = (struct dependency){0};
}
