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
    struct dim (*dim)(const struct name *n);
    const char *help;
    unsigned places; /* bits of enum name_place */
};

/* What is made of a name of a kind; NULL: nothing. */
struct name_row {
    name_value *read, *part, *call;
    void (*check)(struct front *f, struct name *n);
};

/* By which the core of the front end calls what stands on it. */
struct front_rows {
    const struct name_row *name; /* by kind of name */
    /* Names and parts of names that come before all that is declared; n may be NULL. */
    expr_id (*own)(struct where *w, const struct ast *a, struct name *n, bool *is_own);
    expr_id (*call)(struct where *w, const struct ast *a);
    expr_id (*over)(struct where *w, const struct ast *a);
    expr_id (*array)(struct where *w, const struct ast *a);
    expr_id (*index)(struct where *w, const struct ast *a, expr_id base);
    const struct builtin *builtin;
    const int *n_builtins;
};

static inline const struct name_row *name_row(const struct front *f, enum name_kind kind)
{
    return &f->rows->name[kind];
}
const struct name_class *name_class(enum name_kind kind);
bool name_kind_may(enum name_kind kind, enum name_place place);
bool name_may(const struct name *n, enum name_place place); /* NULL may stand nowhere */
/* Reports a name that is not declared (n NULL) or does not belong at that place. */
bool name_fits(struct where *w, struct span at, const char *text, const struct name *n,
               enum name_place place);
/* Reports that what is written so is of another kind than the place needs; false. */
bool name_misplaced(struct where *w, struct span at, const char *text, enum name_kind kind,
                    enum name_place place);
/* Each reports and returns false: what is written so has no value; it has no part of the name a (FIELD);
 * `of`, which messages call `what` ("the network"), has no member `text`, but those of the list; a scope has
 * the name already, since `old`. */
bool name_no_value(struct where *w, struct span at, const char *text, enum name_kind kind);
bool name_no_part(struct where *w, const struct ast *a, enum name_kind kind);
/* Adds the help for the member of another network that a network names. */
void name_help_part(struct front *f, const char *network, const char *member);
bool name_no_member(struct where *w, struct span at, const char *what, const char *of, const char *text,
                    const char *const *list, size_t n);
bool name_declared_twice(struct front *f, struct span at, const char *text, struct span old);
/* The kind that a declaration at top level gives its name, or -1. */
int name_declared(enum ast_kind kind);
/* The name that a path begins with: of m.w[0] it is m. NULL: it begins otherwise, or with a name that is not
 * declared. */
struct name *name_root(struct where *w, const struct ast *a);

/* The operations of the rows, each in the file of what it is about. */
name_value read_value;                  /* value.c */
name_value read_constant;               /* value_constant.c */
name_value read_global;                 /* network_declare.c */
name_value read_variable;               /* experiment_own.c */
name_value read_species, network_part;  /* network_ref.c */
name_value experiment_part;             /* experiment_read.c */
name_value neural_part, neural_call;    /* neural.c */
name_value data_part, data_record_part; /* data_rows.c */
name_value call_function;               /* value_call.c */
name_value table_value;                 /* data_table.c */
name_value refused_value;               /* rows.c */

#endif
