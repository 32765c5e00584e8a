#include "ir/prove/bisimulation.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "ir/prove/bisimulation_impl.h"
#include "ir/interp/interp.h"
#include "ir/net/net_sides.h"
#include "support/hash_index.h"
#include "support/mem.h"

enum { DEFAULT_LIMIT = 100000000, TRIVIAL = -1 };

char *bisimilarity_text(const char *format, ...)
{
    struct arena *a = arena_create();
    va_list ap;
    va_start(ap, format);
    char *text = mem_strdup(arena_vprintf(a, format, ap));
    va_end(ap);
    arena_destroy(a);
    return text;
}

const struct term *sides_terms(const struct side_list *l, size_t reaction, int side)
{
    const struct sides *r = &l->list.data[reaction];
    return vec_from(&l->term, r->first + (side ? r->n[0] : 0));
}

static void take_sides(struct side_list *l, const struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        struct sides s = {.first = l->term.n};
        for (int side = 0; side < 2; side++) {
            const struct term *t = side ? net_rhs(n, r) : net_lhs(n, r);
            for (uint32_t i = 0; i < (side ? r->n_rhs : r->n_lhs); i++) {
                if (n->species.data[t[i].species].kind != SPECIES_CONSTANT) {
                    vec_push(&l->term, t[i]);
                    s.n[side]++;
                }
            }
        }
        vec_push(&l->list, s);
    }
}

static const char *unfit(const struct net *n)
{
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (n->reaction.data[j].rate_kind == RATE_LAW || n->reaction.data[j].guard != 0) {
            return n->reaction.data[j].guard ? "a reaction is switched" : "a reaction has a rate law";
        }
    }
    return net_first_unknown(n) >= 0 ? "a reaction changes amounts by what is no whole number, or later"
           : n->event.n > 0          ? "it has events"
                                     : NULL;
}

char *bisimilarity_open(struct bisimilarity *b, const struct net *formal, const struct net *made,
                        int64_t limit)
{
    *b = (struct bisimilarity){.formal = formal, .made = made, .work = limit ? limit : DEFAULT_LIMIT};
    multiset_open(&b->sum, formal->species.n);
    take_sides(&b->reaction[0], formal);
    take_sides(&b->reaction[1], made);
    for (int i = 0; i < 2; i++) {
        const char *why = unfit(i ? made : formal);
        if (why) {
            return bisimilarity_text("CRN bisimulation does not say anything of %s: %s",
                                     (i ? made : formal)->name, why);
        }
    }
    return NULL;
}

void bisimilarity_close(struct bisimilarity *b)
{
    for (int i = 0; i < 2; i++) {
        vec_free(&b->reaction[i].term);
        vec_free(&b->reaction[i].list);
    }
    multiset_close(&b->sum);
}

void linear_map_free(struct linear_map *m)
{
    vec_free(&m->ptr);
    vec_free(&m->term);
}

bool bisimilarity_is_formal(const struct bisimilarity *b, size_t f, const struct term *side[2],
                            const size_t n[2])
{
    const struct sides *r = &b->reaction[0].list.data[f];
    return r->n[0] == n[0] && r->n[1] == n[1] &&
           side_equal(side[0], (uint32_t)n[0], sides_terms(&b->reaction[0], f, 0), r->n[0]) &&
           side_equal(side[1], (uint32_t)n[1], sides_terms(&b->reaction[0], f, 1), r->n[1]);
}

/* ---- the three conditions ---- */

struct check {
    struct bisimilarity b;
    const struct linear_map *map;
    int32_t *stands_for; /* by reaction of `made`: the formal reaction that it implements, or TRIVIAL */
    int64_t *need;       /* by formal species: how many more the chosen state needs */
    term_vec state;      /* the molecules chosen so far, in the order of choice */
};

static const struct term *row(const struct check *c, species_id x, size_t *n)
{
    return linear_map_row(c->map, (size_t)x, n);
}

