/* Reads formulas of observables and of noise and writes them in the syntax of the language. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/petab/petab_impl.h"
#include "import/scan.h"

struct formula {
    struct scan scan;
    const struct petab_names *names;
    FILE *out;
    int depth;
};

static const struct function {
    const char *name;
    int n_args;
    const char *before, *between, *after; /* what is around the arguments, in the language */
} functions[] = {
    {"abs", 1, "abs(", "", ")"},
    {"atan", 1, "atan(", "", ")"},
    {"cos", 1, "cos(", "", ")"},
    {"exp", 1, "exp(", "", ")"},
    {"ln", 1, "log(", "", ")"},
    {"log", 1, "log(", "", ")"},
    {"log10", 1, "(log(", "", ") / log(10))"},
    {"log2", 1, "(log(", "", ") / log(2))"},
    {"max", 2, "max(", ", ", ")"},
    {"min", 2, "min(", ", ", ")"},
    {"pow", 2, "((", ")^(", "))"},
    {"sin", 1, "sin(", "", ")"},
    {"sqrt", 1, "sqrt(", "", ")"},
    {"tanh", 1, "tanh(", "", ")"},
};
enum { N_FUNCTIONS = sizeof functions / sizeof *functions };

static bool read_sum(struct formula *f);

static bool read_call(struct formula *f, const char *name, size_t length)
{
    const char *known[N_FUNCTIONS];
    const struct function *g = NULL;
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        known[i] = functions[i].name;
        if (strlen(functions[i].name) == length && strncmp(functions[i].name, name, length) == 0) {
            g = &functions[i];
        }
    }
    if (!g) {
        const struct importer *x = f->scan.x;
        const char *text = arena_strndup(x->arena, name, length);
        diag_report(x->diag, DIAG_E0834, import_span(x, name, name + length), "there is no function `%s`",
                    text);
        diag_help_known(x->diag, text, known, N_FUNCTIONS);
        return false;
    }
    fputs(g->before, f->out);
    for (int i = 0; i < g->n_args; i++) {
        if (i > 0 && !scan_char(&f->scan, ',')) {
            return scan_expected(&f->scan, "a comma and one more argument");
        }
        fputs(i > 0 ? g->between : "", f->out);
        if (!read_sum(f)) {
            return false;
        }
    }
    fputs(g->after, f->out);
    return scan_char(&f->scan, ')') ||
           scan_expected(&f->scan, "`)`\n  help: a parenthesis or a call is open here");
}

static bool read_primary(struct formula *f)
{
    struct scan *s = &f->scan;
    double v;
    size_t length;
    const char *name;
    if (scan_number(s, &v)) {
        fputs(petab_number_text(s->x->arena, v), f->out);
        return true;
    }
    if ((name = scan_name(s, &length))) {
        if (scan_char(s, '(')) {
            return read_call(f, name, length);
        }
        struct petab_cell cell = {arena_strndup(s->x->arena, name, length),
                                  import_span(s->x, name, name + length)};
        const char *text = f->names->name(f->names->env, cell);
        fputs(text ? text : "", f->out);
        return text != NULL;
    }
    if (!scan_char(s, '(')) {
        return scan_expected(s, "a number, a name or `(`\n  help: write the formula that is missing");
    }
    fputc('(', f->out);
    if (!read_sum(f)) {
        return false;
    }
    fputc(')', f->out);
    return scan_char(s, ')') || scan_expected(s, "`)`\n  help: a parenthesis or a call is open here");
}

static bool take_power(struct scan *s)
{
    if (scan_char(s, '^')) {
        return true;
    }
    bool both = !scan_at_end(s) && s->end - s->at >= 2 && s->at[0] == '*' && s->at[1] == '*';
    s->at += both ? 2 : 0;
    return both;
}

/* A sign binds less strongly than a power, and an exponent may have a sign. */
static bool read_unary(struct formula *f)
{
    struct scan *s = &f->scan;
    if (++f->depth > IMPORT_MAX_DEPTH) {
        return diag_report(
            s->x->diag, DIAG_E0833, import_span(s->x, s->at, s->at),
            "nested more than %d deep\n  help: write parts of it as assignment rules of the model",
            IMPORT_MAX_DEPTH);
    }
    bool good;
    if (scan_char(s, '-')) {
        fputs("(-", f->out);
        good = read_unary(f);
        fputc(')', f->out);
    } else if (scan_char(s, '+')) {
        good = read_unary(f);
    } else {
        good = read_primary(f);
        if (good && take_power(s)) {
            fputc('^', f->out);
            good = read_unary(f);
        }
    }
    f->depth--;
    return good;
}

static bool read_product(struct formula *f)
{
    bool good = read_unary(f);
    for (char op = 1; good && op;) {
        op = scan_char(&f->scan, '*') ? '*' : scan_char(&f->scan, '/') ? '/' : '\0';
        if (op) {
            fprintf(f->out, " %c ", op);
            good = read_unary(f);
        }
    }
    return good;
}

static bool read_sum(struct formula *f)
{
    bool good = read_product(f);
    for (char op = 1; good && op;) {
        op = scan_char(&f->scan, '+') ? '+' : scan_char(&f->scan, '-') ? '-' : '\0';
        if (op) {
            fprintf(f->out, " %c ", op);
            good = read_product(f);
        }
    }
    return good;
}

const char *petab_formula(struct petab *p, const struct petab_row *row, struct petab_cell formula,
                          const struct petab_names *names)
{
    char *text = NULL;
    size_t size = 0;
    struct formula f = {.names = names, .out = open_memstream(&text, &size)};
    f.scan =
        (struct scan){.x = &row->part->x, .at = formula.text, .end = formula.text + strlen(formula.text)};
    bool good = read_sum(&f) && scan_finish(&f.scan);
    fclose(f.out);
    const char *kept = good ? arena_strndup(p->arena, text, size) : NULL;
    free(text);
    return kept;
}
