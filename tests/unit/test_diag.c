/* Diagnostics and source places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/diag.h"
#include "support/json.h"

struct fixture {
    struct sources *sources;
    struct diag *diag;
    uint32_t file;
};

static struct fixture open_text(const char *text)
{
    struct fixture f;
    f.sources = sources_create();
    f.diag = diag_create(f.sources);
    f.file = sources_add(f.sources, "a.crnl", text, strlen(text));
    return f;
}

static void close_text(struct fixture *f)
{
    diag_destroy(f->diag);
    sources_destroy(f->sources);
}

static struct span at(const struct fixture *f, uint32_t lo, uint32_t hi)
{
    return (struct span){f->file, lo, hi};
}

/* What is printed; the caller frees it. */
static char *printed(const struct fixture *f, bool json)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    if (json) {
        json_print_list(out, json_reports(f->diag));
    } else {
        diag_print(f->diag, out, false);
    }
    fclose(out);
    return text;
}

static void expect_print(const struct fixture *f, const char *want)
{
    char *text = printed(f, false);
    assert_string_equal(text, want);
    free(text);
}

static void prints_line_caret_label_note_help(void **state)
{
    (void)state;
    struct fixture f = open_text("param k1 = 0.3 /s;\nA + B ->{k1} C;\n");
    assert_false(diag_report(f.diag, DIAG_E0101, at(&f, 28, 30), "bad %s", "rate"));
    diag_label(f.diag, "declared as 1/s");
    diag_note(f.diag, at(&f, 11, 17), "help: write 0.3 /nM/s");
    diag_help(f.diag, "say %d", 3);
    expect_print(&f, "a.crnl:2:10: error[E0101]: bad rate\n"
                     "    2 | A + B ->{k1} C;\n"
                     "      |          ^^ declared as 1/s\n"
                     "    1 | param k1 = 0.3 /s;\n"
                     "      |            ------ help: write 0.3 /nM/s\n"
                     "      help: say 3\n");
    close_text(&f);
}

static void carets_respect_tabs_and_utf8(void **state)
{
    (void)state;
    struct fixture f = open_text("\t\xCE\xB1\xCE\xB2 x");
    diag_report(f.diag, DIAG_E0101, at(&f, 6, 7), "here");
    diag_report(f.diag, DIAG_E0102, at(&f, 1, 5), "there");
    expect_print(&f, "a.crnl:1:2: error[E0102]: there\n"
                     "    1 | \t\xCE\xB1\xCE\xB2 x\n"
                     "      | \t^^\n"
                     "a.crnl:1:5: error[E0101]: here\n"
                     "    1 | \t\xCE\xB1\xCE\xB2 x\n"
                     "      | \t   ^\n");
    close_text(&f);
}

static void broken_bytes_never_reach_the_terminal(void **state)
{
    (void)state;
    struct fixture f = open_text("a\xFF\033[31m b");
    diag_report(f.diag, DIAG_E0102, at(&f, 1, 2), "byte");
    expect_print(&f, "a.crnl:1:2: error[E0102]: byte\n    1 | a\\xff\\u001b[31m b\n      |  ^^^^\n");
    close_text(&f);
}

static void sorts_deduplicates_and_limits(void **state)
{
    (void)state;
    struct fixture f = open_text("abcdef");
    diag_report(f.diag, DIAG_E0101, at(&f, 4, 5), "second");
    diag_report(f.diag, DIAG_E0101, at(&f, 1, 2), "first");
    diag_report(f.diag, DIAG_E0101, at(&f, 4, 5), "again");
    diag_help(f.diag, "dropped with the repeated report");
    diag_report(f.diag, DIAG_E0101, at(&f, 5, 6), "third");
    assert_int_equal(diag_count(f.diag), 3);
    assert_int_equal(diag_error_count(f.diag), 3);
    diag_set_limit(f.diag, 2);
    expect_print(&f, "a.crnl:1:2: error[E0101]: first\n    1 | abcdef\n      |  ^\n"
                     "a.crnl:1:5: error[E0101]: second\n    1 | abcdef\n      |     ^\n"
                     "crnlc: 1 more message not shown\n");
    close_text(&f);
}

static void a_report_may_have_no_place(void **state)
{
    (void)state;
    struct fixture f = open_text("");
    diag_report(f.diag, DIAG_E0101, (struct span){0}, "one");
    diag_report(f.diag, DIAG_E0101, (struct span){0}, "two");
    expect_print(&f, "crnlc: error[E0101]: one\ncrnlc: error[E0101]: two\n");
    close_text(&f);
}

