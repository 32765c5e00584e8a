/* Reports names in experiments that are had by a network, or by a run that keeps its results under a name of
 * its own: `A` for `net.A`, and `x.A` where nothing is called `x`. */
#include <string.h>

#include "frontend/check/walk.h"
#include "frontend/experiment/experiment.h"

enum { MOST_OWNERS = 8, MOST_WRITTEN = 3 };

struct owners { /* networks and runs that have a member of some name, those of the experiment first */
    const struct name *name[MOST_OWNERS];
    int n, n_runs;
};

const struct ast *walk_experiment_around(const struct walk *k, const struct ast *name)
{
    const struct ast *tree = k->w.module->tree;
    for (uint32_t i = 0; i < tree->n; i++) {
        const struct ast *a = file_declaration(tree, i);
        if (a->kind == AST_EXPERIMENT && a->span.lo <= name->span.lo && name->span.hi <= a->span.hi) {
            return a;
        }
    }
    return NULL;
}

static enum ast_verdict runs_as_itself(void *env, const struct ast *a)
{
    bool runs =
        (a->kind == AST_RUN && !experiment_run_of(a)) || a->kind == AST_CONTINUE || a->kind == AST_TEACH;
    return runs && a->name == (const char *)env ? AST_FOUND : AST_GO_ON;
}

/* Adds the names of this scope that have the member; NULL: all networks and runs. */
static void add_owners(struct walk *k, const struct scope *s, const char *member, bool runs,
                       struct owners *to)
{
    for (size_t i = 0; i < scope_count(s) && to->n < MOST_OWNERS; i++) {
        struct name *n = scope_at(s, i);
        bool is = n->kind == NAME_NETWORK && n->is_result == runs;
        struct scope *members = is && member ? walk_members(k, n) : NULL;
        if (is && (!member || (members && scope_find_here(members, member)))) {
            to->name[to->n++] = n;
            to->n_runs += runs;
        }
    }
}

/* Leaves the networks that run in this experiment under their own names. If there is none, and no other run,
 * all networks are meant, because the run may have been forgotten. */
static void leave_those_that_run(const struct ast *experiment, struct owners *o)
{
    int kept = o->n_runs;
    for (int i = o->n_runs; experiment && i < o->n; i++) {
        const char *network = o->name[i]->text;
        if (ast_find(experiment, runs_as_itself, (void *)(uintptr_t)network)) {
            const struct name *swap = o->name[kept];
            o->name[kept++] = o->name[i];
            o->name[i] = swap;
        }
    }
    o->n = kept ? kept : o->n;
}

static struct owners owners_of(struct walk *k, const struct ast *a, const char *member)
{
    struct owners o = {0};
    for (struct scope *s = k->w.scope; s; s = scope_parent(s)) {
        add_owners(k, s, member, true, &o);
    }
    add_owners(k, k->w.module->scope, member, false, &o);
    leave_those_that_run(walk_experiment_around(k, a), &o);
    return o;
}

/* "net.A, b.A", or with another `between`. */
static const char *written(struct walk *k, const struct owners *o, const char *member, const char *between)
{
    const char *text = "";
    for (int i = 0; i < o->n && i < MOST_WRITTEN; i++) {
        text = arena_printf(k->f->arena, "%s%s%s%s%s", text, i ? between : "", o->name[i]->text,
                            member ? "." : "", member ? member : "");
    }
    return text;
}

bool walk_is_of_owners(struct walk *k, const struct ast *a)
{
    struct owners o = {0};
    if (k->in_experiment) {
        o = owners_of(k, a, a->name);
    }
    if (o.n == 0) {
        return false;
    }
    const char *text = written(k, &o, a->name, ", ");
    const char *first = arena_printf(k->f->arena, "%s.%s", o.name[0]->text, a->name);
    diag_report(k->f->diag, DIAG_E0201, front_place_of_word(k->f, a->span, a->name), "'%s' is not declared",
                a->name);
    bool is_target = k->assigned && assign_target(k->assigned)->span.lo == a->span.lo;
    if (is_target && k->assigned->kind == AST_SET_STMT && o.n == 1) {
        const char *target = front_source_text(k->f, assign_target(k->assigned)->span);
        diag_help(k->f->diag, "write `set %s%s %s %s;`", text, target + strlen(a->name),
                  ast_op_text(k->assigned->op), front_source_text(k->f, assign_value(k->assigned)->span));
    } else if (is_target && k->assigned->kind != AST_SET_STMT) {
        diag_help(k->f->diag, "a value of a network is changed by `set`, as in `set %s = 2;`", first);
    } else if (o.n_runs == 1 && o.n == 1) {
        diag_help(k->f->diag, "the run `%s` has it: write `%s`", o.name[0]->text, text);
    } else {
        diag_help(k->f->diag, o.n_runs ? "of a run or network it is %s" : "of a network it is %s", text);
    }
    return true;
}

static enum ast_verdict is_field_of(void *env, const struct ast *a)
{
    return a->kind == AST_FIELD && field_base(a) == (const struct ast *)env ? AST_FOUND : AST_GO_ON;
}

bool walk_help_owners(struct walk *k, const struct ast *a)
{
    const struct ast *experiment = k->in_experiment ? walk_experiment_around(k, a) : NULL;
    const struct ast *field = experiment ? ast_find(experiment, is_field_of, (void *)(uintptr_t)a) : NULL;
    struct owners have = {0}, all = {0};
    if (field) {
        have = owners_of(k, a, field->name);
        all = owners_of(k, a, NULL);
    }
    if (have.n) {
        diag_help(k->f->diag, "write `%s`", written(k, &have, field->name, "` or `"));
    } else if (all.n) {
        diag_help(k->f->diag, "networks and runs here: %s", written(k, &all, NULL, ", "));
    }
    return have.n || all.n;
}
