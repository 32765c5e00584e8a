/* A single run in the checkpoint: items 0, 1, ... are rows; the item of its end or state says how many. */
#include "rt_single.h"

#include <stdlib.h>
#include <string.h>

#include "rt_checkpoint.h"
#include "rt_events.h"
#include "runtime/mpi/rt_pack.h"

static const double WORTH_IT = 0.05; /* seconds: shorter work is computed again */
enum { ITEM_BYTES = 1 << 16 };
static const int64_t END = INT64_MAX, STATE = INT64_MAX - 1;

struct rt_single {
    struct rt_checkpoint *checkpoint;
    uint64_t key;
    double began, kept_at;
    int64_t n_items;
    struct rt_buffer rows; /* rows of the next item */
    struct rt_state state; /* state from which to continue */
    bool has_states;
};

/* The number of bytes of a jump that pictures show. */
static size_t jump_width(const struct rt_recorder *r)
{
    return (1 + 2 * (size_t)r->job->n_trace) * sizeof *r->jumps.v;
}

/* ---- Keeping ---- */

static void put_rows(struct rt_single *s)
{
    if (s->rows.n > 0) {
        rt_checkpoint_put(s->checkpoint, s->key, s->n_items++, &s->rows);
    }
}

void rt_single_keep_rows(struct rt_recorder *r)
{
    struct rt_single *s = r->single;
    if (s) {
        rt_pack(&s->rows, r->row, (size_t)r->n_rows * rt_row_width(r->job) * sizeof *r->row);
        if (s->rows.n > ITEM_BYTES) {
            put_rows(s);
        }
    }
}

static bool is_whole(const struct rt_recorder *r)
{
    return r->n_states <= 1 && !r->limit && !r->job->m->has_gradient;
}

void rt_single_look(struct rt_recorder *r)
{
    if (r->single && !r->single->has_states) {
        rt_checkpoint_miss(r->single->checkpoint, r->single->began, r->job->spec->line,
                           "this run is not in the checkpoint before it ends");
    }
}

void rt_single_has_states(struct rt_recorder *r, bool has)
{
    if (r->single) {
        r->single->has_states = has;
    }
}

bool rt_single_is_due(const struct rt_recorder *r)
{
    struct rt_single *s = r->single;
    const struct crnl_ctx *ctx = r->job->ctx;
    if (!s) {
        return false;
    }
    double most = ctx->options.max_seconds;
    return rt_cancelled(ctx) || (most > 0 && rt_seconds() - ctx->start > most) ||
           rt_checkpoint_is_due(s->checkpoint, &s->kept_at);
}

int rt_single_fail(struct rt_recorder *r)
{
    return rt_fail(&r->error, CRNL_DATA, "what the checkpoint has of this run is of another one");
}

void rt_single_keep_state(struct rt_recorder *r, struct rt_state *state)
{
    struct rt_single *s = r->single;
    struct rt_buffer head = {0}, bytes = rt_state_bytes(state);
    if (r->collector) {
        rt_single_keep_rows(r);
        put_rows(s);
    }
    if (r->collector && r->n_rows > 0) {
        int64_t n = r->n_rows;
        r->n_rows = 0;
        rt_collect_rows(r->collector, r->run, r->row, n, &r->error);
    }
    rt_pack_int(&head, s->n_items);
    rt_put_n(&head, bytes.data, bytes.n);
    rt_buffer_free(&bytes);
    rt_checkpoint_put(s->checkpoint, s->key, STATE, &head);
}

void rt_single_end(struct rt_recorder *r, bool keeps)
{
    struct rt_single *s = r->single;
    if (!s) {
        return;
    }
    const struct crnl_model *m = r->job->m;
    double every = rt_checkpoint_every(s->checkpoint), worth = every < WORTH_IT ? every : WORTH_IT;
    bool is_long = keeps && (s->n_items > 0 || rt_seconds() - s->began > worth);
    if (!r->error.status && is_long && is_whole(r)) {
        struct rt_buffer end = {0};
        put_rows(s);
        rt_pack_int(&end, s->n_items);
        rt_pack_recorder(&end, r);
        rt_pack(&end, r->x, (size_t)m->n_species * sizeof *r->x);
        rt_pack(&end, r->memory, rt_memory_size(m) * sizeof *r->memory);
        rt_pack_int(&end, r->events);
        rt_pack_int(&end, r->past ? (int64_t)r->past[0] : 0);
        rt_pack(&end, r->past, r->past ? (size_t)r->past[0] * sizeof *r->past : 0);
        rt_pack_int(&end, r->jumps.n);
        rt_pack_int(&end, r->jumps.too_many);
        rt_pack(&end, r->jumps.v, (size_t)r->jumps.n * jump_width(r));
        rt_checkpoint_put(s->checkpoint, s->key, END, &end);
    } else if (!r->error.status && is_long) {
        rt_checkpoint_miss(s->checkpoint, s->began, r->job->spec->line,
                           "what this run has left is not in the checkpoint");
    }
    rt_buffer_free(&s->rows);
    rt_state_free(&s->state);
    free(s);
    r->single = NULL;
}

