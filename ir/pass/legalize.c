#include "ir/pass/legalize.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ir/interp/interp.h"
#include "support/mem.h"

static void take_values(struct rewrite *w)
{
    struct interp *it = interp_create(w->net);
    double *p = mem_zalloc((size_t)w->net->n_slots + 1, sizeof *p);
    int32_t slot;
    w->amount = mem_zalloc(w->net->species.n + 1, sizeof *w->amount);
    w->constant = mem_zalloc(w->net->reaction.n + 1, sizeof *w->constant);
    w->has_values = interp_params(it, NULL, NULL, p, &slot) && interp_initial(it, p, w->amount) &&
                    interp_rates(it, p, w->constant);
    free(p);
    interp_destroy(it);
}

void rewrite_begin(struct rewrite *w, struct net *n, struct witness *witness)
{
    *w = (struct rewrite){
        .net = n, .names = net_names_create(n), .witness = witness, .n_species = n->species.n};
    multiset_open(&w->sum, n->species.n);
    take_values(w);
    w->old = n->reaction.data;
    w->terms = n->term.data;
    w->n_old = n->reaction.n;
    n->reaction.data = NULL;
    n->term.data = NULL;
    n->reaction.n = n->reaction.cap = n->term.n = n->term.cap = 0;
}

void rewrite_end(struct rewrite *w)
{
    free(w->old);
    free(w->terms);
    free(w->amount);
    free(w->constant);
    net_names_destroy(w->names);
    multiset_close(&w->sum);
}

const struct term *rewrite_lhs(const struct rewrite *w, const struct reaction *r)
{
    return w->terms + r->lhs;
}

const struct term *rewrite_rhs(const struct rewrite *w, const struct reaction *r)
{
    return w->terms + r->rhs;
}

int64_t rewrite_molecules(const struct term *side, uint32_t n)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum = sum > INT64_MAX - side[i].count ? INT64_MAX : sum + side[i].count;
    }
    return sum;
}

reaction_id rewrite_add(struct rewrite *w, const struct reaction *r, const struct term *lhs, size_t n_lhs,
                        const struct term *rhs, size_t n_rhs, enum rate_kind kind, expr_id rate)
{
    reaction_id id = net_add_reaction(w->net, lhs, n_lhs, rhs, n_rhs, kind, rate, r->span);
    if (id >= 0) {
        struct reaction *to = &w->net->reaction.data[id];
        to->guard = r->guard;
        to->origin = r->origin ? r->origin : r->label;
    }
    return id;
}

void rewrite_add_always(struct rewrite *w, const struct reaction *r, const struct term *lhs, size_t n_lhs,
                        const struct term *rhs, size_t n_rhs, expr_id rate)
{
    reaction_id id = rewrite_add(w, r, lhs, n_lhs, rhs, n_rhs, RATE_MASS_ACTION, rate);
    w->net->reaction.data[id].guard = 0;
}

void rewrite_keep(struct rewrite *w, const struct reaction *r)
{
    reaction_id id = rewrite_add(w, r, rewrite_lhs(w, r), r->n_lhs, rewrite_rhs(w, r), r->n_rhs,
                                 (enum rate_kind)r->rate_kind, r->rate);
    struct reaction *to = &w->net->reaction.data[id];
    to->label = r->label;
    to->origin = r->origin;
    to->flags = r->flags;
    to->fraction = r->fraction;
    to->n_fractions = r->n_fractions;
    to->delay = r->delay;
    to->longest = r->longest;
}

bool rewrite_leaves_alone(struct pass_context *c, const struct reaction *r)
{
    if (net_change_is_known(r)) {
        return false;
    }
    pass_missed(c, r->span,
                "a reaction stays as it is: it changes amounts by what is no whole number, or later");
    return true;
}

static bool takes_part(const struct rewrite *w, const struct reaction *r, enum species_kind kind)
{
    bool any = false;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        any |= w->net->species.data[rewrite_lhs(w, r)[i].species].kind == kind;
    }
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        any |= w->net->species.data[rewrite_rhs(w, r)[i].species].kind == kind;
    }
    return any;
}

