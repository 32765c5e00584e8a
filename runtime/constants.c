/* Parameters and rate constants, kept from one run of a network to the next as long as the values that they
 * are computed from do not change. */
#include <stdlib.h>
#include <string.h>

#include "crnl_csr.h"
#include "rt_fixed.h"

static bool is_same(const struct rt_constants *c, const struct crnl_ctx *ctx, const struct rt_network *n,
                    bool stochastic, double volume)
{
    return c && c->globals == ctx->globals_version && c->set == n->param_set.version &&
           c->with == n->param_with.version && c->stochastic == stochastic && c->volume == volume;
}

struct rt_constants *rt_constants_take(struct crnl_ctx *ctx, struct rt_network *n, bool stochastic,
                                       double volume)
{
    const struct crnl_model *m = n->m;
    if (!is_same(n->constants, ctx, n, stochastic, volume)) {
        rt_constants_drop(n->constants);
        struct rt_constants *c = n->constants = rt_alloc(1, sizeof *c);
        atomic_init(&c->users, 1);
        c->globals = ctx->globals_version;
        c->set = n->param_set.version;
        c->with = n->param_with.version;
        c->stochastic = stochastic;
        c->volume = volume;
        c->param = rt_alloc((size_t)m->n_params, sizeof *c->param);
        rt_network_params(ctx, n, true, c->param);
        if (m->molecule_of) {
            c->param[m->molecule_of - 1] = stochastic ? 1 / volume : 0;
        }
    }
    memcpy(n->run_param, n->constants->param, (size_t)m->n_params * sizeof *n->run_param);
    atomic_fetch_add(&n->constants->users, 1);
    return n->constants;
}

void rt_constants_drop(struct rt_constants *c)
{
    if (c && atomic_fetch_sub(&c->users, 1) == 1) {
        free(c->param);
        free(c->k);
        free(c);
    }
}

int rt_constants_rates(struct rt_constants *c, struct crnl_ctx *ctx, struct rt_network *n, struct rt_error *e)
{
    const struct crnl_model *m = n->m;
    if (c->k) {
        return CRNL_OK;
    }
    double *k = rt_alloc((size_t)m->n_reactions, sizeof *k);
    crnl_tape_run(&m->rate, ctx->global, c->param, NULL, k, n->registers);
    double least = m->threshold_of ? c->param[m->threshold_of - 1] : 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (!(k[j] >= 0 && k[j] < INFINITY)) {
            rt_fail(e, CRNL_BAD_PROPENSITY, "the rate constant is %.6g, of ", k[j]);
            rt_put_reaction(&e->text, m, j);
            if (k[j] < 0) {
                rt_put(&e->text, "\n  help: what goes the other way is a reaction with the sides exchanged");
            } else {
                rt_put(&e->text,
                       "\n  help: look in its formula for a division by 0, or a root or logarithm of what "
                       "is below 0, at the present parameters");
            }
            free(k);
            return e->status;
        }
        k[j] = k[j] < least ? 0 : k[j];
        if (c->stochastic && c->volume != 1) {
            double power = rt_law(m, j) >= 0 ? -1 : rt_reaction_order(m, j) - 1;
            k[j] *= crnl_pow(c->volume, -power);
        }
    }
    static atomic_uint_fast64_t numbers;
    c->k = k;
    c->number = atomic_fetch_add(&numbers, 1) + 1;
    return CRNL_OK;
}

/* Lists the reactions that change each species. */
static void list_changers(struct rt_network *n)
{
    const struct crnl_model *m = n->m;
    int32_t n_changes = m->net_ptr[m->n_reactions];
    n->changer_ptr = rt_alloc((size_t)m->n_species + 2, sizeof *n->changer_ptr);
    n->changer = rt_alloc((size_t)n_changes, sizeof *n->changer);
    for (int32_t e = 0; e < n_changes; e++) {
        csr_count(n->changer_ptr, m->net_species[e]);
    }
    csr_open(n->changer_ptr, m->n_species);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            n->changer[csr_place(n->changer_ptr, m->net_species[e])] = j;
        }
    }
}

static double *clamp(struct rt_network *n, const double *k)
{
    const struct crnl_model *m = n->m;
    double *clamped = rt_copy(k, (size_t)m->n_reactions, sizeof *k);
    if (!n->changer_ptr) {
        list_changers(n);
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        for (int32_t i = n->changer_ptr[s]; n->fixed[s] == CRNL_CLAMP && i < n->changer_ptr[s + 1]; i++) {
            clamped[n->changer[i]] = 0;
        }
    }
    return clamped;
}

struct rt_clamped *rt_clamped_take(struct rt_network *n, struct rt_constants *of, bool *is_new)
{
    size_t size = (size_t)n->m->n_species;
    struct rt_clamped *c = n->clamped;
    *is_new = !c || c->of != of || memcmp(c->fixed, n->fixed, size) != 0;
    if (*is_new) {
        rt_clamped_drop(c);
        c = n->clamped = rt_alloc(1, sizeof *c);
        atomic_init(&c->users, 1);
        atomic_fetch_add(&of->users, 1);
        c->of = of;
        c->fixed = rt_copy(n->fixed, size, 1);
        c->k = clamp(n, of->k);
    }
    atomic_fetch_add(&c->users, 1);
    return c;
}

void rt_clamped_drop(struct rt_clamped *c)
{
    if (c && atomic_fetch_sub(&c->users, 1) == 1) {
        rt_constants_drop(c->of);
        free(c->fixed);
        free(c->k);
        free(c);
    }
}
