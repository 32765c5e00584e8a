/* What experiments read from networks: paths such as net.m.S[2], and statistics. */
#include <stdlib.h>
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/network/network.h"
#include "ir/net/flux.h"

int32_t experiment_network(struct where *w, const struct ast *a)
{
    struct name *n = value_named(w, a);
    return name_fits(w, a->span, a->name, n, AT_RUN) ? network_use(w->f, n, a->span) : -1;
}

struct where experiment_view(struct where *w, int32_t net, bool own, struct run *capture)
{
    struct where o = *w;
    struct view *view = arena_alloc(w->f->arena, sizeof *view);
    *view = (struct view){.use = experiment_use(w, net), .net = net, .own_names = own, .capture = capture};
    o.view = view;
    o.ex = view->use->net->ex;
    o.purpose = FOR_VALUE;
    return o;
}

static const struct net *net_of(struct where *w, int32_t net)
{
    return w->f->program->net.data[net].net;
}

static bool is_time(const struct net *net, const char *text)
{
    return strcmp(text, "time") == 0 && net_find_symbol(net, "time") < 0;
}

/* Reads "[2,0]" and what follows it: the indices of a copy. Returns how many there are, 0 if that is not so.
 * */
static int32_t copy_index(const char *name, int32_t at[SHAPE_MAX_RANK], const char **rest)
{
    int32_t n = 0;
    if (*name != '[') {
        return 0;
    }
    while ((*name == '[' || *name == ',') && n < SHAPE_MAX_RANK) {
        char *end;
        at[n++] = (int32_t)strtol(name + 1, &end, 10);
        name = end;
    }
    *rest = name + 1;
    return *name == ']' ? n : 0;
}

/* Of copies c[0], c[1], ... the array of a species, c.S, whose first axes count the copies; the shape of
 * these axes and the elements. `from` is the length of the name of the copies. False if there are no such
 * copies. */
static bool copies_of(struct where *w, const struct net *net, const char *text, size_t from,
                      struct shape *shape, const expr_id **elems)
{
    int32_t at[SHAPE_MAX_RANK], n = 0;
    int64_t found = 0, inner = 0;
    const char *rest;
    expr_id *list = NULL;
    for (int pass = 0; pass < 2; pass++) { /* the shape, and the elements */
        for (size_t i = 0; i < net->symbol.n; i++) {
            const struct symbol *s = &net->symbol.data[i];
            int32_t axes = strncmp(s->name, text, from) == 0 ? copy_index(s->name + from, at, &rest) : 0;
            if (axes == 0 || strcmp(rest, text + from) != 0 || axes + s->shape.rank > SHAPE_MAX_RANK) {
                continue;
            }
            int64_t place = 0;
            for (int32_t k = 0; k < axes; k++) {
                shape->dim[k] = pass == 0 && at[k] >= shape->dim[k] ? at[k] + 1 : shape->dim[k];
                place = place * shape->dim[k] + at[k];
            }
            if (pass == 0) {
                memcpy(&shape->dim[axes], s->shape.dim, (size_t)s->shape.rank * sizeof *s->shape.dim);
                n = axes + s->shape.rank;
                inner = shape_size(s->shape);
                found++;
            } else {
                memcpy(&list[place * inner], &net->elem.data[s->first], (size_t)inner * sizeof *list);
            }
        }
        shape->rank = n;
        if (found == 0 || shape_size(*shape) != found * inner) {
            return false;
        }
        list = list ? list : arena_alloc(w->f->arena, (size_t)(found * inner + 1) * sizeof *list);
        *elems = list;
    }
    return true;
}

/* The symbol of a species in all copies of a network, made where it is first read; -1: there are no copies.
 * */
static int32_t copies_symbol(struct where *w, int32_t of, const char *text, struct span span)
{
    struct net *net = experiment_use(w, of)->net;
    for (const char *dot = strchr(text, '.'); dot; dot = strchr(dot + 1, '.')) {
        struct shape shape = shape_scalar();
        const expr_id *elems;
        if (copies_of(w, net, text, (size_t)(dot - text), &shape, &elems)) {
            return net_add_symbol(net, intern_text(net->names, text), SYMBOL_OUTPUT, shape, elems, span);
        }
    }
    return -1;
}

