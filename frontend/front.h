/* What the parts of the front end share; nothing outside frontend/ includes it. The way of a program: modules
 * are parsed (module.c); names are bound and types checked (check/); the chosen experiment is elaborated
 * statement by statement (experiment*.c) and pulls in the networks it names (network*.c); both turn syntax
 * into expressions by one path (value*.c), in which constants fold. */
#ifndef FRONTEND_FRONT_H
#define FRONTEND_FRONT_H

#include "frontend/compile.h"
#include "frontend/scope.h"
#include "support/intern.h"
#include "support/map.h"

struct front_rows;

struct module {
    const char *path; /* real path, or "std.NAME" */
    uint32_t file;
    struct ast *tree;
    struct scope *scope; /* top-level names */
    VEC(struct module *) uses;
    VEC(uint32_t) used; /* the file of each `use` as written, 0: there is none */
    bool loading;
};

struct front {
    struct sources *sources;
    struct diag *diag;
    struct intern *names;
    struct arena *arena;
    const struct compile_options *options;
    const struct front_rows *rows; /* what the kinds of names and nodes are (name.h) */
    struct expr_pool *constants;   /* values of top-level constants */
    VEC(struct module *) module;
    VEC(uint32_t)
    later_of_line;           /* offsets of statements of the first module that are not the first ones of
                                    their line (place.c) */
    struct program *program; /* being built */
    struct name *refused;    /* what is not declared is bound to, so that it is told once */
    int64_t n_reactions, max_reactions, max_elements;
    int64_t n_turns; /* of loops that were unrolled */
    int64_t n_instances;
    bool full;            /* a limit was passed and reported: nothing more is elaborated */
    int depth;            /* of function calls and instances */
    int call_depth;       /* of function calls */
    int64_t n_calls;      /* inside the outermost one */
    struct map calls;     /* their values, by function and arguments: a call that stands twice is made once */
    size_t errors_before; /* those of files that were compiled earlier */
    bool keeps_uses;      /* of names: for an editor, which has them also where a text has errors */
    bool syntax_errors;   /* then nothing is elaborated: messages would follow from messages */
    bool text_is_lost;    /* by a syntax error: then names that it declares may seem to be missing */
    VEC(struct units) units;             /* of each network of the program */
    VEC(struct net_template *) template; /* networks of which others have instances */
    VEC(struct name *) model;            /* of each model of the program */
};

/* A finished network, for instances of it. */
struct net_template {
    struct name *name;
    struct net *own; /* what is destroyed at the end; NULL: the program has the network */
    const struct net *net;
    struct units units;
};

enum purpose {
#define PURPOSE(purpose, text, reads, help) FOR_##purpose,
#include "frontend/purpose.def"
};

/* A network that an experiment reads. Its symbols give elements, and expressions go into its pool. */
struct view {
    const struct net_use *use;
    int32_t net;         /* its number */
    bool own_names;      /* they may stand alone (until, plot) */
    struct run *capture; /* variables of the experiment become captures of this run; NULL: they are refused */
};

/* Where an expression stands: what its names mean and into which pool it goes. */
struct where {
    struct front *f;
    struct expr_pool *ex;
    struct scope *scope;
    struct module *module;
    struct net_build *build;       /* in the body of a network */
    struct experiment *experiment; /* in an experiment */
    const struct view *view;       /* in an experiment, where a network is read */
    struct units *units;           /* of the network at hand; NULL: literals with units are errors */
    enum purpose purpose;          /* what the value is for: whether amounts may be read, what messages say */
};

/* The kinds of places: what may be asked for there. */
enum place {
    IN_CONSTANTS,  /* of the top level: everything is known when compiling */
    IN_NETWORK,    /* in the body of one: sizes are known, parameters and amounts are not */
    IN_EXPERIMENT, /* statements, which are executed */
    IN_VIEW        /* what an experiment reads of a network, evaluated along its run */
};
static inline enum place where_place(const struct where *w)
{
    return w->view ? IN_VIEW : w->experiment ? IN_EXPERIMENT : w->build ? IN_NETWORK : IN_CONSTANTS;
}
static inline bool where_is_executed(const struct where *w)
{
    return where_place(w) == IN_EXPERIMENT;
}
/* The names of the network that is read stand alone. */
static inline bool where_has_own(const struct where *w)
{
    return w->view && w->view->own_names;
}

