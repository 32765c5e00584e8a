/* Networks that are made from others: `lower m to direct(k = 2)`, `optimize n by (quadratize)`, `n(k = 2)`.
 * What is given to constructions, passes and networks is known when compiling, so it reads constants. */
#include <string.h>

#include "frontend/check/walk.h"
#include "frontend/network/network.h"
#include "ir/lower/lower.h"
#include "ir/pass/pass.h"

static void walk_expression(struct walk *k, const struct ast *a);

static const struct {
    const char *name, *ending;
} readers[] = {
#define NETWORK_WORD(name, ending) {#name, ending},
#include "frontend/network_word.def"
};

/* Reports `sbml("f.xml")`, a call by which another tool reads a model. */
static bool is_reader_elsewhere(struct walk *k, const struct ast *a)
{
    for (size_t i = 0; a->kind == AST_INSTANCE && i < sizeof readers / sizeof *readers; i++) {
        if (strcmp(readers[i].name, a->name) != 0) {
            continue;
        }
        const struct ast *first = a->n > 1 ? arg_value(instance_arg(a, 1)) : NULL;
        const struct ast *part =
            first && first->kind == AST_STRING && first->n == 1 ? string_part(first, 0) : NULL;
        const char *text = part && part->kind == AST_STRING_PART ? part->name : "";
        bool is_file = strchr(text, '.') && strcspn(text, " \n;>") == strlen(text);
        diag_report(k->f->diag, DIAG_E0201, front_place_of_word(k->f, a->span, a->name),
                    "a model of another tool is read by `import`");
        if (is_file) {
            diag_help(k->f->diag, "write `import \"%s\"`", text);
        } else {
            diag_help(k->f->diag, "keep its text in a file, and write `import \"model.%s\"`",
                      readers[i].ending);
        }
        return true;
    }
    return false;
}

/* Walks over n or n(k = 2), a NAME or an INSTANCE. */
static void walk_other(struct walk *k, const struct ast *a)
{
    struct name *n = module_find(k->w.module, a->name);
    if (!n && is_reader_elsewhere(k, a)) {
        return;
    }
    if (name_fits(&k->w, a->span, a->name, n, AT_DERIVED)) {
        walk_use(k, n, a->span);
        walk_given(k, a, n);
    } else {
        walk_words(k, a);
    }
}

/* Walks over the argument `environment = toggle(k = 2)` of a construction. */
static void walk_network_argument(struct walk *k, const struct ast *value)
{
    const struct ast *callee = value->kind == AST_CALL ? call_callee(value) : value;
    struct ast call = {.kind = AST_INSTANCE, .name = callee->name, .span = value->span};
    if (value->kind == AST_CALL) { /* the first child of both is no argument */
        call.kid = value->kid;
        call.n = value->n;
    }
    if (callee->kind == AST_NAME) {
        walk_other(k, &call);
    } else {
        diag_report(k->f->diag, DIAG_E0306, value->span,
                    "this is a network, with values of its parameters: NET(k = 2)");
    }
}

static void no_pairs(struct walk *k, const struct ast *a)
{
    diag_report(k->f->diag, DIAG_E0306, a->span, "this is a list of pairs: (A = Q[0], B = Q[1])");
}

/* Walks over pairs such as (A = Q[0], S = 100): a value that is no number names a species. */
static void walk_pairs(struct walk *k, const struct ast *pairs)
{
    const char **name = arena_alloc(k->f->arena, ((size_t)pairs->n + 1) * sizeof *name);
    if (pairs->kind != AST_TUPLE) {
        no_pairs(k, pairs);
        return;
    }
    for (uint32_t i = 0; i < pairs->n; i++) {
        const struct ast *entry = tuple_arg(pairs, i);
        const struct ast *value = entry->kind == AST_BIND ? assign_value(entry) : arg_value(entry);
        if (value->kind == AST_NAME || value->kind == AST_INDEX || value->kind == AST_FIELD) {
            walk_words(k, value);
        } else {
            (void)walk_real_scalar(k, value);
        }
        name[i] = network_pair_name(&k->w, entry);
        if (!name[i]) {
            no_pairs(k, entry);
        }
        for (uint32_t before = 0; name[i] && before < i; before++) {
            if (name[before] && strcmp(name[before], name[i]) == 0) {
                front_given_twice(k->f, DIAG_E0522, entry->span, name[i]);
            }
        }
    }
}

/* Looks at a value that is one of the argument's words. */
static void check_word(struct walk *k, const struct lower_argument *of, const struct ast *value)
{
    size_t n = 0;
    bool is_word = false;
    for (; of->word[n]; n++) {
        is_word |= value->kind == AST_NAME && strcmp(of->word[n], value->name) == 0;
    }
    if (!is_word) {
        diag_report(k->f->diag, DIAG_E0522, value->span, "'%s' is one of %s", of->name,
                    arena_join(k->f->arena, of->word, n, ", "));
    }
}

static void no_option(struct walk *k, const struct ast *ctor, const struct construction *c,
                      const struct ast *arg)
{
    struct diag *diag = k->f->diag;
    if (arg->name) {
        diag_report(diag, DIAG_E0522, arg->span, "%s has no option '%s'", ctor->name, arg->name);
    } else {
        diag_report(diag, DIAG_E0522, arg->span, "an option of %s is given by its name", ctor->name);
    }
    if (!arg->name && c->n_options > 0) {
        diag_help(diag, "write `%s = %s`; its options are %s", c->option[0].name,
                  front_source_text(k->f, arg->span), c->example);
    } else {
        diag_help(diag, "its options are %s", c->example);
    }
}

/* Walks over what a construction is given. Nothing is known of the arguments if the construction is not
 * (c == NULL). */
