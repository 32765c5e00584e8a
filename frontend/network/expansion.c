#include "frontend/network/expansion.h"

#include "frontend/text/reaction_lines.h"
#include "runtime/crnl_num.h"
#include "support/vec.h"

enum { MAX_DEPTH = 64 };
static const int64_t many = INT64_MAX / 4; /* counts do not grow beyond this */

/* What a network makes at least. */
struct least {
    int64_t reactions, turns, instances;
};

struct walk {
    struct front *f;
    const struct where *w; /* NULL in other networks: only constants of modules are known */
    struct module *module;
    VEC(const char *) hidden; /* names that have another meaning inside */
    int depth;
};

static int64_t plus(int64_t a, int64_t b)
{
    return a > many - b ? many : a + b;
}

static int64_t times(int64_t a, int64_t b)
{
    return a > 0 && b > many / a ? many : a * b;
}

static struct least sum(struct least a, struct least b)
{
    return (struct least){plus(a.reactions, b.reactions), plus(a.turns, b.turns),
                          plus(a.instances, b.instances)};
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool is_hidden(const struct walk *k, const char *name)
{
    for (size_t i = 0; i < k->hidden.n; i++) {
        if (k->hidden.data[i] == name) {
            return true;
        }
    }
    return false;
}

static bool known(struct walk *k, const struct ast *a, int64_t *v);

static bool known_name(struct walk *k, const char *text, int64_t *v)
{
    if (is_hidden(k, text)) {
        return false;
    }
    struct name *n = k->w ? scope_find(k->w->scope, text) : NULL;
    if (n) {
        return n->kind == NAME_VALUE && expr_const_int(k->w->ex, n->value, v);
    }
    n = module_find(k->module, text);
    if (!n || n->kind != NAME_CONST || n->busy || !n->ast || ++k->depth > MAX_DEPTH) {
        return false;
    }
    struct walk there = {.f = k->f, .module = n->module, .depth = k->depth};
    return known(&there, const_value(n->ast), v);
}

/* Finds a whole number whose value follows from the text alone. */
static bool known(struct walk *k, const struct ast *a, int64_t *v)
{
    int64_t x, y;
    switch (a ? a->kind : AST_BLOCK) {
    case AST_INT: *v = a->v.integer; return a->n == 0;
    case AST_NAME: return known_name(k, a->name, v);
    case AST_BINARY:
        if (!known(k, binary_left(a), &x) || !known(k, binary_right(a), &y)) {
            return false;
        }
        switch (a->op) {
        case OP_ADD: return !__builtin_add_overflow(x, y, v);
        case OP_SUB: return !__builtin_sub_overflow(x, y, v);
        case OP_MUL: return !__builtin_mul_overflow(x, y, v);
        case OP_POW: return y >= 0 && crnl_int_pow(x, y, v);
        default: return false;
        }
    default: return false;
    }
}

static bool known_length(struct walk *k, const struct ast *range, int64_t *n)
{
    int64_t from = 0, to;
    if (range->kind != AST_RANGE || !range_to(range) || !known(k, range_to(range), &to) ||
        (range_from(range) && !known(k, range_from(range), &from))) {
        return false;
    }
    if (to <= from) {
        *n = 0;
    } else if (__builtin_sub_overflow(to, from, n)) {
        *n = INT64_MAX;
    }
    return true;
}

static struct least of_block(struct walk *k, const struct ast *block);

static struct least of_loop(struct walk *k, const struct ast *a)
{
    const struct ast *binders = for_binders(a);
    size_t outside = k->hidden.n;
    int64_t turns = 1;
    struct least all = {0};
    for (uint32_t i = 1; i < binders->n; i++) {
        const struct ast *binder = binders_binder(binders, i);
        int64_t n;
        turns = known_length(k, binder_over(binder), &n) ? times(turns, n) : 0;
        all.turns = plus(all.turns, turns);
        vec_push(&k->hidden, binder->name);
    }
    if (!binders_condition(binders) && turns > 0) {
        struct least inner = of_block(k, for_block(a));
        all = sum(all, (struct least){times(turns, inner.reactions), times(turns, inner.turns),
                                      times(turns, inner.instances)});
    }
    k->hidden.n = outside;
    return all;
}

static struct least of_branches(struct walk *k, const struct ast *a)
{
    if (!if_else(a)) {
        return (struct least){0};
    }
    const struct ast *other = if_else(a);
    struct least x = of_block(k, if_block(a));
    struct least y = other->kind == AST_IF ? of_branches(k, other) : of_block(k, other);
    return (struct least){smaller(x.reactions, y.reactions), smaller(x.turns, y.turns),
                          smaller(x.instances, y.instances)};
}

static struct least of_network(struct front *f, struct name *network);

static struct least of_instance(struct walk *k, const struct ast *a)
{
    struct name *network = module_find(k->module, a->name);
    struct least one = {.instances = 1};
    return network && network->kind == NAME_NETWORK ? sum(one, of_network(k->f, network)) : one;
}

static struct least of_statement(struct walk *k, const struct ast *a)
{
    switch (a->kind) {
    case AST_REACTION:
        return (struct least){.reactions = a->op == OP_REVERSIBLE || a->op == OP_BALANCED ? 2 : 1};
    case AST_REACTIONS: return (struct least){.reactions = reaction_lines_reactions(a)};
    case AST_FOR: return of_loop(k, a);
    case AST_IF: return of_branches(k, a);
    case AST_PHASE: return of_block(k, phase_block(a));
    case AST_INSTANCE: return of_instance(k, a);
    default: return (struct least){0};
    }
}

static struct least of_block(struct walk *k, const struct ast *block)
{
    struct least all = {0};
    size_t outside = k->hidden.n;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_CONST) {
            vec_push(&k->hidden, a->name);
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        all = sum(all, of_statement(k, block_statement(block, i)));
    }
    k->hidden.n = outside;
    return all;
}

