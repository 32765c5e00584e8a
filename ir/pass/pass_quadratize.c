/* Reactions of more than two reactants become bimolecular by auxiliary species that are, at all times,
 * products of species (quadratization; Hemery, Fages, Soliman 2020, for the ODEs of reaction networks):
 *
 *   species X = 2                    species X = 2, W1 = 2*2
 *   3 X ->{k} 2 X                    X + W1 ->{k} W1
 *                                    2 W1 ->{k} 0
 *
 * W1 stands for X X: W1' = 2 X X' = -2 k X^4 = -2 k W1^2. Preserves (O) the ODE of every species exactly, if
 * only reactions change the factors of a product. If an experiment sets or an event changes a factor, W1
 * does not follow at once. W1 is then corrected by X + X -> X + X + W1 and W1 -> 0, both with the constant
 * k_fast, which cancel when W1 = X X; in this case the ODE is the original one again about 1 / k_fast after
 * the change (A). Laws stay as they are, and so does a reaction whose reactants depend on laws, on amounts
 * with fractional changes, or on both bulk and discrete species. products.h chooses the products. */
#include <stdlib.h>
#include <string.h>

#include "ir/net/uses.h"
#include "ir/pass/legalize.h"
#include "ir/pass/products.h"

enum { MOST_REACTANTS = 32 };
enum { ON_LAW = 1, ON_FRACTION = 2, ON_DISCRETE = 4, ON_BULK = 8, ON_BOTH = ON_DISCRETE | ON_BULK };

/* ---- which reactions ---- */

/* For each species what its changes depend on, directly or through the changes of the reactants of its
 * reactions. */
static uint8_t *depends_on(const struct net *n)
{
    uint8_t *on = mem_zalloc(n->species.n + 1, 1);
    struct uses uses = uses_of(n, NULL);
    struct readers readers = readers_of(n), changers = changers_of(n);
    VEC(species_id) todo = {0}, changed = {0};
    for (species_id s = 0; s < (species_id)n->species.n; s++) {
        uint8_t kind = n->species.data[s].kind;
        on[s] = kind == SPECIES_BULK ? ON_BULK : kind == SPECIES_DISCRETE ? ON_DISCRETE : 0;
        on[s] |= uses.of[s] & USE_FRACTION ? ON_FRACTION : 0;
        for (int32_t i = changers.ptr[s]; i < changers.ptr[s + 1]; i++) {
            on[s] |= n->reaction.data[changers.reaction[i]].rate_kind == RATE_LAW ? ON_LAW : 0;
        }
        vec_push(&todo, s);
    }
    while (todo.n > 0) {
        species_id s = todo.data[--todo.n];
        for (int32_t i = readers.ptr[s]; i < readers.ptr[s + 1]; i++) {
            const struct reaction *r = &n->reaction.data[readers.reaction[i]];
            vec_reserve(&changed, (size_t)r->n_lhs + r->n_rhs + r->n_fractions);
            changed.n = net_changed_species(n, r, changed.data);
            for (size_t k = 0; k < changed.n; k++) {
                uint8_t *of = &on[changed.data[k]];
                if ((*of | on[s]) != *of) {
                    *of |= on[s];
                    vec_push(&todo, changed.data[k]);
                }
            }
        }
    }
    vec_free(&todo);
    vec_free(&changed);
    readers_free(&readers);
    readers_free(&changers);
    uses_free(&uses);
    return on;
}

static const char *why_not(const struct net *n, const struct reaction *r, int64_t molecules,
                           const uint8_t *on)
{
    uint8_t all = 0;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        all |= on[net_lhs(n, r)[i].species];
    }
    return r->rate_kind == RATE_LAW     ? "a rate law is no product"
           : molecules > MOST_REACTANTS ? "these are too many"
           : !net_change_is_known(r)    ? "it changes amounts by what is no whole number, or later"
           : all & ON_LAW               ? "what changes them is a rate law"
           : all & ON_FRACTION          ? "what changes them is no whole number"
           : (all & ON_BOTH) == ON_BOTH ? "discrete species and bulk take part"
                                        : NULL;
}

/* For each reaction whether it is to be split; NULL: none is. */
static bool *find_wide(const struct net *n, struct pass_context *c)
{
    bool *split = mem_zalloc(n->reaction.n + 1, sizeof *split), any = false;
    uint8_t *on = depends_on(n);
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        int64_t molecules = rewrite_molecules(net_lhs(n, r), r->n_lhs);
        const char *why = molecules > 2 ? why_not(n, r, molecules, on) : NULL;
        split[j] = molecules > 2 && !why;
        any = any || split[j];
        if (why) {
            pass_missed(c, r->span, "%lld reactant molecules stay: %s", (long long)molecules, why);
        }
    }
    free(on);
    if (!any) {
        free(split);
        return NULL;
    }
    return split;
}

