/* The means that a step of `learn NET ... by detailed_balance` needs: those of runs over the rows, or of
 * the rows themselves, and those of the network as it is. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment_balance.h"

/* ---- Runs ---- */

static struct ast *node(const struct balance *b, enum ast_kind kind, int op, size_t n)
{
    struct ast *a = arena_alloc(b->w->f->arena, sizeof *a);
    *a = (struct ast){
        .kind = (uint8_t)kind, .op = (uint8_t)op, .n = (uint32_t)n, .span = b->a->span, .depth = 1};
    a->kid = arena_alloc(b->w->f->arena, (n + 1) * sizeof *a->kid);
    return a;
}

static struct ast *clause(const struct balance *b, int op, const struct ast *of)
{
    struct ast *c = node(b, AST_CLAUSE, op, of ? 1 : 0);
    c->kid[0] = (struct ast *)(uintptr_t)of;
    return c;
}

/* Adds `run NET [over ... with ...] after BURN_IN for TIME by ssa;`, or `to steady by cme`. */
static bool add_run(struct balance *b, bool clamped, struct block *out)
{
    struct ast *run = node(b, AST_RUN, 0, 6), *by = node(b, AST_CTOR, 0, 0), *binds = NULL;
    run->name = learn_model(b->a)->name;
    run->n = 1;
    if (clamped) {
        run->kid[run->n++] = clause(b, OP_OVER, learn_from(b->a));
        binds = node(b, AST_CLAUSE, OP_WITH, 0);
        binds->flags = AST_OF_LEARN;
        binds->n = learn_with(b->a)->n;
        binds->kid = learn_with(b->a)->kid;
        run->kid[run->n++] = binds;
    }
    if (balance_is_exact(b)) {
        run->kid[run->n++] = clause(b, OP_TO_STEADY, NULL);
    } else {
        if (balance_given(b, BALANCE_BURN_IN)) {
            run->kid[run->n++] = clause(b, OP_AFTER, balance_given(b, BALANCE_BURN_IN));
        }
        run->kid[run->n++] = clause(b, OP_FOR, balance_given(b, BALANCE_TIME));
    }
    by->name = balance_is_exact(b) ? "cme" : "ssa";
    run->kid[run->n++] = clause(b, OP_BY, by);
    return experiment_add_run_statement(b->w, run, out);
}

/* The means of these quantities over the time of the last run: real[rows, n], or real[n]. */
static expr_id means_of(struct balance *b, struct shape axes)
{
    size_t n = b->quantity.n;
    struct stat_request r = {.kind = STAT_TIME_MEAN, .of_rows = axes.rank > 0};
    struct shape shape = axes;
    shape.dim[shape.rank++] = (int32_t)n;
    for (size_t i = 0; i < n; i++) {
        experiment_observe(b->w, b->net, b->quantity.data[i], arena_printf(b->w->f->arena, "%zu", i), &r);
    }
    int32_t at = experiment_add_request(experiment_use(b->w, b->net), &r);
    return expr_call(b->w->ex, EXPR_STAT, TYPE_REAL, shape, b->net, at, 0, NULL);
}

/* ---- Rows that give means ---- */

struct row {
    const struct balance *b;
    expr_id *value; /* [species] in the pool of the program; 0 where none is given */
    species_id missing;
};

static expr_id take_leaf(void *env, const struct expr *leaf, expr_id id)
{
    struct row *r = env;
    struct expr_pool *ex = r->b->w->ex;
    const struct net *n = balance_net(r->b);
    (void)id;
    if (leaf->op == EXPR_SPECIES) {
        r->missing = r->value[leaf->a] ? r->missing : leaf->a;
        return r->value[leaf->a] ? r->value[leaf->a] : expr_real(ex, 0);
    }
    for (size_t i = 0; leaf->op == EXPR_PARAM && i < r->b->learned.n; i++) {
        const struct symbol *s = &n->symbol.data[r->b->learned.data[i].symbol];
        int32_t k = leaf->a - net_symbol_param(n, s)->first;
        if (k >= 0 && k < shape_size(s->shape)) {
            expr_id all =
                expr_leaf(ex, EXPR_NET_GET, TYPE_REAL, s->shape, r->b->net, r->b->learned.data[i].symbol);
            return s->shape.rank ? expr_element(ex, all, k) : all;
        }
    }
    return 0;
}

