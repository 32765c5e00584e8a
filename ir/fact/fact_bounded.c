/* Structural boundedness. With the stoichiometric matrix N (species by reactions), this maximises the sum of
 * the entries of N v over v >= 0 with sum v <= 1 and N v >= 0. A solution with positive value is a witness
 * of growth. If the maximum is 0, the dual values y >= 0 satisfy (1 + y) N <= 0, and 1 + y are the weights.
 * The simplex method is in dictionary form with Bland's rule (Chvatal, Linear Programming, 1983, chapter 3)
 * and starts at v = 0. */
#include "ir/fact/fact.h"

#include <math.h>
#include <stdlib.h>

#include "support/mem.h"

enum { MAX_ENTRIES = 4000000, MAX_DENOMINATOR = 2520 };
static const double MAX_WORK = 2e9, EPSILON = 1e-9;

struct lp {
    size_t rows, columns; /* rows: the species, and the bound on sum v; columns: the reactions */
    double *a;            /* [rows, columns] */
    double *b, *c;
    int32_t *basic, *nonbasic; /* numbers of variables: below `columns` those of v, the others the slacks of
                                  rows */
};

static double *row_of(const struct lp *lp, size_t i)
{
    return lp->a + i * lp->columns;
}

/* Bland's rule: the first variable whose increase improves the value; -1: none. */
static int64_t entering(const struct lp *lp)
{
    int64_t best = -1;
    for (size_t j = 0; j < lp->columns; j++) {
        if (lp->c[j] > EPSILON && (best < 0 || lp->nonbasic[j] < lp->nonbasic[best])) {
            best = (int64_t)j;
        }
    }
    return best;
}

static size_t leaving(const struct lp *lp, size_t j)
{
    size_t best = lp->rows;
    double least = INFINITY;
    for (size_t i = 0; i < lp->rows; i++) {
        double a = row_of(lp, i)[j], ratio = a > EPSILON ? lp->b[i] / a : INFINITY;
        if (ratio < least - EPSILON ||
            (ratio < least + EPSILON && best < lp->rows && lp->basic[i] < lp->basic[best])) {
            least = ratio < least ? ratio : least;
            best = i;
        }
    }
    return best;
}

static void eliminate(const double *pivot_row, double pivot_b, size_t columns, size_t j, double *row,
                      double *b)
{
    double factor = row[j];
    if (factor == 0) {
        return;
    }
    row[j] = 0;
    for (size_t k = 0; k < columns; k++) {
        row[k] -= factor * pivot_row[k];
    }
    *b -= factor * pivot_b;
}

static void pivot(struct lp *lp, size_t i, size_t j)
{
    double *row = row_of(lp, i), value = row[j], objective = 0;
    row[j] = 1;
    for (size_t k = 0; k < lp->columns; k++) {
        row[k] /= value;
    }
    lp->b[i] /= value;
    for (size_t k = 0; k < lp->rows; k++) {
        if (k != i) {
            eliminate(row, lp->b[i], lp->columns, j, row_of(lp, k), &lp->b[k]);
        }
    }
    eliminate(row, lp->b[i], lp->columns, j, lp->c, &objective);
    int32_t swap = lp->basic[i];
    lp->basic[i] = lp->nonbasic[j];
    lp->nonbasic[j] = swap;
}

/* The stoichiometric matrix, stored by columns. */
struct matrix {
    const struct net *n;
    size_t *ptr;
    struct term *term;
};

static struct matrix matrix_of(const struct net *n)
{
    struct matrix m = {.n = n, .ptr = mem_zalloc(n->reaction.n + 1, sizeof *m.ptr)};
    size_t room = 0;
    for (size_t j = 0; j < n->reaction.n; j++) {
        room += (size_t)n->reaction.data[j].n_lhs + n->reaction.data[j].n_rhs;
    }
    m.term = mem_alloc((room + 1) * sizeof *m.term);
    for (size_t j = 0; j < n->reaction.n; j++) {
        m.ptr[j + 1] = m.ptr[j] + net_change(n, &n->reaction.data[j], m.term + m.ptr[j]);
    }
    return m;
}

static void lp_free(struct lp *lp)
{
    free(lp->a);
    free(lp->b);
    free(lp->c);
    free(lp->basic);
    free(lp->nonbasic);
}

