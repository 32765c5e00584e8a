/* libFuzzer target: a description of simulations. Bytes that begin as an archive are one; other input is files one after the other, each behind a
 * line "== NAME", the first one the description. What is read is a program: twice alike, without a mistake of syntax. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/text/parse.h"
#include "import/sedml/sedml.h"
#include "tests/fuzz/fuzz_file.h"

/* The names that files may have: no input writes elsewhere than in its own folder. */
static const char *const names[] = {"d.sedml", "m.xml", "n.xml", "a.omex"};
enum { N_NAMES = sizeof names / sizeof *names, ARCHIVE = N_NAMES - 1, FOLDER = 32 };

static void give_up(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

static const char *path_of(const char *folder, int i, char path[FUZZ_PATH])
{
    snprintf(path, FUZZ_PATH, "%s/%s", folder, names[i]);
    return path;
}

static void write_file(const char *folder, int i, const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    FILE *out = fopen(path_of(folder, i, path), "ab");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0) {
        give_up("cannot write a file in the folder of the input");
    }
}

/* The name of the file that begins at `at`, and what is behind its line; -1: none begins here. */
static int file_at(const uint8_t *at, const uint8_t *end, const uint8_t **behind)
{
    for (int i = 0; i < ARCHIVE; i++) {
        size_t n = strlen(names[i]);
        if ((size_t)(end - at) >= n + 4 && memcmp(at, "== ", 3) == 0 && memcmp(at + 3, names[i], n) == 0 &&
            at[n + 3] == '\n') {
            *behind = at + n + 4;
            return i;
        }
    }
    return -1;
}

static void write_files(const char *folder, const uint8_t *data, const uint8_t *end)
{
    const uint8_t *at = data, *next;
    int file = 0;
    while (at < end) {
        const uint8_t *to = at, *eol;
        int other = -1;
        while (to < end && (other = file_at(to, end, &next)) < 0) {
            eol = memchr(to, '\n', (size_t)(end - to));
            to = eol ? eol + 1 : end;
        }
        write_file(folder, file, at, (size_t)(to - at));
        file = other;
        at = other < 0 ? end : next;
    }
}

static void remove_files(const char *folder)
{
    char path[FUZZ_PATH];
    for (int i = 0; i < N_NAMES; i++) {
        unlink(path_of(folder, i, path));
    }
    rmdir(folder);
}

/* Places are those of the texts: printing them finds their lines. */
static void print(const struct diag *diag)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    diag_print(diag, out, false);
    fclose(out);
    free(text);
}

/* The program, to be freed; NULL after errors. */
static char *program_of(const char *path)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct sedml_options options = {.max_unpacked = 1 << 20, .max_reactions = 1000};
    const char *program = sedml_program(sources, path, &options, diag);
    if ((program == NULL) != (diag_error_count(diag) > 0)) {
        give_up(program ? "a program in spite of errors" : "no program and no error");
    }
    char *text = NULL;
    if (program) {
        struct arena *arena = arena_create();
        struct intern *interned = intern_create();
        uint32_t file = sources_read(sources, program);
        text = strdup(sources_text(sources, file, NULL));
        parse_file(sources, file, arena, interned, diag);
        if (diag_error_count(diag) > 0) {
            fputs(text, stderr);
            diag_print(diag, stderr, false);
            give_up("the program has mistakes");
        }
        intern_destroy(interned);
        arena_destroy(arena);
    }
    print(diag);
    diag_destroy(diag);
    sources_destroy(sources);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char folder[FOLDER] = "/dev/shm/crnlc-fuzz-XXXXXX", path[FUZZ_PATH];
    if (!mkdtemp(folder)) {
        snprintf(folder, FOLDER, "/tmp/crnlc-fuzz-XXXXXX");
        if (!mkdtemp(folder)) {
            give_up("cannot make a folder in /tmp");
        }
    }
    bool is_archive = size > 2 && memcmp(data, "PK", 2) == 0;
    if (is_archive) {
        write_file(folder, ARCHIVE, data, size);
    } else {
        write_files(folder, data, data + size);
    }
    path_of(folder, is_archive ? ARCHIVE : 0, path);
    char *text = program_of(path), *again = text ? program_of(path) : NULL;
    if (text && (!again || strcmp(text, again) != 0)) {
        give_up("another program from the same description");
    }
    free(text);
    free(again);
    remove_files(folder);
    return 0;
}
