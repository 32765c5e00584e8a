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

/* A network that needs arguments is elaborated where they are given. */
static bool needs_arguments(const struct ast *network)
{
    bool needs = false;
    for (uint32_t i = 0; network->kind == AST_NETWORK && i < network_nparams(network)->n; i++) {
        const struct ast *p = list_item(network_nparams(network), i);
        needs |= p->op == OP_CONST && !dcl_value(p);
    }
    return needs;
}

static void check_network(struct front *f, struct name *n)
{
    if (!needs_arguments(n->ast)) {
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
