/* Expressions as formal sums, and their forms in the coordinates of a witness. */
#include <math.h>
#include <stdlib.h>

#include "ir/prove/certify_impl.h"

static bool constant_factor(const struct certifier *c, const struct expr *e, expr_id *rest, double *factor)
{
    double v;
    if (e->op == EXPR_NEG) {
        *rest = e->args[0];
        *factor = -1;
        return true;
    }
    if (e->op == EXPR_MUL && expr_const_real(c->ex, e->args[0], &v) && isfinite(v)) {
        *rest = e->args[1];
        *factor = v;
        return true;
    }
    if ((e->op == EXPR_MUL || e->op == EXPR_DIV) && expr_const_real(c->ex, e->args[1], &v) && isfinite(v) &&
        (v != 0 || e->op == EXPR_MUL)) {
        *rest = e->args[0];
        *factor = e->op == EXPR_MUL ? v : 1 / v;
        return true;
    }
    return false;
}

/* max(x - y, 0) = max(y - x, 0) + x - y, so only one of the two is used as an atom. */
static bool turned_excess(const struct certifier *c, const struct expr *e, expr_id *x, expr_id *y)
{
    double zero;
    if (e->op != EXPR_MAX || !expr_const_real(c->ex, e->args[1], &zero) || zero != 0) {
        return false;
    }
    const struct expr *d = expr_get(c->ex, e->args[0]);
    if (d->op != EXPR_SUB || d->args[0] < d->args[1]) {
        return false;
    }
    *x = d->args[0];
    *y = d->args[1];
    return true;
}

/* Sums whose operands are shared sums can have exponentially many parts. After this number the rest is left
 * as it is, which can only prove less. */
enum { MOST_PARTS = 100000 };

static void add_parts(const struct certifier *c, form *f, expr_id e, double factor, bool products);

/* Adds a product whose first operand is a sum as a sum of products. Returns false if that operand is not a
 * sum. */
static bool distribute(const struct certifier *c, form *f, const struct expr *e, double factor)
{
    form left = {0};
    expr_id first = e->args[0], second = e->args[1];
    add_parts(c, &left, first, 1, true);
    bool sum = !(left.n == 1 && left.data[0].atom == first && left.data[0].coefficient == 1);
    for (size_t i = 0; i < left.n && sum; i++) {
        expr_id atom = left.data[i].atom;
        vec_push(f, (struct atom){atom ? expr_binary(c->ex, EXPR_MUL, atom, second) : second,
                                  factor * left.data[i].coefficient});
    }
    vec_free(&left);
    return sum;
}

static void add_parts(const struct certifier *c, form *f, expr_id e, double factor, bool products)
{
    VEC(struct atom) stack = {0};
    vec_push(&stack, (struct atom){e, factor});
    for (int n = 0; stack.n > 0; n++) {
        struct atom a = stack.data[--stack.n];
        if (a.atom == 0) {
            continue; /* an amount that is not declared is 0 */
        }
        if (n >= MOST_PARTS) {
            vec_push(f, a);
            continue;
        }
        struct expr x = *expr_get(c->ex, a.atom);
        expr_id rest, other;
        double v;
        if (x.type != TYPE_REAL || x.shape.rank > 0) {
            vec_push(f, a);
        } else if (expr_const_real(c->ex, a.atom, &v) && isfinite(v)) {
            vec_push(f, (struct atom){0, a.coefficient * v});
        } else if (x.op == EXPR_ADD || x.op == EXPR_SUB) {
            vec_push(&stack, (struct atom){x.args[0], a.coefficient});
            vec_push(&stack, (struct atom){x.args[1], x.op == EXPR_ADD ? a.coefficient : -a.coefficient});
        } else if (constant_factor(c, &x, &rest, &v)) {
            vec_push(&stack, (struct atom){rest, a.coefficient * v});
        } else if (turned_excess(c, &x, &rest, &other)) {
            expr_id d = expr_binary(c->ex, EXPR_SUB, other, rest);
            vec_push(f, (struct atom){expr_binary(c->ex, EXPR_MAX, d, expr_real(c->ex, 0)), a.coefficient});
            vec_push(&stack, (struct atom){rest, a.coefficient});
            vec_push(&stack, (struct atom){other, -a.coefficient});
        } else if (!products || x.op != EXPR_MUL || !distribute(c, f, &x, a.coefficient)) {
            vec_push(f, a);
        }
    }
    vec_free(&stack);
}

void certify_add(const struct certifier *c, form *f, expr_id e, double factor)
{
    add_parts(c, f, e, factor, true);
}

