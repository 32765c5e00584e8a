/* Reads the text form of a network: one statement a line. Nothing in the text is trusted. */
#include <math.h>
#include <string.h>

#include "ir/expr_read.h"
#include "ir/net.h"

enum { MAX_ERRORS = 100, MAX_SLOTS = 1 << 28 };

struct net_reader {
    struct net_lexer lexer;
    struct net *net;
    struct net_names *names;
    struct expr_reader expr;
    struct arena *scratch;              /* token texts of one statement */
    VEC(struct term) lhs, rhs;
    VEC(expr_id) elem;
    uint32_t start;                     /* of the statement */
};

static struct span statement_span(const struct net_reader *r)
{
    return (struct span){r->lexer.file, r->start, r->lexer.lo};
}

static bool read_text(struct net_reader *r, const char **text)
{
    const char *t = r->lexer.token == TOKEN_STRING ? intern_text(r->net->names, r->lexer.name) : NULL;
    if (!net_lexer_expect(&r->lexer, TOKEN_STRING, "a text in double quotes")) {
        return false;
    }
    *text = t;
    return true;
}

static bool read_name(struct net_reader *r, const char **name)
{
    struct net_lexer *x = &r->lexer;
    if (x->token != TOKEN_NAME && x->token != TOKEN_QUOTED) {
        return net_lexer_expect(x, TOKEN_NAME, "a name");
    }
    *name = intern_text(r->net->names, x->name);
    net_lexer_next(x);
    return true;
}

/* "@12:3": where the source has it; the network's spans are places in this text. */
static bool read_end(struct net_reader *r)
{
    int64_t line, column;
    if (net_lexer_accept(&r->lexer, '@')) {
        if (!net_lexer_int(&r->lexer, 0, INT32_MAX, "a line", &line) || !net_lexer_expect(&r->lexer, ':', "':'") ||
            !net_lexer_int(&r->lexer, 0, INT32_MAX, "a column", &column)) {
            return false;
        }
    }
    return r->lexer.token == TOKEN_LINE || r->lexer.token == TOKEN_END ||
           net_lexer_expect(&r->lexer, TOKEN_LINE, "the end of the line");
}

static bool read_flags(struct net_reader *r, uint8_t *flags)
{
    int64_t v = 0;
    if (net_lexer_accept_word(&r->lexer, "flags") && !net_lexer_int(&r->lexer, 0, 255, "flags", &v)) {
        return false;
    }
    *flags = (uint8_t)(*flags | v);
    return true;
}

static bool read_param(struct net_reader *r)
{
    const char *name = NULL, *unit = NULL, *doc = NULL;
    struct shape shape;
    expr_id init = 0;
    int64_t global = -1;
    struct net_lexer *x = &r->lexer;
    if (!read_name(r, &name) || !expr_read_shape(&r->expr, &shape)) {
        return false;
    }
    if (shape_size(shape) > MAX_SLOTS - r->net->n_slots) {
        return net_lexer_error(x, DIAG_E0702, "more than %d parameters", MAX_SLOTS);
    }
    if (net_lexer_accept(x, '=') && !(init = expr_read_real(&r->expr, &shape))) {
        return false;
    }
    if ((net_lexer_accept_word(x, "unit") && !read_text(r, &unit)) ||
        (net_lexer_accept_word(x, "doc") && !read_text(r, &doc)) ||
        (net_lexer_accept_word(x, "global") && !net_lexer_int(x, 0, INT32_MAX, "a program parameter", &global)) ||
        !read_end(r)) {
        return false;
    }
    int32_t i = net_add_param(r->net, name, shape, init, statement_span(r));
    r->net->param.data[i].unit = unit;
    r->net->param.data[i].doc = doc;
    r->net->param.data[i].global = (int32_t)global;
    return true;
}

