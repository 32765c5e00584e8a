/* All that is written is looked at before anything is elaborated, used or not. */
#ifndef FRONTEND_CHECK_CHECK_H
#define FRONTEND_CHECK_CHECK_H

#include "frontend/front.h"

struct declared_names;

/* Binds the names of the file and of the modules that it uses, and reports what is wrong with names, shapes
 * and units. Experiments of modules are no part of the program. *declared, where it is asked for
 * (front.keeps_uses), is what was found out; the caller destroys it. */
void check_program(struct front *f, struct declared_names **declared);

#endif
