/* The structures behind the handles of crnl.h; included by the files of api/ only. */
#ifndef API_API_H
#define API_API_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "driver/pipeline.h"
#include "include/crnlc/crnl.h"

struct crnlc_error {
    int status;
    const char *code; /* a constant text */
    char *text, *json;
};

/* Makes an error of everything reported so far. If `error` is NULL, nothing is stored. */
void api_fail_diag(crnlc_error **error, const struct diag *diag);
/* Makes an error with a status of crnl_status for a mistake of the caller. */
void api_fail(crnlc_error **error, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same for an error of a run, which knows its place. `text` is what is shown of it. */
void api_fail_run(crnlc_error **error, int status, const struct pipeline *p, const struct crnl_ctx *ctx,
                  const char *text);
/* The text that `write` prints, to be freed; "" if memory runs out. */
char *api_text(void (*write)(FILE *out, const void *of), const void *of);

/* A file that keeps what is written to it as a text and passes it to `says`, which may be NULL. */
struct api_stream {
    void (*says)(void *env, int is_message, const char *text, size_t n);
    void *env;
    bool is_message;
    pthread_mutex_t *one_at_a_time; /* locks all streams with this `says` */
    FILE *file;                     /* from here on members belong to this stream alone */
    char *text;
    size_t n, room;
};
bool api_stream_open(struct api_stream *s);
const char *api_stream_text(struct api_stream *s); /* "" if nothing was written */
void api_stream_close(struct api_stream *s);

struct crnlc_program {
    atomic_int users; /* the handle itself and its runs */
    struct options options;
    struct pipeline pipeline;
    char *json, *warnings;
    char *slow;            /* why the networks are not compiled, if a run has found out; else NULL */
    pthread_mutex_t mutex; /* locks json and slow */
};
void api_program_drop(struct crnlc_program *p);
/* Copies the first `size` bytes of a caller's structure over the defaults in `own`. */
void api_take_options(void *own, size_t own_size, const void *given);

#endif
