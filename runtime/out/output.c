/* Files that appear whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/rt_ctx.h"

static int fail(struct rt_error *e, const char *what, const char *path)
{
    return rt_fail(e, CRNL_FILE, "cannot %s `%s`: %s", what, path, strerror(errno));
}

int rt_make_parents(const char *path, struct rt_error *e)
{
    char *part = rt_strdup(path);
    for (char *slash = strchr(part + 1, '/'); slash && !e->status; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            fail(e, "create the directory", part);
        }
        *slash = '/';
    }
    free(part);
    return e->status;
}

static bool is_special(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode);
}

int rt_file_open(struct rt_file *f, const char *path, struct rt_error *e)
{
    *f = (struct rt_file){0};
    if (rt_make_parents(path, e)) {
        return e->status;
    }
    struct rt_buffer temporary = {0};
    if (!is_special(path)) {
        rt_putf(&temporary, "%s.part", path);
    }
    f->stream = fopen(temporary.data ? temporary.data : path, "w");
    if (!f->stream) {
        fail(e, "write", path);
        rt_buffer_free(&temporary);
        return e->status;
    }
    f->path = rt_strdup(path);
    f->temporary = temporary.data;
    return CRNL_OK;
}

int rt_file_write(struct rt_file *f, const void *data, size_t n, struct rt_error *e)
{
    return fwrite(data, 1, n, f->stream) == n ? CRNL_OK : fail(e, "write", f->path);
}

int rt_file_close(struct rt_file *f, struct rt_error *e)
{
    if (!f->stream) {
        return CRNL_OK;
    }
    int bad = ferror(f->stream) | (fflush(f->stream) == EOF);
    if (bad) {
        fail(e, "write", f->path);
    }
    if (fclose(f->stream) == EOF && !bad) {
        fail(e, "write", f->path);
    }
    if (f->temporary && rename(f->temporary, f->path) != 0) {
        fail(e, "write", f->path);
    }
    free(f->path);
    free(f->temporary);
    *f = (struct rt_file){0};
    return e->status;
}

char *rt_output_path(const struct crnl_ctx *ctx, const char *name)
{
    struct rt_buffer path = {0};
    if (ctx->options.out_dir && name[0] != '/') {
        rt_putf(&path, "%s/", ctx->options.out_dir);
    }
    rt_put(&path, name);
    return path.data;
}
