#include "ir/prove/net_color.h"

#include <stdlib.h>
#include <string.h>

#include "ir/interp/interp.h"
#include "ir/net/each_expr.h"
#include "runtime/crnl_csr.h"
#include "support/hash.h"
#include "support/mem.h"

/* How an item refers to a species, guard or parameter: by an expression, in which case the link is the role
 * of the expression, or by one of these links. */
enum link { LINK_LEFT = ROLE_COUNT + 1, LINK_RIGHT, LINK_FRACTION, LINK_GUARD, LINK_CHANGED };

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014). Sums of such hashes serve as hashes of multisets. */
uint64_t color_mix(uint64_t h, uint64_t word)
{
    h = h * 0x9E3779B97F4A7C15u + word;
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
    return h ^ (h >> 31);
}

static uint64_t bits_of(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

/* ---- expressions ---- */

static size_t type_size(uint8_t type)
{
    return type == TYPE_BOOL ? 1 : 8;
}

static uint64_t constant_hash(const struct expr *e)
{
    if (e->shape.rank > 0) {
        return hash_bytes(e->v.data, (size_t)shape_size(e->shape) * type_size(e->type));
    }
    switch (e->type) {
    case TYPE_REAL: return bits_of(e->v.real);
    case TYPE_TEXT: return hash_bytes(e->v.text, strlen(e->v.text));
    default: return (uint64_t)e->v.integer;
    }
}

/* The hash of a node. Leaves have the colour of the species or parameter that they name. Source lines in
 * TAKE and GATHER and the numbers of loop variables do not count. */
static uint64_t node_hash(const struct net_graph *g, const struct expr *e)
{
    uint64_t h = color_mix(e->op, e->type);
    h = color_mix(h, (uint64_t)e->shape.rank);
    for (int32_t i = 0; i < e->shape.rank; i++) {
        h = color_mix(h, (uint64_t)e->shape.dim[i]);
    }
    switch ((enum expr_op)e->op) {
    case EXPR_CONST: return color_mix(h, constant_hash(e));
    case EXPR_SPECIES: return color_mix(h, g->color[e->a]);
    case EXPR_PARAM: return color_mix(h, g->color[g->slot_item[e->a]]);
    case EXPR_BINDER: return h;
    case EXPR_TAKE: h = color_mix(h, (uint64_t)e->a); break;
    case EXPR_GATHER: break;
    default:
        h = expr_is_loop(e->op) ? h : color_mix(h, (uint64_t)e->a);
        h = color_mix(h, (uint64_t)e->b);
        break;
    }
    if (e->op == EXPR_ADD || e->op == EXPR_MUL) {
        return color_mix(h, g->value[e->args[0]] + g->value[e->args[1]]);
    }
    for (uint32_t i = 0; i < e->n_args; i++) {
        h = color_mix(h, g->value[e->args[i]]);
    }
    return h;
}

/* Computes the hashes of all expressions; operands come before the nodes that use them. */
static void hash_expressions(struct net_graph *g)
{
    for (size_t i = 1; i <= expr_count(g->net->ex); i++) {
        if (g->reached[i]) {
            g->value[i] = node_hash(g, expr_get(g->net->ex, (expr_id)i));
        }
    }
}

/* The hash of an expression; a constant 0 counts as an expression that is not given. */
static uint64_t expression(const struct net_graph *g, expr_id e)
{
    double v;
    return e && !(expr_const_real(g->net->ex, e, &v) && v == 0) ? g->value[e] : 0;
}

/* ---- building ---- */

struct reference {
    int32_t target;
    struct incidence incidence;
};

struct builder {
    struct net_graph *g;
    VEC(struct reference) reference;
    VEC(int32_t) slot; /* used slots, in the order of discovery */
    uint8_t *depth;    /* by expression: nesting depth of loops */
    int32_t source;
    uint64_t role;
    double *defaults; /* by slot */
};

static void refer(struct builder *b, int32_t target, int32_t source, uint64_t role)
{
    vec_push(&b->reference, (struct reference){target, {source, role}});
}

static void visit_node(void *env, expr_id id, const struct expr *e)
{
    struct builder *b = env;
    struct net_graph *g = b->g;
    g->reached[id] = true;
    for (uint32_t i = 0; i < e->n_args; i++) {
        b->depth[id] = b->depth[e->args[i]] > b->depth[id] ? b->depth[e->args[i]] : b->depth[id];
    }
    if (expr_is_loop(e->op)) {
        g->nested = g->nested || ++b->depth[id] > 1;
    }
    if (e->op == EXPR_SPECIES) {
        refer(b, e->a, b->source, b->role);
    } else if (e->op == EXPR_PARAM) {
        if (g->slot_item[e->a] < 0) {
            g->slot_item[e->a] = (int32_t)b->slot.n; /* the item is numbered when all slots are known */
            vec_push(&b->slot, e->a);
        }
        refer(b, -1 - e->a, b->source, b->role);
    }
}

static void use_expression(struct builder *b, expr_id e, int32_t source, uint64_t role)
{
    b->source = source;
    b->role = role;
    expr_visit(b->g->net->ex, e, visit_node, b);
}

/* Parts that are numbered before the parameters. The used parameters are known only after all expressions
 * have been visited, so their items come last. */
static const enum net_part order[] = {PART_SPECIES, PART_GUARD,  PART_REACTION,
                                      PART_EVENT,   PART_SYMBOL, PART_ASSUME};

enum { PORTS = SYMBOL_IS_OUTPUT | SYMBOL_IS_INPUT };

static bool is_port(const struct symbol *s)
{
    return s->flags & PORTS;
}

static void add_items(struct net_graph *g)
{
    const struct net *n = g->net;
    const size_t count[] = {n->species.n, n->guard.n, n->reaction.n, n->event.n, n->symbol.n, n->assume.n};
    size_t most = n->symbol.n + (size_t)n->n_slots;
    for (size_t k = 0; k < 6; k++) {
        most += count[k];
    }
    g->id = mem_zalloc(most + 1, sizeof *g->id);
    for (size_t k = 0; k < 6; k++) {
        g->first[order[k]] = g->n_items;
        for (size_t i = 0; i < count[k]; i++) {
            if (order[k] != PART_SYMBOL || is_port(&n->symbol.data[i])) {
                g->id[g->n_items++] = (int32_t)i;
            }
        }
    }
    g->first[PART_SLOT] = g->n_items;
}

static void use_sides(struct builder *b)
{
    const struct net *n = b->g->net;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        int32_t source = b->g->first[PART_REACTION] + (int32_t)j;
        for (int side = 0; side < 2; side++) {
            const struct term *t = side ? net_rhs(n, r) : net_lhs(n, r);
            for (uint32_t i = 0; i < (side ? r->n_rhs : r->n_lhs); i++) {
                refer(b, t[i].species, source,
                      color_mix(side ? LINK_RIGHT : LINK_LEFT, (uint64_t)t[i].count));
            }
        }
        for (uint32_t i = 0; i < r->n_fractions; i++) {
            refer(b, n->fraction.data[r->fraction + i].species, source, LINK_FRACTION);
        }
        refer(b, b->g->first[PART_GUARD] + r->guard, source, LINK_GUARD);
    }
}

