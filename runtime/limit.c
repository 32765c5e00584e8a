#include "rt_limit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/num/rt_wide.h"

/* ---- amounts ---- */

void rt_limit_free(struct rt_limit *l)
{
    if (l) {
        free(l->divisor);
        free(l->amount);
        free(l);
    }
}

static uint64_t *amount_of(const struct rt_limit *l, int32_t s)
{
    return l->amount + (size_t)s * l->words;
}

static uint64_t *work_for(size_t words)
{
    return rt_alloc(4 * words + 2, sizeof(uint64_t));
}

static double nearest(const struct rt_limit *l, const uint64_t *amount, uint64_t *work)
{
    return rt_wide_ratio(amount, l->divisor, l->words, -l->scale, work);
}

void rt_limit_amounts(const struct rt_limit *l, double *x)
{
    uint64_t *work = work_for(l->words);
    for (int32_t s = 0; s < l->n; s++) {
        x[s] = nearest(l, amount_of(l, s), work);
    }
    free(work);
}

/* |x| = mantissa 2^exponent, where the mantissa is odd or 0. */
static uint64_t mantissa_of(double x, int64_t *exponent)
{
    int power;
    uint64_t whole = (uint64_t)ldexp(frexp(fabs(x), &power), 53);
    int zeros = whole ? __builtin_ctzll(whole) : 0;
    *exponent = power - 53 + zeros;
    return whole >> zeros;
}

/* Extends the range of exponents to the lowest bit of x and to the highest bit plus one. */
static void widen(double x, int64_t *low, int64_t *high)
{
    int64_t exponent;
    if (x != 0) {
        mantissa_of(x, &exponent);
        *low = exponent < *low ? exponent : *low;
        *high = ilogb(x) + 1 > *high ? ilogb(x) + 1 : *high;
    }
}

/* to += |x| in units of l; `to` has l->words. Returns false if |x| is not a whole number of units or does not
 * fit. */
static bool add_double(const struct rt_limit *l, uint64_t *to, double x)
{
    int64_t exponent;
    uint64_t whole = mantissa_of(x, &exponent);
    uint64_t *part = rt_alloc(l->words + 1, sizeof *part);
    part[l->words] = rt_wide_add_product(part, l->divisor, whole, l->words);
    bool fits = whole == 0 || (exponent + l->scale >= 0 &&
                               rt_wide_add_shifted(to, l->words, part, l->words + 1, exponent + l->scale));
    free(part);
    return fits;
}

/* Adds what the doubles of initial amounts leave out: positive parts first, so that no intermediate amount is
 * negative. */
static bool add_rests(struct rt_limit *l, const struct crnl_model *m, const double *x0)
{
    uint64_t *part = rt_alloc(l->words, sizeof *part);
    bool fits = true;
    for (int32_t i = 0; i < 2 * m->n_rests && fits; i++) {
        int32_t k = i % m->n_rests, s = m->rest_species[k];
        bool negative = i >= m->n_rests;
        if (x0[s] != m->rest_of[k] || (m->rest[k] < 0) != negative) {
            continue;
        }
        memset(part, 0, l->words * sizeof *part);
        fits = add_double(l, negative ? part : amount_of(l, s), m->rest[k]);
        if (negative && fits) {
            rt_wide_subtract_product(amount_of(l, s), part, 1, l->words);
        }
    }
    free(part);
    return fits;
}

static bool set_amounts(struct rt_limit *l, const double *x0, const struct rt_limit *start)
{
    bool fits = true;
    uint64_t *work = start ? work_for(start->words) : NULL;
    for (int32_t s = 0; s < l->n && fits; s++) {
        bool kept = start && nearest(start, amount_of(start, s), work) == x0[s];
        fits = kept ? rt_wide_add_shifted(amount_of(l, s), l->words, amount_of(start, s), start->words,
                                          l->scale - start->scale)
                    : add_double(l, amount_of(l, s), x0[s]);
    }
    free(work);
    return fits;
}

