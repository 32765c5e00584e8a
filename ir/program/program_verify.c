/* Checks the invariants of programs on which code generation relies. Each network is verified too. */
#include "ir/program/program.h"
#include "support/diag.h"

struct program_verifier {
    const struct program *p;
    struct diag *diag;
    struct span at; /* place of the current statement */
    bool ok;
};

static void complain(struct program_verifier *v, const char *message)
{
    v->ok = diag_report(v->diag, DIAG_E0705, v->at, "program: %s", message);
}

static bool in_range(int64_t i, size_t n)
{
    return i >= 0 && (size_t)i < n;
}

/* The operands are: for INFER, phases and statement; then symbol, values, ... */
static void check_limit(struct program_verifier *v, const struct expr *e)
{
    const struct net *n = in_range(e->a, v->p->net.n) ? v->p->net.data[e->a].net : NULL;
    bool good = n && in_range(e->b, n->symbol.n) && shape_equal(e->shape, n->symbol.data[e->b].shape) &&
                e->n_args % 2 == 0;
    for (uint32_t i = 0; good && e->op == EXPR_INFER && i < 2; i++) {
        int64_t number = -1;
        good = e->n_args >= 2 && expr_const_int(v->p->ex, e->args[i], &number) && number >= 0 &&
               (i == 0 ? number <= (int64_t)n->clock.n : number < v->p->n_statements);
    }
    for (uint32_t i = e->op == EXPR_INFER ? 2 : 0; good && i < e->n_args; i += 2) {
        int64_t symbol = -1;
        struct shape s = expr_get(v->p->ex, e->args[i + 1])->shape;
        good = expr_const_int(v->p->ex, e->args[i], &symbol) && in_range(symbol, n->symbol.n) &&
               (s.rank == 0 || shape_equal(s, n->symbol.data[symbol].shape));
    }
    if (!good) {
        complain(v, "a limit of something that does not exist or has another shape");
    }
}

/* Whether the result `what` of the network exists and, unless it is a request, has the shape `s` of its
 * adjoint. */
static bool has_result(const struct net_use *use, int64_t what, struct shape s)
{
    int64_t symbol = GRADIENT_SYMBOL - what;
    if (what == GRADIENT_TIME) {
        return s.rank == 0;
    }
    if (what < 0) {
        return in_range(symbol, use->net->symbol.n) && shape_equal(s, use->net->symbol.data[symbol].shape);
    }
    return in_range(what, use->stat.n);
}

static void check_gradient(struct program_verifier *v, const struct expr *e)
{
    const struct net_use *use = in_range(e->a, v->p->net.n) ? &v->p->net.data[e->a] : NULL;
    bool good = use && use->has_gradient && e->n_args % 2 == 0;
    if (good && e->b >= 0) {
        good = in_range(e->b, use->net->symbol.n) && shape_equal(e->shape, use->net->symbol.data[e->b].shape);
    } else if (good) {
        good = in_range(-1 - (int64_t)e->b, v->p->global.n) && e->shape.rank == 0;
    }
    for (uint32_t i = 0; good && i < e->n_args; i += 2) {
        int64_t what = -1;
        good = expr_const_int(v->p->ex, e->args[i], &what) &&
               has_result(use, what, expr_get(v->p->ex, e->args[i + 1])->shape);
    }
    if (!good) {
        complain(v, "a derivative of something that does not exist or has another shape");
    }
}

static void check_adjoint(struct program_verifier *v, const struct expr *e)
{
    const struct crnl_neural *m = in_range(e->a, v->p->neural.n) ? &v->p->neural.data[e->a] : NULL;
    bool good = m && m->n_states > 0 && e->n_args == 4 && shape_equal(e->shape, shape_vector(m->n_values));
    for (int k = 0; k < 4 && good; k++) {
        int64_t size = k == 0 ? m->n_values : k == 1 ? m->inputs : k == 2 ? m->outputs : 1;
        good = shape_size(expr_get(v->p->ex, e->args[k])->shape) == size;
    }
    if (!good) {
        complain(v, "gradients of a model that has none, or of another shape");
    }
}

