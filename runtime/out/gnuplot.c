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
#include "rt_plot.h"

extern char **environ;

enum { MOST_OF_ERRORS = 2000, SECONDS = 600 };

/* In single quotes gnuplot knows only the doubled quote. An end of line would end the command, so it is
 * written outside of them. */
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
    int picture, err; /* its standard output, a file in memory; our end of the pipe from its stderr */
    int state;
    struct rt_buffer errors;
};

/* Starts the program with the script on standard input, so that no file name is on its command line. */
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

/* gnuplot writes a picture in many pieces. Through a pipe each of them would wake this process, which costs a
 * tenth of the time of drawing. A file in memory takes them as they come; a full disk is noticed later, when
 * the picture is written. */
static int start(struct process *p, const char *const *argv, const char *folder, int script)
{
    int err[2];
    p->picture = memfd_create("picture", MFD_CLOEXEC);
    int failed = p->picture < 0 || pipe2(err, O_CLOEXEC) < 0 ? errno : 0;
    if (!failed) {
        failed = spawn(&p->pid, argv, folder, script, p->picture, err[1]);
        close(err[1]);
        p->err = err[0];
        if (failed) {
            close(p->err);
        }
    }
    if (failed && p->picture >= 0) {
        close(p->picture);
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

/* Reads error messages; returns false at the end of the stream. */
static bool read_errors(struct process *p)
{
    char chunk[4096];
    ssize_t n = read(p->err, chunk, sizeof chunk);
    if (n > 0 && p->errors.n < MOST_OF_ERRORS) {
        rt_put_n(&p->errors, chunk, (size_t)n);
    }
    return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Waits until the process has ended, its time is over, or the program is cancelled. A process closes its
 * stderr when it ends, which is noticed at once; if it closes it earlier, its end is polled with growing
 * pauses. */
static int follow(const struct crnl_ctx *ctx, struct process *p, const char *path, double seconds,
                  struct rt_error *e)
{
    enum { TICK = 200000000, FIRST_PAUSE = 20000, LAST_PAUSE = 50000000 }; /* ns */
    struct pollfd errors = {.fd = p->err, .events = POLLIN};
    double end = rt_seconds() + seconds;
    long pause = FIRST_PAUSE;
    while (errors.fd >= 0 || waitpid(p->pid, &p->state, WNOHANG) == 0) {
        double left = end - rt_seconds();
        if (rt_cancelled(ctx)) {
            return rt_fail(e, CRNL_CANCELLED, "interrupted by %s", rt_signal_name(rt_cancelled(ctx)));
        }
        if (left <= 0) {
            return rt_fail(e, CRNL_PLOT, "%s took more than %.6g seconds for `%s`, and was ended", p->name,
                           seconds, path);
        }
        struct timespec wait = {0, errors.fd >= 0 ? TICK : pause};
        wait.tv_nsec = left < 1e-9 * (double)wait.tv_nsec ? (long)(1e9 * left) + 1 : wait.tv_nsec;
        if (ppoll(&errors, 1, &wait, NULL) > 0) {
            errors.fd = read_errors(p) ? p->err : -1;
        } else if (errors.fd < 0) {
            pause = pause < LAST_PAUSE ? 2 * pause : LAST_PAUSE;
        }
    }
    return CRNL_OK;
}

/* Appends the picture; returns false if nothing was drawn. */
static bool take_picture(const struct process *p, struct rt_buffer *to)
{
    char chunk[1 << 15];
    for (ssize_t n; (n = pread(p->picture, chunk, sizeof chunk, (off_t)to->n)) > 0;) {
        rt_put_n(to, chunk, (size_t)n);
    }
    return to->n > 0;
}

/* In the locale "C" gnuplot writes this message at each start; no picture here has degrees. */
static bool is_noise(const char *line, size_t n)
{
    static const char noise[] = "iconv failed to convert degree sign";
    return memmem(line, n, noise, sizeof noise - 1) != NULL;
}

/* Writes the program's messages without empty lines. */
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
                    const struct rt_buffer *script, const char *path, struct rt_buffer *picture, int *missing,
                    struct rt_error *e)
{
    struct process p = {.name = argv[0]};
    int input = script_of(script);
    if (input < 0) {
        return rt_fail(e, CRNL_PLOT, "cannot draw `%s`: %s", path, strerror(errno));
    }
    int failed = start(&p, argv, folder, input);
    close(input);
    *missing = failed == ENOENT || failed == EACCES ? failed : 0;
    if (failed) {
        return *missing ? CRNL_OK
                        : rt_fail(e, CRNL_PLOT, "cannot draw `%s`: cannot start %s: %s", path, p.name,
                                  strerror(failed));
    }
    double seconds = ctx->options.plot_seconds > 0 ? ctx->options.plot_seconds : SECONDS;
    if (follow(ctx, &p, path, seconds, e)) {
        kill(p.pid, SIGKILL);
        while (waitpid(p.pid, &p.state, 0) < 0 && errno == EINTR) {
        }
    }
    bool ended_well = WIFEXITED(p.state) && WEXITSTATUS(p.state) == 0;
    if (!e->status && !(ended_well && take_picture(&p, picture))) {
        rt_fail(e, CRNL_PLOT, "%s could not draw `%s`", p.name, path);
        put_errors(&e->text, &p);
    }
    close(p.picture);
    close(p.err);
    struct rt_buffer said = {0};
    put_errors(&said, &p);
    if (!e->status && said.n) {
        rt_warn_at(ctx, ctx->plot->line, "%s has drawn `%s` and says:%s", p.name, path, said.data);
    }
    rt_buffer_free(&said);
    rt_buffer_free(&p.errors);
    return e->status;
}
