/* `minimize over net.k in 1e-3..1e3, net.A0 by lbfgs(starts = 50) { run net ...; loss e; }`: the targets
 * that are varied, the method and its options, and the block, which the runtime executes in each trial. */
#include <math.h>
#include <string.h>

#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"

static const struct crnl_minimizer *const methods[] = {
#define MINIMIZER(name) &crnl_minimize_##name,
#include "runtime/crnl_minimize.def"
};
enum { N_METHODS = sizeof methods / sizeof *methods };

/* ---- What is varied ---- */

static bool refused(struct where *w, struct span at, const char *what, const char *help)
{
    diag_report(w->f->diag, DIAG_E0525, at, "%s", what);
    diag_help(w->f->diag, "%s", help);
    return false;
}

static bool global_target(struct where *w, const struct ast *of, struct bind *b)
{
    expr_id v = value_of(w, of);
    if (v) {
        *b = (struct bind){.net = -1, .symbol = value_info(w, v).a, .count = 1, .shape = shape_scalar()};
    }
    return v != 0;
}

static expr_id bound(struct where *w, const struct ast *a, const struct bind *b)
{
    expr_id v = b->net < 0 ? value_real_scalar(w, a) : experiment_target_value(w, a, b);
    if (!v) {
        return 0;
    }
    struct shape flat = shape_vector(b->count);
    return value_info(w, v).shape.rank == 0 ? expr_fill(w->ex, v, flat) : expr_reshape(w->ex, v, flat);
}

static bool bounds_of(struct where *w, const struct ast *range, const struct bind *b,
                      struct minimize_target *t)
{
    t->lo = bound(w, range_from(range), b);
    t->hi = t->lo ? bound(w, range_to(range), b) : 0;
    double lo, hi;
    for (int32_t i = 0; i < b->count && t->hi; i++) {
        bool known = expr_const_real(w->ex, expr_element(w->ex, t->lo, i), &lo) &&
                     expr_const_real(w->ex, expr_element(w->ex, t->hi, i), &hi);
        if (known && !(lo <= hi)) {
            diag_report(w->f->diag, DIAG_E0525, range->span,
                        "the bounds are %g..%g: the first is larger than the second", lo, hi);
            diag_help(w->f->diag, "write `%s..%s`", front_source_text(w->f, range_to(range)->span),
                      front_source_text(w->f, range_from(range)->span));
            return false;
        }
    }
    return t->hi != 0;
}

static bool add_target(struct where *w, const struct ast *a, int32_t points, struct minimize *m)
{
    const struct ast *of = target_reference(a);
    struct name *n = of->kind == AST_NAME ? value_named(w, of) : NULL;
    struct bind b;
    if (of->kind == AST_NAME && n && n->kind != NAME_GLOBAL && n->kind != NAME_REFUSED) {
        return refused(w, of->span,
                       name_may(n, AT_PATH) ? "a network as a whole is not varied"
                       : n->kind == NAME_CONST
                           ? "this is known when compiling: it decides structure, and a fit is over "
                             "parameters and initial amounts"
                           : "a fit is over parameters and initial amounts",
                       "name a parameter or an amount of a network: minimize over net.k, net.A");
    }
    if (!(n ? n->kind != NAME_REFUSED && global_target(w, of, &b) : experiment_target(w, of, &b))) {
        return false;
    }
    for (size_t i = 0; i < m->target.n; i++) {
        const struct minimize_target *t = &m->target.data[i];
        if (t->net == b.net && t->symbol == b.symbol && t->first < b.first + b.count &&
            b.first < t->first + t->count) {
            return refused(w, of->span, "this is named twice", "each parameter stands once in `over`");
        }
    }
    struct minimize_target t = {.net = b.net,
                                .symbol = b.symbol,
                                .first = b.first,
                                .count = b.count,
                                .name = arena_strdup(w->f->program->arena, front_source_text(w->f, of->span)),
                                .profile = -1};
    if (target_bounds(a) && !bounds_of(w, target_bounds(a), &b, &t)) {
        return false;
    }
    struct shape shape = b.shape;
    t.error = experiment_add_variable(w, "", TYPE_REAL, shape);
    if (points) {
        struct shape wide = shape;
        if (wide.rank + 2 > SHAPE_MAX_RANK) {
            return refused(w, of->span, "the profile of an array of so many dimensions has too many itself",
                           "name its elements");
        }
        wide.dim[wide.rank++] = points;
        wide.dim[wide.rank++] = 2;
        t.profile = experiment_add_variable(w, "", TYPE_REAL, wide);
    }
    vec_push(&m->target, t);
    vec_push(&w->experiment->fitted, (struct fitted){t, shape});
    return true;
}