static void walk_construction(struct walk *k, const struct ast *ctor, const struct construction *c)
{
    for (uint32_t i = 0; c && i < ctor->n; i++) {
        const struct ast *arg = ctor_arg(ctor, i), *value = arg_value(arg);
        int named = lower_argument_named(c, arg->name);
        const struct lower_argument *of = named >= 0 ? &c->argument[named] : NULL;
        if (!of) {
            (void)walk_real_scalar(k, value);
            if (lower_option_named(c, arg->name) < 0) {
                no_option(k, ctor, c, arg);
            }
        } else if (of->kind == LOWER_PAIRS) {
            walk_pairs(k, value);
        } else if (of->kind == LOWER_NETWORK) {
            walk_network_argument(k, value);
        } else {
            check_word(k, of, value);
        }
    }
    bool once = call_given_once(&k->w, ctor, 0);
    for (int n = 0; c && once && n < c->n_arguments; n++) {
        bool given = !c->argument[n].is_needed;
        for (uint32_t i = 0; i < ctor->n; i++) {
            given |= lower_argument_named(c, ctor_arg(ctor, i)->name) == n;
        }
        if (!given) {
            diag_report(k->f->diag, DIAG_E0522, ctor->span, "%s needs '%s'", ctor->name, c->argument[n].name);
            return;
        }
    }
}

/* Whether the construction takes a model of this kind, or a network (kind == NULL). */
static bool takes(int construction, const char *kind)
{
    return kind ? lower_takes(construction, kind) : lower_takes_networks(construction);
}

/* Finds the construction. If none of this name takes the model or network, reports it and returns NULL. */
static const struct construction *find_construction(struct walk *k, const struct ast *ctor, const char *kind)
{
    int at = lower_named(ctor->name);
    if (at >= 0 && takes(at, kind)) {
        return lower_construction(at);
    }
    struct diag *diag = k->f->diag;
    const char **known = arena_alloc(k->f->arena, (size_t)lower_count() * sizeof *known);
    const char *of = kind ? arena_printf(k->f->arena, "%s models", kind) : "networks";
    size_t n = 0;
    for (int i = 0; i < lower_count(); i++) {
        if (takes(i, kind)) {
            known[n++] = lower_name(i);
        }
    }
    diag_report(diag, DIAG_E0522, ctor->span,
                at >= 0 ? "'%s' is not a construction of %s" : "there is no construction '%s'%.0s",
                ctor->name, of);
    if (!diag_help_nearest(diag, ctor->name, known, n)) {
        diag_help(diag, n ? "%s are lowered to %s" : "there is none of %s in this version%.0s", of,
                  arena_join(k->f->arena, known, n, ", "));
    }
    return NULL;
}

/* Whether it is known what `what` is: a network or, named n, a model. Otherwise that is reported alone. */
static bool is_known(struct walk *k, const struct ast *what, struct name *n)
{
    bool is_named = what->kind == AST_NAME || what->kind == AST_INSTANCE;
    const struct name *network = is_named ? module_find(k->w.module, what->name) : NULL;
    return name_may(n, AT_LOWER) ? walk_model_members(k, n) != NULL
                                 : !is_named || (network && network->kind == NAME_NETWORK);
}

static void walk_lower(struct walk *k, const struct ast *a)
{
    const struct ast *what = lower_network(a);
    struct name *n = what->kind == AST_NAME ? module_find(k->w.module, what->name) : NULL;
    const char *kind = NULL;
    if (name_may(n, AT_LOWER)) {
        kind = walk_model_kind(n);
        walk_bind_name(k, what, n);
    } else {
        walk_expression(k, what);
    }
    for (uint32_t i = 1; i < a->n; i++) {
        bool takes_known = i > 1 || is_known(k, what, n);
        const struct ast *ctor = lower_ctor(a, i);
        walk_construction(k, ctor, takes_known ? find_construction(k, ctor, i > 1 ? NULL : kind) : NULL);
    }
}

static void walk_pass(struct walk *k, const struct ast *pass)
{
    struct diag *diag = k->f->diag;
    enum pass_id id;
    bool is_known = pass_find(pass->name, &id) || pass_unknown(pass->name, pass->span, diag);
    for (uint32_t i = 0; i < pass->n; i++) {
        const struct ast *arg = ctor_arg(pass, i);
        (void)walk_real_scalar(k, arg_value(arg));
        if (!is_known || pass_reads(id, arg->name)) {
            continue;
        }
        const char *known = passes[id].parameters;
        diag_report(diag, DIAG_E0306, arg->span,
                    *known ? "the pass '%s' has no such parameter" : "the pass '%s' takes no arguments",
                    pass->name);
        if (*known) {
            diag_help(diag, "parameters that it reads: %s", known);
        }
    }
    (void)call_given_once(&k->w, pass, 0);
}

static void walk_optimize(struct walk *k, const struct ast *a)
{
    walk_expression(k, optimize_network(a));
    for (uint32_t i = 1; i < a->n; i++) {
        walk_pass(k, optimize_pass(a, i));
    }
}

static void walk_expression(struct walk *k, const struct ast *a)
{
    switch (a->kind) {
    case AST_LOWER: walk_lower(k, a); break;
    case AST_OPTIMIZE: walk_optimize(k, a); break;
    case AST_NAME:
    case AST_INSTANCE: walk_other(k, a); break;
    case AST_IMPORT:
        if (k->f->program) { /* otherwise only names are asked for */
            network_import_is_there(k->f, k->w.module, a);
        }
        break;
    default: break;
    }
}

void walk_network_value(struct walk *k, struct name *n)
{
    struct walk inner = *k;
    inner.w.purpose = FOR_OPTION_OF_CONSTRUCTION;
    walk_expression(&inner, network_expr_value(n->ast));
}
