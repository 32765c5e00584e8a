/* Parser for the declarations in the text form of a network: parameters, guards, species, symbols,
 * conditions. */
#include "ir/net/amount.h"
#include "ir/net/net_read.h"

#include <string.h>

enum { MAX_SLOTS = 1 << 28 };

/* The dialect of lists does not declare symbols: the species or parameter that was declared last gets a
 * symbol of its name. */
static void implied_symbol(struct net_reader *r, const char *name, enum symbol_kind kind, struct shape shape)
{
    struct net *n = r->net;
    r->elem.n = 0;
    for (int64_t i = 0; i < shape_size(shape); i++) {
        bool species = kind == SYMBOL_SPECIES;
        vec_push(&r->elem, species ? net_species_expr(n, (species_id)n->species.n - 1)
                                   : net_param_expr(n, n->param.data[n->param.n - 1].first + (int32_t)i));
    }
    if (net_find_symbol(n, name) < 0) {
        net_add_symbol(n, name, kind, shape, r->elem.data, net_reader_span(r));
    }
}

bool net_reader_param(struct net_reader *r)
{
    const char *name = NULL, *unit = NULL, *doc = NULL;
    struct shape shape;
    expr_id init = 0;
    int64_t global = -1;
    struct net_lexer *x = &r->lexer;
    if (!net_reader_name(r, &name) || !expr_read_shape(&r->expr, &shape)) {
        return false;
    }
    if (shape_size(shape) > MAX_SLOTS - r->net->n_slots) {
        return net_lexer_error(x, DIAG_E0702, "more than %d parameters", MAX_SLOTS);
    }
    if (net_lexer_accept(x, '=') && !(init = expr_read_real(&r->expr, &shape))) {
        return false;
    }
    if ((net_lexer_accept_word(x, "unit") && !net_reader_text(r, &unit)) ||
        (net_lexer_accept_word(x, "doc") && !net_reader_text(r, &doc))) {
        return false;
    }
    bool is_molecule = net_lexer_accept_word(x, "molecule");
    if ((net_lexer_accept_word(x, "global") &&
         !net_lexer_int(x, 0, INT32_MAX, "a program parameter", &global)) ||
        !net_reader_end(r)) {
        return false;
    }
    int32_t i = net_add_param(r->net, name, shape, init, net_reader_span(r));
    r->net->param.data[i].unit = unit;
    r->net->param.data[i].doc = doc;
    r->net->param.data[i].global = (int32_t)global;
    if (is_molecule && !net_mark_molecule(r->net, i)) {
        return net_lexer_error(x, DIAG_E0703, "one scalar of the network alone stands for one molecule");
    }
    if (r->list) {
        implied_symbol(r, name, SYMBOL_PARAM, shape);
    }
    return true;
}

bool net_reader_guard(struct net_reader *r)
{
    const char *name = NULL;
    if (!net_reader_name(r, &name) || !net_lexer_expect(&r->lexer, '=', "'='")) {
        return false;
    }
    bool initially = net_lexer_is_word(&r->lexer, "true");
    if (!initially && !net_lexer_is_word(&r->lexer, "false")) {
        return net_lexer_error(&r->lexer, DIAG_E0701, "expected true or false");
    }
    net_lexer_next(&r->lexer);
    if (!net_reader_end(r)) {
        return false;
    }
    net_add_guard(r->net, name, initially);
    return true;
}

static species_id find_species(struct net_reader *r, const char *name)
{
    enum net_name_kind kind;
    int32_t id;
    net_names_update(r->names);
    return net_names_find(r->names, name, &kind, &id) && kind == NAME_SPECIES ? id : -1;
}

/* Parses an optional "rest [1e-17, 2e-34]". */
static bool read_rest(struct net_reader *r, expr_id init, expr_id *rest)
{
    double v;
    if (!net_lexer_accept_word(&r->lexer, "rest")) {
        return true;
    }
    if (!(*rest = expr_read(&r->expr))) {
        return false;
    }
    const struct expr *e = expr_get(r->net->ex, *rest);
    return (e->op == EXPR_CONST && e->type == TYPE_REAL && e->shape.rank == 1 &&
            e->shape.dim[0] < NET_AMOUNT_PARTS && init && expr_const_real(r->net->ex, init, &v)) ||
           net_lexer_error(&r->lexer, DIAG_E0704, "the rest of a constant amount is a vector of constants");
}