/* ---- reactions ---- */

/* Memory for firing one reaction; these numbers are one word longer than amounts. */
struct firing {
    struct rt_limit *l;
    const struct crnl_model *m;
    int32_t *species; /* the species that one firing consumes */
    uint64_t *used;   /* how much of each */
    int32_t n;
    uint64_t *extent, *left, *right;
};

static int64_t count_of(const struct crnl_model *m, int32_t e)
{
    return m->net_count ? m->net_count[e] : (int64_t)m->net_delta[e];
}

static bool is_consumed(const struct firing *f, int32_t species)
{
    for (int32_t i = 0; i < f->n; i++) {
        if (f->species[i] == species) {
            return true;
        }
    }
    return false;
}

/* Finds the species that reaction j consumes, all of which are among its reactants. Returns false if it
 * cannot fire, because it consumes nothing or a catalyst is absent for good. */
static bool find_consumed(struct firing *f, int32_t j)
{
    const struct crnl_model *m = f->m;
    int32_t n_lhs = m->lhs_ptr[j + 1] - m->lhs_ptr[j];
    f->n = 0;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1] && f->n < n_lhs; e++) {
        if (m->net_delta[e] < 0) {
            f->species[f->n] = m->net_species[e];
            f->used[f->n++] = (uint64_t)-count_of(m, e);
        }
    }
    bool fires = f->n > 0;
    for (int32_t e = m->lhs_ptr[j]; f->n < n_lhs && e < m->lhs_ptr[j + 1] && fires; e++) {
        int32_t s = m->lhs_species[e];
        fires = is_consumed(f, s) || !rt_wide_is_zero(amount_of(f->l, s), f->l->words);
    }
    return fires;
}

/* Whether consumed species a is used up before b: x_a / used_a < x_b / used_b, computed without division. */
static bool is_scarcer(struct firing *f, int32_t a, int32_t b)
{
    size_t words = f->l->words;
    const uint64_t *x = amount_of(f->l, f->species[a]), *y = amount_of(f->l, f->species[b]);
    if (f->used[a] == f->used[b]) {
        return rt_wide_compare(x, y, words) < 0;
    }
    memset(f->left, 0, words * sizeof *f->left);
    memset(f->right, 0, words * sizeof *f->right);
    f->left[words] = rt_wide_add_product(f->left, x, f->used[b], words);
    f->right[words] = rt_wide_add_product(f->right, y, f->used[a], words);
    return rt_wide_compare(f->left, f->right, words + 1) < 0;
}

static uint64_t common_factor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Makes the unit smaller by `factor`; returns false if numbers do not fit. */
static bool refine(struct rt_limit *l, uint64_t factor)
{
    uint64_t over = 0;
    for (int32_t s = 0; s < l->n; s++) {
        over |= rt_wide_multiply(amount_of(l, s), factor, 0, l->words);
    }
    for (; factor % 2 == 0; factor /= 2) {
        l->scale++;
    }
    return (over | rt_wide_multiply(l->divisor, factor, 0, l->words)) == 0;
}

/* Finds how often the reaction fires until its scarcest reactant is used up, in units. */
static bool find_extent(struct firing *f)
{
    int32_t scarcest = 0;
    for (int32_t i = 1; i < f->n; i++) {
        scarcest = is_scarcer(f, i, scarcest) ? i : scarcest;
    }
    const uint64_t *x = amount_of(f->l, f->species[scarcest]);
    uint64_t used = f->used[scarcest];
    memcpy(f->extent, x, f->l->words * sizeof *x);
    uint64_t rest = used > 1 ? rt_wide_divide(f->extent, used, f->l->words) : 0;
    if (!rest) {
        return true;
    }
    if (!refine(f->l, used / common_factor(used, rest))) {
        return false;
    }
    memcpy(f->extent, x, f->l->words * sizeof *x);
    rt_wide_divide(f->extent, used, f->l->words);
    return true;
}

