/* What a program shows before it runs: values that its runs do not have (E0505), rate constants that a run
 * makes negative (E0401), numbers that are none (W0442). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"
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

/* Whether the tree is the path of names `text` behind a network of that name: NET.m.x, with any indices. */
static bool is_path(const struct ast *a, const char *network, const char *text)
{
    size_t length = strlen(text);
    for (; a->kind == AST_INDEX || a->kind == AST_FIELD; a = ast_base(a)) {
        size_t n = a->kind == AST_FIELD ? strlen(a->name) : 0;
        if (a->kind == AST_INDEX) {
            continue;
        }
        while (length > 0 && text[length - 1] == ']') { /* of an instance in a loop: m[2] */
            while (length > 0 && text[--length] != '[') {
            }
        }
        if (length < n || memcmp(text + length - n, a->name, n) != 0) {
            return false;
        }
        length -= n;
        if (length > 0 && text[--length] != '.') {
            return false;
        }
    }
    bool is_network = a->kind == AST_NAME && a->v.bound && a->v.bound->kind == NAME_NETWORK;
    return length == 0 && is_network && strcmp(a->name, network) == 0;
}

static enum ast_verdict names_single(void *env, const struct ast *a)
{
    const struct single *s = env;
    const struct net *n = s->p->net.data[s->net].net;
    bool is = a->kind == AST_FIELD && is_path(a, n->name, n->symbol.data[s->symbol].name);
    return is ? AST_FOUND : AST_GO_ON;
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
    const struct ast *at = ast_find(lint_tree_at(f, s->span), names_single, &q);
    diag_report(f->diag, DIAG_E0505, at ? at->span : s->span, "%s `%s` has no single value",
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
    bool divides, any, is_nan, is_infinite;
};

static void find_infinite(void *env, expr_id id, const struct expr *e)
{
    struct infinite *q = env;
    double v;
    q->divides |= e->op == EXPR_DIV && expr_const_real(q->ex, e->args[1], &v) && v == 0;
    bool odd = expr_const_real(q->ex, id, &v) && !(fabs(v) < INFINITY);
    q->any |= odd;
    q->is_nan |= odd && v != v;
    q->is_infinite |= odd && v == v;
}

/* The declaration of the function that the tree calls, or NULL. */
static const struct name *called(const struct ast *a)
{
    const struct ast *callee = a->kind == AST_CALL ? call_callee(a) : NULL;
    const struct name *n = callee && callee->kind == AST_NAME ? callee->v.bound : NULL;
    return n && n->kind == NAME_FN && n->ast ? n : NULL;
}

static enum ast_verdict calls_normal_loss(void *env, const struct ast *a)
{
    const struct name *n = called(a);
    (void)env;
    return n && strcmp(n->text, "normal_loss") == 0 && strcmp(n->module->path, "std.likelihood") == 0
               ? AST_FOUND
               : AST_GO_ON;
}

/* Whether a division is written, in the tree or in functions that it calls. */
static enum ast_verdict writes_division(void *env, const struct ast *a)
{
    enum { DEEP = 16 };
    const int *depth = env;
    const struct name *n = called(a);
    int deeper = *depth + 1;
    bool divides = (a->kind == AST_BINARY && a->op == OP_DIV) || a->op == OP_SET_DIV;
    return divides || (n && deeper < DEEP && ast_find(fn_body(n->ast), writes_division, &deeper)) ? AST_FOUND
                                                                                                  : AST_GO_ON;
}

/* A function that has no value for some numbers. */
static enum ast_verdict takes_root(void *env, const struct ast *a)
{
    const struct ast *callee = a->kind == AST_CALL ? call_callee(a) : NULL;
    (void)env;
    return callee && callee->kind == AST_NAME &&
                   (strcmp(callee->name, "sqrt") == 0 || strcmp(callee->name, "log") == 0 ||
                    strcmp(callee->name, "factorial") == 0)
               ? AST_FOUND
               : AST_GO_ON;
}

/* A loss that is not a number stops the fit. Elsewhere an infinite number may be meant, unless a division is
 * written that has no value, and what is not a number is meant nowhere. */
void lint_finite(struct front *f, const struct stmt *s)
{
    struct infinite q = {.ex = f->program->ex};
    expr_visit(q.ex, s->value, find_infinite, &q);
    const struct ast *a = q.divides || q.any ? lint_tree_at(f, s->span) : NULL;
    int depth = 0;
    /* a mean over nothing is another matter */
    q.divides = (q.divides || q.is_infinite) && ast_find(a, writes_division, &depth);
    q.is_nan = q.is_nan && ast_find(a, takes_root, NULL);
    if (q.divides || q.is_nan || (s->kind == STMT_LOSS && q.any)) {
        bool by_library = ast_find(a, calls_normal_loss, NULL);
        diag_report(f->diag, DIAG_W0442, s->span,
                    q.divides ? "this divides by 0: it is infinite, or not a number"
                              : "a part of this is not a finite number, such as the logarithm of 0");
        diag_help(
            f->diag,
            s->kind == STMT_LOSS && by_library
                ? "the last argument of `normal_loss(y, m, sd)` is a standard deviation, which is above 0"
            : q.divides ? "divide by what is not 0; `/` never rounds, and `%%` is the remainder"
                        : "logarithms are of what is above 0, roots and factorials of what is not below 0");
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
