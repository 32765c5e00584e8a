/* Inside of libcrnl, for the files of api/ alone: what stands behind the handles of crnl.h. */
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
    const char *code; /* constant */
    char *text, *json;
};

/* What was reported so far, as an error; NULL is stored where `error` is NULL. */
void api_fail_diag(crnlc_error **error, const struct diag *diag);
/* A mistake of who calls, or an error of a run whose place its text says: with one of crnl_status. */
void api_fail(crnlc_error **error, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* What `write` prints, as a text to be freed; "" where there is no memory. */
char *api_text(void (*write)(FILE *out, const void *of), const void *of);

/* A file that keeps what is written to it as a text, and hands it on to `says`, which may be NULL. */
struct api_stream {
    void (*says)(void *env, int is_message, const char *text, size_t n);
    void *env;
    bool is_message;
    pthread_mutex_t *one_at_a_time; /* of all streams with this `says` */
    FILE *file;                     /* what follows is of the stream itself */
    char *text;
    size_t n, room;
};
bool api_stream_open(struct api_stream *s);
const char *api_stream_text(struct api_stream *s); /* "" while there is nothing */
void api_stream_close(struct api_stream *s);

struct crnlc_program {
    atomic_int users; /* itself, and its runs */
    struct options options;
    struct pipeline pipeline;
    char *json, *warnings;
    char *slow;            /* why its networks are not compiled, where a run found out; or NULL */
    pthread_mutex_t mutex; /* of json and slow */
};
void api_program_drop(struct crnlc_program *p);
/* Copies what a caller's structure has, the first `size` bytes, over the defaults that are there. */
void api_take_options(void *own, size_t own_size, const void *given);

#endif
