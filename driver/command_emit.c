/* crnlc emit: writes a network for other tools. The text is first made in memory, so that an error leaves no
 * partial file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/object/output.h"
#include "codegen/text/report.h"
#include "codegen/text/text.h"
#include "driver/command.h"
#include "driver/legalize.h"
#include "driver/option_meant.h"
#include "driver/pipeline.h"
#include "runtime/crnl_utf8.h"

static bool unknown_format(struct pipeline *p, const char *name)
{
    const char *names[TEXT_FORMAT_COUNT];
    for (size_t i = 0; i < TEXT_FORMAT_COUNT; i++) {
        names[i] = text_formats[i].name;
    }
    diag_report(p->diag, DIAG_E0820, (struct span){0}, "there is no format '%s'", name);
    const char *near = diag_nearest(name, names, TEXT_FORMAT_COUNT);
    for (size_t i = 0; i < TEXT_FORMAT_COUNT; i++) {
        near = strcmp(text_formats[i].extension, name) == 0 ? text_formats[i].name : near;
    }
    char meant[MEANT_SIZE];
    if (option_meant_value(COMMAND_EMIT, "format", name, meant)) {
        diag_help(p->diag, "%s", meant);
    } else if (near) {
        diag_help(p->diag, "did you mean %s?", near);
    } else {
        struct arena *arena = arena_create();
        diag_help(p->diag, "there are %s; BioNetGen is `net`",
                  arena_join(arena, names, TEXT_FORMAT_COUNT, ", "));
        arena_destroy(arena);
    }
    return false;
}

static struct net *one_network(struct pipeline *p)
{
    const struct program *program = p->program;
    size_t n = program_count_networks(program);
    if (n == 1) {
        return program_network(program, 0);
    }
    diag_report(p->diag, DIAG_E0506, (struct span){0}, "one network at a time, and this program has %zu", n);
    diag_help(p->diag, "say which: --network NAME");
    return NULL;
}

static bool write_out(struct pipeline *p, const char *path, const char *text, size_t size)
{
    if (path && strcmp(path, "-") != 0) {
        pipeline_protect(p);
        return output_write(path, false, text, size, p->diag);
    }
    return fwrite(text, 1, size, stdout) == size ||
           diag_report(p->diag, DIAG_E0801, (struct span){0}, "cannot write the output: %s", strerror(errno));
}

/* For -o FOLDER/: the path FOLDER/NETWORK.FORMAT.EXTENSION, without the format if that is also the extension.
 * The caller frees it. */
static char *path_in(const char *folder, const struct net *net, const struct text_format *format)
{
    bool same = strcmp(format->name, format->extension) == 0;
    size_t size =
        strlen(folder) + strlen(net->name) + strlen(format->name) + strlen(format->extension) + sizeof "..";
    char *path = mem_alloc(size);
    snprintf(path, size, "%s%s%s%s.%s", folder, net->name, same ? "" : ".", same ? "" : format->name,
             format->extension);
    return path;
}

static bool is_folder(const char *output)
{
    return output && *output && output[strlen(output) - 1] == '/';
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
    char *path = is_folder(o->output) && !o->report ? path_in(o->output, net, &text_formats[format]) : NULL;
    ok = ok && write_out(p, path ? path : o->output, text, size);
    free(path);
    if (ok && !o->report && format == TEXT_PIPERINE) {
        text_write_names(stderr, net, format); /* the format has no comments for them */
    }
    free(text);
    pipeline_stage_done(p, "emit");
    return ok;
}

/* Reads the formats of the list "A,B,...", without repetitions and in its order. Returns their number; 0
 * after an error. */
/* The number of formats that the list names; 0 after an error, and if one is unknown, which is reported
 * unless `p` is NULL. */
static size_t formats_of(struct pipeline *p, const char *list, enum text_format_id *formats)
{
    char *words = mem_strdup(list), *rest = words;
    bool known = true, asked[TEXT_FORMAT_COUNT] = {false};
    size_t n = 0;
    while (known && rest) {
        const char *word = rest + strspn(rest, " ");
        rest = strchr(rest, ',');
        if (rest) {
            *rest++ = '\0';
        }
        enum text_format_id format;
        known = text_find(word, &format) || (p && unknown_format(p, word));
        if (known && !asked[format]) {
            asked[format] = true;
            formats[n++] = format;
        }
    }
    free(words);
    return known ? n : 0;
}

/* Writes each format. If one cannot hold the network, the others are still written. */
static bool run(struct pipeline *p, const char *file)
{
    enum text_format_id formats[TEXT_FORMAT_COUNT] = {TEXT_TEXT};
    size_t n = p->options->report ? 1 : formats_of(p, p->options->format, formats);
    if (n == 0 || !pipeline_networks(p, file)) {
        return false;
    }
    struct net *net = one_network(p);
    bool good = net != NULL;
    for (size_t i = 0; net && i < n; i++) {
        diag_section(p->diag);
        struct net *own = n > 1 ? net_clone(net) : net; /* since --legalize changes it */
        good = emit(p, own, formats[i]) && good;
        if (own != net) {
            net_destroy(own);
        }
    }
    return good;
}

/* The format whose files end like this one; NULL: none, or nobody knows. */
static const struct text_format *format_of_ending(const char *path)
{
    const char *ending = path ? strrchr(path, '.') : NULL;
    for (size_t i = 0; ending && i < TEXT_FORMAT_COUNT; i++) {
        if (strcmp(text_formats[i].extension, ending + 1) == 0) {
            return &text_formats[i];
        }
    }
    return NULL;
}

/* The ending of the file often says which format was meant. */
static void say_missing_format(const char *output)
{
    const char *ending = output ? strrchr(output, '.') : NULL;
    char meant[MEANT_SIZE];
    crnl_say(stderr, "crnlc emit: --format NAME is needed; ");
    if (ending && option_meant_value(COMMAND_EMIT, "format", ending + 1, meant)) {
        crnl_say(stderr, "%s\n", meant);
        return;
    }
    const struct text_format *meant_by_ending = format_of_ending(output);
    if (meant_by_ending) {
        crnl_say(stderr, "did you mean --format %s?\n", meant_by_ending->name);
        return;
    }
    crnl_say(stderr, "'crnlc emit --help' lists the formats\n");
}

/* Whether a single file ends as files of its format do. */
static bool ending_fits(const struct options *o)
{
    enum text_format_id format;
    if (!o->output || is_folder(o->output)) {
        return true;
    }
    if (o->report) {
        return option_ending_fits(o, o->json ? "json" : "txt md", "a report");
    }
    bool fits = !text_find(o->format, &format) ||
                option_ending_fits(o, text_formats[format].extension, text_formats[format].name);
    const struct text_format *other = fits || option_output_is_read(o) ? NULL : format_of_ending(o->output);
    if (other) {
        crnl_say(stderr, "  or write --format %s\n", other->name);
    }
    return fits;
}

int command_emit(const struct options *o)
{
    const char *file = command_file(o);
    if (!file) {
        return EXIT_STATUS_USAGE;
    }
    if (!o->format && !o->report) {
        say_missing_format(o->output);
        return EXIT_STATUS_USAGE;
    }
    enum text_format_id formats[TEXT_FORMAT_COUNT];
    if (!o->report && !is_folder(o->output) && formats_of(NULL, o->format, formats) > 1) {
        crnl_say(stderr, "crnlc emit: several formats need a folder for their files: -o FOLDER/\n");
        return EXIT_STATUS_USAGE;
    }
    if (!ending_fits(o)) {
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    run(&p, file);
    int status = pipeline_report(&p);
    pipeline_close(&p);
    return status;
}
