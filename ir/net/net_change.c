/* The changes of amounts by a firing: whole numbers from the terms of both sides, and fractions. */
#include <math.h>
#include <stdlib.h>

#include "ir/net/net.h"
#include "support/mem.h"

reaction_id net_first_unknown(const struct net *n)
{
    for (size_t j = 0; n->fraction.n > 0 && j < n->reaction.n; j++) {
        if (!net_change_is_known(&n->reaction.data[j])) {
            return (reaction_id)j;
        }
    }
    return -1;
}

reaction_id net_first_late(const struct net *n)
{
    for (size_t j = 0; n->fraction.n > 0 && j < n->reaction.n; j++) {
        if (n->reaction.data[j].delay) {
            return (reaction_id)j;
        }
    }
    return -1;
}

size_t net_whole_change(const struct net *n, const struct reaction *r, struct term *out)
{
    const struct term *l = net_lhs(n, r), *p = net_rhs(n, r);
    size_t i = 0, j = 0, m = 0;
    while (i < r->n_lhs || j < r->n_rhs) {
        species_id sl = i < r->n_lhs ? l[i].species : INT32_MAX;
        species_id sr = j < r->n_rhs ? p[j].species : INT32_MAX;
        struct term t = {sl < sr ? sl : sr, 0};
        if (sr == t.species) {
            t.count += p[j++].count;
        }
        if (sl == t.species) {
            t.count -= l[i++].count;
        }
        if (t.count != 0 && n->species.data[t.species].kind != SPECIES_CONSTANT) {
            out[m++] = t;
        }
    }
    return m;
}

size_t net_change(const struct net *n, const struct reaction *r, struct term *out)
{
    return net_change_is_known(r) ? net_whole_change(n, r, out) : NET_CHANGE_UNKNOWN;
}

static int64_t count_in(const struct term *t, uint32_t n, species_id s)
{
    int64_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        count = t[i].species == s ? t[i].count : count;
    }
    return count;
}

int64_t net_whole_change_of(const struct net *n, const struct reaction *r, species_id s)
{
    bool is_constant = n->species.data[s].kind == SPECIES_CONSTANT;
    return is_constant ? 0 : count_in(net_rhs(n, r), r->n_rhs, s) - count_in(net_lhs(n, r), r->n_lhs, s);
}

size_t net_changed_species(const struct net *n, const struct reaction *r, species_id *out)
{
    struct term room[8],
        *change = r->n_lhs + r->n_rhs <= 8 ? room : mem_alloc(((size_t)r->n_lhs + r->n_rhs) * sizeof *change);
    size_t m = net_whole_change(n, r, change);
    for (size_t i = 0; i < m; i++) {
        out[i] = change[i].species;
    }
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        species_id s = n->fraction.data[r->fraction + i].species;
        bool known = false;
        for (size_t k = 0; k < m && !known; k++) {
            known = out[k] == s;
        }
        if (!known) {
            out[m++] = s;
        }
    }
    if (change != room) {
        free(change);
    }
    return m;
}

expr_id net_rate_expr(struct net *n, const struct reaction *r)
{
    expr_id rate = r->rate;
    for (uint32_t i = 0; i < r->n_lhs && r->rate_kind == RATE_MASS_ACTION; i++) {
        struct term t = net_lhs(n, r)[i];
        expr_id x = net_species_expr(n, t.species);
        x = t.count == 1 ? x : expr_binary(n->ex, EXPR_POW, x, expr_real(n->ex, (double)t.count));
        rate = expr_binary(n->ex, EXPR_MUL, rate, x);
    }
    return rate;
}

expr_id net_change_of(struct net *n, const struct reaction *r, species_id s)
{
    struct term *change = mem_alloc(((size_t)r->n_lhs + r->n_rhs + 1) * sizeof *change);
    size_t m = net_whole_change(n, r, change);
    expr_id sum = 0;
    for (size_t i = 0; i < m; i++) {
        sum = change[i].species == s ? expr_real(n->ex, (double)change[i].count) : sum;
    }
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        struct fraction f = n->fraction.data[r->fraction + i];
        if (f.species == s) {
            sum = sum ? expr_binary(n->ex, EXPR_ADD, sum, f.count) : f.count;
        }
    }
    free(change);
    return sum;
}

