/* Experiments: statements to structured control flow over expressions; variables and control flow. Each
 * other kind of statement has its file: experiment_run.c, experiment_bind.c, experiment_results.c,
 * experiment_plot.c, experiment_neural.c. */
#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/neural/neural.h"

static bool statement(struct where *w, const struct ast *a, struct block *out);

/* ---- variables ---- */

static struct name *declare(struct where *w, const char *text, struct span span, enum name_kind kind)
{
    const struct scope *results = w->experiment->name->members;
    const struct name *other = results ? scope_find_here(results, text) : NULL;
    struct name *n = other ? NULL : scope_add(w->scope, text, kind, span);
    if (!n) {
        other = other ? other : scope_find_here(w->scope, text);
        name_declared_twice(w->f, span, text, other->span);
    }
    return n;
}

static bool let_one(struct where *w, const struct ast *d, bool constant, struct block *out)
{
    if (!dcl_value(d)) {
        scope_add(w->scope, d->name, NAME_REFUSED, d->span);
        return diag_report(w->f->diag, DIAG_E0405, d->span, "'%s' needs a first value", d->name);
    }
    if (data_is_table(w, dcl_value(d))) {
        struct name *n = declare(w, d->name, d->span, NAME_TABLE);
        return n && (data_declare_table(w, dcl_value(d), n) || (n->kind = NAME_REFUSED, false));
    }
    expr_id v = value_or_series(w, dcl_value(d));
    bool series = v && value_is_series(w, v);
    v = series ? experiment_keep_series(w, dcl_value(d)->span, v) : v;
    if (!v) {
        scope_add(w->scope, d->name, NAME_REFUSED, d->span);
        return false;
    }
    if (series || (constant && expr_is_const(w->ex, v))) {
        struct name *n = declare(w, d->name, d->span, NAME_VALUE);
        if (n) {
            n->value = v;
            n->pool = w->ex;
        }
        return n != NULL;
    }
    if (d->flags & AST_BECOMES_REAL) {
        v = expr_to_real(w->ex, v);
    }
    struct expr e = value_info(w, v);
    struct name *n = declare(w, d->name, d->span, NAME_VARIABLE);
    if (!n) {
        return false;
    }
    n->index = experiment_add_variable(w, d->name, (enum expr_type)e.type, e.shape);
    n->is_constant = constant;
    experiment_assign(w, out, d->span, n->index, v);
    experiment_keep_presence(w, out, d->span, n->index, data_present(w, v));
    return true;
}

static bool let(struct where *w, const struct ast *a, struct block *out)
{
    bool good = true;
    for (uint32_t i = 0; i < a->n; i++) {
        good &= let_one(w, declaration_dcl(a, i), (a->flags & AST_IS_CONST) != 0, out);
    }
    return good;
}

/* The new value of a target that reads as `old`: checked, and of the target's type and shape. 0 after an
 * error. */
static expr_id new_value(struct where *w, const struct ast *a, struct name *n, expr_id old)
{
    expr_id v = value_of(w, assign_value(a));
    if (v && a->op != OP_SET) {
        v = value_binary(w, a, experiment_update_op(a->op), old, v);
    }
    if (!v) {
        return 0;
    }
    struct expr to = value_info(w, old), from = value_info(w, v);
    if (!value_fits(w, assign_value(a)->span, v, to.shape, "the target")) {
        diag_help(w->f->diag, "'%s' keeps its shape %s: declare another name for this, `let %s2 = ...;`",
                  n->text, where_shape(w, to.shape), n->text);
        return 0;
    }
    if (to.type == TYPE_INT && from.type == TYPE_REAL) {
        diag_report(w->f->diag, DIAG_E0303, assign_value(a)->span,
                    "'%s' holds integers, and this is a real number", n->text);
        diag_help(w->f->diag, "begin with a real number: let %s = 0.0;", n->text);
        return 0;
    }
    if (to.type == TYPE_REAL && from.type == TYPE_INT) {
        v = expr_to_real(w->ex, v);
    } else if (to.type != from.type) {
        diag_report(w->f->diag, DIAG_E0303, assign_value(a)->span, "'%s' holds %s, not %s", n->text,
                    type_text(to.type), type_text(from.type));
        diag_help(w->f->diag, "declare another name for it: `let %s2 = %s;`", n->text,
                  front_source_text(w->f, assign_value(a)->span));
        return 0;
    }
    return to.shape.rank && from.shape.rank == 0 ? expr_fill(w->ex, v, to.shape) : v;
}

