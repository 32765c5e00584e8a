/* Measured courses: `course("file.csv", time = "t")`. Columns are found by the names in the first row. In the
 * wide form each column is a quantity. In the long form (`value`, `name`) each row of the file is one
 * measurement, and measurements with the same time and replicate form a row of the table. An empty cell, NA
 * or nan is a missing value. The table that experiments read is transposed: its rows are columns of the
 * file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_course.h"

enum { NO_COLUMN = -1 };

struct reading {
    const struct crnl_data_spec *spec;
    struct rt_course *c;
    struct rt_error *e;
    struct rt_csv in;
    char **header;
    int32_t n_header, cap_header;
    int32_t time, replicate, value, name, sd; /* columns of the file; NO_COLUMN: not given */
    int32_t cap_rows;
    double *key_time; /* [rows] in the long form: time of a row, and replicate */
    char **key_replicate;
    char **word; /* names of replicates that are not numbers, in the order of first appearance */
    int32_t n_words, cap_words;
};

void rt_course_free(struct rt_course *c)
{
    for (int32_t i = 0; i < c->n_columns; i++) {
        free(c->column[i].name);
        free(c->column[i].value);
        free(c->column[i].not_number);
    }
    free(c->column);
    free(c->line);
    *c = (struct rt_course){0};
}

static bool is_missing(const char *cell)
{
    return *cell == '\0' || strcmp(cell, "NA") == 0 || strcmp(cell, "nan") == 0 || strcmp(cell, "NaN") == 0;
}

static int32_t add_column(struct reading *r, const char *name)
{
    struct rt_course *c = r->c;
    RT_GROW(c->column, c->n_columns, c->cap_columns);
    struct rt_course_column *column = &c->column[c->n_columns];
    *column = (struct rt_course_column){.name = rt_strdup(name)};
    if (r->cap_rows) {
        column->value = rt_alloc((size_t)r->cap_rows, sizeof *column->value);
    }
    for (int32_t i = 0; i < c->rows; i++) {
        column->value[i] = NAN;
    }
    return c->n_columns++;
}

static int32_t find_column(const struct rt_course *c, const char *name)
{
    int32_t i = 0;
    while (i < c->n_columns && strcmp(c->column[i].name, name) != 0) {
        i++;
    }
    return i < c->n_columns ? i : NO_COLUMN;
}

/* Adds a row in which all values are missing. */
static int32_t add_row(struct reading *r)
{
    struct rt_course *c = r->c;
    if (c->rows >= CRNL_DATA_MAX_VALUES / (c->n_columns + 1)) {
        rt_csv_complain(&r->in, "more than 268435456 numbers%s", "", "split the file");
        return NO_COLUMN;
    }
    if (c->rows == r->cap_rows) {
        r->cap_rows = r->cap_rows ? 2 * r->cap_rows : 64;
        size_t n = (size_t)r->cap_rows;
        for (int32_t i = 0; i < c->n_columns; i++) {
            c->column[i].value = rt_resize(c->column[i].value, n, sizeof(double));
        }
        r->key_time = rt_resize(r->key_time, n, sizeof *r->key_time);
        r->key_replicate = rt_resize(r->key_replicate, n, sizeof *r->key_replicate);
        c->line = rt_resize(c->line, n, sizeof *c->line);
    }
    for (int32_t i = 0; i < c->n_columns; i++) {
        c->column[i].value[c->rows] = NAN;
    }
    r->key_replicate[c->rows] = NULL;
    c->line[c->rows] = (int32_t)r->in.line;
    return c->rows++;
}

