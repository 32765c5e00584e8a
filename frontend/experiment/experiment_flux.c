/* What runs of a network with reversible reactions carry and dissipate, in a statistic or a course:
 *   flux(net.up)                           the net rate of the reactions with the label `up`
 *   rate(net.up)                           their own rate, in which reactions of other labels do not count
 *   entropy_production(net, of = up)       entropy production in kT per time; without `of`, of all reactions
 *   entropy_production(net, of = (up, down))
 *   dissipation(net, of = up)              the integral of entropy production over the run
 * A label stands for all reactions that have it, also in loops and copies: `v` stands for those of all
 * vesicles v[0], v[1], ..., and `m.up` for those of an instance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "ir/net/flux.h"
#include "support/mem.h"

struct flux_call {
    enum flux_kind kind;
    struct where *w; /* the place from which the network is observed */
    const struct ast *call;
    const char *name; /* the name of the function */
    struct net *net;
    struct net_moves moves;
    uint8_t *chosen; /* [reactions]: which ones are chosen */
    reaction_id *reverse;
};

/* The text of a label such as m.up or v[2].up. If it stands behind the network, as in flux(net.m.up), the
 * name of the network is left out. NULL if it is no label, which is reported. */
static const char *label_text(struct where *w, const struct ast *a, bool behind_network)
{
    if (a->kind == AST_NAME) {
        return behind_network ? "" : a->name;
    }
    if (a->kind != AST_FIELD && a->kind != AST_INDEX) {
        diag_report(w->f->diag, DIAG_E0306, a->span, "the label of a reaction stands here");
        return NULL;
    }
    const char *base = label_text(w, a->kind == AST_FIELD ? field_base(a) : index_base(a), behind_network);
    if (!base || a->kind == AST_FIELD) {
        return !base ? NULL : base[0] ? arena_printf(w->f->arena, "%s.%s", base, a->name) : a->name;
    }
    for (uint32_t i = 1; i < a->n; i++) {
        int64_t at;
        if (!value_const_int(w, index_at(a, i), &at)) {
            return NULL;
        }
        base = arena_printf(w->f->arena, "%s%s%lld", base, i == 1 ? "[" : ",", (long long)at);
    }
    return arena_printf(w->f->arena, "%s]", base);
}

static bool has_label(const struct reaction *r, const char *text, size_t n)
{
    return r->label && strncmp(r->label, text, n) == 0 &&
           (r->label[n] == '\0' || r->label[n] == '.' || r->label[n] == '[');
}

/* Whether the text names an amount of the network, which is reported: its name has been taken for a label. */
static bool is_amount(struct where *w, struct span at, const char *name, const struct net *net,
                      const char *text)
{
    int32_t i = net_find_symbol(net, text);
    if (i < 0 || net->symbol.data[i].kind == SYMBOL_PARAM) {
        return false;
    }
    diag_report(w->f->diag, DIAG_E0529, at, "%s is of a reaction by its label, and '%s' is an amount", name,
                text);
    diag_help(w->f->diag,
              "a label stands in front of a reaction, `up: A -> B;`, and its %s is `time_mean(%s(%s.up))`",
              name, name, net->name);
    return true;
}

static bool choose(struct flux_call *c, const struct ast *a, bool behind_network)
{
    struct where *w = c->w;
    const char *text = label_text(w, a, behind_network);
    bool found = false;
    if (!text) {
        return false;
    }
    for (size_t j = 0; j < c->net->reaction.n; j++) {
        bool has = has_label(&c->net->reaction.data[j], text, strlen(text));
        c->chosen[j] |= has;
        found |= has;
    }
    if (found) {
        return true;
    }
    const char **label = arena_alloc(w->f->arena, (c->net->reaction.n + 1) * sizeof *label);
    size_t n = 0;
    for (size_t j = 0; j < c->net->reaction.n; j++) {
        label[n] = c->net->reaction.data[j].label;
        n += label[n] != NULL;
    }
    if (is_amount(w, a->span, c->name, c->net, text)) {
        return false;
    }
    diag_report(w->f->diag, DIAG_E0529, a->span, "no reaction of '%s' has the label '%s'", c->net->name,
                text);
    if (!name_help_nearest(w->f, text, label, n)) {
        diag_help(w->f->diag, "a label stands in front of a reaction: %s: A <->{k1, k2} B;",
                  text[0] ? text : "up");
    }
    return false;
}

