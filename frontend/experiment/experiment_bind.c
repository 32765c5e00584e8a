/* Finds what `with`, `clamp`, `hold`, `set` and `flush` change, and to which values. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/typing.h"

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

static bool follows_from(const struct net *net, const struct symbol *s, const struct symbol *of)
{
    for (int64_t i = 0; i < shape_size(s->shape); i++) {
        for (int64_t k = 0; k < shape_size(of->shape); k++) {
            const struct expr *leaf = expr_get(net->ex, net->elem.data[of->first + (uint32_t)k]);
            if (expr_uses(net->ex, net->elem.data[s->first + (uint32_t)i], leaf->op, (int32_t)leaf->a)) {
                return true;
            }
        }
    }
    return false;
}

/* Adds the help that names the parameters from which the value follows, because these can be set. */
static bool refuse_computed(struct where *w, const struct ast *a, const struct net *net,
                            const struct symbol *s)
{
    enum { MOST = 6 };
    const char *list = "";
    int n = 0;
    for (size_t i = 0; i < net->symbol.n && n <= MOST; i++) {
        const struct symbol *of = &net->symbol.data[i];
        if (of->kind != SYMBOL_DUAL && settable(net, of) && follows_from(net, s, of)) {
            list = arena_printf(w->f->arena, "%s%s%s", list, n ? ", " : "", n == MOST ? "..." : of->name);
            n++;
        }
    }
    diag_report(w->f->diag, DIAG_E0503, a->span, "'%s' is computed from other values and cannot be set",
                s->name);
    return n > 0 ? (diag_help(w->f->diag, "what it follows from can be set: %s", list), false) : false;
}

/* A range of indices, 2..5 or `..`, along an axis; its ends are known when compiling. */
static bool slice_of(struct where *w, const struct ast *range, int32_t size, int64_t *from, int64_t *to)
{
    *from = 0;
    *to = size;
    if ((range_from(range) && !value_const_int(w, range_from(range), from)) ||
        (range_to(range) && !value_const_int(w, range_to(range), to))) {
        return false;
    }
    return (*from >= 0 && *to <= size && *from <= *to) ||
           typing_range_outside(w->f, range->span, *from, *to, size);
}

/* Indices of the elements that are bound. An index is a range, or a number that may be known only when
 * running. Elements that follow one another in memory are one bind: those of a range at the last index,
 * and of all axes behind it. */
struct places {
    int32_t n;
    struct shape symbol; /* the symbol that has these elements */
    expr_id at[SHAPE_MAX_RANK];
    bool is_range[SHAPE_MAX_RANK];
    int64_t from[SHAPE_MAX_RANK], to[SHAPE_MAX_RANK];
};

static bool index_of(struct where *w, const struct ast *of, int32_t size, struct places *p)
{
    int32_t i = p->n++;
    int64_t known;
    p->is_range[i] = of->kind == AST_RANGE;
    if (p->is_range[i]) {
        return slice_of(w, of, size, &p->from[i], &p->to[i]);
    }
    if (!(p->at[i] = value_of(w, of))) {
        return false;
    }
    if (value_info(w, p->at[i]).type != TYPE_INT || value_info(w, p->at[i]).shape.rank) {
        return diag_report(w->f->diag, DIAG_E0303, of->span, "an index is an integer");
    }
    if (expr_const_int(w->ex, p->at[i], &known) && (known < 0 || known >= size)) {
        return typing_outside_in(w, of, known, size);
    }
    return true;
}

static bool places_of(struct where *w, const struct ast *index, struct bind *b, struct places *p)
{
    struct shape s = b->shape, shape = shape_scalar();
    for (uint32_t i = 1; i < index->n; i++) {
        if (s.rank == 0) {
            return typing_no_axis(w->f, index_at(index, i)->span, typing_shape(b->shape), NULL);
        }
        if (!index_of(w, index_at(index, i), s.dim[0], p)) {
            return false;
        }
        if (p->is_range[p->n - 1]) {
            shape.dim[shape.rank++] = (int32_t)(p->to[p->n - 1] - p->from[p->n - 1]);
        }
        s = shape_drop(s, 0);
    }
    for (int32_t i = 0; i < s.rank; i++) {
        shape.dim[shape.rank++] = s.dim[i];
    }
    b->shape = shape;
    b->count = (int32_t)shape_size(shape);
    return true;
}

