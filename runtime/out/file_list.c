/* What concerns all open files: their list, writing rows to disk regularly, and the end of the process. */
#define _GNU_SOURCE 1 /* CLOCK_MONOTONIC_COARSE */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_BETWEEN_SYNCS = 2 };

static _Atomic(struct crnl_file *) files;

static void leave_parts(void)
{
    crnl_files_end(false);
}

static void end_at_quick_exit(void)
{
    static atomic_flag once = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&once)) {
        at_quick_exit(leave_parts);
    }
}

static struct crnl_file *used_before(void)
{
    for (struct crnl_file *f = atomic_load(&files); f; f = f->next) {
        int state = FILE_FREE;
        if (atomic_compare_exchange_strong(&f->state, &state, FILE_TAKEN)) {
            return f;
        }
    }
    return NULL;
}

struct crnl_file *rt_file_new(void)
{
    end_at_quick_exit();
    struct crnl_file *f = used_before();
    if (!f) {
        f = calloc(1, sizeof *f);
        if (!f) {
            return NULL;
        }
        atomic_store(&f->state, FILE_TAKEN);
        pthread_mutex_init(&f->mutex, NULL);
        f->next = atomic_load(&files);
        while (!atomic_compare_exchange_weak(&files, &f->next, f)) {
        }
    }
    f->fd = f->device = -1;
    f->buffer = malloc(FILE_BUFFER);
    if (!f->buffer) {
        rt_file_release(f);
        return NULL;
    }
    return f;
}

bool rt_file_take(struct crnl_file *f)
{
    int state = FILE_OPEN;
    return atomic_compare_exchange_strong(&f->state, &state, FILE_TAKEN);
}

void rt_file_release(struct crnl_file *f)
{
    if (f->fd >= 0) {
        close(f->fd);
    }
    if (f->device >= 0) {
        close(f->device);
    }
    free(f->path);
    free(f->part);
    free(f->converted);
    free(f->buffer);
    f->path = f->part = f->converted = f->buffer = NULL;
    f->form = (struct crnl_file_form){0};
    f->fd = f->device = -1;
    f->is_not_synced = false;
    f->error = 0;
    f->n = 0;
    f->written = f->mark = f->kept = 0;
    f->keep = 0;
    atomic_store(&f->state, FILE_FREE);
}

void crnl_files_begin(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd) {
            return; /* writing to this descriptor remains an error */
        }
    }
}

/* ---- regular writing ---- */

void crnl_files_tick(void)
{
    static atomic_long last;
    struct timespec now;
    long before = atomic_load_explicit(&last, memory_order_relaxed);
    if (!atomic_load_explicit(&files, memory_order_relaxed)) {
        return;
    }
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (now.tv_sec - before < SECONDS_BETWEEN_SYNCS ||
        !atomic_compare_exchange_strong(&last, &before, (long)now.tv_sec) || before == 0) {
        return;
    }
    for (struct crnl_file *f = atomic_load(&files); f; f = f->next) {
        if (pthread_mutex_trylock(&f->mutex) == 0) {
            if (atomic_load(&f->state) == FILE_OPEN && (f->n > 0 || f->written > 0)) {
                rt_file_flush(f, true);
            }
            pthread_mutex_unlock(&f->mutex);
        }
    }
}

/* ---- the end of the process ---- */

static void tell(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) {
        return; /* there is nobody to tell */
    }
}

/* Uses only calls that are safe in a signal handler. A write that the signal interrupted is repeated at the
 * same place; what is after the mark is cut off. */
static void end_file(struct crnl_file *f, bool whole)
{
    off_t keep = f->kept;
    if (f->mark > keep && (off_t)f->n >= f->mark - f->written) {
        size_t more = f->mark > f->written ? (size_t)(f->mark - f->written) : 0;
        if (more == 0 || pwrite(f->fd, f->buffer, more, f->written) == (ssize_t)more) {
            keep = f->mark;
        }
    }
    if (keep == 0 || ftruncate(f->fd, keep) != 0) {
        unlink(f->part);
        return;
    }
    if (f->form.stamp) {
        f->form.stamp(f->form.env, f->fd, keep);
    }
    fsync(f->fd);
    if (!whole || f->keep != CRNL_KEEP_WHOLE || rt_file_put_in_place(f, keep) != 0) {
        tell("note: the rows before are in `");
        tell(f->part);
        tell("`\n");
    }
}

void crnl_files_end(bool whole)
{
    int why = errno;
    rt_files_stop();
    for (struct crnl_file *f = atomic_load(&files); f; f = f->next) {
        if (rt_file_take(f) && f->part) {
            end_file(f, whole);
        }
    }
    errno = why;
}
