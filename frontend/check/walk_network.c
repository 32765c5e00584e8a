/* Bodies of networks: first the declarations, then the statements, in all branches and loops. */
#include <string.h>

#include "frontend/check/walk.h"
#include "frontend/network/network.h"
#include "frontend/text/reaction_lines.h"
#include "frontend/text/statement_form.h"

static const struct dim amount_dim = {.kind = DIM_KNOWN, .amount = 1},
                        time_dim = {.kind = DIM_KNOWN, .time = 1};

/* ---- names of a body ---- */

static void declare_dcl(struct walk *k, const struct ast *d, enum name_kind kind)
{
    (void)walk_declare(k, d->name, kind, d->span, typing_unknown());
}

static void bind_instance(struct walk *k, struct scope *scope, const struct ast *a, const char *text,
                          bool is_array)
{
    struct walk at = *k;
    at.w.scope = scope;
    text = is_array ? walk_array_text(k->f, text) : text;
    struct name *n = walk_declare(&at, text, NAME_INSTANCE, a->span, typing_unknown());
    n->ast = a;
    n->module = k->w.module;
    n->is_array = is_array;
}

/* An instance m in the body of a loop is m[turn] outside of the loop. */
static void declare_instance(struct walk *k, const struct ast *a, const struct ast *label)
{
    if (!label) {
        bind_instance(k, k->body, a, a->name, a->kind == AST_REPLICATE);
    } else if (label->kind == AST_INDEX) {
        bind_instance(k, k->body, a, index_base(label)->name, true);
    } else {
        bind_instance(k, k->w.scope, a, label->name, false);
        bind_instance(k, k->body, a, label->name, k->body != k->w.scope);
    }
}

static void declare_block(struct walk *k, const struct ast *block);

static void declare_statement(struct walk *k, const struct ast *a)
{
    bool list = ast_layout[a->kind] == AST_PARAM;
    for (uint32_t i = 0; list && i < a->n; i++) {
        const struct ast *d = declaration_dcl(a, i);
        if (a->kind == AST_ENTITY) {
            declare_dcl(k, d, a->op == OP_DUAL ? NAME_DUAL : NAME_SPECIES);
        } else if (a->kind == AST_PARAM || (a->kind == AST_OUTPUT && dcl_value(d))) {
            declare_dcl(k, d, NAME_VALUE);
        }
    }
    switch (a->kind) {
    case AST_CONST: declare_dcl(k, a, NAME_VALUE); break;
    case AST_INSTANCE: declare_instance(k, a, instance_label(a)); break;
    case AST_REPLICATE: declare_instance(k, a, NULL); break;
    case AST_PHASE: declare_block(k, phase_block(a)); break;
    case AST_IF:
        declare_block(k, if_block(a));
        if (if_else(a) && if_else(a)->kind == AST_IF) {
            declare_statement(k, if_else(a));
        } else if (if_else(a)) {
            declare_block(k, if_else(a));
        }
        break;
    default: break;
    }
}

/* A branch is part of the body around it, so its declarations are visible behind it. */
static void declare_block(struct walk *k, const struct ast *block)
{
    for (uint32_t i = 0; i < block->n; i++) {
        declare_statement(k, block_statement(block, i));
    }
}

/* Notes what a declaration says of its name. If two branches declare the name differently, only that is
 * known in which both agree. */
static void define(struct walk *k, const char *text, struct typing typing, struct dim dim)
{
    struct name *n = scope_find_here(k->w.scope, text);
    if (!n) {
        return;
    }
    struct meaning *m = meaning_of(k, n);
    bool other = n->dim.kind != dim.kind || n->dim.amount != dim.amount || n->dim.time != dim.time;
    m->typing = m->is_known ? typing_either(m->typing, typing) : typing;
    n->kind = typing.is_refused ? NAME_REFUSED : n->kind; /* it has been reported */
    n->dim = !m->is_known ? dim : other ? (struct dim){0} : n->dim;
    m->is_known = true;
}

/* ---- values ---- */

/* Walks over a value that must have this unit and fit something of this shape. */
static void walk_quantity(struct walk *k, const struct ast *value, struct typing shape, const char *of,
                          struct dim unit, const char *what, const char *because)
{
    struct typing t = walk_real(k, value);
    if (typing_fits(k->f, value->span, t, shape, of) && !t.is_refused) {
        (void)units_check(&k->w, value, unit, what, because);
    }
}

