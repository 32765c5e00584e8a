/* Events, phases, and the clock that switches phases. */
#include <math.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"
#include "ir/lower/lower.h"

/* ---- events ---- */

static expr_id number_of(struct where *w, const struct ast *a, enum purpose purpose)
{
    struct where inner = *w;
    inner.purpose = purpose;
    struct dim time = {.kind = DIM_KNOWN, .time = 1};
    expr_id v = value_real_scalar(&inner, a);
    return v && units_check(w, a, time, "this number", purpose_text(purpose)) ? v : 0;
}

bool network_event_has_time(struct front *f, const struct ast *a)
{
    const struct ast *when = event_when(a);
    bool two = when->kind == AST_BINARY && when->op >= OP_EQ && when->op <= OP_OR;
    if (!two && !(when->kind == AST_UNARY && when->op == OP_NOT)) {
        return true;
    }
    bool at = a->op == OP_AT;
    diag_report(f->diag, DIAG_E0303, when->span, "`%s` takes a %s, and this is a condition",
                at ? "at" : "every", at ? "time" : "period");
    if (at && two && binary_left(when)->kind == AST_NAME && strcmp(binary_left(when)->name, "time") == 0) {
        diag_help(f->diag, "write `at %s { ... }`", front_source_text(f, binary_right(when)->span));
    } else {
        diag_help(f->diag, "write `when %s { ... }`, which happens each time that this becomes true",
                  front_source_text(f, when->span));
    }
    return false;
}

static expr_id event_time(struct where *w, const struct ast *a)
{
    if (!network_event_has_time(w->f, a)) {
        return 0;
    }
    bool at = a->op == OP_AT;
    enum purpose purpose = at ? FOR_EVENT_TIME : FOR_EVENT_PERIOD;
    expr_id v = number_of(w, event_when(a), purpose);
    double known;
    if (v && expr_const_real(w->ex, v, &known) && !(isfinite(known) && (at ? known >= 0 : known > 0))) {
        diag_report(w->f->diag, DIAG_E0410, event_when(a)->span, "%s is a finite number that is %s, not %g",
                    purpose_text(purpose), at ? "not negative" : "positive", known);
        if (!at && known == 0) {
            diag_help(w->f->diag,
                      "the period is positive, as in `every 1 { ... }`; what holds at all times is no event: "
                      "`output y = ...;`, or a law that reads it");
        } else if (isfinite(known)) {
            diag_help(w->f->diag, "a run begins at 0: write `%s %g`", at ? "at" : "every", -known);
        }
        return false;
    }
    return v;
}

struct changes {
    VEC(struct change) list;
};

static bool add_change(struct where *w, struct changes *out, const struct ast *a, species_id s, expr_id value)
{
    double known;
    if (expr_const_real(w->ex, value, &known) && !(known >= 0 && isfinite(known))) {
        return front_no_amount(w->f, assign_value(a)->span, known);
    }
    for (size_t i = 0; i < out->list.n; i++) {
        if (out->list.data[i].species == s) {
            diag_report(w->f->diag, DIAG_E0411, a->span, "this event gives '%s' an amount twice",
                        w->build->whole->net->species.data[s].name);
            diag_help(w->f->diag,
                      "the changes of an event are made together, from the state before it: write one");
            return false;
        }
    }
    vec_push(&out->list, (struct change){s, value});
    return true;
}

/* Whether a name is declared in the parentheses behind that of its network. */
static bool is_in_parentheses(struct front *f, struct span name)
{
    int depth = 0;
    for (uint32_t at = name.lo; at > 0; at--) {
        char c = *front_source_text(f, (struct span){name.file, at - 1, at});
        depth += (c == ')') - (c == '(');
        if (depth < 0 || c == ';' || c == '{' || c == '}') {
            return depth < 0;
        }
    }
    return false;
}

static bool event_target(struct where *w, const struct ast *a, struct ref *r)
{
    if (!network_ref(w, a, r)) {
        return false;
    }
    if (!name_kind_may(r->kind, AT_AMOUNT)) {
        diag_report(w->f->diag, DIAG_E0404, a->span, "'%s' is not a species, and events change amounts",
                    front_source_text(w->f, a->span));
        const char *text = front_source_text(w->f, a->span);
        bool given = r->name && r->kind == NAME_VALUE && is_in_parentheses(w->f, r->name->span);
        if (given) {
            diag_note(w->f->diag, r->name->span, "declared here");
        }
        diag_help(
            w->f->diag,
            "%swhat an event changes is declared `const species %s = ...;`, and what it governs is a law: "
            "`A =>{%s * A} B`",
            given ? "take it out of the parentheses; " : "", text, text);
        return false;
    }
    return true;
}

