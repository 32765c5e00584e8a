/* Runs over rows: `run NET over s in SOURCE, ...` becomes loops over the sources around a run, and what is
 * read of the network afterwards has their sizes as axes in front. Which run was the last one is followed
 * along the statements: where two ways meet that differ in it, nothing of the network can be read until it
 * runs again. */
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

static struct rows_state *state_of(struct where *w, int32_t net)
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

/* Of ways that meet: what was last on either. */
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

const struct last_run *experiment_last_runs(struct where *w, int32_t net)
{
    return state_of(w, net)->runs;
}

/* That run is the last one. */
static void set_state(struct where *w, int32_t net, struct shape axes, struct span at, struct run *run)
{
    struct last_run *last = arena_alloc(w->f->arena, sizeof *last);
    *last = (struct last_run){run, w->experiment->assigned.n, NULL};
    *state_of(w, net) = (struct rows_state){.axes = axes, .at = at, .runs = last};
}

static const char *network_name(struct where *w, int32_t net)
{
    return experiment_use(w, net)->net->name;
}

bool experiment_axes(struct where *w, int32_t net, struct span at, struct shape *axes)
{
    const struct rows_state *s = state_of(w, net);
    *axes = s->axes;
    if (s->failed) {
        return false;
    }
    if (s->mixed) {
        diag_report(w->f->diag, DIAG_E0508, at,
                    "the last run of '%s' was over rows or not, as the program went its way",
                    network_name(w, net));
        diag_note(w->f->diag, s->at, "one of its runs");
        diag_help(w->f->diag, "read what you need right after the run, into a variable");
    }
    return !s->mixed;
}

bool experiment_is_over_rows(struct where *w, int32_t net)
{
    return state_of(w, net)->axes.rank > 0 && !state_of(w, net)->mixed;
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
        diag_note(w->f->diag, state_of(w, net)->at, "this run");
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
        if (!same_state(&x->rows.data[i], &other)) {
            struct span at =
                x->rows.data[i].axes.rank > 0 || x->rows.data[i].mixed ? x->rows.data[i].at : other.at;
            x->rows.data[i].mixed = true;
            x->rows.data[i].at = at;
        }
    }
    vec_free(&ways->saved);
}

void experiment_rows_enter(struct where *w, const struct ast *loop, struct rows_ways *ways)
{
    struct experiment *x = w->experiment;
    experiment_rows_save(w, ways);
    for (size_t i = 0; i < x->mixed_rows.n; i++) {
        if (x->mixed_rows.data[i].loop == loop) {
            state_of(w, x->mixed_rows.data[i].net)->mixed = true;
        }
    }
}

/* What the second turn finds is what the first one left. If that is something else, the loop is elaborated
 * again with both in mind. */
void experiment_rows_leave(struct where *w, const struct ast *loop, struct rows_ways *ways, bool runs)
{
    struct experiment *x = w->experiment;
    for (size_t i = 0; i < x->rows.n && !x->again; i++) {
        struct rows_state before =
            i < ways->saved.n ? ways->saved.data[i] : (struct rows_state){.axes = shape_scalar()};
        bool known = before.mixed;
        for (size_t k = 0; k < x->mixed_rows.n; k++) {
            known |= x->mixed_rows.data[k].loop == loop && x->mixed_rows.data[k].net == (int32_t)i;
        }
        if (!known && !same_state(&before, &x->rows.data[i])) {
            vec_push(&x->mixed_rows, (struct mixed_rows){loop, (int32_t)i});
            x->again = true;
        }
    }
    if (runs) {
        vec_free(&ways->saved);
    } else {
        experiment_rows_merge(w, ways);
    }
}

/* ---- runs ---- */

static const struct ast *over_clause(const struct ast *a)
{
    for (uint32_t i = 1; i < a->n; i++) {
        if (run_clause(a, i)->op == OP_OVER) {
            return run_clause(a, i);
        }
    }
    return NULL;
}

/* In `until` and left of `=` the network's own names come first. */
static bool is_free(struct where *w, const struct ast *over, uint32_t k, int32_t net)
{
    const struct ast *binder = clause_binder(over, k);
    for (uint32_t i = 0; i < k; i++) {
        if (strcmp(clause_binder(over, i)->name, binder->name) == 0) {
            diag_report(w->f->diag, DIAG_E0203, binder->span, "'%s' is declared twice", binder->name);
            diag_note(w->f->diag, clause_binder(over, i)->span, "first declared here");
            return false;
        }
    }
    if (!experiment_starts_path(experiment_use(w, net)->net, binder->name)) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0205, binder->span, "'%s' is a name of '%s' too", binder->name,
                network_name(w, net));
    diag_help(w->f->diag, "give the rows another name");
    return false;
}

