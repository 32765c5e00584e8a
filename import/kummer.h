/* Ratios of Kummer's confluent hypergeometric function M(a, b, z). */
#ifndef IMPORT_KUMMER_H
#define IMPORT_KUMMER_H

#include <stdbool.h>

/* M(a + 1, b + 1, z) / M(a, b, z), for which BioNetGen has the name mratio. False: it has no value (b is a
 * whole number that is not positive, an argument is no number) or would take too long. */
bool kummer_ratio(double a, double b, double z, double *ratio);

#endif
