/* Shared by the files of check/: a walk over the syntax, whether it is used or not, that binds every name
 * to its declaration and finds out what is known of the value of each expression. Names are looked up in
 * the same scopes, and by the same rows of name.def, as when a program is elaborated; but an array, a
 * loop variable or an instance is a single name here, not one for each turn. */
#ifndef FRONTEND_CHECK_WALK_H
#define FRONTEND_CHECK_WALK_H

#include "frontend/typing.h"
#include "frontend/name.h"

/* What the walk has found out about a name. */
struct meaning {
    struct typing typing;
    VEC(struct span) use;
    bool is_read; /* the name is read or given a new value */
    /* for a network: what its body declares, however deep; for a model: its groups of units and its arrays
     * of parameters; for a function: its parameters */
    struct scope *members;
    bool is_made; /* it is a name of a made network, and nothing is known of it but the names behind a dot */
    struct name *data; /* RECORD: the data set that the row belongs to, if it is a data set of the program */
    /* the typing of the constant or function, or the members of the network, were asked for before */
    bool is_known;
    bool busy;
    int n_calls;
    struct walked_call *call; /* for a function: what it gives for arguments of certain types */
};

struct walked_call {
    const char *key; /* interned */
    struct typing typing;
    struct walked_call *next;
};

struct walked_names { /* all names that the walk has met, in this order */
    VEC(struct name *) name;
};

struct walk {
    struct front *f;
    struct where w;            /* scope and module; units of the network being walked */
    struct scope *body;        /* for a network: the scope of its body, around all loops */
    struct name *own;          /* the network whose names may be written alone here, or NULL */
    bool in_network;           /* in the body of a network: `time` and amounts are known */
    const struct ast *network; /* whose body it is, or NULL */
    const struct ast *model;   /* whose declaration it is, or NULL */
    struct scope *units;       /* in a model: its groups of units, which no value reads; or NULL */
    bool in_function;          /* in a function, which networks and experiments may call */
    bool in_experiment;
    const struct ast *assigned; /* the statement whose target is being walked, or NULL */
    bool *widened;              /* in an experiment: set when a variable turns out to be real */
    bool is_again;              /* the text was walked before: only types are of interest now */
    struct walked_names *names;
};

struct meaning *meaning_of(struct walk *k, struct name *n);
/* Declares a name in the current scope. If two branches declare the same name, it is one name. */
struct name *walk_declare(struct walk *k, const char *text, enum name_kind kind, struct span span,
                          struct typing typing);
/* Finds the visible name, binds the node to it and notes the use. NULL if there is none. */
struct name *walk_find(struct walk *k, const struct ast *a);
struct name *walk_find_text(struct walk *k, const char *text, struct span at); /* the same without a node */
/* Binds the node to the name and notes the use. */
void walk_bind_name(struct walk *k, const struct ast *a, struct name *n);
/* walk_unknown.c. Reports that the name of the node is not declared. */
void walk_unknown(struct walk *k, const struct ast *a, int wanted);
/* Reports a name of an instance in this network that stands without the instance: `Y` for `m.Y`; false: it is
 * none. */
bool walk_is_of_instances(struct walk *k, const char *name, struct span at);
/* walk_owners.c. Reports a name in an experiment that a network or a run has, `I` for `sir.I`; false: none
 * has it. */
bool walk_is_of_owners(struct walk *k, const struct ast *a);
/* Adds the help for the NAME of NAME.x, which nothing is called: the networks and runs that have an x. */
bool walk_help_owners(struct walk *k, const struct ast *a);
/* The experiment in which the name stands, or NULL. */
const struct ast *walk_experiment_around(const struct walk *k, const struct ast *name);
/* The same as walk_unknown for a NAME, with a help text. */
void walk_undeclared(struct walk *k, const struct ast *a, const char *help);
/* Notes a use, at the first occurrence of the name in this place. */
void walk_use(struct walk *k, struct name *n, struct span at);
/* A scope inside that of *k. */
struct walk walk_inside(const struct walk *k);

