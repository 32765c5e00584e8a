/* Networks that are made from others: `network b = lower m to rate_independent;`, `optimize a by (...)`,
 * `import "file"`, or another name. */
#include <math.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"
#include "frontend/neural/neural.h"
#include "ir/net/each_expr.h"
#include "ir/net/net_rename.h"
#include "ir/pass/pass.h"

struct network_expr {
    struct front *f;
    struct where w;   /* expressions of constants */
    const char *name; /* of the network that is made */
    struct lowering lowering;
    struct units units;
};

static struct net *expression(struct network_expr *e, const struct ast *a);

/* The network that another name stands for. */
static struct net *named(struct network_expr *e, const struct ast *a)
{
    struct ast call = {.kind = AST_INSTANCE, .name = a->name, .span = a->span};
    return network_call(&e->w, a->kind == AST_INSTANCE ? a : &call, &e->units, &e->lowering);
}

/* ---- lower ---- */

/* Reads an argument. What has no place in the construction was reported by the walk of `check`, and so were
 * its missing arguments and those that are given twice. */
static bool lower_option(struct network_expr *e, const struct construction *c, const struct ast *arg,
                         double *value, struct lower_given *given)
{
    int k = lower_argument_named(c, arg->name), i = lower_option_named(c, arg->name);
    if (k >= 0) {
        return network_argument(&e->w, &c->argument[k], arg_value(arg), &given[k]);
    }
    expr_id v = i < 0 ? 0 : value_real_scalar(&e->w, arg_value(arg));
    if (!v) {
        return false;
    }
    const struct lower_option *o = &c->option[i];
    bool known = expr_const_real(e->w.ex, v, &value[i]) && isfinite(value[i]);
    return (known && (o->above ? value[i] > o->least : value[i] >= o->least)) ||
           diag_report(e->f->diag, DIAG_E0522, arg_value(arg)->span, "'%s' is a constant %s %g", arg->name,
                       o->above ? "above" : "of at least", o->least);
}

/* Lowers the model or, if `from` is not NULL, this network, which is then destroyed. */
static struct net *construct(struct network_expr *e, int construction, const struct ast *ctor,
                             const struct net *from)
{
    const struct construction *c = lower_construction(construction);
    double *value = arena_alloc(e->f->arena, ((size_t)c->n_options + 1) * sizeof *value);
    for (int i = 0; i < c->n_options; i++) {
        value[i] = c->option[i].value;
    }
    struct lower_given *given = arena_alloc(e->f->arena, ((size_t)c->n_arguments + 1) * sizeof *given);
    memset(given, 0, ((size_t)c->n_arguments + 1) * sizeof *given);
    bool good = true;
    for (uint32_t i = 0; i < ctor->n && good; i++) {
        good = lower_option(e, c, ctor_arg(ctor, i), value, given);
    }
    for (int k = 0; k < c->n_arguments && good; k++) {
        good = !c->argument[k].is_needed || given[k].span.hi;
    }
    bool of_model = e->lowering.model >= 0;
    const struct lowerer l = {.m = of_model ? &e->f->program->neural.data[e->lowering.model] : NULL,
                              .from = from,
                              .first_value =
                                  of_model ? neural_first_number(e->f->program, e->lowering.model) : 0,
                              .name = e->name,
                              .option = value,
                              .given = given,
                              .span = ctor->span,
                              .diag = e->f->diag,
                              .arena = e->f->program->arena};
    struct net *net = good ? lower_make(construction, &l, &e->lowering) : NULL;
    for (int k = 0; k < c->n_arguments; k++) {
        if (given[k].net) {
            net_destroy(given[k].net);
        }
    }
    return net;
}

/* A construction that does not exist, or does not take this, was reported by the walk of `check`. */
static struct net *construct_named(struct network_expr *e, const struct ast *ctor, const struct net *from)
{
    int i = lower_named(ctor->name);
    const struct crnl_neural *m = from ? NULL : &e->f->program->neural.data[e->lowering.model];
    bool takes = i >= 0 && (from ? lower_takes_networks(i) : lower_takes(i, neural_kind_text(m)));
    return takes ? construct(e, i, ctor, from) : NULL;
}

/* In `lower m to A to B`, A is applied to the model, and B to the network that A has made. In `lower n to
 * B`, B is applied to a network. */
static struct net *lower(struct network_expr *e, const struct ast *a)
{
    const struct ast *what = lower_network(a);
    struct name *n = what->kind == AST_NAME ? module_find(e->w.module, what->name) : NULL;
    struct net *net = NULL;
    uint32_t first = 1;
    if (name_may(n, AT_LOWER)) {
        int32_t model = neural_use(e->f, n);
        e->lowering = (struct lowering){.model = model};
        net = model < 0 ? NULL : construct_named(e, lower_ctor(a, first++), NULL);
    } else {
        net = expression(e, what);
    }
    for (uint32_t i = first; i < a->n && net; i++) {
        struct net *from = net;
        net = construct_named(e, lower_ctor(a, i), from);
        net_destroy(from);
    }
    return net;
}

/* ---- optimize ---- */

