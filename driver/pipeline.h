/* The way a program takes, from text to something that runs. A pipeline owns whatever its stages made;
 * pipeline_close releases all of it. Stages return false after errors, which are in `diag` until
 * pipeline_report prints them. */
#ifndef DRIVER_PIPELINE_H
#define DRIVER_PIPELINE_H

#include "codegen/engine.h"
#include "driver/options.h"
#include "ir/pass/pass.h"
#include "ir/program/program.h"
#include "support/diag.h"

struct pipeline {
    const struct options *options;
    struct sources *sources;
    struct diag *diag;
    struct program *program;
    struct plan **plans; /* one for each network of the program */
    struct codegen_options codegen;
    struct engine *engine;
    double since; /* start of the current stage, for --time */
};

void pipeline_open(struct pipeline *p, const struct options *o);
/* The file whose text is a program: `file`, or what is made of a description of simulations. NULL after
 * errors. */
const char *pipeline_source(struct pipeline *p, const char *file);
/* Text to a checked program with its networks; it takes the place of one that was made before. */
bool pipeline_program(struct pipeline *p, const char *file, bool all);
/* ... to networks after passes; ... to plans; ... to something that runs in memory. Each includes the ones
 * before. */
bool pipeline_networks(struct pipeline *p, const char *file);
bool pipeline_plans(struct pipeline *p, const char *file);
bool pipeline_engine(struct pipeline *p, const char *file);

/* The same for a program that pipeline_program has made. */
bool pipeline_finish(struct pipeline *p);

/* One network, without passes: of FILE.crnl the one that --network names, or that the program uses alone;
 * FILE.crnl:NAME; of any other file, the network that it holds as text. The caller owns it; NULL after
 * errors. */
struct net *pipeline_net(struct pipeline *p, const char *file);
/* Whether the file is a program, not the text form of a network: by its name or, of standard input (`-`), by
 * how it begins. */
bool pipeline_is_program(struct pipeline *p, const char *file);

/* Passes on one network, as the options ask; `passes` NULL: the default ones. */
bool pipeline_optimise(struct pipeline *p, struct net *net, const char *list);
/* Before files are written: none of them may be one that was read. */
void pipeline_protect(struct pipeline *p);
/* For --time: the stage that ends now. */
void pipeline_stage_done(struct pipeline *p, const char *stage);
/* Prints what was reported. The exit status so far. */
int pipeline_report(struct pipeline *p);
int pipeline_report_to(struct pipeline *p, FILE *out); /* in place of standard error */
void pipeline_close(struct pipeline *p);

#endif
