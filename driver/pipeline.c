#include "driver/pipeline.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "codegen/object/gpu.h"
#include "codegen/text/text.h"
#include "frontend/compile.h"
#include "import/import.h"
#include "import/sedml/sedml.h"
#include "runtime/crnl_file.h"
#include "support/hash.h"
#include "support/json.h"
#include "runtime/crnl_utf8.h"

enum { WORK_BY_WALKING = 50000 }; /* most elements that an interpreted experiment computes */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void pipeline_stage_done(struct pipeline *p, const char *stage)
{
    double t = now();
    if (p->options->time) {
        crnl_say(stderr, "%-12s %8.2f ms\n", stage, 1e3 * (t - p->since));
    }
    p->since = t;
}

void pipeline_open(struct pipeline *p, const struct options *o)
{
    *p = (struct pipeline){.options = o, .sources = sources_create(), .since = now()};
    p->diag = diag_create(p->sources);
    p->codegen = (struct codegen_options){.opt_level = o->opt_level,
                                          .plan = plan_default,
                                          .time = o->time,
                                          .compile_after = o->compile_after,
                                          .is_static = o->is_static};
    diag_promote_warnings(p->diag, o->werror);
    if (o->max_errors) {
        diag_set_limit(p->diag, (size_t)o->max_errors);
    }
}

static struct pass_options pass_options(const struct pipeline *p, bool asked)
{
    struct pass_options o = p->options->pass;
    o.out = stderr;
    o.sources = p->sources;
    o.asked = asked;
    return o;
}

static void drop_program(struct pipeline *p)
{
    engine_destroy(p->engine);
    for (size_t i = 0; p->plans && p->plans[i]; i++) {
        plan_destroy(p->plans[i]);
    }
    free(p->plans);
    program_destroy(p->program);
    p->engine = NULL;
    p->plans = NULL;
    p->program = NULL;
}

const char *pipeline_source(struct pipeline *p, const char *file)
{
    const struct options *o = p->options;
    const struct sedml_options options = {
        .data_dir = o->data_dir, .max_unpacked = o->max_unpacked << 20, .max_reactions = o->max_reactions};
    return sedml_knows(p->sources, file) ? sedml_program(p->sources, file, &options, p->diag) : file;
}

bool pipeline_program(struct pipeline *p, const char *file, bool all)
{
    const struct options *o = p->options;
    struct pass_options asked = pass_options(p, true);
    size_t errors = diag_error_count(p->diag);
    drop_program(p);
    bool keeps_going = sedml_knows(p->sources, file);
    file = pipeline_source(p, file);
    if (!file) {
        return false;
    }
    p->program = frontend_compile(p->sources, file,
                                  &(struct compile_options){
                                      .experiment = o->experiment,
                                      .network = o->network,
                                      .stdlib_dir = o->stdlib_dir,
                                      .data_dir = o->data_dir,
                                      .out_dir = o->out_dir,
                                      .pass = &asked,
                                      .max_reactions = o->max_reactions,
                                      .max_elements = o->max_elements,
                                      .n_defines = o->defines.n,
                                      .defines = o->defines.data,
                                      .explain_conventions = o->explain_conventions,
                                      .remarks = o->pass.remarks,
                                      .shows_pictures = o->shows_pictures,
                                      .is_generated = keeps_going,
                                      .all = all,
                                  },
                                  p->diag);
    bool good = p->program && diag_error_count(p->diag) == errors;
    pipeline_stage_done(p, "front end");
    if (good) {
        p->program->keeps_going = keeps_going;
        text_graphs(p->program, p->sources); /* of networks as declared, before passes */
    }
    return good;
}

bool pipeline_optimise(struct pipeline *p, struct net *net, const char *list)
{
    struct pass_options o = pass_options(p, list != NULL);
    /* Passes would remove species that the caller of a library may set and read. */
    int level = p->options->emit == EMIT_SHARED ? 0 : p->options->opt_level;
    size_t errors = diag_error_count(p->diag);
    return pass_run_list(net, list ? list : pass_level(level), &o, p->diag) ||
           diag_refused(p->diag, errors, (struct span){0});
}