static void use_changes(struct builder *b)
{
    const struct net *n = b->g->net;
    for (size_t i = 0; i < n->event.n; i++) {
        const struct event *e = &n->event.data[i];
        for (uint32_t k = e->first; k < e->first + e->n; k++) {
            refer(b, n->change.data[k].species, b->g->first[PART_EVENT] + (int32_t)i, LINK_CHANGED);
        }
    }
}

/* The item to which an expression belongs; -1: none, as for symbols that are neither inputs nor outputs.
 * *port is the first such item whose symbol does not come before that of the expression. */
static int32_t owner_item(const struct net_graph *g, const struct net_expr *e, int32_t *port)
{
    int32_t i = (int32_t)e->owner;
    switch ((enum net_owner)e->owner_kind) {
    case OWNER_SPECIES: return i;
    case OWNER_REACTION: return g->first[PART_REACTION] + i;
    case OWNER_PHASE: return g->first[PART_GUARD] + g->net->clock.data[i].guard;
    case OWNER_EVENT: return g->first[PART_EVENT] + i;
    case OWNER_SYMBOL:
        while (*port < g->first[PART_ASSUME] && g->id[*port] < i) {
            ++*port;
        }
        return *port < g->first[PART_ASSUME] && g->id[*port] == i ? *port : -1;
    case OWNER_ASSUME: return g->first[PART_ASSUME] + i;
    default: return -1; /* use_slots handles the defaults of used parameters */
    }
}

