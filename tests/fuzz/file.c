#include "tests/fuzz/fuzz_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/data/rt_data.h"

void fuzz_give_up(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

void fuzz_open(const uint8_t *data, size_t size, char path[FUZZ_PATH])
{
    snprintf(path, FUZZ_PATH, "/dev/shm/crnlc-fuzz-XXXXXX");
    int file = mkstemp(path);
    if (file < 0) {
        snprintf(path, FUZZ_PATH, "/tmp/crnlc-fuzz-XXXXXX");
        file = mkstemp(path);
    }
    if (file < 0 || write(file, data, size) != (ssize_t)size) {
        fuzz_give_up("cannot write a file in /tmp");
    }
    close(file);
}

void fuzz_close(const char *path)
{
    unlink(path);
}

/* A course may miss numbers. */
static void check_values(const struct rt_table *t, bool may_miss)
{
    for (int64_t i = 0; i < (int64_t)t->rows * t->columns; i++) {
        if (!isfinite(t->input[i]) && !(may_miss && isnan(t->input[i]))) {
            fuzz_give_up("a number that is not finite was let in");
        }
    }
    for (int32_t i = 0; t->label && i < t->rows; i++) {
        if (!isfinite(t->label_value[i])) {
            fuzz_give_up("a label that is not finite was let in");
        }
    }
}

void fuzz_read_data(const struct crnl_data_spec *spec)
{
    struct rt_table look = {0}, full = {0};
    struct rt_error look_error = {0}, error = {0};
    bool shaped = spec->reader->read(spec, "", true, &look, &look_error) == 0;
    bool good = spec->reader->read(spec, "", false, &full, &error) == 0;
    if ((!shaped && !(look_error.text.data && *look_error.text.data)) ||
        (!good && !(error.text.data && *error.text.data))) {
        fuzz_give_up("refused without a reason");
    }
    if (good && !shaped) {
        fuzz_give_up("a file that can be read in full is refused at the look");
    }
    if (good) {
        if (look.rows != full.rows || look.columns != full.columns || look.label != full.label) {
            fuzz_give_up("the look gives another shape");
        }
        check_values(&full, spec->reader == &crnl_data_course);
    }
    rt_table_free(&look);
    rt_table_free(&full);
    rt_error_free(&look_error);
    rt_error_free(&error);
}
