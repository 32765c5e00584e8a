/* Parameter estimation problems of PEtab, version 1: read, and written as a program of the language. A
 * problem owns its arena; texts point into it. */
#ifndef DRIVER_PETAB_H
#define DRIVER_PETAB_H

#include <stdbool.h>
#include <stdio.h>

#include "ir/net/net.h"
#include "support/arena.h"
#include "support/diag.h"
#include "support/vec.h"

/* A table: cells parted by tabulators, columns by the names in the first row. */
struct petab_table {
    const char *file;
    VEC(const char *) header;
    VEC(const char **) row; /* [header.n] each; a missing cell is "" */
};

struct petab {
    struct arena *arena;
    struct diag *diag;
    const char *name, *folder, *model; /* of the YAML file; the path of the SBML file */
    struct petab_table parameter, observable, condition, measurement;
};

/* The YAML file and the tables that it names; reports what cannot be read. */
bool petab_read(struct petab *p, const char *yaml, struct diag *diag);
void petab_free(struct petab *p);
/* The cell of a row, "" where there is no such column. */
const char *petab_cell(const struct petab_table *t, size_t row, const char *column);
int petab_column(const struct petab_table *t, const char *column); /* -1: there is none */
/* The problem as a program: what is estimated by `starts` searches, and the objective at the nominal values.
 * `net` is the model as crnlc imports it. */
bool petab_write(struct petab *p, const struct net *net, int starts, FILE *out);

#endif