/* ---- Methods ---- */

static const struct crnl_minimizer *find_method(struct where *w, const struct ast *by)
{
    const char *known[N_METHODS];
    for (int i = 0; i < N_METHODS; i++) {
        if (strcmp(methods[i]->name, by->name) == 0) {
            return methods[i];
        }
        known[i] = methods[i]->name;
    }
    diag_report(w->f->diag, DIAG_E0525, by->span, "there is no method '%s' to minimize by", by->name);
    const char *list = arena_join(w->f->arena, known, N_METHODS, ", ");
    const char *here = arena_printf(w->f->arena, "there are %s", list);
    if (!experiment_help_by(w->f, by, BY_MINIMIZE, here) &&
        !diag_help_nearest(w->f->diag, by->name, known, N_METHODS)) {
        diag_help(w->f->diag, "%s", here);
    }
    return NULL;
}

int32_t experiment_known_fit_option(struct where *w, const struct minimize *m, enum crnl_fit_option which)
{
    int64_t n;
    bool known = expr_const_int(w->ex, m->option.data[which], &n) && n >= 0 && n <= INT32_MAX;
    return known ? (int32_t)n : -1;
}

/* The values of the list CRNL_FIT_LOG, one for each target, stand behind those of all options. */
static void scales_last(struct minimize *m, int32_t n_targets)
{
    size_t after = CRNL_FIT_LOG + (size_t)n_targets;
    option_list list = {0};
    for (size_t i = 0; i < m->option.n; i++) {
        if (i <= CRNL_FIT_LOG || i >= after) {
            vec_push(&list, m->option.data[i]);
        }
    }
    for (size_t i = CRNL_FIT_LOG; i < after; i++) {
        vec_push(&list, m->option.data[i]);
    }
    vec_free(&m->option);
    m->option = list;
}

/* ---- The block ---- */

bool experiment_may_be_tried(struct where *w, const struct ast *a)
{
    switch (a->kind) {
    case AST_LET:
    case AST_CONST:
    case AST_ASSIGN:
    case AST_FOR:
    case AST_WHILE:
    case AST_IF:
    case AST_RUN:
    case AST_CONTINUE:
    case AST_SET_STMT:
    case AST_FLUSH:
    case AST_ASSERT:
    case AST_LOSS: return true;
    default:
        return refused(w, a->span,
                       "this cannot stand in the block of `minimize`, which is executed many times at once",
                       "it computes, runs networks and ends in `loss e;`; show results after it");
    }
}

static bool check_run(struct where *w, const struct stmt *s)
{
    const struct run *r = s->run;
    const struct crnl_method_info *method = &crnl_method_info[r->method];
    if (strcmp(method->family, "ode") != 0 && r->span != SPAN_LIMIT) {
        return refused(
            w, s->span,
            arena_printf(w->f->arena, "a run by `%s` gives no loss that has a derivative", method->name),
            "fit the deterministic rates, by ode, and check the result by ssa afterwards");
    }
    return !r->file ||
           refused(w, s->span, "a run that is tried writes no file", "run it once more after the fit");
}

