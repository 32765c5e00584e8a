/* Bodies of networks: declarations, loops and conditions that generate statements, instances; and networks
 * that are made on demand. A body is read several times, so that the order of its statements is free:
 * first for units, then for constants and parameters, for species, for everything else, and for outputs. */
#include <string.h>

#include "frontend/network/expansion.h"
#include "frontend/network/network.h"
#include "frontend/neural/neural.h"
#include "frontend/text/reaction_lines.h"
#include "frontend/typing.h"

struct loop {
    const struct ast *block;
    struct scope *scope; /* of the body in this turn */
};

static bool generated(struct where *w, void *env)
{
    struct loop *loop = env;
    if (!loop->scope || scope_parent(loop->scope) != w->scope) {
        loop->scope = scope_create(w->f->arena, w->scope);
    }
    scope_reset(loop->scope);
    struct where inner = *w;
    inner.scope = loop->scope;
    return network_body(&inner, loop->block);
}

static bool generate(struct where *w, const struct ast *a)
{
    struct loop loop = {.block = for_block(a)};
    if (scope_around_turns(w->scope) == w->scope && !expansion_fits_loop(w, a)) {
        return false;
    }
    return value_expand(w, for_binders(a), generated, &loop);
}

static bool conditional(struct where *w, const struct ast *a)
{
    expr_id c = value_condition(w, if_condition(a));
    if (!c) {
        return false;
    }
    if (!expr_is_const(w->ex, c)) {
        diag_report(w->f->diag, DIAG_E0304, if_condition(a)->span,
                    "which reactions exist must be known when compiling");
        const char *c_text = front_source_text(w->f, if_condition(a)->span);
        diag_help(
            w->f->diag,
            "conditions of networks use `const`; what is chosen in a run is a rate, `A =>{ if %s then k * A "
            "else 0 } B`, or an event, `when %s { ... }`",
            c_text, c_text);
        return false;
    }
    const struct ast *branch = value_info(w, c).v.integer ? if_block(a) : if_else(a);
    if (!branch) {
        return true;
    }
    if (branch->kind == AST_IF) {
        return conditional(w, branch);
    }
    /* A branch is part of the body around it, so its declarations are visible behind it. */
    return network_body(w, branch);
}

static bool phase(struct where *w, const struct ast *a)
{
    if (w->build->guard != 0) {
        diag_report(w->f->diag, DIAG_E0412, a->span, "a phase inside a phase would never be on");
        return false;
    }
    w->build->guard = network_guard(w, a->name, a->span);
    bool good = network_body(w, phase_block(a));
    w->build->guard = 0;
    return good;
}

static bool assumption(struct where *w, const struct ast *a)
{
    struct net *net = w->build->whole->net;
    expr_id c = value_of(w, assume_condition(a));
    if (!c) {
        return false;
    }
    if (!typing_conditions(w->f, assume_condition(a)->span, typing_of_value(w, c))) {
        return false;
    }
    int64_t n = shape_size(value_info(w, c).shape);
    for (int64_t i = 0; i < n; i++) {
        struct assume as = {value_info(w, c).shape.rank ? expr_element(w->ex, c, i) : c, a->span};
        vec_push(&net->assume, as);
    }
    return true;
}

static bool reactions(struct where *w, const struct ast *lines)
{
    struct arena *open = arena_create();
    bool good = true;
    for (uint32_t i = 0; i < reaction_lines_count(lines) && !w->f->full; i++) {
        good &= network_reaction(w, reaction_lines_open(lines, i, open));
        arena_reset(open);
    }
    arena_destroy(open);
    return good;
}

static bool statement(struct where *w, const struct ast *a)
{
    switch (a->kind) {
    case AST_REACTIONS: return reactions(w, a);
    case AST_REACTION: return network_reaction(w, a);
    case AST_ENERGY: return network_energy(w, a);
    case AST_INSTANCE: return network_instance(w, a);
    case AST_ASSIGN: return network_initial(w, a);
    case AST_FOR: return generate(w, a);
    case AST_IF: return conditional(w, a);
    case AST_INPUT: return network_inputs(w, a);
    case AST_ASSUME: return assumption(w, a);
    case AST_ODE: return network_ode(w, a);
    case AST_PHASE: return phase(w, a);
    case AST_CLOCK: return network_clock(w, a);
    case AST_REPLICATE: return network_replicate(w, a);
    case AST_EVENT: return network_event(w, a);
    default: return true;
    }
}

static bool declared_early(int kind)
{
    return kind == AST_CONST || kind == AST_PARAM || kind == AST_ENTITY || kind == AST_OUTPUT ||
           kind == AST_UNITS || kind == AST_VOLUME;
}