/* The new value of a target: the old one, joined with the given value by the operator. */
static expr_id event_value(struct where *w, const struct ast *a, const struct ref *r)
{
    static const enum expr_op ops[] = {
        [OP_SET_ADD] = EXPR_ADD,
        [OP_SET_SUB] = EXPR_SUB,
        [OP_SET_MUL] = EXPR_MUL,
        [OP_SET_DIV] = EXPR_DIV,
    };
    struct where inner = *w;
    inner.purpose = FOR_NEW_AMOUNT;
    struct dim amount = {.kind = DIM_KNOWN, .amount = 1};
    bool scales = a->op == OP_SET_MUL || a->op == OP_SET_DIV;
    expr_id v = value_real(&inner, assign_value(a));
    if (!v || (!scales && !units_check(w, assign_value(a), amount, "this amount", "an amount")) ||
        !value_fits(w, assign_value(a)->span, v, r->shape, "this species")) {
        return 0;
    }
    if (a->op != OP_SET) {
        v = value_binary(w, a, ops[a->op], network_ref_value(w, a->span, r), v);
    }
    return v && value_info(w, v).shape.rank == 0 && r->shape.rank > 0 ? expr_fill(w->ex, v, r->shape) : v;
}

static bool event_assignment(struct where *w, const struct ast *a, struct changes *out)
{
    struct ref r;
    expr_id v;
    if (!event_target(w, assign_target(a), &r) || !(v = event_value(w, a, &r))) {
        return false;
    }
    bool good = true;
    for (int64_t i = 0; i < shape_size(r.shape) && good; i++) {
        expr_id e = r.shape.rank ? expr_element(w->ex, v, i) : v;
        if (r.kind == NAME_SPECIES) {
            good = add_change(w, out, a, r.ids[i], e);
            continue;
        }
        good = add_change(w, out, a, r.ids[2 * i], network_rail(w, e, false)) &&
               add_change(w, out, a, r.ids[2 * i + 1], network_rail(w, e, true));
    }
    return good;
}

bool network_event(struct where *w, const struct ast *a)
{
    if (w->build->guard != 0) {
        diag_report(w->f->diag, DIAG_E0412, a->span, "an event belongs to no phase");
        diag_help(w->f->diag, "it has its own time or condition: write it outside of the phase");
        return false;
    }
    enum event_kind kind = a->op == OP_AT ? EVENT_AT : a->op == OP_WHEN ? EVENT_WHEN : EVENT_EVERY;
    expr_id when = kind == EVENT_WHEN ? value_condition(w, event_when(a)) : event_time(w, a);
    struct changes c = {0};
    bool good = when != 0;
    if (good && kind == EVENT_WHEN) {
        typing_warn_moment(w, event_when(a)->span, when);
    }
    for (uint32_t i = 0; i < event_block(a)->n; i++) {
        good = event_assignment(w, block_statement(event_block(a), i), &c) && good;
    }
    if (good) {
        net_add_event(w->build->whole->net, kind, when, c.list.data, c.list.n, a->span);
    }
    vec_free(&c.list);
    return good;
}

/* ---- phases ---- */

static bool clock_phase(struct where *w, const struct ast *arg)
{
    struct net *net = w->build->whole->net;
    double known;
    if (!arg->name) {
        diag_report(w->f->diag, DIAG_E0306, arg->span, "each phase of a clock has a name and a duration");
        diag_help(w->f->diag, "clock ideal(C1 = 10, C2 = 10);");
        return false;
    }
    struct phase p = {.guard = network_guard(w, arg->name, arg->span),
                      .duration = number_of(w, arg_value(arg), FOR_PHASE_DURATION)};
    if (!p.duration) {
        return false;
    }
    for (size_t i = 0; i < net->clock.n; i++) {
        if (net->clock.data[i].guard == p.guard) {
            return diag_report(w->f->diag, DIAG_E0203, arg->span, "the clock has the phase '%s' twice",
                               arg->name);
        }
    }
    if (expr_const_real(w->ex, p.duration, &known) && !(known >= 0 && isfinite(known))) {
        diag_report(w->f->diag, DIAG_E0410, arg_value(arg)->span,
                    "the duration of a phase is a finite number that is not negative, not %g", known);
        diag_help(w->f->diag, "a phase of duration 0 is left out; as in `clock ideal(%s = 10);`", arg->name);
        return false;
    }
    net->guard.data[p.guard].initially = net->clock.n == 0;
    vec_push(&net->clock, p);
    return true;
}

/* Reads an option of the chemical clock, such as low = 1e-6. Returns false, without an error, if the
 * argument is no such option. */
static bool clock_option(struct where *w, const struct ast *arg, bool *good)
{
    struct net_whole *whole = w->build->whole;
    const struct construction *c = lower_construction(lower_named("chemical_clock"));
    for (int i = 0; arg->name && whole->chemical && i < c->n_options; i++) {
        if (strcmp(c->option[i].name, arg->name) == 0) {
            struct where inner = *w;
            inner.purpose = FOR_OPTION_OF_CONSTRUCTION;
            expr_id v = value_real_scalar(&inner, arg_value(arg));
            double *value = &whole->chemical[i];
            *good = v &&
                    ((expr_const_real(w->ex, v, value) && isfinite(*value) && *value > 0) ||
                     diag_report(w->f->diag, DIAG_E0522, arg->span, "'%s' is a constant above 0", arg->name));
            return true;
        }
    }
    return false;
}

