/* learn NET from s in R with clamp A = e, ... by detailed_balance(...) learns the energies of a network, by
 * theorem 4 of paper 000. The statement reduces the divergence of the law of the visible species from the law
 * of the rows. The derivative of this divergence by a parameter p is
 *
 *   <D> with the visible species clamped as in the rows - <D>,   D = dG/dp, G the sum of amounts by energies
 *
 * (eq. 24 and 25, with their sign corrected). The statement becomes a loop of runs over the rows, a run
 * without clamps, and a step. Without `clamp` the rows give means of all species that count: then no species
 * is hidden, and only the run without clamps is needed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/experiment/experiment_balance.h"
#include "frontend/name.h"
#include "ir/fact/fact.h"
#include "support/mem.h"

const struct crnl_learn_option balance_option[BALANCE_OPTIONS] = {
    [BALANCE_STEPS] = {.name = "steps", .value = 500, .least = 1, .most = 1e9, .whole = 1},
    [BALANCE_LR] = {.name = "lr", .value = 0.05, .least = 1e-12, .most = 1000},
    [BALANCE_MOMENTUM] = {.name = "momentum", .value = 0, .least = 0, .most = 0.999999},
    [BALANCE_BURN_IN] = {.name = "burn_in", .value = 0, .least = 0, .most = 1e300},
    [BALANCE_TIME] = {.name = "time", .value = 0, .least = 1e-300, .most = 1e300},
    [BALANCE_AVERAGE] = {.name = "average", .value = 1, .least = 1, .most = 1e9, .whole = 1},
    [BALANCE_EXACT] = {.name = "exact", .truth = 1, .most = 1, .whole = 1},
};
static const struct crnl_learner rule = {.name = EXPERIMENT_BALANCE,
                                         .n_options = BALANCE_OPTIONS,
                                         .option = balance_option,
                                         .record = {"gradient"}};

struct net *balance_net(const struct balance *b)
{
    return experiment_use(b->w, b->net)->net;
}

expr_id balance_variable(const struct balance *b, int32_t var)
{
    const struct variable *v = &b->w->f->program->variable.data[var];
    return expr_leaf(b->w->ex, EXPR_VAR, v->type, v->shape, var, 0);
}

const struct ast *balance_given(const struct balance *b, enum balance_option which)
{
    const struct ast *by = learn_by(b->a);
    for (uint32_t i = 0; i < by->n; i++) {
        if (strcmp(ctor_arg(by, i)->name, balance_option[which].name) == 0) {
            return arg_value(ctor_arg(by, i));
        }
    }
    return NULL;
}

bool balance_is_exact(const struct balance *b)
{
    double v;
    return expr_const_real(b->w->ex, b->option.data[BALANCE_EXACT], &v) && v != 0;
}

int32_t balance_keep(const struct balance *b, struct block *out, expr_id v)
{
    struct expr e = value_info(b->w, v);
    int32_t var = experiment_add_variable(b->w, "", (enum expr_type)e.type, e.shape);
    experiment_assign(b->w, out, b->a->span, var, v);
    return var;
}

/* ---- What is learned ---- */

/* G, the sum of all amounts that may change, each multiplied by its energy. */
static expr_id energy_of_state(struct net *n)
{
    expr_id sum = 0;
    for (size_t s = 0; s < n->species.n; s++) {
        const struct species *y = &n->species.data[s];
        if (y->energy && y->kind != SPECIES_CONSTANT) {
            expr_id part = expr_binary(n->ex, EXPR_MUL, net_species_expr(n, (species_id)s), y->energy);
            sum = sum ? expr_binary(n->ex, EXPR_ADD, sum, part) : part;
        }
    }
    return sum;
}

static bool find_learned(struct balance *b)
{
    struct net *n = balance_net(b);
    expr_id energy = energy_of_state(n);
    for (size_t i = 0; energy && i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        const struct net_param *p = s->kind == SYMBOL_PARAM ? net_symbol_param(n, s) : NULL;
        bool used = false;
        for (int64_t k = 0; p && k < shape_size(s->shape) && !used; k++) {
            used = expr_uses(n->ex, energy, EXPR_PARAM, p->first + (int32_t)k);
        }
        if (used) {
            vec_push(&b->learned, (struct learned){(int32_t)i, (int32_t)b->quantity.n});
            for (int64_t k = 0; k < shape_size(s->shape); k++) {
                vec_push(&b->quantity, expr_derivative(n->ex, energy, EXPR_PARAM, p->first + (int32_t)k));
            }
        }
    }
    b->n_slopes = b->quantity.n;
    if (b->learned.n > 0) {
        return true;
    }
    diag_report(b->w->f->diag, DIAG_E0526, learn_model(b->a)->span,
                energy ? "no energy of '%s' depends on one of its parameters" : "'%s' declares no energies",
                n->name);
    diag_help(b->w->f->diag,
              "as in: network %s { param g[2] = 0; species A = 4, B; energy A = g[0], B = g[1]; A <=> B; }",
              n->name);
    return false;
}

