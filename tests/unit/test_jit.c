/* Code in memory: kernels against the library's tables to the last bit on random networks, the constant
 * structures as C reads them, experiments against the interpreter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/object/jit.h"
#include "runtime/ode/rt_lockstep.h"
#include "runtime/ssa/rt_lanes.h"

static const struct span nowhere = {0, 0, 0};
static uint64_t random_state;

static uint32_t pick(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % n;
}

/* ---- Programs of one network --------------------------------------------------------------------------- */

struct fixture {
    struct program *program;
    struct plan *plan;
    struct sources *sources;
    struct diag *diag;
    struct engine *engine;
    const struct crnl_model *m;
};

static void open_network(struct fixture *f, struct net *net)
{
    f->program = program_create();
    f->program->file = "test.crnl";
    vec_push(&f->program->net, (struct net_use){.net = net,
                                                .has_gradient = true,
                                                .runs_many = true,
                                                .needs = CRNL_NEEDS_SSA | CRNL_NEEDS_RHS |
                                                         CRNL_NEEDS_JACOBIAN | CRNL_NEEDS_LIMIT});
    f->plan = plan_create(&f->program->net.data[0], NULL, &plan_default);
    f->sources = sources_create();
    f->diag = diag_create(f->sources);
    const struct codegen_options options = {.opt_level = 2, .plan = plan_default, .all_lanes = true};
    f->engine = engine_jit(f->program, &f->plan, &options, f->diag);
    diag_print(f->diag, stderr, false);
    assert_non_null(f->engine);
    f->m = engine_program(f->engine)->net[0];
}

static void close_network(struct fixture *f)
{
    engine_destroy(f->engine);
    plan_destroy(f->plan);
    program_destroy(f->program);
    diag_destroy(f->diag);
    sources_destroy(f->sources);
}

/* v A / (K + A), powers, functions, cases, or something that may become negative. */
static expr_id random_law(struct net *n, uint32_t n_species, bool wild)
{
    struct expr_pool *p = n->ex;
    expr_id x = net_species_expr(n, (species_id)pick(n_species)),
            y = net_species_expr(n, (species_id)pick(n_species));
    if (wild && pick(2)) {
        return expr_binary(p, EXPR_SUB, expr_real(p, pick(4)),
                           expr_binary(p, EXPR_MUL, x, expr_real(p, 0.125)));
    }
    expr_id hill = expr_binary(p, EXPR_DIV, x, expr_binary(p, EXPR_ADD, expr_real(p, 3.5), x));
    expr_id k = net_param_expr(n, (int32_t)pick(2));
    switch (pick(6)) {
    case 0: return expr_binary(p, EXPR_POW, x, pick(2) ? k : expr_real(p, 3));
    case 1: return expr_unary(p, EXPR_EXP, expr_binary(p, EXPR_MUL, expr_real(p, -0.125), x));
    case 2: return expr_binary(p, EXPR_MIN, hill, expr_binary(p, EXPR_POW, y, expr_real(p, -2)));
    case 3: {
        expr_id less = expr_binary(p, EXPR_LT, x, expr_real(p, 8)), some = expr_binary(p, EXPR_NE, y, k);
        expr_id either = expr_binary(p, pick(2) ? EXPR_AND : EXPR_OR, less, expr_unary(p, EXPR_NOT, some));
        return expr_select(p, either, hill, expr_unary(p, EXPR_FLOOR_REAL, expr_unary(p, EXPR_ABS, y)));
    }
    default: break;
    }
    return expr_binary(p, EXPR_MUL, expr_binary(p, EXPR_MUL, k, hill), expr_unary(p, EXPR_SQRT, y));
}

