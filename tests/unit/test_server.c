/* Places, names of files and messages of the language server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/lines.h"
#include "server/message.h"
#include "server/uri.h"
#include "support/mem.h"

/* Of "a\r\nβ😀x\r\rz": in bytes the lines begin at 0, 3, 11 and 12; β is 2 bytes and 1 unit, 😀 is 4 bytes
 * and 2 units. */
static const char text[] = "a\r\n\xCE\xB2\xF0\x9F\x98\x80x\r\rz";

struct expected {
    size_t offset;
    int64_t line, utf16, utf8;
};

static void test_places(void **state)
{
    (void)state;
    static const struct expected at[] = {{0, 0, 0, 0},  {1, 0, 1, 1},  {3, 1, 0, 0},
                                         {5, 1, 1, 2},  {9, 1, 3, 6},  {10, 1, 4, 7},
                                         {11, 2, 0, 0}, {12, 3, 0, 0}, {13, 3, 1, 1}};
    for (int e = 0; e < 2; e++) {
        struct lines l;
        lines_open(&l, text, sizeof text - 1, e ? ENCODING_UTF8 : ENCODING_UTF16);
        assert_int_equal(l.start.n, 4);
        for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
            struct position p = lines_position(&l, at[i].offset);
            int64_t column = e ? at[i].utf8 : at[i].utf16;
            assert_int_equal(p.line, at[i].line);
            assert_int_equal(p.character, column);
            assert_int_equal(lines_offset(&l, (struct position){at[i].line, column}), at[i].offset);
        }
        lines_close(&l);
    }
}

static void test_places_outside(void **state)
{
    (void)state;
    struct lines l;
    lines_open(&l, text, sizeof text - 1, ENCODING_UTF16);
    assert_int_equal(lines_offset(&l, (struct position){0, 99}), 1); /* the end of its line, before CR */
    assert_int_equal(lines_offset(&l, (struct position){1, 2}), 5); /* between the units of 😀: its start */
    assert_int_equal(lines_offset(&l, (struct position){9, 0}), 13); /* behind the last line */
    assert_int_equal(lines_offset(&l, (struct position){-1, 5}), 0);
    assert_int_equal(lines_offset(&l, (struct position){INT64_MAX, INT64_MAX}), 13);
    assert_int_equal(lines_position(&l, 2).character, 1); /* between CR and LF: the end of the line */
    assert_int_equal(lines_position(&l, 7).character, 1); /* inside of 😀 */
    assert_int_equal(lines_position(&l, 1000).line, 3);
    lines_close(&l);
    lines_open(&l, "", 0, ENCODING_UTF8);
    assert_int_equal(l.start.n, 1);
    assert_int_equal(lines_offset(&l, (struct position){0, 1}), 0);
    lines_close(&l);
}

/* There and back, for texts of pieces at random; bytes that are no UTF-8 among them. */
static void test_places_at_random(void **state)
{
    (void)state;
    static const char *const piece[] = {
        "a",    "\n",   "\r\n", "\r",      "\xCE\xB2", "\xE2\x86\x92", "\xF0\x9F\x98\x80",
        "\xFF", "\xCE", " ",    "\xF0\x9F"};
    enum { PIECES = sizeof piece / sizeof *piece };
    uint32_t draw = 1;
    for (int turn = 0; turn < 500; turn++) {
        char random[256];
        size_t start[64], n = 0, length = 0;
        while (n < 40) {
            draw = draw * 1664525 + 1013904223;
            const char *next = piece[(draw >> 16) % PIECES];
            start[n++] = length;
            memcpy(random + length, next, strlen(next));
            length += strlen(next);
        }
        struct lines l;
        lines_open(&l, random, length, turn % 2 ? ENCODING_UTF8 : ENCODING_UTF16);
        for (size_t i = 0; i < n; i++) {
            bool joins = start[i] > 0 && random[start[i]] == '\n' &&
                         random[start[i] - 1] == '\r'; /* is one end of a line */
            struct position p = lines_position(&l, start[i]);
            size_t back = lines_offset(&l, p);
            assert_int_equal(back, joins ? start[i] - 1 : start[i]);
        }
        lines_close(&l);
    }
}

static void test_uris(void **state)
{
    (void)state;
    static const char *const pair[][2] = {{"/home/me/a.crnl", "file:///home/me/a.crnl"},
                                          {"/a b/c#d?e%f", "file:///a%20b/c%23d%3Fe%25f"},
                                          {"/\xCE\xB2", "file:///%CE%B2"},
                                          {"/-._~", "file:///-._~"}};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        char *uri = uri_of_path(pair[i][0]), *path = uri_to_path(pair[i][1]);
        assert_string_equal(uri, pair[i][1]);
        assert_string_equal(path, pair[i][0]);
        free(uri);
        free(path);
    }
    static const char *const odd[][2] = {{"file://localhost/a", "/a"},
                                         {"file:///%e2%86%92", "/\xE2\x86\x92"},
                                         {"file:///a%", "/a%"},
                                         {"file:///a%4", "/a%4"},
                                         {"file:///a%zz", "/a%zz"},
                                         {"file:///a%00b", "/a%00b"},
                                         {"untitled:Untitled-1", "untitled:Untitled-1"},
                                         {"", ""},
                                         {"file://", ""}};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        char *path = uri_to_path(odd[i][0]);
        assert_string_equal(path, odd[i][1]);
        free(path);
    }
}

static void expect_body(struct message_reader *r, const char *body)
{
    struct message m;
    assert_int_equal(message_next(r, &m), MESSAGE_READY);
    assert_int_equal(m.length, strlen(body));
    assert_memory_equal(m.body, body, m.length);
}

static void test_messages(void **state)
{
    (void)state;
    static const char stream[] = "Content-Length: 2\r\n\r\n{}content-length:3\r\nContent-Type: x\r\n\r\n[1]";
    for (size_t size = 1; size <= sizeof stream; size++) { /* in pieces of each size */
        struct message_reader r = {0};
        struct message m;
        int ready = 0;
        for (size_t i = 0; i < sizeof stream - 1; i += size) {
            message_feed(&r, stream + i, sizeof stream - 1 - i < size ? sizeof stream - 1 - i : size);
            while (message_next(&r, &m) == MESSAGE_READY) {
                assert_memory_equal(m.body, ready ? "[1]" : "{}", m.length);
                ready++;
            }
        }
        assert_int_equal(ready, 2);
        message_reader_free(&r);
    }
    struct message_reader r = {0};
    struct message m;
    static const char bad[] = "Content-Length: -1\r\n\r\nContent-Length: 2\r\n\r\n{}";
    message_feed(&r, bad, sizeof bad - 1);
    assert_int_equal(message_next(&r, &m), MESSAGE_BAD);
    expect_body(&r, "{}");
    assert_int_equal(message_next(&r, &m), MESSAGE_NONE);
    message_reader_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),           cmocka_unit_test(test_places_outside),
        cmocka_unit_test(test_places_at_random), cmocka_unit_test(test_uris),
        cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
