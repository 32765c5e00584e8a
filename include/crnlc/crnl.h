/* libcrnl: crnlc inside another program. Text of the language is compiled in memory and executed; what comes
 * of it are arrays.
 *
 *   char text[] = "network decay(k = 1) { species A = 1; A ->{k} 0; }"
 *                 "experiment main { run decay for 1 every 0.1 -> \"rows.csv\"; let left = decay.A; }";
 *   crnlc_error *error = NULL;
 *   crnlc_program *program = crnlc_compile("decay.crnl", text, NULL, &error);
 *   crnlc_run *run = crnlc_run_create(program, NULL, &error);
 *   if (crnlc_run_execute(run, &error) == 0) { crnlc_run_value(run, "left", &array); ... }
 *
 * Ownership: who gets a crnlc_program, crnlc_run, crnlc_error or text frees it by the function of that name;
 * free of NULL does nothing. Everything else that a function returns belongs to its first argument and lives
 * as long. A run keeps its program alive: they may be freed in any order.
 *
 * Errors: a function that can fail takes `crnlc_error **error`, which may be NULL, stores an error there, and
 * returns NULL or a status other than 0 (crnl_status.def has the list). Nothing is printed,
 * no signal is taken, and the process goes on; only where memory runs out it ends, with a message. Where LLVM
 * is missing, runs are interpreted, and crnlc_run_messages says so.
 *
 * Threads: programs and runs may be used in several threads at once, a run by one thread at a time, but for
 * crnlc_run_cancel, which any thread may call. Runs of one program may go on side by side.
 *
 * Versions: functions are added, and members at the end of structures whose `size` the caller sets; nothing
 * else changes while CRNLC_ABI, the number in the library's name, stays the same. */
#ifndef CRNLC_CRNL_H
#define CRNLC_CRNL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CRNLC_ABI 1

typedef struct crnlc_program crnlc_program;
typedef struct crnlc_run crnlc_run;
typedef struct crnlc_error crnlc_error;

int crnlc_abi(void);             /* CRNLC_ABI of the library that is loaded */
const char *crnlc_version(void); /* "0.1.0" */

/* ---- Errors -------------------------------------------------------------------------------------------- */
/* As crnlc prints it, with lines of the source and carets. */
const char *crnlc_error_text(const crnlc_error *e);
/* A JSON array of diagnostics, each with `code`, `severity`, `message`, `file`, `line`, `column`, `help`, as
 * `crnlc check --json` gives it; of an error while running an array of one. */
const char *crnlc_error_json(const crnlc_error *e);
const char *crnlc_error_code(const crnlc_error *e); /* of the first: "E0201"; "" if it has none */
void crnlc_error_free(crnlc_error *e);
void crnlc_text_free(char *text);

/* ---- Programs ------------------------------------------------------------------------------------------ */
typedef struct {
    size_t size;            /* sizeof(crnlc_options), set by the caller */
    const char *experiment; /* NULL: `main`, the only one, or none where there is one network only */
    const char *network;    /* this network alone, without an experiment */
    const char *more;     /* text behind that of the program: an experiment that runs its networks; or NULL */
    const char *data_dir; /* where input files are sought; NULL: beside the program */
    const char *out_dir;  /* where parameters of models are sought; NULL: the current folder */
    size_t n_defines;
    const char *const *defines; /* "NAME=VALUE" of top-level constants */
    int opt_level;              /* as in -O2; 0: the default, 2 */
    int compile_at_once;        /* 0: machine code is made where that has been worth its time */
} crnlc_options;

/* What a program declares, from its text alone, as JSON: {"doc": ..., "entries": [{"kind": "network",
 * "name": ..., "doc": ..., "units": ..., "given": [{"kind", "name", "value", "doc"}], "own": [the same]}]}
 * with kinds network, experiment, param, const, fn, data, model. text NULL: `path` is read. */
char *crnlc_describe(const char *path, const char *text, crnlc_error **error);

/* What `crnlc check` says about all of a text, also about networks and experiments that no run looks at: errors
 * and warnings; NULL: nothing. text and options as below; `experiment`, `network` and `more` are not asked. */
