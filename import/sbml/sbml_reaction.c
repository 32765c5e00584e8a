/* Reactions of SBML. A kinetic law is an amount per time, the same as a law of a network. */
#include <math.h>

#include "import/sbml/sbml_impl.h"

struct reading {
    struct sbml *s;
    struct entity *e;
    Reaction_t *reaction;
    int32_t guard; /* the guard by which crnlc had switched it */
    struct term_list lhs, rhs, catalysts;
    VEC(struct fraction) more;      /* changes that are not whole numbers of molecules */
    VEC(struct sbml_changed) moved; /* changes of pivots of fast reactions, whose totals are among `more` */
};

static struct expr_pool *pool(const struct sbml *s)
{
    return s->x->net->ex;
}

/* ---- laws ---- */

static bool read_locals(struct sbml *s, struct entity *e, KineticLaw_t *law)
{
    unsigned n = KineticLaw_getNumParameters(law);
    e->locals = arena_alloc(s->x->arena, sizeof *e->locals);
    e->locals->value = arena_alloc(s->x->arena, (n + 1) * sizeof *e->locals->value);
    for (unsigned i = 0; i < n; i++) {
        const Parameter_t *p = KineticLaw_getParameter(law, i);
        struct span at = sbml_line(s, p);
        const char *name = arena_printf(s->x->arena, "%s.%s", e->id, Parameter_getId(p));
        bool known = Parameter_isSetValue(p) && !isnan(Parameter_getValue(p));
        if (!map_add(&e->locals->names, Parameter_getId(p), (int32_t)i)) {
            return diag_report(s->x->diag, DIAG_E0203, at,
                               "'%s' is declared twice\n  help: leave one of the two out, or rename it",
                               Parameter_getId(p));
        }
        e->locals->value[i] =
            import_param(s->x, name, known ? expr_real(pool(s), Parameter_getValue(p)) : 0, at);
    }
    return true;
}

static expr_id read_law(struct sbml *s, struct entity *e)
{
    Reaction_t *r = (Reaction_t *)(uintptr_t)e->object;
    KineticLaw_t *law = Reaction_isSetKineticLaw(r) ? Reaction_getKineticLaw(r) : NULL;
    if (!law || !KineticLaw_isSetMath(law)) {
        diag_report(s->x->diag, DIAG_W0831, e->span, "'%s' has no kinetic law: its rate is taken as 0",
                    e->id);
        return expr_real(pool(s), 0);
    }
    if (!e->locals && !read_locals(s, e, law)) {
        return 0;
    }
    struct sbml outer = *s;
    s->scope = &(struct sbml_scope){.names = &e->locals->names, .value = e->locals->value};
    s->at = sbml_line(s, law);
    expr_id v = sbml_math(s, KineticLaw_getMath(law));
    s->scope = outer.scope;
    s->at = outer.at;
    return v;
}

expr_id sbml_law(struct sbml *s, struct entity *e)
{
    expr_id *known = s->at_start ? &e->at_start : &e->value;
    if (e->busy) {
        diag_report(s->x->diag, DIAG_E0206, e->span,
                    "'%s' is defined by itself\n  help: write the law of one of the reactions "
                    "out, in place of its id",
                    e->id);
        return 0;
    }
    if (*known && !s->in_past) {
        return *known;
    }
    e->busy = true;
    expr_id law = read_law(s, e);
    e->busy = false;
    if (!s->in_past) {
        *known = law;
    }
    return law;
}

/* ---- sides ---- */

static bool is_whole(double v)
{
    return v == floor(v) && v >= 0 && v < 0x1p53;
}

static bool has_conversion(const struct sbml *s, const struct entity *e)
{
    return Species_isSetConversionFactor(e->object) || Model_isSetConversionFactor(s->model);
}

static void add_term(struct term_list *side, species_id species, int64_t count)
{
    for (size_t i = 0; i < side->n; i++) {
        if (side->data[i].species == species) {
            side->data[i].count += count;
            return;
        }
    }
    vec_push(side, (struct term){species, count});
}

