/* The file of a checkpoint: a head, then items one after the other. New items are appended to a part beside
 * the file; when that is renamed, the next part begins with the items that are still valid. A signal that
 * ends the program at once gives the part its name, because it has whole items up to each mark. */
#include "rt_checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/mpi/rt_world.h"

static const double EVERY = 600;  /* seconds */
static const double AT_LEAST = 1; /* seconds between states, unless the file is written more often */
enum { COPY = 1 << 16, FORM = 1, LOOK_BACK = 64 };
enum { STARTS_FROM = -1 }; /* the item of a statement that tells its starting values */

/* Everything that must be the same when a program is resumed; each has a message of its own. */
struct head {
    char magic[8];
    uint32_t form, abi;
    uint64_t library; /* hash of the executable or of crnlc */
    uint64_t program, data, seed, options;
};
struct item_head {
    uint64_t key;
    int64_t item;
    uint64_t n, hash; /* number and hash of the bytes that follow */
};
struct item {
    struct item_head h;
    off_t at; /* offset of its bytes */
};

struct rt_checkpoint {
    struct crnl_ctx *ctx;
    struct head head;
    pthread_mutex_t mutex;
    uint64_t statements;
    uint64_t noted, starts_from; /* the last statement, until it has an item; 0: none */
    struct item *kept;           /* items of the file that is resumed, in order */
    size_t n_kept, cap_kept;
    int from; /* descriptor of that file, or -1 */
    /* --checkpoint; path = NULL: nothing is written */
    const char *path;
    double every, written_at;
    int32_t missed;         /* the last line for which rt_checkpoint_miss has warned */
    struct crnl_file *part; /* NULL: nothing to write since the file was renamed */
    struct item *now;       /* valid items of the part, or of the file */
    size_t n_now, cap_now;
    off_t at;    /* end of the part */
    int written; /* descriptor of the file that this program renamed last, or -1 */
};

/* ---- Whether it fits ---- */

static uint64_t hash_text(uint64_t hash, const char *s)
{
    return rt_hash(hash, s ? s : "", s ? strlen(s) + 1 : 0);
}

static void hash_file(void *env, const char *path)
{
    uint64_t *hash = env;
    *hash = rt_hash_file(*hash, path);
}

/* A hash of the options that change results; the number of threads and the names of files do not. */
static uint64_t hash_options(const struct crnl_options *o)
{
    const double numbers[] = {
        o->until, o->every, o->rtol, o->atol, o->max_step, (double)o->runs, (double)o->max_events};
    uint64_t hash = rt_hash(RT_HASH, numbers, sizeof numbers);
    for (int32_t i = 0; i < o->n_set; i++) {
        hash = hash_text(hash, o->set[i]);
    }
    return hash_text(hash_text(hash_text(hash, o->method), o->solver), o->kernel);
}

static struct head make_head(const struct crnl_ctx *ctx)
{
    const struct crnl_program *p = ctx->program;
    struct head h = {.magic = "crnlckpt",
                     .form = FORM,
                     .abi = CRNL_ABI,
                     .library = rt_hash_file(RT_HASH, "/proc/self/exe"),
                     .program = hash_text(rt_program_hash(p), p->digest),
                     .data = RT_HASH,
                     .seed = ctx->options.seed,
                     .options = hash_options(&ctx->options)};
    for (int32_t i = 0; i < p->n_data; i++) {
        crnl_data_each_file(&p->data[i], ctx->options.data_dir, hash_file, &h.data);
    }
    return h;
}

static int check_head(const struct head *own, const struct head *h, const char *path, struct rt_error *e)
{
    if (memcmp(h->magic, own->magic, sizeof h->magic) != 0) {
        return rt_fail(e, CRNL_DATA, "--resume %s: this is no checkpoint", path);
    }
    const char *what = h->form != own->form || h->abi != own->abi ? "another version of the program"
                       : h->program != own->program               ? "another program"
                       : h->library != own->library               ? "another version of the program"
                       : h->seed != own->seed                     ? "another --seed"
                       : h->options != own->options ? "other options: of --set, tolerances, limits, methods"
                       : h->data != own->data       ? "other contents of the data files"
                                                    : NULL;
    return !what ? CRNL_OK
                 : rt_fail(e, CRNL_DATA,
                           "--resume %s: the checkpoint is that of %s\n"
                           "  help: go on with what it was made with, or begin anew without --resume",
                           path, what);
}

