/* CSV: cells parted by commas, "quoted" where they hold one, one row a line, blank lines skipped. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt_data.h"

enum { MAX_LINE = 1 << 24, EXACT_BITS = 53 };

struct csv {
    const struct crnl_data_spec *spec;
    struct rt_table *t;
    struct rt_error *e;
    FILE *in;
    int64_t line;
    struct rt_buffer row;
    char **cell; /* of the row; each ends in 0 */
    int32_t n_cells, cap_cells;
    int32_t width; /* cells of the first row; 0: none yet */
    int32_t label; /* column, -1 none */
    bool text_labels;
    char **class_name;
    int32_t n_classes, cap_classes;
    int32_t cap_rows;
};

static int complain(struct csv *c, const char *what, const char *cell, const char *help)
{
    rt_fail(c->e, CRNL_DATA, "%s:%lld: ", c->spec->file, (long long)c->line);
    rt_putf(&c->e->text, what, cell);
    rt_putf(&c->e->text, "\n  help: %s", help);
    return c->e->status;
}

/* One line without its end into c->row; false at the end of the file or after an error. */
static bool read_line(struct csv *c)
{
    rt_buffer_clear(&c->row);
    int ch = getc(c->in);
    if (ch == EOF) {
        return false;
    }
    c->line++;
    for (; ch != EOF && ch != '\n'; ch = getc(c->in)) {
        char byte = (char)ch;
        if (ch == 0) {
            complain(c, "a zero byte%s", "", "this is not a text file; CSV is read here");
            return false;
        }
        if (c->row.n == MAX_LINE) {
            complain(c, "a line of more than 16 MiB%s", "", "this does not look like CSV");
            return false;
        }
        rt_put_n(&c->row, &byte, 1);
    }
    if (!c->row.data) {
        rt_put(&c->row, "");
    }
    if (c->row.n && c->row.data[c->row.n - 1] == '\r') {
        c->row.data[--c->row.n] = '\0';
    }
    if (c->line == 1 && strncmp(c->row.data, "\xEF\xBB\xBF", 3) == 0) {
        memmove(c->row.data, c->row.data + 3, c->row.n - 2);
        c->row.n -= 3;
    }
    return true;
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t';
}

/* A quoted cell in place: "" stands for one quote. Returns what follows it, NULL if it is not closed. */
static char *unquote(char *p)
{
    char *to = p;
    for (p++;; p++) {
        if (*p == '\0') {
            return NULL;
        }
        if (*p == '"' && *++p != '"') {
            *to = '\0';
            return p;
        }
        *to++ = *p;
    }
}

/* Cuts c->row into cells, without the blanks around them. */
static bool split_row(struct csv *c)
{
    c->n_cells = 0;
    for (char *p = c->row.data;; p++) {
        while (is_blank(*p)) {
            p++;
        }
        char *cell = p;
        RT_GROW(c->cell, c->n_cells, c->cap_cells);
        c->cell[c->n_cells++] = cell;
        char *end;
        if (*p == '"') {
            p = unquote(p);
            while (p && is_blank(*p)) {
                p++;
            }
            if (!p || (*p && *p != ',')) {
                complain(c, "a quoted cell that does not end%s", "",
                         "a quote inside of quotes is written twice; cells do not span lines");
                return false;
            }
            end = NULL;
        } else {
            p += strcspn(p, ",");
            end = p;
        }
        bool last = *p == '\0';
        if (end) {
            while (end > cell && is_blank(end[-1])) {
                end--;
            }
            *end = '\0';
        }
        if (last) {
            return true;
        }
    }
}

static bool to_number(const char *text, double *v)
{
    char *end;
    if (*text == '\0' || strpbrk(text, "xX")) {
        return false;
    }
    *v = strtod(text, &end);
    return *end == '\0';
}

static bool is_input(const struct csv *c, int32_t column)
{
    int32_t count = c->spec->input_count;
    return column != c->label &&
           (count < 0 || (column >= c->spec->input_first && column < c->spec->input_first + count));
}

/* The columns that the declaration names must be there. */
static int check_columns(struct csv *c)
{
    const struct crnl_data_spec *s = c->spec;
    struct rt_buffer has = {0};
    rt_putf(&has, "%d columns, numbered from 0", c->width);
    int32_t end = s->input_first + s->input_count;
    if (s->input_count >= 0 && end > c->width) {
        complain(c, "this row has no column for all of the inputs: it has %s", has.data,
                 "say which columns are inputs: input = 0..4");
    } else if (c->label >= c->width) {
        complain(c, "this row has no column for the label: it has %s", has.data,
                 "say which column is the label: label = 4");
    }
    rt_buffer_free(&has);
    c->t->columns = 0;
    for (int32_t i = 0; i < c->width; i++) {
        c->t->columns += is_input(c, i);
    }
    return c->e->status;
}

/* The first row: a header, or data already. */
static bool first_row(struct csv *c)
{
    const struct crnl_data_spec *s = c->spec;
    bool header = s->header == 1;
    c->width = c->n_cells;
    if (s->label_name) {
        header = true;
        for (c->label = 0; c->label < c->n_cells && strcmp(c->cell[c->label], s->label_name) != 0;
             c->label++) {
        }
        if (c->label == c->n_cells) {
            complain(c, "no column is called `%s`", s->label_name,
                     "the first row names the columns; label = 4 gives a number instead");
            return true;
        }
    }
    for (int32_t i = 0; s->header < 0 && i < c->width; i++) {
        double v;
        header = header || (is_input(c, i) && !to_number(c->cell[i], &v));
    }
    check_columns(c);
    return header;
}

