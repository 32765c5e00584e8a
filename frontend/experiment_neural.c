/* Statements about files of neural models: save, load. */
#include "frontend/experiment.h"
#include "frontend/name.h"
#include "frontend/neural.h"

struct name *experiment_model(struct where *w, const struct ast *a, int32_t *at)
{
    struct name *n = a->kind == AST_NAME ? value_find(w, a->name) : NULL;
    if (a->kind != AST_NAME) {
        diag_report(w->f->diag, DIAG_E0521, a->span, "'%s' is not a model", front_source_text(w->f, a->span));
        return NULL;
    }
    if (!name_fits(w, a->span, a->name, n, AT_LEARN)) {
        return NULL;
    }
    *at = neural_use(w->f, n);
    return *at >= 0 ? n : NULL;
}

bool experiment_add_file(struct where *w, const struct ast *a, struct block *out)
{
    int32_t at;
    struct name *n = experiment_model(w, save_reference(a), &at);
    expr_id file = n ? value_text(w, save_file(a)) : 0;
    if (!file) {
        return false;
    }
    struct stmt *s = experiment_add(w, out, a->kind == AST_SAVE ? STMT_SAVE : STMT_LOAD, a->span);
    s->var = at;
    s->text = file;
    return true;
}
