/* Import of SBML; for the files sbml*.c alone.
 *
 * A network's amounts are amounts of substance: in formulas, a species with hasOnlySubstanceUnits="false"
 * stands for amount / size of its compartment. A variable that never changes becomes a parameter of the
 * network; a variable that a rule assigns is replaced by its formula; a variable that a rate rule or an
 * event changes becomes a species of its own. */
#ifndef IMPORT_SBML_IMPL_H
#define IMPORT_SBML_IMPL_H

#include <sbml/SBMLTypes.h>
#include <sbml/conversion/ConversionProperties.h>

#include "import/import_impl.h"
#include "import/mass_action.h"

enum entity_kind {
    ENTITY_COMPARTMENT,
    ENTITY_SPECIES,
    ENTITY_PARAMETER,
    ENTITY_REFERENCE, /* a named reference of a species in a reaction; formulas mean its stoichiometry */
    ENTITY_REACTION
};
enum entity_role {
    ROLE_HELD,     /* never changes */
    ROLE_ASSIGNED, /* given by an assignment rule */
    ROLE_RATE,     /* changed by a rate rule and by events */
    ROLE_STATE,    /* changed by reactions and events */
    ROLE_OWN, /* a variable that crnlc wrote for a clock or a recurring event; the network has none for it */
    ROLE_UNKNOWN /* an algebraic rule may determine it; if one does, its solution is assigned */
};
struct sbml_fast { /* a species that a fast reaction turns into its products at once */
    bool taken;
    struct term_list products;
};
/* What a fast reaction adds to a species, over parameters; later relative to what it adds to its pivot. */
struct sbml_changed {
    species_id species;
    expr_id ratio;
};
/* In sbml_fast.c: adding x to the pivot takes ratio * x from the total; total -1: the pivot has no total. */
struct sbml_pivot {
    species_id pivot, total;
    expr_id ratio;
    species_id solution; /* the species that is the pivot's amount; -1: a formula gives it */
};
struct sbml_moved { /* the fast reaction whose end `by` gives adds `count` to `solution` */
    species_id solution, by;
    expr_id count;
};
struct sbml_phase { /* a phase of a clock that crnlc wrote */
    int64_t number;
    int32_t guard;
    expr_id start; /* time of its first start; for the first phase, of its second */
};
struct sbml_locals {  /* local parameters of a kinetic law */
    struct map names; /* into value */
    expr_id *value;
};
struct entity {
    enum entity_kind kind;
    enum entity_role role;
    const char *id;
    struct span span;
    const void *object; /* libsbml's object, whose type follows from kind */
    /* the initial assignment; the assignment rule or rate rule; NULL: none */
    const ASTNode_t *initial, *rule;
    struct span rule_span;
    int32_t compartment; /* SPECIES: the entity of its compartment */
    bool substance;      /* SPECIES: formulas mean its amount, not its concentration */
    species_id species;  /* RATE, STATE: its species of the network; -1 otherwise */
    bool busy;           /* its value is being computed, so reading it would be a cycle */
    bool by_event;
    int32_t symbol; /* RATE, STATE: its symbol of the network */
    int32_t guard;  /* OWN: the guard that it stands for; 0: it stands for a time */
    bool is_law;    /* REACTION: crnlc wrote it, and its rate is a law, not mass action */
    bool is_fast;   /* SPECIES: a fast reaction determines its amount; `species` is then a total or unused */
    bool is_noted;  /* PARAMETER: that it has no value was reported */
    bool is_unseen; /* REFERENCE: crnlc wrote it, and the network has no such name */
    expr_id value, at_start;    /* what formulas mean by it, once found; 0: not found yet */
    struct sbml_locals *locals; /* REACTION: its local parameters; NULL: not read yet */
};

struct sbml_algebraic { /* an algebraic rule: `math` is 0 at any time */
    const ASTNode_t *math;
    struct span span;
};

struct sbml_implicit { /* n unknowns that n equations give, which are linear in none of them */
    size_t n;
    int32_t *unknown;    /* [n]: their entities */
    species_id *species; /* [n]: the species of the network that hold their values */
    expr_id *rule;       /* [n]: the expressions that are 0 at any time */
    expr_id *before;     /* [n]: for fast reactions, the amounts before they run; NULL: for algebraic rules */
    struct span span;
};
enum { SBML_MOST_COUPLED = 8 }; /* limit of n, since formulas have 2^n minors */