/* The result is computed once for each network. A network that contains itself is refused elsewhere. */
static struct least of_network(struct front *f, struct name *network)
{
    struct least *kept = network->least;
    if (!kept) {
        kept = network->least = arena_alloc(f->arena, sizeof *kept);
        *kept = (struct least){0};
        if (network->ast->kind != AST_NETWORK) { /* a finished network is counted when it is copied */
            return *kept;
        }
        struct walk k = {.f = f, .module = network->module};
        const struct ast *params = network_nparams(network->ast);
        for (uint32_t i = 0; i < params->n; i++) {
            vec_push(&k.hidden, list_item(params, i)->name);
        }
        *kept = of_block(&k, network_block(network->ast));
        vec_free(&k.hidden);
    }
    return *kept;
}

static bool fits(struct front *f, struct least l, struct span at, const char *what)
{
    long long turns = front_max_turns(f), reactions = f->max_reactions;
    if (l.reactions > reactions - f->n_reactions) {
        return front_full(f, DIAG_E0602, at, "more than %lld reactions: this %s makes at least %lld",
                          reactions, what, (long long)l.reactions);
    }
    if (l.instances > reactions) {
        return front_full(f, DIAG_E0602, at, "this %s makes at least %lld instances of networks", what,
                          (long long)l.instances);
    }
    return l.turns <= turns - f->n_turns ||
           front_full(f, DIAG_E0603, at, "loops of more than %lld turns: this %s takes at least %lld", turns,
                      what, (long long)l.turns);
}

bool expansion_fits_loop(struct where *w, const struct ast *loop)
{
    struct walk k = {.f = w->f, .w = w, .module = w->module};
    struct least l = of_loop(&k, loop);
    vec_free(&k.hidden);
    return fits(w->f, l, for_binders(loop)->span, "loop");
}

bool expansion_fits_instance(struct front *f, struct name *network, struct span at)
{
    return fits(f, of_network(f, network), at, "instance");
}