/* For each species whether an experiment sets it or may do so, or an event changes it. */
static bool *find_set(const struct net *n, const struct pass_context *c)
{
    struct uses uses = uses_of(n, NULL);
    bool *set = mem_zalloc(n->species.n + 1, sizeof *set);
    for (size_t s = 0; s < n->species.n; s++) {
        set[s] = c->options->before_experiments || uses.of[s] & (USE_INPUT | USE_EVENT_WRITE);
    }
    uses_free(&uses);
    return set;
}

/* ---- what reactions do to species and products ---- */

struct effect { /* the term weight * rate constant of a reaction * two factors */
    int32_t reaction, order;
    species_id variable;
    int64_t weight;
    int32_t whole;        /* number of the monomial that is the product of the factors */
    species_id factor[2]; /* -1: the factor 1 */
};

struct quadratic {
    const struct net *net; /* the network before the pass */
    struct products p;
    VEC(struct effect) effect; /* sorted by reaction, losses before gains */
    term_vec side;
    struct multiset sum; /* a sum over species and products */
};

/* Adds the effect of reaction j, which changes species s, on the variable of monomial `number`, of which s
 * is a factor. */
static void add_effect(struct quadratic *q, int32_t j, species_id s, int32_t number)
{
    struct products *p = &q->p;
    const struct reaction *r = &q->net->reaction.data[j];
    const struct term *lhs = net_lhs(q->net, r), *of = products_terms(p, number);
    int64_t change = products_change(q->net, r, s), count = 0;
    for (uint32_t i = 0; i < p->all.data[number].n; i++) {
        count = of[i].species == s ? of[i].count : count;
    }
    struct effect e = {.reaction = j,
                       .order = (int32_t)q->effect.n,
                       .variable = p->all.data[number].variable,
                       .weight = change * count};
    products_derivative(p, number, s, lhs, r->n_lhs, &q->side);
    e.whole = products_number(p, q->side.data, q->side.n);
    if (change > 0) {
        products_split(p, e.whole, false, e.factor);
    } else { /* a loss: the factors are the variable itself and L / s */
        q->side.n = 0;
        for (uint32_t i = 0; i < r->n_lhs; i++) {
            if (lhs[i].count > (lhs[i].species == s)) {
                vec_push(&q->side, (struct term){lhs[i].species, lhs[i].count - (lhs[i].species == s)});
            }
        }
        products_split(p, products_number(p, q->side.data, q->side.n), false, e.factor);
        e.factor[1] = e.variable;
    }
    vec_push(&q->effect, e);
}

static int by_reaction(const void *a, const void *b)
{
    const struct effect *x = a, *y = b;
    bool gain = x->weight > 0;
    return x->reaction != y->reaction ? (x->reaction > y->reaction) - (x->reaction < y->reaction)
           : gain != (y->weight > 0)  ? (gain ? 1 : -1)
                                      : (x->order > y->order) - (x->order < y->order);
}

static void find_effects(struct quadratic *q, const bool *split)
{
    const struct net *n = q->net;
    VEC(species_id) changed = {0};
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        vec_reserve(&changed, (size_t)r->n_lhs + r->n_rhs + 1);
        changed.n = split[j] ? net_changed_species(n, r, changed.data) : 0;
        for (size_t i = 0; i < changed.n; i++) {
            struct term one = {changed.data[i], 1};
            add_effect(q, (int32_t)j, changed.data[i], products_number(&q->p, &one, 1));
        }
    }
    vec_free(&changed);
    for (size_t k = 0; k < q->p.chosen.n; k++) {
        int32_t number = q->p.chosen.data[k];
        for (uint32_t i = 0; i < q->p.all.data[number].n; i++) {
            species_id s = products_terms(&q->p, number)[i].species;
            for (int32_t m = q->p.changers.ptr[s]; m < q->p.changers.ptr[s + 1]; m++) {
                add_effect(q, q->p.changers.reaction[m], s, number);
            }
        }
    }
    if (q->effect.n > 1) {
        qsort(q->effect.data, q->effect.n, sizeof *q->effect.data, by_reaction);
    }
}

/* ---- the new reactions ---- */

