/* Internals of the reader of networks, for the net_read*.c files only. */
#ifndef IR_NET_READ_H
#define IR_NET_READ_H

#include "ir/net/expr_read.h"

struct net_reader {
    bool list;    /* the dialect of `crnlc emit --format text` */
    bool remarks; /* the text is about an existing network: a name means the existing species */
    struct net_lexer lexer;
    struct net *net;
    struct net_names *names;
    struct expr_reader expr;
    struct arena *scratch; /* holds the token texts of one statement */
    VEC(struct term) lhs, rhs;
    VEC(struct fraction) more;
    VEC(expr_id) elem;
    uint32_t start; /* offset at which the statement starts */
};

struct span net_reader_span(const struct net_reader *r); /* of the statement so far */
bool net_reader_text(struct net_reader *r, const char **text);
bool net_reader_name(struct net_reader *r, const char **name);
/* Parses an optional "flags 3" and adds the flags to *flags. */
bool net_reader_flags(struct net_reader *r, uint8_t *flags);
bool net_reader_end(struct net_reader *r);

/* Parses the name or number of a guard that is declared above. */
bool net_reader_guard_name(struct net_reader *r, int32_t *guard);

/* net_read_decl.c: each function parses a statement after its first word. */
bool net_reader_param(struct net_reader *r);
bool net_reader_guard(struct net_reader *r);
bool net_reader_species(struct net_reader *r, enum species_kind kind);
bool net_reader_symbol(struct net_reader *r);
bool net_reader_assume(struct net_reader *r);
bool net_reader_observe(struct net_reader *r);
bool net_reader_output(struct net_reader *r);
/* net_read_event.c */
/* Parses "A = E": a species and a real scalar. */
bool net_reader_amount(struct net_reader *r, species_id *species, expr_id *value);
bool net_reader_event(struct net_reader *r);
bool net_reader_clock(struct net_reader *r);

#endif