/* The walk of a value that has this purpose. */
static struct walk walk_for(const struct walk *k, enum purpose purpose)
{
    struct walk inner = *k;
    inner.w.purpose = purpose;
    return inner;
}

/* ---- declarations ---- */

static void walk_const(struct walk *k, const struct ast *a, const struct ast *value)
{
    struct typing t = walk_value(k, value);
    for (int i = 0; i < t.rank; i++) {
        t.dim[i] = (struct length){0}; /* the statements that are generated may depend on it */
    }
    define(k, a->name, t, units_of(&k->w, value));
}

static void walk_param(struct walk *k, const struct ast *d)
{
    struct typing shape = walk_dims(k, dcl_dims(d), SORT_REAL);
    struct dim dim = {0};
    if (dcl_value(d)) {
        struct walk inner = walk_for(k, FOR_DEFAULT);
        struct typing t = walk_real(&inner, dcl_value(d));
        dim = units_of(&k->w, dcl_value(d));
        dim.kind = dim.kind == DIM_NUMBER ? DIM_UNKNOWN : dim.kind;
        if (dcl_dims(d)) {
            (void)typing_fits(k->f, dcl_value(d)->span, t, shape, "this parameter");
        } else {
            shape = t;
            shape.sort = SORT_REAL;
        }
    }
    define(k, d->name, shape, dim);
}

static void walk_initial(struct walk *k, const struct ast *value, struct typing shape)
{
    struct walk inner = walk_for(k, FOR_INITIAL);
    walk_quantity(&inner, value, shape, "this species", amount_dim, "this amount", "an amount");
}

static void walk_entity(struct walk *k, const struct ast *d)
{
    struct typing shape = walk_dims(k, dcl_dims(d), SORT_REAL);
    define(k, d->name, shape, amount_dim);
    if (dcl_value(d)) {
        walk_initial(k, dcl_value(d), shape);
    }
}

static void walk_parameters(struct walk *k, const struct ast *params)
{
    for (uint32_t i = 0; i < params->n; i++) {
        const struct ast *p = list_item(params, i);
        bool amount = p->op == OP_SPECIES || p->op == OP_BULK || p->op == OP_DUAL;
        declare_dcl(k, p, !amount ? NAME_VALUE : p->op == OP_DUAL ? NAME_DUAL : NAME_SPECIES);
        if (amount) {
            walk_entity(k, p);
        } else if (p->op == OP_CONST) {
            struct typing any = typing_unknown();
            if (dcl_value(p)) {
                any.sort = walk_value(k, dcl_value(p)).sort;
            }
            define(k, p->name, any, dcl_value(p) ? units_of(&k->w, dcl_value(p)) : (struct dim){0});
        } else {
            walk_param(k, p);
            if (!dcl_dims(p)) {
                meaning_of(k, scope_find_here(k->w.scope, p->name))->typing.rank =
                    -1; /* the unit of the value that is given */
            }
        }
    }
}

/* ---- references ---- */

static struct walked_place reference(struct walk *k, const struct ast *a, enum name_place place)
{
    struct walked_place p = walk_place(k, a);
    if (p.name && !name_may(p.name, place) && p.name->kind != NAME_INSTANCE) {
        name_misplaced(&k->w, a->span, front_source_text(k->f, a->span), p.name->kind, place);
    }
    return p;
}

/* ---- reactions ---- */

enum { MOST_MOLECULES = 100 };

/* Reports `A -> B [0.5]`, where B is no array. */
static bool rate_in_brackets(struct walk *k, const struct ast *ref)
{
    const struct ast *base = ref->kind == AST_INDEX ? index_base(ref) : NULL;
    struct name *n = base && base->kind == AST_NAME ? value_find(&k->w, base->name) : NULL;
    bool behind =
        n && ref->n == 2 && meaning_of(k, n)->typing.rank == 0 && name_kind_may(n->kind, AT_REACTION);
    if (!behind ||
        front_source_text(k->f, (struct span){ref->span.file, base->span.hi, ref->span.hi})[0] == '[') {
        return false;
    }
    walk_bind_name(k, base, n);
    diag_report(k->f->diag, DIAG_E0106, ref->span, "the rate stands in braces right after the arrow");
    diag_help(k->f->diag, "write `->{%s} %s`", front_source_text(k->f, index_at(ref, 1)->span), base->name);
    return true;
}

