/* Prints the text form of a network (doc/IR.md). net_read reads an equal network back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/expr/expr_print.h"
#include "ir/net/each_expr.h"
#include "ir/net/net_names.h"
#include "ir/net/readers.h"
#include "support/mem.h"

enum { LONG_RATE = 200 }; /* messages leave out a rate or value that has more nodes */

struct net_printer {
    FILE *out;
    const struct net *n;
    const struct net_names *names; /* NULL: names are taken to be unique (messages) */
    const struct sources *sources;
    struct arena *scratch;
    struct expr_style style;
    int32_t *let; /* by expression: 1 + the number of the `let` line that defines it; NULL: no `let` lines */
    int32_t n_lets;
};

/* The name of a species or slot if the reader finds it by that name, else its number. */
static const char *entity_name(struct net_printer *w, enum net_name_kind kind, int32_t id)
{
    const char *name =
        kind == NAME_SPECIES ? w->n->species.data[id].name : net_slot_text(w->n, id, w->scratch);
    enum net_name_kind found;
    int32_t found_id;
    if (w->names && !(net_names_find(w->names, name, &found, &found_id) && found == kind && found_id == id)) {
        return arena_printf(w->scratch, kind == NAME_SPECIES ? "$s%d" : "$p%d", id);
    }
    return net_name_quoted(w->scratch, name);
}

static const char *leaf_name(void *env, const struct expr *leaf)
{
    struct net_printer *w = env;
    if (leaf->op == EXPR_SPECIES && leaf->a >= 0 && (size_t)leaf->a < w->n->species.n) {
        return entity_name(w, NAME_SPECIES, leaf->a);
    }
    if (leaf->op == EXPR_PARAM && leaf->a >= 0 && leaf->a < w->n->n_slots) {
        return entity_name(w, NAME_SLOT, leaf->a);
    }
    return NULL;
}

static int32_t let_number(void *env, expr_id id)
{
    const struct net_printer *w = env;
    return w->let ? w->let[id] - 1 : -1;
}

/* Prints `let` lines for subexpressions that occur many times in an expression of the next line. Without
 * them the text could be exponentially longer than the expression. */
static void print_lets(struct net_printer *w, expr_id e)
{
    struct expr_list shared = {0};
    expr_shared_nodes(w->n->ex, e, &shared);
    if (shared.id.n > 0 && !w->let) {
        w->let = mem_zalloc(expr_count(w->n->ex) + 1, sizeof *w->let);
    }
    for (size_t i = 0; i < shared.id.n; i++) {
        if (w->let[shared.id.data[i]] == 0) {
            fprintf(w->out, "  let $e%d = ", w->n_lets);
            expr_print_styled(w->out, w->n->ex, shared.id.data[i], &w->style, false);
            fputc('\n', w->out);
            w->let[shared.id.data[i]] = ++w->n_lets;
        }
    }
    vec_free(&shared.id);
}

static void print_owner_lets(struct net_printer *w, enum net_owner kind, size_t owner)
{
    for (struct net_expr e = net_exprs_of(w->n, kind, owner); net_next_expr(&e);) {
        print_lets(w, e.id);
    }
}

static void print_expr(struct net_printer *w, expr_id e, bool real)
{
    expr_print_styled(w->out, w->n->ex, e, &w->style, real);
}

static void print_place(struct net_printer *w, struct span span)
{
    if (w->sources && span.file) {
        int line, column;
        sources_place(w->sources, span, &line, &column);
        fprintf(w->out, " @%d:%d", line, column);
    }
    fputc('\n', w->out);
    arena_reset(w->scratch);
}

static void print_attribute(struct net_printer *w, const char *word, const char *text)
{
    if (text) {
        fprintf(w->out, " %s ", word);
        print_quoted(w->out, text, '"');
    }
}

static void print_flags(struct net_printer *w, unsigned flags)
{
    if (flags) {
        fprintf(w->out, " flags %u", flags);
    }
}

