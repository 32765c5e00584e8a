/* W0403 warns of reactions that never fire because one of their reactants is never present, or because runs
 * of whole molecules never have as many of it as the reaction takes. W0413 warns of
 * arguments that an instance leaves out and of which nothing is ever present. Species that are present at
 * first, or that may be set, spread through the reactions until nothing new appears. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/experiment/experiment.h"
#include "frontend/text/reaction_lines.h"
#include "runtime/crnl_method.h"

static bool within(struct span inner, struct span outer)
{
    return inner.file == outer.file && inner.lo >= outer.lo && inner.hi <= outer.hi;
}

static bool same_place(struct span a, struct span b)
{
    return a.file == b.file && a.lo == b.lo && a.hi == b.hi;
}

/* The species of a symbol. A dual value has those of its rails, whose symbols stand behind its own. */
static species_id species_of(const struct net *net, const struct symbol *s, int rail, int64_t i)
{
    const struct symbol *of = s->kind == SYMBOL_DUAL ? s + 1 + rail : s;
    return (species_id)expr_get(net->ex, net->elem.data[of->first + (uint32_t)i])->a;
}

/* An argument that an instance leaves out is declared by the instance itself, so its symbol has the
 * instance's place. */
bool lint_is_left_out(const struct net *net, const struct symbol *s)
{
    return (s->kind == SYMBOL_SPECIES || s->kind == SYMBOL_DUAL) && shape_size(s->shape) > 0 &&
           !same_place(s->span, net->species.data[species_of(net, s, 0, 0)].span);
}

/* `argument` names the argument which an instance left out and which is this symbol; it may be NULL. */
static bool present_at_first(const struct lint_network *l, const struct net *net, const struct species *s,
                             const char *argument)
{
    double amount;
    bool none = s->init == 0 || (expr_const_real(net->ex, s->init, &amount) && amount == 0);
    return !none || (s->kind == SPECIES_BULK && !argument) || (s->flags & SPECIES_INPUT) ||
           within(s->span, network_nparams(l->tree)->span) ||
           lint_may_be_set(l, argument ? argument : s->name, s->span);
}

/* The first reactant that is never present, or -1. */
static species_id missing(const struct net *net, const struct reaction *r, const bool *present)
{
    const struct term *t = net_lhs(net, r);
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        if (!present[t[i].species]) {
            return t[i].species;
        }
    }
    return -1;
}

enum { MOST_ROUNDS = 200 };

/* Events make what they change. Returns false if the chain is so long that following it is not worth the
 * time. */
static bool spread(const struct net *net, bool *present)
{
    bool more = true;
    for (size_t i = 0; i < net->change.n; i++) {
        present[net->change.data[i].species] = true;
    }
    for (int round = 0; more && round < MOST_ROUNDS; round++) {
        more = false;
        for (size_t j = 0; j < net->reaction.n; j++) {
            const struct reaction *r = &net->reaction.data[j];
            const struct term *t = net_rhs(net, r);
            /* A law may make its products from species that its sides do not show. */
            bool fires = r->rate_kind == RATE_LAW || missing(net, r, present) < 0;
            for (uint32_t i = 0; fires && i < r->n_rhs; i++) {
                more = more || !present[t[i].species];
                present[t[i].species] = true;
            }
            for (uint32_t i = 0; fires && i < r->n_fractions; i++) {
                species_id s = net->fraction.data[r->fraction + i].species;
                more = more || !present[s];
                present[s] = true;
            }
        }
    }
    return !more;
}

/* ---- too few molecules ---- */

struct whole {
    const char *network;
    const char *by; /* the method of the first of its runs */
    bool other;     /* a run is by a method that takes fractions of a molecule, or with a volume */
};

static enum ast_verdict look_at_method(void *env, const struct ast *a)
{
    struct whole *w = env;
    const struct ast *of = a->kind == AST_RUN ? experiment_run_of(a) : NULL;
    if (a->kind == AST_REACTION || a->kind == AST_REACTIONS) {
        return AST_LEAVE_OUT;
    }
    if ((a->kind != AST_RUN && a->kind != AST_CONTINUE) || (of ? of->name : a->name) != w->network) {
        return AST_GO_ON;
    }
    const struct ast *by = experiment_clause(a, OP_BY), *ctor = by ? clause_value(by) : NULL;
    unsigned traits = 0;
    for (int i = 0; ctor && i < CRNL_METHOD_COUNT; i++) {
        traits |= strcmp(crnl_method_info[i].family, ctor->name) == 0 ? crnl_method_info[i].traits : 0;
    }
    w->other |= !(traits & (CRNL_MOLECULES | CRNL_LAW));
    for (uint32_t i = 0; ctor && i < ctor->n; i++) {
        const char *option = ctor_arg(ctor, i)->name;
        w->other |= !option || strcmp(option, crnl_option_info[CRNL_OPTION_VOLUME].name) == 0;
    }
    w->by = w->by ? w->by : ctor ? ctor->name : NULL;
    return AST_GO_ON;
}

