/* Reads the JSON that `crnlc emit --format json` writes (doc/formats.md). Formulas are texts as in
 * doc/IR.md. */
#include <math.h>
#include <string.h>

#include "import/json_impl.h"

bool json_complain(struct json_reader *r, struct json_value at, const char *message)
{
    return diag_report(r->x->diag, DIAG_E0831, json_span(r->x, at), "%s", message);
}

const char *json_text_of(struct json_reader *r, struct json_value v)
{
    return v.json ? intern_text(r->x->net->names, v.json->text) : NULL;
}

/* ---- formulas ---- */

/* The lexer reads a text at the place of the value. The text without escapes fits there, since it is not
 * longer. */
static void start_formula(struct json_reader *r, struct json_value v)
{
    const struct importer *x = r->x;
    size_t from = (size_t)(v.at + 1 - x->text), to = (size_t)(json_end(v.at) - 1 - x->text);
    memset(r->text + from + v.json->n, ' ', to - from - v.json->n);
    arena_reset(r->scratch);
    net_lexer_start_in(&r->lexer, r->text, from, to, x->file, ';', x->diag, r->scratch);
    r->expr.depth = 0;
}

/* `shape`: that of the real array that is needed; NULL: a real scalar. 0 after a report. */
expr_id json_real_formula(struct json_reader *r, struct json_value v, const struct shape *shape)
{
    if (json_is_number(v)) {
        return expr_real(r->x->net->ex, json_number(v));
    }
    if (!json_check(r->x, v, JSON_A_TEXT, "a formula")) {
        return 0;
    }
    start_formula(r, v);
    expr_id e = expr_read_real(&r->expr, shape);
    return e && net_lexer_expect(&r->lexer, TOKEN_END, "the end of the formula") ? e : 0;
}

/* Reads a scalar of any type except text. */
expr_id json_formula(struct json_reader *r, struct json_value v, bool condition)
{
    if (!json_check(r->x, v, JSON_A_TEXT, "a formula")) {
        return 0;
    }
    start_formula(r, v);
    expr_id e = expr_read(&r->expr);
    if (!e || !net_lexer_expect(&r->lexer, TOKEN_END, "the end of the formula")) {
        return 0;
    }
    const struct expr *node = expr_get(r->x->net->ex, e);
    bool fits = node->shape.rank == 0 && (condition ? node->type == TYPE_BOOL : node->type != TYPE_TEXT);
    return fits ? e
                : (expr_id)json_complain(
                      r, v, condition ? "a condition is wanted here" : "a scalar is wanted here");
}

/* ---- names ---- */

static bool no_species(const struct json_reader *r, struct json_value v)
{
    const struct net *net = r->x->net;
    const char **known = arena_alloc(r->x->arena, (net->species.n + 1) * sizeof *known);
    for (size_t i = 0; i < net->species.n; i++) {
        known[i] = net->species.data[i].name;
    }
    diag_report(r->x->diag, DIAG_E0834, json_span(r->x, v), "'%.100s' is no species of this file",
                v.json->text);
    diag_help_known(r->x->diag, v.json->text, known, net->species.n);
    return false;
}

bool json_species_of(struct json_reader *r, struct json_value v, species_id *id)
{
    enum net_name_kind kind;
    net_names_update(r->names);
    return json_check(r->x, v, JSON_A_TEXT, "a species") &&
           ((net_names_find(r->names, v.json->text, &kind, id) && kind == NAME_SPECIES) || no_species(r, v));
}

bool json_guard_of(struct json_reader *r, struct json_value v, int32_t *guard)
{
    net_names_update(r->names);
    *guard = v.json ? net_names_guard(r->names, v.json->text) : 0;
    return *guard >= 0 || diag_report(r->x->diag, DIAG_E0834, json_span(r->x, v),
                                      "'%.100s' is no guard of this file", v.json->text);
}

