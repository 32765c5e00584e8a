/* Checks whether a format can hold a network. What it cannot hold is an error at the reaction; what the
 * target would silently lose is a warning. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"
#include "ir/expr/expr_print.h"
#include "ir/net/each_expr.h"

/* most molecules of a side that are written one by one, for targets that repeat species */
enum { MAX_MOLECULES = 1000 };

bool text_refuse(struct text *t, size_t j, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    const char *why = arena_vprintf(t->arena, format, ap);
    va_end(ap);
    struct span at = j < t->net->reaction.n ? t->net->reaction.data[j].span : (struct span){0};
    return diag_report(t->diag, DIAG_E0821, at, "%s: %s", t->format->name, why);
}

static const char *reaction_name(struct text *t, size_t j)
{
    return net_reaction_text(t->net, (reaction_id)j, t->arena);
}

static bool offer_legalize(struct text *t, const char *how)
{
    diag_help(t->diag, "--legalize %s", how);
    return false;
}

static bool check_sides(struct text *t, size_t j)
{
    const struct text_format *f = t->format;
    int64_t order = text_order(t, j), products = text_product_count(t, j);
    bool ok = true;
    if (f->reactants && order > f->reactants) {
        text_refuse(t, j, "%lld reactants, but it takes at most %lld: %s", (long long)order,
                    (long long)f->reactants, reaction_name(t, j));
        ok = offer_legalize(t, "lets them meet two by two, by fast reversible intermediates");
    }
    if (f->products && products > f->products) {
        text_refuse(t, j, "%lld products, but it takes at most %lld: %s", (long long)products,
                    (long long)f->products, reaction_name(t, j));
        ok = offer_legalize(t, "splits them by fast intermediates");
    }
    if (order > MAX_MOLECULES || products > MAX_MOLECULES) {
        ok = text_refuse(t, j, "more than %d molecules on a side: %s", MAX_MOLECULES, reaction_name(t, j));
    }
    if (!(f->takes & TAKES_EMPTY) && (order == 0 || products == 0)) {
        text_refuse(t, j, "a side of a reaction cannot be empty: %s", reaction_name(t, j));
        ok = offer_legalize(t, "adds a waste product or a constant source");
    }
    return ok;
}

static bool check_rate(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    if (r->guard > 0 && !(t->format->takes & TAKES_GUARDS)) {
        return text_refuse(t, j, "this reaction is switched by %s", t->net->guard.data[r->guard].name);
    }
    if (r->rate_kind == RATE_MASS_ACTION) {
        bool possible = isfinite(t->k[j]) && t->k[j] >= 0;
        return possible || text_refuse(t, j, "the rate constant is %g: %s", t->k[j], reaction_name(t, j));
    }
    if (!(t->format->takes & TAKES_LAWS)) {
        text_refuse(t, j, "only mass action, not the law of %s", reaction_name(t, j));
        diag_help(
            t->diag,
            "write it by elementary reactions, or use a format that takes laws, such as sbml or antimony");
        return false;
    }
    if (!t->law[j]) {
        return text_refuse(t, j, "this law cannot be written without arrays");
    }
    if (!(t->format->takes & TAKES_TIME) && expr_uses(t->net->ex, t->law[j], EXPR_TIME, -1)) {
        return text_refuse(t, j, "a rate cannot depend on time: %s", reaction_name(t, j));
    }
    return true;
}

static bool check_change(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    if (r->delay && !(t->format->takes & TAKES_LATE)) {
        text_refuse(t, j, "the products of a reaction come later: %s", reaction_name(t, j));
        return diag_help(t->diag, "the format crnl holds it"), false;
    }
    if (net_change_is_known(r) || r->delay ||
        (t->format->takes & TAKES_FRACTIONS && !t->options->stochastic)) {
        return true;
    }
    species_id s = t->net->fraction.data[r->fraction].species;
    const char *others = "";
    for (int i = 0; i < TEXT_FORMAT_COUNT; i++) {
        if (text_formats[i].takes & TAKES_FRACTIONS) {
            others = arena_printf(t->arena, "%s%s%s", others, *others ? ", " : "", text_formats[i].name);
        }
    }
    text_refuse(t, j, "the amount of %s changes by what is no whole number: %s", t->net->species.data[s].name,
                reaction_name(t, j));
    if (t->options->stochastic) {
        diag_help(t->diag, "there are only whole molecules; without --stochastic these formats hold it: %s",
                  others);
    } else {
        diag_help(t->diag, "these formats hold it: %s", others);
    }
    return false;
}

