/* Reactions: sides, rates, catalysts, energies. */
#include <math.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"

/* Names of the empty side in other tools. */
static bool means_nothing(const char *name)
{
    static const char *const words[] = {"null", "nothing", "none", "empty", "nil", "void"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], name) == 0) {
            return true;
        }
    }
    return false;
}

bool network_term_fits(struct where *w, struct span at, enum name_kind kind)
{
    const char *text = kind == NAME_DUAL ? front_source_text(w->f, at) : NULL;
    if (text) {
        diag_report(w->f->diag, DIAG_E0404, at, "'%s' is a dual value: two species carry it", text);
        diag_help(w->f->diag,
                  "each rail has a reaction of its own, with %s.p and with %s.n: x ->{k} y is x.p ->{k} y.p; "
                  "x.n ->{k} y.n;",
                  text, text);
        return false;
    }
    if (name_kind_may(kind, AT_REACTION)) {
        return true;
    }
    text = front_source_text(w->f, at);
    bool told = name_misplaced(w, at, text, kind, AT_REACTION);
    if (kind == NAME_VALUE) {
        diag_help(w->f->diag,
                  "what reacts is declared: species %s; elements of an array are counted: for i in 0..3 { "
                  "X[i] -> 0; }",
                  text);
    }
    return told;
}

bool network_no_term(struct where *w, struct span at, struct typing t)
{
    const char *text = front_source_text(w->f, at), *shape = typing_shape_text(w->f->arena, t);
    diag_report(w->f->diag, DIAG_E0404, at, "'%s' is an array of shape %s", text, shape);
    diag_help(w->f->diag, "name one of its species, %s[0], or write a loop: for i in 0..%s { ... %s[i] ... }",
              text, typing_length_text(w->f->arena, t.dim[0]), text);
    return false;
}

/* Reads the coefficient of a term, a constant, which is a whole number or becomes *part. */
static bool coefficient_of(struct where *w, const struct ast *a, int64_t *count, expr_id *part)
{
    double v;
    *count = a->v.integer;
    *part = 0;
    expr_id given = term_count(a) ? value_of(w, term_count(a)) : 0;
    if (term_count(a) && !given) {
        return false;
    }
    bool is_real = given && value_info(w, given).type == TYPE_REAL && expr_const_real(w->ex, given, &v);
    if (is_real && v != floor(v) && v > 0 && v < 0x1p53) {
        *part = given;
        return true;
    }
    if (given && !value_const_int(w, term_count(a), count)) {
        diag_help(w->f->diag, "this is a coefficient; a rate stands in braces after the arrow: `->{%s}`",
                  front_source_text(w->f, term_count(a)->span));
        return false;
    }
    if (*count < 0 || (*count == 0 && !given)) {
        diag_report(w->f->diag, DIAG_E0403, a->span, "a coefficient is a positive number, not %lld",
                    (long long)*count);
        return false;
    }
    return true;
}

static bool add_term(struct where *w, const struct ast *a, struct side *side)
{
    int64_t count;
    expr_id part;
    if (!coefficient_of(w, a, &count, &part)) {
        return false;
    }
    struct ref r;
    if (!network_ref(w, term_reference(a), &r)) {
        if (term_reference(a)->kind == AST_NAME && means_nothing(term_reference(a)->name)) {
            diag_help(w->f->diag, "the empty side of a reaction is written `0`");
        }
        return false;
    }
    struct span at = term_reference(a)->span;
    if (!network_term_fits(w, at, r.kind)) {
        return false;
    }
    if (r.shape.rank != 0) {
        return network_no_term(w, at, typing_shape(r.shape));
    }
    if (part) {
        vec_push(&side->part, (struct fraction){r.ids[0], part});
    } else if (count > 0) {
        vec_push(&side->term, (struct term){r.ids[0], count});
    }
    return true;
}

static bool add_side(struct where *w, const struct ast *a, struct side *side);

struct sum_env {
    const struct ast *side;
    struct side *out;
};

static bool add_sum(struct where *w, void *env)
{
    struct sum_env *e = env;
    return add_side(w, e->side, e->out);
}

static bool add_side(struct where *w, const struct ast *a, struct side *side)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *t = side_term(a, i);
        struct sum_env e = {t->kind == AST_SIDE_SUM ? side_sum_side(t) : NULL, side};
        bool good = t->kind == AST_SIDE_SUM ? value_expand(w, side_sum_binders(t), add_sum, &e)
                                            : add_term(w, t, side);
        if (!good) {
            return false;
        }
    }
    return true;
}