/* Whether a term of a reaction somewhere below has the name. */
static bool reacts(const struct ast *a, const char *name)
{
    const struct ast *ref = a && a->kind == AST_TERM ? term_reference(a) : NULL;
    bool found = ref && ref->kind == AST_NAME && ref->name == name;
    for (uint32_t i = 0; a && i < a->n && !found; i++) {
        found = reacts(a->kid[i], name);
    }
    return found;
}

/* Whether the parameter of a network is written as a number and used as a species. */
static bool is_species_without_word(const struct ast *network, const struct ast *p)
{
    return p->op == OP_PARAM && !dcl_value(p) && reacts(network_block(network), p->name);
}

/* `network copy(X, Y, k = 1) { X ->{k} Y; }` gets one message for all of its species. */
static bool species_without_word(struct walk *k, const struct ast *ref, struct name *n)
{
    const struct ast *network = n && n->kind == NAME_VALUE ? k->network : NULL;
    const struct ast *params = network ? network_nparams(network) : NULL, *found = NULL;
    const char *list = "";
    for (uint32_t i = 0; params && i < params->n; i++) {
        const struct ast *p = list_item(params, i);
        bool is_one = is_species_without_word(network, p);
        found = is_one && p->name == n->text ? p : found;
        const char *text = front_source_text(k->f, p->span);
        text += is_one && strncmp(text, "param ", 6) == 0 ? 6 : 0;
        list = arena_printf(k->f->arena, "%s%s%s%s", list, i ? ", " : "", is_one ? "species " : "", text);
    }
    if (!found) {
        return false;
    }
    diag_report(k->f->diag, DIAG_E0404, ref->span, "'%s' is a number, not a species", n->text);
    diag_note(k->f->diag, found->span, "declared here");
    diag_help(k->f->diag, "write `network %s(%s)`", network->name, list);
    for (uint32_t i = 0; i < params->n; i++) {
        struct name *other = value_find(&k->w, list_item(params, i)->name);
        if (other && is_species_without_word(network, list_item(params, i))) {
            other->kind = NAME_REFUSED;
            ast_becomes_species(list_item(params, i));
        }
    }
    return true;
}

/* How many molecules are on the side; -1 if the number depends on a loop or a constant, or is a hundred or
 * more. */
static int walk_side(struct walk *k, const struct ast *side)
{
    int64_t order = 0;
    bool known = true;
    for (uint32_t i = 0; side && i < side->n; i++) {
        const struct ast *t = side_term(side, i);
        known &= t->kind == AST_TERM && !term_count(t);
        if (t->kind == AST_SIDE_SUM) {
            struct walk inner = walk_inside(k);
            walk_binders(&inner, side_sum_binders(t));
            (void)walk_side(&inner, side_sum_side(t));
            continue;
        }
        if (term_count(t)) {
            (void)walk_real_scalar(k, term_count(t));
        }
        const struct ast *ref = term_reference(t);
        if (rate_in_brackets(k, ref)) {
            continue;
        }
        struct walked_place p = walk_place(k, ref);
        if (species_without_word(k, ref, p.name)) {
            continue;
        }
        if (p.name && network_term_fits(&k->w, ref->span, p.kind) && p.typing.rank > 0) {
            network_no_term(&k->w, ref->span, p.typing);
        }
        order = t->v.integer < MOST_MOLECULES - order ? order + t->v.integer : MOST_MOLECULES;
    }
    return known && order < MOST_MOLECULES ? (int)order : -1;
}

/* Whether the name is declared that a statement reads although the name does not stand in it. */
static bool implied(struct walk *k, const struct ast *a, const char *text)
{
    struct name *n = value_find(&k->w, intern_text(k->f->names, text));
    if (n) {
        walk_bind_name(k, a, n);
    }
    return n != NULL;
}

