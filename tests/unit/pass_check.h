/* How what passes claim is tested: accepted on random networks, with a second method; faults put into what a pass made are
 * caught. Include cmocka.h and what it needs first. */
#ifndef TESTS_UNIT_PASS_CHECK_H
#define TESTS_UNIT_PASS_CHECK_H

#include <math.h>
#include <string.h>

#include "ir/prove/certify.h"
#include "ir/prove/crosscheck.h"
#include "ir/interp/interp.h"
#include "ir/prove/limit.h"
#include "pass_random.h"

enum { N_RANDOM = 10000 };

static struct sources *sources;
static struct diag *diag;

static inline int set_up(void **state)
{
    (void)state;
    sources = sources_create();
    diag = diag_create(sources);
    random_state = 5;
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    diag_destroy(diag);
    sources_destroy(sources);
    return 0;
}

/* Values of the observed symbols' elements at the exact limit. */
static inline size_t limit_of_outputs(const struct net *n, const double *p, double *out)
{
    struct interp *it = interp_create(n);
    double *x = malloc((n->species.n + 1) * sizeof *x);
    size_t n_out = 0;
    assert_true(interp_initial(it, p, x));
    assert_true(limit_exact(n, x));
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        for (int64_t k = 0; (s->flags & SYMBOL_IS_OUTPUT) && k < shape_size(s->shape); k++) {
            out[n_out++] = interp_value(it, n->elem.data[s->first + k], x, 0, p, NULL, 1);
        }
    }
    free(x);
    interp_destroy(it);
    return n_out;
}

static inline void compare_limits(const struct net *a, const struct net *b)
{
    double p[2] = {draw(64) / 8.0, draw(64) / 8.0}, x[8], y[8];
    size_t n = limit_of_outputs(a, p, x);
    assert_int_equal(n, limit_of_outputs(b, p, y));
    for (size_t i = 0; i < n; i++) {
        assert_true(fabs(x[i] - y[i]) <= 1e-9 * (1 + fabs(x[i])));
    }
}

static inline void accept(const struct passed *x)
{
    char *why = certify(x->before, x->after, &x->witness);
    if (why) {
        net_print(stderr, x->before, NULL);
        net_print(stderr, x->after, NULL);
        fail_msg("not accepted: %s", why);
    }
}

static inline void check_rate_independent(enum pass_id id, const struct pass_options *o)
{
    size_t changed = 0;
    for (int i = 0; i < N_RANDOM; i++) {
        struct passed x = run_with_witness(random_feed_forward(1 + draw(7)), id, o, diag);
        changed += x.n_done > 0;
        accept(&x);
        compare_limits(x.before, x.after);
        passed_free(&x);
    }
    assert_true(changed > N_RANDOM / 4);
}

/* ---- the ODE in the coordinates, at random states, as a second method ---- */

static inline void right_side(const struct net *n, const double *p, const double *x, double *dx)
{
    struct interp *it = interp_create(n);
    double *k = malloc((n->reaction.n + 1) * sizeof *k);
    assert_true(interp_rates(it, p, k));
    for (size_t j = 0; j < n->reaction.n; j++) {
        k[j] = n->guard.data[n->reaction.data[j].guard].initially ? k[j] : 0;
    }
    interp_rhs(it, 0, x, p, k, dx);
    interp_destroy(it);
    free(k);
}

/* y = M x, M the rows of a linear map. */
static inline void to_coordinates(const struct linear_map *m, size_t n_species, const double *x, double *y,
                                  int32_t n_coordinates)
{
    for (int32_t q = 0; q < n_coordinates; q++) {
        y[q] = m->ptr.n == 0 && (size_t)q < n_species ? x[q] : 0;
    }
    for (size_t s = 0; s + 1 < m->ptr.n; s++) {
        for (uint32_t i = m->ptr.data[s]; i < m->ptr.data[s + 1]; i++) {
            y[m->term.data[i].species] += (double)m->term.data[i].count * x[s];
        }
    }
}

/* The sum of |M x|: what cancels there leaves an error of that size. */
static inline void add_magnitudes(const struct linear_map *m, const double *x, double *y)
{
    for (size_t s = 0; s + 1 < m->ptr.n; s++) {
        for (uint32_t i = m->ptr.data[s]; i < m->ptr.data[s + 1]; i++) {
            y[m->term.data[i].species] += fabs((double)m->term.data[i].count * x[s]);
        }
    }
}

/* The network after has one species for each coordinate. */
static inline void compare_right_sides(const struct passed *x)
{
    const struct net *a = x->before, *b = x->after;
    double p[2] = {0.5 + draw(8), 0.25 + draw(8)};
    double *state = calloc(a->species.n + 1, sizeof *state), *dx = calloc(a->species.n + 1, sizeof *dx);
    double *lumped = calloc(b->species.n + 1, sizeof *lumped), *dy = calloc(b->species.n + 1, sizeof *dy);
    double *image = calloc(b->species.n + 1, sizeof *image), *scale = calloc(b->species.n + 1, sizeof *scale);
    for (size_t s = 0; s < a->species.n; s++) {
        state[s] = 0.25 + draw(40) / 8.0;
    }
    for (size_t i = 0; i < x->witness.absent.n; i++) {
        state[x->witness.absent.data[i]] = 0;
    }
    for (size_t i = 0; i < x->witness.equal.n; i++) {
        state[i] = state[x->witness.equal.data[i]];
    }
    assert_int_equal(b->species.n, x->witness.n_coordinates);
    to_coordinates(&x->witness.before, a->species.n, state, lumped, x->witness.n_coordinates);
    right_side(a, p, state, dx);
    right_side(b, p, lumped, dy);
    to_coordinates(&x->witness.before, a->species.n, dx, image, x->witness.n_coordinates);
    add_magnitudes(&x->witness.before, dx, scale);
    for (size_t q = 0; q < b->species.n; q++) {
        if (!(fabs(image[q] - dy[q]) <= 1e-9 * (1 + fabs(dy[q])) + 1e-15 * scale[q] || image[q] == dy[q] ||
              isnan(image[q]))) { /* inf - inf, or rates that are no numbers: nothing to compare */
            net_print(stderr, a, NULL);
            net_print(stderr, b, NULL);
            fail_msg("coordinate %zu: %.17g before, %.17g after", q, image[q], dy[q]);
        }
    }
    free(state);
    free(dx);
    free(lumped);
    free(dy);
    free(image);
    free(scale);
}

