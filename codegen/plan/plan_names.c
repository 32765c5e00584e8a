/* The named parts of a model: species, parameters, reactions, symbols and how to read them, and which
 * quantities experiments need from each run. */
#include "codegen/plan/plan_build.h"

#include <string.h>

static int32_t *place_of(struct plan_builder *b, expr_id e)
{
    while (b->place.n <= e) {
        vec_push(&b->place, 0);
    }
    return &b->place.data[e];
}

int32_t plan_expr(struct plan_builder *b, expr_id e)
{
    if (expr_get(b->net->ex, e)->type == TYPE_INT) {
        e = expr_to_real(b->net->ex, e);
    }
    if (!*place_of(b, e)) {
        vec_push(&b->expr, e);
        *place_of(b, e) = (int32_t)b->expr.n;
    }
    return *place_of(b, e) - 1;
}

struct crnl_elem plan_elem(struct plan_builder *b, expr_id e)
{
    const struct expr *x = expr_get(b->net->ex, e);
    if (x->op == EXPR_SPECIES) {
        return (struct crnl_elem){.kind = CRNL_ELEM_SPECIES, .a = x->a};
    }
    if (x->op == EXPR_PARAM) {
        return (struct crnl_elem){.kind = CRNL_ELEM_PARAM, .a = x->a};
    }
    if (x->op == EXPR_SUB) {
        const struct expr *p = expr_get(b->net->ex, x->args[0]), *n = expr_get(b->net->ex, x->args[1]);
        if (p->op == EXPR_SPECIES && n->op == EXPR_SPECIES) {
            return (struct crnl_elem){.kind = CRNL_ELEM_DUAL, .a = p->a, .b = n->a};
        }
    }
    return (struct crnl_elem){.kind = CRNL_ELEM_EXPR, .a = plan_expr(b, e)};
}

int32_t plan_line(const struct plan_builder *b, struct span span)
{
    int line = 0;
    if (b->sources && b->net->file && span.file) {
        const char *name = sources_name(b->sources, span.file);
        if (name && (name == b->net->file || strcmp(name, b->net->file) == 0)) {
            line = sources_line_number(b->sources, span);
        }
    }
    return line;
}

static void name_species(struct plan_builder *b)
{
    size_t n = b->net->species.n;
    const char **name = plan_array(b, n, const char *);
    uint8_t *kind = plan_array(b, n, uint8_t), *is_signed = plan_array(b, n, uint8_t);
    bool any_signed = false;
    for (size_t s = 0; s < n; s++) {
        const struct species *x = &b->net->species.data[s];
        name[s] = x->name;
        kind[s] = x->kind;
        is_signed[s] = x->flags & SPECIES_SIGNED      ? CRNL_SIGNED
                       : x->flags & SPECIES_UNBOUNDED ? CRNL_UNBOUNDED
                                                      : 0;
        any_signed |= is_signed[s];
    }
    struct crnl_model *m = &b->plan->model;
    m->n_species = (int32_t)n;
    m->n_hidden = (int32_t)(n - b->use->net->species.n);
    m->species_name = name;
    m->species_kind = kind;
    m->species_signed = any_signed ? is_signed : NULL;
    m->molecules = net_molecules(&b->net->units);
    m->units_of = b->use->lowering.is_model ? b->use->lowering.model + 1 : 0;
    m->threshold_of = b->use->lowering.threshold;
    m->is_copy = b->use->is_copy;
    m->params_of = b->use->lowering.is_own ? b->use->lowering.model + 1 : 0;
}

static void name_params(struct plan_builder *b)
{
    int32_t n = b->net->n_slots;
    const char **name = plan_array(b, n, const char *);
    for (int32_t i = 0; i < n; i++) {
        name[i] = net_slot_name(b->net, i);
    }
    b->plan->model.molecule_of = net_molecule_slot(b->net) + 1;
    b->plan->model.n_params = n;
    b->plan->model.param_name = name;
}

