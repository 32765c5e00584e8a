/* Checked allocation. If memory runs out, the process ends at once (status 1, with a message). No other
 * condition does that: here no caller could continue sensibly, and a part of a network must never look like
 * the whole. */
#ifndef SUPPORT_MEM_H
#define SUPPORT_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);                           /* never NULL; contents undefined */
void *mem_zalloc(size_t count, size_t size);            /* zeroed; checks the product for overflow */
void *mem_resize(void *old, size_t count, size_t size); /* realloc with a check for overflow */
char *mem_strdup(const char *text);
char *mem_had(char *text); /* checks a copy that a library made: NULL means out of memory */

#endif
