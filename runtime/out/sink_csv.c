/* Trajectories as CSV: `time,NAME...`, with a leading column `run` for an ensemble. */
#include <stdlib.h>
#include <string.h>

#include "rt_output.h"

struct csv {
    struct rt_file file;
    struct rt_buffer text;
    bool with_run;
    int32_t n_columns; /* with time */
};

static void put_name(struct rt_buffer *b, const char *name)
{
    bool quote = strpbrk(name, ",\"\n") != NULL; /* 'x[1,2]' */
    rt_put(b, quote ? "\"" : "");
    rt_put(b, name);
    rt_put(b, quote ? "\"" : "");
}

static int flush(struct csv *s, struct rt_error *e)
{
    rt_file_write(&s->file, s->text.data, s->text.n, e);
    rt_buffer_clear(&s->text);
    return e->status;
}

static int csv_close(void *sink, bool whole, struct rt_error *e)
{
    struct csv *s = sink;
    if (whole) {
        rt_file_finish(&s->file, e);
    } else {
        rt_file_leave(&s->file, e);
    }
    rt_buffer_free(&s->text);
    free(s);
    return e->status;
}

static void *csv_open(const struct rt_sink_head *head, struct rt_error *e)
{
    struct csv *s = rt_alloc(1, sizeof *s);
    s->with_run = head->with_run;
    s->n_columns = head->n_columns + 1;
    if (rt_file_open(&s->file, head->path, e)) {
        free(s);
        return NULL;
    }
    rt_put(&s->text, head->with_run ? "run,time" : "time");
    for (int32_t i = 0; i < head->n_columns; i++) {
        rt_put(&s->text, ",");
        put_name(&s->text, head->column[i]);
    }
    rt_put(&s->text, "\n");
    flush(s, e);
    return s;
}

static int csv_rows(void *sink, int64_t run, const double *row, int64_t n, size_t stride, struct rt_error *e)
{
    enum { AT_ONCE = 1 << 16 };
    struct csv *s = sink;
    for (int64_t i = 0; i < n && !e->status; i++, row += stride) {
        if (s->with_run) {
            rt_putf(&s->text, "%lld,", (long long)run);
        }
        for (int32_t c = 0; c < s->n_columns; c++) {
            if (c > 0) {
                rt_put_n(&s->text, ",", 1);
            }
            rt_put_number(&s->text, row[c]);
        }
        rt_put_n(&s->text, "\n", 1);
        if (s->text.n > AT_ONCE) {
            flush(s, e);
        }
    }
    flush(s, e);
    crnl_file_mark(s->file.file, s->with_run ? CRNL_KEEP_WHOLE : CRNL_KEEP_ROWS);
    return e->status;
}

const struct crnl_sink crnl_sink_csv = {CRNL_SINK_CSV, csv_open, csv_rows, csv_close};
