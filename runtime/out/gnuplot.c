#define _GNU_SOURCE 1 /* memfd_create, pipe2, posix_spawn_file_actions_addchdir_np */
#include "rt_gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/rt_ctx.h"

extern char **environ;

enum { MOST_OF_ERRORS = 2000, SECONDS = 600 };

/* In single quotes gnuplot knows only the doubled quote; a line end would end the command, and stands outside
 * of them. */
static void put_quoted(struct rt_buffer *b, const char *const *part)
{
    rt_put(b, "'");
    for (; *part; part++) {
        for (const char *s = *part; *s; s++) {
            if (*s == '\n') {
                rt_put(b, "' . \"\\n\" . '");
            } else if ((unsigned char)*s < ' ' || *s == 0x7f) {
                rt_put(b, " ");
            } else {
                rt_put_n(b, *s == '\'' ? "''" : s, *s == '\'' ? 2 : 1);
            }
        }
    }
    rt_put(b, "'");
}

void rt_gnuplot_text(struct rt_buffer *script, const char *text)
{
    put_quoted(script, (const char *const[]){text, NULL});
}

void rt_gnuplot_file(struct rt_buffer *script, const char *name, const char *extension)
{
    put_quoted(script, (const char *const[]){"./", name, extension, NULL});
}

/* ---- the process ---- */

struct process {
    const char *name;
    pid_t pid;
    int out, err; /* our ends */
    struct rt_buffer errors;
    bool drew; /* something came on its standard output */
};

/* The script on standard input: no name of a file is on the command line. */
static int spawn(pid_t *pid, const char *const *argv, const char *folder, int in, int out, int err)
{
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) {
        return failed;
    }
    failed = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    failed = failed ? failed : posix_spawn_file_actions_addchdir_np(&actions, *folder ? folder : ".");
    failed = failed ? failed : posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static int start(struct process *p, const char *const *argv, const char *folder, int script)
{
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) < 0) {
        return errno;
    }
    if (pipe2(err, O_CLOEXEC) < 0) {
        int why = errno;
        close(out[0]);
        close(out[1]);
        return why;
    }
    int failed = spawn(&p->pid, argv, folder, script, out[1], err[1]);
    close(out[1]);
    close(err[1]);
    p->out = out[0];
    p->err = err[0];
    if (failed) {
        close(p->out);
        close(p->err);
    }
    return failed;
}

static int script_of(const struct rt_buffer *script)
{
    int fd = memfd_create("script", MFD_CLOEXEC);
    if (fd >= 0 && (write(fd, script->data, script->n) != (ssize_t)script->n || lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* False at the end of that stream. */
static bool read_some(struct process *p, bool errors, struct rt_file *to)
{
    char chunk[4096];
    ssize_t n = read(errors ? p->err : p->out, chunk, sizeof chunk);
    if (n <= 0) {
        return n < 0 && (errno == EINTR || errno == EAGAIN);
    }
    if (!errors) {
        crnl_file_write(to->file, chunk, (size_t)n); /* an error stays with the file */
        p->drew = true;
    } else if (p->errors.n < MOST_OF_ERRORS) {
        rt_put_n(&p->errors, chunk, (size_t)n);
    }
    return true;
}

/* Until gnuplot has closed both streams, its time is over or the program is to end. */
static int follow(const struct crnl_ctx *ctx, struct process *p, struct rt_file *to, double seconds,
                  struct rt_error *e)
{
    struct pollfd fds[2] = {{.fd = p->out, .events = POLLIN}, {.fd = p->err, .events = POLLIN}};
    double end = rt_seconds() + seconds;
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        double left = end - rt_seconds();
        if (rt_cancelled(ctx)) {
            return rt_fail(e, CRNL_CANCELLED, "interrupted by %s", rt_signal_name(rt_cancelled(ctx)));
        }
        if (left <= 0) {
            return rt_fail(e, CRNL_PLOT, "%s took more than %.6g seconds for `%s`, and was ended", p->name,
                           seconds, to->path);
        }
        if (poll(fds, 2, (int)(1000 * (left < 0.2 ? left : 0.2)) + 1) <= 0) {
            continue;
        }
        for (int i = 0; i < 2; i++) {
            if (fds[i].revents && !read_some(p, i == 1, to)) {
                fds[i].fd = -1;
            }
        }
    }
    return CRNL_OK;
}

/* In the locale "C" it says so at each start; degrees are in none of our pictures. */
static bool is_noise(const char *line, size_t n)
{
    static const char noise[] = "iconv failed to convert degree sign";
    return memmem(line, n, noise, sizeof noise - 1) != NULL;
}

/* What it wrote, without its empty lines. */
static void put_errors(struct rt_buffer *b, const struct process *p)
{
    const struct rt_buffer *errors = &p->errors;
    for (size_t i = 0, end; i < errors->n; i = end) {
        const char *line = errors->data + i;
        size_t n = 0;
        while (n < errors->n - i && (unsigned char)line[n] >= ' ') {
            n++;
        }
        end = i + n + 1;
        if (n > 0 && !is_noise(line, n)) {
            rt_putf(b, "\n  %s: ", p->name);
            rt_put_n(b, line, n);
        }
    }
}

int rt_gnuplot_draw(struct crnl_ctx *ctx, const char *const *argv, const char *folder,
                    const struct rt_buffer *script, struct rt_file *to, int *missing, struct rt_error *e)
{
    struct process p = {.name = argv[0]};
    int input = script_of(script), state = 0;
    if (input < 0) {
        return rt_fail(e, CRNL_PLOT, "cannot draw `%s`: %s", to->path, strerror(errno));
    }
    int failed = start(&p, argv, folder, input);
    close(input);
    *missing = failed == ENOENT || failed == EACCES ? failed : 0;
    if (failed) {
        return *missing ? CRNL_OK
                        : rt_fail(e, CRNL_PLOT, "cannot draw `%s`: cannot start %s: %s", to->path, p.name,
                                  strerror(failed));
    }
    double seconds = ctx->options.plot_seconds > 0 ? ctx->options.plot_seconds : SECONDS;
    if (follow(ctx, &p, to, seconds, e)) {
        kill(p.pid, SIGKILL);
    }
    close(p.out);
    close(p.err);
    while (waitpid(p.pid, &state, 0) < 0 && errno == EINTR) {
    }
    if (!e->status && (!WIFEXITED(state) || WEXITSTATUS(state) != 0 || !p.drew)) {
        rt_fail(e, CRNL_PLOT, "%s could not draw `%s`", p.name, to->path);
        put_errors(&e->text, &p);
    }
    struct rt_buffer said = {0};
    put_errors(&said, &p);
    if (!e->status && said.n) {
        rt_warn(ctx, "%s has drawn `%s` and says:%s", p.name, to->path, said.data);
    }
    rt_buffer_free(&said);
    rt_buffer_free(&p.errors);
    return e->status;
}
