/* libyaml is loaded when YAML is read for the first time. */
#ifndef SUPPORT_YAML_LIBYAML_H
#define SUPPORT_YAML_LIBYAML_H

#include "support/diag.h"

/* Before the first call of libyaml. False with E0805 where it is not installed. */
bool libyaml_load(struct diag *diag);

#endif
