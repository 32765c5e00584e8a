/* Shared by the formats: struct text holds the network to be written with its names and values; functions
 * print sides, numbers and expressions. */
#ifndef CODEGEN_TEXT_TEXT_IMPL_H
#define CODEGEN_TEXT_TEXT_IMPL_H

#include "codegen/text/text.h"
#include "support/arena.h"
#include "support/vec.h"

struct net_names;
struct name_set; /* the names in use, so that new ones are unique */

struct text {
    FILE *out;
    struct net *net;
    const struct text_format *format;
    const struct text_options *options;
    const struct sources *sources;
    struct diag *diag;
    struct arena *arena;
    struct name_set *names;
    struct net_names *meaning;    /* what each name means to crnlc's reader of networks */
    const char **species, **slot; /* names in the target; a slot that is not used has none */
    const char **guard;           /* by guard: its name in the target, from text_events_make */
    /* by element of symbols: its name in the target, if text_outputs wrote it */
    const char **output;
    bool *species_used; /* used in a reaction, in its law or in an output */
    bool *slot_used;    /* used in a rate, a law or an output */
    /* values at the defaults: parameters, amounts, rate constants (1 for laws) */
    double *p, *x, *k;
    struct net_units declared; /* the units before text_count_molecules */
    size_t n_lines; /* functions written so far, for formats that number them */
    expr_id *law;   /* by reaction: the whole rate without arrays; 0 for mass action */
};

/* molecules.c: replaces the network's unit of amounts, if it has one, by molecules. False after a report. */
bool text_count_molecules(struct net *n, struct diag *diag);

/* text_check.c: whether the format can hold the network; reports every reaction that it cannot hold. */
bool text_check(struct text *t);

/* text_names.c */
struct name_set *name_set_create(const char *reserved);
void name_set_destroy(struct name_set *s);
/* A name that resembles `wanted`, in the style of the format and different from all others. */
const char *text_unique(struct text *t, const char *wanted);
void text_name_all(struct text *t);
/* Writes "name in crnlc = name in the target" for the names that differ, each between `prefix` and `suffix`.
 * False if none differs. */
bool text_name_map(struct text *t, FILE *out, const char *prefix, const char *suffix);

/* text_parts.c */
enum number_style {
    NUMBER_PLAIN,       /* 5, 0.25, 1e-7 */
    NUMBER_DIGITS,      /* whole numbers in digits only, whatever their size */
    NUMBER_MATHEMATICA, /* 1*^-7 */
    NUMBER_LATEX,       /* 10^{-7} */
    NUMBER_FIFTEEN      /* sums of numbers of 15 digits, since libsbml writes no more: (0.1 + 5e-17) */
};
void text_number(FILE *out, double v, enum number_style style);
/* Writes a side. `prefix` is written between a count and its species, "" or "*"; NULL: the species is
 * repeated. `nothing` is written for an empty side. */
void text_side(struct text *t, const struct term *side, uint32_t n, const char *prefix, const char *nothing);
/* Writes the name, file, units and names as comments, for formats whose comments are lines. */
void text_header(struct text *t);
/* The text made fit for a comment: ASCII, on one line, and without what would end the comment. */
const char *text_plain(const struct text *t, const char *text);
const char *text_title(const struct text *t); /* "network vote of vote.crnl", fit for a comment */
/* Statements of the text format: units and volume; the shape " : [2, 3]" after a name. */
void text_units(struct text *t);
void text_shape(FILE *out, struct shape s);
/* The origin of reaction j, fit for a comment; NULL if it has none. */
const char *text_origin(const struct text *t, size_t j);
int64_t text_order(const struct text *t, size_t j); /* reactant molecules */
int64_t text_product_count(const struct text *t, size_t j);
const char *text_base(const char *path); /* "vote.crnl" of "/tmp/vote.crnl" */

/* Whether an output needs a formula; the name of its element i. */
bool text_is_formula(const struct text *t, const struct symbol *s);
const char *text_element_name(struct text *t, const struct symbol *s, int64_t i);
/* Whether a symbol is neither input nor output and has only the name of its species or parameter. Readers
 * make such symbols themselves. */
bool text_is_implied(struct text *t, const struct symbol *s);

/* text_scalar.c: an equal expression without arrays and loops; 0 if there is none or if it would be too long.
 * Expressions are graphs, which as text can be exponentially larger. */
enum { TEXT_MAX_NODES = 100000 };
expr_id text_scalar(struct net *n, expr_id e);

/* text_infix.c: expressions in the syntax of a target. */
struct infix_style {
    enum number_style numbers;
    const char *power, *divide, *multiply;
    const char *and, * or, *not, *unequal;
    /* names of functions; NULL: the target does not have it */
    const char *exp, *log, *sqrt, *sin, *cos, *tanh, *atan, *factorial, *abs, *floor, *min, *max;
    const char *select; /* "if" or "piecewise", of (value, condition, other); NULL: none */
    bool select_value_first;
    /* Writes `if c then x else y`. A condition is not a number: it is written `if c then 1 else 0`, and one
     * that always holds `true`. */
    bool select_words;
    /* delay: a function of the quantity, the delay and, if it has one, its history before the start */
    const char *modulo, *delay;
    const char *time;                         /* NULL: the target has none */
    const char *species_open, *species_close; /* what encloses a species, "[" and "]"; NULL: nothing */
    bool latex;                               /* writes fractions and raised exponents */
    bool tight;                               /* writes no blanks, since the target's formulas end at one */
};
/* What targets that are read by programs have in common. */
#define INFIX_USUAL                                                                              \
    .power = "^", .divide = "/", .multiply = "*", .and = " && ", .or = " || ",                   \
    .unequal = " != ", .exp = "exp", .sqrt = "sqrt", .sin = "sin", .cos = "cos", .tanh = "tanh", \
    .atan = "atan", .abs = "abs", .min = "min", .max = "max"
