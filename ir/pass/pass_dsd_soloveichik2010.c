/* The implementation by DNA strand displacement of Soloveichik, Seelig and Winfree (PNAS 2010), with fuels
 * as ordinary species. Let k' = g k with g = q_max / (q_max - s). Every signal species starts at g times its
 * amount, and the fuels G, L, B, T, LS and BS start at C_max:
 *
 *   X ->{k} P            X + G ->{k'/C_max} O,                 O + T ->{q_max} P
 *   X1 + X2 ->{k} P      X1 + L <->{k', q_max} H + B,          X2 + H ->{q_max} O,       O + T ->{q_max} P
 *   0 ->{k} P            G ->{k'/C_max} O,                     O + T ->{q_max} P
 *
 * s_j is the sum of k over the bimolecular reactions whose first reactant is X_j, and s is the largest s_j.
 * A part of X_j in proportion to s_j is bound in complexes H. To make this part equal for all species, each
 * species with s_j < s gets a buffer X_j + LS <->{g (s - s_j), q_max} HS + BS; the amounts of free strands
 * are then the formal amounts, also for species that are only produced. Class A: exact in the limit C_max ->
 * infinity, as long as the fuels last. q_max and C_max are parameters; their defaults are 1e6 /M/s and 10
 * uM, where a network without units counts in nM and s. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/pass/legalize.h"
#include "ir/pass/pass.h"
#include "support/mem.h"

struct dsd {
    struct rewrite w;
    struct expr_pool *ex;
    expr_id q_max, c_max, gamma;
    double q_max_value, c_max_value;
    expr_id *sigma; /* by species: s_j; 0 = none */
    double *sigma_value, largest;
    expr_id largest_sigma; /* s; 0: there is no bimolecular reaction */
    bool *used;            /* by species: whether a reaction contains it */
    size_t number;         /* number of the current reaction, from 1 */
};

static int64_t reactants(const struct dsd *d, const struct reaction *r)
{
    return rewrite_molecules(rewrite_lhs(&d->w, r), r->n_lhs);
}

static bool refuse(struct diag *diag, const struct reaction *r, const char *why)
{
    return diag_report(diag, DIAG_E0822, r->span, "this reaction has no strand displacement form: %s", why);
}

static bool has_constant(const struct dsd *d, const struct term *side, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (d->w.net->species.data[side[i].species].kind == SPECIES_CONSTANT) {
            return true;
        }
    }
    return false;
}

static bool check_events(const struct net *n, struct diag *diag)
{
    return n->event.n == 0 ||
           diag_report(diag, DIAG_E0822, n->event.data[0].span, "the network has events, strands have not");
}

static bool check_reaction(const struct dsd *d, const struct reaction *r, double k, struct diag *diag)
{
    if (!net_change_is_known(r)) {
        return refuse(diag, r, "it changes amounts by what is no whole number, or later");
    }
    if (r->rate_kind == RATE_LAW) {
        return refuse(diag, r, "its rate is a general law");
    }
    if (r->guard > 0) {
        return refuse(diag, r, "it is switched");
    }
    if (reactants(d, r) > 2) {
        refuse(diag, r, "it has more than two reactants");
        diag_help(diag, "run the pass legalize_reactants before (emit --legalize)");
        return false;
    }
    if (has_constant(d, rewrite_lhs(&d->w, r), r->n_lhs) ||
        has_constant(d, rewrite_rhs(&d->w, r), r->n_rhs)) {
        refuse(diag, r, "a species is held constant");
        diag_help(diag, "run the pass legalize_constants before (emit --legalize)");
        return false;
    }
    return (isfinite(k) && k >= 0) || refuse(diag, r, "its rate constant is not a number >= 0");
}

static void add_sigma(struct dsd *d, const struct reaction *r, double k)
{
    if (reactants(d, r) == 2) {
        species_id first = rewrite_lhs(&d->w, r)[0].species;
        d->sigma[first] = d->sigma[first] ? expr_binary(d->ex, EXPR_ADD, d->sigma[first], r->rate) : r->rate;
        d->sigma_value[first] += k;
        if (d->sigma_value[first] >= d->largest) {
            d->largest = d->sigma_value[first];
            d->largest_sigma = d->sigma[first];
        }
    }
}

/* The rate constant with which the gate of a reaction of constant k binds its strand, without buffers. */
static double gate_rate(const struct dsd *d, const struct reaction *r, double k)
{
    return reactants(d, r) == 2 ? k : k / d->c_max_value;
}

/* The factor by which all rate constants must be reduced. The condition q_max / (q_max - sigma) * k <= q_max
 * for each constant is equivalent to k + sigma <= q_max. */
