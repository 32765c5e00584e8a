/* Lints that depend on the method of a run. W0405 warns of `assert x == y` if x comes from a numerical
 * solution, which is never exact. W0415 warns of a condition by which an amount that flows equals a
 * number. W0423 warns of a statistic over runs after a single run, W0433 of a run whose end is its start.
 * Statements are followed in order, with the last run of each network and with the variables that hold
 * results of it. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/check/lint_values.h"
#include "ir/interp/interp.h"
#include "support/mem.h"

enum run_kind { RUN_NONE, RUN_EXACT, RUN_COUNTS, RUN_NUMERIC, RUN_UNCLEAR };

struct last { /* what is known of a network */
    enum run_kind run;
    bool is_single; /* its last run was a single run, and no law */
    bool of_turns;  /* its last run was such a run in the last turn of a loop that is over */
    size_t runs;    /* how many of its run statements were met */
    bool of_rows;   /* its last run was over rows */
    int64_t many;   /* its last run was surely so many runs; 0: one, or not known */
};

struct state {
    struct last *net;
    bool *variable;  /* whether it holds an approximate value */
    bool *is_looked; /* by network: whether its conditions have been looked at */
};

struct finder {
    const struct program *p;
    struct state s;
    bool approximate; /* belongs to the expression that is visited */
    expr_id whole;    /* the expression that is visited */
};

static enum run_kind kind_of(const struct run *r)
{
    switch (crnl_method_info[r->method].result) {
    case CRNL_RESULT_EXACT: return RUN_EXACT;
    case CRNL_RESULT_COUNTS: return r->option[CRNL_OPTION_VOLUME] ? RUN_UNCLEAR : RUN_COUNTS;
    case CRNL_RESULT_NUMERIC: return RUN_NUMERIC;
    }
    return RUN_UNCLEAR;
}

/* Parameters have exactly the values to which they were set, and constant species keep theirs. */
static bool moves(const struct net *n, int32_t symbol)
{
    const struct symbol *s = &n->symbol.data[symbol];
    if (s->kind == SYMBOL_PARAM) {
        return false;
    }
    for (int64_t i = 0; i < shape_size(s->shape); i++) {
        const struct expr *e = expr_get(n->ex, n->elem.data[s->first + (uint32_t)i]);
        if (e->op != EXPR_SPECIES || n->species.data[e->a].kind != SPECIES_CONSTANT) {
            return true;
        }
    }
    return false;
}

static bool leaf_is_approximate(const struct finder *f, const struct expr *e)
{
    if (e->op == EXPR_NET_GET) {
        return f->s.net[e->a].run == RUN_NUMERIC && moves(f->p->net.data[e->a].net, e->b);
    }
    if (e->op == EXPR_STAT) {
        enum stat_kind kind = f->p->net.data[e->a].stat.data[e->b].kind;
        bool mean = kind == STAT_TIME_MEAN || kind == STAT_TIME_VAR || kind == STAT_TIME_INTEGRAL ||
                    kind == STAT_RUN_MEAN || kind == STAT_RUN_VAR;
        if (kind == STAT_END) {
            return f->s.net[e->a].run == RUN_NUMERIC;
        }
        return mean && (f->s.net[e->a].run == RUN_NUMERIC || f->s.net[e->a].run == RUN_COUNTS);
    }
    return e->op == EXPR_VAR && f->s.variable[e->a];
}

/* A value that has become a whole number or a decision is exact again: `floor(x) == 3`, `(x > 0.5) == y`. */
static bool is_approximate(const struct finder *f, expr_id id)
{
    struct expr e = *expr_get(f->p->ex, id);
    if (!(e.holds & HOLDS_LEAF) || e.type != TYPE_REAL) {
        return false;
    }
    if (leaf_is_approximate(f, &e)) {
        return true;
    }
    for (uint32_t i = 0; i < e.n_args; i++) {
        if (is_approximate(f, e.args[i])) {
            return true;
        }
    }
    return false;
}

/* Whether the expression is the divisor of a division. */
struct divisor {
    expr_id of;
    bool found;
};

static void find_division(void *env, expr_id id, const struct expr *e)
{
    struct divisor *d = env;
    (void)id;
    d->found |= e->op == EXPR_DIV && e->args[1] == d->of;
}

