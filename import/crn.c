/* The .crn format of Nuskell and crnsimulator: `A + 2B -> C [k = 0.2]`, `A <=> B [kf = 1, kr = 2]`, `A
 * @initial 5`. Names are declared by their use. A rate means the same as in crnlc: 2A -> B [k] is dA/dt = -2
 * k A^2. */
#include <string.h>

#include "import/mass_action.h"
#include "import/scan.h"

struct crn {
    struct importer *x;
    struct scan s;
    struct map names; /* from names to species of the network */
    VEC(bool) given;  /* by species: its amount was given */
    struct term_list lhs, rhs;
};

static species_id species(struct crn *c, const char *name, size_t length)
{
    int32_t at = map_find_range(&c->names, name, length);
    if (at < 0) {
        struct net *n = c->x->net;
        at = import_species(c->x, arena_strndup(c->x->arena, name, length), SPECIES_DISCRETE, 0,
                            import_span(c->x, name, name + length));
        map_add(&c->names, n->species.data[at].name, at);
        vec_push(&c->given, false);
    }
    return at;
}

/* Reads "A + 2B", or nothing. */
static bool read_side(struct crn *c, struct term_list *side)
{
    struct scan *s = &c->s;
    side->n = 0;
    do {
        struct term t = {0, 1};
        size_t length;
        bool counted = scan_int(s, &t.count);
        if (counted && t.count == INT64_MAX) {
            return diag_report(
                c->x->diag, DIAG_E0833, import_span(c->x, s->at, s->at),
                "this coefficient is too large\n  help: molecules react by twos or threes: write that many");
        }
        const char *name = scan_name(s, &length);
        if (!name) {
            return (side->n == 0 && !counted) || scan_expected(s, "the name of a species");
        }
        t.species = species(c, name, length);
        if (counted && t.count == 0) {
            return scan_error(s, DIAG_E0831, name, "a coefficient of 0\n  help: leave the species out");
        }
        vec_push(side, t);
    } while (scan_char(s, '+'));
    return true;
}

static bool read_constant(struct crn *c, const char *name, expr_id *k)
{
    double v;
    if (scan_word(&c->s, name) && !scan_char(&c->s, '=')) {
        return scan_expected(&c->s, "'='");
    }
    if (!scan_number(&c->s, &v)) {
        return scan_expected(&c->s, "a number that is not negative\n  help: rates are `A -> B [k = 2]`, and "
                                    "`A <=> B [kf = 2, kr = 1]` where both directions have one");
    }
    *k = expr_real(c->x->net->ex, v);
    return true;
}

/* Reads "[k = 0.2]", "[0.2]" or "[kf = 1, kr = 2]"; without it, rates are 1. */
static bool read_rates(struct crn *c, bool reversible, expr_id *kf, expr_id *kr)
{
    *kf = *kr = expr_real(c->x->net->ex, 1);
    if (!scan_char(&c->s, '[')) {
        return true;
    }
    if (!read_constant(c, reversible ? "kf" : "k", kf)) {
        return false;
    }
    if (reversible &&
        (!scan_char(&c->s, ',')
             ? !scan_expected(&c->s, "',' and the rate of the way back\n  help: write `[kf = 2, kr = 1]`")
             : !read_constant(c, "kr", kr))) {
        return false;
    }
    return scan_char(&c->s, ']') || scan_expected(&c->s, "']'");
}

static bool add(struct crn *c, const struct term_list *lhs, const struct term_list *rhs, expr_id k,
                const char *from)
{
    return import_reaction(c->x, lhs->data, lhs->n, rhs->data, rhs->n, RATE_MASS_ACTION, k,
                           import_span(c->x, from, c->s.at)) >= 0;
}

static bool scan_arrow(struct scan *s, const char *arrow)
{
    size_t n = strlen(arrow);
    if (scan_at_end(s) || (size_t)(s->end - s->at) < n || strncmp(s->at, arrow, n) != 0) {
        return false;
    }
    s->at += n;
    return true;
}

/* Reads "A @initial 5" or "A @c 5", after the name. */
static bool read_amount(struct crn *c, species_id id, const char *from)
{
    struct scan *s = &c->s;
    struct species *x = &c->x->net->species.data[id];
    bool held = scan_word(s, "constant") || scan_word(s, "c");
    double v;
    if (!held && !scan_word(s, "initial") && !scan_word(s, "i")) {
        return scan_expected(s, "initial or constant");
    }
    if (!scan_number(s, &v)) {
        return scan_expected(s, "an amount");
    }
    if (c->given.data[id]) {
        return scan_error(s, DIAG_E0203, from,
                          "the amount of '%s' is given twice\n  help: leave one of the two out", x->name);
    }
    c->given.data[id] = true;
    x->kind = held ? SPECIES_CONSTANT : SPECIES_DISCRETE;
    x->init = expr_real(c->x->net->ex, v);
    return import_check_amount(c->x, x->init, import_span(c->x, from, s->at));
}

static bool read_statement(struct crn *c)
{
    struct scan *s = &c->s;
    const char *from = s->at;
    expr_id kf, kr;
    if (!read_side(c, &c->lhs)) {
        return false;
    }
    if (c->lhs.n == 1 && c->lhs.data[0].count == 1 && scan_char(s, '@')) {
        return read_amount(c, c->lhs.data[0].species, from);
    }
    bool reversible = scan_arrow(s, "<=>");
    if (!reversible && !scan_arrow(s, "->")) {
        return scan_expected(s,
                             "'->' or '<=>'\n  help: write `A -> B [k = 2]`, or `A <=> B [kf = 2, kr = 1]`");
    }
    return read_side(c, &c->rhs) && read_rates(c, reversible, &kf, &kr) &&
           add(c, &c->lhs, &c->rhs, kf, from) && (!reversible || add(c, &c->rhs, &c->lhs, kr, from));
}

/* Reads the statements of a line, which are separated by ';'. */
static bool read_line(struct crn *c)
{
    do {
        scan_blanks(&c->s);
        if (c->s.at < c->s.end && *c->s.at != ';' && !read_statement(c)) {
            return false;
        }
    } while (scan_char(&c->s, ';'));
    if (!scan_finish(&c->s)) {
        diag_help(c->x->diag, "a rate stands in brackets behind its reaction: `A -> B [k = 0.2]`");
        return false;
    }
    return true;
}

bool import_crn(struct importer *x)
{
    struct crn c = {.x = x};
    bool ok = true;
    scan_start(&c.s, x, x->text);
    while (ok && scan_line(&c.s)) {
        ok = read_line(&c);
    }
    ok = ok && import_remark_comments(x, "# " NET_REMARK_MARK);
    map_free(&c.names);
    vec_free(&c.given);
    vec_free(&c.lhs);
    vec_free(&c.rhs);
    return ok;
}
