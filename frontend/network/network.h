/* What the files network*.c share: a network while it is being elaborated. A function that returns bool, a
 * pointer or an expr_id returns false, NULL or 0 after an error, which it has reported. */
#ifndef FRONTEND_NETWORK_H
#define FRONTEND_NETWORK_H

#include "frontend/front.h"
#include "frontend/typing.h"

struct used_global {
    struct name *global;
    expr_id leaf;
};
struct used_phase {
    const char *text;
    int32_t guard;
    struct span span; /* the first place where it is named */
};
struct instance_count { /* unlabelled instances are named min2, min2_2, ... */
    struct name *network;
    int count;
};

/* The network as a whole, which its instances share. */
struct net_whole {
    struct net *net;
    VEC(struct used_global) global;
    VEC(const struct ast *) equation; /* by species (the first rail of a dual); NULL: no equation */
    VEC(struct used_phase) phase;
    struct span clock; /* the declaration of the clock, if there is one */
    double
        *chemical; /* options of the chemical clock that replaces the ideal one; NULL: the ideal one stays */
    int32_t n_copies; /* number of copies made by `replicate` so far */
    VEC(struct span)
    warned; /* the statements of which it was reported that they leave bulk alone; each is reported once */
    struct units units;
};

/* The species that all copies of a `replicate` share. The first copy declares them, under their names without
 * an index. */
struct shared {
    const struct ast *block; /* the SHARE and DIFFUSE statements; NULL: there are none */
    const char *prefix;      /* "c." */
    struct scope *first;     /* members of the first copy; NULL: this is the first one */
};

/* The network itself or an instance in it, while its body is elaborated. */
struct net_build {
    struct net_whole *whole;
    const char *prefix; /* "m." */
    VEC(struct instance_count) instance;
    const char *origin; /* provenance of reactions; NULL in the network itself */
    int32_t guard;      /* the guard of the phase that surrounds the statements; 0: none */
    bool is_root; /* this is the network itself: its declarations become symbols, its outputs are outputs */
    species_id first_own; /* the first species that the body declares; those before came in as arguments */
    int32_t copy;         /* number of the copy of a `replicate` to which it belongs, from 1; 0: none */
    bool again;           /* it belongs to a copy that is not the first */
    const struct shared *shared; /* what this copy shares with others; NULL: this is no copy */
};

/* network_declare.c */
/* Binds a name in the scope at hand, and reports a name that is taken already. */
struct name *network_bind(struct where *w, struct scope *scope, const char *text, enum name_kind kind,
                          struct span span);
/* The turns of the loops around the statement, such as "[2,0]", which make names that a loop's body declares
 * different in each turn; "" outside of loops. */
const char *network_turns(struct where *w);
/* The name that a declaration has in the whole network, such as m.tmp[2,0]. */
const char *network_full_name(struct where *w, const char *text);
/* The name of element i of an array of shape s, such as base[2,0]; for a scalar it is `base`. */
const char *network_element_name(struct where *w, const char *base, struct shape s, int64_t i);
/* Declares a parameter. Its default is `value`, which is read at the place `at`, or that of the
 * declaration; a parameter without default is an error. */
bool network_declare_param(struct where *w, const struct ast *d, const struct where *at,
                           const struct ast *value);
bool network_declare_const(struct where *w, const struct ast *a);
bool network_declare_entities(struct where *w, const struct ast *a);
bool network_initial(struct where *w, const struct ast *a);
/* Sets initial amounts. The value of a dual goes, by its sign, to one of its rails. */
bool network_set_initial(struct where *w, const struct ref *r, const struct ast *value);
/* Reports `m = copy(A);`, which is meant as an instance. */
bool network_meant_instance(struct where *w, const struct ast *a);
/* Reports `A = B`, which is meant as a reaction. */
bool network_meant_reaction(struct where *w, const struct ast *a);
bool network_inputs(struct where *w, const struct ast *a);
bool network_outputs(struct where *w, const struct ast *a);

