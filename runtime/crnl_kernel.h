/* The list of kernels (crnl_kernel.def) as enums and tables, and the choice among those of a slot; shared by
 * compiler and runtime. */
#ifndef CRNL_KERNEL_H
#define CRNL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crnl_model;

enum crnl_slot {
#define SLOT(id, name, needs, unit) CRNL_SLOT_##id,
#include "crnl_kernel.def"
    CRNL_SLOT_COUNT
};
enum crnl_kernel_id {
#define KERNEL(slot, id, made, name, rule, help) CRNL_KERNEL_##id,
#include "crnl_kernel.def"
    CRNL_KERNEL_COUNT
};

struct crnl_slot_info {
    const char *name, *unit;
    uint32_t needs; /* CRNL_NEEDS_... */
};
extern const struct crnl_slot_info crnl_slot_info[CRNL_SLOT_COUNT];

struct crnl_kernel_info {
    const char *name, *help;
    enum crnl_slot slot;
};
extern const struct crnl_kernel_info crnl_kernel_info[CRNL_KERNEL_COUNT];

/* The first kernel of this name in a slot for methods that need `needs`; -1: none. */
int crnl_kernel_named(const char *name, uint32_t needs);

/* Of an event in mean, over the reactions by their propensities at the amounts. */
struct crnl_estimate {
    double updates;  /* propensities that read what it changes */
    double renewals; /* ... the same where only an amount that leaves its interval counts (rejection) */
    double moves;    /* ... and of those, whose bounds change by much */
    bool is_made;
};

/* Where costs are asked for; a member is NULL if it is not known. */
struct crnl_amounts {
    const double *x;       /* [n_species] as the kernel has them: molecules where it counts */
    const double *k;       /* [n_reactions] effective constants */
    const double *readers; /* [n_species] how many reactions read each, if that has been counted */
    struct crnl_estimate *estimate; /* kept here for all kernels that want it */
};

struct crnl_kernel {
    enum crnl_kernel_id id;
    /* A text why it may not simulate the network, from its structure alone; NULL: it may. */
    const char *(*why_not)(const struct crnl_model *m);
    /* ns on one core of what the slot counts, to order kernels; `at` may be NULL. */
    double (*cost)(const struct crnl_model *m, const struct crnl_amounts *at);
    bool is_walked; /* the functions of an engine that interprets give the same bytes, and stand in for it */
    const void *code; /* the operations of its slot: struct rt_ssa_code, ... */
};
#define KERNEL(slot, id, made, name, rule, help) extern const struct crnl_kernel crnl_kernel_##rule;
#include "crnl_kernel.def"

struct crnl_kernel_choice {
    enum crnl_slot slot;
    const struct crnl_kernel *kernel;       /* the cheapest; NULL: none applies */
    const char *refusal[CRNL_KERNEL_COUNT]; /* of those of the slot */
    double cost[CRNL_KERNEL_COUNT];         /* of those that apply */
};
/* Among the `n` kernels of a slot. refusal[CRNL_KERNEL_COUNT]: what speaks against them. */
void crnl_kernel_choose(struct crnl_kernel_choice *c, const struct crnl_kernel *const *kernel, size_t n,
                        const struct crnl_model *m, const char *const *refusal,
                        const struct crnl_amounts *at);
/* "table 24 ns an event; unrolled 31; not lanes: a law reads the time", the one of `first` first. */
void crnl_kernel_tell(const struct crnl_kernel_choice *c, const struct crnl_kernel *first, char *text,
                      size_t size);

#endif
