/* Experiments: statements to structured control flow over expressions. Runs are in experiment_run.c, what is read of
 * networks in experiment_read.c. */
#include "frontend/experiment.h"

#include "frontend/data.h"

#include <string.h>

static bool statement(struct where *w, const struct ast *a, struct block *out);

struct stmt *experiment_add(struct where *w, struct block *out, enum stmt_kind kind, struct span span)
{
    struct stmt *s = arena_alloc(w->f->program->arena, sizeof *s);
    s->kind = kind;
    s->span = span;
    s->line = front_line(w->f, span);
    vec_push(&out->stmt, s);
    return s;
}

static struct block *new_block(struct where *w)
{
    return arena_alloc(w->f->program->arena, sizeof(struct block));
}

int32_t experiment_statement(struct where *w)
{
    return w->f->program->n_statements++;
}

/* ---- variables ---- */

static int32_t add_variable(struct where *w, const char *text, enum expr_type type, struct shape shape,
                            const struct ast *decl)
{
    struct program *p = w->f->program;
    struct variable v = {arena_strdup(p->arena, text), type, shape};
    vec_push(&p->variable, v);
    vec_push(&w->experiment->declared, decl);
    return (int32_t)p->variable.n - 1;
}

static struct name *declare(struct where *w, const char *text, struct span span, enum name_kind kind)
{
    struct name *n = scope_add(w->scope, text, kind, span);
    if (!n) {
        struct name *old = scope_find_here(w->scope, text);
        diag_report(w->f->diag, DIAG_E0203, span, "'%s' is declared twice", text);
        diag_note(w->f->diag, old->span, "first declared here");
    }
    return n;
}

static bool is_wide(const struct experiment *x, const struct ast *decl)
{
    for (size_t i = 0; i < x->wide.n; i++) {
        if (x->wide.data[i] == decl) {
            return true;
        }
    }
    return false;
}

expr_id experiment_variable(struct where *w, struct name *n)
{
    const struct variable *v = &w->f->program->variable.data[n->index];
    return expr_leaf(w->ex, EXPR_VAR, v->type, v->shape, n->index, 0);
}

static void assign(struct where *w, struct block *out, struct span span, int32_t var, expr_id value)
{
    struct stmt *s = experiment_add(w, out, STMT_ASSIGN, span);
    s->var = var;
    s->value = value;
}

expr_id experiment_keep(struct where *w, struct span at, expr_id value)
{
    struct block *out = w->experiment ? w->experiment->before : NULL;
    if (!out || w->observe) {
        return 0;
    }
    struct expr e = value_info(w, value);
    int32_t kept = add_variable(w, "", (enum expr_type)e.type, e.shape, NULL);
    assign(w, out, at, kept, value);
    return expr_leaf(w->ex, EXPR_VAR, (enum expr_type)e.type, e.shape, kept, 0);
}

static bool let_one(struct where *w, const struct ast *d, bool constant, struct block *out)
{
    if (!d->kid[1]) {
        return diag_report(w->f->diag, DIAG_E0405, d->span, "'%s' needs a first value", d->name);
    }
    expr_id v = value_of(w, d->kid[1]);
    if (!v) {
        return false;
    }
    if (constant && expr_is_const(w->ex, v)) {
        struct name *n = declare(w, d->name, d->span, NAME_VALUE);
        if (n) {
            n->value = v;
        }
        return n != NULL;
    }
    if (is_wide(w->experiment, d)) {
        v = expr_to_real(w->ex, v);
    }
    struct expr e = value_info(w, v);
    struct name *n = declare(w, d->name, d->span, NAME_VARIABLE);
    if (!n) {
        return false;
    }
    n->index = add_variable(w, d->name, (enum expr_type)e.type, e.shape, d);
    n->is_constant = constant;
    assign(w, out, d->span, n->index, v);
    return true;
}

static bool let(struct where *w, const struct ast *a, struct block *out)
{
    bool good = true;
    for (uint32_t i = 0; i < a->n; i++) {
        good &= let_one(w, a->kid[i], (a->flags & AST_IS_CONST) != 0, out);
    }
    return good;
}

static enum expr_op update_op(int op)
{
    return op == OP_SET_ADD ? EXPR_ADD : op == OP_SET_SUB ? EXPR_SUB : op == OP_SET_MUL ? EXPR_MUL : EXPR_DIV;
}

