/* Statements about neural models: learn, save, load. */
#include "codegen/emit/emit_members.h"
#include "codegen/emit/experiment.h"
#include "codegen/emit/neural.h"
#include "codegen/engine_base.h"

#define EMIT_OWN(name) learn_##name(e, m)
static LLVMValueRef learn_name(struct emit *e, const struct crnl_learn_spec *m)
{
    return emit_texts(e, "field", m->name, (size_t)m->n_fields);
}

static LLVMValueRef learn_learner(struct emit *e, const struct crnl_learn_spec *m)
{
    return emit_external(e, neural_learner_symbol(m->learner));
}

static LLVMValueRef learn_spec(struct experiment *x, const struct stmt *s)
{
    struct emit *e = x->b.e;
    struct crnl_learn_spec spec = engine_learn_spec(e->arena, s), *m = &spec;
    LLVMValueRef value;
    EMIT_STRUCTURE(CRNL_LEARN_SPEC, value);
    return emit_constant(e, "learn", value);
}
#undef EMIT_OWN

void experiment_learn_begin(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    const struct learn *l = s->learn;
    LLVMValueRef option = emit_buffer(b, TYPE_REAL, (int64_t)l->option.n);
    for (size_t i = 0; i < l->option.n; i++) {
        size_t mark = experiment_root(x, l->option.data[i]);
        emit_put(b, TYPE_REAL, option, emit_i64(b->e, (int64_t)i), emit_scalar_real(b, l->option.data[i]));
        emit_release(b, mark);
    }
    LLVMValueRef args[] = {b->ctx, learn_spec(x, s), option};
    experiment_call(x, ABI_crnl_learn_begin, args, 3);
}

void experiment_learn_row(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    LLVMValueRef list = emit_buffer(b, TYPE_TEXT, (int64_t)s->index.n);
    for (size_t i = 0; i < s->index.n; i++) {
        size_t mark = experiment_root(x, s->index.data[i]);
        emit_put(b, TYPE_TEXT, list, emit_i64(b->e, (int64_t)i), emit_values(b, s->index.data[i], TYPE_REAL));
        emit_release(b, mark);
    }
    LLVMValueRef args[] = {b->ctx, emit_i32(b->e, s->var), list};
    experiment_call(x, ABI_crnl_learn_row, args, 3);
}

void experiment_learn_end(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    const struct learn *l = s->learn;
    LLVMValueRef result = emit_buffer(b, TYPE_REAL, CRNL_LEARN_RECORDS);
    experiment_call(x, ABI_crnl_learn_end, (LLVMValueRef[]){b->ctx, result}, 2);
    for (int32_t i = 0; i < l->n_records; i++) {
        emit_put(b, TYPE_REAL, x->variable[l->var[i]], NULL,
                 emit_get(b, TYPE_REAL, result, emit_i64(b->e, i)));
    }
}

static LLVMValueRef file_name(struct experiment *x, const struct stmt *s)
{
    size_t mark = experiment_root(x, s->text);
    LLVMValueRef name = emit_scalar(&x->b, s->text);
    emit_release(&x->b, mark);
    return name;
}

void experiment_save(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    LLVMValueRef name = file_name(x, s), value = b->e->null;
    size_t mark = s->value ? experiment_root(x, s->value) : 0;
    if (s->value) {
        value = emit_values(b, s->value, TYPE_REAL);
    }
    LLVMValueRef args[] = {b->ctx, emit_i32(b->e, s->var), value, name, emit_i32(b->e, s->line)};
    experiment_call(x, ABI_crnl_neural_save, args, 5);
    if (s->value) {
        emit_release(b, mark);
    }
}

void experiment_load(struct experiment *x, const struct stmt *s)
{
    struct emit *e = x->b.e;
    LLVMValueRef args[] = {x->b.ctx, emit_i32(e, s->var), file_name(x, s), emit_i32(e, s->line)};
    experiment_call(x, ABI_crnl_neural_load, args, 4);
}