static expr_id rate_constant(struct where *w, const struct ast *a)
{
    struct where rate = *w;
    rate.purpose = FOR_RATE_CONSTANT;
    expr_id k = value_real_scalar(&rate, a);
    double v;
    if (k && expr_const_real(w->ex, k, &v) && !(v >= 0 && isfinite(v))) {
        diag_report(w->f->diag, DIAG_E0401, a->span, "a rate is a finite number that is not negative, not %g",
                    v);
        if (v < 0 && isfinite(v)) {
            diag_help(w->f->diag, "what goes the other way is a reaction of its own: B ->{%g} A", -v);
        }
        return false;
    }
    return k;
}

static bool rate_constants(struct where *w, const struct ast *list, expr_id rate[2])
{
    rate[0] = rate[1] = expr_real(w->ex, 1);
    for (uint32_t i = 0; list && i < list->n; i++) {
        if (!(rate[i] = rate_constant(w, list_item(list, i)))) {
            return false;
        }
    }
    return true;
}

/* The parser has counted the rates: there is none, or one, or, for <->, there are two. */
static bool rates_of(struct where *w, const struct ast *a, expr_id rate[2])
{
    if (a->op == OP_LAW) {
        struct where law = *w;
        law.purpose = FOR_RATE_LAW;
        return (rate[0] = value_real_scalar(&law, list_item(reaction_rates(a), 0))) != 0;
    }
    return rate_constants(w, reaction_rates(a), rate);
}

/* The rate constants follow from energies: kf = k exp(-dG/2) and kr = k exp(+dG/2), where dG is the
 * energy of the products minus that of the reactants. */
static bool balanced_rates(struct where *w, const struct ast *a, const struct side side[2], expr_id rate[2])
{
    const struct net *net = w->build->whole->net;
    struct expr_pool *ex = w->ex;
    expr_id change = expr_real(ex, 0);
    if (side[0].part.n + side[1].part.n > 0) {
        return diag_report(w->f->diag, DIAG_E0407, a->span,
                           "<=> is of molecules, whose coefficients are whole numbers");
    }
    for (int s = 0; s < 2; s++) {
        for (size_t i = 0; i < side[s].term.n; i++) {
            struct term t = side[s].term.data[i];
            expr_id g = net->species.data[t.species].energy;
            if (!g) {
                const char *name = net->species.data[t.species].name;
                diag_report(w->f->diag, DIAG_E0407, a->span, "<=> needs the energy of '%s'", name);
                diag_help(w->f->diag, "declare it: energy %s = 0; or give both rates: <->{kf, kr}", name);
                return false;
            }
            expr_id part = expr_binary(ex, EXPR_MUL, expr_real(ex, (double)t.count), g);
            change = expr_binary(ex, s ? EXPR_ADD : EXPR_SUB, change, part);
        }
    }
    expr_id half = expr_binary(ex, EXPR_DIV, change, expr_real(ex, 2));
    expr_id k = rate[0];
    rate[0] = expr_binary(ex, EXPR_MUL, k, expr_unary(ex, EXPR_EXP, expr_unary(ex, EXPR_NEG, half)));
    rate[1] = expr_binary(ex, EXPR_MUL, k, expr_unary(ex, EXPR_EXP, half));
    return true;
}

/* The rate constant of a reaction with the word `fast` is multiplied by k_fast. */
static bool fast_rates(struct where *w, const struct ast *a, expr_id rate[2])
{
    struct ast k = {
        .kind = AST_NAME, .span = a->span, .name = intern_text(w->f->names, "k_fast"), .v.bound = a->v.bound};
    expr_id factor = rate_constant(w, &k);
    for (int i = 0; i < 2 && factor; i++) {
        rate[i] = expr_binary(w->ex, EXPR_MUL, factor, rate[i]);
    }
    return factor != 0;
}

