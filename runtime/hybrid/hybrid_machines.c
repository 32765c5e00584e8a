/* Tables of machines: the states that can be reached from the present ones, the reactions possible in each,
 * and their effects. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_csr.h"
#include "rt_machines.h"

/* Larger sets of species get no table, which would cost more than it saves. */
enum { MOST_STATES = 256, MOST_SPECIES = 64, MOST_REACTIONS = 512, MOST_DESIGNS = 32 };

static int32_t root(int32_t *up, int32_t s)
{
    while (up[s] != s) {
        s = up[s] = up[up[s]];
    }
    return s;
}

void rt_terms_components(const struct rt_terms *t, bool by_smooth, int32_t *up)
{
    const struct crnl_model *m = t->m;
    for (int32_t s = 0; s < m->n_species; s++) {
        up[s] = s;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t first = t->fires[j] ? m->net_species[m->net_ptr[j]] : -1;
        for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1] && t->fires[j]; e++) {
            up[root(up, m->net_species[e])] = root(up, first);
        }
        for (int32_t e = t->factor_ptr[j]; e < t->factor_ptr[j + 1] && (t->fires[j] || by_smooth); e++) {
            int32_t s = t->factor[e].species;
            if (m->species_kind[s] == CRNL_DISCRETE) {
                first = first < 0 ? s : first;
                up[root(up, s)] = root(up, first);
            }
        }
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        up[s] = root(up, s);
    }
}

/* The machine that reaction j belongs to, or -1. */
static int32_t machine_of(const struct rt_machines *s, int32_t j)
{
    const struct rt_terms *t = s->terms;
    const struct crnl_model *m = t->m;
    if (t->fires[j]) {
        return s->of[m->net_species[m->net_ptr[j]]];
    }
    for (int32_t e = t->factor_ptr[j]; e < t->factor_ptr[j + 1] && t->is_smooth[j]; e++) {
        if (s->of[t->factor[e].species] >= 0) {
            return s->of[t->factor[e].species];
        }
    }
    return -1;
}

/* Finds machines, numbered in the order of their first species; species that no reaction changes belong to
 * none. */
static void find_machines(struct rt_machines *s)
{
    const struct rt_terms *t = s->terms;
    const struct crnl_model *m = t->m;
    int32_t *up = rt_alloc((size_t)m->n_species + 1, sizeof *up), *number;
    number = rt_alloc((size_t)m->n_species + 1, sizeof *number);
    rt_terms_components(t, true, up);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (t->fires[j]) {
            number[up[m->net_species[m->net_ptr[j]]]] = -1;
        }
    }
    for (int32_t i = 0; i < m->n_species; i++) {
        int32_t *n = &number[up[i]];
        *n = *n < 0 ? ++s->n : *n;
        s->of[i] = m->species_kind[i] == CRNL_DISCRETE ? *n - 1 : -1;
    }
    free(number);
    free(up);
}

static int32_t *list_members(const struct rt_machines *s, int32_t **ptr, const bool *which)
{
    const struct crnl_model *m = s->terms->m;
    int32_t *list = NULL, n = which ? m->n_reactions : m->n_species;
    *ptr = rt_alloc((size_t)s->n + 2, sizeof **ptr);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < n; i++) {
            int32_t of = !which ? s->of[i] : which[i] ? machine_of(s, i) : -1;
            if (of >= 0 && pass == 0) {
                csr_count(*ptr, of);
            } else if (of >= 0) {
                list[csr_place(*ptr, of)] = i;
            }
        }
        if (pass == 0) {
            list = rt_alloc((size_t)csr_open(*ptr, s->n) + 1, sizeof *list);
        }
    }
    return list;
}

