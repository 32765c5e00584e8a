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

enum builtin_gives {
    GIVES_REAL,
    GIVES_INTEGER,
    GIVES_CONDITION,
    GIVES_REALS,
    GIVES_REAL_EACH,
    GIVES_INTEGER_EACH,
    GIVES_SAME,
    GIVES_SUM,
    GIVES_PRODUCT,
    GIVES_COMMON,
    GIVES_CONCAT,
    GIVES_ROWS,
    GIVES_FILLED,
};
enum builtin_named { NAMED_NONE, NAMED_VALUE, NAMED_WORDS, NAMED_OWN };

struct builtin {
    const char *name;
    expr_id (*build)(struct call *c); /* the value of the call; 0 after an error */
    int which, fewest, most;
    enum builtin_gives gives;
    const char *names; /* the argument that is given by its name; "*": any argument may be; "": none */
    enum builtin_named named;
};

extern const struct builtin builtins[];
extern const int builtin_count;

/* value_call.c */
const struct builtin *call_builtin_named(const struct front *f, const char *text); /* or NULL */
/* Puts the arguments of the call in order; false, with a report, if the function does not take them. */
bool call_fits(struct where *w, const struct ast *a, const struct builtin *b, struct call *c);
/* The same for a function of the program. */
bool call_arguments_fit(struct where *w, const struct ast *a, const struct name *fn);
/* The value that a call gives to parameter p, which is number i; NULL: none. */
const struct ast *call_argument_for(const struct ast *a, const struct ast *p, uint32_t i);
/* Reports, once for each place, that a function calls itself. Returns false. */
bool call_recursion(struct front *f, const struct ast *a, const struct name *fn);
/* Reports that what is called, the name n or, if n is NULL, no declared name, is no function. Returns
 * false. */
bool call_unknown(struct where *w, const struct ast *a, const struct name *n);

/* value_call_help.c */
/* Adds what is written here for a function of this name with these arguments in other languages; false:
 * nothing is known of it. */
bool call_help_meant(struct where *w, const struct ast *call, const char *name);
/* The same for a function that is none here, however many arguments it has. */
bool call_help_unknown(struct where *w, const struct ast *call, const char *name);
/* Adds the help for a call of a function of the language with too many or too few arguments. */
void call_help_number(const struct call *c, const struct builtin *b);

#endif