/* walk_value.c */
struct walked_place {
    struct name *name;   /* NULL: it does not begin with a known name */
    enum name_kind kind; /* the kind of what is named: a rail of a dual value is a species */
    struct typing typing;
    /* In a network that is made from others, which is `made`, only the names behind a dot are known. */
    struct name *made;
    struct scope *parts; /* NULL: they are not known */
};
/* What a NAME, FIELD or INDEX names, and its type as a value. */
struct walked_place walk_place(struct walk *k, const struct ast *a);
struct typing walk_value(struct walk *k, const struct ast *a);
struct typing walk_real(struct walk *k, const struct ast *a); /* reports a value that is not a number */
/* Reports a value that is not a single number. */
struct typing walk_real_scalar(struct walk *k, const struct ast *a);
bool walk_condition(struct walk *k, const struct ast *a);
/* Binds the names in a tree and reports nothing; for places where words need not be names. */
void walk_words(struct walk *k, const struct ast *a);
/* Declares the loop variables in *k, then walks the condition. */
void walk_binders(struct walk *k, const struct ast *binders);
void walk_binder(struct walk *k, const struct ast *binder);
/* The type of a declared name with these DIMS (or NULL), whose elements have this sort. */
struct typing walk_dims(struct walk *k, const struct ast *dims, enum sort sort);
/* The network or model that is named at this place, by a NAME or by a statement. */
struct name *walk_named(struct walk *k, const struct ast *a, enum name_place place);

/* walk_value.c: the type of a constant of the top level. */
struct typing walk_constant(struct walk *k, struct name *n);
/* walk_call.c: FN; CALL; CALL_OVER, ARRAY_OVER */
void walk_function(struct walk *k, struct name *fn);
struct typing walk_call(struct walk *k, const struct ast *a);
struct typing walk_call_over(struct walk *k, const struct ast *a);

/* walk_members.c */
/* What the network declares; NULL if not all of it is known. */
struct scope *walk_members(struct walk *k, struct name *network);
/* The groups of units of a model and its arrays of parameters, which have the kind VALUE. NULL: not known. */
const char *walk_model_kind(const struct name *model); /* "relu"; "" if it is not known */
struct scope *walk_model_members(struct walk *k, struct name *model);
/* The names of members as a list. */
const char *walk_members_text(struct walk *k, const struct scope *members);
/* min2 of min2_2, the second instance without a label; tmp of tmp_2, which a second loop declares; else
 * NULL. */
const char *walk_stem(struct front *f, const char *text);
/* The name under which an array of instances is kept: its elements are names, the array itself is none. */
const char *walk_array_text(struct front *f, const char *text);
/* A member of a network or instance, or NULL; *is_known says whether that is certain, since
 * some members are known only after elaboration. */
struct name *walk_member(struct walk *k, struct name *of, const char *text, bool *is_known);

/* The network of an instance; a network gives itself. NULL if it is not known. */
struct name *walk_network_of(struct name *of);
/* Whether the network is made by a construction, a pass or an import. */
bool walk_is_made(struct name *network);

/* check_declared.c: what is known of all names, which are sorted by place. */
struct declared_names *check_declared(struct walk *k);

void walk_network(struct walk *k, struct name *n); /* walk_network.c */
/* Walks over what an INSTANCE gives to parameters of the network, and reports what this does not take. */
void walk_given(struct walk *k, const struct ast *call, struct name *network);
void walk_network_value(struct walk *k, struct name *n); /* walk_made.c: NETWORK_EXPR */
void walk_experiment(struct walk *k, struct name *n);    /* walk_experiment.c */
/* walk_model.c: MODEL, MODEL_FROM */
void walk_model_body(struct walk *k, struct name *n);
void walk_model_from(struct walk *k, struct name *n);

#endif
