/* Lints of ends. W0432 warns of an event of a network at a time that none of its runs reaches, W0435 of a
 * `while` whose body changes nothing that its condition reads. */
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

/* ---- W0432 ---- */

struct reach { /* how long the runs of a network are */
    const char *network;
    double longest;
    bool any, unclear;
};

static bool clause_time(const struct ast *run, enum ast_op op, double *v)
{
    const struct ast *c = experiment_clause(run, op);
    *v = 0;
    return !c || (!(c->flags & (AST_EVENTS | AST_CYCLES)) && lint_number(clause_value(c), v));
}

static enum ast_verdict look_at_run(void *env, const struct ast *a)
{
    struct reach *r = env;
    const struct ast *of = a->kind == AST_RUN ? experiment_run_of(a) : NULL;
    switch (a->kind) {
    case AST_RUN:
    case AST_CONTINUE:
    case AST_TEACH:
    case AST_LEARN: break;
    case AST_INSTANCE:
    case AST_REPLICATE:
    case AST_OPTIMIZE:
    case AST_LOWER: /* as a part of other networks it runs as long as these */
        r->unclear |= lint_mentions(a, r->network) || a->name == r->network;
        return AST_GO_ON;
    case AST_NETWORK_EXPR: r->unclear |= lint_mentions(a, r->network); return AST_GO_ON;
    default: return a->kind == AST_REACTION || a->kind == AST_REACTIONS ? AST_LEAVE_OUT : AST_GO_ON;
    }
    if (a->name != r->network && !(of && of->name == r->network)) {
        return AST_GO_ON;
    }
    double length, burn;
    bool known = a->kind == AST_RUN && !of && experiment_clause(a, OP_FOR) &&
                 !experiment_clause(a, OP_UNTIL) && clause_time(a, OP_FOR, &length) &&
                 clause_time(a, OP_AFTER, &burn);
    r->any = true;
    r->unclear |= !known;
    if (known && length + burn > r->longest) {
        r->longest = length + burn;
    }
    return AST_GO_ON;
}

void lint_events(struct front *f, const struct ast *network)
{
    const struct ast *block = network_block(network);
    struct reach r = {.network = network->name};
    bool looked = false;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        double time;
        if (a->kind != AST_EVENT || a->op == OP_WHEN || !lint_number(event_when(a), &time)) {
            continue;
        }
        if (!looked) {
            (void)ast_find(f->module.data[0]->tree, look_at_run, &r);
            looked = true;
        }
        if (r.any && !r.unclear && time > r.longest) {
            diag_report(f->diag, DIAG_W0432, event_when(a)->span,
                        "no run of '%s' reaches this time: the longest ends at %g", network->name, r.longest);
            diag_help(f->diag, "write a run that is long enough, `run %s for %g`", network->name, 2 * time);
        }
    }
}

/* ---- W0435 ---- */

struct loop {
    struct words read; /* the variables in the condition */
    bool other;        /* whether it reads something else, too */
};

static enum ast_verdict look_at_condition(void *env, const struct ast *a)
{
    struct loop *l = env;
    const struct name *n = a->kind == AST_NAME ? a->v.bound : NULL;
    bool leaf = a->kind == AST_INT || a->kind == AST_REAL || a->kind == AST_BOOL;
    bool joins = a->kind == AST_BINARY || a->kind == AST_UNARY || a->kind == AST_INDEX;
    if (n && n->kind == NAME_VARIABLE && !n->is_recorded) {
        vec_push(&l->read.word, a->name);
    } else if (!(n && n->kind == NAME_CONST) && !leaf && !joins) {
        l->other = true; /* results of runs, and draws, may change each time */
    }
    return AST_GO_ON;
}

static enum ast_verdict is_assigned(void *env, const struct ast *a)
{
    const struct ast *target = a->kind == AST_ASSIGN ? assign_target(a) : NULL;
    target = target && target->kind == AST_INDEX ? index_base(target) : target;
    return target && target->kind == AST_NAME && words_have(env, target->name) ? AST_FOUND : AST_GO_ON;
}

static enum ast_verdict is_declared_again(void *env, const struct ast *a)
{
    return a->kind == AST_DCL && words_have(env, a->name) ? AST_FOUND : AST_GO_ON;
}

/* Whether the condition holds while the name is small: `x < 10`, `10 >= x`; or it is no such comparison. */
static bool holds_below(const struct ast *condition, const char *name)
{
    if (condition->kind != AST_BINARY) {
        return true;
    }
    const struct ast *left = binary_left(condition);
    bool on_left = left->kind == AST_NAME && strcmp(left->name, name) == 0;
    bool greater = condition->op == OP_GT || condition->op == OP_GE;
    bool less = condition->op == OP_LT || condition->op == OP_LE;
    return on_left ? !greater : !less;
}

static enum ast_verdict check_loop(void *env, const struct ast *a)
{
    struct front *f = env;
    if (a->kind != AST_WHILE) {
        return AST_GO_ON;
    }
    struct loop l = {.other = false};
    (void)ast_find(while_condition(a), look_at_condition, &l);
    words_sort(&l.read);
    if (!l.other && l.read.word.n > 0 && !ast_find(while_block(a), is_assigned, &l.read)) {
        const struct ast *again = ast_find(while_block(a), is_declared_again, &l.read);
        diag_report(f->diag, DIAG_W0435, while_condition(a)->span,
                    "nothing in this loop changes its condition: it does not end");
        if (again) {
            diag_note(f->diag, again->span, "this declares another '%s', which ends with the block",
                      again->name);
            diag_help(f->diag, "leave `let` out: `%s;`", front_source_text(f, again->span));
        } else {
            diag_help(f->diag, "change what it reads, as by `%s %c= 1;`", l.read.word.data[0],
                      holds_below(while_condition(a), l.read.word.data[0]) ? '+' : '-');
        }
    }
    vec_free(&l.read.word);
    return AST_GO_ON;
}

void lint_loops(struct front *f, const struct ast *experiment)
{
    (void)ast_find(experiment, check_loop, f);
}
