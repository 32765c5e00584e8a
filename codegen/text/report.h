/* What a network costs in DNA strand displacement, by several published schemes. */
#ifndef CODEGEN_TEXT_REPORT_H
#define CODEGEN_TEXT_REPORT_H

#include <stdio.h>

#include "ir/net.h"

void report_write(FILE *out, const struct net *n, bool json);

#endif