/* Finds the index if it is known when compiling. False: it is not. After an error *failed is true. */
static bool known_index(struct where *w, const struct ast *index, int64_t *at, bool *failed)
{
    expr_id v = index->kind == AST_RANGE ? 0 : value_of(w, index);
    if (index->kind == AST_RANGE || (v && !expr_is_const(w->ex, v))) {
        return false;
    }
    *failed |= !v || !value_const_int(w, index, at);
    return !*failed;
}

enum found experiment_find_path(struct where *w, const struct ast *a, int32_t own, struct path *p)
{
    if (a->kind == AST_NAME) {
        struct name *n = value_named(w, a);
        if (own >= 0 && experiment_starts_path(net_of(w, own), a->name)) {
            *p = (struct path){own, a->name, NULL};
            return PATH_FOUND;
        }
        if (!name_may(n, AT_PATH)) {
            return NOT_A_PATH;
        }
        *p = (struct path){network_use(w->f, n, a->span), "", NULL};
        return p->net >= 0 ? PATH_FOUND : PATH_FAILED;
    }
    if (a->kind != AST_FIELD && a->kind != AST_INDEX) {
        return NOT_A_PATH;
    }
    enum found base = experiment_find_path(w, ast_base(a), own, p);
    if (base != PATH_FOUND) {
        return base;
    }
    const struct net *net = net_of(w, p->net);
    int32_t symbol = net_find_symbol(net, p->text);
    if (a->kind == AST_FIELD) {
        p->text = p->text[0] ? arena_printf(w->f->arena, "%s.%s", p->text, a->name) : a->name;
        return PATH_FOUND;
    }
    if (p->index) {
        return NOT_A_PATH; /* x[i][j] is an index into a value */
    }
    symbol = symbol < 0 ? copies_symbol(w, p->net, p->text, a->span) : symbol;
    net = net_of(w, p->net);
    if (symbol >= 0 || is_time(net, p->text)) {
        p->index = a;
        return PATH_FOUND;
    }
    const char *text = p->text;
    bool known = true, failed = false;
    for (uint32_t i = 1; i < a->n && known; i++) {
        int64_t at;
        known = known_index(w, index_at(a, i), &at, &failed);
        text = known ? arena_printf(w->f->arena, "%s%s%lld", text, i == 1 ? "[" : ",", (long long)at) : text;
    }
    p->index = known ? NULL : a; /* of the array that a species is in all copies, copies_symbol */
    p->text = known ? arena_printf(w->f->arena, "%s]", text) : p->text;
    return failed ? PATH_FAILED : PATH_FOUND;
}

static bool is_eliminated(const struct net *net, const struct symbol *s)
{
    int64_t n = shape_size(s->shape);
    for (int64_t i = 0; i < n; i++) {
        if (!expr_is_lost(net->ex, net->elem.data[s->first + (uint32_t)i])) {
            return false;
        }
    }
    return n > 0;
}

/* Returns 1 if the label is that of the reaction, -1 if it is the label with ".reverse", which means the
 * other direction, and otherwise 0. */
static int direction(const char *label, const char *text)
{
    size_t n = strlen(text);
    if (!label || strncmp(label, text, n) != 0) {
        return 0;
    }
    return label[n] == '\0' ? 1 : strcmp(label + n, ".reverse") == 0 ? -1 : 0;
}

/* Returns the symbol for the rate, in the ODE, of all reactions with a label, less that of the other
 * direction of reversible ones. The symbol is made where the rate is first read. Returns -1 if there are no
 * such reactions, or if a guard switches one of them. */
