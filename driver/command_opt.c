/* crnlc opt: text of a network in, passes, text out. */
#include <errno.h>
#include <string.h>

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
    uint32_t source = sources_read(p.sources, file);
    if (!source) {
        fprintf(stderr, "crnlc opt: cannot read %s: %s\n", file, strerror(errno));
        pipeline_close(&p);
        return EXIT_STATUS_ERROR;
    }
    struct net *net = net_read(p.sources, source, p.diag);
    if (net && net_verify(net, p.diag) && pipeline_optimise(&p, net, o->passes)) {
        net_print(stdout, net, NULL);
    }
    net_destroy(net);
    int status = pipeline_report(&p);
    pipeline_close(&p);
    return status;
}
