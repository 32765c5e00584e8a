/* Follows the course of a run backwards, from its end to its start, and adds up the derivatives of the
 * loss. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_lockstep.h"

/* The cotangents of result i of this run, one for each of its *n numbers. */
static const double *cotangent_row(const struct adjoint *a, const struct rt_cotangent *c, int64_t *n)
{
    *n = c->what >= 0 ? c->n / a->n_rows : c->n;
    return c->v + (c->what >= 0 ? a->row * *n : 0);
}

void adjoint_samples(struct adjoint *a, int64_t first, int64_t n, double t, const double *x, double *x_bar)
{
    for (int32_t i = 0; i < a->cotangents->n; i++) {
        const struct rt_cotangent *c = &a->cotangents->item[i];
        const struct crnl_stat_request *q = c->what >= 0 ? &a->m->stat[c->what] : NULL;
        int64_t width;
        const double *v = cotangent_row(a, c, &width);
        for (int64_t k = first; q && q->n_times > 0 && k < first + n; k++) {
            const struct rt_sample *s = &a->job->sample[k];
            for (int32_t e = 0; s->course == q->course && e < q->n_elems; e++) {
                vjp_elem(&a->v, &q->elem[e], t, x, v[(int64_t)s->i * q->n_elems + e], x_bar);
            }
        }
    }
}

static const double *state_of(struct adjoint *a, const struct course_item *i)
{
    return adjoint_state(a, i - a->c->item);
}

static bool is_between(const struct crnl_stat_request *q)
{
    return q->kind == CRNL_TIME_MEAN || q->kind == CRNL_TIME_VAR;
}

/* With values v of weights w, mean = sum w v / sum w and var = sum w (v - mean)^2 / sum w. */
double adjoint_between(struct adjoint *a, double t, const double *x, double weight, double *x_bar)
{
    double by_weight = 0;
    for (int32_t i = 0; i < a->cotangents->n; i++) {
        const struct rt_cotangent *c = &a->cotangents->item[i];
        const struct crnl_stat_request *q = c->what >= 0 ? &a->m->stat[c->what] : NULL;
        int64_t width;
        const double *v = cotangent_row(a, c, &width);
        for (int32_t e = 0; q && is_between(q) && e < q->n_elems; e++) {
            const struct rt_moments *s = &a->c->moments[c->what][e];
            double value = rt_elem_value(a->m, &q->elem[e], x, t, a->job->param, NULL, 1),
                   off = value - s->mean;
            bool variance = q->kind == CRNL_TIME_VAR;
            by_weight += v[e] * (variance ? off * off - s->m2 / s->weight : off) / s->weight;
            if (x_bar && v[e] != 0) {
                vjp_elem(&a->v, &q->elem[e], t, x, v[e] * weight / s->weight * (variance ? 2 * off : 1),
                         x_bar);
            }
        }
    }
    return by_weight;
}

/* Adds the cotangents of results that the loss reads at the end to the adjoint; returns the derivative by the
 * time of the end. */
static double give_end(struct adjoint *a, double t, const double *x)
{
    double by_time = 0;
    for (int32_t i = 0; i < a->cotangents->n; i++) {
        const struct rt_cotangent *c = &a->cotangents->item[i];
        int64_t n;
        const double *v = cotangent_row(a, c, &n);
        if (c->what == CRNL_COTANGENT_TIME) {
            by_time += v[0];
            continue;
        }
        const struct crnl_stat_request *q = c->what >= 0 ? &a->m->stat[c->what] : NULL;
        if (q && (q->kind != CRNL_END || q->n_times > 0)) {
            continue;
        }
        const struct crnl_elem *e =
            q ? q->elem : a->m->elem + a->m->symbol[CRNL_COTANGENT_SYMBOL - c->what].first;
        for (int64_t k = 0; k < n; k++) {
            /* The experiment reads parameters as they are then, not as the run had them. */
            if (q || e[k].kind != CRNL_ELEM_PARAM) {
                vjp_elem_later(&a->v, &e[k], v[k], a->y);
            }
        }
    }
    return by_time + vjp_values(&a->v, t, x, a->y);
}

/* ---- Times that move ---- */

/* Sets the constants of a phase: 0 for reactions that are off, by their phase or because they would change a
 * clamped species. */
static void set_phase(struct adjoint *a, int32_t phase)
{
    const struct crnl_model *m = a->m;
    vjp_flush(&a->v);
    a->phase = phase;
    for (int32_t j = 0; j < m->n_reactions; j++) {
        bool on = true, of_phase = false, of_this = false;
        for (int32_t i = 0; m->guard && i < m->n_phases; i++) {
            of_phase |= m->phase_guard[i] == m->guard[j];
            of_this |= i == phase && m->phase_guard[i] == m->guard[j];
        }
        on = !of_phase || of_this;
        for (int32_t e = m->net_ptr[j]; a->job->fixed && e < m->net_ptr[j + 1]; e++) {
            on &= a->job->fixed[m->net_species[e]] != CRNL_CLAMP;
        }
        a->on[j] = on;
        a->k[j] = on ? a->job->k[j] : 0;
    }
    vjp_set(&a->v);
    a->is_packed = false;
    a->may_pack = a->code == crnl_kernel_ode_table.code;
}

