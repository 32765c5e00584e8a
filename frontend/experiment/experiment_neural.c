/* Statements about files of neural models: save and load. */
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/neural/neural.h"

struct name *experiment_model(struct where *w, const struct ast *a, int32_t *at)
{
    struct name *n = a->kind == AST_NAME ? value_named(w, a) : NULL;
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

static bool has_ending(struct where *w, const struct ast *a, const char *file)
{
    const char *end = strrchr(file, '.');
    if (end && (strcmp(end, ".npz") == 0 || strcmp(end, ".json") == 0)) {
        return true;
    }
    const char *from = a->kind == AST_SAVE ? "save %s to \"%.*s.npz\";" : "load %s from \"%.*s.npz\";";
    const char *slash = strrchr(file, '/');
    int stem = end && end > (slash ? slash : file) ? (int)(end - file) : (int)strlen(file);
    diag_report(w->f->diag, DIAG_E0306, save_file(a)->span, "parameters are not %s in this format",
                a->kind == AST_SAVE ? "written" : "read");
    diag_help(w->f->diag, "the name of their file ends in .npz or .json: `%s`",
              arena_printf(w->f->arena, from, front_source_text(w->f, save_reference(a)->span), stem, file));
    return false;
}

bool experiment_add_file(struct where *w, const struct ast *a, struct block *out)
{
    const struct ast *what = save_reference(a);
    struct name *n = what->kind == AST_NAME ? value_named(w, what) : NULL;
    bool learned = a->kind == AST_SAVE && n && n->kind == NAME_NETWORK;
    int32_t at;
    expr_id value = 0;
    bool good = learned ? experiment_learned(w, what, &at, &value) : experiment_model(w, what, &at) != NULL;
    if (!good && a->kind == AST_LOAD && n && n->kind == NAME_NETWORK) {
        diag_help(w->f->diag, "load its model: what is lowered from that begins with what it has");
    }
    expr_id file = good ? value_text(w, save_file(a)) : 0;
    const char *end = file ? experiment_known_end(w, file) : NULL;
    if (!file || (end && !has_ending(w, a, end))) {
        return false;
    }
    if (a->kind == AST_LOAD) {
        vec_push(&w->experiment->given, (struct given_model){at, a});
    }
    struct stmt *s = experiment_add(w, out, a->kind == AST_SAVE ? STMT_SAVE : STMT_LOAD, a->span);
    s->var = at;
    s->value = value;
    s->text = file;
    return true;
}

/* Whether the reactions of the network contain the numbers of the model as they were written, instead of
 * parameters that follow the model. */
static bool is_fixed(const struct net_use *use, const struct given_model *g)
{
    bool follows = use->lowering.construction == NULL || use->lowering.model != g->model;
    for (size_t i = 0; i < use->net->param.n; i++) {
        follows |= use->net->param.data[i].global >= 0;
    }
    return !follows;
}

bool experiment_check_given(struct experiment *x)
{
    const struct program *p = x->f->program;
    bool good = true;
    for (size_t i = 0; i < x->given.n; i++) {
        const struct given_model *g = &x->given.data[i];
        const char *name = p->neural.data[g->model].name;
        for (size_t n = 0; n < p->net.n; n++) {
            if (p->neural.data[g->model].value && is_fixed(&p->net.data[n], g)) {
                good = diag_report(x->f->diag, DIAG_E0523, g->by->span,
                                   "'%s' gets other parameters, and '%s' was made from those that it has",
                                   name, p->net.data[n].net->name);
                diag_help(x->f->diag,
                          "declare '%s' without numbers, connect all or pairs without weights: "
                          "networks follow it then; or give them to another model",
                          name);
            }
        }
    }
    return good;
}