/* The number of one of a few words; -1 after a report. */
int json_word_of(struct json_reader *r, struct json_value v, const char *const *word, int n)
{
    const char *all = "";
    for (int i = 0; i < n; i++) {
        if (strcmp(v.json->text, word[i]) == 0) {
            return i;
        }
        all = arena_printf(r->x->arena, "%s%s%s", all, i == 0 ? "" : i == n - 1 ? " or " : ", ", word[i]);
    }
    diag_report(r->x->diag, DIAG_E0831, json_span(r->x, v), "'%.60s' stands where %s is expected",
                v.json->text, all);
    return -1;
}

bool json_flag(struct json_value v)
{
    return v.json && v.json->type == JSON_NODE_TRUE;
}

bool json_whole(struct json_reader *r, struct json_value v, int64_t least, int64_t most, int64_t *n)
{
    *n = v.json->type == JSON_NODE_INTEGER ? v.json->integer : least - 1;
    return (*n >= least && *n <= most) ||
           diag_report(
               r->x->diag, DIAG_E0833, json_span(r->x, v),
               "an integer from %lld to %lld is expected\n  help: write one, without a point or quotes",
               (long long)least, (long long)most);
}

/* ---- units ---- */

static bool positive(struct json_reader *r, struct json_value v, double *to)
{
    *to = json_number(v);
    return *to > 0 || json_complain(r, v, "a positive number is expected");
}

static bool read_units(struct json_reader *r, struct json_value v)
{
    struct json_value amount, factor, concentration, time, seconds;
    const struct json_field field[] = {
        {"amount", JSON_A_NAME, false, &amount},
        {"amount_factor", JSON_A_NUMBER, false, &factor},
        {"time", JSON_A_NAME, false, &time},
        {"time_factor", JSON_A_NUMBER, false, &seconds},
        {"concentration", JSON_A_TRUTH, false, &concentration},
    };
    struct net_units *u = &r->x->net->units;
    if (!FIELDS(r, v, field)) {
        return false;
    }
    if (!amount.json != !factor.json || !amount.json != !concentration.json) {
        return json_complain(r, v, "'amount', 'amount_factor' and 'concentration' belong together");
    }
    if (!time.json != !seconds.json) {
        return json_complain(r, v, "'time' and 'time_factor' belong together");
    }
    if ((factor.json && !positive(r, factor, &u->amount_factor)) ||
        (seconds.json && !positive(r, seconds, &u->time_factor))) {
        return false;
    }
    u->amount = amount.json ? json_text_of(r, amount) : NULL;
    u->time = time.json ? json_text_of(r, time) : NULL;
    u->is_concentration = concentration.json && json_flag(concentration);
    return true;
}

/* ---- parameters, guards, species ---- */

bool json_read_shape(struct json_reader *r, struct json_value v, struct shape *shape)
{
    struct json_value dim;
    int64_t n, size = 1;
    *shape = shape_scalar();
    for (struct json_steps s = json_start(v); v.json && json_next(&s, &dim, NULL);) {
        if (shape->rank == SHAPE_MAX_RANK) {
            return json_complain(r, dim, "an array has at most four dimensions");
        }
        if (!json_whole(r, dim, 0, READ_MAX_ELEMENTS, &n)) {
            return false;
        }
        shape->dim[shape->rank++] = (int32_t)n;
        size *= n > 0 ? n : 1;
        if (size > READ_MAX_ELEMENTS) {
            return diag_report(r->x->diag, DIAG_E0833, json_span(r->x, dim),
                               "an array of more than %d elements\n  help: write several smaller ones",
                               READ_MAX_ELEMENTS);
        }
    }
    return true;
}

/* Reads a default from its values; *e is 0 if there is none. False after a report. */
static bool read_values(struct json_reader *r, struct json_value list, struct shape shape, expr_id *e)
{
    int64_t size = shape_size(shape), n = 0;
    if ((int64_t)list.json->n != size) {
        return diag_report(r->x->diag, DIAG_E0831, json_span(r->x, list),
                           "%zu values of %lld elements\n  help: give each element one value", list.json->n,
                           (long long)size);
    }
    double *value = mem_zalloc((size_t)size + 1, sizeof *value);
    struct json_value v;
    bool ok = true;
    for (struct json_steps s = json_start(list); ok && json_next(&s, &v, NULL); n++) {
        value[n] = v.json->type == JSON_NODE_NULL ? NAN : json_number(v);
        ok = v.json->type == JSON_NODE_NULL || json_check(r->x, v, JSON_A_NUMBER, "a value");
    }
    struct expr_pool *p = r->x->net->ex;
    *e = !ok ? 0 : shape.rank > 0 ? expr_const_array(p, TYPE_REAL, shape, value) : expr_real(p, value[0]);
    free(value);
    return ok;
}

