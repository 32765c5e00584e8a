/* The structure of algebraic rules: it decides which rule determines which unknown, and what is wrong
 * where the rules cannot determine them. Equations and variables are the two sides of a graph; a matching
 * gives each equation a variable of its own. Equations that need each other's variables form a block,
 * which is solved as a whole. Where there is no matching, the algorithm of Pantelides (SIAM J. Sci. Stat.
 * Comput. 9, 1988) tells rules that must be differentiated (index 2 and above) from rules that are too
 * many. */
#include <string.h>

#include "import/sbml/sbml_impl.h"

/* ---- matching ---- */

struct graph {
    size_t n_equations, n_variables;
    const bool *reads; /* [equation * n_variables + variable] */
    const bool *may;   /* indexed by variable: whether it may be matched; NULL: all may */
    int32_t *equation; /* indexed by variable: the equation it is matched to, or -1 */
    bool *seen_equation, *seen_variable;
};

/* Gives equation i a variable; other equations change theirs if necessary. Marks the equations and
 * variables examined. */
static bool augment(struct graph *g, size_t i)
{
    const bool *reads = g->reads + i * g->n_variables;
    g->seen_equation[i] = true;
    for (size_t v = 0; v < g->n_variables; v++) {
        if (reads[v] && (!g->may || g->may[v]) && g->equation[v] < 0) {
            g->equation[v] = (int32_t)i;
            return true;
        }
    }
    for (size_t v = 0; v < g->n_variables; v++) {
        if (reads[v] && (!g->may || g->may[v]) && !g->seen_variable[v]) {
            g->seen_variable[v] = true;
            if (!g->seen_equation[g->equation[v]] && augment(g, (size_t)g->equation[v])) {
                g->equation[v] = (int32_t)i;
                return true;
            }
        }
    }
    return false;
}

static bool augment_from(struct graph *g, size_t i)
{
    memset(g->seen_equation, 0, g->n_equations * sizeof *g->seen_equation);
    memset(g->seen_variable, 0, g->n_variables * sizeof *g->seen_variable);
    return augment(g, i);
}

static struct graph graph_of(struct arena *a, size_t n_equations, size_t n_variables, const bool *reads)
{
    struct graph g = {n_equations,
                      n_variables,
                      reads,
                      NULL,
                      arena_alloc(a, (n_variables + 1) * sizeof(int32_t)),
                      arena_alloc(a, (n_equations + 1) * sizeof(bool)),
                      arena_alloc(a, (n_variables + 1) * sizeof(bool))};
    for (size_t v = 0; v < n_variables; v++) {
        g.equation[v] = -1;
    }
    return g;
}

/* Gives variables to as many equations as possible, variables of low rank before those of high rank
 * (NULL: there are no ranks); a matched variable stays matched. False if some equations have none. */
static bool match(struct graph *g, const uint8_t *rank, struct arena *a)
{
    bool *done = arena_alloc(a, (g->n_equations + 1) * sizeof *done);
    bool *may = arena_alloc(a, (g->n_variables + 1) * sizeof *may), ok = true;
    memset(done, 0, g->n_equations * sizeof *done);
    g->may = may;
    for (int r = rank ? 0 : SBML_RANKS - 1; r < SBML_RANKS; r++) {
        ok = true;
        for (size_t v = 0; v < g->n_variables; v++) {
            may[v] = !rank || rank[v] <= r;
        }
        for (size_t i = 0; i < g->n_equations; i++) {
            done[i] = done[i] || augment_from(g, i);
            ok &= done[i];
        }
    }
    g->may = NULL;
    return ok;
}

bool sbml_match(struct arena *a, size_t n_equations, size_t n_variables, const bool *reads,
                const uint8_t *rank, bool *is_matched)
{
    struct graph g = graph_of(a, n_equations, n_variables, reads);
    bool ok = match(&g, rank, a);
    for (size_t v = 0; v < n_variables; v++) {
        is_matched[v] = g.equation[v] >= 0;
    }
    return ok;
}

