/* A temporary folder that no other user can enter, for the object that the linker reads and the program that
 * it writes. */
#ifndef CODEGEN_SCRATCH_H
#define CODEGEN_SCRATCH_H

#include <stdbool.h>

struct scratch {
    char *folder, *object, *program;
};
bool scratch_create(struct scratch *s); /* false with errno after an error */
void scratch_remove(struct scratch *s);
/* Removes the folder when a signal ends the process. Safe in a signal handler. */
void scratch_end(void);

#endif
