/* The table of crnl_mpi.h for an implementation of MPI; `make mpi MPICC=mpicc.openmpi` compiles it. */
#include "runtime/mpi/crnl_mpi.h"

#include <mpi.h>
#include <stdlib.h>

static int init(void)
{
    int provided = MPI_THREAD_SINGLE;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    return provided >= MPI_THREAD_SERIALIZED;
}

static int rank(void)
{
    int r = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &r);
    return r;
}

static int size(void)
{
    int n = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &n);
    return n;
}

/* The request stays in this memory while the message is in transit. */
static MPI_Request *new_request(void)
{
    MPI_Request *r = malloc(sizeof *r);
    if (!r) {
        MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    }
    return r;
}

static void *begin_send(const void *data, int n, int to, int tag)
{
    MPI_Request *r = new_request();
    MPI_Isend(data, n, MPI_BYTE, to, tag, MPI_COMM_WORLD, r);
    return r;
}

static void *begin_receive(void *data, int n, int from, int tag)
{
    MPI_Request *r = new_request();
    MPI_Irecv(data, n, MPI_BYTE, from, tag, MPI_COMM_WORLD, r);
    return r;
}

static int test(void *request)
{
    int done = 0;
    MPI_Test(request, &done, MPI_STATUS_IGNORE);
    if (done) {
        free(request);
    }
    return done;
}

static int probe(int from, int tag, int *sender, int *n)
{
    int there = 0;
    MPI_Status status;
    MPI_Iprobe(from < 0 ? MPI_ANY_SOURCE : from, tag, MPI_COMM_WORLD, &there, &status);
    if (there) {
        *sender = status.MPI_SOURCE;
        MPI_Get_count(&status, MPI_BYTE, n);
    }
    return there;
}

static void end_all(int code)
{
    MPI_Abort(MPI_COMM_WORLD, code);
}

static void finalize(void)
{
    MPI_Finalize();
}

#if defined OPEN_MPI
#define IMPLEMENTATION "Open MPI"
#elif defined MPICH_VERSION
#define IMPLEMENTATION "MPICH " MPICH_VERSION
#else
#define IMPLEMENTATION "MPI"
#endif

extern const struct crnl_mpi crnl_mpi_module; /* CRNL_MPI_SYMBOL */
const struct crnl_mpi crnl_mpi_module = {
    .version = CRNL_MPI_VERSION,
    .name = IMPLEMENTATION,
    .init = init,
    .rank = rank,
    .size = size,
    .send = begin_send,
    .receive = begin_receive,
    .test = test,
    .probe = probe,
    .abort = end_all,
    .finalize = finalize,
};
