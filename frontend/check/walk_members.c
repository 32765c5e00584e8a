/* The names that a network declares, as others see them: experiments, and networks that have an instance
 * of it. */
#include <ctype.h>
#include <string.h>

#include "frontend/check/walk.h"

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

/* The network whose names `network a = b(k = 2);` has, here b; NULL if `a` is made in another way. */
static struct name *same_body(struct name *network)
{
    const struct ast *a = network->kind == NAME_NETWORK && network->ast->kind == AST_NETWORK_EXPR
                              ? network_expr_value(network->ast)
                              : NULL;
    bool named = a && (a->kind == AST_INSTANCE || a->kind == AST_NAME);
    struct name *n = named ? module_find(network->module, a->name) : NULL;
    return n && n->kind == NAME_NETWORK ? n : NULL;
}

struct scope *walk_members(struct walk *k, struct name *network)
{
    struct meaning *m = meaning_of(k, network);
    struct name *same = same_body(network);
    if (same && !m->busy) {
        m->busy = true;
        struct scope *members = walk_members(k, same);
        m->busy = false;
        return members;
    }
    if (m->is_known || network->kind != NAME_NETWORK || network->ast->kind != AST_NETWORK) {
        return m->members;
    }
    m->is_known = true;
    m->members = scope_create(k->f->arena, NULL);
    const struct ast *params = network_nparams(network->ast);
    for (uint32_t i = 0; i < params->n; i++) {
        const struct ast *p = list_item(params, i);
        bool amount = p->op == OP_SPECIES || p->op == OP_BULK || p->op == OP_DUAL;
        if (p->op == OP_CONST) {
            add_const(m->members, p);
            continue;
        }
        add(k, m->members, p, !amount ? NAME_VALUE : p->op == OP_DUAL ? NAME_DUAL : NAME_SPECIES);
    }
    collect(k, m->members, network->module, network_block(network->ast));
    return m->members;
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

struct name *walk_member(struct walk *k, struct name *of, const char *text, bool *is_known)
{
    struct name *network = walk_network_of(of);
    struct scope *members = network ? walk_members(k, network) : NULL;
    struct name *n = members ? scope_find_here(members, text) : NULL;
    const char *stem = members && !n ? walk_stem(k->f, text) : NULL;
    bool made =
        strcmp(text, "time") == 0 || is_global(k->f, text) || (stem && scope_find_here(members, stem));
    *is_known = members && (n || !made);
    return n;
}
