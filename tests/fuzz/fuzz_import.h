/* What the fuzz targets of importers share. */
#ifndef TESTS_FUZZ_IMPORT_H
#define TESTS_FUZZ_IMPORT_H

#include <stddef.h>
#include <stdint.h>

#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Imports the bytes: a network or errors; ends the process when a network does not print and read back to the same text. */
int fuzz_import(enum import_format format, const uint8_t *data, size_t size);

#endif
