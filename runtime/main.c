/* The command line of a compiled program. */
#include <signal.h>
#include <stdlib.h>

#include "rt_base.h"

enum { EXIT_INTERRUPTED = 130 };

/* The first Ctrl-C ends what runs and keeps its results; the second ends the program at once. */
static void on_interrupt(int signal_number)
{
    crnl_cancel();
    signal(signal_number, SIG_DFL);
}

int crnl_main(int argc, char **argv, const struct crnl_program *program)
{
    struct crnl_options options;
    int status = crnl_parse_options(argc, argv, program, &options);
    if (status < 0) {
        struct crnl_ctx *ctx = crnl_create(program, &options);
        struct sigaction action = {.sa_handler = on_interrupt};
        sigaction(SIGINT, &action, NULL);
        status = crnl_execute(ctx);
        if (status) {
            fprintf(stderr, "%s\n", crnl_error_text(ctx));
        }
        status = status == CRNL_OK          ? EXIT_SUCCESS
                 : status == CRNL_CANCELLED ? EXIT_INTERRUPTED
                                            : EXIT_FAILURE;
        crnl_destroy(ctx);
    }
    crnl_free_options(&options);
    return status;
}