/* Walks over `delay = 5` or `delay = uniform(1, 2)`. */
static void walk_lateness(struct walk *k, const struct ast *a)
{
    struct walk inner = walk_for(k, FOR_DELAY);
    if (a && network_is_drawn(a)) {
        for (uint32_t i = 1; i < a->n; i++) {
            (void)walk_real_scalar(&inner, arg_value(call_arg(a, i)));
        }
    } else if (a && a->kind == AST_ARRAY && a->n == 2) {
        diag_report(k->f->diag, DIAG_E0302, a->span, "a delay that is drawn each time is `uniform`");
        diag_help(k->f->diag, "write `delay = uniform(%s, %s)`",
                  front_source_text(k->f, ast_child(a, 0)->span),
                  front_source_text(k->f, ast_child(a, 1)->span));
    } else if (a) {
        (void)walk_real_scalar(&inner, a);
    }
}

static void walk_reaction(struct walk *k, const struct ast *a)
{
    int order[2] = {walk_side(k, reaction_left(a)), walk_side(k, reaction_right(a))};
    const struct ast *rates = reaction_rates(a);
    struct walk block = walk_inside(k),
                inner = walk_for(&block, a->op == OP_LAW ? FOR_RATE_LAW : FOR_RATE_CONSTANT);
    bool refused = false;
    for (uint32_t i = 0; rates && i < rates->n; i++) {
        refused |= walk_real_scalar(&inner, list_item(rates, i)).is_refused;
    }
    walk_lateness(k, reaction_delay(a));
    if ((a->flags & AST_IS_FAST) && !implied(k, a, "k_fast")) {
        diag_report(k->f->diag, DIAG_E0201, a->span,
                    "`fast` multiplies a rate by the parameter 'k_fast', which is not declared");
        diag_help(k->f->diag, "declare it: param k_fast = 1000;");
        ast_bind(a, k->f->refused);
    }
    if (reaction_via(a)) {
        int via = walk_side(k, reaction_via(a));
        for (int i = 0; i < 2; i++) {
            bool known = order[i] >= 0 && via >= 0 && order[i] + via < MOST_MOLECULES;
            order[i] = known ? order[i] + via : -1;
        }
    }
    bool known = a->op == OP_LAW || (order[0] >= 0 && (order[1] >= 0 || a->op == OP_ARROW));
    if (!refused && known && (a->op != OP_BALANCED || order[0] == order[1])) {
        (void)network_rate_units(&k->w, a, rates, a->op == OP_LAW, order);
    }
}

/* ---- instances ---- */

/* Walks over the arguments of a network, which are names of species, or values. */
static void walk_arguments(struct walk *k, const struct ast *call, uint32_t from, const struct ast *network)
{
    const struct ast *params = network ? network_nparams(network) : NULL;
    for (uint32_t i = from; i < call->n; i++) {
        const struct ast *given = arg_value(ast_child(call, i)), *p = NULL;
        for (uint32_t n = 0; params && from == 1 && n < params->n && !p; n++) {
            p = network_given(call, list_item(params, n)->name, n) == given ? list_item(params, n) : NULL;
        }
        bool amount = p && (p->op == OP_SPECIES || p->op == OP_BULK || p->op == OP_DUAL);
        amount |= p && is_species_without_word(network, p); /* this is reported where the species reacts */
        bool is_path = given->kind == AST_NAME || given->kind == AST_FIELD || given->kind == AST_INDEX;
        if (is_path && (amount || !p)) {
            struct walked_place at = walk_place(k, given);
            (void)(p && p->op != OP_PARAM && at.name &&
                   network_takes(&k->w, p, given, at.name, at.kind, false));
        } else {
            struct walk inner = walk_for(k, FOR_PARAMETER);
            struct typing t = walk_value(&inner, given);
            (void)(p && p->op != OP_CONST && typing_real(k->f, given->span, t));
        }
    }
    for (uint32_t n = 0; params && from == 1 && n < params->n; n++) {
        const struct ast *p = list_item(params, n);
        if (p->op == OP_CONST && !dcl_value(p) && !network_given(call, p->name, n)) {
            network_no_constant(&k->w, p, call);
        }
    }
}

/* An argument that is given by name, `k = 2`, is a use of the parameter that the network declares. */
static void use_given(struct walk *k, struct name *network, const struct ast *call, uint32_t from)
{
    for (uint32_t i = from; i < call->n; i++) {
        const struct ast *arg = ast_child(call, i);
        bool is_known;
        struct name *n = network && arg->name ? walk_member(k, network, arg->name, &is_known) : NULL;
        if (n) {
            walk_use(k, n, arg->span);
        }
    }
}

