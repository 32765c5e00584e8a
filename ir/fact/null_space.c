/* The basis starts as the unit vectors and is made orthogonal to one column after the other. Of the vectors
 * that are not orthogonal to the column, the shortest (the pivot) is removed, and a multiple of it is added
 * to each of the others so that their products with the column vanish. Vectors stay sparse, and adding the
 * shortest one keeps chains of conversions linear. Intermediates have 128 bits, and common divisors are
 * taken out. */
#include "ir/fact/null_space.h"

#include <stdlib.h>
#include <string.h>

#include "support/hash_index.h"
#include "support/mem.h"

__extension__ typedef __int128 wide;

struct vector {
    VEC(struct term) term;    /* unordered; `species` is the row; zeros may remain */
    struct hash_index by_row; /* finds terms by row; empty while there are few terms */
    bool dead;
    int64_t product;        /* product with the current column */
    int64_t seen, seen_row; /* when the vector, and a row of it, was last seen */
};

struct id_list {
    VEC(int32_t) id;
};

struct basis {
    struct vector *vector;
    struct id_list *holders; /* by row: the vectors that may contain it (some no longer do) */
    int64_t work;
    bool overflow;
};

static wide wide_abs(wide x)
{
    return x < 0 ? -x : x;
}

static wide gcd(wide a, wide b)
{
    a = wide_abs(a);
    b = wide_abs(b);
    while (b != 0) {
        wide r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static bool fits(wide x)
{
    return x >= -INT64_MAX && x <= INT64_MAX;
}

enum { FEW = 16 };

static uint64_t hash_row(int32_t row)
{
    return hash_mix(0, (uint64_t)row);
}

/* The term of a row in a vector, or NULL. */
static struct term *find_term(const struct vector *v, int32_t row)
{
    if (v->term.n <= FEW) {
        for (size_t i = 0; i < v->term.n; i++) {
            if (v->term.data[i].species == row) {
                return &v->term.data[i];
            }
        }
        return NULL;
    }
    size_t turn = 0;
    for (int32_t i; (i = hash_index_next(&v->by_row, hash_row(row), &turn)) >= 0;) {
        if (v->term.data[i].species == row) {
            return &v->term.data[i];
        }
    }
    return NULL;
}

static void add_term(struct vector *v, int32_t row, int64_t count)
{
    vec_push(&v->term, (struct term){row, count});
    size_t n = v->term.n;
    for (size_t i = n == FEW + 1 ? 0 : n - 1; i < n && n > FEW; i++) {
        hash_index_add(&v->by_row, hash_row(v->term.data[i].species), (int32_t)i);
    }
}

static int64_t coefficient(const struct vector *v, int32_t row)
{
    const struct term *t = find_term(v, row);
    return t ? t->count : 0;
}

static void free_vector(struct vector *v)
{
    vec_free(&v->term);
    hash_index_free(&v->by_row);
}

/* Computes the products of the vectors with a column; `hit` gets the vectors that are not orthogonal to
 * it. */
static void multiply(struct basis *b, size_t column, const struct term *term, size_t n, int64_t *stamp,
                     struct id_list *hit)
{
    hit->id.n = 0;
    for (size_t k = 0; k < n; k++) {
        size_t kept = 0, count = b->holders[term[k].species].id.n;
        int32_t *holder = b->holders[term[k].species].id.data;
        ++*stamp;
        for (size_t i = 0; i < count; i++) {
            struct vector *v = &b->vector[holder[i]];
            int64_t c = v->dead || v->seen_row == *stamp ? 0 : coefficient(v, term[k].species);
            if (c == 0) {
                continue; /* the vector no longer contains the row, or is listed twice */
            }
            v->seen_row = *stamp;
            holder[kept++] = holder[i];
            if (v->seen != (int64_t)column + 1) {
                v->seen = (int64_t)column + 1;
                v->product = 0;
                vec_push(&hit->id, holder[i]);
            }
            wide sum = v->product + (wide)c * term[k].count;
            b->overflow = b->overflow || !fits(sum);
            v->product = fits(sum) ? (int64_t)sum : v->product;
        }
        b->holders[term[k].species].id.n = kept;
        b->work += (int64_t)count;
    }
    size_t kept = 0;
    for (size_t i = 0; i < hit->id.n; i++) {
        if (b->vector[hit->id.data[i]].product != 0) {
            hit->id.data[kept++] = hit->id.data[i];
        }
    }
    hit->id.n = kept;
}

/* Divides the vector by the greatest common divisor of its coefficients. */
static void make_primitive(struct vector *v)
{
    wide common = 0;
    for (size_t i = 0; i < v->term.n; i++) {
        common = gcd(common, v->term.data[i].count);
    }
    for (size_t i = 0; i < v->term.n && common > 1; i++) {
        v->term.data[i].count = (int64_t)(v->term.data[i].count / common);
    }
}

static bool multiply_by(struct basis *b, struct vector *v, wide factor)
{
    for (size_t i = 0; i < v->term.n; i++) {
        wide c = v->term.data[i].count * factor;
        if (!fits(c)) {
            return false;
        }
        v->term.data[i].count = (int64_t)c;
    }
    b->work += (int64_t)v->term.n;
    return true;
}

/* v := (product(pivot) v - product(v) pivot) / gcd. The factor of v is usually 1, and then only the rows of
 * the pivot are touched. Returns false if a coefficient does not fit. */
static bool eliminate(struct basis *b, int32_t id, const struct vector *pivot)
{
    struct vector *v = &b->vector[id];
    wide g = gcd(v->product, pivot->product), fv = pivot->product / g, fp = v->product / g;
    if (fv < 0) {
        fv = -fv;
        fp = -fp;
    }
    if (fv != 1 && !multiply_by(b, v, fv)) {
        return false;
    }
    for (size_t i = 0; i < pivot->term.n; i++) {
        const struct term *from = &pivot->term.data[i];
        struct term *to = find_term(v, from->species);
        wide c = (to ? to->count : 0) - fp * from->count;
        if (!fits(c)) {
            return false;
        }
        if (!to || to->count == 0) {
            vec_push(&b->holders[from->species].id, id);
        }
        if (to) {
            to->count = (int64_t)c;
        } else if (c != 0) {
            add_term(v, from->species, (int64_t)c);
        }
    }
    b->work += (int64_t)pivot->term.n;
    if (fv != 1) {
        make_primitive(v);
    }
    return true;
}

static void orthogonalise(struct basis *b, const int32_t *hit, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        size_t length = b->vector[hit[i]].term.n, shortest = b->vector[hit[best]].term.n;
        if (length < shortest || (length == shortest && hit[i] > hit[best])) {
            best = i;
        }
    }
    struct vector *pivot = &b->vector[hit[best]];
    pivot->dead = true;
    for (size_t i = 0; i < n; i++) {
        if (i != best && !eliminate(b, hit[i], pivot)) {
            b->overflow = true;
            b->vector[hit[i]].dead = true;
        }
    }
    free_vector(pivot);
}

static int by_row(const void *a, const void *b)
{
    const struct term *x = a, *y = b;
    return (x->species > y->species) - (x->species < y->species);
}

static void add_law(struct conservation *c, struct vector *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->term.n; i++) {
        if (v->term.data[i].count != 0) {
            v->term.data[kept++] = v->term.data[i];
        }
    }
    v->term.n = kept;
    if (kept == 0) {
        return;
    }
    make_primitive(v);
    qsort(v->term.data, kept, sizeof *v->term.data, by_row);
    int64_t sign = v->term.data[0].count < 0 ? -1 : 1;
    for (size_t i = 0; i < kept; i++) {
        vec_push(&c->term, (struct term){v->term.data[i].species, sign * v->term.data[i].count});
    }
    vec_push(&c->first, (uint32_t)c->term.n);
    c->n_laws++;
}