static void use_expressions(struct builder *b)
{
    int32_t port = b->g->first[PART_SYMBOL];
    for (struct net_expr e = net_exprs(b->g->net); net_next_expr(&e);) {
        int32_t item = owner_item(b->g, &e, &port);
        if (item >= 0 && e.role != ROLE_ENERGY) { /* energies do not count, because the rates determine the
                                                     runs */
            use_expression(b, e.id, item, e.role == ROLE_ELEMENT ? color_mix(e.role, e.part) : e.role);
        }
    }
}

static const struct net_param *param_of(const struct net *n, int32_t slot)
{
    size_t i = n->param.n;
    while (i-- > 0 && n->param.data[i].first > slot) {
    }
    return &n->param.data[i];
}

/* The default of a slot if it depends on other parameters; 0 if it is a constant. */
static expr_id formula_of(const struct net *n, int32_t slot)
{
    expr_id init = param_of(n, slot)->init;
    return init && !expr_is_const(n->ex, init) ? init : 0;
}

/* Visits the defaults of used slots; slots that they read are found on the way. */
static void use_slots(struct builder *b)
{
    struct net_graph *g = b->g;
    for (size_t i = 0; i < b->slot.n; i++) {
        expr_id formula = formula_of(g->net, b->slot.data[i]);
        if (formula) {
            use_expression(b, formula, g->n_items + (int32_t)i, ROLE_DEFAULT);
        }
    }
    for (size_t i = 0; i < b->slot.n; i++) {
        g->slot_item[b->slot.data[i]] = g->n_items;
        g->id[g->n_items++] = b->slot.data[i];
    }
}

static void sort_references(struct builder *b)
{
    struct net_graph *g = b->g;
    g->incidence_ptr = mem_zalloc((size_t)g->n_items + 2, sizeof *g->incidence_ptr);
    g->incidence = mem_alloc((b->reference.n + 1) * sizeof *g->incidence);
    for (size_t i = 0; i < b->reference.n; i++) {
        int32_t *target = &b->reference.data[i].target;
        *target = *target < 0 ? g->slot_item[-1 - *target] : *target;
        csr_count(g->incidence_ptr, *target);
    }
    csr_open(g->incidence_ptr, g->n_items);
    for (size_t i = 0; i < b->reference.n; i++) {
        const struct reference *r = &b->reference.data[i];
        g->incidence[csr_place(g->incidence_ptr, r->target)] = r->incidence;
    }
}

/* A hash of what an item is, regardless of its neighbours. */
static uint64_t kind_of(const struct builder *b, int32_t item)
{
    struct net_item i = net_graph_item(b->g, item);
    const struct net *n = b->g->net;
    uint64_t h = color_mix(0, i.part);
    switch (i.part) {
    case PART_SPECIES:
        return color_mix(color_mix(h, n->species.data[i.id].kind), n->species.data[i.id].flags);
    case PART_SLOT:
        return formula_of(n, i.id) ? color_mix(h, (uint64_t)(i.id - param_of(n, i.id)->first))
                                   : color_mix(color_mix(h, 1), bits_of(b->defaults[i.id]));
    case PART_GUARD: return color_mix(color_mix(h, i.id == 0), n->guard.data[i.id].initially);
    case PART_REACTION: return color_mix(h, n->reaction.data[i.id].rate_kind);
    case PART_EVENT:
        return color_mix(color_mix(h, n->event.data[i.id].kind), (uint64_t)i.id); /* the order of events
                                                                                     counts */
    case PART_SYMBOL: {
        const struct symbol *s = &n->symbol.data[i.id];
        return color_mix(color_mix(h, s->flags & PORTS), hash_bytes(&s->shape, sizeof s->shape));
    }
    default: return h;
    }
}

