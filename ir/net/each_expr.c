#include "ir/net/each_expr.h"

static const struct {
    int8_t type;
    uint8_t leaves;
    bool needed;
    const char *name;
} roles[] = {
#define NET_ROLE(role, type, leaves, needed, name) {type, leaves, needed, name},
#include "ir/net/each_expr.def"
#undef NET_ROLE
};

int net_role_type(enum net_role role)
{
    return roles[role].type;
}

unsigned net_role_leaves(enum net_role role)
{
    return roles[role].leaves;
}

const char *net_role_name(enum net_role role)
{
    return roles[role].name;
}

static size_t count_of(const struct net *n, enum net_owner kind)
{
    switch (kind) {
    case OWNER_PARAM: return n->param.n;
    case OWNER_SPECIES: return n->species.n;
    case OWNER_REACTION: return n->reaction.n;
    case OWNER_PHASE: return n->clock.n;
    case OWNER_EVENT: return n->event.n;
    case OWNER_SYMBOL: return n->symbol.n;
    case OWNER_ASSUME: return n->assume.n;
    case OWNER_OBSERVED: return n->observed.n;
    default: return 0;
    }
}

struct place {
    expr_id *at; /* NULL: the owner has no further expression */
    enum net_role role;
    uint32_t part;
};

static struct place species_place(struct species *s, uint32_t step)
{
    return step == 0 ? (struct place){&s->init, ROLE_INITIAL, 0}
                     : (struct place){step == 1 ? &s->energy : NULL, ROLE_ENERGY, 0};
}

static struct place reaction_place(const struct net *n, struct reaction *r, uint32_t step)
{
    if (step == 0) {
        return (struct place){&r->rate, r->rate_kind == RATE_LAW ? ROLE_LAW : ROLE_RATE, 0};
    }
    if (!r->delay && !r->longest && r->n_fractions == 0) {
        return (struct place){NULL, ROLE_LATENESS, 0}; /* as in most reactions */
    }
    if (step <= 2) {
        return (struct place){step == 1 ? &r->delay : &r->longest, ROLE_LATENESS, 0};
    }
    uint32_t k = step - 3;
    return (struct place){k < r->n_fractions ? &n->fraction.data[r->fraction + k].count : NULL,
                          ROLE_STOICHIOMETRY, k};
}

static struct place event_place(const struct net *n, struct event *e, uint32_t step)
{
    switch (step) {
    case 0: return (struct place){&e->when, e->kind == EVENT_WHEN ? ROLE_CONDITION : ROLE_MOMENT, 0};
    case 1: return (struct place){&e->delay, ROLE_DELAY, 0};
    case 2: return (struct place){&e->priority, ROLE_PRIORITY, 0};
    case 3: return (struct place){&e->longest, ROLE_DELAY, 0};
    default: break;
    }
    uint32_t k = step - 4;
    return (struct place){k < e->n ? &n->change.data[e->first + k].value : NULL, ROLE_VALUE, k};
}

/* The place of expression number `step` of an owner. */
static struct place place(const struct net *n, enum net_owner kind, uint32_t i, uint32_t step)
{
    bool first = step == 0;
    switch (kind) {
    case OWNER_PARAM: return (struct place){first ? &n->param.data[i].init : NULL, ROLE_DEFAULT, 0};
    case OWNER_SPECIES: return species_place(&n->species.data[i], step);
    case OWNER_REACTION: return reaction_place(n, &n->reaction.data[i], step);
    case OWNER_PHASE: return (struct place){first ? &n->clock.data[i].duration : NULL, ROLE_DURATION, 0};
    case OWNER_EVENT: return event_place(n, &n->event.data[i], step);
    case OWNER_SYMBOL: {
        const struct symbol *s = &n->symbol.data[i];
        expr_id *at = step < shape_size(s->shape) ? &n->elem.data[s->first + step] : NULL;
        return (struct place){at, ROLE_ELEMENT, step};
    }
    case OWNER_ASSUME: return (struct place){first ? &n->assume.data[i].cond : NULL, ROLE_ASSUMPTION, 0};
    case OWNER_OBSERVED: return (struct place){first ? &n->observed.data[i] : NULL, ROLE_QUANTITY, 0};
    default: return (struct place){0};
    }
}

struct net_expr net_exprs(const struct net *n)
{
    return (struct net_expr){.n = n, .last = UINT32_MAX};
}

struct net_expr net_exprs_of(const struct net *n, enum net_owner kind, size_t owner)
{
    return (struct net_expr){
        .n = n, .owner_kind = (uint8_t)kind, .owner = (uint32_t)owner, .last = (uint32_t)owner};
}

/* e->step is the number of the next expression to look at. An iterator over a single owner has that owner in
 * e->last and ends with it. */
bool net_next_expr(struct net_expr *e)
{
    while (e->owner_kind < OWNER_COUNT) {
        if (e->owner >= count_of(e->n, e->owner_kind)) {
            if (e->last != UINT32_MAX) {
                return false;
            }
            e->owner_kind++;
            e->owner = e->step = 0;
            continue;
        }
        struct place p = place(e->n, e->owner_kind, e->owner, e->step++);
        if (p.at && (*p.at || roles[p.role].needed)) {
            e->id = *p.at;
            e->role = (uint8_t)p.role;
            e->part = p.part;
            return true;
        }
        if (!p.at) {
            if (e->owner >= e->last) {
                return false;
            }
            e->owner++;
            e->step = 0;
        }
    }
    return false;
}

void net_put_expr(struct net *n, const struct net_expr *e, expr_id id)
{
    *place(n, e->owner_kind, e->owner, e->step - 1).at = id;
}

struct span net_expr_span(const struct net_expr *e)
{
    const struct net *n = e->n;
    switch ((enum net_owner)e->owner_kind) {
    case OWNER_PARAM: return n->param.data[e->owner].span;
    case OWNER_SPECIES: return n->species.data[e->owner].span;
    case OWNER_REACTION: return n->reaction.data[e->owner].span;
    case OWNER_EVENT: return n->event.data[e->owner].span;
    case OWNER_SYMBOL: return n->symbol.data[e->owner].span;
    case OWNER_ASSUME: return n->assume.data[e->owner].span;
    default: return (struct span){0};
    }
}
