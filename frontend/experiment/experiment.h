/* What the files experiment*.c share: an experiment while it is being elaborated. */
#ifndef FRONTEND_EXPERIMENT_H
#define FRONTEND_EXPERIMENT_H

#include "frontend/data/data.h"
#include "frontend/front.h"

/* What the last run of a network has made of its values: a run over rows puts axes in front of each value,
 * one for each source that it went over. */
struct rows_state {
    struct shape axes;
    bool mixed;                  /* the axes depend on the way that the program took */
    bool failed;                 /* the run was refused: no more is reported where its values are read */
    struct span at;              /* the place of the run */
    const struct last_run *runs; /* the runs that may have been the last one */
    int32_t n_loops;             /* the number of loops that had been entered when the run was added */
};
struct last_run {
    struct run *run;
    size_t order; /* the number of assignments before the run */
    const struct last_run *next;
};
/* A place where a network is read or continued. If this place stands in a loop, before a run in the body, the
 * first turn reads what was there before the loop, and later turns what the body has left. */
struct rows_read {
    int32_t net, n_loops; /* n_loops is that of the state that was read */
    struct span at;
    bool told;
};

struct assigned {
    int32_t var;
    expr_id value; /* the assigned value; 0: a loop gives the variable its number */
    /* The block whose statement assigns the variable as a whole. NULL: only an entry is assigned, or a loop
     * assigns the variable. */
    const struct block *block;
};

struct given_model {
    int32_t model;
    const struct ast *by; /* the statement, LEARN or LOAD */
};

struct presence { /* variable `of` of the experiment is 1 where elements of `var` are there (data_present) */
    int32_t var, of;
};

/* What quantity a value is, such as an amount or a time (experiment_quantity.c). */
struct quantity {
    bool is_known, is_number;
    bool is_amount;      /* the value is never below 0 */
    bool is_stepped;     /* the value changes only at events */
    int8_t amount, time; /* the powers of amount and time in its unit */
    int32_t net;         /* the network whose units it has; -1: none */
};

/* A record that holds what the network observes, a value for each row of its file. If net is -1, the values
 * were computed from those of other series. */
struct series {
    int32_t record, net, observed;
    struct quantity of;
};

/* A parameter or amount that an earlier fit has varied. Variables hold its standard errors and its
 * profile. */
struct fitted {
    struct minimize_target target;
    struct shape shape;
};

struct experiment {
    struct front *f;
    struct name *name;
    int32_t depth; /* the number of loops around the statement */
    /* The block that takes statements which must come before the one at hand; NULL: none may come. */
    struct block *before;
    /* The statement whose divisors are watched, since its values are seen; NULL: none are. Divisions in parts
     * that need not be computed, as in `if x > 0 then 1 / x else 0`, are not. */
    const struct ast *watched;
    int32_t n_branches; /* the number of such parts around the value at hand */
    VEC(struct rows_state) rows;     /* by network: what its last run has made of its values */
    VEC(struct rows_read) rows_read; /* in the order of the statements */
    int32_t n_loops;                 /* the number of loops that have been entered */
    VEC(int32_t) continued;          /* networks whose rows a `continue` goes on with */
    VEC(struct assigned) assigned;   /* variables, in the order of the assignments */
    VEC(struct presence) presence;   /* for variables with measurements of which some are missing */
    struct minimize *tried;          /* the fit in whose block the statement stands, or NULL */
    const struct ast *tried_by;      /* the statement of this fit */
    int32_t tried_losses;            /* the number of `loss` statements in its block */
    bool tried_depends;              /* its loss depends on something that the fit varies */
    VEC(struct fitted) fitted;
    VEC(struct series) series;
    VEC(const struct run *) series_of; /* runs whose number of rows becomes known when the program runs */
    VEC(struct given_model) given;     /* models to which `learn` or `load` gives other parameters */
};

