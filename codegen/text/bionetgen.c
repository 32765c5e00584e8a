/* BioNetGen's .net format, for both BNG2.pl and run_network: functions come before the reactions, and
 * expressions have no blanks. The rate of a reaction is its constant times all reactants, without 1/n!, and
 * its propensity has falling factorials, as in crnlc. A general law is therefore divided by the reactants;
 * where that is not exact it is refused. */
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"
#include "support/mem.h"

static const struct infix_style style = {
    INFIX_USUAL, .numbers = NUMBER_PLAIN, .log = "ln", .select = "if", .time = "time()", .tight = true,
};

/* A factor that a law is divided by: the number of molecules of a species when `taken` of them have been
 * chosen. */
struct factor {
    species_id species;
    int64_t taken;
    int32_t molecule; /* the slot whose value is one molecule; -1: none */
    bool stochastic;
};

/* Whether an expression is the number of molecules in `taken`. */
static bool is_taken(struct expr_pool *ex, expr_id id, const struct factor *f)
{
    const struct expr *e = expr_get(ex, id);
    double v;
    if (e->op == EXPR_PARAM) {
        return e->a == f->molecule && f->taken == 1;
    }
    if (e->op == EXPR_MUL && expr_const_real(ex, e->args[0], &v)) {
        const struct expr *unit = expr_get(ex, e->args[1]);
        return unit->op == EXPR_PARAM && unit->a == f->molecule && v == (double)f->taken;
    }
    return f->stochastic && expr_const_real(ex, id, &v) && v == (double)f->taken;
}

static bool is_species(const struct expr *e, species_id s)
{
    return e->op == EXPR_SPECIES && e->a == s;
}

/* Whether e is the factor. For concentrations and deterministic amounts the factor is the amount itself. */
static bool is_factor(struct expr_pool *ex, const struct expr *e, const struct factor *f)
{
    if (is_species(e, f->species)) {
        return f->taken == 0 || !f->stochastic;
    }
    return f->taken > 0 && e->op == EXPR_SUB && is_species(expr_get(ex, e->args[0]), f->species) &&
           is_taken(ex, e->args[1], f);
}

/* x / c - y / c as (x - y) / c, which amounts read as concentrations need (molecules.c); else the same. */
static expr_id over_one(struct expr_pool *ex, expr_id id)
{
    const struct expr e = *expr_get(ex, id);
    if (e.op != EXPR_SUB) {
        return id;
    }
    const struct expr x = *expr_get(ex, e.args[0]), y = *expr_get(ex, e.args[1]);
    bool have_one = x.op == EXPR_DIV && y.op == EXPR_DIV && x.args[1] == y.args[1];
    return have_one ? expr_binary(ex, EXPR_DIV, expr_binary(ex, EXPR_SUB, x.args[0], y.args[0]), x.args[1])
                    : id;
}

/* The expression divided by the factor; 0 if it does not have the factor. */
static expr_id divide(struct expr_pool *ex, expr_id id, const struct factor *f)
{
    const struct expr e = *expr_get(ex, over_one(ex, id));
    expr_id x, y;
    int64_t power;
    if (is_factor(ex, &e, f)) {
        return expr_real(ex, 1);
    }
    switch (e.op) {
    case EXPR_MUL:
        if ((x = divide(ex, e.args[0], f))) {
            return expr_binary(ex, EXPR_MUL, x, e.args[1]);
        }
        return (y = divide(ex, e.args[1], f)) ? expr_binary(ex, EXPR_MUL, e.args[0], y) : 0;
    case EXPR_DIV: return (x = divide(ex, e.args[0], f)) ? expr_binary(ex, EXPR_DIV, x, e.args[1]) : 0;
    case EXPR_NEG: return (x = divide(ex, e.args[0], f)) ? expr_unary(ex, EXPR_NEG, x) : 0;
    case EXPR_ADD:
    case EXPR_SUB:
        x = divide(ex, e.args[0], f);
        y = divide(ex, e.args[1], f);
        return x && y ? expr_binary(ex, (enum expr_op)e.op, x, y) : 0;
    case EXPR_POW: {
        if (!expr_const_int(ex, e.args[1], &power) || power < 1 || !(x = divide(ex, e.args[0], f))) {
            return 0;
        }
        y = power == 1 ? expr_real(ex, 1)
                       : expr_binary(ex, EXPR_POW, e.args[0], expr_real(ex, (double)power - 1));
        return expr_binary(ex, EXPR_MUL, x, y);
    }
    default: return 0;
    }
}