static void print_shape(struct net_printer *w, struct shape s)
{
    for (int32_t i = 0; i < s.rank; i++) {
        fprintf(w->out, "%s%d%s", i ? ", " : " : [", s.dim[i], i == s.rank - 1 ? "]" : "");
    }
}

static void print_param(struct net_printer *w, size_t i)
{
    const struct net_param *p = &w->n->param.data[i];
    print_owner_lets(w, OWNER_PARAM, i);
    fprintf(w->out, "  param %s", net_name_quoted(w->scratch, p->name));
    print_shape(w, p->shape);
    if (p->init) {
        fputs(" = ", w->out);
        print_expr(w, p->init, true);
    }
    print_attribute(w, "unit", p->unit);
    print_attribute(w, "doc", p->doc);
    fputs(p->is_molecule ? " molecule" : "", w->out);
    if (p->global >= 0) {
        fprintf(w->out, " global %d", p->global);
    }
    print_place(w, p->span);
}

static void print_species(struct net_printer *w, size_t i)
{
    const struct species *s = &w->n->species.data[i];
    static const char *const kinds[] = {"species", "bulk", "constant"};
    print_owner_lets(w, OWNER_SPECIES, i);
    fprintf(w->out, "  %s %s", kinds[s->kind], net_name_quoted(w->scratch, s->name));
    if (s->init) {
        fputs(" = ", w->out);
        print_expr(w, s->init, true);
    }
    if (s->rest) {
        fputs(" rest ", w->out);
        print_expr(w, s->rest, true);
    }
    if (s->energy) {
        fputs(" energy ", w->out);
        print_expr(w, s->energy, true);
    }
    fputs(s->flags & SPECIES_INPUT ? " input" : "", w->out);
    fputs(s->flags & SPECIES_SIGNED ? " signed" : "", w->out);
    fputs(s->flags & SPECIES_UNBOUNDED ? " unbounded" : "", w->out);
    print_flags(w, s->flags & ~(unsigned)(SPECIES_INPUT | SPECIES_SIGNED | SPECIES_UNBOUNDED));
    if (s->instance >= 0) {
        fprintf(w->out, " instance %d", s->instance);
    }
    print_place(w, s->span);
}

static void print_side(struct net_printer *w, const struct term *side, size_t n_side)
{
    if (n_side == 0) {
        fputc('0', w->out);
    }
    for (size_t i = 0; i < n_side; i++) {
        fputs(i ? " + " : "", w->out);
        if (side[i].count != 1) {
            fprintf(w->out, "%lld ", (long long)side[i].count);
        }
        fputs(entity_name(w, NAME_SPECIES, side[i].species), w->out);
    }
}

static void print_fractions(struct net_printer *w, const struct reaction *r)
{
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        const struct fraction *f = &w->n->fraction.data[r->fraction + i];
        fprintf(w->out, "%s%s = ", i ? ", " : " plus ", entity_name(w, NAME_SPECIES, f->species));
        print_expr(w, f->count, true);
    }
    if (r->delay) {
        fputs(" late {", w->out);
        print_expr(w, r->delay, true);
        if (r->longest) {
            fputs(", ", w->out);
            print_expr(w, r->longest, true);
        }
        fputc('}', w->out);
    }
}

/* The fractions as products, as the language has them: "0.5 B", "(A) B". */
static void print_parts(struct net_printer *w, const struct reaction *r)
{
    double count;
    for (uint32_t i = 0; i < r->n_fractions; i++) {
        const struct fraction *f = &w->n->fraction.data[r->fraction + i];
        bool known = expr_const_real(w->n->ex, f->count, &count), more = i > 0 || r->n_rhs > 0;
        fputs(known && count < 0 ? (more ? " - " : "-") : more ? " + " : "", w->out);
        if (!known) {
            fputc('(', w->out);
            print_expr(w, f->count, true);
            fputs(") ", w->out);
        } else if (fabs(count) != 1) {
            fprintf(w->out, "%.15g ", fabs(count));
        }
        fputs(entity_name(w, NAME_SPECIES, f->species), w->out);
    }
}