static int32_t rate_symbol(struct where *w, int32_t of, const char *text, struct span span)
{
    struct net *net = experiment_use(w, of)->net;
    expr_id sum = 0;
    for (size_t j = 0; j < net->reaction.n; j++) {
        int sign = direction(net->reaction.data[j].label, text);
        expr_id rate = sign ? net_rate_expr(net, &net->reaction.data[j]) : 0;
        if (sign && net->reaction.data[j].guard != 0) {
            return -1;
        }
        if (sign > 0 && net_goes_both_ways(net, (reaction_id)j)) {
            j++;
            rate = expr_binary(net->ex, EXPR_SUB, rate, net_rate_expr(net, &net->reaction.data[j]));
        }
        rate = sign < 0 ? expr_unary(net->ex, EXPR_NEG, rate) : rate;
        sum = sum && rate ? expr_binary(net->ex, EXPR_ADD, sum, rate) : rate ? rate : sum;
    }
    return sum ? net_add_symbol(net, intern_text(net->names, text), SYMBOL_OUTPUT, shape_scalar(), &sum, span)
               : -1;
}

/* Reports `v[10].S` where the copies are v[0] to v[9]. False if no copies have such a name. */
static bool outside_of_copies(struct where *w, const struct net *net, const char *text, struct span at)
{
    const char *open = strchr(text, '['), *close = open ? strstr(open, "].") : NULL;
    char *end = NULL;
    long long index = close ? strtoll(open + 1, &end, 10) : 0;
    if (!close || end != close) {
        return false;
    }
    int head = (int)(open - text) + 1, n = 0;
    while (net_find_symbol(net, arena_printf(w->f->arena, "%.*s%d%s", head, text, n, close)) >= 0) {
        n++;
    }
    if (n == 0) {
        return false;
    }
    diag_report(w->f->diag, DIAG_E0305, at, "index %lld is outside of 0..%d", index, n);
    diag_help(w->f->diag, "the copies are %.*s0] to %.*s%d]", head, text, head, text, n - 1);
    return true;
}

int32_t experiment_symbol(struct where *w, const struct ast *a, int32_t of, const char *text)
{
    const struct net *net = net_of(w, of);
    if (!text[0]) {
        name_no_value(w, a->span, net->name, NAME_NETWORK);
        return -1;
    }
    int32_t s = net_find_symbol(net, text);
    if (s >= 0 && is_eliminated(net, &net->symbol.data[s])) {
        diag_report(w->f->diag, DIAG_E0513, a->span, "the passes that made '%s' have eliminated '%s'",
                    net->name, text);
        diag_help(w->f->diag, "declare it `output`: passes leave outputs alone");
        return -1;
    }
    if (s >= 0) {
        return s;
    }
    s = rate_symbol(w, of, text, a->span);
    s = s < 0 ? copies_symbol(w, of, text, a->span) : s;
    if (s >= 0) {
        return s;
    }
    if (network_is_constant(w, a->span, net->name, text) || outside_of_copies(w, net, text, a->span)) {
        return -1;
    }
    const char *member = text[0] == '[' ? strstr(text, "].") : NULL;
    if (member) { /* net[0].A */
        diag_report(w->f->diag, DIAG_E0204, a->span, "'%s' is a network, and has no elements", net->name);
        diag_help(w->f->diag, "values of a run over rows have them in front: `%s.%s%.*s`", net->name,
                  member + 2, (int)(member - text) + 1, text);
        return -1;
    }
    const char **list = arena_alloc(w->f->arena, (net->symbol.n + 1) * sizeof *list);
    for (size_t i = 0; i < net->symbol.n; i++) {
        list[i] = net->symbol.data[i].name;
    }
    name_no_member(w, a->span, "the network", net->name, text, true, list, net->symbol.n);
    return -1;
}

static bool same_request(const struct stat_request *a, const struct stat_request *b)
{
    if (a->kind != b->kind || a->observed.n != b->observed.n || a->of_rows != b->of_rows ||
        a->course != b->course || a->n_times != b->n_times ||
        memcmp(a->bound, b->bound, sizeof a->bound) != 0) {
        return false;
    }
    return memcmp(a->observed.data, b->observed.data, a->observed.n * sizeof *a->observed.data) == 0;
}