/* The network whose text says what may be given; NULL: the call names others, or does not fit. */
static const struct ast *text_of(struct walk *k, const struct ast *call, struct name *network)
{
    bool has_text = network->kind == NAME_NETWORK && network->ast->kind == AST_NETWORK;
    bool fits = has_text && network_arguments_fit(&k->w, call, network_nparams(network->ast), network->text);
    return fits ? network->ast : NULL;
}

void walk_given(struct walk *k, const struct ast *call, struct name *network)
{
    bool inside = false; /* v.S = 4, an amount of an instance, which is found when the network is made */
    for (uint32_t i = 1; i < call->n; i++) {
        const struct ast *arg = instance_arg(call, i);
        inside |= arg->name && strchr(arg->name, '.');
    }
    if (call->n > 0) {
        walk_arguments(k, call, 1, inside ? NULL : text_of(k, call, network));
    }
    use_given(k, network, call, 1);
}

/* Reports a name and a network that have changed places: `replicate cell[10] of v(P)`, `cell: v(P)`. */
static bool is_swapped(struct walk *k, const struct ast *a, const char *name, const char *network)
{
    const struct name *n = name ? module_find(k->w.module, name) : NULL;
    if (!n || !name_may(n, AT_BODY) || n->ast == k->network || module_find(k->w.module, network)) {
        return false;
    }
    bool copies = a->kind == AST_REPLICATE;
    const struct ast *args = copies ? replicate_args(a) : a;
    uint32_t first = copies ? 0 : 1; /* of an instance, the label stands before the arguments */
    struct span at = front_place_of_word(k->f, a->span, name), of = {at.file, at.hi, a->span.hi};
    of = front_place_of_word(k->f, of, network);
    bool any = args->n > first;
    uint32_t end = any ? ast_child(args, args->n - 1)->span.hi : of.hi;
    diag_report(k->f->diag, DIAG_E0201, of, "'%s' is not declared", network);
    diag_help(k->f->diag, "the network stands behind %s: write `%s%s%s%s%s%s;`",
              copies ? "`of`" : "the colon",
              front_source_text(k->f, (struct span){at.file, a->span.lo, at.lo}), network,
              front_source_text(k->f, (struct span){at.file, at.hi, of.lo}), name,
              front_source_text(k->f, (struct span){at.file, of.hi, end}), any ? ")" : "()");
    return true;
}

static void walk_instance(struct walk *k, const struct ast *a)
{
    struct name *network = module_find(k->w.module, a->name);
    const struct ast *label = instance_label(a);
    for (uint32_t i = 1; label && label->kind == AST_INDEX && i < label->n; i++) {
        (void)walk_real_scalar(k, index_at(label, i));
    }
    bool swapped = label && is_swapped(k, a, label->name, a->name);
    bool fits = !swapped && name_fits(&k->w, a->span, a->name, network, AT_BODY);
    walk_arguments(k, a, 1, fits ? text_of(k, a, network) : NULL);
    if (network) {
        walk_use(k, network, a->span);
    }
    use_given(k, network, a, 1);
}

/* Whether copies of the network may have a species of that name. Of the names of a network that is made by a
 * construction, a pass or an import it is not known which are species. */
static bool may_have_species(struct walk *k, struct name *network, const char *text)
{
    bool is_known;
    struct name *n = network && text ? walk_member(k, network, text, &is_known) : NULL;
    return !network || !text || (n ? name_may(n, AT_AMOUNT) || walk_is_made(network) : !is_known);
}

static void walk_diffusion(struct walk *k, const struct ast *a, struct name *network)
{
    const struct ast *along = diffuse_along(a);
    for (uint32_t r = 0; r < diffuse_rates(a)->n; r++) {
        (void)walk_real_scalar(k, list_item(diffuse_rates(a), r));
    }
    if (along->kind != AST_NAME || value_find(&k->w, along->name)) {
        (void)walk_value(k, along); /* otherwise it is one of the words ring, line and all */
    }
    if (!may_have_species(k, network, a->name)) {
        network_not_diffusing(&k->w, a);
    }
}

