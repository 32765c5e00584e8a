/* What a program shows before it runs: values that its runs do not have (E0505), rate constants that a run
 * makes negative (E0401), numbers that are none (W0442). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint_values.h"
#include "ir/interp/interp.h"
#include "support/mem.h"

/* ---- one value of many runs ---- */

bool lint_is_many(const struct program *p, const struct run *r, int64_t *runs)
{
    double n = 0;
    if (crnl_method_info[r->method].traits & CRNL_LAW && r->span == SPAN_TIME && r->until < 0) {
        *runs = LINT_LAW;
        return true;
    }
    if (!r->option[CRNL_OPTION_RUNS] || !expr_const_real(p->ex, r->option[CRNL_OPTION_RUNS], &n)) {
        return false;
    }
    *runs = (int64_t)n;
    return n > 1;
}

struct single {
    const struct program *p;
    const int64_t *runs; /* by network */
    int32_t net, symbol;
};

static bool moves(const struct net *n, int32_t symbol)
{
    return n->symbol.data[symbol].kind != SYMBOL_PARAM;
}

static void find_single(void *env, expr_id id, const struct expr *e)
{
    struct single *s = env;
    (void)id;
    if (e->op == EXPR_NET_GET && s->runs[e->a] != 0 && moves(s->p->net.data[e->a].net, e->b)) {
        s->net = e->a;
        s->symbol = e->b;
    }
}

/* Where the text stands in the statement; the whole of it if it does not. */
static struct span place_in(struct front *f, struct span all, const char *text)
{
    const char *source = front_source_text(f, all), *at = strstr(source, text);
    if (at) {
        all.lo += (uint32_t)(at - source);
        all.hi = all.lo + (uint32_t)strlen(text);
    }
    return all;
}

void lint_single_value(struct front *f, const struct stmt *s, const int64_t *runs)
{
    struct single q = {f->program, runs, -1, -1};
    expr_visit(f->program->ex, s->value, find_single, &q);
    if (q.net < 0) {
        return;
    }
    const struct net *n = f->program->net.data[q.net].net;
    const char *of = arena_printf(f->arena, "%s.%s", n->name, n->symbol.data[q.symbol].name);
    diag_report(f->diag, DIAG_E0505, place_in(f, s->span, of), "%s `%s` has no single value",
                runs[q.net] == LINT_LAW ? "after a law"
                                        : arena_printf(f->arena, "after %lld runs", (long long)runs[q.net]),
                of);
    diag_help(f->diag, "ask for run_mean(%s), run_var(%s) or run_quantile(%s, 0.5)%s, or for time_mean(%s)",
              of, of, of, runs[q.net] == LINT_LAW ? "" : " over the runs", of);
}

/* ---- rate constants ---- */

static expr_id element(const struct expr_pool *ex, const struct bind *b, double *v)
{
    return b->kind == BIND_WITH && b->n_index == 0 && b->count == 1 && expr_const_real(ex, b->value, v)
               ? b->value
               : 0;
}

/* The first reaction whose rate constant is below 0 with the values that the run gives; -1: none, or not
 * known. */
static reaction_id negative_rate(const struct program *p, const struct run *r, double *rate)
{
    const struct net *n = p->net.data[r->net].net;
    size_t slots = (size_t)n->n_slots;
    uint8_t *fixed = mem_zalloc(slots + 1, sizeof *fixed);
    double *value = mem_zalloc(slots + 1, sizeof *value), *k = mem_zalloc(n->reaction.n + 1, sizeof *k),
           v = 0;
    bool known = true;
    for (size_t i = 0; i < r->bind.n; i++) {
        const struct bind *b = &r->bind.data[i];
        const struct symbol *s = &n->symbol.data[b->symbol];
        if (s->kind != SYMBOL_PARAM) {
            continue;
        }
        const struct expr *e = expr_get(n->ex, n->elem.data[s->first + (uint32_t)b->first]);
        known = known && e->op == EXPR_PARAM && element(p->ex, b, &v);
        if (known) {
            fixed[e->a] = 1;
            value[e->a] = v;
        }
    }
    reaction_id found = -1;
    int32_t slot;
    struct interp *it = interp_create(n);
    if (known && interp_params(it, NULL, fixed, value, &slot) && interp_rates(it, value, k)) {
        for (size_t j = 0; j < n->reaction.n && found < 0; j++) {
            found = k[j] < 0 ? (reaction_id)j : -1;
            *rate = k[j];
        }
    }
    interp_destroy(it);
    free(fixed);
    free(value);
    free(k);
    return found;
}

void lint_rates_of_run(struct front *f, const struct stmt *s)
{
    const struct program *p = f->program;
    bool any = false;
    double v, rate = 0;
    for (size_t i = 0; i < s->run->bind.n; i++) {
        any = any || (element(p->ex, &s->run->bind.data[i], &v) && v < 0);
    }
    reaction_id j = any ? negative_rate(p, s->run, &rate) : -1;
    if (j < 0) {
        return;
    }
    const struct net *n = p->net.data[s->run->net].net;
    diag_report(f->diag, DIAG_E0401, s->span, "this run makes the rate constant of `%s` negative: %g",
                net_reaction_text(n, j, f->arena), rate);
    diag_note(f->diag, n->reaction.data[j].span, "this reaction");
    diag_help(f->diag,
              "give it a positive value; what goes the other way is a reaction with the sides exchanged");
}

/* ---- numbers that are none ---- */

struct infinite {
    const struct expr_pool *ex;
    bool divides, any;
};

static void find_infinite(void *env, expr_id id, const struct expr *e)
{
    struct infinite *q = env;
    double v;
    q->divides |= e->op == EXPR_DIV && expr_const_real(q->ex, e->args[1], &v) && v == 0;
    q->any |= expr_const_real(q->ex, id, &v) && !(fabs(v) < INFINITY);
}

/* A loss that is not a number stops the fit. Elsewhere an infinite number may be meant. */
void lint_finite(struct front *f, const struct stmt *s)
{
    struct infinite q = {.ex = f->program->ex};
    expr_visit(q.ex, s->value, find_infinite, &q);
    const char *source = front_source_text(f, s->span);
    bool by_library = strstr(source, "normal_loss(") != NULL;
    q.divides = q.divides && (by_library || strchr(source, '/')); /* a mean over nothing is another matter */
    if (q.divides || (s->kind == STMT_LOSS && q.any)) {
        diag_report(f->diag, DIAG_W0442, s->span,
                    q.divides ? "this divides by 0: it is infinite, or not a number"
                              : "a part of this is not a finite number, such as the logarithm of 0");
        diag_help(
            f->diag,
            s->kind == STMT_LOSS && by_library
                ? "the last argument of `normal_loss(y, m, sd)` is a standard deviation, which is above 0"
            : q.divides ? "divide by what is not 0; `/` never rounds, and `%%` is the remainder"
                        : "logarithms are of what is above 0, roots of what is not below 0");
    }
}

void lint_losses(struct front *f, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *s = b->stmt.data[i];
        if (s->value) {
            lint_finite(f, s);
        }
        lint_losses(f, s->body);
        lint_losses(f, s->orelse);
    }
}
