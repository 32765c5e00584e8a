/* libsbml is loaded when SBML is read or written for the first time. */
#ifndef SUPPORT_SBML_LIBSBML_H
#define SUPPORT_SBML_LIBSBML_H

#include "support/diag.h"

/* Before the first call of libsbml. False with E0805 where it is not installed. */
bool libsbml_load(struct diag *diag);

#endif
