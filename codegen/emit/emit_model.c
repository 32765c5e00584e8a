/* The constant struct crnl_model of a network. Numbers are emitted as bytes and names as one text, so that a
 * network of a million reactions costs a few calls of memcpy. */
#include "codegen/emit/emit.h"

#include <string.h>

struct counts { /* lengths that must be computed from the arrays */
    int32_t lhs, net, dep, grad, sums, jac, form, reads;
};

static struct counts count(const struct crnl_model *m)
{
    int32_t n = m->n_reactions;
    struct counts c = {0};
    c.lhs = m->lhs_ptr ? m->lhs_ptr[n] : 0;
    c.net = m->net_ptr ? m->net_ptr[n] : 0;
    c.dep = m->dep_ptr ? m->dep_ptr[n] : 0;
    c.grad = m->grad_ptr ? m->grad_ptr[n] : 0;
    c.sums = m->sum_ptr ? m->sum_ptr[m->n_sums] : 0;
    c.jac = m->jac_ptr ? m->jac_ptr[c.lhs + c.grad] : 0;
    c.form = m->form_ptr ? m->form_ptr[m->n_exprs] : 0;
    c.reads = m->reads_ptr ? m->reads_ptr[m->n_exprs] : 0;
    return c;
}

static LLVMValueRef structure(struct emit *e, LLVMValueRef *member, unsigned n)
{
    return LLVMConstStructInContext(e->context, member, n, false);
}

/* ORDER crnl_tape */
static LLVMValueRef tape(struct emit *e, const struct crnl_tape *t)
{
    LLVMValueRef member[] = {
        emit_i32(e, t->n_code),
        emit_i32(e, t->n_const),
        emit_i32(e, t->n_registers),
        emit_blob(e, "code", t->code, (size_t)t->n_code * sizeof *t->code),
        emit_blob(e, "constant", t->constant, (size_t)t->n_const * sizeof *t->constant),
    };
    return structure(e, member, 5);
}

/* ORDER crnl_symbol */
static LLVMValueRef symbols(struct emit *e, const struct crnl_model *m)
{
    size_t n = (size_t)m->n_symbols, at = 0;
    if (n == 0) {
        return e->null;
    }
    const char **name = mem_alloc(n * sizeof *name);
    LLVMValueRef *entry = mem_alloc(n * sizeof *entry);
    VEC(int32_t) dims = {0};
    for (size_t i = 0; i < n; i++) {
        name[i] = m->symbol[i].name;
        for (int32_t k = 0; k < m->symbol[i].rank; k++) {
            vec_push(&dims, m->symbol[i].dim[k]);
        }
    }
    emit_text_list(e, "symbol_name", name, n, entry);
    LLVMValueRef dim = emit_blob(e, "symbol_dim", dims.data, dims.n * sizeof *dims.data);
    for (size_t i = 0; i < n; i++) {
        const struct crnl_symbol *s = &m->symbol[i];
        LLVMValueRef offset = emit_i64(e, (int64_t)at);
        LLVMValueRef member[] = {
            entry[i],
            emit_i32(e, s->kind),
            emit_i32(e, s->flags),
            emit_i32(e, s->rank),
            s->rank > 0 ? LLVMConstInBoundsGEP2(e->i32, dim, &offset, 1) : e->null,
            emit_i32(e, s->size),
            emit_i32(e, s->first),
            s->unit ? emit_text(e, s->unit) : e->null,
            s->doc ? emit_text(e, s->doc) : e->null,
        };
        entry[i] = structure(e, member, 9);
        at += (size_t)s->rank;
    }
    emit_check_size(e, entry[0], sizeof(struct crnl_symbol));
    LLVMValueRef table = emit_table(e, "symbol", LLVMTypeOf(entry[0]), entry, n);
    vec_free(&dims);
    free(entry);
    free(name);
    return table;
}

/* ORDER crnl_stat_request */
static LLVMValueRef stats(struct emit *e, const struct crnl_model *m)
{
    size_t n = (size_t)m->n_stats;
    if (n == 0) {
        return e->null;
    }
    LLVMValueRef *entry = mem_alloc(n * sizeof *entry);
    for (size_t i = 0; i < n; i++) {
        const struct crnl_stat_request *s = &m->stat[i];
        size_t size = (size_t)s->n_elems;
        LLVMValueRef member[] = {
            emit_i32(e, s->kind),
            emit_i32(e, s->n_elems),
            emit_blob(e, "stat_elem", s->elem, size * sizeof *s->elem),
            emit_texts(e, "stat_name", s->name, size),
            emit_i32(e, s->of_rows),
            emit_i32(e, s->bound[0]),
            emit_i32(e, s->bound[1]),
            emit_i32(e, s->course),
            emit_i32(e, s->n_times),
        };
        entry[i] = structure(e, member, 9);
    }
    emit_check_size(e, entry[0], sizeof(struct crnl_stat_request));
    LLVMValueRef table = emit_table(e, "stat", LLVMTypeOf(entry[0]), entry, n);
    free(entry);
    return table;
}

/* The list has all members of the structure in their order. */
typedef void function(void);
#define INT(field)         FIELD(int32_t, field)
#define REAL(field)        FIELD(double, field)
#define TEXT(field)        FIELD(const char *, field)
#define ENV(field)         FIELD(void *, field)
#define DATA(field, size)  FIELD(const void *, field)
#define TEXTS(field, size) FIELD(const char *const *, field)
#define TAPE(field)        FIELD(struct crnl_tape, field)
#define CODE(field)        FIELD(function *, field)
#define SYMBOLS(field)     FIELD(const struct crnl_symbol *, field)
#define STATS(field)       FIELD(const struct crnl_stat_request *, field)
struct listed {
#define FIELD(type, field) type field;
#include "codegen/emit/model_fields.def"
#undef FIELD
};
#define FIELD(type, field)                                                               \
    _Static_assert(offsetof(struct listed, field) == offsetof(struct crnl_model, field), \
                   "codegen/emit/model_fields.def: a member is missing before " #field);
#include "codegen/emit/model_fields.def"
_Static_assert(sizeof(struct listed) == sizeof(struct crnl_model),
               "codegen/emit/model_fields.def: a member is missing at the end");
#undef INT
#undef REAL
#undef TEXT
#undef ENV
#undef DATA
#undef TEXTS
#undef TAPE
#undef CODE
#undef SYMBOLS
#undef STATS

LLVMValueRef emit_model(struct emit *e, const struct crnl_model *m, const struct emit_net *code)
{
    struct counts sizes = count(m), *n = &sizes;
    LLVMValueRef member[] = {
#define INT(field)         emit_i32(e, (int64_t)m->field),
#define REAL(field)        emit_real(e, m->field),
#define TEXT(field)        emit_text(e, m->field),
#define ENV(field)         e->null,
#define DATA(field, size)  emit_blob(e, #field, m->field, (size_t)(size) * sizeof *m->field),
#define TEXTS(field, size) emit_texts(e, #field, m->field, (size_t)(size)),
#define TAPE(field)        tape(e, &m->field),
#define CODE(field)        code->field ? code->field : e->null,
#define SYMBOLS(field)     symbols(e, m),
#define STATS(field)       stats(e, m),
#include "codegen/emit/model_fields.def"
    };
    LLVMValueRef value = structure(e, member, sizeof member / sizeof *member);
    emit_check_size(e, value, sizeof *m);
    return emit_constant(e, "model", value);
}
