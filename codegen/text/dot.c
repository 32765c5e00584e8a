/* Graphviz. Species are ellipses, reactions are boxes with their rates; a reversible reaction has one box.
 * Lines lead from reactants, arrows to products; the arrows of reverse directions are open. A dashed line
 * leads from each species that a reaction reads but does not change: it ends in a circle for catalysts and
 * for species that make the law larger, in a bar for those that make it smaller. Events are diamonds, with
 * dotted lines to what they change. If all rate constants are numbers of one unit, the lines of larger ones
 * are wider. A text below the graph explains those of these signs that it has. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"
#include "ir/expr/expr_print.h"
#include "ir/net/net_sides.h"

/* Colours: species, modifiers (species that a reaction only reads), everything else. */
#define SPECIES  "#0072B2"
#define MODIFIER "#D55E00"
#define LINES    "#444444"

/* A reversible reaction is drawn once, with the rates of both directions. */
struct graph {
    struct text *t;
    bool has_reverse, has_catalysts, has_inhibitors, has_laws, has_counts; /* for the line below the graph */
    double largest; /* rate constant, if the widths of lines are to tell them; 0: all lines are alike */
    /* [n_reactions] the reverse that it is drawn with; -1: none; -2: it is drawn with another */
    int32_t *reverse;
};

/* ---- sides ---- */

static bool is_reverse(const struct net *n, size_t i, size_t j)
{
    const struct reaction *a = &n->reaction.data[i], *b = &n->reaction.data[j];
    return a->rate_kind != RATE_LAW && b->rate_kind != RATE_LAW && a->guard == b->guard &&
           side_equal(net_lhs(n, a), a->n_lhs, net_rhs(n, b), b->n_rhs) &&
           side_equal(net_rhs(n, a), a->n_rhs, net_lhs(n, b), b->n_lhs);
}

/* Finds reversible reactions; both directions of `A <-> B` are neighbours. */
static void find_reverse(struct graph *g)
{
    const struct net *n = g->t->net;
    for (size_t j = 0; j < n->reaction.n; j++) {
        g->reverse[j] = -1;
    }
    for (size_t j = 0; j + 1 < n->reaction.n; j++) {
        if (g->reverse[j] == -1 && is_reverse(n, j, j + 1)) {
            g->has_reverse = true;
            g->reverse[j] = (int32_t)(j + 1);
            g->reverse[j + 1] = -2;
        }
    }
}

/* ---- widths ---- */

static int64_t order_of(const struct net *n, const struct reaction *r)
{
    int64_t order = 0;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        order += net_lhs(n, r)[i].count;
    }
    return order;
}

/* Rate constants are compared if they are numbers of one unit: their reactions take as many molecules. */
static void find_largest(struct graph *g)
{
    const struct net *n = g->t->net;
    double least = INFINITY, most = 0, rate;
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        if (g->t->law[j] || !expr_const_real(n->ex, r->rate, &rate) ||
            order_of(n, r) != order_of(n, &n->reaction.data[0])) {
            return;
        }
        least = fmin(least, rate);
        most = fmax(most, rate);
    }
    g->largest = most > least && least >= 0 && isfinite(most) ? most : 0;
}

/* Width of a reaction's lines, of a reversible one for the larger constant: from 0.4 to 2.4 in proportion. */
static void write_width(const struct graph *g, size_t j)
{
    const struct net *n = g->t->net;
    double rate = 0, back = 0;
    if (g->largest > 0) {
        expr_const_real(n->ex, n->reaction.data[j].rate, &rate);
        if (g->reverse[j] >= 0) {
            expr_const_real(n->ex, n->reaction.data[g->reverse[j]].rate, &back);
        }
        fprintf(g->t->out, "  edge [penwidth=%.2f];\n", 0.4 + 2 * fmax(rate, back) / g->largest);
    }
}

/* ---- lines ---- */

/* How the line of a reactant ends at the species. */
static const char *back(const struct graph *g, size_t j)
{
    return g->reverse[j] >= 0 ? "dir=back, arrowtail=empty" : "dir=none";
}

/* Writes a line from a reactant to a reaction, or from a reaction to a product. Where the species is on both
 * sides, its two lines would cover each other if the one of the reactant pulled at the layout. */
static void write_edge(struct graph *g, size_t j, const struct term *term, bool to_product,
                       bool is_on_both_sides)
{
    FILE *out = g->t->out;
    if (to_product) {
        fprintf(out, "  r%zu -> s%d [", j, term->species);
    } else {
        fprintf(out, "  s%d -> r%zu [%s%s", term->species, j, back(g, j),
                is_on_both_sides ? ", weight=0" : "");
    }
    if (term->count > 1) {
        g->has_counts = true;
        fprintf(out, "%slabel=\"%lld\"", to_product ? "" : ", ", (long long)term->count);
    }
    fputs("];\n", out);
}

