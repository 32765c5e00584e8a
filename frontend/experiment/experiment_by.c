/* What stands behind `by` and is none of what can stand there: a name that is known elsewhere, an option
 * without its name. */
#include <string.h>

#include "frontend/experiment/experiment.h"

static const struct crnl_learner *const rules[] = {
#define LEARNER(name) &crnl_learn_##name,
#include "runtime/crnl_neural.def"
};
static const struct crnl_minimizer *const minimizers[] = {
#define MINIMIZER(name) &crnl_minimize_##name,
#include "runtime/crnl_minimize.def"
};

bool experiment_help_by(struct front *f, const struct ast *by, enum by_place place, const char *here)
{
    for (int m = 0; m < CRNL_METHOD_COUNT && place != BY_RUN; m++) {
        const struct crnl_method_info *o = &crnl_method_info[m];
        if (strcmp(o->family, by->name) == 0 || strcmp(o->name, by->name) == 0) {
            diag_help(f->diag, "`%s` runs a network, `run NET for 10 by %s;`; %s", by->name, by->name, here);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof minimizers / sizeof *minimizers && place != BY_MINIMIZE; i++) {
        if (strcmp(minimizers[i]->name, by->name) == 0) {
            diag_help(f->diag, "`%s` finds parameters, `minimize over NET.k in 0.1..10 by %s { ... }`; %s",
                      by->name, by->name, here);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules && place != BY_LEARN; i++) {
        if (strcmp(rules[i]->name, by->name) == 0) {
            diag_help(f->diag, "`%s` teaches a model, `learn m from d by %s;`; %s", by->name, by->name, here);
            return true;
        }
    }
    return false;
}

static bool is_inside(const struct crnl_learner *rule, const char *name, const char *word)
{
    for (int32_t i = 0; name && i < rule->n_options; i++) {
        const struct crnl_learn_option *o = &rule->option[i];
        if (o->inside && strcmp(o->inside, word) == 0 && strcmp(o->name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool experiment_help_word_of_rule(struct front *f, const struct ast *by, const struct crnl_learner *rule)
{
    const struct crnl_learn_option *o = NULL;
    for (int32_t i = 0; i < rule->n_options; i++) {
        for (int k = 0; rule->option[i].word && rule->option[i].word[k]; k++) {
            o = strcmp(rule->option[i].word[k], by->name) == 0 ? &rule->option[i] : o;
        }
    }
    const char *part[2] = {"", ""}; /* its own options, and others of the rule */
    for (uint32_t i = 0; o && i < by->n; i++) {
        const struct ast *arg = ctor_arg(by, i);
        bool other = arg->name && !is_inside(rule, arg->name, by->name);
        const char *text = front_source_text(f, arg->span);
        part[other] = arena_printf(f->arena, "%s%s%s", part[other], *part[other] || other ? ", " : "", text);
    }
    if (o) {
        diag_help(f->diag, "write `by %s(%s = %s%s%s%s%s)`", rule->name, o->name, by->name,
                  *part[0] ? "(" : "", part[0], *part[0] ? ")" : "", part[1]);
    }
    return o != NULL;
}

void experiment_unnamed_option(struct front *f, const struct ast *arg, const char *of,
                               const char *const *known, size_t n, const char *likely)
{
    enum { MOST = 8 };
    const char *text = front_source_text(f, arg->span);
    const char *list = arena_printf(f->arena, "%s%s", arena_join(f->arena, known, n < MOST ? n : MOST, ", "),
                                    n > MOST ? ", ..." : "");
    bool is_name = false;
    for (size_t i = 0; i < n; i++) {
        is_name |= strcmp(known[i], text) == 0;
    }
    diag_report(f->diag, DIAG_E0502, arg->span, "options of '%s' are given by name", of);
    if (is_name) {
        diag_help(f->diag, "write `%s = ...`", text);
    } else if (likely) {
        diag_help(f->diag, "as in `%s(%s = %s)`; there are %s", of, likely, text, list);
    } else {
        diag_help(f->diag, "as in `%s(%s = ...)`; there are %s", of, n ? known[0] : "x", list);
    }
}
