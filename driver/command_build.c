/* crnlc build: writes an executable, a library or an intermediate form. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "build_config.h"
#include "codegen/object/needed.h"
#include "driver/command.h"
#include "driver/option_meant.h"
#include "driver/pipeline.h"
#include "driver/runtime_folder.h"
#include "runtime/crnl_utf8.h"

/* The path of the header for libNAME.so: NAME.h in the same folder; to be freed. */
static char *header_path(const char *library)
{
    const char *slash = strrchr(library, '/'), *name = slash ? slash + 1 : library;
    size_t folder = (size_t)(name - library);
    name += strncmp(name, "lib", 3) == 0 && name[3] && name[3] != '.' ? 3 : 0;
    size_t length = strcspn(name, ".");
    char *path = mem_alloc(folder + length + sizeof ".h");
    sprintf(path, "%.*s%.*s.h", (int)folder, library, (int)length, name);
    return path;
}

/* A library is made of one network, without experiments: the network that is named, or the only one that the
 * program uses. */
static bool choose_network(struct pipeline *p, const char *file, struct options *with_network, char **name)
{
    if (p->options->network) {
        return true;
    }
    if (!pipeline_program(p, file, false)) {
        return false;
    }
    if (p->program->net.n != 1) {
        diag_report(p->diag, DIAG_E0207, (struct span){0},
                    "a library is made of one network, and this program uses %zu", p->program->net.n);
        diag_help(p->diag, "choose one with --network NAME");
        return false;
    }
    *name = mem_strdup(p->program->net.data[0].net->name);
    *with_network = *p->options;
    with_network->network = *name;
    p->options = with_network;
    return true;
}

static void write_library(struct pipeline *p, const char *file, const char *runtime)
{
    const struct options *given = p->options;
    const char *output = given->output;
    struct options with_network;
    char *name = NULL, *header = header_path(output);
    bool ready = choose_network(p, file, &with_network, &name) && pipeline_plans(p, file);
    pipeline_protect(p);
    if (ready && codegen_write(p->program, p->plans, &p->codegen, OUTPUT_SHARED, output, runtime, p->diag) &&
        codegen_write_header(p->program->net.data[0].net, header, p->diag)) {
        pipeline_stage_done(p, "output");
    }
    p->options = given;
    free(header);
    free(name);
}

/* Prints the shared libraries that the result needs beyond those of every C program. */
static void tell_needed(const char *path)
{
    struct arena *arena = arena_create();
    size_t n = 0, told = 0;
    const char **name = needed_libraries(path, arena, &n);
    for (size_t i = 0; name && i < n; i++) {
        if (strncmp(name[i], "libc.so", 7) != 0 && strncmp(name[i], "libm.so", 7) != 0 &&
            strncmp(name[i], "ld-linux", 8) != 0) {
            printf(told++ ? ", %s" : "needs, where it runs: %s", name[i]);
        }
    }
    if (told) {
        printf("\n");
    }
    arena_destroy(arena);
}

int command_build(const struct options *o)
{
    const char *file = command_file(o);
    if (!file) {
        return EXIT_STATUS_USAGE;
    }
    if (!o->output) {
        crnl_say(stderr, "crnlc build: say where to write: -o FILE\n");
        return EXIT_STATUS_USAGE;
    }
    if (strcmp(o->output, "-") == 0) {
        crnl_say(stderr, "crnlc build: what it makes does not go to standard output: -o FILE\n");
        return EXIT_STATUS_USAGE;
    }
    static const struct {
        const char *endings, *what;
    } made[] = {[EMIT_EXE] = {"", "an executable"},
                [EMIT_OBJ] = {"o", "an object"},
                [EMIT_LLVM] = {"ll", "LLVM text"},
                [EMIT_ASM] = {"s asm", "assembly text"},
                [EMIT_SHARED] = {"so dylib", "a library"}};
    if (!option_ending_fits(o, made[o->emit].endings, made[o->emit].what)) {
        return EXIT_STATUS_USAGE;
    }
    char folder[PATH_MAX + 64];
    const char *runtime = runtime_folder(folder, sizeof folder);
    if (!runtime && (o->emit == EMIT_EXE || o->emit == EMIT_SHARED)) {
        crnl_say(stderr, "crnlc build: %s is neither beside this program, nor in ../lib/crnlc, nor in %s\n",
                 RUNTIME_LIBRARY, CRNL_LIBDIR);
        return EXIT_STATUS_ERROR;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    if (o->emit == EMIT_SHARED) {
        write_library(&p, file, runtime);
    } else if (pipeline_plans(&p, file)) {
        pipeline_protect(&p);
        codegen_write(p.program, p.plans, &p.codegen, (enum output_kind)o->emit, o->output, runtime, p.diag);
        pipeline_stage_done(&p, "output");
    }
    int status = pipeline_report(&p);
    pipeline_close(&p);
    if (status == EXIT_STATUS_OK && (o->emit == EMIT_EXE || o->emit == EMIT_SHARED)) {
        tell_needed(o->output);
    }
    return status;
}
