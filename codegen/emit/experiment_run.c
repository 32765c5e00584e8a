/* Statements that call the simulator: run, set, plot, image. */
#include "codegen/emit/emit_members.h"
#include "codegen/engine_base.h"
#include "codegen/emit/experiment.h"

#include <assert.h>

void experiment_call(struct experiment *x, enum emit_abi which, LLVMValueRef *args, unsigned n)
{
    emit_check(&x->b, emit_call(x->b.e, which, args, n));
}

void experiment_bind(struct experiment *x, const struct bind *d, bool lasting)
{
    struct emit_body *b = &x->b;
    struct emit *e = b->e;
    size_t mark = emit_mark(b);
    LLVMValueRef first = emit_i32(e, d->first);
    if (d->n_index > 0) {
        struct shape shape = x->program->net.data[d->net].net->symbol.data[d->symbol].shape;
        LLVMValueRef place = experiment_place(x, shape, d->index, (size_t)d->n_index, d->index_line);
        first = LLVMBuildTrunc(e->builder, place, e->i32, "");
    }
    experiment_root(x, d->value);
    bool broadcast = expr_get(b->pool, d->value)->shape.rank == 0;
    LLVMValueRef value = emit_values(b, d->value, TYPE_REAL);
    emit_release(b, mark);
    LLVMValueRef args[] = {
        b->ctx,
        emit_i32(e, d->net),
        emit_i32(e, d->symbol),
        first,
        emit_i32(e, d->count),
        value,
        emit_i32(e, broadcast),
        emit_i32(e, lasting ? BIND_SET : d->kind),
        emit_i32(e, d->line),
    };
    experiment_call(x, ABI_crnl_bind, args, 9);
}

#define EMIT_OWN(name) rows_##name(e, m)
static LLVMValueRef rows_name(struct emit *e, const struct crnl_rows_spec *m)
{
    return emit_texts(e, "source", m->name, (size_t)m->n_sources);
}

static LLVMValueRef rows_spec(struct emit *e, const struct crnl_rows_spec *m)
{
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_ROWS_SPEC, value);
    return emit_constant(e, "rows", value);
}
#undef EMIT_OWN

#define EMIT_OWN(name) run_##name(e, m, r)
static LLVMValueRef run_method(struct emit *e, const struct crnl_run_spec *m, const struct run *r)
{
    (void)m;
    return emit_external(e, crnl_method_info[r->method].symbol);
}

static LLVMValueRef run_sink(struct emit *e, const struct crnl_run_spec *m, const struct run *r)
{
    return m->sink ? emit_external(e, crnl_sink_info[r->sink].symbol) : e->null;
}

static LLVMValueRef run_rows(struct emit *e, const struct crnl_run_spec *m, const struct run *r)
{
    (void)r;
    return m->rows ? rows_spec(e, m->rows) : e->null;
}

static LLVMValueRef run_spec(struct experiment *x, const struct stmt *s)
{
    struct emit *e = x->b.e;
    const struct run *r = s->run;
    struct crnl_run_spec spec = engine_run_spec(e->arena, x->program, x->plans, s), *m = &spec;
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_RUN_SPEC, value);
    return emit_constant(e, "spec", value);
}
#undef EMIT_OWN

/* Evaluates an argument of a run and stores it at `to`; absent ones are zero. A boolean is stored as an
 * integer. */
static void run_argument(struct experiment *x, LLVMValueRef to, size_t offset, enum expr_type type,
                         expr_id id)
{
    struct emit_body *b = &x->b;
    struct emit *e = b->e;
    LLVMValueRef v;
    if (!id) {
        v = LLVMConstNull(emit_memory_type(e, type));
    } else {
        size_t mark = experiment_root(x, id);
        assert(expr_get(b->pool, id)->type == type || type == TYPE_REAL);
        v = type == TYPE_REAL ? emit_scalar_real(b, id) : emit_scalar(b, id);
        v = type == TYPE_BOOL ? LLVMBuildZExt(e->builder, v, e->i64, "") : v;
        emit_release(b, mark);
    }
    emit_store(e, v, to, offset);
}

