/* Distribution of items to ranks, and transfer of results to rank 0. */
#include "rt_share.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/rt_ctx.h"
#include "runtime/rt_prepare.h"

/* Time that a block should take: long enough that rank 0 spends only the part BUSY of its time on blocks. */
static const double LEAST_SECONDS = 0.05, MOST_SECONDS = 2, BUSY = 0.125;
enum { PARTS = 4 };            /* a block is at most this part of a rank's share of the remaining items */
enum { PARTS_BESIDE = 4 };     /* this part of the items that go side by side still fills all lanes */
enum { MOST_BYTES = 1 << 23 }; /* of results that wait to be sent */
/* Microseconds between two checks for messages: at most a part of the time so far, as each one interrupts the
 * thread that computes; when nothing is left to compute, soon. After a message, others may follow: an eighth
 * of the longest time, then more and more. */
enum { NAP_LEAST = 50, NAP_AT_END = 200, NAP_MOST = 5000, NAP_SHORTER = 8 };
static const double NAP_PART = 1.0 / 64;
enum { MOST_ITEMS = 1 << 20 }; /* most items of a block */

/* A message from rank 0. If it arrives after its share has ended, its turn shows this. */
struct grant {
    uint64_t turn;
    int64_t first, end; /* first == end: nothing is left, or the work must stop immediately */
    int64_t stop;
    double seconds; /* time that the next block should take */
};
/* A message from another rank: it wants this number of items. want = 0: it has ended, after sending this
 * number of messages with results. */
struct ask {
    uint64_t turn, fingerprint;
    int64_t want, threads, beside, sent;
};

struct rt_share {
    struct rt_world *w;
    struct rt_share_work work;
    uint64_t turn;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    bool ending, stop, told_stop;
    int64_t want;
    int64_t last;         /* number of items of the last block */
    double taken, wanted; /* when it was taken, and when the next one was first requested; 0: not yet */
    double seconds;       /* time that a block should take */
    double began;         /* when the share began, in seconds */
    /* of rank 0 */
    int64_t next, below;
    struct ask *ask; /* [size] waiting requests; want = 0: none */
    int n_over;
    int64_t expected, heard; /* messages with results */
    int64_t granted, items;  /* blocks given to other ranks, and the items in them */
    double busy;             /* processor time in seconds spent on receiving and answering */
    /* of other ranks */
    int64_t sent;
    struct grant reserve; /* the next block, if first < end */
    bool has_asked, nothing_left;
    struct rt_buffer out;
};

/* ---- Blocks ---- */

/* Results are added up in groups of 1, 2, 4, ... times `align` items (rt_sums.h); a block that ends at such a
 * boundary has few sums. */
static int64_t aligned_end(const struct rt_share *s, int64_t n)
{
    int64_t unit = s->work.align;
    while (2 * unit <= n) {
        unit *= 2;
    }
    return (s->next + unit) / unit * unit;
}

/* The largest number up to n of items that leave no lane empty: a multiple of what goes side by side, or of
 * the part of it that still fills all lanes; at least that part. */
static int64_t whole_lanes(int64_t n, int64_t beside)
{
    int64_t least = beside / PARTS_BESIDE > 1 ? beside / PARTS_BESIDE : 1;
    return n >= beside ? n - n % beside : n >= least ? n - n % least : least;
}

/* The mutex must be held. */
static int64_t block_size(const struct rt_share *s, const struct ask *a)
{
    int64_t rest = s->work.n - s->next, align = s->work.align;
    int64_t fair = (int64_t)((double)rest * (double)a->threads / (PARTS * (double)rt_world_threads(s->w)));
    int64_t n = a->want < fair ? a->want : fair;
    n = n < 1 ? 1 : n > MOST_ITEMS ? MOST_ITEMS : n;
    int64_t end = align > 1 ? aligned_end(s, n) : s->next + whole_lanes(n, a->beside);
    end = end < s->work.n ? end : s->work.n;
    if (end > s->below) {
        end = align > 1 ? s->below - s->below % align : s->below;
    }
    return end > s->next ? end - s->next : 0;
}

static bool take_block(struct rt_share *s, const struct ask *a, struct grant *g)
{
    bool over = s->stop || s->next >= s->work.n;
    int64_t n = over ? 0 : block_size(s, a);
    *g = (struct grant){s->turn, s->next, s->next + n, s->stop, s->seconds};
    s->next += n;
    return over || n > 0;
}