static int by_atom(const void *a, const void *b)
{
    const struct atom *x = a, *y = b;
    return (x->atom > y->atom) - (x->atom < y->atom);
}

/* Sorts the sum, adds up equal atoms and drops those that cancel. */
static void simplify(form *f)
{
    size_t kept = 0;
    if (f->n > 1) {
        qsort(f->data, f->n, sizeof *f->data, by_atom);
    }
    for (size_t i = 0; i < f->n;) {
        struct atom sum = {f->data[i].atom, 0};
        double scale = 0;
        for (; i < f->n && f->data[i].atom == sum.atom; i++) {
            sum.coefficient += f->data[i].coefficient;
            scale += fabs(f->data[i].coefficient);
        }
        if (!(fabs(sum.coefficient) <= 1e-12 * scale)) {
            f->data[kept++] = sum;
        }
    }
    f->n = kept;
}

bool certify_is_zero(form *f)
{
    simplify(f);
    return f->n == 0;
}

/* ---- images ---- */

/* A marker for an amount that the coordinates do not determine; it must not occur in an image. */
static expr_id unknown(const struct certifier *c)
{
    return expr_leaf(c->ex, EXPR_CAPTURE, TYPE_REAL, shape_scalar(), INT32_MAX, 0);
}

struct imaging {
    struct certifier *c;
    int side;
};

static expr_id image_of(struct imaging *m, expr_id e);

static expr_id scaled(struct expr_pool *ex, expr_id sum, double factor, expr_id x)
{
    expr_id term = expr_binary(ex, EXPR_MUL, expr_real(ex, factor), x);
    return sum ? expr_binary(ex, EXPR_ADD, sum, term) : term;
}

/* A coordinate that belongs to the species alone, in *one. Returns false if there is none. */
static bool own_part(const struct side *s, species_id x, struct term *one)
{
    struct term identity;
    size_t n;
    const struct term *row = certify_row(s, x, &identity, &n);
    for (size_t k = 0; k < n && !s->gone[x]; k++) {
        if (certify_owners(s, row[k].species) == 1) {
            *one = row[k];
            return true;
        }
    }
    return false;
}

bool certify_solve(const struct side *s, species_id x, double factor, form *f, bool *shared)
{
    struct term one, identity;
    size_t n, n_before = f->n;
    *shared = !own_part(s, x, &one);
    if (!*shared) {
        vec_push(f, (struct atom){(expr_id)one.species, factor / (double)one.count});
        return true;
    }
    const struct term *row = certify_row(s, x, &identity, &n);
    if (n != 1 || s->gone[x]) {
        return false;
    }
    factor *= 1 / (double)row->count; /* in the same form as add_parts gives a division by a constant */
    vec_push(f, (struct atom){(expr_id)row->species, factor});
    for (int32_t i = s->owner_first[row->species]; i < s->owner_first[row->species + 1]; i++) {
        struct term other = s->owner[i];
        if (other.species != x && !own_part(s, other.species, &one)) {
            f->n = n_before;
            return false;
        }
        if (other.species != x) {
            double part = -factor * (double)other.count / (double)one.count;
            vec_push(f, (struct atom){(expr_id)one.species, part});
        }
    }
    return true;
}

/* Replaces the species of a linear form by coordinates. If a species cannot be solved for, all owners of its
 * coordinate must occur, with the same proportions as in the map. Returns false if the coordinates do not
 * determine the form. */
static bool gather(struct imaging *m, form *f, form *coordinates)
{
    struct certifier *c = m->c;
    struct side *s = &c->side[m->side];
    form rest = {0}, solved = {0};
    bool ok = true, shared;
    for (size_t i = 0; i < f->n && ok; i++) {
        const struct expr *e = f->data[i].atom ? expr_get(c->ex, f->data[i].atom) : NULL;
        if (!e || e->op != EXPR_SPECIES) {
            vec_push(&rest, f->data[i]);
            continue;
        }
        if (certify_solve(s, e->a, f->data[i].coefficient, &solved, &shared)) {
            continue;
        }
        struct term one;
        size_t n;
        const struct term *row = certify_row(s, e->a, &one, &n);
        ok = n == 1 && !s->gone[e->a];
        if (ok) {
            vec_push(coordinates,
                     (struct atom){(expr_id)row->species, f->data[i].coefficient / (double)row->count});
        }
    }
    if (coordinates->n > 1) {
        qsort(coordinates->data, coordinates->n, sizeof *coordinates->data, by_atom);
    }
    size_t kept = 0;
    for (size_t i = 0; i < coordinates->n && ok;) {
        struct atom first = coordinates->data[i];
        int32_t owners = 0;
        for (; i < coordinates->n && coordinates->data[i].atom == first.atom; i++) {
            ok = ok && coordinates->data[i].coefficient == first.coefficient;
            owners++;
        }
        ok = ok && owners == certify_owners(s, (int32_t)first.atom);
        coordinates->data[kept++] = first;
    }
    coordinates->n = kept;
    for (size_t i = 0; i < solved.n; i++) {
        vec_push(coordinates, solved.data[i]);
    }
    simplify(coordinates);
    vec_free(&solved);
    vec_free(f);
    *f = rest;
    return ok;
}

