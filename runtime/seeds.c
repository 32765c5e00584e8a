/* Runs seeds side by side: distributes them, and reports how each ends and how the program ends. */
#include "rt_seeds.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"
#include "rt_prepare.h"
#include "rt_text_numbers.h"

struct seeds {
    struct crnl_ctx *head;
    struct rt_seed *seed;
    int32_t n, threads_each;
    atomic_int next;
    pthread_mutex_t mutex; /* protects the following members, and messages */
    int32_t n_complete, n_failed;
    int failure; /* the status of the first seed that failed */
};

static void tell_progress(const struct seeds *s)
{
    struct crnl_ctx *head = s->head;
    int32_t n = s->n_complete + s->n_failed;
    rt_progress_run(head, "seeds", (double)n / (double)s->n);
}

/* A run that was interrupted by a signal may have left rows in a part; its seed reports where. */
static void tell_rows_left(const struct seeds *s, const struct rt_seed *seed, const struct crnl_ctx *ctx)
{
    const char *line = "\n  ", *note = strstr(crnl_error_text(ctx), "\n  note: ");
    if (note) {
        rt_progress_clear(s->head);
        crnl_say(stderr, "seed %llu: %s\n", (unsigned long long)seed->number, note + strlen(line));
    }
}

/* The experiment is over: its output file, as far as it was written, gets its final name. */
static void end_seed(struct seeds *s, struct rt_seed *seed, struct crnl_ctx *ctx, int status)
{
    struct rt_error e = {0};
    if (seed->output.file && rt_file_finish(&seed->output, &e)) {
        status = status ? status : e.status;
        rt_fail_at(ctx, 0, &e);
    }
    rt_error_free(&e);
    pthread_mutex_lock(&s->mutex);
    seed->complete = !status && !ctx->was_cut;
    if (seed->complete) {
        rt_seed_keep_records(ctx);
        s->n_complete++;
    } else if (status == CRNL_CANCELLED) {
        tell_rows_left(s, seed, ctx);
    } else if (status) {
        s->failure = s->failure ? s->failure : status;
        s->n_failed++;
        if (!ctx->status) {
            crnl_fail(ctx, status, 0, "rows of a run over rows failed");
        }
        rt_report_failure(s->head, ctx, "");
    }
    tell_progress(s);
    pthread_mutex_unlock(&s->mutex);
}

static void run_seed(struct seeds *s, struct rt_seed *seed)
{
    struct crnl_options options = s->head->options;
    struct rt_buffer folder = {0};
    rt_putf(&folder, "%s%sseed-%llu", options.out_dir ? options.out_dir : "", options.out_dir ? "/" : "",
            (unsigned long long)seed->number);
    options.seed = seed->number;
    options.out_dir = folder.data;
    options.threads = s->threads_each;
    options.progress = 0;
    struct crnl_ctx *ctx = crnl_create(s->head->program, &options);
    ctx->seed = seed;
    ctx->numbers = rt_text_numbers_create();
    ctx->start = s->head->start;
    ctx->cancels_seen = s->head->cancels_seen; /* a signal that has arrived since applies to this seed too */
    /* seed-N may be a link that someone has left there. */
    struct rt_error e = {0};
    rt_check_inside(s->head, folder.data, folder.data, &e);
    int status = rt_fail_at(ctx, 0, &e);
    end_seed(s, seed, ctx, status ? status : crnl_execute(ctx));
    crnl_destroy(ctx);
    rt_buffer_free(&folder);
}

static void *work(void *argument)
{
    struct seeds *s = argument;
    int i;
    while (!rt_cancelled(s->head) && (i = atomic_fetch_add(&s->next, 1)) < s->n) {
        run_seed(s, &s->seed[i]);
    }
    return NULL;
}

/* This thread works too, so that the seeds get done even without other threads. */
static void run_all(struct seeds *s)
{
    int threads = rt_threads(s->head);
    int n = threads < s->n ? threads : s->n, started = 0;
    pthread_t *thread = rt_alloc((size_t)n, sizeof *thread);
    s->threads_each = threads / n;
    while (started < n - 1 && pthread_create(&thread[started], NULL, work, s) == 0) {
        started++;
    }
    work(s);
    for (int i = 0; i < started; i++) {
        pthread_join(thread[i], NULL);
    }
    free(thread);
}

/* Files named on the command line would be the same for all seeds unless they are inside the seed's
 * folder. */
static int check_options(const struct crnl_options *o, struct rt_error *e)
{
    const char *const list[] = {o->out, o->plot};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (list[i] && (list[i][0] == '/' || strstr(list[i], ".."))) {
            return rt_fail(e, CRNL_BAD_ARGUMENT,
                           "with --seeds each seed writes `%s` below its own folder\n"
                           "  help: give a name without a leading / and without ..",
                           list[i]);
        }
    }
    return CRNL_OK;
}

static int make_folder(const struct crnl_options *o, struct rt_error *e)
{
    struct rt_buffer path = {0};
    rt_putf(&path, "%s/", o->out_dir ? o->out_dir : ".");
    rt_make_parents(path.data, e);
    rt_buffer_free(&path);
    return e->status;
}

/* The error of the whole program: what ended it early, or how many seeds failed; each of these was
 * reported. */
static void judge(struct seeds *s)
{
    int by = rt_cancelled(s->head);
    if (by) {
        crnl_fail(s->head, CRNL_CANCELLED, 0, "interrupted by %s; %d of %d seeds are complete",
                  rt_signal_name(by), (int)s->n_complete, (int)s->n);
    } else if (s->n_failed) {
        crnl_fail(s->head, s->failure, 0, "%d of %d seeds failed", (int)s->n_failed, (int)s->n);
    }
}

int rt_seeds_execute(struct crnl_ctx *head)
{
    const struct crnl_options *o = &head->options;
    struct rt_error e = {0};
    if (head->status || check_options(o, &e) || make_folder(o, &e)) {
        rt_fail_at(head, 0, &e);
        return head->status;
    }
    struct seeds s = {.head = head, .n = o->n_seeds};
    pthread_mutex_init(&s.mutex, NULL);
    s.seed = rt_alloc((size_t)s.n, sizeof *s.seed);
    for (int32_t i = 0; i < s.n; i++) {
        s.seed[i].head = head;
        s.seed[i].number = o->seed_list ? o->seed_list[i] : o->seed + (uint64_t)i;
    }
    run_all(&s);
    rt_progress_clear(head);
    rt_seeds_compare(head, s.seed, s.n, o->table, &e);
    judge(&s);
    rt_fail_at(head, 0, &e);
    for (int32_t i = 0; i < s.n; i++) {
        rt_seed_free(&s.seed[i]);
    }
    free(s.seed);
    pthread_mutex_destroy(&s.mutex);
    return head->status;
}
