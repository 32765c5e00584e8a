#include "ir/prove/crosscheck.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/interp/interp.h"
#include "ir/net/amount.h"
#include "ir/prove/limit.h"
#include "support/mem.h"

enum { N_STATES = 4 };

struct side {
    const struct net *net;
    const struct linear_map *map;
    struct interp *interp;
    double *x, *dx, *k; /* x, dx: by species; k: by reaction */
    double *image;      /* by coordinate */
};

static void open_side(struct side *s, const struct net *n, const struct linear_map *map,
                      int32_t n_coordinates)
{
    *s = (struct side){.net = n, .map = map, .interp = interp_create(n)};
    s->x = mem_zalloc(n->species.n + 1, sizeof *s->x);
    s->dx = mem_zalloc(n->species.n + 1, sizeof *s->dx);
    s->k = mem_zalloc(n->reaction.n + 1, sizeof *s->k);
    s->image = mem_zalloc((size_t)n_coordinates + 1, sizeof *s->image);
}

static void close_side(struct side *s)
{
    interp_destroy(s->interp);
    free(s->x);
    free(s->dx);
    free(s->k);
    free(s->image);
}

static void add_image(const struct side *s, const double *from, int32_t n_coordinates, double *to)
{
    memset(to, 0, (size_t)n_coordinates * sizeof *to);
    for (size_t i = 0; i < s->net->species.n; i++) {
        if (s->map->ptr.n == 0) {
            to[i] = from[i];
            continue;
        }
        for (uint32_t k = s->map->ptr.data[i]; k < s->map->ptr.data[i + 1]; k++) {
            to[s->map->term.data[k].species] += (double)s->map->term.data[k].count * from[i];
        }
    }
}

/* Adds the coordinates that are products of species before the pass (witness.h) or, if `rate`, their time
 * derivatives. */
static void add_products(const struct side *a, const struct witness *w, bool rate, double *to)
{
    for (size_t s = 0; s + 1 < w->product.ptr.n; s++) {
        size_t first = w->product.ptr.data[s], end = w->product.ptr.data[s + 1];
        double sum = 0;
        for (size_t i = first; i < end && rate; i++) { /* product rule: the derivative of each factor times
                                                          the other factors */
            double part = (double)w->product.term.data[i].count * a->dx[w->product.term.data[i].species];
            for (size_t k = first; k < end; k++) {
                const struct term *t = &w->product.term.data[k];
                part *= pow(a->x[t->species], (double)(t->count - (k == i)));
            }
            sum += part;
        }
        for (size_t i = first; i < end && !rate; i++) {
            const struct term *t = &w->product.term.data[i];
            sum = (i == first ? 1 : sum) * pow(a->x[t->species], (double)t->count);
        }
        to[s] = first < end ? sum : to[s];
    }
}

static double draw(uint64_t *state, double most)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return most * (double)(*state >> 40) / (double)(1 << 24);
}

/* The result for a coordinate at a state, and for all states of the claim. */
enum verdict { AGREES, DIFFERS, UNKNOWN };

/* Compares two values relative to `scale`, the largest amount involved. If `a` is NaN, because a rate is
 * NaN, nothing is known. */
static enum verdict compare(double a, double b, double scale)
{
    return isnan(a) || isnan(scale) ? UNKNOWN : fabs(a - b) <= 1e-9 * scale || a == b ? AGREES : DIFFERS;
}

/* Finds a state of the network after the pass with the same coordinates, if its species are the coordinates
 * or those of the network before the pass. Returns false if there is no such simple state. */
static bool lift(const struct side *a, struct side *b, const struct witness *w)
{
    int32_t n_coordinates = w->n_coordinates;
    double *target = mem_alloc(((size_t)n_coordinates + 1) * sizeof *target);
    bool same = a->net->species.n == b->net->species.n, found = false;
    add_image(a, a->x, n_coordinates, target);
    add_products(a, w, false, target);
    for (int attempt = 0; attempt < 2 && !found; attempt++) {
        if (attempt == 0 ? !same : b->net->species.n < (size_t)n_coordinates) {
            continue;
        }
        for (size_t i = 0; i < b->net->species.n; i++) {
            b->x[i] = attempt == 0 ? a->x[i] : i < (size_t)n_coordinates ? target[i] : 0;
        }
        add_image(b, b->x, n_coordinates, b->image);
        found = true;
        for (int32_t q = 0; q < n_coordinates; q++) {
            found = found && compare(b->image[q], target[q], fabs(target[q])) == AGREES;
        }
    }
    free(target);
    return found;
}