struct seek_before {
    expr_id found; /* a delay with a history of its own before the start */
};

static void look_before(void *env, expr_id id, const struct expr *e)
{
    struct seek_before *s = env;
    bool differs = expr_has_class(e->op, EXPR_CLASS_PAST) && e->args[2] != e->args[0];
    s->found = differs ? id : s->found;
}

static bool check_past(struct text *t)
{
    const struct net *n = t->net;
    struct span at = {0};
    expr_id delay = net_first_delay(n, &at);
    if (!delay) {
        return true;
    }
    if (!(t->format->takes & TAKES_PAST) || t->options->stochastic) {
        diag_report(t->diag, DIAG_E0821, at, "%s: the network reads what was some time ago: %s",
                    t->options->stochastic ? "--stochastic" : t->format->name,
                    net_expr_text(n, delay, t->arena));
        return false;
    }
    for (struct net_expr e = net_exprs(n); !(t->format->takes & TAKES_BEFORE) && net_next_expr(&e);) {
        struct seek_before s = {0};
        if (e.id && (expr_get(n->ex, e.id)->holds & HOLDS_PAST)) {
            expr_visit(n->ex, e.id, look_before, &s);
        }
        if (s.found) {
            return diag_report(t->diag, DIAG_E0821, net_expr_span(&e),
                               "%s: it has no formula for what was before the start, as %s has",
                               t->format->name, net_expr_text(n, s.found, t->arena));
        }
    }
    return true;
}

static bool check_species(struct text *t)
{
    bool ok = true;
    for (size_t i = 0; i < t->net->species.n; i++) {
        const struct species *s = &t->net->species.data[i];
        const char *name = s->name;
        if ((s->flags & SPECIES_SIGNED) && !(t->format->takes & TAKES_SIGNED)) {
            ok = diag_report(t->diag, DIAG_E0821, s->span,
                             "%s: it has no quantity that may be negative, as %s may", t->format->name, name);
        } else if (!isfinite(t->x[i]) || (t->x[i] < 0 && !(s->flags & SPECIES_SIGNED))) {
            ok = diag_report(t->diag, DIAG_E0821, s->span, "%s: the initial amount of %s is %g",
                             t->format->name, name, t->x[i]);
        }
        if (s->kind == SPECIES_CONSTANT && t->species_used[i] && !(t->format->takes & TAKES_CONSTANT)) {
            diag_report(t->diag, DIAG_E0821, s->span, "%s: no species can be held constant, as %s is",
                        t->format->name, name);
            ok = offer_legalize(t, "puts its amount into the rates");
        }
    }
    return ok;
}

static bool check_events(struct text *t)
{
    const struct net *n = t->net;
    bool takes = t->format->takes & TAKES_EVENTS, ok = true;
    if (n->event.n > 0 && !takes) { /* one message for all events, because all have one remedy */
        ok = diag_report(t->diag, DIAG_E0821, n->event.data[0].span, "%s: it has no events, as this '%s'",
                         t->format->name, text_event_kinds[n->event.data[0].kind]);
        const char *others = "";
        for (int i = 0; i < TEXT_FORMAT_COUNT; i++) {
            if (text_formats[i].takes & TAKES_EVENTS) {
                others = arena_printf(t->arena, "%s%s%s", others, *others ? ", " : "", text_formats[i].name);
            }
        }
        diag_help(t->diag, "formats with events: %s", others);
    }
    for (size_t i = 0; i < n->event.n && takes; i++) {
        if (n->event.data[i].flags & EVENT_QUEUED && !(t->format->takes & TAKES_QUEUED)) {
            ok = diag_report(t->diag, DIAG_E0821, n->event.data[i].span,
                             "%s: an event with delay, priority or values of another time", t->format->name);
        } else if (n->event.data[i].longest) {
            ok = diag_report(t->diag, DIAG_E0821, n->event.data[i].span, "%s: an event whose delay is drawn",
                             t->format->name);
        }
    }
    if (n->clock.n && !takes) {
        ok = diag_report(t->diag, DIAG_E0821, (struct span){0},
                         "%s: it has no clock that switches reactions, as %s does", t->format->name,
                         n->guard.data[n->clock.data[0].guard].name);
    }
    return ok;
}

