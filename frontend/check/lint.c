/* All lints of a file, and W0404, which tells the convention of `2 A`. */
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/text/reaction_lines.h"

static void add_word(struct words *w, const char *word)
{
    if (word) {
        vec_push(&w->word, word);
    }
}

/* Networks by the roles that they play: some are parts of other networks, some are named by experiments. */
static enum ast_verdict collect_parts(void *env, const struct ast *a)
{
    if (a->kind == AST_INSTANCE || a->kind == AST_REPLICATE) {
        add_word(env, a->kind == AST_REPLICATE ? replicate_network(a)->name : a->name);
    }
    return a->kind == AST_REACTION ? AST_LEAVE_OUT : AST_GO_ON;
}

static enum ast_verdict collect_runs(void *env, const struct ast *a)
{
    if (a->kind == AST_RUN || a->kind == AST_CONTINUE) {
        const struct ast *of = a->kind == AST_RUN ? experiment_run_of(a) : NULL; /* in `run NET as NAME` */
        add_word(env, of ? of->name : a->name);
    }
    return a->kind == AST_REACTION ? AST_LEAVE_OUT : AST_GO_ON;
}

/* ---- W0404 ---- */

static const struct ast *first_multiple(struct front *f, const struct ast *a);

static const struct ast *first_multiple_of_lines(struct front *f, const struct ast *lines)
{
    const struct ast *found = NULL;
    for (uint32_t i = 0; i < reaction_lines_count(lines) && !found; i++) {
        found = first_multiple(f, reaction_lines_open(lines, i, f->arena));
    }
    return found;
}

static const struct ast *first_multiple(struct front *f, const struct ast *a)
{
    if (!a || a->kind == AST_EXPERIMENT || a->kind == AST_MODEL) {
        return NULL;
    }
    if (a->kind == AST_REACTIONS) {
        return first_multiple_of_lines(f, a);
    }
    if (a->kind == AST_REACTION && a->op != OP_LAW && reaction_left(a)) {
        const struct ast *side = reaction_left(a);
        for (uint32_t i = 0; i < side->n; i++) {
            if (side_term(side, i)->kind == AST_TERM && !term_count(side_term(side, i)) &&
                side_term(side, i)->v.integer > 1) {
                return side_term(side, i);
            }
        }
    }
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *found = first_multiple(f, ast_child(a, i));
        if (found) {
            return found;
        }
    }
    return NULL;
}

static void explain_convention(struct front *f, const struct ast *tree)
{
    const struct ast *term = first_multiple(f, tree);
    if (!term) {
        return;
    }
    long long n = term->v.integer;
    const char *of = front_source_text(f, term_reference(term)->span);
    const char *order = n == 2 ? "a*(a - 1)" : n == 3 ? "a*(a - 1)*(a - 2)" : "a*(a - 1)*...";
    diag_report(f->diag, DIAG_W0404, term->span,
                "`%lld %s` in a reaction of rate {k}: by ODE k*%s^%lld, without a factor 1/%lld!", n, of, of,
                n, n);
    diag_help(f->diag,
              "by SSA k*%s/V^%lld for a molecules of it; where your source divides by %lld!, divide k by it",
              order, n - 1, n);
}

/* ---- a file ---- */

void lint_file(struct front *f)
{
    const struct ast *tree = f->module.data[0]->tree;
    struct words parts = {0}, runs = {0};
    (void)ast_find(tree, collect_parts, &parts);
    (void)ast_find(tree, collect_runs, &runs);
    words_sort(&parts);
    words_sort(&runs);
    struct targets targets;
    struct uses uses;
    lint_targets_open(f, &targets);
    lint_uses_open(f, &uses);
    size_t networks = 0, experiments = 0;
    for (uint32_t i = 0; i < tree->n; i++) {
        networks += file_declaration(tree, i)->kind == AST_NETWORK ||
                    file_declaration(tree, i)->kind == AST_NETWORK_EXPR;
        experiments += file_declaration(tree, i)->kind == AST_EXPERIMENT;
    }
    for (uint32_t i = 0; i < tree->n; i++) {
        const struct ast *a = file_declaration(tree, i);
        /* A network from which others are made, or that other files may use, may declare more than it
         * needs itself. */
        bool whole = experiments > 0 ? words_have(&runs, a->name) : networks == 1;
        const struct net *run =
            a->kind == AST_NETWORK && words_have(&runs, a->name) ? lint_net(f, a->name) : NULL;
        struct lint_network l = {.f = f, .tree = a};
        if (a->kind == AST_NETWORK) {
            lint_network_open(&l, &targets);
        }
        if (run) {
            lint_arguments(&l, run);
        }
        if (a->kind == AST_NETWORK && whole && !words_have(&parts, a->name)) {
            lint_unused(&l, &uses);
            lint_idle(f, a, words_have(&runs, a->name));
            const struct net *net = lint_net(f, a->name);
            if (net) {
                lint_dead_reactions(&l, net);
                lint_still(&l, net);
                lint_always(&l, net);
            }
        }
        lint_network_close(&l);
    }
    if (f->options->explain_conventions) {
        explain_convention(f, tree);
    }
    for (uint32_t i = 0; i < tree->n; i++) {
        if (file_declaration(tree, i)->kind == AST_NETWORK) {
            lint_habits(f, network_block(file_declaration(tree, i)));
            lint_starts(f, network_block(file_declaration(tree, i)));
            lint_events(f, file_declaration(tree, i));
            if (!lint_net(f, file_declaration(tree, i)->name)) {
                lint_members(f, file_declaration(tree, i));
            }
        }
    }
    if (!f->options->is_generated) {
        lint_unread(f);
    }
    for (uint32_t i = 0; i < tree->n; i++) {
        if (file_declaration(tree, i)->kind == AST_EXPERIMENT) {
            lint_runs(f, file_declaration(tree, i));
            lint_loops(f, file_declaration(tree, i));
            if (f->options->remarks) {
                lint_rows(f, file_declaration(tree, i));
            }
        }
    }
    lint_targets_close(&targets);
    lint_uses_close(&uses);
    vec_free(&parts.word);
    vec_free(&runs.word);
}