/* What this rank asks for next. */
static struct ask ask_of(const struct rt_share *s)
{
    return (struct ask){s->turn, s->work.fingerprint, s->want, s->work.threads, s->work.beside, s->sent};
}

/* Adapts the number of items to the time that the last block took, without the wait for this one. But blocks
 * should take at least as long as that wait. */
static void adapt(struct rt_share *s, int64_t n)
{
    double now = rt_seconds(), took = s->wanted - s->taken, waited = now - s->wanted;
    double seconds = waited > s->seconds ? waited : s->seconds;
    seconds = seconds < MOST_SECONDS ? seconds : MOST_SECONDS;
    double factor = s->last > 0 && took > 0 ? seconds / took : 1;
    factor = factor > 4 ? 4 : factor < 0.25 ? 0.25 : factor;
    double want = (double)(s->last > 0 ? s->last : n) * factor;
    int64_t least = s->work.threads * s->work.beside;
    s->want = want > MOST_ITEMS ? MOST_ITEMS : want < (double)least ? least : (int64_t)want;
    s->last = n;
    s->taken = now;
    s->wanted = 0;
}

enum rt_claim rt_share_claim(struct rt_share *s, bool wait, int64_t *first, int64_t *end)
{
    bool is_head = rt_world_rank(s->w) == 0;
    struct grant g = {0};
    enum rt_claim result = RT_CLAIM_NOTHING_NOW;
    pthread_mutex_lock(&s->mutex);
    s->wanted = s->wanted > 0 ? s->wanted : rt_seconds();
    for (;;) {
        if (s->stop) {
            result = RT_CLAIM_OVER;
        } else if (is_head) {
            const struct ask own = ask_of(s);
            if (take_block(s, &own, &g)) {
                result = g.first < g.end ? RT_CLAIM_BLOCK : RT_CLAIM_OVER;
            }
        } else if (s->reserve.first < s->reserve.end) {
            g = s->reserve;
            s->reserve = (struct grant){0};
            result = RT_CLAIM_BLOCK;
        } else if (s->nothing_left) {
            result = RT_CLAIM_OVER;
        }
        if (result != RT_CLAIM_NOTHING_NOW || !wait) {
            break;
        }
        pthread_cond_wait(&s->moved, &s->mutex);
    }
    if (result == RT_CLAIM_BLOCK) {
        adapt(s, g.end - g.first);
        pthread_cond_broadcast(&s->moved);
    }
    pthread_mutex_unlock(&s->mutex);
    *first = g.first;
    *end = g.end;
    return result;
}

bool rt_share_is_claimed(struct rt_share *s, int64_t item)
{
    pthread_mutex_lock(&s->mutex);
    bool is_claimed = item < s->next;
    pthread_mutex_unlock(&s->mutex);
    return is_claimed;
}

void rt_share_open(struct rt_share *s, int64_t below)
{
    pthread_mutex_lock(&s->mutex);
    if (below > s->below) {
        s->below = below;
        pthread_cond_broadcast(&s->moved);
    }
    pthread_mutex_unlock(&s->mutex);
}

void rt_share_stop(struct rt_share *s)
{
    pthread_mutex_lock(&s->mutex);
    s->stop = true;
    pthread_cond_broadcast(&s->moved);
    pthread_mutex_unlock(&s->mutex);
}

void rt_share_put(struct rt_share *s, int64_t item, struct rt_buffer *data)
{
    const uint64_t head[2] = {(uint64_t)item, data->n};
    pthread_mutex_lock(&s->mutex);
    while (s->out.n > MOST_BYTES && !s->stop) {
        pthread_cond_wait(&s->moved, &s->mutex);
    }
    if (!s->stop) {
        rt_put_n(&s->out, (const char *)head, sizeof head);
        rt_put_n(&s->out, data->data ? data->data : "", data->n);
    }
    pthread_mutex_unlock(&s->mutex);
    rt_buffer_free(data);
}

/* ---- The thread that communicates ---- */

/* Sleeps until something changes in this process, or until it is time to check for messages again. Results
 * alone are no reason to check again soon: nobody waits for the next ones, and each check costs the thread
 * that computes on the same processor more than itself. */