/* `if x == 0 then 0 else a / x` asks for the one value by which nothing can be divided. */
static bool guards_division(const struct finder *f, const struct expr *e)
{
    struct divisor d = {.of = e->args[0]};
    double v;
    if (expr_const_real(f->p->ex, e->args[1], &v) && v == 0) {
        expr_visit(f->p->ex, f->whole, find_division, &d);
    }
    return d.found;
}

static void visit(void *env, expr_id id, const struct expr *e)
{
    struct finder *f = env;
    (void)id;
    /* A comparison of two results is mostly a test that a run can be repeated. */
    if (e->op == EXPR_EQ && is_approximate(f, e->args[0]) != is_approximate(f, e->args[1])) {
        f->approximate |= !guards_division(f, e);
    }
}

static void check(struct front *front, struct finder *f, const struct stmt *s)
{
    f->approximate = false;
    f->whole = s->value;
    expr_visit(f->p->ex, s->value, visit, f);
    if (f->approximate) {
        diag_report(front->diag, DIAG_W0405, s->span, "`==` with a result of a numerical method");
        diag_help(
            front->diag,
            "it is near the exact value, never sure to be equal: write `abs(x - y) < 1e-6`, or round it "
            "with `floor(x + 0.5)`");
    }
}

/* ---- W0415 ---- */

struct flowing {
    const struct net *net;
    const bool *moved;   /* indexed by species */
    bool found, is_zero; /* is_zero: the number that such an amount equals is 0 */
};

/* Whether the expression is an amount that reactions change, or joins such amounts by arithmetic. Amounts
 * that only events change, and values that are rounded, rest at each value for a while. */
static bool flows(const struct flowing *w, expr_id id)
{
    const struct expr *e = expr_get(w->net->ex, id);
    bool any = e->op == EXPR_SPECIES && w->moved[e->a];
    for (uint32_t i = 0; (expr_has_class(e->op, EXPR_CLASS_ARITHMETIC) || e->op == EXPR_NEG) && i < e->n_args;
         i++) {
        any |= flows(w, e->args[i]);
    }
    return any;
}

static void find_flowing(void *env, expr_id id, const struct expr *e)
{
    struct flowing *w = env;
    (void)id;
    if (e->op == EXPR_EQ && (flows(w, e->args[0]) || flows(w, e->args[1]))) {
        double left = 1, right = 1;
        bool is_number =
            expr_const_real(w->net->ex, e->args[0], &left) || expr_const_real(w->net->ex, e->args[1], &right);
        w->found = true;
        w->is_zero = is_number && (left == 0 || right == 0);
    }
}

static void check_condition(struct front *front, struct flowing *w, expr_id condition, struct span at,
                            const char *network)
{
    w->found = w->is_zero = false;
    expr_visit(w->net->ex, condition, find_flowing, w);
    if (w->found) {
        diag_report(front->diag, DIAG_W0415, at,
                    "an amount that changes all the time equals a number at single moments, between which "
                    "the condition is false");
        diag_note(front->diag, (struct span){0}, "'%s' runs by a method that solves equations", network);
        diag_help(front->diag,
                  w->is_zero
                      ? "an amount that is used up comes near 0 and does not reach it: write `X < 1e-3`"
                      : "write `<=` or `>=`: the condition turns true when the amount passes it");
    }
}

/* `assume A + B == 10` fails by the rounding errors of steps, however exact they are. */
static void check_assumption(struct front *front, struct flowing *w, const struct assume *a,
                             const char *network)
{
    w->found = false;
    expr_visit(w->net->ex, a->cond, find_flowing, w);
    if (w->found) {
        diag_report(front->diag, DIAG_W0415, a->span,
                    "amounts that are computed by steps have rounding errors, and hardly ever equal a number "
                    "exactly");
        diag_note(front->diag, (struct span){0}, "'%s' runs by a method that solves equations", network);
        diag_help(front->diag, "write `assume abs(x - y) < 1e-6` for `x == y`");
    }
}

