/* `learn`: runs the epochs of a learning rule, gives it the rows, and keeps its results. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_learn.h"
#include "runtime/data/rt_data.h"
#include "runtime/rt_checkpoint.h"
#include "runtime/rt_estimate.h"

enum { TRAIN, VALIDATION, N_PARTS };

/* Rows that the program computes: real[n, width] for each part and field. */
struct rt_given_rows {
    double **field[N_PARTS];
    int32_t n[N_PARTS], cap[N_PARTS];
};

static int check_options(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const double *option)
{
    const struct crnl_learner *learner = spec->learner;
    int32_t n_layers = ctx->program->neural[spec->neural].n_layers;
    for (int32_t i = 0; i < learner->n_options; i++) {
        const struct crnl_learn_option *o = &learner->option[i];
        for (int32_t k = 0; k < (o->is_list ? n_layers : 1); k++) {
            double v = *option++;
            bool inside = v == o->value || (v >= o->least && v <= o->most);
            if (!inside || (o->whole && v != floor(v))) {
                return crnl_fail(ctx, CRNL_BAD_ARGUMENT, spec->line,
                                 "`%s` is %s from %.15g to %.15g, and not %.15g", o->name,
                                 o->whole ? "an integer" : "a number", o->least, o->most, v);
            }
        }
    }
    return CRNL_OK;
}

static int32_t count_options(const struct crnl_learn_spec *spec, const struct crnl_neural *m)
{
    int32_t n = 0;
    for (int32_t i = 0; i < spec->learner->n_options; i++) {
        n += spec->learner->option[i].is_list ? m->n_layers : 1;
    }
    return n;
}

/* ---- Rows ---- */

/* Finds inputs and labels of a part of the data set. */
static int find_rows(struct rt_learning *l, int part, struct rt_learn_rows *out)
{
    struct rt_rows r;
    int status = rt_data_rows(l->ctx, l->spec->data, part ? CRNL_DATA_VALIDATION : CRNL_DATA_TRAIN, &r);
    if (!status) {
        const double **field = rt_alloc(2, sizeof *field);
        field[CRNL_DATA_INPUT] = r.input;
        field[CRNL_DATA_LABEL] = r.label;
        *out = (struct rt_learn_rows){r.n, 2, field, l->spec->width, r.order};
    }
    return status;
}

static struct rt_learn_rows given_rows(const struct rt_learning *l, int part)
{
    return (struct rt_learn_rows){l->given->n[part], l->spec->n_fields,
                                  (const double *const *)l->given->field[part], l->spec->width, NULL};
}

static void create_given(struct rt_learning *l)
{
    l->given = rt_alloc(1, sizeof *l->given);
    for (int p = 0; p < N_PARTS; p++) {
        l->given->field[p] = rt_alloc((size_t)l->spec->n_fields, sizeof *l->given->field[p]);
    }
}

int crnl_learn_row(struct crnl_ctx *ctx, int32_t part, const double *const *field)
{
    struct rt_learning *l = ctx->learning;
    struct rt_given_rows *g = l->given;
    if (g->n[part] == g->cap[part]) {
        if (g->cap[part] > INT32_MAX / 2) {
            return crnl_fail(ctx, CRNL_LIMIT, l->line, "the model `%s` learns from %d rows at most",
                             l->m->name, INT32_MAX / 2);
        }
        g->cap[part] = g->cap[part] ? 2 * g->cap[part] : 64;
        for (int32_t f = 0; f < l->spec->n_fields; f++) {
            g->field[part][f] = rt_resize(g->field[part][f], (size_t)g->cap[part] * (size_t)l->spec->width[f],
                                          sizeof **g->field[part]);
        }
    }
    for (int32_t f = 0; f < l->spec->n_fields; f++) {
        size_t width = (size_t)l->spec->width[f];
        memcpy(g->field[part][f] + (size_t)g->n[part] * width, field[f], width * sizeof(double));
    }
    g->n[part]++;
    rt_draws_next(ctx);
    return CRNL_OK;
}

