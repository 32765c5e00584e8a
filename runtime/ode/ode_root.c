/* The eigenvalues of the Jacobian at a steady state. Conserved sums give eigenvalues of 0 that say nothing of
 * stability: they are left out exactly, since the Jacobian is taken in coordinates of the changes that
 * reactions can make. What is left is block triangular where species do not depend on each other in a circle,
 * and each block has eigenvalues of its own, found without the rounding of the others. */
#include "rt_root.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rt_eigen.h"

enum { MOST_TOLD = 100, MOST_ASKED = 1000, TRIES = 3 }; /* ways, told without being asked for; with */
static const double NOTHING = 1e-9,                     /* of a change: rounding of the elimination */
    MOVED = 1e-12,                                      /* relative change of the entries in a second look */
    SURE = 100; /* times as far from 0 as the looks are apart: the sign of a real part is known */

/* ---- the ways ---- */

static void add_times(double *to, const double *from, double by, int32_t n)
{
    for (int32_t s = 0; s < n && by != 0; s++) {
        to[s] += by * from[s];
    }
}

static int32_t largest_of(const double *v, int32_t n)
{
    int32_t largest = 0;
    for (int32_t s = 1; s < n; s++) {
        largest = fabs(v[s]) > fabs(v[largest]) ? s : largest;
    }
    return largest;
}

/* A change v, which is lost, unless it is a combination of others. Returns false if there is no room. */
static bool add_way(struct rt_ways *w, double *v, int32_t most)
{
    size_t n = (size_t)w->n_species;
    double size = fabs(v[largest_of(v, w->n_species)]);
    for (int32_t i = 0; i < w->n; i++) {
        add_times(v, w->change + (size_t)i * n, -v[w->pivot[i]], w->n_species);
    }
    int32_t pivot = largest_of(v, w->n_species);
    if (!(fabs(v[pivot]) > NOTHING * size)) {
        return true;
    }
    if (w->n == most) {
        return false;
    }
    double by = 1 / v[pivot];
    for (int32_t s = 0; s < w->n_species; s++) {
        v[s] *= by;
    }
    for (int32_t i = 0; i < w->n; i++) {
        double *other = w->change + (size_t)i * n;
        add_times(other, v, -other[pivot], w->n_species);
    }
    memcpy(w->change + (size_t)w->n * n, v, n * sizeof *v);
    w->pivot[w->n++] = pivot;
    return true;
}

bool rt_ways_find(struct rt_ways *w, const struct crnl_model *m, const double *k, int32_t most)
{
    size_t n = (size_t)m->n_species, room = n < (size_t)most ? n : (size_t)most;
    *w = (struct rt_ways){.n_species = m->n_species};
    w->pivot = rt_alloc(room, sizeof *w->pivot);
    w->change = rt_alloc(room * n, sizeof *w->change);
    double *v = rt_alloc(n, sizeof *v);
    bool fits = true;
    for (int32_t j = 0; fits && j < m->n_reactions && w->n < m->n_species; j++) {
        if (k[j] == 0 || m->net_ptr[j] == m->net_ptr[j + 1]) {
            continue;
        }
        memset(v, 0, n * sizeof *v);
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
            v[m->net_species[e]] += m->net_delta[e];
        }
        fits = add_way(w, v, most);
    }
    free(v);
    return fits;
}

void rt_ways_free(struct rt_ways *w)
{
    free(w->pivot);
    free(w->change);
}

/* ---- the Jacobian ---- */

/* Adds what a change of species s by 1 adds to the derivative `f` of each pivot. */
static void add_column(const struct rt_ways *w, int32_t s, const double *f, double *jacobian)
{
    for (int32_t j = 0; j < w->n; j++) {
        double by = w->change[(size_t)j * (size_t)w->n_species + (size_t)s];
        for (int32_t i = 0; i < w->n && by != 0; i++) {
            jacobian[i * w->n + j] += by * f[w->pivot[i]];
        }
    }
}

static void by_derivatives(const struct rt_ode *o, const struct rt_ways *w, const struct rt_jacobian *jac,
                           const double *x, double *jacobian)
{
    double *values = rt_alloc((size_t)jac->nnz, sizeof *values), *f = rt_alloc((size_t)o->n, sizeof *f);
    rt_jacobian_values(jac, o->m, rt_events_time(&o->events, o->t), x, o->job->param, o->events.k, values);
    for (int32_t s = 0; s < o->m->n_species; s++) {
        for (int32_t i = jac->col[s]; i < jac->col[s + 1]; i++) {
            f[jac->row[i]] = values[i];
        }
        if (jac->col[s] < jac->col[s + 1]) {
            add_column(w, s, f, jacobian);
        }
        for (int32_t i = jac->col[s]; i < jac->col[s + 1]; i++) {
            f[jac->row[i]] = 0;
        }
    }
    free(values);
    free(f);
}

