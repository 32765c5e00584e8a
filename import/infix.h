/* Expressions in BioNetGen's syntax: + - * / ^, comparisons, && || !, calls. A callback gives the meaning of
 * names. */
#ifndef IMPORT_INFIX_H
#define IMPORT_INFIX_H

#include "import/scan.h"

struct infix {
    struct scan *s;
    int depth; /* number of open parentheses and of definitions that are being read */
    /* The value of a name, a real or boolean scalar; 0 after a report. */
    expr_id (*name)(void *env, struct infix *i, const char *name, size_t length);
    /* For functions of the format that expressions of networks do not have; may be NULL. Sets *known if the
     * format has the function; 0 after a report. */
    expr_id (*call)(void *env, struct infix *i, const char *name, size_t n, const expr_id *args, bool *known);
    void *env;
};

/* Reads an expression from the current place; 0 after a report. */
expr_id infix_read(struct infix *i); /* real or boolean */
expr_id infix_read_real(struct infix *i);

#endif
