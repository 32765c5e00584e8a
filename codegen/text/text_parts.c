/* Prints numbers, sides and comments that several formats write in the same way. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"
#include "ir/expr/expr_print.h"
#include "ir/net/net_names.h"

/* Prints mantissa and exponent of a number such as "1.5e-07", which is the shortest text that reads back as
 * the same number. */
static void print_exponent(FILE *out, const char *text, enum number_style style)
{
    const char *e = strchr(text, 'e');
    int mantissa = e ? (int)(e - text) : (int)strlen(text);
    int exponent = e ? atoi(e + 1) : 0;
    if (!e) {
        fputs(text, out);
    } else if (style == NUMBER_LATEX) {
        if (strncmp(text, "1e", 2) == 0) {
            fprintf(out, "10^{%d}", exponent);
        } else {
            fprintf(out, "%.*s \\cdot 10^{%d}", mantissa, text, exponent);
        }
    } else {
        fprintf(out, "%.*s%s%d", mantissa, text, style == NUMBER_MATHEMATICA ? "*^" : "e", exponent);
    }
}

void text_number(FILE *out, double v, enum number_style style)
{
    char text[40];
    if (v == floor(v) && (fabs(v) < 1e6 || style == NUMBER_DIGITS)) {
        fprintf(out, "%.0f", v == 0 ? 0.0 : v);
        return;
    }
    int most = style == NUMBER_FIFTEEN ? 15 : 17;
    for (int digits = 1; digits <= most; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) {
            break;
        }
    }
    double rest = v - strtod(text, NULL); /* exact, since both numbers are close to each other */
    if (style == NUMBER_FIFTEEN && rest != 0 && isfinite(rest)) {
        fputc('(', out);
        print_exponent(out, text, style);
        snprintf(text, sizeof text, "%.15g", fabs(rest));
        fputs(rest > 0 ? " + " : " - ", out);
        print_exponent(out, text, style);
        fputc(')', out);
        return;
    }
    print_exponent(out, text, style);
}

void text_side(struct text *t, const struct term *side, uint32_t n, const char *prefix, const char *nothing)
{
    if (n == 0) {
        fputs(nothing, t->out);
    }
    for (uint32_t i = 0; i < n; i++) {
        const char *name = t->species[side[i].species];
        if (prefix && side[i].count > 1) {
            fprintf(t->out, "%s%lld%s%s", i ? " + " : "", (long long)side[i].count, prefix, name);
            continue;
        }
        for (int64_t k = 0; k < side[i].count; k++) {
            fprintf(t->out, "%s%s", i || k ? " + " : "", name);
        }
    }
}

const char *text_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *text_plain(const struct text *t, const char *text)
{
    char *line = arena_strdup(t->arena, text);
    for (char *c = line; *c; c++) {
        bool ends_comment = c[0] == '*' && c[1] == ')';
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7E || ends_comment) {
            *c = ' ';
        }
    }
    return line;
}

const char *text_origin(const struct text *t, size_t j)
{
    const char *origin = t->net->reaction.data[j].origin;
    return origin ? text_plain(t, origin) : NULL;
}

const char *text_title(const struct text *t)
{
    const struct net *n = t->net;
    const char *title = n->file ? arena_printf(t->arena, "network %s of %s", n->name, text_base(n->file))
                                : arena_printf(t->arena, "network %s", n->name);
    return text_plain(t, title);
}

void text_header(struct text *t)
{
    const struct net *n = t->net;
    const struct net_units *u = &n->units;
    const char *c = t->format->comment;
    fprintf(t->out, "%s%s\n", c, text_title(t));
    if (u->amount) {
        fprintf(t->out, "%samounts in %s, time in %s\n", c, u->amount, u->time);
    }
    if (u->volume > 0) {
        fprintf(t->out, "%svolume ", c);
        text_number(t->out, u->volume, NUMBER_PLAIN);
        fputs(" l\n", t->out);
    }
    const char *prefix = arena_printf(t->arena, "%sname: ", c);
    text_name_map(t, t->out, prefix, "\n");
}

void text_units(struct text *t)
{
    const struct net_units *u = &t->net->units;
    if (u->amount) {
        fprintf(t->out, "units \"%s\" %s", u->amount, u->is_concentration ? "concentration " : "");
        text_number(t->out, u->amount_factor, NUMBER_PLAIN);
    } else if (u->time) {
        fputs("units none", t->out);
    }
    if (u->time) {
        fprintf(t->out, " \"%s\" ", u->time);
        text_number(t->out, u->time_factor, NUMBER_PLAIN);
    }
    if (u->amount || u->time) {
        fputc('\n', t->out);
    }
    if (u->volume > 0) {
        fputs("volume ", t->out);
        text_number(t->out, u->volume, NUMBER_PLAIN);
        fputc('\n', t->out);
    }
}

