/* What the front end knows about the names of a file and of the files that it uses, as data for editors
 * and for `print --stage names`. Texts with errors have names too, namely those of the parts that could
 * be understood. */
#ifndef FRONTEND_DECLARED_H
#define FRONTEND_DECLARED_H

#include <stdbool.h>
#include <stdio.h>

#include "support/diag.h"

struct compile_options;

struct declared {
    const char *name; /* the name as it is declared: m for an array of instances m[i] */
    const char *kind; /* "a species" */
    const char *type; /* "real [n]"; NULL: nothing is known */
    /* "amount /time", in terms of `units`; NULL: it is a number, or the unit is not known */
    const char *unit;
    const char *units; /* the statement `units` of the network, as written; or NULL */
    /* for a network that is made from others: the names that it may have, with dots: "v.on, v.off"; or
     * NULL */
    const char *members;
    const char *doc;   /* the comment before the declaration; or NULL */
    struct span at;    /* the word where it is declared */
    struct span whole; /* the declaration */
    struct span scope; /* where the name may be written alone */
    /* the number of the network, experiment, ... in which it is declared; -1: the top level */
    int32_t parent;
    int32_t network; /* for an instance: the number of its network; -1: none, or not known */
    bool is_member;  /* it is a member of its network that others see */
    size_t n_uses;
    /* the places of use in the order in which they were met; each is the word alone */
    const struct span *use;
};

struct declared_use { /* `use "b.crnl";` */
    struct span at;
    uint32_t file; /* 0: there is none */
};

struct declared_file {
    uint32_t file;
    const char *name; /* "std.laws"; else the path */
    size_t n_uses;
    const struct declared_use *use;
};

struct declared_names {
    size_t n, n_files;
    struct declared *entry;     /* sorted by file, then by place */
    struct declared_file *file; /* the first is the file that was asked for */
    struct arena *arena;        /* it holds all texts */
};

/* Returns the names of a file of the language. Reports go to `diag`, those of the syntax first. NULL if
 * the file cannot be read. */
struct declared_names *frontend_declared(struct sources *sources, const char *path,
                                         const struct compile_options *options, struct diag *diag);
void declared_destroy(struct declared_names *s);
/* Prints a line for each name of the file, with the places of use in that file. */
void declared_print(const struct declared_names *s, const struct sources *sources, FILE *out);

/* The modules of the library: "laws" stands for std.laws. */
size_t library_module_count(void);
const char *library_module_name(size_t i);

/* Functions of the language, which every expression may call. */
size_t language_function_count(void);
const char *language_function_name(size_t i);

#endif