static inline void check_law(enum pass_id id, struct net *(*make)(void), size_t at_least)
{
    size_t changed = 0;
    for (int i = 0; i < N_RANDOM; i++) {
        struct passed x = run_with_witness(make(), id, NULL, diag);
        changed += x.n_done > 0;
        accept(&x);
        compare_right_sides(&x);
        passed_free(&x);
    }
    assert_true(changed > at_least);
}

/* ---- faults ---- */

/* Each puts its fault into a network; false: there is no place for it. */
static inline bool forget_initial_amount(struct net *n)
{
    for (size_t s = 0; s < n->species.n; s++) {
        double v = 1;
        expr_id init = n->species.data[s].init;
        if (init && (!expr_const_real(n->ex, init, &v) || v > 0)) {
            n->species.data[s].init = 0;
            return true;
        }
    }
    return false;
}

/* A product term of a species that is not held; its place in n->term, or -1. */
static inline int64_t product(const struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        for (uint32_t i = r->rhs; i < r->rhs + r->n_rhs; i++) {
            if (n->species.data[n->term.data[i].species].kind == SPECIES_DISCRETE) {
                return i;
            }
        }
    }
    return -1;
}

static inline bool miscount_product(struct net *n)
{
    int64_t i = product(n);
    if (i >= 0) {
        n->term.data[i].count++;
    }
    return i >= 0;
}

static inline bool forget_products(struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (n->reaction.data[j].n_rhs > 0 && product(n) >= 0) {
            n->reaction.data[j].n_rhs = 0;
            return true;
        }
    }
    return false;
}

static inline bool forget_reaction(struct net *n)
{
    if (n->reaction.n > 0) {
        n->reaction.n--;
    }
    return n->reaction.n > 0;
}

static inline bool swap_rails(struct net *n)
{
    for (size_t i = 0; i < n->elem.n; i++) {
        const struct expr e = *expr_get(n->ex, n->elem.data[i]);
        if (e.op == EXPR_SUB) {
            n->elem.data[i] = expr_binary(n->ex, EXPR_SUB, e.args[1], e.args[0]);
            return true;
        }
    }
    return false;
}

static inline bool change_output(struct net *n)
{
    n->elem.data[0] = expr_binary(n->ex, EXPR_ADD, n->elem.data[0], expr_real(n->ex, 1));
    return true;
}

static inline bool lose_input(struct net *n)
{
    bool found = n->species.n > 0 && n->species.data[0].flags & SPECIES_INPUT;
    if (found) {
        n->species.data[0].flags = 0;
    }
    return found;
}

static inline bool double_rate(struct net *n)
{
    if (n->reaction.n == 0) {
        return false;
    }
    struct reaction *r = &n->reaction.data[n->reaction.n - 1];
    r->rate = expr_binary(n->ex, EXPR_MUL, expr_real(n->ex, 2), r->rate);
    return true;
}

static inline bool turn_off(struct net *n)
{
    if (n->reaction.n == 0) {
        return false;
    }
    n->reaction.data[0].guard = n->reaction.data[0].guard ? 0 : net_add_guard(n, "off", false);
    return true;
}

typedef bool (*fault)(struct net *n);

/* A copy of what the pass has made, with the fault in it, must not be accepted. */
static inline size_t reject(const struct passed *x, fault f)
{
    struct net *broken = net_clone(x->after);
    bool placed = f(broken);
    if (placed) {
        char *why = certify(x->before, broken, &x->witness);
        if (!why) {
            net_print(stderr, x->before, NULL);
            net_print(stderr, broken, NULL);
            fail_msg("a broken variant is accepted");
        }
        free(why);
    }
    net_destroy(broken);
    return placed;
}

static inline void check_faults(enum pass_id id, struct net *(*make)(void), const fault *faults,
                                size_t n_faults)
{
    size_t placed[8] = {0};
    for (int i = 0; i < 300; i++) {
        struct passed x = run_with_witness(make(), id, NULL, diag);
        accept(&x);
        for (size_t k = 0; k < n_faults; k++) {
            placed[k] += reject(&x, faults[k]);
        }
        passed_free(&x);
    }
    for (size_t k = 0; k < n_faults; k++) {
        assert_true(placed[k] > 50);
    }
}

#define CHECK_FAULTS(id, make, ...)                                     \
    do {                                                                \
        static const fault faults[] = {__VA_ARGS__};                    \
        check_faults(id, make, faults, sizeof faults / sizeof *faults); \
    } while (0)

/* The numbers of crosscheck.h find a fault, too, in most places where they look. */
static inline size_t found_by_numbers(enum pass_id id, struct net *(*make)(void), fault f)
{
    size_t found = 0;
    for (int i = 0; i < 200; i++) {
        struct passed x = run_with_witness(make(), id, NULL, diag);
        char *why = NULL;
        crosscheck(x.before, x.after, &x.witness, &why);
        assert_null(why);
        if (f(x.after)) {
            crosscheck(x.before, x.after, &x.witness, &why);
            found += why != NULL;
            free(why);
        }
        passed_free(&x);
    }
    return found;
}

#endif
