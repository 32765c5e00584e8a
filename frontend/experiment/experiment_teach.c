/* Networks that learn by themselves: teach NET with x = v, y = v by ode; infer(NET, x = v); adjoint(NET, x
 * = v, y = v). All of them follow the record of the network's construction. To teach is to feed inputs,
 * targets and the first values of states, to run a cycle of the clock, and to flush what the next cycle
 * must not find. These are statements that a program could also write itself. */
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/neural/neural.h"

static const struct net_use *use_of(struct where *w, int32_t net)
{
    return experiment_use(w, net);
}

static const struct crnl_neural *model_of(struct where *w, int32_t net)
{
    return &w->f->program->neural.data[use_of(w, net)->lowering.model];
}

/* ---- what is fed ---- */

/* The given inputs, in the order of the model; each is real[size]. */
static expr_id input_element(struct where *w, const struct crnl_neural *m, const expr_id *input, int32_t i)
{
    int32_t states = 0, g = 0, k = 0;
    for (; states < m->n_states; g++) {
        states += m->group[g].size;
    }
    for (; i >= m->group[g].size; g++, k++) {
        i -= m->group[g].size;
    }
    return value_info(w, input[k]).shape.rank ? expr_element(w->ex, input[k], i) : input[k];
}

/* The first value z(0) of a state at these inputs. */
static expr_id start_element(struct where *w, const struct crnl_neural *m, const expr_id *input,
                             int32_t state)
{
    expr_id sum = 0;
    for (int32_t t = 0; t < m->n_terms; t++) {
        const int32_t *f = m->factor + (size_t)t * CRNL_NEURAL_MAX_DEGREE;
        expr_id product = expr_real(w->ex, m->coefficient[t]);
        for (int i = 0; m->equation[t] == m->n_states + state && i < CRNL_NEURAL_MAX_DEGREE && f[i] >= 0;
             i++) {
            product = expr_binary(w->ex, EXPR_MUL, product, input_element(w, m, input, f[i] - m->n_states));
        }
        if (m->equation[t] == m->n_states + state) {
            sum = sum ? expr_binary(w->ex, EXPR_ADD, sum, product) : product;
        }
    }
    return sum ? sum : expr_real(w->ex, 0);
}

struct fed {
    int32_t symbol;
    expr_id value;
};

/* Finds the states that are fed with the inputs. Returns how many they are. */
static size_t feed_states(struct where *w, int32_t net, const expr_id *input, struct fed *out)
{
    const struct crnl_neural *m = model_of(w, net);
    size_t n = 0;
    for (int32_t g = 0, s = 0; s < m->n_states; s += m->group[g++].size) {
        const struct lowered *z = lowering_find(&use_of(w, net)->lowering, LOWERED_STATE, m->group[g].name);
        expr_id *e = arena_alloc(w->f->arena, (size_t)m->group[g].size * sizeof *e);
        for (int32_t i = 0; z && i < m->group[g].size; i++) {
            e[i] = start_element(w, m, input, s + i);
        }
        if (z) {
            out[n++] = (struct fed){z->symbol, value_elements(w, lower_group_shape(&m->group[g]), e)};
        }
    }
    return n;
}

static bool gives(const struct lowered *p, enum lowered_role role)
{
    return p->role == LOWERED_INPUT || (p->role == LOWERED_TARGET && role == LOWERED_TARGET);
}

static const char *list_given(struct where *w, const struct lowering *l, enum lowered_role role)
{
    const char *list = "";
    for (int32_t i = 0; i < l->n; i++) {
        if (gives(&l->part[i], role)) {
            list = arena_printf(w->f->arena, "%s%s%s = ...", list, *list ? ", " : "", l->part[i].what);
        }
    }
    return list;
}

/* An argument that is given by name, with its value as written. */
struct given_value {
    const char *name;
    const struct ast *value;
    struct span span;
};

/* Reads the values of the inputs and, if the role is TARGET, then that of the target, in the order of the
 * record. Each is given once. */
