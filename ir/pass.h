/* Passes: network to network. passes.def is the one list; the runner verifies after each and can print, time
 * and stop. `bool` means 'no error was reported'. */
#ifndef IR_PASS_H
#define IR_PASS_H

#include "ir/net.h"
#include "support/diag.h"

enum pass_id {
#define PASS(id, function, classes, needs, keeps, help) PASS_##id,
#include "ir/passes.def"
#undef PASS
    PASS_COUNT
};

/* What a pass preserves (doc/ARCHITECTURE.md): the law over time, the ODE solution, the limit, or only
 * approximately. */
struct pass {
    const char *name, *classes, *needs, *keeps, *help;
    bool (*run)(struct net *n, struct diag *diag);
};
extern const struct pass passes[PASS_COUNT];

struct pass_options {
    const char *dump_after;         /* pass name, "all", or NULL: prints the network to `out` */
    bool time;                      /* time of each pass to `out` */
    FILE *out;
    const struct sources *sources;
};

bool pass_find(const char *name, enum pass_id *id);
/* "canonical,merge_duplicates"; unknown names are reported with 'did you mean'. */
bool pass_run_list(struct net *n, const char *list, const struct pass_options *o, struct diag *diag);
bool pass_run(struct net *n, enum pass_id id, const struct pass_options *o, struct diag *diag);

#endif