/* Adds the bind of elements that follow one another; all of its indices are numbers, except perhaps the
 * last. */
static struct bind bind_of(struct where *w, const struct bind *b, const struct places *p, const expr_id *at,
                           expr_id value)
{
    struct bind one = *b;
    struct shape s = p->symbol;
    int64_t first = 0, known;
    bool all_known = true;
    for (int32_t i = 0; i < p->n; i++) {
        s = shape_drop(s, 0);
        one.index[i] = at[i];
        bool is_known = expr_const_int(w->ex, at[i], &known);
        first += is_known ? known * shape_size(s) : 0;
        all_known &= is_known;
    }
    bool range = p->n > 0 && p->is_range[p->n - 1];
    one.count = (int32_t)(shape_size(s) * (range ? p->to[p->n - 1] - p->from[p->n - 1] : 1));
    one.n_index = all_known ? 0 : p->n;
    one.first = all_known ? (int32_t)first : 0;
    one.value = value;
    return one;
}

/* Adds one bind for each combination of those ranges, from index k on, that are not the last index. */
static void add_binds(struct where *w, const struct bind *b, const struct places *p, int32_t k, expr_id *at,
                      expr_id value, struct bind_list *out)
{
    if (k == p->n) {
        vec_push(&out->bind, bind_of(w, b, p, at, value));
        return;
    }
    if (!p->is_range[k] || k == p->n - 1) {
        at[k] = p->is_range[k] ? expr_int(w->ex, p->from[k]) : p->at[k];
        add_binds(w, b, p, k + 1, at, value, out);
        return;
    }
    bool scalar = value_info(w, value).shape.rank == 0;
    for (int64_t i = p->from[k]; i < p->to[k]; i++) {
        at[k] = expr_int(w->ex, i);
        expr_id part = scalar ? value : expr_take(w->ex, value, 0, expr_int(w->ex, i - p->from[k]), b->line);
        add_binds(w, b, p, k + 1, at, part, out);
    }
}

/* Adds all binds of a value to a target. A random value is drawn once for all of them. */
static bool spread(struct where *w, struct span span, const struct bind *b, const struct places *p,
                   struct bind_list *out)
{
    expr_id at[SHAPE_MAX_RANK], value = b->value;
    bool several = false;
    for (int32_t i = 0; i + 1 < p->n; i++) {
        several |= p->is_range[i];
    }
    if (several && (value_info(w, value).holds & HOLDS_EFFECT)) {
        value = experiment_keep(w, span, value);
    }
    if ((b->count > 0 || p->n == 0) && value) {
        add_binds(w, b, p, 0, at, value, out);
    }
    return value || diag_report(w->f->diag, DIAG_E0303, span, "keep the drawn values first: let v = ...;");
}

/* Finds what `a` names: net.x[i], or, if the network is >= 0, x[i] with the network's own names. */
static bool target(struct where *w, const struct ast *a, int32_t net, struct bind *out, struct places *places)
{
    struct path p;
    *places = (struct places){0};
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
        a = base;
        found = PATH_FOUND; /* otherwise it is a name, or the rate of a label */
    }
    const struct name *whole = found == NOT_A_PATH && a->kind == AST_NAME ? value_named(w, a) : NULL;
    if (whole && whole->kind == NAME_REFUSED) {
        return false;
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
        return refuse_computed(w, a, n, sym);
    }
    *out = (struct bind){.net = p.net,
                         .symbol = s,
                         .count = (int32_t)shape_size(sym->shape),
                         .shape = sym->shape,
                         .line = front_line(w->f, a->span)};
    places->symbol = sym->shape;
    out->index_line = p.index ? front_indices_place(w->f, p.index, sym->shape.rank) : 0;
    return !p.index || places_of(w, p.index, out, places);
}

/* Numbers may have the units of the network whose names are bound. */
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
        if (b->shape.rank == 0 && value_info(w, value).shape.rank == 1) {
            diag_help(w->f->diag, "one run for each value is `run %s over q in %s with %s = q`",
                      experiment_use(w, b->net)->net->name, front_source_text(w->f, a->span), sym->name);
        }
        return false;
    }
    double v;
    if (sym->kind == SYMBOL_SPECIES && expr_const_real(w->ex, value, &v) && !(v >= 0 && isfinite(v))) {
        return front_no_amount(w->f, a->span, v);
    }
    if (sym->kind == SYMBOL_SPECIES || sym->kind == SYMBOL_DUAL) {
        experiment_warn_given_units(w, a, value, b->net);
    }
    b->value = expr_to_real(w->ex, value);
    return true;
}

