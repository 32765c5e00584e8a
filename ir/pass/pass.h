/* Passes transform networks. passes.def is the only list of passes. The runner computes the facts that a
 * pass needs, verifies the network after each pass, drops facts that no longer hold, and prints, times,
 * checks and stops as the options ask. A function that returns `bool` returns whether no error was
 * reported. */
#ifndef IR_PASS_H
#define IR_PASS_H

#include "ir/fact/facts.h"
#include "ir/net/net.h"
#include "ir/prove/witness.h"
#include "support/diag.h"

enum pass_id {
#define PASS(id, function, classes, claim, needs, keeps, parameters, help) PASS_##id,
#include "ir/pass/passes.def"
#undef PASS
    PASS_COUNT
};

struct pass_options {
    const char *dump_ir;     /* name of a pass, "all", or NULL: after which pass to print the network to
                               `out` */
    const char *disable;     /* names of passes to skip: "a,b", or NULL */
    const char *stop_after;  /* name of the pass after which to stop, or NULL */
    bool asked;              /* the user asked for the passes by name, so that it is an error if one does not
                               apply */
    bool print_changed;      /* print the network to `out` after each pass that changed it */
    bool time;               /* print the time of each pass to `out` */
    bool verify;             /* check the claim of each pass (certify.h) */
    bool remarks;            /* print to `out` what a pass did, or why it did not */
    bool before_experiments; /* experiments have not been read yet: they may set any amount */
    int64_t max_products;    /* largest number of molecules on a product side that a pass may make; 0: no
                               bound */
    FILE *out;
    const struct sources *sources;
    /* If not NULL, called after each pass. */
    void (*after)(void *env, const char *pass, const struct net *n);
    void *env;
};

/* What a pass works with. */
struct pass_context {
    struct diag *diag;
    const struct pass_options *options; /* never NULL */
    const char *name;                   /* name of the pass */
    struct facts *facts;                /* facts of the network before the pass */
    struct witness *witness;            /* the pass fills it; NULL: nobody will check */
    size_t n_done;                      /* number of places where the pass was applied */
    char *why;                          /* the first condition that failed, at `why_at`; NULL: none */
    struct span why_at;
};

/* A pass. `classes` says what it preserves (doc/PASSES.md): T the law over time of what is observed, O the
 * solution of the ODE, S the limit of a rate-independent network, A an approximation. A pass whose condition
 * fails leaves the network unchanged. */
struct pass {
    const char *name, *classes, *claim, *needs, *keeps; /* claim: what is preserved, in words; needs, keeps:
                                                           facts */
    const char *parameters; /* names of the parameters that the pass reads, or declares if they are missing */
    const char *help;
    bool (*run)(struct net *n, struct pass_context *c);
};
extern const struct pass passes[PASS_COUNT];

/* The list of passes of an optimisation level, 0 to 3. All are of class T, which users need not ask for. */
const char *pass_level(int level);
bool pass_find(const char *name, enum pass_id *id);
bool pass_reads(enum pass_id id, const char *parameter);                /* parameter may be NULL: false */
bool pass_unknown(const char *name, struct span at, struct diag *diag); /* reports it; returns false */
/* Runs a list of passes, such as "canonical,merge_duplicates". An unknown name is reported with 'did you
 * mean'. `o` may be NULL. */
bool pass_run_list(struct net *n, const char *list, const struct pass_options *o, struct diag *diag);
bool pass_run(struct net *n, enum pass_id id, const struct pass_options *o, struct diag *diag);
/* Whether the claim of the pass holds (certify.h); reports an error if it does not. */
bool pass_check(const char *name, const struct net *before, const struct net *after, const struct witness *w,
                struct diag *diag);

/* For passes: remarks, which --remarks prints after their place. pass_done is for a place where the pass was
 * applied, pass_missed for one where a condition failed. */
void pass_done(struct pass_context *c, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void pass_missed(struct pass_context *c, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A remark on why something stays where nobody expects the pass to remove it; unlike pass_missed it is never
 * the reason of a warning. */
void pass_kept(struct pass_context *c, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Reports that a coefficient does not fit in 64 bits. `way` is the advice how to avoid the error (NULL: to
 * leave the pass out). Returns false. */
bool pass_overflow(struct pass_context *c, struct span at, const char *way);
/* Reports that the pass does not apply to the network at all: an error if the user asked for the pass,
 * otherwise a remark. Returns whether compilation may go on. */
bool pass_refuse(struct pass_context *c, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
