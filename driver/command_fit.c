/* crnlc fit: a problem of PEtab as a program, which is written and run. */
#include <stdlib.h>
#include <string.h>

#include "codegen/object/output.h"
#include "driver/command.h"
#include "driver/petab.h"
#include "driver/pipeline.h"

enum { STARTS = 50 };

/* The program's text; NULL after errors. The caller frees it. */
static char *program_of(struct pipeline *p, struct petab *problem, const char *file, size_t *size)
{
    if (!petab_read(problem, file, p->diag)) {
        return NULL;
    }
    struct net *net = pipeline_net(p, problem->model);
    if (!net) {
        return NULL;
    }
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    bool good = petab_write(problem, net, STARTS, out);
    fclose(out);
    net_destroy(net);
    if (!good) {
        free(text);
        return NULL;
    }
    return text;
}

int command_fit(const struct options *o)
{
    const char *file = command_file(o);
    if (!file) {
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    struct petab problem;
    size_t size = 0;
    pipeline_open(&p, o);
    char *text = program_of(&p, &problem, file, &size);
    char *path = NULL;
    if (text) {
        path = mem_strdup(o->output ? o->output : arena_printf(problem.arena, "%s.crnl", problem.name));
        output_write(path, false, text, size, p.diag);
    }
    int status = pipeline_report(&p);
    petab_free(&problem);
    pipeline_close(&p);
    free(text);
    status = status == EXIT_STATUS_OK && !o->output ? command_run_file(o, path) : status;
    free(path);
    return status;
}