/* Looks at the conditions of the network's events and assumptions, and at that of `until`. */
static void check_moments(struct front *front, const struct finder *f, const struct stmt *s)
{
    const struct net *net = f->p->net.data[s->run->net].net;
    bool looks = net->event.n + net->assume.n > 0 && !f->s.is_looked[s->run->net];
    if (!looks && s->run->until < 0) {
        return; /* before all species are gone through */
    }
    bool *moved = lint_moved(net, false);
    struct flowing w = {net, moved, false, false};
    for (size_t i = 0; looks && i < net->event.n; i++) {
        if (net->event.data[i].kind == EVENT_WHEN) {
            check_condition(front, &w, net->event.data[i].when, net->event.data[i].span, net->name);
        }
    }
    for (size_t i = 0; looks && i < net->assume.n; i++) {
        check_assumption(front, &w, &net->assume.data[i], net->name);
    }
    f->s.is_looked[s->run->net] = true;
    if (s->run->until >= 0) {
        check_condition(front, &w, net->observed.data[s->run->until], s->span, net->name);
    }
    free(moved);
}

/* ---- W0423 ---- */

struct over_runs {
    const struct finder *f;
    const struct stat_request *found;
    int32_t net;
};

static void find_over_runs(void *env, expr_id id, const struct expr *e)
{
    struct over_runs *o = env;
    (void)id;
    if (e->op != EXPR_STAT || !(o->f->s.net[e->a].is_single || o->f->s.net[e->a].of_turns)) {
        return;
    }
    const struct stat_request *q = &o->f->p->net.data[e->a].stat.data[e->b];
    bool of_runs = q->kind == STAT_RUN_MEAN || q->kind == STAT_RUN_VAR || q->kind == STAT_RUN_QUANTILE;
    if (of_runs && !o->found) {
        o->found = q;
        o->net = e->a;
    }
}

/* What is written where a statistic over runs was meant to be over rows. */
static enum ast_verdict calls(void *env, const struct ast *a)
{
    bool is = a->kind == AST_CALL && a->n > 1 && call_callee(a)->kind == AST_NAME && !call_callee(a)->v.bound;
    return is && strcmp(call_callee(a)->name, env) == 0 ? AST_FOUND : AST_GO_ON;
}

static void help_for_rows(struct front *front, struct span at, enum stat_kind kind)
{
    const struct ast *call = ast_find(lint_tree_at(front, at), calls, (void *)program_stat_name(kind));
    const char *of = call ? front_source_text(front, arg_value(call_arg(call, 1))->span) : "NET.A";
    diag_help(front->diag,
              "the value of a row is `%s[0]`, and over the rows it is `%s(%s)`; many runs of each row are "
              "`by ssa(runs = 1000)`",
              of, kind == STAT_RUN_VAR ? "var" : "mean", of);
}

/* Quantities that have no name which would be their value at the end: only a statistic reads that. */
static bool reads_flux(const struct ast *a)
{
    static const char *const of_rates[] = {"flux", "rate", "entropy_production"};
    bool any = false;
    for (size_t i = 0; a && i < sizeof of_rates / sizeof *of_rates; i++) {
        any |= ast_find(a, calls, (void *)(uintptr_t)of_rates[i]) != NULL;
    }
    return any;
}

static void check_over_runs(struct front *front, const struct finder *f, const struct stmt *s)
{
    struct over_runs o = {.f = f};
    expr_visit(f->p->ex, s->value, find_over_runs, &o);
    if (!o.found || (o.found->kind == STAT_RUN_MEAN && f->s.net[o.net].run == RUN_NUMERIC &&
                     reads_flux(lint_tree_at(front, s->span)))) {
        return;
    }
    bool is_var = o.found->kind == STAT_RUN_VAR;
    const char *it_is = !is_var                              ? "it is the value at the end"
                        : f->s.net[o.net].run == RUN_NUMERIC ? "it is 0"
                                                             : "there is none";
    const char *stat = program_stat_name(o.found->kind), *network = f->p->net.data[o.net].net->name;
    if (f->s.net[o.net].of_turns) {
        diag_report(
            front->diag, DIAG_W0423, s->span,
            "`%s` is over the runs of one statement, and of the loop before this only the last run of '%s' "
            "counts: %s",
            stat, network, it_is);
        diag_help(
            front->diag,
            "make all runs at once, without the loop, `by ssa(runs = 100)`, or `record` the value in each "
            "turn");
        return;
    }
    bool rows = f->s.net[o.net].of_rows;
    diag_report(front->diag, DIAG_W0423, s->span,
                "`%s` is over runs, and %s'%s' has run once before this: %s", stat,
                rows ? "each row of " : "", network, it_is);
    if (rows) {
        help_for_rows(front, s->span, o.found->kind);
        return;
    }
    diag_help(front->diag, "over the time of a run it is `%s`; many runs are `by ssa(runs = 1000)`",
              is_var ? "time_var" : "time_mean");
}

