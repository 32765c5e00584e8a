/* Lints that read the tree. They go by names alone, so that no use is hidden by a loop, a condition or an
 * instance. */
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/name.h"
#include "frontend/text/reaction_lines.h"

static void add_word(struct words *w, const char *word)
{
    bool again = w->word.n > 0 && vec_last(&w->word) == word; /* in X[1] + X[2], one use of X is enough */
    if (word && !again) {
        vec_push(&w->word, word);
    }
}

/* Collects all names of a tree. The place where something is declared, or is given its first value, is no
 * use of it, nor is the place where a run or an instance is told its value. */
static enum ast_verdict collect_uses(void *env, const struct ast *a)
{
    struct words *w = env;
    if (a->kind == AST_NAME || a->kind == AST_FIELD || a->kind == AST_SHARE || a->kind == AST_DIFFUSE) {
        add_word(w, a->name);
    }
    for (uint32_t i = 0; (a->kind == AST_OUTPUT || a->kind == AST_INPUT) && i < a->n; i++) {
        add_word(w, declaration_dcl(a, i) ? declaration_dcl(a, i)->name : NULL);
    }
    if ((a->kind == AST_ASSIGN && a->op == OP_SET) || (a->kind == AST_BIND && a->op == OP_BIND)) {
        (void)ast_find(assign_value(a), collect_uses, w);
        return AST_LEAVE_OUT;
    }
    return AST_GO_ON;
}

/* The same outside of networks, where a name may also be that of a variable, a loop or a parameter of the
 * file, which has nothing to do with what a network calls by it. */
static enum ast_verdict collect_uses_of_networks(void *env, const struct ast *a)
{
    bool other = a->kind == AST_NAME && a->v.bound && !a->v.bound->is_member;
    if ((a->kind == AST_ASSIGN && a->op == OP_SET) || (a->kind == AST_BIND && a->op == OP_BIND)) {
        (void)ast_find(assign_value(a), collect_uses_of_networks, env);
        return AST_LEAVE_OUT;
    }
    return other ? AST_LEAVE_OUT : collect_uses(env, a);
}

/* Collects the names of members, as p in m.p. */
static enum ast_verdict collect_members(void *env, const struct ast *a)
{
    if (a->kind == AST_FIELD) {
        add_word(env, a->name);
    }
    return AST_GO_ON;
}

/* Collects the names by which the file may use what a network declares. In other networks a name alone is
 * one of theirs. */
static void collect_uses_outside(struct words *w, const struct ast *tree)
{
    for (uint32_t i = 0; i < tree->n; i++) {
        const struct ast *a = file_declaration(tree, i);
        (void)ast_find(a, a->kind == AST_NETWORK ? collect_members : collect_uses_of_networks, w);
    }
}

/* There may be very many reactions, and nothing is assigned in them. */
static enum ast_verdict collect_told(void *env, const struct ast *a)
{
    if (a->kind == AST_BIND) {
        (void)ast_find(assign_target(a), collect_uses, env);
    }
    return a->kind == AST_REACTION ? AST_LEAVE_OUT : AST_GO_ON;
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
        add_word(env, a->name);
    }
    return a->kind == AST_REACTION ? AST_LEAVE_OUT : AST_GO_ON;
}

/* ---- W0402 ---- */

/* Passes look for these parameters by name. */
static bool is_read_by_name(const char *name)
{
    static const char *const list[] = {"k_fast", "k_annihilate", "C_max", "q_max"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (strcmp(list[i], name) == 0) {
            return true;
        }
    }
    return false;
}

struct network_uses {
    const struct ast *network;
    const struct words *inside, *outside; /* the names in it, and those by which others may name its parts */
    const struct words *told;             /* the names to which runs give values by `with` */
};

static bool is_given(const struct ast *instance, const char *name)
{
    for (uint32_t i = 1; i < instance->n; i++) {
        if (instance_arg(instance, i)->name == name) {
            return true;
        }
    }
    return false;
}

