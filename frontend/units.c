#include "frontend/front.h"
#include "frontend/name.h"
#include "frontend/units.h"

#include <string.h>

enum unit_dimension { CONCENTRATION, AMOUNT, TIME, VOLUME, LENGTH };

struct unit {
    const char *name;
    enum unit_dimension dimension;
    double factor;
};

static const struct unit units[] = {
#define UNIT(name, dimension, factor) {#name, dimension, factor},
#include "ir/expr/unit.def"
#undef UNIT
};

static const struct unit *find_unit(const char *name)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(units[i].name, name) == 0) {
            return &units[i];
        }
    }
    return NULL;
}

bool units_have(const char *name)
{
    return find_unit(name) != NULL;
}

const char *units_text(struct where *w, struct dim d)
{
    const char *amount = w->units->amount_name, *time = w->units->time_name;
    const char *text = "";
    d.amount = amount ? d.amount : 0;
    d.time = time ? d.time : 0;
    for (int i = 0; i < d.amount; i++) {
        text = arena_printf(w->f->arena, "%s%s%s", text, text[0] ? " " : "", amount);
    }
    for (int i = 0; i < d.time; i++) {
        text = arena_printf(w->f->arena, "%s%s%s", text, text[0] ? " " : "", time);
    }
    for (int i = 0; i > d.amount; i--) {
        text = arena_printf(w->f->arena, "%s/%s", text, amount);
    }
    for (int i = 0; i > d.time; i--) {
        text = arena_printf(w->f->arena, "%s/%s", text, time);
    }
    return text[0] ? text : "no unit";
}

/* ---- declarations ---- */

