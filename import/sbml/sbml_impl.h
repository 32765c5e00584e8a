/* Import of SBML, for the sbml*.c files alone.
 *
 * A network's amounts are amounts of substance: a species with hasOnlySubstanceUnits="false" stands in
 * formulas for amount / size of its compartment. What never changes is a parameter of the network; what a
 * rule assigns is replaced by its formula; what a rate rule or events change is a variable, a species of
 * its own. */
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
    ENTITY_REFERENCE, /* of a species in a reaction, by a name: formulas mean its stoichiometry */
    ENTITY_REACTION
};
enum entity_role {
    ROLE_HELD,     /* never changes */
    ROLE_ASSIGNED, /* by an assignment rule */
    ROLE_RATE,     /* by a rate rule, and by events */
    ROLE_STATE,    /* by reactions and events */
    ROLE_OWN,      /* a variable that crnlc made for a clock or for what recurs: none of the network */
    ROLE_UNKNOWN   /* an algebraic rule may determine it; then it is assigned its solution */
};
struct sbml_fast { /* a species that a fast reaction turns into its products at once */
    bool taken;
    struct term_list products;
};
struct sbml_changed { /* by a fast reaction: by how much, over parameters; later over that of its pivot */
    species_id species;
    expr_id ratio;
};
struct sbml_pivot { /* sbml_fast.c: so much more of the pivot is ratio less of the total; -1: there is none */
    species_id pivot, total;
    expr_id ratio;
    species_id solution; /* which is the pivot's amount; -1: a formula is */
};
struct sbml_moved { /* the fast reaction that ends where `by` is its solution adds so much to `solution` */
    species_id solution, by;
    expr_id count;
};
struct sbml_phase { /* of a clock that crnlc wrote */
    int64_t number;
    int32_t guard;
    expr_id start; /* for the first time; of the first phase, for the second */
};
struct sbml_locals {  /* parameters of a kinetic law */
    struct map names; /* into value */
    expr_id *value;
};
struct entity {
    enum entity_kind kind;
    enum entity_role role;
    const char *id;
    struct span span;
    const void *object;              /* libsbml's, by kind */
    const ASTNode_t *initial, *rule; /* initial assignment; assignment or rate rule; NULL: none */
    struct span rule_span;
    int32_t compartment; /* SPECIES: its entity */
    bool substance;      /* SPECIES: formulas mean the amount */
    species_id species;  /* RATE, STATE; -1 otherwise */
    bool busy;           /* a value is being found */
    bool by_event;
    int32_t symbol; /* RATE, STATE: of the network */
    int32_t guard;  /* OWN: that it stands for; 0: for a time */
    bool is_law;    /* REACTION: of crnlc, and no mass action */
    bool is_fast;   /* SPECIES: a fast reaction says how much there is; `species` is a total, or nothing */
    bool is_unseen; /* REFERENCE: of crnlc, whose network has no such name */
    expr_id value, at_start;    /* found: what formulas mean; 0: not yet */
    struct sbml_locals *locals; /* REACTION: NULL: not read yet */
};

struct sbml_algebraic { /* an algebraic rule: `math` is 0 at any time */
    const ASTNode_t *math;
    struct span span;
};

struct sbml_implicit { /* n unknowns that only equations give which are not linear in them */
    size_t n;
    int32_t *unknown;    /* [n]: entities */
    species_id *species; /* [n]: of the network, their values */
    expr_id *rule;       /* [n]: are 0 at any time */
    expr_id *before; /* [n] of fast reactions: how much there is before they run; NULL: of algebraic rules */
    struct span span;
};
enum { SBML_MOST_COUPLED = 8 }; /* of them: formulas of 2^n minors */

/* Names that formulas see besides those of the model: local parameters, arguments of functions. */
struct sbml_scope {
    const struct map *names; /* into value */
    const expr_id *value;
    bool closed; /* functions: nothing else is seen */
};

struct sbml {
    struct importer *x;
    const struct span *place; /* of each line, of a text made of another file; NULL: the text is the file's */
    size_t n_places;
    const struct importer *made_of; /* that file; NULL: the text is the file's */
    SBMLDocument_t *document;
    Model_t *model;
    VEC(struct entity) entity;
    struct map names;           /* into entity */
    struct map functions;       /* into the model's function definitions */
    VEC(struct sbml_fast) fast; /* by species of the network */
    VEC(struct sbml_pivot) pivot;
    VEC(struct sbml_algebraic) algebraic;
    VEC(struct sbml_moved) moved;
    VEC(struct sbml_implicit) implicit;
    VEC(struct sbml_phase) phase;
    VEC(int64_t) event_number; /* by event of the network */
    struct span at;            /* of what is being read, for messages */
    const XMLNode_t *own;      /* the annotation of crnlc; NULL: none */
    bool at_start;             /* formulas mean values at time 0, over parameters alone */
    bool in_past; /* ... or, before the start, at a time that stands in them; nothing is noted then */
    const struct sbml_scope *scope;
    struct span composed; /* where the file says that it is put together of models; no place: it is not */
    bool has_fast;        /* reactions that have run before the first amounts of the network */
    bool may_lack_math;   /* Level 3 Version 2: what has no formula has no effect */
    int depth;
    int64_t expanded; /* nodes of functions read so far */
};

