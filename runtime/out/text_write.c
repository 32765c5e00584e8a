/* Trajectories as lines of text: keys, `time`, then the columns. */
#include <stdlib.h>
#include <string.h>

#include "rt_output.h"
#include "runtime/crnl_cells.h"

struct text {
    struct rt_file file;
    struct rt_buffer text;
    char separator;
    bool whole_runs;
    int32_t n_keys;
    int32_t n_columns; /* including time */
};

/* Writes 'x[1,2]' or 'A(b~"u")', with quotes where the format needs them. */
static void put_name(struct rt_buffer *b, char separator, const char *name)
{
    if (crnl_cell_is_plain(name, separator)) {
        rt_put(b, name);
    } else {
        rt_put_cell(b, name);
    }
}

static int flush(struct text *s, struct rt_error *e)
{
    rt_file_write(&s->file, s->text.data, s->text.n, e);
    rt_buffer_clear(&s->text);
    return e->status;
}

int rt_text_close(void *sink, bool whole, struct rt_error *e)
{
    struct text *s = sink;
    if (whole) {
        rt_file_finish(&s->file, e);
    } else {
        rt_file_leave(&s->file, e);
    }
    rt_buffer_free(&s->text);
    free(s);
    return e->status;
}

void *rt_text_open(const struct rt_sink_head *head, char separator, struct rt_error *e)
{
    struct text *s = rt_alloc(1, sizeof *s);
    s->separator = separator;
    s->whole_runs = head->whole_runs;
    s->n_keys = head->n_keys;
    s->n_columns = head->n_columns + 1;
    if (rt_file_open(&s->file, head->path, e)) {
        free(s);
        return NULL;
    }
    for (int32_t i = 0; i < head->n_keys; i++) {
        put_name(&s->text, separator, head->key[i]);
        rt_put_n(&s->text, &separator, 1);
    }
    rt_put(&s->text, "time");
    for (int32_t i = 0; i < head->n_columns; i++) {
        rt_put_n(&s->text, &separator, 1);
        put_name(&s->text, separator, head->column[i]);
    }
    rt_put(&s->text, "\n");
    flush(s, e);
    return s;
}

int rt_text_rows(void *sink, const double *key, const double *row, int64_t n, size_t stride,
                 struct rt_error *e)
{
    enum { AT_ONCE = 1 << 16 };
    struct text *s = sink;
    for (int64_t i = 0; i < n && !e->status; i++, row += stride) {
        for (int32_t k = 0; k < s->n_keys; k++) {
            rt_put_number(&s->text, key[k]);
            rt_put_n(&s->text, &s->separator, 1);
        }
        for (int32_t c = 0; c < s->n_columns; c++) {
            if (c > 0) {
                rt_put_n(&s->text, &s->separator, 1);
            }
            rt_put_number(&s->text, row[c]);
        }
        rt_put_n(&s->text, "\n", 1);
        if (s->text.n > AT_ONCE) {
            flush(s, e);
        }
    }
    flush(s, e);
    crnl_file_mark(s->file.file, s->whole_runs ? CRNL_KEEP_WHOLE : CRNL_KEEP_ROWS);
    return e->status;
}
