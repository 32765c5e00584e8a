/* Follows along the statements which run of a network was the last one, and which axes its rows have put
 * in front of the values that are read. Where two ways meet that differ in this, nothing of the network
 * can be read until it runs again. */
#include "frontend/experiment/experiment.h"

struct rows_state *experiment_rows_state(struct where *w, int32_t net)
{
    struct experiment *x = w->experiment;
    while (x->rows.n <= (size_t)net) {
        vec_push(&x->rows, (struct rows_state){.axes = shape_scalar()});
    }
    return &x->rows.data[net];
}

static bool same_state(const struct rows_state *a, const struct rows_state *b)
{
    return a->mixed == b->mixed && (a->mixed || shape_equal(a->axes, b->axes));
}

/* Joins what was last on two ways that meet. */
static const struct last_run *united(struct where *w, const struct last_run *a, const struct last_run *b)
{
    for (; b; b = b->next) {
        const struct last_run *known = a;
        while (known && known->run != b->run) {
            known = known->next;
        }
        if (!known) {
            struct last_run *more = arena_alloc(w->f->arena, sizeof *more);
            *more = (struct last_run){b->run, b->order, a};
            a = more;
        }
    }
    return a;
}

bool experiment_not_run(struct where *w, struct span at, int32_t net, const char *what)
{
    if (experiment_rows_state(w, net)->failed) {
        return false;
    }
    const char *name = experiment_use(w, net)->net->name;
    diag_report(w->f->diag, DIAG_E0505, at, "'%s' has not run before: it has no %s", name, what);
    diag_help(w->f->diag, "run it before: `run %s for 10;`", name);
    return false;
}

const struct last_run *experiment_last_runs(struct where *w, int32_t net)
{
    return experiment_rows_state(w, net)->runs;
}

/* Notes that this run is now the last one. */
void experiment_rows_ran(struct where *w, int32_t net, struct shape axes, struct span at, struct run *run)
{
    struct last_run *last = arena_alloc(w->f->arena, sizeof *last);
    *last = (struct last_run){run, w->experiment->assigned.n, NULL};
    *experiment_rows_state(w, net) =
        (struct rows_state){.axes = axes, .at = at, .runs = last, .n_loops = w->experiment->n_loops};
}

static const char *network_name(struct where *w, int32_t net)
{
    return experiment_use(w, net)->net->name;
}

static bool depends_on_way(struct where *w, int32_t net, struct span at, struct span run)
{
    diag_report(w->f->diag, DIAG_E0508, at,
                "the last run of '%s' was over rows or not, as the program went its way",
                network_name(w, net));
    diag_note(w->f->diag, run, "one of its runs");
    diag_help(w->f->diag, "read what you need right after the run, into a variable");
    return false;
}

bool experiment_axes(struct where *w, int32_t net, struct span at, struct shape *axes)
{
    const struct rows_state *s = experiment_rows_state(w, net);
    *axes = s->axes;
    if (s->failed) {
        return false;
    }
    if (s->mixed) {
        return depends_on_way(w, net, at, s->at);
    }
    vec_push(&w->experiment->rows_read, (struct rows_read){.net = net, .n_loops = s->n_loops, .at = at});
    return true;
}

bool experiment_is_over_rows(struct where *w, int32_t net)
{
    return experiment_rows_state(w, net)->axes.rank > 0 && !experiment_rows_state(w, net)->mixed;
}

bool experiment_needs_single(struct where *w, int32_t net, struct span at, const char *what, const char *help)
{
    struct shape axes;
    if (!experiment_axes(w, net, at, &axes)) {
        return false;
    }
    if (axes.rank > 0) {
        diag_report(w->f->diag, DIAG_E0508, at, "%s is of one run, and the last one of '%s' was over rows",
                    what, network_name(w, net));
        diag_note(w->f->diag, experiment_rows_state(w, net)->at, "this run");
        diag_help(w->f->diag, "%s", help);
    }
    return axes.rank == 0;
}

