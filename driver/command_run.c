/* crnlc run: compiles in memory and executes, with the command line of a compiled program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "driver/cache.h"
#include "driver/command.h"
#include "driver/pipeline.h"
#include "driver/said.h"

/* The words of the program's command line, with a final NULL; to be freed. */
static char **program_words(const struct options *o, const char *file)
{
    VEC(char *) words = {0};
    vec_push(&words, (char *)file); /* is only read: the name of the program in its messages */
    for (size_t i = 0; i < o->program.n; i++) {
        vec_push(&words, o->program.data[i]);
    }
    vec_push(&words, NULL);
    return words.data;
}

static int execute(struct said *said, const struct pipeline *p, char **words)
{
    int n = (int)p->options->program.n + 1;
    const struct crnl_program *program = engine_program(p->engine);
    return p->options->json ? crnl_main_reporting(n, words, program, said_add, said)
                            : crnl_main(n, words, program);
}

/* Whether the program's options silence its warnings; then the compiler gives none either. */
static bool is_quiet(const struct options *o)
{
    for (size_t i = 0; i < o->program.n; i++) {
        if (strcmp(o->program.data[i], "--quiet") == 0) {
            return true;
        }
    }
    return false;
}

/* The same as pipeline_report. On MPI ranks other than the first it prints only what the first rank does
 * not. */
static int report(struct pipeline *p, bool ready)
{
    char *text = NULL;
    size_t n = 0;
    bool later = p->options->json || is_quiet(p->options); /* with what the program says, or not at all */
    if (ready && later && diag_error_count(p->diag) == 0) {
        return EXIT_STATUS_OK;
    }
    FILE *kept = crnl_rank() > 0 ? open_memstream(&text, &n) : NULL;
    int status = pipeline_report_to(p, kept ? kept : stderr);
    if (kept) {
        fclose(kept);
    }
    if (!ready || status != EXIT_STATUS_OK) {
        status = crnl_main_failed(status, text ? text : "");
    }
    free(text);
    return status;
}

int command_run(const struct options *o)
{
    const char *file = command_file(o);
    return file ? command_run_file(o, file) : EXIT_STATUS_USAGE;
}

/* Whether the options of the program are right, before it is compiled: what is wrong is said at once. The
 * program reads them again when it starts. Ranks of MPI tell each other there. */
static bool options_are_right(const struct options *o, char **words)
{
    bool asks = false;
    for (size_t i = 0; i < o->program.n; i++) {
        asks |= strcmp(o->program.data[i], "--help") == 0;
    }
    if (asks || crnl_is_launched()) {
        return true;
    }
    struct crnl_options read;
    bool right = crnl_parse_options((int)o->program.n + 1, words, NULL, &read) < 0;
    crnl_free_options(&read);
    return right;
}

int command_run_file(const struct options *o, const char *file)
{
    char **words = program_words(o, file);
    if (!options_are_right(o, words)) {
        free(words);
        return EXIT_STATUS_USAGE;
    }
    struct cache *cache = cache_open(o, file);
    cache_execute(cache, words);
    clock_t began = clock();
    struct pipeline p;
    pipeline_open(&p, o);
    bool ready = pipeline_engine(&p, file);
    double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    int status = report(&p, ready);
    if (ready && status == EXIT_STATUS_OK) {
        pipeline_protect(&p);
        struct said said;
        said_begin(&said, &p);
        status = execute(&said, &p, words);
        said_end(&said);
        pipeline_stage_done(&p, "execution");
        if (status == EXIT_STATUS_OK) {
            cache_store(cache, &p, seconds);
        }
    }
    pipeline_close(&p);
    cache_close(cache);
    free(words);
    return status;
}
