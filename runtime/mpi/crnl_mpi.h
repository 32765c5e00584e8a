/* What the runtime wants of MPI, as a table of functions. A module of one file (module/crnl_mpi.c), compiled
 * with an implementation's own compiler, gives it; the runtime loads it when it was started by that
 * implementation's launcher and sees no other header of MPI. Everything goes by messages of bytes whose end
 * is asked for, never waited for inside the library, since a rank that waits there keeps a processor busy.
 * No call is made while another one is under way. Errors of the library end the program: its own rule. */
#ifndef CRNL_MPI_H
#define CRNL_MPI_H

#include <stdint.h>

enum { CRNL_MPI_VERSION = 1 };
#define CRNL_MPI_SYMBOL "crnl_mpi_module"

struct crnl_mpi {
    uint32_t version; /* CRNL_MPI_VERSION */
    const char *name; /* of the implementation */
    /* Starts; whether several threads may call in turn. */
    int (*init)(void);
    int (*rank)(void);
    int (*size)(void);
    /* Begin; the bytes stay where they are until `test` says, once, that it is done. */
    void *(*send)(const void *data, int n, int to, int tag);
    void *(*receive)(void *data, int n, int from, int tag);
    int (*test)(void *request);
    /* Whether a message with the tag is there, from a rank or (-1) from any: who sent it, and its bytes. */
    int (*probe)(int from, int tag, int *sender, int *n);
    void (*abort)(int code);
    void (*finalize)(void);
};

#endif
