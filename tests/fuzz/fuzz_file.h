/* What fuzz targets share: bytes as a file that readers open by its path. */
#ifndef TESTS_FUZZ_FILE_H
#define TESTS_FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process: what must not be has been seen. */
_Noreturn void fuzz_give_up(const char *what);

enum { FUZZ_PATH = 64 };
/* Writes the bytes to a new file, in memory where the system has a folder for that, and sets its path; ends the process
 * where it cannot. fuzz_close removes it. */
void fuzz_open(const uint8_t *data, size_t size, char path[FUZZ_PATH]);
void fuzz_close(const char *path);

/* Reads a data set as a program would, twice: for its shape, then in full. Ends the process if the two do not agree,
 * if a refusal has no text, or if a number that is not finite was let in. */
struct crnl_data_spec;
void fuzz_read_data(const struct crnl_data_spec *spec);

#endif