bool experiment_with_axes(struct where *w, struct span at, struct shape axes, struct shape *shape)
{
    if (axes.rank + shape->rank > SHAPE_MAX_RANK) {
        diag_report(w->f->diag, DIAG_E0302, at,
                    "with the axes %s of the rows in front of %s these are more than %d dimensions",
                    where_shape(w, axes), where_shape(w, *shape), SHAPE_MAX_RANK);
        diag_help(w->f->diag, "read one element: net.x[0, 1] instead of net.x");
        return false;
    }
    for (int32_t i = axes.rank - 1; i >= 0; i--) {
        *shape = shape_prefix(axes.dim[i], *shape);
    }
    if (shape_size(*shape) <= w->f->max_elements) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0604, at, "this has %lld values, of shape %s, and the limit is %lld",
                (long long)shape_size(*shape), where_shape(w, *shape), (long long)w->f->max_elements);
    diag_help(w->f->diag,
              "write the rows to a file (run ... -> \"rows.csv\";), or allow more: --max-elements");
    return false;
}

/* ---- ways ---- */

void experiment_rows_save(struct where *w, struct rows_ways *ways)
{
    struct experiment *x = w->experiment;
    for (size_t i = 0; i < x->rows.n; i++) {
        vec_push(&ways->saved, x->rows.data[i]);
    }
}

void experiment_rows_swap(struct where *w, struct rows_ways *ways)
{
    struct experiment *x = w->experiment;
    for (size_t i = 0; i < x->rows.n; i++) {
        struct rows_state now = x->rows.data[i];
        if (i == ways->saved.n) {
            vec_push(&ways->saved, (struct rows_state){.axes = shape_scalar()});
        }
        x->rows.data[i] = ways->saved.data[i];
        ways->saved.data[i] = now;
    }
}

void experiment_rows_merge(struct where *w, struct rows_ways *ways)
{
    struct experiment *x = w->experiment;
    for (size_t i = 0; i < x->rows.n; i++) {
        struct rows_state other =
            i < ways->saved.n ? ways->saved.data[i] : (struct rows_state){.axes = shape_scalar()};
        x->rows.data[i].runs = united(w, x->rows.data[i].runs, other.runs);
        x->rows.data[i].failed |= other.failed;
        if (other.n_loops < x->rows.data[i].n_loops) {
            x->rows.data[i].n_loops = other.n_loops;
        }
        if (!same_state(&x->rows.data[i], &other)) {
            struct span at =
                x->rows.data[i].axes.rank > 0 || x->rows.data[i].mixed ? x->rows.data[i].at : other.at;
            x->rows.data[i].mixed = true;
            x->rows.data[i].at = at;
        }
    }
    vec_free(&ways->saved);
}

void experiment_rows_enter(struct where *w, struct rows_ways *ways)
{
    experiment_rows_save(w, ways);
    ways->loop = ++w->experiment->n_loops;
    ways->first_read = w->experiment->rows_read.n;
}

/* The second turn of a loop finds what the first one has left. */
static bool same_in_all_turns(struct where *w, const struct rows_ways *ways, int32_t net)
{
    struct experiment *x = w->experiment;
    struct span run = x->rows.data[net].at;
    bool good = true;
    for (size_t i = ways->first_read; i < x->rows_read.n; i++) {
        struct rows_read *r = &x->rows_read.data[i];
        if (r->net == net && r->n_loops < ways->loop) {
            good = r->told || depends_on_way(w, net, r->at, run);
            r->told = true;
        }
    }
    return good;
}

bool experiment_rows_leave(struct where *w, struct rows_ways *ways, bool runs)
{
    struct experiment *x = w->experiment;
    bool good = true;
    for (size_t i = 0; i < x->rows.n; i++) {
        struct rows_state before =
            i < ways->saved.n ? ways->saved.data[i] : (struct rows_state){.axes = shape_scalar()};
        if (!before.mixed && !same_state(&before, &x->rows.data[i])) {
            good &= same_in_all_turns(w, ways, (int32_t)i);
        }
    }
    if (runs) {
        vec_free(&ways->saved);
    } else {
        experiment_rows_merge(w, ways);
    }
    return good;
}