static bool check_balance(struct balance *b)
{
    char *why = fact_energies_declared(balance_net(b));
    if (why) {
        diag_report(b->w->f->diag, DIAG_E0526, learn_model(b->a)->span,
                    "'%s' is not detailed balanced by its energies: %s", balance_net(b)->name, why);
        diag_help(b->w->f->diag, "reactions A <=> B have the rates of the declared energies");
    }
    free(why);
    return !why;
}

/* Checks sums that no reaction changes: if rows have other sums than the network, its law can never become
 * theirs. */
static void find_sums(struct balance *b)
{
    enum { MOST_WORK = 1 << 24 };
    struct net *n = balance_net(b);
    struct arena *a = b->w->f->program->arena;
    struct conservation c = fact_conservation_within(n, MOST_WORK);
    for (int32_t i = 0; i < c.n_laws; i++) {
        expr_id sum = 0;
        const char *text = "";
        for (uint32_t k = c.first.data[i]; k < c.first.data[i + 1]; k++) {
            struct term t = c.term.data[k];
            expr_id part = expr_binary(n->ex, EXPR_MUL, expr_real(n->ex, (double)t.count),
                                       net_species_expr(n, t.species));
            sum = sum ? expr_binary(n->ex, EXPR_ADD, sum, part) : part;
            const char *name = n->species.data[t.species].name, *plus = *text ? " + " : "";
            text = t.count == 1 ? arena_printf(a, "%s%s%s", text, plus, name)
                                : arena_printf(a, "%s%s%lld %s", text, plus, (long long)t.count, name);
        }
        vec_push(&b->quantity, sum);
        vec_push(&b->sum_text, text);
    }
    fact_conservation_free(&c);
}

static expr_id mean_of_rows(struct expr_pool *ex, expr_id rows, int32_t line)
{
    int32_t n = expr_get(ex, rows)->shape.dim[0], row = expr_new_binder(ex);
    expr_id sum = expr_fold(ex, EXPR_FOLD_SUM, row, n, expr_take(ex, rows, 0, expr_binder(ex, row), line), 0);
    return expr_binary(ex, EXPR_DIV, sum, expr_real(ex, n));
}

/* ---- Steps ---- */

/* Adds the assertion that each row has the same sums as the network. */
static void add_checks(struct balance *b, struct block *out, expr_id rows, expr_id alone, int32_t line)
{
    struct expr_pool *ex = b->w->ex;
    for (size_t i = b->n_slopes; i < b->quantity.n; i++) {
        expr_id at = expr_int(ex, (int64_t)i), own = expr_take(ex, alone, 0, at, line);
        expr_id off =
            expr_unary(ex, EXPR_ABS, expr_binary(ex, EXPR_SUB, expr_take(ex, rows, 1, at, line), own));
        expr_id most =
            expr_binary(ex, EXPR_MUL, expr_real(ex, 1e-6),
                        expr_binary(ex, EXPR_ADD, expr_real(ex, 1), expr_unary(ex, EXPR_ABS, own)));
        expr_id above = expr_binary(ex, EXPR_LT, most, expr_reduce(ex, EXPR_MAX_OF, off));
        struct stmt *s = experiment_add(b->w, out, STMT_ASSERT, b->a->span);
        s->value = expr_unary(ex, EXPR_NOT, above);
        s->text =
            expr_text(ex, arena_printf(b->w->f->arena,
                                       "the rows change a sum of amounts that no reaction of `%s` changes",
                                       balance_net(b)->name));
        s->source = b->sum_text.data[i - b->n_slopes];
    }
}

/* Adds assertions, because rows may contain values that are no numbers, and steps may be too long. */
static void add_finite(struct balance *b, struct block *out, expr_id slope)
{
    struct expr_pool *ex = b->w->ex;
    struct stmt *s = experiment_add(b->w, out, STMT_ASSERT, b->a->span);
    s->value = expr_binary(ex, EXPR_LT, expr_reduce(ex, EXPR_SUM, expr_unary(ex, EXPR_ABS, slope)),
                           expr_real(ex, 1e300));
    s->text = expr_text(ex, arena_printf(b->w->f->arena, "the slope by the energies of `%s` is no number",
                                         balance_net(b)->name));
    s->source = "the rows give some that are none, or `lr` is too large";
}

static expr_id parameters(const struct balance *b, const struct learned *l)
{
    const struct symbol *s = &balance_net(b)->symbol.data[l->symbol];
    return expr_leaf(b->w->ex, EXPR_NET_GET, TYPE_REAL, s->shape, b->net, l->symbol);
}

