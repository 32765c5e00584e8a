#include "frontend/check/check.h"

#include "frontend/check/walk.h"

static void walk_declaration(struct walk *k, struct name *n)
{
    k->w = (struct where){.f = k->f, .module = n->module};
    struct meaning *m = meaning_of(k, n);
    m->typing = n->kind == NAME_GLOBAL ? typing_scalar(SORT_REAL) : m->typing;
    switch (n->ast->kind) {
    case AST_CONST: meaning_of(k, n)->typing = walk_value(k, const_value(n->ast)); break;
    case AST_FN: walk_function(k, n); break;
    case AST_NETWORK: walk_network(k, n); break;
    case AST_EXPERIMENT: walk_experiment(k, n); break;
    default: break;
    }
}

void check_file(struct front *f)
{
    struct walked_names names = {0};
    struct walk k = {.f = f, .names = &names};
    const struct scope *s = f->module.data[0]->scope;
    for (size_t i = 0; i < scope_count(s); i++) {
        if (scope_at(s, i)->kind != NAME_EXPERIMENT) {
            walk_declaration(&k, scope_at(s, i));
        }
    }
    /* Experiments are elaborated whole, whatever way a program takes: that has told all that is wrong with
     * them. */
    size_t reports = diag_count(f->diag);
    for (size_t i = 0; i < scope_count(s); i++) {
        if (scope_at(s, i)->kind == NAME_EXPERIMENT) {
            walk_declaration(&k, scope_at(s, i));
        }
    }
    (void)diag_take_back(f->diag, reports);
    if (f->options->names) {
        walk_print(f, &names, f->options->names);
    }
    for (size_t i = 0; i < names.name.n; i++) {
        vec_free(&names.name.data[i]->meaning->use);
    }
    vec_free(&names.name);
}
