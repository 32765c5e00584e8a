/* Networks as text of other tools. formats.def is the list; a format is a function that writes a network
 * whose limits have been checked, with names that the target takes. */
#ifndef CODEGEN_TEXT_TEXT_H
#define CODEGEN_TEXT_TEXT_H

#include "ir/net/net.h"
#include "support/diag.h"

/* What a target can hold. */
enum text_takes {
    TAKES_EMPTY = 1,      /* reactions with an empty side */
    TAKES_RATES = 2,      /* rate constants that have an effect */
    TAKES_INITIAL = 4,    /* initial amounts */
    TAKES_CONSTANT = 8,   /* species that are held */
    TAKES_LAWS = 16,      /* rates that are not mass action */
    TAKES_TIME = 32,      /* laws that read the time */
    TAKES_GUARDS = 64,    /* reactions that are switched */
    TAKES_PARAMS = 128,   /* constants by name */
    TAKES_EVENTS = 256,   /* events, and a clock that switches reactions */
    TAKES_SIGNED = 512,   /* quantities that may be negative */
    TAKES_UNUSED = 1024,  /* species of no reaction */
    TAKES_QUEUED = 2048,  /* events with delays and priorities */
    TAKES_OUTPUTS = 4096, /* by formula */
    TAKES_ALL = 8191,
    TAKES_FRACTIONS = 8192, /* changes of amounts that are no whole numbers: beside all others */
    TAKES_PAST = 16384,     /* what was some time ago, ... */
    TAKES_BEFORE = 32768,   /* ... with another formula for what was before the start */
    TAKES_LATE = 65536,     /* products that come later */
    HOLDS_TIME = 131072 /* its program does not move the time within a step, so laws that read it are wrong */
};
enum text_names {
    NAMES_ORIGINAL,   /* as they are; the format quotes them */
    NAMES_IDENTIFIER, /* [A-Za-z_][A-Za-z0-9_]* */
    NAMES_PORTABLE,   /* [A-Z][A-Za-z0-9]* */
    NAMES_MATHEMATICA /* no underscore, and no capital where Mathematica has its own symbols */
};

struct text_format {
    const char *name, *extension, *comment;
    int64_t reactants, products; /* most molecules on a side; 0 = any */
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
    bool stochastic; /* amounts are molecules: propensities, for those that distinguish */
};

bool text_find(const char *name, enum text_format_id *id);
/* Writes the network. Parameters are at their defaults. False: reported, and what was written is of no use.
 * Expressions are added to the network's pool, and reactions that never happen leave it for formats without
 * rates; nothing else of it changes. */
bool text_write(FILE *out, struct net *n, enum text_format_id id, const struct text_options *o,
                const struct sources *sources, struct diag *diag);
/* never.c: takes reactions out of the network whose constant is 0 at the defaults of the parameters, with a
 * warning where these could be set; diag NULL: without. */
enum text_never { TEXT_NEVER_USED, TEXT_NEVER_GATES, TEXT_NEVER_COSTS }; /* why; ORDER text_never */
void text_take_out_never(struct net *n, enum text_never why, const char *format, struct diag *diag);
/* Writes the graphs that pictures of the program show (`plot graph(net)`) into their curves. */
struct program;
void text_graphs(struct program *p, const struct sources *sources);
/* Names that a format without comments had to change, one a line; for the user. */
void text_write_names(FILE *out, struct net *n, enum text_format_id id);

#endif
