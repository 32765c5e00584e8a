/* Time scales of bulk species that follow targets: warns if they are not well separated (hybrid_scales.c). */
#ifndef RT_SCALES_H
#define RT_SCALES_H

#include "rt_hybrid.h"

struct rt_scales;
struct rt_scales *rt_scales_create(const struct rt_terms *t);
void rt_scales_destroy(struct rt_scales *s);
void rt_scales_start(struct rt_scales *s, const struct crnl_ssa *w);
/* Whether the species is a potential: machines raise it in proportion to itself, so that it has no resting
 * point unless something balances them. */
bool rt_scales_is_potential(const struct rt_scales *s, int32_t bulk);
/* Reads or writes what it has observed, for a checkpoint. */
void rt_scales_pieces(struct rt_scales *s, struct rt_state *p);
/* Called when reaction j has fired. */
void rt_scales_count(struct rt_scales *s, int32_t j, const struct crnl_ssa *w, struct rt_buffer *notes);

#endif
