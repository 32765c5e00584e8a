/* The command line of a compiled program, and the signals that end it. */
#define _GNU_SOURCE 1 /* sigabbrev_np */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rt_checkpoint.h"
#include "rt_estimate.h"
#include "rt_seeds.h"

enum { EXIT_BY_SIGNAL = 128, STACK = 1 << 16 };

const char *rt_signal_name(int signal_number)
{
    static _Thread_local char name[24];
    const char *letters = sigabbrev_np(signal_number);
    if (letters) {
        snprintf(name, sizeof name, "SIG%s", letters);
    } else {
        snprintf(name, sizeof name, "signal %d", signal_number);
    }
    return name;
}

/* Whether the kernel, or abort, sent the signal because something went wrong here: the process cannot go
 * on. */
static bool is_fault(int number, const siginfo_t *info)
{
    static const int list[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (number == list[i]) {
            return info->si_code != SI_USER;
        }
    }
    return false;
}

/* The program of crnl_main, for which the signals are. */
static _Atomic(struct crnl_ctx *) running;

/* A launcher that ends many ranks sends a signal to each, perhaps twice. Rank 0 closes what is to be kept,
 * and tells the others; another rank ignores signals for a while. */
static atomic_bool is_other_rank;
static bool waits_for_rank_0(void)
{
    enum { A_WHILE = 10 }; /* seconds */
    static atomic_llong first;
    long long now = (long long)time(NULL), none = 0;
    if (!atomic_load(&is_other_rank)) {
        return false;
    }
    return atomic_compare_exchange_strong(&first, &none, now) || now - none < A_WHILE;
}

/* The first signal ends running work, whose results are kept; the second one ends the program at once, with
 * what was complete. A write that is too large, or into a pipe without a reader, also returns an error,
 * which says more. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (number == SIGXFSZ && info->si_pid == getpid()) {
        return;
    }
    if (!is_fault(number, info) && waits_for_rank_0()) {
        return;
    }
    if (!rt_cancelled(atomic_load(&running)) && !is_fault(number, info)) {
        rt_cancel(number);
        return;
    }
    crnl_files_end(true);
    signal(number, SIG_DFL);
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    raise(number);
}

static bool ends_by_default(int number)
{
    static const int list[] = {SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
                               SIGCHLD, SIGCONT, SIGURG,  SIGWINCH};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (number == list[i]) {
            return false;
        }
    }
    return true;
}

/* Whether nobody else has given the signal a meaning. A script that starts a program in the background makes
 * it ignore SIGINT and SIGQUIT, but may still send them. */
static bool is_free(int number, const struct sigaction *old)
{
    bool background = number == SIGINT || number == SIGQUIT;
    return !(old->sa_flags & SA_SIGINFO) &&
           (old->sa_handler == SIG_DFL || (background && old->sa_handler == SIG_IGN));
}

/* Catches all signals that would end the program, except those that others have given a meaning, such as
 * nohup and sanitizers. */
static void watch_signals(void)
{
    static char stack[STACK];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK},
                     old;
    sigemptyset(&action.sa_mask);
    for (int number = 1; number <= SIGRTMAX; number++) {
        if (ends_by_default(number) && sigaction(number, &action, &old) == 0 && !is_free(number, &old)) {
            sigaction(number, &old, NULL);
        }
    }
}

/* Prints the error, and where to find more about it. */
static void print_error(struct crnl_ctx *ctx)
{
    const char *code = rt_status_code(ctx->status);
    rt_report_failure(ctx, ctx, "");
    if (*code && !ctx->options.report) {
        crnl_say(stderr, "more: crnlc explain %s\n", code);
    }
}

static int execute(struct crnl_ctx *ctx)
{
    atomic_store(&running, ctx);
    int status = ctx->options.n_seeds ? rt_seeds_execute(ctx) : crnl_execute(ctx);
    if (*crnl_error_text(ctx) && !ctx->options.mute) { /* the failure of rows has been reported */
        print_error(ctx);
    }
    for (int32_t i = 0; ctx->journal && i < ctx->program->n_records; i++) {
        if (*ctx->program->record[i]) {
            rt_journal_add_series(ctx->journal, i, ctx->program->record[i], ctx->record[i].v,
                                  ctx->record[i].n);
        }
    }
    return status;
}

static void start_journal(struct crnl_ctx *ctx)
{
    ctx->journal = rt_journal_create();
    ctx->numbers = rt_text_numbers_create();
}

/* Compares the output of the program with its output when all tolerances are a tenth. */
static int check_tolerance(struct crnl_ctx *first)
{
    struct crnl_options options = first->options;
    options.closer = options.quiet = 1;
    options.verbose = 0;
    struct crnl_ctx *ctx = crnl_create(first->program, &options);
    ctx->world = first->world;
    start_journal(ctx);
    int status = execute(ctx);
    if (options.mute) {
        /* rank 0 reports it */
    } else if (status) {
        crnl_say(stderr, "note: that is with a tenth of all tolerances\n");
    } else {
        rt_journal_compare(stderr, first, first->journal, ctx->journal);
    }
    atomic_store(&running, first);
    crnl_destroy(ctx);
    return status;
}

