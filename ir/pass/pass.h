/* Passes: network to network. passes.def is the one list; the runner computes the facts a pass needs,
 * verifies the network after each, drops facts that no longer hold, and prints, times, checks and stops as
 * asked. `bool` means 'no error was reported'. */
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
    const char *dump_ir;    /* pass name, "all", or NULL: prints the network to `out` */
    const char *disable;    /* names of passes that are left out: "a,b", or NULL */
    const char *stop_after; /* name of a pass, or NULL */
    bool asked;             /* the passes are asked for by name: that one cannot be applied is an error */
    bool print_changed;     /* the network after each pass that changed it, to `out` */
    bool time;              /* time of each pass to `out` */
    bool verify;            /* check what each pass claims (certify.h) */
    bool remarks;           /* what a pass did, or why not, to `out` */
    bool before_experiments; /* these are not read yet: they may set any amount */
    int64_t max_products;   /* molecules on a product side that a pass may make; 0: no bound */
    FILE *out;
    const struct sources *sources;
    /* NULL, or called after each pass. */
    void (*after)(void *env, const char *pass, const struct net *n);
    void *env;
};

/* What a pass works with. */
struct pass_context {
    struct diag *diag;
    const struct pass_options *options; /* never NULL */
    const char *name;                   /* of the pass */
    struct facts *facts;                /* of the network as it came in */
    struct witness *witness;            /* to be filled; NULL: nobody will check */
    size_t n_done;                      /* places it was applied at */
    char *why;                          /* the first condition that failed, at `why_at`; NULL: none did */
    struct span why_at;
};

/* What a pass preserves, `classes` (doc/PASSES.md): T the law over time of what is observed, O the
 * solution of the ODE, S the limit of a rate-independent network, A approximates. A pass whose condition
 * fails leaves the network as it is. */
struct pass {
    const char *name, *classes, *claim, *needs, *keeps; /* claim: what is preserved, in words */
    const char *parameters; /* names of the parameters that it reads, or makes where they are missing */
    const char *help;
    bool (*run)(struct net *n, struct pass_context *c);
};
extern const struct pass passes[PASS_COUNT];

/* The list of an optimisation level, 0 to 3: passes of class T, which need not be asked for. */
const char *pass_level(int level);
bool pass_find(const char *name, enum pass_id *id);
const char *pass_nearest(const char *name); /* or NULL */
/* "canonical,merge_duplicates"; unknown names are reported with 'did you mean'. Options may be NULL. */
bool pass_run_list(struct net *n, const char *list, const struct pass_options *o, struct diag *diag);
bool pass_run(struct net *n, enum pass_id id, const struct pass_options *o, struct diag *diag);
/* Does the claim hold (certify.h)? Else reports it. */
bool pass_check(const char *name, const struct net *before, const struct net *after, const struct witness *w,
                struct diag *diag);

/* For passes. A remark is printed with --remarks, after the place. */
void pass_done(struct pass_context *c, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void pass_missed(struct pass_context *c, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Why something stays, where nobody expected it to go: a remark alone. */
void pass_kept(struct pass_context *c, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A coefficient grows past 64 bits: an error, with the way round it (NULL: to leave the pass out). Returns
 * false. */
bool pass_overflow(struct pass_context *c, struct span at, const char *way);
/* The pass does not apply to the network at all: an error where it was asked for, else a remark. Returns
 * whether the compilation may go on. */
bool pass_refuse(struct pass_context *c, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
