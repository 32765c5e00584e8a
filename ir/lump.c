#include "ir/lump.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/uses.h"
#include "support/hash.h"
#include "support/mem.h"

__extension__ typedef unsigned __int128 wide;

/* Two independent residues modulo 2^61 - 1. */
#define PRIME ((1ull << 61) - 1)
struct residue {
    uint64_t at[2];
};

static uint64_t reduce(wide x)
{
    uint64_t r = (uint64_t)(x & PRIME) + (uint64_t)(x >> 61);
    r = (r & PRIME) + (r >> 61);
    return r >= PRIME ? r - PRIME : r;
}

static struct residue random_residue(uint64_t a, uint64_t b, uint64_t c)
{
    struct residue r;
    for (uint64_t i = 0; i < 2; i++) {
        uint64_t h = hash_mix(hash_mix(hash_mix(hash_mix(0x9E3779B97F4A7C15u + i, a), b), c), i);
        r.at[i] = reduce((wide)hash_mix(h, 0xD1B54A32D192ED03u) << 3 | i);
    }
    return r;
}

/* Not at[0] ^ at[1]: those of x and -x are equal. */
static uint64_t word_of(struct residue x)
{
    return hash_mix(hash_mix(0x8EBC6AF09C88C6E3u, x.at[0]), x.at[1]);
}

static struct residue product(struct residue x, struct residue y)
{
    return (struct residue){{reduce((wide)x.at[0] * y.at[0]), reduce((wide)x.at[1] * y.at[1])}};
}

static void add_to(struct residue *x, struct residue y)
{
    x->at[0] = reduce((wide)x->at[0] + y.at[0]);
    x->at[1] = reduce((wide)x->at[1] + y.at[1]);
}

static struct residue integer(int64_t v)
{
    uint64_t r = reduce(v < 0 ? (wide)(0 - (uint64_t)v) : (wide)v);
    r = v < 0 && r ? PRIME - r : r;
    return (struct residue){{r, r}};
}

/* A finite double is m 2^e, and 2 has an inverse: sums of doubles that are exact stay exact. */
static struct residue number(double v)
{
    int e;
    int64_t m = (int64_t)ldexp(frexp(v, &e), 53);
    struct residue r = integer(m);
    e = ((e - 53) % 61 + 61) % 61; /* 2^61 = 1 */
    struct residue power = integer((int64_t)1 << e);
    return product(r, power);
}

/* A rate as a linear combination of what cannot be taken apart. */
static struct residue rate_residue(const struct expr_pool *ex, expr_id id, int depth)
{
    const struct expr *e = expr_get(ex, id);
    double v;
    if (expr_const_real(ex, id, &v) && isfinite(v)) {
        return number(v);
    }
    if (depth < 100 && (e->op == EXPR_ADD || e->op == EXPR_SUB)) {
        struct residue sum = rate_residue(ex, e->args[0], depth + 1),
                       y = rate_residue(ex, e->args[1], depth + 1);
        add_to(&sum, e->op == EXPR_ADD ? y : product(y, integer(-1)));
        return sum;
    }
    for (uint32_t k = 0; depth < 100 && e->op == EXPR_MUL && k < 2; k++) {
        if (expr_const_real(ex, e->args[k], &v) && isfinite(v)) {
            return product(number(v), rate_residue(ex, e->args[1 - k], depth + 1));
        }
    }
    return random_residue(1, id, 0);
}

struct refinement {
    const struct net *n;
    enum lump kind;
    struct partition p;
    struct residue *label; /* by species: what must be equal within a block */
    struct residue *rate;  /* by reaction */
    VEC(struct term) change;
};

static void set_apart(struct refinement *x, species_id s)
{
    add_to(&x->label[s], random_residue(2, (uint64_t)s, 0));
}

/* ---- what is observed ---- */

struct part {
    expr_id id;
    double factor;
};
typedef VEC(struct part) part_vec;