bool network_body(struct where *w, const struct ast *block)
{
    bool good = true;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_UNITS) {
            good &= units_declare(w, a);
        } else if (a->kind == AST_VOLUME) {
            good &= units_volume(w, a);
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_CONST) {
            good &= network_declare_const(w, a);
        }
        for (uint32_t k = 0; a->kind == AST_PARAM && k < a->n; k++) {
            const struct ast *d = declaration_dcl(a, k);
            good &= network_declare_param(w, d, w, dcl_value(d));
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        if (block_statement(block, i)->kind == AST_ENTITY) {
            good &= network_declare_entities(w, block_statement(block, i));
        }
    }
    for (uint32_t i = 0; i < block->n && !w->f->full; i++) {
        if (!declared_early(block_statement(block, i)->kind)) {
            good &= statement(w, block_statement(block, i));
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        if (block_statement(block, i)->kind == AST_OUTPUT) {
            good &= network_outputs(w, block_statement(block, i));
        }
    }
    return good;
}

/* ---- on demand ---- */

/* The parameters in the head of a network have the units that its body declares, so these are read first. */
static bool first_units(struct where *w, const struct ast *block)
{
    bool good = true;
    for (uint32_t i = 0; i < block->n && good; i++) {
        good = block_statement(block, i)->kind != AST_UNITS || units_declare(w, block_statement(block, i));
    }
    return good;
}

static struct net_units export_units(struct net *net, const struct units *u)
{
    struct net_units to = {.volume = u->volume};
    if (u->amount_name) {
        to.amount = intern_text(net->names, u->amount_name);
        to.amount_factor = u->amount;
        to.is_concentration = u->is_concentration;
    }
    if (u->time_name) {
        to.time = intern_text(net->names, u->time_name);
        to.time_factor = u->time;
    }
    return to;
}

/* Elaborates the body of `name`. `call`, which may be NULL, gives it values that are read in the module
 * `from`. */
static struct net *elaborate(struct front *f, struct name *name, const struct ast *call, struct module *from,
                             struct units *units)
{
    struct net_whole whole = {.net = net_create(name->text)};
    struct net_build build = {.whole = &whole, .prefix = "", .is_root = true};
    struct where w = {.f = f,
                      .ex = whole.net->ex,
                      .scope = scope_create(f->arena, NULL),
                      .module = name->module,
                      .build = &build,
                      .units = &whole.units};
    whole.net->file = intern_text(whole.net->names, sources_name(f->sources, name->module->file));
    struct where outer = w;
    outer.scope = scope_create(f->arena, NULL);
    outer.module = from;
    const struct ast *params = network_nparams(name->ast);
    bool good = first_units(&w, network_block(name->ast)) &&
                (!call || network_arguments_fit(&outer, call, params, name->text)) &&
                network_parameters(&outer, &w, params, call);
    build.first_own = (species_id)whole.net->species.n;
    if (good && !(network_body(&w, network_block(name->ast)) && network_check_phases(&w))) {
        good = false;
        if (call) {
            diag_note(f->diag, call->span, "with what is given here");
        }
    }
    *units = whole.units;
    whole.net->units = export_units(whole.net, units);
    outer.ex = f->constants;
    outer.build = NULL;
    for (uint32_t i = 1; call && good && i < call->n; i++) {
        const struct ast *arg = instance_arg(call, i);
        good = !arg->name || !strchr(arg->name, '.') || network_give(&outer, whole.net, arg);
    }
    vec_free(&whole.equation);
    vec_free(&whole.global);
    vec_free(&whole.phase);
    vec_free(&whole.warned);
    vec_free(&build.instance);
    if (!good || !net_verify(whole.net, f->diag)) {
        net_destroy(whole.net);
        return NULL;
    }
    return whole.chemical ? network_with_clock(f, &whole) : whole.net;
}

struct net *network_build(struct front *f, struct name *name, const struct ast *call, struct module *from,
                          struct span at, struct units *units, struct lowering *lowering)
{
    if (name->failed && !call) {
        return NULL;
    }
    if (name->busy) {
        name->failed = true;
        (void)front_by_itself(f, at, "network", name->text);
        return NULL;
    }
    name->busy = true;
    *lowering = (struct lowering){.model = -1};
    struct net *net = name->ast->kind == AST_NETWORK ? elaborate(f, name, call, from, units)
                                                     : network_expression(f, name, units, lowering);
    name->busy = false;
    name->failed |= net == NULL && !call;
    return net;
}

int32_t network_use(struct front *f, struct name *name, struct span at)
{
    if (name->kind == NAME_MODEL) {
        return neural_units(f, name, at);
    }
    struct units units;
    struct net_use use = {.is_copy = name->is_result};
    use.net = name->index < 0 ? network_build(f, name, NULL, name->module, at, &units, &use.lowering) : NULL;
    if (use.net) {
        vec_push(&f->program->net, use);
        vec_push(&f->units, units);
        name->index = (int32_t)f->program->net.n - 1;
    }
    return name->index;
}
