/* libFuzzer target: any bytes as IDX, plain or compressed, alone and as the labels of themselves. */
#include "tests/fuzz/fuzz_file.h"

#include "runtime/crnl_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    fuzz_open(data, size, path);
    struct crnl_data_spec spec = {.reader = &crnl_data_idx, .name = "d", .file = path, .scale = 1};
    fuzz_read_data(&spec);
    spec.label_file = path;
    fuzz_read_data(&spec);
    fuzz_close(path);
    return 0;
}