static struct lp lp_of(const struct matrix *m)
{
    size_t species = m->n->species.n;
    struct lp lp = {.rows = species + 1, .columns = m->n->reaction.n};
    lp.a = mem_zalloc(lp.rows * lp.columns + 1, sizeof *lp.a);
    lp.b = mem_zalloc(lp.rows, sizeof *lp.b);
    lp.c = mem_zalloc(lp.columns + 1, sizeof *lp.c);
    lp.basic = mem_alloc(lp.rows * sizeof *lp.basic);
    lp.nonbasic = mem_alloc((lp.columns + 1) * sizeof *lp.nonbasic);
    for (size_t j = 0; j < lp.columns; j++) {
        lp.nonbasic[j] = (int32_t)j;
        row_of(&lp, species)[j] = 1;
        for (size_t k = m->ptr[j]; k < m->ptr[j + 1]; k++) {
            row_of(&lp, (size_t)m->term[k].species)[j] = -(double)m->term[k].count;
            lp.c[j] += (double)m->term[k].count;
        }
    }
    for (size_t i = 0; i < lp.rows; i++) {
        lp.basic[i] = (int32_t)(lp.columns + i);
    }
    lp.b[species] = 1;
    return lp;
}

enum solved { SOLVED_ZERO, SOLVED_POSITIVE, SOLVED_NOT };

/* Runs the simplex method until it leaves the origin, because every pivot with a positive step raises the
 * value. */
static enum solved solve(struct lp *lp)
{
    double work = 0;
    for (int64_t j; (j = entering(lp)) >= 0;) {
        size_t i = leaving(lp, (size_t)j);
        work += (double)lp->rows * (double)lp->columns;
        if (i == lp->rows || work > MAX_WORK) {
            return SOLVED_NOT;
        }
        bool step = lp->b[i] / row_of(lp, i)[j] > EPSILON;
        pivot(lp, i, (size_t)j);
        if (step) {
            return SOLVED_POSITIVE;
        }
    }
    return SOLVED_ZERO;
}

/* Finds small integers with the ratios of x by trying denominators; the caller checks the result. Returns
 * false if there are none. */
static bool to_integers(const double *x, size_t n, int64_t *out)
{
    double least = INFINITY;
    for (size_t i = 0; i < n; i++) {
        least = x[i] > EPSILON && x[i] < least ? x[i] : least;
    }
    for (int q = 1; q <= MAX_DENOMINATOR && least < INFINITY; q++) {
        bool good = true;
        for (size_t i = 0; i < n && good; i++) {
            double v = x[i] > EPSILON ? x[i] / least * q : 0;
            good = v < 1e15 && fabs(v - nearbyint(v)) < 1e-6 * (1 + v);
            out[i] = good ? (int64_t)nearbyint(v) : 0;
        }
        if (good) {
            return true;
        }
    }
    return false;
}

/* Checks exactly that no reaction raises the weighted sum of amounts. */
static bool check_weights(const struct matrix *m, const int64_t *weight)
{
    for (size_t j = 0; j < m->n->reaction.n; j++) {
        int64_t sum = 0, product;
        for (size_t k = m->ptr[j]; k < m->ptr[j + 1]; k++) {
            if (__builtin_mul_overflow(m->term[k].count, weight[m->term[k].species], &product) ||
                __builtin_add_overflow(sum, product, &sum)) {
                return false;
            }
        }
        if (sum > 0) {
            return false;
        }
    }
    return true;
}

static bool keep_weights(const struct matrix *m, const int64_t *weight, struct boundedness *result)
{
    if (!check_weights(m, weight)) {
        return false;
    }
    for (size_t s = 0; s < m->n->species.n; s++) {
        if (m->n->species.data[s].kind != SPECIES_CONSTANT) {
            vec_push(&result->weight, (struct term){(species_id)s, weight[s]});
        }
    }
    result->answer = BOUNDED_YES;
    return true;
}

static bool try_equal_weights(const struct matrix *m, struct boundedness *result)
{
    int64_t *weight = mem_alloc((m->n->species.n + 1) * sizeof *weight);
    for (size_t s = 0; s < m->n->species.n; s++) {
        weight[s] = 1;
    }
    bool good = keep_weights(m, weight, result);
    free(weight);
    return good;
}

