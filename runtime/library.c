/* Libraries that are loaded while a program runs. */
#include <dlfcn.h>
#include <stddef.h>
#include <sys/auxv.h>

#include "rt_base.h"

bool rt_is_static(void)
{
    return getauxval(AT_BASE) == 0; /* the address of the dynamic loader */
}

void *rt_library(const char *file, const char **why)
{
    void *library = rt_is_static() ? NULL : dlopen(file, RTLD_NOW | RTLD_LOCAL);
    *why = library ? NULL : rt_is_static() ? "the program was built with --static" : dlerror();
    return library;
}
