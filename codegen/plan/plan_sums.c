/* Conserved sums, for the scales of ODE runs and for checks of results. A sum without negative coefficients
 * bounds amounts, so conservation laws are combined into such sums where that is easy: E - S - P and E + ES
 * become S + ES + P and E + ES. */
#include "codegen/plan/plan_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"

enum { MOST_WORK = 1000000 }; /* above it, elimination may take longer than the run */
static const double EXACT = 0x1p53;

struct law {
    const struct term *term;
    size_t n;
    int sign;     /* 1, or -1 if most coefficients are negative */
    bool amounts; /* times `sign`, no coefficient is negative */
};

static struct law law_of(const struct conservation *c, int32_t i)
{
    struct law law = {c->term.data + c->first.data[i], c->first.data[i + 1] - c->first.data[i], 1, false};
    size_t negative = 0;
    for (size_t k = 0; k < law.n; k++) {
        negative += law.term[k].count < 0;
    }
    law.sign = 2 * negative > law.n ? -1 : 1;
    law.amounts = negative == 0 || negative == law.n;
    return law;
}

/* Removes the negative coefficients of v (by species) of the conservation law: adds, for each, a whole
 * multiple of a law that has the species and no negative coefficient. False if there is none, or if numbers
 * get too large. */
static bool lift(double *v, const struct law *law, const int32_t *helper, const struct law *all)
{
    for (size_t k = 0; k < law->n; k++) {
        species_id s = law->term[k].species;
        if (!(v[s] < 0)) {
            continue;
        }
        if (helper[s] < 0) {
            return false;
        }
        const struct law *by = &all[helper[s]];
        double times = 0;
        for (size_t i = 0; i < by->n; i++) {
            times = by->term[i].species == s ? -v[s] / fabs((double)by->term[i].count) : times;
        }
        if (times != floor(times)) {
            return false;
        }
        for (size_t i = 0; i < by->n; i++) {
            double *to = &v[by->term[i].species];
            *to += times * fabs((double)by->term[i].count);
            if (!(fabs(*to) < EXACT)) {
                return false;
            }
        }
    }
    for (size_t k = 0; k < law->n; k++) {
        if (v[law->term[k].species] < 0) {
            return false;
        }
    }
    return true;
}

struct sums {
    VEC(int32_t) ptr, species;
    VEC(double) count;
};

/* Appends a conservation law, lifted where that works; `v` is all 0 before and after. */
static void add_law(struct sums *s, const struct law *law, const int32_t *helper, const struct law *all,
                    double *v, size_t n_species)
{
    for (size_t k = 0; k < law->n; k++) {
        v[law->term[k].species] = law->sign * (double)law->term[k].count;
    }
    if (!law->amounts && !lift(v, law, helper, all)) {
        memset(v, 0, n_species * sizeof *v);
        for (size_t k = 0; k < law->n; k++) {
            v[law->term[k].species] = law->sign * (double)law->term[k].count;
        }
    }
    for (size_t i = 0; i < n_species; i++) {
        if (v[i] != 0) {
            vec_push(&s->species, (int32_t)i);
            vec_push(&s->count, v[i]);
            v[i] = 0;
        }
    }
    vec_push(&s->ptr, (int32_t)s->species.n);
}

static void make_sums(struct sums *s, const struct conservation *c, size_t n_species)
{
    struct law *all = mem_zalloc((size_t)c->n_laws + 1, sizeof *all);
    int32_t *helper = mem_alloc((n_species + 1) * sizeof *helper);
    double *v = mem_zalloc(n_species + 1, sizeof *v);
    memset(helper, -1, (n_species + 1) * sizeof *helper);
    for (int32_t i = 0; i < c->n_laws; i++) {
        all[i] = law_of(c, i);
        for (size_t k = 0; all[i].amounts && k < all[i].n; k++) {
            int32_t *to = &helper[all[i].term[k].species];
            *to = *to < 0 || all[*to].n > all[i].n ? i : *to;
        }
    }
    vec_push(&s->ptr, 0);
    for (int32_t i = 0; i < c->n_laws; i++) {
        add_law(s, &all[i], helper, all, v, n_species);
    }
    free(all);
    free(helper);
    free(v);
}

void plan_sums(struct plan_builder *b)
{
    struct conservation c = fact_conservation_within(b->net, MOST_WORK);
    if (!c.overflow && c.n_laws > 0) {
        struct sums s = {0};
        make_sums(&s, &c, b->net->species.n);
        struct crnl_model *m = &b->plan->model;
        int32_t *ptr = plan_array(b, s.ptr.n, int32_t), *species = plan_array(b, s.species.n, int32_t);
        double *count = plan_array(b, s.count.n, double);
        memcpy(ptr, s.ptr.data, s.ptr.n * sizeof *ptr);
        memcpy(species, s.species.data, s.species.n * sizeof *species);
        memcpy(count, s.count.data, s.count.n * sizeof *count);
        m->n_sums = c.n_laws;
        m->sum_ptr = ptr;
        m->sum_species = species;
        m->sum_count = count;
        vec_free(&s.ptr);
        vec_free(&s.species);
        vec_free(&s.count);
    }
    fact_conservation_free(&c);
}
