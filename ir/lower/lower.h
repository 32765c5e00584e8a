/* Constructions, which turn models into networks. The result is an ordinary network and a record of how to
 * read it; no other code knows how a model was lowered. */
#ifndef IR_LOWER_H
#define IR_LOWER_H

#include "ir/net/net.h"
#include "runtime/crnl_neural.h"
#include "support/diag.h"

/* What a symbol of the network represents in the model. */
/* ORDER lowered_role */
enum lowered_role {
    LOWERED_INPUT,
    LOWERED_OUTPUT,
    LOWERED_HIDDEN,    /* a layer between input and output */
    LOWERED_UNIT,      /* the state of a unit, 0 or 1: one molecule of this if the unit is on, ... */
    LOWERED_UNIT_OFF,  /* ... and one of this if it is off */
    LOWERED_EDGE,      /* by connection: one molecule of this if both units are on, ... */
    LOWERED_EDGE_OFF,  /* ... and one of this if not */
    LOWERED_PARAMETER, /* an array of the model's parameters */
    LOWERED_TARGET,    /* the target of the output */
    LOWERED_STATE,     /* a state of the model at its start, which is set to the inputs */
    LOWERED_GRADIENT,  /* the gradient of an array of parameters; the next cycle subtracts it, times the step,
                         from the parameters */
    LOWERED_UPDATE,    /* the same, but already multiplied by the step */
    LOWERED_FLUSHED    /* an amount that a cycle leaves and that must be removed before the next one */
};
/* To encode, the symbol gets `encode` times the model's value. To decode, the model's value is `decode`
 * times the value of the symbol. Passes rewrite symbols, so the record holds for the network that they make,
 * too. */
struct lowered {
    const char *what; /* the part of the model: x, y, a layer, a group of units, an array of parameters */
    enum lowered_role role;
    int32_t symbol;
    double encode, decode;
};
/* A network that teaches itself in cycles of its clock: the phases of a cycle, those of them that lead from
 * inputs to outputs, the duration of a phase in which the states flow, and the step, which multiplies a
 * gradient when it updates parameters. */
struct teaching {
    int32_t n_phases, n_forward; /* 0: the network does not teach itself */
    int32_t n_flows;             /* number of phases with that duration; all others last one unit of time,
                                    ... */
    int32_t turn;                /* ... except for one whose duration is this parameter: 1 + its symbol; 0:
                                    none */
    int32_t duration, step;      /* symbols of the parameters */
    int32_t update;              /* 1 + symbol of a parameter that is 0 while gradients are summed; 0: they
                                    are never summed */
    bool is_constant;            /* the adjoint is approximated by a constant */
    int32_t clock; /* 1 + symbol of a ring of species, high in turn, that replaces the clock; 0: none */
};
/* A machine that learns in vesicles (lower_autonomous_learner.c): how to read the network that contains it.
 * The units are the visible species. */
struct learner {
    int32_t n_vesicles, n_visible, n_potentials;
    const char *const *visible;       /* [n_visible] names as given to the construction */
    const species_id *free, *clamped; /* [n_vesicles][n_visible] */
    const species_id *target;         /* [n_visible] species that they follow */
    int32_t potential;                /* symbol of all potentials that the machines share */
    /* The states of a machine, if it has at most a few thousand of them and its law at given potentials is
     * known. The law is known if a potential changes exactly when its species does; the weight of a state is
     * then exp(log_weight - sum over potentials of count log P). */
    int32_t n_states;         /* 0: not known */
    const double *log_weight; /* [n_states] */
    const int32_t *count;     /* [n_states][n_potentials] */
    const int32_t *pattern; /* [n_states] which visible species are present, as bits, the first species as the
                               highest bit */
};
struct lowering {
    const char *construction; /* NULL: no construction made the network from a model */
    bool is_model;            /* the network is the model itself, made by lower_units */
    bool is_own;              /* its parameters are those of the model: setting one sets that of the model */
    int32_t model;            /* index of the model in the program; -1: made from a network */
    int32_t threshold;        /* 1 + slot of a parameter; rate constants below its value count as 0; 0:
                                 none */
    int32_t n;
    const struct lowered *part; /* [n] */
    int32_t n_edges;
    const int32_t
        *edge; /* [2 * n_edges] the units of each connection that has species, in the order of LOWERED_EDGE */
    struct teaching teaching;
    const struct learner *learner; /* NULL: not a learner */
};
/* The first entry of that role and, unless `what` is NULL, of that name; NULL: there is none. */
const struct lowered *lowering_find(const struct lowering *l, enum lowered_role role, const char *what);