static void check_law(struct program_verifier *v, const struct expr *e)
{
    const struct crnl_neural *m = in_range(e->a, v->p->neural.n) ? &v->p->neural.data[e->a] : NULL;
    bool good = m && m->n_groups > 0 && e->n_args == 2;
    int32_t asked = 0;
    for (int k = 0; k < 2 && good; k++) {
        good = shape_equal(expr_get(v->p->ex, e->args[k])->shape, shape_vector(m->array[1].size));
    }
    for (int32_t i = 0; good && i < m->array[1].size; i++) {
        int64_t role = -1;
        good = expr_is_const(v->p->ex, e->args[0]) &&
               expr_const_int(v->p->ex, expr_const_element(v->p->ex, e->args[0], i), &role) && role >= 0 &&
               role <= CRNL_UNIT_GIVEN;
        asked += role == CRNL_UNIT_ASKED;
    }
    if (!good || asked > CRNL_NEURAL_MAX_VALUES || (!e->b && asked > CRNL_NEURAL_MAX_UNITS) ||
        shape_size(e->shape) != (e->b ? asked : (int64_t)1 << asked)) {
        complain(v, "a law of a model that does not exist or of other units");
    }
}

static void check_leaf(void *env, expr_id id, const struct expr *e)
{
    struct program_verifier *v = env;
    const struct program *p = v->p;
    (void)id;
    switch (e->op) {
    case EXPR_GLOBAL:
        if (!in_range(e->a, p->global.n)) {
            complain(v, "an expression uses a parameter that does not exist");
        }
        return;
    case EXPR_VAR:
        if (!in_range(e->a, p->variable.n) || e->type != p->variable.data[e->a].type ||
            !shape_equal(e->shape, p->variable.data[e->a].shape)) {
            complain(v, "an expression uses a variable that does not exist or has another type");
        }
        return;
    case EXPR_NET_GET:
        if (!in_range(e->a, p->net.n) || !in_range(e->b, p->net.data[e->a].net->symbol.n) ||
            !shape_equal(e->shape, p->net.data[e->a].net->symbol.data[e->b].shape)) {
            complain(v, "an expression reads a symbol that does not exist or has another shape");
        }
        return;
    case EXPR_NET_TIME:
    case EXPR_NET_COUNT:
        if (!in_range(e->a, p->net.n)) {
            complain(v, "an expression reads the time of a network that does not exist");
        }
        return;
    case EXPR_SERIES_AT:
    case EXPR_SERIES_SIZE:
        if (!in_range(e->a, p->record.n) || (e->op == EXPR_SERIES_SIZE && !in_range(e->b, p->record.n))) {
            complain(v, "an expression reads a series that does not exist");
        }
        return;
    case EXPR_SERIES: complain(v, "a series is left whose length nobody knows"); return;
    case EXPR_STAT:
        if (!in_range(e->a, p->net.n) || !in_range(e->b, p->net.data[e->a].stat.n)) {
            complain(v, "an expression reads a statistic that does not exist");
        }
        return;
    case EXPR_DATA: {
        const struct crnl_data_spec *d = in_range(e->a, p->data.n) ? &p->data.data[e->a] : NULL;
        bool input = e->b % 2 == CRNL_DATA_INPUT;
        if (!d || !in_range(e->b, 2 * CRNL_DATA_PARTS) || e->n_args != 1 ||
            e->type != (!input && d->shape.label == CRNL_LABEL_INTEGER ? TYPE_INT : TYPE_REAL) ||
            !shape_equal(e->shape, input ? shape_vector(d->shape.columns) : shape_scalar())) {
            complain(v, "an expression reads a data set that does not exist or has another shape");
        }
        return;
    }
    case EXPR_GRADIENT: check_gradient(v, e); return;
    case EXPR_LIMIT:
    case EXPR_INFER: check_limit(v, e); return;
    case EXPR_NEURAL_ADJOINT: check_adjoint(v, e); return;
    case EXPR_NEURAL:
        if (!in_range(e->a, p->neural.n) || e->n_args != 1 ||
            !shape_equal(e->shape, shape_vector(p->neural.data[e->a].outputs)) ||
            !shape_equal(expr_get(p->ex, e->args[0])->shape, shape_vector(p->neural.data[e->a].inputs))) {
            complain(v, "an expression applies a model that does not exist or has another shape");
        }
        return;
    case EXPR_NEURAL_LAW: check_law(v, e); return;
    case EXPR_NEURAL_GET:
        if (!in_range(e->a, p->neural.n) || e->b < 0 || e->b >= p->neural.data[e->a].n_arrays ||
            shape_size(e->shape) != p->neural.data[e->a].array[e->b].size) {
            complain(v, "an expression reads parameters that do not exist or have another shape");
        }
        return;
    default:
        if (expr_has_class(e->op, EXPR_CLASS_STATE)) {
            complain(v, "an expression of the experiment has a leaf of a network");
        }
        return;
    }
}

