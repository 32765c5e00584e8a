/* Output of programs, on top of crnl_file.h: files that report their errors, the places where a program may
 * write, and formats of trajectories. */
#ifndef RT_OUTPUT_H
#define RT_OUTPUT_H

#include "runtime/crnl_file.h"
#include "runtime/rt_base.h"

struct rt_file {
    struct crnl_file *file;
    char *path; /* as in messages */
};
int rt_file_open(struct rt_file *f, const char *path, struct rt_error *e);
int rt_file_set_form(struct rt_file *f, const struct crnl_file_form *form, struct rt_error *e);
int rt_file_write(struct rt_file *f, const void *data, size_t n, struct rt_error *e);
/* Both close the file; if a part remains, the error has a note of it. */
int rt_file_finish(struct rt_file *f, struct rt_error *e);
void rt_file_leave(struct rt_file *f, struct rt_error *e);
void rt_file_discard(struct rt_file *f);
/* All of a file that can be made again (crnl_file_renew). */
int rt_file_renew(const char *path, const struct rt_buffer *text, struct rt_error *e);

/* The path of a file that a program writes. It must be below out_dir unless the program may write elsewhere.
 * Folders on the way are created; parts of the file that a killed program has left are named on stderr.
 * `line` is that of the statement that writes the file, 0 if there is none: a warning names it if the program
 * has written the file before. The caller frees the path; NULL after an error. */
struct crnl_ctx;
char *rt_output_path(struct crnl_ctx *ctx, const char *name, int64_t line, struct rt_error *e);
/* Notes that the program writes rows or lines to this path. Writing the path again loses them, which gives a
 * warning. */
void rt_output_keep(struct crnl_ctx *ctx, const char *path);
void rt_output_free(struct crnl_ctx *ctx);
/* Checks that the path, with links resolved, is in the folder where the program may write; `name` is used in
 * the message. */
int rt_check_inside(const struct crnl_ctx *ctx, const char *name, const char *path, struct rt_error *e);
int rt_make_parents(const char *path, struct rt_error *e); /* creates all folders before the last / */
/* Warns of parts, left by a killed program, of the file at this path. */
void rt_output_left(struct crnl_ctx *ctx, const char *path);

/* Arrays of real numbers, row-major, as an .npz archive; the same arrays give the same bytes. */
struct rt_npz_entry {
    const char *name;
    int32_t rank; /* 1 to 4 */
    int64_t dim[4];
    const double *v;
};
int rt_npz_put(struct rt_file *f, const struct rt_npz_entry *array, int32_t n, struct rt_error *e);

/* The columns of a file: keys, which identify what a row belongs to (the element of a source, `run`), then
 * `time`, then the others. */
struct rt_sink_head {
    const char *path;
    int32_t n_columns; /* without keys and time */
    const char *const *column;
    int32_t n_keys;
    const char *const *key;
    bool whole_runs;            /* only rows of complete runs are kept */
    struct crnl_memory *memory; /* of the context, or NULL */
};
/* Lines of text with a separator between columns, for the sinks that write such. */
void *rt_text_open(const struct rt_sink_head *head, char separator, struct rt_error *e);
int rt_text_rows(void *sink, const double *key, const double *row, int64_t n, size_t stride,
                 struct rt_error *e);
int rt_text_close(void *sink, bool whole, struct rt_error *e);

struct crnl_sink {
    enum crnl_sink_kind kind;
    void *(*open)(const struct rt_sink_head *head, struct rt_error *e);
    /* Writes n rows of `stride` numbers, all with the same keys: the time, the columns, and values that are
     * not for the file. If a statement has several runs, all rows of a run come in one call. */
    int (*rows)(void *sink, const double *key, const double *row, int64_t n, size_t stride,
                struct rt_error *e);
    /* whole: gives the file its name; otherwise its rows stay in a part, and the error has a note of it. */
    int (*close)(void *sink, bool whole, struct rt_error *e);
};

#endif