void adjoint_rhs(struct adjoint *a, const struct course_item *i, double t, const double *x, double *dx)
{
    if (a->may_pack) {
        a->packed = a->packed ? a->packed : rt_packed_create(a->m);
        a->is_packed = rt_packed_fill(a->packed, a->m, a->k);
        a->may_pack = false;
    }
    if (a->is_packed) {
        rt_packed_rhs(a->packed, x, dx);
    } else {
        a->code->rhs(a->m, course_time(i, t), x, a->v.p, a->v.k, dx);
    }
}

static double slope_along(struct adjoint *a, const struct course_item *i, double t, const double *x,
                          const double *y)
{
    adjoint_rhs(a, i, t, x, a->scratch);
    double sum = 0;
    for (int64_t s = 0; s < a->n; s++) {
        sum += y[s] * a->scratch[s];
    }
    return sum;
}

static double weight_here(struct adjoint *a, const struct course_item *i)
{
    return a->measuring && a->has_between ? adjoint_between(a, i->t, state_of(a, i), 0, NULL) : 0;
}

/* At a time where a solver began anew: finds what a shift of this time does to all that follows. */
static void at_start(struct adjoint *a, const struct course_item *i)
{
    if (a->started || !a->moves) {
        return; /* nothing followed, or the time of the start does not move */
    }
    a->time_bar = a->table ? a->start_bar : -slope_along(a, i, i->t, state_of(a, i), a->y);
    a->time_bar -= weight_here(a, i);
    a->start_bar = 0;
    a->started = true;
}

static void at_change(struct adjoint *a, const struct course_item *i)
{
    const struct crnl_event *event = &a->m->event[i->index];
    double *bar = a->scratch;
    for (int32_t c = 0; c < event->n; c++) {
        bar[c] = a->y[a->m->change_species[event->first + c]];
    }
    for (int32_t c = 0; c < event->n; c++) {
        a->y[a->m->change_species[event->first + c]] = 0;
    }
    for (int32_t c = 0; c < event->n; c++) {
        int32_t slot = a->m->value_slot[a->m->change_expr[event->first + c]];
        a->time_bar += bar[c] != 0 ? vjp_value(&a->v, slot, i->t, state_of(a, i), bar[c], a->y) : 0;
    }
}

/* Takes the adjoint of the present time. What happened before belongs to another time. */
static double take_time(struct adjoint *a)
{
    double bar = a->started ? a->time_bar : a->start_bar;
    a->time_bar = a->start_bar = 0;
    a->started = false;
    return bar;
}

/* The time of a condition g(t, x(t), p) = 0 moves by -(g_x dx + g_p dp) / (g_t + g_x x'). */
static int at_located(struct adjoint *a, int64_t at, int64_t step, struct rt_error *e)
{
    const struct course_item *i = &a->c->item[at];
    const struct crnl_model *m = a->m;
    int32_t slot = m->gap_slot[i->index];
    double total = take_time(a) + weight_here(a, i), *slope = a->slope, *x_bar = a->gap_bar;
    if (step < 0) {
        return CRNL_OK; /* it turned true at the start, whatever the parameters are */
    }
    if (a->table) {
        adjoint_rk_slope(a, step, slope);
    } else {
        adjoint_rhs(a, i, i->t, state_of(a, i), slope);
    }
    for (int64_t s = 0; s < a->n; s++) {
        total += a->y[s] * slope[s];
        x_bar[s] = 0;
    }
    if (total == 0) {
        return CRNL_OK;
    }
    double *p_bar = a->v.p_bar, *own = rt_alloc((size_t)m->n_params, sizeof *own), size = 0;
    a->v.p_bar = own;
    double moves = vjp_value(&a->v, slot, course_time(i, i->t), state_of(a, i), 1, x_bar);
    a->v.p_bar = p_bar;
    for (int64_t s = 0; s < a->n; s++) {
        moves += x_bar[s] * slope[s];
        size += fabs(x_bar[s] * slope[s]);
    }
    if (!(fabs(moves) > 1e-12 * size)) {
        free(own);
        return rt_fail(
            e, CRNL_NO_RUN,
            "the condition that turns true at t = %.6g of `%s` does not move with time there: when it "
            "does so has no derivative",
            i->t, m->name);
    }
    for (int64_t s = 0; s < a->n; s++) {
        a->y[s] -= total / moves * x_bar[s];
    }
    for (int32_t p = 0; p < m->n_params; p++) {
        p_bar[p] -= total / moves * own[p];
    }
    free(own);
    return CRNL_OK;
}