/* What a reaction has in the column of rates: a parameter, or a function of groups. */
struct column {
    const char *name;       /* NULL: not made yet */
    const char *definition; /* of the parameter or function that is made for it */
};

/* The law of reaction j divided by its reactants, by which BioNetGen multiplies; 0 after a report. */
static expr_id without_reactants(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    struct factor f = {.molecule = net_molecule_slot(t->net), .stochastic = t->options->stochastic};
    expr_id e = t->law[j];
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        const struct term *term = &net_lhs(t->net, r)[i];
        f.species = term->species;
        for (f.taken = 0; f.taken < term->count; f.taken++) {
            expr_id less = divide(t->net->ex, e, &f);
            if (!less && f.taken > 0 && f.stochastic) {
                text_refuse(t, j, "as molecules the rate has no factor %s - %lld: %s", t->species[f.species],
                            (long long)f.taken, net_reaction_text(t->net, (reaction_id)j, t->arena));
                diag_help(t->diag, "its rates are always multiplied by %s (%s - 1)...; use sbml or antimony",
                          t->species[f.species], t->species[f.species]);
                return 0;
            }
            if (!less) {
                text_refuse(t, j,
                            "this law is not a function times the reactants, for it has no factor %s: %s",
                            t->species[f.species], net_reaction_text(t->net, (reaction_id)j, t->arena));
                diag_help(t->diag, "its rates are always multiplied by the reactants; use sbml or antimony");
                return 0;
            }
            e = less;
        }
    }
    if (f.molecule >= 0 && expr_uses(t->net->ex, e, EXPR_PARAM, f.molecule)) {
        text_refuse(t, j, "this law counts single molecules other than by its reactants: %s",
                    net_reaction_text(t->net, (reaction_id)j, t->arena));
        return 0;
    }
    return e;
}

static bool law_column(struct text *t, size_t j, struct column *c)
{
    expr_id e = without_reactants(t, j);
    if (!e) {
        return false;
    }
    c->definition = text_infix_string(t, e, &style);
    if (!c->definition) {
        text_refuse(t, j, "this law has a part that no expression of the format can say: %s",
                    net_reaction_text(t->net, (reaction_id)j, t->arena));
        diag_help(t->diag, "use sbml or antimony");
        return false;
    }
    c->name = text_unique(t, arena_printf(t->arena, "law%zu", j + 1));
    return true;
}

static void constant_column(struct text *t, size_t j, struct column *c)
{
    const struct expr *e = expr_get(t->net->ex, t->net->reaction.data[j].rate);
    if (e->op == EXPR_PARAM) {
        c->name = t->slot[e->a];
    } else {
        c->name = text_unique(t, arena_printf(t->arena, "rate%zu", j + 1));
        c->definition = text_constant(t, j, &style);
    }
}

/* Makes the columns; reactions with the same constant share a parameter. */
static bool make_columns(struct text *t, struct column *column)
{
    size_t n_nodes = expr_count(t->net->ex);
    size_t *first = mem_zalloc(n_nodes + 1, sizeof *first);
    bool ok = true;
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        expr_id rate = t->net->reaction.data[j].rate;
        if (t->net->reaction.data[j].rate_kind == RATE_LAW) {
            ok = law_column(t, j, &column[j]) && ok;
        } else if (first[rate]) {
            column[j].name = column[first[rate] - 1].name;
        } else {
            first[rate] = j + 1;
            constant_column(t, j, &column[j]);
        }
    }
    free(first);
    return ok;
}

/* Writes parameters. initial: by species, the parameter that is its initial amount, if that is a formula;
 * NULL: it is a number. */
static void write_parameters(struct text *t, const struct column *column, const char **initial)
{
    size_t number = 0;
    fputs("begin parameters\n", t->out);
    int32_t molecule = net_molecule_slot(t->net);
    for (int32_t s = 0; s < t->net->n_slots; s++) {
        if (t->slot[s] && s != molecule) {
            fprintf(t->out, "    %zu %s ", ++number, t->slot[s]);
            const char *formula = text_default(t, s, &style);
            if (formula) {
                fputs(formula, t->out);
            } else {
                text_number(t->out, t->p[s], NUMBER_PLAIN);
            }
            fputc('\n', t->out);
        }
    }
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        if (column[j].definition && t->net->reaction.data[j].rate_kind == RATE_MASS_ACTION) {
            fprintf(t->out, "    %zu %s %s\n", ++number, column[j].name, column[j].definition);
        }
    }
    for (size_t i = 0; i < t->net->species.n; i++) {
        expr_id init = t->net->species.data[i].init;
        initial[i] = text_initial(t, (species_id)i, &style);
        if (initial[i] && expr_get(t->net->ex, init)->op != EXPR_PARAM) {
            const char *name = text_unique(t, arena_printf(t->arena, "initial%zu", i + 1));
            fprintf(t->out, "    %zu %s %s\n", ++number, name, initial[i]);
            initial[i] = name;
        }
    }
    fputs("end parameters\n", t->out);
}

