/* Shared by the parts of the front end; nothing outside frontend/ includes this header. A program takes
 * this way: modules are parsed (module.c); names are bound and types checked (check/); the chosen
 * experiment is elaborated statement by statement (experiment*.c), and the networks that it names are
 * elaborated for it (network*.c). Both turn syntax into expressions by the same functions (value*.c),
 * which fold constants. */
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
    VEC(uint32_t) used; /* the file of each `use` as written; 0: there is none */
    bool loading;
};

struct index_place {
    struct span at;
    int line;         /* that of its statement: the number that front_line gives */
    const char *text; /* the array, the axis, and what is in its brackets */
    const char *of;   /* what the index counts */
};

struct front {
    struct sources *sources;
    struct diag *diag;
    struct intern *names;
    struct arena *arena;
    const struct compile_options *options;
    const struct front_rows *rows; /* the operations for kinds of names and nodes (name.h) */
    struct expr_pool *constants;   /* values of top-level constants */
    VEC(struct module *) module;
    /* offsets of those statements of the first module that are not the first in their line (place.c) */
    VEC(uint32_t) later_of_line;
    VEC(struct index_place) index_place; /* of indices that the running program checks (place.c) */
    struct program *program;             /* the program that is being built */
    struct name *refused; /* undeclared names are bound to this name, so that each is reported once */
    int64_t n_reactions, max_reactions, max_elements;
    int64_t n_turns; /* turns of loops that were unrolled */
    int64_t n_instances;
    bool full;            /* a limit was exceeded and reported, so nothing more is elaborated */
    int depth;            /* nesting of function calls and instances */
    int call_depth;       /* nesting of function calls */
    int64_t n_calls;      /* function calls inside the outermost call */
    struct map calls;     /* values of calls, by function and arguments, so that equal calls are made once */
    size_t errors_before; /* errors of files that were compiled earlier */
    bool keeps_uses;      /* uses of names are kept, for an editor, also in a text with errors */
    /* There were errors of syntax, so nothing is elaborated, as further messages would only follow from
     * these. */
    bool syntax_errors;
    /* An error of syntax has hidden a part of the text, so that names which it declares seem to be
     * missing. */
    bool text_is_lost;
    /* by series of the experiment, of length -1 - i: why the number of its rows is not known when
     * compiling */
    VEC(const char *) why_series;
    VEC(struct units) units;             /* the units of each network of the program */
    VEC(struct net_template *) template; /* networks of which other networks have instances */
    VEC(struct imported) imported;
    VEC(struct name *) model; /* the name of each model of the program */
};

/* A network that was imported because somebody asked for its names, until it is elaborated. */
struct imported {
    const struct ast *import;
    struct net *net; /* NULL: importing it reported an error, or it has been handed over */
    struct units units;
    bool is_handed_over;
};

/* A finished network of which instances are made. */
struct net_template {
    struct name *name;
    struct net *own; /* the network, to be destroyed at the end; NULL: it belongs to the program */
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
    int32_t net;         /* number of the network */
    bool own_names;      /* its names may be written alone (until, plot) */
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
    struct units *units;           /* units of the current network; NULL: literals with units are errors */
    enum purpose purpose;          /* what the value is for: whether amounts may be read, what messages say */
};

/* The kinds of places, which decide what may be read there. */
enum place {
    IN_CONSTANTS,  /* constants of the top level: everything is known when compiling */
    IN_NETWORK,    /* in the body of a network: sizes are known, parameters and amounts are not */
    IN_EXPERIMENT, /* in statements of an experiment, which are executed */
    IN_VIEW /* in an expression that an experiment reads from a network, evaluated along the network's run */
};
static inline enum place where_place(const struct where *w)
{
    return w->view ? IN_VIEW : w->experiment ? IN_EXPERIMENT : w->build ? IN_NETWORK : IN_CONSTANTS;
}
static inline bool where_is_executed(const struct where *w)
{
    return where_place(w) == IN_EXPERIMENT;
}
/* Whether names of the network that is read may be written alone. */
static inline bool where_has_own(const struct where *w)
{
    return w->view && w->view->own_names;
}

