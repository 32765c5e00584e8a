/* Reads the clock, events, assumptions and symbols of a network from JSON. */
#include "import/json_impl.h"

/* ---- events ---- */

bool json_read_phase(struct json_reader *r, struct json_value v)
{
    struct json_value guard, duration;
    const struct json_field field[] = {
        {"guard", JSON_A_NAME, true, &guard},
        {"duration", JSON_ANYTHING, true, &duration},
    };
    struct phase p = {0};
    if (!FIELDS(r, v, field) || !json_guard_of(r, guard, &p.guard) ||
        !(p.duration = json_real_formula(r, duration, NULL))) {
        return false;
    }
    vec_push(&r->x->net->clock, p);
    return true;
}

/* Reads [["A", E], ...]. */
static bool read_changes(struct json_reader *r, struct json_value list)
{
    struct json_value v;
    r->change.n = 0;
    for (struct json_steps s = json_start(list); json_next(&s, &v, NULL);) {
        struct json_value name, value;
        struct change c;
        if (!json_check(r->x, v, JSON_A_LIST, "a species with its amount")) {
            return false;
        }
        struct json_steps pair = json_start(v);
        if (!json_next(&pair, &name, NULL) || !json_next(&pair, &value, NULL) || v.json->n != 2) {
            return json_complain(r, v,
                                 "a species and its new amount are expected here, as [\"A\", \"B + 1\"]");
        }
        if (!json_species_of(r, name, &c.species) || !(c.value = json_real_formula(r, value, NULL))) {
            return false;
        }
        vec_push(&r->change, c);
    }
    return true;
}

bool json_read_event(struct json_reader *r, struct json_value v)
{
    static const char *const kinds[] = {"at", "every", "when"};
    struct json_value kind, when, delay, priority, flags, changes, line;
    const struct json_field field[] = {
        {"kind", JSON_A_TEXT, true, &kind},      {"when", JSON_ANYTHING, true, &when},
        {"delay", JSON_ANYTHING, false, &delay}, {"priority", JSON_ANYTHING, false, &priority},
        {"flags", JSON_A_COUNT, false, &flags},  {"changes", JSON_A_LIST, true, &changes},
        {"line", JSON_A_COUNT, false, &line},
    };
    int64_t known = 0;
    int k = FIELDS(r, v, field) ? json_word_of(r, kind, kinds, 3) : -1;
    if (k < 0 || (flags.json && !json_whole(r, flags, 0, 2 * EVENT_DRAWN - 1, &known)) ||
        !read_changes(r, changes)) {
        return false;
    }
    expr_id cond = k == EVENT_WHEN ? json_formula(r, when, true) : json_real_formula(r, when, NULL);
    struct event more = {.flags = (uint8_t)known};
    if (!cond || (delay.json && !(more.delay = json_real_formula(r, delay, NULL))) ||
        (priority.json && !(more.priority = json_real_formula(r, priority, NULL)))) {
        return false;
    }
    net_add_event(r->x->net, (enum event_kind)k, cond, r->change.data, r->change.n, json_span(r->x, v));
    struct event *to = &vec_last(&r->x->net->event);
    to->flags = more.flags;
    to->delay = more.delay;
    to->priority = more.priority;
    return true;
}

bool json_read_assumption(struct json_reader *r, struct json_value v)
{
    expr_id e = json_formula(r, v, true);
    if (e) {
        vec_push(&r->x->net->assume, (struct assume){e, json_span(r->x, v)});
    }
    return e != 0;
}

/* ---- symbols ---- */

bool json_read_symbol(struct json_reader *r, struct json_value v)
{
    static const char *const kinds[] = {"species", "dual", "parameter", "output"};
    struct json_value name, kind, dims, input, output, elements, element;
    const struct json_field field[] = {
        {"name", JSON_A_NAME, true, &name},       {"kind", JSON_A_TEXT, false, &kind},
        {"shape", JSON_A_LIST, false, &dims},     {"input", JSON_A_TRUTH, false, &input},
        {"output", JSON_A_TRUTH, false, &output}, {"elements", JSON_A_LIST, true, &elements},
    };
    struct shape shape;
    int k = !FIELDS(r, v, field) ? -1 : kind.json ? json_word_of(r, kind, kinds, 4) : SYMBOL_OUTPUT;
    if (k < 0 || !json_read_shape(r, dims, &shape)) {
        return false;
    }
    r->elem.n = 0;
    for (struct json_steps s = json_start(elements); json_next(&s, &element, NULL);) {
        expr_id e = json_formula(r, element, false);
        if (!e) {
            return false;
        }
        vec_push(&r->elem, e);
    }
    if ((int64_t)r->elem.n != shape_size(shape)) {
        return diag_report(r->x->diag, DIAG_E0831, json_span(r->x, elements),
                           "%zu elements of %lld\n  help: set each element once", r->elem.n,
                           (long long)shape_size(shape));
    }
    struct net *n = r->x->net;
    int32_t i = net_add_symbol(n, json_text_of(r, name), (enum symbol_kind)k, shape, r->elem.data,
                               json_span(r->x, name));
    n->symbol.data[i].flags =
        (uint8_t)((json_flag(input) ? SYMBOL_IS_INPUT : 0) | (json_flag(output) ? SYMBOL_IS_OUTPUT : 0));
    return true;
}

/* Adds symbols for everything without one, with the names of species and parameters. */
void json_add_implied_symbols(struct json_reader *r)
{
    struct net *n = r->x->net;
    for (size_t i = 0; i < n->param.n; i++) {
        const struct net_param *p = &n->param.data[i];
        r->elem.n = 0;
        for (int64_t k = 0; k < shape_size(p->shape); k++) {
            vec_push(&r->elem, net_param_expr(n, p->first + (int32_t)k));
        }
        if (net_find_symbol(n, p->name) < 0) {
            net_add_symbol(n, p->name, SYMBOL_PARAM, p->shape, r->elem.data, p->span);
        }
    }
    for (size_t i = 0; i < n->species.n; i++) {
        const struct species *s = &n->species.data[i];
        expr_id leaf = net_species_expr(n, (species_id)i);
        if (net_find_symbol(n, s->name) < 0) {
            net_add_symbol(n, s->name, SYMBOL_SPECIES, shape_scalar(), &leaf, s->span);
        }
    }
}