static bool bound(struct where *w, const struct ast *to, const struct ast *value, expr_id v, int32_t net,
                  struct bind_list *out)
{
    struct bind b;
    struct places places;
    if (!target(w, to, net, &b, &places)) {
        return false;
    }
    struct where inner = in_units_of(w, &b);
    v = v ? v : value_real(&inner, value);
    return v && fits_unit(&inner, value, &b) && bind_value(w, value, &b, v) &&
           spread(w, value->span, &b, &places, out);
}

bool experiment_target(struct where *w, const struct ast *a, struct bind *out)
{
    struct places places;
    struct bind_list list = {{0}};
    if (!target(w, a, -1, out, &places)) {
        return false;
    }
    struct shape shape = out->shape;
    out->value = expr_real(w->ex, 0);
    add_binds(w, out, &places, 0, (expr_id[SHAPE_MAX_RANK]){0}, out->value, &list);
    bool good = list.bind.n == 1 && list.bind.data[0].n_index == 0 && out->count > 0;
    if (good) {
        *out = list.bind.data[0];
        out->shape = shape;
    } else {
        diag_report(w->f->diag, DIAG_E0525, a->span,
                    "these elements are not one after the other, or not known when "
                    "compiling");
        diag_help(w->f->diag, "name several of them: net.x[0], net.x[2..5]");
    }
    vec_free(&list.bind);
    return good;
}

expr_id experiment_target_value(struct where *w, const struct ast *value, const struct bind *b)
{
    struct where inner = in_units_of(w, b);
    struct bind given = *b;
    expr_id v = value_real(&inner, value);
    return v && fits_unit(&inner, value, b) && bind_value(w, value, &given, v) ? given.value : 0;
}

/* Makes the bind of the same elements of the symbol NAME.on or NAME.off. */
static const struct ast *of_part(struct where *w, const struct ast *to, const char *part)
{
    const struct ast *base = to->kind == AST_INDEX ? index_base(to) : to;
    struct ast *field = arena_alloc(w->f->arena, sizeof *field),
               *index = arena_alloc(w->f->arena, sizeof *index);
    *field = (struct ast){.kind = AST_FIELD, .name = part, .span = base->span, .n = 1};
    field->kid = arena_alloc(w->f->arena, sizeof *field->kid);
    field->kid[0] = (struct ast *)(uintptr_t)base;
    if (to->kind != AST_INDEX) {
        return field;
    }
    *index = *to;
    index->kid = arena_alloc(w->f->arena, to->n * sizeof *index->kid);
    for (uint32_t i = 0; i < to->n; i++) {
        index->kid[i] = i ? to->kid[i] : field;
    }
    return index;
}

bool experiment_bound(struct where *w, const struct ast *to, const struct ast *value, int32_t net,
                      struct bind_list *out)
{
    if (!experiment_unit_group(w, to, net)) {
        return bound(w, to, value, 0, net, out);
    }
    /* A unit is either on or off, so both of its species follow its value, which is drawn only once. */
    expr_id v = value_real(w, value);
    if (v && (value_info(w, v).holds & HOLDS_EFFECT)) {
        v = experiment_keep(w, value->span, v);
    }
    expr_id off = v ? value_binary(w, value, EXPR_SUB, expr_real(w->ex, 1), v) : 0;
    return off && bound(w, of_part(w, to, "on"), value, v, net, out) &&
           bound(w, of_part(w, to, "off"), value, off, net, out);
}

/* Holds for each species the clause that gives it an amount. */
struct given {
    struct where *w;
    const struct ast **by, *now;
    bool fails;
};

static void give(void *env, expr_id id, const struct expr *e)
{
    struct given *g = env;
    const struct ast *other = e->op == EXPR_SPECIES ? g->by[e->a] : NULL;
    (void)id;
    if (e->op != EXPR_SPECIES) {
        return;
    }
    if (other && other != g->now && !g->fails && (g->now->op != OP_BIND || other->op != OP_BIND)) {
        diag_report(g->w->f->diag, DIAG_E0509, g->now->span, "'%s' is fixed, and given another value",
                    front_source_text(g->w->f, assign_target(g->now)->span));
        diag_note(g->w->f->diag, other->span, "the other one");
        g->fails = true;
    }
    g->by[e->a] = g->now;
}