static bool assignment(struct where *w, const struct ast *a, struct block *out)
{
    const struct ast *target = assign_target(a);
    const struct ast *base = target->kind == AST_INDEX ? index_base(target) : target;
    struct name *n = base->kind == AST_NAME ? value_named(w, base) : NULL;
    if (!n) {
        if (base->kind == AST_NAME) {
            value_unknown(w, base->span, base->name, AT_ASSIGNED);
            return false;
        }
        diag_report(w->f->diag, DIAG_E0503, target->span, "this cannot be assigned");
        diag_help(w->f->diag, "amounts and parameters of a network are changed with `set`: set net.x = 1;");
        return false;
    }
    if (n->kind == NAME_REFUSED) {
        return false;
    }
    if (!name_may(n, AT_ASSIGNED) || n->is_constant) {
        diag_report(w->f->diag, DIAG_E0503, target->span, "'%s' cannot be assigned", base->name);
        diag_note(w->f->diag, n->span, "declared here");
        if (n->kind == NAME_VALUE && value_is_series(w, n->value)) {
            diag_help(w->f->diag,
                      "how many rows it has came when running: give the other one a name of its "
                      "own, let %s2 = ...;",
                      base->name);
            return false;
        }
        if (n->is_turn) {
            diag_help(w->f->diag,
                      "it is the variable of a loop, which gives it its values: declare another one, "
                      "let %s2 = %s;",
                      base->name, base->name);
            return false;
        }
        diag_help(w->f->diag,
                  n->kind == NAME_GLOBAL ? "a parameter of the program is set on the command line: --set %s=1"
                                         : "declare it with `let`: let %s = ...;",
                  base->name);
        return false;
    }
    if (w->experiment->tried && n->index < w->experiment->tried->var_from) {
        diag_report(
            w->f->diag, DIAG_E0525, target->span,
            "'%s' is declared outside of the block of `minimize`, which is executed many times at once",
            base->name);
        const struct ast *v = assign_value(a);
        if (v->kind == AST_FIELD) {
            diag_help(w->f->diag, "read `%s` behind `minimize`, where it belongs to the least loss",
                      front_source_text(w->f, v->span));
        } else {
            diag_help(w->f->diag,
                      "what only the block needs is declared there, `let %s2 = ...;`; behind `minimize`, "
                      "`NET.A` belongs to the least loss",
                      base->name);
        }
        return false;
    }
    expr_id old = experiment_variable(w, n);
    if (target->kind != AST_INDEX) {
        expr_id v = new_value(w, a, n, old);
        if (v) {
            expr_id present = data_present(w, v);
            experiment_assign(w, out, a->span, n->index, v);
            experiment_keep_presence(w, out, a->span, n->index, present);
        }
        return v != 0;
    }
    expr_id element = value_index(w, target, old);
    expr_id v = element ? new_value(w, a, n, element) : 0;
    if (!v) {
        return false;
    }
    struct stmt *s = experiment_add(w, out, STMT_STORE, a->span);
    vec_push(&w->experiment->assigned, (struct assigned){n->index, v, NULL});
    s->var = n->index;
    s->value = v;
    for (uint32_t i = 1; i < target->n; i++) {
        if (index_at(target, i)->kind == AST_RANGE) {
            return diag_report(w->f->diag, DIAG_E0503, index_at(target, i)->span,
                               "a range of entries cannot be assigned; use a loop");
        }
        expr_id at = value_of(w, index_at(target, i));
        if (!at || value_info(w, at).shape.rank != 0) {
            return at && diag_report(w->f->diag, DIAG_E0503, index_at(target, i)->span,
                                     "one entry is assigned at a time");
        }
        int64_t known;
        if (expr_const_int(w->ex, at, &known)) {
            at = expr_int(w->ex, known);
        }
        vec_push(&s->index, at);
    }
    s->index_line = front_indices_place(w->f, target, value_info(w, old).shape.rank);
    return true;
}

/* ---- control flow ---- */

