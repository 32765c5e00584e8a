/* The exact limit of a rate-independent network: amounts are integers in a common unit, which becomes finer
 * when an extent is not an integer multiple of it. Doubles would not suffice: the two rails of a value grow
 * like the product of the widths of a network, while their difference, the value, does not. */
#ifndef RT_LIMIT_H
#define RT_LIMIT_H

#include "rt_run.h"

struct rt_limit {
    int32_t n;
    size_t words;      /* words of each number */
    int64_t scale;     /* the unit is 1 / (divisor 2^scale) */
    uint64_t *divisor; /* [words], odd */
    uint64_t *amount;  /* [n][words] */
    double largest;    /* largest amount at the start */
};

/* Finds the limit from the amounts x0 of the model's species. A species with the same double in `start`
 * (which may be NULL) starts from its exact amount there. Returns NULL after an error: there is no limit, an
 * amount is negative or infinite, or numbers exceed RT_LIMIT_BITS. */
enum { RT_LIMIT_BITS = 4096 };
struct rt_limit *rt_limit_find(const struct crnl_model *m, const double *k, const double *x0,
                               const struct rt_limit *start, struct rt_error *e);
/* The same limit state with amounts x: an amount that is no longer the nearest double is replaced by x.
 * Frees l. Returns NULL if the amounts do not fit. */
struct rt_limit *rt_limit_renew(struct rt_limit *l, const double *x);
void rt_limit_free(struct rt_limit *l);
/* Sets x to the nearest doubles. */
void rt_limit_amounts(const struct rt_limit *l, double *x);
/* The nearest double of an element that is linear in the amounts with constant factors
 * (crnl_model.form_...). Any other element is computed from x, the doubles of rt_limit_amounts; this is an
 * error if the last bits of x change the result by more than 1e-9 of its value, or of the largest amount at
 * the start if that is more. */
double rt_limit_value(const struct rt_limit *l, const struct crnl_model *m, const struct crnl_elem *elem,
                      const double *x, const double *param, const double *capture, struct rt_error *e);

#endif
