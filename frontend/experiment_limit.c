/* limit(net, x = v).y: the exact state at t -> infinity as a value. */
#include <string.h>

#include "frontend/experiment.h"
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
    return call && !value_find(w, call_callee(a)->name) ? a : NULL;
}

static const char *symbol_text(struct where *w, const struct ast *a, const struct ast *call)
{
    return field_base(a) == call
               ? a->name
               : arena_printf(w->f->arena, "%s.%s", symbol_text(w, field_base(a), call), a->name);
}

/* Symbol and value in turn, of each argument NAME = value. */
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
        if (good) { /* a whole symbol: one bind */
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

/* The network that a call names, which has a limit; -1 after an error. */
static int32_t limit_network(struct where *w, const struct ast *call)
{
    if (!w->experiment || w->observe) {
        diag_report(w->f->diag, DIAG_E0204, call->span, "limit is for experiments");
        return -1;
    }
    if (call->n < 2 || call_arg(call, 1)->name || arg_value(call_arg(call, 1))->kind != AST_NAME) {
        diag_report(w->f->diag, DIAG_E0306, call->span,
                    "limit takes the name of a network: limit(net, x = ...).y");
        return -1;
    }
    const struct ast *word = arg_value(call_arg(call, 1));
    int32_t net = experiment_network(w, word->name, word->span);
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

/* limit(net, v): v as the input of the model that the network was made from, encoded and decoded as the construction says. */
expr_id experiment_limit_call(struct where *w, const struct ast *call)
{
    int32_t net = limit_network(w, call);
    if (net < 0) {
        return 0;
    }
    const struct net_use *use = experiment_use(w, net);
    const struct lowered *in = lowering_find(&use->lowering, LOWERED_INPUT, NULL),
                         *out = lowering_find(&use->lowering, LOWERED_OUTPUT, NULL);
    if (!in || !out || call->n != 3 || call_arg(call, 2)->name) {
        diag_report(w->f->diag, DIAG_E0303, call->span, "the limit of a whole network is not a value");
        diag_help(w->f->diag,
                  in && out ? "read a symbol, limit(net, x = ...).y, or give the model's input: limit(net, v)"
                            : "read one of its amounts or outputs: limit(net, x = ...).y");
        return 0;
    }
    const struct symbol *input = &use->net->symbol.data[in->symbol];
    expr_id v = value_real(w, arg_value(call_arg(call, 2)));
    if (!v || !value_fits(w, call_arg(call, 2)->span, v, input->shape, "the input of the model")) {
        return 0;
    }
    v = in->encode == 1 ? v : value_binary(w, call, EXPR_MUL, v, expr_real(w->ex, in->encode));
    const expr_id args[] = {expr_int(w->ex, in->symbol), v};
    expr_id y = limit_of(w, net, out->symbol, 2, args);
    return !y || out->decode == 1 ? y : value_binary(w, call, EXPR_MUL, y, expr_real(w->ex, out->decode));
}