/* Adds `count` of a species, or of the species that fast reactions make from it. */
static bool add_products(struct reading *r, struct term_list *side, species_id species, int64_t count,
                         int depth)
{
    enum { MAX_PARTS = 100000 };
    struct sbml *s = r->s;
    if (depth > IMPORT_MAX_DEPTH || side->n > MAX_PARTS || count > (int64_t)1 << 53) {
        return sbml_unsupported(s,
                                "fast reactions that make ever more of '%s'\n  help: write fast=\"false\" to "
                                "them, and large rate "
                                "constants",
                                s->x->net->species.data[species].name);
    }
    if ((size_t)species >= s->fast.n || !s->fast.data[species].taken) {
        add_term(side, species, count);
        return true;
    }
    const struct term_list *products = &s->fast.data[species].products;
    for (size_t i = 0; i < products->n; i++) {
        if (!add_products(r, side, products->data[i].species, count * products->data[i].count, depth + 1)) {
            return false;
        }
    }
    return true;
}

/* The factor from the extent of a reaction to the amount of a species. */
static expr_id conversion(struct sbml *s, const struct entity *e)
{
    const char *id = Species_isSetConversionFactor(e->object) ? Species_getConversionFactor(e->object)
                     : Model_isSetConversionFactor(s->model)  ? Model_getConversionFactor(s->model)
                                                              : NULL;
    struct entity *factor = id ? sbml_find(s, id) : NULL;
    if (id && (!factor || factor->kind != ENTITY_PARAMETER)) {
        diag_report(s->x->diag, DIAG_E0834, e->span,
                    "the conversion factor '%s' is no parameter of this model\n  help: add it to "
                    "`listOfParameters` with its "
                    "value and constant=\"true\"",
                    id);
        return 0;
    }
    return factor ? sbml_value(s, factor) : expr_real(pool(s), 1);
}

static bool add_fraction(struct reading *r, const struct entity *e, int sign, expr_id stoichiometry)
{
    struct sbml *s = r->s;
    if ((size_t)e->species < s->fast.n && s->fast.data[e->species].taken) {
        return sbml_unsupported(
            s,
            "a fraction of '%s', which a fast reaction takes\n  help: write a whole stoichiometry, or "
            "fast=\"false\" to the fast reaction",
            e->id);
    }
    expr_id factor = conversion(s, e);
    if (factor) {
        expr_id count = expr_binary(pool(s), EXPR_MUL, stoichiometry, factor);
        count = sign < 0 ? expr_unary(pool(s), EXPR_NEG, count) : count;
        vec_push(&r->more, (struct fraction){e->species, count});
    }
    return factor != 0;
}

static bool is_pivot(const struct sbml *s, species_id species)
{
    for (size_t i = 0; i < s->pivot.n; i++) {
        if (s->pivot.data[i].pivot == species) {
            return true;
        }
    }
    return false;
}

/* Adds what is added to a pivot of fast reactions to its totals, which may be pivots of others. */
static void add_to_totals(struct reading *r, species_id pivot, expr_id count)
{
    struct sbml *s = r->s;
    vec_push(&r->moved, (struct sbml_changed){pivot, count});
    for (size_t i = 0; i < s->pivot.n; i++) {
        const struct sbml_pivot p = s->pivot.data[i];
        if (p.pivot != pivot || p.total < 0) {
            continue;
        }
        expr_id part = expr_binary(pool(s), EXPR_MUL, expr_unary(pool(s), EXPR_NEG, count), p.ratio);
        if (is_pivot(s, p.total)) {
            add_to_totals(r, p.total, part);
        } else {
            vec_push(&r->more, (struct fraction){p.total, part});
        }
    }
}

/* Species whose amounts are given by rules are left out of the network's reactions, which do not change
 * them. */