/* network_instance.c */
bool network_instance(struct where *w, const struct ast *a);
/* Makes an instance with the name `text`, as number `copy` of a `replicate` (0: of none), which shares
 * `shared`. Returns its members, or NULL after an error. */
struct scope *network_instantiate(struct where *w, const struct ast *a, const char *text, int32_t copy,
                                  const struct shared *shared);
/* network_part.c. Whether the network has a body in the text, which is elaborated anew for each instance. */
bool network_has_text(const struct name *network);
/* The finished network of this name, whose copies are its instances; NULL after an error. */
const struct net_template *network_template(struct front *f, struct name *n, struct span at);
/* Copies the finished network into the network around, with the values that the instance `a` gives it. */
bool network_part_of(struct where *outer, struct where *inner, const struct ast *a,
                     const struct net_template *t);
/* network_replicate.c */
/* Whether copies of a network without a body are to share species, which is reported. */
bool network_shares_any(struct where *w, const struct shared *shared);
bool network_replicate(struct where *w, const struct ast *a);
/* Both report that the copies have no such species, and return false. */
bool network_not_shared(struct where *w, const struct ast *ref, const char *network);
bool network_not_diffusing(struct where *w, const struct ast *a);
/* What the copies share, if the name `text` is among that; NULL if each copy has such a name of its own. */
const struct shared *network_shares(struct where *w, const char *text);
/* Binds the parameters of a network to the arguments of the call. A parameter without argument, or each
 * one if `call` is NULL, gets what its own declaration says. */
bool network_parameters(struct where *outer, struct where *inner, const struct ast *params,
                        const struct ast *call);

/* The argument that an instance gives to a parameter, or NULL. */
const struct ast *network_given(const struct ast *call, const char *name, uint32_t position);
/* Whether the argument `given`, a name n of this kind, is what parameter p stands for: a species, a bulk
 * species or a dual value. If not, reports it. */
bool network_takes(struct where *w, const struct ast *p, const struct ast *given, const struct name *n,
                   enum name_kind kind, bool is_discrete);
/* Reports that nothing gives the constant p its value, and returns false. */
bool network_no_constant(struct where *w, const struct ast *p, const struct ast *call);
/* Whether the network takes all arguments of an instance; if not, reports one that it does not take. */
bool network_arguments_fit(struct where *w, const struct ast *call, const struct ast *params,
                           const char *network);

bool network_body(struct where *w, const struct ast *block);
struct side { /* of a reaction */
    VEC(struct term) term;
    VEC(struct fraction) part; /* coefficients that are no whole numbers */
};
/* network_late.c. Whether the delay of a reaction is drawn at each firing, as uniform(1, 2) is. */
bool network_is_drawn(const struct ast *delay);
/* Makes `late` the products that come later, by the delay of `a`, of the reaction that was added last. */
bool network_make_late(struct where *w, const struct ast *a, const struct side *late);
/* Whether a reaction with a delay may have these sides and stand at this place; if not, reports it. */
bool network_may_be_late(struct where *w, const struct ast *a, const struct side *left,
                         const struct side *late);
bool network_reaction(struct where *w, const struct ast *a);
/* Whether a name of this kind is a species; if not, as a dual value, reports it. */
bool network_term_fits(struct where *w, struct span at, enum name_kind kind);
/* Reports that an array of species stands in a reaction, and returns false. */
bool network_no_term(struct where *w, struct span at, struct typing t);
/* Checks the units of the rates in `list` (NULL: none), one for each direction, where `order` says how many
 * molecules react in each direction. */
bool network_rate_units(struct where *w, const struct ast *reaction, const struct ast *list, bool law,
                        const int order[2]);
/* Reads the rate constants `{kf, kr}`, one for each direction of a reaction of `order` molecules. */
bool network_rates(struct where *w, const struct ast *list, int order, expr_id rate[2]);
bool network_ode(struct where *w, const struct ast *a);
/* Reports that what stands left of the mark ' cannot have an equation, and returns false. */
bool network_no_equation(struct where *w, struct span at, enum name_kind kind);
/* Reports a second equation of `text`, and returns false. */
bool network_equation_twice(struct front *f, const struct ast *a, const struct ast *first, const char *text);
/* Adds a reaction with the provenance of the body, counts it, and reports a reaction that is not allowed. */
bool network_add(struct where *w, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs,
                 enum rate_kind kind, expr_id rate, struct span span, const char *label);
