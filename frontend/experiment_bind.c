/* What `with`, `clamp`, `hold`, `set` and `flush` change, and to which values. */
#include <math.h>

#include "frontend/experiment.h"

static bool settable(const struct net *net, const struct symbol *s)
{
    if (s->kind == SYMBOL_OUTPUT) {
        return false;
    }
    int64_t n = shape_size(s->shape);
    for (int64_t i = 0; i < n && s->kind != SYMBOL_DUAL; i++) {
        uint8_t op = expr_get(net->ex, net->elem.data[s->first + (uint32_t)i])->op;
        if (op != EXPR_SPECIES && op != EXPR_PARAM) {
            return false;
        }
    }
    return true;
}

/* Leading indices: count elements from `first`, if all are known, else from where the indices lead when running. */
static bool target_elements(struct where *w, const struct ast *index, struct bind *b)
{
    struct shape s = b->shape;
    bool all_known = true;
    int64_t first = 0;
    for (uint32_t i = 1; i < index->n; i++) {
        if (s.rank == 0 || index_at(index, i)->kind == AST_RANGE) {
            return diag_report(w->f->diag, DIAG_E0503, index_at(index, i)->span,
                               "one entry, or one row, is set at a time");
        }
        expr_id at = value_of(w, index_at(index, i));
        if (!at) {
            return false;
        }
        if (value_info(w, at).type != TYPE_INT || value_info(w, at).shape.rank) {
            return diag_report(w->f->diag, DIAG_E0303, index_at(index, i)->span, "an index is an integer");
        }
        int64_t known = 0;
        bool is_known = expr_const_int(w->ex, at, &known);
        if (is_known && (known < 0 || known >= s.dim[0])) {
            return diag_report(w->f->diag, DIAG_E0305, index_at(index, i)->span,
                               "index %lld is outside of 0..%d", (long long)known, s.dim[0]);
        }
        s = shape_drop(s, 0);
        first += known * shape_size(s);
        all_known &= is_known;
        b->index[b->n_index++] = at;
    }
    b->shape = s;
    b->count = (int32_t)shape_size(s);
    if (all_known) {
        b->first = (int32_t)first;
        b->n_index = 0;
    }
    return true;
}

/* What `a` names: net.x[i], or x[i] with the own names of a network >= 0. */
static bool target(struct where *w, const struct ast *a, int32_t net, struct bind *out)
{
    struct path p;
    enum found found = experiment_find_path(w, a, net, &p);
    if (found == NOT_A_PATH && a->kind == AST_INDEX && index_base(a)->kind == AST_INDEX) {
        diag_report(w->f->diag, DIAG_E0503, a->span, "an entry has its indices together");
        diag_help(w->f->diag, "write x[i, j] instead of x[i][j]");
        return false;
    }
    if (found == NOT_A_PATH && net >= 0) {
        const struct ast *base = a;
        while (base->kind == AST_INDEX || base->kind == AST_FIELD) {
            base = ast_base(base);
        }
        p = (struct path){net, base->name ? base->name : "", NULL};
        return experiment_symbol(w, base, p.net, p.text) >= 0;
    }
    if (found == NOT_A_PATH) {
        diag_report(w->f->diag, DIAG_E0503, a->span, "`set` changes an amount or parameter of a network");
        diag_help(w->f->diag,
                  "write set NET.NAME = value; variables of the experiment are assigned without `set`");
        return false;
    }
    int32_t s = found == PATH_FOUND ? experiment_symbol(w, a, p.net, p.text) : -1;
    if (s < 0) {
        return false;
    }
    const struct net *n = experiment_use(w, p.net)->net;
    const struct symbol *sym = &n->symbol.data[s];
    if (!settable(n, sym)) {
        return diag_report(w->f->diag, DIAG_E0503, a->span,
                           "'%s' is computed from other values and cannot be set", sym->name);
    }
    *out = (struct bind){.net = p.net,
                         .symbol = s,
                         .count = (int32_t)shape_size(sym->shape),
                         .shape = sym->shape,
                         .line = front_line(w->f, a->span)};
    return !p.index || target_elements(w, p.index, out);
}

/* The network at hand is the one that is bound: numbers may stand in its units. */
static struct where in_units_of(struct where *w, const struct bind *b)
{
    struct where inner = *w;
    inner.units = &w->f->units.data[b->net];
    return inner;
}

