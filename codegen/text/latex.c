/* LaTeX: reactions and initial amounts in align* environments of amsmath. Subscripts are set below the line,
 * the signs of rails above it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"

static const struct infix_style style = {
    .numbers = NUMBER_LATEX,
    .power = "^",
    .divide = "/",
    .multiply = " \\, ",
    .and = " \\wedge ",
    .or = " \\vee ",
    .not = "\\neg ",
    .unequal = " \\ne ",
    .exp = "exp",
    .log = "ln",
    .sin = "sin",
    .cos = "cos",
    .tanh = "tanh",
    .atan = "arctan",
    .factorial = "operatorname{factorial}",
    .abs = "operatorname{abs}",
    .floor = "operatorname{floor}",
    .min = "min",
    .max = "max",
    .select = "\\operatorname{if}",
    .modulo = " \\bmod ",
    .time = "t",
    .latex = true,
};

/* The length of a rail's name without ".p" or ".n"; 0 if the name is not that of a rail. */
static size_t rail_length(struct text *t, const char *name)
{
    size_t n = strlen(name), base = strcspn(name, "[");
    if (n < 3 || name[n - 2] != '.' || (name[n - 1] != 'p' && name[n - 1] != 'n')) {
        return 0;
    }
    int32_t s = net_find_symbol(t->net, arena_strndup(t->arena, name, base < n - 2 ? base : n - 2));
    return s >= 0 && t->net->symbol.data[s].kind == SYMBOL_DUAL ? n - 2 : 0;
}

static char *add_letters(char *to, const char *from, size_t n)
{
    to += sprintf(to, n > 1 ? "\\mathit{" : "");
    for (size_t i = 0; i < n; i++) {
        if (isalnum((unsigned char)from[i])) {
            *to++ = from[i];
        } else if (strchr(".[],", from[i])) {
            *to++ = '.';
        } else {
            to += sprintf(to, strchr("_#$%&{}", from[i]) ? "\\%c" : "\\char%d ", from[i]);
        }
    }
    return to + sprintf(to, n > 1 ? "}" : "");
}

/* Turns "m.k_on[2,3]" into "\mathit{m.k\_on}_{2,3}"; the sign of a rail is raised. Subscripts inside the name
 * become parts of it. */
static const char *latex_name(struct text *t, const char *name)
{
    const char *plain = text_plain(t, name);
    size_t rail = rail_length(t, name), n = rail ? rail : strlen(plain), base = strcspn(plain, "[");
    bool subscript = base > 0 && base < n && plain[n - 1] == ']' &&
                     strspn(plain + base + 1, "0123456789,") == n - base - 2;
    char *to = arena_alloc(t->arena, 16 * strlen(plain) + 64);
    char *c = add_letters(to, plain, subscript ? base : n);
    if (subscript) {
        c += sprintf(c, "_{%.*s}", (int)(n - base - 2), plain + base + 1);
    }
    strcpy(c, rail == 0 ? "" : name[rail + 1] == 'p' ? "^{+}" : "^{-}");
    return to;
}

static void write_side(struct text *t, const struct term *side, uint32_t n)
{
    fputs(n ? "" : "\\varnothing", t->out);
    for (uint32_t i = 0; i < n; i++) {
        fputs(i ? " + " : "", t->out);
        if (side[i].count > 1) {
            fprintf(t->out, "%lld \\, ", (long long)side[i].count);
        }
        fputs(t->species[side[i].species], t->out);
    }
}

static bool write_reaction(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    const char *origin = text_origin(t, j);
    const char *rate =
        r->rate_kind == RATE_LAW ? text_infix_string(t, t->law[j], &style) : text_constant(t, j, &style);
    if (!rate) {
        return text_refuse(t, j, "this law has an infinite number");
    }
    if (origin) {
        fprintf(t->out, "%% %s\n", origin);
    }
    fputs("  ", t->out);
    write_side(t, net_lhs(t->net, r), r->n_lhs);
    fprintf(t->out, r->rate_kind == RATE_LAW ? " &\\xRightarrow{%s} " : " &\\xrightarrow{%s} ", rate);
    write_side(t, net_rhs(t->net, r), r->n_rhs);
    if (r->guard) {
        fprintf(t->out, " && \\text{in } %s", t->guard[r->guard]);
    }
    fputs(j + 1 < t->net->reaction.n ? " \\\\\n" : "\n", t->out);
    return true;
}

static void write_amounts(struct text *t)
{
    const char *separator = "\\begin{align*}\n  ";
    for (size_t i = 0; i < t->net->species.n; i++) {
        if (t->x[i] != 0) {
            fprintf(t->out, "%s%s(0) &= ", separator, t->species[i]);
            text_number(t->out, t->x[i], NUMBER_LATEX);
            if (t->net->units.amount) {
                fprintf(t->out, " \\, \\mathrm{%s}", t->net->units.amount);
            }
            separator = " \\\\\n  ";
        }
    }
    fputs(separator[0] == ' ' ? "\n\\end{align*}\n" : "", t->out);
}

static bool write_clock(struct text *t)
{
    bool ok = true;
    for (size_t i = 0; i < t->net->clock.n; i++) {
        const struct phase *p = &t->net->clock.data[i];
        fprintf(t->out, "%s %s : ", i ? ", \\;" : "  \\text{in turn} &", t->guard[p->guard]);
        ok = text_formula(t, p->duration, (struct span){0}, &style) && ok;
    }
    fputs(t->net->clock.n && t->net->event.n ? " \\\\\n" : "", t->out);
    return ok;
}

static bool write_event(struct text *t, size_t i)
{
    const struct event *e = &t->net->event.data[i];
    fprintf(t->out, "%s  \\text{%s } ", i ? " \\\\\n" : "", text_event_kinds[e->kind]);
    bool ok = text_formula(t, e->when, e->span, &style);
    for (uint32_t k = 0; k < e->n; k++) {
        const struct change *c = &t->net->change.data[e->first + k];
        fprintf(t->out, "%s %s := ", k ? ", \\;" : " &:", t->species[c->species]);
        ok = text_formula(t, c->value, e->span, &style) && ok;
    }
    return ok;
}

static bool write_events(struct text *t)
{
    if (t->net->clock.n == 0 && t->net->event.n == 0) {
        return true;
    }
    fputs("\\begin{align*}\n", t->out);
    bool ok = write_clock(t);
    for (size_t i = 0; i < t->net->event.n; i++) {
        ok = write_event(t, i) && ok;
    }
    fputs("\n\\end{align*}\n", t->out);
    return ok;
}

static void set_names(struct text *t)
{
    for (size_t i = 0; i < t->net->species.n; i++) {
        t->species[i] = latex_name(t, t->species[i]);
    }
    for (int32_t s = 0; s < t->net->n_slots; s++) {
        t->slot[s] = t->slot[s] ? latex_name(t, t->slot[s]) : NULL;
    }
    for (size_t g = 1; g < t->net->guard.n; g++) {
        t->guard[g] = latex_name(t, t->net->guard.data[g].name);
    }
}

bool text_write_latex(struct text *t)
{
    bool ok = true;
    text_header(t);
    set_names(t);
    if (t->net->reaction.n > 0) {
        fputs("% needs \\usepackage{amsmath}; general rates also \\usepackage{mathtools}, for \\xRightarrow\n"
              "\\begin{align*}\n",
              t->out);
        for (size_t j = 0; j < t->net->reaction.n; j++) {
            ok = write_reaction(t, j) && ok;
        }
        fputs("\\end{align*}\n", t->out);
    }
    write_amounts(t);
    return write_events(t) && ok;
}