int32_t experiment_add_request(struct net_use *use, struct stat_request *r)
{
    for (size_t i = 0; i < use->stat.n; i++) {
        if (same_request(&use->stat.data[i], r)) {
            vec_free(&r->observed);
            vec_free(&r->name);
            return (int32_t)i;
        }
    }
    vec_push(&use->stat, *r);
    return (int32_t)use->stat.n - 1;
}

int32_t experiment_trace(struct net_use *use, int32_t observed, const char *name)
{
    size_t at = 0;
    while (at < use->trace.n && use->trace.data[at].observed != observed) {
        at++;
    }
    if (at == use->trace.n) {
        struct trace t = {observed, name};
        vec_push(&use->trace, t);
    }
    return (int32_t)at;
}

void experiment_observe(struct where *w, int32_t net, expr_id scalar, const char *name,
                        struct stat_request *r)
{
    vec_push(&r->observed, net_add_observed(experiment_use(w, net)->net, scalar));
    vec_push(&r->name, arena_strdup(w->f->program->arena, name));
}

/* Whether the index, or both ends of the range, are known when compiling. */
static bool is_known(struct where *w, const struct ast *index)
{
    bool range = index->kind == AST_RANGE;
    for (int i = 0; i < (range ? 2 : 1); i++) {
        const struct ast *of = !range ? index : i == 0 ? range_from(index) : range_to(index);
        expr_id v = of ? value_of(w, of) : 0;
        int64_t known;
        if (of && (!v || !expr_const_int(w->ex, v, &known))) {
            return false;
        }
    }
    return true;
}

/* Makes x[...] of the children first .. first + n of x[i, j, k]; NULL stands for the base alone. */
static const struct ast *part_of_index(struct where *w, const struct ast *index, uint32_t first, uint32_t n)
{
    struct ast *part = arena_alloc(w->f->arena, sizeof *part);
    *part = *index;
    part->kid = arena_alloc(w->f->arena, (n + 1) * sizeof *part->kid);
    part->n = n + 1;
    part->kid[0] = index->kid[0];
    for (uint32_t i = 0; i < n; i++) {
        part->kid[1 + i] = index->kid[1 + first + i];
    }
    return n > 0 ? part : NULL;
}

/* Reads net.x[i, j] after a run over rows, or net.time if sym is NULL. For each row, the run keeps what is
 * asked for: those elements of x which the indices behind those of the rows choose, if these are known. */
static expr_id value_of_rows(struct where *w, const struct ast *a, const struct path *p,
                             const struct symbol *sym, struct shape axes)
{
    struct where o = experiment_view(w, p->net, false, NULL);
    struct net_use *use = experiment_use(w, p->net);
    struct stat_request r = {.kind = STAT_END, .of_rows = true};
    const struct ast *index = p->index;
    uint32_t n = index ? index->n - 1 : 0, rows = (uint32_t)axes.rank;
    bool known = n > rows;
    for (uint32_t i = rows; i < n && known; i++) {
        known = is_known(w, index_at(index, 1 + i));
    }
    expr_id v = sym ? value_elements(&o, sym->shape, &use->net->elem.data[sym->first])
                    : expr_leaf(o.ex, EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0);
    v = known ? value_index(&o, part_of_index(w, index, rows, n - rows), v) : v;
    if (!v) {
        return 0;
    }
    struct shape shape = value_info(&o, v).shape;
    for (int64_t i = 0; i < shape_size(shape); i++) {
        vec_push(&r.observed, net_add_observed(use->net, shape.rank ? expr_element(o.ex, v, i) : v));
        vec_push(&r.name,
                 arena_printf(w->f->program->arena, "%s[%lld]", sym ? sym->name : "time", (long long)i));
    }
    if (!experiment_with_axes(w, a->span, axes, &shape)) {
        vec_free(&r.observed);
        vec_free(&r.name);
        return 0;
    }
    v = expr_leaf(w->ex, EXPR_STAT, TYPE_REAL, shape, p->net, experiment_add_request(use, &r));
    const struct ast *rest = known ? part_of_index(w, index, 0, rows) : index;
    return rest ? value_index(w, rest, v) : v;
}