/* Reports two clauses that give values to one amount. If an index is known only when running, the runtime
 * checks this. */
static bool gives_once(struct given *g, const struct ast *clause, const struct bind *b)
{
    const struct net *n = experiment_use(g->w, b->net)->net;
    const struct symbol *s = &n->symbol.data[b->symbol];
    g->now = clause;
    for (int32_t i = 0; b->n_index == 0 && i < b->count; i++) {
        expr_visit(n->ex, n->elem.data[s->first + (uint32_t)(b->first + i)], give, g);
    }
    return !g->fails;
}

/* An array may be given, and then one of its elements; the same target twice is a slip. */
static bool is_new(struct where *w, const struct run *r, const struct ast *clause, const struct bind *b)
{
    for (size_t i = 0; i < r->bind.n && b->n_index == 0 && b->count > 0; i++) {
        const struct bind *other = &r->bind.data[i];
        if (other->kind == b->kind && other->n_index == 0 && other->symbol == b->symbol &&
            other->first == b->first && other->count == b->count) {
            return front_given_twice(w->f, DIAG_E0306, clause->span,
                                     front_source_text(w->f, assign_target(clause)->span));
        }
    }
    return true;
}

/* `clamp` and `hold` belong to one amount, but a value that follows looks as if they belonged to it, too. */
static void warn_not_fixed(struct where *w, const struct ast *fixed, const struct ast *b)
{
    const char *word = fixed->op == OP_CLAMP ? "clamp" : "hold";
    diag_report(w->f->diag, DIAG_W0414, b->span,
                "`%s` is of '%s' alone: '%s' begins with this amount, and changes", word,
                front_source_text(w->f, assign_target(fixed)->span),
                front_source_text(w->f, assign_target(b)->span));
    diag_help(w->f->diag, "write `%s %s`; or, where it is to change, write it before `%s`", word,
              front_source_text(w->f, b->span), word);
}

/* Products that are on their way would change an amount although it is held, because no reaction of the
 * run brings them. */
static bool may_be_held(struct where *w, const struct ast *b, int32_t net)
{
    const struct net *n = experiment_use(w, net)->net;
    reaction_id late = b->op == OP_BIND ? -1 : net_first_late(n);
    if (late < 0) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0507, b->span,
                "'%s' has products that come later: nothing of it can be held or clamped", n->name);
    diag_note(w->f->diag, n->reaction.data[late].span, "this reaction");
    return diag_help(w->f->diag, "declare what is held `const species`"), false;
}

bool experiment_add_binds(struct where *w, const struct ast *a, struct run *r)
{
    struct bind_list list = {{0}};
    struct given given = {.w = w};
    bool good = true;
    given.by = arena_alloc(w->f->arena, (experiment_use(w, r->net)->net->species.n + 1) * sizeof *given.by);
    for (uint32_t i = 1; i < a->n && good; i++) {
        const struct ast *with = run_clause(a, i), *fixed = NULL;
        for (uint32_t k = 0; with->op == OP_WITH && k < with->n && good; k++) {
            const struct ast *b = clause_bind(with, k);
            fixed = b->op == OP_BIND || with->flags & AST_OF_LEARN ? fixed : b;
            list.bind.n = 0;
            good = may_be_held(w, b, r->net) &&
                   experiment_bound(w, assign_target(b), assign_value(b), r->net, &list);
            for (size_t j = 0; j < list.bind.n && good; j++) {
                struct bind *bind = &list.bind.data[j];
                bind->kind = b->op == OP_CLAMP ? BIND_CLAMP : b->op == OP_HOLD ? BIND_HOLD : BIND_WITH;
                enum symbol_kind kind = experiment_use(w, r->net)->net->symbol.data[bind->symbol].kind;
                if (bind->kind != BIND_WITH && kind == SYMBOL_PARAM) {
                    good = diag_report(w->f->diag, DIAG_E0404, b->span,
                                       "'%s' is a parameter, which nothing changes: give it by `with` alone",
                                       front_source_text(w->f, assign_target(b)->span));
                }
                good = good && gives_once(&given, b, bind) && is_new(w, r, b, bind);
                if (good && fixed && bind->kind == BIND_WITH && kind != SYMBOL_PARAM) {
                    warn_not_fixed(w, fixed, b);
                }
                vec_push(&r->bind, *bind);
            }
        }
    }
    vec_free(&list.bind);
    return good && experiment_bind_edges(w, a, r);
}

