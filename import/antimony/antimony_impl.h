/* Import of Antimony; included by the antimony*.c files only.
 *
 * A file is a list of tokens; a module is a range of them. Modules are executed, not translated: a submodule
 * executes the statements of its module again, with a prefix before all names, so that later statements find
 * its variables in the single table of the model. The result is written as SBML (antimony_write.c), which
 * defines the meaning of Antimony, and read by import/sbml/, with places in this file.
 *
 * Memory: everything is in the importer's arena except growable arrays, which import_antimony releases. */
#ifndef IMPORT_ANTIMONY_IMPL_H
#define IMPORT_ANTIMONY_IMPL_H

#include "import/import_impl.h"
#include "support/vec.h"

enum token_kind { TOKEN_LINE_END, TOKEN_NUMBER, TOKEN_NAME, TOKEN_STRING, TOKEN_SIGN, TOKEN_FILE_END };
/* The value of a sign of one character is that character. */
enum {
    SIGN_ARROW = 256,  /* -> or <==> */
    SIGN_IRREVERSIBLE, /* => */
    SIGN_INHIBITS,     /* -| */
    SIGN_LE,
    SIGN_GE,
    SIGN_NE,
    SIGN_EQ,
    SIGN_AND,
    SIGN_OR,
    SIGN_DASHES,  /* -- and longer */
    SIGN_ELLIPSIS /* ... */
};
struct token {
    enum token_kind kind;
    int sign;
    bool is_glued;    /* there is nothing between this token and the one before */
    const char *text; /* NAME, STRING: the text; NUMBER: its text in the file */
    double number;
    struct span at;
};

/* ---- formulas ---- */

enum node_kind {
    NODE_NUMBER,
    NODE_NAME,     /* a variable */
    NODE_ARGUMENT, /* an argument of the function that is being defined */
    NODE_SYMBOL,   /* an element of MathML without operands: "pi", "true"; also time and avogadro */
    NODE_APPLY,    /* an element of MathML with operands: "plus", "sin" */
    NODE_CALL,     /* a call of a function of the file */
    NODE_ELLIPSIS  /* the formula of the part upstream on the DNA */
};
struct node {
    enum node_kind kind;
    const char *text; /* NUMBER: its text in the file; SYMBOL, APPLY: the element; ARGUMENT, CALL: the name */
    int32_t variable; /* for NAME */
    /* instance in which it is written, which decides the time and the units that it means */
    int32_t instance;
    struct span at;
    int depth;                        /* 0: no operands */
    struct node *first, *last, *next; /* operands; next: the next operand of the same parent */
};
struct factor { /* a number or a variable; with neither it is 1 */
    const char *number;
    int32_t variable;
};
struct formula {
    const struct node *root;
    int32_t instance; /* instance in which it is written */
    struct span at;
    struct factor factor[2]; /* factors of the value, from conversions where names were made the same */
    int n_factors;
};

/* ---- variables ---- */

enum variable_type {
    TYPE_UNDEFINED,
    TYPE_PARAMETER,
    TYPE_SPECIES,
    TYPE_COMPARTMENT,
    TYPE_REACTION,
    TYPE_INTERACTION,
    TYPE_EVENT,
    TYPE_MODULE,
    TYPE_STRAND,
    TYPE_UNIT,
    TYPE_STOICHIOMETRY, /* the number of molecules of a species in a reaction */
    TYPE_RULE,          /* an algebraic rule */
    TYPE_DELETED
};
enum constness { CONST_DEFAULT, CONST_VAR, CONST_CONST };

struct participant {         /* of a reaction: 2 S, 0.5 S, n S */
    int32_t variable, named; /* named: the variable that is the number; -1: none */
    const char *number;
};
struct participants {
    VEC(struct participant) all;
    struct span behind; /* the last species that stands behind a name, as S of `n S`; file 0: none does */
};
struct assignment { /* an assignment of an event */
    int32_t variable;
    const struct formula *value;
    struct span at;
};
struct happening {                                    /* an event */
    const struct formula *trigger, *delay, *priority; /* NULL: none */
    bool is_held, is_early, is_persistent;
    VEC(struct assignment) assignment;
};
struct strand_part {
    int32_t variable;
};
struct strand {
    int32_t variable; /* the variable of the event */
    VEC(struct strand_part) part;
    bool is_open[2]; /* at the upstream end, at the downstream end */
};