/* The image of a sum. Products are not multiplied out: in (A + B) x the sum may be a coordinate although A
 * alone is not. Code that compares images multiplies them out. */
static expr_id image_of_sum(struct imaging *m, expr_id e)
{
    struct certifier *c = m->c;
    form f = {0}, coordinates = {0};
    expr_id sum = 0;
    add_parts(c, &f, e, 1, false);
    simplify(&f);
    if (gather(m, &f, &coordinates)) {
        for (size_t i = 0; i < f.n; i++) {
            f.data[i].atom = f.data[i].atom ? image_of(m, f.data[i].atom) : 0;
        }
        simplify(&f);
        for (size_t i = 0; i < coordinates.n; i++) {
            expr_id q = expr_leaf(c->ex, EXPR_SPECIES, TYPE_REAL, shape_scalar(),
                                  (int32_t)coordinates.data[i].atom, 0);
            sum = scaled(c->ex, sum, coordinates.data[i].coefficient, q);
        }
        for (size_t i = 0; i < f.n; i++) {
            expr_id atom = f.data[i].atom ? f.data[i].atom : expr_real(c->ex, 1);
            sum = scaled(c->ex, sum, f.data[i].coefficient, atom);
        }
        sum = sum ? sum : expr_real(c->ex, 0);
    } else {
        sum = unknown(c);
    }
    vec_free(&f);
    vec_free(&coordinates);
    return sum;
}

static bool is_sum(const struct imaging *m, const struct expr *e)
{
    expr_id rest;
    double factor;
    return e->type == TYPE_REAL && e->shape.rank == 0 &&
           (e->op == EXPR_SPECIES || e->op == EXPR_ADD || e->op == EXPR_SUB ||
            constant_factor(m->c, e, &rest, &factor));
}

static expr_id image_of_node(void *env, const struct expr *e, expr_id id)
{
    struct imaging *m = env;
    expr_id *known = id <= m->c->n_expressions ? &m->c->side[m->side].image[id] : NULL;
    if (known && *known) {
        return *known;
    }
    if (!is_sum(m, e)) {
        return 0; /* the image is then made from the images of the operands */
    }
    expr_id image = image_of_sum(m, id);
    if (known) {
        *known = image;
    }
    return image;
}

/* The image of an expression. A long sum is handled at once, not after each of its partial sums. */
static expr_id image_of(struct imaging *m, expr_id e)
{
    struct expr root = *expr_get(m->c->ex, e);
    return is_sum(m, &root) ? image_of_node(m, &root, e) : expr_rewrite_nodes(m->c->ex, e, image_of_node, m);
}

/* Replaces amounts that never change: those of absent species by 0, those of held species by their initial
 * amount; and species by their equal species. */
static expr_id known_amount(void *env, const struct expr *leaf, expr_id id)
{
    const struct imaging *m = env;
    const struct side *s = &m->c->side[m->side];
    (void)id;
    if (leaf->op != EXPR_SPECIES) {
        return 0;
    }
    species_id x = s->equal ? s->equal[leaf->a] : leaf->a;
    bool absent = s->gone[x] && m->c->w->claim != CLAIM_LIMIT;
    expr_id amount = s->net->species.data[x].init;
    return absent || (s->held[x] && !amount) ? expr_real(m->c->ex, 0)
           : s->held[x]                      ? certify_expr(m->c, m->side, amount)
           : x != leaf->a ? expr_leaf(m->c->ex, EXPR_SPECIES, TYPE_REAL, shape_scalar(), x, 0)
                          : 0;
}

expr_id certify_image(struct certifier *c, int side, expr_id e)
{
    struct imaging m = {c, side};
    expr_id image = image_of(&m, expr_rewrite(c->ex, c->ex, e, known_amount, &m));
    return expr_uses(c->ex, image, EXPR_CAPTURE, INT32_MAX) ? 0 : image;
}
