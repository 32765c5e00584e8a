/* What the files network*.c share: a network while it is being elaborated. */
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
    struct span span; /* where it was named first */
};
struct instance_count { /* unlabelled instances are named min2, min2_2, ... */
    struct name *network;
    int count;
};

/* One for the network as a whole. */
struct net_whole {
    struct net *net;
    VEC(struct used_global) global;
    VEC(const struct ast *) equation; /* by species (the first rail of a dual); NULL: it has none */
    VEC(struct used_phase) phase;
    struct span clock;       /* where it is declared, if it is */
    double *chemical;        /* options of the construction that takes its place; NULL: it stays */
    int32_t n_copies;        /* by `replicate` */
    VEC(struct span) warned; /* reactions that leave bulk alone: once, however many copies there are */
    struct units units;
};

/* What all copies of a `replicate` have together: declared in the first, under the name without an index. */
struct shared {
    const struct ast *block; /* of SHARE and DIFFUSE; NULL: nothing is shared */
    const char *prefix;      /* "c." */
    struct scope *first;     /* members of the first copy; NULL: this is it */
};

/* One for the network itself and each instance in it. */
struct net_build {
    struct net_whole *whole;
    const char *prefix; /* "m." */
    VEC(struct instance_count) instance;
    const char *origin;   /* provenance of reactions; NULL in the network itself */
    int32_t guard;        /* of the phase around it, of its reactions; 0 none */
    bool is_root;         /* declarations become symbols of the network, outputs are its outputs */
    species_id first_own; /* of the species that its body declares; those before it came in as arguments */
    int32_t copy;         /* of `replicate`, that it belongs to: counted from 1; 0 none */
    bool again;           /* in a copy that is not the first */
    const struct shared *shared; /* of the copy that it is; NULL: nothing */
};

/* network_declare.c */
/* Binds a name in the scope at hand; reports one that is taken. */
struct name *network_bind(struct where *w, struct scope *scope, const char *text, enum name_kind kind,
                          struct span span);
/* "[2,0]" within loops, "" outside: makes the names of what a loop's body declares its own. */
const char *network_turns(struct where *w);
/* Name of a declaration in the whole network: m.tmp[2,0]. */
const char *network_full_name(struct where *w, const char *text);
/* base[2,0] for element i of an array of shape s; base for a scalar. */
const char *network_element_name(struct where *w, const char *base, struct shape s, int64_t i);
/* The default value is that of the declaration, or what is given `at` another place; without one the
 * parameter is an error. */
bool network_declare_param(struct where *w, const struct ast *d, const struct where *at,
                           const struct ast *value);
bool network_declare_const(struct where *w, const struct ast *a);
bool network_declare_entities(struct where *w, const struct ast *a);
bool network_initial(struct where *w, const struct ast *a);
/* Initial amounts; the value of a dual is split by sign over its rails. */
bool network_set_initial(struct where *w, const struct ref *r, const struct ast *value);
/* Reports `m = copy(A);`, which is meant as an instance. */
bool network_meant_instance(struct where *w, const struct ast *a);
/* Reports `A = B`, which is meant as a reaction. */
bool network_meant_reaction(struct where *w, const struct ast *a);
bool network_inputs(struct where *w, const struct ast *a);
bool network_outputs(struct where *w, const struct ast *a);

/* network_instance.c */
bool network_instance(struct where *w, const struct ast *a);
/* The same under a name that is given, as a copy (0: none) with what it shares; the members, or NULL after
 * an error. */
struct scope *network_instantiate(struct where *w, const struct ast *a, const char *text, int32_t copy,
                                  const struct shared *shared);
/* network_part.c: whether a network is written as a text, which instances elaborate anew. */
bool network_has_text(const struct name *network);
/* The finished network of a name, of which instances are copies; NULL after an error. */
const struct net_template *network_template(struct front *f, struct name *n, struct span at);
/* Copies it into the network around, with what the instance `a` gives it. */
bool network_part_of(struct where *outer, struct where *inner, const struct ast *a,
                     const struct net_template *t);
/* network_replicate.c */
/* Whether copies of a network that is no text are to share species, which is reported. */
bool network_shares_any(struct where *w, const struct shared *shared);
bool network_replicate(struct where *w, const struct ast *a);
/* Report that the copies have no such species; false. */
bool network_not_shared(struct where *w, const struct ast *ref, const char *network);
bool network_not_diffusing(struct where *w, const struct ast *a);
/* What of the name `text` stands once for all copies of the body at hand; NULL: it does not. */
const struct shared *network_shares(struct where *w, const char *text);
/* Binds the parameters of a network: to arguments of the call, or (call NULL, or none given) to what they
 * declare themselves. */
bool network_parameters(struct where *outer, struct where *inner, const struct ast *params,
                        const struct ast *call);

/* The argument that an instance gives to a parameter, or NULL. */
const struct ast *network_given(const struct ast *call, const char *name, uint32_t position);
/* Reports that an argument of a kind, of the name n, is not the species, bulk or dual value that a parameter
 * p is. */
bool network_takes(struct where *w, const struct ast *p, const struct ast *given, const struct name *n,
                   enum name_kind kind, bool is_discrete);
/* Reports that nothing gives a constant its value; false. */
bool network_no_constant(struct where *w, const struct ast *p, const struct ast *call);
/* Reports an argument of an instance that the network does not take. */
bool network_arguments_fit(struct where *w, const struct ast *call, const struct ast *params,
                           const char *network);

