/* BioNetGen's .net. The rate of a reaction is its constant times all reactants, without 1/n!, and its
 * propensity the falling factorial: our convention. A general law is therefore divided by the reactants,
 * exactly, or refused. run_network ends a formula at its first blank: there is none. */
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"
#include "support/mem.h"

static const struct infix_style style = {
    INFIX_USUAL, .numbers = NUMBER_PLAIN, .log = "ln", .select = "if", .time = "time()", .tight = true,
};

/* e / s where s is a factor of e; 0 where it is not. */
static expr_id divide(struct expr_pool *ex, expr_id id, species_id s)
{
    const struct expr e = *expr_get(ex, id);
    expr_id x, y;
    int64_t power;
    switch (e.op) {
    case EXPR_SPECIES: return e.a == s ? expr_real(ex, 1) : 0;
    case EXPR_MUL:
        if ((x = divide(ex, e.args[0], s))) {
            return expr_binary(ex, EXPR_MUL, x, e.args[1]);
        }
        return (y = divide(ex, e.args[1], s)) ? expr_binary(ex, EXPR_MUL, e.args[0], y) : 0;
    case EXPR_DIV: return (x = divide(ex, e.args[0], s)) ? expr_binary(ex, EXPR_DIV, x, e.args[1]) : 0;
    case EXPR_NEG: return (x = divide(ex, e.args[0], s)) ? expr_unary(ex, EXPR_NEG, x) : 0;
    case EXPR_ADD:
    case EXPR_SUB:
        x = divide(ex, e.args[0], s);
        y = divide(ex, e.args[1], s);
        return x && y ? expr_binary(ex, (enum expr_op)e.op, x, y) : 0;
    case EXPR_POW: {
        const struct expr *base = expr_get(ex, e.args[0]);
        if (base->op != EXPR_SPECIES || base->a != s || !expr_const_int(ex, e.args[1], &power) || power < 1) {
            return 0;
        }
        return power == 1 ? expr_real(ex, 1)
                          : expr_binary(ex, EXPR_POW, e.args[0], expr_real(ex, (double)power - 1));
    }
    default: return 0;
    }
}

/* What stands in the rate column: a parameter, or a function of groups. */
struct column {
    const char *name;       /* NULL: not made yet */
    const char *definition; /* of a parameter or function made for it */
};

static bool law_column(struct text *t, size_t j, struct column *c)
{
    const struct reaction *r = &t->net->reaction.data[j];
    expr_id e = t->law[j];
    const struct term *again = NULL;
    for (uint32_t i = 0; e && i < r->n_lhs; i++) {
        const struct term *term = &net_lhs(t->net, r)[i];
        again = term->count > 1 ? term : again;
        for (int64_t k = 0; e && k < term->count; k++) {
            e = divide(t->net->ex, e, term->species);
        }
    }
    if (e && again) { /* `2 G =>{f*G^2}`: G (G - 1) f there */
        text_refuse(t, j, "stochastic runs there take %s*(%s - 1) for the two factors %s of this law: %s",
                    t->species[again->species], t->species[again->species], t->species[again->species],
                    net_reaction_text(t->net, (reaction_id)j, t->arena));
        diag_help(t->diag, "use sbml or antimony, which hold laws as they are");
        return false;
    }
    c->definition = e ? text_infix_string(t, e, &style) : NULL;
    if (!c->definition) {
        text_refuse(t, j, "this law is not a function times the reactants: %s",
                    net_reaction_text(t->net, (reaction_id)j, t->arena));
        diag_help(t->diag, "its rates are always multiplied by the reactants; use sbml or antimony");
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

/* Reactions with the same constant share its parameter. */
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

/* `initial`: by species, the parameter that is its initial amount; NULL: that is a number. Formulas get
 * parameters. */
static void write_parameters(struct text *t, const struct column *column, const char **initial)
{
    size_t number = 0;
    fputs("begin parameters\n", t->out);
    for (int32_t s = 0; s < t->net->n_slots; s++) {
        if (t->slot[s]) {
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

/* Functions read groups: every species that one reads is a group of its own name. */
static void write_functions(struct text *t, const struct column *column)
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
    fputs("begin functions\n", t->out);
    for (size_t j = 0; j < t->net->reaction.n; j++) {
        if (t->law[j]) {
            fprintf(t->out, "    %zu %s() %s\n", ++t->n_lines, column[j].name, column[j].definition);
        }
    }
    text_outputs(t, write_output, t);
    fputs("end functions\n", t->out);
}

bool text_write_net(struct text *t)
{
    struct column *column = mem_zalloc(t->net->reaction.n + 1, sizeof *column);
    bool ok = make_columns(t, column);
    if (ok) {
        text_header(t);
        const char **initial = arena_alloc(t->arena, (t->net->species.n + 1) * sizeof *initial);
        write_parameters(t, column, initial);
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
        write_reactions(t, column);
        write_functions(t, column);
        text_remark_comments(t);
    }
    free(column);
    return ok;
}