void text_shape(FILE *out, struct shape s)
{
    for (int32_t i = 0; i < s.rank; i++) {
        fprintf(out, "%s%d%s", i ? ", " : " : [", s.dim[i], i == s.rank - 1 ? "]" : "");
    }
}

static int64_t molecules(const struct term *side, uint32_t n)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum = sum > INT64_MAX - side[i].count ? INT64_MAX : sum + side[i].count;
    }
    return sum;
}

int64_t text_order(const struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    return molecules(net_lhs(t->net, r), r->n_lhs);
}

int64_t text_product_count(const struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    return molecules(net_rhs(t->net, r), r->n_rhs);
}

bool text_is_formula(const struct text *t, const struct symbol *s)
{
    bool formula = s->kind == SYMBOL_DUAL || s->kind == SYMBOL_OUTPUT;
    for (int64_t i = 0; !formula && i < shape_size(s->shape); i++) {
        const struct expr *e = expr_get(t->net->ex, t->net->elem.data[s->first + (size_t)i]);
        /* passes put formulas in the places of species */
        formula = e->op != EXPR_SPECIES && e->op != EXPR_PARAM;
    }
    return formula && (s->flags & SYMBOL_IS_OUTPUT);
}

const char *text_element_name(struct text *t, const struct symbol *s, int64_t i)
{
    size_t room = strlen(s->name) + SHAPE_MAX_RANK * 12 + 8;
    char *name = arena_alloc(t->arena, room);
    net_element_name(name, room, s->name, s->shape, i);
    return name;
}

bool text_is_implied(struct text *t, const struct symbol *s)
{
    bool implied = !(s->flags & (SYMBOL_IS_INPUT | SYMBOL_IS_OUTPUT)) &&
                   (s->kind == SYMBOL_PARAM || (s->kind == SYMBOL_SPECIES && s->shape.rank == 0));
    for (int64_t i = 0; implied && i < shape_size(s->shape); i++) {
        const struct expr *e = expr_get(t->net->ex, t->net->elem.data[s->first + (size_t)i]);
        bool species = e->op == EXPR_SPECIES && s->kind == SYMBOL_SPECIES;
        const char *name = species               ? t->net->species.data[e->a].name
                           : e->op == EXPR_PARAM ? net_slot_text(t->net, e->a, t->arena)
                                                 : "";
        implied = strcmp(name, text_element_name(t, s, i)) == 0;
    }
    return implied;
}

const char *const text_event_kinds[] = {"at", "every", "when"};

void text_outputs(struct text *t, text_output write, void *env)
{
    for (size_t i = 0; i < t->net->symbol.n; i++) {
        const struct symbol *s = &t->net->symbol.data[i];
        for (int64_t e = 0; text_is_formula(t, s) && e < shape_size(s->shape); e++) {
            expr_id formula = text_scalar(t->net, t->net->elem.data[s->first + (size_t)e]);
            const char *name = text_element_name(t, s, e);
            const char *id = formula ? text_unique(t, name) : NULL;
            if (formula && write(env, id, name, formula)) {
                t->output[s->first + (size_t)e] = id;
            } else {
                diag_report(t->diag, DIAG_W0821, s->span, "%s cannot hold the formula of the output %s",
                            t->format->name, name);
            }
        }
    }
}

const char *text_quoted(struct text *t, const char *name)
{
    return net_name_quoted(t->arena, name);
}

/* The name of a parameter in the text format; a number if the name means a species or another parameter. */
static const char *source_slot(struct text *t, int32_t slot)
{
    const char *name = net_slot_text(t->net, slot, t->arena);
    enum net_name_kind kind;
    int32_t id;
    bool meant = net_names_find(t->meaning, name, &kind, &id) && kind == NAME_SLOT && id == slot;
    return meant ? text_quoted(t, name) : arena_printf(t->arena, "$p%d", slot);
}

static const char *source_name(void *env, const struct expr *leaf)
{
    struct text *t = env;
    switch (leaf->op) {
    case EXPR_SPECIES: return text_quoted(t, t->species[leaf->a]);
    case EXPR_PARAM: return source_slot(t, leaf->a);
    default: return NULL;
    }
}

void text_source(struct text *t, expr_id e)
{
    struct expr_style style = {.name = source_name, .env = t};
    expr_print_styled(t->out, t->net->ex, e, &style, true);
}

void text_element(struct text *t, expr_id e)
{
    struct expr_style style = {.name = source_name, .env = t};
    expr_print_styled(t->out, t->net->ex, e, &style, false);
}