/* Names that formulas can read besides those of the model: local parameters, or arguments of a function. */
struct sbml_scope {
    const struct map *names; /* into value */
    const expr_id *value;
    bool closed; /* in a function: no other names are visible */
};

struct sbml {
    struct importer *x;
    /* of a text made from another file: the place of each line in that file; NULL: the text is the file's
     * own */
    const struct span *place;
    size_t n_places;
    const struct importer *made_of; /* the other file; NULL: the text is the file's own */
    SBMLDocument_t *document;
    Model_t *model;
    VEC(struct entity) entity;
    struct map names;           /* into entity */
    struct map functions;       /* into the model's function definitions */
    VEC(struct sbml_fast) fast; /* indexed by species of the network */
    VEC(struct sbml_pivot) pivot;
    VEC(struct sbml_algebraic) algebraic;
    VEC(struct sbml_moved) moved;
    VEC(struct sbml_implicit) implicit;
    VEC(struct sbml_phase) phase;
    VEC(int64_t) event_number; /* indexed by event of the network */
    struct span at;            /* the place of the element being read, for messages */
    const XMLNode_t *own;      /* crnlc's annotation of the model; NULL: there is none */
    bool at_start;             /* formulas mean values at time 0, as expressions of parameters alone */
    /* with at_start: formulas mean values at a time before the start, and may contain that time; no value
     * is stored then */
    bool in_past;
    const struct sbml_scope *scope;
    struct span composed; /* where the file says that it is composed of other models; no place: it does not */
    bool has_fast;      /* the model has fast reactions, which have run before the network's first amounts */
    bool may_lack_math; /* Level 3 Version 2: an element without a formula has no effect */
    int depth;
    int64_t expanded; /* nodes read so far where functions are expanded */
};