static bool add_reference(struct reading *r, SpeciesReference_t *x, int sign, struct term_list *side)
{
    struct sbml *s = r->s;
    s->at = sbml_line(s, x);
    const char *id = SpeciesReference_getSpecies(x);
    struct entity *e = id ? sbml_find(s, id) : NULL;
    double v;
    if (!e || e->kind != ENTITY_SPECIES) {
        diag_report(s->x->diag, DIAG_E0834, s->at, "'%s' is no species of this model", id ? id : "");
        sbml_say_names(s, id ? id : "", true);
        return false;
    }
    expr_id stoichiometry = sbml_stoichiometry(s, x);
    if (!stoichiometry) {
        return false;
    }
    bool known = expr_const_real(pool(s), stoichiometry, &v);
    if (known && !isfinite(v)) {
        return sbml_unsupported(s, "a stoichiometry that is no number\n  help: write the number, or a rule "
                                   "of the reference that gives it");
    }
    if (e->role != ROLE_STATE) {
        return true;
    }
    if (is_pivot(s, e->species)) {
        expr_id factor = conversion(s, e);
        expr_id count = factor ? expr_binary(pool(s), EXPR_MUL, stoichiometry, factor) : 0;
        if (count) {
            add_to_totals(r, e->species, sign < 0 ? expr_unary(pool(s), EXPR_NEG, count) : count);
        }
        return count != 0;
    }
    if (!known || !is_whole(v) || has_conversion(s, e)) {
        return add_fraction(r, e, sign, stoichiometry);
    }
    if (v > 0 && sign < 0) {
        add_term(side, e->species, (int64_t)v);
    }
    return v == 0 || sign < 0 || add_products(r, side, e->species, (int64_t)v, 0);
}

static bool read_sides(struct reading *r)
{
    bool ok = true;
    r->lhs.n = r->rhs.n = r->more.n = r->moved.n = 0;
    for (unsigned i = 0; ok && i < Reaction_getNumReactants(r->reaction); i++) {
        ok = add_reference(r, Reaction_getReactant(r->reaction, i), -1, &r->lhs);
    }
    for (unsigned i = 0; ok && i < Reaction_getNumProducts(r->reaction); i++) {
        ok = add_reference(r, Reaction_getProduct(r->reaction, i), 1, &r->rhs);
    }
    return ok;
}

/* ---- reactions ---- */

static bool add(struct reading *r, const struct term_list *lhs, const struct term_list *rhs,
                enum rate_kind kind, expr_id rate, const char *label)
{
    struct importer *x = r->s->x;
    struct term_list both[2] = {{0}, {0}};
    size_t n_catalysts = kind == RATE_MASS_ACTION ? r->catalysts.n : 0;
    for (int side = 0; side < 2; side++) {
        const struct term_list *from = side ? rhs : lhs;
        for (size_t i = 0; i < from->n; i++) {
            vec_push(&both[side], from->data[i]);
        }
        for (size_t i = 0; i < n_catalysts; i++) {
            vec_push(&both[side], r->catalysts.data[i]);
        }
    }
    reaction_id id = import_reaction_with(x, both[0].data, both[0].n, both[1].data, both[1].n, kind, rate,
                                          r->more.data, r->more.n, r->e->span);
    vec_free(&both[0]);
    vec_free(&both[1]);
    if (id >= 0) {
        x->net->reaction.data[id].label = intern_text(x->net->names, label);
        x->net->reaction.data[id].guard = r->guard;
    }
    return id >= 0;
}