/* Checks rows that the program computed; rows of a data set were checked when they were read. */
static int check_given(struct rt_learning *l)
{
    for (int p = 0; p < N_PARTS; p++) {
        struct rt_learn_rows r = given_rows(l, p);
        for (int32_t f = 0; f < r.n_fields; f++) {
            for (int64_t i = 0; i < (int64_t)r.n * r.width[f]; i++) {
                if (!(fabs(r.field[f][i]) < INFINITY)) {
                    return crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line, "%s %d of row %d is %.15g",
                                     l->spec->name[f], (int)(i % r.width[f]), (int)(i / r.width[f]),
                                     r.field[f][i]);
                }
            }
        }
    }
    return CRNL_OK;
}

/* The first rows show how many there are; then the rule begins. */
static int take_rows(struct rt_learning *l)
{
    int status = CRNL_OK;
    if (l->given) {
        l->train = given_rows(l, TRAIN);
        l->validation = given_rows(l, VALIDATION);
        l->validation = l->validation.n > 0 ? l->validation : l->train;
        status = check_given(l);
    }
    if (!status && l->train.n == 0) {
        status = crnl_fail(l->ctx, CRNL_DATA, l->line, "there are no rows from which `%s` could learn",
                           l->m->name);
    }
    if (!status && !l->has_begun) {
        status = l->learner->rule->begin(l);
        l->has_begun = true;
    }
    return status || !l->learner->rule->rows ? status : l->learner->rule->rows(l);
}

/* ---- Begin and end ---- */

static void destroy(struct rt_learning *l)
{
    l->learner->rule->end(l);
    for (int p = 0; l->given && p < N_PARTS; p++) {
        for (int32_t f = 0; f < l->spec->n_fields; f++) {
            free(l->given->field[p][f]);
        }
        free(l->given->field[p]);
    }
    if (!l->given) {
        if (l->validation.field != l->train.field) {
            free((void *)(uintptr_t)l->validation.field);
        }
        free((void *)(uintptr_t)l->train.field);
    }
    free(l->given);
    free(l->option);
    free(l->best);
    free(l->history);
    rt_buffer_free(&l->progress);
    rt_draws_end(l->ctx);
    l->ctx->learning = NULL;
    free(l);
}

void rt_learn_abandon(struct crnl_ctx *ctx)
{
    if (ctx->learning) {
        destroy(ctx->learning);
    }
}

int crnl_learn_begin(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const double *option)
{
    const struct crnl_neural *m = &ctx->program->neural[spec->neural];
    if (check_options(ctx, spec, option)) {
        return ctx->status;
    }
    struct rt_learning *l = rt_alloc(1, sizeof *l);
    *l = (struct rt_learning){.ctx = ctx,
                              .spec = spec,
                              .m = m,
                              .learner = spec->learner,
                              .option = rt_copy(option, (size_t)count_options(spec, m), sizeof *option),
                              .seed = ctx->options.seed,
                              .statement = (uint32_t)spec->statement,
                              .line = spec->line,
                              .start =
                                  ctx->neural[spec->neural].known ? ctx->neural[spec->neural].value : NULL,
                              .best = rt_alloc((size_t)m->n_values, sizeof *l->best)};
    l->count = rt_next_count(ctx, spec->statement, CRNL_DRAW_EXPRESSION);
    ctx->learning = l;
    rt_draws_begin(ctx, &l->draws);
    rt_putf(&l->progress, "%s", m->name);
    if (spec->data < 0) {
        create_given(l);
    } else if (!find_rows(l, TRAIN, &l->train) && !find_rows(l, VALIDATION, &l->validation) &&
               l->validation.n == 0) {
        free((void *)(uintptr_t)l->validation.field);
        l->validation = l->train;
    }
    return ctx->status;
}

int crnl_learn_end(struct crnl_ctx *ctx, double *result)
{
    struct rt_learning *l = ctx->learning;
    struct rt_neural *to = &ctx->neural[l->spec->neural];
    const struct rt_pieces epochs = {"epochs", l->m->name, l->epoch, l->epochs, 1};
    rt_estimate_add(ctx, l->line, l->began, &epochs);
    memcpy(to->value, l->best, (size_t)l->m->n_values * sizeof *to->value);
    memcpy(result, l->result, sizeof l->result);
    to->known = true;
    rt_neural_publish(ctx, l->spec->neural);
    destroy(l);
    return ctx->status;
}

/* ---- Epochs ---- */