static double slowdown(const struct dsd *d)
{
    double most = 0;
    for (size_t j = 0; j < d->w.n_old; j++) {
        most = fmax(most, gate_rate(d, &d->w.old[j], d->w.constant[j]));
    }
    return (most + d->largest) / d->q_max_value;
}

/* The unit of a bimolecular rate constant, such as " /nM/s"; empty if the network has no units. */
static const char *rate_unit(const struct dsd *d)
{
    const struct net_units *u = &d->w.net->units;
    return u->amount ? arena_printf(d->w.net->arena, " /%s/%s", u->amount, u->time) : "";
}

/* Checks that the rate constant is possible: a toehold never binds faster than q_max. */
static bool check_rate(const struct dsd *d, const struct reaction *r, double k, struct diag *diag)
{
    double q = d->q_max_value, rate = gate_rate(d, r, k), room = q - d->largest;
    const char *unit = rate_unit(d);
    if (rate <= room * (1 + 1e-9)) {
        return true;
    }
    diag_report(diag, DIAG_E0822, r->span,
                "too fast for strand displacement: the strand of this reaction would bind at %g%s, but at "
                "most %g%s is "
                "possible",
                rate, unit, fmax(room, 0), unit);
    diag_note(diag, (struct span){0}, "no strand binds faster than q_max = %g%s%s", q, unit,
              d->largest > 0
                  ? arena_printf(d->w.net->arena,
                                 ", and the buffers take %g%s of it, the largest sum of constants of the "
                                 "reactions that start with one species",
                                 d->largest, unit)
                  : "");
    double by = slowdown(d), digit = pow(10, floor(log10(by)) - 1);
    diag_help(diag,
              "divide all rate constants by %g or more, which stretches time by as much, or declare faster "
              "strands: "
              "param q_max = ...",
              ceil(by / digit) * digit);
    return false;
}

static double value_of(const struct dsd *d, const char *name, double otherwise)
{
    int32_t s = net_find_symbol(d->w.net, name);
    double v;
    for (size_t i = 0; s >= 0 && i < d->w.net->param.n; i++) {
        const struct net_param *p = &d->w.net->param.data[i];
        if (strcmp(p->name, name) == 0 && p->init && expr_const_real(d->ex, p->init, &v)) {
            return v;
        }
    }
    return otherwise;
}

static void set_constants(struct dsd *d)
{
    const struct net_units *u = &d->w.net->units;
    double amount = u->amount ? u->amount_factor : 1e-9, time = u->time ? u->time_factor : 1;
    if (u->amount && !u->is_concentration) {
        amount = u->volume > 0 ? amount / u->volume : 1e-9;
    }
    d->q_max_value = value_of(d, "q_max", 1e6 * amount * time);
    d->c_max_value = value_of(d, "C_max", 1e-5 / amount);
    d->q_max = rewrite_param(&d->w, "q_max", d->q_max_value);
    d->c_max = rewrite_param(&d->w, "C_max", d->c_max_value);
    d->gamma = d->largest_sigma ? expr_binary(d->ex, EXPR_DIV, d->q_max,
                                              expr_binary(d->ex, EXPR_SUB, d->q_max, d->largest_sigma))
                                : expr_real(d->ex, 1);
}

static struct term strand(struct dsd *d, const char *letter, const char *of, expr_id init, struct span span)
{
    char name[256];
    if (of) {
        snprintf(name, sizeof name, "%s_%.200s", letter, of);
    } else {
        snprintf(name, sizeof name, "%s%zu", letter, d->number);
    }
    return (struct term){rewrite_species(&d->w, name, SPECIES_DISCRETE, init, span), 1};
}

static void react(struct dsd *d, const struct reaction *r, struct term a, struct term b,
                  const struct term *rhs, size_t n_rhs, expr_id rate)
{
    struct term lhs[2] = {a, b};
    rewrite_add(&d->w, r, lhs, b.count ? 2 : 1, rhs, n_rhs, RATE_MASS_ACTION, rate);
}