/* The column of the file that the declaration names. */
static int32_t named(struct reading *r, const char *name, const char *option)
{
    int32_t i = 0;
    if (!name) {
        return NO_COLUMN;
    }
    while (i < r->n_header && strcmp(r->header[i], name) != 0) {
        i++;
    }
    if (i < r->n_header || r->e->status) {
        return i;
    }
    struct rt_buffer help = {0};
    const char *near = rt_nearest(name, (const char *const *)r->header, r->n_header);
    if (near) {
        rt_putf(&help, "did you mean `%s`? ", near);
    }
    rt_putf(&help, "%s = \"...\" is one of the names in the first row:", option);
    for (int32_t k = 0; k < r->n_header; k++) {
        rt_putf(&help, "%s `%s`", k ? "," : "", r->header[k]);
    }
    rt_csv_complain(&r->in, "no column is called `%s`", name, help.data);
    rt_about(r->e, option);
    rt_buffer_free(&help);
    return NO_COLUMN;
}

static int read_header(struct reading *r)
{
    const struct crnl_data_spec *s = r->spec;
    double v;
    for (int32_t i = 0; i < r->in.n_cells; i++) {
        const char *cell = r->in.cell[i];
        for (int32_t k = 0; k < i && *cell; k++) {
            if (strcmp(r->header[k], cell) == 0) {
                return rt_csv_complain(&r->in, "two columns are called `%s`", cell,
                                       "columns are found by their names in the first row");
            }
        }
        if (crnl_cell_number(cell, &v)) {
            return rt_csv_complain(&r->in, "`%s` is a number, not the name of a column", cell,
                                   "the first row of a course names its columns");
        }
        RT_GROW(r->header, r->n_header, r->cap_header);
        r->header[r->n_header++] = rt_strdup(cell);
    }
    r->time = named(r, s->time_name, "time");
    r->replicate = named(r, s->replicate_name, "replicate");
    r->value = named(r, s->value_name, "value");
    r->name = named(r, s->label_name, "name");
    r->sd = named(r, s->sd_name, "sd");
    if (r->e->status) {
        return r->e->status;
    }
    add_column(r, s->time_name);
    for (int32_t i = 0; i < r->n_header; i++) {
        if (i != r->time && *r->header[i] && (r->value < 0 || i == r->replicate)) {
            add_column(r, r->header[i]);
        }
    }
    return CRNL_OK;
}

/* Reads a number from the file; a missing value is NaN. */
static bool read_number(struct reading *r, const char *cell, const char *column, double *v)
{
    *v = NAN;
    if (is_missing(cell)) {
        return true;
    }
    if (!crnl_cell_number(cell, v) || !isfinite(*v)) {
        struct rt_buffer help = {0};
        rt_putf(&help, "the column `%s` holds numbers; an empty cell is a missing one", column);
        rt_csv_complain(&r->in, "`%s` is no finite number", cell, help.data);
        rt_buffer_free(&help);
        return false;
    }
    return true;
}

static bool read_time(struct reading *r, double *t)
{
    if (!read_number(r, r->in.cell[r->time], r->spec->time_name, t)) {
        rt_about(r->e, "time");
        return false;
    }
    if (*t != *t) {
        rt_csv_complain(&r->in, "the time is missing%s", "",
                        "a value may be missing, its time may not: leave the row out");
        rt_about(r->e, "time");
    }
    return !r->e->status;
}

static double word_number(struct reading *r, const char *cell)
{
    double v;
    if (crnl_cell_number(cell, &v)) {
        return v;
    }
    int32_t i = 0;
    while (i < r->n_words && strcmp(r->word[i], cell) != 0) {
        i++;
    }
    if (i == r->n_words) {
        RT_GROW(r->word, r->n_words, r->cap_words);
        r->word[r->n_words++] = rt_strdup(cell);
    }
    return i;
}

static void wide_cell(struct reading *r, struct rt_course_column *column, int32_t row, const char *cell)
{
    double *v = &column->value[row];
    if (is_missing(cell) || column->not_number) {
        return;
    }
    if (!crnl_cell_number(cell, v) || !isfinite(*v)) {
        struct rt_buffer why = {0};
        rt_putf(&why, "%s:%lld: `%s` is no finite number", r->in.file, (long long)r->in.line, cell);
        column->not_number = why.data;
        *v = NAN;
    }
}

