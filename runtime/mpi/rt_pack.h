/* The results of runs as bytes, which other ranks send to rank 0, and rank 0 to them. All ranks have the
 * same program and job, so data whose size these determine is written without its size. */
#ifndef RT_PACK_H
#define RT_PACK_H

#include "runtime/rt_run.h"

struct rt_unpack {
    const char *at, *end;
    bool is_short; /* there were fewer bytes than were read: a damaged checkpoint */
};
static inline struct rt_unpack rt_unpack_of(const struct rt_buffer *b)
{
    const char *at = b->data ? b->data : "";
    return (struct rt_unpack){.at = at, .end = at + b->n};
}
/* Whether all bytes were read, and no more. */
static inline bool rt_unpack_is_whole(const struct rt_unpack *u)
{
    return u->at == u->end && !u->is_short;
}

void rt_pack(struct rt_buffer *b, const void *data, size_t n);
void rt_pack_int(struct rt_buffer *b, int64_t v);
void rt_pack_text(struct rt_buffer *b, const struct rt_buffer *text);
void rt_pack_error(struct rt_buffer *b, const struct rt_error *e);
/* Missing bytes are read as 0, and leave u short. */
void rt_unpack(struct rt_unpack *u, void *to, size_t n);
/* Passes over n entries of this size. */
void rt_unpack_skip(struct rt_unpack *u, size_t n, size_t size);
int64_t rt_unpack_int(struct rt_unpack *u);
/* The number of following entries of this size; if there are fewer, 0, and u is short. */
int64_t rt_unpack_count(struct rt_unpack *u, size_t size);
void rt_unpack_text(struct rt_unpack *u, struct rt_buffer *text); /* appends to `text` */
void rt_unpack_error(struct rt_unpack *u, struct rt_error *e);

/* The moments and the histogram of a statistic; earlier contents are replaced. */
void rt_pack_moments(struct rt_buffer *b, const struct rt_moments *m, size_t n, const struct rt_histogram *h);
void rt_unpack_moments(struct rt_unpack *u, struct rt_moments *m, size_t n, struct rt_histogram *h);
/* A finished run; when it is filled, `r` must have been begun for the same job and run. */
void rt_pack_recorder(struct rt_buffer *b, const struct rt_recorder *r);
void rt_unpack_recorder(struct rt_unpack *u, struct rt_recorder *r);
/* The result of an ensemble, except for notes; `to` must be that of a collector that took no run. */
void rt_pack_result(struct rt_buffer *b, const struct crnl_model *m, const struct rt_result *r);
void rt_unpack_result(struct rt_unpack *u, const struct crnl_model *m, struct rt_result *to);

#endif