/* How many turns; what is kept of rows has a size that is known. */
static bool turns_size(struct where *w, const struct turns *t, int32_t *size)
{
    int64_t from, to;
    if (!expr_const_int(w->ex, t->from, &from) || !expr_const_int(w->ex, t->to, &to)) {
        diag_report(w->f->diag, DIAG_E0304, binder_over(t->binder)->span,
                    "how many rows there are must be known when compiling");
        diag_help(w->f->diag, "use `const` for sizes; or loop with `for`, a run in each turn");
        return false;
    }
    return value_range_size(w, binder_over(t->binder)->span, from, to, size);
}

/* The variables that differ from row to row: the counters of the loops, and what their bodies take first. */
struct row_variables {
    VEC(int32_t) var;
};

static bool reads_row(struct where *w, const struct row_variables *rows, expr_id e)
{
    for (size_t i = 0; e && i < rows->var.n; i++) {
        if (expr_uses(w->ex, e, EXPR_VAR, rows->var.data[i])) {
            return true;
        }
    }
    return false;
}

/* xs[i] with i of a source that goes past the end of xs. */
struct paired {
    struct where *w;
    int32_t var;
    int64_t to;
    int32_t size; /* that is too small; -1 none was found */
};

static void find_short(void *env, expr_id id, const struct expr *e)
{
    struct paired *p = env;
    (void)id;
    if (e->op != EXPR_TAKE) {
        return;
    }
    struct expr index = value_info(p->w, e->args[1]);
    int32_t size = value_info(p->w, e->args[0]).shape.dim[e->a];
    if (index.op == EXPR_VAR && index.a == p->var && p->to > size && p->size < 0) {
        p->size = size;
    }
}

static bool pairs_fit(struct where *w, const struct ast *a, const struct run *r, const struct turns *t,
                      int32_t var)
{
    struct paired p = {.w = w, .var = var, .size = -1};
    if (t->rows || t->is_data || !expr_const_int(w->ex, t->to, &p.to)) {
        return true;
    }
    for (size_t i = 0; i < r->bind.n && p.size < 0; i++) {
        expr_visit(w->ex, r->bind.data[i].value, find_short, &p);
    }
    for (size_t i = 0; i < r->capture.n && p.size < 0; i++) {
        expr_visit(w->ex, r->capture.data[i], find_short, &p);
    }
    const expr_id others[] = {r->after, r->duration, r->every};
    for (size_t i = 0; i < sizeof others / sizeof *others && p.size < 0; i++) {
        if (others[i]) {
            expr_visit(w->ex, others[i], find_short, &p);
        }
    }
    for (int i = 0; i < CRNL_OPTION_COUNT && p.size < 0; i++) {
        if (r->option[i]) {
            expr_visit(w->ex, r->option[i], find_short, &p);
        }
    }
    if (p.size >= 0) {
        diag_report(w->f->diag, DIAG_E0305, a->span,
                    "'%s' goes to %lld, past the end of an array of %d that it is the index of",
                    t->binder->name, (long long)p.to - 1, p.size);
        diag_note(w->f->diag, t->binder->span, "it runs over this");
    }
    return p.size < 0;
}

