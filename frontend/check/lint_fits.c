/* Lints of `minimize`. W0417 warns of a target to which all runs of the block give another value. W0427 warns
 * of a loss that is the signed difference of a run from what was measured, so that it falls without end. */
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

/* ---- targets of a fit that its runs do not get ---- */

static bool is_parameter(const struct front *f, const char *network, const char *name)
{
    const struct symbol *s = lint_symbol(f, network, name);
    return s && s->kind == SYMBOL_PARAM;
}

/* The place in the clauses of the run where the name is given a value, which is not made from net.name; or
 * NULL. */
static const struct ast *given_at(const struct ast *run, const char *name)
{
    const struct ast *with = experiment_clause(run, OP_WITH);
    for (uint32_t i = 0; with && i < with->n && !experiment_clause(run, OP_AS); i++) {
        const struct ast *target = assign_target(clause_bind(with, i));
        if (target->kind == AST_NAME && target->name == name &&
            !lint_find_member(assign_value(clause_bind(with, i)), run->name, name)) {
            return clause_bind(with, i);
        }
    }
    return NULL;
}

struct runs {
    const char *network, *name;
    const struct ast *given; /* the first place where a run of the network is given the name */
    bool vary;               /* a run of it is not given the name */
};

static enum ast_verdict look_at_run(void *env, const struct ast *a)
{
    struct runs *r = env;
    if ((a->kind == AST_RUN || a->kind == AST_CONTINUE) && a->name == r->network) {
        const struct ast *given = given_at(a, r->name);
        r->vary |= !given;
        r->given = r->given ? r->given : given;
    }
    return AST_GO_ON;
}

static void check_targets(struct front *f, const struct ast *minimize)
{
    for (uint32_t i = 0; i < minimize_over(minimize)->n; i++) {
        const struct ast *of = target_reference(list_item(minimize_over(minimize), i));
        if (of->kind != AST_FIELD || field_base(of)->kind != AST_NAME) {
            continue;
        }
        struct runs r = {field_base(of)->name, of->name, NULL, false};
        (void)ast_find(minimize_block(minimize), look_at_run, &r);
        /* Behind a run net.A is the amount at its end, which says nothing of the one that the fit tries. */
        bool is_read = is_parameter(f, r.network, r.name) &&
                       lint_find_member(minimize_block(minimize), r.network, r.name);
        if (r.given && !r.vary && !is_read) {
            diag_report(f->diag, DIAG_W0417, r.given->span,
                        "the run takes this value of '%s', so nothing depends on what the fit tries", r.name);
            diag_note(f->diag, of->span, "the fit is over '%s.%s'", r.network, r.name);
            diag_help(f->diag,
                      "leave `%s` out of `with`: runs in the block have the values that the fit tries",
                      front_source_text(f, r.given->span));
        }
    }
}

/* ---- W0427 ---- */

enum { DEEP = 16 }; /* names that stand for one another */

struct fit {
    struct front *f;
    const struct ast *block;
    const char *name; /* whose value is looked for */
    const struct ast *value;
    int depth;
};

/* A statement of the block that gives the name a value which is a difference, or any. */
static enum ast_verdict gives_value(void *env, const struct ast *a)
{
    struct fit *x = env;
    bool declares = a->kind == AST_DCL && a->name == x->name && dcl_value(a);
    bool assigns = a->kind == AST_ASSIGN && assign_target(a)->kind == AST_NAME &&
                   assign_target(a)->name == x->name && a->op != OP_SET_MUL && a->op != OP_SET_DIV;
    if (!declares && !assigns) {
        return AST_GO_ON;
    }
    x->value = declares ? dcl_value(a) : assign_value(a);
    return x->value->kind == AST_INT || x->value->kind == AST_REAL ? AST_GO_ON : AST_FOUND;
}

/* The value in the block that a variable of it stands for, or NULL. */
static const struct ast *value_of_name(const struct fit *x, const struct ast *a)
{
    struct fit of = {x->f, x->block, a->kind == AST_NAME ? a->name : NULL, NULL, 0};
    return of.name && x->depth < DEEP && ast_find(x->block, gives_value, &of) ? of.value : NULL;
}

/* Whether the value is a result of a run. A parameter of a network is not. */
static enum ast_verdict is_result(void *env, const struct ast *a)
{
    struct fit *x = env;
    const struct ast *base = a->kind == AST_FIELD ? field_base(a) : a;
    if (a->kind == AST_FIELD && base->kind == AST_NAME && is_parameter(x->f, base->name, a->name)) {
        return AST_LEAVE_OUT;
    }
    if (a->kind == AST_NAME && a->v.bound && a->v.bound->kind == NAME_NETWORK) {
        return AST_FOUND;
    }
    struct fit of = {x->f, x->block, NULL, NULL, x->depth + 1};
    const struct ast *value = value_of_name(x, a);
    return value && ast_find(value, is_result, &of) ? AST_FOUND : AST_GO_ON;
}

static bool reads_result(const struct fit *x, const struct ast *a)
{
    struct fit of = *x;
    return ast_find(a, is_result, &of) != NULL;
}

static enum ast_verdict is_measured(void *env, const struct ast *a)
{
    (void)env;
    return data_is_column(a) ? AST_FOUND : AST_GO_ON;
}

static enum ast_verdict is_network(void *env, const struct ast *a)
{
    (void)env;
    return a->kind == AST_NAME && a->v.bound && a->v.bound->kind == NAME_NETWORK ? AST_FOUND : AST_GO_ON;
}

