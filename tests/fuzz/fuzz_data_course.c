/* libFuzzer target: any bytes as a measured course, with a column for each quantity and in the long form. */
#include "tests/fuzz/fuzz_file.h"

#include <stdlib.h>

#include "runtime/data/rt_data.h"

/* As the compiler reads it: the names of its columns first, then those that hold numbers. */
static void read_course(struct crnl_data_spec spec)
{
    struct crnl_course_column *column;
    struct rt_buffer names = {0};
    int32_t n;
    struct crnl_data_error error;
    if (crnl_course_look(&spec, "", &column, &n, &error)) {
        free(error.message);
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        if (!column[i].not_number) {
            rt_putf(&names, "%s%s%s", names.n ? "\n" : "",
                    column[i].missing ? (char[]){CRNL_COURSE_MISSING, 0} : "", column[i].name);
        }
    }
    crnl_course_free(column, n);
    spec.columns = names.data;
    fuzz_read_data(&spec);
    rt_buffer_free(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    fuzz_open(data, size, path);
    struct crnl_data_spec spec = {.reader = &crnl_data_course,
                                  .name = "d",
                                  .file = path,
                                  .header = -1,
                                  .input_count = -1,
                                  .label_column = -1,
                                  .scale = 1,
                                  .time_name = "t"};
    read_course(spec);
    spec.replicate_name = "rep";
    read_course(spec);
    spec.value_name = "y";
    spec.label_name = "what";
    read_course(spec);
    spec.sd_name = "sd";
    read_course(spec);
    fuzz_close(path);
    return 0;
}
