/* The data of pictures, and files that can be made again. */
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/out/rt_plot.h"
#include "test_harness.h"

static const char *row_of(struct rt_plot *p, double v)
{
    rt_buffer_clear(&p->data);
    rt_plot_row(p, &v, 1);
    assert_true(p->data.n > 0 && p->data.data[p->data.n - 1] == '\n');
    p->data.data[--p->data.n] = '\0';
    return p->data.data;
}

/* As printf writes them; where the eleventh digit begins a tie, the tenth may differ by 1. */
static void check_number(struct rt_plot *p, double v)
{
    char expected[40];
    const char *text = row_of(p, v);
    snprintf(expected, sizeof expected, "%.10g", v);
    if (strcmp(text, expected) != 0) {
        assert_int_equal(strlen(text), strlen(expected));
        assert_true(fabs(strtod(text, NULL) - v) <= 5.00001e-10 * fabs(v));
    }
}

static void numbers_are_as_printf_writes_them(void **state)
{
    (void)state;
    static const double some[] = {1,
                                  -1,
                                  0.1,
                                  -0.25,
                                  1e-4,
                                  9.99e-5,
                                  9.9999999995e-5,
                                  123456,
                                  1e9,
                                  9999999999,
                                  99999999994,
                                  99999999999,
                                  9999999999.5,
                                  1e10,
                                  1e15,
                                  1e22,
                                  1e23,
                                  1e-22,
                                  1e-300,
                                  1e300,
                                  DBL_MAX,
                                  DBL_MIN,
                                  5e-324,
                                  2.5e-310,
                                  0.5,
                                  1e100,
                                  1.234567890123,
                                  999999999.95,
                                  1e-10,
                                  0.99999999999,
                                  9.5e-100,
                                  3.0000000000001};
    struct rt_plot p = {0};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        check_number(&p, some[i]);
    }
    assert_string_equal(row_of(&p, 0), "0");
    assert_string_equal(row_of(&p, -0.0), "0");
    assert_string_equal(row_of(&p, INFINITY), "inf");
    uint64_t bits = 1;
    int same = 0, n = 100000;
    for (int i = 0; i < n; i++) {
        double v;
        char expected[40];
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        uint64_t mixed = bits ^ bits >> 29;
        memcpy(&v, &mixed, sizeof v);
        if (isfinite(v)) {
            check_number(&p, v);
        }
        v = (double)(int64_t)(mixed >> 40) * 1e-3;
        snprintf(expected, sizeof expected, "%.10g", v);
        same += strcmp(row_of(&p, v), expected) == 0;
    }
    assert_int_equal(same, n); /* numbers of few digits are those very numbers */
    rt_plot_row(&p, (double[]){1, -2.5, 1e-20, 3e30, 5, 6, 7, 0.125}, 8);
    assert_non_null(strstr(p.data.data, "1 -2.5 1e-20 3e+30 5 6 7 0.125\n"));
    rt_buffer_free(&p.data);
}

static void stat_of(const char *path, struct stat *s)
{
    assert_int_equal(stat(path, s), 0);
}

static void renewed(const char *path, const char *text)
{
    assert_int_equal(crnl_file_renew(path, text, strlen(text)), 0);
    char *now = read_whole(path);
    assert_string_equal(now, text);
    free(now);
}

static void the_same_bytes_stay(void **state)
{
    (void)state;
    char *directory = make_directory(), path[4200], link[4200];
    snprintf(path, sizeof path, "%s/p.dat", directory);
    snprintf(link, sizeof link, "%s/link", directory);
    struct stat first, now;
    renewed(path, "1 2\n");
    stat_of(path, &first);
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    renewed(path, "1 2\n"); /* stays, and is new */
    stat_of(path, &now);
    assert_true(now.st_ino == first.st_ino && now.st_mtime > 1000);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_int_equal(chmod(path, 0600), 0);
    renewed(path, "1 3\n"); /* as long: is replaced, with its mode */
    stat_of(path, &now);
    assert_true(now.st_ino != first.st_ino && now.st_mtime > 1000 && (now.st_mode & 0777) == 0600);
    renewed(path, "");
    renewed(path, "");
    renewed(path, "longer\n");
    assert_int_equal(symlink("p.dat", link), 0);
    renewed(link, "longer\n");
    renewed(link, "other\n");
    assert_int_equal(lstat(link, &now), 0);
    assert_true(S_ISLNK(now.st_mode));
    crnl_file_protect(path); /* what the program reads is not even touched */
    assert_int_equal(crnl_file_renew(path, "other\n", 6), CRNL_FILE_IS_READ);
    remove_directory(directory);
}

static void large_files_are_compared_to_their_ends(void **state)
{
    (void)state;
    enum { SIZE = 200000 };
    char *directory = make_directory(), path[4200], *text = malloc(SIZE);
    struct stat first, now;
    snprintf(path, sizeof path, "%s/p.svg", directory);
    memset(text, 'x', SIZE);
    assert_int_equal(crnl_file_renew(path, text, SIZE), 0);
    stat_of(path, &first);
    assert_int_equal(crnl_file_renew(path, text, SIZE), 0);
    stat_of(path, &now);
    assert_true(now.st_ino == first.st_ino);
    text[SIZE - 1] = 'y';
    assert_int_equal(crnl_file_renew(path, text, SIZE), 0);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fseek(f, SIZE - 1, SEEK_SET), 0);
    assert_int_equal(fgetc(f), 'y');
    assert_int_equal(fgetc(f), EOF);
    fclose(f);
    free(text);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_as_printf_writes_them),
        cmocka_unit_test(large_files_are_compared_to_their_ends),
        cmocka_unit_test(
            the_same_bytes_stay), /* the last one: other files may get the number of what it protects */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
