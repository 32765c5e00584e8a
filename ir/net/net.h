/* A reaction network: the compiler's centre. Entities are named by ids, never by pointers, so that passes
 * can rebuild arrays. A network owns its arena, its expression pool and its vectors; names are interned in
 * its own table. Conventions: deterministic rate of `2 A + B ->{k}` is k [A]^2 [B]; stochastic propensity
 * k a (a - 1) b / V^2. */
#ifndef IR_NET_H
#define IR_NET_H

#include "ir/expr/expr.h"
#include "support/intern.h"
#include "support/source.h"
#include "support/vec.h"

typedef int32_t species_id;
typedef int32_t reaction_id;

/* A bulk species is a concentration: discrete reactions read it and leave it alone. Reactions that change
 * no discrete species change it; what several of them do adds up. */
enum species_kind { SPECIES_DISCRETE, SPECIES_BULK, SPECIES_CONSTANT }; /* ORDER crnl_kind */
enum {                                                                  /* flags */
       SPECIES_INPUT = 1,                                               /* never eliminated */
       SPECIES_SIGNED = 2,   /* a quantity that may be negative, no amount */
       SPECIES_UNBOUNDED = 4 /* an amount that a law or event of an imported network may take below 0 */
};

struct species {
    const char *name; /* "X[3]", "m.S", "x.p" */
    uint8_t kind, flags;
    int32_t instance; /* vesicle or chamber it belongs to; -1 none */
    expr_id init;     /* real scalar over PARAM; 0 = amount 0 */
    expr_id rest;     /* vector of constants that a rounded init leaves out (amount.h); 0: none */
    expr_id energy;   /* as declared, in kT: real scalar over PARAM; 0: none. Rates need not agree with it */
    struct span span;
};

struct term { /* in sides, sorted by species, each species once, count > 0 */
    species_id species;
    int64_t count;
};

/* What a firing adds of a species beside the terms of both sides: a real scalar over SPECIES, PARAM, TIME,
 * negative where it takes. For stoichiometry that is no whole number, or known only at run time. */
struct fraction {
    species_id species;
    expr_id count;
};

enum rate_kind { RATE_MASS_ACTION, RATE_LAW }; /* rate is the constant k, or the whole rate */

enum { REACTION_MAY_REPEAT = 1 }; /* flag: by a rule or another tool, where two equal reactions are no slip */

struct reaction {
    const char *label;               /* NULL if none */
    const char *origin;              /* provenance: "ReLU h[3] of clf"; NULL if none */
    uint32_t lhs, n_lhs, rhs, n_rhs; /* ranges of net->term; catalysts are on both sides */
    uint8_t rate_kind, flags;
    int32_t guard;                  /* 0 = always */
    expr_id rate;                   /* real scalar: over PARAM; a law also over SPECIES, TIME */
    uint32_t fraction, n_fractions; /* range of net->fraction: sorted by species, each once, none constant */
    struct span span;
};

struct net_param { /* one declaration; its elements are slots first .. first + size */
    const char *name;
    struct shape shape;
    int32_t first;
    /* Number of the program that the first element stands for: its parameters, then those of its models, then
     * those of its tables. -1: none. While programs are made, -2 - i: those of table i. */
    int32_t global;
    expr_id init; /* real, this shape or scalar, over earlier PARAM */
    /* A scalar that runs set: one molecule in the unit of amounts by stochastic methods, 0 by the ODE. So
     * A * (A - m) is the falling factorial of two molecules, and A^2 of what flows. At most one. */
    bool is_molecule;
    const char *unit, *doc;
    struct span span;
};

struct guard { /* entry 0 is 'always' */
    const char *name;
    bool initially;
};

enum symbol_kind { SYMBOL_SPECIES, SYMBOL_DUAL, SYMBOL_PARAM, SYMBOL_OUTPUT };
/* Flags; an output may be a species or a formula. READ and SET: by an experiment, which refers to it by
 * number. */
enum { SYMBOL_IS_OUTPUT = 1, SYMBOL_IS_INPUT = 2, SYMBOL_IS_READ = 4, SYMBOL_IS_SET = 8 };

/* What experiments, files and equivalence checks see: a name with a shape, and a scalar expression over
 * SPECIES, PARAM, TIME for each element. Species and parameters are symbols too; passes rewrite the
 * expressions, so a symbol survives the elimination of what it named; an element that no longer has a value
 * is `lost` (expr_lost). A DUAL element is `p - n`; its rails are symbols of their own (`x.p`, `x.n`). */
struct symbol {
    const char *name; /* "X", "m.S", "x", "x.p" */
    uint8_t kind, flags;
    struct shape shape;
    uint32_t first; /* elements net->elem[first .. first + size] */
    struct span span;
};

struct assume {
    expr_id cond;
    struct span span;
};

/* `at T`, `every T` (at T, 2 T, ...), `when COND`: on the edge false -> true, and at the start if true. The
 * changes of one event are simultaneous: their values see the state before. Events at one time happen in
 * order. */
