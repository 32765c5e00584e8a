/* The functions of BLAS that learning rules and laws of many states call, from OpenBLAS, which is loaded
 * when it is first needed. If it were linked as usual, the library would start its threads, each with tens
 * of megabytes of address space, in every program before `main`, even if nothing is learned; under a memory
 * limit such a program hung at its exit. */
#ifndef RT_BLAS_H
#define RT_BLAS_H

#include <cblas.h>

#include "runtime/rt_base.h"

struct rt_blas {
    __typeof__(&cblas_sgemm) sgemm;
    __typeof__(&cblas_dgemm) dgemm;
};
/* Uses one thread, so that results depend on nothing but the machine. The library stays loaded. */
int rt_blas_load(struct rt_blas *blas, struct rt_error *e);

#endif