static struct net *random_network(bool laws, bool wild, uint32_t terms)
{
    struct net *n = net_create("random");
    uint32_t n_species = 1 + pick(5), n_reactions = 1 + pick(pick(8) ? 16 : 60);
    net_add_param(n, "k", shape_scalar(), expr_real(n->ex, 1.5), nowhere);
    net_add_param(n, "v", shape_scalar(), expr_real(n->ex, 0.7), nowhere);
    for (uint32_t s = 0; s < n_species; s++) {
        char name[16];
        snprintf(name, sizeof name, "X%u", s);
        enum species_kind kind = pick(8) == 0 ? SPECIES_CONSTANT : pick(6) ? SPECIES_DISCRETE : SPECIES_BULK;
        net_add_species(n, arena_strdup(n->arena, name), kind, expr_real(n->ex, pick(60)), nowhere);
        expr_id x = net_species_expr(n, (species_id)s);
        net_add_symbol(n, arena_strdup(n->arena, name), SYMBOL_SPECIES, shape_scalar(), &x, nowhere);
    }
    for (uint32_t j = 0; j < n_reactions; j++) {
        struct term side[2][3];
        size_t length[2] = {pick(terms + 1), pick(terms + 1)};
        for (int i = 0; i < 2; i++) {
            for (size_t k = 0; k < length[i]; k++) {
                side[i][k] = (struct term){(species_id)pick(n_species), 1 + pick(2)};
            }
        }
        bool law = laws && pick(3) == 0;
        expr_id rate = law ? random_law(n, n_species, wild) : expr_real(n->ex, (1 + pick(50)) / 256.0);
        net_add_reaction(n, side[0], length[0], side[1], length[1], law ? RATE_LAW : RATE_MASS_ACTION, rate,
                         nowhere);
    }
    return n;
}

/* ---- Kernels ------------------------------------------------------------------------------------------- */

static void same_numbers(const char *what, const double *a, const double *b, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        if (!(a[i] == b[i]) && !(isnan(a[i]) && isnan(b[i]))) {
            fail_msg("%s %d: %a by tables, %a by code", what, i, a[i], b[i]);
        }
    }
}

static double *fresh(size_t n)
{
    return test_calloc(n + 1, sizeof(double));
}

/* The same calls for both: short stops, so that pending times, budgets and dead states are met. */
static void compare_ssa(const struct crnl_model *m, const double *x0, const double *p, const double *k,
                        double inv_volume)
{
    struct crnl_ssa w[2];
    void *table = crnl_table_create(m);
    for (int i = 0; i < 2; i++) {
        w[i] = (struct crnl_ssa){
            .x = fresh((size_t)m->n_species), .k = k, .p = p, .inv_volume = inv_volume, .t_next = -1};
        memcpy(w[i].x, x0, (size_t)m->n_species * sizeof *x0);
        crnl_rng_seed(&w[i].rng, random_state, 1, 2, 3, CRNL_DRAW_SSA);
        w[i].kernel = table;
    }
    for (int call = 0; call < 60; call++) {
        int64_t budget = pick(200);
        int result[2];
        for (int i = 0; i < 2; i++) {
            w[i].t_stop = 0.125 * (call + 1);
            result[i] = i ? m->ssa(m->env, &w[i], budget) : crnl_table_ssa(m, &w[i], budget);
        }
        assert_int_equal(result[0], result[1]);
        assert_int_equal(w[0].events, w[1].events);
        same_numbers("time", &w[0].t, &w[1].t, 1);
        same_numbers("next time", &w[0].t_next, &w[1].t_next, 1);
        same_numbers("amount", w[0].x, w[1].x, m->n_species);
        assert_memory_equal(&w[0].rng, &w[1].rng, sizeof w[0].rng);
        if (result[0] == CRNL_SSA_BAD) {
            assert_int_equal(w[0].bad, w[1].bad);
            break;
        }
    }
    crnl_table_destroy(table);
    test_free(w[0].x);
    test_free(w[1].x);
}

static void compare_ode(const struct crnl_model *m, const double *x, const double *p, const double *k)
{
    double *a = fresh((size_t)m->n_species), *b = fresh((size_t)m->n_species);
    double *c = fresh((size_t)m->jac_nnz), *d = fresh((size_t)m->jac_nnz);
    if (m->rhs) {
        crnl_table_rhs(m, 0.5, x, p, k, a);
        m->rhs(m->env, 0.5, x, p, k, b);
        same_numbers("derivative", a, b, m->n_species);
    }
    if (m->jac) {
        crnl_table_jac(m, 0.5, x, p, k, c);
        m->jac(m->env, 0.5, x, p, k, d);
        same_numbers("Jacobian", c, d, m->jac_nnz);
    }
    test_free(a);
    test_free(b);
    test_free(c);
    test_free(d);
}