/* Adds set NET.p = its part of v or, if `moves` is set, += this part. */
static void add_set(struct balance *b, struct block *out, expr_id v, bool moves)
{
    struct expr_pool *ex = b->w->ex;
    for (size_t i = 0; i < b->learned.n; i++) {
        const struct learned *l = &b->learned.data[i];
        struct shape shape = balance_net(b)->symbol.data[l->symbol].shape;
        int32_t n = (int32_t)shape_size(shape);
        expr_id part = expr_reshape(ex, expr_slice(ex, v, 0, l->first, n), shape);
        struct bind *bind = arena_alloc(b->w->f->program->arena, sizeof *bind);
        struct stmt *s = experiment_add(b->w, out, STMT_SET, b->a->span);
        *bind = (struct bind){.net = b->net,
                              .symbol = l->symbol,
                              .count = n,
                              .shape = shape,
                              .value = moves ? expr_binary(ex, EXPR_ADD, parameters(b, l), part) : part,
                              .line = s->line};
        s->bind = bind;
    }
}

/* Adds the parameters after each of the last steps to b->mean, divided by the number of these steps. */
static void add_to_mean(struct balance *b, struct block *out, expr_id step)
{
    struct expr_pool *ex = b->w->ex;
    expr_id all = 0, steps = b->option.data[BALANCE_STEPS];
    for (size_t i = 0; i < b->learned.n; i++) {
        const struct learned *l = &b->learned.data[i];
        struct shape shape = balance_net(b)->symbol.data[l->symbol].shape;
        expr_id p = expr_reshape(ex, parameters(b, l), shape_vector((int32_t)shape_size(shape)));
        all = all ? expr_concat(ex, all, p) : p;
    }
    expr_id last = expr_binary(ex, EXPR_MIN, b->option.data[BALANCE_AVERAGE], steps);
    expr_id counts = expr_binary(ex, EXPR_LE, expr_binary(ex, EXPR_SUB, steps, last), expr_to_real(ex, step));
    struct stmt *s = experiment_add(b->w, out, STMT_IF, b->a->span);
    s->value = counts;
    s->body = experiment_new_block(b->w);
    experiment_assign(
        b->w, s->body, b->a->span, b->mean,
        expr_binary(ex, EXPR_ADD, balance_variable(b, b->mean), expr_binary(ex, EXPR_DIV, all, last)));
}

static void add_record(struct balance *b, struct block *out, expr_id slope)
{
    struct expr_pool *ex = b->w->ex;
    struct name *n = experiment_learnt(b->w, balance_net(b)->name, rule.record[0]);
    struct stmt *s = experiment_add(b->w, out, STMT_RECORD, b->a->span);
    experiment_assign(
        b->w, out, b->a->span, n->index,
        expr_unary(ex, EXPR_SQRT, expr_reduce(ex, EXPR_SUM, expr_binary(ex, EXPR_MUL, slope, slope))));
    s->var = b->record;
    s->value = experiment_variable(b->w, n);
}

static bool add_step(struct balance *b, struct block *out, expr_id step)
{
    struct expr_pool *ex = b->w->ex;
    int32_t rows, alone, n = (int32_t)b->n_slopes;
    if (!balance_add_means(b, out, &rows, &alone)) {
        return false;
    }
    int32_t line = front_line(b->w->f, b->a->span);
    expr_id up = mean_of_rows(ex, balance_variable(b, rows), line), down = balance_variable(b, alone);
    add_checks(b, out, balance_variable(b, rows), down, line);
    int32_t slope = balance_keep(
        b, out, expr_binary(ex, EXPR_SUB, expr_slice(ex, up, 0, 0, n), expr_slice(ex, down, 0, 0, n)));
    add_finite(b, out, balance_variable(b, slope));
    expr_id before =
        expr_binary(ex, EXPR_MUL, b->option.data[BALANCE_MOMENTUM], balance_variable(b, b->velocity));
    expr_id by = expr_binary(ex, EXPR_MUL, b->option.data[BALANCE_LR], balance_variable(b, slope));
    experiment_assign(b->w, out, b->a->span, b->velocity, expr_binary(ex, EXPR_SUB, before, by));
    add_set(b, out, balance_variable(b, b->velocity), true);
    add_to_mean(b, out, step);
    add_record(b, out, balance_variable(b, slope));
    return true;
}