static bool add_with(struct where *w, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                     size_t n_rhs, enum rate_kind kind, expr_id rate, const struct fraction *more,
                     size_t n_more, struct span span, const char *label)
{
    struct front *f = w->f;
    struct net *net = w->build->whole->net;
    if (++f->n_reactions > f->max_reactions) {
        return front_full(f, DIAG_E0602, span, "more than %lld reactions", (long long)f->max_reactions);
    }
    reaction_id r = net_add_reaction_with(net, lhs, n_lhs, rhs, n_rhs, kind, rate, more, n_more, span);
    if (r < 0) {
        return diag_report(f->diag, DIAG_E0403, span,
                           "a coefficient of this reaction does not fit into 64 bits");
    }
    net->reaction.data[r].origin = w->build->origin;
    net->reaction.data[r].guard = w->build->guard;
    net->reaction.data[r].flags = w->build->again ? REACTION_MAY_REPEAT : 0;
    if (label) {
        net->reaction.data[r].label = network_full_name(w, label);
    }
    return true;
}

bool network_add(struct where *w, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs,
                 enum rate_kind kind, expr_id rate, struct span span, const char *label)
{
    return add_with(w, lhs, n_lhs, rhs, n_rhs, kind, rate, NULL, 0, span, label);
}

static expr_id times_power(struct where *w, expr_id rate, species_id s, expr_id exponent)
{
    expr_id x = net_species_expr(w->build->whole->net, s);
    return expr_binary(w->ex, EXPR_MUL, rate, expr_binary(w->ex, EXPR_POW, x, exponent));
}

/* If a coefficient of a reactant is no whole number, mass action becomes a law such as k A^1.5. */
static bool emit_reaction(struct where *w, const struct ast *a, const struct side *from,
                          const struct side *to, expr_id rate, const char *label)
{
    enum rate_kind kind = a->op == OP_LAW ? RATE_LAW : RATE_MASS_ACTION;
    VEC(struct fraction) more = {0};
    for (size_t i = 0; i < from->part.n; i++) {
        struct fraction f = from->part.data[i];
        rate = kind == RATE_MASS_ACTION ? times_power(w, rate, f.species, f.count) : rate;
        f.count = expr_unary(w->ex, EXPR_NEG, f.count);
        vec_push(&more, f);
    }
    for (size_t i = 0; i < from->term.n && from->part.n > 0 && kind == RATE_MASS_ACTION; i++) {
        struct term t = from->term.data[i];
        rate = times_power(w, rate, t.species, expr_real(w->ex, (double)t.count));
    }
    for (size_t i = 0; i < to->part.n; i++) {
        vec_push(&more, to->part.data[i]);
    }
    kind = from->part.n > 0 ? RATE_LAW : kind;
    bool ok = add_with(w, from->term.data, from->term.n, to->term.data, to->term.n, kind, rate, more.data,
                       more.n, a->span, label);
    vec_free(&more);
    return ok;
}

static int order_of(const struct side *s)
{
    int64_t order = 0;
    for (size_t i = 0; i < s->term.n && order < 100; i++) {
        order += s->term.data[i].count;
    }
    return order < 100 ? (int)order : 100;
}

/* What stands for `=>{k}` where k is a constant of mass action. */
static const char *mass_action(struct where *w, const struct ast *reaction)
{
    const struct ast *left = reaction_left(reaction), *rate = list_item(reaction_rates(reaction), 0);
    const char *k = front_source_text(w->f, rate->span);
    bool is_factor = rate->kind == AST_NAME || rate->kind == AST_INT || rate->kind == AST_REAL;
    const char *law = is_factor ? k : arena_printf(w->f->arena, "(%s)", k);
    bool plain = !reaction_via(reaction) && left;
    for (uint32_t i = 0; plain && i < left->n; i++) {
        const struct ast *term = side_term(left, i);
        plain = term->kind == AST_TERM && !term_count(term) && term->v.integer == 1;
        law = plain ? arena_printf(w->f->arena, "%s*%s", law,
                                   front_source_text(w->f, term_reference(term)->span))
                    : NULL;
    }
    return plain ? arena_printf(w->f->arena, "mass action is written `->{%s}`, as a law `=>{%s}`", k, law)
                 : arena_printf(w->f->arena, "mass action is written `->{%s}`", k);
}

/* The rate constant of a reaction of n molecules has the unit amount^(1 - n) / time, a law has amount /
 * time. */