static bool counts_molecules(const char *text)
{
    static const char *const words[] = {"molecules", "molecule", "copies", "items", "counts", "count"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static void declare_as(const struct unit *unit, struct units *u)
{
    if (unit->dimension == TIME) {
        u->time = unit->factor;
        u->time_name = unit->name;
    } else {
        u->amount = unit->factor;
        u->amount_name = unit->name;
        u->is_concentration = unit->dimension == CONCENTRATION;
    }
}

static bool declare_one(struct where *w, const struct ast *arg, struct units *u)
{
    const struct ast *value = arg_value(arg);
    const struct unit *unit = value->kind == AST_NAME ? find_unit(value->name) : NULL;
    bool amount = arg->name && strcmp(arg->name, "amount") == 0,
         time = arg->name && strcmp(arg->name, "time") == 0;
    if (!amount && !time) {
        diag_report(w->f->diag, DIAG_E0301, arg->span, "a network declares the units of amount and time");
        if (unit &&
            (unit->dimension == TIME || unit->dimension == CONCENTRATION || unit->dimension == AMOUNT)) {
            diag_help(w->f->diag, "write `%s = %s`", unit->dimension == TIME ? "time" : "amount", unit->name);
            declare_as(unit, u);
        } else if (unit && unit->dimension == VOLUME) {
            diag_help(w->f->diag, "a volume is a statement of its own: `volume 1 %s;`", unit->name);
        } else {
            diag_help(w->f->diag, "as in `units amount = nM, time = s;`");
        }
        return false;
    }
    bool fits = unit && (time ? unit->dimension == TIME
                              : unit->dimension == CONCENTRATION || unit->dimension == AMOUNT);
    if (!fits) {
        diag_report(w->f->diag, DIAG_E0301, value->span, "this is not a unit of %s", arg->name);
        const struct ast *text = value->kind == AST_STRING && value->n == 1 ? string_part(value, 0) : NULL;
        if (text && text->kind == AST_STRING_PART && find_unit(text->name)) {
            diag_help(w->f->diag, "write it without quotes: %s = %s", arg->name, text->name);
            return false;
        }
        if (!time && value->kind == AST_NAME && counts_molecules(value->name)) {
            diag_help(w->f->diag, "leave `%s` out: without it, amounts are numbers of molecules",
                      front_source_text(w->f, arg->span));
            return false;
        }
        diag_help(w->f->diag, time ? "one of ns, us, ms, s, min, h, day, week, year"
                                   : "one of M, mM, uM, nM, pM, fM, or mol to fmol");
        return false;
    }
    if (time ? u->time_name : u->amount_name) {
        diag_report(w->f->diag, DIAG_E0301, arg->span, "the unit of %s is given twice", arg->name);
        diag_help(w->f->diag, "keep one of them: a network has one unit of %s", arg->name);
        return false;
    }
    declare_as(unit, u);
    return true;
}

bool units_join(struct units *u, const struct units *more, const char **differ)
{
    bool amount = u->amount_name && more->amount_name, time = u->time_name && more->time_name;
    bool other_amount =
        amount && (u->amount != more->amount || u->is_concentration != more->is_concentration);
    if (other_amount || (time && u->time != more->time)) {
        *differ = other_amount ? "amount" : "time";
        return false;
    }
    u->given |= more->given;
    if (!amount && more->amount_name) {
        u->amount = more->amount;
        u->amount_name = more->amount_name;
        u->is_concentration = more->is_concentration;
    }
    if (!time && more->time_name) {
        u->time = more->time;
        u->time_name = more->time_name;
    }
    return true;
}

bool units_declare(struct where *w, const struct ast *a)
{
    struct units u = {.given = true};
    const char *of;
    bool good = true;
    for (uint32_t i = 0; i < a->n; i++) {
        good = declare_one(w, units_arg(a, i), &u) && good;
    }
    if (units_join(w->units, &u, &of)) {
        return good;
    }
    bool time = strcmp(of, "time") == 0;
    diag_report(w->f->diag, DIAG_E0301, a->span, "the unit of %s is %s here, but %s before", of,
                time ? u.time_name : u.amount_name, time ? w->units->time_name : w->units->amount_name);
    diag_help(w->f->diag, "a network and what is placed in it have one unit of %s", of);
    return false;
}

const char *units_volume_text(struct front *f, const struct ast *q)
{
    static const char *const names[] = {"fL", "pL", "nL", "uL", "mL", "L"};
    double v = q->kind == AST_INT ? (double)q->v.integer : q->kind == AST_REAL ? q->v.real : 0;
    if (q->n > 0) {
        return arena_printf(f->arena, "volume %s;", front_source_text(f, q->span));
    }
    const struct unit *best = find_unit(v > 0 ? "fL" : "pL");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct unit *u = find_unit(names[i]);
        best = u && v >= u->factor * 0.9999 ? u : best;
    }
    return arena_printf(f->arena, "volume %.6g %s;", v > 0 ? v / best->factor : 1, best->name);
}

bool units_volume(struct where *w, const struct ast *a)
{
    const struct ast *q = volume_quantity(a);
    const struct unit *u =
        q->n == 1 && number_unit(q, 0)->kind == AST_UNIT ? find_unit(number_unit(q, 0)->name) : NULL;
    double v = q->kind == AST_INT ? (double)q->v.integer : q->v.real;
    bool literal = q->kind == AST_INT || q->kind == AST_REAL;
    if (!literal || !u || u->dimension != VOLUME || number_unit(q, 0)->v.integer != 1 || !(v > 0)) {
        bool bare = literal && q->n == 0 && v > 0;
        diag_report(w->f->diag, DIAG_E0301, q->span,
                    bare ? "a volume has a unit" : "a volume is a positive number of litres");
        if (literal && !(v > 0)) {
            diag_help(w->f->diag, "as in `volume 1 pL;`");
            return false;
        }
        diag_help(w->f->diag, bare ? "if these are litres, write `%s`" : "as in `%s`",
                  units_volume_text(w->f, q));
        return false;
    }
    if (w->units->volume > 0 && w->units->volume != v * u->factor) {
        diag_report(w->f->diag, DIAG_E0301, q->span, "the volume of the network is %g litres already",
                    w->units->volume);
        diag_help(w->f->diag, "a network and what is placed in it have one volume: keep one of them");
        return false;
    }
    w->units->volume = v * u->factor;
    return true;
}

/* ---- literals ---- */

static bool literal_dim(const struct ast *a, struct dim *d)
{
    *d = (struct dim){.kind = a->n ? DIM_KNOWN : DIM_NUMBER};
    for (uint32_t i = 0; i < a->n; i++) {
        const struct unit *u = find_unit(number_unit(a, i)->name);
        int e = (int)number_unit(a, i)->v.integer;
        if (!u || u->dimension >= VOLUME) {
            return false;
        }
        d->amount = (int8_t)(d->amount + (u->dimension == TIME ? 0 : e));
        d->time = (int8_t)(d->time + (u->dimension == TIME ? e : 0));
    }
    return true;
}

static double power(double x, int e)
{
    return e < 0 ? 1 / power(x, -e) : e == 0 ? 1 : x * power(x, e - 1);
}

/* Reports a unit of which the network has none: 3 nM where only time has a unit. */
static bool has_unit_for(struct where *w, const struct ast *a, const struct unit *u)
{
    bool time = u->dimension == TIME;
    if (time ? w->units->time_name : w->units->amount_name) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0301, a->span, "%s is a unit of %s, but this network declares none",
                u->name, time ? "time" : "amounts");
    diag_help(w->f->diag, "declare it, too: units amount = %s, time = %s;",
              time ? w->units->amount_name : u->name, time ? u->name : w->units->time_name);
    return false;
}

