/* The spectral gap of a chain: the least real part, except 0, of minus the eigenvalues of its generator. In
 * the long run, deviations from rest decay at this rate. The generator is block triangular in states that are
 * left for ever and in closed classes, so each class has eigenvalues of its own.
 *
 * The eigenvalues of the inverse are found by Arnoldi's method (Quart. Appl. Math. 9, 17 (1951)), which first
 * finds the largest ones, that is, those of the generator next to 0. The inverse comes from elimination
 * without subtraction. For states that are left, it is the time spent in each of them. For a closed class it
 * is the time spent in each state until the likeliest state is reached, minus that multiple of the law that
 * makes the sum 0 (the deviation matrix). Vectors are divided by the square root of the law, which makes
 * chains in detailed balance symmetric. As many steps as there are states give all eigenvalues. With more
 * than MOST_STEPS states, those eigenvalues count that do not change between two checks. No other eigenvalue
 * has a smaller real part if its modulus is too large for that: by Gershgorin's circles |e|^2 <= 2 q Re(e)
 * for each e, where q is the fastest rate. */
#include <complex.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_eliminate.h"
#include "runtime/rt_eigen.h"

enum { MOST_STEPS = 200, FIRST_LOOK = 20 };
static const double CONVERGED = 1e-9, /* relative change of an eigenvalue of the inverse between two checks */
    NOTHING = 1e-13,                  /* relative to the largest one: rounding */
    LEAST_LAW = 1e-290;               /* smallest root of a probability by which numbers may be divided */

struct gap {
    struct rt_states *s;
    struct rt_recorder *r;
    const int32_t *member; /* [n] states of the class */
    int32_t n, reference;  /* a state of the closed class; -1: the class is left for ever */
    bool balances;
    double *law, *scale; /* [s->n] law of the class; [n] by what vectors are divided */
    double *b;           /* [s->n] */
    struct rt_order order;
    struct rt_factors factors;
    double **basis; /* [n_basis][n] orthonormal vectors */
    int n_basis;
    double complex *h; /* [MOST_STEPS + 1][MOST_STEPS] the inverse in this basis */
    uint64_t random;
};

/* ---- the inverse ---- */

static double sum_of(const struct gap *g)
{
    double sum = 0;
    for (int32_t i = 0; i < g->n; i++) {
        sum += g->b[g->member[i]];
    }
    return sum;
}

static void without_law(const struct gap *g)
{
    double sum = g->reference < 0 ? 0 : sum_of(g);
    for (int32_t i = 0; i < g->n && sum != 0; i++) {
        g->b[g->member[i]] -= sum * g->law[g->member[i]];
    }
}

static void apply(const struct gap *g, const double *v, double *to, bool inverts)
{
    for (int32_t i = 0; i < g->n; i++) {
        g->b[g->member[i]] = v[i] * g->scale[i];
    }
    without_law(g);
    if (inverts) {
        rt_factors_times(&g->factors, g->b);
        if (g->reference >= 0) {
            g->b[g->reference] = 0;
        }
        without_law(g);
    }
    for (int32_t i = 0; i < g->n; i++) {
        to[i] = g->b[g->member[i]] / g->scale[i];
    }
}

/* ---- Arnoldi ---- */

