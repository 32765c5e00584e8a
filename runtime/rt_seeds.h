/* Runs an experiment once for each of several seeds (`--seeds`), in parallel. Each execution has a context
 * of its own, writes below the folder seed-N and prints to the file seed-N.txt; recorded and printed values
 * are compared at the end. */
#ifndef RT_SEEDS_H
#define RT_SEEDS_H

#include "runtime/out/rt_output.h"

/* A value named by `record`, or by the words before a number that `print` writes to standard output. */
struct rt_seed_value {
    char *name;
    bool recorded;
    double v;
};
struct rt_seed {
    uint64_t number;
    struct crnl_ctx *head;
    bool complete;
    struct rt_file output;       /* output of `print`, from its first line on */
    struct rt_seed_value *value; /* the last value of each name, in the order of their first */
    size_t n_values, cap_values;
};

/* seeds.c: executes the program of `head` with the seeds of its options; `head` itself is not executed. */
int rt_seeds_execute(struct crnl_ctx *head);

/* seeds_values.c, for contexts that have a seed: called when a line is printed. */
int rt_seed_print(struct crnl_ctx *ctx, const char *text, struct rt_error *e);
/* Called when the experiment is complete: keeps what it recorded. */
void rt_seed_keep_records(struct crnl_ctx *ctx);
void rt_seed_free(struct rt_seed *s);

/* seeds_table.c: prints the median and quartiles of each value over the seeds that are complete to standard
 * output, in the order of the seeds; and, with the values of each seed, to the file `path` if it is not
 * NULL. */
int rt_seeds_compare(struct crnl_ctx *head, const struct rt_seed *seed, int32_t n, const char *path,
                     struct rt_error *e);

#endif
