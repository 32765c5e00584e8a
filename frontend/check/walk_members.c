/* The names of a network, as others see them: experiments, and networks that have an instance of it. A body
 * declares them. Of a network that is made from others, such as `lower m to direct`, each form of the
 * expression has a row with a function that declares them without making the network. A name with dots, such
 * as v.on, is a name v that has a member on; indices are left out. More names may be declared than the
 * network has in the end, but none is missing, so a name that is not declared is a mistake. */
#include <ctype.h>
#include <string.h>

#include "frontend/check/walk.h"
#include "frontend/network/network.h"
#include "ir/lower/lower.h"
#include "ir/pass/pass.h"

/* ---- bodies ---- */

/* The rank of a member follows from its declaration, its lengths from the arguments of the network. */
static struct typing outside(const struct ast *d, bool is_amount)
{
    struct typing t = typing_scalar(SORT_REAL);
    if (dcl_dims(d)) {
        t.rank = dcl_dims(d)->n <= SHAPE_MAX_RANK ? (int8_t)dcl_dims(d)->n : (int8_t)-1;
    } else if (!is_amount && dcl_value(d)) {
        t.rank = -1;
    }
    return t;
}

static void add(struct walk *k, struct scope *to, const struct ast *d, enum name_kind kind)
{
    struct name *n = scope_add(to, d->name, kind, d->span);
    if (n) {
        n->is_member = true;
        meaning_of(k, n)->typing = outside(d, kind != NAME_VALUE);
    }
}

static void add_const(struct scope *to, const struct ast *a)
{
    struct name *n = scope_add(to, a->name, NAME_VALUE, a->span);
    if (n) {
        n->is_member = true;
    }
}

/* A chemical clock consists of species, which are elements of `clock`. */
static void add_clock(struct walk *k, struct scope *to, const struct ast *a)
{
    struct name *n = scope_add(to, intern_text(k->f->names, "clock"), NAME_SPECIES, a->span);
    if (n) {
        n->is_member = true;
        meaning_of(k, n)->typing = typing_array_of(SORT_REAL);
    }
}

/* An experiment reads the rate of a reaction by its label. */
static void add_label(struct walk *k, struct scope *to, const struct ast *a)
{
    struct name *n = scope_add(to, a->name, NAME_VALUE, a->span);
    if (n) {
        n->is_member = true;
        n->ast = a;
        meaning_of(k, n)->typing = typing_scalar(SORT_REAL);
    }
}

static void add_instance(struct scope *to, struct module *m, const struct ast *a, const char *text)
{
    struct name *n = scope_add(to, text, NAME_INSTANCE, a->span);
    if (n) {
        n->is_member = true;
        n->ast = a;
        n->module = m;
    }
}

static const char *instance_text(const struct ast *a)
{
    const struct ast *label = a->kind == AST_REPLICATE ? NULL : instance_label(a);
    return !label ? a->name : label->kind == AST_INDEX ? index_base(label)->name : label->name;
}

static void collect(struct walk *k, struct scope *to, struct module *m, const struct ast *block)
{
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        bool list = ast_layout[a->kind] == AST_PARAM;
        for (uint32_t d = 0; list && d < a->n; d++) {
            const struct ast *dcl = declaration_dcl(a, d);
            if (a->kind == AST_ENTITY) {
                add(k, to, dcl, a->op == OP_DUAL ? NAME_DUAL : NAME_SPECIES);
            } else if (a->kind == AST_PARAM || dcl_value(dcl)) {
                add(k, to, dcl, NAME_VALUE);
            }
        }
        switch (a->kind) {
        case AST_CONST: add_const(to, a); break;
        case AST_CLOCK: add_clock(k, to, a); break;
        case AST_REACTION:
            if (a->name) {
                add_label(k, to, a);
            }
            break;
        case AST_INSTANCE:
        case AST_REPLICATE: add_instance(to, m, a, instance_text(a)); break;
        case AST_FOR: collect(k, to, m, for_block(a)); break;
        case AST_PHASE: collect(k, to, m, phase_block(a)); break;
        case AST_IF:
            collect(k, to, m, if_block(a));
            for (a = if_else(a); a && a->kind == AST_IF; a = if_else(a)) {
                collect(k, to, m, if_block(a));
            }
            collect(k, to, m, a);
            break;
        default: break;
        }
    }
}

