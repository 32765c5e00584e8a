/* Sums that kernels of stochastic runs make along a trajectory: of values over time and over events, updated
 * when a reaction changes them, and of time in the bins of histograms. Differences from the value at the
 * start of a block are summed, and merged into moments after some thousand events, so that neither large
 * values nor long runs cost digits. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ssa.h"

/* Largest number of cells of a histogram; time in bins farther from 0 is stored by number. */
enum { MOST_CELLS = 1 << 12, MOST_CELLS_OF_TWO = 1 << 7 };

static bool is_amount(const struct crnl_elem *e)
{
    return e->kind == CRNL_ELEM_SPECIES || e->kind == CRNL_ELEM_DUAL;
}

/* Whether the amount changes between reactions, as the time does. */
static bool is_bulk(const struct crnl_model *m, int32_t s)
{
    return m->species_kind[s] == CRNL_BULK;
}

static bool moves_between(const struct crnl_model *m, const struct crnl_elem *e)
{
    if (is_amount(e)) {
        return is_bulk(m, e->a) || (e->kind == CRNL_ELEM_DUAL && is_bulk(m, e->b));
    }
    bool found = e->kind == CRNL_ELEM_EXPR && !m->reads_ptr;
    for (int32_t i = found || e->kind != CRNL_ELEM_EXPR ? 0 : m->reads_ptr[e->a];
         e->kind == CRNL_ELEM_EXPR && !found && i < m->reads_ptr[e->a + 1]; i++) {
        found = m->reads_species[i] < 0 || is_bulk(m, m->reads_species[i]);
    }
    return found;
}

bool crnl_watch_has(const struct crnl_model *m, int32_t request)
{
    const struct crnl_stat_request *q = &m->stat[request];
    bool has = rt_is_path_stat(q) && !rt_is_course_stat(q);
    for (int32_t e = 0; has && e < q->n_elems; e++) {
        has = !moves_between(m, &q->elem[e]);
    }
    return has;
}

int32_t crnl_watch_list(const struct crnl_model *m, struct crnl_watch_item *item)
{
    int32_t n = 0;
    for (int32_t i = 0; i < m->n_stats; i++) {
        const struct crnl_stat_request *q = &m->stat[i];
        bool joint = q->kind == CRNL_TIME_HISTOGRAM;
        int32_t kind = joint                        ? CRNL_WATCH_BINS
                       : q->kind == CRNL_TIME_VAR   ? CRNL_WATCH_SPREAD
                       : q->kind == CRNL_EVENT_MEAN ? CRNL_WATCH_EVENTS
                                                    : CRNL_WATCH_TIME;
        for (int32_t e = 0; e < (joint ? 1 : q->n_elems) && crnl_watch_has(m, i); e++, n++) {
            if (item) {
                item[n] = (struct crnl_watch_item){kind, i, joint ? q->n_elems : 1, &q->elem[e]};
            }
        }
    }
    return n;
}

static bool expr_changes(const struct crnl_model *m, int32_t j, int32_t expr)
{
    for (int32_t i = m->reads_ptr[expr]; i < m->reads_ptr[expr + 1]; i++) {
        for (int32_t k = m->net_ptr[j]; k < m->net_ptr[j + 1]; k++) {
            if (m->net_species[k] == m->reads_species[i]) {
                return true;
            }
        }
    }
    return false;
}

/* The change by reaction j of an amount, or of the difference of two. */
static double change(const struct crnl_model *m, int32_t j, const struct crnl_elem *e)
{
    double sum = 0;
    for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
        sum += m->net_species[i] == e->a ? m->net_delta[i] : 0;
        sum -= e->kind == CRNL_ELEM_DUAL && m->net_species[i] == e->b ? m->net_delta[i] : 0;
    }
    return sum;
}

bool crnl_watch_changes(const struct crnl_model *m, int32_t j, const struct crnl_watch_item *item,
                        bool *surely)
{
    bool any = false;
    *surely = false;
    for (int32_t i = 0; i < item->n_elems; i++) {
        const struct crnl_elem *e = &item->elem[i];
        bool amount = is_amount(e) && change(m, j, e) != 0;
        *surely |= amount;
        any |= amount || (e->kind == CRNL_ELEM_EXPR && expr_changes(m, j, e->a));
    }
    return any;
}

void crnl_watch_cells(const struct crnl_stat_request *q, int32_t size[2])
{
    int32_t most = q->n_elems > 1 ? MOST_CELLS_OF_TWO : MOST_CELLS;
    for (int32_t i = 0; i < 2; i++) {
        size[i] = i >= q->n_elems ? 1 : q->bound[i] < 0 || q->bound[i] >= most ? most : q->bound[i] + 1;
    }
}

