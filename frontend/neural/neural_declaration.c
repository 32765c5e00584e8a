/* Functions that several kinds of models use when they read a declaration. */
#include <string.h>

#include "frontend/neural/neural.h"
#include "frontend/neural/neural_kind.h"

struct arena *neural_arena(struct neural_declaration *d)
{
    return d->f->program->arena;
}

bool neural_complain(struct neural_declaration *d, const struct ast *at, const char *what, const char *help)
{
    diag_report(d->f->diag, DIAG_E0520, at->span, "%s", what);
    diag_help(d->f->diag, "%s", help);
    return false;
}

bool neural_no_group(struct front *f, const char *model, struct span at, const char *name,
                     const char *const *known, size_t n)
{
    diag_report(f->diag, DIAG_E0201, at, "%s has no units '%s'", model, name);
    diag_help_known(f->diag, name, known, n);
    return false;
}

const struct crnl_neural_group *neural_find_group(struct front *f, const struct crnl_neural *m,
                                                  const char *model, struct span at, const char *name)
{
    const char **known = arena_alloc(f->arena, ((size_t)m->n_groups + 1) * sizeof *known);
    for (int32_t g = 0; g < m->n_groups; g++) {
        known[g] = m->group[g].name;
        if (strcmp(known[g], name) == 0) {
            return &m->group[g];
        }
    }
    (void)neural_no_group(f, model, at, name, known, (size_t)m->n_groups);
    return NULL;
}
