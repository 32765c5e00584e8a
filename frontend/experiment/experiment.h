/* What the files experiment*.c share: an experiment while it is being elaborated. */
#ifndef FRONTEND_EXPERIMENT_H
#define FRONTEND_EXPERIMENT_H

#include "frontend/data/data.h"
#include "frontend/front.h"

/* The axes that a network's values have in front, which its last run has made: the sizes of what it went
 * over. */
struct rows_state {
    struct shape axes;
    bool mixed;                  /* it depends on the way that the program took */
    bool failed;                 /* the run was refused: nothing more is said of what reads it */
    struct span at;              /* of that run */
    const struct last_run *runs; /* which may have been the last one */
    int32_t n_loops;             /* that the elaboration had entered when that run was added */
};
struct last_run {
    struct run *run;
    size_t order; /* assignments before it */
    const struct last_run *next;
};
/* A place where a network is read or goes on. If it stands in a loop, before the run of the body, the first
 * turn reads what the loop has found, and the others what the body has left. */
struct rows_read {
    int32_t net, n_loops; /* n_loops: of the state that was read */
    struct span at;
    bool told;
};

struct assigned {
    int32_t var;
    expr_id value; /* what is assigned; 0: a number of a loop */
    const struct block
        *block; /* with the statement that assigns it as a whole; NULL: to an entry, or by a loop */
};

struct given_model {
    int32_t model;
    const struct ast *by; /* LEARN, LOAD */
};

struct presence { /* variable `of` of the experiment is 1 where elements of `var` are there (data_present) */
    int32_t var, of;
};

/* What a value is of (experiment_quantity.c). */
struct quantity {
    bool is_known, is_number;
    bool is_amount;      /* never below 0 */
    bool is_stepped;     /* it changes at events only */
    int8_t amount, time; /* powers */
    int32_t net;         /* in whose units, -1: of none */
};

/* A record with the rows of what the network observes, or net -1: of what was made of such. */
struct series {
    int32_t record, net, observed;
    struct quantity of;
};

struct fitted { /* something that a fit before was over; variables with its standard errors and profile */
    struct minimize_target target;
    struct shape shape;
};

struct experiment {
    struct front *f;
    struct name *name;
    int32_t depth;                   /* loops around the statement */
    struct block *before;            /* where what the statement at hand needs first may go; NULL: nowhere */
    VEC(struct rows_state) rows;     /* by network: what its values are after its last run */
    VEC(struct rows_read) rows_read; /* in the order of the statements */
    int32_t n_loops;                 /* entered so far */
    VEC(int32_t) continued;          /* networks whose rows go on with a `continue` */
    VEC(struct assigned) assigned;   /* variables, in the order of what assigns them */
    VEC(struct presence) presence;   /* of variables that read measurements some of which are missing */
    struct minimize *tried;          /* the fit in whose block the statement stands, or NULL */
    const struct ast *tried_by;      /* its statement */
    int32_t tried_losses;
    bool tried_depends; /* its loss, on something that it is over */
    VEC(struct fitted) fitted;
    VEC(struct series) series;
    VEC(const struct run *) series_of; /* runs whose courses have lengths that come when running */
    VEC(struct given_model) given;     /* models that `learn` or `load` gives other parameters */
};

