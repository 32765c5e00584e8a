/* Brings the fused kernel up to date with amounts and constants: the unit, columns, fields, counts.
 * Everything is a function of the present state of a run, so that a kernel that is kept gives the same bytes
 * as a new one. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_fused.h"

enum { BITS = 31, LEAST_EXPONENT = -1000, MOST_EXPONENT = 980 };

uint32_t rt_fused_count(const struct fused *f, int32_t c)
{
    const struct fused_channel *h = &f->channel[c];
    if (!h->is_general) {
        return (uint32_t)f->n[h->s1] * (uint32_t)(f->n[h->s2] - h->pair);
    }
    const struct crnl_model *m = f->m;
    uint32_t count = 1;
    for (int32_t e = m->lhs_ptr[h->first]; e < m->lhs_ptr[h->first + 1]; e++) {
        int32_t s = m->lhs_species[e], times = (int32_t)m->lhs_count[e] - (s == f->form.extra[h->first]);
        for (int32_t i = 0; f->form.class_of[s] >= 0 && count > 0 && i < times; i++) {
            count *= (uint32_t)(f->n[s] - i);
        }
    }
    return count;
}

/* The largest possible count of a channel. */
static double largest(const struct fused *f, int32_t c)
{
    const struct crnl_model *m = f->m;
    int32_t j = f->channel[c].first;
    double count = 1;
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        int32_t s = m->lhs_species[e];
        if (f->form.class_of[s] >= 0) {
            count = rt_times_falling(count, f->sum[f->form.class_of[s]],
                                     m->lhs_count[e] - (s == f->form.extra[j]));
        }
    }
    return count;
}

/* Finds the largest value of the catalyst factor of each reaction. */
static void find_most(struct fused *f)
{
    const struct fused_form *form = &f->form;
    for (int32_t j = 0; j < f->m->n_reactions; j++) {
        int32_t s = form->extra[j];
        double most = s < 0 ? 1 : f->sum[form->class_of[s]] - form->taken[j];
        f->most[j] = most > 0 ? most : 0;
    }
}

/* A power of two, as an exponent, that is at least as large as all constants; INT_MAX if there is none. */
static int find_scale(const struct fused *f)
{
    double most = 0;
    for (int32_t j = 0; j < f->m->n_reactions; j++) {
        most = f->k[j] <= most ? most : f->k[j] >= 0 ? f->k[j] : INFINITY;
    }
    return most > 0 && most < INFINITY ? ilogb(most) + 1 : most > 0 ? INT_MAX : 0;
}

/* The least power of two that can be the unit: in every state with these sums of classes, the sum of all
 * propensities in this unit, with each constant rounded up, must be below 2^31. 0 if there is none. */
static double choose_grid(const struct fused *f)
{
    double units = 0, ends = 0;
    int scale = find_scale(f), e;
    if (scale == INT_MAX) {
        return 0;
    }
    double first = ldexp(1, -scale / 2),
           second = ldexp(1, scale / 2 - scale); /* so that neither factor is infinite for tiny constants */
    double *sum = rt_alloc(2 * (size_t)f->form.n_channels, sizeof *sum), *n = sum + f->form.n_channels;
    for (int32_t j = 0; j < f->m->n_reactions; j++) {
        if (f->k[j] > 0) {
            sum[f->form.channel[j]] += f->k[j] * first * second * f->most[j];
            n[f->form.channel[j]] += f->most[j];
        }
    }
    for (int32_t c = 0; c < f->form.n_channels; c++) {
        double count = n[c] > 0 ? largest(f, c) : 0;
        units += count * sum[c];
        ends += count * n[c];
    }
    free(sum);
    if (!(ends < 0x1p30)) {
        return 0;
    }
    frexp(units * (1 + 0x1p-30) / (ldexp(1, BITS) - 2 - ends), &e);
    e += scale;
    return e > MOST_EXPONENT ? 0 : ldexp(1, e < LEAST_EXPONENT ? LEAST_EXPONENT : e);
}

