/* The state of work in progress, as bytes of this machine: the same function lists the pieces for writing
 * and for reading. */
#ifndef RT_STATE_H
#define RT_STATE_H

#include "rt_base.h"

struct rt_state {
    uint8_t *data;
    size_t n, cap, at;
    bool is_read, is_short; /* is_short: there were fewer bytes than were read, or they are not those of a
                               state */
};
void rt_state_piece(struct rt_state *s, void *piece, size_t size);
/* Whether n pieces of this size may follow; when reading, so many bytes must be left, otherwise the state
 * becomes short. */
bool rt_state_has(struct rt_state *s, size_t n, size_t size);
/* What is read may be invalid: unless `holds`, it is not the state of such a run. */
void rt_state_must(struct rt_state *s, bool holds);
/* Truths, each of which is 0 or 1: any other byte in their place is not one. */
void rt_state_truths(struct rt_state *s, bool *truth, size_t n);
static inline bool rt_state_is_truth(const bool *truth)
{
    return *(const unsigned char *)truth <= 1;
}
/* A number of times that something has happened, which goes on counting. */
void rt_state_count(struct rt_state *s, int64_t *count);
/* Reads or writes a permutation of 0 .. n - 1. */
void rt_state_rows(struct rt_state *s, int32_t *row, int32_t n);
void rt_state_free(struct rt_state *s);
/* rt_state_of turns data of a checkpoint into a state to be read, and rt_state_bytes a written state into
 * data for one. Both empty their argument. */
struct rt_state rt_state_of(struct rt_buffer *data);
struct rt_buffer rt_state_bytes(struct rt_state *s);

#endif
