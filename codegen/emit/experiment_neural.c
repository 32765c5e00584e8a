/* Statements about neural models: learn, save, load. */
#include "codegen/emit/experiment.h"
#include "codegen/emit/neural.h"

static LLVMValueRef learn_spec(struct experiment *x, const struct learn *l, int32_t line)
{
    struct emit *e = x->b.e;
    LLVMValueRef member[] = {
        emit_i32(e, l->neural),
        emit_i32(e, l->statement),
        emit_i32(e, line),
        emit_i32(e, l->data),
        emit_i32(e, program_learn_rows(x->program, l, 0)),
        emit_i32(e, program_learn_rows(x->program, l, 1)),
        emit_i32(e, l->loss_record),
        emit_i32(e, l->accuracy_record),
        emit_external(e, neural_learner_symbol(l->rule)),
    };
    LLVMValueRef value = LLVMConstStructInContext(e->context, member, 9, false);
    emit_check_size(e, value, sizeof(struct crnl_learn_spec));
    return emit_constant(e, "learn", value);
}

/* The arrays of the given rows. */
static LLVMValueRef given_rows(struct experiment *x, const struct learn *l)
{
    struct emit_body *b = &x->b;
    LLVMValueRef list = emit_buffer(b, TYPE_TEXT, 4);
    for (int i = 0; i < 4 && l->input[i / 2]; i++) {
        expr_id e = i % 2 ? l->label[i / 2] : l->input[i / 2];
        size_t mark = experiment_root(x, e);
        emit_put(b, TYPE_TEXT, list, emit_i64(b->e, i), emit_values(b, e, TYPE_REAL));
        emit_release(b, mark);
    }
    return list;
}

void experiment_learn(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    const struct learn *l = s->learn;
    LLVMValueRef option = emit_buffer(b, TYPE_REAL, (int64_t)l->option.n);
    for (size_t i = 0; i < l->option.n; i++) {
        size_t mark = experiment_root(x, l->option.data[i]);
        emit_put(b, TYPE_REAL, option, emit_i64(b->e, (int64_t)i), emit_scalar_real(b, l->option.data[i]));
        emit_release(b, mark);
    }
    LLVMValueRef result = emit_buffer(b, TYPE_REAL, 2);
    LLVMValueRef args[] = {b->ctx, learn_spec(x, l, s->line), option, given_rows(x, l), result};
    experiment_call(x, ABI_crnl_learn, args, 5);
    emit_put(b, TYPE_REAL, x->variable[l->loss_var], NULL, emit_get(b, TYPE_REAL, result, NULL));
    emit_put(b, TYPE_REAL, x->variable[l->accuracy_var], NULL,
             emit_get(b, TYPE_REAL, result, emit_i64(b->e, 1)));
}

static void file(struct experiment *x, const struct stmt *s, enum emit_abi which)
{
    struct emit *e = x->b.e;
    size_t mark = experiment_root(x, s->text);
    LLVMValueRef name = emit_scalar(&x->b, s->text);
    emit_release(&x->b, mark);
    LLVMValueRef args[] = {x->b.ctx, emit_i32(e, s->var), name, emit_i32(e, s->line)};
    experiment_call(x, which, args, 4);
}

void experiment_save(struct experiment *x, const struct stmt *s)
{
    file(x, s, ABI_crnl_neural_save);
}

void experiment_load(struct experiment *x, const struct stmt *s)
{
    file(x, s, ABI_crnl_neural_load);
}