bool experiment_block(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_run(struct where *w, const struct ast *a, struct stmt *s);
/* What a loop runs over, found before the loop itself: an array or an order that is drawn is kept first. */
struct turns {
    const struct ast *binder;
    expr_id from, to; /* integers; of an array or a data set its indices */
    expr_id rows;     /* the array; 0: none */
    bool is_data, is_series;
    struct data_rows data;
};
bool experiment_turns(struct where *w, const struct ast *binder, struct turns *t);
/* The loop, whose body has the name in *inner; `key` of the turn: the number that the name stands for, else
 * the row of the data, the index. */
struct stmt *experiment_loop(struct where *w, const struct turns *t, struct span span, struct block *out,
                             struct where *inner, expr_id *key);
struct block *experiment_new_block(struct where *w);
/* `var` gets a value made from measurements: which of them are there (0: all) is kept beside it. */
void experiment_keep_presence(struct where *w, struct block *out, struct span at, int32_t var,
                              expr_id present);
/* What of a variable is there (data_present); 0: all. */
expr_id experiment_presence(struct where *w, int32_t var);
/* experiment_axes.c */
/* What the values of a network are after its last run; and that such a run is the last one now. */
struct rows_state *experiment_rows_state(struct where *w, int32_t net);
void experiment_rows_ran(struct where *w, int32_t net, struct shape axes, struct span at, struct run *run);
/* experiment_rows.c */
/* The first clause of that kind of a RUN or CONTINUE, or NULL. */
const struct ast *experiment_clause(const struct ast *run, enum ast_op op);
/* What the statement runs a copy of, or NULL. */
const struct ast *experiment_run_of(const struct ast *run);
bool experiment_add_run_statement(struct where *w, const struct ast *a, struct block *out);
/* The axes in front of what is read of a network; false after an error: they depend on the way. */
bool experiment_axes(struct where *w, int32_t net, struct span at, struct shape *axes);
bool experiment_is_over_rows(struct where *w, int32_t net); /* its last run */
/* The same for what needs a single run, such as a plot of its course. */
bool experiment_needs_single(struct where *w, int32_t net, struct span at, const char *what,
                             const char *help);
/* The runs of which one was the last, or NULL. */
const struct last_run *experiment_last_runs(struct where *w, int32_t net);
/* experiment_course.c: is it trajectory(net.x, at = times) or value(net.x, t)? Then the times are given to
 * the run before; the request is for them, and *shape gets their axis. */
bool experiment_is_course(struct where *w, const struct ast *call);
/* The level of crossings(net.x, level): where it reads variables of the experiment, a parameter of the
 * network that gets its value with the run before. NULL after an error. */
const struct ast *experiment_level(struct where *w, const struct ast *a, struct name *of);
/* Is it trajectory(net.x) after a run whose number of rows comes when running? */
bool experiment_is_series(struct where *w, const struct ast *call, int32_t net);
bool experiment_take_course(struct where *w, const struct ast *call, int32_t net, struct stat_request *r,
                            struct shape *shape);
/* experiment_series.c. trajectory(net.x) of a run whose rows are not known: a series; 0 after an error. */
expr_id experiment_series(struct where *w, const struct ast *call, const struct ast *of, int32_t net);
/* One value of all, SUM MIN_OF MAX_OF ARGMIN ARGMAX, by a loop before the statement; 0 after an error. */
expr_id experiment_reduce_series(struct where *w, struct span at, enum expr_op op, expr_id v);
/* Its values as they are now, in records: an EXPR_SERIES; 0 after an error. */
expr_id experiment_keep_series(struct where *w, struct span at, expr_id v);
/* The number of what is kept over time of a network, under a name. */
int32_t experiment_trace(struct net_use *use, int32_t observed, const char *name);
/* The course at n times, middles of equal parts of the last `part` of the run before, which ends at a time;
 * false after an error. */
bool experiment_take_last(struct where *w, const struct ast *call, int32_t net, double part, int32_t n,
                          struct stat_request *r);
/* Axes in front of a shape; false after an error. */
bool experiment_with_axes(struct where *w, struct span at, struct shape axes, struct shape *shape);
/* Ways that part and meet again. Begin of a loop; what it leaves, and whether its body runs at all. */
struct rows_ways {
    VEC(struct rows_state) saved;
    int32_t loop;      /* the loop is the how many-th that was entered */
    size_t first_read; /* of rows_read, in it */
};
void experiment_rows_save(struct where *w, struct rows_ways *ways);
void experiment_rows_swap(struct where *w, struct rows_ways *ways);  /* the other way from where they part */
void experiment_rows_merge(struct where *w, struct rows_ways *ways); /* frees it */
void experiment_rows_enter(struct where *w, struct rows_ways *ways);
/* False after an error: the body reads what differs from turn to turn. */
bool experiment_rows_leave(struct where *w, struct rows_ways *ways, bool runs);
void experiment_rows_finish(struct experiment *x); /* when all statements are known */
/* Of an expression of a network, or with net -1 of the experiment. */
struct quantity experiment_quantity(struct where *w, int32_t net, expr_id v);
const char *experiment_quantity_unit(struct where *w, struct quantity q); /* "nM/s"; NULL: none, or unknown */
const char *experiment_quantity_name(struct where *w, struct quantity q); /* "time"; NULL: it has no name */
bool experiment_is_count(struct quantity q); /* an amount, in a run that counts molecules their number */
/* What v is, for its axis: name, unit; net is the network whose amounts it is of, -1: as v tells. */
void experiment_say_quantity(struct where *w, int32_t net, expr_id v, struct crnl_curve_spec *c);
/* What the colours of a map are of: numbers, classes, truth; and the quantity of its values. */
void experiment_sort(struct where *w, expr_id v, struct crnl_curve_spec *c);
bool experiment_add_plot(struct where *w, const struct ast *a, struct stmt *s);
/* experiment_map.c */
bool experiment_is_decision(const struct ast *a);
bool experiment_add_decision(struct where *w, const struct ast *a, struct stmt *s);
int32_t experiment_add_variable(struct where *w, const char *text, enum expr_type type, struct shape shape);
void experiment_assign(struct where *w, struct block *out, struct span span, int32_t var, expr_id value);
enum expr_op experiment_update_op(int op); /* of `+=` and its like */
struct stmt *experiment_add(struct where *w, struct block *out, enum stmt_kind kind, struct span span);
/* Where a network's elements are read; `own`: its names may stand alone. */
struct where experiment_view(struct where *w, int32_t net, bool own, struct run *capture);
/* experiment_bind.c. The target of a clause or statement, net.x[i] (x[i] too when net >= 0 is given), and
 * its value, in the units of the network; a slice that is no stretch of elements becomes several binds. */
struct bind_list {
    VEC(struct bind) bind;
};
bool experiment_bound(struct where *w, const struct ast *to, const struct ast *value, int32_t net,
                      struct bind_list *out);
/* experiment_bind.c: a parameter or amount of a network, net.x[1..3], elements one after the other that are
 * known when compiling; false after an error. */
bool experiment_target(struct where *w, const struct ast *a, struct bind *out);
/* A value for it, of its shape and in its units; 0 after an error. */
expr_id experiment_target_value(struct where *w, const struct ast *value, const struct bind *b);
bool experiment_add_binds(struct where *w, const struct ast *a, struct run *r);
/* experiment_count.c. How many reactions of the network have a positive rate constant, at the parameters that
 * it has then; each law counts as one. */
expr_id experiment_count_reactions(struct where *w, int32_t net);
bool experiment_add_set(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_flush(struct where *w, const struct ast *a, struct block *out);
/* experiment_units.c. A group of units of the model that the network was made from: v, v[0..2]; else NULL. */
const struct lowered *experiment_unit_group(struct where *w, const struct ast *to, int32_t net);
/* Behind the binds of a run that is given units: those of the edge species, which are there while both
 * units are on. */
bool experiment_bind_edges(struct where *w, const struct ast *a, struct run *r);
/* experiment_results.c */
bool experiment_add_print(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_records(struct where *w, const struct ast *a, struct block *out);
bool experiment_add_assert(struct where *w, const struct ast *a, struct block *out);
/* The name of a file: a text whose end, which says the format, `fits`; else E0306, which calls it `what` and
 * lists the `ends`. An end that is known when running only is refused where `is_fixed`. 0 after an error. */
expr_id experiment_file_name(struct where *w, const struct ast *file, bool (*fits)(const char *end),
                             bool is_fixed, const char *what, const char *ends);
bool experiment_add_image(struct where *w, const struct ast *a, struct block *out);
/* experiment_read.c: a path from a network's name to one of its symbols. */
struct path {
    int32_t net;
    const char *text;        /* symbol so far: "", "m", "m.S" */
    const struct ast *index; /* INDEX node whose indices select elements, or NULL */
};
enum found { NOT_A_PATH, PATH_FOUND, PATH_FAILED };
/* own >= 0: names of that network may start a path. */
enum found experiment_find_path(struct where *w, const struct ast *a, int32_t own, struct path *p);
bool experiment_starts_path(const struct net *net, const char *text);
/* What a call of a statistic asks of the runs: its number among the network's requests, or -1 after an
 * error. */
int32_t experiment_request(struct where *w, const struct ast *call, enum stat_kind kind, const int32_t *bound,
                           int32_t *net, struct shape *shape);
/* One observed scalar more of a request, under a name. */
void experiment_observe(struct where *w, int32_t net, expr_id scalar, const char *name,
                        struct stat_request *r);
int32_t experiment_add_request(struct net_use *use,
                               struct stat_request *r); /* its number; takes what r owns */
/* experiment_law.c: lost_probability(NET): what the law of the last run lacks, of states that it
 * does not follow. */
expr_id experiment_lost(struct where *w, const struct ast *call);
/* experiment_law.c: distribution(NAME, ...), marginals(NAME, ...). */
expr_id experiment_law(struct where *w, const struct ast *call, bool marginals);
/* experiment_learner.c: distribution(net.free, ...) of a network that learns. */
bool experiment_is_learner(struct where *w, const struct ast *a);
expr_id experiment_learner(struct where *w, const struct ast *call);
/* derived_scale(net, of = ...), time_scales(net, of = ...), from its last run. */
expr_id experiment_learner_setting(struct where *w, const struct ast *call, const char *name);
/* Relative entropies of what the last run of a network that learns has seen: copying_error(net, of = ...),
 * clamping_error(net), learning_error(net, of = ..., at = ...). */
expr_id experiment_learner_error(struct where *w, const struct ast *call, const char *name);
/* experiment_flux.c: flux(net.LABEL), entropy_production(net, of = ...), rate(net.LABEL) where the network is
 * observed, and dissipation(net, of = ...), the integral over the last run. 0 after an error. */
enum flux_kind { FLUX_NET, FLUX_ENTROPY, FLUX_RATE }; /* ORDER flux_kind: numbers in builtin.def */
expr_id experiment_flux(struct where *w, const struct ast *call, const char *name, enum flux_kind kind);
expr_id experiment_dissipation(struct where *w, const struct ast *call);
/* The network that a NAME or a statement names; its number, or -1 after an error. */
int32_t experiment_network(struct where *w, const struct ast *a);
struct net_use *experiment_use(struct where *w, int32_t net);
const char *experiment_label(struct where *w, const struct ast *a);
int32_t experiment_record(struct where *w, const char *text); /* number of a record, -1 none */

/* experiment_neural.c */
/* The model that a statement names, and its number in the program; NULL after an error. */
/* What a network that teaches itself has learned: its model, and that one's parameters. */
bool experiment_learned(struct where *w, const struct ast *a, int32_t *model, expr_id *value);
struct name *experiment_model(struct where *w, const struct ast *a, int32_t *at);
bool experiment_add_file(struct where *w, const struct ast *a, struct block *out); /* SAVE, LOAD */
/* When all statements are known: refuses what gives a model other parameters than those that a network was
 * made from. */
bool experiment_check_given(struct experiment *x);
/* experiment_options.c: the options of `by`, NAME(x = 1), in the order of their table: one value each, of
 * lists n_items, which messages call `items`. */
bool experiment_options(struct where *w, const struct ast *by, const char *of,
                        const struct crnl_learn_option *option, int32_t n_options, int32_t n_items,
                        const char *items, option_list *out);
/* experiment_by.c: help for what stands behind `by` and cannot stand there. */
enum by_place { BY_RUN, BY_LEARN, BY_MINIMIZE };
/* Says what the name is, if it is known at another place, and what is possible here; false: it is not. */
bool experiment_help_by(struct front *f, const struct ast *by, enum by_place place, const char *here);
/* Says how a word of an option of the rule is given, as `adam` of `optimizer`; false: it is none. */
bool experiment_help_word_of_rule(struct front *f, const struct ast *by, const struct crnl_learner *rule);
/* Reports an option without its name. `likely`: the one that is probably meant, or NULL. */
void experiment_unnamed_option(struct front *f, const struct ast *arg, const char *of,
                               const char *const *known, size_t n, const char *likely);
/* experiment_minimize.c */
bool experiment_add_minimize(struct where *w, const struct ast *a, struct block *out);
/* Whether a statement may stand in the block of a fit; reports where not. */
bool experiment_may_be_tried(struct where *w, const struct ast *a);
/* standard_error(net.k), profile(net.k): what the last fit over it has found. */
expr_id experiment_fitted(struct where *w, const struct ast *call, const char *what);
/* A variable that a fit has written beside the network, as net.share; NULL: there is none. */
struct name *experiment_fit_result(struct where *w, const struct ast *a, struct name *n);
/* An option that must be known when compiling, since it gives a shape or a way; -1: it is not. */
int32_t experiment_known_fit_option(struct where *w, const struct minimize *m, enum crnl_fit_option which);
/* experiment_loss.c */
bool experiment_add_loss(struct where *w, const struct ast *a, struct block *out);
/* experiment_learn.c */
bool experiment_add_learn(struct where *w, const struct ast *a, struct block *out);
/* experiment_balance.c: where NAME is a network. */
bool experiment_add_learn_network(struct where *w, const struct ast *a, struct block *out);
#define EXPERIMENT_BALANCE "detailed_balance"
/* The values of a rule's options in their order: real scalars, n_layers of them where per layer. */
bool experiment_learn_options(struct where *w, const struct ast *by, const struct crnl_learner *rule,
                              int32_t n_layers, option_list *out);
/* The record of what is measured while a model or network learns; its number. */
int32_t experiment_add_learnt(struct where *w, const char *model, const char *what, struct span span);
/* The name of such a record: m.loss */
const char *experiment_learnt_name(struct where *w, const char *model, const char *what);
/* The last value of what `learn` records of a model ("loss", "accuracy"), or NULL. */
struct name *experiment_learnt(struct where *w, const char *model, const char *what);
/* A record and the variable of the same name; its number. */
int32_t experiment_add_record(struct where *w, const char *text, struct span span);
/* experiment_teach.c: TEACH; infer(NET, ...) and adjoint(NET, ...) of networks that teach themselves */
bool experiment_add_teach(struct where *w, const struct ast *a, struct block *out);
expr_id experiment_infer_taught(struct where *w, const struct ast *call, int32_t net);
expr_id experiment_adjoint(struct where *w, const struct ast *call);
/* experiment_own.c: the row `own` of the front end. */
expr_id experiment_own(struct where *w, const struct ast *a, struct name *n, bool *is_own);
/* experiment_limit.c: limit(net, x = v).y; *is_limit says whether it is one. */
expr_id experiment_limit(struct where *w, const struct ast *a, bool *is_limit);
expr_id experiment_limit_call(struct where *w, const struct ast *call);
/* Whether the arguments are inputs of the model that the network was made from; then its answer, through the
 * record of how it was made. */
bool experiment_takes_inputs(struct where *w, const struct ast *call, int32_t net, const char *name);
expr_id experiment_through_record(struct where *w, const struct ast *call, int32_t net);
expr_id experiment_infer(struct where *w, const struct ast *call); /* experiment_infer.c */
bool experiment_check_limit(struct where *w, struct span at, struct net_use *use);
/* experiment_gradient.c. The derivative of a real scalar by each element of a symbol of a network, a
 * parameter or initial amounts, through the last run of that network: an array of the symbol's shape that
 * the program computes. What the scalar reads of the run may have gone through variables that were assigned
 * after it in the same block. Several derivatives of one scalar cost one run backwards. 0 after an error. */
expr_id experiment_gradient(struct where *w, struct span at, expr_id e, int32_t net, int32_t symbol);
/* gradient(e, of = ...): by a path to such a symbol or to elements of it, or by a parameter of the
 * program. */
expr_id experiment_gradient_of(struct where *w, struct span at, expr_id e, const struct ast *of);
/* A symbol of a network, or -1 after an error. */
int32_t experiment_symbol(struct where *w, const struct ast *a, int32_t net, const char *text);

#endif
