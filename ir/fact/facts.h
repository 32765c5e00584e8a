/* Cache of the facts of a network: a fact is computed when it is first asked for, and kept until the network
 * changes. The owner says which facts survive a change (facts_keep), and frees all of them (facts_free). */
#ifndef IR_FACTS_H
#define IR_FACTS_H

#include "ir/fact/fact.h"

struct facts {
#define FACT(name)   \
    bool has_##name; \
    struct name name;
#include "ir/fact/facts.def"
#undef FACT
};

#define FACT(name) const struct name *facts_##name(struct facts *f, const struct net *n);
#include "ir/fact/facts.def"
#undef FACT
/* Computes the facts named in `list`, such as "conservation, dependency"; "" names none. */
void facts_need(struct facts *f, const struct net *n, const char *list);
/* Drops all facts except those named in `list`; "all" keeps every fact. */
void facts_keep(struct facts *f, const char *list);
void facts_free(struct facts *f);

#endif
