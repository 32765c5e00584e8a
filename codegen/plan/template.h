/* Equal shapes of expressions: a network of ten thousand Michaelis-Menten laws has one, read at ten
 * thousand places. Two expressions have one template if they differ only in which species, parameters and
 * captured values they read and in their real constants. The n-th distinct leaf of an expression, in the
 * order of a walk, is its operand n. */
#ifndef CODEGEN_TEMPLATE_H
#define CODEGEN_TEMPLATE_H

#include "ir/expr/expr.h"
#include "support/vec.h"

struct template_use {  /* of one expression */
    int32_t group;     /* its template, numbered by first occurrence; -1: too large to compare */
    uint32_t first, n; /* operands: templates.operand[first .. first + n], ids of leaf nodes */
};

struct templates {
    struct template_use *use; /* of each expression */
    int32_t n_groups;
    int32_t *size; /* of each group: expressions in it */
    VEC(expr_id) operand;
};

struct templates templates_find(const struct expr_pool *p, const expr_id *expr, size_t n);
void templates_free(struct templates *t);

#endif
