/* limit(net, x = v).y: the exact state at t -> infinity as a value. */
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "ir/fact/fact.h"

bool experiment_check_limit(struct where *w, struct span at, struct net_use *use)
{
    struct rate_independence f = fact_rate_independence(use->net);
    if (!f.holds) {
        diag_report(w->f->diag, DIAG_E0504, at, "'%s' has no limit that can be computed exactly: %s",
                    use->net->name, f.why);
        for (int i = 0; i < 2; i++) {
            reaction_id r = i ? f.second : f.first;
            if (r >= 0) {
                diag_note(w->f->diag, use->net->reaction.data[r].span, "this reaction");
            }
        }
        diag_help(w->f->diag, "simulate it: to steady by ode");
    }
    bool holds = f.holds;
    fact_rate_independence_free(&f);
    use->needs |= holds ? CRNL_NEEDS_LIMIT : 0;
    return holds;
}

static const struct ast *limit_call(struct where *w, const struct ast *a)
{
    while (a->kind == AST_FIELD) {
        a = field_base(a);
    }
    bool call =
        a->kind == AST_CALL && call_callee(a)->kind == AST_NAME && strcmp(call_callee(a)->name, "limit") == 0;
    return call && !value_named(w, call_callee(a)) ? a : NULL;
}

static const char *symbol_text(struct where *w, const struct ast *a, const struct ast *call)
{
    return field_base(a) == call
               ? a->name
               : arena_printf(w->f->arena, "%s.%s", symbol_text(w, field_base(a), call), a->name);
}

/* The symbols and values of all arguments NAME = value, in turn. */
static bool bindings(struct where *w, const struct ast *call, int32_t net, expr_id *out)
{
    for (uint32_t i = 2; i < call->n; i++) {
        const struct ast *arg = call_arg(call, i);
        struct ast target = {.kind = AST_NAME, .name = arg->name, .span = arg->span};
        struct bind_list list = {{0}};
        if (!arg->name) {
            return diag_report(w->f->diag, DIAG_E0306, arg->span,
                               "values are given by name: limit(net, x = ...).y");
        }
        bool good = experiment_bound(w, &target, arg_value(arg), net, &list);
        if (good) { /* a whole symbol is one bind */
            out[2 * (i - 2)] = expr_int(w->ex, list.bind.data[0].symbol);
            out[2 * (i - 2) + 1] = list.bind.data[0].value;
        }
        vec_free(&list.bind);
        if (!good) {
            return false;
        }
    }
    return true;
}

/* The network that a call names, if it has a limit; -1 after an error. */
static int32_t limit_network(struct where *w, const struct ast *call)
{
    if (!where_is_executed(w)) {
        diag_report(w->f->diag, DIAG_E0204, call->span, "limit is for experiments");
        return -1;
    }
    if (call->n < 2 || call_arg(call, 1)->name || arg_value(call_arg(call, 1))->kind != AST_NAME) {
        diag_report(w->f->diag, DIAG_E0306, call->span,
                    "limit takes the name of a network: limit(net, x = ...).y");
        return -1;
    }
    const struct ast *word = arg_value(call_arg(call, 1));
    int32_t net = experiment_network(w, word);
    return net >= 0 && experiment_check_limit(w, call->span, experiment_use(w, net)) ? net : -1;
}

static expr_id limit_of(struct where *w, int32_t net, int32_t symbol, uint32_t n, const expr_id *args)
{
    struct shape shape = w->f->program->net.data[net].net->symbol.data[symbol].shape;
    return expr_call(w->ex, EXPR_LIMIT, TYPE_REAL, shape, net, symbol, n, args);
}

expr_id experiment_limit(struct where *w, const struct ast *a, bool *is_limit)
{
    const struct ast *call = limit_call(w, a);
    *is_limit = call != NULL && call != a;
    int32_t net = *is_limit ? limit_network(w, call) : -1;
    int32_t symbol = net >= 0 ? experiment_symbol(w, a, net, symbol_text(w, a, call)) : -1;
    if (symbol < 0) {
        return 0;
    }
    uint32_t n = 2 * (call->n - 2);
    expr_id *args = arena_alloc(w->f->arena, (n + 1) * sizeof *args);
    return bindings(w, call, net, args) ? limit_of(w, net, symbol, n, args) : 0;
}

static int32_t count_inputs(const struct lowering *l)
{
    int32_t n = 0;
    for (int32_t i = 0; i < l->n; i++) {
        n += l->part[i].role == LOWERED_INPUT;
    }
    return n;
}

