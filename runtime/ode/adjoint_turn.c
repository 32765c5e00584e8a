/* The derivative of the time at which a law that reads the time jumps. The value of a turn
 * (runtime/rt_turns.h) consists of comparisons and `floor`. The time is that at which the result of one of
 * these changes, because its operands become equal, a(t, p) = b(t, p), or the operand passes a whole number.
 * By implicit differentiation t moves by -(a_p - b_p) / (a_t - b_t). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_adjoint.h"

bool adjoint_turns_move(const struct crnl_model *m)
{
    for (int32_t i = 0; i < m->turn.n_code; i++) {
        const struct crnl_tape_code *c = &m->turn.code[i];
        if (c->op == CRNL_TAPE_PARAM || (c->op == CRNL_TAPE_GLOBAL && c->a > 0)) {
            return true;
        }
    }
    return false;
}

static bool is_step(int32_t op)
{
    return op == CRNL_TAPE_FLOOR || op == CRNL_TAPE_LT || op == CRNL_TAPE_LE || op == CRNL_TAPE_EQ ||
           op == CRNL_TAPE_NE;
}

/* On which side of the jump the operands are. */
static double side(int32_t op, struct rt_operands x)
{
    return op == CRNL_TAPE_FLOOR ? floor(x.a) : op == CRNL_TAPE_LE ? x.a <= x.b : x.a < x.b;
}

/* The first instruction whose result differs between the two sides of the time, or -1. */
static int32_t find_step(struct rt_reversal *r, const struct crnl_tape *tape, double t, double *global,
                         double *param)
{
    struct rt_operands *before;
    global[0] = crnl_time_before(t);
    rt_reversal_forward(r, tape, global, param);
    before = rt_copy(r->kept, (size_t)tape->n_code, sizeof *before);
    global[0] = crnl_time_after(t);
    rt_reversal_forward(r, tape, global, param);
    int32_t found = -1;
    for (int32_t i = 0; i < tape->n_code && found < 0; i++) {
        int32_t op = tape->code[i].op;
        found = is_step(op) && side(op, before[i]) != side(op, r->kept[i]) ? i : -1;
    }
    free(before);
    return found;
}

int adjoint_turn(struct adjoint *a, const struct course_item *i, double bar, struct rt_error *e)
{
    const struct crnl_model *m = a->m;
    const struct rt_job *job = a->job;
    const double *x = adjoint_state(a, i - a->c->item);
    const struct crnl_tape tape = rt_turns_code(m, i->index - 1, 1);
    size_t n = 1 + (size_t)(m->n_turn_species + m->n_turn_captures);
    double *global = rt_alloc(n, sizeof *global), *global_bar = rt_alloc(n, sizeof *global_bar),
           *own = rt_alloc((size_t)m->n_params, sizeof *own);
    struct rt_reversal r;
    for (int32_t k = 0; k < m->n_turn_species; k++) {
        global[1 + k] = x[m->turn_species[k]];
    }
    for (int32_t k = 0; k < m->n_turn_captures && k < job->spec->n_captures; k++) {
        global[1 + m->n_turn_species + k] = job->capture[k];
    }
    rt_reversal_create(&r, &tape);
    int32_t at = find_step(&r, &tape, i->t, global, (double *)(uintptr_t)job->param);
    if (at >= 0) {
        rt_reversal_from(&r, &tape, at, 1, tape.code[at].op == CRNL_TAPE_FLOOR ? 0 : -1, own, global_bar);
    }
    if (at < 0 || !(fabs(global_bar[0]) > 0)) {
        rt_fail(e, CRNL_NO_RUN,
                "a law of `%s` jumps at t = %.6g, and when it does so has no derivative\n"
                "  help: make it an event, at T { ... }, whose time has one",
                m->name, i->t);
    } else {
        double factor = -bar / global_bar[0];
        for (int32_t p = 0; p < m->n_params; p++) {
            a->v.p_bar[p] += factor * own[p];
        }
        for (int32_t k = 0; k < m->n_turn_species; k++) {
            a->y[m->turn_species[k]] += factor * global_bar[1 + k];
        }
    }
    rt_reversal_destroy(&r);
    free(global);
    free(global_bar);
    free(own);
    return e->status;
}