/* For messages: as the language has it, with long rates left out. */
static void print_as_written(struct net_printer *w, const struct reaction *r)
{
    double k;
    bool unit_rate = r->rate_kind == RATE_MASS_ACTION && expr_const_real(w->n->ex, r->rate, &k) && k == 1;
    print_side(w, net_lhs(w->n, r), r->n_lhs);
    fputs(r->rate_kind == RATE_LAW ? " =>" : " ->", w->out);
    if (!unit_rate || r->delay) {
        fputc('{', w->out);
        if (expr_text_size(w->n->ex, r->rate, LONG_RATE) >= LONG_RATE) {
            fputs("...", w->out);
        } else {
            print_expr(w, r->rate, true);
        }
        if (r->delay) {
            fputs(r->longest ? ", delay = uniform(" : ", delay = ", w->out);
            print_expr(w, r->delay, true);
        }
        if (r->longest) {
            fputs(", ", w->out);
            print_expr(w, r->longest, true);
            fputc(')', w->out);
        }
        fputc('}', w->out);
    }
    fputc(' ', w->out);
    if (r->n_rhs > 0 || r->n_fractions == 0) {
        print_side(w, net_rhs(w->n, r), r->n_rhs);
    }
    print_parts(w, r);
}

static void print_equation(struct net_printer *w, const struct reaction *r)
{
    double k;
    bool unit_rate = r->rate_kind == RATE_MASS_ACTION && expr_const_real(w->n->ex, r->rate, &k) && k == 1;
    print_side(w, net_lhs(w->n, r), r->n_lhs);
    fputs(r->rate_kind == RATE_LAW ? " =>" : " ->", w->out);
    if (!unit_rate) {
        fputc('{', w->out);
        print_expr(w, r->rate, true);
        fputc('}', w->out);
    }
    fputc(' ', w->out);
    print_side(w, net_rhs(w->n, r), r->n_rhs);
    print_fractions(w, r);
}

/* The name of a guard, or its number if the name belongs to another guard. */
static void print_guard(struct net_printer *w, int32_t guard)
{
    const char *name = w->n->guard.data[guard].name;
    if (net_names_guard(w->names, name) == guard) {
        fputs(net_name_quoted(w->scratch, name), w->out);
    } else {
        fprintf(w->out, "%d", guard);
    }
}

static void print_reaction(struct net_printer *w, size_t i)
{
    const struct reaction *r = &w->n->reaction.data[i];
    print_owner_lets(w, OWNER_REACTION, i);
    fputs("  ", w->out);
    if (r->label) {
        fprintf(w->out, "%s: ", net_name_quoted(w->scratch, r->label));
    }
    print_equation(w, r);
    if (r->guard > 0) {
        fputs(" guard ", w->out);
        print_guard(w, r->guard);
    }
    print_attribute(w, "origin", r->origin);
    print_flags(w, r->flags);
    print_place(w, r->span);
}

/* Whether the elements may be left out, because they are just the parameter or the species of the symbol's
 * name. */
static bool implied_elements(struct net_printer *w, const struct symbol *s)
{
    enum net_name_kind want = s->kind == SYMBOL_PARAM ? NAME_SLOT : NAME_SPECIES, found;
    if (s->kind != SYMBOL_PARAM && s->kind != SYMBOL_SPECIES) {
        return false;
    }
    int64_t size = shape_size(s->shape);
    for (int64_t i = 0; i < size; i++) {
        const struct expr *e = expr_get(w->n->ex, w->n->elem.data[s->first + i]);
        char name[1200];
        int32_t id;
        if (e->op != (want == NAME_SLOT ? EXPR_PARAM : EXPR_SPECIES) ||
            !net_element_name(name, sizeof name, s->name, s->shape, i) ||
            !net_names_find(w->names, name, &found, &id) || found != want || id != e->a) {
            return false;
        }
    }
    return true;
}