/* The new value of a target that reads as `old`: checked, and of the target's type and shape. 0 after an error. */
static expr_id new_value(struct where *w, const struct ast *a, struct name *n, expr_id old)
{
    expr_id v = value_of(w, a->kid[1]);
    if (v && a->op != OP_SET) {
        v = value_binary(w, a, update_op(a->op), old, v);
    }
    if (!v) {
        return 0;
    }
    struct expr to = value_info(w, old), from = value_info(w, v);
    if (!value_fits(w, a->kid[1]->span, v, to.shape, "the target")) {
        return 0;
    }
    if (to.type == TYPE_INT && from.type == TYPE_REAL) {
        vec_push(&w->experiment->wide, w->experiment->declared.data[n->index]);
        w->experiment->again = true;
        return 0;
    }
    if (to.type == TYPE_REAL && from.type == TYPE_INT) {
        v = expr_to_real(w->ex, v);
    } else if (to.type != from.type) {
        return diag_report(w->f->diag, DIAG_E0303, a->kid[1]->span, "'%s' holds %s, not %s", n->text,
                           type_text(to.type), type_text(from.type));
    }
    return to.shape.rank && from.shape.rank == 0 ? expr_fill(w->ex, v, to.shape) : v;
}

static bool assignment(struct where *w, const struct ast *a, struct block *out)
{
    const struct ast *target = a->kid[0];
    const struct ast *base = target->kind == AST_INDEX ? target->kid[0] : target;
    struct name *n = base->kind == AST_NAME ? value_find(w, base->name) : NULL;
    if (!n) {
        if (base->kind == AST_NAME) {
            value_unknown(w, base->span, base->name);
            return false;
        }
        diag_report(w->f->diag, DIAG_E0503, target->span, "this cannot be assigned");
        diag_help(w->f->diag, "amounts and parameters of a network are changed with `set`: set net.x = 1;");
        return false;
    }
    if (n->kind != NAME_VARIABLE || n->is_constant) {
        diag_report(w->f->diag, DIAG_E0503, target->span, "'%s' cannot be assigned", base->name);
        diag_note(w->f->diag, n->span, "declared here");
        diag_help(w->f->diag,
                  n->kind == NAME_GLOBAL ? "a parameter of the program is set on the command line: --set %s=1"
                                         : "declare it with `let`: let %s = ...;",
                  base->name);
        return false;
    }
    expr_id old = experiment_variable(w, n);
    if (target->kind != AST_INDEX) {
        expr_id v = new_value(w, a, n, old);
        if (v) {
            assign(w, out, a->span, n->index, v);
        }
        return v != 0;
    }
    expr_id element = value_index(w, target, old);
    expr_id v = element ? new_value(w, a, n, element) : 0;
    if (!v) {
        return false;
    }
    struct stmt *s = experiment_add(w, out, STMT_STORE, a->span);
    s->var = n->index;
    s->value = v;
    for (uint32_t i = 1; i < target->n; i++) {
        if (target->kid[i]->kind == AST_RANGE) {
            return diag_report(w->f->diag, DIAG_E0503, target->kid[i]->span,
                               "a range of entries cannot be assigned; use a loop");
        }
        expr_id at = value_of(w, target->kid[i]);
        if (!at || value_info(w, at).shape.rank != 0) {
            return at && diag_report(w->f->diag, DIAG_E0503, target->kid[i]->span,
                                     "one entry is assigned at a time");
        }
        int64_t known;
        if (expr_const_int(w->ex, at, &known)) {
            at = expr_int(w->ex, known);
        }
        vec_push(&s->index, at);
    }
    return true;
}

/* ---- control flow ---- */

static bool inner_block(struct where *w, const struct ast *a, struct block **out, int32_t deeper)
{
    struct where inner = *w;
    inner.scope = scope_create(w->f->arena, w->scope);
    *out = new_block(w);
    w->experiment->depth += deeper;
    bool good = experiment_block(&inner, a, *out);
    w->experiment->depth -= deeper;
    return good;
}

static bool for_from(struct where *w, const struct ast *a, uint32_t k, struct block *out);

static bool for_inside(struct where *w, const struct ast *a, uint32_t k, struct block *out)
{
    const struct ast *binders = a->kid[0];
    if (k + 1 < binders->n) {
        return for_from(w, a, k + 1, out);
    }
    struct block *body = out;
    if (binders->kid[0]) {
        struct stmt *s = experiment_add(w, out, STMT_IF, binders->kid[0]->span);
        if (!(s->value = value_condition(w, binders->kid[0]))) {
            return false;
        }
        body = s->body = new_block(w);
    }
    struct where inner = *w;
    inner.scope = scope_create(w->f->arena, w->scope);
    return experiment_block(&inner, a->kid[1], body);
}

