/* How long a run lasts, and at what times it is observed: `from`, `after`, `for`, `to steady`, `every`. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment_run.h"

static bool is_time(struct where *w, const struct ast *a)
{
    return units_check(w, a, (struct dim){.kind = DIM_KNOWN, .time = 1}, "this number", "a time");
}

static bool positive(struct where *w, const struct ast *a, expr_id v, bool zero, const char *what)
{
    double known;
    if (expr_const_real(w->ex, v, &known) && !(zero ? known >= 0 : known > 0)) {
        diag_report(w->f->diag, DIAG_E0501, a->span, "%s must be %s, not %g", what,
                    zero ? "positive or 0" : "positive", known);
        diag_help(w->f->diag,
                  zero ? "time runs forwards: write `%g`" : "as in `every 0.1`, or leave `every` out",
                  -known);
        return false;
    }
    return true;
}

static bool span_clause(struct where *w, const struct net *net, const struct ast *c, expr_id *value,
                        enum span_kind *kind, const char *what)
{
    if (!c) {
        return true;
    }
    *kind = c->flags & AST_EVENTS ? SPAN_EVENTS : c->flags & AST_CYCLES ? SPAN_CYCLES : SPAN_TIME;
    if (*kind == SPAN_CYCLES && net->clock.n == 0) {
        diag_report(w->f->diag, DIAG_E0501, c->span, "'%s' has no clock whose cycles could be counted",
                    net->name);
        diag_help(w->f->diag, "declare one: clock ideal(C1 = 10, C2 = 10);");
        return false;
    }
    *value = value_real_scalar(w, clause_value(c));
    double n;
    if (*kind == SPAN_EVENTS && *value && expr_const_real(w->ex, *value, &n) && n != floor(n)) {
        diag_report(w->f->diag, DIAG_E0501, clause_value(c)->span,
                    "events are counted by whole numbers, not %g", n);
        diag_help(w->f->diag, "write `%.0f events`, or `%g` alone for a time", floor(n), n);
        return false;
    }
    return *value && is_time(w, clause_value(c)) && positive(w, clause_value(c), *value, true, what);
}

/* A network that is switched or changed again and again never reaches a steady state. */
static bool steady(struct where *w, const struct ast *to, const struct net *net, const struct run *r)
{
    if (crnl_method_info[r->method].traits & CRNL_STOCHASTIC) {
        diag_report(w->f->diag, DIAG_E0501, to->span, "a stochastic run has no steady state to reach");
        diag_help(w->f->diag,
                  "take statistics after a burn-in: after 100 for 10000 by ssa, then time_mean(...)");
        return false;
    }
    const char *why = net->clock.n > 0 ? "a clock" : NULL;
    for (size_t i = 0; i < net->event.n; i++) {
        why = net->event.data[i].kind == EVENT_EVERY ? "an event that happens again and again" : why;
    }
    if (why) {
        diag_report(w->f->diag, DIAG_E0501, to->span, "'%s' has %s, so no steady state is reached", net->name,
                    why);
        diag_help(w->f->diag, "end with `for TIME`, or `until` a condition holds");
    }
    return !why;
}

static bool only_with(const struct run *r)
{
    for (size_t i = 0; i < r->bind.n; i++) {
        if (r->bind.data[i].kind != BIND_WITH) {
            return false;
        }
    }
    return true;
}

/* Warns of a time between rows, or a step, that is longer than the run: this is hardly what was meant. In
 * a run for 0 they are allowed. */
static void warn_longer(struct where *w, const struct ast *a, const struct run *r, expr_id step, bool burns)
{
    double length, before = 0, each;
    bool known = r->span == SPAN_TIME && step && expr_const_real(w->ex, step, &each) && r->duration &&
                 expr_const_real(w->ex, r->duration, &length);
    if (known && burns && r->after) {
        known = r->after_kind == SPAN_TIME && expr_const_real(w->ex, r->after, &before);
    }
    if (known && length > 0 && each > length + before) {
        diag_report(w->f->diag, DIAG_W0416, a->span,
                    burns ? "a step of %g in a run for %g: the run is one shorter step"
                          : "rows every %g in a run for %g: there is none between its start and its end",
                    each, length + before);
        diag_help(w->f->diag, burns ? "give a smaller `dt`, or a longer run"
                                    : "give a smaller number behind `every`, or leave it out");
    }
}

void run_warn_long_steps(struct where *w, const struct run_clauses *c, const struct run *r)
{
    static const enum crnl_option_id steps[] = {CRNL_OPTION_DT, CRNL_OPTION_SPLIT};
    if (c->of[OP_EVERY]) {
        warn_longer(w, clause_value(c->of[OP_EVERY]), r, r->every, false);
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        for (uint32_t k = 0; r->option[steps[i]] && k < clause_value(c->of[OP_BY])->n; k++) {
            const struct ast *arg = ctor_arg(clause_value(c->of[OP_BY]), k);
            if (arg->name && strcmp(arg->name, crnl_option_info[steps[i]].name) == 0) {
                warn_longer(w, arg_value(arg), r, r->option[steps[i]], true);
            }
        }
    }
}

