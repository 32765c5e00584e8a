/* libxml2 is loaded when SED-ML is read for the first time. */
#ifndef SUPPORT_XML2_LIBXML2_H
#define SUPPORT_XML2_LIBXML2_H

#include "support/diag.h"

/* Before the first call of libxml2. False with E0805 where it is not installed. */
bool libxml2_load(struct diag *diag);

#endif
