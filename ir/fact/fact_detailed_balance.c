/* Wegscheider's conditions. Reactions are paired with their reverses. Along each cycle of the net changes of
 * pairs, the product of the forward constants must equal that of the backward constants; it suffices to sum
 * logarithms along a basis of cycles. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/interp/interp.h"
#include "ir/net/net_sides.h"
#include "ir/fact/fact_impl.h"
#include "ir/fact/null_space.h"
#include "runtime/crnl_csr.h"
#include "support/hash_index.h"
#include "support/mem.h"

static const double TOLERANCE = 1e-9;

struct direction { /* all reactions with equal sides and guard; their constants are added */
    reaction_id reaction;
    double k;
};

struct finder {
    const struct net *n;
    struct interp *it;
    double *k, *x;
    VEC(struct direction) direction;
    struct hash_index by_sides; /* finds directions by their sides and guard */
    char *why;
};

/* The number of the direction lhs -> rhs of reaction j (or of rhs -> lhs, if `reverse`), -1 if it is new;
 * *hash is the hash of the direction. */
static int32_t find_direction(const struct finder *f, reaction_id j, bool reverse, uint64_t *hash)
{
    const struct reaction *r = &f->n->reaction.data[j];
    const struct term *from = reverse ? net_rhs(f->n, r) : net_lhs(f->n, r);
    const struct term *to = reverse ? net_lhs(f->n, r) : net_rhs(f->n, r);
    uint32_t n_from = reverse ? r->n_rhs : r->n_lhs, n_to = reverse ? r->n_lhs : r->n_rhs;
    *hash = side_hash(side_hash((uint64_t)r->guard, from, n_from), to, n_to);
    size_t turn = 0;
    int32_t i;
    while ((i = hash_index_next(&f->by_sides, *hash, &turn)) >= 0) {
        const struct reaction *q = &f->n->reaction.data[f->direction.data[i].reaction];
        if (q->guard == r->guard && side_equal(net_lhs(f->n, q), q->n_lhs, from, n_from) &&
            side_equal(net_rhs(f->n, q), q->n_rhs, to, n_to)) {
            break;
        }
    }
    return i;
}

static bool refuse(struct finder *f, reaction_id j, const char *what)
{
    struct arena *a = arena_create();
    const char *label = f->n->reaction.data[j].label;
    const char *text = arena_printf(a, "%s%s'%s' %s", label ? label : "", label ? ": " : "",
                                    net_reaction_text(f->n, j, a), what);
    f->why = mem_strdup(text);
    arena_destroy(a);
    return false;
}

static bool collect_directions(struct finder *f)
{
    const struct net *n = f->n;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        if (side_equal(net_lhs(n, r), r->n_lhs, net_rhs(n, r), r->n_rhs)) {
            continue;
        }
        if (r->rate_kind == RATE_LAW) {
            return refuse(f, (reaction_id)j, "has a rate law");
        }
        if (!(f->k[j] > 0 && f->k[j] < INFINITY)) {
            return refuse(f, (reaction_id)j, "has a rate that is not positive at the default parameters");
        }
        uint64_t hash;
        int32_t known = find_direction(f, (reaction_id)j, false, &hash);
        if (known >= 0) {
            f->direction.data[known].k += f->k[j];
        } else {
            hash_index_add(&f->by_sides, hash, (int32_t)f->direction.n);
            vec_push(&f->direction, (struct direction){(reaction_id)j, f->k[j]});
        }
    }
    return true;
}

/* The logarithm of the constant species' contribution to the left side, minus that to the right side. */
static double held(const struct finder *f, const struct reaction *r)
{
    double sum = 0;
    for (int side = 0; side < 2; side++) {
        const struct term *t = side ? net_rhs(f->n, r) : net_lhs(f->n, r);
        uint32_t n_t = side ? r->n_rhs : r->n_lhs;
        for (uint32_t i = 0; i < n_t; i++) {
            if (f->n->species.data[t[i].species].kind == SPECIES_CONSTANT) {
                sum += (side ? -1 : 1) * (double)t[i].count * crnl_log(f->x[t[i].species]);
            }
        }
    }
    return sum;
}

static bool collect_pairs(struct finder *f, struct detailed_balance *d)
{
    for (size_t i = 0; i < f->direction.n; i++) {
        reaction_id j = f->direction.data[i].reaction;
        uint64_t hash;
        int32_t back = find_direction(f, j, true, &hash);
        if (back < 0) {
            return refuse(f, j, "has no reverse");
        }
        if ((size_t)back > i) {
            double ratio = crnl_log(f->direction.data[i].k) - crnl_log(f->direction.data[back].k) +
                           held(f, &f->n->reaction.data[j]);
            vec_push(&d->pair, (struct reversible){j, f->direction.data[back].reaction, ratio});
        }
    }
    return true;
}

