/* Functions that several lints use. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "runtime/crnl_method.h"

int lint_by_place(const void *x, const void *y)
{
    const struct span *a = x, *b = y;
    return a->file != b->file ? (a->file > b->file) - (a->file < b->file) : (a->lo > b->lo) - (a->lo < b->lo);
}

static int by_address(const void *x, const void *y)
{
    uintptr_t a = (uintptr_t) * (const char *const *)x, b = (uintptr_t) * (const char *const *)y;
    return (a > b) - (a < b);
}

bool words_have(const struct words *w, const char *word)
{
    return w->word.n > 0 && bsearch(&word, w->word.data, w->word.n, sizeof word, by_address) != NULL;
}

void words_sort(struct words *w)
{
    if (w->word.n > 0) {
        qsort(w->word.data, w->word.n, sizeof *w->word.data, by_address);
    }
}

const struct net *lint_net(const struct front *f, const char *name)
{
    struct name *n = scope_find_here(f->module.data[0]->scope, name);
    return name_may(n, AT_BODY) && n->index >= 0 ? f->program->net.data[n->index].net : NULL;
}

const struct symbol *lint_symbol(const struct front *f, const char *network, const char *name)
{
    const struct net *n = lint_net(f, network);
    int32_t symbol = n ? net_find_symbol(n, name) : -1;
    return symbol >= 0 ? &n->symbol.data[symbol] : NULL;
}

static enum ast_verdict mentions(void *env, const struct ast *a)
{
    const char *const *word = env;
    bool names = a->kind == AST_NAME || a->kind == AST_RUN || a->kind == AST_CONTINUE ||
                 a->kind == AST_TEACH || a->kind == AST_LEARN || a->kind == AST_CURVE;
    return names && a->name == *word ? AST_FOUND : AST_GO_ON;
}

bool lint_mentions(const struct ast *a, const char *word)
{
    return ast_find(a, mentions, &word) != NULL;
}

struct member {
    const char *network, *name;
};

static enum ast_verdict is_member(void *env, const struct ast *a)
{
    const struct member *m = env;
    if (a->kind == AST_ARG && a->name && strcmp(a->name, "of") == 0) {
        return AST_LEAVE_OUT; /* gradient(e, of = NET.k) reads no value of it */
    }
    bool is = a->kind == AST_FIELD && a->name == m->name && field_base(a)->kind == AST_NAME &&
              field_base(a)->name == m->network;
    return is ? AST_FOUND : AST_GO_ON;
}

const struct ast *lint_find_member(const struct ast *a, const char *network, const char *name)
{
    return ast_find(a, is_member, &(struct member){network, name});
}

static enum ast_verdict is_at(void *env, const struct ast *a)
{
    const struct span *at = env;
    bool around = a->span.file == at->file && a->span.lo <= at->lo && at->hi <= a->span.hi;
    bool is = around && a->span.lo == at->lo && a->span.hi == at->hi;
    return is ? AST_FOUND : around ? AST_GO_ON : AST_LEAVE_OUT;
}

const struct ast *lint_tree_at(const struct front *f, struct span at)
{
    const struct ast *tree = f->module.data[0]->tree, *found = NULL;
    for (uint32_t i = 0; i < tree->n && !found; i++) {
        const struct ast *a = file_declaration(tree, i);
        found = a->kind == AST_EXPERIMENT ? ast_find(a, is_at, &at) : NULL;
    }
    return found;
}

bool lint_number(const struct ast *a, double *v)
{
    const struct ast *of = a->kind == AST_UNARY && a->op == OP_NEG ? unary_operand(a) : a;
    *v = of->kind == AST_INT ? (double)of->v.integer : of->kind == AST_REAL ? of->v.real : 0;
    *v = of == a ? *v : -*v;
    return (of->kind == AST_INT || of->kind == AST_REAL) && of->n == 0;
}

bool lint_is_random(const struct ast *run)
{
    const struct ast *by = experiment_clause(run, OP_BY);
    const char *name = by ? clause_value(by)->name : NULL;
    for (int i = 0; name && i < CRNL_METHOD_COUNT; i++) {
        if (strcmp(crnl_method_info[i].family, name) == 0 && crnl_method_info[i].traits & CRNL_STOCHASTIC) {
            return true;
        }
    }
    return false;
}