static size_t add_factors(const species_id factor[2], struct term *out)
{
    size_t n = 0;
    for (int i = 0; i < 2; i++) {
        if (factor[i] >= 0) {
            out[n++] = (struct term){factor[i], 1};
        }
    }
    return n;
}

static int64_t count_of(const struct term *side, size_t n, species_id s)
{
    int64_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += side[i].species == s ? side[i].count : 0;
    }
    return count;
}

/* Adds a reaction. Two such reactions may have the same effect on a product; this is not a mistake of the
 * user. */
static bool put(struct rewrite *w, const struct reaction *r, const struct term *lhs, size_t n_lhs,
                const struct term *rhs, size_t n_rhs, expr_id rate)
{
    reaction_id id = rewrite_add(w, r, lhs, n_lhs, rhs, n_rhs, RATE_MASS_ACTION, rate);
    if (id >= 0) {
        w->net->reaction.data[id].flags |= REACTION_MAY_REPEAT;
    }
    return id >= 0;
}

/* Turns the effects of one product of factors into a reaction, whose reactants are the factors of the
 * first effect. A loss of more molecules than the reaction has as reactants becomes a faster reaction of
 * its own. */
static bool add_reactions(struct rewrite *w, struct multiset *sum, const struct reaction *r,
                          const struct effect *e, const size_t *one, size_t n)
{
    struct term lhs[2];
    size_t n_lhs = add_factors(e[one[0]].factor, lhs);
    struct expr_pool *ex = w->net->ex;
    term_vec rhs = {0};
    bool good = multiset_add(sum, lhs, n_lhs, 1), any = false;
    for (size_t i = 0; i < n && good; i++) {
        struct effect x = e[one[i]];
        if (-x.weight <= count_of(lhs, n_lhs, x.variable)) {
            good = multiset_add(sum, &(struct term){x.variable, 1}, 1, x.weight);
            any = true;
            continue;
        }
        struct term left = {x.variable == lhs[0].species && n_lhs > 1 ? lhs[1].species : lhs[0].species, 1};
        put(w, r, lhs, n_lhs, &left, n_lhs > 1,
            expr_binary(ex, EXPR_MUL, expr_real(ex, (double)-x.weight), r->rate));
    }
    multiset_take(sum, &rhs);
    good = good && (!any || put(w, r, lhs, n_lhs, rhs.data, rhs.n, r->rate));
    vec_free(&rhs);
    return good;
}

/* Turns the effects e[0 .. n] of a reaction into reactions. Effects with the same product of factors use the
 * factors of the first of them where possible; a loss needs the factors that it came with. */
static bool put_effects(struct rewrite *w, struct multiset *sum, const struct reaction *r,
                        const struct effect *e, size_t n)
{
    bool *done = mem_zalloc(n + 1, sizeof *done), good = true;
    size_t *one = mem_alloc((n + 1) * sizeof *one);
    for (size_t i = 0; i < n && good; i++) {
        size_t m = 0;
        for (size_t k = i; k < n && !done[i]; k++) {
            bool same = e[k].whole == e[i].whole &&
                        (k == i || e[k].weight > 0 ||
                         (e[k].factor[0] == e[i].factor[0] && e[k].factor[1] == e[i].factor[1]) ||
                         (e[k].factor[0] == e[i].factor[1] && e[k].factor[1] == e[i].factor[0]));
            if (same && !done[k]) {
                one[m++] = k;
            }
        }
        for (size_t k = 0; k < m; k++) {
            done[one[k]] = true;
        }
        good = m == 0 || add_reactions(w, sum, r, e, one, m);
    }
    free(done);
    free(one);
    return good;
}

/* Adds the species of a product, with its initial amount. */
static species_id add_product(struct rewrite *w, struct products *p, int32_t number)
{
    struct net *n = w->net;
    const struct product *x = &p->all.data[number];
    expr_id init = 0;
    double v;
    bool is_zero = false;
    uint8_t kind = SPECIES_DISCRETE;
    unsigned negative = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        const struct term *t = &products_terms(p, number)[i];
        const struct species *s = &n->species.data[t->species];
        expr_id amount = s->init;
        is_zero = is_zero || !amount || (expr_const_real(n->ex, amount, &v) && v == 0);
        negative |= species_may_be_negative(s);
        kind = s->kind == SPECIES_BULK ? SPECIES_BULK : kind;
        for (int64_t k = 0; k < t->count && !is_zero; k++) {
            init = init ? expr_binary(n->ex, EXPR_MUL, init, amount) : amount;
        }
    }
    struct span at = n->species.data[products_terms(p, number)[0].species].span;
    species_id s = rewrite_species(w, "W", kind, is_zero ? 0 : init, at);
    n->species.data[s].flags |= (uint8_t)negative;
    return s;
}