/* The new value of `set net.x += v`, computed from the old one. */
static bool update(struct where *w, const struct ast *a, struct bind_list *out)
{
    struct bind b;
    struct places places;
    bool scales = a->op == OP_SET_MUL || a->op == OP_SET_DIV;
    if (!target(w, assign_target(a), -1, &b, &places)) {
        return false;
    }
    struct where inner = in_units_of(w, &b);
    expr_id v = value_real(&inner, assign_value(a));
    if (!v || (!scales && !fits_unit(&inner, assign_value(a), &b))) {
        return false;
    }
    expr_id old = value_of(w, assign_target(a));
    v = old ? value_binary(w, a, experiment_update_op(a->op), old, v) : 0;
    if (v && places.n > 1) {
        v = experiment_keep(w, a->span, v); /* all elements are computed from the old values */
    }
    return v && bind_value(w, assign_value(a), &b, v) && spread(w, a->span, &b, &places, out);
}

static void add_sets(struct where *w, struct span span, const struct bind_list *list, struct block *out)
{
    for (size_t i = 0; i < list->bind.n; i++) {
        struct bind *b = arena_alloc(w->f->program->arena, sizeof *b);
        *b = list->bind.data[i];
        experiment_add(w, out, STMT_SET, span)->bind = b;
    }
}

bool experiment_add_set(struct where *w, const struct ast *a, struct block *out)
{
    struct bind_list list = {{0}};
    bool good = a->op == OP_SET ? experiment_bound(w, assign_target(a), assign_value(a), -1, &list)
                                : update(w, a, &list);
    if (good) {
        add_sets(w, a->span, &list, out);
    }
    vec_free(&list.bind);
    return good;
}

static bool may_be_flushed(struct where *w, const struct ast *of, const struct bind *b)
{
    const struct symbol *s = &experiment_use(w, b->net)->net->symbol.data[b->symbol];
    if (s->kind != SYMBOL_PARAM) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0404, of->span, "`flush` sets amounts to 0, and '%s' is a parameter",
                s->name);
    return diag_help(w->f->diag, "write `set %s = 0` if that is meant", front_source_text(w->f, of->span)),
           false;
}

/* Reports `flush NET;`, with its species. */
static bool flushes_network(struct where *w, const struct ast *of)
{
    struct name *n = of->kind == AST_NAME ? value_named(w, of) : NULL;
    if (!n || n->kind != NAME_NETWORK) {
        return false;
    }
    int32_t at = network_use(w->f, n, of->span);
    if (at < 0) {
        return true;
    }
    const struct net *net = experiment_use(w, at)->net;
    const char *list = NULL;
    int many = 0;
    for (size_t i = 0; i < net->symbol.n && many < 5; i++) {
        const struct symbol *s = &net->symbol.data[i];
        bool is_own = (s->kind == SYMBOL_SPECIES || s->kind == SYMBOL_DUAL) && !strchr(s->name, '.');
        if (is_own && many++ < 4) {
            list =
                arena_printf(w->f->arena, "%s%s%s.%s", list ? list : "", list ? ", " : "", of->name, s->name);
        }
    }
    diag_report(w->f->diag, DIAG_E0204, of->span, "`flush` sets amounts to 0, and '%s' is a network",
                of->name);
    diag_help(w->f->diag, "name the amounts: `flush %s;`%s",
              list ? list : arena_printf(w->f->arena, "%s.A", of->name), many > 4 ? ", and so on" : "");
    return true;
}

bool experiment_add_flush(struct where *w, const struct ast *a, struct block *out)
{
    for (uint32_t i = 0; i < a->n; i++) {
        struct bind b;
        struct places places;
        struct bind_list list = {{0}};
        const struct ast *of = flush_reference(a, i);
        bool good = !flushes_network(w, of) && target(w, of, -1, &b, &places) && may_be_flushed(w, of, &b) &&
                    bind_value(w, of, &b, expr_real(w->ex, 0)) && spread(w, of->span, &b, &places, &list);
        if (good) {
            add_sets(w, of->span, &list, out);
        }
        vec_free(&list.bind);
        if (!good) {
            return false;
        }
    }
    return true;
}