static void name_reactions(struct plan_builder *b)
{
    size_t n = b->net->reaction.n;
    const char **label = plan_array(b, n, const char *), **origin = plan_array(b, n, const char *);
    int32_t *line = plan_array(b, n, int32_t), *guard = plan_array(b, n, int32_t);
    bool labels = false, origins = false, guards = false;
    for (size_t j = 0; j < n; j++) {
        const struct reaction *r = &b->net->reaction.data[j];
        label[j] = r->label;
        origin[j] = r->origin;
        line[j] = plan_line(b, r->span);
        guard[j] = r->guard;
        labels = labels || r->label;
        origins = origins || r->origin;
        guards = guards || r->guard;
    }
    struct crnl_model *m = &b->plan->model;
    m->n_reactions = (int32_t)n;
    m->n_guards = (int32_t)b->net->guard.n;
    m->reaction_label = labels ? label : NULL;
    m->reaction_origin = origins ? origin : NULL;
    m->reaction_line = line;
    m->guard = guards ? guard : NULL;
}

/* Takes unit, documentation and flags from the declaration of the parameter that a symbol stands for. */
static void describe_param(const struct net *net, const struct symbol *s, struct crnl_symbol *to)
{
    const struct net_param *p = net_symbol_param(net, s);
    if (p) {
        to->unit = p->unit;
        to->doc = p->doc;
        /* scalars only: an array counts as one of the model */
        to->flags |= p->global >= 0 && p->shape.rank == 0 ? CRNL_SYMBOL_GLOBAL : 0;
    }
}

static void name_symbols(struct plan_builder *b)
{
    const struct net *net = b->net;
    struct crnl_elem *elem = plan_array(b, net->elem.n, struct crnl_elem);
    struct crnl_symbol *symbol = plan_array(b, net->symbol.n, struct crnl_symbol);
    for (size_t i = 0; i < net->elem.n; i++) {
        elem[i] = plan_elem(b, net->elem.data[i]);
    }
    for (size_t i = 0; i < net->symbol.n; i++) {
        const struct symbol *s = &net->symbol.data[i];
        struct crnl_symbol *to = &symbol[i];
        int32_t *dim = plan_array(b, SHAPE_MAX_RANK, int32_t);
        memcpy(dim, s->shape.dim, sizeof s->shape.dim);
        *to = (struct crnl_symbol){.name = s->name,
                                   .kind = CRNL_ELEM_EXPR,
                                   .flags = s->flags & (SYMBOL_IS_OUTPUT | SYMBOL_IS_INPUT),
                                   .rank = s->shape.rank,
                                   .dim = dim,
                                   .size = (int32_t)shape_size(s->shape),
                                   .first = (int32_t)s->first};
        describe_param(net, s, to);
        for (int32_t k = 0; k < to->size; k++) {
            int32_t kind = elem[to->first + k].kind;
            to->kind = k == 0 || kind == to->kind ? kind : CRNL_ELEM_EXPR;
            if (kind != to->kind) {
                break;
            }
        }
    }
    struct crnl_model *m = &b->plan->model;
    m->n_symbols = (int32_t)net->symbol.n;
    m->n_elems = (int32_t)net->elem.n;
    m->symbol = symbol;
    m->elem = elem;
}

void plan_names(struct plan_builder *b)
{
    b->plan->model.name = b->net->name;
    b->plan->model.file = b->net->file ? b->net->file : "";
    name_species(b);
    name_params(b);
    name_reactions(b);
    name_symbols(b);
}

static void want_stats(struct plan_builder *b, const struct crnl_elem *observed)
{
    size_t n = b->use->stat.n;
    struct crnl_stat_request *stat = plan_array(b, n, struct crnl_stat_request);
    for (size_t i = 0; i < n; i++) {
        const struct stat_request *s = &b->use->stat.data[i];
        struct crnl_elem *elem = plan_array(b, s->observed.n, struct crnl_elem);
        const char **name = plan_array(b, s->observed.n, const char *);
        for (size_t k = 0; k < s->observed.n; k++) {
            elem[k] = observed[s->observed.data[k]];
            name[k] = k < s->name.n ? s->name.data[k] : "";
        }
        stat[i] = (struct crnl_stat_request){
            (int32_t)s->kind,    (int32_t)s->observed.n,     elem,      name,
            (int32_t)s->of_rows, {s->bound[0], s->bound[1]}, s->course, s->n_times};
    }
    b->plan->model.n_stats = (int32_t)n;
    b->plan->model.stat = stat;
}

struct reads {
    VEC(int32_t) species;
};

static void add_read(void *env, expr_id id, const struct expr *e)
{
    struct reads *r = env;
    (void)id;
    if (e->op == EXPR_SPECIES || e->op == EXPR_TIME) {
        vec_push(&r->species, e->op == EXPR_SPECIES ? e->a : -1);
    }
}