static bool read_guard(struct net_reader *r)
{
    const char *name = NULL;
    if (!read_name(r, &name) || !net_lexer_expect(&r->lexer, '=', "'='")) {
        return false;
    }
    bool initially = net_lexer_is_word(&r->lexer, "true");
    if (!initially && !net_lexer_is_word(&r->lexer, "false")) {
        return net_lexer_error(&r->lexer, DIAG_E0701, "expected true or false");
    }
    net_lexer_next(&r->lexer);
    if (!read_end(r)) {
        return false;
    }
    net_add_guard(r->net, name, initially);
    return true;
}

static bool read_species(struct net_reader *r, enum species_kind kind)
{
    const char *name = NULL;
    expr_id init = 0;
    int64_t instance = -1;
    struct net_lexer *x = &r->lexer;
    if (!read_name(r, &name) || (net_lexer_accept(x, '=') && !(init = expr_read_real(&r->expr, NULL)))) {
        return false;
    }
    uint8_t flags = net_lexer_accept_word(x, "input") ? SPECIES_INPUT : 0;
    if (!read_flags(r, &flags) ||
        (net_lexer_accept_word(x, "instance") && !net_lexer_int(x, 0, INT32_MAX, "an instance", &instance)) ||
        !read_end(r)) {
        return false;
    }
    species_id s = net_add_species(r->net, name, kind, init, statement_span(r));
    r->net->species.data[s].flags = flags;
    r->net->species.data[s].instance = (int32_t)instance;
    return true;
}

static bool read_term(struct net_reader *r, struct term *t)
{
    enum net_name_kind kind;
    t->count = 1;
    if (r->lexer.token == TOKEN_INT && !net_lexer_int(&r->lexer, 1, INT64_MAX, "a coefficient", &t->count)) {
        return false;
    }
    if (!expr_read_entity(&r->expr, &kind, &t->species)) {
        return false;
    }
    return kind == NAME_SPECIES || net_lexer_error(&r->lexer, DIAG_E0703, "this is a parameter, not a species");
}

#define READ_SIDE(r, side, ok)                                            \
    do {                                                                  \
        struct term term_;                                                \
        (side)->n = 0;                                                    \
        if ((r)->lexer.token == TOKEN_INT && (r)->lexer.integer == 0) {   \
            net_lexer_next(&(r)->lexer);                                  \
            ok = true;                                                    \
            break;                                                        \
        }                                                                 \
        do {                                                              \
            ok = read_term(r, &term_);                                    \
            if (ok) {                                                     \
                vec_push(side, term_);                                    \
            }                                                             \
        } while (ok && net_lexer_accept(&(r)->lexer, '+'));               \
    } while (0)

static bool read_rate(struct net_reader *r, enum rate_kind kind, expr_id *rate)
{
    if (kind == RATE_MASS_ACTION && r->lexer.token != '{') {
        *rate = expr_real(r->net->ex, 1);
        return true;
    }
    *rate = net_lexer_expect(&r->lexer, '{', "'{'") ? expr_read_real(&r->expr, NULL) : 0;
    return *rate && net_lexer_expect(&r->lexer, '}', "'}'");
}

static bool read_reaction_guard(struct net_reader *r, int32_t *guard)
{
    int64_t number = 0;
    struct net_lexer *x = &r->lexer;
    if (x->token == TOKEN_INT) {
        if (!net_lexer_int(x, 0, (int64_t)r->net->guard.n - 1, "a guard", &number)) {
            return false;
        }
        *guard = (int32_t)number;
        return true;
    }
    if (x->token != TOKEN_NAME && x->token != TOKEN_QUOTED) {
        return net_lexer_expect(x, TOKEN_NAME, "a guard");
    }
    net_names_update(r->names);
    *guard = net_names_guard(r->names, x->name);
    if (*guard < 0) {
        return net_lexer_error(x, DIAG_E0703, "no guard '%.100s' is declared above", x->name);
    }
    net_lexer_next(x);
    return true;
}