/* Adds the products of reaction j if amounts have two words: the usual case, and the one that takes the time
 * of large networks. */
static bool produce_two(struct firing *f, int32_t j)
{
    const struct crnl_model *m = f->m;
    rt_two_words extent = (rt_two_words)f->extent[1] << 64 | f->extent[0];
    uint64_t *amount = f->l->amount, over = 0;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        double made = m->net_delta[e];
        uint64_t *to = amount + 2 * (size_t)m->net_species[e];
        rt_two_words x = (rt_two_words)to[1] << 64 | to[0];
        if (made == 1) {
            over |= __builtin_add_overflow(x, extent, &x);
        } else if (made > 0) {
            uint64_t factor = (uint64_t)(int64_t)made;
            rt_two_words low = (rt_two_words)f->extent[0] * factor,
                         high = (rt_two_words)f->extent[1] * factor + (uint64_t)(low >> 64);
            over |= (uint64_t)(high >> 64);
            over |= __builtin_add_overflow(x, high << 64 | (uint64_t)low, &x);
        }
        to[0] = (uint64_t)x;
        to[1] = (uint64_t)(x >> 64);
    }
    return over == 0;
}

static bool produce(struct firing *f, int32_t j)
{
    const struct crnl_model *m = f->m;
    uint64_t over = 0;
    if (f->l->words == 2 && !m->net_count) {
        return produce_two(f, j);
    }
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        if (m->net_delta[e] > 0) {
            over |= rt_wide_add_product(amount_of(f->l, m->net_species[e]), f->extent,
                                        (uint64_t)count_of(m, e), f->l->words);
        }
    }
    return over == 0;
}

/* Fires reaction j until its scarcest reactant is used up. Returns false if numbers do not fit. */
static bool fire_to_completion(struct firing *f, int32_t j)
{
    if (!find_consumed(f, j)) {
        return true;
    }
    if (!find_extent(f)) {
        return false;
    }
    if (rt_wide_is_zero(f->extent, f->l->words)) {
        return true;
    }
    for (int32_t i = 0; i < f->n; i++) {
        rt_wide_subtract_product(amount_of(f->l, f->species[i]), f->extent, f->used[i], f->l->words);
    }
    return produce(f, j);
}

static bool fire_all(struct rt_limit *l, const struct crnl_model *m, const double *k)
{
    int32_t longest = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t n = m->lhs_ptr[j + 1] - m->lhs_ptr[j];
        longest = n > longest ? n : longest;
    }
    size_t room = l->words + 1;
    struct firing f = {.l = l, .m = m};
    f.species = rt_alloc((size_t)longest, sizeof *f.species);
    f.used = rt_alloc((size_t)longest, sizeof *f.used);
    f.extent = rt_alloc(3 * room, sizeof *f.extent);
    f.left = f.extent + room;
    f.right = f.left + room;
    bool fits = true;
    for (int32_t i = 0; i < m->n_reactions && fits; i++) {
        int32_t j = m->limit_order[i];
        fits = !(k[j] > 0) || fire_to_completion(&f, j);
    }
    free(f.species);
    free(f.used);
    free(f.extent);
    return fits;
}

/* Creates amounts with this many words; returns NULL if they are too few. */
static struct rt_limit *create(int32_t n, size_t words, const double *x0, const struct rt_limit *start,
                               int64_t scale, const struct crnl_model *m)
{
    struct rt_limit *l = rt_alloc(1, sizeof *l);
    *l = (struct rt_limit){.n = n, .words = words, .scale = scale};
    l->divisor = rt_alloc(words, sizeof *l->divisor);
    l->amount = rt_alloc((size_t)n * words, sizeof *l->amount);
    l->divisor[0] = 1;
    if (start) {
        memcpy(l->divisor, start->divisor, start->words * sizeof *l->divisor);
    }
    for (int32_t s = 0; s < n; s++) {
        l->largest = fmax(l->largest, x0[s]);
    }
    if (!set_amounts(l, x0, start) || (m && !start && !add_rests(l, m, x0))) {
        rt_limit_free(l);
        return NULL;
    }
    return l;
}

