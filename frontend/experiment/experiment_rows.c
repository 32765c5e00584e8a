/* Runs over rows: `run NET over s in SOURCE, ...` becomes a run inside of loops over the sources. Values
 * that are read from the network afterwards have the sizes of the sources as axes in front
 * (experiment_axes.c). */
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

const struct ast *experiment_clause(const struct ast *run, enum ast_op op)
{
    for (uint32_t i = 1; i < run->n; i++) {
        if (run_clause(run, i)->op == op) {
            return run_clause(run, i);
        }
    }
    return NULL;
}

const struct ast *experiment_run_of(const struct ast *run)
{
    bool copies = run->n > 1 && run_clause(run, 1)->op == OP_AS;
    return copies ? clause_value(run_clause(run, 1)) : NULL;
}

/* The copy in which a run keeps its results begins with the current parameters of the network. */
static bool copy_parameters(struct where *w, const struct ast *a, struct block *out)
{
    int32_t of = experiment_network(w, experiment_run_of(a)), net = of < 0 ? -1 : experiment_network(w, a);
    if (net < 0) {
        return false;
    }
    experiment_use(w, net)->copy_of = of + 1;
    struct net *copy = experiment_use(w, net)->net;
    const struct net *from = experiment_use(w, of)->net;
    for (size_t i = 0; i < copy->param.n; i++) {
        const struct net_param *p = &copy->param.data[i];
        int32_t to = net_find_symbol(copy, p->name), source = net_find_symbol(from, p->name);
        if (p->global >= 0 || to < 0 || source < 0 || !net_symbol_param(copy, &copy->symbol.data[to])) {
            continue;
        }
        struct bind *b = arena_alloc(w->f->program->arena, sizeof *b);
        *b = (struct bind){.net = net,
                           .symbol = to,
                           .count = (int32_t)shape_size(p->shape),
                           .shape = p->shape,
                           .kind = BIND_SET,
                           .line = front_line(w->f, a->span)};
        b->value = expr_leaf(w->ex, EXPR_NET_GET, TYPE_REAL, p->shape, of, source);
        experiment_add(w, out, STMT_SET, a->span)->bind = b;
    }
    return true;
}

/* In `until` and left of `=`, the network's own names come first. */
static bool is_free(struct where *w, const struct ast *over, uint32_t k, int32_t net)
{
    const struct ast *binder = clause_binder(over, k);
    for (uint32_t i = 0; i < k; i++) {
        if (strcmp(clause_binder(over, i)->name, binder->name) == 0) {
            return name_declared_twice(w->f, binder->span, binder->name, clause_binder(over, i)->span);
        }
    }
    if (!experiment_starts_path(experiment_use(w, net)->net, binder->name)) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0205, binder->span, "'%s' is a name of '%s' too", binder->name,
                experiment_use(w, net)->net->name);
    diag_help(w->f->diag, "give the rows another name: `over %s_row in ... with %s = %s_row`", binder->name,
              binder->name, binder->name);
    return false;
}

/* The number of turns. It must be known, because the values that are kept for rows have a known size. */
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

/* The variables that differ from row to row: the counters of the loops, and the rows that their bodies
 * store first. */
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

/* Looks for xs[i], where i is of a source that goes past the end of xs. */
struct paired {
    struct where *w;
    int32_t var;
    int64_t to;
    int32_t size; /* the size that is too small; -1 if none was found */
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
    const expr_id others[] = {r->from, r->after, r->duration, r->every};
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

/* Adds loops over the sources to `body`; the run is in the innermost one. */
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
    body->stmt.n--; /* statements that the clauses need go before it */
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
    int32_t net = experiment_network(w, a);
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
    struct rows_state *state = experiment_rows_state(w, net);
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
    experiment_rows_ran(w, net, axes, a->span, s->run);
    return good;
}

/* Notes that nothing is known of what the run would have left, so that nothing is said about what is read of
 * it. Returns false. */
static bool run_refused(struct where *w, const struct ast *a)
{
    struct name *n = value_named(w, a);
    int32_t net = n && name_may(n, AT_RUN) ? network_use(w->f, n, a->span) : -1;
    if (net >= 0) {
        experiment_rows_state(w, net)->failed = true;
    }
    return false;
}

bool experiment_add_run_statement(struct where *w, const struct ast *a, struct block *out)
{
    const struct ast *over = experiment_clause(a, OP_OVER);
    if (experiment_run_of(a) && !copy_parameters(w, a, out)) {
        return false;
    }
    if (over) {
        return add_rows(w, a, over, out) || run_refused(w, a);
    }
    struct stmt *s = arena_alloc(w->f->program->arena, sizeof *s);
    *s = (struct stmt){.kind = STMT_RUN, .span = a->span, .line = front_line(w->f, a->span)};
    bool good = experiment_add_run(w, a, s);
    vec_push(&out->stmt, s);
    if (!good) {
        return run_refused(w, a);
    }
    if (a->kind == AST_CONTINUE &&
        !experiment_needs_single(w, s->run->net, a->span, "a `continue` without `over`",
                                 "let each row go on: continue NET over ... with the same sources")) {
        return run_refused(w, a);
    }
    experiment_rows_ran(w, s->run->net, shape_scalar(), a->span, s->run);
    return true;
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