/* ---- blocks ---- */

/* Marks the equations that equation i needs: itself, those matched to its variables, those that these
 * need, and so on. Returns their number. */
static size_t mark_needs(const struct graph *g, size_t i, bool *needs)
{
    size_t n = 1;
    needs[i] = true;
    for (size_t v = 0; v < g->n_variables; v++) {
        int32_t k = g->reads[i * g->n_variables + v] ? g->equation[v] : -1;
        n += k >= 0 && !needs[k] ? mark_needs(g, (size_t)k, needs) : 0;
    }
    return n;
}

size_t sbml_first_block(struct arena *a, size_t n_equations, size_t n_variables, const bool *reads,
                        int32_t *equation, int32_t *variable)
{
    struct graph g = graph_of(a, n_equations, n_variables, reads);
    bool *needs = arena_alloc(a, (n_equations + 1) * sizeof *needs);
    bool *best = arena_alloc(a, (n_equations + 1) * sizeof *best);
    size_t fewest = 0, n = 0;
    if (!match(&g, NULL, a)) {
        return 0;
    }
    for (size_t i = 0; i < n_equations; i++) {
        memset(needs, 0, n_equations * sizeof *needs);
        size_t here = mark_needs(&g, i, needs);
        if (fewest == 0 || here < fewest) {
            fewest = here;
            memcpy(best, needs, n_equations * sizeof *best);
        }
    }
    for (size_t v = 0; v < n_variables; v++) {
        if (g.equation[v] >= 0 && best[g.equation[v]]) {
            equation[n] = g.equation[v];
            variable[n++] = (int32_t)v;
        }
    }
    return n;
}

/* ---- what equations of the model read, by names ---- */

struct reader {
    struct sbml *s;
    bool *reads, *seen; /* indexed by entity */
    const KineticLaw_t *law;
};

static void read_names(struct reader *r, const ASTNode_t *node);

static void read_law(struct reader *r, Reaction_t *reaction)
{
    const KineticLaw_t *outer = r->law;
    r->law = Reaction_getKineticLaw(reaction);
    if (r->law) {
        read_names(r, KineticLaw_getMath(r->law));
    }
    r->law = outer;
}

static bool is_local(const KineticLaw_t *law, const char *id)
{
    KineticLaw_t *l = (KineticLaw_t *)(uintptr_t)law;
    for (unsigned i = 0; l && i < KineticLaw_getNumParameters(l); i++) {
        if (strcmp(Parameter_getId(KineticLaw_getParameter(l, i)), id) == 0) {
            return true;
        }
    }
    return false;
}

static void read_entity(struct reader *r, const struct entity *e)
{
    size_t k = (size_t)(e - r->s->entity.data);
    if (r->seen[k]) {
        return;
    }
    const KineticLaw_t *outer = r->law;
    r->seen[k] = true;
    r->reads[k] = true;
    r->law = NULL;
    if (e->role == ROLE_ASSIGNED) {
        read_names(r, e->rule);
    } else if (e->kind == ENTITY_REACTION) {
        read_law(r, (Reaction_t *)(uintptr_t)e->object);
    }
    if (e->kind == ENTITY_SPECIES && !e->substance) {
        read_entity(r, &r->s->entity.data[e->compartment]);
    }
    r->law = outer;
}

static void read_names(struct reader *r, const ASTNode_t *node)
{
    if (!node) {
        return;
    }
    const char *id = ASTNode_getType(node) == AST_NAME ? ASTNode_getName(node) : NULL;
    const struct entity *e = id && !is_local(r->law, id) ? sbml_find(r->s, id) : NULL;
    if (e) {
        read_entity(r, e);
    }
    for (unsigned i = 0; i < ASTNode_getNumChildren(node); i++) {
        read_names(r, ASTNode_getChild(node, i));
    }
}

static bool changes(const SpeciesReference_t *x, const char *id)
{
    const char *of = SpeciesReference_getSpecies(x);
    return of && strcmp(of, id) == 0;
}

