/* Functions that several lints use. */
#include <stdlib.h>

#include "frontend/check/lint.h"
#include "frontend/name.h"

static int by_address(const void *x, const void *y)
{
    uintptr_t a = (uintptr_t) * (const char *const *)x, b = (uintptr_t) * (const char *const *)y;
    return (a > b) - (a < b);
}

bool words_have(const struct words *w, const char *word)
{
    return w->word.n > 0 && bsearch(&word, w->word.data, w->word.n, sizeof word, by_address) != NULL;
}

void words_sort(struct words *w)
{
    if (w->word.n > 0) {
        qsort(w->word.data, w->word.n, sizeof *w->word.data, by_address);
    }
}

const struct net *lint_net(const struct front *f, const char *name)
{
    struct name *n = scope_find_here(f->module.data[0]->scope, name);
    return name_may(n, AT_BODY) && n->index >= 0 ? f->program->net.data[n->index].net : NULL;
}