/* Sums in another order: to rounding of their largest term. */
static void near_numbers(const char *what, const double *a, const double *b, int32_t n, double size)
{
    for (int32_t i = 0; i < n; i++) {
        if (!(fabs(a[i] - b[i]) <= 1e-13 * size)) {
            fail_msg("%s %d: %.17g and %.17g of %g", what, (int)i, a[i], b[i], size);
        }
    }
}

/* The right side backwards by emitted code and by loops and tapes, with some reactions off. */
static void compare_reverse(const struct crnl_model *m, const double *x, const double *p, double *k)
{
    struct crnl_model loops = *m;
    const struct crnl_run_spec spec = {0};
    size_t n = (size_t)m->n_species, reactions = (size_t)m->n_reactions;
    double *bar[2][3], *y = fresh(n), by_time[2], size = 1;
    uint8_t *on = test_malloc(reactions);
    loops.reverse = NULL;
    assert_non_null(m->reverse);
    for (size_t j = 0; j < reactions; j++) {
        on[j] = pick(5) > 0;
        k[j] = on[j] ? k[j] : 0;
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = (pick(65) - 32.0) / 16;
    }
    for (int i = 0; i < 2; i++) {
        struct rt_job job = {.m = i ? m : &loops, .param = p, .k = k, .spec = &spec};
        struct vjp v;
        bar[i][0] = fresh(n);
        bar[i][1] = fresh(reactions);
        bar[i][2] = fresh((size_t)m->n_params);
        vjp_create(&v, &job, bar[i][1], bar[i][2]);
        v.on = on;
        for (int turn = 0; turn < 3; turn++) {
            vjp_flush(&v);
            vjp_set(&v);
            by_time[i] = vjp_rhs(&v, 0.5, x, y, bar[i][0]);
        }
        vjp_flush(&v);
        vjp_destroy(&v);
    }
    for (size_t j = 0; j < reactions; j++) {
        size = fmax(size, fabs(bar[0][1][j] * fmax(1, k[j])) * 64);
    }
    near_numbers("adjoint of amount", bar[0][0], bar[1][0], m->n_species, size);
    near_numbers("adjoint of constant", bar[0][1], bar[1][1], m->n_reactions, size);
    near_numbers("adjoint of parameter", bar[0][2], bar[1][2], m->n_params, size);
    near_numbers("adjoint of time", &by_time[0], &by_time[1], 1, size);
    for (int i = 0; i < 6; i++) {
        test_free(bar[i / 3][i % 3]);
    }
    test_free(y);
    test_free(on);
}

/* Code for several runs at once against that for one: the same bytes in each lane. */
static void compare_lanes(const struct crnl_model *m, const double *x, const double *p, const double *k)
{
    static const struct lockstep_steps *const all[] = {&lockstep_avx2, &lockstep_avx512};
    size_t n = (size_t)m->n_species, reactions = (size_t)m->n_reactions, packed = (size_t)m->n_reverse;
    const size_t size[] = {n, reactions, packed, n, n, n, packed}; /* x, k, k packed, y, dx, x_bar, k_bar */
    double *wide[7];
    for (size_t a = 0; a < 7; a++) {
        wide[a] = aligned_alloc(64, (size[a] * CRNL_LANES * sizeof(double) + 127) / 64 * 64);
    }
    for (size_t level = 0; level < 2 && m->rhs_lanes && all[level]->is_here(); level++) {
        size_t lanes = (size_t)all[level]->wide;
        for (size_t a = 0; a < 7; a++) {
            for (size_t i = 0; i < size[a] * lanes; i++) {
                double v = a == 0 ? x[i / lanes] : a == 1 ? k[i / lanes] : 0;
                wide[a][i] = a == 4 || a == 5 ? NAN : v + pick(64) / 64.0 - (a > 1) / 2.0;
            }
        }
        for (size_t i = 0; i < packed * lanes; i++) {
            size_t lane = i % lanes;
            int32_t j = m->reverse_order[i / lanes];
            wide[2][i] = j >= 0 ? wide[1][(size_t)j * lanes + lane] : 0;
        }
        struct lane_of {
            double *array[7];
        } before[CRNL_LANES];
        for (size_t lane = 0; lane < lanes; lane++) {
            for (size_t a = 0; a < 7; a++) {
                before[lane].array[a] = fresh(size[a]);
                for (size_t i = 0; i < size[a]; i++) {
                    before[lane].array[a][i] = wide[a][i * lanes + lane];
                }
            }
        }
        m->rhs_lanes((int32_t)level, m->env, 0.5, wide[0], NULL, wide[1], wide[4]);
        m->reverse_lanes((int32_t)level, m->env, 0.5, wide[0], NULL, wide[2], wide[3], wide[5], wide[6],
                         NULL);
        for (size_t lane = 0; lane < lanes; lane++) {
            double **v = before[lane].array;
            m->rhs(m->env, 0.5, v[0], p, v[1], v[4]);
            m->reverse(m->env, 0.5, v[0], p, v[2], v[3], v[5], v[6], NULL);
            for (size_t a = 4; a < 7; a++) {
                for (size_t i = 0; i < size[a]; i++) {
                    bool is_one = a < 6 || m->reverse_order[i] >= 0;
                    if (is_one && memcmp(&v[a][i], &wide[a][i * lanes + lane], sizeof(double)) != 0) {
                        fail_msg("lane %d, array %d: %.17g and %.17g", (int)lane, (int)a, v[a][i],
                                 wide[a][i * lanes + lane]);
                    }
                }
            }
            for (size_t a = 0; a < 7; a++) {
                test_free(v[a]);
            }
        }
    }
    for (size_t a = 0; a < 7; a++) {
        free(wide[a]);
    }
}

