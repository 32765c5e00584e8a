/* crnlc emit: a network for other tools. The text is made in memory, so that an error leaves no half of a
 * file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/text/report.h"
#include "codegen/text/text.h"
#include "driver/command.h"
#include "driver/legalize.h"
#include "driver/pipeline.h"

static bool unknown_format(struct pipeline *p, const char *name)
{
    const char *names[TEXT_FORMAT_COUNT];
    for (size_t i = 0; i < TEXT_FORMAT_COUNT; i++) {
        names[i] = text_formats[i].name;
    }
    diag_report(p->diag, DIAG_E0820, (struct span){0}, "there is no format '%s'", name);
    const char *near = diag_nearest(name, names, TEXT_FORMAT_COUNT);
    if (near) {
        diag_help(p->diag, "did you mean %s?", near);
    } else {
        diag_help(p->diag, "'crnlc emit --help' lists them");
    }
    return false;
}

static struct net *one_network(struct pipeline *p)
{
    const struct program *program = p->program;
    if (program->net.n == 1) {
        return program->net.data[0].net;
    }
    diag_report(p->diag, DIAG_E0506, (struct span){0}, "one network at a time, and this program has %zu",
                program->net.n);
    diag_help(p->diag, "say which: --network NAME");
    return NULL;
}

static bool write_out(struct pipeline *p, const char *text, size_t size)
{
    const char *path = p->options->output;
    FILE *f = path ? fopen(path, "wb") : stdout;
    bool ok = f && fwrite(text, 1, size, f) == size;
    if (f && path) {
        ok = fclose(f) == 0 && ok;
    }
    return ok || diag_report(p->diag, DIAG_E0801, (struct span){0}, "cannot write %s: %s",
                             path ? path : "the output", strerror(errno));
}

static bool emit(struct pipeline *p, struct net *net, enum text_format_id format)
{
    const struct options *o = p->options;
    struct text_options text_options = {.stochastic = o->stochastic};
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    bool ok = legalize(p, net, o->report ? NULL : &text_formats[format]);
    if (ok && o->report) {
        report_write(f, net, o->json);
    } else if (ok) {
        ok = text_write(f, net, format, &text_options, p->sources, p->diag);
    }
    fclose(f);
    ok = ok && write_out(p, text, size);
    if (ok && !o->report && format == TEXT_PIPERINE) {
        text_write_names(stderr, net, format); /* its files hold no comments */
    }
    free(text);
    pipeline_stage_done(p, "emit");
    return ok;
}

static bool run(struct pipeline *p, const char *file)
{
    enum text_format_id format = TEXT_TEXT;
    if (p->options->format && !text_find(p->options->format, &format)) {
        return unknown_format(p, p->options->format);
    }
    if (!pipeline_networks(p, file)) {
        return false;
    }
    struct net *net = one_network(p);
    return net && emit(p, net, format);
}

int command_emit(const struct options *o)
{
    const char *file = command_file(o);
    if (!file) {
        return EXIT_STATUS_USAGE;
    }
    if (!o->format && !o->report) {
        fprintf(stderr, "crnlc emit: --format NAME is needed; 'crnlc emit --help' lists the formats\n");
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    run(&p, file);
    int status = pipeline_report(&p);
    pipeline_close(&p);
    return status;
}