static bool wide_row(struct reading *r)
{
    double t;
    int32_t row = add_row(r), column = 1;
    if (row < 0 || !read_time(r, &t)) {
        return false;
    }
    r->c->column[0].value[row] = t;
    for (int32_t i = 0; i < r->n_header; i++) {
        if (i == r->time || !*r->header[i]) {
            continue;
        }
        struct rt_course_column *to = &r->c->column[column++];
        if (i == r->replicate) {
            to->value[row] = word_number(r, r->in.cell[i]);
        } else {
            wide_cell(r, to, row, r->in.cell[i]);
        }
    }
    return true;
}

/* The first row of this time and replicate in which the column has no value. */
static int32_t long_place(struct reading *r, double t, const char *replicate, int32_t column)
{
    int32_t i = 0;
    while (i < r->c->rows && !(r->key_time[i] == t && strcmp(r->key_replicate[i], replicate) == 0 &&
                               isnan(r->c->column[column].value[i]))) {
        i++;
    }
    if (i == r->c->rows && (i = add_row(r)) >= 0) {
        r->key_time[i] = t;
        r->key_replicate[i] = rt_strdup(replicate);
        r->c->column[0].value[i] = t;
        if (r->replicate >= 0) {
            r->c->column[1].value[i] = word_number(r, replicate);
        }
    }
    return i;
}

static bool long_row(struct reading *r)
{
    double t, v, sd = NAN;
    const char *name = r->in.cell[r->name], *replicate = r->replicate >= 0 ? r->in.cell[r->replicate] : "";
    if (!read_time(r, &t) || !read_number(r, r->in.cell[r->value], r->spec->value_name, &v) ||
        (r->sd >= 0 && !read_number(r, r->in.cell[r->sd], r->spec->sd_name, &sd))) {
        return false;
    }
    if (*name == '\0') {
        return rt_csv_complain(&r->in, "the name of what was measured is missing%s", "",
                               "each row of the long form is one value of one quantity") == CRNL_OK;
    }
    int32_t column = find_column(r->c, name);
    column = column < 0 ? add_column(r, name) : column;
    if (isnan(v)) {
        return true;
    }
    int32_t row = long_place(r, t, replicate, column);
    if (row < 0) {
        return false;
    }
    r->c->column[column].value[row] = v;
    if (r->sd >= 0) {
        struct rt_buffer text = {0};
        rt_putf(&text, "%s_sd", name);
        int32_t at = find_column(r->c, text.data);
        at = at < 0 ? add_column(r, text.data) : at;
        r->c->column[at].value[row] = sd;
        rt_buffer_free(&text);
    }
    return true;
}

/* Checks that standard deviations are positive, and notes which columns have missing values. */
static int check_columns(struct reading *r)
{
    struct rt_course *c = r->c;
    for (int32_t i = 0; i < c->n_columns; i++) {
        struct rt_course_column *column = &c->column[i];
        size_t n = strlen(column->name);
        bool deviation = n > 3 && strcmp(column->name + n - 3, "_sd") == 0;
        for (int32_t k = 0; k < c->rows; k++) {
            column->missing = column->missing || isnan(column->value[k]);
            if (deviation && column->value[k] <= 0) {
                return rt_fail(r->e, CRNL_DATA,
                               "%s: `%s` is %.15g in row %d, and a standard deviation is positive\n"
                               "  help: leave the cell empty where it is not known",
                               r->spec->file, column->name, column->value[k], k + 1);
            }
        }
    }
    return c->rows > 0 ? CRNL_OK
                       : rt_fail(r->e, CRNL_DATA,
                                 "%s: there are no rows\n  help: a row below the names is one measured time",
                                 r->spec->file);
}

static void read_rows(struct reading *r)
{
    bool named = false;
    while (rt_csv_next(&r->in)) {
        if (!named) {
            named = read_header(r) == CRNL_OK;
        } else if (r->in.n_cells != r->n_header) {
            struct rt_buffer has = {0};
            rt_putf(&has, "%d cells, and there are %d columns", r->in.n_cells, r->n_header);
            rt_csv_complain(&r->in, "this row has %s", has.data, "every row has the same number of cells");
            rt_buffer_free(&has);
        } else if (r->value >= 0) {
            long_row(r);
        } else {
            wide_row(r);
        }
    }
}

