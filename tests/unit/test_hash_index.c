/* Hash indexes: each position is found once under its hash, whatever shares it, before and after the index
 * has grown and has been opened again; hashes of words that differ in their high bits alone differ in the low
 * bits, which count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/arena.h"
#include "support/hash_index.h"

enum { N = 1000, N_HASHES = 37 };

/* Few hashes for many positions, some of which agree in all bits that a small index looks at. */
static uint64_t hash_of(int32_t position)
{
    int32_t kind = position % N_HASHES;
    return kind < 5 ? (uint64_t)kind << 28 : hash_mix(0, (uint64_t)kind);
}

static void check_all(const struct hash_index *x, int32_t n)
{
    int met[N] = {0};
    for (int32_t kind = 0; kind < N_HASHES; kind++) {
        size_t turn = 0;
        for (int32_t i; (i = hash_index_next(x, hash_of(kind), &turn)) >= 0;) {
            assert_true(i < n);
            assert_int_equal(i % N_HASHES, kind);
            met[i]++;
        }
    }
    for (int32_t i = 0; i < N; i++) {
        assert_int_equal(met[i], i < n);
    }
}

static void fill(struct hash_index *x, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        hash_index_add(x, hash_of(i), i);
    }
    check_all(x, n);
}

static void test_find(void **state)
{
    (void)state;
    for (int in_arena = 0; in_arena < 2; in_arena++) {
        struct arena *a = arena_create();
        struct hash_index x = {.arena = in_arena ? a : NULL};
        check_all(&x, 0);
        fill(&x, N);
        hash_index_open(&x, 0);
        check_all(&x, 0);
        fill(&x, 3);
        hash_index_open(&x, N);
        fill(&x, N);
        hash_index_open(&x, 40); /* smaller than what it had */
        fill(&x, N);
        hash_index_free(&x);
        fill(&x, 100);
        hash_index_free(&x);
        arena_destroy(a);
    }
}

/* Distinct values of the low 11 bits: of 1000 random ones 790 +- 13 (balls in 2048 bins) are expected. */
static int spread(uint64_t (*word)(int i))
{
    char seen[2048] = {0};
    int n = 0;
    for (int i = 0; i < N; i++) {
        char *at = &seen[hash_mix(0, word(i)) & 2047];
        n += !*at;
        *at = 1;
    }
    return n;
}

static uint64_t whole(int i)
{
    return (uint64_t)i;
}

static uint64_t high(int i)
{
    return (uint64_t)i << 54;
}

static uint64_t real(int i)
{
    double v = 0.5 + i;
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static void test_spread(void **state)
{
    (void)state;
    assert_true(spread(whole) > 700);
    assert_true(spread(high) > 700);
    assert_true(spread(real) > 700);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_find), cmocka_unit_test(test_spread)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