struct rt_machines *rt_machines_create(const struct rt_terms *t)
{
    struct rt_machines *s = rt_alloc(1, sizeof *s);
    size_t n = (size_t)t->m->n_species + 1;
    s->terms = t;
    s->of = rt_alloc(n, sizeof *s->of);
    s->place = rt_alloc(n, sizeof *s->place);
    s->full = rt_alloc(n, sizeof *s->full);
    s->x = rt_alloc(n, sizeof *s->x);
    s->k = rt_alloc((size_t)t->m->n_reactions + 1, sizeof *s->k);
    find_machines(s);
    s->species = list_members(s, &s->species_ptr, NULL);
    s->reaction = list_members(s, &s->reaction_ptr, t->fires);
    s->smooth = list_members(s, &s->smooth_ptr, t->is_smooth);
    for (int32_t i = 0; i < s->n; i++) {
        for (int32_t e = s->species_ptr[i]; e < s->species_ptr[i + 1]; e++) {
            s->place[s->species[e]] = e - s->species_ptr[i];
        }
    }
    s->design = rt_alloc((size_t)s->n + 1, sizeof *s->design);
    s->state = rt_alloc((size_t)s->n + 1, sizeof *s->state);
    s->is_wide = rt_alloc((size_t)s->n + 1, sizeof *s->is_wide);
    s->designs = rt_alloc(MOST_DESIGNS, sizeof *s->designs);
    return s;
}

static void free_designs(struct rt_machines *s)
{
    for (int32_t d = 0; d < s->n_designs; d++) {
        struct rt_design *a = &s->designs[d];
        void *owned[] = {a->x, a->state, a->move, a->change, a->high, a->ratio, a->reads};
        for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) {
            free(owned[i]);
        }
    }
    s->n_designs = 0;
}

void rt_machines_destroy(struct rt_machines *s)
{
    free_designs(s);
    void *owned[] = {
        s->species_ptr, s->species, s->reaction_ptr, s->reaction, s->smooth_ptr, s->smooth, s->of,   s->place,
        s->design,      s->state,   s->is_wide,      s->designs,  s->k,          s->x,      s->full, s};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) {
        free(owned[i]);
    }
}

/* ---- Designs: machines that are alike ---- */

static bool same_species(const struct rt_machines *s, int32_t a, int32_t b)
{
    return s->of[a] < 0 || s->of[b] < 0 ? a == b : s->place[a] == s->place[b];
}

static bool same_reaction(const struct rt_machines *s, int32_t a, int32_t b)
{
    const struct rt_terms *t = s->terms;
    const struct crnl_model *m = t->m;
    int32_t fa = t->factor_ptr[a], fb = t->factor_ptr[b], nf = t->factor_ptr[a + 1] - fa;
    int32_t pa = t->power_ptr[a], pb = t->power_ptr[b], np = t->power_ptr[a + 1] - pa;
    int32_t na = m->net_ptr[a], nb = m->net_ptr[b], nn = m->net_ptr[a + 1] - na;
    bool same = s->k[a] == s->k[b] && t->factor_ptr[b + 1] - fb == nf && t->power_ptr[b + 1] - pb == np &&
                m->net_ptr[b + 1] - nb == nn;
    for (int32_t e = 0; e < nf && same; e++) {
        same = same_species(s, t->factor[fa + e].species, t->factor[fb + e].species) &&
               t->factor[fa + e].less == t->factor[fb + e].less;
    }
    for (int32_t e = 0; e < np && same; e++) {
        same = t->power[pa + e].bulk == t->power[pb + e].bulk && t->power[pa + e].n == t->power[pb + e].n;
    }
    for (int32_t e = 0; e < nn && same; e++) {
        same = same_species(s, m->net_species[na + e], m->net_species[nb + e]) &&
               m->net_delta[na + e] == m->net_delta[nb + e];
    }
    return same;
}

static bool same_lists(const struct rt_machines *s, const int32_t *ptr, const int32_t *list, int32_t a,
                       int32_t b)
{
    bool same = ptr[a + 1] - ptr[a] == ptr[b + 1] - ptr[b];
    for (int32_t e = 0; same && e < ptr[a + 1] - ptr[a]; e++) {
        same = same_reaction(s, list[ptr[a] + e], list[ptr[b] + e]);
    }
    return same;
}

