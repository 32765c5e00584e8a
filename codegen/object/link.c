#include "codegen/object/link.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build_config.h"

extern char **environ;

/* Flags of a build with sanitizers or coverage, since the runtime library of such a build needs them too. */
static const char *const instrument[] = {CRNL_LINK_FLAGS NULL};

enum { MAX_ARGUMENTS = 64, MAX_OUTPUT = 4000 };

struct uses { /* what a program may call at run time */
    bool method[CRNL_METHOD_COUNT], sink[CRNL_SINK_COUNT];
    bool zip, zlib, png, json;
};

static void find_uses(struct uses *u, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *s = b->stmt.data[i];
        if (s->kind == STMT_RUN) {
            u->method[s->run->method] = true;
            u->sink[s->run->sink] |= s->run->file != 0;
        }
        bool parameters = s->kind == STMT_SAVE || s->kind == STMT_LOAD;
        u->zip = u->zip || parameters;
        u->json = u->json || parameters;
        u->png = u->png || s->kind == STMT_IMAGE;
        find_uses(u, s->body);
        find_uses(u, s->orelse);
    }
}

static struct uses uses_of(const struct program *p, struct plan *const *plans)
{
    struct uses u = {.zip = false};
    find_uses(&u, p->body);
    for (size_t id = 1; id <= expr_count(p->ex); id++) {
        u.method[CRNL_METHOD_ODE_AUTO] |= expr_get(p->ex, (expr_id)id)->op == EXPR_INFER;
    }
    for (size_t i = 0; i < p->data.n; i++) {
        u.zip = u.zip || p->data.data[i].reader == &crnl_data_npz;
        u.zlib = u.zlib || p->data.data[i].reader == &crnl_data_idx;
        u.json = u.json || p->data.data[i].split_reader;
    }
    if (!p->experiment && p->net.n > 0) {
        enum crnl_method_kind kind[CRNL_METHOD_COUNT];
        size_t n = plan_methods(plans[0], kind);
        for (size_t i = 0; i < n; i++) {
            u.method[kind[i]] = true;
        }
        for (int i = 0; i < CRNL_SINK_COUNT; i++) {
            u.sink[i] = true;
        }
    }
    return u;
}

/* Appends the words of `list` that are not there yet; returns the new number of arguments. */
static size_t add_words(struct arena *arena, const char **argument, size_t n, const char *list)
{
    while (list && *list) {
        size_t length = strcspn(list, " "), i = 0;
        const char *word = arena_printf(arena, "%.*s", (int)length, list);
        while (i < n && strcmp(argument[i], word) != 0) {
            i++;
        }
        argument[n] = word;
        n += i == n;
        list += length + strspn(list + length, " ");
    }
    return n;
}

/* Appends the libraries that the tables of methods, the sinks, the readers of data and pictures need. */
static size_t add_libraries(struct arena *arena, const struct uses *u, const char **argument, size_t n)
{
    for (int i = 0; i < CRNL_METHOD_COUNT; i++) {
        if (u->method[i]) {
            n = add_words(arena, argument, n, crnl_method_info[i].libraries);
        }
    }
    for (int i = 0; i < CRNL_SINK_COUNT; i++) {
        if (u->sink[i]) {
            n = add_words(arena, argument, n, crnl_sink_info[i].libraries);
        }
    }
    if (u->zip) {
        n = add_words(arena, argument, n, "-lzip");
    }
    if (u->png) {
        argument[n++] = "-lpng";
    }
    if (u->zlib) {
        argument[n++] = "-lz";
    }
    if (u->json) {
        argument[n++] = "-ljansson";
    }
    argument[n++] = "-lpthread";
    argument[n++] = "-lm";
    return n;
}

/* Runs a program and stores what it prints in `output`. Returns its exit status, or -1 with errno. */
static int run_program(const char *const *argument, char *output, size_t size)
{
    int ends[2];
    if (pipe(ends) < 0) {
        return -1;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    pid_t child;
    char *const *argv;
    memcpy(&argv, &argument, sizeof argv); /* posix_spawnp does not change them */
    int error = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    size_t n = 0;
    char chunk[512];
    ssize_t got;
    while (!error && ((got = read(ends[0], chunk, sizeof chunk)) > 0 || (got < 0 && errno == EINTR))) {
        size_t keep = got < 0 ? 0 : (size_t)got < size - 1 - n ? (size_t)got : size - 1 - n;
        memcpy(output + n, chunk, keep);
        n += keep;
    }
    output[n] = '\0';
    close(ends[0]);
    if (error) {
        errno = error;
        return -1;
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

bool link_program(const struct program *p, struct plan *const *plans, const char *object, const char *path,
                  enum link_kind kind, const char *runtime_dir, struct diag *diag)
{
    const char *compiler = getenv("CC");
    struct uses u = uses_of(p, plans);
    const char *argument[MAX_ARGUMENTS];
    size_t n = 0, length = strlen(runtime_dir) + sizeof "/libcrnl_rt.a";
    char *runtime = mem_alloc(length);
    snprintf(runtime, length, "%s/libcrnl_rt.a", runtime_dir);
    argument[n++] = compiler && *compiler && !strchr(compiler, ' ') ? compiler : "cc";
    if (kind == LINK_STATIC) {
        argument[n++] = "-static";
        /* linkers warn of calls that load libraries at run time, which a static executable does not make */
        argument[n++] = "-Wl,--no-warnings";
    }
    if (kind == LINK_SHARED) {
        argument[n++] = "-shared";
        argument[n++] = "-Wl,--exclude-libs,ALL"; /* the runtime's names stay inside */
    }
    argument[n++] = "-o";
    argument[n++] = path;
    argument[n++] = "-x";
    argument[n++] = "none";
    argument[n++] = object;
    argument[n++] = runtime;
    argument[n++] = "-Wl,--as-needed";
    argument[n++] = "-Wl,--gc-sections";
    /* debug information would name the folder in which crnlc was built */
    argument[n++] = "-Wl,--strip-debug";
    for (size_t i = 0; instrument[i]; i++) {
        argument[n++] = instrument[i];
    }
    struct arena *arena = arena_create();
    n = add_libraries(arena, &u, argument, n);
    argument[n] = NULL;

    char output[MAX_OUTPUT];
    int status = run_program(argument, output, sizeof output);
    free(runtime);
    arena_destroy(arena);
    if (status < 0) {
        diag_report(diag, DIAG_E0802, (struct span){0}, "cannot run %s, which links executables: %s",
                    argument[0], strerror(errno));
        diag_help(diag, "install gcc, or name another compiler by the variable CC; `crnlc run` needs none");
        return false;
    }
    if (status > 0) {
        diag_report(diag, DIAG_E0803, (struct span){0}, "%s could not link %s", argument[0], path);
        for (char *line = strtok(output, "\n"); line; line = strtok(NULL, "\n")) {
            diag_note(diag, (struct span){0}, "%s", line);
        }
        return false;
    }
    return true;
}
