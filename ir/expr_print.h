/* Printing with more say than expr_print: for the text form of networks. */
#ifndef IR_EXPR_PRINT_H
#define IR_EXPR_PRINT_H

#include "ir/expr.h"

struct expr_style {
    expr_leaf_name name;        /* NULL, or NULL returned: $p3, $s4, ... */
    void *env;
    bool lines;                 /* source lines of checked indices, as `x[i @12]` */
};

/* `real`: the reader converts integers here, so that 5.0 may be written 5. */
void expr_print_styled(FILE *out, const struct expr_pool *p, expr_id id, const struct expr_style *style, bool real);
/* The shortest text that reads back as the same double; with a point or exponent unless `short_form`. */
void print_real(FILE *out, double v, bool short_form);
void print_quoted(FILE *out, const char *text, char quote);

#endif
