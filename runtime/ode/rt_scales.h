/* Constants of tolerances by scale (ode_tolerance.c, ode_amounts.c), which loops over lanes share. */
#ifndef RT_SCALES_H
#define RT_SCALES_H

/* Chosen by the curves in doc/results/ode.md. With the first value an amount that falls by e^-46 and grows
 * again is still accurate, at a fifth more steps than with 1e-15 if everything dies out. For starts from 0,
 * smaller values of the second add steps but no accuracy to what grows later. */
#define RT_LEAST_OF_LARGEST  1e-20
#define RT_LEAST_OF_POSSIBLE 1e-8
/* Relative to the largest of all amounts: what rounding in sums, and in solutions of linear equations,
 * leaves of an amount that is 0. */
#define RT_ROUNDING 1e-12
/* A smaller amount has no meaningful scale: doubles lose their digits there, and weights would overflow.
 * This is also the least floor. */
#define RT_SMALLEST 1e-290
/* How far an amount may be below 0: this part of rtol times its largest value, and RT_ODE_PART_OF_FLOOR of
 * its floor. */
#define RT_PART_OF_LARGEST 1e-2

#endif
