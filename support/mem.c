#include "support/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t size)
{
    fprintf(stderr, "crnlc: out of memory (asked for %zu bytes)\n", size);
    quick_exit(EXIT_FAILURE); /* also removes files that are being written */
}

static size_t checked_product(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        out_of_memory(SIZE_MAX);
    }
    return count * size;
}

void *mem_alloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p) {
        out_of_memory(size);
    }
    return p;
}

void *mem_zalloc(size_t count, size_t size)
{
    size_t bytes = checked_product(count, size);
    void *p = calloc(1, bytes ? bytes : 1);
    if (!p) {
        out_of_memory(bytes);
    }
    return p;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    size_t bytes = checked_product(count, size);
    void *p = realloc(old, bytes ? bytes : 1);
    if (!p) {
        out_of_memory(bytes);
    }
    return p;
}

char *mem_strdup(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = mem_alloc(n);
    memcpy(copy, text, n);
    return copy;
}

char *mem_had(char *text)
{
    if (!text) {
        out_of_memory(1);
    }
    return text;
}
