/* The front end as one call: source file -> checked program with its networks. */
#ifndef FRONTEND_COMPILE_H
#define FRONTEND_COMPILE_H

#include "ir/pass/pass.h"
#include "ir/program/program.h"
#include "support/diag.h"

struct compile_options {
    const char *experiment; /* NULL: `main`, else the only one, else none if there is one network only */
    /* Elaborate just this network, with default parameters (print, emit); overrides `experiment`. */
    const char *network;
    const char *stdlib_dir; /* modules are sought here before the embedded ones; NULL: embedded only */
    const char *data_dir;   /* where input files are sought; NULL: beside the source */
    const struct pass_options *pass; /* of `optimize`; may be NULL */
    const char *out_dir;   /* where files of parameters are sought first; NULL: the current folder */
    int64_t max_reactions; /* 0: default 10,000,000 per program */
    int64_t max_elements;  /* 0: default 40,000,000 per array */
    size_t n_defines;      /* not owned: "NAME=VALUE" for top-level const (-D) */
    const char *const *defines;
    bool explain_conventions; /* W0404 */
    bool remarks;             /* W0411 */
    bool is_generated;        /* a program wrote the text: what nothing uses there is no slip */
    bool all; /* `check`: every experiment and network is elaborated; the program is of the chosen one */
};

/* Reads, parses, checks and elaborates. NULL after errors, all of which are in `diag`. The caller destroys
 * the program (its networks with it); it does not refer to the syntax tree. */
struct program *frontend_compile(struct sources *sources, const char *path,
                                 const struct compile_options *options, struct diag *diag);

#endif
