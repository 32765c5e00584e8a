/* Passes: the ODE right side and every observed quantity stay the same on random networks; canonical form
 * is a fixed point; lists of passes, dumps and reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/interp/interp.h"
#include "ir/pass/pass.h"
#include "ir_random.h"
#include "ir_text.h"

enum { MAX_SPECIES = 5 };

static struct net *random_chemistry(void)
{
    struct net *n = net_create("random");
    struct random_leaves leaves = {MAX_SPECIES, 3, false};
    net_add_param(n, "k", shape_vector(3), expr_real(n->ex, 0.5), (struct span){0});
    net_add_guard(n, "on", true);
    for (int s = 0; s < MAX_SPECIES; s++) {
        char name[16];
        snprintf(name, sizeof name, "S%d", s);
        net_add_species(n, name, random_kind(), expr_real(n->ex, draw(5)),
                        (struct span){0});
    }
    random_mild = true;
    for (uint32_t j = draw(30); j > 0; j--) {
        struct term side[2][2];
        for (int k = 0; k < 4; k++) {
            side[k / 2][k % 2] = (struct term){(species_id)draw(MAX_SPECIES), 1 + draw(2)};
        }
        bool law = draw(4) == 0;
        expr_id rate = law       ? random_expr(n->ex, &leaves, TYPE_REAL, shape_scalar(), 2, NULL, 0)
                       : draw(4) ? net_param_expr(n, (int32_t)draw(3))
                                 : expr_real(n->ex, draw(2));
        double constant;
        if (expr_const_real(n->ex, rate, &constant) && !isfinite(constant)) {
            rate = expr_real(n->ex, 1); /* an error when it is run, and sums with it mean nothing */
        }
        reaction_id id = net_add_reaction(n, side[0], draw(2), side[1], draw(2),
                                          law ? RATE_LAW : RATE_MASS_ACTION, rate, (struct span){0});
        n->reaction.data[id].guard = (int32_t)draw(2);
    }
    random_mild = false;
    return n;
}

static void right_side(const struct net *n, const double *x, double *dx)
{
    struct interp *it = interp_create(n);
    double p[3], *k = malloc((n->reaction.n + 1) * sizeof *k);
    int32_t slot;
    assert_true(interp_params(it, NULL, NULL, p, &slot));
    assert_true(interp_rates(it, p, k));
    interp_rhs(it, 0, x, p, k, dx);
    interp_destroy(it);
    free(k);
}

static void check_pass(enum pass_id pass)
{
    static const struct pass_options verify = {.verify = true};
    random_state = 31;
    for (int i = 0; i < 2000; i++) {
        struct net *n = random_chemistry();
        struct net *before = net_clone(n);
        struct sources *sources = sources_create();
        struct diag *diag = diag_create(sources);
        double x[MAX_SPECIES], dx[2][MAX_SPECIES];
        for (int s = 0; s < MAX_SPECIES; s++) {
            x[s] = 0.25 + draw(100) / 16.0;
        }
        if (!pass_run(n, pass, &verify, diag)) { diag_print(diag, stderr, 0); net_print(stderr, before, sources); net_print(stderr,n,sources); abort(); }
        assert_true(n->reaction.n <= before->reaction.n);
        right_side(before, x, dx[0]);
        right_side(n, x, dx[1]);
        for (int s = 0; s < MAX_SPECIES; s++) {
            double scale = 1 + fabs(dx[0][s]);
            assert_true(fabs(dx[0][s] - dx[1][s]) <= 1e-9 * scale || !(fabs(dx[0][s]) < 1e6));
        }
        size_t reactions = n->reaction.n;
        assert_true(pass_run(n, pass, &verify, diag));
        assert_true(n->reaction.n == reactions);
        net_destroy(n);
        net_destroy(before);
        diag_destroy(diag);
        sources_destroy(sources);
    }
}

static void canonical_keeps_the_right_side(void **state)
{
    (void)state;
    check_pass(PASS_CANONICAL);
}

static void merging_keeps_the_right_side(void **state)
{
    (void)state;
    check_pass(PASS_MERGE_DUPLICATES);
}

static char *report(struct diag *diag)
{
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    diag_print(diag, f, false);
    fclose(f);
    return text;
}

static void lists_dumps_and_slips(void **state)
{
    (void)state;
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct net *n = net_of("species A\nspecies B\nA -> B\nA ->{2} B\nA -> A");
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    struct pass_options o = {.dump_ir = "canonical", .time = true, .out = f};
    assert_true(pass_run_list(n, " canonical, merge_duplicates", &o, diag));
    fclose(f);
    assert_non_null(strstr(text, "; after canonical\nnetwork"));
    assert_null(strstr(text, "; after merge"));
    assert_non_null(strstr(text, "merge_duplicates  "));
    free(text);
    assert_int_equal(n->reaction.n, 1);
    assert_string_equal(net_reaction_text(n, 0, n->arena), "A ->{3} B");
    assert_int_equal(diag_error_count(diag), 0);
    assert_int_equal(diag_count(diag), 1);
    assert_false(pass_run_list(n, "cannonical", &o, diag));
    text = report(diag);
    assert_non_null(strstr(text, "W0401"));
    assert_non_null(strstr(text, "E0707"));
    assert_non_null(strstr(text, "did you mean 'canonical'?"));
    free(text);
    net_destroy(n);
    diag_destroy(diag);
    sources_destroy(sources);
}

/* Every pass must leave a verified network: an inconsistent one is reported, whoever made it. */
static void verification_finds_faults(void **state)
{
    (void)state;
    for (int fault = 0; fault < 8; fault++) {
        struct sources *sources = sources_create();
        struct diag *diag = diag_create(sources);
        struct net *n =
            net_of("param k = 1\nspecies A\nspecies B\nA + B ->{k} B\nsymbol species A\nobserve A");
        assert_true(net_verify(n, diag));
        switch (fault) {
        case 0: n->term.data[0].count = 0; break;
        case 1: n->term.data[0].species = 7; break;
        case 2: n->term.data[0].species = 1; break;
        case 3: n->reaction.data[0].guard = 1; break;
        case 4: n->reaction.data[0].rate = net_species_expr(n, 0); break;
        case 5: n->elem.data[0] = net_species_expr(n, 9); break;
        case 6: n->observed.data[0] = 0; break;
        default: n->param.data[0].init = net_param_expr(n, 0); break;
        }
        assert_false(net_verify(n, diag));
        assert_true(diag_error_count(diag) > 0);
        net_destroy(n);
        diag_destroy(diag);
        sources_destroy(sources);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_keeps_the_right_side),
        cmocka_unit_test(merging_keeps_the_right_side),
        cmocka_unit_test(lists_dumps_and_slips),
        cmocka_unit_test(verification_finds_faults),
    };
    return cmocka_run_group_tests_name("pass", tests, NULL, NULL);
}