static void walk_replicate(struct walk *k, const struct ast *a)
{
    struct name *network = module_find(k->w.module, replicate_network(a)->name);
    (void)walk_dims(k, replicate_dims(a), SORT_REAL);
    walk_arguments(k, replicate_args(a), 0, NULL);
    if (!is_swapped(k, a, a->name, replicate_network(a)->name) &&
        name_fits(&k->w, a->span, replicate_network(a)->name, network, AT_BODY)) {
        walk_use(k, network, replicate_network(a)->span);
    }
    use_given(k, network, replicate_args(a), 0);
    const struct ast *block = replicate_block(a);
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        if (s->kind == AST_DIFFUSE) {
            walk_diffusion(k, s, network);
        }
        for (uint32_t r = 0; s->kind == AST_SHARE && r < s->n; r++) {
            const struct ast *ref = share_reference(s, r);
            if (!may_have_species(k, network, ref->name)) {
                network_not_shared(&k->w, ref, replicate_network(a)->name);
            }
        }
    }
}

/* ---- statements ---- */

static void walk_block(struct walk *k, const struct ast *block);

static void walk_branches(struct walk *k, const struct ast *a)
{
    walk_condition(k, if_condition(a));
    walk_block(k, if_block(a));
    if (if_else(a) && if_else(a)->kind == AST_IF) {
        walk_branches(k, if_else(a));
    } else if (if_else(a)) {
        walk_block(k, if_else(a));
    }
}

/* `when 5 { ... }`: a time where a condition belongs. */
static void walk_event_condition(struct walk *k, const struct ast *a)
{
    const struct ast *when = event_when(a);
    const char *text = front_source_text(k->f, when->span);
    bool time = when->kind == AST_INT || when->kind == AST_REAL;
    const struct name *n = when->kind == AST_NAME ? value_find(&k->w, when->name) : NULL;
    time = time || (n && !name_kind_may(n->kind, AT_AMOUNT));
    if (!walk_condition(k, when) && time) {
        diag_help(k->f->diag, "at a time it is `at %s { ... }`, again and again `every %s { ... }`", text,
                  text);
    }
}

/* Reports `at 5 { y = 3; }` for an output y. */
static bool changes_output(struct walk *k, const struct ast *to)
{
    const struct ast *block =
        k->network && k->network->kind == AST_NETWORK ? network_block(k->network) : NULL;
    for (uint32_t i = 0; block && to->kind == AST_NAME && i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        for (uint32_t d = 0; s && s->kind == AST_OUTPUT && d < s->n; d++) {
            const struct ast *dcl = declaration_dcl(s, d);
            if (dcl->name == to->name && dcl_value(dcl)) {
                diag_report(k->f->diag, DIAG_E0404, to->span, "'%s' is an output, which follows from amounts",
                            to->name);
                diag_help(k->f->diag, "an event changes species: change what '%s' is computed from",
                          to->name);
                ast_bind(to, k->f->refused);
                return true;
            }
        }
    }
    return false;
}

static void walk_event(struct walk *k, const struct ast *a)
{
    enum purpose purpose = a->op == OP_AT ? FOR_EVENT_TIME : FOR_EVENT_PERIOD;
    const char *what = purpose_text(purpose);
    if (a->op == OP_WHEN) {
        walk_event_condition(k, a);
    } else if (network_event_has_time(k->f, a)) {
        struct walk inner = walk_for(k, purpose);
        size_t before = diag_error_count(k->f->diag);
        walk_quantity(&inner, event_when(a), typing_scalar(SORT_REAL), what, time_dim, "this number", what);
        if (event_when(a)->kind == AST_ARRAY && diag_error_count(k->f->diag) > before) {
            diag_help(k->f->diag,
                      "write one `at` for each time, or `every 5 { ... }` for one again and again");
        }
    }
    for (uint32_t i = 0; i < event_block(a)->n; i++) {
        const struct ast *set = block_statement(event_block(a), i);
        if (changes_output(k, assign_target(set))) {
            continue;
        }
        struct walked_place p = walk_place(k, assign_target(set));
        bool scales = set->op == OP_SET_MUL || set->op == OP_SET_DIV;
        struct dim unit = scales ? (struct dim){0} : amount_dim;
        walk_quantity(k, assign_value(set), p.typing, "this species", unit, "this amount", "an amount");
    }
}

/* Reports `k = 3;`, which gives a parameter its value in other languages, and the `I = 1;` of `species S =
 * 9; I = 1;`. */