struct net_graph *net_graph_create(const struct net *n)
{
    struct net_graph *g = mem_zalloc(1, sizeof *g);
    g->net = n;
    g->reached = mem_zalloc(expr_count(n->ex) + 1, sizeof *g->reached);
    g->value = mem_zalloc(expr_count(n->ex) + 1, sizeof *g->value);
    g->slot_item = mem_alloc(((size_t)n->n_slots + 1) * sizeof *g->slot_item);
    memset(g->slot_item, 0xFF, ((size_t)n->n_slots + 1) * sizeof *g->slot_item);
    struct builder b = {.g = g};
    b.depth = mem_zalloc(expr_count(n->ex) + 1, sizeof *b.depth);
    b.defaults = mem_zalloc((size_t)n->n_slots + 1, sizeof *b.defaults);
    struct interp *it = interp_create(n);
    int32_t slot;
    interp_params(it, NULL, NULL, b.defaults, &slot);
    interp_destroy(it);
    add_items(g);
    use_sides(&b);
    use_changes(&b);
    use_expressions(&b);
    use_slots(&b);
    sort_references(&b);
    size_t items = (size_t)g->n_items + 1;
    g->color = mem_zalloc(items, sizeof *g->color);
    g->next = mem_zalloc(items, sizeof *g->next);
    g->kind = mem_zalloc(items, sizeof *g->kind);
    for (int32_t i = 0; i < g->n_items; i++) {
        g->kind[i] = kind_of(&b, i);
    }
    vec_free(&b.reference);
    vec_free(&b.slot);
    free(b.depth);
    free(b.defaults);
    return g;
}

void net_graph_destroy(struct net_graph *g)
{
    free(g->id);
    free(g->slot_item);
    free(g->color);
    free(g->next);
    free(g->kind);
    free(g->incidence);
    free(g->incidence_ptr);
    free(g->reached);
    free(g->value);
    free(g);
}

int64_t net_graph_cost(const struct net_graph *g)
{
    return (int64_t)expr_count(g->net->ex) + g->n_items + 2 * (int64_t)g->incidence_ptr[g->n_items];
}

struct net_item net_graph_item(const struct net_graph *g, int32_t item)
{
    enum net_part part = PART_SLOT;
    for (size_t k = 0; k < 6 && item < g->first[PART_SLOT]; k++) {
        if (item >= g->first[order[k]]) {
            part = order[k];
        }
    }
    return (struct net_item){part, g->id[item]};
}

bool net_graph_is_named(const struct net_graph *g, int32_t item)
{
    return item < g->first[PART_REACTION] || item >= g->first[PART_SLOT];
}

/* ---- colours ---- */

void net_graph_color_by_kind(struct net_graph *g)
{
    memcpy(g->color, g->kind, (size_t)g->n_items * sizeof *g->color);
}

void net_graph_color_by_name(struct net_graph *g)
{
    struct arena *a = arena_create();
    net_graph_color_by_kind(g);
    for (int32_t i = 0; i < g->n_items; i++) {
        struct net_item item = net_graph_item(g, i);
        const char *name = item.part == PART_SPECIES ? g->net->species.data[item.id].name
                           : item.part == PART_GUARD ? g->net->guard.data[item.id].name
                           : item.part == PART_SLOT  ? net_slot_text(g->net, item.id, a)
                                                     : "";
        g->color[i] = color_mix(g->color[i], hash_bytes(name, strlen(name)));
    }
    arena_destroy(a);
}

