/* An experiment once for each of several seeds (`--seeds`), side by side. Each has a context of its own,
 * writes below the folder seed-N and prints to the file seed-N.txt; what they record and print is compared at
 * the end. */
#ifndef RT_SEEDS_H
#define RT_SEEDS_H

#include "runtime/out/rt_output.h"

/* Named by `record`, or by the words before a number that `print` writes to standard output. */
struct rt_seed_value {
    char *name;
    bool recorded;
    double v;
};
struct rt_seed {
    uint64_t number;
    struct crnl_ctx *head;
    bool complete;
    struct rt_file output;       /* of `print`, from its first line on */
    struct rt_seed_value *value; /* the last one of each name, in the order of their first */
    size_t n_values, cap_values;
};

/* seeds.c: the program of `head`, which itself is not executed, with the seeds of its options. */
int rt_seeds_execute(struct crnl_ctx *head);

/* seeds_values.c, for contexts that have a seed: a line is printed. */
int rt_seed_print(struct crnl_ctx *ctx, const char *text, struct rt_error *e);
/* The experiment came to its end: what it recorded is kept. */
void rt_seed_keep_records(struct crnl_ctx *ctx);
void rt_seed_free(struct rt_seed *s);

/* seeds_table.c: median and quartiles of each value over the seeds that are complete, in the order of the
 * seeds: to standard output, and with those of each seed to the file `path` if it is not NULL. */
int rt_seeds_compare(struct crnl_ctx *head, const struct rt_seed *seed, int32_t n, const char *path,
                     struct rt_error *e);

#endif
