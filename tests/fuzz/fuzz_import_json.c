/* libFuzzer target: any bytes as the JSON of a network. */
#include "tests/fuzz/fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_import(IMPORT_JSON, data, size);
}
