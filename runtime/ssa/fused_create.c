/* Creates the tables of the fused kernel that depend only on the structure of the network. */
#include <stdlib.h>
#include <string.h>

#include "rt_fused.h"
#include "runtime/crnl_csr.h"

static struct fused_channel make_channel(const struct fused *f, int32_t j)
{
    const struct crnl_model *m = f->m;
    int32_t one = m->n_species, s[2] = {one, one}, n = 0;
    struct fused_channel c = {.first = j};
    for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
        int32_t species = m->lhs_species[e];
        int32_t count =
            f->form.class_of[species] < 0 ? 0 : (int32_t)m->lhs_count[e] - (species == f->form.extra[j]);
        for (int32_t i = 0; i < count; i++, n++) {
            if (n >= 2) {
                c.is_general = true;
                return c;
            }
            s[n] = species;
        }
    }
    c.s1 = s[0];
    c.s2 = s[1];
    c.pair = n == 2 && s[0] == s[1];
    return c;
}

/* Lists the reactions of each channel. */
static void list_members(struct fused *f)
{
    const struct crnl_model *m = f->m;
    int32_t n = f->form.n_channels;
    f->member_ptr = rt_alloc((size_t)n + 2, sizeof *f->member_ptr);
    f->member = rt_alloc((size_t)m->n_reactions, sizeof *f->member);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        csr_count(f->member_ptr, f->form.channel[j]);
    }
    csr_open(f->member_ptr, n);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        f->member[csr_place(f->member_ptr, f->form.channel[j])] = j;
    }
    for (int32_t c = 0; c < n; c++) {
        f->channel[c] = make_channel(f, f->member[f->member_ptr[c]]);
    }
}

static void number_columns(struct fused *f)
{
    const struct crnl_model *m = f->m;
    f->column_of = rt_alloc((size_t)m->n_species, sizeof *f->column_of);
    for (int32_t s = 0; s < m->n_species; s++) {
        f->column_of[s] = -1;
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        int32_t s = f->form.extra[j];
        if (s >= 0 && f->column_of[s] < 0) {
            f->column_of[s] = f->n_columns++;
        }
    }
}

/* Lists the changes of amounts and of fields by an event of each channel. */
static void list_changes(struct fused *f)
{
    const struct crnl_model *m = f->m;
    int32_t n = f->form.n_channels, n_changes = 0, n_steps = 0;
    size_t most = 0;
    f->change_ptr = rt_alloc((size_t)n + 1, sizeof *f->change_ptr);
    f->step_ptr = rt_alloc((size_t)n + 1, sizeof *f->step_ptr);
    for (int32_t c = 0; c < n; c++) {
        int32_t j = f->channel[c].first;
        most += (size_t)(m->net_ptr[j + 1] - m->net_ptr[j]);
    }
    f->change = rt_alloc(most, sizeof *f->change);
    f->step = rt_alloc(most, sizeof *f->step);
    for (int32_t c = 0; c < n; c++) {
        int32_t j = f->channel[c].first;
        for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
            int32_t s = m->net_species[i], delta = (int32_t)m->net_delta[i];
            f->change[n_changes++] = (struct fused_change){s, delta};
            if (f->column_of[s] >= 0) {
                f->step[n_steps++] = (struct fused_step){f->column_of[s], (uint32_t)delta};
            }
        }
        f->change_ptr[c + 1] = n_changes;
        f->step_ptr[c + 1] = n_steps;
    }
}

/* Lists, for each species, the channels whose counts depend on it, each channel once. */
static int32_t *list_counted(const struct fused *f, int32_t **ptr)
{
    const struct crnl_model *m = f->m;
    *ptr = rt_alloc((size_t)m->n_species + 2, sizeof **ptr);
    int32_t *list = NULL;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t c = 0; c < f->form.n_channels; c++) {
            int32_t j = f->channel[c].first;
            for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
                int32_t s = m->lhs_species[e];
                if (f->form.class_of[s] < 0 || (s == f->form.extra[j] && m->lhs_count[e] < 2)) {
                    continue;
                }
                if (pass == 0) {
                    csr_count(*ptr, s);
                } else {
                    list[csr_place(*ptr, s)] = c;
                }
            }
        }
        if (pass == 0) {
            list = rt_alloc((size_t)csr_open(*ptr, m->n_species), sizeof *list);
        }
    }
    return list;
}

static void list_opens(struct fused *f)
{
    int32_t n = f->form.n_channels, *ptr, *list = list_counted(f, &ptr), total = 0, cap = 0;
    int32_t *seen = rt_alloc((size_t)n, sizeof *seen); /* the channel that saw it last, plus one */
    f->opens_ptr = rt_alloc((size_t)n + 1, sizeof *f->opens_ptr);
    for (int32_t c = 0; c < n; c++) {
        for (int32_t i = f->change_ptr[c]; i < f->change_ptr[c + 1]; i++) {
            int32_t s = f->change[i].species;
            for (int32_t e = ptr[s]; e < ptr[s + 1]; e++) {
                if (seen[list[e]] != c + 1) {
                    seen[list[e]] = c + 1;
                    RT_GROW(f->opens, total, cap);
                    f->opens[total++] = list[e];
                }
            }
        }
        f->opens_ptr[c + 1] = total;
    }
    free(seen);
    free(ptr);
    free(list);
}

static void choose_pass(struct fused *f)
{
    int i = 0;
    while (!rt_fused_pass[i].name || !rt_fused_pass[i].is_here()) {
        i++;
    }
    f->loop = &rt_fused_pass[i];
}

void *rt_fused_create(const struct crnl_model *m)
{
    struct fused *f = rt_alloc(1, sizeof *f);
    f->m = m;
    if (rt_fused_form(m, &f->form)) {
        free(f);
        return NULL;
    }
    size_t n = (size_t)f->form.n_channels, reactions = (size_t)m->n_reactions;
    f->width = (f->form.n_channels + FUSED_LANES - 1) / FUSED_LANES * FUSED_LANES;
    size_t width = (size_t)f->width;
    f->channel = rt_alloc(n, sizeof *f->channel);
    list_members(f);
    number_columns(f);
    list_changes(f);
    list_opens(f);
    f->k = rt_alloc(reactions, sizeof *f->k);
    f->most = rt_alloc(reactions, sizeof *f->most);
    f->sum = rt_alloc(2 * (size_t)f->form.n_classes, sizeof *f->sum);
    f->effective = f->form.has_constants ? rt_alloc(reactions, sizeof *f->effective) : NULL;
    f->column = rt_alloc((size_t)f->n_columns * width, sizeof *f->column);
    f->base = rt_alloc(width, sizeof *f->base);
    f->slack = rt_alloc(width, sizeof *f->slack);
    f->field = rt_alloc(width, sizeof *f->field);
    f->count = rt_alloc(width, sizeof *f->count);
    f->n = rt_alloc((size_t)m->n_species + 1, sizeof *f->n);
    f->is_off = rt_alloc(n, sizeof *f->is_off);
    choose_pass(f);
    return f;
}

void rt_fused_destroy(void *kernel)
{
    struct fused *f = kernel;
    void *const memory[] = {f->channel, f->member_ptr, f->member, f->change_ptr, f->step_ptr, f->opens_ptr,
                            f->opens,   f->change,     f->step,   f->column_of,  f->k,        f->sum,
                            f->column,  f->base,       f->slack,  f->n,          f->field,    f->count,
                            f->is_off,  f->effective,  f->most};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) {
        free(memory[i]);
    }
    rt_fused_form_free(&f->form);
    free(f);
}
