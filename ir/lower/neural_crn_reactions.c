/* Construction neural_crn: the reactions N1 to N4, which lower_neural_crn.c describes. */
#include <math.h>
#include <string.h>

#include "ir/lower/neural_crn.h"
#include "ir/net/mechanism.h"
#include "support/mem.h"

static const size_t MAX_REACTIONS = 1 << 20;

/* A copy of n terms with room for `more` terms. */
static struct term *copy_terms(struct neural_crn *c, const struct term *t, size_t n, size_t more)
{
    struct term *copy = arena_alloc(c->scratch, (n + more + 1) * sizeof *copy);
    if (n > 0) {
        memcpy(copy, t, n * sizeof *copy);
    }
    return copy;
}

/* Whether both reactions make something from nothing, at the same rate and in the same phase. */
static bool is_like(const struct made *r, const struct made *other)
{
    return r->n_lhs == 0 && other->n_lhs == 0 && r->k == other->k && r->guard == other->guard;
}

static bool add(void *env, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs,
                expr_id k)
{
    struct neural_crn *c = env;
    if (c->scale) {
        k = expr_binary(c->net->ex, EXPR_MUL, k, c->scale);
    }
    struct made new = {.n_lhs = n_lhs, .n_rhs = n_rhs, .k = k, .guard = c->now, .origin = c->origin};
    new.lhs = copy_terms(c, lhs, n_lhs, 0);
    for (size_t i = n_lhs == 0 ? c->made.n : 0; i-- > 0;) {
        struct made *r = &c->made.data[i];
        if (is_like(r, &new)) {
            r->rhs = copy_terms(c, r->rhs, r->n_rhs, n_rhs);
            memcpy(r->rhs + r->n_rhs, rhs, n_rhs * sizeof *rhs);
            r->n_rhs += n_rhs;
            return true;
        }
    }
    new.rhs = copy_terms(c, rhs, n_rhs, 0);
    vec_push(&c->made, new);
    return c->made.n <= MAX_REACTIONS ||
           neural_crn_fail(c, "take fewer states, or a polynomial of lower degree",
                           "'%s' needs more than 2^20 reactions", c->m->name);
}

static void stage(struct neural_crn *c, int phase, const char *origin, const char *of)
{
    c->now = c->guard[phase];
    c->origin = arena_printf(c->scratch, "%s of %s of %s", origin, of, c->m->name);
}

static const char *element(struct neural_crn *c, const struct rails *v)
{
    const char *name = c->net->species.data[v->rail[0]].name;
    return v->rail[1] < 0 ? name : arena_printf(c->scratch, "%.*s", (int)strlen(name) - 2, name);
}

static bool equation(struct neural_crn *c, struct polynomial *p, const struct rails *of)
{
    struct mechanism m = {.ex = c->net->ex, .add = add, .env = c};
    bool good = mechanism_equation(&m, p, of->rail, of->rail[1] >= 0);
    polynomial_free(p);
    return good || !m.refused ||
           neural_crn_fail(c, "leave the assumption out", "the mechanism would make %s negative",
                           element(c, of));
}

static bool one(struct neural_crn *c, species_id from, species_id to, expr_id k)
{
    struct term lhs = {from, 1}, rhs = {to, 1};
    return add(c, &lhs, 1, &rhs, to >= 0, k);
}

static bool annihilate(struct neural_crn *c, const struct rails *v)
{
    struct term both[] = {{v->rail[0], 1}, {v->rail[1], 1}};
    return v->rail[1] < 0 || !neural_crn_option(c, ANNIHILATE) ||
           add(c, both, 2, NULL, 0, expr_real(c->net->ex, c->l->option[ANNIHILATE]));
}