static bool walk_no_declaration(struct walk *k, const struct ast *a)
{
    const struct ast *to = assign_target(a);
    if (to->kind != AST_NAME || value_find(&k->w, to->name) || network_meant_reaction(&k->w, a)) {
        return false;
    }
    if (strcmp(to->name, "volume") == 0) {
        walk_undeclared(k, to,
                        arena_printf(k->f->arena, "the volume of a network is written `%s`",
                                     units_volume_text(k->f, assign_value(a))));
        return true;
    }
    const char *statement = statement_form_of_word(to->name, PLACE_NETWORK);
    if (statement) {
        walk_undeclared(k, to,
                        arena_printf(k->f->arena, "`%s` begins a statement: `%s`", to->name, statement));
        return true;
    }
    walk_undeclared(
        k, to,
        arena_printf(k->f->arena,
                     "declare it: `param %s = ...;` for a number, `species %s = ...;` for an amount (with "
                     "others: `species A = 1, %s = ...;`)",
                     to->name, to->name, to->name));
    (void)walk_value(k, assign_value(a));
    return true;
}

static void walk_assignment(struct walk *k, const struct ast *a)
{
    if (network_meant_instance(&k->w, a) || walk_no_declaration(k, a)) {
        return;
    }
    struct walked_place p = walk_place(k, assign_target(a));
    if (!network_meant_reaction(&k->w, a)) {
        walk_initial(k, assign_value(a), p.typing);
    }
}

static void walk_equation(struct walk *k, const struct ast *a)
{
    struct dim change = {.kind = DIM_KNOWN, .amount = 1, .time = -1};
    struct walked_place p = walk_place(k, ode_left(a));
    if (p.name && !name_may(p.name, AT_AMOUNT) && p.name->kind != NAME_INSTANCE) {
        network_no_equation(&k->w, ode_left(a)->span, p.name->kind);
    }
    (void)(p.kind == NAME_DUAL && implied(k, a, "k_annihilate"));
    walk_quantity(k, ode_right(a), p.typing, "the left side", change, "this right side", "a change in time");
}

static void walk_assumption(struct walk *k, const struct ast *a)
{
    (void)typing_conditions(k->f, assume_condition(a)->span, walk_value(k, assume_condition(a)));
}

/* Whether all names of the list are declared; if so, they are bound to their declarations. */
static bool are_declared(struct walk *k, const struct ast *lines)
{
    bool all = true;
    for (uint32_t i = 0; i < lines->n; i++) {
        struct name *n = value_find(&k->w, reactions_name(lines, i)->name);
        ast_bind(reactions_name(lines, i), n);
        all = all && n;
    }
    return all;
}

/* Whether the name is a scalar, or an array that has these indices. */
static bool has_indices(struct typing t, const struct reaction_use *use)
{
    bool has = t.rank >= 0 && use->least == use->most && (uint32_t)t.rank == use->most && !t.is_refused;
    for (int i = 0; i < t.rank && has; i++) {
        has = !t.dim[i].is_known || t.dim[i].of || use->largest[i] < t.dim[i].plus;
    }
    return has;
}

/* Whether there is nothing to report in any statement of the list, judged only by the names that they use:
 * species as reactants and products, numbers as rates. */
static bool are_plain(struct walk *k, const struct ast *lines)
{
    bool plain = !k->w.units->given;
    for (uint32_t i = 0; i < lines->n && plain; i++) {
        const struct reaction_use *use = reaction_lines_use(lines, i);
        struct name *n = reactions_name(lines, i)->v.bound;
        struct typing t = meaning_of(k, n)->typing;
        bool is_number = n->kind == NAME_VALUE && t.rank <= 0 && typing_is_number(t) && !t.is_refused;
        plain = (!use->reacts || (n->kind == NAME_SPECIES && has_indices(t, use))) &&
                (!use->is_rate || is_number);
    }
    return plain;
}

static void walk_reactions(struct walk *k, const struct ast *lines)
{
    bool declared = are_declared(k, lines), plain = declared && are_plain(k, lines);
    for (uint32_t i = 0; i < lines->n && plain; i++) {
        walk_use(k, reactions_name(lines, i)->v.bound, reactions_name(lines, i)->span);
    }
    if (plain) {
        return;
    }
    struct arena *open = arena_create();
    for (uint32_t i = 0; i < reaction_lines_count(lines); i++) {
        struct ast *a = reaction_lines_open(lines, i, open);
        walk_reaction(k, a);
        if (!declared) {
            reaction_lines_keep(lines, a);
        }
        arena_reset(open);
    }
    arena_destroy(open);
}