static void find_changes(struct crnl_watch *w)
{
    const struct crnl_model *m = w->m;
    int32_t *ptr = rt_alloc((size_t)m->n_reactions + 1, sizeof *ptr), *changed = NULL, at = 0, cap = 0;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        for (int32_t i = 0; i < w->n; i++) {
            bool surely;
            if (crnl_watch_changes(m, j, &w->item[i], &surely)) {
                RT_GROW(changed, at, cap);
                changed[at++] = i;
            }
        }
        ptr[j + 1] = at;
    }
    w->ptr = ptr;
    w->changed = changed;
}

struct crnl_watch *rt_watch_create(const struct crnl_model *m)
{
    int32_t n = crnl_watch_list(m, NULL);
    if (n == 0) {
        return NULL;
    }
    struct crnl_watch *w = rt_alloc(1, sizeof *w);
    struct crnl_watch_item *item = rt_alloc((size_t)n, sizeof *item);
    crnl_watch_list(m, item);
    w->n = n;
    w->m = m;
    w->item = item;
    w->sum = rt_alloc((size_t)n, sizeof *w->sum);
    w->far = rt_alloc((size_t)n, sizeof *w->far);
    for (int32_t i = 0; i < n; i++) {
        struct crnl_watched *s = &w->sum[i];
        if (item[i].kind == CRNL_WATCH_BINS) {
            crnl_watch_cells(&m->stat[item[i].request], s->size);
            s->cell = rt_alloc((size_t)s->size[0] * (size_t)s->size[1], sizeof *s->cell);
        }
    }
    find_changes(w);
    return w;
}

void rt_watch_destroy(struct crnl_watch *w)
{
    if (w) {
        for (int32_t i = 0; i < w->n; i++) {
            free(w->sum[i].cell);
            rt_histogram_free(&w->far[i]);
        }
        free(w->sum);
        free(w->far);
        free((void *)(uintptr_t)w->item);
        free((void *)(uintptr_t)w->ptr);
        free((void *)(uintptr_t)w->changed);
        free(w);
    }
}

/* The value of an element: amounts as molecules, formulas as users see them. */
static double value_of(const struct crnl_ssa *w, const struct crnl_elem *e)
{
    return rt_elem_value(w->watch->m, e, w->x, w->t, w->p, NULL, is_amount(e) ? 1 : w->inv_volume);
}

/* The weight of sums: the time, or the number of events so far, without the last one if that makes the
 * change. */
static double clock(const struct crnl_ssa *w, int32_t i, bool is_event)
{
    return w->watch->item[i].kind == CRNL_WATCH_EVENTS ? (double)(w->events - is_event) : w->t;
}

static void begin_block(struct crnl_ssa *w)
{
    struct crnl_watch *watch = w->watch;
    for (int32_t i = 0; i < watch->n; i++) {
        struct crnl_watched *s = &watch->sum[i];
        s->base = s->value[0] - s->value[0] == 0 ? s->value[0] : 0;
        s->sum = s->square = 0;
        s->since = s->cell ? s->since : clock(w, i, false);
    }
    watch->start = w->t;
    watch->events = w->events;
}

void rt_watch_begin(struct crnl_ssa *w, bool is_first)
{
    struct crnl_watch *watch = w->watch;
    if (!watch) {
        return;
    }
    bool clear = watch->is_filled && (is_first || watch->start != w->t || watch->events != w->events);
    watch->is_filled = true;
    for (int32_t i = 0; i < watch->n; i++) {
        const struct crnl_watch_item *item = &watch->item[i];
        struct crnl_watched *s = &watch->sum[i];
        for (int32_t k = 0; k < item->n_elems; k++) {
            s->value[k] = value_of(w, &item->elem[k]);
        }
        if (s->cell) {
            if (clear) {
                memset(s->cell, 0, (size_t)s->size[0] * (size_t)s->size[1] * sizeof *s->cell);
            }
            rt_histogram_free(&watch->far[i]);
            s->since = w->t;
        }
    }
    begin_block(w);
}

void crnl_watch_far(struct crnl_ssa *w, int32_t item, double first, double second, double dwell)
{
    const struct crnl_watch *watch = w->watch;
    rt_histogram_add(&watch->far[item], rt_histogram_bin(first),
                     watch->item[item].n_elems > 1 ? rt_histogram_bin(second) : 0, dwell);
}

static void add_to_bin(struct crnl_ssa *w, int32_t i, double dwell)
{
    const struct crnl_watch *watch = w->watch;
    const struct crnl_watched *s = &watch->sum[i];
    double a = s->value[0] + 0.5, b = watch->item[i].n_elems > 1 ? s->value[1] + 0.5 : 0;
    if (a >= 0 && a < s->size[0] && b >= 0 && b < s->size[1]) {
        s->cell[(int64_t)a * s->size[1] + (int64_t)b] += dwell;
    } else {
        crnl_watch_far(w, i, s->value[0], s->value[1], dwell);
    }
}