static void print_symbol(struct net_printer *w, size_t i)
{
    const struct symbol *s = &w->n->symbol.data[i];
    static const char *const kinds[] = {"species", "dual", "param", "output"};
    print_owner_lets(w, OWNER_SYMBOL, i);
    fprintf(w->out, "  symbol %s %s", kinds[s->kind], net_name_quoted(w->scratch, s->name));
    print_shape(w, s->shape);
    fputs(s->flags & SYMBOL_IS_INPUT ? " input" : "", w->out);
    fputs(s->flags & SYMBOL_IS_OUTPUT ? " output" : "", w->out);
    print_flags(w, s->flags & ~(unsigned)(SYMBOL_IS_INPUT | SYMBOL_IS_OUTPUT));
    if (!implied_elements(w, s)) {
        int64_t size = shape_size(s->shape);
        fputs(" =", w->out);
        for (int64_t k = 0; k < size; k++) {
            fputs(k ? ", " : " ", w->out);
            print_expr(w, w->n->elem.data[s->first + k], false);
            arena_reset(w->scratch);
        }
    }
    print_place(w, s->span);
}

static void print_clock(struct net_printer *w)
{
    const struct net *n = w->n;
    for (size_t i = 0; i < n->clock.n; i++) {
        print_owner_lets(w, OWNER_PHASE, i);
    }
    for (size_t i = 0; i < n->clock.n; i++) {
        fputs(i ? ", " : "  clock ", w->out);
        print_guard(w, n->clock.data[i].guard);
        fputs(" = ", w->out);
        print_expr(w, n->clock.data[i].duration, true);
    }
    if (n->clock.n > 0) {
        print_place(w, (struct span){0});
    }
}

static void print_event(struct net_printer *w, size_t i)
{
    const struct event *e = &w->n->event.data[i];
    static const char *const kinds[] = {"at", "every", "when"};
    print_owner_lets(w, OWNER_EVENT, i);
    fprintf(w->out, "  event %s ", kinds[e->kind]);
    print_expr(w, e->when, e->kind != EVENT_WHEN);
    if (e->delay) {
        fputs(" after ", w->out);
        print_expr(w, e->delay, true);
    }
    if (e->longest) {
        fputs(" until ", w->out);
        print_expr(w, e->longest, true);
    }
    if (e->priority) {
        fputs(" priority ", w->out);
        print_expr(w, e->priority, true);
    }
    print_flags(w, e->flags);
    for (uint32_t k = 0; k < e->n; k++) {
        const struct change *change = &w->n->change.data[e->first + k];
        fprintf(w->out, "%s%s = ", k ? ", " : " : ", entity_name(w, NAME_SPECIES, change->species));
        print_expr(w, change->value, true);
        arena_reset(w->scratch);
    }
    print_place(w, e->span);
}

static void print_rest(struct net_printer *w)
{
    const struct net *n = w->n;
    print_clock(w);
    for (size_t i = 0; i < n->event.n; i++) {
        print_event(w, i);
    }
    for (size_t i = 0; i < n->symbol.n; i++) {
        print_symbol(w, i);
    }
    for (size_t i = 0; i < n->assume.n; i++) {
        print_owner_lets(w, OWNER_ASSUME, i);
        fputs("  assume ", w->out);
        print_expr(w, n->assume.data[i].cond, false);
        print_place(w, n->assume.data[i].span);
    }
    for (size_t i = 0; i < n->observed.n; i++) {
        print_owner_lets(w, OWNER_OBSERVED, i);
        fputs("  observe ", w->out);
        print_expr(w, n->observed.data[i], false);
        print_place(w, (struct span){0});
    }
}

