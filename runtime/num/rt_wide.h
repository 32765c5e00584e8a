/* Non-negative integers of any length: n words of 64 bits, the lowest first. Limits use them for counting
 * (runtime/rt_limit.h): sums and products by a word are exact, or report that they do not fit. */
#ifndef RT_WIDE_H
#define RT_WIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 rt_two_words;

bool rt_wide_is_zero(const uint64_t *x, size_t n);
/* The position of the highest set bit, plus one; 0 for 0. */
int64_t rt_wide_bits(const uint64_t *x, size_t n);
int rt_wide_compare(const uint64_t *x, const uint64_t *y, size_t n); /* -1, 0, 1 */
/* x += y m. Returns the overflow: 0 if the sum is correct. */
uint64_t rt_wide_add_product(uint64_t *x, const uint64_t *y, uint64_t m, size_t n);
/* x -= y m, where x >= y m. */
void rt_wide_subtract_product(uint64_t *x, const uint64_t *y, uint64_t m, size_t n);
/* x = x m + more. Returns the overflow. */
uint64_t rt_wide_multiply(uint64_t *x, uint64_t m, uint64_t more, size_t n);
/* x = floor(x / m). Returns the remainder. */
uint64_t rt_wide_divide(uint64_t *x, uint64_t m, size_t n);
/* x += y 2^bits. Returns whether it fits. y has n_y words, n_y <= n. */
bool rt_wide_add_shifted(uint64_t *x, size_t n, const uint64_t *y, size_t n_y, int64_t bits);
/* The double nearest to 2^exponent x / y, for y > 0. Both have n words; work is room for 4 n + 2 words. */
double rt_wide_ratio(const uint64_t *x, const uint64_t *y, size_t n, int64_t exponent, uint64_t *work);

#endif
