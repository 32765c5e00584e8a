/* The states that can be reached, and the propensities between them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_cme.h"

enum { STATES_BETWEEN_CHECKS = 4096 };

static void read_expression(const struct crnl_model *m, int32_t expr, bool *read)
{
    for (int32_t i = m->reads_ptr[expr]; i < m->reads_ptr[expr + 1]; i++) {
        if (m->reads_species[i] >= 0) {
            read[m->reads_species[i]] = true;
        }
    }
}

static void read_elements(const struct crnl_model *m, const struct crnl_elem *elem, int32_t n, bool *read)
{
    for (int32_t i = 0; i < n; i++) {
        const struct crnl_elem *e = &elem[i];
        if (e->kind == CRNL_ELEM_EXPR) {
            read_expression(m, e->a, read);
        } else if (e->kind != CRNL_ELEM_PARAM) {
            read[e->a] = true;
            read[e->kind == CRNL_ELEM_DUAL ? e->b : e->a] = true;
        }
    }
}

/* Marks the species that rates, conditions or outputs depend on, and those that reactions consume, of which
 * there may be too few. Other species are not counted: without them there are fewer states, and the law of
 * the rest is the same. An output that is not a species counts, because its value at the end may be read. */
static bool *find_read(const struct rt_job *job, int32_t until)
{
    const struct crnl_model *m = job->m;
    bool *read = rt_alloc((size_t)m->n_species, sizeof *read);
    memset(read, m->n_exprs > 0 && !m->reads_ptr, (size_t)m->n_species * sizeof *read);
    if (m->n_exprs > 0 && !m->reads_ptr) {
        return read;
    }
    for (int32_t e = 0; e < m->lhs_ptr[m->n_reactions]; e++) {
        read[m->lhs_species[e]] = true;
    }
    for (int32_t e = 0; e < m->net_ptr[m->n_reactions]; e++) {
        read[m->net_species[e]] |= m->net_delta[e] < 0;
    }
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        if (m->law[j] >= 0) {
            read_expression(m, m->law[j], read);
        }
    }
    for (int32_t i = 0; job->fixed && i < m->n_species; i++) {
        read[i] |= job->fixed[i] != 0; /* outputs may depend on the amount at which another species is held */
    }
    for (int32_t i = 0; i < m->n_assumes; i++) {
        read_expression(m, m->assume[i], read);
    }
    if (until >= 0) {
        read_expression(m, until, read);
    }
    for (int32_t i = 0; i < m->n_stats; i++) {
        read_elements(m, m->stat[i].elem, m->stat[i].n_elems, read);
    }
    for (int32_t i = 0; i < m->n_elems; i++) {
        read_elements(m, &m->elem[i], m->elem[i].kind == CRNL_ELEM_EXPR, read);
    }
    read_elements(m, job->column, job->has_rows ? job->n_columns : 0, read);
    return read;
}

static void list_changing(struct rt_states *s)
{
    const struct crnl_model *m = s->job->m;
    bool *changes = rt_alloc((size_t)m->n_species, sizeof *changes), *read = find_read(s->job, s->until);
    for (int32_t e = 0; e < m->net_ptr[m->n_reactions]; e++) {
        changes[m->net_species[e]] = true;
    }
    s->changing = rt_alloc((size_t)m->n_species, sizeof *s->changing);
    s->unread = rt_alloc((size_t)m->n_species, sizeof *s->unread);
    for (int32_t i = 0; i < m->n_species; i++) {
        if (changes[i] && read[i]) {
            s->changing[s->n_changing++] = i;
        } else if (changes[i]) {
            s->unread[s->n_unread++] = i;
        }
    }
    free(changes);
    free(read);
}

static const int32_t *amounts_of(const struct rt_states *s, int64_t i)
{
    return s->amount + i * s->n_changing;
}

/* The slot for a state that is not in the table. */
static int32_t *free_slot(const struct rt_states *s, const int32_t *amount)
{
    uint64_t at = rt_amounts_hash(amount, NULL, s->n_changing) & s->mask;
    while (s->slot[at]) {
        at = (at + 1) & s->mask;
    }
    return &s->slot[at];
}

