/* Newton's method for n equations R(y) = 0 whose n unknowns are leaves of expressions. It runs with
 * numbers, to find out from where it converges, and as a formula that has a number of steps written out. */
#include <math.h>
#include <string.h>

#include "import/sbml/sbml_impl.h"

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

#define F2(op, x, y) expr_binary(p, EXPR_##op, x, y)

/* ---- formulas ---- */

static bool is_zero(const struct expr_pool *p, expr_id e)
{
    double v;
    return e == 0 || (expr_const_real(p, e, &v) && v == 0);
}

/* Finds minor[set]: the determinant of the columns in `set`, one bit each, and of as many first rows; b
 * is column n. Each is expanded along its last row. Since all sets of columns share their parts, at most
 * 2^n n products arise. */
static void find_minors(struct expr_pool *p, size_t n, const expr_id *a, const expr_id *b, expr_id *minor)
{
    minor[0] = expr_real(p, 1);
    for (uint32_t set = 1; set < 1U << (n + 1); set++) {
        size_t row = (size_t)__builtin_popcount(set) - 1;
        expr_id sum = 0;
        for (size_t c = 0; row < n && c <= n; c++) {
            expr_id rest = set >> c & 1 ? minor[set & ~(1U << c)] : 0;
            expr_id entry = c < n ? a[row * n + c] : b[row];
            if (is_zero(p, rest) || is_zero(p, entry)) {
                continue;
            }
            expr_id part = F2(MUL, entry, rest);
            bool is_odd = __builtin_popcount(set >> (c + 1)) & 1;
            part = is_odd ? expr_unary(p, EXPR_NEG, part) : part;
            sum = sum ? F2(ADD, sum, part) : part;
        }
        minor[set] = sum;
    }
}

expr_id sbml_solve_linear(struct sbml *s, size_t n, const expr_id *a, const expr_id *b, expr_id *x)
{
    struct expr_pool *p = pool(s);
    expr_id *minor = arena_alloc(s->x->arena, ((size_t)1 << (n + 1)) * sizeof *minor);
    find_minors(p, n, a, b, minor);
    uint32_t all = (1U << n) - 1, whole = (1U << (n + 1)) - 1;
    for (size_t i = 0; i < n; i++) {
        expr_id m = minor[whole & ~(1U << i)];
        bool is_odd = (n - 1 - i) & 1;
        x[i] = is_zero(p, m) ? expr_real(p, 0) : is_odd ? expr_unary(p, EXPR_NEG, m) : m;
    }
    return minor[all] ? minor[all] : expr_real(p, 0);
}

struct put {
    const struct sbml_system *q;
    const expr_id *value;
};

static expr_id put_leaf(void *env, const struct expr *leaf, expr_id id)
{
    const struct put *u = env;
    for (size_t i = 0; leaf->op == EXPR_SPECIES && i < u->q->n_changes; i++) {
        if (u->q->change[i].species == leaf->a) {
            return u->q->change[i].value;
        }
    }
    for (size_t i = 0; leaf->op == u->q->op && i < u->q->n; i++) {
        if (leaf->a == u->q->leaf[i]) {
            return u->value ? u->value[i] : id;
        }
    }
    return id;
}

static expr_id put(struct sbml *s, const struct sbml_system *q, expr_id e, const expr_id *value)
{
    return expr_rewrite(pool(s), pool(s), e, put_leaf, &(struct put){q, value});
}

void sbml_slopes(struct sbml *s, const struct sbml_system *q, expr_id *slope)
{
    for (size_t i = 0; i < q->n; i++) {
        for (size_t k = 0; k < q->n; k++) {
            slope[i * q->n + k] = expr_derivative(pool(s), q->rule[i], q->op, q->leaf[k]);
        }
    }
}