/* Elaborates the network of this name anew; the caller owns the result, which is NULL after an error. `call`
 * may be NULL, or, for a network with a body, an INSTANCE in the module `from` that gives values to
 * parameters. */
struct net *network_build(struct front *f, struct name *name, const struct ast *call, struct module *from,
                          struct span at, struct units *units, struct lowering *lowering);
/* network_call.c. The symbol to which `arg` gives a value; NULL after an error. */
const struct symbol *network_given_symbol(struct where *w, const struct net *net, const struct ast *arg);
/* The parameter that the symbol stands for, if `arg` may give it a value; NULL after an error. */
const struct net_param *network_may_give(struct where *w, const struct net *net, const struct symbol *s,
                                         const struct ast *arg);
/* network_declare.c. The network's parameter that follows this parameter of the program. */
expr_id network_global_leaf(struct where *w, int32_t global);
/* network_call.c. Gives the network the value of `arg`, which names a parameter or an initial amount. */
bool network_give(struct where *w, struct net *net, const struct ast *arg);
/* Makes the network that NET or NET(k = 2), an INSTANCE, means at the place `w`. If the program has the
 * network already, the result is a copy, without what experiments observe in it. */
struct net *network_call(struct where *w, const struct ast *call, struct units *units,
                         struct lowering *lowering);
/* If `text`, which is no parameter of the network, is a constant of the network's body or of the program,
 * reports that, with the way to give it another value. Returns false, without a report, if it is neither. */
bool network_is_constant(struct where *w, struct span at, const char *network, const char *text);
/* network_expr.c. Makes the network of `network NAME = ...;`, and, if it is made from a model, the record of
 * how to read it. NULL after an error. */
struct net *network_expression(struct front *f, struct name *name, struct units *units,
                               struct lowering *lowering);
/* network_argument.c. Reads an argument of a construction, by its kind. The caller destroys out->net, if that
 * is not NULL. False after an error. */
bool network_argument(struct where *w, const struct lower_argument *of, const struct ast *a,
                      struct lower_given *out);
/* The name in an entry of (A = Q[0], v[0] = 2), without blanks; NULL: the entry is no pair. */
const char *network_pair_name(struct where *w, const struct ast *entry);
/* network_import.c. The network that `import "file"` gives, of which only names are wanted so far. The
 * file is read once, because network_import hands the same network over later. NULL after an error. */
const struct net *network_imported(struct front *f, const struct module *m, const struct ast *import);
/* Reports a file that is not there, or of no known format, without reading it; nobody reports it later. */
void network_import_is_there(struct front *f, const struct module *m, const struct ast *import);
bool network_energy(struct where *w, const struct ast *a);
/* network_event.c */
/* Whether a time stands behind `at` or `every`; if it is a condition, reports it. */
bool network_event_has_time(struct front *f, const struct ast *a);
bool network_event(struct where *w, const struct ast *a);
bool network_clock(struct where *w, const struct ast *a);
bool network_clock_is_known(const struct ast *clock); /* whether there are clocks of this name */
bool network_check_phases(struct where *w); /* called at the end: whether the clock has all phases */
/* The guard of the phase of this name, which is made where the phase is named first. */
int32_t network_guard(struct where *w, const char *text, struct span span);
/* Replaces the network by one with the chemical clock that it declares; NULL after an error. */
struct net *network_with_clock(struct front *f, struct net_whole *whole);
/* The value of a rail when its dual has the value v: max(v, 0), or max(-v, 0) for the negative rail. */
expr_id network_rail(struct where *w, expr_id v, bool negative);
/* Declares species or rails; `init` may be NULL. */
bool network_declare(struct where *w, const char *text, struct span span, enum ast_op kind, bool constant,
                     struct shape shape, const struct ast *init);

#endif
