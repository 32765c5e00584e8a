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

/* value_call.c */
const struct builtin *call_builtin_named(const struct front *f, const char *text); /* or NULL */
/* Takes the arguments apart; reports those that the function does not take. */
bool call_fits(struct where *w, const struct ast *a, const struct builtin *b, struct call *c);
/* The same for a function of the program. */
bool call_arguments_fit(struct where *w, const struct ast *a, const struct name *fn);
/* Reports that what is called (n: the name, or NULL) is no function; false. */
bool call_unknown(struct where *w, const struct ast *a, const struct name *n);

#endif