void sbml_newton(struct sbml *s, const struct sbml_system *q, const expr_id *from, int steps, expr_id *y)
{
    struct expr_pool *p = pool(s);
    size_t n = q->n;
    expr_id *slope = arena_alloc(s->x->arena, (2 * n * n + 2 * n) * sizeof *slope);
    expr_id *a = slope + n * n, *r = a + n * n, *step = r + n;
    sbml_slopes(s, q, slope);
    memmove(y, from, n * sizeof *y);
    for (int k = 0; k < steps; k++) {
        for (size_t i = 0; i < n * n; i++) {
            a[i] = is_zero(p, slope[i]) ? 0 : put(s, q, slope[i], y);
        }
        for (size_t i = 0; i < n; i++) {
            r[i] = put(s, q, q->rule[i], y);
        }
        expr_id det = sbml_solve_linear(s, n, a, r, step);
        for (size_t i = 0; i < n; i++) {
            y[i] = is_zero(p, step[i]) ? y[i] : F2(SUB, y[i], F2(DIV, step[i], det));
        }
    }
}

/* ---- numbers ---- */

enum { MOST = SBML_MOST_COUPLED, STEPS = 200, HALVINGS = 30 };

struct point {
    const struct expr_pool *p;
    const struct sbml_system *q;
    const double *y;
};

static bool value_of_leaf(void *env, const struct expr *e, const void *const *args, void *out)
{
    const struct point *at = env;
    (void)args;
    for (size_t i = 0; e->op == at->q->op && i < at->q->n; i++) {
        if (e->a == at->q->leaf[i]) {
            *(double *)out = at->y[i];
            return true;
        }
    }
    return false;
}

static bool value(const struct point *at, expr_id e, double *v)
{
    struct expr_env env = {.env = (void *)(uintptr_t)at, .leaf = value_of_leaf};
    return expr_eval(at->p, e, &env, v) && isfinite(*v);
}

