/* Files that programs and the compiler write: each appears under its name as a whole, or not at all. Data is
 * written to NAME.part-ID beside NAME, which is a new file and never reached through a link; when all of it
 * is on the disk, it replaces NAME and takes its mode. Two programs that write the same file thus do not
 * disturb each other: the last one to finish prevails. If NAME is a link, the file to which it leads is
 * written. Devices and pipes are written directly.
 *
 * A growing file is marked at points up to which its contents are useful: after a premature end it is kept
 * up to the last mark. While a file is open its part is locked (flock), so that parts left by a killed
 * program can be distinguished from those in use.
 *
 * Functions return 0, an errno or CRNL_FILE_IS_READ; crnl_file_reason gives the text. A file belongs to the
 * code that opened it until crnl_file_finish, crnl_file_leave or crnl_file_discard. Several threads may use
 * the same file. */
#ifndef CRNL_FILE_H
#define CRNL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct crnl_file;

enum { CRNL_FILE_IS_READ = -1 }; /* the program reads that file, and would destroy its own source or data */
const char *crnl_file_reason(int code);
/* A name beside this one, for helps: `a/b.new.csv` for `a/b.csv`. The caller frees it; NULL: no memory. */
char *crnl_file_other_name(const char *path);

/* Opens a file in an existing folder. `executable`: whoever may read it may execute it. */
int crnl_file_open(struct crnl_file **f, const char *path, bool executable);
/* Writes. The first error persists: later calls and crnl_file_finish return it. */
int crnl_file_write(struct crnl_file *f, const void *data, size_t n);
/* Marks what was written so far as useful. ROWS: worth keeping as a part; WHOLE: complete in itself, so that
 * the process puts it under its name if it dies. */
enum crnl_file_keep { CRNL_KEEP_ROWS = 1, CRNL_KEEP_WHOLE = 2 };
void crnl_file_mark(struct crnl_file *f, enum crnl_file_keep keep);
/* For formats whose bytes are known only at the end: the rows are written, and remain in a part, in another
 * form, and `convert` makes the file from it when it gets its name. Both functions are also called in signal
 * handlers and while other threads write, so they may only make calls that are safe there, and may not share
 * memory with the other threads. They return 0 or an errno. */
struct crnl_file_form {
    void *env;
    int (*stamp)(void *env, int fd, off_t n); /* writes at the start of the rows that n bytes are useful */
    int (*convert)(void *env, int from, off_t n,
                   int to); /* converts the first n bytes of `from` into `to`, which is empty */
};
/* Must be called right after opening. */
int crnl_file_set_form(struct crnl_file *f, const struct crnl_file_form *form);
/* Puts the file under its name. After an error the marked part remains, and *left is its name, which the
 * caller frees; otherwise *left is NULL. */
int crnl_file_finish(struct crnl_file *f, char **left);
/* Leaves the marked part; *left as for crnl_file_finish. */
void crnl_file_leave(struct crnl_file *f, char **left);
void crnl_file_discard(struct crnl_file *f);
/* Opens, writes and finishes. */
int crnl_file_put(const char *path, bool executable, const void *data, size_t n);
/* The same for files that can be made again, such as pictures: the disk is not waited for, and a file that
 * has just these bytes stays, and is as new as one that is written. */
int crnl_file_renew(const char *path, const void *data, size_t n);

/* Declares a file that this process reads and must not write. */
void crnl_file_protect(const char *path);
/* Calls `tell` with each part of `path` that was left by a program that no longer exists. */
void crnl_file_find_left(const char *path, void (*tell)(void *env, const char *part), void *env);
/* Brings the contents of open files to the disk if that was last done some seconds ago. Cheap, and meant to
 * be called often. */
void crnl_files_tick(void);
/* Must be called before the first file is opened: occupies the numbers of standard input, output and error
 * if these are closed, so that no file gets such a number and receives what is printed. */
void crnl_files_begin(void);
/* Sets whether opening a pipe waits for a reader, which it does at first. Setting it to false also ends a
 * wait that has begun (EINTR), as a signal does. Safe in a signal handler. */
void crnl_files_wait(bool wait);
/* Called when the process ends. Marked parts remain and are named on standard error; with `whole`, those
 * that are complete in themselves get their names; the rest is removed. Safe in a signal handler; quick_exit
 * calls it without giving names. */
void crnl_files_end(bool whole);

#endif
