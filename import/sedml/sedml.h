/* Descriptions of simulations in SED-ML Level 1 Versions 1 to 4, alone or in COMBINE archives: read, and
 * turned into programs of the language over the networks of their models. */
#ifndef IMPORT_SEDML_SEDML_H
#define IMPORT_SEDML_SEDML_H

#include "import/import.h"

struct sedml_options {
    const char *data_dir;  /* folder with the models; NULL: that of the description */
    int64_t max_unpacked;  /* most bytes that may be unpacked from an archive; 0: 256 MiB */
    int64_t max_reactions; /* most reactions of a model; 0: no limit */
};

/* Whether the extension of the file is that of a description or of an archive, or the file is XML whose first
 * element is that of a description (import.c). */
bool sedml_knows(struct sources *sources, const char *path);
/* Makes the program. It and the models that are changed or are in an archive become texts of `sources`, which
 * sources_read returns for their paths. Returns the path of the program, which lives as long as `sources`;
 * NULL after a report. What a program cannot hold is left out with a warning. */
const char *sedml_program(struct sources *sources, const char *path, const struct sedml_options *options,
                          struct diag *diag);

#endif
