#include "ir/program/program.h"

#include <stdlib.h>

#include "support/mem.h"

struct program *program_create(void)
{
    struct program *p = mem_zalloc(1, sizeof *p);
    p->arena = arena_create();
    p->ex = expr_pool_create();
    p->body = arena_alloc(p->arena, sizeof *p->body);
    return p;
}

static void free_block(struct block *b);

static void free_stmt(struct stmt *s)
{
    free_block(s->body);
    free_block(s->orelse);
    if (s->run) {
        vec_free(&s->run->bind);
        vec_free(&s->run->capture);
        vec_free(&s->run->source);
        vec_free(&s->run->course);
    }
    if (s->learn) {
        vec_free(&s->learn->option);
        vec_free(&s->learn->field);
    }
    if (s->minimize) {
        vec_free(&s->minimize->target);
        vec_free(&s->minimize->option);
    }
    vec_free(&s->index);
    vec_free(&s->term);
    vec_free(&s->drawn);
}

/* Frees the vectors of a block. Statements and blocks themselves live in the arena. */
static void free_block(struct block *b)
{
    if (!b) {
        return;
    }
    for (size_t i = 0; i < b->stmt.n; i++) {
        free_stmt(b->stmt.data[i]);
    }
    vec_free(&b->stmt);
}

void program_reset(struct program *p)
{
    free_block(p->body);
    p->body = arena_alloc(p->arena, sizeof *p->body);
    for (size_t i = 0; i < p->net.n; i++) {
        struct net_use *u = &p->net.data[i];
        for (size_t k = 0; k < u->stat.n; k++) {
            vec_free(&u->stat.data[k].observed);
            vec_free(&u->stat.data[k].name);
        }
        vec_free(&u->stat);
        vec_free(&u->trace);
        u->net->observed.n = 0;
        u->needs = 0;
        u->n_courses = 0;
        u->has_gradient = false;
    }
    vec_free(&p->variable);
    vec_free(&p->record);
    p->n_statements = p->n_loops = 0;
    p->experiment = p->doc = NULL;
}

size_t program_count_networks(const struct program *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->net.n; i++) {
        n += !p->net.data[i].lowering.is_model;
    }
    return n;
}

struct net *program_network(const struct program *p, size_t i)
{
    size_t at = 0;
    while (p->net.data[at].lowering.is_model || i-- > 0) {
        at++;
    }
    return p->net.data[at].net;
}

void program_destroy(struct program *p)
{
    if (!p) {
        return;
    }
    program_reset(p);
    for (size_t i = 0; i < p->net.n; i++) {
        net_destroy(p->net.data[i].net);
    }
    vec_free(&p->net);
    vec_free(&p->global);
    vec_free(&p->data);
    vec_free(&p->neural);
    vec_free(&p->place);
    expr_pool_destroy(p->ex);
    arena_destroy(p->arena);
    free(p);
}

int64_t program_table_number(const struct program *p, int32_t data)
{
    int64_t n = (int64_t)p->global.n;
    for (size_t i = 0; i < p->neural.n; i++) {
        n += p->neural.data[i].n_values;
    }
    for (int32_t i = 0; i < data; i++) {
        n += crnl_data_numbers(&p->data.data[i]);
    }
    return n;
}

int64_t program_numbers(const struct program *p)
{
    return program_table_number(p, (int32_t)p->data.n);
}

bool program_tells_missed(const struct program *p, const struct run *r)
{
    return r->until >= 0 && r->span == SPAN_TIME && !r->file && !p->net.data[r->net].reads_time;
}

bool program_until_reads_time(const struct program *p, const struct run *r)
{
    const struct net *net = p->net.data[r->net].net;
    return r->until >= 0 && expr_uses(net->ex, net->observed.data[r->until], EXPR_TIME, -1);
}
