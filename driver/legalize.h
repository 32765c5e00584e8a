/* Rewrites a network until a format can hold it, and tells the user about the changes. */
#ifndef DRIVER_LEGALIZE_H
#define DRIVER_LEGALIZE_H

#include "codegen/text/text.h"
#include "driver/pipeline.h"

/* With --legalize, applies the passes that `format` needs; with --dsd, makes the implementation by strand
 * displacement. Prints each change to standard error. `format` NULL: no limits of a format. False after a
 * report. */
bool legalize(struct pipeline *p, struct net *net, const struct text_format *format);

#endif