/* ---- sbml.c ---- */
struct span sbml_line(const struct sbml *s, const void *object); /* the line of an SBase_t */
/* Reports E0832 at s->at. Returns 0, which is also false and no expression. */
int sbml_unsupported(struct sbml *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reports the errors that the library has found. Its warnings are not reported, since they do not concern
 * the meaning of the model. */
bool sbml_check_errors(struct sbml *s);

/* ---- sbml_check.c ---- */
/* Reports variables that are determined twice, and changes of constants. False after a report. */
bool sbml_check(struct sbml *s);

/* ---- sbml_package.c ---- */
/* Before the model is read: reports packages that the model needs and crnlc does not know. False after a
 * report. */
bool sbml_packages(struct sbml *s);
/* After that: makes one model of a model that is composed of others. */
bool sbml_flatten(struct sbml *s);

/* ---- sbml_math.c: 0 after a report ---- */
expr_id sbml_math(struct sbml *s, const ASTNode_t *node);      /* real */
expr_id sbml_condition(struct sbml *s, const ASTNode_t *node); /* boolean */

/* ---- sbml_delay.c: 0 after a report ---- */
/* The value that `value` had `lag` ago. Before the start it is `given`, which may read that time; if
 * `given` is 0, it is what initial assignments give at that time, or else the first amount. */
expr_id sbml_delay(struct sbml *s, expr_id value, expr_id lag, expr_id given);
/* The same at time 0: `before` is the value before the start, read with s->in_past, at the time that
 * `before` contains. */
expr_id sbml_delay_at_start(struct sbml *s, expr_id value, expr_id lag, expr_id before);

/* ---- sbml_entity.c ---- */
bool sbml_declare(struct sbml *s); /* all entities, their roles, the network's species and parameters */
struct entity *sbml_find(struct sbml *s, const char *id); /* NULL: there is none */
/* A name of the model that is like this one, and has a value; NULL: there is none. */
const char *sbml_nearest(const struct sbml *s, const char *id);
/* Adds the help for an id that the model does not have: a similar one, or those that there are. */
void sbml_say_names(const struct sbml *s, const char *id, bool species_only);
/* Reads a formula outside of all scopes, at time 0 or for any time; s->at becomes `at`. */
expr_id sbml_formula(struct sbml *s, const ASTNode_t *math, struct span at, bool at_start);
bool sbml_has_value(const struct entity *e);                /* whether the model gives it a value at time 0 */
expr_id sbml_given_start(struct sbml *s, struct entity *e); /* this value, even where rules give another */
/* The leaf that stands for an entity whose value is not known yet. */
expr_id sbml_leaf(struct sbml *s, const struct entity *e);
/* Makes the entity a species of the network, which reactions, rates and events may change. */
void sbml_add_variable(struct sbml *s, struct entity *e);
/* What formulas mean by an entity: at time 0 if s->at_start is set, else at any time. */
expr_id sbml_value(struct sbml *s, struct entity *e);
/* The stoichiometry of a reference of a species. */
expr_id sbml_stoichiometry(struct sbml *s, SpeciesReference_t *x);
/* The size of the compartment of a species that is not `substance`: amount = value * size. */
expr_id sbml_size(struct sbml *s, const struct entity *e);
bool sbml_start(struct sbml *s);   /* sets initial amounts */
bool sbml_rates(struct sbml *s);   /* adds rate rules */
bool sbml_outputs(struct sbml *s); /* adds symbols for entities that have none yet */

/* ---- sbml_reaction.c ---- */
bool sbml_reactions(struct sbml *s);
expr_id sbml_law(struct sbml *s, struct entity *e); /* the law of a REACTION */

/* ---- sbml_fast.c ---- */
/* Computes an expression of parameters and amounts at the start, with the defaults of the parameters.
 * Returns false if the result is not a number. */
bool sbml_number_at_start(struct sbml *s, expr_id e, double *v);
expr_id sbml_at_start(struct sbml *s, expr_id e); /* with these values put in place */
/* A function for expr_rewrite whose env is the struct sbml: puts initial amounts, as expressions of
 * parameters, and the time 0 in place. */
expr_id sbml_amount_at_start(void *env, const struct expr *leaf, expr_id id);
/* A fast reaction. Its law is an expression of amounts that is 0 at any time; formulas then replace some
 * amounts. `change` are the amounts that it changes. `moved` are the pivots of earlier fast reactions
 * that it changes; their totals are among `change`. */
struct sbml_fast_reaction {
    struct entity *e;
    expr_id law;
    struct sbml_changed *change, *moved;
    size_t n_changes, n_moved;
};
bool sbml_equilibrium(struct sbml *s, const struct sbml_fast_reaction *r);

/* ---- sbml_algebraic.c ---- */
void sbml_find_unknowns(struct sbml *s); /* to be called before variables are declared */
/* Solves the rules; to be called before amounts at time 0 are read. An entity that no rule determines
 * becomes a variable. */
bool sbml_solve(struct sbml *s);
/* Puts solutions into constants that were read before the solutions were known. */
void sbml_put_solutions(struct sbml *s);

/* ---- sbml_structure.c ---- */
/* Matches equations with the variables that they read, reads[equation * n_variables + variable], one for
 * each equation; variables of low rank (below SBML_RANKS) are preferred. Sets is_matched by variable.
 * False if there are too few variables for some equations. */
enum { SBML_RANKS = 3 };
bool sbml_match(struct arena *a, size_t n_equations, size_t n_variables, const bool *reads,
                const uint8_t *rank, bool *is_matched);
/* Finds a smallest set of equations that needs no other equation to be solved: equation[i] gives
 * variable[i]. Returns its size; 0 if there are too few variables for some equations. */
size_t sbml_first_block(struct arena *a, size_t n_equations, size_t n_variables, const bool *reads,
                        int32_t *equation, int32_t *variable);
/* Reports rules that must be differentiated before they give their variables. Returns false if there are
 * none. To be called while entities have the roles from before solutions are known. */
bool sbml_report_index(struct sbml *s);
/* Reports a set of rules that is larger than the set of variables (entities) that it reads. Returns false
 * if there is none. */
bool sbml_report_too_many(struct sbml *s, size_t n_variables, const int32_t *variable, const bool *reads);

/* ---- sbml_newton.c: at most SBML_MOST_COUPLED equations ---- */
struct sbml_system {
    size_t n;
    enum expr_op op; /* unknowns are leaves with operator `op` and these numbers */
    const int32_t *leaf;
    const expr_id *rule;         /* the expressions that must be 0 */
    const struct change *change; /* new amounts, to be used in the rules in place of the old */
    size_t n_changes;
};
/* Solves a x = b, with the rows of a[n * n] one after the other: x = numerator / denominator. Returns the
 * denominator, which is the determinant; no pivots are used, so nothing else can become 0. */
expr_id sbml_solve_linear(struct sbml *s, size_t n, const expr_id *a, const expr_id *b, expr_id *numerator);
void sbml_slopes(struct sbml *s, const struct sbml_system *q,
                 expr_id *slope); /* [n * n]: derivatives, a row for each rule */
/* Writes y[n] after so many steps of Newton's method as formulas. */
void sbml_newton(struct sbml *s, const struct sbml_system *q, const expr_id *from, int steps, expr_id *y);
/* Whether so many steps lead from `from` to a solution; the rules must read the unknowns alone. */
bool sbml_converges(struct sbml *s, const struct sbml_system *q, int steps, const double *from);
/* Follows y_i' = sum of added[i][k] rule_k from y until it comes to rest, which sets y. False if it does
 * not, or if the state is not stable. */
bool sbml_follow(struct sbml *s, const struct sbml_system *q,
                 double added[SBML_MOST_COUPLED][SBML_MOST_COUPLED], double *y);
/* Finds a solution of such rules near y. If none is found, other values are tried: first of the unknowns
 * without a value of their own. y must have room for SBML_MOST_COUPLED numbers. */
bool sbml_find_root(struct sbml *s, const struct sbml_system *q, const bool *has_value, double *y);

/* ---- sbml_implicit.c ---- */
/* n rules that need each other's n unknowns (entities) and are linear in none: value[i] becomes what
 * formulas mean by unknown i, at any time (add) or at the start (start). Both report at s->at. */
bool sbml_add_implicit(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule, expr_id *value);
bool sbml_start_implicit(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule,
                         expr_id *value);
/* Whether all that the rules read besides the n unknowns is known; if not, reports that at s->at. */
bool sbml_check_known(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule, size_t n_rules);
/* Adds the variable of the network that is an unknown. Its initial amount is `init` until its start is
 * known. */
species_id sbml_add_solution(struct sbml *s, int32_t unknown, expr_id init);
/* Adds a fast reaction, which has run until its law is 0. In the law `pivot` stands for the unknown
 * `solution` of an entity; its initial amount is the amount before the reaction runs. Reports at s->at. */
bool sbml_add_fast(struct sbml *s, int32_t entity, species_id solution, species_id pivot, expr_id law);
/* Adds the rates of solutions; to be called when all initial amounts are known. */
bool sbml_implicit_rates(struct sbml *s);
size_t sbml_count_implicit(const struct sbml *s); /* number of unknowns */
/* Adds the changes of solutions that follow from the n changes of an event; `change` must have room for
 * all. Returns how many changes there are then. */
unsigned sbml_implicit_changes(struct sbml *s, struct change *change, unsigned n);

/* ---- sbml_units.c ---- */
void sbml_units(struct sbml *s, bool concentrations); /* sets the units of the network */
bool sbml_has_litres(const struct sbml *s);

/* ---- sbml_own.c: models that crnlc wrote (codegen/text/sbml/sbml.c) ---- */
/* Sets the roles of crnlc's variables; to be called when entities exist, before they have roles. */
void sbml_own_names(struct sbml *s);
void sbml_own_start(struct sbml *s); /* sets units and guards; to be called when all entities are declared */
/* Whether no amount may be below 0, as in the network that was written. */
bool sbml_own_bounds(struct sbml *s);
const XMLNode_t *sbml_own_event(Event_t *v); /* crnlc's annotation of an event; NULL: there is none */
/* Removes a guard's variable from a law. False after a report. */
bool sbml_own_guard(struct sbml *s, expr_id *law, int32_t *guard);
bool sbml_own_read_event(struct sbml *s, Event_t *v, const XMLNode_t *how);
/* Sets the clock, the order of events, inputs and outputs; to be called last. */
bool sbml_own_end(struct sbml *s);

/* ---- sbml_event.c ---- */
/* What the values of an event read. */
struct sbml_event_reads {
    /* a species whose compartment's size at the end of the delay counts; NULL: there is none */
    const char *late;
    bool moves; /* they read something that may change between the trigger and the end of the delay */
};
/* Reads assignment k of the event: which amount it sets and to what. */
bool sbml_read_change(struct sbml *s, Event_t *v, unsigned k, struct sbml_event_reads *reads,
                      struct change *to);
bool sbml_events(struct sbml *s);

#endif
