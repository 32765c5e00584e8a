/* libFuzzer target: a problem of PEtab, its files one after the other in the input (fuzz_folder.h): the YAML file,
 * tables, the model as BioNetGen has it. What is read is written as a program: twice alike, without a mistake of syntax. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/petab/petab.h"
#include "tests/fuzz/fuzz_folder.h"

static const char *const names[] = {"p.yaml",          "parameters.tsv",   "conditions.tsv",
                                    "observables.tsv", "measurements.tsv", "m.net"};
enum { N_NAMES = sizeof names / sizeof *names };

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

static void read_problem(struct sources *sources, const char *yaml, struct diag *diag)
{
    struct petab *p = petab_read(sources, yaml, diag);
    struct net *net = p ? import_file(sources, petab_model(p), (struct span){0},
                                      &(struct import_options){.max_reactions = 1000}, diag)
                        : NULL;
    char *text = net ? program_of(p, net) : NULL;
    if ((text == NULL) != (diag_error_count(diag) > 0)) {
        fuzz_give_up(text ? "a program in spite of errors" : "no program and no error");
    }
    char *again = text ? program_of(p, net) : NULL;
    if (text && (!again || strcmp(text, again) != 0)) {
        fuzz_give_up("another program from the same problem");
    }
    if (text) {
        fuzz_check_program(sources, sources_add(sources, "program.crnl", text, strlen(text)), diag);
    }
    free(text);
    free(again);
    net_destroy(net);
    petab_destroy(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_folder folder = {.name = names, .n = N_NAMES, .n_parts = N_NAMES};
    char path[FUZZ_PATH];
    fuzz_folder_open(&folder);
    fuzz_folder_split(&folder, data, size);
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    read_problem(sources, fuzz_folder_file(&folder, 0, path), diag);
    fuzz_print(diag);
    diag_destroy(diag);
    sources_destroy(sources);
    fuzz_folder_close(&folder);
    return 0;
}
