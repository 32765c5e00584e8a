/* infer(net, x = v): the answer of a network to an input, by its exact limit or by a run of a network that
 * learns by itself. */
#include "frontend/experiment/experiment.h"

/* The output of the model from which the network was made, as the network computes it. A rate-independent
 * network computes it in the limit. */
expr_id experiment_infer(struct where *w, const struct ast *call)
{
    const struct ast *word = call->n >= 2 && !call_arg(call, 1)->name ? arg_value(call_arg(call, 1)) : NULL;
    if (!where_is_executed(w)) {
        return diag_report(w->f->diag, DIAG_E0204, call->span, "infer is for experiments");
    }
    if (!word || word->kind != AST_NAME) {
        return diag_report(w->f->diag, DIAG_E0306, call->span,
                           "infer takes the name of a network: infer(net, x = ...)");
    }
    int32_t net = experiment_network(w, word);
    if (net >= 0 && experiment_use(w, net)->lowering.teaching.n_phases > 0) {
        return experiment_infer_taught(w, call, net);
    }
    return net >= 0 && experiment_takes_inputs(w, call, net, word->name)
               ? experiment_through_record(w, call, net)
               : 0;
}