/* The text of a product, such as "z[0].p^2 x[1]". */
static const char *product_text(struct net *n, struct products *p, int32_t number)
{
    const char *text = "";
    struct arena *a = arena_create();
    for (uint32_t i = 0; i < p->all.data[number].n; i++) {
        const struct term *t = &products_terms(p, number)[i];
        text = arena_printf(a, "%s%s%s", text, *text ? " " : "", n->species.data[t->species].name);
        text = t->count > 1 ? arena_printf(a, "%s^%lld", text, (long long)t->count) : text;
    }
    text = intern_text(n->names, text);
    arena_destroy(a);
    return text;
}

/* If factors may be set: adds M -> M + W and W -> 0, both with k_fast, where M is a pair of factors of W. */
static void add_correction(struct rewrite *w, struct products *p, int32_t number, expr_id fast)
{
    species_id s = p->all.data[number].variable, factor[2];
    struct reaction r = {.span = w->net->species.data[s].span, .origin = product_text(w->net, p, number)};
    struct term lhs[2], rhs[3], one = {s, 1};
    products_split(p, number, true, factor);
    size_t n = add_factors(factor, lhs);
    memcpy(rhs, lhs, n * sizeof *lhs);
    rhs[n] = one;
    rewrite_add(w, &r, lhs, n, rhs, n + 1, RATE_MASS_ACTION, fast);
    rewrite_add(w, &r, &one, 1, NULL, 0, RATE_MASS_ACTION, fast);
}

static void fill_witness(struct witness *w, const struct products *p, size_t n_species)
{
    w->claim = CLAIM_ODE;
    w->n_coordinates = (int32_t)(n_species + p->chosen.n);
    for (size_t s = 0; s < n_species; s++) {
        linear_map_add_row(&w->product, NULL, 0);
    }
    for (size_t k = 0; k < p->chosen.n; k++) {
        int32_t number = p->chosen.data[k];
        linear_map_add_row(&w->product, products_terms(p, number), p->all.data[number].n);
    }
}

static bool rewrite(struct net *n, struct pass_context *c, struct quadratic *q, const bool *split)
{
    struct rewrite w;
    size_t n_before = n->species.n, at = 0;
    bool good = true, corrected = false;
    rewrite_begin(&w, n, NULL);
    multiset_open(&q->sum, n_before + q->p.chosen.n);
    for (size_t k = 0; k < q->p.chosen.n; k++) {
        int32_t number = q->p.chosen.data[k];
        species_id s = add_product(&w, &q->p, number);
        corrected = corrected || products_is_corrected(&q->p, number);
        pass_done(c, n->species.data[s].span, "%s is %s", n->species.data[s].name,
                  product_text(n, &q->p, number));
    }
    for (size_t j = 0; j < w.n_old && good; j++) {
        size_t first = at;
        if (split[j]) {
            pass_done(c, w.old[j].span, "of two reactants, by products");
        } else {
            rewrite_keep(&w, &w.old[j]);
        }
        while (at < q->effect.n && q->effect.data[at].reaction == (int32_t)j) {
            at++;
        }
        good = put_effects(&w, &q->sum, &w.old[j], q->effect.data + first, at - first) ||
               pass_overflow(c, w.old[j].span, NULL);
    }
    expr_id fast = corrected ? rewrite_fast(&w, 1) : 0;
    for (size_t k = 0; k < q->p.chosen.n && good; k++) {
        if (products_is_corrected(&q->p, q->p.chosen.data[k])) {
            add_correction(&w, &q->p, q->p.chosen.data[k], fast);
        }
    }
    rewrite_end(&w);
    multiset_close(&q->sum);
    if (c->witness) {
        fill_witness(c->witness, &q->p, n_before);
    }
    return good;
}

bool pass_quadratize(struct net *n, struct pass_context *c)
{
    bool *split = find_wide(n, c), good = true;
    if (!split) {
        return true;
    }
    bool *set = find_set(n, c);
    struct quadratic q = {.net = n};
    if (products_find(&q.p, n, split, set)) {
        find_effects(&q, split);
        good = rewrite(n, c, &q, split);
    } else {
        good = pass_refuse(c, (struct span){0}, "more than ten thousand products would be needed");
    }
    products_free(&q.p);
    vec_free(&q.effect);
    vec_free(&q.side);
    free(set);
    free(split);
    return good;
}