/* Finds amounts x0 of n species, after firing the reactions of m unless m is NULL, in as few words as hold
 * them. Returns NULL if they need more than RT_LIMIT_BITS. */
static struct rt_limit *find(int32_t n, const double *x0, const struct rt_limit *start,
                             const struct crnl_model *m, const double *k)
{
    int64_t low = 0, high = 0;
    for (int32_t s = 0; s < n; s++) {
        widen(x0[s], &low, &high);
    }
    for (int32_t i = 0; m && i < m->n_rests; i++) {
        widen(m->rest[i], &low, &high);
    }
    int64_t scale = start && start->scale > -low ? start->scale : -low;
    size_t words = (size_t)(high + scale + 32) / 64 + 1, least = start ? start->words : 2;
    for (words = words < least ? least : words; 64 * words <= RT_LIMIT_BITS; words += (words + 1) / 2) {
        struct rt_limit *l = create(n, words, x0, start, scale, m);
        if (l && (!m || fire_all(l, m, k))) {
            return l;
        }
        rt_limit_free(l);
    }
    return NULL;
}

struct rt_limit *rt_limit_renew(struct rt_limit *l, const double *x)
{
    struct rt_limit *renewed = find(l->n, x, l, NULL, NULL);
    rt_limit_free(l);
    return renewed;
}

struct rt_limit *rt_limit_find(const struct crnl_model *m, const double *k, const double *x0,
                               const struct rt_limit *start, struct rt_error *e)
{
    if (!m->limit_order) {
        rt_fail(e, CRNL_BAD_ARGUMENT,
                "`to limit` needs a network whose final state does not depend on rates%s%s",
                m->limit_refusal ? "\n  note: " : "", m->limit_refusal ? m->limit_refusal : "");
        return NULL;
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        if (!(x0[s] >= 0 && x0[s] < INFINITY)) {
            rt_fail(e, CRNL_BAD_AMOUNT, "the initial amount of `%s` is %.6g", m->species_name[s], x0[s]);
            return NULL;
        }
    }
    struct rt_limit *l = find(m->n_species, x0, start, m, k);
    if (!l) {
        rt_fail(e, CRNL_PRECISION,
                "the limit of `%s` needs numbers of more than %d bits\n"
                "  help: amounts and coefficients of fewer digits, or fewer reactions one after the other",
                m->name, RT_LIMIT_BITS);
    }
    return l;
}

/* ---- values ---- */

/* The sum of factor times amount over the terms; species -1 stands for the constant 1. */
struct form {
    const int32_t *species;
    const double *factor;
    int32_t n;
};

/* Finds the lowest and highest exponent of the terms' factors, in units; returns false if there is no
 * term. */
static bool find_exponents(const struct rt_limit *l, const struct form *form, int64_t *low, int64_t *high)
{
    bool any = false;
    for (int32_t i = 0; i < form->n; i++) {
        int64_t exponent;
        if (mantissa_of(form->factor[i], &exponent)) {
            exponent += form->species[i] < 0 ? l->scale : 0;
            *low = !any || exponent < *low ? exponent : *low;
            *high = !any || exponent > *high ? exponent : *high;
            any = true;
        }
    }
    return any;
}

