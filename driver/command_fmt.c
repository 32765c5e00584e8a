/* crnlc fmt: the canonical layout of source files, written in place or to standard output, or only
 * compared. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/object/output.h"
#include "driver/command.h"
#include "driver/pipeline.h"
#include "frontend/text/format.h"

/* True if the file has the canonical layout or was changed to it. */
static bool format(struct pipeline *p, const char *file)
{
    const struct options *o = p->options;
    uint32_t source = sources_read(p->sources, file);
    if (!source) {
        diag_report(p->diag, DIAG_E0202, (struct span){0}, "cannot read %s: %s", file, strerror(errno));
        diag_help_path(p->diag, (struct span){0}, file);
        return false;
    }
    size_t length, old_length;
    char *text = format_file(p->sources, source, p->diag, &length);
    if (!text) {
        return false;
    }
    const char *old = sources_text(p->sources, source, &old_length);
    bool same = length == old_length && memcmp(text, old, length) == 0, good = true;
    if (o->to_stdout || (strcmp(file, "-") == 0 && !o->only_check)) {
        fwrite(text, 1, length, stdout);
    } else if (o->only_check) {
        good = same;
        if (!same) {
            printf("%s\n", file);
        }
    } else if (!same) {
        good = output_write(file, false, text, length, p->diag);
    }
    free(text);
    return good;
}

int command_fmt(const struct options *o)
{
    if (!command_files(o)) {
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    bool good = true;
    for (size_t i = 0; i < o->files.n; i++) {
        good = format(&p, o->files.data[i]) && good;
    }
    int status = pipeline_report(&p);
    pipeline_close(&p);
    return status == EXIT_STATUS_OK && !good ? EXIT_STATUS_ERROR : status;
}