static bool read_reaction(struct net_reader *r)
{
    struct net_lexer *x = &r->lexer;
    const char *label = NULL, *origin = NULL;
    int32_t guard = 0;
    uint8_t flags = 0;
    expr_id rate;
    bool ok;
    if (x->token == TOKEN_NAME || x->token == TOKEN_QUOTED) {
        struct net_lexer back = *x;
        net_lexer_next(x);
        if (x->token == ':') {
            label = intern_text(r->net->names, back.name);
            net_lexer_next(x);
        } else {
            *x = back;
        }
    }
    READ_SIDE(r, &r->lhs, ok);
    if (!ok) {
        return false;
    }
    enum rate_kind kind = x->token == TOKEN_LAW ? RATE_LAW : RATE_MASS_ACTION;
    if (!net_lexer_expect(x, x->token == TOKEN_LAW ? TOKEN_LAW : TOKEN_ARROW, "'+', '->' or '=>'") ||
        !read_rate(r, kind, &rate)) {
        return false;
    }
    READ_SIDE(r, &r->rhs, ok);
    if (!ok || (net_lexer_accept_word(x, "guard") && !read_reaction_guard(r, &guard)) ||
        (net_lexer_accept_word(x, "origin") && !read_text(r, &origin)) || !read_flags(r, &flags) || !read_end(r)) {
        return false;
    }
    reaction_id id = net_add_reaction(r->net, r->lhs.data, r->lhs.n, r->rhs.data, r->rhs.n, kind, rate,
                                      statement_span(r));
    if (id < 0) {
        return net_lexer_error(x, DIAG_E0702, "the coefficients of a species add up to too large a number");
    }
    struct reaction *to = &r->net->reaction.data[id];
    to->label = label;
    to->origin = origin;
    to->guard = guard;
    to->flags = flags;
    return true;
}

/* Elements that the text leaves out: the parameter or species of the symbol's name. */
static bool implied_elements(struct net_reader *r, const char *name, enum symbol_kind kind, struct shape shape)
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

static bool read_symbol(struct net_reader *r)
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
    if (!read_name(r, &name) || !expr_read_shape(&r->expr, &shape)) {
        return false;
    }
    flags |= net_lexer_accept_word(x, "input") ? SYMBOL_IS_INPUT : 0;
    flags |= net_lexer_accept_word(x, "output") ? SYMBOL_IS_OUTPUT : 0;
    r->elem.n = 0;
    if (!read_flags(r, &flags) ||
        !(net_lexer_accept(x, '=') ? read_elements(r, shape_size(shape))
                                   : implied_elements(r, name, (enum symbol_kind)kind, shape)) ||
        !read_end(r)) {
        return false;
    }
    int32_t i = net_add_symbol(r->net, name, (enum symbol_kind)kind, shape, r->elem.data, statement_span(r));
    r->net->symbol.data[i].flags = flags;
    return true;
}

static bool read_assume(struct net_reader *r)
{
    expr_id cond = expr_read(&r->expr);
    if (!cond || !read_end(r)) {
        return false;
    }
    if (expr_get(r->net->ex, cond)->type != TYPE_BOOL || expr_get(r->net->ex, cond)->shape.rank > 0) {
        return net_lexer_error(&r->lexer, DIAG_E0704, "an assumption is a scalar boolean");
    }
    vec_push(&r->net->assume, (struct assume){cond, statement_span(r)});
    return true;
}