static void grow(struct rt_states *s)
{
    s->cap = s->cap ? 2 * s->cap : 1024;
    s->amount =
        rt_resize(s->amount, (size_t)s->cap, (size_t)(s->n_changing ? s->n_changing : 1) * sizeof *s->amount);
    s->first = rt_resize(s->first, (size_t)s->cap + 1, sizeof *s->first);
    s->kept = rt_resize(s->kept, (size_t)s->cap, sizeof *s->kept);
    s->out = rt_resize(s->out, (size_t)s->cap, sizeof *s->out);
    s->ends = rt_resize(s->ends, (size_t)s->cap, sizeof *s->ends);
    s->last = rt_resize(s->last, (size_t)s->cap, sizeof *s->last);
    memset(s->last + s->n, 0xFF, (size_t)(s->cap - s->n) * sizeof *s->last);
    free(s->slot);
    s->slot = rt_alloc((size_t)s->cap * 2, sizeof *s->slot);
    s->mask = (uint64_t)s->cap * 2 - 1;
    for (int64_t i = 0; i < s->n; i++) {
        *free_slot(s, amounts_of(s, i)) = (int32_t)i + 1;
    }
}

/* The number of a state, or -1 if it is not in the table. */
static int64_t known(const struct rt_states *s, const int32_t *amount)
{
    size_t size = (size_t)s->n_changing * sizeof *amount;
    uint64_t at = rt_amounts_hash(amount, NULL, s->n_changing) & s->mask;
    for (; s->slot[at]; at = (at + 1) & s->mask) {
        if (memcmp(amounts_of(s, s->slot[at] - 1), amount, size) == 0) {
            return s->slot[at] - 1;
        }
    }
    return -1;
}

bool rt_states_has(const struct rt_states *s, const int32_t *amount)
{
    return known(s, amount) >= 0;
}

/* The number of a state, which is added if there is room; otherwise -1. */
static int64_t find(struct rt_states *s, const int32_t *amount, int64_t most)
{
    int64_t i = known(s, amount);
    if (i >= 0 || s->n == most) {
        return i;
    }
    if (s->n == s->cap) {
        grow(s);
    }
    *free_slot(s, amount) = (int32_t)s->n + 1;
    memcpy(s->amount + s->n * s->n_changing, amount, (size_t)s->n_changing * sizeof *amount);
    return s->n++;
}

/* Adds a transition; reactions that lead to the same state are one transition. */
static void add_transition(struct rt_states *s, int64_t from, int64_t to, double rate)
{
    int64_t at = s->last[to];
    if (at >= s->first[from] && at < s->first[from + 1] && s->to[at] == to) {
        s->rate[at] += rate;
        return;
    }
    at = s->last[to] = s->first[from + 1]++;
    if (at == s->cap_transitions) {
        s->cap_transitions = at ? 2 * at : 4096;
        s->to = rt_resize(s->to, (size_t)s->cap_transitions, sizeof *s->to);
        s->rate = rt_resize(s->rate, (size_t)s->cap_transitions, sizeof *s->rate);
    }
    s->to[at] = (int32_t)to;
    s->rate[at] = rate;
}

static int fail_reaction(struct rt_error *e, const struct rt_job *job, int32_t j, double a, const double *x)
{
    int status = a >= 0 && a < INFINITY ? CRNL_BAD_AMOUNT : CRNL_BAD_PROPENSITY;
    if (status == CRNL_BAD_AMOUNT) {
        rt_fail(e, status, "an amount below 0 or above %d, after ", INT32_MAX);
    } else {
        rt_fail(e, status, "the propensity %.6g, of ", a);
    }
    rt_put_reaction(&e->text, job->m, j);
    if (status == CRNL_BAD_PROPENSITY && a < 0) {
        rt_put(&e->text,
               "\n  help: what has two directions is two reactions, one each way, as in `A <->{kf, kr} B`");
    }
    if (status == CRNL_BAD_AMOUNT) {
        rt_put(&e->text, "\n  help: a law must be 0 when too few molecules are left to react");
    }
    rt_put(&e->text, "\n  note: before it ");
    rt_put_amounts(&e->text, job->m, j, x);
    return status;
}

/* Finds the state to which reaction j leads; returns false if an amount would be impossible. */
static bool fire(const struct crnl_model *m, int32_t j, const double *x, const int32_t *place,
                 int32_t *amount)
{
    bool good = true;
    for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1]; e++) {
        int32_t at = place[m->net_species[e]];
        double v = at >= 0 ? x[m->net_species[e]] + m->net_delta[e] : 0;
        good = good && v >= 0 && v <= INT32_MAX;
        if (at >= 0) {
            amount[at] = good ? (int32_t)v : 0;
        }
    }
    return good;
}