static expr_id some_time_ago(struct net *n, expr_id x, expr_id lag)
{
    expr_id zero = expr_real(n->ex, 0);
    return expr_call(n->ex, EXPR_DELAY, TYPE_REAL, shape_scalar(), 1, 0, 3, (expr_id[]){x, lag, zero});
}

/* What makes no sense as a delay becomes a negative one, which runs refuse: an infinite delay, and one
 * that is shorter than `from` (0: not given). */
static expr_id lag_of(struct expr_pool *ex, expr_id delay, expr_id from)
{
    expr_id endless = expr_real(ex, INFINITY), none = expr_real(ex, -INFINITY);
    expr_id lag = expr_select(ex, expr_binary(ex, EXPR_LT, delay, endless), delay, none);
    return !from ? lag
                 : expr_select(ex, expr_binary(ex, EXPR_LT, delay, from),
                               expr_binary(ex, EXPR_SUB, delay, from), lag);
}

/* Relative to the delay: drawn ones that are no farther apart count as one, because rounding would be all
 * that is left of the integral over the time between them. */
static const double NARROW = 1e-8;

/* If delays are drawn, products arrive at the mean of the rates between two past times. The integral of
 * these rates is a species of its own, to which the rate at the later time is added and from which that at
 * the earlier time is subtracted, so that its error does not grow with time. */
expr_id net_late_flow(struct net *n, const struct reaction *r)
{
    struct expr_pool *ex = n->ex;
    expr_id rate = net_rate_expr(n, r), first = some_time_ago(n, rate, lag_of(ex, r->delay, 0));
    if (!r->longest) {
        return first;
    }
    species_id sum = net_add_species(n, "on the way", SPECIES_DISCRETE, expr_real(ex, 0), r->span);
    n->species.data[sum].flags |= SPECIES_SIGNED;
    expr_id change =
        expr_binary(ex, EXPR_SUB, first, some_time_ago(n, rate, lag_of(ex, r->longest, r->delay)));
    struct term one = {sum, 1};
    net_add_reaction(n, NULL, 0, &one, 1, RATE_LAW, change, r->span);
    expr_id width = expr_binary(ex, EXPR_SUB, r->longest, r->delay),
            least = expr_binary(ex, EXPR_MUL, expr_real(ex, NARROW), r->longest);
    return expr_select(ex, expr_binary(ex, EXPR_LT, least, width),
                       expr_binary(ex, EXPR_DIV, net_species_expr(n, sum), width), first);
}

struct net *net_fractions_as_laws(const struct net *n)
{
    struct net *c = net_clone(n);
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction r = c->reaction.data[j];
        c->reaction.data[j].n_fractions = 0;
        c->reaction.data[j].delay = c->reaction.data[j].longest = 0;
        expr_id rate = !r.n_fractions ? 0 : r.delay ? net_late_flow(c, &r) : net_rate_expr(c, &r);
        for (uint32_t i = 0; i < r.n_fractions; i++) {
            struct fraction f = c->fraction.data[r.fraction + i];
            struct term one = {f.species, 1};
            expr_id flow = expr_binary(c->ex, EXPR_MUL, f.count, rate);
            reaction_id id = net_add_reaction(c, NULL, 0, &one, 1, RATE_LAW, flow, r.span);
            c->reaction.data[id].guard = r.guard;
            c->reaction.data[id].origin = r.origin ? r.origin : r.label;
        }
    }
    c->fraction.n = 0;
    return c;
}

struct undo { /* the whole-number changes of a firing, to be undone */
    struct net *n;
    const struct term *change;
    size_t n_changes;
};

static expr_id before_firing(void *env, const struct expr *leaf, expr_id id)
{
    const struct undo *u = env;
    for (size_t i = 0; leaf->op == EXPR_SPECIES && i < u->n_changes; i++) {
        if (u->change[i].species == leaf->a) {
            return expr_binary(u->n->ex, EXPR_SUB, id, expr_real(u->n->ex, (double)u->change[i].count));
        }
    }
    return id;
}

/* Adds s as a product of reaction j. Species s must be the last of the network, so that the side stays
 * sorted. */
