/* Checked allocation. Out of memory is the one condition that ends the process at once (status 1, with a
 * message): no caller could do anything sensible, and a partial network must never look like a whole one. */
#ifndef SUPPORT_MEM_H
#define SUPPORT_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);                           /* never NULL; contents undefined */
void *mem_zalloc(size_t count, size_t size);            /* zeroed; the product is overflow checked */
void *mem_resize(void *old, size_t count, size_t size); /* realloc with overflow check */
char *mem_strdup(const char *text);
char *mem_had(char *text); /* what a library copied; NULL is out of memory */

#endif
