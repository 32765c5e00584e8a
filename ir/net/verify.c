/* Invariants of networks, checked after every pass and after reading. Linear: what each expression of the
 * pool holds is computed once, operands first. */
#include "ir/net/net.h"

#include <stdlib.h>

#include "support/diag.h"
#include "support/mem.h"

enum { HAS_SPECIES = 1, HAS_PARAM = 2, HAS_TIME = 4, HAS_CAPTURE = 8, HAS_BAD = 16 };

struct verifier {
    const struct net *n;
    struct diag *diag;
    uint8_t *has;       /* by expression */
    int32_t *last_slot; /* largest parameter slot in it, -1 none */
    bool ok;
};

static void complain(struct verifier *v, struct span at, const char *what, size_t i, const char *message)
{
    v->ok = diag_report(v->diag, DIAG_E0705, at, "network %s, %s %zu: %s", v->n->name, what, i, message);
}

static uint8_t own_marks(const struct net *n, const struct expr *e)
{
    switch (e->op) {
    case EXPR_SPECIES: return e->a >= 0 && (size_t)e->a < n->species.n ? HAS_SPECIES : HAS_BAD;
    case EXPR_PARAM: return e->a >= 0 && e->a < n->n_slots ? HAS_PARAM : HAS_BAD;
    case EXPR_TIME: return HAS_TIME;
    case EXPR_CAPTURE: return e->a >= 0 ? HAS_CAPTURE : HAS_BAD;
    default: return expr_is_asked(e->op) ? HAS_BAD : 0;
    }
}

static void mark(struct verifier *v)
{
    size_t count = expr_count(v->n->ex);
    v->has = mem_zalloc(count + 1, sizeof *v->has);
    v->last_slot = mem_zalloc(count + 1, sizeof *v->last_slot);
    for (size_t id = 1; id <= count; id++) {
        const struct expr *e = expr_get(v->n->ex, (expr_id)id);
        v->has[id] = own_marks(v->n, e);
        v->last_slot[id] = e->op == EXPR_PARAM ? e->a : -1;
        for (uint32_t k = 0; k < e->n_args; k++) {
            v->has[id] |= v->has[e->args[k]];
            if (v->last_slot[e->args[k]] > v->last_slot[id]) {
                v->last_slot[id] = v->last_slot[e->args[k]];
            }
        }
    }
}

/* A scalar of `type` (or any number or boolean: -1) over `allowed` leaves; NULL or what is wrong. */
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
    return v->has[id] & ~allowed ? "it refers to what cannot stand here, or does not exist" : NULL;
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

static void check_params(struct verifier *v)
{
    const struct net *n = v->n;
    int64_t slots = 0;
    for (size_t i = 0; i < n->param.n; i++) {
        const struct net_param *p = &n->param.data[i];
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
            (v->has[p->init] & ~(unsigned)HAS_PARAM) || v->last_slot[p->init] >= p->first) {
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
        const char *wrong = s->init ? wrong_expr(v, s->init, TYPE_REAL, HAS_PARAM) : NULL;
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
        if (!wrong && (r->rate_kind > RATE_LAW || r->guard < 0 || (size_t)r->guard >= n->guard.n)) {
            wrong = "its kind or guard is wrong";
        }
        unsigned allowed = r->rate_kind == RATE_LAW ? HAS_PARAM | HAS_SPECIES | HAS_TIME : HAS_PARAM;
        wrong = wrong ? wrong : wrong_expr(v, r->rate, TYPE_REAL, allowed);
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
        for (int64_t k = 0; k < size; k++) {
            const char *wrong =
                wrong_expr(v, n->elem.data[s->first + k], -1, HAS_PARAM | HAS_SPECIES | HAS_TIME);
            if (wrong) {
                complain(v, s->span, "symbol", i, wrong);
                break;
            }
        }
    }
}

static void check_conditions(struct verifier *v)
{
    const struct net *n = v->n;
    for (size_t i = 0; i < n->assume.n; i++) {
        const char *wrong =
            wrong_expr(v, n->assume.data[i].cond, TYPE_BOOL, HAS_PARAM | HAS_SPECIES | HAS_TIME);
        if (wrong) {
            complain(v, n->assume.data[i].span, "assumption", i, wrong);
        }
    }
    for (size_t i = 0; i < n->observed.n; i++) {
        const char *wrong =
            wrong_expr(v, n->observed.data[i], -1, HAS_PARAM | HAS_SPECIES | HAS_TIME | HAS_CAPTURE);
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
        if (e->kind > EVENT_WHEN || ((e->flags || e->delay || e->priority) && !queued) ||
            e->first > n->change.n || e->n > n->change.n - e->first) {
            complain(v, e->span, "event", i, "its kind or changes are out of range");
            continue;
        }
        bool when = e->kind == EVENT_WHEN;
        const char *wrong = wrong_expr(v, e->when, when ? TYPE_BOOL : TYPE_REAL,
                                       when ? HAS_PARAM | HAS_SPECIES | HAS_TIME : HAS_PARAM);
        wrong = wrong || !e->delay ? wrong
                                   : wrong_expr(v, e->delay, TYPE_REAL, HAS_PARAM | HAS_SPECIES | HAS_TIME);
        wrong = wrong || !e->priority
                    ? wrong
                    : wrong_expr(v, e->priority, TYPE_REAL, HAS_PARAM | HAS_SPECIES | HAS_TIME);
        for (uint32_t k = 0; k < e->n && !wrong; k++) {
            const struct change *c = &n->change.data[e->first + k];
            bool known = c->species >= 0 && (size_t)c->species < n->species.n;
            wrong = known ? wrong_expr(v, c->value, TYPE_REAL, HAS_PARAM | HAS_SPECIES | HAS_TIME)
                          : "no such species";
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
        const char *wrong = wrong_expr(v, p->duration, TYPE_REAL, HAS_PARAM);
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
    free(v.has);
    free(v.last_slot);
    return v.ok;
}