/* N1, and the same for z(0) before it if that is learned. */
static bool forward(struct neural_crn *c)
{
    bool good = true;
    for (int32_t s = 0; s < c->d && good && c->learns_start; s++) {
        struct polynomial p = {0};
        stage(c, 0, "N1 (start)", element(c, &c->variable[s]));
        for (int32_t t = c->starts; t < c->readouts && good; t++) {
            good = c->m->equation[t] != c->d + s || neural_crn_add_term(c, &p, t, 1, -1, NULL, c->variable);
        }
        polynomial_collect(&p);
        good = good && equation(c, &p, &c->variable[s]);
    }
    for (int32_t s = 0; s < c->d && good; s++) {
        struct polynomial p = {0};
        stage(c, 1, "N1", element(c, &c->variable[s]));
        good = neural_crn_flow(c, s, 1, c->variable, &p) && equation(c, &p, &c->variable[s]) &&
               annihilate(c, &c->variable[s]);
    }
    return good;
}

/* Adds the reaction of rail `from` of a value that adds weight[s] to the adjoint of each state s: it makes
 * the adjoints, and the copy. */
static bool into_adjoints(struct neural_crn *c, species_id from, const double *weight, bool negative,
                          species_id copy)
{
    struct term lhs = {from, 1}, *rhs = arena_alloc(c->scratch, ((size_t)c->d + 2) * sizeof *rhs);
    size_t n = 0;
    if (copy >= 0) {
        rhs[n++] = (struct term){copy, 1};
    }
    for (int32_t s = 0; s < c->d; s++) {
        if (c->same[s] == s && weight[s] != 0) {
            rhs[n++] =
                (struct term){c->made_adjoint[s].rail[(weight[s] < 0) != negative], (int64_t)fabs(weight[s])};
        }
    }
    return add(c, &lhs, 1, rhs, n, c->fast);
}

/* N2: with the loss (W z - y)^2 / 2 the adjoints start at W^T (W z - y). */
static bool turn(struct neural_crn *c)
{
    double *weight = arena_alloc(c->scratch, (size_t)c->d * sizeof *weight);
    bool good = true;
    for (int32_t s = 0; s < c->d && good; s++) {
        stage(c, c->turn, "N2", element(c, &c->variable[s]));
        memset(weight, 0, (size_t)c->d * sizeof *weight);
        for (int32_t k = 0; k < c->m->outputs; k++) {
            for (int32_t i = 0; i < c->d; i++) {
                weight[i] += neural_crn_readout_weight(c, k, i) * neural_crn_readout_weight(c, k, s);
            }
        }
        for (int r = 0; r < 2 && good && c->variable[s].rail[r] >= 0; r++) {
            good = into_adjoints(c, c->variable[s].rail[r], weight, r == 1,
                                 c->copied[s] ? c->held[s].rail[r] : -1);
        }
    }
    for (int32_t k = 0; k < c->m->outputs && good; k++) {
        const struct rails *y = &c->variable[CRNL_NEURAL_VARIABLES(c->m) + k];
        stage(c, c->turn, "N2", element(c, y));
        for (int32_t i = 0; i < c->d; i++) {
            weight[i] = -neural_crn_readout_weight(c, k, i);
        }
        for (int r = 0; r < 2 && good && y->rail[r] >= 0; r++) {
            good = into_adjoints(c, y->rail[r], weight, r == 1, -1);
        }
    }
    return good;
}

static bool gradient(struct neural_crn *c, int phase, int32_t from, int32_t to, int32_t first,
                     const struct rails *state)
{
    bool good = true;
    for (int32_t p = 0; p < c->m->n_values && good; p++) {
        struct polynomial g = {0};
        int32_t v = c->d + c->m->inputs + p;
        stage(c, phase, "N3", element(c, &c->gradient[p]));
        c->scale = c->single[v] ? c->step : 0;
        good = neural_crn_pull_back(c, from, to, first, v, state, &g) && equation(c, &g, &c->gradient[p]);
        c->scale = 0;
    }
    return good;
}

