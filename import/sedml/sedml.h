/* Descriptions of simulations, SED-ML Level 1 Versions 1 to 4, alone or in COMBINE archives: read, and made
 * a program of the language over the networks of their models. */
#ifndef IMPORT_SEDML_SEDML_H
#define IMPORT_SEDML_SEDML_H

#include "import/import.h"

struct sedml_options {
    const char *data_dir;  /* where models are sought; NULL: beside the description */
    int64_t max_unpacked;  /* bytes that an archive may unpack; 0: 256 MiB */
    int64_t max_reactions; /* of a model; 0: no bound */
};

/* Whether the name of the file ends as that of a description or of an archive, or it is XML and its first
 * element is that of a description (import.c). */
bool sedml_knows(struct sources *sources, const char *path);
/* Makes the program, with the models that are changed or lie in an archive, texts of `sources` that
 * sources_read gives by their paths: the result is that of the program, which lives as long as `sources`.
 * NULL after a report. What has no place in a program is left out with a warning. */
const char *sedml_program(struct sources *sources, const char *path, const struct sedml_options *options,
                          struct diag *diag);

#endif
