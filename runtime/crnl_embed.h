/* A network inside another program: the functions of a shared library (crnlc build --emit shared) call
 * these. Each simulation has a context of its own, so that there may be many at once, each used by one
 * thread. A status of 0 means success; other values are in crnl_status.def. Errors do not persist: the next
 * call starts without one. crnl_embed.def says what each function does. */
#ifndef CRNL_EMBED_H
#define CRNL_EMBED_H

#include "crnl_rt.h"

struct crnl_embed;

struct crnl_embed *crnl_embed_create(const struct crnl_program *program, uint64_t seed);
void crnl_embed_destroy(struct crnl_embed *sim);
int crnl_embed_set(struct crnl_embed *sim, const char *name, double value);
int crnl_embed_get(struct crnl_embed *sim, const char *name, double *value);
int crnl_embed_run(struct crnl_embed *sim, double until, const char *method);
int crnl_embed_reset(struct crnl_embed *sim);
double crnl_embed_time(struct crnl_embed *sim);
int crnl_embed_count(struct crnl_embed *sim);
const char *crnl_embed_name(struct crnl_embed *sim, int i);
const char *crnl_embed_error(struct crnl_embed *sim);

#endif
