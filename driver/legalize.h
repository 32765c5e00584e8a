/* Rewriting a network until a format can hold it, and telling the user what that means. */
#ifndef DRIVER_LEGALIZE_H
#define DRIVER_LEGALIZE_H

#include "codegen/text/text.h"
#include "driver/pipeline.h"

/* With --legalize, the passes that `format` needs; with --dsd, the implementation. Tells of each change on
 * standard error. `format` NULL: no limits of its own. False: reported. */
bool legalize(struct pipeline *p, struct net *net, const struct text_format *format);

#endif
