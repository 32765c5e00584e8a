/* What the files of check/ share: a walk over the syntax, used or not, that binds every name to what declares
 * it and gives each expression what is known of its value. Names are looked up in the same scopes and by the
 * same rows of name.def as when a program is elaborated; an array, a loop variable, an instance is one name
 * here, not one for each turn. */
#ifndef FRONTEND_CHECK_WALK_H
#define FRONTEND_CHECK_WALK_H

#include "frontend/typing.h"
#include "frontend/name.h"

/* Beside a name: what the walk has found out about it. */
struct meaning {
    struct typing typing;
    VEC(struct span) use;
    bool is_read;          /* or given a new value */
    struct scope *members; /* of a network: what its body declares, however deep; of a function: parameters */
    struct name *data;     /* RECORD: the data set of the row, if it is one of the program */
    bool is_known;         /* typing of a constant or function, members of a network: asked for before */
    bool busy;
    int n_calls;
    struct walked_call *call; /* of a function: what it gives for arguments of some types */
};

struct walked_call {
    const char *key; /* interned */
    struct typing typing;
    struct walked_call *next;
};

struct walked_names { /* all that the walk has met, in the order in which it has */
    VEC(struct name *) name;
};

struct walk {
    struct front *f;
    struct where w;     /* scope and module, units of the network at hand */
    struct scope *body; /* of a network, around all its loops */
    struct name *own;   /* a network whose names may stand alone here, or NULL */
    bool in_network;    /* in a body: `time` is known, amounts are */
    bool in_function;   /* that either may call */
    bool in_experiment;
    const struct ast *assigned; /* the target of the assignment at hand, or NULL */
    bool *widened;              /* in an experiment: set where a variable turns out to be real */
    bool is_again;              /* the text was looked at before: only types are of interest */
    struct walked_names *names;
};

struct meaning *meaning_of(struct walk *k, struct name *n);
/* Declares a name where the walk stands. What two branches declare by one name is one name. */
struct name *walk_declare(struct walk *k, const char *text, enum name_kind kind, struct span span,
                          struct typing typing);
/* The name that is visible, to which the node is bound; its use is noted. NULL: there is none. */
struct name *walk_find(struct walk *k, const struct ast *a);
struct name *walk_find_text(struct walk *k, const char *text, struct span at); /* the same without a node */
/* Binds the node; notes the use. */
void walk_bind_name(struct walk *k, const struct ast *a, struct name *n);
/* Reports that the name of the node is not declared. */
void walk_unknown(struct walk *k, const struct ast *a, int wanted);
/* The same of a NAME, with what to do. */
void walk_undeclared(struct walk *k, const struct ast *a, const char *help);
/* Notes a use, where the name stands first in that place. */
void walk_use(struct walk *k, struct name *n, struct span at);
/* A scope inside that of *k. */
struct walk walk_inside(const struct walk *k);

/* walk_value.c */
struct walked_place {
    struct name *name;   /* NULL: it begins with none that is known */
    enum name_kind kind; /* what it is of: a rail of a dual value is a species */
    struct typing typing;
};
/* NAME, FIELD, INDEX: what it is of, and what it is as a value. */
struct walked_place walk_place(struct walk *k, const struct ast *a);
struct typing walk_value(struct walk *k, const struct ast *a);
struct typing walk_real(struct walk *k, const struct ast *a);        /* reports what is no number */
struct typing walk_real_scalar(struct walk *k, const struct ast *a); /* and not one */
bool walk_condition(struct walk *k, const struct ast *a);
/* Binds names in all of a tree and reports nothing: places whose words are not all names. */
void walk_words(struct walk *k, const struct ast *a);
/* The names of loop variables are declared in *k; then the condition. */
void walk_binders(struct walk *k, const struct ast *binders);
void walk_binder(struct walk *k, const struct ast *binder);
/* DIMS or NULL: the shape of what is declared, each element of the sort. */
struct typing walk_dims(struct walk *k, const struct ast *dims, enum sort sort);
/* The name of a network or a model that stands at that place: of a NAME, or of a statement. */
struct name *walk_named(struct walk *k, const struct ast *a, enum name_place place);

/* walk_value.c: the type of a constant of the top level. */
struct typing walk_constant(struct walk *k, struct name *n);
/* walk_call.c: FN; CALL; CALL_OVER, ARRAY_OVER */
void walk_function(struct walk *k, struct name *fn);
struct typing walk_call(struct walk *k, const struct ast *a);
struct typing walk_call_over(struct walk *k, const struct ast *a);

/* walk_members.c */
/* What the network declares; NULL: not all of it is known. */
struct scope *walk_members(struct walk *k, struct name *network);
/* min2 of min2_2, the second instance without a label; tmp of tmp_2, which a second loop declares; else
 * NULL. */
const char *walk_stem(struct front *f, const char *text);
/* The name of an array of instances: its elements are names, it is none. */
const char *walk_array_text(struct front *f, const char *text);
/* A member of a network or instance; *is_known says whether there may be one. */
struct name *walk_member(struct walk *k, struct name *of, const char *text, bool *is_known);

/* What an instance is one of; a network is itself. NULL: it is not known. */
struct name *walk_network_of(struct name *of);

/* check_declared.c: what is known of all names, which are sorted by place. */
struct declared_names *check_declared(struct front *f, struct walked_names *names);

void walk_network(struct walk *k, struct name *n);       /* walk_network.c */
void walk_network_value(struct walk *k, struct name *n); /* NETWORK_EXPR */
void walk_experiment(struct walk *k, struct name *n);    /* walk_experiment.c */
/* walk_model.c: names in models are left to elaboration; this is for editors, and reports nothing. */
void walk_model_body(struct walk *k, struct name *n);

#endif
