/* Graphviz: a bipartite graph of species (ellipses) and reactions (boxes); catalysts by dashed edges
 * without a head; events (diamonds) with dotted edges to what they change. */
#include "codegen/text/text_impl.h"
#include "ir/expr/expr_print.h"

static void write_edge(struct text *t, size_t j, const struct term *term, bool to_product)
{
    if (to_product) {
        fprintf(t->out, "  r%zu -> s%d", j, term->species);
    } else {
        fprintf(t->out, "  s%d -> r%zu", term->species, j);
    }
    if (term->count > 1) {
        fprintf(t->out, " [label=\"%lld\"]", (long long)term->count);
    }
    fputs(";\n", t->out);
}

static void write_edges(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    const struct term *lhs = net_lhs(t->net, r), *rhs = net_rhs(t->net, r);
    uint32_t a = 0, b = 0;
    while (a < r->n_lhs || b < r->n_rhs) {
        bool left = b == r->n_rhs || (a < r->n_lhs && lhs[a].species <= rhs[b].species);
        bool right = a == r->n_lhs || (b < r->n_rhs && rhs[b].species <= lhs[a].species);
        if (left && right && lhs[a].count == rhs[b].count) {
            fprintf(t->out, "  s%d -> r%zu [style=dashed, arrowhead=none];\n", lhs[a].species, j);
        } else {
            if (left) {
                write_edge(t, j, &lhs[a], false);
            }
            if (right) {
                write_edge(t, j, &rhs[b], true);
            }
        }
        a += left;
        b += right;
    }
}

struct modifiers {
    struct text *t;
    size_t j;
};

/* A species that a law reads, and that the reaction does not change. */
static void write_modifier(void *env, expr_id id, const struct expr *e)
{
    const struct modifiers *m = env;
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
        fprintf(m->t->out, "  s%d -> r%zu [style=dotted, arrowhead=none];\n", e->a, m->j);
    }
}

static void write_reaction(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    char *label;
    size_t size;
    FILE *out = t->out;
    t->out = open_memstream(&label, &size);
    text_source(t, r->rate);
    if (r->guard) {
        fprintf(t->out, " in %s", t->net->guard.data[r->guard].name);
    }
    fclose(t->out);
    t->out = out;
    fprintf(out, "  r%zu [shape=box, label=", j);
    print_quoted(out, size > 60 ? "law" : label, '"');
    free(label);
    const char *origin = text_origin(t, j);
    if (origin) {
        fputs(", tooltip=", out);
        print_quoted(out, origin, '"');
    }
    fputs("];\n", out);
    write_edges(t, j);
    if (t->law[j]) {
        struct modifiers m = {t, j};
        expr_visit(t->net->ex, t->law[j], write_modifier, &m);
    }
}

/* A diamond, with edges to what it changes. */
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
    fprintf(out, "  e%zu [shape=diamond, label=", i);
    print_quoted(out, label, '"');
    fputs("];\n", out);
    free(label);
    for (uint32_t k = 0; k < e->n; k++) {
        fprintf(out, "  e%zu -> s%d [style=dotted];\n", i, t->net->change.data[e->first + k].species);
    }
}

bool text_write_dot(struct text *t)
{
    const struct net *n = t->net;
    text_header(t);
    fputs("digraph ", t->out);
    print_quoted(t->out, n->name, '"');
    fputs(" {\n", t->out);
    for (size_t i = 0; i < n->species.n; i++) {
        fprintf(t->out, "  s%zu [label=", i);
        print_quoted(t->out, t->species[i], '"');
        fputs(n->species.data[i].kind == SPECIES_CONSTANT ? ", peripheries=2];\n" : "];\n", t->out);
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        write_reaction(t, j);
    }
    for (size_t i = 0; i < n->event.n; i++) {
        write_event(t, i);
    }
    fputs("}\n", t->out);
    return true;
}