/* ---- Times that parameters give ---- */

static int give_time(struct adjoint *a, const struct course_item *i, double bar, struct rt_error *e)
{
    const struct crnl_model *m = a->m;
    if (i->kind == COURSE_TIMED) {
        a->to->schedule[m->n_phases + i->index] += bar * (double)i->n;
    } else if (i->kind == COURSE_PHASE) {
        for (int32_t p = 0; p < m->n_phases; p++) {
            a->to->schedule[p] += bar * (double)(i->n + (p <= i->index));
        }
    } else if (i->index && bar != 0) {
        return adjoint_turn(a, i, bar, e);
    }
    return CRNL_OK;
}

/* The end of a step that was due at a given time. Its adjoint of the time is complete only with what the step
 * itself adds for its end, so it waits as `pending`. */
static void at_timed(struct adjoint *a, int64_t at, int64_t step)
{
    const struct course_item *i = &a->c->item[at];
    if (i->kind == COURSE_PHASE) {
        set_phase(a, i->index);
    }
    bool restarted = a->started;
    double bar = take_time(a);
    if (step >= 0 && a->pending < 0) {
        a->pending = at;
        a->pending_bar = bar + weight_here(a, i);
        if (!a->table && restarted) {
            a->pending_bar += slope_along(a, i, i->t, state_of(a, i), a->y);
        } else if (!a->table) {
            a->pending_bar = 0; /* the state and its slope are continuous here */
        }
    }
}

static int end_pending(struct adjoint *a, double to_bar, struct rt_error *e)
{
    int64_t at = a->pending;
    a->pending = -1;
    return at < 0 ? CRNL_OK : give_time(a, &a->c->item[at], a->pending_bar + to_bar, e);
}

/* ---- The sweep ---- */

/* Values that are read where a step ends. If that end moves with the start of the solver, the time of the
 * values does not move, so relative to the step they move the other way. */
static void at_values(struct adjoint *a, int64_t at)
{
    const struct course_item *i = &a->c->item[at], *step = i - 1;
    bool moves = a->moves && a->table && at > 0 && step->kind == COURSE_STEP && !step->at_stop &&
                 step->t_end == step->t_to && !step->index;
    double before = moves ? slope_along(a, i, i->t, state_of(a, i), a->y) : 0;
    adjoint_samples(a, i->first, i->n, i->t, state_of(a, i), a->y);
    if (moves) {
        a->start_bar -= slope_along(a, i, i->t, state_of(a, i), a->y) - before;
    }
}

static int64_t step_before(const struct adjoint *a, int64_t at)
{
    while (--at >= 0 && a->c->item[at].kind != COURSE_STEP) {
    }
    return at;
}

/* The first of consecutive dense steps that end at `last` and have nothing between them. */
static int64_t first_of_stretch(const struct adjoint *a, int64_t last)
{
    int64_t first = last;
    while (first > 0 && a->c->item[first - 1].kind == COURSE_STEP &&
           a->c->item[first - 1].t_end == a->c->item[first - 1].t_to) {
        first--;
    }
    return first;
}

static int dense_steps(struct adjoint *a, int64_t *at, int64_t n_values, struct rt_error *e)
{
    const struct course_item *step = &a->c->item[*at];
    double t = step->t_end;
    for (int64_t k = n_values; k > 0 && !e->status; k--) {
        a->way->stretch(a, *at, *at, t, step[k].t, e);
        course_interpolate(a->c, step, a->n, step[k].t, a->slope);
        adjoint_samples(a, step[k].first, step[k].n, step[k].t, a->slope, a->y);
        t = step[k].t;
    }
    int64_t first = first_of_stretch(a, *at);
    if (!e->status) {
        a->way->stretch(a, first, *at, t, a->c->item[first].t, e);
    }
    *at = first;
    return e->status;
}

static int go_back(struct adjoint *a, struct rt_error *e)
{
    int64_t inside = 0;
    if (a->c->lockstep) {
        lockstep_back(a);
    }
    for (int64_t at = a->c->n - 1; at >= 0 && !e->status; at--) {
        const struct course_item *i = &a->c->item[at];
        switch (i->kind) {
        case COURSE_VALUES:
            inside += i->inside;
            if (!i->inside) {
                at_values(a, at);
            }
            break;
        case COURSE_START: at_start(a, i); break;
        case COURSE_CHANGE: at_change(a, i); break;
        case COURSE_LOCATED: at_located(a, at, step_before(a, at), e); break;
        case COURSE_TIMED:
        case COURSE_PHASE:
        case COURSE_TURN: at_timed(a, at, step_before(a, at)); break;
        case COURSE_MEASURE: a->measuring = false; break;
        default: {
            double to_bar = 0;
            a->started = false; /* the step starts here, and its start depends on no time that moves */
            if (a->table && !course_is_instant(i)) {
                to_bar = adjoint_rk_step(a, at, inside);
            } else if (!a->table) {
                int64_t first = at;
                dense_steps(a, &first, inside, e);
                end_pending(a, 0, e);
                at = first;
            }
            inside = 0;
            end_pending(a, to_bar, e);
        }
        }
    }
    return e->status;
}

