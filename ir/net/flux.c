#include "ir/net/flux.h"

#include <stdlib.h>
#include <string.h>

#include "ir/net/net_sides.h"
#include "support/mem.h"

/* ---- Which reaction undoes which ---- */

static int64_t count_of(const struct term *t, uint32_t n, species_id s)
{
    for (uint32_t i = 0; i < n; i++) {
        if (t[i].species == s) {
            return t[i].count;
        }
    }
    return 0;
}

/* The change of species s by a firing; a constant species does not change. */
static int64_t change_of(const struct net *n, const struct reaction *r, species_id s)
{
    return n->species.data[s].kind == SPECIES_CONSTANT
               ? 0
               : count_of(net_rhs(n, r), r->n_rhs, s) - count_of(net_lhs(n, r), r->n_lhs, s);
}

static bool changes_discrete(const struct net *n, const struct reaction *r)
{
    for (int side = 0; side < 2; side++) {
        const struct term *t = side ? net_rhs(n, r) : net_lhs(n, r);
        for (uint32_t i = 0; i < (side ? r->n_rhs : r->n_lhs); i++) {
            if (n->species.data[t[i].species].kind == SPECIES_DISCRETE &&
                change_of(n, r, t[i].species) != 0) {
                return true;
            }
        }
    }
    return false;
}

/* The sides of a reaction as they are compared: without the bulk species that a firing leaves alone, the
 * smaller side first. */
struct sides {
    reaction_id r;
    bool swapped;
    uint32_t at[2], n[2]; /* ranges in finder.term, one for each side */
};
struct finder {
    const struct net *net;
    struct term *term;
    struct sides *sides;
};

static int compare_terms(const struct term *a, uint32_t n, const struct term *b, uint32_t m)
{
    for (uint32_t i = 0; i < n && i < m; i++) {
        if (a[i].species != b[i].species) {
            return a[i].species < b[i].species ? -1 : 1;
        }
        if (a[i].count != b[i].count) {
            return a[i].count < b[i].count ? -1 : 1;
        }
    }
    return (n > m) - (n < m);
}

static int compare_sides(const struct term *all, const struct sides *a, const struct sides *b)
{
    int c = compare_terms(all + a->at[0], a->n[0], all + b->at[0], b->n[0]);
    return c ? c : compare_terms(all + a->at[1], a->n[1], all + b->at[1], b->n[1]);
}

/* Merges the sorted ranges [low, mid) and [mid, high) of `from` into `to`. */
static void merge(const struct finder *f, const struct sides *from, struct sides *to, size_t low, size_t mid,
                  size_t high)
{
    size_t i = low, j = mid;
    for (size_t k = low; k < high; k++) {
        bool left = i < mid && (j >= high || compare_sides(f->term, &from[i], &from[j]) <= 0);
        to[k] = left ? from[i++] : from[j++];
    }
}

/* Stable merge sort of the reactions by their sides. */
static void sort(struct finder *f, size_t n)
{
    struct sides *other = mem_zalloc(n + 1, sizeof *other), *a = f->sides, *b = other;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t mid = low + width < n ? low + width : n, high = low + 2 * width < n ? low + 2 * width : n;
            merge(f, a, b, low, mid, high);
        }
        struct sides *t = a;
        a = b;
        b = t;
    }
    f->sides = a;
    free(b);
}

static void list_sides(struct finder *f)
{
    const struct net *n = f->net;
    uint32_t at = 0;
    for (size_t i = 0; i < n->reaction.n; i++) {
        const struct reaction *r = &n->reaction.data[i];
        struct sides *s = &f->sides[i];
        bool fires = changes_discrete(n, r);
        *s = (struct sides){.r = (reaction_id)i};
        for (int side = 0; side < 2; side++) {
            const struct term *t = side ? net_rhs(n, r) : net_lhs(n, r);
            s->at[side] = at;
            for (uint32_t k = 0; k < (side ? r->n_rhs : r->n_lhs); k++) {
                if (!fires || n->species.data[t[k].species].kind != SPECIES_BULK) {
                    f->term[at++] = t[k];
                }
            }
            s->n[side] = at - s->at[side];
        }
        s->swapped = compare_terms(f->term + s->at[0], s->n[0], f->term + s->at[1], s->n[1]) > 0;
        if (s->swapped) {
            uint32_t first = s->at[0], length = s->n[0];
            s->at[0] = s->at[1];
            s->n[0] = s->n[1];
            s->at[1] = first;
            s->n[1] = length;
        }
    }
}

static bool is_free(const struct sides *s, const reaction_id *reverse, bool swapped)
{
    return s->swapped == swapped && reverse[s->r] < 0;
}