void net_graph_color_by_order(struct net_graph *g)
{
    net_graph_color_by_kind(g);
    for (int32_t i = 0; i < g->n_items; i++) {
        if (net_graph_is_named(g, i)) {
            g->color[i] =
                color_mix(g->color[i], (uint64_t)(i < g->first[PART_SLOT] ? i : i - g->first[PART_SLOT]));
        }
    }
}

static uint64_t reaction_color(const struct net_graph *g, int32_t id)
{
    const struct net *n = g->net;
    const struct reaction *r = &n->reaction.data[id];
    uint64_t side[2] = {0, 0};
    for (int k = 0; k < 2; k++) {
        const struct term *t = k ? net_rhs(n, r) : net_lhs(n, r);
        for (uint32_t i = 0; i < (k ? r->n_rhs : r->n_lhs); i++) {
            side[k] += color_mix(g->color[t[i].species], (uint64_t)t[i].count);
        }
    }
    uint64_t fractions = 0;
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        const struct fraction *f = &n->fraction.data[r->fraction + i];
        fractions += color_mix(g->color[f->species], expression(g, f->count));
    }
    side[1] = r->n_fractions ? color_mix(side[1], fractions) : side[1];
    side[1] = r->delay ? color_mix(side[1], expression(g, r->delay)) : side[1];
    side[1] = r->longest ? color_mix(side[1], expression(g, r->longest)) : side[1];
    uint64_t h = color_mix(color_mix(side[0], side[1]), expression(g, r->rate));
    return color_mix(h, g->color[g->first[PART_GUARD] + r->guard]);
}

static uint64_t event_color(const struct net_graph *g, int32_t id)
{
    const struct event *e = &g->net->event.data[id];
    uint64_t sum = 0;
    for (uint32_t k = e->first; k < e->first + e->n; k++) {
        const struct change *c = &g->net->change.data[k];
        sum += color_mix(g->color[c->species], expression(g, c->value));
    }
    uint64_t queue = color_mix(color_mix(expression(g, e->delay), expression(g, e->priority)), e->flags);
    queue = e->longest ? color_mix(queue, expression(g, e->longest)) : queue;
    return color_mix(color_mix(expression(g, e->when), sum), queue);
}

static uint64_t symbol_color(const struct net_graph *g, int32_t id)
{
    const struct symbol *s = &g->net->symbol.data[id];
    uint64_t h = 0;
    for (int64_t k = 0; k < shape_size(s->shape); k++) {
        h = color_mix(h, expression(g, g->net->elem.data[s->first + (uint32_t)k]));
    }
    return h;
}

static uint64_t guard_color(const struct net_graph *g, int32_t id)
{
    uint64_t h = 0;
    for (size_t i = 0; i < g->net->clock.n; i++) {
        if (g->net->clock.data[i].guard == id) {
            h = color_mix(i + 1, expression(g, g->net->clock.data[i].duration));
        }
    }
    return h;
}

static uint64_t around(const struct net_graph *g, struct net_item i)
{
    switch (i.part) {
    case PART_SPECIES: return expression(g, g->net->species.data[i.id].init);
    case PART_SLOT: return expression(g, formula_of(g->net, i.id));
    case PART_GUARD: return guard_color(g, i.id);
    case PART_REACTION: return reaction_color(g, i.id);
    case PART_EVENT: return event_color(g, i.id);
    case PART_SYMBOL: return symbol_color(g, i.id);
    default: return expression(g, g->net->assume.data[i.id].cond);
    }
}

void net_graph_refine(struct net_graph *g)
{
    hash_expressions(g);
    for (int32_t i = 0; i < g->n_items; i++) {
        uint64_t sum = 0;
        for (int32_t k = g->incidence_ptr[i]; k < g->incidence_ptr[i + 1]; k++) {
            sum += color_mix(g->incidence[k].role, g->color[g->incidence[k].source]);
        }
        g->next[i] = color_mix(color_mix(g->color[i], around(g, net_graph_item(g, i))), sum);
    }
    uint64_t *swap = g->color;
    g->color = g->next;
    g->next = swap;
}
