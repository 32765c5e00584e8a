/* W0405: `assert x == y` where x comes from a numerical solution, which is never exact. Statements are
 * followed in order: what a network's last run was, and which variables hold values of it. */
#include <string.h>

#include "frontend/check/lint.h"

enum last_run { RUN_NONE, RUN_EXACT, RUN_COUNTS, RUN_NUMERIC, RUN_UNCLEAR };

struct state {
    enum last_run *net;
    bool *variable; /* holds an approximate value */
};

struct finder {
    const struct program *p;
    struct state s;
    bool approximate; /* of the expression that is visited */
};

static enum last_run kind_of(const struct run *r)
{
    switch (crnl_method_info[r->method].result) {
    case CRNL_RESULT_EXACT: return RUN_EXACT;
    case CRNL_RESULT_COUNTS: return r->option[CRNL_OPTION_VOLUME] ? RUN_UNCLEAR : RUN_COUNTS;
    case CRNL_RESULT_NUMERIC: return RUN_NUMERIC;
    }
    return RUN_UNCLEAR;
}

/* Parameters are what they were set to; constant species stay what they are. */
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
        return f->s.net[e->a] == RUN_NUMERIC && moves(f->p->net.data[e->a].net, e->b);
    }
    if (e->op == EXPR_STAT) {
        enum stat_kind kind = f->p->net.data[e->a].stat.data[e->b].kind;
        bool mean = kind == STAT_TIME_MEAN || kind == STAT_TIME_VAR || kind == STAT_TIME_INTEGRAL ||
                    kind == STAT_RUN_MEAN || kind == STAT_RUN_VAR;
        if (kind == STAT_END) {
            return f->s.net[e->a] == RUN_NUMERIC;
        }
        return mean && (f->s.net[e->a] == RUN_NUMERIC || f->s.net[e->a] == RUN_COUNTS);
    }
    return e->op == EXPR_VAR && f->s.variable[e->a];
}

/* What is made whole or a decision on the way is exact again: `floor(x) == 3`, `(x > 0.5) == y`. */
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

static void visit(void *env, expr_id id, const struct expr *e)
{
    struct finder *f = env;
    (void)id;
    /* Two results against each other are mostly a test that a run can be repeated. */
    if (e->op == EXPR_EQ && is_approximate(f, e->args[0]) != is_approximate(f, e->args[1])) {
        f->approximate = true;
    }
}

static void check(struct front *front, struct finder *f, const struct stmt *s)
{
    f->approximate = false;
    expr_visit(f->p->ex, s->value, visit, f);
    if (f->approximate) {
        diag_report(front->diag, DIAG_W0405, s->span, "`==` with a result of a numerical method");
        diag_help(
            front->diag,
            "it is near the exact value, never sure to be equal: write `abs(x - y) < 1e-6`, or round it "
            "with `floor(x + 0.5)`");
    }
}

static void follow(struct front *front, struct finder *f, const struct block *b);

/* After a branch or a loop that may not have run, a network is what both ways agree on. */
static void branch(struct front *front, struct finder *f, const struct block *one, const struct block *other)
{
    size_t n = f->p->net.n;
    enum last_run *before = mem_zalloc(n + 1, sizeof *before), *after = mem_zalloc(n + 1, sizeof *after);
    memcpy(before, f->s.net, n * sizeof *before);
    follow(front, f, one);
    memcpy(after, f->s.net, n * sizeof *after);
    memcpy(f->s.net, before, n * sizeof *before);
    follow(front, f, other);
    for (size_t i = 0; i < n; i++) {
        f->s.net[i] = f->s.net[i] == after[i] ? after[i] : RUN_UNCLEAR;
    }
    free(before);
    free(after);
}

static void follow(struct front *front, struct finder *f, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *s = b->stmt.data[i];
        switch (s->kind) {
        case STMT_RUN: f->s.net[s->run->net] = kind_of(s->run); break;
        case STMT_ROWS: f->s.net[s->run->net] = kind_of(s->run); break;
        case STMT_ASSIGN: f->s.variable[s->var] = is_approximate(f, s->value); break;
        case STMT_ASSERT: check(front, f, s); break;
        case STMT_IF: branch(front, f, s->body, s->orelse); break;
        case STMT_FOR:
        case STMT_WHILE: branch(front, f, s->body, NULL); break;
        default: break;
        }
    }
}

void lint_experiment(struct front *front)
{
    const struct program *p = front->program;
    struct finder f = {.p = p};
    f.s.net = mem_zalloc(p->net.n + 1, sizeof *f.s.net);
    f.s.variable = mem_zalloc(p->variable.n + 1, sizeof *f.s.variable);
    follow(front, &f, p->body);
    free(f.s.net);
    free(f.s.variable);
}
