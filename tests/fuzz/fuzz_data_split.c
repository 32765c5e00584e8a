/* libFuzzer target: any bytes as the JSON file of a split of ten rows. */
#include "tests/fuzz/fuzz_file.h"

#include <stdlib.h>

#include "runtime/data/rt_data.h"

enum { ROWS = 10 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    fuzz_open(data, size, path);
    int32_t *order = NULL, part[CRNL_DATA_PARTS] = {ROWS};
    struct rt_error e = {0};
    if (crnl_split_json.read(path, "split.json", ROWS, &order, part, &e) == 0) {
        int32_t n = part[CRNL_DATA_TRAIN] + part[CRNL_DATA_VALIDATION] + part[CRNL_DATA_TEST];
        bool seen[ROWS] = {false};
        for (int32_t i = 0; i < n; i++) {
            if (n > ROWS || order[i] < 0 || order[i] >= ROWS || seen[order[i]]) {
                abort();
            }
            seen[order[i]] = true;
        }
    }
    free(order);
    rt_error_free(&e);
    fuzz_close(path);
    return 0;
}
