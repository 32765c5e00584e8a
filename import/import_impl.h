/* What importers share: the network under construction, its names, reports. */
#ifndef IMPORT_IMPORT_IMPL_H
#define IMPORT_IMPORT_IMPL_H

#include "import/import.h"
#include "support/map.h"

enum {
    IMPORT_MAX_DEPTH = 500 /* of parentheses, of elements, of definitions that need one another */
};

struct importer {
    struct sources *sources;
    uint32_t file;
    const char *text, *end; /* of the file; NUL-terminated */
    struct diag *diag;
    struct net *net;
    const struct import_options *options;
    struct arena *arena; /* of this import */
    struct map taken;    /* identifiers, with the number to try next behind each */
    int32_t molecule;    /* 1 + the slot that stands for one molecule; 0: none so far */
};

/* ---- formats.def: each fills x->net; false after errors ---- */
#define IMPORT(id, extension, starts, function, help) bool function(struct importer *x);
#include "import/formats.def"
#undef IMPORT

struct span import_span(const struct importer *x, const char *from, const char *to); /* of the text */
/* Names which are words of the language are taken before the first is given. */
void import_take_words(struct map *taken);
/* An identifier made of any text, unlike all that were given before. In the network's names. */
const char *import_identifier(struct importer *x, const char *text);
/* Adds a species or a scalar parameter, and the symbol by which experiments see it. */
species_id import_species(struct importer *x, const char *name, enum species_kind kind, expr_id init,
                          struct span at);
expr_id import_param(struct importer *x, const char *name, expr_id init, struct span at);
/* One molecule in the unit of amounts where molecules are counted, 0 where amounts flow: struct net_param. */
expr_id import_molecule(struct importer *x);
/* Adds a reaction, which may stand twice; -1 after a report. */
reaction_id import_reaction(struct importer *x, const struct term *lhs, size_t n_lhs, const struct term *rhs,
                            size_t n_rhs, enum rate_kind kind, expr_id rate, struct span at);
/* The same with fractions (ir/net/net.h). */
reaction_id import_reaction_with(struct importer *x, const struct term *lhs, size_t n_lhs,
                                 const struct term *rhs, size_t n_rhs, enum rate_kind kind, expr_id rate,
                                 const struct fraction *more, size_t n_more, struct span at);
/* Adds a symbol for a formula. */
void import_output(struct importer *x, const char *name, expr_id value, uint8_t flags, struct span at);
/* False after a report that the amount is known and impossible. */
bool import_check_amount(const struct importer *x, expr_id init, struct span at);

/* The folder of the file, without links; of a text that is no file the current one. */
const char *import_folder(const struct importer *x);
/* The path, without links, of a file that an imported file in `folder` names, which lies in the folder
 * `root` or below; NULL, and *wrong (the end of a message), when there is none. */
const char *import_path_below(struct arena *arena, const char *folder, const char *root, const char *name,
                              const char **wrong);

/* A model in SBML that another importer has written in memory: the place of each of its lines is `place`. If
 * it has the annotation of crnlc, statements about the network are comments of the file, "// crnlc: ...". */
bool import_sbml_made(struct importer *x, const char *text, const struct span *place, size_t n_lines);

/* ---- remark.c: statements of the canonical list about the network that has been read ---- */
/* A statement a line, of the file `name` in messages. */
bool import_remark_text(struct importer *x, const char *name, const char *text);
/* Those on lines of the file that start with `mark`. */
bool import_remark_comments(struct importer *x, const char *mark);

/* ---- function.c: elementary functions by name ---- */
expr_id import_to_real(struct expr_pool *p, expr_id e); /* 0 stays 0: an error is handed on */
expr_id import_to_bool(struct expr_pool *p, expr_id e); /* a number is true when it is not 0 */
/* The value of a function of real scalars; 0 and *wrong (a message) when there is no such function or it
 * takes other arguments. */
expr_id import_function(struct expr_pool *p, const char *name, size_t n, const expr_id *args,
                        const char **wrong);

#endif
