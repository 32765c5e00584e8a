/* Shared code of passes that rewrite a network for a target. All reactions are taken out and put back one by
 * one, with new species and fast reactions in between. */
#ifndef IR_LEGALIZE_H
#define IR_LEGALIZE_H

#include "ir/net/net.h"
#include "ir/net/multiset.h"
#include "ir/net/net_names.h"
#include "ir/pass/pass.h"
#include "ir/prove/witness.h"

struct rewrite {
    struct net *net;
    struct reaction *old; /* the reactions before the pass; net->reaction is being rebuilt */
    struct term *terms;
    size_t n_old;
    struct net_names *names;   /* finds new names */
    double *amount, *constant; /* at the default parameters: initial amounts, by species, and rate constants,
                                  by reaction (1 for laws) */
    bool has_values;           /* false: these values cannot be computed */
    int32_t n_made;            /* how many new species have a number in their name */
    struct witness *witness;   /* NULL: nobody will check the pass */
    struct multiset sum;       /* a sum over species */
    size_t n_species;          /* number of species before the pass */
};

void rewrite_begin(struct rewrite *w, struct net *n, struct witness *witness);
void rewrite_end(struct rewrite *w);

const struct term *rewrite_lhs(const struct rewrite *w, const struct reaction *r);
const struct term *rewrite_rhs(const struct rewrite *w, const struct reaction *r);
int64_t rewrite_molecules(const struct term *side, uint32_t n); /* at most INT64_MAX */

/* Adds a reaction that replaces r. It gets the guard and the place of r, and the origin of r or, if r has
 * none, its label. Returns -1 if a count overflows. */
reaction_id rewrite_add(struct rewrite *w, const struct reaction *r, const struct term *lhs, size_t n_lhs,
                        const struct term *rhs, size_t n_rhs, enum rate_kind kind, expr_id rate);
/* Adds a fast reaction that empties an intermediate of r. It has no guard, so that nothing stays in the
 * intermediate when r is switched off. */
void rewrite_add_always(struct rewrite *w, const struct reaction *r, const struct term *lhs, size_t n_lhs,
                        const struct term *rhs, size_t n_rhs, expr_id rate);
void rewrite_keep(struct rewrite *w, const struct reaction *r);
/* Whether the pass must leave r unchanged because its change is not known; if so, this makes a remark. */
bool rewrite_leaves_alone(struct pass_context *c, const struct reaction *r);

/* The kind of new species for r: bulk if r has bulk species, otherwise discrete. */
enum species_kind rewrite_kind(const struct rewrite *w, const struct reaction *r);
/* Whether both discrete and bulk species take part in r. Such a reaction cannot be split, because no part
 * may consume both. */
bool rewrite_mixes_kinds(const struct rewrite *w, const struct reaction *r);
/* Adds a new species. Its name is `stem` if that has at least two letters and is free, otherwise `stem` and
 * a number. */
species_id rewrite_species(struct rewrite *w, const char *stem, enum species_kind kind, expr_id init,
                           struct span span);
/* Records for the witness that `made` stands for the sum of the given terms: species of the old network, or
 * intermediates recorded before. `made` must have been added after all intermediates recorded before. */
void rewrite_stands_for(struct rewrite *w, species_id made, const struct term *sum, size_t n);
/* The scalar parameter `name`; if the network has none, it is declared with `value`. */
expr_id rewrite_param(struct rewrite *w, const char *name, double value);
/* k_fast: the network's own parameter, or a new one that keeps intermediates rare and short-lived. With a
 * the sum of the initial amounts and k the largest constant of a rewritten reaction, the default makes
 * max(1, a, k a) / sqrt(k_fast) equal to 1 %. */
expr_id rewrite_fast(struct rewrite *w, double largest_constant);

/* How a pass splits wide sides, which have more molecules than a target can hold. */
struct rewrite_wide {
    bool (*is_wide)(const struct rewrite *w, const struct reaction *r);
    void (*split)(struct rewrite *w, const struct reaction *r,
                  expr_id fast); /* adds the reactions that replace r */
    void (*remark)(const struct rewrite *w, const struct reaction *r,
                   struct pass_context *c); /* makes a remark on a wide reaction that stays */
    const char *done;                       /* the remark on reactions that were split */
};
/* The whole pass: rewrites the network. k_fast is declared only if a reaction is wide. */
void rewrite_wide_sides(struct net *n, struct pass_context *c, const struct rewrite_wide *how);

#endif