bool net_reader_species(struct net_reader *r, enum species_kind kind)
{
    const char *name = NULL;
    expr_id init = 0, rest = 0, energy = 0;
    int64_t instance = -1;
    struct net_lexer *x = &r->lexer;
    if (!net_reader_name(r, &name) ||
        (net_lexer_accept(x, '=') && !(init = expr_read_real(&r->expr, NULL))) ||
        !read_rest(r, init, &rest) ||
        (net_lexer_accept_word(x, "energy") && !(energy = expr_read_real(&r->expr, NULL)))) {
        return false;
    }
    uint8_t flags = net_lexer_accept_word(x, "input") ? SPECIES_INPUT : 0;
    flags |= net_lexer_accept_word(x, "signed") ? SPECIES_SIGNED : 0;
    flags |= net_lexer_accept_word(x, "unbounded") ? SPECIES_UNBOUNDED : 0;
    if (!net_reader_flags(r, &flags) ||
        (net_lexer_accept_word(x, "instance") && !net_lexer_int(x, 0, INT32_MAX, "an instance", &instance)) ||
        !net_reader_end(r)) {
        return false;
    }
    species_id s = r->remarks ? find_species(r, name) : -1;
    bool known = s >= 0;
    if (!known) {
        s = net_add_species(r->net, name, kind, init, net_reader_span(r));
    }
    r->net->species.data[s].kind = (uint8_t)kind;
    r->net->species.data[s].init = init ? init : r->net->species.data[s].init;
    r->net->species.data[s].rest = rest;
    r->net->species.data[s].energy = energy;
    r->net->species.data[s].flags = flags;
    r->net->species.data[s].instance = (int32_t)instance;
    if (r->list && !known) {
        implied_symbol(r, name, SYMBOL_SPECIES, shape_scalar());
    }
    return true;
}

/* Supplies elements that the text leaves out: the parameters or species of the symbol's name. */
static bool implied_elements(struct net_reader *r, const char *name, enum symbol_kind kind,
                             struct shape shape)
{
    enum net_name_kind want = kind == SYMBOL_PARAM ? NAME_SLOT : NAME_SPECIES, found;
    int64_t size = shape_size(shape);
    if (kind != SYMBOL_PARAM && kind != SYMBOL_SPECIES) {
        return net_lexer_expect(&r->lexer, '=', "'=' and the symbol's elements");
    }
    net_names_update(r->names);
    for (int64_t i = 0; i < size; i++) {
        char element[1200];
        int32_t id;
        if (!net_element_name(element, sizeof element, name, shape, i) ||
            !net_names_find(r->names, element, &found, &id) || found != want) {
            return net_lexer_error(&r->lexer, DIAG_E0703, "no %s is named like element %lld of this symbol",
                                   want == NAME_SLOT ? "parameter" : "species", (long long)i);
        }
        vec_push(&r->elem, want == NAME_SLOT ? net_param_expr(r->net, id) : net_species_expr(r->net, id));
    }
    return true;
}

static bool read_elements(struct net_reader *r, int64_t size)
{
    for (int64_t i = 0; i < size; i++) {
        if (i > 0 && !net_lexer_expect(&r->lexer, ',', "',' and the next element")) {
            return false;
        }
        expr_id e = expr_read(&r->expr);
        if (!e) {
            return false;
        }
        if (expr_get(r->net->ex, e)->shape.rank > 0 || expr_get(r->net->ex, e)->type == TYPE_TEXT) {
            return net_lexer_error(&r->lexer, DIAG_E0704, "an element of a symbol is a scalar");
        }
        vec_push(&r->elem, e);
    }
    return true;
}