/* Marks what the rate of change of e reads. */
static void read_rate(struct reader *r, const struct entity *e)
{
    if (e->role == ROLE_RATE) {
        read_names(r, e->rule);
        return;
    }
    for (size_t i = 0; i < r->s->entity.n; i++) {
        if (r->s->entity.data[i].kind != ENTITY_REACTION) {
            continue;
        }
        Reaction_t *of = (Reaction_t *)(uintptr_t)r->s->entity.data[i].object;
        bool is_changed = false;
        for (unsigned k = 0; k < Reaction_getNumReactants(of); k++) {
            is_changed |= changes(Reaction_getReactant(of, k), e->id);
        }
        for (unsigned k = 0; k < Reaction_getNumProducts(of); k++) {
            is_changed |= changes(Reaction_getProduct(of, k), e->id);
        }
        if (is_changed) {
            read_law(r, of);
        }
    }
}

/* ---- Pantelides ---- */

struct dae {
    struct sbml *s;
    size_t n_rules, n_states, n_unknowns; /* the equations are the rules, then one for each state */
    const int32_t *entity; /* indexed by variable: its entity; states come first, then unknowns */
    size_t room, n_equations, n_variables;
    bool *reads; /* [equation * room + variable]; derivatives follow states and unknowns as they are added */
    /* derivative[variable] and differentiated[equation]: the number of its derivative, or -1 */
    int32_t *derivative;
    int32_t *differentiated;
};

static bool is_state(const struct entity *e)
{
    return (e->role == ROLE_RATE && e->rule) || (e->role == ROLE_STATE && e->kind == ENTITY_SPECIES);
}

static void read_equation(struct dae *d, size_t equation, const bool *by_entity)
{
    for (size_t v = 0; v < d->n_states + d->n_unknowns; v++) {
        d->reads[equation * d->room + v] = by_entity[d->entity[v]];
    }
}

static void read_all(struct dae *d)
{
    struct sbml *s = d->s;
    size_t bytes = s->entity.n * sizeof(bool);
    struct reader r = {
        .s = s, .reads = arena_alloc(s->x->arena, bytes + 1), .seen = arena_alloc(s->x->arena, bytes + 1)};
    for (size_t i = 0; i < d->n_rules + d->n_states; i++) {
        memset(r.reads, 0, bytes);
        memset(r.seen, 0, bytes);
        if (i < d->n_rules) {
            read_names(&r, s->algebraic.data[i].math);
        } else {
            read_rate(&r, &s->entity.data[d->entity[i - d->n_rules]]);
        }
        read_equation(d, i, r.reads);
    }
}

/* Whether each equation can have a variable of its own if a state and its rate count as one variable. */
static bool is_regular(const struct dae *d)
{
    size_t n = d->n_rules + d->n_states, m = d->n_states + d->n_unknowns;
    struct arena *a = d->s->x->arena;
    bool *reads = arena_alloc(a, (n * m + 1) * sizeof *reads);
    for (size_t i = 0; i < n; i++) {
        memcpy(reads + i * m, d->reads + i * d->room, m * sizeof *reads);
        if (i >= d->n_rules) {
            reads[i * m + i - d->n_rules] = true;
        }
    }
    struct graph g = graph_of(a, n, m, reads);
    return match(&g, NULL, a);
}

static int32_t new_variable(struct dae *d, size_t of)
{
    d->derivative[of] = (int32_t)d->n_variables;
    d->derivative[d->n_variables] = -1;
    return (int32_t)d->n_variables++;
}

static int32_t new_equation(struct dae *d, size_t of)
{
    size_t to = d->n_equations++;
    for (size_t v = 0; v < d->n_variables; v++) {
        if (d->reads[of * d->room + v]) {
            d->reads[to * d->room + v] = true;
            d->reads[to * d->room + (size_t)d->derivative[v]] = true;
        }
    }
    d->differentiated[of] = (int32_t)to;
    d->differentiated[to] = -1;
    return (int32_t)to;
}