int crnl_learn_next(struct crnl_ctx *ctx, int64_t *go)
{
    struct rt_learning *l = ctx->learning;
    l->is_over |= l->epoch > 0 && rt_estimate_is_enough(ctx, l->began, 1);
    bool goes_on = !l->is_over && (!l->has_begun || l->epoch < l->epochs);
    bool wants_rows = l->given && (!l->has_begun || l->spec->redraws);
    *go = !goes_on ? CRNL_LEARN_ENDS : wants_rows ? CRNL_LEARN_ROWS : CRNL_LEARN_STEP;
    if (*go == CRNL_LEARN_ROWS) {
        l->given->n[TRAIN] = l->given->n[VALIDATION] = 0;
        l->draws.row = 0;
        l->draws.epoch = (uint64_t)l->epoch;
    }
    return CRNL_OK;
}

bool rt_learn_goes_on(struct rt_learning *l, int64_t done)
{
    if (rt_cancelled(l->ctx)) {
        return false;
    }
    rt_progress_run(l->ctx, l->progress.data, (l->epoch + (double)done / l->train.n) / l->epochs);
    return true;
}

static int check_time(struct rt_learning *l)
{
    struct crnl_ctx *ctx = l->ctx;
    if (ctx->options.max_seconds > 0 && rt_seconds() - ctx->start > ctx->options.max_seconds) {
        return crnl_fail(ctx, CRNL_LIMIT, l->line,
                         "learning takes longer than the %.6g seconds of the program\n"
                         "  help: allow more with --max-seconds, or ask for fewer epochs",
                         ctx->options.max_seconds);
    }
    return CRNL_OK;
}

static int interrupted(struct rt_learning *l)
{
    if (l->epoch == 0) {
        return crnl_fail(l->ctx, CRNL_CANCELLED, 0, "interrupted by %s",
                         rt_signal_name(rt_cancelled(l->ctx)));
    }
    rt_cancel_clear(l->ctx);
    rt_warn_at(l->ctx, l->spec->line,
               "%s: learning was interrupted in epoch %d; the program goes on with epoch %d", l->m->name,
               l->epoch + 1, l->best_epoch + 1);
    l->is_over = true;
    return CRNL_OK;
}

static void keep_measured(struct rt_learning *l)
{
    if (l->epoch == l->cap_history) {
        l->cap_history = l->cap_history ? 2 * l->cap_history : 64;
        l->history = rt_resize(l->history, (size_t)l->cap_history * CRNL_LEARN_RECORDS, sizeof *l->history);
    }
    memcpy(l->history + (size_t)l->epoch * CRNL_LEARN_RECORDS, l->measured, sizeof l->measured);
}

static void tell(struct rt_learning *l, int32_t epoch)
{
    const double *measured = l->history + (size_t)epoch * CRNL_LEARN_RECORDS;
    for (int32_t i = 0; i < l->spec->n_records; i++) {
        crnl_record(l->ctx, l->spec->record[i], measured[i]);
    }
    rt_buffer_clear(&l->progress);
    rt_putf(&l->progress, "%s: epoch %d", l->m->name, epoch + 1);
    for (int32_t i = 0; i < l->spec->n_records; i++) {
        rt_putf(&l->progress, ", %s %.4g", l->learner->record[i], measured[i]);
    }
}

/* Writes to the checkpoint what the next epoch needs from the earlier ones. */
static void keep_state(struct rt_learning *l)
{
    struct rt_checkpoint *c = l->ctx->checkpoint;
    if (l->checkpoint && (l->epoch == l->epochs || rt_checkpoint_is_due(c, &l->kept_at))) {
        struct rt_state s = {0};
        rt_learn_write_state(l, &s);
        struct rt_buffer data = rt_state_bytes(&s);
        rt_checkpoint_put(c, l->checkpoint, 0, &data);
    }
}

/* Reads the state from the checkpoint of rank 0, for all ranks; rows must be known already. *goes_on: whether
 * there was a state. */
