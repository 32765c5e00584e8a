/* CSV files: rows of inputs and a label. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt_data.h"

enum { EXACT_BITS = 53 };

struct csv {
    const struct crnl_data_spec *spec;
    struct rt_table *t;
    struct rt_error *e;
    struct rt_csv in;
    int32_t width; /* number of cells of the first row; 0: no row yet */
    int32_t label; /* label column, or -1 */
    bool text_labels;
    char **class_name;
    int32_t n_classes, cap_classes;
    int32_t cap_rows;
};

static int complain(struct csv *c, const char *what, const char *cell, const char *help)
{
    return rt_csv_complain(&c->in, what, cell, help);
}

static bool is_input(const struct csv *c, int32_t column)
{
    int32_t count = c->spec->input_count;
    return column != c->label &&
           (count < 0 || (column >= c->spec->input_first && column < c->spec->input_first + count));
}

/* Whether the first row is one cell, in which another mark than the comma stands; the help then says so. */
static bool parted_by_other(const struct csv *c, struct rt_buffer *help)
{
    const char *mark = c->in.n_cells == 1 ? strpbrk(c->in.cell[0], ";\t|") : NULL;
    if (mark) {
        rt_putf(help, "the first row is one cell, `%s`: cells are parted by commas, not by %s", c->in.cell[0],
                *mark == ';'   ? "`;`"
                : *mark == '|' ? "`|`"
                               : "tabs");
    }
    return mark != NULL;
}

/* Where inputs begin that end before column `end`: those that were said to begin at 1 were mostly counted
 * from 1, unless column 0 is the label. */
static int32_t first_meant(const struct csv *c, int32_t end)
{
    int32_t first = c->spec->input_first;
    return (first == 1 && c->label != 0) || first >= end ? 0 : first;
}

/* The label, which is known by its name, is one of the inputs. */
static void complain_input(struct csv *c)
{
    const struct crnl_data_spec *s = c->spec;
    struct rt_buffer help = {0};
    int32_t end = s->input_first + s->input_count;
    rt_putf(&help, "it is column %d, counted from 0, and ranges are half open: ", c->label);
    if (c->label == end - 1 && c->label > 0) {
        rt_putf(&help, "write `input = %d..%d`", first_meant(c, c->label), c->label);
        if (s->input_first == 1 && c->label > 1) {
            rt_putf(&help, ", or `1..%d` without the first column", c->label);
        }
    } else if (c->label == s->input_first && end <= c->width && end > c->label + 1) {
        rt_putf(&help, "write `input = %d..%d`", c->label + 1, end);
    } else {
        rt_put(
            &help,
            "the inputs stand beside each other, without it; or leave `input` out, which takes all others");
    }
    complain(c, "the label `%s` is among the inputs", s->label_name, help.data);
    rt_about(c->e, "input");
    rt_buffer_free(&help);
}

/* Checks that the columns named by the declaration exist. */
static int check_columns(struct csv *c)
{
    const struct crnl_data_spec *s = c->spec;
    struct rt_buffer has = {0}, help = {0};
    rt_putf(&has, "%d column%s, numbered from 0", c->width, c->width == 1 ? "" : "s");
    int32_t end = s->input_first + s->input_count;
    bool parted = parted_by_other(c, &help);
    if (s->input_count >= 0 && end > c->width) {
        struct rt_buffer fit = {0};
        int most = (int)(c->label == c->width - 1 ? c->width - 1 : c->width);
        rt_putf(&fit, "say which columns are inputs: input = %d..%d", (int)first_meant(c, most), most);
        complain(c, "this row has no column for all of the inputs: it has %s", has.data,
                 parted ? help.data : fit.data);
        rt_buffer_free(&fit);
        rt_about(c->e, "input");
    } else if (c->label >= c->width) {
        if (!parted) {
            rt_putf(&help, "say which column is the label: label = %d", c->width - 1);
        }
        complain(c, "this row has no column for the label: it has %s", has.data, help.data);
        rt_about(c->e, "label");
    } else if (s->label_name && s->input_count >= 0 && c->label >= s->input_first && c->label < end) {
        complain_input(c);
    }
    rt_buffer_free(&has);
    rt_buffer_free(&help);
    c->t->columns = 0;
    for (int32_t i = 0; i < c->width; i++) {
        c->t->columns += is_input(c, i);
    }
    return c->e->status;
}

/* No column of the first row has the name of the label. */
static bool complain_label(struct csv *c)
{
    enum { MOST_NAMED = 20 };
    struct rt_buffer help = {0};
    const char *name = c->spec->label_name;
    const char *near = rt_nearest(name, (const char *const *)c->in.cell, c->in.n_cells);
    bool parted = parted_by_other(c, &help);
    if (near && !parted) {
        rt_putf(&help, "did you mean `%s`?", near);
    } else if (!parted) {
        rt_put(&help, "the first row names the columns:");
        for (int32_t k = 0; k < c->in.n_cells && k < MOST_NAMED; k++) {
            rt_putf(&help, "%s `%s`", k ? "," : "", c->in.cell[k]);
        }
        rt_put(&help, c->in.n_cells > MOST_NAMED ? ", ..." : "");
        rt_put(&help, "; a number counts them from 0, as in label = 2");
    }
    complain(c, "no column is called `%s`", name, help.data);
    rt_about(c->e, "label");
    rt_buffer_free(&help);
    return true;
}

