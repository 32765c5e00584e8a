/* What runs leave as bytes, which other ranks send to rank 0 and rank 0 to them. All ranks have the same
 * program and job, so that what is as large as these say is written without its size. */
#ifndef RT_PACK_H
#define RT_PACK_H

#include "runtime/rt_run.h"

struct rt_unpack {
    const char *at, *end;
};

void rt_pack(struct rt_buffer *b, const void *data, size_t n);
void rt_pack_int(struct rt_buffer *b, int64_t v);
void rt_pack_text(struct rt_buffer *b, const struct rt_buffer *text);
void rt_pack_error(struct rt_buffer *b, const struct rt_error *e);
/* Bytes that are not there are 0. */
void rt_unpack(struct rt_unpack *u, void *to, size_t n);
int64_t rt_unpack_int(struct rt_unpack *u);
/* How many of a size follow; 0, and nothing is left, where there are not so many. */
int64_t rt_unpack_count(struct rt_unpack *u, size_t size);
void rt_unpack_text(struct rt_unpack *u, struct rt_buffer *text); /* added to it */
void rt_unpack_error(struct rt_unpack *u, struct rt_error *e);

/* Moments and the histogram of a statistic; those that are there before are not needed. */
void rt_pack_moments(struct rt_buffer *b, const struct rt_moments *m, size_t n, const struct rt_histogram *h);
void rt_unpack_moments(struct rt_unpack *u, struct rt_moments *m, size_t n, struct rt_histogram *h);
/* A run that is over; `r` is begun, for the same job and run, when it is filled. */
void rt_pack_recorder(struct rt_buffer *b, const struct rt_recorder *r);
void rt_unpack_recorder(struct rt_unpack *u, struct rt_recorder *r);
/* What an ensemble has left, but for notes; `to` is that of a collector that took no run. */
void rt_pack_result(struct rt_buffer *b, const struct crnl_model *m, const struct rt_result *r);
void rt_unpack_result(struct rt_unpack *u, const struct crnl_model *m, struct rt_result *to);

#endif
