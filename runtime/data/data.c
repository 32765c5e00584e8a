/* Data sets of a program. They are read at their first use, split, and standardised; rows are accessed by
 * number. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/rt_ctx.h"
#include "rt_data.h"

struct rt_data {
    struct rt_table table;
    int32_t *order; /* rows of .train, then .validation, then .test */
    int32_t part[CRNL_DATA_PARTS];
};

void rt_table_free(struct rt_table *t)
{
    free(t->input);
    free(t->label_value);
    free(t->line);
    *t = (struct rt_table){0};
}

static void free_data(struct rt_data *d)
{
    if (d) {
        rt_table_free(&d->table);
        free(d->order);
        free(d);
    }
}

void rt_data_free(struct crnl_ctx *ctx)
{
    for (int32_t i = 0; i < ctx->program->n_data; i++) {
        free_data(ctx->data[i]);
    }
    free(ctx->data);
}

double *rt_data_room(double *v, int64_t *cap, int64_t need, int64_t total)
{
    if (need <= *cap) {
        return v;
    }
    *cap = 2 * *cap > need ? 2 * *cap : need;
    *cap = *cap < total ? *cap : total;
    return rt_resize(v, (size_t)*cap, sizeof *v);
}

char *rt_data_path(const char *folder, const char *name)
{
    struct rt_buffer path = {0};
    if (folder && *folder && name[0] != '/') {
        rt_putf(&path, "%s/", folder);
    }
    rt_put(&path, name);
    return path.data;
}

int rt_fail_unread(const char *path, struct rt_error *e)
{
    return rt_fail(e, CRNL_DATA, "cannot read `%s`: %s%s", path, strerror(errno),
                   errno == ENOENT ? "\n  help: a path is taken from the folder of the file that names it, "
                                     "or from that of --data-dir"
                                   : "");
}

int rt_data_check_file(const char *path, const char *name, struct rt_error *e)
{
    struct stat s;
    if (stat(path, &s) != 0 || S_ISREG(s.st_mode) || S_ISDIR(s.st_mode)) {
        return CRNL_OK;
    }
    return rt_fail(e, CRNL_DATA,
                   "%s: this is a %s, and its contents can be read only once\n  help: write "
                   "them into a file: they are read when the program is compiled and again when it runs",
                   name, S_ISCHR(s.st_mode) || S_ISBLK(s.st_mode) ? "device" : "pipe");
}

int rt_check_label(const struct crnl_data_spec *spec, double label, const char *place, struct rt_error *e)
{
    if (spec->classes == 0 || (label >= 0 && label < spec->classes && label == floor(label))) {
        return CRNL_OK;
    }
    rt_fail(e, CRNL_DATA,
            "%s: the label %.15g is not one of 0..%d\n  help: mend the file, or the `classes` of `%s`", place,
            label, spec->classes, spec->name);
    return rt_about(e, "classes");
}

/* ---- splits ---- */

static int split_fractions(const struct crnl_data_spec *spec, int32_t rows, int32_t part[CRNL_DATA_PARTS])
{
    double sum = 0;
    int32_t before = 0;
    for (int i = 0; i < 3; i++) {
        sum += spec->fraction[i];
        double end = floor(sum * rows + 0.5);
        int32_t to = end > rows ? rows : (int32_t)end;
        part[CRNL_DATA_TRAIN + i] = to - before;
        before = to;
    }
    return CRNL_OK;
}

static int find_parts(const struct crnl_data_spec *spec, const char *folder, int32_t rows, int32_t **order,
                      int32_t part[CRNL_DATA_PARTS], struct rt_error *e)
{
    *order = NULL;
    part[CRNL_DATA_ALL] = rows;
    part[CRNL_DATA_TRAIN] = rows;
    part[CRNL_DATA_VALIDATION] = part[CRNL_DATA_TEST] = 0;
    switch (spec->split) {
    case CRNL_SPLIT_FRACTIONS: return split_fractions(spec, rows, part);
    case CRNL_SPLIT_LAST:
        if (spec->validation > rows) {
            rt_fail(
                e, CRNL_DATA,
                "%s: %d rows, but %d of them are for validation\n  help: rows that are left are for training",
                spec->file, rows, spec->validation);
            return rt_about(e, "validation");
        }
        part[CRNL_DATA_VALIDATION] = spec->validation;
        part[CRNL_DATA_TRAIN] = rows - spec->validation;
        return CRNL_OK;
    case CRNL_SPLIT_FILE: {
        char *path = rt_data_path(folder, spec->split_file);
        spec->split_reader->read(path, spec->split_file, rows, order, part, e);
        free(path);
        return rt_about(e, "split");
    }
    default: return CRNL_OK;
    }
}

