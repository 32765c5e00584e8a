/* libFuzzer target: any bytes as a model in Antimony. */
#include "tests/fuzz/fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_import(IMPORT_ANTIMONY, data, size);
}