static struct net *read_network(struct pipeline *p, const char *file)
{
    uint32_t source = sources_read(p->sources, file);
    if (!source) {
        diag_report(p->diag, DIAG_E0202, (struct span){0}, "cannot read %s: %s", file, strerror(errno));
        diag_help_path(p->diag, (struct span){0}, file);
        return NULL;
    }
    size_t errors = diag_error_count(p->diag);
    struct net *net = net_read(p->sources, source, p->diag);
    if (net && !net_verify(net, p->diag)) {
        net_destroy(net);
        net = NULL;
    }
    if (!net) {
        diag_refused(p->diag, errors, (struct span){0});
    }
    pipeline_stage_done(p, "reading");
    return net;
}

static struct net *network_of_program(struct pipeline *p, const char *file)
{
    if (!pipeline_program(p, file, false)) {
        return NULL;
    }
    size_t n = program_count_networks(p->program);
    if (n != 1) {
        diag_report(p->diag, DIAG_E0207, (struct span){0}, "one network is wanted, and %s uses %zu", file, n);
        diag_help(p->diag, "choose one with --network NAME, or as %s:NAME", file);
        return NULL;
    }
    return net_clone(program_network(p->program, 0));
}

/* Whether the file is in a format of another tool, not the text form of a network. */
static bool is_import(struct pipeline *p, const char *file)
{
    uint32_t source = import_knows(file) ? sources_read(p->sources, file) : 0;
    return source && import_format_of(file, sources_text(p->sources, source, NULL)) != IMPORT_NETWORK;
}

/* The text form of a network names it in quotes, `network "NAME"`, behind comments that begin with `;`. */
static bool is_text_form(const char *text)
{
    while (isspace((unsigned char)*text) || *text == ';') {
        text += *text == ';' ? strcspn(text, "\n") : 1;
    }
    static const char word[] = "network";
    bool begins = strncmp(text, word, sizeof word - 1) == 0;
    text += begins ? sizeof word - 1 : 0;
    return begins && text[strspn(text, " \t")] == '"';
}

bool pipeline_is_program(struct pipeline *p, const char *file)
{
    size_t length = strlen(file);
    uint32_t source = strcmp(file, "-") == 0 ? sources_read(p->sources, file) : 0;
    return source ? !is_text_form(sources_text(p->sources, source, NULL))
                  : length > 5 && strcmp(file + length - 5, ".crnl") == 0;
}

struct net *pipeline_net(struct pipeline *p, const char *file)
{
    if (is_import(p, file) || sedml_knows(p->sources, file) || pipeline_is_program(p, file)) {
        return network_of_program(p, file);
    }
    const char *colon = strstr(file, ".crnl:");
    if (!colon) {
        return read_network(p, file);
    }
    char *path = mem_strdup(file);
    path[colon + 5 - file] = '\0';
    const struct options *given = p->options;
    struct options with_network = *given;
    with_network.network = colon + 6;
    p->options = &with_network;
    struct net *net = network_of_program(p, path);
    p->options = given;
    free(path);
    return net;
}

static bool optimise_networks(struct pipeline *p)
{
    program_mark_uses(p->program);
    for (size_t i = 0; i < program_count_networks(p->program); i++) {
        if (!pipeline_optimise(p, program_network(p->program, i), p->options->passes)) {
            return false;
        }
    }
    pipeline_stage_done(p, "passes");
    return true;
}

static bool plan_networks(struct pipeline *p)
{
    size_t n = p->program->net.n;
    p->plans = mem_zalloc(n + 1, sizeof *p->plans);
    for (size_t i = 0; i < n; i++) {
        p->plans[i] = plan_create(&p->program->net.data[i], p->sources, &p->codegen.plan);
    }
    pipeline_stage_done(p, "plan");
    return true;
}

/* Whether execution begins without compiling; an experiment that computes much by itself is compiled. */
static bool begins_at_once(const struct pipeline *p)
{
    return p->options->engine == ENGINE_AUTO && p->options->compile_after != 0 &&
           program_work(p->program) <= WORK_BY_WALKING;
}

