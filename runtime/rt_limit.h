/* The limit of a rate-independent network, exactly: amounts are whole numbers of one unit, which becomes
 * finer when an extent is no whole number of it. Doubles would not do: the two rails of a value grow like
 * the product of a network's widths, while their difference, the value, stays. */
#ifndef RT_LIMIT_H
#define RT_LIMIT_H

#include "rt_run.h"

struct rt_limit {
    int32_t n;
    size_t words;      /* of each number */
    int64_t scale;     /* the unit is 1 / (divisor 2^scale) */
    uint64_t *divisor; /* [words], odd */
    uint64_t *amount;  /* [n][words] */
    double largest;    /* of the amounts at the start */
};

/* From amounts x0 of the model's species; of those that stand in `start` (may be NULL) with the same
 * double, from what they are there. NULL after an error: no limit, an amount that is negative or infinite,
 * or numbers past RT_LIMIT_BITS. */
enum { RT_LIMIT_BITS = 4096 };
struct rt_limit *rt_limit_find(const struct crnl_model *m, const double *k, const double *x0,
                               const struct rt_limit *start, struct rt_error *e);
/* The same with amounts x, of which those that are no longer the nearest doubles are taken as they are.
 * Frees l; NULL: they do not fit. */
struct rt_limit *rt_limit_renew(struct rt_limit *l, const double *x);
void rt_limit_free(struct rt_limit *l);
/* The nearest doubles. */
void rt_limit_amounts(const struct rt_limit *l, double *x);
/* The nearest double of what is linear in the amounts with constant factors (crnl_model.form_...).
 * Anything else is computed from x, those of rt_limit_amounts; an error where their last bits change it by
 * more than 1e-9 of it, or of the largest amount at the start if that is more. */
double rt_limit_value(const struct rt_limit *l, const struct crnl_model *m, const struct crnl_elem *elem,
                      const double *x, const double *param, const double *capture, struct rt_error *e);

#endif