int rt_course_read(const struct crnl_data_spec *spec, const char *folder, struct rt_course *c,
                   struct rt_error *e)
{
    struct reading r = {.spec = spec, .c = c, .e = e};
    *c = (struct rt_course){0};
    if (rt_csv_open(&r.in, folder, spec->file, e)) {
        read_rows(&r);
    }
    if (!e->status) {
        check_columns(&r);
    }
    rt_csv_close(&r.in);
    for (int32_t i = 0; i < r.n_header; i++) {
        free(r.header[i]);
    }
    for (int32_t i = 0; i < r.n_words; i++) {
        free(r.word[i]);
    }
    for (int32_t i = 0; i < c->rows; i++) {
        free(r.key_replicate[i]);
    }
    free(r.header);
    free(r.word);
    free(r.key_time);
    free(r.key_replicate);
    return e->status;
}

int crnl_course_look(const struct crnl_data_spec *spec, const char *folder,
                     struct crnl_course_column **column, int32_t *n, struct crnl_data_error *error)
{
    struct rt_course c;
    struct rt_error e = {0};
    *error = (struct crnl_data_error){0};
    *n = 0;
    *column = NULL;
    int status = rt_course_read(spec, folder ? folder : spec->folder, &c, &e);
    if (status) {
        *error = (struct crnl_data_error){rt_strdup(e.text.data), e.about};
    } else {
        *column = rt_alloc((size_t)c.n_columns, sizeof **column);
        *n = c.n_columns;
    }
    for (int32_t i = 0; i < *n; i++) {
        (*column)[i] = (struct crnl_course_column){rt_strdup(c.column[i].name), c.column[i].missing,
                                                   c.column[i].not_number};
        c.column[i].not_number = NULL;
    }
    rt_course_free(&c);
    rt_error_free(&e);
    return status;
}

void crnl_course_free(struct crnl_course_column *column, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        free(column[i].name);
        free(column[i].not_number);
    }
    free(column);
}

/* Copies to one row of the table the column that the program knows by this name of `n` characters. */
static int take_column(const struct crnl_data_spec *spec, const struct rt_course *c, const char *name,
                       size_t n, struct rt_table *t, struct rt_error *e)
{
    bool may_miss = *name == CRNL_COURSE_MISSING;
    name += may_miss;
    n -= may_miss;
    int32_t i = 0;
    while (i < c->n_columns && !(strncmp(c->column[i].name, name, n) == 0 && c->column[i].name[n] == '\0')) {
        i++;
    }
    const char *why = i == c->n_columns                   ? "there is no column"
                      : c->column[i].not_number           ? "no numbers are in"
                      : c->column[i].missing && !may_miss ? "a value is missing in"
                                                          : NULL;
    if (why) {
        return rt_fail(e, CRNL_DATA,
                       "%s: %s `%.*s`, which was otherwise when the program was compiled\n"
                       "  help: compile the program again",
                       spec->file, why, (int)n, name);
    }
    memcpy(t->input + (size_t)t->rows++ * (size_t)t->columns, c->column[i].value,
           (size_t)t->columns * sizeof *t->input);
    return CRNL_OK;
}

static int course_read(const struct crnl_data_spec *spec, const char *folder, bool look, struct rt_table *t,
                       struct rt_error *e)
{
    struct rt_course c;
    (void)look; /* finding the shape requires reading the whole file */
    if (!rt_course_read(spec, folder, &c, e)) {
        t->columns = c.rows;
        t->input = rt_alloc((size_t)c.rows * (size_t)c.n_columns + 1, sizeof *t->input);
        for (const char *at = spec->columns; *at && !e->status;) {
            size_t n = strcspn(at, "\n");
            take_column(spec, &c, at, n, t, e);
            at += n + (at[n] == '\n');
        }
        t->line = c.line;
        c.line = NULL;
    }
    rt_course_free(&c);
    return e->status;
}

const struct crnl_data_reader crnl_data_course = {"course", course_read};
