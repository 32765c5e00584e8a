/* Facts of one network that are computed when first asked for and kept until the network changes. The owner
 * says which survive a change (facts_keep) and releases all of them (facts_free). */
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
/* Computes those named in `list` ("conservation, dependency"); "" none. */
void facts_need(struct facts *f, const struct net *n, const char *list);
/* Drops all but those named in `list`; "all" keeps everything. */
void facts_keep(struct facts *f, const char *list);
void facts_free(struct facts *f);

#endif
