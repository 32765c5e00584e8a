/* Reverse mode differentiation of tapes: the derivatives by what a tape reads, from those by what it
 * writes. */
#include <math.h>
#include <stdlib.h>

#include "rt_backwards.h"

static bool reads_registers(int32_t op)
{
    return op != CRNL_TAPE_CONST && op != CRNL_TAPE_PARAM && op != CRNL_TAPE_GLOBAL;
}

/* Executes all instructions, keeping operands. It runs one instruction at a time, so that the meaning of each
 * is defined in one place only. */
void rt_reversal_forward(struct rt_reversal *r, const struct crnl_tape *tape, const double *global,
                         double *param)
{
    struct crnl_tape one = *tape;
    one.n_code = 1;
    for (int32_t i = 0; i < tape->n_code; i++) {
        const struct crnl_tape_code *c = &tape->code[i];
        if (c->op == CRNL_TAPE_OUT) {
            continue; /* values are already known to the caller */
        }
        if (reads_registers(c->op)) {
            r->kept[i] = (struct rt_operands){r->registers[c->a], r->registers[c->b]};
        }
        one.code = c;
        crnl_tape_run(&one, global, param, NULL, NULL, r->registers);
    }
}

/* d result / d a and d result / d b. */
static struct rt_operands slopes(int32_t op, double a, double b)
{
    switch ((enum crnl_tape_op)op) {
    case CRNL_TAPE_MOVE: return (struct rt_operands){1, 0};
    case CRNL_TAPE_NEG: return (struct rt_operands){-1, 0};
    case CRNL_TAPE_ABS: return (struct rt_operands){a < 0 ? -1 : 1, 0};
    case CRNL_TAPE_EXP: return (struct rt_operands){crnl_exp(a), 0};
    case CRNL_TAPE_LOG: return (struct rt_operands){1 / a, 0};
    case CRNL_TAPE_SQRT: return (struct rt_operands){0.5 / sqrt(a), 0};
    case CRNL_TAPE_SIN: return (struct rt_operands){crnl_cos(a), 0};
    case CRNL_TAPE_COS: return (struct rt_operands){-crnl_sin(a), 0};
    case CRNL_TAPE_TANH: return (struct rt_operands){1 - crnl_tanh(a) * crnl_tanh(a), 0};
    case CRNL_TAPE_ATAN: return (struct rt_operands){1 / (1 + a * a), 0};
    case CRNL_TAPE_ADD: return (struct rt_operands){1, 1};
    case CRNL_TAPE_SUB: return (struct rt_operands){1, -1};
    case CRNL_TAPE_MUL: return (struct rt_operands){b, a};
    case CRNL_TAPE_DIV: return (struct rt_operands){1 / b, -a / (b * b)};
    case CRNL_TAPE_MOD: return (struct rt_operands){1, -floor(a / b)};
    case CRNL_TAPE_POW: {
        double by_base = b == 0 ? 0 : b * crnl_pow(a, b - 1);
        return (struct rt_operands){by_base, a > 0 ? crnl_pow(a, b) * crnl_log(a) : 0};
    }
    case CRNL_TAPE_MIN: return (struct rt_operands){b < a ? 0 : 1, b < a ? 1 : 0};
    case CRNL_TAPE_MAX: return (struct rt_operands){b > a ? 0 : 1, b > a ? 1 : 0};
    default: return (struct rt_operands){0, 0}; /* piecewise constant functions */
    }
}

static bool is_binary(int32_t op)
{
    return (op >= CRNL_TAPE_ADD && op <= CRNL_TAPE_MAX);
}

void rt_reversal_create(struct rt_reversal *r, const struct crnl_tape *tape)
{
    r->registers = rt_alloc((size_t)tape->n_registers, sizeof *r->registers);
    r->bar = rt_alloc((size_t)tape->n_registers, sizeof *r->bar);
    r->kept = rt_alloc((size_t)tape->n_code, sizeof *r->kept);
}

void rt_reversal_destroy(struct rt_reversal *r)
{
    free(r->registers);
    free(r->bar);
    free(r->kept);
}

/* Goes backwards from the instruction before `end`. */
static void back(struct rt_reversal *r, const struct crnl_tape *tape, int32_t end, const uint8_t *fixed,
                 const double *out_bar, double *param_bar, double *global_bar)
{
    double *bar = r->bar;
    for (int32_t i = end; i-- > 0;) {
        const struct crnl_tape_code *c = &tape->code[i];
        if (c->op == CRNL_TAPE_OUT) {
            bar[c->a] += fixed && fixed[c->dst] ? 0 : out_bar[c->dst];
            continue;
        }
        double g = bar[c->dst];
        if (c->op == CRNL_TAPE_SELECT) {
            if (r->kept[i].a != 0) {
                bar[c->dst] = 0;
                bar[c->b] += g;
            }
            continue;
        }
        bar[c->dst] = 0;
        if (g == 0) {
            continue; /* a slope may be infinite although no result depends on it */
        }
        if (c->op == CRNL_TAPE_PARAM) {
            param_bar[c->a] += g;
        } else if (c->op == CRNL_TAPE_GLOBAL && global_bar) {
            global_bar[c->a] += g;
        } else if (reads_registers(c->op)) {
            struct rt_operands slope = slopes(c->op, r->kept[i].a, r->kept[i].b);
            bar[c->a] += slope.a != 0 ? g * slope.a : 0;
            if (is_binary(c->op) && slope.b != 0) {
                bar[c->b] += g * slope.b;
            }
        }
    }
}

void rt_reversal_back(struct rt_reversal *r, const struct crnl_tape *tape, const uint8_t *fixed,
                      double *out_bar, double *param_bar, double *global_bar)
{
    back(r, tape, tape->n_code, fixed, out_bar, param_bar, global_bar);
}

void rt_reversal_from(struct rt_reversal *r, const struct crnl_tape *tape, int32_t at, double a_bar,
                      double b_bar, double *param_bar, double *global_bar)
{
    const struct crnl_tape_code *c = &tape->code[at];
    r->bar[c->a] += a_bar;
    if (is_binary(c->op) || c->op >= CRNL_TAPE_EQ) {
        r->bar[c->b] += b_bar;
    }
    back(r, tape, at, NULL, NULL, param_bar, global_bar);
}

void rt_tape_reverse(const struct crnl_tape *tape, const double *global, double *param, const uint8_t *fixed,
                     double *out_bar, double *param_bar, double *global_bar)
{
    struct rt_reversal r;
    rt_reversal_create(&r, tape);
    rt_reversal_forward(&r, tape, global, param);
    rt_reversal_back(&r, tape, fixed, out_bar, param_bar, global_bar);
    rt_reversal_destroy(&r);
}
