/* The man page and the completion for bash, from the lists of commands and options. */
#ifndef DRIVER_MANUAL_H
#define DRIVER_MANUAL_H

#include <stdbool.h>
#include <stdio.h>

void manual_print_man(FILE *out);        /* crnlc --man */
void manual_print_completion(FILE *out); /* the completion for bash */
/* crnlc --completion bash|zsh|fish (completion.c). False after a report if there is none for the shell. */
bool completion_print(FILE *out, const char *shell);

#endif