/* ---- sbml.c ---- */
struct span sbml_line(const struct sbml *s, const void *object); /* the line of an SBase_t */
/* Reports E0832 at s->at; 0, which is also false and no expression. */
int sbml_unsupported(struct sbml *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reports the errors that the library has found; its warnings are about what does not matter here. */
bool sbml_check_errors(struct sbml *s);

/* ---- sbml_check.c ---- */
/* Two determinations of one variable, changes of what is constant. */
bool sbml_check(struct sbml *s);

/* ---- sbml_package.c ---- */
/* Packages that the file uses, before it is read: what a model needs and is not known is refused. */
bool sbml_packages(struct sbml *s);
/* Then, of a model that is put together of others, makes one. */
bool sbml_flatten(struct sbml *s);

/* ---- sbml_math.c: 0 after a report ---- */
expr_id sbml_math(struct sbml *s, const ASTNode_t *node);      /* real */
expr_id sbml_condition(struct sbml *s, const ASTNode_t *node); /* boolean */

/* ---- sbml_delay.c: 0 after a report ---- */
/* What `value` was `lag` ago. Before the start that is `given` at that time; 0: what initial assignments
 * give at that time, or else the first amounts. */
expr_id sbml_delay(struct sbml *s, expr_id value, expr_id lag, expr_id given);
/* The same at time 0, where `before` is the value before the start by s->in_past; then of the time that
 * stands in `before`. */
expr_id sbml_delay_at_start(struct sbml *s, expr_id value, expr_id lag, expr_id before);

/* ---- sbml_entity.c ---- */
bool sbml_declare(struct sbml *s); /* all entities, their roles, the network's species and parameters */
struct entity *sbml_find(struct sbml *s, const char *id); /* NULL: none */
/* A formula outside of all scopes, at time 0 or at any; s->at is where it stands. */
expr_id sbml_formula(struct sbml *s, const ASTNode_t *math, struct span at, bool at_start);
bool sbml_has_value(const struct entity *e);                /* the model gives it one at time 0 */
expr_id sbml_given_start(struct sbml *s, struct entity *e); /* that one, whatever rules say */
/* The leaf that stands for an entity whose value is not known yet. */
expr_id sbml_leaf(struct sbml *s, const struct entity *e);
/* Makes it a species of the network, which reactions, rates and events change. */
void sbml_add_variable(struct sbml *s, struct entity *e);
/* What formulas mean by an entity, by s->at_start. */
expr_id sbml_value(struct sbml *s, struct entity *e);
/* The stoichiometry of a reference of a species. */
expr_id sbml_stoichiometry(struct sbml *s, SpeciesReference_t *x);
/* The size of the compartment of a species that is not `substance`: amount = value * size. */
expr_id sbml_size(struct sbml *s, const struct entity *e);
bool sbml_start(struct sbml *s);   /* initial amounts */
bool sbml_rates(struct sbml *s);   /* rate rules */
bool sbml_outputs(struct sbml *s); /* symbols of what has none yet */

/* ---- sbml_reaction.c ---- */
bool sbml_reactions(struct sbml *s);
expr_id sbml_law(struct sbml *s, struct entity *e); /* of a REACTION */

/* ---- sbml_fast.c ---- */
/* An expression over parameters and amounts as a number, at the start and by their defaults. False: it is
 * none. */
bool sbml_number_at_start(struct sbml *s, expr_id e, double *v);
expr_id sbml_at_start(struct sbml *s, expr_id e); /* with these numbers in their places */
/* For expr_rewrite, env is the struct sbml: initial amounts and the time 0, over parameters. */
expr_id sbml_amount_at_start(void *env, const struct expr *leaf, expr_id id);
/* A fast reaction: its law, over amounts, is 0 at any time, which formulas in their place say. It changes
 * some, and moves pivots of those before it, whose totals are among what it changes. */
struct sbml_fast_reaction {
    struct entity *e;
    expr_id law;
    struct sbml_changed *change, *moved;
    size_t n_changes, n_moved;
};
bool sbml_equilibrium(struct sbml *s, const struct sbml_fast_reaction *r);

/* ---- sbml_algebraic.c ---- */
void sbml_find_unknowns(struct sbml *s); /* before variables are declared */
/* Before amounts at time 0 are read; what is no unknown after all is a variable then. */
bool sbml_solve(struct sbml *s);
void sbml_put_solutions(struct sbml *s); /* in constants that were read before the solutions were known */

/* ---- sbml_structure.c ---- */
/* Equations read variables: reads[equation * n_variables + variable]. Which variables they give, one each,
 * those of low rank (below SBML_RANKS) rather than others. False: there are too few for some. */
enum { SBML_RANKS = 3 };
bool sbml_match(struct arena *a, size_t n_equations, size_t n_variables, const bool *reads,
                const uint8_t *rank, bool *is_matched);
/* A smallest set of equations that needs no other to be solved: equation[i] gives variable[i]. How many; 0:
 * there are too few variables for some. */
size_t sbml_first_block(struct arena *a, size_t n_equations, size_t n_variables, const bool *reads,
                        int32_t *equation, int32_t *variable);
/* Reports rules that must be differentiated before they give their variables. False: that is not what is
 * wrong. Roles are those of the time before solutions are known. */
bool sbml_report_index(struct sbml *s);
/* Reports rules of which there are more than variables (entities) that they read. False: there are not. */
bool sbml_report_too_many(struct sbml *s, size_t n_variables, const int32_t *variable, const bool *reads);

/* ---- sbml_newton.c: n <= SBML_MOST_COUPLED equations ---- */
struct sbml_system {
    size_t n;
    enum expr_op op; /* unknowns are leaves op with these numbers */
    const int32_t *leaf;
    const expr_id *rule;         /* are to be 0 */
    const struct change *change; /* amounts that take the place of those in the rules */
    size_t n_changes;
};
/* a x = b, a[n * n] by rows: x = numerator / denominator, which is returned. No pivots, so none is 0 that the
 * determinant does not have. */
expr_id sbml_solve_linear(struct sbml *s, size_t n, const expr_id *a, const expr_id *b, expr_id *numerator);
void sbml_slopes(struct sbml *s, const struct sbml_system *q,
                 expr_id *slope); /* [n * n]: of rules, by rows */
/* y[n] after so many steps as formulas. */
void sbml_newton(struct sbml *s, const struct sbml_system *q, const expr_id *from, int steps, expr_id *y);
/* Whether so many steps lead from there to a solution, of rules over the unknowns alone. */
bool sbml_converges(struct sbml *s, const struct sbml_system *q, int steps, const double *from);
/* Where y_i' = sum of added[i][k] rule_k ends that begins at y, if that is anywhere: then y is there. */
bool sbml_follow(struct sbml *s, const struct sbml_system *q,
                 double added[SBML_MOST_COUPLED][SBML_MOST_COUPLED], double *y);
/* A solution of such rules near y or, where that leads nowhere, near other values: first of the unknowns
 * without a value of their own. y has room for SBML_MOST_COUPLED. */
bool sbml_find_root(struct sbml *s, const struct sbml_system *q, const bool *has_value, double *y);

/* ---- sbml_implicit.c ---- */
/* n unknowns (entities) of n rules that need each other and are linear in none: value[i] is what formulas
 * mean by them, at any time and at the start. Both want s->at, and report. */
bool sbml_add_implicit(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule, expr_id *value);
bool sbml_start_implicit(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule,
                         expr_id *value);
/* What rules read besides the n unknowns is known; else reports that, at s->at. */
bool sbml_check_known(struct sbml *s, size_t n, const int32_t *unknown, const expr_id *rule, size_t n_rules);
/* The variable of the network that is an unknown; `init` until its start is known. */
species_id sbml_add_solution(struct sbml *s, int32_t unknown, expr_id init);
/* A fast reaction has run until its law is 0, in which `pivot` stands for the unknown `solution` of an
 * entity. That begins at its init. Wants s->at, and reports. */
bool sbml_add_fast(struct sbml *s, int32_t entity, species_id solution, species_id pivot, expr_id law);
bool sbml_implicit_rates(struct sbml *s);         /* their rates; all initial amounts are there */
size_t sbml_count_implicit(const struct sbml *s); /* unknowns */
/* Adds what the n changes of an event do to them; there is room for all. How many there are then. */
unsigned sbml_implicit_changes(struct sbml *s, struct change *change, unsigned n);

/* ---- sbml_units.c ---- */
void sbml_units(struct sbml *s, bool concentrations); /* of the network */
bool sbml_has_litres(const struct sbml *s);

/* ---- sbml_own.c: what crnlc wrote (codegen/text/sbml/sbml.c) ---- */
void sbml_own_names(struct sbml *s); /* roles of its variables; entities are there, their roles are not yet */
void sbml_own_start(struct sbml *s); /* units, guards; all entities are declared */
bool sbml_own_bounds(struct sbml *s);        /* amounts are 0 or more, as in the network that was written */
const XMLNode_t *sbml_own_event(Event_t *v); /* NULL: it is as others write it */
/* Takes a guard's variable out of a law. False after a report. */
bool sbml_own_guard(struct sbml *s, expr_id *law, int32_t *guard);
bool sbml_own_read_event(struct sbml *s, Event_t *v, const XMLNode_t *how);
bool sbml_own_end(struct sbml *s); /* clock, order of events, inputs and outputs; all else is done */

/* ---- sbml_event.c ---- */
/* What the values of an event read. */
struct sbml_event_reads {
    const char *late; /* a species whose size at the end of the delay counts; NULL: none */
    bool moves;       /* something that may differ between the trigger's time and the end of the delay */
};
/* The amount that assignment k of the event sets. */
bool sbml_read_change(struct sbml *s, Event_t *v, unsigned k, struct sbml_event_reads *reads,
                      struct change *to);
bool sbml_events(struct sbml *s);

#endif
