#include "server/server.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "server/server_impl.h"

static void read_messages(struct server *s)
{
    char bytes[1 << 16];
    ssize_t n = read(s->options->in, bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    }
    if (n <= 0) { /* the client is gone */
        s->is_over = true;
        return;
    }
    message_feed(&s->reader, bytes, (size_t)n);
    struct message m;
    enum message_state state;
    while (!s->is_over && (state = message_next(&s->reader, &m)) != MESSAGE_NONE) {
        if (state == MESSAGE_READY) {
            rpc_handle(s, m.body, m.length);
        } else {
            rpc_bad_message(s, m.why);
        }
    }
}

static bool any_due(const struct server *s)
{
    bool due = false;
    for (size_t i = 0; i < s->document.n; i++) {
        due |= s->document.data[i]->is_due;
    }
    return due;
}

/* Reads everything that has arrived before it begins a job, so that only the last of many changes is
 * checked. */
static void serve(struct server *s)
{
    VEC(struct pollfd) wait = {0};
    while (!s->is_over) {
        wait.n = 0;
        vec_push(&wait, (struct pollfd){.fd = s->options->in, .events = POLLIN});
        for (size_t i = 0; i < s->job.n; i++) {
            vec_push(&wait, (struct pollfd){.fd = s->job.data[i]->fd, .events = POLLIN});
        }
        bool idle = s->job.n == 0;
        int n = poll(wait.data, (nfds_t)wait.n, idle && any_due(s) ? 0 : -1);
        if (n < 0 && errno != EINTR) {
            break;
        }
        if (n > 0 && wait.data[0].revents) {
            read_messages(s);
        } else if (n > 0) {
            for (size_t i = 1; i < wait.n; i++) {
                if (wait.data[i].revents) {
                    job_read(s, s->job.data[i - 1]);
                    break; /* the list of jobs may have changed */
                }
            }
        } else if (n == 0) {
            check_start(s);
        }
    }
    vec_free(&wait);
}

int server_run(const struct server_options *o)
{
    struct server s = {.options = o, .status = 1};
    serve(&s);
    jobs_end(&s);
    documents_free(&s);
    message_reader_free(&s.reader);
    return s.is_shut_down ? 0 : s.status;
}