static void by_differences(const struct rt_ode *o, const struct rt_ways *w, const double *x, double *jacobian)
{
    size_t n = (size_t)o->n;
    double *y = rt_copy(x, n, sizeof *y), *f = rt_alloc(n, sizeof *f), *g = rt_alloc(n, sizeof *g);
    for (int32_t s = 0; s < o->m->n_species; s++) {
        double size = fmax(fabs(x[s]), o->largest[s]), h = cbrt(DBL_EPSILON) * (size > 0 ? size : 1);
        y[s] = x[s] + h;
        rt_ode_rhs(o, o->t, y, f);
        double below = x[s] - h < 0 && !rt_ode_is_signed(o, s) ? x[s] : x[s] - h, wide = y[s] - below;
        y[s] = below;
        rt_ode_rhs(o, o->t, y, g);
        y[s] = x[s];
        for (int64_t i = 0; i < o->n; i++) {
            f[i] = (f[i] - g[i]) / wide;
        }
        add_column(w, s, f, jacobian);
    }
    free(y);
    free(f);
    free(g);
}

bool rt_ways_jacobian(struct rt_ode *o, const struct rt_ways *w, const double *x, double *jacobian)
{
    struct rt_jacobian jac;
    size_t size = (size_t)w->n * (size_t)w->n;
    memset(jacobian, 0, size * sizeof *jacobian);
    if (rt_jacobian_create(&jac, o->m)) {
        by_derivatives(o, w, &jac, x, jacobian);
        rt_jacobian_destroy(&jac);
    } else {
        by_differences(o, w, x, jacobian);
    }
    double sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum += jacobian[i] * 0;
    }
    return sum == 0;
}

/* ---- blocks ---- */

/* The way that stands for the block of each: the first one that depends on it and on which it depends. */
static int32_t *find_blocks(const double *jacobian, int32_t n)
{
    size_t size = (size_t)n;
    uint8_t *reaches = rt_alloc(size * size, 1);
    int32_t *block = rt_alloc(size, sizeof *block);
    for (size_t i = 0; i < size * size; i++) {
        reaches[i] = jacobian[i] != 0;
    }
    for (size_t via = 0; via < size; via++) {
        for (size_t i = 0; i < size; i++) {
            for (size_t j = 0; reaches[i * size + via] && j < size; j++) {
                reaches[i * size + j] |= reaches[via * size + j];
            }
        }
    }
    for (int32_t i = 0; i < n; i++) {
        block[i] = i;
        for (int32_t j = i - 1; j >= 0; j--) {
            block[i] = reaches[i * n + j] && reaches[j * n + i] ? block[j] : block[i];
        }
    }
    free(reaches);
    return block;
}

struct slowest { /* the eigenvalue with the largest real part, and the block that it is of */
    double complex value;
    int32_t block;
    bool found; /* all blocks have converged */
};

/* `moved`: entries are changed by rounding errors, drawn in the way of number `moved`. */
static struct slowest find_slowest(const double *jacobian, int32_t n, const int32_t *block, int moved)
{
    struct slowest best = {-INFINITY, -1, true};
    double *a = rt_alloc((size_t)n * (size_t)n, sizeof *a);
    double complex *value = rt_alloc((size_t)n, sizeof *value);
    int32_t *member = rt_alloc((size_t)n, sizeof *member);
    uint64_t random = (uint64_t)moved;
    for (int32_t b = 0; b < n; b++) {
        int32_t size = 0;
        for (int32_t i = b; i < n && block[b] == b; i++) {
            member[size] = i;
            size += block[i] == b;
        }
        for (int32_t i = 0; i < size * size; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
            double off = moved ? MOVED * ((double)(random >> 40) / 0x1p24 - 0.5) : 0;
            a[i] = jacobian[member[i / size] * n + member[i % size]] * (1 + off);
        }
        best.found = best.found && (size == 0 || rt_eigenvalues(a, size, value));
        for (int32_t i = 0; best.found && i < size; i++) {
            if (creal(value[i]) > creal(best.value)) {
                best.value = value[i];
                best.block = b;
            }
        }
    }
    free(a);
    free(value);
    free(member);
    return best;
}

