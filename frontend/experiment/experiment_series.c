/* Courses whose length is known only when running, such as trajectory(net.x) of a run with `until`. Before
 * the current statement, their rows are copied into records of the program, one for each element of a row.
 * A loop before the statement reduces such a course, or keeps what was made from it
 * (frontend/value_series.c). */
#include <math.h>

#include "frontend/experiment/experiment.h"

/* Series of one run have the same length, a negative number for that run: its place among the runs whose
 * courses were read. */
static int32_t length_of_run(struct where *w, int32_t net)
{
    struct experiment *x = w->experiment;
    const struct last_run *last = experiment_last_runs(w, net);
    const struct run *first = NULL;
    const char *why = last->next ? "it is one of several" : experiment_why_series(w, last->run);
    for (; last; last = last->next) { /* of several runs that meet, always the same one */
        first = !first || last->run->statement < first->statement ? last->run : first;
    }
    size_t i = 0;
    while (i < x->series_of.n && x->series_of.data[i] != first) {
        i++;
    }
    if (i == x->series_of.n) {
        vec_push(&x->series_of, first);
        if (i ==
            w->f->why_series.n) { /* an experiment that was elaborated before may have had fewer series */
            vec_push(&w->f->why_series, NULL);
        }
        w->f->why_series.data[i] = why;
    }
    return -1 - (int32_t)i;
}

/* The block that takes statements before the current one; NULL after an error. */
static struct block *place_before(struct where *w, struct span at)
{
    struct block *out = w->experiment ? w->experiment->before : NULL;
    if (!out || w->view) {
        diag_report(w->f->diag, DIAG_E0505, at,
                    "the course of a run whose length comes when running is read before a statement, and "
                    "here is no place for that");
        diag_help(w->f->diag, "keep what you need of it in a variable, right after the run: let x = ...;");
        return NULL;
    }
    if (w->experiment->tried) {
        diag_report(w->f->diag, DIAG_E0525, at,
                    "the block of `minimize` is executed many times at once, and how many rows this run has "
                    "is not known when compiling");
        diag_help(w->f->diag, "give the times: trajectory(net.x, at = linspace(0, 10, 101))");
        return NULL;
    }
    return out;
}

static int32_t add_records(struct where *w, int64_t n)
{
    struct program *p = w->f->program;
    int32_t first = (int32_t)p->record.n;
    for (int64_t i = 0; i < n; i++) {
        vec_push(&p->record, "");
    }
    return first;
}

static struct stmt *add_series(struct where *w, struct block *out, struct span at, int32_t record)
{
    struct stmt *s = experiment_add(w, out, STMT_SERIES, at);
    s->var = record;
    s->net = -1;
    return s;
}

expr_id experiment_series(struct where *w, const struct ast *call, const struct ast *of, int32_t net)
{
    struct where o = experiment_view(w, net, false, NULL);
    struct block *out = place_before(w, call->span);
    expr_id v = out ? value_real(&o, of) : 0;
    if (!v) {
        return 0;
    }
    struct shape shape = value_info(&o, v).shape;
    if (shape.rank == SHAPE_MAX_RANK) {
        return diag_report(w->f->diag, DIAG_E0302, call->span, "arrays have at most %d dimensions",
                           SHAPE_MAX_RANK);
    }
    int32_t first = add_records(w, shape_size(shape));
    for (int64_t i = 0; i < shape_size(shape); i++) {
        struct net_use *use = experiment_use(w, net);
        int32_t observed = net_add_observed(use->net, shape.rank ? expr_element(o.ex, v, i) : v);
        struct stmt *s = add_series(w, out, call->span, first + (int32_t)i);
        use->reads_rows = true;
        s->net = net;
        s->trace = experiment_trace(use, observed, experiment_label(w, of));
        vec_push(&w->experiment->series,
                 (struct series){.record = first + (int32_t)i, .net = net, .observed = observed});
    }
    return expr_leaf(w->ex, EXPR_SERIES, TYPE_REAL, shape_prefix(length_of_run(w, net), shape), first, 0);
}

/* Adds a loop over the rows before the current statement. *i becomes the index. Returns NULL after an
 * error. */
static struct stmt *loop_over(struct where *w, struct span at, expr_id v, expr_id *i)
{
    struct block *out = place_before(w, at);
    if (!out) {
        return NULL;
    }
    if (value_info(w, v).holds & (HOLDS_BINDER | HOLDS_EFFECT)) {
        diag_report(w->f->diag, DIAG_E0505, at,
                    "a course whose length comes when running is not read anew in each turn of a "
                    "comprehension, nor with what is drawn");
        diag_help(w->f->diag, "write a loop: for i in 0..n { ... }");
        return NULL;
    }
    struct stmt *s = experiment_add(w, out, STMT_FOR, at);
    s->from = expr_int(w->ex, 0);
    s->to = value_series_size(w, v);
    s->depth = w->experiment->depth;
    s->loop = w->f->program->n_loops++;
    s->body = experiment_new_block(w);
    s->var = experiment_add_variable(w, "", TYPE_INT, shape_scalar());
    *i = expr_leaf(w->ex, EXPR_VAR, TYPE_INT, shape_scalar(), s->var, 0);
    vec_push(&w->experiment->assigned, (struct assigned){.var = s->var});
    return s;
}