static void walk_loop(struct walk *k, const struct ast *a)
{
    struct walk inner = walk_inside(k);
    walk_binders(&inner, for_binders(a));
    inner = walk_inside(&inner);
    declare_block(&inner, for_block(a));
    walk_block(&inner, for_block(a));
}

static void walk_statement(struct walk *k, const struct ast *a)
{
    switch (a->kind) {
    case AST_REACTION: walk_reaction(k, a); break;
    case AST_ENERGY:
        for (uint32_t i = 0; i < a->n; i++) {
            struct walked_place p = reference(k, assign_target(energy_assign(a, i)), AT_ENERGY);
            const struct ast *value = assign_value(energy_assign(a, i));
            struct walk inner = walk_for(k, FOR_ENERGY);
            (void)typing_fits(k->f, value->span, walk_real(&inner, value), p.typing, "this species");
        }
        break;
    case AST_INSTANCE: walk_instance(k, a); break;
    case AST_REPLICATE: walk_replicate(k, a); break;
    case AST_ASSIGN: walk_assignment(k, a); break;
    case AST_FOR: walk_loop(k, a); break;
    case AST_IF: walk_branches(k, a); break;
    case AST_ASSUME: walk_assumption(k, a); break;
    case AST_REACTIONS: walk_reactions(k, a); break;
    case AST_ODE: walk_equation(k, a); break;
    case AST_PHASE: walk_block(k, phase_block(a)); break;
    case AST_CLOCK:
        if (!network_clock_is_known(a)) {
            (void)front_later(k->f, a->span, arena_printf(k->f->arena, "the clock '%s'", a->name));
            diag_help(k->f->diag,
                      "a clock has a kind and phases with durations, as in `clock ideal(P = 10, Q = 5);`");
        }
        for (uint32_t i = 0; i < a->n; i++) {
            const char *what = purpose_text(FOR_PHASE_DURATION);
            struct walk inner = walk_for(k, FOR_PHASE_DURATION);
            const struct ast *value = arg_value(clock_arg(a, i));
            walk_quantity(&inner, value, typing_scalar(SORT_REAL), what, time_dim, "this number", what);
        }
        break;
    case AST_EVENT: walk_event(k, a); break;
    default: break;
    }
}

/* The names behind `input` and `output` belong to the body in which they stand. */
static void walk_interface(struct walk *k, const struct ast *a)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *d = declaration_dcl(a, i);
        if (a->kind == AST_OUTPUT && dcl_value(d)) {
            define(k, d->name, walk_real(k, dcl_value(d)), (struct dim){0});
        } else if (!scope_find_here(k->w.scope, d->name)) {
            if (!walk_is_of_instances(k, d->name, d->span)) {
                value_unknown(&k->w, d->span, d->name, NAME_AS_VALUE);
            }
        } else {
            (void)walk_find_text(k, d->name, d->span);
        }
    }
}

/* Walks over statements in the order in which they are elaborated: constants and parameters, species,
 * others, outputs. */
static void walk_block(struct walk *k, const struct ast *block)
{
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_CONST) {
            walk_const(k, a, const_value(a));
        }
        for (uint32_t d = 0; a->kind == AST_PARAM && d < a->n; d++) {
            walk_param(k, declaration_dcl(a, d));
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t d = 0; a->kind == AST_ENTITY && d < a->n; d++) {
            walk_entity(k, declaration_dcl(a, d));
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        walk_statement(k, block_statement(block, i));
    }
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_OUTPUT || a->kind == AST_INPUT) {
            walk_interface(k, a);
        }
    }
}

void walk_network(struct walk *k, struct name *n)
{
    struct walk body = *k;
    const struct ast *block = network_block(n->ast);
    body.w.scope = body.body = scope_create(k->f->arena, NULL);
    body.w.module = n->module;
    body.w.units = arena_alloc(k->f->arena, sizeof *body.w.units);
    body.in_network = true;
    body.network = n->ast;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_UNITS) {
            (void)units_declare(&body.w, a);
        } else if (a->kind == AST_VOLUME) {
            (void)units_volume(&body.w, a);
        }
    }
    walk_parameters(&body, network_nparams(n->ast));
    declare_block(&body, block);
    walk_block(&body, block);
}
