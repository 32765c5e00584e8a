/* Parameter estimation problems in PEtab version 1: read, and written as programs of the language. */
#ifndef IMPORT_PETAB_PETAB_H
#define IMPORT_PETAB_PETAB_H

#include <stdio.h>

#include "import/import.h"

struct petab;

/* Reads the YAML file and the tables that it names, which must be in its folder or below; NULL after a
 * report. The caller destroys it. */
struct petab *petab_read(struct sources *sources, const char *yaml, struct diag *diag);
void petab_destroy(struct petab *p);
/* the name of the YAML file without folder and extension */
const char *petab_name(const struct petab *p);
const char *petab_model(const struct petab *p);      /* the path of the SBML file */
const char *petab_model_path(const struct petab *p); /* absolute, with links resolved */
/* Writes the problem as a program that estimates parameters by `starts` searches and computes the objective
 * at the nominal values. `net` is the model as imported, `model` its path in the program. False after a
 * report. */
bool petab_write(struct petab *p, const struct net *net, const char *model, int starts, FILE *out);

#endif
