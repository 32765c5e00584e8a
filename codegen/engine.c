#include "codegen/engine_base.h"

const struct crnl_program *engine_program(const struct engine *e)
{
    return e->program;
}

void engine_destroy(struct engine *e)
{
    if (e) {
        e->destroy(e);
    }
}

int32_t engine_given_arguments(const struct run *r)
{
    return (r->every ? CRNL_GIVEN_EVERY : 0) | (r->rtol ? CRNL_GIVEN_RTOL : 0) |
           (r->atol ? CRNL_GIVEN_ATOL : 0) | (r->dt ? CRNL_GIVEN_DT : 0) |
           (r->volume ? CRNL_GIVEN_VOLUME : 0) | (r->runs ? CRNL_GIVEN_RUNS : 0);
}

int32_t engine_int_op(enum expr_op op)
{
    switch (op) {
    case EXPR_NEG: return 'n';
    case EXPR_ABS: return 'a';
    case EXPR_SUB: return '-';
    case EXPR_MUL: return '*';
    case EXPR_POW: return '^';
    case EXPR_MOD: return '%';
    default: return '+';
    }
}
