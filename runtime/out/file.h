/* Internals of crnl_file.h. The structures are never freed but reused, so that a signal handler may walk the
 * list at any time. Whoever changes `state` from OPEN to TAKEN, the owner or the handler, ends the file. */
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
    bool direct;        /* a device or pipe */
    bool is_not_synced; /* not synced when it gets its name */
    /* resolved and absolute, so that it remains valid when the current folder changes */
    char *path;
    char *part;                 /* NULL if direct */
    struct crnl_file_form form; /* all NULL: the file is what is written */
    char *converted;            /* path of the part that `form` writes; NULL if direct */
    int device;                 /* where `form` writes if direct, while fd has the rows; otherwise -1 */
    char *buffer;
    /* buffer[0..n) belongs at offset `written`. Everything before `mark` is complete; `kept` is the last mark
     * that was written to the file. */
    size_t n;
    off_t written, mark, kept;
    enum crnl_file_keep keep; /* 0: no mark */
};

struct crnl_file *rt_file_new(void); /* in state TAKEN; NULL without memory */
/* Returns false if a handler is ending the process. */
bool rt_file_take(struct crnl_file *f);
void rt_file_release(struct crnl_file *f);
bool rt_file_is_protected(const struct stat *s);
/* Writes the buffer and, if `sync`, syncs the file; the caller must hold the mutex. */
int rt_file_flush(struct crnl_file *f, bool sync);
/* Gives the first n bytes of a file that is not direct, or what `form` makes of them, the file's name. Safe
 * in a signal handler. */
int rt_file_put_in_place(struct crnl_file *f, off_t n);
/* The process is ending: nothing is written any more. Safe in a signal handler. */
void rt_files_stop(void);
/* "NAME.part-" without the unique rest, shortened to the longest name that folders allow. The caller frees
 * it; NULL without memory. */
char *rt_file_part_prefix(const char *base);

#endif