static void swap(int32_t *a, int32_t *b)
{
    int32_t v = *a;
    *a = *b;
    *b = v;
}

/* The rows in the order of the file, or shuffled by a random stream of the data set. */
static int32_t *make_order(const struct crnl_data_spec *spec, int32_t rows, uint64_t seed, int32_t data)
{
    int32_t *order = rt_alloc((size_t)rows, sizeof *order);
    for (int32_t i = 0; i < rows; i++) {
        order[i] = i;
    }
    if (spec->split == CRNL_SPLIT_FRACTIONS) {
        struct crnl_rng rng;
        crnl_rng_seed(&rng, seed, (uint32_t)data, 0, 0, CRNL_DRAW_SPLIT);
        for (int32_t i = 0; i + 1 < rows; i++) { /* the Fisher-Yates shuffle */
            swap(&order[i], &order[i + (int32_t)crnl_rng_below(&rng, (uint64_t)(rows - i))]);
        }
    }
    return order;
}

/* ---- standardising ---- */

/* Computes for each column, over the rows of .train (all rows without a split), the mean, and with
 * `standardize` the standard deviation, divided by n; a constant column is only centred. */
static void transform(const struct crnl_data_spec *spec, struct rt_data *d)
{
    struct rt_table *t = &d->table;
    size_t n = (size_t)d->part[CRNL_DATA_TRAIN], columns = (size_t)t->columns,
           size = (size_t)t->rows * columns;
    double *mean = rt_alloc(columns, sizeof *mean), *factor = rt_alloc(columns, sizeof *factor);
    bool moments = n > 0 && (spec->center || spec->standardize);
    for (size_t i = 0; moments && i < n; i++) {
        const double *row = t->input + (size_t)d->order[i] * columns;
        for (size_t c = 0; c < columns; c++) {
            mean[c] += row[c];
        }
    }
    for (size_t c = 0; moments && c < columns; c++) {
        mean[c] /= (double)n;
    }
    for (size_t i = 0; moments && spec->standardize && i < n; i++) {
        const double *row = t->input + (size_t)d->order[i] * columns;
        for (size_t c = 0; c < columns; c++) {
            factor[c] += (row[c] - mean[c]) * (row[c] - mean[c]);
        }
    }
    for (size_t c = 0; c < columns; c++) {
        factor[c] = factor[c] > 0 ? spec->scale / sqrt(factor[c] / (double)n) : spec->scale;
    }
    for (size_t i = 0; i < size; i++) {
        t->input[i] = (t->input[i] - mean[i % columns]) * factor[i % columns];
    }
    free(mean);
    free(factor);
}

/* ---- reading ---- */

static void put_shape(struct rt_buffer *b, const struct crnl_data_shape *s)
{
    static const char *const label[] = {"no labels", "integer labels", "real labels"};
    rt_putf(b, "%d rows of %d inputs and %s", s->rows, s->columns, label[s->label]);
    if (s->part[CRNL_DATA_TRAIN] != s->rows) {
        rt_putf(b, ", split into %d, %d and %d", s->part[1], s->part[2], s->part[3]);
    }
}

static bool same_shape(const struct crnl_data_shape *a, const struct crnl_data_shape *b)
{
    return a->rows == b->rows && a->columns == b->columns && a->label == b->label &&
           memcmp(a->part, b->part, sizeof a->part) == 0;
}

static int check_shape(const struct crnl_data_spec *spec, const struct rt_data *d, struct rt_error *e)
{
    struct crnl_data_shape now = {
        .rows = d->table.rows, .columns = d->table.columns, .label = d->table.label};
    memcpy(now.part, d->part, sizeof now.part);
    if (same_shape(&now, &spec->shape)) {
        return CRNL_OK;
    }
    rt_fail(e, CRNL_DATA, "%s has ", spec->file);
    put_shape(&e->text, &now);
    rt_put(&e->text, "; when the program was compiled it had ");
    put_shape(&e->text, &spec->shape);
    rt_put(&e->text, "\n  help: compile the program again");
    return e->status;
}

void crnl_data_each_file(const struct crnl_data_spec *spec, const char *folder,
                         void (*tell)(void *env, const char *path), void *env)
{
    const char *const name[] = {spec->file, spec->label_file, spec->split_file};
    for (int i = 0; i < 3; i++) {
        if (name[i]) {
            char *path = rt_data_path(folder ? folder : spec->folder, name[i]);
            tell(env, path);
            free(path);
        }
    }
}

