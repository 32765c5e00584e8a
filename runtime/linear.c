/* The table of linear solvers. */
#include "crnl_linear.h"

#include <stdio.h>
#include <string.h>

const struct crnl_linear_info crnl_linear_info[CRNL_LINEAR_COUNT] = {
#define LINEAR(id, name, rule, help) {name, help},
#include "crnl_linear.def"
};

int crnl_linear_named(const char *name)
{
    for (int i = 0; i < CRNL_LINEAR_COUNT; i++) {
        if (strcmp(crnl_linear_info[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

void crnl_linear_tell(const struct crnl_linear_choice *c, int first, char *text, size_t size)
{
    int n = snprintf(text, size, "%s %.3g ns a step", crnl_linear_info[first].name, c->cost[first]);
    for (int i = 0; i < CRNL_LINEAR_COUNT && n > 0 && (size_t)n < size; i++) {
        const char *name = crnl_linear_info[i].name;
        if (i != first) {
            n += *c->refusal[i] ? snprintf(text + n, size - (size_t)n, "; not %s: %s", name, c->refusal[i])
                                : snprintf(text + n, size - (size_t)n, "; %s %.3g", name, c->cost[i]);
        }
    }
}
