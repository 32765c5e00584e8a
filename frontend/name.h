/* What the front end may do with a name, by its kind: name.def has a row for each kind. */
#ifndef FRONTEND_NAME_H
#define FRONTEND_NAME_H

#include "frontend/front.h"

enum name_place {
#define NAME_PLACE(place, code, needs) AT_##place,
#include "frontend/name.def"
};

/* 0 means that an error was reported. `a` is the whole expression, `n` the name that it begins with. */
typedef expr_id name_value(struct where *w, const struct ast *a, struct name *n);

struct name_class {
    const char *text;
    name_value *read, *part, *call;
    void (*check)(struct front *f, struct name *n);
    struct dim (*dim)(const struct name *n);
    const char *help;
    unsigned places; /* bits of enum name_place */
};

const struct name_class *name_class(enum name_kind kind);
bool name_kind_may(enum name_kind kind, enum name_place place);
bool name_may(const struct name *n, enum name_place place); /* NULL may stand nowhere */
/* Reports a name that is not declared (n NULL) or does not belong at that place. */
bool name_fits(struct where *w, struct span at, const char *text, const struct name *n,
               enum name_place place);
/* Reports that what is written so is of another kind than the place needs; false. */
bool name_misplaced(struct where *w, struct span at, const char *text, enum name_kind kind,
                    enum name_place place);
/* Reports that the name a (NAME) is no value; false. */
bool name_no_value(struct where *w, const struct ast *a, const struct name *n);
/* The kind that a declaration at top level gives its name, or -1. */
int name_declared(enum ast_kind kind);
/* The name that a path begins with: of m.w[0] it is m. NULL: it begins otherwise, or with a name that is not declared. */
struct name *name_root(struct where *w, const struct ast *a);

/* The operations of the rows, each in the file of what it is about. */
name_value read_value, read_variable, read_species, read_constant, read_global; /* value.c */
name_value network_part;                                                        /* network_ref.c */
name_value experiment_part;                                                     /* experiment_read.c */
name_value neural_part, neural_call;                                            /* neural.c */
name_value data_part, data_record_part;                                         /* data_rows.c */
name_value call_function;                                                       /* value_call.c */
name_value refused_value;                                                       /* name.c */

#endif