static void protect(void *env, const char *path)
{
    (void)env;
    crnl_file_protect(path);
}

void crnl_data_protect(const struct crnl_data_spec *spec, const char *folder)
{
    crnl_data_each_file(spec, folder, protect, NULL);
}

/* Reads the table of a data set, or with `look` only its shape. */
static int read_table(const struct crnl_data_spec *spec, const char *folder, bool look, struct rt_table *t,
                      struct rt_error *e)
{
    static const char *const about[] = {"file", "labels", "split"};
    const char *const name[] = {spec->file, spec->label_file, spec->split_file};
    for (int i = 0; i < 3 && !e->status; i++) {
        if (name[i]) {
            char *path = rt_data_path(folder, name[i]);
            if (access(path, F_OK) != 0) {
                rt_fail_unread(path, e);
                rt_about(e, about[i]);
            } else {
                rt_data_check_file(path, name[i], e);
            }
            free(path);
        }
    }
    return e->status ? e->status : spec->reader->read(spec, folder, look, t, e);
}

/* A missing value is a NaN whose digits say which one it is. Arithmetic keeps them, so that an error about a
 * number that was computed from it can name it. From the highest: MARK, 6 bits of the data set, 12 of the
 * row of the table, 22 of its column. */
static const uint64_t mark = (uint64_t)0x7ff8 << 48 | (uint64_t)0x5a5 << 40;
enum { DATA_BIT = 34, ROW_BIT = 22 };

static void name_missing(struct rt_table *t, int32_t data)
{
    if (!t->line || data >= 1 << (40 - DATA_BIT)) {
        return;
    }
    for (int32_t i = 0; i < t->rows && i < 1 << (DATA_BIT - ROW_BIT); i++) {
        for (int32_t k = 0; k < t->columns && k < 1 << ROW_BIT; k++) {
            double *v = &t->input[(size_t)i * (size_t)t->columns + (size_t)k];
            uint64_t bits = mark | (uint64_t)data << DATA_BIT | (uint64_t)i << ROW_BIT | (uint64_t)k;
            if (*v != *v) {
                memcpy(v, &bits, sizeof bits);
            }
        }
    }
}

bool rt_put_missing(const struct crnl_ctx *ctx, struct rt_buffer *out, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    int32_t data = bits >> DATA_BIT & ((1 << (40 - DATA_BIT)) - 1),
            row = bits >> ROW_BIT & ((1 << (DATA_BIT - ROW_BIT)) - 1), column = bits & ((1 << ROW_BIT) - 1);
    const struct rt_data *d = data < ctx->program->n_data ? ctx->data[data] : NULL;
    bool is_marked = (bits & ~((uint64_t)1 << 63)) >> 40 == mark >> 40;
    if (!is_marked || !d || !d->table.line || row >= d->table.rows || column >= d->table.columns) {
        return false;
    }
    const struct crnl_data_spec *spec = &ctx->program->data[data];
    const char *name = spec->columns;
    for (int32_t i = 0; i < row; i++) {
        name = strchr(name, '\n') + 1;
    }
    name += *name == CRNL_COURSE_MISSING;
    if (out) {
        rt_putf(out, "`%s.%.*s[%d]` is missing in %s:%d", spec->name, (int)strcspn(name, "\n"), name, column,
                spec->file, d->table.line[column]);
    }
    return true;
}

/* Returns NULL after an error. */
static struct rt_data *read_data(struct crnl_ctx *ctx, int32_t data)
{
    const struct crnl_data_spec *spec = &ctx->program->data[data];
    const char *folder = ctx->options.data_dir ? ctx->options.data_dir : spec->folder;
    struct rt_data *d = rt_alloc(1, sizeof *d);
    struct rt_error e = {0};
    if (!read_table(spec, folder, false, &d->table, &e) &&
        !find_parts(spec, folder, d->table.rows, &d->order, d->part, &e) && !check_shape(spec, d, &e)) {
        if (!d->order) {
            d->order = make_order(spec, d->table.rows, ctx->options.seed, data);
        }
        transform(spec, d);
        name_missing(&d->table, data);
        return d;
    }
    free_data(d);
    rt_fail_at(ctx, spec->line, &e);
    return NULL;
}

static int load(struct crnl_ctx *ctx, int32_t data)
{
    ctx->data[data] = read_data(ctx, data);
    return ctx->data[data] ? CRNL_OK : ctx->status;
}

