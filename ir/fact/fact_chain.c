/* Facts about the reachable states of a small network: detailed balance of its Markov chain (paper 000, eq.
 * 10), and the finest factorisation of the set of states into a product (theorem 2). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fact/fact.h"
#include "support/hash_index.h"
#include "support/mem.h"

static const double TOLERANCE = 1e-9, MOST_WORK = 2e8;

static const char *state_text(const struct net *n, const struct reachable *r, int32_t i, struct arena *a)
{
    const char *text = "";
    for (size_t k = 0; k < r->changing.n; k++) {
        int32_t v = r->amount.data[(size_t)i * r->changing.n + k];
        if (v != 0) {
            const char *count = v == 1 ? "" : arena_printf(a, "%d ", v);
            text = arena_printf(a, "%s%s%s%s", text, *text ? " + " : "", count,
                                n->species.data[r->changing.data[k]].name);
        }
    }
    return *text ? text : "0";
}

static double rate_between(const struct reachable *r, int32_t from, int32_t to)
{
    for (size_t k = r->first.data[from]; k < r->first.data[from + 1]; k++) {
        if (r->to.data[k] == to) {
            return r->rate.data[k];
        }
    }
    return 0;
}

/* ---- detailed balance of the chain ---- */

static void tell_pair(struct chain_balance *c, const struct net *n, const struct reachable *r, int32_t s,
                      int32_t t, const char *format)
{
    struct arena *a = arena_create();
    c->why = mem_strdup(arena_printf(a, format, state_text(n, r, s, a), state_text(n, r, t, a)));
    arena_destroy(a);
}

/* Energies are assigned along the transitions by which states were discovered; all other transitions must
 * agree with them. */
struct chain_balance fact_chain_balance(const struct net *n, const struct reachable *r)
{
    struct chain_balance c = {.known = r->complete};
    if (!r->complete) {
        c.why = mem_strdup(r->why);
        return c;
    }
    double *energy = mem_zalloc((size_t)r->n + 1, sizeof *energy);
    bool *found = mem_zalloc((size_t)r->n + 1, sizeof *found);
    found[0] = c.holds = true;
    for (int32_t s = 0; s < r->n && c.holds; s++) { /* states are numbered in the order of discovery */
        for (size_t k = r->first.data[s]; k < r->first.data[s + 1] && c.holds; k++) {
            int32_t t = r->to.data[k];
            double back = rate_between(r, t, s), fall = log(r->rate.data[k]) - log(back);
            if (back == 0) {
                tell_pair(&c, n, r, s, t, "'%s' becomes '%s', and not at once the other way");
                c.holds = false;
            } else if (!found[t]) {
                energy[t] = energy[s] - fall;
                found[t] = true;
            } else if (!(fabs(energy[s] - fall - energy[t]) <= TOLERANCE * fmax(1, fabs(energy[t])))) {
                tell_pair(&c, n, r, s, t,
                          "a cycle through the states '%s' and '%s' is not as fast both ways round");
                c.holds = false;
            }
        }
    }
    free(energy);
    free(found);
    return c;
}

void fact_chain_balance_free(struct chain_balance *c)
{
    free(c->why);
    *c = (struct chain_balance){0};
}

/* ---- products ---- */

/* The number of different states of the species in the marked blocks. */
static int64_t count_parts(const struct reachable *r, const int32_t *block, const bool *marked,
                           struct hash_index *index, int32_t *part)
{
    size_t m = r->changing.n, size = 0;
    int64_t n = 0;
    int32_t *kept = mem_alloc(((size_t)r->n * m + 1) * sizeof *kept);
    for (size_t k = 0; k < m; k++) {
        size += marked[block[k]];
    }
    hash_index_open(index, (size_t)r->n);
    for (int64_t s = 0; s < r->n; s++) {
        size_t at = 0, turn = 0;
        for (size_t k = 0; k < m; k++) {
            if (marked[block[k]]) {
                part[at++] = r->amount.data[(size_t)s * m + k];
            }
        }
        uint64_t hash = hash_bytes(part, size * sizeof *part);
        int32_t i;
        while ((i = hash_index_next(index, hash, &turn)) >= 0 &&
               memcmp(kept + (size_t)i * size, part, size * sizeof *part) != 0) {
        }
        if (i < 0) {
            memcpy(kept + (size_t)n * size, part, size * sizeof *part);
            hash_index_add(index, hash, (int32_t)n++);
        }
    }
    free(kept);
    return n;
}

struct factors {
    const struct reachable *r;
    struct hash_index index;
    int32_t *block, *part; /* [changing] */
    bool *marked;          /* [changing] by block */
};

/* Whether `block` is independent of the marked blocks: together they have as many states as the product. */
static bool is_product(struct factors *f, int32_t block)
{
    bool *one = mem_zalloc(f->r->changing.n + 1, sizeof *one);
    one[block] = true;
    int64_t rest = count_parts(f->r, f->block, f->marked, &f->index, f->part),
            own = count_parts(f->r, f->block, one, &f->index, f->part);
    f->marked[block] = true;
    int64_t both = count_parts(f->r, f->block, f->marked, &f->index, f->part);
    f->marked[block] = false;
    free(one);
    return both == rest * own;
}

/* Merges `block` with the fewest marked blocks on which it depends. */
static void join(struct factors *f, int32_t block)
{
    int32_t m = (int32_t)f->r->changing.n;
    for (int32_t b = 0; b < m; b++) {
        if (f->marked[b]) {
            f->marked[b] = false;
            f->marked[b] = is_product(f, block);
        }
    }
    for (int32_t k = 0; k < m; k++) {
        f->block[k] = f->marked[f->block[k]] ? block : f->block[k];
    }
}

/* Considers the blocks one after the other. A block that depends on earlier ones is merged with those on
 * which it depends, and the search starts again. The finest product is unique, so the order does not
 * matter. */
static void find_blocks(struct factors *f)
{
    int32_t m = (int32_t)f->r->changing.n;
    for (bool again = true; again;) {
        again = false;
        memset(f->marked, 0, (size_t)m * sizeof *f->marked);
        for (int32_t b = 0; b < m && !again; b++) {
            bool is_there = false;
            for (int32_t k = 0; k < m; k++) {
                is_there |= f->block[k] == b;
            }
            if (is_there && !is_product(f, b)) {
                join(f, b);
                again = true;
            } else if (is_there) {
                f->marked[b] = true;
            }
        }
    }
}

struct product_space fact_product_space(const struct reachable *r)
{
    size_t m = r->changing.n;
    struct product_space p = {.known = r->complete && (double)r->n * (double)(m * m * m) <= MOST_WORK};
    if (!p.known) {
        return p;
    }
    struct factors f = {.r = r};
    f.block = mem_zalloc(m + 1, sizeof *f.block);
    f.part = mem_zalloc(m + 1, sizeof *f.part);
    f.marked = mem_zalloc(m + 1, sizeof *f.marked);
    for (size_t k = 0; k < m; k++) {
        f.block[k] = (int32_t)k;
    }
    find_blocks(&f);
    int32_t *number = mem_zalloc(m + 1, sizeof *number);
    for (size_t k = 0; k < m; k++) { /* blocks are numbered in the order of their first species */
        int32_t *n = &number[f.block[k]];
        *n = *n ? *n : ++p.n_blocks;
        vec_push(&p.block, *n - 1);
    }
    free(number);
    free(f.block);
    free(f.part);
    free(f.marked);
    hash_index_free(&f.index);
    return p;
}

void fact_product_space_free(struct product_space *p)
{
    vec_free(&p->block);
    *p = (struct product_space){0};
}
