/* The table of the seeds' values, side by side. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"
#include "rt_seeds.h"

enum { LOWER, MEDIAN, UPPER, N_QUARTILES };

/* A name and its value for each seed. */
struct line {
    const struct rt_seed_value *first;
    double *v; /* [n]; NaN: the seed has no value, or it is not a number */
    int32_t n_numbers;
    double quartile[N_QUARTILES];
};

struct table {
    const struct rt_seed *seed;
    int32_t n, n_complete;
    struct line *line;
    size_t n_lines, cap_lines;
};

static struct line *line_of(struct table *t, const struct rt_seed_value *value)
{
    for (size_t i = 0; i < t->n_lines; i++) {
        const struct rt_seed_value *other = t->line[i].first;
        if (other->recorded == value->recorded && strcmp(other->name, value->name) == 0) {
            return &t->line[i];
        }
    }
    RT_GROW(t->line, t->n_lines, t->cap_lines);
    struct line *l = &t->line[t->n_lines++];
    *l = (struct line){.first = value, .v = rt_alloc((size_t)t->n, sizeof *l->v)};
    for (int32_t i = 0; i < t->n; i++) {
        l->v[i] = NAN;
    }
    return l;
}

/* Computes quartiles over the seeds that have a value. */
static void find_quartiles(struct line *l, int32_t n)
{
    double *v = rt_alloc((size_t)n, sizeof *v);
    for (int32_t i = 0; i < n; i++) {
        if (l->v[i] == l->v[i]) {
            v[l->n_numbers++] = l->v[i];
        }
    }
    for (int q = 0; q < N_QUARTILES; q++) {
        l->quartile[q] = l->n_numbers ? rt_quantile(v, l->n_numbers, 0.25 * (q + 1)) : NAN;
    }
    free(v);
}

static void fill(struct table *t)
{
    for (int32_t i = 0; i < t->n; i++) {
        const struct rt_seed *s = &t->seed[i];
        t->n_complete += s->complete;
        for (size_t k = 0; k < s->n_values && s->complete; k++) {
            line_of(t, &s->value[k])->v[i] = s->value[k].v;
        }
    }
    for (size_t i = 0; i < t->n_lines; i++) {
        find_quartiles(&t->line[i], t->n);
    }
}

/* ---- on standard output ---- */

/* The width in columns of a terminal: continuation bytes of UTF-8 take none. */
static int width(const char *text)
{
    int n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return n;
}

static int show(const struct crnl_ctx *head, const struct table *t, struct rt_error *e)
{
    FILE *out = head->options.output ? head->options.output : stdout;
    struct rt_buffer b = {0};
    int most = 5;
    for (size_t i = 0; i < t->n_lines; i++) {
        int w = width(t->line[i].first->name);
        most = w > most ? w : most;
    }
    rt_putf(&b, "%d of %d seeds\n", (int)t->n_complete, (int)t->n);
    if (t->n_lines) {
        rt_putf(&b, "%-*s  %12s  %12s  %12s\n", most, "value", "lower quart.", "median", "upper quart.");
    }
    for (size_t i = 0; i < t->n_lines; i++) {
        const struct line *l = &t->line[i];
        rt_putf(&b, "%s%*s", l->first->name, most - width(l->first->name), "");
        for (int q = 0; q < N_QUARTILES; q++) {
            rt_putf(&b, "  %12.6g", l->quartile[q]);
        }
        if (l->n_numbers < t->n_complete) {
            rt_putf(&b, "  of %d", (int)l->n_numbers);
        }
        rt_put(&b, "\n");
    }
    if (fputs(b.data, out) == EOF || fflush(out) == EOF) {
        rt_fail(e, CRNL_FILE, "cannot print: %s", strerror(errno));
    }
    rt_buffer_free(&b);
    return e->status;
}

/* ---- to a file ---- */

static void put_cell(struct rt_buffer *b, double v)
{
    rt_put(b, ",");
    if (v == v) {
        rt_put_number(b, v);
    }
}

static void put_table(struct rt_buffer *b, const struct table *t)
{
    rt_put(b, "value,from,numbers,lower_quartile,median,upper_quartile");
    for (int32_t i = 0; i < t->n; i++) {
        rt_putf(b, ",seed_%llu", (unsigned long long)t->seed[i].number);
    }
    rt_put(b, "\n");
    for (size_t i = 0; i < t->n_lines; i++) {
        const struct line *l = &t->line[i];
        rt_put_cell(b, l->first->name);
        rt_putf(b, ",%s,%d", l->first->recorded ? "record" : "print", (int)l->n_numbers);
        for (int q = 0; q < N_QUARTILES; q++) {
            put_cell(b, l->quartile[q]);
        }
        for (int32_t k = 0; k < t->n; k++) {
            put_cell(b, l->v[k]);
        }
        rt_put(b, "\n");
    }
}

static void write_table(struct crnl_ctx *head, const struct table *t, const char *name, struct rt_error *e)
{
    struct rt_file f;
    struct rt_buffer b = {0};
    head->by_options = true;
    char *path = rt_output_path(head, name, 0, e);
    if (path && !rt_file_open(&f, path, e)) {
        put_table(&b, t);
        rt_file_write(&f, b.data, b.n, e);
        rt_file_finish(&f, e);
    }
    rt_buffer_free(&b);
    free(path);
}

int rt_seeds_compare(struct crnl_ctx *head, const struct rt_seed *seed, int32_t n, const char *path,
                     struct rt_error *e)
{
    struct table t = {.seed = seed, .n = n};
    fill(&t);
    show(head, &t, e);
    if (path) {
        write_table(head, &t, path, e);
    }
    for (size_t i = 0; i < t.n_lines; i++) {
        free(t.line[i].v);
    }
    free(t.line);
    return e->status;
}