static void displace(struct dsd *d, const struct reaction *r)
{
    expr_id k = expr_binary(d->ex, EXPR_MUL, d->gamma, r->rate);
    int64_t n = reactants(d, r);
    const struct term *lhs = rewrite_lhs(&d->w, r);
    struct term none = {0}, first = n ? (struct term){lhs[0].species, 1} : none;
    struct term output;
    if (n < 2) {
        struct term gate = strand(d, "G", NULL, d->c_max, r->span);
        output = strand(d, "O", NULL, 0, r->span);
        rewrite_stands_for(&d->w, output.species, rewrite_rhs(&d->w, r), r->n_rhs);
        react(d, r, gate, first, &output, 1, expr_binary(d->ex, EXPR_DIV, k, d->c_max));
    } else {
        struct term second = {lhs[r->n_lhs - 1].species, 1};
        struct term gate = strand(d, "L", NULL, d->c_max, r->span), half[2];
        half[0] = strand(d, "H", NULL, 0, r->span);
        rewrite_stands_for(&d->w, half[0].species, &first, 1);
        half[1] = strand(d, "B", NULL, d->c_max, r->span);
        output = strand(d, "O", NULL, 0, r->span);
        rewrite_stands_for(&d->w, output.species, rewrite_rhs(&d->w, r), r->n_rhs);
        struct term whole[2] = {first, gate};
        react(d, r, first, gate, half, 2, k);
        react(d, r, half[0], half[1], whole, 2, d->q_max);
        react(d, r, second, half[0], &output, 1, d->q_max);
    }
    if (r->n_rhs > 0) {
        struct term translator = strand(d, "T", NULL, d->c_max, r->span);
        react(d, r, output, translator, rewrite_rhs(&d->w, r), r->n_rhs, d->q_max);
    }
}

static void buffer(struct dsd *d, species_id s)
{
    /* a copy, because species are added below */
    const struct species x = d->w.net->species.data[s];
    struct reaction none = {.span = x.span, .origin = "buffer"};
    struct term signal = {s, 1}, gate = strand(d, "LS", x.name, d->c_max, x.span), half[2];
    half[0] = strand(d, "HS", x.name, 0, x.span);
    rewrite_stands_for(&d->w, half[0].species, &signal, 1);
    half[1] = strand(d, "BS", x.name, d->c_max, x.span);
    struct term whole[2] = {signal, gate};
    expr_id missing =
        d->sigma[s] ? expr_binary(d->ex, EXPR_SUB, d->largest_sigma, d->sigma[s]) : d->largest_sigma;
    none.origin = intern_text(d->w.net->names, none.origin);
    react(d, &none, signal, gate, half, 2, expr_binary(d->ex, EXPR_MUL, d->gamma, missing));
    react(d, &none, half[0], half[1], whole, 2, d->q_max);
}

static void translate(struct dsd *d)
{
    size_t n_signals = d->w.net->species.n;
    for (size_t j = 0; j < d->w.n_old; j++) {
        d->number = j + 1;
        displace(d, &d->w.old[j]);
    }
    for (size_t i = 0; i < n_signals && d->largest_sigma; i++) {
        struct species *x = &d->w.net->species.data[i];
        if (d->used[i] && x->init) {
            x->init = expr_binary(d->ex, EXPR_MUL, d->gamma, x->init);
        }
        if (d->used[i] && d->sigma_value[i] < d->largest) {
            buffer(d, (species_id)i);
        }
    }
}

static void mark(struct dsd *d, const struct term *side, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        d->used[side[i].species] = true;
    }
}

bool pass_dsd_soloveichik2010(struct net *n, struct pass_context *c)
{
    struct dsd d = {.ex = n->ex};
    bool ok = check_events(n, c->diag);
    rewrite_begin(&d.w, n, c->witness);
    d.sigma = mem_zalloc(n->species.n + 1, sizeof *d.sigma);
    d.sigma_value = mem_zalloc(n->species.n + 1, sizeof *d.sigma_value);
    d.used = mem_zalloc(n->species.n + 1, sizeof *d.used);
    for (size_t j = 0; j < d.w.n_old; j++) {
        const struct reaction *r = &d.w.old[j];
        double k = d.w.has_values ? d.w.constant[j] : NAN;
        ok = check_reaction(&d, r, k, c->diag) && ok;
        mark(&d, rewrite_lhs(&d.w, r), r->n_lhs);
        mark(&d, rewrite_rhs(&d.w, r), r->n_rhs);
        if (ok) {
            add_sigma(&d, r, k);
        }
    }
    set_constants(&d);
    for (size_t j = 0; j < d.w.n_old && ok; j++) {
        ok = check_rate(&d, &d.w.old[j], d.w.constant[j], c->diag);
    }
    if (ok) {
        translate(&d);
        pass_done(c, (struct span){0}, "%zu reactions", d.w.n_old);
    } else {
        for (size_t j = 0; j < d.w.n_old; j++) {
            rewrite_keep(&d.w, &d.w.old[j]);
        }
    }
    rewrite_end(&d.w);
    free(d.sigma);
    free(d.sigma_value);
    free(d.used);
    return ok;
}
