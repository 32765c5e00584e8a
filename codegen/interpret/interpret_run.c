/* Executes the statements of experiments. The calls and their order are those of engine.h. */
#include "codegen/engine_base.h"
#include "codegen/interpret/interpret.h"

#include <assert.h>
#include <string.h>

#include "support/mem.h"

static int execute_block(struct execution *x, const struct block *b);

static int execute_assign(struct execution *x, const struct stmt *s)
{
    const struct variable *v = &x->in->source->variable.data[s->var];
    void *value = evaluate_new(x, s->value);
    if (!value) {
        return x->status;
    }
    store_value(x, v->type, x->var[s->var], value, (size_t)shape_size(v->shape));
    free(value);
    return 0;
}

/* Computes the place in an array of this shape of the first element that leading indices select; returns a
 * status. */
static int find_place(struct execution *x, struct shape shape, const expr_id *index, size_t n, int32_t line,
                      int64_t *place)
{
    *place = 0;
    for (size_t k = 0; k < n; k++) {
        int64_t i = 0;
        int status = evaluate_int(x, index[k], &i);
        if (!status && (i < 0 || i >= shape.dim[0])) {
            status = crnl_index_error(x->ctx, i, shape.dim[0], line);
        }
        if (status) {
            return status;
        }
        *place = *place * shape.dim[0] + i;
        shape = shape_drop(shape, 0);
    }
    *place *= shape_size(shape);
    return 0;
}

static int execute_store(struct execution *x, const struct stmt *s)
{
    const struct variable *v = &x->in->source->variable.data[s->var];
    int64_t first;
    int status = find_place(x, v->shape, s->index.data, s->index.n, s->index_line, &first);
    if (status) {
        return status;
    }
    struct shape rest = v->shape;
    for (size_t k = 0; k < s->index.n; k++) {
        rest = shape_drop(rest, 0);
    }
    void *value = evaluate_new(x, s->value);
    if (!value) {
        return x->status;
    }
    char *to = (char *)x->var[s->var] + (size_t)first * value_bytes(v->type, shape_scalar());
    store_value(x, v->type, to, value, (size_t)shape_size(rest));
    free(value);
    return 0;
}

static int execute_if(struct execution *x, const struct stmt *s)
{
    bool yes = false;
    int status = evaluate_bool(x, s->value, &yes);
    crnl_text_reset(x->ctx);
    return status ? status : execute_block(x, yes ? s->body : s->orelse);
}

static int execute_for(struct execution *x, const struct stmt *s)
{
    int64_t from = 0, to = 0;
    int status = evaluate_int(x, s->from, &from);
    if (!status) {
        status = evaluate_int(x, s->to, &to);
    }
    crnl_text_reset(x->ctx);
    int64_t total = 0;
    /* too many turns for an int64_t: progress shows none */
    bool endless = __builtin_sub_overflow(to, from, &total);
    for (int64_t i = from; !status && i < to; i++) {
        x->line = s->line;
        status = crnl_turn(x->ctx, s->loop, s->depth, endless ? 0 : i - from, endless ? -1 : total);
        if (!status) {
            *(int64_t *)x->var[s->var] = i;
            status = execute_block(x, s->body);
        }
    }
    return status;
}

static int execute_while(struct execution *x, const struct stmt *s)
{
    for (int64_t i = 0;; i++) {
        bool go = false;
        x->line = s->line;
        int status = evaluate_bool(x, s->value, &go);
        crnl_text_reset(x->ctx);
        if (status || !go) {
            return status;
        }
        status = crnl_turn(x->ctx, s->loop, s->depth, i, -1);
        if (!status) {
            status = execute_block(x, s->body);
        }
        if (status) {
            return status;
        }
    }
}

static int execute_bind(struct execution *x, const struct bind *b, enum bind_kind kind)
{
    int64_t first = b->first;
    struct shape shape = x->in->source->net.data[b->net].net->symbol.data[b->symbol].shape;
    int status =
        b->n_index > 0 ? find_place(x, shape, b->index, (size_t)b->n_index, b->index_line, &first) : 0;
    if (status) {
        return status;
    }
    int32_t broadcast = expr_get(x->in->source->ex, b->value)->shape.rank == 0;
    double *value = evaluate_new(x, b->value);
    if (!value) {
        return x->status;
    }
    status = crnl_bind(x->ctx, b->net, b->symbol, (int32_t)first, b->count, value, broadcast, (int32_t)kind,
                       b->line);
    free(value);
    return status;
}