/* A variable that the body of loop `s` sets to row `i` first. */
static int32_t add_row(struct where *w, struct stmt *s, const struct ast *binder, expr_id rows, expr_id i)
{
    expr_id row = expr_take(w->ex, rows, 0, i, s->line);
    struct expr e = value_info(w, row);
    int32_t var = add_variable(w, binder->name, (enum expr_type)e.type, e.shape, NULL);
    assign(w, s->body, binder->span, var, row);
    return var;
}

/* A loop over an array is one over its indices, whose body starts with taking the row; a row of a data set is read where
 * its fields are. */
static bool for_from(struct where *w, const struct ast *a, uint32_t k, struct block *out)
{
    const struct ast *binder = a->kid[0]->kid[k];
    const struct ast *over = binder->kid[0];
    struct where inner = *w;
    inner.scope = scope_create(w->f->arena, w->scope);
    struct data_rows data;
    expr_id from = 0, to = 0, rows = 0;
    enum data_found found = over->kind == AST_RANGE ? DATA_NO : data_find_rows(w, over, &data);
    if (found == DATA_ERROR || (over->kind == AST_RANGE && !value_range(w, over, &from, &to))) {
        return false;
    }
    if (found == DATA_YES) {
        data.order = data.order ? experiment_keep(w, over->span, data.order) : 0;
        from = expr_int(w->ex, 0);
        to = expr_int(w->ex, data.rows);
    } else if (over->kind != AST_RANGE) {
        rows = value_of(w, over);
        if (!rows) {
            return false;
        }
        struct expr e = value_info(w, rows);
        if (e.shape.rank < 1) {
            return diag_report(w->f->diag, DIAG_E0307, over->span,
                               "a loop runs over a range (0..n) or an array");
        }
        if (!expr_is_const(w->ex, rows)) {
            rows = experiment_keep(w, over->span, rows);
        }
        from = expr_int(w->ex, 0);
        to = expr_int(w->ex, e.shape.dim[0]);
    }
    struct stmt *s = experiment_add(w, out, STMT_FOR, a->span);
    s->from = from;
    s->to = to;
    s->depth = w->experiment->depth;
    s->loop = w->f->program->n_loops++;
    s->body = new_block(w);
    s->var = add_variable(w, rows || found == DATA_YES ? "" : binder->name, TYPE_INT, shape_scalar(), NULL);
    expr_id i = expr_leaf(w->ex, EXPR_VAR, TYPE_INT, shape_scalar(), s->var, 0);
    if (found == DATA_YES) {
        data_add_record(w, inner.scope, binder->name, binder->span, &data, i);
    } else {
        struct name *n = scope_add(inner.scope, binder->name, NAME_VARIABLE, binder->span);
        n->is_constant = true;
        n->index = rows ? add_row(w, s, binder, rows, i) : s->var;
    }
    w->experiment->depth++;
    bool good = for_inside(&inner, a, k, s->body);
    w->experiment->depth--;
    return good;
}

static bool while_loop(struct where *w, const struct ast *a, struct block *out)
{
    struct stmt *s = experiment_add(w, out, STMT_WHILE, a->span);
    s->depth = w->experiment->depth;
    s->loop = w->f->program->n_loops++;
    w->experiment->before = NULL; /* the condition is computed again in each turn */
    s->value = value_condition(w, a->kid[0]);
    return inner_block(w, a->kid[1], &s->body, 1) && s->value;
}

static bool branch(struct where *w, const struct ast *a, struct block *out)
{
    expr_id condition = value_condition(w, a->kid[0]);
    struct stmt *s = experiment_add(w, out, STMT_IF, a->span);
    s->value = condition;
    bool good = inner_block(w, a->kid[1], &s->body, 0);
    if (a->kid[2] && a->kid[2]->kind == AST_IF) {
        s->orelse = new_block(w);
        w->experiment->before = s->orelse;
        good &= branch(w, a->kid[2], s->orelse);
    } else if (a->kid[2]) {
        good &= inner_block(w, a->kid[2], &s->orelse, 0);
    }
    return good && s->value;
}

/* ---- results ---- */