static void close_sum(struct crnl_ssa *w, int32_t i, double now)
{
    struct crnl_watched *s = &w->watch->sum[i];
    if (s->cell) {
        add_to_bin(w, i, now - s->since);
    } else {
        double d = s->value[0] - s->base, dwell = d * (now - s->since);
        s->sum += dwell;
        s->square += w->watch->item[i].kind == CRNL_WATCH_SPREAD ? d * dwell : 0;
    }
    s->since = now;
}

static void see(struct crnl_ssa *w, int32_t i, bool is_event)
{
    const struct crnl_watch_item *item = &w->watch->item[i];
    double v[2] = {0, 0}, *before = w->watch->sum[i].value;
    bool differs = false;
    for (int32_t k = 0; k < item->n_elems; k++) {
        v[k] = value_of(w, &item->elem[k]);
        differs |= v[k] != before[k];
    }
    if (differs) {
        close_sum(w, i, clock(w, i, is_event));
        memcpy(before, v, sizeof v);
    }
}

void crnl_watch_update(struct crnl_ssa *w, bool is_event)
{
    for (int32_t i = 0; w->watch && i < w->watch->n; i++) {
        see(w, i, is_event);
    }
}

void rt_watch_reaction(struct crnl_ssa *w, int32_t j)
{
    const struct crnl_watch *watch = w->watch;
    for (int32_t e = watch->ptr[j]; e < watch->ptr[j + 1]; e++) {
        see(w, watch->changed[e], true);
    }
}

static void merge_block(const struct crnl_ssa *w, int32_t i, struct rt_recorder *r)
{
    const struct crnl_watch *watch = w->watch;
    const struct crnl_watch_item *item = &watch->item[i];
    const struct crnl_watched *s = &watch->sum[i];
    const struct crnl_stat_request *q = &watch->m->stat[item->request];
    bool of_events = item->kind == CRNL_WATCH_EVENTS;
    double weight = of_events ? (double)(w->events - watch->events) : w->t - watch->start;
    if (!(weight > 0) || (of_events && !rt_method_is(r->job->spec->method, CRNL_COUNTS_EVENTS))) {
        return;
    }
    double scale = is_amount(item->elem) ? r->job->inv_volume : 1;
    double square = s->square - s->sum * (s->sum / weight);
    struct rt_moments block = {weight, scale * (s->base + s->sum / weight),
                               scale * scale * (square > 0 ? square : 0)};
    rt_moments_merge(&r->stat[item->request].moments[item->elem - q->elem], &block);
}

void rt_watch_flush(struct crnl_ssa *w, struct rt_recorder *r)
{
    for (int32_t i = 0; i < w->watch->n; i++) {
        if (!w->watch->sum[i].cell) {
            close_sum(w, i, clock(w, i, false));
            merge_block(w, i, r);
        }
    }
    begin_block(w);
}

enum { CELLS_AT_ONCE = 8 };

/* Whether so many cells, at most CELLS_AT_ONCE, are all 0. */
static bool are_empty(const double *cell, size_t n)
{
    uint64_t bits[CELLS_AT_ONCE] = {0}, any = 0;
    memcpy(bits, cell, n * sizeof *bits);
    for (int i = 0; i < CELLS_AT_ONCE; i++) {
        any |= bits[i];
    }
    return any == 0;
}

/* Moves what the cells hold; a short run fills few of them. */
static void move_bins(const struct crnl_watch *watch, int32_t i, struct rt_histogram *to)
{
    const struct crnl_watched *s = &watch->sum[i];
    size_t wide = (size_t)s->size[1], n = (size_t)s->size[0] * wide;
    for (size_t first = 0; first < n; first += CELLS_AT_ONCE) {
        size_t end = first + CELLS_AT_ONCE < n ? first + CELLS_AT_ONCE : n;
        if (!are_empty(s->cell + first, end - first)) {
            for (size_t c = first; c < end; c++) {
                rt_histogram_add(to, (int32_t)(c / wide), (int32_t)(c % wide), s->cell[c]);
                s->cell[c] = 0;
            }
        }
    }
    rt_histogram_merge(to, &watch->far[i]);
}

void rt_watch_end(struct crnl_ssa *w, struct rt_recorder *r)
{
    for (int32_t i = 0; i < w->watch->n; i++) {
        if (w->watch->sum[i].cell) {
            close_sum(w, i, w->t);
            move_bins(w->watch, i, &r->stat[w->watch->item[i].request].histogram);
        }
    }
    w->watch->is_filled = false;
    rt_watch_flush(w, r);
}
