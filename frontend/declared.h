/* What the front end knows of the names of a file and of the files that it uses, as data: for editors, and
 * for `print --stage names`. Texts with errors have names too: of what could be understood. */
#ifndef FRONTEND_DECLARED_H
#define FRONTEND_DECLARED_H

#include <stdbool.h>
#include <stdio.h>

#include "support/diag.h"

struct compile_options;

struct declared {
    const char *name;  /* as it is declared: of an array of instances m[i] it is m */
    const char *kind;  /* "a species" */
    const char *type;  /* "real [n]"; NULL: nothing is known */
    const char *unit;  /* "amount /time", in `units`; NULL: a number, or not known */
    const char *units; /* the statement of the network that says what these are, as written; or NULL */
    const char *doc;   /* lines before the declaration; or NULL */
    struct span at;    /* the word where it is declared */
    struct span whole; /* the declaration */
    struct span scope; /* where it may stand alone */
    int32_t parent; /* the network, experiment, ... in which it is declared, as a number; -1: the top level */
    int32_t network; /* of an instance: what it is one of; -1: none or not known */
    bool is_member;  /* of its network, as others see it */
    size_t n_uses;
    const struct span *use; /* in the order in which they were met; each the word alone */
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
    struct declared *entry;     /* by file, then by place */
    struct declared_file *file; /* the one that was asked for is the first */
    struct arena *arena;        /* of all texts */
};

/* Of a file of the language; reports go to `diag`, where those of the syntax come first. NULL: it cannot be
 * read. */
struct declared_names *frontend_declared(struct sources *sources, const char *path,
                                         const struct compile_options *options, struct diag *diag);
void declared_destroy(struct declared_names *s);
/* A line for each name of the file, with the places in that file. */
void declared_print(const struct declared_names *s, const struct sources *sources, FILE *out);

/* The modules of the library: "laws" for std.laws. */
size_t library_module_count(void);
const char *library_module_name(size_t i);

/* Functions of the language, which every expression may call. */
size_t language_function_count(void);
const char *language_function_name(size_t i);

#endif
