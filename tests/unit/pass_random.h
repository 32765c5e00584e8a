/* Random networks for the tests of passes, and passes with their witness. Include ir_random.h first. */
#ifndef TESTS_UNIT_PASS_RANDOM_H
#define TESTS_UNIT_PASS_RANDOM_H

#include <math.h>
#include <stdlib.h>

#include "ir/pass/pass.h"
#include "ir_random.h"

static inline expr_id random_amount(struct net *n)
{
    switch (draw(4)) {
    case 0: return 0;
    case 1: return net_param_expr(n, (int32_t)draw(2));
    default: return expr_real(n->ex, draw(9));
    }
}

/* A rate-independent network: each species reacts once at most, with products further down; the last four are the
 * rails of the outputs y and z, which nothing reads, and the first two are inputs. */
static inline struct net *random_feed_forward(uint32_t n_inner)
{
    struct net *n = net_create("random");
    uint32_t total = n_inner + 4;
    net_add_param(n, "b", shape_vector(2), expr_real(n->ex, 1 + draw(4)), (struct span){0});
    for (uint32_t s = 0; s < total; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        net_add_species(n, name, SPECIES_DISCRETE, random_amount(n), (struct span){0});
        n->species.data[s].flags = s < 2 ? SPECIES_INPUT : 0;
    }
    for (uint32_t s = 0; s < n_inner; s++) {
        struct term lhs[2] = {{(species_id)s, draw(5) ? 1 : 2}, {(species_id)s + 1, 1}}, rhs[4];
        uint32_t two = draw(4) == 0 && s + 1 < n_inner, first = s + 1 + two, n_rhs = 1 + draw(4);
        for (uint32_t k = 0; k < n_rhs; k++) {
            rhs[k] = (struct term){(species_id)(first + draw(total - first)), 1 + draw(3)};
        }
        net_add_reaction(n, lhs, 1 + two, rhs, n_rhs, RATE_MASS_ACTION, expr_real(n->ex, 1),
                         (struct span){0});
        s += two;
    }
    for (uint32_t i = 0; i < 2; i++) {
        species_id p = (species_id)(n_inner + 2 * i);
        expr_id d = expr_binary(n->ex, EXPR_SUB, net_species_expr(n, p), net_species_expr(n, p + 1));
        net_add_symbol(n, i ? "z" : "y", SYMBOL_DUAL, shape_scalar(), &d, (struct span){0});
        n->symbol.data[i].flags = SYMBOL_IS_OUTPUT;
    }
    return n;
}

/* Any network: mass action, laws, guards, constants, an event, unused and unreachable species, one output sum. */
static inline struct net *random_chemistry(void)
{
    struct net *n = net_create("random");
    uint32_t total = 4 + draw(5);
    struct random_leaves leaves = {3, 2, false};
    net_add_param(n, "b", shape_vector(2), expr_real(n->ex, 1 + draw(4)), (struct span){0});
    net_add_guard(n, "on", true);
    for (uint32_t s = 0; s < total; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        net_add_species(n, name, random_kind(),
                        draw(2) ? 0 : random_amount(n), (struct span){0});
    }
    n->species.data[0].flags = draw(2) ? SPECIES_INPUT : 0;
    for (uint32_t j = 2 + draw(8); j > 0; j--) {
        struct term side[2][2];
        for (int k = 0; k < 4; k++) {
            side[k / 2][k % 2] = (struct term){(species_id)draw(total), 1 + (draw(4) == 0)};
        }
        bool law = draw(8) == 0;
        random_mild = true;
        expr_id rate = law ? random_expr(n->ex, &leaves, TYPE_REAL, shape_scalar(), 2, NULL, 0)
                           : net_param_expr(n, (int32_t)draw(2));
        random_mild = false;
        double constant;
        if (expr_const_real(n->ex, rate, &constant) && !isfinite(constant)) {
            rate = expr_real(n->ex, 1);
        }
        random_mild = true;
        reaction_id id = random_reaction(n, side[0], 1 + draw(2), side[1], draw(3),
                                         law ? RATE_LAW : RATE_MASS_ACTION, rate, &leaves, 12);
        random_mild = false;
        n->reaction.data[id].guard = draw(6) == 0;
    }
    if (draw(4) == 0) {
        struct change change = {(species_id)draw(total), expr_real(n->ex, 3)};
        net_add_event(n, EVENT_AT, expr_real(n->ex, 1), &change, 1, (struct span){0});
    }
    expr_id sum = expr_binary(n->ex, EXPR_ADD, net_species_expr(n, (species_id)draw(total)),
                              net_species_expr(n, (species_id)draw(total)));
    net_add_symbol(n, "out", SYMBOL_OUTPUT, shape_scalar(), &sum, (struct span){0});
    n->symbol.data[0].flags = SYMBOL_IS_OUTPUT;
    return n;
}