static bool inner_block(struct where *w, const struct ast *a, struct block **out, int32_t deeper)
{
    struct where inner = *w;
    inner.scope = scope_create(w->f->arena, w->scope);
    *out = experiment_new_block(w);
    w->experiment->depth += deeper;
    bool good = experiment_block(&inner, a, *out);
    w->experiment->depth -= deeper;
    return good;
}

static bool for_from(struct where *w, const struct ast *a, uint32_t k, struct block *out);

static bool for_inside(struct where *w, const struct ast *a, uint32_t k, struct block *out)
{
    const struct ast *binders = for_binders(a);
    if (k + 1 < binders->n) {
        w->experiment->before = out;
        return for_from(w, a, k + 1, out);
    }
    struct block *body = out;
    if (binders_condition(binders)) {
        struct stmt *s = experiment_add(w, out, STMT_IF, binders_condition(binders)->span);
        if (!(s->value = value_condition(w, binders_condition(binders)))) {
            return false;
        }
        body = s->body = experiment_new_block(w);
    }
    struct where inner = *w;
    inner.scope = scope_create(w->f->arena, w->scope);
    return experiment_block(&inner, for_block(a), body);
}

/* Does the body of the loop run, whatever comes? */
static bool runs_at_all(struct where *w, const struct turns *t)
{
    int64_t from, to;
    return expr_const_int(w->ex, t->from, &from) && expr_const_int(w->ex, t->to, &to) && from < to;
}

static bool for_from(struct where *w, const struct ast *a, uint32_t k, struct block *out)
{
    struct turns t;
    struct where inner;
    expr_id key;
    if (!experiment_turns(w, binders_binder(for_binders(a), k), &t)) {
        return false;
    }
    struct stmt *s = experiment_loop(w, &t, a->span, out, &inner, &key);
    struct rows_ways ways = {0};
    if (k == 1) {
        experiment_rows_enter(w, &ways);
    }
    w->experiment->depth++;
    bool good = for_inside(&inner, a, k, s->body);
    w->experiment->depth--;
    if (k == 1) {
        bool conditional = binders_condition(for_binders(a)) != NULL || for_binders(a)->n > 2;
        good &= experiment_rows_leave(w, &ways, runs_at_all(w, &t) && !conditional);
    }
    return good;
}

static bool while_loop(struct where *w, const struct ast *a, struct block *out)
{
    struct stmt *s = experiment_add(w, out, STMT_WHILE, a->span);
    s->depth = w->experiment->depth;
    s->loop = w->f->program->n_loops++;
    w->experiment->before = NULL; /* the condition is computed again in each turn */
    struct rows_ways ways = {0};
    experiment_rows_enter(w, &ways);
    s->value = value_condition(w, while_condition(a));
    bool good = inner_block(w, while_block(a), &s->body, 1) && s->value;
    return experiment_rows_leave(w, &ways, false) && good;
}

static bool branch(struct where *w, const struct ast *a, struct block *out)
{
    expr_id condition = value_condition(w, if_condition(a));
    struct stmt *s = experiment_add(w, out, STMT_IF, a->span);
    s->value = condition;
    struct rows_ways ways = {0};
    experiment_rows_save(w, &ways);
    bool good = inner_block(w, if_block(a), &s->body, 0);
    experiment_rows_swap(w, &ways);
    if (if_else(a) && if_else(a)->kind == AST_IF) {
        s->orelse = experiment_new_block(w);
        w->experiment->before = s->orelse;
        good &= branch(w, if_else(a), s->orelse);
    } else if (if_else(a)) {
        good &= inner_block(w, if_else(a), &s->orelse, 0);
    }
    experiment_rows_merge(w, &ways);
    return good && s->value;
}

