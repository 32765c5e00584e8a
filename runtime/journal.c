#include "rt_journal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"

enum { MOST_LINES = 40 };
static const double ROUNDING = 1e-13; /* relative to the largest value: smaller differences count as 0 */

enum kind { PRINTED, COLUMN, SERIES };

struct output {
    enum kind kind;
    int32_t line, place; /* which number of a text, column (0: the time of the end) or series */
    char *name;
    double *v; /* COLUMN: pairs of time and value, one part for each run */
    int64_t n, cap;
    int64_t *part; /* where each part begins in v */
    int64_t n_parts, cap_parts;
};

struct rt_journal {
    struct output *output;
    int64_t n, cap;
    int64_t run; /* the first output of the run whose rows are being added */
};

struct rt_journal *rt_journal_create(void)
{
    return rt_alloc(1, sizeof(struct rt_journal));
}

void rt_journal_free(struct rt_journal *j)
{
    for (int64_t i = 0; j && i < j->n; i++) {
        free(j->output[i].name);
        free(j->output[i].v);
        free(j->output[i].part);
    }
    if (j) {
        free(j->output);
    }
    free(j);
}

static int64_t find(const struct rt_journal *j, enum kind kind, int32_t line, int32_t place)
{
    for (int64_t i = 0; i < j->n; i++) {
        const struct output *o = &j->output[i];
        if (o->kind == kind && o->line == line && o->place == place) {
            return i;
        }
    }
    return -1;
}

static struct output *append(struct rt_journal *j, enum kind kind, int32_t line, int32_t place)
{
    RT_GROW(j->output, j->n, j->cap);
    j->output[j->n] = (struct output){.kind = kind, .line = line, .place = place};
    return &j->output[j->n++];
}

