/* Declarations shared by expr_read.c and expr_read_call.c. */
#ifndef IR_EXPR_READ_IMPL_H
#define IR_EXPR_READ_IMPL_H

#include "ir/net/expr_read.h"

static inline struct expr node(const struct expr_reader *r, expr_id id)
{
    return *expr_get(r->net->ex, id);
}

static inline bool numeric(struct expr e)
{
    return e.type == TYPE_REAL || e.type == TYPE_INT;
}

/* Reports E0704 and returns 0. */
expr_id expr_read_misfit(struct expr_reader *r, const char *message);
/* Whether an array of this shape has at most READ_MAX_ELEMENTS elements; reports an error if not. */
bool expr_read_fits(struct expr_reader *r, struct shape s);
bool expr_read_dimension(struct expr_reader *r, struct shape *s);
expr_id expr_read_combine(struct expr_reader *r, enum expr_op op, expr_id x, expr_id y);
/* Parses an optional source line such as "@12"; without it *line becomes 0. */
bool expr_read_line(struct expr_reader *r, int32_t *line);
expr_id expr_read_select(struct expr_reader *r);
expr_id expr_read_primary(struct expr_reader *r);

#endif