static bool statement(struct where *w, const struct ast *a, struct block *out)
{
    if (w->experiment->tried && !experiment_may_be_tried(w, a)) {
        return false;
    }
    bool seen = a->kind == AST_PRINT || a->kind == AST_RECORD || a->kind == AST_ASSERT ||
                a->kind == AST_LET || a->kind == AST_ASSIGN;
    w->experiment->watched = seen ? a : NULL;
    switch (a->kind) {
    case AST_LET: return let(w, a, out);
    case AST_CONST: {
        struct ast d = *a; /* `const x = v;` read as a declaration */
        struct ast *kid[2] = {NULL, const_value(a)};
        d.kind = AST_DCL;
        d.kid = kid;
        d.n = 2;
        return let_one(w, &d, true, out);
    }
    case AST_ASSIGN: return assignment(w, a, out);
    case AST_FOR: return for_from(w, a, 1, out);
    case AST_WHILE: return while_loop(w, a, out);
    case AST_IF: return branch(w, a, out);
    case AST_RUN:
    case AST_CONTINUE: return experiment_add_run_statement(w, a, out);
    case AST_PLOT: {
        struct stmt *s = arena_alloc(w->f->program->arena, sizeof *s);
        s->kind = STMT_PLOT;
        s->span = a->span;
        s->line = front_line(w->f, a->span);
        bool good = experiment_add_plot(w, a, s);
        vec_push(&out->stmt, s);
        return good;
    }
    case AST_PRINT: return experiment_add_print(w, a, out);
    case AST_RECORD: return experiment_add_records(w, a, out);
    case AST_ASSERT: return experiment_add_assert(w, a, out);
    case AST_SET_STMT: return experiment_add_set(w, a, out);
    case AST_FLUSH: return experiment_add_flush(w, a, out);
    case AST_TEACH: return experiment_add_teach(w, a, out);
    case AST_LEARN: return experiment_add_learn(w, a, out);
    case AST_MINIMIZE: return experiment_add_minimize(w, a, out);
    case AST_LOSS: return experiment_add_loss(w, a, out);
    case AST_SAVE:
    case AST_LOAD: return experiment_add_file(w, a, out);
    case AST_IMAGE: return experiment_add_image(w, a, out);
    case AST_CALL_STMT:
        if (diag_has_error_in(w->f->diag, a->span)) { /* there is no such function */
            return false;
        }
        diag_report(w->f->diag, DIAG_E0204, a->span, "this call has no effect");
        diag_help(w->f->diag, "show its value with `print`, or keep it with `let`");
        return false;
    default:
        return diag_report(w->f->diag, DIAG_E0204, a->span, "this statement cannot stand in an experiment");
    }
}

bool experiment_block(struct where *w, const struct ast *a, struct block *out)
{
    bool good = true;
    for (uint32_t i = 0; i < a->n; i++) {
        w->experiment->before = out;
        good &= statement(w, block_statement(a, i), out);
    }
    return good;
}

/* Parameters of models that are drawn are so before anything else happens. */
static bool start_models(struct where *w, struct block *body)
{
    struct block start = {{0}};
    for (int32_t i = 0; i < (int32_t)w->f->program->neural.n; i++) {
        if (!neural_starts(w->f, i)) {
            continue;
        }
        w->experiment->before = &start;
        expr_id v = neural_start(w, i);
        if (!v) {
            return false;
        }
        struct stmt *s = experiment_add(w, &start, STMT_START, w->f->model.data[i]->span);
        s->var = i;
        s->value = v;
    }
    for (size_t i = 0; i < body->stmt.n; i++) {
        vec_push(&start.stmt, body->stmt.data[i]);
    }
    vec_free(&body->stmt);
    *body = start;
    return true;
}

bool experiment_build(struct front *f, struct name *name)
{
    struct experiment x = {.f = f, .name = name};
    program_reset(f->program);
    struct where w = {.f = f,
                      .ex = f->program->ex,
                      .scope = scope_create(f->arena, name->members),
                      .module = name->module,
                      .experiment = &x};
    bool good = experiment_block(&w, experiment_body(name->ast), f->program->body) &&
                start_models(&w, f->program->body);
    experiment_rows_finish(&x);
    good = good && experiment_check_given(&x);
    vec_free(&x.given);
    vec_free(&x.presence);
    vec_free(&x.fitted);
    vec_free(&x.series);
    vec_free(&x.series_of);
    vec_free(&x.rows);
    vec_free(&x.rows_read);
    vec_free(&x.continued);
    vec_free(&x.assigned);
    f->program->experiment = arena_strdup(f->program->arena, name->text);
    f->program->doc = name->ast->doc ? arena_strdup(f->program->arena, name->ast->doc) : NULL;
    return good;
}