static bool is_atomic(struct check *c)
{
    const struct net *formal = c->b.formal;
    bool *found = mem_zalloc(formal->species.n + 1, sizeof *found);
    for (size_t i = 0; i < c->b.made->species.n; i++) {
        size_t n;
        const struct term *m = row(c, (species_id)i, &n);
        if (n == 1 && m->count == 1 && c->b.made->species.data[i].kind != SPECIES_CONSTANT) {
            found[m->species] = true;
        }
    }
    for (size_t s = 0; s < formal->species.n && !c->b.why; s++) {
        if (!found[s] && formal->species.data[s].kind != SPECIES_CONSTANT) {
            c->b.why = bisimilarity_text("atomic condition: nothing stands for %s alone",
                                         formal->species.data[s].name);
        }
    }
    free(found);
    return !c->b.why;
}

static bool has_equal_amounts(struct check *c)
{
    const struct net *net[2] = {c->b.formal, c->b.made};
    double *amount[2], *p[2];
    bool known = true;
    for (int i = 0; i < 2; i++) {
        struct interp *it = interp_create(net[i]);
        int32_t slot;
        amount[i] = mem_zalloc(net[i]->species.n + 1, sizeof *amount[i]);
        p[i] = mem_zalloc((size_t)net[i]->n_slots + 1, sizeof *p[i]);
        known = interp_params(it, NULL, NULL, p[i], &slot) && interp_initial(it, p[i], amount[i]) && known;
        interp_destroy(it);
    }
    double *scale = mem_alloc((net[0]->species.n + 1) * sizeof *scale);
    for (size_t s = 0; s < net[0]->species.n; s++) {
        scale[s] = 1 + fabs(amount[0][s]);
    }
    for (size_t i = 0; i < net[1]->species.n && known; i++) {
        size_t n;
        const struct term *m = row(c, (species_id)i, &n);
        for (size_t k = 0; k < n; k++) {
            amount[0][m[k].species] -= (double)m[k].count * amount[1][i];
        }
    }
    for (size_t s = 0; s < net[0]->species.n && known && !c->b.why; s++) {
        if (net[0]->species.data[s].kind != SPECIES_CONSTANT && !(fabs(amount[0][s]) <= 1e-9 * scale[s])) {
            c->b.why = bisimilarity_text("the initial amounts stand for %g less of %s", amount[0][s],
                                         net[0]->species.data[s].name);
        }
    }
    free(scale);
    for (int i = 0; i < 2; i++) {
        free(amount[i]);
        free(p[i]);
    }
    return !c->b.why;
}

static bool is_delimiting(struct check *c)
{
    term_vec image = {0};
    for (size_t j = 0; j < c->b.made->reaction.n && !c->b.why && c->b.work > 0; j++) {
        const struct sides *r = &c->b.reaction[1].list.data[j];
        const struct term *side[2];
        size_t n[2], n_row;
        bool fits = true;
        image.n = 0;
        for (int k = 0; k < 2; k++) {
            const struct term *t = sides_terms(&c->b.reaction[1], j, k);
            for (uint32_t i = 0; i < r->n[k]; i++) {
                const struct term *m = row(c, t[i].species, &n_row);
                fits = multiset_add(&c->b.sum, m, n_row, t[i].count) && fits;
            }
            n[k] = multiset_take(&c->b.sum, &image);
        }
        side[0] = image.data;
        side[1] = image.data + n[0];
        bool trivial = fits && side_equal(side[0], (uint32_t)n[0], side[1], (uint32_t)n[1]);
        size_t f = 0, n_formal = c->b.formal->reaction.n;
        while (!trivial && f < n_formal && !(fits && bisimilarity_is_formal(&c->b, f, side, n))) {
            f++;
        }
        c->b.work -= (int64_t)f + 1;
        c->stands_for[j] = trivial ? TRIVIAL : (int32_t)f;
        if (!trivial && f == n_formal) {
            struct arena *a = arena_create();
            c->b.why = bisimilarity_text("delimiting condition: %s stands for no reaction of %s",
                                         net_reaction_text(c->b.made, (reaction_id)j, a), c->b.formal->name);
            arena_destroy(a);
        }
    }
    vec_free(&image);
    return !c->b.why && c->b.work > 0;
}

