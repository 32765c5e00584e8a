/* Printing with more say than expr_print: for the text form of networks. */
#ifndef IR_EXPR_PRINT_H
#define IR_EXPR_PRINT_H

#include "ir/expr/expr.h"
#include "support/vec.h"

struct expr_style {
    expr_leaf_name name; /* NULL, or NULL returned: $p3, $s4, ... */
    void *env;
    bool lines; /* source lines of checked indices, as `x[i @12]` */
    /* Number of an expression that is written $e0, $e1, ... because a line above defines it, or -1; NULL:
     * none. */
    int32_t (*shared)(void *env, expr_id id);
};

/* `real`: the reader converts integers here, so that 5.0 may be written 5. */
void expr_print_styled(FILE *out, const struct expr_pool *p, expr_id id, const struct expr_style *style,
                       bool real);
/* Nodes without draws and loop variables that occur more than once below a root, or lie deep: to be named
 * before a text that would otherwise be much longer than the expression, or nested too deeply to be read.
 * Operands come first, and else left before right, whatever the ids. */
struct expr_list {
    VEC(expr_id) id;
};
void expr_shared_nodes(const struct expr_pool *p, expr_id root, struct expr_list *out);
/* Nodes that the printed text would have, at most `limit`. */
int64_t expr_text_size(const struct expr_pool *p, expr_id root, int64_t limit);
/* The shortest text that reads back as the same double; with a point or exponent unless `short_form`. */
void print_real(FILE *out, double v, bool short_form);
void print_quoted(FILE *out, const char *text, char quote);

#endif