/* The declaration names the columns of the input, a line each, but they are counted: says their numbers. */
static bool complain_names(struct csv *c)
{
    enum { MOST_NAMED = 20 };
    struct rt_buffer help = {0};
    int32_t first = -1, next = -1;
    bool beside = true;
    for (const char *name = c->spec->input_name; *name;) {
        size_t n = strcspn(name, "\n");
        int32_t k = 0;
        while (k < c->in.n_cells && (strlen(c->in.cell[k]) != n || memcmp(c->in.cell[k], name, n) != 0)) {
            k++;
        }
        beside = beside && k < c->in.n_cells && (first < 0 || k == next);
        first = first < 0 ? k : first;
        next = k + 1;
        name += n + (name[n] == '\n');
    }
    if (!parted_by_other(c, &help)) {
        if (beside && next == first + 1) {
            rt_putf(&help, "write `input = %d`; ", (int)first);
        } else if (beside) {
            rt_putf(&help, "write `input = %d..%d`; ", (int)first, (int)next);
        }
        rt_put(&help, "the columns are");
        for (int32_t k = 0; k < c->in.n_cells && k < MOST_NAMED; k++) {
            rt_putf(&help, "%s %d `%s`", k ? "," : "", (int)k, c->in.cell[k]);
        }
        rt_put(&help, c->in.n_cells > MOST_NAMED ? ", ..." : "");
        rt_put(&help, beside ? "" : ", and those of the input stand beside each other, as in `input = 0..2`");
    }
    complain(c, "the columns of the input are counted, not named", NULL, help.data);
    rt_about(c->e, "input");
    rt_buffer_free(&help);
    return true;
}

/* Reads the first row, which is a header or data. */
static bool first_row(struct csv *c)
{
    const struct crnl_data_spec *s = c->spec;
    bool header = s->header == 1;
    c->width = c->in.n_cells;
    if (s->input_name) {
        return complain_names(c);
    }
    if (s->label_name) {
        header = true;
        for (c->label = 0; c->label < c->in.n_cells && strcmp(c->in.cell[c->label], s->label_name) != 0;
             c->label++) {
        }
        if (c->label == c->in.n_cells) {
            return complain_label(c);
        }
    }
    for (int32_t i = 0; s->header < 0 && i < c->width; i++) {
        double v;
        header = header || (is_input(c, i) && !crnl_cell_number(c->in.cell[i], &v));
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

/* Adds a label. The first one decides whether labels are numbers, or names, which are numbered by first
 * appearance. */
static int add_label(struct csv *c)
{
    const char *text = c->in.cell[c->label];
    double v;
    bool number = crnl_cell_number(text, &v);
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
    rt_putf(&place, "%s:%lld", c->spec->file, (long long)c->in.line);
    rt_check_label(c->spec, v, place.data, c->e);
    rt_buffer_free(&place);
    return c->e->status;
}

static int add_row(struct csv *c)
{
    struct rt_table *t = c->t;
    if (c->in.n_cells != c->width) {
        struct rt_buffer has = {0};
        rt_putf(&has, "%d cells, and the first one has %d", c->in.n_cells, c->width);
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
        const char *text = c->in.cell[i];
        if (*text == '\0') {
            return complain(c, "an empty cell among the inputs%s", "",
                            "give it a value, or leave the row out");
        }
        if (!crnl_cell_number(text, to)) {
            complain(c, "`%s` among the inputs is not a number", text,
                     c->in.line == 1 ? "a first row with names is a header: header = true"
                                     : "say which columns are inputs: input = 0..4");
            return rt_about(c->e, "input");
        }
        if (!isfinite(*to)) {
            return complain(c, "`%s` among the inputs is not finite", text, "leave the row out");
        }
        to++;
    }
    if (c->label >= 0 && add_label(c)) {
        return rt_about(c->e, "label");
    }
    t->rows++;
    return CRNL_OK;
}

static void read_rows(struct csv *c)
{
    while (rt_csv_next(&c->in)) {
        bool header = c->width == 0 && first_row(c);
        if (!c->e->status && !header) {
            add_row(c);
        }
    }
    if (!c->e->status && c->t->rows == 0) {
        rt_fail(c->e, CRNL_DATA, "%s: there are no rows\n  help: each line is a row: 5.1,3.5,setosa",
                c->spec->file);
    }
}

static int csv_read(const struct crnl_data_spec *spec, const char *folder, bool look, struct rt_table *t,
                    struct rt_error *e)
{
    (void)look; /* finding the shape requires reading the whole file */
    struct csv c = {.spec = spec, .t = t, .e = e, .label = spec->label_column};
    if (rt_csv_open(&c.in, folder, spec->file, e)) {
        read_rows(&c);
    }
    rt_csv_close(&c.in);
    for (int32_t i = 0; i < c.n_classes; i++) {
        free(c.class_name[i]);
    }
    free(c.class_name);
    return e->status;
}

const struct crnl_data_reader crnl_data_csv = {"csv", csv_read};