/* Prints an expression. False if the target lacks an operator; nothing is printed then. */
bool text_infix(struct text *t, FILE *out, expr_id e, const struct infix_style *style);
/* Prints a formula of an event or a phase without arrays. False if it cannot be written; reported at
 * `span`. */
bool text_formula(struct text *t, expr_id e, struct span span, const struct infix_style *style);
/* The same as a string; NULL if the target lacks an operator. */
const char *text_infix_string(struct text *t, expr_id e, const struct infix_style *style);

/* text_fraction.c: fraction i of reaction j, whose name in the target is `reaction`. False after a report. */
struct text_fraction {
    species_id species;
    bool is_reactant;    /* else a product */
    double value;        /* the stoichiometry, if it has no name; negative numbers of products are whole */
    const char *name;    /* name of the variable that is the stoichiometry; NULL: none */
    const char *formula; /* value of that variable */
    bool is_constant;    /* the formula reads only parameters */
};
bool text_fraction(struct text *t, size_t j, uint32_t i, const char *reaction,
                   const struct infix_style *style, struct text_fraction *f);

/* The rate constant of reaction j as a formula of named parameters, or as a number if the expression cannot
 * be written. */
const char *text_constant(struct text *t, size_t j, const struct infix_style *style);
/* The default of a scalar parameter, or the initial amount of a species, as a formula of other parameters;
 * NULL if it is a number or cannot be written. */
const char *text_default(struct text *t, int32_t slot, const struct infix_style *style);
const char *text_initial(struct text *t, species_id s, const struct infix_style *style);
/* Calls `write` for each output that is a formula: with its name in the target, its name in crnlc and its
 * expression without arrays. `write` returns false for what it cannot write; a warning says so. */
typedef bool (*text_output)(void *env, const char *id, const char *name, expr_id formula);
void text_outputs(struct text *t, text_output write, void *env);

/* text_remark.c: calls `write` for each statement about what the format has no place for. To be called after
 * outputs have been written. */
typedef void (*text_remark)(void *env, const char *statement);
void text_remarks(struct text *t, text_remark write, void *env);
/* Writes these statements, and units, as comments. */
void text_remark_comments(struct text *t);
extern const char *const text_event_kinds[]; /* "at", "every", "when" */
/* Prints an expression in the syntax of the text format, where a real number or a condition is expected. */
void text_source(struct text *t, expr_id e);
/* Prints an element of a symbol, of any type: a real number is written as 3.0. */
void text_element(struct text *t, expr_id e);
const char *text_quoted(struct text *t, const char *name); /* in backquotes if the text format needs them */

/* text_events.c: events and clocks, for targets that have only events. Events at the same time happen in the
 * order of their priorities, which is the order here unless the network has its own; each sees the changes of
 * those before it. */
struct text_variable {
    const char *name, *value; /* value at the start: a formula of parameters */
    bool changes;
    bool switches; /* a guard, 0 or 1; else the next time of a recurring event */
};
struct text_change {
    const char *target, *value; /* value: a formula of the state before the event */
};
struct text_event {
    /* the event happens when this becomes true, and at the start if it is true then */
    const char *name, *trigger;
    size_t first, n; /* its changes */
    bool persistent; /* it happens even if another event makes the trigger false before */
    /* held: the trigger counts as true before the start; early: values are those at the time of the
     * trigger */
    bool held, early;
    const char *delay;    /* NULL: none */
    const char *priority; /* NULL: any order */
    /* For crnlc's reader: "at", "every", "when" or "phase" (NULL: queued), the number of the event or phase
     * in the network, its variables. */
    const char *kind, *timer, *guard;
    size_t number;
};
struct text_events {
    VEC(struct text_variable) variable;
    VEC(struct text_event) event;
    VEC(struct text_change) change;
};
/* Names the guards (t->guard), makes their variables and all events. False after a report. */
bool text_events_make(struct text *t, const struct infix_style *style, struct text_events *to);
/* The law of reaction j, made 0 while the reaction is switched off, even where the formula has no value. */
const char *text_switched(struct text *t, size_t j, const char *law);
void text_events_free(struct text_events *e);
bool text_is_changed(const struct text *t, species_id s); /* by an event */
/* Attributes of XML for crnlc's reader (import/sbml/sbml_own.c), each after a blank. Of the network: the
 * names of reactions with laws and of references that are only for stoichiometry, separated by blanks, and
 * which variables are guards or times. Of an event: its kind. */
void text_own_network(FILE *out, const struct text_events *events, const char *laws, const char *fractions);
void text_own_event(FILE *out, const struct text_event *e);
void text_own_name(FILE *list, const char *name); /* appends a name to such a list */

/* Reports that the format cannot hold reaction j, at its place. Returns false. */
bool text_refuse(struct text *t, size_t j, const char *format, ...) __attribute__((format(printf, 3, 4)));

#define FORMAT(id, name, extension, function, ...) bool function(struct text *t);
#include "codegen/text/formats.def"
#undef FORMAT

#endif