/* The library's lists for several runs against those for one: the same numbers in each lane. Reactions are in
 * two parts. Returns whether the network has such lists. */
static bool compare_lists(const struct crnl_model *m, const double *x, const double *k)
{
    static const struct lockstep_steps *const all[] = {&lockstep_avx2, &lockstep_avx512};
    size_t n = (size_t)m->n_species, reactions = (size_t)m->n_reactions;
    struct rt_packed *part[2] = {rt_packed_part(m, 0, m->n_reactions / 2),
                                 rt_packed_part(m, m->n_reactions / 2, m->n_reactions)};
    struct vjp_pairs pairs;
    vjp_pairs_create(&pairs, m);
    size_t room = (size_t)pairs.n_changes;
    bool good = rt_packed_fill(part[0], m, k) && rt_packed_fill(part[1], m, k);
    size_t terms = good ? (size_t)(part[0]->zero > part[1]->zero ? part[0]->zero : part[1]->zero) + 1 : 0;
    enum { X, K, DX, Y, X_BAR, K_BAR, PACKED_K, ROOM, TERM, PART_K, ARRAYS = PART_K + 2 };
    const size_t size[ARRAYS] = {n,         reactions, n,     n,         n,        reactions,
                                 reactions, room,      terms, reactions, reactions};
    for (size_t level = 0; level < 2 && good && all[level]->is_here(); level++) {
        size_t lanes = (size_t)all[level]->wide;
        double *wide[ARRAYS], *one[ARRAYS];
        for (size_t a = 0; a < ARRAYS; a++) {
            wide[a] = lockstep_numbers((int64_t)size[a], (int)lanes);
            one[a] = fresh(size[a]);
            for (size_t i = 0; i < size[a] * lanes; i++) {
                double v = a == X ? x[i / lanes] : a == K ? k[i / lanes] : 0;
                wide[a][i] = a == DX || a == X_BAR ? NAN : v == 0 && a == K ? 0 : v + pick(64) / 64.0;
            }
        }
        for (size_t i = 0; i < (size_t)pairs.n * lanes; i++) {
            wide[PACKED_K][i] = wide[K][(size_t)pairs.reaction[i / lanes] * lanes + i % lanes];
        }
        for (size_t i = 0; i < reactions * lanes; i++) {
            size_t j = i / lanes, of = j >= (size_t)part[1]->from;
            int32_t slot = part[of]->slot[j - (size_t)part[of]->from];
            if (slot >= 0) {
                wide[PART_K + of][(size_t)slot * lanes + i % lanes] = wide[K][i];
            }
        }
        memcpy(wide[K_BAR], wide[PACKED_K], reactions * lanes * sizeof(double));
        struct lockstep_parts parts = {2, m->n_species, part, (double *[]){wide[PART_K], wide[PART_K + 1]},
                                       0};
        all[level]->rhs(&parts, wide[X], wide[TERM], wide[DX]);
        all[level]->reverse(&pairs, wide[PACKED_K], NULL, wide[X], wide[Y], wide[X_BAR], wide[K_BAR],
                            wide[ROOM]);
        for (size_t lane = 0; lane < lanes; lane++) {
            for (size_t a = X; a <= PACKED_K; a++) {
                for (size_t i = 0; i < size[a]; i++) {
                    one[a][i] = wide[a == K_BAR ? PACKED_K : a][i * lanes + lane];
                }
            }
            crnl_table_rhs(m, 0.5, one[X], NULL, one[K], one[DX]);
            vjp_pairs_rhs(&pairs, one[PACKED_K], one[X], one[Y], one[X_BAR], one[K_BAR], one[ROOM]);
            static const size_t compared[] = {DX, X_BAR, K_BAR};
            for (size_t c = 0; c < 3; c++) {
                size_t a = compared[c];
                for (size_t i = 0; i < (a == K_BAR ? (size_t)pairs.n : n); i++) {
                    if (one[a][i] != wide[a][i * lanes + lane]) {
                        fail_msg("lists, lane %d, array %d: %.17g and %.17g", (int)lane, (int)a, one[a][i],
                                 wide[a][i * lanes + lane]);
                    }
                }
            }
        }
        for (size_t a = 0; a < ARRAYS; a++) {
            free(wide[a]);
            test_free(one[a]);
        }
    }
    rt_packed_destroy(part[0]);
    rt_packed_destroy(part[1]);
    vjp_pairs_destroy(&pairs);
    return good;
}

