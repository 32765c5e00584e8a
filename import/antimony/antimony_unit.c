/* Units of Antimony. Only those of the model itself matter: substance, time and volume. Units of numbers and
 * names change nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/antimony/antimony_impl.h"

static const char *const base_units[] = {
    "ampere",  "avogadro",  "becquerel", "candela", "celsius", "coulomb", "dimensionless",
    "farad",   "gram",      "gray",      "henry",   "hertz",   "item",    "joule",
    "katal",   "kelvin",    "kilogram",  "litre",   "lumen",   "lux",     "metre",
    "mole",    "newton",    "ohm",       "pascal",  "radian",  "second",  "siemens",
    "sievert", "steradian", "tesla",     "volt",    "watt",    "weber",
};

static bool equals(const char *name, size_t n, const char *unit)
{
    return strlen(unit) == n && memcmp(name, unit, n) == 0;
}

/* The base unit of "metres" or "meter"; NULL if it is not a unit. */
static const char *base_unit(const char *name)
{
    size_t n = strlen(name);
    for (int plural = 0; plural < 2 && n > 0; plural++) {
        for (size_t i = 0; i < sizeof base_units / sizeof *base_units; i++) {
            if (equals(name, n, base_units[i])) {
                return base_units[i];
            }
        }
        if (equals(name, n, "meter")) {
            return "metre";
        }
        if (equals(name, n, "liter")) {
            return "litre";
        }
        n -= name[n - 1] == 's' || plural ? 1 : 0;
    }
    return NULL;
}

bool antimony_is_unit_name(const struct reader *r, const char *name)
{
    int32_t v =
        map_find(&r->names, arena_printf(r->x->arena, "%s%s", r->instance.data[r->here].prefix, name));
    return base_unit(name) || (v >= 0 && r->variable.data[antimony_root(r, v)].type == TYPE_UNIT);
}

const struct named_unit *antimony_find_unit(const struct reader *r, const char *name)
{
    for (size_t i = 0; i < r->unit.n; i++) {
        if (strcmp(r->unit.data[i].name, name) == 0) {
            return &r->unit.data[i];
        }
    }
    return NULL;
}

static void multiply(struct unit *u, const struct unit *by, double power)
{
    u->multiplier *= pow(by->multiplier, power);
    for (size_t i = 0; i < by->factor.n; i++) {
        struct unit_factor f = {by->factor.data[i].kind, by->factor.data[i].exponent * power};
        size_t k = 0;
        while (k < u->factor.n && strcmp(u->factor.data[k].kind, f.kind) != 0) {
            k++;
        }
        if (k < u->factor.n) {
            u->factor.data[k].exponent += f.exponent;
        } else {
            vec_push(&u->factor, f);
        }
    }
}

static bool read_power(struct reader *r, double *power)
{
    *power = 1;
    if (!antimony_take_sign(r, '^')) {
        return true;
    }
    bool open = antimony_take_sign(r, '(');
    double sign = antimony_take_sign(r, '-') ? -1 : 1;
    const struct token *t = antimony_token(r);
    if (r->at >= r->end || t->kind != TOKEN_NUMBER) {
        return antimony_expected(r, "a number as exponent of a unit");
    }
    *power = sign * t->number;
    r->at++;
    return !open || antimony_expect_sign(r, ')', "')'");
}

static void find_unit(const struct reader *r, const char *name, struct unit *u)
{
    const char *base = base_unit(name);
    *u = (struct unit){.multiplier = 1};
    if (base) {
        vec_push(&u->factor, (struct unit_factor){base, 1});
        return;
    }
    const struct named_unit *named = antimony_find_unit(r, name);
    if (named) {
        multiply(u, &named->unit, 1);
    } else {
        vec_push(&u->factor, (struct unit_factor){name, 1});
    }
}

static bool read_product(struct reader *r, struct unit *u, int depth);

/* Reads "6e-3 mole", "mole^2" or "(mole / litre)". */
static bool read_factor(struct reader *r, struct unit *u, int depth)
{
    const struct token *t = antimony_token(r);
    bool any = false;
    double power;
    *u = (struct unit){.multiplier = 1};
    if (antimony_take_sign(r, '(')) {
        struct unit inner;
        bool ok = read_product(r, &inner, depth + 1) && antimony_expect_sign(r, ')', "')'") &&
                  read_power(r, &power);
        if (ok) {
            multiply(u, &inner, power);
        }
        vec_free(&inner.factor);
        return ok;
    }
    if (r->at < r->end && t->kind == TOKEN_NUMBER) {
        double number = t->number;
        r->at++;
        if (!read_power(r, &power)) {
            return false;
        }
        u->multiplier = pow(number, power);
        any = true;
    }
    t = antimony_token(r);
    if (r->at < r->end && t->kind == TOKEN_NAME && !antimony_is_reserved(t->text)) {
        struct unit named;
        find_unit(r, t->text, &named);
        r->at++;
        while (antimony_is_sign(r, '.')) { /* a name in a submodule */
            r->at += 2;
        }
        bool ok = read_power(r, &power);
        if (ok) {
            multiply(u, &named, power);
        }
        vec_free(&named.factor);
        return ok;
    }
    return any || antimony_expected(r, "a unit");
}

static bool read_product(struct reader *r, struct unit *u, int depth)
{
    *u = (struct unit){.multiplier = 1};
    if (depth > IMPORT_MAX_DEPTH) {
        return antimony_error(r, DIAG_E0833, antimony_token(r)->at,
                              "units nested more than %d deep\n  help: define a unit for a part of it",
                              IMPORT_MAX_DEPTH);
    }
    bool divides = false, ok = true;
    do {
        struct unit factor;
        ok = read_factor(r, &factor, depth);
        if (ok) {
            multiply(u, &factor, divides ? -1 : 1);
        }
        vec_free(&factor.factor);
        divides = antimony_is_sign(r, '/');
    } while (ok && (antimony_take_sign(r, '*') || antimony_take_sign(r, '/')));
    return ok;
}

bool antimony_unit(struct reader *r, struct unit *u)
{
    struct unit own;
    bool ok = read_product(r, &own, 0);
    if (ok && u) {
        *u = own;
    } else {
        vec_free(&own.factor);
    }
    return ok;
}

bool antimony_define_unit(struct reader *r, const char *name, struct span at)
{
    struct named_unit u = {.name = name, .at = at};
    if (!antimony_unit(r, &u.unit)) {
        return false;
    }
    bool is_known = r->here == 0; /* units of submodules are not those of the model */
    for (size_t i = 0; i < u.unit.factor.n; i++) {
        is_known = is_known && base_unit(u.unit.factor.data[i].kind) && u.unit.factor.data[i].exponent != 0;
    }
    struct named_unit *other = (struct named_unit *)(uintptr_t)antimony_find_unit(r, name);
    if (!is_known) {
        vec_free(&u.unit.factor);
    } else if (other) {
        vec_free(&other->unit.factor);
        *other = u;
    } else {
        vec_push(&r->unit, u);
    }
    return true;
}
