/* libFuzzer target: a description of simulations. Bytes that begin as an archive are one; other input is files one after
 * the other (fuzz_folder.h), the first one the description. What is read is a program: twice alike, without a mistake of
 * syntax. */
#include <stdlib.h>
#include <string.h>

#include "import/sedml/sedml.h"
#include "tests/fuzz/fuzz_folder.h"

static const char *const names[] = {"d.sedml", "m.xml", "n.xml", "a.omex"};
enum { N_NAMES = sizeof names / sizeof *names, ARCHIVE = N_NAMES - 1 };

/* The program, to be freed; NULL after errors. */
static char *program_of(const char *path)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct sedml_options options = {.max_unpacked = 1 << 20, .max_reactions = 1000};
    const char *program = sedml_program(sources, path, &options, diag);
    if ((program == NULL) != (diag_error_count(diag) > 0)) {
        fuzz_give_up(program ? "a program in spite of errors" : "no program and no error");
    }
    char *text = NULL;
    if (program) {
        uint32_t file = sources_read(sources, program);
        text = strdup(sources_text(sources, file, NULL));
        fuzz_check_program(sources, file, diag);
    }
    fuzz_print(diag);
    diag_destroy(diag);
    sources_destroy(sources);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_folder folder = {.name = names, .n = N_NAMES, .n_parts = ARCHIVE};
    bool is_archive = size > 2 && memcmp(data, "PK", 2) == 0;
    char path[FUZZ_PATH];
    fuzz_folder_open(&folder);
    if (is_archive) {
        fuzz_folder_write(&folder, ARCHIVE, data, size);
    } else {
        fuzz_folder_split(&folder, data, size);
    }
    fuzz_folder_file(&folder, is_archive ? ARCHIVE : 0, path);
    char *text = program_of(path), *again = text ? program_of(path) : NULL;
    if (text && (!again || strcmp(text, again) != 0)) {
        fuzz_give_up("another program from the same description");
    }
    free(text);
    free(again);
    fuzz_folder_close(&folder);
    return 0;
}