struct expansion {
    double *x;      /* [n_species] amounts of the present state */
    int32_t *to;    /* [n_changing] the state to which a reaction leads */
    int32_t *place; /* [n_species] index in `to`; -1: the species is not counted */
};

static int expand(struct rt_states *s, struct expansion *y, int64_t i, int64_t most, struct rt_error *e)
{
    const struct rt_job *job = s->job;
    const struct crnl_model *m = job->m;
    double leak = 0;
    rt_states_amounts(s, i, y->x);
    s->first[i + 1] = s->first[i];
    s->ends[i] = s->until >= 0 && rt_condition(job, s->until, job->t0, y->x);
    int32_t n_reactions = s->stops && s->ends[i] ? 0 : m->n_reactions;
    for (int32_t j = 0; j < n_reactions; j++) {
        double a = rt_propensity(m, j, job->k, y->x, job->t0, job->param, job->inv_volume);
        if (a == 0 || m->net_ptr[j] == m->net_ptr[j + 1]) {
            continue;
        }
        memcpy(y->to, amounts_of(s, i), (size_t)s->n_changing * sizeof *y->to);
        if (!(a > 0 && a < INFINITY) || !fire(m, j, y->x, y->place, y->to)) {
            return fail_reaction(e, job, j, a, y->x);
        }
        int64_t to = find(s, y->to, most);
        if (to < 0) {
            leak += a;
        } else if (to != i) { /* a reaction may change only species that are not counted */
            add_transition(s, i, to, a);
        }
    }
    s->kept[i] = 0;
    for (int64_t k = s->first[i]; k < s->first[i + 1]; k++) {
        s->kept[i] += s->rate[k];
    }
    s->out[i] = leak;
    s->leak = fmax(s->leak, leak);
    return CRNL_OK;
}

static int start(struct rt_states *s, struct rt_error *e)
{
    const struct rt_job *job = s->job;
    int32_t *amount = rt_alloc((size_t)s->n_changing, sizeof *amount);
    for (int32_t c = 0; c < s->n_changing && !e->status; c++) {
        double v = job->x0[s->changing[c]];
        if (!(v <= INT32_MAX)) {
            rt_fail(e, CRNL_BAD_AMOUNT,
                    "the initial amount of `%s` is %.6g molecules, and `cme` counts up to %d",
                    job->m->species_name[s->changing[c]], v, INT32_MAX);
        } else {
            amount[c] = (int32_t)v;
        }
    }
    grow(s);
    s->first[0] = 0;
    find(s, amount, 1);
    free(amount);
    return e->status;
}

static void forget_gathered(struct rt_states *s)
{
    free(s->in_first);
    free(s->from);
    free(s->in_rate);
    free(s->feed_first);
    free(s->feed);
    free(s->side_first);
    free(s->side_from);
    free(s->side_rate);
    s->in_first = s->feed_first = s->side_first = NULL;
    s->from = s->feed = s->side_from = NULL;
    s->in_rate = s->side_rate = NULL;
}

void rt_states_open(struct rt_states *s, const struct rt_job *job, int32_t until, bool stops)
{
    *s = (struct rt_states){.job = job, .until = until, .stops = stops};
    list_changing(s);
}

/* Removes the transitions of states in which the condition holds. To find more states later, all states are
 * searched again. */
void rt_states_stop(struct rt_states *s)
{
    int64_t n = 0;
    s->stops = true;
    s->leak = 0;
    s->first_short = 0;
    forget_gathered(s);
    for (int64_t i = 0; i < s->n; i++) {
        int64_t from = s->first[i], end = s->ends[i] ? from : s->first[i + 1];
        s->first[i] = n;
        for (int64_t k = from; k < end; k++) {
            s->to[n] = s->to[k];
            s->rate[n++] = s->rate[k];
        }
        s->kept[i] = s->ends[i] ? 0 : s->kept[i];
        s->out[i] = s->ends[i] ? 0 : s->out[i];
        s->leak = fmax(s->leak, s->out[i]);
    }
    s->first[s->n] = n;
}