/* Reads the time at which the clock of a continued run starts again. */
static bool start_time(struct where *w, const struct ast *from, struct run *r)
{
    double known;
    if (!from) {
        return true;
    }
    if (!r->resume) {
        diag_report(w->f->diag, DIAG_E0501, from->span, "a run begins at time 0");
        diag_help(w->f->diag, "`from` sets the time of a run that goes on: continue %s from 0 ...",
                  experiment_use(w, r->net)->net->name);
        return false;
    }
    const struct ast *value = clause_value(from);
    r->from = value_real_scalar(w, value);
    if (!r->from || !is_time(w, value)) {
        return false;
    }
    return !expr_const_real(w->ex, r->from, &known) || isfinite(known) ||
           diag_report(w->f->diag, DIAG_E0501, value->span, "a run begins at a finite time, not at %g",
                       known);
}

/* A method that finds a root knows no time. */
static bool root_has_no_time(struct where *w, const struct ast *a, const struct run_clauses *c,
                             const struct run *r)
{
    static const enum ast_op of_time[] = {OP_FOR, OP_UNTIL, OP_AFTER, OP_EVERY};
    const char *name = crnl_method_info[r->method].name;
    if (!(crnl_method_info[r->method].traits & CRNL_ROOT)) {
        return true;
    }
    for (size_t i = 0; i < sizeof of_time / sizeof *of_time; i++) {
        const struct ast *clause = c->of[of_time[i]];
        if (clause) {
            diag_report(w->f->diag, DIAG_E0501, clause->span,
                        "`%s` finds a steady state, and no time passes: it takes no `%s`", name,
                        ast_op_text(of_time[i]));
            diag_help(w->f->diag, "run %s to steady by %s(solver = %s)", experiment_use(w, r->net)->net->name,
                      crnl_method_info[r->method].family, name);
            return false;
        }
    }
    return c->of[OP_TO_STEADY] ||
           diag_report(w->f->diag, DIAG_E0501, a->span, "`%s` finds a steady state: `to steady`", name);
}

bool run_find_span(struct where *w, const struct ast *a, const struct run_clauses *c, struct run *r)
{
    const struct net *net = experiment_use(w, r->net)->net;
    if (!start_time(w, c->of[OP_FROM], r) || !root_has_no_time(w, a, c, r)) {
        return false;
    }
    int ends = (c->of[OP_FOR] != NULL) + (c->of[OP_TO_STEADY] != NULL) + (c->of[OP_TO_LIMIT] != NULL);
    if (ends > 1) {
        return diag_report(w->f->diag, DIAG_E0501, a->span,
                           "`for`, `to steady` and `to limit` exclude one another");
    }
    if (ends == 0 && !c->of[OP_UNTIL]) {
        diag_report(w->f->diag, DIAG_E0501, a->span, "this run does not say how long it lasts");
        diag_help(w->f->diag, "for 100, for 1000 events, until A < 1, to steady or to limit");
        return false;
    }
    if (!span_clause(w, net, c->of[OP_FOR], &r->duration, &r->span, "a duration") ||
        !span_clause(w, net, c->of[OP_AFTER], &r->after, &r->after_kind, "a burn-in")) {
        return false;
    }
    r->span = c->of[OP_TO_STEADY] ? SPAN_STEADY : c->of[OP_TO_LIMIT] ? SPAN_LIMIT : r->span;
    bool events = r->span == SPAN_EVENTS || r->after_kind == SPAN_EVENTS;
    if (events && !(crnl_method_info[r->method].traits & CRNL_COUNTS_EVENTS)) {
        const struct ast *counted = c->of[r->span == SPAN_EVENTS ? OP_FOR : OP_AFTER];
        diag_report(w->f->diag, DIAG_E0501, counted->span, "events are counted by %s only",
                    run_list_counting(w, r->net));
        diag_help(w->f->diag, "write `%s %s` for a time, or choose such a method",
                  r->span == SPAN_EVENTS ? "for" : "after",
                  front_source_text(w->f, clause_value(counted)->span));
        return false;
    }
    if (r->span == SPAN_STEADY && !steady(w, c->of[OP_TO_STEADY], net, r)) {
        return false;
    }
    static const enum ast_op simulated[] = {OP_UNTIL, OP_FROM, OP_AFTER, OP_EVERY, OP_BY};
    for (size_t i = 0; r->span == SPAN_LIMIT && i < sizeof simulated / sizeof *simulated; i++) {
        const struct ast *clause = c->of[simulated[i]];
        if (clause) {
            diag_report(w->f->diag, DIAG_E0501, clause->span,
                        "`to limit` is computed, not simulated: it takes `with` only");
            diag_help(w->f->diag, "leave out `%s`", front_source_text(w->f, clause->span));
            diag_fix(w->f->diag, clause->span, "");
            return false;
        }
    }
    if (r->span == SPAN_LIMIT && !only_with(r)) {
        return diag_report(w->f->diag, DIAG_E0501, a->span,
                           "`to limit` is computed, not simulated: it takes `with` only");
    }
    if (c->of[OP_EVERY]) {
        r->every = value_real_scalar(w, clause_value(c->of[OP_EVERY]));
        return r->every && is_time(w, clause_value(c->of[OP_EVERY])) &&
               positive(w, clause_value(c->of[OP_EVERY]), r->every, false, "the time between two outputs");
    }
    return true;
}
