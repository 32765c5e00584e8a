/* Elimination and the law in long double: the same code compiled again, for sets of states that are left so
 * seldom that rates between them are outside the range of doubles. */
#include <float.h>

#if LDBL_MAX_10_EXP > 4900
#define CME_WIDE
#define rt_factors       rt_factors_wide
#define rt_factorize     rt_factorize_wide
#define rt_factors_free  rt_factors_free_wide
#define rt_factors_times rt_factors_times_wide
#define rt_eliminate     rt_eliminate_wide
#include "cme_eliminate.c"
#include "cme_law.c"
#endif