struct own {
    struct front *f;
    const char *name;
};

/* An instance whose network has a parameter of that name, which it is not given. */
static enum ast_verdict has_own(void *env, const struct ast *a)
{
    const struct own *own = env;
    if (a->kind != AST_INSTANCE || is_given(a, own->name)) {
        return AST_GO_ON;
    }
    const struct name *n = module_find(own->f->module.data[0], a->name);
    const struct ast *params = n && n->ast && n->ast->kind == AST_NETWORK ? network_nparams(n->ast) : NULL;
    for (uint32_t i = 0; params && i < params->n; i++) {
        if (list_item(params, i)->op == OP_PARAM && list_item(params, i)->name == own->name) {
            return AST_FOUND;
        }
    }
    return AST_GO_ON;
}

static enum ast_verdict has_no_rate(void *env, const struct ast *a)
{
    (void)env;
    return a->kind == AST_REACTION && a->op != OP_LAW && !reaction_rates(a) ? AST_FOUND : AST_GO_ON;
}

static void unused(struct front *f, const struct network_uses *u, const struct ast *d, bool is_parameter)
{
    const char *what = is_parameter ? "parameter" : "species";
    if (words_have(u->inside, d->name) || words_have(u->outside, d->name) || is_read_by_name(d->name)) {
        return;
    }
    const struct ast *own = ast_find(network_block(u->network), has_own, &(struct own){f, d->name});
    diag_report(f->diag, DIAG_W0402, d->span, "nothing uses the %s '%s'", what, d->name);
    if (own) {
        diag_note(f->diag, own->span, "this instance of '%s' has a '%s' of its own", own->name, d->name);
        diag_help(f->diag, "what an instance gets is given to it: write `%s(..., %s = %s)`", own->name,
                  d->name, d->name);
        return;
    }
    const struct ast *unrated = is_parameter ? ast_find(network_block(u->network), has_no_rate, NULL) : NULL;
    if (unrated) {
        diag_note(f->diag, unrated->span, "this reaction has no rate, so that its rate constant is 1");
        diag_help(f->diag, "if '%s' is its rate constant, write `->{%s}`; otherwise leave '%s' out", d->name,
                  d->name, d->name);
    } else {
        diag_help(f->diag, "no reaction, output or expression names it; leave it out if it is left over");
    }
}

static void unused_in_network(struct front *f, const struct ast *network, const struct words *outside,
                              const struct words *told)
{
    struct words inside = {0};
    (void)ast_find(network, collect_uses, &inside);
    words_sort(&inside);
    const struct network_uses u = {network, &inside, outside, told};
    const struct ast *block = network_block(network), *params = network_nparams(network);
    for (uint32_t i = 0; i < params->n; i++) {
        if (list_item(params, i)->op == OP_PARAM) {
            unused(f, &u, list_item(params, i), true);
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t k = 0; (a->kind == AST_ENTITY || a->kind == AST_PARAM) && k < a->n; k++) {
            /* A run may begin with an amount that only the lists of results show. */
            if (a->kind == AST_PARAM || !words_have(u.told, declaration_dcl(a, k)->name)) {
                unused(f, &u, declaration_dcl(a, k), a->kind == AST_PARAM);
            }
        }
    }
    vec_free(&inside.word);
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
    struct words used = {0}, told = {0}, parts = {0}, runs = {0};
    collect_uses_outside(&used, tree);
    (void)ast_find(tree, collect_told, &told);
    (void)ast_find(tree, collect_parts, &parts);
    (void)ast_find(tree, collect_runs, &runs);
    words_sort(&used);
    words_sort(&told);
    words_sort(&parts);
    words_sort(&runs);
    struct targets targets;
    lint_targets_open(f, &targets);
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
            unused_in_network(f, a, &used, &told);
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
    vec_free(&used.word);
    vec_free(&told.word);
    vec_free(&parts.word);
    vec_free(&runs.word);
}