static void find_weights(const struct matrix *m, const struct lp *lp, struct boundedness *result)
{
    size_t n = m->n->species.n;
    double *y = mem_alloc((n + 1) * sizeof *y);
    int64_t *weight = mem_alloc((n + 1) * sizeof *weight);
    for (size_t s = 0; s < n; s++) {
        y[s] = 1;
    }
    for (size_t j = 0; j < lp->columns; j++) {
        size_t row = (size_t)lp->nonbasic[j] - lp->columns;
        if ((size_t)lp->nonbasic[j] >= lp->columns && row < n) {
            y[row] = 1 - lp->c[j];
        }
    }
    if (to_integers(y, n, weight)) {
        keep_weights(m, weight, result);
    }
    free(y);
    free(weight);
}

/* Checks that firing each reaction v times lowers no species and raises at least one, and if so records the
 * witness. */
static bool keep_firings(const struct matrix *m, const int64_t *v, struct boundedness *result)
{
    size_t n = m->n->species.n;
    int64_t *change = mem_zalloc(n + 1, sizeof *change);
    bool good = true, raises = false;
    for (size_t j = 0; j < m->n->reaction.n; j++) {
        for (size_t k = m->ptr[j]; k < m->ptr[j + 1] && good; k++) {
            int64_t product;
            int64_t *to = &change[m->term[k].species];
            good = !__builtin_mul_overflow(m->term[k].count, v[j], &product) &&
                   !__builtin_add_overflow(*to, product, to);
        }
    }
    for (size_t s = 0; s < n && good; s++) {
        good = change[s] >= 0;
        raises = raises || change[s] > 0;
    }
    if (good && raises) {
        for (size_t j = 0; j < m->n->reaction.n; j++) {
            if (v[j]) {
                vec_push(&result->firing, (struct term){(reaction_id)j, v[j]});
            }
        }
        for (size_t s = 0; s < n; s++) {
            if (change[s]) {
                vec_push(&result->raised, (struct term){(species_id)s, change[s]});
            }
        }
        result->answer = BOUNDED_NO;
    }
    free(change);
    return good && raises;
}

static void find_firings(const struct matrix *m, const struct lp *lp, struct boundedness *result)
{
    double *v = mem_zalloc(lp->columns + 1, sizeof *v);
    int64_t *count = mem_zalloc(lp->columns + 1, sizeof *count);
    for (size_t i = 0; i < lp->rows; i++) {
        if ((size_t)lp->basic[i] < lp->columns) {
            v[lp->basic[i]] = lp->b[i];
        }
    }
    if (to_integers(v, lp->columns, count)) {
        keep_firings(m, count, result);
    }
    free(v);
    free(count);
}

/* Tries single reactions first: one that only raises amounts is the witness that a reader understands at
 * once. */
static bool try_single_firings(const struct matrix *m, struct boundedness *result)
{
    int64_t *v = mem_zalloc(m->n->reaction.n + 1, sizeof *v);
    bool found = false;
    for (size_t j = 0; j < m->n->reaction.n && !found; j++) {
        bool makes = m->ptr[j] < m->ptr[j + 1];
        for (size_t k = m->ptr[j]; k < m->ptr[j + 1]; k++) {
            makes = makes && m->term[k].count > 0;
        }
        v[j] = makes;
        found = makes && keep_firings(m, v, result);
    }
    free(v);
    return found;
}

static void decide(const struct matrix *m, struct boundedness *result)
{
    if (try_equal_weights(m, result) || try_single_firings(m, result)) {
        return;
    }
    if ((m->n->species.n + 1) * m->n->reaction.n > MAX_ENTRIES) {
        result->why = "the network is too large for the linear program";
        return;
    }
    struct lp lp = lp_of(m);
    switch (solve(&lp)) {
    case SOLVED_ZERO: find_weights(m, &lp, result); break;
    case SOLVED_POSITIVE: find_firings(m, &lp, result); break;
    case SOLVED_NOT: break;
    }
    lp_free(&lp);
    result->why = "no exact witness was found";
}

struct boundedness fact_bounded(const struct net *n)
{
    struct boundedness result = {.answer = BOUNDED_UNKNOWN};
    if (n->change.n) {
        result.why = "events change amounts";
        return result;
    }
    if (net_first_unknown(n) >= 0) {
        result.why = "a reaction changes amounts by what is no whole number, or later";
        return result;
    }
    struct matrix m = matrix_of(n);
    decide(&m, &result);
    free(m.ptr);
    free(m.term);
    return result;
}

void fact_bounded_free(struct boundedness *b)
{
    vec_free(&b->weight);
    vec_free(&b->firing);
    vec_free(&b->raised);
    *b = (struct boundedness){0};
}
