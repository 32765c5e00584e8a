/* Reads Antimony. The model of a file is the module marked with '*'; without one it is the content outside of
 * modules, and if there is none the last module. */
#include <stdlib.h>
#include <string.h>

#include "import/antimony/antimony_impl.h"

static void forget_model(struct reader *r)
{
    for (size_t i = 0; i < r->sides.n; i++) {
        vec_free(&r->sides.data[i]->all);
    }
    for (size_t i = 0; i < r->events.n; i++) {
        vec_free(&r->events.data[i]->assignment);
    }
    for (size_t i = 0; i < r->strands.n; i++) {
        vec_free(&r->strands.data[i]->part);
    }
    for (size_t i = 0; i < r->unit.n; i++) {
        vec_free(&r->unit.data[i].unit.factor);
    }
    for (size_t i = 0; i < r->dna.n; i++) {
        vec_free(&r->dna.data[i].part);
    }
    r->dna.n = 0;
    r->has_dna = false;
    r->sides.n = r->events.n = r->strands.n = 0;
    r->variable.n = r->instance.n = r->unit.n = 0;
    map_free(&r->names);
}

static void release(struct reader *r)
{
    forget_model(r);
    for (size_t i = 0; i < r->module.n; i++) {
        vec_free(&r->module.data[i].body);
    }
    for (size_t i = 0; i < r->function.n; i++) {
        vec_free(&r->function.data[i].argument);
    }
    vec_free(&r->token);
    vec_free(&r->module);
    vec_free(&r->function);
    vec_free(&r->variable);
    vec_free(&r->instance);
    vec_free(&r->unit);
    vec_free(&r->file);
    vec_free(&r->sides);
    vec_free(&r->events);
    vec_free(&r->strands);
    vec_free(&r->dna);
    vec_free(&r->own_event);
    map_free(&r->own_events);
    map_free(&r->modules);
    map_free(&r->functions);
}

/* Whether the formula contains the time, or calls a function whose formula does. */
static bool reads_time(const struct reader *r, const struct node *n)
{
    int32_t f = n->kind == NODE_CALL ? map_find(&r->functions, n->text) : -1;
    bool any =
        (n->kind == NODE_SYMBOL && strcmp(n->text, "time") == 0) || (f >= 0 && r->function.data[f].time);
    for (const struct node *x = n->first; x && !any; x = x->next) {
        any = reads_time(r, x);
    }
    return any;
}

/* A name for the time as an argument: "time" with as many '_' appended as are needed to differ from all
 * arguments. */
static const char *time_argument(struct reader *r, const struct function *f)
{
    const char *name = "time_";
    for (size_t i = 0; i < f->argument.n; i++) {
        if (strcmp(f->argument.data[i], name) == 0) {
            name = arena_printf(r->x->arena, "%s_", name);
            i = (size_t)-1;
        }
    }
    return name;
}

static void find_time(struct reader *r)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < r->function.n; i++) {
            struct function *f = &r->function.data[i];
            if (!f->time && f->root && reads_time(r, f->root)) {
                f->time = time_argument(r, f);
                more = true;
            }
        }
    }
}

/* Reads the formulas of functions, in which names are arguments. */
static bool read_functions(struct reader *r)
{
    bool ok = true;
    for (size_t i = 0; i < r->function.n; i++) {
        struct function *f = &r->function.data[i];
        r->defining = f;
        r->depth = 0;
        r->at = f->body.first;
        r->end = f->body.end;
        while (r->at < r->end && antimony_at_line_end(r)) {
            r->at++;
        }
        bool one = antimony_node(r, &f->root);
        while (one && r->at < r->end && antimony_at_line_end(r)) {
            r->at++;
        }
        one = one && (r->at == r->end || antimony_expected(r, "the end of the formula"));
        if (one && !f->root) {
            one = antimony_error(
                r, DIAG_E0831, f->at,
                "the function '%s' has no formula\n  help: write it between the arguments and `end`",
                f->name);
        }
        ok = ok && one;
    }
    r->defining = NULL;
    find_time(r);
    return ok;
}

static bool make(struct reader *r, int32_t module)
{
    forget_model(r);
    memset(r->unnamed, 0, sizeof r->unnamed);
    struct instance all = {.module = module, .parent = -1, .variable = -1, .prefix = ""};
    all.time.variable = all.extent.variable = -1;
    vec_push(&r->instance, all);
    r->here = 0;
    return antimony_make(r, 0);
}

/* Checks the modules that the model does not use, since they may have errors. */
static bool check_others(struct reader *r)
{
    bool ok = true;
    for (size_t i = r->module.n; i-- > 1;) {
        ok = (r->module.data[i].was_made || make(r, (int32_t)i)) && ok;
    }
    return ok;
}

static bool read_model(struct reader *r)
{
    int32_t chosen = 0;
    for (size_t i = 1; i < r->module.n; i++) {
        chosen = r->module.data[i].is_main ? (int32_t)i : chosen;
    }
    if (!make(r, 0)) {
        return false;
    }
    if (chosen == 0 && r->variable.n == 0) {
        chosen = (int32_t)r->module.n - 1;
    }
    if (chosen > 0 && !make(r, chosen)) {
        return false;
    }
    for (size_t i = 1; i < r->module.n; i++) {
        if (!r->module.data[i].was_made) {
            return check_others(r) && make(r, chosen);
        }
    }
    return true;
}

bool import_antimony(struct importer *x)
{
    struct reader r = {.x = x};
    struct module outside = {.name = ""};
    vec_push(&r.module, outside);
    r.folder = import_folder(x);
    vec_push(&r.instance, (struct instance){.parent = -1, .prefix = ""});
    bool ok = antimony_find_own(&r) && antimony_find_modules(&r, x->file, 0) && read_functions(&r) &&
              read_model(&r) && antimony_write(&r);
    release(&r);
    return ok;
}