enum { SIDE_STOPS = 5, SIDE_SPECIES = 16 };
static void side_stop(int lane, int stop, double *t, int64_t *budget)
{
    *t = 0.02 * (stop + 1) + 0.003 * (lane % 7);
    *budget = 1 + (lane * 5 + stop * 11) % 40;
}

/* Runs in lockstep by emitted code, each with its own constants, parameters and stops, have the bytes of the
 * unrolled kernel: of each run at each of its stops. Returns whether there is such code. */
static bool compare_lockstep(const struct crnl_model *m, const double *x, const double *k)
{
    const struct lanes_step *all[] = {&rt_lanes_avx2, &rt_lanes_avx512};
    bool counts = true; /* whole numbers cannot become negative */
    double *whole = fresh((size_t)m->n_species);
    for (int32_t s = 0; s < m->n_species; s++) {
        counts &= m->species_kind[s] != CRNL_BULK;
        whole[s] = floor(x[s]);
    }
    for (size_t level = 0; level < 2 && counts && m->ssa_lanes && all[level]->is_here(); level++) {
        struct crnl_lockstep *l = rt_lanes_create(m, all[level]);
        struct crnl_ssa w[LANES_MOST];
        double *own[LANES_MOST], *amount[LANES_MOST], p[LANES_MOST][2];
        int stop[LANES_MOST] = {0}, busy = l->wide;
        struct reference {
            struct crnl_ssa w;
            double x[SIDE_SPECIES];
            bool is_last; /* the last stop, or a law has made something negative */
        } *reference = calloc((size_t)l->wide * SIDE_STOPS, sizeof *reference);
        assert_true(m->n_species <= SIDE_SPECIES);
        for (int lane = 0; lane < l->wide; lane++) {
            own[lane] = fresh((size_t)m->n_reactions);
            amount[lane] = fresh((size_t)m->n_species);
            for (int32_t j = 0; j < m->n_reactions; j++) {
                own[lane][j] = k[j] * (1 + pick(8) / 8.0);
            }
            p[lane][0] = 1 + lane / 8.0;
            p[lane][1] = 0.7;
            struct crnl_ssa v = {.x = amount[lane], .k = own[lane], .p = p[lane], .t_next = -1};
            v.inv_volume = lane % 3 ? 1 : 0.25;
            crnl_rng_seed(&v.rng, 5, 1, 0, (uint64_t)lane, CRNL_DRAW_SSA);
            memcpy(v.x, whole, (size_t)m->n_species * sizeof *x);
            w[lane] = v;
            for (int s = 0; s < SIDE_STOPS; s++) {
                int64_t budget;
                side_stop(lane, s, &v.t_stop, &budget);
                struct reference *r = &reference[lane * SIDE_STOPS + s];
                r->is_last = m->ssa(m->env, &v, budget) == CRNL_SSA_BAD || s + 1 == SIDE_STOPS;
                v.t_next = -1; /* so that emitted code may go on */
                r->w = v;
                memcpy(r->x, v.x, (size_t)m->n_species * sizeof *x);
            }
            memcpy(v.x, whole, (size_t)m->n_species * sizeof *x);
        }
        for (int lane = 0; lane < l->wide; lane++) {
            double t;
            int64_t budget;
            side_stop(lane, 0, &t, &budget);
            rt_lanes_put(l, lane, &w[lane], t, budget);
        }
        while (busy > 0) {
            unsigned ended = rt_lanes_advance(l);
            assert_true(ended != 0);
            for (int lane = 0; lane < l->wide; lane++) {
                if (!(ended >> lane & 1)) {
                    continue;
                }
                struct crnl_ssa *v = &w[lane];
                const struct reference *r = &reference[lane * SIDE_STOPS + stop[lane]];
                int64_t budget, before = stop[lane] > 0 ? r[-1].w.events : 0;
                double t;
                side_stop(lane, stop[lane], &t, &budget);
                if (l->end[lane] == LANES_ODD) {
                    v->t_stop = t;
                    m->ssa(m->env, v, budget - (v->events - before));
                }
                v->t_next = -1;
                if (v->t != r->w.t || v->events != r->w.events ||
                    memcmp(&v->rng, &r->w.rng, sizeof v->rng) != 0 ||
                    memcmp(v->x, r->x, (size_t)m->n_species * sizeof *r->x) != 0) {
                    fail_msg("level %d, lane %d, stop %d: t %.17g and %.17g, events %d and %d", (int)level,
                             lane, stop[lane], v->t, r->w.t, (int)v->events, (int)r->w.events);
                }
                if (!r->is_last) {
                    side_stop(lane, ++stop[lane], &t, &budget);
                    rt_lanes_put(l, lane, v, t, budget);
                } else {
                    busy--;
                }
            }
        }
        for (int lane = 0; lane < l->wide; lane++) {
            test_free(own[lane]);
            test_free(amount[lane]);
        }
        free(reference);
        free(l);
    }
    test_free(whole);
    return counts && m->ssa_lanes;
}