static bool check_block(struct where *w, const struct block *b, bool *runs)
{
    bool good = true;
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *s = b->stmt.data[i];
        if (s->kind == STMT_RUN) {
            *runs = true;
            good &= check_run(w, s);
        }
        good &= check_block(w, s->body, runs) & check_block(w, s->orelse, runs);
    }
    return good;
}

/* ---- Statements ---- */

static const char *beside(struct where *w, const char *net, const char *what)
{
    return intern_text(w->f->names, arena_printf(w->f->arena, "%s.%s", net, what));
}

/* Declares a variable that is read as net.what. */
static int32_t add_result(struct where *w, const char *net, const char *what, struct shape shape,
                          struct span at)
{
    const char *text = beside(w, net, what);
    struct scope *outermost = w->scope;
    while (scope_parent(outermost)) {
        outermost = scope_parent(outermost);
    }
    struct name *n = scope_find_here(outermost, text);
    if (!n) {
        n = scope_add(outermost, text, NAME_VARIABLE, at);
        n->is_constant = true;
        n->index = -1;
    }
    if (n->index < 0 || !shape_equal(w->f->program->variable.data[n->index].shape, shape)) {
        n->index = experiment_add_variable(w, text, TYPE_REAL, shape);
    }
    return n->index;
}

static void add_results(struct where *w, const struct ast *a, int32_t starts, struct minimize *m)
{
    const char *of = "minimize";
    for (size_t i = m->target.n; i-- > 0;) {
        of = m->target.data[i].net >= 0 ? experiment_use(w, m->target.data[i].net)->net->name : of;
    }
    m->record = experiment_add_record(w, beside(w, of, "loss"), a->span);
    m->loss = value_find(w, beside(w, of, "loss"))->index;
    m->share = add_result(w, of, "share", shape_scalar(), a->span);
    m->losses = starts > 0 ? add_result(w, of, "losses", shape_vector(starts), a->span) : -1;
}

/* `let loss = EXPR;` among the statements of the block, or NULL */
static const struct ast *variable_loss(const struct ast *block)
{
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        for (uint32_t j = 0; s->kind == AST_LET && j < s->n; j++) {
            if (strcmp(declaration_dcl(s, j)->name, "loss") == 0 && dcl_value(declaration_dcl(s, j))) {
                return declaration_dcl(s, j);
            }
        }
    }
    return NULL;
}

static bool add_block(struct where *w, const struct ast *a, struct minimize *m, struct block *body)
{
    const struct ast *variable = variable_loss(minimize_block(a));
    struct where inner = *w;
    bool runs = false;
    inner.scope = scope_create(w->f->arena, w->scope);
    w->experiment->tried = m;
    w->experiment->tried_by = a;
    w->experiment->tried_losses = 0;
    w->experiment->tried_depends = false;
    m->has_gradient = true;
    m->sum_of_squares = true;
    m->var_from = (int32_t)w->f->program->variable.n;
    bool good = experiment_block(&inner, minimize_block(a), body);
    m->var_to = (int32_t)w->f->program->variable.n;
    w->experiment->tried = NULL;
    good = good && check_block(w, body, &runs);
    if (good && w->experiment->tried_losses == 0 && variable) {
        return refused(w, variable->span, "the loss is a statement, not a variable",
                       arena_printf(w->f->arena, "write `loss %s;`",
                                    front_source_text(w->f, dcl_value(variable)->span)));
    }
    if (good && w->experiment->tried_losses == 0) {
        return refused(w, a->span, "the block says nothing of the loss", "end it with `loss e;`");
    }
    if (good && !w->experiment->tried_depends) {
        return refused(w, a->span,
                       arena_printf(w->f->arena, "the loss does not depend on %s",
                                    front_source_text(w->f, minimize_over(a)->span)),
                       "it is to be computed from runs of the block: net.A, trajectory(net.A, at = d.t)");
    }
    return good;
}