/* ---- Going on ---- */

struct rt_state *rt_single_state(struct rt_recorder *r)
{
    return r->single && r->single->state.n > 0 ? &r->single->state : NULL;
}

/* Restores the rows of the first n items. */
static int restore_rows(struct rt_recorder *r, int64_t n)
{
    struct rt_single *s = r->single;
    struct rt_buffer data = {0};
    size_t width = rt_row_width(r->job) * sizeof *r->row;
    int status = CRNL_OK;
    while (!status && s->n_items < n) {
        if (!rt_checkpoint_take(s->checkpoint, s->key, s->n_items, &data)) {
            return rt_fail(&r->error, CRNL_DATA, "rows of this run are missing in the checkpoint");
        }
        s->n_items++;
        if (data.n % width != 0) {
            rt_buffer_free(&data);
            return rt_single_fail(r);
        }
        double *row = rt_copy(data.data, data.n, 1);
        status = rt_collect_rows(r->collector, r->run, row, (int64_t)(data.n / width), &r->error);
        free(row);
        rt_buffer_free(&data);
    }
    return status;
}

int rt_single_begin(struct rt_recorder *r, bool *over)
{
    const struct rt_job *job = r->job;
    const struct crnl_model *m = job->m;
    struct rt_buffer data = {0};
    *over = false;
    if (!job->checkpoint) {
        return CRNL_OK;
    }
    struct rt_single *s = r->single = rt_alloc(1, sizeof *s);
    s->checkpoint = job->ctx->checkpoint;
    s->key = job->checkpoint;
    s->began = s->kept_at = rt_seconds();
    bool is_there = rt_checkpoint_take(s->checkpoint, s->key, END, &data);
    bool has_state = !is_there && rt_checkpoint_take(s->checkpoint, s->key, STATE, &data);
    struct rt_unpack u = rt_unpack_of(&data);
    if (is_there || has_state) {
        restore_rows(r, rt_unpack_int(&u));
    }
    if (is_there && !r->error.status) {
        rt_unpack_recorder(&u, r);
        rt_unpack(&u, r->x, (size_t)m->n_species * sizeof *r->x);
        rt_unpack(&u, r->memory, rt_memory_size(m) * sizeof *r->memory);
        r->events = rt_unpack_int(&u);
        int64_t n_past = rt_unpack_count(&u, sizeof *r->past);
        r->past = n_past > 0 ? rt_alloc((size_t)n_past, sizeof *r->past) : NULL;
        rt_unpack(&u, r->past, (size_t)n_past * sizeof *r->past);
        r->jumps.n = r->jumps.cap = rt_unpack_count(&u, jump_width(r));
        r->jumps.too_many = rt_unpack_int(&u) != 0;
        r->jumps.v = rt_alloc((size_t)r->jumps.n * jump_width(r) + 1, 1);
        rt_unpack(&u, r->jumps.v, (size_t)r->jumps.n * jump_width(r));
        *over = true;
        if (!rt_unpack_is_whole(&u)) {
            rt_single_fail(r);
        }
    } else if (has_state && !r->error.status) {
        struct rt_buffer state = {0};
        rt_put_n(&state, u.at, (size_t)(u.end - u.at));
        s->state = rt_state_of(&state);
    }
    rt_buffer_free(&data);
    return r->error.status;
}