expr_id experiment_path(struct where *w, const struct ast *a, bool *is_path)
{
    struct path p;
    enum found found = experiment_find_path(w, a, where_has_own(w) ? w->view->net : -1, &p);
    *is_path = found != NOT_A_PATH;
    if (found != PATH_FOUND) {
        return 0;
    }
    if (!w->experiment) {
        diag_report(w->f->diag, DIAG_E0204, a->span, "a network is read in experiments only");
        diag_help(w->f->diag, "behind its run: `experiment main { run %s for 10; let x = %s; ... }`",
                  net_of(w, p.net)->name, front_source_text(w->f, a->span));
        return 0;
    }
    const struct net *net = net_of(w, p.net);
    bool time = is_time(net, p.text);
    if (w->view && p.net != w->view->net) {
        return diag_report(w->f->diag, DIAG_E0506, a->span,
                           "this belongs to '%s'; one network at a time is read here", net->name);
    }
    int32_t s = time ? -1 : experiment_symbol(w, a, p.net, p.text);
    const struct symbol *sym = s >= 0 ? &net->symbol.data[s] : NULL;
    if (!time && !sym) {
        return 0;
    }
    struct shape axes = shape_scalar();
    if (!w->view && !(sym && sym->kind == SYMBOL_PARAM) && !experiment_axes(w, p.net, a->span, &axes)) {
        return 0;
    }
    if (axes.rank > 0) {
        return value_of_rows(w, a, &p, sym, axes);
    }
    if (time) {
        expr_id now = w->view ? expr_leaf(w->ex, EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0)
                              : expr_leaf(w->ex, EXPR_NET_TIME, TYPE_REAL, shape_scalar(), p.net, 0);
        return p.index ? value_index(w, p.index, now) : now;
    }
    expr_id v = w->view ? value_elements(w, sym->shape, &net->elem.data[sym->first])
                        : expr_leaf(w->ex, EXPR_NET_GET, TYPE_REAL, sym->shape, p.net, s);
    return p.index ? value_index(w, p.index, v) : v;
}

struct name *experiment_fit_result(struct where *w, const struct ast *a, struct name *n)
{
    if (a->kind != AST_FIELD || field_base(a)->kind != AST_NAME || !where_is_executed(w) ||
        w->experiment->fitted.n == 0) {
        return NULL;
    }
    int32_t net = network_use(w->f, n, a->span);
    bool own = net >= 0 && experiment_starts_path(experiment_use(w, net)->net, a->name);
    return net < 0 || own ? NULL : experiment_learnt(w, experiment_use(w, net)->net->name, a->name);
}

expr_id experiment_part(struct where *w, const struct ast *a, struct name *n)
{
    if (where_place(w) == IN_NETWORK) {
        return network_part(w, a, n);
    }
    struct name *learnt = !w->view && a->kind == AST_FIELD && field_base(a)->kind == AST_NAME
                              ? experiment_learnt(w, n->text, a->name)
                              : NULL;
    if (learnt) {
        return experiment_variable(w, learnt);
    }
    bool is_path;
    struct name *result = experiment_fit_result(w, a, n);
    if (result) {
        return experiment_variable(w, result);
    }
    if (a->kind == AST_INDEX && experiment_fit_result(w, index_base(a), n)) {
        return value_entry(w, a);
    }
    expr_id v = experiment_path(w, a, &is_path);
    return is_path ? v : value_entry(w, a);
}

/* ---- statistics ---- */

struct name *experiment_network_in(struct where *w, const struct ast *a)
{
    if (!a) {
        return NULL;
    }
    if (a->kind == AST_NAME) {
        /* Whether a loop inside of the expression declares the name: its variable has no value here, and
         * is no network. */
        struct name *n = a->v.bound ? a->v.bound : value_find(w, a->name);
        return name_may(n, AT_PATH) ? n : NULL;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        struct name *n = experiment_network_in(w, ast_child(a, i));
        if (n) {
            return n;
        }
    }
    return NULL;
}

