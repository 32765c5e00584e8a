/* All that is written is looked at before anything is elaborated, used or not. */
#ifndef FRONTEND_CHECK_CHECK_H
#define FRONTEND_CHECK_CHECK_H

#include "frontend/front.h"

/* Binds the names of the file and of the modules that it uses, and reports what is wrong with names, shapes
 * and units. Experiments of modules are no part of the program. */
void check_program(struct front *f);

#endif