static void find_scale(struct adjoint *a)
{
    double most = 0;
    for (const double *x = a->c->number; x < a->c->number + a->c->n_numbers; x += a->n) {
        for (int64_t s = 0; s < a->n; s++) {
            double size = fabs(x[s]);
            a->scale[s] = size > a->scale[s] ? size : a->scale[s];
        }
    }
    for (int64_t s = 0; s < a->n; s++) {
        most = fmax(most, a->scale[s]);
    }
    for (int64_t s = 0; s < a->n; s++) {
        a->scale[s] = fmax(a->scale[s], 1e-3 * most);
        a->scale[s] = a->scale[s] > 0 ? a->scale[s] : 1;
    }
}

void adjoint_units(const struct adjoint *a, double *unit)
{
    const struct crnl_model *m = a->m;
    double most = 0, duration = a->c->t_end - a->job->t0;
    for (int64_t s = 0; s < a->n; s++) {
        most = fmax(most, a->scale[s]);
    }
    for (int32_t j = 0; j < m->n_reactions; j++) {
        double product = 1;
        for (int32_t e = m->lhs_ptr[j]; e < m->lhs_ptr[j + 1]; e++) {
            product = rt_times_power(product, a->scale[m->lhs_species[e]], m->lhs_count[e]);
        }
        double v = most / (duration * product);
        unit[j] = m->law_slot[j] < 0 && v < INFINITY ? v : 0;
    }
}

static void create(struct adjoint *a)
{
    size_t n = (size_t)a->n, scratch = n > (size_t)a->m->n_changes ? n : (size_t)a->m->n_changes;
    a->y = rt_alloc(n, sizeof *a->y);
    a->scale = rt_alloc(n, sizeof *a->scale);
    a->slope = rt_alloc(n, sizeof *a->slope);
    a->gap_bar = rt_alloc(n, sizeof *a->gap_bar);
    a->scratch = rt_alloc(scratch, sizeof *a->scratch);
    a->k = rt_alloc((size_t)a->m->n_reactions, sizeof *a->k);
    a->on = rt_alloc((size_t)a->m->n_reactions, sizeof *a->on);
    vjp_create(&a->v, a->job, a->to->k, a->to->param);
    vjp_capture(&a->v, a->job->capture, a->job->spec->n_captures);
    a->v.k = a->k;
    a->v.on = a->on;
    a->replayed = rt_alloc(n, sizeof *a->replayed);
    for (int64_t i = 0; i < a->c->n; i++) {
        int32_t kind = a->c->item[i].kind;
        a->moves |= kind == COURSE_LOCATED || kind == COURSE_TIMED || kind == COURSE_PHASE ||
                    (kind == COURSE_TURN && adjoint_turns_move(a->m));
    }
    a->pending = -1;
    a->measuring = true;
    for (int32_t i = 0; i < a->cotangents->n; i++) {
        int32_t what = a->cotangents->item[i].what;
        a->has_between |= what >= 0 && is_between(&a->m->stat[what]);
    }
}

static void destroy(struct adjoint *a)
{
    a->way->free(a);
    adjoint_refine_free(a);
    vjp_destroy(&a->v);
    rt_packed_destroy(a->packed);
    free(a->y);
    free(a->scale);
    free(a->replayed);
    free(a->segment);
    free(a->slope);
    free(a->gap_bar);
    free(a->scratch);
    free(a->k);
    free(a->on);
}

/* Whether something along the course contributes to the loss, or changes the values of conserved sums. */
static bool is_met(const struct adjoint *a)
{
    bool met = a->moves || a->job->n_samples > 0;
    for (int64_t i = 0; i < a->c->n && !met; i++) {
        met = a->c->item[i].kind == COURSE_CHANGE;
    }
    return met;
}

int adjoint_run(struct adjoint *a, struct rt_error *e)
{
    create(a);
    if (a->n > 0 && !(a->table && a->table->is_hermite)) {
        find_scale(a);
    }
    set_phase(a, a->c->phase);
    a->time_bar = give_end(a, a->c->t_end, a->c->x_end);
    a->started = true;
    if (!adjoint_steady(a) || is_met(a)) {
        go_back(a, e);
    }
    vjp_flush(&a->v);
    for (int64_t s = 0; s < a->n && !e->status; s++) {
        a->to->x0[s] += a->y[s];
    }
    destroy(a);
    return e->status;
}
