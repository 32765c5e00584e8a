/* Reverse mode differentiation of tapes: the derivatives by what a tape reads, from those by what it
 * writes. */
#include <math.h>
#include <stdlib.h>

#include "rt_backwards.h"

static bool reads_registers(int32_t op)
{
    return op != CRNL_TAPE_CONST && op != CRNL_TAPE_PARAM && op != CRNL_TAPE_GLOBAL;
}

/* d result / d a and d result / d b. */
struct slopes {
    double a, b;
};
static struct slopes slopes(int32_t op, const struct rt_operands *of)
{
    double a = of->a, b = of->b;
    switch ((enum crnl_tape_op)op) {
    case CRNL_TAPE_MOVE: return (struct slopes){1, 0};
    case CRNL_TAPE_NEG: return (struct slopes){-1, 0};
    case CRNL_TAPE_ABS: return (struct slopes){a < 0 ? -1 : 1, 0};
    case CRNL_TAPE_EXP: return (struct slopes){of->result, 0};
    case CRNL_TAPE_LOG: return (struct slopes){1 / a, 0};
    case CRNL_TAPE_SQRT: return (struct slopes){0.5 / of->result, 0};
    case CRNL_TAPE_SIN: return (struct slopes){crnl_cos(a), 0};
    case CRNL_TAPE_COS: return (struct slopes){-crnl_sin(a), 0};
    case CRNL_TAPE_TANH: return (struct slopes){1 - of->result * of->result, 0};
    case CRNL_TAPE_ATAN: return (struct slopes){1 / (1 + a * a), 0};
    case CRNL_TAPE_ADD: return (struct slopes){1, 1};
    case CRNL_TAPE_SUB: return (struct slopes){1, -1};
    case CRNL_TAPE_MUL: return (struct slopes){b, a};
    case CRNL_TAPE_DIV: return (struct slopes){1 / b, -a / (b * b)};
    case CRNL_TAPE_MOD: return (struct slopes){1, -floor(a / b)};
    case CRNL_TAPE_POW: {
        double by_base = b == 0 ? 0 : b * crnl_pow(a, b - 1);
        return (struct slopes){by_base, a > 0 ? crnl_pow(a, b) * crnl_log(a) : 0};
    }
    case CRNL_TAPE_MIN: return (struct slopes){b < a ? 0 : 1, b < a ? 1 : 0};
    case CRNL_TAPE_MAX: return (struct slopes){b > a ? 0 : 1, b > a ? 1 : 0};
    default: return (struct slopes){0, 0}; /* piecewise constant functions */
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
            struct slopes slope = slopes(c->op, &r->kept[i]);
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
