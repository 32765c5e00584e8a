/* The pattern of the right side's Jacobian, and to which of its entries each partial derivative of a
 * propensity is added. Entry (s, r) is there when a reaction that reads species r changes species s, and on
 * the diagonal. A constant species has nothing but the diagonal in its column, since no derivative with
 * respect to it is needed. A general law reads the species in its formula, not its reactants. Rows are
 * visited in ascending order, so that columns need no sort. */
#include "codegen/plan/plan_build.h"

#include <stdlib.h>

#include "runtime/crnl_csr.h"

struct pattern {
    const struct crnl_model *m;
    /* reactions that change a species: reaction[by_species[s] .. by_species[s + 1]] */
    int32_t *by_species, *reaction;
    int32_t *change; /* and the index of that change among those of the reaction */
    int32_t *last;   /* [n_species] by column: the last row that has an entry there */
    /* [n_species] by column: first the number of entries, then the index in jac_row of the last one */
    int32_t *filled;
    int32_t *row;       /* jac_row; NULL while entries are counted */
    int32_t *ptr, *pos; /* jac_ptr and jac_pos of the model being planned */
};

static bool has_law(const struct crnl_model *m, int32_t j)
{
    return m->law && m->law[j] >= 0;
}

static int32_t entry_count(const struct crnl_model *m)
{
    return m->lhs_ptr[m->n_reactions] + (m->grad_ptr ? m->grad_ptr[m->n_reactions] : 0);
}

/* Transposes the net changes: lists, by species, the reactions that change it. */
static void index_changes(struct pattern *p)
{
    const struct crnl_model *m = p->m;
    int32_t n_changes = m->net_ptr[m->n_reactions];
    p->by_species = mem_zalloc((size_t)m->n_species + 2, sizeof *p->by_species);
    p->reaction = mem_zalloc((size_t)n_changes + 1, sizeof *p->reaction);
    p->change = mem_zalloc((size_t)n_changes + 1, sizeof *p->change);
    for (int32_t i = 0; i < n_changes; i++) {
        csr_count(p->by_species, m->net_species[i]);
    }
    csr_open(p->by_species, m->n_species);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            int32_t to = csr_place(p->by_species, m->net_species[i]);
            p->reaction[to] = j;
            p->change[to] = i - m->net_ptr[j];
        }
    }
}

/* Makes sure that row s has an entry in column r; returns its index in jac_row (or, while counting, the
 * count). */
static int32_t meet(struct pattern *p, int32_t s, int32_t r)
{
    if (p->last[r] != s) {
        p->last[r] = s;
        p->filled[r]++;
        if (p->row) {
            p->row[p->filled[r]] = s;
        }
    }
    return p->filled[r];
}

/* Entry e (a reactant r, or a species r in a law) of a reaction whose change number k is that of species
 * s. */
static void meet_entry(struct pattern *p, int32_t s, int32_t e, int32_t r, int32_t k)
{
    if (p->m->species_kind[r] != CRNL_CONSTANT) {
        int32_t at = meet(p, s, r);
        if (p->row) {
            p->pos[p->ptr[e] + k] = at;
        }
    }
}

/* Visits all rows. Afterwards `filled` of a column is the number of its entries or the index of the last
 * one. */
static void walk_rows(struct pattern *p)
{
    const struct crnl_model *m = p->m;
    int32_t n_lhs = m->lhs_ptr[m->n_reactions];
    for (int32_t s = 0; s < m->n_species; s++) {
        p->last[s] = -1;
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        meet(p, s, s);
        for (int32_t i = p->by_species[s]; i < p->by_species[s + 1]; i++) {
            int32_t j = p->reaction[i];
            if (has_law(m, j)) {
                for (int32_t g = m->grad_ptr[j]; g < m->grad_ptr[j + 1]; g++) {
                    meet_entry(p, s, n_lhs + g, m->grad_species[g], p->change[i]);
                }
                continue;
            }
            for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
                meet_entry(p, s, e, m->lhs_species[e], p->change[i]);
            }
        }
    }
}

/* Gives room to the contributions of all entries of one list, reactants or gradients, from `at` on; returns
 * the end. */
static int64_t place_entries(struct pattern *p, int64_t at, const int32_t *first, const int32_t *species,
                             int32_t shift, bool of_laws)
{
    const struct crnl_model *m = p->m;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t n_changes = has_law(m, j) == of_laws ? m->net_ptr[j + 1] - m->net_ptr[j] : 0;
        for (int32_t e = first[j]; e < first[j + 1]; e++) {
            at += m->species_kind[species[e]] == CRNL_CONSTANT ? 0 : n_changes;
            p->ptr[shift + e + 1] = (int32_t)(at <= INT32_MAX ? at : 0);
        }
    }
    return at;
}

static int64_t place_contributions(struct pattern *p)
{
    const struct crnl_model *m = p->m;
    int64_t at = place_entries(p, 0, m->lhs_ptr, m->lhs_species, 0, false);
    if (m->grad_ptr) {
        at = place_entries(p, at, m->grad_ptr, m->grad_species, m->lhs_ptr[m->n_reactions], true);
    }
    return at;
}

static void copy_deltas(const struct pattern *p, double *delta, const int32_t *first, int32_t shift)
{
    const struct crnl_model *m = p->m;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t e = shift + first[j]; e < shift + first[j + 1]; e++) {
            for (int32_t k = 0; k < p->ptr[e + 1] - p->ptr[e]; k++) {
                delta[p->ptr[e] + k] = m->net_delta[m->net_ptr[j] + k];
            }
        }
    }
}

/* Turns numbers of entries into starts of columns. Afterwards `filled` is one before the first index of a
 * column. */
static void start_columns(struct pattern *p, int32_t *col)
{
    for (int32_t r = 0; r < p->m->n_species; r++) {
        col[r + 1] = col[r] + p->filled[r];
        p->filled[r] = col[r] - 1;
    }
}

void plan_jacobian(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    size_t n = (size_t)m->n_species;
    struct pattern p = {.m = m, .ptr = plan_array(b, entry_count(m) + 1, int32_t)};
    int64_t n_contributions = place_contributions(&p);
    if (n_contributions > INT32_MAX) {
        return; /* too dense for a sparse solver: the model has no pattern */
    }
    double *delta = plan_array(b, n_contributions, double);
    int32_t *col = plan_array(b, n + 1, int32_t);
    p.pos = plan_array(b, n_contributions, int32_t);
    p.last = mem_zalloc(n + 1, sizeof *p.last);
    p.filled = mem_zalloc(n + 1, sizeof *p.filled);
    index_changes(&p);
    walk_rows(&p);
    start_columns(&p, col);
    p.row = plan_array(b, col[n], int32_t);
    walk_rows(&p);
    copy_deltas(&p, delta, m->lhs_ptr, 0);
    if (m->grad_ptr) {
        copy_deltas(&p, delta, m->grad_ptr, m->lhs_ptr[m->n_reactions]);
    }
    m->jac_nnz = col[n];
    m->jac_col = col;
    m->jac_row = p.row;
    m->jac_ptr = p.ptr;
    m->jac_pos = p.pos;
    m->jac_delta = delta;
    free(p.by_species);
    free(p.reaction);
    free(p.change);
    free(p.last);
    free(p.filled);
}
