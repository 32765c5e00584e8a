/* A program that runs as several processes, the ranks of MPI. Every rank executes the whole experiment. The
 * results of distributed work (rt_share.h) are the same on all ranks afterwards, and everything else is
 * computed by each rank in the same way, so that the program proceeds identically everywhere. Only rank 0
 * prints, writes, draws and warns (crnl_options.mute), and decides when the program has to end early.
 *
 * There is at most one world, from rt_world_start to rt_world_end. On each rank only one thread at a time
 * sends or receives messages. Waiting sleeps. */
#ifndef RT_WORLD_H
#define RT_WORLD_H

#include <stdatomic.h>

#include "runtime/rt_base.h"

struct rt_world;

/* What the launcher has put into the environment, known before MPI has started. */
struct rt_launched {
    bool is_launched;
    int size, rank;
    int local;          /* number of ranks on this machine; 0: unknown */
    const char *module; /* "openmpi" or "mpich" */
};
struct rt_launched rt_launched(void);

/* The number of processors for this process: those that it may use, divided among the ranks of the
 * machine. */
int rt_processors(void);
/* A hash of the program's networks; a hash of its code, its networks and its command line. */
uint64_t rt_program_hash(const struct crnl_program *p);
uint64_t rt_program_fingerprint(const struct crnl_program *p, int argc, char **argv);

/* Loads CRNL_MPI or else crnl_mpi-NAME.so from where the loader looks; from the program's folder or the
 * library folder that belongs to it; from those of the crnlc that PATH finds; or from where the library was
 * to be installed. Returns NULL after an error, which is appended to `why`. */
void *rt_mpi_module(const char *name, struct rt_buffer *why);
/* Loads the module for MPI if a launcher has started this process. Returns false after an error, which is
 * reported; the process must then end by rt_world_refuse, because other ranks may be waiting for it in
 * MPI. */
bool rt_world_load(void);
_Noreturn void rt_world_refuse(void);
/* Starts MPI and checks that all ranks execute the same program, with the same `fingerprint`. `failure`: why
 * this rank cannot take part, which rank 0 has already reported, or NULL. `threads`: of this rank. Returns
 * NULL without an error if this is a single process. After an error, which one rank reports, *failed is
 * set. */
struct rt_world *rt_world_start(uint64_t fingerprint, int threads, const char *failure, bool *failed);
int rt_world_rank(const struct rt_world *w);    /* 0 if w is NULL */
int rt_world_size(const struct rt_world *w);    /* 1 if w is NULL */
int rt_world_threads(const struct rt_world *w); /* of all ranks together */
/* Ends the program with an exit status, and with an error text, which rank 0 has printed and other ranks have
 * not. Waits several seconds for the other ranks; then, or if only this rank has failed, all ranks are ended.
 * Returns rank 0's exit status. Frees w; if w is NULL, nothing is done. */
int rt_world_end(struct rt_world *w, int status, const char *error);
/* Prints the message and ends all ranks. */
_Noreturn void rt_world_abort(struct rt_world *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Messages of bytes; the buffer that receives one is overwritten. */
enum rt_world_tag { RT_TAG_START = 1, RT_TAG_SHARE, RT_TAG_GRANT, RT_TAG_RESULT, RT_TAG_END };
void rt_world_send(struct rt_world *w, int to, enum rt_world_tag tag, const void *data, size_t n);
/* Receives from a rank, or from any rank (-1). Returns false if no message has arrived within `seconds`. */
bool rt_world_receive(struct rt_world *w, int from, enum rt_world_tag tag, double seconds, int *sender,
                      struct rt_buffer *data);
/* Sends the buffer of rank 0 to all ranks. */
void rt_world_broadcast(struct rt_world *w, struct rt_buffer *data);
/* Waits until rank 0 has done something that the others need; if rank 0 had an error, all ranks get it. */
void rt_world_follow(struct rt_world *w, struct rt_error *e);
/* Returns the number of distributed statements so far, and counts one more. */
uint64_t rt_world_turn(struct rt_world *w);

/* A hash of 64 bits, updated by n bytes; it starts as RT_HASH. */
#define RT_HASH UINT64_C(0xcbf29ce484222325)
uint64_t rt_hash(uint64_t hash, const void *data, size_t n);
/* Updates the hash by the contents of a file; by nothing if it cannot be read, which is reported by whoever
 * needs the file. */
uint64_t rt_hash_file(uint64_t hash, const char *path);

#endif