static double dot(const double *a, const double *b, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* Removes from v its components along the basis, and adds them to column[...] unless that is NULL; returns
 * the length of the rest. */
static double make_orthogonal(const struct gap *g, double *v, double complex *column)
{
    for (int twice = 0; twice < 2; twice++) {
        for (int k = 0; k < g->n_basis; k++) {
            double part = dot(g->basis[k], v, g->n);
            for (int32_t i = 0; i < g->n; i++) {
                v[i] -= part * g->basis[k][i];
            }
            if (column) {
                column[k * MOST_STEPS] += part;
            }
        }
    }
    return sqrt(dot(v, v, g->n));
}

static void keep(struct gap *g, double *v, double length)
{
    for (int32_t i = 0; i < g->n; i++) {
        v[i] /= length;
    }
    g->basis[g->n_basis++] = v;
}

/* Adds a random direction to the basis, for when the basis cannot be continued. */
static void keep_random(struct gap *g, double *v)
{
    double length = 0;
    while (!(length > 0.1)) {
        for (int32_t i = 0; i < g->n; i++) {
            g->random = g->random * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
            v[i] = (double)(g->random >> 40) / 0x1p24 - 0.5;
        }
        apply(g, v, v, false);
        double before = sqrt(dot(v, v, g->n));
        length = before > 0 ? make_orthogonal(g, v, NULL) / before : 0;
        length = g->n_basis > g->n / 2 && length > 1e-6 ? 1 : length; /* few directions are left */
    }
    keep(g, v, sqrt(dot(v, v, g->n)));
}

/* One more step of Arnoldi's method; only the first `dimension` steps have a next direction. */
static void step(struct gap *g, int dimension)
{
    int at = g->n_basis - 1;
    double *v = rt_alloc((size_t)g->n, sizeof *v);
    apply(g, g->basis[at], v, true);
    double before = sqrt(dot(v, v, g->n)), length = make_orthogonal(g, v, g->h + at);
    if (at + 1 == dimension) {
        free(v);
    } else if (length > NOTHING * before) {
        g->h[(at + 1) * MOST_STEPS + at] = length;
        keep(g, v, length);
    } else {
        keep_random(g, v);
    }
}

/* ---- one class ---- */

/* Whether the value is among those of the check before. */
static bool has_converged(double complex value, const double complex *before, int n)
{
    for (int i = 0; i < n; i++) {
        if (cabs(before[i] - value) <= CONVERGED * cabs(value)) {
            return true;
        }
    }
    return false;
}

/* Finds the least real part among minus the eigenvalues, from those of the inverse, sorted by decreasing
 * modulus. `before`: those of the last check; NULL: the values are all eigenvalues. Returns false if another
 * eigenvalue may have a smaller real part. */
static bool find_least(const struct gap *g, const double complex *value, int n, const double complex *before,
                       int n_before, double *least)
{
    double fastest = 0;
    *least = INFINITY;
    for (int32_t i = 0; i < g->n; i++) {
        fastest = fmax(fastest, g->s->kept[g->member[i]]);
    }
    for (int i = 0; i < n && cabs(value[i]) > NOTHING * cabs(value[0]); i++) {
        double size = 1 / cabs(value[i]);
        bool counts = size * size <= 2 * fastest * *least * (1 + 1e-6) || *least == INFINITY;
        if (before && counts && !has_converged(value[i], before, n_before)) {
            return false;
        }
        *least = counts ? fmin(*least, creal(1 / value[i])) : *least;
        if (g->balances || !counts) {
            return true;
        }
    }
    return !before;
}

static int follow_basis(struct gap *g, double *least)
{
    int dimension = g->reference < 0 ? g->n : g->n - 1, look = FIRST_LOOK, n_before = 0;
    bool is_whole = dimension <= MOST_STEPS, found = false;
    int most = is_whole ? dimension : MOST_STEPS;
    double complex *value = rt_alloc(2 * MOST_STEPS, sizeof *value), *before = value + MOST_STEPS;
    double *first = rt_alloc((size_t)g->n, sizeof *first);
    keep_random(g, first);
    for (int k = 1; k <= most && !found && !rt_check_limits(g->r, INFINITY); k++) {
        step(g, dimension);
        if (k < most && (is_whole || k < look)) {
            continue;
        }
        double complex *a = rt_alloc((size_t)k * (size_t)k, sizeof *a);
        for (int i = 0; i < k * k; i++) {
            a[i] = g->h[i / k * MOST_STEPS + i % k];
        }
        if (!rt_eigenvalues_hessenberg(a, k, value)) {
            rt_fail(&g->r->error, CRNL_SOLVER, "the eigenvalues of %d states did not converge", (int)g->n);
        }
        found = find_least(g, value, k, is_whole ? NULL : before, n_before, least);
        memcpy(before, value, (size_t)k * sizeof *value);
        n_before = k;
        look = look * 3 / 2;
        free(a);
    }
    if (!found && !g->r->error.status) {
        find_least(g, value, n_before, NULL, 0, least);
        rt_putf(&g->r->notes,
                "warning: the spectral gap of %d states is from the %d eigenvalues next to 0, and others may "
                "have a smaller real part\n",
                (int)g->n, n_before);
    }
    free(value);
    return g->r->error.status;
}

static int order_class(struct gap *g)
{
    int32_t n = 0, *member = rt_alloc((size_t)g->n, sizeof *member);
    for (int32_t i = 0; i < g->n; i++) {
        if (g->member[i] != g->reference) {
            member[n++] = g->member[i];
        }
    }
    if (!rt_order_eliminable(&g->order, g->s, member, n, true)) {
        return rt_fail(&g->r->error, CRNL_LIMIT,
                       "the spectral gap of %d states, which are too many for elimination\n"
                       "  help: leave it out, or follow fewer, `by cme(max_states = ...)`",
                       (int)g->n);
    }
    int status = rt_factorize(&g->factors, &g->order, g->r, NULL, true);
    return status || g->factors.n_held == 0
               ? status
               : rt_fail(&g->r->error, CRNL_SOLVER,
                         "some states are left so seldom, less than once in 1e250 reactions, that the "
                         "spectral gap cannot be computed");
}

/* Finds the law of the class, its likeliest state, and by what vectors are divided. */
static int set_law(struct gap *g, bool is_closed)
{
    int status = CRNL_OK;
    g->reference = -1;
    if (is_closed) {
        g->balances = rt_balanced(g->s, g->member, g->n, g->law);
        status = g->balances ? CRNL_OK : rt_class_law(g->s, g->r, g->member, g->n, g->law);
    }
    for (int32_t i = 0; i < g->n; i++) {
        int32_t state = g->member[i];
        g->scale[i] = is_closed ? sqrt(fmax(g->law[state], LEAST_LAW)) : 1;
        if (is_closed && (g->reference < 0 || g->law[state] > g->law[g->reference])) {
            g->reference = state;
        }
    }
    return status;
}

static int gap_of_class(struct rt_states *s, struct rt_recorder *r, const int32_t *member, int32_t n,
                        bool is_closed, double *least)
{
    struct gap g = {.s = s,
                    .r = r,
                    .member = member,
                    .n = n,
                    .law = rt_alloc((size_t)s->n, sizeof *g.law),
                    .scale = rt_alloc((size_t)n, sizeof *g.scale),
                    .b = rt_alloc((size_t)s->n, sizeof *g.b),
                    .basis = rt_alloc(MOST_STEPS + 1, sizeof *g.basis),
                    .h = rt_alloc((MOST_STEPS + 1) * MOST_STEPS, sizeof *g.h),
                    .random = 1};
    int status = set_law(&g, is_closed);
    status = status ? status : order_class(&g);
    status = status ? status : follow_basis(&g, least);
    for (int i = 0; i < g.n_basis; i++) {
        free(g.basis[i]);
    }
    free(g.basis);
    free(g.law);
    free(g.scale);
    free(g.b);
    free(g.h);
    rt_factors_free(&g.factors);
    rt_order_free(&g.order);
    return status;
}

int rt_spectral_gap(struct rt_states *s, struct rt_recorder *r, double *gap)
{
    struct rt_classes c;
    int status = CRNL_OK;
    rt_states_gather(s);
    rt_classes_find(&c, s);
    int32_t *first = rt_alloc((size_t)c.n + 2, sizeof *first), *member = rt_classes_list(s, &c, first);
    *gap = INFINITY;
    for (int32_t i = 0; i < c.n && !status; i++) {
        int32_t n = first[i + 1] - first[i];
        const int32_t *of = member + first[i];
        double least = n > 1 || c.is_closed[i] ? INFINITY : s->kept[of[0]];
        status = n > 1 ? gap_of_class(s, r, of, n, c.is_closed[i], &least) : CRNL_OK;
        *gap = fmin(*gap, least);
    }
    free(first);
    free(member);
    rt_classes_free(&c);
    return status;
}