/* Parses the command line. It is the same for all ranks, so only rank 0 prints messages about it. */
static int parse(int argc, char **argv, const struct crnl_program *program, struct crnl_options *options)
{
    int kept[2] = {-1, -1}, nothing = rt_launched().rank > 0 ? open("/dev/null", O_WRONLY) : -1;
    for (int i = 0; nothing >= 0 && i < 2; i++) {
        fflush(i ? stderr : stdout);
        kept[i] = dup(1 + i);
        dup2(nothing, 1 + i);
    }
    int status = crnl_parse_options(argc, argv, program, options);
    for (int i = 0; nothing >= 0 && i < 2; i++) {
        fflush(i ? stderr : stdout);
        dup2(kept[i], 1 + i);
        close(kept[i]);
    }
    if (nothing >= 0) {
        close(nothing);
    }
    return status;
}

/* Opens the checkpoint on rank 0. Returns what to tell other ranks if that fails, which is reported here;
 * NULL: no error. */
static const char *start_checkpoint(struct crnl_ctx *ctx)
{
    struct rt_error e = {0};
    if (rt_launched().rank > 0) {
        return NULL;
    }
    ctx->checkpoint = rt_checkpoint_create(ctx, &e);
    bool failed = e.status != 0;
    if (failed) {
        crnl_say(stderr, "error: %s\n", e.text.data);
    }
    rt_error_free(&e);
    return failed ? "error: the checkpoint of rank 0" : NULL;
}

/* Starts communication with the other ranks, if there are any. */
static int start_world(struct crnl_ctx *ctx, int argc, char **argv)
{
    struct crnl_options *o = &ctx->options;
    const char *failure = start_checkpoint(ctx);
    if (rt_launched().size > 1 && o->n_seeds) {
        failure = "error: --seeds executes the program side by side on one machine, not on ranks of MPI\n"
                  "  help: start it without mpirun, or once for each --seed\n";
        crnl_say(stderr, "%s", rt_launched().rank == 0 ? failure : "");
    }
    if (rt_launched().size > 1 && o->estimate) {
        failure = "error: --estimate measures on one core\n  help: start it without mpirun\n";
        crnl_say(stderr, "%s", rt_launched().rank == 0 ? failure : "");
    }
    bool failed, is_alone = rt_launched().size <= 1;
    uint64_t fingerprint = is_alone ? 0 : rt_program_fingerprint(ctx->program, argc, argv);
    ctx->world = rt_world_start(fingerprint, rt_threads(ctx), failure, &failed);
    if (rt_world_rank(ctx->world) > 0) {
        o->mute = o->quiet = 1;
        o->progress = o->verbose = o->check_gradients = 0;
        o->max_seconds = 0; /* rank 0 measures the time */
        atomic_store(&is_other_rank, true);
    }
    return failed || failure ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Prepares an estimate: one thread, and no output except for the result at the end. */
static void start_estimate(struct crnl_ctx *ctx)
{
    enum { STANDARD = 60 }; /* seconds */
    struct crnl_options *o = &ctx->options;
    o->mute = o->quiet = o->threads = 1;
    o->progress = o->verbose = o->check_gradients = 0;
    o->max_seconds = o->max_seconds > 0 ? o->max_seconds : STANDARD;
    ctx->estimate = rt_estimate_create();
}

static int end_estimate(struct crnl_ctx *ctx, int status)
{
    rt_estimate_print(ctx);
    if (*crnl_error_text(ctx)) {
        print_error(ctx);
    }
    rt_estimate_destroy(ctx->estimate);
    ctx->estimate = NULL;
    return status;
}

int crnl_rank(void)
{
    return rt_launched().rank;
}

bool crnl_is_launched(void)
{
    return rt_launched().is_launched;
}

int crnl_main_failed(int status, const char *failure)
{
    bool failed;
    if (!rt_world_load()) {
        rt_world_refuse();
    }
    rt_world_start(0, 1, failure, &failed);
    return status;
}

static int execute_all(struct crnl_ctx *ctx)
{
    if (ctx->options.estimate) {
        start_estimate(ctx);
    }
    int status = execute(ctx);
    if (ctx->estimate) {
        status = end_estimate(ctx, status);
    }
    if (!status && ctx->options.check_tolerance) {
        status = check_tolerance(ctx);
    }
    int by = rt_cancelled(ctx);
    bool ended = by && (status == CRNL_CANCELLED || ctx->cut_short);
    by = ended ? by : status ? 0 : ctx->cut_by; /* the program went on, and its results are complete */
    status = by ? EXIT_BY_SIGNAL + by : status ? EXIT_FAILURE : EXIT_SUCCESS;
    rt_checkpoint_end(ctx->checkpoint, status != EXIT_SUCCESS);
    ctx->checkpoint = NULL;
    return rt_world_end(ctx->world, status, crnl_error_text(ctx));
}

int crnl_main(int argc, char **argv, const struct crnl_program *program)
{
    return crnl_main_reporting(argc, argv, program, NULL, NULL);
}

int crnl_main_reporting(int argc, char **argv, const struct crnl_program *program,
                        void (*report)(void *env, const struct crnl_message *m), void *env)
{
    struct crnl_options options;
    crnl_files_begin();
    if (!rt_world_load()) {
        rt_world_refuse();
    }
    int status = parse(argc, argv, program, &options);
    if (status < 0) {
        options.report = report;
        options.env = env;
        struct crnl_ctx *ctx = crnl_create(program, &options);
        if (options.check_tolerance) {
            start_journal(ctx);
        }
        watch_signals();
        status = start_world(ctx, argc, argv);
        if (!status) {
            status = execute_all(ctx);
        }
        rt_checkpoint_end(ctx->checkpoint, false);
        atomic_store(&running, NULL);
        crnl_destroy(ctx);
    } else if (status > 0) {
        status = crnl_main_failed(status, "error: its command line is wrong");
    }
    crnl_free_options(&options);
    return status;
}