struct variable {
    const char *name; /* full name in the model: "A.x" */
    const char *id;   /* name in SBML: "A__x" */
    struct span at;
    enum variable_type type;
    enum constness constness;
    bool is_substance; /* the name of this species means its amount */
    /* it is a part of a strand, and its value without a formula is that of the part upstream */
    bool is_dna;
    int32_t instance;          /* the instance that it belongs to */
    int32_t same;              /* the variable that it is another name of; -1: none */
    struct factor same_factor; /* the value by this name times this factor is the value of `same` */
    int32_t compartment;       /* the compartment it is in; -1: none was given */
    int32_t outer;             /* the compartment of what it is a part of; -1: none */
    enum variable_type outer_type;
    /* value at the start or, if is_rule, of an assignment rule; for a reaction its law */
    const struct formula *value;
    bool is_rule; /* `value` is an assignment rule */
    const struct formula *rate;
    /* REACTION, INTERACTION */
    struct participants *side[2]; /* NULL: it is not a reaction so far */
    bool is_reversible;
    struct happening *event;
    struct strand *strand;
    int32_t made; /* for MODULE: its instance */
};

struct instance { /* an instance of a module */
    int32_t module, parent, variable;
    const char *prefix; /* prefix of its names: "A." */
    struct factor time, extent;
    int depth;
};

struct range {
    size_t first, end; /* range of tokens, first .. end - 1 */
};
struct module {
    const char *name;
    struct span at;
    VEC(struct range) body;
    struct range ports;
    bool is_main, is_open, was_made;
};
struct function {
    const char *name;
    struct span at;
    VEC(const char *) argument;
    const struct node *root;
    struct range body;
    /* name of the argument that is the time, since functions in SBML have no time; NULL: it does not read the
     * time */
    const char *time;
};

struct unit_factor {
    const char *kind;
    double exponent;
};
struct unit {
    double multiplier;
    VEC(struct unit_factor) factor;
};
struct named_unit {
    const char *name;
    struct unit unit;
    struct span at;
};

struct dna { /* a strand: its parts from upstream to downstream, without nested strands */
    VEC(int32_t) part;
};

struct reader {
    struct importer *x;
    VEC(struct token) token;
    VEC(struct module) module; /* the first is the content outside of modules */
    VEC(struct function) function;
    struct map modules, functions; /* by name */
    VEC(struct variable) variable;
    struct map names; /* by name */
    VEC(struct instance) instance;
    VEC(struct named_unit) unit; /* units of the model itself */
    VEC(uint32_t) file;          /* files that are being read */
    const char *folder;          /* folder of the model; imported files must be in or below it */
    size_t at, end;              /* the current token; the end of the current range */
    int32_t here;                /* the instance whose statements are executed */
    /* the function that is being defined; NULL: none, and names are variables */
    const struct function *defining;
    int depth;
    int64_t statements; /* number of statements executed so far */
    int reports;
    int unnamed[4]; /* numbers of reactions, events, modules and rules without names so far */
    /* What crnlc itself wrote beside the model, as attributes of XML: own is of the model (NULL: the file is
     * not from crnlc), own_event of events. */
    const char *own;
    struct span own_at;
    VEC(const char *) own_event;
    struct map own_events; /* from names of events to indices in own_event */
    VEC(struct dna) dna;   /* all strands that are not parts of others, made when one is needed */
    bool has_dna;
    int64_t dna_nodes; /* nodes of formulas along strands so far */
    /* All that were read, including those that were replaced. */
    VEC(struct participants *) sides;
    VEC(struct happening *) events;
    VEC(struct strand *) strands;
};

/* ---- antimony_lex.c: appends the tokens of a file. False after a report ---- */
bool antimony_lex(struct reader *r, uint32_t file);