/* Whether the network reads a parameter at a place other than the parameter's own symbol. */
static bool is_read(const struct net *net, const struct net_param *p)
{
    for (struct net_expr e = net_exprs(net); net_next_expr(&e);) {
        bool itself = e.owner_kind == OWNER_SYMBOL && net->symbol.data[e.owner].kind == SYMBOL_PARAM;
        if (!itself && expr_uses(net->ex, e.id, EXPR_PARAM, p->first)) {
            return true;
        }
    }
    return false;
}

/* If a pass is given a value for a parameter that the network reads itself, the network's own parameter
 * keeps its value: during the pass it is called `own NAME`, and afterwards the parameter of the pass is
 * called `PASS.NAME`. */
static const char *own_name(struct network_expr *e, const char *name)
{
    return arena_printf(e->f->arena, "own %s", name);
}

static void give_names_back(struct network_expr *e, struct net *net, const struct ast *pass)
{
    for (uint32_t k = 0; k < pass->n; k++) {
        const char *name = ctor_arg(pass, k)->name, *own = own_name(e, name);
        const char *of_pass = arena_printf(e->f->arena, "%s.%s", pass->name, name);
        if (net_find_symbol(net, own) < 0) {
            continue;
        }
        for (int n = 2; net_find_symbol(net, of_pass) >= 0; n++) {
            of_pass = arena_printf(e->f->arena, "%s_%d.%s", pass->name, n, name);
        }
        net_rename_param(net, name, of_pass);
        net_rename_param(net, own, name);
    }
}

/* Gives a value to a parameter that the pass reads; the walk of `check` has reported others. */
static bool pass_argument(struct network_expr *e, struct net *net, enum pass_id id, const struct ast *arg)
{
    struct diag *diag = e->f->diag;
    double v;
    expr_id value = pass_reads(id, arg->name) ? value_real_scalar(&e->w, arg_value(arg)) : 0;
    if (!value) {
        return false;
    }
    if (!expr_const_real(e->w.ex, value, &v) || !(v > 0 && v < INFINITY)) {
        return diag_report(diag, DIAG_E0306, arg_value(arg)->span, "'%s' is a constant above 0", arg->name);
    }
    for (size_t i = 0; i < net->param.n; i++) {
        struct net_param *p = &net->param.data[i];
        if (strcmp(p->name, arg->name) == 0 && p->shape.rank == 0 && is_read(net, p)) {
            net_rename_param(net, arg->name, own_name(e, arg->name));
        } else if (strcmp(p->name, arg->name) == 0 && p->shape.rank == 0) {
            p->init = expr_real(net->ex, v);
            return true;
        }
    }
    if (net_find_symbol(net, arg->name) >= 0) {
        return diag_report(diag, DIAG_E0306, arg->span, "'%s' of the network is no parameter", arg->name);
    }
    int32_t p = net_add_param(net, arg->name, shape_scalar(), expr_real(net->ex, v), arg->span);
    expr_id slot = net_param_expr(net, net->param.data[p].first);
    net_add_symbol(net, arg->name, SYMBOL_PARAM, shape_scalar(), &slot, arg->span);
    return true;
}

static struct net *optimize(struct network_expr *e, const struct ast *a)
{
    struct net *net = expression(e, optimize_network(a));
    struct pass_options o = e->f->options->pass ? *e->f->options->pass : (struct pass_options){0};
    bool good = net != NULL;
    o.before_experiments = true;
    for (uint32_t i = 1; i < a->n && good; i++) {
        const struct ast *pass = optimize_pass(a, i);
        enum pass_id id;
        good = pass_find(pass->name, &id);
        for (uint32_t k = 0; k < pass->n && good; k++) {
            good = pass_argument(e, net, id, ctor_arg(pass, k));
        }
        if (good) {
            good = pass_run_list(net, pass->name, &o, e->f->diag);
            give_names_back(e, net, pass);
        }
    }
    if (good && a->n == 1) {
        o.asked = false;
        good = pass_run_list(net, pass_level(3), &o, e->f->diag);
    }
    if (!good && net) {
        net_destroy(net);
        return NULL;
    }
    return net;
}

static struct net *expression(struct network_expr *e, const struct ast *a)
{
    switch (a->kind) {
    case AST_LOWER: return lower(e, a);
    case AST_OPTIMIZE: return optimize(e, a);
    case AST_IMPORT: return network_import(e->f, e->w.module, a, &e->units);
    default: return named(e, a);
    }
}

struct net *network_expression(struct front *f, struct name *name, struct units *units,
                               struct lowering *lowering)
{
    struct network_expr e = {.f = f, .name = name->text, .lowering.model = -1};
    e.w = (struct where){
        .f = f, .ex = f->constants, .module = name->module, .purpose = FOR_OPTION_OF_CONSTRUCTION};
    int64_t before = f->n_reactions;
    struct net *net = expression(&e, network_expr_value(name->ast));
    *units = e.units;
    *lowering = e.lowering;
    if (!net) {
        return NULL;
    }
    net->name = intern_text(net->names, name->text);
    net->file = net->file ? net->file : intern_text(net->names, sources_name(f->sources, name->module->file));
    f->n_reactions = before + (int64_t)net->reaction.n;
    bool fits = f->n_reactions <= f->max_reactions ||
                front_full(f, DIAG_E0602, name->span, "the program has more than %lld reactions",
                           (long long)f->max_reactions);
    if (!fits || !net_verify(net, f->diag)) {
        net_destroy(net);
        return NULL;
    }
    return net;
}