/* Pairs the sorted reactions [first, end), all of which have the same two sides. */
static void pair_up(const struct finder *f, size_t first, size_t end, reaction_id *reverse)
{
    const struct sides *s = f->sides;
    if (s[first].n[0] == s[first].n[1] && compare_terms(f->term + s[first].at[0], s[first].n[0],
                                                        f->term + s[first].at[1], s[first].n[1]) == 0) {
        for (size_t i = first; i < end; i++) {
            reverse[s[i].r] = s[i].r;
        }
        return;
    }
    for (size_t i = first; i + 1 < end; i++) { /* `<->` makes two neighbouring reactions with the same source
                                                  location */
        struct span a = f->net->reaction.data[s[i].r].span, b = f->net->reaction.data[s[i + 1].r].span;
        bool neighbours = s[i + 1].r == s[i].r + 1 && s[i + 1].swapped != s[i].swapped;
        if (neighbours && a.file == b.file && a.lo == b.lo && a.hi == b.hi && reverse[s[i].r] < 0) {
            reverse[s[i].r] = s[i + 1].r;
            reverse[s[i + 1].r] = s[i].r;
        }
    }
    size_t j = first;
    for (size_t i = first; i < end; i++) {
        if (is_free(&s[i], reverse, false)) {
            while (j < end && !is_free(&s[j], reverse, true)) {
                j++;
            }
            if (j == end) {
                return;
            }
            reverse[s[i].r] = s[j].r;
            reverse[s[j].r] = s[i].r;
        }
    }
}

reaction_id *net_reverses(const struct net *n)
{
    size_t count = n->reaction.n;
    reaction_id *reverse = mem_zalloc(count + 1, sizeof *reverse);
    struct finder f = {.net = n};
    f.term = mem_zalloc(n->term.n + 1, sizeof *f.term);
    f.sides = mem_zalloc(count + 1, sizeof *f.sides);
    list_sides(&f);
    sort(&f, count);
    for (size_t i = 0; i < count; i++) {
        reverse[i] = -1;
    }
    for (size_t first = 0, end; first < count; first = end) {
        end = first + 1;
        while (end < count && compare_sides(f.term, &f.sides[first], &f.sides[end]) == 0) {
            end++;
        }
        pair_up(&f, first, end, reverse);
    }
    free(f.term);
    free(f.sides);
    return reverse;
}

bool net_goes_both_ways(const struct net *n, reaction_id r)
{
    const struct reaction *a = &n->reaction.data[r], *b = a + 1;
    bool is_next = (size_t)r + 1 < n->reaction.n && a->span.file == b->span.file &&
                   a->span.lo == b->span.lo && a->span.hi == b->span.hi;
    size_t length = is_next && a->label && b->label ? strlen(a->label) : 0;
    bool is_own = length > 0 && strncmp(a->label, b->label, length) == 0 &&
                  (b->label[length] == '_' || b->label[length] == '.') &&
                  strcmp(b->label + length + 1, "reverse") == 0;
    return is_own && side_equal(net_lhs(n, a), a->n_lhs, net_rhs(n, b), b->n_rhs) &&
           side_equal(net_rhs(n, a), a->n_rhs, net_lhs(n, b), b->n_lhs);
}

/* ---- Rates ---- */

/* Whether the reaction follows its rate equation in this run. */
static bool flows(const struct net *n, const struct reaction *r, const struct net_moves *m)
{
    return !m->molecules || (m->bulk_flows && !changes_discrete(n, r));
}

static bool is_counted(const struct net *n, species_id s, const struct net_moves *m)
{
    return m->molecules && !(m->bulk_flows && n->species.data[s].kind == SPECIES_BULK);
}

/* The amount of s plus `shift` molecules. */
static expr_id amount(struct net *n, species_id s, int64_t shift, const struct net_moves *m)
{
    return expr_binary(n->ex, EXPR_ADD, net_species_expr(n, s), expr_real(n->ex, (double)shift * m->grain));
}

static expr_id times(struct net *n, expr_id a, expr_id b)
{
    return expr_binary(n->ex, EXPR_MUL, a, b);
}

/* If s is counted in molecules: `a` times (x + from) ... (x + to - 1), where x is the number of molecules.
 * Otherwise: `a` times x to the power to - from. */
static expr_id times_amounts(struct net *n, expr_id a, species_id s, int64_t from, int64_t to,
                             const struct net_moves *m)
{
    if (is_counted(n, s, m)) {
        for (int64_t i = from; i < to; i++) {
            a = times(n, a, amount(n, s, i, m));
        }
        return a;
    }
    expr_id x = net_species_expr(n, s);
    return to - from == 0 ? a
           : to - from == 1
               ? times(n, a, x)
               : times(n, a, expr_binary(n->ex, EXPR_POW, x, expr_real(n->ex, (double)(to - from))));
}

expr_id net_rate_moving(struct net *n, reaction_id id, const struct net_moves *m)
{
    const struct reaction *r = &n->reaction.data[id];
    expr_id rate = r->rate;
    for (uint32_t i = 0; i < r->n_lhs && r->rate_kind == RATE_MASS_ACTION; i++) {
        struct term t = net_lhs(n, r)[i];
        rate = times_amounts(n, rate, t.species, 1 - t.count, 1, m);
    }
    return rate;
}

/* ---- Entropy ---- */

