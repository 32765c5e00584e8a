/* Import of Antimony, for the antimony*.c files alone.
 *
 * A file is a list of tokens; a module is a range of them. Modules are executed, not translated: a submodule
 * executes the statements of its module again, with a prefix before all names, so what follows finds its
 * variables in the one table of the model. What comes of it is written as SBML (antimony_write.c), whose
 * meaning Antimony has by its definition, and read by import/sbml/, with the places of this file.
 *
 * Memory: all of it is of the importer's arena but the growable arrays, which import_antimony releases. */
#ifndef IMPORT_ANTIMONY_IMPL_H
#define IMPORT_ANTIMONY_IMPL_H

#include "import/import_impl.h"
#include "support/vec.h"

enum token_kind { TOKEN_LINE_END, TOKEN_NUMBER, TOKEN_NAME, TOKEN_STRING, TOKEN_SIGN, TOKEN_FILE_END };
/* Signs of one character are that character. */
enum {
    SIGN_ARROW = 256,  /* ->, also <==> */
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
    bool is_glued;    /* nothing stands between it and the one before */
    const char *text; /* NAME, STRING; of NUMBER as it stands */
    double number;
    struct span at;
};

/* ---- formulas ---- */

enum node_kind {
    NODE_NUMBER,
    NODE_NAME,     /* a variable */
    NODE_ARGUMENT, /* of the function that is being defined */
    NODE_SYMBOL,   /* an element of MathML without operands: "pi", "true"; time and avogadro too */
    NODE_APPLY,    /* an element of MathML with operands: "plus", "sin" */
    NODE_CALL,     /* of a function of the file */
    NODE_ELLIPSIS  /* what lies upstream on the DNA */
};
struct node {
    enum node_kind kind;
    const char *text; /* NUMBER: as it stands; SYMBOL, APPLY: the element; ARGUMENT, CALL: the name */
    int32_t variable; /* NAME */
    int32_t instance; /* where it is written: which time and which unit it means */
    struct span at;
    int depth;                        /* 0 without operands */
    struct node *first, *last, *next; /* operands, and the next operand of what this one is of */
};
struct factor { /* a number, or a variable; neither: there is none */
    const char *number;
    int32_t variable;
};
struct formula {
    const struct node *root;
    int32_t instance; /* where it is written */
    struct span at;
    struct factor factor[2]; /* what it is multiplied with, of conversions where names were made one */
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
    TYPE_STOICHIOMETRY, /* the number of molecules of one in a reaction */
    TYPE_RULE,          /* an algebraic one */
    TYPE_DELETED
};
enum constness { CONST_DEFAULT, CONST_VAR, CONST_CONST };

struct participant {         /* of a reaction: 2 S, 0.5 S, n S */
    int32_t variable, named; /* named: the variable that is the number; -1: there is none */
    const char *number;
};
struct participants {
    VEC(struct participant) all;
};
struct assignment { /* of an event */
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
    int32_t variable; /* that it is */
    VEC(struct strand_part) part;
    bool is_open[2]; /* upstream, downstream */
};

struct variable {
    const char *name; /* from the model: "A.x" */
    const char *id;   /* in SBML: "A__x" */
    struct span at;
    enum variable_type type;
    enum constness constness;
    bool is_substance;         /* names of species mean amounts */
    bool is_dna;               /* a part of a strand: what it is by itself is what lies upstream */
    int32_t instance;          /* that it is of */
    int32_t same;              /* the variable that it is another name of; -1: none */
    struct factor same_factor; /* what a value by this name is times this, is the value of `same` */
    int32_t compartment;       /* that it is in; -1: none was said */
    int32_t outer;             /* that what it is part of is in; -1: none */
    enum variable_type outer_type;
    const struct formula *value; /* at the start, or by an assignment rule; the law of a reaction */
    bool is_rule;                /* `value` is an assignment rule */
    const struct formula *rate;
    /* REACTION, INTERACTION */
    struct participants *side[2]; /* NULL: this is no reaction yet */
    bool is_reversible;
    struct happening *event;
    struct strand *strand;
    int32_t made; /* MODULE: the instance that it is */
};

struct instance { /* of a module */
    int32_t module, parent, variable;
    const char *prefix; /* of its names: "A." */
    struct factor time, extent;
    int depth;
};

