/* Energies of species from the ratios of rate constants: the solution of least norm of the equations sum
 * over species of change * energy = -log(kf / kb), one for each pair of reactions. Conjugate gradients
 * (Craig's method) end after as many steps as there are independent equations. */
#include <math.h>
#include <stdlib.h>

#include "ir/fact/fact_impl.h"
#include "support/mem.h"

static const double MOST_WORK = 1e8; /* number of terms visited */
static const double TOLERANCE = 1e-9;

struct system {
    size_t n_rows, n_columns;
    size_t *first; /* by row: index of its first term */
    VEC(struct term) term;
    double *right;
};

static void open_system(struct system *s, const struct net *n, const struct reversible *pair, size_t n_pairs)
{
    s->n_rows = n_pairs;
    s->n_columns = n->species.n;
    s->first = mem_alloc((n_pairs + 1) * sizeof *s->first);
    s->right = mem_alloc((n_pairs + 1) * sizeof *s->right);
    for (size_t i = 0; i < n_pairs; i++) {
        const struct reaction *r = &n->reaction.data[pair[i].forward];
        s->first[i] = s->term.n;
        s->right[i] = -pair[i].log_ratio;
        vec_reserve(&s->term, s->term.n + r->n_lhs + r->n_rhs);
        s->term.n += net_change(n, r, s->term.data + s->term.n);
    }
    s->first[n_pairs] = s->term.n;
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static double row_times(const struct system *s, size_t i, const double *x)
{
    double sum = 0;
    for (size_t k = s->first[i]; k < s->first[i + 1]; k++) {
        sum += (double)s->term.data[k].count * x[s->term.data[k].species];
    }
    return sum;
}

static void add_row(const struct system *s, size_t i, double factor, double *x)
{
    for (size_t k = s->first[i]; k < s->first[i + 1]; k++) {
        x[s->term.data[k].species] += factor * (double)s->term.data[k].count;
    }
}

/* Solves A x = right; x must be 0 at the start. `rest` holds the residual right - A x, and `step` the
 * direction. */
static void solve(const struct system *s, double *x, double *rest, double *step)
{
    double size = dot(rest, rest, s->n_rows), enough = 1e-30 * size;
    for (size_t i = 0; i < s->n_rows; i++) {
        add_row(s, i, rest[i], step);
    }
    for (double work = 0; size > enough && work < MOST_WORK; work += 2.0 * (double)s->term.n + 1) {
        double length = dot(step, step, s->n_columns), before = size;
        if (!(length > 0)) {
            return;
        }
        double by = size / length;
        for (size_t k = 0; k < s->n_columns; k++) {
            x[k] += by * step[k];
        }
        for (size_t i = 0; i < s->n_rows; i++) {
            rest[i] -= by * row_times(s, i, step);
        }
        size = dot(rest, rest, s->n_rows);
        for (size_t k = 0; k < s->n_columns; k++) {
            step[k] *= size / before;
        }
        for (size_t i = 0; i < s->n_rows; i++) {
            add_row(s, i, rest[i], step);
        }
    }
}

bool fact_energies(const struct net *n, const struct reversible *pair, size_t n_pairs, double *energy)
{
    struct system s = {0};
    open_system(&s, n, pair, n_pairs);
    double *rest = mem_alloc((n_pairs + 1) * sizeof *rest),
           *step = mem_zalloc(n->species.n + 1, sizeof *step);
    for (size_t i = 0; i < n_pairs; i++) {
        rest[i] = s.right[i];
    }
    solve(&s, energy, rest, step);
    bool ok = true;
    for (size_t i = 0; i < n_pairs && ok; i++) {
        ok = fabs(row_times(&s, i, energy) - s.right[i]) <= TOLERANCE * fmax(1, fabs(s.right[i]));
    }
    free(s.first);
    free(s.right);
    vec_free(&s.term);
    free(rest);
    free(step);
    return ok;
}
