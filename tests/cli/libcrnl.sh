# libcrnl from C: what crnl.h promises of values, errors, the order in which things are freed, and threads.
if [ "$SANITIZED" = yes ]; then
    echo "programs without sanitizers cannot load a library that has them"
    exit 77
fi
cat >use.c <<'END_OF_TEXT'
#include <crnlc/crnl.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define CHECK(x)                                                                                      \
    do {                                                                                              \
        if (!(x)) {                                                                                   \
            printf("line %d: %s; %s\n", __LINE__, #x, crnlc_error_text(error));                       \
            return 1;                                                                                 \
        }                                                                                             \
    } while (0)

static const char text[] =
    "network decay(k = 1) { species A = 1, B; A ->{k} B; }\n"
    "experiment main {\n"
    "  let k = 1.0, pair = zeros(2), n = 2;\n"
    "  run decay with k = k for 1 every 0.5 -> \"rows.csv\";\n"
    "  let left = decay.A, twice = 2 * pair;\n"
    "  record seen = left;\n"
    "  print n;\n"
    "}\n";

/* What is said comes while it runs, and is kept. */
static void hears(void *env, int is_message, const char *text, size_t n)
{
    if (!is_message) {
        strncat(env, text, n);
    }
}

static void *endless(void *arg)
{
    crnlc_error *error = NULL;
    int status = crnlc_run_execute(arg, &error);
    crnlc_error_free(error);
    return status ? arg : NULL;
}

int main(void)
{
    crnlc_error *error = NULL;
    CHECK(crnlc_abi() == CRNLC_ABI && strchr(crnlc_version(), '.'));
    crnlc_program *program = crnlc_compile("decay.crnl", text, NULL, &error);
    CHECK(program && strstr(crnlc_program_json(program), "\"left\""));
    char heard[64] = "";
    crnlc_run_options options = {
        .size = sizeof options, .rows_in_memory = 1, .says = hears, .env = heard};
    crnlc_run *run = crnlc_run_create(program, &options, &error);
    crnlc_program_free(program); /* the run keeps it */
    double k = 2, at[2] = {3, 4}, half = 0.5, a;
    CHECK(run && !crnlc_run_symbol(run, "decay", "A", &a, 1, &error) && a == 1);
    CHECK(!crnlc_run_give(run, "k", &k, 1, &error) && !crnlc_run_give(run, "pair", at, 2, &error));
    CHECK(crnlc_run_give(run, "pair", at, 1, &error) && strstr(crnlc_error_text(error), "2 elements, not 1"));
    crnlc_error_free(error);
    CHECK(crnlc_run_give(run, "n", &half, 1, &error) && strstr(crnlc_error_text(error), "whole numbers"));
    crnlc_error_free(error);
    CHECK(crnlc_run_give(run, "lef", &k, 1, &error) && strstr(crnlc_error_text(error), "did you mean `left`?"));
    crnlc_error_free(error);
    error = NULL;
    crnlc_array v;
    CHECK(crnlc_run_value(run, "left", &v, NULL) && !crnlc_run_execute(run, &error));
    CHECK(!crnlc_run_value(run, "left", &v, &error) && v.rank == 0);
    CHECK(strcmp(v.type, "real") == 0 && fabs(*(const double *)v.v - exp(-2)) < 1e-5);
    CHECK(!crnlc_run_value(run, "twice", &v, &error) && v.rank == 1 && v.dims[0] == 2 && ((const double *)v.v)[1] == 8);
    CHECK(!crnlc_run_value(run, "n", &v, &error) && *(const int64_t *)v.v == 2);
    crnlc_table t;
    CHECK(crnlc_run_tables(run) == 1 && !crnlc_run_table(run, 0, &t) && crnlc_run_table(run, 1, &t));
    CHECK(!crnlc_run_table(run, 0, &t) && t.n_rows == 3 && t.n_columns == 3 && t.n_keys == 0);
    CHECK(strcmp(t.column[1], "A") == 0 && fabs(t.v[4] - exp(-1)) < 1e-5);
    const double *series;
    size_t n;
    CHECK(!crnlc_run_record(run, "seen", &series, &n, &error) && n == 1 && fabs(*series - exp(-2)) < 1e-5);
    CHECK(strcmp(crnlc_run_output(run), "2\n") == 0 && strcmp(heard, "2\n") == 0 && !crnlc_run_file(run, 0) && crnlc_run_time(run, "decay") == 1);
    CHECK(!crnlc_run_symbol(run, "decay", "B", &a, 1, &error) && fabs(a - 1 + exp(-2)) < 1e-5);
    CHECK(crnlc_run_symbol(run, "decay", "C", &a, 1, &error) && strstr(crnlc_error_text(error), "has no `C`"));
    crnlc_error_free(error);
    CHECK(crnlc_run_execute(run, &error) && strstr(crnlc_error_text(error), "once"));
    crnlc_error_free(error);
    crnlc_run_free(run);

    /* Mistakes, in the text and while running. */
    CHECK(!crnlc_compile("x.crnl", "network n { species A = ; }", NULL, &error));
    CHECK(strcmp(crnlc_error_code(error), "E0101") == 0 && strstr(crnlc_error_json(error), "\"line\": 1"));
    crnlc_error_free(error);
    CHECK(!crnlc_compile("missing.crnl", NULL, NULL, &error) && strcmp(crnlc_error_code(error), "E0202") == 0);
    crnlc_error_free(error);
    CHECK(!crnlc_compile("missing.crnl", NULL, NULL, NULL) && !crnlc_describe("missing.crnl", NULL, NULL));
    error = NULL;
    program = crnlc_compile("f.crnl", "experiment main {\n  assert 1 > 2, \"no\";\n}", NULL, &error);
    run = crnlc_run_create(program, NULL, &error);
    CHECK(crnlc_run_execute(run, &error) && strcmp(crnlc_error_code(error), "E0901") == 0);
    CHECK(strstr(crnlc_error_json(error), "\"line\": 2") && strstr(crnlc_error_json(error), "\"column\": 3") &&
          strstr(crnlc_error_json(error), "\"file\": \"f.crnl\"") && strstr(crnlc_error_json(error), "assertion failed: no\""));
    crnlc_error_free(error);
    error = NULL;
    crnlc_run_free(run);
    crnlc_program_free(program);
    program = crnlc_compile("g.crnl", "network n { species A = 1; A -> 0; }\nexperiment main { plot n: A -> \"a.svg\"; }", NULL, &error);
    run = crnlc_run_create(program, NULL, &error);
    CHECK(crnlc_run_execute(run, &error) && strstr(crnlc_error_json(error), "\"line\": 2") &&
          strstr(crnlc_error_json(error), "\"help\": \"run it before: run n for 10;\""));
    crnlc_error_free(error);
    error = NULL;
    crnlc_run_free(run);
    crnlc_program_free(program);
    char *about = crnlc_describe("d.crnl", text, &error);
    CHECK(about && strstr(about, "\"experiment\"") && strstr(about, "\"decay\""));
    crnlc_text_free(about);

    /* One that has no end is stopped by another thread; one beside it is not. */
    crnlc_options more = {.size = sizeof more, .experiment = "more",
                          .more = "experiment more { run decay for 1 by ssa; while true { run decay with A = 1000 for 1 by ssa; } }"};
    program = crnlc_compile("decay.crnl", text, &more, &error);
    CHECK(program);
    crnlc_run *first = crnlc_run_create(program, NULL, &error), *other = crnlc_run_create(program, NULL, &error);
    pthread_t thread[2];
    void *ended;
    pthread_create(&thread[0], NULL, endless, first);
    pthread_create(&thread[1], NULL, endless, other);
    crnlc_run_cancel(first);
    pthread_join(thread[0], &ended);
    CHECK(ended == first);
    crnlc_run_free(first);
    crnlc_run_cancel(other);
    pthread_join(thread[1], &ended);
    CHECK(ended == other);
    crnlc_program_free(program);
    crnlc_run_free(other);
    crnlc_error_free(NULL);
    crnlc_run_free(NULL);
    crnlc_program_free(NULL);
    return 0;
}
END_OF_TEXT
${CC:-cc} -std=c11 -Wall -Wextra -Werror -Wno-format-truncation -I "$SRC/include" use.c -L "$BUILD" -lcrnl \
    -Wl,-rpath,"$BUILD" -lm -lpthread -o use
./use
# The header is one for C++ too.
printf '#include <crnlc/crnl.h>\nint main() { return crnlc_abi() != CRNLC_ABI; }\n' >use.cpp
if command -v g++ >/dev/null; then
    g++ -Wall -Wextra -Werror -I "$SRC/include" use.cpp -L "$BUILD" -lcrnl -Wl,-rpath,"$BUILD" -o use_cpp
    ./use_cpp
fi