static const struct crnl_run_spec *run_spec(struct execution *x, const struct stmt *s)
{
    struct crnl_run_spec *spec = &x->in->spec[s->run->statement];
    pthread_mutex_lock(&x->in->mutex);
    if (!spec->method) { /* the `run` is executed for the first time */
        *spec = engine_run_spec(x->in->arena, x->in->source, x->in->plans, s);
    }
    pthread_mutex_unlock(&x->in->mutex);
    return spec;
}

static int option_value(struct execution *x, enum crnl_option_id id, expr_id from, union crnl_value *to)
{
    bool truth = false;
    int status = 0;
    switch (crnl_option_info[id].type) {
    case CRNL_REAL: return evaluate_real(x, from, &to->real);
    case CRNL_INT:
    case CRNL_INFINITE:
    case CRNL_KERNEL_NAME:
    case CRNL_LINEAR_NAME: return evaluate_int(x, from, &to->integer);
    case CRNL_BOOL:
        status = evaluate_bool(x, from, &truth);
        to->integer = truth;
        break;
    }
    return status;
}

static int run_args(struct execution *x, const struct run *r, struct crnl_run_args *args,
                    union crnl_value *option, double *capture, double *key)
{
    int n = 0, status = evaluate_real(x, r->from, &args->from);
    status = status ? status : evaluate_real(x, r->after, &args->after);
    status = status ? status : evaluate_real(x, r->duration, &args->duration);
    status = status ? status : evaluate_real(x, r->every, &args->every);
    for (int i = 0; !status && i < CRNL_OPTION_COUNT; i++) {
        if (r->option[i]) {
            status = option_value(x, i, r->option[i], &option[n++]);
        }
    }
    status = status ? status : evaluate_text(x, r->file, &args->file);
    for (size_t i = 0; !status && i < r->capture.n; i++) {
        status = evaluate_real(x, r->capture.data[i], &capture[i]);
    }
    for (size_t i = 0; !status && i < r->source.n; i++) {
        status = evaluate_real(x, r->source.data[i].key, &key[i]);
    }
    args->option = option;
    args->capture = r->capture.n ? capture : NULL;
    args->key = r->source.n ? key : NULL;
    return status;
}

static int execute_run(struct execution *x, const struct stmt *s)
{
    const struct run *r = s->run;
    for (size_t i = 0; i < r->bind.n; i++) {
        int status = execute_bind(x, &r->bind.data[i], r->bind.data[i].kind);
        if (status) {
            return status;
        }
    }
    struct crnl_run_args args = {0};
    union crnl_value option[CRNL_OPTION_COUNT];
    double *capture = mem_alloc((r->capture.n + r->source.n + 1) * sizeof *capture);
    double **times = mem_zalloc(r->course.n + 1, sizeof *times);
    int status = run_args(x, r, &args, option, capture, capture + r->capture.n);
    for (size_t i = 0; i < r->course.n && !status; i++) {
        times[i] = evaluate_new(x, r->course.data[i].times);
        status = x->status;
    }
    args.times = (const double *const *)times;
    if (!status) {
        status = crnl_run(x->ctx, run_spec(x, s), &args);
    }
    for (size_t i = 0; i < r->course.n; i++) {
        free(times[i]);
    }
    free(times);
    free(capture);
    return status;
}

static int execute_rows(struct execution *x, const struct stmt *s)
{
    int status = crnl_rows_begin(x->ctx, run_spec(x, s));
    status = status ? status : execute_block(x, s->body);
    return status ? status : crnl_rows_end(x->ctx);
}

static int execute_print(struct execution *x, const struct stmt *s)
{
    const char *text = NULL, *file = NULL;
    int status = evaluate_text(x, s->value, &text);
    status = status ? status : evaluate_text(x, s->text, &file);
    return status ? status : crnl_print(x->ctx, text, file, s->line);
}

