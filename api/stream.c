/* Output and messages of a run: kept as a text and passed on while it runs. */
#define _GNU_SOURCE /* for fopencookie */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"

static ssize_t take(void *cookie, const char *text, size_t n)
{
    struct api_stream *s = cookie;
    if (s->n + n + 1 > s->room) {
        size_t room = 2 * (s->n + n + 1);
        char *more = realloc(s->text, room);
        if (!more) {
            return 0;
        }
        s->text = more;
        s->room = room;
    }
    memcpy(s->text + s->n, text, n);
    s->n += n;
    s->text[s->n] = '\0';
    if (s->says) {
        pthread_mutex_lock(s->one_at_a_time);
        s->says(s->env, s->is_message, text, n);
        pthread_mutex_unlock(s->one_at_a_time);
    }
    return (ssize_t)n;
}

bool api_stream_open(struct api_stream *s)
{
    s->file = fopencookie(s, "w", (cookie_io_functions_t){.write = take});
    return s->file && setvbuf(s->file, NULL, _IOLBF, BUFSIZ) == 0;
}

const char *api_stream_text(struct api_stream *s)
{
    return s->text ? s->text : "";
}

void api_stream_close(struct api_stream *s)
{
    s->says = NULL; /* the object that it belongs to may have been destroyed */
    if (s->file) {
        fclose(s->file);
    }
    free(s->text);
}
