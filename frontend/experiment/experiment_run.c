/* `run` and `continue`: their clauses, each by the file for its subject. */
#include <string.h>

#include "frontend/experiment/experiment_run.h"
#include "frontend/neural/neural.h"
#include "frontend/typing.h"

/* The parser has made sure that no clause comes twice. */
static struct run_clauses collect(const struct ast *a)
{
    struct run_clauses c = {{0}};
    for (uint32_t i = 1; i < a->n; i++) {
        c.of[run_clause(a, i)->op] = run_clause(a, i);
    }
    return c;
}

/* A device such as /dev/stdout has no extension, so it gets the first format. */
static bool is_device(const char *name)
{
    return strncmp(name, "/dev/", 5) == 0;
}

static bool is_rows(const char *end)
{
    return is_device(end) || crnl_sink_of(end, strlen(end)) < CRNL_SINK_COUNT;
}

/* Rows are written to a file in the format that its extension says. */
static bool file(struct where *w, const struct ast *a, struct run *r)
{
    const char *ends = "";
    for (int i = 0; i < CRNL_SINK_COUNT; i++) {
        const char *joint = i == 0 ? "" : i + 1 < CRNL_SINK_COUNT ? ", " : " or ";
        ends = arena_printf(w->f->arena, "%s%s.%s", ends, joint, crnl_sink_info[i].extension);
    }
    if (!(r->file = experiment_file_name(w, a, is_rows, true, "trajectories", ends))) {
        return false;
    }
    const struct expr *e = expr_get(w->ex, r->file);
    e = e->op == EXPR_JOIN ? expr_get(w->ex, e->args[e->n_args - 1]) : e;
    r->sink = is_device(e->v.text) ? 0 : crnl_sink_of(e->v.text, strlen(e->v.text));
    return true;
}

bool experiment_add_run(struct where *outer, const struct ast *a, struct stmt *s)
{
    struct where inner = *outer, *w = &inner;
    struct run *r = arena_alloc(w->f->program->arena, sizeof *r);
    s->run = r;
    r->until = -1;
    r->resume = a->kind == AST_CONTINUE;
    r->net = experiment_network(w, a);
    struct run_clauses c = collect(a);
    if (r->net < 0) {
        return false;
    }
    w->units = &w->f->units.data[r->net];
    r->statement = experiment_statement(w);
    const struct lowering *made = &experiment_use(w, r->net)->lowering;
    r->method = c.of[OP_TO_LIMIT] ? CRNL_METHOD_LIMIT : 0;
    if (made->is_model && !c.of[OP_TO_LIMIT]) {
        r->method = (enum crnl_method_kind)neural_method(&w->f->program->neural.data[made->model]);
    }
    const struct ast *by = c.of[OP_BY] ? clause_value(c.of[OP_BY]) : NULL;
    if (by && (!run_find_method(w, by, &r->method) || !run_find_options(w, by, r))) {
        return false;
    }
    if (!run_method_fits(w, by ? by->span : a->span, (int32_t)r->method, r->net)) {
        return false;
    }
    if (!experiment_add_binds(w, a, r) || !run_find_span(w, a, &c, r)) {
        return false;
    }
    struct net_use *use = experiment_use(w, r->net);
    if (!run_is_able(w, a, by, r)) {
        return false;
    }
    if (r->span == SPAN_LIMIT && !experiment_check_limit(w, a->span, use)) {
        return false;
    }
    if (c.of[OP_UNTIL]) {
        struct where o = experiment_view(w, r->net, true, r);
        expr_id until = value_condition(&o, clause_value(c.of[OP_UNTIL]));
        if (!until) {
            return false;
        }
        typing_warn_moment(&o, clause_value(c.of[OP_UNTIL])->span, until);
        r->until = net_add_observed(use->net, until);
    }
    if (run_file(a) && !file(w, run_file(a), r)) {
        return false;
    }
    run_warn_long_steps(w, &c, r);
    use->needs |= crnl_method_info[r->method].needs;
    return true;
}