bool network_body(struct where *w, const struct ast *block);
struct side { /* of a reaction */
    VEC(struct term) term;
    VEC(struct fraction) part; /* coefficients that are no whole numbers */
};
/* network_late.c: whether the delay of a reaction is drawn at each firing: uniform(1, 2). */
bool network_is_drawn(const struct ast *delay);
/* ... The products `late` of the reaction `a`, which was added last, come by its delay: with this. */
bool network_make_late(struct where *w, const struct ast *a, const struct side *late);
/* ... Whether a reaction with a delay may have these sides, and where it stands. */
bool network_may_be_late(struct where *w, const struct ast *a, const struct side *left,
                         const struct side *late);
bool network_reaction(struct where *w, const struct ast *a);
/* Reports what is no species; a dual value is none. */
bool network_term_fits(struct where *w, struct span at, enum name_kind kind);
/* Reports that an array of species stands in a reaction; false. */
bool network_no_term(struct where *w, struct span at, struct typing t);
/* The units of the rates of `list` (NULL: none), one for each direction of a reaction of so many
 * molecules. */
bool network_rate_units(struct where *w, const struct ast *list, bool law, const int order[2]);
/* Rate constants of `{kf, kr}`, one for each direction of a reaction of `order` molecules. */
bool network_rates(struct where *w, const struct ast *list, int order, expr_id rate[2]);
bool network_ode(struct where *w, const struct ast *a);
/* Reports that what stands left of ' has no equation; false. */
bool network_no_equation(struct where *w, struct span at, enum name_kind kind);
/* Reports a second equation of what is called `text`; false. */
bool network_equation_twice(struct front *f, const struct ast *a, const struct ast *first, const char *text);
/* Adds a reaction with the provenance of the body; counts it, and reports what does not fit. */
bool network_add(struct where *w, const struct term *lhs, size_t n_lhs, const struct term *rhs, size_t n_rhs,
                 enum rate_kind kind, expr_id rate, struct span span, const char *label);
/* A network by its name, elaborated anew; the caller owns it. NULL after an error. With `call` (an INSTANCE
 * of the module `from`; a network that has a body) by what that gives its parameters. */
struct net *network_build(struct front *f, struct name *name, const struct ast *call, struct module *from,
                          struct span at, struct units *units, struct lowering *lowering);
/* network_call.c: the symbol to which `arg` gives something; NULL after an error. */
const struct symbol *network_given_symbol(struct where *w, const struct net *net, const struct ast *arg);
/* network_call.c: the parameter that a symbol is, if `arg` may give it a value; NULL after an error. */
const struct net_param *network_may_give(struct where *w, const struct net *net, const struct symbol *s,
                                         const struct ast *arg);
/* network_declare.c: the parameter of the network that is a parameter of the program. */
expr_id network_global_leaf(struct where *w, int32_t global);
/* network_call.c: what `arg` gives, a parameter or an initial amount by name, becomes that of the network. */
bool network_give(struct where *w, struct net *net, const struct ast *arg);
/* network_call.c: the same of NET(k = 2) and of NET, where `w` is; one that the program has is copied,
 * without what experiments observe in it. `call` is an INSTANCE. */
struct net *network_call(struct where *w, const struct ast *call, struct units *units,
                         struct lowering *lowering);
/* Reports that `text`, which no parameter of the network is called, is a constant of its text or of the
 * program, and how that gets another value; false: it is neither. */
bool network_is_constant(struct where *w, struct span at, const char *network, const char *text);
/* network_expr.c: the network of `network NAME = ...;`, and how to read it if it was made from a model.
 * NULL after an error. */
struct net *network_expression(struct front *f, struct name *name, struct units *units,
                               struct lowering *lowering);
/* network_argument.c: the argument of a construction, of its kind. What out->net is, is the caller's to
 * destroy. False after an error. */
bool network_argument(struct where *w, const struct lower_argument *of, const struct ast *a,
                      struct lower_given *out);
/* The name in an entry of (A = Q[0], v[0] = 2), without blanks; NULL: the entry is no pair. */
const char *network_pair_name(struct where *w, const struct ast *entry);
/* network_import.c: the network that `import "file"` gives, for its names; network_import hands it over
 * later, so that a file is read once. NULL after an error. */
const struct net *network_imported(struct front *f, const struct module *m, const struct ast *import);
bool network_energy(struct where *w, const struct ast *a);
/* network_event.c */
/* Whether a time stands behind `at` or `every`, not a condition; reported. */
bool network_event_has_time(struct front *f, const struct ast *a);
bool network_event(struct where *w, const struct ast *a);
bool network_clock(struct where *w, const struct ast *a);
bool network_clock_is_known(const struct ast *clock); /* whether there are clocks of this name */
bool network_check_phases(struct where *w);           /* at the end: the clock has every phase */
/* The guard of the phase of that name, which whoever names it first makes. */
int32_t network_guard(struct where *w, const char *text, struct span span);
/* The network with the chemical clock that it declares, which takes its place; NULL after an error. */
struct net *network_with_clock(struct front *f, struct net_whole *whole);
/* What a rail of a dual gets when the dual gets v: max(v, 0), or max(-v, 0) of the negative one. */
expr_id network_rail(struct where *w, expr_id v, bool negative);
/* Declares species or rails; `init` may be NULL. */
bool network_declare(struct where *w, const char *text, struct span span, enum ast_op kind, bool constant,
                     struct shape shape, const struct ast *init);

#endif
