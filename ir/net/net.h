/* A reaction network, the central data structure of the compiler. Ids, never pointers, refer to its parts,
 * so that passes can rebuild arrays. A network owns its arena, its expression pool and its vectors; names
 * are interned in its own table. Conventions: the deterministic rate of `2 A + B ->{k}` is k [A]^2 [B], and
 * its stochastic propensity is k a (a - 1) b / V^2. */
#ifndef IR_NET_H
#define IR_NET_H

#include "ir/expr/expr.h"
#include "support/intern.h"
#include "support/source.h"
#include "support/vec.h"

typedef int32_t species_id;
typedef int32_t reaction_id;

/* A bulk species is a concentration. A reaction that changes discrete species may read bulk but not change
 * it; only reactions that change no discrete species change bulk, and their effects add up. */
enum species_kind { SPECIES_DISCRETE, SPECIES_BULK, SPECIES_CONSTANT }; /* ORDER crnl_kind */
enum {                                                                  /* flags */
       SPECIES_INPUT = 1,                                               /* never eliminated */
       SPECIES_SIGNED = 2,   /* a quantity that may be negative, not an amount */
       SPECIES_UNBOUNDED = 4 /* an amount that a law or event of an imported network may take below 0 */
};

struct species {
    const char *name; /* "X[3]", "m.S", "x.p" */
    uint8_t kind, flags;
    int32_t instance; /* vesicle or chamber to which the species belongs; -1: none */
    expr_id init;     /* initial amount: a real scalar over PARAM; 0: amount 0 */
    expr_id rest;     /* constant vector: the rounding error of init (amount.h); 0: none */
    expr_id energy;   /* as declared, in kT: a real scalar over PARAM; 0: none. Rates may disagree with it */
    struct span span;
};
/* Why the amount may be below 0: SPECIES_SIGNED, SPECIES_UNBOUNDED, or both; 0: it may not. */
static inline unsigned species_may_be_negative(const struct species *s)
{
    return s->flags & (SPECIES_SIGNED | SPECIES_UNBOUNDED);
}

struct term { /* sides are sorted by species, and a species occurs once in a side; count > 0 */
    species_id species;
    int64_t count;
};

/* An amount that a firing adds of a species besides the terms of both sides: a real scalar over SPECIES,
 * PARAM, TIME; a negative value takes some away. Fractions represent stoichiometry that is not a whole
 * number or that is known only at run time. */
struct fraction {
    species_id species;
    expr_id count;
};

enum rate_kind { RATE_MASS_ACTION, RATE_LAW }; /* reaction.rate is the constant k, or the whole rate */

enum { REACTION_MAY_REPEAT = 1 }; /* flag: made by a rule or another tool; duplicates are no mistake */

struct reaction {
    const char *label;               /* NULL if none */
    const char *origin;              /* provenance: "ReLU h[3] of clf"; NULL if none */
    uint32_t lhs, n_lhs, rhs, n_rhs; /* ranges of net->term; catalysts are on both sides */
    uint8_t rate_kind, flags;
    int32_t guard;                  /* 0 = always */
    expr_id rate;                   /* a real scalar over PARAM; that of a law also over SPECIES, TIME */
    uint32_t fraction, n_fractions; /* range of net->fraction: sorted by species, each once, none constant */
    /* If not 0, the fractions take effect `delay` after the firing, and must then be numbers: a real scalar
     * over PARAM. If `longest` is not 0, each firing draws its delay uniformly between the two. */
    expr_id delay, longest;
    struct span span;
};

struct net_param { /* a declaration; its elements are the slots first .. first + size */
    const char *name;
    struct shape shape;
    int32_t first;
    /* The number of the program from which the first element takes its value, or -1: none. The numbers are
     * the program's parameters, then those of its models, then those of its tables. While a program is being
     * built, -2 - i stands for the first number of table i. */
    int32_t global;
    expr_id init; /* real, this shape or scalar, over earlier PARAM */
    /* A scalar whose value each run sets: one molecule in the unit of amounts for stochastic methods, 0 for
     * the ODE. Thus A * (A - m) is the falling factorial of two molecules in a stochastic run and A^2 in the
     * ODE. A network has at most one such parameter. */
    bool is_molecule;
    const char *unit, *doc;
    struct span span;
};

struct guard { /* guard 0 is 'always' */
    const char *name;
    bool initially;
};