/* Reads `of = up` or `of = (up, m.down)` of entropy_production(net, ...). Without `of`, all reactions are
 * chosen. */
static bool choose_all(struct flux_call *c)
{
    const struct ast *of = NULL;
    for (uint32_t i = 2; i < c->call->n; i++) {
        const struct ast *arg = call_arg(c->call, i);
        if (arg->name && strcmp(arg->name, "of") == 0) {
            of = arg_value(arg);
        }
    }
    if (!of) {
        memset(c->chosen, 1, c->net->reaction.n);
        return true;
    }
    if (of->kind != AST_TUPLE && of->kind != AST_ARRAY) {
        return choose(c, of, false);
    }
    bool good = true;
    for (uint32_t i = 0; i < of->n && good; i++) {
        good = choose(c, of->kind == AST_TUPLE ? arg_value(tuple_arg(of, i)) : array_element(of, i), false);
    }
    return good;
}

/* ---- How the last run moved amounts ---- */

static bool grain_of(struct flux_call *c, const struct run *run, double *grain)
{
    struct where *w = c->w;
    double volume = net_molecules(&c->net->units);
    expr_id option = run->option[CRNL_OPTION_VOLUME];
    if (option && !expr_const_real(w->f->program->ex, option, &volume)) {
        return diag_report(w->f->diag, DIAG_E0505, c->call->span,
                           "the volume of the last run of '%s' is computed when running: what a molecule "
                           "is, in units of amount, must be known when compiling",
                           c->net->name);
    }
    *grain = volume > 0 ? 1 / volume : 1;
    return true;
}

static bool find_moves(struct flux_call *c)
{
    struct where *w = c->w;
    const struct last_run *last = experiment_last_runs(w, w->view->net);
    if (!last) {
        return experiment_not_run(w, c->call->span, w->view->net, "course");
    }
    for (const struct last_run *l = last; l; l = l->next) {
        unsigned traits = crnl_method_info[l->run->method].traits;
        struct net_moves m = {.molecules = traits & (CRNL_STOCHASTIC | CRNL_LAW),
                              .bulk_flows = traits & CRNL_FLOWS,
                              .grain = 1};
        if (m.molecules && !grain_of(c, l->run, &m.grain)) {
            return false;
        }
        if (l != last && (m.molecules != c->moves.molecules || m.bulk_flows != c->moves.bulk_flows ||
                          m.grain != c->moves.grain)) {
            return diag_report(w->f->diag, DIAG_E0505, c->call->span,
                               "the last run of '%s' was by one method or another, as the program went its "
                               "way, and rates differ",
                               c->net->name);
        }
        for (size_t i = 0; i < l->run->bind.n; i++) {
            if (l->run->bind.data[i].kind == BIND_CLAMP) {
                diag_report(w->f->diag, DIAG_E0505, c->call->span,
                            "the last run of '%s' clamps amounts: reactions that change them do not happen, "
                            "and their rates are not measured",
                            c->net->name);
                diag_help(w->f->diag, "`hold` keeps an amount and lets its reactions happen");
                return false;
            }
        }
        c->moves = m;
    }
    return true;
}

