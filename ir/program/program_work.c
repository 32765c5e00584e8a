/* How much an experiment computes itself, which decides whether compiling it is worth while. */
#include <math.h>

#include "ir/program/program.h"

/* Every loop is assumed to contain all elements of the expression, which is an upper bound. */
struct size {
    double elements, turns;
};

static void add_node(void *env, expr_id id, const struct expr *e)
{
    struct size *s = env;
    (void)id;
    s->elements += (double)shape_size(e->shape);
    if (expr_is_loop(e->op)) {
        s->turns *= e->b;
    }
}

static double expr_work(const struct program *p, expr_id id)
{
    struct size s = {0, 1};
    if (id) {
        expr_visit(p->ex, id, add_node, &s);
    }
    return s.elements * s.turns;
}

static double run_work(const struct program *p, const struct run *r)
{
    double work = expr_work(p, r->from) + expr_work(p, r->after) + expr_work(p, r->duration) +
                  expr_work(p, r->every) + expr_work(p, r->file);
    for (size_t i = 0; i < r->bind.n; i++) {
        work += expr_work(p, r->bind.data[i].value);
    }
    for (size_t i = 0; i < r->course.n; i++) {
        work += expr_work(p, r->course.data[i].times);
    }
    return work;
}

static double block_work(const struct program *p, const struct block *b);

static double turns(const struct program *p, const struct stmt *s)
{
    int64_t from, to;
    if (!expr_const_int(p->ex, s->from, &from) || !expr_const_int(p->ex, s->to, &to)) {
        return INFINITY;
    }
    return from < to ? (double)to - (double)from : 0;
}

static double stmt_work(const struct program *p, const struct stmt *s)
{
    switch (s->kind) {
    case STMT_FOR: {
        double body = 1 + block_work(p, s->body), n = turns(p, s);
        return n == 0 ? 1 : n * body;
    }
    case STMT_WHILE:
    case STMT_LEARN:
    case STMT_MINIMIZE: return INFINITY;
    default: break;
    }
    double work = 1 + expr_work(p, s->value) + expr_work(p, s->text);
    for (size_t i = 0; i < s->index.n; i++) {
        work += expr_work(p, s->index.data[i]);
    }
    for (size_t i = 0; i < s->drawn.n; i++) {
        const struct drawn *d = &s->drawn.data[i];
        work += expr_work(p, d->text) + expr_work(p, d->value) + expr_work(p, d->x) + expr_work(p, d->y);
    }
    work += s->run ? run_work(p, s->run) : 0;
    work += s->bind ? expr_work(p, s->bind->value) : 0;
    return work + block_work(p, s->body) + block_work(p, s->orelse);
}

static double block_work(const struct program *p, const struct block *b)
{
    double work = 0;
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        work += stmt_work(p, b->stmt.data[i]);
    }
    return work;
}

double program_work(const struct program *p)
{
    for (size_t i = 0; i < p->net.n; i++) {
        if (p->net.data[i].has_gradient) {
            return INFINITY; /* the run is repeated backwards */
        }
    }
    return p->experiment ? block_work(p, p->body) : 0;
}
