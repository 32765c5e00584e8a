/* What fuzz targets share whose input is several files: one after the other, each behind a line "== NAME"; what comes
 * before all such lines is the first. */
#ifndef TESTS_FUZZ_FOLDER_H
#define TESTS_FUZZ_FOLDER_H

#include "frontend/text/parse.h"
#include "tests/fuzz/fuzz_file.h"

struct fuzz_folder {
    const char *const *name; /* [n] of the files: no input writes elsewhere than in its own folder */
    int n, n_parts;          /* the first n_parts may be named in an input */
    char path[FUZZ_PATH];
};

/* All of these end the process where they cannot. */
void fuzz_folder_open(struct fuzz_folder *f);
const char *fuzz_folder_file(const struct fuzz_folder *f, int i, char path[FUZZ_PATH]);
/* Adds to file i. */
void fuzz_folder_write(const struct fuzz_folder *f, int i, const uint8_t *data, size_t size);
void fuzz_folder_split(const struct fuzz_folder *f, const uint8_t *data, size_t size);
void fuzz_folder_close(const struct fuzz_folder *f);

/* A program that was made of an input has no mistake of syntax. */
void fuzz_check_program(struct sources *sources, uint32_t file, struct diag *diag);
/* Places are those of the texts: printing them finds their lines. */
void fuzz_print(const struct diag *diag);

#endif
