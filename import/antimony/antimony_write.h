/* SBML text that is being written; each line has a place in Antimony. */
#ifndef IMPORT_ANTIMONY_WRITE_H
#define IMPORT_ANTIMONY_WRITE_H

#include "import/antimony/antimony_impl.h"

struct writer {
    struct reader *r;
    FILE *out;
    VEC(struct span) line;
    const struct function *function; /* the function whose formula is being written; NULL: none */
    bool ok;                         /* nothing was reported */
    VEC(int32_t) named;              /* variables in the current formula, each once */
    bool *is_named;                  /* by variable: it is in `named` */
};

/* the variable that v is finally a name of */
const struct variable *writer_variable(const struct writer *w, int32_t v);
void writer_end_line(struct writer *w, struct span at);
void writer_line(struct writer *w, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Reports; `format` contains one name. */
/* Reports with a format that names `name`, once or more often. */
void writer_complain(struct writer *w, enum diag_code code, struct span at, const char *format,
                     const char *name);
void writer_forget_named(struct writer *w);

enum formula_kind { FORMULA_VALUE, FORMULA_LAW, FORMULA_RATE, FORMULA_DELAY };

/* Writes a line of MathML with the formula. Laws and rates are per unit of the model's time, laws in its unit
 * of extent. */
void writer_formula(struct writer *w, const struct formula *f, enum formula_kind kind);
void writer_function(struct writer *w, const struct function *f);

#endif
