/* The constructions of Boltzmann machines, by enumeration: for random small machines the generator matrix
 * of the network's Markov chain is built from its reactions, over all states in which each unit is on or
 * off. With that of `direct` the law of the machine
 *
 *   P(x) = exp(sum of w_ij x_i x_j + sum of theta_i x_i) / Z
 *
 * is in detailed balance, and it is what elimination finds as its only stationary law. The rates of
 * `taylor` are those of eq. 22, whether the parameters are known when compiling or not. */
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ir/interp/interp.h"
#include "ir/lower/lower.h"
#include "support/mem.h"

enum { UNITS = 6, STATES = 1 << UNITS, MACHINES = 60 };
static const double near = 1e-10;

struct machine {
    struct crnl_neural m;
    struct crnl_neural_group group[2];
    struct crnl_neural_array array[2];
    double value[UNITS * (UNITS + 1)];
    int32_t n;
};

static double uniform(struct crnl_rng *rng, double most)
{
    return most * ((double)crnl_rng_below(rng, 2000001) / 1e6 - 1);
}

/* v[a], h[n - a], each pair joined with probability 1/2. */
static void make(struct machine *b, struct crnl_rng *rng)
{
    memset(b, 0, sizeof *b);
    int32_t n = b->n = 2 + (int32_t)crnl_rng_below(rng, UNITS - 1),
            a = 1 + (int32_t)crnl_rng_below(rng, (uint64_t)n - 1);
    b->group[0] = (struct crnl_neural_group){"v", 1, {a}, 0, a};
    b->group[1] = (struct crnl_neural_group){"h", 1, {n - a}, a, n - a};
    b->array[0] = (struct crnl_neural_array){"w", 2, {n, n}, 0, n * n};
    b->array[1] = (struct crnl_neural_array){"theta", 1, {n, 0}, n * n, n};
    b->m = (struct crnl_neural){.kind = &crnl_neural_boltzmann,
                                .name = "bm",
                                .n_arrays = 2,
                                .n_values = n * (n + 1),
                                .array = b->array,
                                .n_edges = -1,
                                .n_groups = 2,
                                .group = b->group,
                                .value = b->value};
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < i; j++) {
            b->value[i * n + j] = b->value[j * n + i] = crnl_rng_below(rng, 2) ? uniform(rng, 1.5) : 0;
        }
        b->value[n * n + i] = uniform(rng, 1);
    }
}

static void law(const struct machine *b, double *p)
{
    double z = 0;
    for (int s = 0; s < 1 << b->n; s++) {
        double energy = 0;
        for (int32_t i = 0; i < b->n; i++) {
            energy += s >> i & 1 ? b->value[b->n * b->n + i] : 0;
            for (int32_t j = 0; j < i; j++) {
                energy += (s >> i & 1) && (s >> j & 1) ? b->value[i * b->n + j] : 0;
            }
        }
        z += p[s] = exp(energy);
    }
    for (int s = 0; s < 1 << b->n; s++) {
        p[s] /= z;
    }
}

/* ---- the chain ---- */

/* Elements of v.on and h.on, in turn, are the machine's units. */
static void find_units(const struct net *n, bool on, species_id *of)
{
    const char *const name[2][2] = {{"v.off", "h.off"}, {"v.on", "h.on"}};
    for (int g = 0; g < 2; g++) {
        int32_t at = net_find_symbol(n, name[on][g]);
        assert_true(at >= 0);
        const struct symbol *s = &n->symbol.data[at];
        for (int64_t i = 0; i < shape_size(s->shape); i++) {
            *of++ = expr_get(n->ex, n->elem.data[s->first + (uint32_t)i])->a;
        }
    }
}

static int state_of(const double *x, const species_id *on, const species_id *off, int32_t n)
{
    int s = 0;
    for (int32_t i = 0; i < n; i++) {
        assert_true((x[on[i]] == 0 || x[on[i]] == 1) && x[on[i]] + x[off[i]] == 1);
        s |= (int)x[on[i]] << i;
    }
    return s;
}