static void write_indices(struct text *t, const struct term *side, uint32_t n)
{
    fputs(n ? "" : "0", t->out);
    for (uint32_t i = 0; i < n; i++) {
        for (int64_t k = 0; k < side[i].count; k++) {
            fprintf(t->out, "%s%d", i || k ? "," : "", side[i].species + 1);
        }
    }
}

static void write_reactions(struct text *t, const struct column *column)
{
    fputs("begin reactions\n", t->out);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        const struct reaction *r = &t->net->reaction.data[j];
        const char *origin = text_origin(t, j);
        fprintf(t->out, "    %zu ", j + 1);
        write_indices(t, net_lhs(t->net, r), r->n_lhs);
        fputc(' ', t->out);
        write_indices(t, net_rhs(t->net, r), r->n_rhs);
        fprintf(t->out, " %s", column[j].name);
        if (origin) {
            fprintf(t->out, " # %s", origin);
        }
        fputc('\n', t->out);
    }
    fputs("end reactions\n", t->out);
}

static void mark_species(void *env, expr_id id, const struct expr *e)
{
    bool *read = env;
    (void)id;
    if (e->op == EXPR_SPECIES) {
        read[e->a] = true;
    }
}

static bool write_output(void *env, const char *id, const char *name, expr_id formula)
{
    struct text *t = env;
    (void)name;
    const char *text = text_infix_string(t, formula, &style);
    if (text) {
        fprintf(t->out, "    %zu %s() %s\n", ++t->n_lines, id, text);
    }
    return text != NULL;
}

static void write_functions(struct text *t, const struct column *column)
{
    fputs("begin functions\n", t->out);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        if (t->law[j]) {
            fprintf(t->out, "    %zu %s() %s\n", ++t->n_lines, column[j].name, column[j].definition);
        }
    }
    text_outputs(t, write_output, t);
    fputs("end functions\n", t->out);
}

static void write_species(struct text *t, const char *const *initial)
{
    fputs("begin species\n", t->out);
    for (size_t i = 0; i < t->net->species.n; i++) {
        bool constant = t->net->species.data[i].kind == SPECIES_CONSTANT;
        fprintf(t->out, "    %zu %s%s() ", i + 1, constant ? "$" : "", t->species[i]);
        if (initial[i]) {
            fputs(initial[i], t->out);
        } else {
            text_number(t->out, t->x[i], NUMBER_PLAIN);
        }
        fputc('\n', t->out);
    }
    fputs("end species\n", t->out);
}

/* Functions can read only groups, so every species that one reads gets a group of its own name. */
static void write_groups(struct text *t)
{
    bool *read = mem_zalloc(t->net->species.n + 1, sizeof *read);
    size_t n_groups = 0;
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        if (t->law[j]) {
            expr_visit(t->net->ex, t->law[j], mark_species, read);
        }
    }
    for (size_t i = 0; i < t->net->symbol.n; i++) {
        const struct symbol *s = &t->net->symbol.data[i];
        for (int64_t e = 0; text_is_formula(t, s) && e < shape_size(s->shape); e++) {
            expr_visit(t->net->ex, t->net->elem.data[s->first + (size_t)e], mark_species, read);
        }
    }
    fputs("begin groups\n", t->out);
    for (size_t i = 0; i < t->net->species.n; i++) {
        if (read[i]) {
            fprintf(t->out, "    %zu %s %zu\n", ++n_groups, t->species[i], i + 1);
        }
    }
    fputs("end groups\n", t->out);
    free(read);
}

bool text_write_net(struct text *t)
{
    struct column *column = mem_zalloc(t->net->reaction.n + 1, sizeof *column);
    bool ok = make_columns(t, column);
    if (ok) {
        text_header(t);
        const char **initial = arena_alloc(t->arena, (t->net->species.n + 1) * sizeof *initial);
        write_parameters(t, column, initial);
        write_functions(t, column);
        write_species(t, initial);
        write_reactions(t, column);
        write_groups(t);
        text_remark_comments(t);
    }
    free(column);
    return ok;
}