bool network_rate_units(struct where *w, const struct ast *reaction, const struct ast *list, bool law,
                        const int order[2])
{
    enum { MOST = 3 }; /* loops make many reactions, so texts for few molecules are constants */
    static const char *const few[MOST + 1] = {"a reaction of 0 molecules", "a reaction of one molecule",
                                              "a reaction of 2 molecules", "a reaction of 3 molecules"};
    for (uint32_t i = 0; list && i < list->n; i++) {
        struct dim want = {.kind = DIM_KNOWN, .amount = (int8_t)(law ? 1 : 1 - order[i]), .time = -1};
        const char *who = law ? "a rate law"
                          : order[i] <= MOST
                              ? few[order[i]]
                              : arena_printf(w->f->arena, "a reaction of %d molecules", order[i]);
        const struct ast *rate = list_item(list, i);
        struct dim constant = {.kind = DIM_KNOWN, .amount = (int8_t)(1 - order[i]), .time = -1};
        bool may_act = law && reaction && list->n == 1 && order[i] > 0;
        if (may_act ? !units_check_or(w, rate, want, constant, "this rate", who, mass_action(w, reaction))
                    : !units_check(w, rate, want, "this rate", who)) {
            return false;
        }
    }
    return true;
}

bool network_rates(struct where *w, const struct ast *list, int order, expr_id rate[2])
{
    return rate_constants(w, list, rate) && network_rate_units(w, NULL, list, false, (int[]){order, order});
}

/* The first species of this kind that a firing changes, or -1. */
static species_id changed(const struct net *n, const struct side side[2], enum species_kind kind)
{
    for (int s = 0; s < 2; s++) {
        for (size_t i = 0; i < side[s].term.n; i++) {
            species_id x = side[s].term.data[i].species;
            int64_t change = 0;
            for (int o = 0; o < 2 && n->species.data[x].kind == kind; o++) {
                for (size_t k = 0; k < side[o].term.n; k++) {
                    struct term t = side[o].term.data[k];
                    change += t.species == x ? (o ? t.count : -t.count) : 0;
                }
            }
            if (change != 0) {
                return x;
            }
        }
        for (size_t i = 0; i < side[s].part.n; i++) {
            if (n->species.data[side[s].part.data[i].species].kind == kind) {
                return side[s].part.data[i].species;
            }
        }
    }
    return -1;
}

/* The place of the bulk among the terms of a side, where it stands once and without a coefficient, or -1. */
static int place_of_bulk(struct where *w, const struct ast *side, species_id bulk)
{
    int found = -1;
    struct ref r;
    for (uint32_t i = 0; i < side->n; i++) {
        const struct ast *term = side_term(side, i);
        bool is_one = term->kind == AST_TERM && !term_count(term) && term->v.integer == 1 &&
                      network_ref(w, term_reference(term), &r);
        found = is_one && r.shape.rank == 0 && r.ids[0] == bulk ? (int)i : found;
    }
    return found;
}

/* Gives the reaction as it reads the bulk: what it takes of it stays, and what it makes of it is left out,
 * since on the left side it would be a factor of the rate. */
static void help_with_own_bulk(struct where *w, const struct ast *a, species_id bulk, const char *discrete)
{
    const char *name = w->build->whole->net->species.data[bulk].name;
    const struct ast *left = reaction_left(a), *right = reaction_right(a);
    int read = place_of_bulk(w, left, bulk), made = place_of_bulk(w, right, bulk);
    if (a->op != OP_ARROW || (read < 0) == (made < 0)) {
        diag_help(w->f->diag, "change it by a reaction of its own that has as much of %s on both sides",
                  discrete);
        return;
    }
    const char *text = "";
    for (uint32_t i = 0; i < right->n; i++) {
        if ((int)i != made) {
            const char *term = front_source_text(w->f, ast_child(right, i)->span);
            text = arena_printf(w->f->arena, "%s%s%s", text, *text ? " + " : "", term);
        }
    }
    if (read >= 0) {
        text = arena_printf(w->f->arena, "%s%s%s", text, *text ? " + " : "", name);
    }
    struct span head = {a->span.file, a->span.lo, right->span.lo};
    struct span tail = {a->span.file, right->span.hi, a->span.hi};
    diag_help(w->f->diag,
              "%s: `%s%s%s`; change it by a reaction of its own that has as much of %s on both sides",
              arena_printf(w->f->arena, read >= 0 ? "keep %s on both sides here" : "leave %s out here", name),
              front_source_text(w->f, head), *text ? text : "0", front_source_text(w->f, tail), discrete);
}

/* A reaction that changes discrete species leaves bulk as it is (net.h). This is meant in a network that
 * receives the bulk from outside, such as a vesicle. If the bulk belongs to the network itself, it is a
 * slip. */
