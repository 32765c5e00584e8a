/* Serialises states as bytes. */
#include "rt_state.h"

#include <stdlib.h>
#include <string.h>

void rt_state_piece(struct rt_state *s, void *piece, size_t size)
{
    if (s->is_read) {
        s->is_short = s->is_short || size > s->n - s->at;
        if (!s->is_short && size > 0) {
            memcpy(piece, s->data + s->at, size);
            s->at += size;
        }
        return;
    }
    if (s->n + size > s->cap) {
        s->cap = 2 * (s->n + size);
        s->data = rt_resize(s->data, s->cap, 1);
    }
    if (size > 0) {
        memcpy(s->data + s->n, piece, size);
        s->n += size;
    }
}

bool rt_state_has(struct rt_state *s, size_t n, size_t size)
{
    s->is_short |= s->is_read && n > (s->n - s->at) / size;
    return !s->is_short;
}

void rt_state_must(struct rt_state *s, bool holds)
{
    s->is_short |= s->is_read && !holds;
}

void rt_state_truths(struct rt_state *s, bool *truth, size_t n)
{
    for (size_t i = 0; s->is_read && rt_state_has(s, n, sizeof *truth) && i < n; i++) {
        rt_state_must(s, s->data[s->at + i] <= 1);
    }
    rt_state_piece(s, truth, n * sizeof *truth);
}

void rt_state_count(struct rt_state *s, int64_t *count)
{
    int64_t v = *count;
    rt_state_piece(s, &v, sizeof v);
    rt_state_must(s, v >= 0 && v < INT64_MAX / 2);
    *count = s->is_short ? *count : v;
}

void rt_state_rows(struct rt_state *s, int32_t *row, int32_t n)
{
    rt_state_piece(s, row, (size_t)n * sizeof *row);
    for (int32_t i = 0; i < n && !s->is_short; i++) {
        rt_state_must(s, row[i] >= 0 && row[i] < n);
    }
}

void rt_state_free(struct rt_state *s)
{
    free(s->data);
    *s = (struct rt_state){0};
}

struct rt_state rt_state_of(struct rt_buffer *data)
{
    struct rt_state s = {.data = (uint8_t *)data->data, .n = data->n, .cap = data->cap, .is_read = true};
    *data = (struct rt_buffer){0};
    return s;
}

struct rt_buffer rt_state_bytes(struct rt_state *s)
{
    struct rt_buffer b = {.data = (char *)s->data, .n = s->n, .cap = s->cap};
    *s = (struct rt_state){0};
    return b;
}