enum event_kind { EVENT_AT, EVENT_EVERY, EVENT_WHEN }; /* ORDER crnl_event_kind */
struct change {
    species_id species;
    expr_id value; /* the new amount: real scalar over SPECIES, PARAM, TIME */
};
enum { /* flags of WHEN, whose changes then wait in a queue */
       EVENT_QUEUED =
           1,          /* they happen after the delay, of those due at one time the highest priority first */
       EVENT_HELD = 2, /* the condition counts as true before the start */
       EVENT_CANCELLED = 4, /* forgotten when the condition ends before they happen */
       EVENT_EARLY = 8,     /* their values see the state in which the condition turned true */
       EVENT_DRAWN = 16     /* among those of one priority chance says which is first, each time anew */
};
struct event {
    uint8_t kind, flags;
    expr_id delay, priority; /* QUEUED: real scalars over SPECIES, PARAM, TIME; 0: none */
    expr_id when;            /* AT, EVERY: real scalar over PARAM; WHEN: boolean over SPECIES, PARAM, TIME */
    uint32_t first, n;       /* changes net->change[first .. first + n] */
    struct span span;
};

/* The ideal clock: its phases in turn, for ever; each turns its guard on for a while and the others off. */
struct phase {
    int32_t guard;    /* none twice */
    expr_id duration; /* real scalar over PARAM */
};

/* What one unit of the network's numbers is, for exports. */
struct net_units {
    const char *amount, *time;         /* "nM", "s"; NULL: the network declares none */
    double amount_factor, time_factor; /* in mol/l or mol, and in s */
    bool is_concentration;             /* mol/l, not mol */
    double volume;                     /* litres; 0 = not given */
};

/* Molecules in one unit of amount: of a concentration in its volume. 0 if the units and the volume do not
 * say it. */
double net_molecules(const struct net_units *u);

struct net {
    const char *name;
    struct arena *arena;
    struct intern *names;
    struct expr_pool *ex;
    const char *file; /* source file, for messages */
    struct net_units units;
    VEC(struct species) species;
    VEC(struct reaction) reaction;
    VEC(struct term) term;
    VEC(struct fraction) fraction;
    VEC(struct net_param) param;
    int32_t n_slots; /* parameter slots in all */
    VEC(struct guard) guard;
    VEC(struct symbol) symbol;
    VEC(expr_id) elem;
    VEC(struct assume) assume;
    VEC(struct event) event;
    VEC(struct change) change;
    VEC(struct phase) clock; /* empty: no clock */
    /* Wanted by experiments (program.h); rewritten by passes like symbols. */
    VEC(expr_id) observed;   /* scalar expressions over SPECIES, PARAM, TIME, CAPTURE */
    struct net_index *index; /* private: symbols by name, observed by expression */
};

struct net *net_create(const char *name);
void net_destroy(struct net *n);
struct net *net_clone(const struct net *n);
/* Before the names of species, symbols, parameters, guards and labels, where the network becomes a part of
 * another. */
void net_add_prefix(struct net *n, const char *prefix);

species_id net_add_species(struct net *n, const char *name, enum species_kind kind, expr_id init,
                           struct span span);
/* Copies the terms, sorts and merges them (2 A + A is 3 A, counts overflow checked: returns -1 on
 * overflow). */
reaction_id net_add_reaction(struct net *n, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                             size_t n_rhs, enum rate_kind kind, expr_id rate, struct span span);
/* The same with what is no whole number. Fractions of one species add up, those of constant species are
 * left out, and constants that are whole become terms where that leaves the rate what it is. */
reaction_id net_add_reaction_with(struct net *n, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                                  size_t n_rhs, enum rate_kind kind, expr_id rate,
                                  const struct fraction *more, size_t n_more, struct span span);
int32_t net_add_param(struct net *n, const char *name, struct shape shape, expr_id init,
                      struct span span); /* index in param */
/* Makes parameter p the one that stands for one molecule. False: it is an array, or another one is. */
bool net_mark_molecule(struct net *n, int32_t p);
int32_t net_molecule_slot(const struct net *n); /* its slot; -1: none */
int32_t net_add_guard(struct net *n, const char *name, bool initially);
void net_add_event(struct net *n, enum event_kind kind, expr_id when, const struct change *change,
                   size_t n_changes, struct span span);
/* elems: shape_size(shape) expressions. Returns the symbol's index. */
int32_t net_add_symbol(struct net *n, const char *name, enum symbol_kind kind, struct shape shape,
                       const expr_id *elems, struct span span);
int32_t net_find_symbol(const struct net *n,
                        const char *name); /* -1 if none; hashed; the last of that name */
/* The declaration that a symbol of parameters stands for; NULL if passes have made it another value. */
const struct net_param *net_symbol_param(const struct net *n, const struct symbol *s);
int32_t net_add_observed(struct net *n, expr_id scalar); /* shared when equal */

