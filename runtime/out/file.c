/* Opening, writing and naming of files; what concerns all open files is in file_list.c. */
#define _GNU_SOURCE 1 /* memfd_create */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PART_ID = 32 }; /* most bytes that follow ".part-" */

const char *crnl_file_reason(int code)
{
    return code == CRNL_FILE_IS_READ ? "the program reads this file, and writing would destroy it"
                                     : strerror(code);
}

char *crnl_file_other_name(const char *path)
{
    static const char added[] = ".new";
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
    size_t stem = dot && dot > base ? (size_t)(dot - path) : strlen(path), size = strlen(path) + sizeof added;
    char *other = malloc(size);
    if (other) {
        snprintf(other, size, "%.*s%s%s", (int)stem, path, added, path + stem);
    }
    return other;
}

/* ---- the path ---- */

/* Whether the path names a descriptor of this process: the file that it leads to must not be replaced. */
static bool is_descriptor(const char *path)
{
    static const char *const list[] = {"/dev/fd/", "/dev/std", "/proc/"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (strncmp(path, list[i], strlen(list[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* The file that `path` leads to, or would lead to; NULL, with errno set, if that is unknown. */
static char *resolve(const char *path, bool exists)
{
    if (exists) {
        return realpath(path, NULL);
    }
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    if (!*base) {
        errno = *path ? EISDIR : ENOENT;
        return NULL;
    }
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    char *real = folder ? realpath(folder, NULL) : NULL;
    free(folder);
    char *whole = NULL;
    if (real) {
        size_t size = strlen(real) + strlen(base) + 2;
        whole = malloc(size);
        if (whole) {
            snprintf(whole, size, "%s/%s", real[1] ? real : "", base);
        }
    }
    int why = errno;
    free(real);
    errno = why;
    return whole;
}

char *rt_file_part_prefix(const char *base)
{
    static const char mark[] = ".part-";
    size_t most = NAME_MAX - PART_ID - (sizeof mark - 1), n = strlen(base);
    n = n > most ? most : n;
    char *prefix = malloc(n + sizeof mark);
    if (prefix) {
        memcpy(prefix, base, n);
        memcpy(prefix + n, mark, sizeof mark);
    }
    return prefix;
}

/* Creates NAME.part-ID. */
static int create_part(struct crnl_file *f, mode_t mode)
{
    static atomic_uint count;
    const char *base = strrchr(f->path, '/') + 1;
    char *prefix = rt_file_part_prefix(base);
    size_t size = (size_t)(base - f->path) + NAME_MAX + 1;
    f->part = prefix ? malloc(size) : NULL;
    int status = f->part ? EEXIST : ENOMEM;
    for (int attempt = 0; attempt < 100 && status == EEXIST; attempt++) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        snprintf(f->part, size, "%.*s%s%ld-%lx%x", (int)(base - f->path), f->path, prefix, (long)getpid(),
                 now.tv_nsec & 0xffffL, atomic_fetch_add(&count, 1) & 0xfffffU);
        f->fd = open(f->part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        status = f->fd < 0 ? errno : 0;
    }
    free(prefix);
    if (!status) {
        flock(f->fd,
              LOCK_EX | LOCK_NB); /* on file systems without locks a part in use looks like one that was left
                                   * behind */
    }
    return status;
}

/* Gives the new file the mode and owner of the old one; if the owner cannot be set, group and others lose the
 * right to write. */
static void take_over(const struct crnl_file *f, const struct stat *old, bool executable)
{
    struct stat now;
    mode_t mode = old->st_mode & 0777;
    if (fstat(f->fd, &now) == 0 && (now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
        fchown(f->fd, old->st_uid, old->st_gid) != 0) {
        mode &= 0755;
    }
    fchmod(f->fd, executable ? mode | (mode & 0444) >> 2 : mode);
}

static int open_beside(struct crnl_file *f, const char *path, const struct stat *old, bool executable)
{
    if (old && access(path, W_OK) != 0) {
        return errno;
    }
    f->path = resolve(path, old != NULL);
    if (!f->path) {
        return errno;
    }
    int status = create_part(f, executable ? 0777 : 0666);
    if (!status && old) {
        take_over(f, old, executable);
    }
    return status;
}

static atomic_bool must_not_wait;

void crnl_files_wait(bool wait)
{
    atomic_store(&must_not_wait, !wait);
}

/* A pipe can be opened only when somebody reads it, so this tries again and again. A signal ends the wait
 * (opening itself would resume after it); so does a signal that came just before, which would not interrupt a
 * pause. */
static int open_direct(struct crnl_file *f, const char *path, bool pipe)
{
    const struct timespec pause = {0, 20000000};
    int status = 0;
    do {
        f->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        status = f->fd < 0 ? errno : 0;
    } while (pipe && status == ENXIO && !atomic_load(&must_not_wait) && nanosleep(&pause, NULL) == 0);
    if (pipe && status == ENXIO) {
        return EINTR;
    }
    return status || fcntl(f->fd, F_SETFL, O_APPEND) == 0 ? status : errno;
}

int crnl_file_open(struct crnl_file **file, const char *path, bool executable)
{
    struct stat old;
    bool exists = stat(path, &old) == 0;
    if (exists && S_ISDIR(old.st_mode)) {
        return EISDIR;
    }
    if (exists && rt_file_is_protected(&old)) {
        return CRNL_FILE_IS_READ;
    }
    struct crnl_file *f = rt_file_new();
    if (!f) {
        return ENOMEM;
    }
    int status = 0;
    f->direct = exists && (!S_ISREG(old.st_mode) || is_descriptor(path));
    if (f->direct) {
        status = open_direct(f, path, S_ISFIFO(old.st_mode));
    } else {
        status = open_beside(f, path, exists ? &old : NULL, executable);
    }
    if (status) {
        rt_file_release(f);
        return status;
    }
    atomic_store(&f->state, FILE_OPEN);
    *file = f;
    return 0;
}

/* ---- the contents ---- */

static atomic_bool stopped;

void rt_files_stop(void)
{
    atomic_store(&stopped, true);
}

static int write_all(struct crnl_file *f, const char *data, size_t n, off_t at)
{
    while (n > 0) {
        if (atomic_load_explicit(&stopped, memory_order_relaxed)) {
            return EINTR;
        }
        ssize_t done = f->direct ? write(f->fd, data, n) : pwrite(f->fd, data, n, at);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return done < 0 ? errno : ENOSPC;
        }
        data += done;
        n -= (size_t)done;
        at += done;
    }
    return 0;
}

/* Network file systems report errors when a file is synced or closed. A device cannot be synced, which is not
 * an error. */
static int sync_file(const struct crnl_file *f)
{
    if (!f->is_not_synced) {
        return fsync(f->fd) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
    }
    int copy = dup(f->fd);
    return copy < 0 || close(copy) != 0 ? errno : 0;
}

int rt_file_flush(struct crnl_file *f, bool sync)
{
    if (!f->error && f->n > 0) {
        f->error = write_all(f, f->buffer, f->n, f->written);
        if (!f->error) {
            f->written += (off_t)f->n;
            f->n = 0;
        }
    }
    if (!f->error && f->kept != f->mark) {
        f->kept = f->mark;
        f->error = f->form.stamp ? f->form.stamp(f->form.env, f->fd, f->kept) : 0;
    }
    if (!f->error && sync && !f->direct) {
        f->error = sync_file(f);
    }
    return f->error;
}

int crnl_file_write(struct crnl_file *f, const void *data, size_t n)
{
    pthread_mutex_lock(&f->mutex);
    const char *from = data;
    while (n > 0 && !f->error) {
        size_t room = FILE_BUFFER - f->n, part = n < room ? n : room;
        memcpy(f->buffer + f->n, from, part);
        f->n += part;
        from += part;
        n -= part;
        if (f->n == FILE_BUFFER) {
            rt_file_flush(f, false);
        }
    }
    int status = f->error;
    pthread_mutex_unlock(&f->mutex);
    return status;
}

void crnl_file_mark(struct crnl_file *f, enum crnl_file_keep keep)
{
    pthread_mutex_lock(&f->mutex);
    if (!f->error) {
        f->mark = f->written + (off_t)f->n;
        f->keep = keep;
    }
    pthread_mutex_unlock(&f->mutex);
}

int crnl_file_set_form(struct crnl_file *f, const struct crnl_file_form *form)
{
    if (f->direct) {
        int rows = memfd_create("rows", MFD_CLOEXEC);
        if (rows < 0) {
            return errno;
        }
        f->device = f->fd;
        f->fd = rows;
    } else {
        size_t size = strlen(f->part) + 2;
        f->converted = malloc(size);
        if (!f->converted) {
            return ENOMEM;
        }
        snprintf(f->converted, size, "%s+", f->part);
    }
    f->form = *form;
    return 0;
}

/* ---- the end ---- */

/* Keeps what is marked under the part's name; removes the part if nothing is. */
static void leave(struct crnl_file *f, char **left)
{
    if (left) {
        *left = NULL;
    }
    if (f->direct || f->fd < 0) {
        return;
    }
    bool kept = left && f->kept > 0 && ftruncate(f->fd, f->kept) == 0 && fsync(f->fd) == 0;
    if (kept) {
        *left = f->part;
        f->part = NULL;
    } else {
        unlink(f->part);
    }
}

static void take(struct crnl_file *f)
{
    while (!rt_file_take(f)) {
        pause();
    }
    pthread_mutex_lock(&f->mutex);
}

/* Writes the file in its other form and renames it. fsync reports errors that otherwise only close would. */
static int convert(struct crnl_file *f, off_t n)
{
    struct stat rows;
    int to = open(f->converted, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int status = to < 0 || fstat(f->fd, &rows) != 0 ? errno : 0;
    if (!status) {
        flock(to, LOCK_EX | LOCK_NB);
        status = f->form.convert(f->form.env, f->fd, n, to);
    }
    if (!status) {
        mode_t mode = rows.st_mode & 0777;
        bool same = fchown(to, rows.st_uid, rows.st_gid) == 0;
        status =
            fchmod(to, same ? mode : mode & 0755) != 0 || fsync(to) != 0 || rename(f->converted, f->path) != 0
                ? errno
                : 0;
    }
    if (to >= 0) {
        unlink(status ? f->converted : f->part);
        close(to);
    }
    return status;
}

int rt_file_put_in_place(struct crnl_file *f, off_t n)
{
    return f->form.convert ? convert(f, n) : rename(f->part, f->path) != 0 ? errno : 0;
}

/* The other form is not written in order, so it goes to a device through memory. */
static int convert_to_device(struct crnl_file *f)
{
    char chunk[1 << 12];
    int made = memfd_create("converted", MFD_CLOEXEC);
    int status = made < 0 ? errno : f->form.convert(f->form.env, f->fd, f->written, made), rows = f->fd;
    ssize_t n = 0;
    f->fd = f->device;
    lseek(made, 0, SEEK_SET);
    while (!status && (n = read(made, chunk, sizeof chunk)) > 0) {
        status = write_all(f, chunk, (size_t)n, 0);
    }
    status = n < 0 ? errno : status;
    f->fd = rows;
    if (made >= 0) {
        close(made);
    }
    return status;
}

static int finish(struct crnl_file *f)
{
    int status = rt_file_flush(f, !f->form.convert);
    if (!status && f->direct && f->form.convert) {
        return convert_to_device(f);
    }
    return status || f->direct ? status : rt_file_put_in_place(f, f->written);
}

int crnl_file_finish(struct crnl_file *f, char **left)
{
    take(f);
    int status = finish(f);
    if (left) {
        *left = NULL;
    }
    if (status) {
        leave(f, left);
    }
    pthread_mutex_unlock(&f->mutex);
    rt_file_release(f);
    return status;
}

void crnl_file_leave(struct crnl_file *f, char **left)
{
    take(f);
    rt_file_flush(f, false);
    leave(f, left);
    pthread_mutex_unlock(&f->mutex);
    rt_file_release(f);
}

void crnl_file_discard(struct crnl_file *f)
{
    crnl_file_leave(f, NULL);
}

int crnl_file_put(const char *path, bool executable, const void *data, size_t n)
{
    struct crnl_file *f;
    int status = crnl_file_open(&f, path, executable);
    if (!status) {
        crnl_file_write(f, data, n);
        status = crnl_file_finish(f, NULL);
    }
    return status;
}

static bool has_bytes(int fd, const char *data, size_t n)
{
    char chunk[1 << 14];
    size_t at = 0;
    for (ssize_t got = 1; at < n && got > 0; at += got > 0 ? (size_t)got : 0) {
        size_t left = n - at;
        got = pread(fd, chunk, left < sizeof chunk ? left : sizeof chunk, (off_t)at);
        if (got > 0 && memcmp(chunk, data + at, (size_t)got) != 0) {
            return false;
        }
    }
    return at == n;
}

/* To replace a file costs five times what it costs to read it. */
static bool is_there(const char *path, const void *data, size_t n)
{
    struct stat s;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool there = fd >= 0 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_size == (off_t)n &&
                 !rt_file_is_protected(&s) && has_bytes(fd, data, n) && futimens(fd, NULL) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return there;
}

int crnl_file_renew(const char *path, const void *data, size_t n)
{
    struct crnl_file *f;
    struct stat s;
    if (stat(path, &s) == 0 && s.st_size == (off_t)n && S_ISREG(s.st_mode) && is_there(path, data, n)) {
        return 0;
    }
    int status = crnl_file_open(&f, path, false);
    if (!status) {
        f->is_not_synced = true;
        crnl_file_write(f, data, n);
        status = crnl_file_finish(f, NULL);
    }
    return status;
}