static int execute_record(struct execution *x, const struct stmt *s)
{
    double v = 0;
    int status = evaluate_real(x, s->value, &v);
    return status ? status : crnl_record(x->ctx, s->var, v);
}

static int execute_assert(struct execution *x, const struct stmt *s)
{
    bool holds = false;
    const char *message = NULL;
    int status = evaluate_bool(x, s->value, &holds);
    if (!status && !holds) {
        status = evaluate_text(x, s->text, &message);
    }
    return status ? status : crnl_assert(x->ctx, holds, s->source, message, s->line);
}

static int execute_warn(struct execution *x, const struct stmt *s)
{
    bool holds = false;
    int status = evaluate_bool(x, s->value, &holds);
    return status ? status : crnl_warn(x->ctx, holds, s->source, s->line);
}

static int draw(struct execution *x, const struct drawn *d)
{
    expr_id part[3] = {d->value, d->x, d->y};
    double *v[3] = {NULL, NULL, NULL};
    const char *text = NULL;
    int status = d->text ? evaluate_text(x, d->text, &text) : 0;
    for (int i = 0; i < 3 && !status; i++) {
        if (part[i] && !(v[i] = evaluate_new(x, part[i]))) {
            status = x->status;
        }
    }
    if (!status && d->kind == DRAWN_PANEL) {
        status = crnl_plot_panel(x->ctx);
    } else if (!status && d->kind == DRAWN_OPTION) {
        int64_t n = d->value ? shape_size(expr_get(x->in->source->ex, d->value)->shape) : 0;
        status = crnl_plot_option(x->ctx, d->option, d->word, n, v[0], text, d->line);
    } else if (!status) {
        status = crnl_plot_curve(x->ctx, &d->curve, v[0], v[1], v[2]);
    }
    for (int i = 0; i < 3; i++) {
        free(v[i]);
    }
    return status;
}

static int execute_plot(struct execution *x, const struct stmt *s)
{
    const char *file = NULL;
    int status = evaluate_text(x, s->text, &file);
    status = status ? status : crnl_plot_begin(x->ctx, file, s->line);
    for (size_t i = 0; !status && i < s->drawn.n; i++) {
        status = draw(x, &s->drawn.data[i]);
    }
    return status ? status : crnl_plot_end(x->ctx);
}

static int execute_image(struct execution *x, const struct stmt *s)
{
    struct shape shape = expr_get(x->in->source->ex, s->value)->shape;
    double *value = evaluate_new(x, s->value);
    if (!value) {
        return x->status;
    }
    const char *file = NULL;
    int status = evaluate_text(x, s->text, &file);
    status = status ? status : crnl_image(x->ctx, value, shape.dim[0], shape.dim[1], file, s->line);
    free(value);
    return status;
}

static const struct crnl_learn_spec *learn_spec(struct execution *x, const struct stmt *s)
{
    pthread_mutex_lock(&x->in->mutex);
    struct crnl_learn_spec *spec = arena_alloc(x->in->arena, sizeof *spec);
    *spec = engine_learn_spec(x->in->arena, s);
    pthread_mutex_unlock(&x->in->mutex);
    return spec;
}

static int learn_epochs(struct execution *x, const struct stmt *s)
{
    for (;;) {
        int64_t go = CRNL_LEARN_ENDS;
        int status = crnl_learn_next(x->ctx, &go);
        if (status || go == CRNL_LEARN_ENDS) {
            return status;
        }
        status = go == CRNL_LEARN_ROWS ? execute_block(x, s->body) : 0;
        status = status ? status : crnl_learn_step(x->ctx);
        if (status) {
            return status;
        }
    }
}

static int execute_learn(struct execution *x, const struct stmt *s)
{
    const struct learn *l = s->learn;
    double *option = mem_alloc((l->option.n + 1) * sizeof *option);
    double result[CRNL_LEARN_RECORDS] = {0};
    int status = 0;
    for (size_t i = 0; i < l->option.n && !status; i++) {
        status = evaluate_real(x, l->option.data[i], &option[i]);
    }
    const struct crnl_learn_spec *spec = learn_spec(x, s);
    status = status ? status : crnl_learn_begin(x->ctx, spec, option);
    status = status ? status : learn_epochs(x, s);
    status = status ? status : crnl_learn_end(x->ctx, result);
    free(option);
    for (int32_t i = 0; i < l->n_records && !status; i++) {
        *(double *)x->var[l->var[i]] = result[i];
    }
    return status;
}