/* Checks an expression of a statement. type = -1: any type. `scalar`: it must be a scalar; `optional`: it
 * may be 0. */
static void check_expr(struct program_verifier *v, expr_id e, int type, bool scalar, bool optional)
{
    if (e == 0 && optional) {
        return;
    }
    if (e == 0 || e > expr_count(v->p->ex)) {
        complain(v, "an expression is missing");
        return;
    }
    const struct expr *x = expr_get(v->p->ex, e);
    if ((type >= 0 && x->type != type) || (scalar && x->shape.rank > 0)) {
        complain(v, "an expression has the wrong type or shape");
    }
    expr_visit(v->p->ex, e, check_leaf, v);
}

static void check_number(struct program_verifier *v, expr_id e)
{
    check_expr(v, e, -1, true, true);
    if (e && e <= expr_count(v->p->ex) && expr_get(v->p->ex, e)->type == TYPE_TEXT) {
        complain(v, "a text stands where a number is needed");
    }
}

static void check_bind(struct program_verifier *v, const struct bind *b)
{
    const struct program *p = v->p;
    if (!in_range(b->net, p->net.n) || !in_range(b->symbol, p->net.data[b->net].net->symbol.n)) {
        complain(v, "a value is bound to a symbol that does not exist");
        return;
    }
    struct shape shape = p->net.data[b->net].net->symbol.data[b->symbol].shape;
    int64_t size = shape_size(shape);
    if (b->n_index < 0 || b->n_index > shape.rank) {
        complain(v, "a value is bound with too many indices");
        return;
    }
    for (int32_t i = 0; i < b->n_index; i++) {
        check_expr(v, b->index[i], TYPE_INT, true, false);
        shape = shape_drop(shape, 0);
    }
    /* With indices, the elements are a range from there on, which stays within the axis of the last index. */
    if (b->n_index > 0 ? size == 0 || b->count < 0 || b->count > size || b->count % shape_size(shape) != 0
                       : b->count < 0 || b->count > size || b->first < 0 || b->first > size - b->count) {
        complain(v, "a value is bound to elements that do not exist");
    }
    check_expr(v, b->value, TYPE_REAL, false, false);
    if (b->value && b->value <= expr_count(p->ex)) {
        struct shape s = expr_get(p->ex, b->value)->shape;
        if (s.rank > 0 && shape_size(s) != b->count) {
            complain(v, "a bound value has another size than its elements");
        }
    }
}

/* Checks that each option has its type and that the method takes it. */
static void check_options(struct program_verifier *v, const struct run *r)
{
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        switch (crnl_option_info[i].type) {
        case CRNL_REAL: check_number(v, r->option[i]); break;
        case CRNL_INT:
        case CRNL_INFINITE:
        case CRNL_KERNEL_NAME:
        case CRNL_LINEAR_NAME: check_expr(v, r->option[i], TYPE_INT, true, true); break;
        case CRNL_BOOL: check_expr(v, r->option[i], TYPE_BOOL, true, true); break;
        }
        if (r->option[i] && !crnl_method_takes(r->method, i)) {
            complain(v, "a run with an option that its method does not take");
        }
    }
}

