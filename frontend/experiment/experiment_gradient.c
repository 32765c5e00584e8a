/* gradient(e, of = net.k): how a value that the experiment computes from the results of runs changes
 * with a parameter, or with an initial amount. The adjoint of each result that e reads is an expression
 * of the experiment; the runtime takes them backwards through the last run of the network
 * (EXPR_GRADIENT). */
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

/* ---- Variables are what they were assigned ---- */

static bool is_result(const struct expr *e)
{
    return e->op == EXPR_NET_GET || e->op == EXPR_STAT || e->op == EXPR_NET_TIME;
}

struct results {
    struct where *w;
    size_t before; /* the number of assignments that count */
    int depth;
    bool found;
};

static bool reads_results(struct where *w, expr_id id, size_t before, int depth);

static void find_result(void *env, expr_id id, const struct expr *e)
{
    struct results *r = env;
    const struct experiment *x = r->w->experiment;
    (void)id;
    r->found |= is_result(e);
    for (size_t i = 0; e->op == EXPR_VAR && i < r->before && !r->found && r->depth < 32; i++) {
        const struct assigned *a = &x->assigned.data[i];
        r->found = a->var == e->a && a->value && reads_results(r->w, a->value, i, r->depth + 1);
    }
}

/* Whether the expression depends on a run, also through variables as they were after this number of
 * assignments. */
static bool reads_results(struct where *w, expr_id id, size_t before, int depth)
{
    struct results r = {.w = w, .before = before, .depth = depth};
    expr_visit(w->ex, id, find_result, &r);
    return r.found;
}

struct unfolding {
    struct where *w;
    struct span at;
    size_t before;
    bool failed;
};

static const struct assigned *last_assigned(const struct experiment *x, int32_t var, size_t before,
                                            size_t *at)
{
    for (size_t i = before; i-- > 0;) {
        if (x->assigned.data[i].var == var) {
            *at = i;
            return &x->assigned.data[i];
        }
    }
    return NULL;
}

static expr_id unfold(struct where *w, struct span at, expr_id e, size_t before);

static expr_id unfold_leaf(void *env, const struct expr *e, expr_id id)
{
    struct unfolding *u = env;
    const struct experiment *x = u->w->experiment;
    size_t at = 0;
    if (e->op != EXPR_VAR || u->failed || !reads_results(u->w, id, u->before, 0)) {
        return 0;
    }
    const struct assigned *a = last_assigned(x, e->a, u->before, &at);
    const char *name = u->w->f->program->variable.data[e->a].name;
    if (!a->value || !a->block || a->block != x->before || !reads_results(u->w, a->value, at, 0)) {
        diag_report(u->w->f->diag, DIAG_E0524, u->at,
                    "'%s' depends on a run in a way that cannot be followed back",
                    *name ? name : "a variable");
        diag_help(
            u->w->f->diag,
            "assign it as a whole, after the run and in the same block, or write its value in its place");
        u->failed = true;
        return 0;
    }
    expr_id v = unfold(u->w, u->at, a->value, at);
    u->failed |= v == 0;
    return v;
}

/* Returns the same value, computed from the results themselves; 0 after an error. */
static expr_id unfold(struct where *w, struct span at, expr_id e, size_t before)
{
    struct unfolding u = {.w = w, .at = at, .before = before};
    expr_id v = expr_rewrite(w->ex, w->ex, e, unfold_leaf, &u);
    return u.failed ? 0 : v;
}

/* ---- Results that are read ---- */

struct leaves {
    VEC(expr_id) id;
    const char *wrong; /* a part that has no derivative */
};

static void collect(void *env, expr_id id, const struct expr *e)
{
    struct leaves *l = env;
    if (is_result(e) || e->op == EXPR_GLOBAL) {
        vec_push(&l->id, id);
    }
    l->wrong = e->op == EXPR_LIMIT ? "a limit" : e->op == EXPR_GRADIENT ? "a derivative" : l->wrong;
}