/* ---- antimony_token.c ---- */
const struct token *antimony_token(const struct reader *r); /* the current token; FILE_END behind the last */
const struct token *antimony_token_behind(const struct reader *r, size_t n);
bool antimony_is_sign(const struct reader *r, int sign);
bool antimony_is_word(const struct reader *r, const char *word);
bool antimony_take_sign(struct reader *r, int sign);
bool antimony_take_word(struct reader *r, const char *word);
bool antimony_at_line_end(const struct reader *r); /* also true at ';' */
bool antimony_is_reserved(const char *word);
bool antimony_is_remark_part(
    const char *name); /* "sboTerm", "mean": attributes of variables that crnlc ignores */
/* Reports what is expected instead of the current token. Returns false. */
bool antimony_expected(struct reader *r, const char *what);
bool antimony_expect_sign(struct reader *r, int sign, const char *what);
bool antimony_error(struct reader *r, enum diag_code code, struct span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- antimony_formula.c ---- */
/* Reads a formula up to a token that cannot belong to it. *f is NULL if there is none. False after a
 * report. */
bool antimony_formula(struct reader *r, const struct formula **f);
bool antimony_node(struct reader *r, const struct node **root); /* the same without the struct around it */
struct node *antimony_apply(struct reader *r, const char *element, struct span at);
void antimony_add_operand(struct node *to, struct node *operand);
/* Whether the formula contains the variable or another name of it. */
bool antimony_has(const struct reader *r, const struct node *n, int32_t variable);

/* ---- antimony_variable.c ---- */
/* The variable with this name in the current instance; it is made if there is none. */
int32_t antimony_variable_named(struct reader *r, const char *name, struct span at);
/* Reads "A.x" or "$S" from the current token on. -1 after a report. */
int32_t antimony_read_variable(struct reader *r);
/* the variable that v is finally a name of */
struct variable *antimony_variable(struct reader *r, int32_t v);
int32_t antimony_root(const struct reader *r, int32_t v); /* the number of that variable */
int32_t antimony_new_variable(struct reader *r, const char *stem, int *count, struct span at);
bool antimony_set_type(struct reader *r, int32_t v, enum variable_type type, struct span at);
bool antimony_set_value(struct reader *r, int32_t v, const struct formula *f, struct span at);
bool antimony_set_rule(struct reader *r, int32_t v, const struct formula *f, struct span at);
bool antimony_set_rate(struct reader *r, int32_t v, const struct formula *f, struct span at);
bool antimony_set_compartment(struct reader *r, int32_t v, int32_t compartment, struct span at);
/* Makes v another name of `to` from now on. */
bool antimony_make_same(struct reader *r, int32_t v, int32_t to, struct factor factor, struct span at);
bool antimony_delete(struct reader *r, int32_t v, struct span at);
/* Puts variables into the compartment of what they are parts of. */
void antimony_spread_compartments(struct reader *r);

/* ---- antimony_unit.c ---- */
bool antimony_is_unit_name(const struct reader *r, const char *name);
/* Reads a unit into u; u = NULL: it is skipped. */
bool antimony_unit(struct reader *r, struct unit *u);
bool antimony_define_unit(struct reader *r, const char *name, struct span at);
const struct named_unit *antimony_find_unit(const struct reader *r, const char *name); /* NULL: none */

/* ---- antimony_reaction.c: v is the variable of the name that was read; -1: there is no name ---- */
bool antimony_is_divider(const struct reader *r);
bool antimony_reaction(struct reader *r, int32_t v, int32_t first, struct span at);
bool antimony_event(struct reader *r, int32_t v, struct span at);
bool antimony_strand(struct reader *r, int32_t v, int32_t first, struct span at);

/* ---- antimony_statement.c ---- */
/* Executes the module of an instance, which makes its variables. */
bool antimony_make(struct reader *r, int32_t instance);

/* ---- antimony_module.c ---- */
/* The current name: "foo", or "foo-bar", which libantimony writes. *n: its number of tokens. */
const char *antimony_module_name(const struct reader *r, size_t *n);
bool antimony_find_modules(struct reader *r, uint32_t file, int depth);

/* ---- antimony_strand.c ---- */
/* The value of a part of DNA in formulas: the sum over its places in strands. False after a report. */
bool antimony_strand_value(struct reader *r, int32_t v, const struct node **value);

/* ---- antimony_own.c ---- */
bool antimony_find_own(struct reader *r);

/* ---- antimony_write.c ---- */
bool antimony_write(struct reader *r);

#endif
