#include "tests/fuzz/fuzz_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fuzz_folder_open(struct fuzz_folder *f)
{
    snprintf(f->path, FUZZ_PATH, "/dev/shm/crnlc-fuzz-XXXXXX");
    if (!mkdtemp(f->path)) {
        snprintf(f->path, FUZZ_PATH, "/tmp/crnlc-fuzz-XXXXXX");
        if (!mkdtemp(f->path)) {
            fuzz_give_up("cannot make a folder in /tmp");
        }
    }
}

const char *fuzz_folder_file(const struct fuzz_folder *f, int i, char path[FUZZ_PATH])
{
    if (snprintf(path, FUZZ_PATH, "%s/%s", f->path, f->name[i]) >= FUZZ_PATH) {
        fuzz_give_up("the name of a file is too long");
    }
    return path;
}

/* The number of the file that begins at `at`, and what is behind its line; -1: none begins here. */
static int file_at(const struct fuzz_folder *f, const uint8_t *at, const uint8_t *end, const uint8_t **behind)
{
    for (int i = 0; i < f->n_parts; i++) {
        size_t n = strlen(f->name[i]);
        if ((size_t)(end - at) >= n + 4 && memcmp(at, "== ", 3) == 0 && memcmp(at + 3, f->name[i], n) == 0 &&
            at[n + 3] == '\n') {
            *behind = at + n + 4;
            return i;
        }
    }
    return -1;
}

void fuzz_folder_write(const struct fuzz_folder *f, int i, const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    FILE *out = fopen(fuzz_folder_file(f, i, path), "ab");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0) {
        fuzz_give_up("cannot write a file in the folder of the input");
    }
}

void fuzz_folder_split(const struct fuzz_folder *f, const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *end = data + size, *next;
    int file = 0;
    while (at < end) {
        const uint8_t *to = at, *eol;
        int other = -1;
        while (to < end && (other = file_at(f, to, end, &next)) < 0) {
            eol = memchr(to, '\n', (size_t)(end - to));
            to = eol ? eol + 1 : end;
        }
        fuzz_folder_write(f, file, at, (size_t)(to - at));
        file = other;
        at = other < 0 ? end : next;
    }
}

void fuzz_folder_close(const struct fuzz_folder *f)
{
    char path[FUZZ_PATH];
    for (int i = 0; i < f->n; i++) {
        unlink(fuzz_folder_file(f, i, path));
    }
    rmdir(f->path);
}

void fuzz_check_program(struct sources *sources, uint32_t file, struct diag *diag)
{
    struct arena *arena = arena_create();
    struct intern *interned = intern_create();
    parse_file(sources, file, arena, interned, diag);
    if (diag_error_count(diag) > 0) {
        fputs(sources_text(sources, file, NULL), stderr);
        diag_print(diag, stderr, false);
        fuzz_give_up("the program has mistakes");
    }
    intern_destroy(interned);
    arena_destroy(arena);
}

void fuzz_print(const struct diag *diag)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    diag_print(diag, out, false);
    fclose(out);
    free(text);
}