static bool check_run(struct where *w, struct span at, int32_t net)
{
    const char *name = experiment_use(w, net)->net->name;
    struct span place;
    expr_id delay = net_first_delay(experiment_use(w, net)->net, &place);
    if (delay) {
        diag_report(w->f->diag, DIAG_E0524, at,
                    "'%s' reads what was some time ago, and derivatives do not go through that", name);
        return diag_note(w->f->diag, place, "here: %s",
                         net_expr_text(experiment_use(w, net)->net, delay, w->f->arena)),
               false;
    }
    reaction_id late = net_first_late(experiment_use(w, net)->net);
    if (late >= 0) {
        diag_report(w->f->diag, DIAG_E0524, at,
                    "'%s' has products that come later, and derivatives do not go through that", name);
        return diag_note(w->f->diag, experiment_use(w, net)->net->reaction.data[late].span, "this reaction"),
               false;
    }
    const struct last_run *runs = experiment_last_runs(w, net);
    if (!runs && experiment_rows_state(w, net)->failed) {
        return false;
    }
    if (!runs) {
        diag_report(w->f->diag, DIAG_E0524, at, "'%s' has not run before", name);
        diag_help(w->f->diag, "a derivative is of the last run: write `run %s for 10;` before it", name);
        return false;
    }
    for (const struct last_run *l = runs; l; l = l->next) {
        const struct crnl_method_info *m = &crnl_method_info[l->run->method];
        if (strcmp(m->family, "ode") != 0) {
            diag_report(w->f->diag, DIAG_E0524, at,
                        "the last run of '%s' is by `%s`, which has no derivative", name, m->name);
            return diag_help(w->f->diag, "run it by ode"), false;
        }
        if (l->run->resume) {
            diag_report(w->f->diag, DIAG_E0524, at,
                        "the last run of '%s' continues another, and a derivative is of a whole run", name);
            return diag_help(w->f->diag, "make what happens between the runs an event: at 10 { X = 1; }"),
                   false;
        }
    }
    return true;
}

/* Whether the statistic is a smooth function of its argument. */
static bool check_statistic(struct where *w, struct span at, const struct expr *e)
{
    const struct stat_request *q = &experiment_use(w, e->a)->stat.data[e->b];
    if (q->kind == STAT_END || q->kind == STAT_TIME_MEAN || q->kind == STAT_TIME_VAR) {
        return true;
    }
    return diag_report(w->f->diag, DIAG_E0524, at,
                       "it reads a statistic that has no derivative; amounts, their courses, time_mean and "
                       "time_var have one");
}

static int64_t result_number(const struct expr *e)
{
    return e->op == EXPR_STAT       ? e->b
           : e->op == EXPR_NET_TIME ? GRADIENT_TIME
                                    : GRADIENT_SYMBOL - (int64_t)e->b;
}

/* The part of the derivative that goes through runs of `net`; 0 if there is no such part. */
static expr_id through_runs(struct where *w, int32_t net, int32_t target, struct shape shape,
                            const struct leaves *l, const expr_id *adjoint)
{
    expr_id *args = arena_alloc(w->f->arena, (2 * l->id.n + 1) * sizeof *args);
    uint32_t n = 0;
    for (size_t i = 0; i < l->id.n; i++) {
        struct expr e = value_info(w, l->id.data[i]);
        if (is_result(&e) && e.a == net && adjoint[i]) {
            args[n++] = expr_int(w->ex, result_number(&e));
            args[n++] = adjoint[i];
        }
    }
    if (n == 0) {
        return 0;
    }
    experiment_use(w, net)->has_gradient = true;
    return expr_call(w->ex, EXPR_GRADIENT, TYPE_REAL, shape, net, target, n, args);
}

/* In a fit, this part of the loss may depend on another parameter. */
static expr_id independent(struct where *w, struct span at, struct shape shape)
{
    if (w->experiment->tried) {
        return expr_fill(w->ex, expr_real(w->ex, 0), shape);
    }
    diag_report(w->f->diag, DIAG_E0524, at, "this does not depend on what the gradient is taken by");
    diag_help(w->f->diag,
              "it is to read results of the network's run: net.X, trajectory(net.X), time_mean(net.X)");
    return 0;
}