static void add_product(struct net *n, reaction_id j, species_id s)
{
    struct reaction *r = &n->reaction.data[j];
    vec_reserve(&n->term, n->term.n + r->n_rhs + 1);
    struct term *to = n->term.data + n->term.n;
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        to[i] = net_rhs(n, r)[i];
    }
    to[r->n_rhs] = (struct term){s, 1};
    r->rhs = (uint32_t)n->term.n;
    r->n_rhs++;
    n->term.n += r->n_rhs;
}

static expr_id is_marked(struct net *n, species_id mark)
{
    return expr_binary(n->ex, EXPR_LT, expr_real(n->ex, 0), net_species_expr(n, mark));
}

/* The parameter for one molecule in the unit of amounts, which is added if there is none. */
static expr_id molecule(struct net *n)
{
    if (net_molecule_slot(n) < 0) {
        (void)net_mark_molecule(
            n, net_add_param(n, "a molecule", shape_scalar(), expr_real(n->ex, 0), (struct span){0}));
    }
    return net_param_expr(n, net_molecule_slot(n));
}

/* Adds events: when the mark of reaction j is set, the delayed products start to wait, and the mark is
 * reset. */
static void add_late_events(struct net *n, reaction_id j, species_id mark)
{
    struct reaction r = n->reaction.data[j];
    struct change *change = mem_alloc(((size_t)r.n_fractions + 1) * sizeof *change);
    for (uint32_t i = 0; i < r.n_fractions; i++) {
        struct fraction f = n->fraction.data[r.fraction + i];
        expr_id more = expr_binary(n->ex, EXPR_MUL, f.count, molecule(n));
        change[i].species = f.species;
        change[i].value = expr_binary(n->ex, EXPR_ADD, net_species_expr(n, f.species), more);
    }
    net_add_event(n, EVENT_WHEN, is_marked(n, mark), change, r.n_fractions, r.span);
    struct event *late = &n->event.data[n->event.n - 1];
    late->flags = EVENT_QUEUED;
    late->delay = r.delay;
    late->longest = r.longest;
    change[0] = (struct change){mark, expr_real(n->ex, 0)};
    net_add_event(n, EVENT_WHEN, is_marked(n, mark), change, 1, r.span);
    free(change);
}

/* Adds an event: when the mark of reaction j is set, the fractions take effect, evaluated at the amounts
 * before the firing. */
static void add_fraction_event(struct net *n, reaction_id j, species_id mark)
{
    struct reaction r = n->reaction.data[j];
    struct term *whole = mem_alloc(((size_t)r.n_lhs + r.n_rhs + 1) * sizeof *whole);
    struct undo u = {n, whole, net_whole_change(n, &r, whole)};
    struct change *change = mem_alloc(((size_t)r.n_fractions + 1) * sizeof *change);
    for (uint32_t i = 0; i < r.n_fractions; i++) {
        struct fraction f = n->fraction.data[r.fraction + i];
        expr_id count = expr_rewrite(n->ex, n->ex, f.count, before_firing, &u);
        change[i].species = f.species;
        change[i].value = expr_binary(n->ex, EXPR_ADD, net_species_expr(n, f.species), count);
    }
    change[r.n_fractions] = (struct change){mark, expr_real(n->ex, 0)};
    net_add_event(n, EVENT_WHEN, is_marked(n, mark), change, (size_t)r.n_fractions + 1, r.span);
    free(change);
    free(whole);
}

/* The name in messages of delayed products, such as "B + C later". */
static const char *name_of_late(const struct net *n, const struct reaction *r)
{
    const char *text = "";
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        text = arena_printf(n->arena, "%s%s%s", text, i ? " + " : "",
                            n->species.data[n->fraction.data[r->fraction + i].species].name);
    }
    return arena_printf(n->arena, "%s later", text);
}

