/* Equality of networks up to names: renamed networks are equal and the renaming that is found is checked reaction by
 * reaction; one change is seen; graphs that colours cannot tell apart; the limit of work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ir/prove/net_match.h"
#include "ir/net/net_sides.h"
#include "ir_random.h"
#include "ir_text.h"

enum { N = 9, M = 14 };

struct plan {
    int32_t lhs[M][2], rhs[M][2], rate[M];
    double amount[N];
};

static struct plan random_plan(void)
{
    struct plan p;
    for (int i = 0; i < N; i++) {
        p.amount[i] = draw(3);
    }
    for (int j = 0; j < M; j++) {
        for (int k = 0; k < 2; k++) {
            p.lhs[j][k] = (int32_t)draw(N);
            p.rhs[j][k] = (int32_t)draw(N);
        }
        p.rate[j] = (int32_t)draw(3);
    }
    return p;
}

static void shuffle(int32_t *order, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        order[i] = i;
    }
    for (int32_t i = n - 1; i > 0; i--) {
        int32_t k = (int32_t)draw((uint32_t)i + 1), v = order[i];
        order[i] = order[k];
        order[k] = v;
    }
}

/* Species in another order with other names, rates k0 + k1, k1 * k2 and 2 with parameters declared in another order. */
static struct net *build(const struct plan *p, const int32_t *species, const int32_t *reaction,
                         const int32_t *param, char letter)
{
    struct net *n = net_create("n");
    struct span none = {0};
    int32_t slot[3], place[N];
    for (int i = 0; i < 3; i++) {
        char name[8] = {letter, 'k', (char)('0' + i), 0};
        slot[param[i]] = n->n_slots;
        net_add_param(n, name, shape_scalar(), expr_real(n->ex, param[i] + 1), none);
    }
    for (int i = 0; i < N; i++) {
        char name[8] = {letter, (char)('a' + i), 0};
        place[species[i]] =
            net_add_species(n, name, SPECIES_DISCRETE, expr_real(n->ex, p->amount[species[i]]), none);
    }
    for (int i = 0; i < M; i++) {
        int32_t j = reaction[i];
        struct term lhs[2], rhs[2];
        for (int k = 0; k < 2; k++) {
            lhs[k] = (struct term){place[p->lhs[j][k]], 1};
            rhs[k] = (struct term){place[p->rhs[j][k]], 1};
        }
        expr_id k1 = net_param_expr(n, slot[1]);
        expr_id rate = p->rate[j] == 0   ? expr_binary(n->ex, EXPR_ADD, net_param_expr(n, slot[0]), k1)
                       : p->rate[j] == 1 ? expr_binary(n->ex, EXPR_MUL, k1, net_param_expr(n, slot[2]))
                                         : expr_real(n->ex, 2);
        net_add_reaction(n, lhs, 2, rhs, 2, RATE_MASS_ACTION, rate, none);
    }
    return n;
}

static struct net *renamed(const struct plan *p, char letter)
{
    int32_t species[N], reaction[M], param[3];
    shuffle(species, N);
    shuffle(reaction, M);
    shuffle(param, 3);
    return build(p, species, reaction, param, letter);
}

/* Each reaction of a, with its species replaced, stands in b. */
static void check_renaming(const struct net *a, const struct net *b, const int32_t *to)
{
    bool used[M] = {false};
    for (size_t j = 0; j < a->reaction.n; j++) {
        struct term side[2][2];
        uint32_t length[2] = {a->reaction.data[j].n_lhs, a->reaction.data[j].n_rhs};
        for (int k = 0; k < 2; k++) {
            const struct term *t = k ? net_rhs(a, &a->reaction.data[j]) : net_lhs(a, &a->reaction.data[j]);
            for (uint32_t i = 0; i < length[k]; i++) {
                side[k][i] = (struct term){to[t[i].species], t[i].count};
            }
            if (length[k] == 2 && side[k][0].species > side[k][1].species) {
                struct term v = side[k][0];
                side[k][0] = side[k][1];
                side[k][1] = v;
            }
        }
        bool found = false;
        for (size_t i = 0; i < b->reaction.n && !found; i++) {
            const struct reaction *r = &b->reaction.data[i];
            found = !used[i] && side_equal(net_lhs(b, r), r->n_lhs, side[0], length[0]) &&
                    side_equal(net_rhs(b, r), r->n_rhs, side[1], length[1]);
            used[i] = used[i] || found;
        }
        assert_true(found);
    }
}

static void random_networks(void **state)
{
    (void)state;
    random_state = 11;
    for (int i = 0; i < 300; i++) {
        struct plan p = random_plan();
        struct net *a = renamed(&p, 'A'), *b = renamed(&p, 'B');
        struct net_match m = net_match(a, b, 0);
        assert_int_equal(m.answer, NET_MATCH_EQUAL);
        check_renaming(a, b, m.species);
        net_match_free(&m);
        net_destroy(b);

        p.amount[draw(N)] += 3;
        b = renamed(&p, 'B');
        m = net_match(a, b, 0);
        assert_int_equal(m.answer, NET_MATCH_DIFFERENT);
        assert_int_equal(m.only[1].n, 1);
        net_match_free(&m);
        net_destroy(a);
        net_destroy(b);
    }
}

