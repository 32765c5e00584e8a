/* Where files lie that were installed with this program: the runtime library, which executables are linked
 * with, and what stands in share/crnlc. */
#ifndef DRIVER_RUNTIME_FOLDER_H
#define DRIVER_RUNTIME_FOLDER_H

#include <stddef.h>

#define RUNTIME_LIBRARY "libcrnl_rt.a"

/* Seen from the folder of this executable: the build tree, an installation; last the place that was
 * configured. The answer is written to `folder` and returned, or NULL. */
const char *runtime_folder(char *folder, size_t size);
/* share/crnlc/NAME, where it is installed; or NULL. */
const char *shared_folder(const char *name, char *folder, size_t size);

#endif