/* ---- Reading ---- */

static bool read_at(int fd, void *to, size_t n, off_t at)
{
    while (n > 0) {
        ssize_t got = pread(fd, to, n, at);
        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            return false;
        }
        got = got < 0 ? 0 : got;
        to = (char *)to + got;
        n -= (size_t)got;
        at += got;
    }
    return true;
}

static bool read_item(int fd, const struct item *i, struct rt_buffer *data)
{
    data->data = rt_alloc((size_t)i->h.n + 1, 1);
    data->n = (size_t)i->h.n;
    data->cap = data->n + 1;
    bool good = read_at(fd, data->data, data->n, i->at) && rt_hash(RT_HASH, data->data, data->n) == i->h.hash;
    if (!good) {
        rt_buffer_free(data);
    }
    return good;
}

/* By key and number; of equal ones, the one written last comes last. */
static int by_name(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return x->h.key != y->h.key     ? (x->h.key > y->h.key) - (x->h.key < y->h.key)
           : x->h.item != y->h.item ? (x->h.item > y->h.item) - (x->h.item < y->h.item)
                                    : (x->at > y->at) - (x->at < y->at);
}

/* Reads items up to where the file is intact: what was written when the machine went down may end in the
 * middle. */
static void read_items(struct rt_checkpoint *c)
{
    off_t end = lseek(c->from, 0, SEEK_END);
    struct item i = {.at = sizeof c->head};
    while (read_at(c->from, &i.h, sizeof i.h, i.at)) {
        i.at += (off_t)sizeof i.h;
        if (i.h.n > (uint64_t)(end - i.at)) {
            break;
        }
        RT_GROW(c->kept, c->n_kept, c->cap_kept);
        c->kept[c->n_kept++] = i;
        i.at += (off_t)i.h.n;
    }
    if (c->n_kept > 1) {
        qsort(c->kept, c->n_kept, sizeof *c->kept, by_name);
    }
    size_t n = 0;
    for (size_t k = 0; k < c->n_kept; k++) {
        bool is_last = k + 1 == c->n_kept || c->kept[k].h.key != c->kept[k + 1].h.key ||
                       c->kept[k].h.item != c->kept[k + 1].h.item;
        c->kept[n] = c->kept[k];
        n += is_last;
    }
    c->n_kept = n;
}

static int resume(struct rt_checkpoint *c, const char *path, struct rt_error *e)
{
    struct head h = {.form = 0};
    c->from = open(path, O_RDONLY | O_CLOEXEC);
    if (c->from < 0) {
        return rt_fail(e, CRNL_DATA, "--resume %s: %s\n  help: a first start has no --resume", path,
                       strerror(errno));
    }
    if (!read_at(c->from, &h, sizeof h, 0)) {
        memset(&h, 0, sizeof h);
    }
    if (!check_head(&c->head, &h, path, e)) {
        read_items(c);
    }
    return e->status;
}

static const struct item *find(const struct rt_checkpoint *c, uint64_t key, int64_t item)
{
    size_t lo = 0, hi = c->n_kept;
    while (lo < hi) {
        size_t middle = (lo + hi) / 2;
        const struct item_head *h = &c->kept[middle].h;
        bool is_less = h->key != key ? h->key < key : h->item < item;
        lo = is_less ? middle + 1 : lo;
        hi = is_less ? hi : middle;
    }
    bool is_there = lo < c->n_kept && c->kept[lo].h.key == key && c->kept[lo].h.item == item;
    return is_there ? &c->kept[lo] : NULL;
}

bool rt_checkpoint_has(const struct rt_checkpoint *c, uint64_t key, int64_t item)
{
    return c && key && find(c, key, item);
}

bool rt_checkpoint_take(struct rt_checkpoint *c, uint64_t key, int64_t item, struct rt_buffer *data)
{
    const struct item *i = c && key ? find(c, key, item) : NULL;
    return i && read_item(c->from, i, data);
}

/* ---- Writing; the mutex is held ---- */

