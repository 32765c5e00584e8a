/* Inside of the checker of witnesses. Index 0 is the network before, 1 the one after. */
#ifndef IR_CERTIFY_IMPL_H
#define IR_CERTIFY_IMPL_H

#include "ir/prove/certify.h"
#include "ir/net/multiset.h"

struct atom {
    expr_id atom; /* 0: the constant 1 */
    double coefficient;
};
typedef VEC(struct atom) form; /* a formal sum */

struct side {
    const struct net *net;
    const struct linear_map *map;
    int32_t *
        owner_first; /* coordinate q gets contributions of owner[owner_first[q] .. owner_first[q + 1]], */
    struct term *owner; /* ... with their counts */
    bool *gone;         /* by species: 0 at all times (absent), or in the end: no owner of coordinates */
    bool *
        held; /* by species: constant on both sides, never set or changed, so a factor of rates */
    species_id *equal; /* by species: one that has its amount at all times; NULL: none but itself */
    expr_id *image;    /* by expression of `ex`: what it is in the coordinates; 0 not known yet */
};

struct certifier {
    struct side side[2];
    const struct witness *w;
    struct expr_pool *ex; /* expressions of both; SPECIES is a species, in images a coordinate */
    size_t n_expressions; /* when the check began */
    /* By species before: the products (species after, which are their own coordinates) of which it is a
     * factor, and how often: product[product_first[s] .. product_first[s + 1]]; NULL: there are none. */
    int32_t *product_first;
    struct term *product;
    bool shares_pool;     /* expressions of the network before have their ids in `ex` too */
    char *why;
};

/* Keeps the first reason; false. */
bool certify_reject(struct certifier *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Row of a species: *one is room for that of the identity. */
const struct term *certify_row(const struct side *s, species_id x, struct term *one, size_t *n);
int32_t certify_owners(const struct side *s, int32_t coordinate);
/* The one coordinate of the species, if it is the coordinate's amount by itself: row {q, 1}, no other owner.
 * -1: not. */
int32_t certify_own_coordinate(const struct side *s, species_id x);

/* An expression of a network in `ex`. */
expr_id certify_expr(const struct certifier *c, int side, expr_id e);
/* What an expression of `ex` that stands for one of a network is in the coordinates; 0: it depends on more
 * than these. */
expr_id certify_image(struct certifier *c, int side, expr_id e);
/* The amount of a species in the coordinates, appended to `f` (atoms are coordinates): it has a coordinate
 * that no other species contributes to, or what is left of its one coordinate without the others, which all
 * have such. `shared`: it is the latter. False: neither. */
bool certify_solve(const struct side *s, species_id x, double factor, form *f, bool *shared);
/* Adds factor * e to a formal sum. */
void certify_add(const struct certifier *c, form *f, expr_id e, double factor);
/* Is the sum zero, but for rounding of constants (1e-12 relative)? Sorts it. */
bool certify_is_zero(form *f);

/* The same value in the coordinates. */
bool certify_same_value(struct certifier *c, expr_id before, expr_id after);
/* Reactions whose change is not known are the same in both, over species with coordinates of their own. */
bool certify_unknown(struct certifier *c);
/* The species after that are products: their witness is well-formed, and they hold where factors may be
 * set. */
bool certify_products(struct certifier *c);
/* The factors of a species after that is a product; none where it is not. */
const struct term *certify_product(const struct certifier *c, species_id after, size_t *n);
/* The product of the factors' amounts at first, in `ex`. */
expr_id certify_product_amount(const struct certifier *c, const struct term *factors, size_t n);
bool certify_law(struct certifier *c);
/* LIMIT: finds the species that pass into others, on both sides, before anything else; then the reactions. */
void certify_find_passing(struct certifier *c, int side);
bool certify_limit(struct certifier *c);
/* Can the reaction fire, as far as its rate tells? */
bool certify_may_fire(const struct net *n, const struct reaction *r);
/* Marks the species before that are proved never to be the scarcer ones; false: a proof is wrong. */
bool certify_abundant(struct certifier *c, bool *abundant);
bool certify_steps(struct certifier *c);

#endif
