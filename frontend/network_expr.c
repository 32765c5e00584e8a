/* Networks made of others: `network b = lower m to rate_independent;`, `optimize a by (...)`, `import "file"`, another name. A construction is a
 * line in `constructions` and a function. */
#include <math.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/network.h"
#include "frontend/neural.h"
#include "ir/pass/pass.h"

struct network_expr {
    struct front *f;
    struct where w;   /* constants */
    const char *name; /* of the network */
    struct lowering lowering;
    struct units units;
};

static struct net *expression(struct network_expr *e, const struct ast *a);

/* Another network: made for this one alone, or a copy of one that the program has, without what experiments observe in it. */
static struct net *named(struct network_expr *e, const struct ast *a)
{
    struct front *f = e->f;
    struct name *n = module_find(e->w.module, a->name);
    if (!name_fits(&e->w, a->span, a->name, n, AT_DERIVED)) {
        return NULL;
    }
    if (n->index < 0) {
        return network_build(f, n, a->span, &e->units, &e->lowering);
    }
    struct net *net = net_clone(f->program->net.data[n->index].net);
    net->observed.n = 0;
    e->lowering = f->program->net.data[n->index].lowering;
    e->units = f->units.data[n->index];
    return net;
}

/* ---- lower ---- */

static bool lower_option(struct network_expr *e, const struct ast *arg, struct lower_options *o)
{
    const struct {
        const char *name;
        double *to, least;
    } known[] = {{"scale", &o->scale, 1}, {"annihilate", &o->annihilate, 0}};
    for (size_t i = 0; arg->name && i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, arg->name) != 0) {
            continue;
        }
        expr_id v = value_real_scalar(&e->w, arg_value(arg));
        if (!v) {
            return false;
        }
        if (!expr_const_real(e->w.ex, v, known[i].to) ||
            !(*known[i].to >= known[i].least && isfinite(*known[i].to))) {
            return diag_report(e->f->diag, DIAG_E0522, arg_value(arg)->span,
                               "'%s' is a constant of at least %g", arg->name, known[i].least);
        }
        return true;
    }
    diag_report(e->f->diag, DIAG_E0522, arg->span, "rate_independent has no such option");
    diag_help(e->f->diag, "its options are scale = 128 and annihilate = 1");
    return false;
}

static struct net *rate_independent(struct network_expr *e, const struct ast *ctor, int32_t model)
{
    const struct crnl_neural *m = &e->f->program->neural.data[model];
    struct lower_options o = {.span = ctor->span};
    for (uint32_t i = 0; i < ctor->n; i++) {
        if (!lower_option(e, ctor_arg(ctor, i), &o)) {
            return NULL;
        }
    }
    e->lowering.model = model;
    return lower_rate_independent(m, e->name, &o, &e->lowering, e->f->diag);
}

static const struct construction {
    const char *name;
    struct net *(*lower)(struct network_expr *e, const struct ast *ctor,
                         int32_t model); /* NULL: not in this version */
} constructions[] = {
    {"rate_independent", rate_independent},
    {"direct", NULL},
    {"edge", NULL},
    {"taylor", NULL},
    {"neural_crn", NULL},
    {"mass_action", NULL},
    {"potentiated", NULL},
    {"clamped", NULL},
    {"autonomous_learner", NULL},
};
enum { N_CONSTRUCTIONS = sizeof constructions / sizeof *constructions };

static struct net *construct(struct network_expr *e, const struct ast *ctor, int32_t model)
{
    const char *known[N_CONSTRUCTIONS];
    for (int i = 0; i < N_CONSTRUCTIONS; i++) {
        known[i] = constructions[i].name;
        if (strcmp(constructions[i].name, ctor->name) == 0) {
            if (!constructions[i].lower) {
                front_later(e->f, ctor->span, arena_printf(e->f->arena, "the construction '%s'", ctor->name));
                return NULL;
            }
            return constructions[i].lower(e, ctor, model);
        }
    }
    diag_report(e->f->diag, DIAG_E0522, ctor->span, "there is no construction '%s'", ctor->name);
    const char *near = diag_nearest(ctor->name, known, N_CONSTRUCTIONS);
    diag_help(e->f->diag, near ? "did you mean '%s'?" : "relu models are lowered to rate_independent%.0s",
              near ? near : "");
    return NULL;
}

static struct net *lower(struct network_expr *e, const struct ast *a)
{
    struct name *n =
        lower_network(a)->kind == AST_NAME ? module_find(e->w.module, lower_network(a)->name) : NULL;
    if (name_may(n, AT_LOWER) && a->n == 2) {
        int32_t model = neural_use(e->f, n);
        return model < 0 ? NULL : construct(e, lower_ctor(a, 1), model);
    }
    if (lower_network(a)->kind == AST_NAME && !n) {
        value_unknown(&e->w, lower_network(a)->span, lower_network(a)->name);
    } else {
        front_later(e->f, a->span, "constructions of networks");
    }
    return NULL;
}

/* ---- optimize ---- */

static struct net *optimize(struct network_expr *e, const struct ast *a)
{
    struct net *net = expression(e, optimize_network(a));
    bool good = net != NULL;
    for (uint32_t i = 1; i < a->n && good; i++) {
        const struct ast *pass = optimize_pass(a, i);
        enum pass_id id;
        if (pass->n > 0) {
            good = diag_report(e->f->diag, DIAG_E0306, pass->span, "the pass '%s' takes no arguments",
                               pass->name);
        } else if (!pass_find(pass->name, &id)) {
            const char *near = pass_nearest(pass->name);
            good = diag_report(e->f->diag, DIAG_E0707, pass->span, "there is no pass '%s'", pass->name);
            if (near) {
                diag_help(e->f->diag, "did you mean '%s'?", near);
            }
        } else {
            good = pass_run_list(net, pass->name, e->f->options->pass, e->f->diag);
        }
    }
    if (good && a->n == 1) {
        struct pass_options o = e->f->options->pass ? *e->f->options->pass : (struct pass_options){0};
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
    struct network_expr e = {.f = f, .name = name->text};
    e.w = (struct where){
        .f = f, .ex = f->constants, .module = name->module, .what = "an option of a construction"};
    struct net *net = expression(&e, network_expr_value(name->ast));
    *units = e.units;
    *lowering = e.lowering;
    if (!net) {
        return NULL;
    }
    net->name = intern_text(net->names, name->text);
    net->file = net->file ? net->file : intern_text(net->names, sources_name(f->sources, name->module->file));
    f->n_reactions += (int64_t)net->reaction.n;
    bool fits = f->n_reactions <= f->max_reactions ||
                diag_report(f->diag, DIAG_E0602, name->span, "the program has more than %lld reactions",
                            (long long)f->max_reactions);
    if (!fits || !net_verify(net, f->diag)) {
        net_destroy(net);
        return NULL;
    }
    return net;
}
