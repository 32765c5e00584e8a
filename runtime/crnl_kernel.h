/* The list of kernels (crnl_kernel.def) as enums and tables, and the choice among the kernels of a slot;
 * shared by compiler and runtime. */
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

/* The first kernel of this name in a slot for methods with the needs `needs`; -1: there is none. */
int crnl_kernel_named(const char *name, uint32_t needs);

/* Means over events, where reactions are weighted by their propensities at the amounts. */
struct crnl_estimate {
    double updates;  /* number of propensities that read an amount changed by the event */
    double renewals; /* the same, counting only amounts that leave their interval (rejection) */
    double moves;    /* those of them whose bounds change much */
    bool is_made;
};

/* The point at which costs are estimated; a member is NULL if it is not known. */
struct crnl_amounts {
    const double *x;                /* [n_species] as the kernel has them: molecules if the kernel counts */
    const double *k;                /* [n_reactions] effective constants */
    const double *readers;          /* [n_species] number of reactions that read each; NULL: not counted */
    struct crnl_estimate *estimate; /* computed once for all kernels that use it */
};

struct crnl_kernel {
    enum crnl_kernel_id id;
    /* Why the kernel may not simulate the network, from its structure alone; NULL: it may. */
    const char *(*why_not)(const struct crnl_model *m);
    /* Estimated ns on one core for the unit of the slot, to rank kernels; `at` may be NULL. */
    double (*cost)(const struct crnl_model *m, const struct crnl_amounts *at);
    bool is_walked;   /* the functions of an interpreting engine give the same bytes, and can replace it */
    const void *code; /* operations of its slot: struct rt_ssa_code, ... */
};
#define KERNEL(slot, id, made, name, rule, help) extern const struct crnl_kernel crnl_kernel_##rule;
#include "crnl_kernel.def"

struct crnl_kernel_choice {
    enum crnl_slot slot;
    const struct crnl_kernel *kernel;       /* the cheapest one; NULL: none applies */
    const char *refusal[CRNL_KERNEL_COUNT]; /* why kernels of the slot do not apply */
    double cost[CRNL_KERNEL_COUNT];         /* costs of those that apply */
};
/* Chooses among the `n` kernels of a slot. refusal[CRNL_KERNEL_COUNT] has the known reasons against them. */
void crnl_kernel_choose(struct crnl_kernel_choice *c, const struct crnl_kernel *const *kernel, size_t n,
                        const struct crnl_model *m, const char *const *refusal,
                        const struct crnl_amounts *at);
/* Writes a text such as "table 24 ns an event; unrolled 31; not lanes: a law reads the time", with `first`
 * as the first. */
void crnl_kernel_tell(const struct crnl_kernel_choice *c, const struct crnl_kernel *first, char *text,
                      size_t size);

#endif
