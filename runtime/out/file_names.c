/* Files that must not be overwritten, and parts that other processes have left. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
    dev_t device;
    ino_t inode;
} * protected;
static size_t n_protected;

/* Without memory the file stays unprotected; nothing else depends on it. */
void crnl_file_protect(const char *path)
{
    struct stat s;
    if (stat(path, &s) != 0 || !S_ISREG(s.st_mode) || rt_file_is_protected(&s)) {
        return;
    }
    pthread_mutex_lock(&mutex);
    void *more = realloc(protected, (n_protected + 1) * sizeof *protected);
    if (more) {
        protected = more;
        protected[n_protected].device = s.st_dev;
        protected[n_protected++].inode = s.st_ino;
    }
    pthread_mutex_unlock(&mutex);
}

bool rt_file_is_protected(const struct stat *s)
{
    bool found = false;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < n_protected && !found; i++) {
        found = protected[i].device == s->st_dev && protected[i].inode == s->st_ino;
    }
    pthread_mutex_unlock(&mutex);
    return found;
}

/* Whether no process writes the file any more, because its lock is free. */
static bool is_left(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool left = fd >= 0 && (flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK);
    if (fd >= 0) {
        close(fd);
    }
    return left;
}

void crnl_file_find_left(const char *path, void (*tell)(void *env, const char *part), void *env)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t length = (size_t)(base - path);
    char *folder = length ? strndup(path, length) : strdup("."), *prefix = rt_file_part_prefix(base);
    DIR *list = folder && prefix ? opendir(folder) : NULL;
    for (struct dirent *d; list && (d = readdir(list)) != NULL;) {
        if (strncmp(d->d_name, prefix, strlen(prefix)) == 0 && is_left(dirfd(list), d->d_name)) {
            size_t size = length + strlen(d->d_name) + 1;
            char *part = malloc(size);
            if (part) {
                snprintf(part, size, "%.*s%s", (int)length, path, d->d_name);
                tell(env, part);
                free(part);
            }
        }
    }
    if (list) {
        closedir(list);
    }
    free(folder);
    free(prefix);
}