/* ---- models ---- */

/* Arrays of parameters that a kind has whatever stands in the block; a layer is left out: w for w[0]. */
static const char arrays_of_relu[] = "w b", arrays_of_boltzmann[] = "w theta",
                  arrays_of_reaction_tensor[] = "W x0", arrays_of_neural_ode[] = "";

static const struct {
    const char *kind, *arrays;
} kinds[] = {
#define NEURAL_KIND(name) {#name, arrays_of_##name},
#include "runtime/crnl_neural.def"
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static int kind_of(const struct ast *model)
{
    int i = 0;
    while (i < N_KINDS && strcmp(kinds[i].kind, model_kind(model)->name) != 0) {
        i++;
    }
    return i;
}

static struct scope *members_of_block(struct walk *k, const struct ast *model)
{
    struct scope *members = scope_create(k->f->arena, NULL);
    const struct ast *block = model_block(model);
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t d = 0; ast_layout[a->kind] == AST_PARAM && d < a->n; d++) {
            const struct ast *dcl = declaration_dcl(a, d);
            (void)scope_add(members, dcl->name, a->kind == AST_PARAM ? NAME_VALUE : NAME_UNITS, dcl->span);
        }
    }
    for (const char *at = kinds[kind_of(model)].arrays; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        const char *text = intern_text(k->f->names, arena_strndup(k->f->arena, at, length));
        (void)scope_add(members, text, NAME_VALUE, model->span);
        at += length;
    }
    return members;
}

const char *walk_model_kind(const struct name *model)
{
    enum { MOST_NAMES = 100 }; /* a model may be defined by itself, which is reported elsewhere */
    for (int i = 0; model && model->ast->kind == AST_MODEL_FROM && i < MOST_NAMES; i++) {
        model = module_find(model->module, model_from_model(model->ast)->name);
    }
    return model && model->ast && model->ast->kind == AST_MODEL ? model_kind(model->ast)->name : "";
}

struct scope *walk_model_members(struct walk *k, struct name *model)
{
    struct meaning *m = meaning_of(k, model);
    if (m->is_known || m->busy) {
        return m->members;
    }
    m->busy = true;
    if (model->ast->kind == AST_MODEL_FROM) {
        struct name *base = module_find(model->module, model_from_model(model->ast)->name);
        m->members = name_may(base, AT_MODEL) ? walk_model_members(k, base) : NULL;
    } else if (kind_of(model->ast) < N_KINDS) {
        m->members = members_of_block(k, model->ast);
    }
    m->busy = false;
    m->is_known = true;
    return m->members;
}

/* The network whose names `network a = b(k = 2);` has, here b; NULL if `a` is made in another way. */
static struct name *same_body(struct name *network)
{
    const struct ast *a = network->ast->kind == AST_NETWORK_EXPR ? network_expr_value(network->ast) : NULL;
    bool named = a && (a->kind == AST_INSTANCE || a->kind == AST_NAME);
    struct name *n = named ? module_find(network->module, a->name) : NULL;
    return n && n->kind == NAME_NETWORK ? n : NULL;
}

static struct scope *of_body(struct walk *k, struct name *network)
{
    struct scope *members = scope_create(k->f->arena, NULL);
    const struct ast *params = network_nparams(network->ast);
    for (uint32_t i = 0; i < params->n; i++) {
        const struct ast *p = list_item(params, i);
        bool amount = p->op == OP_SPECIES || p->op == OP_BULK || p->op == OP_DUAL;
        if (p->op == OP_CONST) {
            add_const(members, p);
            continue;
        }
        add(k, members, p, !amount ? NAME_VALUE : p->op == OP_DUAL ? NAME_DUAL : NAME_SPECIES);
    }
    collect(k, members, network->module, network_block(network->ast));
    return members;
}

