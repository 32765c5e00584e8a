/* Which method a run is by: `by ode(solver = bdf)`. */
#include <string.h>
#include <strings.h>

#include "frontend/experiment/experiment_run.h"
#include "runtime/crnl_word.h"

static const struct ast *argument(const struct ast *by, const char *name)
{
    for (uint32_t i = 0; i < by->n; i++) {
        if (ctor_arg(by, i)->name && strcmp(ctor_arg(by, i)->name, name) == 0) {
            return arg_value(ctor_arg(by, i));
        }
    }
    return NULL;
}

bool run_is_of_family(int m, const char *family)
{
    return strcmp(crnl_method_info[m].family, family) == 0 && !(crnl_method_info[m].traits & CRNL_IMPLIED);
}

const char *run_solvers(struct where *w, const char *family)
{
    const char *list = NULL;
    int n = 0;
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        if (run_is_of_family(m, family)) {
            const char *name = crnl_method_info[m].name;
            list = list ? arena_printf(w->f->arena, "%s, %s", list, name) : name;
            n++;
        }
    }
    return n > 1 ? list : NULL;
}

/* The methods that have the option, as "ode(...) and ssa(...)". */
static const char *list_families(struct where *w)
{
    const char *list = NULL, *last = NULL;
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        const char *family = crnl_method_info[m].family;
        if (crnl_method_info[m].traits & CRNL_IMPLIED || (last && strcmp(last, family) == 0)) {
            continue;
        }
        list = list   ? arena_printf(w->f->arena, "%s, %s(...)", list, last)
               : last ? arena_printf(w->f->arena, "%s(...)", last)
                      : NULL;
        last = family;
    }
    return list ? arena_printf(w->f->arena, "%s and %s(...)", list, last) : last;
}

static const struct {
    const char *name, *own;
} same_options[] = {
#define OPTION_SAME(name, own) {#name, #own},
#include "frontend/experiment/option_word.def"
};

const char *run_own_option(const char *name, enum crnl_method_kind method)
{
    const char *own = name;
    for (size_t i = 0; i < sizeof same_options / sizeof *same_options; i++) {
        own = strcasecmp(same_options[i].name, name) == 0 ? same_options[i].own : own;
    }
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        if (crnl_method_takes(method, i) && strcasecmp(crnl_option_info[i].name, own) == 0) {
            return crnl_option_info[i].name;
        }
    }
    return NULL;
}

const char *run_by_here(struct where *w, const struct ast *by, const char *family)
{
    enum crnl_method_kind method = 0;
    const char *list = NULL;
    while (strcmp(crnl_method_info[method].family, family) != 0) {
        method++;
    }
    for (uint32_t i = 0; i < by->n; i++) {
        const struct ast *arg = ctor_arg(by, i);
        const char *own = arg->name ? run_own_option(arg->name, method) : NULL;
        if (own) {
            list = arena_printf(w->f->arena, "%s%s%s = %s", list ? list : "", list ? ", " : "", own,
                                front_source_text(w->f, arg_value(arg)->span));
        }
    }
    return list ? arena_printf(w->f->arena, "%s(%s)", family, list) : NULL;
}

static bool fail_method(struct where *w, const struct ast *by)
{
    diag_report(w->f->diag, DIAG_E0502, by->span, "there is no method '%s'", by->name);
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        const struct crnl_method_info *o = &crnl_method_info[m];
        if (strcmp(o->name, by->name) == 0 && run_solvers(w, o->family)) {
            diag_help(w->f->diag, "this is a solver: by %s(solver = %s)", o->family, o->name);
            return false;
        }
    }
    const struct crnl_method_word *word = crnl_method_word_find(by->name);
    if (word) {
        const char *here = by->n > 0 ? run_by_here(w, by, word->method) : NULL;
        diag_help(w->f->diag, here ? "%s by %s: write `by %s`" : "%s by %s", word->does, word->method, here);
        return false;
    }
    const char *here = arena_printf(w->f->arena, "the methods are %s", list_families(w));
    if (!experiment_help_by(w->f, by, BY_RUN, here)) {
        diag_help(w->f->diag, "%s", here);
    }
    return false;
}

bool run_find_method(struct where *w, const struct ast *by, enum crnl_method_kind *out)
{
    const char *solvers = run_solvers(w, by->name);
    const struct ast *given = solvers ? argument(by, "solver") : NULL;
    if (given && given->kind != AST_NAME) {
        diag_report(w->f->diag, DIAG_E0502, given->span, "the solver is one of %s", solvers);
        if (given->kind == AST_STRING) {
            diag_help(w->f->diag, "its name stands without quotes, as in `solver = bdf`");
        }
        return false;
    }
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        if (run_is_of_family(m, by->name) && (!given || strcmp(crnl_method_info[m].name, given->name) == 0)) {
            *out = (enum crnl_method_kind)m;
            return true;
        }
    }
    if (!given) {
        return fail_method(w, by);
    }
    diag_report(w->f->diag, DIAG_E0502, given->span, "there is no solver '%s'", given->name);
    diag_help(w->f->diag, "the solvers are %s; the first is the default%s", solvers,
              strncmp(given->name, "rk", 2) == 0 || strncmp(given->name, "dopri", 5) == 0
                  ? ", and erk is a Runge-Kutta method that chooses its steps"
                  : "");
    return false;
}
