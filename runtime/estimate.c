/* Estimates the time of long work from a small part of it. */
#include "rt_estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double OF_STATEMENT = 1, SMALL_PART = 0.1; /* seconds for each statement with many pieces */
/* numbers of cores are listed until they are used for less than this part of the time */
static const double WORTH_IT = 0.5;
enum { MOST_CORES = 1 << 20, LONGEST_NAME = 48 };

struct entry {
    int32_t line;
    const char *what; /* NULL: a single run */
    char name[LONGEST_NAME];
    double times;         /* how often the statement was executed */
    double seconds, done; /* measured: seconds, and pieces done */
    /* pieces of all executions; pieces of one that can run side by side; seconds of all */
    double all, units, whole;
};

struct rt_estimate {
    double began, measured; /* seconds: when it began; time that is contained in entries */
    struct entry *entry;
    size_t n, cap;
    double fraction, single_began; /* of a single run */
    int64_t turn, turns;           /* of a loop; turns = 0: there is none */
};

static double thread_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct rt_estimate *rt_estimate_create(void)
{
    struct rt_estimate *e = rt_alloc(1, sizeof *e);
    e->began = thread_seconds();
    return e;
}

void rt_estimate_destroy(struct rt_estimate *e)
{
    if (e) {
        free(e->entry);
        free(e);
    }
}

double rt_estimate_now(const struct crnl_ctx *ctx)
{
    return ctx && ctx->estimate ? thread_seconds() : 0;
}

bool rt_estimate_is_enough(const struct crnl_ctx *ctx, double began, double part)
{
    return ctx && ctx->estimate && thread_seconds() - began > OF_STATEMENT * part;
}

bool rt_estimate_is_long(const struct crnl_ctx *ctx, double began, double times)
{
    return ctx && ctx->estimate && (thread_seconds() - began) * times > SMALL_PART * OF_STATEMENT;
}

static struct entry *find(struct rt_estimate *e, int32_t line, const char *what, const char *name)
{
    for (size_t i = 0; i < e->n; i++) {
        struct entry *old = &e->entry[i];
        if (old->line == line && (what ? old->what && strcmp(old->what, what) == 0 : !old->what) &&
            strncmp(old->name, name, LONGEST_NAME - 1) == 0) {
            return old;
        }
    }
    RT_GROW(e->entry, e->n, e->cap);
    struct entry *new = &e->entry[e->n++];
    *new = (struct entry){.line = line, .what = what};
    strncpy(new->name, name, LONGEST_NAME - 1);
    return new;
}

void rt_estimate_add(struct crnl_ctx *ctx, int32_t line, double began, const struct rt_pieces *p)
{
    struct rt_estimate *e = ctx->estimate;
    if (!e || !(p->done > 0)) {
        return;
    }
    double seconds = thread_seconds() - began;
    struct entry *at = find(e, line, p->what, p->name);
    at->times++;
    at->seconds += seconds;
    at->done += p->done;
    at->all += p->all;
    at->units = p->units;
    at->whole += seconds / p->done * p->all;
    e->measured += seconds;
}

void rt_estimate_progress(const struct crnl_ctx *ctx, double fraction)
{
    if (ctx->estimate) {
        ctx->estimate->fraction = fraction;
    }
}

double rt_estimate_part(const struct crnl_ctx *ctx)
{
    return ctx->estimate ? ctx->estimate->fraction : 0;
}

void rt_estimate_turn(const struct crnl_ctx *ctx, int64_t i, int64_t total)
{
    if (ctx->estimate) {
        ctx->estimate->turn = i;
        ctx->estimate->turns = total > 0 ? total : 0;
    }
}

void rt_estimate_single_begin(struct crnl_ctx *ctx)
{
    if (ctx && ctx->estimate) {
        ctx->estimate->fraction = 0;
        ctx->estimate->single_began = thread_seconds();
    }
}

void rt_estimate_single_end(struct crnl_ctx *ctx, int32_t line, const char *name, bool is_cut)
{
    struct rt_estimate *e = ctx ? ctx->estimate : NULL;
    if (e && is_cut && e->fraction > 0) {
        const struct rt_pieces p = {NULL, name, e->fraction, 1, 1};
        rt_estimate_add(ctx, line, e->single_began, &p);
    }
}