/* By species: how many molecules there are at most, or -1 if that is not known, or could be more than at
 * first. NULL if a run of the network is not by whole molecules. */
static double *find_most(const struct lint_network *l, const struct net *net, struct whole *w)
{
    *w = (struct whole){.network = l->tree->name};
    if (net_molecules(&net->units) == 0) {
        (void)ast_find(l->f->module.data[0]->tree, look_at_method, w);
    }
    if (!w->by || w->other) {
        return NULL;
    }
    double *most = mem_zalloc(net->species.n + 1, sizeof *most);
    for (size_t i = 0; i < net->species.n; i++) {
        const struct species *s = &net->species.data[i];
        bool known = (s->init == 0 || expr_const_real(net->ex, s->init, &most[i])) &&
                     s->kind == SPECIES_DISCRETE && !(s->flags & SPECIES_INPUT) &&
                     !lint_may_be_set(l, s->name, s->span);
        most[i] = known ? most[i] : -1;
    }
    for (size_t j = 0; j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            species_id made = net_rhs(net, r)[i].species;
            most[made] = net_whole_change_of(net, r, made) > 0 ? -1 : most[made];
        }
        for (uint32_t i = 0; i < r->n_fractions; i++) {
            most[net->fraction.data[r->fraction + i].species] = -1;
        }
    }
    for (size_t i = 0; i < net->change.n; i++) {
        most[net->change.data[i].species] = -1;
    }
    return most;
}

/* The term of which there is never enough, or NULL. What is never there at all is found by `missing`. */
static const struct term *too_many(const struct net *net, const struct reaction *r, const double *most)
{
    const struct term *t = net_lhs(net, r);
    for (uint32_t i = 0; most && r->rate_kind == RATE_MASS_ACTION && i < r->n_lhs; i++) {
        if (most[t[i].species] > 0 && (double)t[i].count > most[t[i].species]) {
            return &t[i];
        }
    }
    return NULL;
}

/* As `missing`. A law need not vanish with what its reaction shows as a reactant and leaves as it was, but
 * what it takes has to be there. */
static species_id absent_of(const struct net *net, const struct reaction *r, const bool *present)
{
    species_id s = missing(net, r, present);
    for (uint32_t i = 0; s >= 0 && r->rate_kind == RATE_LAW && i < r->n_rhs; i++) {
        if (net_rhs(net, r)[i].species == s) {
            return -1;
        }
    }
    return s >= 0 && species_may_be_negative(&net->species.data[s]) ? -1 : s;
}

/* Reactions in the order of their places, each with a reactant that is never present, or -1, and with a term
 * of which there is never enough, or NULL. */
struct verdict {
    struct span span;
    species_id absent;
    const struct term *few;
};

static int by_place(const void *x, const void *y)
{
    const struct verdict *a = x, *b = y;
    return (a->span.lo > b->span.lo) - (a->span.lo < b->span.lo);
}

struct verdicts {
    VEC(struct verdict) list;
    struct whole whole;
    const double *most;
};

/* Whether the species is a rail of a dual value, whose reactions are written for both rails even if its sign
 * never changes. */
static bool is_rail(const struct net *net, species_id s)
{
    for (size_t i = 0; i < net->symbol.n; i++) {
        const struct symbol *of = &net->symbol.data[i];
        for (int64_t k = 0; of->kind == SYMBOL_DUAL && k < shape_size(of->shape); k++) {
            if (species_of(net, of, 0, k) == s || species_of(net, of, 1, k) == s) {
                return true;
            }
        }
    }
    return false;
}