static bool print(struct where *w, const struct ast *a, struct block *out)
{
    VEC(expr_id) part = {0};
    bool good = true;
    for (uint32_t i = 1; i < a->n; i++) {
        expr_id t = value_text(w, a->kid[i]);
        good &= t != 0;
        if (i > 1) {
            vec_push(&part, expr_text(w->ex, " "));
        }
        vec_push(&part, t);
    }
    if (good) {
        struct stmt *s = experiment_add(w, out, STMT_PRINT, a->span);
        s->value = part.n == 0 ? expr_text(w->ex, "")
                   : part.n == 1
                       ? part.data[0]
                       : expr_call(w->ex, EXPR_JOIN, TYPE_TEXT, shape_scalar(), 0, 0, part.n, part.data);
        s->text = a->kid[0] ? value_text(w, a->kid[0]) : 0;
        good = !a->kid[0] || s->text;
    }
    vec_free(&part);
    return good;
}

int32_t experiment_record(struct where *w, const char *text)
{
    struct program *p = w->f->program;
    for (size_t i = 0; i < p->record.n; i++) {
        if (strcmp(p->record.data[i], text) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

/* The scope of the experiment itself: recorded names live there, however deep the statement. */
static struct scope *outermost(struct where *w)
{
    struct scope *s = w->scope;
    while (scope_parent(s)) {
        s = scope_parent(s);
    }
    return s;
}

int32_t experiment_add_record(struct where *w, const char *text, struct span span)
{
    struct program *p = w->f->program;
    int32_t known = experiment_record(w, text);
    if (known >= 0) {
        return known;
    }
    vec_push(&p->record, arena_strdup(p->arena, text));
    struct name *n = scope_add(outermost(w), text, NAME_VARIABLE, span);
    n->is_constant = true;
    n->index = add_variable(w, text, TYPE_REAL, shape_scalar(), NULL);
    return (int32_t)p->record.n - 1;
}

static bool record(struct where *w, const struct ast *a, struct block *out)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *d = a->kid[i];
        expr_id v = d->kid[1] ? value_real_scalar(w, d->kid[1]) : 0;
        if (!v) {
            return d->kid[1] ? false
                             : diag_report(w->f->diag, DIAG_E0405, d->span,
                                           "`record` needs a value: record %s = ...;", d->name);
        }
        int32_t r = experiment_record(w, d->name);
        struct name *n = value_find(w, d->name);
        if (r < 0) {
            if (n && (n->kind == NAME_VARIABLE || n->kind == NAME_VALUE)) {
                diag_report(w->f->diag, DIAG_E0203, d->span, "'%s' is a variable already", d->name);
                diag_note(w->f->diag, n->span, "declared here");
                return false;
            }
            r = experiment_add_record(w, d->name, d->span);
            n = value_find(w, d->name);
        }
        assign(w, out, d->span, n->index, v);
        struct stmt *s = experiment_add(w, out, STMT_RECORD, d->span);
        s->var = r;
        s->value = experiment_variable(w, n);
    }
    return true;
}

static bool assertion(struct where *w, const struct ast *a, struct block *out)
{
    expr_id c = value_condition(w, a->kid[0]);
    expr_id message = a->n > 1 && a->kid[1] ? value_text(w, a->kid[1]) : 0;
    if (!c || (a->n > 1 && a->kid[1] && !message)) {
        return false;
    }
    struct stmt *s = experiment_add(w, out, STMT_ASSERT, a->span);
    s->value = c;
    s->text = message;
    s->source = arena_strdup(w->f->program->arena, front_source_text(w->f, a->kid[0]->span));
    return true;
}

/* image X as [h, w] -> "file.png"; a 2-d array has its own shape. */
static bool image(struct where *w, const struct ast *a, struct block *out)
{
    expr_id v = value_real(w, a->kid[0]);
    if (!v) {
        return false;
    }
    struct shape have = value_info(w, v).shape, want = have;
    if (a->kid[1] && (a->kid[1]->kind != AST_ARRAY || !value_shape(w, a->kid[1], &want))) {
        return a->kid[1]->kind == AST_ARRAY
                   ? false
                   : diag_report(w->f->diag, DIAG_E0306, a->kid[1]->span,
                                 "write the size of the image as a list: as [28, 28]");
    }
    if (want.rank != 2 || shape_size(want) != shape_size(have) || shape_size(want) == 0) {
        diag_report(w->f->diag, DIAG_E0302, a->kid[0]->span,
                    "an array of shape %s does not give an image%s%s", where_shape(w, have),
                    a->kid[1] ? " of shape " : "", a->kid[1] ? where_shape(w, want) : "");
        diag_help(w->f->diag, "an image is height by width: image x as [28, 28] -> \"x.png\";");
        return false;
    }
    expr_id file = a->kid[2]
                       ? value_text(w, a->kid[2])
                       : expr_text(w->ex, arena_printf(w->f->arena, "%s.png", w->experiment->name->text));
    struct stmt *s = experiment_add(w, out, STMT_IMAGE, a->span);
    s->value = shape_equal(have, want) ? v : expr_reshape(w->ex, v, want);
    s->text = file;
    return file != 0;
}

static bool set(struct where *w, const struct ast *a, struct block *out)
{
    struct bind *b = arena_alloc(w->f->program->arena, sizeof *b);
    if (!experiment_target(w, a->kid[0], -1, b)) {
        return false;
    }
    expr_id v = value_real(w, a->kid[1]);
    if (v && a->op != OP_SET) {
        expr_id old = value_of(w, a->kid[0]);
        v = old ? value_binary(w, a, update_op(a->op), old, v) : 0;
    }
    if (!v || !experiment_bound_value(w, a->kid[1], b, v)) {
        return false;
    }
    struct stmt *s = experiment_add(w, out, STMT_SET, a->span);
    s->bind = b;
    return true;
}

static bool flush(struct where *w, const struct ast *a, struct block *out)
{
    for (uint32_t i = 0; i < a->n; i++) {
        struct bind *b = arena_alloc(w->f->program->arena, sizeof *b);
        if (!experiment_target(w, a->kid[i], -1, b) ||
            !experiment_bound_value(w, a->kid[i], b, expr_real(w->ex, 0))) {
            return false;
        }
        experiment_add(w, out, STMT_SET, a->kid[i]->span)->bind = b;
    }
    return true;
}

static bool statement(struct where *w, const struct ast *a, struct block *out)
{
    switch (a->kind) {
    case AST_LET: return let(w, a, out);
    case AST_CONST: {
        struct ast d = *a; /* `const x = v;` read as a declaration */
        struct ast *kid[2] = {NULL, a->kid[0]};
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
    case AST_CONTINUE: {
        struct stmt *s = arena_alloc(w->f->program->arena, sizeof *s);
        s->kind = STMT_RUN;
        s->span = a->span;
        s->line = front_line(w->f, a->span);
        bool good = experiment_add_run(w, a, s);
        vec_push(&out->stmt, s);
        return good;
    }
    case AST_PLOT: {
        struct stmt *s = arena_alloc(w->f->program->arena, sizeof *s);
        s->kind = STMT_PLOT;
        s->span = a->span;
        s->line = front_line(w->f, a->span);
        bool good = experiment_add_plot(w, a, s);
        vec_push(&out->stmt, s);
        return good;
    }
    case AST_PRINT: return print(w, a, out);
    case AST_RECORD: return record(w, a, out);
    case AST_ASSERT: return assertion(w, a, out);
    case AST_SET_STMT: return set(w, a, out);
    case AST_FLUSH: return flush(w, a, out);
    case AST_TEACH: return front_later(w->f, a->span, "`teach`");
    case AST_LEARN: return experiment_add_learn(w, a, out);
    case AST_MINIMIZE: return front_later(w->f, a->span, "`minimize`");
    case AST_LOSS: return front_later(w->f, a->span, "`loss`");
    case AST_SAVE:
    case AST_LOAD: return experiment_add_file(w, a, out);
    case AST_IMAGE: return image(w, a, out);
    case AST_CALL_STMT:
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
    for (uint32_t i = 0; i < a->n && !w->experiment->again; i++) {
        w->experiment->before = out;
        good &= statement(w, a->kid[i], out);
    }
    return good;
}

bool experiment_build(struct front *f, struct name *name)
{
    struct experiment x = {.f = f, .name = name};
    bool good;
    do {
        program_reset(f->program);
        x.again = false;
        x.declared.n = 0;
        x.depth = 0;
        struct where w = {.f = f,
                          .ex = f->program->ex,
                          .scope = scope_create(f->arena, NULL),
                          .module = name->module,
                          .experiment = &x};
        good = experiment_block(&w, name->ast->kid[0], f->program->body);
    } while (x.again);
    vec_free(&x.wide);
    vec_free(&x.declared);
    f->program->experiment = arena_strdup(f->program->arena, name->text);
    f->program->doc = name->ast->doc ? arena_strdup(f->program->arena, name->ast->doc) : NULL;
    return good;
}
