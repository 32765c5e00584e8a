/* libFuzzer target: any bytes as CSV, with and without a label column and a header. */
#include "tests/fuzz/fuzz_file.h"

#include "runtime/crnl_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    fuzz_open(data, size, path);
    struct crnl_data_spec spec = {.reader = &crnl_data_csv,
                                  .name = "d",
                                  .file = path,
                                  .header = -1,
                                  .input_count = -1,
                                  .label_column = -1,
                                  .scale = 1};
    fuzz_read_data(&spec);
    spec.label_column = 1;
    fuzz_read_data(&spec);
    spec.label_column = -1;
    spec.label_name = "label";
    fuzz_read_data(&spec);
    fuzz_close(path);
    return 0;
}
