/* Tapes: the register machine behind parameter defaults, initial amounts and rate constants. */
#include <math.h>

#include "rt_backwards.h"

/* An instruction: in one place, for values alone and for values whose operands are kept. */
static inline __attribute__((always_inline)) void execute(const struct crnl_tape_code *c,
                                                          const double *constant, const double *global,
                                                          const double *param, const uint8_t *fixed,
                                                          double *out, double *r)
{
    switch ((enum crnl_tape_op)c->op) {
    case CRNL_TAPE_CONST: r[c->dst] = constant[c->a]; break;
    case CRNL_TAPE_PARAM: r[c->dst] = param[c->a]; break;
    case CRNL_TAPE_GLOBAL: r[c->dst] = global[c->a]; break;
    case CRNL_TAPE_OUT:
        if (!fixed || !fixed[c->dst]) {
            out[c->dst] = r[c->a];
        }
        break;
    case CRNL_TAPE_MOVE: r[c->dst] = r[c->a]; break;
    case CRNL_TAPE_NEG: r[c->dst] = -r[c->a]; break;
    case CRNL_TAPE_NOT: r[c->dst] = r[c->a] == 0; break;
    case CRNL_TAPE_ABS: r[c->dst] = fabs(r[c->a]); break;
    case CRNL_TAPE_EXP: r[c->dst] = crnl_exp(r[c->a]); break;
    case CRNL_TAPE_LOG: r[c->dst] = crnl_log(r[c->a]); break;
    case CRNL_TAPE_SQRT: r[c->dst] = sqrt(r[c->a]); break;
    case CRNL_TAPE_SIN: r[c->dst] = crnl_sin(r[c->a]); break;
    case CRNL_TAPE_COS: r[c->dst] = crnl_cos(r[c->a]); break;
    case CRNL_TAPE_TANH: r[c->dst] = crnl_tanh(r[c->a]); break;
    case CRNL_TAPE_ATAN: r[c->dst] = crnl_atan(r[c->a]); break;
    case CRNL_TAPE_FACTORIAL: r[c->dst] = crnl_factorial(r[c->a]); break;
    case CRNL_TAPE_FLOOR: r[c->dst] = floor(r[c->a]) + 0.0; break;
    case CRNL_TAPE_ADD: r[c->dst] = r[c->a] + r[c->b]; break;
    case CRNL_TAPE_SUB: r[c->dst] = r[c->a] - r[c->b]; break;
    case CRNL_TAPE_MUL: r[c->dst] = r[c->a] * r[c->b]; break;
    case CRNL_TAPE_DIV: r[c->dst] = r[c->a] / r[c->b]; break;
    case CRNL_TAPE_MOD: r[c->dst] = crnl_mod(r[c->a], r[c->b]); break;
    case CRNL_TAPE_POW: r[c->dst] = crnl_pow(r[c->a], r[c->b]); break;
    case CRNL_TAPE_MIN: r[c->dst] = r[c->b] < r[c->a] ? r[c->b] : r[c->a]; break;
    case CRNL_TAPE_MAX: r[c->dst] = r[c->b] > r[c->a] ? r[c->b] : r[c->a]; break;
    case CRNL_TAPE_EQ: r[c->dst] = r[c->a] == r[c->b]; break;
    case CRNL_TAPE_NE: r[c->dst] = r[c->a] != r[c->b]; break;
    case CRNL_TAPE_LT: r[c->dst] = r[c->a] < r[c->b]; break;
    case CRNL_TAPE_LE: r[c->dst] = r[c->a] <= r[c->b]; break;
    case CRNL_TAPE_AND: r[c->dst] = r[c->a] != 0 && r[c->b] != 0; break;
    case CRNL_TAPE_OR: r[c->dst] = r[c->a] != 0 || r[c->b] != 0; break;
    case CRNL_TAPE_SELECT: r[c->dst] = r[c->a] != 0 ? r[c->b] : r[c->dst]; break;
    case CRNL_TAPE_COUNT: break;
    }
}

void crnl_tape_run(const struct crnl_tape *tape, const double *global, double *param, const uint8_t *fixed,
                   double *out, double *registers)
{
    for (int32_t i = 0; i < tape->n_code; i++) {
        execute(&tape->code[i], tape->constant, global, param, fixed, out, registers);
    }
}

void rt_reversal_forward(struct rt_reversal *r, const struct crnl_tape *tape, const double *global,
                         double *param)
{
    double *v = r->registers;
    for (int32_t i = 0; i < tape->n_code; i++) {
        const struct crnl_tape_code *c = &tape->code[i];
        bool is_leaf = c->op == CRNL_TAPE_CONST || c->op == CRNL_TAPE_PARAM || c->op == CRNL_TAPE_GLOBAL;
        if (c->op == CRNL_TAPE_OUT) {
            continue; /* values are already known to the caller */
        }
        struct rt_operands *kept = &r->kept[i];
        if (!is_leaf) {
            *kept = (struct rt_operands){v[c->a], v[c->b], 0};
        }
        execute(c, tape->constant, global, param, NULL, NULL, v);
        kept->result = v[c->dst];
    }
}
