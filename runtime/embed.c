/* Controls one network from another program, by the same calls that experiments make. */
#include "crnl_embed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"

struct crnl_embed {
    struct crnl_ctx *ctx;
    char **name;
    int n_names;
};

static void list_names(struct crnl_embed *sim, const struct crnl_model *m)
{
    int cap = 0;
    for (int32_t i = 0; i < m->n_symbols; i++) {
        for (int32_t e = 0; e < m->symbol[i].size; e++) {
            struct rt_buffer text = {0};
            rt_put_symbol(&text, &m->symbol[i], e);
            RT_GROW(sim->name, sim->n_names, cap);
            sim->name[sim->n_names++] = text.data;
        }
    }
}

struct crnl_embed *crnl_embed_create(const struct crnl_program *program, uint64_t seed)
{
    struct crnl_embed *sim = rt_alloc(1, sizeof *sim);
    struct crnl_options options = {.seed = seed, .threads = 1, .quiet = 1, .until = NAN};
    sim->ctx = crnl_create(program, &options);
    list_names(sim, program->net[0]);
    return sim;
}

void crnl_embed_destroy(struct crnl_embed *sim)
{
    if (!sim) {
        return;
    }
    crnl_destroy(sim->ctx);
    for (int i = 0; i < sim->n_names; i++) {
        free(sim->name[i]);
    }
    free(sim->name);
    free(sim);
}

/* Each call has an error of its own, and is cancelled alone. */
static struct crnl_ctx *begin(struct crnl_embed *sim)
{
    rt_cancel_forget(sim->ctx);
    crnl_forget_error(sim->ctx);
    return sim->ctx;
}

static void list_methods(struct rt_buffer *to, const struct crnl_program *p)
{
    for (int32_t i = 0; p->method && p->method[i]; i++) {
        const struct crnl_method_info *info = rt_method_info(p->method[i]);
        if (!rt_method_is(p->method[i], CRNL_IMPLIED)) {
            rt_putf(to, "%s%s", to->n ? ", " : "", info->name);
        }
    }
}

/* Lists up to a dozen names that can be set and read. */
static void list_known(struct rt_buffer *to, const struct crnl_embed *sim)
{
    enum { SHOWN = 12 };
    for (int i = 0; i < sim->n_names && i < SHOWN; i++) {
        rt_putf(to, "%s%s", i ? ", " : "", sim->name[i]);
    }
    if (sim->n_names > SHOWN) {
        rt_putf(to, " and %d others", sim->n_names - SHOWN);
    }
}

/* Finds the symbol, and its element, for a name; -1 after an error. */
static int32_t find(struct crnl_embed *sim, const char *name, int32_t *element)
{
    const struct crnl_model *m = sim->ctx->program->net[0];
    const char *symbol;
    int32_t at = rt_find_element(m, name, &symbol);
    for (int32_t i = 0; at >= 0 && i < m->n_symbols; i++) {
        if (at >= m->symbol[i].first && at < m->symbol[i].first + m->symbol[i].size) {
            *element = at - m->symbol[i].first;
            return i;
        }
    }
    const char *near = rt_nearest(name, (const char *const *)sim->name, sim->n_names);
    struct rt_buffer known = {0};
    list_known(&known, sim);
    crnl_fail(sim->ctx, CRNL_BAD_ARGUMENT, 0, "the network `%s` has no `%s`; %s%s%s", m->name, name,
              near ? "did you mean `" : "there are ",
              near         ? near
              : known.data ? known.data
                           : "no names",
              near ? "`?" : "");
    rt_buffer_free(&known);
    return -1;
}

int crnl_embed_set(struct crnl_embed *sim, const char *name, double value)
{
    struct crnl_ctx *ctx = begin(sim);
    for (int32_t i = 0; i < ctx->program->n_globals; i++) {
        if (strcmp(ctx->program->global[i].name, name) == 0) {
            ctx->global[i] = value;
            ctx->globals_version++;
            return CRNL_OK;
        }
    }
    int32_t element, symbol = find(sim, name, &element);
    return symbol < 0 ? ctx->status : crnl_bind(ctx, 0, symbol, element, 1, &value, 0, 1, 0);
}

int crnl_embed_get(struct crnl_embed *sim, const char *name, double *value)
{
    struct crnl_ctx *ctx = begin(sim);
    int32_t element, symbol = find(sim, name, &element);
    return symbol < 0 ? ctx->status : crnl_get(ctx, 0, symbol, element, 1, value, 0);
}

static const struct crnl_method *find_method(struct crnl_ctx *ctx, const char *name)
{
    const struct crnl_method *m = rt_find_method(ctx->program, name);
    if (!m || rt_method_is(m, CRNL_IMPLIED)) {
        struct rt_buffer known = {0};
        list_methods(&known, ctx->program);
        crnl_fail(ctx, CRNL_BAD_ARGUMENT, 0, "there is no method `%s` to run to a time; there are %s",
                  name ? name : "", known.data ? known.data : "none");
        rt_buffer_free(&known);
        return NULL;
    }
    return m;
}

int crnl_embed_run(struct crnl_embed *sim, double until, const char *method)
{
    struct crnl_ctx *ctx = begin(sim);
    double duration = until - crnl_get_time(ctx, 0);
    struct crnl_run_spec spec = {
        .span = CRNL_SPAN_TIME, .until = -1, .resume = 1, .method = find_method(ctx, method)};
    if (!spec.method) {
        return ctx->status;
    }
    if (!(duration >= 0) || duration == INFINITY) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, 0, "a run goes on to a later time than %.6g, not to %.6g",
                         crnl_get_time(ctx, 0), until);
    }
    /* only the first and the last row */
    struct crnl_run_args args = {.duration = duration, .every = duration};
    return duration == 0 ? CRNL_OK : crnl_run(ctx, &spec, &args);
}

int crnl_embed_reset(struct crnl_embed *sim)
{
    struct rt_network *n = rt_network(begin(sim), 0);
    rt_overrides_clear(&n->amount_set, n->m->n_species);
    n->started = false;
    n->runs = 0;
    n->t = 0;
    return CRNL_OK;
}

double crnl_embed_time(struct crnl_embed *sim)
{
    return crnl_get_time(sim->ctx, 0);
}

int crnl_embed_count(struct crnl_embed *sim)
{
    return sim->n_names;
}

const char *crnl_embed_name(struct crnl_embed *sim, int i)
{
    return i >= 0 && i < sim->n_names ? sim->name[i] : NULL;
}

const char *crnl_embed_error(struct crnl_embed *sim)
{
    return crnl_error_text(sim->ctx);
}