/* Whether the value is a result itself, or one read from its course, not something computed with it. */
static bool is_plain_result(const struct fit *x, const struct ast *a)
{
    static const char *const of_run[] = {"trajectory", "value",    "time_mean",    "time_max",
                                         "time_min",   "run_mean", "time_integral"};
    const char *callee = a->kind == AST_CALL && call_callee(a)->kind == AST_NAME ? call_callee(a)->name : "";
    for (size_t i = 0; i < sizeof of_run / sizeof *of_run; i++) {
        if (strcmp(callee, of_run[i]) == 0) {
            return true;
        }
    }
    const struct fit of = {x->f, x->block, NULL, NULL, x->depth + 1};
    const struct ast *value = value_of_name(x, a);
    return a->kind == AST_FIELD   ? reads_result(x, a)
           : a->kind == AST_INDEX ? is_plain_result(x, index_base(a))
                                  : value && is_plain_result(&of, value);
}

/* A difference from what was measured, or from a plain number that a result should have: this number would
 * change nothing about where the least loss is. `1 - NET.A` is the other way round. */
static bool is_residual(const struct fit *x, const struct ast *a)
{
    if (a->kind != AST_BINARY || a->op != OP_SUB) {
        return false;
    }
    bool left = reads_result(x, binary_left(a)), right = reads_result(x, binary_right(a));
    const struct ast *other = left ? binary_right(a) : binary_left(a);
    bool number = left && !ast_find(other, is_network, NULL) && is_plain_result(x, binary_left(a));
    return left != right && (number || ast_find(other, is_measured, NULL));
}

static const struct ast *find_residual(const struct fit *x, const struct ast *a);

/* Of a sum or a product: if it is a difference times or plus what no run gives. */
static const struct ast *residual_of_part(const struct fit *x, const struct ast *a)
{
    const struct ast *left = find_residual(x, binary_left(a)), *right = find_residual(x, binary_right(a));
    const struct ast *other = left ? binary_right(a) : binary_left(a);
    bool factor = a->op != OP_DIV || left;
    return (left || right) && factor && !reads_result(x, other) ? (left ? left : right) : NULL;
}

static bool is_sum(const struct ast *callee)
{
    const char *name = callee->kind == AST_NAME ? callee->name : "";
    return strcmp(name, "sum") == 0 || strcmp(name, "mean") == 0 || strcmp(name, "max") == 0;
}

/* The signed difference with which the value grows and falls; NULL: it is none, or has a least value. */
static const struct ast *find_residual(const struct fit *x, const struct ast *a)
{
    if (is_residual(x, a)) {
        return a;
    }
    switch (a->kind) {
    case AST_BINARY:
        return a->op == OP_ADD || a->op == OP_SUB || a->op == OP_MUL || a->op == OP_DIV
                   ? residual_of_part(x, a)
                   : NULL;
    case AST_UNARY: return a->op == OP_NEG ? find_residual(x, unary_operand(a)) : NULL;
    case AST_INDEX: return find_residual(x, index_base(a));
    case AST_CALL:
        return a->n == 2 && is_sum(call_callee(a)) ? find_residual(x, arg_value(call_arg(a, 1))) : NULL;
    case AST_CALL_OVER: return is_sum(call_over_callee(a)) ? find_residual(x, call_over_body(a)) : NULL;
    default: {
        const struct fit of = {x->f, x->block, NULL, NULL, x->depth + 1};
        const struct ast *value = value_of_name(x, a);
        return value ? find_residual(&of, value) : NULL;
    }
    }
}

static void check_loss(const struct fit *x, const struct ast *loss)
{
    const struct ast *of = find_residual(x, loss);
    bool squared = loss->kind == AST_BINARY && loss->op == OP_POW;
    const struct ast *sum = squared ? binary_left(loss) : NULL;
    bool of_sum = sum && (sum->kind == AST_CALL || sum->kind == AST_CALL_OVER);
    const struct ast *added = of_sum ? find_residual(x, sum) : NULL;
    if (of) {
        bool is_one = of == loss;
        diag_report(x->f->diag, DIAG_W0427, of->span,
                    is_one ? "this difference counts with its sign: it has no least value where the run fits"
                           : "these differences are added up with their signs: the sum has no least value "
                             "where the course fits");
        diag_help(x->f->diag, is_one ? "square it: `(%s)^2`" : "square each of them: `(%s)^2`",
                  front_source_text(x->f, of->span));
    } else if (added) {
        diag_report(x->f->diag, DIAG_W0427, loss->span,
                    "these differences are added up before their sum is squared: one above and one below "
                    "cancel");
        diag_help(x->f->diag, "square each of them: `sum((%s)^2)`", front_source_text(x->f, added->span));
    }
}

static enum ast_verdict check_losses(void *env, const struct ast *a)
{
    if (a->kind == AST_LOSS) {
        check_loss(env, loss_value(a));
    }
    return AST_GO_ON;
}

static enum ast_verdict check_fit(void *env, const struct ast *a)
{
    if (a->kind == AST_MINIMIZE) {
        check_targets(env, a);
        struct fit x = {env, minimize_block(a), NULL, NULL, 0};
        (void)ast_find(x.block, check_losses, &x);
    }
    return AST_GO_ON;
}

void lint_fits(struct front *f, const struct ast *experiment)
{
    (void)ast_find(experiment, check_fit, f);
}
