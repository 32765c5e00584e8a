/* The choice between BDF and the Rosenbrock method, for `auto`. The Rosenbrock method takes fewer steps, the
 * more so the looser the tolerance is, but each of them costs more: eight right sides, a Jacobian and a
 * factorisation. The formulas are lines through measurements over the networks of bench/ode and random ones
 * of up to 50 species. */
#include <math.h>
#include <stdio.h>

#include "rt_linear.h"
#include "rt_rosenbrock.h"
#include "runtime/crnl_stiff.h"

/* BDF takes MORE_STEPS rtol^FEWER as many steps as the Rosenbrock method. */
static const double MORE_STEPS = 9, FEWER = 0.1;

/* Nanoseconds of a right side, whichever kernel computes it. */
static double right_side(const struct crnl_model *m)
{
    const double reaction = 5, change = 1.5, law = 40;
    double sum = reaction * m->n_reactions + change * m->net_ptr[m->n_reactions];
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        sum += m->law[j] >= 0 ? law : 0;
    }
    return sum;
}

static double rosenbrock_cost(const struct crnl_model *m, const struct rt_jacobian *jac)
{
    const double step = 300, amount = 40, entry = 8, change = 1.5, solved = 1.2;
    struct rosenbrock_factors f;
    rosenbrock_factors_create(&f, m->n_species, jac->col, jac->row);
    double n = f.n, changes = f.change[f.below[f.n]], entries = f.below[f.n] + f.right[f.n];
    rosenbrock_factors_destroy(&f);
    return step + amount * n + entry * jac->nnz + change * changes +
           ROSENBROCK_STAGES * (right_side(m) + solved * entries);
}

static double bdf_cost(const struct crnl_model *m, const struct rt_jacobian *jac)
{
    const double step = 600, amount = 25, right_sides = 1.4, entry = 1, solver = 0.6;
    struct crnl_linear_choice linear;
    crnl_linear_choose(&linear, m, NULL);
    return step + amount * m->n_species + right_sides * right_side(m) + entry * jac->nnz +
           solver * linear.cost[linear.cheapest];
}

static void why_not(const struct crnl_model *m, bool analytic, char *text, size_t size)
{
    if (m->n_species > CRNL_STIFF_MOST_SPECIES) {
        snprintf(text, size, "%d species are more than %d", (int)m->n_species, CRNL_STIFF_MOST_SPECIES);
    } else if (m->n_surfaces > 0) {
        snprintf(text, size, "laws jump");
    } else if (m->n_delays > 0) {
        snprintf(text, size, "past values are read");
    } else if (!analytic) {
        snprintf(text, size, "a law has no derivative");
    }
}

void crnl_stiff_choose(struct crnl_stiff_choice *c, const struct crnl_model *m)
{
    struct rt_jacobian jac = {0};
    *c = (struct crnl_stiff_choice){.least_rtol = INFINITY};
    why_not(m, rt_jacobian_create(&jac, m), c->refusal, sizeof c->refusal);
    if (!*c->refusal) {
        c->rosenbrock = rosenbrock_cost(m, &jac);
        c->bdf = bdf_cost(m, &jac);
        c->least_rtol = pow(c->rosenbrock / c->bdf / MORE_STEPS, 1 / FEWER);
    }
    rt_jacobian_destroy(&jac);
}

void crnl_stiff_tell(const struct crnl_stiff_choice *c, char *text, size_t size)
{
    if (*c->refusal) {
        snprintf(text, size, "bdf: %s", c->refusal);
    } else {
        snprintf(text, size, "rosenbrock %.3g ns a step, from rtol %.1g on; bdf %.3g", c->rosenbrock,
                 c->least_rtol, c->bdf);
    }
}