static const struct ast *positional(const struct ast *call, uint32_t i)
{
    for (uint32_t k = 1; k < call->n; k++) {
        if (!call_arg(call, k)->name && i-- == 0) {
            return arg_value(call_arg(call, k));
        }
    }
    return NULL;
}

/* Reads the argument of a statistic: an expression of the network, or its course. */
static bool observe_argument(struct where *w, int32_t net, const struct ast *a, struct stat_request *r,
                             struct shape *shape)
{
    if (experiment_is_course(w, a)) {
        return observe_argument(w, net, positional(a, 0), r, shape) &&
               experiment_take_course(w, a, net, r, shape);
    }
    struct where o = experiment_view(w, net, false, NULL);
    expr_id v = value_real(&o, a);
    if (!v) {
        return false;
    }
    *shape = value_info(&o, v).shape;
    struct net_use *use = experiment_use(w, net);
    for (int64_t i = 0; i < shape_size(*shape); i++) {
        int32_t observed = net_add_observed(use->net, shape->rank ? expr_element(o.ex, v, i) : v);
        vec_push(&r->observed, observed);
        const char *label = experiment_label(w, a);
        vec_push(&r->name,
                 shape->rank ? arena_printf(w->f->program->arena, "%s[%lld]", label, (long long)i) : label);
    }
    return true;
}

static const struct ast *argument_named(const struct ast *call, const char *name)
{
    for (uint32_t k = 1; k < call->n; k++) {
        if (call_arg(call, k)->name && strcmp(call_arg(call, k)->name, name) == 0) {
            return arg_value(call_arg(call, k));
        }
    }
    return NULL;
}

/* For crossings(net.X, level), the expression whose crossings of 0 are looked for. */
static const struct ast *above_level(struct where *w, const struct ast *call, struct name *of)
{
    const struct ast *level = experiment_level(w, arg_value(call_arg(call, 2)), of);
    if (!level) {
        return NULL;
    }
    struct ast *difference = arena_alloc(w->f->arena, sizeof *difference);
    difference->kind = AST_BINARY;
    difference->op = OP_SUB;
    difference->span = call->span;
    difference->kid = arena_alloc(w->f->arena, 2 * sizeof *difference->kid);
    difference->n = 2;
    difference->kid[0] = arg_value(call_arg(call, 1));
    difference->kid[1] = (struct ast *)(uintptr_t)level;
    return difference;
}

/* W0434: a statistic of a name whose value no run changes. A function may be for amounts and parameters
 * alike. */
static void warn_constant(struct where *w, int32_t net, const struct ast *call, const struct ast *a,
                          const struct stat_request *r)
{
    const struct net *of = experiment_use(w, net)->net;
    const struct ast *name = experiment_is_course(w, a) ? positional(a, 0) : a;
    name = name->kind == AST_INDEX ? index_base(name) : name;
    bool varies = w->f->call_depth > 0 || w->f->options->is_generated || name->kind != AST_FIELD;
    for (size_t i = 0; i < r->observed.n && !varies; i++) {
        varies = expr_reads_state(of->ex, of->observed.data[r->observed.data[i]]);
    }
    if (!varies && r->observed.n > 0) {
        const char *text = front_source_text(w->f, name->span);
        diag_report(w->f->diag, DIAG_W0434, a->span, "no run changes '%s': %s of it tells nothing", text,
                    call_callee(call)->name);
        diag_help(w->f->diag,
                  "it is a value of the program: write `%s` alone, or name an amount or an output", text);
    }
}

/* W0439: an average over a time that only tolerances have decided. An integral of what dies out has a value
 * of its own. */
static void warn_approach(struct where *w, int32_t net, const struct ast *call, enum stat_kind kind)
{
    const struct last_run *last = experiment_last_runs(w, net);
    const struct run *run = last && !last->next ? last->run : NULL;
    bool averages = kind == STAT_TIME_MEAN || kind == STAT_TIME_VAR || kind == STAT_TIME_HISTOGRAM;
    if (averages && run && run->span == SPAN_STEADY && run->until < 0 &&
        !(crnl_method_info[run->method].traits & CRNL_LAW)) {
        diag_report(w->f->diag, DIAG_W0439, call->span,
                    "a run to rest lasts as long as its solver needs: this is an average over the approach");
        const struct ast *of = positional(call, 0);
        const char *text = of ? front_source_text(w->f, of->span) : "NET.A";
        diag_help(w->f->diag, "the value at rest is `%s`; an average is that of a run `for` some time",
                  of && of->kind == AST_CALL ? arena_printf(w->f->arena, "run_mean(%s)", text) : text);
    }
}