static void rest(struct rt_share *s, bool moved, long *us)
{
    double part = 1e6 * NAP_PART * (rt_seconds() - s->began);
    long most = s->ending || part < NAP_AT_END ? NAP_AT_END : part < NAP_MOST ? (long)part : NAP_MOST;
    long least = most / NAP_SHORTER > NAP_LEAST ? most / NAP_SHORTER : NAP_LEAST;
    *us = moved || *us < least ? least : *us < most ? *us : most;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += *us * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&s->moved, &s->mutex, &until);
    *us = *us * 3 / 2;
}

static void take_results(struct rt_share *s, const struct rt_buffer *data)
{
    for (size_t at = 0; at < data->n;) {
        uint64_t head[2];
        memcpy(head, data->data + at, sizeof head);
        at += sizeof head;
        s->work.arrived(s->work.env, (int64_t)head[0], data->data + at, (size_t)head[1]);
        at += (size_t)head[1];
    }
}

static void hear(struct rt_share *s, int sender, const struct rt_buffer *data)
{
    struct ask a;
    memcpy(&a, data->data, sizeof a);
    if (a.turn != s->turn || a.fingerprint != s->work.fingerprint) {
        rt_world_abort(s->w,
                       "rank %d of MPI is at another place of the program than rank 0, or has computed other "
                       "numbers\n"
                       "  help: are all of the same kind of machine, with the same libraries?",
                       sender);
    }
    pthread_mutex_lock(&s->mutex);
    if (a.want == 0) {
        s->n_over++;
        s->expected += a.sent;
    } else {
        s->ask[sender] = a;
    }
    pthread_mutex_unlock(&s->mutex);
}

/* Answers waiting requests; the mutex is held on entry and on exit. */
static bool answer(struct rt_share *s)
{
    bool moved = false;
    for (int i = 1; i < rt_world_size(s->w); i++) {
        struct grant g;
        bool tell_stop = s->stop && !s->told_stop;
        if (tell_stop || (s->ask[i].want > 0 && take_block(s, &s->ask[i], &g))) {
            g = tell_stop ? (struct grant){.turn = s->turn, .stop = 1} : g;
            s->granted += g.first < g.end;
            s->items += g.end - g.first;
            s->ask[i].want = 0;
            pthread_mutex_unlock(&s->mutex);
            rt_world_send(s->w, i, RT_TAG_GRANT, &g, sizeof g);
            pthread_mutex_lock(&s->mutex);
            moved = true;
        }
    }
    s->told_stop = s->stop;
    return moved;
}

static double thread_seconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

/* Adds seconds to `busy`; the mutex must be held. */
static void was_busy(struct rt_share *s, double seconds)
{
    s->busy += seconds;
    double of_all = s->granted > 0 ? s->busy / (double)s->granted * rt_world_size(s->w) / BUSY : 0;
    s->seconds = of_all > MOST_SECONDS ? MOST_SECONDS : of_all > LEAST_SECONDS ? of_all : LEAST_SECONDS;
}

static void *serve(void *argument)
{
    struct rt_share *s = argument;
    struct rt_buffer data = {0};
    int sender;
    for (long us = NAP_LEAST;;) {
        bool has_results = false, moved = false;
        double began = thread_seconds();
        while (rt_world_receive(s->w, -1, RT_TAG_RESULT, 0, &sender, &data)) {
            take_results(s, &data);
            s->heard++;
            has_results = true;
        }
        while (rt_world_receive(s->w, -1, RT_TAG_SHARE, 0, &sender, &data)) {
            hear(s, sender, &data);
            moved = true;
        }
        s->work.look(s->work.env);
        pthread_mutex_lock(&s->mutex);
        moved |= answer(s);
        if (s->ending && s->n_over == rt_world_size(s->w) - 1 && s->heard == s->expected) {
            break;
        }
        if (moved ||
            has_results) { /* checking in vain is not counted, because then there is nothing else to do */
            was_busy(s, thread_seconds() - began);
        }
        rest(s, moved, &us);
        pthread_mutex_unlock(&s->mutex);
    }
    pthread_mutex_unlock(&s->mutex);
    rt_buffer_free(&data);
    return NULL;
}

