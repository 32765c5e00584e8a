/* Output of programs over crnl_file.h: files with their errors, the places that a program may write to,
 * formats of trajectories. */
#ifndef RT_OUTPUT_H
#define RT_OUTPUT_H

#include "runtime/crnl_file.h"
#include "runtime/rt_base.h"

struct rt_file {
    struct crnl_file *file;
    char *path; /* as messages show it */
};
int rt_file_open(struct rt_file *f, const char *path, struct rt_error *e);
int rt_file_set_form(struct rt_file *f, const struct crnl_file_form *form, struct rt_error *e);
int rt_file_write(struct rt_file *f, const void *data, size_t n, struct rt_error *e);
/* Both close; a part that stays is a note of the error. */
int rt_file_finish(struct rt_file *f, struct rt_error *e);
void rt_file_leave(struct rt_file *f, struct rt_error *e);
void rt_file_discard(struct rt_file *f);

/* The path of a file that a program writes: below out_dir, which must hold it unless the program may write
 * elsewhere. Folders on the way are made; parts that a killed program left of it are named on stderr. The
 * caller frees it; NULL after errors. */
struct crnl_ctx;
char *rt_output_path(struct crnl_ctx *ctx, const char *name, struct rt_error *e);
/* The program writes rows or lines there: if it does so again, they are lost, which is a warning. */
void rt_output_keep(struct crnl_ctx *ctx, const char *path);
void rt_output_free(struct crnl_ctx *ctx);
/* The path, links resolved, lies in the folder where the program may write; `name` is for the message. */
int rt_check_inside(const struct crnl_ctx *ctx, const char *name, const char *path, struct rt_error *e);
int rt_make_parents(const char *path, struct rt_error *e); /* all folders before the last / */
/* Names the parts of a file that is written beside that one. */
void rt_output_left(struct crnl_ctx *ctx, const char *path);

/* Arrays of reals, row-major, as an .npz archive; the same bytes each time. */
struct rt_npz_entry {
    const char *name;
    int32_t rank; /* 1 to 4 */
    int64_t dim[4];
    const double *v;
};
int rt_npz_put(struct rt_file *f, const struct rt_npz_entry *array, int32_t n, struct rt_error *e);

/* The columns are keys, which say what a row belongs to (the element of a source, `run`), `time`, and the
 * others. */
struct rt_sink_head {
    const char *path;
    int32_t n_columns; /* without keys and time */
    const char *const *column;
    int32_t n_keys;
    const char *const *key;
    bool whole_runs; /* what is of use are whole runs */
    struct crnl_memory *memory; /* of the context, or NULL */
};
/* Lines of text with a separator between columns, for the sinks that are such. */
void *rt_text_open(const struct rt_sink_head *head, char separator, struct rt_error *e);
int rt_text_rows(void *sink, const double *key, const double *row, int64_t n, size_t stride,
                 struct rt_error *e);
int rt_text_close(void *sink, bool whole, struct rt_error *e);

struct crnl_sink {
    enum crnl_sink_kind kind;
    void *(*open)(const struct rt_sink_head *head, struct rt_error *e);
    /* n rows of `stride` numbers, all with the same keys: time, the columns, and what is not for the file.
     * All rows of one of several runs come together. */
    int (*rows)(void *sink, const double *key, const double *row, int64_t n, size_t stride,
                struct rt_error *e);
    /* whole: the file gets its name; else its rows stay in a part, which is a note of the error. */
    int (*close)(void *sink, bool whole, struct rt_error *e);
};

#endif