/* q[s][t]: rate from state s to t, by the definition of each reaction; `global` as numbers of the program. */
static void generator(const struct net *net, int32_t n, const double *global, double (*q)[STATES])
{
    species_id on[UNITS], off[UNITS];
    double *x = mem_zalloc(net->species.n, sizeof *x), *k = mem_zalloc(net->reaction.n, sizeof *k);
    double *parameter = mem_zalloc((size_t)net->n_slots + 1, sizeof *parameter);
    int32_t slot;
    struct interp *it = interp_create(net);
    find_units(net, true, on);
    find_units(net, false, off);
    assert_true(interp_params(it, global, NULL, parameter, &slot));
    assert_true(interp_initial(it, parameter, x) && interp_rates(it, parameter, k));
    assert_int_equal(state_of(x, on, off, n), 0);
    for (int s = 0; s < 1 << n; s++) {
        for (reaction_id r = 0; r < (reaction_id)net->reaction.n; r++) {
            for (int32_t i = 0; i < n; i++) {
                x[on[i]] = s >> i & 1;
                x[off[i]] = 1 - x[on[i]];
            }
            struct interp_ssa_state w = {.x = x, .k = k, .inv_volume = 1};
            double a = interp_propensity(it, r, &w);
            const struct reaction *reaction = &net->reaction.data[r];
            for (uint32_t i = 0; i < reaction->n_lhs && a > 0; i++) {
                const struct term *t = &net->term.data[reaction->lhs + i];
                x[t->species] -= (double)t->count;
            }
            for (uint32_t i = 0; i < reaction->n_rhs && a > 0; i++) {
                const struct term *t = &net->term.data[reaction->rhs + i];
                x[t->species] += (double)t->count;
            }
            if (a > 0) {
                q[s][state_of(x, on, off, n)] += a;
            }
        }
    }
    interp_destroy(it);
    free(x);
    free(k);
    free(parameter);
}

/* p with p q = 0 and sum 1, by elimination of the states from the last (Grassmann, Taksar, Heyman 1985: no
 * differences). Every state must be reached from the ones before it. */
static void stationary(double (*q)[STATES], int states, double *p)
{
    for (int s = states - 1; s > 0; s--) {
        double out = 0;
        for (int t = 0; t < s; t++) {
            out += q[s][t];
        }
        assert_true(out > 0);
        for (int i = 0; i < s; i++) {
            q[i][s] /= out;
            for (int t = 0; t < s; t++) {
                q[i][t] += i != t ? q[i][s] * q[s][t] : 0;
            }
        }
    }
    double sum = p[0] = 1;
    for (int s = 1; s < states; s++) {
        p[s] = 0;
        for (int i = 0; i < s; i++) {
            p[s] += p[i] * q[i][s];
        }
        sum += p[s];
    }
    for (int s = 0; s < states; s++) {
        p[s] /= sum;
    }
}

static void check_balance(double (*q)[STATES], int states, const double *p)
{
    int64_t pairs = 0;
    for (int s = 0; s < states; s++) {
        for (int t = 0; t < s; t++) {
            double there = p[s] * q[s][t], back = p[t] * q[t][s];
            assert_true(fabs(there - back) <= near * fmax(there, back));
            assert_true((q[s][t] > 0) == (((s ^ t) & ((s ^ t) - 1)) == 0));
            pairs += q[s][t] > 0;
        }
    }
    assert_true(pairs > 0);
}

/* ---- tests ---- */

static struct net *lowered(const struct crnl_neural *m, const char *construction, const double *k,
                           struct diag *diag)
{
    struct arena *records = arena_create();
    const struct lowerer l = {.m = m, .name = "chem", .option = k, .diag = diag, .arena = records};
    struct lowering record;
    int i = 0;
    while (strcmp(lower_name(i), construction) != 0) {
        i++;
    }
    assert_true(lower_takes(i, "boltzmann") && !lower_takes(i, "relu"));
    struct net *net = lower_make(i, &l, &record);
    for (int32_t g = 0; net && g < m->n_groups; g++) {
        const struct lowered *on = lowering_find(&record, LOWERED_UNIT, m->group[g].name),
                             *off = lowering_find(&record, LOWERED_UNIT_OFF, m->group[g].name);
        assert_true(on && off && on->symbol != off->symbol);
        assert_int_equal(shape_size(net->symbol.data[on->symbol].shape), m->group[g].size);
    }
    arena_destroy(records);
    return net;
}