/* Adds assertions that options which are not known yet lie within their bounds when the program runs. */
static void add_bounds(struct balance *b, struct block *out)
{
    struct expr_pool *ex = b->w->ex;
    for (int i = 0; i < BALANCE_OPTIONS; i++) {
        const struct crnl_learn_option *o = &balance_option[i];
        expr_id v = b->option.data[i];
        if (expr_is_const(ex, v)) {
            continue;
        }
        expr_id above = expr_binary(ex, EXPR_LE, expr_real(ex, o->least), v);
        expr_id below = expr_binary(ex, EXPR_LE, v, expr_real(ex, o->most));
        struct stmt *s = experiment_add(b->w, out, STMT_ASSERT, b->a->span);
        s->value = expr_binary(ex, EXPR_AND, above, below);
        s->source = arena_printf(b->w->f->program->arena, "`%s` of %s is from %g to %g", o->name, rule.name,
                                 o->least, o->most);
    }
}

static bool add_loop(struct balance *b, struct block *out)
{
    struct where *w = b->w;
    struct rows_ways ways = {0};
    struct stmt *s = experiment_add(w, out, STMT_FOR, b->a->span);
    s->from = expr_int(w->ex, 0);
    s->to = expr_unary(w->ex, EXPR_FLOOR, b->option.data[BALANCE_STEPS]);
    s->depth = w->experiment->depth;
    s->loop = w->f->program->n_loops++;
    s->body = experiment_new_block(w);
    s->var = experiment_add_variable(w, "", TYPE_INT, shape_scalar());
    vec_push(&w->experiment->assigned, (struct assigned){.var = s->var});
    experiment_rows_enter(w, &ways);
    w->experiment->depth++;
    w->experiment->before = s->body;
    bool good = add_step(b, s->body, expr_leaf(w->ex, EXPR_VAR, TYPE_INT, shape_scalar(), s->var, 0));
    w->experiment->depth--;
    w->experiment->before = out;
    return experiment_rows_leave(w, &ways, true) && good;
}

/* ---- The statement ---- */

static bool read_options(struct balance *b)
{
    double v;
    if (!experiment_learn_options(b->w, learn_by(b->a), &rule, 0, &b->option)) {
        return false;
    }
    if (!expr_const_real(b->w->ex, b->option.data[BALANCE_EXACT], &v)) {
        return diag_report(b->w->f->diag, DIAG_E0521, learn_by(b->a)->span,
                           "whether it is `exact` must be known when compiling");
    }
    if (!balance_is_exact(b) && !balance_given(b, BALANCE_TIME)) {
        diag_report(b->w->f->diag, DIAG_E0521, learn_by(b->a)->span, "how long does each run take?");
        diag_help(
            b->w->f->diag,
            "give it a length, and what comes before it: %s(time = 400, burn_in = 40); or exact = true, "
            "by the master equation",
            rule.name);
        return false;
    }
    return true;
}

/* Species that are clamped are visible. Without `clamp` all species are, and the rows are means. */
static bool read_with(struct balance *b)
{
    if (!learn_with(b->a)) {
        diag_report(b->w->f->diag, DIAG_E0521, b->a->span, "what does a row give to '%s'?",
                    balance_net(b)->name);
        diag_help(b->w->f->diag, "as in: learn %s from s in rows with clamp A = s[0] by %s(...)",
                  balance_net(b)->name, rule.name);
        return false;
    }
    for (uint32_t i = 0; i < learn_with(b->a)->n; i++) {
        b->clamps |= list_item(learn_with(b->a), i)->op == OP_CLAMP;
    }
    return true;
}

static bool find_rule(struct where *w, const struct ast *a)
{
    if (strcmp(learn_by(a)->name, rule.name) == 0) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0521, learn_by(a)->span,
                "there is no learning rule '%s' for the network '%s'", learn_by(a)->name,
                learn_model(a)->name);
    const char *here = arena_printf(
        w->f->arena, "networks learn by %s; what it was made from learns by other rules", rule.name);
    if (!experiment_help_by(w->f, learn_by(a), BY_LEARN, here)) {
        diag_help(w->f->diag, "%s", here);
    }
    return false;
}

bool experiment_add_learn_network(struct where *w, const struct ast *a, struct block *out)
{
    struct balance b = {.w = w, .a = a};
    b.record = experiment_add_learnt(w, learn_model(a)->name, rule.record[0], a->span);
    bool good = find_rule(w, a) && (b.net = experiment_network(w, learn_model(a))) >= 0 && read_with(&b) &&
                read_options(&b) && find_learned(&b) && check_balance(&b);
    if (good) {
        struct expr_pool *ex = w->ex;
        expr_id zero = expr_fill(ex, expr_real(ex, 0), shape_vector((int32_t)b.n_slopes));
        find_sums(&b);
        add_bounds(&b, out);
        b.velocity = balance_keep(&b, out, zero);
        b.mean = balance_keep(&b, out, zero);
        good = add_loop(&b, out);
        add_set(&b, out, balance_variable(&b, b.mean), false);
    }
    vec_free(&b.option);
    vec_free(&b.learned);
    vec_free(&b.quantity);
    vec_free(&b.sum_text);
    return good;
}