/* The input to which an argument belongs: by the name that the model has for it, or the only one. */
static const struct lowered *input_of(struct where *w, const struct ast *arg, const struct lowering *l)
{
    const struct lowered *in = arg->name ? lowering_find(l, LOWERED_INPUT, arg->name) : NULL;
    if (!arg->name && count_inputs(l) == 1) {
        in = lowering_find(l, LOWERED_INPUT, NULL);
    }
    if (!in) {
        const char *list = "";
        for (int32_t i = 0; i < l->n; i++) {
            if (l->part[i].role == LOWERED_INPUT) {
                list = arena_printf(w->f->arena, "%s%s%s", list, *list ? ", " : "", l->part[i].what);
            }
        }
        diag_report(w->f->diag, DIAG_E0306, arg->span, "'%s' is not an input of the model",
                    arg->name ? arg->name : front_source_text(w->f, arg->span));
        diag_help(w->f->diag, "its inputs are: %s", list);
    }
    return in;
}

static expr_id coded(struct where *w, const struct ast *call, expr_id v, double factor)
{
    return factor == 1 ? v : value_binary(w, call, EXPR_MUL, v, expr_real(w->ex, factor));
}

/* The value of the model's output that the network computes from the inputs, which are encoded and decoded
 * as the record says. */
expr_id experiment_through_record(struct where *w, const struct ast *call, int32_t net)
{
    const struct net_use *use = experiment_use(w, net);
    const struct lowered *out = lowering_find(&use->lowering, LOWERED_OUTPUT, NULL);
    uint32_t n = call->n - 2;
    expr_id *args = arena_alloc(w->f->arena, (2 * (size_t)n + 1) * sizeof *args);
    for (uint32_t i = 0; i < n; i++) {
        const struct ast *arg = call_arg(call, i + 2);
        const struct lowered *in = input_of(w, arg, &use->lowering);
        expr_id v = in ? value_real(w, arg_value(arg)) : 0;
        if (!v || !value_fits(w, arg->span, v, use->net->symbol.data[in->symbol].shape,
                              arena_printf(w->f->arena, "the input '%s' of the model", in->what))) {
            return 0;
        }
        args[2 * i] = expr_int(w->ex, in->symbol);
        args[2 * i + 1] = coded(w, call, v, in->encode);
    }
    expr_id y = limit_of(w, net, out->symbol, 2 * n, args);
    return y ? coded(w, call, y, out->decode) : 0;
}

static bool has_record(struct where *w, int32_t net)
{
    const struct lowering *l = &experiment_use(w, net)->lowering;
    return count_inputs(l) > 0 && lowering_find(l, LOWERED_OUTPUT, NULL);
}

/* Reads limit(net, v), where v is the input of the model from which the network was made. */
expr_id experiment_limit_call(struct where *w, const struct ast *call)
{
    int32_t net = limit_network(w, call);
    if (net < 0) {
        return 0;
    }
    bool record = has_record(w, net);
    if (!record || call->n != 3 || call_arg(call, 2)->name) {
        diag_report(w->f->diag, DIAG_E0303, call->span, "the limit of a whole network is not a value");
        diag_help(w->f->diag,
                  record ? "read a symbol, limit(net, x = ...).y, or give the model's input: limit(net, v)"
                         : "read one of its amounts or outputs: limit(net, x = ...).y");
        return 0;
    }
    return experiment_through_record(w, call, net);
}

bool experiment_takes_inputs(struct where *w, const struct ast *call, int32_t net, const char *name)
{
    const struct lowering *l = &experiment_use(w, net)->lowering;
    if (!has_record(w, net)) {
        diag_report(w->f->diag, DIAG_E0522, call->span, "'%s' was not made from a model with an output",
                    name);
        diag_help(w->f->diag,
                  "infer goes by what a construction says of inputs and outputs, as in network n = "
                  "lower m to rate_independent;");
        return false;
    }
    for (uint32_t i = 2; i < call->n; i++) {
        for (uint32_t k = 2; call_arg(call, i)->name && k < i; k++) {
            if (call_arg(call, k)->name && strcmp(call_arg(call, k)->name, call_arg(call, i)->name) == 0) {
                return front_given_twice(w->f, DIAG_E0306, call_arg(call, i)->span, call_arg(call, i)->name);
            }
        }
    }
    if ((int32_t)call->n - 2 != count_inputs(l)) {
        diag_report(w->f->diag, DIAG_E0306, call->span, "infer takes each input of the model once");
        diag_help(w->f->diag, "write infer(%s, %s = ...)", name, lowering_find(l, LOWERED_INPUT, NULL)->what);
        return false;
    }
    return experiment_check_limit(w, call->span, experiment_use(w, net));
}
