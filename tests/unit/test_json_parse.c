/* What is JSON, and what it says: as Jansson reads it. Texts are changed at random in a few places, so that a
 * quarter of them still is JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/json_parse.h"

enum { ROUNDS = 60000, ROOM = 600 };

/* A whole number below n; the same ones each time. */
static int draw(int n)
{
    static uint64_t state = 7;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)((state >> 33) % (uint64_t)n);
}

static bool same(const struct json_node *n, json_t *j);

static bool same_object(const struct json_node *n, json_t *j)
{
    const struct json_node *at = n + 1;
    const char *key;
    json_t *value;
    bool alike = n->type == JSON_NODE_OBJECT && n->n == json_object_size(j);
    json_object_foreach(j, key, value)
    {
        alike = alike && strcmp(at->text, key) == 0 && same(at + 1, value);
        at += alike ? 1 + at[1].size : 0;
    }
    return alike && at == n + n->size;
}

static bool same_list(const struct json_node *n, json_t *j)
{
    const struct json_node *at = n + 1;
    bool alike = n->type == JSON_NODE_LIST && n->n == json_array_size(j);
    for (size_t i = 0; alike && i < n->n; i++) {
        alike = same(at, json_array_get(j, i));
        at += at->size;
    }
    return alike && at == n + n->size;
}

static bool same(const struct json_node *n, json_t *j)
{
    switch (json_typeof(j)) {
    case JSON_OBJECT: return same_object(n, j);
    case JSON_ARRAY: return same_list(n, j);
    case JSON_STRING:
        return n->type == JSON_NODE_TEXT && n->n == json_string_length(j) &&
               memcmp(n->text, json_string_value(j), n->n + 1) == 0;
    case JSON_INTEGER: return n->type == JSON_NODE_INTEGER && n->integer == json_integer_value(j);
    case JSON_REAL: return n->type == JSON_NODE_REAL && n->real == json_real_value(j);
    case JSON_TRUE: return n->type == JSON_NODE_TRUE;
    case JSON_FALSE: return n->type == JSON_NODE_FALSE;
    case JSON_NULL: return n->type == JSON_NODE_NULL;
    }
    return false;
}

/* Whether it is JSON, after both have been compared. */
static bool compare(const char *text, size_t n)
{
    struct json_tree tree;
    char *own = malloc(n + 1); /* so that reading behind its end is seen */
    memcpy(own, text, n + 1);
    bool good = json_parse(&tree, own, n);
    json_t *json = json_loadb(own, n, JSON_REJECT_DUPLICATES, NULL);
    if (good != (json != NULL) || (good && !same(tree.node.data, json))) {
        fail_msg("Jansson %s this, or reads something else: %s", json ? "reads" : "refuses", text);
    }
    json_decref(json);
    json_tree_free(&tree);
    free(own);
    return good;
}

static size_t insert(char *text, size_t n, size_t at, const char *what, size_t length)
{
    memmove(text + at + length, text + at, n - at + 1);
    memcpy(text + at, what, length);
    return n + length;
}

static size_t change(char *text, size_t n)
{
    static const char *const piece[] = {"\"",
                                        "\\",
                                        "\\u",
                                        "\\ud83d",
                                        "\\ude00",
                                        "\\u0000",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        ",",
                                        ":",
                                        "e",
                                        "E",
                                        "-",
                                        "+",
                                        ".",
                                        "0",
                                        "9",
                                        "1e9",
                                        "1e999",
                                        "true",
                                        "null",
                                        "99999999999999999999",
                                        "\xc3",
                                        "\xa9",
                                        "\x7f",
                                        "\x01",
                                        "\xed\xa0\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xc0\xaf",
                                        "\xe0\x80\x80",
                                        "\n",
                                        " ",
                                        "\"a\":"};
    char copy[32];
    size_t at = (size_t)draw((int)n + 1), length = (size_t)draw(20), from = (size_t)draw((int)n + 1);
    const char *what = piece[draw((int)(sizeof piece / sizeof *piece))];
    switch (draw(4)) {
    case 0: memmove(text + at, text + at + (at < n), n - at + (at == n)); return n - (at < n);
    case 1: return insert(text, n, at, what, strlen(what));
    case 2: text[at] = at < n ? (char)(1 + draw(255)) : '\0'; return n;
    default:
        length = from + length > n ? n - from : length;
        memcpy(copy, text + from, length);
        return insert(text, n, at, copy, length);
    }
}

static void reads_what_jansson_reads(void **state)
{
    static const char *const seed[] = {
        "{\"a\": [1, -2.5e3, true, false, null, \"x\\u00e9\\ud83d\\ude00\\n\"], "
        "\"b\": {\"c\": \"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\", \"d\": -0}}",
        "[[], {}, [[1e-400, 1e308, 9223372036854775807, -9223372036854775808]], \"\\\\\\/\\b\\f\\r\\t\\\"\"]",
        "{\"name\": \"n\", \"name2\": 0.1E+5, \"k\": [\"\\u0041\", \"\\uD800\\uDC00\"]}", "[0, 01, 1.]",
        " [1 , 2 ]\n\t\r"};
    (void)state;
    long read = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char text[ROOM];
        const char *from = seed[round % 5];
        size_t n = strlen(from);
        memcpy(text, from, n + 1);
        for (int i = draw(4); i > 0; i--) {
            n = change(text, n);
        }
        read += compare(text, n);
    }
    assert_in_range(read, ROUNDS / 6, ROUNDS / 2);
}

static void many_keys_and_depth(void **state)
{
    enum { KEYS = 100, DEPTH = 2048 };
    char text[3 * DEPTH] = "{";
    (void)state;
    for (int twice = 0; twice < 2; twice++) { /* of many keys, the last one stands twice */
        size_t n = 1;
        for (int i = 0; i < KEYS; i++) {
            n += (size_t)sprintf(text + n, "%s\"k%d\": %d", i ? ", " : "", twice && i == KEYS - 1 ? 7 : i, i);
        }
        n += (size_t)sprintf(text + n, "}");
        assert_int_equal(compare(text, n), !twice);
    }
    for (int depth = DEPTH - 1; depth <= DEPTH + 1; depth++) {
        size_t n = (size_t)(2 * depth);
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        text[n] = '\0';
        assert_int_equal(compare(text, n), depth <= DEPTH);
        n = insert(text, n, (size_t)depth, "1", 1);
        assert_int_equal(compare(text, n), depth < DEPTH);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_jansson_reads),
        cmocka_unit_test(many_keys_and_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
