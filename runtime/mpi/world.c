/* The ranks of MPI: how they are found, checked and ended, and the messages between them. */
#define _GNU_SOURCE 1
#include "rt_world.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crnl_mpi.h"
#include "rt_pack.h"
#include "runtime/rt_ctx.h"

static const double PATIENCE = 5;        /* seconds that a rank waits for the others at the end */
enum { CHUNK = 1 << 24 };                /* largest number of bytes of one MPI message */
enum { NAP_LEAST = 20, NAP_MOST = 500 }; /* microseconds */

struct rt_world {
    const struct crnl_mpi *mpi;
    int rank, size, threads;
    uint64_t turn;
    pthread_mutex_t mutex; /* held during every call of MPI */
};

uint64_t rt_hash(uint64_t hash, const void *data, size_t n)
{
    const unsigned char *at = data; /* as Fowler, Noll, Vo 1a, but by words */
    for (; n >= 8; n -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = (hash ^ word) * UINT64_C(0x100000001b3);
        hash ^= hash >> 29;
    }
    for (; n > 0; n--, at++) {
        hash = (hash ^ *at) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* ---- The launcher ---- */

static int number_of(const char *variable)
{
    const char *text = variable ? getenv(variable) : NULL;
    return text ? atoi(text) : 0;
}

struct rt_launched rt_launched(void)
{
    static const struct {
        const char *size, *rank, *local, *module;
    } list[] = {{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", "openmpi"},
                {"PMI_SIZE", "PMI_RANK", "MPI_LOCALNRANKS", "mpich"},
                {"SLURM_STEP_NUM_TASKS", "PMIX_RANK", NULL, "openmpi"}};
    struct rt_launched l = {.size = 1};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (!getenv("CRNL_NO_MPI") && getenv(list[i].size) && getenv(list[i].rank)) {
            return (struct rt_launched){true, number_of(list[i].size), number_of(list[i].rank),
                                        number_of(list[i].local), list[i].module};
        }
    }
    return l;
}

int rt_processors(void)
{
    struct rt_launched l = rt_launched();
    long all = sysconf(_SC_NPROCESSORS_ONLN);
    cpu_set_t set;
    if (!l.is_launched) {
        return all < 1 ? 1 : (int)all;
    }
    int bound = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)all;
    int each = (int)all / (l.local > 0 ? l.local : 1);
    int n = bound < each ? bound : each;
    return n < 1 ? 1 : n;
}

/* set when it is loaded; MPI has threads and signal handlers of its own */
static const struct crnl_mpi *module;

/* If rank 0 reports the same error, this rank stays silent: it sleeps until the launcher ends it. */
static void leave_to_rank_0(const struct rt_launched *l)
{
    enum { FOR_RANK_0 = 2 }; /* seconds */
    if (l->rank > 0) {
        sleep(FOR_RANK_0);
    }
}

bool rt_world_load(void)
{
    struct rt_launched l = rt_launched();
    if (module || (!l.is_launched && !getenv("CRNL_MPI"))) {
        return true;
    }
    struct rt_buffer why = {0};
    void *library = rt_mpi_module(l.module, &why);
    module = library ? dlsym(library, CRNL_MPI_SYMBOL) : NULL;
    bool good = module && module->version == CRNL_MPI_VERSION;
    if (!good) {
        module = NULL;
        leave_to_rank_0(&l);
        crnl_say(stderr,
                 "error: this is rank %d of %d of MPI, and its part for MPI cannot be loaded: %s\n"
                 "  help: %s%s%s\n",
                 l.rank, l.size, library ? "it is of another version of crnlc" : why.data,
                 rt_is_static() ? "build it without --static" : "make mpi MPICC=mpicc.",
                 rt_is_static() ? ""
                 : l.module     ? l.module
                                : "openmpi",
                 rt_is_static()
                     ? ""
                     : " where crnlc was built; its crnlc in PATH, or CRNL_MPI=FILE, says where it is");
    }
    rt_buffer_free(&why);
    return good;
}

void rt_world_refuse(void)
{
    fflush(NULL);
    signal(SIGTERM, SIG_DFL);
    raise(SIGTERM);
    _exit(EXIT_FAILURE);
}

/* ---- Messages ---- */

static void nap(long *microseconds)
{
    nanosleep(&(struct timespec){0, *microseconds * 1000}, NULL);
    *microseconds = *microseconds * 3 / 2 < NAP_MOST ? *microseconds * 3 / 2 : NAP_MOST;
}

static bool is_done(struct rt_world *w, void *request)
{
    pthread_mutex_lock(&w->mutex);
    bool done = w->mpi->test(request) != 0;
    pthread_mutex_unlock(&w->mutex);
    return done;
}

static void wait_for(struct rt_world *w, void *request)
{
    for (long us = NAP_LEAST; !is_done(w, request);) {
        nap(&us);
    }
}

/* The first message begins with the total number of bytes. */
void rt_world_send(struct rt_world *w, int to, enum rt_world_tag tag, const void *data, size_t n)
{
    const uint64_t total = n;
    size_t first = n < CHUNK - sizeof total ? n : CHUNK - sizeof total;
    char *head = rt_alloc(first + sizeof total, 1);
    memcpy(head, &total, sizeof total);
    if (first > 0) {
        memcpy(head + sizeof total, data, first);
    }
    const char *at = head;
    size_t bytes = first + sizeof total;
    for (size_t sent = 0; sent == 0 || bytes > 0;) {
        pthread_mutex_lock(&w->mutex);
        void *request = w->mpi->send(at, (int)bytes, to, tag);
        pthread_mutex_unlock(&w->mutex);
        wait_for(w, request);
        sent += at == head ? first : bytes;
        at = (const char *)data + sent;
        bytes = n - sent < CHUNK ? n - sent : CHUNK;
        if (bytes == 0) {
            break;
        }
    }
    free(head);
}

static void receive_bytes(struct rt_world *w, int from, enum rt_world_tag tag, char *to, size_t n)
{
    pthread_mutex_lock(&w->mutex);
    void *request = w->mpi->receive(to, (int)n, from, tag);
    pthread_mutex_unlock(&w->mutex);
    wait_for(w, request);
}

bool rt_world_receive(struct rt_world *w, int from, enum rt_world_tag tag, double seconds, int *sender,
                      struct rt_buffer *data)
{
    double until = rt_seconds() + seconds;
    int source, n;
    for (long us = NAP_LEAST;;) {
        pthread_mutex_lock(&w->mutex);
        bool there = w->mpi->probe(from, tag, &source, &n) != 0;
        pthread_mutex_unlock(&w->mutex);
        if (there) {
            break;
        }
        if (!(rt_seconds() < until)) {
            return false;
        }
        nap(&us);
    }
    char *head = rt_alloc((size_t)n, 1);
    receive_bytes(w, source, tag, head, (size_t)n);
    uint64_t total;
    memcpy(&total, head, sizeof total);
    size_t have = (size_t)n - sizeof total;
    rt_buffer_free(data);
    data->data = rt_alloc((size_t)total + 1, 1);
    data->n = (size_t)total;
    data->cap = (size_t)total + 1;
    memcpy(data->data, head + sizeof total, have);
    free(head);
    while (have < total) {
        size_t bytes = total - have < CHUNK ? (size_t)total - have : CHUNK;
        receive_bytes(w, source, tag, data->data + have, bytes);
        have += bytes;
    }
    *sender = source;
    return true;
}

/* Each rank sends to those ranks whose number has one more bit set below its own lowest one. */
void rt_world_broadcast(struct rt_world *w, struct rt_buffer *data)
{
    int low = 1, sender;
    while (low < w->size && !(w->rank & low)) {
        low <<= 1;
    }
    if (w->rank > 0) {
        rt_world_receive(w, w->rank - low, RT_TAG_RESULT, INFINITY, &sender, data);
    }
    for (int bit = low >> 1; bit > 0; bit >>= 1) {
        if (w->rank + bit < w->size) {
            rt_world_send(w, w->rank + bit, RT_TAG_RESULT, data->data, data->n);
        }
    }
}

void rt_world_follow(struct rt_world *w, struct rt_error *e)
{
    struct rt_buffer data = {0};
    if (!w) {
        return;
    }
    if (w->rank == 0) {
        rt_pack_error(&data, e);
    }
    rt_world_broadcast(w, &data);
    if (w->rank > 0) {
        struct rt_unpack u = rt_unpack_of(&data);
        rt_unpack_error(&u, e);
    }
    rt_buffer_free(&data);
}

/* ---- Start and end ---- */

int rt_world_rank(const struct rt_world *w)
{
    return w ? w->rank : 0;
}

int rt_world_size(const struct rt_world *w)
{
    return w ? w->size : 1;
}

int rt_world_threads(const struct rt_world *w)
{
    return w->threads;
}

uint64_t rt_world_turn(struct rt_world *w)
{
    return w->turn++;
}

static _Noreturn void end_all(struct rt_world *w, int status)
{
    crnl_files_end(true);
    pthread_mutex_lock(&w->mutex);
    w->mpi->abort(status);
    _exit(status);
}

void rt_world_abort(struct rt_world *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    flockfile(stderr);
    fputs("error: ", stderr);
    crnl_vsay(stderr, format, args);
    fputs("\n", stderr);
    funlockfile(stderr);
    va_end(args);
    end_all(w, EXIT_FAILURE);
}

/* What a rank reports about itself, and the decision of rank 0. */
struct hello {
    uint64_t fingerprint;
    int64_t threads, failed;
};
struct verdict {
    int64_t threads;
    int64_t speaker; /* the rank that reports why the program cannot start, or -1 */
};

static struct verdict judge(struct rt_world *w, const struct hello *own)
{
    struct verdict v = {own->threads, own->failed ? 0 : -1};
    struct rt_buffer data = {0};
    struct hello other;
    int sender = 0, stranger = 0;
    for (int i = 1; i < w->size; i++) {
        rt_world_receive(w, -1, RT_TAG_START, INFINITY, &sender, &data);
        memcpy(&other, data.data, sizeof other);
        v.threads += other.threads;
        if (other.failed && (v.speaker < 0 || sender < v.speaker)) {
            v.speaker = sender;
        } else if (!other.failed && other.fingerprint != own->fingerprint &&
                   (!stranger || sender < stranger)) {
            stranger = sender;
        }
    }
    rt_buffer_free(&data);
    if (v.speaker < 0 && stranger) {
        v.speaker = 0;
        crnl_say(
            stderr,
            "error: rank %d of MPI executes another program, another version of it, or has other options "
            "than rank 0\n"
            "  help: all ranks need the same files and the same command line\n",
            stranger);
    }
    return v;
}

static bool meet(struct rt_world *w, const struct hello *own, const char *failure)
{
    struct verdict v;
    struct rt_buffer data = {0};
    if (w->rank == 0) {
        v = judge(w, own);
        rt_put_n(&data, (const char *)&v, sizeof v);
    } else {
        rt_world_send(w, 0, RT_TAG_START, own, sizeof *own);
    }
    rt_world_broadcast(w, &data);
    memcpy(&v, data.data, sizeof v);
    rt_buffer_free(&data);
    w->threads = (int)v.threads;
    if (v.speaker > 0 && v.speaker == w->rank) {
        crnl_say(stderr, "rank %d: %s\n", w->rank, failure);
    }
    return v.speaker < 0;
}

struct rt_world *rt_world_start(uint64_t fingerprint, int threads, const char *failure, bool *failed)
{
    struct rt_launched l = rt_launched();
    *failed = false;
    if (!module) {
        return NULL;
    }
    bool is_serial = !module->init();
    struct rt_world *w = rt_alloc(1, sizeof *w);
    *w = (struct rt_world){.mpi = module, .rank = module->rank(), .size = module->size(), .threads = threads};
    pthread_mutex_init(&w->mutex, NULL);
    if (w->size != l.size) {
        leave_to_rank_0(&l);
        if (l.rank == 0) {
            fprintf(
                stderr,
                "error: the launcher has started %d ranks, and by %s there are %d: it is another MPI than "
                "that of the launcher\n"
                "  help: compile the part for MPI with the MPI whose mpirun starts the program: make mpi "
                "MPICC=mpicc.%s\n",
                l.size, module->name, w->size, l.module ? l.module : "openmpi");
        }
        *failed = true;
    } else if (is_serial) {
        failure = "error: this MPI admits no second thread (MPI_THREAD_SERIALIZED)";
        crnl_say(stderr, "%s", w->rank == 0 ? failure : "");
    }
    const struct hello own = {fingerprint, threads, failure != NULL};
    *failed = *failed || !meet(w, &own, failure);
    if (*failed || w->size == 1) {
        module->finalize();
        pthread_mutex_destroy(&w->mutex);
        free(w);
        return NULL;
    }
    return w;
}

/* Rank 0: whether all other ranks have reached their end. */
static bool hear_all(struct rt_world *w, double patience)
{
    struct rt_buffer data = {0};
    bool good = true;
    int sender;
    double until = rt_seconds() + patience;
    for (int i = 1; i < w->size && good; i++) {
        good = rt_world_receive(w, -1, RT_TAG_END, until - rt_seconds(), &sender, &data);
    }
    rt_buffer_free(&data);
    return good;
}

/* Other ranks: whether rank 0 has reached its end, and with what status. */
static bool hear_rank_0(struct rt_world *w, int64_t *status)
{
    struct rt_buffer data = {0};
    int sender;
    bool good = rt_world_receive(w, 0, RT_TAG_END, *status ? PATIENCE : INFINITY, &sender, &data);
    if (good) {
        memcpy(status, data.data, sizeof *status);
    }
    rt_buffer_free(&data);
    return good;
}

/* Receives messages that were in transit when an error ended the statement that waited for them: otherwise
 * MPI may complain about them on the program's own output. Messages that a rank has sent before its end have
 * arrived when its end has. */
static void drop_rest(struct rt_world *w)
{
    struct rt_buffer data = {0};
    int sender;
    for (int tag = RT_TAG_START; tag <= RT_TAG_END; tag++) {
        while (rt_world_receive(w, -1, (enum rt_world_tag)tag, 0, &sender, &data)) {
        }
    }
    rt_buffer_free(&data);
}

int rt_world_end(struct rt_world *w, int status, const char *error)
{
    if (!w) {
        return status;
    }
    int64_t judgement = status;
    bool together;
    if (w->rank == 0) {
        together = hear_all(w, status ? PATIENCE : INFINITY);
        for (int i = 1; i < w->size && together; i++) {
            rt_world_send(w, i, RT_TAG_END, &judgement, sizeof judgement);
        }
    } else {
        rt_world_send(w, 0, RT_TAG_END, &judgement, sizeof judgement);
        together = hear_rank_0(w, &judgement);
        if (status && !(together && judgement)) {
            flockfile(stderr);
            crnl_say(stderr, "rank %d: %s\n", w->rank, *error ? error : "ended with an error");
            funlockfile(stderr);
            together = false;
        }
    }
    if (!together) {
        end_all(w, status);
    }
    drop_rest(w);
    w->mpi->finalize();
    pthread_mutex_destroy(&w->mutex);
    free(w);
    return (int)judgement;
}