const struct term *net_lhs(const struct net *n, const struct reaction *r);
const struct term *net_rhs(const struct net *n, const struct reaction *r);
expr_id net_species_expr(struct net *n, species_id s); /* SPECIES leaf */
expr_id net_param_expr(struct net *n, int32_t slot);
/* net_change.c. Whether a firing changes amounts by whole numbers that net_change gives. What must know the
 * change leaves other reactions alone, with the species that take part in them (USE_FRACTION in uses.h), or
 * refuses the network. */
static inline bool net_change_is_known(const struct reaction *r)
{
    return r->n_fractions == 0;
}
/* The first reaction whose change is not known, -1: there is none. */
reaction_id net_first_unknown(const struct net *n);
/* ---- the past (net_delay.c) ---- */
/* The first expression that reads what was some time ago, its delay and its place; 0: there is none. Such
 * networks run by `ode` alone; passes leave them as they are. */
expr_id net_first_delay(const struct net *n, struct span *at);
/* A constant species of a network that a run fills in: what `value` was `lag` ago, `before` before the
 * start. */
struct net_delay {
    species_id species;
    expr_id value, lag, before;
};
/* Puts such a species, behind all others, in the place of each delay: theirs, in the arena of the network, so
 * that each reads those before it only; how many. */
size_t net_take_delays(struct net *n, struct net_delay **out);
/* Net change of a reaction: sorted, no zero counts, constant species left out. Caller gives room for n_lhs
 * + n_rhs; returns how many, or NET_CHANGE_UNKNOWN. */
#define NET_CHANGE_UNKNOWN SIZE_MAX
size_t net_change(const struct net *n, const struct reaction *r, struct term *out);
/* The part of it that the terms of the sides give, fractions aside. */
size_t net_whole_change(const struct net *n, const struct reaction *r, struct term *out);
/* The species that a firing may change, in any order; room for n_lhs + n_rhs + n_fractions. */
size_t net_changed_species(const struct net *n, const struct reaction *r, species_id *out);
/* Whether it does not change both discrete species and bulk, as the sides say it; so it is in every network
 * (net_verify). */
bool net_leaves_bulk(const struct net *n, const struct reaction *r);
/* Makes it so: if the reaction changes a discrete species, bulk gets on the right what it has on the left.
 * net_add_reaction does it. */
void net_leave_bulk(struct net *n, reaction_id r);
/* The same of all reactions, after species have become bulk. */
void net_settle_bulk(struct net *n);
/* The same of all reactions, after species have become bulk. */
void net_settle_bulk(struct net *n);
/* The deterministic rate as an expression: the law, or k [A]^a ... */
expr_id net_rate_expr(struct net *n, const struct reaction *r);
/* A copy with the same ODE and no fractions: each is a reaction 0 =>{count * rate} S of its own, behind all
 * others. */
struct net *net_fractions_as_laws(const struct net *n);
/* A copy with the same stochastic runs and no fractions: a firing marks its reaction, by an amount that is
 * behind all others, and an event before all others does at once what the fractions say. */
struct net *net_fractions_as_events(const struct net *n);
/* Name of a parameter slot: "w[2,3]", in the network's arena. */
const char *net_slot_name(const struct net *n, int32_t slot);
const char *net_slot_text(const struct net *n, int32_t slot, struct arena *arena); /* the same, in `arena` */
/* "2 A + B ->{k} C", as the printer writes it, in `arena`. */
const char *net_reaction_text(const struct net *n, reaction_id r, struct arena *arena);

/* An expression with the names of species and parameters, in `arena`; for messages. */
const char *net_expr_text(const struct net *n, expr_id e, struct arena *arena);

/* Text form with exact round trip (doc/IR.md). */
struct diag;
void net_print(FILE *out, const struct net *n, const struct sources *sources);
struct net *net_read(struct sources *sources, uint32_t file, struct diag *diag); /* NULL after errors */
/* The same statements without a frame, as `crnlc emit --format text` writes them (doc/formats.md). */
struct net *net_read_list(struct sources *sources, uint32_t file, struct diag *diag);
/* How files of other formats hold such statements: behind this in comments, in elements of this namespace
 * in XML. */
#define NET_REMARK_MARK      "crnlc: "
#define NET_OWN_MARK         "crnlc-" /* what only crnlc makes of the text that follows */
#define NET_REMARK_NAMESPACE "urn:crnlc:network"
/* Those about a network that is there: its units, volume, inputs and outputs, kinds of species,
 * assumptions; a species that it has not is added. `text` has the places of the file. False after errors. */
bool net_read_remarks(struct net *n, const char *text, size_t length, uint32_t file, struct diag *diag);
/* Puts the meaning of derived leaves (expr_class.def) in their place: the last step of whoever makes a
 * network that may have them. Reports E0705 where there is none; false. */
bool net_resolve(struct net *n, struct diag *diag);
/* Ids in range, sides sorted, counts positive, types and shapes, symbols' elements, guards, ...: reports
 * E07xx. */
bool net_verify(const struct net *n, struct diag *diag);

#endif
