/* The state of work that goes on, as bytes of this machine: one function names the pieces, for writing and
 * for reading alike. */
#ifndef RT_STATE_H
#define RT_STATE_H

#include "rt_base.h"

struct rt_state {
    uint8_t *data;
    size_t n, cap, at;
    bool is_read, is_short; /* is_short: there were fewer bytes than were read, or not those of a state */
};
void rt_state_piece(struct rt_state *s, void *piece, size_t size);
/* Whether n pieces of a size may follow: of what is read there are so many bytes; else it is short. */
bool rt_state_has(struct rt_state *s, size_t n, size_t size);
/* Nobody vouches for what is read: unless this holds it is not the state of such a run. */
void rt_state_must(struct rt_state *s, bool holds);
/* The numbers of n rows in some order, each from 0 to n - 1. */
void rt_state_rows(struct rt_state *s, int32_t *row, int32_t n);
void rt_state_free(struct rt_state *s);
/* What was taken from a checkpoint, to be read; and what was written, for one. Both empty the other. */
struct rt_state rt_state_of(struct rt_buffer *data);
struct rt_buffer rt_state_bytes(struct rt_state *s);

#endif
