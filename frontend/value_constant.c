/* Constants of the top level. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/typing.h"

/* The text that the command line gives for the constant, such as "3" or "1e-2"; NULL if it gives nothing. */
static const char *defined_text(const struct front *f, const struct name *n)
{
    size_t length = strlen(n->text);
    for (size_t i = 0; i < f->options->n_defines; i++) {
        const char *d = f->options->defines[i];
        if (strncmp(d, n->text, length) == 0 && d[length] == '=') {
            return d + length + 1;
        }
    }
    return NULL;
}

enum sort front_defined(const struct front *f, const struct name *n)
{
    const char *text = defined_text(f, n);
    double v = text ? strtod(text, NULL) : 0;
    return !text                                                      ? SORT_UNKNOWN
           : v == floor(v) && fabs(v) < 9e15 && !strpbrk(text, ".eE") ? SORT_INTEGER
                                                                      : SORT_REAL;
}

static bool define_given(struct front *f, struct name *n)
{
    enum sort sort = front_defined(f, n);
    if (sort == SORT_UNKNOWN) {
        return false;
    }
    double v = strtod(defined_text(f, n), NULL);
    n->value = sort == SORT_INTEGER ? expr_int(f->constants, (int64_t)v) : expr_real(f->constants, v);
    return true;
}

bool front_constant(struct front *f, struct name *n)
{
    if (n->value || n->failed) {
        return !n->failed;
    }
    if (n->busy) {
        n->failed = true;
        return front_by_itself(f, n->span, "constant", n->text);
    }
    if (define_given(f, n)) {
        return true;
    }
    n->busy = true;
    struct where w = {.f = f, .ex = f->constants, .module = n->module, .purpose = FOR_CONSTANT};
    expr_id v = value_of(&w, const_value(n->ast));
    n->busy = false;
    if (v && !expr_is_const(f->constants, v)) {
        diag_report(f->diag, DIAG_E0304, const_value(n->ast)->span,
                    "the value of '%s' is not known when compiling", n->text);
        v = 0;
    }
    n->value = v;
    n->failed = v == 0;
    return v != 0;
}

expr_id read_constant(struct where *w, const struct ast *a, struct name *n)
{
    (void)a;
    return front_constant(w->f, n) ? front_import(w, n->value) : 0;
}