/* ---- Report ---- */

static void put_time(struct rt_buffer *b, double s)
{
    if (s < 1e-3) {
        rt_putf(b, "%.3g us", s * 1e6);
    } else if (s < 1) {
        rt_putf(b, "%.3g ms", s * 1e3);
    } else if (s < 120) {
        rt_putf(b, "%.3g s", s);
    } else if (s < 7200) {
        rt_putf(b, "%.3g min", s / 60);
    } else {
        rt_putf(b, "%.3g h", s / 3600);
    }
}

static void put_count(struct rt_buffer *b, double n)
{
    rt_putf(b, n == floor(n) ? "%.0f" : "%.3g", n);
}

static void print_entry(const struct crnl_ctx *ctx, const struct entry *at)
{
    struct rt_buffer b = {0};
    rt_putf(&b, "  line %d: ", rt_shown_line(ctx, (int)at->line));
    if (!at->what) {
        rt_putf(&b, "%.3g %% of a run of %s took ", 100 * at->done / at->times, at->name);
        put_time(&b, at->seconds);
        rt_put(&b, "; all of it ");
    } else {
        put_count(&b, at->done);
        rt_put(&b, " of ");
        put_count(&b, at->all);
        rt_putf(&b, " %s%s%s took ", at->what, *at->name ? " of " : "", at->name);
        put_time(&b, at->seconds);
        rt_put(&b, ", each ");
        put_time(&b, at->seconds / at->done);
        rt_put(&b, "; all ");
    }
    put_time(&b, at->whole);
    rt_put(&b, at->units > 1 ? "\n" : ", which every rank computes by itself\n");
    fputs(b.data, stdout);
    rt_buffer_free(&b);
}

/* The time on this number of cores: the pieces of each execution are distributed, the last ones to some cores
 * only. */
static double seconds_on(const struct rt_estimate *e, double rest, double cores)
{
    double sum = rest;
    for (size_t i = 0; i < e->n; i++) {
        const struct entry *at = &e->entry[i];
        double of_each = at->units < cores ? at->units : cores;
        sum += at->whole / at->units * ceil(at->units / of_each);
    }
    return sum;
}

static void print_cores(const struct rt_estimate *e, double rest)
{
    double one = seconds_on(e, rest, 1);
    printf("%8s %12s %12s\n", "cores", "hours", "core hours");
    for (double cores = 1; cores <= MOST_CORES; cores *= 2) {
        double seconds = seconds_on(e, rest, cores);
        if (one < WORTH_IT * cores * seconds) {
            printf("  from %.0f cores on more than half of them would wait\n", cores);
            return;
        }
        printf("%8.0f %12.3g %12.3g\n", cores, seconds / 3600, cores * seconds / 3600);
    }
}

static void print_processor(void)
{
    char line[256], name[128] = "";
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f && !*name && fgets(line, sizeof line, f)) {
        if (sscanf(line, "model name : %127[^\n]", name) != 1) {
            name[0] = '\0';
        }
    }
    if (f) {
        fclose(f);
    }
    printf("estimate, by processor time of one core%s%s\n", *name ? " of " : "", name);
}

void rt_estimate_print(const struct crnl_ctx *ctx)
{
    const struct rt_estimate *e = ctx->estimate;
    double rest = fmax(0, thread_seconds() - e->began - e->measured);
    struct rt_buffer b = {0};
    print_processor();
    for (size_t i = 0; i < e->n; i++) {
        print_entry(ctx, &e->entry[i]);
    }
    put_time(&b, rest);
    printf("  the rest: %s, which every rank computes by itself\n", b.data);
    rt_buffer_free(&b);
    print_cores(e, rest);
    if (ctx->status) {
        printf("  nothing of what comes after the end");
        if (e->turns > 0) {
            printf(", in turn %lld of %lld of a loop,", (long long)e->turn + 1, (long long)e->turns);
        }
        printf(" is in it\n");
    }
    fflush(stdout);
}
