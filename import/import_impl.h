/* Shared by the importers: the network under construction, its names, reports. */
#ifndef IMPORT_IMPORT_IMPL_H
#define IMPORT_IMPORT_IMPL_H

#include "import/import.h"
#include "support/map.h"

enum {
    IMPORT_MAX_DEPTH = 500 /* of parentheses, elements, and definitions that need each other */
};

struct importer {
    struct sources *sources;
    uint32_t file;
    const char *text, *end; /* of the file; NUL-terminated */
    struct diag *diag;
    struct net *net;
    const struct import_options *options;
    struct arena *arena; /* for this import */
    struct map taken;    /* identifiers in use, each with the number to append next */
    int32_t molecule;    /* 1 + the slot whose value is one molecule; 0: not made yet */
};

/* ---- formats.def: each function fills x->net; false after errors ---- */
#define IMPORT(id, extension, starts, function, help) bool function(struct importer *x);
#include "import/formats.def"
#undef IMPORT

struct span import_span(const struct importer *x, const char *from, const char *to); /* a place in the text */
/* Adds the words of the language to `taken`, before the first identifier is made. */
void import_take_words(struct map *taken);
/* Makes an identifier from any text, different from all earlier ones; it is in the network's names. */
const char *import_identifier(struct importer *x, const char *text);
/* Adds a species or a scalar parameter with a symbol for experiments. */
species_id import_species(struct importer *x, const char *name, enum species_kind kind, expr_id init,
                          struct span at);
expr_id import_param(struct importer *x, const char *name, expr_id init, struct span at);
/* The value of one molecule in the unit of amounts in stochastic runs, 0 in deterministic ones: struct
 * net_param. */
expr_id import_molecule(struct importer *x);
/* Adds a reaction, even if the network has an equal one; -1 after a report. */
reaction_id import_reaction(struct importer *x, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                            size_t n_rhs, enum rate_kind kind, expr_id rate, struct span at);
/* The same with fractions (ir/net/net.h). */
reaction_id import_reaction_with(struct importer *x, const struct term *lhs, size_t n_lhs,
                                 const struct term *rhs, size_t n_rhs, enum rate_kind kind, expr_id rate,
                                 const struct fraction *more, size_t n_more, struct span at);
/* Adds a symbol whose value is a formula. */
void import_output(struct importer *x, const char *name, expr_id value, uint8_t flags, struct span at);
/* False after a report if the amount is known and not possible. */
bool import_check_amount(const struct importer *x, expr_id init, struct span at);

/* The folder of the file with links resolved; for a text that is not a file, the current folder. */
const char *import_folder(const struct importer *x);
/* The path, with links resolved, of a file that an imported file in `folder` names. It must be in the folder
 * `root` or below it. NULL if it is not or does not exist; *wrong is then the end of a message. */
const char *import_path_below(struct arena *arena, const char *folder, const char *root, const char *name,
                              const char **wrong);

/* Reads an SBML model that another importer has made in memory; place[i] is the place of line i. If it has
 * the annotation of crnlc, statements about the network are in comments of the file, "// crnlc: ...". */
bool import_sbml_made(struct importer *x, const char *text, const struct span *place, size_t n_lines);

/* ---- remark.c: statements of the text format about the network that was read ---- */
/* Reads one statement a line; messages call the text `name`. */
bool import_remark_text(struct importer *x, const char *name, const char *text);
/* Reads those on lines of the file that start with `mark`. */
bool import_remark_comments(struct importer *x, const char *mark);

/* ---- function.c: elementary functions by name ---- */
/* 0, which means that an error was reported, stays 0 */
expr_id import_to_real(struct expr_pool *p, expr_id e);
expr_id import_to_bool(struct expr_pool *p, expr_id e); /* a number is true if it is not 0 */
/* The value of a function of real scalars; 0 if there is no such function or it takes other arguments; *wrong
 * is then a message. */
expr_id import_function(struct expr_pool *p, const char *name, size_t n, const expr_id *args,
                        const char **wrong);

#endif
