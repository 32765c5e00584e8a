/* Ratios of Kummer's confluent hypergeometric function M(a, b, z). */
#ifndef IMPORT_KUMMER_H
#define IMPORT_KUMMER_H

#include <stdbool.h>

/* M(a + 1, b + 1, z) / M(a, b, z), which BioNetGen calls mratio. False if it has no value (b is a whole
 * number that is not positive, or an argument is not a number) or would take too long. */
bool kummer_ratio(double a, double b, double z, double *ratio);

#endif