static bool given_values(struct where *w, int32_t net, struct span at, enum lowered_role role,
                         const struct given_value *given, size_t n, expr_id *out)
{
    const struct net_use *use = use_of(w, net);
    const struct lowering *l = &use->lowering;
    size_t n_parts = 0, n_found = 0;
    for (int32_t i = 0; i < l->n; i++) {
        const struct given_value *found = NULL;
        for (size_t k = 0; gives(&l->part[i], role) && k < n; k++) {
            if (given[k].name && strcmp(given[k].name, l->part[i].what) == 0) {
                if (found) {
                    return front_given_twice(w->f, DIAG_E0306, given[k].span, given[k].name);
                }
                found = &given[k];
            }
        }
        if (!gives(&l->part[i], role)) {
            continue;
        }
        if (!found) {
            diag_report(w->f->diag, DIAG_E0306, at, "'%s' needs a value for '%s'", use->net->name,
                        l->part[i].what);
            diag_help(w->f->diag, "give it by name: %s", list_given(w, l, role));
            return false;
        }
        n_found++;
        expr_id v = value_real(w, found->value);
        struct shape shape = use->net->symbol.data[l->part[i].symbol].shape;
        const char *what = arena_printf(w->f->arena, "'%s' of '%s'", l->part[i].what, use->net->name);
        if (!v || !value_fits(w, found->value->span, v, shape, what)) {
            return false;
        }
        if (value_info(w, v).holds & HOLDS_EFFECT) {
            v = experiment_keep(w, found->value->span, v);
        }
        if (!v) {
            return diag_report(w->f->diag, DIAG_E0303, found->value->span,
                               "keep the drawn values first: let v = ...;");
        }
        out[n_parts++] = v;
    }
    for (size_t k = 0; k < n && n_found < n; k++) {
        const struct lowered *p = NULL;
        for (int32_t i = 0; given[k].name && i < l->n; i++) {
            p = gives(&l->part[i], role) && strcmp(l->part[i].what, given[k].name) == 0 ? &l->part[i] : p;
        }
        if (!p) {
            diag_report(w->f->diag, DIAG_E0306, given[k].span, "'%s' is %s of the model",
                        given[k].name ? given[k].name : front_source_text(w->f, given[k].span),
                        role == LOWERED_TARGET ? "neither an input nor the target" : "not an input");
            diag_help(w->f->diag, "it takes %s", list_given(w, l, role));
            return false;
        }
    }
    return true;
}

/* ---- teach ---- */

static bool teaches(struct where *w, int32_t net, struct span at, const char *name)
{
    const struct lowering *l = &use_of(w, net)->lowering;
    if (l->construction && l->teaching.n_phases > 0) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0522, at, "'%s' does not learn by itself", name);
    diag_help(w->f->diag,
              "teach is for what neural_crn makes: network n = lower m to neural_crn(T = 1, eta = 0.05);");
    return false;
}

static void set(struct where *w, struct block *out, struct span span, int32_t net, int32_t symbol,
                expr_id value)
{
    struct shape shape = use_of(w, net)->net->symbol.data[symbol].shape;
    struct bind *b = arena_alloc(w->f->program->arena, sizeof *b);
    *b = (struct bind){.net = net,
                       .symbol = symbol,
                       .count = (int32_t)shape_size(shape),
                       .shape = shape,
                       .value = expr_to_real(w->ex, value),
                       .line = front_line(w->f, span)};
    experiment_add(w, out, STMT_SET, span)->bind = b;
}

static struct ast *node(struct where *w, struct span span, enum ast_kind kind, uint32_t n)
{
    struct ast *a = arena_alloc(w->f->arena, sizeof *a);
    *a = (struct ast){.kind = kind, .span = span, .n = n};
    a->kid = arena_alloc(w->f->arena, ((size_t)n + 1) * sizeof *a->kid);
    return a;
}