enum symbol_kind { SYMBOL_SPECIES, SYMBOL_DUAL, SYMBOL_PARAM, SYMBOL_OUTPUT };
/* Flags; an output may be a species or a formula. READ and SET: an experiment reads or sets the symbol and
 * refers to it by its index. */
enum { SYMBOL_IS_OUTPUT = 1, SYMBOL_IS_INPUT = 2, SYMBOL_IS_READ = 4, SYMBOL_IS_SET = 8 };

/* A symbol is what experiments, files and equivalence checks see: a name with a shape, and for each element
 * a scalar expression over SPECIES, PARAM, TIME. Species and parameters are symbols too. Passes rewrite the
 * expressions, so a symbol survives the elimination of the species that it named; an element that no longer
 * has a value is `lost` (expr_lost). An element of a DUAL is `p - n`; its rails are symbols of their own
 * (`x.p`, `x.n`). */
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

/* `at T` happens once, `every T` at T, 2 T, ..., and `when COND` whenever the condition turns from false
 * to true, and also at the start if the condition is true there. The changes of one event are
 * simultaneous: their values are computed from the state before the event. Events at the same time happen
 * in their order. */
enum event_kind { EVENT_AT, EVENT_EVERY, EVENT_WHEN }; /* ORDER crnl_event_kind */
struct change {
    species_id species;
    expr_id value; /* the new amount: real scalar over SPECIES, PARAM, TIME */
};
/* Flags of WHEN events whose changes wait in a queue and happen after a delay. Of those due at the same time,
 * the one of the highest priority comes first. */
enum {
    EVENT_QUEUED = 1,
    EVENT_HELD = 2,      /* the condition is taken to be true before the start */
    EVENT_CANCELLED = 4, /* dropped if the condition turns false before they happen */
    EVENT_EARLY = 8,     /* their values are computed when the condition turns true */
    EVENT_DRAWN = 16     /* among changes of equal priority a random one is first */
};
struct event {
    uint8_t kind, flags;
    expr_id delay, priority; /* QUEUED: real scalars over SPECIES, PARAM, TIME; 0: none */
    expr_id longest;         /* QUEUED: the delay is drawn uniformly between `delay` and this; 0: the delay is
                          `delay` */
    expr_id when;            /* AT, EVERY: real scalar over PARAM; WHEN: boolean over SPECIES, PARAM, TIME */
    uint32_t first, n;       /* changes net->change[first .. first + n] */
    struct span span;
};

/* A phase of the ideal clock. The phases follow each other for ever; each turns its guard on for its
 * duration, and the guards of the other phases off. */
struct phase {
    int32_t guard;    /* each phase has a guard of its own */
    expr_id duration; /* real scalar over PARAM */
};

/* The units of a network's numbers, for exports. */
struct net_units {
    const char *amount, *time;         /* "nM", "s"; NULL: amounts, or times, are plain numbers */
    double amount_factor, time_factor; /* one unit of amount in mol/l or mol, one unit of time in s */
    bool is_concentration;             /* amounts are in mol/l, not mol */
    double volume;                     /* litres; 0 = not given */
};

/* The number of molecules in one unit of amount; for a concentration this is the number in the network's
 * volume. Returns 0 if the units or the volume are not known. */
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
    /* Quantities that experiments ask for (program.h); passes rewrite them as they do symbols. */
    VEC(expr_id) observed;   /* scalar expressions over SPECIES, PARAM, TIME, CAPTURE */
    struct net_index *index; /* private: finds symbols by name and observed quantities by expression */
};

struct net *net_create(const char *name);
void net_destroy(struct net *n);
struct net *net_clone(const struct net *n);
/* Puts `prefix` before the names of species, symbols, parameters, guards and labels, when the network
 * becomes a part of another one. */
void net_add_prefix(struct net *n, const char *prefix);
/* How a network becomes a part of another one, the whole. Before net_append the lists `species` and
 * `slot` say what in the whole takes the place of which species and parameters of the part; afterwards
 * they say where all of these are. */
struct net_copied {
    const char *prefix;  /* put before all names of the part */
    species_id *species; /* by species of the part: the species of the whole; -1: the part brings its own */
    expr_id *slot; /* by parameter slot of the part: the value in the whole; 0: the part brings its own */
    int32_t guard; /* the guard of those of its reactions that have none */
    /* copy: the `instance` of its species that have none; copies: a number added to that of all others */
    int32_t copy, copies;
    const char *origin; /* the origin of those of its reactions that have none */
    struct span span;   /* the place of all its parts */
};
/* Appends a copy of `from`, without what is observed; its symbols are no outputs of the whole. Returns false
 * if a count overflows. */
