/* Which solver `auto` takes where stability holds Runge-Kutta back; shared by compiler and runtime. */
#ifndef CRNL_STIFF_H
#define CRNL_STIFF_H

#include <stddef.h>

struct crnl_model;

enum { CRNL_STIFF_MOST_SPECIES = 64 }; /* of networks that may be solved by the Rosenbrock method */

struct crnl_stiff_choice {
    char refusal[120];      /* why it is always BDF; "": the Rosenbrock method, from least_rtol on */
    double rosenbrock, bdf; /* ns per step */
    double least_rtol;
};
/* Chooses from the network's structure alone, so that all kernels and engines take the same steps. */
void crnl_stiff_choose(struct crnl_stiff_choice *c, const struct crnl_model *m);
/* Writes a text such as "rosenbrock 900 ns a step, from rtol 3e-09 on; bdf 700". */
void crnl_stiff_tell(const struct crnl_stiff_choice *c, char *text, size_t size);

#endif