static void print_units(FILE *out, const struct net_units *u)
{
    if (u->amount) {
        fputs("  units ", out);
        print_quoted(out, u->amount, '"');
        fputs(u->is_concentration ? " concentration " : " ", out);
        print_real(out, u->amount_factor, false);
    } else if (u->time) {
        fputs("  units none", out);
    }
    if (u->time) {
        fputc(' ', out);
        print_quoted(out, u->time, '"');
        fputc(' ', out);
        print_real(out, u->time_factor, false);
    }
    if (u->amount || u->time) {
        fputc('\n', out);
    }
    if (u->volume > 0) {
        fputs("  volume ", out);
        print_real(out, u->volume, false);
        fputc('\n', out);
    }
}

void net_print(FILE *out, const struct net *n, const struct sources *sources)
{
    struct net_names *names = net_names_create(n);
    struct net_printer w = {
        .out = out, .n = n, .names = names, .sources = sources, .scratch = arena_create()};
    w.style = (struct expr_style){leaf_name, &w, true, let_number};
    fputs("network ", out);
    print_quoted(out, n->name, '"');
    fputs(" {\n", out);
    if (n->file) {
        fputs("  file ", out);
        print_quoted(out, n->file, '"');
        fputc('\n', out);
    }
    print_units(out, &n->units);
    for (size_t i = 0; i < n->param.n; i++) {
        print_param(&w, i);
    }
    for (size_t i = 1; i < n->guard.n; i++) {
        fprintf(out, "  guard %s = %s\n", net_name_quoted(w.scratch, n->guard.data[i].name),
                n->guard.data[i].initially ? "true" : "false");
    }
    for (size_t i = 0; i < n->species.n; i++) {
        print_species(&w, i);
    }
    for (size_t i = 0; i < n->reaction.n; i++) {
        print_reaction(&w, i);
    }
    print_rest(&w);
    fputs("}\n", out);
    free(w.let);
    arena_destroy(w.scratch);
    net_names_destroy(names);
}

/* ---- differential equations ---- */

/* The product of `factor` and all factors of `id`, one after the other: -2*k*A, not -(2*(k*A)). */
static expr_id times(struct expr_pool *ex, expr_id factor, expr_id id)
{
    struct expr e = *expr_get(ex, id);
    double value;
    if (e.op == EXPR_MUL) {
        return times(ex, times(ex, factor, e.args[0]), e.args[1]);
    }
    return expr_const_real(ex, factor, &value) && value == -1 ? expr_unary(ex, EXPR_NEG, id)
                                                              : expr_binary(ex, EXPR_MUL, factor, id);
}

static bool is_negative(const struct expr_pool *ex, expr_id id)
{
    const struct expr *e = expr_get(ex, id);
    double value;
    return e->op == EXPR_MUL   ? is_negative(ex, e->args[0])
           : e->op == EXPR_NEG ? true
                               : expr_const_real(ex, id, &value) && value < 0;
}

/* The sum of what the reactions under a guard change of the species; 0 if there are none. */
static expr_id flow_into(struct net *n, const struct readers *changers, species_id s, int32_t guard)
{
    expr_id sum = 0;
    for (int32_t i = changers->ptr[s]; i < changers->ptr[s + 1]; i++) {
        const struct reaction r = n->reaction.data[changers->reaction[i]];
        if (r.guard == guard) {
            expr_id one = times(n->ex, net_change_of(n, &r, s), net_rate_expr(n, &r));
            bool takes = sum && is_negative(n->ex, one);
            one = takes ? times(n->ex, expr_real(n->ex, -1), one) : one;
            sum = sum ? expr_binary(n->ex, takes ? EXPR_SUB : EXPR_ADD, sum, one) : one;
        }
    }
    return sum;
}

