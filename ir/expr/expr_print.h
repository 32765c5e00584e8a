/* Printing with more options than expr_print has, for the text form of networks. */
#ifndef IR_EXPR_PRINT_H
#define IR_EXPR_PRINT_H

#include "ir/expr/expr.h"
#include "support/vec.h"

struct expr_style {
    expr_leaf_name name; /* if it is NULL, or returns NULL: $p3, $s4, ... */
    void *env;
    bool lines; /* whether to print the source lines of checked indices, as in `x[i @12]` */
    /* The number of an expression that is printed as $e0, $e1, ... because a line above defines it, or -1.
     * NULL: there are no such expressions. */
    int32_t (*shared)(void *env, expr_id id);
};

/* Prints an expression. `real` says that the reader converts an integer at this place to real, so that 5.0
 * may be printed as 5. */
void expr_print_styled(FILE *out, const struct expr_pool *p, expr_id id, const struct expr_style *style,
                       bool real);
/* The nodes that should be named on lines of their own, so that the text is neither much longer than the
 * expression nor nested too deeply for the reader: nodes, without random draws and free loop variables, that
 * occur more than once below a root or that are deep. Operands come before the nodes that use them, and
 * otherwise left before right, independently of ids. */
struct expr_list {
    VEC(expr_id) id;
};
void expr_shared_nodes(const struct expr_pool *p, expr_id root, struct expr_list *out);
/* The number of nodes in the printed text, at most `limit`. */
int64_t expr_text_size(const struct expr_pool *p, expr_id root, int64_t limit);
/* Prints the shortest text that reads back as the same double, with a point or exponent unless
 * `short_form`. */
void print_real(FILE *out, double v, bool short_form);
void print_quoted(FILE *out, const char *text, char quote);

#endif
