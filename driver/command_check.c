/* crnlc check: reports all errors of all files, also in experiments and networks that `run` would not
 * read. */
#include "driver/command.h"
#include "driver/pipeline.h"

int command_check(const struct options *o)
{
    if (!command_files(o)) {
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    for (size_t i = 0; i < o->files.n; i++) {
        if (pipeline_program(&p, o->files.data[i], true)) {
            for (size_t k = 0; k < program_count_networks(p.program); k++) {
                pipeline_optimise(&p, program_network(p.program, k), NULL); /* for the warnings of passes */
            }
        }
    }
    int status = pipeline_report(&p);
    pipeline_close(&p);
    return status;
}
