/* Networks as text for other tools. formats.def lists the formats. The function of a format writes a network
 * that is known to be within the format's limits, with names that the target accepts. */
#ifndef CODEGEN_TEXT_TEXT_H
#define CODEGEN_TEXT_TEXT_H

#include "ir/net/net.h"
#include "support/diag.h"

/* What a target can hold; HOLDS_TIME is a flaw of its program. */
enum text_takes {
    TAKES_EMPTY = 1,      /* reactions with an empty side */
    TAKES_RATES = 2,      /* rate constants, which have an effect */
    TAKES_INITIAL = 4,    /* initial amounts */
    TAKES_CONSTANT = 8,   /* species of constant amount */
    TAKES_LAWS = 16,      /* rates that are not mass action */
    TAKES_TIME = 32,      /* laws that read the time */
    TAKES_GUARDS = 64,    /* reactions that are switched on and off */
    TAKES_PARAMS = 128,   /* constants with names */
    TAKES_EVENTS = 256,   /* events, and a clock that switches reactions */
    TAKES_SIGNED = 512,   /* quantities that may be negative */
    TAKES_UNUSED = 1024,  /* species of no reaction */
    TAKES_QUEUED = 2048,  /* events with delays and priorities */
    TAKES_OUTPUTS = 4096, /* outputs that are formulas */
    TAKES_ALL = 8191,
    TAKES_FRACTIONS = 8192, /* changes of amounts that are not whole numbers, along with all other changes */
    TAKES_PAST = 16384,     /* delayed amounts, ... */
    TAKES_BEFORE = 32768,   /* ... whose history before the start is a formula of its own */
    TAKES_LATE = 65536,     /* products that come later */
    COUNTS_MOLECULES = 262144, /* it has amounts as numbers of molecules, which --stochastic asks for */
    HOLDS_TIME = 131072 /* its program keeps the time constant within a step, which gives wrong values of laws
                         * that read it */
};
enum text_names {
    NAMES_ORIGINAL,   /* any name, since the format quotes it */
    NAMES_IDENTIFIER, /* [A-Za-z_][A-Za-z0-9_]* */
    NAMES_PORTABLE,   /* [A-Z][A-Za-z0-9]* */
    NAMES_MATHEMATICA /* without underscores, and without capitals where Mathematica has symbols of its own */
};

struct text_format {
    const char *name, *extension, *comment;
    int64_t reactants, products; /* most molecules on a side; 0: no limit */
    unsigned takes;
    enum text_names names;
    const char *reserved, *help;
};

enum text_format_id {
#define FORMAT(id, ...) TEXT_##id,
#include "codegen/text/formats.def"
#undef FORMAT
    TEXT_FORMAT_COUNT
};
extern const struct text_format text_formats[TEXT_FORMAT_COUNT];

struct text_options {
    /* amounts are numbers of molecules and rates are propensities, in formats that distinguish */
    bool stochastic;
};

bool text_find(const char *name, enum text_format_id *id);
/* Writes the network with parameters at their defaults. False after a report; the text is then incomplete.
 * Expressions are added to the network's pool, formats without rates remove reactions that never happen, and
 * with `stochastic` a unit of amounts gives way to molecules; nothing else in the network changes. */
bool text_write(FILE *out, struct net *n, enum text_format_id id, const struct text_options *o,
                const struct sources *sources, struct diag *diag);
/* never.c: removes the reactions whose constant is 0 at the default parameters. Warns if their parameters
 * could be set to other values, unless diag is NULL. */
enum text_never { TEXT_NEVER_USED, TEXT_NEVER_GATES, TEXT_NEVER_COSTS }; /* why; ORDER text_never */
void text_take_out_never(struct net *n, enum text_never why, const char *format, struct diag *diag);
/* Writes the graphs that pictures of the program show (`plot graph(net)`) into the curves of these
 * pictures. */
struct program;
void text_graphs(struct program *p, const struct sources *sources);
/* Writes, one a line, the names that had to be changed for a format without comments. */
void text_write_names(FILE *out, struct net *n, enum text_format_id id);

#endif
