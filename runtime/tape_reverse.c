/* Tapes backwards: the derivative of a number by what a tape reads, from its derivative by what the tape writes. */
#include <math.h>
#include <stdlib.h>

#include "rt_gradient.h"

struct operands { /* of one instruction, before it was executed */
    double a, b;
};

static bool reads_registers(int32_t op)
{
    return op != CRNL_TAPE_CONST && op != CRNL_TAPE_PARAM && op != CRNL_TAPE_GLOBAL;
}

/* Executes all, keeping operands. An instruction at a time, so that the meaning of each stands in one place. */
static void forward(const struct crnl_tape *tape, const double *global, double *param, double *r,
                    struct operands *kept)
{
    struct crnl_tape one = *tape;
    one.n_code = 1;
    for (int32_t i = 0; i < tape->n_code; i++) {
        const struct crnl_tape_code *c = &tape->code[i];
        if (c->op == CRNL_TAPE_OUT) {
            continue; /* parameters have their values already */
        }
        if (reads_registers(c->op)) {
            kept[i] = (struct operands){r[c->a], r[c->b]};
        }
        one.code = c;
        crnl_tape_run(&one, global, param, NULL, NULL, r);
    }
}

/* d result / d a and d result / d b. */
static struct operands slopes(int32_t op, double a, double b)
{
    switch ((enum crnl_tape_op)op) {
    case CRNL_TAPE_MOVE: return (struct operands){1, 0};
    case CRNL_TAPE_NEG: return (struct operands){-1, 0};
    case CRNL_TAPE_ABS: return (struct operands){a < 0 ? -1 : 1, 0};
    case CRNL_TAPE_EXP: return (struct operands){crnl_exp(a), 0};
    case CRNL_TAPE_LOG: return (struct operands){1 / a, 0};
    case CRNL_TAPE_SQRT: return (struct operands){0.5 / sqrt(a), 0};
    case CRNL_TAPE_SIN: return (struct operands){crnl_cos(a), 0};
    case CRNL_TAPE_COS: return (struct operands){-crnl_sin(a), 0};
    case CRNL_TAPE_TANH: return (struct operands){1 - crnl_tanh(a) * crnl_tanh(a), 0};
    case CRNL_TAPE_ADD: return (struct operands){1, 1};
    case CRNL_TAPE_SUB: return (struct operands){1, -1};
    case CRNL_TAPE_MUL: return (struct operands){b, a};
    case CRNL_TAPE_DIV: return (struct operands){1 / b, -a / (b * b)};
    case CRNL_TAPE_MOD: return (struct operands){1, -floor(a / b)};
    case CRNL_TAPE_POW: {
        double by_base = b == 0 ? 0 : b * crnl_pow(a, b - 1);
        return (struct operands){by_base, a > 0 ? crnl_pow(a, b) * crnl_log(a) : 0};
    }
    case CRNL_TAPE_MIN: return (struct operands){b < a ? 0 : 1, b < a ? 1 : 0};
    case CRNL_TAPE_MAX: return (struct operands){b > a ? 0 : 1, b > a ? 1 : 0};
    default: return (struct operands){0, 0}; /* piecewise constant */
    }
}

static bool is_binary(int32_t op)
{
    return (op >= CRNL_TAPE_ADD && op <= CRNL_TAPE_MAX);
}

void rt_tape_reverse(const struct crnl_tape *tape, const double *global, double *param, const uint8_t *fixed,
                     double *out_bar, double *param_bar, double *global_bar)
{
    size_t registers = (size_t)tape->n_registers;
    double *r = rt_alloc(registers, sizeof *r), *bar = rt_alloc(registers, sizeof *bar);
    struct operands *kept = rt_alloc((size_t)tape->n_code, sizeof *kept);
    forward(tape, global, param, r, kept);
    for (int32_t i = tape->n_code; i-- > 0;) {
        const struct crnl_tape_code *c = &tape->code[i];
        if (c->op == CRNL_TAPE_OUT) {
            bar[c->a] += fixed && fixed[c->dst] ? 0 : out_bar[c->dst];
            continue;
        }
        double g = bar[c->dst];
        if (c->op == CRNL_TAPE_SELECT) {
            if (kept[i].a != 0) {
                bar[c->dst] = 0;
                bar[c->b] += g;
            }
            continue;
        }
        bar[c->dst] = 0;
        if (g == 0) {
            continue; /* a slope may be infinite where nothing depends on it */
        }
        if (c->op == CRNL_TAPE_PARAM) {
            param_bar[c->a] += g;
        } else if (c->op == CRNL_TAPE_GLOBAL && global_bar) {
            global_bar[c->a] += g;
        } else if (reads_registers(c->op)) {
            struct operands slope = slopes(c->op, kept[i].a, kept[i].b);
            bar[c->a] += slope.a != 0 ? g * slope.a : 0;
            if (is_binary(c->op) && slope.b != 0) {
                bar[c->b] += g * slope.b;
            }
        }
    }
    free(r);
    free(bar);
    free(kept);
}
