/* A hash of everything that must be the same on all ranks of a program. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rt_world.h"
#include "runtime/rt_ctx.h"

static uint64_t text(uint64_t hash, const char *s)
{
    return rt_hash(hash, s ? s : "", s ? strlen(s) + 1 : 0);
}

uint64_t rt_hash_file(uint64_t hash, const char *path)
{
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED) {
            hash = rt_hash(hash, bytes, (size_t)s.st_size);
            munmap(bytes, (size_t)s.st_size);
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return hash;
}

static uint64_t tape(uint64_t hash, const struct crnl_tape *t)
{
    hash = rt_hash(hash, t->code, (size_t)t->n_code * sizeof *t->code);
    return rt_hash(hash, t->constant, (size_t)t->n_const * sizeof *t->constant);
}

static uint64_t network(uint64_t hash, const struct crnl_model *m)
{
    const int32_t sizes[] = {m->n_species, m->n_reactions, m->n_params, m->n_exprs, m->n_stats};
    hash = text(rt_hash(hash, sizes, sizeof sizes), m->name);
    hash = tape(tape(tape(hash, &m->defaults), &m->init), &m->rate);
    if (m->n_reactions > 0) {
        hash = rt_hash(hash, m->net_species, (size_t)m->net_ptr[m->n_reactions] * sizeof *m->net_species);
        hash = rt_hash(hash, m->net_delta, (size_t)m->net_ptr[m->n_reactions] * sizeof *m->net_delta);
    }
    return hash;
}

uint64_t rt_program_hash(const struct crnl_program *p)
{
    uint64_t hash = RT_HASH;
    for (int32_t i = 0; i < p->n_nets; i++) {
        hash = network(hash, p->net[i]);
    }
    return hash;
}

uint64_t rt_program_fingerprint(const struct crnl_program *p, int argc, char **argv)
{
    uint64_t hash = rt_hash_file(RT_HASH, "/proc/self/exe");
    for (int i = 0; i < argc; i++) {
        hash = text(hash, argv[i]);
    }
    /* with crnlc run, the source file is the program */
    if (p->file && argc > 0 && strcmp(argv[0], p->file) == 0) {
        hash = rt_hash_file(hash, p->file);
    }
    const uint64_t networks = rt_program_hash(p);
    return rt_hash(hash, &networks, sizeof networks);
}
