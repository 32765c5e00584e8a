/* Checks everything that is written before anything is elaborated, whether it is used or not. */
#ifndef FRONTEND_CHECK_CHECK_H
#define FRONTEND_CHECK_CHECK_H

#include "frontend/front.h"

struct declared_names;

/* Binds the names of the file and of the modules that it uses, and reports wrong names, shapes and units.
 * Experiments of modules do not belong to the program. If front.keeps_uses is set, *declared becomes what
 * was found out about names; the caller destroys it. */
void check_program(struct front *f, struct declared_names **declared);

#endif
