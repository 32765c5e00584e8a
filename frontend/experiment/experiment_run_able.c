/* Whether the method of a run can run its network. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment_run.h"
#include "frontend/neural/neural.h"

/* A method that runs models cannot run networks, and the reverse. */
static bool fits_network(struct where *w, int m, int32_t net)
{
    bool of_units = (crnl_method_info[m].needs & CRNL_NEEDS_UNITS) != 0;
    const struct lowering *l = &experiment_use(w, net)->lowering;
    return of_units == l->is_model &&
           (!of_units || m == neural_method(&w->f->program->neural.data[l->model]));
}

bool run_method_fits(struct where *w, struct span at, int32_t method, int32_t net)
{
    if (fits_network(w, method, net)) {
        return true;
    }
    const struct net_use *use = experiment_use(w, net);
    const char *name = crnl_method_info[method].family;
    if (use->lowering.is_model) {
        const struct crnl_neural *m = &w->f->program->neural.data[use->lowering.model];
        diag_report(w->f->diag, DIAG_E0507, at, "%s runs networks, and '%s' is a model", name,
                    use->net->name);
        diag_help(w->f->diag, "%s models run by %s, or as networks that they are lowered to",
                  neural_kind_text(m), crnl_method_info[neural_method(m)].family);
    } else {
        diag_report(w->f->diag, DIAG_E0507, at, "%s runs models, and '%s' is a network", name,
                    use->net->name);
        diag_help(w->f->diag, "a network runs by ode, ssa, ...");
    }
    return false;
}

const char *run_list_counting(struct where *w, int32_t net)
{
    const char *list = NULL;
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        if (crnl_method_info[m].traits & CRNL_COUNTS_EVENTS && fits_network(w, m, net)) {
            const char *name = crnl_method_info[m].name;
            list = list ? arena_printf(w->f->arena, "%s and %s", list, name) : name;
        }
    }
    return list;
}

static bool is_in_molecules(const struct run *r)
{
    return (crnl_method_info[r->method].traits & (CRNL_STOCHASTIC | CRNL_LAW)) != 0;
}

/* Amounts in nM are no numbers of molecules: the volume of the network or of the run is needed to count
 * these. */
static bool counts_molecules(struct where *w, const struct ast *by, const struct run *r, const struct net *n)
{
    if (!is_in_molecules(r) || r->option[CRNL_OPTION_VOLUME] || !n->units.amount ||
        net_molecules(&n->units) > 0) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0301, by->span, "'%s' is in %s, but a stochastic run counts molecules",
                n->name, n->units.amount);
    diag_help(w->f->diag, "give the network its volume: volume 1 pL;");
    return false;
}

/* One network can hold either what runs by `ssa` do at a firing, or the laws of `ode`, but not both. */
static bool has_one_kind(struct where *w, const struct ast *a, const struct run *r, const struct net_use *use,
                         reaction_id j)
{
    bool fires = r->method == CRNL_METHOD_SSA;
    const struct reaction *at = &use->net->reaction.data[j];
    if (!(use->needs & (fires ? CRNL_NEEDS_RHS : CRNL_NEEDS_SSA))) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0507, a->span, "'%s', whose %s, runs both by ode and by ssa",
                use->net->name,
                at->delay ? "products come later" : "amounts change by what is no whole number");
    diag_note(w->f->diag, at->span, "this reaction");
    diag_help(w->f->diag, "give one of the runs a name of its own, `run %s as %s_2 ...`, and read `%s_2.%s`",
              use->net->name, use->net->name, use->net->name, use->net->species.data[0].name);
    return false;
}

/* Whether a method that counts molecules can execute the reaction. Only `ssa` computes changes from the
 * amounts at each firing, and lets products come later; these must be whole molecules. */
static bool can_fire(const struct run *r, const struct net *n, const struct reaction *at)
{
    double v;
    bool varies = false, whole = true;
    for (uint32_t i = 0; i < at->n_fractions; i++) {
        bool known = expr_const_real(n->ex, n->fraction.data[at->fraction + i].count, &v);
        varies = varies || (i == 0 && !known);
        whole = whole && known && v == floor(v);
    }
    return net_change_is_known(at) || (r->method == CRNL_METHOD_SSA && (at->delay ? whole : varies));
}