/* Stores the values of the options that are given. */
static LLVMValueRef options(struct experiment *x, const struct run *r)
{
    static const enum expr_type type[] = {
        [CRNL_REAL] = TYPE_REAL,    [CRNL_INT] = TYPE_INT,         [CRNL_BOOL] = TYPE_BOOL,
        [CRNL_INFINITE] = TYPE_INT, [CRNL_KERNEL_NAME] = TYPE_INT, [CRNL_LINEAR_NAME] = TYPE_INT};
    LLVMValueRef out = emit_alloca(&x->b, LLVMArrayType2(x->b.e->i64, CRNL_OPTION_COUNT), "options");
    size_t n = 0;
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        if (r->option[i]) {
            run_argument(x, out, n++ * sizeof(union crnl_value), type[crnl_option_info[i].type],
                         r->option[i]);
        }
    }
    return out;
}

static void put_real(struct experiment *x, LLVMValueRef to, size_t i, expr_id value)
{
    struct emit_body *b = &x->b;
    size_t mark = experiment_root(x, value);
    emit_put(b, TYPE_REAL, to, emit_i64(b->e, (int64_t)i), emit_scalar_real(b, value));
    emit_release(b, mark);
}

static LLVMValueRef captures(struct experiment *x, const struct run *r)
{
    if (r->capture.n == 0) {
        return x->b.e->null;
    }
    LLVMValueRef out = emit_buffer(&x->b, TYPE_REAL, (int64_t)r->capture.n);
    for (size_t i = 0; i < r->capture.n; i++) {
        put_real(x, out, i, r->capture.data[i]);
    }
    return out;
}

static LLVMValueRef keys(struct experiment *x, const struct run *r)
{
    if (r->source.n == 0) {
        return x->b.e->null;
    }
    LLVMValueRef out = emit_buffer(&x->b, TYPE_REAL, (int64_t)r->source.n);
    for (size_t i = 0; i < r->source.n; i++) {
        put_real(x, out, i, r->source.data[i].key);
    }
    return out;
}

/* Stores pointers to the times of each course. */
static LLVMValueRef times(struct experiment *x, const struct run *r)
{
    struct emit_body *b = &x->b;
    if (r->course.n == 0) {
        return b->e->null;
    }
    LLVMValueRef out = emit_alloca(b, LLVMArrayType2(b->e->i64, r->course.n), "times");
    for (size_t i = 0; i < r->course.n; i++) {
        expr_id id = r->course.data[i].times;
        int64_t n = shape_size(expr_get(b->pool, id)->shape);
        LLVMValueRef to = emit_buffer(b, TYPE_REAL, n);
        size_t mark = experiment_root(x, id);
        emit_copy(b, TYPE_REAL, to, emit_values(b, id, TYPE_REAL), n);
        emit_release(b, mark);
        emit_store(b->e, to, out, i * sizeof(double *));
    }
    return out;
}

void experiment_run(struct experiment *x, const struct stmt *s)
{
    struct emit *e = x->b.e;
    const struct run *r = s->run;
    for (size_t i = 0; i < r->bind.n; i++) {
        experiment_bind(x, &r->bind.data[i], false);
    }
    LLVMValueRef args = emit_alloca(&x->b, LLVMArrayType2(e->i64, sizeof(struct crnl_run_args) / 8), "args");
#define ARGUMENT(member, type, id) run_argument(x, args, offsetof(struct crnl_run_args, member), type, id)
    ARGUMENT(from, TYPE_REAL, r->from);
    ARGUMENT(after, TYPE_REAL, r->after);
    ARGUMENT(duration, TYPE_REAL, r->duration);
    ARGUMENT(every, TYPE_REAL, r->every);
    emit_store(e, options(x, r), args, offsetof(struct crnl_run_args, option));
    ARGUMENT(file, TYPE_TEXT, r->file);
#undef ARGUMENT
    emit_store(e, captures(x, r), args, offsetof(struct crnl_run_args, capture));
    emit_store(e, keys(x, r), args, offsetof(struct crnl_run_args, key));
    emit_store(e, times(x, r), args, offsetof(struct crnl_run_args, times));
    LLVMValueRef call[] = {x->b.ctx, run_spec(x, s), args};
    experiment_call(x, ABI_crnl_run, call, 3);
}