/* Splits law = forward - backward, both mass action, into two reactions. */
static bool add_both(struct reading *r, expr_id law, bool *done)
{
    struct net *n = r->s->x->net;
    expr_id f, b;
    *done = false;
    if (!Reaction_getReversible(r->reaction) || r->more.n > 0 || !mass_action_split(n, law, &f, &b)) {
        return true;
    }
    expr_id kb = mass_action_constant(n, b, r->rhs.data, r->rhs.n, &r->catalysts);
    expr_id kf = kb ? mass_action_constant(n, f, r->lhs.data, r->lhs.n, &r->catalysts) : 0;
    if (!kf) {
        return true;
    }
    *done = true;
    bool ok = add(r, &r->lhs, &r->rhs, RATE_MASS_ACTION, kf, r->e->id);
    kb = mass_action_constant(n, b, r->rhs.data, r->rhs.n, &r->catalysts);
    return ok && add(r, &r->rhs, &r->lhs, RATE_MASS_ACTION, kb,
                     arena_printf(r->s->x->arena, "%s.reverse", r->e->id));
}

/* ---- fast reactions ---- */

static void change_by(struct reading *r, struct sbml_changed *change, size_t *n, species_id s, expr_id count)
{
    struct net *net = r->s->x->net;
    for (size_t i = 0; i < *n; i++) {
        if (change[i].species == s) {
            change[i].ratio = expr_binary(net->ex, EXPR_ADD, change[i].ratio, count);
            return;
        }
    }
    if (net->species.data[s].kind != SPECIES_CONSTANT) {
        change[(*n)++] = (struct sbml_changed){s, count};
    }
}

/* Turns the effect of a fast reaction on amounts into a constraint. */
static bool constrain(struct reading *r, expr_id law)
{
    struct sbml *s = r->s;
    struct expr_pool *p = pool(s);
    size_t n = 0, room = r->lhs.n + r->rhs.n + r->more.n;
    struct sbml_changed *change = arena_alloc(s->x->arena, (room + 1) * sizeof *change);
    for (size_t i = 0; i < r->lhs.n; i++) {
        change_by(r, change, &n, r->lhs.data[i].species, expr_real(p, -(double)r->lhs.data[i].count));
    }
    for (size_t i = 0; i < r->rhs.n; i++) {
        change_by(r, change, &n, r->rhs.data[i].species, expr_real(p, (double)r->rhs.data[i].count));
    }
    for (size_t i = 0; i < r->more.n; i++) {
        change_by(r, change, &n, r->more.data[i].species, r->more.data[i].count);
    }
    for (size_t i = 0; i < n; i++) {
        species_id x = change[i].species;
        bool is_taken = s->fast.data[x].taken || s->x->net->species.data[x].kind != SPECIES_DISCRETE;
        for (size_t k = 0; k < s->entity.n; k++) {
            is_taken |= s->entity.data[k].species == x && s->entity.data[k].by_event;
        }
        if (is_taken || expr_reads_state(p, change[i].ratio)) {
            return sbml_unsupported(
                s,
                "the fast reaction '%s', which changes what others or events change: '%s'\n  help: write "
                "fast=\"false\" to it, and a large rate constant",
                r->e->id, s->x->net->species.data[x].name);
        }
    }
    struct sbml_fast_reaction fast = {r->e, law, change, r->moved.data, n, r->moved.n};
    return sbml_equilibrium(s, &fast);
}

/* Fast reactions are in equilibrium at any time. For X -> products with mass action only that means: there is
 * no X, and reactions that make X make the products instead. */
static bool read_fast(struct reading *r)
{
    struct sbml *s = r->s;
    struct net *n = s->x->net;
    expr_id law = read_sides(r) ? sbml_law(s, r->e) : 0;
    if (!law) {
        return false;
    }
    s->has_fast = true;
    struct term x = r->lhs.n == 1 ? r->lhs.data[0] : (struct term){-1, 0};
    s->at = r->e->span;
    double k;
    expr_id constant = r->more.n == 0 && x.count == 1 && n->species.data[x.species].kind == SPECIES_DISCRETE
                           ? mass_action_constant(n, law, r->lhs.data, r->lhs.n, &r->catalysts)
                           : 0;
    if (!constant || r->catalysts.n > 0 || s->fast.data[x.species].taken || is_pivot(s, x.species) ||
        (expr_const_real(n->ex, constant, &k) && !(k > 0))) {
        return constrain(r, law);
    }
    s->fast.data[x.species] = (struct sbml_fast){.taken = true};
    for (size_t i = 0; i < r->rhs.n; i++) {
        vec_push(&s->fast.data[x.species].products, r->rhs.data[i]);
    }
    return true;
}

