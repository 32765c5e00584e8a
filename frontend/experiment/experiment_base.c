/* The parts of which statements of experiments are made: variables, blocks, records. Expressions of the
 * text are not read here. */
#include <string.h>

#include "frontend/experiment/experiment.h"

struct stmt *experiment_add(struct where *w, struct block *out, enum stmt_kind kind, struct span span)
{
    struct stmt *s = arena_alloc(w->f->program->arena, sizeof *s);
    s->kind = kind;
    s->span = span;
    s->line = front_line(w->f, span);
    vec_push(&out->stmt, s);
    return s;
}

struct block *experiment_new_block(struct where *w)
{
    return arena_alloc(w->f->program->arena, sizeof(struct block));
}

int32_t experiment_statement(struct where *w)
{
    return w->f->program->n_statements++;
}

/* ---- variables ---- */

int32_t experiment_add_variable(struct where *w, const char *text, enum expr_type type, struct shape shape)
{
    struct program *p = w->f->program;
    struct variable v = {arena_strdup(p->arena, text), type, shape};
    vec_push(&p->variable, v);
    return (int32_t)p->variable.n - 1;
}

expr_id experiment_variable(struct where *w, struct name *n)
{
    const struct variable *v = &w->f->program->variable.data[n->index];
    return expr_leaf(w->ex, EXPR_VAR, v->type, v->shape, n->index, 0);
}

void experiment_assign(struct where *w, struct block *out, struct span span, int32_t var, expr_id value)
{
    struct stmt *s = experiment_add(w, out, STMT_ASSIGN, span);
    vec_push(&w->experiment->assigned, (struct assigned){var, value, out});
    s->var = var;
    s->value = value;
}

void experiment_branch(struct where *w, int by)
{
    if (w->experiment) {
        w->experiment->n_branches += by;
    }
}

/* Whether the divisor can be computed once more, before the statement, without other effects. */
static bool may_be_watched(struct where *w, expr_id divisor)
{
    const struct experiment *x = w->experiment;
    return where_is_executed(w) && x->watched && x->before && !x->tried && x->n_branches == 0 &&
           !expr_is_const(w->ex, divisor) &&
           !(value_info(w, divisor).holds & (HOLDS_BINDER | HOLDS_EFFECT)) &&
           !expr_uses(w->ex, divisor, EXPR_GRADIENT, -1) && !expr_uses(w->ex, divisor, EXPR_LIMIT, -1) &&
           !expr_uses(w->ex, divisor, EXPR_INFER, -1);
}

void experiment_watch_divisor(struct where *w, const struct ast *a, expr_id divisor)
{
    struct expr_pool *ex = w->ex;
    if (!may_be_watched(w, divisor)) {
        return;
    }
    const char *whole = front_source_text(w->f, a->span);
    const char *by = front_source_text(w->f, binary_right(a)->span);
    expr_id real = expr_to_real(ex, divisor);
    bool scalar = value_info(w, divisor).shape.rank == 0;
    if (!scalar) {
        real = expr_reduce(ex, EXPR_MIN_OF, expr_unary(ex, EXPR_ABS, real));
    }
    struct stmt *s = experiment_add(w, w->experiment->before, STMT_WARN, w->experiment->watched->span);
    s->value = expr_binary(ex, EXPR_EQ, real, expr_real(ex, 0));
    s->source = strchr(whole, '\n')
                    ? "a division here is by 0: its value is infinite, or NaN"
                    : arena_printf(w->f->program->arena,
                                   scalar ? "`%s` divides by 0: its value is infinite, or NaN\n"
                                            "  help: say what it is there: `(if %s == 0 then 0 else %s)`"
                                          : "`%s` divides by 0: some values are infinite, or NaN%.0s%.0s",
                                   whole, by, whole);
}

expr_id experiment_keep(struct where *w, struct span at, expr_id value)
{
    struct block *out = w->experiment ? w->experiment->before : NULL;
    if (!out || w->view) {
        return 0;
    }
    struct expr e = value_info(w, value);
    int32_t kept = experiment_add_variable(w, "", (enum expr_type)e.type, e.shape);
    experiment_assign(w, out, at, kept, value);
    return expr_leaf(w->ex, EXPR_VAR, (enum expr_type)e.type, e.shape, kept, 0);
}

/* The variable that says which elements of `var` are present; -1 if all are. */
static int32_t presence_of(const struct experiment *x, int32_t var)
{
    for (size_t i = 0; i < x->presence.n; i++) {
        if (x->presence.data[i].var == var) {
            return x->presence.data[i].of;
        }
    }
    return -1;
}

expr_id experiment_presence(struct where *w, int32_t var)
{
    int32_t of = presence_of(w->experiment, var);
    return of < 0 ? 0 : expr_leaf(w->ex, EXPR_VAR, TYPE_REAL, w->f->program->variable.data[of].shape, of, 0);
}

void experiment_keep_presence(struct where *w, struct block *out, struct span at, int32_t var,
                              expr_id present)
{
    struct shape shape = w->f->program->variable.data[var].shape;
    int32_t of = presence_of(w->experiment, var);
    if (of < 0 && !present) {
        return;
    }
    if (of < 0) {
        of = experiment_add_variable(w, "", TYPE_REAL, shape);
        vec_push(&w->experiment->presence, (struct presence){var, of});
    }
    experiment_assign(w, out, at, of, present ? present : expr_fill(w->ex, expr_real(w->ex, 1), shape));
}

enum expr_op experiment_update_op(int op)
{
    return op == OP_SET_ADD ? EXPR_ADD : op == OP_SET_SUB ? EXPR_SUB : op == OP_SET_MUL ? EXPR_MUL : EXPR_DIV;
}

/* ---- networks and records ---- */

struct net_use *experiment_use(struct where *w, int32_t net)
{
    return &w->f->program->net.data[net];
}

bool experiment_starts_path(const struct net *net, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < net->symbol.n; i++) {
        const char *s = net->symbol.data[i].name;
        if (strncmp(s, text, n) == 0 && (s[n] == '\0' || s[n] == '.' || s[n] == '[')) {
            return true;
        }
    }
    return false;
}

const char *experiment_label(struct where *w, const struct ast *a)
{
    return arena_strdup(w->f->program->arena, front_source_text(w->f, a->span));
}

const char *experiment_learnt_name(struct where *w, const char *model, const char *what)
{
    return intern_text(w->f->names, arena_printf(w->f->arena, "%s.%s", model, what));
}

struct name *experiment_learnt(struct where *w, const char *model, const char *what)
{
    struct name *n = w->experiment ? scope_find(w->scope, experiment_learnt_name(w, model, what)) : NULL;
    return n && n->kind == NAME_VARIABLE ? n : NULL;
}