/* Writes an empty set of its own for a reaction without reactants or without products. */
static void write_nothing(const struct graph *g, size_t j, bool to_product)
{
    fprintf(g->t->out, "  n%zu%c [shape=plaintext, label=\"∅\"];\n", j, to_product ? 'p' : 'r');
    if (to_product) {
        fprintf(g->t->out, "  r%zu -> n%zup;\n", j, j);
    } else {
        fprintf(g->t->out, "  n%zur -> r%zu [%s];\n", j, j, back(g, j));
    }
}

static void write_edges(struct graph *g, size_t j)
{
    const struct net *n = g->t->net;
    const struct reaction *r = &n->reaction.data[j];
    const struct term *lhs = net_lhs(n, r), *rhs = net_rhs(n, r);
    uint32_t a = 0, b = 0;
    while (a < r->n_lhs || b < r->n_rhs) {
        bool left = b == r->n_rhs || (a < r->n_lhs && lhs[a].species <= rhs[b].species);
        bool right = a == r->n_lhs || (b < r->n_rhs && rhs[b].species <= lhs[a].species);
        if (left && right && lhs[a].count == rhs[b].count) {
            fprintf(g->t->out, "  s%d -> r%zu [style=dashed, arrowhead=odot, color=\"" MODIFIER "\"];\n",
                    lhs[a].species, j);
            g->has_catalysts = true;
        } else {
            if (left) {
                write_edge(g, j, &lhs[a], false, right);
            }
            if (right) {
                write_edge(g, j, &rhs[b], true, left);
            }
        }
        a += left;
        b += right;
    }
    if (r->n_lhs == 0) {
        write_nothing(g, j, false);
    }
    if (r->n_rhs == 0) {
        write_nothing(g, j, true);
    }
}

/* ---- laws ---- */

struct modifiers {
    struct text *t;
    struct graph *g;
    size_t j;
    species_id varied; /* while influence() tries the law, this species has `amount` and all others have 1 */
    double amount;
};

static bool leaf_of_trial(void *env, const struct expr *e, const void *const *args, void *out)
{
    const struct modifiers *m = env;
    (void)args;
    if (e->type != TYPE_REAL || e->shape.rank > 0) {
        return false;
    }
    *(double *)out = e->op == EXPR_SPECIES && e->a == m->varied ? m->amount
                     : e->op == EXPR_PARAM                      ? m->t->p[e->a]
                                                                : 1;
    return true;
}

/* How a rate changes as the amount of a species grows: "odot" if it grows, "tee" if it falls, "odiamond" if
 * neither or both. */
static const char *influence(struct modifiers *m, species_id s)
{
    static const double amount[] = {0.25, 1, 4, 64};
    struct expr_env env = {.env = m, .leaf = leaf_of_trial};
    double rate[4];
    bool up = true, down = true;
    m->varied = s;
    for (int i = 0; i < 4; i++) {
        m->amount = amount[i];
        if (!expr_eval(m->t->net->ex, m->t->law[m->j], &env, &rate[i])) {
            return "odiamond";
        }
        up &= i == 0 || rate[i] >= rate[i - 1];
        down &= i == 0 || rate[i] <= rate[i - 1];
    }
    return up == down ? "odiamond" : up ? "odot" : "tee";
}

/* Writes the line of a species that the law reads and the reaction does not change. */
static void write_modifier(void *env, expr_id id, const struct expr *e)
{
    struct modifiers *m = env;
    const struct reaction *r = &m->t->net->reaction.data[m->j];
    bool takes_part = e->op != EXPR_SPECIES;
    (void)id;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        takes_part |= net_lhs(m->t->net, r)[i].species == e->a;
    }
    for (uint32_t i = 0; i < r->n_rhs; i++) {
        takes_part |= net_rhs(m->t->net, r)[i].species == e->a;
    }
    if (!takes_part) {
        const char *head = influence(m, e->a);
        fprintf(m->t->out, "  s%d -> r%zu [style=dashed, arrowhead=%s, color=\"" MODIFIER "\"];\n", e->a,
                m->j, head);
        m->g->has_catalysts |= strcmp(head, "odot") == 0;
        m->g->has_inhibitors |= strcmp(head, "tee") == 0;
    }
}

/* Writes a constant with four digits, any other rate as it is. */
static void write_value(struct text *t, expr_id rate)
{
    double v;
    if (expr_const_real(t->net->ex, rate, &v)) {
        fprintf(t->out, "%.4g", v);
    } else {
        text_source(t, rate);
    }
}

/* Writes the rates of a reaction, two for a reversible one. Long ones would hide the rest of the picture, so
 * "law" replaces them. */
static void write_rate(struct text *t, const struct reaction *r, int32_t reverse)
{
    enum { LONGEST = 40 };
    char *label;
    size_t size;
    FILE *out = t->out;
    t->out = open_memstream(&label, &size);
    write_value(t, r->rate);
    if (reverse >= 0) {
        fputs(" | ", t->out);
        write_value(t, t->net->reaction.data[reverse].rate);
    }
    if (r->guard) {
        fprintf(t->out, " in %s", t->net->guard.data[r->guard].name);
    }
    fclose(t->out);
    t->out = out;
    print_quoted(out, size > LONGEST ? "law" : label, '"');
    free(label);
}