struct range {
    size_t first, end; /* of tokens */
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
    const char *time; /* SBML has no time in functions: the argument that it is; NULL: it is not read */
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

struct dna { /* a strand: parts from upstream to downstream, without strands among them */
    VEC(int32_t) part;
};

struct reader {
    struct importer *x;
    VEC(struct token) token;
    VEC(struct module) module; /* the first is of what stands outside of all */
    VEC(struct function) function;
    struct map modules, functions; /* by name */
    VEC(struct variable) variable;
    struct map names; /* by name */
    VEC(struct instance) instance;
    VEC(struct named_unit) unit;     /* of the model itself */
    VEC(uint32_t) file;              /* that are open */
    const char *folder;              /* of the model; what it imports lies there or below */
    size_t at, end;                  /* the token at hand, and that behind the last of the range */
    int32_t here;                    /* the instance whose statements are executed */
    const struct function *defining; /* NULL: names are those of variables */
    int depth;
    int64_t statements; /* executed so far */
    int reports;
    int unnamed[4]; /* how many reactions, events, modules and rules have had no name */
    /* What crnlc wrote beside the model, as attributes of XML: of the model (NULL: it did not write it), of
     * events by their names. */
    const char *own;
    struct span own_at;
    VEC(const char *) own_event;
    struct map own_events; /* into own_event */
    VEC(struct dna) dna;   /* all strands that are no part of another, once it is asked for one */
    bool has_dna;
    int64_t dna_nodes; /* of formulas along strands, so far */
    /* All that were read, also those that others took the place of. */
    VEC(struct participants *) sides;
    VEC(struct happening *) events;
    VEC(struct strand *) strands;
};

/* ---- antimony_lex.c: the tokens of a file, at the end of those that are there. False: reported ---- */
bool antimony_lex(struct reader *r, uint32_t file);

/* ---- antimony_token.c ---- */
const struct token *antimony_token(const struct reader *r); /* at hand; a FILE_END behind the last */
const struct token *antimony_token_behind(const struct reader *r, size_t n);
bool antimony_is_sign(const struct reader *r, int sign);
bool antimony_is_word(const struct reader *r, const char *word);
bool antimony_take_sign(struct reader *r, int sign);
bool antimony_take_word(struct reader *r, const char *word);
bool antimony_at_line_end(const struct reader *r); /* also at ';' */
bool antimony_is_reserved(const char *word);
bool antimony_is_remark_part(
    const char *name); /* "sboTerm", "mean": said of a variable, and of no use here */
/* Reports that something else is expected at the token at hand. */
bool antimony_expected(struct reader *r, const char *what);
bool antimony_expect_sign(struct reader *r, int sign, const char *what);
bool antimony_error(struct reader *r, enum diag_code code, struct span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- antimony_formula.c ---- */
/* A formula up to what cannot be one. *f is NULL if there is none. False: reported. */
bool antimony_formula(struct reader *r, const struct formula **f);
bool antimony_node(struct reader *r, const struct node **root); /* the same, without the wrapping */
struct node *antimony_apply(struct reader *r, const char *element, struct span at);
void antimony_add_operand(struct node *to, struct node *operand);
/* Whether the formula has a variable, or one that is the same. */
bool antimony_has(const struct reader *r, const struct node *n, int32_t variable);

/* ---- antimony_variable.c ---- */
/* The variable of this name in the instance at hand; it is made if there is none. */
int32_t antimony_variable_named(struct reader *r, const char *name, struct span at);
/* "A.x", "$S" at the token at hand. -1: reported. */
int32_t antimony_read_variable(struct reader *r);
struct variable *antimony_variable(struct reader *r, int32_t v); /* that it is the same as, in the end */
int32_t antimony_root(const struct reader *r, int32_t v);        /* its number */
int32_t antimony_new_variable(struct reader *r, const char *stem, int *count, struct span at);
bool antimony_set_type(struct reader *r, int32_t v, enum variable_type type, struct span at);
bool antimony_set_value(struct reader *r, int32_t v, const struct formula *f, struct span at);
bool antimony_set_rule(struct reader *r, int32_t v, const struct formula *f, struct span at);
bool antimony_set_rate(struct reader *r, int32_t v, const struct formula *f, struct span at);
bool antimony_set_compartment(struct reader *r, int32_t v, int32_t compartment, struct span at);
/* From here on v is another name of `to`. */
bool antimony_make_same(struct reader *r, int32_t v, int32_t to, struct factor factor, struct span at);
bool antimony_delete(struct reader *r, int32_t v, struct span at);
/* What is in compartments because what it is part of is. */
void antimony_spread_compartments(struct reader *r);

/* ---- antimony_unit.c ---- */
bool antimony_is_unit_name(const struct reader *r, const char *name);
/* Reads a unit. NULL: nobody wants it. */
bool antimony_unit(struct reader *r, struct unit *u);
bool antimony_define_unit(struct reader *r, const char *name, struct span at);
const struct named_unit *antimony_find_unit(const struct reader *r, const char *name); /* NULL: none */

/* ---- antimony_reaction.c: with the name v, which has been read; -1: without ---- */
bool antimony_is_divider(const struct reader *r);
bool antimony_reaction(struct reader *r, int32_t v, int32_t first, struct span at);
bool antimony_event(struct reader *r, int32_t v, struct span at);
bool antimony_strand(struct reader *r, int32_t v, int32_t first, struct span at);

/* ---- antimony_statement.c ---- */
/* Executes a module as the instance; its variables are there then. */
bool antimony_make(struct reader *r, int32_t instance);

/* ---- antimony_module.c ---- */
/* The name at hand: "foo", and "foo-bar", which libantimony writes. *n: tokens that it is. */
const char *antimony_module_name(const struct reader *r, size_t *n);
bool antimony_find_modules(struct reader *r, uint32_t file, int depth);

/* ---- antimony_strand.c ---- */
/* What formulas mean by a part of DNA: the sum over where it stands. NULL: it is empty. False: reported. */
bool antimony_strand_value(struct reader *r, int32_t v, const struct node **value);

/* ---- antimony_own.c ---- */
bool antimony_find_own(struct reader *r);

/* ---- antimony_write.c ---- */
bool antimony_write(struct reader *r);

#endif
