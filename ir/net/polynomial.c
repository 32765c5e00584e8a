#include "ir/net/polynomial.h"

#include <stdlib.h>
#include <string.h>

bool monomial_same_factors(const struct monomial *a, const struct monomial *b)
{
    return a->degree == b->degree &&
           memcmp(a->factor, b->factor, (size_t)a->degree * sizeof a->factor[0]) == 0;
}

bool monomial_has(const struct monomial *m, species_id s)
{
    for (int i = 0; i < m->degree; i++) {
        if (m->factor[i] == s) {
            return true;
        }
    }
    return false;
}

void monomial_insert(struct monomial *m, species_id s)
{
    int at = m->degree++;
    while (at > 0 && m->factor[at - 1] > s) {
        m->factor[at] = m->factor[at - 1];
        at--;
    }
    m->factor[at] = s;
}

static int compare_terms(const void *a, const void *b)
{
    const struct monomial *x = a, *y = b;
    if (x->degree != y->degree) {
        return x->degree < y->degree ? -1 : 1;
    }
    int c = memcmp(x->factor, y->factor, (size_t)x->degree * sizeof x->factor[0]);
    return c ? c : (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

void polynomial_collect(struct polynomial *p)
{
    size_t n = 0;
    if (p->term.n > 1) {
        qsort(p->term.data, p->term.n, sizeof *p->term.data, compare_terms);
    }
    for (size_t i = 0; i < p->term.n; i++) {
        if (n > 0 && compare_terms(&p->term.data[n - 1], &p->term.data[i]) == 0) {
            p->term.data[n - 1].number += p->term.data[i].number;
        } else {
            p->term.data[n++] = p->term.data[i];
        }
        if (p->term.data[n - 1].number == 0) {
            n--;
        }
    }
    p->term.n = n;
}

bool polynomial_multiply(struct expr_pool *ex, const struct polynomial *a, const struct polynomial *b,
                         struct polynomial *out)
{
    if (a->term.n * b->term.n > POLYNOMIAL_MAX_TERMS) {
        return false;
    }
    for (size_t i = 0; i < a->term.n; i++) {
        for (size_t j = 0; j < b->term.n; j++) {
            struct monomial m = a->term.data[i], n = b->term.data[j];
            if (m.degree + n.degree > MONOMIAL_MAX_DEGREE) {
                return false;
            }
            for (int k = 0; k < n.degree; k++) {
                monomial_insert(&m, n.factor[k]);
            }
            m.number *= n.number;
            m.symbol = !m.symbol   ? n.symbol
                       : !n.symbol ? m.symbol
                                   : expr_binary(ex, EXPR_MUL, m.symbol, n.symbol);
            vec_push(&out->term, m);
        }
    }
    polynomial_collect(out);
    return true;
}

void polynomial_free(struct polynomial *p)
{
    vec_free(&p->term);
}