/* One statement may make many reactions, and it is dead if all of them are dead. */
static void check_statement(const struct lint_network *l, const struct net *net, struct span statement,
                            const struct verdicts *v)
{
    size_t lo = 0, hi = v->list.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v->list.data[mid].span.lo < statement.lo) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    species_id absent = -1;
    const struct term *few = NULL;
    for (; lo < v->list.n && v->list.data[lo].span.lo < statement.hi; lo++) {
        absent = v->list.data[lo].absent;
        few = v->list.data[lo].few;
        if (absent < 0 && !few) {
            return;
        }
    }
    if (absent < 0 && few) {
        const char *name = net->species.data[few->species].name;
        diag_report(l->f->diag, DIAG_W0403, statement,
                    "this reaction never fires by %s: it takes %lld '%s' at once, and there are never more "
                    "than %g",
                    v->whole.by, (long long)few->count, name, floor(v->most[few->species]));
        diag_help(l->f->diag, "begin with more of it; what is needed and stays counts, as does `via %s`",
                  name);
    }
    if (absent >= 0 && !is_rail(net, absent)) {
        const char *name = net->species.data[absent].name;
        diag_report(l->f->diag, DIAG_W0403, statement, "this reaction never fires: there is never any '%s'",
                    name);
        diag_help(l->f->diag,
                  "it starts at 0 and nothing makes it: give it an initial amount, or declare it `input`");
    }
}

static void check_statements(const struct lint_network *l, const struct net *net, const struct ast *a,
                             const struct verdicts *v)
{
    if (a && a->kind == AST_REACTION) {
        check_statement(l, net, a->span, v);
    }
    for (uint32_t i = 0; a && a->kind == AST_REACTIONS && i < reaction_lines_count(a); i++) {
        check_statement(l, net, reaction_lines_at(a, i), v);
    }
    for (uint32_t i = 0; a && a->kind != AST_REACTION && i < a->n; i++) {
        check_statements(l, net, ast_child(a, i), v);
    }
}

/* ---- W0413 ---- */

struct left_out {
    struct span span;  /* the place of the instance */
    const char *name;  /* the symbol's name in the whole network */
    const char *takes; /* the name of the argument */
    bool absent;
};
struct left_outs {
    VEC(struct left_out) list;
};

static int by_argument(const void *x, const void *y)
{
    const struct left_out *a = x, *b = y;
    return a->span.file != b->span.file ? (a->span.file > b->span.file) - (a->span.file < b->span.file)
           : a->span.lo != b->span.lo   ? (a->span.lo > b->span.lo) - (a->span.lo < b->span.lo)
                                        : strcmp(a->takes, b->takes);
}

/* One statement may make many instances. An argument that it leaves out is a slip if none of these
 * instances ever has any of it. */
static void check_left_out(const struct lint_network *l, const struct net *net, const bool *present)
{
    struct left_outs out = {0};
    for (size_t k = 0; k < net->symbol.n; k++) {
        const struct symbol *s = &net->symbol.data[k];
        if (lint_is_left_out(net, s)) {
            const char *dot = strrchr(s->name, '.');
            struct left_out one = {s->span, s->name, dot ? dot + 1 : s->name, true};
            for (int64_t i = 0; i < shape_size(s->shape); i++) {
                one.absent &= !present[species_of(net, s, 0, i)] && !present[species_of(net, s, 1, i)];
            }
            vec_push(&out.list, one);
        }
    }
    if (out.list.n > 1) {
        qsort(out.list.data, out.list.n, sizeof *out.list.data, by_argument);
    }
    for (size_t lo = 0, hi; lo < out.list.n; lo = hi) {
        bool absent = true;
        for (hi = lo; hi < out.list.n && by_argument(&out.list.data[lo], &out.list.data[hi]) == 0; hi++) {
            absent &= out.list.data[hi].absent;
        }
        if (absent) {
            const struct left_out *one = &out.list.data[lo];
            diag_report(l->f->diag, DIAG_W0413, one->span,
                        "nothing is given here for the argument '%s': '%s' is a species of its own, of which "
                        "there is never any",
                        one->takes, one->name);
            diag_help(
                l->f->diag,
                "write what it is: %s = ...; or, where none of it is meant, give it a value where it is "
                "declared",
                one->takes);
        }
    }
    vec_free(&out.list);
}

void lint_dead_reactions(const struct lint_network *l, const struct net *net)
{
    bool *present = mem_zalloc(net->species.n + 1, sizeof *present);
    const char **argument = mem_zalloc(net->species.n + 1, sizeof *argument);
    struct verdicts v = {0};
    for (size_t k = 0; k < net->symbol.n; k++) {
        const struct symbol *s = &net->symbol.data[k];
        for (int64_t i = 0; lint_is_left_out(net, s) && i < shape_size(s->shape); i++) {
            argument[species_of(net, s, 0, i)] = argument[species_of(net, s, 1, i)] = s->name;
        }
    }
    for (size_t s = 0; s < net->species.n; s++) {
        present[s] = present_at_first(l, net, &net->species.data[s], argument[s]);
    }
    bool known = spread(net, present);
    if (known) {
        check_left_out(l, net, present);
    }
    double *most = known ? find_most(l, net, &v.whole) : NULL;
    v.most = most;
    for (size_t j = 0; known && j < net->reaction.n; j++) {
        const struct reaction *r = &net->reaction.data[j];
        if (within(r->span, l->tree->span)) {
            const struct term *few = too_many(net, r, most);
            vec_push(&v.list, (struct verdict){r->span, absent_of(net, r, present), few});
        }
    }
    if (v.list.n > 0) {
        qsort(v.list.data, v.list.n, sizeof *v.list.data, by_place);
        check_statements(l, net, network_block(l->tree), &v);
    }
    vec_free(&v.list);
    free(most);
    free(argument);
    free(present);
}

