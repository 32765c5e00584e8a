/* W0402 warns of values that the file or an experiment declares and that nothing reads. The walk has noted
 * the names which it met; in statements of learning, words are looked for. */
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/check/walk.h"

struct lets {
    VEC(const struct ast *) dcl;
};

static enum ast_verdict collect_words(void *env, const struct ast *a)
{
    struct words *w = env;
    if (a->name) {
        vec_push(&w->word, a->name);
    }
    return AST_GO_ON;
}

static enum ast_verdict collect_unwalked(void *env, const struct ast *a)
{
    if (a->kind == AST_LEARN) {
        (void)ast_find(a, collect_words, env);
        return AST_LEAVE_OUT;
    }
    return a->kind == AST_REACTION || a->kind == AST_REACTIONS ? AST_LEAVE_OUT : AST_GO_ON;
}

/* Lists networks with a parameter of that name, which may have been meant. */
static const char *find_parameter(struct front *f, const char *text)
{
    const struct scope *s = f->module.data[0]->scope;
    for (size_t i = 0; i < scope_count(s); i++) {
        const struct name *n = scope_at(s, i);
        const struct net *net = n->kind == NAME_NETWORK ? lint_net(f, n->text) : NULL;
        int32_t symbol = net ? net_find_symbol(net, text) : -1;
        if (symbol >= 0 && net->symbol.data[symbol].kind == SYMBOL_PARAM) {
            return n->text;
        }
    }
    return NULL;
}

static bool is_unread(const struct words *unwalked, const struct name *n)
{
    return n && n->meaning && !n->meaning->is_read && !words_have(unwalked, n->text);
}

static void check_name(struct front *f, const struct words *unwalked, const struct name *n, struct span span)
{
    if (!is_unread(unwalked, n)) {
        return;
    }
    const char *network = find_parameter(f, n->text);
    diag_report(f->diag, DIAG_W0402, span, "nothing reads '%s'", n->text);
    if (network) {
        diag_help(f->diag, "'%s' has a '%s' of its own: run %s with %s = ...", network, n->text, network,
                  n->text);
    } else {
        diag_help(f->diag, "leave it out if it is left over");
    }
}

/* Whether a `let` in a block was meant to assign to the variable around it, as `let total = total + i;` in
 * a loop. */
static bool check_assigned(struct front *f, const struct words *unwalked, const struct ast *let,
                           const struct ast *d, const struct lets *outer)
{
    for (size_t i = 0; i < outer->dcl.n; i++) {
        const struct ast *o = outer->dcl.data[i];
        if (o->name == d->name && is_unread(unwalked, d->v.bound)) {
            diag_report(f->diag, DIAG_W0402, d->span,
                        "this declares another '%s', which ends with its block, and nothing reads it",
                        d->name);
            diag_note(f->diag, o->span, "this '%s' keeps its value", d->name);
            struct span behind = {let->span.file, d->span.lo, let->span.hi}; /* without its `let` */
            bool is_one = let->n == 1 && dcl_value(d) && !(let->flags & AST_IS_CONST);
            diag_help(f->diag, "to give that one a value write `%s`, without `let`",
                      is_one ? front_source_text(f, behind) : arena_printf(f->arena, "%s = ...;", d->name));
            return true;
        }
    }
    return false;
}

/* `outer` holds the variables of the blocks around this one. */
static void check_lets(struct front *f, const struct words *unwalked, const struct ast *a, struct lets *outer)
{
    size_t around = outer->dcl.n;
    for (uint32_t i = 0; a && i < a->n; i++) {
        const struct ast *s = ast_child(a, i);
        for (uint32_t k = 0; s && s->kind == AST_LET && k < s->n; k++) {
            const struct ast *d = declaration_dcl(s, k);
            if (!check_assigned(f, unwalked, s, d, outer)) {
                check_name(f, unwalked, d->v.bound, d->span);
            }
            vec_push(&outer->dcl, d);
        }
        check_lets(f, unwalked, s, outer);
    }
    outer->dcl.n = a && a->kind == AST_BLOCK ? around : outer->dcl.n;
}

void lint_unread(struct front *f)
{
    const struct ast *tree = f->module.data[0]->tree;
    struct words unwalked = {0};
    bool has_experiment = false;
    (void)ast_find(tree, collect_unwalked, &unwalked);
    words_sort(&unwalked);
    for (uint32_t i = 0; i < tree->n; i++) {
        const struct ast *a = file_declaration(tree, i);
        has_experiment |= a->kind == AST_EXPERIMENT;
        if (a->kind == AST_EXPERIMENT) {
            struct lets outer = {0};
            check_lets(f, &unwalked, a, &outer);
            vec_free(&outer.dcl);
        }
    }
    for (uint32_t i = 0; i < tree->n && has_experiment; i++) { /* otherwise another file may use it */
        const struct ast *a = file_declaration(tree, i);
        for (uint32_t k = 0; a->kind == AST_PARAM && k < a->n; k++) {
            const struct ast *d = declaration_dcl(a, k);
            check_name(f, &unwalked, scope_find_here(f->module.data[0]->scope, d->name), d->span);
        }
    }
    vec_free(&unwalked.word);
}