/* The mutex is held on entry and on exit. */
static void send_results(struct rt_share *s)
{
    if (s->out.n == 0) {
        return;
    }
    struct rt_buffer out = s->out;
    s->out = (struct rt_buffer){0};
    s->sent++;
    pthread_cond_broadcast(&s->moved);
    pthread_mutex_unlock(&s->mutex);
    rt_world_send(s->w, 0, RT_TAG_RESULT, out.data, out.n);
    rt_buffer_free(&out);
    pthread_mutex_lock(&s->mutex);
}

static void send_ask(struct rt_share *s, bool over)
{
    struct ask a = ask_of(s);
    a.want = over ? 0 : a.want;
    pthread_mutex_unlock(&s->mutex);
    rt_world_send(s->w, 0, RT_TAG_SHARE, &a, sizeof a);
    pthread_mutex_lock(&s->mutex);
}

static void take_grant(struct rt_share *s, struct grant g)
{
    pthread_mutex_lock(&s->mutex);
    bool stops = g.stop && !s->stop;
    s->has_asked = false;
    s->seconds = g.seconds > 0 ? g.seconds : s->seconds;
    s->nothing_left |= g.first == g.end;
    s->reserve = g;
    s->stop |= g.stop != 0;
    pthread_cond_broadcast(&s->moved);
    pthread_mutex_unlock(&s->mutex);
    if (stops) {
        s->work.stopped(s->work.env);
    }
}

static void *work_for(void *argument)
{
    struct rt_share *s = argument;
    struct rt_buffer data = {0};
    struct grant g;
    int sender;
    for (long us = NAP_LEAST;;) {
        bool moved = false;
        while (rt_world_receive(s->w, 0, RT_TAG_GRANT, 0, &sender, &data)) {
            memcpy(&g, data.data, sizeof g);
            if (g.turn == s->turn) {
                take_grant(s, g);
            }
            moved = true;
        }
        pthread_mutex_lock(&s->mutex);
        bool has_room = s->reserve.first >= s->reserve.end;
        if (has_room && !s->has_asked && !s->nothing_left && !s->stop) {
            s->has_asked = true;
            send_ask(s, false);
        }
        send_results(s);
        if (s->ending && !s->has_asked && s->out.n == 0) {
            break;
        }
        rest(s, moved, &us);
        pthread_mutex_unlock(&s->mutex);
    }
    send_ask(s, true);
    pthread_mutex_unlock(&s->mutex);
    rt_buffer_free(&data);
    return NULL;
}

void rt_share_begin(struct rt_world *w, const struct rt_share_work *work, struct rt_share **share)
{
    struct rt_share *s = *share = rt_alloc(1, sizeof *s);
    *s = (struct rt_share){.w = w,
                           .work = *work,
                           .turn = rt_world_turn(w),
                           .want = work->threads * work->beside,
                           .next = work->first,
                           .seconds = LEAST_SECONDS,
                           .began = rt_seconds()};
    s->ask = rt_alloc((size_t)rt_world_size(w), sizeof *s->ask);
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->moved, NULL);
    if (pthread_create(&s->thread, NULL, rt_world_rank(w) == 0 ? serve : work_for, s) != 0) {
        rt_world_abort(w, "rank %d: no thread can be started", rt_world_rank(w));
    }
}

/* Reports the cost for rank 0, which shows how many ranks one rank 0 can serve. */
static void tell_cost(const struct rt_share *s)
{
    struct crnl_ctx *ctx = s->work.ctx;
    struct rt_buffer note = {0};
    if (ctx && ctx->options.verbose && s->granted > 0) {
        rt_putf(&note,
                "note: %lld blocks of other ranks, of %lld items, took %.3g s of processor time of rank 0 in "
                "%.3g s: %.3g us a block, %.3g us an item\n",
                (long long)s->granted, (long long)s->items, s->busy, rt_seconds() - s->began,
                1e6 * s->busy / (double)s->granted, 1e6 * s->busy / (double)s->items);
        rt_show_notes(ctx, s->work.line, &note);
    }
    rt_buffer_free(&note);
}

void rt_share_end(struct rt_share *s)
{
    pthread_mutex_lock(&s->mutex);
    s->ending = true;
    pthread_cond_broadcast(&s->moved);
    pthread_mutex_unlock(&s->mutex);
    pthread_join(s->thread, NULL);
    tell_cost(s);
    pthread_cond_destroy(&s->moved);
    pthread_mutex_destroy(&s->mutex);
    rt_buffer_free(&s->out);
    free(s->ask);
    free(s);
}