/* N3 */
static bool backward(struct neural_crn *c)
{
    bool good = true;
    for (int32_t s = 0; s < c->d && good; s++) {
        struct polynomial z = {0}, a = {0};
        if (c->copied[s]) {
            stage(c, c->backward, "N3", element(c, &c->back[s]));
            good = neural_crn_flow(c, s, -1, c->back, &z) && equation(c, &z, &c->back[s]) &&
                   annihilate(c, &c->back[s]);
        }
        if (good && c->moves[s]) {
            stage(c, c->backward, "N3", element(c, &c->adjoint[s]));
            good = neural_crn_pull_back(c, 0, c->starts, 0, s, c->back, &a) &&
                   equation(c, &a, &c->adjoint[s]) && annihilate(c, &c->adjoint[s]);
        }
    }
    good = good && gradient(c, c->backward, 0, c->starts, 0, c->back);
    return good &&
           (!c->learns_start || gradient(c, c->backward_start, c->starts, c->readouts, c->d, c->back));
}

/* N4 */
static bool update_one(struct neural_crn *c, const struct rails *p, const struct rails *g)
{
    struct expr_pool *ex = c->net->ex;
    expr_id fast = c->fast;
    if (p->rail[1] < 0) {
        struct term both[] = {{g->rail[0], 1}, {p->rail[0], 1}};
        return one(c, g->rail[1], p->rail[0], fast) && add(c, both, 2, NULL, 0, fast);
    }
    expr_id taken = expr_binary(ex, EXPR_MUL, fast, c->step),
            lost = expr_binary(ex, EXPR_MUL, fast, expr_binary(ex, EXPR_SUB, expr_real(ex, 1), c->step));
    return one(c, g->rail[0], p->rail[1], taken) && one(c, g->rail[1], p->rail[0], taken) &&
           one(c, g->rail[0], -1, lost) && one(c, g->rail[1], -1, lost) && annihilate(c, p);
}

static bool update(struct neural_crn *c)
{
    bool good = true;
    c->scale = c->update;
    for (int32_t p = 0; p < c->m->n_values && good; p++) {
        const struct rails *v = &c->variable[c->d + c->m->inputs + p];
        stage(c, c->update_phase, "N4", element(c, v));
        good = update_one(c, v, &c->gradient[p]);
    }
    c->scale = 0;
    return good;
}

/* In that phase, `from` becomes `to` or, if that is NULL, vanishes. */
static bool pass_on(struct neural_crn *c, int phase, const char *origin, const struct rails *from,
                    const struct rails *to)
{
    bool good = true;
    stage(c, phase, origin, element(c, from));
    for (int r = 0; r < 2 && good && from->rail[r] >= 0; r++) {
        good = one(c, from->rail[r], to ? to->rail[r] : -1, c->fast);
    }
    return good;
}

/* The reactions for what is held for the next N3, for what N3 takes over, and for what it leaves. */
static bool hand_over(struct neural_crn *c)
{
    bool good = true;
    for (int32_t v = 0; v < c->d + c->m->inputs && good; v++) {
        if (!c->copied[v]) {
            continue;
        }
        good = (v < c->d || pass_on(c, c->turn, "N2", &c->variable[v], &c->held[v])) &&
               pass_on(c, c->backward, "N3", &c->held[v], &c->back[v]) &&
               pass_on(c, c->turn, "the end of N3", &c->back[v], NULL);
    }
    for (int32_t s = 0; s < c->d && good; s++) {
        good = c->same[s] != s || (pass_on(c, c->backward, "N3", &c->made_adjoint[s], &c->adjoint[s]) &&
                                   pass_on(c, c->turn, "the end of N3", &c->adjoint[s], NULL));
    }
    return good;
}

bool neural_crn_add_reactions(struct neural_crn *c)
{
    return update(c) && forward(c) && turn(c) && backward(c) &&
           (!neural_crn_option(c, ASYNCHRONOUS) || hand_over(c));
}