/* Computes the value exactly, summing positive and negative terms separately, and rounds once. */
static double value_of_form(const struct rt_limit *l, const struct form *form)
{
    int64_t low = 0, high = 0, exponent;
    if (!find_exponents(l, form, &low, &high)) {
        return 0;
    }
    size_t room = l->words + (size_t)(high - low) / 64 + 4;
    uint64_t *sum[2] = {rt_alloc(8 * room + 2, sizeof *sum[0])};
    sum[1] = sum[0] + room;
    uint64_t *part = sum[1] + room, *divisor = part + room;
    memcpy(divisor, l->divisor, l->words * sizeof *divisor);
    for (int32_t i = 0; i < form->n; i++) {
        int32_t s = form->species[i];
        uint64_t whole = mantissa_of(form->factor[i], &exponent);
        exponent += s < 0 ? l->scale : 0;
        memset(part, 0, room * sizeof *part);
        part[l->words] = rt_wide_add_product(part, s < 0 ? l->divisor : amount_of(l, s), whole, l->words);
        if (whole) {
            rt_wide_add_shifted(sum[form->factor[i] < 0], room, part, l->words + 1, exponent - low);
        }
    }
    int order = rt_wide_compare(sum[0], sum[1], room), larger = order < 0;
    rt_wide_subtract_product(sum[larger], sum[!larger], 1, room);
    double v = rt_wide_ratio(sum[larger], divisor, room, low - l->scale, divisor + room);
    free(sum[0]);
    return larger ? -v : v;
}

static bool is_double(const struct rt_limit *l, int32_t s, double x)
{
    uint64_t *amount = rt_alloc(l->words, sizeof *amount);
    bool same = add_double(l, amount, x) && rt_wide_compare(amount, amount_of(l, s), l->words) == 0;
    free(amount);
    return same;
}

/* If an expression depends on differences of rounded amounts, its value changes when these move to a
 * neighbouring double. They move up or down according to one bit of the species' number, with another bit
 * each time, so that any two of them move apart once. */
static const double tolerance = 1e-9;

static double value_by_code(const struct rt_limit *l, const struct crnl_model *m, int32_t expr,
                            const double *x, const double *param, const double *capture, struct rt_error *e)
{
    double v = m->expr(m->env, expr, x, INFINITY, param, capture, 1), most = 0;
    double *moved = rt_copy(x, (size_t)l->n, sizeof *moved);
    uint8_t *rounded = rt_alloc((size_t)l->n, 1);
    for (int32_t s = 0; s < l->n; s++) {
        rounded[s] = !is_double(l, s, x[s]);
    }
    for (int how = 0; l->n >> how / 2 > 0; how++) {
        for (int32_t s = 0; s < l->n; s++) {
            bool up = (s >> how / 2 & 1) == how % 2;
            moved[s] = rounded[s] ? nextafter(x[s], up ? INFINITY : 0) : x[s];
        }
        double other = m->expr(m->env, expr, moved, INFINITY, param, capture, 1);
        most = fabs(other - v) > most ? fabs(other - v) : most;
    }
    free(moved);
    free(rounded);
    if (most > tolerance * fmax(fabs(v), l->largest)) {
        rt_fail(e, CRNL_PRECISION,
                "a value at the limit of `%s` is %.6g, or %.6g away from that: amounts that cancel in it "
                "pass 2^53\n"
                "  help: sums and differences of amounts with constant factors are exact: read those",
                m->name, v, most);
    }
    return v;
}

double rt_limit_value(const struct rt_limit *l, const struct crnl_model *m, const struct crnl_elem *elem,
                      const double *x, const double *param, const double *capture, struct rt_error *e)
{
    static const double difference[] = {1, -1};
    const int32_t pair[] = {elem->a, elem->b};
    struct form form = {pair, difference, 2};
    if (elem->kind == CRNL_ELEM_SPECIES) {
        return x[elem->a];
    }
    if (elem->kind == CRNL_ELEM_PARAM) {
        return param[elem->a];
    }
    if (elem->kind == CRNL_ELEM_EXPR) {
        int32_t first = m->form_ptr ? m->form_ptr[elem->a] : 0;
        form.n = m->form_ptr ? m->form_ptr[elem->a + 1] - first : 0;
        if (form.n == 0) {
            return value_by_code(l, m, elem->a, x, param, capture, e);
        }
        form.species = m->form_species + first;
        form.factor = m->form_factor + first;
    }
    return value_of_form(l, &form);
}