/* Reports that the network cannot run by this method, with what of it is in the way. */
static bool cannot_run(struct where *w, const struct ast *a, const struct run *r, const struct net *n,
                       const char *why, struct span at, const char *what, const char *help)
{
    diag_report(w->f->diag, DIAG_E0507, a->span, "'%s' cannot run by %s: %s", n->name,
                crnl_method_info[r->method].family, why);
    if (what) {
        diag_note(w->f->diag, at, "%s", what);
    }
    diag_help(w->f->diag, "%s", help);
    return false;
}

static const char *this_reaction(struct where *w, const struct net *n, reaction_id j)
{
    return arena_printf(w->f->arena, "this reaction: %s", net_reaction_text(n, j, w->f->arena));
}

/* A method that counts molecules fires whole reactions, so amounts must change by whole numbers, and at
 * once. */
static bool changes_whole(struct where *w, const struct ast *a, const struct run *r,
                          const struct net_use *use)
{
    double v;
    const struct net *n = use->net;
    reaction_id j = net_first_unknown(n), first = j;
    while (j >= 0 && (size_t)j < n->reaction.n &&
           (!is_in_molecules(r) || can_fire(r, n, &n->reaction.data[j]))) {
        j++;
    }
    if (j < 0 || (size_t)j == n->reaction.n) {
        return first < 0 || has_one_kind(w, a, r, use, first);
    }
    const struct reaction *at = &n->reaction.data[j];
    const struct fraction *f = &n->fraction.data[at->fraction];
    bool later = at->delay && r->method != CRNL_METHOD_SSA;
    bool varies = !expr_const_real(n->ex, f->count, &v) || later;
    const char *why = later ? "products come later"
                            : arena_printf(w->f->arena, "a reaction changes %s by %s",
                                           n->species.data[f->species].name,
                                           net_expr_text(n, f->count, w->f->arena));
    return cannot_run(w, a, r, n, why, at->span, this_reaction(w, n, j),
                      varies ? "run it by ode or ssa" : "run it by ode, or write whole numbers");
}

/* Leaps are computed from the propensities of mass action. */
static bool leaps_over(struct where *w, const struct ast *a, const struct run *r, const struct net *n)
{
    size_t j = 0;
    while (j < n->reaction.n && n->reaction.data[j].rate_kind != RATE_LAW) {
        j++;
    }
    return r->method != CRNL_METHOD_TAU || j == n->reaction.n ||
           cannot_run(w, a, r, n, "it leaps over reactions of mass action, and one has a law",
                      n->reaction.data[j].span, this_reaction(w, n, (reaction_id)j),
                      "run it by ssa; `->{k}` is mass action, `=>{ ... }` a law");
}

/* What is so much that single reactions leave it as it is has no molecules that could be counted. */
static bool has_molecules(struct where *w, const struct ast *a, const struct run *r, const struct net *n)
{
    size_t s = 0;
    while (s < n->species.n && n->species.data[s].kind != SPECIES_BULK) {
        s++;
    }
    return s == n->species.n || !is_in_molecules(r) || (crnl_method_info[r->method].traits & CRNL_FLOWS) ||
           cannot_run(w, a, r, n,
                      arena_printf(w->f->arena,
                                   "`%s` is a bulk concentration, which has no molecules to count",
                                   n->species.data[s].name),
                      (struct span){0}, NULL, "run it by hybrid, or all of it by ode");
}

/* Only deterministic runs know their past. */
static bool knows_past(struct where *w, const struct ast *a, const struct run *r, const struct net *n)
{
    struct span at;
    expr_id delay = strcmp(crnl_method_info[r->method].family, "ode") == 0 ? 0 : net_first_delay(n, &at);
    return !delay || cannot_run(w, a, r, n, "it reads what was some time ago", at,
                                arena_printf(w->f->arena, "here: %s", net_expr_text(n, delay, w->f->arena)),
                                "run it by ode");
}

bool run_is_able(struct where *w, const struct ast *a, const struct ast *by, const struct run *r)
{
    const struct net_use *use = experiment_use(w, r->net);
    const struct ast *at = by ? by : a;
    return changes_whole(w, at, r, use) && leaps_over(w, at, r, use->net) && knows_past(w, at, r, use->net) &&
           has_molecules(w, at, r, use->net) && (!by || counts_molecules(w, by, r, use->net));
}