/* `for 1 cycles` */
static struct ast *for_cycle(struct where *w, struct span span)
{
    struct ast *clause = node(w, span, AST_CLAUSE, 1);
    clause->op = OP_FOR;
    clause->flags = AST_CYCLES;
    clause->kid[0] = node(w, span, AST_INT, 0);
    clause->kid[0]->v.integer = 1;
    return clause;
}

/* `until clock[i] > 0.5` */
static struct ast *until_high(struct where *w, struct span span, int64_t i)
{
    struct ast *clause = node(w, span, AST_CLAUSE, 1), *more = node(w, span, AST_BINARY, 2),
               *species = node(w, span, AST_INDEX, 2), *half = node(w, span, AST_REAL, 0);
    clause->op = OP_UNTIL;
    clause->kid[0] = more;
    more->op = OP_GT;
    more->kid[0] = species;
    more->kid[1] = half;
    half->v.real = 0.5;
    species->kid[0] = node(w, span, AST_NAME, 0);
    species->kid[0]->name = intern_text(w->f->names, "clock");
    species->kid[1] = node(w, span, AST_INT, 0);
    species->kid[1]->v.integer = i;
    return clause;
}

/* `continue NET CLAUSE by ...;` */
static bool continue_run(struct where *w, const struct ast *a, struct ast *clause, struct block *out)
{
    struct ast *run = node(w, a->span, AST_CONTINUE, a->n);
    run->name = a->name;
    run->kid[0] = a->kid[1]; /* the file */
    run->kid[1] = clause;
    for (uint32_t i = 2; i < a->n; i++) {
        if (teach_clause(a, i)->op != OP_BY && teach_clause(a, i)->op != OP_EVERY) {
            return diag_report(w->f->diag, DIAG_E0501, teach_clause(a, i)->span,
                               "to teach is one cycle of the clock: it takes `with`, `every` and `by` only");
        }
        run->kid[i] = a->kid[i];
    }
    return experiment_add_run_statement(w, run, out);
}

/* Runs a cycle of the clock. An ideal clock counts cycles. A ring begins with its last species high; it
 * runs until the species before the second phase is high, and then until the last one is high again. */
static bool cycle(struct where *w, const struct ast *a, int32_t net, struct block *out)
{
    const struct teaching *t = &use_of(w, net)->lowering.teaching;
    if (!t->clock) {
        return continue_run(w, a, for_cycle(w, a->span), out);
    }
    int64_t n = shape_size(use_of(w, net)->net->symbol.data[t->clock - 1].shape);
    return continue_run(w, a, until_high(w, a->span, n / 2 - 1), out) &&
           continue_run(w, a, until_high(w, a->span, n - 1), out);
}

static expr_id path_value(struct where *w, struct span span, const char *net, const char *symbol)
{
    struct ast *base = arena_alloc(w->f->arena, sizeof *base),
               *field = arena_alloc(w->f->arena, sizeof *field);
    *base = (struct ast){.kind = AST_NAME, .name = net, .span = span};
    *field = (struct ast){.kind = AST_FIELD, .name = intern_text(w->f->names, symbol), .span = span, .n = 1};
    field->kid = arena_alloc(w->f->arena, sizeof *field->kid);
    field->kid[0] = base;
    return value_of(w, field);
}