/* Moves the initial amount of a species that fast reactions take. */
static bool move_amount(struct reading *r, species_id x)
{
    struct sbml *s = r->s;
    struct net *n = s->x->net;
    expr_id amount = n->species.data[x].init;
    r->rhs.n = 0;
    if (!add_products(r, &r->rhs, x, 1, 0)) {
        return false;
    }
    n->species.data[x].init = expr_real(n->ex, 0);
    for (size_t i = 0; i < r->rhs.n; i++) {
        struct term t = r->rhs.data[i];
        struct species *to = &n->species.data[t.species];
        if (to->kind != SPECIES_CONSTANT) {
            expr_id more = expr_binary(n->ex, EXPR_MUL, amount, expr_real(n->ex, (double)t.count));
            to->init = expr_binary(n->ex, EXPR_ADD, to->init, more);
        }
    }
    return true;
}

static bool is_fast(const Reaction_t *x)
{
    return Reaction_isSetFast(x) && Reaction_getFast(x);
}

static bool read_all_fast(struct reading *r)
{
    struct sbml *s = r->s;
    bool ok = true;
    for (size_t i = 0; i < s->x->net->species.n; i++) {
        vec_push(&s->fast, (struct sbml_fast){0});
    }
    for (size_t i = 0; ok && i < s->entity.n; i++) {
        r->e = &s->entity.data[i];
        r->reaction = (Reaction_t *)(uintptr_t)r->e->object;
        if (r->e->kind == ENTITY_REACTION && is_fast(r->reaction)) {
            ok = read_fast(r);
        }
    }
    for (size_t i = 0; ok && i < s->entity.n; i++) {
        const struct entity *e = &s->entity.data[i];
        s->at = e->span;
        if (e->species >= 0 && s->fast.data[e->species].taken) {
            ok = (!e->by_event ||
                  sbml_unsupported(s,
                                   "an event that changes '%s', which a fast reaction takes\n  help: write "
                                   "fast=\"false\" to the reaction, and a large rate constant",
                                   e->id)) &&
                 move_amount(r, e->species);
        }
    }
    return ok;
}

/* ---- all ---- */

static bool read_reaction(struct reading *r)
{
    struct sbml *s = r->s;
    s->at = r->e->span;
    expr_id law = read_sides(r) ? sbml_law(s, r->e) : 0;
    if (!law || !sbml_own_guard(s, &law, &r->guard)) {
        return false;
    }
    expr_id k = r->e->is_law ? 0 : mass_action_constant(s->x->net, law, r->lhs.data, r->lhs.n, &r->catalysts);
    if (k) {
        return add(r, &r->lhs, &r->rhs, RATE_MASS_ACTION, k, r->e->id);
    }
    bool done = false;
    bool ok = r->e->is_law || add_both(r, law, &done);
    return done ? ok : add(r, &r->lhs, &r->rhs, RATE_LAW, law, r->e->id);
}

bool sbml_reactions(struct sbml *s)
{
    struct reading r = {.s = s};
    bool ok = read_all_fast(&r);
    for (size_t i = 0; ok && i < s->entity.n; i++) {
        if (s->entity.data[i].kind == ENTITY_REACTION) {
            r.e = &s->entity.data[i];
            r.reaction = (Reaction_t *)(uintptr_t)r.e->object;
            ok = is_fast(r.reaction) || read_reaction(&r);
        }
    }
    vec_free(&r.lhs);
    vec_free(&r.rhs);
    vec_free(&r.catalysts);
    vec_free(&r.more);
    vec_free(&r.moved);
    return ok;
}
