/* Warnings of one name that stands for two things. W0417 warns of a loop whose variable has the name of a
 * parameter or an amount of the network that is run, and that is not given to the run; of a target of a fit
 * to which all of its runs give another value; and of a network that names a member of another network, which
 * is no part of it. */
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

/* ---- the variable of a loop that a run does not get ---- */

static const struct symbol *find_member(const struct front *f, const char *network, const char *name)
{
    const struct net *n = lint_net(f, network);
    int32_t symbol = n ? net_find_symbol(n, name) : -1;
    return symbol >= 0 ? &n->symbol.data[symbol] : NULL;
}

static bool is_member(const struct front *f, const char *network, const char *name)
{
    const struct symbol *s = find_member(f, network, name);
    return s && s->kind != SYMBOL_OUTPUT;
}

static bool is_parameter(const struct front *f, const char *network, const char *name)
{
    const struct symbol *s = find_member(f, network, name);
    return s && s->kind == SYMBOL_PARAM;
}

static bool only_shows(const struct ast *a)
{
    return a->kind == AST_PRINT || a->kind == AST_RECORD || a->kind == AST_PLOT || a->kind == AST_ASSERT ||
           a->kind == AST_IMAGE;
}

/* Whether a statement that may change what runs names the variable of the loop. */
static bool has_influence(const struct ast *block, const char *variable)
{
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        if (!only_shows(s) && lint_mentions(s, variable)) {
            return true;
        }
    }
    return false;
}

static void check_turns(struct front *f, const struct ast *loop, const struct ast *binder)
{
    const struct ast *block = for_block(loop);
    if (has_influence(block, binder->name)) {
        return;
    }
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        bool repeats = s->kind == AST_RUN && binder_over(binder)->kind == AST_RANGE && lint_is_random(s);
        if (s->kind == AST_RUN && !repeats && is_member(f, s->name, binder->name)) {
            diag_report(
                f->diag, DIAG_W0417, s->span,
                "'%s' has a '%s' of its own, to which this does not give the value of the loop's '%s'",
                s->name, binder->name, binder->name);
            diag_note(f->diag, binder->span, "this '%s' is a variable of the experiment", binder->name);
            diag_help(f->diag,
                      "write `run %s with %s = %s ...`; where that is not meant, give the loop's "
                      "variable another name",
                      s->name, binder->name, binder->name);
            return;
        }
    }
}

void lint_turns(struct front *f, const struct ast *a)
{
    for (uint32_t i = 0; a && i < a->n; i++) {
        const struct ast *s = ast_child(a, i);
        for (uint32_t k = 1; s && s->kind == AST_FOR && k < for_binders(s)->n; k++) {
            check_turns(f, s, binders_binder(for_binders(s), k));
        }
        lint_turns(f, s);
    }
}

/* ---- targets of a fit that its runs do not get ---- */

static bool reads_member(const struct ast *a, const char *name)
{
    bool any = a && a->kind == AST_FIELD && a->name == name;
    for (uint32_t i = 0; a && i < a->n && !any; i++) {
        any = reads_member(ast_child(a, i), name);
    }
    return any;
}

/* The place in the clauses of the run where the name is given a value, which is not made from net.name; or
 * NULL. */
static const struct ast *given_at(const struct ast *run, const char *name)
{
    const struct ast *with = experiment_clause(run, OP_WITH);
    for (uint32_t i = 0; with && i < with->n && !experiment_clause(run, OP_AS); i++) {
        const struct ast *target = assign_target(clause_bind(with, i));
        if (target->kind == AST_NAME && target->name == name &&
            !reads_member(assign_value(clause_bind(with, i)), name)) {
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

static void look_at_runs(struct runs *r, const struct ast *a)
{
    if (!a) {
        return;
    }
    if ((a->kind == AST_RUN || a->kind == AST_CONTINUE) && a->name == r->network) {
        const struct ast *given = given_at(a, r->name);
        r->vary |= !given;
        r->given = r->given ? r->given : given;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        look_at_runs(r, ast_child(a, i));
    }
}

static void check_targets(struct front *f, const struct ast *minimize)
{
    for (uint32_t i = 0; i < minimize_over(minimize)->n; i++) {
        const struct ast *of = target_reference(list_item(minimize_over(minimize), i));
        if (of->kind != AST_FIELD || field_base(of)->kind != AST_NAME) {
            continue;
        }
        struct runs r = {field_base(of)->name, of->name, NULL, false};
        look_at_runs(&r, minimize_block(minimize));
        /* Behind a run net.A is the amount at its end, which says nothing of the one that the fit tries. */
        bool is_read = is_parameter(f, r.network, r.name) && reads_member(minimize_block(minimize), r.name);
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

void lint_fits(struct front *f, const struct ast *a)
{
    for (uint32_t i = 0; a && i < a->n; i++) {
        if (ast_child(a, i) && ast_child(a, i)->kind == AST_MINIMIZE) {
            check_targets(f, ast_child(a, i));
        }
        lint_fits(f, ast_child(a, i));
    }
}

/* ---- members of another network ---- */

static void collect_declared(struct words *w, const struct ast *a)
{
    if (!a || a->kind == AST_REACTION || a->kind == AST_REACTIONS) {
        return;
    }
    if (a->kind == AST_DCL || a->kind == AST_REPLICATE || a->kind == AST_INSTANCE || a->kind == AST_CONST) {
        const struct ast *label = a->kind == AST_INSTANCE ? instance_label(a) : NULL;
        label = label && label->kind == AST_INDEX ? index_base(label) : label;
        vec_push(&w->word, label ? label->name : a->name);
    }
    for (uint32_t i = 0; i < a->n; i++) {
        collect_declared(w, ast_child(a, i));
    }
}

/* Returns false if a warning has been given. */
static bool check_members(struct front *f, const struct ast *network, const struct words *declared,
                          const struct ast *a)
{
    const struct ast *base = a && a->kind == AST_FIELD ? field_base(a) : NULL;
    if (base && base->kind == AST_NAME && base->name != network->name && !words_have(declared, base->name)) {
        const struct name *n = module_find(f->module.data[0], base->name);
        if (n && n->kind == NAME_NETWORK) {
            diag_report(f->diag, DIAG_W0417, a->span,
                        "'%s' is another network, not a part of '%s': a run of '%s' knows nothing of this",
                        base->name, network->name, base->name);
            name_help_part(f, base->name, a->name);
            return false;
        }
    }
    for (uint32_t i = 0; a && i < a->n; i++) {
        if (!check_members(f, network, declared, ast_child(a, i))) {
            return false;
        }
    }
    return true;
}

void lint_members(struct front *f, const struct ast *network)
{
    struct words declared = {0};
    collect_declared(&declared, network);
    words_sort(&declared);
    (void)check_members(f, network, &declared, network_block(network));
    vec_free(&declared.word);
}
