#include "ir/net/amount.h"

#include <math.h>

/* An exact sum of doubles: the parts do not overlap, and the smallest comes first (Shewchuk 1997,
 * grow-expansion). A sum never needs more than NET_AMOUNT_PARTS parts, because more would exceed the range
 * of doubles. */
struct expansion {
    size_t n;
    double part[NET_AMOUNT_PARTS + 2];
};

static double two_sum(double a, double b, double *rest)
{
    double s = a + b, of_b = s - a;
    *rest = (a - (s - of_b)) + (b - of_b);
    return s;
}

static void grow(struct expansion *e, double v)
{
    size_t kept = 0;
    for (size_t i = 0; i < e->n; i++) {
        double rest;
        v = two_sum(v, e->part[i], &rest);
        if (rest != 0) {
            e->part[kept++] = rest;
        }
    }
    if (v != 0 || kept == 0) {
        e->part[kept++] = v;
    }
    e->n = kept;
}

/* Merges the parts into as few as possible (Shewchuk 1997, compress). */
static void compress(struct expansion *e)
{
    size_t bottom = e->n - 1, top = 0;
    double sum = e->part[bottom], rest;
    for (size_t i = e->n - 1; i-- > 0;) {
        sum = two_sum(sum, e->part[i], &rest);
        if (rest != 0) {
            e->part[bottom--] = sum;
            sum = rest;
        }
    }
    e->part[bottom] = sum;
    for (size_t i = bottom + 1; i < e->n; i++) {
        sum = two_sum(e->part[i], sum, &rest);
        if (rest != 0) {
            e->part[top++] = rest;
        }
    }
    e->part[top++] = sum;
    e->n = top;
}

static void add_part(struct expansion *e, double v)
{
    grow(e, v);
    if (e->n > NET_AMOUNT_PARTS) {
        compress(e);
    }
}

/* Adds count * part to e exactly. The count is split into digits of 21 bits and the part into halves of 26
 * bits (Dekker 1971), so that the product of a digit and a half is exact. */
static void add_product(struct expansion *e, int64_t count, double part)
{
    double big = 134217729.0 * part, high = big - (big - part), low = part - high;
    for (int shift = 0; shift < 63 && count >> shift; shift += 21) {
        double digits = ldexp((double)(count >> shift & 0x1FFFFF), shift);
        add_part(e, digits * high);
        add_part(e, digits * low);
    }
}

size_t net_amount_parts(const struct net *n, species_id s, double *part)
{
    const struct species *x = &n->species.data[s];
    size_t count = 0;
    double v;
    if (!x->init || !expr_const_real(n->ex, x->init, &v)) {
        return 0;
    }
    if (v != 0) {
        part[count++] = v;
    }
    const struct expr *rest = x->rest ? expr_get(n->ex, x->rest) : NULL;
    for (int32_t i = 0; rest && i < rest->shape.dim[0]; i++) {
        part[count++] = ((const double *)rest->v.data)[i];
    }
    return count;
}

static bool is_constant(const struct net *n, expr_id init)
{
    double v;
    return !init || (expr_const_real(n->ex, init, &v) && v - v == 0);
}

/* Adds `count` times the initial amount of s to e. */
static void add_species(const struct net *n, struct expansion *e, int64_t count, species_id s)
{
    double part[NET_AMOUNT_PARTS];
    size_t n_parts = net_amount_parts(n, s, part);
    for (size_t i = 0; i < n_parts; i++) {
        add_product(e, count, part[i]);
    }
}

/* Gives species s the initial amount e: `init` is e rounded to a double, and the remainder becomes `rest`. */
static void set_amount(struct net *n, species_id s, expr_id init, struct expansion *e)
{
    double v;
    n->species.data[s].init = init;
    n->species.data[s].rest = 0;
    if (!init || !expr_const_real(n->ex, init, &v) || !(v - v == 0)) {
        return;
    }
    add_part(e, -v);
    compress(e);
    if (e->part[0] != 0 && e->n <= NET_AMOUNT_PARTS) {
        n->species.data[s].rest = expr_const_array(n->ex, TYPE_REAL, shape_vector((int32_t)e->n), e->part);
    }
}

void net_add_amount(struct net *n, species_id to, int64_t count, species_id from)
{
    expr_id before = n->species.data[to].init, init = n->species.data[from].init;
    double v;
    if (!init || (expr_const_real(n->ex, init, &v) && v == 0)) {
        return;
    }
    struct expansion e = {.n = 1};
    if (is_constant(n, before) && is_constant(n, init)) {
        add_species(n, &e, 1, to);
        add_species(n, &e, count, from);
    }
    expr_id part = expr_binary(n->ex, EXPR_MUL, expr_real(n->ex, (double)count), init);
    expr_id sum = before ? expr_binary(n->ex, EXPR_ADD, before, part) : part;
    set_amount(n, to, sum, &e);
}

static double nearest(struct expansion *e)
{
    compress(e);
    return e->part[e->n - 1];
}

static expr_id excess(struct expr_pool *ex, expr_id x, expr_id y)
{
    return expr_binary(ex, EXPR_MAX, expr_binary(ex, EXPR_SUB, x, y), expr_real(ex, 0));
}

void net_cancel_amounts(struct net *n, species_id x, species_id y)
{
    expr_id a = n->species.data[x].init, b = n->species.data[y].init;
    if (!is_constant(n, a) || !is_constant(n, b)) {
        n->species.data[x].init = excess(n->ex, a, b);
        n->species.data[y].init = excess(n->ex, b, a);
        return;
    }
    struct expansion e[2] = {{.n = 1}, {.n = 1}}, none = {.n = 1};
    double part[2][NET_AMOUNT_PARTS];
    size_t n_parts[2] = {net_amount_parts(n, x, part[0]), net_amount_parts(n, y, part[1])};
    for (int i = 0; i < 2; i++) {
        for (size_t k = 0; k < n_parts[i]; k++) {
            add_part(&e[i], part[i][k]);
            add_part(&e[1 - i], -part[i][k]);
        }
    }
    bool more = nearest(&e[0]) > 0;
    set_amount(n, more ? x : y, expr_real(n->ex, nearest(&e[!more])), &e[!more]);
    set_amount(n, more ? y : x, expr_real(n->ex, 0), &none);
}
