/* The network, flattened, in crnl itself; for what passes such as strand displacement make of it. */
#include "codegen/text/text_impl.h"

#include <math.h>
#include <string.h>

static const struct infix_style style = {
    INFIX_USUAL,      .numbers = NUMBER_PLAIN, .not = "!",     .log = "log",
    .floor = "floor", .modulo = " % ",         .time = "time", .factorial = "factorial",
    .delay = "delay", .select_words = true,
};

/* Infinities and not-a-number are written as a division by 0. */
static void write_number(struct text *t, double v)
{
    if (isfinite(v)) {
        text_number(t->out, v, NUMBER_PLAIN);
    } else {
        fputs(isnan(v) ? "0/0" : v > 0 ? "1/0" : "-1/0", t->out);
    }
}

static void write_head(struct text *t)
{
    const char *separator = "(";
    fprintf(t->out, "network %s", text_unique(t, t->net->name));
    for (int32_t s = 0; s < t->net->n_slots; s++) {
        if (!t->slot[s]) { /* no expression reads it */
            t->slot[s] = text_unique(t, net_slot_text(t->net, s, t->arena));
        }
        const char *formula = text_default(t, s, &style);
        fprintf(t->out, "%s%s = %s", separator, t->slot[s], formula ? formula : "");
        if (!formula) {
            write_number(t, t->p[s]);
        }
        separator = ", ";
    }
    fputs(*separator == ',' ? ") {\n" : " {\n", t->out);
    const struct net_units *u = &t->net->units;
    if (u->amount || u->time) {
        fprintf(t->out, "  units%s%s%s%s%s;\n", u->amount ? " amount = " : "", u->amount ? u->amount : "",
                u->amount && u->time ? "," : "", u->time ? " time = " : "", u->time ? u->time : "");
    }
    if (t->net->units.volume > 0) {
        fputs("  volume ", t->out);
        text_number(t->out, t->net->units.volume, NUMBER_PLAIN);
        fputs(" L;\n", t->out);
    }
}

static void write_species(struct text *t)
{
    static const char *const kinds[] = {"species", "bulk", "const species"};
    for (size_t i = 0; i < t->net->species.n; i++) {
        const struct species *s = &t->net->species.data[i];
        expr_id init = s->init ? text_scalar(t->net, s->init) : 0;
        fprintf(t->out, "  %s %s", kinds[s->kind], t->species[i]);
        if (s->init) {
            fputs(" = ", t->out);
            if (!init || !text_infix(t, t->out, init, &style)) {
                text_number(t->out, t->x[i], NUMBER_PLAIN);
            }
        }
        fputs(";\n", t->out);
    }
}

static bool same_side(const struct term *a, size_t n_a, const struct term *b, size_t n_b)
{
    bool same = n_a == n_b;
    for (size_t i = 0; i < n_a && same; i++) {
        same = a[i].species == b[i].species && a[i].count == b[i].count;
    }
    return same;
}

/* Whether reaction j + 1 is the reverse of reaction j, as `<->` makes them. */
static bool has_reverse(const struct net *n, size_t j)
{
    const struct reaction *r = &n->reaction.data[j], *back = r + 1;
    size_t length = r->label ? strlen(r->label) : 0;
    if (j + 1 == n->reaction.n || r->rate_kind != RATE_MASS_ACTION || back->rate_kind != RATE_MASS_ACTION ||
        r->guard != back->guard || !r->label || !back->label || strncmp(back->label, r->label, length) != 0 ||
        strcmp(back->label + length, ".reverse") != 0) {
        return false;
    }
    return same_side(net_lhs(n, r), r->n_lhs, net_rhs(n, back), back->n_rhs) &&
           same_side(net_rhs(n, r), r->n_rhs, net_lhs(n, back), back->n_lhs);
}

/* Writes ", delay = 5". */
static bool write_delay(struct text *t, const struct reaction *r)
{
    fputs(r->longest ? ", delay = uniform(" : r->delay ? ", delay = " : "", t->out);
    bool ok = !r->delay || text_formula(t, r->delay, r->span, &style);
    fputs(r->longest ? ", " : "", t->out);
    ok = ok && (!r->longest || text_formula(t, r->longest, r->span, &style));
    fputs(r->longest ? ")" : "", t->out);
    return ok;
}

static bool write_rate(struct text *t, size_t j, bool reversible)
{
    const struct reaction *r = &t->net->reaction.data[j];
    if (reversible) {
        fprintf(t->out, " <->{%s, ", text_constant(t, j, &style));
        fprintf(t->out, "%s} ", text_constant(t, j + 1, &style));
        return true;
    }
    if (r->rate_kind == RATE_MASS_ACTION) {
        fprintf(t->out, " ->{%s", text_constant(t, j, &style));
        bool ok = write_delay(t, r);
        fputs("} ", t->out);
        return ok;
    }
    const char *law = text_infix_string(t, t->law[j], &style);
    if (!law) {
        return text_refuse(t, j, "this law has no form in the language");
    }
    fprintf(t->out, " =>{%s", law);
    bool ok = write_delay(t, r);
    fputs("} ", t->out);
    return ok;
}

/* Writes a reaction whose products come later. Its catalysts are on both sides of the network's reaction; the
 * language has them after `via`. */