/* The network whose quantities stand here, if the place is a run of an experiment; otherwise NULL. */
static const char *network_of_units(const struct where *w)
{
    for (size_t i = 0; w->experiment && w->units && i < w->f->units.n && i < w->f->program->net.n; i++) {
        if (w->units == &w->f->units.data[i]) {
            return w->f->program->net.data[i].net->name;
        }
    }
    return NULL;
}

/* What to declare so that the number may have its unit: `units time = min;`. */
static void help_declare(struct where *w, const struct ast *a)
{
    const char *network = network_of_units(w), *amount = NULL, *time = NULL;
    bool known = true;
    const struct unit *first = find_unit(number_unit(a, 0)->name);
    if (first && first->dimension == VOLUME) {
        diag_help(w->f->diag,
                  "the volume is a statement of the network: `volume %s;`, behind `units amount = nM;`",
                  front_source_text(w->f, a->span));
        return;
    }
    if (w->experiment && !network) {
        diag_help(w->f->diag, "results of a run are in the units of its network: write the number in them, "
                              "without a unit; `for`, `every`, `until`, `with` and `set` may have one");
        return;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        const struct unit *u = find_unit(number_unit(a, i)->name);
        known &= u && u->dimension < VOLUME;
        *(u && u->dimension == TIME ? &time : &amount) = number_unit(a, i)->name;
    }
    const char *what = !known || (amount && time) ? arena_printf(w->f->arena, "amount = %s, time = %s",
                                                                 known ? amount : "nM", known ? time : "s")
                       : time                     ? arena_printf(w->f->arena, "time = %s", time)
                                                  : arena_printf(w->f->arena, "amount = %s", amount);
    const char *number = front_source_text(w->f, a->span);
    diag_help(w->f->diag, "%s%s%s: write `units %s;` %s, or the number alone: `%.*s`", network ? "'" : "",
              network ? network : "this network", network ? "' declares none" : " declares none", what,
              network ? "in it" : "at its start", (int)strcspn(number, " abcdfghijklmnopqrstuvwxyz"), number);
}

/* The literal in which an amount divided by a volume is a concentration: `0.5 mM` for 0.5 mmol/L; NULL:
 * it has other parts, or no unit is as large. */
static const char *as_concentration(struct where *w, const struct ast *a)
{
    const struct unit *best = NULL;
    const char *times = "";
    int amount = 0, volume = 0;
    double factor = 1;
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *unit = number_unit(a, i);
        const struct unit *u = find_unit(unit->name);
        int e = (int)unit->v.integer;
        if (!u || u->dimension == CONCENTRATION || u->dimension == LENGTH ||
            (u->dimension == TIME && e != -1)) {
            return NULL;
        }
        times = u->dimension == TIME ? arena_printf(w->f->arena, "%s/%s", times, u->name) : times;
        amount += u->dimension == AMOUNT ? e : 0;
        volume += u->dimension == VOLUME ? e : 0;
        factor *= u->dimension == TIME ? 1 : power(u->factor, e);
    }
    if (amount + volume != 0 || (amount != 1 && amount != -1)) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        double ratio = power(factor, amount) / units[i].factor;
        best = units[i].dimension == CONCENTRATION && ratio > 0.9999 && ratio < 1.0001 ? &units[i] : best;
    }
    const char *text = front_source_text(w->f, a->span);
    return best ? arena_printf(w->f->arena, "%.*s %s%s%s", (int)strcspn(text, " "), text,
                               amount < 0 ? "/" : "", best->name, times)
                : NULL;
}

