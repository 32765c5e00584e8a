/* Warnings of one name that stands for two things. W0417 warns of a loop whose variable has the name of a
 * parameter or an amount of the network that is run, and that is not given to the run; and of a network that
 * names a member of another network, which is no part of it. */
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/name.h"

/* ---- the variable of a loop that a run does not get ---- */

static bool is_member(const struct front *f, const char *network, const char *name)
{
    const struct symbol *s = lint_symbol(f, network, name);
    return s && s->kind != SYMBOL_OUTPUT;
}

static bool only_shows(const struct ast *a)
{
    return a->kind == AST_PRINT || a->kind == AST_RECORD || a->kind == AST_PLOT || a->kind == AST_ASSERT ||
           a->kind == AST_IMAGE;
}

/* Whether a statement that may change what runs names the variable of the loop. */
static bool has_influence(const struct ast *block, const char *variable)
{
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        if (!only_shows(s) && lint_mentions(s, variable)) {
            return true;
        }
    }
    return false;
}

static void check_turns(struct front *f, const struct ast *loop, const struct ast *binder)
{
    const struct ast *block = for_block(loop);
    if (has_influence(block, binder->name)) {
        return;
    }
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        bool repeats = s->kind == AST_RUN && binder_over(binder)->kind == AST_RANGE && lint_is_random(s);
        if (s->kind == AST_RUN && !repeats && is_member(f, s->name, binder->name)) {
            diag_report(
                f->diag, DIAG_W0417, s->span,
                "'%s' has a '%s' of its own, to which this does not give the value of the loop's '%s'",
                s->name, binder->name, binder->name);
            diag_note(f->diag, binder->span, "this '%s' is a variable of the experiment", binder->name);
            diag_help(f->diag,
                      "write `run %s with %s = %s ...`; where that is not meant, give the loop's "
                      "variable another name",
                      s->name, binder->name, binder->name);
            return;
        }
    }
}

void lint_turns(struct front *f, const struct ast *a)
{
    for (uint32_t i = 0; a && i < a->n; i++) {
        const struct ast *s = ast_child(a, i);
        for (uint32_t k = 1; s && s->kind == AST_FOR && k < for_binders(s)->n; k++) {
            check_turns(f, s, binders_binder(for_binders(s), k));
        }
        lint_turns(f, s);
    }
}

/* ---- members of another network ---- */

static enum ast_verdict collect_declared(void *env, const struct ast *a)
{
    struct words *w = env;
    if (a->kind == AST_DCL || a->kind == AST_REPLICATE || a->kind == AST_INSTANCE || a->kind == AST_CONST) {
        const struct ast *label = a->kind == AST_INSTANCE ? instance_label(a) : NULL;
        label = label && label->kind == AST_INDEX ? index_base(label) : label;
        vec_push(&w->word, label ? label->name : a->name);
    }
    return a->kind == AST_REACTION || a->kind == AST_REACTIONS ? AST_LEAVE_OUT : AST_GO_ON;
}

struct members {
    struct front *f;
    const struct ast *network;
    struct words declared;
};

static enum ast_verdict is_foreign(void *env, const struct ast *a)
{
    const struct members *m = env;
    const struct ast *base = a->kind == AST_FIELD ? field_base(a) : NULL;
    if (!base || base->kind != AST_NAME || base->name == m->network->name ||
        words_have(&m->declared, base->name)) {
        return AST_GO_ON;
    }
    const struct name *n = module_find(m->f->module.data[0], base->name);
    return n && n->kind == NAME_NETWORK ? AST_FOUND : AST_GO_ON;
}

void lint_members(struct front *f, const struct ast *network)
{
    struct members m = {.f = f, .network = network};
    (void)ast_find(network, collect_declared, &m.declared);
    words_sort(&m.declared);
    const struct ast *a = ast_find(network_block(network), is_foreign, &m);
    if (a) {
        const char *other = field_base(a)->name;
        diag_report(f->diag, DIAG_W0417, a->span,
                    "'%s' is another network, not a part of '%s': a run of '%s' knows nothing of this", other,
                    network->name, other);
        name_help_part(f, other, a->name);
    }
    vec_free(&m.declared.word);
}
