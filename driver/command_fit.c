/* crnlc fit: makes a program from a PEtab problem, writes it and runs it. */
#include <stdlib.h>
#include <string.h>

#include "codegen/object/output.h"
#include "driver/command.h"
#include "driver/option_meant.h"
#include "driver/pipeline.h"
#include "import/petab/petab.h"
#include "runtime/crnl_utf8.h"
#include "runtime/crnl_word.h"

enum { STARTS = 50 };

/* The path of the model in a program that is written to `path`: a relative path if both begin in the current
 * folder. */
static const char *path_in_program(const struct options *o, const struct petab *problem, const char *path)
{
    return o->data_dir || strchr(path, '/') ? petab_model_path(problem) : petab_model(problem);
}

/* The text of the program; NULL after errors. The caller frees it. */
static char *program_of(struct pipeline *p, struct petab *problem, const char *path, size_t *size)
{
    struct net *net = pipeline_net(p, petab_model(problem));
    if (!net) {
        return NULL;
    }
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    bool good = petab_write(problem, net, path_in_program(p->options, problem, path), STARTS, out);
    fclose(out);
    net_destroy(net);
    if (!good) {
        free(text);
        return NULL;
    }
    return text;
}

static char *output_path(const struct options *o, const struct petab *problem)
{
    size_t n = strlen(petab_name(problem)) + sizeof ".crnl";
    char *path = mem_alloc(n);
    snprintf(path, n, "%s.crnl", petab_name(problem));
    if (o->output) {
        free(path);
        path = mem_strdup(o->output);
    }
    return path;
}

int command_fit(const struct options *o)
{
    const char *file = command_file(o);
    if (!file) {
        return EXIT_STATUS_USAGE;
    }
    if (!crnl_ending_fits(file, "yaml yml")) {
        crnl_say(stderr, "crnlc fit: a problem of PEtab is described by a file in YAML, and '%s' is %s\n",
                 file, crnl_ending_means(file, NULL));
        crnl_say(
            stderr,
            "  a fit of a program is the statement `minimize` of its experiment, and `crnlc run` does it\n");
        return EXIT_STATUS_USAGE;
    }
    if (!option_ending_fits(o, "crnl", "a program")) {
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    size_t size = 0;
    pipeline_open(&p, o);
    struct petab *problem = petab_read(p.sources, file, p.diag);
    char *path = problem ? output_path(o, problem) : NULL;
    char *text = problem ? program_of(&p, problem, path, &size) : NULL;
    if (text) {
        pipeline_protect(&p);
        output_write(path, false, text, size, p.diag);
    }
    int status = pipeline_report(&p);
    petab_destroy(problem);
    pipeline_close(&p);
    free(text);
    status = status == EXIT_STATUS_OK && !o->output ? command_run_file(o, path) : status;
    free(path);
    return status;
}