static int32_t design_of(struct rt_machines *s, int32_t i)
{
    int32_t n_species = s->species_ptr[i + 1] - s->species_ptr[i];
    int32_t n_reactions = s->reaction_ptr[i + 1] - s->reaction_ptr[i];
    if (s->is_wide[i] || n_species > MOST_SPECIES || n_reactions > MOST_REACTIONS) {
        return -1;
    }
    for (int32_t d = 0; d < s->n_designs; d++) {
        int32_t f = s->designs[d].first;
        if (s->species_ptr[f + 1] - s->species_ptr[f] == n_species &&
            same_lists(s, s->reaction_ptr, s->reaction, i, f) &&
            same_lists(s, s->smooth_ptr, s->smooth, i, f)) {
            return d;
        }
    }
    if (s->n_designs == MOST_DESIGNS) {
        return -1;
    }
    struct rt_design *d = &s->designs[s->n_designs];
    *d = (struct rt_design){.first = i};
    d->high = rt_alloc((size_t)n_reactions, sizeof *d->high);
    d->ratio = rt_alloc((size_t)n_reactions, sizeof *d->ratio);
    d->reads = rt_alloc((size_t)s->terms->n_bulk + 1, sizeof *d->reads);
    for (int32_t e = s->reaction_ptr[i]; e < s->reaction_ptr[i + 1]; e++) {
        int32_t j = s->reaction[e];
        for (int32_t p = s->terms->power_ptr[j]; p < s->terms->power_ptr[j + 1]; p++) {
            d->reads[s->terms->power[p].bulk] = true;
        }
    }
    return s->n_designs++;
}

/* ---- The table of a design ---- */

/* The state that machine i has in x, or -1 if it is not in the table. */
static int32_t find_state(const struct rt_machines *s, const struct rt_design *d, int32_t i, const double *x)
{
    const int32_t *species = s->species + s->species_ptr[i];
    int32_t n = s->species_ptr[i + 1] - s->species_ptr[i];
    for (int32_t at = 0; at < d->n_states; at++) {
        const double *of = d->x + (size_t)at * (size_t)n;
        int32_t e = 0;
        while (e < n && of[e] == x[species[e]]) {
            e++;
        }
        if (e == n) {
            return at;
        }
    }
    return -1;
}

/* The same, but adds the state if it is new; -1 if there are too many, or an amount is below 0. */
static int32_t add_state(const struct rt_machines *s, struct rt_design *d, int32_t i, const double *x)
{
    const int32_t *species = s->species + s->species_ptr[i];
    int32_t n = s->species_ptr[i + 1] - s->species_ptr[i], at = find_state(s, d, i, x);
    if (at >= 0 || d->n_states == MOST_STATES) {
        return at;
    }
    if (d->n_states == d->cap_states) {
        d->cap_states = d->cap_states ? 2 * d->cap_states : 8;
        d->x = rt_resize(d->x, (size_t)d->cap_states * (size_t)n, sizeof *d->x);
        d->state = rt_resize(d->state, (size_t)d->cap_states, sizeof *d->state);
    }
    for (int32_t e = 0; e < n; e++) {
        if (!(x[species[e]] >= 0)) {
            return -1;
        }
        d->x[(size_t)d->n_states * (size_t)n + (size_t)e] = x[species[e]];
    }
    return d->n_states++;
}

static void put_state(struct rt_machines *s, const struct rt_design *d, int32_t state)
{
    const int32_t *species = s->species + s->species_ptr[d->first];
    int32_t n = s->species_ptr[d->first + 1] - s->species_ptr[d->first];
    for (int32_t e = 0; e < n; e++) {
        s->full[species[e]] = d->x[(size_t)state * (size_t)n + (size_t)e];
    }
}

/* Lists the reactions possible in a state; returns false if states are too many, or an amount or rate is
 * invalid. */
static bool list_moves(struct rt_machines *s, struct rt_design *d, int32_t state)
{
    const struct crnl_model *m = s->terms->m;
    int32_t from = s->reaction_ptr[d->first], to = s->reaction_ptr[d->first + 1];
    d->state[state] = (struct rt_machine_state){.move_begin = d->n_moves};
    for (int32_t e = from; e < to; e++) {
        int32_t j = s->reaction[e];
        put_state(s, d, state);
        double counts = rt_terms_counts(s->terms, j, s->k[j], s->full);
        if (counts == 0) {
            continue;
        }
        for (int32_t c = m->net_ptr[j]; c < m->net_ptr[j + 1]; c++) {
            s->full[m->net_species[c]] += m->net_delta[c];
        }
        int32_t end = counts > 0 && counts < INFINITY ? add_state(s, d, d->first, s->full) : -1;
        if (end < 0) {
            return false;
        }
        RT_GROW(d->move, d->n_moves, d->cap_moves);
        d->move[d->n_moves++] = (struct rt_move){.reaction = e - from, .to = end, .counts = counts};
    }
    d->state[state].move_end = d->n_moves;
    return true;
}

