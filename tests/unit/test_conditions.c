/* Random networks that satisfy all conditions of a pass but one: the pass leaves the place alone and says which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "pass_random.h"

static struct diag *diag;

struct violation {
    const char *reason;
    void (*apply)(struct net *n, species_id x, struct reaction *r);
};

static void be_input(struct net *n, species_id x, struct reaction *r)
{
    (void)r;
    n->species.data[x].flags = SPECIES_INPUT;
}

static void be_output(struct net *n, species_id x, struct reaction *r)
{
    expr_id e = net_species_expr(n, x);
    (void)r;
    n->symbol.data[net_add_symbol(n, "seen", SYMBOL_OUTPUT, shape_scalar(), &e, (struct span){0})].flags =
        SYMBOL_IS_OUTPUT;
}

static void be_read(struct net *n, species_id x, struct reaction *r)
{
    expr_id e = net_species_expr(n, x);
    (void)r;
    n->symbol.data[net_add_symbol(n, "seen", SYMBOL_SPECIES, shape_scalar(), &e, (struct span){0})].flags =
        SYMBOL_IS_READ;
}

static void be_set(struct net *n, species_id x, struct reaction *r)
{
    expr_id e = net_species_expr(n, x);
    (void)r;
    n->symbol.data[net_add_symbol(n, "given", SYMBOL_SPECIES, shape_scalar(), &e, (struct span){0})].flags =
        SYMBOL_IS_SET;
}

static void be_assumed(struct net *n, species_id x, struct reaction *r)
{
    (void)r;
    expr_id cond = expr_binary(n->ex, EXPR_LE, net_species_expr(n, x), expr_real(n->ex, 9));
    vec_push(&n->assume, (struct assume){cond, {0}});
}

static void be_bulk(struct net *n, species_id x, struct reaction *r)
{
    (void)x;
    (void)r;
    for (size_t s = 0; s < n->species.n; s++) {
        n->species.data[s].kind = SPECIES_BULK;
    }
}

static void react_twice(struct net *n, species_id x, struct reaction *r)
{
    (void)x;
    n->term.data[r->lhs].count = 2;
}

static void be_guarded(struct net *n, species_id x, struct reaction *r)
{
    (void)x;
    r->guard = net_add_guard(n, "on", true);
}

static void never_react(struct net *n, species_id x, struct reaction *r)
{
    (void)x;
    r->rate = expr_real(n->ex, 0);
}

static void compete(struct net *n, species_id x, struct reaction *r)
{
    struct term lhs = {x, 1}, rhs = {(species_id)n->species.n - 1, 7};
    (void)r;
    net_add_reaction(n, &lhs, 1, &rhs, 1, RATE_MASS_ACTION, expr_real(n->ex, 1), (struct span){0});
}

static void follow_law(struct net *n, species_id x, struct reaction *r)
{
    (void)x;
    (void)n;
    r->rate_kind = RATE_LAW;
}

static void have_event(struct net *n, species_id x, struct reaction *r)
{
    struct change change = {x, expr_real(n->ex, 1)};
    (void)r;
    net_add_event(n, EVENT_AT, expr_real(n->ex, 1), &change, 1, (struct span){0});
}

static void produce_input(struct net *n, species_id x, struct reaction *r)
{
    (void)x;
    n->species.data[n->term.data[r->rhs].species].flags = SPECIES_INPUT;
}

static const struct violation violations[] = {
    {"it is an input, or set by the experiment", be_input},
    {"it is an input, or set by the experiment", be_set},
    {"an output or the experiment reads it", be_output},
    {"an output or the experiment reads it", be_read},
    {"an assumption reads it", be_assumed},
    {"more than one molecule of it reacts", react_twice},
    {"its reaction has a guard", be_guarded},
    {"the rate of its reaction is not positive", never_react},
    {"it becomes what is an input, or set by the experiment", produce_input},
    {"it is not discrete", be_bulk},
    {"the limit may depend on rates", compete},
    {"the limit may depend on rates", follow_law},
    {"the limit may depend on rates: its events change amounts", have_event},
};

/* A species that the pass would eliminate, with its reaction; -1 none. */
static species_id candidate(const struct net *n, reaction_id *reaction)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        if (r->n_lhs == 1 && net_lhs(n, r)->count == 1 && !n->species.data[net_lhs(n, r)->species].flags) {
            *reaction = (reaction_id)j;
            return net_lhs(n, r)->species;
        }
    }
    return -1;
}

static bool has_species(const struct net *n, const char *name)
{
    for (size_t i = 0; i < n->species.n; i++) {
        if (strcmp(n->species.data[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void check_violation(const struct violation *v)
{
    struct net *n = random_feed_forward(3 + draw(4));
    reaction_id j;
    species_id x = candidate(n, &j);
    if (x >= 0) {
        char name[16], *text;
        size_t size;
        FILE *f = open_memstream(&text, &size);
        struct pass_options o = {.remarks = true, .out = f};
        snprintf(name, sizeof name, "%s", n->species.data[x].name);
        v->apply(n, x, &n->reaction.data[j]);
        assert_true(pass_run(n, PASS_UNIMOLECULAR, &o, diag));
        fclose(f);
        assert_true(has_species(n, name));
        if (!strstr(text, v->reason)) {
            fail_msg("'%s' is not said: %s", v->reason, text);
        }
        free(text);
    }
    net_destroy(n);
}

static void unimolecular_refuses(void **state)
{
    (void)state;
    for (size_t v = 0; v < sizeof violations / sizeof *violations; v++) {
        for (int i = 0; i < 300; i++) {
            check_violation(&violations[v]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(unimolecular_refuses)};
    struct sources *sources = sources_create();
    diag = diag_create(sources);
    random_state = 9;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    diag_destroy(diag);
    sources_destroy(sources);
    return failed;
}