/* Solves a x = b by elimination with the largest pivots; x replaces b. False if there is no solution. */
static bool solve_numbers(size_t n, double a[MOST][MOST], double *b)
{
    for (size_t k = 0; k < n; k++) {
        size_t best = k;
        for (size_t i = k; i < n; i++) {
            best = fabs(a[i][k]) > fabs(a[best][k]) ? i : best;
        }
        if (!(fabs(a[best][k]) > 0)) {
            return false;
        }
        for (size_t j = 0; j < n; j++) {
            double t = a[k][j];
            a[k][j] = a[best][j];
            a[best][j] = t;
        }
        double t = b[k];
        b[k] = b[best];
        b[best] = t;
        for (size_t i = k + 1; i < n; i++) {
            double f = a[i][k] / a[k][k];
            for (size_t j = k; j < n; j++) {
                a[i][j] -= f * a[k][j];
            }
            b[i] -= f * b[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++) {
            b[k] -= a[k][j] * b[j];
        }
        b[k] /= a[k][k];
    }
    return true;
}

/* Finds a step of Newton's method from the slopes at `there` and the values of the rules at `at`. */
static bool find_step(const struct sbml_system *q, const struct expr_pool *p, const expr_id *slope,
                      const double *there, const double *at, double *step)
{
    double a[MOST][MOST];
    struct point slopes = {p, q, there}, rules = {p, q, at};
    for (size_t i = 0; i < q->n; i++) {
        for (size_t k = 0; k < q->n; k++) {
            if (!value(&slopes, slope[i * q->n + k], &a[i][k])) {
                return false;
            }
        }
        if (!value(&rules, q->rule[i], &step[i])) {
            return false;
        }
        step[i] = -step[i];
    }
    return solve_numbers(q->n, a, step);
}

/* The length of a step relative to y; `least` keeps it finite where y is 0. */
static double length(const struct sbml_system *q, const double *y, const double *least, const double *step)
{
    double most = 0;
    for (size_t i = 0; i < q->n; i++) {
        most = fmax(most, fabs(step[i]) / (fabs(y[i]) + least[i]));
    }
    return most;
}

/* Iterates from y, by whole steps or, if is_damped, also by parts of steps. A part is short enough if the
 * step that would follow with the same slopes is shorter (Deuflhard's natural monotonicity test, which
 * does not depend on how equations are scaled). */
static bool iterate(const struct sbml_system *q, const struct expr_pool *p, const expr_id *slope, int steps,
                    bool is_damped, double *y)
{
    double least[MOST], step[MOST], next[MOST], after[MOST];
    for (size_t i = 0; i < q->n; i++) {
        least[i] = 1e-12 * fabs(y[i]);
    }
    for (int k = 0; k < steps; k++) {
        if (!find_step(q, p, slope, y, y, step)) {
            return false;
        }
        double part = 1, before = length(q, y, least, step);
        if (before == 0) {
            return true;
        }
        for (int h = 0;; h++) {
            for (size_t i = 0; i < q->n; i++) {
                next[i] = y[i] + part * step[i];
            }
            bool is_better = find_step(q, p, slope, y, next, after) &&
                             (!is_damped || length(q, y, least, after) <= (1 - part / 4) * before);
            if (is_better || !is_damped || before < 1e-9) {
                break;
            }
            if (h == HALVINGS) {
                return false;
            }
            part /= 2;
        }
        memcpy(y, next, q->n * sizeof *y);
    }
    return find_step(q, p, slope, y, y, step) && length(q, y, least, step) <= 1e-9;
}

enum { STEPS_ALONG = 2000, SQUARINGS = 40 };
static const double ALONG = 1e-3; /* error allowed in a step, relative to the largest amount */

/* The differential equation that is followed: y' = added * rule. */
struct way {
    const struct sbml_system *q;
    const struct expr_pool *p;
    const expr_id *slope;
    double (*added)[MOST];
};

/* Computes f = added * rule at y, and its Jacobian a. */
static bool find_speed(const struct way *w, const double *y, double *f, double a[MOST][MOST])
{
    const struct sbml_system *q = w->q;
    struct point at = {w->p, q, y};
    double rule[MOST], of[MOST][MOST];
    for (size_t i = 0; i < q->n; i++) {
        for (size_t k = 0; k < q->n; k++) {
            if (!value(&at, w->slope[i * q->n + k], &of[i][k])) {
                return false;
            }
        }
        if (!value(&at, q->rule[i], &rule[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < q->n; i++) {
        f[i] = 0;
        for (size_t m = 0; m < q->n; m++) {
            f[i] += w->added[i][m] * rule[m];
        }
        for (size_t k = 0; k < q->n; k++) {
            a[i][k] = 0;
            for (size_t m = 0; m < q->n; m++) {
                a[i][k] += w->added[i][m] * of[m][k];
            }
        }
    }
    return true;
}

/* Solves (1/h - f') step = f and stores y + step in `next`: a step of the linearly implicit Euler method. */
static bool step_along(const struct way *w, double h, const double *y, double *next)
{
    double a[MOST][MOST], f[MOST];
    if (!find_speed(w, y, f, a)) {
        return false;
    }
    for (size_t i = 0; i < w->q->n; i++) {
        for (size_t k = 0; k < w->q->n; k++) {
            a[i][k] = (i == k ? 1 / h : 0) - a[i][k];
        }
    }
    bool ok = solve_numbers(w->q->n, a, f);
    for (size_t i = 0; i < w->q->n; i++) {
        next[i] = y[i] + f[i];
    }
    return ok;
}

static double largest(size_t n, double a[MOST][MOST])
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            most = fmax(most, fabs(a[i][k]));
        }
    }
    return most;
}

/* Whether states close to y return to y: the powers of (1 - h f')^-1 do not grow, where h is a fraction
 * of the shortest time constant. */
static bool is_stable(const struct way *w, const double *y)
{
    size_t n = w->q->n;
    double a[MOST][MOST], f[MOST], b[MOST][MOST], c[MOST][MOST];
    if (!find_speed(w, y, f, a)) {
        return false;
    }
    double h = 0.5 / ((double)n * largest(n, a));
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t m = 0; m < n; m++) {
                c[i][m] = (i == m) - h * a[i][m];
            }
            f[i] = i == k;
        }
        if (!solve_numbers(n, c, f)) {
            return false;
        }
        for (size_t i = 0; i < n; i++) {
            b[i][k] = f[i];
        }
    }
    for (int s = 0; s < SQUARINGS && largest(n, b) < 1e100; s++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < n; k++) {
                c[i][k] = 0;
                for (size_t m = 0; m < n; m++) {
                    c[i][k] += b[i][m] * b[m][k];
                }
            }
        }
        memcpy(b, c, sizeof b);
    }
    return largest(n, b) < 0.5;
}

