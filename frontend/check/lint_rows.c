/* W0411, which --remarks asks for, tells of a `for` loop that makes one run in each turn. If its turns do
 * not depend on one another, the loop could be one run over rows. */
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/name.h"

static enum ast_verdict names_any(void *env, const struct ast *a)
{
    return a->kind == AST_NAME && words_have(env, a->name) ? AST_FOUND : AST_GO_ON;
}

static enum ast_verdict collect_assigned(void *env, const struct ast *a)
{
    struct words *w = env;
    if (a->kind == AST_ASSIGN) {
        const struct ast *base = assign_target(a);
        while (base->kind == AST_INDEX || base->kind == AST_FIELD) {
            base = ast_base(base);
        }
        vec_push(&w->word, base->name);
    }
    for (uint32_t i = 0; a->kind == AST_RECORD && i < a->n; i++) {
        vec_push(&w->word, declaration_dcl(a, i)->name);
    }
    return AST_GO_ON;
}

/* Whether a statement leaves something behind that the next turn or another network may see, or needs the
 * course of each run. */
static enum ast_verdict has_consequences(void *env, const struct ast *a)
{
    (void)env;
    switch (a->kind) {
    case AST_RUN:
    case AST_CONTINUE:
    case AST_SET_STMT:
    case AST_FLUSH:
    case AST_TEACH:
    case AST_LEARN:
    case AST_MINIMIZE:
    case AST_SAVE:
    case AST_LOAD:
    case AST_PLOT: return AST_FOUND;
    default: return AST_GO_ON;
    }
}

/* Whether the number of turns is known when compiling, as far as the names tell. */
static bool is_known_size(struct front *f, const struct ast *over)
{
    for (int i = 0; over->kind == AST_RANGE && i < 2; i++) {
        const struct ast *end = i ? range_to(over) : range_from(over);
        struct name *n = end->kind == AST_NAME ? module_find(f->module.data[0], end->name) : NULL;
        if (end->kind != AST_INT && !(n && n->kind == NAME_CONST)) {
            return false;
        }
    }
    return true;
}

static const struct ast *only_run(const struct ast *block, uint32_t *at)
{
    const struct ast *run = NULL;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        if (s->kind == AST_RUN && !run) {
            run = s;
            *at = i;
        } else if (ast_find(s, has_consequences, NULL)) {
            return NULL;
        }
    }
    return run;
}

static bool is_independent(struct front *f, const struct ast *loop, const struct ast *run, uint32_t at)
{
    const struct ast *binders = for_binders(loop), *block = for_block(loop);
    bool good = !binders_condition(binders);
    for (uint32_t k = 1; good && k < binders->n; k++) {
        good = is_known_size(f, binder_over(binders_binder(binders, k)));
    }
    struct words carried = {0};
    vec_push(&carried.word, run->name);
    (void)ast_find(block, collect_assigned, &carried);
    words_sort(&carried);
    for (uint32_t i = 0; good && i <= at; i++) {
        const struct ast *s = block_statement(block, i);
        good = (i == at || s->kind == AST_LET || s->kind == AST_CONST) && !ast_find(s, names_any, &carried);
    }
    for (uint32_t i = 1; good && i < run->n; i++) {
        good = run_clause(run, i)->op != OP_OVER;
    }
    vec_free(&carried.word);
    return good;
}

static void say_how(struct front *f, const struct ast *loop, const struct ast *run)
{
    const struct ast *binders = for_binders(loop);
    const char *sources = "";
    struct span rest = {run->span.file, front_place_of_word(f, run->span, run->name).hi, run->span.hi};
    for (uint32_t k = 1; k < binders->n; k++) {
        sources = arena_printf(f->arena, "%s%s%s", sources, k > 1 ? ", " : "",
                               front_source_text(f, binders_binder(binders, k)->span));
    }
    diag_report(f->diag, DIAG_W0411, binders->span, "the turns of this loop do not depend on one another");
    diag_help(
        f->diag,
        "one run makes them side by side, and %s.x then has an axis for them in front: run %s over %s%s",
        run->name, run->name, sources, front_source_text(f, rest));
}

void lint_rows(struct front *f, const struct ast *a)
{
    if (!a) {
        return;
    }
    uint32_t at = 0;
    const struct ast *run = a->kind == AST_FOR ? only_run(for_block(a), &at) : NULL;
    if (run && is_independent(f, a, run, at)) {
        say_how(f, a, run);
    }
    for (uint32_t i = 0; i < a->n; i++) {
        lint_rows(f, ast_child(a, i));
    }
}
