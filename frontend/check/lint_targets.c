/* What a program may give a value: targets of `with`, `set`, fits, events and assignments, each as the
 * network and the path of names in it, so that what is done to a network says nothing of another one whose
 * species have the same names. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/experiment/experiment.h"

struct collector {
    struct front *f;
    struct targets *to;
    const struct ast *network; /* NETWORK whose names stand alone here; NULL: none, or one without a body */
    bool in_body;              /* in the body of that network */
};

const struct ast *lint_network_of(const struct name *n)
{
    enum { LONGEST_CHAIN = 100 };
    for (int i = 0; n && n->ast && i < LONGEST_CHAIN; i++) {
        const struct ast *a = n->ast;
        if (a->kind == AST_NETWORK) {
            return a;
        }
        a = a->kind == AST_NETWORK_EXPR ? network_expr_value(a) : NULL;
        while (a && (a->kind == AST_LOWER || a->kind == AST_OPTIMIZE)) {
            a = a->kind == AST_LOWER ? lower_network(a) : optimize_network(a);
        }
        bool names = a && (a->kind == AST_NAME || a->kind == AST_INSTANCE);
        n = names && n->module ? module_find(n->module, a->name) : NULL;
    }
    return NULL;
}

/* The names of a reference, m.x of m[2].x[i]; *root becomes the first of them. */
static const char *path_of(struct front *f, const struct ast *a, const struct ast **root)
{
    const char *path = "";
    for (; a->kind == AST_FIELD || a->kind == AST_INDEX; a = ast_base(a)) {
        path = a->kind == AST_FIELD ? arena_printf(f->arena, ".%s%s", a->name, path) : path;
    }
    *root = a;
    return a->kind == AST_NAME ? arena_printf(f->arena, "%s%s", a->name, path) : "";
}

static void add_target(const struct collector *c, const struct ast *reference, bool is_told)
{
    const struct ast *root;
    const char *path = path_of(c->f, reference, &root);
    const struct name *n = root->kind == AST_NAME ? root->v.bound : NULL;
    if (c->in_body && n && reference->kind != AST_FIELD) { /* instances of the network have it, too */
        vec_push(&c->to->declared, n->span);
    }
    const char *dot = strchr(path, '.');
    const struct ast *of = !c->network && n && n->kind == NAME_NETWORK ? lint_network_of(n) : c->network;
    path = c->network ? path : dot ? dot + 1 : "";
    if (of && *path) {
        vec_push(&c->to->list, (struct target){of, path, is_told});
    }
}

/* The network whose names stand alone in the clauses of a statement, or NULL. */
static const struct ast *network_of_statement(const struct ast *a)
{
    const struct ast *of = a->kind == AST_RUN     ? experiment_run_of(a)
                           : a->kind == AST_LEARN ? learn_model(a)
                                                  : NULL;
    return lint_network_of(of ? of->v.bound : a->v.bound);
}

static enum ast_verdict collect(void *env, const struct ast *a)
{
    const struct collector *c = env;
    switch (a->kind) {
    case AST_REACTION:
    case AST_REACTIONS: return AST_LEAVE_OUT;
    case AST_RUN:
    case AST_CONTINUE:
    case AST_TEACH:
    case AST_LEARN: {
        struct collector inside = *c;
        inside.network = network_of_statement(a);
        for (uint32_t i = 0; i < a->n && inside.network; i++) {
            (void)ast_find(ast_child(a, i), collect, &inside);
        }
        return AST_LEAVE_OUT;
    }
    case AST_ASSIGN:
    case AST_SET_STMT:
    case AST_BIND: add_target(c, assign_target(a), a->kind == AST_BIND); return AST_GO_ON;
    case AST_TARGET: add_target(c, target_reference(a), false); return AST_GO_ON;
    default: return AST_GO_ON;
    }
}

void lint_targets_open(struct front *f, struct targets *t)
{
    *t = (struct targets){0};
    for (size_t m = 0; m < f->module.n; m++) {
        const struct ast *tree = f->module.data[m]->tree;
        for (uint32_t i = 0; tree && i < tree->n; i++) {
            const struct ast *a = file_declaration(tree, i);
            struct collector c = {f, t, a->kind == AST_NETWORK ? a : NULL, a->kind == AST_NETWORK};
            if (a->kind == AST_NETWORK || (a->kind == AST_EXPERIMENT && m == 0)) {
                (void)ast_find(a, collect, &c);
            }
        }
    }
    if (t->declared.n > 1) {
        qsort(t->declared.data, t->declared.n, sizeof *t->declared.data, lint_by_place);
    }
}

void lint_targets_close(struct targets *t)
{
    vec_free(&t->list);
    vec_free(&t->declared);
}

enum {
    IS_TARGET = 1,
    HAS_TARGET = 2,
    IS_TOLD = 4
}; /* by path: it is a target; a part of it is one; by `with` */

static void mark(struct lint_network *l, const char *path, int32_t bit)
{
    int32_t marked = map_find(&l->target, path);
    map_set(&l->target, path, marked < 0 ? bit : marked | bit);
}

void lint_network_open(struct lint_network *l, const struct targets *t)
{
    l->declared = t;
    for (size_t i = 0; i < t->list.n; i++) {
        const char *path = t->list.data[i].path;
        if (t->list.data[i].network != l->tree) {
            continue;
        }
        int32_t told = t->list.data[i].is_told ? IS_TOLD : 0;
        mark(l, path, IS_TARGET | told);
        for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.')) {
            mark(l, arena_strndup(l->f->arena, path, (size_t)(dot - path)), HAS_TARGET | told);
        }
    }
}

void lint_network_close(struct lint_network *l)
{
    map_free(&l->target);
}

/* m.x of m[2].x[1] */
static const char *without_indices(struct front *f, const char *name)
{
    if (!strchr(name, '[')) {
        return name;
    }
    char *path = arena_strndup(f->arena, name, strlen(name)), *to = path;
    int depth = 0;
    for (const char *c = name; *c; c++) {
        depth += *c == '[';
        if (depth == 0) {
            *to++ = *c;
        }
        depth -= *c == ']';
    }
    *to = '\0';
    return path;
}

bool lint_may_be_set(const struct lint_network *l, const char *name, struct span declared)
{
    const struct targets *t = l->declared;
    if (t->declared.n > 0 &&
        bsearch(&declared, t->declared.data, t->declared.n, sizeof declared, lint_by_place)) {
        return true;
    }
    if (l->target.entry.n == 0) {
        return false;
    }
    const char *path = without_indices(l->f, name);
    for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.')) {
        int32_t marked = map_find_range(&l->target, path, (size_t)(dot - path));
        if (marked >= 0 && marked & IS_TARGET) {
            return true;
        }
    }
    return map_find(&l->target, path) >= 0;
}

bool lint_is_told(const struct lint_network *l, const char *name)
{
    int32_t marked = map_find(&l->target, name);
    return marked >= 0 && marked & IS_TOLD;
}