/* A digest that a checkpoint must match: of everything that was read and of options that change it. */
static const char *digest(const struct pipeline *p)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out) {
        return NULL;
    }
    for (uint32_t i = 1; i <= sources_count(p->sources); i++) {
        size_t length;
        const char *source = sources_text(p->sources, i, &length);
        fwrite(source, 1, length, out);
    }
    program_print(out, p->program);
    for (size_t i = 0; i < p->program->net.n; i++) {
        net_print(out, p->program->net.data[i].net, p->sources);
    }
    fclose(out);
    const char *result = arena_printf(p->program->arena, "%016llx", (unsigned long long)hash_bytes(text, n));
    free(text);
    return result;
}

static bool wants_checkpoint(const struct options *o)
{
    bool wants = false;
    for (size_t i = 0; i < o->program.n; i++) {
        const char *word = o->program.data[i];
        wants |= strncmp(word, "--checkpoint", 12) == 0 || strncmp(word, "--resume", 8) == 0;
    }
    return wants;
}

static bool make_engine(struct pipeline *p)
{
    size_t errors = diag_error_count(p->diag);
    p->program->digest = wants_checkpoint(p->options) ? digest(p) : NULL;
    if (!gpu_compile(p->program, p->plans, p->diag)) {
        return false;
    }
    if (p->options->engine == ENGINE_INTERPRET) {
        p->engine = engine_interpret(p->program, p->plans, &p->codegen);
    } else if (begins_at_once(p)) {
        p->engine = engine_begun(p->program, p->plans, &p->codegen);
    } else {
        p->engine = engine_jit(p->program, p->plans, &p->codegen, p->diag);
    }
    pipeline_stage_done(p, "engine");
    return p->engine || diag_refused(p->diag, errors, (struct span){0});
}

bool pipeline_networks(struct pipeline *p, const char *file)
{
    return pipeline_program(p, file, false) && optimise_networks(p);
}

bool pipeline_plans(struct pipeline *p, const char *file)
{
    return pipeline_networks(p, file) && plan_networks(p);
}

bool pipeline_engine(struct pipeline *p, const char *file)
{
    return pipeline_plans(p, file) && make_engine(p);
}

bool pipeline_finish(struct pipeline *p)
{
    return optimise_networks(p) && plan_networks(p) && make_engine(p);
}

static bool wants_color(enum color color)
{
    const char *term = getenv("TERM");
    const char *no_color = getenv("NO_COLOR");
    switch (color) {
    case COLOR_ALWAYS: return true;
    case COLOR_NEVER: return false;
    case COLOR_AUTO: break;
    }
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 && !(no_color && *no_color);
}

void pipeline_protect(struct pipeline *p)
{
    for (uint32_t i = 1; i <= sources_count(p->sources); i++) {
        const char *path = sources_path(p->sources, i);
        if (path) {
            crnl_file_protect(path);
        }
    }
    for (size_t i = 0; p->program && i < p->program->data.n; i++) {
        crnl_data_protect(&p->program->data.data[i], p->options->data_dir);
    }
}

/* Names the pages that say more about the errors. */
static void point_to_pages(const struct diag *d, FILE *out)
{
    enum { MOST = 4 };
    enum diag_code code[MOST];
    int n = 0;
    for (size_t i = 0; i < diag_count(d) && n < MOST; i++) {
        struct diag_view v = diag_view(d, i);
        bool is_new = v.severity == SEVERITY_ERROR;
        for (int k = 0; k < n; k++) {
            is_new = is_new && code[k] != v.code;
        }
        if (is_new) {
            code[n++] = v.code;
        }
    }
    for (int k = 0; k < n; k++) {
        fprintf(out, "%s%s", k > 1 ? ", " : k ? "; also " : "more: crnlc explain ", diag_code_name(code[k]));
    }
    fputs(n ? "\n" : "", out);
}

int pipeline_report_to(struct pipeline *p, FILE *out)
{
    if (p->options->json) {
        json_print_list(p->options->command == COMMAND_CHECK ? stdout : out, json_reports(p->diag));
    } else if (diag_count(p->diag)) {
        fflush(stdout);
        diag_print(p->diag, out, wants_color(p->options->color));
        point_to_pages(p->diag, out);
    }
    return diag_error_count(p->diag) ? EXIT_STATUS_ERROR : EXIT_STATUS_OK;
}

int pipeline_report(struct pipeline *p)
{
    return pipeline_report_to(p, stderr);
}

void pipeline_close(struct pipeline *p)
{
    drop_program(p);
    diag_destroy(p->diag);
    sources_destroy(p->sources);
}