/* Says why the rate of a reaction is no expression of amounts; NULL if it is one. */
static const char *why_not(const struct flux_call *c, const struct reaction *r)
{
    const struct net *n = c->net;
    for (int side = 0; side < 2; side++) {
        const struct term *t = side ? net_rhs(n, r) : net_lhs(n, r);
        for (uint32_t i = 0; i < (side ? r->n_rhs : r->n_lhs); i++) {
            if (c->moves.molecules && t[i].count > NET_FLUX_MOST_FACTORS) {
                return "it takes or makes more than a thousand molecules of one species";
            }
        }
    }
    return r->guard ? "it happens in a phase of the network's clock, or under a condition, only"
           : r->n_fractions && (c->kind != FLUX_RATE || c->moves.molecules)
               ? (r->delay ? "its products come later" : "what it changes is no whole number")
               : NULL;
}

static bool check_rates(struct flux_call *c)
{
    for (size_t j = 0; j < c->net->reaction.n; j++) {
        const struct reaction *r = &c->net->reaction.data[j];
        const char *why = c->chosen[j] ? why_not(c, r) : NULL;
        if (why) {
            diag_report(c->w->f->diag, DIAG_E0529, c->call->span,
                        "%s: the rate of a reaction is not known: %s", c->name, why);
            diag_note(c->w->f->diag, r->span, "this reaction");
            if (r->guard) {
                diag_help(c->w->f->diag,
                          "instead of the phase give it a catalyst, `const species ON`, which an event "
                          "sets to 1 and to 0: its rate is known then; or name the reactions that are in no "
                          "phase");
            }
            return false;
        }
    }
    return true;
}

/* ---- Sums ---- */

static expr_id add(struct flux_call *c, expr_id sum, enum expr_op op, expr_id one)
{
    return expr_binary(c->net->ex, op, sum, one);
}

static expr_id sum_of_rates(struct flux_call *c)
{
    expr_id sum = expr_real(c->net->ex, 0);
    for (reaction_id r = 0; r < (reaction_id)c->net->reaction.n; r++) {
        if (c->chosen[r]) {
            sum = add(c, sum, EXPR_ADD, net_rate_moving(c->net, r, &c->moves));
            if (net_goes_both_ways(c->net, r)) {
                sum = add(c, sum, EXPR_SUB, net_rate_moving(c->net, ++r, &c->moves));
            }
        }
    }
    return sum;
}

static expr_id sum_of_fluxes(struct flux_call *c)
{
    expr_id sum = expr_real(c->net->ex, 0);
    for (size_t j = 0; j < c->net->reaction.n; j++) {
        reaction_id r = (reaction_id)j, back = c->reverse[j];
        if (c->chosen[j] && !(back >= 0 && back < r && c->chosen[back])) {
            sum = add(c, sum, EXPR_ADD, net_rate_moving(c->net, r, &c->moves));
            sum = back >= 0 && back != r ? add(c, sum, EXPR_SUB, net_rate_moving(c->net, back, &c->moves))
                                         : sum;
        }
    }
    return sum;
}

static expr_id sum_of_entropies(struct flux_call *c)
{
    expr_id sum = expr_real(c->net->ex, 0);
    for (size_t j = 0; j < c->net->reaction.n; j++) {
        reaction_id r = (reaction_id)j, back = c->reverse[j];
        if (!c->chosen[j] || (back >= 0 && back < r && c->chosen[back])) {
            continue;
        }
        if (back < 0) {
            struct diag *d = c->w->f->diag;
            diag_report(d, DIAG_E0529, c->call->span,
                        "a reaction of '%s' has no reverse: it dissipates without bound", c->net->name);
            diag_note(d, c->net->reaction.data[j].span, "%s", net_reaction_text(c->net, r, c->w->f->arena));
            diag_help(d,
                      "give it one, however slow: <->{k, 1e-6}; or name the reactions that count: "
                      "entropy_production(%s, of = LABEL)",
                      c->net->name);
            return 0;
        }
        sum = add(c, sum, EXPR_ADD, net_pair_dissipation(c->net, r, back, &c->moves));
    }
    return sum;
}

/* Checks that the call stands where amounts of the network are read; otherwise the help says what to
 * write. */
