/* libFuzzer target: any bytes as an .npz archive that should hold the arrays x and y. */
#include "tests/fuzz/fuzz_file.h"

#include "runtime/crnl_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    fuzz_open(data, size, path);
    struct crnl_data_spec spec = {
        .reader = &crnl_data_npz, .name = "d", .file = path, .input_name = "x", .scale = 1};
    fuzz_read_data(&spec);
    spec.label_name = "y";
    fuzz_read_data(&spec);
    fuzz_close(path);
    return 0;
}