/* ---- states that trivial reactions lead to ---- */

struct states {
    term_vec term;
    VEC(struct state) list;
    struct hash_index by_terms;
    struct multiset sum; /* a sum over species of `made` */
};
struct state {
    size_t first;
    uint32_t n;
};

/* Adds the state whose terms are at the end of x->term; the terms are dropped if the state is known. */
static void enter_state(struct states *x, size_t first)
{
    struct state s = {first, (uint32_t)(x->term.n - first)};
    uint64_t hash = side_hash(0, x->term.data + first, s.n);
    size_t turn = 0;
    for (int32_t i; (i = hash_index_next(&x->by_terms, hash, &turn)) >= 0;) {
        const struct state *t = &x->list.data[i];
        if (side_equal(x->term.data + t->first, t->n, x->term.data + first, s.n)) {
            x->term.n = first;
            return;
        }
    }
    hash_index_add(&x->by_terms, hash, (int32_t)x->list.n);
    vec_push(&x->list, s);
}

static bool contains(const struct term *state, uint32_t n_state, const struct term *side, uint32_t n)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) {
        while (k < n_state && state[k].species < side[i].species) {
            k++;
        }
        if (k == n_state || state[k].species != side[i].species || state[k].count < side[i].count) {
            return false;
        }
    }
    return true;
}

/* Fires the reactions that can fire in state i. Returns true if one of them implements f; otherwise adds the
 * states to which trivial reactions lead. */
static bool follow(struct check *c, struct states *x, size_t i, int32_t f)
{
    const struct side_list *l = &c->b.reaction[1];
    for (size_t j = 0; j < l->list.n; j++) {
        struct state s = x->list.data[i];
        if ((c->stands_for[j] != TRIVIAL && c->stands_for[j] != f) ||
            !contains(x->term.data + s.first, s.n, sides_terms(l, j, 0), l->list.data[j].n[0])) {
            continue;
        }
        if (c->stands_for[j] == f) {
            return true;
        }
        multiset_add(&x->sum, x->term.data + s.first, s.n, 1);
        multiset_add(&x->sum, sides_terms(l, j, 0), l->list.data[j].n[0], -1);
        bool fits = multiset_add(&x->sum, sides_terms(l, j, 1), l->list.data[j].n[1], 1);
        size_t first = x->term.n;
        multiset_take(&x->sum, &x->term);
        c->b.work -= fits ? s.n + 1 : c->b.work;
        enter_state(x, first);
    }
    c->b.work -= (int64_t)l->list.n;
    return false;
}

static char *state_text(const struct net *n, const struct term *state, size_t n_state)
{
    struct arena *a = arena_create();
    const char *text = "";
    for (size_t i = 0; i < n_state; i++) {
        const char *count = state[i].count > 1 ? arena_printf(a, "%lld ", (long long)state[i].count) : "";
        text =
            arena_printf(a, "%s%s%s%s", text, i ? " + " : "", count, n->species.data[state[i].species].name);
    }
    char *copy = mem_strdup(n_state ? text : "0");
    arena_destroy(a);
    return copy;
}

/* Whether trivial reactions lead from the chosen state to one where a reaction that implements f can fire. */
static bool allows(struct check *c, int32_t f)
{
    struct states x = {0};
    vec_reserve(&x.term, 1); /* a pointer into it is needed for empty lists too */
    bool found = false;
    multiset_open(&x.sum, c->b.made->species.n);
    multiset_add(&x.sum, c->state.data, c->state.n, 1);
    multiset_take(&x.sum, &x.term);
    enter_state(&x, 0);
    for (size_t i = 0; i < x.list.n && !found && c->b.work > 0; i++) {
        found = follow(c, &x, i, f);
    }
    if (!found && c->b.work > 0) {
        struct arena *a = arena_create();
        char *state = state_text(c->b.made, x.term.data, x.list.data[0].n);
        c->b.why = bisimilarity_text(
            "permissive condition: %s stands for the reactants of %s, which cannot happen there", state,
            net_reaction_text(c->b.formal, f, a));
        free(state);
        arena_destroy(a);
    }
    multiset_close(&x.sum);
    vec_free(&x.term);
    vec_free(&x.list);
    hash_index_free(&x.by_terms);
    return found;
}

