/* Rows kept in memory (crnl_memory.h). */
#include "runtime/crnl_memory.h"

#include <stdlib.h>
#include <string.h>

#include "rt_output.h"

enum { FIRST_ROWS = 64 };

static void *memory_open(const struct rt_sink_head *head, struct rt_error *e)
{
    (void)e;
    struct crnl_memory *m = head->memory;
    struct crnl_table_of_rows *t = rt_alloc(1, sizeof *t);
    t->name = rt_strdup(head->path);
    t->n_keys = head->n_keys;
    t->n_columns = head->n_keys + 1 + head->n_columns;
    t->column = rt_alloc((size_t)t->n_columns, sizeof *t->column);
    for (int32_t i = 0; i < t->n_columns; i++) {
        int32_t behind = i - head->n_keys;
        t->column[i] = rt_strdup(behind < 0 ? head->key[i] : behind == 0 ? "time" : head->column[behind - 1]);
    }
    RT_GROW(m->table, m->n_tables, m->cap_tables);
    m->table[m->n_tables++] = t;
    return t;
}

static int memory_rows(void *sink, const double *key, const double *row, int64_t n, size_t stride,
                       struct rt_error *e)
{
    (void)e;
    struct crnl_table_of_rows *t = sink;
    size_t width = (size_t)t->n_columns, keys = (size_t)t->n_keys;
    if (t->n_rows + n > t->cap_rows) {
        int64_t cap = t->cap_rows ? 2 * t->cap_rows : FIRST_ROWS;
        t->cap_rows = cap > t->n_rows + n ? cap : t->n_rows + n;
        t->v = rt_resize(t->v, (size_t)t->cap_rows * width, sizeof *t->v);
    }
    double *to = t->v + (size_t)t->n_rows * width;
    for (int64_t i = 0; i < n; i++, to += width, row += stride) {
        for (size_t k = 0; k < keys; k++) {
            to[k] = key[k];
        }
        memcpy(to + keys, row, (width - keys) * sizeof *to);
    }
    t->n_rows += n;
    return CRNL_OK;
}

/* The list owns the rows since the sink was opened; rows of a failed run are kept too. */
static int memory_close(void *sink, bool whole, struct rt_error *e)
{
    (void)sink;
    (void)whole;
    (void)e;
    return CRNL_OK;
}

void crnl_memory_free(struct crnl_memory *m)
{
    for (int64_t i = 0; i < m->n_tables; i++) {
        struct crnl_table_of_rows *t = m->table[i];
        for (int32_t k = 0; k < t->n_columns; k++) {
            free(t->column[k]);
        }
        free(t->column);
        free(t->name);
        free(t->v);
        free(t);
    }
    free(m->table);
    *m = (struct crnl_memory){0};
}

const struct crnl_sink crnl_sink_memory = {CRNL_SINK_COUNT, memory_open, memory_rows, memory_close};
