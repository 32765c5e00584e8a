/* Where the runtime library is, which executables are linked with. */
#ifndef DRIVER_RUNTIME_FOLDER_H
#define DRIVER_RUNTIME_FOLDER_H

#include <stddef.h>

#define RUNTIME_LIBRARY "libcrnl_rt.a"

/* Seen from the folder of this executable: the build tree, an installation; last the place that was
 * configured. The answer is written to `folder` and returned, or NULL. */
const char *runtime_folder(char *folder, size_t size);

#endif
