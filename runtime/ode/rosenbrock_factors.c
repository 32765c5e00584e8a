/* The order of elimination, and lists of its operations. */
#include <stdlib.h>
#include <string.h>

#include "rt_rosenbrock.h"
#include "runtime/rt_base.h"

/* The next species: that whose row and column have the fewest entries, after Markowitz. */
static int32_t find_next(const int32_t *at, const bool *is_done, int32_t n)
{
    int32_t best = -1;
    int64_t least = 0;
    for (int32_t s = 0; s < n; s++) {
        int64_t in_row = 0, in_column = 0;
        for (int32_t i = 0; i < n && !is_done[s]; i++) {
            in_row += !is_done[i] && i != s && at[(size_t)s * (size_t)n + (size_t)i] >= 0;
            in_column += !is_done[i] && i != s && at[(size_t)i * (size_t)n + (size_t)s] >= 0;
        }
        if (!is_done[s] && (best < 0 || in_row * in_column < least)) {
            best = s;
            least = in_row * in_column;
        }
    }
    return best;
}

/* at: [n][n] number of each entry by row and column; -1: it is 0. */
static void eliminate(struct rosenbrock_factors *f, int32_t *at)
{
    int32_t n = f->n, n_below = 0, n_right = 0, n_changes = 0, cap_below = 0, cap_changes = 0, cap_right = 0,
            cap_sources = 0, cap_factors = 0, cap_ends = 0, cap_columns = 0;
    size_t wide = (size_t)n;
    bool *is_done = rt_alloc(wide, sizeof *is_done);
    for (int32_t k = 0; k < n; k++) {
        int32_t p = find_next(at, is_done, n);
        is_done[p] = true;
        f->pivot[k] = p;
        f->diagonal[k] = at[(size_t)p * wide + (size_t)p];
        f->below[k] = n_below;
        f->right[k] = n_right;
        for (int32_t c = 0; c < n; c++) {
            if (!is_done[c] && at[(size_t)p * wide + (size_t)c] >= 0) {
                RT_GROW(f->entry, n_right, cap_right);
                RT_GROW(f->column, n_right, cap_columns);
                f->entry[n_right] = at[(size_t)p * wide + (size_t)c];
                f->column[n_right++] = c;
            }
        }
        for (int32_t r = 0; r < n; r++) {
            if (is_done[r] || at[(size_t)r * wide + (size_t)p] < 0) {
                continue;
            }
            RT_GROW(f->row, n_below, cap_below);
            RT_GROW(f->factor, n_below, cap_factors);
            RT_GROW(f->change, n_below, cap_ends);
            f->row[n_below] = r;
            f->change[n_below] = n_changes;
            f->factor[n_below++] = at[(size_t)r * wide + (size_t)p];
            for (int32_t c = f->right[k]; c < n_right; c++) {
                int32_t *target = &at[(size_t)r * wide + (size_t)f->column[c]];
                *target = *target < 0 ? f->n_entries++ : *target;
                RT_GROW(f->target, n_changes, cap_changes);
                RT_GROW(f->source, n_changes, cap_sources);
                f->target[n_changes] = *target;
                f->source[n_changes++] = f->entry[c];
            }
        }
    }
    RT_GROW(f->change, n_below, cap_ends);
    f->change[n_below] = n_changes;
    f->below[n] = n_below;
    f->right[n] = n_right;
    free(is_done);
}

void rosenbrock_factors_create(struct rosenbrock_factors *f, int32_t n, const int32_t *col,
                               const int32_t *row)
{
    size_t wide = (size_t)n;
    int32_t *at = rt_alloc(wide * wide, sizeof *at);
    *f = (struct rosenbrock_factors){.n = n, .n_jac = col ? col[n] : n * n};
    f->place = rt_alloc((size_t)f->n_jac, sizeof *f->place);
    f->pivot = rt_alloc(wide, sizeof *f->pivot);
    f->diagonal = rt_alloc(wide, sizeof *f->diagonal);
    f->below = rt_alloc(wide + 1, sizeof *f->below);
    f->right = rt_alloc(wide + 1, sizeof *f->right);
    for (size_t i = 0; i < wide * wide; i++) {
        at[i] = -1;
    }
    for (int32_t s = 0; s < n; s++) {
        at[(size_t)s * wide + (size_t)s] = f->n_entries++;
    }
    for (int32_t s = 0, i = 0; s < n; s++) {
        for (int32_t end = col ? col[s + 1] : i + n; i < end; i++) {
            int32_t *entry = &at[(size_t)(row ? row[i] : i % n) * wide + (size_t)s];
            *entry = *entry < 0 ? f->n_entries++ : *entry;
            f->place[i] = *entry;
        }
    }
    eliminate(f, at);
    free(at);
}

void rosenbrock_factors_destroy(struct rosenbrock_factors *f)
{
    int32_t *const list[] = {f->place,  f->pivot,  f->diagonal, f->below, f->row,   f->factor,
                             f->change, f->target, f->source,   f->right, f->entry, f->column};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        free(list[i]);
    }
    *f = (struct rosenbrock_factors){0};
}

double *rosenbrock_step_create(struct rosenbrock_step *s, const struct rosenbrock_factors *f, int wide)
{
    enum { LINE = 64 };
    size_t n = (size_t)f->n, lanes = (size_t)wide;
    struct {
        double **of;
        size_t size;
    } list[] = {{&s->x, n},       {&s->f, n},     {&s->by_time, n}, {&s->jacobian, (size_t)f->n_jac},
                {&s->weight, n},  {&s->t, 1},     {&s->h, 1},       {&s->u, ROSENBROCK_STAGES * n},
                {&s->y, n},       {&s->error, 1}, {&s->longer, 1},  {&s->matrix, (size_t)f->n_entries},
                {&s->inverse, n}, {&s->sum, n},   {&s->slope, n},   {(double **)(void *)&s->unsolved, 1}};
    size_t total = 0;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        total += list[i].size * lanes;
    }
    size_t bytes = (total * sizeof(double) + LINE) / LINE * LINE;
    double *memory = aligned_alloc(LINE, bytes);
    if (!memory) {
        rt_out_of_memory(bytes, 1);
    }
    memset(memory, 0, bytes);
    double *at = memory;
    *s = (struct rosenbrock_step){.factors = f, .wide = wide};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        *list[i].of = at;
        at += list[i].size * lanes;
    }
    return memory;
}