/* How many turns the loops of networks may take. */
int64_t front_max_turns(const struct front *f);
/* Reports what passes the limit of the program and ends the elaboration: returns false. */
bool front_full(struct front *f, enum diag_code code, struct span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- module.c ---- */
struct module *module_load(struct front *f, const char *path, struct span from);
/* A path that the module names: relative to its file. */
const char *module_path(struct front *f, const struct module *m, const char *path);
/* Top-level name as seen from a module: its own, then those of the modules it uses. */
struct name *module_find(struct module *m, const char *text);
/* The folder of its source, as a path that holds wherever the program runs; in the program's arena. */
const char *module_folder(struct front *f, const struct module *m);

/* ---- value*.c: expressions. 0 means that an error was reported. ---- */
expr_id value_of(struct where *w, const struct ast *a);
/* The same, where the value may be a series: an array whose first length comes when running. */
expr_id value_or_series(struct where *w, const struct ast *a);
expr_id value_real(struct where *w, const struct ast *a); /* any shape, converted to real */
expr_id value_real_scalar(struct where *w, const struct ast *a);
expr_id value_condition(struct where *w, const struct ast *a); /* boolean scalar */
bool value_const_int(struct where *w, const struct ast *a, int64_t *out);
/* Reports that v is no integer, and that it is too large for one if that is why. */
bool value_no_integer(struct where *w, const struct ast *a, expr_id v, enum diag_code code, const char *what);
bool value_shape(struct where *w, const struct ast *dims, struct shape *out); /* DIMS or NULL: scalar */
expr_id value_text(struct where *w, const struct ast *a);
expr_id value_entry(struct where *w,
                    const struct ast *a); /* INDEX of a value; a FIELD is an error: values have none */
/* What a NAME, or a statement that names a network, was bound to, as it is here: in this turn, this instance.
 * NULL: a word without a declaration, a name of the network that is observed, the name of an array of
 * instances. What is not there (its branch is not taken) is reported and REFUSED. */
struct name *value_named(struct where *w, const struct ast *a);
struct name *value_find(struct where *w, const char *text); /* any visible name, or NULL */
/* Reports E0201, and which of the visible names that may stand there is meant; false. `wanted` is a place of
 * name.def, or one of these. */
enum { NAME_AS_VALUE = -1, NAME_AS_BASE = -2 /* of NAME.x or NAME[i] */ };
bool value_unknown(struct where *w, struct span at, const char *text, int wanted);
/* The operator of expressions for one that is written; *swap: its operands change places. */
enum expr_op value_operator(enum ast_op op, bool *swap);
expr_id value_binary(struct where *w, const struct ast *a, enum expr_op op, expr_id x, expr_id y);
/* What an experiment binds to a name may be read where a network is observed, whose expressions are its
 * own. */
bool value_is_of_another_pool(const struct where *w, const struct name *n);
/* A value that a name stands for; 0 after an error where it reads amounts or time, and these must not be
 * read. */
expr_id value_without_state(struct where *w, const struct ast *a, expr_id v);
bool value_reads(const struct where *w); /* amounts and time */
const char *purpose_text(enum purpose purpose);
/* Reports that amounts must not be read here, and a (NAME, FIELD) is one; false. */
bool value_no_amount(struct where *w, const struct ast *a, const struct name *n);
expr_id value_array(struct where *w, const struct ast *a); /* ARRAY */
/* The array of n values, which are changed. Those that do not fit together are an error: at the element of
 * the literal, or at `all` where `literal` is NULL. */
expr_id value_stack(struct where *w, size_t n, expr_id *entry, const struct ast *literal, struct span all);
expr_id value_index(struct where *w, const struct ast *a, expr_id base); /* a is an INDEX node */
/* ---- value_series.c ---- */
bool value_is_series(const struct where *w, expr_id v);
/* Reports that no series may stand here, with what makes it one, or NULL; false. */
bool value_no_series(struct where *w, struct span at, const char *why);
expr_id value_series_at(struct where *w, expr_id v, expr_id index); /* a row, checked when running */
/* How many rows it has, an integer; an error when running if what it is made of has different lengths. */
expr_id value_series_size(struct where *w, expr_id v);
/* The sum of p log(p / q) where p is not 0, of two arrays of one size. */
expr_id value_divergence(struct where *w, struct span span, expr_id p, expr_id q);
/* Of that shape, or (value_fits) a scalar that stands for all elements; else an error. */
bool value_fits(struct where *w, struct span at, expr_id value, struct shape shape, const char *what);
bool value_has_shape(struct where *w, struct span at, expr_id value, struct shape shape, const char *what);
static inline struct expr value_info(struct where *w, expr_id id) /* a copy of the node */
{
    return *expr_get(w->ex, id);
}
expr_id value_elements(struct where *w, struct shape shape, const expr_id *elems);
const char *where_shape(struct where *w, struct shape s);
/* The experiment around what is read of a network. */
struct where where_outside(const struct where *w);
/* Expands the binders of a comprehension or loop: calls `body` once for each combination that satisfies the
 * condition, with a scope in which the names are bound to constants. All ranges must be constant. */
bool value_expand(struct where *w, const struct ast *binders, bool (*body)(struct where *w, void *env),
                  void *env);
expr_id value_call(struct where *w, const struct ast *a); /* value_call.c: CALL */
/* Reports an argument that is given by its name twice: of the children from `first` on. */
bool call_given_once(struct where *w, const struct ast *call, uint32_t first);
/* Where the body of a function of the program stands, with the arguments of a call bound; false after an
 * error. */
bool call_enter(struct where *w, const struct ast *a, struct name *fn, struct where *inner);
expr_id value_call_over(struct where *w, const struct ast *a); /* CALL_OVER, ARRAY_OVER */
bool value_range(struct where *w, const struct ast *range, expr_id *from,
                 expr_id *to); /* RANGE of integers */
/* How many integers are in from..to, which must fit; else that is reported at `at`. */
bool value_range_size(struct where *w, struct span at, int64_t from, int64_t to, int32_t *size);
/* place.c: finds the statements of the first module, once it is read; the number by which the running program
 * knows a place; and the places of all statements, for the program that is finished. */
void front_find_statements(struct front *f);
int front_line(const struct front *f, struct span at);
void front_note_places(struct front *f);
const char *front_source_text(struct front *f, struct span at);
/* Where the word stands first in what is written there, such as the network in a statement; else all of
 * it. */
struct span front_place_of_word(const struct front *f, struct span in, const char *word);
bool front_later(struct front *f, struct span at,
                 const char *feature); /* reports E0601: not in this version; false */
/* E0811 with a message of the runtime, which comes with its help lines; the text is changed. */
void front_file_error(struct front *f, struct span at, char *message);
bool front_constant(struct front *f, struct name *n); /* evaluates a NAME_CONST */

void front_experiment(struct front *f, struct name *n);  /* builds the program of a NAME_EXPERIMENT */
expr_id front_import(struct where *w, expr_id constant); /* from the pool of constants */
expr_id front_move(struct where *w, const struct expr_pool *from, expr_id constant);

/* ---- network.c ---- */
/* The network of a top-level name, elaborated on demand; its number in the program or -1 after an error. */
int32_t network_use(struct front *f, struct name *name, struct span at);
/* ---- network_import.c ---- */
/* NULL after an error; else *units are the network's. */
struct net *network_import(struct front *f, const struct module *m, const struct ast *import,
                           struct units *units);
/* The program is this one network; its number, or -1 after an error. */
int32_t network_import_file(struct front *f, const char *path);

/* A reference to species inside a network body. */
struct ref {
    enum name_kind kind;
    struct shape shape;
    const species_id *ids;
    struct name *name;
};
bool network_ref(struct where *w, const struct ast *a, struct ref *out);
expr_id network_ref_value(struct where *w, struct span at, const struct ref *r);

/* ---- experiment*.c ---- */
bool experiment_build(struct front *f, struct name *name);
expr_id experiment_variable(struct where *w, struct name *n);
/* net.x, net.m.S[2]: value of a path that starts at a network's name; *is_path says whether it was one. */
expr_id experiment_path(struct where *w, const struct ast *a, bool *is_path);
expr_id experiment_statistic(struct where *w, const struct ast *call, int kind);
/* Keeps a value in a variable before the statement at hand; 0 where there is no place for that. */
expr_id experiment_keep(struct where *w, struct span at, expr_id value);
int32_t experiment_statement(struct where *w); /* number for a random statement */
/* Does the tree name this network, or (own) one of its symbols? */
struct name *experiment_network_in(struct where *w, const struct ast *a);

#endif