int rt_states_find(struct rt_states *s, struct rt_recorder *r, int64_t most)
{
    size_t n = (size_t)s->job->m->n_species;
    struct expansion y = {.x = rt_alloc(n, sizeof *y.x),
                          .to = rt_alloc(n, sizeof *y.to),
                          .place = rt_alloc(n, sizeof *y.place)};
    memset(y.place, 0xFF, n * sizeof *y.place);
    for (int32_t c = 0; c < s->n_changing; c++) {
        y.place[s->changing[c]] = c;
    }
    int status = s->n == 0 ? start(s, &r->error) : CRNL_OK;
    int64_t i = s->first_short; /* earlier states have their transitions */
    s->first_short = -1;
    s->leak = 0;
    forget_gathered(s);
    for (; i < s->n && !status; i++) {
        if (i % STATES_BETWEEN_CHECKS == 0) {
            rt_report_stage(r->job, s->n, "states found", NAN);
            status = rt_check_limits(r, r->job->t0);
        }
        status = status ? status : expand(s, &y, i, most, &r->error);
        s->first_short = s->first_short < 0 && s->leak > 0 ? i : s->first_short;
    }
    s->first_short = s->first_short < 0 ? s->n : s->first_short;
    free(y.x);
    free(y.to);
    free(y.place);
    return status;
}

void rt_states_gather(struct rt_states *s)
{
    if (s->in_first) {
        return;
    }
    int64_t n = s->n, m = s->first[n];
    s->in_first = rt_alloc((size_t)n + 2, sizeof *s->in_first);
    s->from = rt_alloc((size_t)m, sizeof *s->from);
    s->in_rate = rt_alloc((size_t)m, sizeof *s->in_rate);
    for (int64_t k = 0; k < m; k++) {
        s->in_first[s->to[k] + 2]++;
    }
    for (int64_t i = 0; i < n; i++) {
        s->in_first[i + 2] += s->in_first[i + 1];
    }
    for (int64_t i = 0; i < n; i++) {
        for (int64_t k = s->first[i]; k < s->first[i + 1]; k++) {
            int64_t at = s->in_first[s->to[k] + 1]++;
            s->from[at] = (int32_t)i;
            s->in_rate[at] = s->rate[k];
        }
    }
}

void rt_states_return(struct rt_states *s, const int32_t *back, const double *back_rate)
{
    int64_t n = 0;
    int64_t *first = rt_copy(s->first, (size_t)s->n + 1, sizeof *first);
    int32_t *to = rt_alloc((size_t)(first[s->n] + s->n), sizeof *to);
    double *rate = rt_alloc((size_t)(first[s->n] + s->n), sizeof *rate);
    for (int64_t i = 0; i < s->n; i++) {
        s->first[i] = n;
        for (int64_t k = first[i]; k < first[i + 1]; k++) {
            to[n] = s->to[k];
            rate[n++] = s->rate[k];
        }
        if (back_rate[i] > 0) {
            to[n] = back[i];
            rate[n++] = back_rate[i];
            s->kept[i] += back_rate[i];
        }
    }
    s->first[s->n] = n;
    s->cap_transitions = first[s->n] + s->n;
    free(first);
    free(s->to);
    free(s->rate);
    s->to = to;
    s->rate = rate;
    forget_gathered(s);
}

double rt_states_edge(const struct rt_states *s, const double *p)
{
    double all = 0, out = 0;
    for (int64_t i = 0; i < s->n && s->leak > 0; i++) {
        all += p[i] * (s->kept[i] + s->out[i]);
        out += p[i] * s->out[i];
    }
    return out > 0 ? out / all : 0;
}

void rt_states_amounts(const struct rt_states *s, int64_t i, double *x)
{
    memcpy(x, s->job->x0, (size_t)s->job->m->n_species * sizeof *x);
    for (int32_t c = 0; c < s->n_changing; c++) {
        x[s->changing[c]] = amounts_of(s, i)[c];
    }
    for (int32_t c = 0; c < s->n_unread; c++) {
        x[s->unread[c]] = RT_UNCOUNTED;
    }
}

void rt_states_free(struct rt_states *s)
{
    free(s->changing);
    free(s->unread);
    free(s->amount);
    free(s->first);
    free(s->to);
    free(s->rate);
    free(s->kept);
    free(s->out);
    free(s->ends);
    forget_gathered(s);
    free(s->slot);
    free(s->last);
    *s = (struct rt_states){0};
}
