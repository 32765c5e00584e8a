/* What the formats share: one struct for the network at hand, with names, values and printing of sides,
 * numbers and expressions. */
#ifndef CODEGEN_TEXT_TEXT_IMPL_H
#define CODEGEN_TEXT_TEXT_IMPL_H

#include "codegen/text/text.h"
#include "support/arena.h"
#include "support/vec.h"

struct net_names;
struct name_set; /* names in use, so that new ones are unique */

struct text {
    FILE *out;
    struct net *net;
    const struct text_format *format;
    const struct text_options *options;
    const struct sources *sources;
    struct diag *diag;
    struct arena *arena;
    struct name_set *names;
    struct net_names *meaning;    /* what names mean to the reader of networks */
    const char **species, **slot; /* names in the target; slots that are not used have none */
    const char **guard;           /* the same; text_events_make gives them */
    const char **output;          /* by element of symbols: its name where text_outputs wrote it */
    bool *species_used;           /* stands in a reaction, in its law or in an output */
    bool *slot_used;              /* stands in a rate, law or output */
    double *p, *x, *k;            /* at the defaults: parameters, amounts, rate constants (1 for laws) */
    size_t n_lines;               /* functions so far, for formats that number them */
    expr_id *law;                 /* by reaction: the whole rate without arrays; 0 for mass action */
};

/* text_check.c: whether the format can hold the network; reports every reaction that it cannot. */
bool text_check(struct text *t);

/* text_names.c */
struct name_set *name_set_create(const char *reserved);
void name_set_destroy(struct name_set *s);
/* A name like `wanted` in the style of the format that no other has. */
const char *text_unique(struct text *t, const char *wanted);
void text_name_all(struct text *t);
/* "name of crnlc = name here" for those that differ, each after `prefix`. False: none differs. */
bool text_name_map(struct text *t, FILE *out, const char *prefix, const char *suffix);

/* text_parts.c */
enum number_style {
    NUMBER_PLAIN,       /* 5, 0.25, 1e-7 */
    NUMBER_DIGITS,      /* integral values in digits only, whatever their size */
    NUMBER_MATHEMATICA, /* 1*^-7 */
    NUMBER_LATEX,       /* 10^{-7} */
    NUMBER_FIFTEEN      /* sums of numbers of 15 digits, which is what libsbml writes: (0.1 + 5e-17) */
};
void text_number(FILE *out, double v, enum number_style style);
/* `prefix` stands between a count and its species: "" or "*"; NULL: the species is repeated. `nothing` is
 * an empty side. */
void text_side(struct text *t, const struct term *side, uint32_t n, const char *prefix, const char *nothing);
/* Name, file, units and names as comments; for formats whose comment is a line. */
void text_header(struct text *t);
/* A text for a comment: ASCII, on one line, and without what ends comments. */
const char *text_plain(const struct text *t, const char *text);
const char *text_title(const struct text *t); /* "network vote of vote.crnl", the same */
/* Statements of the canonical list: units and volume; " : [2, 3]" behind a name. */
void text_units(struct text *t);
void text_shape(FILE *out, struct shape s);
/* The origin of reaction j, the same; NULL if it has none. */
const char *text_origin(const struct text *t, size_t j);
void text_json_string(FILE *out, const char *text); /* json.c */
int64_t text_order(const struct text *t, size_t j); /* reactant molecules */
int64_t text_product_count(const struct text *t, size_t j);
const char *text_base(const char *path); /* "vote.crnl" of "/tmp/vote.crnl" */

/* Outputs with a formula: element i of symbol s. */
bool text_is_formula(const struct text *t, const struct symbol *s);
const char *text_element_name(struct text *t, const struct symbol *s, int64_t i);
/* Neither input nor output, and only a species' or parameter's own name: readers make such symbols
 * themselves. */
bool text_is_implied(struct text *t, const struct symbol *s);

/* text_scalar.c: an equal expression without arrays and loops; 0 if there is none, or it would be too long.
 * Expressions are graphs: as text they can be exponentially larger. */
enum { TEXT_MAX_NODES = 100000 };
expr_id text_scalar(struct net *n, expr_id e);

/* text_infix.c: expressions in a target's syntax. */
struct infix_style {
    enum number_style numbers;
    const char *power, *divide, *multiply;
    const char *and, * or, *not, *unequal;
    /* NULL: the target has none. */
    const char *exp, *log, *sqrt, *sin, *cos, *tanh, *atan, *factorial, *abs, *floor, *min, *max;
    const char *select; /* "if" or "piecewise" (value, condition, other); NULL: none */
    bool select_value_first;
    /* `if c then x else y`; a condition is no number: `if c then 1 else 0`, and what is always so `true`. */
    bool select_words;
    const char *modulo, *delay; /* delay: of what and how long ago, and where it differs what was before */
    const char *time;           /* NULL: none */
    const char *species_open, *species_close; /* around a species, "[" "]"; NULL: nothing */
    bool latex;                               /* fractions and raised exponents */
    bool tight;                               /* no blank anywhere: the target's formulas end at one */
};
/* What the targets that are read by programs write alike. */
#define INFIX_USUAL                                                                              \
    .power = "^", .divide = "/", .multiply = "*", .and = " && ", .or = " || ",                   \
    .unequal = " != ", .exp = "exp", .sqrt = "sqrt", .sin = "sin", .cos = "cos", .tanh = "tanh", \
    .atan = "atan", .abs = "abs", .min = "min", .max = "max"
