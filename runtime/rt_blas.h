/* The functions of BLAS that learning rules and laws of many states call, from OpenBLAS, loaded when one
 * first asks for them. Linked as usual, the library would start its threads, each with tens of megabytes of
 * address space, in every program before `main`, also where nothing is learned; under a limit of memory such
 * a program hung in its exit. */
#ifndef RT_BLAS_H
#define RT_BLAS_H

#include <cblas.h>

#include "runtime/rt_base.h"

struct rt_blas {
    __typeof__(&cblas_sgemm) sgemm;
    __typeof__(&cblas_dgemm) dgemm;
};
/* One thread, so that results depend on the machine and nothing else. The library stays loaded. */
int rt_blas_load(struct rt_blas *blas, struct rt_error *e);

#endif