/* Declares the names of a network expression of the module. False if they are not known. */
static bool declare(struct walk *k, struct scope *to, struct module *m, const struct ast *a);

/* ---- names with dots ---- */

struct declaring {
    struct walk *k;
    struct scope *to;
};

/* Adds a name such as "h[0].p": a name h, with a member p. */
static void add_text(void *env, const char *text)
{
    struct declaring *d = env;
    struct walk *k = d->k;
    struct scope *to = d->to;
    for (;;) {
        char *piece = arena_strdup(k->f->arena, text), *end = piece;
        bool inside = false;
        for (; *text && (inside || *text != '.'); text++) {
            inside = *text == '[' || (inside && *text != ']');
            *end = *text;
            end += !inside && *text != ']';
        }
        *end = '\0';
        const char *name = intern_text(k->f->names, piece);
        struct name *n = scope_find_here(to, name);
        n = n ? n : scope_add(to, name, NAME_VALUE, (struct span){0});
        struct meaning *m = meaning_of(k, n);
        m->is_made |= !n->span.file;
        if (!*text) {
            return;
        }
        m->members = m->members ? m->members : scope_create(k->f->arena, NULL);
        to = m->members;
        text++;
    }
}

/* Lists the names of a scope, with dots, and those of its instances. False if some are not known. */
struct listing {
    VEC(const char *) name;
    int depth;
};

static bool list_names(struct walk *k, const struct scope *s, const char *prefix, struct listing *to)
{
    enum { MOST_DEPTH = 20 };
    bool known = to->depth++ < MOST_DEPTH;
    for (size_t i = 0; i < scope_count(s) && known; i++) {
        struct name *n = scope_at(s, i);
        const char *text = arena_printf(k->f->arena, "%s%s", prefix, n->text);
        struct name *network = n->kind == NAME_INSTANCE ? walk_network_of(n) : NULL;
        struct scope *inner = network ? walk_members(k, network) : n->meaning ? n->meaning->members : NULL;
        vec_push(&to->name, text);
        known = n->kind != NAME_INSTANCE || inner;
        if (inner) {
            known = list_names(k, inner, arena_printf(k->f->arena, "%s.", text), to);
        }
        if (n->kind == NAME_DUAL) {
            vec_push(&to->name, arena_printf(k->f->arena, "%s.p", text));
            vec_push(&to->name, arena_printf(k->f->arena, "%s.n", text));
        }
    }
    to->depth--;
    return known;
}

/* ---- lower ---- */

/* The network that an argument of a construction names: E or E(k = 2). */
static const struct ast *named_network(const struct ast *value)
{
    const struct ast *callee = value->kind == AST_CALL ? call_callee(value) : value;
    return callee->kind == AST_NAME ? callee : NULL;
}

/* Declares the names of a network that construction `i` makes from a model, or from the network whose names
 * are `from`. */
static bool construct(struct walk *k, struct scope *to, struct module *m, const struct ast *ctor,
                      const struct scope *model, const struct scope *from)
{
    enum { GROUP, ARRAY, FROM, N_LISTS, MOST_LISTS = 8 };
    int i = lower_named(ctor->name);
    struct listing list[MOST_LISTS] = {{.depth = 0}};
    struct lower_names names[MOST_LISTS] = {{.word = "group"}, {.word = "array"}, {.word = "from"}};
    size_t n = N_LISTS;
    bool known = i >= 0;
    for (size_t g = 0; model && g < scope_count(model); g++) {
        const struct name *one = scope_at(model, g);
        vec_push(&list[one->kind == NAME_VALUE ? ARRAY : GROUP].name, one->text);
    }
    known = known && (!from || list_names(k, from, "", &list[FROM]));
    for (uint32_t a = 0; known && a < ctor->n && n < MOST_LISTS; a++) {
        const struct ast *arg = ctor_arg(ctor, a), *network = named_network(arg_value(arg));
        int c = lower_argument_named(lower_construction(i), arg->name);
        const struct lower_argument *of = c >= 0 ? &lower_construction(i)->argument[c] : NULL;
        if (network && of && of->kind == LOWER_NETWORK) {
            struct scope *given = scope_create(k->f->arena, NULL);
            known = declare(k, given, m, network) && list_names(k, given, "", &list[n]);
            names[n++].word = of->name;
        }
    }
    for (size_t l = 0; l < n; l++) {
        names[l].name = list[l].name.data;
        names[l].n = list[l].name.n;
    }
    struct declaring d = {k, to};
    if (known) {
        lower_members(i, names, n, k->f->arena, add_text, &d);
    }
    for (size_t l = 0; l < n; l++) {
        vec_free(&list[l].name);
    }
    return known;
}

