/* Construction neural_crn: which backward copies and adjoints a model needs, and which of its values a
 * single rail can hold. */
#include "ir/lower/neural_crn.h"
#include "ir/net/mechanism.h"

/* Whether the derivative of term t by its factor number `without` reads state s. */
static bool reads_state(const struct neural_crn *c, int32_t t, int without, int32_t s)
{
    const int32_t *f = neural_crn_factors(c, t);
    for (int i = 0; i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
        if (i != without && f[i] == s) {
            return true;
        }
    }
    return false;
}

/* Finds the inputs that the flow reads, or the start if it is learned: N3 reads them while the inputs of the
 * next sample are already present. */
static void find_needed_inputs(struct neural_crn *c)
{
    for (int32_t t = 0; t < (c->learns_start ? c->readouts : c->starts); t++) {
        const int32_t *f = neural_crn_factors(c, t);
        for (int i = 0; i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
            bool input = f[i] >= c->d && f[i] < c->d + c->m->inputs;
            c->copied[f[i]] |= input && neural_crn_option(c, ASYNCHRONOUS);
        }
    }
}

/* Finds the states that need backward copies: those that adjoints and gradients read, those that these
 * states read in turn, and all of the same name. Also finds the adjoints that change. */
void neural_crn_find_needed(struct neural_crn *c)
{
    int32_t parameters = c->d + c->m->inputs;
    find_needed_inputs(c);
    for (int32_t t = 0; t < c->starts; t++) {
        const int32_t *f = neural_crn_factors(c, t);
        for (int i = 0; i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0; i++) {
            bool by_state = f[i] < c->d && !neural_crn_option(c, APPROXIMATE);
            if (by_state) {
                c->moves[f[i]] = true;
            }
            for (int32_t s = 0; (by_state || f[i] >= parameters) && s < c->d; s++) {
                c->copied[s] |= reads_state(c, t, i, s);
            }
        }
    }
    for (bool more = true; more;) {
        more = false;
        for (int32_t g = 0, s = 0; s < c->d; s += c->m->group[g++].size) {
            bool any = false;
            for (int32_t i = s; i < s + c->m->group[g].size; i++) {
                any |= c->copied[i];
            }
            for (int32_t i = s; any && i < s + c->m->group[g].size; i++) {
                more |= !c->copied[i];
                c->copied[i] = true;
            }
        }
        for (int32_t t = 0; t < c->starts; t++) {
            for (int32_t s = 0; c->copied[c->m->equation[t]] && s < c->d; s++) {
                if (!c->copied[s] && reads_state(c, t, -1, s)) {
                    c->copied[s] = more = true;
                }
            }
        }
    }
}

/* Option `minimal`: states whose adjoints do not change and start equal share an adjoint. */
void neural_crn_find_same(struct neural_crn *c)
{
    for (int32_t s = 0; s < c->d; s++) {
        c->same[s] = s;
        for (int32_t r = 0; r < s && neural_crn_option(c, MINIMAL) && c->same[s] == s; r++) {
            bool equal = !c->moves[s] && !c->moves[r];
            for (int32_t k = 0; k < c->m->outputs && equal; k++) {
                equal = neural_crn_readout_weight(c, k, s) == neural_crn_readout_weight(c, k, r);
            }
            c->same[s] = equal ? r : s;
        }
    }
}

static struct rails virtual_rails(const struct neural_crn *c, int32_t v)
{
    return (struct rails){{2 * v, c->single[v] ? -1 : 2 * v + 1}};
}

/* Whether a single rail of state s can hold its value, given what the network makes of it. */
static bool is_kinetic(struct neural_crn *c, int32_t s)
{
    bool good = true;
    for (int direction = 0; direction < 2 && good; direction++) {
        struct polynomial p = {0};
        if (direction == 0 || c->copied[s]) {
            good = neural_crn_flow(c, s, direction ? -1 : 1, c->variable, &p) &&
                   mechanism_is_kinetic(&p, c->variable[s].rail[0]);
        }
        polynomial_free(&p);
    }
    struct polynomial start = {0};
    for (int32_t t = c->starts; t < c->readouts && good && c->learns_start; t++) {
        good = c->m->equation[t] != c->d + s || neural_crn_add_term(c, &start, t, 1, -1, NULL, c->variable);
    }
    polynomial_collect(&start);
    good = good && mechanism_is_kinetic(&start, c->variable[s].rail[0]);
    polynomial_free(&start);
    return good;
}

/* A group of states has a single rail if the model assumes that it is not negative, and no member or its
 * copy needs two. */
void neural_crn_choose_rails(struct neural_crn *c)
{
    int32_t n = CRNL_NEURAL_VARIABLES(c->m) + c->m->outputs;
    for (int32_t v = 0; v < n; v++) {
        c->single[v] = c->m->positive[v];
    }
    for (bool again = true; again;) {
        again = false;
        for (int32_t v = 0; v < n; v++) {
            c->variable[v] = virtual_rails(c, v);
        }
        for (int32_t g = 0, s = 0; s < c->d; s += c->m->group[g++].size) {
            bool single = c->single[s];
            for (int32_t i = s; i < s + c->m->group[g].size; i++) {
                single = single && is_kinetic(c, i);
            }
            for (int32_t i = s; i < s + c->m->group[g].size; i++) {
                again |= c->single[i] != single;
                c->single[i] = single;
            }
        }
    }
}