/* The species of a linear form with their coefficients; false: it is none. */
static bool linear_parts(const struct expr_pool *ex, expr_id root, part_vec *out)
{
    part_vec stack = {0};
    bool ok = true;
    vec_push(&stack, (struct part){root, 1});
    while (stack.n > 0 && ok) {
        struct part a = stack.data[--stack.n];
        const struct expr *e = expr_get(ex, a.id);
        double v;
        if (e->op == EXPR_SPECIES) {
            vec_push(out, a);
        } else if (e->op == EXPR_ADD || e->op == EXPR_SUB) {
            vec_push(&stack, (struct part){e->args[0], a.factor});
            vec_push(&stack, (struct part){e->args[1], e->op == EXPR_ADD ? a.factor : -a.factor});
        } else if (e->op == EXPR_NEG) {
            vec_push(&stack, (struct part){e->args[0], -a.factor});
        } else if (e->op == EXPR_MUL && expr_const_real(ex, e->args[0], &v)) {
            vec_push(&stack, (struct part){e->args[1], a.factor * v});
        } else if ((e->op == EXPR_MUL || e->op == EXPR_DIV) && expr_const_real(ex, e->args[1], &v) &&
                   v != 0) {
            vec_push(&stack, (struct part){e->args[0], e->op == EXPR_MUL ? a.factor * v : a.factor / v});
        } else {
            ok = !expr_uses(ex, a.id, EXPR_SPECIES, -1);
        }
    }
    vec_free(&stack);
    return ok;
}

static void set_apart_leaf(void *env, expr_id id, const struct expr *e)
{
    (void)id;
    if (e->op == EXPR_SPECIES) {
        set_apart(env, e->a);
    }
}

/* A sum is a function of sums of blocks when it counts the species of a block alike. */
static void observe(struct refinement *x, expr_id root)
{
    part_vec parts = {0};
    if (linear_parts(x->n->ex, root, &parts)) {
        for (size_t i = 0; i < parts.n; i++) {
            if (isfinite(parts.data[i].factor)) {
                struct residue at = random_residue(3, root, 0);
                species_id s = expr_get(x->n->ex, parts.data[i].id)->a;
                add_to(&x->label[s], product(number(parts.data[i].factor), at));
            }
        }
    } else {
        expr_visit(x->n->ex, root, set_apart_leaf, x);
    }
    vec_free(&parts);
}

static void observe_all(struct refinement *x)
{
    const struct net *n = x->n;
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        for (int64_t k = 0; uses_is_observed(s) && k < shape_size(s->shape); k++) {
            observe(x, n->elem.data[s->first + k]);
        }
    }
    for (size_t i = 0; i < n->observed.n; i++) {
        observe(x, n->observed.data[i]);
    }
}

static void first_labels(struct refinement *x)
{
    const struct net *n = x->n;
    struct uses uses = uses_of(n, NULL);
    unsigned apart = USE_INPUT | USE_EVENT_WRITE | USE_LAW | USE_ASSUME | USE_EVENT_READ | USE_NO_OUTPUTS;
    observe_all(x);
    for (size_t s = 0; s < n->species.n; s++) {
        const struct species *y = &n->species.data[s];
        add_to(&x->label[s], random_residue(4, y->kind, 0));
        if (uses.of[s] & apart || y->kind == SPECIES_CONSTANT) {
            set_apart(x, (species_id)s);
        }
    }
    uses_free(&uses);
}

/* ---- signatures ---- */

static struct residue side_residue(const struct refinement *x, const struct term *side, uint32_t n,
                                   bool blocks)
{
    struct residue sum = {{0, 0}};
    for (uint32_t i = 0; i < n; i++) {
        uint64_t s = (uint64_t)(blocks ? x->p.block[side[i].species] : side[i].species);
        add_to(&sum, product(integer(side[i].count), random_residue(5, s, blocks)));
    }
    return sum;
}

static int by_species(const void *a, const void *b)
{
    const struct term *x = a, *y = b;
    return (x->species > y->species) - (x->species < y->species);
}

/* What reaction r does to the sums of blocks, in x->change (by block, sorted, none 0). */
static void change_of_blocks(struct refinement *x, const struct reaction *r)
{
    size_t kept = 0;
    vec_reserve(&x->change, (size_t)r->n_lhs + r->n_rhs);
    x->change.n = net_change(x->n, r, x->change.data);
    for (size_t i = 0; i < x->change.n; i++) {
        x->change.data[i].species = x->p.block[x->change.data[i].species];
    }
    if (x->change.n > 1) {
        qsort(x->change.data, x->change.n, sizeof *x->change.data, by_species);
    }
    for (size_t i = 0; i < x->change.n;) {
        struct term sum = {x->change.data[i].species, 0};
        for (; i < x->change.n && x->change.data[i].species == sum.species; i++) {
            sum.count += x->change.data[i].count;
        }
        if (sum.count != 0) {
            x->change.data[kept++] = sum;
        }
    }
    x->change.n = kept;
}

/* The derivative by each reactant of what the reaction adds to the flow into blocks (SUMS), or to the propensity of its
 * change (COUNTS), as a polynomial in the species. */