static void check_run(struct program_verifier *v, const struct run *r)
{
    if (!in_range(r->net, v->p->net.n) || r->method >= CRNL_METHOD_COUNT ||
        !in_range(r->statement, (size_t)v->p->n_statements)) {
        complain(v, "a run of a network, method or statement that does not exist");
        return;
    }
    if (r->until >= 0 && !in_range(r->until, v->p->net.data[r->net].net->observed.n)) {
        complain(v, "the condition of a run is not observed");
    }
    for (size_t i = 0; i < r->bind.n; i++) {
        check_bind(v, &r->bind.data[i]);
    }
    for (size_t i = 0; i < r->capture.n; i++) {
        check_expr(v, r->capture.data[i], TYPE_REAL, true, false);
    }
    check_number(v, r->from);
    check_number(v, r->after);
    check_number(v, r->duration);
    check_number(v, r->every);
    check_options(v, r);
    for (size_t i = 0; i < r->source.n; i++) {
        check_expr(v, r->source.data[i].key, TYPE_REAL, true, false);
    }
    for (size_t i = 0; i < r->course.n; i++) {
        check_expr(v, r->course.data[i].times, TYPE_REAL, false, false);
        if (!in_range(r->course.data[i].course, (size_t)v->p->net.data[r->net].n_courses)) {
            complain(v, "a course that does not exist is kept");
        }
    }
    check_expr(v, r->file, TYPE_TEXT, true, true);
}

static void check_block(struct program_verifier *v, const struct block *b);

static void check_target(struct program_verifier *v, const struct stmt *s)
{
    if (!in_range(s->var, v->p->variable.n)) {
        complain(v, "a variable that does not exist is assigned");
        return;
    }
    struct shape shape = v->p->variable.data[s->var].shape;
    if (s->index.n > (size_t)shape.rank) {
        complain(v, "an assignment has too many indices");
        return;
    }
    for (size_t i = 0; i < s->index.n; i++) {
        check_expr(v, s->index.data[i], TYPE_INT, true, false);
        shape = shape_drop(shape, 0);
    }
    check_expr(v, s->value, (int)v->p->variable.data[s->var].type, false, false);
    if (s->value && s->value <= expr_count(v->p->ex) &&
        !shape_equal(expr_get(v->p->ex, s->value)->shape, shape)) {
        complain(v, "an assignment has the wrong shape");
    }
}

static bool curve_exists(const struct program *p, const struct crnl_curve_spec *c)
{
    const struct net_use *u = in_range(c->net, p->net.n) ? &p->net.data[c->net] : NULL;
    switch ((enum crnl_curve_kind)c->kind) {
    case CRNL_CURVE_TRACE: return u && in_range(c->index, u->trace.n);
    case CRNL_CURVE_HISTOGRAM: return u && in_range(c->index, u->stat.n);
    case CRNL_CURVE_SERIES: return in_range(c->index, p->record.n);
    case CRNL_CURVE_ROWS:
        return in_range(c->index, p->record.n) && (c->x_index == -1 || in_range(c->x_index, p->record.n));
    case CRNL_CURVE_GRAPH: return u;
    default: return u || c->net == -1;
    }
}

static void check_plot(struct program_verifier *v, const struct stmt *s)
{
    bool panel = false;
    check_expr(v, s->text, TYPE_TEXT, true, false);
    for (size_t i = 0; i < s->drawn.n; i++) {
        const struct drawn *d = &s->drawn.data[i];
        bool curve = d->kind == DRAWN_CURVE;
        panel |= d->kind == DRAWN_PANEL;
        if (curve && (!panel || !curve_exists(v->p, &d->curve))) {
            complain(v, "a curve of something that does not exist");
        }
        check_expr(v, d->text, TYPE_TEXT, true, true);
        check_expr(v, d->value, TYPE_REAL, false,
                   !curve || (d->curve.kind != CRNL_CURVE_ARRAY && d->curve.kind != CRNL_CURVE_MAP));
        check_expr(v, d->x, TYPE_REAL, false, true);
        check_expr(v, d->y, TYPE_REAL, false, true);
    }
}

/* Checks that rows made by the program have as many numbers as the learner expects. */
static void check_made_rows(struct program_verifier *v, const struct learn *l, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *s = b->stmt.data[i];
        bool row = s->kind == STMT_LEARN_ROW;
        if (row && (s->index.n != l->field.n || s->var < 0 || s->var > 1)) {
            complain(v, "a model learns from rows with other fields");
        }
        for (size_t k = 0; row && k < s->index.n && k < l->field.n; k++) {
            check_expr(v, s->index.data[k], TYPE_REAL, false, false);
            if (shape_size(expr_get(v->p->ex, s->index.data[k])->shape) != l->field.data[k].width) {
                complain(v, "a model learns from rows of another shape");
            }
        }
        check_made_rows(v, l, s->body);
    }
}

