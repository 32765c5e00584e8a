/* The uses of networks by a program, as flags of their symbols: passes must not change what is flagged. */
#include "ir/program/program.h"

static void mark_bind(struct program *p, const struct bind *b)
{
    p->net.data[b->net].net->symbol.data[b->symbol].flags |= SYMBOL_IS_SET;
}

static void mark_run(struct program *p, const struct run *r)
{
    struct net_use *use = &p->net.data[r->net];
    use->on_gpu |= r->option[CRNL_OPTION_GPU] != 0;
    use->runs_many |= r->source.n > 0 || r->option[CRNL_OPTION_RUNS] || use->on_gpu;
}

static void mark_block(struct program *p, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *s = b->stmt.data[i];
        if (s->run) {
            mark_run(p, s->run);
        }
        for (size_t k = 0; s->run && k < s->run->bind.n; k++) {
            mark_bind(p, &s->run->bind.data[k]);
        }
        if (s->bind) {
            mark_bind(p, s->bind);
        }
        for (size_t k = 0; s->minimize && k < s->minimize->target.n; k++) {
            const struct minimize_target *t = &s->minimize->target.data[k];
            if (t->net >= 0) {
                p->net.data[t->net].net->symbol.data[t->symbol].flags |= SYMBOL_IS_SET;
            }
        }
        mark_block(p, s->body);
        mark_block(p, s->orelse);
    }
}

/* Whether the program keeps the time of the network along its runs. */
static bool traces_time(const struct net_use *use)
{
    bool found = false;
    for (size_t i = 0; i < use->trace.n; i++) {
        found = found || expr_uses(use->net->ex, use->net->observed.data[use->trace.data[i].observed],
                                   EXPR_TIME, -1);
    }
    return found;
}

void program_mark_uses(struct program *p)
{
    for (size_t i = 0; i < p->net.n; i++) {
        p->net.data[i].reads_time = traces_time(&p->net.data[i]);
    }
    for (size_t id = 1; id <= expr_count(p->ex); id++) {
        const struct expr *e = expr_get(p->ex, (expr_id)id);
        if (e->op == EXPR_GRADIENT && e->b >= 0) {
            p->net.data[e->a].net->symbol.data[e->b].flags |= SYMBOL_IS_READ | SYMBOL_IS_SET;
        }
        if (e->op == EXPR_NET_TIME) {
            p->net.data[e->a].reads_time = true;
        }
        bool binds = e->op == EXPR_LIMIT || e->op == EXPR_INFER;
        if (e->op == EXPR_NET_GET || binds) {
            p->net.data[e->a].net->symbol.data[e->b].flags |= SYMBOL_IS_READ;
        }
        /* the operands are pairs of a symbol and the value that it gets */
        for (uint32_t i = e->op == EXPR_INFER ? 2 : 0; binds && i < e->n_args; i += 2) {
            int64_t symbol;
            if (expr_const_int(p->ex, e->args[i], &symbol)) {
                p->net.data[e->a].net->symbol.data[symbol].flags |= SYMBOL_IS_SET;
            }
        }
    }
    mark_block(p, p->body);
}
