/* Jobs that take long run in a copy of the process, which sees the texts as they are now and writes its
 * result into a pipe. A job can be ended at any time, its processor time is limited, and all memory that it
 * uses is released with it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <unistd.h>

#include "server/server_impl.h"

enum { MOST_SECONDS = 20 }; /* of processor time */

static void write_result(int fd, const char *text)
{
    for (size_t n = strlen(text); n > 0;) {
        ssize_t done = write(fd, text, n);
        if (done < 0 && errno != EINTR) {
            return;
        }
        text += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
}

static _Noreturn void be_the_copy(struct server *s, struct job *j, int fd)
{
    const struct rlimit limit = {MOST_SECONDS, MOST_SECONDS + 1};
    setrlimit(RLIMIT_CPU, &limit);
    signal(SIGXCPU, SIG_DFL);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    close(s->options->in);
    close(s->options->out);
    json_t *result = j->work(s, j->document, j->params);
    char *text = result ? json_dumps(result, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (text) {
        write_result(fd, text);
    }
    _exit(text ? 0 : 1);
}

bool job_start(struct server *s, struct document *d, const json_t *id, json_t *params, job_work *work,
               job_done *done)
{
    int pipes[2];
    if (pipe(pipes) != 0) {
        return false;
    }
    struct job *j = mem_zalloc(1, sizeof *j);
    *j = (struct job){.fd = pipes[0],
                      .document = d,
                      .id = id ? json_deep_copy(id) : NULL,
                      .params = json_incref(params),
                      .work = work,
                      .done = done};
    j->pid = fork();
    if (j->pid == 0) {
        close(pipes[0]);
        be_the_copy(s, j, pipes[1]);
    }
    close(pipes[1]);
    vec_push(&s->job, j);
    if (j->pid < 0) {
        j->document = NULL; /* closing the pipe ended the job without a result */
    }
    return true;
}

static void remove_job(struct server *s, struct job *j)
{
    for (size_t i = 0; i < s->job.n; i++) {
        if (s->job.data[i] == j) {
            memmove(s->job.data + i, s->job.data + i + 1, (s->job.n - i - 1) * sizeof *s->job.data);
            s->job.n--;
            break;
        }
    }
    close(j->fd);
    if (j->pid > 0) {
        kill(j->pid, SIGKILL);
        while (waitpid(j->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    vec_free(&j->bytes);
    json_decref(j->id);
    json_decref(j->params);
    free(j);
}

static void finish(struct server *s, struct job *j)
{
    json_t *result =
        j->bytes.n ? json_loadb(j->bytes.data, j->bytes.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    struct job ended = *j;
    json_incref(ended.id);
    json_incref(ended.params);
    remove_job(s, j);
    if (ended.done) {
        ended.done(s, ended.document, ended.params, result);
    } else {
        rpc_answer(s, ended.id, json_incref(result));
    }
    json_decref(result);
    json_decref(ended.id);
    json_decref(ended.params);
}

void job_read(struct server *s, struct job *j)
{
    char bytes[1 << 16];
    ssize_t n = read(j->fd, bytes, sizeof bytes);
    if (n > 0) {
        vec_reserve(&j->bytes, j->bytes.n + (size_t)n);
        memcpy(j->bytes.data + j->bytes.n, bytes, (size_t)n);
        j->bytes.n += (size_t)n;
    } else if (n == 0 || errno != EINTR) {
        finish(s, j);
    }
}

void job_end_of_request(struct server *s, const json_t *id)
{
    for (size_t i = 0; i < s->job.n; i++) {
        if (s->job.data[i]->id && json_equal(s->job.data[i]->id, id)) {
            remove_job(s, s->job.data[i]);
            rpc_refuse(s, id, RPC_CANCELLED, "cancelled");
            return;
        }
    }
}

void job_end_of_document(struct server *s, struct document *d)
{
    for (size_t i = s->job.n; i-- > 0;) {
        struct job *j = s->job.data[i];
        if (j->document == d) {
            if (j->id) {
                rpc_answer(s, j->id, NULL);
            }
            remove_job(s, j);
        }
    }
}

void jobs_end(struct server *s)
{
    while (s->job.n > 0) {
        remove_job(s, vec_last(&s->job));
    }
    vec_free(&s->job);
}