/* Differentiates equations until each can have a highest derivative of its own. False if that would take
 * too many. */
static bool differentiate(struct dae *d)
{
    struct arena *a = d->s->x->arena;
    struct graph g = graph_of(a, d->room, d->room, d->reads);
    bool *highest = arena_alloc(a, d->room * sizeof *highest);
    for (size_t k = 0; k < d->n_rules + d->n_states; k++) {
        for (size_t i = k;;) {
            for (size_t v = 0; v < d->room; v++) {
                highest[v] = v < d->n_variables && d->derivative[v] < 0;
            }
            g.may = highest;
            if (augment_from(&g, i)) {
                break;
            }
            size_t n_variables = d->n_variables, n_equations = d->n_equations;
            if (2 * n_variables > d->room || 2 * n_equations > d->room) {
                return false;
            }
            for (size_t v = 0; v < n_variables; v++) {
                if (g.seen_variable[v]) {
                    new_variable(d, v);
                }
            }
            for (size_t e = 0; e < n_equations; e++) {
                if (g.seen_equation[e]) {
                    /* all that the equation reads, also variables of lower order */
                    for (size_t v = 0; v < n_variables; v++) {
                        bool has_none = d->reads[e * d->room + v] && d->derivative[v] < 0;
                        has_none ? (void)new_variable(d, v) : (void)0;
                    }
                    new_equation(d, e);
                }
            }
            for (size_t v = 0; v < n_variables; v++) {
                if (g.seen_variable[v] && g.equation[v] >= 0) {
                    g.equation[d->derivative[v]] = d->differentiated[g.equation[v]];
                }
            }
            i = (size_t)d->differentiated[i];
        }
    }
    return true;
}

static struct dae dae_of(struct sbml *s)
{
    struct arena *a = s->x->arena;
    int32_t *entity = arena_alloc(a, (s->entity.n + 1) * sizeof *entity);
    struct dae d = {.s = s, .n_rules = s->algebraic.n, .entity = entity};
    for (size_t i = 0; i < s->entity.n; i++) {
        if (is_state(&s->entity.data[i])) {
            entity[d.n_states++] = (int32_t)i;
        }
    }
    for (size_t i = 0; i < s->entity.n; i++) {
        if (s->entity.data[i].role == ROLE_UNKNOWN) {
            entity[d.n_states + d.n_unknowns++] = (int32_t)i;
        }
    }
    return d;
}

enum { MOST_EQUATIONS = 300, ORDERS = 8 };

/* Finds the rule that must be differentiated most often. Returns how often; 0 if none must be or if the
 * system is too large. */
static int find_index(struct dae *d, size_t *rule)
{
    struct arena *a = d->s->x->arena;
    size_t n = d->n_rules + d->n_states, m = d->n_states + d->n_unknowns;
    int most = 0;
    if (n + m > MOST_EQUATIONS) {
        return 0;
    }
    d->room = ORDERS * (n + m + 1);
    d->reads = arena_alloc(a, d->room * d->room * sizeof *d->reads);
    memset(d->reads, 0, d->room * d->room * sizeof *d->reads);
    d->derivative = arena_alloc(a, d->room * sizeof *d->derivative);
    d->differentiated = arena_alloc(a, d->room * sizeof *d->differentiated);
    for (size_t i = 0; i < d->room; i++) {
        d->derivative[i] = d->differentiated[i] = -1;
    }
    read_all(d);
    d->n_equations = n;
    d->n_variables = m;
    if (!is_regular(d)) {
        return 0;
    }
    for (size_t i = 0; i < d->n_states; i++) {
        d->reads[(d->n_rules + i) * d->room + (size_t)new_variable(d, i)] = true;
    }
    if (!differentiate(d)) {
        return 0;
    }
    for (size_t i = 0; i < d->n_rules; i++) {
        int times = 0;
        for (int32_t e = d->differentiated[i]; e >= 0; e = d->differentiated[e]) {
            times++;
        }
        *rule = times > most ? i : *rule;
        most = times > most ? times : most;
    }
    return most;
}