/* Whether results of network `of` may depend on parameters of network `net`, or of the program if net < 0.
 * They may if `of` is `net`, or a copy that `run NET as NAME` made of it. */
static bool follows(struct where *w, int32_t of, int32_t net)
{
    return net < 0 || of == net || experiment_use(w, of)->copy_of == net + 1;
}

/* Collects the results of those networks that count (`follows`), which are leaves of e, and their
 * adjoints. Returns NULL after an error. */
static expr_id *adjoints(struct where *w, struct span at, expr_id *e, int32_t net, struct leaves *l)
{
    *e = unfold(w, at, *e, w->experiment->assigned.n);
    if (!*e) {
        return NULL;
    }
    expr_visit(w->ex, *e, collect, l);
    if (l->wrong) {
        diag_report(w->f->diag, DIAG_E0524, at, "it reads %s, which has no derivative in this version",
                    l->wrong);
        return NULL;
    }
    expr_id *adjoint = arena_alloc(w->f->arena, (l->id.n + 1) * sizeof *adjoint);
    if (!expr_adjoint(w->ex, *e, l->id.n, l->id.data, adjoint)) {
        diag_report(w->f->diag, DIAG_E0524, at, "it has more than 64 loops inside one another");
        return NULL;
    }
    for (size_t i = 0; i < l->id.n; i++) {
        struct expr leaf = value_info(w, l->id.data[i]);
        bool counts = is_result(&leaf) && adjoint[i] && follows(w, leaf.a, net);
        bool parameter = leaf.op == EXPR_NET_GET &&
                         experiment_use(w, leaf.a)->net->symbol.data[leaf.b].kind == SYMBOL_PARAM;
        if (counts && !parameter && !check_run(w, at, leaf.a)) {
            return NULL;
        }
        if (counts && leaf.op == EXPR_STAT && !check_statistic(w, at, &leaf)) {
            return NULL;
        }
    }
    return adjoint;
}

/* Whether a default is computed from parameters. The copy of a network takes each default as a number. */
static bool has_defaults_of_others(const struct net *n)
{
    for (size_t i = 0; i < n->param.n; i++) {
        if (n->param.data[i].init && !expr_is_const(n->ex, n->param.data[i].init)) {
            return true;
        }
    }
    return false;
}

static expr_id sum_of(struct where *w, expr_id x, expr_id y)
{
    return x && y ? expr_binary(w->ex, EXPR_ADD, x, y) : x ? x : y;
}

/* Adds the part that goes through runs of the copies of `net`, whose parameters have the values of the
 * network's own when such a run begins. Returns false after an error. */
static bool through_copies(struct where *w, struct span at, int32_t net, const struct symbol *s,
                           const struct leaves *l, const expr_id *adjoint, expr_id *g)
{
    const struct net *from = experiment_use(w, net)->net;
    for (int32_t i = 0; i < (int32_t)w->f->program->net.n && s->kind == SYMBOL_PARAM; i++) {
        int32_t to =
            i != net && follows(w, i, net) ? net_find_symbol(experiment_use(w, i)->net, s->name) : -1;
        expr_id part = to >= 0 ? through_runs(w, i, to, s->shape, l, adjoint) : 0;
        if (part && has_defaults_of_others(from)) {
            diag_report(w->f->diag, DIAG_E0524, at,
                        "'%s' has parameters that are computed from others, and '%s' took each as a number",
                        from->name, experiment_use(w, i)->net->name);
            return diag_help(w->f->diag, "run '%s' itself, without `as`", from->name), false;
        }
        *g = sum_of(w, *g, part);
    }
    return true;
}