static void check_learn(struct program_verifier *v, const struct stmt *s)
{
    const struct learn *l = s->learn;
    bool good = l && l->learner && in_range(l->neural, v->p->neural.n) &&
                (s->body ? l->data == -1 : in_range(l->data, v->p->data.n)) && l->field.n > 0 &&
                in_range(l->statement, (size_t)v->p->n_statements);
    for (int32_t i = 0; good && i < l->n_records; i++) {
        good = in_range(l->record[i], v->p->record.n) && in_range(l->var[i], v->p->variable.n);
    }
    if (!good) {
        complain(v, "learning of a model, data set or statement that does not exist");
        return;
    }
    size_t n = 0;
    for (int32_t i = 0; i < l->learner->n_options; i++) {
        n += l->learner->option[i].is_list ? (size_t)v->p->neural.data[l->neural].n_layers : 1;
    }
    if (n != l->option.n) {
        complain(v, "a learning rule has the wrong number of options");
    }
    for (size_t i = 0; i < l->option.n; i++) {
        check_expr(v, l->option.data[i], TYPE_REAL, true, false);
    }
    check_made_rows(v, l, s->body);
}

static void check_results(struct program_verifier *v, const struct minimize_target *t)
{
    const struct program *p = v->p;
    size_t n = t->net < 0 ? p->global.n : in_range(t->net, p->net.n) ? p->net.data[t->net].net->symbol.n : 0;
    if (!in_range(t->symbol, n) || !in_range(t->error, p->variable.n) ||
        (t->profile >= 0 && !in_range(t->profile, p->variable.n))) {
        complain(v, "something that does not exist is minimized over");
        return;
    }
    if (shape_size(p->variable.data[t->error].shape) != t->count) {
        complain(v, "the errors of a fit have the wrong shape");
    }
    check_expr(v, t->lo, TYPE_REAL, false, true);
    check_expr(v, t->hi, TYPE_REAL, false, true);
}

static void check_minimize(struct program_verifier *v, const struct stmt *s)
{
    const struct minimize *m = s->minimize;
    if (!m || !m->minimizer || !s->body || m->target.n == 0 || !in_range(m->record, v->p->record.n) ||
        !in_range(m->statement, (size_t)v->p->n_statements) || !in_range(m->loss, v->p->variable.n) ||
        !in_range(m->share, v->p->variable.n) ||
        m->option.n != (size_t)m->minimizer->n_options + m->target.n || m->var_from > m->var_to ||
        m->var_to > (int32_t)v->p->variable.n) {
        complain(v, "a fit is not complete");
        return;
    }
    for (size_t i = 0; i < m->target.n; i++) {
        check_results(v, &m->target.data[i]);
    }
    for (size_t i = 0; i < m->option.n; i++) {
        check_expr(v, m->option.data[i], TYPE_REAL, true, false);
    }
}

