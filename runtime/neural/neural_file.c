/* Parameters of neural models in files: `save`, `load`, and `model ... from` at compile time. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/rt_ctx.h"
#include "runtime/data/rt_data.h"
#include "rt_neural.h"
#include "runtime/out/rt_output.h"

/* Finds a file of that name: in the first folder that has one, otherwise in the last folder. The caller frees
 * the path. */
static char *find_file(const struct crnl_neural *m, const char *out_dir, const char *data_dir,
                       const char *file)
{
    const char *folder[] = {out_dir, NULL, data_dir ? data_dir : m->folder};
    char *path = NULL;
    for (int i = 0; i < 3; i++) {
        free(path);
        path = rt_data_path(folder[i], file);
        if ((i > 0 || out_dir) && access(path, F_OK) == 0) {
            break;
        }
    }
    return path;
}

static bool same_shape(const struct crnl_neural_array *a, const struct rt_npy *v)
{
    bool same = v->rank == a->rank;
    for (int32_t k = 0; same && k < a->rank; k++) {
        same = v->dim[k] == a->dim[k];
    }
    return same;
}

static void put_dims(struct rt_buffer *b, int32_t rank, const int64_t *dim)
{
    rt_put(b, "[");
    for (int32_t k = 0; k < rank; k++) {
        rt_putf(b, "%s%lld", k ? ", " : "", (long long)dim[k]);
    }
    rt_put(b, "]");
}

static int fail_shape(const struct crnl_neural *m, const char *file, const struct crnl_neural_array *a,
                      const struct rt_npy *v, struct rt_error *e)
{
    int64_t dim[CRNL_NEURAL_MAX_RANK] = {a->dim[0], a->dim[1], a->dim[2], a->dim[3]};
    rt_fail(e, CRNL_DATA, "%s: `%s` has the shape ", file, a->name);
    put_dims(&e->text, v->rank, v->dim);
    rt_putf(&e->text, ", but in the model `%s` it has ", m->name);
    put_dims(&e->text, a->rank, dim);
    rt_put(&e->text, "\n  help: the file is of another model");
    return e->status;
}

static int read_npz(const struct crnl_neural *m, const char *path, const char *file, double *value,
                    struct rt_error *e)
{
    for (int32_t i = 0; i < m->n_arrays && !e->status; i++) {
        const struct crnl_neural_array *a = &m->array[i];
        struct rt_npy v;
        if (rt_npz_array(path, a->name, false, &v, e)) {
            break;
        }
        if (same_shape(a, &v)) {
            memcpy(value + a->first, v.v, (size_t)a->size * sizeof *value);
        } else {
            fail_shape(m, file, a, &v, e);
        }
        free(v.v);
    }
    int64_t arrays = e->status ? 0 : rt_npz_count(path);
    if (!e->status && arrays != m->n_arrays) {
        rt_fail(e, CRNL_DATA,
                "%s: it has %lld arrays, and the model `%s` has %d\n  help: the file is of another model",
                file, (long long)arrays, m->name, m->n_arrays);
    }
    return e->status;
}

static bool is_json(const char *file)
{
    size_t n = strlen(file);
    return n > 5 && strcmp(file + n - 5, ".json") == 0;
}

static int read_file(const struct crnl_neural *m, const char *out_dir, const char *data_dir, const char *file,
                     double *value, struct rt_error *e)
{
    char *path = find_file(m, out_dir, data_dir, file);
    if (!rt_data_check_file(path, file, e)) {
        if (is_json(file)) {
            rt_neural_read_json(m, path, file, value, e);
        } else {
            read_npz(m, path, file, value, e);
        }
    }
    if (e->status && access(path, F_OK) != 0) {
        const char *beside = data_dir ? data_dir : m->folder;
        rt_putf(&e->text,
                "\n  help: it is sought in %s%sthe current folder and %s; `save %s to \"%s\";` writes it",
                out_dir ? out_dir : "", out_dir ? ", " : "",
                beside && *beside ? beside : "beside the program", m->name, file);
    } else if (e->status && !strstr(e->text.data, "\n  help: ")) {
        rt_putf(&e->text, "\n  help: `save %s to \"%s\";` writes a file that can be read", m->name, file);
    }
    free(path);
    return e->status ? e->status : m->kind->admit(m, value, file, e);
}

