/* Constants of the top level. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/name.h"

static bool define_given(struct front *f, struct name *n)
{
    size_t length = strlen(n->text);
    for (size_t i = 0; i < f->options->n_defines; i++) {
        const char *d = f->options->defines[i];
        if (strncmp(d, n->text, length) == 0 && d[length] == '=') {
            char *end;
            double v = strtod(d + length + 1, &end);
            bool integral = v == floor(v) && fabs(v) < 9e15 && !strpbrk(d + length + 1, ".eE");
            n->value = integral ? expr_int(f->constants, (int64_t)v) : expr_real(f->constants, v);
            return true;
        }
    }
    return false;
}

bool front_constant(struct front *f, struct name *n)
{
    if (n->value || n->failed) {
        return !n->failed;
    }
    if (n->busy) {
        n->failed = true;
        return diag_report(f->diag, DIAG_E0206, n->span, "the constant '%s' is defined by itself", n->text);
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
