/* Nanoseconds per event of the emitted SSA kernel against the library's table kernel, in one process, one
 * after the other, the best of several rounds each. Prints a line a network and fails if the two do not
 * agree to the last bit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "codegen/engine.h"

static const struct span nowhere = {0, 0, 0};
enum { ROUNDS = 7 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- Networks ------------------------------------------------------------------------------------------ */

static species_id species(struct net *n, const char *name, double amount)
{
    return net_add_species(n, name, SPECIES_DISCRETE, expr_real(n->ex, amount), nowhere);
}

/* Sides as text: "AAB>C", each letter a species in the order of declaration; k as given. */
static void reaction(struct net *n, const char *text, double k)
{
    struct term side[2][8];
    size_t length[2] = {0, 0};
    int at = 0;
    for (; *text; text++) {
        if (*text == '>') {
            at = 1;
        } else {
            side[at][length[at]++] = (struct term){*text - 'A', 1};
        }
    }
    net_add_reaction(n, side[0], length[0], side[1], length[1], RATE_MASS_ACTION, expr_real(n->ex, k),
                     nowhere);
}

static struct net *birth_death(void)
{
    struct net *n = net_create("birth-death");
    species(n, "A", 100);
    reaction(n, ">A", 100);
    reaction(n, "A>", 1);
    return n;
}

static struct net *dimerisation(void)
{
    struct net *n = net_create("dimerisation");
    species(n, "A", 1000);
    species(n, "B", 0);
    reaction(n, "AA>B", 0.001);
    reaction(n, "B>AA", 1);
    return n;
}

static struct net *lotka_volterra(void)
{
    struct net *n = net_create("Lotka-Volterra");
    species(n, "A", 100000); /* many, so that it does not die out */
    species(n, "B", 100000);
    reaction(n, "A>AA", 10);
    reaction(n, "AB>BB", 0.0001);
    reaction(n, "B>", 10);
    return n;
}

/* Two genes that repress each other by dimers: 14 reactions. */
static struct net *toggle_switch(void)
{
    struct net *n = net_create("toggle switch");
    static const char *const name[] = {"A", "B", "A2", "B2", "gA", "gB", "gA_off", "gB_off"};
    static const double amount[] = {10, 10, 0, 0, 1, 1, 0, 0};
    for (size_t i = 0; i < 8; i++) {
        species(n, name[i], amount[i]);
    }
    static const char *const text[] = {"E>EA", "F>FB", "A>",   "B>",   "AA>C", "C>AA", "BB>D",
                                       "D>BB", "CF>H", "H>CF", "DE>G", "G>DE", "G>GA", "H>HB"};
    static const double k[] = {50, 50, 1, 1, 0.1, 5, 0.1, 5, 1, 10, 1, 10, 1, 1};
    for (size_t i = 0; i < sizeof k / sizeof *k; i++) {
        reaction(n, text[i], k[i]);
    }
    return n;
}

/* ---- Measurement --------------------------------------------------------------------------------------- */

struct bench {
    const struct crnl_model *m;
    double *x0, *k;
    void *table;
};

static void tape(const struct crnl_tape *t, double *out)
{
    double *registers = calloc((size_t)t->n_registers + 1, sizeof *registers);
    crnl_tape_run(t, NULL, NULL, NULL, out, registers);
    free(registers);
}

/* One trajectory of `events` events; seconds. */
static double trajectory(const struct bench *b, bool emitted, int64_t events, struct crnl_ssa *w)
{
    double none = 0;
    *w = (struct crnl_ssa){
        .k = b->k, .p = &none, .inv_volume = 1, .t_stop = 1e300, .t_next = -1, .kernel = b->table};
    w->x = calloc((size_t)b->m->n_species + 1, sizeof *w->x);
    memcpy(w->x, b->x0, (size_t)b->m->n_species * sizeof *w->x);
    crnl_rng_seed(&w->rng, 1, 0, 0, 0, CRNL_DRAW_SSA);
    crnl_table_reset(b->table);
    double start = now();
    int result = emitted ? b->m->ssa(b->m->env, w, events) : crnl_table_ssa(b->m, w, events);
    double seconds = now() - start;
    if (result != CRNL_SSA_EVENTS) {
        fprintf(stderr, "%s: result %d\n", b->m->name, result);
        exit(1);
    }
    return seconds;
}

static bool equal(const struct bench *b, const struct crnl_ssa *v, const struct crnl_ssa *w)
{
    return memcmp(v->x, w->x, (size_t)b->m->n_species * sizeof *v->x) == 0 &&
           memcmp(&v->t, &w->t, sizeof v->t) == 0 && memcmp(&v->rng, &w->rng, sizeof v->rng) == 0;
}

static bool measure(struct net *net, int64_t events)
{
    struct program *p = program_create();
    vec_push(&p->net, (struct net_use){.net = net, .needs = CRNL_NEEDS_SSA});
    struct plan *plan = plan_create(&p->net.data[0], NULL, &plan_default);
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    const struct codegen_options options = {.opt_level = 2, .plan = plan_default};
    struct engine *engine = engine_jit(p, &plan, &options, diag);
    diag_print(diag, stderr, false);
    bool good = engine && engine_program(engine)->net[0]->ssa;
    if (good) {
        struct bench b = {.m = engine_program(engine)->net[0]};
        b.x0 = calloc((size_t)b.m->n_species + 1, sizeof *b.x0);
        b.k = calloc((size_t)b.m->n_reactions + 1, sizeof *b.k);
        b.table = crnl_table_create(b.m);
        tape(&b.m->init, b.x0);
        tape(&b.m->rate, b.k);
        double best[2] = {1e300, 1e300};
        for (int i = 0; i < ROUNDS && good; i++) {
            struct crnl_ssa end[2];
            for (int emitted = 0; emitted < 2; emitted++) {
                double seconds = trajectory(&b, emitted, events, &end[emitted]);
                best[emitted] = seconds < best[emitted] ? seconds : best[emitted];
            }
            good = equal(&b, &end[0], &end[1]);
            free(end[0].x);
            free(end[1].x);
        }
        double table = 1e9 * best[0] / (double)events, code = 1e9 * best[1] / (double)events;
        printf("%-16s %8.1f %8.1f %8.2f%s\n", net->name, table, code, table / code,
               good ? "" : "  DIFFERENT");
        crnl_table_destroy(b.table);
        free(b.x0);
        free(b.k);
    }
    engine_destroy(engine);
    plan_destroy(plan);
    program_destroy(p);
    diag_destroy(diag);
    sources_destroy(sources);
    return good;
}

int main(int argc, char **argv)
{
    int64_t events = argc > 1 ? atoll(argv[1]) : 2000000;
    printf("%-16s %8s %8s %8s   (ns per event, best of %d)\n", "network", "table", "emitted", "ratio",
           (int)ROUNDS);
    bool good = measure(birth_death(), events);
    good = measure(dimerisation(), events) && good;
    good = measure(lotka_volterra(), events) && good;
    good = measure(toggle_switch(), events) && good;
    return good ? 0 : 1;
}
