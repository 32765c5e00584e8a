/* Checks the invariants of networks, after every pass and after reading. It takes linear time: what each
 * expression of the pool contains is computed once, operands first. */
#include <stdlib.h>

#include "ir/net/each_expr.h"
#include "support/diag.h"
#include "support/mem.h"

enum {
    READS_WRONG = 128
}; /* a flag besides enum net_leaves: a leaf that does not exist, or that networks
                               may not contain */

struct verifier {
    const struct net *n;
    struct diag *diag;
    uint8_t *reads;     /* by expression: flags of enum net_leaves and READS_WRONG */
    int32_t *last_slot; /* by expression: the largest parameter slot that it reads; -1: none */
    bool ok;
};

static void complain(struct verifier *v, struct span at, const char *what, size_t i, const char *message)
{
    v->ok = diag_report(v->diag, DIAG_E0705, at, "network %s, %s %zu: %s", v->n->name, what, i, message);
}

static uint8_t own_marks(const struct net *n, const struct expr *e)
{
    switch (e->op) {
    case EXPR_SPECIES: return e->a >= 0 && (size_t)e->a < n->species.n ? READS_SPECIES : READS_WRONG;
    case EXPR_PARAM: return e->a >= 0 && e->a < n->n_slots ? READS_PARAM : READS_WRONG;
    case EXPR_TIME: return READS_TIME;
    case EXPR_CAPTURE: return e->a >= 0 ? READS_CAPTURE : READS_WRONG;
    case EXPR_DELAY: return READS_PAST;
    default: return expr_is_asked(e->op) ? READS_WRONG : 0;
    }
}

static void mark(struct verifier *v)
{
    size_t count = expr_count(v->n->ex);
    v->reads = mem_zalloc(count + 1, sizeof *v->reads);
    v->last_slot = mem_zalloc(count + 1, sizeof *v->last_slot);
    for (size_t id = 1; id <= count; id++) {
        const struct expr *e = expr_get(v->n->ex, (expr_id)id);
        v->reads[id] = own_marks(v->n, e);
        v->last_slot[id] = e->op == EXPR_PARAM ? e->a : -1;
        for (uint32_t k = 0; k < e->n_args; k++) {
            v->reads[id] |= v->reads[e->args[k]];
            if (v->last_slot[e->args[k]] > v->last_slot[id]) {
                v->last_slot[id] = v->last_slot[e->args[k]];
            }
        }
    }
}

/* Checks that an expression is a scalar of `type` (-1: any number or boolean) over the leaves `allowed`.
 * Returns NULL, or what is wrong. */
static const char *wrong_expr(const struct verifier *v, expr_id id, int type, unsigned allowed)
{
    if (id == 0 || id > expr_count(v->n->ex)) {
        return "no such expression";
    }
    const struct expr *e = expr_get(v->n->ex, id);
    if (e->shape.rank > 0) {
        return "an array where a scalar is needed";
    }
    if (type >= 0 ? e->type != type : e->type == TYPE_TEXT) {
        return "an expression of the wrong type";
    }
    return v->reads[id] & ~allowed ? "it refers to what cannot stand here, or does not exist" : NULL;
}

/* Applies the same check to all expressions of an owner, whose ranges must have been checked before. */
static const char *wrong_exprs(const struct verifier *v, enum net_owner kind, size_t owner)
{
    const char *wrong = NULL;
    for (struct net_expr e = net_exprs_of(v->n, kind, owner); !wrong && net_next_expr(&e);) {
        wrong = wrong_expr(v, e.id, net_role_type(e.role), net_role_leaves(e.role));
    }
    return wrong;
}

static const char *wrong_side(const struct net *n, uint32_t first, uint32_t count)
{
    if (first > n->term.n || count > n->term.n - first) {
        return "its terms are out of range";
    }
    for (uint32_t i = first; i < first + count; i++) {
        const struct term *t = &n->term.data[i];
        if (t->species < 0 || (size_t)t->species >= n->species.n || t->count <= 0) {
            return "a term with a wrong species or count";
        }
        if (i > first && t[-1].species >= t->species) {
            return "a side is not sorted";
        }
    }
    return NULL;
}

static const char *wrong_fractions(const struct net *n, const struct reaction *r)
{
    if (r->n_fractions == 0) {
        return r->delay ? "nothing comes later" : NULL;
    }
    if (r->longest && !r->delay) {
        return "its fractions have a longest delay, and no shortest";
    }
    if (r->delay && r->guard > 0) {
        return "a switched reaction cannot make products later";
    }
    if (r->fraction > n->fraction.n || r->n_fractions > n->fraction.n - r->fraction) {
        return "its fractions are out of range";
    }
    for (uint32_t i = r->fraction; i < r->fraction + r->n_fractions; i++) {
        species_id s = n->fraction.data[i].species;
        if (s < 0 || (size_t)s >= n->species.n || n->species.data[s].kind == SPECIES_CONSTANT) {
            return "a fraction of a species that does not exist or is constant";
        }
        if (i > r->fraction && n->fraction.data[i - 1].species >= s) {
            return "its fractions are not sorted";
        }
    }
    return NULL;
}