/* Adds a variable that has this value before the current statement. */
static expr_id variable(struct where *w, struct span at, expr_id value, int32_t *var)
{
    enum expr_type type = (enum expr_type)value_info(w, value).type;
    *var = experiment_add_variable(w, "", type, shape_scalar());
    experiment_assign(w, w->experiment->before, at, *var, value);
    return expr_leaf(w->ex, EXPR_VAR, type, shape_scalar(), *var, 0);
}

static expr_id of_nothing(struct where *w, enum expr_op op, enum expr_type type)
{
    bool real = type == TYPE_REAL;
    switch (op) {
    case EXPR_SUM: return real ? expr_real(w->ex, 0) : expr_int(w->ex, 0);
    case EXPR_MIN_OF: return real ? expr_real(w->ex, INFINITY) : expr_int(w->ex, INT64_MAX);
    default: return real ? expr_real(w->ex, -INFINITY) : expr_int(w->ex, INT64_MIN);
    }
}

/* Adds `if row < best { best = row; place = i; }`. */
static expr_id find_place(struct where *w, struct span at, bool least, expr_id v)
{
    int32_t best_var, place_var;
    expr_id i;
    expr_id best = variable(w, at, expr_real(w->ex, least ? INFINITY : -INFINITY), &best_var);
    expr_id place = variable(w, at, expr_int(w->ex, 0), &place_var);
    struct stmt *loop = loop_over(w, at, v, &i);
    if (!loop) {
        return 0;
    }
    expr_id row = value_series_at(w, v, i, 0);
    struct stmt *s = experiment_add(w, loop->body, STMT_IF, at);
    s->value = least ? expr_binary(w->ex, EXPR_LT, row, best) : expr_binary(w->ex, EXPR_LT, best, row);
    s->body = experiment_new_block(w);
    experiment_assign(w, s->body, at, best_var, row);
    experiment_assign(w, s->body, at, place_var, i);
    return place;
}

void experiment_warn_rows(struct where *w, struct span at, const char *function, expr_id v)
{
    struct expr e = value_info(w, v);
    size_t i = (size_t)(-1 - e.shape.dim[0]);
    const struct run *run =
        e.op == EXPR_SERIES && i < w->experiment->series_of.n ? w->experiment->series_of.data[i] : NULL;
    if (!run || run->every) {
        return;
    }
    bool counts = crnl_method_info[run->method].traits & CRNL_STOCHASTIC;
    diag_report(
        w->f->diag, DIAG_W0436, at,
        "the rows of this run are %s, however much time passes between them: %s of them is no average "
        "over time",
        counts ? "its reactions" : "the steps of its solver", function);
    diag_help(
        w->f->diag,
        "over the time of the run it is `time_%s(...)`; rows at equal distances are kept by `every 0.1`",
        function);
}

expr_id experiment_reduce_series(struct where *w, struct span at, enum expr_op op, expr_id v)
{
    struct expr e = value_info(w, v);
    bool place = op == EXPR_ARGMIN || op == EXPR_ARGMAX;
    int32_t var;
    expr_id i;
    if (!place_before(w, at)) {
        return 0;
    }
    if (place && e.shape.rank > 1) {
        return diag_report(w->f->diag, DIAG_E0302, at, "the place is sought in a course of one quantity");
    }
    if (place) {
        return find_place(w, at, op == EXPR_ARGMIN, expr_to_real(w->ex, v));
    }
    expr_id sum = variable(w, at, of_nothing(w, op, (enum expr_type)e.type), &var);
    struct stmt *loop = loop_over(w, at, v, &i);
    if (!loop) {
        return 0;
    }
    expr_id row = value_series_at(w, v, i, 0);
    row = value_info(w, row).shape.rank ? expr_reduce(w->ex, op, row) : row;
    enum expr_op two = op == EXPR_SUM ? EXPR_ADD : op == EXPR_MIN_OF ? EXPR_MIN : EXPR_MAX;
    experiment_assign(w, loop->body, at, var, expr_binary(w->ex, two, sum, row));
    return sum;
}

expr_id experiment_keep_series(struct where *w, struct span at, expr_id v)
{
    struct expr e = value_info(w, v);
    struct shape inner = shape_drop(e.shape, 0);
    struct quantity q = experiment_quantity(w, -1, v);
    expr_id i;
    if (e.op == EXPR_SERIES) {
        return v;
    }
    struct block *out = place_before(w, at);
    int32_t first = out ? add_records(w, shape_size(inner)) : 0;
    for (int64_t k = 0; out && k < shape_size(inner); k++) {
        (void)add_series(w, out, at, first + (int32_t)k);
        vec_push(&w->experiment->series, (struct series){.record = first + (int32_t)k, .net = -1, .of = q});
    }
    struct stmt *loop = out ? loop_over(w, at, v, &i) : NULL;
    if (!loop) {
        return 0;
    }
    expr_id row = expr_to_real(w->ex, value_series_at(w, v, i, 0));
    for (int64_t k = 0; k < shape_size(inner); k++) {
        struct stmt *s = experiment_add(w, loop->body, STMT_RECORD, at);
        s->var = first + (int32_t)k;
        s->value = inner.rank ? expr_element(w->ex, row, k) : row;
    }
    return expr_leaf(w->ex, EXPR_SERIES, (enum expr_type)e.type, e.shape, first, 0);
}