static void write_reaction(struct graph *g, size_t j)
{
    struct text *t = g->t;
    const struct reaction *r = &t->net->reaction.data[j];
    fprintf(t->out, "  r%zu [shape=box, style=rounded, fontsize=8, color=\"#bbbbbb\", label=", j);
    write_rate(t, r, g->reverse[j]);
    fputs(g->reverse[j] >= 0 ? ", comment=\"reversible\"" : "", t->out);
    const char *origin = text_origin(t, j);
    if (origin) {
        fputs(", tooltip=", t->out);
        print_quoted(t->out, origin, '"');
    }
    fputs("];\n", t->out);
    write_width(g, j);
    write_edges(g, j);
    if (t->law[j]) {
        struct modifiers m = {.t = t, .g = g, .j = j};
        g->has_laws = true;
        expr_visit(t->net->ex, t->law[j], write_modifier, &m);
    }
}

/* Writes an event as a diamond, with lines to what it changes. */
static void write_event(struct text *t, size_t i)
{
    const struct event *e = &t->net->event.data[i];
    char *label;
    size_t size;
    FILE *out = t->out;
    t->out = open_memstream(&label, &size);
    fprintf(t->out, "%s ", text_event_kinds[e->kind]);
    text_source(t, e->when);
    fclose(t->out);
    t->out = out;
    fprintf(out, "  e%zu [shape=diamond, fontsize=8, label=", i);
    print_quoted(out, label, '"');
    fputs("];\n", out);
    free(label);
    for (uint32_t k = 0; k < e->n; k++) {
        fprintf(out, "  e%zu -> s%d [style=dotted];\n", i, t->net->change.data[e->first + k].species);
    }
}

/* The line below the graph, in a cluster: the graph itself may have a title. */
static void write_key(const struct graph *g)
{
    FILE *out = g->t->out;
    const struct net_units *u = &g->t->net->units;
    fprintf(out, "    label=\"lines from reactants, arrows to products%s\\nboxes: rate constants%s%s",
            g->has_counts ? ", numbers: molecules" : "", g->has_laws ? " or laws" : "",
            g->has_reverse ? ", forward | reverse" : "");
    if (u->amount) {
        fprintf(out, " (in %s, %s)", u->amount, u->time);
    } else {
        fputs(" (no unit)", out);
    }
    fprintf(out, "%s%s%s%s\";\n", g->largest > 0 ? "\\nwide lines: large rate constants" : "",
            g->has_reverse ? "\\nopen arrows: reverse direction" : "",
            g->has_catalysts ? "\\ndashed to a circle: raises the rate, is not changed" : "",
            g->has_inhibitors ? "\\ndashed to a bar: lowers the rate, is not changed" : "");
}

static void write_species(struct text *t, size_t i)
{
    bool is_constant = t->net->species.data[i].kind == SPECIES_CONSTANT;
    fprintf(t->out, "  s%zu [style=filled, fillcolor=\"#e8f1f8\", color=\"" SPECIES "\"%s, label=", i,
            is_constant ? ", peripheries=2" : "");
    print_quoted(t->out, t->species[i], '"');
    fputs("];\n", t->out);
}

bool text_write_dot(struct text *t)
{
    enum { MANY = 100 };
    const struct net *n = t->net;
    struct graph g = {.t = t, .reverse = mem_zalloc(n->reaction.n + 1, sizeof *g.reverse)};
    find_reverse(&g);
    find_largest(&g);
    text_header(t);
    fputs("digraph ", t->out);
    print_quoted(t->out, n->name, '"');
    fputs(" {\n"
          "  graph [rankdir=LR, nodesep=0.25, ranksep=0.3, fontname=\"Helvetica\"];\n"
          "  node [fontname=\"Helvetica\", fontsize=10, height=0.25, width=0.3, margin=\"0.06,0.03\"];\n"
          "  edge [fontname=\"Helvetica\", fontsize=8, arrowsize=0.6, color=\"" LINES "\"];\n",
          t->out);
    if (n->species.n + n->reaction.n > MANY) { /* a layout that takes seconds, not minutes */
        fputs("  graph [nslimit=2, nslimit1=2, mclimit=1];\n", t->out);
    }
    fputs("  subgraph cluster {\n"
          "    peripheries=0; margin=0; labelloc=b; fontsize=7; fontcolor=\"" LINES "\";\n",
          t->out);
    for (size_t i = 0; i < n->species.n; i++) {
        write_species(t, i);
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        if (g.reverse[j] != -2) {
            write_reaction(&g, j);
        }
    }
    if (g.largest > 0 && n->event.n > 0) {
        fputs("  edge [penwidth=1];\n", t->out);
    }
    for (size_t i = 0; i < n->event.n; i++) {
        write_event(t, i);
    }
    write_key(&g);
    fputs("  }\n}\n", t->out);
    free(g.reverse);
    return true;
}
