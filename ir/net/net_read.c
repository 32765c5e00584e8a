/* Reads the text form of a network, which has one statement per line. The text is not trusted. */
#include "ir/net/net_read.h"

#include <math.h>
#include <string.h>

enum { MAX_ERRORS = 100 };

struct span net_reader_span(const struct net_reader *r)
{
    return (struct span){r->lexer.file, r->start, r->lexer.lo};
}

bool net_reader_text(struct net_reader *r, const char **text)
{
    const char *t = r->lexer.token == TOKEN_STRING ? intern_text(r->net->names, r->lexer.name) : NULL;
    if (!net_lexer_expect(&r->lexer, TOKEN_STRING, "a text in double quotes")) {
        return false;
    }
    *text = t;
    return true;
}

bool net_reader_name(struct net_reader *r, const char **name)
{
    struct net_lexer *x = &r->lexer;
    if (x->token != TOKEN_NAME && x->token != TOKEN_QUOTED) {
        return net_lexer_expect(x, TOKEN_NAME, "a name");
    }
    *name = intern_text(r->net->names, x->name);
    net_lexer_next(x);
    return true;
}

/* Parses the end of a statement, with an optional source location such as "@12:3". The location is skipped,
 * because the spans of the network refer to the text that is being read. */
bool net_reader_end(struct net_reader *r)
{
    int64_t line, column;
    if (net_lexer_accept(&r->lexer, '@')) {
        if (!net_lexer_int(&r->lexer, 0, INT32_MAX, "a line", &line) ||
            !net_lexer_expect(&r->lexer, ':', "':'") ||
            !net_lexer_int(&r->lexer, 0, INT32_MAX, "a column", &column)) {
            return false;
        }
    }
    return r->lexer.token == TOKEN_LINE || r->lexer.token == TOKEN_END ||
           net_lexer_expect(&r->lexer, TOKEN_LINE, "the end of the line");
}

bool net_reader_flags(struct net_reader *r, uint8_t *flags)
{
    int64_t v = 0;
    if (net_lexer_accept_word(&r->lexer, "flags") && !net_lexer_int(&r->lexer, 0, 255, "flags", &v)) {
        return false;
    }
    *flags = (uint8_t)(*flags | v);
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
    return kind == NAME_SPECIES ||
           net_lexer_error(&r->lexer, DIAG_E0703, "this is a parameter, not a species");
}