/* The value of an array of parameters after the pending update. */
static expr_id updated(struct where *w, struct span span, int32_t net, const char *name, const char *array)
{
    const struct net_use *use = use_of(w, net);
    const struct lowering *l = &use->lowering;
    const struct lowered *g = lowering_find(l, LOWERED_GRADIENT, array);
    const struct lowered *p = lowering_find(l, LOWERED_PARAMETER, array),
                         *u = g ? g : lowering_find(l, LOWERED_UPDATE, array);
    expr_id old = path_value(w, span, name, use->net->symbol.data[p->symbol].name);
    expr_id change = old ? path_value(w, span, name, use->net->symbol.data[u->symbol].name) : 0;
    if (change && g) {
        expr_id step = path_value(w, span, name, use->net->symbol.data[l->teaching.step].name);
        change = step ? expr_binary(w->ex, EXPR_MUL, step, change) : 0;
    }
    if (change && l->teaching.update) {
        expr_id update = path_value(w, span, name, use->net->symbol.data[l->teaching.update - 1].name);
        update = update ? expr_binary(w->ex, EXPR_LT, expr_real(w->ex, 0), update) : 0;
        change = update ? expr_binary(w->ex, EXPR_MUL, expr_to_real(w->ex, update), change) : 0;
    }
    return change ? expr_binary(w->ex, EXPR_SUB, old, change) : 0;
}

/* The model's parameters, as a vector, with the values that they have in the network after the pending
 * update. */
static expr_id all_updated(struct where *w, struct span span, int32_t net, const char *name)
{
    const struct crnl_neural *m = model_of(w, net);
    expr_id all = 0;
    for (int32_t i = 0; i < m->n_arrays; i++) {
        expr_id p = updated(w, span, net, name, m->array[i].name);
        if (!p) {
            return 0;
        }
        p = expr_reshape(w->ex, p, shape_vector(m->array[i].size));
        all = all ? expr_concat(w->ex, all, p) : p;
    }
    return all;
}

bool experiment_learned(struct where *w, const struct ast *a, int32_t *model, expr_id *value)
{
    int32_t net = experiment_network(w, a);
    if (net < 0) {
        return false;
    }
    const struct lowering *l = &use_of(w, net)->lowering;
    if (!l->construction || l->teaching.n_phases == 0) {
        diag_report(w->f->diag, DIAG_E0522, a->span, "'%s' does not learn by itself", a->name);
        diag_help(
            w->f->diag,
            "`save` keeps what a model has learned; results of a run are written by `run %s for 10 every "
            "1 -> \"file.csv\";`",
            a->name);
        return false;
    }
    *model = l->model;
    *value = all_updated(w, a->span, net, a->name);
    return *value != 0;
}

static expr_id cycle_time(struct where *w, const struct ast *a, int32_t net)
{
    const struct teaching *t = &use_of(w, net)->lowering.teaching;
    const struct symbol *symbol = use_of(w, net)->net->symbol.data;
    expr_id flows = expr_binary(w->ex, EXPR_MUL, expr_real(w->ex, t->n_flows),
                                path_value(w, a->span, a->name, symbol[t->duration].name)),
            rest = expr_real(w->ex, t->n_phases - t->n_flows - (t->turn > 0));
    expr_id sum = expr_binary(w->ex, EXPR_ADD, flows, rest);
    return t->turn
               ? expr_binary(w->ex, EXPR_ADD, sum, path_value(w, a->span, a->name, symbol[t->turn - 1].name))
               : sum;
}

/* A parameter that is assumed not to be negative has only one rail, which cannot carry a negative value.
 * Therefore assertions are added that end the program before an update makes one negative. */
static bool check_updates(struct where *w, const struct ast *a, int32_t net, struct block *out)
{
    const struct lowering *l = &use_of(w, net)->lowering;
    for (int32_t i = 0; i < l->n; i++) {
        if (l->part[i].role != LOWERED_UPDATE) {
            continue;
        }
        const char *array = l->part[i].what;
        expr_id v = updated(w, a->span, net, a->name, array);
        if (!v) {
            return false;
        }
        expr_id least = value_info(w, v).shape.rank ? expr_reduce(w->ex, EXPR_MIN_OF, v) : v;
        expr_id time = expr_leaf(w->ex, EXPR_NET_TIME, TYPE_REAL, shape_scalar(), net, 0);
        expr_id cycles = expr_binary(w->ex, EXPR_DIV, time, cycle_time(w, a, net));
        expr_id part[] = {
            expr_text(w->ex, "in cycle "), expr_format(w->ex, cycles, ".0f"),
            expr_text(w->ex, arena_printf(w->f->arena, " an update makes an element of %s ", array)),
            expr_format(w->ex, least, ""),
            expr_text(w->ex, ", and it is assumed not to be negative; lower eta or T, or leave the "
                             "assumption out")};
        struct stmt *s = experiment_add(w, out, STMT_ASSERT, a->span);
        s->value = expr_binary(w->ex, EXPR_LE, expr_real(w->ex, 0), least);
        s->text = expr_call(w->ex, EXPR_JOIN, TYPE_TEXT, shape_scalar(), 0, 0, 5, part);
        s->source = arena_strdup(w->f->program->arena, arena_printf(w->f->arena, "%s >= 0", array));
    }
    return true;
}

