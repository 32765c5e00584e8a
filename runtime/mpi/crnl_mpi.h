/* The functions of MPI that the runtime needs, as a table. A module of one file (module/crnl_mpi.c),
 * compiled with the compiler of an MPI implementation, provides it; the runtime loads the module when the
 * launcher of that implementation started it, and uses no other header of MPI. All communication is by
 * messages of bytes whose completion is polled; the library never waits, because a rank that waits inside it
 * keeps a processor busy. No call is made during another one. Errors of the library end the program, as is
 * its own rule. */
#ifndef CRNL_MPI_H
#define CRNL_MPI_H

#include <stdint.h>

enum { CRNL_MPI_VERSION = 1 };
#define CRNL_MPI_SYMBOL "crnl_mpi_module"

struct crnl_mpi {
    uint32_t version; /* CRNL_MPI_VERSION */
    const char *name; /* name of the implementation */
    /* Starts MPI; returns whether several threads may call it in turn. */
    int (*init)(void);
    int (*rank)(void);
    int (*size)(void);
    /* Start a message; the bytes must stay where they are until `test` says, once, that it is complete. */
    void *(*send)(const void *data, int n, int to, int tag);
    void *(*receive)(void *data, int n, int from, int tag);
    int (*test)(void *request);
    /* Whether a message with the tag has arrived, from a rank or (-1) from any; gives its sender and its
     * size. */
    int (*probe)(int from, int tag, int *sender, int *n);
    void (*abort)(int code);
    void (*finalize)(void);
};

#endif