bool experiment_add_minimize(struct where *w, const struct ast *a, struct block *out)
{
    struct minimize *m = arena_alloc(w->f->program->arena, sizeof *m);
    struct stmt *s = arena_alloc(w->f->program->arena, sizeof *s);
    *s = (struct stmt){
        .kind = STMT_MINIMIZE, .span = a->span, .line = front_line(w->f, a->span), .minimize = m};
    s->body = experiment_new_block(w);
    m->minimizer = find_method(w, minimize_by(a));
    m->statement = experiment_statement(w);
    if (!m->minimizer) {
        return false;
    }
    int32_t n_targets = (int32_t)minimize_over(a)->n;
    bool good = experiment_options(w, minimize_by(a), m->minimizer->name, m->minimizer->option,
                                   m->minimizer->n_options, n_targets, "names in `over`", &m->option);
    if (good) {
        scales_last(m, n_targets);
    }
    m->gradient_given = good && experiment_known_fit_option(w, m, CRNL_FIT_GRADIENT) == CRNL_FIT_ADJOINT;
    int32_t points = good ? experiment_known_fit_option(w, m, CRNL_FIT_PROFILE) : 0;
    if (points < 0) {
        good = refused(w, minimize_by(a)->span, "how many points a profile has must be known when compiling",
                       "profile = 21");
    }
    for (uint32_t i = 0; i < minimize_over(a)->n && good; i++) {
        good = add_target(w, list_item(minimize_over(a), i), points, m);
    }
    if (good) {
        int32_t restarts = experiment_known_fit_option(w, m, CRNL_FIT_RESTARTS);
        add_results(w, a,
                    restarts > 0   ? restarts
                    : restarts < 0 ? -1
                                   : experiment_known_fit_option(w, m, CRNL_FIT_STARTS),
                    m);
        good = add_block(w, a, m, s->body);
    }
    vec_push(&out->stmt, s);
    return good;
}

/* ---- What a fit has found ---- */

expr_id experiment_fitted(struct where *w, const struct ast *call, const char *what)
{
    const struct ast *of = arg_value(call_arg(call, 1));
    struct name *n = of->kind == AST_NAME ? value_named(w, of) : NULL;
    struct bind b;
    if (!(n && n->kind == NAME_GLOBAL ? global_target(w, of, &b) : experiment_target(w, of, &b))) {
        return 0;
    }
    for (size_t i = w->experiment->fitted.n; i-- > 0;) {
        const struct fitted *f = &w->experiment->fitted.data[i];
        const struct minimize_target *t = &f->target;
        if (t->net != b.net || t->symbol != b.symbol || b.first < t->first ||
            b.first + b.count > t->first + t->count) {
            continue;
        }
        int32_t var = strcmp(what, "profile") == 0 ? t->profile : t->error;
        if (var < 0) {
            diag_report(w->f->diag, DIAG_E0525, call->span, "the fit makes no profiles");
            diag_help(w->f->diag, "ask it for them: lbfgs(profile = 21)");
            return 0;
        }
        struct shape shape = w->f->program->variable.data[var].shape;
        expr_id v = expr_leaf(w->ex, EXPR_VAR, TYPE_REAL, shape, var, 0);
        if (b.count == t->count) {
            return v;
        }
        struct shape part = b.shape;
        int64_t each = shape_size(shape) / t->count;
        for (int32_t k = f->shape.rank; k < shape.rank; k++) {
            part.dim[part.rank++] = shape.dim[k];
        }
        v = expr_reshape(w->ex, v, shape_vector((int32_t)shape_size(shape)));
        v = expr_slice(w->ex, v, 0, (int32_t)((b.first - t->first) * each), (int32_t)(b.count * each));
        return part.rank ? expr_reshape(w->ex, v, part) : expr_take(w->ex, v, 0, expr_int(w->ex, 0), 0);
    }
    diag_report(w->f->diag, DIAG_E0525, call->span, "no fit before was over %s",
                front_source_text(w->f, of->span));
    diag_help(w->f->diag, "minimize over %s ... { } comes first", front_source_text(w->f, of->span));
    return 0;
}