/* The largest number of turns that loops of networks may take. */
int64_t front_max_turns(const struct front *f);
/* Reports that a limit of the program is exceeded and ends the elaboration. Returns false. */
bool front_full(struct front *f, enum diag_code code, struct span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- module.c ---- */
struct module *module_load(struct front *f, const char *path, struct span from);
/* A path that the module names, which is relative to its file. */
const char *module_path(struct front *f, const struct module *m, const char *path);
/* Finds a top-level name as the module sees it: among its own names, then among those of the modules it
 * uses. */
struct name *module_find(struct module *m, const char *text);
/* Adds to the last message which module of the library declares the name; false: none does. */
bool library_help(struct front *f, const char *name);
/* The folder of the module's source, as a path that is valid wherever the program runs; in the program's
 * arena. */
const char *module_folder(struct front *f, const struct module *m);

/* ---- value*.c: expressions. 0 means that an error was reported. ---- */
expr_id value_of(struct where *w, const struct ast *a);
/* The same, but the value may be a series: an array whose first length is known only when running. */
expr_id value_or_series(struct where *w, const struct ast *a);
expr_id value_real(struct where *w, const struct ast *a); /* a value of any shape, converted to real */
expr_id value_real_scalar(struct where *w, const struct ast *a);
expr_id value_condition(struct where *w, const struct ast *a); /* a boolean scalar */
/* Reports that a number must be known when compiling; false. */
bool value_not_known(struct front *f, struct span at);
/* Behind a report: shows the declaration of the parameter from which a number that must be known when
 * compiling is computed, if there is one. */
void value_note_parameter(struct where *w, const struct ast *a);
bool value_const_int(struct where *w, const struct ast *a, int64_t *out);
/* Reports that v is not an integer, or that it is too large to be one. */
/* Reports that no loop can run over the value, which is a single number. Returns false. */
bool value_no_rows(struct where *w, const struct ast *over);
bool value_no_integer(struct where *w, const struct ast *a, expr_id v, enum diag_code code, const char *what);
bool value_shape(struct where *w, const struct ast *dims, struct shape *out); /* DIMS or NULL: scalar */
expr_id value_text(struct where *w, const struct ast *a);
expr_id value_entry(struct where *w,
                    const struct ast *a); /* INDEX of a value; a FIELD is an error: values have none */
/* The name that a NAME, or a statement that names a network, was bound to, in its meaning here: in this
 * turn and this instance. NULL for a word without a declaration, a name of the network that is observed,
 * or the name of an array of instances. A name whose branch is not taken is reported and gives the
 * REFUSED name. */
struct name *value_named(struct where *w, const struct ast *a);
struct name *value_find(struct where *w, const char *text); /* any visible name, or NULL */
/* Reports E0201 and suggests the visible name that may be meant and may stand there. Returns false.
 * `wanted` is a place of name.def, or one of these. */
enum { NAME_AS_VALUE = -1, NAME_AS_BASE = -2 /* of NAME.x or NAME[i] */ };
bool value_unknown(struct where *w, struct span at, const char *text, int wanted);
/* The operator of expressions for an operator of the syntax; *swap says whether the operands change
 * places. */
enum expr_op value_operator(enum ast_op op, bool *swap);
expr_id value_binary(struct where *w, const struct ast *a, enum expr_op op, expr_id x, expr_id y);
/* Whether the value of the name belongs to another pool: names that an experiment binds may be read where
 * a network is observed, whose expressions are in a pool of their own. */
bool value_is_of_another_pool(const struct where *w, const struct name *n);
/* The value of a name. Returns 0 after an error if it reads amounts or time where these must not be read. */
expr_id value_without_state(struct where *w, const struct ast *a, expr_id v);
bool value_reads(const struct where *w); /* whether amounts and time may be read */
const char *purpose_text(enum purpose purpose);
/* Reports that amounts must not be read here, but `a` (a NAME or FIELD) is an amount. Returns false. */
bool value_no_amount(struct where *w, const struct ast *a, const struct name *n);
expr_id value_array(struct where *w, const struct ast *a); /* ARRAY */
/* The array of n values, which this function changes. If the values do not fit together, the error is at
 * the element of the literal, or at `all` if `literal` is NULL. */
expr_id value_stack(struct where *w, size_t n, expr_id *entry, const struct ast *literal, struct span all);
expr_id value_index(struct where *w, const struct ast *a, expr_id base); /* a is an INDEX node */
/* ---- value_series.c ---- */
bool value_is_series(const struct where *w, expr_id v);
/* Reports that no series may stand here, with the reason why the number of rows is not known: that of
 * `series` or, if this is 0, `why`. Returns false. */
bool value_no_series(struct where *w, struct span at, expr_id series, const char *why);
/* A row of a series; its index is checked when running. */
expr_id value_series_at(struct where *w, expr_id v, expr_id index,
                        int32_t place); /* place: of the index, or 0 */
/* The number of rows of a series, as an integer expression. Running ends with an error if the series is
 * made from series of different lengths. */
expr_id value_series_size(struct where *w, expr_id v);
/* The sum of p log(p / q), over all elements where p is not 0, of two arrays of one size. */
expr_id value_divergence(struct where *w, struct span span, expr_id p, expr_id q);
/* Whether the value has this shape, or (value_fits) is a scalar that stands for all elements; else
 * reports an error. */
bool value_fits(struct where *w, struct span at, expr_id value, struct shape shape, const char *what);
bool value_has_shape(struct where *w, struct span at, expr_id value, struct shape shape, const char *what);
static inline struct expr value_info(struct where *w, expr_id id) /* a copy of the node */
{
    return *expr_get(w->ex, id);
}
expr_id value_elements(struct where *w, struct shape shape, const expr_id *elems);
const char *where_shape(struct where *w, struct shape s);
/* The experiment around an expression that is read from a network. */
struct where where_outside(const struct where *w);
/* Expands the binders of a comprehension or loop: calls `body` once for each combination that satisfies the
 * condition, with a scope in which the names are bound to constants. All ranges must be constant. */
bool value_expand(struct where *w, const struct ast *binders, bool (*body)(struct where *w, void *env),
                  void *env);
expr_id value_call(struct where *w, const struct ast *a); /* value_call.c: CALL */
/* Reports an argument that is given twice by its name, among the children from `first` on. */
bool call_given_once(struct where *w, const struct ast *call, uint32_t first);
/* What is written here instead of an argument that functions of this name take elsewhere (argument_word.def);
 * NULL if nothing is known of it. */
const char *help_for_argument(const char *function, const char *argument);
/* Prepares *inner for the body of a function of the program, with the arguments of a call bound. False
 * after an error. */
bool call_enter(struct where *w, const struct ast *a, struct name *fn, struct where *inner);
expr_id value_call_over(struct where *w, const struct ast *a); /* CALL_OVER, ARRAY_OVER */
bool value_range(struct where *w, const struct ast *range, expr_id *from,
                 expr_id *to); /* RANGE of integers */
/* Finds how many integers are in from..to. If the number is too large, this is reported at `at`. */
bool value_range_size(struct where *w, struct span at, int64_t from, int64_t to, int32_t *size);
/* In place.c. The first function finds the statements of the first module when it has been read; the
 * second gives the number by which the running program knows a place; the third stores the places of all
 * statements in the finished program. */
void front_find_statements(struct front *f);
int front_line(const struct front *f, struct span at);
void front_note_places(struct front *f);
/* The number of the place of an index of `axis`, or of all indices if it is below 0; `of` is an array with
 * axes. Indices that are written alike in one statement have one place, so that an array which is read twice
 * by `a[i]` is still one value. */
int front_value_place(struct front *f,
                      struct span at); /* the number of the place of a value that is checked */
int front_index_place(struct front *f, struct span at, struct span of, int axis, int rank);
int front_indices_place(struct front *f, const struct ast *a, int rank); /* of the indices of an INDEX node */
bool front_given_twice(struct front *f, enum diag_code code, struct span at, const char *text);
/* Reports E0206: a name of this kind, such as "constant", whose declaration needs itself. */
bool front_by_itself(struct front *f, struct span at, const char *kind, const char *text);
/* Reports E0402 for a value that cannot be an amount: it is negative, or not finite. */
bool front_no_amount(struct front *f, struct span at, double v);
const char *front_source_text(struct front *f, struct span at);
/* The place of the first occurrence of the word in this text outside of comments, such as the network in a
 * statement; the whole place if the word does not occur. */
struct span front_place_of_word(const struct front *f, struct span in, const char *word);
bool front_later(struct front *f, struct span at,
                 const char *feature); /* reports E0601, "not in this version"; returns false */
bool front_constant(struct front *f, struct name *n); /* evaluates a NAME_CONST */

void front_experiment(struct front *f, struct name *n);  /* builds the program of a NAME_EXPERIMENT */
expr_id front_import(struct where *w, expr_id constant); /* copies an expression from the pool of constants */
expr_id front_move(struct where *w, const struct expr_pool *from, expr_id constant);

/* ---- network.c ---- */
/* The number in the program of the network with this top-level name, which is elaborated on demand; -1
 * after an error. */
int32_t network_use(struct front *f, struct name *name, struct span at);
/* ---- network_import.c ---- */
/* NULL after an error; else *units becomes the units of the network. */
struct net *network_import(struct front *f, const struct module *m, const struct ast *import,
                           struct units *units);
/* Makes a program of the network in the file. Returns its number, or -1 after an error. */
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
/* The value of a path that starts at a network's name, such as net.x or net.m.S[2]; *is_path says whether
 * `a` is such a path. */
expr_id experiment_path(struct where *w, const struct ast *a, bool *is_path);
expr_id experiment_statistic(struct where *w, const struct ast *call, int kind);
/* Called with the divisor of a division in an experiment: the program will warn where it is 0. */
void experiment_watch_divisor(struct where *w, const struct ast *a, expr_id divisor);
/* Called before and after the value of a part that need not be computed. */
void experiment_branch(struct where *w, int by);
/* Stores a value in a variable before the current statement; 0 if there is no place for that. */
expr_id experiment_keep(struct where *w, struct span at, expr_id value);
int32_t experiment_statement(struct where *w); /* a number for a statement that draws random numbers */
/* The first name in the tree that may begin a path, such as a network; NULL if there is none. */
struct name *experiment_network_in(struct where *w, const struct ast *a);

#endif