static bool fits_unit(struct where *w, const struct ast *value, const struct bind *b)
{
    const struct net *net = experiment_use(w, b->net)->net;
    const struct symbol *sym = &net->symbol.data[b->symbol];
    if (sym->kind != SYMBOL_PARAM) {
        return units_check(w, value, (struct dim){.kind = DIM_KNOWN, .amount = 1}, "this amount",
                           "an amount");
    }
    const struct net_param *p = net_symbol_param(net, sym);
    return !p || !p->unit ||
           units_check_text(w, value, p->unit, "this value", arena_printf(w->f->arena, "'%s'", sym->name));
}

static bool bind_value(struct where *w, const struct ast *a, struct bind *b, expr_id value)
{
    const struct symbol *sym = &experiment_use(w, b->net)->net->symbol.data[b->symbol];
    if (!value_fits(w, a->span, value, b->shape, arena_printf(w->f->arena, "'%s'", sym->name))) {
        return false;
    }
    double v;
    if (sym->kind == SYMBOL_SPECIES && expr_const_real(w->ex, value, &v) && !(v >= 0 && isfinite(v))) {
        return diag_report(w->f->diag, DIAG_E0402, a->span,
                           "an amount is a finite number that is not negative, not %g", v);
    }
    b->value = expr_to_real(w->ex, value);
    return true;
}

bool experiment_bound(struct where *w, const struct ast *to, const struct ast *value, int32_t net,
                      struct bind *out)
{
    if (!target(w, to, net, out)) {
        return false;
    }
    struct where inner = in_units_of(w, out);
    expr_id v = value_real(&inner, value);
    return v && fits_unit(&inner, value, out) && bind_value(w, value, out, v);
}

bool experiment_add_binds(struct where *w, const struct ast *a, struct run *r)
{
    for (uint32_t i = 1; i < a->n; i++) {
        const struct ast *with = run_clause(a, i);
        for (uint32_t k = 0; with->op == OP_WITH && k < with->n; k++) {
            const struct ast *b = clause_bind(with, k);
            struct bind bind;
            if (!experiment_bound(w, assign_target(b), assign_value(b), r->net, &bind)) {
                return false;
            }
            bind.kind = b->op == OP_CLAMP ? BIND_CLAMP : b->op == OP_HOLD ? BIND_HOLD : BIND_WITH;
            enum symbol_kind kind = experiment_use(w, r->net)->net->symbol.data[bind.symbol].kind;
            if (bind.kind != BIND_WITH && kind == SYMBOL_PARAM) {
                return diag_report(w->f->diag, DIAG_E0404, b->span,
                                   "'%s' is a parameter, which nothing changes: "
                                   "give it by `with` alone",
                                   front_source_text(w->f, assign_target(b)->span));
            }
            vec_push(&r->bind, bind);
        }
    }
    return true;
}

/* set net.x += v: the new value, from the old one. */
static bool update(struct where *w, const struct ast *a, struct bind *b)
{
    bool scales = a->op == OP_SET_MUL || a->op == OP_SET_DIV;
    if (!target(w, assign_target(a), -1, b)) {
        return false;
    }
    struct where inner = in_units_of(w, b);
    expr_id v = value_real(&inner, assign_value(a));
    if (!v || (!scales && !fits_unit(&inner, assign_value(a), b))) {
        return false;
    }
    expr_id old = value_of(w, assign_target(a));
    v = old ? value_binary(w, a, experiment_update_op(a->op), old, v) : 0;
    return v && bind_value(w, assign_value(a), b, v);
}

bool experiment_add_set(struct where *w, const struct ast *a, struct block *out)
{
    struct bind *b = arena_alloc(w->f->program->arena, sizeof *b);
    if (!(a->op == OP_SET ? experiment_bound(w, assign_target(a), assign_value(a), -1, b)
                          : update(w, a, b))) {
        return false;
    }
    experiment_add(w, out, STMT_SET, a->span)->bind = b;
    return true;
}

bool experiment_add_flush(struct where *w, const struct ast *a, struct block *out)
{
    for (uint32_t i = 0; i < a->n; i++) {
        struct bind *b = arena_alloc(w->f->program->arena, sizeof *b);
        if (!target(w, flush_reference(a, i), -1, b) ||
            !bind_value(w, flush_reference(a, i), b, expr_real(w->ex, 0))) {
            return false;
        }
        experiment_add(w, out, STMT_SET, flush_reference(a, i)->span)->bind = b;
    }
    return true;
}