static void check_size(const struct machine *b, const struct net *net)
{
    size_t reactions = 0;
    uint32_t molecularity = 0, widest = 0;
    for (int32_t i = 0; i < b->n; i++) {
        uint32_t degree = 0;
        for (int32_t j = 0; j < b->n; j++) {
            degree += b->value[i * b->n + j] != 0;
        }
        reactions += (size_t)2 << degree;
        widest = degree + 1 > widest ? degree + 1 : widest;
    }
    for (size_t r = 0; r < net->reaction.n; r++) {
        uint32_t n = net->reaction.data[r].n_lhs;
        molecularity = n > molecularity ? n : molecularity;
    }
    assert_int_equal(net->species.n, 2 * b->n);
    assert_int_equal(net->reaction.n, reactions);
    assert_int_equal(molecularity, widest);
}

static void test_law(void **state)
{
    (void)state;
    static double q[STATES][STATES], p[STATES], found[STATES];
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct crnl_rng rng;
    struct machine b;
    crnl_rng_seed(&rng, 7, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < MACHINES; i++) {
        make(&b, &rng);
        struct net *net = lowered(&b.m, "direct", &(double){i % 2 ? 1 : 2.5}, diag);
        assert_non_null(net);
        assert_true(net_verify(net, diag));
        check_size(&b, net);
        memset(q, 0, sizeof q);
        generator(net, b.n, NULL, q);
        law(&b, p);
        check_balance(q, 1 << b.n, p);
        stationary(q, 1 << b.n, found);
        for (int s = 0; s < 1 << b.n; s++) {
            assert_true(fabs(found[s] - p[s]) < near);
        }
        net_destroy(net);
    }
    assert_int_equal(diag_error_count(diag), 0);
    diag_destroy(diag);
    sources_destroy(sources);
}

/* The rate at which unit i of state s flips: k (1 + what favours it), the bias as of a unit that is on. */
static double taylor_rate(const struct machine *b, int s, int32_t i, double k)
{
    double sign = s >> i & 1 ? -1 : 1, sum = 1 + fmax(sign * b->value[b->n * b->n + i], 0);
    for (int32_t j = 0; j < b->n; j++) {
        sum += s >> j & 1 ? fmax(sign * b->value[i * b->n + j], 0) : 0;
    }
    return k * sum;
}

static void check_taylor(const struct machine *b, const struct net *net, const double *global, double k)
{
    static double q[STATES][STATES];
    memset(q, 0, sizeof q);
    generator(net, b->n, global, q);
    for (int s = 0; s < 1 << b->n; s++) {
        for (int t = 0; t < 1 << b->n; t++) {
            int32_t i = 0;
            while (i < b->n && (s ^ t) != 1 << i) {
                i++;
            }
            double want = i < b->n ? taylor_rate(b, s, i, k) : 0;
            assert_true(fabs(q[s][t] - want) <= 1e-14 * want);
        }
    }
}

static void test_taylor(void **state)
{
    (void)state;
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct crnl_rng rng;
    struct machine b;
    crnl_rng_seed(&rng, 8, 1, 0, 0, CRNL_DRAW_EXPRESSION);
    for (int i = 0; i < MACHINES; i++) {
        make(&b, &rng);
        const double k = i % 2 ? 1 : 2.5;
        size_t n = (size_t)b.n, joined = 0;
        for (int32_t w = 0; w < b.n * b.n; w++) {
            joined += b.value[w] != 0;
        }
        struct net *net = lowered(&b.m, "taylor", &k, diag);
        assert_non_null(net);
        assert_true(net_verify(net, diag));
        assert_int_equal(net->reaction.n, 2 * n + joined);
        check_taylor(&b, net, NULL, k);
        net_destroy(net);
        b.m.value = NULL; /* known when running: the program's numbers are those of the model */
        net = lowered(&b.m, "taylor", &k, diag);
        assert_non_null(net);
        assert_true(net_verify(net, diag));
        assert_int_equal(net->reaction.n, 2 * n + 2 * n * (n - 1));
        check_taylor(&b, net, b.value, k);
        net_destroy(net);
    }
    assert_int_equal(diag_error_count(diag), 0);
    diag_destroy(diag);
    sources_destroy(sources);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_law), cmocka_unit_test(test_taylor)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
