#include <string.h>

#include "frontend/text/ast.h"

static const char *const kind_names[] = {
#define AST(kind)             #kind,
#define AST_LIKE(kind, other) #kind,
#include "frontend/text/ast.def"
};

const uint8_t ast_layout[] = {
#define AST(kind)             AST_##kind,
#define AST_LIKE(kind, other) AST_##other,
#include "frontend/text/ast.def"
};

static const char *const op_texts[] = {
    [OP_NONE] = "",
    [OP_ADD] = "+",
    [OP_SUB] = "-",
    [OP_MUL] = "*",
    [OP_DIV] = "/",
    [OP_MOD] = "%",
    [OP_POW] = "^",
    [OP_EQ] = "==",
    [OP_NE] = "!=",
    [OP_LT] = "<",
    [OP_LE] = "<=",
    [OP_GT] = ">",
    [OP_GE] = ">=",
    [OP_AND] = "&&",
    [OP_OR] = "||",
    [OP_NEG] = "-",
    [OP_NOT] = "!",
    [OP_SET] = "=",
    [OP_SET_ADD] = "+=",
    [OP_SET_SUB] = "-=",
    [OP_SET_MUL] = "*=",
    [OP_SET_DIV] = "/=",
    [OP_ARROW] = "->",
    [OP_REVERSIBLE] = "<->",
    [OP_BALANCED] = "<=>",
    [OP_LAW] = "=>",
    [OP_PARAM] = "param",
    [OP_CONST] = "const",
    [OP_SPECIES] = "species",
    [OP_DUAL] = "dual",
    [OP_BULK] = "bulk",
    [OP_WITH] = "with",
    [OP_FROM] = "from",
    [OP_AFTER] = "after",
    [OP_FOR] = "for",
    [OP_UNTIL] = "until",
    [OP_TO_STEADY] = "to steady",
    [OP_TO_LIMIT] = "to limit",
    [OP_EVERY] = "every",
    [OP_BY] = "by",
    [OP_OVER] = "over",
    [OP_AS] = "as",
    [OP_BIND] = "=",
    [OP_CLAMP] = "clamp",
    [OP_HOLD] = "hold",
    [OP_AT] = "at",
    [OP_EVERY_EVENT] = "every",
    [OP_WHEN] = "when",
};

const char *ast_kind_name(enum ast_kind kind)
{
    return kind_names[kind];
}

const char *ast_op_text(enum ast_op op)
{
    return op < OP_COUNT ? op_texts[op] : "";
}

const struct ast *ast_find(const struct ast *a, ast_test *test, void *env)
{
    enum ast_verdict verdict = a ? test(env, a) : AST_LEAVE_OUT;
    const struct ast *found = verdict == AST_FOUND ? a : NULL;
    for (uint32_t i = 0; verdict == AST_GO_ON && i < a->n && !found; i++) {
        found = ast_find(a->kid[i], test, env);
    }
    return found;
}

static int order_of_numbers(double x, double y)
{
    return (x > y) - (x < y);
}

/* What the node says besides its children. */
static int order_of_nodes(const struct ast *a, const struct ast *b)
{
    enum { LAYOUT = AST_PAREN | AST_UNICODE_EMPTY | AST_TRAILING };
    int order = a->kind - b->kind;
    order = order ? order : a->op - b->op;
    order = order ? order : (a->flags & ~LAYOUT) - (b->flags & ~LAYOUT);
    order = order ? order : (a->n > b->n) - (a->n < b->n);
    order = order ? order : (a->name != NULL) - (b->name != NULL);
    order = order || !a->name ? order : strcmp(a->name, b->name);
    switch (order ? AST_KIND_COUNT : (enum ast_kind)a->kind) {
    case AST_REAL: return order_of_numbers(a->v.real, b->v.real);
    case AST_INT:
    case AST_BOOL:
    case AST_UNIT:
    case AST_TERM: return (a->v.integer > b->v.integer) - (a->v.integer < b->v.integer);
    case AST_REACTIONS: return (a->v.lines > b->v.lines) - (a->v.lines < b->v.lines);
    default: return order;
    }
}

int ast_order(const struct ast *a, const struct ast *b)
{
    int order = !a || !b ? (a != NULL) - (b != NULL) : order_of_nodes(a, b);
    for (uint32_t i = 0; a && b && i < a->n && !order; i++) {
        order = ast_order(a->kid[i], b->kid[i]);
    }
    return order;
}