/* Adds one request for all quantities of the call; *shape becomes the shape of the first. Returns -1 after
 * an error. */
int32_t experiment_request(struct where *w, const struct ast *call, enum stat_kind kind, const int32_t *bound,
                           int32_t *net, struct shape *shape)
{
    struct name *n = experiment_network_in(w, call);
    if (!n) {
        if (diag_has_error_in(w->f->diag, call->span)) {
            return -1;
        }
        diag_report(w->f->diag, DIAG_E0506, call->span, "a statistic is of a network's amounts or outputs");
        diag_help(w->f->diag, "name the network: %s(net.X)", call_callee(call)->name);
        return -1;
    }
    *net = network_use(w->f, n, call->span);
    if (*net < 0) {
        return -1;
    }
    struct shape axes;
    if (!experiment_axes(w, *net, call->span, &axes)) {
        return -1;
    }
    bool histogram = kind == STAT_TIME_HISTOGRAM || kind == STAT_RUN_HISTOGRAM;
    struct stat_request r = {.kind = kind, .of_rows = axes.rank > 0, .bound = {bound[0], bound[1]}};
    bool comes_up = kind == STAT_CROSSINGS || kind == STAT_PERIOD;
    uint32_t quantities = kind == STAT_RUN_QUANTILE || kind == STAT_END || comes_up ? 1 : 2;
    for (uint32_t i = 0; i < quantities; i++) {
        const struct ast *a = kind == STAT_END ? call
                              : comes_up       ? above_level(w, call, n)
                                               : positional(call, i);
        struct shape s;
        if (!a && comes_up) {
            goto failed;
        }
        if (!a) {
            break;
        }
        if (!observe_argument(w, *net, a, &r, &s)) {
            goto failed;
        }
        bool along = kind == STAT_TIME_MEAN || kind == STAT_TIME_VAR || kind == STAT_TIME_INTEGRAL ||
                     kind == STAT_TIME_HISTOGRAM || (kind >= STAT_TIME_MAX && kind <= STAT_EVENT_MEAN);
        if (along && r.n_times > 0) {
            diag_report(w->f->diag, DIAG_E0505, a->span, "a course is over time already");
            diag_help(w->f->diag, "average it over runs, run_mean(%s), or its values: mean(%s)",
                      front_source_text(w->f, a->span), front_source_text(w->f, a->span));
            goto failed;
        }
        if (histogram && s.rank) {
            diag_report(w->f->diag, DIAG_E0505, a->span,
                        "a histogram is of one quantity, or of two jointly, not of an array");
            goto failed;
        }
        if (i == 0) {
            *shape = s;
        }
        warn_constant(w, *net, call, a, &r);
        warn_approach(w, *net, call, kind);
    }
    return experiment_add_request(experiment_use(w, *net), &r);
failed:
    vec_free(&r.observed);
    vec_free(&r.name);
    return -1;
}

/* Reads the largest counts of a histogram, one for each quantity: max = [100, 20]. A single number, max =
 * 100, is for all. */