/* The error of a step is the distance between its end and that of two half steps. Near the end of the way
 * steps are so long that they equal those of Newton's method. */
bool sbml_follow(struct sbml *s, const struct sbml_system *q, double added[MOST][MOST], double *y)
{
    size_t n = q->n;
    double a[MOST][MOST], f[MOST], whole[MOST], half[MOST], next[MOST], step[MOST], least[MOST] = {0},
                                                                                    size = 0;
    expr_id slope[MOST * MOST];
    sbml_slopes(s, q, slope);
    struct way w = {q, pool(s), slope, added};
    if (!find_speed(&w, y, f, a)) {
        return false;
    }
    bool rests = true;
    for (size_t i = 0; i < n; i++) {
        rests &= f[i] == 0;
        size = fmax(size, fabs(y[i]));
    }
    double fastest = largest(n, a), h = fastest > 0 ? 0.01 / fastest : 1;
    for (int k = 0; k < STEPS_ALONG && !rests; k++) {
        bool ok = step_along(&w, h, y, whole) && step_along(&w, h / 2, y, half) &&
                  step_along(&w, h / 2, half, next);
        double off = 0;
        for (size_t i = 0; i < n; i++) {
            size = fmax(size, ok ? fabs(next[i]) : 0);
            off = fmax(off, fabs(next[i] - whole[i]));
            step[i] = next[i] - y[i];
        }
        if (!ok || !(off <= ALONG * size)) {
            h /= 4;
            continue;
        }
        memcpy(y, next, n * sizeof *y);
        if (h * fastest > 1e6 && length(q, y, least, step) <= 1e-9) {
            return is_stable(&w, y);
        }
        h = fmin(h * (off <= 0.1 * ALONG * size ? 4 : 1.2), 1e200);
    }
    return rests && is_stable(&w, y);
}

/* Gives guess number k to the unknowns without a value of their own: first the same value to all of them,
 * then mixtures. False if there are no more guesses. */
static bool take_guess(size_t n, const bool *is_free, int k, double *y)
{
    static const double guesses[] = {1, 0.1, 10, 0.01, 100, 1e-3, 1e3, -1, -0.1, -10, 1e-6, 1e6};
    enum { N = sizeof guesses / sizeof *guesses, MIXED = 2000 };
    uint64_t draw = (uint64_t)(k + 1) * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = 0; i < n; i++) {
        draw = (draw ^ draw >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
        if (is_free[i]) {
            y[i] = guesses[k < N ? (size_t)k : (draw >> 33) % N];
        }
    }
    return k < N + (n > 1 ? MIXED : 0);
}

bool sbml_converges(struct sbml *s, const struct sbml_system *q, int steps, const double *from)
{
    double y[MOST];
    expr_id slope[MOST * MOST];
    memcpy(y, from, q->n * sizeof *y);
    sbml_slopes(s, q, slope);
    return iterate(q, pool(s), slope, steps, false, y);
}

bool sbml_find_root(struct sbml *s, const struct sbml_system *q, const bool *has_value, double *y)
{
    double at[MOST];
    bool is_free[MOST];
    expr_id slope[MOST * MOST];
    sbml_slopes(s, q, slope);
    /* the first round keeps the values that the model gives, the second varies all */
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < q->n; i++) {
            is_free[i] = round > 0 || !has_value[i];
        }
        memcpy(at, y, sizeof at);
        if (round == 0 && iterate(q, pool(s), slope, STEPS, true, at)) {
            memcpy(y, at, q->n * sizeof *y);
            return true;
        }
        for (int k = 0; memcpy(at, y, sizeof at), take_guess(q->n, is_free, k, at); k++) {
            if (iterate(q, pool(s), slope, STEPS, true, at)) {
                memcpy(y, at, q->n * sizeof *y);
                return true;
            }
        }
    }
    return false;
}