/* Finds the amounts that a row gives, for each species. */
static bool read_row(struct balance *b, struct where *w, struct row *r)
{
    const struct net *n = balance_net(b);
    struct bind_list list = {{0}};
    bool good = true;
    r->value = arena_alloc(w->f->arena, (n->species.n + 1) * sizeof *r->value);
    for (uint32_t i = 0; i < learn_with(b->a)->n && good; i++) {
        const struct ast *bind = list_item(learn_with(b->a), i);
        list.bind.n = 0;
        good = experiment_bound(w, assign_target(bind), assign_value(bind), b->net, &list);
        for (size_t k = 0; k < list.bind.n && good; k++) {
            const struct bind *v = &list.bind.data[k];
            const struct symbol *s = &n->symbol.data[v->symbol];
            if (s->kind != SYMBOL_SPECIES || v->n_index > 0) {
                good =
                    diag_report(w->f->diag, DIAG_E0521, bind->span,
                                "a row gives amounts of species, at indices that are known when compiling");
            }
            bool one = value_info(w, v->value).shape.rank == 0;
            for (int32_t j = 0; j < v->count && good; j++) {
                const struct expr *leaf = expr_get(n->ex, n->elem.data[s->first + (uint32_t)(v->first + j)]);
                if (r->value[leaf->a]) {
                    good = front_given_twice(w->f, DIAG_E0521, bind->span, n->species.data[leaf->a].name);
                }
                r->value[leaf->a] = one ? v->value : expr_element(w->ex, v->value, j);
            }
        }
    }
    vec_free(&list.bind);
    return good;
}

static bool has_all(const struct balance *b, const struct row *r)
{
    if (r->missing >= 0) {
        diag_report(b->w->f->diag, DIAG_E0521, learn_with(b->a)->span,
                    "the rows do not say how much there is of '%s', whose energy is learned",
                    balance_net(b)->species.data[r->missing].name);
        diag_help(b->w->f->diag, "give it; or, if it is hidden, clamp what is visible: with clamp A = ...");
    }
    return r->missing < 0;
}

/* The quantities of a row's amounts, one after the other; NaN for a sum of which some amounts are not
 * given. */
static expr_id of_row(struct balance *b, struct row *r, size_t i)
{
    struct expr_pool *ex = b->w->ex;
    bool is_sum = i >= b->n_slopes;
    species_id missing = r->missing;
    r->missing = is_sum ? -1 : missing;
    expr_id v = expr_rewrite(ex, balance_net(b)->ex, b->quantity.data[i], take_leaf, r);
    v = is_sum && r->missing >= 0 ? expr_real(ex, NAN) : v;
    r->missing = is_sum ? missing : r->missing;
    return v;
}

static bool no_rows(const struct balance *b)
{
    return diag_report(b->w->f->diag, DIAG_E0521, learn_from(b->a)->span,
                       "the network '%s' learns from at least one row", balance_net(b)->name);
}

/* Computes the means of the quantities over the rows, as one row, in a variable. */
static bool add_given_means(struct balance *b, struct block *out, int32_t *var)
{
    struct where *w = b->w, inner;
    struct expr_pool *ex = w->ex;
    struct turns t;
    size_t n = b->quantity.n;
    expr_id key, *v = arena_alloc(w->f->arena, n * sizeof *v);
    int64_t from, to;
    if (!experiment_turns(w, learn_from(b->a), &t)) {
        return false;
    }
    if (expr_const_int(ex, t.from, &from) && expr_const_int(ex, t.to, &to) && from >= to) {
        return no_rows(b);
    }
    struct shape shape = {2, {1, (int32_t)n}};
    *var = balance_keep(b, out, expr_fill(ex, expr_real(ex, 0), shape));
    struct stmt *loop = experiment_loop(w, &t, b->a->span, out, &inner, &key);
    struct row r = {b, NULL, -1};
    w->experiment->depth++;
    w->experiment->before = loop->body;
    bool good = read_row(b, &inner, &r);
    for (size_t i = 0; i < n && good; i++) {
        v[i] = of_row(b, &r, i);
    }
    good = good && has_all(b, &r);
    if (good) {
        expr_id rows = expr_to_real(ex, expr_binary(ex, EXPR_SUB, t.to, t.from));
        expr_id part = expr_reshape(ex, expr_binary(ex, EXPR_DIV, expr_stack(ex, n, v), rows), shape);
        experiment_assign(w, loop->body, b->a->span, *var,
                          expr_binary(ex, EXPR_ADD, balance_variable(b, *var), part));
    }
    w->experiment->depth--;
    w->experiment->before = out;
    return good;
}

static struct shape axes_of(struct balance *b)
{
    struct shape axes = shape_scalar();
    experiment_axes(b->w, b->net, b->a->span, &axes);
    return axes;
}

bool balance_add_means(struct balance *b, struct block *out, int32_t *rows, int32_t *alone)
{
    if (b->clamps) {
        if (!add_run(b, true, out)) {
            return false;
        }
        experiment_last_runs(b->w, b->net)->run->needs_all = true;
        if (axes_of(b).dim[0] == 0) {
            return no_rows(b);
        }
        *rows = balance_keep(b, out, means_of(b, axes_of(b)));
    } else if (!add_given_means(b, out, rows)) {
        return false;
    }
    bool good = add_run(b, false, out);
    *alone = good ? balance_keep(b, out, means_of(b, shape_scalar())) : -1;
    return good;
}
