/* Files that report their errors. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rt_output.h"

static int fail(struct rt_error *e, const char *path, int code)
{
    if (code == EINTR) {
        return rt_fail(e, CRNL_CANCELLED, "interrupted while `%s` was waited for", path);
    }
    if (code == CRNL_FILE_IS_READ) {
        char *other = crnl_file_other_name(path);
        rt_fail(e, CRNL_FILE, "cannot write `%s`: %s\n  help: give another name, `%s`", path,
                crnl_file_reason(code), other ? other : "out");
        free(other);
        return e->status;
    }
    return rt_fail(e, CRNL_FILE, "cannot write `%s`: %s%s", path, crnl_file_reason(code),
                   code == EISDIR   ? "\n  help: write the name of a file behind that of its folder"
                   : code == ENOENT ? "\n  help: make its folder first"
                   : code == EACCES ? "\n  help: choose another folder: --out-dir FOLDER"
                                    : "");
}

int rt_file_open(struct rt_file *f, const char *path, struct rt_error *e)
{
    *f = (struct rt_file){0};
    int code = crnl_file_open(&f->file, path, false);
    if (code) {
        f->file = NULL;
        return fail(e, path, code);
    }
    f->path = rt_strdup(path);
    return CRNL_OK;
}

int rt_file_set_form(struct rt_file *f, const struct crnl_file_form *form, struct rt_error *e)
{
    int code = crnl_file_set_form(f->file, form);
    return code ? fail(e, f->path, code) : CRNL_OK;
}

int rt_file_write(struct rt_file *f, const void *data, size_t n, struct rt_error *e)
{
    int code = crnl_file_write(f->file, data, n);
    return code ? fail(e, f->path, code) : CRNL_OK;
}

/* A part is in the folder of its file, so the path is written as in messages. */
static void note_part(const struct rt_file *f, char *part, struct rt_error *e)
{
    if (part) {
        const char *slash = strrchr(f->path, '/'), *name = strrchr(part, '/') + 1;
        rt_putf(&e->text, "\n  note: the rows before are in `%.*s%s`", (int)(slash ? slash + 1 - f->path : 0),
                f->path, name);
        free(part);
    }
}

static void close_file(struct rt_file *f)
{
    free(f->path);
    *f = (struct rt_file){0};
}

int rt_file_finish(struct rt_file *f, struct rt_error *e)
{
    if (!f->file) {
        return CRNL_OK;
    }
    char *part;
    int code = crnl_file_finish(f->file, &part);
    if (code) {
        fail(e, f->path, code);
        note_part(f, part, e);
    }
    close_file(f);
    return e->status;
}

void rt_file_leave(struct rt_file *f, struct rt_error *e)
{
    if (f->file) {
        char *part;
        crnl_file_leave(f->file, &part);
        note_part(f, part, e);
        close_file(f);
    }
}

void rt_file_discard(struct rt_file *f)
{
    if (f->file) {
        crnl_file_discard(f->file);
        close_file(f);
    }
}

int rt_file_renew(const char *path, const struct rt_buffer *text, struct rt_error *e)
{
    int code = crnl_file_renew(path, text->data, text->n);
    return code ? fail(e, path, code) : CRNL_OK;
}
