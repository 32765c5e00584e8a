#include "codegen/object/scratch.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/mem.h"

static _Atomic(struct scratch *) current; /* there is at most one */

static char *inside(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = mem_alloc(size);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

bool scratch_create(struct scratch *s)
{
    const char *folder = getenv("TMPDIR");
    *s = (struct scratch){inside(folder && *folder ? folder : "/tmp", "crnlc-XXXXXX"), NULL, NULL};
    if (!mkdtemp(s->folder)) {
        free(s->folder);
        s->folder = NULL;
        return false;
    }
    s->object = inside(s->folder, "program.o");
    s->program = inside(s->folder, "program");
    atomic_store(&current, s);
    return true;
}

static void remove_files(const struct scratch *s)
{
    unlink(s->object);
    unlink(s->program);
    rmdir(s->folder);
}

void scratch_remove(struct scratch *s)
{
    atomic_store(&current, NULL);
    remove_files(s);
    free(s->folder);
    free(s->object);
    free(s->program);
}

void scratch_end(void)
{
    struct scratch *s = atomic_load(&current);
    if (s) {
        remove_files(s);
    }
}