int rt_data_rows(struct crnl_ctx *ctx, int32_t data, int32_t part, struct rt_rows *out)
{
    if (!ctx->data[data] && load(ctx, data)) {
        return ctx->status;
    }
    const struct rt_data *d = ctx->data[data];
    const int32_t *order = part == CRNL_DATA_ALL ? NULL : d->order;
    for (int32_t before = CRNL_DATA_TRAIN; before < part; before++) {
        order += d->part[before];
    }
    *out = (struct rt_rows){d->table.input, d->table.label_value, order, d->part[part], d->table.columns};
    return CRNL_OK;
}

int crnl_data(struct crnl_ctx *ctx, int32_t data, int32_t part, int32_t field, int64_t row, void *out,
              int32_t line)
{
    struct rt_rows r;
    if (rt_data_rows(ctx, data, part, &r)) {
        return ctx->status;
    }
    if (row < 0 || row >= r.n) {
        return crnl_index_error(ctx, row, r.n, line);
    }
    size_t at = (size_t)(r.order ? r.order[row] : row);
    if (field == CRNL_DATA_INPUT) {
        memcpy(out, r.input + at * (size_t)r.columns, (size_t)r.columns * sizeof *r.input);
    } else if (ctx->program->data[data].shape.label == CRNL_LABEL_INTEGER) {
        *(int64_t *)out = (int64_t)r.label[at];
    } else {
        *(double *)out = r.label[at];
    }
    return CRNL_OK;
}

/* The arguments of a table function must increase from row to row. */
static int check_table(const struct crnl_data_spec *spec, const double *v, int32_t rows, struct rt_error *e)
{
    for (int32_t i = 1; i < rows; i++) {
        if (!(v[2 * i] > v[2 * i - 2])) {
            return rt_fail(e, CRNL_DATA,
                           "%s: arguments of a table grow from row to row, and %.9g comes after %.9g",
                           spec->file, v[2 * i], v[2 * i - 2]);
        }
    }
    return CRNL_OK;
}

int crnl_data_table(const struct crnl_data_spec *spec, const char *folder, double **value,
                    struct crnl_data_error *error)
{
    struct rt_data d = {0};
    struct rt_error e = {0};
    *error = (struct crnl_data_error){0};
    if (!read_table(spec, folder ? folder : spec->folder, false, &d.table, &e)) {
        check_table(spec, d.table.input, d.table.rows, &e);
    }
    int status = e.status;
    if (status) {
        *error = (struct crnl_data_error){rt_strdup(e.text.data), e.about};
    } else {
        *value = d.table.input;
        d.table.input = NULL;
    }
    rt_table_free(&d.table);
    rt_error_free(&e);
    return status;
}

int rt_tables_fill(struct crnl_ctx *ctx)
{
    double *to = ctx->global + rt_count_numbers(ctx->program);
    for (int32_t i = ctx->program->n_data - 1; i >= 0 && !ctx->status; i--) {
        const struct crnl_data_spec *spec = &ctx->program->data[i];
        struct rt_data *d = spec->is_table ? read_data(ctx, i) : NULL;
        struct rt_error e = {0};
        to -= crnl_data_numbers(spec);
        if (d && !check_table(spec, d->table.input, d->table.rows, &e)) {
            memcpy(to, d->table.input, (size_t)crnl_data_numbers(spec) * sizeof *to);
        }
        if (e.status) {
            rt_fail_at(ctx, spec->line, &e);
        }
        free_data(d);
    }
    return ctx->status;
}

int crnl_data_look(const struct crnl_data_spec *spec, const char *folder, struct crnl_data_shape *shape,
                   struct crnl_data_error *error)
{
    struct rt_table t = {0};
    struct rt_error e = {0};
    int32_t *order = NULL;
    folder = folder ? folder : spec->folder;
    *error = (struct crnl_data_error){0};
    *shape = (struct crnl_data_shape){0};
    if (!read_table(spec, folder, true, &t, &e) &&
        !find_parts(spec, folder, t.rows, &order, shape->part, &e)) {
        shape->rows = t.rows;
        shape->columns = t.columns;
        shape->label = t.label;
        for (int32_t i = 0; t.label_value && i < t.rows; i++) {
            double v = t.label_value[i];
            shape->least_label = i == 0 || v < shape->least_label ? v : shape->least_label;
            shape->most_label = i == 0 || v > shape->most_label ? v : shape->most_label;
        }
    }
    int status = e.status;
    if (status) {
        *error = (struct crnl_data_error){rt_strdup(e.text.data), e.about};
    }
    free(order);
    rt_table_free(&t);
    rt_error_free(&e);
    return status;
}
