/* infer(net, x = v) for a network with a clock: runs its first phases and restores the state afterwards. */
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"
#include "rt_events.h"

/* The state that a run of the network changes, as it was before. */
struct before {
    double t, *x, *memory;
    bool started, limit_is_stale;
    int64_t runs;
    const char *method;
    struct rt_limit *limit;
    double *past;
    struct rt_result *result;
    struct rt_row_values *rows;
    struct rt_overrides set;
};

static struct before keep(struct rt_network *n)
{
    size_t size = (size_t)n->m->n_species;
    struct before b = {n->t,
                       rt_copy(n->x, size, sizeof *n->x),
                       rt_copy(n->memory, rt_memory_size(n->m), sizeof *n->memory),
                       n->started,
                       n->limit_is_stale,
                       n->runs,
                       n->method,
                       n->limit,
                       n->past,
                       n->result,
                       n->rows,
                       n->amount_set};
    b.set.set = rt_copy(n->amount_set.set, size, sizeof *n->amount_set.set);
    b.set.value = rt_copy(n->amount_set.value, size, sizeof *n->amount_set.value);
    n->limit = NULL;
    n->past = NULL;
    n->result = NULL;
    n->rows = NULL;
    return b;
}

static void restore(struct rt_network *n, struct before *b)
{
    size_t size = (size_t)n->m->n_species;
    rt_result_free(n->result);
    memcpy(n->x, b->x, size * sizeof *n->x);
    memcpy(n->memory, b->memory, rt_memory_size(n->m) * sizeof *n->memory);
    memcpy(n->amount_set.set, b->set.set, size * sizeof *n->amount_set.set);
    memcpy(n->amount_set.value, b->set.value, size * sizeof *n->amount_set.value);
    n->amount_set.any = b->set.any;
    n->t = b->t;
    n->started = b->started;
    n->limit_is_stale = b->limit_is_stale;
    n->runs = b->runs;
    n->method = b->method;
    n->limit = b->limit;
    free(n->past);
    n->past = b->past;
    n->result = b->result;
    n->rows = b->rows;
    free(b->x);
    free(b->memory);
    free(b->set.set);
    free(b->set.value);
}

static double duration(struct crnl_ctx *ctx, struct rt_network *n, int32_t phases)
{
    const struct crnl_model *m = n->m;
    double *param = rt_alloc((size_t)m->n_params, sizeof *param), total = 0,
           *schedule = rt_alloc((size_t)m->n_phases + (size_t)m->n_events, sizeof *schedule);
    rt_network_params(ctx, n, true, param);
    crnl_tape_run(&m->schedule, ctx->global, param, NULL, schedule, n->registers);
    for (int32_t i = 0; i < phases; i++) {
        total += schedule[i];
    }
    free(param);
    free(schedule);
    return total;
}

int crnl_infer(struct crnl_ctx *ctx, const struct crnl_method *method, int32_t net, int32_t symbol,
               int32_t phases, int32_t statement, double *out, int32_t line)
{
    struct rt_network *n = rt_network(ctx, net);
    const struct crnl_run_spec spec = {.statement = statement,
                                       .net = net,
                                       .line = line,
                                       .resume = 1,
                                       .span = CRNL_SPAN_TIME,
                                       .until = -1,
                                       .until_gap = -1,
                                       .method = method};
    const struct crnl_run_args args = {.duration = duration(ctx, n, phases)};
    struct before before = keep(n);
    int status = crnl_run(ctx, &spec, &args);
    status = status ? status : crnl_get(ctx, net, symbol, 0, n->m->symbol[symbol].size, out, line);
    restore(n, &before);
    return status;
}