static bool read_observe(struct net_reader *r)
{
    expr_id e = expr_read(&r->expr);
    if (!e || !read_end(r)) {
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

static bool read_file(struct net_reader *r)
{
    const char *file;
    if (!read_text(r, &file) || !read_end(r)) {
        return false;
    }
    r->net->file = arena_strdup(r->net->arena, file);
    return true;
}

static bool read_positive(struct net_reader *r, double *v)
{
    struct net_lexer *x = &r->lexer;
    if (x->token != TOKEN_REAL || !(x->real > 0) || isinf(x->real)) {
        return net_lexer_error(x, DIAG_E0702, "a positive real number is expected here");
    }
    *v = x->real;
    net_lexer_next(x);
    return true;
}

/* units "nM" concentration 1e-9 "s" 1.0 */
static bool read_units(struct net_reader *r)
{
    struct net_units *u = &r->net->units;
    if (!read_text(r, &u->amount)) {
        return false;
    }
    u->is_concentration = net_lexer_accept_word(&r->lexer, "concentration");
    return read_positive(r, &u->amount_factor) && read_text(r, &u->time) && read_positive(r, &u->time_factor) &&
           read_end(r);
}

static bool read_statement(struct net_reader *r)
{
    struct net_lexer *x = &r->lexer;
    if (net_lexer_accept_word(x, "param")) {
        return read_param(r);
    }
    if (net_lexer_accept_word(x, "species")) {
        return read_species(r, SPECIES_DISCRETE);
    }
    if (net_lexer_accept_word(x, "bulk")) {
        return read_species(r, SPECIES_BULK);
    }
    if (net_lexer_accept_word(x, "constant")) {
        return read_species(r, SPECIES_CONSTANT);
    }
    if (net_lexer_accept_word(x, "symbol")) {
        return read_symbol(r);
    }
    if (net_lexer_accept_word(x, "guard")) {
        return read_guard(r);
    }
    if (net_lexer_accept_word(x, "assume")) {
        return read_assume(r);
    }
    if (net_lexer_accept_word(x, "observe")) {
        return read_observe(r);
    }
    if (net_lexer_accept_word(x, "units")) {
        return read_units(r);
    }
    if (net_lexer_accept_word(x, "volume")) {
        return read_positive(r, &r->net->units.volume) && read_end(r);
    }
    return net_lexer_accept_word(x, "file") ? read_file(r) : read_reaction(r);
}

static void skip_lines(struct net_lexer *x)
{
    while (net_lexer_accept(x, TOKEN_LINE)) {
    }
}

static bool read_network(struct net_reader *r)
{
    struct net_lexer *x = &r->lexer;
    skip_lines(x);
    if (!net_lexer_accept_word(x, "network")) {
        return net_lexer_error(x, DIAG_E0701, "the text of a network starts with: network \"name\" {");
    }
    const char *name = NULL;
    if (!read_text(r, &name) || !net_lexer_expect(x, '{', "'{'")) {
        return false;
    }
    r->net->name = name;
    for (skip_lines(x); x->token != '}'; skip_lines(x)) {
        if (x->token == TOKEN_END) {
            return net_lexer_expect(x, '}', "'}'");
        }
        r->start = x->lo;
        if (!read_statement(r)) {
            while (x->token != TOKEN_LINE && x->token != TOKEN_END) {
                net_lexer_next(x);
            }
        }
        if (x->n_errors > MAX_ERRORS) {
            return false;
        }
        arena_reset(r->scratch);
    }
    net_lexer_next(x);
    skip_lines(x);
    return net_lexer_expect(x, TOKEN_END, "nothing after the network");
}

struct net *net_read(struct sources *sources, uint32_t file, struct diag *diag)
{
    struct net_reader r = {.net = net_create(""), .scratch = arena_create()};
    r.names = net_names_create(r.net);
    r.expr = (struct expr_reader){.lexer = &r.lexer, .net = r.net, .names = r.names};
    net_lexer_start(&r.lexer, sources, file, diag, r.scratch);
    bool ok = read_network(&r) && r.lexer.n_errors == 0 && net_verify(r.net, diag);
    vec_free(&r.lhs);
    vec_free(&r.rhs);
    vec_free(&r.elem);
    vec_free(&r.expr.binder);
    net_names_destroy(r.names);
    arena_destroy(r.scratch);
    if (!ok) {
        net_destroy(r.net);
        return NULL;
    }
    return r.net;
}
