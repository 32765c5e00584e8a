/* The front end as a single call, which turns a source file into a checked program with its networks. */
#ifndef FRONTEND_COMPILE_H
#define FRONTEND_COMPILE_H

#include "ir/pass/pass.h"
#include "ir/program/program.h"
#include "support/diag.h"

struct compile_options {
    /* NULL: `main`; without it, the only experiment; with no experiment and only one network, none */
    const char *experiment;
    /* Elaborate just this network, with default parameters (print, emit); overrides `experiment`. */
    const char *network;
    /* modules are looked for here before the embedded ones; NULL: only the embedded ones */
    const char *stdlib_dir;
    const char *data_dir;            /* where input files are looked for; NULL: beside the source */
    const struct pass_options *pass; /* options of `optimize`; may be NULL */
    const char *out_dir;   /* where files of parameters are looked for first; NULL: in the current folder */
    int64_t max_reactions; /* 0: default 10,000,000 per program */
    int64_t max_elements;  /* 0: default 40,000,000 per array */
    size_t n_defines;      /* not owned: "NAME=VALUE" for top-level const (-D) */
    const char *const *defines;
    bool explain_conventions; /* W0404 */
    bool remarks;             /* W0411 */
    bool shows_pictures;      /* pictures are shown by the caller, so that they need no name of a file */
    bool is_generated;        /* a program wrote the text, so names that nothing uses are no mistakes there */
    /* for `check`: every experiment and network is elaborated; the resulting program is that of the
     * chosen experiment */
    bool all;
};

/* Reads, parses, checks and elaborates a file. Returns NULL after errors, which are all in `diag`. The
 * caller destroys the program and its networks with it; the program does not refer to the syntax tree. */
struct program *frontend_compile(struct sources *sources, const char *path,
                                 const struct compile_options *options, struct diag *diag);

#endif