static bool read_param(struct json_reader *r, struct json_value v)
{
    enum { MAX_SLOTS = 1 << 28 };
    struct json_value name, dims, value, init, molecule, unit, doc, line;
    const struct json_field field[] = {
        {"name", JSON_A_NAME, true, &name},
        {"shape", JSON_A_LIST, false, &dims},
        {"value", JSON_A_LIST, false, &value},
        {"default", JSON_ANYTHING, false, &init},
        {"molecule", JSON_A_TRUTH, false, &molecule},
        {"unit", JSON_A_NAME, false, &unit},
        {"doc", JSON_A_TEXT, false, &doc},
        {"line", JSON_A_COUNT, false, &line},
    };
    struct net *n = r->x->net;
    struct shape shape;
    expr_id e = 0;
    if (!FIELDS(r, v, field) || !json_read_shape(r, dims, &shape)) {
        return false;
    }
    if (shape_size(shape) > MAX_SLOTS - n->n_slots) {
        return diag_report(r->x->diag, DIAG_E0833, json_span(r->x, v), "more than %d parameters", MAX_SLOTS);
    }
    if (init.json ? !(e = json_real_formula(r, init, &shape))
                  : value.json && !read_values(r, value, shape, &e)) {
        return false;
    }
    int32_t p = net_add_param(n, json_text_of(r, name), shape, e, json_span(r->x, name));
    n->param.data[p].unit = json_text_of(r, unit);
    n->param.data[p].doc = json_text_of(r, doc);
    return !json_flag(molecule) || net_mark_molecule(n, p) ||
           diag_report(r->x->diag, DIAG_E0833, json_span(r->x, molecule),
                       "one scalar of the network alone stands for one molecule");
}

static bool read_guard(struct json_reader *r, struct json_value v)
{
    struct json_value name, initially;
    const struct json_field field[] = {
        {"name", JSON_A_NAME, true, &name},
        {"initially", JSON_A_TRUTH, true, &initially},
    };
    if (!FIELDS(r, v, field)) {
        return false;
    }
    net_add_guard(r->x->net, json_text_of(r, name), json_flag(initially));
    return true;
}

static bool read_species(struct json_reader *r, struct json_value v)
{
    static const char *const kinds[] = {"discrete", "bulk", "constant"};
    struct json_value name, kind, amount, init, input, is_signed, is_unbounded, line;
    const struct json_field field[] = {
        {"name", JSON_A_NAME, true, &name},
        {"kind", JSON_A_TEXT, false, &kind},
        {"amount", JSON_A_NUMBER, false, &amount},
        {"initial", JSON_ANYTHING, false, &init},
        {"input", JSON_A_TRUTH, false, &input},
        {"signed", JSON_A_TRUTH, false, &is_signed},
        {"unbounded", JSON_A_TRUTH, false, &is_unbounded},
        {"line", JSON_A_COUNT, false, &line},
    };
    if (!FIELDS(r, v, field)) {
        return false;
    }
    int k = kind.json ? json_word_of(r, kind, kinds, 3) : SPECIES_DISCRETE;
    struct json_value start = init.json ? init : amount;
    expr_id e = k >= 0 && start.json ? json_real_formula(r, start, NULL) : 0;
    if (k < 0 || (start.json && !e) ||
        (!json_flag(is_signed) &&
         !import_check_amount(r->x, e, json_span(r->x, start.json ? start : name)))) {
        return false;
    }
    struct net *n = r->x->net;
    species_id s = net_add_species(n, json_text_of(r, name), (enum species_kind)k, e, json_span(r->x, name));
    n->species.data[s].flags =
        (uint8_t)((json_flag(input) ? SPECIES_INPUT : 0) | (json_flag(is_signed) ? SPECIES_SIGNED : 0) |
                  (json_flag(is_unbounded) ? SPECIES_UNBOUNDED : 0));
    return true;
}