/* Reports a literal with a volume or a length. */
static bool no_place_for_volume(struct where *w, const struct ast *a)
{
    const char *meant = as_concentration(w, a);
    const struct unit *u = find_unit(number_unit(a, 0)->name);
    diag_report(w->f->diag, DIAG_E0301, a->span, "a volume or a length cannot stand here");
    if (meant) {
        diag_help(w->f->diag, "a concentration is written `%s`", meant);
    } else if (a->n == 1 && u && u->dimension == VOLUME && number_unit(a, 0)->v.integer == 1) {
        diag_help(w->f->diag, "the volume of a network is a statement in it: `%s`",
                  units_volume_text(w->f, a));
    }
    return false;
}

/* Decimal prefixes cancel exactly where they can: 6 nM in a network of nM is 6. */
bool units_number(struct where *w, const struct ast *a, double *out)
{
    struct dim d;
    if (!w->units || !w->units->given) {
        diag_report(w->f->diag, DIAG_E0301, a->span, "a number with a unit needs the units of a network");
        help_declare(w, a);
        return false;
    }
    if (!literal_dim(a, &d)) {
        return no_place_for_volume(w, a);
    }
    double v = a->kind == AST_INT ? (double)a->v.integer : a->v.real;
    double up = 1, down = 1;
    for (uint32_t i = 0; i < a->n; i++) {
        const struct unit *u = find_unit(number_unit(a, i)->name);
        int e = (int)number_unit(a, i)->v.integer;
        if (!has_unit_for(w, a, u)) {
            return false;
        }
        double have = u->factor, base = u->dimension == TIME ? w->units->time : w->units->amount;
        if (u->dimension != TIME && (u->dimension == CONCENTRATION) != w->units->is_concentration) {
            if (!(w->units->volume > 0)) {
                diag_report(w->f->diag, DIAG_E0301, a->span,
                            "%s is %s, but the amounts of this network are %s", u->name,
                            u->dimension == CONCENTRATION ? "a concentration" : "an amount of substance",
                            w->units->is_concentration ? "concentrations" : "amounts of substance");
                diag_help(w->f->diag, "give the volume that connects them: volume 1 pL;");
                return false;
            }
            have = u->dimension == CONCENTRATION ? have * w->units->volume : have / w->units->volume;
        }
        /* A ratio of powers of ten is an integer or its inverse: multiplying or dividing by it is exact where
         * possible. */
        double ratio = have >= base ? have / base : base / have;
        double whole = (double)(int64_t)(ratio + 0.5);
        if (ratio < 1e15 && ratio - whole < 1e-9 * ratio && whole - ratio < 1e-9 * ratio) {
            ratio = whole;
        }
        if ((have >= base) == (e > 0)) {
            up *= power(ratio, e > 0 ? e : -e);
        } else {
            down *= power(ratio, e > 0 ? e : -e);
        }
    }
    *out = up >= down ? v * (up / down) : v / (down / up);
    return true;
}

bool units_length(const struct ast *a, double *metres)
{
    bool is_number = a->kind == AST_INT || a->kind == AST_REAL;
    const struct unit *u = is_number && a->n == 1 ? find_unit(number_unit(a, 0)->name) : NULL;
    if (!u || u->dimension != LENGTH || number_unit(a, 0)->v.integer != 1) {
        return false;
    }
    *metres = (a->kind == AST_INT ? (double)a->v.integer : a->v.real) * u->factor;
    return true;
}

/* ---- dimensions of expressions ---- */

static struct dim known(int amount, int time)
{
    return (struct dim){.kind = DIM_KNOWN, .amount = (int8_t)amount, .time = (int8_t)time};
}

static struct dim unknown(void)
{
    return (struct dim){.kind = DIM_UNKNOWN};
}

/* Whether the network declares no unit that the dimension has, such as an amount where only time has one. */
static bool is_plain(const struct units *u, struct dim d)
{
    bool amount = d.amount && u->amount_name, time = d.time && u->time_name;
    return u && u->given && (d.amount || d.time) && !amount && !time;
}