static void check_params(struct verifier *v)
{
    const struct net *n = v->n;
    int64_t slots = 0;
    bool has_molecule = false;
    for (size_t i = 0; i < n->param.n; i++) {
        const struct net_param *p = &n->param.data[i];
        if (p->is_molecule && (has_molecule || p->shape.rank > 0 || p->global >= 0)) {
            complain(v, p->span, "parameter", i, "one scalar of the network alone stands for one molecule");
        }
        has_molecule = has_molecule || p->is_molecule;
        if (!p->name || p->first != slots) {
            complain(v, p->span, "parameter", i, "its name or slots are wrong");
        }
        slots += shape_size(p->shape);
        if (p->init == 0) {
            continue;
        }
        bool known = p->init <= expr_count(n->ex);
        const struct expr *e = known ? expr_get(n->ex, p->init) : NULL;
        if (!known || e->type != TYPE_REAL || (e->shape.rank > 0 && !shape_equal(e->shape, p->shape)) ||
            (v->reads[p->init] & ~(unsigned)READS_PARAM) || v->last_slot[p->init] >= p->first) {
            complain(v, p->span, "parameter", i,
                     "its default must be real, of its shape, over earlier parameters");
        }
    }
    if (slots != n->n_slots) {
        complain(v, (struct span){0}, "parameter", n->param.n, "the number of slots is wrong");
    }
}

static void check_species(struct verifier *v)
{
    for (size_t i = 0; i < v->n->species.n; i++) {
        const struct species *s = &v->n->species.data[i];
        if (!s->name || s->kind > SPECIES_CONSTANT || s->instance < -1) {
            complain(v, s->span, "species", i, "its name, kind or instance is wrong");
        }
        const char *wrong = wrong_exprs(v, OWNER_SPECIES, i);
        if (wrong) {
            complain(v, s->span, "initial amount of species", i, wrong);
        }
    }
}

static void check_reactions(struct verifier *v)
{
    const struct net *n = v->n;
    for (size_t i = 0; i < n->reaction.n; i++) {
        const struct reaction *r = &n->reaction.data[i];
        const char *wrong = wrong_side(n, r->lhs, r->n_lhs);
        wrong = wrong ? wrong : wrong_side(n, r->rhs, r->n_rhs);
        wrong = wrong ? wrong : wrong_fractions(n, r);
        if (!wrong && (r->rate_kind > RATE_LAW || r->guard < 0 || (size_t)r->guard >= n->guard.n)) {
            wrong = "its kind or guard is wrong";
        }
        wrong = wrong || net_leaves_bulk(n, r) ? wrong : "it changes both discrete species and bulk";
        wrong = wrong ? wrong : wrong_exprs(v, OWNER_REACTION, i);
        if (wrong) {
            complain(v, r->span, "reaction", i, wrong);
        }
    }
}

static void check_symbols(struct verifier *v)
{
    const struct net *n = v->n;
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        int64_t size = shape_size(s->shape);
        if (!s->name || s->kind > SYMBOL_OUTPUT || s->first > n->elem.n ||
            size > (int64_t)(n->elem.n - s->first)) {
            complain(v, s->span, "symbol", i, "its name, kind or elements are wrong");
            continue;
        }
        const char *wrong = wrong_exprs(v, OWNER_SYMBOL, i);
        if (wrong) {
            complain(v, s->span, "symbol", i, wrong);
        }
    }
}

static void check_conditions(struct verifier *v)
{
    const struct net *n = v->n;
    for (size_t i = 0; i < n->assume.n; i++) {
        const char *wrong = wrong_exprs(v, OWNER_ASSUME, i);
        if (wrong) {
            complain(v, n->assume.data[i].span, "assumption", i, wrong);
        }
    }
    for (size_t i = 0; i < n->observed.n; i++) {
        const char *wrong = wrong_exprs(v, OWNER_OBSERVED, i);
        if (wrong) {
            complain(v, (struct span){0}, "observed quantity", i, wrong);
        }
    }
}

static void check_events(struct verifier *v)
{
    const struct net *n = v->n;
    for (size_t i = 0; i < n->event.n; i++) {
        const struct event *e = &n->event.data[i];
        bool queued = e->kind == EVENT_WHEN && (e->flags & EVENT_QUEUED);
        if (e->kind > EVENT_WHEN || ((e->flags || e->delay || e->longest || e->priority) && !queued) ||
            e->first > n->change.n || e->n > n->change.n - e->first) {
            complain(v, e->span, "event", i, "its kind or changes are out of range");
            continue;
        }
        const char *wrong = wrong_exprs(v, OWNER_EVENT, i);
        for (uint32_t k = 0; k < e->n && !wrong; k++) {
            species_id x = n->change.data[e->first + k].species;
            wrong = x >= 0 && (size_t)x < n->species.n ? NULL : "no such species";
        }
        if (wrong) {
            complain(v, e->span, "event", i, wrong);
        }
    }
}

static void check_clock(struct verifier *v)
{
    const struct net *n = v->n;
    uint8_t *seen = mem_zalloc(n->guard.n + 1, 1);
    for (size_t i = 0; i < n->clock.n; i++) {
        const struct phase *p = &n->clock.data[i];
        if (p->guard <= 0 || (size_t)p->guard >= n->guard.n || seen[p->guard]++) {
            complain(v, (struct span){0}, "phase", i, "its guard is wrong, or has a phase already");
            continue;
        }
        const char *wrong = wrong_exprs(v, OWNER_PHASE, i);
        if (wrong) {
            complain(v, (struct span){0}, "duration of phase", i, wrong);
        }
    }
    free(seen);
}

bool net_verify(const struct net *n, struct diag *diag)
{
    struct verifier v = {.n = n, .diag = diag, .ok = true};
    mark(&v);
    if (n->guard.n == 0 || !n->guard.data[0].initially) {
        complain(&v, (struct span){0}, "guard", 0, "the first guard must be 'always'");
    }
    check_params(&v);
    check_species(&v);
    check_reactions(&v);
    check_symbols(&v);
    check_conditions(&v);
    check_events(&v);
    check_clock(&v);
    free(v.reads);
    free(v.last_slot);
    return v.ok;
}
