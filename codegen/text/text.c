/* Writes a network in a format: computes values at the default parameters, chooses names, checks limits, then
 * calls the function of the format. */
#include "codegen/text/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"
#include "ir/interp/interp.h"
#include "ir/net/each_expr.h"
#include "ir/net/net_names.h"
#include "ir/program/program.h"
#include "support/mem.h"

const struct text_format text_formats[TEXT_FORMAT_COUNT] = {
#define FORMAT(id, name, extension, function, comment, reactants, products, takes, names, reserved, help) \
    {name, extension, comment, reactants, products, takes, names, reserved, help},
#include "codegen/text/formats.def"
#undef FORMAT
};

static bool (*const writers[])(struct text *t) = {
#define FORMAT(id, name, extension, function, ...) function,
#include "codegen/text/formats.def"
#undef FORMAT
};

#ifndef HAVE_LIBSBML
bool text_write_sbml(struct text *t)
{
    diag_report(t->diag, DIAG_E0820, (struct span){0}, "this crnlc was built without SBML");
    diag_help(t->diag, "install libsbml (Debian: libsbml5-dev) and build it again; antimony says the same in "
                       "another language");
    return false;
}
#endif

bool text_find(const char *name, enum text_format_id *id)
{
    for (size_t i = 0; i < TEXT_FORMAT_COUNT; i++) {
        if (strcmp(text_formats[i].name, name) == 0) {
            *id = (enum text_format_id)i;
            return true;
        }
    }
    return false;
}

static bool take_values(struct text *t)
{
    const struct net *n = t->net;
    struct interp *it = interp_create(n);
    int32_t slot = 0;
    bool ok = interp_params(it, NULL, NULL, t->p, &slot);
    int32_t molecule = net_molecule_slot(n);
    if (molecule >= 0) {
        t->p[molecule] = t->options->stochastic ? 1 : 0;
    }
    if (!ok) {
        diag_report(t->diag, DIAG_E0821, (struct span){0}, "parameter %s has no default value",
                    net_slot_text(n, slot, t->arena));
        diag_help(t->diag, "give it one where it is declared: an export holds numbers");
    } else if (!interp_initial(it, t->p, t->x) || !interp_rates(it, t->p, t->k)) {
        ok =
            diag_report(t->diag, DIAG_E0821, (struct span){0}, "a rate or initial amount cannot be computed");
    }
    interp_destroy(it);
    return ok;
}

struct use {
    bool *species, *slot;
};

static void mark_leaf(void *env, expr_id id, const struct expr *e)
{
    struct use *u = env;
    (void)id;
    if (e->op == EXPR_SPECIES) {
        u->species[e->a] = true;
    } else if (e->op == EXPR_PARAM) {
        u->slot[e->a] = true;
    }
}

static void mark_side(struct text *t, const struct term *side, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        t->species_used[side[i].species] = true;
    }
}

/* Whether the format may write the expression. */
static bool is_written(const struct text *t, const struct net_expr *e)
{
    switch (e->role) {
    case ROLE_DEFAULT: /* only those of parameters that are used, see mark_defaults */
    case ROLE_ENERGY:  /* part of the rates */
    case ROLE_QUANTITY: /* of an experiment, not of the network */ return false;
    case ROLE_ELEMENT:
        return text_is_formula(t, &t->net->symbol.data[e->owner]) && (t->format->takes & TAKES_UNUSED);
    default: return true;
    }
}

static void mark_uses(struct text *t)
{
    const struct net *n = t->net;
    struct use u = {t->species_used, t->slot_used};
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        mark_side(t, net_lhs(n, r), r->n_lhs);
        mark_side(t, net_rhs(n, r), r->n_rhs);
    }
    for (size_t i = 0; i < n->fraction.n; i++) {
        u.species[n->fraction.data[i].species] = true;
    }
    for (size_t i = 0; i < n->change.n; i++) {
        u.species[n->change.data[i].species] = true;
    }
    for (struct net_expr e = net_exprs(n); net_next_expr(&e);) {
        bool law = e.role == ROLE_LAW && t->law[e.owner];
        if (is_written(t, &e)) {
            expr_visit(n->ex, law ? t->law[e.owner] : e.id, mark_leaf, &u);
        }
    }
}

/* Marks what the defaults of used parameters read. Defaults read only earlier parameters. */
static void mark_defaults(struct text *t)
{
    struct use u = {t->species_used, t->slot_used};
    for (size_t i = t->net->param.n; i-- > 0;) {
        const struct net_param *p = &t->net->param.data[i];
        if (p->shape.rank == 0 && p->init && u.slot[p->first]) {
            expr_visit(t->net->ex, p->init, mark_leaf, &u);
        }
    }
}

