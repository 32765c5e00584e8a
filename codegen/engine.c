#include "codegen/engine_base.h"

const struct crnl_program *engine_program(const struct engine *e)
{
    return e->program;
}

void engine_destroy(struct engine *e)
{
    if (e) {
        e->destroy(e);
    }
}
