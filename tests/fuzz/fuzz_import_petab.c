/* libFuzzer target: a problem of PEtab, its files one after the other in the input, each behind a line "== NAME": the
 * YAML file, tables, the model as BioNetGen has it. What is read is written as a program: twice alike, without a mistake of syntax. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontend/text/parse.h"
#include "import/petab/petab.h"
#include "tests/fuzz/fuzz_file.h"

/* The names that files may have: no input writes elsewhere than in its own folder. */
static const char *const names[] = {"p.yaml",          "parameters.tsv",   "conditions.tsv",
                                    "observables.tsv", "measurements.tsv", "m.net"};
enum { N_NAMES = sizeof names / sizeof *names, FOLDER = 32 };

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

/* The name of the file that begins at `at`, and what is behind its line; -1: none begins here. */
static int file_at(const uint8_t *at, const uint8_t *end, const uint8_t **behind)
{
    for (int i = 0; i < N_NAMES; i++) {
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
    int file = 0; /* what comes before all is the YAML file */
    while (at < end) {
        char path[FUZZ_PATH];
        const uint8_t *to = at, *eol;
        int other = -1;
        while (to < end && (other = file_at(to, end, &next)) < 0) {
            eol = memchr(to, '\n', (size_t)(end - to));
            to = eol ? eol + 1 : end;
        }
        FILE *out = fopen(path_of(folder, file, path), "ab");
        if (!out || fwrite(at, 1, (size_t)(to - at), out) != (size_t)(to - at) || fclose(out) != 0) {
            give_up("cannot write a file in the folder of the input");
        }
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

static char *program_of(struct petab *p, const struct net *net)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    bool good = petab_write(p, net, petab_model(p), 2, out);
    fclose(out);
    if (!good) {
        free(text);
        text = NULL;
    }
    return text;
}

static void check_syntax(struct sources *sources, const char *text, struct diag *diag)
{
    struct arena *arena = arena_create();
    struct intern *interned = intern_create();
    parse_file(sources, sources_add(sources, "program.crnl", text, strlen(text)), arena, interned, diag);
    if (diag_error_count(diag) > 0) {
        fputs(text, stderr);
        diag_print(diag, stderr, false);
        give_up("the program has mistakes");
    }
    intern_destroy(interned);
    arena_destroy(arena);
}

/* Places are those of the text: printing them finds their lines. */
static void print(const struct diag *diag)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    diag_print(diag, out, false);
    fclose(out);
    free(text);
}

static void read_problem(struct sources *sources, const char *yaml, struct diag *diag)
{
    struct petab *p = petab_read(sources, yaml, diag);
    struct net *net = p ? import_file(sources, petab_model(p), (struct span){0},
                                      &(struct import_options){.max_reactions = 1000}, diag)
                        : NULL;
    char *text = net ? program_of(p, net) : NULL;
    if ((text == NULL) != (diag_error_count(diag) > 0)) {
        give_up(text ? "a program in spite of errors" : "no program and no error");
    }
    char *again = text ? program_of(p, net) : NULL;
    if (text && (!again || strcmp(text, again) != 0)) {
        give_up("another program from the same problem");
    }
    if (text) {
        check_syntax(sources, text, diag);
    }
    free(text);
    free(again);
    net_destroy(net);
    petab_destroy(p);
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
    write_files(folder, data, data + size);
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    read_problem(sources, path_of(folder, 0, path), diag);
    print(diag);
    diag_destroy(diag);
    sources_destroy(sources);
    remove_files(folder);
    return 0;
}
