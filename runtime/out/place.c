/* Where a program may write. A program may come from a stranger: it reads files wherever it names them, but
 * writes only below the output folder, also through links, unless whoever starts it allows more. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* The path without links, as far as it exists; NULL if it is unknown. */
static char *resolve(const char *path)
{
    char *head = rt_strdup(path), *real;
    size_t n = strlen(head);
    while (!(real = realpath(n ? head : ".", NULL)) && errno == ENOENT && n > 0) {
        while (n > 0 && head[n - 1] == '/') {
            n--;
        }
        while (n > 0 && head[n - 1] != '/') {
            n--;
        }
        head[n] = '\0';
    }
    free(head);
    const char *rest = path + n;
    if (real && (strcmp(rest, "..") == 0 || strncmp(rest, "../", 3) == 0 || strstr(rest, "/../"))) {
        free(real);
        real = NULL;
    }
    if (!real) {
        return NULL;
    }
    struct rt_buffer whole = {0};
    rt_putf(&whole, "%s/%s", real[1] ? real : "", rest);
    free(real);
    return whole.data;
}

int rt_check_inside(const struct crnl_ctx *ctx, const char *name, const char *path, struct rt_error *e)
{
    if (ctx->options.allow_outside || ctx->by_options) {
        return CRNL_OK;
    }
    const char *folder = ctx->options.out_dir ? ctx->options.out_dir : ".";
    char *root = resolve(folder), *real = resolve(path);
    size_t n = root ? strlen(root) : 0;
    while (n > 0 && root[n - 1] == '/') {
        n--;
    }
    bool inside = root && real && strncmp(real, root, n) == 0 && real[n] == '/';
    free(root);
    free(real);
    if (!inside) {
        rt_fail(e, CRNL_FILE,
                "`%s` is not in the output folder `%s`\n"
                "  help: --allow-outside lets a program write everywhere; do so if you trust it",
                name, folder);
    }
    return e->status;
}

static int check_name(const char *name, struct rt_error *e)
{
    for (size_t i = 0, n = strlen(name), length; i < n; i += length ? length : 1) {
        length = crnl_utf8_length(name + i, n - i);
        if (length > 0 && crnl_utf8_is_control(name + i, length)) {
            return rt_fail(e, CRNL_FILE, "the name of the file has a control character, number %u",
                           crnl_utf8_number(name + i, length));
        }
    }
    return CRNL_OK;
}

static void tell_left(void *env, const char *part)
{
    rt_warn(env,
            "`%s` is what a program had written when it was killed\n"
            "  help: give it another name to keep it, or remove it",
            part);
}

void rt_output_left(struct crnl_ctx *ctx, const char *path)
{
    if (!ctx->options.quiet) {
        crnl_file_find_left(path, tell_left, ctx);
    }
}

enum { MOST_KEPT = 4096 }; /* a loop over more files will use a name for each */

static struct rt_kept_path *find_kept(const struct crnl_ctx *ctx, const char *path)
{
    for (size_t i = 0; i < ctx->n_kept_paths; i++) {
        if (strcmp(ctx->kept_path[i].path, path) == 0) {
            return &ctx->kept_path[i];
        }
    }
    return NULL;
}

void rt_output_keep(struct crnl_ctx *ctx, const char *path)
{
    if (ctx->n_kept_paths < MOST_KEPT && !find_kept(ctx, path)) {
        RT_GROW(ctx->kept_path, ctx->n_kept_paths, ctx->cap_kept_paths);
        ctx->kept_path[ctx->n_kept_paths++] = (struct rt_kept_path){.path = rt_strdup(path)};
    }
}

void rt_output_free(struct crnl_ctx *ctx)
{
    for (size_t i = 0; i < ctx->n_kept_paths; i++) {
        free(ctx->kept_path[i].path);
    }
    free(ctx->kept_path);
}

static bool is_device(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISREG(s.st_mode);
}

static void warn_of_loss(struct crnl_ctx *ctx, const char *path, int64_t line)
{
    struct rt_kept_path *kept = find_kept(ctx, path);
    if (kept && !kept->told && !is_device(path)) {
        kept->told = true;
        rt_warn_at(ctx, line,
                   "the program writes `%s` again: what it wrote there before is lost\n"
                   "  help: a name for each keeps all: \"x{i}%s\"",
                   path, strrchr(path, '.') ? strrchr(path, '.') : "");
    }
}

char *rt_output_path(struct crnl_ctx *ctx, const char *name, int64_t line, struct rt_error *e)
{
    struct rt_buffer path = {0};
    if (ctx->options.out_dir && name[0] != '/') {
        rt_putf(&path, "%s/", ctx->options.out_dir);
    }
    rt_put(&path, name);
    if (check_name(name, e) || rt_check_inside(ctx, name, path.data, e) || rt_make_parents(path.data, e)) {
        rt_buffer_free(&path);
        return NULL;
    }
    rt_output_left(ctx, path.data);
    warn_of_loss(ctx, path.data, line);
    if (ctx->options.opens) {
        ctx->options.opens(ctx->options.env, path.data);
    }
    return path.data;
}