bool net_append(struct net *to, const struct net *from, struct net_copied *part);

species_id net_add_species(struct net *n, const char *name, enum species_kind kind, expr_id init,
                           struct span span);
/* Adds a reaction. The terms are copied, sorted and merged (2 A + A becomes 3 A). Returns -1 if a count
 * overflows. */
reaction_id net_add_reaction(struct net *n, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                             size_t n_rhs, enum rate_kind kind, expr_id rate, struct span span);
/* Like net_add_reaction, with fractions in addition. Fractions of the same species are added up, and those
 * of constant species are left out. A fraction that is a whole constant becomes a term if that does not
 * change the rate. */
reaction_id net_add_reaction_with(struct net *n, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                                  size_t n_rhs, enum rate_kind kind, expr_id rate,
                                  const struct fraction *more, size_t n_more, struct span span);
int32_t net_add_param(struct net *n, const char *name, struct shape shape, expr_id init,
                      struct span span); /* index in param */
/* Declares that parameter p stands for one molecule. Returns false if p is an array or a parameter of the
 * program, or if the network already has such a parameter. */
bool net_mark_molecule(struct net *n, int32_t p);
int32_t net_molecule_slot(const struct net *n); /* that of net_mark_molecule; -1: none */
int32_t net_add_guard(struct net *n, const char *name, bool initially);
void net_add_event(struct net *n, enum event_kind kind, expr_id when, const struct change *change,
                   size_t n_changes, struct span span);
/* Adds a symbol with shape_size(shape) element expressions `elems`. Returns the index of the symbol. */
int32_t net_add_symbol(struct net *n, const char *name, enum symbol_kind kind, struct shape shape,
                       const expr_id *elems, struct span span);
int32_t net_find_symbol(const struct net *n,
                        const char *name); /* -1 if none; a hash lookup; of equal names the last */
/* The declaration that a parameter symbol stands for; NULL if the symbol is no parameter, or if passes have
 * replaced it by another value. */
const struct net_param *net_symbol_param(const struct net *n, const struct symbol *s);
int32_t net_add_observed(struct net *n, expr_id scalar); /* returns its index; equal expressions share one */

const struct term *net_lhs(const struct net *n, const struct reaction *r);
const struct term *net_rhs(const struct net *n, const struct reaction *r);
expr_id net_species_expr(struct net *n, species_id s); /* SPECIES leaf */
expr_id net_param_expr(struct net *n, int32_t slot);
/* ---- changes (net_change.c) ----
 *
 * Whether net_change can give the change of a firing as whole numbers. Code that must know the change either
 * leaves other reactions alone, with all species that take part in them (USE_FRACTION in uses.h), or refuses
 * the network. */
static inline bool net_change_is_known(const struct reaction *r)
{
    return r->n_fractions == 0;
}
/* The first reaction whose change is not known, -1: there is none. */
reaction_id net_first_unknown(const struct net *n);
/* The first reaction with delayed products; -1: there is none. Products on their way are in no amount. The
 * change of such a reaction counts as not known; in addition, all code that looks at laws leaves the network
 * alone. */
reaction_id net_first_late(const struct net *n);
/* Adds delayed products `late` to reaction r, with these delays (struct reaction); constant species are left
 * out. */
void net_set_late(struct net *n, reaction_id r, const struct fraction *late, size_t n_late, expr_id delay,
                  expr_id longest);
/* The rate at which delayed products of r arrive, in the ODE: the rate `delay` ago, 0 before the start. With
 * `longest` it is the mean rate between two past times, for which a species is added to `n`, after all
 * others. */
expr_id net_late_flow(struct net *n, const struct reaction *r);
/* ---- the past (net_delay.c) ---- */
/* The first expression that reads a past value: returns its delay node and sets *at to its place; 0: none.
 * Only the method `ode` runs such networks, and passes leave them unchanged. */
expr_id net_first_delay(const struct net *n, struct span *at);
/* A constant species that a run fills in with the value of a delay: `value` as it was `lag` ago, and
 * `before` for times before the start. */
struct net_delay {
    species_id species;
    expr_id value, lag, before;
    bool is_late; /* the rate of a reaction whose products come later */
};
/* Replaces each delay by such a species, which is added after all others. *out, in the network's arena,
 * lists the delays so that each reads only species of earlier entries. Returns the number of entries. */
