#include "ir/prove/crosscheck.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/interp/interp.h"
#include "ir/prove/limit.h"
#include "support/mem.h"

enum { N_STATES = 4 };

struct side {
    const struct net *net;
    const struct linear_map *map;
    struct interp *interp;
    double *x, *dx, *k; /* by species, by species, by reaction */
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

static double draw(uint64_t *state, double most)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return most * (double)(*state >> 40) / (double)(1 << 24);
}

/* Where `a` is no number, from rates that are none, nothing is known. */
static bool differ(double a, double b, double scale)
{
    return !(fabs(a - b) <= 1e-9 * (scale + fabs(a) + fabs(b))) && !isnan(a) && !(a == b);
}

/* A state of the network after with the same coordinates: its species are the coordinates, or it has the species of
 * the network before. False: there is no such simple one. */
static bool lift(const struct side *a, struct side *b, int32_t n_coordinates)
{
    double *target = mem_alloc(((size_t)n_coordinates + 1) * sizeof *target);
    bool same = a->net->species.n == b->net->species.n, found = false;
    add_image(a, a->x, n_coordinates, target);
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
            found = found && !differ(b->image[q], target[q], 1e-300);
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

/* At a random state; held species keep their amounts, but for those that stand for a sum of others. Returns the coordinate that differs, -1 none. */
static int32_t compare_right_sides(struct side *a, struct side *b, const struct witness *w, const double *p,
                                   uint64_t *state)
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
    bool lifted = lift(a, b, w->n_coordinates);
    for (size_t i = 0; i < b->net->species.n; i++) {
        b->x[i] = is_held(b->net, i) && !has_coordinates(b, i, w->n_coordinates) ? initial[i] : b->x[i];
    }
    free(initial);
    if (!lifted) {
        return -1;
    }
    right_side(a, p);
    right_side(b, p);
    add_image(a, a->dx, w->n_coordinates, a->image);
    add_image(b, b->dx, w->n_coordinates, b->image);
    for (int32_t q = 0; q < w->n_coordinates; q++) {
        if (differ(a->image[q], b->image[q], 1)) {
            return q;
        }
    }
    return -1;
}

/* From random amounts of inputs, in 1/8: the same on both sides, as inputs keep their coordinates. */
static int32_t compare_limits(struct side *a, struct side *b, const struct witness *w, uint64_t *state)
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
    if (!limit_exact(a->net, a->x) || !limit_exact(b->net, b->x)) {
        return -1; /* past 128 bits: nothing is known */
    }
    add_image(a, a->x, w->n_coordinates, a->image);
    add_image(b, b->x, w->n_coordinates, b->image);
    for (int32_t q = 0; q < w->n_coordinates; q++) {
        if (differ(a->image[q], b->image[q], 0)) {
            return q;
        }
    }
    return -1;
}

static char *difference(const struct side *a, const struct side *b, int32_t q, bool limit)
{
    enum { ROOM = 160 };
    char *why = mem_alloc(ROOM);
    snprintf(why, ROOM, "the %s of coordinate %d was %.17g and is %.17g", limit ? "limit" : "right side", q,
             a->image[q], b->image[q]);
    return why;
}

char *crosscheck(const struct net *before, const struct net *after, const struct witness *w)
{
    struct side a, b;
    double *p = mem_zalloc((size_t)before->n_slots + 1, sizeof *p);
    uint64_t state = 1;
    int32_t slot;
    char *why = NULL;
    open_side(&a, before, &w->before, w->n_coordinates);
    open_side(&b, after, &w->after, w->n_coordinates);
    bool ready = interp_params(a.interp, NULL, NULL, p, &slot);
    for (int i = 0; i < N_STATES && ready && !why; i++) {
        ready = interp_initial(a.interp, p, a.x) && interp_initial(b.interp, p, b.x) &&
                interp_rates(a.interp, p, a.k) && interp_rates(b.interp, p, b.k);
        bool limit = w->claim == CLAIM_LIMIT;
        int32_t q = !ready  ? -1
                    : limit ? compare_limits(&a, &b, w, &state)
                            : compare_right_sides(&a, &b, w, p, &state);
        why = q >= 0 ? difference(&a, &b, q, limit) : NULL;
    }
    close_side(&a);
    close_side(&b);
    free(p);
    return why;
}
