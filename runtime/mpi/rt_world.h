/* A program over several processes, the ranks of MPI. Every rank executes the whole experiment; what is
 * handed out to them (rt_share.h) is the same for all afterwards, and what is not handed out each
 * computes alike, so that what the program does is the same everywhere. Rank 0 alone prints, writes,
 * draws and warns (crnl_options.mute), and decides when the program is to end before its time.
 *
 * There is at most one world, from rt_world_start to rt_world_end. Messages go from one thread of a rank
 * at a time. A wait sleeps. */
#ifndef RT_WORLD_H
#define RT_WORLD_H

#include <stdatomic.h>

#include "runtime/rt_base.h"

struct rt_world;

/* Before MPI has started, by what its launcher has put in the environment. */
struct rt_launched {
    bool is_launched;
    int size, rank;
    int local;          /* ranks on this machine; 0: unknown */
    const char *module; /* openmpi, mpich */
};
struct rt_launched rt_launched(void);

/* Processors that threads of this process should take: those that it may use, less those of other ranks. */
int rt_processors(void);
/* Of the program's networks; and of its code, these and its command line. */
uint64_t rt_program_hash(const struct crnl_program *p);
uint64_t rt_program_fingerprint(const struct crnl_program *p, int argc, char **argv);

/* Loads the part for MPI if a launcher has started this. False after an error, which is told: the process
 * must end by rt_world_refuse, since others may wait for it in MPI. */
bool rt_world_load(void);
_Noreturn void rt_world_refuse(void);
/* Starts MPI and checks that all ranks execute the same program: `fingerprint` is the same then.
 * `failure`: why this rank cannot take part, which rank 0 has told already; NULL: it can. NULL without an
 * error: one process alone. `threads` of this rank. After an error, which is told by one rank, *failed is
 * set. */
struct rt_world *rt_world_start(uint64_t fingerprint, int threads, const char *failure, bool *failed);
int rt_world_rank(const struct rt_world *w);    /* 0 of NULL */
int rt_world_size(const struct rt_world *w);    /* 1 of NULL */
int rt_world_threads(const struct rt_world *w); /* of all ranks together */
/* The program ends with an exit status, and with an error text that rank 0 has printed and other ranks have
 * not. Waits for the others, for some seconds: then, or if this rank alone has failed, all are ended. The
 * exit status is that of rank 0. Frees w; NULL: nothing is done. */
int rt_world_end(struct rt_world *w, int status, const char *error);
/* Says so and ends all ranks. */
_Noreturn void rt_world_abort(struct rt_world *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Messages. Bytes of a buffer that was empty before. */
enum rt_world_tag { RT_TAG_START = 1, RT_TAG_SHARE, RT_TAG_GRANT, RT_TAG_RESULT, RT_TAG_END };
void rt_world_send(struct rt_world *w, int to, enum rt_world_tag tag, const void *data, size_t n);
/* From a rank or (-1) from any. False: none has come within `seconds`. */
bool rt_world_receive(struct rt_world *w, int from, enum rt_world_tag tag, double seconds, int *sender,
                      struct rt_buffer *data);
/* What rank 0 has in the buffer, to all. */
void rt_world_broadcast(struct rt_world *w, struct rt_buffer *data);
/* Rank 0 has done something that the others wait for; its error, if there was one, is theirs. */
void rt_world_follow(struct rt_world *w, struct rt_error *e);
/* How many shared statements there were, which counts one more. */
uint64_t rt_world_turn(struct rt_world *w);

/* Bytes into a hash of 64 bits, which begins with RT_HASH. */
#define RT_HASH UINT64_C(0xcbf29ce484222325)
uint64_t rt_hash(uint64_t hash, const void *data, size_t n);
/* The contents of a file, or nothing if it cannot be read: who needs it says so. */
uint64_t rt_hash_file(uint64_t hash, const char *path);

#endif
