/* Finds expressions of the same shape: a network of ten thousand Michaelis-Menten laws has one shape, read at
 * ten thousand places. Two expressions have the same template if they differ only in which species,
 * parameters and captured values they read and in their real constants. Operand n of an expression is its
 * n-th distinct leaf in the order of the walk. */
#ifndef CODEGEN_TEMPLATE_H
#define CODEGEN_TEMPLATE_H

#include "ir/expr/expr.h"
#include "support/vec.h"

struct template_use {  /* of one expression */
    int32_t group;     /* the number of its template, by first occurrence; -1: it is too large to compare */
    uint32_t first, n; /* its operands, ids of leaves: templates.operand[first .. first + n] */
};

struct templates {
    struct template_use *use; /* of each expression */
    int32_t n_groups;
    int32_t *size; /* [n_groups] number of expressions of each template */
    VEC(expr_id) operand;
};

struct templates templates_find(const struct expr_pool *p, const expr_id *expr, size_t n);
void templates_free(struct templates *t);

#endif