void plan_reads(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    /* every expression, since a law of the CME is over the species that they read */
    bool all = (b->use->needs & CRNL_NEEDS_LAW) != 0;
    bool *watched = plan_array(b, m->n_exprs, bool), any = all;
    memset(watched, all, (size_t)m->n_exprs * sizeof *watched);
    for (int32_t i = 0; i < m->n_stats; i++) {
        const struct crnl_stat_request *q = &m->stat[i];
        for (int32_t e = 0; e < q->n_elems; e++) {
            if (q->elem[e].kind == CRNL_ELEM_EXPR) {
                watched[q->elem[e].a] = any = true;
            }
        }
    }
    if (!any) {
        return;
    }
    struct reads r = {0};
    int32_t *ptr = plan_array(b, m->n_exprs + 1, int32_t);
    for (int32_t i = 0; i < m->n_exprs; i++) {
        if (watched[i]) {
            expr_visit(b->net->ex, b->plan->expr[i], add_read, &r);
        }
        ptr[i + 1] = (int32_t)r.species.n;
    }
    int32_t *species = plan_array(b, r.species.n, int32_t);
    if (r.species.n) {
        memcpy(species, r.species.data, r.species.n * sizeof *species);
    }
    vec_free(&r.species);
    m->reads_ptr = ptr;
    m->reads_species = species;
}

static void want_traces(struct plan_builder *b, const struct crnl_elem *observed)
{
    size_t n = b->use->trace.n;
    struct crnl_elem *elem = plan_array(b, n, struct crnl_elem);
    const char **name = plan_array(b, n, const char *);
    for (size_t i = 0; i < n; i++) {
        elem[i] = observed[b->use->trace.data[i].observed];
        name[i] = b->use->trace.data[i].name;
    }
    b->plan->model.n_trace = (int32_t)n;
    b->plan->model.keeps_rows = b->use->reads_rows;
    b->plan->model.trace = elem;
    b->plan->model.trace_name = name;
}

static void want_assumes(struct plan_builder *b)
{
    size_t n = b->net->assume.n, at = 0;
    int32_t *assume = plan_array(b, n, int32_t), *line = plan_array(b, n, int32_t);
    const char **text = plan_array(b, n, const char *);
    for (int moves = 1; moves >= 0; moves--) {
        for (size_t i = 0; i < n; i++) {
            const struct assume *a = &b->net->assume.data[i];
            if (expr_reads_state(b->net->ex, a->cond) == moves) {
                text[at] = net_expr_text(b->net, a->cond, b->arena);
                line[at] = plan_line(b, a->span);
                assume[at++] = plan_expr(b, a->cond);
            }
        }
        b->plan->model.n_assumes_moving = moves ? (int32_t)at : b->plan->model.n_assumes_moving;
    }
    b->plan->model.assume_text = text;
    b->plan->model.n_assumes = (int32_t)n;
    b->plan->model.assume = assume;
    b->plan->model.assume_line = line;
}

void plan_wanted(struct plan_builder *b)
{
    size_t n = b->net->observed.n;
    struct crnl_elem *observed = plan_array(b, n, struct crnl_elem);
    int32_t *index = plan_array(b, n, int32_t), *gap = plan_array(b, n, int32_t);
    struct plan_sides *sides = plan_array(b, n, struct plan_sides);
    bool ode = b->use->needs & (CRNL_NEEDS_RHS | CRNL_NEEDS_JACOBIAN);
    for (size_t i = 0; i < n; i++) {
        expr_id e = b->net->observed.data[i];
        bool condition = expr_get(b->net->ex, e)->type == TYPE_BOOL;
        observed[i] = plan_elem(b, e);
        index[i] = observed[i].kind == CRNL_ELEM_EXPR ? observed[i].a : -1;
        gap[i] = ode && condition ? plan_expr(b, plan_gap(b->net->ex, e)) : -1;
        sides[i] = condition ? plan_sides(b, e) : (struct plan_sides){0};
    }
    b->plan->observed_gap = gap;
    b->plan->observed_sides = sides;
    b->plan->observed = observed;
    b->plan->observed_expr = index;
    b->plan->model.has_gradient = b->use->has_gradient;
    want_stats(b, observed);
    want_traces(b, observed);
    want_assumes(b);
}