static void add_derivatives(struct refinement *x, size_t j, struct residue *signature)
{
    const struct net *n = x->n;
    const struct reaction *r = &n->reaction.data[j];
    change_of_blocks(x, r);
    if (r->rate_kind == RATE_LAW || x->change.n == 0) {
        return;
    }
    struct residue lhs = side_residue(x, net_lhs(n, r), r->n_lhs, false);
    struct residue whole = {{0, 0}};
    for (size_t i = 0; i < x->change.n; i++) {
        add_to(&whole, product(integer(x->change.data[i].count),
                               random_residue(6, (uint64_t)x->change.data[i].species, 0)));
    }
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        const struct term *t = &net_lhs(n, r)[i];
        struct residue rest = lhs, sum = {{0, 0}};
        add_to(&rest, product(integer(-1), random_residue(5, (uint64_t)t->species, false)));
        for (size_t k = 0; x->kind == LUMP_SUMS && k < x->change.n; k++) {
            struct residue at =
                random_residue(word_of(rest), (uint64_t)x->change.data[k].species, (uint64_t)r->guard);
            add_to(&sum, product(integer(x->change.data[k].count), at));
        }
        if (x->kind == LUMP_COUNTS) {
            sum = random_residue(word_of(rest), word_of(whole), (uint64_t)r->guard);
        }
        add_to(&signature[t->species], product(product(integer(t->count), x->rate[j]), sum));
    }
}

/* ---- refinement ---- */

struct keyed {
    struct residue signature;
    int32_t block;
    species_id species;
};

/* Blocks are numbered anew by their first species; a species keeps what it shares with others of its old block. */
static int32_t split(struct refinement *x, const struct residue *signature)
{
    size_t n = x->n->species.n, size = 16;
    while (size < 2 * n) {
        size *= 2;
    }
    struct keyed *slot = mem_alloc(size * sizeof *slot);
    int32_t *number_of = mem_alloc(size * sizeof *number_of), blocks = 0;
    memset(number_of, 0xFF, size * sizeof *number_of);
    for (size_t s = 0; s < n; s++) {
        struct keyed k = {signature[s], x->p.block[s], (species_id)s};
        size_t h = hash_mix(word_of(k.signature), (uint64_t)k.block) & (size - 1);
        while (number_of[h] >= 0 &&
               !(slot[h].block == k.block && slot[h].signature.at[0] == k.signature.at[0] &&
                 slot[h].signature.at[1] == k.signature.at[1])) {
            h = (h + 1) & (size - 1);
        }
        if (number_of[h] < 0) {
            slot[h] = k;
            number_of[h] = blocks++;
        }
        x->p.block[s] = number_of[h];
    }
    free(slot);
    free(number_of);
    return blocks;
}

static void refine(struct refinement *x)
{
    size_t n = x->n->species.n;
    struct residue *signature = mem_alloc((n + 1) * sizeof *signature);
    x->p.n_blocks = split(x, x->label);
    for (int32_t before = 0; before != x->p.n_blocks && (size_t)x->p.n_blocks < n;) {
        before = x->p.n_blocks;
        memset(signature, 0, (n + 1) * sizeof *signature);
        for (size_t j = 0; j < x->n->reaction.n; j++) {
            add_derivatives(x, j, signature);
        }
        x->p.n_blocks = split(x, signature);
    }
    free(signature);
}

struct partition lump_partition(const struct net *n, enum lump kind)
{
    struct refinement x = {.n = n, .kind = kind};
    x.p.block = mem_zalloc(n->species.n + 1, sizeof *x.p.block);
    x.label = mem_zalloc(n->species.n + 1, sizeof *x.label);
    x.rate = mem_zalloc(n->reaction.n + 1, sizeof *x.rate);
    for (size_t j = 0; j < n->reaction.n; j++) {
        x.rate[j] = rate_residue(n->ex, n->reaction.data[j].rate, 0);
    }
    first_labels(&x);
    refine(&x);
    x.p.first = mem_alloc(((size_t)x.p.n_blocks + 1) * sizeof *x.p.first);
    x.p.size = mem_zalloc((size_t)x.p.n_blocks + 1, sizeof *x.p.size);
    for (size_t s = n->species.n; s-- > 0;) {
        x.p.first[x.p.block[s]] = (species_id)s;
        x.p.size[x.p.block[s]]++;
    }
    vec_free(&x.change);
    free(x.label);
    free(x.rate);
    return x.p;
}

void lump_free(struct partition *p)
{
    free(p->block);
    free(p->first);
    free(p->size);
    *p = (struct partition){0};
}
