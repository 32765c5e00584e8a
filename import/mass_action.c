#include "import/mass_action.h"

enum { MAX_DEPTH = 200, MAX_EXPONENT = 1000 };

/* A factor of a product: a power. */
struct factor {
    expr_id base; /* a formula of parameters; 0: `species` is the base */
    species_id species;
    int64_t exponent;
};
struct product {
    struct net *net;
    VEC(struct factor) factor;
};

static void multiply(struct product *p, struct factor f)
{
    for (size_t i = 0; i < p->factor.n; i++) {
        struct factor *old = &p->factor.data[i];
        if (old->base == f.base && (f.base || old->species == f.species)) {
            old->exponent += f.exponent;
            return;
        }
    }
    vec_push(&p->factor, f);
}

static bool is_constant(const struct product *p, expr_id e)
{
    return !expr_reads_state(p->net->ex, e);
}

/* Multiplies the product by e^exponent; false if e is not a product of powers. */
static bool take(struct product *p, expr_id e, int64_t exponent, int depth)
{
    struct expr x = *expr_get(p->net->ex, e);
    int64_t power;
    if (depth > MAX_DEPTH) {
        return false;
    }
    switch (x.op) {
    case EXPR_MUL: return take(p, x.args[0], exponent, depth + 1) && take(p, x.args[1], exponent, depth + 1);
    case EXPR_DIV: return take(p, x.args[0], exponent, depth + 1) && take(p, x.args[1], -exponent, depth + 1);
    case EXPR_SPECIES: multiply(p, (struct factor){0, x.a, exponent}); return true;
    case EXPR_POW:
        if (expr_const_int(p->net->ex, x.args[1], &power) && power >= -MAX_EXPONENT &&
            power <= MAX_EXPONENT && exponent >= -MAX_EXPONENT && exponent <= MAX_EXPONENT) {
            return take(p, x.args[0], exponent * power, depth + 1);
        }
        break;
    default: break;
    }
    if (!is_constant(p, e)) {
        return false;
    }
    multiply(p, (struct factor){e, 0, exponent});
    return true;
}

static int64_t count_of(const struct term *side, size_t n, species_id s)
{
    for (size_t i = 0; i < n; i++) {
        if (side[i].species == s) {
            return side[i].count;
        }
    }
    return 0;
}

static int64_t exponent_of(const struct product *p, species_id s)
{
    for (size_t i = 0; i < p->factor.n; i++) {
        if (!p->factor.data[i].base && p->factor.data[i].species == s) {
            return p->factor.data[i].exponent;
        }
    }
    return 0;
}

/* Whether known factors make the product negative; parameters count as positive. */
static bool is_negative(const struct product *p)
{
    bool negative = false;
    double v;
    for (size_t i = 0; i < p->factor.n; i++) {
        const struct factor *f = &p->factor.data[i];
        if (f->base && f->exponent % 2 != 0 && expr_const_real(p->net->ex, f->base, &v) && v < 0) {
            negative = !negative;
        }
    }
    return negative;
}

static bool fits(const struct product *p, const struct term *lhs, size_t n_lhs, struct term_list *catalysts)
{
    if (is_negative(p)) {
        return false;
    }
    for (size_t i = 0; i < n_lhs; i++) {
        if (exponent_of(p, lhs[i].species) != lhs[i].count) {
            return false;
        }
    }
    for (size_t i = 0; i < p->factor.n; i++) {
        struct factor f = p->factor.data[i];
        if (f.base || f.exponent == 0 || count_of(lhs, n_lhs, f.species) > 0) {
            continue;
        }
        if (f.exponent != 1 || (p->net->species.data[f.species].flags & SPECIES_SIGNED)) {
            return false;
        }
        vec_push(catalysts, (struct term){f.species, 1});
    }
    return true;
}

/* The constant factors in their order: first multiplied, then divided. */
static expr_id constant(const struct product *p)
{
    struct expr_pool *ex = p->net->ex;
    expr_id k = expr_real(ex, 1);
    for (int sign = 1; sign >= -1; sign -= 2) {
        for (size_t i = 0; i < p->factor.n; i++) {
            struct factor f = p->factor.data[i];
            int64_t n = f.exponent * sign;
            if (f.base && n > 0) {
                expr_id power = n == 1 ? f.base : expr_binary(ex, EXPR_POW, f.base, expr_real(ex, (double)n));
                k = expr_binary(ex, sign > 0 ? EXPR_MUL : EXPR_DIV, k, power);
            }
        }
    }
    return k;
}

expr_id mass_action_constant(struct net *n, expr_id law, const struct term *lhs, size_t n_lhs,
                             struct term_list *catalysts)
{
    struct product p = {.net = n};
    double known;
    catalysts->n = 0;
    expr_id k = take(&p, law, 1, 0) && fits(&p, lhs, n_lhs, catalysts) ? constant(&p) : 0;
    vec_free(&p.factor);
    return k && expr_const_real(n->ex, k, &known) && !(known >= 0) ? 0 : k;
}

bool mass_action_split(struct net *n, expr_id law, expr_id *forward, expr_id *backward)
{
    struct expr x = *expr_get(n->ex, law);
    if (x.op == EXPR_SUB) {
        *forward = x.args[0];
        *backward = x.args[1];
        return true;
    }
    for (uint32_t i = 0; (x.op == EXPR_MUL || x.op == EXPR_DIV) && i < (x.op == EXPR_MUL ? 2 : 1); i++) {
        expr_id other = x.args[1 - i];
        if (mass_action_split(n, x.args[i], forward, backward)) {
            *forward = expr_binary(n->ex, (enum expr_op)x.op, *forward, other);
            *backward = expr_binary(n->ex, (enum expr_op)x.op, *backward, other);
            return true;
        }
    }
    return false;
}
