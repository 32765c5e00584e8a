/* Cells of a CSV file: separated by commas, "quoted" if they contain one; one row per line, blank lines are
 * skipped. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rt_data.h"

enum { MAX_LINE = 1 << 24 };

int rt_csv_complain(struct rt_csv *c, const char *what, const char *cell, const char *help)
{
    rt_fail(c->e, CRNL_DATA, "%s:%lld: ", c->file, (long long)c->line);
    rt_putf(&c->e->text, what, cell);
    rt_putf(&c->e->text, "\n  help: %s", help);
    return c->e->status;
}

/* Reads one line without its end into c->row; returns false at the end of the file or after an error. */
static bool read_line(struct rt_csv *c)
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
            rt_csv_complain(c, "a zero byte%s", "", "this is not a text file; CSV is read here");
            return false;
        }
        if (c->row.n == MAX_LINE) {
            rt_csv_complain(c, "a line of more than 16 MiB%s", "", "this does not look like CSV");
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

/* Splits c->row into cells. */
static bool split_row(struct rt_csv *c)
{
    c->n_cells = 0;
    for (char *at = c->row.data; at;) {
        char *cell = crnl_next_cell(&at, ',');
        if (!cell) {
            rt_csv_complain(c, "a quoted cell that does not end%s", "",
                            "a quote inside of quotes is written twice; cells do not span lines");
            return false;
        }
        RT_GROW(c->cell, c->n_cells, c->cap_cells);
        c->cell[c->n_cells++] = cell;
    }
    return true;
}

bool rt_csv_next(struct rt_csv *c)
{
    while (!c->e->status && read_line(c)) {
        if (c->row.data[strspn(c->row.data, " \t")] != '\0') {
            return split_row(c) && !c->e->status;
        }
    }
    if (!c->e->status && ferror(c->in)) {
        rt_fail(c->e, CRNL_DATA, "%s: cannot be read: %s", c->file, strerror(errno));
    }
    return false;
}

bool rt_csv_open(struct rt_csv *c, const char *folder, const char *file, struct rt_error *e)
{
    char *path = rt_data_path(folder, file);
    *c = (struct rt_csv){.file = file, .e = e, .in = fopen(path, "rb")};
    if (!c->in) {
        rt_fail_unread(path, e);
        rt_about(e, "file");
    }
    free(path);
    return c->in != NULL;
}

void rt_csv_close(struct rt_csv *c)
{
    if (c->in) {
        fclose(c->in);
    }
    free(c->cell);
    rt_buffer_free(&c->row);
}