struct shape lower_group_shape(const struct crnl_neural_group *g);
const struct crnl_neural_group *lower_group_of(const struct crnl_neural *m, int32_t unit);

/* The kinds of arguments, other than numbers, that constructions take by name. */
enum lower_argument_kind {
    LOWER_NETWORK, /* a network with values of its parameters: toggle(k = 2) */
    LOWER_PAIRS,   /* pairs: (A = Q[0], B = Q[1]), (S = 100) */
    LOWER_WORD     /* one of some words */
};
struct lower_argument {
    const char *name;
    enum lower_argument_kind kind;
    const char *const *word; /* the words, ended by NULL; the first is the default */
    bool is_needed;
};
struct lower_pair {
    const char *name, *value; /* as written, without blanks */
    double number;            /* the value if it is a number, otherwise NaN */
    struct span span;
};
struct lower_given { /* members are NULL or 0 if the argument was not given */
    struct net *net; /* owned by the caller */
    const struct lower_pair *pair;
    int32_t n_pairs, word;
    struct span span;
};

/* A request for a construction. */
struct lowerer {
    const struct crnl_neural *m; /* the model, with parameters if the construction needs them */
    const struct net *from;      /* for constructions of networks, the network to start from; otherwise
                                    NULL */
    int32_t first_value;         /* the number of the program for its first parameter (struct net_param) */
    const char *name;            /* name of the network to make */
    const double *option;        /* values of the construction's options, in order */
    const struct lower_given *given; /* ... and of its other arguments */
    struct span span;                /* place of the construction, for messages and provenance */
    struct diag *diag;
    struct arena *arena; /* holds the record */
};
/* Adds an entry to the record for a symbol that has exactly the value of the model. */
void lowering_add(const struct lowerer *l, struct lowering *record, const char *what, enum lowered_role role,
                  int32_t symbol);

struct lower_option {
    const char *name;
    double value, least; /* value: the default, which may be below the bound; least: the bound for values that
                            are given */
    bool above;          /* whether the bound itself is excluded */
};

/* The network whose amounts are the units of the model, for methods that run the model itself. */
struct net *lower_units(const struct crnl_neural *m, struct span at);

struct construction {
    int n_options;
    const struct lower_option *option;
    const char *example; /* "scale = 128 and annihilate = 1" */
    /* The names that the network may have, of symbols and of labels of reactions, separated by blanks:
     * "s {group}.on". A name in braces stands for several: {group} for the groups of units of the model,
     * {array} for its arrays of parameters, {from} for the names of the network that the construction starts
     * from, and {ARGUMENT} for those of the network that is given by this name. Indices in brackets are left
     * out. */
    const char *members;
    bool needs_values; /* whether the set of reactions depends on the parameters of the model */
    /* Makes the network and fills the record; returns NULL after an error. */
    struct net *(*lower)(const struct lowerer *l, struct lowering *record);
    int n_arguments;
    const struct lower_argument *argument;
};

#define CONSTRUCTION(name, models) extern const struct construction construction_##name;
#include "ir/lower/lower.def"

/* The rows of lower.def. */
int lower_count(void);
const char *lower_name(int i);
int lower_named(const char *name);         /* the row of that name, or -1 */
bool lower_takes(int i, const char *kind); /* models of this kind: "relu" */
bool lower_takes_networks(int i);
/* Applies construction i to the model, or to the network l->from; *record is then the record of l->from, and
 * becomes that of the new network. Returns NULL after an error: parameters are missing, or the construction
 * itself refuses. */
struct net *lower_make(int i, const struct lowerer *l, struct lowering *record);
/* The construction at index i of lower.def. */
const struct construction *lower_construction(int i);

/* The index of the construction's argument, or of its option, of this name; -1 if there is none. `name`
 * may be NULL. */
int lower_argument_named(const struct construction *c, const char *name);
int lower_option_named(const struct construction *c, const char *name);

/* Names for which a name in braces stands, `word` without the braces. */
struct lower_names {
    const char *word;
    const char *const *name;
    size_t n;
};
/* Calls `add` for each name that a network of construction i may have, if its braces stand for the names of
 * these lists. A name in braces that no list has stands for nothing. */
void lower_members(int i, const struct lower_names *list, size_t n, struct arena *scratch,
                   void (*add)(void *env, const char *name), void *env);

#endif