int crnl_neural_read(const struct crnl_neural *m, const char *out_dir, const char *data_dir, const char *file,
                     double *value, char **message)
{
    struct rt_error e = {0};
    int status = read_file(m, out_dir, data_dir, file, value, &e);
    *message = status ? rt_strdup(e.text.data) : NULL;
    rt_error_free(&e);
    return status;
}

/* The network whose parameters are those of the model, or -1. */
static int32_t own_network(const struct crnl_ctx *ctx, int32_t neural)
{
    for (int32_t i = 0; i < ctx->program->n_nets; i++) {
        if (ctx->program->net[i]->params_of == neural + 1) {
            return i;
        }
    }
    return -1;
}

/* Copies the parameters of the model's network, which `set` may have changed, to the model. */
static int take_from_network(struct crnl_ctx *ctx, int32_t neural, int32_t line)
{
    const struct crnl_neural *m = &ctx->program->neural[neural];
    int32_t net = own_network(ctx, neural);
    int status = CRNL_OK;
    for (int32_t i = 0; net >= 0 && i < m->n_arrays && !status; i++) {
        const struct crnl_neural_array *a = &m->array[i];
        int32_t symbol = rt_neural_symbol(ctx->program->net[net], a->name);
        status = crnl_get(ctx, net, symbol, 0, a->size, ctx->neural[neural].value + a->first, line);
    }
    return status;
}

int crnl_neural_load(struct crnl_ctx *ctx, int32_t neural, const char *file, int32_t line)
{
    const struct crnl_neural *m = &ctx->program->neural[neural];
    struct rt_error e = {0};
    double *value = rt_alloc((size_t)m->n_values, sizeof *value);
    if (!read_file(m, ctx->options.out_dir, ctx->options.data_dir, file, value, &e)) {
        memcpy(ctx->neural[neural].value, value, (size_t)m->n_values * sizeof *value);
        ctx->neural[neural].known = true;
        int32_t net = own_network(ctx, neural);
        if (net >= 0) {
            struct rt_network *n = rt_network(ctx, net);
            rt_overrides_clear(&n->param_set, n->m->n_params);
        }
        rt_neural_publish(ctx, neural);
    }
    free(value);
    return rt_fail_at(ctx, line, &e);
}

static void write_npz(const struct crnl_neural *m, const double *value, struct rt_file *out,
                      struct rt_error *e)
{
    struct rt_npz_entry *entry = rt_alloc((size_t)m->n_arrays, sizeof *entry);
    for (int32_t i = 0; i < m->n_arrays; i++) {
        const struct crnl_neural_array *a = &m->array[i];
        entry[i] = (struct rt_npz_entry){
            a->name, a->rank, {a->dim[0], a->dim[1], a->dim[2], a->dim[3]}, value + a->first};
    }
    rt_npz_put(out, entry, m->n_arrays, e);
    free(entry);
}

/* The model's values, including what its network was given; NULL after an error. */
static const double *own_values(struct crnl_ctx *ctx, int32_t neural, int32_t line)
{
    return rt_neural_check_known(ctx, neural, line) || take_from_network(ctx, neural, line)
               ? NULL
               : ctx->neural[neural].value;
}

int crnl_neural_save(struct crnl_ctx *ctx, int32_t neural, const double *value, const char *file,
                     int32_t line)
{
    const struct crnl_neural *m = &ctx->program->neural[neural];
    struct rt_error e = {0};
    value = value ? value : own_values(ctx, neural, line);
    if (!value) {
        return ctx->status;
    }
    char *path = ctx->options.closer || ctx->options.mute ? NULL : rt_output_path(ctx, file, line, &e);
    struct rt_file out;
    if (path && !rt_file_open(&out, path, &e)) {
        if (is_json(file)) {
            rt_neural_write_json(m, value, &out, &e);
        } else {
            write_npz(m, value, &out, &e);
        }
        rt_file_finish(&out, &e);
    }
    free(path);
    rt_world_follow(ctx->world, &e); /* so that other ranks that load the file find it */
    return rt_fail_at(ctx, line, &e);
}