static struct dim of_name(struct where *w, const struct ast *a)
{
    const struct name *n = value_named(w, a);
    struct dim d = unknown();
    if (n && name_class(n->kind)->dim) {
        d = name_class(n->kind)->dim(n);
    } else if (!n && strcmp(a->name, "time") == 0) {
        d = known(0, 1);
    }
    return d.kind == DIM_KNOWN && is_plain(w->units, d) ? (struct dim){.kind = DIM_NUMBER} : d;
}

/* The dimension of two values that must have the same one: terms, sides of a comparison, or branches of a
 * condition. */
static struct dim of_both(struct where *w, const struct ast *a, const struct ast *left,
                          const struct ast *right, const char *what)
{
    struct dim x = units_of(w, left), y = units_of(w, right);
    if (x.kind == DIM_KNOWN && y.kind == DIM_KNOWN && strcmp(units_text(w, x), units_text(w, y)) != 0) {
        diag_report(w->f->diag, DIAG_E0301, a->span, "%s and %s cannot be %s", units_text(w, x),
                    units_text(w, y), what);
        return unknown();
    }
    return x.kind == DIM_KNOWN ? x : y.kind == DIM_KNOWN ? y : x.kind == DIM_NUMBER ? y : x;
}

static struct dim of_sum(struct where *w, const struct ast *a)
{
    return of_both(w, a, binary_left(a), binary_right(a),
                   a->op == OP_ADD   ? "added"
                   : a->op == OP_SUB ? "subtracted"
                                     : "compared");
}

static struct dim of_choice(struct where *w, const struct ast *a)
{
    (void)units_of(w, choice_condition(a));
    return of_both(w, a, choice_yes(a), choice_no(a), "one number or the other");
}

static struct dim of_product(struct where *w, const struct ast *a)
{
    struct dim x = units_of(w, binary_left(a)), y = units_of(w, binary_right(a));
    if (x.kind == DIM_UNKNOWN || y.kind == DIM_UNKNOWN) {
        return unknown();
    }
    int sign = a->op == OP_DIV ? -1 : 1;
    struct dim d = known(x.amount + sign * y.amount, x.time + sign * y.time);
    d.kind = x.kind == DIM_NUMBER && y.kind == DIM_NUMBER ? DIM_NUMBER : DIM_KNOWN;
    return d;
}

static struct dim of_power(struct where *w, const struct ast *a)
{
    struct dim x = units_of(w, binary_left(a));
    const struct ast *e = binary_right(a);
    if (x.kind != DIM_KNOWN) {
        return x;
    }
    if (e->kind == AST_INT && e->n == 0 && e->v.integer < 16) {
        return known(x.amount * (int)e->v.integer, x.time * (int)e->v.integer);
    }
    return unknown();
}

static struct dim of_call(struct where *w, const struct ast *a)
{
    static const char *const same[] = {"abs", "min", "max", "sum", "mean", "clip", "delay"};
    static const char *const pure[] = {"exp", "log", "sin", "cos", "tanh", "atan", "factorial"};
    const char *name = call_callee(a)->kind == AST_NAME ? call_callee(a)->name : "";
    for (size_t i = 0; i < sizeof same / sizeof same[0] && a->n > 1; i++) {
        if (strcmp(name, same[i]) == 0) {
            return units_of(w, arg_value(call_arg(a, 1)));
        }
    }
    for (size_t i = 0; i < sizeof pure / sizeof pure[0]; i++) {
        if (strcmp(name, pure[i]) == 0) {
            return (struct dim){.kind = DIM_NUMBER};
        }
    }
    return unknown();
}