enum species_kind rewrite_kind(const struct rewrite *w, const struct reaction *r)
{
    return takes_part(w, r, SPECIES_BULK) ? SPECIES_BULK : SPECIES_DISCRETE;
}

bool rewrite_mixes_kinds(const struct rewrite *w, const struct reaction *r)
{
    return takes_part(w, r, SPECIES_BULK) && takes_part(w, r, SPECIES_DISCRETE);
}

species_id rewrite_species(struct rewrite *w, const char *stem, enum species_kind kind, expr_id init,
                           struct span span)
{
    char name[256];
    enum net_name_kind found;
    int32_t id;
    snprintf(name, sizeof name, "%.200s", stem);
    while (!name[0] || !name[1] || net_names_find(w->names, name, &found, &id)) {
        snprintf(name, sizeof name, "%.200s%d", stem, ++w->n_made);
    }
    species_id s = net_add_species(w->net, name, kind, init, span);
    net_names_update(w->names);
    return s;
}

/* Extends the witness to n species: species of the old network stand for themselves, and new ones for
 * nothing. */
static void add_rows(struct rewrite *w, size_t n)
{
    struct linear_map *m = &w->witness->after;
    for (size_t s = m->ptr.n ? m->ptr.n - 1 : 0; s < n; s++) {
        struct term one = {(species_id)s, 1};
        linear_map_add_row(m, &one, s < w->n_species ? 1 : 0);
    }
}

void rewrite_stands_for(struct rewrite *w, species_id made, const struct term *sum, size_t n)
{
    term_vec row = {0};
    if (!w->witness) {
        return;
    }
    add_rows(w, (size_t)made);
    const struct linear_map *m = &w->witness->after;
    for (size_t i = 0; i < n; i++) { /* the counts fit in 63 bits, because the sum is part of a side */
        size_t length;
        const struct term *terms = linear_map_row(m, (size_t)sum[i].species, &length);
        multiset_add(&w->sum, terms, length, sum[i].count);
    }
    multiset_take(&w->sum, &row);
    linear_map_add_row(&w->witness->after, row.data, row.n);
    vec_free(&row);
}

expr_id rewrite_param(struct rewrite *w, const char *name, double value)
{
    enum net_name_kind found;
    int32_t slot;
    if (net_names_find(w->names, name, &found, &slot) && found == NAME_SLOT) {
        return net_param_expr(w->net, slot);
    }
    int32_t i = net_add_param(w->net, name, shape_scalar(), expr_real(w->net->ex, value), (struct span){0});
    expr_id e = net_param_expr(w->net, w->net->param.data[i].first);
    net_add_symbol(w->net, name, SYMBOL_PARAM, shape_scalar(), &e, (struct span){0});
    net_names_update(w->names);
    return e;
}

expr_id rewrite_fast(struct rewrite *w, double largest_constant)
{
    double amount = 0;
    for (size_t i = 0; w->has_values && i < w->n_species; i++) { /* the species of the old network */
        amount += w->amount[i] > 0 ? w->amount[i] : 0;
    }
    double scale = fmax(1, fmax(amount, largest_constant * amount));
    return rewrite_param(w, "k_fast", isfinite(scale) ? 1e4 * scale * scale : 1e6);
}

void rewrite_wide_sides(struct net *n, struct pass_context *c, const struct rewrite_wide *how)
{
    struct rewrite w;
    double largest = -1;
    rewrite_begin(&w, n, c->witness);
    for (size_t j = 0; j < w.n_old; j++) {
        if (how->is_wide(&w, &w.old[j])) {
            largest = fmax(largest, fmax(0, w.constant[j]));
        }
    }
    expr_id fast = largest >= 0 ? rewrite_fast(&w, largest) : 0;
    for (size_t j = 0; j < w.n_old; j++) {
        if (how->is_wide(&w, &w.old[j])) {
            pass_done(c, w.old[j].span, "%s", how->done);
            how->split(&w, &w.old[j], fast);
        } else {
            how->remark(&w, &w.old[j], c);
            rewrite_keep(&w, &w.old[j]);
        }
    }
    rewrite_end(&w);
}