static void build(struct fused *f)
{
    const struct crnl_model *m = f->m;
    size_t width = (size_t)f->width;
    f->is_built = true;
    find_most(f);
    f->grid = choose_grid(f);
    if (!(f->grid > 0)) {
        return;
    }
    double inverse = 1 / f->grid;
    memset(f->column, 0, (size_t)f->n_columns * width * sizeof *f->column);
    memset(f->base, 0, width * sizeof *f->base);
    memset(f->slack, 0, width * sizeof *f->slack);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t c = f->form.channel[j], s = f->form.extra[j];
        double exact = f->k[j] * inverse;
        uint32_t v = (uint32_t)exact, up = f->k[j] > 0 && (v < exact || v == 0);
        v += up;
        f->slack[c] += up * (uint32_t)f->most[j];
        if (s < 0) {
            f->base[c] += v;
        } else {
            f->column[(size_t)f->column_of[s] * width + (size_t)c] += v;
            f->base[c] -= v * (uint32_t)f->form.taken[j];
        }
    }
    memcpy(f->field, f->base, width * sizeof *f->field);
    memset(f->n, 0, ((size_t)m->n_species + 1) * sizeof *f->n);
}

/* Constants with every guard on and nothing clamped, times the amounts that never change. */
static const double *constants(struct fused *f, const struct crnl_ssa *w)
{
    const struct crnl_model *m = f->m;
    const double *k = w->k_open ? w->k_open : w->k;
    if (!f->effective) {
        return k;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double v = k[j];
        for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
            int32_t s = m->lhs_species[e];
            v = f->form.class_of[s] < 0 ? rt_times_falling(v, w->x[s], m->lhs_count[e]) : v;
        }
        f->effective[j] = v;
    }
    return f->effective;
}

/* Computes the sums of classes, stored after those for which the columns were built; returns false if there
 * are amounts that cannot be counted here. */
static bool add_up(struct fused *f, const double *x)
{
    double *sum = f->sum + f->form.n_classes;
    bool good = true;
    for (int32_t i = 0; i < f->form.n_classes; i++) {
        sum[i] = 0;
    }
    for (int32_t s = 0; s < f->m->n_species; s++) {
        int32_t i = f->form.class_of[s];
        if (i >= 0) {
            sum[i] += x[s];
            good &= x[s] >= 0 && x[s] == floor(x[s]);
        }
    }
    for (int32_t i = 0; i < f->form.n_classes; i++) {
        good &= sum[i] < INT32_MAX;
    }
    return good;
}

/* Updates fields and amounts to the state x. */
static void move_fields(struct fused *f, const double *x)
{
    const struct crnl_model *m = f->m;
    for (int32_t s = 0; s < m->n_species; s++) {
        if (f->form.class_of[s] < 0) {
            continue;
        }
        int32_t change = (int32_t)x[s] - f->n[s], i = f->column_of[s];
        if (change != 0 && i >= 0) {
            f->loop->add(f, f->column + (size_t)i * (size_t)f->width, (uint32_t)change);
        }
        f->n[s] = (int32_t)x[s];
    }
    f->n[m->n_species] = 1;
}

static bool is_built_from(const struct fused *f, const double *k, uint64_t number)
{
    return f->is_built && ((number > 0 && number == f->k_number) ||
                           memcmp(f->k, k, (size_t)f->m->n_reactions * sizeof *k) == 0);
}

void rt_fused_refresh(struct fused *f, const struct crnl_ssa *w)
{
    const struct crnl_model *m = f->m;
    const double *k = constants(f, w);
    size_t sum_size = (size_t)f->form.n_classes * sizeof *f->sum;
    bool good = add_up(f, w->x), others = memcmp(f->sum, f->sum + f->form.n_classes, sum_size) != 0;
    uint64_t number = f->effective ? 0 : w->k_number;
    f->is_fresh = true;
    f->refused = 0;
    if (others || !is_built_from(f, k, number)) {
        memcpy(f->k, k, (size_t)m->n_reactions * sizeof *k);
        memcpy(f->sum, f->sum + f->form.n_classes, sum_size);
        f->is_built = false;
        if (good) {
            build(f);
        }
    }
    f->k_number = number;
    if (!good || !(f->grid > 0)) {
        f->grid = 0;
        f->is_built = false;
        return;
    }
    move_fields(f, w->x);
    for (int32_t c = 0; c < f->form.n_channels; c++) {
        int32_t i = f->member_ptr[c], end = f->member_ptr[c + 1];
        while (w->k_open && i < end && !(w->k_open[f->member[i]] > 0)) {
            i++;
        }
        f->is_off[c] = w->k_open && i < end && !(w->k[f->member[i]] > 0);
        f->count[c] = f->is_off[c] ? 0 : rt_fused_count(f, c);
    }
    f->loop->pass(f, NULL, 0);
}