/* ---- minimize ---- */

/* What the block of a `minimize` reads of the experiment around it. */
struct surroundings {
    const struct execution *x;
    const struct stmt *s;
};

static int execute_tried(struct crnl_ctx *ctx, void *frame)
{
    const struct surroundings *around = frame;
    const struct minimize *m = around->s->minimize;
    const struct program *p = around->x->in->source;
    struct execution x = {.ctx = ctx, .in = around->x->in, .line = around->s->line};
    x.var = mem_alloc((p->variable.n + 1) * sizeof *x.var);
    memcpy(x.var, around->x->var, p->variable.n * sizeof *x.var);
    for (int32_t i = m->var_from; i < m->var_to; i++) {
        x.var[i] = mem_zalloc(value_bytes(p->variable.data[i].type, p->variable.data[i].shape) + 1, 1);
    }
    int status = execute_block(&x, around->s->body);
    for (int32_t i = m->var_from; i < m->var_to; i++) {
        free(x.var[i]);
    }
    free(x.var);
    return status;
}

static const struct crnl_minimize_spec *minimize_spec(struct execution *x, const struct stmt *s)
{
    pthread_mutex_lock(&x->in->mutex);
    struct crnl_minimize_spec *spec = arena_alloc(x->in->arena, sizeof *spec);
    *spec = engine_minimize_spec(x->in->arena, s);
    pthread_mutex_unlock(&x->in->mutex);
    return spec;
}

static int execute_minimize(struct execution *x, const struct stmt *s)
{
    const struct minimize *m = s->minimize;
    size_t n = m->target.n;
    double *option = mem_zalloc(m->option.n + 1, sizeof *option), **bound = mem_zalloc(2 * n, sizeof *bound),
           **out = mem_zalloc(3 + 2 * n, sizeof *out);
    int status = 0;
    for (size_t i = 0; i < m->option.n && !status; i++) {
        status = evaluate_real(x, m->option.data[i], &option[i]);
    }
    for (size_t i = 0; i < 2 * n && !status; i++) {
        expr_id id = i < n ? m->target.data[i].lo : m->target.data[i - n].hi;
        bound[i] = id ? evaluate_new(x, id) : NULL;
        status = id && !bound[i] ? x->status : 0;
    }
    out[0] = x->var[m->loss];
    out[1] = x->var[m->share];
    out[2] = m->losses < 0 ? NULL : x->var[m->losses];
    for (size_t i = 0; i < n; i++) {
        out[3 + 2 * i] = x->var[m->target.data[i].error];
        out[4 + 2 * i] = m->target.data[i].profile < 0 ? NULL : x->var[m->target.data[i].profile];
    }
    struct surroundings around = {x, s};
    const struct crnl_minimize_spec *spec = minimize_spec(x, s);
    const double *const *lo = (const double *const *)bound;
    status = status ? status : crnl_minimize(x->ctx, spec, option, lo, lo + n, execute_tried, &around, out);
    for (size_t i = 0; i < 2 * n; i++) {
        free(bound[i]);
    }
    free(bound);
    free(option);
    free(out);
    return status;
}

static int execute_loss(struct execution *x, const struct stmt *s)
{
    double loss = 0;
    int64_t wants = 0;
    int status = evaluate_real(x, s->value, &loss);
    status = status ? status : crnl_loss(x->ctx, loss, &wants);
    for (int way = 0; way < 2; way++) {
        size_t n = way ? s->term.n : s->index.n;
        bool wanted = (wants & (way ? CRNL_WANTS_RESIDUALS : CRNL_WANTS_GRADIENT)) != 0;
        for (size_t i = 0; wanted && i < n && !status; i++) {
            expr_id id = way ? s->term.data[i] : s->index.data[i];
            double *v = evaluate_new(x, id);
            int32_t size = (int32_t)shape_size(expr_get(x->in->source->ex, id)->shape);
            status = !v    ? x->status
                     : way ? crnl_loss_residuals(x->ctx, size, v)
                           : crnl_loss_gradient(x->ctx, (int32_t)i, size, v);
            free(v);
        }
    }
    return status;
}