bool experiment_add_teach(struct where *w, const struct ast *a, struct block *out)
{
    int32_t net = experiment_network(w, a);
    if (net < 0 || !teaches(w, net, a->span, a->name)) {
        return false;
    }
    const struct lowering *l = &use_of(w, net)->lowering;
    const struct ast *binds = teach_binds(a);
    struct given_value *given = arena_alloc(w->f->arena, ((size_t)binds->n + 1) * sizeof *given);
    expr_id *value = arena_alloc(w->f->arena, ((size_t)l->n + 1) * sizeof *value);
    struct fed *fed = arena_alloc(w->f->arena, ((size_t)l->n + 1) * sizeof *fed);
    for (uint32_t i = 0; i < binds->n; i++) {
        const struct ast *b = list_item(binds, i), *to = assign_target(b);
        given[i] = (struct given_value){to->kind == AST_NAME ? to->name : NULL, assign_value(b), b->span};
    }
    if (!given_values(w, net, a->span, LOWERED_TARGET, given, binds->n, value)) {
        return false;
    }
    for (int32_t i = 0, k = 0; i < l->n; i++) {
        if (gives(&l->part[i], LOWERED_TARGET)) {
            if (!expr_is_const(w->ex, value[k])) {
                value[k] = experiment_keep(w, a->span, value[k]);
            }
            set(w, out, a->span, net, l->part[i].symbol, value[k++]);
        }
    }
    size_t n = feed_states(w, net, value, fed);
    for (size_t i = 0; i < n; i++) {
        set(w, out, a->span, net, fed[i].symbol, fed[i].value);
    }
    if (!cycle(w, a, net, out)) {
        return false;
    }
    for (int32_t i = 0; i < l->n; i++) {
        if (l->part[i].role == LOWERED_FLUSHED || l->part[i].role == LOWERED_STATE ||
            gives(&l->part[i], LOWERED_TARGET)) {
            set(w, out, a->span, net, l->part[i].symbol, expr_real(w->ex, 0));
        }
    }
    return check_updates(w, a, net, out);
}

/* ---- values ---- */

static bool arguments(struct where *w, const struct ast *call, int32_t net, enum lowered_role role,
                      expr_id *value)
{
    struct given_value *given = arena_alloc(w->f->arena, (size_t)call->n * sizeof *given);
    size_t n = 0;
    const struct lowering *l = &use_of(w, net)->lowering;
    for (uint32_t i = 2; i < call->n; i++) {
        const struct ast *arg = call_arg(call, i);
        const char *only =
            role == LOWERED_INPUT && call->n == 3 ? lowering_find(l, LOWERED_INPUT, NULL)->what : NULL;
        given[n++] = (struct given_value){arg->name ? arg->name : only, arg_value(arg), arg->span};
    }
    return given_values(w, net, call->span, role, given, n, value);
}

