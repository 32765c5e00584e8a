/* Internals of the checker of witnesses. Index 0 is the network before the pass, 1 the one after it. */
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
        owner_first; /* coordinate q is a sum over the species owner[owner_first[q] .. owner_first[q + 1]], */
    struct term *owner; /* ... with their coefficients as counts */
    bool *gone;         /* by species: whether its amount is 0 at all times (absent), or in the limit: it owns
                           no coordinates */
    bool *
        held; /* by species: whether it is constant on both sides and never set or changed, so that it is a
                 factor of rates */
    species_id *equal; /* by species: one that has the same amount at all times; NULL: only the species
                          itself */
    expr_id *image;    /* by expression of `ex`: its form in the coordinates; 0: not known yet */
};

struct certifier {
    struct side side[2];
    const struct witness *w;
    struct expr_pool *ex; /* expressions of both networks; SPECIES is a species or, in images, a coordinate */
    size_t n_expressions; /* number of expressions when the check began */
    /* For each species before the pass the products of which it is a factor, and how often:
     * product[product_first[s] .. product_first[s + 1]]. Products are species after the pass that are their
     * own coordinates. NULL: there are none. */
    int32_t *product_first;
    struct term *product;
    bool shares_pool;     /* whether expressions of the network before the pass have the same ids in `ex` */
    char *why;
};

/* Records why the claim is rejected, unless there is a reason already. Returns false. */
bool certify_reject(struct certifier *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The row of a species in the map; *one is room for a row of the identity. */
const struct term *certify_row(const struct side *s, species_id x, struct term *one, size_t *n);
int32_t certify_owners(const struct side *s, int32_t coordinate);
/* The coordinate that is the amount of the species: its row is {q, 1}, and q has no other owner. -1: there
 * is none. */
int32_t certify_own_coordinate(const struct side *s, species_id x);

/* The expression of a network, as an expression of `ex`. */
expr_id certify_expr(const struct certifier *c, int side, expr_id e);
/* The form in the coordinates of an expression of `ex`, which represents one of a network; 0: the expression
 * depends on more than the coordinates. */
expr_id certify_image(struct certifier *c, int side, expr_id e);
/* Appends the amount of a species, in coordinates, to `f`, whose atoms are coordinates. This is possible if
 * the species has a coordinate to which no other species contributes. It is also possible (*shared) if the
 * species has a single coordinate, and all other species of that coordinate have such coordinates of their
 * own: the amount is then the coordinate minus the others. Returns false otherwise. */
bool certify_solve(const struct side *s, species_id x, double factor, form *f, bool *shared);
/* Adds factor * e to a formal sum. */
void certify_add(const struct certifier *c, form *f, expr_id e, double factor);
/* Whether the sum is zero up to the rounding of constants (1e-12 relative). Sorts the sum. */
bool certify_is_zero(form *f);

/* Whether the two expressions have the same value in the coordinates. */
bool certify_same_value(struct certifier *c, expr_id before, expr_id after);
/* Whether the reactions whose change is not known are the same in both networks, over species with
 * coordinates of their own. */
bool certify_unknown(struct certifier *c);
/* Whether the witness of products is well-formed, and the products return to their values after factors are
 * set. */
bool certify_products(struct certifier *c);
/* The factors of a species after the pass that is a product; none if it is not. */
const struct term *certify_product(const struct certifier *c, species_id after, size_t *n);
/* The product of the initial amounts of the factors, in `ex`. */
expr_id certify_product_amount(const struct certifier *c, const struct term *factors, size_t n);
bool certify_law(struct certifier *c);
/* LIMIT: certify_find_passing finds, for both sides and before anything else, the species that turn into
 * others; certify_limit then checks the reactions. */
void certify_find_passing(struct certifier *c, int side);
bool certify_limit(struct certifier *c);
/* Whether the reaction can fire, as far as its rate tells. */
bool certify_may_fire(const struct net *n, const struct reaction *r);
/* Marks the species before the pass that are proved never to be the scarcer reactant. Returns false if a
 * proof is wrong. */
bool certify_abundant(struct certifier *c, bool *abundant);
bool certify_steps(struct certifier *c);

#endif