/* The quotient a(x) / b(x') of two mass action rates, without their common factors. A species that has l
 * molecules on the left of `a` and q on the left of `b`, and that changes by d, contributes x ... (x - l +
 * 1) to a(x), and (x + d) ... (x + d - q + 1) to b(x'). */
static expr_id quotient(struct net *n, const struct reaction *a, const struct reaction *b, bool flow,
                        const struct net_moves *m)
{
    expr_id over = a->rate, under = b->rate;
    const struct term *l = net_lhs(n, a), *q = net_lhs(n, b);
    for (uint32_t i = 0, j = 0; i < a->n_lhs || j < b->n_lhs;) {
        bool left = i < a->n_lhs && (j >= b->n_lhs || l[i].species <= q[j].species);
        bool right = j < b->n_lhs && (i >= a->n_lhs || q[j].species <= l[i].species);
        species_id s = left ? l[i].species : q[j].species;
        int64_t up = left ? l[i].count : 0, down = right ? q[j].count : 0;
        int64_t shift = flow || !is_counted(n, s, m) ? 0 : change_of(n, a, s);
        /* the quotient of (x + 1 - up) ... x and (x + shift + 1 - down) ... (x + shift), without common
         * factors */
        if (shift == 0) {
            over = up > down ? times_amounts(n, over, s, 1 - up, 1 - down, m) : over;
            under = down > up ? times_amounts(n, under, s, 1 - down, 1 - up, m) : under;
        } else {
            over = shift < 0 ? times_amounts(n, over, s, 1 + shift, 1, m) : over;
            under = shift > 0 ? times_amounts(n, under, s, 1, 1 + shift, m) : under;
        }
        i += left;
        j += right;
    }
    return expr_binary(n->ex, EXPR_DIV, over, under);
}

struct shifting {
    struct net *n;
    const struct reaction *by;
    const struct net_moves *m;
};

static expr_id shifted(void *env, const struct expr *leaf, expr_id id)
{
    const struct shifting *s = env;
    (void)id;
    int64_t change =
        leaf->op == EXPR_SPECIES && is_counted(s->n, leaf->a, s->m) ? change_of(s->n, s->by, leaf->a) : 0;
    return change ? amount(s->n, leaf->a, change, s->m) : 0;
}

/* The contribution of the firings of `a` alone: rate times log of the quotient, or 0 where the rate is 0. */
static expr_id one_way(struct net *n, reaction_id a, reaction_id b, const struct net_moves *m)
{
    const struct reaction *ra = &n->reaction.data[a], *rb = &n->reaction.data[b];
    expr_id rate = net_rate_moving(n, a, m), ratio;
    if (ra->rate_kind == RATE_MASS_ACTION && rb->rate_kind == RATE_MASS_ACTION) {
        ratio = quotient(n, ra, rb, false, m);
    } else {
        struct shifting s = {n, ra, m};
        expr_id back = expr_rewrite(n->ex, n->ex, net_rate_moving(n, b, m), shifted, &s);
        ratio = expr_binary(n->ex, EXPR_DIV, rate, back);
    }
    expr_id zero = expr_real(n->ex, 0), happens = expr_binary(n->ex, EXPR_LT, zero, rate);
    return expr_select(n->ex, happens, times(n, rate, expr_unary(n->ex, EXPR_LOG, ratio)), zero);
}

expr_id net_pair_dissipation(struct net *n, reaction_id a, reaction_id b, const struct net_moves *m)
{
    const struct reaction *ra = &n->reaction.data[a], *rb = &n->reaction.data[b];
    expr_id zero = expr_real(n->ex, 0);
    if (a == b) {
        return zero;
    }
    if (!flows(n, ra, m)) {
        return expr_binary(n->ex, EXPR_ADD, one_way(n, a, b, m), one_way(n, b, a, m));
    }
    expr_id there = net_rate_moving(n, a, m), back = net_rate_moving(n, b, m);
    bool mass = ra->rate_kind == RATE_MASS_ACTION && rb->rate_kind == RATE_MASS_ACTION;
    expr_id ratio = mass ? quotient(n, ra, rb, true, m) : expr_binary(n->ex, EXPR_DIV, there, back);
    expr_id net = expr_binary(n->ex, EXPR_SUB, there, back), rests = expr_binary(n->ex, EXPR_EQ, net, zero);
    return expr_select(n->ex, rests, zero, times(n, net, expr_unary(n->ex, EXPR_LOG, ratio)));
}

/* ---- Switches ---- */

expr_id net_switching_rate(struct net *n, expr_id value, const struct net_moves *m)
{
    expr_id sum = expr_real(n->ex, 0);
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct shifting s = {n, &n->reaction.data[j], m};
        expr_id after = expr_rewrite(n->ex, n->ex, value, shifted, &s);
        if (after != value) {
            expr_id differs = expr_binary(n->ex, EXPR_NE, after, value);
            expr_id rate = net_rate_moving(n, (reaction_id)j, m);
            sum = expr_binary(n->ex, EXPR_ADD, sum, expr_select(n->ex, differs, rate, expr_real(n->ex, 0)));
        }
    }
    return sum;
}