static void the_end_of_the_file_has_a_place(void **state)
{
    (void)state;
    struct fixture f = open_text("ab\r\n");
    diag_report(f.diag, DIAG_E0101, at(&f, 4, 4), "end");
    diag_report(f.diag, DIAG_E0102, at(&f, 2, 2), "line end");
    expect_print(&f, "a.crnl:1:3: error[E0102]: line end\n    1 | ab\n      |   ^\n"
                     "a.crnl:2:1: error[E0101]: end\n    2 | \n      | ^\n");
    close_text(&f);
}

static void a_long_line_is_shown_in_part(void **state)
{
    (void)state;
    char text[2001];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct fixture f = open_text(text);
    diag_report(f.diag, DIAG_E0101, at(&f, 1000, 1900), "long");
    char *out = printed(&f, false);
    assert_true(strlen(out) < 600);
    assert_non_null(strstr(out, " ...xxx"));
    free(out);
    close_text(&f);
}

static void json_escapes(void **state)
{
    (void)state;
    struct fixture f = open_text("abc");
    diag_report(f.diag, DIAG_E0101, at(&f, 1, 2), "say \"%s\"\n", "\xFF");
    char *out = printed(&f, true);
    assert_string_equal(
        out, "[\n  {\"code\": \"E0101\", \"severity\": \"error\", \"file\": \"a.crnl\", \"line\": 1, "
             "\"column\": 2, \"end_line\": 1, \"end_column\": 3, "
             "\"message\": \"say \\\"\\uFFFD\\\"\\n\", \"notes\": []}\n]\n");
    free(out);
    close_text(&f);
}

static void codes_have_names(void **state)
{
    (void)state;
    enum diag_code code;
    assert_true(diag_code_find("E0106", &code));
    assert_int_equal(code, DIAG_E0106);
    assert_string_equal(diag_code_name(code), "E0106");
    assert_string_equal(diag_code_title(code), "misplaced rate");
    assert_int_equal(diag_code_severity(code), SEVERITY_ERROR);
    assert_false(diag_code_find("E9999", &code));
}

static void nearest_finds_slips_only(void **state)
{
    (void)state;
    static const char *const words[] = {"species", "toggle", "every", "A", "k_on"};
    size_t n = sizeof words / sizeof *words;
    assert_string_equal(diag_nearest("speceis", words, n), "species");
    assert_string_equal(diag_nearest("evry", words, n), "every");
    assert_string_equal(diag_nearest("a", words, n), "A");
    assert_string_equal(diag_nearest("K_ON", words, n), "k_on");
    assert_null(diag_nearest("B", words, n));
    static const char *const two[] = {"kf", "kr", "of"};
    assert_null(diag_nearest("kx", two, 3)); /* two letters, one of them another: no slip */
    assert_string_equal(diag_nearest("fk", two, 3), "kf");
    assert_string_equal(diag_nearest("KF", two, 3), "kf");
    assert_string_equal(diag_nearest("off", two, 3), "of");
    assert_null(diag_nearest("completely", words, n));
    assert_null(diag_nearest("every", words + 2, 1)); /* the word itself is no suggestion */
}

static void sources_are_read_once(void **state)
{
    (void)state;
    char name[] = "/tmp/test_diag_XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    FILE *out = fdopen(fd, "w");
    fputs("one\ntwo", out);
    fclose(out);
    struct sources *s = sources_create();
    uint32_t file = sources_read(s, name);
    assert_int_equal(file, 1);
    assert_int_equal(sources_read(s, name), file);
    size_t length;
    assert_string_equal(sources_text(s, file, &length), "one\ntwo");
    assert_int_equal(length, 7);
    assert_memory_equal(sources_line(s, file, 2, &length), "two", 3);
    assert_int_equal(length, 3);
    sources_line(s, file, 3, &length);
    assert_int_equal(length, 0);
    int line, column;
    sources_place(s, (struct span){file, 5, 6}, &line, &column);
    assert_int_equal(line, 2);
    assert_int_equal(column, 2);
    assert_int_equal(sources_read(s, "/nonexistent/file"), 0);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(sources_read(s, "/tmp"), 0);
    assert_int_equal(errno, EISDIR);
    sources_destroy(s);

    s = sources_create();
    sources_set_size_limit(s, 3);
    assert_int_equal(sources_read(s, name), 0);
    assert_int_equal(errno, EFBIG);
    sources_destroy(s);
    remove(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_line_caret_label_note_help),
        cmocka_unit_test(carets_respect_tabs_and_utf8),
        cmocka_unit_test(broken_bytes_never_reach_the_terminal),
        cmocka_unit_test(sorts_deduplicates_and_limits),
        cmocka_unit_test(a_report_may_have_no_place),
        cmocka_unit_test(the_end_of_the_file_has_a_place),
        cmocka_unit_test(a_long_line_is_shown_in_part),
        cmocka_unit_test(json_escapes),
        cmocka_unit_test(codes_have_names),
        cmocka_unit_test(nearest_finds_slips_only),
        cmocka_unit_test(sources_are_read_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
