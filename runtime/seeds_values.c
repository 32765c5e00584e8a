/* The values that the experiment of one seed records and prints. */
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"
#include "rt_seeds.h"
#include "rt_text_numbers.h"

enum { MOST_ELEMENTS = 100 }; /* largest array whose elements are compared */

static void keep_value(struct rt_seed *s, const char *name, bool recorded, double v)
{
    for (size_t i = 0; i < s->n_values; i++) {
        if (s->value[i].recorded == recorded && strcmp(s->value[i].name, name) == 0) {
            s->value[i].v = v;
            return;
        }
    }
    RT_GROW(s->value, s->n_values, s->cap_values);
    s->value[s->n_values++] = (struct rt_seed_value){rt_strdup(name), recorded, v};
}

static bool is_around(char c)
{
    return strchr(" \t=:,;()[]{}", c) != NULL;
}

/* Finds the name of a number: the words of text[0..n), the text since the number before, without punctuation
 * around them. Text up to a comma or an end of line belongs to the number before: "A = 3 nM, B = 4" gives A
 * and B. */
static void put_name(struct rt_buffer *name, const char *text, size_t n)
{
    while (n > 0 && is_around(text[n - 1])) {
        n--;
    }
    size_t start = n;
    while (start > 0 && !strchr(",;\n", text[start - 1])) {
        start--;
    }
    while (start < n && is_around(text[start])) {
        start++;
    }
    rt_buffer_clear(name);
    if (start < n) {
        rt_put_n(name, text + start, n - start);
    }
}

static void keep_numbers(struct rt_seed *s, const struct rt_text_numbers *numbers, const char *text)
{
    struct rt_buffer name = {0}, element = {0};
    size_t end = 0, from = SIZE_MAX;
    for (size_t i = 0; i < numbers->n; i++) {
        const struct rt_text_number *n = &numbers->number[i];
        if (n->text != text) {
            continue;
        }
        if (n->from != from) { /* a number of another array */
            put_name(&name, text + end, n->from - end);
            from = n->from;
            end = n->to;
        }
        if (name.n > 0 && n->size <= MOST_ELEMENTS) {
            rt_buffer_clear(&element);
            rt_put(&element, name.data);
            if (n->column >= 0) {
                rt_putf(&element, "[%d, %d]", (int)n->row, (int)n->column);
            } else if (n->row >= 0) {
                rt_putf(&element, "[%d]", (int)n->row);
            }
            keep_value(s, element.data, false, n->v);
        }
    }
    rt_buffer_free(&name);
    rt_buffer_free(&element);
}

static int open_output(struct crnl_ctx *ctx, struct rt_error *e)
{
    struct rt_buffer name = {0};
    rt_putf(&name, "seed-%llu.txt", (unsigned long long)ctx->seed->number);
    char *path = rt_output_path(ctx->seed->head, name.data, 0, e);
    if (path) {
        rt_file_open(&ctx->seed->output, path, e);
    }
    free(path);
    rt_buffer_free(&name);
    return e->status;
}

int rt_seed_print(struct crnl_ctx *ctx, const char *text, struct rt_error *e)
{
    struct rt_seed *s = ctx->seed;
    if (!s->output.file && open_output(ctx, e)) {
        return e->status;
    }
    if (!rt_file_write(&s->output, text, strlen(text), e) && !rt_file_write(&s->output, "\n", 1, e)) {
        crnl_file_mark(s->output.file, CRNL_KEEP_WHOLE);
    }
    keep_numbers(s, ctx->numbers, text);
    return e->status;
}

void rt_seed_keep_records(struct crnl_ctx *ctx)
{
    for (int32_t i = 0; i < ctx->program->n_records; i++) {
        const struct rt_series *r = &ctx->record[i];
        if (!*ctx->program->record[i]) {
            continue; /* an internal series of the program */
        }
        if (r->n > 0) {
            keep_value(ctx->seed, ctx->program->record[i], true, r->v[r->n - 1]);
        }
    }
}

void rt_seed_free(struct rt_seed *s)
{
    for (size_t i = 0; i < s->n_values; i++) {
        free(s->value[i].name);
    }
    free(s->value);
}