static void name_output(struct output *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void name_output(struct output *o, const char *format, ...)
{
    struct rt_buffer name = {0};
    va_list args;
    va_start(args, format);
    rt_vputf(&name, format, args);
    va_end(args);
    o->name = name.data;
}

static void add(struct output *o, double v)
{
    RT_GROW(o->v, o->n, o->cap);
    o->v[o->n++] = v;
}

/* ---- Texts ---- */

static void add_printed(struct rt_journal *j, int32_t line, int32_t place, double v)
{
    int64_t at = find(j, PRINTED, line, place);
    struct output *o = at >= 0 ? &j->output[at] : append(j, PRINTED, line, place);
    if (at < 0) {
        name_output(o, "value %d", (int)place + 1);
    }
    add(o, v);
}

/* For a text that was held in a variable: reads its numbers, with the digits that they have. */
static void read_numbers(struct rt_journal *j, const char *text, int32_t line)
{
    int32_t n = 0;
    for (const char *at = text; *at;) {
        char *end = (char *)at;
        bool starts = strchr("0123456789", *at) || (*at == '-' && strchr("0123456789", at[1]) && at[1]);
        double v = starts ? strtod(at, &end) : 0;
        if (end > at) {
            add_printed(j, line, n++, v);
        }
        at = end > at ? end : at + 1;
    }
}

void rt_journal_print(struct rt_journal *j, const struct rt_text_numbers *numbers, const char *text,
                      int32_t line)
{
    if (!j || line <= 0) {
        return;
    }
    int32_t place = 0;
    for (size_t i = 0; i < numbers->n; i++) {
        if (numbers->number[i].text == text) {
            add_printed(j, line, place++, numbers->number[i].v);
        }
    }
    if (place == 0) {
        read_numbers(j, text, line);
    }
}

void rt_journal_add_series(struct rt_journal *j, int32_t record, const char *name, const double *v, int64_t n)
{
    struct output *o = append(j, SERIES, 0, record);
    name_output(o, "record %s", name);
    for (int64_t i = 0; i < n; i++) {
        add(o, v[i]);
    }
}

/* ---- Rows ---- */

void rt_journal_begin_run(struct rt_journal *j, const struct rt_job *job, const char *const *file_column)
{
    int64_t known = j ? find(j, COLUMN, job->spec->line, 0) : 0;
    int32_t n_file = job->n_columns - job->n_trace;
    if (!j) {
        return;
    }
    j->run = known >= 0 ? known : j->n;
    for (int32_t i = 0; i <= job->n_columns; i++) {
        struct output *o = known >= 0 ? &j->output[known + i] : append(j, COLUMN, job->spec->line, i);
        if (known < 0 && i == 0) {
            name_output(o, "time of the end");
        } else if (known < 0 && i <= n_file) {
            name_output(o, "%s", file_column[i - 1]);
        } else if (known < 0) {
            name_output(o, "plot of %s", job->trace_name[i - 1 - n_file]);
        }
        RT_GROW(o->part, o->n_parts, o->cap_parts);
        o->part[o->n_parts++] = o->n;
    }
}

void rt_journal_add_rows(struct rt_journal *j, const double *row, int64_t n, size_t stride, int32_t columns)
{
    for (int64_t i = 0; j && i < n; i++) {
        const double *at = row + (size_t)i * stride;
        for (int32_t c = 1; c <= columns; c++) {
            add(&j->output[j->run + c], at[0]);
            add(&j->output[j->run + c], at[c]);
        }
    }
}

void rt_journal_end_run(struct rt_journal *j, double t)
{
    if (j) {
        add(&j->output[j->run], t);
        add(&j->output[j->run], t);
    }
}

/* ---- Comparison ---- */

struct difference {
    const struct output *output;
    double absolute, largest, own,
        at;    /* largest |difference|, |value|, |difference| / |value|; time of the first */
    int64_t n; /* number of values that were compared */
    bool other_length;
};

static void compare_values(struct difference *d, double x, double y, double at)
{
    double off = x == y || (x != x && y != y) ? 0 : fabs(x - y), size = fmax(fabs(x), fabs(y));
    off = off == off ? off : INFINITY;
    if (off > d->absolute) {
        d->absolute = off;
        d->at = at;
    }
    d->largest = fmax(d->largest, size);
    d->own = fmax(d->own, off > 0 ? off / size : 0);
    d->n++;
}

/* Compares rows at the same times, and the last row of each run, whatever its time. */
static void compare_part(struct difference *d, const double *x, int64_t n_x, const double *y, int64_t n_y)
{
    for (int64_t i = 0; i < n_x && i < n_y && crnl_same_time(x[i], y[i]); i += 2) {
        compare_values(d, x[i + 1], y[i + 1], x[i]);
    }
    if (n_x > 0 && n_y > 0) {
        compare_values(d, x[n_x - 1], y[n_y - 1], x[n_x - 2]);
    }
}

static struct difference compare(const struct output *x, const struct output *y)
{
    struct difference d = {.output = x, .at = NAN};
    for (int64_t k = 0; k < x->n_parts && k < y->n_parts; k++) {
        int64_t end_x = k + 1 < x->n_parts ? x->part[k + 1] : x->n,
                end_y = k + 1 < y->n_parts ? y->part[k + 1] : y->n;
        compare_part(&d, x->v + x->part[k], end_x - x->part[k], y->v + y->part[k], end_y - y->part[k]);
    }
    for (int64_t i = 0; x->kind != COLUMN && i < x->n && i < y->n; i++) {
        compare_values(&d, x->v[i], y->v[i], NAN);
    }
    d.other_length = x->kind == COLUMN ? x->n_parts != y->n_parts : x->n != y->n;
    return d;
}

static double of_largest(const struct difference *d)
{
    return d->absolute > 0 ? d->absolute / d->largest : 0;
}

static int worse(const void *a, const void *b)
{
    const struct difference *x = a, *y = b;
    double off_x = x->other_length ? INFINITY : of_largest(x),
           off_y = y->other_length ? INFINITY : of_largest(y);
    return off_x > off_y ? -1 : off_x < off_y;
}

static void print_difference(FILE *out, const struct difference *d, const struct crnl_ctx *ctx)
{
    struct rt_buffer name = {0};
    if (d->output->line > 0) {
        rt_putf(&name, "%s:%d: ", ctx->program->file, rt_shown_line(ctx, (int)d->output->line));
    }
    rt_put(&name, d->output->name);
    crnl_say(out, "  %-32s %11.3g %11.3g %11.3g", name.data, d->absolute, of_largest(d), d->own);
    if (d->at == d->at) {
        crnl_say(out, "  at t = %.6g", d->at);
    }
    fputs(d->other_length ? "  (another number of values)\n" : "\n", out);
    rt_buffer_free(&name);
}

void rt_journal_compare(FILE *out, const struct crnl_ctx *ctx, const struct rt_journal *first,
                        const struct rt_journal *closer)
{
    struct difference *list = rt_alloc((size_t)first->n, sizeof *list);
    int64_t n = 0, same = 0, all = 0;
    for (int64_t i = 0; i < first->n; i++) {
        const struct output *x = &first->output[i];
        int64_t at = find(closer, x->kind, x->line, x->place);
        struct difference d =
            at >= 0 ? compare(x, &closer->output[at]) : (struct difference){.output = x, .at = NAN};
        d.other_length |= at < 0;
        all += x->n > 0;
        if (of_largest(&d) > ROUNDING || d.other_length) {
            list[n++] = d;
        } else {
            same += x->n > 0;
        }
    }
    qsort(list, (size_t)n, sizeof *list, worse);
    crnl_say(out, "tolerances: the difference that a tenth of them makes, of %lld outputs%s\n",
             (long long)all, all == 0 ? ": nothing is printed, written, drawn or recorded" : "");
    if (n > 0) {
        crnl_say(out, "  %-32s %11s %11s %11s\n", "output", "absolute", "of largest", "of itself");
    }
    for (int64_t i = 0; i < n && i < MOST_LINES; i++) {
        print_difference(out, &list[i], ctx);
    }
    if (n > MOST_LINES) {
        crnl_say(out, "  and %lld more, by less of their largest value\n", (long long)(n - MOST_LINES));
    }
    if (same > 0) {
        crnl_say(out, "  %lld without a difference\n", (long long)same);
    }
    free(list);
}