static bool is_minimal(const struct check *c)
{
    for (size_t i = 0; i < c->state.n; i++) {
        size_t n;
        const struct term *m = row(c, c->state.data[i].species, &n);
        bool needed = false;
        for (size_t k = 0; k < n; k++) {
            needed = needed || c->need[m[k].species] + m[k].count > 0;
        }
        if (!needed) {
            return false;
        }
    }
    return true;
}

/* Chooses further molecules until the state contains the formal species `at` and all later ones as needed. */
static bool choose(struct check *c, int32_t f, species_id at, species_id least)
{
    const struct net *made = c->b.made;
    while ((size_t)at < c->b.formal->species.n && c->need[at] <= 0) {
        at++;
        least = 0;
    }
    if ((size_t)at == c->b.formal->species.n) {
        return !is_minimal(c) || allows(c, f);
    }
    for (species_id x = least; (size_t)x < made->species.n && c->b.work-- > 0; x++) {
        size_t n;
        const struct term *m = row(c, x, &n);
        int64_t own = 0;
        for (size_t k = 0; k < n; k++) {
            own = m[k].species == at ? m[k].count : own;
        }
        if (own == 0 || made->species.data[x].kind == SPECIES_CONSTANT) {
            continue;
        }
        for (size_t k = 0; k < n; k++) {
            c->need[m[k].species] -= m[k].count;
        }
        vec_push(&c->state, (struct term){x, 1});
        bool ok = choose(c, f, at, x);
        c->state.n--;
        for (size_t k = 0; k < n; k++) {
            c->need[m[k].species] += m[k].count;
        }
        if (!ok) {
            return false;
        }
    }
    return c->b.work > 0;
}

static bool is_permissive(struct check *c)
{
    for (size_t f = 0; f < c->b.formal->reaction.n; f++) {
        const struct sides *r = &c->b.reaction[0].list.data[f];
        const struct term *lhs = sides_terms(&c->b.reaction[0], f, 0),
                          *rhs = sides_terms(&c->b.reaction[0], f, 1);
        for (uint32_t i = 0; i < r->n[0]; i++) {
            if (lhs[i].count > 64) { /* molecules are chosen one at a time */
                c->b.work = 0;
            }
            c->need[lhs[i].species] = lhs[i].count;
        }
        bool ok = side_equal(lhs, r->n[0], rhs, r->n[1]) || (c->b.work > 0 && choose(c, (int32_t)f, 0, 0));
        for (uint32_t i = 0; i < r->n[0]; i++) {
            c->need[lhs[i].species] = 0;
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

struct bisimulation bisimulation_check(const struct net *formal, const struct net *made,
                                       const struct linear_map *map, int64_t limit)
{
    struct check c = {.map = map};
    struct bisimulation result = {BISIMULATION_UNDECIDED, bisimilarity_open(&c.b, formal, made, limit)};
    c.stands_for = mem_zalloc(made->reaction.n + 1, sizeof *c.stands_for);
    c.need = mem_zalloc(formal->species.n + 1, sizeof *c.need);
    if (!result.why) {
        bool holds = is_atomic(&c) && has_equal_amounts(&c) && is_delimiting(&c) && is_permissive(&c);
        result.answer = holds ? BISIMULATION_HOLDS : c.b.why ? BISIMULATION_FAILS : BISIMULATION_UNDECIDED;
        result.why = holds ? NULL
                     : c.b.why
                         ? c.b.why
                         : bisimilarity_text("permissive condition: not decided within the limit of work");
    }
    bisimilarity_close(&c.b);
    vec_free(&c.state);
    free(c.stands_for);
    free(c.need);
    return result;
}
