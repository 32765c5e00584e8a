/* What the front end may do with a name, by its kind: name.def has a row for each kind. */
#ifndef FRONTEND_NAME_H
#define FRONTEND_NAME_H

#include "frontend/front.h"

enum name_place {
#define NAME_PLACE(place, code, needs) AT_##place,
#include "frontend/name.def"
};

/* Gives the value of the expression `a`, which begins with the name `n`; 0 after an error. */
typedef expr_id name_value(struct where *w, const struct ast *a, struct name *n);

struct name_class {
    const char *text;
    struct dim (*dim)(const struct name *n);
    const char *help;
    unsigned places; /* bits of enum name_place */
};

/* How a name of a kind is read by itself, with a part behind it, and as a call, and how `check` looks at
 * it; NULL where this is not possible. */
struct name_row {
    name_value *read, *part, *call;
    void (*check)(struct front *f, struct name *n);
};

/* The functions of the parts of the front end that the core calls. */
struct front_rows {
    const struct name_row *name; /* by kind of name */
    /* Reads names that come before all declared ones, and their parts; n may be NULL. */
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
bool name_may(const struct name *n, enum name_place place); /* false for NULL */
/* Whether the name may stand at that place; if not, or if it is not declared (n is NULL), reports it. */
bool name_fits(struct where *w, struct span at, const char *text, const struct name *n,
               enum name_place place);
/* Reports that `text` is of another kind than the place needs, and returns false. */
bool name_misplaced(struct where *w, struct span at, const char *text, enum name_kind kind,
                    enum name_place place);
/* Each of the following functions reports an error and returns false. name_no_value: what is written as
 * `text` has no value. name_no_part: a name of this kind has no part such as `a`, a FIELD.
 * name_no_member: `of`, which the message calls `what` ("the network"), has no member `text`, but those
 * of the list. name_declared_twice: the scope has the name already, from the place `old`. */
bool name_no_value(struct where *w, struct span at, const char *text, enum name_kind kind);
bool name_no_part(struct where *w, const struct ast *a, enum name_kind kind);
/* Adds the help for a network that names a member of another network, which is no part of it. */
void name_help_part(struct front *f, const char *network, const char *member);
/* `list`: the members that there are; `has_run`: results are read, which have the time too. */
bool name_no_member(struct where *w, struct span at, const char *what, const char *of, const char *text,
                    bool has_run, const char *const *list, size_t n);
bool name_declared_twice(struct front *f, struct span at, const char *text, struct span old);
/* As diag_nearest, diag_help_nearest and diag_help_known for names that a program declares: one that looks
 * like the text by convention, such as `kon` beside `koff`, is another name, not a slip (name_another.c). */
const char *name_nearest(const char *text, const char *const *list, size_t n);
bool name_help_nearest(struct front *f, const char *text, const char *const *list, size_t n);
void name_help_known(struct front *f, const char *text, const char *const *list, size_t n);
/* The kind that a declaration at top level gives its name, or -1. */
int name_declared(enum ast_kind kind);
/* The name with which a path begins, such as the m of m.w[0]. NULL if the expression does not begin with a
 * declared name. */
struct name *name_root(struct where *w, const struct ast *a);

/* The functions of the rows; each is in the file for its subject. */
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