/* ---- W0413 of a network that is run itself ---- */

/* Arguments and inputs that are 0 where the network is run by itself. */
struct wanted {
    const struct ast *at;
    species_id species;
    bool is_input;
};
typedef VEC(struct wanted) wanted_list;

static void add_wanted(const struct lint_network *l, const struct net *net, const struct ast *at,
                       bool is_input, wanted_list *list)
{
    int32_t k = net_find_symbol(net, at->name);
    const struct symbol *s = k >= 0 ? &net->symbol.data[k] : NULL;
    bool amounts = s && s->kind == SYMBOL_SPECIES && shape_size(s->shape) > 0;
    const struct expr *e = amounts ? expr_get(net->ex, net->elem.data[s->first]) : NULL;
    double amount = 0;
    if (e && e->op == EXPR_SPECIES && !lint_may_be_set(l, at->name, at->span) &&
        (net->species.data[e->a].init == 0 ||
         (expr_const_real(net->ex, net->species.data[e->a].init, &amount) && amount == 0))) {
        vec_push(list, (struct wanted){at, e->a, is_input});
    }
}

static void find_wanted(const struct lint_network *l, const struct net *net, wanted_list *list)
{
    const struct ast *params = network_nparams(l->tree), *block = network_block(l->tree);
    for (uint32_t i = 0; i < params->n; i++) {
        const struct ast *a = list_item(params, i);
        if ((a->op == OP_SPECIES || a->op == OP_BULK) && !dcl_value(a)) {
            add_wanted(l, net, a, false, list);
        }
    }
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        for (uint32_t k = 0; a->kind == AST_INPUT && k < a->n; k++) {
            add_wanted(l, net, declaration_dcl(a, k), true, list);
        }
    }
}

static void report_wanted(const struct lint_network *l, const struct wanted *w)
{
    diag_report(l->f->diag, DIAG_W0413, w->at->span,
                "'%s' is run by itself, and nothing gives an amount to its %s '%s': there is never any",
                l->tree->name, w->is_input ? "input" : "argument", w->at->name);
    diag_help(l->f->diag,
              "give it where it runs, `run %s with %s = 10 ...`, or where it is declared, `species %s = 10`",
              l->tree->name, w->at->name, w->at->name);
}

void lint_arguments(const struct lint_network *l, const struct net *net)
{
    wanted_list list = {0};
    find_wanted(l, net, &list);
    if (list.n == 0) {
        return; /* before all reactions are gone through */
    }
    bool *present = mem_zalloc(net->species.n + 1, sizeof *present);
    bool *missed = mem_zalloc(net->species.n + 1, sizeof *missed);
    for (size_t s = 0; s < net->species.n; s++) {
        present[s] = present_at_first(l, net, &net->species.data[s], NULL);
    }
    for (size_t i = 0; i < list.n; i++) {
        present[list.data[i].species] = false;
    }
    bool known = spread(net, present);
    for (size_t j = 0; known && j < net->reaction.n; j++) {
        species_id s = missing(net, &net->reaction.data[j], present);
        missed[s >= 0 ? s : (species_id)net->species.n] = true;
    }
    for (size_t j = 0; known && j < net->reaction.n; j++) {
        /* What is made from another argument is there once that one is given. */
        const struct reaction *r = &net->reaction.data[j];
        for (uint32_t i = 0; i < r->n_rhs; i++) {
            species_id s = net_rhs(net, r)[i].species;
            bool takes_part = false;
            for (uint32_t k = 0; k < r->n_lhs; k++) {
                takes_part |= net_lhs(net, r)[k].species == s;
            }
            missed[s] &= takes_part;
        }
    }
    for (size_t i = 0; i < list.n; i++) {
        if (missed[list.data[i].species]) {
            report_wanted(l, &list.data[i]);
        }
    }
    vec_free(&list);
    free(present);
    free(missed);
}