expr_id experiment_gradient(struct where *w, struct span at, expr_id e, int32_t net, int32_t symbol)
{
    const struct symbol *s = &experiment_use(w, net)->net->symbol.data[symbol];
    struct leaves l = {0};
    expr_id *adjoint = adjoints(w, at, &e, net, &l), g = 0;
    if (adjoint) {
        g = through_runs(w, net, symbol, s->shape, &l, adjoint);
        bool good = through_copies(w, at, net, s, &l, adjoint, &g);
        g = !good ? 0 : g ? g : independent(w, at, s->shape);
    }
    vec_free(&l.id);
    return g;
}

static bool has_global(const struct net *n, int32_t global)
{
    for (size_t i = 0; i < n->param.n; i++) {
        if (n->param.data[i].global == global) {
            return true;
        }
    }
    return false;
}

/* The derivative by a parameter of the program: directly, and through the runs of all networks that read
 * it. */
static expr_id by_global(struct where *w, struct span at, expr_id e, int32_t global)
{
    struct leaves l = {0};
    expr_id *adjoint = adjoints(w, at, &e, -1, &l), g = 0;
    for (size_t i = 0; adjoint && i < l.id.n; i++) {
        struct expr leaf = value_info(w, l.id.data[i]);
        if (leaf.op == EXPR_GLOBAL && leaf.a == global && adjoint[i]) {
            g = adjoint[i];
        }
    }
    for (int32_t net = 0; adjoint && net < (int32_t)w->f->program->net.n; net++) {
        bool has = has_global(experiment_use(w, net)->net, global);
        expr_id v = has ? through_runs(w, net, -1 - global, shape_scalar(), &l, adjoint) : 0;
        g = sum_of(w, g, v);
    }
    vec_free(&l.id);
    return g || !adjoint ? g : independent(w, at, shape_scalar());
}

/* `of = [n.k, n.m]`, which elsewhere gives a vector, is a gradient for each here. */
static void help_one_each(struct where *w, struct span at, const struct ast *of)
{
    const char *value = front_source_text(w->f, at), *list = "";
    for (uint32_t i = 0; of->kind == AST_ARRAY && i < of->n; i++) {
        list = arena_printf(w->f->arena, "%s%sgradient(%s, of = %s)", list, i ? ", " : "", value,
                            front_source_text(w->f, array_element(of, i)->span));
    }
    if (*list) {
        diag_help(w->f->diag, "each has its own: `[%s]`", list);
    } else {
        diag_help(w->f->diag, "name it with its network, as in `gradient(%s, of = NET.k)`", value);
    }
}

expr_id experiment_gradient_of(struct where *w, struct span at, expr_id e, const struct ast *of)
{
    struct path p;
    struct name *n = of->kind == AST_NAME ? value_named(w, of) : NULL;
    if (n && n->kind == NAME_GLOBAL) {
        expr_id global = value_of(w, of);
        return global ? by_global(w, at, e, value_info(w, global).a) : 0;
    }
    enum found found = experiment_find_path(w, of, -1, &p);
    if (found == NOT_A_PATH || (found == PATH_FOUND && !*p.text)) {
        diag_report(
            w->f->diag, DIAG_E0524, of->span,
            "a gradient is by a parameter or an initial amount of a network, or by a parameter of the "
            "program");
        return help_one_each(w, at, of), 0;
    }
    int32_t symbol = found == PATH_FOUND ? experiment_symbol(w, of, p.net, p.text) : -1;
    if (symbol < 0) {
        return 0;
    }
    enum symbol_kind kind = experiment_use(w, p.net)->net->symbol.data[symbol].kind;
    if (kind != SYMBOL_PARAM && kind != SYMBOL_SPECIES && kind != SYMBOL_DUAL) {
        diag_report(w->f->diag, DIAG_E0524, of->span, "'%s' is computed, and nothing that can be changed",
                    p.text);
        return diag_help(w->f->diag, "a gradient is by a parameter or an initial amount"), 0;
    }
    expr_id g = experiment_gradient(w, at, e, p.net, symbol);
    return g && p.index ? value_index(w, p.index, g) : g;
}