/* Loops over the sources in `body`, innermost the run. */
static bool add_loops(struct where *w, const struct ast *a, const struct turns *t, uint32_t n,
                      struct block *body, struct run **run)
{
    struct where inner = *w;
    struct row_variables rows = {{0}};
    expr_id key[SHAPE_MAX_RANK];
    int32_t counter[SHAPE_MAX_RANK];
    for (uint32_t k = 0; k < n; k++) {
        struct where outer = inner;
        struct stmt *s = experiment_loop(&outer, &t[k], a->span, body, &inner, &key[k]);
        body = s->body;
        counter[k] = s->var;
        vec_push(&rows.var, s->var);
        if (body->stmt.n > 0) {
            vec_push(&rows.var, body->stmt.data[0]->var);
        }
        w->experiment->depth++;
    }
    w->experiment->before = body;
    struct stmt *s = experiment_add(&inner, body, STMT_RUN, a->span);
    body->stmt.n--; /* what the clauses keep goes before it */
    bool good = experiment_add_run(&inner, a, s);
    vec_push(&body->stmt, s);
    w->experiment->depth -= (int32_t)n;
    struct run *r = *run = s->run;
    for (uint32_t k = 0; k < n && good; k++) {
        int32_t size = 0;
        good = turns_size(w, &t[k], &size) && pairs_fit(w, a, r, &t[k], counter[k]);
        vec_push(&r->source, (struct run_source){arena_strdup(w->f->program->arena, t[k].binder->name), size,
                                                 expr_to_real(w->ex, key[k])});
    }
    if (good && reads_row(w, &rows, r->option[CRNL_OPTION_RUNS])) {
        good = diag_report(w->f->diag, DIAG_E0501, a->span, "all rows have the same number of runs");
    }
    r->own_files = reads_row(w, &rows, r->file);
    vec_free(&rows.var);
    return good;
}

static bool add_rows(struct where *w, const struct ast *a, const struct ast *over, struct block *out)
{
    int32_t net = experiment_network(w, a->name, a->span);
    struct turns t[SHAPE_MAX_RANK];
    if (net < 0) {
        return false;
    }
    if (over->n > SHAPE_MAX_RANK) {
        return diag_report(w->f->diag, DIAG_E0302, over->span, "a run goes over %d sources at most",
                           SHAPE_MAX_RANK);
    }
    struct shape axes = shape_scalar();
    for (uint32_t k = 0; k < over->n; k++) {
        int32_t size;
        if (!is_free(w, over, k, net) || !experiment_turns(w, clause_binder(over, k), &t[k]) ||
            !turns_size(w, &t[k], &size)) {
            return false;
        }
        axes.dim[axes.rank++] = size;
    }
    struct stmt *s = arena_alloc(w->f->program->arena, sizeof *s);
    *s = (struct stmt){.kind = STMT_ROWS, .span = a->span, .line = front_line(w->f, a->span)};
    s->body = experiment_new_block(w);
    bool good = add_loops(w, a, t, over->n, s->body, &s->run);
    vec_push(&out->stmt, s);
    struct rows_state *state = state_of(w, net);
    if (good && a->kind == AST_CONTINUE) {
        struct shape before;
        if (!experiment_axes(w, net, a->span, &before)) {
            return false;
        }
        if (before.rank > 0 && !shape_equal(before, axes)) {
            diag_report(w->f->diag, DIAG_E0302, over->span,
                        "these rows are of shape %s, and those of the run that goes on were %s",
                        where_shape(w, axes), where_shape(w, before));
            diag_note(w->f->diag, state->at, "this run");
            return false;
        }
        vec_push(&w->experiment->continued, net);
    }
    set_state(w, net, axes, a->span, s->run);
    return good;
}

bool experiment_add_run_statement(struct where *w, const struct ast *a, struct block *out)
{
    const struct ast *over = over_clause(a);
    if (over) {
        bool added = add_rows(w, a, over, out);
        struct name *n = added ? NULL : value_find(w, a->name);
        int32_t net = n && name_may(n, AT_RUN) ? network_use(w->f, n, a->span) : -1;
        if (net >= 0) {
            state_of(w, net)->failed = true;
        }
        return added;
    }
    struct stmt *s = arena_alloc(w->f->program->arena, sizeof *s);
    *s = (struct stmt){.kind = STMT_RUN, .span = a->span, .line = front_line(w->f, a->span)};
    bool good = experiment_add_run(w, a, s);
    vec_push(&out->stmt, s);
    if (good && a->kind == AST_CONTINUE &&
        !experiment_needs_single(w, s->run->net, a->span, "a `continue` without `over`",
                                 "let each row go on: continue NET over ... with the same sources")) {
        return false;
    }
    if (good) {
        set_state(w, s->run->net, shape_scalar(), a->span, s->run);
    }
    return good;
}

static void keep_states(struct experiment *x, struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        struct stmt *s = b->stmt.data[i];
        for (size_t k = 0; s->kind == STMT_ROWS && s->run && k < x->continued.n; k++) {
            s->run->keeps_state |= s->run->net == x->continued.data[k];
        }
        keep_states(x, s->body);
        keep_states(x, s->orelse);
    }
}

void experiment_rows_finish(struct experiment *x)
{
    keep_states(x, x->f->program->body);
}
