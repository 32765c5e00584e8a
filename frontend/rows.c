/* The tables of functions for kinds of names and of nodes, by which the parts of the front end find each
 * other. */
#include "frontend/rows.h"

#include "frontend/builtin.h"
#include "frontend/check/lint.h"
#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/neural/neural.h"

/* ---- all of it, for `check` ---- */

static void check_constant(struct front *f, struct name *n)
{
    front_constant(f, n);
}

/* Whether the tree makes an instance of the network with the name *env, or copies of it. */
static enum ast_verdict makes_instance(void *env, const struct ast *a)
{
    const struct ast *of = a->kind == AST_REPLICATE  ? replicate_network(a)
                           : a->kind == AST_INSTANCE ? a
                                                     : NULL;
    return of && of->name == *(const char **)env ? AST_FOUND : AST_GO_ON;
}

static bool has_instances(const struct front *f, const struct name *network)
{
    const char *text = network->text;
    for (size_t i = 0; i < f->module.n; i++) {
        for (uint32_t k = 0; k < f->module.data[i]->tree->n; k++) {
            const struct ast *declared = f->module.data[i]->tree->kid[k];
            if (declared != network->ast && ast_find(declared, makes_instance, &text)) {
                return true;
            }
        }
    }
    return false;
}

/* Whether the network is elaborated only where its arguments are given: a network with a constant that has no
 * value, and one with such a parameter if other networks make instances of it. Without instances such a
 * parameter is a mistake. */
static bool needs_arguments(const struct front *f, const struct name *n)
{
    const struct ast *network = n->ast;
    bool constant = false, parameter = false;
    for (uint32_t i = 0; network->kind == AST_NETWORK && i < network_nparams(network)->n; i++) {
        const struct ast *p = list_item(network_nparams(network), i);
        constant |= p->op == OP_CONST && !dcl_value(p);
        parameter |= p->op == OP_PARAM && !dcl_value(p);
    }
    return constant || (parameter && has_instances(f, n));
}

static void check_network(struct front *f, struct name *n)
{
    if (!needs_arguments(f, n)) {
        network_use(f, n, n->span);
    }
}

static void check_model(struct front *f, struct name *n)
{
    neural_use(f, n);
}

static void check_data(struct front *f, struct name *n)
{
    data_use(f, n);
}

static void check_table(struct front *f, struct name *n)
{
    (void)table_use(f, n);
}

void front_experiment(struct front *f, struct name *experiment)
{
    if (experiment_build(f, experiment) && diag_error_count(f->diag) == f->errors_before) {
        lint_experiment(f);
    }
}

static void check_experiment(struct front *f, struct name *n)
{
    front_experiment(f, n);
}

expr_id refused_value(struct where *w, const struct ast *a, struct name *n)
{
    (void)w, (void)a, (void)n;
    return 0;
}

/* ---- tables ---- */

static const struct name_row names[] = {
#define NAME_KIND(kind, text, read, part, call, check, dim, help, places) \
    [NAME_##kind] = {read, part, call, check},
#include "frontend/name.def"
};

const struct front_rows front_rows = {
    .name = names,
    .own = experiment_own,
    .call = value_call,
    .over = value_call_over,
    .array = value_array,
    .index = value_index,
    .builtin = builtins,
    .n_builtins = &builtin_count,
};
