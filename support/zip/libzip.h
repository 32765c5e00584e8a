/* libzip is loaded when an archive is read for the first time. */
#ifndef SUPPORT_ZIP_LIBZIP_H
#define SUPPORT_ZIP_LIBZIP_H

#include "support/diag.h"

/* Before the first call of libzip. False with E0805 where it is not installed. */
bool libzip_load(struct diag *diag);
/* The same for the runtime, which has no diagnostics: NULL, or why libzip cannot be loaded. Programs that
 * crnlc builds do not have this function, as they are linked with libzip (runtime/data/data_npz.c). */
const char *libzip_missing(void);

#endif