void experiment_rows_begin(struct experiment *x, const struct stmt *s)
{
    LLVMValueRef call[] = {x->b.ctx, run_spec(x, s)};
    experiment_call(x, ABI_crnl_rows_begin, call, 2);
}

/* The elements of an array or a scalar, in memory that lasts until the statement ends; NULL if there is
 * none. */
static LLVMValueRef drawn_values(struct experiment *x, expr_id id, int64_t *n)
{
    struct emit_body *b = &x->b;
    if (!id) {
        return b->e->null;
    }
    int64_t size = shape_size(expr_get(b->pool, id)->shape);
    size_t mark = experiment_root(x, id);
    LLVMValueRef v = emit_buffer(b, TYPE_REAL, size);
    emit_copy(b, TYPE_REAL, v, emit_values(b, id, TYPE_REAL), size);
    emit_release(b, mark);
    *n = size;
    return v;
}

static LLVMValueRef drawn_text(struct experiment *x, expr_id id)
{
    if (!id) {
        return x->b.e->null;
    }
    size_t mark = experiment_root(x, id);
    LLVMValueRef text = emit_scalar(&x->b, id);
    emit_release(&x->b, mark);
    return text;
}

static LLVMValueRef curve_spec(struct emit *e, const struct crnl_curve_spec *m)
{
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_CURVE_SPEC, value);
    return emit_constant(e, "curve", value);
}

static void draw(struct experiment *x, const struct drawn *d)
{
    struct emit_body *b = &x->b;
    struct emit *e = b->e;
    int64_t n = 0, unused;
    LLVMValueRef text = drawn_text(x, d->text), value = drawn_values(x, d->value, &n);
    switch (d->kind) {
    case DRAWN_PANEL: experiment_call(x, ABI_crnl_plot_panel, &b->ctx, 1); break;
    case DRAWN_OPTION: {
        LLVMValueRef args[] = {b->ctx, emit_i32(e, d->option), emit_i32(e, d->word), emit_i64(e, n), value,
                               text,   emit_i32(e, d->line)};
        experiment_call(x, ABI_crnl_plot_option, args, 7);
        break;
    }
    case DRAWN_CURVE: {
        LLVMValueRef at[2] = {drawn_values(x, d->x, &unused), drawn_values(x, d->y, &unused)};
        LLVMValueRef args[] = {b->ctx, curve_spec(e, &d->curve), value, at[0], at[1]};
        experiment_call(x, ABI_crnl_plot_curve, args, 5);
        break;
    }
    }
}

void experiment_plot(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    LLVMValueRef begin[] = {b->ctx, drawn_text(x, s->text), emit_i32(b->e, s->line)};
    experiment_call(x, ABI_crnl_plot_begin, begin, 3);
    for (size_t i = 0; i < s->drawn.n; i++) {
        draw(x, &s->drawn.data[i]);
    }
    experiment_call(x, ABI_crnl_plot_end, &b->ctx, 1);
}

void experiment_start(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    size_t mark = experiment_root(x, s->value);
    LLVMValueRef v = emit_values(b, s->value, TYPE_REAL);
    LLVMValueRef args[] = {b->ctx, emit_i32(b->e, s->var), v, emit_i32(b->e, s->line)};
    experiment_call(x, ABI_crnl_neural_start, args, 4);
    emit_release(b, mark);
}

void experiment_image(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    struct shape shape = expr_get(b->pool, s->value)->shape;
    size_t mark = experiment_root(x, s->value);
    LLVMValueRef v = emit_values(b, s->value, TYPE_REAL);
    emit_release(b, mark);
    mark = experiment_root(x, s->text);
    LLVMValueRef file = emit_scalar(b, s->text);
    emit_release(b, mark);
    LLVMValueRef args[] = {
        b->ctx, v, emit_i32(b->e, shape.dim[0]), emit_i32(b->e, shape.dim[1]), file, emit_i32(b->e, s->line)};
    experiment_call(x, ABI_crnl_image, args, 6);
}