static void scalar_laws(struct text *t)
{
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        if (t->net->reaction.data[j].rate_kind == RATE_LAW) {
            t->law[j] = text_scalar(t->net, t->net->reaction.data[j].rate);
        }
    }
}

static void text_open(struct text *t)
{
    size_t n_species = t->net->species.n, n_slots = (size_t)t->net->n_slots, n_reactions = t->net->reaction.n;
    t->arena = arena_create();
    t->names = name_set_create(t->format->reserved);
    t->species = mem_zalloc(n_species + 1, sizeof *t->species);
    t->slot = mem_zalloc(n_slots + 1, sizeof *t->slot);
    t->guard = mem_zalloc(t->net->guard.n + 1, sizeof *t->guard);
    t->output = mem_zalloc(t->net->elem.n + 1, sizeof *t->output);
    t->species_used = mem_zalloc(n_species + 1, sizeof *t->species_used);
    t->slot_used = mem_zalloc(n_slots + 1, sizeof *t->slot_used);
    t->p = mem_zalloc(n_slots + 1, sizeof *t->p);
    t->x = mem_zalloc(n_species + 1, sizeof *t->x);
    t->k = mem_zalloc(n_reactions + 1, sizeof *t->k);
    t->law = mem_zalloc(n_reactions + 1, sizeof *t->law);
    t->meaning = net_names_create(t->net);
    scalar_laws(t);
    mark_uses(t);
    mark_defaults(t);
    text_name_all(t);
}

static void text_close(struct text *t)
{
    free(t->species);
    free(t->slot);
    free(t->guard);
    free(t->output);
    free(t->species_used);
    free(t->slot_used);
    free(t->p);
    free(t->x);
    free(t->k);
    free(t->law);
    net_names_destroy(t->meaning);
    name_set_destroy(t->names);
    arena_destroy(t->arena);
}

static bool write(struct text *t, enum text_format_id id)
{
    text_open(t);
    bool ok = take_values(t) && text_check(t) && writers[id](t);
    text_close(t);
    return ok;
}

bool text_write(FILE *out, struct net *n, enum text_format_id id, const struct text_options *o,
                const struct sources *sources, struct diag *diag)
{
    struct text t = {
        .out = out, .net = n, .format = &text_formats[id], .options = o, .sources = sources, .diag = diag};
    t.declared = n->units;
    if (o->stochastic && t.format->takes & COUNTS_MOLECULES && !text_count_molecules(n, diag)) {
        return false;
    }
    if (!(t.format->takes & TAKES_RATES)) {
        text_take_out_never(n, TEXT_NEVER_USED, t.format->name, diag);
    }
    return write(&t, id);
}

/* ---- graphs of pictures ---- */

/* The graph of one network. Parameters without a default count as 1, since the signs of influences hardly
 * depend on them. */
static const char *graph_of(struct net *n, struct arena *arena, const struct sources *sources)
{
    char *text;
    size_t size;
    struct text t = {
        .out = open_memstream(&text, &size), .net = n, .format = &text_formats[TEXT_DOT], .sources = sources};
    text_open(&t);
    struct interp *it = interp_create(n);
    int32_t slot = 0;
    if (!interp_params(it, NULL, NULL, t.p, &slot)) {
        for (int32_t i = 0; i < n->n_slots; i++) {
            t.p[i] = 1;
        }
    }
    interp_destroy(it);
    text_write_dot(&t);
    text_close(&t);
    fclose(t.out);
    const char *kept = arena_strdup(arena, text);
    free(text);
    return kept;
}

static void write_graphs(struct program *p, struct block *b, const struct sources *sources)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        struct stmt *s = b->stmt.data[i];
        for (size_t k = 0; k < s->drawn.n; k++) {
            struct drawn *d = &s->drawn.data[k];
            if (d->kind == DRAWN_CURVE && d->curve.kind == CRNL_CURVE_GRAPH) {
                d->curve.label = graph_of(p->net.data[d->curve.net].net, p->arena, sources);
            }
        }
        write_graphs(p, s->body, sources);
        write_graphs(p, s->orelse, sources);
    }
}

void text_graphs(struct program *p, const struct sources *sources)
{
    write_graphs(p, p->body, sources);
}

void text_write_names(FILE *out, struct net *n, enum text_format_id id)
{
    struct text t = {.out = out, .net = n, .format = &text_formats[id]};
    text_open(&t);
    text_name_map(&t, out, "  ", "\n");
    text_close(&t);
}
