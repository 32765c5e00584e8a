/* The shared libraries that an executable or a shared library needs when it starts. */
#ifndef CODEGEN_OBJECT_NEEDED_H
#define CODEGEN_OBJECT_NEEDED_H

#include <stddef.h>

#include "support/arena.h"

/* Their names, in the order of the ELF file; *n is their number. NULL if the file cannot be read or is not
 * for this computer. */
const char **needed_libraries(const char *path, struct arena *arena, size_t *n);

#endif