/* Stops writing after an error: the work goes on, and the file keeps its contents. */
static void give_up(struct rt_checkpoint *c, int code)
{
    rt_warn(c->ctx, "the checkpoint %s cannot be written, and the program goes on without it: %s", c->path,
            crnl_file_reason(code));
    if (c->part) {
        crnl_file_discard(c->part);
        c->part = NULL;
    }
    c->path = NULL;
}

static void append(struct rt_checkpoint *c, const void *data, size_t n, int *code)
{
    *code = *code ? *code : crnl_file_write(c->part, data, n);
    c->at += (off_t)n;
}

/* Copies the valid items from the file that has them. */
static void copy_items(struct rt_checkpoint *c, int from, int *code)
{
    char *bytes = rt_alloc(COPY, 1);
    for (size_t k = 0; k < c->n_now && !*code; k++) {
        struct item *i = &c->now[k];
        append(c, &i->h, sizeof i->h, code);
        off_t at = i->at;
        i->at = c->at;
        for (uint64_t left = i->h.n; left > 0 && !*code;) {
            size_t n = left < COPY ? (size_t)left : COPY;
            *code = read_at(from, bytes, n, at) ? 0 : EIO;
            append(c, bytes, n, code);
            at += (off_t)n;
            left -= n;
        }
    }
    free(bytes);
}

static bool begin_part(struct rt_checkpoint *c)
{
    int code = c->part ? 0 : crnl_file_open(&c->part, c->path, false);
    bool is_new = !code && c->at == 0;
    if (is_new) {
        append(c, &c->head, sizeof c->head, &code);
        copy_items(c, c->written >= 0 ? c->written : c->from, &code);
    }
    if (code) {
        give_up(c, code);
    }
    return !code;
}

/* Gives the part its name. */
static void write_file(struct rt_checkpoint *c)
{
    char *left = NULL;
    if (c->path && c->part) {
        int code = crnl_file_finish(c->part, &left), fd = -1;
        struct head h;
        c->part = NULL;
        c->at = 0;
        if (!code) {
            fd = open(c->path, O_RDONLY | O_CLOEXEC);
            code = fd < 0 ? errno : 0;
        }
        if (!code && (!read_at(fd, &h, sizeof h, 0) || memcmp(&h, &c->head, sizeof h) != 0)) {
            code = EBUSY; /* another program writes the file too */
        }
        if (c->written >= 0) {
            close(c->written);
        }
        c->written = fd;
        if (code) {
            give_up(c, code);
        }
    }
    free(left);
    c->written_at = rt_seconds();
}

/* Removes the previous version of an item: a state is written repeatedly. */
static void forget(struct rt_checkpoint *c, uint64_t key, int64_t item)
{
    for (size_t k = c->n_now; k > 0 && c->n_now - k < LOOK_BACK; k--) {
        struct item *old = &c->now[k - 1];
        if (old->h.key == key && old->h.item == item) {
            memmove(old, old + 1, (c->n_now - k) * sizeof *old);
            c->n_now--;
            return;
        }
    }
}

static void put(struct rt_checkpoint *c, uint64_t key, int64_t item, const void *data, size_t n)
{
    struct item i = {{key, item, n, rt_hash(RT_HASH, data, n)}, 0};
    if (!c->path || !begin_part(c)) {
        return;
    }
    int code = 0;
    append(c, &i.h, sizeof i.h, &code);
    i.at = c->at;
    append(c, data, n, &code);
    if (code) {
        give_up(c, code);
        return;
    }
    crnl_file_mark(c->part, CRNL_KEEP_WHOLE);
    forget(c, key, item);
    RT_GROW(c->now, c->n_now, c->cap_now);
    c->now[c->n_now++] = i;
}

void rt_checkpoint_put(struct rt_checkpoint *c, uint64_t key, int64_t item, struct rt_buffer *data)
{
    if (c && key && !c->ctx->was_cut) { /* what follows interrupted work would belong to another program */
        pthread_mutex_lock(&c->mutex);
        if (c->noted) {
            put(c, c->noted, STARTS_FROM, &c->starts_from, sizeof c->starts_from);
            c->noted = 0;
        }
        put(c, key, item, data->data ? data->data : "", data->n);
        if (c->part && rt_seconds() - c->written_at >= c->every) {
            write_file(c);
        }
        pthread_mutex_unlock(&c->mutex);
    }
    rt_buffer_free(data);
}

