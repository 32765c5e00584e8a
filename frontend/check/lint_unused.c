/* W0402 warns of species and parameters of a network that nothing uses. In the network itself a use goes by
 * the name alone, so that none is hidden by a loop, a condition or an instance; elsewhere by the network,
 * too. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/name.h"

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

/* ---- uses outside of networks ---- */

/* Notes NET.x, or that of another path whose beginning the walk does not know. */
static void add_member(struct uses *u, const struct ast *a)
{
    const struct ast *first = NULL;
    for (; a->kind == AST_FIELD || a->kind == AST_INDEX; a = ast_base(a)) {
        first = a->kind == AST_FIELD ? a : first;
    }
    const struct name *root = a->kind == AST_NAME ? a->v.bound : NULL;
    if (!root) {
        add_word(&u->word, first->name);
    } else if (root->kind == NAME_NETWORK && lint_network_of(root)) {
        vec_push(&u->member, (struct target){lint_network_of(root), first->name, false});
    }
}

/* A name may also be that of a variable, a loop or a parameter of the file, which has nothing to do with what
 * a network calls by it. */
static enum ast_verdict collect_outside(void *env, const struct ast *a)
{
    struct uses *u = env;
    const struct name *n = a->kind == AST_NAME ? a->v.bound : NULL;
    if ((a->kind == AST_ASSIGN && a->op == OP_SET) || (a->kind == AST_BIND && a->op == OP_BIND)) {
        (void)ast_find(assign_value(a), collect_outside, u);
        return AST_LEAVE_OUT;
    }
    if (n && n->is_member && n->span.file) {
        vec_push(&u->declared, n->span);
    } else if (a->kind == AST_FIELD) {
        add_member(u, a);
    } else if (!n || n->is_member) {
        (void)collect_uses(&u->word, a);
    }
    return AST_GO_ON;
}

void lint_uses_open(struct front *f, struct uses *u)
{
    const struct ast *tree = f->module.data[0]->tree;
    *u = (struct uses){0};
    for (uint32_t i = 0; i < tree->n; i++) {
        if (file_declaration(tree, i)->kind != AST_NETWORK) {
            (void)ast_find(file_declaration(tree, i), collect_outside, u);
        }
    }
    words_sort(&u->word);
    if (u->declared.n > 1) {
        qsort(u->declared.data, u->declared.n, sizeof *u->declared.data, lint_by_place);
    }
}

void lint_uses_close(struct uses *u)
{
    vec_free(&u->word.word);
    vec_free(&u->member);
    vec_free(&u->declared);
}

/* ---- what nothing uses ---- */

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

static void check_used(const struct lint_network *l, const struct uses *u, const struct words *names,
                       const struct ast *d, bool is_parameter)
{
    struct front *f = l->f;
    const char *what = is_parameter ? "parameter" : "species";
    bool declared = u->declared.n > 0 &&
                    bsearch(&d->span, u->declared.data, u->declared.n, sizeof d->span, lint_by_place);
    if (words_have(names, d->name) || words_have(&u->word, d->name) || declared || is_read_by_name(d->name)) {
        return;
    }
    const struct ast *own = ast_find(network_block(l->tree), has_own, &(struct own){f, d->name});
    diag_report(f->diag, DIAG_W0402, d->span, "nothing uses the %s '%s'", what, d->name);
    if (own) {
        diag_note(f->diag, own->span, "this instance of '%s' has a '%s' of its own", own->name, d->name);
        diag_help(f->diag, "what an instance gets is given to it: write `%s(..., %s = %s)`", own->name,
                  d->name, d->name);
        return;
    }
    const struct ast *unrated = is_parameter ? ast_find(network_block(l->tree), has_no_rate, NULL) : NULL;
    if (unrated) {
        diag_note(f->diag, unrated->span, "this reaction has no rate, so that its rate constant is 1");
        diag_help(f->diag, "if '%s' is its rate constant, write `->{%s}`; otherwise leave '%s' out", d->name,
                  d->name, d->name);
    } else {
        diag_help(f->diag, "no reaction, output or expression names it; leave it out if it is left over");
    }
}

void lint_unused(const struct lint_network *l, const struct uses *u)
{
    struct words names = {0};
    (void)ast_find(l->tree, collect_uses, &names);
    for (size_t i = 0; i < u->member.n; i++) {
        if (u->member.data[i].network == l->tree) {
            add_word(&names, u->member.data[i].path);
        }
    }
    words_sort(&names);
    const struct ast *block = network_block(l->tree), *params = network_nparams(l->tree);
    for (uint32_t i = 0; i < params->n; i++) {
        if (list_item(params, i)->op == OP_PARAM) {
            check_used(l, u, &names, list_item(params, i), true);
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t k = 0; (a->kind == AST_ENTITY || a->kind == AST_PARAM) && k < a->n; k++) {
            /* A run may begin with an amount that only the lists of results show. */
            if (a->kind == AST_PARAM || !lint_is_told(l, declaration_dcl(a, k)->name)) {
                check_used(l, u, &names, declaration_dcl(a, k), a->kind == AST_PARAM);
            }
        }
    }
    vec_free(&names.word);
}
