/* The list of builtin functions: builtin.def. */
#ifndef FRONTEND_BUILTIN_H
#define FRONTEND_BUILTIN_H

#include "frontend/front.h"

struct call {
    struct where *w;
    const struct ast *ast;
    const char *name;
    int which;              /* the number in builtin.def */
    const struct ast **arg; /* positional */
    int n;
};

struct builtin {
    const char *name;
    expr_id (*build)(struct call *c); /* 0: reported */
    int which, fewest, most;
    const char *names; /* the argument that is given by name; "*" any, "" none */
};

extern const struct builtin builtins[];
extern const int builtin_count;

#endif