void rt_state_histogram(struct rt_state *s, struct rt_histogram *h)
{
    size_t cap = h->cap;
    rt_state_piece(s, &h->n, sizeof h->n);
    rt_state_piece(s, &h->total, sizeof h->total);
    rt_state_piece(s, &h->cap, sizeof h->cap);
    if (!rt_state_has(s, h->cap, sizeof *h->key + sizeof *h->weight)) {
        h->cap = cap;
        rt_histogram_free(h);
        return;
    }
    if (s->is_read && h->cap > cap) {
        h->key = rt_resize(h->key, h->cap, sizeof *h->key);
        h->weight = rt_resize(h->weight, h->cap, sizeof *h->weight);
    }
    rt_state_piece(s, h->key, h->cap * sizeof *h->key);
    rt_state_piece(s, h->weight, h->cap * sizeof *h->weight);
    size_t n = 0;
    for (size_t i = 0; i < h->cap && !s->is_short; i++) {
        n += h->weight[i] > 0;
    }
    /* the invariants that rt_histogram_add keeps and requires */
    rt_state_must(s, (h->cap & (h->cap - 1)) == 0 && h->n == n && 2 * n <= h->cap);
    if (s->is_short) {
        rt_histogram_free(h);
    }
}

void rt_single_waiting(struct rt_recorder *r, struct rt_state *s)
{
    size_t size = rt_row_width(r->job) * sizeof *r->row;
    int64_t n = r->collector ? 0 : r->n_rows;
    rt_state_piece(s, &n, sizeof n);
    rt_state_must(s, n >= 0 && !(r->collector && n > 0));
    if (s->is_short || r->collector || !rt_state_has(s, (size_t)n, size)) {
        return;
    }
    if (s->is_read) {
        r->row = rt_resize(r->row, (size_t)n + 1, size);
        r->n_rows = n;
        r->cap_rows = n + 1;
    }
    rt_state_piece(s, r->row, (size_t)n * size);
}

void rt_grid_pieces(struct rt_grid *g, const struct rt_job *job, struct rt_state *s)
{
    rt_state_piece(s, &g->base, sizeof g->base);
    rt_state_piece(s, &g->every, sizeof g->every);
    rt_state_piece(s, &g->end, sizeof g->end);
    rt_state_piece(s, &g->i, sizeof g->i);
    rt_state_piece(s, &g->i_sample, sizeof g->i_sample);
    rt_state_must(s, g->i >= 0 && g->i < INT64_MAX / 2 && g->i_sample >= 0 && g->i_sample <= job->n_samples);
}

static void jump_pieces(struct rt_recorder *r, struct rt_state *s)
{
    struct rt_jumps *j = &r->jumps;
    size_t width = jump_width(r);
    int64_t n = j->n;
    rt_state_piece(s, &n, sizeof n);
    rt_state_truths(s, &j->too_many, 1);
    if (n < 0 || !rt_state_has(s, (size_t)n, width)) {
        s->is_short = true;
        return;
    }
    if (s->is_read) {
        j->v = rt_resize(j->v, (size_t)n + 1, width);
        j->n = n;
        j->cap = n + 1;
    }
    rt_state_piece(s, j->v, (size_t)n * width);
}

void rt_single_pieces(struct rt_recorder *r, struct rt_state *s)
{
    const struct crnl_model *m = r->job->m;
    rt_state_piece(s, &r->t_row, sizeof r->t_row);
    rt_state_piece(s, &r->events, sizeof r->events);
    rt_state_piece(s, r->memory, rt_memory_size(m) * sizeof *r->memory);
    size_t n = r->notes.n;
    rt_state_piece(s, &n, sizeof n);
    if (!rt_state_has(s, n, 1)) {
        return;
    }
    if (s->is_read) {
        rt_buffer_free(&r->notes);
        if (n > 0) {
            r->notes = (struct rt_buffer){rt_alloc(n + 1, 1), n, n + 1};
        }
    }
    rt_state_piece(s, r->notes.data, n);
    jump_pieces(r, s);
    for (int32_t i = 0; i < m->n_stats; i++) {
        struct rt_stat *q = &r->stat[i];
        size_t width = (size_t)crnl_stat_width(&m->stat[i]);
        rt_state_piece(s, q->moments, width * sizeof *q->moments);
        rt_state_piece(s, q->value, width * sizeof *q->value);
        rt_state_truths(s, &q->is_unknown, 1);
        rt_state_histogram(s, &q->histogram);
        if (q->course) {
            rt_state_piece(s, q->course, (size_t)m->stat[i].n_elems * sizeof *q->course);
            for (int32_t e = 0; e < m->stat[i].n_elems; e++) {
                rt_state_must(s, rt_state_is_truth(&q->course[e].is_below));
            }
        }
    }
}