static void take_defaults(struct where *w)
{
    const struct construction *c = lower_construction(lower_named("chemical_clock"));
    double *value = arena_alloc(w->f->arena, (size_t)c->n_options * sizeof *value);
    for (int i = 0; i < c->n_options; i++) {
        value[i] = c->option[i].value;
    }
    w->build->whole->chemical = value;
}

struct net *network_with_clock(struct front *f, struct net_whole *whole)
{
    const struct lowerer l = {.from = whole->net,
                              .name = whole->net->name,
                              .option = whole->chemical,
                              .span = whole->clock,
                              .diag = f->diag,
                              .arena = f->program->arena};
    struct lowering record = {.model = -1};
    struct net *net = lower_make(lower_named("chemical_clock"), &l, &record);
    net_destroy(whole->net);
    if (net && !net_verify(net, f->diag)) {
        net_destroy(net);
        return NULL;
    }
    return net;
}

bool network_clock_is_known(const struct ast *clock)
{
    return strcmp(clock->name, "ideal") == 0 || strcmp(clock->name, "chemical") == 0;
}

/* Whether the network's clock has a phase of this clock. */
static bool shares_phase(const struct net *net, const struct ast *clock)
{
    bool shared = false;
    for (size_t k = 0; k < net->clock.n; k++) {
        const char *phase = net->guard.data[net->clock.data[k].guard].name;
        for (uint32_t i = 0; i < clock->n; i++) {
            const char *name = clock_arg(clock, i)->name;
            shared = shared || !name || strcmp(name, phase) == 0;
        }
    }
    return shared;
}

/* Two clocks are mostly meant as one that goes through the phases of both. */
static void help_clocks(struct where *w, const struct ast *second)
{
    const char *first = front_source_text(w->f, w->build->whole->clock), *end = strrchr(first, ')');
    const char *more = front_source_text(w->f, second->span), *open = strchr(more, '(');
    bool in_lines = strchr(first, '\n') || strchr(more, '\n');
    if (!in_lines && end && open && strncmp(first, more, (size_t)(open + 1 - more)) == 0 &&
        !shares_phase(w->build->whole->net, second)) {
        diag_help(w->f->diag, "one clock has all phases: `%.*s, %s`", (int)(end - first), first, open + 1);
    } else {
        diag_help(w->f->diag, "leave one of the two out: one clock has all phases, which take turns");
    }
}

bool network_clock(struct where *w, const struct ast *a)
{
    struct net_whole *whole = w->build->whole;
    bool chemical = strcmp(a->name, "chemical") == 0;
    if (!network_clock_is_known(a)) { /* reported by the walk of `check` */
        return false;
    }
    if (whole->net->clock.n > 0) {
        diag_report(w->f->diag, DIAG_E0203, a->span, "the network has a clock already");
        diag_note(w->f->diag, whole->clock, "this one");
        help_clocks(w, a);
        return false;
    }
    whole->clock = a->span;
    if (a->n == 0) {
        return diag_report(w->f->diag, DIAG_E0306, a->span,
                           "a clock needs phases: clock ideal(C1 = 10, C2 = 10);");
    }
    bool good = true;
    if (chemical) {
        take_defaults(w);
    }
    for (uint32_t i = 0; i < a->n; i++) {
        bool fits;
        good = (clock_option(w, clock_arg(a, i), &fits) ? fits : clock_phase(w, clock_arg(a, i))) && good;
    }
    return good;
}

bool network_check_phases(struct where *w)
{
    const struct net_whole *whole = w->build->whole;
    const struct net *net = whole->net;
    for (size_t i = 0; i < whole->phase.n; i++) {
        bool known = false;
        for (size_t k = 0; k < net->clock.n; k++) {
            known |= net->clock.data[k].guard == whole->phase.data[i].guard;
        }
        if (known) {
            continue;
        }
        diag_report(w->f->diag, DIAG_E0412, whole->phase.data[i].span, "no clock turns the phase '%s' on",
                    whole->phase.data[i].text);
        if (net->clock.n > 0) {
            const char **name = arena_alloc(w->f->arena, net->clock.n * sizeof *name);
            for (size_t k = 0; k < net->clock.n; k++) {
                name[k] = net->guard.data[net->clock.data[k].guard].name;
            }
            diag_note(w->f->diag, whole->clock, "this clock has other phases");
            diag_help(w->f->diag, "its phases are %s", arena_join(w->f->arena, name, net->clock.n, ", "));
        } else {
            diag_help(w->f->diag, "declare a clock: clock ideal(%s = 10, ...);", whole->phase.data[i].text);
        }
        return false;
    }
    return true;
}
