/* crnlc opt: applies passes to a network and prints it as text. */
#include "driver/command.h"
#include "driver/pipeline.h"

int command_opt(const struct options *o)
{
    const char *file = command_file(o);
    if (!file) {
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    struct net *net = pipeline_net(&p, file);
    if (net && pipeline_optimise(&p, net, o->passes)) {
        net_print(stdout, net, NULL);
    }
    net_destroy(net);
    int status = pipeline_report(&p);
    pipeline_close(&p);
    return status;
}
