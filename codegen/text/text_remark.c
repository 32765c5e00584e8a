/* Writes what a format has no place for as statements of the text format, in comments or annotations that
 * crnlc reads again (import/remark.c): quantities that may be negative or are continuous, species of no
 * reaction, inputs and outputs with their shapes, assumptions. */
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"
#include "ir/expr/expr_print.h"

struct remarks {
    struct text *t;
    text_remark write;
    void *env;
    FILE *out; /* of the current statement */
    char *statement;
    size_t size;
};

static void begin(struct remarks *r)
{
    r->out = open_memstream(&r->statement, &r->size);
}

static void end(struct remarks *r)
{
    fclose(r->out);
    r->write(r->env, r->statement);
    free(r->statement);
}

/* Prints parameters by their names in the target, or as numbers. */
static const char *leaf_name(void *env, const struct expr *leaf)
{
    struct text *t = env;
    switch (leaf->op) {
    case EXPR_SPECIES: return text_quoted(t, t->species[leaf->a]);
    case EXPR_PARAM:
        return t->slot[leaf->a] ? text_quoted(t, t->slot[leaf->a])
                                : arena_printf(t->arena, "(%.17g)", t->p[leaf->a]);
    default: return NULL;
    }
}

/* False if the formula cannot be written without arrays. */
static bool print_formula(struct remarks *r, expr_id e)
{
    struct expr_style style = {.name = leaf_name, .env = r->t};
    expr_id scalar = text_scalar(r->t->net, e);
    if (scalar) {
        expr_print_styled(r->out, r->t->net->ex, scalar, &style, false);
    }
    return scalar != 0;
}

static void write_kinds(struct remarks *r)
{
    static const char *const kinds[] = {"species", "bulk", "constant"};
    const struct text *t = r->t;
    for (size_t i = 0; i < t->net->species.n; i++) {
        const struct species *s = &t->net->species.data[i];
        bool unused = !t->species_used[i] && !(t->format->takes & TAKES_UNUSED);
        if (!unused && !s->flags && s->kind != SPECIES_BULK) {
            continue;
        }
        begin(r);
        fprintf(r->out, "%s %s", kinds[s->kind], text_quoted(r->t, t->species[i]));
        if (unused) {
            fputs(" = ", r->out);
            text_number(r->out, t->x[i], NUMBER_PLAIN);
        }
        fputs(s->flags & SPECIES_INPUT ? " input" : "", r->out);
        fputs(s->flags & SPECIES_SIGNED ? " signed" : "", r->out);
        fputs(s->flags & SPECIES_UNBOUNDED ? " unbounded" : "", r->out);
        end(r);
    }
}

/* The name in the target of element i of a symbol; NULL if the target does not have it. */
static const char *target_name(struct text *t, const struct symbol *s, int64_t i)
{
    size_t k = s->first + (size_t)i;
    const struct expr *e = expr_get(t->net->ex, t->net->elem.data[k]);
    return t->output[k]            ? t->output[k]
           : text_is_formula(t, s) ? NULL
           : e->op == EXPR_SPECIES ? t->species[e->a]
           : e->op == EXPR_PARAM   ? t->slot[e->a]
                                   : NULL;
}

static bool print_element(struct remarks *r, const struct symbol *s, int64_t i)
{
    const char *name = target_name(r->t, s, i);
    if (name) {
        fputs(text_quoted(r->t, name), r->out);
    }
    return name || print_formula(r, r->t->net->elem.data[s->first + (size_t)i]);
}

/* Whether the symbol is nothing but an output that the target has by name. */
static bool is_listed(struct text *t, const struct symbol *s)
{
    return s->shape.rank == 0 && !(s->flags & SYMBOL_IS_INPUT) && target_name(t, s, 0);
}

static void write_port(struct remarks *r, const struct symbol *s)
{
    static const char *const kinds[] = {"species", "dual", "param", "output"};
    bool ok = true;
    begin(r);
    if (is_listed(r->t, s)) {
        fprintf(r->out, "output %s", text_quoted(r->t, target_name(r->t, s, 0)));
    } else {
        fprintf(r->out, "symbol %s %s", kinds[s->kind], text_quoted(r->t, s->name));
        text_shape(r->out, s->shape);
        fputs(s->flags & SYMBOL_IS_INPUT ? " input" : "", r->out);
        fputs(s->flags & SYMBOL_IS_OUTPUT ? " output" : "", r->out);
        for (int64_t i = 0; ok && i < shape_size(s->shape); i++) {
            fputs(i ? ", " : " = ", r->out);
            ok = print_element(r, s, i);
        }
    }
    if (ok) {
        end(r);
    } else {
        fclose(r->out);
        free(r->statement);
        diag_report(r->t->diag, DIAG_W0821, s->span, "%s cannot hold %s", r->t->format->name, s->name);
    }
}

void text_remarks(struct text *t, text_remark write, void *env)
{
    struct remarks r = {.t = t, .write = write, .env = env};
    const struct net *n = t->net;
    write_kinds(&r);
    for (size_t i = 0; i < n->symbol.n; i++) {
        if (n->symbol.data[i].flags & (SYMBOL_IS_INPUT | SYMBOL_IS_OUTPUT)) {
            write_port(&r, &n->symbol.data[i]);
        }
    }
    for (size_t i = 0; i < n->assume.n; i++) {
        begin(&r);
        fputs("assume ", r.out);
        print_formula(&r, n->assume.data[i].cond);
        end(&r);
    }
}

static void write_comment(void *env, const char *statement)
{
    struct text *t = env;
    fprintf(t->out, "%s" NET_REMARK_MARK "%s\n", t->format->comment, text_plain(t, statement));
}

void text_remark_comments(struct text *t)
{
    char *text;
    size_t size;
    FILE *out = t->out;
    t->out = open_memstream(&text, &size);
    text_units(t);
    fclose(t->out);
    t->out = out;
    write_comment(t, arena_printf(t->arena, "network \"%s\"", text_plain(t, t->net->name)));
    for (char *line = text, *stop; (stop = strchr(line, '\n')); line = stop + 1) {
        *stop = '\0';
        write_comment(t, line);
    }
    free(text);
    text_remarks(t, write_comment, t);
}
