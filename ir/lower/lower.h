/* Constructions: models to networks. What comes out is an ordinary network and a record of how to read it;
 * nothing else knows how a model was lowered. */
#ifndef IR_LOWER_H
#define IR_LOWER_H

#include "ir/net/net.h"
#include "runtime/crnl_neural.h"
#include "support/diag.h"

/* What a symbol of the network is of the model. */
/* ORDER lowered_role */
enum lowered_role {
    LOWERED_INPUT,
    LOWERED_OUTPUT,
    LOWERED_HIDDEN,    /* a layer between them */
    LOWERED_UNIT,      /* 0 or 1: one molecule of it if the unit is on, ... */
    LOWERED_UNIT_OFF,  /* ... and one of this if it is off */
    LOWERED_EDGE,      /* by connection: one molecule if both units are on, ... */
    LOWERED_EDGE_OFF,  /* ... and one of this if they are not */
    LOWERED_PARAMETER, /* an array of the model's parameters */
    LOWERED_TARGET,    /* what the output is taught */
    LOWERED_STATE,     /* where a state of the model starts: it is fed with the inputs */
    LOWERED_GRADIENT, /* by an array of parameters: the next cycle takes it, times the step, from them */
    LOWERED_UPDATE, /* the same, times the step already */
    LOWERED_FLUSHED /* what a cycle leaves and the next one must not find */
};
/* Encode: the symbol takes `encode` times the model's value. Decode: the model's value is `decode` times
 * that of the symbol. Passes rewrite symbols, so the record holds for what they make of the network. */
struct lowered {
    const char *what; /* of the model: x, y, a layer, a group of units, an array of parameters */
    enum lowered_role role;
    int32_t symbol;
    double encode, decode;
};
/* A network that teaches itself, in cycles of its clock: the phases of a cycle that lead from inputs to
 * outputs, the time of the
 * states' flow in one of them, and the step, which multiplies a gradient when parameters are updated by it.
 * */
struct teaching {
    int32_t n_phases, n_forward; /* 0: it is none */
    int32_t n_flows;             /* phases of that time; all others are of one unit, ... */
    int32_t turn;                /* ... but for one of this parameter, 1 + its symbol; 0: there is none */
    int32_t duration, step;      /* symbols of parameters */
    int32_t update;              /* 1 + that of one that is 0 while gradients add up; 0: they never do */
    bool is_constant;            /* the adjoint is, by approximation */
    int32_t clock; /* one and the symbol of a ring of species, high in turn, in place of the clock; 0: none */
};
/* A machine that learns in vesicles (lower_autonomous_learner.c): how to read the network it is in. Units
 * are the visible species. */
struct learner {
    int32_t n_vesicles, n_visible, n_potentials;
    const char *const *visible;       /* [n_visible] as the construction was given them */
    const species_id *free, *clamped; /* [n_vesicles][n_visible] */
    const species_id *target;         /* [n_visible] what they follow */
    int32_t potential;                /* symbol: all potentials that the machines share */
    /* States of a machine, if it has at most some thousand and its law is known at given potentials, which
     * is where a potential moves exactly when its species does: weight exp(log_weight - sum over potentials
     * of count log P). */
    int32_t n_states;         /* 0: not known */
    const double *log_weight; /* [n_states] */
    const int32_t *count;     /* [n_states][n_potentials] */
    const int32_t *pattern; /* [n_states] bits of the visible species that are there, the first the highest */
};
struct lowering {
    const char *construction; /* NULL: the network was not made from a model by one */
    bool is_model;            /* it is the model itself: by lower_units */
    bool is_own;              /* its parameters are those of the model: what it is given, the model has */
    int32_t model;            /* number in the program; -1: made of a network */
    int32_t threshold;        /* 1 + the slot of a parameter below which rate constants count as 0; 0: none */
    int32_t n;
    const struct lowered *part; /* [n] */
    int32_t n_edges;
    const int32_t
        *edge; /* [2 * n_edges] the units of each connection that has species, in the order of LOWERED_EDGE */
    struct teaching teaching;
    const struct learner *learner; /* NULL: it is none */
};
/* The first of that role, and of that name unless it is NULL; NULL: there is none. */
const struct lowered *lowering_find(const struct lowering *l, enum lowered_role role, const char *what);

struct shape lower_group_shape(const struct crnl_neural_group *g);
const struct crnl_neural_group *lower_group_of(const struct crnl_neural *m, int32_t unit);

/* What a construction takes besides numbers, by name. */
enum lower_argument_kind {
    LOWER_NETWORK, /* with values of its parameters: toggle(k = 2) */
    LOWER_PAIRS,   /* (A = Q[0], B = Q[1]), (S = 100) */
    LOWER_WORD     /* one of some */
};
struct lower_argument {
    const char *name;
    enum lower_argument_kind kind;
    const char *const *word; /* up to NULL; the first is the default */
    bool is_needed;
};
struct lower_pair {
    const char *name, *value; /* as they are written, without blanks */
    double number;            /* of a value that is one; NaN */
    struct span span;
};
struct lower_given { /* NULL, 0 where it was not given */
    struct net *net; /* of whoever gives it */
    const struct lower_pair *pair;
    int32_t n_pairs, word;
    struct span span;
};

/* Where a construction is asked for. */
struct lowerer {
    const struct crnl_neural *m; /* with parameters, if the construction needs them */
    const struct net *from;      /* a construction of networks: what it makes another of; else NULL */
    int32_t first_value;  /* number of the program that its first parameter stands for (struct net_param) */
    const char *name;     /* of the network */
    const double *option; /* in the order of the construction's options */
    const struct lower_given *given; /* ... of its other arguments */
    struct span span;                /* of the construction, for messages and provenance */
    struct diag *diag;
    struct arena *arena; /* of the record */
};
/* The symbol has the very value of the model. */
void lowering_add(const struct lowerer *l, struct lowering *record, const char *what, enum lowered_role role,
                  int32_t symbol);

struct lower_option {
    const char *name;
    double value, least; /* the default, which may lie outside; bound of what is given */
    bool above;          /* the bound itself is excluded */
};

/* The network whose amounts are the model's units, for methods that run the model itself. */
struct net *lower_units(const struct crnl_neural *m, struct span at);

struct construction {
    int n_options;
    const struct lower_option *option;
    const char *example; /* "scale = 128 and annihilate = 1" */
    bool needs_values;   /* which reactions there are depends on the parameters */
    /* NULL after an error. */
    struct net *(*lower)(const struct lowerer *l, struct lowering *record);
    int n_arguments;
    const struct lower_argument *argument;
};

#define CONSTRUCTION(name, models) extern const struct construction construction_##name;
#include "ir/lower/lower.def"

/* The rows of lower.def. */
int lower_count(void);
const char *lower_name(int i);
bool lower_takes(int i, const struct crnl_neural_kind *kind);
bool lower_takes_networks(int i);
/* Construction i of the model, or of the network l->from, whose record it gets and changes to that of what it
 * makes; NULL after an error: no parameters, or what the construction itself refuses. */
struct net *lower_make(int i, const struct lowerer *l, struct lowering *record);
/* By its place in lower.def, with all that is known of it. */
const struct construction *lower_construction(int i);

#endif
