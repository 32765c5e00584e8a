/* Expressions as BioNetGen writes them: + - * / ^, comparisons, && || !, calls. What names mean is asked. */
#ifndef IMPORT_INFIX_H
#define IMPORT_INFIX_H

#include "import/scan.h"

struct infix {
    struct scan *s;
    int depth; /* of parentheses, and of definitions read on the way */
    /* The value of a name: a real or boolean scalar; 0 after a report. */
    expr_id (*name)(void *env, struct infix *i, const char *name, size_t length);
    /* NULL, or functions of the format that no expression of networks has: 0 and *known where it has this
     * one, after a report. */
    expr_id (*call)(void *env, struct infix *i, const char *name, size_t n, const expr_id *args, bool *known);
    void *env;
};

/* Reads an expression at the place reached; 0 after a report. */
expr_id infix_read(struct infix *i); /* real or boolean */
expr_id infix_read_real(struct infix *i);

#endif
