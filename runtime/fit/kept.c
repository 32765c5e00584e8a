/* Stores evaluations of a fit in the checkpoint. */
#include <stdlib.h>
#include <string.h>

#include "rt_fit.h"
#include "runtime/mpi/rt_pack.h"
#include "runtime/rt_checkpoint.h"

enum { ITEM_BYTES = 1 << 16 };

struct rt_fit_kept {
    struct rt_checkpoint *checkpoint;
    uint64_t key;
    int64_t n_items; /* number of items so far: first those read, then those written */
    struct rt_buffer taken, put;
    size_t at;   /* position in `taken` */
    bool is_new; /* everything has been read; the rest is new */
    double put_at;
};

struct rt_fit_kept *rt_fit_kept_create(const struct rt_fit *fit, const struct rt_fit_start *start)
{
    if (!start->checkpoint) {
        return NULL;
    }
    struct rt_fit_kept *k = rt_alloc(1, sizeof *k);
    k->checkpoint = fit->ctx->checkpoint;
    k->key = start->checkpoint;
    return k;
}

void rt_fit_kept_destroy(struct rt_fit_kept *k)
{
    if (k) {
        rt_buffer_free(&k->taken);
        rt_buffer_free(&k->put);
        free(k);
    }
}

/* Whether there are more items; reads the next one if necessary. */
static bool has_more(struct rt_fit_kept *k)
{
    if (k->at < k->taken.n || k->is_new) {
        return !k->is_new;
    }
    rt_buffer_free(&k->taken);
    k->at = 0;
    k->is_new = !rt_checkpoint_take(k->checkpoint, k->key, k->n_items, &k->taken);
    k->n_items += !k->is_new;
    return !k->is_new;
}

static uint64_t place_of(const struct rt_trial *t)
{
    uint64_t hash = rt_hash(RT_HASH, t->x, (size_t)t->fit->n * sizeof *t->x);
    return rt_hash(hash, &t->wants, sizeof t->wants);
}

bool rt_fit_kept_take(struct rt_trial *t, bool *good)
{
    struct rt_fit_kept *k = t->kept;
    if (!k || !has_more(k)) {
        return false;
    }
    struct rt_unpack u = {.at = k->taken.data + k->at, .end = k->taken.data + k->taken.n};
    uint64_t place = (uint64_t)rt_unpack_int(&u);
    *good = rt_unpack_int(&u) != 0;
    t->n_residuals = (int32_t)rt_unpack_count(&u, sizeof *t->residual);
    rt_unpack(&u, &t->loss, sizeof t->loss);
    rt_unpack(&u, t->gradient, (size_t)t->fit->n * sizeof *t->gradient);
    if (t->n_residuals > t->cap_residuals) {
        t->cap_residuals = t->n_residuals;
        t->residual = rt_resize(t->residual, (size_t)t->cap_residuals, sizeof *t->residual);
    }
    rt_unpack(&u, t->residual, (size_t)t->n_residuals * sizeof *t->residual);
    struct rt_buffer why = {0};
    rt_unpack_text(&u, &why);
    if (place != place_of(t) ||
        u.is_short) { /* an evaluation of another search: all the rest is of that search too */
        k->is_new = true;
        rt_buffer_free(&why);
        return false;
    }
    k->at = (size_t)(u.at - k->taken.data);
    t->start->evaluations++;
    t->start->failures += !*good;
    if (why.n > 0 && !t->start->why) {
        t->start->why = rt_strdup(why.data);
    }
    rt_buffer_free(&why);
    return true;
}

void rt_fit_kept_put(struct rt_trial *t, bool good)
{
    struct rt_fit_kept *k = t->kept;
    if (!k || rt_trial_is_over(t)) { /* it may have failed because the fit is over */
        return;
    }
    struct rt_buffer why = {0};
    rt_put(&why, !good && t->start->why ? t->start->why : "");
    rt_pack_int(&k->put, (int64_t)place_of(t));
    rt_pack_int(&k->put, good);
    rt_pack_int(&k->put, t->n_residuals);
    rt_pack(&k->put, &t->loss, sizeof t->loss);
    rt_pack(&k->put, t->gradient, (size_t)t->fit->n * sizeof *t->gradient);
    rt_pack(&k->put, t->residual, (size_t)t->n_residuals * sizeof *t->residual);
    rt_pack_text(&k->put, &why);
    rt_buffer_free(&why);
    if (k->put.n > ITEM_BYTES || rt_checkpoint_is_due(k->checkpoint, &k->put_at)) {
        rt_checkpoint_put(k->checkpoint, k->key, k->n_items++, &k->put);
    }
}