static bool lowered(struct walk *k, struct scope *to, struct module *m, const struct ast *a)
{
    const struct ast *what = lower_network(a);
    struct name *model = what->kind == AST_NAME ? module_find(m, what->name) : NULL;
    struct scope *of_model = name_may(model, AT_LOWER) ? walk_model_members(k, model) : NULL;
    struct scope *from = of_model ? NULL : scope_create(k->f->arena, NULL);
    bool known = of_model || (!name_may(model, AT_LOWER) && declare(k, from, m, what));
    for (uint32_t i = 1; i < a->n && known; i++) {
        struct scope *made = i + 1 < a->n ? scope_create(k->f->arena, NULL) : to;
        known = construct(k, made, m, lower_ctor(a, i), of_model, from);
        of_model = NULL;
        from = made;
    }
    return known;
}

/* ---- optimize, import, names ---- */

/* The parameters that the pass reads, or declares if they are missing. One that the network has, too, is
 * called PASS.NAME. */
static void add_of_pass(struct walk *k, struct scope *to, enum pass_id id)
{
    struct declaring d = {k, to};
    for (const char *at = passes[id].parameters; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        add_text(&d, arena_strndup(k->f->arena, at, length));
        add_text(&d, arena_printf(k->f->arena, "%s.%.*s", passes[id].name, (int)length, at));
        at += length;
    }
}

static bool optimized(struct walk *k, struct scope *to, struct module *m, const struct ast *a)
{
    bool known = declare(k, to, m, optimize_network(a));
    for (uint32_t i = 1; i < a->n; i++) {
        enum pass_id id;
        if (pass_find(optimize_pass(a, i)->name, &id)) {
            add_of_pass(k, to, id);
        }
    }
    return known;
}

static bool imported(struct walk *k, struct scope *to, struct module *m, const struct ast *a)
{
    const struct net *net = k->f->program ? network_imported(k->f, m, a) : NULL;
    struct declaring d = {k, to};
    for (size_t i = 0; net && i < net->symbol.n; i++) {
        add_text(&d, net->symbol.data[i].name);
    }
    for (size_t i = 0; net && i < net->reaction.n; i++) {
        if (net->reaction.data[i].label) {
            add_text(&d, net->reaction.data[i].label);
        }
    }
    return net != NULL;
}

/* Declares the names of the network that another name stands for; they are the same. */
static bool named(struct walk *k, struct scope *to, struct module *m, const struct ast *a)
{
    struct name *n = module_find(m, a->name);
    struct scope *same = n && n->kind == NAME_NETWORK ? walk_members(k, n) : NULL;
    for (size_t i = 0; same && i < scope_count(same); i++) {
        const struct name *of = scope_at(same, i);
        struct name *copy = scope_add(to, of->text, of->kind, of->span);
        if (copy) {
            *copy = *of;
        }
    }
    return same != NULL;
}