crnlc_error *crnlc_check(const char *path, const char *text, const crnlc_options *options);

/* text NULL: the file at `path`, which may also be one of another tool, is read (then `more` must be NULL
 * unless it is one of the language). options NULL: the defaults. */
crnlc_program *crnlc_compile(const char *path, const char *text, const crnlc_options *options,
                             crnlc_error **error);
void crnlc_program_free(crnlc_program *program);
/* {"experiment": name or null, "doc": ..., "networks": [{"name": ..., "symbols": [{"name", "role", "dims",
 * "unit", "doc"}]}], "params": [{"name", "value", "unit", "doc"}], "values": [{"name", "type", "dims"}],
 * "records": [names], "warnings": text}. Roles are species, parameter, output. */
const char *crnlc_program_json(crnlc_program *program);

/* ---- Runs ---------------------------------------------------------------------------------------------- */
typedef struct {
    size_t size;
    uint64_t seed;
    int threads;         /* 0: all processors */
    const char *out_dir; /* where files are written; NULL: the current folder */
    const char *data_dir;
    int allow_outside;  /* it may write elsewhere too */
    int rows_in_memory; /* rows of runs that name a file become tables, and no file is written */
    size_t n_set;
    const char *const *set; /* "k=2": parameters of the program */
    double max_seconds;     /* 0: no limit */
    /* Called with what is printed, or told as a message, while it runs; one call at a time, in any thread. NULL:
     * nothing is. crnlc_run_output and crnlc_run_messages have all of it afterwards. */
    void (*says)(void *env, int is_message, const char *text, size_t n);
    void *env;
} crnlc_run_options;

crnlc_run *crnlc_run_create(crnlc_program *program, const crnlc_run_options *options, crnlc_error **error);
void crnlc_run_free(crnlc_run *run);
/* Before it is executed: the variable of the experiment, one that a `let` at its top level declares, has
 * these values from the first assignment on. n is the number of its elements; numbers only. */
int crnlc_run_give(crnlc_run *run, const char *variable, const double *v, size_t n, crnlc_error **error);
/* Once for each run. */
int crnlc_run_execute(crnlc_run *run, crnlc_error **error);
/* Asks it to stop at the next safe point. */
void crnlc_run_cancel(crnlc_run *run);

/* An array, row-major, where it is; it does not move and does not change. */
typedef struct {
    const char *type; /* "real", "int" (64 bits) */
    int rank;
    const int32_t *dims; /* [rank] */
    const void *v;
} crnlc_array;
/* What a variable of the experiment holds, at the end. */
int crnlc_run_value(crnlc_run *run, const char *variable, crnlc_array *out, crnlc_error **error);
/* The series that `record` made. */
int crnlc_run_record(crnlc_run *run, const char *name, const double **v, size_t *n, crnlc_error **error);
/* A symbol of a network now: before the execution parameters and initial amounts, then final ones. v has
 * room for n numbers, as many as the symbol has. */
int crnlc_run_symbol(crnlc_run *run, const char *network, const char *symbol, double *v, size_t n,
                     crnlc_error **error);
double crnlc_run_time(crnlc_run *run,
                      const char *network); /* of the network; 0 if there is none of that name */

/* Rows of runs, one table for each file that was named (rows_in_memory). */
typedef struct {
    const char *name;
    size_t n_keys, n_columns; /* keys (the source's element, `run`), then `time`, then amounts */
    const char *const *column;
    size_t n_rows;
    const double *v; /* [n_rows][n_columns] */
} crnlc_table;
size_t crnlc_run_tables(crnlc_run *run);
int crnlc_run_table(crnlc_run *run, size_t i, crnlc_table *out);

const char *crnlc_run_output(crnlc_run *run);   /* what it printed */
const char *crnlc_run_messages(crnlc_run *run); /* warnings and notes */
/* Files that it wrote, in order; NULL behind the last. */
const char *crnlc_run_file(crnlc_run *run, size_t i);

#ifdef __cplusplus
}
#endif

#endif