/* Two or three replicas of a random network around common species, with sums of them as outputs: lumpable. */
static inline struct net *random_replicas(void)
{
    enum { COMMON = 2, OWN = 3 };
    struct net *n = net_create("random");
    uint32_t copies = 2 + draw(2), n_reactions = 2 + draw(5);
    struct random_leaves leaves = {COMMON, 2, false};
    net_add_param(n, "b", shape_vector(2), expr_real(n->ex, 1 + draw(4)), (struct span){0});
    for (uint32_t s = 0; s < COMMON + OWN * copies; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%u", s);
        net_add_species(n, name, SPECIES_DISCRETE, random_amount(n), (struct span){0});
    }
    for (uint32_t j = 0; j < n_reactions; j++) {
        struct term side[2][2];
        for (int k = 0; k < 4; k++) {
            side[k / 2][k % 2] = (struct term){(species_id)draw(COMMON + OWN), 1};
        }
        side[0][1].species = (species_id)draw(COMMON);
        uint32_t n_lhs = 1 + draw(2), n_rhs = draw(3);
        expr_id rate = draw(3) ? net_param_expr(n, (int32_t)draw(2)) : expr_real(n->ex, 0.1 * (1 + draw(5)));
        bool own = side[0][0].species >= COMMON;
        for (uint32_t copy = 0; copy < (own ? copies : 1); copy++) {
            struct term moved[2][2];
            for (int k = 0; k < 4; k++) {
                struct term t = side[k / 2][k % 2];
                t.species += own && t.species >= COMMON ? (species_id)(OWN * copy) : 0;
                t.species = !own && t.species >= COMMON ? 0 : t.species;
                moved[k / 2][k % 2] = t;
            }
            random_reaction(n, moved[0], n_lhs, moved[1], n_rhs, RATE_MASS_ACTION, rate, &leaves, 40);
        }
    }
    for (uint32_t i = 0; i < OWN; i++) {
        expr_id sum = net_species_expr(n, (species_id)(COMMON + i));
        for (uint32_t copy = 1; copy < copies; copy++) {
            sum =
                expr_binary(n->ex, EXPR_ADD, sum, net_species_expr(n, (species_id)(COMMON + OWN * copy + i)));
        }
        net_add_symbol(n,
                       i == 0   ? "x"
                       : i == 1 ? "y"
                                : "z",
                       SYMBOL_OUTPUT, shape_scalar(), &sum, (struct span){0});
        n->symbol.data[i].flags = SYMBOL_IS_OUTPUT;
    }
    return n;
}

struct passed { /* a pass with what it claims */
    struct net *before, *after;
    struct witness witness;
    size_t n_done;
};

static inline struct passed run_with_witness(struct net *n, enum pass_id id, const struct pass_options *o,
                                             struct diag *diag)
{
    static const struct pass_options none = {0};
    struct passed x = {.before = net_clone(n), .after = n};
    struct facts facts = {0};
    struct pass_context c = {.diag = diag,
                             .options = o ? o : &none,
                             .name = passes[id].name,
                             .facts = &facts,
                             .witness = &x.witness};
    witness_open(&x.witness, n, passes[id].classes);
    assert_true(passes[id].run(n, &c));
    witness_close(&x.witness, n);
    assert_true(net_verify(n, diag));
    x.n_done = c.n_done;
    free(c.why);
    facts_free(&facts);
    return x;
}

static inline void passed_free(struct passed *x)
{
    net_destroy(x->before);
    net_destroy(x->after);
    witness_free(&x->witness);
}

#endif
