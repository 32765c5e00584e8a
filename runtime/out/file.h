/* The inside of crnl_file.h. The structures are never freed but used again, so that a signal handler may walk
 * the list at any time; whoever moves `state` from OPEN to TAKEN ends the file, the owner or the handler. */
#ifndef RT_FILE_H
#define RT_FILE_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "runtime/crnl_file.h"

enum { FILE_BUFFER = 1 << 16 };
enum file_state { FILE_FREE, FILE_OPEN, FILE_TAKEN };

struct crnl_file {
    struct crnl_file *next;
    atomic_int state;
    pthread_mutex_t mutex;
    int fd, error;
    bool direct;                /* a device or pipe */
    bool is_not_synced;         /* when it gets its name */
    char *path;                 /* resolved and absolute: it holds after a change of the current folder */
    char *part;                 /* NULL if direct */
    struct crnl_file_form form; /* all NULL: what is written is the file */
    char *converted;            /* the part that `form` makes; NULL if direct */
    int device;                 /* where that goes if direct, while fd has the rows; else -1 */
    char *buffer;
    /* buffer[0..n) belongs at `written`. All before the last mark is of use; `kept` is the last one that was
     * written. */
    size_t n;
    off_t written, mark, kept;
    enum crnl_file_keep keep; /* 0: no mark */
};

struct crnl_file *rt_file_new(void); /* TAKEN; NULL: no memory */
/* False: a handler ends the process. */
bool rt_file_take(struct crnl_file *f);
void rt_file_release(struct crnl_file *f);
bool rt_file_is_protected(const struct stat *s);
/* Writes the buffer, and syncs the file if asked; the caller holds the mutex. */
int rt_file_flush(struct crnl_file *f, bool sync);
/* Puts the first n bytes of a file that is not direct, and those `form` makes of them, under its name. Safe
 * in a signal handler. */
int rt_file_put_in_place(struct crnl_file *f, off_t n);
/* Safe in a signal handler: the process ends, nothing is written any more. */
void rt_files_stop(void);
/* "NAME.part-" without what makes it unique, cut to what a folder can hold; to be freed, NULL without
 * memory. */
char *rt_file_part_prefix(const char *base);

#endif