static bool is_observed(struct where *w, const struct ast *call, const char *name)
{
    if (where_place(w) == IN_VIEW && !w->view->capture) {
        return true;
    }
    const struct ast *a = arg_value(call_arg(call, 1));
    struct name *n = a->kind == AST_FIELD ? experiment_network_in(w, a) : NULL;
    int32_t net = n ? network_use(w->f, n, a->span) : -1;
    if (net >= 0 && is_amount(w, a->span, name, w->f->program->net.data[net].net, a->name)) {
        return false;
    }
    diag_report(w->f->diag, DIAG_E0505, call->span, "%s changes along a run: it is read by a statistic",
                name);
    const char *text = front_source_text(w->f, call->span);
    n = n ? n : experiment_network_in(w, a);
    net = n ? network_use(w->f, n, a->span) : -1;
    const struct last_run *last = net >= 0 ? experiment_last_runs(w, net) : NULL;
    if (last && !last->next && last->run->span == SPAN_STEADY) {
        diag_help(w->f->diag, "write run_mean(%s), which is its value at rest", text);
    } else {
        diag_help(w->f->diag, "write time_mean(%s), or trajectory(...), and run_mean(...) for the end", text);
    }
    return false;
}

expr_id experiment_flux(struct where *w, const struct ast *call, const char *name, enum flux_kind kind)
{
    const struct ast *a = arg_value(call_arg(call, 1));
    bool entropy = kind == FLUX_ENTROPY;
    if (!is_observed(w, call, name)) {
        return 0;
    }
    struct name *n = experiment_network_in(w, a);
    bool fits = n && network_use(w->f, n, a->span) == w->view->net &&
                (entropy ? a->kind == AST_NAME : a->kind == AST_FIELD);
    if (!fits) {
        diag_report(w->f->diag, DIAG_E0506, a->span, "%s is of %s", name,
                    entropy ? "a network" : "a reaction by its label");
        diag_help(w->f->diag,
                  entropy ? "write time_mean(%s(net)), or (net, of = LABEL) for some reactions"
                          : "write time_mean(%s(net.LABEL))",
                  name);
        return 0;
    }
    struct flux_call c = {
        .w = w, .call = call, .name = name, .kind = kind, .net = experiment_use(w, w->view->net)->net};
    c.chosen = mem_zalloc(c.net->reaction.n + 1, sizeof *c.chosen);
    expr_id sum = 0;
    if ((entropy ? choose_all(&c) : choose(&c, a, true)) && find_moves(&c) && check_rates(&c)) {
        c.reverse = net_reverses(c.net);
        sum = entropy ? sum_of_entropies(&c) : kind == FLUX_RATE ? sum_of_rates(&c) : sum_of_fluxes(&c);
    }
    free(c.reverse);
    free(c.chosen);
    return sum;
}

/* The integral over the last run of entropy_production with the same arguments. */
expr_id experiment_dissipation(struct where *w, const struct ast *call)
{
    const struct ast *a = arg_value(call_arg(call, 1));
    int32_t net = a->kind == AST_NAME ? experiment_network(w, a) : -1;
    struct shape axes, shape = shape_scalar();
    if (a->kind != AST_NAME) {
        return diag_report(w->f->diag, DIAG_E0506, a->span, "dissipation is of a network");
    }
    if (net < 0 || !experiment_axes(w, net, call->span, &axes)) {
        return 0;
    }
    struct where o = experiment_view(w, net, false, NULL);
    expr_id rate = experiment_flux(&o, call, "dissipation", FLUX_ENTROPY);
    if (!rate || !experiment_with_axes(w, call->span, axes, &shape)) {
        return 0;
    }
    struct stat_request r = {.kind = STAT_TIME_INTEGRAL, .of_rows = axes.rank > 0};
    experiment_observe(w, net, rate, experiment_label(w, call), &r);
    int32_t request = experiment_add_request(experiment_use(w, net), &r);
    return expr_call(w->ex, EXPR_STAT, TYPE_REAL, shape, net, request, 0, NULL);
}