static void right_side(struct side *s, const double *p)
{
    for (size_t j = 0; j < s->net->reaction.n; j++) {
        s->k[j] = s->net->guard.data[s->net->reaction.data[j].guard].initially ? s->k[j] : 0;
    }
    interp_rhs(s->interp, 0, s->x, p, s->k, s->dx);
}

static bool is_held(const struct net *n, size_t s)
{
    return n->species.data[s].kind == SPECIES_CONSTANT;
}

static bool has_coordinates(const struct side *s, size_t i, int32_t n_coordinates)
{
    return s->map->ptr.n == 0 ? i < (size_t)n_coordinates : s->map->ptr.data[i] < s->map->ptr.data[i + 1];
}

/* The largest rate of a reaction times the largest count of a product. */
static double largest_rate(struct side *s, const double *p)
{
    struct interp_ssa_state state = {.x = s->x, .k = s->k, .p = p, .inv_volume = 1};
    double most = 0;
    for (size_t j = 0; j < s->net->reaction.n; j++) {
        const struct reaction *r = &s->net->reaction.data[j];
        double count = 1, rate = fabs(interp_propensity(s->interp, (reaction_id)j, &state));
        for (uint32_t k = 0; k < r->n_rhs; k++) {
            count = fmax(count, (double)net_rhs(s->net, r)[k].count);
        }
        most = fmax(most, rate * count);
    }
    return most;
}

/* Compares right sides at a random state. Constant species keep their amounts, unless they stand for a sum
 * of others. *q is the coordinate that differs. */
static enum verdict compare_right_sides(struct side *a, struct side *b, const struct witness *w,
                                        const double *p, uint64_t *state, int32_t *q)
{
    for (size_t i = 0; i < a->net->species.n; i++) {
        double v = draw(state, 4);
        a->x[i] = is_held(a->net, i) ? a->x[i] : v;
    }
    for (size_t i = 0; i < w->absent.n; i++) {
        a->x[w->absent.data[i]] = 0;
    }
    for (size_t i = 0; i < w->equal.n; i++) {
        a->x[i] = a->x[w->equal.data[i]];
    }
    double *initial = mem_alloc((b->net->species.n + 1) * sizeof *initial);
    memcpy(initial, b->x, b->net->species.n * sizeof *initial);
    bool lifted = lift(a, b, w);
    for (size_t i = 0; i < b->net->species.n; i++) {
        b->x[i] = is_held(b->net, i) && !has_coordinates(b, i, w->n_coordinates) ? initial[i] : b->x[i];
    }
    free(initial);
    if (!lifted) {
        return UNKNOWN;
    }
    right_side(a, p);
    right_side(b, p);
    double scale = 1 + largest_rate(a, p) + largest_rate(b, p);
    add_image(a, a->dx, w->n_coordinates, a->image);
    add_products(a, w, true, a->image);
    add_image(b, b->dx, w->n_coordinates, b->image);
    enum verdict v = AGREES;
    for (*q = 0; *q < w->n_coordinates; ++*q) {
        enum verdict one = compare(a->image[*q], b->image[*q], scale);
        if (one == DIFFERS) {
            return DIFFERS;
        }
        v = one == UNKNOWN ? UNKNOWN : v;
    }
    return v;
}

static double largest_amount(const struct side *s)
{
    double most = 0;
    for (size_t i = 0; i < s->net->species.n; i++) {
        most = fmax(most, s->x[i]);
    }
    return most;
}

/* The initial amounts of a side: exactly as in its network, or the double in x. *constant: whether all are
 * known without parameters. Returns false if a value is not a valid amount. */
static bool exact_amounts(const struct side *s, struct arena *arena, struct rational *x, bool *constant)
{
    double part[NET_AMOUNT_PARTS], v;
    for (size_t i = 0; i < s->net->species.n; i++) {
        expr_id init = s->net->species.data[i].init;
        size_t n = net_amount_parts(s->net, (species_id)i, part);
        if (!(s->x[i] >= 0 && s->x[i] < INFINITY)) {
            return false;
        }
        x[i] = rational_of(arena, s->x[i]);
        if (n > 0 && part[0] == s->x[i]) {
            struct rational less = {0};
            for (size_t k = 1; k < n; k++) {
                struct rational *sum = part[k] < 0 ? &less : &x[i];
                *sum = rational_add(arena, *sum, rational_of(arena, fabs(part[k])));
            }
            x[i] = rational_subtract(arena, x[i], less);
        }
        *constant = *constant && (!init || expr_const_real(s->net->ex, init, &v));
    }
    return true;
}