/* ---- reactions ---- */

/* Reads [["A", 2], ["B", 1]]. */
static bool read_side(struct json_reader *r, struct json_value list, int side)
{
    struct json_value v;
    r->side[side].n = 0;
    for (struct json_steps s = json_start(list); json_next(&s, &v, NULL);) {
        struct json_value name, count;
        struct term t;
        if (!json_check(r->x, v, JSON_A_LIST, "a species with its count")) {
            return false;
        }
        struct json_steps pair = json_start(v);
        if (!json_next(&pair, &name, NULL) || !json_next(&pair, &count, NULL) || v.json->n != 2) {
            return json_complain(r, v, "a species and its count are expected here, as [\"A\", 2]");
        }
        if (!json_species_of(r, name, &t.species) || !json_whole(r, count, 1, INT64_MAX, &t.count)) {
            return false;
        }
        vec_push(&r->side[side], t);
    }
    return true;
}

/* Reads [["A", "0.5"], ["B", "n"]]. */
static bool read_fractions(struct json_reader *r, struct json_value list)
{
    struct json_value v;
    r->more.n = 0;
    for (struct json_steps s = json_start(list); list.json && json_next(&s, &v, NULL);) {
        struct json_value name, count;
        struct fraction f;
        if (!json_check(r->x, v, JSON_A_LIST, "a species with what is added of it")) {
            return false;
        }
        struct json_steps pair = json_start(v);
        if (!json_next(&pair, &name, NULL) || !json_next(&pair, &count, NULL) || v.json->n != 2) {
            return json_complain(r, v, "a species and a formula are expected here, as [\"A\", \"0.5\"]");
        }
        if (!json_species_of(r, name, &f.species) || !(f.count = json_real_formula(r, count, NULL))) {
            return false;
        }
        vec_push(&r->more, f);
    }
    return true;
}

static bool read_reaction(struct json_reader *r, struct json_value v)
{
    static const char *const kinds[] = {"mass action", "law"};
    struct json_value lhs, rhs, plus, kinetics, rate, value, label, guard, origin, repeat, line;
    const struct json_field field[] = {
        {"reactants", JSON_A_LIST, true, &lhs},  {"products", JSON_A_LIST, true, &rhs},
        {"plus", JSON_A_LIST, false, &plus},     {"kinetics", JSON_A_TEXT, true, &kinetics},
        {"rate", JSON_ANYTHING, true, &rate},    {"value", JSON_ANYTHING, false, &value},
        {"label", JSON_A_NAME, false, &label},   {"guard", JSON_A_NAME, false, &guard},
        {"origin", JSON_A_NAME, false, &origin}, {"may_repeat", JSON_A_TRUTH, false, &repeat},
        {"line", JSON_A_COUNT, false, &line},
    };
    int32_t guard_id = 0;
    if (!FIELDS(r, v, field) || !read_side(r, lhs, 0) || !read_side(r, rhs, 1) || !read_fractions(r, plus) ||
        !json_guard_of(r, guard, &guard_id)) {
        return false;
    }
    int kind = json_word_of(r, kinetics, kinds, 2);
    expr_id e = kind >= 0 ? json_real_formula(r, rate, NULL) : 0;
    reaction_id id =
        e ? import_reaction_with(r->x, r->side[0].data, r->side[0].n, r->side[1].data, r->side[1].n,
                                 (enum rate_kind)kind, e, r->more.data, r->more.n, json_span(r->x, v))
          : -1;
    if (id < 0) {
        return false;
    }
    struct reaction *to = &r->x->net->reaction.data[id];
    to->label = json_text_of(r, label);
    to->origin = json_text_of(r, origin);
    to->guard = guard_id;
    to->flags = json_flag(repeat) ? REACTION_MAY_REPEAT : 0;
    return true;
}

