/* Walks over the declarations of all modules, each by the function for its kind. */
#include "frontend/check/check.h"

#include "frontend/check/walk.h"

/* The names of files are texts: csv(iris.csv) would read a value of that name. */
static void walk_reader(struct walk *k, const struct ast *call)
{
    for (uint32_t i = 1; i < call->n; i++) {
        const struct ast *file = arg_value(call_arg(call, i));
        if (!call_arg(call, i)->name && file->kind == AST_FIELD) {
            const char *text = front_source_text(k->f, file->span);
            diag_report(k->f->diag, DIAG_E0511, file->span, "the name of a file is a text, in quotes");
            diag_help(k->f->diag, "write `\"%s\"`", text);
        } else {
            walk_words(k, file);
        }
    }
}

static void walk_declaration(struct walk *k, struct name *n)
{
    k->w = (struct where){.f = k->f, .module = n->module};
    struct meaning *m = meaning_of(k, n);
    m->typing = n->kind == NAME_GLOBAL ? typing_scalar(SORT_REAL) : m->typing;
    switch (n->ast->kind) {
    case AST_CONST: (void)walk_constant(k, n); break;
    case AST_FN: walk_function(k, n); break;
    case AST_NETWORK: walk_network(k, n); break;
    case AST_NETWORK_EXPR: walk_network_value(k, n); break;
    case AST_TABLE: walk_reader(k, table_call(n->ast)); break;
    case AST_DATA: walk_reader(k, data_call(n->ast)); break;
    case AST_EXPERIMENT: walk_experiment(k, n); break;
    case AST_MODEL: walk_model_body(k, n); break;
    case AST_MODEL_FROM: walk_model_from(k, n); break;
    case AST_DCL:
        if (dcl_value(n->ast)) {
            (void)walk_value(k, dcl_value(n->ast));
        }
        break;
    default: break;
    }
}

/* Whether a file would be read to know what the network has. */
static bool is_imported(const struct name *n)
{
    const struct ast *a =
        n->kind == NAME_NETWORK && n->ast->kind == AST_NETWORK_EXPR ? network_expr_value(n->ast) : NULL;
    while (a && (a->kind == AST_LOWER || a->kind == AST_OPTIMIZE)) {
        a = a->kind == AST_LOWER ? lower_network(a) : optimize_network(a);
    }
    return a && a->kind == AST_IMPORT;
}

void check_program(struct front *f, struct declared_names **declared)
{
    struct walked_names names = {0};
    struct walk k = {.f = f, .names = &names};
    for (size_t m = 0; m < f->module.n; m++) {
        const struct scope *s = f->module.data[m]->scope;
        for (size_t i = 0; i < scope_count(s); i++) {
            if (scope_at(s, i)->kind != NAME_EXPERIMENT || m == 0) {
                walk_declaration(&k, scope_at(s, i));
            }
        }
    }
    for (size_t i = 0; declared && i < names.name.n; i++) { /* also of networks that nothing has asked for */
        if (!is_imported(names.name.data[i])) {
            walk_members(&k, names.name.data[i]);
        }
    }
    if (declared) {
        *declared = check_declared(&k);
    }
    for (size_t i = 0; i < names.name.n; i++) {
        vec_free(&names.name.data[i]->meaning->use);
    }
    vec_free(&names.name);
}
