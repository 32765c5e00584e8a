/* Files that are written, by programs and by the compiler: each appears whole under its name, or not at
 * all. What is written goes to NAME.part-ID beside NAME, which is created and never reached through a link;
 * it takes the place of NAME, and its mode, when all of it is on the disk. So two programs that write one
 * file do not disturb each other: the last to finish stays. If NAME is a link, the file that it leads to is
 * written. Devices and pipes are written directly.
 *
 * A file that grows is marked where what it holds is of use: after an end that came too early it is kept up
 * to the last mark. While it is open its part is locked (flock), so that parts that a killed program left
 * are told from those in use.
 *
 * Functions return 0, an errno or CRNL_FILE_IS_READ; crnl_file_reason has the text. A file belongs to
 * whoever opened it until crnl_file_finish, crnl_file_leave or crnl_file_discard. Calls for one file may
 * come from several threads. */
#ifndef CRNL_FILE_H
#define CRNL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct crnl_file;

enum { CRNL_FILE_IS_READ = -1 }; /* the program reads that file: it would destroy its own source or data */
const char *crnl_file_reason(int code);

/* The folder must be there. `executable`: whoever may read it may execute it. */
int crnl_file_open(struct crnl_file **f, const char *path, bool executable);
/* The first error stays: later calls and crnl_file_finish return it. */
int crnl_file_write(struct crnl_file *f, const void *data, size_t n);
/* What was written so far is of use. ROWS: worth keeping as a part; WHOLE: complete in itself, so that the
 * process puts it under its name should it die. */
enum crnl_file_keep { CRNL_KEEP_ROWS = 1, CRNL_KEEP_WHOLE = 2 };
void crnl_file_mark(struct crnl_file *f, enum crnl_file_keep keep);
/* For formats whose bytes are known at the end only: what is written, and stays as a part, are rows of
 * another form, of which `convert` makes the file when it gets its name. Both functions are called in
 * signal handlers too, and while other threads write: only calls that are safe there, no memory that they
 * share with those. They return 0 or an errno. */
struct crnl_file_form {
    void *env;
    int (*stamp)(void *env, int fd, off_t n); /* the start of the rows is to say that n bytes are of use */
    int (*convert)(void *env, int from, off_t n,
                   int to); /* the first n bytes of `from` to `to`, which is empty */
};
/* Right after opening. */
int crnl_file_set_form(struct crnl_file *f, const struct crnl_file_form *form);
/* Puts the file under its name. After an error the marked part stays, and *left is its name, to be freed;
 * else NULL. */
int crnl_file_finish(struct crnl_file *f, char **left);
/* Leaves the marked part; *left as above. */
void crnl_file_leave(struct crnl_file *f, char **left);
void crnl_file_discard(struct crnl_file *f);
/* Opens, writes and finishes. */
/* The file gets its name without waiting for the disk: for what can be made anew, such as pictures. */
void crnl_file_do_not_wait(struct crnl_file *f);
int crnl_file_put(const char *path, bool executable, const void *data, size_t n);

/* Files that this process reads and must not write. */
void crnl_file_protect(const char *path);
/* Calls `tell` with each part of `path` that a program left which is no longer there. */
void crnl_file_find_left(const char *path, void (*tell)(void *env, const char *part), void *env);
/* Brings what open files hold to the disk if the last time is some seconds ago. Cheap: to be called often. */
void crnl_files_tick(void);
/* Before the first file is opened: where standard input, output or error are closed, their numbers are
 * taken, so that no file is given one of them and what is printed goes into it. */
void crnl_files_begin(void);
/* Whether opening a pipe waits for somebody who reads it; it does at first. False ends a wait that has
 * begun too (EINTR), as does a signal. Safe in a signal handler. */
void crnl_files_wait(bool wait);
/* The process ends now. Marked parts stay and are named on standard error, those that are whole in
 * themselves get their names if `whole`; the rest is removed. Safe in a signal handler; quick_exit does it
 * without names. */
void crnl_files_end(bool whole);

#endif
