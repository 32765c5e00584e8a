/* The basis starts as the unit vectors and is made orthogonal to one column after the other: of the vectors that are not, one
 * (the pivot, the shortest) leaves and is added to the others so that their products vanish. Vectors stay sparse, and
 * adding the shortest keeps chains of conversions near linear. 128-bit intermediates, gcd taken out. */
#include "ir/null_space.h"

#include <stdlib.h>
#include <string.h>

#include "support/mem.h"

__extension__ typedef __int128 wide;

enum { WORK_LIMIT = 400000000 };        /* coefficient updates, after which the basis is left incomplete */

struct vector {
    VEC(struct term) term;              /* sorted; `species` is the row */
    bool dead;
    int64_t product;                    /* with the present column */
    int64_t seen, seen_row;             /* stamps */
};

struct id_list {
    VEC(int32_t) id;
};

struct basis {
    struct vector *vector;
    struct id_list *holders;            /* by row: vectors that may hold it (some no longer do) */
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

static int64_t coefficient(const struct vector *v, int32_t row)
{
    size_t lo = 0, hi = v->term.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v->term.data[mid].species < row) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < v->term.n && v->term.data[lo].species == row ? v->term.data[lo].count : 0;
}

/* Products of the vectors with a column; those that are not orthogonal go to `hit`. */
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
                continue;               /* no longer a holder, or listed twice */
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
    }
    size_t kept = 0;
    for (size_t i = 0; i < hit->id.n; i++) {
        if (b->vector[hit->id.data[i]].product != 0) {
            hit->id.data[kept++] = hit->id.data[i];
        }
    }
    hit->id.n = kept;
}

/* v := (product(pivot) v - product(v) pivot) / gcd. False: a coefficient does not fit. */
static bool eliminate(struct basis *b, int32_t id, const struct vector *pivot)
{
    struct vector *v = &b->vector[id];
    wide g = gcd(v->product, pivot->product), fv = pivot->product / g, fp = v->product / g, common = 0;
    size_t i = 0, j = 0, m = 0, n = v->term.n + pivot->term.n;
    struct { int32_t row; wide c; } *sum = mem_alloc((n + 1) * sizeof *sum);
    while (i < v->term.n || j < pivot->term.n) {
        int32_t rv = i < v->term.n ? v->term.data[i].species : INT32_MAX;
        int32_t rp = j < pivot->term.n ? pivot->term.data[j].species : INT32_MAX;
        int32_t row = rv < rp ? rv : rp;
        wide c = 0;
        if (rp == row) {
            c -= fp * pivot->term.data[j++].count;
        }
        if (rv == row) {
            c += fv * v->term.data[i++].count;
        } else {
            vec_push(&b->holders[row].id, id);
        }
        if (c != 0) {
            common = gcd(common, c);
            sum[m].row = row;
            sum[m++].c = c;
        }
    }
    bool ok = true;
    v->term.n = 0;
    for (size_t k = 0; k < m && ok; k++) {
        wide c = sum[k].c / common;
        ok = fits(c);
        if (ok) {
            vec_push(&v->term, (struct term){sum[k].row, (int64_t)c});
        }
    }
    b->work += (int64_t)n;
    free(sum);
    return ok;
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
    vec_free(&pivot->term);
}

static struct conservation collect(struct basis *b, size_t n_rows)
{
    struct conservation c = {.overflow = b->overflow};
    vec_push(&c.first, 0);
    for (size_t i = 0; i < n_rows; i++) {
        struct vector *v = &b->vector[i];
        if (!v->dead && v->term.n > 0) {
            int64_t sign = v->term.data[0].count < 0 ? -1 : 1;
            for (size_t k = 0; k < v->term.n; k++) {
                vec_push(&c.term, (struct term){v->term.data[k].species, sign * v->term.data[k].count});
            }
            vec_push(&c.first, (uint32_t)c.term.n);
            c.n_laws++;
        }
        vec_free(&v->term);
        vec_free(&b->holders[i].id);
    }
    return c;
}

struct conservation null_space(size_t n_rows, const bool *skip, size_t n_columns, const size_t *ptr,
                               const struct term *term)
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
        multiply(&b, c, term + ptr[c], ptr[c + 1] - ptr[c], &stamp, &hit);
        if (hit.id.n > 0) {
            orthogonalise(&b, hit.id.data, hit.id.n);
        }
        if (b.overflow || b.work > WORK_LIMIT) {
            /* What is left is orthogonal to the columns so far only: nothing may be claimed. */
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