bool experiment_block(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_run(struct where *w, const struct ast *a, struct stmt *s);
/* What a loop runs over. This is found before the loop begins: an array, or a random order of rows, is stored
 * in a variable first. */
struct turns {
    const struct ast *binder;
    expr_id from, to; /* integers, which are the indices of an array or data set */
    expr_id rows;     /* the array; 0: the loop has none */
    bool is_data, is_series;
    struct data_rows data;
};
bool experiment_turns(struct where *w, const struct ast *binder, struct turns *t);
/* Adds the loop. In *inner, which is for its body, the name of the loop is declared. *key becomes the number
 * of the turn: that for which the name stands, or the index of the row. */
struct stmt *experiment_loop(struct where *w, const struct turns *t, struct span span, struct block *out,
                             struct where *inner, expr_id *key);
struct block *experiment_new_block(struct where *w);
/* Called when `var` gets a value that was made from measurements. Another variable keeps which of them are
 * present; present = 0 means all. */
void experiment_keep_presence(struct where *w, struct block *out, struct span at, int32_t var,
                              expr_id present);
/* Which elements of a variable are present (data_present); 0: all. */
expr_id experiment_presence(struct where *w, int32_t var);
/* experiment_axes.c */
/* What the last run of a network has made of its values. */
struct rows_state *experiment_rows_state(struct where *w, int32_t net);
/* Notes that this run, with these axes, is now the last one of the network. */
void experiment_rows_ran(struct where *w, int32_t net, struct shape axes, struct span at, struct run *run);
/* experiment_rows.c */
/* The first clause of this kind in a RUN or CONTINUE, or NULL. */
const struct ast *experiment_clause(const struct ast *run, enum ast_op op);
/* The network of which `run NET as NAME` runs a copy, a NAME; NULL for other statements. */
const struct ast *experiment_run_of(const struct ast *run);
bool experiment_add_run_statement(struct where *w, const struct ast *a, struct block *out);
/* Finds the axes that stand in front of the values of a network. Reports, and returns false, if they depend
 * on the way that the program takes. */
bool experiment_axes(struct where *w, int32_t net, struct span at, struct shape *axes);
bool experiment_is_over_rows(struct where *w, int32_t net); /* whether its last run is */
/* Reports, and returns false, if the last run was over rows. For what needs a single run, such as a plot of
 * its course. */
bool experiment_needs_single(struct where *w, int32_t net, struct span at, const char *what,
                             const char *help);
/* The runs that may have been the last one of the network, or NULL. */
const struct last_run *experiment_last_runs(struct where *w, int32_t net);
/* Reports that the network has not run before, and so has no such thing, unless a run of it was refused.
 * Returns false. */
bool experiment_not_run(struct where *w, struct span at, int32_t net, const char *what);
/* experiment_course.c. Whether the call is trajectory(net.x, at = times) or value(net.x, t). Then
 * experiment_take_course gives the times to the run before, makes the request one for these times, and puts
 * their axis in front of *shape. */
bool experiment_is_course(struct where *w, const struct ast *call);
/* The level of crossings(net.x, level). If the level reads variables of the experiment, it becomes a
 * parameter of the network, to which the run before gives the value. NULL after an error. */
const struct ast *experiment_level(struct where *w, const struct ast *a, struct name *of);
/* Whether the call is trajectory(net.x) after a run whose number of rows becomes known when the program
 * runs. */
bool experiment_is_series(struct where *w, const struct ast *call, int32_t net);
bool experiment_take_course(struct where *w, const struct ast *call, int32_t net, struct stat_request *r,
                            struct shape *shape);
/* Says why the number of rows of the run is not known when compiling; NULL if it is known. */
const char *experiment_why_series(struct where *w, const struct run *r);
/* experiment_series.c. The series that trajectory(net.x) gives after such a run; 0 after an error. */
expr_id experiment_series(struct where *w, const struct ast *call, const struct ast *of, int32_t net);
/* W0436: an average over the rows of a run that says nothing of their distances. `function`: mean or var. */
void experiment_warn_rows(struct where *w, struct span at, const char *function, expr_id v);
/* Adds a loop before the statement that computes one value from all rows of the series v; `op` is SUM,
 * MIN_OF, MAX_OF, ARGMIN or ARGMAX. 0 after an error. */
expr_id experiment_reduce_series(struct where *w, struct span at, enum expr_op op, expr_id v);
/* Copies the values that a series has now to records, and returns an EXPR_SERIES; 0 after an error. */
expr_id experiment_keep_series(struct where *w, struct span at, expr_id v);
/* The number of the trace that keeps an observed value of a network over time, under a name. */
int32_t experiment_trace(struct net_use *use, int32_t observed, const char *name);
/* Makes the request one for the course at n times: the middles of n equal parts of the last `part` of the run
 * before, which must end at a time. False after an error. */
bool experiment_take_last(struct where *w, const struct ast *call, int32_t net, double part, int32_t n,
                          struct stat_request *r);
/* Puts the axes in front of a shape. False after an error. */
bool experiment_with_axes(struct where *w, struct span at, struct shape axes, struct shape *shape);
/* Ways of the program that part and meet again: the branches of `if`, or the turns of a loop and the way past
 * it. `save` stands before they part, `merge` where they meet; `enter` and `leave` enclose a loop, and `runs`
 * says whether its body runs at least once. */
struct rows_ways {
    VEC(struct rows_state) saved;
    int32_t loop;      /* the number of the loop: 1 for the first that was entered */
    size_t first_read; /* where its entries of rows_read begin */
};
void experiment_rows_save(struct where *w, struct rows_ways *ways);
void experiment_rows_swap(struct where *w, struct rows_ways *ways);  /* begins the other way */
void experiment_rows_merge(struct where *w, struct rows_ways *ways); /* frees *ways */
void experiment_rows_enter(struct where *w, struct rows_ways *ways);
/* Reports, and returns false, if the body reads values whose axes differ from turn to turn. */
bool experiment_rows_leave(struct where *w, struct rows_ways *ways, bool runs);
void experiment_rows_finish(struct experiment *x); /* called when all statements are known */
/* The quantity of an expression of a network or, if net is -1, of the experiment. */
struct quantity experiment_quantity(struct where *w, int32_t net, expr_id v);
/* W0438: results of two networks with different units meet in a sum, a difference or a comparison; or one is
 * given to an amount of network `net`. */
void experiment_warn_units(struct where *w, const struct ast *a, expr_id left, expr_id right);
void experiment_warn_given_units(struct where *w, const struct ast *value, expr_id v, int32_t net);
const char *experiment_quantity_unit(struct where *w, struct quantity q); /* "nM/s"; NULL: none, or unknown */
const char *experiment_quantity_name(struct where *w, struct quantity q); /* "time"; NULL: it has no name */
/* Whether it is an amount, which is a number in a run that counts molecules. */
bool experiment_is_count(struct quantity q);
/* Gives the axis of v its name and unit. `net` is the network whose amounts v reads; -1: v itself tells. */
void experiment_say_quantity(struct where *w, int32_t net, expr_id v, struct crnl_curve_spec *c);
/* Says whether the colours of a map stand for numbers, classes or truth, and gives their quantity. */
void experiment_sort(struct where *w, expr_id v, struct crnl_curve_spec *c);
bool experiment_add_plot(struct where *w, const struct ast *a, struct stmt *s);
/* experiment_map.c */
bool experiment_is_decision(const struct ast *a);
bool experiment_add_decision(struct where *w, const struct ast *a, struct stmt *s);
int32_t experiment_add_variable(struct where *w, const char *text, enum expr_type type, struct shape shape);
void experiment_assign(struct where *w, struct block *out, struct span span, int32_t var, expr_id value);
enum expr_op experiment_update_op(int op); /* the operator of `+=`, `-=`, ... */
struct stmt *experiment_add(struct where *w, struct block *out, enum stmt_kind kind, struct span span);
/* A place where the elements of a network are read. `own` says whether its names may be written alone. */
struct where experiment_view(struct where *w, int32_t net, bool own, struct run *capture);
/* experiment_bind.c. Reads the target of a clause or statement and its value in the units of the network. The
 * target is net.x[i], or also x[i] if net >= 0. A slice whose elements are not neighbours becomes several
 * binds. */
struct bind_list {
    VEC(struct bind) bind;
};
bool experiment_bound(struct where *w, const struct ast *to, const struct ast *value, int32_t net,
                      struct bind_list *out);
/* experiment_bind.c. Reads net.x[1..3], a parameter or amount of a network: neighbouring elements, which are
 * known when compiling. False after an error. */
bool experiment_target(struct where *w, const struct ast *a, struct bind *out);
/* Reads a value for this target, with its shape and in its units. 0 after an error. */
expr_id experiment_target_value(struct where *w, const struct ast *value, const struct bind *b);
bool experiment_add_binds(struct where *w, const struct ast *a, struct run *r);
/* experiment_count.c. The number of reactions whose rate constant is positive at the present parameters of
 * the network. A law counts as a reaction. */
expr_id experiment_count_reactions(struct where *w, int32_t net);
bool experiment_add_set(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_flush(struct where *w, const struct ast *a, struct block *out);
/* experiment_units.c. The group of units, v or v[0..2], of the model from which the network was made; NULL if
 * the target is none. */
const struct lowered *experiment_unit_group(struct where *w, const struct ast *to, int32_t net);
/* Adds binds for edge species behind the binds of a run that gives units their states: an edge species is
 * present while both of its units are on. */
bool experiment_bind_edges(struct where *w, const struct ast *a, struct run *r);
/* experiment_results.c */
bool experiment_add_print(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_records(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_assert(struct where *w, const struct ast *a, struct block *out);
/* The end of a text, as far as it is known; NULL if nothing is known. */
const char *experiment_known_end(struct where *w, expr_id text);
/* Reads the name of a file, whose end says the format. If the end does not fit, E0306 is reported, which
 * calls the file `what` and lists the possible `ends`. If `is_fixed`, the end must be known when compiling. 0
 * after an error. */
expr_id experiment_file_name(struct where *w, const struct ast *file, bool (*fits)(const char *end),
                             bool is_fixed, const char *what, const char *ends);
bool experiment_add_image(struct where *w, const struct ast *a, struct block *out);
/* experiment_read.c: a path from a network's name to one of its symbols. */
struct path {
    int32_t net;
    const char *text;        /* the symbol as far as it was read: "", "m", "m.S" */
    const struct ast *index; /* the INDEX node that selects elements of the symbol, or NULL */
};
enum found { NOT_A_PATH, PATH_FOUND, PATH_FAILED };
/* If own >= 0, a path may also begin with a name of this network. */
enum found experiment_find_path(struct where *w, const struct ast *a, int32_t own, struct path *p);
bool experiment_starts_path(const struct net *net, const char *text);
/* Adds the request of a statistic's call. Returns its number among the requests of the network, or -1 after
 * an error. */
int32_t experiment_request(struct where *w, const struct ast *call, enum stat_kind kind, const int32_t *bound,
                           int32_t *net, struct shape *shape);
/* Adds an observed scalar to a request, under a name. */
void experiment_observe(struct where *w, int32_t net, expr_id scalar, const char *name,
                        struct stat_request *r);
int32_t experiment_add_request(struct net_use *use,
                               struct stat_request *r); /* returns its number; takes what r owns */
/* experiment_law.c: lost_probability(NET), the probability of the states that the law of the last run does
 * not follow. */
expr_id experiment_lost(struct where *w, const struct ast *call);
/* experiment_law.c: distribution(NAME, ...), marginals(NAME, ...). */
expr_id experiment_law(struct where *w, const struct ast *call, bool marginals);
/* experiment_learner.c: distribution(net.free, ...) of a network that learns. */
bool experiment_is_learner(struct where *w, const struct ast *a);
expr_id experiment_learner(struct where *w, const struct ast *call);
/* derived_scale(net, of = ...) and time_scales(net, of = ...), computed from the last run of the network. */
expr_id experiment_learner_setting(struct where *w, const struct ast *call, const char *name);
/* Relative entropies between the laws that the last run of a learning network has seen: copying_error(net,
 * of = ...), clamping_error(net), learning_error(net, of = ..., at = ...). */
expr_id experiment_learner_error(struct where *w, const struct ast *call, const char *name);
/* experiment_flux.c: flux(net.LABEL), entropy_production(net, of = ...) and rate(net.LABEL) where the network
 * is observed, and dissipation(net, of = ...), which is the integral of entropy production over the last run.
 * All return 0 after an error. */
enum flux_kind { FLUX_NET, FLUX_ENTROPY, FLUX_RATE }; /* ORDER flux_kind: numbers in builtin.def */
expr_id experiment_flux(struct where *w, const struct ast *call, const char *name, enum flux_kind kind);
expr_id experiment_dissipation(struct where *w, const struct ast *call);
/* The number of the network that a NAME or a statement names, or -1 after an error. */
int32_t experiment_network(struct where *w, const struct ast *a);
struct net_use *experiment_use(struct where *w, int32_t net);
const char *experiment_label(struct where *w, const struct ast *a);
/* The number of the record, or -1 if there is none. */
int32_t experiment_record(struct where *w, const char *text);

/* experiment_neural.c */
/* Finds what a network that teaches itself has learned: its model, and values for the model's parameters. */
bool experiment_learned(struct where *w, const struct ast *a, int32_t *model, expr_id *value);
/* The model that a statement names; *at becomes its number in the program. NULL after an error. */
struct name *experiment_model(struct where *w, const struct ast *a, int32_t *at);
bool experiment_add_file(struct where *w, const struct ast *a, struct block *out); /* SAVE, LOAD */
/* Called when all statements are known. Refuses statements that give a model other parameters after a network
 * was made from the model and its old parameters. */
bool experiment_check_given(struct experiment *x);
/* experiment_options.c. Reads the options behind `by`, as in NAME(x = 1), in the order of their table. Each
 * has one value; a list has n_items values, which messages call `items`. */
bool experiment_options(struct where *w, const struct ast *by, const char *of,
                        const struct crnl_learn_option *option, int32_t n_options, int32_t n_items,
                        const char *items, option_list *out);
/* experiment_by.c: help where something stands behind `by` that cannot stand there. */
enum by_place { BY_RUN, BY_LEARN, BY_MINIMIZE };
/* If the name is known at another place, the help says what it is there, and what is possible here. Returns
 * false if it is not known. */
bool experiment_help_by(struct front *f, const struct ast *by, enum by_place place, const char *here);
/* If the name is a word of an option of the rule, as `adam` is of `optimizer`, the help says how the option
 * is given. Returns false if the name is no such word. */
bool experiment_help_word_of_rule(struct front *f, const struct ast *by, const struct crnl_learner *rule);
/* Reports an option that is given without its name. `likely` is the option that is probably meant, or
 * NULL. */
void experiment_unnamed_option(struct front *f, const struct ast *arg, const char *of,
                               const char *const *known, size_t n, const char *likely);
/* experiment_minimize.c */
bool experiment_add_minimize(struct where *w, const struct ast *a, struct block *out);
/* Whether a statement may stand in the block of a fit; if not, this is reported. */
bool experiment_may_be_tried(struct where *w, const struct ast *a);
/* standard_error(net.k) and profile(net.k), which the last fit that varied net.k has found. */
expr_id experiment_fitted(struct where *w, const struct ast *call, const char *what);
/* The variable that a fit has written under a name of the network, such as net.share; NULL: there is none. */
struct name *experiment_fit_result(struct where *w, const struct ast *a, struct name *n);
/* The value of an option that must be known when compiling, because a shape or the choice of code depends on
 * it; -1: the value is not known. */
int32_t experiment_known_fit_option(struct where *w, const struct minimize *m, enum crnl_fit_option which);
/* experiment_loss.c */
bool experiment_add_loss(struct where *w, const struct ast *a, struct block *out);
/* experiment_learn.c */
bool experiment_add_learn(struct where *w, const struct ast *a, struct block *out);
/* experiment_balance.c: `learn NAME ...` where NAME is a network. */
bool experiment_add_learn_network(struct where *w, const struct ast *a, struct block *out);
#define EXPERIMENT_BALANCE "detailed_balance"
/* Reads the options of a rule in their order. Each is a real scalar; an option for layers has n_layers. */
bool experiment_learn_options(struct where *w, const struct ast *by, const struct crnl_learner *rule,
                              int32_t n_layers, option_list *out);
/* Adds the record of a number that is measured while a model or network learns, and returns its number. */
int32_t experiment_add_learnt(struct where *w, const char *model, const char *what, struct span span);
/* The name of such a record, such as m.loss. */
const char *experiment_learnt_name(struct where *w, const char *model, const char *what);
/* The variable with the last value that `learn` has recorded of a model under this name ("loss", "accuracy"),
 * or NULL. */
struct name *experiment_learnt(struct where *w, const char *model, const char *what);
/* Adds a record and a variable with the same name, and returns the number of the record. */
int32_t experiment_add_record(struct where *w, const char *text, struct span span);
/* experiment_teach.c: TEACH; infer(NET, ...) and adjoint(NET, ...) of networks that teach themselves. */
bool experiment_add_teach(struct where *w, const struct ast *a, struct block *out);
expr_id experiment_infer_taught(struct where *w, const struct ast *call, int32_t net);
expr_id experiment_adjoint(struct where *w, const struct ast *call);
/* experiment_own.c: the row `own` of the front end. */
expr_id experiment_own(struct where *w, const struct ast *a, struct name *n, bool *is_own);
/* experiment_limit.c: limit(net, x = v).y. *is_limit says whether `a` has this form. */
expr_id experiment_limit(struct where *w, const struct ast *a, bool *is_limit);
expr_id experiment_limit_call(struct where *w, const struct ast *call);
/* Whether the arguments are inputs of the model from which the network was made. */
bool experiment_takes_inputs(struct where *w, const struct ast *call, int32_t net, const char *name);
/* The answer of the network to such inputs, which the record of its construction says how to read. */
expr_id experiment_through_record(struct where *w, const struct ast *call, int32_t net);
expr_id experiment_infer(struct where *w, const struct ast *call); /* experiment_infer.c */
bool experiment_check_limit(struct where *w, struct span at, struct net_use *use);
/* experiment_gradient.c. The derivative of a real scalar through the last run of a network, by each element
 * of a symbol, which is a parameter or an initial amount. The result is an array of the symbol's shape, which
 * the program computes. The scalar may read the run through variables that were assigned after the run in the
 * same block. All derivatives of one scalar together cost one run backwards. 0 after an error. */
expr_id experiment_gradient(struct where *w, struct span at, expr_id e, int32_t net, int32_t symbol);
/* gradient(e, of = ...), where `of` is a path to such a symbol or to elements of the symbol, or a parameter
 * of the program. */
expr_id experiment_gradient_of(struct where *w, struct span at, expr_id e, const struct ast *of);
/* The number of the symbol that is called `text`, or -1 after an error. */
int32_t experiment_symbol(struct where *w, const struct ast *a, int32_t net, const char *text);

#endif