#define READ_SIDE(r, side, ok)                                          \
    do {                                                                \
        struct term term_;                                              \
        (side)->n = 0;                                                  \
        if ((r)->lexer.token == TOKEN_INT && (r)->lexer.integer == 0) { \
            net_lexer_next(&(r)->lexer);                                \
            ok = true;                                                  \
            break;                                                      \
        }                                                               \
        do {                                                            \
            ok = read_term(r, &term_);                                  \
            if (ok) {                                                   \
                vec_push(side, term_);                                  \
            }                                                           \
        } while (ok && net_lexer_accept(&(r)->lexer, '+'));             \
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

bool net_reader_guard_name(struct net_reader *r, int32_t *guard)
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

/* Parses an optional "late {E}" or "late {E, E}" after fractions. */
static bool read_lateness(struct net_reader *r, expr_id delay[2])
{
    struct net_lexer *x = &r->lexer;
    delay[0] = delay[1] = 0;
    if (r->more.n == 0 || !net_lexer_accept_word(x, "late")) {
        return true;
    }
    return net_lexer_expect(x, '{', "'{'") && (delay[0] = expr_read_real(&r->expr, NULL)) &&
           (!net_lexer_accept(x, ',') || (delay[1] = expr_read_real(&r->expr, NULL))) &&
           net_lexer_expect(x, '}', "'}'");
}

/* Parses optional fractions: "plus A = E, B = E". */
static bool read_fractions(struct net_reader *r)
{
    r->more.n = 0;
    if (!net_lexer_accept_word(&r->lexer, "plus")) {
        return true;
    }
    do {
        struct fraction f;
        if (!net_reader_amount(r, &f.species, &f.count)) {
            return false;
        }
        vec_push(&r->more, f);
    } while (net_lexer_accept(&r->lexer, ','));
    return true;
}

static bool read_reaction(struct net_reader *r)
{
    struct net_lexer *x = &r->lexer;
    const char *label = NULL, *origin = NULL;
    int32_t guard = 0;
    uint8_t flags = 0;
    expr_id rate, delay[2];
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
    if (!ok || !read_fractions(r) || !read_lateness(r, delay) ||
        (net_lexer_accept_word(x, "guard") && !net_reader_guard_name(r, &guard)) ||
        (net_lexer_accept_word(x, "origin") && !net_reader_text(r, &origin)) ||
        !net_reader_flags(r, &flags) || !net_reader_end(r)) {
        return false;
    }
    reaction_id id = net_add_reaction_with(r->net, r->lhs.data, r->lhs.n, r->rhs.data, r->rhs.n, kind, rate,
                                           r->more.data, delay[0] ? 0 : r->more.n, net_reader_span(r));
    if (id < 0) {
        return net_lexer_error(x, DIAG_E0702, "the coefficients of a species add up to too large a number");
    }
    if (delay[0]) {
        net_set_late(r->net, id, r->more.data, r->more.n, delay[0], delay[1]);
    }
    struct reaction *to = &r->net->reaction.data[id];
    to->label = label;
    to->origin = origin;
    to->guard = guard;
    to->flags = flags;
    return true;
}

static bool read_let(struct net_reader *r)
{
    struct net_lexer *x = &r->lexer;
    if (x->token != TOKEN_DOLLAR || x->letter != 'e' || x->integer != (int64_t)r->expr.let.n) {
        return net_lexer_error(x, DIAG_E0701, "expected $e%zu: shared expressions are numbered in order",
                               r->expr.let.n);
    }
    net_lexer_next(x);
    expr_id e = net_lexer_expect(x, '=', "'='") ? expr_read(&r->expr) : 0;
    if (!e || !net_reader_end(r)) {
        return false;
    }
    vec_push(&r->expr.let, e);
    return true;
}

static bool read_file(struct net_reader *r)
{
    const char *file;
    if (!net_reader_text(r, &file) || !net_reader_end(r)) {
        return false;
    }
    r->net->file = arena_strdup(r->net->arena, file);
    return true;
}

static bool read_positive(struct net_reader *r, double *v)
{
    struct net_lexer *x = &r->lexer;
    *v = x->token == TOKEN_INT ? (double)x->integer : x->token == TOKEN_REAL ? x->real : 0;
    if (!(*v > 0) || isinf(*v)) {
        return net_lexer_error(x, DIAG_E0702, "a positive number is expected here");
    }
    net_lexer_next(x);
    return true;
}

/* Parses the units: "nM" concentration 1e-9 "s" 1.0, or none "s" 1.0, or "nM" concentration 1e-9 */
static bool read_units(struct net_reader *r)
{
    struct net_units *u = &r->net->units;
    bool none = net_lexer_accept_word(&r->lexer, "none");
    if (!none) {
        if (!net_reader_text(r, &u->amount)) {
            return false;
        }
        u->is_concentration = net_lexer_accept_word(&r->lexer, "concentration");
        if (!read_positive(r, &u->amount_factor)) {
            return false;
        }
    }
    bool time = none || r->lexer.token == TOKEN_STRING;
    return (!time || (net_reader_text(r, &u->time) && read_positive(r, &u->time_factor))) &&
           net_reader_end(r);
}

static bool read_statement(struct net_reader *r)
{
    struct net_lexer *x = &r->lexer;
    if (net_lexer_accept_word(x, "param")) {
        return net_reader_param(r);
    }
    if (net_lexer_accept_word(x, "species")) {
        return net_reader_species(r, SPECIES_DISCRETE);
    }
    if (net_lexer_accept_word(x, "bulk")) {
        return net_reader_species(r, SPECIES_BULK);
    }
    if (net_lexer_accept_word(x, "constant")) {
        return net_reader_species(r, SPECIES_CONSTANT);
    }
    if (net_lexer_accept_word(x, "symbol")) {
        return net_reader_symbol(r);
    }
    if (net_lexer_accept_word(x, "guard")) {
        return net_reader_guard(r);
    }
    if (net_lexer_accept_word(x, "assume")) {
        return net_reader_assume(r);
    }
    if (net_lexer_accept_word(x, "observe")) {
        return net_reader_observe(r);
    }
    if (net_lexer_accept_word(x, "event")) {
        return net_reader_event(r);
    }
    if (net_lexer_accept_word(x, "clock")) {
        return net_reader_clock(r);
    }
    if (net_lexer_accept_word(x, "let")) {
        return read_let(r);
    }
    if (net_lexer_accept_word(x, "units")) {
        return read_units(r);
    }
    if (net_lexer_accept_word(x, "volume")) {
        return read_positive(r, &r->net->units.volume) && net_reader_end(r);
    }
    if (r->list && net_lexer_accept_word(x, "output")) {
        return net_reader_output(r);
    }
    return net_lexer_accept_word(x, "file") ? read_file(r) : read_reaction(r);
}

static bool read_name(struct net_reader *r)
{
    const char *name;
    if (!net_reader_text(r, &name) || !net_reader_end(r)) {
        return false;
    }
    r->net->name = name;
    return true;
}

/* Parses a statement about an existing network. */
static bool read_remark(struct net_reader *r)
{
    static const char *const words[] = {"species", "bulk",  "constant", "symbol",
                                        "assume",  "units", "volume",   "output"};
    if (net_lexer_accept_word(&r->lexer, "network")) {
        return read_name(r);
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (net_lexer_is_word(&r->lexer, words[i])) {
            return read_statement(r);
        }
    }
    return net_lexer_error(&r->lexer, DIAG_E0701, "this is no statement about a network that is there");
}

static void skip_lines(struct net_lexer *x)
{
    while (net_lexer_accept(x, TOKEN_LINE)) {
    }
}

/* Parses statements up to a '}' or the end of the text. */
static bool read_statements(struct net_reader *r)
{
    struct net_lexer *x = &r->lexer;
    for (skip_lines(x); x->token != '}' && x->token != TOKEN_END; skip_lines(x)) {
        r->start = x->lo;
        if (!(r->remarks ? read_remark(r) : read_statement(r))) {
            while (x->token != TOKEN_LINE && x->token != TOKEN_END) {
                net_lexer_next(x);
            }
        }
        if (x->n_errors > MAX_ERRORS) {
            return false;
        }
        arena_reset(r->scratch);
    }
    return true;
}

static bool read_network(struct net_reader *r)
{
    struct net_lexer *x = &r->lexer;
    skip_lines(x);
    if (!net_lexer_accept_word(x, "network")) {
        return net_lexer_error(x, DIAG_E0701, "the text of a network starts with: network \"name\" {");
    }
    const char *name = NULL;
    if (!net_reader_text(r, &name) || !net_lexer_expect(x, '{', "'{'")) {
        return false;
    }
    r->net->name = name;
    if (!read_statements(r) || !net_lexer_expect(x, '}', "'}'")) {
        return false;
    }
    skip_lines(x);
    return net_lexer_expect(x, TOKEN_END, "nothing after the network");
}

static void open_reader(struct net_reader *r, struct net *n)
{
    r->net = n;
    r->scratch = arena_create();
    r->names = net_names_create(n);
    r->expr = (struct expr_reader){.lexer = &r->lexer, .net = n, .names = r->names};
}

static void close_reader(struct net_reader *r)
{
    vec_free(&r->lhs);
    vec_free(&r->rhs);
    vec_free(&r->more);
    vec_free(&r->elem);
    vec_free(&r->expr.binder);
    vec_free(&r->expr.let);
    net_names_destroy(r->names);
    arena_destroy(r->scratch);
}

static struct net *read_text(struct sources *sources, uint32_t file, bool list, struct diag *diag)
{
    struct net_reader r = {.list = list};
    open_reader(&r, net_create(""));
    net_lexer_start(&r.lexer, sources, file, list ? '#' : ';', diag, r.scratch);
    bool read =
        list ? read_statements(&r) && net_lexer_expect(&r.lexer, TOKEN_END, "a statement") : read_network(&r);
    bool ok = read && r.lexer.n_errors == 0 && net_resolve(r.net, diag) && net_verify(r.net, diag);
    close_reader(&r);
    if (!ok) {
        net_destroy(r.net);
        return NULL;
    }
    return r.net;
}

bool net_read_remarks(struct net *n, const char *text, size_t length, uint32_t file, struct diag *diag)
{
    struct net_reader r = {.list = true, .remarks = true};
    open_reader(&r, n);
    net_lexer_start_in(&r.lexer, text, 0, length, file, '#', diag, r.scratch);
    bool ok =
        read_statements(&r) && net_lexer_expect(&r.lexer, TOKEN_END, "a statement") && r.lexer.n_errors == 0;
    close_reader(&r);
    net_settle_bulk(n); /* a statement may have made a species bulk */
    return ok;
}

struct net *net_read(struct sources *sources, uint32_t file, struct diag *diag)
{
    return read_text(sources, file, false, diag);
}

struct net *net_read_list(struct sources *sources, uint32_t file, struct diag *diag)
{
    return read_text(sources, file, true, diag);
}