static bool write_late(struct text *t, size_t j)
{
    const struct net *n = t->net;
    const struct reaction *r = &n->reaction.data[j];
    const struct term *via = net_rhs(n, r);
    struct term *taken = arena_alloc(t->arena, ((size_t)r->n_lhs + 1) * sizeof *taken);
    struct term *late = arena_alloc(t->arena, ((size_t)r->n_fractions + 1) * sizeof *late);
    uint32_t n_taken = 0, k = 0;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        struct term x = net_lhs(n, r)[i];
        while (k < r->n_rhs && via[k].species < x.species) {
            k++;
        }
        x.count -= k < r->n_rhs && via[k].species == x.species ? via[k].count : 0;
        if (x.count > 0) {
            taken[n_taken++] = x;
        }
    }
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        const struct fraction *f = &n->fraction.data[r->fraction + i];
        double count;
        if (!expr_const_real(n->ex, f->count, &count) || count != floor(count)) {
            return text_refuse(t, j, "what comes later is no whole number");
        }
        late[i] = (struct term){f->species, (int64_t)count};
    }
    text_side(t, taken, n_taken, " ", "0");
    if (!write_rate(t, j, false)) {
        return false;
    }
    text_side(t, late, r->n_fractions, " ", "0");
    if (r->n_rhs > 0) {
        fputs(" via ", t->out);
        text_side(t, via, r->n_rhs, " ", "0");
    }
    fputs(";\n", t->out);
    return true;
}

/* Returns how many reactions it wrote: 2 if reaction j is reversible; 0 after an error. */
static size_t write_reaction(struct text *t, size_t j)
{
    const struct net *n = t->net;
    const struct reaction *r = &n->reaction.data[j];
    bool reversible = has_reverse(n, j);
    if (r->guard && !t->guard[r->guard]) {
        return text_refuse(t, j, "only a clock switches reactions, and %s is not of it",
                           n->guard.data[r->guard].name);
    }
    const char *origin = text_origin(t, j);
    if (origin) {
        fprintf(t->out, "  // %s\n", origin);
    }
    fputs(r->n_lhs + r->n_rhs == 0 ? "  // does nothing: " : "  ", t->out);
    if (r->guard) {
        fprintf(t->out, "phase %s { ", t->guard[r->guard]);
    }
    if (r->label) {
        fprintf(t->out, "%s: ", text_unique(t, r->label));
    }
    if (r->delay) {
        return write_late(t, j) ? 1 : 0;
    }
    text_side(t, net_lhs(n, r), r->n_lhs, " ", "0");
    if (!write_rate(t, j, reversible)) {
        return 0;
    }
    text_side(t, net_rhs(n, r), r->n_rhs, " ", "0");
    fputs(r->guard ? "; }\n" : ";\n", t->out);
    return reversible ? 2 : 1;
}

static bool write_clock(struct text *t)
{
    const struct net *n = t->net;
    bool ok = true;
    for (size_t i = 0; i < n->clock.n; i++) {
        const struct phase *p = &n->clock.data[i];
        t->guard[p->guard] = text_unique(t, n->guard.data[p->guard].name);
        fprintf(t->out, "%s%s = ", i ? ", " : "  clock ideal(", t->guard[p->guard]);
        ok = text_formula(t, p->duration, (struct span){0}, &style) && ok;
    }
    fputs(n->clock.n ? ");\n" : "", t->out);
    return ok;
}

static bool write_event(struct text *t, size_t i)
{
    const struct event *e = &t->net->event.data[i];
    fprintf(t->out, "  %s ", text_event_kinds[e->kind]);
    bool ok = text_formula(t, e->when, e->span, &style);
    fputs(" { ", t->out);
    for (uint32_t k = 0; k < e->n; k++) {
        const struct change *c = &t->net->change.data[e->first + k];
        fprintf(t->out, "%s = ", t->species[c->species]);
        ok = text_formula(t, c->value, e->span, &style) && ok;
        fputs("; ", t->out);
    }
    fputs("}\n", t->out);
    return ok;
}

static bool write_output(void *env, const char *id, const char *name, expr_id formula)
{
    struct text *t = env;
    (void)name;
    const char *text = text_infix_string(t, formula, &style);
    if (text) {
        fprintf(t->out, "  output %s = %s;\n", id, text);
    }
    return text != NULL;
}

static void write_seen(struct text *t)
{
    const struct net *n = t->net;
    for (size_t i = 0; i < n->species.n; i++) {
        if (n->species.data[i].flags & SPECIES_INPUT) {
            fprintf(t->out, "  input %s;\n", t->species[i]);
        }
    }
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        bool output = (s->flags & SYMBOL_IS_OUTPUT) && s->kind == SYMBOL_SPECIES;
        for (int64_t k = 0; output && k < shape_size(s->shape); k++) {
            const struct expr *e = expr_get(n->ex, n->elem.data[s->first + (size_t)k]);
            if (e->op == EXPR_SPECIES) {
                fprintf(t->out, "  output %s;\n", t->species[e->a]);
            }
        }
    }
    text_outputs(t, write_output, t);
}

static bool write_assumptions(struct text *t)
{
    bool ok = true;
    for (size_t i = 0; i < t->net->assume.n; i++) {
        fputs("  assume ", t->out);
        ok = text_formula(t, t->net->assume.data[i].cond, t->net->assume.data[i].span, &style) && ok;
        fputs(";\n", t->out);
    }
    return ok;
}

bool text_write_crnl(struct text *t)
{
    text_header(t);
    write_head(t);
    write_species(t);
    bool ok = write_clock(t);
    for (size_t j = 0; j < t->net->reaction.n;) {
        size_t written = write_reaction(t, j);
        ok = written && ok;
        j += written ? written : 1;
    }
    for (size_t i = 0; i < t->net->event.n; i++) {
        ok = write_event(t, i) && ok;
    }
    ok = write_assumptions(t) && ok;
    write_seen(t);
    fputs("}\n", t->out);
    return ok;
}
