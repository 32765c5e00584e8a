/* Chooses which products of species a network needs as species of their own, so that every change has at
 * most degree two in species and products: a monomial quadratization of its ODE (Carothers, Parker,
 * Sochacki, Warne 2005: there always is one; Bychkov, Pogudin 2021: the smallest one). Here they are chosen
 * greedily.
 *
 * For a product M, a factor s of M, and a reaction with reactants L that changes s, the derivative M'
 * contains the monomial (M / s) L. If the reaction makes s, the monomial must be the product of two
 * variables (species or chosen products). If it takes s, one of the two must be M itself, so L / s must be a
 * variable. Exponents stay within those of the sides L, so the search ends. */
#ifndef IR_PRODUCTS_H
#define IR_PRODUCTS_H

#include "ir/net/multiset.h"
#include "ir/net/readers.h"
#include "support/hash_index.h"

struct product { /* a monomial: the terms products.term[first .. first + n] */
    size_t first;
    uint32_t n;
    int64_t degree;
    int32_t variable;         /* its variable: the species, or n_species + its index in `chosen`; -1: it is no
                                 variable */
    bool is_needed, is_apart; /* whether it is needed, and whether as a product of two variables even if it is
                                 itself a variable */
    int32_t part[2];          /* two factors that could become variables */
    int32_t tally, counted;   /* used during a round of the search */
};

struct products {
    const struct net *net;
    size_t n_species;
    VEC(struct product) all;
    term_vec term;
    struct hash_index by_side;
    VEC(int32_t) chosen;     /* indices in `all`, in the order in which they became variables */
    struct readers changers; /* by species: the reactions that change it */
    const bool *may_be_set;  /* by species: whether it may be set; a product with such a factor is corrected,
                                which takes two factors */
    int64_t *most;           /* by species: the largest exponent that it may have */
    VEC(int32_t) needed;     /* needed monomials that are not products of two variables yet */
    int32_t pretended;       /* a monomial that is treated as a variable for now; -1: none */
    bool is_full;            /* the search was given up */
    /* scratch */
    term_vec left, right, whole;
};

/* Finds the products; split[j] says whether reaction j must become bimolecular. Returns false if more
 * products would be needed than is useful. */
bool products_find(struct products *p, const struct net *n, const bool *split, const bool *may_be_set);
void products_free(struct products *p);

/* The index of a monomial in `all`, which is added if it is new. The caller owns the terms, which are sorted
 * and contain each species once. */
int32_t products_number(struct products *p, const struct term *side, size_t n);
const struct term *products_terms(const struct products *p, int32_t number);
/* Computes (M / s) L into *out, where s is a species of M. */
void products_derivative(const struct products *p, int32_t number, species_id s, const struct term *lhs,
                         uint32_t n_lhs, term_vec *out);
/* Finds two variables (-1: the factor 1) whose product the monomial is. If `apart`, the monomial itself, as
 * a single variable, does not count. Returns false if there are none. */
bool products_split(struct products *p, int32_t number, bool apart, int32_t variable[2]);
bool products_is_corrected(const struct products *p, int32_t number);
/* The change of s by a firing of the reaction, which must have no fractions. */
int64_t products_change(const struct net *n, const struct reaction *r, species_id s);

#endif