/* ---- reports ---- */

static void add_name(struct sbml *s, const char **list, const char *id)
{
    *list = arena_printf(s->x->arena, "%s%s'%s'", *list, **list ? ", " : "", id);
}

bool sbml_report_index(struct sbml *s)
{
    struct dae d = dae_of(s);
    size_t rule = 0;
    int times = find_index(&d, &rule);
    if (times == 0) {
        return false;
    }
    const char *states = "", *unknowns = "";
    struct graph g = graph_of(s->x->arena, d.n_rules, d.n_unknowns, NULL);
    bool *reads = arena_alloc(s->x->arena, (d.n_rules * d.n_unknowns + 1) * sizeof *reads);
    for (size_t i = 0; i < d.n_rules; i++) {
        memcpy(reads + i * d.n_unknowns, d.reads + i * d.room + d.n_states, d.n_unknowns * sizeof *reads);
    }
    g.reads = reads;
    for (size_t i = 0; i < d.n_rules; i++) {
        augment_from(&g, i);
    }
    for (size_t v = 0; v < d.n_unknowns; v++) {
        const struct entity *e = &s->entity.data[d.entity[d.n_states + v]];
        if (g.equation[v] < 0) {
            add_name(s, &unknowns, e->id);
        }
    }
    for (size_t i = 0; i < d.n_states; i++) {
        if (d.differentiated[d.n_rules + i] >= 0 || d.reads[rule * d.room + i]) {
            add_name(s, &states, s->entity.data[d.entity[i]].id);
        }
    }
    s->at = s->algebraic.data[rule].span;
    sbml_unsupported(s,
                     "algebraic rules of index %d: this one does not give %s; only with the rates of %s, "
                     "differentiated %d time%s, it does",
                     times + 1, unknowns, states, times, times > 1 ? "s" : "");
    for (size_t i = 0; i < d.n_rules; i++) {
        if (i != rule && d.differentiated[i] >= 0) {
            diag_note(s->x->diag, s->algebraic.data[i].span, "and this one");
        }
    }
    for (size_t i = 0; i < d.n_states; i++) {
        const struct entity *e = &s->entity.data[d.entity[i]];
        if (d.differentiated[d.n_rules + i] >= 0 || d.reads[rule * d.room + i]) {
            diag_note(s->x->diag, e->role == ROLE_RATE ? e->rule_span : e->span,
                      "the rate of '%s' takes part", e->id);
        }
    }
    diag_help(s->x->diag, "write the rule so that it has the variable it is to give");
    return true;
}

bool sbml_report_too_many(struct sbml *s, size_t n_variables, const int32_t *variable, const bool *reads)
{
    struct graph g = graph_of(s->x->arena, s->algebraic.n, n_variables, reads);
    const char *names = "";
    size_t rules = 0, i = 0, variables = 0;
    while (i < g.n_equations && augment_from(&g, i)) {
        i++;
    }
    if (i == g.n_equations) {
        return false;
    }
    for (size_t v = 0; v < n_variables; v++) {
        if (g.seen_variable[v]) {
            add_name(s, &names, s->entity.data[variable[v]].id);
            variables++;
        }
    }
    for (size_t k = 0; k < g.n_equations; k++) {
        rules += g.seen_equation[k];
    }
    s->at = s->algebraic.data[i].span;
    if (variables == 0) {
        return sbml_unsupported(
                   s, "an algebraic rule of which all variables are determined otherwise\n  help: leave it "
                      "out, or what determines one of them") == 0;
    }
    sbml_unsupported(
        s,
        "%zu algebraic rules for %zu variable%s, which is over-determined: %s\n  help: leave one of "
        "them out, or what else determines a variable in them",
        rules, variables, variables == 1 ? "" : "s", names);
    for (size_t k = 0; k < i; k++) {
        if (g.seen_equation[k]) {
            diag_note(s->x->diag, s->algebraic.data[k].span, "one of them");
        }
    }
    return true;
}
