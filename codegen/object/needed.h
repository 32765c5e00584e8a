/* What an executable or a shared library needs when it starts. */
#ifndef CODEGEN_OBJECT_NEEDED_H
#define CODEGEN_OBJECT_NEEDED_H

#include <stddef.h>

#include "support/arena.h"

/* The shared libraries that an ELF file of this computer names, in its order; NULL if that cannot be read. *n
 * is how many. */
const char **needed_libraries(const char *path, struct arena *arena, size_t *n);

#endif