/* A summary has the mean of the runs and their deviation in each row. */
static void check_summary(struct front *front, const struct finder *f, const struct stmt *s)
{
    const struct run *r = s->run;
    double summary = 0;
    if (f->s.net[r->net].is_single && r->option[CRNL_OPTION_SUMMARY] &&
        expr_const_real(f->p->ex, r->option[CRNL_OPTION_SUMMARY], &summary) && summary != 0) {
        diag_report(front->diag, DIAG_W0423, s->span,
                    "a summary is over runs, and this is one run: its mean is that run, its deviation 0");
        diag_help(front->diag, "many runs are `by %s(runs = 1000, summary = true)`",
                  crnl_method_info[r->method].family);
    }
}

/* ---- W0433 ---- */

/* A program gives amounts and parameters also by `set`; then it is not known where a run begins. */
static bool sets_any(const struct block *b)
{
    bool any = false;
    for (size_t i = 0; b && i < b->stmt.n && !any; i++) {
        const struct stmt *s = b->stmt.data[i];
        any = s->kind == STMT_SET || s->kind == STMT_MINIMIZE || sets_any(s->body) || sets_any(s->orelse);
    }
    return any;
}

/* Whether the condition holds for the amounts with which the network begins. */
static bool holds_at_start(const struct net *net, expr_id condition)
{
    struct interp *it = interp_create(net);
    double *p = mem_zalloc((size_t)net->n_slots + 1, sizeof *p),
           *x = mem_zalloc(net->species.n + 1, sizeof *x);
    int32_t slot;
    bool holds = interp_params(it, NULL, NULL, p, &slot) && interp_initial(it, p, x) &&
                 interp_value(it, condition, x, 0, p, NULL, 1) == 1;
    interp_destroy(it);
    free(p);
    free(x);
    return holds;
}

static void check_until(struct front *front, const struct finder *f, const struct stmt *s)
{
    const struct run *r = s->run;
    const struct net *net = f->p->net.data[r->net].net;
    bool known = r->until >= 0 && !r->resume && !r->from && !r->after && r->bind.n == 0 && r->source.n == 0 &&
                 r->capture.n == 0 && !sets_any(f->p->body);
    if (known && holds_at_start(net, net->observed.data[r->until])) {
        diag_report(front->diag, DIAG_W0433, s->span,
                    "this run ends where it begins: the condition of `until` holds at time 0");
        diag_help(
            front->diag,
            "`until` says when to end; to go on while it holds write the opposite, and to wait until it "
            "turns true again begin with `run %s for ...; continue %s until ...`",
            net->name, net->name);
    }
}

/* ---- W0443 ---- */

/* Only bulk concentrations flow, and what changes many molecules if the run says how many these are. */
static void check_flows(struct front *front, const struct finder *f, const struct stmt *s)
{
    const struct run *r = s->run;
    const struct net *net = f->p->net.data[r->net].net;
    bool flows = r->option[CRNL_OPTION_PARTITION] || r->option[CRNL_OPTION_VESICLES];
    for (size_t i = 0; i < net->species.n && !flows; i++) {
        flows = net->species.data[i].kind == SPECIES_BULK;
    }
    if (!flows) {
        diag_report(
            front->diag, DIAG_W0443, s->span,
            "nothing flows in this hybrid run, since '%s' has no bulk concentrations: it is a run by ssa",
            net->name);
        diag_help(front->diag,
                  "declare what flows, `bulk A = 100;`, or let reactions among many molecules flow, "
                  "`by hybrid(partition = 100)`, or write `by ssa`");
    }
}

/* ---- statements ---- */