/* Checks the lengths of formulas before anything is printed. */
static bool check_sizes(struct text *t)
{
    const struct net *n = t->net;
    bool ok = true;
    for (struct net_expr e = net_exprs(n); net_next_expr(&e);) {
        bool unseen = e.role == ROLE_QUANTITY ||
                      (e.role == ROLE_ELEMENT && !(n->symbol.data[e.owner].flags & SYMBOL_IS_OUTPUT));
        bool data = expr_get(n->ex, e.id)->op == EXPR_CONST; /* as long as its data */
        if (!unseen && !data && expr_text_size(n->ex, e.id, TEXT_MAX_NODES) >= TEXT_MAX_NODES) {
            ok = diag_report(t->diag, DIAG_E0821, net_expr_span(&e), "%s: %s is too long to be written out",
                             t->format->name, net_role_name(e.role));
        }
    }
    return ok;
}

/* The first outputs that are formulas, separated by commas; *n is the number of all. */
static const char *formulas(struct text *t, size_t *n)
{
    enum { MOST = 4 };
    const char *list = "";
    *n = 0;
    for (size_t i = 0; i < t->net->symbol.n; i++) {
        const struct symbol *s = &t->net->symbol.data[i];
        if (text_is_formula(t, s) && ++*n <= MOST) {
            list = arena_printf(t->arena, "%s%s%s", list, *n > 1 ? ", " : "", s->name);
        }
    }
    return *n > MOST ? arena_printf(t->arena, "%s and %zu more", list, *n - MOST) : list;
}

/* Warns of what the target drops silently. */
static void warn_losses(struct text *t)
{
    const char *name = t->format->name;
    bool uniform = true, amounts = false;
    for (size_t j = 1; j < t->net->reaction.n; j++) {
        uniform &= t->k[j] == t->k[0];
    }
    for (size_t i = 0; i < t->net->species.n; i++) {
        amounts |= t->x[i] != 0;
    }
    if (!(t->format->takes & TAKES_RATES) && !uniform) {
        diag_report(t->diag, DIAG_W0821, (struct span){0},
                    "%s does not use rates, and those of network %s differ", name, t->net->name);
        diag_help(t->diag, "what depends on their ratios changes; a rate-independent network does not");
    }
    if (!(t->format->takes & TAKES_INITIAL) && amounts) {
        diag_report(t->diag, DIAG_W0821, (struct span){0, 0, 1}, "%s does not hold initial amounts", name);
    }
    size_t n;
    const char *outputs = formulas(t, &n);
    if (n > 0 && !(t->format->takes & TAKES_OUTPUTS)) {
        diag_report(t->diag, DIAG_W0821, (struct span){0, 0, 2}, "%s does not hold outputs by formula: %s",
                    name, outputs);
    }
}

/* Warns once, at the first law that reads the time. */
static void warn_time(struct text *t)
{
    size_t j = 0, n = t->net->reaction.n;
    while (j < n && !(t->law[j] && expr_uses(t->net->ex, t->law[j], EXPR_TIME, -1))) {
        j++;
    }
    if (j < n && t->format->takes & HOLDS_TIME) {
        diag_report(t->diag, DIAG_W0821, t->net->reaction.data[j].span,
                    "%s: this law reads the time, and run_network 3.0 (BioNetGen 2.9.3) keeps that at its "
                    "start: its result is wrong",
                    t->format->name);
        diag_help(t->diag,
                  "for an ODE run there, count the time by a species, `0 ->{1} clock`, and read its amount");
    }
}

bool text_check(struct text *t)
{
    bool ok = check_sizes(t);
    ok = check_species(t) && ok;
    ok = check_events(t) && ok;
    ok = check_past(t) && ok;
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        ok = check_sides(t, j) && ok;
        ok = check_rate(t, j) && ok;
        ok = check_change(t, j) && ok;
    }
    if (ok) {
        warn_losses(t);
        warn_time(t);
    }
    return ok;
}
