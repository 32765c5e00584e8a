/* Models. The kinds of models read their bodies themselves (frontend/neural/), but editors ask where names
 * are used in them, too. Therefore uses are only noted here: no name is bound in the tree, and nothing is
 * reported. */
#include "frontend/check/walk.h"

static void words(struct walk *k, const struct ast *a)
{
    if (a && a->kind == AST_NAME) {
        (void)walk_find_text(k, a->name, a->span);
    }
    for (uint32_t i = 0; a && i < a->n; i++) {
        words(k, ast_child(a, i));
    }
}

void walk_model_body(struct walk *k, struct name *n)
{
    if (!k->f->keeps_uses) {
        return;
    }
    struct walk inner = walk_inside(k);
    const struct ast *block = model_block(n->ast);
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t d = 0; ast_layout[a->kind] == AST_PARAM && d < a->n; d++) {
            const struct ast *dcl = declaration_dcl(a, d);
            if (dcl->name) {
                (void)walk_declare(&inner, dcl->name, NAME_VALUE, dcl->span, typing_unknown());
            }
        }
    }
    words(k, model_dims(n->ast));
    words(&inner, block);
}
