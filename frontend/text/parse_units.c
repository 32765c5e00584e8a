/* `2 /s` is a number with a unit. Where a value `s` is visible, it could also be meant as a division;
 * since both readings make sense, it is reported. This runs on the finished tree, because only then is it
 * known what is visible. */
#include "frontend/text/parse_state.h"

struct scope {
    struct parse *p;
    VEC(struct ast *) names; /* nodes that declare a visible value, outer ones first */
};

static void check_node(struct scope *s, struct ast *node);

static void check_unit(struct scope *s, const struct ast *unit)
{
    struct parse *p = s->p;
    if (unit->v.integer > 0 || p->text[unit->span.lo] != '/') {
        return; /* `5 s` and `5 per s` can mean nothing else */
    }
    for (size_t i = s->names.n; i > 0; i--) {
        const struct ast *other = s->names.data[i - 1];
        if (other->name == unit->name) {
            parse_error(p, DIAG_E0105, unit->span, "`/%s` is a unit here, but `%s` is also a name",
                        unit->name, unit->name);
            parse_note(p, other->span, "the name");
            parse_help(p, "write `/ %s` to divide by it, or `per %s` for the unit", unit->name, unit->name);
            return;
        }
    }
}

/* Adds the names that a statement or parameter makes visible. */
static void declare(struct scope *s, struct ast *node)
{
    switch (node->kind) {
    case AST_CONST:
    case AST_TABLE:
    case AST_DATA:
    case AST_NPARAM:
    case AST_DCL:
    case AST_BINDER: vec_push(&s->names, node); break;
    case AST_PARAM:
    case AST_ENTITY:
    case AST_INPUT:
    case AST_STATE:
    case AST_VISIBLE:
    case AST_HIDDEN:
    case AST_LET:
    case AST_RECORD:
    case AST_LIST:
    case AST_BINDERS:
        for (uint32_t i = 0; i < node->n; i++) {
            if (ast_child(node, i)) {
                declare(s, ast_child(node, i));
            }
        }
        break;
    default: break;
    }
}

/* Whether the node's children in front of its body are visible in the body: parameters, loop variables. */
static bool opens_scope(const struct ast *node)
{
    return node->kind == AST_NETWORK || node->kind == AST_FN || node->kind == AST_FOR ||
           node->kind == AST_CALL_OVER || node->kind == AST_ARRAY_OVER || node->kind == AST_SIDE_SUM ||
           node->kind == AST_LEARN;
}

static void check_node(struct scope *s, struct ast *node)
{
    size_t outer = s->names.n;
    bool all = node->kind == AST_FILE || node->kind == AST_BLOCK;
    for (uint32_t i = 0; i < node->n && (all || opens_scope(node)); i++) {
        struct ast *kid = ast_child(node, i);
        if (kid && (all || kid->kind == AST_LIST || kid->kind == AST_BINDERS || kid->kind == AST_BINDER)) {
            declare(s, kid);
        }
    }
    if (node->kind == AST_UNIT) {
        check_unit(s, node);
    }
    for (uint32_t i = 0; i < node->n; i++) {
        if (ast_child(node, i)) {
            check_node(s, ast_child(node, i));
        }
    }
    s->names.n = outer;
}

void parse_check_units(struct parse *p)
{
    struct scope s = {.p = p};
    check_node(&s, p->root);
    vec_free(&s.names);
}