static bool check_bulk(struct where *w, const struct ast *a, const struct side side[2])
{
    struct net_whole *whole = w->build->whole;
    species_id bulk = changed(whole->net, side, SPECIES_BULK);
    species_id discrete = bulk < 0 ? -1 : changed(whole->net, side, SPECIES_DISCRETE);
    if (discrete < 0) {
        return true;
    }
    bool own = bulk >= w->build->first_own;
    for (size_t i = 0; i < whole->warned.n; i++) {
        if (whole->warned.data[i].lo == a->span.lo && whole->warned.data[i].file == a->span.file) {
            return true;
        }
    }
    vec_push(&whole->warned, a->span);
    const char *name = whole->net->species.data[bulk].name;
    diag_report(
        w->f->diag, own ? DIAG_E0413 : DIAG_W0410, a->span,
        "this reaction changes '%s', which is discrete: it leaves the bulk concentration '%s' as it is",
        whole->net->species.data[discrete].name, name);
    if (own) {
        help_with_own_bulk(w, a, bulk, whole->net->species.data[discrete].name);
    } else {
        diag_help(w->f->diag, "to be without this warning, have as much of %s on both sides", name);
    }
    return !own;
}

bool network_reaction(struct where *w, const struct ast *a)
{
    struct side side[2] = {0};
    expr_id rate[2];
    bool good = add_side(w, reaction_left(a), &side[0]) & add_side(w, reaction_right(a), &side[1]);
    struct side late = {0};
    if (good && reaction_delay(a)) {
        good = network_may_be_late(w, a, &side[0], &side[1]);
        late = side[1];
        side[1] = (struct side){0};
    }
    good = good && rates_of(w, a, rate) && (a->op != OP_BALANCED || balanced_rates(w, a, side, rate));
    if (good && reaction_via(a)) {
        good = add_side(w, reaction_via(a), &side[0]) && add_side(w, reaction_via(a), &side[1]);
    }
    int order[2] = {order_of(&side[0]), order_of(&side[1])};
    bool of_one_unit = (a->op != OP_BALANCED || order[0] == order[1]) &&
                       (a->op == OP_LAW || side[0].part.n + side[1].part.n == 0);
    good = good && (!of_one_unit || network_rate_units(w, a, reaction_rates(a), a->op == OP_LAW, order)) &&
           (!(a->flags & AST_IS_FAST) || fast_rates(w, a, rate));
    if (good &&
        side[0].term.n + side[0].part.n + side[1].term.n + side[1].part.n + late.term.n + late.part.n == 0) {
        good = diag_report(w->f->diag, DIAG_E0403, a->span, "both sides of this reaction are empty");
    }
    good = good && check_bulk(w, a, side) && emit_reaction(w, a, &side[0], &side[1], rate[0], a->name) &&
           (!reaction_delay(a) || network_make_late(w, a, &late));
    vec_free(&late.term);
    vec_free(&late.part);
    if (good && (a->op == OP_REVERSIBLE || a->op == OP_BALANCED)) {
        const char *back = a->name ? arena_printf(w->f->arena, "%s_reverse", a->name) : NULL;
        good = emit_reaction(w, a, &side[1], &side[0], rate[1], back);
    }
    for (int i = 0; i < 2; i++) {
        vec_free(&side[i].term);
        vec_free(&side[i].part);
    }
    return good;
}

bool network_energy(struct where *w, const struct ast *a)
{
    struct net *net = w->build->whole->net;
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *item = energy_assign(a, i);
        struct ref r;
        if (!network_ref(w, assign_target(item), &r)) {
            return false;
        }
        if (!name_kind_may(r.kind, AT_ENERGY)) {
            struct span at = assign_target(item)->span;
            return name_misplaced(w, at, front_source_text(w->f, at), r.kind, AT_ENERGY);
        }
        struct where inner = *w;
        inner.purpose = FOR_ENERGY;
        expr_id g = value_real(&inner, assign_value(item));
        if (!g || !value_fits(w, assign_value(item)->span, g, r.shape, "this species")) {
            return false;
        }
        bool scalar = value_info(w, g).shape.rank == 0;
        for (int64_t k = 0; k < shape_size(r.shape); k++) {
            net->species.data[r.ids[k]].energy = scalar ? g : expr_element(w->ex, g, k);
        }
    }
    return true;
}