/* A reaction V[i] -> V[j] for each edge of a graph on 16 vertices, both ways. */
static struct net *of_graph(bool (*edge)(int i, int j), const int32_t *order)
{
    struct net *n = net_create("graph");
    struct span none = {0};
    for (int i = 0; i < 16; i++) {
        char name[8];
        snprintf(name, sizeof name, "%c%d", order[0] ? 'V' : 'W', i);
        net_add_species(n, name, SPECIES_DISCRETE, 0, none);
    }
    for (int i = 0; i < 16; i++) {
        for (int j = 0; j < 16; j++) {
            if (i != j && edge(i, j)) {
                struct term from = {order[i], 1}, to = {order[j], 1};
                net_add_reaction(n, &from, 1, &to, 1, RATE_MASS_ACTION, expr_real(n->ex, 1), none);
            }
        }
    }
    return n;
}

/* Two strongly regular graphs with the parameters (16, 6, 2, 2): refinement alone sees no difference. */
static bool rook(int i, int j)
{
    return i / 4 == j / 4 || i % 4 == j % 4;
}

static bool shrikhande(int i, int j)
{
    int dx = (i / 4 - j / 4 + 4) % 4, dy = (i % 4 - j % 4 + 4) % 4;
    return (dx == 0 && (dy == 1 || dy == 3)) || (dy == 0 && (dx == 1 || dx == 3)) ||
           (dx == dy && (dx == 1 || dx == 3));
}

static enum net_match_answer match_graphs(bool (*x)(int, int), bool (*y)(int, int), int64_t limit)
{
    int32_t first[16], second[16];
    do {
        shuffle(first, 16);
        shuffle(second, 16);
    } while (first[0] == 0 || second[0] == 0);
    struct net *a = of_graph(x, first), *b = of_graph(y, second);
    struct net_match m = net_match(a, b, limit);
    enum net_match_answer answer = m.answer;
    net_match_free(&m);
    net_destroy(a);
    net_destroy(b);
    return answer;
}

static void regular_graphs(void **state)
{
    (void)state;
    random_state = 5;
    assert_int_equal(match_graphs(rook, rook, 0), NET_MATCH_EQUAL);
    assert_int_equal(match_graphs(shrikhande, shrikhande, 0), NET_MATCH_EQUAL);
    assert_int_equal(match_graphs(rook, shrikhande, 0), NET_MATCH_DIFFERENT);
    assert_int_equal(match_graphs(rook, shrikhande, 10000), NET_MATCH_UNDECIDED);
}

static enum net_match_answer match_texts(const char *x, const char *y)
{
    struct net *a = net_of(x), *b = net_of(y);
    struct net_match m = net_match(a, b, 0);
    enum net_match_answer answer = m.answer;
    net_match_free(&m);
    net_destroy(a);
    net_destroy(b);
    return answer;
}

static void what_counts(void **state)
{
    (void)state;
    static const struct {
        const char *x, *y;
        enum net_match_answer answer;
    } cases[] = {
        {"species A = 1\n A ->{2} 0", "species B = 1\n B ->{2} 0", NET_MATCH_EQUAL},
        {"species A = 1\n A ->{2} 0", "species B = 1\n B ->{3} 0", NET_MATCH_DIFFERENT},
        {"species A = 1\n A ->{2} 0", "constant B = 1\n B ->{2} 0", NET_MATCH_DIFFERENT},
        {"species A\n A -> 0", "species A = 0\n A -> 0", NET_MATCH_EQUAL},
        {"species A\n 2 A -> A", "species A\n A -> 2 A", NET_MATCH_DIFFERENT},
        {"species A\n A ->{2} 0", "species A\n A =>{2} 0", NET_MATCH_DIFFERENT},
        {"param k = 1\n species A\n A ->{k} 0", "param j = 1\n param unused = 3\n species A\n A ->{j} 0",
         NET_MATCH_EQUAL},
        {"param k = 1\n species A\n A ->{k} 0", "param k = 2\n species A\n A ->{k} 0", NET_MATCH_DIFFERENT},
        {"param k = 2\n param j = k\n species A\n A ->{j} 0",
         "param k = 2\n param j = 2\n species A\n A ->{j} 0", NET_MATCH_DIFFERENT},
        {"param a = 1\n param b = 2\n species A\n species B\n A =>{a * b} B",
         "param b = 1\n param a = 2\n species A\n species B\n A =>{a * b} B", NET_MATCH_EQUAL},
        {"param a = 1\n param b = 2\n species A\n A =>{a / b} 0",
         "param b = 1\n param a = 2\n species A\n A =>{a / b} 0", NET_MATCH_DIFFERENT},
        {"species A\n species B\n A -> 0\n symbol species A output",
         "species A\n species B\n A -> 0\n symbol species B output", NET_MATCH_DIFFERENT},
        {"volume 1e-12\n species A", "volume 2e-12\n species A", NET_MATCH_DIFFERENT},
        {"species A\n A -> 0\n A -> 0", "species A\n A -> 0", NET_MATCH_DIFFERENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (match_texts(cases[i].x, cases[i].y) != cases[i].answer) {
            fail_msg("case %zu", i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_networks),
        cmocka_unit_test(regular_graphs),
        cmocka_unit_test(what_counts),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