struct dim units_of(struct where *w, const struct ast *a)
{
    struct dim d;
    switch (a->kind) {
    case AST_INT:
    case AST_REAL: return literal_dim(a, &d) ? d : unknown();
    case AST_NAME: return of_name(w, a);
    case AST_INDEX: return units_of(w, index_base(a));
    case AST_FIELD:
        return strcmp(a->name, "p") == 0 || strcmp(a->name, "n") == 0 ? units_of(w, field_base(a))
                                                                      : unknown();
    case AST_ARRAY: return a->n ? units_of(w, array_element(a, 0)) : unknown();
    case AST_UNARY: return units_of(w, unary_operand(a));
    case AST_CALL: return of_call(w, a);
    case AST_CHOICE: return of_choice(w, a);
    case AST_BINARY:
        switch (a->op) {
        case OP_ADD:
        case OP_SUB: return of_sum(w, a);
        case OP_MUL:
        case OP_DIV: return of_product(w, a);
        case OP_POW: return of_power(w, a);
        case OP_LT:
        case OP_LE:
        case OP_GT:
        case OP_GE:
        case OP_EQ:
        case OP_NE: (void)of_sum(w, a); return (struct dim){.kind = DIM_NUMBER};
        default: return (struct dim){.kind = DIM_NUMBER};
        }
    default: return unknown();
    }
}

/* The unit as the text has it, if the expression is a number: s, although the network counts in days. */
static const char *written(struct where *w, const struct ast *a, const char *have)
{
    const char *text = "";
    for (uint32_t i = 0; (a->kind == AST_INT || a->kind == AST_REAL) && i < a->n; i++) {
        bool per = number_unit(a, i)->v.integer < 0;
        text = arena_printf(w->f->arena, "%s%s%s", text,
                            per       ? "/"
                            : text[0] ? " "
                                      : "",
                            number_unit(a, i)->name);
    }
    return text[0] ? text : have;
}

static bool check_text(struct where *w, const struct ast *a, const char *want, const char *what,
                       const char *because, const char *instead)
{
    if (!w->units || !w->units->given) {
        return true;
    }
    size_t errors = diag_error_count(w->f->diag);
    struct dim dim = units_of(w, a);
    const char *have = units_text(w, dim);
    if (dim.kind != DIM_KNOWN || strcmp(have, want) == 0) {
        return diag_error_count(w->f->diag) == errors;
    }
    const char *none = units_text(w, known(0, 0));
    const char *as =
        strcmp(have, none) == 0 ? have : arena_printf(w->f->arena, "the unit %s", written(w, a, have));
    bool plain = strcmp(want, none) == 0;
    diag_report(w->f->diag, DIAG_E0301, a->span, "%s has %s, but %s %s", what, as, because,
                plain ? "is a plain number in this network" : arena_printf(w->f->arena, "needs %s", want));
    struct name *n = a->kind == AST_NAME ? value_named(w, a) : NULL;
    if (n) {
        diag_label(w->f->diag, "declared as %s", have);
    }
    if (instead) {
        diag_help(w->f->diag, "%s; or write its unit as %s", instead, want);
    } else if (n) {
        diag_note(w->f->diag, n->span, plain ? "write it without a unit" : "write its unit as %s", want);
    } else {
        /* Any prefix of the same dimension will do, and constants of reactions are mostly known per M. */
        const char *prefixed = strpbrk(want, "numk");
        while (prefixed && prefixed[1] != 'M') {
            prefixed = strpbrk(prefixed + 1, "numk");
        }
        if (prefixed) {
            diag_help(w->f->diag, "write its unit as %s, or with another prefix, such as %.*s%s", want,
                      (int)(prefixed - want), want, prefixed + 1);
        } else {
            diag_help(w->f->diag, plain ? "write it without a unit" : "write its unit as %s", want);
        }
    }
    return false;
}

bool units_check_text(struct where *w, const struct ast *a, const char *want, const char *what,
                      const char *because)
{
    return check_text(w, a, want, what, because, NULL);
}

bool units_check_or(struct where *w, const struct ast *a, struct dim want, struct dim other, const char *what,
                    const char *because, const char *instead)
{
    if (!w->units || !w->units->given) {
        return true;
    }
    size_t errors = diag_error_count(w->f->diag);
    struct dim have = units_of(w, a);
    if (diag_error_count(w->f->diag) != errors) {
        return false;
    }
    bool fits = have.kind == DIM_KNOWN && strcmp(units_text(w, have), units_text(w, other)) == 0;
    return check_text(w, a, units_text(w, want), what, because, fits ? instead : NULL);
}

bool units_check(struct where *w, const struct ast *a, struct dim want, const char *what, const char *because)
{
    return !w->units || !w->units->given || units_check_text(w, a, units_text(w, want), what, because);
}
