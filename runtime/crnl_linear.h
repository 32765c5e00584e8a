/* The list of linear solvers (crnl_linear.def) as an enum and a table, and the choice among them; shared by
 * compiler and runtime. */
#ifndef CRNL_LINEAR_H
#define CRNL_LINEAR_H

#include <stddef.h>
#include <stdint.h>

struct crnl_model;

enum crnl_linear_id {
#define LINEAR(id, name, rule, help) CRNL_LINEAR_##id,
#include "crnl_linear.def"
    CRNL_LINEAR_COUNT
};

struct crnl_linear_info {
    const char *name, *help;
};
extern const struct crnl_linear_info crnl_linear_info[CRNL_LINEAR_COUNT];

int crnl_linear_named(const char *name); /* -1: there is none */

struct crnl_linear_choice {
    int cheapest;                         /* enum crnl_linear_id */
    char refusal[CRNL_LINEAR_COUNT][120]; /* why it does not accept the network; "": it does */
    double cost[CRNL_LINEAR_COUNT];       /* mean ns per step, for those that accept it */
};
/* Chooses for the network with constants k (NULL: none of them is 0). */
void crnl_linear_choose(struct crnl_linear_choice *c, const struct crnl_model *m, const double *k);
/* Writes a text such as "klu 310 ns a step; krylov 900; not dense: ...", with `first` as the first. */
void crnl_linear_tell(const struct crnl_linear_choice *c, int first, char *text, size_t size);

#endif