static void compare_kernels(bool laws, bool wild, uint32_t terms, uint64_t seed, int rounds)
{
    random_state = seed;
    int with_ssa = 0, with_lanes = 0, with_lists = 0, in_lockstep = 0;
    for (int round = 0; round < rounds; round++) {
        struct fixture f;
        open_network(&f, random_network(laws, wild, terms));
        const struct crnl_model *m = f.m;
        double *x = fresh((size_t)m->n_species), *k = fresh((size_t)m->n_reactions), p[2] = {1.5, 0.7};
        double *registers = fresh((size_t)(m->init.n_registers + m->rate.n_registers));
        crnl_tape_run(&m->init, NULL, p, NULL, x, registers);
        crnl_tape_run(&m->rate, NULL, p, NULL, k, registers);
        bool has_good_constants = !wild || pick(4) > 0;
        if (!has_good_constants) {
            static const double bad[] = {-1, NAN, INFINITY, 0, 1e-320};
            k[pick((uint32_t)m->n_reactions)] = bad[pick(5)];
        }
        if (m->ssa) {
            with_ssa++;
            compare_ssa(m, x, p, k, pick(2) ? 1 : 0.25);
        }
        for (int32_t i = 0; i < m->n_species; i++) {
            x[i] += pick(64) / 64.0;
        }
        compare_ode(m, x, p, k);
        if (!wild) {
            compare_reverse(m, x, p, k);
            compare_lanes(m, x, p, k);
            with_lanes += m->rhs_lanes != NULL;
            with_lists += compare_lists(m, x, k);
        }
        in_lockstep += has_good_constants && compare_lockstep(m, x, k);
        test_free(x);
        test_free(k);
        test_free(registers);
        close_network(&f);
    }
    assert_true(with_ssa > rounds / 2);
    assert_true(with_lists > rounds / 16 || laws || wild);
    assert_true(with_lanes > rounds / 2 || laws || wild || !lockstep_avx2.is_here());
    assert_true(in_lockstep > rounds / 4 || terms > 2 || !rt_lanes_avx2.is_here());
}