struct net *net_fractions_as_events(const struct net *n)
{
    struct net *c = net_clone(n);
    size_t n_given = n->event.n;
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (n->reaction.data[j].n_fractions > 0) {
            const struct reaction *r = &n->reaction.data[j];
            species_id mark = net_add_species(c, r->delay ? name_of_late(c, r) : "a firing", SPECIES_DISCRETE,
                                              expr_real(c->ex, 0), r->span);
            (n->reaction.data[j].delay ? add_late_events : add_fraction_event)(c, (reaction_id)j, mark);
            c->reaction.data[j].n_fractions = 0;
            c->reaction.data[j].delay = c->reaction.data[j].longest = 0;
            add_product(c, (reaction_id)j, mark);
        }
    }
    struct event *last = mem_alloc((n_given + 1) * sizeof *last);
    for (size_t i = 0; i < n_given; i++) {
        last[i] = c->event.data[i];
    }
    for (size_t i = 0; i < c->event.n; i++) {
        size_t n_new = c->event.n - n_given;
        c->event.data[i] = i < n_new ? c->event.data[n_given + i] : last[i - n_new];
    }
    free(last);
    c->fraction.n = 0;
    return c;
}

/* ---- bulk ---- */

struct kinds { /* the kinds of species that a firing changes, by the sides and fractions */
    bool discrete, bulk;
};

static void see_kind(const struct net *n, species_id s, struct kinds *k)
{
    k->discrete |= n->species.data[s].kind == SPECIES_DISCRETE;
    k->bulk |= n->species.data[s].kind == SPECIES_BULK;
}

static struct kinds kinds_changed(const struct net *n, const struct reaction *r)
{
    const struct term *l = net_lhs(n, r), *p = net_rhs(n, r);
    struct kinds k = {false, false};
    uint32_t i = 0, j = 0;
    while (i < r->n_lhs || j < r->n_rhs) {
        species_id sl = i < r->n_lhs ? l[i].species : INT32_MAX;
        species_id sr = j < r->n_rhs ? p[j].species : INT32_MAX;
        if (sl != sr || l[i].count != p[j].count) {
            see_kind(n, sl < sr ? sl : sr, &k);
        }
        i += sl <= sr;
        j += sr <= sl;
    }
    for (uint32_t m = 0; m < r->n_fractions; m++) {
        see_kind(n, n->fraction.data[r->fraction + m].species, &k);
    }
    return k;
}

/* Whether any species of the reaction is bulk. Most reactions have none, and nothing else must be looked
 * at. */
static bool has_bulk(const struct net *n, const struct reaction *r)
{
    const struct term *l = net_lhs(n, r), *p = net_rhs(n, r);
    bool bulk = false;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        bulk |= n->species.data[l[i].species].kind == SPECIES_BULK;
    }
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        bulk |= n->species.data[p[i].species].kind == SPECIES_BULK;
    }
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        bulk |= n->species.data[n->fraction.data[r->fraction + i].species].kind == SPECIES_BULK;
    }
    return bulk;
}

bool net_leaves_bulk(const struct net *n, const struct reaction *r)
{
    if (!has_bulk(n, r)) {
        return true;
    }
    struct kinds k = kinds_changed(n, r);
    return !k.discrete || !k.bulk;
}

void net_leave_bulk(struct net *n, reaction_id id)
{
    struct reaction *r = &n->reaction.data[id];
    if (net_leaves_bulk(n, r)) {
        return;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        struct fraction f = n->fraction.data[r->fraction + i];
        if (n->species.data[f.species].kind != SPECIES_BULK) {
            n->fraction.data[r->fraction + kept++] = f;
        }
    }
    r->n_fractions = kept;
    vec_reserve(&n->term, n->term.n + r->n_lhs + r->n_rhs);
    struct term *to = n->term.data + n->term.n;
    const struct term *l = net_lhs(n, r), *p = net_rhs(n, r);
    uint32_t i = 0, j = 0, m = 0;
    while (i < r->n_lhs || j < r->n_rhs) {
        bool left = j == r->n_rhs || (i < r->n_lhs && l[i].species < p[j].species);
        struct term t = left ? l[i++] : p[j++];
        bool bulk = n->species.data[t.species].kind == SPECIES_BULK;
        if (bulk == left) {
            to[m++] = t; /* bulk terms as on the left side, all other terms as on the right */
        } else if (bulk && i < r->n_lhs && l[i].species == t.species) {
            to[m++] = l[i++];
        }
    }
    r->rhs = (uint32_t)n->term.n;
    r->n_rhs = m;
    n->term.n += m;
}

void net_settle_bulk(struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        net_leave_bulk(n, (reaction_id)j);
    }
}

/* ---- building ---- */

