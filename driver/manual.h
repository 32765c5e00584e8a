/* The man page and the completion of bash, from the lists of commands and options. */
#ifndef DRIVER_MANUAL_H
#define DRIVER_MANUAL_H

#include <stdio.h>

void manual_print_man(FILE *out);        /* crnlc --man */
void manual_print_completion(FILE *out); /* crnlc --completion */

#endif