static bool declare(struct walk *k, struct scope *to, struct module *m, const struct ast *a)
{
    static const struct {
        enum ast_kind kind;
        bool (*members)(struct walk *k, struct scope *to, struct module *m, const struct ast *a);
    } forms[] = {{AST_LOWER, lowered},
                 {AST_OPTIMIZE, optimized},
                 {AST_IMPORT, imported},
                 {AST_INSTANCE, named},
                 {AST_NAME, named}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i].kind == a->kind) {
            return forms[i].members(k, to, m, a);
        }
    }
    return false;
}

static struct scope *of_expression(struct walk *k, struct name *network)
{
    struct scope *to = scope_create(k->f->arena, NULL);
    return declare(k, to, network->module, network_expr_value(network->ast)) ? to : NULL;
}

/* ---- all networks ---- */

struct scope *walk_members(struct walk *k, struct name *network)
{
    struct meaning *m = meaning_of(k, network);
    if (m->is_known || m->busy || network->kind != NAME_NETWORK) {
        return m->members;
    }
    struct name *same = same_body(network);
    m->busy = true;
    m->members = network->ast->kind == AST_NETWORK ? of_body(k, network)
                 : same                            ? walk_members(k, same)
                                                   : of_expression(k, network);
    m->busy = false;
    m->is_known = true;
    return m->members;
}

const char *walk_members_text(struct walk *k, const struct scope *members)
{
    struct listing all = {.depth = 0};
    (void)list_names(k, members, "", &all);
    const char *text = arena_join(k->f->arena, all.name.data, all.name.n, ", ");
    vec_free(&all.name);
    return text;
}

const char *walk_stem(struct front *f, const char *text)
{
    const char *end = strrchr(text, '_');
    bool digits = end && end[1];
    for (const char *c = end ? end + 1 : ""; *c; c++) {
        digits &= isdigit((unsigned char)*c) != 0;
    }
    return digits ? intern_text(f->names, arena_strndup(f->arena, text, (size_t)(end - text))) : NULL;
}

const char *walk_array_text(struct front *f, const char *text)
{
    return intern_text(f->names, arena_printf(f->arena, "%s[]", text));
}

/* A parameter of the program becomes a parameter of each network that reads it. */
static bool is_global(const struct front *f, const char *text)
{
    bool found = false;
    for (size_t i = 0; i < f->module.n && !found; i++) {
        const struct name *n = scope_find_here(f->module.data[i]->scope, text);
        found = n && n->kind == NAME_GLOBAL;
    }
    return found;
}

struct name *walk_network_of(struct name *of)
{
    if (of->kind != NAME_INSTANCE || !of->ast) {
        return of->kind == NAME_NETWORK ? of : NULL;
    }
    const struct ast *a = of->ast;
    struct name *n = module_find(of->module, a->kind == AST_REPLICATE ? replicate_network(a)->name : a->name);
    return n && n->kind == NAME_NETWORK ? n : NULL;
}

bool walk_is_made(struct name *network)
{
    enum { MOST_NAMES = 100 }; /* a network may be defined by itself, which is reported elsewhere */
    for (int i = 0; network && network->ast->kind == AST_NETWORK_EXPR && i < MOST_NAMES; i++) {
        const struct ast *a = network_expr_value(network->ast);
        if (a->kind != AST_INSTANCE && a->kind != AST_NAME) {
            return true;
        }
        network = same_body(network);
    }
    return false;
}

struct name *walk_member(struct walk *k, struct name *of, const char *text, bool *is_known)
{
    struct name *network = walk_network_of(of);
    /* An experiment is elaborated with all of its statements, and so are the networks that it reads. */
    bool later = network && k->in_experiment && walk_is_made(network);
    struct scope *members = network && !later ? walk_members(k, network) : NULL;
    struct name *n = members ? scope_find_here(members, text) : NULL;
    n = n && k->in_network && n->ast && n->ast->kind == AST_REACTION ? NULL : n; /* a label */
    const char *stem = members && !n ? walk_stem(k->f, text) : NULL;
    bool made =
        strcmp(text, "time") == 0 || is_global(k->f, text) || (stem && scope_find_here(members, stem));
    *is_known = members && (n || !made);
    return n;
}
