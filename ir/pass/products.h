/* Which products of species a network needs as species of their own, so that every change is of degree two
 * at most in species and products: a monomial quadratization of its ODE (Carothers, Parker, Sochacki, Warne
 * 2005: there is one; Bychkov, Pogudin 2021: the smallest). Here they are chosen greedily.
 *
 * With M a product, s one of its factors, and a reaction of reactants L that changes s, M' has the monomial
 * (M / s) L. What is made needs two factors that are there, species or products; what is lost needs M
 * itself to be one of them, so L / s must be there. Exponents stay within those of the sides L, so the
 * search ends. */
#ifndef IR_PRODUCTS_H
#define IR_PRODUCTS_H

#include "ir/net/multiset.h"
#include "ir/net/readers.h"
#include "support/hash_index.h"

struct product { /* a monomial of species: terms products.term[first .. first + n] */
    size_t first;
    uint32_t n;
    int64_t degree;
    int32_t variable;         /* the species, or n_species and the place in `chosen`; -1: it is none */
    bool is_needed, is_apart; /* somewhere; of two factors even where it is a variable */
    int32_t part[2];          /* two factors that would do */
    int32_t tally, counted;   /* of a round of the search */
};

struct products {
    const struct net *net;
    size_t n_species;
    VEC(struct product) all;
    term_vec term;
    struct hash_index by_side;
    VEC(int32_t) chosen;     /* numbers in `all`, in the order in which they became variables */
    struct readers changers; /* by species: reactions that change it */
    const bool *may_be_set;  /* by species: then the product is corrected, and needs two factors for that */
    int64_t *most;           /* by species: its largest exponent */
    VEC(int32_t) needed;     /* not met yet */
    int32_t pretended;       /* taken for a variable; -1: none */
    bool is_full;            /* it was given up */
    /* scratch */
    term_vec left, right, whole;
};

/* split: by reaction, those to be taken apart. False: more products than anybody wants. */
bool products_find(struct products *p, const struct net *n, const bool *split, const bool *may_be_set);
void products_free(struct products *p);

/* The number of a monomial. Its terms are of the caller: sorted, each species once. */
int32_t products_number(struct products *p, const struct term *side, size_t n);
const struct term *products_terms(const struct products *p, int32_t number);
/* (M / s) L into *out, s a species of M. */
void products_derivative(const struct products *p, int32_t number, species_id s, const struct term *lhs,
                         uint32_t n_lhs, term_vec *out);
/* Two variables (-1: none, 1) whose product it is; `apart`: not itself alone. False: there are none. */
bool products_split(struct products *p, int32_t number, bool apart, int32_t variable[2]);
bool products_is_corrected(const struct products *p, int32_t number);
/* How many molecules of s the reaction, of terms alone, makes (below 0: takes). */
int64_t products_change(const struct net *n, const struct reaction *r, species_id s);

#endif