size_t net_take_delays(struct net *n, struct net_delay **out);
/* The net change of a reaction: sorted by species, without zero counts and without constant species. `out`
 * needs room for n_lhs + n_rhs terms. Returns the number of terms, or NET_CHANGE_UNKNOWN if the reaction has
 * fractions. */
#define NET_CHANGE_UNKNOWN SIZE_MAX
size_t net_change(const struct net *n, const struct reaction *r, struct term *out);
/* The same change without the fractions: what the terms of both sides give. */
size_t net_whole_change(const struct net *n, const struct reaction *r, struct term *out);
/* The part of this change that belongs to species s; 0 if the terms do not change s. */
int64_t net_whole_change_of(const struct net *n, const struct reaction *r, species_id s);
/* The species that a firing may change, in any order. `out` needs room for n_lhs + n_rhs + n_fractions.
 * Returns how many there are. */
size_t net_changed_species(const struct net *n, const struct reaction *r, species_id *out);
/* Whether the reaction, by its sides and fractions, does not change both discrete species and bulk. This is
 * true of every reaction of a valid network (net_verify). */
bool net_leaves_bulk(const struct net *n, const struct reaction *r);
/* Makes it true: if the reaction changes a discrete species, its right side gets the same bulk terms as its
 * left side. net_add_reaction calls this. */
void net_leave_bulk(struct net *n, reaction_id r);
/* Calls net_leave_bulk for all reactions, after species have become bulk. */
void net_settle_bulk(struct net *n);
/* The deterministic rate as an expression: the law, or k [A]^a ... */
expr_id net_rate_expr(struct net *n, const struct reaction *r);
/* The change of species s by a firing, fractions included; 0 if it does not change it. */
expr_id net_change_of(struct net *n, const struct reaction *r, species_id s);
/* A copy with the same ODE and without fractions: each fraction becomes a reaction 0 =>{count * rate} S of
 * its own, after all others. For delayed products the rate is that of net_late_flow. */
struct net *net_fractions_as_laws(const struct net *n);
/* A copy with the same stochastic runs and without fractions: a firing marks its reaction, by an additional
 * species after all others, and an event before all others does what the fractions say, at once or later. */
struct net *net_fractions_as_events(const struct net *n);
/* The name of a parameter slot, such as "w[2,3]", in the network's arena. */
const char *net_slot_name(const struct net *n, int32_t slot);
const char *net_slot_text(const struct net *n, int32_t slot, struct arena *arena); /* the same, in `arena` */
/* The reaction as the language has it, such as "2 A + B ->{k} C", in `arena`; long rates are left out. */
const char *net_reaction_text(const struct net *n, reaction_id r, struct arena *arena);

/* The text of an expression, with the names of species and parameters, in `arena`; for messages. A long
 * expression becomes "...". */
const char *net_expr_text(const struct net *n, expr_id e, struct arena *arena);

/* The text form of a network (doc/IR.md). Reading what was printed gives an equal network. */
struct diag;
void net_print(FILE *out, const struct net *n, const struct sources *sources);
/* Prints the differential equation of each species, the initial amounts, and what changes amounts besides. */
void net_print_equations(FILE *out, const struct net *n);
struct net *net_read(struct sources *sources, uint32_t file, struct diag *diag); /* NULL after errors */
/* Reads the same statements without the frame `network "..." { }`, as `crnlc emit --format text` writes them
 * (doc/formats.md). Returns NULL after errors. */
struct net *net_read_list(struct sources *sources, uint32_t file, struct diag *diag);
/* Files of other formats hold such statements in comments behind this mark, or, in XML, in elements of this
 * namespace. */
#define NET_REMARK_MARK      "crnlc: "
#define NET_OWN_MARK         "crnlc-" /* before text that only crnlc interprets */
#define NET_REMARK_NAMESPACE "urn:crnlc:network"
/* Reads statements about an existing network: its units, volume, inputs and outputs, kinds of species and
 * assumptions. A species that the network does not have yet is added. `text` has the offsets of the file,
 * for messages. Returns false after errors. */
bool net_read_remarks(struct net *n, const char *text, size_t length, uint32_t file, struct diag *diag);
/* Replaces derived leaves (expr_class.def) by their meaning. This is the last step of building a network
 * that may contain such leaves. Reports E0705 and returns false if a leaf has no meaning. */
bool net_resolve(struct net *n, struct diag *diag);
/* Checks the invariants of a network: ids are in range, sides are sorted, counts are positive, types and
 * shapes fit, and so on. Reports E07xx and returns false if one is violated. */
bool net_verify(const struct net *n, struct diag *diag);

#endif
