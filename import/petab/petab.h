/* Parameter estimation problems of PEtab, version 1: read, and written as a program of the language. */
#ifndef IMPORT_PETAB_PETAB_H
#define IMPORT_PETAB_PETAB_H

#include <stdio.h>

#include "import/import.h"

struct petab;

/* The YAML file and the tables that it names, which lie in its folder or below; NULL after a report. The
 * caller destroys it. */
struct petab *petab_read(struct sources *sources, const char *yaml, struct diag *diag);
void petab_destroy(struct petab *p);
const char *petab_name(const struct petab *p);       /* of the YAML file, without folder and extension */
const char *petab_model(const struct petab *p);      /* the path of the SBML file */
const char *petab_model_path(const struct petab *p); /* from the root, without links */
/* The problem as a program: what is estimated by `starts` searches, and the objective at the nominal
 * values. `net` is the model as crnlc imports it, `model` its path in the program. False after a report.
 * */
bool petab_write(struct petab *p, const struct net *net, const char *model, int starts, FILE *out);

#endif
