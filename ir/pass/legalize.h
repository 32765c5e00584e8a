/* What the passes share that rewrite a network for a target: reactions are taken out and put back one by
 * one, with new species and fast reactions between them. */
#ifndef IR_LEGALIZE_H
#define IR_LEGALIZE_H

#include "ir/net/net.h"
#include "ir/net/multiset.h"
#include "ir/net/net_names.h"
#include "ir/pass/pass.h"
#include "ir/prove/witness.h"

struct rewrite {
    struct net *net;
    struct reaction *old; /* as they were; net->reaction is being built anew */
    struct term *terms;
    size_t n_old;
    struct net_names *names;   /* for new names */
    double *amount, *constant; /* at the default parameters: at the start; of rates (1 for laws) */
    bool has_values;           /* false: they cannot be computed */
    int32_t n_made;            /* species with numbers */
    struct witness *witness;   /* NULL: nobody will check */
    struct multiset sum;       /* over species */
    size_t n_species;          /* before */
};

void rewrite_begin(struct rewrite *w, struct net *n, struct witness *witness);
void rewrite_end(struct rewrite *w);

const struct term *rewrite_lhs(const struct rewrite *w, const struct reaction *r);
const struct term *rewrite_rhs(const struct rewrite *w, const struct reaction *r);
int64_t rewrite_molecules(const struct term *side, uint32_t n); /* saturating */

/* A reaction in the place of r: its guard, place, and origin, or what r is where it has none. -1: counts
 * overflow. */
reaction_id rewrite_add(struct rewrite *w, const struct reaction *r, const struct term *lhs, size_t n_lhs,
                        const struct term *rhs, size_t n_rhs, enum rate_kind kind, expr_id rate);
/* A fast reaction that empties an intermediate of r: also when r is switched off, so that nothing stays in
 * it. */
void rewrite_add_always(struct rewrite *w, const struct reaction *r, const struct term *lhs, size_t n_lhs,
                        const struct term *rhs, size_t n_rhs, expr_id rate);
void rewrite_keep(struct rewrite *w, const struct reaction *r);
/* Whether the pass must keep it, because its change is not known; then that is remarked. */
bool rewrite_leaves_alone(struct pass_context *c, const struct reaction *r);

/* The kind of new species that r is to make: bulk among bulk. */
enum species_kind rewrite_kind(const struct rewrite *w, const struct reaction *r);
/* Whether both discrete species and bulk take part in it: then it cannot be split, because no part may take
 * from both. */
bool rewrite_mixes_kinds(const struct rewrite *w, const struct reaction *r);
/* A new species: of that name if it has two letters and is free, else the stem and a number. */
species_id rewrite_species(struct rewrite *w, const char *stem, enum species_kind kind, expr_id init,
                           struct span span);
/* An intermediate, made later than all others of which this was said, stands for the sum of these: species of
 * before, or such intermediates. */
void rewrite_stands_for(struct rewrite *w, species_id made, const struct term *sum, size_t n);
/* The scalar parameter of that name, declared with `value` where there is none. */
expr_id rewrite_param(struct rewrite *w, const char *name, double value);
/* k_fast: the network's own, or one that makes intermediates rare and short-lived. With a the sum of the
 * initial amounts and k the largest constant of a rewritten reaction, max(1, a, k a) / sqrt(k_fast) is 1
 * %. */
expr_id rewrite_fast(struct rewrite *w, double largest_constant);

/* How a pass takes wide sides apart, of so many molecules that a target cannot hold them. */
struct rewrite_wide {
    bool (*is_wide)(const struct rewrite *w, const struct reaction *r);
    void (*split)(struct rewrite *w, const struct reaction *r,
                  expr_id fast); /* puts the reactions that stand for it */
    void (*remark)(const struct rewrite *w, const struct reaction *r,
                   struct pass_context *c); /* on one that stays */
    const char *done;                       /* remark on the others */
};
/* The whole pass: rewrites the network. k_fast is made if anything is wide. */
void rewrite_wide_sides(struct net *n, struct pass_context *c, const struct rewrite_wide *how);

#endif
