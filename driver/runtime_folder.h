/* Places of files that were installed with this program: the runtime library, with which executables are
 * linked, and files in share/crnlc. */
#ifndef DRIVER_RUNTIME_FOLDER_H
#define DRIVER_RUNTIME_FOLDER_H

#include <stddef.h>

#define RUNTIME_LIBRARY "libcrnl_rt.a"

/* Looks from the folder of this executable for a build tree, then for an installation, and last at the
 * configured place. Writes the result to `folder` and returns it; NULL: not found. */
const char *runtime_folder(char *folder, size_t size);
/* The installed folder share/crnlc/NAME; NULL: not found. */
const char *shared_folder(const char *name, char *folder, size_t size);

#endif
