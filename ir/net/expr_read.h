/* Parser for the expressions in the text form of networks: recursive descent. Types and shapes are checked
 * before an expression is built. */
#ifndef IR_EXPR_READ_H
#define IR_EXPR_READ_H

#include "ir/net/net_lex.h"
#include "ir/net/net_names.h"

enum {
    READ_MAX_DEPTH = 1000,       /* nesting depth of parentheses, signs and loops */
    READ_MAX_ELEMENTS = 10000000 /* number of elements of an array */
};

struct expr_reader {
    struct net_lexer *lexer;
    struct net *net;
    struct net_names *names;
    int depth;
    VEC(int32_t) binder; /* loop variables of the enclosing loops, outermost first */
    VEC(expr_id) let;    /* the expressions that `let` lines named $e0, $e1, ... */
};

/* Parses an expression. Returns 0 after an error, which has been reported. */
expr_id expr_read(struct expr_reader *r);
/* Parses an expression and converts it to real. The expression must be a scalar or, if `shape` is not NULL,
 * may also have that shape. */
expr_id expr_read_real(struct expr_reader *r, const struct shape *shape);
/* Parses an optional shape such as ": [2, 3]"; without it *s becomes the scalar shape. */
bool expr_read_shape(struct expr_reader *r, struct shape *s);
/* Takes the current token, which must name a species or a parameter slot. Returns false after an error. */
bool expr_read_entity(struct expr_reader *r, enum net_name_kind *kind, int32_t *id);

#endif