static int resume(struct rt_learning *l, bool *goes_on)
{
    struct crnl_ctx *ctx = l->ctx;
    struct rt_buffer data = {0};
    struct rt_error e = {0};
    const int64_t numbers[] = {l->spec->statement, (int64_t)l->count, (int64_t)l->seed, l->m->n_values,
                               l->train.n};
    size_t n_start = l->start ? (size_t)l->m->n_values : 0;
    uint64_t hash = rt_hash(RT_HASH, numbers, sizeof numbers);
    hash = rt_hash(hash, l->option, (size_t)count_options(l->spec, l->m) * sizeof *l->option);
    hash = rt_hash(hash, l->start, n_start * sizeof *l->start);
    l->checkpoint = rt_checkpoint_statement(ctx, hash, &e);
    rt_checkpoint_take(ctx->checkpoint, l->checkpoint, 0, &data);
    if (ctx->world && ctx->options.resume) {
        rt_world_follow(ctx->world, &e);
        rt_world_broadcast(ctx->world, &data);
    }
    int status = rt_fail_at(ctx, l->line, &e);
    *goes_on = !status && data.n > 0;
    struct rt_state s = rt_state_of(&data);
    status = *goes_on ? rt_learn_read_state(l, &s) : status;
    rt_state_free(&s);
    return status;
}

int crnl_learn_step(struct crnl_ctx *ctx)
{
    struct rt_learning *l = ctx->learning;
    bool keep = false, goes_on = false, begins = !l->has_begun;
    int status = begins || (l->given && l->spec->redraws) ? take_rows(l) : CRNL_OK;
    if (begins && !status) {
        l->began = rt_estimate_now(ctx);
        status = resume(l, &goes_on);
    }
    if (goes_on) { /* the rule then asks for the rows of that epoch first */
        return status;
    }
    status = status ? status : l->learner->rule->step(l, &keep);
    if (status) {
        return status == CRNL_CANCELLED && !ctx->status ? interrupted(l) : status;
    }
    keep_measured(l);
    if (keep) {
        l->best_epoch = l->epoch;
        memcpy(l->result, l->kept, sizeof l->result);
        l->learner->rule->values(l, l->best);
    }
    tell(l, l->epoch++);
    keep_state(l);
    return check_time(l);
}

/* ---- State between two epochs ---- */

/* What distinguishes the states of different `learn` statements. */
struct state_head {
    char learner[32];
    uint64_t seed, count;
    int32_t n_values, rows, epoch, best_epoch;
};

static struct state_head head_of(const struct rt_learning *l)
{
    struct state_head h = {.seed = l->seed,
                           .count = l->count,
                           .n_values = l->m->n_values,
                           .rows = l->train.n,
                           .epoch = l->epoch,
                           .best_epoch = l->best_epoch};
    strncpy(h.learner, l->learner->name, sizeof h.learner - 1);
    return h;
}

static void pieces(struct rt_learning *l, struct rt_state *s)
{
    rt_state_piece(s, l->best, (size_t)l->m->n_values * sizeof *l->best);
    rt_state_piece(s, l->result, sizeof l->result);
    rt_state_piece(s, l->history, (size_t)l->epoch * CRNL_LEARN_RECORDS * sizeof *l->history);
    l->learner->rule->state(l, s);
}

void rt_learn_write_state(struct rt_learning *l, struct rt_state *s)
{
    struct state_head h = head_of(l);
    rt_state_piece(s, &h, sizeof h);
    pieces(l, s);
}

int rt_learn_read_state(struct rt_learning *l, struct rt_state *s)
{
    int status = l->has_begun ? CRNL_OK : take_rows(l);
    if (status) {
        return status;
    }
    struct state_head own = head_of(l), h = own;
    s->is_read = true;
    s->at = 0;
    rt_state_piece(s, &h, sizeof h);
    own.epoch = h.epoch;
    own.best_epoch = h.best_epoch;
    bool fits = !s->is_short && memcmp(&h, &own, sizeof h) == 0 && h.epoch >= 0 && h.epoch <= l->epochs;
    if (fits) {
        l->epoch = h.epoch;
        l->best_epoch = h.best_epoch;
        l->cap_history = h.epoch;
        l->history = rt_resize(l->history, (size_t)h.epoch * CRNL_LEARN_RECORDS + 1, sizeof *l->history);
        pieces(l, s);
    }
    if (!fits || s->is_short || s->at != s->n) {
        return crnl_fail(l->ctx, CRNL_DATA, l->line, "this is not a state of `%s` learning by %s", l->m->name,
                         l->learner->name);
    }
    for (int32_t i = 0; i < l->epoch; i++) {
        tell(l, i);
    }
    return CRNL_OK;
}