static void test_mass_action(void **state)
{
    (void)state;
    compare_kernels(false, false, 3, 88172645463325252u, 60);
}

/* Reactions of at most four molecules, whose runs may be in lockstep. */
static void test_lockstep(void **state)
{
    (void)state;
    compare_kernels(false, false, 2, 2463534242u, 30);
}

static void test_laws(void **state)
{
    (void)state;
    compare_kernels(true, false, 3, 362436069, 60);
    compare_kernels(true, false, 2, 2463534242u, 30);
}

static void test_bad_rates(void **state)
{
    (void)state;
    compare_kernels(true, true, 3, 521288629, 80);
    compare_kernels(true, true, 2, 2463534242u, 30);
}

/* ---- Constant structures ------------------------------------------------------------------------------- */

static void same_text(const char *a, const char *b)
{
    if (!a || !b) {
        assert_ptr_equal(a, b);
    } else {
        assert_string_equal(a, b);
    }
}

static void same_bytes(const char *what, const void *a, const void *b, size_t n)
{
    if (n > 0 && a ? !b || memcmp(a, b, n) != 0 : b != NULL) {
        fail_msg("%s differs", what);
    }
}

static void same_texts(const char *const *a, const char *const *b, int32_t n)
{
    for (int32_t i = 0; a && i < n; i++) {
        same_text(a[i], b[i]);
    }
}

static void same_tape(const struct crnl_tape *a, const struct crnl_tape *b)
{
    assert_int_equal(a->n_code, b->n_code);
    assert_int_equal(a->n_const, b->n_const);
    assert_int_equal(a->n_registers, b->n_registers);
    same_bytes("code", a->code, b->code, (size_t)a->n_code * sizeof *a->code);
    same_bytes("constant", a->constant, b->constant, (size_t)a->n_const * sizeof *a->constant);
}

static void same_symbols(const struct crnl_model *a, const struct crnl_model *b)
{
    for (int32_t i = 0; i < a->n_symbols; i++) {
        const struct crnl_symbol *s = &a->symbol[i], *t = &b->symbol[i];
        same_text(s->name, t->name);
        assert_int_equal(s->kind, t->kind);
        assert_int_equal(s->flags, t->flags);
        assert_int_equal(s->rank, t->rank);
        assert_int_equal(s->size, t->size);
        assert_int_equal(s->first, t->first);
        same_bytes("dim", s->rank > 0 ? s->dim : NULL, t->dim, (size_t)s->rank * sizeof *s->dim);
    }
}

static void same_stats(const struct crnl_model *a, const struct crnl_model *b)
{
    for (int32_t i = 0; i < a->n_stats; i++) {
        const struct crnl_stat_request *s = &a->stat[i], *t = &b->stat[i];
        assert_int_equal(s->kind, t->kind);
        assert_int_equal(s->n_elems, t->n_elems);
        assert_int_equal(s->of_rows, t->of_rows);
        same_bytes("bound", s->bound, t->bound, sizeof s->bound);
        same_bytes("elem", s->elem, t->elem, (size_t)s->n_elems * sizeof *s->elem);
        same_texts(s->name, t->name, s->n_elems);
    }
}

/* `m` as planned, `b` as generated and read through the C declaration. */
static void same_model(const struct crnl_model *m, const struct crnl_model *b)
{
    struct {
        int32_t lhs, net, dep, grad, sums, jac, form, reads;
    } counts = {.lhs = m->lhs_ptr[m->n_reactions],
                .net = m->net_ptr[m->n_reactions],
                .dep = m->dep_ptr ? m->dep_ptr[m->n_reactions] : 0,
                .grad = m->grad_ptr ? m->grad_ptr[m->n_reactions] : 0,
                .sums = m->sum_ptr ? m->sum_ptr[m->n_sums] : 0,
                .form = m->form_ptr ? m->form_ptr[m->n_exprs] : 0,
                .reads = m->reads_ptr ? m->reads_ptr[m->n_exprs] : 0},
      *n = &counts;
    n->jac = m->jac_ptr ? m->jac_ptr[n->lhs + n->grad] : 0;
#define INT(field)         assert_int_equal(m->field, b->field);
#define REAL(field)        assert_true(m->field == b->field);
#define TEXT(field)        same_text(m->field, b->field);
#define ENV(field)         assert_null(b->field);
#define DATA(field, size)  same_bytes(#field, m->field, b->field, (size_t)(size) * sizeof *m->field);
#define TEXTS(field, size) same_texts(m->field, b->field, size);
#define TAPE(field)        same_tape(&m->field, &b->field);
#define CODE(field)
#define SYMBOLS(field) same_symbols(m, b);
#define STATS(field)   same_stats(m, b);
#include "codegen/emit/model_fields.def"
}