static struct conservation collect(struct basis *b, size_t n_rows)
{
    struct conservation c = {.overflow = b->overflow};
    vec_push(&c.first, 0);
    for (size_t i = 0; i < n_rows; i++) {
        if (!b->vector[i].dead) {
            add_law(&c, &b->vector[i]);
        }
        free_vector(&b->vector[i]);
        vec_free(&b->holders[i].id);
    }
    return c;
}

struct conservation null_space(size_t n_rows, const bool *skip, size_t n_columns, const int32_t *ptr,
                               const struct term *term, int64_t most_work)
{
    struct basis b = {.vector = mem_zalloc(n_rows + 1, sizeof *b.vector)};
    b.holders = mem_zalloc(n_rows + 1, sizeof *b.holders);
    for (size_t i = 0; i < n_rows; i++) {
        if (skip && skip[i]) {
            continue;
        }
        vec_push(&b.vector[i].term, (struct term){(int32_t)i, 1});
        vec_push(&b.holders[i].id, (int32_t)i);
    }
    struct id_list hit = {0};
    int64_t stamp = 0;
    for (size_t c = 0; c < n_columns; c++) {
        multiply(&b, c, term + ptr[c], (size_t)(ptr[c + 1] - ptr[c]), &stamp, &hit);
        if (hit.id.n > 0) {
            orthogonalise(&b, hit.id.data, hit.id.n);
        }
        if (b.overflow || b.work > most_work) {
            /* The remaining vectors are orthogonal only to the columns so far, so nothing may be claimed. */
            b.overflow = true;
            for (size_t i = 0; i < n_rows; i++) {
                b.vector[i].dead = true;
            }
            break;
        }
    }
    struct conservation result = collect(&b, n_rows);
    vec_free(&hit.id);
    free(b.vector);
    free(b.holders);
    return result;
}