/* ---- what is said ---- */

struct verdict {
    double complex value; /* the eigenvalue with the largest real part; -INFINITY: nothing can change */
    int32_t species;      /* one that goes with it; -1: none */
    bool sure;            /* the sign of the real part is known */
    const char *why_not;  /* why there is none; NULL: there is */
};

static struct verdict judge(struct rt_ode *o, const struct rt_ways *w)
{
    struct verdict v = {-INFINITY, -1, true, NULL};
    double *jacobian = rt_alloc((size_t)w->n * (size_t)w->n, sizeof *jacobian);
    if (!rt_ways_jacobian(o, w, o->x, jacobian)) {
        v.why_not = "rates have no finite derivatives there";
    } else if (w->n > 0) {
        int32_t *block = find_blocks(jacobian, w->n);
        struct slowest s = find_slowest(jacobian, w->n, block, 0);
        double apart = 0;
        for (int i = 1; i <= TRIES && s.found; i++) {
            struct slowest again = find_slowest(jacobian, w->n, block, i);
            apart = fmax(apart, fabs(creal(again.value) - creal(s.value)));
        }
        v = (struct verdict){s.value, s.found ? w->pivot[s.block] : -1, fabs(creal(s.value)) > SURE * apart,
                             s.found ? NULL : "the eigenvalues of the Jacobian did not converge"};
        free(block);
    }
    free(jacobian);
    return v;
}

static struct verdict find_verdict(struct rt_ode *o, int32_t most)
{
    struct verdict v = {.species = -1};
    struct rt_ways w;
    if (o->m->n_delays > 0) {
        v.why_not = "it reads what was some time ago";
        return v;
    }
    if (o->slide.n_on > 0) {
        v.why_not = "laws jump there";
        return v;
    }
    if (rt_ways_find(&w, o->m, o->events.k, most)) {
        v = judge(o, &w);
    } else {
        v.why_not = most == MOST_TOLD ? "it has more than 100 species" : "it has more than 1000 species";
    }
    rt_ways_free(&w);
    return v;
}

static void tell(struct rt_ode *o, const struct verdict *v)
{
    double growth = creal(v->value), turn = fabs(cimag(v->value));
    bool turns = turn > fabs(growth) * 1e-9 && v->species >= 0;
    struct rt_buffer also = {0};
    if (turns) {
        rt_putf(&also, ", and turns around it with a period of %.6g", 2 * 3.14159265358979323846 / turn);
    }
    const char *more = also.n > 0 ? also.data : "";
    if (v->why_not) {
        rt_ode_note(o, "whether the steady state of `%s` is stable is not known: %s", o->m->name, v->why_not);
    } else if (v->species < 0) {
        rt_ode_note(o, "the steady state of `%s` is stable: nothing can change", o->m->name);
    } else if (!v->sure) {
        rt_ode_note(
            o,
            "the steady state of `%s` is neither stable nor unstable to first order: the largest real "
            "part of an eigenvalue is %.3g, and may be rounding",
            o->m->name, growth);
    } else if (growth < 0) {
        rt_ode_note(o, "the steady state of `%s` is stable: what is off dies out at a rate of %.6g%s",
                    o->m->name, -growth, more);
    } else {
        rt_putf(
            &o->notes,
            "warning: the steady state of `%s` is unstable: what is off in `%s` grows at a rate of %.6g%s\n",
            o->m->name, o->m->species_name[v->species], growth, more);
    }
    rt_buffer_free(&also);
}

int rt_ode_tell_stability(struct rt_ode *o, struct rt_recorder *r)
{
    const struct crnl_model *m = o->m;
    bool asked = false;
    for (int32_t i = 0; i < m->n_stats; i++) {
        asked = asked || m->stat[i].kind == CRNL_SPECTRAL_GAP;
    }
    struct verdict v = find_verdict(o, asked ? MOST_ASKED : MOST_TOLD);
    tell(o, &v);
    if (asked && v.why_not) {
        return rt_fail(&r->error, CRNL_SOLVER, "the steady state of `%s` has no spectral gap: %s", m->name,
                       v.why_not);
    }
    for (int32_t i = 0; asked && i < m->n_stats; i++) {
        if (m->stat[i].kind == CRNL_SPECTRAL_GAP) {
            r->stat[i].moments[0].weight = 1;
            r->stat[i].moments[0].mean = 0 - creal(v.value);
        }
    }
    return CRNL_OK;
}
