/* Access to a struct crnl_model: texts for messages, values of elements, and tables that a model may leave
 * out (the positions in the Jacobian). */
#ifndef RT_MODEL_H
#define RT_MODEL_H

#include <math.h>

#include "rt_base.h"

static inline int32_t rt_law(const struct crnl_model *m, int32_t j)
{
    return m->law ? m->law[j] : -1;
}

/* Whether v is valid for species s: a finite amount or, if the species is signed, any finite number. */
static inline bool rt_is_amount(const struct crnl_model *m, int32_t s, double v)
{
    return v - v == 0 && (v >= 0 || (m->species_signed && m->species_signed[s] == CRNL_SIGNED));
}

enum { RT_FEW_FACTORS = 64 }; /* for a larger coefficient no loop of that length is run */

/* a x^n for an integer n >= 0, from left to right. */
static inline double rt_times_power(double a, double x, double n)
{
    if (n > RT_FEW_FACTORS) {
        return a * crnl_pow(x, n);
    }
    for (double i = 0; i < n; i++) {
        a *= x;
    }
    return a;
}

/* a x (x - 1) ... (x - n + 1) for an integer n >= 0, from left to right; 0 if x is an integer below n. Such
 * a product is 0 or infinite after some hundred factors. */
static inline double rt_times_falling(double a, double x, double n)
{
    if (n > RT_FEW_FACTORS && x < n && x == floor(x)) {
        return 0;
    }
    for (double i = 0; i < n && a != 0 && a - a == 0; i++) {
        a *= x - i;
    }
    return a;
}

/* Whether x is an integer up to the rounding errors of its computation. A stochastic run then counts
 * `whole`. */
static inline bool rt_is_whole(double x, double *whole)
{
    *whole = floor(x + 0.5);
    return fabs(x - *whole) <= 0x1p-46 * fabs(x);
}

static inline double rt_elem_value(const struct crnl_model *m, const struct crnl_elem *e, const double *x,
                                   double t, const double *p, const double *c, double inv_volume)
{
    switch (e->kind) {
    case CRNL_ELEM_SPECIES: return x[e->a] * inv_volume;
    case CRNL_ELEM_DUAL: return (x[e->a] - x[e->b]) * inv_volume;
    case CRNL_ELEM_PARAM: return p[e->a];
    default: return m->expr(m->env, e->a, x, t, p, c, inv_volume);
    }
}

/* Appends a text such as 'reaction `A + 2 B -> C` (label; made from ReLU h[3]; file.crnl:12)'. */
void rt_put_reaction(struct rt_buffer *b, const struct crnl_model *m, int32_t j);
/* The amount of a species that a law does not track, because nobody asks for it; it must not be read. */
#define RT_UNCOUNTED (-INFINITY)
/* Appends the amounts of a reaction's reactants, such as 'A = 3, B = 0.5', or of the first few species if j
 * < 0, without amounts that are not tracked. */
void rt_put_amounts(struct rt_buffer *b, const struct crnl_model *m, int32_t j, const double *x);
/* Appends the name of an element of a symbol: 'X' or 'X[2,1]'. */
void rt_put_symbol(struct rt_buffer *b, const struct crnl_symbol *s, int32_t index);

double rt_reaction_order(const struct crnl_model *m, int32_t j);
/* The propensity of a reaction from k and the state, as struct crnl_ssa defines it. */
double rt_propensity(const struct crnl_model *m, int32_t j, const double *k, const double *x, double t,
                     const double *p, double inv_volume);

/* The deterministic rate of a reaction. */
double rt_rate(const struct crnl_model *m, int32_t j, double t, const double *x, const double *p,
               const double *k);
/* d rate / d x for reactant entry e of reaction j, which must not have a law. */
double rt_mass_action_partial(const struct crnl_model *m, int32_t j, int32_t e, const double *x,
                              const double *k);

/* The sparse form of the Jacobian: the plan of the model, or one made here; `owned` tells which arrays to
 * free. Returns false if laws have no gradients. */
struct rt_jacobian {
    int32_t nnz;
    const int32_t *col, *row, *ptr, *pos;
    const double *delta;
    void *owned[5];
};
bool rt_jacobian_create(struct rt_jacobian *j, const struct crnl_model *m);
void rt_jacobian_destroy(struct rt_jacobian *j);
/* Computes the values of the Jacobian by the loops of the library. */
void rt_jacobian_values(const struct rt_jacobian *j, const struct crnl_model *m, double t, const double *x,
                        const double *p, const double *k, double *values);

#endif
