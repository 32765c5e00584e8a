/* W0402 warns of statements of a network that nothing uses: energies without a reaction in balance, a volume
 * without units, a clock without phases. */
#include "frontend/check/lint.h"

enum found { FOUND_PARTS = 1, FOUND_BALANCED = 2, FOUND_UNITS = 4, FOUND_PHASES = 8 };

static enum ast_verdict find_all(void *env, const struct ast *a)
{
    unsigned *found = env;
    switch (a->kind) {
    case AST_INSTANCE:
    case AST_REPLICATE: *found |= FOUND_PARTS; break;
    case AST_REACTION: *found |= a->op == OP_BALANCED ? FOUND_BALANCED : 0; return AST_LEAVE_OUT;
    case AST_UNITS: *found |= FOUND_UNITS; break;
    case AST_PHASE: *found |= FOUND_PHASES; break;
    default: break;
    }
    return AST_GO_ON;
}

static enum ast_verdict has_cycles(void *env, const struct ast *a)
{
    (void)env;
    return a->kind == AST_CLAUSE && a->flags & AST_CYCLES ? AST_FOUND
           : a->kind == AST_REACTION                      ? AST_LEAVE_OUT
                                                          : AST_GO_ON;
}

static void report(struct front *f, const struct ast *a, const char *what, const char *help)
{
    diag_report(f->diag, DIAG_W0402, a->span, "nothing uses %s", what);
    diag_help(f->diag, "%s", help);
}

void lint_idle(struct front *f, const struct ast *network, bool runs)
{
    const struct ast *block = network_block(network);
    unsigned found = 0; /* a set of enum found */
    bool told = false;
    (void)ast_find(block, find_all, &found);
    for (uint32_t i = 0; i < block->n && !(found & FOUND_PARTS); i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_ENERGY && !(found & FOUND_BALANCED) && !told) {
            report(f, a, "these energies", "a reaction whose rates follow from them is written `A <=>{k} B`");
            told = true;
        } else if (a->kind == AST_VOLUME && runs && !(found & FOUND_UNITS)) {
            report(
                f, a, "this volume",
                "it converts concentrations into molecules, and amounts without units are molecules already: "
                "declare `units amount = nM, time = s;`, and write the units of amounts and rates");
        } else if (a->kind == AST_CLOCK && runs && !(found & FOUND_PHASES) &&
                   !ast_find(f->module.data[0]->tree, has_cycles, NULL)) {
            report(f, a, "this clock",
                   "a reaction that happens in one phase only stands in it: `phase NAME { ... }`");
        }
    }
}