/* A basis of cycles: the null space of the matrix with a row for each pair and a column for each species. */
static struct conservation find_cycles(const struct net *n, const struct detailed_balance *d)
{
    int32_t *ptr = mem_zalloc(n->species.n + 2, sizeof *ptr);
    size_t widest = 0;
    for (size_t i = 0; i < d->pair.n; i++) {
        const struct reaction *r = &n->reaction.data[d->pair.data[i].forward];
        widest = (size_t)r->n_lhs + r->n_rhs > widest ? (size_t)r->n_lhs + r->n_rhs : widest;
    }
    struct term *change = mem_alloc((widest + 1) * sizeof *change), *term = NULL;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < d->pair.n; i++) {
            size_t m = net_change(n, &n->reaction.data[d->pair.data[i].forward], change);
            for (size_t k = 0; k < m; k++) {
                if (pass == 0) {
                    csr_count(ptr, change[k].species);
                } else {
                    term[csr_place(ptr, change[k].species)] = (struct term){(int32_t)i, change[k].count};
                }
            }
        }
        if (pass == 0) {
            term = mem_alloc(((size_t)csr_open(ptr, (int32_t)n->species.n) + 1) * sizeof *term);
        }
    }
    struct conservation c = null_space(d->pair.n, NULL, n->species.n, ptr, term, NULL_SPACE_WORK);
    free(ptr);
    free(change);
    free(term);
    return c;
}

static bool describe_cycle(struct finder *f, const struct detailed_balance *d, const struct term *cycle,
                           size_t n, double sum)
{
    struct arena *a = arena_create();
    const char *text = arena_printf(a, "log(kf/kb) sums to %.6g around the cycle", sum);
    for (size_t i = 0; i < n && i < 6; i++) {
        const char *reaction = net_reaction_text(f->n, d->pair.data[cycle[i].species].forward, a);
        text = arena_printf(a, "%s%s %lld x '%s'", text, i ? "," : "", (long long)cycle[i].count, reaction);
    }
    f->why = mem_strdup(n > 6 ? arena_printf(a, "%s, ...", text) : text);
    arena_destroy(a);
    return false;
}

static bool check_cycles(struct finder *f, const struct detailed_balance *d)
{
    struct conservation c = find_cycles(f->n, d);
    bool ok = !c.overflow;
    if (c.overflow) {
        f->why = mem_strdup("the cycles of this network are too large to be computed exactly");
    }
    for (int32_t i = 0; i < c.n_laws && ok; i++) {
        double sum = 0, scale = 1;
        for (uint32_t k = c.first.data[i]; k < c.first.data[i + 1]; k++) {
            double part = (double)c.term.data[k].count * d->pair.data[c.term.data[k].species].log_ratio;
            sum += part;
            scale = fmax(scale, fabs(part));
        }
        if (!(fabs(sum) <= TOLERANCE * scale)) {
            ok = describe_cycle(f, d, c.term.data + c.first.data[i], c.first.data[i + 1] - c.first.data[i],
                                sum);
        }
    }
    fact_conservation_free(&c);
    return ok;
}

static bool compute_constants(struct finder *f)
{
    int32_t slot;
    double *p = mem_zalloc((size_t)f->n->n_slots + 1, sizeof *p);
    bool ok = interp_params(f->it, NULL, NULL, p, &slot) && interp_rates(f->it, p, f->k) &&
              interp_initial(f->it, p, f->x);
    free(p);
    if (!ok) {
        f->why = mem_strdup("the rates cannot be computed at the default parameters");
    }
    return ok;
}

struct detailed_balance fact_detailed_balance(const struct net *n)
{
    if (n->event.n > 0) {
        return (struct detailed_balance){.why = mem_strdup("its events change amounts")};
    }
    if (net_first_unknown(n) >= 0) {
        const char *why = "a reaction changes amounts by what is no whole number, or later";
        return (struct detailed_balance){.why = mem_strdup(why)};
    }
    struct finder f = {.n = n, .it = interp_create(n)};
    struct detailed_balance d = {0};
    f.k = mem_zalloc(n->reaction.n + 1, sizeof *f.k);
    f.x = mem_zalloc(n->species.n + 1, sizeof *f.x);
    d.holds =
        compute_constants(&f) && collect_directions(&f) && collect_pairs(&f, &d) && check_cycles(&f, &d);
    d.why = f.why;
    if (d.holds) {
        vec_reserve(&d.energy, n->species.n + 1);
        memset(d.energy.data, 0, n->species.n * sizeof *d.energy.data);
        d.energy.n = fact_energies(n, d.pair.data, d.pair.n, d.energy.data) ? n->species.n : 0;
    } else {
        vec_free(&d.pair);
    }
    vec_free(&f.direction);
    hash_index_free(&f.by_sides);
    free(f.k);
    free(f.x);
    interp_destroy(f.it);
    return d;
}

void fact_detailed_balance_free(struct detailed_balance *d)
{
    vec_free(&d->pair);
    vec_free(&d->energy);
    free(d->why);
    *d = (struct detailed_balance){0};
}