static struct rational exact_image(const struct side *s, struct arena *arena, const struct rational *x,
                                   int32_t q)
{
    struct rational sum = {0};
    for (size_t i = 0; i < s->net->species.n; i++) {
        if (s->map->ptr.n == 0 && (int32_t)i == q) {
            sum = rational_add(arena, sum, x[i]);
        }
        for (uint32_t k = s->map->ptr.n ? s->map->ptr.data[i] : 0;
             s->map->ptr.n && k < s->map->ptr.data[i + 1]; k++) {
            if (s->map->term.data[k].species == q) {
                sum = rational_add(arena, sum,
                                   rational_scale(arena, x[i], (uint64_t)s->map->term.data[k].count, 1));
            }
        }
    }
    return sum;
}
/* Draws random amounts of inputs, in multiples of 1/8; they are the same on both sides, because inputs keep
 * their coordinates. */
static void draw_inputs(struct side *a, struct side *b, uint64_t *state)
{
    for (size_t i = 0; i < a->net->species.n; i++) {
        if (!(a->net->species.data[i].flags & SPECIES_INPUT) || a->map->ptr.n == 0) {
            continue;
        }
        int32_t q = a->map->term.data[a->map->ptr.data[i]].species;
        a->x[i] = floor(draw(state, 64)) / 8;
        for (size_t k = 0; k < b->net->species.n; k++) {
            bool own =
                b->map->ptr.n == 0 ? (int32_t)k == q : b->map->term.data[b->map->ptr.data[k]].species == q;
            b->x[k] = own && b->net->species.data[k].flags & SPECIES_INPUT ? a->x[i] : b->x[k];
        }
    }
}

/* Compares the images of both limits; the comparison is exact if all amounts are constants. */
static enum verdict compare_images(struct side *a, struct side *b, struct arena *arena,
                                   const struct rational *x, const struct rational *y, int32_t n_coordinates,
                                   double scale, int32_t *q)
{
    for (*q = 0; *q < n_coordinates; ++*q) {
        struct rational u = exact_image(a, arena, x, *q), v = exact_image(b, arena, y, *q);
        a->image[*q] = rational_value(arena, u);
        b->image[*q] = rational_value(arena, v);
        if (rational_compare(arena, u, v) != 0 && compare(a->image[*q], b->image[*q], scale) == DIFFERS) {
            return DIFFERS;
        }
    }
    return AGREES;
}

static enum verdict compare_limits(struct side *a, struct side *b, const struct witness *w, uint64_t *state,
                                   int32_t *q)
{
    struct arena *arena = arena_create();
    struct rational *x = mem_zalloc(a->net->species.n + 1, sizeof *x),
                    *y = mem_zalloc(b->net->species.n + 1, sizeof *y);
    bool constant = true;
    double scale = 0;
    draw_inputs(a, b, state);
    enum verdict v = UNKNOWN;
    if (exact_amounts(a, arena, x, &constant) && exact_amounts(b, arena, y, &constant)) {
        scale = constant ? 0 : fmax(largest_amount(a), largest_amount(b));
        if (limit_rational(a->net, arena, x) && limit_rational(b->net, arena, y)) {
            v = compare_images(a, b, arena, x, y, w->n_coordinates, scale, q);
        }
    }
    free(x);
    free(y);
    arena_destroy(arena);
    return v;
}

static char *difference(const struct side *a, const struct side *b, int32_t q, bool limit)
{
    enum { ROOM = 160 };
    char *why = mem_alloc(ROOM);
    snprintf(why, ROOM, "the %s of coordinate %d was %.17g and is %.17g", limit ? "limit" : "right side", q,
             a->image[q], b->image[q]);
    return why;
}

bool crosscheck(const struct net *before, const struct net *after, const struct witness *w, char **why)
{
    struct side a, b;
    double *p = mem_zalloc((size_t)before->n_slots + 1, sizeof *p);
    uint64_t state = 1;
    int32_t slot, q = -1;
    bool limit = w->claim == CLAIM_LIMIT, any = false;
    open_side(&a, before, &w->before, w->n_coordinates);
    open_side(&b, after, &w->after, w->n_coordinates);
    bool ready = interp_params(a.interp, NULL, NULL, p, &slot);
    for (int i = 0; i < N_STATES && ready && !*why; i++) {
        ready = interp_initial(a.interp, p, a.x) && interp_initial(b.interp, p, b.x) &&
                interp_rates(a.interp, p, a.k) && interp_rates(b.interp, p, b.k);
        enum verdict v = !ready  ? UNKNOWN
                         : limit ? compare_limits(&a, &b, w, &state, &q)
                                 : compare_right_sides(&a, &b, w, p, &state, &q);
        any = any || v == AGREES;
        *why = v == DIFFERS ? difference(&a, &b, q, limit) : NULL;
    }
    close_side(&a);
    close_side(&b);
    free(p);
    return any;
}
