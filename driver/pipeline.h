/* The stages from text to something that runs. A pipeline owns what its stages made; pipeline_close releases
 * all of it. Stages return false after errors, which `diag` keeps until pipeline_report prints them. */
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
/* The file whose text is the program: `file`, or one that is made from a description of simulations. NULL
 * after errors. */
const char *pipeline_source(struct pipeline *p, const char *file);
/* From text to a checked program with its networks, which replaces an earlier one. */
bool pipeline_program(struct pipeline *p, const char *file, bool all);
/* To networks after passes, to plans, to something that runs in memory. Each includes the stages before. */
bool pipeline_networks(struct pipeline *p, const char *file);
bool pipeline_plans(struct pipeline *p, const char *file);
bool pipeline_engine(struct pipeline *p, const char *file);

/* The same for a program that pipeline_program has made. */
bool pipeline_finish(struct pipeline *p);

/* One network without passes. For FILE.crnl it is the one that --network names or the only one that the
 * program uses; FILE.crnl:NAME names one; other files hold one network as text. The caller owns it; NULL
 * after errors. */
struct net *pipeline_net(struct pipeline *p, const char *file);
/* Whether the file is a program, not the text form of a network: by its name or, of standard input (`-`), by
 * how it begins. */
bool pipeline_is_program(struct pipeline *p, const char *file);

/* Applies the passes `list` to one network; NULL: those of the options. */
bool pipeline_optimise(struct pipeline *p, struct net *net, const char *list);
/* Called before files are written: makes writing to a file that was read an error. */
void pipeline_protect(struct pipeline *p);
/* For --time: prints the time of the stage that ends here. */
void pipeline_stage_done(struct pipeline *p, const char *stage);
/* Prints the reports; returns the exit status so far. */
int pipeline_report(struct pipeline *p);
int pipeline_report_to(struct pipeline *p, FILE *out); /* the same, to `out` instead of standard error */
void pipeline_close(struct pipeline *p);

#endif
