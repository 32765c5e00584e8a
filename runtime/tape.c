/* Tapes: the register machine behind parameter defaults, initial amounts and rate constants. */
#include <math.h>

#include "crnl_rt.h"

void crnl_tape_run(const struct crnl_tape *tape, const double *global, double *param, const uint8_t *fixed,
                   double *out, double *registers)
{
    double *r = registers;
    for (int32_t i = 0; i < tape->n_code; i++) {
        const struct crnl_tape_code *c = &tape->code[i];
        switch ((enum crnl_tape_op)c->op) {
        case CRNL_TAPE_CONST: r[c->dst] = tape->constant[c->a]; break;
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
}