static void add_requests(struct net *n, struct net_use *use)
{
    struct shape matrix = shape_prefix(2, shape_vector(2));
    expr_id x = net_species_expr(n, 0), four[] = {x, x, expr_binary(n->ex, EXPR_MUL, x, x), x};
    net_add_symbol(n, "M", SYMBOL_OUTPUT, matrix, four, nowhere);
    int32_t seen = net_add_observed(n, expr_binary(n->ex, EXPR_ADD, x, expr_real(n->ex, 2)));
    struct stat_request s = {.kind = STAT_TIME_HISTOGRAM, .of_rows = true, .bound = {7, -1}};
    vec_push(&s.observed, seen);
    vec_push(&s.name, "A + 2");
    vec_push(&use->stat, s);
    vec_push(&use->trace, (struct trace){seen, "A + 2"});
}

static void test_structures(void **state)
{
    (void)state;
    random_state = 1234567;
    for (int round = 0; round < 10; round++) {
        struct program *p = program_create();
        p->file = "test.crnl";
        p->doc = "about it";
        vec_push(&p->global, (struct global){.name = "k", .doc = "rate", .value = 2.5});
        vec_push(&p->record, "loss");
        struct net_use use = {.net = random_network(round > 4, false, 3),
                              .needs =
                                  CRNL_NEEDS_SSA | CRNL_NEEDS_RHS | CRNL_NEEDS_JACOBIAN | CRNL_NEEDS_LIMIT};
        add_requests(use.net, &use);
        vec_push(&p->net, use);
        const struct plan_options tables = {round % 2 ? 16 : 0, round % 2 ? 256 : 0, round % 2 ? 400 : 0};
        struct plan *plan = plan_create(&p->net.data[0], NULL, &tables);
        struct sources *sources = sources_create();
        struct diag *diag = diag_create(sources);
        struct emit *e = emit_create("test", target_machine(true, 1, diag));
        emit_program(e, p, &plan);
        assert_true(target_optimise(e, 1, diag));
        struct jit *jit = jit_create(target_generate(e, LLVMObjectFile, diag), diag);
        emit_destroy(e);
        uintptr_t at = jit_symbol(jit, "crnl_program", diag);
        const struct crnl_program *q;
        memcpy(&q, &at, sizeof q);
        assert_int_equal(q->abi, CRNL_ABI);
        same_text(p->file, q->file);
        same_text(p->doc, q->doc);
        assert_null(q->experiment);
        assert_int_equal(q->n_nets, 1);
        assert_int_equal(q->n_globals, 1);
        same_text("rate", q->global[0].doc);
        assert_true(q->global[0].value == 2.5 && !q->global[0].unit);
        same_text("loss", q->record[0]);
        assert_null(q->run);
        assert_ptr_equal(q->sink[CRNL_SINK_NPZ], &crnl_sink_npz);
        assert_ptr_equal(q->method[0], &crnl_method_auto);
        same_model(&plan->model, q->net[0]);
        double x[5] = {3, 4, 5, 6, 7}, k[2] = {1, 2};
        assert_true(q->net[0]->n_exprs > 0 && isfinite(q->net[0]->expr(NULL, 0, x, 0, k, NULL, 1)));
        jit_destroy(jit);
        plan_destroy(plan);
        program_destroy(p);
        diag_destroy(diag);
        sources_destroy(sources);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mass_action), cmocka_unit_test(test_lockstep),   cmocka_unit_test(test_laws),
        cmocka_unit_test(test_bad_rates),   cmocka_unit_test(test_structures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