static void check_stmt(struct program_verifier *v, const struct stmt *s)
{
    v->at = s->span;
    switch (s->kind) {
    case STMT_ASSIGN:
    case STMT_STORE: check_target(v, s); break;
    case STMT_FOR:
        check_expr(v, s->from, TYPE_INT, true, false);
        check_expr(v, s->to, TYPE_INT, true, false);
        if (!in_range(s->var, v->p->variable.n) || !in_range(s->loop, (size_t)v->p->n_loops) || !s->body) {
            complain(v, "a loop without variable, number or body");
        }
        break;
    case STMT_WHILE:
    case STMT_IF:
        check_expr(v, s->value, TYPE_BOOL, true, false);
        if (!s->body || (s->kind == STMT_WHILE && !in_range(s->loop, (size_t)v->p->n_loops))) {
            complain(v, "a branch or loop without number or body");
        }
        break;
    case STMT_RUN:
        if (s->run) {
            check_run(v, s->run);
        } else {
            complain(v, "a run without a description");
        }
        break;
    case STMT_ROWS:
        if (!s->run || s->run->source.n == 0 || !s->body) {
            complain(v, "a run over rows without rows or body");
        }
        break;
    case STMT_SET:
        if (s->bind) {
            check_bind(v, s->bind);
        } else {
            complain(v, "a 'set' without a target");
        }
        break;
    case STMT_PRINT:
        check_expr(v, s->value, TYPE_TEXT, true, false);
        check_expr(v, s->text, TYPE_TEXT, true, true);
        break;
    case STMT_RECORD:
        check_expr(v, s->value, TYPE_REAL, true, false);
        if (!in_range(s->var, v->p->record.n)) {
            complain(v, "a record that does not exist");
        }
        break;
    case STMT_SERIES:
        if (!in_range(s->var, v->p->record.n) ||
            (s->net != -1 &&
             (!in_range(s->net, v->p->net.n) || !in_range(s->trace, v->p->net.data[s->net].trace.n)))) {
            complain(v, "a series that does not exist, or the rows of a trace that does not");
        }
        break;
    case STMT_WARN:
    case STMT_ASSERT:
        check_expr(v, s->value, TYPE_BOOL, true, false);
        check_expr(v, s->text, TYPE_TEXT, true, true);
        break;
    case STMT_PLOT: check_plot(v, s); break;
    case STMT_IMAGE:
        check_expr(v, s->value, TYPE_REAL, false, false);
        check_expr(v, s->text, TYPE_TEXT, true, false);
        break;
    case STMT_MINIMIZE: check_minimize(v, s); break;
    case STMT_LOSS:
        check_expr(v, s->value, TYPE_REAL, true, false);
        for (size_t i = 0; i < s->term.n; i++) {
            check_expr(v, s->term.data[i], TYPE_REAL, false, false);
        }
        break;
    case STMT_LEARN: check_learn(v, s); break;
    case STMT_LEARN_ROW: break; /* checked with its LEARN statement */
    case STMT_START:
        check_expr(v, s->value, TYPE_REAL, false, false);
        if (!in_range(s->var, v->p->neural.n) || s->value == 0 ||
            shape_size(expr_get(v->p->ex, s->value)->shape) != v->p->neural.data[s->var].n_values) {
            complain(v, "parameters of a model that does not exist, or others than it has");
        }
        break;
    case STMT_SAVE:
    case STMT_LOAD:
        check_expr(v, s->text, TYPE_TEXT, true, false);
        if (!in_range(s->var, v->p->neural.n)) {
            complain(v, "a model that does not exist is saved or loaded");
        } else if (s->value) {
            check_expr(v, s->value, TYPE_REAL, false, false);
            if (s->kind == STMT_LOAD ||
                shape_size(expr_get(v->p->ex, s->value)->shape) != v->p->neural.data[s->var].n_values) {
                complain(v, "other parameters than those of the model are saved");
            }
        }
        break;
    case STMT_EXCHANGE:
        if (!in_range(s->var, v->p->variable.n)) {
            complain(v, "a variable that does not exist is exchanged");
        }
        break;
    default: complain(v, "an unknown statement"); break;
    }
    check_block(v, s->body);
    check_block(v, s->orelse);
}

static void check_block(struct program_verifier *v, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        check_stmt(v, b->stmt.data[i]);
    }
}

bool program_verify(const struct program *p, struct diag *diag)
{
    struct program_verifier v = {.p = p, .diag = diag, .ok = true};
    for (size_t i = 0; i < p->net.n; i++) {
        const struct net_use *u = &p->net.data[i];
        v.ok = net_verify(u->net, diag) && v.ok;
        for (size_t k = 0; k < u->net->param.n; k++) {
            const struct net_param *param = &u->net->param.data[k];
            if (param->global >= 0 && param->global + shape_size(param->shape) > program_numbers(p)) {
                complain(&v, "a network's parameter stands for a program parameter that does not exist");
            }
        }
        for (size_t k = 0; k < u->stat.n; k++) {
            for (size_t m = 0; m < u->stat.data[k].observed.n; m++) {
                if (!in_range(u->stat.data[k].observed.data[m], u->net->observed.n)) {
                    complain(&v, "a statistic of something that is not observed");
                }
            }
        }
        for (size_t k = 0; k < u->trace.n; k++) {
            if (!in_range(u->trace.data[k].observed, u->net->observed.n)) {
                complain(&v, "a trace of something that is not observed");
            }
        }
    }
    check_block(&v, p->body);
    return v.ok;
}