bool net_reader_symbol(struct net_reader *r)
{
    static const char *const kinds[] = {"species", "dual", "param", "output"};
    struct net_lexer *x = &r->lexer;
    const char *name = NULL;
    struct shape shape;
    uint8_t flags = 0;
    size_t kind = 0;
    while (kind < 4 && !net_lexer_accept_word(x, kinds[kind])) {
        kind++;
    }
    if (kind == 4) {
        return net_lexer_error(x, DIAG_E0701, "expected species, dual, param or output after 'symbol'");
    }
    if (!net_reader_name(r, &name) || !expr_read_shape(&r->expr, &shape)) {
        return false;
    }
    flags |= net_lexer_accept_word(x, "input") ? SYMBOL_IS_INPUT : 0;
    flags |= net_lexer_accept_word(x, "output") ? SYMBOL_IS_OUTPUT : 0;
    r->elem.n = 0;
    if (!net_reader_flags(r, &flags) ||
        !(net_lexer_accept(x, '=') ? read_elements(r, shape_size(shape))
                                   : implied_elements(r, name, (enum symbol_kind)kind, shape)) ||
        !net_reader_end(r)) {
        return false;
    }
    int32_t i = net_add_symbol(r->net, name, (enum symbol_kind)kind, shape, r->elem.data, net_reader_span(r));
    r->net->symbol.data[i].flags = flags;
    return true;
}

/* The statement `output NAME`: marks a species, or all elements NAME[...]. */
static bool mark_output(struct net_reader *r, const char *name)
{
    size_t n = strlen(name), marked = 0;
    for (size_t i = 0; i < r->net->symbol.n; i++) {
        struct symbol *s = &r->net->symbol.data[i];
        if (strncmp(s->name, name, n) == 0 && (s->name[n] == '\0' || s->name[n] == '[')) {
            s->flags |= SYMBOL_IS_OUTPUT;
            marked++;
        }
    }
    return marked > 0 || net_lexer_error(&r->lexer, DIAG_E0703, "'%.100s' is not declared above", name);
}

/* The statement `output NAME` or `output NAME = E`. */
bool net_reader_output(struct net_reader *r)
{
    const char *name = NULL;
    if (!net_reader_name(r, &name)) {
        return false;
    }
    if (!net_lexer_accept(&r->lexer, '=')) {
        return mark_output(r, name) && net_reader_end(r);
    }
    expr_id e = expr_read(&r->expr);
    if (!e || !net_reader_end(r)) {
        return false;
    }
    if (expr_get(r->net->ex, e)->shape.rank > 0 || expr_get(r->net->ex, e)->type == TYPE_TEXT) {
        return net_lexer_error(&r->lexer, DIAG_E0704, "an output is a scalar");
    }
    int32_t i = net_add_symbol(r->net, name, SYMBOL_OUTPUT, shape_scalar(), &e, net_reader_span(r));
    r->net->symbol.data[i].flags = SYMBOL_IS_OUTPUT;
    return true;
}

bool net_reader_assume(struct net_reader *r)
{
    expr_id cond = expr_read(&r->expr);
    if (!cond || !net_reader_end(r)) {
        return false;
    }
    if (expr_get(r->net->ex, cond)->type != TYPE_BOOL || expr_get(r->net->ex, cond)->shape.rank > 0) {
        return net_lexer_error(&r->lexer, DIAG_E0704, "an assumption is a scalar boolean");
    }
    vec_push(&r->net->assume, (struct assume){cond, net_reader_span(r)});
    return true;
}

bool net_reader_observe(struct net_reader *r)
{
    expr_id e = expr_read(&r->expr);
    if (!e || !net_reader_end(r)) {
        return false;
    }
    if (expr_get(r->net->ex, e)->type == TYPE_TEXT || expr_get(r->net->ex, e)->shape.rank > 0) {
        return net_lexer_error(&r->lexer, DIAG_E0704, "an observed quantity is a scalar");
    }
    if (net_add_observed(r->net, e) != (int32_t)r->net->observed.n - 1) {
        return net_lexer_error(&r->lexer, DIAG_E0701, "this quantity is observed already");
    }
    return true;
}
