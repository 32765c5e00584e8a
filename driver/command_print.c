/* crnlc print: prints the result of a stage of the compiler to standard output. */
#include <errno.h>
#include <string.h>

#include "driver/command.h"
#include "driver/pipeline.h"
#include "frontend/compile.h"
#include "frontend/declared.h"
#include "frontend/text/parse.h"

static void print_tree(struct pipeline *p, const char *file)
{
    uint32_t source = sources_read(p->sources, file);
    if (!source) {
        diag_report(p->diag, DIAG_E0202, (struct span){0}, "cannot read %s: %s", file, strerror(errno));
        diag_help_path(p->diag, (struct span){0}, file);
        return;
    }
    size_t errors = diag_error_count(p->diag);
    struct arena *arena = arena_create();
    struct intern *names = intern_create();
    struct ast *tree = parse_file(p->sources, source, arena, names, p->diag);
    if (diag_error_count(p->diag) == errors) {
        ast_print(stdout, tree, p->sources);
    }
    intern_destroy(names);
    arena_destroy(arena);
}

static void print_source(struct pipeline *p, const char *file)
{
    size_t length;
    const char *path = pipeline_source(p, file);
    uint32_t source = path ? sources_read(p->sources, path) : 0;
    if (path && !source) {
        diag_report(p->diag, DIAG_E0202, (struct span){0}, "cannot read %s: %s", file, strerror(errno));
        diag_help_path(p->diag, (struct span){0}, file);
    }
    const char *text = sources_text(p->sources, source, &length);
    fwrite(text, 1, length, stdout);
}

static void print_names(struct pipeline *p, const char *file)
{
    const struct compile_options options = {.stdlib_dir = p->options->stdlib_dir,
                                            .data_dir = p->options->data_dir,
                                            .n_defines = p->options->defines.n,
                                            .defines = p->options->defines.data};
    struct declared_names *s = frontend_declared(p->sources, file, &options, p->diag);
    if (s) {
        declared_print(s, p->sources, stdout);
    }
    declared_destroy(s);
}

/* Networks as elaborated, unless passes are asked for. */
static void print_networks(struct pipeline *p, const char *file)
{
    bool made = p->options->passes ? pipeline_networks(p, file) : pipeline_program(p, file, false);
    for (size_t i = 0; made && i < program_count_networks(p->program); i++) {
        if (p->options->stage == STAGE_ODES) {
            net_print_equations(stdout, program_network(p->program, i));
        } else {
            net_print(stdout, program_network(p->program, i), NULL);
        }
    }
}

static void print_plans(const struct pipeline *p)
{
    for (size_t i = 0; i < p->program->net.n; i++) {
        plan_print(stdout, p->plans[i]);
    }
}

static void print_code(struct pipeline *p, enum output_kind kind)
{
    fflush(stdout);
    codegen_write(p->program, p->plans, &p->codegen, kind, "/dev/stdout", NULL, p->diag);
}

static void print_stage(struct pipeline *p, const char *file)
{
    switch (p->options->stage) {
    case STAGE_SOURCE: print_source(p, file); break;
    case STAGE_AST: print_tree(p, file); break;
    case STAGE_NAMES: print_names(p, file); break;
    case STAGE_PROGRAM:
        if (pipeline_program(p, file, false)) {
            program_print(stdout, p->program);
        }
        break;
    case STAGE_NETWORK:
    case STAGE_ODES: print_networks(p, file); break;
    case STAGE_PLAN:
        if (pipeline_plans(p, file)) {
            print_plans(p);
        }
        break;
    case STAGE_LLVM:
    case STAGE_ASM:
        if (pipeline_plans(p, file)) {
            print_code(p, p->options->stage == STAGE_LLVM ? OUTPUT_LLVM : OUTPUT_ASSEMBLY);
        }
        break;
    }
}

int command_print(const struct options *o)
{
    if (!command_files(o)) {
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    for (size_t i = 0; i < o->files.n; i++) {
        if (o->files.n > 1) {
            printf("==> %s <==\n", o->files.data[i]);
        }
        print_stage(&p, o->files.data[i]);
    }
    int status = pipeline_report(&p);
    pipeline_close(&p);
    return status;
}