double rt_checkpoint_every(const struct rt_checkpoint *c)
{
    return c->every;
}

bool rt_checkpoint_is_due(const struct rt_checkpoint *c, double *last)
{
    double now = rt_seconds(), least = !c || c->every > AT_LEAST ? AT_LEAST : c->every;
    bool is_due = c && c->path && now - *last >= least;
    *last = is_due ? now : *last;
    return is_due;
}

void rt_checkpoint_miss(struct rt_checkpoint *c, double since, int32_t line, const char *what)
{
    if (c && c->path && line != c->missed && rt_seconds() - since > c->every) {
        c->missed = line;
        rt_warn_at(c->ctx, line, "%s: it would begin again", what);
    }
}

/* ---- Statements ---- */

static uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
    v ^= v >> 31;
    return v ? v : 1;
}

uint64_t rt_checkpoint_part(uint64_t key, int64_t i)
{
    return key ? mix(key + UINT64_C(0x9e3779b97f4a7c15) * ((uint64_t)i + 1)) : 0;
}

uint64_t rt_checkpoint_statement(struct crnl_ctx *ctx, uint64_t fingerprint, struct rt_error *e)
{
    struct rt_checkpoint *c = ctx->checkpoint;
    if (!c) {
        return 0;
    }
    uint64_t key = mix(++c->statements), noted = fingerprint;
    struct rt_buffer data = {0};
    if (rt_checkpoint_take(c, key, STARTS_FROM, &data)) {
        memcpy(&noted, data.data, data.n < sizeof noted ? data.n : sizeof noted);
        rt_buffer_free(&data);
    } else {
        c->noted = key;
        c->starts_from = fingerprint;
    }
    if (noted != fingerprint) {
        rt_fail(e, CRNL_DATA,
                "the checkpoint has this statement from other values than it starts from now\n"
                "  help: do files that the program reads have other contents? Begin anew without --resume");
    }
    return key;
}

/* ---- Life ---- */

struct rt_checkpoint *rt_checkpoint_create(const struct crnl_ctx *ctx, struct rt_error *e)
{
    const struct crnl_options *o = &ctx->options;
    if (!o->checkpoint && !o->resume) {
        return NULL;
    }
    struct rt_checkpoint *c = rt_alloc(1, sizeof *c);
    c->ctx = (struct crnl_ctx *)(uintptr_t)ctx;
    pthread_mutex_init(&c->mutex, NULL);
    c->from = c->written = -1;
    c->path = o->checkpoint;
    c->every = o->checkpoint_every > 0 ? o->checkpoint_every : EVERY;
    c->written_at = rt_seconds();
    c->head = make_head(ctx);
    bool good = !o->resume || !resume(c, o->resume, e);
    if (good && c->path) {
        c->now = rt_copy(c->kept, c->n_kept, sizeof *c->kept);
        c->n_now = c->cap_now = c->n_kept;
        int code = crnl_file_open(&c->part, c->path, false);
        good = !code;
        char *other = code == CRNL_FILE_IS_READ ? crnl_file_other_name(c->path) : NULL;
        if (code) {
            rt_fail(e, CRNL_FILE, "--checkpoint %s: %s%s%s", c->path, crnl_file_reason(code),
                    other ? "\n  help: give another name: --checkpoint " : "", other ? other : "");
        }
        free(other);
    }
    if (!good) {
        rt_checkpoint_end(c, false);
        c = NULL;
    }
    return c;
}

void rt_checkpoint_end(struct rt_checkpoint *c, bool is_wanted)
{
    if (!c) {
        return;
    }
    if (c->part && is_wanted && c->at > 0) {
        write_file(c);
    }
    if (c->part) {
        crnl_file_discard(c->part);
    }
    if (c->from >= 0) {
        close(c->from);
    }
    if (c->written >= 0) {
        close(c->written);
    }
    pthread_mutex_destroy(&c->mutex);
    free(c->kept);
    free(c->now);
    free(c);
}