static int add_text_label(struct csv *c, const char *text)
{
    int32_t i = 0;
    while (i < c->n_classes && strcmp(c->class_name[i], text) != 0) {
        i++;
    }
    if (i == c->n_classes) {
        if (c->n_classes == CRNL_DATA_MAX_CLASSES) {
            return complain(c, "`%s` is one more than 4096 different labels", text,
                            "is this the column of the label?");
        }
        RT_GROW(c->class_name, c->n_classes, c->cap_classes);
        c->class_name[c->n_classes++] = rt_strdup(text);
    }
    c->t->label_value[c->t->rows] = i;
    return CRNL_OK;
}

/* The first label decides: names, which are numbered by first appearance, or numbers. */
static int add_label(struct csv *c)
{
    const char *text = c->cell[c->label];
    double v;
    bool number = to_number(text, &v);
    if (*text == '\0') {
        return complain(c, "the label is missing%s", "", "give each row a label, or leave the row out");
    }
    if (c->t->rows == 0) {
        c->text_labels = !number;
        c->t->label = CRNL_LABEL_INTEGER;
    }
    if (c->text_labels) {
        if (add_text_label(c, text)) {
            return c->e->status;
        }
        v = c->t->label_value[c->t->rows];
    } else if (!number) {
        return complain(c, "the label `%s` is not a number, but those before are", text,
                        "labels are all numbers or all names");
    } else if (!isfinite(v)) {
        return complain(c, "the label `%s` is not finite", text, "leave the row out");
    } else if (v != floor(v) || fabs(v) > ldexp(1, EXACT_BITS)) {
        c->t->label = CRNL_LABEL_REAL;
    }
    c->t->label_value[c->t->rows] = v;
    struct rt_buffer place = {0};
    rt_putf(&place, "%s:%lld", c->spec->file, (long long)c->line);
    rt_check_label(c->spec, v, place.data, c->e);
    rt_buffer_free(&place);
    return c->e->status;
}

static int add_row(struct csv *c)
{
    struct rt_table *t = c->t;
    if (c->n_cells != c->width) {
        struct rt_buffer has = {0};
        rt_putf(&has, "%d cells, and the first one has %d", c->n_cells, c->width);
        complain(c, "this row has %s", has.data, "every row has the same number of cells");
        rt_buffer_free(&has);
        return c->e->status;
    }
    if (t->columns > 0 && t->rows >= CRNL_DATA_MAX_VALUES / t->columns) {
        return complain(c, "more than 268435456 numbers%s", "", "split the file");
    }
    int32_t cap = c->cap_rows;
    if (t->rows == cap) {
        c->cap_rows = cap ? 2 * cap : 64;
        t->input = rt_resize(t->input, (size_t)c->cap_rows * (size_t)t->columns, sizeof *t->input);
        t->label_value = rt_resize(t->label_value, (size_t)c->cap_rows, sizeof *t->label_value);
    }
    double *to = t->input + (size_t)t->rows * (size_t)t->columns;
    for (int32_t i = 0; i < c->width; i++) {
        if (!is_input(c, i)) {
            continue;
        }
        const char *text = c->cell[i];
        if (*text == '\0') {
            return complain(c, "an empty cell among the inputs%s", "",
                            "give it a value, or leave the row out");
        }
        if (!to_number(text, to)) {
            return complain(c, "`%s` among the inputs is not a number", text,
                            c->line == 1 ? "a first row with names is a header: header = true"
                                         : "say which columns are inputs: input = 0..4");
        }
        if (!isfinite(*to)) {
            return complain(c, "`%s` among the inputs is not finite", text, "leave the row out");
        }
        to++;
    }
    if (c->label >= 0 && add_label(c)) {
        return c->e->status;
    }
    t->rows++;
    return CRNL_OK;
}

static void read_rows(struct csv *c)
{
    while (!c->e->status && read_line(c)) {
        if (c->row.data[strspn(c->row.data, " \t")] == '\0') {
            continue;
        }
        if (!split_row(c)) {
            return;
        }
        bool header = c->width == 0 && first_row(c);
        if (!c->e->status && !header) {
            add_row(c);
        }
    }
    if (!c->e->status && ferror(c->in)) {
        rt_fail(c->e, CRNL_DATA, "%s: cannot be read: %s", c->spec->file, strerror(errno));
    } else if (!c->e->status && c->t->rows == 0) {
        rt_fail(c->e, CRNL_DATA, "%s: there are no rows\n  help: each line is a row: 5.1,3.5,setosa",
                c->spec->file);
    }
}

static int csv_read(const struct crnl_data_spec *spec, const char *folder, bool look, struct rt_table *t,
                    struct rt_error *e)
{
    (void)look; /* the shape takes reading the whole */
    struct csv c = {.spec = spec, .t = t, .e = e, .label = spec->label_column};
    char *path = rt_data_path(folder, spec->file);
    c.in = fopen(path, "rb");
    if (!c.in) {
        rt_fail(e, CRNL_DATA, "cannot read `%s`: %s", path, strerror(errno));
    } else {
        read_rows(&c);
        fclose(c.in);
    }
    for (int32_t i = 0; i < c.n_classes; i++) {
        free(c.class_name[i]);
    }
    free(c.class_name);
    free(c.cell);
    free(path);
    rt_buffer_free(&c.row);
    return e->status;
}

const struct crnl_data_reader crnl_data_csv = {"csv", csv_read};