/* False: an operator that the target has not; nothing is printed then. */
bool text_infix(struct text *t, FILE *out, expr_id e, const struct infix_style *style);
/* Prints a formula that is no rate, of events and phases, without arrays. False: it cannot be written so;
 * reported at `span`. */
bool text_formula(struct text *t, expr_id e, struct span span, const struct infix_style *style);
/* NULL: the same. */
const char *text_infix_string(struct text *t, expr_id e, const struct infix_style *style);

/* text_fraction.c: fraction i of reaction j, which is called `reaction` in the target. False after a
 * report. */
struct text_fraction {
    species_id species;
    bool is_reactant;    /* else a product */
    double value;        /* the stoichiometry, if it has no name; negative ones of products are whole */
    const char *name;    /* of the variable that is the stoichiometry, or NULL */
    const char *formula; /* its value */
    bool is_constant;    /* over parameters alone */
};
bool text_fraction(struct text *t, size_t j, uint32_t i, const char *reaction,
                   const struct infix_style *style, struct text_fraction *f);

/* The rate constant of reaction j over named parameters; as a number where the expression does not fit. */
const char *text_constant(struct text *t, size_t j, const struct infix_style *style);
/* The default of a scalar parameter, or the initial amount of a species, over other parameters; NULL: it
 * is a number, or does not fit. */
const char *text_default(struct text *t, int32_t slot, const struct infix_style *style);
const char *text_initial(struct text *t, species_id s, const struct infix_style *style);
/* Runs `write` for each formula that is an output: its name in the target and here, its expression without
 * arrays. Warns of those that it cannot write, when it returns false. */
typedef bool (*text_output)(void *env, const char *id, const char *name, expr_id formula);
void text_outputs(struct text *t, text_output write, void *env);

/* text_remark.c: runs `write` for each statement of what the format has no place for; outputs have been
 * written. */
typedef void (*text_remark)(void *env, const char *statement);
void text_remarks(struct text *t, text_remark write, void *env);
/* The same as comments, units too. */
void text_remark_comments(struct text *t);
extern const char *const text_event_kinds[]; /* "at", "every", "when" */
/* An expression as the text form of networks writes it, where a real number or a condition stands. */
void text_source(struct text *t, expr_id e);
/* An element of a symbol, of any type: 3.0 is a real number there. */
void text_element(struct text *t, expr_id e);
const char *text_quoted(struct text *t, const char *name); /* in backquotes where that form needs them */

/* text_events.c: what happens in time, for targets with events alone. Events at one time happen by their
 * priorities, which are this order unless the network has its own, each after the changes of those before
 * it. */
struct text_variable {
    const char *name, *value; /* value at the start: a formula over parameters */
    bool changes;
    bool switches; /* 0 or 1: a guard; else the next time of what recurs */
};
struct text_change {
    const char *target, *value; /* value: a formula over the state before the event */
};
struct text_event {
    const char *name, *trigger; /* happens when this turns true, and at the start if it is true */
    size_t first, n;            /* of the changes */
    bool persistent;            /* happens even if another event makes the trigger false */
    bool held, early;     /* the trigger counts as true before the start; values are those of its time */
    const char *delay;    /* NULL: none */
    const char *priority; /* NULL: any order */
    /* For our own reader: "at", "every", "when" or "phase" (NULL: queued), which one of the network, its
     * variables. */
    const char *kind, *timer, *guard;
    size_t number;
};
struct text_events {
    VEC(struct text_variable) variable;
    VEC(struct text_event) event;
    VEC(struct text_change) change;
};
/* Names guards (t->guard) and makes their variables. False: reported. */
bool text_events_make(struct text *t, const struct infix_style *style, struct text_events *to);
/* The law of reaction j, which is 0 while it is switched off, even where the formula has no value. */
const char *text_switched(struct text *t, size_t j, const char *law);
void text_events_free(struct text_events *e);
bool text_is_changed(const struct text *t, species_id s); /* by an event */
/* For our own reader (import/sbml/sbml_own.c), attributes of XML, each behind a blank. Of the network: the
 * names of reactions with laws and of references for their stoichiometry alone, separated by blanks, and
 * which variables stand for guards and for times. Of an event: its kind. */
void text_own_network(FILE *out, const struct text_events *events, const char *laws, const char *fractions);
void text_own_event(FILE *out, const struct text_event *e);
void text_own_name(FILE *list, const char *name); /* one more in such a list */

/* Reports that the format cannot take reaction j, with its place. False. */
bool text_refuse(struct text *t, size_t j, const char *format, ...) __attribute__((format(printf, 3, 4)));

#define FORMAT(id, name, extension, function, ...) bool function(struct text *t);
#include "codegen/text/formats.def"
#undef FORMAT

#endif
