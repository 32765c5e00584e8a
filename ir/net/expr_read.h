/* Reading expressions of the text form of networks: recursive descent, types and shapes checked before
 * building. */
#ifndef IR_EXPR_READ_H
#define IR_EXPR_READ_H

#include "ir/net/net_lex.h"
#include "ir/net/net_names.h"

enum {
    READ_MAX_DEPTH = 1000,       /* of parentheses, signs and loops */
    READ_MAX_ELEMENTS = 10000000 /* of one array */
};

struct expr_reader {
    struct net_lexer *lexer;
    struct net *net;
    struct net_names *names;
    int depth;
    VEC(int32_t) binder; /* of the loops around */
    VEC(expr_id) let;    /* $e0, $e1, ... */
};

/* 0 after an error, which is reported. */
expr_id expr_read(struct expr_reader *r);
/* The same, converted to real; scalar unless `shape` is given (then scalar or that shape). */
expr_id expr_read_real(struct expr_reader *r, const struct shape *shape);
/* ": [2, 3]" or nothing. */
bool expr_read_shape(struct expr_reader *r, struct shape *s);
/* Species or slot that the current token names; taken. False after an error. */
bool expr_read_entity(struct expr_reader *r, enum net_name_kind *kind, int32_t *id);

#endif