expr_id experiment_infer_taught(struct where *w, const struct ast *call, int32_t net)
{
    struct net_use *use = experiment_use(w, net);
    const struct lowering *l = &use->lowering;
    if (l->teaching.clock) {
        diag_report(w->f->diag, DIAG_E0522, call->span,
                    "infer goes by phases of an ideal clock, and '%s' has none", use->net->name);
        diag_help(w->f->diag, "run it from the inputs until the first phase is over, and read %s.readout",
                  use->net->name);
        return 0;
    }
    expr_id *value = arena_alloc(w->f->arena, ((size_t)l->n + 1) * sizeof *value);
    expr_id *args = arena_alloc(w->f->arena, (2 * (size_t)l->n + 3) * sizeof *args);
    struct fed *fed = arena_alloc(w->f->arena, ((size_t)l->n + 1) * sizeof *fed);
    if (!arguments(w, call, net, LOWERED_INPUT, value)) {
        return 0;
    }
    size_t n = 0;
    args[n++] = expr_int(w->ex, l->teaching.n_forward);
    args[n++] = expr_int(w->ex, experiment_statement(w));
    for (int32_t i = 0, k = 0; i < l->n; i++) {
        if (gives(&l->part[i], LOWERED_INPUT)) {
            args[n++] = expr_int(w->ex, l->part[i].symbol);
            args[n++] = value[k++];
        }
    }
    size_t n_fed = feed_states(w, net, value, fed);
    for (size_t i = 0; i < n_fed; i++) {
        args[n++] = expr_int(w->ex, fed[i].symbol);
        args[n++] = fed[i].value;
    }
    use->needs |= crnl_method_info[CRNL_METHOD_ODE_AUTO].needs;
    int32_t out = lowering_find(l, LOWERED_OUTPUT, NULL)->symbol;
    return expr_call(w->ex, EXPR_INFER, TYPE_REAL, use->net->symbol.data[out].shape, net, out, n, args);
}

/* adjoint(net, x = v, y = v): the gradients that the next cycle would make, computed from the model
 * itself. */
expr_id experiment_adjoint(struct where *w, const struct ast *call)
{
    const struct ast *word = call->n >= 2 && !call_arg(call, 1)->name ? arg_value(call_arg(call, 1)) : NULL;
    if (!where_is_executed(w)) {
        return diag_report(w->f->diag, DIAG_E0204, call->span, "adjoint is for experiments");
    }
    if (!word || word->kind != AST_NAME) {
        return diag_report(w->f->diag, DIAG_E0306, call->span,
                           "adjoint takes the name of a network: adjoint(net, x = ..., y = ...)");
    }
    int32_t net = experiment_network(w, word);
    if (net < 0 || !teaches(w, net, call->span, word->name)) {
        return 0;
    }
    const struct crnl_neural *m = model_of(w, net);
    const struct lowering *l = &use_of(w, net)->lowering;
    expr_id *value = arena_alloc(w->f->arena, ((size_t)l->n + 1) * sizeof *value), arg[4] = {0};
    if (!arguments(w, call, net, LOWERED_TARGET, value)) {
        return 0;
    }
    arg[0] = all_updated(w, call->span, net, word->name);
    if (!arg[0]) {
        return 0;
    }
    for (int32_t i = 0, k = 0; i < l->n; i++) {
        if (gives(&l->part[i], LOWERED_TARGET)) {
            struct shape s = use_of(w, net)->net->symbol.data[l->part[i].symbol].shape;
            expr_id v = value_info(w, value[k]).shape.rank ? value[k] : expr_fill(w->ex, value[k], s);
            v = expr_reshape(w->ex, v, shape_vector((int32_t)shape_size(s)));
            int to = l->part[i].role == LOWERED_TARGET ? 2 : 1;
            arg[to] = arg[to] ? expr_concat(w->ex, arg[to], v) : v;
            k++;
        }
    }
    arg[3] =
        path_value(w, call->span, word->name, use_of(w, net)->net->symbol.data[l->teaching.duration].name);
    return arg[3] ? expr_call(w->ex, EXPR_NEURAL_ADJOINT, TYPE_REAL, shape_vector(m->n_values), l->model,
                              l->teaching.is_constant, 4, arg)
                  : 0;
}