static void begin_run(struct front *front, struct finder *f, const struct stmt *s)
{
    const struct run *r = s->run;
    f->s.net[r->net].run = kind_of(r);
    f->s.net[r->net].runs++;
    f->s.net[r->net].of_turns = false;
    f->s.net[r->net].of_rows = s->kind == STMT_ROWS;
    f->s.net[r->net].is_single =
        !(crnl_method_info[r->method].traits & CRNL_LAW) && !r->option[CRNL_OPTION_RUNS];
    if (s->kind != STMT_RUN || !lint_is_many(f->p, r, &f->s.net[r->net].many)) {
        f->s.net[r->net].many = 0;
    }
    lint_rates_of_run(front, s);
    check_until(front, f, s);
    if (r->method == CRNL_METHOD_HYBRID) {
        check_flows(front, f, s);
    }
    check_summary(front, f, s);
    if (!(crnl_method_info[r->method].traits & (CRNL_STOCHASTIC | CRNL_LAW)) && r->span != SPAN_STEADY) {
        check_moments(front, f, s);
    }
}

static void follow(struct front *front, struct finder *f, const struct block *b);

/* After a branch or a loop that may not have been executed, only that is known of a network in which both
 * ways agree. A loop has mostly been executed. */
static void branch(struct front *front, struct finder *f, const struct block *one, const struct block *other,
                   bool is_loop)
{
    size_t n = f->p->net.n;
    struct last *before = mem_zalloc(n + 1, sizeof *before), *after = mem_zalloc(n + 1, sizeof *after);
    memcpy(before, f->s.net, n * sizeof *before);
    follow(front, f, one);
    memcpy(after, f->s.net, n * sizeof *after);
    memcpy(f->s.net, before, n * sizeof *before);
    follow(front, f, other);
    for (size_t i = 0; i < n; i++) {
        f->s.net[i].run = f->s.net[i].run == after[i].run ? after[i].run : RUN_UNCLEAR;
        f->s.net[i].of_turns =
            is_loop ? after[i].of_turns || (after[i].is_single && after[i].runs > before[i].runs)
                    : f->s.net[i].of_turns && after[i].of_turns;
        f->s.net[i].is_single &= after[i].is_single && !f->s.net[i].of_turns;
        f->s.net[i].runs = after[i].runs;
        f->s.net[i].of_rows &= after[i].of_rows;
        f->s.net[i].many = f->s.net[i].many == after[i].many ? after[i].many : 0;
    }
    free(before);
    free(after);
}

static void check_single(struct front *front, const struct finder *f, const struct stmt *s)
{
    int64_t *many = mem_zalloc(f->p->net.n + 1, sizeof *many), any = 0;
    for (size_t i = 0; i < f->p->net.n; i++) {
        any += (many[i] = f->s.net[i].many) != 0;
    }
    if (any > 0) {
        lint_single_value(front, s, many);
    }
    free(many);
}

static void follow(struct front *front, struct finder *f, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *s = b->stmt.data[i];
        if (s->value) {
            check_over_runs(front, f, s);
            check_single(front, f, s);
            lint_finite(front, s);
        }
        switch (s->kind) {
        case STMT_RUN: begin_run(front, f, s); break;
        case STMT_ROWS: begin_run(front, f, s); break;
        case STMT_ASSIGN: f->s.variable[s->var] = is_approximate(f, s->value); break;
        case STMT_ASSERT: check(front, f, s); break;
        case STMT_MINIMIZE: lint_losses(front, s->body); break;
        case STMT_IF: branch(front, f, s->body, s->orelse, false); break;
        case STMT_FOR:
        case STMT_WHILE: branch(front, f, s->body, NULL, true); break;
        default: break;
        }
    }
}

void lint_experiment(struct front *front)
{
    const struct program *p = front->program;
    struct finder f = {.p = p};
    f.s.net = mem_zalloc(p->net.n + 1, sizeof *f.s.net);
    f.s.is_looked = mem_zalloc(p->net.n + 1, sizeof *f.s.is_looked);
    f.s.variable = mem_zalloc(p->variable.n + 1, sizeof *f.s.variable);
    follow(front, &f, p->body);
    free(f.s.net);
    free(f.s.is_looked);
    free(f.s.variable);
}
