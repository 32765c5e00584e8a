/* Clock and events of the runtime against the interpreter's own, on random networks: the same state to the last bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "codegen/engine.h"
#include "ir/interp/interp.h"
#include "ir_random.h"
#include "ir_text.h"

enum { SPECIES = 3, NETWORKS = 400, SEED = 7 };
static const double until = 8;

static const char *pick(const char *const *list, uint32_t n)
{
    return list[draw(n)];
}

/* Reactions, phases, and events of each kind; times meet often, conditions make one another true. */
static char *random_text(void)
{
    static const char *const reactions[] = {
        "0 ->{3} A",           "A ->{0.5} B",    "B ->{0.7} A",           "A + B ->{0.05} C", "C ->{0.4} 0",
        "B + C ->{0.1} A + A", "2 A ->{0.02} B", "0 =>{2 + sin(time)} B", "A =>{A/(3 + A)} C"};
    static const char *const times[] = {"0", "0.25", "1", "1.5", "4", "8"};
    static const char *const periods[] = {"0.25", "1", "1.5", "3", "8"};
    static const char *const conditions[] = {"A > 6",      "B < 2 && A > 1", "C > 3",
                                             "A + B > 12", "C < B",          "A == 0"};
    static const char *const changes[] = {"A = A + 4", "A = 1, B = B + A", "B = floor(B/2)", "C = 0, A = C",
                                          "B = 7",     "C = C + 1",        "A = B, B = A"};
    static const char *const clocks[] = {"p = 0.5, q = 0.25", "q = 1, p = 0, r = 2", "p = 1.5"};
    static const char *const guards[] = {"", " guard p", " guard q"};
    char *text = malloc(4096);
    int n = sprintf(
        text,
        "guard p = true\nguard q = false\nguard r = false\nspecies A = %u\nspecies B = %u\nspecies C = %u\n",
        draw(9), draw(9), draw(4));
    uint32_t clock = draw(4);
    for (uint32_t i = 1 + draw(6); i > 0; i--) {
        n += sprintf(text + n, "%s%s\n", pick(reactions, 9), clock < 2 ? pick(guards, 3) : "");
    }
    n += clock < 2    ? sprintf(text + n, "clock %s\n", clocks[clock])
         : clock == 2 ? sprintf(text + n, "clock %s\n", clocks[2])
                      : 0;
    for (uint32_t i = draw(4); i > 0; i--) {
        n += sprintf(text + n, "event at %s: %s\n", pick(times, 6), pick(changes, 7));
    }
    for (uint32_t i = draw(3); i > 0; i--) {
        n += sprintf(text + n, "event every %s: %s\n", pick(periods, 5), pick(changes, 7));
    }
    for (uint32_t i = draw(4); i > 0; i--) {
        n += sprintf(text + n, "event when %s: %s\n", pick(conditions, 6), pick(changes, 7));
    }
    return text;
}

/* Final amounts by the runtime; the status. */
static int run(const char *text, uint64_t seed, double *x)
{
    struct program *p = program_create();
    struct net_use use = {.net = net_of(text), .needs = CRNL_NEEDS_SSA};
    vec_push(&p->net, use);
    p->file = "test.crnl";
    struct plan *plan = plan_create(&p->net.data[0], NULL, &plan_default);
    const struct codegen_options options = {.plan = plan_default};
    struct engine *e = engine_interpret(p, &plan, &options);
    FILE *out = tmpfile();
    const struct crnl_options o = {
        .seed = seed, .threads = 1, .until = until, .method = "ssa", .output = out};
    struct crnl_ctx *ctx = crnl_create(engine_program(e), &o);
    int status = crnl_execute(ctx);
    for (int32_t s = 0; s < SPECIES && !status; s++) {
        const char *name[] = {"A", "B", "C"};
        status = crnl_get(ctx, 0, net_find_symbol(p->net.data[0].net, name[s]), 0, 1, &x[s], 0);
    }
    crnl_destroy(ctx);
    fclose(out);
    engine_destroy(e);
    plan_destroy(plan);
    program_destroy(p);
    return status;
}

static void course(const struct net *n, uint64_t seed, double *x)
{
    struct interp *it = interp_create(n);
    double k[16];
    struct interp_ssa_state w = {.x = x, .k = k, .inv_volume = 1, .t_next = -1};
    assert_true(interp_initial(it, NULL, x) && interp_rates(it, NULL, k));
    crnl_rng_seed(&w.rng, seed, 0, 0, 0, CRNL_DRAW_SSA);
    assert_int_equal(interp_course(it, &w, k, until), INTERP_TIME);
    interp_destroy(it);
}

static void random_networks(void **state)
{
    (void)state;
    random_state = SEED;
    int endless = 0;
    for (uint64_t i = 0; i < NETWORKS; i++) {
        char *text = random_text();
        char *with_symbols = malloc(strlen(text) + 64);
        sprintf(with_symbols, "%ssymbol species A\nsymbol species B\nsymbol species C\n", text);
        double x[SPECIES], y[SPECIES];
        int status = run(with_symbols, i, x);
        if (status == CRNL_EVENTS) {
            endless++; /* the other method would go on for ever */
        } else {
            assert_int_equal(status, CRNL_OK);
            struct net *n = net_of(text);
            course(n, i, y);
            net_destroy(n);
            for (int s = 0; s < SPECIES; s++) {
                if (x[s] != y[s]) {
                    fail_msg("network %d, species %d: %g and %g\n%s", (int)i, s, x[s], y[s], text);
                }
            }
        }
        free(with_symbols);
        free(text);
    }
    assert_true(endless < NETWORKS / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_networks)};
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