/* flow: by species and guard. */
static expr_id *find_flows(struct net *n)
{
    struct readers changers = changers_of(n);
    expr_id *flow = mem_zalloc(n->species.n * n->guard.n + 1, sizeof *flow);
    for (size_t i = 0; i < n->species.n * n->guard.n; i++) {
        if (n->species.data[i / n->guard.n].kind != SPECIES_CONSTANT) {
            flow[i] = flow_into(n, &changers, (species_id)(i / n->guard.n), (int32_t)(i % n->guard.n));
        }
    }
    readers_free(&changers);
    return flow;
}

static void print_flows(struct net_printer *w, size_t s, const expr_id *flow)
{
    bool any = false;
    for (size_t g = 0; g < w->n->guard.n; g++) {
        if (flow[g]) {
            print_lets(w, flow[g]);
        }
    }
    fprintf(w->out, "  %s' =", entity_name(w, NAME_SPECIES, (int32_t)s));
    for (size_t g = 0; g < w->n->guard.n; g++) {
        if (flow[g]) {
            fprintf(w->out, "%s ", any ? " +" : "");
            if (g > 0) {
                print_guard(w, (int32_t)g);
            }
            fputs(g > 0 ? "*(" : "", w->out);
            print_expr(w, flow[g], true);
            fputs(g > 0 ? ")" : "", w->out);
            any = true;
        }
    }
    fputs(any ? "" : " 0", w->out);
    print_place(w, (struct span){0});
}

static void print_start(struct net_printer *w, size_t s)
{
    expr_id init = w->n->species.data[s].init;
    fprintf(w->out, "  %s(0) = ", entity_name(w, NAME_SPECIES, (int32_t)s));
    if (init) {
        print_expr(w, init, true);
    } else {
        fputc('0', w->out);
    }
    print_place(w, (struct span){0});
}

void net_print_equations(FILE *out, const struct net *of)
{
    struct net *n = net_fractions_as_laws(of);
    struct net_names *names = net_names_create(n);
    struct net_printer w = {.out = out, .n = n, .names = names, .scratch = arena_create()};
    w.style = (struct expr_style){leaf_name, &w, false, let_number};
    expr_id *flow = find_flows(n);
    fputs("equations of ", out);
    print_quoted(out, n->name, '"');
    fputs(" {\n", out);
    print_units(out, &n->units);
    for (size_t i = 0; i < n->param.n; i++) {
        print_param(&w, i);
    }
    for (size_t i = 0; i < n->species.n; i++) {
        print_owner_lets(&w, OWNER_SPECIES, i);
        print_start(&w, i);
    }
    for (size_t i = 0; i < n->species.n; i++) {
        print_flows(&w, i, &flow[i * n->guard.n]);
    }
    print_clock(&w);
    for (size_t i = 0; i < n->event.n; i++) {
        print_event(&w, i);
    }
    fputs("}\n", out);
    free(flow);
    free(w.let);
    arena_destroy(w.scratch);
    net_names_destroy(names);
    net_destroy(n);
}

/* The text that `print` writes, in `arena`; for messages. */
static const char *text_of(const struct net *n, struct arena *arena,
                           void (*print)(struct net_printer *w, uint32_t id), uint32_t id)
{
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    struct net_printer w = {.out = f, .n = n, .scratch = arena};
    w.style = (struct expr_style){.name = leaf_name, .env = &w};
    print(&w, id);
    fclose(f);
    const char *copy = arena_strdup(arena, text);
    free(text);
    return copy;
}

static void print_equation_of(struct net_printer *w, uint32_t id)
{
    print_as_written(w, &w->n->reaction.data[id]);
}

static void print_value(struct net_printer *w, uint32_t id)
{
    if (expr_text_size(w->n->ex, id, LONG_RATE) >= LONG_RATE) {
        fputs("...", w->out);
    } else {
        print_expr(w, id, true);
    }
}

const char *net_reaction_text(const struct net *n, reaction_id r, struct arena *arena)
{
    return text_of(n, arena, print_equation_of, (uint32_t)r);
}

const char *net_expr_text(const struct net *n, expr_id e, struct arena *arena)
{
    return text_of(n, arena, print_value, e);
}