/* ---- the file ---- */

static bool each(struct json_reader *r, struct json_value list, enum json_wanted wanted, const char *what,
                 bool (*read)(struct json_reader *r, struct json_value v))
{
    struct json_value v;
    bool ok = true;
    for (struct json_steps s = json_start(list); list.json && ok && json_next(&s, &v, NULL);) {
        ok = json_check(r->x, v, wanted, what) && read(r, v);
    }
    return ok;
}

static bool check_version(struct json_reader *r, struct json_value format, struct json_value version)
{
    if (strcmp(format.json->text, "crnlc network") != 0) {
        return json_complain(
            r, format, "\"crnlc network\" is expected here, the form that crnlc emit --format json writes");
    }
    return version.json->integer == 1 ||
           diag_report(r->x->diag, DIAG_E0832, json_span(r->x, version),
                       "version %lld of this form\n  help: this crnlc reads version 1: write the network "
                       "anew by `crnlc emit --format json`",
                       (long long)version.json->integer);
}

static bool read_network(struct json_reader *r, struct json_value root)
{
    struct json_value format, version, name, file, units, volume, param, guard, species, reaction, clock,
        event, assume, symbol;
    const struct json_field field[] = {
        {"format", JSON_A_TEXT, true, &format},       {"version", JSON_A_COUNT, true, &version},
        {"name", JSON_A_NAME, false, &name},          {"file", JSON_A_TEXT, false, &file},
        {"units", JSON_AN_OBJECT, false, &units},     {"volume", JSON_A_NUMBER, false, &volume},
        {"parameters", JSON_A_LIST, false, &param},   {"guards", JSON_A_LIST, false, &guard},
        {"species", JSON_A_LIST, true, &species},     {"reactions", JSON_A_LIST, true, &reaction},
        {"clock", JSON_A_LIST, false, &clock},        {"events", JSON_A_LIST, false, &event},
        {"assumptions", JSON_A_LIST, false, &assume}, {"symbols", JSON_A_LIST, false, &symbol},
    };
    struct net *n = r->x->net;
    if (!json_check(r->x, root, JSON_AN_OBJECT, "a network") || !FIELDS(r, root, field) ||
        !check_version(r, format, version)) {
        return false;
    }
    n->name = name.json ? json_text_of(r, name) : n->name;
    return (!units.json || read_units(r, units)) && (!volume.json || positive(r, volume, &n->units.volume)) &&
           each(r, param, JSON_AN_OBJECT, "a parameter", read_param) &&
           each(r, guard, JSON_AN_OBJECT, "a guard", read_guard) &&
           each(r, species, JSON_AN_OBJECT, "a species", read_species) &&
           each(r, reaction, JSON_AN_OBJECT, "a reaction", read_reaction) &&
           each(r, clock, JSON_AN_OBJECT, "a phase", json_read_phase) &&
           each(r, event, JSON_AN_OBJECT, "an event", json_read_event) &&
           each(r, assume, JSON_A_TEXT, "an assumption", json_read_assumption) &&
           each(r, symbol, JSON_AN_OBJECT, "a symbol", json_read_symbol);
}

bool import_json(struct importer *x)
{
    struct json_value root;
    struct json_tree tree;
    if (!json_read(x, &tree, &root)) {
        json_tree_free(&tree);
        return false;
    }
    struct json_reader r = {.x = x, .text = tree.text, .scratch = arena_create()};
    r.names = net_names_create(x->net);
    r.expr = (struct expr_reader){.lexer = &r.lexer, .net = x->net, .names = r.names};
    bool ok = read_network(&r, root);
    if (ok) {
        json_add_implied_symbols(&r);
    }
    vec_free(&r.side[0]);
    vec_free(&r.side[1]);
    vec_free(&r.more);
    vec_free(&r.change);
    vec_free(&r.elem);
    vec_free(&r.expr.binder);
    net_names_destroy(r.names);
    arena_destroy(r.scratch);
    json_tree_free(&tree);
    return ok;
}