static int execute_learn_row(struct execution *x, const struct stmt *s)
{
    double **field = mem_zalloc(s->index.n + 1, sizeof *field);
    int status = 0;
    for (size_t i = 0; i < s->index.n && !status; i++) {
        field[i] = evaluate_new(x, s->index.data[i]);
        status = field[i] ? 0 : x->status;
    }
    status = status ? status : crnl_learn_row(x->ctx, s->var, (const double *const *)field);
    for (size_t i = 0; i < s->index.n; i++) {
        free(field[i]);
    }
    free(field);
    return status;
}

static int execute_file(struct execution *x, const struct stmt *s)
{
    const char *file = NULL;
    int status = evaluate_text(x, s->text, &file);
    if (status) {
        return status;
    }
    if (s->kind == STMT_LOAD) {
        return crnl_neural_load(x->ctx, s->var, file, s->line);
    }
    double *value = s->value ? evaluate_new(x, s->value) : NULL;
    status = s->value && !value ? x->status : crnl_neural_save(x->ctx, s->var, value, file, s->line);
    free(value);
    return status;
}

static int execute_start(struct execution *x, const struct stmt *s)
{
    double *value = evaluate_new(x, s->value);
    int status = value ? crnl_neural_start(x->ctx, s->var, value, s->line) : x->status;
    free(value);
    return status;
}

static int execute(struct execution *x, const struct stmt *s)
{
    x->line = s->line;
    int status = 0;
    switch (s->kind) {
    case STMT_IF: return execute_if(x, s);
    case STMT_FOR: return execute_for(x, s);
    case STMT_WHILE: return execute_while(x, s);
    case STMT_ASSIGN: status = execute_assign(x, s); break;
    case STMT_STORE: status = execute_store(x, s); break;
    case STMT_RUN: status = execute_run(x, s); break;
    case STMT_ROWS: return execute_rows(x, s);
    case STMT_SET: status = execute_bind(x, s->bind, BIND_SET); break;
    case STMT_PRINT: status = execute_print(x, s); break;
    case STMT_RECORD: status = execute_record(x, s); break;
    case STMT_SERIES: status = crnl_series_begin(x->ctx, s->var, s->net, s->trace, s->line); break;
    case STMT_ASSERT: status = execute_assert(x, s); break;
    case STMT_WARN: status = execute_warn(x, s); break;
    case STMT_PLOT: status = execute_plot(x, s); break;
    case STMT_IMAGE: status = execute_image(x, s); break;
    case STMT_LEARN: status = execute_learn(x, s); break;
    case STMT_LEARN_ROW: status = execute_learn_row(x, s); break;
    case STMT_START: status = execute_start(x, s); break;
    case STMT_MINIMIZE: status = execute_minimize(x, s); break;
    case STMT_LOSS: status = execute_loss(x, s); break;
    case STMT_SAVE:
    case STMT_LOAD: status = execute_file(x, s); break;
    case STMT_EXCHANGE: status = crnl_exchange(x->ctx, s->var, x->var[s->var]); break;
    default: assert(!"not a statement"); break;
    }
    crnl_text_reset(x->ctx);
    return status;
}

static int execute_block(struct execution *x, const struct block *b)
{
    int status = 0;
    for (size_t i = 0; b && !status && i < b->stmt.n; i++) {
        status = execute(x, b->stmt.data[i]);
    }
    return status;
}

int interpret_experiment(struct crnl_ctx *ctx)
{
    const struct interpreted_program *self = (const void *)crnl_get_program(ctx);
    const struct program *p = self->interpreter->source;
    struct execution x = {.ctx = ctx, .in = self->interpreter};
    x.var = mem_alloc((p->variable.n + 1) * sizeof *x.var);
    for (size_t i = 0; i < p->variable.n; i++) {
        x.var[i] = mem_zalloc(value_bytes(p->variable.data[i].type, p->variable.data[i].shape) + 1, 1);
    }
    int status = execute_block(&x, p->body);
    for (size_t i = 0; i < p->variable.n; i++) {
        free(x.var[i]);
    }
    free(x.var);
    return status;
}