static bool bounds(struct where *w, const struct ast *call, int32_t *bound)
{
    const struct ast *max = argument_named(call, "max");
    bool joint = positional(call, 1) != NULL;
    if (!max) {
        diag_report(w->f->diag, DIAG_E0505, call->span,
                    "the size of this histogram must be known when compiling");
        diag_help(w->f->diag, "give the largest count: %s(..., max = 100); a plot needs none",
                  call_callee(call)->name);
        return false;
    }
    bool each = max->kind == AST_ARRAY;
    if (each && max->n != (joint ? 2 : 1)) {
        return diag_report(w->f->diag, DIAG_E0306, max->span, "a largest count for each quantity: %s",
                           joint ? "max = [100, 20]" : "max = 100");
    }
    for (uint32_t i = 0; i < STAT_AXES; i++) {
        const struct ast *of = each ? ast_child(max, i < max->n ? i : 0) : max;
        int64_t n;
        if (!value_const_int(w, of, &n)) {
            return false;
        }
        if (n < 0 || n > 10000000) {
            return diag_report(w->f->diag, DIAG_E0306, of->span,
                               "the largest count is between 0 and 10,000,000");
        }
        bound[i] = i > 0 && !joint ? 0 : (int32_t)n;
    }
    return true;
}

/* Returns the probability of a quantile; 0 after an error. */
static expr_id probability(struct where *w, const struct ast *a)
{
    expr_id v = value_real_scalar(w, a);
    double p;
    if (!v || !expr_const_real(w->ex, v, &p) || (p >= 0 && p <= 1)) {
        return v;
    }
    diag_report(w->f->diag, DIAG_E0306, a->span, "a quantile's probability is between 0 and 1, not %g", p);
    if (p > 1 && p <= 100) {
        diag_help(w->f->diag, "for %g %% write `%g`", p, p / 100);
    }
    return 0;
}

/* Adds the request of spectral_gap(net), which is about the generator of the states, not about amounts.
 * Returns -1 after an error. */
static int32_t gap_request(struct where *w, const struct ast *call, int32_t *net, struct shape *shape)
{
    const struct ast *a = positional(call, 0);
    struct shape axes;
    if (a->kind != AST_NAME) {
        diag_report(w->f->diag, DIAG_E0204, a->span, "the spectral gap is that of a network, named here");
        return -1;
    }
    *net = experiment_network(w, a);
    if (*net < 0 || !experiment_axes(w, *net, call->span, &axes)) {
        return -1;
    }
    struct stat_request r = {.kind = STAT_SPECTRAL_GAP, .of_rows = axes.rank > 0};
    experiment_observe(w, *net, expr_real(experiment_use(w, *net)->net->ex, 0), "gap", &r);
    *shape = shape_scalar();
    return experiment_add_request(experiment_use(w, *net), &r);
}

expr_id experiment_statistic(struct where *w, const struct ast *call, int kind)
{
    int32_t net, bound[STAT_AXES] = {0, 0};
    struct shape shape, axes;
    bool histogram = kind == STAT_TIME_HISTOGRAM || kind == STAT_RUN_HISTOGRAM;
    if (histogram && !bounds(w, call, bound)) {
        return 0;
    }
    struct name *of = kind == STAT_END && !w->view ? experiment_network_in(w, call) : NULL;
    net = of ? network_use(w->f, of, call->span) : -1;
    if (net >= 0 && experiment_is_series(w, call, net)) {
        return experiment_needs_single(w, net, call->span, "a course",
                                       "give the times: trajectory(net.x, at = times)")
                   ? experiment_series(w, call, positional(call, 0), net)
                   : 0;
    }
    int32_t r = kind == STAT_SPECTRAL_GAP
                    ? gap_request(w, call, &net, &shape)
                    : experiment_request(w, call, (enum stat_kind)kind, bound, &net, &shape);
    if (r < 0 || !experiment_axes(w, net, call->span, &axes)) {
        return 0;
    }
    expr_id arg = 0;
    if (kind == STAT_RUN_QUANTILE && !(arg = probability(w, positional(call, 1)))) {
        return 0;
    }
    if (histogram) {
        bool joint = experiment_use(w, net)->stat.data[r].observed.n == 2;
        shape = shape_vector(bound[joint ? 1 : 0] + 1);
        shape = joint ? shape_prefix(bound[0] + 1, shape) : shape;
    }
    return experiment_with_axes(w, call->span, axes, &shape)
               ? expr_call(w->ex, EXPR_STAT, TYPE_REAL, shape, net, r, arg ? 1 : 0, &arg)
               : 0;
}