/* Lists how the reaction between two states changes the equations of bulk. */
static void list_changes(struct rt_machines *s, struct rt_design *d, int32_t from, struct rt_move *v)
{
    const struct rt_terms *t = s->terms;
    v->change_begin = d->n_changes;
    for (int32_t e = s->smooth_ptr[d->first]; e < s->smooth_ptr[d->first + 1]; e++) {
        int32_t j = s->smooth[e];
        put_state(s, d, from);
        double before = rt_terms_counts(t, j, s->k[j], s->full);
        put_state(s, d, v->to);
        double change = rt_terms_counts(t, j, s->k[j], s->full) - before;
        for (int32_t i = t->swing_ptr[j]; i < t->swing_ptr[j + 1] && change != 0; i++) {
            const struct rt_swing *w = &t->swing[i];
            int32_t at = v->change_begin;
            while (at < d->n_changes && d->change[at].bulk != w->bulk) {
                at++;
            }
            if (at == d->n_changes) {
                RT_GROW(d->change, d->n_changes, d->cap_changes);
                d->change[d->n_changes++] = (struct rt_change){.bulk = w->bulk};
            }
            struct rt_quadratic *by = &d->change[at].by;
            *(w->degree == 0 ? &by->c : w->degree == 1 ? &by->b : &by->a) += w->net * change;
        }
    }
    v->change_end = d->n_changes;
}

static bool make_table(struct rt_machines *s, int32_t number)
{
    struct rt_design *d = &s->designs[number];
    bool good = true;
    for (int32_t i = 0; i < s->n && good; i++) {
        good = s->design[i] != number || add_state(s, d, i, s->x) >= 0;
    }
    for (int32_t at = 0; at < d->n_states && good; at++) {
        good = list_moves(s, d, at);
    }
    for (int32_t at = 0; at < d->n_states && good; at++) {
        for (int32_t e = d->state[at].move_begin; e < d->state[at].move_end; e++) {
            list_changes(s, d, at, &d->move[e]);
        }
    }
    return good;
}

/* ---- Keeping machines up to date in a run ---- */

static bool is_of(const struct rt_machines *s, const struct crnl_ssa *w, bool at_start)
{
    const struct crnl_model *m = s->terms->m;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        if (s->k[j] != w->k[j]) {
            return false;
        }
    }
    for (int32_t i = 0; i < m->n_species; i++) {
        bool counts = s->terms->bulk_of[i] < 0 && (s->of[i] < 0 || at_start);
        if (counts && s->x[i] != w->x[i]) {
            return false;
        }
    }
    return true;
}

static bool find_all(struct rt_machines *s, const double *x)
{
    for (int32_t i = 0; i < s->n; i++) {
        s->state[i] = s->design[i] >= 0 ? find_state(s, &s->designs[s->design[i]], i, x) : 0;
        if (s->state[i] < 0) {
            return false;
        }
    }
    return true;
}

static void make_tables(struct rt_machines *s, const struct crnl_ssa *w)
{
    const struct crnl_model *m = s->terms->m;
    memcpy(s->k, w->k, (size_t)m->n_reactions * sizeof *s->k);
    memcpy(s->x, w->x, (size_t)m->n_species * sizeof *s->x);
    memcpy(s->full, w->x, (size_t)m->n_species * sizeof *s->full);
    free_designs(s);
    for (int32_t i = 0; i < s->n; i++) {
        s->design[i] = design_of(s, i);
    }
    for (int32_t d = 0; d < s->n_designs; d++) {
        bool good = make_table(s, d);
        s->designs[d].n_states = good ? s->designs[d].n_states : 0;
        for (int32_t i = 0; i < s->n && !good; i++) {
            s->is_wide[i] |= s->design[i] == d;
        }
    }
    for (int32_t i = 0; i < s->n; i++) {
        s->is_wide[i] |= s->design[i] < 0;
        s->design[i] = s->is_wide[i] ? -1 : s->design[i];
    }
}

bool rt_machines_put(struct rt_machines *s, const struct crnl_ssa *w, bool at_start)
{
    if (s->is_made && (!at_start || s->is_of_start) && is_of(s, w, at_start) && find_all(s, w->x)) {
        return false;
    }
    if (at_start || !s->is_made) {
        memset(s->is_wide, 0, (size_t)s->n * sizeof *s->is_wide);
    }
    make_tables(s, w);
    find_all(s, w->x);
    s->is_made = true;
    s->is_of_start = at_start;
    return true;
}