struct sides { /* the sides of the reaction that is being built, and its fractions */
    VEC(struct term) of[2];
    VEC(struct fraction) rest;
};

/* Turns a fraction that is a whole constant into a term: a positive one into a product, a negative one of a
 * law into a reactant (the rate of a law does not depend on its reactants), and a negative one of mass
 * action into a smaller count of an existing product. Returns false if that is not possible. */
static bool take_whole(struct net *n, struct sides *x, bool law, struct fraction f)
{
    enum { LARGEST = 1 << 30 };
    double v;
    if (!expr_const_real(n->ex, f.count, &v) || v != floor(v) || fabs(v) > LARGEST) {
        return false;
    }
    int64_t count = (int64_t)v;
    if (count >= 0 || law) {
        vec_push(&x->of[count >= 0], (struct term){f.species, count >= 0 ? count : -count});
        return true;
    }
    for (size_t i = 0; i < x->of[1].n; i++) {
        struct term *t = &x->of[1].data[i];
        if (t->species == f.species && t->count >= -count) {
            t->count += count;
            return true;
        }
    }
    return false;
}

static int by_species(const void *a, const void *b)
{
    const struct fraction *x = a, *y = b;
    return (x->species > y->species) - (x->species < y->species);
}

/* Sorts fractions by species and adds up those of the same species. Returns how many are left. */
static size_t sort_fractions(struct net *n, struct fraction *f, size_t n_f)
{
    size_t kept = 0;
    if (n_f > 1) {
        qsort(f, n_f, sizeof *f, by_species);
    }
    for (size_t i = 0; i < n_f; i++) {
        if (kept > 0 && f[kept - 1].species == f[i].species) {
            f[kept - 1].count = expr_binary(n->ex, EXPR_ADD, f[kept - 1].count, f[i].count);
        } else {
            f[kept++] = f[i];
        }
    }
    return kept;
}

reaction_id net_add_reaction_with(struct net *n, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                                  size_t n_rhs, enum rate_kind kind, expr_id rate,
                                  const struct fraction *more, size_t n_more, struct span span)
{
    struct sides x = {0};
    if (n_more == 0) {
        return net_add_reaction(n, lhs, n_lhs, rhs, n_rhs, kind, rate, span);
    }
    for (size_t i = 0; i < n_lhs + n_rhs; i++) {
        vec_push(&x.of[i >= n_lhs], i < n_lhs ? lhs[i] : rhs[i - n_lhs]);
    }
    for (size_t i = 0; i < n_more; i++) {
        vec_push(&x.rest, more[i]);
    }
    size_t n_rest = sort_fractions(n, x.rest.data, n_more), first = n->fraction.n;
    for (size_t i = 0; i < n_rest; i++) {
        struct fraction f = x.rest.data[i];
        bool held = n->species.data[f.species].kind == SPECIES_CONSTANT;
        if (!held && !take_whole(n, &x, kind == RATE_LAW, f)) {
            vec_push(&n->fraction, f);
        }
    }
    reaction_id id = net_add_reaction(n, x.of[0].data, x.of[0].n, x.of[1].data, x.of[1].n, kind, rate, span);
    if (id >= 0) {
        n->reaction.data[id].fraction = (uint32_t)first;
        n->reaction.data[id].n_fractions = (uint32_t)(n->fraction.n - first);
        net_leave_bulk(n, id);
    } else {
        n->fraction.n = first;
    }
    vec_free(&x.of[0]);
    vec_free(&x.of[1]);
    vec_free(&x.rest);
    return id;
}

void net_set_late(struct net *n, reaction_id r, const struct fraction *late, size_t n_late, expr_id delay,
                  expr_id longest)
{
    size_t first = n->fraction.n;
    for (size_t i = 0; i < n_late; i++) {
        if (n->species.data[late[i].species].kind != SPECIES_CONSTANT) {
            vec_push(&n->fraction, late[i]);
        }
    }
    n->fraction.n = first + sort_fractions(n, n->fraction.data + first, n->fraction.n - first);
    struct reaction *to = &n->reaction.data[r];
    to->fraction = (uint32_t)first;
    to->n_fractions = (uint32_t)(n->fraction.n - first);
    to->delay = to->n_fractions ? delay : 0;
    to->longest = to->n_fractions ? longest : 0;
}
